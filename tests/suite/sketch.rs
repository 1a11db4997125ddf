//! Sketches against exact ranks and counts.

use std::collections::HashMap;

use proptest::prelude::*;
use rand::RngExt;
use scorewright::binning::sketch::{CategoryCounts, CategorySketch, CategorySummary, QuantileSketch};
use scorewright::binning::{Cell, Count};
use scorewright::random::generator;

/// Values in an order that a summary may find hard.
fn stream(name: &str, n: usize) -> Vec<f64> {
    let mut random = generator(1, name, 0);
    let mut uniform = || random.random::<f64>();
    let rising = || (0..n).map(|i| i as f64);
    match name {
        "rising" => rising().collect(),
        "falling" => rising().rev().collect(),
        "all equal" => vec![7.0; n],
        "uniform" => (0..n).map(|_| uniform()).collect(),
        "lognormal" => (0..n)
            .map(|_| (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos())
            .map(f64::exp)
            .collect(),
        // Half of the values are 0, the others distinct.
        "heavy ties" => (0..n).map(|_| uniform()).map(|x| if x < 0.5 { 0.0 } else { x }).collect(),
        // From both ends to the middle: every new value falls between the last two.
        "zoom in" => (0..n).map(|i| if i % 2 == 0 { i as f64 } else { (2 * n - i) as f64 }).collect(),
        "zoom out" => (0..n).map(|i| if i % 2 == 0 { (n - i) as f64 } else { (n + i) as f64 }).collect(),
        // Each value right above the median of those before it: ever narrower.
        "zoom above" => (0..n).map(|i| if i % 2 == 0 { -(i as f64) } else { 1.0 / i as f64 }).collect(),
        "saw" => (0..n).map(|i| (i % 10_007) as f64 + (i / 10_007) as f64 * 1e-4).collect(),
        "few at first" => (0..n).map(|i| if i < n / 2 { (i % 4_000) as f64 } else { uniform() * 4_000.0 }).collect(),
        _ => panic!("{name}"),
    }
}

const STREAMS: [&str; 11] = [
    "rising",
    "falling",
    "all equal",
    "uniform",
    "lognormal",
    "heavy ties",
    "zoom in",
    "zoom out",
    "zoom above",
    "saw",
    "few at first",
];

fn sketch(values: &[f64]) -> QuantileSketch {
    let mut sketch = QuantileSketch::default();
    sketch.update(values);
    sketch
}

/// The greatest error of a rank at any value: of the numbers below it, and of those up to it.
fn greatest_error(sketch: &QuantileSketch, values: &[f64]) -> u64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let summary = sketch.summary();
    assert_eq!(summary.iter().map(|item| item.1).sum::<u64>(), sorted.len() as u64);
    assert!(summary.windows(2).all(|pair| pair[0].0 < pair[1].0), "the summary rises");
    let (mut item, mut estimated, mut rank, mut greatest) = (0, 0_u64, 0_u64, 0_u64);
    for run in sorted.chunk_by(|a, b| a == b) {
        while summary.get(item).is_some_and(|(value, _)| *value < run[0]) {
            estimated += summary[item].1;
            item += 1;
        }
        greatest = greatest.max(rank.abs_diff(estimated));
        let at = summary.get(item).filter(|(value, _)| *value == run[0]).map_or(0, |(_, weight)| *weight);
        rank += run.len() as u64;
        greatest = greatest.max(rank.abs_diff(estimated + at));
    }
    greatest
}

/// One stream: every rank is within the sketch's own bound, that within the half of the bound for merged ones that
/// the module states, and cells are as large as they should be.
#[test]
fn ranks_of_hard_streams_are_within_the_stated_error() {
    let n = 1_000_000;
    for name in STREAMS {
        let values = stream(name, n);
        let sketch = sketch(&values);
        let error = sketch.rank_error();
        let measured = greatest_error(&sketch, &values);
        assert!(measured <= error, "{name}: {measured} against a bound of {error}");
        let levels = (n / QuantileSketch::LEVEL).ilog2() as usize + 1;
        assert!(error <= ((levels + 2) * n / (2 * QuantileSketch::LEVEL)) as u64, "{name}: {error}");
        assert!(error <= QuantileSketch::rank_error_bound(n as u64), "{name}: {error}");

        let cells = 1_000;
        let cuts = sketch.cuts(cells);
        assert!(cuts.len() < cells && cuts.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {}", cuts.len());
        let mut counts: HashMap<usize, (u64, bool)> = HashMap::new();
        for value in &values {
            let cell = counts.entry(cuts.partition_point(|cut| cut <= value)).or_insert((0, *value != 0.0));
            cell.0 += 1;
        }
        // No cell is larger than its share but the one with half of all values, which are 0.
        let largest = counts.values().filter(|cell| cell.1).map(|cell| cell.0).max().unwrap();
        let most = if name == "all equal" { n } else { n / cells } as u64 + 2 * error + 2_000;
        assert!(largest <= most, "{name}: a cell of {largest}");
    }
}

/// The bound is what the compactions can do at worst: on one stream a good part of it does happen, so a bound that
/// forgot a factor of two would not pass.
#[test]
fn the_stated_error_is_not_far_from_what_happens() {
    let share = |name| {
        let values = stream(name, 1_000_000);
        let sketch = sketch(&values);
        greatest_error(&sketch, &values) as f64 / sketch.rank_error() as f64
    };
    let greatest = STREAMS.iter().map(|name| if *name == "all equal" { 0.0 } else { share(name) }).fold(0.0, f64::max);
    assert!(greatest > 0.25, "{greatest}");
}

/// A thousandth of the values, as stated, below 2^30 of them.
#[test]
fn the_bound_is_a_thousandth() {
    for log in 0..=30 {
        let n = (1 << log) - 1;
        assert!(QuantileSketch::rank_error_bound(n) <= n / 1_000, "{n}");
        assert!(log < 15 || QuantileSketch::rank_error_bound(n) > 0, "{n}");
    }
}

#[test]
fn parts_merge_in_any_order_within_the_bound() {
    for name in STREAMS {
        let values = stream(name, 600_000);
        // Parts of very different sizes, the least of them exact.
        let mut parts = Vec::new();
        let mut rest = values.as_slice();
        for size in [1, 100, 5_000, 16_384, 16_385, 40_000, 100_001, 200_000, usize::MAX] {
            let (part, later) = rest.split_at(size.min(rest.len()));
            parts.push(sketch(part));
            rest = later;
        }
        let forward = parts.iter().fold(QuantileSketch::default(), |mut all, part| {
            all.merge(part);
            all
        });
        let backward = parts.iter().rev().fold(QuantileSketch::default(), |mut all, part| {
            all.merge(part);
            all
        });
        let mut tree = parts.clone();
        while tree.len() > 1 {
            let last = tree.pop().unwrap();
            let at = tree.len() / 2;
            tree[at].merge(&last);
        }
        for merged in [&forward, &backward, &tree[0]] {
            assert_eq!(merged.values(), values.len() as u64);
            let (measured, error) = (greatest_error(merged, &values), merged.rank_error());
            assert!(measured <= error, "{name}: {measured} against a bound of {error}");
            assert!(error <= QuantileSketch::rank_error_bound(values.len() as u64), "{name}: {error}");
        }
    }
}

/// Integers and small sets: exact at any length, in any order, by any merging.
#[test]
fn few_distinct_values_are_exact() {
    let n = 300_000;
    let values: Vec<f64> = (0..n).map(|i| f64::from(i % 4_095 * 7_919 % 4_095)).collect();
    let mut expected: HashMap<u64, u64> = HashMap::new();
    for value in &values {
        *expected.entry(*value as u64).or_default() += 1;
    }
    let (front, back) = values.split_at(123_457);
    let mut merged = sketch(back);
    merged.merge(&sketch(front));
    for sketch in [sketch(&values), merged] {
        assert_eq!(sketch.rank_error(), 0);
        let summary = sketch.summary();
        assert_eq!(summary.len(), 4_095);
        assert!(summary.iter().all(|(value, count)| expected[&(*value as u64)] == *count));
        assert_eq!(sketch.cuts(5_000), (1..4_095).map(f64::from).collect::<Vec<f64>>());
    }
}

#[test]
fn odd_numbers_have_their_places() {
    let mut sketch = sketch(&[f64::NAN, -0.0, f64::INFINITY, 0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 0.0]);
    assert_eq!((sketch.values(), sketch.missing()), (6, 2));
    sketch.merge(&QuantileSketch::default());
    let expected = vec![(f64::NEG_INFINITY, 1), (-1.0, 1), (0.0, 3), (f64::INFINITY, 1)];
    assert_eq!(sketch.summary(), expected);
    assert!(sketch.summary()[2].0.is_sign_positive());
    let nothing = QuantileSketch::default();
    assert_eq!((nothing.summary(), nothing.cuts(10), nothing.rank_error()), (vec![], vec![], 0));
}

/// A heavy value takes a cell of its own; those after it still get theirs.
#[test]
fn a_heavy_value_leaves_cells_to_the_others() {
    let sketch = sketch(&stream("heavy ties", 200_000));
    let cuts = sketch.cuts(100);
    assert!(cuts.len() > 95, "{}", cuts.len());
    assert!(cuts[0] > 0.0 && cuts[0] <= 0.5001, "{}", cuts[0]);
}

fn of(number: u64) -> CategoryCounts {
    let cell = Cell::plain(0.75 * number as f64, 0.25 * number as f64);
    CategoryCounts { number, count: Count { cell, weight: number as f64 } }
}

/// All cases are in the summary's categories or its others, no category has more than its own, none misses more than
/// is stated, and that is within the bound.
fn check(summary: &CategorySummary, truth: &HashMap<String, u64>, limit: usize) {
    let n: u64 = truth.values().sum();
    let mut total = summary.others;
    summary.categories.iter().for_each(|(_, counts)| total += *counts);
    assert_eq!(total, of(n));
    assert!(summary.categories.len() <= limit);
    assert!(summary.most_missed <= n / (limit as u64 + 1), "{} of {n}", summary.most_missed);
    let held: HashMap<&str, u64> =
        summary.categories.iter().map(|(text, counts)| (text.as_str(), counts.number)).collect();
    assert_eq!(held.len(), summary.categories.len());
    for (text, number) in truth {
        let held = held.get(text.as_str()).copied().unwrap_or(0);
        assert!(held <= *number && number - held <= summary.most_missed, "{text}: {held} of {number}");
    }
}

#[test]
fn up_to_the_limit_categories_are_exact() {
    let texts = ["Bern", "", " Bern", "bern", "a,b", "\"", "北京"];
    let mut sketch = CategorySketch::new(texts.len());
    for round in 0..5 {
        for text in texts {
            sketch.add(text, of(1 + round));
        }
    }
    let summary = sketch.finish();
    assert_eq!(summary.categories, texts.map(|text| (text.to_owned(), of(15))));
    assert_eq!((summary.others, summary.most_missed), (CategoryCounts::default(), 0));
}

/// The stream that is hardest for such summaries: ever new categories between the common ones.
#[test]
fn common_categories_survive_any_number_of_rare_ones() {
    let (limit, n) = (100, 50_000);
    let mut sketch = CategorySketch::new(limit);
    let mut truth = HashMap::new();
    for i in 0..n {
        // Every tenth case is one of three common categories, the others have one case each.
        let text = if i % 10 == 0 { format!("common {}", i % 30 / 10) } else { format!("rare {i}") };
        sketch.add(&text, of(1));
        *truth.entry(text).or_default() += 1;
    }
    let summary = sketch.finish();
    check(&summary, &truth, limit);
    for common in 0..3 {
        assert!(summary.categories.iter().any(|(text, _)| *text == format!("common {common}")));
    }
    assert!(summary.others.number > 0 && summary.most_missed > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a stream is cut into updates, the sketch is the same.
    #[test]
    fn updates_may_be_cut_anywhere(
        sizes in prop::collection::vec(1_usize..30_000, 1..12),
        distinct in prop_oneof![Just(10_u32), Just(4_096), Just(4_097), Just(1_000_000)],
        seed in any::<u64>(),
    ) {
        let mut random = generator(seed, "values", 0);
        let values: Vec<f64> = (0..sizes.iter().sum::<usize>())
            .map(|_| if random.random_range(0..20_u32) == 0 { f64::NAN } else { f64::from(random.random_range(0..distinct)) })
            .collect();
        let whole = sketch(&values);
        let mut parts = QuantileSketch::default();
        let mut rest = values.as_slice();
        for size in sizes {
            let (part, later) = rest.split_at(size);
            parts.update(part);
            rest = later;
        }
        prop_assert_eq!(&whole, &parts);
        prop_assert!(greatest_error(&whole, &values) <= whole.rank_error());
        prop_assert!(distinct > 4_096 || whole.rank_error() == 0);
        prop_assert_eq!(whole.missing() as usize, values.iter().filter(|x| x.is_nan()).count());
    }

    /// Totals add up and no category misses more than is stated, whatever the merging.
    #[test]
    fn categories_are_never_lost(
        cases in prop::collection::vec((0_u32..60, 1_u64..4), 0..400),
        splits in prop::collection::vec(0_usize..400, 0..5),
        limit in 1_usize..40,
    ) {
        let mut truth: HashMap<String, u64> = HashMap::new();
        let mut parts = vec![CategorySketch::new(limit)];
        for (position, (category, number)) in cases.iter().enumerate() {
            if splits.contains(&position) {
                parts.push(CategorySketch::new(limit));
            }
            // Low categories are common.
            let text = (category * category / 60).to_string();
            *truth.entry(text.clone()).or_default() += number;
            parts.last_mut().unwrap().add(&text, of(*number));
        }
        let merge = |mut all: CategorySketch, part: &CategorySketch| {
            all.merge(part);
            all
        };
        check(&parts.iter().fold(CategorySketch::new(limit), merge).finish(), &truth, limit);
        check(&parts.iter().rev().fold(CategorySketch::new(limit), merge).finish(), &truth, limit);
    }
}
