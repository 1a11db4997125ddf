//! The cases of a card: ids, outcomes and features as plain columns. Everything after this room
//! takes slices and counts; nothing after it knows files or Polars.

use chrono::NaiveDate;
use scorewright_runtime::artifact::{DataFile, FeatureKind};

use crate::table::Categories;

/// Cases with their outcomes and features; all columns have one entry a case.
#[derive(Debug, Clone)]
pub struct Cases {
    /// What the ids are called.
    pub id_name: String,
    /// Ids; `None`: the row number, from 1.
    pub ids: Option<Vec<String>>,
    /// Day of observation.
    pub observed_at: Option<Vec<NaiveDate>>,
    /// Group of a case; cases of one group stay in one sample.
    pub groups: Option<Categories>,
    /// Good and bad weights.
    pub outcomes: Outcomes,
    /// Applicants who were rejected, so that they have no outcome; `None`: nobody was.
    pub rejected: Option<Vec<bool>>,
    /// The features.
    pub features: Vec<FeatureColumn>,
    /// Columns that pairs or segments need and that are no features of their own.
    pub axes: Vec<FeatureColumn>,
    /// Columns that decided about acceptance alone: they enter the study of rejected applicants and nothing else.
    pub exclusion: Vec<FeatureColumn>,
    /// Features that the table of the rejected applicants lacks; of these applicants they are missing here.
    pub rejected_lack: Vec<String>,
    /// Columns that cannot be features, with the reason.
    pub refused: Vec<(String, String)>,
    /// How many rows there were, and what was left out, by cause, in order.
    pub waterfall: Vec<WaterfallStep>,
    /// What a reader of the run must know about the data.
    pub warnings: Vec<String>,
    /// The files that were read.
    pub data: Vec<DataFile>,
}

/// A step of the waterfall from all rows to the cases.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct WaterfallStep {
    /// The cause in words.
    pub cause: String,
    /// Rows left out for it (in the first step: all rows, none of them left out).
    pub removed: u64,
    /// Rows that remain.
    pub remaining: u64,
}

/// Good and bad weights by case. A case that is neither (indeterminate) has 0 and 0.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// Good weight.
    pub goods: Vec<f64>,
    /// Bad weight.
    pub bads: Vec<f64>,
    /// Case weight.
    pub weights: Vec<f64>,
    /// Whether any outcome is fractional or any weight is not 1.
    pub plain: bool,
}

impl Outcomes {
    /// Number of cases.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there are no cases.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Whether a case counts for fitting.
    pub fn is_determinate(&self, case: usize) -> bool {
        self.goods[case] + self.bads[case] > 0.0
    }

    /// Adds a good or bad case.
    pub fn push(&mut self, state: OutcomeState, weight: f64) {
        let (good, bad) = match state {
            OutcomeState::Good => (weight, 0.0),
            OutcomeState::Bad => (0.0, weight),
            OutcomeState::Indeterminate => (0.0, 0.0),
            OutcomeState::Ratio(goodness) => (weight * goodness, weight * (1.0 - goodness)),
        };
        self.plain = (self.plain || self.is_empty()) && weight == 1.0 && !matches!(state, OutcomeState::Ratio(_));
        self.goods.push(good);
        self.bads.push(bad);
        self.weights.push(weight);
    }
}

/// What a case turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutcomeState {
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Neither.
    Indeterminate,
    /// A share of goodness in [0, 1].
    Ratio(f64),
}

/// A feature's column.
#[derive(Debug, Clone)]
pub struct FeatureColumn {
    /// Its name.
    pub name: String,
    /// In words; may be empty.
    pub description: String,
    /// Its values.
    pub values: FeatureValues,
}

/// A feature's values.
#[derive(Debug, Clone)]
pub enum FeatureValues {
    /// Numbers; NaN is missing.
    Numeric(Vec<f64>),
    /// Exact texts.
    Categorical(Categories),
}

impl FeatureValues {
    /// Keeps the cases that stay.
    pub fn keep(&mut self, stays: &[bool]) {
        match self {
            FeatureValues::Numeric(values) => {
                let mut stays = stays.iter();
                values.retain(|_| stays.next() == Some(&true));
            }
            FeatureValues::Categorical(values) => {
                let kept = (0..values.codes.len()).filter(|case| stays[*case]).map(|case| values.text(case));
                *values = Categories::from_texts(kept);
            }
        }
    }

    /// The value of a case as people read it.
    pub fn text(&self, case: usize) -> String {
        match self {
            FeatureValues::Numeric(values) if values[case].is_nan() => "missing".to_owned(),
            FeatureValues::Numeric(values) => values[case].to_string(),
            FeatureValues::Categorical(values) => values.text(case).unwrap_or("missing").to_owned(),
        }
    }

    /// Numeric or categorical.
    pub fn kind(&self) -> FeatureKind {
        match self {
            FeatureValues::Numeric(_) => FeatureKind::Numeric,
            FeatureValues::Categorical(_) => FeatureKind::Categorical,
        }
    }
}

impl Cases {
    /// Number of cases.
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Every column that a scorecard may need: the features, then the further axes of pairs.
    pub fn columns(&self) -> Vec<&FeatureColumn> {
        self.features.iter().chain(&self.axes).collect()
    }

    /// Whether a case is an applicant who was rejected.
    pub fn is_rejected(&self, case: usize) -> bool {
        self.rejected.as_ref().is_some_and(|rejected| rejected[case])
    }

    /// The id of a case: its own or its row number.
    pub fn id(&self, case: usize) -> String {
        match &self.ids {
            Some(ids) => ids[case].clone(),
            None => (case + 1).to_string(),
        }
    }
}
