//! Verification rows: cases with their points, made with the card and replayed at every load.

use std::collections::BTreeMap;

use crate::artifact::{Axis, AxisBin, BinDomain, FeatureKind, Literal, UnforeseenPolicy, VerificationRow};
use crate::binning::Partition;
use crate::error::Error;
use crate::score::Scorecard;
use crate::segments::ELSEWHERE;
use crate::value::Value;

/// Rows that together visit, for every input: each cut point and the number just below it, each special value, a
/// category of each bin, missing, and (unless the policy refuses it) a category that development never saw; and
/// every cell of the grid of each pair. Of a card with segments they do so for each segment with its own features, as
/// far as the values belong to it, and visit the edges of the segments themselves.
///
/// # Errors
/// Those of scoring; none for rows made here.
pub fn verification_rows(card: &Scorecard) -> Result<Vec<VerificationRow>, Error> {
    let segments: Vec<Option<usize>> = match &card.document().segments {
        None => vec![None],
        Some(segments) => (0..segments.segments.len()).map(Some).collect(),
    };
    let inputs = segments.into_iter().flat_map(|segment| Visit::new(card, segment).rows(card));
    let names = || card.inputs().iter().map(|input| input.name.clone());
    inputs.map(|values| score_row(card, names().zip(values).collect())).collect()
}

/// What the rows of a segment, or of a card without segments, must visit.
struct Visit<'a> {
    segment: Option<usize>,
    refuses: bool,
    /// By input, where its segment's features bin it.
    uses: Vec<Vec<Use<'a>>>,
    /// The values of all segments, as the edges of a use of their input.
    own: Option<(usize, Use<'a>)>,
}

impl<'a> Visit<'a> {
    fn new(card: &'a Scorecard, segment: Option<usize>) -> Self {
        let own = card.segment_input().zip(card.document().segments.as_ref()).map(|((input, partition), segments)| {
            let domains =
                segments.segments.iter().flat_map(|one| one.values.iter().map(|value| &value.domain)).collect();
            (input, Use { kind: segments.kind, domains, partition })
        });
        Visit {
            segment,
            refuses: card.document().unforeseen == UnforeseenPolicy::Error,
            uses: (0..card.inputs().len()).map(|input| uses(card, input, segment)).collect(),
            own,
        }
    }

    /// The values of every row to visit, in the order of the inputs.
    fn rows(&self, card: &Scorecard) -> Vec<Vec<Probe>> {
        let inputs = 0..card.inputs().len();
        let probes: Vec<Vec<Probe>> = inputs.clone().map(|input| self.probes(card, input)).collect();
        let own = self.own.as_ref().and_then(|(input, _)| probes.get(*input));
        if own.is_some_and(Vec::is_empty) {
            return Vec::new();
        }
        let probe = |input: usize, row: usize| {
            probes.get(input).and_then(|values| values.get(row % values.len().max(1))).cloned().flatten()
        };
        let mut rows: Vec<Vec<Probe>> = Vec::new();
        for row in 0..probes.iter().map(Vec::len).max().unwrap_or(0) {
            rows.push(inputs.clone().map(|input| probe(input, row)).collect());
        }
        for (position, feature) in card.features().iter().enumerate() {
            let (Some([first, second]), [row, column]) = (&feature.axes, card.feature_inputs(position)) else {
                continue;
            };
            if card.feature_segment(position) != self.segment {
                continue;
            }
            let values = |axis: usize, bins: &Axis, input: usize| self.axis_values(card, position, axis, bins, input);
            for first in values(0, first, *row) {
                for second in values(1, second, *column) {
                    let case = rows.len();
                    let value = |input: usize| match input {
                        _ if input == *row => first.clone(),
                        _ if input == *column => second.clone(),
                        _ => probe(input, case),
                    };
                    rows.push(inputs.clone().map(value).collect());
                }
            }
        }
        rows
    }

    fn uses(&self, input: usize) -> &[Use<'a>] {
        self.uses.get(input).map(Vec::as_slice).unwrap_or_default()
    }

    /// The values that tell the segment, where this input does.
    fn own(&self, input: usize) -> Option<&Use<'a>> {
        self.own.as_ref().filter(|(own, _)| *own == input).map(|(_, values)| values)
    }

    /// Whether every use takes a value under the policy, and it belongs to the segment.
    fn is_taken(&self, card: &Scorecard, input: usize, value: &Probe) -> bool {
        let is_seen = |used: &Use<'_>| used.partition.value(as_value(value)) != Some(used.partition.unforeseen());
        let is_of_segment = |own: &Use<'_>| {
            own.partition.value(as_value(value)).and_then(|code| card.segment_of_code(code)) == self.segment
        };
        (!self.refuses || self.uses(input).iter().all(is_seen)) && self.own(input).is_none_or(is_of_segment)
    }

    /// A value of every bin of an axis that can be visited.
    fn axis_values(&self, card: &Scorecard, position: usize, axis: usize, bins: &Axis, input: usize) -> Vec<Probe> {
        let partition = card.partition(position).and_then(|partition| partition.axes()?.get(axis));
        let of_segments = || self.own(input).into_iter().flat_map(Use::edges);
        let of_bin = |(code, bin): (usize, &AxisBin)| {
            // A segment may lie within a bin.
            let is_inside = |value: &Probe| {
                partition.and_then(|partition| partition.value(as_value(value))).map(usize::from) == Some(code)
            };
            let values = edges(bins.kind, &bin.domain).into_iter().chain(of_segments().filter(is_inside));
            values.into_iter().find(|value| self.is_taken(card, input, value))
        };
        bins.bins.iter().enumerate().filter_map(of_bin).collect()
    }

    /// The values of an input to visit: the edges of every use and of the segments, missing, and a category that nobody
    /// has seen.
    fn probes(&self, card: &Scorecard, input: usize) -> Vec<Probe> {
        let uses = || self.uses(input).iter().chain(self.own(input));
        let mut probes: Vec<Probe> = Vec::new();
        for edge in uses().flat_map(Use::edges).filter(Option::is_some) {
            if !probes.contains(&edge) && self.is_taken(card, input, &edge) {
                probes.push(edge);
            }
        }
        let mut further = vec![None];
        if !self.refuses && uses().any(|used| used.kind == FeatureKind::Categorical) {
            let mut unseen = String::from("unseen");
            while uses().any(|used| used.partition.category(&unseen) != used.partition.unforeseen()) {
                unseen.push('?');
            }
            further.push(Some(Literal::Text(unseen)));
        }
        further.retain(|value| self.is_taken(card, input, value));
        probes.extend(further);
        probes
    }
}

/// A value to visit; `None` is missing.
type Probe = Option<Literal>;

/// A place where an input is binned: in a feature, in an axis of a pair, or by segments.
struct Use<'a> {
    kind: FeatureKind,
    domains: Vec<&'a BinDomain>,
    partition: &'a Partition,
}

impl Use<'_> {
    fn edges(&self) -> impl Iterator<Item = Probe> + '_ {
        self.domains.iter().flat_map(|domain| edges(self.kind, domain))
    }
}

/// Where the features of a segment bin an input.
fn uses(card: &Scorecard, input: usize, segment: Option<usize>) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for (position, feature) in card.features().iter().enumerate() {
        if card.feature_segment(position) != segment {
            continue;
        }
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
    let mut codes = vec![0; card.code_count()];
    card.codes(&values, &mut codes)?;
    let mut points = BTreeMap::new();
    for (position, (feature, code)) in card.features().iter().zip(&codes).enumerate() {
        if *code != ELSEWHERE {
            points.insert(feature.name.clone(), card.bin_points(position, *code).unwrap_or(0.0));
        }
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
