//! Standards sets: lights, what could not be computed, and their files.

use scorewright::evidence::{Bound, Light};
use scorewright::standards::{STANDARDS, Standard};
use serde_json::Value;

use crate::support::Folder;

/// 400 cases whose score ranks, with grades and a PD.
fn table(bads: usize) -> String {
    let mut text = "score,pd,bad,grade,before,period\n".to_owned();
    for case in 0..400 {
        let bad = case % (400 / bads) == 0 && case / (400 / bads) < bads;
        let score = 500 + case % 97 + if bad { 0 } else { 30 };
        let pd = 1.0 / (1.0 + ((score as f64 - 480.0) / 28.8539).exp());
        let grade = |place: usize| ["A", "B", "C"][place % 3];
        let (now, before) = (grade(case), grade(case + case / 7));
        text += &format!("{score},{pd},{},{now},{before},{}\n", u8::from(bad), case % 2);
    }
    text
}

const PLAIN: [&str; 9] =
    ["validate", "--data", "scores.csv", "--outcome-column", "bad", "--bad", "1", "--score-column", "score"];

fn validate(folder: &Folder, further: &[&str]) -> (i32, Value) {
    let run = folder.run(&[&PLAIN, further, &["--out", "out"]].concat());
    let status = run.status.code().unwrap();
    assert!(status == 0 || status == 4, "{}", run.stderr);
    (status, folder.json("out/evidence.json")["standard"].clone())
}

fn test<'a>(standard: &'a Value, id: &str) -> &'a Value {
    standard["tests"].as_array().unwrap().iter().find(|test| test["id"] == id).unwrap_or_else(|| panic!("{standard}"))
}

#[test]
fn every_set_that_ships_is_read() {
    for (name, _) in STANDARDS {
        Standard::load(name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn bounds_hold_at_their_ends() {
    let bound = Bound { at_least: Some(0.5), at_most: Some(0.6) };
    assert!(bound.holds(0.5) && bound.holds(0.6) && !bound.holds(0.499) && !bound.holds(0.601));
    assert!(Bound { at_least: None, at_most: Some(0.1) }.holds(-5.0));
    assert!(Light::Green < Light::Red);
}

#[test]
fn a_light_for_every_value_and_a_reason_for_every_other() {
    let folder = Folder::new();
    folder.write("scores.csv", table(40));
    let own = r#"
title = { en = "Own" }
about = { en = "Limits of a test" }
[[tests]]
id = "auc"
title = { en = "AUC" }
rule = { en = "none" }
measure = "sample.auc.value"
green = { at_least = 0.99 }
amber = { at_least = 0.5 }
severity = "high"
[[tests]]
id = "bands"
title = { en = "Every band has bads" }
rule = { en = "none" }
measure = "sample.gains.*.bads"
green = { at_least = 1 }
severity = "low"
[[tests]]
id = "many"
title = { en = "AUC of many" }
rule = { en = "none" }
measure = "sample.auc.value"
green = { at_least = 0.5 }
severity = "low"
min_bads = 41
[[tests]]
id = "nowhere"
title = { en = "Nothing" }
rule = { en = "none" }
measure = "sample.nothing.of.the.kind"
green = { at_least = 0.5 }
severity = "low"
needs = { en = "a better file" }
[[questions]]
id = "asked"
title = { en = "Was it?" }
rule = { en = "none" }
"#;
    folder.write("own.toml", own);
    let (status, standard) = validate(&folder, &["--standard", "own.toml"]);
    assert_eq!(test(&standard, "auc")["light"], "amber");
    assert_eq!(test(&standard, "auc")["sample"], "validation");
    let bands: Vec<&Value> =
        standard["tests"].as_array().unwrap().iter().filter(|test| test["id"] == "bands").collect();
    assert!(bands.len() > 5, "{bands:?}");
    let reds = bands.iter().filter(|band| band["light"] == "red").count();
    assert!(bands.iter().all(|band| (band["light"] == "red") == (band["value"].as_f64().unwrap() < 1.0)));
    assert_eq!(status, if reds > 0 { 4 } else { 0 });
    assert_eq!(test(&standard, "many")["light"], Value::Null);
    assert!(test(&standard, "many")["not_computed"].as_str().unwrap().contains("40 bads and 360 goods are too few"));
    assert_eq!(test(&standard, "nowhere")["not_computed"], "it needs a better file");
    assert_eq!(standard["questions"][0]["title"], "Was it?");
}

#[test]
fn only_a_named_set_changes_the_exit_status() {
    let folder = Folder::new();
    // The score ranks bads above goods, as a red light of any set.
    let table = table(40).replace(",1,", ",x,").replace(",0,", ",1,").replace(",x,", ",0,");
    folder.write("scores.csv", table);
    let (status, standard) = validate(&folder, &[]);
    assert_eq!((status, test(&standard, "discrimination")["light"].as_str()), (0, Some("red")));
    let (status, _) = validate(&folder, &["--standard", "default"]);
    assert_eq!(status, 4);
}

#[test]
fn a_set_that_is_wrong_is_named_with_what_to_do() {
    let folder = Folder::new();
    folder.write("scores.csv", table(40));
    let refused = |standard: &str, status: i32, words: &[&str]| {
        let run = folder.run(&[&PLAIN[..], &["--out", "out", "--standard", standard]].concat());
        assert_eq!(run.status.code(), Some(status), "{}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert!(!folder.path("out").exists());
    };
    refused("defualt", 2, &["no standards set \"defualt\"", "default"]);
    let head = "title = { en = \"a\" }\nabout = { en = \"b\" }\n";
    folder.write("key.toml", format!("{head}[[tests]]\nid = \"a\"\nmesure = \"b\"\n"));
    refused("key.toml", 3, &["mesure", "measure", "line 5"]);
    let test = "[[tests]]\nid = \"a\"\ntitle = { en = \"a\" }\nrule = { en = \"a\" }\nmeasure = \"sample.auc.value\"\nseverity = \"low\"\n";
    folder.write("empty.toml", format!("{head}{test}green = {{}}\n"));
    refused("empty.toml", 3, &["range green", "\"a\""]);
    folder.write("twice.toml", format!("{head}{test}green = {{ at_least = 1 }}\n{test}green = {{ at_least = 1 }}\n"));
    refused("twice.toml", 3, &["stands twice"]);
}

/// The measures that the sets of the program name are measures of the evidence, on data that have all they need.
#[test]
fn every_measure_of_the_sets_is_known() {
    let folder = Folder::new();
    folder.write("scores.csv", table(40));
    let ratios = (0..300).fold("pd,repaid\n".to_owned(), |text, case| {
        let pd = f64::from(case % 50) / 60.0;
        text + &format!("{pd},{}\n", 1.0 - (pd + f64::from(case * 7 % 11) / 100.0).min(1.0))
    });
    folder.write("ratios.csv", ratios);
    folder.write("stress.toml", "[[scenario]]\nname = \"worse\"\npd_factor = 2.0\n");
    let plain = ["--pd-column", "pd", "--grade-column", "grade", "--previous-grade-column", "before", "--reference"];
    let plain =
        [&PLAIN[..], &plain, &["scores.csv", "--period-column", "period", "--segment-column", "grade"]].concat();
    let ratio = ["validate", "--data", "ratios.csv", "--ratio-column", "repaid", "--pd-column", "pd"];
    for (name, _) in STANDARDS {
        let mut known = std::collections::BTreeSet::new();
        let mut all = std::collections::BTreeSet::new();
        for arguments in [&plain[..], &ratio] {
            let further = ["--stress", "stress.toml", "--standard", name, "--out", "out"];
            let run = folder.run(&[arguments, &further].concat());
            assert!(matches!(run.status.code(), Some(0 | 4)), "{}", run.stderr);
            for test in folder.json("out/evidence.json")["standard"]["tests"].as_array().unwrap() {
                let id = test["id"].as_str().unwrap().to_owned();
                if test["value"].is_number() {
                    known.insert(id.clone());
                }
                all.insert(id);
            }
        }
        assert_eq!(known, all, "{name}");
    }
}
