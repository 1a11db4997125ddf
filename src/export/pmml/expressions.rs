//! Expressions: what PMML computes from fields.

use super::xml::Element;

/// The shortest text that reads back as the same double; a negative zero is zero.
pub(super) fn number(value: f64) -> String {
    format!("{:?}", value + 0.0)
}

pub(super) fn field(name: &str) -> Element {
    Element::new("FieldRef").with("field", name)
}

/// One of PMML's own functions, or one that the document defines.
pub(super) fn apply(function: &str, arguments: impl IntoIterator<Item = Element>) -> Element {
    Element::new("Apply").with("function", function).children(arguments)
}

pub(super) fn double(value: f64) -> Element {
    Element::new("Constant").with("dataType", "double").text(number(value))
}

pub(super) fn integer(value: u32) -> Element {
    Element::new("Constant").with("dataType", "integer").text(value.to_string())
}

pub(super) fn text(value: &str) -> Element {
    Element::new("Constant").with("dataType", "string").text(value)
}
