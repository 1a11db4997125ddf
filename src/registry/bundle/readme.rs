//! README.md of a bundle: for an auditor who has neither this program nor anybody to ask.

use minijinja::syntax::SyntaxConfig;
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use scorewright_runtime::artifact::ScorecardDocument;
use serde_json::{Value, json};

use super::{CONFIGURATION, Files, Policy, Registry, Version};
use crate::digest::sha256;
use crate::error::{Result, internal};
use crate::registry::ledger::day;

const TEMPLATE: &str = include_str!("readme.md");

/// The text.
///
/// # Errors
/// A fault of this program.
pub fn readme(
    registry: &Registry,
    version: &Version,
    document: &ScorecardDocument,
    evidence: &Value,
    policies: &[(u64, Policy)],
    files: &Files,
) -> Result<String> {
    let ledger = registry.ledger();
    let last = ledger.events.last().map(super::Event::entry);
    let at = last.map(|entry| entry.at).unwrap_or_default();
    let history: Vec<Value> = version
        .events
        .iter()
        .filter_map(|number| ledger.event(*number))
        .map(|event| {
            let entry = event.entry();
            json!({
                "number": format!("{:08}", entry.number),
                "at": entry.at.format("%Y-%m-%d %H:%M UTC").to_string(),
                "who": cell(&entry.signer.name),
                "role": cell(&entry.signer.role),
                "key": event.key,
                "what": cell(&entry.action.in_words()),
                "counts": event.counts,
                "lost_by": ledger.revoked.get(&event.key),
            })
        })
        .collect();
    let people: Vec<Value> = policies
        .iter()
        .flat_map(|(number, policy)| {
            policy.keys().map(move |(id, person, _)| {
                let roles: Vec<&str> = person.roles.iter().map(String::as_str).collect();
                json!({
                    "policy": format!("{number:08}"),
                    "name": cell(&person.name),
                    "roles": roles.join(", "),
                    "key": id,
                    "revoked_by": ledger.revoked.get(id),
                })
            })
        })
        .collect();
    let validations: Vec<String> = version
        .events
        .iter()
        .map(|number| format!("validation/{number:08}/"))
        .filter(|folder| files.keys().any(|name| name.starts_with(folder)))
        .collect();
    let configuration: Vec<&str> =
        files.keys().filter_map(|name| name.strip_prefix(CONFIGURATION)?.strip_prefix('/')).collect();
    let samples = evidence["samples"].as_object().into_iter().flatten();
    let measures: Vec<Value> = samples
        .map(|(name, sample)| {
            let figure = |key: &str| sample[key]["value"].as_f64().map_or("–".to_owned(), |x| format!("{x:.4}"));
            json!({
                "sample": name, "cases": sample["cases"], "auc": figure("auc"), "gini": figure("gini"), "ks": figure("ks"),
            })
        })
        .collect();
    // Tables are named relative to the project's file, or to the card's.
    let lineage = &document.lineage;
    let names_tables = lineage.project_sha256.as_ref().unwrap_or(&lineage.configuration_sha256);
    let base = configuration
        .iter()
        .find(|name| files.get(&format!("{CONFIGURATION}/{name}")).is_some_and(|bytes| sha256(bytes) == *names_tables))
        .and_then(|name| Path::new(name).parent())
        .unwrap_or(Path::new(""))
        .to_path_buf();
    let data: Vec<Value> = document
        .lineage
        .data
        .iter()
        .map(|file| {
            let place = Path::new("DIRECTORY").join(&base).join(&file.path).display().to_string();
            json!({ "path": cell(&file.path), "place": cell(&place), "sha256": file.sha256, "rows": file.rows })
        })
        .collect();
    let first = version.events.first().and_then(|number| ledger.event(*number));
    let page = json!({
        "version": version.id.to_string(),
        "number": version.id.number,
        "card": document.card.name,
        "scorecard_sha256": version.scorecard_sha256,
        "state": ledger.in_words(version, at),
        "at": day(at),
        "event": last.map(|entry| entry.number),
        "head": ledger.events.last().map(|event| event.sha256.as_str()),
        "registry": registry.id(),
        "population": cell(&document.population),
        "outcome": cell(&document.outcome.description),
        "trained_with": document.lineage.tool_version,
        "packed_with": env!("CARGO_PKG_VERSION"),
        "validations": validations,
        "configuration": configuration,
        "history": history,
        "people": people,
        "measures": measures,
        "data": data,
        "has": files.keys().filter(|name| !name.contains('/')).collect::<Vec<_>>(),
        "first": first.map(|event| format!("{:08}", event.entry().number)),
        "first_key": first.map(|event| event.key.as_str()),
    });
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().map_err(internal)?);
    environment.render_str(TEMPLATE, minijinja::Value::from(Serde(page))).map_err(internal)
}

/// A text in one cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
