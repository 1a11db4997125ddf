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

/// A group of categories: the first few by name.
pub(super) fn categories(texts: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = |text: &String| match text.is_empty() {
        true => "(empty text)".to_owned(),
        false => text.clone(),
    };
    let mut label = texts.iter().take(SHOWN).map(shown).collect::<Vec<_>>().join(" | ");
    if texts.len() > SHOWN {
        label.push_str(&format!(" | and {} more", texts.len() - SHOWN));
    }
    label
}
