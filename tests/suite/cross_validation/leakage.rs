//! Nothing that a fold leaves out has a part in what is fitted; and what that is good for.

use scorewright::config::CardSpec;
use scorewright::cross_validation::{by_outcome, cross_validate, fit_part};
use scorewright::pipeline::{LoadedCard, bin_features, load_card};
use scorewright::progress::Silent;

use crate::support::{Cases, FEATURES, Folder, card, noise};

fn load(folder: &Folder) -> LoadedCard {
    load_card(CardSpec::read(&folder.path("card.toml")).unwrap(), &Silent).unwrap()
}

#[test]
fn outcomes_of_left_out_cases_change_nothing_that_is_fitted() {
    let folder = Folder::with(&Cases::new(600).csv(), &card(FEATURES));
    let mut card = load(&folder);
    let fold = by_outcome(&card.cases, card.samples.development(), 3, 1, 5).remove(0);
    let document = |card: &LoadedCard| {
        let samples = card.samples.with_development(fold.train.clone());
        let (binnings, _) = bin_features(&card.spec, &card.cases, &fold.train, &Silent).unwrap();
        let fit = fit_part(&card.spec, &card.cases, &samples, &binnings, &fold.test, &Silent).unwrap();
        fit.scorecard.document().to_json().unwrap()
    };
    let before = document(&card);
    for row in &fold.test {
        let row = *row as usize;
        let outcomes = &mut card.cases.outcomes;
        (outcomes.goods[row], outcomes.bads[row]) = (outcomes.bads[row], outcomes.goods[row]);
    }
    assert_eq!(document(&card), before);
    // One case that is fitted on does change it.
    let row = fold.train[0] as usize;
    let outcomes = &mut card.cases.outcomes;
    (outcomes.goods[row], outcomes.bads[row]) = (outcomes.bads[row], outcomes.goods[row]);
    assert_ne!(document(&card), before);
}

/// Thirty columns of noise: on its own cases a card finds much in them, and cross-validation finds nothing.
#[test]
fn selection_bias_on_noise_is_shown_and_undone() {
    let mut table = Cases::new(500);
    let names: Vec<String> = (0..30).map(|column| format!("noise_{column}")).collect();
    for (column, name) in names.iter().enumerate() {
        table.add(name, |row| format!("{:.4}", noise(row, 100 + column as u64)));
    }
    table.add("outcome", |row| if noise(row, 77) < 0.35 { "bad" } else { "good" }.to_owned());
    let text = card(
        "[features]\ninclude = [\"noise_*\"]\n[sample]\nholdout = 0.0\n[selection]\nstepwise = \"aic\"\n[cross_validation]\nrepeats = 2",
    );
    let folder = Folder::with(&table.csv(), &text);
    let study = cross_validate(&load(&folder), &Silent).unwrap();
    let own = study.development.auc.value.unwrap();
    let mean = study.cross_validated.auc;
    assert!(own > 0.68, "the card should flatter itself: {own}");
    assert!(mean.low.unwrap() < 0.5 && mean.high.unwrap() > 0.5, "{mean:?}");
    assert!((study.optimism.unwrap() - (own - mean.value.unwrap())).abs() < 1e-12);
    assert!(study.cross_validated.probability.calibration_slope.unwrap() < 0.5);
    assert_eq!(study.folds.len(), 10);
    assert!(study.features.iter().any(|choice| choice.share < 1.0), "noise is not chosen every time");
}
