//! When goods and bads are separated, so that a coefficient has no finite estimate: which column does it, and where.

use super::LogisticError;
use super::rows::{OutcomePairs, Rows};

/// Log odds beyond which a fitted probability is 0 or 1 for all purposes.
const CERTAIN: f64 = 12.0;

/// Where separation shows: cases of one class alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneClassBin {
    /// The bin's code.
    pub code: u16,
    /// `good` or `bad`: what all its cases are.
    pub class: &'static str,
    /// Its cases.
    pub cases: usize,
}

/// The error for a fit whose `column` runs away at the coefficients `beta`: complete, where the log odds have the sign
/// of the outcome in every row, else quasi-complete; with the column's largest bin of one class whose fitted
/// probability has gone to 0 or 1.
pub(super) fn separated(rows: &dyn Rows, outcomes: &OutcomePairs, beta: &[f64], column: usize) -> LogisticError {
    let mut eta = vec![beta.first().copied().unwrap_or(0.0); rows.len()];
    if let Some(offset) = rows.offset() {
        eta.iter_mut().zip(offset).for_each(|(eta, offset)| *eta += offset);
    }
    let mut x = vec![0.0; rows.len()];
    for (column, beta) in beta.iter().enumerate().skip(1) {
        rows.read(column - 1, 0, &mut x);
        eta.iter_mut().zip(&x).for_each(|(eta, x)| *eta += beta * x);
    }
    let complete = eta
        .iter()
        .zip(outcomes.goods.iter().zip(&outcomes.bads))
        .all(|(eta, (good, bad))| (*bad == 0.0 && *eta > 0.0) || (*good == 0.0 && *eta < 0.0));
    LogisticError::Separated { column, complete, bin: one_class_bin(rows, outcomes, &eta, column) }
}

fn one_class_bin(rows: &dyn Rows, outcomes: &OutcomePairs, eta: &[f64], column: usize) -> Option<OneClassBin> {
    #[derive(Clone, Default)]
    struct Bin {
        cases: usize,
        goods: f64,
        bads: f64,
        certain: usize,
    }
    let codes = rows.codes(column)?;
    let mut bins = vec![Bin::default(); codes.iter().max().map_or(0, |most| usize::from(*most) + 1)];
    for (row, code) in codes.iter().enumerate() {
        let bin = &mut bins[usize::from(*code)];
        bin.cases += 1;
        bin.goods += outcomes.goods[row];
        bin.bads += outcomes.bads[row];
        bin.certain += usize::from(eta[row].abs() > CERTAIN);
    }
    let (code, bin) = bins
        .iter()
        .enumerate()
        .filter(|(_, bin)| bin.certain > 0 && bin.certain == bin.cases && (bin.goods == 0.0 || bin.bads == 0.0))
        .max_by(|a, b| a.1.cases.cmp(&b.1.cases).then(b.0.cmp(&a.0)))?;
    let class = if bin.bads == 0.0 { "good" } else { "bad" };
    Some(OneClassBin { code: code as u16, class, cases: bin.cases })
}
