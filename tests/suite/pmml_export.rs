//! PMML: what its engine's test cannot show.

use scorewright::export::{Format, Standing, export};
use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, UnforeseenPolicy};

use crate::by_hand::{bin, document_of, load};

/// A card of one feature with this category, as PMML.
fn pmml(category: &str, standing: &Standing) -> scorewright::error::Result<String> {
    let feature = Feature {
        name: "job".into(),
        segment: None,
        input: None,
        kind: FeatureKind::Categorical,
        description: String::new(),
        coefficient: 1.0,
        average_points: 0.0,
        axes: None,
        bins: vec![
            bin("a", BinDomain::Categories(vec![category.into()]), -0.4),
            bin("missing", BinDomain::Missing, 0.6),
        ],
    };
    let card = load(&document_of(UnforeseenPolicy::Neutral, vec![feature])).unwrap();
    export(&card, standing, Format::Pmml).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn a_draft_says_so_and_an_approved_version_which_it_is() {
    let draft = pmml("clerk", &Standing::Draft).unwrap();
    assert!(draft.contains(r#"modelName="by hand (draft)""#), "{draft}");
    assert!(draft.contains("<Annotation>DRAFT: not an approved version"), "{draft}");
    let approved = Standing::Approved { version: "3".into(), approvals: vec!["by A & B".into()], registry: "r".into() };
    let approved = pmml("clerk", &approved).unwrap();
    assert!(approved.contains(r#"modelName="by hand 3""#), "{approved}");
    assert!(approved.contains("<Annotation>Approved: by A &amp; B.</Annotation>"), "{approved}");
    assert!(!approved.to_lowercase().contains("draft"), "{approved}");
}

#[test]
fn the_same_card_gives_the_same_bytes() {
    assert_eq!(pmml("clerk", &Standing::Draft).unwrap(), pmml("clerk", &Standing::Draft).unwrap());
}

#[test]
fn line_breaks_and_tabs_outlive_a_reader_of_xml() {
    let text = pmml("a\n\"b\"\tc\r\n", &Standing::Draft).unwrap();
    assert!(text.contains(r#"value="a&#10;&quot;b&quot;&#9;c&#13;&#10;""#), "{text}");
}

#[test]
fn a_character_that_xml_cannot_carry_is_refused() {
    for c in ['\0', '\u{1}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        let error = pmml(&format!("clerk{c}"), &Standing::Draft).unwrap_err();
        let wanted = format!("holds the character U+{:04X}, which XML cannot carry", u32::from(c));
        assert!(error.to_string().contains(&wanted), "{error}");
        assert!(error.advice().is_some());
    }
    pmml("clerk\u{7f}\u{85}\u{2028}\u{fffd}\u{1f600}", &Standing::Draft).unwrap();
}
