//! Who applied: development applicants for the fits, all applicants for what is shown.

use ndarray::Array2;
use rand::seq::SliceRandom;
use scorewright_runtime::artifact::UnforeseenPolicy;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::{CardSpec, RejectsSection};
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use crate::sample::{SampleName, Samples};

/// The applicants of a study; slices by case have one entry a case of the data.
#[derive(Debug, Clone)]
pub struct People {
    /// Accepts of the development sample.
    pub accepts: Vec<u32>,
    /// Rejects that the fits use, as many among all as accepts of the development sample among those that could be in it.
    pub rejects: Vec<u32>,
    /// All cases in a sample: accepts, then rejects.
    pub all: Vec<u32>,
    /// By case, whether accepted.
    pub accepted: Vec<bool>,
    /// By case, its weight; that of rejects scaled to the stated acceptance rate.
    pub weights: Vec<f64>,
    /// accepts / (accepts + rejects), by weight.
    pub acceptance_rate: f64,
    /// Rejects who applied before the first or after the last accept, and are left out.
    pub out_of_their_time: usize,
}

/// The cases of `rows` that lie between the first and the last day of `accepts`; all where there are no days.
fn in_their_time(cases: &Cases, rows: &[u32], accepts: &[u32]) -> Vec<u32> {
    let Some(days) = &cases.observed_at else { return rows.to_vec() };
    let day = |row: &u32| days[*row as usize];
    let (first, last) = (accepts.iter().map(day).min(), accepts.iter().map(day).max());
    rows.iter().copied().filter(|row| Some(day(row)) >= first && Some(day(row)) <= last).collect()
}

impl People {
    /// Takes accepts from the samples, and splits rejects alike.
    ///
    /// # Errors
    /// [`ErrorKind::NoCases`] where nobody was rejected.
    pub fn new(spec: &CardSpec, rejects: &RejectsSection, cases: &Cases, samples: &Samples) -> Result<Self> {
        let of =
            |name: SampleName| samples.samples.iter().find(|sample| sample.name == name).map(|s| s.rows.as_slice());
        let marked = of(SampleName::Rejected).unwrap_or_default();
        if marked.is_empty() {
            return Err(Error::new(ErrorKind::NoCases, "the card has no rejected applicants to infer about")
                .in_file(&spec.source.path)
                .help("name them: for a table [rejects] path = \"rejected.csv\", or column = \"decision\" with values = [\"rejected\"]; for the history [population] rejected_when = \"decision = 'rejected'\""));
        }
        let accepts = samples.development().to_vec();
        let mut all: Vec<u32> =
            samples.samples.iter().filter(|s| s.name != SampleName::Rejected).flat_map(|s| s.rows.clone()).collect();
        all.sort_unstable();
        // Accepts need a whole outcome window, rejects do not: without this the latest applicants would all be rejects.
        let everybody = in_their_time(cases, marked, &all);
        if everybody.is_empty() {
            return Err(Error::new(ErrorKind::NoCases, "no rejected applicant applied in the accepts' time")
                .in_file(&spec.source.path)
                .help("look at the days of observation of accepts and rejects"));
        }
        let held_out = of(SampleName::Holdout).unwrap_or_default();
        let share = accepts.len() as f64 / (accepts.len() + held_out.len()) as f64;
        let mut early = in_their_time(cases, &everybody, &accepts);
        if early.is_empty() {
            return Err(Error::new(
                ErrorKind::NoCases,
                "no rejected applicant applied in the development sample's time",
            )
            .in_file(&spec.source.path)
            .help("look at [sample] out_of_time_from and at the days of observation"));
        }
        if share < 1.0 {
            early.shuffle(&mut random::generator(spec.seed, "rejects", 0));
            early.truncate(((early.len() as f64 * share).round() as usize).max(1));
            early.sort_unstable();
        }
        let mut weights = cases.outcomes.weights.clone();
        let sum = |rows: &[u32], weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).sum::<f64>();
        let (accepted, rejected) = (sum(&all, &weights), sum(&everybody, &weights));
        if let Some(rate) = rejects.acceptance_rate {
            let scale = accepted * (1.0 - rate) / (rate * rejected);
            everybody.iter().for_each(|row| weights[*row as usize] *= scale);
        }
        let acceptance_rate = rejects.acceptance_rate.unwrap_or(accepted / (accepted + rejected));
        all.extend(&everybody);
        Ok(People {
            accepts,
            rejects: early,
            all,
            accepted: (0..cases.len()).map(|case| !cases.is_rejected(case)).collect(),
            weights,
            acceptance_rate,
            out_of_their_time: marked.len() - everybody.len(),
        })
    }

    /// Development applicants: accepts, then rejects.
    pub fn development(&self) -> Vec<u32> {
        self.accepts.iter().chain(&self.rejects).copied().collect()
    }
}

/// WOE by case of `rows` and binning of `selected`, from the accepts-only bins; a value that development never saw has what
/// the card's policy gives it.
///
/// # Errors
/// [`ErrorKind::Value`] where the policy refuses it.
pub fn woe(binnings: &[Binning], selected: &[usize], rows: &[u32], policy: UnforeseenPolicy) -> Result<Array2<f64>> {
    let mut woe = Array2::zeros((rows.len(), selected.len()));
    for (column, feature) in selected.iter().enumerate() {
        let binning = &binnings[*feature];
        let lowest = binning.table.rows.iter().map(|row| row.woe).fold(f64::INFINITY, f64::min);
        for (place, row) in woe.column_mut(column).iter_mut().zip(rows) {
            *place = match (binning.table.rows.get(usize::from(binning.codes[*row as usize])), policy) {
                (Some(bin), _) => bin.woe,
                (None, UnforeseenPolicy::Neutral) => 0.0,
                (None, UnforeseenPolicy::Worst) => lowest,
                (None, UnforeseenPolicy::Error) => {
                    return Err(Error::new(
                        ErrorKind::Value,
                        "applicants have a value that development never saw, and the card's policy is to refuse it",
                    )
                    .in_column(&binning.name)
                    .help("set [scaling] unforeseen to \"neutral\" or \"worst\" for this study"));
                }
            };
        }
    }
    Ok(woe)
}
