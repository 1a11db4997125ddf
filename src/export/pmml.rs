//! PMML 4.4: a Scorecard with reason codes, or, of a card with segments, a MiningModel that selects one. What it means
//! stands in docs/export/pmml.md.

mod expressions;
mod output;
mod predicates;
mod xml;

use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, ReasonBaseline, Segments, UnforeseenPolicy};
use scorewright_runtime::{Input, Scorecard};

use self::expressions::number;
use self::output::{free_name, output, reason_function};
use self::xml::Element;
use super::Subject;
use super::answers::answers;
use crate::error::Result;

/// The reason code of everything that cost nothing; it has no words.
const NO_REASON: &str = "none";

pub(super) fn export(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let card = subject.card;
    let document = card.document();
    let target = free_name(card, "predicted_score");
    let schema = mining_schema(&target, card.inputs().iter());
    let model = match &document.segments {
        None => {
            scorecard(card, None, document.base_points, schema, Some(output(card))).with("modelName", subject.title())
        }
        Some(segments) => Element::new("MiningModel")
            .with("functionName", "regression")
            .with("modelName", subject.title())
            .child(schema)
            .child(output(card))
            .child(segmentation(card, segments, &target)),
    };
    Element::new("PMML")
        .with("xmlns", "http://www.dmg.org/PMML-4_4")
        .with("version", "4.4")
        .child(header(subject))
        .child(dictionary(card, &target))
        .child(Element::new("TransformationDictionary").child(reason_function(card)))
        .child(model)
        .document()
}

fn header(subject: &Subject<'_>) -> Element {
    let digest = Element::new("Extension").with("name", "scorecard_sha256").with("value", subject.sha256.as_str());
    let application =
        Element::new("Application").with("name", "scorewright").with("version", env!("CARGO_PKG_VERSION"));
    let annotations = subject.head().into_iter().map(|sentence| Element::new("Annotation").text(sentence));
    let header = Element::new("Header").with("description", subject.title());
    header.child(digest).child(application).children(annotations)
}

/// The columns, and the field that the score is a prediction of.
fn dictionary(card: &Scorecard, target: &str) -> Element {
    let numbers = |name: &str| {
        Element::new("DataField").with("name", name).with("optype", "continuous").with("dataType", "double")
    };
    let columns = card.inputs().iter().map(|input| match input.kind {
        FeatureKind::Categorical => {
            Element::new("DataField").with("name", &input.name).with("optype", "categorical").with("dataType", "string")
        }
        _ => numbers(&input.name).child(Element::new("Value").with("value", "NaN").with("property", "missing")),
    });
    let fields: Vec<Element> = columns.chain([numbers(target)]).collect();
    Element::new("DataDictionary").with("numberOfFields", fields.len().to_string()).children(fields)
}

/// Missing values and texts that development never saw come to the bins as they are; a value of another type than the
/// column's gives no result.
fn mining_schema<'a>(target: &str, inputs: impl Iterator<Item = &'a Input>) -> Element {
    let inputs = inputs.map(|input| {
        Element::new("MiningField")
            .with("name", &input.name)
            .with("usageType", "active")
            .with("missingValueTreatment", "asIs")
            .with("invalidValueTreatment", "returnInvalid")
    });
    let target = Element::new("MiningField").with("name", target).with("usageType", "target");
    Element::new("MiningSchema").children(inputs).child(target)
}

/// The features of a segment, or of a card without segments, as a Scorecard.
fn scorecard(
    card: &Scorecard,
    segment: Option<usize>,
    base_points: f64,
    schema: Element,
    output: Option<Element>,
) -> Element {
    let own = card.features().iter().enumerate().filter(|(place, _)| card.feature_segment(*place) == segment);
    let method = match card.document().reason_baseline {
        ReasonBaseline::Best => "max",
        ReasonBaseline::Average => "mean",
    };
    Element::new("Scorecard")
        .with("functionName", "regression")
        .with("initialScore", number(base_points))
        .with("useReasonCodes", "true")
        .with("reasonCodeAlgorithm", "pointsBelow")
        .with("baselineMethod", method)
        .child(schema)
        .children(output)
        .child(Element::new("Characteristics").children(own.map(|(place, one)| characteristic(card, place, one))))
}

fn characteristic(card: &Scorecard, position: usize, feature: &Feature) -> Element {
    let answers = answers(card, position);
    let attribute = |bin: usize, label: &str, predicate: Element| {
        let (points, lost) = answers.get(bin).map_or((0.0, 0.0), |answer| (answer.points, answer.lost));
        let code = if lost > 0.0 { reason_code(position, bin) } else { NO_REASON.to_owned() };
        let attribute = Element::new("Attribute").with("partialScore", number(points)).with("reasonCode", code);
        attribute.child(Element::new("Extension").with("name", "label").with("value", label)).child(predicate)
    };
    let mut attributes: Vec<(bool, Element)> = Vec::new();
    for (place, bin) in feature.bins.iter().enumerate() {
        let predicate = match (&bin.domain, &feature.axes) {
            (BinDomain::Cells(cells), Some(axes)) => predicates::cells(axes, cells),
            (domain, _) => predicates::domain(feature.title(), feature.kind, domain),
        };
        attributes.push((matches!(bin.domain, BinDomain::Interval { .. }), attribute(place, &bin.label, predicate)));
    }
    // The first that holds counts: intervals hold special values, too.
    attributes.sort_by_key(|(is_interval, _)| *is_interval);
    if card.document().unforeseen != UnforeseenPolicy::Error {
        attributes.push((true, attribute(feature.bins.len(), "never seen in development", Element::new("True"))));
    }
    Element::new("Characteristic")
        .with("name", &feature.name)
        .with("baselineScore", number(card.reason_baseline(position).unwrap_or(0.0)))
        .children(attributes.into_iter().map(|(_, attribute)| attribute))
}

/// The code of the reason that a bin of a feature gives: their places on the card, from 1. No two features share one.
fn reason_code(position: usize, bin: usize) -> String {
    format!("{}.{}", position + 1, bin + 1)
}

/// One Scorecard a segment; that of all other values comes last.
fn segmentation(card: &Scorecard, segments: &Segments, target: &str) -> Element {
    let all_values = || segments.segments.iter().flat_map(|segment| &segment.values);
    let mut models: Vec<(bool, Element)> = Vec::new();
    for (place, segment) in segments.segments.iter().enumerate() {
        let takes_others = segments.otherwise.as_ref() == Some(&segment.name);
        let predicate = match takes_others {
            true => Element::new("True"),
            false => predicates::any(
                segment
                    .values
                    .iter()
                    .map(|value| predicates::bin_of_axis(&segments.input, segments.kind, &value.domain, all_values())),
            ),
        };
        let features = (0..card.features().len()).filter(|at| card.feature_segment(*at) == Some(place));
        let mut inputs: Vec<usize> = features.flat_map(|at| card.feature_inputs(at).to_vec()).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let schema = mining_schema(target, inputs.iter().filter_map(|input| card.inputs().get(*input)));
        let model = scorecard(card, Some(place), segment.base_points, schema, None);
        let element = Element::new("Segment").with("id", &segment.name);
        models.push((takes_others, element.child(predicate).child(model)));
    }
    models.sort_by_key(|(takes_others, _)| *takes_others);
    let segmentation = Element::new("Segmentation").with("multipleModelMethod", "selectFirst");
    segmentation.children(models.into_iter().map(|(_, model)| model))
}
