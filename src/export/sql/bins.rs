//! Values to bins: the position of a value's bin as a CASE.

use scorewright_runtime::artifact::{Axis, Bin, BinDomain, FeatureKind, Literal};

use super::Dialect;

/// Longest line of a list of values.
const WIDTH: usize = 100;
/// Longest comment on a line, in characters.
const LONGEST_COMMENT: usize = 80;

/// Values that have a position, and what people call them.
pub(super) struct Place<'a> {
    pub domain: &'a BinDomain,
    pub position: usize,
    pub label: &'a str,
}

/// The bins of a feature of one column, each at its position.
pub(super) fn of_bins(bins: &[Bin]) -> Vec<Place<'_>> {
    bins.iter().enumerate().map(|(position, bin)| Place { domain: &bin.domain, position, label: &bin.label }).collect()
}

/// The bins of an axis, each at its position.
pub(super) fn of_axis(axis: &Axis) -> Vec<Place<'_>> {
    axis.bins
        .iter()
        .enumerate()
        .map(|(position, bin)| Place { domain: &bin.domain, position, label: &bin.label })
        .collect()
}

/// Whether there can be a value of none of these places.
pub(super) fn leave_values_out(kind: FeatureKind, places: &[Place<'_>]) -> bool {
    kind != FeatureKind::Numeric || !places.iter().any(|place| *place.domain == BinDomain::Missing)
}

/// The position of a value, `otherwise` where it has none. `guard` is a line that goes before all others.
pub(super) fn position(
    dialect: Dialect,
    value: &str,
    kind: FeatureKind,
    places: &[Place<'_>],
    otherwise: usize,
    guard: Option<String>,
) -> String {
    let mut lines: Vec<String> = guard.into_iter().collect();
    let mut when = |condition: &str, position: usize, label: &str| {
        lines.push(format!("WHEN {condition} THEN {position}{}", note(label)));
    };
    if !places.iter().any(|place| *place.domain == BinDomain::Missing) {
        when(&format!("{value} IS NULL"), otherwise, "unforeseen: no value");
    }
    let mut intervals: Vec<(&Place<'_>, f64)> = Vec::new();
    for place in places {
        let texts = match place.domain {
            BinDomain::Missing => {
                when(&format!("{value} IS NULL"), place.position, place.label);
                continue;
            }
            BinDomain::Interval { upper, .. } => {
                intervals.push((place, upper.unwrap_or(f64::INFINITY)));
                continue;
            }
            BinDomain::Categories(texts) => texts.iter().map(|text| dialect.text(text)).collect(),
            BinDomain::Special(values) => values.iter().map(|value| special(dialect, kind, value)).collect(),
            BinDomain::Cells(_) => Vec::new(),
        };
        if !texts.is_empty() {
            when(&format!("{value} IN ({})", wrapped(&texts)), place.position, place.label);
        }
    }
    intervals.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (place, upper) in &intervals {
        if upper.is_finite() {
            when(&format!("{value} < {}", dialect.number(*upper)), place.position, place.label);
        }
    }
    // The bins of numbers leave no gap: what is below no cut is in the last.
    let (last, label) = match intervals.last() {
        Some((place, _)) => (place.position, place.label),
        None => (otherwise, "unforeseen"),
    };
    lines.push(format!("ELSE {last}{}", note(label)));
    case(&lines)
}

/// The position of a pair's bin, by the positions on its axes; `unforeseen` where either is none of its axis.
pub(super) fn cell(axes: [(&str, &Axis); 2], bins: &[Bin], unforeseen: usize, guard: Option<String>) -> String {
    let [(first, rows), (second, columns)] = axes;
    let mut lines: Vec<String> = guard.into_iter().collect();
    lines.push(format!(
        "WHEN {first} = {} OR {second} = {} THEN {unforeseen} -- unforeseen",
        rows.bins.len(),
        columns.bins.len()
    ));
    for (position, bin) in bins.iter().enumerate() {
        let BinDomain::Cells(cells) = &bin.domain else { continue };
        let row = |row: usize| {
            let columns: Vec<String> =
                cells.iter().filter(|cell| usize::from(cell[0]) == row).map(|cell| cell[1].to_string()).collect();
            (!columns.is_empty()).then(|| format!("{first} = {row} AND {second} IN ({})", columns.join(", ")))
        };
        let conditions: Vec<String> = (0..rows.bins.len()).filter_map(row).collect();
        if !conditions.is_empty() {
            lines.push(format!("WHEN {} THEN {position}{}", conditions.join(" OR "), note(&bin.label)));
        }
    }
    case(&lines)
}

/// A CASE of these lines.
pub(super) fn case(lines: &[String]) -> String {
    format!("CASE\n            {}\n        END", lines.join("\n            "))
}

fn special(dialect: Dialect, kind: FeatureKind, value: &Literal) -> String {
    match value {
        Literal::Number(number) if kind == FeatureKind::Numeric => dialect.number(*number),
        value => dialect.text(&value.to_string()),
    }
}

/// A list, over several lines where it is long.
fn wrapped(items: &[String]) -> String {
    let mut text = String::new();
    let mut width = 0;
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
            let is_full = width > WIDTH;
            text.push_str(if is_full { "\n                " } else { " " });
            width = if is_full { 0 } else { width };
        }
        text.push_str(item);
        width += item.len();
    }
    text
}

/// A comment at the end of a line.
pub(super) fn note(text: &str) -> String {
    let text = comment(text);
    if text.is_empty() { String::new() } else { format!(" -- {text}") }
}

/// A text as a comment of one line that is not too long.
pub(super) fn comment(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(LONGEST_COMMENT) {
        Some((end, _)) => format!("{} ...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// A text on one line, as a comment: without a backslash at its end, by which Spark would go on with the comment on the
/// next line, and without semicolons, at which simple clients cut.
pub(super) fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let line = text.split(is_break).collect::<Vec<_>>().join(" ").replace(';', ",");
    let line = line.trim();
    if line.ends_with('\\') { format!("{line}.") } else { line.to_owned() }
}
