//! Loading a scorecard of fifteen features, scoring one case and scoring many: one line of JSON a measurement, with the
//! median of many runs and the least, which a busy machine disturbs least.
//!
//!     cargo bench -p scorewright-runtime                          cards of numbers, of texts and of both
//!     cargo bench -p scorewright-runtime -- --write FOLDER        first writes the card of numbers and its cases there:
//!                                                                 card.json, and cases.f64, row by row

#[path = "../tests/cards/mod.rs"]
mod cards;
#[path = "../../../benches/clock.rs"]
mod clock;
#[path = "../tests/cards/fifteen.rs"]
mod fifteen;

use std::hint::black_box;
use std::path::Path;

use clock::Clock;
use scorewright_runtime::{Batch, Column, Scorecard, Value};

/// Cases of all batches: more than any cache holds.
const ROWS: usize = 1_000_000;
/// Cases of a batch.
const SLICE: usize = 100_000;
/// Cases that are scored one by one between two looks at the clock.
const SINGLE: usize = 4096;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [] => {}
        [flag, folder] if flag == "--write" => write(Path::new(folder)),
        _ => panic!("usage: [--write FOLDER]"),
    }
    for (card, numbers) in [("15 numbers", 15), ("8 numbers, 7 texts", 8), ("15 texts", 0)] {
        let tell = |what: &str, runs: Runs| println!("{}", runs.line(card, what));
        let json = fifteen::document(numbers).to_json().unwrap();
        tell("load", Runs::new(101, 1, || drop(Scorecard::from_json(black_box(&json)).unwrap())));

        let card = Scorecard::from_json(&json).unwrap();
        let made = fifteen::cases(numbers, ROWS);
        let texts = cards::texts(&made);
        let columns = cards::as_columns(&made, &texts);
        one_by_one(&card, &columns, tell);
        let mut batch = Batch::default();
        for (what, with_reasons) in [("batch", false), ("batch with reasons", true)] {
            let mut slices = (0..ROWS).step_by(SLICE).map(|start| slice(&columns, start)).cycle();
            let score = || {
                let columns = slices.next().unwrap();
                card.score_columns(black_box(&columns), with_reasons, &mut batch).unwrap();
            };
            tell(what, Runs::new(101, SLICE, score));
        }
    }
}

fn one_by_one(card: &Scorecard, columns: &[Column<'_>], tell: impl Fn(&str, Runs)) {
    let cases: Vec<Vec<Value<'_>>> =
        (0..SINGLE).map(|row| columns.iter().map(|column| column.value(row)).collect()).collect();
    let score = || cases.iter().for_each(|case| drop(black_box(card.score(black_box(case)))));
    tell("one case", Runs::new(501, SINGLE, score));
    let score = || cases.iter().for_each(|case| drop(black_box(card.score_with_reasons(black_box(case)))));
    tell("one case with reasons", Runs::new(501, SINGLE, score));
}

/// A hundred thousand cases.
fn slice<'a>(columns: &[Column<'a>], start: usize) -> Vec<Column<'a>> {
    let of = |column: &Column<'a>| match column {
        Column::Numbers(values) => Column::Numbers(&values[start..start + SLICE]),
        Column::Categories(values) => Column::Categories(&values[start..start + SLICE]),
    };
    columns.iter().map(of).collect()
}

/// Seconds a case, rising.
struct Runs(Vec<f64>);

impl Runs {
    fn new(runs: usize, cases: usize, mut run: impl FnMut()) -> Self {
        let mut seconds: Vec<f64> = (0..runs)
            .map(|_| {
                let clock = Clock::start();
                run();
                clock.stop()["wall"].as_f64().unwrap() / cases as f64
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        Runs(seconds)
    }

    fn line(&self, card: &str, what: &str) -> serde_json::Value {
        serde_json::json!({ "card": card, "what": what, "median": self.0[self.0.len() / 2], "least": self.0[0] })
    }
}

fn write(folder: &Path) {
    std::fs::write(folder.join("card.json"), fifteen::document(15).to_json().unwrap()).unwrap();
    let made = fifteen::cases(15, ROWS);
    let number = |row: usize, column: &cards::Values| match column {
        cards::Values::Numbers(numbers) => numbers[row].to_le_bytes(),
        cards::Values::Texts(_) => panic!("a card of numbers"),
    };
    let bytes: Vec<u8> = (0..ROWS).flat_map(|row| made.iter().flat_map(move |column| number(row, column))).collect();
    std::fs::write(folder.join("cases.f64"), bytes).unwrap();
}
