//! Features that say what others say: clusters by correlation, and variance inflation.

use super::fits::Fits;

/// Columns that stay, and those that went with the reason.
pub(super) struct Thinned {
    pub stay: Vec<usize>,
    pub removed: Vec<(usize, String)>,
}

/// Clusters: going through the columns from the best to the worst, a column that correlates more than `most` with a
/// leader before it is of the cluster of the leader that it correlates with most; else it is a leader itself. Only
/// leaders stay, and those of `kept`. `words` says of a leader how good it is.
pub(super) fn clusters(
    fits: &Fits<'_>,
    columns: &[usize],
    kept: impl Fn(usize) -> bool,
    most: f64,
    words: impl Fn(usize) -> String,
) -> Thinned {
    let mut thinned = Thinned { stay: Vec::new(), removed: Vec::new() };
    for column in columns.iter().copied() {
        let leaders = thinned.stay.iter().map(|leader| (fits.correlation(column, *leader), *leader));
        // The first of equal ones is the better.
        let nearest = leaders.reduce(|best, next| if next.0.abs() > best.0.abs() { next } else { best });
        match nearest {
            Some((correlation, leader)) if correlation.abs() > most && !kept(column) => {
                let reason = format!("correlates {correlation:.3} with {}, the leader of its cluster", words(leader));
                thinned.removed.push((column, reason));
            }
            _ => thinned.stay.push(column),
        }
    }
    thinned
}

/// Takes the column with the largest variance inflation factor out, again and again, until none is above `most`. Of
/// equal ones the later goes; those of `kept` stay.
pub(super) fn inflation(fits: &Fits<'_>, columns: &[usize], kept: impl Fn(usize) -> bool, most: f64) -> Thinned {
    let mut thinned = Thinned { stay: columns.to_vec(), removed: Vec::new() };
    while most < f64::INFINITY && thinned.stay.len() > 1 {
        let factors = fits.vif(&thinned.stay);
        let is_above = |(place, vif): &(usize, f64)| *vif > most && !kept(thinned.stay[*place]);
        let above: Vec<(usize, f64)> = factors.into_iter().enumerate().filter(is_above).collect();
        let largest = above.iter().fold(0.0_f64, |largest, (_, vif)| largest.max(*vif));
        // Equal but for rounding: those of two features always are.
        let Some((place, vif)) = above.into_iter().rev().find(|(_, vif)| *vif >= largest * (1.0 - 1e-9)) else { break };
        let reason = match vif < f64::INFINITY {
            true => {
                format!("variance inflation factor {vif:.1} beside {} others is above {most}", thinned.stay.len() - 1)
            }
            false => {
                "is a linear combination of other features (its variance inflation factor has no bounds)".to_owned()
            }
        };
        thinned.removed.push((thinned.stay.remove(place), reason));
    }
    thinned
}
