//! A decision graph of the GoRules ZEN engine (JDM): a decision table a feature, which says points and reason by bin, and a
//! function that adds up. What it means stands in docs/export/zen.md.
//!
//! Tables compare in decimals of 28 digits, which carry every digit of a number in a JSON text; a function would get it
//! as a double that may have lost the last one. So values are compared in tables only, and what the function takes from
//! them are figures that survive the way ([`cells::figure`]).

mod cells;
mod table;

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{FeatureKind, UnforeseenPolicy};
use serde_json::{Value, json};

use self::table::{Table, feature_table, segment_table};
use super::Subject;
use crate::error::{Result, internal};

/// The function; the figures of the card stand before it.
const FUNCTION: &str = include_str!("zen/score.js");
/// Tables stand below each other, at most so many.
const TABLES_IN_A_COLUMN: usize = 10;
/// Distance of nodes in the editor's pixels, which draws them about 220 wide and 100 high.
const ACROSS: usize = 400;
const DOWN: usize = 150;

pub(super) fn export(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let document = subject.card.document();
    let case = format!("Case for {}", subject.title());
    let mut tables: Vec<Table> = Vec::new();
    if let Some(segments) = &document.segments {
        tables.push(segment_table(segments, &case)?);
    }
    for (position, feature) in subject.card.features().iter().enumerate() {
        tables.push(feature_table(subject.card, position, feature, &case)?);
    }
    let middle = tables.len().min(TABLES_IN_A_COLUMN).saturating_sub(1) * DOWN / 2;
    let columns = tables.len().div_ceil(TABLES_IN_A_COLUMN);
    let head = subject.head().join("\n");
    let mut nodes = vec![json!({
        "id": "case",
        "type": "inputNode",
        "name": case,
        "description": head,
        "position": {"x": 0, "y": middle},
        "content": {"schema": text(&case_schema(subject, &head))?},
    })];
    let mut edges = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        let (column, row) = (place / TABLES_IN_A_COLUMN, place % TABLES_IN_A_COLUMN);
        nodes.push(table.node(ACROSS * (column + 1), DOWN * row));
        edges.push(edge("case", &table.id));
        edges.push(edge(&table.id, "score"));
    }
    nodes.push(json!({
        "id": "score",
        "type": "functionNode",
        "name": "Score, PD, grade, reasons",
        "position": {"x": ACROSS * (columns + 1), "y": middle},
        "content": {"source": source(subject)?},
    }));
    nodes.push(json!({
        "id": "result",
        "type": "outputNode",
        "name": "Result",
        "position": {"x": ACROSS * (columns + 2), "y": middle},
    }));
    edges.push(edge("score", "result"));
    let graph = json!({
        "contentType": "application/vnd.gorules.decision",
        // The engine and the editor pass over keys that they do not know.
        "scorewright": {
            "card": subject.title(),
            "scorecard_sha256": subject.sha256,
            "standing": subject.standing.sentences(),
        },
        "nodes": nodes,
        "edges": edges,
    });
    Ok((text(&graph)? + "\n").into_bytes())
}

fn edge(from: &str, to: &str) -> Value {
    json!({"id": format!("{from} to {to}"), "type": "edge", "sourceId": from, "targetId": to})
}

fn text(value: &Value) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(internal)
}

/// What a case must be: a key for each column. The engine refuses anything else before a table sees it; without this, a
/// column that is not there would be a missing value.
fn case_schema(subject: &Subject<'_>, head: &str) -> Value {
    let card = subject.card;
    let columns = card.inputs().iter().map(|input| {
        let kind = if input.kind == FeatureKind::Numeric { "number" } else { "string" };
        (input.name.clone(), json!({"type": [kind, "null"], "description": description(card, &input.name)}))
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": subject.title(),
        "description": head,
        "type": "object",
        "required": card.inputs().iter().map(|input| &input.name).collect::<Vec<_>>(),
        "properties": columns.collect::<serde_json::Map<_, _>>(),
    })
}

/// What the card's features say of a column.
fn description<'a>(card: &'a Scorecard, column: &str) -> &'a str {
    let takes_it =
        |feature: &&scorewright_runtime::artifact::Feature| feature.axes.is_none() && feature.title() == column;
    card.features().iter().find(takes_it).map_or("", |feature| &feature.description)
}

/// The function with the figures of the card, which JavaScript reads as the doubles that they are.
fn source(subject: &Subject<'_>) -> Result<String> {
    let document = subject.card.document();
    let json = |value: Value| serde_json::to_string(&value).map_err(internal);
    let base_points = match &document.segments {
        None => json!([[null, document.base_points]]),
        Some(segments) => segments.segments.iter().map(|one| json!([one.name, one.base_points])).collect(),
    };
    let bands = document.score_bands.iter().map(|band| json!([band.lower, band.upper])).collect();
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    subject.head().iter().for_each(|sentence| line(&format!("// {sentence}")));
    line("");
    line(&format!("const CARD = {};", json(subject.title().into())?));
    line(&format!("const SCORECARD_SHA256 = {};", json(subject.sha256.as_str().into())?));
    line(&format!("const FACTOR = {};", json(document.scaling.factor.into())?));
    line(&format!("const OFFSET = {};", json(document.scaling.offset.into())?));
    line(&format!("const REFUSES_UNFORESEEN = {};", document.unforeseen == UnforeseenPolicy::Error));
    line("// The column that tells the segment; null in a card without segments.");
    line(&format!("const SEGMENT_COLUMN = {};", json(document.segments.as_ref().map(|s| s.input.as_str()).into())?));
    line("// Base points by segment.");
    line(&format!("const BASE_POINTS = new Map({});", json(base_points)?));
    line("// Score bands of development, lower included and upper not: grade 1 is the first, of the lowest scores.");
    line(&format!("const BANDS = {};", json(bands)?));
    line("// The features in the order of the card: name, segment, and what their table's answer is called.");
    line("const FEATURES = [");
    for (position, feature) in subject.card.features().iter().enumerate() {
        line(&format!("  {},", json(json!([feature.name, feature.segment, table::answer_name(position)]))?));
    }
    line("];");
    line("");
    text.push_str(FUNCTION);
    Ok(text)
}
