//! Value to bin: the only implementation there is. Training, validation, monitoring and scoring all
//! use it, so that they cannot differ.

mod grid;
mod numbers;

use std::collections::{HashMap, HashSet};

use self::grid::Grid;
use self::numbers::Numbers;
use crate::artifact::{BinDomain, FeatureKind, Literal};
use crate::error::Error;
use crate::score::Column;
use crate::value::Value;

/// A feature's bins, ready to look values up in. Bins keep the order they were given in; the code
/// of a value is its bin's position, and [`Partition::unforeseen`] for a value of no bin.
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    values: Values,
    missing: Option<u16>,
    bins: u16,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Numeric(Numbers),
    Categorical(HashMap<String, u16>),
    Pair(Box<Grid>),
}

impl Partition {
    /// Checks the bins of one feature and prepares them.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], naming `feature`, where numeric intervals overlap or leave a gap, a
    /// value stands in two bins, a domain does not fit the feature's kind, or there are no bins.
    pub fn new<'a>(
        feature: &str,
        kind: FeatureKind,
        domains: impl IntoIterator<Item = &'a BinDomain>,
    ) -> Result<Self, Error> {
        let wrong = |what: String| Error::Inconsistent { feature: Some(feature.to_owned()), what };
        let mut intervals: Vec<(f64, f64, u16)> = Vec::new();
        let mut special: Vec<(f64, u16)> = Vec::new();
        let mut known: HashSet<u64> = HashSet::new();
        let mut categories: HashMap<String, u16> = HashMap::new();
        let mut missing = None;
        let mut bins: u16 = 0;
        for domain in domains {
            let bin = bins;
            bins = bins.checked_add(1).filter(|n| *n < u16::MAX).ok_or_else(|| wrong("too many bins".into()))?;
            match (kind, domain) {
                (FeatureKind::Pair, _) => {
                    return Err(wrong("a pair has two axes, whose bins span a grid".into()));
                }
                (_, BinDomain::Cells(_)) => {
                    return Err(wrong("only a pair has bins of cells".into()));
                }
                (_, BinDomain::Missing) => {
                    if missing.replace(bin).is_some() {
                        return Err(wrong("two bins are the missing bin".into()));
                    }
                }
                (FeatureKind::Numeric, BinDomain::Interval { lower, upper }) => {
                    let (lower, upper) = (lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY));
                    if lower.is_nan() || upper.is_nan() || lower >= upper {
                        return Err(wrong(format!("the bin [{lower}, {upper}) holds no number")));
                    }
                    intervals.push((lower, upper, bin));
                }
                (FeatureKind::Numeric, BinDomain::Special(values)) => {
                    for value in values {
                        let Literal::Number(number) = value else {
                            return Err(wrong(format!("the special value {value} is not a number")));
                        };
                        // + 0.0 makes 0 of -0, which is the same number.
                        if !known.insert((number + 0.0).to_bits()) {
                            return Err(wrong(format!("the special value {number} stands twice")));
                        }
                        special.push((*number, bin));
                    }
                }
                (FeatureKind::Categorical, BinDomain::Categories(texts)) => {
                    for text in texts {
                        if categories.insert(text.clone(), bin).is_some() {
                            return Err(wrong(format!("the category {text:?} stands twice")));
                        }
                    }
                }
                (FeatureKind::Categorical, BinDomain::Special(values)) => {
                    for value in values {
                        if categories.insert(value.to_string(), bin).is_some() {
                            return Err(wrong(format!("the category {:?} stands twice", value.to_string())));
                        }
                    }
                }
                (FeatureKind::Numeric, BinDomain::Categories(_)) => {
                    return Err(wrong("a numeric feature has a bin of categories".into()));
                }
                (FeatureKind::Categorical, BinDomain::Interval { .. }) => {
                    return Err(wrong("a categorical feature has a bin of numbers".into()));
                }
            }
        }
        if bins == 0 {
            return Err(wrong("there are no bins".into()));
        }
        let values = match kind {
            FeatureKind::Pair => return Err(wrong("a pair has two axes, whose bins span a grid".into())),
            FeatureKind::Categorical => Values::Categorical(categories),
            FeatureKind::Numeric => {
                intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (Some(first), Some(last)) = (intervals.first(), intervals.last()) else {
                    return Err(wrong("there is no bin for ordinary numbers".into()));
                };
                if first.0 != f64::NEG_INFINITY || last.1 != f64::INFINITY {
                    return Err(wrong(
                        "the bins leave a gap: the first lower and the last upper bound must be null".into(),
                    ));
                }
                for pair in intervals.windows(2) {
                    if let [(_, upper, _), (lower, _, _)] = pair {
                        if upper > lower {
                            return Err(wrong(format!("the bins overlap between {lower} and {upper}")));
                        }
                        if upper < lower {
                            return Err(wrong(format!("the bins leave a gap between {upper} and {lower}")));
                        }
                    }
                }
                let cuts = intervals.iter().skip(1).map(|interval| interval.0).collect();
                let bins_of_intervals = intervals.iter().map(|interval| interval.2).collect();
                Values::Numeric(Numbers::new(cuts, bins_of_intervals, missing.unwrap_or(bins), special))
            }
        };
        Ok(Partition { values, missing, bins })
    }

    /// Checks the bins of a pair, which are regions of the grid that the bins of its two axes span.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], naming `feature`, where a cell of the grid stands in no bin or in two, or a bin has
    /// something else than cells.
    pub fn pair<'a>(
        feature: &str,
        axes: [Partition; 2],
        domains: impl IntoIterator<Item = &'a BinDomain>,
    ) -> Result<Self, Error> {
        let wrong = |what: String| Error::Inconsistent { feature: Some(feature.to_owned()), what };
        let (grid, bins) = Grid::new(axes, domains).map_err(wrong)?;
        Ok(Partition { values: Values::Pair(Box::new(grid)), missing: None, bins })
    }

    /// The two axes of a pair; `None` for a feature of one column.
    pub fn axes(&self) -> Option<&[Partition; 2]> {
        match &self.values {
            Values::Pair(grid) => Some(grid.axes()),
            Values::Numeric(_) | Values::Categorical(_) => None,
        }
    }

    /// The bin of a case of a pair, by its codes on the two axes: unforeseen where either is.
    #[inline]
    pub fn cell(&self, first: u16, second: u16) -> u16 {
        match &self.values {
            Values::Pair(grid) => grid.bin(first, second).unwrap_or_else(|| self.unforeseen()),
            Values::Numeric(_) | Values::Categorical(_) => self.unforeseen(),
        }
    }

    /// Number of bins.
    pub fn bins(&self) -> usize {
        usize::from(self.bins)
    }

    /// The code of a value that falls into no bin: a new category, or a missing value where
    /// development had none.
    pub fn unforeseen(&self) -> u16 {
        self.bins
    }

    /// The bin of a number; a NaN is missing. A number given for a categorical feature is unforeseen.
    #[inline]
    pub fn number(&self, x: f64) -> u16 {
        match &self.values {
            Values::Numeric(numbers) => numbers.one(x),
            Values::Categorical(_) | Values::Pair(_) => self.unforeseen(),
        }
    }

    /// The bins of many numbers at once: `codes[i]` becomes [`Partition::number`] of `values[i]`, many times
    /// faster than one by one. Where the slices differ in length, the shorter one decides how many.
    pub fn numbers_into(&self, values: &[f64], codes: &mut [u16]) {
        match &self.values {
            Values::Numeric(numbers) => numbers.many(values, codes),
            Values::Categorical(_) | Values::Pair(_) => {
                codes.iter_mut().zip(values).for_each(|(code, _)| *code = self.unforeseen())
            }
        }
    }

    /// The bin of a category, by its exact text.
    #[inline]
    pub fn category(&self, text: &str) -> u16 {
        match &self.values {
            Values::Categorical(bins) => bins.get(text).copied().unwrap_or_else(|| self.unforeseen()),
            Values::Numeric(_) | Values::Pair(_) => self.unforeseen(),
        }
    }

    /// The bin of a missing value.
    #[inline]
    pub fn missing(&self) -> u16 {
        self.missing.unwrap_or_else(|| self.unforeseen())
    }

    /// The bin of a value, or `None` where its type is not the feature's; one value has no bin in a pair.
    #[inline]
    pub fn value(&self, value: Value<'_>) -> Option<u16> {
        match (value, &self.values) {
            (_, Values::Pair(_)) => None,
            (Value::Missing, _) => Some(self.missing()),
            (Value::Number(x), Values::Numeric(_)) => Some(self.number(x)),
            (Value::Number(x), Values::Categorical(_)) if x.is_nan() => Some(self.missing()),
            (Value::Category(text), Values::Categorical(_)) => Some(self.category(text)),
            _ => None,
        }
    }

    /// The bins of consecutive rows of a column, the first of which is `start`: `codes[i]` becomes
    /// [`Partition::value`] of row `start + i`. False where one of them is of the wrong type; it counts as missing.
    pub(crate) fn rows_into(&self, column: &Column<'_>, start: usize, codes: &mut [u16]) -> bool {
        let rows = start..start + codes.len();
        match (&self.values, column) {
            (Values::Numeric(numbers), Column::Numbers(values)) => {
                numbers.many(values.get(rows).unwrap_or_default(), codes);
                true
            }
            (Values::Categorical(_), Column::Categories(values)) => {
                for (code, value) in codes.iter_mut().zip(values.get(rows).unwrap_or_default()) {
                    *code = value.map_or_else(|| self.missing(), |text| self.category(text));
                }
                true
            }
            _ => {
                codes.fill(self.missing());
                rows.into_iter().all(|row| self.value(column.value(row)).is_some())
            }
        }
    }
}
