//! Bins of a table that does not fit in memory, found batch by batch.
//!
//! Outcomes, ids, groups and days are few columns: a survey reads them whole, and the samples are drawn from them by
//! the code that draws them for training, so that development cases are the same ones. A first pass over the features
//! sketches each of them ([`crate::binning::sketch`]); a second one counts the development cases exactly in the cells
//! that the sketch proposes; the bins are then found by the code that finds them in memory. So all counts, weights of
//! evidence and information values are exact. Where a column has many distinct values, its bins begin and end where
//! one of up to 8,192 cells of nearly equal frequency does; an error of the sketch makes these less equal, and nothing else.

mod column;

use std::ops::Range;

use rayon::prelude::*;

use crate::binning::{Binning, Count, Periods, SampleOutcomes};
use crate::config::{CardSpec, CaseSource, ColumnSettings};
use crate::error::{Error, Result};
use crate::pipeline::periods;
use crate::progress::Progress;
use crate::table::{BatchSize, Batches, ReadOptions, Table};
use crate::{ready_made, sample};
use column::{Counting, Sketching};

/// Bins of a card's columns, found batch by batch.
#[derive(Debug, Clone)]
pub struct StreamedBins {
    /// The card's name.
    pub card: String,
    /// Rows of the table.
    pub rows: usize,
    /// Cases of the development sample.
    pub development: usize,
    /// The features with their bins, in the order of the table's columns.
    pub features: Vec<StreamedBinning>,
    /// Columns that cannot be features, then pairs of columns, with the reason.
    pub refused: Vec<(String, String)>,
    /// Features whose bins a person edited; the edits are not carried out here: training replays them.
    pub edited: Vec<String>,
}

/// A feature with its bins.
#[derive(Debug, Clone)]
pub struct StreamedBinning {
    /// The bins. The codes are those of places, not of cases, and mean nothing here.
    pub binning: Binning,
    /// Numeric: how far from equal frequency the sketch can have brought the borders of cells, in cases; 0: every
    /// distinct value is a cell of its own.
    pub rank_error: u64,
    /// Categorical: cases of categories beyond the number that is kept. They have a bin of their own, the one after
    /// the special ones, and will be unforeseen where the bins are used.
    pub others: Option<Others>,
}

/// Categories that were not kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Others {
    /// Their cases.
    pub count: Count,
    /// None of them has more development cases than this.
    pub most_cases: u64,
}

/// A batch, and which cases of the development sample it holds.
pub(crate) struct Part<'a> {
    table: &'a Table,
    /// The table's row that is the batch's first.
    first: usize,
    /// Positions in the sample.
    positions: Range<usize>,
    development: &'a Development<'a>,
}

/// The development sample.
pub(crate) struct Development<'a> {
    sample: SampleOutcomes<'a>,
    /// By row of the table.
    weights: &'a [f64],
    periods: Option<Periods>,
}

impl Part<'_> {
    /// The batch's rows that are development cases, with their positions in the sample.
    fn cases(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let rows = &self.development.sample.rows()[self.positions.clone()];
        rows.iter().zip(self.positions.clone()).map(|(row, position)| (*row as usize - self.first, position))
    }

    /// The counts of one case.
    fn count(&self, row: usize, position: usize) -> Count {
        let sample = &self.development.sample;
        Count { cell: sample.case(position), weight: self.development.weights[row + self.first] }
    }
}

/// Finds the bins of all features of a card on a ready-made table. `size` bounds what is in memory besides outcomes,
/// ids, groups, days and sketches.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for a card on the history, and otherwise those of training up to the bins.
pub fn bin_table(spec: &CardSpec, size: BatchSize, progress: &dyn Progress) -> Result<StreamedBins> {
    let CaseSource::Table(source, outcome) = &spec.cases else {
        return Err(spec
            .source
            .error(&["population"], "bins are found batch by batch on a ready-made table, not on the loan history")
            .help("leave --streaming out: the features of a history are made in parts already"));
    };
    if spec.segments.is_some() {
        return Err(spec
            .source
            .error(&["segments"], "the bins of segments are found with all cases in memory only")
            .help("leave --streaming out, or take [segments] out to see the bins of all cases together"));
    }
    let as_text = ready_made::text_columns(&spec.features, source);
    let options = ReadOptions {
        separator: source.separator,
        null_values: &source.null_values,
        as_text: &as_text,
        ..ReadOptions::default()
    };
    let path = spec.source.resolve(&source.path);
    let keys = ready_made::Keys::new(spec, source, outcome);
    progress.begin("reading outcomes and types", 0);
    let (batches, table) = Batches::survey(&path, &source.path, &options, size, &keys.names, progress)?;
    let mut cases = ready_made::frame_of_cases(
        &table,
        &keys.columns,
        &outcome.source,
        Some(&spec.source),
        ready_made::Demands::Training,
    )?;
    if let Some(rejects) = &spec.rejects {
        crate::rejected::mark(spec, rejects, &table, &mut cases)?;
    }
    drop(table);
    let names = ready_made::chosen(batches.names(), &spec.features, &keys.names, &spec.source)?;
    ready_made::check_pairs(batches.names(), &keys.names, spec)?;

    let in_card = |e: Error| e.in_file(&spec.source.path);
    let samples = sample::draw(&cases, &spec.sample, spec.seed).map_err(in_card)?;
    let rows = samples.development();
    let development = Development {
        sample: SampleOutcomes::new(&cases.outcomes, rows),
        weights: &cases.outcomes.weights,
        periods: periods(spec, &cases, rows)?,
    };

    let default = ColumnSettings::default();
    let settings = |name: &str| ready_made::settings(&spec.features.columns, name, &default);
    let mut sketching: Vec<Sketching<'_>> = names.iter().map(|name| Sketching::new(name, settings(name))).collect();
    progress.begin("sketching features", 0);
    pass(&batches, &names, &development, progress, &mut sketching, Sketching::add)?;

    let reason = "the bins of a pair are found with all cases in memory only";
    let pairs = spec.features.pairs.keys().map(|name| (name.clone(), reason.to_owned()));
    let mut refused: Vec<(String, String)> = Vec::new();
    let mut counting: Vec<Counting<'_>> = Vec::new();
    for sketching in sketching {
        match sketching.proposal(&development)? {
            Ok(column) => counting.push(column),
            Err((name, reason)) => refused.push((name, reason)),
        }
    }
    let names: Vec<String> = counting.iter().filter(|column| !column.is_done()).map(|c| c.name().to_owned()).collect();
    if !names.is_empty() {
        progress.begin("counting cases", 0);
        pass(&batches, &names, &development, progress, &mut counting, Counting::add)?;
    }

    progress.begin("binning features", counting.len());
    let features: Vec<Result<StreamedBinning>> = counting
        .into_par_iter()
        .map(|column| {
            let binning = column.bin(&spec.binning);
            progress.advance();
            progress.check()?;
            binning
        })
        .collect();
    refused.extend(pairs);
    Ok(StreamedBins {
        card: spec.card.name.clone(),
        rows: batches.rows(),
        development: rows.len(),
        features: features.into_iter().collect::<Result<_>>().map_err(in_card)?,
        refused,
        edited: spec.edits.features().into_iter().map(str::to_owned).collect(),
    })
}

/// Hands every batch to every column, columns in parallel; of several errors, the first column's is told.
fn pass<Column: Send>(
    batches: &Batches<'_>,
    names: &[String],
    development: &Development<'_>,
    progress: &dyn Progress,
    columns: &mut [Column],
    add: impl Fn(&mut Column, &Part<'_>) -> Result<()> + Sync,
) -> Result<()> {
    let rows = development.sample.rows();
    batches.each(names, |first, table| {
        progress.check()?;
        let position = |row: usize| rows.partition_point(|other| (*other as usize) < row);
        let positions = position(first)..position(first + table.rows());
        let part = Part { table, first, positions, development };
        let results: Vec<Result<()>> = columns.par_iter_mut().map(|column| add(column, &part)).collect();
        results.into_iter().collect()
    })
}
