//! What became of the rows of a card's population, by cause and month of observation.

use crate::cases::{OutcomeState, WaterfallStep};
use crate::config::{CardSpec, HistoryOutcome, Population};
use crate::error::Result;
use crate::history::History;
use crate::population::Observations;

/// What a row of the population's table became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Not observed: not met by the population's condition or scheme, or outside its days.
    NotInPopulation,
    /// Left out by a rule of the population, for an overlapping window, or by its sampling.
    Excluded,
    /// The outcome's window is not covered by its tables.
    Immature,
    /// No record in the window, or nothing owed: no outcome.
    NoOutcome,
    /// An applicant who was rejected.
    Rejected,
    /// Neither good nor bad.
    Indeterminate,
    /// Good, or the good part of a share.
    Good,
    /// Bad, or the bad part of a share.
    Bad,
}

impl Fate {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Fate::NotInPopulation => "not_in_population",
            Fate::Excluded => "excluded",
            Fate::Immature => "immature",
            Fate::NoOutcome => "no_outcome",
            Fate::Rejected => "rejected",
            Fate::Indeterminate => "indeterminate",
            Fate::Good => "good",
            Fate::Bad => "bad",
        }
    }
}

/// Rows of one fate and cause.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CauseCounts {
    /// What they became.
    pub fate: Fate,
    /// Why, in words.
    pub cause: String,
    /// How many.
    pub total: f64,
    /// How many by month of observation.
    pub by_month: Vec<f64>,
}

/// The counts by month of observation; the rows of all causes add up to those of the table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PopulationCounts {
    /// The months that have rows, rising.
    pub months: Vec<i32>,
    /// By cause, in the order in which they are tested.
    pub causes: Vec<CauseCounts>,
}

/// Adds up weights by month and cause: `entries` are month, cause and weight of a row; a row may stand
/// in several. Months without an entry are left out; sums run in the order of the entries.
pub fn sum_by_month(
    entries: impl Iterator<Item = (i32, usize, f64)> + Clone,
    causes: usize,
) -> (Vec<i32>, Vec<Vec<f64>>) {
    let months = || entries.clone().map(|(month, ..)| month);
    let (Some(first), Some(last)) = (months().min(), months().max()) else {
        return (Vec::new(), vec![Vec::new(); causes]);
    };
    let length = (i64::from(last) - i64::from(first) + 1) as usize;
    let mut sums = vec![vec![0.0; length]; causes];
    let mut seen = vec![false; length];
    for (month, cause, weight) in entries {
        let position = (month - first) as usize;
        seen[position] = true;
        sums[cause][position] += weight;
    }
    let kept = || seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(position, _)| position);
    let sums = sums.into_iter().map(|sums| kept().map(|position| sums[position]).collect()).collect();
    (kept().map(|position| first + position as i32).collect(), sums)
}

/// Observes a card's population and its outcome and counts what became of every row of its table.
/// `drawn` are the observation points before any is left out for its outcome.
///
/// # Errors
/// Those of expressions.
pub(super) fn population_counts(
    spec: &CardSpec,
    history: &History,
    population: &Population,
    outcome: &HistoryOutcome,
    mut drawn: Observations,
) -> Result<(PopulationCounts, Vec<WaterfallStep>)> {
    let by_rule = drawn.waterfall.len();
    let no_group = population.group.as_ref().map(|group| format!("no {group}"));
    let ungrouped = drawn.waterfall.last().is_some_and(|step| Some(&step.cause) == no_group.as_ref());
    super::mature(spec, history, outcome, &mut drawn)?;
    drawn.thin_out(spec, history, population, outcome)?;
    let states = super::outcomes(spec, history, outcome, &mut drawn)?;
    let steps = &drawn.waterfall;
    let by_where = population.exclude.iter().filter(|rule| rule.condition.is_some()).count();
    let without_group = usize::from(ungrouped);
    let scheme = by_rule - by_where - without_group;
    let mut fates: Vec<(Fate, String)> = steps
        .iter()
        .enumerate()
        .skip(1)
        .map(|(position, step)| {
            let fate = if position < scheme {
                Fate::NotInPopulation
            } else if position < by_rule {
                Fate::Excluded
            } else if step.cause.starts_with(super::IMMATURE) {
                Fate::Immature
            } else if super::WITHOUT_OUTCOME.iter().any(|beginning| step.cause.starts_with(beginning)) {
                Fate::NoOutcome
            } else {
                Fate::Excluded
            };
            (fate, step.cause.clone())
        })
        .collect();
    let first_outcome = fates.len();
    let mut outcomes = vec![(Fate::Indeterminate, "indeterminate"), (Fate::Good, "good"), (Fate::Bad, "bad")];
    if population.rejected_when.is_some() {
        outcomes.push((Fate::Rejected, "rejected applicants"));
    }
    fates.extend(outcomes.into_iter().map(|(fate, cause)| (fate, cause.to_owned())));

    let table = history.table(&population.table)?;
    let known = table.known.as_deref().unwrap_or_default();
    let month = |row: u32| known[row as usize].month() as i32;
    // Rows that were left out stand in the order of the steps.
    let step_of = steps.iter().skip(1).enumerate().flat_map(|(step, counted)| (0..counted.removed).map(move |_| step));
    let left_out = drawn.left_out.iter().zip(step_of).map(|(row, step)| (month(*row), step, 1.0));
    let kept = drawn.rows.iter().zip(states.iter().zip(&drawn.rejected)).flat_map(|(row, (state, rejected))| {
        let month = month(*row);
        let parts = match state {
            _ if *rejected => [(3, 1.0), (3, 0.0)],
            OutcomeState::Indeterminate => [(0, 1.0), (0, 0.0)],
            OutcomeState::Good => [(1, 1.0), (1, 0.0)],
            OutcomeState::Bad => [(2, 1.0), (2, 0.0)],
            OutcomeState::Ratio(goodness) => [(1, *goodness), (2, 1.0 - goodness)],
        };
        parts.map(|(cause, weight)| (month, first_outcome + cause, weight))
    });
    let (months, sums) = sum_by_month(left_out.chain(kept), fates.len());
    let causes = fates
        .into_iter()
        .zip(sums)
        .map(|((fate, cause), by_month)| CauseCounts { fate, cause, total: by_month.iter().sum(), by_month })
        .collect();
    Ok((PopulationCounts { months, causes }, drawn.waterfall))
}
