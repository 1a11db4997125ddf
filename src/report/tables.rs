//! The run's tables, to load in a notebook.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::*;
use scorewright_runtime::artifact::ScorecardDocument;

use crate::assembly::outcome_column;
use crate::binning::{BinCounts, BinTable, Binning, WoeSource};
use crate::cases::Cases;
use crate::error::{Result, internal};
use crate::evidence::{Evidence, ScoredSample};
use crate::table::feature_series;

/// A table with the name of its file.
pub struct NamedTable {
    /// File name without extension.
    pub name: &'static str,
    /// Its content.
    pub frame: DataFrame,
}

/// Rows put together column by column.
#[derive(Default)]
pub(super) struct Columns(Vec<Column>);

impl Columns {
    pub(super) fn add<T, Phantom: ?Sized>(mut self, name: &str, values: T) -> Self
    where
        Series: NamedFrom<T, Phantom>,
    {
        self.0.push(Series::new(name.into(), values).into());
        self
    }

    pub(super) fn table(self, name: &'static str) -> Result<NamedTable> {
        Ok(NamedTable { name, frame: DataFrame::new_infer_height(self.0).map_err(internal)? })
    }
}

/// The small tables of a run: coefficients, samples, gains, calibration, months, limits, waterfall, selection and
/// its path.
pub(super) fn evidence_tables(evidence: &Evidence) -> Result<Vec<NamedTable>> {
    let mut tables = vec![samples(evidence)?, gains(evidence)?, calibration(evidence)?, waterfall(evidence)?];
    tables.extend(coefficients(evidence)?);
    tables.extend(super::segments::tables(evidence)?);
    if evidence.samples.values().any(|sample| !sample.periods.is_empty()) {
        tables.push(periods(evidence)?);
    }
    if !evidence.limits.is_empty() {
        tables.push(limits(evidence)?);
    }
    if !evidence.selection.is_empty() {
        tables.push(selection(evidence)?);
    }
    if !evidence.selection_path.is_empty() {
        tables.push(super::selection_view::path_table(evidence)?);
    }
    Ok(tables)
}

fn samples(evidence: &Evidence) -> Result<NamedTable> {
    let rows: Vec<_> = evidence.samples.iter().collect();
    macro_rules! column {
        ($get:expr) => {
            rows.iter().map(|(_, sample)| $get(sample)).collect::<Vec<_>>()
        };
    }
    type Sample = crate::evidence::SampleEvidence;
    Columns::default()
        .add("sample", rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
        .add("cases", column!(|s: &Sample| s.cases))
        .add("indeterminate", column!(|s: &Sample| s.indeterminate))
        .add("goods", column!(|s: &Sample| s.goods))
        .add("bads", column!(|s: &Sample| s.bads))
        .add("bad_rate", column!(|s: &Sample| s.bad_rate))
        .add("expected_bad_rate", column!(|s: &Sample| s.expected_bad_rate))
        .add("auc", column!(|s: &Sample| s.auc.value))
        .add("auc_low", column!(|s: &Sample| s.auc.low))
        .add("auc_high", column!(|s: &Sample| s.auc.high))
        .add("gini", column!(|s: &Sample| s.gini.value))
        .add("ks", column!(|s: &Sample| s.ks.interval.value))
        .add("ks_low", column!(|s: &Sample| s.ks.interval.low))
        .add("ks_high", column!(|s: &Sample| s.ks.interval.high))
        .add("ks_score", column!(|s: &Sample| s.ks.score))
        .add("interval", column!(|s: &Sample| s.interval.clone()))
        .add("groups", column!(|s: &Sample| s.groups))
        .add(
            "score_psi",
            rows.iter().map(|(name, _)| evidence.score_psi.get(*name).copied().flatten()).collect::<Vec<Option<f64>>>(),
        )
        .add("unforeseen_cases", column!(|s: &Sample| s.unforeseen_cases))
        .table("samples")
}

fn gains(evidence: &Evidence) -> Result<NamedTable> {
    let rows: Vec<_> =
        evidence.samples.iter().flat_map(|(name, s)| s.gains.iter().map(move |row| (name.as_str(), row))).collect();
    Columns::default()
        .add("sample", rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .add("lower", rows.iter().map(|(_, r)| r.lower).collect::<Vec<_>>())
        .add("upper", rows.iter().map(|(_, r)| r.upper).collect::<Vec<_>>())
        .add("goods", rows.iter().map(|(_, r)| r.goods).collect::<Vec<_>>())
        .add("bads", rows.iter().map(|(_, r)| r.bads).collect::<Vec<_>>())
        .add("bad_rate", rows.iter().map(|(_, r)| r.bad_rate).collect::<Vec<_>>())
        .add("cumulative_goods", rows.iter().map(|(_, r)| r.cumulative_goods).collect::<Vec<_>>())
        .add("cumulative_bads", rows.iter().map(|(_, r)| r.cumulative_bads).collect::<Vec<_>>())
        .add("lift", rows.iter().map(|(_, r)| r.lift).collect::<Vec<_>>())
        .table("gains")
}

fn calibration(evidence: &Evidence) -> Result<NamedTable> {
    let rows: Vec<_> = evidence
        .samples
        .iter()
        .flat_map(|(name, s)| s.calibration.iter().map(move |row| (name.as_str(), row)))
        .collect();
    Columns::default()
        .add("sample", rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .add("lower", rows.iter().map(|(_, r)| r.lower).collect::<Vec<_>>())
        .add("upper", rows.iter().map(|(_, r)| r.upper).collect::<Vec<_>>())
        .add("goods", rows.iter().map(|(_, r)| r.goods).collect::<Vec<_>>())
        .add("bads", rows.iter().map(|(_, r)| r.bads).collect::<Vec<_>>())
        .add("expected_bad_rate", rows.iter().map(|(_, r)| r.expected).collect::<Vec<_>>())
        .add("observed_bad_rate", rows.iter().map(|(_, r)| r.observed).collect::<Vec<_>>())
        .add("observed_low", rows.iter().map(|(_, r)| r.low).collect::<Vec<_>>())
        .add("observed_high", rows.iter().map(|(_, r)| r.high).collect::<Vec<_>>())
        .table("calibration")
}

fn periods(evidence: &Evidence) -> Result<NamedTable> {
    let rows: Vec<_> =
        evidence.samples.iter().flat_map(|(name, s)| s.periods.iter().map(move |row| (name.as_str(), row))).collect();
    Columns::default()
        .add("sample", rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .add("period", rows.iter().map(|(_, r)| r.period.as_str()).collect::<Vec<_>>())
        .add("cases", rows.iter().map(|(_, r)| r.cases).collect::<Vec<_>>())
        .add("bad_rate", rows.iter().map(|(_, r)| r.bad_rate).collect::<Vec<_>>())
        .add("expected_bad_rate", rows.iter().map(|(_, r)| r.expected_bad_rate).collect::<Vec<_>>())
        .add("auc", rows.iter().map(|(_, r)| r.auc.value).collect::<Vec<_>>())
        .add("score_psi", rows.iter().map(|(_, r)| r.score_psi).collect::<Vec<_>>())
        .table("periods")
}

fn coefficients(evidence: &Evidence) -> Result<Option<NamedTable>> {
    let Some(model) = &evidence.model else { return Ok(None) };
    let rows = &model.coefficients;
    Columns::default()
        .add("name", rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>())
        .add("estimate", rows.iter().map(|r| r.estimate).collect::<Vec<_>>())
        .add("std_error", rows.iter().map(|r| r.std_error).collect::<Vec<_>>())
        .add("z", rows.iter().map(|r| r.z).collect::<Vec<_>>())
        .add("p_value", rows.iter().map(|r| r.p_value).collect::<Vec<_>>())
        .add("low", rows.iter().map(|r| r.low).collect::<Vec<_>>())
        .add("high", rows.iter().map(|r| r.high).collect::<Vec<_>>())
        .add("vif", rows.iter().map(|r| r.vif).collect::<Vec<_>>())
        .table("coefficients")
        .map(Some)
}

fn waterfall(evidence: &Evidence) -> Result<NamedTable> {
    let rows = &evidence.waterfall;
    Columns::default()
        .add("cause", rows.iter().map(|r| r.cause.as_str()).collect::<Vec<_>>())
        .add("removed", rows.iter().map(|r| r.removed).collect::<Vec<_>>())
        .add("remaining", rows.iter().map(|r| r.remaining).collect::<Vec<_>>())
        .table("waterfall")
}

fn limits(evidence: &Evidence) -> Result<NamedTable> {
    let rows = &evidence.limits;
    Columns::default()
        .add("name", rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>())
        .add("sample", rows.iter().map(|r| r.sample.as_str()).collect::<Vec<_>>())
        .add("value", rows.iter().map(|r| r.value).collect::<Vec<_>>())
        .add("limit", rows.iter().map(|r| r.limit).collect::<Vec<_>>())
        .add("passed", rows.iter().map(|r| r.passed).collect::<Vec<_>>())
        .table("limits")
}

fn selection(evidence: &Evidence) -> Result<NamedTable> {
    let rows = &evidence.selection;
    Columns::default()
        .add("feature", rows.iter().map(|r| r.feature.as_str()).collect::<Vec<_>>())
        .add("selected", rows.iter().map(|r| r.selected).collect::<Vec<_>>())
        .add("step", rows.iter().map(|r| r.step).collect::<Vec<_>>())
        .add("reason", rows.iter().map(|r| r.reason.as_str()).collect::<Vec<_>>())
        .add("information_value", rows.iter().map(|r| r.information_value).collect::<Vec<_>>())
        .table("selection")
}

/// A bin's counts on a sample, as the binning table has them.
pub(super) struct BinRow {
    feature: String,
    bin: String,
    points: Option<f64>,
    woe: f64,
    sample: String,
    cases: f64,
    share: f64,
    goods: f64,
    bads: f64,
    bad_rate: Option<f64>,
    iv: f64,
    adjusted: bool,
}

/// The rows of the binning table of one feature: by sample and bin, unforeseen values where there are any.
pub(super) fn bin_rows(
    feature: &str,
    labels: &[String],
    woe: &[f64],
    points: Option<&[f64]>,
    counts: &BTreeMap<String, BinCounts>,
    woe_sources: &[WoeSource],
) -> Vec<BinRow> {
    let mut rows = Vec::new();
    for (sample, counts) in counts {
        let table = BinTable::with_sources(counts, woe_sources);
        let total: f64 = counts.cases.iter().sum();
        for bin in 0..counts.cases.len() {
            let unforeseen = bin == labels.len();
            if unforeseen && counts.cases[bin] == 0.0 {
                continue;
            }
            let determinate = counts.goods[bin] + counts.bads[bin];
            rows.push(BinRow {
                feature: feature.to_owned(),
                bin: labels.get(bin).cloned().unwrap_or_else(|| "unforeseen".to_owned()),
                points: points.and_then(|points| points.get(bin).copied()),
                woe: woe.get(bin).copied().unwrap_or(0.0),
                sample: sample.clone(),
                cases: counts.cases[bin],
                share: super::page::share(counts.cases[bin], total),
                goods: counts.goods[bin],
                bads: counts.bads[bin],
                bad_rate: (determinate > 0.0).then(|| counts.bads[bin] / determinate),
                iv: table.rows.get(bin).map_or(0.0, |row| row.information_value),
                adjusted: table.rows.get(bin).is_some_and(|row| row.adjusted),
            });
        }
    }
    rows
}

/// The binning table: every feature, sample and bin. WOE is development's; IV the sample's own.
pub(super) fn bins(rows: &[BinRow]) -> Result<NamedTable> {
    Columns::default()
        .add("feature", rows.iter().map(|r| r.feature.as_str()).collect::<Vec<_>>())
        .add("sample", rows.iter().map(|r| r.sample.as_str()).collect::<Vec<_>>())
        .add("bin", rows.iter().map(|r| r.bin.as_str()).collect::<Vec<_>>())
        .add("cases", rows.iter().map(|r| r.cases).collect::<Vec<_>>())
        .add("share", rows.iter().map(|r| r.share).collect::<Vec<_>>())
        .add("goods", rows.iter().map(|r| r.goods).collect::<Vec<_>>())
        .add("bads", rows.iter().map(|r| r.bads).collect::<Vec<_>>())
        .add("bad_rate", rows.iter().map(|r| r.bad_rate).collect::<Vec<_>>())
        .add("woe", rows.iter().map(|r| r.woe).collect::<Vec<_>>())
        .add("information_value", rows.iter().map(|r| r.iv).collect::<Vec<_>>())
        .add("points", rows.iter().map(|r| r.points).collect::<Vec<_>>())
        .add("half_added", rows.iter().map(|r| r.adjusted).collect::<Vec<_>>())
        .table("bins")
}

/// The bins of every feature by period on the development sample; `None` where the cases have no periods.
pub(super) fn bins_over_time(binnings: &[Binning]) -> Result<Option<NamedTable>> {
    let rows: Vec<(&str, &str, &str, (f64, f64))> = binnings
        .iter()
        .filter_map(|binning| Some((binning, binning.over_time.as_ref()?)))
        .flat_map(|(binning, over_time)| {
            binning.bins.iter().zip(&over_time.counts).flat_map(move |((label, _), counts)| {
                let periods = over_time.periods.iter().zip(counts);
                periods.map(move |(period, counts)| (binning.name.as_str(), label.as_str(), period.as_str(), *counts))
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let rate = |(goods, bads): (f64, f64)| (goods + bads > 0.0).then(|| bads / (goods + bads));
    Columns::default()
        .add("feature", rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .add("bin", rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .add("period", rows.iter().map(|row| row.2).collect::<Vec<_>>())
        .add("goods", rows.iter().map(|row| row.3.0).collect::<Vec<_>>())
        .add("bads", rows.iter().map(|row| row.3.1).collect::<Vec<_>>())
        .add("bad_rate", rows.iter().map(|row| rate(row.3)).collect::<Vec<_>>())
        .table("bins_over_time")
        .map(Some)
}

/// The binning rows of a training run: every feature, selected or not.
pub(super) fn training_bin_rows(
    binnings: &[Binning],
    document: &ScorecardDocument,
    evidence: &Evidence,
) -> Vec<BinRow> {
    binnings
        .iter()
        .flat_map(|binning| {
            let labels: Vec<String> = binning.bins.iter().map(|(label, _)| label.clone()).collect();
            let woe: Vec<f64> = binning.table.rows.iter().map(|row| row.woe).collect();
            let feature = document.features.iter().find(|feature| feature.name == binning.name);
            let points: Option<Vec<f64>> = feature.map(|feature| feature.bins.iter().map(|bin| bin.points).collect());
            let evidence = evidence.features.get(&binning.name);
            evidence
                .map(|e| bin_rows(&binning.name, &labels, &woe, points.as_deref(), &e.counts, &e.woe_sources))
                .unwrap_or_default()
        })
        .collect()
}

/// The binning rows of a scorecard's features.
pub(super) fn card_bin_rows(document: &ScorecardDocument, evidence: &Evidence) -> Vec<BinRow> {
    document
        .features
        .iter()
        .flat_map(|feature| {
            let labels: Vec<String> = feature.bins.iter().map(|bin| bin.label.clone()).collect();
            let woe: Vec<f64> = feature.bins.iter().map(|bin| bin.woe).collect();
            let points: Vec<f64> = feature.bins.iter().map(|bin| bin.points).collect();
            let evidence = evidence.features.get(&feature.name);
            evidence
                .map(|e| bin_rows(&feature.name, &labels, &woe, Some(&points), &e.counts, &e.woe_sources))
                .unwrap_or_default()
        })
        .collect()
}

fn date_series(name: &str, days: &[NaiveDate]) -> Result<Column> {
    let days: Vec<i32> = days.iter().map(|day| day.to_epoch_days()).collect();
    Ok(Series::new(name.into(), days).cast(&DataType::Date).map_err(internal)?.into())
}

/// Scores by case: id, sample, good and bad weight, score, PD, count of unforeseen values; in data order.
///
/// # Errors
/// An internal fault.
pub fn score_table(cases: &Cases, scored: &[ScoredSample]) -> Result<NamedTable> {
    let mut order: Vec<(u32, usize, usize)> = scored
        .iter()
        .enumerate()
        .flat_map(|(sample, part)| part.rows.iter().enumerate().map(move |(position, row)| (*row, sample, position)))
        .collect();
    order.sort_unstable();
    fn pick<T>(
        order: &[(u32, usize, usize)],
        scored: &[ScoredSample],
        get: impl Fn(&ScoredSample, usize) -> T,
    ) -> Vec<T> {
        order.iter().map(|(_, sample, position)| get(&scored[*sample], *position)).collect()
    }
    let columns = match &cases.ids {
        Some(ids) => Columns::default()
            .add(&cases.id_name, order.iter().map(|(row, ..)| ids[*row as usize].as_str()).collect::<Vec<_>>()),
        None => Columns::default()
            .add(&cases.id_name, order.iter().map(|(row, ..)| u64::from(*row) + 1).collect::<Vec<_>>()),
    };
    columns
        .add("sample", pick(&order, scored, |s, _| s.name.name()))
        .add("goods", pick(&order, scored, |s, i| s.goods[i]))
        .add("bads", pick(&order, scored, |s, i| s.bads[i]))
        .add("weight", pick(&order, scored, |s, i| s.weights[i]))
        .add("score", pick(&order, scored, |s, i| s.score[i]))
        .add("pd", pick(&order, scored, |s, i| s.pd.get(i).copied()))
        .add("unforeseen", pick(&order, scored, |s, i| s.unforeseen[i]))
        .table("scores")
}

/// The cases of a card on the history as one flat table, which `score` and `validate` take: id, day of
/// observation, group, outcome, features.
///
/// # Errors
/// An internal fault.
pub fn case_table(cases: &Cases, document: &ScorecardDocument) -> Result<NamedTable> {
    let mut columns = Vec::new();
    if let Some(ids) = &cases.ids {
        columns.push(Series::new(cases.id_name.as_str().into(), ids).into());
    }
    if let (Some(name), Some(days)) = (&document.columns.observed_at, &cases.observed_at) {
        columns.push(date_series(name, days)?);
    }
    if let (Some(name), Some(groups)) = (&document.columns.group, &cases.groups) {
        let texts: Vec<Option<&str>> = (0..cases.len()).map(|case| groups.text(case)).collect();
        columns.push(Series::new(name.as_str().into(), texts).into());
    }
    let outcomes = &cases.outcomes;
    let outcome = outcome_column(&document.outcome.source);
    columns.push(match &document.outcome.source {
        scorewright_runtime::artifact::OutcomeSource::Plain { .. } => {
            let states: Vec<&str> = (0..cases.len())
                .map(|case| match (outcomes.goods[case] > 0.0, outcomes.bads[case] > 0.0) {
                    (true, _) => "good",
                    (_, true) => "bad",
                    _ => "indeterminate",
                })
                .collect();
            Series::new(outcome.into(), states).into()
        }
        scorewright_runtime::artifact::OutcomeSource::Ratio { .. } => {
            Series::new(outcome.into(), &outcomes.goods).into()
        }
    });
    columns.extend(cases.columns().iter().map(|column| Column::from(feature_series(&column.name, &column.values))));
    Ok(NamedTable { name: "cases", frame: DataFrame::new_infer_height(columns).map_err(internal)? })
}
