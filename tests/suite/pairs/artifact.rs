//! A card with a pair as a document: it scores by hand, survives its text, and loads only where its grid is whole.

use scorewright_runtime::artifact::{
    Axis, AxisBin, BinDomain, Feature, FeatureKind, Literal, ScorecardDocument, UnforeseenPolicy,
};
use scorewright_runtime::reasons::{reason_text, reasons};
use scorewright_runtime::{Error, Scorecard, Value};

use crate::by_hand::{bin, document_of, interval, load};

fn axis_bin(label: &str, domain: BinDomain) -> AxisBin {
    AxisBin { label: label.into(), domain }
}

fn texts(texts: &[&str]) -> BinDomain {
    BinDomain::Categories(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// Use by region, with a special code and missing uses; beside it use alone, so that one input is binned twice.
fn document(unforeseen: UnforeseenPolicy) -> ScorecardDocument {
    let feature = |name: &str, kind, axes, bins| Feature {
        name: name.into(),
        segment: None,
        input: None,
        kind,
        description: String::new(),
        coefficient: 1.0,
        average_points: 1.0,
        axes,
        bins,
    };
    let used = vec![
        axis_bin("below 0.3", interval(None, Some(0.3))),
        axis_bin("0.3 or more", interval(Some(0.3), None)),
        axis_bin("closed", BinDomain::Special(vec![Literal::Number(-9.0)])),
        axis_bin("missing", BinDomain::Missing),
    ];
    let region = vec![axis_bin("north", texts(&["north"])), axis_bin("south | east", texts(&["south", "east"]))];
    let axes = [
        Axis { input: "use".into(), kind: FeatureKind::Numeric, bins: used },
        Axis { input: "region".into(), kind: FeatureKind::Categorical, bins: region },
    ];
    let regions = vec![
        bin("low", BinDomain::Cells(vec![[0, 0], [0, 1], [1, 0]]), 0.8),
        bin("high in the south", BinDomain::Cells(vec![[1, 1]]), -1.0),
        bin("closed", BinDomain::Cells(vec![[2, 0], [2, 1]]), -0.5),
        bin("missing", BinDomain::Cells(vec![[3, 0], [3, 1]]), -0.2),
    ];
    let alone = vec![
        bin("below 0.5", interval(None, Some(0.5)), 0.4),
        bin("0.5 or more", interval(Some(0.5), None), -0.4),
        bin("missing", BinDomain::Missing, 0.1),
    ];
    document_of(
        unforeseen,
        vec![
            feature("use_by_region", FeatureKind::Pair, Some(axes), regions),
            feature("use", FeatureKind::Numeric, None, alone),
        ],
    )
}

#[test]
fn a_case_is_given_by_input_columns_and_scores_by_hand() {
    let card = load(&document(UnforeseenPolicy::Neutral)).unwrap();
    let inputs: Vec<(&str, FeatureKind)> = card.inputs().iter().map(|i| (i.name.as_str(), i.kind)).collect();
    assert_eq!(inputs, [("use", FeatureKind::Numeric), ("region", FeatureKind::Categorical)]);
    assert_eq!((card.feature_inputs(0), card.feature_inputs(1)), (&[0, 1][..], &[0][..]));
    // factor 28.8539: 0.8 -> 23, -1.0 -> -29, -0.5 -> -14, -0.2 -> -6; 0.4 -> 12, 0.1 -> 3.
    let (north, south, new) = (Value::Category("north"), Value::Category("south"), Value::Category("new"));
    for (used, region, points, unforeseen) in [
        (Value::Number(0.1), north, 23.0 + 12.0, 0),
        (Value::Number(0.3), north, 23.0 + 12.0, 0),
        (Value::Number(0.3), south, -29.0 + 12.0, 0),
        (Value::Number(0.6), Value::Category("east"), -29.0 - 12.0, 0),
        (Value::Number(-9.0), south, -14.0 + 12.0, 0),
        (Value::Missing, north, -6.0 + 3.0, 0),
        (Value::Number(f64::NAN), south, -6.0 + 3.0, 0),
        (Value::Number(0.1), new, 0.0 + 12.0, 1),
        (Value::Missing, Value::Missing, 0.0 + 3.0, 1),
    ] {
        let scored = card.score(&[used, region]).unwrap();
        assert_eq!((scored.score.0, scored.unforeseen), (530.0 + points, unforeseen), "{used} {region}");
    }
    let wrong = card.score(&[Value::Number(0.1), Value::Number(1.0)]).unwrap_err();
    assert!(matches!(&wrong, Error::WrongType { feature, .. } if feature == "region"), "{wrong}");
    assert!(matches!(card.score(&[north; 3]), Err(Error::WrongLength { given: 3, wanted: 2 })));
}

#[test]
fn the_policy_holds_on_either_axis_and_a_pair_is_one_reason() {
    let case = [Value::Number(0.1), Value::Category("new")];
    assert_eq!(load(&document(UnforeseenPolicy::Worst)).unwrap().score(&case).unwrap().score.0, 530.0 - 29.0 + 12.0);
    let refused = load(&document(UnforeseenPolicy::Error)).unwrap().score(&case).unwrap_err();
    assert!(matches!(&refused, Error::Unforeseen { feature, .. } if feature == "region"), "{refused}");
    let card = load(&document(UnforeseenPolicy::Neutral)).unwrap();
    let mut codes = [0; 2];
    card.codes(&[Value::Number(0.4), Value::Category("east")], &mut codes).unwrap();
    let found = reasons(&card, &codes);
    assert_eq!(found, [Some(0), None, None, None]);
    assert_eq!(reason_text(&card, 0, codes[0]), "because high in the south");
}

#[test]
fn verification_visits_every_edge_and_cell() {
    for policy in [UnforeseenPolicy::Neutral, UnforeseenPolicy::Error] {
        let document = document(policy);
        let seen =
            |name: &str, value: Option<Literal>| document.verification.iter().any(|row| row.input[name] == value);
        for number in [0.3, 0.3_f64.next_down(), 0.5, 0.5_f64.next_down(), -9.0] {
            assert!(seen("use", Some(Literal::Number(number))), "{number}");
        }
        assert!(seen("use", None));
        assert_eq!(seen("region", None), policy != UnforeseenPolicy::Error);
        // Any cell that moves to another region is noticed.
        for (region, bin) in document.features[0].bins.iter().enumerate() {
            let BinDomain::Cells(cells) = &bin.domain else { panic!("a region without cells") };
            for cell in cells {
                let mut changed = document.clone();
                for (other, bin) in changed.features[0].bins.iter_mut().enumerate() {
                    let BinDomain::Cells(cells) = &mut bin.domain else { panic!("a region without cells") };
                    cells.retain(|known| known != cell);
                    if other == (region + 1) % 4 {
                        cells.push(*cell);
                    }
                }
                assert!(matches!(load(&changed), Err(Error::Verification { .. })), "{cell:?}");
            }
        }
    }
}

#[test]
fn a_grid_that_is_not_whole_is_refused() {
    let good = document(UnforeseenPolicy::Neutral);
    let changed = |change: &dyn Fn(&mut Feature)| {
        let mut document = good.clone();
        change(&mut document.features[0]);
        load(&document).unwrap_err().to_string()
    };
    let cells = |cells: &[[u16; 2]]| BinDomain::Cells(cells.to_vec());
    for (what, error) in [
        ("the cell [1, 1] stands in none", changed(&|f| f.bins[1].domain = cells(&[]))),
        ("the cell [0, 0] stands in two bins", changed(&|f| f.bins[1].domain = cells(&[[1, 1], [0, 0]]))),
        ("the cell [1, 2] lies outside the grid", changed(&|f| f.bins[1].domain = cells(&[[1, 1], [1, 2]]))),
        ("something else than cells", changed(&|f| f.bins[1].domain = BinDomain::Missing)),
        ("nothing but a pair, has axes", changed(&|f| f.axes = None)),
        ("nothing but a pair, has axes", changed(&|f| f.kind = FeatureKind::Numeric)),
        ("both axes take \"use\"", changed(&|f| f.axes.as_mut().unwrap()[1] = f.axes.as_ref().unwrap()[0].clone())),
        ("axis use", changed(&|f| f.axes.as_mut().unwrap()[0].bins[0].domain = interval(None, Some(0.2)))),
        ("verification row", changed(&|f| f.axes.as_mut().unwrap()[1].bins[0].domain = texts(&["nord"]))),
    ] {
        assert!(error.contains(what), "{what}: {error}");
    }
    let mut other = good.clone();
    other.features[1].kind = FeatureKind::Categorical;
    assert!(load(&other).unwrap_err().to_string().contains("as numbers in one place and as categories in another"));
    let text = String::from_utf8(good.to_json().unwrap()).unwrap();
    for (old, new) in
        [("\"input\": \"use\"", "\"inputs\": \"use\""), ("\"label\": \"north\"", "\"cells\": [], \"label\": \"north\"")]
    {
        assert!(text.contains(old));
        assert!(
            matches!(Scorecard::from_json(text.replacen(old, new, 1).as_bytes()), Err(Error::Document(_))),
            "{old}"
        );
    }
}

#[test]
fn the_document_survives_its_own_text() {
    let document = document(UnforeseenPolicy::Neutral);
    let bytes = document.to_json().unwrap();
    let again = ScorecardDocument::from_json(&bytes).unwrap();
    assert_eq!(again, document);
    assert_eq!(again.to_json().unwrap(), bytes);
    let ordinary = serde_json::to_string(&document.features[1]).unwrap();
    assert!(!ordinary.contains("axes") && !ordinary.contains("cells"), "{ordinary}");
}
