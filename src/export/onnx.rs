//! ONNX: the card as a graph of plain operators in double precision. What it means stands in docs/export/onnx.md.
//!
//! Every bin of every feature is a row of three tables: points, points lost to the baseline, and the reason. The graph looks up
//! the row of each feature; sums, reasons and counts are then taken of all rows at once.

mod graph;
mod lookup;
mod proto;

use prost::Message;
use scorewright_runtime::artifact::{Segments, UnforeseenPolicy};
use scorewright_runtime::reasons::MOST_REASONS;

use self::graph::Graph;
use self::lookup::{Column, bins_of, bins_of_segments, columns};
use self::proto::{DataType, ModelProto, OperatorSetIdProto, StringStringEntryProto};
use super::Subject;
use super::answers::{Answer, answers};
use crate::error::{Error, ErrorKind, Result, internal};

/// The version of the file format, and of the operators: those of ONNX 1.12.
const IR_VERSION: i64 = 8;
const OPERATORS: [(&str, i64); 2] = [("", 17), ("ai.onnx.ml", 3)];

/// Rows before those of the features: of a feature of another segment than the case's, and of a case that is refused.
const ELSEWHERE: i64 = 0;
const REFUSED: i64 = 1;

/// A row of the tables.
struct Row {
    answer: Answer,
    is_unforeseen: bool,
}

pub(super) fn export(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let card = subject.card;
    if card.features().is_empty() || card.inputs().iter().any(|input| input.name.is_empty()) {
        let what = "an ONNX graph needs at least one column, and of each column a name that is not empty";
        return Err(Error::new(ErrorKind::Artifact, what).help("export the scorecard in another format"));
    }
    let mut graph = Graph::new(card);
    let columns = columns(&mut graph, card);
    let (rows, row_of_features) = rows(&mut graph, subject, &columns);
    let scored = score(&mut graph, subject, &columns, &rows, &row_of_features)?;
    let count = card.features().len();
    graph.output("score", &scored.score, DataType::Double, 1, "Higher is safer; NaN where the case is refused.");
    probability(&mut graph, subject, &scored.score);
    reasons(&mut graph, &rows, &scored.rows, count);
    graph.output("unforeseen", &scored.unforeseen, DataType::Int64, 1, "How many values development never saw.");
    let points = "By feature, in the order of the card; 0 of another segment's, NaN where the case is refused.";
    graph.output("points", &scored.points, DataType::Double, count, points);
    if let Some(segment) = &scored.segment {
        graph.output("segment", segment, DataType::String, 1, "The case's segment; empty where it has none.");
    }
    let head = subject.head().join("\n");
    let model = ModelProto {
        ir_version: Some(IR_VERSION),
        producer_name: Some("scorewright".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        doc_string: Some(head.clone()),
        graph: Some(graph.finish(subject.title(), head)),
        opset_import: OPERATORS
            .map(|(domain, version)| OperatorSetIdProto { domain: Some(domain.to_owned()), version: Some(version) })
            .to_vec(),
        metadata_props: metadata(subject)?,
    };
    Ok(model.encode_to_vec())
}

fn metadata(subject: &Subject<'_>) -> Result<Vec<StringStringEntryProto>> {
    let features: Vec<&str> = subject.card.features().iter().map(|feature| feature.name.as_str()).collect();
    let entries = [
        ("card", subject.title()),
        ("scorecard_sha256", subject.sha256.clone()),
        ("standing", subject.standing.sentences().join("\n")),
        ("features", serde_json::to_string(&features).map_err(internal)?),
        ("tool", format!("scorewright {}", env!("CARGO_PKG_VERSION"))),
    ];
    Ok(entries.map(|(key, value)| StringStringEntryProto { key: Some(key.to_owned()), value: Some(value) }).to_vec())
}

/// The rows of all features, and of each feature the tensor that tells a case's row.
fn rows(graph: &mut Graph, subject: &Subject<'_>, columns: &[Column]) -> (Vec<Row>, Vec<String>) {
    let card = subject.card;
    let none = |points: f64| Row { answer: Answer { points, lost: 0.0, reason: String::new() }, is_unforeseen: false };
    let mut rows = vec![none(0.0), none(f64::NAN)];
    let mut row_of_features = Vec::new();
    for (position, feature) in card.features().iter().enumerate() {
        let Some(partition) = card.partition(position) else { continue };
        let first = rows.len() as i64;
        let answers = answers(card, position);
        let labels = feature.bins.iter().map(|bin| bin.label.as_str()).chain(["unforeseen"]);
        let lines: Vec<String> = labels
            .zip(&answers)
            .zip(first..)
            .map(|((label, a), row)| format!("row {row}: {label}: {}", a.points))
            .collect();
        rows.extend(
            answers
                .into_iter()
                .enumerate()
                .map(|(code, answer)| Row { answer, is_unforeseen: code == partition.bins() }),
        );
        let bins = bins_of(feature, partition);
        let inputs = card.feature_inputs(position).iter().filter_map(|input| columns.get(*input));
        let axes: Vec<_> = inputs.zip(&bins).collect();
        let name = &feature.name;
        let row = match axes.as_slice() {
            [(row, rows), (column, columns)] => {
                // Places in a grid that has a last row and a last column for unforeseen values.
                let counts = [rows, columns].map(|bins| bins.partition.bins() as u16 + 1);
                let width = i64::from(counts[1]);
                let lines: Vec<i64> = (0..i64::from(counts[0])).map(|code| code * width).collect();
                let line = row.look_up(graph, rows, &lines, &format!("{name}/first axis"));
                let place =
                    column.look_up(graph, columns, &(0..width).collect::<Vec<_>>(), &format!("{name}/second axis"));
                let place = graph.node("Add", &[&line, &place], &format!("{name}/place in grid"));
                let cells = (0..counts[0]).flat_map(|row| (0..counts[1]).map(move |column| (row, column)));
                let table: Vec<i64> =
                    cells.map(|(row, column)| first + i64::from(partition.cell(row, column))).collect();
                let table = graph.integers(&format!("{name}/grid"), &[table.len()], &table);
                graph.node("Gather", &[&table, &place], &format!("{name}/row"))
            }
            axes => {
                let Some((column, bins)) = axes.first() else { continue };
                column.look_up(graph, bins, &(first..rows.len() as i64).collect::<Vec<_>>(), name)
            }
        };
        graph.describe(lines.join("\n"));
        row_of_features.push(row);
    }
    (rows, row_of_features)
}

/// Tensors of what a case scores.
struct Scored {
    score: String,
    points: String,
    unforeseen: String,
    /// The row of each feature: of another segment's and of a refused case's one without a reason.
    rows: String,
    segment: Option<String>,
}

/// A case's segment.
struct Segment {
    /// Its position, and after the last one the place for values that development never saw.
    place: String,
    /// The position of `otherwise`, or that place, where there is none.
    unforeseen: i64,
    /// Whether each feature is the segment's.
    own: String,
    base: String,
    name: String,
}

fn score(graph: &mut Graph, subject: &Subject<'_>, columns: &[Column], all: &[Row], rows: &[String]) -> Result<Scored> {
    let document = subject.card.document();
    let each: Vec<&str> = rows.iter().map(String::as_str).collect();
    let mut rows = graph.node_by("Concat", &each, "rows", vec![graph::int("axis", 1)]);
    let segment = match &document.segments {
        Some(segments) => Some(segment(graph, subject, segments, columns)?),
        None => None,
    };
    if let Some(segment) = &segment {
        let elsewhere = graph.integers("row of another segment", &[1, 1], &[ELSEWHERE]);
        rows = graph.node("Where", &[&segment.own, &rows, &elsewhere], "rows of the segment");
    }
    let flags: Vec<i64> = all.iter().map(|row| i64::from(row.is_unforeseen)).collect();
    let flags = graph.integers("unforeseen by row", &[flags.len()], &flags);
    let flags = graph.node("Gather", &[&flags, &rows], "unforeseen of features");
    let mut unforeseen = graph.sum_of_columns(&flags, "unforeseen features");
    let mut refused: Option<String> = None;
    if document.unforeseen == UnforeseenPolicy::Error {
        let none = graph.integers("none", &[1, 1], &[0]);
        refused = Some(graph.node("Greater", &[&unforeseen, &none], "refused for a feature"));
    }
    if let Some(segment) = &segment {
        let last = document.segments.as_ref().map_or(0, |segments| segments.segments.len() as i64);
        let place = graph.integers("unforeseen segment", &[1, 1], &[last]);
        let is_unforeseen = graph.node("Equal", &[&segment.place, &place], "segment is unforeseen");
        let counted = graph.integers_of(&is_unforeseen, "unforeseen segments");
        unforeseen = graph.node("Add", &[&unforeseen, &counted], "unforeseen values");
        if segment.unforeseen == last {
            refused = Some(match refused {
                Some(refused) => graph.node("Or", &[&refused, &is_unforeseen], "refused"),
                None => is_unforeseen,
            });
        }
    }
    if let Some(refused) = &refused {
        let row = graph.integers("row of a refused case", &[1, 1], &[REFUSED]);
        rows = graph.node("Where", &[refused, &row, &rows], "rows unless refused");
    }
    let points: Vec<f64> = all.iter().map(|row| row.answer.points).collect();
    let points = graph.doubles("points by row", &[points.len()], &points);
    let points = graph.node("Gather", &[&points, &rows], "points");
    // One by one: a sum of fractions depends on its order.
    let start = if segment.is_some() { 0.0 } else { document.base_points };
    let mut sum = graph.doubles("sum/start", &[1, 1], &[start]);
    for (place, own) in graph.columns(&points, each.len(), "points of").iter().enumerate() {
        sum = graph.node("Add", &[&sum, own], &format!("sum/{}", place + 1));
    }
    let score = match &segment {
        Some(segment) => graph.node("Add", &[&segment.base, &sum], "score"),
        None => sum,
    };
    Ok(Scored { score, points, unforeseen, rows, segment: segment.map(|segment| segment.name) })
}

fn segment(graph: &mut Graph, subject: &Subject<'_>, segments: &Segments, columns: &[Column]) -> Result<Segment> {
    let card = subject.card;
    let (input, partition) =
        card.segment_input().ok_or_else(|| internal("a card with segments has no input of them"))?;
    let column = columns.get(input).ok_or_else(|| internal("the segments' column is none of the card's"))?;
    let count = segments.segments.len();
    let place_of = |code: u16| card.segment_of_code(code).unwrap_or(count) as i64;
    let unforeseen = partition.unforeseen();
    // The codes of bins are below that of unforeseen values.
    let places: Vec<i64> = (0..unforeseen).map(place_of).chain([count as i64]).collect();
    let place = column.look_up(graph, &bins_of_segments(segments, partition), &places, "segment");
    let otherwise = place_of(unforeseen);
    let own: Vec<i64> = (0..count as i64).chain([otherwise]).collect();
    let of_place = graph.integers("segments", &[own.len()], &own);
    let resolved = graph.node("Gather", &[&of_place, &place], "segment or otherwise");
    let of_features: Vec<i64> =
        (0..card.features().len()).map(|feature| card.feature_segment(feature).unwrap_or(count) as i64).collect();
    let of_features = graph.integers("segments of features", &[1, of_features.len()], &of_features);
    let own = graph.node("Equal", &[&resolved, &of_features], "feature is of the segment");
    let base = segments.segments.iter().map(|segment| segment.base_points).chain([f64::NAN]).collect::<Vec<_>>();
    let base = graph.doubles("base points of segments", &[base.len()], &base);
    let base = graph.node("Gather", &[&base, &resolved], "base points");
    let names = segments.segments.iter().map(|segment| segment.name.clone()).chain([String::new()]);
    let names = graph.texts("names of segments", names);
    let name = graph.node("Gather", &[&names, &resolved], "name of segment");
    Ok(Segment { place, unforeseen: otherwise, own, base, name })
}

/// PD = 1 / (1 + exp((score - offset) / factor)): 0 where the exponential is infinite.
fn probability(graph: &mut Graph, subject: &Subject<'_>, score: &str) {
    let scaling = &subject.card.document().scaling;
    let [offset, factor, one] = [("offset", scaling.offset), ("factor", scaling.factor), ("one", 1.0)]
        .map(|(name, value)| graph.doubles(name, &[1, 1], &[value]));
    let above = graph.node("Sub", &[score, &offset], "score above offset");
    let log_odds = graph.node("Div", &[&above, &factor], "log odds");
    let odds = graph.node("Exp", &[&log_odds], "odds");
    let all = graph.node("Add", &[&one, &odds], "one and odds");
    let pd = graph.node("Div", &[&one, &all], "pd");
    graph.output("pd", &pd, DataType::Double, 1, "Probability of default; NaN where the case is refused.");
}

/// The texts of the rows that lost most; a row that lost nothing has none.
fn reasons(graph: &mut Graph, all: &[Row], rows: &str, features: usize) {
    let mut rows = rows.to_owned();
    if features < MOST_REASONS {
        let pads = graph.integers("reasons/pads", &[4], &[0, 0, 0, (MOST_REASONS - features) as i64]);
        let elsewhere = graph.integers("reasons/pad", &[], &[ELSEWHERE]);
        rows = graph.node("Pad", &[&rows, &pads, &elsewhere], "reasons/rows");
    }
    let lost: Vec<f64> = all.iter().map(|row| row.answer.lost).collect();
    let lost = graph.doubles("lost by row", &[lost.len()], &lost);
    let lost = graph.node("Gather", &[&lost, &rows], "lost");
    let places = graph.places_of_greatest(&lost, MOST_REASONS as i64, "reasons");
    let rows = graph.node_by("GatherElements", &[&rows, &places], "reasons/rows in order", vec![graph::int("axis", 1)]);
    let texts = all.iter().map(|row| if row.answer.lost > 0.0 { row.answer.reason.clone() } else { String::new() });
    let texts = graph.texts("reason by row", texts);
    let texts = graph.node("Gather", &[&texts, &rows], "reasons/texts");
    for (place, text) in graph.columns(&texts, MOST_REASONS, "reason").iter().enumerate() {
        let doc = "Why the score is not higher; empty where there is no such reason.";
        graph.output(&format!("reason_{}", place + 1), text, DataType::String, 1, doc);
    }
}
