//! Stability, grades and migration: figures against independent tools, laws, and `validate` on plain tables.

use proptest::prelude::*;
use scorewright::progress::Silent;
use scorewright::report::document::{Block, Cell, Section, Table};
use scorewright::report::sections::{Context, sections};
use scorewright::validate::{OutcomeColumn, Request, RoleColumns, ScoreColumns, Validated, without_scorecard};
use scorewright::validation::characteristic::characteristic;
use scorewright::validation::herfindahl::herfindahl;
use scorewright::validation::migration::migration;
use scorewright::validation::proportions::rate_difference;
use scorewright::validation::rank_reversal::bin_order;
use scorewright::validation::stability_index::{StabilityPart, stability_index};
use scorewright::words::{Language, Message};
use serde_json::Value;

use crate::support::{self, FEATURES, Folder, card};

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The same number to a relative tolerance.
#[track_caller]
fn near(actual: &Value, expected: &Value, tolerance: f64) {
    let (a, e) = (number(actual), number(expected));
    assert!((a - e).abs() <= tolerance * e.abs().max(1e-300), "{a} is not {e}");
}

#[track_caller]
fn is_near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected} to {tolerance}");
}

#[test]
fn psi_with_its_critical_value_and_the_shift_of_the_score() {
    let file = reference("psi_csi.json");
    let (inputs, expected) = (&file["inputs"], &file["expected"]);
    let (then, now) = (numbers(&inputs["expected"]), numbers(&inputs["actual"]));
    let (figures, parts) = characteristic(&then, &now, Some(&numbers(&inputs["points_per_bin"]))).unwrap();
    let index = &figures.index;
    is_near(index.value, number(&expected["psi"]), 1e-12);
    is_near(index.critical_value_95, number(&expected["chi2_critical_95"]), 1e-12);
    is_near(index.normal_critical_value_95, number(&expected["normal_approx_critical_95"]), 1e-12);
    is_near(index.p_value / number(&expected["asymptotic_p"]), 1.0, 1e-9);
    is_near(figures.score_shift.unwrap(), number(&expected["csi_score_shift"]), 1e-12);
    for ((part, _), expected) in parts.iter().zip(numbers(&expected["psi_contrib"])) {
        is_near(part.contribution, expected, 1e-12);
    }
}

#[test]
fn an_empty_cell_gets_half_a_case_and_is_marked() {
    let file = &reference("stability.json")["empty_cell"];
    let (index, parts) = stability_index(&numbers(&file["expected"]), &numbers(&file["actual"])).unwrap();
    is_near(index.value, number(&file["value"]), 1e-12);
    is_near(index.critical_value_95, number(&file["critical_value_95"]), 1e-12);
    is_near(index.p_value / number(&file["p_value"]), 1.0, 1e-9);
    assert_eq!(index.degrees_of_freedom, 3, "a cell that is empty on both sides does not count");
    assert_eq!(index.adjusted_cells, 2);
    let marked: Vec<bool> = parts.iter().map(|part| part.adjusted).collect();
    assert_eq!(marked, [true, true, false, false, false]);
    assert_eq!((parts[0].actual_share, parts[3].contribution), (0.0, 0.0));
    assert!(stability_index(&[3.0, 0.0], &[5.0, 0.0]).is_none(), "one bin cannot shift");
    assert!(stability_index(&[0.0, 0.0], &[5.0, 1.0]).is_none());
}

#[test]
fn migration_of_the_published_matrix() {
    let file = reference("migration_mwb_ztest_ecb.json");
    let matrix: Vec<Vec<f64>> = file["inputs"]["M1"].as_array().unwrap().iter().map(numbers).collect();
    let expected = &file["expected"]["M1"];
    let figures = migration(matrix).unwrap();
    is_near(figures.upper_mwb.unwrap(), number(&expected["upper_mwb"]), 1e-12);
    is_near(figures.lower_mwb.unwrap(), number(&expected["lower_mwb"]), 1e-12);
    for (name, actual) in [("z", &figures.z), ("p", &figures.p_value)] {
        for (from, row) in actual.iter().enumerate() {
            for (to, actual) in row.iter().enumerate() {
                let expected = expected[name][from][to].as_f64();
                assert_eq!(actual.is_some(), expected.is_some(), "{name} {from} {to}");
                if let Some((actual, expected)) = actual.zip(expected) {
                    is_near(actual, expected, 1e-12);
                }
            }
        }
    }
}

#[test]
fn migration_at_its_ends() {
    let still = migration(vec![vec![4.0, 0.0], vec![0.0, 6.0]]).unwrap();
    assert_eq!((still.stability, still.mobility, still.upper_mwb, still.lower_mwb), (1.0, Some(0.0), None, None));
    assert_eq!(still.z, vec![vec![None; 2]; 2], "1 beside 0 has no variance");
    let all = migration(vec![vec![0.0, 0.0, 5.0], vec![0.0; 3], vec![5.0, 0.0, 0.0]]).unwrap();
    assert_eq!((all.upper_mwb, all.lower_mwb, all.stability), (Some(1.0), Some(1.0), 0.0));
    assert_eq!((all.mean_notches, all.mean_absolute_notches), (0.0, 2.0));
    assert_eq!(all.shares[1], [None; 3], "nobody starts there");
    assert!(migration(vec![vec![0.0; 2]; 2]).is_none());
}

#[test]
fn reversed_bins_with_the_chance_of_it() {
    let labels = ["a", "b", "c", "d"].map(str::to_owned);
    // Bad rates in development: b 5%, a 10%, c 20%; d has nobody.
    let development = [(90.0, 10.0), (95.0, 5.0), (80.0, 20.0), (0.0, 0.0)];
    let sample = [(188.0, 12.0), (215.0, 25.0), (70.0, 30.0), (5.0, 5.0)];
    let order = bin_order(&labels, &development, &sample);
    assert_eq!((order.value, order.pairs, order.order_differs), (1, 2, true));
    let pair = &order.reversals[0];
    assert_eq!((pair.bin.as_str(), pair.next_bin.as_str()), ("b", "a"));
    let expected = &reference("stability.json")["reversal"];
    is_near(pair.z, number(&expected["z"]), 1e-12);
    is_near(pair.p_value, number(&expected["p_two_sided"]) / 2.0, 1e-12);
    assert!(!bin_order(&labels, &development, &development).order_differs);
}

#[test]
fn concentration_is_0_when_even_and_1_in_one_grade() {
    is_near(herfindahl(&[5.0; 4]).unwrap().value, 0.0, 1e-15);
    is_near(herfindahl(&[0.0, 7.0, 0.0]).unwrap().value, 1.0, 1e-15);
    assert!(herfindahl(&[3.0]).is_none() && herfindahl(&[0.0; 3]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn psi_keeps_its_laws(cells in prop::collection::vec((0_u32..400, 0_u32..400), 2..12), times in 2_u32..5) {
        let then: Vec<f64> = cells.iter().map(|cell| f64::from(cell.0)).collect();
        let now: Vec<f64> = cells.iter().map(|cell| f64::from(cell.1)).collect();
        let Some((index, parts)) = stability_index(&then, &now) else { return Ok(()) };
        prop_assert!(index.value >= 0.0 && (0.0..=1.0).contains(&index.p_value));
        prop_assert!((parts.iter().map(|part| part.contribution).sum::<f64>() - index.value).abs() < 1e-12);
        let shares: fn(&StabilityPart) -> [f64; 2] = |part| [part.expected_share, part.actual_share];
        for side in 0..2 {
            prop_assert!((parts.iter().map(|part| shares(part)[side]).sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let (back, _) = stability_index(&now, &then).unwrap();
        prop_assert!((back.value - index.value).abs() < 1e-12, "symmetric");
        let more: Vec<f64> = then.iter().map(|count| count * f64::from(times)).collect();
        if let Some((same, _)) = stability_index(&then, &more) {
            prop_assert!(same.value.abs() < 1e-12 && same.p_value > 1.0 - 1e-9, "the same shares do not differ");
        }
    }

    #[test]
    fn a_difference_of_rates_turns_with_its_sides(a in 0_u32..90, b in 1_u32..90, c in 0_u32..90, d in 1_u32..90) {
        let (first, second) = ((f64::from(a), f64::from(b)), (f64::from(c), f64::from(d)));
        let Some(there) = rate_difference(first, second) else { return Ok(()) };
        let back = rate_difference(second, first).unwrap();
        prop_assert!((there.z + back.z).abs() < 1e-12 && (there.p_value - back.p_value).abs() < 1e-12);
        prop_assert!((there.p_value - 2.0 * there.p_value_one_sided).abs() < 1e-12);
    }

    #[test]
    fn migration_shares_sum_to_one(cells in prop::collection::vec(0_u32..50, 16)) {
        let matrix: Vec<Vec<f64>> = cells.chunks(4).map(|row| row.iter().map(|count| f64::from(*count)).collect()).collect();
        let Some(figures) = migration(matrix) else { return Ok(()) };
        prop_assert!((figures.stability + figures.downgraded + figures.upgraded - 1.0).abs() < 1e-12);
        for row in figures.shares {
            let known: Vec<f64> = row.into_iter().flatten().collect();
            prop_assert!(known.is_empty() || (known.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        for share in [figures.upper_mwb, figures.lower_mwb].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }
}

const PLAIN: [&str; 13] = [
    "validate",
    "--data",
    "stability_now.csv",
    "--outcome-column",
    "bad",
    "--bad",
    "1",
    "--score-column",
    "score",
    "--grade-column",
    "grade",
    "--out",
    "out",
];
const FURTHER: [&str; 6] =
    ["--previous-grade-column", "before", "--period-column", "month", "--exposure-column", "exposure"];

/// The made-up cases in a folder.
fn plain() -> Folder {
    let folder = Folder::new();
    for name in ["stability_now.csv", "stability_earlier.csv"] {
        let path = format!("{}/tests/reference/{name}", env!("CARGO_MANIFEST_DIR"));
        folder.write(name, std::fs::read(path).unwrap());
    }
    folder
}

fn evidence(folder: &Folder, further: &[&[&str]]) -> Value {
    folder.run(&[&PLAIN[..], &further.concat()].concat()).succeeds();
    folder.json("out/evidence.json")["samples"]["validation"].clone()
}

#[track_caller]
fn same_index(actual: &Value, expected: &Value) {
    for name in ["value", "critical_value_95", "p_value", "normal_critical_value_95", "normal_p_value"] {
        near(&actual[name], &expected[name], 1e-9);
    }
    assert_eq!(actual["degrees_of_freedom"], expected["degrees_of_freedom"]);
}

#[test]
fn stability_of_plain_scores_against_earlier_cases() {
    let folder = plain();
    let found =
        evidence(&folder, &[&FURTHER, &["--reference", "stability_earlier.csv", "--segment-column", "product"]]);
    let expected = reference("stability.json");
    let score = &found["score_stability"];
    same_index(score, &expected["score"]);
    assert_eq!(score["of"], "reference");
    let bands = score["bands"].as_array().unwrap();
    assert_eq!(numbers(&expected["edges"]), bands[1..].iter().map(|band| number(&band["lower"])).collect::<Vec<_>>());
    for (band, contribution) in bands.iter().zip(numbers(&expected["score"]["contributions"])) {
        is_near(number(&band["contribution"]), contribution, 1e-12);
    }
    near(&found["mean_score_shift"]["value"], &expected["mean_score_shift"], 1e-9);
    let concentration = &found["score_concentration"];
    near(&concentration["value"], &expected["concentration"]["value"], 1e-12);
    assert_eq!(concentration["distinct_scores"], expected["concentration"]["distinct"]);
    assert_eq!(number(&concentration["most_frequent_score"]), number(&expected["concentration"]["score"]));
    same_index(&found["characteristic_stability"]["product"], &expected["product"]);
    for (row, expected) in found["periods"].as_array().unwrap().iter().zip(expected["periods"].as_array().unwrap()) {
        assert_eq!((&row["period"], &row["cases"]), (&expected["period"], &expected["cases"]));
        assert_eq!(number(&row["bads"]), number(&expected["bads"]));
        near(&row["auc"]["value"], &expected["auc"], 1e-12);
        assert!(row["auc"]["low"].is_f64() && row["ks"]["value"].is_f64() && row["gini"]["high"].is_f64());
        near(&row["score_psi"], &expected["psi"]["value"], 1e-9);
        near(&row["score_psi_critical_value_95"], &expected["psi"]["critical_value_95"], 1e-9);
        match &expected["to_previous"] {
            Value::Null => assert!(row["score_psi_to_previous"].is_null()),
            expected => {
                near(&row["score_psi_to_previous"], &expected["value"], 1e-9);
                near(&row["score_psi_to_previous_p_value"], &expected["p_value"], 1e-9);
            }
        }
    }
    // Periods part the cases.
    let all = found["periods"].as_array().unwrap();
    for name in ["cases", "goods", "bads"] {
        assert_eq!(all.iter().map(|row| number(&row[name])).sum::<f64>(), number(&found[name]), "{name}");
    }
    for row in all {
        let shares = row["bands"].as_array().unwrap().iter().map(|band| number(&band["share"]));
        is_near(shares.sum(), 1.0, 1e-12);
    }
}

#[test]
fn grades_and_migration_of_plain_scores() {
    let folder = plain();
    let earlier = ["--reference", "stability_earlier.csv"];
    let found = evidence(&folder, &[&FURTHER, &earlier, &["--grades", "A,B,C,D,E"]]);
    let expected = reference("stability.json");
    let grades = &expected["grades"];
    for (place, row) in found["grades"].as_array().unwrap().iter().enumerate() {
        for name in ["cases", "bads", "exposure"] {
            assert_eq!(number(&row[name]), number(&grades[name][place]), "{name}");
        }
        near(&row["low"], &grades["jeffreys"][place][0], 1e-9);
        near(&row["high"], &grades["jeffreys"][place][1], 1e-9);
    }
    let order = &found["grade_monotonicity"];
    near(&order["trend"]["z"], &grades["trend_z"], 1e-9);
    assert_eq!(order["p_value"], order["trend"]["p_value"], "one-sided where the order is stated");
    assert_eq!((number(&order["violations"]), &order["monotone"]), (0.0, &Value::Bool(true)));
    let differences = &found["grade_heterogeneity"];
    for (name, place) in [("statistic", 0), ("p_value", 1), ("degrees_of_freedom", 2)] {
        near(&differences[name], &grades["chi_square"][place], 1e-9);
    }
    for (place, pair) in differences["neighbours"].as_array().unwrap().iter().enumerate() {
        near(&pair["z"], &grades["neighbours"][place][0], 1e-9);
        near(&pair["p_value"], &grades["neighbours"][place][1], 1e-9);
        near(&pair["p_value_holm"], &grades["neighbours_holm"][place], 1e-9);
    }
    same_index(&found["grade_stability"], &grades["stability"]);
    let herfindahl = &found["herfindahl"];
    for (actual, expected) in
        [(herfindahl, &expected["herfindahl"]), (&herfindahl["by_exposure"], &expected["herfindahl_exposure"])]
    {
        for name in ["value", "coefficient_of_variation", "statistic", "p_value"] {
            near(&actual[name], &expected[name], 1e-9);
        }
    }
    let (migration, expected_migration) = (&found["migration"], &expected["migration"]);
    for name in [
        "upper_mwb",
        "lower_mwb",
        "stability",
        "downgraded",
        "upgraded",
        "mean_notches",
        "mean_absolute_notches",
        "mobility",
        "without_previous_grade",
    ] {
        near(&migration[name], &expected_migration[name], 1e-9);
    }
    for from in 0..5 {
        for to in 0..5 {
            assert_eq!(number(&migration["matrix"][from][to]), number(&expected_migration["matrix"][from][to]));
            for name in ["z", "p_value"] {
                let (actual, expected) = (&migration[name][from][to], &expected_migration[name][from][to]);
                assert_eq!(actual.is_null(), expected.is_null(), "{name} {from} {to}");
                if !expected.is_null() {
                    is_near(number(actual), number(expected), 1e-12);
                }
            }
        }
    }
    for (row, expected) in
        found["grade_periods"].as_array().unwrap().iter().zip(expected["periods"].as_array().unwrap())
    {
        for (grade, expected) in row["grades"].as_array().unwrap().iter().zip(numbers(&expected["bad_rate_by_grade"])) {
            is_near(number(&grade["bad_rate"]), expected, 1e-12);
        }
    }
}

#[test]
fn an_order_of_grades_that_nobody_stated_is_that_of_the_names() {
    let folder = plain();
    // The same grades under names that run the other way, one case without a grade.
    let mut text = folder.read("stability_now.csv");
    for (old, new) in [("A", "50"), ("B", "40"), ("C", "30"), ("D", "20"), ("E", "9")] {
        text = text.replace(&format!(",{old},"), &format!(",{new},"));
        text = text.replace(&format!(",{old},"), &format!(",{new},"));
    }
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replacen(",30,", ",,", 1);
    folder.write("stability_now.csv", lines.join("\n"));
    let found = evidence(&folder, &[&FURTHER]);
    assert_eq!(found["grade_order"]["best_first"], serde_json::json!(["9", "20", "30", "40", "50"]));
    assert!(found["grade_order"]["from"].as_str().unwrap().contains("bad rates fall along the names"));
    assert_eq!(number(&found["cases_without_grade"]), 1.0);
    let order = &found["grade_monotonicity"];
    assert_eq!(order["p_value"], order["trend"]["p_value_two_sided"], "two-sided where the order was found");
    assert_eq!(number(&found["migration"]["left"].as_array().unwrap()[2]), 1.0);
    assert!(found["herfindahl"]["test_not_computed"].as_str().unwrap().contains("--reference"));
    // A grade that nobody has is there; grades stated the wrong way round break the order.
    let stated = evidence(&folder, &[&FURTHER, &["--grades", "9,20,30,40,50,60"]]);
    let rows = stated["grades"].as_array().unwrap();
    assert_eq!((rows.len(), number(&rows[5]["cases"]), &rows[5]["bad_rate"]), (6, 0.0, &Value::Null));
    assert_eq!(number(&stated["grade_monotonicity"]["violations"]), 4.0);
    assert!(number(&stated["grade_monotonicity"]["p_value"]) > 0.999);
    let isotonic: Vec<f64> = rows[..5].iter().map(|row| number(&row["isotonic_bad_rate"])).collect();
    assert!(isotonic.windows(2).all(|pair| pair[0] == pair[1]), "all five are pooled: {isotonic:?}");
    assert_eq!(number(&stated["herfindahl"]["grades"]), 6.0);
}

#[test]
fn what_cannot_be_compared_says_what_to_give() {
    let folder = plain();
    let found = evidence(&folder, &[]);
    for name in ["score_stability", "mean_score_shift"] {
        let reason = found[name]["not_computed"].as_str().unwrap();
        assert!(reason.contains("--reference") && reason.contains("--period-column"), "{reason}");
    }
    assert!(found["migration"]["not_computed"].as_str().unwrap().contains("--previous-grade-column"));
    assert!(found["rank_reversals"]["not_computed"].is_string());
    // Later periods against the first: neither is part of the other.
    let found = evidence(&folder, &[&FURTHER]);
    let (score, first) = (&found["score_stability"], &found["periods"][0]);
    assert_eq!(score["of"], "first_period");
    assert_eq!(number(&score["expected_cases"]), number(&first["cases"]));
    assert_eq!(number(&score["expected_cases"]) + number(&score["actual_cases"]), 900.0);
    assert!(first["score_psi"].is_null() && found["periods"][1]["score_psi"].is_f64());
}

#[test]
fn a_period_of_one_class_says_why_it_has_no_auc() {
    let folder = plain();
    let lines: Vec<String> = folder
        .read("stability_now.csv")
        .lines()
        .map(|line| match line.split_once(',') {
            Some((_, rest)) if line.contains("2023-03") => format!("0,{rest}"),
            _ => line.to_owned(),
        })
        .collect();
    folder.write("stability_now.csv", lines.join("\n"));
    let found = evidence(&folder, &[&FURTHER]);
    let march = &found["periods"][2];
    assert!(march["auc"]["value"].is_null() && march["ks"]["value"].is_null());
    assert!(march["not_computed"].as_str().unwrap().contains("0 bads"));
    assert!(march["score_psi"].is_f64(), "a PSI needs no outcome");
    assert!(found["periods"][1].get("not_computed").is_none());
}

#[test]
fn shifts_of_a_card_sum_to_the_shift_of_the_mean_score() {
    let folder = Folder::with(&support::table(), &card(FEATURES));
    folder.train().succeeds();
    let mut after = support::Cases::new(400);
    after.add("age", |row| match row % 7 {
        0 => String::new(),
        _ => format!("{}", 20 + (row * 13) % 30),
    });
    after.add("region", |row| ["north", "north", "west", "abroad"][row % 4].to_owned());
    folder.write("after.csv", after.csv());
    folder
        .run(&[
            "validate",
            "out/scorecard.json",
            "--data",
            "after.csv",
            "--period-column",
            "applied_at",
            "--out",
            "later",
        ])
        .succeeds();
    let evidence = folder.json("later/evidence.json");
    let found = &evidence["samples"]["validation"];
    let features = found["characteristic_stability"].as_object().unwrap();
    assert!(!features.is_empty());
    let sum: f64 = features.values().map(|feature| number(&feature["score_shift"])).sum();
    is_near(sum, number(&found["mean_score_shift"]["value"]), 1e-9);
    assert!(sum.abs() > 1.0, "the population has moved");
    for (name, feature) in features {
        near(&feature["value"], &evidence["features"][name]["psi"]["validation"], 1e-12);
        let bins = feature["bins"].as_array().unwrap();
        for share in ["expected_share", "actual_share"] {
            is_near(bins.iter().map(|bin| number(&bin[share])).sum(), 1.0, 1e-12);
        }
        assert!(number(&feature["p_value_holm"]) >= number(&feature["p_value"]));
        assert_eq!(feature["periods"].as_array().unwrap().len(), 12);
    }
    near(&found["score_stability"]["value"], &evidence["score_psi"]["validation"], 1e-12);
    if let Some(region) = features.get("region") {
        let last = region["bins"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((number(&last["actual_share"]), number(&last["points"])), (0.25, 0.0), "unforeseen values");
    }
    // In training the development sample is what others are compared with.
    let trained = folder.json("out/evidence.json");
    let reversals = &found["rank_reversals"];
    assert!(number(&reversals["pairs"]) >= number(&reversals["value"]));
    assert!(trained["samples"]["development"]["score_stability"]["not_computed"].is_string());
    assert!(trained["samples"]["holdout"]["score_stability"]["p_value"].is_f64());
    assert!(trained["samples"]["holdout"]["rank_reversals"]["features"].is_object());
}

fn validated(folder: &Folder, reference: bool) -> Validated {
    let columns = ScoreColumns {
        outcome: OutcomeColumn::Plain { column: "bad".to_owned(), bad: vec!["1".to_owned()], good: Vec::new() },
        score: Some("score".to_owned()),
        pd: None,
        weight: None,
        group: None,
    };
    let request = Request {
        data: folder.path("stability_now.csv"),
        reference: reference.then(|| folder.path("stability_earlier.csv")),
        roles: RoleColumns {
            period: Some("month".to_owned()),
            grade: Some("grade".to_owned()),
            previous_grade: Some("before".to_owned()),
            segments: vec!["product".to_owned()],
            exposure: Some("exposure".to_owned()),
            ..RoleColumns::default()
        },
        ..Request::default()
    };
    without_scorecard(&columns, &request, &Silent).unwrap()
}

fn own_sections(validated: &Validated, language: Language) -> Vec<Section> {
    let context = Context { evidence: &validated.evidence, scored: &validated.scored, document: None, language };
    let own = ["stability", "characteristics", "grades"];
    sections(&context).unwrap().into_iter().filter(|section| own.contains(&section.id)).collect()
}

/// The tables of blocks, and all words in them.
fn read<'a>(blocks: &'a [Block], tables: &mut Vec<&'a Table>, words: &mut Vec<&'a Message>) {
    for block in blocks {
        match block {
            Block::Heading(text) | Block::Text(text) | Block::Note(text) => words.push(text),
            Block::Warnings(texts) => words.extend(texts),
            Block::Table(table) => tables.push(table),
            Block::Pictures(pictures) => words.extend(pictures.iter().map(|picture| &picture.caption)),
            Block::Details(text, blocks) => {
                words.push(text);
                read(blocks, tables, words);
            }
            _ => {}
        }
    }
    for table in tables.iter() {
        words.push(&table.caption);
        words.extend(table.columns.iter().flat_map(|column| std::iter::once(&column.heading).chain(&column.group)));
        words.extend(table.rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Words(words) | Cell::NotComputed(words) => Some(words),
            _ => None,
        }));
    }
}

#[test]
fn sections_are_whole_and_have_their_chinese() {
    let folder = plain();
    for reference in [true, false] {
        let validated = validated(&folder, reference);
        let sections = own_sections(&validated, Language::Chinese);
        assert_eq!(sections.len(), 3);
        let (mut tables, mut words) = (Vec::new(), Vec::new());
        for section in &sections {
            words.push(&section.heading);
            read(&section.blocks, &mut tables, &mut words);
        }
        let mut names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "every table has a name of its own");
        for table in &tables {
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
        }
        for template in words.iter().flat_map(|words| words.templates()) {
            // Names of the data stand in {0}.
            assert!(template == "{0}" || Language::Chinese.knows(template), "no Chinese: {template:?}");
        }
        let pictures = sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
            Block::Pictures(pictures) => Some(pictures),
            _ => None,
        });
        let drawn: Vec<&str> = pictures.flatten().map(|picture| picture.name.as_str()).collect();
        for name in ["psi_by_period", "auc_by_period", "score_shift_validation", "migration_validation"] {
            assert!(drawn.contains(&name), "{name} is missing from {drawn:?}");
        }
    }
}
