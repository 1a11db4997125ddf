//! Numbers: negative or impossible, not finite, text, and values that stand for something else.

use super::finding::{Code, Finding, Severity, Tally};
use super::sentinel::{is_usual_number, of_column};
use super::view::View;
use crate::table::Numbers;

/// Standard columns, with what a value below zero is.
const NOT_NEGATIVE: [(&str, Severity); 11] = [
    // A balance below zero is a credit of a loan and a debt of a current account: usual, but a share of it is a surprise.
    ("balance", Severity::Note),
    ("due", Severity::Warning),
    ("paid", Severity::Warning),
    ("amount", Severity::Warning),
    ("principal", Severity::Warning),
    ("credit_limit", Severity::Warning),
    ("term_months", Severity::Warning),
    ("annual_rate", Severity::Warning),
    ("days_past_due", Severity::Warning),
    ("declared_income", Severity::Warning),
    ("promised_amount", Severity::Warning),
];
/// Standard columns in which zero means nothing: what is divided by them is missing.
const NOT_ZERO: [&str; 3] = ["credit_limit", "principal", "term_months"];
/// Standard columns of whole numbers.
const WHOLE: [&str; 2] = ["days_past_due", "term_months"];
/// A yearly rate above 10, which is 1000 %, is no rate, even of a payday loan.
const GREATEST_RATE: f64 = 10.0;

/// Whether a column is one of the standard ones that must hold numbers.
pub(super) fn is_standard(column: &str) -> bool {
    NOT_NEGATIVE.iter().any(|(name, _)| *name == column)
}

/// Faults of a column of numbers.
pub(super) fn check(view: &View, column: &str, numbers: &Numbers, findings: &mut Vec<Finding>) {
    let values = &numbers.values;
    if !numbers.text.is_empty() {
        findings.push(view.finding(Code::NotANumber, Severity::Warning, &Tally::of(&numbers.text), &[column]).says(
            "the column holds texts among its numbers: no feature can be computed from it",
            "mend the values, or list texts that mean missing in null_values",
        ));
    }
    let odd = Tally {
        count: (numbers.nan.len() + numbers.infinite.len()) as u64,
        ..Tally::of(if numbers.infinite.is_empty() { &numbers.nan } else { &numbers.infinite })
    };
    if odd.count > 0 {
        findings.push(view.finding(Code::NotFinite, Severity::Warning, &odd, &[column]).says(
            "NaN or infinite values: NaN counts as missing, infinity as a value; a division by zero is the usual cause",
            "leave the field empty where there is no value",
        ));
    }
    let value = |row: usize| Some(values[row]).filter(|value| value.is_finite());
    for value in of_column(values.len(), value, is_usual_number) {
        let tally = Tally::where_rows(view.rows(), |row| values[row] == value);
        findings.push(view.finding(Code::SentinelValue, Severity::Warning, &tally, &[column]).says(
            format!("{value} stands outside all other values of {column}: it looks like a word for something, not like a quantity"),
            format!("where it means missing: null_values = [\"{value}\"]; where it means something of its own, give it a bin: special = [{value}] in the card's features.columns"),
        ));
    }
    standard(view, column, values, findings);
}

fn standard(view: &View, column: &str, values: &[f64], findings: &mut Vec<Finding>) {
    let Some((_, severity)) = NOT_NEGATIVE.iter().find(|(name, _)| *name == column) else { return };
    let negative = Tally::where_rows(view.rows(), |row| values[row] < 0.0);
    if negative.count > 0 {
        let (message, remedy) = match severity {
            Severity::Note => (
                "the balance is below zero: an account that is overpaid, or one that is overdrawn where a debt counts below zero",
                "none, where accounts may be so; make sure that features read the sign as this table means it, and look at those that divide by the balance",
            ),
            _ => (
                "the value is below zero, which it may not be",
                "mend the sign; reversals belong in rows or columns of their own; list stand-ins for missing in null_values",
            ),
        };
        findings.push(view.finding(Code::NegativeAmount, *severity, &negative, &[column]).says(message, remedy));
    }
    if NOT_ZERO.contains(&column) || (column == "amount" && view.name == "applications") {
        let zero = Tally::where_rows(view.rows(), |row| values[row] == 0.0);
        if zero.count > 0 {
            // In a row a month, a limit of zero is what a closed account has.
            let severity = if view.is_monthly() { Severity::Note } else { Severity::Warning };
            findings.push(view.finding(Code::ZeroAmount, severity, &zero, &[column]).says(
                format!("{column} is zero: what is divided by it, such as the utilisation, is missing"),
                "leave the field empty where there is none, or exclude such accounts",
            ));
        }
    }
    if WHOLE.contains(&column) {
        let parts = Tally::where_rows(view.rows(), |row| values[row].is_finite() && values[row].fract() != 0.0);
        if parts.count > 0 {
            findings.push(view.finding(Code::NotWhole, Severity::Warning, &parts, &[column]).says(
                format!("{column} counts whole days or months, but holds parts of them"),
                "look at how the column is made; an average over several rows is the usual cause",
            ));
        }
    }
    if column == "annual_rate" {
        rates(view, values, findings);
    }
}

/// A column whose middle rate is above 1 (100 % a year) is in percent; else rates above [`GREATEST_RATE`] are wrong.
fn rates(view: &View, values: &[f64], findings: &mut Vec<Finding>) {
    let mut known: Vec<f64> = values.iter().copied().filter(|rate| rate.is_finite()).collect();
    if known.is_empty() {
        return;
    }
    let middle = known.len() / 2;
    let median = *known.select_nth_unstable_by(middle, f64::total_cmp).1;
    let high = Tally::where_rows(view.rows(), |row| values[row] > GREATEST_RATE);
    if high.count > 0 && median > 1.0 {
        findings.push(view.finding(Code::RateInPercent, Severity::Note, &high, &["annual_rate"]).says(
            format!("the rates look like percent (the middle one is {median}); the standard column is a share: 0.12 for 12 %"),
            "none for a card, whose bins fit any unit; divide by 100 where the rate is used in a calculation",
        ));
    } else if high.count > 0 {
        findings.push(view.finding(Code::ImpossibleRate, Severity::Warning, &high, &["annual_rate"]).says(
            "the yearly rate is above 10, which is 1000 %, although most rates are shares",
            "mend the rates: some are in percent and some are not",
        ));
    }
}
