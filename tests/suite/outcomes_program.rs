//! `outcomes` through the program: on the demo's project, on made-up lenders, and on bad input.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Folder, OUT, Run, line_of, project, project_with};

const PROJECT: &str = "scorewright.toml";

fn outcomes(folder: &Folder, file: &str) -> Run {
    folder.run(&["outcomes", file, "--out", OUT])
}

/// The demo's statements: account, month, months overdue, default.
fn statements() -> Vec<(String, u32, Option<u32>, bool)> {
    let rows = project()["data/performance.csv"].lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let month: u32 = fields[1][5..7].parse().unwrap();
        (fields[0].to_owned(), month, fields[3].parse().ok(), fields[6] == "1")
    });
    rows.collect()
}

#[test]
fn the_demo_s_project() {
    let folder = Folder::new();
    project_with(&folder, PROJECT, "", "");
    let run = outcomes(&folder, PROJECT);
    run.succeeds();
    assert!(run.stdout.contains("1000 accounts, 6000 account-months from 2005-04 to 2005-09"), "{}", run.stdout);
    let study = folder.json("out/outcomes.json");
    assert_eq!(study["format"], "scorewright.outcomes");
    assert_eq!(study["card"], Value::Null);
    assert_eq!(study["counts"], Value::Null);
    assert_eq!(study["measure"]["states"], serde_json::json!(["current", "1", "2", "3", "4+"]));
    // Of October only the default is known.
    assert_eq!(study["history"]["passed_over"]["unmeasured"], 1000);

    // Roll rates and vintages once more, from the file.
    let mut by_account: BTreeMap<String, BTreeMap<u32, u32>> = BTreeMap::new();
    for (account, month, overdue, _) in statements() {
        if let Some(overdue) = overdue {
            by_account.entry(account).or_default().insert(month, overdue.min(4));
        }
    }
    let mut rolls = [[0_u64; 5]; 5];
    for months in by_account.values() {
        for (month, now) in months {
            if let Some(next) = months.get(&(month + 1)) {
                rolls[*now as usize][*next as usize] += 1;
            }
        }
    }
    assert_eq!(study["roll_rates"][0]["counts"], serde_json::json!(rolls));
    assert_eq!(study["roll_rates"][0]["window_months"], 1);
    let ever = |bound: u32, until: u32| {
        by_account.values().filter(|months| months.range(..=until).any(|(_, state)| *state >= bound)).count()
    };
    let cohort = &study["vintages"]["cohorts"][0];
    assert_eq!((&cohort["cohort"], &cohort["accounts"]), (&Value::from("2005-04"), &Value::from(1000)));
    for (position, bound) in [2, 3, 4].into_iter().enumerate() {
        assert_eq!(study["definitions"][position]["accounts_ever"], ever(bound, 9));
        for month in 0..6 {
            assert_eq!(cohort["curves"][position]["ever"][month as usize], ever(bound, 4 + month));
        }
    }
    let cell = &study["grid"][0];
    assert_eq!((&cell["definition"], &cell["window_months"]), (&Value::from("2+"), &Value::from(1)));
    for key in ["goods", "bads", "indeterminates", "immature", "bad_rate", "low", "high", "dispersion", "cure_rate"] {
        assert!(cell[key].is_number(), "{key}: {cell}");
    }
    assert_eq!(cell["immature"], 1000);

    let page = folder.read("out/outcomes.html");
    assert!(page.contains("</html>") && page.matches("<svg").count() >= 9, "{}", page.matches("<svg").count());
    assert!(!page.contains("http-equiv") && !page.contains("src=\"http") && !page.contains("undefined"));
    for table in ["portfolio", "vintages", "roll_rates", "definitions", "definitions_by_month"] {
        assert!(folder.read(&format!("out/tables/{table}.csv")).lines().count() > 1, "{table}");
    }
    // A study is replaced by a study.
    outcomes(&folder, PROJECT).succeeds();
    assert_eq!(folder.json("out/outcomes.json"), study);
    folder.has_no_leftovers();
}

#[test]
fn a_card_s_population_by_cause_and_month() {
    let folder = Folder::new();
    project_with(&folder, "cards/behavior.toml", "", "");
    let run = folder.run(&["outcomes", "cards/behavior.toml", "--out", OUT, "--json", "--threads", "1"]);
    run.succeeds();
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(summary["title"], "behavior");
    assert_eq!(summary["directory"], OUT);
    assert!(summary["definitions"].as_array().unwrap().len() == 3 && summary["roll_rates"]["rates"].is_array());
    let study = folder.json("out/outcomes.json");
    assert_eq!(study["card"]["kind"], "behavior");
    let causes = study["counts"]["causes"].as_array().unwrap().clone();
    let months: Vec<String> =
        study["counts"]["months"].as_array().unwrap().iter().map(|month| month.as_str().unwrap().to_owned()).collect();
    let of = |fate: &str, month: &str| -> f64 {
        let position = months.iter().position(|known| known == month).unwrap();
        let causes = causes.iter().filter(|cause| fate.is_empty() || cause["fate"] == fate);
        causes.map(|cause| cause["by_month"][position].as_f64().unwrap()).sum()
    };
    // Every row of the table stands in one cause.
    assert!(months.iter().all(|month| of("", month) == 1000.0));
    let by_key: BTreeMap<(String, u32), bool> = statements()
        .into_iter()
        .map(|(account, month, overdue, defaulted)| ((account, month), overdue.is_some_and(|k| k >= 1) || defaulted))
        .collect();
    for month in 6..=9 {
        let bads = by_key.iter().filter(|((_, known), bad)| *known == month + 1 && **bad).count() as f64;
        let name = format!("2005-{month:02}");
        assert_eq!((of("bad", &name), of("good", &name)), (bads, 1000.0 - bads));
    }
    assert_eq!(of("not_in_population", "2005-04"), 1000.0);
    assert!(folder.read("out/tables/counts_by_month.csv").starts_with("month,fate,cause,cases\n"));
    assert!(folder.read("out/outcomes.html").contains("Counts of the card"));
    // The same bytes at any number of threads.
    let before = (folder.read("out/outcomes.json"), folder.read("out/outcomes.html"));
    folder.run(&["outcomes", "cards/behavior.toml", "--out", OUT, "--threads", "2"]).succeeds();
    assert_eq!((folder.read("out/outcomes.json"), folder.read("out/outcomes.html")), before);
}

/// A small lender with the standard tables: two accounts opened in January and March 2024.
fn lender(outcomes: &str) -> Folder {
    let folder = Folder::new();
    folder.write("accounts.csv", "account_id,opened_on\nA,2024-01-15\nB,2024-03-02\n");
    let mut rows = "account_id,month_end,days_past_due,status\n".to_owned();
    for (month, days) in [0, 5, 35, 65, 95, 0].into_iter().enumerate() {
        rows.push_str(&format!("A,2024-{:02}-28,{days},ok\n", month + 1));
        if month >= 2 {
            rows.push_str(&format!("B,2024-{:02}-28,{},ok\n", month + 1, (month % 2) * 31));
        }
    }
    folder.write("performance.csv", rows);
    folder.write(
        PROJECT,
        format!(
            "[tables.performance]\npath = \"performance.csv\"\nkeys = [\"account_id\"]\nevent_date = \"month_end\"\nperiod = \"month\"\n\n[tables.accounts]\npath = \"accounts.csv\"\nkeys = [\"account_id\"]\nevent_date = \"opened_on\"\n\n{outcomes}\n"
        ),
    );
    folder
}

#[test]
fn the_standard_tables_need_no_section() {
    let folder = lender("");
    let run = outcomes(&folder, PROJECT);
    run.succeeds();
    // Six months: 3 fits, 6 and longer do not.
    assert!(run.stdout.contains("the window of 6 months is left out: the history runs from 2024-01 to 2024-06"));
    let study = folder.json("out/outcomes.json");
    assert_eq!(study["measure"]["states"], serde_json::json!(["current", "1–29", "30–59", "60–89", "90–119", "120+"]));
    assert_eq!(study["measure"]["opening"], "opened_on of accounts");
    let names: Vec<&str> =
        study["definitions"].as_array().unwrap().iter().map(|found| found["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["30+", "60+", "90+", "120+"]);
    let left_out = study["windows_left_out"].as_array().unwrap();
    assert_eq!(
        left_out.iter().map(|window| window["window_months"].as_u64().unwrap()).collect::<Vec<_>>(),
        [6, 12, 18]
    );
    let cohorts = &study["vintages"]["cohorts"];
    assert_eq!((&cohorts[0]["cohort"], &cohorts[1]["cohort"]), (&Value::from("2024-01"), &Value::from("2024-03")));
    assert_eq!(cohorts[0]["curves"][0]["share"], serde_json::json!([0.0, 0.0, 1.0, 1.0, 1.0, 1.0]));
    assert_eq!(cohorts[1]["curves"][0]["share"], serde_json::json!([0.0, 1.0, 1.0, 1.0]));
}

#[test]
fn quarters_names_and_definitions_of_one_s_own() {
    let folder = lender(
        "[outcomes]\ncohort = \"quarter\"\nopened = \"opened_on\"\ncuts = [30, 60]\nnames = [\"fine\", \"late\", \"lost <b>\"]\nwindows_months = [2]\ndefinitions = [{ name = \"lost\", where = \"days_past_due >= 60 OR status = 'W'\" }]",
    );
    outcomes(&folder, PROJECT).succeeds();
    let study = folder.json("out/outcomes.json");
    let cohorts = study["vintages"]["cohorts"].as_array().unwrap();
    assert_eq!((cohorts.len(), &cohorts[0]["cohort"]), (1, &Value::from("2024-Q1")));
    // Account B has reached month on book 3, where A turns 60 days past due.
    assert_eq!(cohorts[0]["curves"][0]["share"], serde_json::json!([0.0, 0.0, 0.0, 0.5, null, null]));
    assert!(folder.read("out/outcomes.html").contains("lost &lt;b&gt;"));
}

#[test]
fn accounts_that_the_table_of_openings_does_not_know() {
    let folder = lender("");
    folder.write("accounts.csv", "account_id,opened_on\nA,2024-01-15\nC,2024-03-02\n");
    let run = outcomes(&folder, PROJECT);
    run.succeeds();
    assert!(run.stdout.contains("1 accounts have no day of opening"), "{}", run.stdout);
    assert_eq!(folder.json("out/outcomes.json")["vintages"]["without_opening"], 1);
}

/// The lender with this section is refused with `words`, and where `needle` is not empty with its line.
fn refused(outcomes_section: &str, needle: &str, words: &[&str]) {
    let folder = lender(outcomes_section);
    let run = outcomes(&folder, PROJECT);
    run.fails(3, words);
    if !needle.is_empty() {
        run.fails(3, &[PROJECT, &line_of(&folder.read(PROJECT), needle)]);
    }
    folder.is_untouched();
}

#[test]
fn sections_with_mistakes() {
    refused("[outcomes]\nmeasur = \"x\"", "measur", &["unknown key \"measur\"", "did you mean \"measure\"?"]);
    refused(
        "[outcomes]\ndefinitions = [{ name = \"a\", wher = \"days_past_due > 1\" }]",
        "wher",
        &["unknown key \"wher\"", "did you mean \"where\"?"],
    );
    refused("[outcomes]\ncohort = \"quarters\"", "cohort", &["did you mean \"quarter\"?"]);
    refused("[outcomes]\ncuts = [30, 1]", "cuts", &["each above the one before it"]);
    refused("[outcomes]\ncuts = []", "cuts", &["cuts must hold 1 to 20"]);
    refused("[outcomes]\nnames = [\"a\"]", "names", &["5 cuts make 6 states", "names has 1"]);
    refused("[outcomes]\nwindows_months = [3, 0]", "windows_months", &["windows of 1 to 600 months"]);
    refused("[outcomes]\ncure_months = 0", "cure_months", &["cure_months must be 1 to 600"]);
    let twice = "{ name = \"a\", where = \"days_past_due > 1\" }";
    refused(
        &format!("[outcomes]\ndefinitions = [{twice}, {twice}]"),
        "definitions",
        &["two definitions are called \"a\""],
    );
    let nine: Vec<String> = (0..9).map(|n| format!("{{ name = \"{n}\", where = \"days_past_due > {n}\" }}")).collect();
    refused(&format!("[outcomes]\ndefinitions = [{}]", nine.join(", ")), "definitions", &["at most 8 definitions"]);
}

#[test]
fn measures_and_conditions_that_do_not_fit_the_table() {
    refused("[outcomes]\nmeasure = \"status\"", "measure", &["outcomes.measure", "not a number"]);
    refused("[outcomes]\nmeasure = \"days_past_du\"", "measure", &["did you mean \"days_past_due\"?"]);
    refused("[outcomes]\nmeasure = \"days_past_due +\"", "measure", &["not an SQL expression"]);
    let section = "[outcomes]\ndefinitions = [\n{ name = \"a\", where = \"days_past_due\" },\n]";
    refused(section, "name = \"a\"", &["outcomes.definitions (a)", "is not a condition"]);
}

#[test]
fn tables_that_are_not_there_or_do_not_fit() {
    refused("[outcomes]\ntable = \"performence\"", "table = \"performence\"", &["did you mean \"performance\"?"]);
    let words = ["that holds the day of opening of each account", "did you mean \"accounts\"?"];
    refused("[outcomes]\nopened_table = \"acounts\"", "acounts", &words);
    refused("[outcomes]\nopened = \"opend_on\"", "", &["accounts.csv", "did you mean \"opened_on\"?"]);
    let other =
        "[tables.people]\npath = \"accounts.csv\"\nkeys = [\"opened_on\"]\n[outcomes]\nopened_table = \"people\"";
    refused(other, "opened_table", &["\"people\" and \"performance\" are not keyed by the same column"]);
}

#[test]
fn a_table_without_dates() {
    let folder = lender("");
    let text = folder.read(PROJECT).replacen("event_date = \"month_end\"\nperiod = \"month\"\n", "", 1);
    folder.write(PROJECT, text);
    outcomes(&folder, PROJECT).fails(3, &["\"performance\" carries no date", "event_date"]);
    folder.is_untouched();
}

#[test]
fn a_history_of_one_month_or_without_a_measure() {
    let folder = lender("");
    folder.write("performance.csv", "account_id,month_end,days_past_due\nA,2024-01-31,0\nB,2024-01-31,40\n");
    outcomes(&folder, PROJECT).fails(3, &["no two months", "2024-01", "performance.csv"]);
    folder.write("performance.csv", "account_id,month_end,days_past_due\nA,2024-01-31,\nA,2024-02-28,\n");
    outcomes(&folder, PROJECT).fails(3, &["no two months", "no row has a value of the measure"]);
    folder.write("performance.csv", "account_id,month_end,days_past_due\nA,0204-01-31,0\nA,2024-02-28,0\n");
    outcomes(&folder, PROJECT).fails(3, &["0204-01-31", "more than a hundred years"]);
    folder.is_untouched();
}

#[test]
fn two_rows_of_an_account_on_a_day() {
    let folder = lender("");
    let text = folder.read("performance.csv") + "A,2024-02-28,90,ok\n";
    folder.write("performance.csv", text);
    let words = ["\"A\" has two rows on 2024-02-28", "first in data row 2", "data row 11", "\"account_id\""];
    outcomes(&folder, PROJECT).fails(3, &words);
    folder.is_untouched();
}

#[test]
fn a_history_too_short_for_every_window() {
    let folder = lender("[outcomes]\nwindows_months = [12]");
    let run = outcomes(&folder, PROJECT);
    run.succeeds();
    assert!(run.stdout.contains("the window of 12 months is left out"), "{}", run.stdout);
    let study = folder.json("out/outcomes.json");
    assert_eq!(study["grid"], serde_json::json!([]));
    assert_eq!(study["roll_rates"].as_array().unwrap().len(), 1);
    assert!(folder.read("out/outcomes.html").contains("No window is over before the history ends"));
}

#[test]
fn a_population_in_which_nobody_is_left() {
    let folder = Folder::new();
    let card = "cards/behavior.toml";
    project_with(&folder, card, "observe = \"every_row\"", "observe = \"every_row\"\nwhere = \"months_overdue >= 99\"");
    outcomes(&folder, card).fails(3, &["no case is left", "not: months_overdue >= 99: 0 left", card]);
    folder.is_untouched();
}

#[test]
fn files_that_are_neither() {
    let folder = Folder::new();
    folder.write("card.toml", crate::support::card(""));
    outcomes(&folder, "card.toml").fails(3, &["ready-made table has no history", "[population]", "line 4"]);
    folder.write("other.toml", "name = 1\n");
    outcomes(&folder, "other.toml").fails(3, &["unknown key \"name\"", "other.toml"]);
    outcomes(&folder, "others.toml").fails(3, &["cannot read the file", "did you mean", "other.toml"]);
    let run = folder.run(&["outcomes", "--help"]);
    run.succeeds();
    assert!(run.stdout.contains("Examples:") && run.stdout.contains("scorewright outcomes my-lender/scorewright.toml"));
    folder.is_untouched();
}
