//! Migration between grades (ECB, Instructions for reporting the validation results of internal models, February 2019,
//! 2.5.5.1 and 2.5.5.2).
//!
//! N_ij cases went from grade i to grade j of K, best first; N_i = sum over j of N_ij (cases without a grade at the end are
//! not in it); p_ij = N_ij / N_i.
//!
//! Matrix weighted bandwidth: upper = sum_{i<K} sum_{j>i} |i-j| N_ij / sum_{i<K} max(|i-K|, |i-1|) sum_{j>i} N_ij, lower the
//! same with j < i. In [0, 1]: 0 none moves, 1 all move as far as they can; not defined where none moves that way.
//!
//! z test of a matrix whose shares fall away from the diagonal: z_ij = (q - p) / sqrt((p (1-p) + q (1-q) + 2 p q) / N_i), p =
//! p_ij and q its neighbour in the row that is nearer the diagonal; p value = Phi(z): a small one says that the share rises
//! where it should fall. Cells where the root is 0 (both shares 0, or a share of 1 beside one of 0) have none.
//!
//! Shorrocks (1978, Econometrica 46:1013-1024): mobility = (K - sum p_ii) / (K - 1), over the grades that hold cases at the
//! start; 0: none moves. Notches: mean of j - i; above 0 the portfolio got worse. Counts are by weight.

use super::tails::normal_sf;

/// Migration figures; matrices have a row by grade at the start, a column by grade at the end, best first.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Migration {
    /// N_ij.
    pub matrix: Vec<Vec<f64>>,
    /// p_ij; null in the row of a grade that nobody starts from.
    pub shares: Vec<Vec<Option<f64>>>,
    /// Matrix weighted bandwidth above the diagonal (towards worse grades).
    pub upper_mwb: Option<f64>,
    /// Matrix weighted bandwidth below the diagonal (towards better grades).
    pub lower_mwb: Option<f64>,
    /// Statistic of every cell beside the diagonal.
    pub z: Vec<Vec<Option<f64>>>,
    /// p value of every cell; small: the share rises away from the diagonal.
    pub p_value: Vec<Vec<Option<f64>>>,
    /// Share of cases in the same grade at both times.
    pub stability: f64,
    /// Share of cases in a worse grade than before.
    pub downgraded: f64,
    /// Share of cases in a better grade than before.
    pub upgraded: f64,
    /// Mean of grades moved, downwards above 0.
    pub mean_notches: f64,
    /// Mean of grades moved either way.
    pub mean_absolute_notches: f64,
    /// Shorrocks' index.
    pub mobility: Option<f64>,
    /// Weight of the cases in the matrix.
    pub cases: f64,
}

/// Figures of a square matrix of counts; `None` without cases.
pub fn migration(matrix: Vec<Vec<f64>>) -> Option<Migration> {
    let grades = matrix.len();
    let starts: Vec<f64> = matrix.iter().map(|row| row.iter().sum()).collect();
    let cases: f64 = starts.iter().sum();
    if cases <= 0.0 {
        return None;
    }
    let cells = || (0..grades).flat_map(|from| (0..grades).map(move |to| (from, to)));
    let sum = |of: &dyn Fn(usize, usize) -> f64| cells().map(|(from, to)| of(from, to) * matrix[from][to]).sum::<f64>();
    let part = |of: &dyn Fn(usize, usize) -> bool| sum(&|from, to| f64::from(u8::from(of(from, to)))) / cases;
    let bandwidth = |is_inside: &dyn Fn(usize, usize) -> bool| {
        let inside = |from: usize, to: usize, far: usize| if is_inside(from, to) { far as f64 } else { 0.0 };
        let moved = sum(&|from, to| inside(from, to, from.abs_diff(to)));
        let most = sum(&|from, to| inside(from, to, (grades - 1 - from).max(from)));
        (most > 0.0).then(|| moved / most)
    };
    let share = |from: usize, to: usize| (starts[from] > 0.0).then(|| matrix[from][to] / starts[from]);
    let z = |from: usize, to: usize| {
        let nearer = match from.cmp(&to) {
            std::cmp::Ordering::Less => to - 1,
            std::cmp::Ordering::Greater => to + 1,
            std::cmp::Ordering::Equal => return None,
        };
        let (p, q) = (share(from, to)?, share(from, nearer)?);
        let variance = (p * (1.0 - p) + q * (1.0 - q) + 2.0 * p * q) / starts[from];
        (variance > 0.0).then(|| (q - p) / variance.sqrt())
    };
    fn square<T>(grades: usize, of: impl Fn(usize, usize) -> T) -> Vec<Vec<T>> {
        (0..grades).map(|from| (0..grades).map(|to| of(from, to)).collect()).collect()
    }
    let stayed: Vec<f64> = (0..grades).filter_map(|grade| share(grade, grade)).collect();
    let known = stayed.len() as f64;
    Some(Migration {
        shares: square(grades, share),
        upper_mwb: bandwidth(&|from, to| to > from),
        lower_mwb: bandwidth(&|from, to| to < from),
        z: square(grades, z),
        p_value: square(grades, |from, to| z(from, to).map(|z| normal_sf(-z))),
        stability: part(&|from, to| from == to),
        downgraded: part(&|from, to| to > from),
        upgraded: part(&|from, to| to < from),
        mean_notches: sum(&|from, to| to as f64 - from as f64) / cases,
        mean_absolute_notches: sum(&|from, to| from.abs_diff(to) as f64) / cases,
        mobility: (stayed.len() > 1).then(|| (known - stayed.iter().sum::<f64>()) / (known - 1.0)),
        cases,
        matrix,
    })
}
