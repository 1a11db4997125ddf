//! Figures against independent tools; see tests/reference/README.md.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array2, ArrayView2};
use scorewright::config::CardSpec;
use scorewright::logistic::{
    FittedLogistic, LogisticParams, OutcomePairs, StandardErrors, infer, linfa_start, variance_inflation,
};
use scorewright::pipeline::{TrainedCard, train};
use scorewright::progress::Silent;
use scorewright::validation::auc::auc;
use scorewright::validation::ks::ks;
use scorewright::validation::psi::psi;
use scorewright::validation::{Distribution, Groups, Interval, Scores};
use serde_json::Value;

use crate::program::write;

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected} to {tolerance}");
}

#[track_caller]
fn all_near(actual: impl IntoIterator<Item = f64>, expected: &[f64], tolerance: f64) {
    let actual: Vec<f64> = actual.into_iter().collect();
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.into_iter().zip(expected) {
        near(actual, *expected, tolerance);
    }
}

fn coefficients(fit: &FittedLogistic) -> Vec<f64> {
    std::iter::once(fit.intercept).chain(fit.coefficients.iter().copied()).collect()
}

/// German credit with all rows in development and everything fixed by `extra`.
fn german(extra: &str) -> TrainedCard {
    let directory = tempfile::tempdir().unwrap();
    let data = format!("{}/notebooks-data/germancredit.csv.gz", env!("CARGO_MANIFEST_DIR"));
    let card = format!(
        "[card]\nname = \"german\"\nkind = \"application\"\n[table]\npath = \"data.csv.gz\"\n[outcome]\ncolumn = \"creditability\"\nbad = [\"bad\"]\n[sample]\nholdout = 0\n[selection]\nmin_iv = 0\nmax_correlation = 1\nstepwise = \"none\"\n[fit]\nsign_constraint = false\n{extra}"
    );
    std::fs::copy(data, directory.path().join("data.csv.gz")).unwrap();
    let path = write(directory.path(), "card.toml", &card);
    train(CardSpec::read(&path).unwrap(), &Silent).unwrap()
}

#[test]
fn age_of_german_credit_with_fixed_cuts() {
    let run =
        german("[features]\ninclude = [\"age_in_years\"]\n[features.columns.age_in_years]\ncuts = [26, 28, 35, 37]\n");
    let table = &run.binnings[0].table;
    all_near(table.rows.iter().map(|row| row.goods), &[110.0, 74.0, 172.0, 67.0, 277.0], 0.0);
    all_near(table.rows.iter().map(|row| row.bads), &[80.0, 27.0, 85.0, 12.0, 96.0], 0.0);
    all_near(table.rows.iter().map(|row| row.woe), &[-0.528844, 0.160930, -0.142455, 0.872488, 0.212371], 5e-7);
    near(table.information_value, 0.13049854, 5e-9);
}

#[test]
fn fixed_cuts_stand_and_a_trend_they_lack_is_told() {
    let card = |trend: &str| {
        german(&format!(
            "[features]\ninclude = [\"age_in_years\"]\n[features.columns.age_in_years]\ncuts = [26, 28, 35, 37]\n{trend}"
        ))
    };
    let told = |run: &TrainedCard| run.evidence.warnings.iter().any(|warning| warning.contains("trend"));
    assert!(!told(&card("")));
    let missed = card("monotone = \"descending\"\n");
    assert_eq!(missed.binnings[0].table.rows.len(), 5);
    assert!(told(&missed));
}

/// The bins of woe_iv_german.json as a card's configuration.
fn reference_bins(inputs: &Value) -> String {
    let binning = &inputs["binning"];
    let mut text = String::from("[features]\ninclude = [");
    let mut columns = String::new();
    for (name, cuts) in binning["numeric_breaks_left_closed"].as_object().unwrap() {
        text.push_str(&format!("\"{name}\", "));
        columns.push_str(&format!("[features.columns.{name}]\ncuts = {cuts}\n"));
    }
    for (name, groups) in binning["categorical_groups"].as_object().unwrap() {
        text.push_str(&format!("\"{name}\", "));
        // TOML's arrays and basic strings are those of JSON here.
        columns.push_str(&format!("[features.columns.{name}]\ngroups = {groups}\n"));
    }
    format!("{text}]\n{columns}")
}

#[test]
fn weights_of_evidence_and_logistic_fit_of_german_credit() {
    let bins = reference("woe_iv_german.json");
    let run = german(&reference_bins(&bins["inputs"]));
    for (name, expected) in bins["expected"].as_object().unwrap() {
        let expected = &expected["unweighted"];
        let table = &run.binnings.iter().find(|binning| binning.name == *name).unwrap().table;
        all_near(table.rows.iter().map(|row| row.goods), &numbers(&expected["good"]), 0.0);
        all_near(table.rows.iter().map(|row| row.bads), &numbers(&expected["bad"]), 0.0);
        // The reference gives ln(bad / good).
        all_near(table.rows.iter().map(|row| -row.woe), &numbers(&expected["woe_ln_bad_over_good"]), 1e-12);
        near(table.information_value, expected["iv"].as_f64().unwrap(), 1e-12);
    }
    let logit = &reference("logit_german_woe.json")["expected"];
    let model = run.evidence.model.as_ref().unwrap();
    for (position, name) in logit["names"].as_array().unwrap().iter().enumerate() {
        let name = name.as_str().unwrap().trim_start_matches("w_");
        let own = if name == "const" { "intercept" } else { name };
        let row = model.coefficients.iter().find(|row| row.name == own).unwrap();
        // Good instead of bad and WOE of the other sign: only the intercept changes its sign.
        let sign = if own == "intercept" { -1.0 } else { 1.0 };
        near(row.estimate, sign * logit["coef"][position].as_f64().unwrap(), 1e-8);
        near(row.std_error.unwrap(), logit["se"][position].as_f64().unwrap(), 1e-8);
        near(row.p_value.unwrap(), logit["p_wald"][position].as_f64().unwrap(), 1e-8);
    }
    near(model.log_likelihood.unwrap(), logit["loglik"].as_f64().unwrap(), 1e-8);
    near(model.null_log_likelihood.unwrap(), logit["loglik_null"].as_f64().unwrap(), 1e-8);
    near(model.aic.unwrap(), logit["aic"].as_f64().unwrap(), 1e-8);
    near(model.bic.unwrap(), logit["bic"].as_f64().unwrap(), 1e-8);
}

#[test]
fn both_solvers_give_the_same_card() {
    let newton = german("");
    let directory = tempfile::tempdir().unwrap();
    let other = newton.spec.source.text.replace("[fit]", "[fit]\nsolver = \"linfa-logistic\"");
    let data = format!("{}/notebooks-data/germancredit.csv.gz", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(data, directory.path().join("data.csv.gz")).unwrap();
    let path = write(directory.path(), "card.toml", &other);
    let polished = train(CardSpec::read(&path).unwrap(), &Silent).unwrap();
    let (a, b) = (newton.evidence.model.unwrap(), polished.evidence.model.unwrap());
    for (a, b) in a.coefficients.iter().zip(&b.coefficients) {
        near(a.estimate, b.estimate, 1e-9);
    }
}

#[test]
fn spector_and_mazzeo_as_published() {
    let path = format!("{}/tests/reference/spector.csv", env!("CARGO_MANIFEST_DIR"));
    let rows: Vec<Vec<f64>> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|field| field.parse().unwrap()).collect())
        .collect();
    let x = Array2::from_shape_fn((rows.len(), 3), |(row, column)| rows[row][column]);
    let y = Array2::from_shape_fn(
        (rows.len(), 2),
        |(row, class)| if class == 0 { rows[row][3] } else { 1.0 - rows[row][3] },
    );
    let expected = &reference("logit_spector_published.json")["expected"];
    let fit = LogisticParams::new().fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
    all_near(coefficients(&fit), &numbers(&expected["coef"]), 1e-9);
    let outcomes = OutcomePairs::try_from(y.view()).unwrap();
    let model_based = infer(&fit, &x.view(), &outcomes, StandardErrors::ModelBased, None).unwrap();
    all_near(model_based.standard_errors.into_iter().flatten(), &numbers(&expected["se"]), 1e-9);
    all_near(model_based.p_values.into_iter().flatten(), &numbers(&expected["p_wald"]), 1e-9);
    let robust = infer(&fit, &x.view(), &outcomes, StandardErrors::Robust, None).unwrap();
    all_near(robust.standard_errors.into_iter().flatten(), &numbers(&expected["se_hc0"]), 1e-9);
    // linfa's own traits: prediction is the probability of good.
    let probability = fit.predict(&x);
    let eta = fit.log_odds(x.view());
    all_near(probability, &eta.mapv(|eta| 1.0 / (1.0 + (-eta).exp())).to_vec(), 1e-15);
    let second = linfa_start(x.view(), y.view(), 0.0).unwrap();
    all_near(second, &numbers(&expected["coef"]), 1e-4);
}

struct Independent {
    json: Value,
    x: Array2<f64>,
}

impl Independent {
    fn read() -> Self {
        let json = reference("independent.json");
        let rows: Vec<Vec<f64>> = json["data"]["x"].as_array().unwrap().iter().map(numbers).collect();
        let x = Array2::from_shape_fn((rows.len(), 3), |(row, column)| rows[row][column]);
        Independent { json, x }
    }

    fn column(&self, name: &str) -> Vec<f64> {
        numbers(&self.json["data"][name])
    }

    fn targets(&self, goodness: &str, weighted: bool) -> Array2<f64> {
        let (goodness, weight) = (self.column(goodness), self.column("weight"));
        Array2::from_shape_fn((goodness.len(), 2), |(row, class)| {
            let weight = if weighted { weight[row] } else { 1.0 };
            weight * if class == 0 { goodness[row] } else { 1.0 - goodness[row] }
        })
    }

    fn errors(&self, fit: &FittedLogistic, y: ArrayView2<'_, f64>, method: StandardErrors) -> Vec<f64> {
        let groups: Vec<u32> = self.column("group").into_iter().map(|group| group as u32).collect();
        let outcomes = OutcomePairs::try_from(y).unwrap();
        let inference = infer(fit, &self.x.view(), &outcomes, method, Some(&groups)).unwrap();
        inference.standard_errors.into_iter().flatten().collect()
    }
}

#[test]
fn plain_weighted_and_fractional_fits_with_every_kind_of_standard_error() {
    let data = Independent::read();
    for (key, goodness, weighted, kinds) in [
        (
            "plain",
            "good",
            false,
            vec![("model_based", StandardErrors::ModelBased), ("clustered", StandardErrors::Clustered)],
        ),
        (
            "fractional",
            "ratio",
            false,
            vec![("robust", StandardErrors::Robust), ("clustered", StandardErrors::Clustered)],
        ),
        ("weighted", "good", true, vec![("robust", StandardErrors::Robust)]),
    ] {
        let y = data.targets(goodness, weighted);
        let fit = LogisticParams::new().fit(&DatasetBase::new(data.x.clone(), y.clone())).unwrap();
        all_near(coefficients(&fit), &numbers(&data.json[key]["coefficients"]), 1e-8);
        for (name, method) in kinds {
            all_near(data.errors(&fit, y.view(), method), &numbers(&data.json[key][name]), 1e-8);
        }
    }
    let y = data.targets("good", false);
    let outcomes = OutcomePairs::try_from(y.view()).unwrap();
    all_near(variance_inflation(&data.x.view(), &outcomes).unwrap(), &numbers(&data.json["vif"]), 1e-10);
}

#[test]
fn auc_ks_and_calibration_intervals() {
    let data = Independent::read();
    let (score, good, weight) = (data.column("score"), data.column("good"), data.column("weight"));
    let bad: Vec<f64> = good.iter().map(|good| 1.0 - good).collect();
    let scores = Scores { score: &score, goods: &good, bads: &bad, groups: None };
    let distribution = Distribution::new(scores);
    let interval = auc(scores, &distribution);
    near(interval.value.unwrap(), data.json["delong"]["auc"].as_f64().unwrap(), 1e-12);
    near(interval.low.unwrap(), data.json["delong"]["low"].as_f64().unwrap(), 1e-12);
    near(interval.high.unwrap(), data.json["delong"]["high"].as_f64().unwrap(), 1e-12);
    let ks = ks(scores, &distribution, 1);
    near(ks.interval.value.unwrap(), data.json["ks"].as_f64().unwrap(), 1e-12);
    assert!(
        ks.interval.low.unwrap() <= ks.interval.value.unwrap()
            && ks.interval.value.unwrap() <= ks.interval.high.unwrap()
    );

    let by_weight =
        |class: &[f64]| class.iter().zip(&weight).map(|(class, weight)| class * weight).collect::<Vec<f64>>();
    let (goods, bads) = (by_weight(&good), by_weight(&bad));
    let scores = Scores { score: &score, goods: &goods, bads: &bads, groups: None };
    let weighted = auc(scores, &Distribution::new(scores));
    near(weighted.value.unwrap(), data.json["auc_weighted"].as_f64().unwrap(), 1e-12);

    for case in data.json["jeffreys"].as_array().unwrap() {
        let (goods, bads) = (case["goods"].as_f64().unwrap(), case["bads"].as_f64().unwrap());
        let band = scorewright_runtime::artifact::ScoreBand { lower: None, upper: None, cases: 1.0, goods, bads };
        let scores = Scores { score: &[1.0], goods: &[goods], bads: &[bads], groups: None };
        let rows = scorewright::validation::calibration::by_band(&[band], scores, &[0.1]);
        near(rows[0].low.unwrap(), case["low"].as_f64().unwrap(), 1e-8);
        near(rows[0].high.unwrap(), case["high"].as_f64().unwrap(), 1e-8);
    }
}

/// Half the width of a 95% interval, in standard errors' terms.
fn standard_error(interval: Interval) -> f64 {
    (interval.high.unwrap() - interval.low.unwrap()) / 2.0 / 1.959_963_984_540_054
}

#[test]
fn auc_and_ks_intervals_by_group() {
    let json = reference("clustered.json");
    let column = |name: &str| numbers(&json["data"][name]);
    let score = column("score");
    let codes: Vec<u32> = column("group").into_iter().map(|code| code as u32).collect();
    let (goods, bads) = (column("good"), column("bad"));
    let (share_goods, share_bads) = (column("share_good"), column("share_bad"));
    for (key, goods, bads) in [("plain", &goods, &bads), ("share", &share_goods, &share_bads)] {
        let expected = &json[key];
        let scores = Scores { score: &score, goods, bads, groups: Some(&codes) };
        assert_eq!(Groups::new(scores).len(), expected["groups"].as_u64().unwrap() as usize);
        let distribution = Distribution::new(scores);
        let by_group = auc(scores, &distribution);
        near(by_group.value.unwrap(), expected["auc"].as_f64().unwrap(), 1e-12);
        near(by_group.low.unwrap(), expected["low"].as_f64().unwrap(), 1e-12);
        near(by_group.high.unwrap(), expected["high"].as_f64().unwrap(), 1e-12);
        // The printed formula differs by its small-sample factors alone.
        let printed = expected["standard_error_obuchowski"].as_f64().unwrap();
        near(standard_error(by_group) / printed, 1.0, 0.01);
        let by_case = auc(Scores { groups: None, ..scores }, &distribution);
        assert_eq!(by_case.value, by_group.value);
        assert!(standard_error(by_group) > 1.4 * standard_error(by_case), "{by_group:?} and {by_case:?}");
    }
    let scores = Scores { score: &score, goods: &goods, bads: &bads, groups: Some(&codes) };
    let distribution = Distribution::new(scores);
    let bootstrap = |name: &str| json["bootstrap"][name].as_f64().unwrap();
    near(standard_error(auc(scores, &distribution)) / bootstrap("auc_standard_error"), 1.0, 0.1);
    let by_group = ks(scores, &distribution, 1).interval;
    near(by_group.value.unwrap(), json["ks"].as_f64().unwrap(), 1e-12);
    near(by_group.low.unwrap(), bootstrap("ks_low"), 0.03);
    near(by_group.high.unwrap(), bootstrap("ks_high"), 0.03);
    let by_case = ks(Scores { groups: None, ..scores }, &distribution, 1).interval;
    assert!(standard_error(by_group) > 1.4 * standard_error(by_case), "{by_group:?} and {by_case:?}");
}

#[test]
fn ks_draws_groups_without_strata_where_some_hold_goods_and_bads() {
    let panel = &reference("clustered.json")["panel"];
    let column = |name: &str| numbers(&panel[name]);
    let codes: Vec<u32> = column("group").into_iter().map(|code| code as u32).collect();
    let (score, goods, bads) = (column("score"), column("good"), column("bad"));
    let scores = Scores { score: &score, goods: &goods, bads: &bads, groups: Some(&codes) };
    let distribution = Distribution::new(scores);
    let expected = numbers(&serde_json::json!([panel["bootstrap"]["ks_low"], panel["bootstrap"]["ks_high"]]));
    let interval = ks(scores, &distribution, 1).interval;
    // Strata by what a group holds give 0.71 of this width.
    let width = interval.high.unwrap() - interval.low.unwrap();
    near(width / (expected[1] - expected[0]), 1.0, 0.15);
    near(
        standard_error(auc(scores, &distribution)) / panel["bootstrap"]["auc_standard_error"].as_f64().unwrap(),
        1.0,
        0.1,
    );
}

#[test]
fn ties_count_half_and_do_not_move_with_the_order_of_rows() {
    // A tool that walks rows finds 0.5267 or 0.5233 here depending on the shuffle; grouped ties do not.
    let score: Vec<f64> = (0..200).map(|i| f64::from(i * 7 % 5)).collect();
    let good: Vec<f64> = (0..200).map(|i| f64::from(u8::from((i * 13 % 11) + (i * 7 % 5) > 6))).collect();
    let bad: Vec<f64> = good.iter().map(|good| 1.0 - good).collect();
    let figures = |order: &[usize]| {
        let pick = |values: &[f64]| order.iter().map(|i| values[*i]).collect::<Vec<f64>>();
        let (score, good, bad) = (pick(&score), pick(&good), pick(&bad));
        let scores = Scores { score: &score, goods: &good, bads: &bad, groups: None };
        let distribution = Distribution::new(scores);
        (auc(scores, &distribution).value, ks(scores, &distribution, 1).interval.value)
    };
    let forward: Vec<usize> = (0..200).collect();
    let backward: Vec<usize> = (0..200).rev().collect();
    assert_eq!(figures(&forward), figures(&backward));
    let one = [1.0, 0.0];
    let scores = Scores { score: &[600.0, 500.0], goods: &one, bads: &[0.0, 1.0], groups: None };
    assert_eq!(ks(scores, &Distribution::new(scores), 1).interval.value, Some(1.0));
}

#[test]
fn population_stability_index() {
    let json = reference("psi_csi.json");
    let (expected, actual) = (numbers(&json["inputs"]["expected"]), numbers(&json["inputs"]["actual"]));
    near(psi(&expected, &actual).value.unwrap(), json["expected"]["psi"].as_f64().unwrap(), 1e-12);
    // An empty cell counts as half a case and is told, never skipped.
    let zero = psi(&[100.0, 300.0, 400.0, 200.0], &[0.0, 250.0, 450.0, 100.0]);
    assert_eq!(zero.adjusted_cells, 1);
    let by_hand: f64 = [(0.1, 0.5 / 800.0), (0.3, 250.0 / 800.0), (0.4, 450.0 / 800.0), (0.2, 100.0 / 800.0)]
        .iter()
        .map(|(e, a): &(f64, f64)| (a - e) * (a / e).ln())
        .sum();
    near(zero.value.unwrap(), by_hand, 1e-12);
}

#[test]
fn scaling_and_points() {
    let json = reference("scaling_points.json");
    for case in json["expected"]["cases"].as_array().unwrap() {
        let section = scorewright::config::ScalingSection {
            points: case["score0"].as_f64().unwrap(),
            odds: case["odds_good_to_bad"].as_f64().unwrap(),
            pdo: case["pdo"].as_f64().unwrap(),
            ..Default::default()
        };
        let scaling = scorewright::scaling::scaling(&section);
        near(scaling.factor, case["factor"].as_f64().unwrap(), 1e-9);
        near(scaling.offset, case["offset"].as_f64().unwrap(), 1e-9);
        for (pd, score) in case["score_at_pd"].as_object().unwrap() {
            let points = scorewright_runtime::Points(score.as_f64().unwrap());
            near(points.log_odds(&scaling).probability_of_default().0, pd.parse().unwrap(), 1e-10);
        }
    }
}
