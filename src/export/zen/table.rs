//! Decision tables: one a feature, and one that tells the segment. The first row that holds answers, the last one for
//! every value that development never saw.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{Axis, BinDomain, Feature, FeatureKind, Segments, UnforeseenPolicy};
use serde_json::{Value, json};

use super::super::answers::{Answer, answers};
use super::cells::{column, figure, test, text};
use crate::error::Result;

const NEVER_SEEN: &str = "every value that development never saw";

/// A decision table.
pub(super) struct Table {
    /// The node's id, and the name of its answer.
    pub id: String,
    name: String,
    description: String,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
    rows: Vec<Row>,
}

/// A row: a test for each column, then an expression for each output; an empty one leaves the output out.
struct Row {
    /// Intervals among the tests: special values and missing go before them.
    intervals: usize,
    label: String,
    tests: Vec<String>,
    answer: Vec<String>,
}

impl Table {
    /// As a node of the graph, at a place in the editor's pixels.
    pub fn node(&self, x: usize, y: usize) -> Value {
        let rules = self.rows.iter().enumerate().map(|(place, row)| {
            let cells = row.tests.iter().enumerate().map(|(at, cell)| (input_id(at), cell));
            let answer = row.answer.iter().enumerate().map(|(at, cell)| (output_id(at), cell));
            let mut rule: serde_json::Map<String, Value> =
                cells.chain(answer).map(|(id, cell)| (id, cell.as_str().into())).collect();
            rule.insert("_id".into(), format!("{}_row_{}", self.id, place + 1).into());
            rule.insert("_description".into(), row.label.as_str().into());
            rule.into()
        });
        json!({
            "id": self.id,
            "type": "decisionTableNode",
            "name": self.name,
            "description": self.description,
            "position": {"x": x, "y": y},
            "content": {
                "hitPolicy": "first",
                "inputs": self.inputs,
                "outputs": self.outputs,
                "rules": rules.collect::<Vec<Value>>(),
                "inputField": null,
                "outputPath": self.id,
                "executionMode": "single",
                "passThrough": false,
            },
        })
    }

    fn new(id: String, name: String, columns: &[&str], outputs: &[(&str, &str)], case: &str) -> Self {
        let inputs = columns.iter().enumerate();
        let outputs = outputs.iter().enumerate();
        Table {
            id,
            name,
            description: String::new(),
            inputs: inputs
                .map(|(at, name)| json!({"id": input_id(at), "name": name, "field": column(name, case)}))
                .collect(),
            outputs: outputs
                .map(|(at, (field, name))| json!({"id": output_id(at), "name": name, "field": field}))
                .collect(),
            rows: Vec::new(),
        }
    }

    fn row(&mut self, label: &str, tests: &[(&BinDomain, FeatureKind)], answer: Vec<String>) -> Result<()> {
        let cells = tests.iter().map(|(domain, kind)| test(domain, *kind)).collect::<Result<Option<Vec<String>>>>()?;
        let is_interval = |(domain, _): &&(&BinDomain, FeatureKind)| matches!(domain, BinDomain::Interval { .. });
        let intervals = tests.iter().filter(is_interval).count();
        self.rows.extend(cells.map(|tests| Row { intervals, label: label.to_owned(), tests, answer }));
        Ok(())
    }

    /// Puts the rows in their order and ends the table with the one for all other values.
    fn end(mut self, answer: Vec<String>) -> Self {
        self.rows.sort_by_key(|row| row.intervals);
        let tests = vec![String::new(); self.inputs.len()];
        self.rows.push(Row { intervals: 0, label: NEVER_SEEN.to_owned(), tests, answer });
        self
    }
}

fn input_id(position: usize) -> String {
    format!("input_{}", position + 1)
}

fn output_id(position: usize) -> String {
    format!("output_{}", position + 1)
}

/// What the function calls the answer of the feature at `position`.
pub(super) fn answer_name(position: usize) -> String {
    format!("feature_{}", position + 1)
}

/// Points, points lost and reason by bin.
pub(super) fn feature_table(card: &Scorecard, position: usize, feature: &Feature, case: &str) -> Result<Table> {
    let outputs = [("points", "Points"), ("lost", "Points lost"), ("reason", "Reason"), ("unforeseen", "Never seen")];
    let columns: Vec<&str> = feature.inputs().into_iter().map(|(name, _)| name).collect();
    // The number keeps the name apart from those of other nodes.
    let name = format!("{}. {}", position + 1, feature.name);
    let mut table = Table::new(answer_name(position), name, &columns, &outputs, case);
    table.description.clone_from(&feature.description);
    let cells = |answer: &Answer, unforeseen: &str| {
        vec![figure(answer.points), figure(answer.lost), text(&answer.reason), unforeseen.to_owned()]
    };
    let mut answers = answers(card, position);
    let never_seen = answers.pop().filter(|_| card.document().unforeseen != UnforeseenPolicy::Error);
    for (bin, answer) in feature.bins.iter().zip(&answers) {
        match (&bin.domain, &feature.axes) {
            (BinDomain::Cells(places), Some([rows, columns])) => {
                for [row, column] in places {
                    if let (Some(row), Some(column)) = (domain(rows, *row), domain(columns, *column)) {
                        table.row(&bin.label, &[(row, rows.kind), (column, columns.kind)], cells(answer, ""))?;
                    }
                }
            }
            (domain, _) => table.row(&bin.label, &[(domain, feature.kind)], cells(answer, ""))?,
        }
    }
    let refused = || vec![String::new(), String::new(), String::new(), "true".to_owned()];
    Ok(table.end(never_seen.map_or_else(refused, |answer| cells(&answer, "true"))))
}

fn domain(axis: &Axis, place: u16) -> Option<&BinDomain> {
    axis.bins.get(usize::from(place)).map(|bin| &bin.domain)
}

/// The segment by value.
pub(super) fn segment_table(segments: &Segments, case: &str) -> Result<Table> {
    let outputs = [("name", "Segment"), ("unforeseen", "Never seen")];
    let mut table = Table::new("segment".to_owned(), "Segment".to_owned(), &[segments.input.as_str()], &outputs, case);
    for segment in &segments.segments {
        for value in &segment.values {
            table.row(&value.label, &[(&value.domain, segments.kind)], vec![text(&segment.name), String::new()])?;
        }
    }
    let otherwise = segments.otherwise.as_deref().map_or_else(String::new, text);
    Ok(table.end(vec![otherwise, "true".to_owned()]))
}
