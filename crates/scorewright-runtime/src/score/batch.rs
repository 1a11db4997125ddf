//! Many cases at once: the scores, PD and reasons that each gets alone, many times faster.

use super::{Scorecard, ScoredFeature};
use crate::artifact::UnforeseenPolicy;
use crate::binning::Partition;
use crate::error::Error;
use crate::reasons::{MOST_REASONS, Reason};
use crate::segments::{ELSEWHERE, ScoredSegments};
use crate::units::Points;
use crate::value::Value;

/// Cases that are scored before the next ones are looked at: what is known of them stays in the nearest cache.
const AT_ONCE: usize = 1024;

/// The values that many cases have of one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'a> {
    /// Numbers; a NaN is missing.
    Numbers(&'a [f64]),
    /// Exact texts of categories; `None` is missing.
    Categories(&'a [Option<&'a str>]),
}

impl<'a> Column<'a> {
    /// How many cases.
    pub fn len(&self) -> usize {
        match self {
            Column::Numbers(values) => values.len(),
            Column::Categories(values) => values.len(),
        }
    }

    /// Whether there are no cases.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a case, from 0; missing after the last.
    pub fn value(&self, row: usize) -> Value<'a> {
        match self {
            Column::Numbers(values) => values.get(row).map_or(Value::Missing, |number| Value::Number(*number)),
            Column::Categories(values) => values.get(row).copied().flatten().map_or(Value::Missing, Value::Category),
        }
    }
}

/// What many cases score, case by case. One batch serves any number of calls: it allocates only where it has to grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// Scores in points; higher is safer.
    pub scores: Vec<f64>,
    /// Probabilities of default, in [0, 1].
    pub pds: Vec<f64>,
    /// How many features of the case had a value that development never saw, as [`super::Scored::unforeseen`].
    pub unforeseen: Vec<u32>,
    /// The position of the case's segment; empty for a card without segments.
    pub segments: Vec<u16>,
    /// The reasons for the score, the greatest first; empty where they were not asked for.
    pub reasons: Vec<[Option<Reason>; MOST_REASONS]>,
}

/// Why many cases cannot be scored.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchError {
    /// There is another number of columns than the card has inputs.
    WrongColumns {
        /// How many were given.
        given: usize,
        /// How many the card has.
        wanted: usize,
    },
    /// A column is of another length than the first.
    WrongLength {
        /// The input.
        input: String,
        /// The column's length.
        given: usize,
        /// The length of the first column.
        wanted: usize,
    },
    /// A case is refused; the first one that is.
    Case {
        /// Its row, from 0.
        row: usize,
        /// Why: what [`Scorecard::score`] says of it.
        error: Error,
    },
}

impl std::fmt::Display for BatchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BatchError::WrongColumns { given, wanted } => {
                write!(f, "{given} columns were given for a card that takes {wanted}")
            }
            BatchError::WrongLength { input, given, wanted } => {
                write!(f, "the column of {input:?} has {given} rows, but the first has {wanted}")
            }
            BatchError::Case { row, error } => write!(f, "row {row}, counted from 0: {error}"),
        }
    }
}

impl std::error::Error for BatchError {}

/// Cases that are scored together.
struct Block<'a> {
    columns: &'a [Column<'a>],
    start: usize,
    rows: usize,
    /// Whether a case may have to be refused.
    is_suspect: bool,
}

impl Scorecard {
    /// Scores many cases, each as [`Scorecard::score`] does, to the bit. `columns` are in the order of
    /// [`Scorecard::inputs`]; all are of one length. What `batch` held before is gone; after an error it is empty.
    /// Nothing is allocated where `batch` has held as many cases before, unless for an error.
    ///
    /// # Errors
    /// [`BatchError`]. A case that is refused refuses all of them.
    pub fn score_columns(
        &self,
        columns: &[Column<'_>],
        with_reasons: bool,
        batch: &mut Batch,
    ) -> Result<(), BatchError> {
        batch.resize(0, false, false);
        if columns.len() != self.inputs.len() {
            return Err(BatchError::WrongColumns { given: columns.len(), wanted: self.inputs.len() });
        }
        let rows = columns.first().map_or(0, Column::len);
        if let Some((column, input)) = columns.iter().zip(&self.inputs).find(|(column, _)| column.len() != rows) {
            return Err(BatchError::WrongLength { input: input.name.clone(), given: column.len(), wanted: rows });
        }
        batch.resize(rows, self.segments.is_some(), with_reasons);
        for start in (0..rows).step_by(AT_ONCE) {
            let mut block = Block { columns, start, rows: AT_ONCE.min(rows - start), is_suspect: false };
            self.score_block(&mut block, batch);
            if block.is_suspect
                && let Some(refused) = self.refused(&block)
            {
                batch.resize(0, false, false);
                return Err(refused);
            }
        }
        Ok(())
    }

    fn score_block(&self, block: &mut Block<'_>, batch: &mut Batch) {
        let all = block.start..block.start + block.rows;
        let scores = batch.scores.get_mut(all.clone()).unwrap_or_default();
        let pds = batch.pds.get_mut(all.clone()).unwrap_or_default();
        let unforeseen = batch.unforeseen.get_mut(all.clone()).unwrap_or_default();
        let segments = batch.segments.get_mut(all.clone()).unwrap_or_default();
        let reasons = batch.reasons.get_mut(all).unwrap_or_default();
        let [mut own, mut codes, mut others] = [[0; AT_ONCE]; 3];
        let mut ranks = [[0; AT_ONCE]; MOST_REASONS];
        let [Some(own), Some(codes), Some(others)] =
            [&mut own, &mut codes, &mut others].map(|codes| codes.get_mut(..block.rows))
        else {
            return;
        };
        match &self.segments {
            None => scores.fill(self.document.base_points),
            Some(of_card) => {
                scores.fill(0.0);
                block.own_codes(of_card, own, unforeseen);
            }
        }
        for (position, feature) in self.features.iter().enumerate() {
            block.codes(feature, codes, others);
            if let Some(of_card) = &self.segments {
                let segment = of_card.of_feature(position);
                for (code, own) in codes.iter_mut().zip(&*own) {
                    *code = if of_card.of_code(*own) == segment { *code } else { ELSEWHERE };
                }
            }
            let new = feature.partition.unforeseen();
            // Wrapping, because a check for overflow would keep the loop from being vectorised; a card has few features.
            for (count, code) in unforeseen.iter_mut().zip(&*codes) {
                *count = count.wrapping_add(u32::from(*code == new));
            }
            if self.document.unforeseen == UnforeseenPolicy::Error {
                block.is_suspect |= codes.contains(&new);
            }
            for (score, code) in scores.iter_mut().zip(&*codes) {
                // What is elsewhere has no points.
                *score += feature.points.get(usize::from(*code)).copied().unwrap_or(0.0);
            }
            if !reasons.is_empty() {
                take_ranks(feature, codes, &mut ranks);
            }
        }
        if let Some(of_card) = &self.segments {
            for ((score, segment), own) in scores.iter_mut().zip(segments).zip(&*own) {
                *score += of_card.base_points(*own);
                *segment = of_card.of_code(*own).and_then(|segment| u16::try_from(segment).ok()).unwrap_or(ELSEWHERE);
            }
        }
        for (pd, score) in pds.iter_mut().zip(&*scores) {
            *pd = Points(*score).log_odds(&self.document.scaling).probability_of_default().0;
        }
        for (row, reasons) in reasons.iter_mut().enumerate() {
            *reasons = ranks.each_ref().map(|ranks| self.reason_of_rank(ranks.get(row).copied().unwrap_or(0)));
        }
    }

    /// The first case of a block that is refused, as it is scored alone.
    #[cold]
    fn refused(&self, block: &Block<'_>) -> Option<BatchError> {
        let mut values = vec![Value::Missing; block.columns.len()];
        (block.start..block.start + block.rows).find_map(|row| {
            values.iter_mut().zip(block.columns).for_each(|(value, column)| *value = column.value(row));
            self.score(&values).err().map(|error| BatchError::Case { row, error })
        })
    }
}

impl Batch {
    fn resize(&mut self, rows: usize, with_segments: bool, with_reasons: bool) {
        self.scores.resize(rows, 0.0);
        self.pds.resize(rows, 0.0);
        self.unforeseen.clear();
        self.unforeseen.resize(rows, 0);
        self.segments.resize(if with_segments { rows } else { 0 }, 0);
        self.reasons.resize(if with_reasons { rows } else { 0 }, [None; MOST_REASONS]);
    }
}

impl Block<'_> {
    /// The codes that tell the segments of the block's cases.
    fn own_codes(&mut self, segments: &ScoredSegments, own: &mut [u16], unforeseen: &mut [u32]) {
        self.input_codes(&segments.partition, segments.input, own);
        let new = segments.partition.unforeseen();
        for (count, code) in unforeseen.iter_mut().zip(&*own) {
            *count += u32::from(*code == new);
            self.is_suspect |= segments.of_code(*code).is_none();
        }
    }

    /// The codes of the block's cases for a feature; `others` is for those of a pair's second axis.
    fn codes(&mut self, feature: &ScoredFeature, codes: &mut [u16], others: &mut [u16]) {
        match (feature.partition.axes(), feature.inputs.as_slice()) {
            (Some([rows, columns]), [row, column]) => {
                self.input_codes(rows, *row, codes);
                self.input_codes(columns, *column, others);
                for (code, other) in codes.iter_mut().zip(others) {
                    *code = feature.partition.cell(*code, *other);
                }
            }
            (_, inputs) => self.input_codes(&feature.partition, inputs.first().copied().unwrap_or(0), codes),
        }
    }

    fn input_codes(&mut self, partition: &Partition, input: usize, codes: &mut [u16]) {
        let is_of_type = self.columns.get(input).is_some_and(|column| partition.rows_into(column, self.start, codes));
        self.is_suspect |= !is_of_type;
    }
}

/// Takes the ranks of a feature's codes among the greatest of each case.
fn take_ranks(feature: &ScoredFeature, codes: &[u16], ranks: &mut [[i32; AT_ONCE]; MOST_REASONS]) {
    let mut own = [0; AT_ONCE];
    for (rank, code) in own.iter_mut().zip(codes) {
        *rank = feature.ranks.get(usize::from(*code)).copied().unwrap_or(0);
    }
    for places in ranks {
        for (place, rank) in places.iter_mut().zip(&mut own) {
            (*place, *rank) = ((*place).max(*rank), (*place).min(*rank));
        }
    }
}
