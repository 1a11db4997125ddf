//! Rank correlation of two scores of the same cases.
//!
//! Spearman's rho: Pearson's correlation of midranks (Spearman 1904). Kendall's tau-b (Kendall 1945, Biometrika
//! 33:239-251): (concordant - discordant) / sqrt((P - T_x)(P - T_y)) over the P = n (n - 1) / 2 pairs, T the pairs tied in
//! one score; counted by merging in O(n log n) (Knight 1966, JASA 61:436-439). Both in [-1, 1], 1 where both scores put
//! the cases in the same order; not defined where a score is the same for all. Every case counts once, whatever its
//! weight.

/// Rank correlations.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RankCorrelation {
    /// Spearman's rho.
    pub spearman: f64,
    /// Kendall's tau-b.
    pub kendall: f64,
    /// Number of cases.
    pub cases: u64,
}

/// Rank correlations of two scores; `None` with fewer than two cases, or where one of them is the same for all.
pub fn rank_correlation(first: &[f64], second: &[f64]) -> Option<RankCorrelation> {
    let cases = first.len();
    let ranks = [midranks(first), midranks(second)];
    let mean = (cases as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let squares = product(&ranks[0], &ranks[0]) * product(&ranks[1], &ranks[1]);
    if cases < 2 || squares <= 0.0 {
        return None;
    }
    Some(RankCorrelation {
        spearman: (product(&ranks[0], &ranks[1]) / squares.sqrt()).clamp(-1.0, 1.0),
        kendall: kendall(&ranks[0], &ranks[1]),
        cases: cases as u64,
    })
}

/// Ranks from 1, ties in the middle of theirs.
fn midranks(score: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..score.len() as u32).collect();
    let value = |case: &u32| score[*case as usize] + 0.0;
    order.sort_unstable_by(|a, b| value(a).total_cmp(&value(b)).then(a.cmp(b)));
    let mut ranks = vec![0.0; score.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| value(a) == value(b)) {
        let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|case| ranks[*case as usize] = rank);
        before += tied.len();
    }
    ranks
}

fn kendall(first: &[f64], second: &[f64]) -> f64 {
    let mut order: Vec<(f64, f64)> = first.iter().copied().zip(second.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let pairs = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
    let ties = |same: fn(&(f64, f64), &(f64, f64)) -> bool, order: &[(f64, f64)]| {
        order.chunk_by(same).map(|tied| pairs(tied.len())).sum::<f64>()
    };
    let tied_first = ties(|a, b| a.0 == b.0, &order);
    let tied_both = ties(|a, b| a == b, &order);
    let mut seconds: Vec<f64> = order.iter().map(|pair| pair.1).collect();
    let discordant = sort_counting(&mut seconds);
    let tied_second: f64 = seconds.chunk_by(|a, b| a == b).map(|tied| pairs(tied.len())).sum();
    let all = pairs(first.len());
    let concordant_less_discordant = all - tied_first - tied_second + tied_both - 2.0 * discordant;
    // Two roots, not the root of the product, which would overflow no sooner but round twice.
    let tau = concordant_less_discordant / (all - tied_first).sqrt() / (all - tied_second).sqrt();
    tau.clamp(-1.0, 1.0)
}

/// Sorts by merging from the bottom up; gives the number of exchanges of neighbours that it takes.
fn sort_counting(values: &mut Vec<f64>) -> f64 {
    let mut exchanges = 0_u64;
    let mut merged = values.clone();
    let mut run = 1;
    while run < values.len() {
        for start in (0..values.len()).step_by(2 * run) {
            let middle = (start + run).min(values.len());
            let end = (start + 2 * run).min(values.len());
            let (mut left, mut right) = (start, middle);
            for place in merged.iter_mut().take(end).skip(start) {
                if right >= end || (left < middle && values[left] <= values[right]) {
                    *place = values[left];
                    left += 1;
                } else {
                    *place = values[right];
                    right += 1;
                    exchanges += (middle - left) as u64;
                }
            }
        }
        std::mem::swap(values, &mut merged);
        run *= 2;
    }
    exchanges as f64
}
