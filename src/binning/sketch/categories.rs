//! Counts by category of a stream of cases.
//!
//! Up to `limit` categories the counts are exact. Beyond, the sketch is the mergeable form of the Misra-Gries summary
//! (Misra and Gries 1982; Agarwal, Cormode, Huang, Phillips, Wei and Yi 2012, "Mergeable summaries"): at twice the
//! limit, the number of cases d of the (limit + 1)-th largest category is taken from every category's rank number, and
//! the categories that have none left are dropped; their counts go to the `others`.
//!
//! **Error bound.** Every such step takes d from at least limit + 1 categories. As the rank numbers never sum to more
//! than the n cases that were added, the sum D of all d is at most n / (limit + 1), in whatever order parts were merged.
//! A category misses at most D of its cases, so that every category with more than D cases is there. What a category
//! misses stands in the others: the counts of categories and others always sum to those of all cases.

use std::collections::HashMap;
use std::ops::AddAssign;

use crate::binning::Count;

/// Cases and their number, the indeterminate ones included.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CategoryCounts {
    /// Number of all cases.
    pub number: u64,
    /// Their counts.
    pub count: Count,
}

impl AddAssign for CategoryCounts {
    fn add_assign(&mut self, other: Self) {
        self.number += other.number;
        self.count += other.count;
    }
}

/// A mergeable summary of a column of categories, by exact text; see the module for its error bound.
#[derive(Debug, Clone)]
pub struct CategorySketch {
    limit: usize,
    categories: HashMap<String, Category>,
    others: CategoryCounts,
    /// Cases that were added.
    added: u64,
    /// D of the error bound.
    missed: u64,
}

/// Counts by category.
#[derive(Debug, Clone, PartialEq)]
pub struct CategorySummary {
    /// The categories in the order in which they came.
    pub categories: Vec<(String, CategoryCounts)>,
    /// What is not counted for any of them.
    pub others: CategoryCounts,
    /// The most cases that any category misses (D of the error bound); 0: every category is there with all its cases.
    pub most_missed: u64,
}

#[derive(Debug, Clone, Copy)]
struct Category {
    /// Its place in the order in which categories came.
    place: u64,
    /// What it has left of its number of cases.
    rank: u64,
    counts: CategoryCounts,
}

impl CategorySketch {
    /// Categories up to which a sketch is exact, where the caller has no reason for another limit.
    pub const LIMIT: usize = 100_000;

    /// A sketch that is exact for up to `limit` categories and never holds more than twice as many.
    pub fn new(limit: usize) -> Self {
        let others = CategoryCounts::default();
        CategorySketch { limit, categories: HashMap::new(), others, added: 0, missed: 0 }
    }

    /// Adds cases of one category.
    pub fn add(&mut self, text: &str, counts: CategoryCounts) {
        let place = self.added;
        self.added += counts.number;
        match self.categories.get_mut(text) {
            Some(category) => {
                category.rank += counts.number;
                category.counts += counts;
            }
            None => {
                let category = Category { place, rank: counts.number, counts };
                self.categories.insert(text.to_owned(), category);
                self.shrink(self.limit.saturating_mul(2));
            }
        }
    }

    /// Adds what another sketch has seen; its categories come after those that are there.
    pub fn merge(&mut self, other: &CategorySketch) {
        for (text, added) in &other.categories {
            let place = self.added + added.place;
            let category = self.categories.entry(text.clone()).or_insert(Category {
                place,
                rank: 0,
                counts: CategoryCounts::default(),
            });
            category.rank += added.rank;
            category.counts += added.counts;
        }
        self.others += other.others;
        self.added += other.added;
        self.missed += other.missed;
        self.shrink(self.limit.saturating_mul(2));
    }

    /// What there is to know at the end, of at most `limit` categories.
    pub fn finish(mut self) -> CategorySummary {
        self.shrink(self.limit);
        let mut categories: Vec<(String, Category)> = self.categories.into_iter().collect();
        categories.sort_unstable_by(by_place);
        CategorySummary {
            categories: categories.into_iter().map(|(text, category)| (text, category.counts)).collect(),
            others: self.others,
            most_missed: self.missed,
        }
    }

    /// Where there are more than `most` categories, leaves at most `limit` of them.
    fn shrink(&mut self, most: usize) {
        if self.categories.len() <= most {
            return;
        }
        let mut ranks: Vec<u64> = self.categories.values().map(|category| category.rank).collect();
        // The (limit + 1)-th largest, which is there because most >= limit.
        let (_, least, _) = ranks.select_nth_unstable_by(self.limit, |a, b| b.cmp(a));
        let least = *least;
        let mut dropped: Vec<(String, Category)> =
            self.categories.extract_if(|_, category| category.rank <= least).collect();
        // In a fixed order, because the weights are sums.
        dropped.sort_unstable_by(by_place);
        for (_, category) in dropped {
            self.others += category.counts;
        }
        for category in self.categories.values_mut() {
            category.rank -= least;
        }
        self.missed += least;
    }
}

fn by_place(a: &(String, Category), b: &(String, Category)) -> std::cmp::Ordering {
    (a.1.place, &a.0).cmp(&(b.1.place, &b.0))
}
