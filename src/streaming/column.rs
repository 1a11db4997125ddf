//! One column in the two passes: its sketch, then its counts.

use std::collections::HashMap;

use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};
use scorewright_runtime::binning::Partition;

use super::{Development, Others, Part, StreamedBinning};
use crate::binning::sketch::{CategoryCounts, CategorySketch, CategorySummary, QuantileSketch};
use crate::binning::{BinningSpec, Count, CountedColumn, PeriodCounts, bin_counted, special_numbers};
use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{BinningSection, ColumnSettings, SpecialGroup};
use crate::error::{Result, internal};
use crate::ready_made::read_feature;
use crate::table::{Categories, MISSING};

/// Cells of nearly equal frequency into which the values of a column are counted, where it has more distinct ones than
/// the sketch keeps.
const CELLS: usize = 8_192;

/// Most distinct values that are counted each on its own.
const MOST_DISTINCT: usize = 2 * CELLS;

/// A column in the first pass.
pub(super) struct Sketching<'a> {
    name: &'a str,
    settings: &'a ColumnSettings,
    special: Vec<f64>,
    sketch: Option<Sketch>,
    /// Development cases without a value.
    missing: Count,
    /// Why it cannot be a feature.
    refused: Option<String>,
}

enum Sketch {
    Numbers(QuantileSketch),
    Categories(CategorySketch),
}

impl<'a> Sketching<'a> {
    pub fn new(name: &'a str, settings: &'a ColumnSettings) -> Self {
        let special = special_numbers(settings);
        Sketching { name, settings, special, sketch: None, missing: Count::default(), refused: None }
    }

    /// Adds the development cases of a batch.
    pub fn add(&mut self, part: &Part<'_>) -> Result<()> {
        if self.refused.is_some() {
            return Ok(());
        }
        if part.table.is_all_missing(self.name) {
            part.cases().for_each(|(row, position)| self.missing += part.count(row, position));
            return Ok(());
        }
        match read_feature(part.table, self.name, Some(self.settings))? {
            Err(reason) => self.refused = Some(reason),
            Ok(FeatureColumn { values: FeatureValues::Numeric(values), .. }) => {
                // Special and missing values are told apart in the second pass.
                let ordinary = |value: &f64| !self.special.contains(value);
                let values: Vec<f64> = part.cases().map(|(row, _)| values[row]).filter(ordinary).collect();
                let sketch = self.sketch.get_or_insert_with(|| Sketch::Numbers(QuantileSketch::default()));
                let Sketch::Numbers(sketch) = sketch else { return Err(internal("a column changed its type")) };
                sketch.update(&values);
            }
            Ok(FeatureColumn { values: FeatureValues::Categorical(values), .. }) => {
                let mut counts = vec![CategoryCounts::default(); values.levels.len()];
                for (row, position) in part.cases() {
                    let count = part.count(row, position);
                    match values.codes[row] {
                        MISSING => self.missing += count,
                        code => counts[code as usize] += CategoryCounts { number: 1, count },
                    }
                }
                let new = || Sketch::Categories(CategorySketch::new(CategorySketch::LIMIT));
                let Sketch::Categories(sketch) = self.sketch.get_or_insert_with(new) else {
                    return Err(internal("a column changed its type"));
                };
                for (text, counts) in values.levels.iter().zip(counts).filter(|(_, counts)| counts.number > 0) {
                    sketch.add(text, counts);
                }
            }
        }
        Ok(())
    }

    /// What to count in the second pass; or the column's name and why it cannot be a feature.
    pub fn proposal(
        self,
        development: &Development<'_>,
    ) -> Result<std::result::Result<Counting<'a>, (String, String)>> {
        let Sketching { name, settings, special, sketch, missing, refused } = self;
        let places = match (refused, sketch) {
            (Some(reason), _) => return Ok(Err((name.to_owned(), reason))),
            (None, None) => return Ok(Err((name.to_owned(), "every value is missing".to_owned()))),
            (None, Some(Sketch::Numbers(sketch))) => Places::Numbers(NumberPlaces::new(&sketch, &special, settings)?),
            (None, Some(Sketch::Categories(sketch))) => Places::Categories(CategoryPlaces::new(sketch.finish())),
        };
        let is_done = matches!(&places, Places::Categories(places) if places.summary.most_missed == 0)
            && development.periods.is_none();
        let counts = match &places {
            Places::Categories(places) if is_done => {
                let counts = places.summary.categories.iter().map(|(_, counts)| counts.count);
                counts.chain([Count::default(), missing]).collect()
            }
            places => vec![Count::default(); places.len()],
        };
        let periods = development.periods.as_ref().map(|periods| {
            let none = vec![(0.0, 0.0); periods.names.len()];
            PeriodCounts { names: periods.names.clone(), counts: vec![none; counts.len()] }
        });
        Ok(Ok(Counting { name, settings, places, counts, periods, is_done }))
    }
}

/// A column in the second pass.
pub(super) struct Counting<'a> {
    name: &'a str,
    settings: &'a ColumnSettings,
    places: Places,
    counts: Vec<Count>,
    periods: Option<PeriodCounts>,
    is_done: bool,
}

/// Where cases are counted; the last place is for missing values.
enum Places {
    Numbers(NumberPlaces),
    Categories(CategoryPlaces),
}

/// Cells of ordinary numbers, then special values, then missing ones.
struct NumberPlaces {
    partition: Partition,
    /// The cuts between cells; `None` where each cell is one value.
    cuts: Option<Vec<f64>>,
    /// The least value of each place; NaN where there was none.
    values: Vec<f64>,
    rank_error: u64,
}

/// Categories, then all others, then missing ones.
struct CategoryPlaces {
    summary: CategorySummary,
    place: HashMap<String, usize>,
}

impl Places {
    fn len(&self) -> usize {
        match self {
            Places::Numbers(places) => places.values.len(),
            Places::Categories(places) => places.summary.categories.len() + 2,
        }
    }
}

impl NumberPlaces {
    fn new(sketch: &QuantileSketch, special: &[f64], settings: &ColumnSettings) -> Result<Self> {
        let summary = sketch.summary();
        let is_exact = sketch.rank_error() == 0 && summary.len() <= MOST_DISTINCT;
        let mut ends: Vec<f64> = if is_exact {
            // Between the largest number and infinity there is nothing to tell them apart by.
            summary.iter().skip(1).map(|(value, _)| value.min(f64::MAX)).collect()
        } else {
            let stated = settings.fixed_cuts.iter().chain(settings.cuts.iter().flatten());
            sketch.cuts(CELLS).iter().chain(stated).copied().collect()
        };
        ends.sort_unstable_by(f64::total_cmp);
        ends.dedup();
        let bound = |place: usize| ends.get(place).copied();
        let cells = (0..=ends.len())
            .map(|cell| BinDomain::Interval { lower: cell.checked_sub(1).and_then(bound), upper: bound(cell) });
        let special = special.iter().map(|value| BinDomain::Special(vec![Literal::Number(*value)]));
        let places: Vec<BinDomain> = cells.chain(special).chain([BinDomain::Missing]).collect();
        Ok(NumberPlaces {
            partition: Partition::new("places", FeatureKind::Numeric, &places).map_err(internal)?,
            cuts: (!is_exact).then_some(ends),
            values: vec![f64::NAN; places.len()],
            rank_error: sketch.rank_error(),
        })
    }
}

impl CategoryPlaces {
    fn new(summary: CategorySummary) -> Self {
        let texts = summary.categories.iter().map(|(text, _)| text.clone());
        CategoryPlaces { place: texts.enumerate().map(|(place, text)| (text, place)).collect(), summary }
    }

    /// The category of each place; where there are others, `settings` get a bin for them.
    fn values(self, settings: Option<&mut ColumnSettings>) -> FeatureValues {
        let mut others = "others".to_owned();
        while self.place.contains_key(&others) {
            others.push('\'');
        }
        if let Some(settings) = settings {
            let name = format!("{others}: categories with at most {} cases", self.summary.most_missed);
            settings.special.0.push(SpecialGroup { name, values: vec![Literal::Text(others.clone())] });
        }
        let texts = self.summary.categories.into_iter().map(|(text, _)| text);
        let levels: Vec<String> = texts.chain([others]).collect();
        FeatureValues::Categorical(Categories { codes: (0..levels.len() as u32).chain([MISSING]).collect(), levels })
    }
}

impl Counting<'_> {
    pub fn name(&self) -> &str {
        self.name
    }

    /// Whether the first pass counted everything.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Adds the development cases of a batch.
    pub fn add(&mut self, part: &Part<'_>) -> Result<()> {
        if self.is_done {
            return Ok(());
        }
        let missing = self.counts.len() - 1;
        if part.table.is_all_missing(self.name) {
            part.cases().for_each(|(row, position)| self.count(missing, row, position, part));
            return Ok(());
        }
        let column = read_feature(part.table, self.name, Some(self.settings))?;
        match (column.map(|column| column.values), &mut self.places) {
            (Ok(FeatureValues::Numeric(values)), Places::Numbers(places)) => {
                let values: Vec<f64> = part.cases().map(|(row, _)| values[row] + 0.0).collect();
                let mut found = vec![0; values.len()];
                places.partition.numbers_into(&values, &mut found);
                for (place, value) in found.iter().zip(values) {
                    let known = &mut places.values[usize::from(*place)];
                    *known = known.min(value);
                }
                for ((row, position), place) in part.cases().zip(found) {
                    self.count(usize::from(place), row, position, part);
                }
            }
            (Ok(FeatureValues::Categorical(values)), Places::Categories(places)) => {
                let place = |text: &String| places.place.get(text).copied().unwrap_or(missing - 1);
                let by_level: Vec<usize> = values.levels.iter().map(place).collect();
                for (row, position) in part.cases() {
                    let place = by_level.get(values.codes[row] as usize).copied().unwrap_or(missing);
                    self.count(place, row, position, part);
                }
            }
            _ => return Err(internal("a column changed its type")),
        }
        Ok(())
    }

    fn count(&mut self, place: usize, row: usize, position: usize, part: &Part<'_>) {
        let count = part.count(row, position);
        self.counts[place] += count;
        if let (Some(by_period), Some(periods)) = (&mut self.periods, &part.development.periods) {
            periods.add(position, &count.cell, &mut by_period.counts[place]);
        }
    }

    /// The bins.
    pub fn bin(self, section: &BinningSection) -> Result<StreamedBinning> {
        let Counting { name, settings, places, mut counts, mut periods, .. } = self;
        let mut settings = settings.clone();
        // Before the last place, which is for missing values.
        let beyond = counts[counts.len().saturating_sub(2)];
        let (mut values, cuts, rank_error, others) = match places {
            Places::Numbers(places) => (FeatureValues::Numeric(places.values), places.cuts, places.rank_error, None),
            Places::Categories(places) => {
                let most_cases = places.summary.most_missed;
                let others = (beyond.weight > 0.0).then_some(Others { count: beyond, most_cases });
                (places.values(others.is_some().then_some(&mut settings)), None, 0, others)
            }
        };
        // A place without any case has no value.
        let stays: Vec<bool> = counts.iter().map(|count| count.weight > 0.0).collect();
        values.keep(&stays);
        let mut at = stays.iter();
        counts.retain(|_| at.next() == Some(&true));
        if let Some(by_period) = &mut periods {
            let mut at = stays.iter();
            by_period.counts.retain(|_| at.next() == Some(&true));
        }
        let column = FeatureColumn { name: name.to_owned(), description: settings.description.clone(), values };
        let counted = CountedColumn { column, counts, periods, cuts };
        let binning = bin_counted(&counted, &BinningSpec::new(section, &settings))?;
        Ok(StreamedBinning { binning, rank_error, others })
    }
}
