//! Value to bin, as nodes.

use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, Literal, Segments};
use scorewright_runtime::{Partition, Scorecard};

use super::graph::{Graph, int, ints, strings};
use super::proto::DataType;

/// A column of the cases.
#[derive(Debug)]
pub struct Column {
    name: String,
    kind: FeatureKind,
    /// The input that tells of each case whether the text is missing; absent: the empty text is.
    is_missing: Option<String>,
}

/// The bins of a column in one use of it.
#[derive(Debug)]
pub struct Bins<'a> {
    pub partition: &'a Partition,
    pub domains: Vec<&'a BinDomain>,
}

/// The bins of a feature's columns: its own, or those of a pair's axes.
pub fn bins_of<'a>(feature: &'a Feature, partition: &'a Partition) -> Vec<Bins<'a>> {
    match (&feature.axes, partition.axes()) {
        (Some(axes), Some(partitions)) => axes
            .iter()
            .zip(partitions)
            .map(|(axis, partition)| Bins { partition, domains: axis.bins.iter().map(|bin| &bin.domain).collect() })
            .collect(),
        _ => vec![Bins { partition, domains: feature.bins.iter().map(|bin| &bin.domain).collect() }],
    }
}

/// The values of all segments, as bins.
pub fn bins_of_segments<'a>(segments: &'a Segments, partition: &'a Partition) -> Bins<'a> {
    let values = segments.segments.iter().flat_map(|segment| &segment.values);
    Bins { partition, domains: values.map(|value| &value.domain).collect() }
}

/// The card's columns, as inputs of the graph.
pub fn columns(graph: &mut Graph, card: &Scorecard) -> Vec<Column> {
    card.inputs()
        .iter()
        .enumerate()
        .map(|(place, input)| {
            let name = input.name.clone();
            let mut is_missing = None;
            if input.kind == FeatureKind::Numeric {
                graph.input(&name, DataType::Double, "Numbers; NaN is missing.");
            } else if takes_empty_text(card, place) {
                let doc = format!("Whether {name} is missing; may be left out: then no value is.");
                let flag = graph.optional_flag(&format!("{name}_is_missing"), &doc);
                graph.input(
                    &name,
                    DataType::String,
                    &format!("Texts; the empty text is one. Missing is what {flag} says."),
                );
                is_missing = Some(flag);
            } else {
                graph.input(&name, DataType::String, "Texts; the empty text is missing.");
            }
            Column { name, kind: input.kind, is_missing }
        })
        .collect()
}

/// Whether the empty text is a category or a special value of the column at `position`.
fn takes_empty_text(card: &Scorecard, position: usize) -> bool {
    let takes = |partition: &Partition| partition.category("") != partition.unforeseen();
    let of_feature = |place: usize| {
        let partition = card.partition(place)?;
        let axis = card.feature_inputs(place).iter().position(|input| *input == position)?;
        partition.axes().map_or(Some(partition), |axes| axes.get(axis))
    };
    (0..card.features().len()).filter_map(of_feature).any(takes)
        || card.segment_input().is_some_and(|(input, partition)| input == position && takes(partition))
}

impl Column {
    /// Of each case the entry of `entries` for its bin; the last is for unforeseen values.
    pub fn look_up(&self, graph: &mut Graph, bins: &Bins<'_>, entries: &[i64], name: &str) -> String {
        // There is an entry for every code.
        let entry = |code: u16| entries.get(usize::from(code)).copied().unwrap_or_default();
        match self.kind {
            FeatureKind::Numeric => self.look_up_numbers(graph, bins, entry, name),
            _ => self.look_up_texts(graph, bins, entry, name),
        }
    }

    /// Counts the bounds that a number has reached (and special values that it has passed): each count is one bin.
    fn look_up_numbers(&self, graph: &mut Graph, bins: &Bins<'_>, entry: impl Fn(u16) -> i64, name: &str) -> String {
        let mut reached: Vec<f64> = Vec::new();
        let mut passed: Vec<f64> = Vec::new();
        for domain in &bins.domains {
            match domain {
                BinDomain::Interval { lower, .. } => reached.extend(lower),
                BinDomain::Special(values) => passed.extend(values.iter().filter_map(|value| match value {
                    Literal::Number(number) => Some(*number),
                    _ => None,
                })),
                BinDomain::Missing | BinDomain::Categories(_) | BinDomain::Cells(_) => {}
            }
        }
        reached.extend(&passed);
        reached.sort_by(f64::total_cmp);
        reached.dedup();
        passed.sort_by(f64::total_cmp);
        // The least number of every count: the runtime says which bin it is in.
        let mut least: Vec<f64> = [f64::NEG_INFINITY].into_iter().chain(reached.iter().copied()).collect();
        least.extend(passed.iter().map(|value| value.next_up()));
        least.sort_by(f64::total_cmp);
        let mut table: Vec<i64> = least.iter().map(|number| entry(bins.partition.number(*number))).collect();
        let missing = table.len() as i64;
        table.push(entry(bins.partition.missing()));

        let mut place = count(graph, "GreaterOrEqual", &self.name, &reached, &format!("{name}/reached"));
        if !passed.is_empty() {
            let beyond = count(graph, "Greater", &self.name, &passed, &format!("{name}/passed"));
            place = graph.node("Add", &[&place, &beyond], &format!("{name}/place"));
        }
        let is_missing = graph.node("IsNaN", &[&self.name], &format!("{name}/is missing"));
        let missing = graph.integers(&format!("{name}/place of missing"), &[1, 1], &[missing]);
        let place = graph.node("Where", &[&is_missing, &missing, &place], &format!("{name}/place or missing"));
        let table_name = graph.integers(&format!("{name}/by place"), &[table.len()], &table);
        graph.node("Gather", &[&table_name, &place], &format!("{name}/row"))
    }

    fn look_up_texts(&self, graph: &mut Graph, bins: &Bins<'_>, entry: impl Fn(u16) -> i64, name: &str) -> String {
        let mut texts: Vec<String> = Vec::new();
        for domain in &bins.domains {
            match domain {
                BinDomain::Categories(categories) => texts.extend(categories.iter().cloned()),
                BinDomain::Special(values) => texts.extend(values.iter().map(ToString::to_string)),
                BinDomain::Interval { .. } | BinDomain::Missing | BinDomain::Cells(_) => {}
            }
        }
        let mut entries: Vec<i64> = texts.iter().map(|text| entry(bins.partition.category(text))).collect();
        let missing = entry(bins.partition.missing());
        if self.is_missing.is_none() {
            texts.push(String::new());
            entries.push(missing);
        }
        let unforeseen = entry(bins.partition.unforeseen());
        let by = vec![strings("keys_strings", texts), ints("values_int64s", entries), int("default_int64", unforeseen)];
        let found = graph.node_by("LabelEncoder", &[&self.name], &format!("{name}/row of text"), by);
        let Some(is_missing) = &self.is_missing else { return found };
        let missing = graph.integers(&format!("{name}/row of missing"), &[1, 1], &[missing]);
        graph.node("Where", &[is_missing, &missing, &found], &format!("{name}/row"))
    }
}

/// How many of some bounds a number compares with.
fn count(graph: &mut Graph, comparison: &str, column: &str, bounds: &[f64], name: &str) -> String {
    // No number reaches a NaN: a tensor without columns would ask more of an engine.
    let bounds = if bounds.is_empty() { &[f64::NAN] } else { bounds };
    let constant = graph.doubles(&format!("{name}/bounds"), &[1, bounds.len()], bounds);
    let compared = graph.node(comparison, &[column, &constant], &format!("{name}/each"));
    let counted = graph.integers_of(&compared, &format!("{name}/as integers"));
    graph.sum_of_columns(&counted, name)
}
