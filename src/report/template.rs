//! What all pages share: the style sheet, and numbers as people read them.

use minijinja::{AutoEscape, Environment, HtmlEscape, Value};

use crate::error::{Result, internal};

/// The style sheet, to stand in every page.
pub(super) const STYLE: &str = include_str!("style.css");

/// Fills a template in. Filters: percent, share (two decimals), digits(n), count, plain, p_value; a missing number is a
/// dash. sentence: a text with a capital. days: a text whose days (2026-12-31) do not break.
///
/// # Errors
/// An internal fault of the template.
pub(super) fn render(template: &str, page: Value) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment
        .add_filter("percent", |value: Value| number(&value).map_or("–".into(), |x| format!("{:.1}%", x * 100.0)));
    environment.add_filter("share", |value: Value| {
        number(&value).map_or("–".into(), |x| format!("{}%", fixed(x * 100.0, 2)))
    });
    environment
        .add_filter("digits", |value: Value, digits: usize| number(&value).map_or("–".into(), |x| fixed(x, digits)));
    environment.add_filter("count", |value: Value| number(&value).map_or("–".into(), count));
    environment.add_filter("plain", |value: Value| number(&value).map_or("–".into(), plain));
    environment.add_filter("p_value", |value: Value| number(&value).map_or("–".into(), p_value));
    environment.add_filter("sentence", |text: String| {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    environment.add_filter("days", |text: String| Value::from_safe_string(unbroken_days(&text)));
    environment.add_template("page", template).map_err(internal)?;
    environment.get_template("page").and_then(|template| template.render(page)).map_err(internal)
}

/// The text as HTML; days stand in spans of the class `one`.
fn unbroken_days(text: &str) -> String {
    let is_day = |word: &str| {
        let bytes = word.as_bytes();
        bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| matches!(at, 4 | 7) == (*byte == b'-') && byte.is_ascii())
            && bytes.iter().all(|byte| *byte == b'-' || byte.is_ascii_digit())
    };
    let words = text.split(' ').map(|word| {
        let (day, rest) = word.split_at_checked(10).unwrap_or((word, ""));
        match is_day(day) && !rest.starts_with(|next: char| next.is_alphanumeric()) {
            true => format!("<span class=\"one\">{day}</span>{}", HtmlEscape(rest)),
            false => HtmlEscape(word).to_string(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn number(value: &Value) -> Option<f64> {
    f64::try_from(value.clone()).ok().filter(|x| x.is_finite())
}

/// A number with the digits it has.
pub(super) fn plain(x: f64) -> String {
    (x + 0.0).to_string().replacen('-', "\u{2212}", 1)
}

pub(super) fn fixed(x: f64, digits: usize) -> String {
    let text = format!("{x:.digits$}");
    // "-0.00" is no news.
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text.replacen('-', "\u{2212}", 1),
    }
}

/// A count with thin spaces between thousands, at which no line breaks; one decimal where it is not whole.
pub(super) fn count(x: f64) -> String {
    let text = if x.fract() == 0.0 { format!("{x:.0}") } else { format!("{x:.1}") };
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.len();
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (digits - position) % 3 == 0 && digit != '-' {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

pub(super) fn p_value(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}
