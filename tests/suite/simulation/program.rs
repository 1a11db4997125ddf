//! The command: same bytes, cards that train, and clear errors.

use super::{LENDER, files, lender, simulated};
use crate::support::Folder;

#[test]
fn the_same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    // Several parts are written, each of several neighbourhoods.
    let arguments = |threads, seed| ["--customers", "21000", "--months", "7", "--threads", threads, "--seed", seed];
    let [one, two, other] = [("1", "7"), ("2", "7"), ("2", "8")]
        .map(|(threads, seed)| files(&lender(&simulated(&arguments(threads, seed)))));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(two[name] == *bytes, "{} differs", name.display());
        if name.extension().is_some_and(|extension| extension == "parquet") {
            assert!(other[name] != *bytes, "{} does not depend on the seed", name.display());
        }
    }
}

#[test]
fn the_four_cards_train() {
    let folder = Folder::new();
    for (card, least) in
        [("application", 0.65), ("behavior", 0.70), ("collection-early", 0.52), ("collection-late", 0.60)]
    {
        let path = lender(&LENDER).join(format!("cards/{card}.toml"));
        let run = folder.run(&["train", path.to_str().unwrap(), "--out", card]);
        run.succeeds();
        assert_eq!(run.status.code(), Some(0), "{card}: {}", run.stdout);
        let evidence = folder.json(&format!("{card}/evidence.json"));
        for (sample, figures) in evidence["samples"].as_object().unwrap() {
            if sample == "rejected" {
                // They have no outcome, and a score distribution.
                assert!(figures["auc"]["value"].is_null() && figures["cases"].as_u64().unwrap() > 100);
                continue;
            }
            let auc = figures["auc"]["value"].as_f64().unwrap();
            println!("{card} on {sample}: {auc}");
            assert!(auc > least, "{card} on {sample}: {auc}");
        }
    }
}

#[test]
fn neither_project_nor_cards_speak_of_the_truth() {
    for (name, bytes) in files(&lender(&LENDER)) {
        if name.starts_with("cards") || name.ends_with("scorewright.toml") {
            let text = String::from_utf8(bytes).unwrap();
            let uses = |line: &str| line.contains("truth") && !line.starts_with('#');
            assert!(!text.lines().any(uses), "{}", name.display());
        }
    }
}

#[test]
fn few_months_and_one_customer() {
    let folder = Folder::new();
    folder.run(&["simulate", "--out", "out", "--customers", "1", "--months", "1"]).succeeds();
    let truth = folder.json("out/truth/truth.json");
    assert_eq!(truth["realised"]["summary"]["rows"]["data/customers.parquet"], 1);
    assert!(truth["realised"]["bad_rate_12m"].is_null());
}

#[test]
fn parameters_from_a_file() {
    let folder = Folder::new();
    folder.write("p.toml", "customers = 300\nmonths = 6\n[policy]\nrandom_accept = 1.0\nwithdrawn = 0.0\n");
    folder.run(&["simulate", "--out", "out", "--config", "p.toml", "--months", "5"]).succeeds();
    let truth = folder.json("out/truth/truth.json");
    assert_eq!(truth["parameters"]["customers"], 300);
    assert_eq!(truth["parameters"]["months"], 5);
    assert_eq!(truth["realised"]["acceptance"], 1.0);
    // What a simulation wrote, another one may replace.
    folder.run(&["simulate", "--out", "out", "--customers", "10", "--months", "2"]).succeeds();
    assert_eq!(folder.json("out/truth/truth.json")["parameters"]["customers"], 10);
    folder.has_no_leftovers();
}

#[test]
fn what_was_written_as_json() {
    let folder = Folder::new();
    let run = folder.run(&["simulate", "--json", "--out", "out", "--customers", "500", "--months", "14"]);
    run.succeeds();
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let truth = folder.json("out/truth/truth.json");
    assert_eq!(said["summary"], truth["realised"]["summary"]);
    assert_eq!(said["summary"]["rows"]["truth/applications.parquet"], said["summary"]["applications"]);
    assert!(said["acceptance"].as_f64().unwrap() > 0.5 && said["bad_rate_12m"].is_number());
}

#[test]
fn impossible_sizes() {
    let folder = Folder::new();
    for (arguments, word) in [
        (["--customers", "0"], "0 is not in 1..="),
        (["--months", "0"], "0 is not in 1..=240"),
        (["--months", "1000"], "1000 is not in 1..=240"),
    ] {
        folder.run(&[&["simulate", "--out", "out"], &arguments[..]].concat()).fails(2, &[word, arguments[0]]);
        folder.is_untouched();
    }
    for (arguments, words) in [
        (["--start", "2022-13"], ["2022-13", "not a month", "2022-01"]),
        (["--drift", "nan"], ["drift", "between -3 and 3", "what to do"]),
    ] {
        folder.run(&[&["simulate", "--out", "out"], &arguments[..]].concat()).fails(3, &words);
        folder.is_untouched();
    }
}

#[test]
fn feeds_that_cannot_break() {
    let folder = Folder::new();
    for (feed, words) in [
        ("burau:2023-03", &["burau", "did you mean \"bureau\"?"][..]),
        ("bureau", &["names no month", "bureau:2023-03"]),
        ("bureau:march", &["march", "not a month"]),
        ("bureau:2031-03", &["outside the data", "2022-01 to 2023-12"]),
    ] {
        folder.run(&["simulate", "--out", "out", "--broken-feed", feed]).fails(3, words);
        folder.is_untouched();
    }
}

#[test]
fn parameter_files_that_cannot_be_used() {
    let folder = Folder::new();
    let simulate = ["simulate", "--out", "out", "--config", "p.toml"];
    folder.run(&simulate).fails(3, &["cannot read the file", "p.toml"]);
    for (text, words) in [
        ("customers = 0", &["customers must lie between 1 and", "p.toml", "line 1"][..]),
        ("\n[policy]\ntreshold = 1.0", &["unknown key", "treshold", "line 3", "did you mean \"threshold\"?"]),
        ("\n[risk]\nfrailty = -1.0", &["risk.frailty", "between 0 and 10", "line 3"]),
        (
            "[sources.bureau]\ncoverage = 2.0\nlag_days = 1\nrefresh_months = 3\nsignal = 0.5",
            &["sources.bureau.coverage", "line 2"],
        ),
        ("[links]\nring_size = 1", &["2 to 50 members", "line 2"]),
        ("months = \"many\"", &["line 1", "p.toml"]),
    ] {
        folder.write("p.toml", text);
        folder.run(&simulate).fails(3, words);
        folder.is_untouched();
    }
}

#[test]
fn a_directory_that_is_not_a_simulation() {
    let folder = Folder::new();
    folder.write("out/thesis.txt", "ten years of work");
    folder
        .run(&["simulate", "--out", "out", "--customers", "10"])
        .fails(3, &["holds other files", "new or empty directory"]);
    assert_eq!(folder.read("out/thesis.txt"), "ten years of work");
    folder.has_no_leftovers();
}
