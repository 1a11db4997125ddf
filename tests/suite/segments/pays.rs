//! Whether segments pay: where they do by construction, where they cannot, and without cases to see it on.

use serde_json::Value as Json;

use crate::support::{Folder, card, noise};

/// Cases of two customer types. With `differs`, income counts for one and age for the other; else both count for both.
pub fn table(rows: usize, differs: bool, seed: u64) -> String {
    let mut text = "age,income,months,customer,outcome\n".to_owned();
    for row in 0..rows {
        let draw = |stream: u64| noise(row, seed * 100 + stream);
        let (age, income) = (20.0 + (draw(1) * 50.0).floor(), 1000.0 + (draw(2) * 4000.0).floor());
        let months = (draw(3) * 60.0).floor();
        let is_new = months < 24.0;
        let (of_age, of_income) = ((age - 45.0) / 9.0, (income - 3000.0) / 700.0);
        let eta = 1.3
            + match (differs, is_new) {
                (false, _) => 0.7 * (of_age + of_income),
                (true, true) => of_age,
                (true, false) => of_income,
            };
        let outcome = if draw(4) < 1.0 / (1.0 + f64::exp(eta)) { "bad" } else { "good" };
        let customer = if is_new { "new" } else { "old" };
        text.push_str(&format!("{age},{income},{months},{customer},{outcome}\n"));
    }
    text
}

const FEATURES: &str = "[features]\ninclude = [\"age\", \"income\"]\n";
const BY_CUSTOMER: &str = "[segments]\ncolumn = \"customer\"\n";

fn trained(table: &str, rest: &str) -> (Json, String) {
    let folder = Folder::with(table, &card(rest));
    let run = folder.train();
    run.succeeds();
    (folder.json("out/evidence.json"), run.stdout)
}

#[test]
fn segments_that_truly_differ_pay() {
    let (evidence, said) = trained(&table(8000, true, 1), &format!("{FEATURES}{BY_CUSTOMER}"));
    let comparison = &evidence["segments"]["comparison"];
    assert_eq!(comparison["verdict"], "pays", "{comparison}");
    assert!(said.contains("against one card for all: segments pay"), "{said}");
    let all = &comparison["samples"]["holdout"]["all"];
    assert!(all["auc_difference"]["low"].as_f64().unwrap() > 0.02, "{all}");
    assert!(all["log_likelihood_difference"]["p_value"].as_f64().unwrap() < 1e-6, "{all}");
    // Each segment found what counts for it.
    let iv = |name: &str| evidence["features"][name]["iv"]["development"].as_f64().unwrap();
    assert!(iv("new/age") > 10.0 * iv("new/income") && iv("old/income") > 10.0 * iv("old/age"));
    // The same segments by cuts of the number behind them.
    let cuts = "[segments]\ncolumn = \"months\"\ncuts = [24]\nnames = [\"new\", \"old\"]\n";
    let (again, _) = trained(&table(8000, true, 1), &format!("{FEATURES}{cuts}"));
    for measure in ["cases", "auc", "ks", "score", "gains", "calibration", "brier", "h_measure", "score_stability"] {
        for sample in ["development", "holdout"] {
            assert_eq!(again["samples"][sample][measure], evidence["samples"][sample][measure], "{sample}: {measure}");
        }
    }
}

#[test]
fn segments_that_do_not_differ_are_no_clear_gain() {
    for seed in 2..5 {
        let (evidence, said) = trained(&table(6000, false, seed), &format!("{FEATURES}{BY_CUSTOMER}"));
        let comparison = &evidence["segments"]["comparison"];
        assert_ne!(comparison["verdict"], "pays", "{comparison}");
        let words = comparison["words"].as_str().unwrap();
        assert!(said.contains(words) && evidence["warnings"].to_string().contains(words));
    }
}

#[test]
fn groups_of_cases_widen_the_interval() {
    let text = table(4000, true, 1);
    let doubled: String = text
        .lines()
        .enumerate()
        .flat_map(|(row, line)| {
            let group = if row == 0 { "person".to_owned() } else { format!("p{row}") };
            std::iter::repeat_n(format!("{line},{group}\n"), if row == 0 { 1 } else { 2 })
        })
        .collect();
    let on = |group: &str| {
        let text = crate::support::card_on(group, crate::support::BAD, &format!("{FEATURES}{BY_CUSTOMER}"));
        let folder = Folder::with(&doubled, &text);
        folder.train().succeeds();
        folder.json("out/evidence.json")["segments"]["comparison"]["samples"]["holdout"]["all"].clone()
    };
    let grouped = on("group = \"person\"");
    assert_eq!(grouped["interval"], "by group (person)");
    let width = |all: &Json, what: &str| all[what]["high"].as_f64().unwrap() - all[what]["low"].as_f64().unwrap();
    let alone = on("");
    assert_eq!(alone["interval"], "by case");
    for what in ["auc_difference", "log_likelihood_difference"] {
        let ratio = width(&grouped, what) / width(&alone, what);
        assert!((1.25..1.6).contains(&ratio), "{what}: {ratio}, about the square root of 2");
    }
}

#[test]
fn without_other_cases_nobody_knows() {
    let (evidence, _) = trained(&table(3000, true, 1), &format!("{FEATURES}{BY_CUSTOMER}[sample]\nholdout = 0\n"));
    assert_eq!(evidence["segments"]["comparison"]["verdict"], "not_known");
    assert!(evidence["warnings"].to_string().contains("no holdout and no out-of-time sample"));
}

/// Weights, ratios, missing values, pairs: what a card may have, it may have with segments.
#[test]
fn segments_go_with_weights_pairs_and_missing_values() {
    let mut text = String::new();
    for (row, line) in table(3000, true, 3).lines().enumerate() {
        let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        if row > 0 && row % 17 == 0 {
            fields[2].clear();
        }
        fields.push(if row == 0 { "w".into() } else { (1 + row % 3).to_string() });
        text.push_str(&format!("{}\n", fields.join(",")));
    }
    let rest = "[features]\ninclude = [\"age\", \"income\"]\n[features.pairs.both]\nof = [\"age\", \"months\"]\n[selection]\nkeep = [\"both\"]\n[segments]\ncolumn = \"months\"\ncuts = [24, 40]\notherwise = \"40 or more\"\n[scaling]\nrounding = \"none\"\nunforeseen = \"error\"\n";
    let folder = Folder::with(
        &text,
        &crate::support::card_on("", "column = \"outcome\"\nbad = [\"bad\"]\nweight = \"w\"", rest),
    );
    folder.train().succeeds();
    let document = folder.json("out/scorecard.json");
    let segments = document["segments"]["segments"].as_array().unwrap();
    let names: Vec<&str> = segments.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["below 24", "24 to below 40", "40 or more"]);
    // Development saw missing values, so they belong to a segment by name.
    assert_eq!(segments[2]["values"][1]["missing"], true);
    let pairs = document["features"].as_array().unwrap().iter().filter(|one| one["type"] == "pair").count();
    assert_eq!(pairs, 3);
    let weight: f64 = segments.iter().map(|one| one["cases"].as_f64().unwrap()).sum();
    assert!(weight > 1.9 * document["samples"]["development"]["cases"].as_f64().unwrap());
    folder.run(&["score", "out/scorecard.json", "--data", "cases.csv", "--out", "scores.parquet"]).succeeds();
}
