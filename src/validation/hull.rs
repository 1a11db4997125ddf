//! The upper convex hull of the ROC curve: the cut-offs that are best for some ratio of the two errors' costs. The
//! H-measure and the expected maximum profit rest on it.

/// Good and bad weight of each segment of the hull of good and bad weight by distinct score, scores rising: riskiest first; the bad share falls strictly from one to the next.
/// Scores without weight and equal slopes make no segment of their own.
pub fn hull(goods: &[f64], bads: &[f64]) -> Vec<(f64, f64)> {
    let mut segments: Vec<(f64, f64)> = Vec::new();
    for (good, bad) in goods.iter().zip(bads) {
        if good + bad <= 0.0 {
            continue;
        }
        let mut segment = (*good, *bad);
        // bads / (goods + bads) before <= the same here, without a division.
        while let Some((before_good, before_bad)) = segments.last().copied()
            && before_bad * segment.0 <= segment.1 * before_good
        {
            segments.pop();
            segment = (segment.0 + before_good, segment.1 + before_bad);
        }
        segments.push(segment);
    }
    segments
}

/// Good and bad weight of all segments.
pub(super) fn totals(segments: &[(f64, f64)]) -> (f64, f64) {
    segments.iter().fold((0.0, 0.0), |sum, segment| (sum.0 + segment.0, sum.1 + segment.1))
}
