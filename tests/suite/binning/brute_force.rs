//! The optimum is the best of all partitions that the rules allow: every partition is tried.

use proptest::prelude::*;
use scorewright::binning::{Boundary, Cell, Measure, PeriodCells, Rules, Segment, Stable, optimise, p_value};
use scorewright::config::{Monotone, NeighbourTest, Objective};

/// (goods, bads) by cell and period.
type Counts = Vec<Vec<(f64, f64)>>;

const TRENDS: [Monotone; 7] = [
    Monotone::None,
    Monotone::Ascending,
    Monotone::Descending,
    Monotone::Auto,
    Monotone::Peak,
    Monotone::Valley,
    Monotone::Unimodal,
];
const OBJECTIVES: [Objective; 4] =
    [Objective::InformationValue, Objective::JensenShannon, Objective::ChiSquare, Objective::Likelihood];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_optimum_is_that_of_brute_force(
        counts in prop::collection::vec(prop::collection::vec((0..20_u32, 0..20_u32), 3), 2..9),
        (max_bins, trend, objective) in (2..6_usize, 0..7_usize, 0..4_usize),
        (min_weight, min_cases, min_goods, min_bads) in (0..20_u32, 0..30_u32, 0..4_u32, 0..4_u32),
        min_woe_difference in prop::sample::select(vec![0.0, 0.0, 0.2, 0.7]),
        p_value in prop::option::weighted(0.3, (prop::sample::select(vec![0.05, 0.3]), any::<bool>())),
        stable in prop::option::weighted(0.4, prop::sample::select(vec![(1.0, 0.0), (1.0, 1.0), (0.6, 0.0)])),
        boundaries in prop::collection::vec(prop::sample::select(vec![0, 0, 0, 0, 0, 1, 2]), 8),
        weight in prop::sample::select(vec![1.0, 0.3]),
    ) {
        let counts: Counts = counts
            .iter()
            .map(|cell| cell.iter().map(|(g, b)| (f64::from(*g) * weight, f64::from(*b) * weight)).collect())
            .collect();
        let cells: Vec<Cell> = counts
            .iter()
            .map(|periods| {
                let (goods, bads) = periods.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
                let (good_cases, bad_cases) = ((goods / weight).round(), (bads / weight).round());
                Cell { cases: good_cases + bad_cases, good_cases, bad_cases, goods, bads }
            })
            .collect();
        let all: Cell = cells.iter().copied().sum();
        prop_assume!(all.goods > 0.0 && all.bads > 0.0);
        let periods = PeriodCells::new(&counts);
        let rules = Rules {
            max_bins,
            min_weight: f64::from(min_weight),
            min_cases: f64::from(min_cases),
            min_goods: f64::from(min_goods),
            min_bads: f64::from(min_bads),
            trend: TRENDS[trend],
            min_woe_difference,
            max_p_value: p_value.map(|(max, _)| max),
            p_value_test: if p_value.is_some_and(|(_, fisher)| fisher) { NeighbourTest::Fisher } else { NeighbourTest::Z },
            stable: stable.map(|(share, tolerance)| Stable { periods: &periods, share, tolerance }),
            measure: Measure { objective: OBJECTIVES[objective], all },
            boundaries: boundaries[..cells.len() - 1]
                .iter()
                .map(|kind| [Boundary::Free, Boundary::Fixed, Boundary::Forbidden][*kind])
                .collect(),
        };
        let found = optimise(&cells, &rules);
        let best = brute_force(&cells, &counts, &rules);
        match (&found, best) {
            (Some(found), Some(best)) => {
                prop_assert!((found.value - best).abs() < 1e-9, "{} is not {}", found.value, best);
                // The partition that is handed out is one that the rules allow, and has the value that it claims.
                let value = judge(&cells, &counts, &rules, &found.segments);
                prop_assert!(value.is_some_and(|value| (value - best).abs() < 1e-9), "{:?} has {:?}", found, value);
            }
            (found, best) => prop_assert_eq!(found.is_some(), best.is_some(), "{:?} {:?}", found, best),
        }
    }
}

fn brute_force(cells: &[Cell], counts: &Counts, rules: &Rules<'_>) -> Option<f64> {
    (0_u32..1 << (cells.len() - 1))
        .filter_map(|cuts| {
            let mut segments = Vec::new();
            let mut first = 0;
            for last in 0..cells.len() {
                if last + 1 == cells.len() || cuts & (1 << last) != 0 {
                    segments.push(Segment { first, last });
                    first = last + 1;
                }
            }
            judge(cells, counts, rules, &segments)
        })
        .max_by(f64::total_cmp)
}

/// The objective of a partition; `None` where the rules forbid it.
fn judge(cells: &[Cell], counts: &Counts, rules: &Rules<'_>, segments: &[Segment]) -> Option<f64> {
    let least = if rules.measure.objective == Objective::Likelihood { 1 } else { 2 };
    let covers = segments.first()?.first == 0
        && segments.last()?.last + 1 == cells.len()
        && segments.windows(2).all(|pair| pair[0].last + 1 == pair[1].first);
    if !covers || segments.len() < least || segments.len() > rules.max_bins {
        return None;
    }
    for (position, boundary) in rules.boundaries.iter().enumerate() {
        let is_cut = segments.iter().any(|segment| segment.last == position);
        if (*boundary == Boundary::Fixed && !is_cut) || (*boundary == Boundary::Forbidden && is_cut) {
            return None;
        }
    }
    let bins: Vec<Cell> =
        segments.iter().map(|segment| cells[segment.first..=segment.last].iter().copied().sum()).collect();
    let close = 1e-9;
    for bin in &bins {
        if bin.cases == 0.0
            || bin.weight() + close < rules.min_weight
            || bin.cases + close < rules.min_cases
            || bin.goods.min(bin.good_cases) + close < rules.min_goods
            || bin.bads.min(bin.bad_cases) + close < rules.min_bads
        {
            return None;
        }
    }
    let all = rules.measure.all;
    let woe: Vec<f64> = bins
        .iter()
        .map(|bin| {
            let add = if bin.goods == 0.0 || bin.bads == 0.0 { 0.5 } else { 0.0 };
            ((bin.goods + add) / all.goods).ln() - ((bin.bads + add) / all.bads).ln()
        })
        .collect();
    let steps: Vec<f64> = woe.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if rules.min_woe_difference > 0.0 && steps.iter().any(|step| step.abs() < rules.min_woe_difference) {
        return None;
    }
    let same = 1e-12;
    let turns_once = |sign: f64| {
        let turn = steps.iter().position(|step| step * sign < same).unwrap_or(steps.len());
        steps[turn..].iter().all(|step| step * sign < -same)
    };
    let goes = |sign: f64| steps.iter().all(|step| step * sign > same);
    let has_trend = match rules.trend {
        Monotone::None => true,
        Monotone::Ascending => goes(1.0),
        Monotone::Descending => goes(-1.0),
        Monotone::Auto => goes(1.0) || goes(-1.0),
        Monotone::Peak => turns_once(1.0),
        Monotone::Valley => turns_once(-1.0),
        Monotone::Unimodal => turns_once(1.0) || turns_once(-1.0),
    };
    if !has_trend {
        return None;
    }
    for (pair, spans) in bins.windows(2).zip(segments.windows(2)) {
        if rules.max_p_value.is_some_and(|max| p_value(&pair[0], &pair[1], rules.p_value_test) > max) {
            return None;
        }
        if let Some(stable) = &rules.stable
            && !holds(counts, &spans[0], &spans[1], stable.share, stable.tolerance)
        {
            return None;
        }
    }
    Some(bins.iter().map(|bin| value(bin, &all, rules.measure.objective)).sum())
}

/// Whether the order of two bins is the same in enough periods.
fn holds(counts: &Counts, left: &Segment, right: &Segment, share: f64, tolerance: f64) -> bool {
    let sum = |segment: &Segment, period: Option<usize>| {
        counts[segment.first..=segment.last]
            .iter()
            .flat_map(|cell| cell.iter().enumerate())
            .filter(|(position, _)| period.is_none_or(|period| period == *position))
            .fold((0.0, 0.0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1))
    };
    let rate = |(goods, bads): (f64, f64)| goods / (goods + bads);
    let overall = rate(sum(right, None)) - rate(sum(left, None));
    let (mut held, mut compared) = (0.0, 0.0);
    for period in 0..counts[0].len() {
        let (left, right) = (sum(left, Some(period)), sum(right, Some(period)));
        let (n, m) = (left.0 + left.1, right.0 + right.1);
        if n == 0.0 || m == 0.0 {
            continue;
        }
        compared += 1.0;
        let difference = (rate(right) - rate(left)) * overall.signum();
        let pooled = (left.0 + right.0) / (n + m);
        let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
        if difference >= -1e-12 || -difference <= tolerance * error {
            held += 1.0;
        }
    }
    held + 1e-9 >= share * compared
}

/// What a bin adds to an objective, written anew from the textbook formulas.
fn value(bin: &Cell, all: &Cell, objective: Objective) -> f64 {
    let (g, b, w) = (bin.goods, bin.bads, bin.goods + bin.bads);
    let ln = |x: f64, y: f64| if x == 0.0 { 0.0 } else { x * (x / y).ln() };
    match objective {
        Objective::InformationValue => {
            let add = if g == 0.0 || b == 0.0 { 0.5 } else { 0.0 };
            let (p, q) = ((g + add) / all.goods, (b + add) / all.bads);
            (p - q) * (p / q).ln()
        }
        Objective::JensenShannon => {
            let (p, q) = (g / all.goods, b / all.bads);
            0.5 * ln(p, 0.5 * (p + q)) + 0.5 * ln(q, 0.5 * (p + q))
        }
        Objective::ChiSquare => {
            let n = all.goods + all.bads;
            let (eg, eb) = (w * all.goods / n, w * all.bads / n);
            (g - eg).powi(2) / eg + (b - eb).powi(2) / eb
        }
        Objective::Likelihood => ln(g, w) + ln(b, w) - 0.5 * all.cases.ln(),
    }
}

const FISHER: [f64; 4] = [0.06235516940744973, 0.48571428571428565, 0.008974845061395082, 0.21052631578947367];
const Z: [f64; 4] = [0.04889346791620901, 0.15729920705028516, 0.008150971593502717, 0.060289173990602095];

/// p values against scipy 1.17.1: `fisher_exact` and statsmodels' `proportions_ztest` of the same tables.
#[test]
fn p_values_are_those_of_scipy_and_statsmodels() {
    let cases = [
        ((12.0, 5.0), (9.0, 14.0), FISHER[0], Z[0]),
        ((3.0, 1.0), (1.0, 3.0), FISHER[1], Z[1]),
        ((120.0, 30.0), (180.0, 20.0), FISHER[2], Z[2]),
        ((10.0, 0.0), (7.0, 3.0), FISHER[3], Z[3]),
    ];
    for ((g1, b1), (g2, b2), fisher, z) in cases {
        let (left, right) = (Cell::plain(g1, b1), Cell::plain(g2, b2));
        assert!((p_value(&left, &right, NeighbourTest::Fisher) - fisher).abs() < 1e-9, "fisher {left:?} {right:?}");
        assert!((p_value(&left, &right, NeighbourTest::Z) - z).abs() < 1e-9, "z {left:?} {right:?}");
        assert_eq!(p_value(&left, &right, NeighbourTest::Z), p_value(&right, &left, NeighbourTest::Z));
    }
}
