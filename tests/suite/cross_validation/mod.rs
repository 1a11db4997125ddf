//! Cross-validation: folds are a partition, nothing leaks, selection bias shows, and what the program says.

mod folds;
mod leakage;
mod program;

use scorewright::cases::{Cases, FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::table::Categories;

use crate::support::noise;

/// Cases with two features, bad at about `rate`; groups of up to three cases where `grouped`; days where `dated`.
pub fn cases(count: usize, rate: f64, grouped: bool, dated: bool) -> Cases {
    let mut outcomes = Outcomes::default();
    for row in 0..count {
        let state = match noise(row, 1) {
            x if x < rate => OutcomeState::Bad,
            x if x > 0.95 => OutcomeState::Indeterminate,
            _ => OutcomeState::Good,
        };
        outcomes.push(state, 1.0);
    }
    let group = |row: usize| format!("g{}", (noise(row, 2) * count as f64 / 2.0) as usize);
    let names: Vec<String> = (0..count).map(group).collect();
    let day = |row: usize| {
        chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Days::new((noise(row, 3) * 300.0) as u64)
    };
    let feature = |name: &str, stream: u64| FeatureColumn {
        name: name.to_owned(),
        description: String::new(),
        values: FeatureValues::Numeric((0..count).map(|row| noise(row, stream)).collect()),
    };
    Cases {
        id_name: "id".to_owned(),
        ids: None,
        observed_at: dated.then(|| (0..count).map(day).collect()),
        groups: grouped.then(|| Categories::from_texts(names.iter().map(|name| Some(name.as_str())))),
        outcomes,
        rejected: None,
        rejected_lack: Vec::new(),
        exclusion: Vec::new(),
        features: vec![feature("a", 4), feature("b", 5)],
        axes: Vec::new(),
        refused: Vec::new(),
        waterfall: Vec::new(),
        warnings: Vec::new(),
        data: Vec::new(),
    }
}
