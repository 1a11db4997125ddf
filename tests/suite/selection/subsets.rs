//! The best subset against all subsets, on small problems without end.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;
use scorewright::config::CardSpec;
use scorewright::logistic::LogisticParams;
use scorewright::pipeline::{TrainedCard, train};
use scorewright::progress::Silent;

use crate::program::write;
use crate::support::{card, noise};

const FEATURES: usize = 6;
const ROWS: usize = 250;

/// A table of six features of four values, some of them sums of others; `seed` tells which.
fn run(seed: u64, keep: &str) -> TrainedCard {
    let value = |row: usize, feature: u64| (noise(row, seed * 100 + feature) * 4.0).floor();
    let mut text = String::from("a,b,c,d,e,f,outcome\n");
    for row in 0..ROWS {
        let x: Vec<f64> = (0..4).map(|feature| value(row, feature)).collect();
        let sums = [x[0] + value(row, 4), x[1] + x[2] + value(row, 5)];
        let effect = |feature: u64| noise(feature as usize, seed + 7000) * 1.2;
        let eta: f64 = 0.4 + (0..4).map(|feature| effect(feature) * (x[feature as usize] - 1.5)).sum::<f64>();
        let outcome = if noise(row, seed * 100 + 9) < 1.0 / (1.0 + eta.exp()) { "bad" } else { "good" };
        let columns: Vec<String> = x.iter().chain(&sums).map(|x| x.to_string()).collect();
        text.push_str(&format!("{},{outcome}\n", columns.join(",")));
    }
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "cases.csv", &text);
    let rest = format!(
        "[sample]\nholdout = 0\n[selection]\nmin_iv = 0\nmax_correlation = 1\nmax_vif = inf\nleaks = \"warn\"\nstepwise = \"aic\"\nsearch = \"best_subset\"\n{keep}\n"
    );
    let path = write(directory.path(), "card.toml", &card(&rest));
    train(CardSpec::read(&path).unwrap(), &Silent).unwrap()
}

/// The least AIC of all subsets that hold `kept` and whose other coefficients are above 0, by one fit each.
fn brute_force(run: &TrainedCard, kept: &[&str]) -> f64 {
    let candidates: Vec<_> = run.binnings.iter().filter(|binning| binning.table.occupied() > 1).collect();
    let goods = &run.cases.outcomes.goods;
    let targets =
        Array2::from_shape_fn((ROWS, 2), |(row, class)| if class == 0 { goods[row] } else { 1.0 - goods[row] });
    let mut least = f64::INFINITY;
    for subset in 0_u32..1 << candidates.len() {
        let members: Vec<_> =
            candidates.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1).map(|(_, b)| *b).collect();
        if !kept.iter().all(|kept| members.iter().any(|binning| binning.name == *kept)) {
            continue;
        }
        let woe = Array2::from_shape_fn((ROWS, members.len()), |(row, column)| {
            members[column].table.rows[usize::from(members[column].codes[row])].woe
        });
        let fit = LogisticParams::new().fit(&DatasetBase::new(woe, targets.clone())).unwrap();
        let is_allowed =
            members.iter().zip(&fit.coefficients).all(|(b, c)| *c > 0.0 || kept.contains(&b.name.as_str()));
        if is_allowed {
            least = least.min(-2.0 * fit.log_likelihood + 2.0 * (members.len() as f64 + 1.0));
        }
    }
    least
}

#[test]
fn the_best_of_all_subsets() {
    let mut sizes = std::collections::BTreeSet::new();
    for seed in 1..=12 {
        for (keys, kept) in [("", vec![]), ("keep = [\"d\"]", vec!["d"])] {
            let run = run(seed, keys);
            assert_eq!(run.binnings.len(), FEATURES);
            let found = run.selection.path.iter().map(|step| step.after).fold(f64::INFINITY, f64::min);
            let kept: Vec<&str> = kept
                .into_iter()
                .filter(|kept| run.binnings.iter().any(|b| b.name == *kept && b.table.occupied() > 1))
                .collect();
            let expected = brute_force(&run, &kept);
            assert!((found - expected).abs() < 1e-6, "seed {seed}, {kept:?}: {found} is not {expected}");
            let model = run.evidence.model.as_ref().unwrap();
            assert!((model.aic.unwrap() - expected).abs() < 1e-6, "seed {seed}");
            sizes.insert(run.selection.selected.len());
        }
    }
    assert!(sizes.len() > 1, "{sizes:?}: one size is no test");
}
