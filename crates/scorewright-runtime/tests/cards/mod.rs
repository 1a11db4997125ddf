//! What made-up scorecards are made of.

use scorewright_runtime::Column;
use scorewright_runtime::artifact::{Bin, BinDomain, Feature, FeatureKind, Rounding, Scaling, ScorecardDocument};

/// A column of a case's values with their own texts.
pub enum Values {
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// A document without features: 500 points at odds of 20, 40 points double them.
pub fn empty_document() -> ScorecardDocument {
    let factor = 40.0 / std::f64::consts::LN_2;
    let offset = 500.0 - factor * 20_f64.ln();
    let scaling = Scaling { points: 500.0, odds: 20.0, pdo: 40.0, factor, offset, rounding: Rounding::Integer };
    let base_points = scaling.rounding.apply(offset + factor * 2.0);
    let json = serde_json::json!({
        "format": "scorewright.scorecard", "format_version": 2,
        "card": {"name": "made up", "kind": "application"},
        "outcome": {"description": "", "source": {"kind": "ratio", "column": "repaid"}},
        "columns": {}, "unforeseen": "neutral", "reason_baseline": "best",
        "base_points": base_points, "intercept": 2.0, "scaling": scaling,
        "features": [], "score_bands": [], "limits": {}, "samples": {},
        "lineage": {"tool_version": "", "configuration_sha256": "", "data": [], "seed": 0}, "verification": []
    });
    serde_json::from_value(json).unwrap()
}

pub fn bin(domain: BinDomain, woe: f64, scaling: &Scaling) -> Bin {
    Bin {
        label: String::new(),
        domain,
        cases: 1.0,
        goods: 1.0,
        bads: 0.0,
        woe,
        woe_from: None,
        points: scaling.rounding.apply(scaling.factor * woe),
        reason: format!("woe {woe}"),
    }
}

pub fn feature(name: String, input: String, kind: FeatureKind, bins: Vec<Bin>) -> Feature {
    Feature {
        name,
        segment: None,
        input: Some(input),
        kind,
        description: String::new(),
        coefficient: 1.0,
        average_points: 3.0,
        axes: None,
        bins,
    }
}

/// Intervals between cuts that rise.
pub fn intervals(cuts: &[f64]) -> Vec<BinDomain> {
    let bound = |place: usize| cuts.get(place).copied();
    (0..=cuts.len())
        .map(|place| BinDomain::Interval { lower: place.checked_sub(1).and_then(bound), upper: bound(place) })
        .collect()
}

/// Texts as a column takes them.
pub fn texts(values: &[Values]) -> Vec<Vec<Option<&str>>> {
    let of = |column| match column {
        &Values::Numbers(_) => Vec::new(),
        Values::Texts(texts) => texts.iter().map(Option::as_deref).collect(),
    };
    values.iter().map(of).collect()
}

pub fn as_columns<'a>(values: &'a [Values], texts: &'a [Vec<Option<&'a str>>]) -> Vec<Column<'a>> {
    let of = |(column, texts): (&'a Values, &'a Vec<Option<&'a str>>)| match column {
        Values::Numbers(numbers) => Column::Numbers(numbers),
        Values::Texts(_) => Column::Categories(texts),
    };
    values.iter().zip(texts).map(of).collect()
}
