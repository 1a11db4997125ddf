//! The check through the program, and what training makes of it.

use super::*;

#[test]
fn the_program_says_writes_and_exits() {
    let folder = Folder::new();
    Book::new().write(&folder.path(""));
    let clean = folder.run(&["check", "."]);
    assert_eq!(clean.status.code(), Some(0), "{}", clean.stderr);
    assert!(clean.stdout.contains("8 tables checked, 0 errors, 0 warnings, 0 notes"), "{}", clean.stdout);
    let book = Book::new().set("performance", 6, "account_id", "").set("contacts", 4, "outcome", "<b>&fax");
    book.write(&folder.path(""));
    let run = folder.run(&["check", "scorewright.toml", "--json", "--out", OUT]);
    assert_eq!(run.status.code(), Some(4), "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json, folder.json("out/check.json"));
    assert_eq!(json["findings"][0]["code"], "unknown_value");
    assert_eq!(json["findings"][1]["severity"], "error");
    assert_eq!(json["findings"][1]["examples"][0]["row"], 6);
    let page = folder.read("out/check.html");
    assert!(page.contains("key_missing") && page.contains("&lt;b&gt;&amp;fax") && !page.contains("<b>&fax"));
    assert!(!page.contains("http://") && !page.contains("https://"), "the page stands alone");
    let table = folder.read("out/tables/findings.csv");
    assert_eq!(table.lines().count(), 3);
    assert!(table.contains("performance,account_id,key_missing,error,1,rows"), "{table}");
    // Again into the same place; only some tables.
    let some = folder.run(&["check", ".", "--table", "contacts", "links", "--out", OUT]);
    assert_eq!(some.status.code(), Some(0), "{}", some.stderr);
    assert!(some.stdout.contains("2 tables checked, 0 errors, 1 warning, 0 notes"), "{}", some.stdout);
    folder.has_no_leftovers();
}

#[test]
fn the_demo_has_few_findings_and_they_are_true() {
    let folder = Folder::new();
    folder.run(&["new", "project"]).succeeds();
    let run = folder.run(&["check", "project", "--json"]);
    assert_eq!(run.status.code(), Some(0), "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let found: Vec<(&str, &str, u64)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["severity"].as_str().unwrap(), f["code"].as_str().unwrap(), f["count"].as_u64().unwrap()))
        .collect();
    // Of October only the default is known; the bills below zero and above the limit are the original's.
    let expected = [
        ("warning", "missing_by_month", 30000),
        ("note", "negative_amount", 3932),
        ("note", "balance_above_limit", 8274),
    ];
    assert_eq!(found, expected);
    let card = folder.run(&["check", "project/cards/german-application.toml"]);
    assert_eq!(card.status.code(), Some(0), "{}", card.stdout);
}

const CARD: &str = "cards/application.toml";

#[test]
fn errors_stop_a_run_and_warnings_land_in_its_evidence() {
    let folder = Folder::new();
    let allowed = "period = \"month\"              # a row stands for its whole calendar month\n";
    let with = format!("{allowed}allowed = {{ defaulted = [0] }}\n");
    project_with(&folder, "scorewright.toml", allowed, &with);
    let words = [
        "values outside the known ones (0): \"1\"",
        "performance.csv",
        "data row",
        "scorewright check cards/application.toml",
    ];
    folder.run(&["train", CARD, "--out", OUT]).fails(3, &words);
    folder.is_untouched();
    project_with(&folder, "scorewright.toml", "", "");
    folder.run(&["train", CARD, "--out", OUT]).succeeds();
    let found = folder.json("out/evidence.json")["data_findings"].clone();
    let codes: Vec<&str> = found.as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["missing_by_month"]);
    assert!(found[0]["examples"].as_array().unwrap().is_empty(), "evidence names no persons");
    assert!(folder.read("out/report.html").contains("missing_by_month"));
}

#[test]
fn accounts_that_lead_to_no_group_stop_a_run() {
    let folder = Folder::new();
    project_with(&folder, "data/accounts.csv", "\nA5,", "\nA9999999,");
    let run = folder.run(&["train", CARD, "--out", OUT]);
    run.fails(3, &["account_id are not in accounts", "group of the card", "data/performance.csv", "data row 29"]);
    folder.is_untouched();
}
