//! Valid cards, changed where a change gets past the parser, with arbitrary cases.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use scorewright_runtime::{Scorecard, ScorecardDocument, Value, verification_rows};
use scorewright_runtime_fuzz::{NUMBERS, exercise, score};
use serde_json::{Map, Value as Json, json};

const SEEDS: [&[u8]; 6] = [
    include_bytes!("../seeds/refuses-unforeseen.json"),
    include_bytes!("../seeds/not-rounded.json"),
    include_bytes!("../seeds/one-bin.json"),
    include_bytes!("../seeds/pairs.json"),
    include_bytes!("../seeds/segments-of-numbers.json"),
    include_bytes!("../seeds/segments-of-texts.json"),
];

fuzz_target!(|bytes: &[u8]| {
    // Where the bytes end, the rest is zeros; there is no other error.
    let _ = run(&mut Unstructured::new(bytes));
});

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut json: Json = serde_json::from_slice(bytes.choose(&SEEDS)?).expect("a seed is JSON");
    for _ in 0..bytes.int_in_range(0..=4)? {
        mutate(&mut json, bytes)?;
    }
    let written = serde_json::to_vec(&json).expect("JSON can be written");
    if let Ok(card) = Scorecard::from_json(&written) {
        exercise(&card);
        cases(&card, bytes)?;
    }
    // Without the rows that betray a change.
    let Ok(document) = ScorecardDocument::from_json(&written) else { return Ok(()) };
    let Ok(card) = Scorecard::unverified(document) else { return Ok(()) };
    exercise(&card);
    cases(&card, bytes)?;
    let mut document = card.document().clone();
    document.verification = verification_rows(&card).expect("a card that was checked scores its own rows");
    let is_finite = document.verification.iter().all(|row| row.score.is_finite());
    if is_finite && !document.verification.is_empty() {
        let written = document.to_json().expect("it can be written");
        Scorecard::from_json(&written).expect("it loads with the rows that it makes");
    }
    Ok(())
}

/// Arbitrary cases, values of the wrong type among them.
fn cases(card: &Scorecard, bytes: &mut Unstructured<'_>) -> Result<()> {
    for _ in 0..bytes.int_in_range(1..=4)? {
        let values: Result<Vec<Value<'_>>> = card
            .inputs()
            .iter()
            .map(|_| {
                Ok(match bytes.int_in_range(0..=7)? {
                    0..=2 => Value::Number(bytes.arbitrary()?),
                    3 | 4 => Value::Number(*bytes.choose(&NUMBERS)?),
                    5 | 6 => Value::Category(bytes.arbitrary()?),
                    _ => Value::Missing,
                })
            })
            .collect();
        score(card, &values?);
    }
    Ok(())
}

/// Changes one place of the document.
fn mutate(json: &mut Json, bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut place = json;
    loop {
        let size = match place {
            Json::Object(map) => map.len(),
            Json::Array(list) => list.len(),
            _ => 0,
        };
        if size == 0 || bytes.ratio(1, 8)? {
            return change(place, bytes);
        }
        let at = bytes.choose_index(size)?;
        place = match place {
            Json::Object(map) => map.values_mut().nth(at).expect("within"),
            Json::Array(list) => &mut list[at],
            place => place,
        };
    }
}

fn change(place: &mut Json, bytes: &mut Unstructured<'_>) -> Result<()> {
    match place {
        Json::Object(map) if bytes.ratio(3, 4)? => {
            let keys: Vec<String> = map.keys().cloned().collect();
            if keys.is_empty() {
                return Ok(());
            }
            let key = bytes.choose(&keys)?.clone();
            let value = map.remove(&key).unwrap_or(Json::Null);
            match bytes.int_in_range(0..=2)? {
                0 => {}
                1 => drop(map.insert(bytes.arbitrary::<&str>()?.to_owned(), value)),
                _ => drop(map.insert(bytes.choose(&keys)?.clone(), value)),
            }
        }
        Json::Array(list) if bytes.ratio(7, 8)? && !list.is_empty() => {
            let (one, other) = (bytes.choose_index(list.len())?, bytes.choose_index(list.len())?);
            match bytes.int_in_range(0..=2)? {
                0 => drop(list.remove(one)),
                1 => list.push(list[one].clone()),
                _ => list.swap(one, other),
            }
        }
        place => {
            *place = match bytes.int_in_range(0..=8)? {
                0 => Json::Null,
                1 => json!(bytes.arbitrary::<bool>()?),
                2 => json!(bytes.arbitrary::<f64>()?),
                3 => json!(*bytes.choose(&NUMBERS)?),
                4 => json!(bytes.arbitrary::<i64>()?),
                5 => json!(bytes.arbitrary::<u16>()?),
                6 => json!(bytes.arbitrary::<&str>()?),
                7 => Json::Array(Vec::new()),
                _ => Json::Object(Map::new()),
            }
        }
    }
    Ok(())
}
