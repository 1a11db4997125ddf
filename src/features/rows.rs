//! The values of definitions over one table and key. Units are taken in chunks, so that only the rows of some
//! thousand units are evaluated at a time; chunks run side by side, and each value comes from its own rows alone, in
//! their order, so that it is the same at any number of threads.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use polars::prelude::*;
use rayon::prelude::*;

use super::aggregate::{across, longest_run, of_values, trend};
use super::plan::{Plan, Planned};
use crate::cases::FeatureValues;
use crate::config::Aggregate;
use crate::error::{Result, internal};
use crate::history::{Day, HistoryTable, Index, Window};
use crate::progress::Progress;
use crate::table::{Categories, EVALUATED, MISSING, Table};

/// Observations by one key: whose rows, on which day; one entry a point.
#[derive(Clone, Copy)]
pub(super) struct Points<'a> {
    pub codes: &'a [u32],
    pub days: &'a [Day],
}

/// A chunk is closed when it has so many rows: enough to keep columns busy, few enough to stay in the cache.
const CHUNK_ROWS: usize = 1 << 16;

/// What [`Aggregate::MissingReason`] says, in the order of their texts.
const REASONS: [&str; 4] = ["no_record", "no_value", "outside_window", "present"];

/// Rows of some units, evaluated.
struct Chunk<'a> {
    index: &'a Index<'a>,
    /// First position and first local row of each unit.
    offsets: BTreeMap<u32, (usize, usize)>,
    /// By slot: a number for every local row.
    columns: Vec<Column>,
}

/// An expression's values by local row.
struct Column {
    /// Numbers; truth values as 1 and 0, dates as days, texts as positions in `levels`; missing is NaN.
    numbers: Vec<f64>,
    /// The texts in their order, where the values are texts.
    levels: Vec<String>,
}

/// Values of one definition for the points of a chunk.
struct ChunkValues {
    numbers: Vec<f64>,
    levels: Vec<String>,
}

/// The values of a plan's definitions, each one a point.
///
/// # Errors
/// Those of evaluating expressions; interruption.
pub(super) fn values(
    table: &HistoryTable,
    index: &Index<'_>,
    plan: &Plan,
    points: Points<'_>,
    progress: &dyn Progress,
) -> Result<Vec<FeatureValues>> {
    // Points in the order of their units; those without a unit have no rows.
    let mut order: Vec<u32> = (0..points.codes.len() as u32).collect();
    if !points.codes.is_sorted() {
        order.sort_by_key(|point| points.codes[*point as usize]);
    }
    let mut chunks: Vec<&[u32]> = Vec::new();
    let (mut rows, mut first) = (0, 0);
    let mut position = 0;
    for of_unit in order.chunk_by(|a, b| points.codes[*a as usize] == points.codes[*b as usize]) {
        rows += index.positions(points.codes[of_unit[0] as usize]).len().max(1);
        position += of_unit.len();
        if rows >= CHUNK_ROWS {
            chunks.push(&order[first..position]);
            (rows, first) = (0, position);
        }
    }
    chunks.push(&order[first..]);
    let built: Vec<Vec<ChunkValues>> = chunks
        .par_iter()
        .map(|chunk| {
            progress.check()?;
            chunk_values(table, index, plan, points, chunk)
        })
        .collect::<Result<_>>()?;
    // Scattered to the order of the points.
    let count = points.codes.len();
    let mut by_definition: Vec<Vec<ChunkValues>> = plan.definitions.iter().map(|_| Vec::new()).collect();
    for chunk in built {
        for (values, all) in chunk.into_iter().zip(&mut by_definition) {
            all.push(values);
        }
    }
    Ok(plan
        .definitions
        .iter()
        .zip(by_definition)
        .map(|(definition, parts)| {
            if !definition.is_text {
                let mut numbers = vec![f64::NAN; count];
                for (chunk, part) in chunks.iter().zip(parts) {
                    for (point, number) in chunk.iter().zip(part.numbers) {
                        numbers[*point as usize] = number;
                    }
                }
                return FeatureValues::Numeric(numbers);
            }
            let mut places = vec![(MISSING, 0_u32); count];
            for (number, (chunk, part)) in chunks.iter().zip(&parts).enumerate() {
                for (point, level) in chunk.iter().zip(&part.numbers).filter(|(_, level)| !level.is_nan()) {
                    places[*point as usize] = (number as u32, *level as u32);
                }
            }
            let text = |(chunk, level): &(u32, u32)| {
                parts.get(*chunk as usize).and_then(|part| part.levels.get(*level as usize)).map(String::as_str)
            };
            FeatureValues::Categorical(Categories::from_texts(places.iter().map(text)))
        })
        .collect())
}

fn chunk_values(
    table: &HistoryTable,
    index: &Index<'_>,
    plan: &Plan,
    points: Points<'_>,
    chunk: &[u32],
) -> Result<Vec<ChunkValues>> {
    let data = Chunk::read(table, index, plan, chunk.iter().map(|point| points.codes[*point as usize]))?;
    let mut values: Vec<ChunkValues> = plan
        .definitions
        .iter()
        .map(|definition| ChunkValues {
            numbers: Vec::with_capacity(chunk.len()),
            levels: match (definition.aggregate, definition.value) {
                (Aggregate::MissingReason, _) => REASONS.map(str::to_owned).to_vec(),
                (_, Some(slot)) if definition.is_text => data.columns[slot].levels.clone(),
                _ => Vec::new(),
            },
        })
        .collect();
    let mut windows: Vec<Window> = plan.definitions.iter().map(|definition| definition.window).collect();
    windows.sort_by_key(|window| format!("{window:?}"));
    windows.dedup();
    let mut rows: Vec<u32> = Vec::new();
    let mut counted: Vec<u32> = Vec::new();
    let mut scratch = Scratch::default();
    for point in chunk {
        let (code, t) = (points.codes[*point as usize], points.days[*point as usize]);
        for window in &windows {
            data.known_at(code, t, *window, &mut rows);
            for (definition, values) in plan.definitions.iter().zip(&mut values) {
                if definition.window != *window {
                    continue;
                }
                counted.clear();
                match definition.condition {
                    None => counted.extend_from_slice(&rows),
                    Some(slot) => {
                        let meets = &data.columns[slot].numbers;
                        counted.extend(rows.iter().copied().filter(|row| meets[*row as usize] == 1.0));
                    }
                }
                values.numbers.push(data.value(definition, code, t, &rows, &mut counted, &mut scratch));
            }
        }
    }
    Ok(values)
}

/// Room for the values of one observation, kept between observations.
#[derive(Default)]
struct Scratch {
    values: Vec<f64>,
    points: Vec<(f64, f64)>,
}

impl<'a> Chunk<'a> {
    /// Evaluates the expressions over the rows of the units `codes` (sorted).
    fn read(table: &HistoryTable, index: &'a Index<'a>, plan: &Plan, codes: impl Iterator<Item = u32>) -> Result<Self> {
        let mut offsets = BTreeMap::new();
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        let mut rows = 0;
        for code in codes.filter(|code| *code != MISSING) {
            if let Entry::Vacant(place) = offsets.entry(code) {
                let range = index.positions(code);
                place.insert((range.start, rows));
                rows += range.len();
                match ranges.last_mut() {
                    Some(last) if last.end == range.start => last.end = range.end,
                    _ => ranges.push(range),
                }
            }
        }
        let frame = &table.table.frame;
        let frame = match (ranges.as_slice(), index.order()) {
            ([], _) => frame.head(Some(0)),
            ([range], None) => frame.slice(range.start as i64, range.len()),
            (ranges, order) => {
                let positions = ranges.iter().cloned().flatten();
                let rows: Vec<IdxSize> = match order {
                    None => positions.map(|position| position as IdxSize).collect(),
                    Some(order) => positions.map(|position| order[position] as IdxSize).collect(),
                };
                frame.take(&IdxCa::from_vec("row".into(), rows)).map_err(internal)?
            }
        };
        let columns = plan
            .expressions
            .iter()
            .map(|evaluated| {
                if !evaluated.as_text
                    && let Some(numbers) = evaluated.expression.numbers(&frame).map_err(internal)?
                {
                    return Ok(Column { numbers, levels: Vec::new() });
                }
                let series = evaluated.expression.evaluate(&frame).map_err(internal)?;
                Column::new(&series, evaluated.as_text, &table.table)
            })
            .collect::<Result<_>>()?;
        Ok(Chunk { index, offsets, columns })
    }

    /// The local rows of a unit that were known on day `t` and happened in the window before it.
    fn known_at(&self, code: u32, t: Day, window: Window, rows: &mut Vec<u32>) {
        rows.clear();
        if let Some((start, local)) = self.offsets.get(&code) {
            rows.extend(self.index.known_at(code, t, window).map(|position| (position - start + local) as u32));
        }
    }

    /// The position of a local row of a unit.
    fn position(&self, code: u32, row: u32) -> usize {
        let (start, local) = self.offsets.get(&code).copied().unwrap_or_default();
        row as usize - local + start
    }

    fn event(&self, code: u32, row: u32) -> Option<Day> {
        self.index.event(self.position(code, row))
    }

    /// Tied rows in the order of a column's values, missing first.
    fn settle_ties(&self, code: u32, column: Option<&Column>, rows: &mut [u32]) {
        let (Some(ties), Some(column)) = (self.index.ties(), column) else { return };
        for tied in rows.chunk_by_mut(|a, b| ties[self.position(code, *a)] == ties[self.position(code, *b)]) {
            let value = |row: &u32| column.numbers[*row as usize];
            tied.sort_by(|a, b| {
                let (a, b) = (value(a), value(b));
                b.is_nan().cmp(&a.is_nan()).then(a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal))
            });
        }
    }

    /// One value; `rows` are those of the window, `counted` those of them that meet the condition.
    fn value(
        &self,
        definition: &Planned,
        code: u32,
        t: Day,
        rows: &[u32],
        counted: &mut [u32],
        scratch: &mut Scratch,
    ) -> f64 {
        use Aggregate as A;
        if let Some(by) = definition.by {
            let by = &self.columns[by].numbers;
            let mut all: Vec<u32> = rows.iter().copied().filter(|row| !by[*row as usize].is_nan()).collect();
            // A stable sort: the rows of a part stay in their order.
            all.sort_by(|a, b| by[*a as usize].total_cmp(&by[*b as usize]));
            let parts: Vec<f64> = all
                .chunk_by(|a, b| by[*a as usize] == by[*b as usize])
                .map(|part| {
                    let counts = |row: &u32| definition.condition.is_none() || self.meets(definition, *row);
                    let mut counted: Vec<u32> = part.iter().copied().filter(counts).collect();
                    self.plain(definition, code, t, part, &mut counted, scratch)
                })
                .collect();
            return across(definition.across, parts.into_iter());
        }
        let value = definition.value.map(|slot| &self.columns[slot]);
        if definition.aggregate == A::MissingReason {
            self.settle_ties(code, value, counted);
            let has_value = counted.last().map(|row| value.is_some_and(|value| !value.numbers[*row as usize].is_nan()));
            return match has_value {
                Some(true) => 3.0,
                Some(false) => 1.0,
                None if self.index.known_at(code, t, Window::EVERYTHING).next().is_some() => 2.0,
                None => 0.0,
            };
        }
        self.plain(definition, code, t, rows, counted, scratch)
    }

    /// Whether a row meets the definition's condition.
    fn meets(&self, definition: &Planned, row: u32) -> bool {
        definition.condition.is_some_and(|slot| self.columns[slot].numbers[row as usize] == 1.0)
    }

    fn plain(
        &self,
        definition: &Planned,
        code: u32,
        t: Day,
        rows: &[u32],
        counted: &mut [u32],
        scratch: &mut Scratch,
    ) -> f64 {
        use Aggregate as A;
        let aggregate = definition.aggregate;
        let value = definition.value.map(|slot| &self.columns[slot]);
        let row_value = |row: &u32| value.map_or(1.0, |value| value.numbers[*row as usize]);
        let meets = |row: &u32| self.meets(definition, *row);
        // Months and days between the observation and a day.
        let since = |day: Day, in_months: bool| {
            if in_months { (t.month() - day.month()) as f64 } else { t.days_since(day) as f64 }
        };
        match aggregate {
            A::Latest | A::First => {
                self.settle_ties(code, value, counted);
                let row = if aggregate == A::Latest { counted.last() } else { counted.first() };
                row.map_or(f64::NAN, row_value)
            }
            A::Share if rows.is_empty() => f64::NAN,
            A::Share => counted.len() as f64 / rows.len() as f64,
            A::MonthsSince | A::DaysSince | A::MonthsUntil | A::DaysUntil if value.is_some() => {
                self.settle_ties(code, value, counted);
                let days = counted.last().map_or(f64::NAN, row_value);
                let Some(day) = Day::from_number(days) else { return f64::NAN };
                let past = since(day, matches!(aggregate, A::MonthsSince | A::MonthsUntil));
                if matches!(aggregate, A::MonthsUntil | A::DaysUntil) { -past } else { past }
            }
            A::MonthsSince | A::DaysSince => {
                let event = counted.last().and_then(|row| self.event(code, *row));
                event.map_or(f64::NAN, |event| since(event, aggregate == A::MonthsSince))
            }
            A::MonthsSinceFirst | A::DaysSinceFirst => {
                let event = counted.first().and_then(|row| self.event(code, *row));
                event.map_or(f64::NAN, |event| since(event, aggregate == A::MonthsSinceFirst))
            }
            A::LongestRun | A::CurrentRun if rows.is_empty() => f64::NAN,
            A::LongestRun | A::CurrentRun => {
                let mut rows = rows.to_vec();
                self.settle_ties(code, definition.condition.map(|slot| &self.columns[slot]), &mut rows);
                match aggregate {
                    A::LongestRun => longest_run(rows.iter().map(meets)),
                    _ => rows.iter().rev().take_while(|row| meets(row)).count() as f64,
                }
            }
            A::Trend => {
                self.settle_ties(code, value, counted);
                scratch.points.clear();
                scratch.points.extend(counted.iter().filter_map(|row| {
                    let (event, value) = (self.event(code, *row)?, row_value(row));
                    (!value.is_nan()).then(|| (event.month() as f64, value))
                }));
                trend(&scratch.points)
            }
            _ => {
                self.settle_ties(code, value, counted);
                scratch.values.clear();
                scratch.values.extend(counted.iter().map(row_value).filter(|value| !value.is_nan()));
                of_values(aggregate, definition.quantile, &mut scratch.values)
            }
        }
    }
}

impl Column {
    fn new(series: &Series, as_text: bool, table: &Table) -> Result<Self> {
        let of_table = table.with(series.clone())?;
        if as_text || series.dtype().is_string() {
            let texts = of_table.categories(EVALUATED)?;
            let mut order: Vec<usize> = (0..texts.levels.len()).collect();
            order.sort_by(|a, b| texts.levels[*a].cmp(&texts.levels[*b]));
            let mut ranks = vec![0.0; order.len()];
            order.iter().enumerate().for_each(|(rank, level)| ranks[*level] = rank as f64);
            let rank = |code: &u32| ranks.get(*code as usize).copied().unwrap_or(f64::NAN);
            return Ok(Column {
                numbers: texts.codes.iter().map(rank).collect(),
                levels: order.into_iter().map(|level| texts.levels[level].clone()).collect(),
            });
        }
        let numbers = match series.date() {
            Ok(days) => days.physical().iter().map(|day| day.map_or(f64::NAN, f64::from)).collect(),
            Err(_) => of_table.numbers(EVALUATED)?,
        };
        Ok(Column { numbers, levels: Vec::new() })
    }
}
