//! The output fields: score, PD, reasons as texts, and how many values development never saw.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};

use super::expressions::{apply, double, field, integer, text};
use super::reason_code;
use super::xml::Element;
use crate::export::answers::answers;

/// The function that turns a reason code into words; the code of what cost nothing has none.
const REASON_TEXT: &str = "reason_text";
/// At most this many reasons are given.
const REASONS: std::ops::RangeInclusive<u32> = 1..=4;

/// `wanted`, or what PMML can tell from the card's columns: the names of all fields of a document differ.
pub(super) fn free_name(card: &Scorecard, wanted: &str) -> String {
    let mut name = wanted.to_owned();
    while card.inputs().iter().any(|input| input.name == name) {
        name.push('_');
    }
    name
}

/// The table of reasons by code.
pub(super) fn reason_function(card: &Scorecard) -> Element {
    let rows = (0..card.features().len()).flat_map(|position| {
        let answers = answers(card, position).into_iter().enumerate().filter(|(_, answer)| answer.lost > 0.0);
        answers.map(move |(bin, answer)| {
            let code = Element::new("code").text(reason_code(position, bin));
            Element::new("row").child(code).child(Element::new("text").text(answer.reason))
        })
    });
    let column = Element::new("FieldColumnPair").with("field", "code").with("column", "code");
    let map = Element::new("MapValues").with("outputColumn", "text").with("dataType", "string").child(column);
    Element::new("DefineFunction")
        .with("name", REASON_TEXT)
        .with("optype", "categorical")
        .with("dataType", "string")
        .child(Element::new("ParameterField").with("name", "code"))
        .child(map.child(Element::new("InlineTable").children(rows)))
}

/// The output fields of the card.
pub(super) fn output(card: &Scorecard) -> Element {
    let scaling = &card.document().scaling;
    let name = |wanted: &str| free_name(card, wanted);
    let category = |wanted: &str, feature: &str| output_field(&name(wanted), "categorical", "string", feature);
    let computed = |wanted: &str, data_type: &str, expression: Element| {
        output_field(&name(wanted), "continuous", data_type, "transformedValue").child(expression)
    };
    let (score, segment) = (name("score"), name("segment"));
    let mut fields = vec![output_field(&score, "continuous", "double", "predictedValue")];
    if card.document().segments.is_some() {
        // The segment that gave the score, by its name.
        fields.push(category("segment", "entityId"));
    }
    let points = apply("-", [field(&score), double(scaling.offset)]);
    let odds = apply("exp", [apply("/", [points, double(scaling.factor)])]);
    fields.push(computed("pd", "double", apply("/", [double(1.0), apply("+", [double(1.0), odds])])));
    for rank in REASONS {
        let code = category(&format!("reason_code_{rank}"), "reasonCode");
        fields.push(code.with("rank", rank.to_string()).with("isFinalResult", "false"));
    }
    for rank in REASONS {
        let words = apply(REASON_TEXT, [field(&name(&format!("reason_code_{rank}")))]);
        fields.push(category(&format!("reason_{rank}"), "transformedValue").child(words));
    }
    fields.push(computed("unforeseen", "integer", unforeseen(card, &segment)));
    Element::new("Output").children(fields)
}

fn output_field(name: &str, optype: &str, data_type: &str, feature: &str) -> Element {
    let field = Element::new("OutputField").with("name", name).with("optype", optype);
    field.with("dataType", data_type).with("feature", feature)
}

/// How many of the case's features had a value that development never saw.
fn unforeseen(card: &Scorecard, segment: &str) -> Element {
    let mut flags: Vec<Element> = Vec::new();
    let document = card.document();
    if let Some(segments) = document.segments.as_ref().filter(|segments| segments.otherwise.is_some()) {
        let domains = segments.segments.iter().flat_map(|one| one.values.iter().map(|value| &value.domain)).collect();
        flags.push(flag(&segments.input, segments.kind, domains, integer(0)));
    }
    for feature in card.features() {
        let flag = match &feature.axes {
            None => {
                flag(feature.title(), feature.kind, feature.bins.iter().map(|bin| &bin.domain).collect(), integer(0))
            }
            Some([rows, columns]) => [columns, rows].into_iter().fold(integer(0), |otherwise, axis| {
                flag(&axis.input, axis.kind, axis.bins.iter().map(|bin| &bin.domain).collect(), otherwise)
            }),
        };
        match &feature.segment {
            _ if flag == integer(0) => {}
            None => flags.push(flag),
            Some(own) => flags.push(apply("if", [apply("equal", [field(segment), text(own)]), flag, integer(0)])),
        }
    }
    flags.retain(|flag| *flag != integer(0));
    if flags.is_empty() { integer(0) } else { apply("sum", flags) }
}

/// 1 where the value of a column falls into none of these domains, else what `otherwise` is.
fn flag(input: &str, kind: FeatureKind, domains: Vec<&BinDomain>, otherwise: Element) -> Element {
    let is_missing = apply("isMissing", [field(input)]);
    let if_missing = if domains.contains(&&BinDomain::Missing) { otherwise.clone() } else { integer(1) };
    let if_there = if kind == FeatureKind::Numeric {
        // Intervals hold every number.
        otherwise
    } else {
        let known = domains.iter().flat_map(|domain| match domain {
            BinDomain::Categories(texts) => texts.clone(),
            BinDomain::Special(values) => values.iter().map(Literal::to_string).collect(),
            _ => Vec::new(),
        });
        let known: Vec<Element> = known.map(|known| text(&known)).collect();
        match known.is_empty() {
            true => integer(1),
            false => apply("if", [apply("isIn", std::iter::once(field(input)).chain(known)), otherwise, integer(1)]),
        }
    };
    if if_missing == if_there { if_there } else { apply("if", [is_missing, if_missing, if_there]) }
}
