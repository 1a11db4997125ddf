//! `challenger` from end to end, on data with a known truth.

use serde_json::Value;

use crate::support::{BAD, Cases, Folder, OUT, Run, card, card_on, noise};

fn challenger(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["challenger", "card.toml", "--out", OUT], more].concat())
}

const THREE: &str = "[features]\ninclude = [\"x\", \"y\", \"z\"]\n[sample]\nholdout = 0.4\n";

/// Three columns, and outcomes with these log odds good:bad.
fn table(rows: usize, log_odds: impl Fn(f64, f64, f64) -> f64) -> Cases {
    let mut table = Cases::new(rows);
    let value = |row: usize, stream: u64| noise(row, stream) * 2.0 - 1.0;
    for (name, stream) in [("x", 11), ("y", 12), ("z", 13)] {
        table.add(name, |row| format!("{:.3}", value(row, stream)));
    }
    table.add("outcome", |row| {
        let eta = log_odds(value(row, 11), value(row, 12), value(row, 13));
        if noise(row, 14) < 1.0 / (1.0 + f64::exp(eta)) { "bad" } else { "good" }.to_owned()
    });
    table
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// What x and y say together neither says alone.
#[test]
fn an_interaction_is_found_named_and_proposed() {
    let table = table(3000, |x, y, z| 0.4 + 1.2 * z + if (x > 0.0) == (y > 0.0) { 1.3 } else { -1.3 });
    let folder = Folder::with(&table.csv(), &card(THREE));
    let run = challenger(&folder, &[]);
    run.succeeds();
    assert!(run.stdout.contains("The scorecard leaves AUC on the table"), "{}", run.stdout);
    let document = folder.json("out/challenger.json");
    let first = &document["interactions"][0];
    assert_eq!(
        first["of"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect::<std::collections::BTreeSet<_>>(),
        ["x", "y"].into()
    );
    assert!(number(&first["h"]) > 0.5 && number(&first["strength"]) > 0.4, "{first}");
    assert_eq!(first["gain"]["chosen"], true);
    assert!(number(&first["gain"]["log_loss"]["low"]) > 0.0);
    let proposal = document["proposal"].as_str().unwrap();
    assert!(proposal.starts_with("[features.pairs."), "{proposal}");
    let holdout = document["samples"].as_array().unwrap().iter().find(|sample| sample["sample"] == "holdout").unwrap();
    let gap = number(&holdout["auc"]["difference"]["value"]);
    assert!(number(&holdout["auc"]["difference"]["low"]) > 0.03);
    // Trees of two leaves can add only: they were tried and not taken.
    assert!(document["trials"][0]["leaves"] == 2 && document["trials"][0]["taken"] == false);

    // What is proposed can be pasted, and closes most of the gap.
    folder.write("card.toml", format!("{}{proposal}", card(THREE)));
    challenger(&folder, &[]).succeeds();
    let document = folder.json("out/challenger.json");
    let holdout = document["samples"].as_array().unwrap().iter().find(|sample| sample["sample"] == "holdout").unwrap();
    let rest = number(&holdout["auc"]["difference"]["value"]);
    assert!(rest < gap / 3.0, "{rest} of {gap} remains");
    assert!(
        document["interactions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|pair| pair["of"] != first["of"] || pair["gain"].is_null())
    );
    // The pair's columns count for the scorecard now.
    let x = document["importance"].as_array().unwrap().iter().find(|row| row["feature"] == "x").unwrap();
    assert!(number(&x["scorecard"]["auc"]) > 0.03 && number(&x["challenger"]["auc"]) > 0.03, "{x}");
}

/// Segments by x are another way to say what x and y say together.
#[test]
fn a_card_with_segments_is_compared_as_a_whole() {
    let table = table(3000, |x, y, z| 0.4 + 1.2 * z + if (x > 0.0) == (y > 0.0) { 1.3 } else { -1.3 });
    let segments = "[segments]\ncolumn = \"x\"\ncuts = [0.0]\nnames = [\"low\", \"high\"]\n";
    let folder = Folder::with(&table.csv(), &card(&format!("{THREE}{segments}")));
    challenger(&folder, &[]).succeeds();
    let document = folder.json("out/challenger.json");
    let holdout = document["samples"].as_array().unwrap().iter().find(|sample| sample["sample"] == "holdout").unwrap();
    assert!(number(&holdout["scorecard"]["auc"]["value"]) > 0.75, "{holdout}");
    assert!(number(&holdout["auc"]["difference"]["value"]) < 0.03, "{holdout}");
    // The column that tells the segment counts for the scorecard.
    let x = document["importance"].as_array().unwrap().iter().find(|row| row["feature"] == "x").unwrap();
    assert!(number(&x["scorecard"]["auc"]) > 0.05, "{x}");
}

#[test]
fn a_sum_of_features_leaves_nothing_on_the_table() {
    let folder = Folder::with(&table(2500, |x, y, z| 0.5 + x + 0.8 * y - 1.2 * z).csv(), &card(THREE));
    let run = challenger(&folder, &["--json"]);
    run.succeeds();
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    let difference = &summary["auc"]["difference"];
    assert!(number(&difference["low"]) < 0.0 && number(&difference["high"]) < 0.03, "{summary}");
    assert!(summary["proposal"].is_null(), "{summary}");
    assert!(!summary["verdict"].as_str().unwrap().contains("leaves AUC on the table:"), "{summary}");
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let text = card_on("group = \"customer\"", &format!("{BAD}\nweight = \"w\""), THREE);
    let folder = Folder::with(&table(800, |x, y, z| x * y * 3.0 + z).csv(), &text);
    let bytes = |threads: &str| {
        challenger(&folder, &["--threads", threads]).succeeds();
        ["challenger.json", "report.html", "tables/importance.csv"].map(|name| folder.read(&format!("out/{name}")))
    };
    let one = bytes("1");
    assert!(one == bytes("4"));
    for table in ["models", "differences", "importance", "trials"] {
        assert!(folder.read(&format!("out/tables/{table}.csv")).lines().count() > 1, "{table}");
    }
}

#[test]
fn without_a_holdout_there_is_nothing_to_compare_on() {
    let table = table(300, |x, _, _| 2.0 * x);
    let folder = Folder::with(&table.csv(), &card("[features]\ninclude = [\"x\", \"y\"]\n[sample]\nholdout = 0.0\n"));
    challenger(&folder, &[]).fails(3, &["the card has no holdout", "set [sample] holdout", "card.toml, line"]);
    folder.is_untouched();
}

#[test]
fn few_bads_are_said() {
    let folder = Folder::with(&table(400, |x, _, _| 1.0 + 2.0 * x).csv(), &card(THREE));
    let run = challenger(&folder, &[]);
    run.succeeds();
    assert!(run.stdout.contains("holdout has only"), "{}", run.stdout);
}

#[test]
fn a_feature_that_the_card_drops_is_not_given_to_the_trees() {
    let mut table = table(600, |x, y, _| x + y);
    let bads = table.bads();
    table.add("leak", |row| format!("{:.2}", f64::from(u8::from(bads[row])) + noise(row, 40) * 1.2));
    let text = card("[features]\ninclude = [\"x\", \"y\", \"leak\"]\n[selection]\ndrop = [\"leak\"]\n");
    let folder = Folder::with(&table.csv(), &text);
    challenger(&folder, &[]).succeeds();
    let document = folder.json("out/challenger.json");
    assert!(document["importance"].as_array().unwrap().iter().all(|row| row["feature"] != "leak"));
}
