//! The document: scores by hand, and what does not load.

use scorewright_runtime::artifact::{
    AxisBin, Bin, BinDomain, Feature, FeatureKind, Literal, ScorecardDocument, Segment, Segments, UnforeseenPolicy,
};
use scorewright_runtime::reasons::{reason_text, reasons};
use scorewright_runtime::{ELSEWHERE, Error, Scorecard, Value, verification_rows};

use crate::by_hand::{FACTOR, bin, document_of, interval, load};

pub fn categories(texts: &[&str]) -> BinDomain {
    BinDomain::Categories(texts.iter().map(|text| (*text).to_owned()).collect())
}

pub fn feature(name: &str, kind: FeatureKind, bins: Vec<Bin>) -> Feature {
    Feature {
        name: name.into(),
        segment: None,
        input: None,
        kind,
        description: String::new(),
        coefficient: 1.0,
        average_points: 1.0,
        axes: None,
        bins,
    }
}

/// The feature in a segment.
pub fn of(segment: &str, feature: Feature) -> Feature {
    Feature {
        input: Some(feature.name.clone()),
        name: format!("{segment}/{}", feature.name),
        segment: Some(segment.into()),
        ..feature
    }
}

pub fn segment(name: &str, values: Vec<BinDomain>, intercept: f64) -> Segment {
    let offset = 600.0 - FACTOR * 50.0_f64.ln();
    Segment {
        name: name.into(),
        values: values.into_iter().map(|domain| AxisBin { label: "value".into(), domain }).collect(),
        base_points: (offset + FACTOR * intercept).round(),
        intercept,
        cases: 10.0,
        goods: 6.0,
        bads: 4.0,
    }
}

/// A card with segments, its verification rows made.
pub fn segmented(policy: UnforeseenPolicy, segments: Segments, features: Vec<Feature>) -> ScorecardDocument {
    let any = feature("x", FeatureKind::Numeric, vec![bin("any", interval(None, None), 0.0)]);
    let mut document = document_of(policy, vec![any]);
    (document.intercept, document.base_points) = (0.0, 0.0);
    (document.segments, document.features) = (Some(segments), features);
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    document
}

fn income(cut: f64, low: f64, high: f64) -> Feature {
    let bins = vec![bin("low", interval(None, Some(cut)), low), bin("high", interval(Some(cut), None), high)];
    feature("income", FeatureKind::Numeric, bins)
}

/// New customers by income below or above 1000 and job; existing ones by income below or above 3000 and by type.
fn document(otherwise: Option<&str>) -> ScorecardDocument {
    let job = vec![bin("a", categories(&["clerk"]), -0.4), bin("b", categories(&["cook"]), 0.6)];
    let kind = vec![bin("one", categories(&["E1"]), -0.2), bin("two", categories(&["E2", "E3"]), 0.3)];
    segmented(
        UnforeseenPolicy::Neutral,
        Segments {
            input: "type".into(),
            kind: FeatureKind::Categorical,
            otherwise: otherwise.map(str::to_owned),
            segments: vec![
                segment("new", vec![categories(&["N"])], 0.5),
                segment("existing", vec![categories(&["E1", "E2"]), categories(&["E3"]), BinDomain::Missing], 2.0),
            ],
        },
        vec![
            of("new", income(1000.0, -1.0, 0.8)),
            of("new", feature("job", FeatureKind::Categorical, job)),
            of("existing", income(3000.0, -0.5, 0.2)),
            of("existing", feature("type", FeatureKind::Categorical, kind)),
        ],
    )
}

/// Base points 502 and 545; factor 28.8539: -1.0 -> -29, 0.8 -> 23, -0.4 -> -12, 0.6 -> 17, -0.5 -> -14, 0.2 -> 6,
/// -0.2 -> -6, 0.3 -> 9.
#[test]
fn a_case_gets_the_points_of_its_segment() {
    let card = load(&document(Some("existing"))).unwrap();
    let inputs: Vec<&str> = card.inputs().iter().map(|input| input.name.as_str()).collect();
    assert_eq!(inputs, ["type", "income", "job"]);
    let new = Value::Category("N");
    for (case, score, unforeseen) in [
        ([new, Value::Number(2000.0), Value::Category("clerk")], 502.0 + 23.0 - 12.0, 0),
        ([new, Value::Number(2000.0), Value::Category("mayor")], 502.0 + 23.0, 1),
        ([Value::Category("E1"), Value::Number(2000.0), Value::Category("mayor")], 545.0 - 14.0 - 6.0, 0),
        ([Value::Category("E3"), Value::Number(5000.0), Value::Missing], 545.0 + 6.0 + 9.0, 0),
        // Missing was seen as a type, but not as a value of the feature; what nobody saw counts for both.
        ([Value::Missing, Value::Number(5000.0), Value::Missing], 545.0 + 6.0, 1),
        ([Value::Category("X"), Value::Number(5000.0), Value::Missing], 545.0 + 6.0, 2),
        // Of another segment's inputs not even the type matters.
        ([Value::Category("E1"), Value::Number(2000.0), Value::Number(1.0)], 545.0 - 14.0 - 6.0, 0),
    ] {
        let scored = card.score(&case).unwrap();
        assert_eq!((scored.score.0, scored.unforeseen), (score, unforeseen), "{case:?}");
        let eta = (score - (600.0 - FACTOR * 50.0_f64.ln())) / FACTOR;
        assert!((scored.pd.0 - 1.0 / (1.0 + eta.exp())).abs() < 1e-15);
    }
    let mut codes = vec![0; card.code_count()];
    card.codes(&[new, Value::Number(1.0), Value::Category("clerk")], &mut codes).unwrap();
    assert_eq!(codes, [0, 0, ELSEWHERE, ELSEWHERE, 0]);
    let told = reasons(&card, &codes).map(|place| place.map(|place| reason_text(&card, place, codes[place])));
    assert_eq!(told, [Some("because low".to_owned()), Some("because a".to_owned()), None, None]);
    assert!(matches!(card.score(&[Value::Number(1.0), new, new]), Err(Error::WrongType { .. })));
}

#[test]
fn a_value_of_no_segment_is_refused_where_the_card_names_none_for_it() {
    let card = load(&document(None)).unwrap();
    let case = [Value::Category("X"), Value::Number(1.0), Value::Missing];
    let Err(Error::NoSegment { input, value }) = card.score(&case) else { panic!("refused") };
    assert_eq!((input.as_str(), value.as_str()), ("type", "\"X\""));
    // Codes that `codes` never gives make no number that could pass for a score.
    assert!(card.score_codes([ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE, 7]).score.0.is_nan());
}

#[test]
fn verification_rows_visit_every_edge_that_a_segment_can_reach() {
    let document = document(Some("existing"));
    let rows = |segment: &str| {
        let own: Vec<_> = document
            .verification
            .iter()
            .filter(|row| row.points.keys().all(|name| name.starts_with(segment)))
            .collect();
        assert!(!own.is_empty());
        own
    };
    let has = |segment: &str, input: &str, value: Option<Literal>| {
        assert!(rows(segment).iter().any(|row| row.input[input] == value), "{segment} {input} {value:?}");
    };
    for (segment, cut) in [("new/", 1000.0), ("existing/", 3000.0)] {
        has(segment, "income", Some(Literal::Number(cut)));
        has(segment, "income", Some(Literal::Number(f64::next_down(cut))));
    }
    for text in ["clerk", "cook"] {
        has("new/", "job", Some(Literal::Text(text.into())));
    }
    for text in ["E1", "E2", "E3", "unseen"] {
        has("existing/", "type", Some(Literal::Text(text.into())));
    }
    has("existing/", "type", None);
    assert!(rows("new/").iter().all(|row| row.input["type"] == Some(Literal::Text("N".into()))));
}

/// A number that is cut into segments may also be a feature within one.
#[test]
fn segments_of_numbers_are_visited_within_their_bounds() {
    let months = |low: f64, high: f64| {
        let bins = vec![bin("low", interval(None, Some(20.0)), low), bin("high", interval(Some(20.0), None), high)];
        feature("months", FeatureKind::Numeric, bins)
    };
    let cuts = [interval(None, Some(12.0)), interval(Some(12.0), None)];
    let segments = Segments {
        input: "months".into(),
        kind: FeatureKind::Numeric,
        otherwise: Some("thin".into()),
        segments: vec![segment("thin", vec![cuts[0].clone()], 0.1), segment("thick", vec![cuts[1].clone()], 1.0)],
    };
    let document = segmented(
        UnforeseenPolicy::Error,
        segments,
        vec![of("thin", months(-0.5, 0.1)), of("thick", months(0.4, 0.9))],
    );
    load(&document).unwrap();
    let values: Vec<(f64, bool)> = document
        .verification
        .iter()
        .filter_map(|row| match row.input["months"] {
            Some(Literal::Number(months)) => Some((months, row.points.contains_key("thin/months"))),
            _ => None,
        })
        .collect();
    for wanted in [(12.0_f64.next_down(), true), (12.0, false), (20.0_f64.next_down(), false), (20.0, false)] {
        assert!(values.contains(&wanted), "{wanted:?}: {values:?}");
    }
    assert!(values.iter().all(|(months, thin)| (*months < 12.0) == *thin));
}

#[test]
fn a_changed_document_is_refused() {
    let good = document(Some("existing"));
    let changed = |change: &dyn Fn(&mut ScorecardDocument)| {
        let mut document = good.clone();
        change(&mut document);
        load(&document).unwrap_err().to_string()
    };
    fn of(document: &mut ScorecardDocument) -> &mut Segments {
        document.segments.as_mut().unwrap()
    }
    for (what, error) in [
        ("base_points of the segment \"new\"", changed(&|d| of(d).segments[0].base_points += 1.0)),
        ("base_points of the segment \"existing\"", changed(&|d| of(d).segments[1].intercept += 0.1)),
        ("intercept and base_points are 0", changed(&|d| d.intercept = 0.5)),
        ("intercept and base_points are 0", changed(&|d| d.base_points = 1.0)),
        ("the segment \"old\", which the card does not have", changed(&|d| d.features[0].segment = Some("old".into()))),
        ("names no segment", changed(&|d| d.features[0].segment = None)),
        ("but the card has none", changed(&|d| (d.segments, d.intercept, d.base_points) = (None, 1.5, 530.0))),
        ("\"N\" stands twice", changed(&|d| of(d).segments[1].values[0].domain = categories(&["E1", "E2", "N"]))),
        (
            "two bins are the missing bin",
            changed(&|d| of(d).segments[0].values.push(AxisBin { label: "m".into(), domain: BinDomain::Missing })),
        ),
        ("two segments are called \"new\"", changed(&|d| of(d).segments[1].name = "new".into())),
        ("otherwise names the segment \"old\"", changed(&|d| of(d).otherwise = Some("old".into()))),
        (
            "the segment \"third\" has no feature",
            changed(&|d| {
                let third = segment("third", vec![categories(&["Z"])], 0.0);
                of(d).segments.push(third);
            }),
        ),
        ("a pair of columns cannot tell the segment", changed(&|d| of(d).kind = FeatureKind::Pair)),
        ("has a bin of categories", changed(&|d| of(d).kind = FeatureKind::Numeric)),
        (
            "verification row",
            changed(&|d| {
                let moved = of(d).segments[1].values.remove(1);
                of(d).segments[0].values.push(moved);
            }),
        ),
        ("verification row", changed(&|d| of(d).otherwise = None)),
        ("verification row", changed(&|d| of(d).input = "segment".into())),
        ("points", changed(&|d| d.features[2].bins[0].points += 1.0)),
    ] {
        assert!(error.contains(what), "{what}: {error}");
    }
}

#[test]
fn the_document_survives_its_own_text_and_a_plain_one_knows_nothing_of_segments() {
    let document = document(Some("existing"));
    let bytes = document.to_json().unwrap();
    assert_eq!(ScorecardDocument::from_json(&bytes).unwrap(), document);
    assert_eq!(load(&document).unwrap().document().to_json().unwrap(), bytes);
    let plain = document_of(UnforeseenPolicy::Neutral, vec![income(1000.0, -1.0, 0.8)]);
    let text = String::from_utf8(plain.to_json().unwrap()).unwrap();
    assert!(!text.contains("segment") && !text.contains("\"input\": \"") && !text.contains("otherwise"));
    assert_eq!(load(&plain).unwrap().segment_input().map(|(input, _)| input), None);
}
