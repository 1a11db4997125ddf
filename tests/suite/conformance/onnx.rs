//! What the engine cannot show of an ONNX model.

use scorewright::error::ErrorKind;
use scorewright::export::{Format, Standing, export};
use scorewright_runtime::artifact::{FeatureKind, UnforeseenPolicy};

use super::cards::{feature, numbers};
use crate::by_hand::{bin, document_of, interval, load};

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn an_onnx_model_says_whether_it_was_approved_and_has_the_same_bytes_again() {
    let card = load(&document_of(UnforeseenPolicy::Neutral, vec![numbers("a", &[1.0], &[-0.3, 0.2, 0.1])])).unwrap();
    let approved =
        Standing::Approved { version: "v7".into(), approvals: vec!["by the committee".into()], registry: "r".into() };
    let [draft, again, version] =
        [&Standing::Draft, &Standing::Draft, &approved].map(|standing| export(&card, standing, Format::Onnx).unwrap());
    assert_eq!(draft, again);
    assert!(holds(&draft, "by hand (draft)") && holds(&draft, "DRAFT: not an approved version"));
    assert!(holds(&version, "by hand v7") && holds(&version, "Approved: by the committee."));
    assert!(!holds(&version, "draft") && !holds(&version, "DRAFT"));
}

#[test]
fn a_column_without_a_name_is_refused() {
    let nameless = feature("", FeatureKind::Numeric, vec![bin("all", interval(None, None), 0.25)]);
    let card = load(&document_of(UnforeseenPolicy::Neutral, vec![nameless])).unwrap();
    let error = export(&card, &Standing::Draft, Format::Onnx).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Artifact);
    assert!(error.message().contains("a name that is not empty"), "{error}");
    assert!(error.advice().is_some());
}
