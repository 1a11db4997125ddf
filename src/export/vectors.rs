//! Test vectors: cases with what they must score, for whoever installs an export. They stand beside every export, and the
//! project's own tests run them on every engine.

mod families;

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{FeatureKind, Literal};
use scorewright_runtime::reasons::{reason_text, reasons};
use scorewright_runtime::{ELSEWHERE, Scorecard, Value};
use serde::{Serialize, Serializer};

pub use self::families::Family;
use self::families::Probe;
use super::{Standing, Subject};
use crate::error::{Result, internal};

/// The test vectors of a scorecard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vectors {
    /// `scorewright.vectors`.
    pub format: &'static str,
    /// 1.
    pub format_version: u32,
    /// The card's name, marked while it is a draft.
    pub card: String,
    /// SHA-256 of the scorecard's canonical bytes.
    pub scorecard_sha256: String,
    /// Whether it was approved, in words.
    pub standing: Vec<String>,
    /// The columns that a case has, with their types.
    pub inputs: Vec<VectorInput>,
    /// The cases.
    pub cases: Vec<Vector>,
}

/// A column of the cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VectorInput {
    /// Its name.
    pub name: String,
    /// Whether it takes numbers or categories.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
}

/// A case with what it must score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vector {
    /// What the case tries.
    pub family: Family,
    /// Value by column. JSON has no such numbers: NaN and the infinities stand as the texts "NaN", "Infinity" and
    /// "-Infinity" where the column takes numbers.
    pub input: BTreeMap<String, VectorValue>,
    /// What must come out.
    #[serde(flatten)]
    pub expected: Expected,
}

/// A value of a case.
#[derive(Debug, Clone, PartialEq)]
pub enum VectorValue {
    /// No value.
    Missing,
    /// Any number, NaN and infinities among them.
    Number(f64),
    /// A category.
    Text(String),
}

/// What must come out of a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Expected {
    /// A score.
    Scored {
        /// Base points and the points of all features.
        score: f64,
        /// Probability of default.
        pd: f64,
        /// The case's segment; null in a card without segments.
        segment: Option<String>,
        /// Points by feature, those of the case's segment.
        points: BTreeMap<String, f64>,
        /// The reasons in order, at most four.
        reasons: Vec<String>,
        /// The features of the reasons.
        reason_features: Vec<String>,
        /// How many of the case's features had a value that development never saw.
        unforeseen: u32,
    },
    /// No score: the card refuses the case.
    Refused {
        /// Why.
        refused: String,
    },
}

impl Serialize for VectorValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            VectorValue::Missing => serializer.serialize_unit(),
            VectorValue::Number(number) if number.is_nan() => serializer.serialize_str("NaN"),
            VectorValue::Number(number) if number.is_infinite() => {
                serializer.serialize_str(if *number > 0.0 { "Infinity" } else { "-Infinity" })
            }
            VectorValue::Number(number) => serializer.serialize_f64(*number),
            VectorValue::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl VectorValue {
    fn of(literal: &Option<Literal>) -> Self {
        match literal {
            Some(Literal::Number(number)) => VectorValue::Number(*number),
            Some(Literal::Text(text)) => VectorValue::Text(text.clone()),
            Some(Literal::Boolean(value)) => VectorValue::Text(value.to_string()),
            None => VectorValue::Missing,
        }
    }

    fn as_value(&self) -> Value<'_> {
        match self {
            VectorValue::Missing => Value::Missing,
            VectorValue::Number(number) => Value::Number(*number),
            VectorValue::Text(text) => Value::Category(text),
        }
    }
}

/// The test vectors of a card: its verification rows, and for every column that a segment's features take, each edge, the
/// numbers just below and above, missing, NaN, special values, categories, values that development never saw, negative
/// zero, very large numbers, infinities and awkward texts, each in a case whose other values come from a verification row.
///
/// # Errors
/// A scorecard that cannot be written.
pub fn vectors(card: &Scorecard, standing: &Standing) -> Result<Vectors> {
    let subject = Subject::new(card, standing)?;
    let names: Vec<&str> = card.inputs().iter().map(|input| input.name.as_str()).collect();
    let rows: Vec<Vec<VectorValue>> = card
        .document()
        .verification
        .iter()
        .map(|row| names.iter().map(|name| VectorValue::of(row.input.get(*name).unwrap_or(&None))).collect())
        .collect();
    let case = |family: Family, values: &[VectorValue]| -> Result<Vector> {
        let input = names.iter().map(|name| (*name).to_owned()).zip(values.iter().cloned()).collect();
        Ok(Vector { family, input, expected: expected(card, values)? })
    };
    let mut cases: Vec<Vector> = Vec::new();
    for row in &rows {
        cases.push(case(Family::Verification, row)?);
    }
    let mut segments: Vec<(Option<usize>, Vec<&Vec<VectorValue>>)> = Vec::new();
    for row in &rows {
        let segment = segment_of(card, row);
        match segments.iter_mut().find(|(known, _)| *known == segment) {
            Some((_, members)) => members.push(row),
            None => segments.push((segment, vec![row])),
        }
    }
    for (segment, members) in segments {
        let mut turn = 0;
        for position in 0..card.inputs().len() {
            for Probe { family, value } in families::probes(card, segment, position) {
                let mut values = members[turn % members.len()].clone();
                values[position] = value;
                cases.push(case(family, &values)?);
                turn += 1;
            }
        }
    }
    Ok(Vectors {
        format: "scorewright.vectors",
        format_version: 1,
        card: subject.title(),
        scorecard_sha256: subject.sha256,
        standing: standing.sentences(),
        inputs: card.inputs().iter().map(|input| VectorInput { name: input.name.clone(), kind: input.kind }).collect(),
        cases,
    })
}

impl Vectors {
    /// As JSON, indented, with a final line feed.
    ///
    /// # Errors
    /// An internal fault.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(internal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn segment_of(card: &Scorecard, values: &[VectorValue]) -> Option<usize> {
    let (input, partition) = card.segment_input()?;
    card.segment_of_code(partition.value(values.get(input)?.as_value())?)
}

fn expected(card: &Scorecard, values: &[VectorValue]) -> Result<Expected> {
    let mut codes = vec![0; card.code_count()];
    let taken: Vec<Value<'_>> = values.iter().map(VectorValue::as_value).collect();
    match card.codes(&taken, &mut codes) {
        Ok(()) => {}
        Err(e @ (scorewright_runtime::Error::Unforeseen { .. } | scorewright_runtime::Error::NoSegment { .. })) => {
            return Ok(Expected::Refused { refused: e.to_string() });
        }
        Err(e) => return Err(internal(e)),
    }
    let scored = card.score_codes(codes.iter().copied());
    let own = || card.features().iter().zip(&codes).enumerate().filter(|(_, (_, code))| **code != ELSEWHERE);
    let ranked: Vec<usize> = reasons(card, &codes).into_iter().flatten().collect();
    let segments = card.document().segments.as_ref();
    let segment = segment_of(card, values).and_then(|place| segments?.segments.get(place));
    Ok(Expected::Scored {
        score: scored.score.0,
        pd: scored.pd.0,
        segment: segment.map(|segment| segment.name.clone()),
        points: own()
            .map(|(position, (feature, code))| (feature.name.clone(), card.bin_points(position, *code).unwrap_or(0.0)))
            .collect(),
        reasons: ranked.iter().map(|position| reason_text(card, *position, codes[*position])).collect(),
        reason_features: ranked.iter().map(|position| card.features()[*position].name.clone()).collect(),
        unforeseen: scored.unforeseen,
    })
}
