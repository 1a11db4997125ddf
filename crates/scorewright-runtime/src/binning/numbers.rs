//! Numbers to bins: one at a time, and many at once without a branch on their values.

use std::hint::select_unpredictable;

/// Up to this many cuts every cut is compared with every number; beyond, a binary search is shorter.
const MOST_COMPARED: usize = 16;
/// Numbers whose bins are found before the next ones are looked at: they stay in the nearest cache.
const AT_ONCE: usize = 1024;
/// Binary searches that run in step.
const IN_STEP: usize = 8;

/// The bins of a numeric feature. The place of a number is the count of cuts that are not above it, and
/// the place after the last for missing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    cuts: Vec<f64>,
    /// The bin of every place.
    bins: Vec<u16>,
    /// Whether every place is its own bin.
    is_identity: bool,
    special: Vec<(f64, u16)>,
}

impl Numbers {
    /// `intervals[i]` is the bin of `cuts[i - 1] <= x < cuts[i]`.
    pub(super) fn new(cuts: Vec<f64>, intervals: Vec<u16>, missing: u16, special: Vec<(f64, u16)>) -> Self {
        let mut bins = intervals;
        bins.push(missing);
        let is_identity = bins.iter().enumerate().all(|(place, bin)| place == usize::from(*bin));
        Numbers { cuts, bins, is_identity, special }
    }

    /// The bin of a number; a NaN is missing.
    #[inline]
    pub(super) fn one(&self, x: f64) -> u16 {
        if let Some((_, bin)) = self.special.iter().find(|(value, _)| *value == x) {
            return *bin;
        }
        self.bin(if x.is_nan() { self.cuts.len() + 1 } else { self.cuts.partition_point(|cut| *cut <= x) })
    }

    /// The bin of every number, as [`Numbers::one`] gives it; the shorter slice decides how many.
    pub(super) fn many(&self, values: &[f64], codes: &mut [u16]) {
        for (values, codes) in values.chunks(AT_ONCE).zip(codes.chunks_mut(AT_ONCE)) {
            match self.cuts.len() {
                0..=4 => self.compare::<4>(values, codes),
                5..=8 => self.compare::<8>(values, codes),
                9..=MOST_COMPARED => self.compare::<MOST_COMPARED>(values, codes),
                _ => self.search(values, codes),
            }
            if !self.is_identity {
                for code in &mut *codes {
                    *code = self.bin(usize::from(*code));
                }
            }
            for (special, bin) in &self.special {
                for (code, x) in codes.iter_mut().zip(values) {
                    *code = if x == special { *bin } else { *code };
                }
            }
        }
    }

    #[inline]
    fn bin(&self, place: usize) -> u16 {
        // `new` has a bin for every place.
        self.bins.get(place).copied().unwrap_or(u16::MAX)
    }

    /// Places, by comparing every cut with every number. Sums wrap, because a check for overflow would
    /// keep the loop from being vectorised; they are at most N + 2.
    #[inline]
    fn compare<const N: usize>(&self, values: &[f64], places: &mut [u16]) {
        // Nothing is at or above a NaN, and a NaN is at or above nothing.
        let mut cuts = [f64::NAN; N];
        cuts.iter_mut().zip(&self.cuts).for_each(|(place, cut)| *place = *cut);
        let missing = self.cuts.len() as u64 + 1;
        for (place, x) in places.iter_mut().zip(values) {
            let below = cuts.iter().fold(0_u64, |sum, cut| sum.wrapping_add(u64::from(cut <= x)));
            *place = below.wrapping_add(if x.is_nan() { missing } else { 0 }) as u16;
        }
    }

    /// Places by binary search, in step for some numbers at a time: no branch depends on a value.
    fn search(&self, values: &[f64], places: &mut [u16]) {
        for (values, places) in values.chunks(IN_STEP).zip(places.chunks_mut(IN_STEP)) {
            let mut block = [f64::NAN; IN_STEP];
            block.iter_mut().zip(values).for_each(|(place, x)| *place = *x);
            let mut below = [0_usize; IN_STEP];
            let mut open = self.cuts.len();
            while open > 0 {
                let half = open.div_ceil(2);
                for (below, x) in below.iter_mut().zip(&block) {
                    let cut = self.cuts.get(below.wrapping_add(half - 1)).copied().unwrap_or(f64::NAN);
                    *below = select_unpredictable(cut <= *x, below.wrapping_add(half), *below);
                }
                open -= half;
            }
            for ((place, below), x) in places.iter_mut().zip(below).zip(values) {
                *place = if x.is_nan() { self.cuts.len() + 1 } else { below } as u16;
            }
        }
    }
}
