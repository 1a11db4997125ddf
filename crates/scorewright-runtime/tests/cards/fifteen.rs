//! A scorecard of fifteen features, such as lenders use, and cases for it.

use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, Literal, ScorecardDocument};
use scorewright_runtime::{Scorecard, verification_rows};

use crate::cards::{Random, Values, bin, empty_document, feature, intervals};

pub const FEATURES: usize = 15;
/// Categories of a text; two share a bin.
const CATEGORIES: usize = 12;

/// A card of so many numbers, the other features being texts. A number has seven intervals, two special values and a
/// bin for missing; a text six bins and one for missing.
pub fn document(numbers: usize) -> ScorecardDocument {
    let mut document = empty_document();
    let features = (0..FEATURES).map(|position| {
        let (name, kind, domains) = if position < numbers {
            (format!("number_{position}"), FeatureKind::Numeric, number(position))
        } else {
            (format!("text_{position}"), FeatureKind::Categorical, text())
        };
        made(name, kind, domains, position)
    });
    document.features = features.collect();
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    document
}

fn number(position: usize) -> Vec<BinDomain> {
    let cuts: Vec<f64> = (1..7).map(|cut| f64::from(cut) * 10.0 + position as f64).collect();
    let mut domains = intervals(&cuts);
    domains.push(BinDomain::Special(vec![Literal::Number(-9.0), Literal::Number(-8.0)]));
    domains.push(BinDomain::Missing);
    domains
}

fn text() -> Vec<BinDomain> {
    let pairs = (0..CATEGORIES).step_by(2).map(|first| vec![category(first), category(first + 1)]);
    pairs.map(BinDomain::Categories).chain([BinDomain::Missing]).collect()
}

fn category(n: usize) -> String {
    ["owner", "tenant", "with parents", "civil servant", "self-employed", "furniture/equipment"][n % 6].to_owned()
        + ["", ", abroad"][n / 6]
}

fn made(name: String, kind: FeatureKind, domains: Vec<BinDomain>, position: usize) -> Feature {
    let scaling = empty_document().scaling;
    let bins = domains.into_iter().enumerate().map(|(place, domain)| {
        let woe = (place as f64 - 3.0) * (0.1 + 0.02 * position as f64);
        bin(domain, woe, &scaling)
    });
    feature(name.clone(), name, kind, bins.collect())
}

/// Cases of which one value in twenty is missing, and one number in twenty is special.
pub fn cases(numbers: usize, rows: usize) -> Vec<Values> {
    let mut random = Random(15);
    (0..FEATURES)
        .map(|position| {
            if position < numbers {
                let number = |random: &mut Random| match random.below(20) {
                    0 => f64::NAN,
                    1 => -9.0,
                    _ => random.below(8000) as f64 / 100.0,
                };
                Values::Numbers((0..rows).map(|_| number(&mut random)).collect())
            } else {
                let text = |random: &mut Random| (random.below(20) > 0).then(|| category(random.below(CATEGORIES)));
                Values::Texts((0..rows).map(|_| text(&mut random)).collect())
            }
        })
        .collect()
}
