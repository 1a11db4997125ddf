//! What the test vectors try, and the values that try it.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{BinDomain, FeatureKind};
use serde::Serialize;

use super::VectorValue;

/// What a case tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A verification row of the scorecard.
    Verification,
    /// A bound of a bin.
    Edge,
    /// The greatest number below a bound.
    BelowEdge,
    /// The least number above a bound.
    AboveEdge,
    /// No value.
    Missing,
    /// Not a number, which counts as missing.
    Nan,
    /// A special value.
    Special,
    /// A category that development saw.
    Category,
    /// A category that development never saw.
    UnseenCategory,
    /// Negative zero, which is zero.
    NegativeZero,
    /// Numbers to the ends of what a double holds.
    VeryLarge,
    /// Both infinities, which are values.
    Infinite,
    /// Texts with quotes, commas, line breaks, blanks at their ends, and other scripts.
    AwkwardText,
}

/// A value to try.
pub(super) struct Probe {
    pub family: Family,
    pub value: VectorValue,
}

/// Categories of a bin that are tried at most, besides the awkward ones.
const MOST_CATEGORIES: usize = 20;
/// Very large numbers, and the least above 0.
const LARGE: [f64; 7] = [1e15, 1e30, -1e30, 1e300, f64::MAX, f64::MIN, 5e-324];
/// Texts that break careless quoting.
const AWKWARD: [&str; 9] =
    ["it's", "say \"no\"", "a,b;c", "two\nlines", " blank ", "农民", "back\\slash", "{{x}} ${y} %s", "<&>]]>"];

/// The values to try in the input at `position` of cases of a segment: none where it takes no part in their score.
pub(super) fn probes(card: &Scorecard, segment: Option<usize>, position: usize) -> Vec<Probe> {
    let domains = domains(card, segment, position);
    let Some(input) = card.inputs().get(position).filter(|_| !domains.is_empty()) else { return Vec::new() };
    let mut probes: Vec<Probe> = Vec::new();
    let mut add = |family: Family, value: VectorValue| {
        if !probes.iter().any(|probe| probe.family == family && probe.value == value) {
            probes.push(Probe { family, value });
        }
    };
    let number = VectorValue::Number;
    let text = |text: &str| VectorValue::Text(text.to_owned());
    let family_of = |category: &str| if is_awkward(category) { Family::AwkwardText } else { Family::Category };
    for domain in domains {
        match domain {
            BinDomain::Interval { lower, upper } => {
                for edge in [lower, upper].into_iter().flatten() {
                    add(Family::Edge, number(*edge));
                    add(Family::BelowEdge, number(edge.next_down()));
                    add(Family::AboveEdge, number(edge.next_up()));
                }
            }
            BinDomain::Categories(categories) => {
                let plain = categories.iter().filter(|category| !is_awkward(category)).take(MOST_CATEGORIES);
                let awkward = categories.iter().filter(|category| is_awkward(category));
                plain.chain(awkward).for_each(|category| add(family_of(category), text(category)));
            }
            BinDomain::Special(values) => values.iter().for_each(|value| {
                add(
                    Family::Special,
                    match value {
                        scorewright_runtime::artifact::Literal::Number(value) if input.kind == FeatureKind::Numeric => {
                            number(*value)
                        }
                        value => text(&value.to_string()),
                    },
                );
            }),
            BinDomain::Missing | BinDomain::Cells(_) => {}
        }
    }
    add(Family::Missing, VectorValue::Missing);
    if input.kind == FeatureKind::Categorical {
        add(Family::UnseenCategory, text("never seen"));
        AWKWARD.iter().for_each(|awkward| add(Family::AwkwardText, text(awkward)));
    } else {
        add(Family::Nan, number(f64::NAN));
        add(Family::NegativeZero, number(-0.0));
        LARGE.iter().for_each(|large| add(Family::VeryLarge, number(*large)));
        [f64::INFINITY, f64::NEG_INFINITY].iter().for_each(|infinity| add(Family::Infinite, number(*infinity)));
    }
    probes
}

fn is_awkward(text: &str) -> bool {
    !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') || text.is_empty()
}

/// The bins of an input in the features of a segment, and those that tell the segment.
fn domains(card: &Scorecard, segment: Option<usize>, position: usize) -> Vec<&BinDomain> {
    let mut domains: Vec<&BinDomain> = Vec::new();
    let Some(input) = card.inputs().get(position) else { return domains };
    if let Some(segments) = card.document().segments.as_ref().filter(|segments| segments.input == input.name) {
        domains.extend(segments.segments.iter().flat_map(|one| one.values.iter().map(|value| &value.domain)));
    }
    for (place, feature) in card.features().iter().enumerate() {
        let Some(axis) = card.feature_inputs(place).iter().position(|input| *input == position) else { continue };
        if card.feature_segment(place) != segment {
            continue;
        }
        match &feature.axes {
            Some(axes) => domains.extend(axes.iter().skip(axis).take(1).flat_map(|a| a.bins.iter().map(|b| &b.domain))),
            None => domains.extend(feature.bins.iter().map(|bin| &bin.domain)),
        }
    }
    domains
}
