//! `truth/truth.json`: parameters, formulas' constants, and what came out.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::chain::OUTCOME_MONTHS;
use super::collection::Channel;
use super::rows::Rows;
use super::sources::{BROKEN_MONTHS, STUCK};
use super::{World, policy, traits};
use crate::error::{Result, internal};

/// What came out of a simulation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Rows by file.
    pub rows: BTreeMap<String, u64>,
    /// Applications.
    pub applications: u64,
    /// Accepted applications: accounts.
    pub accepted: u64,
    /// Accounts observed for twelve months after opening.
    pub mature: u64,
    /// Of these, how many reached 90 days past due within them.
    pub mature_bads: u64,
    /// Sum of the true probabilities of default of the mature accounts.
    pub expected_mature_bads: f64,
}

impl Summary {
    /// Adds the applications of some customers.
    pub(super) fn count(&mut self, world: &World, rows: &Rows) {
        let months = world.parameters.months as i32;
        let truth = &rows.true_applications;
        let outcomes = truth.true_pd_12m.iter().zip(&truth.defaulted_12m);
        for ((decision, applied_on), (pd, defaulted)) in truth.decision.iter().zip(&truth.applied_on).zip(outcomes) {
            self.applications += 1;
            if *decision != "accepted" {
                continue;
            }
            self.accepted += 1;
            if world.calendar.month(applied_on.0) + OUTCOME_MONTHS < months {
                self.mature += 1;
                self.mature_bads += u64::from(*defaulted);
                self.expected_mature_bads += pd;
            }
        }
    }

    /// Share of applications accepted and taken up.
    pub fn acceptance(&self) -> f64 {
        self.accepted as f64 / self.applications as f64
    }

    /// Bad rate of the mature accounts; none where no account is mature.
    pub fn bad_rate(&self) -> Option<f64> {
        (self.mature > 0).then(|| self.mature_bads as f64 / self.mature as f64)
    }
}

/// The document.
pub(super) fn document(world: &World, summary: &Summary) -> Result<Vec<u8>> {
    let parameters = &world.parameters;
    let month = |position: usize| world.calendar.month_text(position as i32);
    let last = parameters.months.saturating_sub(1).max(1);
    let economy: BTreeMap<String, f64> =
        world.economy.iter().enumerate().map(|(position, shock)| (month(position), *shock)).collect();
    let by_trait =
        |values: &[f64]| -> BTreeMap<&str, f64> { traits::NAMES.iter().copied().zip(values.iter().copied()).collect() };
    let shift = traits::DRIFT.map(|shift| shift * parameters.drift);
    let broken: Vec<serde_json::Value> = world
        .broken
        .iter()
        .map(|feed| {
            let (source, column, value) = STUCK[feed.source];
            let [from, until] = [feed.from, feed.from + BROKEN_MONTHS - 1].map(|m| world.calendar.month_text(m));
            json!({ "source": source, "from": from, "until": until, "stuck_column": column, "stuck_at": value,
                "other_columns": "missing", "rows": "by event_date" })
        })
        .collect();
    let channels: BTreeMap<&str, serde_json::Value> = Channel::ALL
        .iter()
        .map(|channel| {
            let effect = channel.effect(&parameters.collection);
            let shares = [1, 2, 4].map(|missed| channel.probability(missed));
            (channel.name(), json!({ "effect_on_cure_utility": effect, "probability_by_instalments_missed": { "1": shares[0], "2 to 3": shares[1], "4 to 6": shares[2] } }))
        })
        .collect();
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "parameters": parameters,
        "traits": {
            "names": traits::NAMES,
            "correlations": traits::CORRELATIONS,
            "safety_weights": by_trait(&traits::WEIGHTS),
            "thin_file_below": traits::THIN_FILE,
            "without_effect": ["sex", "region"],
        },
        "drift": {
            "shift_at_last_month": by_trait(&shift),
            "path": format!("linear in the month of the first application, from 0 at {} to all of it at {}", month(0), month(last as usize)),
        },
        "policy": {
            "weights": { "age": policy::WEIGHTS[0], "declared_income": policy::WEIGHTS[1], "tenure": policy::WEIGHTS[2], "declared_debt": policy::WEIGHTS[3] },
            "thin_file": policy::THIN_FILE,
            "ignored": parameters.steady,
        },
        "economy": economy,
        "treatments": channels,
        "broken_feeds": broken,
        "default": "90 days past due or more within 12 calendar months after the month of opening",
        "realised": {
            "summary": summary,
            "acceptance": summary.acceptance(),
            "bad_rate_12m": summary.bad_rate(),
        },
    });
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}
