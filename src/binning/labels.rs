//! What people call a bin.

/// An interval, lower <= x < upper.
pub(crate) fn interval(lower: Option<f64>, upper: Option<f64>) -> String {
    match (lower.map(number), upper.map(number)) {
        (None, None) => "any number".to_owned(),
        (None, Some(upper)) => format!("below {upper}"),
        (Some(lower), None) => format!("{lower} or more"),
        (Some(lower), Some(upper)) => format!("{lower} to below {upper}"),
    }
}

/// The shortest text of a number that reads back as the same number; far from 1 in scientific form.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1e15 || (size > 0.0 && size < 1e-6) => format!("{value:e}"),
        _ => value.to_string(),
    }
}

/// A group of categories: the first few by name. A text that could be taken for several, or whose outer blanks nobody
/// would see, stands between quotes.
pub(crate) fn categories(texts: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = |text: &String| match text.as_str() {
        "" => "(empty text)".to_owned(),
        "(empty text)" => format!("{text:?}"),
        other if other.contains(" | ") || other.contains('"') || other.trim() != other => format!("{other:?}"),
        other => other.to_owned(),
    };
    let mut label = texts.iter().take(SHOWN).map(shown).collect::<Vec<_>>().join(" | ");
    if texts.len() > SHOWN {
        label.push_str(&format!(" | and {} more", texts.len() - SHOWN));
    }
    label
}
