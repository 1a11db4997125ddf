//! A card's cases and samples.

use std::sync::Arc;

use crate::cases::Cases;
use crate::config::{CardSpec, CaseSource, PriorBy};
use crate::error::Result;
use crate::evidence::PriorEvidence;
use crate::history::History;
use crate::progress::Progress;
use crate::quality::{self, Finding};
use crate::sample::{self, SampleName, Samples};
use crate::{features, leaks, model, population, ready_made, suggest};

/// A card's cases and samples: what every study of a card starts from.
#[derive(Debug, Clone)]
pub struct LoadedCard {
    /// The card's configuration, standard features written out.
    pub spec: CardSpec,
    /// The cases with their outcomes and features.
    pub cases: Cases,
    /// Which case is used for what.
    pub samples: Samples,
    /// The population's bad rate, where goods and bads have been weighted to it.
    pub prior: Option<PriorEvidence>,
    /// What the check on the tables of the history found.
    pub data_findings: Vec<Finding>,
    /// The tables of the history without their rows; `None`: the cases come from a ready-made table.
    pub headings: Option<Arc<History>>,
}

/// Reads a card's cases and draws its samples.
///
/// # Errors
/// Whatever is wrong with configuration or data, in terms of files and columns.
pub fn load_card(spec: CardSpec, progress: &dyn Progress) -> Result<LoadedCard> {
    let spec = features::with_standard(spec)?;
    let data_findings = check_tables(&spec, progress)?;
    progress.begin("reading cases", 0);
    let (mut cases, headings) = read_cases(&spec, progress)?;
    progress.check()?;
    // What goes wrong from here on is about the card as a whole, where it is not about a place in it.
    let samples = sample::draw(&cases, &spec.sample, spec.seed).map_err(|e| e.in_file(&spec.source.path))?;
    let prior = model::prior(&spec, &cases, samples.development()).filter(|prior| prior.by == PriorBy::Weights);
    if let Some(prior) = &prior {
        prior.weigh(&mut cases.outcomes);
        cases.warnings.push(prior.in_words());
    }
    Ok(LoadedCard { spec, cases, samples, prior, data_findings, headings: headings.map(Arc::new) })
}

/// Rejected applicants whose table lacks features are not scored: a score of values that were never asked for would look
/// like one of missing values.
pub(crate) fn leave_rejected_out(cases: &mut Cases, samples: &mut Samples) {
    if cases.rejected_lack.is_empty() {
        return;
    }
    samples.samples.retain(|sample| sample.name != SampleName::Rejected);
    cases.warnings.push(format!(
        "the rejected applicants are not scored here, because their table lacks {}; reject-inference studies them on the features that they have",
        suggest::list(cases.rejected_lack.iter().map(String::as_str))
    ));
}

/// The check on the tables of a card on the history: its errors stop the run, its warnings go on record.
fn check_tables(spec: &CardSpec, progress: &dyn Progress) -> Result<Vec<Finding>> {
    let CaseSource::History(..) = &spec.cases else { return Ok(Vec::new()) };
    let quality = quality::check_card(spec, &[], progress)?;
    quality::refuse_errors(&quality, spec)?;
    Ok(quality.for_evidence())
}

/// Warnings of cases that stand on both sides of a split.
pub(crate) fn twins(spec: &CardSpec, cases: &Cases, samples: &Samples) -> Result<Vec<String>> {
    let names = || cases.features.iter().map(|feature| feature.name.as_str());
    for name in &spec.sample.profile {
        if names().any(|feature| feature == name) {
            continue;
        }
        let error = match cases.refused.iter().find(|(column, _)| column == name) {
            Some((_, reason)) => format!("sample.profile names {name:?}, which cannot be a feature: {reason}"),
            None => format!("sample.profile names {name:?}, which is no feature"),
        };
        let features: Vec<&str> = names().collect();
        let help = suggest::did_you_mean(name, "features", features);
        return Err(spec.source.error(&["sample", "profile"], error).help(help));
    }
    let is_table = matches!(spec.cases, CaseSource::Table(..));
    Ok(leaks::twin_warnings(cases, samples, &spec.sample.profile, is_table))
}

fn read_cases(spec: &CardSpec, progress: &dyn Progress) -> Result<(Cases, Option<History>)> {
    match &spec.cases {
        CaseSource::Table(table, outcome) => Ok((ready_made::cases(spec, table, outcome)?, None)),
        CaseSource::History(project, population, outcome) => {
            let (mut cases, headings) = population::cases(spec, project, population, outcome, progress)?;
            if let Some(rejects) = &spec.rejects {
                crate::rejected::set_aside(spec, rejects, &mut cases)?;
            }
            Ok((cases, Some(headings)))
        }
    }
}
