//! The points table for people: every bin with its rule in words, its counts and its points. One table as data, rendered as
//! CSV and as an Excel workbook with a calculator; what it says stands in docs/export/points-table.md.

mod calculator;
mod csv;
mod excel;
mod rule;
mod scale;

pub(super) use csv::csv;
pub(super) use excel::excel;

use std::ops::Range;

use scorewright_runtime::artifact::{Bin, Feature, ReasonBaseline, Rounding, Segments, UnforeseenPolicy};

use self::rule::Rule;
use super::Subject;
use super::answers::answers;
use crate::binning::number_label;

/// What a line of the table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Points that every case gets, or every case of a segment.
    BasePoints,
    /// A bin of a feature.
    Bin,
    /// Values that development never saw.
    Unforeseen,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::BasePoints => "base points",
            Part::Bin => "bin",
            Part::Unforeseen => "unforeseen",
        }
    }
}

/// A line of the table.
#[derive(Debug)]
struct Line {
    part: Part,
    /// The segment's name; empty in a card without segments.
    segment: String,
    /// What people call the feature; of base points by segment, the column that tells the segment.
    feature: String,
    description: String,
    /// The bin's label.
    label: String,
    rule: Rule,
    lower: Option<f64>,
    upper: Option<f64>,
    counts: Option<Counts>,
    woe: Option<f64>,
    coefficient: Option<f64>,
    /// Points that are added; `None`: the case is refused.
    points: Option<f64>,
    /// Baseline minus points.
    lost: Option<f64>,
    reason: String,
}

/// Cases of the development sample, by weight.
#[derive(Debug)]
struct Counts {
    cases: f64,
    /// Share of all cases of the feature; `None` where there are none.
    share: Option<f64>,
    goods: f64,
    bads: f64,
}

impl Counts {
    /// bads / (goods + bads); `None` where there are neither.
    fn bad_rate(&self) -> Option<f64> {
        let both = self.goods + self.bads;
        (both > 0.0).then(|| self.bads / both)
    }
}

/// All lines, and which of them belong together.
#[derive(Debug)]
struct PointsTable {
    lines: Vec<Line>,
    /// The lines of base points: one, or one a segment and one for values of no segment.
    base: Range<usize>,
    /// The lines of each feature, in the order of the card.
    features: Vec<Range<usize>>,
}

impl PointsTable {
    fn new(subject: &Subject<'_>) -> Self {
        let document = subject.card.document();
        let mut lines = match &document.segments {
            Some(segments) => segment_lines(subject, segments),
            None => vec![base_line(subject)],
        };
        let base = 0..lines.len();
        let features = document.features.iter().enumerate().map(|(position, feature)| {
            let first = lines.len();
            lines.extend(feature_lines(subject, position, feature));
            first..lines.len()
        });
        let features = features.collect();
        PointsTable { lines, base, features }
    }
}

fn base_line(subject: &Subject<'_>) -> Line {
    let document = subject.card.document();
    // Each feature's bins hold all development cases.
    let bins = || document.features.first().into_iter().flat_map(|feature| &feature.bins);
    let sum = |of: fn(&Bin) -> f64| bins().map(of).sum::<f64>();
    Line {
        part: Part::BasePoints,
        segment: String::new(),
        feature: String::new(),
        description: String::new(),
        label: "every case".to_owned(),
        rule: Rule::of("every case"),
        lower: None,
        upper: None,
        counts: Some(counts(sum(|bin| bin.cases), sum(|bin| bin.cases), sum(|bin| bin.goods), sum(|bin| bin.bads))),
        woe: None,
        coefficient: None,
        points: Some(document.base_points),
        lost: None,
        reason: String::new(),
    }
}

fn segment_lines(subject: &Subject<'_>, segments: &Segments) -> Vec<Line> {
    let all: f64 = segments.segments.iter().map(|segment| segment.cases).sum();
    let line = |segment: &str, label: &str, rule: Rule, points: Option<f64>, counts: Option<Counts>| Line {
        part: if counts.is_some() { Part::BasePoints } else { Part::Unforeseen },
        segment: segment.to_owned(),
        feature: segments.input.clone(),
        description: String::new(),
        label: label.to_owned(),
        rule,
        lower: None,
        upper: None,
        counts,
        woe: None,
        coefficient: None,
        points,
        lost: None,
        reason: String::new(),
    };
    let mut lines: Vec<Line> = Vec::new();
    for segment in &segments.segments {
        let rule = Rule::of_any(segment.values.iter().map(|value| Rule::new(&segments.input, &value.domain)));
        let counts = counts(segment.cases, all, segment.goods, segment.bads);
        lines.push(line(&segment.name, &segment.name, rule, Some(segment.base_points), Some(counts)));
    }
    let unforeseen = subject
        .card
        .segment_input()
        .and_then(|(_, partition)| Rule::unforeseen(&segments.input, segments.kind, partition));
    if let Some(rule) = unforeseen {
        let other = segments.segments.iter().find(|segment| Some(&segment.name) == segments.otherwise.as_ref());
        let (name, label) = match other {
            Some(segment) => (segment.name.as_str(), format!("other values: scored as {}", segment.name)),
            None => ("", "other values: the case is refused".to_owned()),
        };
        lines.push(line(name, &label, rule, other.map(|segment| segment.base_points), None));
    }
    lines
}

fn feature_lines(subject: &Subject<'_>, position: usize, feature: &Feature) -> Vec<Line> {
    let policy = subject.card.document().unforeseen;
    let all: f64 = feature.bins.iter().map(|bin| bin.cases).sum();
    let mut answers = answers(subject.card, position).into_iter();
    let mut lines: Vec<Line> = Vec::new();
    for (bin, answer) in feature.bins.iter().zip(&mut answers) {
        let (lower, upper) = rule::bounds(&bin.domain);
        lines.push(Line {
            part: Part::Bin,
            segment: feature.segment.clone().unwrap_or_default(),
            feature: feature.title().to_owned(),
            description: feature.description.clone(),
            label: bin.label.clone(),
            rule: Rule::of_bin(feature, &bin.domain),
            lower,
            upper,
            counts: Some(counts(bin.cases, all, bin.goods, bin.bads)),
            woe: Some(bin.woe),
            coefficient: Some(feature.coefficient),
            points: Some(answer.points),
            lost: Some(answer.lost).filter(|lost| lost.is_finite()),
            reason: answer.reason,
        });
    }
    let unforeseen = subject.card.partition(position).and_then(|partition| Rule::unforeseen_of(feature, partition));
    if let (Some(rule), Some(answer)) = (unforeseen, answers.next()) {
        let is_refused = policy == UnforeseenPolicy::Error;
        let label = match policy {
            UnforeseenPolicy::Neutral => "never seen in development: no points",
            UnforeseenPolicy::Worst => "never seen in development: the feature's lowest points",
            UnforeseenPolicy::Error => "never seen in development: the case is refused",
        };
        lines.push(Line {
            part: Part::Unforeseen,
            segment: feature.segment.clone().unwrap_or_default(),
            feature: feature.title().to_owned(),
            description: feature.description.clone(),
            label: label.to_owned(),
            rule,
            lower: None,
            upper: None,
            counts: None,
            woe: None,
            coefficient: Some(feature.coefficient),
            points: Some(answer.points).filter(|_| !is_refused),
            lost: Some(answer.lost).filter(|lost| !is_refused && lost.is_finite()),
            reason: if is_refused { String::new() } else { answer.reason },
        });
    }
    lines
}

fn counts(cases: f64, all: f64, goods: f64, bads: f64) -> Counts {
    Counts { cases, share: (all > 0.0).then(|| cases / all), goods, bads }
}

/// How a score is added up by hand, a step a line.
fn steps(subject: &Subject<'_>) -> Vec<String> {
    let document = subject.card.document();
    let scaling = &document.scaling;
    let mut steps = Vec::new();
    match &document.segments {
        None => steps.push(format!("Begin with the base points: {}.", number_label(document.base_points))),
        Some(segments) => {
            let column = rule::name(&segments.input);
            steps.push(format!("Find the case's segment by its value of {column}, and begin with the base points of that segment. Only the features of that segment count."));
        }
    }
    steps.push("For each feature find the one bin whose rule the case's value meets, and add its points; points may be below 0.".to_owned());
    steps.push(match document.unforeseen {
        UnforeseenPolicy::Neutral => "A value that meets the rule of no bin is unforeseen: development never saw it. It adds no points.",
        UnforeseenPolicy::Worst => "A value that meets the rule of no bin is unforeseen: development never saw it. It adds the lowest points of its feature.",
        UnforeseenPolicy::Error => "A value that meets the rule of no bin is unforeseen: development never saw it. Such a case is refused: it has no score.",
    }.to_owned());
    steps.push(
        match scaling.rounding {
            Rounding::Integer => "The sum is the score: nothing is added or rounded later. Higher is safer.",
            Rounding::None => {
                "The sum is the score: nothing is added or rounded later; points have decimals. Higher is safer."
            }
        }
        .to_owned(),
    );
    let (offset, factor) = (number_label(scaling.offset), number_label(scaling.factor));
    steps.push(format!(
        "PD = 1 / (1 + exp((score - offset) / factor)) with offset {offset} and factor {factor}: {} points are odds good:bad of {}, and {} points more double the odds.",
        number_label(scaling.points), number_label(scaling.odds), number_label(scaling.pdo)
    ));
    let baseline = match document.reason_baseline {
        ReasonBaseline::Best => "the best points of the feature",
        ReasonBaseline::Average => "the feature's average points in development",
    };
    steps.push(format!("Points lost are {baseline} minus the points of the bin. Reasons for a low score are the features that lost points, the greatest loss first, equal losses in the order of the table, at most four."));
    steps
}

/// How the rules are read, a sentence a line.
const READING: [&str; 3] = [
    "Rules of numbers: \"from\" and \"or more\" include the number, \"below\" does not. A special value belongs to its own bin, whatever interval it lies in. A value that is not a number (NaN) counts as no value; infinities are values.",
    "Rules of texts stand between quotes and hold for exactly that text: capitals and blanks matter. Within quotes, \\n is a line break, \\t a tab, \\\" a quote and \\\\ a backslash.",
    "Cases, goods and bads are those of the development sample, by weight; the share is that of the feature's cases, the bad rate is bads / (goods + bads). WOE = ln((goods / all goods) / (bads / all bads)); points = factor x coefficient x WOE, rounded by the card's rule.",
];
