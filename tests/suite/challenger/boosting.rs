//! Boosted trees against scikit-learn's, and laws of theirs.

use scorewright::cases::{Cases, FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::challenger::{CodedFeature, Stop, TreeParams, boost, choose};
use scorewright::progress::Silent;
use scorewright::table::Categories;
use scorewright::validation::auc::auc;
use scorewright::validation::probability::probability_measures;
use scorewright::validation::{Distribution, Scores};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../../reference/boosting.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap_or(f64::NAN)).collect()
}

fn column(name: &str, values: FeatureValues) -> FeatureColumn {
    FeatureColumn { name: name.to_owned(), description: String::new(), values }
}

fn outcomes(goods: &[f64], weights: &[f64]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for (good, weight) in goods.iter().zip(weights) {
        outcomes.push(if *good > 0.5 { OutcomeState::Good } else { OutcomeState::Bad }, *weight);
    }
    outcomes
}

#[test]
fn the_log_odds_are_those_of_scikit_learn() {
    let exact = &reference()["exact"];
    let goods = numbers(&exact["good"]);
    let rows: Vec<u32> = (0..goods.len() as u32).collect();
    let features: Vec<CodedFeature> = exact["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|values| CodedFeature::new(&column("x", FeatureValues::Numeric(numbers(values))), &rows, &[]))
        .collect();
    let params = TreeParams { leaves: 8, learning_rate: 0.1, l2: 1.0, min_cases: 20.0 };
    let stop = Stop { trees: 20, watch: &[], patience: 1 };
    for (name, weights) in [("plain", vec![1.0; goods.len()]), ("weighted", numbers(&exact["weight"]))] {
        let (boosted, _) = boost(&features, &outcomes(&goods, &weights), &rows, &params, &stop, || false);
        assert_eq!(boosted.trees.len(), 20);
        let expected = numbers(&exact["log_odds"][name]);
        for (found, expected) in boosted.log_odds(&features, &rows).iter().zip(expected) {
            // scikit-learn adds gradients in single precision.
            assert!((found - expected).abs() < 2e-4, "{name}: {found}, scikit-learn {expected}");
        }
    }
}

#[test]
fn on_german_credit_it_is_as_good_as_scikit_learn() {
    let german = &reference()["german"];
    let goods = numbers(&german["good"]);
    let names = german["names"].as_array().unwrap();
    let columns: Vec<FeatureColumn> = german["columns"]
        .as_array()
        .unwrap()
        .iter()
        .zip(german["categorical"].as_array().unwrap().iter().zip(names))
        .map(|(values, (is_categorical, name))| {
            let values = numbers(values);
            let texts: Vec<String> = values.iter().map(f64::to_string).collect();
            let values = match is_categorical.as_bool().unwrap() {
                true => {
                    FeatureValues::Categorical(Categories::from_texts(texts.iter().map(|text| Some(text.as_str()))))
                }
                false => FeatureValues::Numeric(values),
            };
            column(name.as_str().unwrap(), values)
        })
        .collect();
    let mut cases = crate::cross_validation::cases(goods.len(), 0.3, false, false);
    cases.outcomes = outcomes(&goods, &vec![1.0; goods.len()]);
    let (holdout, development): (Vec<u32>, Vec<u32>) = (0..goods.len() as u32).partition(|row| row % 3 == 0);
    let features: Vec<CodedFeature> =
        columns.iter().map(|column| CodedFeature::new(column, &development, &[])).collect();
    let chosen = choose(&features, &cases, &development, 1, &Silent).unwrap();
    let eta = chosen.boosted.log_odds(&features, &holdout);
    let pick = |weights: &[f64]| holdout.iter().map(|row| weights[*row as usize]).collect::<Vec<f64>>();
    let (good, bad) = (pick(&cases.outcomes.goods), pick(&cases.outcomes.bads));
    let scores = Scores { score: &eta, goods: &good, bads: &bad, groups: None };
    let auc = auc(scores, &Distribution::new(scores)).value.unwrap();
    let pd: Vec<f64> = eta.iter().map(|eta| 1.0 / (1.0 + eta.exp())).collect();
    let log_loss = probability_measures(&pd, &good, &bad).log_loss.unwrap();
    println!("AUC {auc}, log loss {log_loss}; scikit-learn {} {}", german["auc"], german["log_loss"]);
    assert!(auc > german["auc"].as_f64().unwrap() - 0.01);
    assert!(log_loss < german["log_loss"].as_f64().unwrap() + 0.01);
}

fn made_up(count: usize) -> (Cases, Vec<CodedFeature>, Vec<u32>) {
    let cases = crate::cross_validation::cases(count, 0.4, false, false);
    let rows: Vec<u32> = (0..count as u32).collect();
    let features = cases.features.iter().map(|column| CodedFeature::new(column, &rows, &[])).collect();
    (cases, features, rows)
}

#[test]
fn more_trees_never_fit_their_own_cases_worse() {
    let (cases, features, rows) = made_up(400);
    let params = TreeParams { leaves: 6, learning_rate: 0.3, l2: 1.0, min_cases: 20.0 };
    let stop = Stop { trees: 40, watch: &rows, patience: 100 };
    let (boosted, losses) = boost(&features, &cases.outcomes, &rows, &params, &stop, || false);
    assert_eq!(losses.len(), boosted.trees.len() + 1);
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0] + 1e-12), "{losses:?}");
}

#[test]
fn codes_know_missing_values_unknown_categories_and_special_values() {
    let numbers: Vec<f64> = (0..1000).map(|row| if row % 10 == 0 { f64::NAN } else { f64::from(row) }).collect();
    let rows: Vec<u32> = (0..1000).collect();
    let coded = CodedFeature::new(&column("x", FeatureValues::Numeric(numbers)), &rows, &[501.0]);
    assert!(coded.codes.iter().all(|code| *code < 64));
    assert_eq!(coded.codes[10], 63);
    // The special value has a code of its own; its neighbours stand on either side.
    assert_eq!(coded.codes.iter().filter(|code| **code == coded.codes[501]).count(), 1);
    let ordinary: Vec<u8> = coded.codes.iter().copied().filter(|code| *code != 63).collect();
    assert!(ordinary.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(ordinary.iter().max().unwrap() > &55);

    let texts = ["a", "b", "a", "c"].map(Some).into_iter().chain([None]);
    let coded =
        CodedFeature::new(&column("x", FeatureValues::Categorical(Categories::from_texts(texts))), &[0, 1, 2], &[]);
    assert_eq!(coded.codes, [0, 1, 0, 62, 63]);
}
