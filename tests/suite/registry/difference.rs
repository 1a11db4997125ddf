//! What differs between two scorecards: each planted change is found, and nothing else is reported.

use proptest::prelude::*;
use scorewright::report::{Letters, scorecard_diff_text};
use scorewright::scorecard_diff::{
    Change, Fate, Line, ScorecardDifference, Side, line_diff, scorecard_difference, unified,
};
use scorewright_runtime::artifact::ScorecardDocument;
use serde_json::{Value, json};

use super::office::{OTHER, Office, failing_run, run, write_run};
use crate::support::{Cases, FEATURES, Folder, card};

/// A side from a trained run, with all that a run directory says.
fn trained() -> Side {
    let folder = Folder::new();
    write_run(&run(1), &folder, "run");
    Side::of_path(&folder.path("run"), None, super::office::time("2026-12-01T09:00:00Z")).unwrap()
}

fn document(side: &Side) -> Value {
    serde_json::to_value(&side.document).unwrap()
}

/// The side with another document.
fn with(side: &Side, document: &Value) -> Side {
    let document = ScorecardDocument::from_json(&serde_json::to_vec(document).unwrap()).unwrap();
    Side { name: "planted".to_owned(), scorecard_sha256: "0".repeat(64), document, ..side.clone() }
}

fn difference(a: &Side, b: &Side) -> ScorecardDifference {
    let found = scorecard_difference(a, b).unwrap();
    for line in scorecard_diff_text(&found, Letters::Ascii).lines() {
        // Lines of files, and words without a blank, are as long as they are.
        let is_file = line.trim_start().starts_with(['+', '-', '@']) || !line.trim().contains(' ');
        assert!(line.chars().count() <= 80 || is_file, "more than 80 columns: {line}");
    }
    found
}

/// Everything that was found, each as `part: what`.
fn found(difference: &ScorecardDifference) -> Vec<String> {
    let named = |part: &str, change: &Change| format!("{part}: {}", change.what);
    let mut all: Vec<String> = Vec::new();
    for part in &difference.parts {
        all.extend(part.changes.iter().map(|change| named(&part.part, change)));
    }
    for feature in &difference.features {
        if feature.fate != Fate::Changed {
            all.push(format!("{}: {:?}", feature.feature, feature.fate));
            continue;
        }
        all.extend(feature.changes.iter().map(|change| named(&feature.feature, change)));
        for bin in &feature.bins {
            if !bin.is_in_both() {
                let sign = if bin.figures.share.a.is_some() { '-' } else { '+' };
                all.push(format!("{}: {sign}{}", feature.feature, bin.figures.label));
            }
            all.extend(
                bin.changes.iter().map(|change| named(&format!("{} {}", feature.feature, bin.figures.label), change)),
            );
        }
    }
    all.extend(difference.measures.iter().map(|measure| format!("{}: {}", measure.sample, measure.measure)));
    all.extend(difference.files.iter().map(|file| format!("file: {}", file.file)));
    all.extend(difference.notes.iter().cloned());
    all
}

#[test]
fn a_scorecard_differs_from_itself_in_nothing() {
    let side = trained();
    let same = difference(&side, &side);
    assert!(same.same && found(&same).is_empty(), "{same:?}");
    assert_eq!(same.summary, ["nothing differs: it is the same scorecard"]);
    for part in ["card", "scaling", "limits", "inputs", "samples", "lineage", "measures", "configuration of the card"] {
        assert!(same.unchanged.iter().any(|known| known == part), "{part} is missing from {:?}", same.unchanged);
    }
    assert_eq!(same.same_features.len(), side.document.features.len());
}

#[test]
fn every_planted_change_is_found_and_nothing_else() {
    let side = trained();
    let plain = document(&side);
    let feature = |name: &str| plain["features"].as_array().unwrap().iter().position(|f| f["name"] == name).unwrap();
    let (age, region) = (feature("age"), feature("region"));
    let age_bin = plain["features"][age]["bins"][0]["label"].as_str().unwrap().to_owned();
    let region_bin = plain["features"][region]["bins"][0]["label"].as_str().unwrap().to_owned();
    let at = |place: &str| place.replace("AGE", &age.to_string()).replace("REGION", &region.to_string());
    let plants: Vec<(&str, Value, String)> = vec![
        ("/card/kind", json!("behavior"), "card: card.kind".into()),
        ("/population", json!("new customers"), "card: population".into()),
        ("/outcome/description", json!("90 days late"), "card: outcome.description".into()),
        ("/outcome/source/bad", json!(["bad", "worse"]), "card: outcome.source.bad".into()),
        ("/columns/weight", json!("w"), "card: columns.weight".into()),
        ("/unforeseen", json!("worst"), "rules of scoring: unforeseen".into()),
        ("/reason_baseline", json!("average"), "rules of scoring: reason_baseline".into()),
        ("/base_points", json!(7.0), "scaling: base_points".into()),
        ("/intercept", json!(0.5), "scaling: intercept".into()),
        ("/scaling/pdo", json!(40.0), "scaling: scaling.pdo".into()),
        ("/scaling/rounding", json!("none"), "scaling: scaling.rounding".into()),
        ("/limits/min_ks", json!(0.2), "limits: min_ks".into()),
        ("/limits/min_auc", json!(0.6), "limits: min_auc".into()),
        ("/inputs/age/allowed", json!({"lowest": 18.0, "highest": 99.0}), "inputs: age.allowed".into()),
        ("/inputs/age/type", json!("categorical"), "inputs: age.type".into()),
        ("/inputs/age/highest", json!(101.0), "inputs: age.highest".into()),
        ("/samples/holdout/sha256", json!("0"), "samples: holdout.sha256".into()),
        ("/samples/holdout/cases", json!(1), "samples: holdout.cases".into()),
        ("/lineage/seed", json!(99), "lineage: seed".into()),
        ("/lineage/tool_version", json!("9.9"), "lineage: tool_version".into()),
        ("/lineage/edits_sha256", json!("0"), "lineage: edits_sha256".into()),
        ("/lineage/data/0/rows", json!(1), "lineage: data[cases.csv].rows".into()),
        ("/lineage/data/0/sha256", json!("0"), "lineage: data[cases.csv].sha256".into()),
        ("/verification/0/score", json!(1.0), "verification cases: ".into()),
        ("/features/AGE/coefficient", json!(-9.0), "age: coefficient".into()),
        ("/features/AGE/description", json!("in years"), "age: description".into()),
        ("/features/AGE/average_points", json!(3.5), "age: average_points".into()),
        ("/features/AGE/type", json!("pair"), "age: type".into()),
        ("/features/AGE/input", json!("years"), "age: input".into()),
        ("/features/AGE/segment", json!("new"), "age: segment".into()),
        ("/features/AGE/bins/0/points", json!(-77.0), format!("age {age_bin}: points")),
        ("/features/AGE/bins/0/woe", json!(-7.5), format!("age {age_bin}: woe")),
        ("/features/AGE/bins/0/reason", json!("too young"), format!("age {age_bin}: reason")),
        ("/features/AGE/bins/0/goods", json!(1.0), format!("age {age_bin}: goods")),
        ("/features/AGE/bins/0/bads", json!(1.0), format!("age {age_bin}: bads")),
        ("/features/AGE/bins/0/cases", json!(1.0), format!("age {age_bin}: cases")),
        ("/features/AGE/bins/0/woe_from", json!("neutral"), format!("age {age_bin}: woe_from")),
        ("/features/REGION/bins/0/points", json!(-77.0), format!("region {region_bin}: points")),
        (
            "/segments",
            json!({"input": "product", "type": "categorical", "segments": []}),
            "segments: input segments: segments segments: type".into(),
        ),
        (
            "/definitions",
            json!({"columns": {"age": "years"}, "sql": {"duckdb": "select 1\nfrom a"}}),
            "definitions: columns definitions: sql".into(),
        ),
    ];
    for (place, value, expected) in plants {
        let mut planted = plain.clone();
        put(&mut planted, &at(place), value);
        let planted = with(&side, &planted);
        let there = difference(&side, &planted);
        let mut listed = found(&there);
        if place.ends_with("edits_sha256") {
            // One side has a file and the other has none: lineage says it.
            listed.retain(|what| what.starts_with("lineage"));
        }
        assert_eq!(listed.join(" "), expected, "{place}");
        assert!(!there.same);
        assert_eq!(found(&difference(&planted, &side)).join(" "), expected, "{place}, from B to A");
    }
}

/// Sets what a pointer names, where its parent is there.
fn put(document: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
}

#[test]
fn bins_with_other_edges_stand_one_under_the_other_and_features_come_and_go() {
    let side = trained();
    let mut moved = document(&side);
    let age = moved["features"].as_array().unwrap().iter().position(|f| f["name"] == "age").unwrap();
    let edge = moved["features"][age]["bins"][0]["upper"].as_f64().unwrap() + 0.5;
    let (low, high) = (format!("below {edge}"), format!("from {edge}"));
    put(&mut moved, &format!("/features/{age}/bins/0/upper"), json!(edge));
    put(&mut moved, &format!("/features/{age}/bins/0/label"), json!(low));
    put(&mut moved, &format!("/features/{age}/bins/1/lower"), json!(edge));
    put(&mut moved, &format!("/features/{age}/bins/1/label"), json!(high));
    let there = difference(&side, &with(&side, &moved));
    let bins = &there.features[0].bins;
    let signs: Vec<char> = bins
        .iter()
        .take(4)
        .map(|bin| {
            if bin.figures.share.b.is_none() {
                '-'
            } else if bin.figures.share.a.is_none() {
                '+'
            } else {
                ' '
            }
        })
        .collect();
    assert_eq!(signs, ['-', '+', '-', '+'], "{bins:?}");
    assert_eq!(found(&there).len(), 4);
    let text = scorecard_diff_text(&there, Letters::Ascii);
    assert!(text.lines().any(|line| line.starts_with("+ ") && line.contains(&low)), "{text}");

    let mut fewer = document(&side);
    fewer["features"].as_array_mut().unwrap().remove(age);
    let fewer = with(&side, &fewer);
    assert_eq!(found(&difference(&side, &fewer)), ["age: Went"]);
    assert_eq!(found(&difference(&fewer, &side)), ["age: Came"]);
    assert!(difference(&fewer, &side).summary[0].starts_with("1 feature came (age)"));

    let mut turned = document(&side);
    turned["features"].as_array_mut().unwrap().reverse();
    assert_eq!(found(&difference(&side, &with(&side, &turned))), ["features: order of features"]);
}

#[test]
fn measures_limits_and_texts_of_several_lines_are_compared() {
    let side = trained();
    let mut b = side.clone();
    let evidence = b.evidence.as_mut().unwrap();
    let auc = &mut evidence["samples"]["holdout"]["auc"];
    (auc["value"], auc["low"], auc["high"]) = (json!(0.991), json!(0.99), json!(0.992));
    evidence["score_psi"]["holdout"] = json!(0.4);
    evidence["limits"][0]["passed"] = json!(false);
    let there = difference(&side, &b);
    let limit = side.evidence.as_ref().unwrap()["limits"][0].clone();
    let limit = format!("{} on {}", limit["name"].as_str().unwrap(), limit["sample"].as_str().unwrap());
    assert_eq!(found(&there), [&format!("limits that hold: {limit}"), "holdout: auc", "holdout: score_psi"]);
    let auc = there.measures.iter().find(|measure| measure.measure == "auc").unwrap();
    assert_eq!((auc.intervals_overlap, auc.same_cases), (Some(false), Some(true)));
    assert!(
        there.summary.iter().any(|sentence| sentence.contains("-> 0.991 (intervals do not overlap)")),
        "{:?}",
        there.summary
    );
    assert!(there.summary.contains(&format!("limit {limit}: holds in A, does not hold in B")), "{:?}", there.summary);

    let sql = |text: &str| {
        let mut planted = document(&side);
        planted["definitions"] = json!({"columns": {}, "sql": {"duckdb": text}});
        with(&side, &planted)
    };
    let there = difference(&sql("select a\nfrom x\n"), &sql("select b\nfrom x\n"));
    assert_eq!(there.parts[0].changes[0].lines, ["@@ -1,3 +1,3 @@", "-select a", "+select b", " from x", " "]);
}

#[test]
fn the_program_compares_versions_runs_and_files_and_says_where_they_stand() {
    let office = Office::new();
    let folder = &office.folder;
    let id = office.register("Ana", 1).unwrap();
    office.except("Ben", &id, 30).unwrap();
    office.approve("Cora", &id).unwrap();
    write_run(&run(2), folder, "second");
    write_run(&failing_run(3), folder, "third");
    let text = folder.run(&["diff", "test/1", "second"]);
    text.succeeds();
    assert!(text.stdout.contains("A: test/1;") && text.stdout.contains("test/1 is approved"), "{}", text.stdout);
    assert!(text.stdout.contains("not registered") && text.stdout.contains("seed: 1 -> 2"), "{}", text.stdout);
    assert!(text.stdout.contains("A rests on an exception until"), "{}", text.stdout);
    let json = folder.run(&["diff", "second/scorecard.json", "third", "--json", "--out", "difference"]);
    json.succeeds();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let lines: Vec<&str> = json["files"][0]["lines"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    assert!(lines.contains(&"-min_auc = 0.55") && lines.contains(&"+min_auc = 0.99"), "{lines:?}");
    assert!(json["summary"].to_string().contains("min_auc"), "{}", json["summary"]);
    assert_eq!(folder.json("difference/difference.json"), json);
    assert!(folder.read("difference/report.html").contains("min_auc = 0.99"));

    folder.run(&["diff", "test/1", "test/7"]).fails(3, &["no version test/7"]);
    folder.run(&["diff", "test/1", "nothing"]).fails(3, &["nothing"]);
    let elsewhere = Folder::new();
    elsewhere.run(&["diff", "test/1", "test/2"]).fails(3, &["no registry"]);
}

#[test]
fn different_cards_may_be_compared_and_what_is_not_known_is_said() {
    let folder = Folder::with(&Cases::new(600).csv(), &card(&format!("{FEATURES}[binning]\nmax_bins = 3\n")));
    folder.train().succeeds();
    write_run(&run(OTHER), &folder, "other");
    let run = folder.run(&["diff", "out", "other"]);
    run.succeeds();
    assert!(run.stdout.contains("these are different cards: A is test, B is other"), "{}", run.stdout);
    assert!(run.stdout.contains("3 features changed") && run.stdout.contains("only on one side"), "{}", run.stdout);
    std::fs::create_dir(folder.path("bare")).unwrap();
    std::fs::copy(folder.path("out/scorecard.json"), folder.path("bare/card.json")).unwrap();
    let run = folder.run(&["diff", "bare/card.json", "other"]);
    run.succeeds();
    assert!(run.stdout.contains("note: the evidence of A is not known"), "{}", run.stdout);
    assert!(run.stdout.contains("that of A is not known"), "{}", run.stdout);
}

/// The difference from B to A, told from A to B, in an order that does not depend on the side.
fn mirrored(difference: &Value, turn: bool) -> Value {
    fn walk(value: &mut Value, turn: bool) {
        match value {
            Value::Object(members) => {
                if turn && members.contains_key("a") && members.contains_key("b") {
                    let (a, b) = (members["a"].take(), members["b"].take());
                    members.insert("a".to_owned(), b);
                    members.insert("b".to_owned(), a);
                }
                if turn && let Some(fate) = members.get_mut("fate") {
                    *fate = match fate.as_str() {
                        Some("came") => json!("went"),
                        Some("went") => json!("came"),
                        _ => fate.take(),
                    };
                }
                // Which of two equal lines is kept may depend on the side; labels are those of A.
                members.remove("lines");
                members.remove("summary");
                members.remove("label");
                members.values_mut().for_each(|value| walk(value, turn));
            }
            Value::Array(list) => {
                list.iter_mut().for_each(|value| walk(value, turn));
                list.sort_by_key(ToString::to_string);
            }
            _ => {}
        }
    }
    let mut value = difference.clone();
    walk(&mut value, turn);
    value
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_back_is_the_mirror_of_the_way_there(
        features in proptest::collection::vec((0..3_usize, 0..4_usize, -50..50_i32), 0..6),
        removed in proptest::collection::vec((any::<bool>(), 0..3_usize), 0..3),
        pdo in 20..22_i32,
        seed in 1..3_u64,
    ) {
        let side = trained_once();
        let (mut a, mut b) = (document(&side), document(&side));
        for (feature, bin, points) in features {
            let bins = b["features"][feature]["bins"].as_array_mut().unwrap();
            let at = bin % bins.len();
            bins[at]["points"] = json!(f64::from(points));
        }
        for (from_a, at) in removed {
            let list = if from_a { &mut a } else { &mut b }["features"].as_array_mut().unwrap();
            if at < list.len() {
                list.remove(at);
            }
        }
        b["scaling"]["pdo"] = json!(f64::from(pdo));
        a["lineage"]["seed"] = json!(seed);
        let (a, b) = (with(&side, &a), with(&side, &b));
        let (there, back) = (scorecard_difference(&a, &b).unwrap(), scorecard_difference(&b, &a).unwrap());
        let value = |difference: &ScorecardDifference| serde_json::to_value(difference).unwrap();
        prop_assert_eq!(mirrored(&value(&there), false), mirrored(&value(&back), true));
        prop_assert_eq!(there.same, a.document == b.document);
    }

    #[test]
    fn a_line_diff_applied_to_one_text_gives_the_other_and_keeps_the_most(a in "[abc\n]{0,24}", b in "[abc\n]{0,24}") {
        let lines = line_diff(&a, &b);
        let of = |wanted: fn(&Line<'_>) -> Option<String>| lines.iter().filter_map(wanted).collect::<Vec<_>>().join("\n");
        prop_assert_eq!(of(|line| match line { Line::Kept(t) | Line::Gone(t) => Some((*t).to_owned()), Line::Came(_) => None }), a.clone());
        prop_assert_eq!(of(|line| match line { Line::Kept(t) | Line::Came(t) => Some((*t).to_owned()), Line::Gone(_) => None }), b.clone());
        let kept = lines.iter().filter(|line| matches!(line, Line::Kept(_))).count();
        prop_assert_eq!(kept, longest(&a.split('\n').collect::<Vec<_>>(), &b.split('\n').collect::<Vec<_>>()));
        prop_assert_eq!(unified(&lines).is_empty(), a == b);
        prop_assert_eq!(patched(&a, &unified(&lines)), b);
    }
}

/// Length of the longest common subsequence, by its definition alone.
fn longest(a: &[&str], b: &[&str]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for line in a {
        let before = row.clone();
        for (j, other) in b.iter().enumerate() {
            row[j + 1] = if line == other { before[j] + 1 } else { before[j + 1].max(row[j]) };
        }
    }
    row[b.len()]
}

/// Applies a unified diff as `patch` does, by the numbers of its heads.
fn patched(a: &str, shown: &[String]) -> String {
    let lines: Vec<&str> = a.split('\n').collect();
    let (mut out, mut at) = (Vec::new(), 0);
    for line in shown {
        if let Some(head) = line.strip_prefix("@@ -") {
            let range = head.split(' ').next().unwrap();
            let (begin, count) = range.split_once(',').unwrap_or((range, "1"));
            let begin: usize = begin.parse().unwrap();
            let begin = if count == "0" { begin } else { begin - 1 };
            out.extend(lines[at..begin].iter().map(|line| (*line).to_owned()));
            at = begin;
            continue;
        }
        let text = &line[1..];
        match &line[..1] {
            "+" => out.push(text.to_owned()),
            sign => {
                assert_eq!(lines[at], text);
                at += 1;
                if sign == " " {
                    out.push(text.to_owned());
                }
            }
        }
    }
    out.extend(lines[at..].iter().map(|line| (*line).to_owned()));
    out.join("\n")
}

#[test]
fn a_line_diff_of_big_files_ends_soon_and_is_right() {
    let text = |step: usize| (0..30_000).map(|line| format!("{}\n", line * step)).collect::<String>();
    let (a, b) = (text(2), text(3));
    let lines = line_diff(&a, &b);
    assert_eq!(patched(&a, &unified(&lines)), b);
}

fn trained_once() -> Side {
    static SIDE: std::sync::OnceLock<Side> = std::sync::OnceLock::new();
    SIDE.get_or_init(trained).clone()
}
