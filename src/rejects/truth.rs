//! The methods against what became of the rejects, where that is known: in a simulation, or where a lender accepted some
//! at random.

use std::collections::HashMap;

use super::document::TruthRow;
use super::measures::Known;
use crate::cases::Cases;
use crate::config::{CardSpec, CaseSource, TruthTable};
use crate::error::{Error, ErrorKind, Result};
use crate::ready_made::means;
use crate::suggest;
use crate::table::{self, ReadOptions};
use crate::validation::{Distribution, Scores, auc};

/// By case, whether a reject turned out bad; `None`: not known, or accepted.
///
/// # Errors
/// Those of reading; [`ErrorKind::NoCases`] where no reject is in the table.
pub fn read(spec: &CardSpec, truth: &TruthTable, cases: &Cases) -> Result<Vec<Option<bool>>> {
    let name = truth.id.clone().or_else(|| cases.ids.as_ref().map(|_| cases.id_name.clone())).ok_or_else(|| {
        spec.source
            .error(&["rejects", "truth"], "the truth of rejects goes by the case's id, but the card has none")
            .help("name the id's column: [table] id = \"application_id\"")
    })?;
    if name == truth.column {
        return Err(spec
            .source
            .error(&["rejects", "truth", "column"], format!("rejects.truth: {name:?} is both id and outcome"))
            .help("name the column of the outcome as column, and that of the id as id"));
    }
    let wanted = [name.clone(), truth.column.clone()];
    let as_text = [name.clone()];
    let options = ReadOptions { as_text: &as_text, columns: Some(&wanted), ..ReadOptions::default() };
    let table = table::read(&spec.source.resolve(&truth.path), &truth.path, &options)?;
    let (ids, outcomes) = (table.categories(&name)?, table.categories(&truth.column)?);
    let mut known: HashMap<&str, Option<bool>> = HashMap::with_capacity(table.rows());
    for row in 0..table.rows() {
        let Some(id) = ids.text(row) else { continue };
        let bad = outcomes.text(row).map(|text| truth.bad.iter().any(|value| means(value, text)));
        if known.insert(id, bad).is_some() {
            return Err(Error::new(ErrorKind::Duplicate, format!("the id {id:?} stands twice"))
                .in_file(&table.file)
                .in_column(&name)
                .at_row(row + 1)
                .help("the truth needs one row an applicant"));
        }
    }
    let is_history = matches!(spec.cases, CaseSource::History(..));
    let of = |case: usize| {
        let id = cases.id(case);
        // Ids of cases on the history are `unit@day`.
        let unit = id.rsplit_once('@').filter(|_| is_history).map_or(id.as_str(), |(unit, _)| unit);
        known.get(id.as_str()).or_else(|| known.get(unit)).copied().flatten()
    };
    let bad: Vec<Option<bool>> =
        (0..cases.len()).map(|case| if cases.is_rejected(case) { of(case) } else { None }).collect();
    if bad.iter().all(Option::is_none) {
        return Err(Error::new(ErrorKind::NoCases, "the truth knows none of the rejected applicants")
            .in_file(&table.file)
            .in_column(&name)
            .help(format!(
                "the ids there are: {}; name the right column: [rejects.truth] id = \"...\"",
                suggest::list(ids.levels.iter().take(5).map(String::as_str))
            )));
    }
    if !bad.contains(&Some(true)) || !bad.contains(&Some(false)) {
        return Err(Error::new(ErrorKind::NoCases, "all rejected applicants have the same truth")
            .in_file(&table.file)
            .in_column(&truth.column)
            .help("say which values mean bad: [rejects.truth] bad = [...]"));
    }
    Ok(bad)
}

/// What a method is compared with; slices have one entry an applicant.
#[derive(Debug, Clone, Copy)]
pub struct Truth<'a> {
    /// What is known.
    pub known: Known<'a>,
    /// Whether a reject turned out bad.
    pub bad: &'a [Option<bool>],
    /// Whether an accept is in the sample for the AUC.
    pub in_auc: &'a [bool],
    /// Log odds of the fit with true outcomes.
    pub ideal: &'a [f64],
}

/// Measures a method: its log odds, its PD, and from which score on it approves at `score`.
pub fn compare(truth: Truth<'_>, title: &str, eta: &[f64], pd: &[f64], approved: impl Fn(usize) -> bool) -> TruthRow {
    let known = truth.known;
    let flag = |row: usize| f64::from(u8::from(truth.bad[row] == Some(true)));
    let has = |row: usize| truth.bad[row].is_some();
    let mean = |value: &dyn Fn(usize) -> f64| known.mean(has, value).unwrap_or(f64::NAN);
    // A probability of exactly 0 or 1 may be rounding.
    let loss = |row: usize| {
        let p = pd[row].clamp(1e-15, 1.0 - 1e-15);
        if flag(row) > 0.0 { -p.ln() } else { -(1.0 - p).ln() }
    };
    let area = |is: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..eta.len()).filter(|row| is(*row)).collect();
        let score: Vec<f64> = rows.iter().map(|row| eta[*row]).collect();
        let weight = |row: usize, bad: bool| match truth.bad[row] {
            Some(is_bad) if is_bad == bad => known.weights[row],
            Some(_) => 0.0,
            None if bad => known.bads[row],
            None => known.goods[row],
        };
        let goods: Vec<f64> = rows.iter().map(|row| weight(*row, false)).collect();
        let bads: Vec<f64> = rows.iter().map(|row| weight(*row, true)).collect();
        let scores = Scores { score: &score, goods: &goods, bads: &bads, groups: None };
        auc::auc(scores, &Distribution::new(scores)).value
    };
    let observed = |row: usize| known.goods[row] + known.bads[row] > 0.0;
    let bad = |row: usize| match observed(row) {
        true => known.bads[row] / (known.goods[row] + known.bads[row]),
        false => flag(row),
    };
    TruthRow {
        title: title.to_owned(),
        bias: mean(&|row| pd[row] - flag(row)),
        brier: mean(&|row| (pd[row] - flag(row)).powi(2)),
        log_loss: mean(&loss),
        auc_applicants: area(&|row| has(row) || truth.in_auc[row]),
        auc_rejects: area(&has),
        log_odds_distance: known
            .mean(|_| true, |row| (eta[row] - truth.ideal[row]).powi(2))
            .map_or(f64::NAN, f64::sqrt),
        approved_bad_rate: known.mean(|row| approved(row) && (has(row) || observed(row)), bad),
    }
}
