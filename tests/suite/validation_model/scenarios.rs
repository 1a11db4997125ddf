//! Scenarios of stress: laws, files that do not fit, examples.

use serde_json::json;

use super::{VALIDATE, figures, folder, near};
use crate::support::{Folder, line_of};

#[test]
fn a_scenario_of_nothing_changes_nothing_and_a_share_is_drawn_by_seed() {
    let folder = folder();
    folder.run(&VALIDATE).succeeds();
    let scenarios = figures(&folder)["stress"]["scenarios"].clone();
    let nothing = &scenarios[0];
    assert_eq!((&nothing["affected"], &nothing["score_psi"]), (&json!(0), &json!(0.0)));
    for key in ["expected_bad_rate", "bad_rate", "score_mean", "auc", "approval_rate", "expected_loss"] {
        assert_eq!(nothing[key]["change"], 0.0, "{key}");
    }
    let half = &scenarios[5];
    // No category has 0 points, and every case without one gets 0.
    assert_eq!(half["affected"], 350);
    assert_eq!(half["unforeseen_cases"], 350);
    let first = folder.read("out/evidence.json");
    std::fs::remove_dir_all(folder.path("out")).unwrap();
    folder.run(&VALIDATE).succeeds();
    assert!(first == folder.read("out/evidence.json"));
}

#[test]
fn a_shift_by_ln_2_doubles_the_odds_with_and_without_a_card() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|row| format!("0.2,{},{}\n", row % 2, ["p", "q"][row % 2])).collect();
    folder.write("cases.csv", format!("pd,bad,product\n{rows}"));
    folder.write(
        "stress.toml",
        "[[scenario]]\nname = \"double\"\nbad_log_odds_shift = 0.6931471805599453\n[[scenario]]\nname = \"columns\"\n[[scenario.characteristic]]\ncolumn = \"age\"\nadd = 1\n",
    );
    let run = folder.run(&[
        "validate",
        "--data",
        "cases.csv",
        "--outcome-column",
        "bad",
        "--bad",
        "1",
        "--pd-column",
        "pd",
        "--stress",
        "stress.toml",
        "--out",
        "out",
    ]);
    run.succeeds();
    let found = figures(&folder);
    let double = &found["stress"]["scenarios"][0];
    near(&double["expected_bad_rate"]["stressed"], &json!(1.0 / 3.0), 1e-12, "odds 1:2");
    // No exposure, no cut-off: said where a reader looks for them.
    assert!(double["expected_loss"]["not_computed"].as_str().unwrap().contains("exposures"));
    assert!(double["approval_rate"]["not_computed"].as_str().unwrap().contains("cut-off"));
    assert!(found["stress"]["scenarios"][1]["not_computed"].as_str().unwrap().contains("scorecard"));
    for key in ["reestimated", "sensitivity", "concentration", "marginal_contribution", "input_schema"] {
        assert!(found[key]["not_computed"].as_str().unwrap().contains("there is no scorecard"), "{key}");
    }
}

#[test]
fn scenarios_that_do_not_fit_are_refused_with_their_line() {
    let run = |text: &str, words: &[&str]| {
        let folder = folder();
        folder.write("stress.toml", text);
        folder.run(&VALIDATE).fails(3, words);
        folder.is_untouched();
    };
    let scenario = |rest: &str| format!("[[scenario]]\nname = \"s\"\n{rest}\n");
    let characteristic = |rest: &str| scenario(&format!("[[scenario.characteristic]]\n{rest}"));
    run("lgd = 0.4", &["no scenario", "[[scenario]]"]);
    run("lgd = 40\n[[scenario]]\nname = \"s\"", &["lgd must lie between 0 and 1", "line 1"]);
    run(&scenario("pd_facto = 2"), &["unknown key \"pd_facto\"", "did you mean \"pd_factor\"?", "line 3"]);
    run(&scenario("pd_factor = 2\nbad_log_odds_shift = 1"), &["either bad_log_odds_shift or pd_factor", "line 3"]);
    run(&scenario("pd_factor = -2"), &["pd_factor must be", "line 3"]);
    run(&(scenario("") + &scenario("")), &["two scenarios have this name"]);
    run(&characteristic("column = \"bb\"\nadd = 1"), &["no input column \"bb\"", "b", "line 4"]);
    run(&characteristic("column = \"b\""), &["say one thing that happens", "line 4"]);
    run(&characteristic("column = \"b\"\nadd = 1\nmissing = true"), &["say one thing that happens"]);
    run(&characteristic("column = \"b\"\nadd = 1\nshare = 1.5"), &["share must lie between 0 and 1", "line 6"]);
    run(&characteristic("column = \"b\"\nlowest = 2\nhighest = 1"), &["lowest lies above highest"]);
    run(&characteristic("column = \"c\"\nadd = 1"), &["holds categories"]);
    run(&characteristic("column = \"b\"\nfrom = \"x\"\nto = \"y\""), &["holds numbers"]);
    run(&characteristic("column = \"c\"\nfrom = \"x\""), &["both from and to"]);
    run(&characteristic("column = \"c\"\nfrom = \"xx\"\nto = \"y\""), &["\"xx\" of c does not occur", "x"]);
    let only = |column: &str, value: &str| {
        scenario(&format!("pd_factor = 2\nonly = {{ column = \"{column}\", values = [\"{value}\"] }}"))
    };
    run(&only("regio", "north"), &["no segment column", "did you mean \"region\"?", "line 4"]);
    run(&only("c", "x"), &["no segment column", "--segment-column c"]);
    run(&only("region", "nort"), &["\"nort\" of region does not occur", "did you mean \"north\"?"]);
    let mix = |shares: &str| scenario(&format!("mix = {{ column = \"region\", shares = {{ {shares} }} }}"));
    run(&mix("north = 0.5, south = 0.4"), &["sum to 1"]);
    run(&mix("north = 1"), &["\"south\" of region has no share"]);
}

#[test]
fn the_example_of_the_help_is_a_file_of_scenarios() {
    let help = Folder::new().run(&["validate", "--help"]).stdout;
    let example = help.split_once("A file of scenarios for --stress:\n").unwrap().1;
    let folder = Folder::new();
    let text: String = example.lines().map(|line| format!("{}\n", line.trim())).collect();
    folder.write("stress.toml", &text);
    let plan = scorewright::config::StressPlan::read(&folder.path("stress.toml")).unwrap();
    assert_eq!(plan.scenarios.len(), 3);
    assert_eq!(line_of(&text, "recession"), "line 3");
}

#[test]
fn the_example_of_the_documentation_is_a_file_of_scenarios() {
    let page = include_str!("../../../docs/stress.md");
    let example = page.split("```").nth(1).unwrap().trim_start_matches("toml");
    let folder = Folder::new();
    folder.write("stress.toml", example);
    let plan = scorewright::config::StressPlan::read(&folder.path("stress.toml")).unwrap();
    assert_eq!(plan.scenarios.len(), 4);
    assert_eq!(plan.scenarios[2].characteristics.len(), 3);
}
