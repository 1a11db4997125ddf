//! Each rule with figures by hand, and their order.

use super::{cases, decided, goes, model, selected, trained, warnings};
use crate::support::{BAD, Folder, card_on, noise};

#[test]
fn too_much_missing() {
    let mut table = cases();
    // 585 of 600 are missing.
    table.add("shoe", |row| if row % 40 == 0 { format!("{row}") } else { String::new() });
    let folder = selected(&table, "min_iv = 0");
    goes(&folder, "shoe", "missing", "missing for 97.50% of the development cases, more than 95%");
    let folder = selected(&table, "min_iv = 0\nmax_missing = 0.975");
    assert_ne!(decided(&folder, "shoe").0, "missing");
}

#[test]
fn one_value() {
    let mut table = cases();
    table.add("shoe", |_| "41".into());
    // Not even by name.
    let folder = selected(&table, "keep = [\"shoe\"]");
    goes(&folder, "shoe", "one bin", "bin");
}

#[test]
fn information_value_names_and_their_order() {
    let mut table = cases();
    table.add("house", |row| if row % 40 == 0 { "1".into() } else { String::new() });
    let folder = selected(&table, "min_iv = 0.06\ndrop = [\"income\", \"sal*\"]\nkeep = [\"salary\", \"region\"]");
    // By name first, and a pattern of drop wins over keep.
    goes(&folder, "income", "drop", "dropped by name");
    goes(&folder, "salary", "drop", "dropped by name");
    goes(&folder, "house", "missing", "97.50%");
    let value = folder.decision("shoe")["information_value"].as_f64().unwrap();
    goes(&folder, "shoe", "information value", &format!("information value {value:.4} is below 0.06"));
    goes(&folder, "region", "keep", "kept by name");
    assert_eq!(model(&folder), ["age", "region"]);
}

#[test]
fn kept_features_pass_and_it_is_told_what_they_passed() {
    let folder = selected(&cases(), "min_iv = 0.06\nkeep = [\"shoe\"]");
    goes(&folder, "shoe", "keep", "without that it would have gone: information value 0.");
    assert!(model(&folder).contains(&"shoe".to_owned()));
}

#[test]
fn of_a_cluster_the_best_stays() {
    let folder = selected(&cases(), "");
    let (best, other) = match decided(&folder, "income").0.as_str() {
        "selected" => ("income", "salary"),
        _ => ("salary", "income"),
    };
    let value = |name: &str| folder.decision(name)["information_value"].as_f64().unwrap();
    assert!(value(best) >= value(other));
    let words = format!(" with {best} (information value {:.4}), the leader of its cluster", value(best));
    goes(&folder, other, "correlation", &words);
    // Kept, it leads, however much it says.
    let folder = selected(&cases(), &format!("keep = [{other:?}]"));
    goes(&folder, best, "correlation", &format!(" with {other} (information value"));
}

/// The number that follows some words.
fn number_after(text: &str, words: &str) -> f64 {
    let rest = text.split_once(words).unwrap_or_else(|| panic!("{words:?} is missing from {text:?}")).1;
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn variance_inflation_of_two_is_one_over_what_the_other_leaves() {
    let mut table = cases();
    table.add("house", |row| format!("{}", (noise(row, 2) * 4.0).floor() + (noise(row, 74) * 5.0).floor()));
    let only = "drop = [\"age\", \"region\", \"shoe\", \"salary\"]\nstepwise = \"none\"\n";
    let reason = decided(&selected(&table, &format!("{only}max_correlation = 0.01")), "house").1;
    let correlation = number_after(&reason, "correlates ");
    assert!((0.3..0.9).contains(&correlation), "{reason}");
    let expected = 1.0 / (1.0 - correlation * correlation);
    let folder = selected(&table, &format!("{only}max_correlation = 1\nmax_vif = {}", expected - 0.05));
    goes(&folder, "house", "vif", "beside 1 others is above");
    let vif = number_after(&decided(&folder, "house").1, "variance inflation factor ");
    assert!((vif - expected).abs() < 0.06, "{vif} is not {expected}");
    let folder = selected(&table, &format!("{only}max_correlation = 1\nmax_vif = {}", expected + 0.05));
    assert_eq!(model(&folder), ["house", "income"]);
}

#[test]
fn of_two_equal_features_the_second_goes() {
    let mut table = cases();
    table.add("salary", |row| (1000.0 + (noise(row, 2) * 4000.0).floor()).to_string());
    for search in ["stepwise = \"none\"", "stepwise = \"bic\"", "direction = \"backward\"", "search = \"best_subset\""]
    {
        let folder = selected(&table, &format!("max_correlation = 1\n{search}"));
        goes(&folder, "salary", "vif", "is a linear combination of other features");
        assert!(model(&folder).contains(&"income".to_owned()));
        // Without the rule, the search itself leaves it out where it can.
        if search == "stepwise = \"bic\"" {
            let folder = selected(&table, &format!("max_correlation = 1\nmax_vif = inf\n{search}"));
            assert!(!model(&folder).contains(&"salary".to_owned()));
        }
    }
}

/// Cases of two halves, development and out of time, by the flag x and the outcome: (dev safe, dev risky, later safe,
/// later risky) as (goods, bads) of x = 0 and x = 1. A second feature says something, too.
fn halves(cells: [(usize, usize); 4]) -> String {
    let mut text = String::from("x,y,observed_at,outcome\n");
    let mut row = 0;
    for (cell, (goods, bads)) in cells.into_iter().enumerate() {
        let (x, day) = (cell % 2, if cell < 2 { "2024-01-15" } else { "2024-07-15" });
        for place in 0..goods + bads {
            let outcome = if place < goods { "good" } else { "bad" };
            let y = (noise(row, 81) * 4.0).floor() + if place < goods { 1.0 } else { 0.0 };
            text.push_str(&format!("{x},{y},{day},{outcome}\n"));
            row += 1;
        }
    }
    text
}

fn on_halves(cells: [(usize, usize); 4], selection: &str) -> Folder {
    let rest = format!(
        "[features]\ninclude = [\"x\", \"y\"]\n[sample]\nholdout = 0\nout_of_time_from = 2024-07-01\n[selection]\n{selection}\n"
    );
    let folder = Folder::with(&halves(cells), &card_on("observed_at = \"observed_at\"", BAD, &rest));
    folder.train().succeeds();
    folder
}

#[test]
fn stability_between_samples() {
    // x = 1 for 100 of 400, then 200 of 400: 0.25 ln 2 + 0.25 ln 1.5 = 0.2747.
    let cells = [(270, 30), (60, 40), (180, 20), (120, 80)];
    let folder = on_halves(cells, "");
    goes(&folder, "x", "stability", "stability index 0.275 between development and out of time is above 0.25");
    goes(&on_halves(cells, "max_psi = 0.274"), "x", "stability", "above 0.274");
    goes(&on_halves(cells, "max_psi = 0.275"), "x", "selected", "");
    goes(&on_halves(cells, "max_psi = inf"), "x", "selected", "");
    goes(&on_halves(cells, "keep = [\"x\"]"), "x", "keep", "would have gone: stability index 0.275");
    // The same shares of 12 cases: chance gives chi-square 3.84 * (1/400 + 1/12) = 0.33 in one of 20 samples.
    goes(&on_halves([(270, 30), (60, 40), (5, 1), (4, 2)], ""), "x", "selected", "");
}

#[test]
fn bins_that_change_their_order() {
    // 10% and 40% bad, then 30% and 10%: z = 0.2 / sqrt(0.233 0.767 (1/200 + 1/100)) = 3.86.
    let cells = [(270, 30), (60, 40), (140, 60), (90, 10)];
    let folder = on_halves(cells, "");
    let words = "10.0% and 40.0% in development, 30.0% and 10.0% there (p 0.0001)";
    goes(&folder, "x", "selected", words);
    let told = |folder: &Folder| warnings(folder).into_iter().filter(|w| w.contains("change their order")).count();
    assert_eq!(told(&folder), 1);
    let folder = on_halves(cells, "reversals = \"drop\"");
    goes(&folder, "x", "reversal", words);
    assert_eq!(told(&folder), 0);
    goes(&on_halves(cells, "reversals = \"drop\"\nkeep = [\"x\"]"), "x", "keep", words);
    let folder = on_halves(cells, "reversals = \"ignore\"");
    assert!(!decided(&folder, "x").1.contains("order"));
    assert_eq!(told(&folder), 0);
    // The same rates of a tenth of the cases: z = 1.22.
    let few = on_halves([(270, 30), (60, 40), (14, 6), (9, 1)], "reversals = \"drop\"");
    goes(&few, "x", "selected", "");
}

#[test]
fn leaks_stay_out_unless_they_are_asked_for() {
    let mut table = cases();
    let bads = table.bads();
    table.add("shoe", |row| {
        format!("{:.3}", noise(row, 32) + if bads[row] != (noise(row, 31) < 0.03) { 0.9 } else { 0.0 })
    });
    let told = |folder: &Folder, words: &str| {
        let found: Vec<String> = warnings(folder).into_iter().filter(|w| w.starts_with("shoe may be a leak")).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(words), "{found:?}");
    };
    let folder = selected(&table, "");
    goes(&folder, "shoe", "leak", "may be a leak of the outcome: alone it has an AUC of 0.9");
    told(&folder, "it was left out; if its value was known on the day of observation, name it in [selection] keep");
    for selection in ["leaks = \"warn\"", "keep = [\"shoe\"]"] {
        let folder = selected(&table, selection);
        goes(&folder, "shoe", if selection.starts_with("keep") { "keep" } else { "selected" }, "may be a leak");
        told(&folder, "make sure that its value was known");
    }
    // What is out by name is nobody's concern.
    assert!(!warnings(&selected(&table, "drop = [\"shoe\"]")).iter().any(|w| w.contains("leak")));
}

#[test]
fn what_is_made_of_a_leak_is_one() {
    let mut table = cases();
    let bads = table.bads();
    // The worst values lie in the middle: in their order they say nothing.
    table.add("house", |row| {
        let is_bad = bads[row] != (noise(row, 31) < 0.03);
        format!("{:.3}", if is_bad { 0.49 + noise(row, 33) * 0.02 } else { noise(row, 33) })
    });
    table.add("shoe", |row| {
        format!("{:.3}", noise(row, 32) + if bads[row] != (noise(row, 31) < 0.03) { 0.9 } else { 0.0 })
    });
    let rest = "[features]\ninclude = [\"age\", \"income\", \"house\"]\n[features.pairs.both]\nof = [\"shoe\", \"age\"]\n[binning]\nmonotone = \"none\"\n";
    let folder = trained(&table.csv(), rest);
    goes(&folder, "both", "leak", "may be a leak of the outcome: of shoe, alone it has an AUC of 0.9");
    goes(&folder, "house", "leak", "its bins alone have an AUC of 0.9");
}
