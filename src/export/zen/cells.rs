//! Values, tests and names in the engine's expression language.

use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};

use crate::error::{Error, ErrorKind, Result};

/// The engine's decimals carry so many digits, before and after the point.
const DIGITS: usize = 28;
/// What is this short survives the way from a decimal to a double and back.
const SHORT: usize = 15;

/// A text. The language has no escapes, so one that holds both quotes is put together from pieces.
pub(super) fn text(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    text.split_inclusive('"')
        .flat_map(|piece| match piece.strip_suffix('"') {
            Some("") => vec!["'\"'".to_owned()],
            Some(rest) => vec![format!("\"{rest}\""), "'\"'".to_owned()],
            None => vec![format!("\"{piece}\"")],
        })
        .collect::<Vec<_>>()
        .join(" + ")
}

/// Points and points lost: a number, or in quotes, which the function reads, where the engine would change a digit.
pub(super) fn figure(value: f64) -> String {
    let plain = plain(value);
    if plain.len() <= SHORT { plain } else { format!("\"{plain}\"") }
}

/// The shortest digits of a double, without an exponent.
fn plain(value: f64) -> String {
    format!("{}", value + 0.0)
}

/// A number that values are compared with.
fn bound(value: f64) -> Result<String> {
    let plain = plain(value);
    let digits = plain.trim_start_matches('-').trim_start_matches("0.").trim_start_matches('0');
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let is_carried =
        value.is_finite() && decimals <= DIGITS && digits.bytes().filter(u8::is_ascii_digit).count() <= DIGITS;
    if is_carried {
        return Ok(plain);
    }
    let what = format!(
        "{value:e} cannot be a bound or special value there: the ZEN engine computes in decimals of {DIGITS} digits, at most {DIGITS} of them after the point"
    );
    Err(Error::new(ErrorKind::Artifact, what).help("export to a format that computes in doubles, such as SQL or ONNX"))
}

/// The test of a bin of one column, as a cell of a table; `None` for one that holds no value: an empty cell would take
/// all.
///
/// # Errors
/// A number that the engine's decimals do not carry.
pub(super) fn test(domain: &BinDomain, kind: FeatureKind) -> Result<Option<String>> {
    let list = |values: Vec<String>| Some(values.join(", ")).filter(|list| !list.is_empty());
    Ok(match domain {
        BinDomain::Missing => Some("null".to_owned()),
        BinDomain::Interval { lower: None, upper: None } => Some("$ != null".to_owned()),
        BinDomain::Interval { lower: Some(lower), upper: None } => Some(format!(">= {}", bound(*lower)?)),
        BinDomain::Interval { lower: None, upper: Some(upper) } => Some(format!("< {}", bound(*upper)?)),
        BinDomain::Interval { lower: Some(lower), upper: Some(upper) } => {
            Some(format!("[{}..{})", bound(*lower)?, bound(*upper)?))
        }
        BinDomain::Categories(texts) => list(texts.iter().map(|one| text(one)).collect()),
        BinDomain::Special(values) => {
            let value = |value: &Literal| match value {
                Literal::Number(number) if kind == FeatureKind::Numeric => bound(*number),
                value => Ok(text(&value.to_string())),
            };
            list(values.iter().map(value).collect::<Result<_>>()?)
        }
        // Cells are tests of two columns.
        BinDomain::Cells(_) => None,
    })
}

/// The value of a column of the case. The engine puts a `$nodes` of its own over a column of that name; the input node,
/// called `case`, still has the column's.
pub(super) fn column(name: &str, case: &str) -> String {
    match name {
        "$nodes" => format!("$nodes[{}][\"$nodes\"]", text(case)),
        name => format!("$root[{}]", text(name)),
    }
}
