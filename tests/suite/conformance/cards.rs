//! The scorecards that every engine must score alike: real ones of the demo, and awkward ones by hand.

use std::path::Path;

use scorewright_runtime::artifact::{
    Axis, AxisBin, Bin, BinDomain, Feature, FeatureKind, Literal, ReasonBaseline, Rounding, ScoreBand,
    ScorecardDocument, Segment, Segments, UnforeseenPolicy,
};
use scorewright_runtime::{Scorecard, verification_rows};

use crate::by_hand::{FACTOR, bin, document_of, interval, load};

const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/artifacts/version-1");

/// All cards by name.
pub fn cards() -> Vec<(String, Scorecard)> {
    let mut real: Vec<(String, Scorecard)> = std::fs::read_dir(REAL)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (name(&path), Scorecard::from_json(&std::fs::read(&path).unwrap()).unwrap())
        })
        .collect();
    real.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(real.len() >= 5);
    let by_hand: [(&str, ScorecardDocument); 18] = [
        ("awkward-texts", awkward_texts()),
        ("awkward-names", awkward_names()),
        ("names-in-two-cases", names_in_two_cases()),
        ("awkward-edges", awkward_edges()),
        ("worst-if-unforeseen", plain(UnforeseenPolicy::Worst)),
        ("refuses-unforeseen", plain(UnforeseenPolicy::Error)),
        ("not-rounded", not_rounded()),
        ("average-baseline", average_baseline()),
        ("ties", ties()),
        ("pairs", pairs(UnforeseenPolicy::Worst)),
        ("pairs-refuse", pairs(UnforeseenPolicy::Error)),
        ("segments-of-texts", segments(FeatureKind::Categorical)),
        ("segments-of-numbers", segments(FeatureKind::Numeric)),
        ("segments-called-as-results", segments_called_as_results()),
        ("one-bin", one_bin()),
        ("names-of-an-export", names_of_an_export()),
        ("quotes", quotes()),
        ("close-costs", close_costs()),
    ];
    real.extend(by_hand.into_iter().map(|(name, document)| (name.to_owned(), load(&document).unwrap())));
    real
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn categories(texts: &[&str]) -> BinDomain {
    BinDomain::Categories(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn specials(values: &[f64]) -> BinDomain {
    BinDomain::Special(values.iter().map(|value| Literal::Number(*value)).collect())
}

pub fn feature(name: &str, kind: FeatureKind, bins: Vec<Bin>) -> Feature {
    Feature {
        name: name.into(),
        segment: None,
        input: None,
        kind,
        description: String::new(),
        coefficient: 1.0,
        average_points: 1.5,
        axes: None,
        bins,
    }
}

/// Numeric bins by their cuts, then missing.
pub fn numbers(name: &str, cuts: &[f64], woes: &[f64]) -> Feature {
    let bounds = || std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let uppers = cuts.iter().copied().map(Some).chain([None]);
    let mut bins: Vec<Bin> = bounds()
        .zip(uppers)
        .zip(woes)
        .enumerate()
        .map(|(place, ((lower, upper), woe))| bin(&format!("{name} {place}"), interval(lower, upper), *woe))
        .collect();
    bins.push(bin(&format!("{name} missing"), BinDomain::Missing, woes[cuts.len() + 1]));
    feature(name, FeatureKind::Numeric, bins)
}

/// The document's rows again, after a change of it.
fn proven(mut document: ScorecardDocument) -> ScorecardDocument {
    document.verification = Vec::new();
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    document
}

/// A number with special codes, and texts; development had no missing text.
fn plain(unforeseen: UnforeseenPolicy) -> ScorecardDocument {
    let income = vec![
        bin("missing", BinDomain::Missing, -0.2),
        bin("1000 or more", interval(Some(1000.0), None), 0.8),
        bin("refused or unknown", specials(&[-9.0, -8.0]), -0.5),
        bin("below 1000", interval(None, Some(1000.0)), -1.0),
        bin("asked twice", specials(&[1500.0]), 0.1),
    ];
    let job = vec![bin("a", categories(&["clerk", "driver"]), -0.4), bin("b", categories(&["nurse"]), 0.6)];
    // Development had no missing value of this one either.
    let age = vec![bin("young", interval(None, Some(30.0)), -0.3), bin("old", interval(Some(30.0), None), 0.3)];
    let features = vec![
        feature("income", FeatureKind::Numeric, income),
        feature("job", FeatureKind::Categorical, job),
        feature("age", FeatureKind::Numeric, age),
    ];
    document_of(unforeseen, features)
}

fn awkward_texts() -> ScorecardDocument {
    let mut first = bin("quotes", categories(&["it's", "say \"no\"", "", "a,b;c"]), -0.7);
    first.reason = "it's \"quoted\", and more; {{x}} ${y} %s --".into();
    let mut second = bin("scripts", categories(&["农民", "Größe", "😀", "İstanbul", "two\nlines", "tab\there"]), 0.4);
    second.reason = "职业：农民\n第二行".into();
    let third =
        bin("blanks", categories(&[" blank ", "blank", "Blank", "NULL", "null", "NaN", "nan", "1", "1.0"]), 0.1);
    let codes = bin("codes", BinDomain::Special(vec![Literal::Text("N/A".into()), Literal::Text("\\N".into())]), -0.1);
    let missing = bin("missing", BinDomain::Missing, -0.2);
    let markup = vec![
        bin("markup <&>", categories(&["<&>]]>", "&amp;", "%d {} $1", "back\\slash", "'; DROP TABLE cases; --"]), -0.5),
        bin("truth", categories(&["true", "false", "True"]), 0.5),
    ];
    document_of(
        UnforeseenPolicy::Neutral,
        vec![
            feature("job", FeatureKind::Categorical, vec![first, second, third, codes, missing]),
            feature("markup", FeatureKind::Categorical, markup),
        ],
    )
}

fn awkward_names() -> ScorecardDocument {
    let names = [
        "select",
        "Income (EUR)",
        "it's \"x\"",
        "收入",
        "a.b-c",
        "1st",
        " blank ",
        "score",
        "row",
        "class",
        "x/y\\z",
        "$nodes",
        "{{n}}",
        "per%cent",
    ];
    let features = names
        .iter()
        .enumerate()
        .map(|(place, name)| numbers(name, &[place as f64], &[-0.1 * (place + 1) as f64, 0.2, -0.05]))
        .collect();
    document_of(UnforeseenPolicy::Neutral, features)
}

/// Columns that differ only in capital letters.
fn names_in_two_cases() -> ScorecardDocument {
    let features = [numbers("Age", &[30.0], &[-0.4, 0.3, 0.1]), numbers("age", &[50.0], &[0.2, -0.3, 0.05])];
    document_of(UnforeseenPolicy::Neutral, features.into())
}

/// Cuts from the least to the greatest, close together, and with as many digits as a card may have.
fn awkward_edges() -> ScorecardDocument {
    document_of(
        UnforeseenPolicy::Neutral,
        vec![
            numbers("cents", &[0.1, 0.2, 0.3, 0.7, 1.1], &[-0.6, -0.3, -0.1, 0.1, 0.4, 0.7, -0.2]),
            numbers("digits", &[0.000123456789012, 0.123456789012, 123456.789012], &[-0.5, -0.1, 0.2, 0.5, 0.0]),
            numbers("around zero", &[-1e-9, 0.0, 1e-9], &[0.4, -0.2, 0.3, -0.4, 0.1]),
            numbers("large", &[-1e12, 1e12, 1e15, 999_999_999_999e6], &[0.6, 0.2, -0.1, -0.3, -0.5, 0.1]),
            numbers("tiny", &[1e-20, 1e-18], &[0.3, -0.3, 0.5, 0.0]),
            numbers("huge", &[1e20, 1e25], &[0.3, -0.3, 0.5, 0.0]),
        ],
    )
}

fn not_rounded() -> ScorecardDocument {
    let mut document = document_of(
        UnforeseenPolicy::Worst,
        vec![
            numbers("a", &[1.5, 2.5], &[-0.123456, 0.234567, 0.345678, -0.2]),
            numbers("b", &[10.0], &[-0.765432, 0.111111, 0.0]),
        ],
    );
    document.scaling.rounding = Rounding::None;
    document.base_points = Rounding::None.apply(document.scaling.offset + FACTOR * document.intercept);
    for bin in document.features.iter_mut().flat_map(|feature| &mut feature.bins) {
        bin.points = Rounding::None.apply(FACTOR * bin.woe);
    }
    let mut document = proven(document);
    // Score bands that begin at scores which cases get.
    let mut scores: Vec<f64> = document.verification.iter().map(|row| row.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    let lowers = || [None].into_iter().chain(scores.iter().copied().map(Some));
    document.score_bands = lowers()
        .zip(lowers().skip(1).chain([None]))
        .map(|(lower, upper)| ScoreBand { lower, upper, cases: 2.0, goods: 1.0, bads: 1.0 })
        .collect();
    document
}

fn average_baseline() -> ScorecardDocument {
    let mut document = plain(UnforeseenPolicy::Neutral);
    document.reason_baseline = ReasonBaseline::Average;
    document.features[0].average_points = 3.25;
    document.features[1].average_points = -12.0;
    document.features[2].average_points = 0.5;
    proven(document)
}

/// Many features that cost the same, and reasons with the same words.
fn ties() -> ScorecardDocument {
    let mut features: Vec<Feature> =
        (0..12).map(|place| numbers(&format!("f{place}"), &[0.0], &[-0.5, 0.5, [-0.5, 0.0, 0.2][place % 3]])).collect();
    for place in [2, 5, 7] {
        for bin in &mut features[place].bins {
            bin.reason = "the same words".into();
        }
    }
    document_of(UnforeseenPolicy::Neutral, features)
}

fn axis(input: &str, kind: FeatureKind, domains: Vec<BinDomain>) -> Axis {
    let bins = domains
        .into_iter()
        .enumerate()
        .map(|(place, domain)| AxisBin { label: format!("{input} {place}"), domain })
        .collect();
    Axis { input: input.into(), kind, bins }
}

fn pair(name: &str, axes: [Axis; 2], bins: Vec<Bin>) -> Feature {
    Feature { axes: Some(axes), ..feature(name, FeatureKind::Pair, bins) }
}

/// Pairs of numbers and of a number and a text; a column of a pair is a feature of its own, too.
fn pairs(unforeseen: UnforeseenPolicy) -> ScorecardDocument {
    let age = || {
        axis(
            "age",
            FeatureKind::Numeric,
            vec![
                interval(None, Some(25.0)),
                interval(Some(25.0), Some(40.0)),
                interval(Some(40.0), None),
                specials(&[-1.0]),
                BinDomain::Missing,
            ],
        )
    };
    let limit = axis("limit", FeatureKind::Numeric, vec![interval(None, Some(5000.0)), interval(Some(5000.0), None)]);
    let job = axis(
        "job",
        FeatureKind::Categorical,
        vec![categories(&["clerk"]), categories(&["nurse", "it's"]), BinDomain::Missing],
    );
    let first = vec![
        bin("low", BinDomain::Cells(vec![[0, 0], [1, 0], [3, 0], [4, 0]]), -0.6),
        bin("middle", BinDomain::Cells(vec![[0, 1], [1, 1], [3, 1], [4, 1]]), 0.1),
        bin("high", BinDomain::Cells(vec![[2, 0], [2, 1]]), 0.7),
    ];
    let rest = (0..5).flat_map(|row| (0..3).map(move |column| [row, column])).skip(1).collect();
    let second = vec![bin("one", BinDomain::Cells(vec![[0, 0]]), -0.9), bin("rest", BinDomain::Cells(rest), 0.2)];
    document_of(
        unforeseen,
        vec![
            pair("age and limit", [age(), limit], first),
            numbers("limit", &[2500.0], &[-0.2, 0.3, 0.05]),
            pair("age by job", [age(), job], second),
        ],
    )
}

fn segments(kind: FeatureKind) -> ScorecardDocument {
    let mut document = plain(UnforeseenPolicy::Neutral);
    let value = |label: &str, domain: BinDomain| AxisBin { label: label.into(), domain };
    let (values, otherwise): ([Vec<AxisBin>; 2], Option<String>) = match kind {
        FeatureKind::Categorical => (
            [
                vec![value("new", categories(&["new", "it's new"])), value("missing", BinDomain::Missing)],
                vec![value("known", categories(&["known", "老客户"]))],
            ],
            Some("known".into()),
        ),
        _ => (
            [
                vec![value("below 6", interval(None, Some(6.0)))],
                vec![value("6 or more", interval(Some(6.0), None)), value("code", specials(&[-1.0]))],
            ],
            None,
        ),
    };
    let base = |intercept: f64| (document.scaling.offset + FACTOR * intercept).round();
    let segment = |name: &str, values: &Vec<AxisBin>, intercept: f64| Segment {
        name: name.into(),
        values: values.clone(),
        base_points: base(intercept),
        intercept,
        cases: 10.0,
        goods: 6.0,
        bads: 4.0,
    };
    document.segments = Some(Segments {
        input: "tenure".into(),
        kind,
        otherwise,
        segments: vec![segment("new", &values[0], 0.7), segment("known", &values[1], 1.9)],
    });
    document.features = ["new", "known"]
        .iter()
        .flat_map(|segment| {
            let of = |name: &str, cuts: &[f64], woes: &[f64]| Feature {
                segment: Some((*segment).into()),
                input: Some(name.into()),
                name: format!("{segment}/{name}"),
                ..numbers(name, cuts, woes)
            };
            let late = if *segment == "new" { 100.0 } else { 300.0 };
            let mut features = vec![of("income", &[late], &[-0.4, 0.5, -0.1])];
            if *segment == "known" {
                features.push(of("months late", &[1.0, 2.0], &[0.6, -0.3, -0.9, 0.0]));
            }
            features
        })
        .collect();
    document.intercept = 0.0;
    document.base_points = 0.0;
    proven(document)
}

/// Segments in a column that is called as a result is, and features, too.
fn segments_called_as_results() -> ScorecardDocument {
    let mut document = segments(FeatureKind::Categorical);
    if let Some(segments) = &mut document.segments {
        segments.input = "segment".into();
    }
    for feature in &mut document.features {
        let (segment, name) = match feature.input.as_deref() {
            Some("income") => (feature.segment.clone(), "pd"),
            _ => (feature.segment.clone(), "reason_1"),
        };
        feature.input = Some(name.into());
        feature.name = format!("{}/{name}", segment.unwrap_or_default());
    }
    proven(document)
}

/// One feature that gives everybody the same.
fn one_bin() -> ScorecardDocument {
    document_of(
        UnforeseenPolicy::Neutral,
        vec![feature("x", FeatureKind::Numeric, vec![bin("all", interval(None, None), 0.25)])],
    )
}

/// Columns called like what an export may add: whether a text is missing, where the empty text is none of that.
fn names_of_an_export() -> ScorecardDocument {
    let job = vec![
        bin("empty", categories(&[""]), -0.4),
        bin("nurse", categories(&["nurse"]), 0.6),
        bin("missing", BinDomain::Missing, -0.1),
    ];
    document_of(
        UnforeseenPolicy::Neutral,
        vec![
            feature("job", FeatureKind::Categorical, job),
            numbers("job_is_missing", &[1.0], &[-0.3, 0.2, 0.1]),
            numbers("card/rows", &[2.0], &[-0.2, 0.3, 0.0]),
        ],
    )
}

/// Texts of both kinds of quotes.
fn quotes() -> ScorecardDocument {
    let mut both = bin("both", categories(&["it's \"x\"", "\"'", "''\"\"''", "\"\"a'", "`${1}`"]), -0.7);
    both.reason = "\"it's\" 'both' \"\"".into();
    let one = bin("one", categories(&["\"", "'", "\"\"", "''", "\\'", "\\\""]), 0.4);
    let missing = bin("missing", BinDomain::Missing, -0.2);
    document_of(
        UnforeseenPolicy::Worst,
        vec![
            feature("'it's' \"x\"", FeatureKind::Categorical, vec![both, one, missing]),
            numbers("\"'", &[-2.5, 7.0], &[-0.4, 0.3, 0.6, 0.1]),
        ],
    )
}

/// Features whose costs differ in the last digit of a double, or not at all.
fn close_costs() -> ScorecardDocument {
    let features = (0..8).map(|place| numbers(&format!("c{place}"), &[1.0, 2.0], &[0.0, -0.5, 0.3, 0.0])).collect();
    let mut document = document_of(UnforeseenPolicy::Neutral, features);
    document.reason_baseline = ReasonBaseline::Average;
    for (place, feature) in document.features.iter_mut().enumerate() {
        feature.average_points = [0.3, 0.1 + 0.2, 0.3_f64.next_down()][place % 3];
    }
    proven(document)
}
