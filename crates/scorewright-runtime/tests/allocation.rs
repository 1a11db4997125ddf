//! Scoring allocates nothing: neither one case, nor many once the batch has held as many.

mod cards;
#[path = "cards/fifteen.rs"]
mod fifteen;

use allocation_counter::measure;
use cards::{as_columns, texts};
use scorewright_runtime::{Batch, Scorecard, Value};

/// Cases for several blocks, the last of them not full.
const ROWS: usize = 5000;

#[test]
fn scoring_allocates_nothing() {
    for numbers in [15, 8, 0] {
        let json = fifteen::document(numbers).to_json().unwrap();
        let card = Scorecard::from_json(&json).unwrap();
        let made = fifteen::cases(numbers, ROWS);
        let texts = texts(&made);
        let columns = as_columns(&made, &texts);
        let cases: Vec<Vec<Value<'_>>> =
            (0..ROWS).map(|row| columns.iter().map(|column| column.value(row)).collect()).collect();

        let mut sum = 0.0;
        let one = measure(|| {
            for case in &cases {
                sum += card.score(case).unwrap().score.0;
                let (scored, reasons) = card.score_with_reasons(case).unwrap();
                sum += scored.pd.0;
                sum += reasons.into_iter().flatten().map(|reason| card.reason_text(reason).len() as f64).sum::<f64>();
            }
        });
        assert!(sum.is_finite());
        assert_eq!(one.count_total, 0, "one case at a time, {numbers} numbers");

        let mut batch = Batch::default();
        let first = measure(|| card.score_columns(&columns, true, &mut batch).unwrap());
        // The counter counts: scores, PD, unforeseen values and reasons.
        assert_eq!(first.count_total, 4, "many cases, {numbers} numbers");
        let later = measure(|| {
            card.score_columns(&columns, true, &mut batch).unwrap();
            card.score_columns(&columns, false, &mut batch).unwrap();
            card.score_columns(&columns, true, &mut batch).unwrap();
        });
        assert_eq!(later.count_total, 0, "many cases again, {numbers} numbers");
    }
}
