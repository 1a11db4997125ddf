//! Generalised AUC of outcomes that are ratios, such as losses given default: do higher estimates go with higher outcomes?
//!
//! Estimates and realised ratios (shares of bad) are sorted into classes and cross-tabulated, a_ij the weight of row i
//! (estimated) and column j (realised), F the total, r_i the sum of row i. A_ij is the weight that is concordant with cell
//! ij (both higher or both lower), D_ij the discordant one, d_ij = A_ij - D_ij; P = sum a_ij A_ij, Q = sum a_ij D_ij;
//! w_r = F^2 - sum r_i^2. Somers' D(C|R) = (P - Q) / w_r, columns dependent; gAUC = (D + 1) / 2. Range [0, 1]; higher is
//! better; 0.5 is no discrimination. Ties in the estimate do not count; ties in the realised ratio count as half.
//!
//! Standard error, already on the scale of gAUC: s = sqrt(sum a_ij (w_r d_ij - (P - Q)(F - r_i))^2) / w_r^2; the interval
//! is normal at 95%, cut to [0, 1]. Weights count as copies; groups of cases are not taken into account.
//!
//! Classes: [0, 5%), [5%, 10%), [10%, 20%), ..., [90%, 100%), 100% and above; a ratio within 1e-9 of an edge has reached
//! it, since 1 - 0.8 is not 0.2 in binary. For good and bad outcomes the classes would be few: there the AUC, which is from
//! D(R|C), is the measure. Source: ECB, Instructions for reporting the validation results of internal models (February
//! 2019), 2.6.3.1; Goodman and Kruskal (1972), Journal of the American Statistical Association 67:415-421.

use super::{Interval, Z_95};
use crate::words::Message;

/// Number of classes of a ratio.
pub const CLASSES: usize = 12;

/// What the rows of the table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GaucRows {
    /// The twelve classes of the estimated ratio.
    EstimatedSegments,
    /// The score bands, riskiest last: there is no estimated ratio.
    ScoreBands,
}

/// The generalised AUC with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Gauc {
    /// The measure with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Standard error.
    pub std_error: f64,
    /// Somers' D(C|R).
    pub somers_d: f64,
    /// What the rows are.
    pub rows: GaucRows,
}

/// The class of a ratio, from 0 to 11.
pub fn class_of(ratio: f64) -> usize {
    const EDGES: [f64; CLASSES - 1] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
    EDGES.partition_point(|edge| ratio >= edge - 1e-9)
}

/// gAUC of a table, rows estimated and columns realised, both rising in risk.
///
/// # Errors
/// Why there is none: all estimates are in one row.
pub fn gauc(table: &[Vec<f64>], rows: GaucRows) -> Result<Gauc, Message> {
    let total: f64 = table.iter().flatten().sum();
    let row_sums: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
    let w_r = total * total - row_sums.iter().map(|sum| sum * sum).sum::<f64>();
    if row_sums.iter().filter(|sum| **sum > 0.0).count() < 2 {
        return Err("all estimates are in one class, so that nothing is ranked".into());
    }
    let cells = || table.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, a)| (i, j, *a)));
    let concordance = |i: usize, j: usize| -> f64 {
        let sign = |(k, l, a): (usize, usize, f64)| match (k.cmp(&i), l.cmp(&j)) {
            (rows, columns) if rows.is_eq() || columns.is_eq() => 0.0,
            (rows, columns) if rows == columns => a,
            _ => -a,
        };
        cells().map(sign).sum()
    };
    let filled: Vec<(usize, f64, f64)> =
        cells().filter(|(.., a)| *a > 0.0).map(|(i, j, a)| (i, a, concordance(i, j))).collect();
    let difference: f64 = filled.iter().map(|(_, a, d)| a * d).sum();
    let squares: f64 = filled.iter().map(|(i, a, d)| a * (w_r * d - difference * (total - row_sums[*i])).powi(2)).sum();
    let somers_d = difference / w_r;
    let (value, std_error) = ((somers_d + 1.0) / 2.0, squares.sqrt() / (w_r * w_r));
    let interval = Interval {
        value: Some(value),
        low: Some((value - Z_95 * std_error).max(0.0)),
        high: Some((value + Z_95 * std_error).min(1.0)),
    };
    Ok(Gauc { interval, std_error, somers_d, rows })
}
