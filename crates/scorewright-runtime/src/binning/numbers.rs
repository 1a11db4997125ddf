//! Numbers to bins: one at a time, and many at once without a branch on their values.

use std::hint::select_unpredictable;

/// Up to this many cuts every cut is compared with every number; beyond, a binary search is shorter.
const MOST_COMPARED: usize = 16;
/// Numbers whose bins are found before the next ones are looked at: they stay in the nearest cache.
const AT_ONCE: usize = 1024;
/// Binary searches that run in step.
const IN_STEP: usize = 8;
/// From this many cuts on an index shortens the search.
const LEAST_INDEXED: usize = 64;
/// Up to this many special values every one is compared with every number; beyond, a binary search is shorter.
const MOST_SPECIAL_COMPARED: usize = 8;
/// Slots of an index.
const SLOTS: usize = 8192;

/// The bins of a numeric feature. The place of a number is the count of cuts that are not above it, and
/// the place after the last for missing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    cuts: Vec<f64>,
    /// The bin of every place.
    bins: Vec<u16>,
    /// Whether every place is its own bin.
    is_identity: bool,
    /// Rising.
    special: Vec<(f64, u16)>,
    index: Option<Index>,
}

/// Where the search for a number's place begins: numbers are mapped to slots by a function that never falls, so all
/// cuts of lower slots are below a number and all cuts of higher slots above it.
#[derive(Debug, Clone, PartialEq)]
struct Index {
    slots: Slots,
    /// By slot, the number of cuts in lower slots.
    start: Vec<u16>,
    /// Steps of binary search that cover the cuts of any one slot.
    steps: u32,
    /// The cuts, and so many NaN after them that no search runs out of them.
    cuts: Vec<f64>,
}

/// A map from numbers to slots.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slots {
    /// By value: (x - origin) * scale.
    Linear { origin: f64, scale: f64 },
    /// By bits, which are nearly the logarithm: (bits - origin) >> shift, of numbers above 0.
    Bits { origin: u64, shift: u32 },
}

impl Slots {
    #[inline]
    fn of(self, x: f64) -> usize {
        match self {
            // The conversion saturates, and makes 0 of a NaN.
            Slots::Linear { origin, scale } => (((x - origin) * scale) as usize).min(SLOTS - 1),
            Slots::Bits { origin, shift } => {
                let bits = if x > 0.0 { x.to_bits() } else { 0 };
                ((bits.saturating_sub(origin) >> shift) as usize).min(SLOTS - 1)
            }
        }
    }
}

impl Index {
    /// The index of cuts that needs the fewest steps; `None` where none saves any.
    fn new(cuts: &[f64]) -> Option<Self> {
        let (first, last) = (*cuts.first()?, *cuts.last()?);
        if cuts.len() < LEAST_INDEXED || cuts.len() >= usize::from(u16::MAX) {
            return None;
        }
        let linear = Slots::Linear { origin: first, scale: (SLOTS - 2) as f64 / (last - first) };
        let origin = cuts.iter().find(|cut| **cut > 0.0).map_or(0, |cut| cut.to_bits());
        let width = last.max(0.0).to_bits().saturating_sub(origin);
        let bits = Slots::Bits { origin, shift: (width / (SLOTS as u64 - 1)).max(1).ilog2() + 1 };
        let candidates = [linear, bits].map(|slots| Index::with(slots, cuts));
        candidates.into_iter().min_by_key(|index| index.steps).filter(|index| index.steps < cuts.len().ilog2())
    }

    fn with(slots: Slots, cuts: &[f64]) -> Self {
        let mut counts = vec![0_u16; SLOTS];
        for cut in cuts {
            if let Some(count) = counts.get_mut(slots.of(*cut)) {
                *count += 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        let steps = u16::BITS - most.leading_zeros();
        let mut below = 0;
        let start = counts
            .into_iter()
            .map(|count| {
                below += count;
                below - count
            })
            .collect();
        let padding = std::iter::repeat_n(f64::NAN, 1 << steps);
        Index { slots, start, steps, cuts: cuts.iter().copied().chain(padding).collect() }
    }

    /// Places by the index, then by as many steps for every number: no branch depends on a value.
    #[inline]
    fn search(&self, missing: usize, values: &[f64], places: &mut [u16]) {
        for (values, places) in values.chunks(IN_STEP).zip(places.chunks_mut(IN_STEP)) {
            let mut block = [f64::NAN; IN_STEP];
            block.iter_mut().zip(values).for_each(|(place, x)| *place = *x);
            let mut below = block.map(|x| usize::from(self.start.get(self.slots.of(x)).copied().unwrap_or(0)));
            for step in (0..self.steps).rev() {
                let half = 1 << step;
                for (below, x) in below.iter_mut().zip(&block) {
                    let cut = self.cuts.get(below.wrapping_add(half - 1)).copied().unwrap_or(f64::NAN);
                    *below = select_unpredictable(cut <= *x, below.wrapping_add(half), *below);
                }
            }
            for ((place, below), x) in places.iter_mut().zip(below).zip(values) {
                *place = if x.is_nan() { missing } else { below } as u16;
            }
        }
    }
}

impl Numbers {
    /// `intervals[i]` is the bin of `cuts[i - 1] <= x < cuts[i]`.
    pub(super) fn new(cuts: Vec<f64>, intervals: Vec<u16>, missing: u16, mut special: Vec<(f64, u16)>) -> Self {
        special.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut bins = intervals;
        bins.push(missing);
        let is_identity = bins.iter().enumerate().all(|(place, bin)| place == usize::from(*bin));
        Numbers { index: Index::new(&cuts), cuts, bins, is_identity, special }
    }

    /// The bin of a number; a NaN is missing.
    #[inline]
    pub(super) fn one(&self, x: f64) -> u16 {
        if let Some(bin) = self.special(x) {
            return bin;
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
                _ => match &self.index {
                    Some(index) => index.search(self.cuts.len() + 1, values, codes),
                    None => self.search(values, codes),
                },
            }
            if !self.is_identity {
                for code in &mut *codes {
                    *code = self.bin(usize::from(*code));
                }
            }
            if self.special.len() > MOST_SPECIAL_COMPARED {
                for (code, x) in codes.iter_mut().zip(values) {
                    *code = self.special(*x).unwrap_or(*code);
                }
                continue;
            }
            for (special, bin) in &self.special {
                for (code, x) in codes.iter_mut().zip(values) {
                    *code = if x == special { *bin } else { *code };
                }
            }
        }
    }

    /// The bin of a special value.
    #[inline]
    fn special(&self, x: f64) -> Option<u16> {
        if self.special.len() <= MOST_SPECIAL_COMPARED {
            return self.special.iter().find(|(value, _)| *value == x).map(|(_, bin)| *bin);
        }
        let place = self.special.partition_point(|(value, _)| *value < x);
        self.special.get(place).filter(|(value, _)| *value == x).map(|(_, bin)| *bin)
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
