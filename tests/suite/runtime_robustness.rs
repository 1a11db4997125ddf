//! No document makes the runtime panic, loop or reserve memory beyond measure: kept documents, changed in many ways. The
//! same is fuzzed without end in `crates/scorewright-runtime/fuzz`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use scorewright_runtime::{Scorecard, ScorecardDocument, Value};
use serde_json::{Value as Json, json};

use crate::by_hand::{bin, document_of, interval};

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/scorewright-runtime/fuzz");
/// No single document may take longer.
const LONGEST: Duration = Duration::from_secs(5);

/// The kept documents, and what fuzzing once found.
fn kept() -> Vec<(PathBuf, Vec<u8>)> {
    let files = ["seeds", "regressions"].into_iter().flat_map(|folder| {
        std::fs::read_dir(PathBuf::from(FUZZ).join(folder)).unwrap().map(|entry| entry.unwrap().path())
    });
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Loads a document and scores cases with it: right or refused, in words, in time. Gives whether it loaded.
#[expect(clippy::disallowed_methods, reason = "the time that it takes is what is tested")]
fn try_out(name: &str, bytes: &[u8]) -> bool {
    let start = Instant::now();
    let tried = catch_unwind(AssertUnwindSafe(|| {
        let score = |card: &Scorecard| {
            for number in [0.0, -0.0, f64::NAN, f64::INFINITY, f64::MIN, 1e300, 5e-324] {
                let _ = card.score(&vec![Value::Number(number); card.inputs().len()]);
            }
            let _ = card.score(&vec![Value::Category("\0"); card.inputs().len()]);
            let _ = card.score(&vec![Value::Missing; card.inputs().len()]);
        };
        if let Ok(card) = ScorecardDocument::from_json(bytes).and_then(Scorecard::unverified) {
            score(&card);
        }
        match Scorecard::from_json(bytes) {
            Ok(card) => {
                score(&card);
                true
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        }
    }));
    let Ok(loaded) = tried else { panic!("{name}: it panics") };
    assert!(start.elapsed() < LONGEST, "{name}: it takes {:?}", start.elapsed());
    loaded
}

/// Every place in a document, as a JSON pointer.
fn places(json: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match json {
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found)
        }),
        Json::Array(list) => {
            list.iter().take(3).enumerate().for_each(|(k, value)| places(value, &format!("{at}/{k}"), found))
        }
        _ => {}
    }
}

#[test]
fn kept_documents_load() {
    for (path, bytes) in kept().iter().filter(|(path, _)| path.parent().unwrap().ends_with("seeds")) {
        assert!(try_out(&path.display().to_string(), bytes), "{}", path.display());
    }
}

#[test]
fn what_fuzzing_found_stays_mended() {
    for (path, bytes) in kept() {
        try_out(&path.display().to_string(), &bytes);
    }
}

#[test]
fn every_place_of_a_document_may_hold_anything() {
    let anything = [
        json!(null),
        json!(true),
        json!(-1),
        json!(65_536),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(u64::MAX),
        json!(""),
        json!([]),
        json!({}),
        json!([[65_535, 65_535]]),
    ];
    for (path, bytes) in kept().iter().filter(|(path, _)| path.parent().unwrap().ends_with("seeds")) {
        let whole: Json = serde_json::from_slice(bytes).unwrap();
        let mut found = Vec::new();
        places(&whole, "", &mut found);
        for place in &found {
            for value in &anything {
                let mut changed = whole.clone();
                *changed.pointer_mut(place).unwrap() = value.clone();
                try_out(&format!("{} {place} = {value}", path.display()), &serde_json::to_vec(&changed).unwrap());
            }
            let Some((above, field)) = place.rsplit_once('/') else { continue };
            let mut changed = whole.clone();
            match changed.pointer_mut(above).unwrap() {
                Json::Object(map) => drop(map.remove(&field.replace("~1", "/").replace("~0", "~"))),
                Json::Array(list) => drop(list.remove(field.parse().unwrap())),
                _ => {}
            }
            try_out(&format!("{} without {place}", path.display()), &serde_json::to_vec(&changed).unwrap());
            let mut changed = whole.clone();
            if let Some(Json::Array(list)) = changed.pointer_mut(place) {
                list.extend(list.first().cloned());
            }
            try_out(&format!("{} {place} twice", path.display()), &serde_json::to_vec(&changed).unwrap());
        }
    }
}

#[test]
fn a_document_may_end_or_change_anywhere() {
    for (path, bytes) in kept() {
        for end in (0..bytes.len()).step_by(97) {
            assert!(!try_out(&format!("{} to byte {end}", path.display()), &bytes[..end]));
            let mut changed = bytes.clone();
            changed[end] = changed[end].wrapping_add(1 + (end % 250) as u8);
            try_out(&format!("{} byte {end}", path.display()), &changed);
        }
    }
}

#[test]
fn extremes_of_size_are_scored_or_refused() {
    let deep = format!("{{\"format\":{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(!try_out("deep nesting", deep.as_bytes()));
    let (_, seed) = kept().into_iter().find(|(path, _)| path.ends_with("one-bin.json")).unwrap();
    let digits = String::from_utf8(seed.clone()).unwrap().replacen("1.5", &"9".repeat(10_000), 1);
    assert!(!try_out("a number of 10,000 digits", digits.as_bytes()));
    let one: ScorecardDocument = ScorecardDocument::from_json(&seed).unwrap();
    // 10,000 features.
    let mut wide = one.clone();
    wide.features = (0..10_000)
        .map(|k| {
            let mut own = one.features[0].clone();
            own.name = format!("f{k}");
            own
        })
        .collect();
    try_out("10,000 features", &wide.to_json().unwrap());
    assert!(Scorecard::unverified(wide).is_ok());
    // More bins than a code can tell.
    let mut many = one.clone();
    let cut = |k: usize| if k == 0 || k == 70_000 { None } else { Some(k as f64) };
    many.features[0].bins = (0..70_000).map(|k| bin("b", interval(cut(k), cut(k + 1)), 0.1)).collect();
    assert!(!try_out("70,000 bins", &many.to_json().unwrap()));
    // A grid of millions of cells that the document does not list.
    let axis = |name: &str| {
        let bins: Vec<Json> = (0..4_000)
            .map(|k| json!({ "label": "", "lower": cut(k), "upper": if k == 3_999 { None } else { cut(k + 1) } }))
            .collect();
        json!({ "input": name, "type": "numeric", "bins": bins })
    };
    let mut grid: Json = serde_json::from_slice(&seed).unwrap();
    let feature = &mut grid["features"][0];
    feature["type"] = json!("pair");
    feature["axes"] = json!([axis("a"), axis("b")]);
    for field in ["lower", "upper"] {
        feature["bins"][0].as_object_mut().unwrap().remove(field);
    }
    feature["bins"][0]["cells"] = json!([[0, 0]]);
    assert!(!try_out("a grid of millions of cells", &serde_json::to_vec(&grid).unwrap()));
    // The helpers of this file make documents that load.
    let fine = document_of(one.unforeseen, one.features.clone());
    assert!(try_out("fine", &fine.to_json().unwrap()));
}
