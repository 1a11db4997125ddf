//! A Python module without dependencies: the card as a table that a person can read, and the few functions that score by
//! it. For review and for embedded use; what it means stands in docs/export/python.md.

use scorewright_runtime::artifact::{AxisBin, BinDomain, Feature, FeatureKind, Literal, UnforeseenPolicy};

use super::Subject;
use super::answers::answers;
use crate::error::Result;

/// The functions; the card stands before them.
const FUNCTIONS: &str = include_str!("python.py");

pub(super) fn export(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let document = subject.card.document();
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    subject.head().iter().for_each(|sentence| line(&format!("# {sentence}")));
    line("");
    line(&format!("CARD = {}", string(&subject.title())));
    line(&format!("SCORECARD_SHA256 = {}", string(&subject.sha256)));
    line(&format!("STANDING = {}", list(subject.standing.sentences().iter().map(|sentence| string(sentence)))));
    line(&format!("FACTOR = {}", number(document.scaling.factor)));
    line(&format!("OFFSET = {}", number(document.scaling.offset)));
    line(&format!("REFUSES_UNFORESEEN = {}", boolean(document.unforeseen == UnforeseenPolicy::Error)));
    match &document.segments {
        None => line(&format!("BASE_POINTS = {}\nSEGMENTS = None", number(document.base_points))),
        Some(segments) => {
            line("BASE_POINTS = None");
            line(
                "# The column that tells the segment, its values by segment, base points, and the segment of other values.",
            );
            line("SEGMENTS = {");
            line(&format!("    \"column\": {},", column(&segments.input, segments.kind)));
            line("    \"values\": [");
            for segment in &segments.segments {
                for value in &segment.values {
                    line(&format!("        ({}, {}),", domain(&value.domain, segments.kind), string(&segment.name)));
                }
            }
            line("    ],");
            let base = segments.segments.iter().map(|s| format!("{}: {}", string(&s.name), number(s.base_points)));
            line(&format!("    \"base_points\": {{{}}},", base.collect::<Vec<_>>().join(", ")));
            let otherwise = segments.otherwise.as_deref().map_or("None".to_owned(), string);
            line(&format!("    \"otherwise\": {otherwise},"));
            line("}");
        }
    }
    line(
        "# The features in the order of the card. Of each: its name, segment and columns, and its bins: a rule, then points,",
    );
    line(
        "# points lost to the baseline, and the reason. A rule is (\"interval\", lower or None, upper or None), lower included",
    );
    line(
        "# and upper not; (\"values\", those); (\"missing\",); or (\"cells\", pairs of positions on the two axes). The last line of a",
    );
    line("# feature is for values that development never saw.");
    line("FEATURES = [");
    for (position, feature) in subject.card.features().iter().enumerate() {
        line("    {");
        line(&format!("        \"name\": {},", string(&feature.name)));
        line(&format!("        \"segment\": {},", feature.segment.as_deref().map_or("None".to_owned(), string)));
        let columns = feature.inputs().into_iter().map(|(name, kind)| column(name, kind));
        line(&format!("        \"columns\": {},", list(columns)));
        axes(feature).iter().for_each(|axis| line(axis));
        line("        \"bins\": [");
        let answers = answers(subject.card, position);
        let rules = feature.bins.iter().map(|bin| domain(&bin.domain, feature.kind));
        for (rule, answer) in rules.chain(["(\"unforeseen\",)".to_owned()]).zip(answers) {
            let (points, lost) = (number(answer.points), number(answer.lost));
            line(&format!("            ({rule}, {points}, {lost}, {}),", string(&answer.reason)));
        }
        line("        ],");
        line("    },");
    }
    line("]");
    line("");
    line(FUNCTIONS.trim_end());
    Ok(text.into_bytes())
}

/// The axes of a pair, a line each.
fn axes(feature: &Feature) -> Vec<String> {
    let Some(axes) = &feature.axes else { return vec!["        \"axes\": None,".to_owned()] };
    let rules = |kind: FeatureKind, bins: &[AxisBin]| list(bins.iter().map(|bin| domain(&bin.domain, kind)));
    let mut lines = vec!["        \"axes\": [".to_owned()];
    lines.extend(axes.iter().map(|axis| format!("            {},", rules(axis.kind, &axis.bins))));
    lines.push("        ],".to_owned());
    lines
}

fn column(name: &str, kind: FeatureKind) -> String {
    format!("({}, {})", string(name), if kind == FeatureKind::Numeric { "\"number\"" } else { "\"text\"" })
}

fn domain(domain: &BinDomain, kind: FeatureKind) -> String {
    let bound = |bound: &Option<f64>| bound.map_or("None".to_owned(), number);
    let value = |value: &Literal| match value {
        Literal::Number(value) if kind == FeatureKind::Numeric => number(*value),
        value => string(&value.to_string()),
    };
    match domain {
        BinDomain::Interval { lower, upper } => format!("(\"interval\", {}, {})", bound(lower), bound(upper)),
        BinDomain::Categories(texts) => format!("(\"values\", {})", list(texts.iter().map(|text| string(text)))),
        BinDomain::Special(values) => format!("(\"values\", {})", list(values.iter().map(value))),
        BinDomain::Missing => "(\"missing\",)".to_owned(),
        BinDomain::Cells(cells) => {
            format!("(\"cells\", {})", list(cells.iter().map(|[row, column]| format!("({row}, {column})"))))
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// The shortest text that reads back as the same double.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A literal in ASCII: what an editor or a terminal does to other scripts cannot change it.
fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(c),
            c if u32::from(c) > 0xffff => literal.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    literal.push('"');
    literal
}
