//! The version and the program that made it, as a CycloneDX 1.5 bill of materials for machine learning.
//!
//! Source: CycloneDX 1.5 (ECMA-424), component type `machine-learning-model` with `modelCard`. Put together as JSON, because
//! the crate cyclonedx-bom 0.8 knows no `considerations` and writes references to data sets in a form that the official
//! schema refuses; a test holds the bill against that schema.

use chrono::{DateTime, SecondsFormat, Utc};
use scorewright_runtime::artifact::ScorecardDocument;
use serde_json::{Value, json};

use super::dependencies;
use crate::digest::sha256;
use crate::error::{Result, internal};

/// What the bill is about.
pub struct Subject<'a> {
    /// The version's number of its card.
    pub number: u32,
    /// The scorecard.
    pub document: &'a ScorecardDocument,
    /// SHA-256 of scorecard.json.
    pub scorecard_sha256: &'a str,
    /// The evidence of training.
    pub evidence: &'a Value,
    /// What the card is for, in the words of its configuration.
    pub description: &'a str,
    /// SHA-256 of the registry's last event.
    pub head: &'a str,
    /// When that was.
    pub at: DateTime<Utc>,
}

/// The bill as JSON.
///
/// # Errors
/// A fault of this program.
pub fn bill(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let lineage = &subject.document.lineage;
    let packages = dependencies::packages()?;
    let program = packages.first().map(|(package, _)| package.purl()).unwrap_or_default();
    let mut components: Vec<Value> = lineage
        .data
        .iter()
        .enumerate()
        .map(|(at, file)| {
            json!({
                "type": "data",
                "bom-ref": data_reference(at),
                "name": file.path,
                "hashes": [hash(&file.sha256)],
                "properties": [property("scorewright:rows", &file.rows.to_string())],
            })
        })
        .collect();
    for (package, _) in &packages {
        let purl = package.purl();
        let mut component = json!({
            "type": if purl == program { "application" } else { "library" },
            "bom-ref": purl,
            "name": package.name,
            "version": package.version,
            "purl": purl,
        });
        if let Some(checksum) = &package.checksum {
            component["hashes"] = json!([hash(checksum)]);
        }
        components.push(component);
    }
    let mut dependencies = vec![json!({ "ref": "model", "dependsOn": [program] })];
    dependencies.extend(packages.iter().map(|(package, needs)| json!({ "ref": package.purl(), "dependsOn": needs })));
    let scope =
        "the crates in the Cargo.lock of the program that wrote this file, for every platform, those of tests left out";
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": serial(subject),
        "version": 1,
        "metadata": {
            "timestamp": subject.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "tools": [{ "name": "scorewright", "version": env!("CARGO_PKG_VERSION") }],
            "component": model(subject),
            "properties": [
                property("scorewright:dependencies", scope),
                property("scorewright:trained_with", &lineage.tool_version),
                property("scorewright:registry_head", subject.head),
            ],
        },
        "components": components,
        "dependencies": dependencies,
    });
    let mut bytes = serde_json::to_vec_pretty(&bill).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn hash(sha256: &str) -> Value {
    json!({ "alg": "SHA-256", "content": sha256 })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn data_reference(at: usize) -> String {
    format!("data-{}", at + 1)
}

/// A serial number that follows from the subject: a UUID of version 8 (RFC 9562), whose bits are those of a digest.
fn serial(subject: &Subject<'_>) -> String {
    let digest = sha256(format!("{}\n{}\n", subject.scorecard_sha256, subject.head).as_bytes());
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

/// The scorecard as a component.
fn model(subject: &Subject<'_>) -> Value {
    let document = subject.document;
    let datasets = (0..document.lineage.data.len()).map(|at| json!({ "ref": data_reference(at) }));
    let inputs = document.inputs.iter().map(|(name, facts)| {
        let kind = serde_json::to_value(facts).ok().and_then(|facts| facts["type"].as_str().map(str::to_owned));
        json!({ "format": format!("{name}: {}", kind.unwrap_or_default()) })
    });
    let kind = json!(document.card.kind);
    json!({
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": document.card.name,
        "version": subject.number.to_string(),
        "description": subject.description,
        "hashes": [hash(subject.scorecard_sha256)],
        "modelCard": {
            "bom-ref": "model-card",
            "modelParameters": {
                "approach": { "type": "supervised" },
                "task": "probability that a case turns out good",
                "architectureFamily": "logistic regression",
                "modelArchitecture": "logistic scorecard",
                "datasets": datasets.collect::<Vec<_>>(),
                "inputs": inputs.collect::<Vec<_>>(),
                "outputs": [
                    { "format": "score: points" },
                    { "format": "probability: of a bad outcome, from 0 to 1" },
                    { "format": "reasons: the features that cost most points" },
                ],
            },
            "quantitativeAnalysis": { "performanceMetrics": metrics(subject.evidence) },
            "considerations": {
                "useCases": [
                    format!("Scores cases at the moment of the loan: {}", kind.as_str().unwrap_or_default()),
                    format!("Whom it scores: {}", document.population),
                ],
                "technicalLimitations": limitations(subject),
            },
        },
    })
}

/// AUC, Gini and KS of every sample, with their intervals.
fn metrics(evidence: &Value) -> Vec<Value> {
    let samples = evidence["samples"].as_object().into_iter().flatten();
    let of_sample = samples.flat_map(|(sample, measures)| {
        [("AUC", "auc"), ("Gini", "gini"), ("KS", "ks")].into_iter().filter_map(move |(name, key)| {
            let measure = &measures[key];
            let value = measure["value"].as_f64()?;
            let mut metric = json!({ "type": name, "value": value.to_string(), "slice": sample });
            if let (Some(low), Some(high)) = (measure["low"].as_f64(), measure["high"].as_f64()) {
                metric["confidenceInterval"] = json!({ "lowerBound": low.to_string(), "upperBound": high.to_string() });
            }
            Some(metric)
        })
    });
    of_sample.collect()
}

/// What the card and its evidence say of their limits.
fn limitations(subject: &Subject<'_>) -> Vec<String> {
    let mut limitations = vec![format!("The outcome that it foretells: {}", subject.document.outcome.description)];
    for limit in subject.evidence["limits"].as_array().into_iter().flatten() {
        let word = if limit["passed"] == true { "holds" } else { "does not hold" };
        limitations.push(format!(
            "Limit {} on {}: {word} ({}, limit {})",
            limit["name"].as_str().unwrap_or_default(),
            limit["sample"].as_str().unwrap_or_default(),
            limit["value"],
            limit["limit"]
        ));
    }
    let warnings = subject.evidence["warnings"].as_array().into_iter().flatten();
    limitations.extend(warnings.filter_map(Value::as_str).map(|warning| format!("Warning of training: {warning}")));
    limitations
}
