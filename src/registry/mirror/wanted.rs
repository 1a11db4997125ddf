//! What MLflow is to hold of a version.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use scorewright_runtime::artifact::ScorecardDocument;

use super::{TAG_REGISTRY, TAG_VERSION};
use crate::error::Result;
use crate::registry::{Action, EVIDENCE, Event, FileRecord, Registry, Version, sample_measures};

/// The longest value of a parameter, which MLflow servers have taken since 1.28.
const LONGEST: usize = 500;

/// What MLflow is to hold of a version.
pub(super) struct Wanted<'a> {
    /// When it was registered, in milliseconds.
    pub at: i64,
    /// What never changes, at the run and at the version.
    pub identity: BTreeMap<String, String>,
    /// Where it stands, at the version.
    pub standing: BTreeMap<String, String>,
    /// What was set for training.
    pub params: BTreeMap<String, String>,
    /// By name: value, and when it was measured, in milliseconds.
    pub metrics: BTreeMap<String, (f64, i64)>,
    /// Files, each with its path among the run's artifacts.
    pub files: Vec<(String, &'a FileRecord)>,
}

impl<'a> Wanted<'a> {
    /// Of a version at a moment.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Registry`] where a file is missing or changed.
    pub(super) fn of(registry: &'a Registry, version: &'a Version, as_of: DateTime<Utc>) -> Result<Self> {
        let document = ScorecardDocument::from_json(&registry.scorecard(version)?)?;
        let events: Vec<&Event> = version.events.iter().filter_map(|number| registry.ledger().event(*number)).collect();
        let (mut files, mut metrics) = (Vec::new(), BTreeMap::new());
        for event in &events {
            let entry = event.entry();
            let folder = match &entry.action {
                Action::Validate { .. } => format!("validation-event-{}/", entry.number),
                _ => String::new(),
            };
            files.extend(entry.action.files().iter().map(|file| (format!("{folder}{}", file.name), file)));
            let evidence = entry.action.files().iter().find(|file| file.name == EVIDENCE);
            if let Some(evidence) = evidence.filter(|_| event.counts) {
                // A later validation takes the place of an earlier one.
                add_metrics(&mut metrics, &registry.file(evidence)?, entry.at.timestamp_millis())?;
            }
        }
        Ok(Wanted {
            at: events.first().map_or(0, |event| event.entry().at.timestamp_millis()),
            identity: BTreeMap::from([
                (TAG_REGISTRY.to_owned(), registry.id().to_owned()),
                (TAG_VERSION.to_owned(), version.id.to_string()),
                ("scorewright.scorecard_sha256".to_owned(), version.scorecard_sha256.clone()),
            ]),
            standing: standing(registry, version, &events, as_of)?,
            params: params(&document),
            metrics,
            files,
        })
    }
}

fn add_metrics(metrics: &mut BTreeMap<String, (f64, i64)>, evidence: &[u8], at: i64) -> Result<()> {
    for figures in sample_measures(evidence)? {
        let sample = figures.sample.name();
        let mut add = |name: &str, value: Option<f64>| {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                metrics.insert(format!("{name}.{sample}"), (value, at));
            }
        };
        add("cases", figures.cases);
        add("bad_rate", figures.bad_rate);
        for (name, measure) in [("auc", figures.auc), ("gini", figures.gini), ("ks", figures.ks)] {
            add(name, measure.map(|measure| measure.value));
            let interval = measure.and_then(|measure| measure.interval);
            add(&format!("{name}_low"), interval.map(|(low, _)| low));
            add(&format!("{name}_high"), interval.map(|(_, high)| high));
        }
    }
    Ok(())
}

/// Kind, scaling and features of a card.
fn params(document: &ScorecardDocument) -> BTreeMap<String, String> {
    let scaling = &document.scaling;
    let mut names: Vec<&str> = document.features.iter().map(|feature| feature.name.as_str()).collect();
    names.dedup();
    let params = [
        ("card", document.card.name.clone()),
        ("kind", document.card.kind.name().to_owned()),
        ("points", scaling.points.to_string()),
        ("odds", scaling.odds.to_string()),
        ("pdo", scaling.pdo.to_string()),
        ("base_points", document.base_points.to_string()),
        ("features", names.len().to_string()),
        ("feature_names", names.join(", ")),
        ("seed", document.lineage.seed.to_string()),
        ("scorewright", document.lineage.tool_version.clone()),
    ];
    params.into_iter().map(|(name, value)| (name.to_owned(), cut(value))).collect()
}

fn cut(value: String) -> String {
    match value.char_indices().nth(LONGEST - 1) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value,
    }
}

/// Where the version stands and who signed; an empty value where nobody did.
fn standing(
    registry: &Registry,
    version: &Version,
    events: &[&Event],
    as_of: DateTime<Utc>,
) -> Result<BTreeMap<String, String>> {
    let ledger = registry.ledger();
    let who = |word: &str| {
        let signed = events.iter().filter(|event| event.counts && event.entry().action.word() == word);
        signed.map(|event| event.entry().signer.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let last = events.last();
    let exception = ledger.exception(version).map(|exception| exception.expires.to_rfc3339());
    let tags = [
        ("state", ledger.state(version, as_of).word().to_owned()),
        ("state_in_words", ledger.in_words(version, as_of)),
        ("next", ledger.next_step(version, as_of)?),
        ("developer", who("register")),
        ("validator", who("validate")),
        ("approvers", who("approve")),
        ("released_by", who("release")),
        ("exception_until", exception.unwrap_or_default()),
        ("last_event", last.map(|event| event.entry().number.to_string()).unwrap_or_default()),
        ("last_event_sha256", last.map(|event| event.sha256.clone()).unwrap_or_default()),
    ];
    Ok(tags.into_iter().map(|(name, value)| (format!("scorewright.{name}"), value)).collect())
}
