//! Grains and prebins of numbers: the ordered cells out of which bins are put together.
//!
//! Thresholds between grains come from the quantiles of a spread of the cases, or from every distinct value where
//! there are few; grains are then counted exactly, whatever the thresholds are. Of their boundaries, those that
//! divide goods from bads best in their neighbourhood become the boundaries of prebins.

use scorewright_runtime::artifact::{BinDomain, FeatureKind};
use scorewright_runtime::binning::Partition;
use scorewright_runtime::units::twelve_digits;

use super::cell::{Cell, running};
use super::outcomes::SampleOutcomes;
use super::rules::Boundary;
use crate::error::{Result, internal};

/// Cases from whose values thresholds are taken, where there are many.
const SPREAD: usize = 8_192;
/// Up to so many cases all are looked at.
const ALL: usize = 65_536;

/// The numbers of a feature on a sample, without missing, special and indeterminate ones.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    pub values: &'a [f64],
    pub outcomes: &'a SampleOutcomes<'a>,
    pub special: &'a [f64],
}

impl Numbers<'_> {
    /// The ordinary value of a case of the sample, with its weight.
    fn at(&self, position: usize) -> Option<(f64, f64)> {
        let value = self.values[self.outcomes.rows()[position] as usize];
        let weight = self.outcomes.case(position).weight();
        // -0.0 is 0.0.
        (weight > 0.0 && self.is_ordinary(value)).then_some((value + 0.0, weight))
    }

    pub fn is_ordinary(&self, value: f64) -> bool {
        !value.is_nan() && !self.special.contains(&value)
    }

    /// Distinct values of a spread of the cases (of all cases, where there are few) with their weights, rising.
    fn spread(&self) -> Vec<(f64, f64)> {
        let cases = self.outcomes.rows().len();
        let mut values: Vec<(f64, f64)> = if cases <= ALL {
            (0..cases).filter_map(|position| self.at(position)).collect()
        } else {
            // One from each of so many stretches; at places that follow no period of the data (golden ratio).
            let place = |k: usize| (k as f64 + (k as f64 * 0.618_033_988_749_894_9).fract()) * cases as f64;
            let positions = (0..SPREAD).map(|k| (place(k) / SPREAD as f64) as usize);
            positions.filter_map(|position| self.at(position.min(cases - 1))).collect()
        };
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        distinct(values)
    }
}

/// Joins equal neighbours.
fn distinct(values: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (value, weight) in values {
        match joined.last_mut() {
            Some(last) if last.0 == value => last.1 += weight,
            _ => joined.push((value, weight)),
        }
    }
    joined
}

/// Thresholds in rising order, and the code of every value: grain i is `thresholds[i - 1] <= x < thresholds[i]`;
/// one code more is for special values, and one for missing ones.
pub(super) struct Grains {
    pub thresholds: Vec<f64>,
    pub codes: Vec<u16>,
    /// Whether every grain is one value, so that no cut could lie elsewhere.
    pub is_exact: bool,
}

impl Grains {
    /// At most `most` grains, more only where fixed cuts ask for them.
    pub fn new(numbers: &Numbers<'_>, most: usize, fixed: &[f64]) -> Result<Self> {
        let mut spread = numbers.spread();
        while spread.len() <= most {
            let levels: Vec<f64> = spread.iter().map(|(value, _)| *value).collect();
            let mut grains = Grains::of(numbers, levels_to_thresholds(&levels, fixed))?;
            let unknown = grains.unknown_levels(numbers, &levels);
            if unknown.is_empty() {
                grains.is_exact = true;
                return Ok(grains);
            }
            spread.extend(unknown.into_iter().map(|value| (value, 1.0)));
            spread.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut thresholds = quantiles(&spread, most);
        thresholds.extend(fixed);
        thresholds.sort_unstable_by(f64::total_cmp);
        thresholds.dedup();
        Grains::of(numbers, thresholds)
    }

    /// The grains between thresholds.
    pub fn of(numbers: &Numbers<'_>, thresholds: Vec<f64>) -> Result<Self> {
        let partition = partition(&thresholds, numbers.special)?;
        let codes = super::encode_numbers(&partition, numbers.values);
        Ok(Grains { thresholds, codes, is_exact: false })
    }

    /// Ordinary values that are not among `levels`, each once; at most a thousand of them.
    fn unknown_levels(&self, numbers: &Numbers<'_>, levels: &[f64]) -> Vec<f64> {
        let rows = numbers.outcomes.rows();
        let mut unknown: Vec<f64> = Vec::new();
        if rows.len() <= ALL {
            return unknown;
        }
        for (position, row) in rows.iter().enumerate() {
            let value = numbers.values[*row as usize] + 0.0;
            // Where there is a threshold between all levels, a value's cell is its level.
            let is_known = levels.get(usize::from(self.codes[*row as usize])) == Some(&value)
                || levels.binary_search_by(|level| level.total_cmp(&value)).is_ok();
            if !is_known && numbers.at(position).is_some() && !unknown.contains(&value) {
                unknown.push(value);
                if unknown.len() > 1000 {
                    break;
                }
            }
        }
        unknown
    }

    /// The cut that has every good of the sample on one side and every bad on the other, if there is one.
    pub fn separating_cut(&self, numbers: &Numbers<'_>, cells: &[Cell]) -> Option<f64> {
        let all = numbers.outcomes.all();
        let ordinary: Cell = cells.iter().copied().sum();
        let (good, bad) = (|cell: &Cell| cell.goods > 0.0, |cell: &Cell| cell.bads > 0.0);
        let apart = |low: fn(&Cell) -> bool, high: fn(&Cell) -> bool| {
            cells.iter().rposition(low) <= cells.iter().position(high)
        };
        if ordinary.cases < all.cases || !(apart(good, bad) || apart(bad, good)) {
            return None;
        }
        // Cells that seem apart may share one that holds both: the values decide. Smallest and largest by class.
        let mut ends = [(f64::INFINITY, f64::NEG_INFINITY); 2];
        for (position, row) in numbers.outcomes.rows().iter().enumerate() {
            let case = numbers.outcomes.case(position);
            let value = numbers.values[*row as usize] + 0.0;
            for (end, weight) in ends.iter_mut().zip([case.goods, case.bads]) {
                if weight > 0.0 {
                    *end = (end.0.min(value), end.1.max(value));
                }
            }
        }
        let [goods, bads] = ends;
        if goods.1 < bads.0 { cut_between(goods.1, bads.0) } else { cut_between(bads.1, goods.0) }
    }

    /// Number of grains.
    pub fn cells(&self) -> usize {
        self.thresholds.len() + 1
    }

    /// Number of codes: the grains, special values, missing values.
    pub fn all_codes(&self) -> usize {
        self.cells() + 2
    }
}

/// Intervals between thresholds, then special values together, then missing.
fn partition(thresholds: &[f64], special: &[f64]) -> Result<Partition> {
    let bound = |position: usize| thresholds.get(position).copied();
    let mut domains: Vec<BinDomain> = (0..=thresholds.len())
        .map(|position| BinDomain::Interval { lower: position.checked_sub(1).and_then(bound), upper: bound(position) })
        .collect();
    domains.push(BinDomain::Special(
        special.iter().map(|value| scorewright_runtime::artifact::Literal::Number(*value)).collect(),
    ));
    domains.push(BinDomain::Missing);
    Partition::new("grains", FeatureKind::Numeric, &domains).map_err(internal)
}

/// A threshold between each pair of neighbouring values that twelve digits can tell apart; a fixed cut where
/// one lies there.
fn levels_to_thresholds(levels: &[f64], fixed: &[f64]) -> Vec<f64> {
    let mut thresholds = fixed.to_vec();
    for pair in levels.windows(2) {
        let is_cut = fixed.iter().any(|cut| pair[0] < *cut && *cut <= pair[1]);
        if !is_cut {
            thresholds.extend(cut_between(pair[0], pair[1]));
        }
    }
    thresholds.sort_unstable_by(f64::total_cmp);
    thresholds.dedup();
    thresholds
}

/// The last grain of each prebin, at most `most` prebins. Every stretch of grains gives the two boundaries where the
/// goods below run furthest ahead of and behind what the good rate around the stretch lets expect: vertices of the
/// curve of cumulated goods over bads, where the cuts of a best partition lie. Boundaries that are fixed stay,
/// forbidden ones do not.
pub(super) fn prebin_ends(grains: &[Cell], most: usize, boundary: impl Fn(usize) -> Boundary) -> Vec<usize> {
    let n = grains.len();
    let may_end = |grain: &usize| boundary(*grain) != Boundary::Forbidden;
    if n <= most {
        return (0..n.saturating_sub(1)).filter(may_end).chain(n.checked_sub(1)).collect();
    }
    let sums = running(grains);
    let stretches = (most / 2).max(1);
    let target = sums[n].weight() / stretches as f64;
    let mut ends: Vec<usize> = Vec::with_capacity(most);
    let place = |stretch: usize| match stretch {
        0 => 0,
        _ => sums.partition_point(|sum| sum.weight() < stretch as f64 * target * (1.0 - 1e-9)).min(n),
    };
    // The rate is that of a bin around the stretch: of fewer cases it would be noise.
    let reach = stretches / 16 + 1;
    for stretch in 0..stretches {
        let (first, upto) = (place(stretch), place(stretch + 1));
        let near = sums[place((stretch + 1 + reach).min(stretches))] - sums[place(stretch.saturating_sub(reach))];
        let rate = if near.weight() > 0.0 { near.goods / near.weight() } else { 0.0 };
        let ahead = |grain: usize| {
            let below = sums[grain + 1] - sums[first];
            below.goods - rate * below.weight()
        };
        let inside: Vec<usize> = (first..upto.min(n - 1)).filter(may_end).collect();
        let lowest = inside.iter().copied().min_by(|a, b| ahead(*a).total_cmp(&ahead(*b)));
        let highest = inside.iter().copied().min_by(|a, b| ahead(*b).total_cmp(&ahead(*a)));
        ends.extend(lowest);
        ends.extend(highest);
        ends.extend(inside.into_iter().filter(|grain| boundary(*grain) == Boundary::Fixed));
    }
    ends.sort_unstable();
    ends.dedup();
    // Two of every stretch and the end can be one too many.
    if ends.len() >= most.max(2) {
        let spare = ends.iter().rposition(|grain| boundary(*grain) == Boundary::Free);
        spare.map(|spare| ends.remove(spare));
    }
    ends.push(n - 1);
    ends
}

/// Thresholds that divide (value, weight) into cells of nearly equal weight; one heavy value does not leave the
/// values after it without cells.
pub(super) fn quantiles(values: &[(f64, f64)], most: usize) -> Vec<f64> {
    let mut remaining: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut thresholds: Vec<f64> = Vec::with_capacity(most);
    let mut weight = 0.0;
    for pair in values.windows(2) {
        weight += pair[0].1;
        // What remains is spread evenly over the cells that remain.
        let open = most.saturating_sub(thresholds.len()).max(1) as f64;
        if thresholds.len() + 1 == most || weight < remaining / open {
            continue;
        }
        let threshold = twelve_digits_at_most(pair[1].0);
        if threshold > pair[0].0 && threshold.is_finite() && thresholds.last().is_none_or(|last| *last < threshold) {
            thresholds.push(threshold);
            remaining -= weight;
            weight = 0.0;
        }
    }
    thresholds
}

/// The greatest number of at most 12 significant digits that is not above `x`.
pub(super) fn twelve_digits_at_most(x: f64) -> f64 {
    let nearest = twelve_digits(x);
    if nearest <= x {
        return nearest;
    }
    // One unit of the twelfth digit less; a power of ten has a smaller unit below it than above.
    let unit = 10_f64.powi(x.abs().log10().floor() as i32 - 11);
    [0.1, 1.0, 2.0]
        .into_iter()
        .map(|units| twelve_digits(nearest - units * unit))
        .find(|cut| *cut <= x)
        .unwrap_or(nearest)
}

/// The number with the fewest significant digits (at most 12) that separates `low` from `high`:
/// low < cut <= high; between whole numbers a whole number. Prefers numbers near the middle; `None`
/// where 12 digits cannot tell them apart.
pub fn cut_between(low: f64, high: f64) -> Option<f64> {
    let separates = |cut: f64| low < cut && cut <= high;
    if separates(0.0) {
        return Some(0.0);
    }
    if !low.is_finite() || !high.is_finite() {
        // An infinity is a value of its own: cut right beside its finite neighbour.
        let cut = if low.is_finite() { twelve_digits(low + low.abs().max(1.0)) } else { twelve_digits_at_most(high) };
        return (cut.is_finite() && separates(cut)).then_some(cut);
    }
    let middle = low / 2.0 + high / 2.0;
    let whole = low.fract() == 0.0 && high.fract() == 0.0;
    (0..12)
        .map(|digits| format!("{middle:.digits$e}").parse().unwrap_or(middle) + 0.0)
        .find(|cut| separates(*cut) && (!whole || cut.fract() == 0.0))
        .or_else(|| Some(twelve_digits_at_most(high)).filter(|cut| separates(*cut)))
}
