//! What an outcome study found, as one document: outcomes.json.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::DataFile;
use serde::Serialize;

use super::counts::CauseCounts;
use super::definitions::{PointCounts, Stability};
use super::panel::PassedOver;
use crate::config::CohortPeriod;
use crate::error::{Result, internal};

/// Everything that an outcome study found. Months are written as 2024-07; blank figures are null.
#[derive(Debug, Clone, Serialize)]
pub struct OutcomeStudy {
    /// `scorewright.outcomes`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The card's name, or the project's.
    pub title: String,
    /// The card, where the study is of one.
    pub card: Option<CardSummary>,
    /// How far an account is behind.
    pub measure: MeasureSummary,
    /// What was looked at.
    pub history: HistorySummary,
    /// The definitions of bad.
    pub definitions: Vec<DefinitionSummary>,
    /// Accounts by month and state.
    pub portfolio: Vec<PortfolioMonth>,
    /// Ever bad by cohort and month on book.
    pub vintages: VintageSummary,
    /// From state to worst state; the first of one month, then one a window.
    pub roll_rates: Vec<RollSummary>,
    /// Whose months the grid observes, in words.
    pub grid_population: String,
    /// Months within which a bad must be current again to count as cured.
    pub cure_months: u32,
    /// Every definition with every window.
    pub grid: Vec<GridCell>,
    /// Windows that were asked for and are not shown.
    pub windows_left_out: Vec<WindowLeftOut>,
    /// What became of the card's population.
    pub counts: Option<CountsSummary>,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// The files that were read.
    pub data: Vec<DataFile>,
    /// Digests of the configuration files, by what they are.
    pub configuration_sha256: BTreeMap<&'static str, String>,
}

/// The card that a study is of.
#[derive(Debug, Clone, Serialize)]
pub struct CardSummary {
    /// Its name.
    pub name: String,
    /// The moment of the loan it is for.
    pub kind: &'static str,
    /// What it is for.
    pub description: String,
    /// Its outcome in words.
    pub outcome: String,
}

/// The measure of delinquency.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureSummary {
    /// The table that holds it.
    pub table: String,
    /// SQL over its columns.
    pub expression: String,
    /// Lower bounds of the states.
    pub cuts: Vec<f64>,
    /// Names of the states, the current one first.
    pub states: Vec<String>,
    /// Where the month of opening comes from, in words.
    pub opening: String,
    /// Length of a cohort.
    pub cohort: CohortPeriod,
}

/// The months and accounts of the table.
#[derive(Debug, Clone, Serialize)]
pub struct HistorySummary {
    /// Account-months.
    pub rows: u64,
    /// Accounts with at least one of them.
    pub accounts: u64,
    /// First month.
    pub first_month: String,
    /// Last month.
    pub last_month: String,
    /// Number of months.
    pub months: usize,
    /// Rows of the table that are no account-month.
    pub passed_over: PassedOver,
}

/// A definition of bad.
#[derive(Debug, Clone, Serialize)]
pub struct DefinitionSummary {
    /// Its name.
    pub name: String,
    /// What makes a month bad.
    pub bad_where: String,
    /// What makes a month that is not bad too bad to be good.
    pub indeterminate_where: Option<String>,
    /// Accounts that ever met it.
    pub accounts_ever: u64,
    /// Their share of the accounts.
    pub share_ever: f64,
}

/// Accounts of a month by state.
#[derive(Debug, Clone, Serialize)]
pub struct PortfolioMonth {
    /// The month.
    pub month: String,
    /// Accounts by state.
    pub accounts: Vec<u64>,
    /// Accounts of unknown state.
    pub unknown: u64,
}

/// The vintages.
#[derive(Debug, Clone, Serialize)]
pub struct VintageSummary {
    /// Cohorts in the order of opening.
    pub cohorts: Vec<CohortSummary>,
    /// Accounts whose opening is not known.
    pub without_opening: u64,
    /// Rows dated before their account's opening.
    pub rows_before_opening: u64,
}

/// A cohort.
#[derive(Debug, Clone, Serialize)]
pub struct CohortSummary {
    /// Month (2024-07) or quarter (2024-Q3) of opening.
    pub cohort: String,
    /// Its accounts.
    pub accounts: u64,
    /// Month on book of the curves' first point; above 0, the table begins after the opening.
    pub first_month_on_book: i32,
    /// The last month on book that all of its accounts have reached.
    pub mature_until: Option<i32>,
    /// One a definition.
    pub curves: Vec<Curve>,
}

/// A vintage curve, from `first_month_on_book` on; null is immature.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// The definition's name.
    pub definition: String,
    /// Accounts that ever met it.
    pub ever: Vec<Option<u64>>,
    /// Their share of the cohort.
    pub share: Vec<Option<f64>>,
}

/// A roll-rate matrix.
#[derive(Debug, Clone, Serialize)]
pub struct RollSummary {
    /// Window in months; 1 is month to month.
    pub window_months: u32,
    /// Account-months at risk by state.
    pub at_risk: Vec<u64>,
    /// Account-months by state and worst state in the window.
    pub counts: Vec<Vec<u64>>,
    /// Of those with a record.
    pub rates: Vec<Vec<Option<f64>>>,
    /// Account-months without a known state in the window.
    pub no_record: Vec<u64>,
    /// Their share of those at risk.
    pub no_record_share: Vec<Option<f64>>,
    /// Account-months whose window is not over when the table ends; not at risk.
    pub immature: Vec<u64>,
}

/// A definition with a window.
#[derive(Debug, Clone, Serialize)]
pub struct GridCell {
    /// The definition's name.
    pub definition: String,
    /// The window.
    pub window_months: u32,
    /// Counts over all months.
    #[serde(flatten)]
    pub total: PointCounts,
    /// Bads / (goods + bads).
    pub bad_rate: Option<f64>,
    /// Lower bound of its Jeffreys interval.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// How far months lie apart.
    #[serde(flatten)]
    pub stability: Stability,
    /// The month of the largest deviation.
    pub largest_deviation_month: Option<String>,
    /// Share of bads that cure, of those of which it is known.
    pub cure_rate: Option<f64>,
    /// By month of observation.
    pub months: Vec<GridMonth>,
}

/// A month of observation in the grid.
#[derive(Debug, Clone, Serialize)]
pub struct GridMonth {
    /// The month.
    pub month: String,
    /// Its counts.
    #[serde(flatten)]
    pub counts: PointCounts,
    /// Its bad rate.
    pub bad_rate: Option<f64>,
}

/// A window that is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowLeftOut {
    /// The window.
    pub window_months: u32,
    /// Why.
    pub reason: String,
}

/// What became of the rows of a card's population.
#[derive(Debug, Clone, Serialize)]
pub struct CountsSummary {
    /// Its table.
    pub table: String,
    /// Months of observation.
    pub months: Vec<String>,
    /// By cause.
    pub causes: Vec<CauseCounts>,
}

impl OutcomeStudy {
    /// The document's bytes; the same study gives the same bytes.
    ///
    /// # Errors
    /// An internal fault.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(internal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The months and accounts, definitions, roll rates from month to month and the grid's totals.
    pub fn summary(&self) -> serde_json::Value {
        let grid: Vec<serde_json::Value> = self
            .grid
            .iter()
            .map(|cell| {
                serde_json::json!({
                    "definition": cell.definition, "window_months": cell.window_months, "goods": cell.total.goods,
                    "bads": cell.total.bads, "indeterminates": cell.total.indeterminates,
                    "bad_rate": cell.bad_rate, "cure_rate": cell.cure_rate,
                })
            })
            .collect();
        serde_json::json!({
            "title": self.title, "history": self.history, "states": self.measure.states,
            "definitions": self.definitions, "roll_rates": self.roll_rates.first(), "grid": grid,
            "windows_left_out": self.windows_left_out, "warnings": self.warnings,
        })
    }
}
