//! The rule of a bin in words: exact, and read by people.

use scorewright_runtime::Partition;
use scorewright_runtime::artifact::{Axis, BinDomain, Feature, FeatureKind, Literal};

use crate::binning::number_label;

/// A rule: alternatives between the same words. Written out it is head, alternatives, tail.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    head: String,
    pub alternatives: Vec<String>,
    separator: &'static str,
    tail: &'static str,
}

impl Rule {
    pub fn of(words: impl Into<String>) -> Self {
        Rule { head: String::new(), alternatives: vec![words.into()], separator: " or ", tail: "" }
    }

    /// Holds where any of them holds.
    pub fn of_any(rules: impl Iterator<Item = Rule>) -> Self {
        Rule { alternatives: rules.map(|rule| rule.written()).collect(), ..Rule::of("") }
    }

    /// The rule of a bin of one column.
    pub fn new(column: &str, domain: &BinDomain) -> Self {
        let column = name(column);
        let among = |alternatives: Vec<String>, tail: &'static str| Rule {
            head: format!("{column} is "),
            alternatives,
            separator: " or ",
            tail,
        };
        match domain {
            BinDomain::Interval { lower, upper } => Rule::of(match (lower, upper) {
                (None, None) => format!("{column} is any number"),
                (None, Some(upper)) => format!("{column} below {}", number_label(*upper)),
                (Some(lower), None) => format!("{column} {} or more", number_label(*lower)),
                (Some(lower), Some(upper)) => {
                    format!("{column} from {} to below {}", number_label(*lower), number_label(*upper))
                }
            }),
            BinDomain::Categories(texts) => among(texts.iter().map(|text| format!("{text:?}")).collect(), ""),
            BinDomain::Special(values) => among(values.iter().map(special).collect(), " (special)"),
            BinDomain::Missing => Rule::of(format!("{column} has no value")),
            // Only a pair has cells; they are written with its axes.
            BinDomain::Cells(_) => Rule::of(String::new()),
        }
    }

    /// The rule of a bin of a feature.
    pub fn of_bin(feature: &Feature, domain: &BinDomain) -> Self {
        match (domain, &feature.axes) {
            (BinDomain::Cells(cells), Some(axes)) => {
                Rule { alternatives: regions(cells, axes), separator: "; or ", ..Rule::of("") }
            }
            _ => Rule::new(feature.title(), domain),
        }
    }

    /// What no bin of a column takes; `None` where its bins take every value.
    pub fn unforeseen(column: &str, kind: FeatureKind, partition: &Partition) -> Option<Self> {
        let takes_missing = partition.missing() != partition.unforeseen();
        let column = name(column);
        match (kind, takes_missing) {
            (FeatureKind::Categorical, true) => Some(Rule::of(format!("{column} is any other text"))),
            (FeatureKind::Categorical, false) => Some(Rule::of(format!("{column} is any other text or has no value"))),
            (_, false) => Some(Rule::of(format!("{column} has no value"))),
            (_, true) => None,
        }
    }

    /// What no bin of a feature takes: of a pair, what no bin of either axis takes.
    pub fn unforeseen_of(feature: &Feature, partition: &Partition) -> Option<Self> {
        let (Some(axes), Some(partitions)) = (&feature.axes, partition.axes()) else {
            return Rule::unforeseen(feature.title(), feature.kind, partition);
        };
        let either: Vec<Rule> = axes
            .iter()
            .zip(partitions)
            .filter_map(|(axis, partition)| Rule::unforeseen(&axis.input, axis.kind, partition))
            .collect();
        (!either.is_empty()).then(|| Rule::of_any(either.into_iter()))
    }

    /// The whole rule.
    pub fn written(&self) -> String {
        format!("{}{}{}", self.head, self.alternatives.join(self.separator), self.tail)
    }

    /// The rule with as many of its alternatives as `longest` UTF-16 units hold, and how many there are beside them.
    pub fn shortened(&self, longest: usize) -> (String, usize) {
        let whole = self.written();
        if units(&whole) <= longest {
            return (whole, 0);
        }
        let (mut text, mut shown) = (self.head.clone(), 0);
        let mut room = longest.saturating_sub(units(&self.head) + units(self.tail));
        for alternative in &self.alternatives {
            let more = units(alternative) + units(self.separator);
            if more > room {
                break;
            }
            text.push_str(alternative);
            text.push_str(self.separator);
            room -= more;
            shown += 1;
        }
        text.push_str("...");
        text.push_str(self.tail);
        (text, self.alternatives.len() - shown)
    }
}

/// Length as Excel counts.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The bounds of an interval.
pub(super) fn bounds(domain: &BinDomain) -> (Option<f64>, Option<f64>) {
    match domain {
        BinDomain::Interval { lower, upper } => (*lower, *upper),
        _ => (None, None),
    }
}

/// A column's name as rules write it: between quotes where it could be taken for something else.
pub(super) fn name(column: &str) -> String {
    let is_plain = column.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && column.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if is_plain { column.to_owned() } else { format!("{column:?}") }
}

fn special(value: &Literal) -> String {
    match value {
        Literal::Number(value) => number_label(*value),
        Literal::Text(text) => format!("{text:?}"),
        Literal::Boolean(value) => format!("{:?}", value.to_string()),
    }
}

/// Cells of a grid as regions: rows that go with the same columns stand together.
fn regions(cells: &[[u16; 2]], [rows, columns]: &[Axis; 2]) -> Vec<String> {
    let mut columns_of: std::collections::BTreeMap<u16, Vec<u16>> = std::collections::BTreeMap::new();
    cells.iter().for_each(|[row, column]| columns_of.entry(*row).or_default().push(*column));
    let mut regions: Vec<(Vec<u16>, Vec<u16>)> = Vec::new();
    for (row, mut columns) in columns_of {
        columns.sort_unstable();
        match regions.iter_mut().find(|(_, known)| *known == columns) {
            Some((rows, _)) => rows.push(row),
            None => regions.push((vec![row], columns)),
        }
    }
    let side = |axis: &Axis, places: &[u16]| {
        if places.len() == axis.bins.len() {
            return format!("any known {}", name(&axis.input));
        }
        let bins = places.iter().filter_map(|place| axis.bins.get(usize::from(*place)));
        let rules: Vec<String> = bins.map(|bin| Rule::new(&axis.input, &bin.domain).written()).collect();
        if rules.len() == 1 { rules.concat() } else { format!("({})", rules.join(" or ")) }
    };
    regions.iter().map(|(own, theirs)| format!("{} and {}", side(rows, own), side(columns, theirs))).collect()
}
