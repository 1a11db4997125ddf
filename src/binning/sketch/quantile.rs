//! Quantiles of a stream of numbers.
//!
//! Up to [`QuantileSketch::MOST_DISTINCT`] distinct values are kept with their counts: nothing is lost. Beyond, the
//! sketch is a stack of levels in which an item of level h stands for 2^h values (Munro and Paterson 1980; the
//! mergeable form is that of Agarwal, Cormode, Huang, Phillips, Wei and Yi 2012, "Mergeable summaries"). A level that
//! has k = [`QuantileSketch::LEVEL`] items is compacted: of its items in order, every other one moves up a level. No
//! random number is drawn: compactions of a level keep the items of odd and of even positions in turn.
//!
//! **Error bound.** Let R(x) be the number of values <= x (or < x), and R'(x) the same by the sketch. Of r items <= x
//! of a level, a compaction that keeps the odd positions (the first, third, ...) keeps ceil(r / 2), each for two, so R'
//! grows by 0 or 2^h; one that keeps the even positions lowers R' by 0 or 2^h. So after `high(h)` and `low(h)`
//! compactions of level h
//!
//! |R'(x) - R(x)| <= max(sum over h of high(h) 2^h, sum over h of low(h) 2^h), for every x.
//!
//! That is [`QuantileSketch::rank_error`]. A compaction of level h takes at least k items, which stand for k 2^h of
//! the n values, and no value passes a level twice: high(h) + low(h) <= n / (k 2^h), and only the
//! H = floor(log2(n / k)) + 1 levels with k 2^h <= n have any. So, in whatever order parts were merged,
//!
//! |R'(x) - R(x)| <= H n / k, that is less than n / 1000 for n below 2^16 k, which is 1,073,741,824.
//!
//! Without merging high(h) - low(h) is 0 or 1, which halves it: (H + 2) n / (2 k).

use crate::binning::cut_between;

/// A mergeable summary of a column of numbers; see the module for its error bound.
///
/// Infinities are values, -0.0 is 0.0, NaN is missing and only counted. Special values are not to be handed in. The
/// same values in the same order give the same sketch, however they are cut into updates.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileSketch {
    values: u64,
    missing: u64,
    /// Distinct values, as keys, with their counts, rising; `None` where there were too many.
    exact: Option<Vec<(i64, u64)>>,
    /// Keys of values that stand for themselves, unordered: level 0.
    fresh: Vec<i64>,
    /// Level h at h; level 0 has no items, they are `fresh`.
    levels: Vec<Level>,
}

/// A level above 0: its items, and how many of its compactions estimated ranks too high and too low.
#[derive(Debug, Clone, Default, PartialEq)]
struct Level {
    items: Vec<i64>,
    high: u64,
    low: u64,
}

impl Default for QuantileSketch {
    fn default() -> Self {
        QuantileSketch {
            values: 0,
            missing: 0,
            exact: Some(Vec::new()),
            fresh: Vec::new(),
            levels: vec![Level::default()],
        }
    }
}

impl QuantileSketch {
    /// Up to so many distinct values the sketch is exact.
    pub const MOST_DISTINCT: usize = 4_096;

    /// Items of a full level (k of the error bound).
    pub const LEVEL: usize = 16_384;

    /// Adds values.
    pub fn update(&mut self, values: &[f64]) {
        let mut rest = values;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(Self::LEVEL - self.fresh.len()));
            let before = self.fresh.len();
            self.fresh.extend(now.iter().filter(|x| !x.is_nan()).map(|x| key(*x)));
            let added = self.fresh.len() - before;
            self.values += added as u64;
            self.missing += (now.len() - added) as u64;
            if self.fresh.len() == Self::LEVEL {
                self.settle();
            }
            rest = later;
        }
    }

    /// Adds what another sketch has seen.
    pub fn merge(&mut self, other: &QuantileSketch) {
        self.missing += other.missing;
        self.values += other.values;
        if self.exact.is_some() && other.exact.is_none() {
            self.count_fresh();
            self.give_up_counts();
        }
        match &other.exact {
            Some(counts) => self.add_counts(counts),
            None => {
                self.level(other.levels.len() - 1);
                for (level, added) in self.levels.iter_mut().zip(&other.levels) {
                    level.items.extend_from_slice(&added.items);
                    level.high += added.high;
                    level.low += added.low;
                }
            }
        }
        self.fresh.extend_from_slice(&other.fresh);
        if self.exact.is_none() || self.fresh.len() >= Self::LEVEL {
            self.settle();
        }
    }

    /// Number of values, missing ones not counted.
    pub fn values(&self) -> u64 {
        self.values
    }

    /// Number of missing values.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Distinct values in rising order, each with the number of values that it stands for; the numbers add up to
    /// [`QuantileSketch::values`]. Where [`QuantileSketch::rank_error`] is 0, these are all values with their counts.
    pub fn summary(&self) -> Vec<(f64, u64)> {
        let mut items: Vec<(i64, u64)> = self.fresh.iter().map(|key| (*key, 1)).collect();
        items.extend(self.exact.iter().flatten());
        for (height, level) in self.levels.iter().enumerate() {
            items.extend(level.items.iter().map(|key| (*key, 1 << height)));
        }
        items.sort_unstable();
        join_equal(&mut items);
        items.into_iter().map(|(key, weight)| (value(key), weight)).collect()
    }

    /// How far an estimated rank may be from the true one, in values: what the compactions that took place can have
    /// done at worst. 0: nothing was lost.
    pub fn rank_error(&self) -> u64 {
        let (mut high, mut low) = (0, 0);
        for (height, level) in self.levels.iter().enumerate() {
            high += level.high << height;
            low += level.low << height;
        }
        high.max(low)
    }

    /// The most that [`QuantileSketch::rank_error`] can be for so many values, however their sketches were merged.
    pub fn rank_error_bound(values: u64) -> u64 {
        match (values / Self::LEVEL as u64).checked_ilog2() {
            None => 0,
            Some(log) => ((u128::from(log) + 1) * u128::from(values) / Self::LEVEL as u128) as u64,
        }
    }

    /// Cuts that part the values into at most `cells` cells of nearly equal frequency, rising, of at most 12
    /// significant digits; a cell holds values from its lower cut on and below its upper one. Where there are no more
    /// distinct values than cells, each is a cell of its own. What remains is spread evenly over the cells that
    /// remain, so that a heavy value does not leave the values after it without cells.
    pub fn cuts(&self, cells: usize) -> Vec<f64> {
        let summary = self.summary();
        let few = summary.len() <= cells;
        let (mut remaining, mut cell) = (self.values as f64, 0.0);
        let mut cuts = Vec::new();
        for pair in summary.windows(2) {
            cell += pair[0].1 as f64;
            let open = cells.saturating_sub(cuts.len()).max(1) as f64;
            if (few || cell >= remaining / open)
                && let Some(cut) = cut_between(pair[0].0, pair[1].0)
            {
                remaining -= cell;
                cell = 0.0;
                cuts.push(cut);
            }
        }
        cuts
    }

    /// Puts fresh values where they belong.
    fn settle(&mut self) {
        if self.exact.is_some() {
            self.count_fresh();
        } else {
            self.compact();
        }
    }

    /// Moves fresh values to the counts of distinct values.
    fn count_fresh(&mut self) {
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.sort_unstable();
        let counts: Vec<(i64, u64)> = fresh.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect();
        fresh.clear();
        self.fresh = fresh;
        self.add_counts(&counts);
    }

    /// Adds values with their counts: to the counts where they are still kept, else to the levels.
    fn add_counts(&mut self, counts: &[(i64, u64)]) {
        match &mut self.exact {
            None => self.raise(counts),
            Some(exact) => {
                exact.extend_from_slice(counts);
                // Stable: two runs in order are merged, not sorted.
                exact.sort();
                join_equal(exact);
                if exact.len() > Self::MOST_DISTINCT {
                    self.give_up_counts();
                }
            }
        }
    }

    /// From counts of distinct values to levels, without loss.
    fn give_up_counts(&mut self) {
        let counts = self.exact.take().unwrap_or_default();
        self.raise(&counts);
        self.compact();
    }

    /// A value that came c times is an item of each level whose bit is set in c.
    fn raise(&mut self, counts: &[(i64, u64)]) {
        for (key, count) in counts {
            if count & 1 == 1 {
                self.fresh.push(*key);
            }
            let mut above = count >> 1;
            while above > 0 {
                let level = above.trailing_zeros() as usize;
                self.level(level + 1).items.push(*key);
                above &= above - 1;
            }
        }
    }

    fn level(&mut self, level: usize) -> &mut Level {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Level::default);
        }
        &mut self.levels[level]
    }

    /// Compacts full levels, from the lowest up.
    fn compact(&mut self) {
        if self.fresh.len() >= Self::LEVEL {
            self.fresh.sort_unstable();
            self.level(1);
            let (lowest, above) = self.levels.split_at_mut(1);
            halve(&mut self.fresh, &mut lowest[0].high, &mut lowest[0].low, &mut above[0].items);
        }
        let mut at = 1;
        while at < self.levels.len() {
            if self.levels[at].items.len() >= Self::LEVEL {
                self.level(at + 1);
                let (below, above) = self.levels.split_at_mut(at + 1);
                let level = &mut below[at];
                // Stable: what came up is in order already.
                level.items.sort();
                halve(&mut level.items, &mut level.high, &mut level.low, &mut above[0].items);
            }
            at += 1;
        }
    }
}

/// A whole number in the order of numbers: these are sorted in half the time.
fn key(x: f64) -> i64 {
    // + 0.0 makes one zero of two.
    ordered((x + 0.0).to_bits() as i64)
}

/// The number of a key.
fn value(key: i64) -> f64 {
    f64::from_bits(ordered(key) as u64)
}

/// Of a negative number, all bits but the sign turned: its own inverse.
fn ordered(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// Moves every other item of a level, in order, to the level above; a last item without a partner stays.
fn halve(items: &mut Vec<i64>, high: &mut u64, low: &mut u64, above: &mut Vec<i64>) {
    let pairs = items.len() / 2 * 2;
    let raises = *high <= *low;
    above.extend(items[..pairs].iter().skip(usize::from(!raises)).step_by(2));
    *(if raises { high } else { low }) += 1;
    items.drain(..pairs);
}

/// One entry of neighbours of equal value.
fn join_equal(items: &mut Vec<(i64, u64)>) {
    items.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}
