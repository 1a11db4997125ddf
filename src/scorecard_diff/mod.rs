//! Two scorecards held against each other, whole: what they say, what was measured, where they come from and who signed.
//! Either side is a version of the registry, or a run that is not registered yet.

mod features;
mod leaves;
mod lines;
mod measures;
mod sides;
mod summary;

use serde::Serialize;
use serde_json::{Map, Value};

pub use features::{BinDifference, Fate, FeatureDifference};
pub use leaves::Change;
pub use lines::{Line, line_diff, unified};
pub(crate) use measures::measure_name;
pub use measures::{MeasureDifference, MeasureValue};
pub use sides::Side;
pub(crate) use summary::figures;

use crate::bins_diff::Pair;
use crate::error::Result;
use features::feature_differences;
use leaves::changes;
use measures::{measure_differences, samples};

/// What differs between two scorecards, and what does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScorecardDifference {
    /// The scorecards.
    pub sides: Pair<SideHead>,
    /// Whether nothing differs but who signed what.
    pub same: bool,
    /// What matters, in sentences.
    pub summary: Vec<String>,
    /// Measures that differ, by sample.
    pub measures: Vec<MeasureDifference>,
    /// Features that differ, in the order of A and then of B.
    pub features: Vec<FeatureDifference>,
    /// Features that do not.
    pub same_features: Vec<String>,
    /// Everything else that differs, part by part.
    pub parts: Vec<PartDifference>,
    /// Files of the configuration that differ.
    pub files: Vec<FileDifference>,
    /// Parts that are the same.
    pub unchanged: Vec<String>,
    /// What could not be compared, and why.
    pub notes: Vec<String>,
}

/// A scorecard, in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideHead {
    /// The version, or the path that was given.
    pub name: String,
    /// The card's name.
    pub card: String,
    /// Number of features.
    pub features: usize,
    /// SHA-256 of scorecard.json.
    pub scorecard_sha256: String,
    /// Where it stands in the registry: `german/2 is released, in force since 2026-12-01`.
    pub standing: String,
}

/// A part of the scorecards that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartDifference {
    /// The part: `scaling`.
    pub part: String,
    /// What differs.
    pub changes: Vec<Change>,
}

/// A file of the configuration that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileDifference {
    /// What it is: `card`, `project` or `edits`.
    pub file: &'static str,
    /// Its name.
    pub names: Pair<String>,
    /// What differs, as a unified diff.
    pub lines: Vec<String>,
}

/// Parts of a scorecard with the members of its document that belong to each; a member of no part is a part of its own.
const PARTS: [(&str, &[&str]); 4] = [
    ("card", &["card", "outcome", "population", "columns", "format", "format_version"]),
    ("scaling", &["scaling", "base_points", "intercept"]),
    ("rules of scoring", &["unforeseen", "reason_baseline"]),
    ("verification cases", &["verification"]),
];

/// Holds two scorecards against each other.
///
/// # Errors
/// A scorecard that JSON cannot carry.
pub fn scorecard_difference(a: &Side, b: &Side) -> Result<ScorecardDifference> {
    let (features, same_features, order) = feature_differences(&a.document, &b.document)?;
    let (mut parts, mut unchanged) = (Vec::new(), Vec::new());
    let mut add = |part: String, changes: Vec<Change>| match changes.is_empty() {
        true => unchanged.push(part),
        false => parts.push(PartDifference { part, changes }),
    };
    for (part, members_a, members_b) in in_parts(a.members()?, b.members()?) {
        let mut found = Vec::new();
        match (part == "verification cases", members_a == members_b) {
            (true, false) => found.push(Change::new("", Some(count(&members_a)), Some(count(&members_b)))),
            _ => changes("", &shortened(members_a), &shortened(members_b), &mut found),
        }
        add(part, found);
    }
    if let Some(order) = order {
        add("features".to_owned(), vec![order]);
    }
    let mut notes = Vec::new();
    let mut measures = Vec::new();
    let mut evidence_is_same = true;
    match (&a.evidence, &b.evidence) {
        (Some(evidence_a), Some(evidence_b)) => {
            let all = |training: &Value, validation: Option<&Value>| {
                [samples(training, ""), validation.map(|v| samples(v, "validation: ")).unwrap_or_default()].concat()
            };
            let digest = |side: &Side, sample: &str| side.document.samples.get(sample).cloned();
            measures = measure_differences(
                &all(evidence_a, a.validation.as_ref()),
                &all(evidence_b, b.validation.as_ref()),
                |sample| Some(digest(a, sample)? == digest(b, sample)?),
            );
            let mut found = Vec::new();
            changes("", &limits_held(evidence_a), &limits_held(evidence_b), &mut found);
            add("limits that hold".to_owned(), found);
            evidence_is_same = measures.is_empty();
        }
        (in_a, in_b) => {
            for (side, evidence) in [("A", in_a), ("B", in_b)] {
                if evidence.is_none() {
                    notes.push(format!(
                        "the evidence of {side} is not known: measures are not compared (evidence.json of its run is not \
                         beside the scorecard)"
                    ));
                }
            }
        }
    }
    let files = file_differences(a, b, &mut unchanged, &mut notes);
    let mut signed = Vec::new();
    changes("", &a.signed_value(), &b.signed_value(), &mut signed);
    let same = parts.is_empty() && features.is_empty() && evidence_is_same && files.is_empty();
    if !signed.is_empty() {
        parts.push(PartDifference { part: "signed".to_owned(), changes: signed });
    } else if !a.signed.is_empty() {
        unchanged.push("signed".to_owned());
    }
    if evidence_is_same && a.evidence.is_some() && b.evidence.is_some() {
        unchanged.push("measures".to_owned());
    }
    let mut difference = ScorecardDifference {
        sides: Pair { a: Some(a.head()), b: Some(b.head()) },
        same,
        summary: Vec::new(),
        measures,
        features,
        same_features,
        parts,
        files,
        unchanged,
        notes,
    };
    difference.summary = summary::summary(a, b, &difference);
    Ok(difference)
}

/// Both documents part by part.
fn in_parts(mut a: Map<String, Value>, mut b: Map<String, Value>) -> Vec<(String, Value, Value)> {
    let take = |from: &mut Map<String, Value>, names: &[&str]| {
        Value::Object(names.iter().filter_map(|name| from.remove_entry(*name)).collect())
    };
    let mut parts: Vec<(String, Value, Value)> =
        PARTS.iter().map(|(part, names)| ((*part).to_owned(), take(&mut a, names), take(&mut b, names))).collect();
    let others = leaves::union(&a.keys().cloned().collect::<Vec<_>>(), &b.keys().cloned().collect::<Vec<_>>());
    for name in others {
        let (in_a, in_b) = (take(&mut a, &[name.as_str()]), take(&mut b, &[name.as_str()]));
        parts.push((name.replace('_', " "), in_a, in_b));
    }
    parts
}

/// A part of one member that has names of its own is that member.
fn shortened(part: Value) -> Value {
    match part {
        Value::Object(members) if members.len() == 1 && members.values().all(|v| v.is_object() || v.is_array()) => {
            members.into_iter().next().map_or(Value::Null, |(_, value)| value)
        }
        part => part,
    }
}

/// Verification cases are too many to show, and follow from the rest.
fn count(part: &Value) -> Value {
    let cases = part["verification"].as_array().map_or(0, Vec::len);
    let digest = crate::digest::sha256(part.to_string().as_bytes());
    Value::from(format!("{cases} cases ({})", digest.get(..12).unwrap_or_default()))
}

/// Whether each limit holds, by its name and sample.
fn limits_held(evidence: &Value) -> Value {
    let limits = evidence["limits"].as_array().map_or(&[][..], Vec::as_slice);
    let named = limits.iter().filter_map(|limit| {
        let name = format!("{} on {}", limit["name"].as_str()?, limit["sample"].as_str()?);
        let holds = if limit["passed"].as_bool()? { "holds" } else { "does not hold" };
        Some((name, Value::from(holds)))
    });
    Value::Object(named.collect())
}

fn file_differences(a: &Side, b: &Side, unchanged: &mut Vec<String>, notes: &mut Vec<String>) -> Vec<FileDifference> {
    let mut differ = Vec::new();
    for (file, digest) in Side::CONFIGURATION {
        let (in_a, in_b) = (digest(&a.document.lineage), digest(&b.document.lineage));
        match (in_a, in_b) {
            (None, None) => {}
            (in_a, in_b) if in_a == in_b => unchanged.push(format!("configuration of the {file}")),
            (Some(in_a), Some(in_b)) => match (a.configuration.get(in_a), b.configuration.get(in_b)) {
                (Some((name_a, text_a)), Some((name_b, text_b))) => differ.push(FileDifference {
                    file,
                    names: Pair { a: Some(name_a.clone()), b: Some(name_b.clone()) },
                    lines: unified(&line_diff(text_a, text_b)),
                }),
                (known_a, known_b) => {
                    let missing: Vec<&str> =
                        [("A", known_a), ("B", known_b)].iter().filter(|(_, k)| k.is_none()).map(|(s, _)| *s).collect();
                    notes.push(format!(
                        "the configuration of the {file} differs, but that of {} is not known: its lines are not compared",
                        missing.join(" and ")
                    ));
                }
            },
            // Lineage says that one has the file and the other has not.
            _ => {}
        }
    }
    differ
}
