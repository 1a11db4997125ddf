//! Scorecards of every kind, made up from a seed, and cases for them.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{
    Axis, AxisBin, BinDomain, Feature, FeatureKind, Literal, ReasonBaseline, Rounding, Scaling, ScorecardDocument,
    Segment, Segments, UnforeseenPolicy,
};

use crate::cards::{Random, Values, bin, empty_document, feature, intervals};

fn pick<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len())]
}

/// True in so many percent of all calls.
pub fn chance(random: &mut Random, percent: usize) -> bool {
    random.below(100) < percent
}

fn shuffle<T>(random: &mut Random, of: &mut [T]) {
    for last in (1..of.len()).rev() {
        of.swap(last, random.below(last + 1));
    }
}

/// Bins of one column in any order: of few cuts, of many, of texts, with and without special values and missing.
fn domains(random: &mut Random, kind: FeatureKind) -> Vec<BinDomain> {
    let mut domains = if kind == FeatureKind::Numeric {
        let most = pick(random, &[1, 3, 6, 15, 25, 90]);
        let mut cuts: Vec<i32> = (0..random.below(most + 1)).map(|_| random.below(200) as i32 - 100).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut domains = intervals(&cuts.into_iter().map(|cut| f64::from(cut) / 2.0).collect::<Vec<_>>());
        let mut special: Vec<usize> = (0..pick(random, &[0, 0, 2, 12])).map(|_| random.below(60)).collect();
        special.sort_unstable();
        special.dedup();
        domains.extend(
            special.into_iter().map(|value| BinDomain::Special(vec![Literal::Number(value as f64 * 2.0 - 60.0)])),
        );
        domains
    } else {
        let mut texts: Vec<usize> = (0..12).collect();
        shuffle(random, &mut texts);
        texts.truncate(1 + random.below(12));
        texts
            .chunks(1 + random.below(3))
            .map(|few| BinDomain::Categories(few.iter().map(|n| text(*n)).collect()))
            .collect()
    };
    if chance(random, 60) {
        domains.push(BinDomain::Missing);
    }
    shuffle(random, &mut domains);
    domains
}

/// A category; the first is the empty text.
fn text(n: usize) -> String {
    "category ".repeat(n.div_ceil(6)) + if n == 0 { "" } else { &"abcdefghijklmnop"[..n] }
}

fn kind_of(input: usize) -> FeatureKind {
    if input.is_multiple_of(2) { FeatureKind::Numeric } else { FeatureKind::Categorical }
}

fn pair(random: &mut Random, name: String, first: usize, scaling: &Scaling) -> Feature {
    let second = (first + 1 + random.below(5)) % 6;
    let axes = [first, second].map(|input| {
        let mut domains = domains(random, kind_of(input));
        // A grid of a few thousand cells would take longer to make than to test.
        while domains.len() > 20 {
            domains = self::domains(random, kind_of(input));
        }
        let bins = domains.into_iter().map(|domain| AxisBin { label: String::new(), domain }).collect();
        Axis { input: format!("x{input}"), kind: kind_of(input), bins }
    });
    let mut regions = vec![Vec::new(); 1 + random.below(5)];
    for row in 0..axes[0].bins.len() as u16 {
        for column in 0..axes[1].bins.len() as u16 {
            let region = random.below(regions.len());
            regions[region].push([row, column]);
        }
    }
    let bins = regions.into_iter().map(|cells| bin(BinDomain::Cells(cells), woe(random), scaling)).collect();
    let mut made = feature(name, String::new(), FeatureKind::Pair, bins);
    (made.input, made.axes) = (None, Some(axes));
    made
}

/// Few different ones, so that costs are often equal.
fn woe(random: &mut Random) -> f64 {
    random.below(9) as f64 * 0.25 - 1.0
}

/// A card of the six inputs x0 .. x5: even ones are numbers, odd ones texts.
pub fn card(random: &mut Random) -> Scorecard {
    let mut document = empty_document();
    document.unforeseen = pick(random, &[UnforeseenPolicy::Neutral, UnforeseenPolicy::Worst, UnforeseenPolicy::Error]);
    document.reason_baseline = pick(random, &[ReasonBaseline::Best, ReasonBaseline::Average]);
    document.scaling.rounding = pick(random, &[Rounding::Integer, Rounding::None]);
    let scaling = document.scaling.clone();
    document.base_points = scaling.rounding.apply(scaling.offset + scaling.factor * document.intercept);
    for position in 0..1 + random.below(9) {
        let (name, input) = (format!("f{position}"), random.below(6));
        document.features.push(if chance(random, 25) {
            pair(random, name, input, &scaling)
        } else {
            let bins = domains(random, kind_of(input)).into_iter().map(|domain| bin(domain, woe(random), &scaling));
            feature(name, format!("x{input}"), kind_of(input), bins.collect())
        });
    }
    if chance(random, 40) {
        add_segments(random, &mut document);
    }
    Scorecard::unverified(document).unwrap()
}

fn add_segments(random: &mut Random, document: &mut ScorecardDocument) {
    let count = 1 + random.below(document.features.len().min(3));
    let scaling = document.scaling.clone();
    let mut segments: Vec<Segment> = (0..count)
        .map(|place| Segment {
            name: format!("segment {place}"),
            values: Vec::new(),
            base_points: scaling.rounding.apply(scaling.offset + scaling.factor * (place as f64 - 0.5)),
            intercept: place as f64 - 0.5,
            cases: 1.0,
            goods: 1.0,
            bads: 0.0,
        })
        .collect();
    let input = random.below(6);
    for domain in domains(random, kind_of(input)) {
        let place = random.below(count);
        segments[place].values.push(AxisBin { label: String::new(), domain });
    }
    for (position, feature) in document.features.iter_mut().enumerate() {
        // Each has one at least.
        let place = if position < count { position } else { random.below(count) };
        feature.segment = Some(format!("segment {place}"));
    }
    let otherwise = chance(random, 60).then(|| format!("segment {}", random.below(count)));
    (document.intercept, document.base_points) = (0.0, 0.0);
    document.segments = Some(Segments { input: format!("x{input}"), kind: kind_of(input), otherwise, segments });
}

/// Values of the card's inputs at and beside every bound, missing ones and ones that nobody has seen.
pub fn columns(random: &mut Random, card: &Scorecard, rows: usize) -> Vec<Values> {
    let number = |random: &mut Random| match random.below(20) {
        0 => f64::NAN,
        1 => pick(random, &[f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX, f64::MIN_POSITIVE, -f64::NAN]),
        _ => {
            let at = random.below(260) as f64 / 2.0 - 65.0;
            pick(random, &[at, at, at.next_up(), at.next_down()])
        }
    };
    let category = |random: &mut Random| match random.below(20) {
        0 => None,
        1 => Some("nobody has seen it".to_owned()),
        _ => Some(text(random.below(12))),
    };
    card.inputs()
        .iter()
        .map(|input| match input.kind {
            FeatureKind::Numeric => Values::Numbers((0..rows).map(|_| number(random)).collect()),
            _ => Values::Texts((0..rows).map(|_| category(random)).collect()),
        })
        .collect()
}
