//! Verification rows: cases with their points, made with the card and replayed at every load.

use std::collections::BTreeMap;

use crate::artifact::{Axis, AxisBin, BinDomain, FeatureKind, Literal, UnforeseenPolicy, VerificationRow};
use crate::binning::Partition;
use crate::error::Error;
use crate::score::Scorecard;
use crate::value::Value;

/// Rows that together visit, for every input: each cut point and the number just below it, each special value, a
/// category of each bin, missing, and (unless the policy refuses it) a category that development never saw; and
/// every cell of the grid of each pair.
///
/// # Errors
/// Those of scoring; none for rows made here.
pub fn verification_rows(card: &Scorecard) -> Result<Vec<VerificationRow>, Error> {
    let uses: Vec<Vec<Use<'_>>> = (0..card.inputs().len()).map(|input| uses(card, input)).collect();
    let refuses = card.document().unforeseen == UnforeseenPolicy::Error;
    let probes: Vec<Vec<Probe>> = uses.iter().map(|uses| probes(uses, refuses)).collect();
    let probe = |input: usize, row: usize| {
        probes.get(input).and_then(|values| values.get(row % values.len().max(1))).cloned().flatten()
    };
    let mut inputs: Vec<Vec<Probe>> = Vec::new();
    for row in 0..probes.iter().map(Vec::len).max().unwrap_or(0) {
        inputs.push((0..card.inputs().len()).map(|input| probe(input, row)).collect());
    }
    for (position, feature) in card.features().iter().enumerate() {
        let (Some([rows, columns]), [row, column]) = (&feature.axes, card.feature_inputs(position)) else { continue };
        for first in axis_values(rows, uses.get(*row), refuses) {
            for second in axis_values(columns, uses.get(*column), refuses) {
                let case = inputs.len();
                inputs.push(
                    (0..card.inputs().len())
                        .map(|input| match input {
                            _ if input == *row => first.clone(),
                            _ if input == *column => second.clone(),
                            _ => probe(input, case),
                        })
                        .collect(),
                );
            }
        }
    }
    let names = || card.inputs().iter().map(|input| input.name.clone());
    inputs.into_iter().map(|values| score_row(card, names().zip(values).collect())).collect()
}

/// A value to visit; `None` is missing.
type Probe = Option<Literal>;

/// A place where an input is binned: in a feature, or in an axis of a pair.
struct Use<'a> {
    kind: FeatureKind,
    domains: Vec<&'a BinDomain>,
    partition: &'a Partition,
}

fn uses(card: &Scorecard, input: usize) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for (position, feature) in card.features().iter().enumerate() {
        let Some(place) = card.feature_inputs(position).iter().position(|taken| *taken == input) else { continue };
        let Some(partition) = card.partition(position) else { continue };
        match (&feature.axes, partition.axes()) {
            (Some(axes), Some(partitions)) => {
                uses.extend(axes.iter().zip(partitions).skip(place).take(1).map(|(axis, partition)| Use {
                    kind: axis.kind,
                    domains: axis.bins.iter().map(|bin| &bin.domain).collect(),
                    partition,
                }));
            }
            _ => uses.push(Use {
                kind: feature.kind,
                domains: feature.bins.iter().map(|bin| &bin.domain).collect(),
                partition,
            }),
        }
    }
    uses
}

/// A value of every bin of an axis that no use of the input refuses.
fn axis_values(axis: &Axis, uses: Option<&Vec<Use<'_>>>, refuses: bool) -> Vec<Probe> {
    let uses = uses.map(Vec::as_slice).unwrap_or_default();
    let of_bin = |bin: &AxisBin| edges(axis.kind, &bin.domain).into_iter().find(|value| is_taken(value, uses, refuses));
    axis.bins.iter().filter_map(of_bin).collect()
}

/// Whether every use takes a value under the policy.
fn is_taken(value: &Probe, uses: &[Use<'_>], refuses: bool) -> bool {
    !refuses || uses.iter().all(|used| used.partition.value(as_value(value)) != Some(used.partition.unforeseen()))
}

fn as_value(probe: &Probe) -> Value<'_> {
    match probe {
        Some(Literal::Number(number)) => Value::Number(*number),
        Some(Literal::Text(text)) => Value::Category(text),
        Some(Literal::Boolean(_)) | None => Value::Missing,
    }
}

/// Scores every verification row again.
pub(crate) fn replay(card: &Scorecard) -> Result<(), Error> {
    if card.document().verification.is_empty() {
        return Err(Error::Inconsistent { feature: None, what: "the document has no verification rows".into() });
    }
    for (index, row) in card.document().verification.iter().enumerate() {
        let fails = |what: String| Error::Verification { row: index + 1, what };
        let again = score_row(card, row.input.clone()).map_err(|e| fails(e.to_string()))?;
        for (feature, points) in &again.points {
            if row.points.get(feature) != Some(points) {
                return Err(fails(format!(
                    "feature {feature:?} gets {points} points, not {:?}",
                    row.points.get(feature)
                )));
            }
        }
        if row.points.len() != again.points.len() {
            return Err(fails("it has points for a feature that the card does not have".into()));
        }
        if again.score != row.score {
            return Err(fails(format!("the score is {}, not {}", again.score, row.score)));
        }
        // exp may differ in its last bit between platforms; scores may not.
        if (again.pd - row.pd).abs() > 1e-12 {
            return Err(fails(format!("the PD is {}, not {}", again.pd, row.pd)));
        }
    }
    Ok(())
}

fn score_row(card: &Scorecard, input: BTreeMap<String, Option<Literal>>) -> Result<VerificationRow, Error> {
    let mut values = Vec::with_capacity(card.inputs().len());
    for wanted in card.inputs() {
        let value = match (wanted.kind, input.get(&wanted.name)) {
            (_, None) => {
                let what = "a verification row has no value for it; missing is written as null".to_owned();
                return Err(Error::Inconsistent { feature: Some(wanted.name.clone()), what });
            }
            (_, Some(None)) => Value::Missing,
            (FeatureKind::Numeric, Some(Some(Literal::Number(number)))) => Value::Number(*number),
            (FeatureKind::Categorical, Some(Some(Literal::Text(text)))) => Value::Category(text),
            (_, Some(Some(other))) => {
                return Err(Error::WrongType { feature: wanted.name.clone(), value: other.to_string() });
            }
        };
        values.push(value);
    }
    let mut codes = vec![0; card.features().len()];
    card.codes(&values, &mut codes)?;
    let mut points = BTreeMap::new();
    for (position, (feature, code)) in card.features().iter().zip(&codes).enumerate() {
        points.insert(feature.name.clone(), card.bin_points(position, *code).unwrap_or(0.0));
    }
    let scored = card.score_codes(codes.iter().copied());
    Ok(VerificationRow { input, points, score: scored.score.0, pd: scored.pd.0 })
}

/// The values of a bin that show where it begins and ends; `None` for missing.
fn edges(kind: FeatureKind, domain: &BinDomain) -> Vec<Probe> {
    let number = |number: f64| Some(Literal::Number(number));
    match domain {
        BinDomain::Interval { lower: None, upper: None } => vec![number(0.0)],
        BinDomain::Interval { lower, upper } => lower
            .iter()
            .map(|lower| number(*lower))
            .chain(upper.iter().map(|upper| number(upper.next_down())))
            .collect(),
        BinDomain::Categories(texts) => {
            texts.first().map(|text| Some(Literal::Text(text.clone()))).into_iter().collect()
        }
        BinDomain::Special(values) => values
            .iter()
            .map(|value| match kind {
                FeatureKind::Categorical => Some(Literal::Text(value.to_string())),
                FeatureKind::Numeric | FeatureKind::Pair => Some(value.clone()),
            })
            .collect(),
        BinDomain::Missing => vec![None],
        BinDomain::Cells(_) => Vec::new(),
    }
}

/// The values of an input to visit: the edges of every use, missing, and a category that no use has seen.
fn probes(uses: &[Use<'_>], refuses: bool) -> Vec<Probe> {
    let mut probes: Vec<Probe> = Vec::new();
    for used in uses {
        let edges = used.domains.iter().flat_map(|domain| edges(used.kind, domain)).filter(Option::is_some);
        let further: Vec<Probe> =
            edges.filter(|edge| !probes.contains(edge) && is_taken(edge, uses, refuses)).collect();
        probes.extend(further);
    }
    if is_taken(&None, uses, refuses) {
        probes.push(None);
    }
    if !refuses && uses.iter().any(|used| used.kind == FeatureKind::Categorical) {
        let mut unseen = String::from("\u{0}unseen");
        while uses.iter().any(|used| used.partition.category(&unseen) != used.partition.unforeseen()) {
            unseen.push('\u{0}');
        }
        probes.push(Some(Literal::Text(unseen)));
    }
    probes
}
