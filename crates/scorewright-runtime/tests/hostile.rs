//! Documents that somebody made to hurt: they are refused, in time and memory that go with their size.

#[path = "cards/documents.rs"]
mod documents;

use documents::{bin, empty_document, feature, intervals};
use scorewright_runtime::artifact::{
    Axis, AxisBin, BinDomain, Feature, FeatureKind, ScorecardDocument, Segment, Segments,
};
use scorewright_runtime::{Error, Scorecard};

fn number(name: String, woes: &[f64]) -> Feature {
    let scaling = empty_document().scaling;
    let domains = intervals(&[1.0][..woes.len() - 1]);
    let bins = domains.into_iter().zip(woes).map(|(domain, woe)| bin(domain, *woe, &scaling)).collect();
    feature(name.clone(), name, FeatureKind::Numeric, bins)
}

fn told(document: ScorecardDocument) -> String {
    match Scorecard::unverified(document) {
        Err(Error::Inconsistent { feature, what }) => feature.map(|name| name + ": ").unwrap_or_default() + &what,
        other => panic!("{other:?}"),
    }
}

/// The grid of two axes of 60,000 bins each has 3.6 billion cells, of which the document lists one.
#[test]
fn a_pair_that_lists_few_cells_of_an_enormous_grid_is_refused_without_making_the_grid() {
    let axis = |name: &str| {
        let cuts: Vec<f64> = (1..60_000).map(f64::from).collect();
        let bins = intervals(&cuts).into_iter().map(|domain| AxisBin { label: String::new(), domain }).collect();
        Axis { input: name.into(), kind: FeatureKind::Numeric, bins }
    };
    let mut document = empty_document();
    let cells = BinDomain::Cells(vec![[0, 0]]);
    let bins = vec![bin(cells, 0.0, &document.scaling)];
    document.features = vec![feature("pair".into(), String::new(), FeatureKind::Pair, bins)];
    document.features[0].input = None;
    document.features[0].axes = Some([axis("a"), axis("b")]);
    let made = allocation_counter::measure(|| {
        assert_eq!(told(document), "pair: the bins leave a gap: the cell [0, 1] stands in none");
    });
    assert!(made.bytes_max < 100_000_000, "{} bytes", made.bytes_max);
}

#[test]
fn a_card_of_more_features_than_their_numbers_hold_is_refused() {
    let mut document = empty_document();
    document.features = (0..70_000).map(|n| number(format!("feature {n}"), &[0.5])).collect();
    assert_eq!(told(document), "the card has too many features");
}

/// As many features and segments as can be; looking each up among all others would take minutes.
#[test]
fn a_card_of_very_many_features_and_segments_loads() {
    let mut document = empty_document();
    let scaling = document.scaling.clone();
    let base_points = scaling.rounding.apply(scaling.offset);
    let name = |n: usize| format!("segment {n}");
    let segments = (0..60_000).map(|n| Segment {
        name: name(n),
        values: vec![AxisBin { label: String::new(), domain: BinDomain::Categories(vec![format!("value {n}")]) }],
        base_points,
        intercept: 0.0,
        cases: 1.0,
        goods: 1.0,
        bads: 0.0,
    });
    document.segments = Some(Segments {
        input: "which".into(),
        kind: FeatureKind::Categorical,
        otherwise: None,
        segments: segments.collect(),
    });
    (document.intercept, document.base_points) = (0.0, 0.0);
    document.features = (0..60_000).map(|n| number(format!("feature {n}"), &[0.5, -0.5])).collect();
    for (n, feature) in document.features.iter_mut().enumerate() {
        feature.segment = Some(name(n));
    }
    let card = Scorecard::unverified(document.clone()).unwrap();
    assert_eq!(card.inputs().len(), 60_001);
    document.features[59_999].name = "feature 0".into();
    assert_eq!(told(document), "feature 0: the card has two features of this name");
}

/// Points of which the sum is infinite, though each is a number.
#[test]
fn points_that_add_up_to_infinity_are_refused() {
    let mut document = empty_document();
    let enormous = 1e308 / document.scaling.factor;
    document.features = (0..3).map(|n| number(format!("feature {n}"), &[enormous, 0.0])).collect();
    assert_eq!(told(document), "the points add up to more than a number can hold");
}

#[test]
fn a_scale_whose_factor_or_offset_is_no_number_is_refused() {
    let mut document = empty_document();
    (document.scaling.pdo, document.scaling.odds) = (1e308, 1e300);
    (document.scaling.factor, document.scaling.offset) = (1e308 / std::f64::consts::LN_2, 0.0);
    assert_eq!(told(document), "scaling: pdo and odds give a factor or an offset that no number can hold");
    // A factor of 0, where the scale gives a very small one, would make a PD of 0 / 0.
    let mut document = empty_document();
    (document.scaling.pdo, document.scaling.odds) = (1e-12, 1.0);
    (document.scaling.factor, document.scaling.offset) = (0.0, 500.0);
    assert!(told(document).starts_with("scaling: factor and offset must be "), "the factor is checked by its own size");
}
