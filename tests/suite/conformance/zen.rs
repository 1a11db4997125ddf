//! What the engine's run cannot show of the decision graph.

use scorewright::export::{Format, Standing, export};
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{FeatureKind, UnforeseenPolicy};
use serde_json::Value;

use crate::by_hand::{bin, document_of, interval, load};

fn card(cut: f64) -> Scorecard {
    let bins = vec![bin("low", interval(None, Some(cut)), -0.5), bin("high", interval(Some(cut), None), 0.5)];
    load(&document_of(UnforeseenPolicy::Neutral, vec![super::cards::feature("x", FeatureKind::Numeric, bins)])).unwrap()
}

#[test]
fn a_bound_that_the_engine_cannot_carry_is_refused() {
    for cut in [1e30, -1e300, 1.5e-28] {
        let error = export(&card(cut), &Standing::Draft, Format::Zen).unwrap_err();
        assert!(error.message().contains(&format!("{cut:e} cannot be a bound")), "{error}");
        assert_eq!(error.column(), Some("x"));
        assert!(error.to_string().contains("SQL or ONNX"), "{error}");
    }
    for cut in [1e27, -1e27, 1e-28, 0.0] {
        export(&card(cut), &Standing::Draft, Format::Zen).unwrap();
    }
}

#[test]
fn the_graph_says_what_it_is_and_lies_open() {
    let card = card(1.5);
    let draft = export(&card, &Standing::Draft, Format::Zen).unwrap();
    assert_eq!(draft, export(&card, &Standing::Draft, Format::Zen).unwrap());
    let graph: Value = serde_json::from_slice(&draft).unwrap();
    let nodes = graph["nodes"].as_array().unwrap();
    assert_eq!(nodes[0]["name"], "Case for by hand (draft)");
    let source = nodes.iter().find(|node| node["id"] == "score").unwrap()["content"]["source"].as_str().unwrap();
    let sha256 = graph["scorewright"]["scorecard_sha256"].as_str().unwrap();
    assert!(source.contains("// DRAFT: ") && source.contains(sha256), "{source}");
    assert!(graph["scorewright"]["standing"][0].as_str().unwrap().starts_with("DRAFT"));

    let approved =
        Standing::Approved { version: "2.1".into(), approvals: vec!["A. Person".into()], registry: "r".into() };
    let graph = String::from_utf8(export(&card, &approved, Format::Zen).unwrap()).unwrap();
    assert!(graph.contains("by hand 2.1") && graph.contains("A. Person"));
    assert!(!graph.contains("(draft)") && !graph.contains("DRAFT"));
}

#[test]
fn nodes_do_not_lie_on_each_other() {
    let (_, cards) = &*super::CARDS;
    for subject in cards {
        let bytes = export(&subject.card, &Standing::Draft, Format::Zen).unwrap();
        let graph: Value = serde_json::from_slice(&bytes).unwrap();
        let places: Vec<(i64, i64)> = graph["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| (node["position"]["x"].as_i64().unwrap(), node["position"]["y"].as_i64().unwrap()))
            .collect();
        for (place, one) in places.iter().enumerate() {
            let is_clear = |other: &(i64, i64)| (one.0 - other.0).abs() >= 300 || (one.1 - other.1).abs() >= 120;
            assert!(places[place + 1..].iter().all(is_clear), "{}: {places:?}", subject.name);
        }
    }
}
