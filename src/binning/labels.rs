//! What people call a bin.

/// An interval, lower <= x < upper.
pub(super) fn interval(lower: Option<f64>, upper: Option<f64>) -> String {
    match (lower, upper) {
        (None, None) => "any number".to_owned(),
        (None, Some(upper)) => format!("below {upper}"),
        (Some(lower), None) => format!("{lower} or more"),
        (Some(lower), Some(upper)) => format!("{lower} to below {upper}"),
    }
}

/// A group of categories: the first few by name. A text that could be taken for several, or whose outer blanks nobody
/// would see, stands between quotes.
pub(super) fn categories(texts: &[String]) -> String {
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
