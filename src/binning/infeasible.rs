//! Why no partition meets the rules: the constraint that alone stands in the way, and its nearest value that would not.

use super::cell::Cell;
use super::optimise::optimise;
use super::rules::{Boundary, Rules};
use crate::config::Monotone;

/// What stands in the way of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Infeasible {
    /// The constraint, in words.
    pub constraint: String,
    /// What would do.
    pub nearest: String,
    /// The fixed boundary without which there would be a partition.
    pub boundary: Option<usize>,
}

impl Infeasible {
    /// Both in a sentence.
    pub fn sentence(&self) -> String {
        format!("{} leaves no second bin; {}", self.constraint, self.nearest)
    }
}

/// Halvings of the interval in which the nearest value is looked for.
const HALVINGS: usize = 16;

/// Names the constraint that alone, taken away, lets a partition be; where several stand in the way together, all
/// of them.
pub fn explain<'r>(cells: &[Cell], rules: &Rules<'r>) -> Infeasible {
    let is_feasible = |rules: &Rules<'_>| optimise(cells, rules).is_some();
    let found = |constraint: String, nearest: String| Infeasible { constraint, nearest, boundary: None };
    let total = rules.measure.all;
    // The greatest share of a limit that is feasible.
    let greatest = |with: &dyn Fn(f64) -> Rules<'r>| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if is_feasible(&with(middle)) { low = middle } else { high = middle }
        }
        low
    };
    let sizes = |factor: f64| Rules {
        min_weight: rules.min_weight * factor,
        min_cases: rules.min_cases * factor,
        ..rules.clone()
    };
    let goods = |factor: f64| Rules { min_goods: rules.min_goods * factor, ..rules.clone() };
    let bads = |factor: f64| Rules { min_bads: rules.min_bads * factor, ..rules.clone() };
    let woe = |factor: f64| Rules { min_woe_difference: rules.min_woe_difference * factor, ..rules.clone() };
    if is_feasible(&sizes(0.0)) {
        let share = greatest(&sizes) * (rules.min_weight / total.weight()).max(rules.min_cases / total.cases);
        return found(
            format!("the least size of a bin ({:.0} cases)", rules.min_cases.max(rules.min_weight)),
            format!("min_share = {} (and as few cases) would", rounded_down(share)),
        );
    }
    if is_feasible(&goods(0.0)) {
        let least = whole(greatest(&goods) * rules.min_goods, &|least| is_feasible(&goods(least / rules.min_goods)));
        return found(format!("min_goods = {}", rules.min_goods), format!("min_goods = {least} would"));
    }
    if is_feasible(&bads(0.0)) {
        let least = whole(greatest(&bads) * rules.min_bads, &|least| is_feasible(&bads(least / rules.min_bads)));
        return found(format!("min_bads = {}", rules.min_bads), format!("min_bads = {least} would"));
    }
    if rules.min_woe_difference > 0.0 && is_feasible(&woe(0.0)) {
        let least = rounded_down(greatest(&woe) * rules.min_woe_difference);
        return found(
            format!("min_woe_difference = {}", rules.min_woe_difference),
            format!("min_woe_difference = {least} would"),
        );
    }
    if let Some(max) = rules.max_p_value {
        let loosened = |factor: f64| Rules { max_p_value: Some(1.0 - (1.0 - max) * factor), ..rules.clone() };
        if is_feasible(&loosened(0.0)) {
            let least = 1.0 - (1.0 - max) * greatest(&loosened);
            let least = (least * 1000.0).ceil() / 1000.0;
            return found(format!("max_p_value = {max}"), format!("max_p_value = {least} would"));
        }
    }
    if let Some(stable) = rules.stable {
        let with = |share: f64| Rules { stable: Some(super::rules::Stable { share, ..stable }), ..rules.clone() };
        if is_feasible(&Rules { stable: None, ..rules.clone() }) {
            let with_share = |factor: f64| with(stable.share * factor);
            let share = (greatest(&with_share) * stable.share * 100.0).floor() / 100.0;
            return found(
                format!("the order of the bins over time (stable.share = {})", stable.share),
                format!("stable.share = {share} would"),
            );
        }
    }
    let trends = [
        (Monotone::Ascending, "ascending"),
        (Monotone::Descending, "descending"),
        (Monotone::Unimodal, "unimodal"),
        (Monotone::None, "none"),
    ];
    if rules.trend != Monotone::None
        && let Some((_, word)) = trends.iter().find(|(trend, _)| is_feasible(&Rules { trend: *trend, ..rules.clone() }))
    {
        let stated = format!("{:?}", rules.trend).to_lowercase();
        return found(format!("monotone = {stated:?}"), format!("monotone = {word:?} would"));
    }
    let fixed = rules.boundaries.iter().filter(|boundary| **boundary == Boundary::Fixed).count();
    if fixed + 1 > rules.max_bins {
        return found(
            format!("max_bins = {} with {fixed} fixed cuts", rules.max_bins),
            format!("max_bins = {} would", fixed + 1),
        );
    }
    let fixed = (0..rules.boundaries.len()).filter(|position| rules.boundaries[*position] == Boundary::Fixed);
    for position in fixed {
        let mut boundaries = rules.boundaries.clone();
        boundaries[position] = Boundary::Free;
        if is_feasible(&Rules { boundaries, ..rules.clone() }) {
            let mut infeasible = found("fixed_cuts".to_owned(), "other cuts would: take one of them out".to_owned());
            infeasible.boundary = Some(position);
            return infeasible;
        }
    }
    let trend = format!("{:?}", rules.trend).to_lowercase();
    found(
        format!(
            "the rules together (least size {:.0} cases, min_goods {}, min_bads {}, monotone {trend:?})",
            rules.min_cases.max(rules.min_weight),
            rules.min_goods,
            rules.min_bads
        ),
        "loosen more than one of them".to_owned(),
    )
}

/// The whole number at or right above `x` that is feasible, else the one below.
fn whole(x: f64, is_feasible: &dyn Fn(f64) -> bool) -> f64 {
    if is_feasible(x.ceil()) { x.ceil() } else { x.floor() }
}

/// Three significant digits, not above.
fn rounded_down(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(x.log10().floor() - 2.0);
    scorewright_runtime::units::twelve_digits((x / unit).floor() * unit)
}
