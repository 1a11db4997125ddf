//! Predicates: which values fall into a bin.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{Axis, AxisBin, BinDomain, FeatureKind, Literal};

use super::expressions::number;
use super::xml::Element;

/// Holds for the values of a domain of one column. Special values lie in intervals, too: what asks for them first needs
/// no more than this, everything else [`bin_of_axis`].
pub(super) fn domain(input: &str, kind: FeatureKind, domain: &BinDomain) -> Element {
    match domain {
        BinDomain::Interval { lower, upper } => {
            let lower = lower.map(|lower| simple(input, "greaterOrEqual", &number(lower)));
            let upper = upper.map(|upper| simple(input, "lessThan", &number(upper)));
            match (lower, upper) {
                (None, None) => missing(input, "isNotMissing"),
                (lower, upper) => all(lower.into_iter().chain(upper)),
            }
        }
        BinDomain::Categories(texts) => one_of(input, texts.iter().map(String::as_str)),
        BinDomain::Special(values) if kind == FeatureKind::Numeric => {
            any(numbers(values).map(|value| simple(input, "equal", &number(value))))
        }
        BinDomain::Special(values) => {
            let texts: Vec<String> = values.iter().map(Literal::to_string).collect();
            one_of(input, texts.iter().map(String::as_str))
        }
        BinDomain::Missing => missing(input, "isMissing"),
        // The runtime has none of one column.
        BinDomain::Cells(_) => Element::new("False"),
    }
}

/// Holds for the values of one of a column's bins, and for those only, in whatever order the bins are asked.
pub(super) fn bin_of_axis<'a>(
    input: &str,
    kind: FeatureKind,
    bin: &BinDomain,
    bins: impl Iterator<Item = &'a AxisBin>,
) -> Element {
    let BinDomain::Interval { lower, upper } = bin else { return domain(input, kind, bin) };
    let is_inside = |value: &f64| lower.is_none_or(|lower| lower <= *value) && upper.is_none_or(|upper| *value < upper);
    let special = bins.filter_map(|other| match &other.domain {
        BinDomain::Special(values) => Some(numbers(values)),
        _ => None,
    });
    let not_special = special.flatten().filter(is_inside).map(|value| simple(input, "notEqual", &number(value)));
    all(std::iter::once(domain(input, kind, bin)).chain(not_special))
}

/// Holds for the cells of a pair's grid: rows that have the same columns stand together.
pub(super) fn cells(axes: &[Axis; 2], cells: &[[u16; 2]]) -> Element {
    let mut columns_by_row: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
    for [row, column] in cells {
        columns_by_row.entry(*row).or_default().push(*column);
    }
    let mut rows_by_columns: BTreeMap<Vec<u16>, Vec<u16>> = BTreeMap::new();
    for (row, mut columns) in columns_by_row {
        columns.sort_unstable();
        rows_by_columns.entry(columns).or_default().push(row);
    }
    let [rows, columns] = axes;
    let bins = |axis: &Axis, codes: &[u16]| {
        any(codes
            .iter()
            .filter_map(|code| axis.bins.get(usize::from(*code)))
            .map(|bin| bin_of_axis(&axis.input, axis.kind, &bin.domain, axis.bins.iter())))
    };
    any(rows_by_columns.iter().map(|(own_columns, own_rows)| all([bins(rows, own_rows), bins(columns, own_columns)])))
}

/// Holds where any of them does.
pub(super) fn any(predicates: impl IntoIterator<Item = Element>) -> Element {
    compound("or", predicates).unwrap_or_else(|| Element::new("False"))
}

/// Holds where all of them do.
fn all(predicates: impl IntoIterator<Item = Element>) -> Element {
    compound("and", predicates).unwrap_or_else(|| Element::new("True"))
}

fn compound(operator: &str, predicates: impl IntoIterator<Item = Element>) -> Option<Element> {
    let mut predicates: Vec<Element> = predicates.into_iter().collect();
    if predicates.len() < 2 {
        return predicates.pop();
    }
    Some(Element::new("CompoundPredicate").with("booleanOperator", operator).children(predicates))
}

fn simple(input: &str, operator: &str, value: &str) -> Element {
    Element::new("SimplePredicate").with("field", input).with("operator", operator).with("value", value)
}

fn missing(input: &str, operator: &str) -> Element {
    Element::new("SimplePredicate").with("field", input).with("operator", operator)
}

/// A set of texts. Those with a quotation mark or a backslash are asked one by one: engines differ in how they read them
/// in an array.
fn one_of<'a>(input: &str, texts: impl Iterator<Item = &'a str>) -> Element {
    let (single, plain): (Vec<&str>, Vec<&str>) = texts.partition(|text| text.contains(['"', '\\']));
    let set = (!plain.is_empty()).then(|| {
        let quoted: Vec<String> = plain.iter().map(|text| format!("\"{text}\"")).collect();
        let array = Element::new("Array").with("n", plain.len().to_string()).with("type", "string");
        let set = Element::new("SimpleSetPredicate").with("field", input).with("booleanOperator", "isIn");
        set.child(array.text(quoted.join(" ")))
    });
    any(set.into_iter().chain(single.into_iter().map(|text| simple(input, "equal", text))))
}

/// Special values of a column of numbers.
fn numbers(values: &[Literal]) -> impl Iterator<Item = f64> {
    values.iter().filter_map(|value| match value {
        Literal::Number(value) => Some(*value),
        Literal::Boolean(_) | Literal::Text(_) => None,
    })
}
