//! Prebins: the fine, ordered cells out of which bins are put together.

use scorewright_runtime::units::twelve_digits;

/// An ordered cell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prebin {
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
}

impl Prebin {
    /// Weight of both.
    pub fn weight(&self) -> f64 {
        self.goods + self.bads
    }
}

/// Most prebins of a feature.
pub(super) const MOST_PREBINS: usize = 64;

/// Numeric prebins with the cuts between them.
#[derive(Debug, Clone, Default)]
pub(super) struct NumericPrebins {
    /// `cuts[i]` separates prebin i from prebin i + 1.
    pub cuts: Vec<f64>,
    pub cells: Vec<Prebin>,
}

/// Equal-frequency prebins by weight, or one for each distinct value where there are few. `values`
/// are (value, goods, bads) of ordinary values with a weight, in rising order of value.
pub(super) fn numeric(values: &[(f64, f64, f64)]) -> NumericPrebins {
    let distinct: Vec<(f64, Prebin)> = values
        .chunk_by(|a, b| a.0 == b.0)
        .map(|run| {
            let goods = run.iter().map(|value| value.1).sum();
            let bads = run.iter().map(|value| value.2).sum();
            (run[0].0, Prebin { goods, bads })
        })
        .collect();
    let mut remaining: f64 = distinct.iter().map(|(_, cell)| cell.weight()).sum();
    let few = distinct.len() <= MOST_PREBINS;
    let mut prebins = NumericPrebins::default();
    let mut cell = Prebin::default();
    for (position, (value, counts)) in distinct.iter().enumerate() {
        cell.goods += counts.goods;
        cell.bads += counts.bads;
        let Some((next, _)) = distinct.get(position + 1) else { break };
        // What remains is spread evenly over the prebins that remain: one heavy value does not
        // leave the values after it without prebins.
        let open = MOST_PREBINS.saturating_sub(prebins.cells.len()).max(1) as f64;
        if (few || cell.weight() >= remaining / open)
            && let Some(cut) = cut_between(*value, *next)
        {
            remaining -= cell.weight();
            prebins.cuts.push(cut);
            prebins.cells.push(std::mem::take(&mut cell));
        }
    }
    prebins.cells.push(cell);
    prebins
}

/// The number with the fewest significant digits (at most 12) that separates `low` from `high`:
/// low < cut <= high; between whole numbers a whole number. Prefers numbers near the middle; `None`
/// where 12 digits cannot tell them apart.
pub fn cut_between(low: f64, high: f64) -> Option<f64> {
    let separates = |cut: f64| low < cut && cut <= high;
    if !low.is_finite() || !high.is_finite() {
        // An infinity is a value of its own: cut right beside its finite neighbour.
        let cut = if low.is_finite() { twelve_digits(low + low.abs().max(1.0)) } else { twelve_digits(high) };
        return separates(cut).then_some(cut);
    }
    if separates(0.0) {
        return Some(0.0);
    }
    let middle = low / 2.0 + high / 2.0;
    let whole = low.fract() == 0.0 && high.fract() == 0.0;
    (0..12)
        .map(|digits| format!("{middle:.digits$e}").parse().unwrap_or(middle) + 0.0)
        .find(|cut| separates(*cut) && (!whole || cut.fract() == 0.0))
        .or_else(|| Some(twelve_digits(high)).filter(|cut| separates(*cut)))
}
