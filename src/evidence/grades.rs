//! The grades of a rating: who is in them, whether they are in the order of risk, and whether they differ.

use std::collections::BTreeSet;

use serde::Serialize;

use super::measure::rate;
use super::migration::{MigrationEvidence, migration};
use super::{Labels, Roles, ScoredSample, Subject};
use crate::table::Categories;
use crate::validation::Measured;
use crate::validation::herfindahl::{Herfindahl, HerfindahlTest, herfindahl, herfindahl_test};
use crate::validation::isotonic::{Direction, isotonic};
use crate::validation::multiple_testing::holm;
use crate::validation::proportions::{RateDifference, rate_difference};
use crate::validation::rate_interval::jeffreys;
use crate::validation::stability_index::{StabilityIndex, stability_index};
use crate::validation::trend::{Heterogeneity, Trend, heterogeneity, trend};
use crate::words::Message;

/// Measures of grades; of cases, by weight.
#[derive(Debug, Clone, Serialize)]
pub struct GradeEvidence {
    /// Which grade is best.
    pub grade_order: GradeOrder,
    /// By grade, best first; a grade without cases is there.
    pub grades: Vec<GradeFigures>,
    /// Weight of the cases without a grade; they count in no figure of grades.
    pub cases_without_grade: f64,
    /// Whether bad rates rise from the best grade to the worst.
    pub grade_monotonicity: Measured<GradeMonotonicity>,
    /// Whether grades differ in their bad rates.
    pub grade_heterogeneity: Measured<GradeHeterogeneity>,
    /// By period, with a row a grade, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grade_periods: Vec<GradePeriod>,
    /// Concentration over grades.
    pub herfindahl: Measured<HerfindahlEvidence>,
    /// PSI of the distribution over grades against the reference.
    pub grade_stability: Measured<StabilityIndex>,
    /// Migration from the grades at the start of the period.
    pub migration: Measured<MigrationEvidence>,
}

/// Which grade is best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeOrder {
    /// The column.
    pub column: String,
    /// The grades, best first.
    pub best_first: Vec<String>,
    /// Whether the order was stated.
    pub stated: bool,
    /// Where the order comes from.
    pub from: Message,
}

/// A grade.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeFigures {
    /// Its name.
    pub grade: String,
    /// Weight of all cases, the indeterminate ones included.
    pub cases: f64,
    /// Their share.
    pub share: f64,
    /// Share of the reference's cases; null without a reference that has grades.
    pub reference_share: Option<f64>,
    /// Exposure; null where it is not known.
    pub exposure: Option<f64>,
    /// Share of the exposure.
    pub exposure_share: Option<f64>,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads); null without cases.
    pub bad_rate: Option<f64>,
    /// Lower bound of the bad rate by Jeffreys.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// The bad rate of the isotonic regression over the grades: what remains where neighbours in the wrong order are
    /// pooled; null without cases.
    pub isotonic_bad_rate: Option<f64>,
    /// Mean PD of good and bad cases.
    pub expected_bad_rate: Option<f64>,
}

/// Whether bad rates rise from the best grade to the worst.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeMonotonicity {
    /// Neighbouring grades whose bad rates fall; 0: monotone.
    pub violations: usize,
    /// Whether there is no violation.
    pub monotone: bool,
    /// Neighbouring grades with cases.
    pub pairs: usize,
    /// The neighbours whose bad rates fall.
    pub inversions: Vec<GradePair>,
    /// The Cochran-Armitage test of a trend.
    pub trend: Trend,
    /// The p value to read: one-sided where the order was stated, two-sided where it was found in the same data.
    pub p_value: f64,
}

/// Whether grades differ in their bad rates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeHeterogeneity {
    /// All grades at once.
    #[serde(flatten)]
    pub all: Heterogeneity,
    /// Neighbours that differ at 5 percent.
    pub distinct_neighbours: usize,
    /// Every two neighbouring grades with cases; small p values: they differ.
    pub neighbours: Vec<GradePair>,
}

/// Two neighbouring grades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradePair {
    /// The better one.
    pub grade: String,
    /// The next worse one that has cases.
    pub next_grade: String,
    /// The test of their bad rates; absent where none or all of their cases are bad.
    #[serde(flatten)]
    pub test: Option<RateDifference>,
    /// The two-sided p value, adjusted for the number of pairs by Holm.
    pub p_value_holm: Option<f64>,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradePeriod {
    /// The period.
    pub period: String,
    /// Weight of its cases with a grade.
    pub cases: f64,
    /// Neighbouring grades whose bad rates fall.
    pub violations: usize,
    /// By grade, best first.
    pub grades: Vec<GradePeriodFigures>,
}

/// A grade in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradePeriodFigures {
    /// Its name.
    pub grade: String,
    /// Weight of all cases.
    pub cases: f64,
    /// Share of the period's cases with a grade; null where there are none.
    pub share: Option<f64>,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads); null without cases.
    pub bad_rate: Option<f64>,
}

/// Concentration over grades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HerfindahlEvidence {
    /// By cases.
    #[serde(flatten)]
    pub by_cases: HerfindahlFigures,
    /// By exposure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_exposure: Option<HerfindahlFigures>,
}

/// A concentration and its test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HerfindahlFigures {
    /// The index.
    #[serde(flatten)]
    pub index: Herfindahl,
    /// The test against the initial concentration.
    #[serde(flatten)]
    pub test: Option<HerfindahlTest>,
    /// Why there is no test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_not_computed: Option<Message>,
}

/// Cases and outcomes by grade.
#[derive(Clone, Default)]
pub(super) struct Count {
    cases: f64,
    exposure: f64,
    pub(super) outcome: (f64, f64),
    /// PD times good and bad weight.
    expected: f64,
}

/// Places of labels among the grades, best first; `None`: no grade.
pub(super) fn places(labels: &Labels, grades: &[String]) -> Vec<Option<usize>> {
    let by_label: Vec<Option<usize>> = labels
        .names
        .iter()
        .map(|name| grades.iter().position(|grade| grade == name).filter(|_| name != Labels::NONE))
        .collect();
    labels.codes.iter().map(|code| by_label[*code as usize]).collect()
}

fn count(sample: &ScoredSample, roles: &Roles, of: &[Option<usize>], grades: usize) -> Vec<Count> {
    let mut counts = vec![Count::default(); grades];
    for (case, grade) in of.iter().enumerate() {
        let Some(count) = grade.and_then(|grade| counts.get_mut(grade)) else { continue };
        let (good, bad) = (sample.goods[case], sample.bads[case]);
        count.cases += sample.weights[case];
        count.exposure += roles.exposure.as_ref().map_or(0.0, |exposure| exposure[case]);
        count.outcome = (count.outcome.0 + good, count.outcome.1 + bad);
        count.expected += sample.pd.get(case).map_or(0.0, |pd| pd * (good + bad));
    }
    counts
}

/// Measures the grades of a sample that has them.
pub(super) fn grades(subject: &Subject<'_>) -> Option<GradeEvidence> {
    let Subject { sample, roles, .. } = *subject;
    let labels = roles.grade.as_ref()?;
    let earlier = subject.reference.and_then(|reference| Some((reference, reference.roles.grade.as_ref()?)));
    let order = names(roles, earlier.map(|(_, labels)| labels));
    let of_case = places(labels, &order);
    let counts = count(sample, roles, &of_case, order.len());
    let from = order_from(roles, &outcomes(&counts));
    let initial = earlier
        .map(|(reference, labels)| count(&reference.sample, &reference.roles, &places(labels, &order), order.len()));
    let weights = |counts: &[Count]| counts.iter().map(|count| count.cases).collect::<Vec<f64>>();
    let total: f64 = sample.weights.iter().sum();
    let with_grade: f64 = weights(&counts).iter().sum();
    let stability = initial.as_ref().map(|initial| stability_index(&weights(initial), &weights(&counts)));
    Some(GradeEvidence {
        grades: figures(sample, roles, &order, &counts, initial.as_deref()),
        cases_without_grade: (total - with_grade).max(0.0),
        grade_monotonicity: monotonicity(&order, &counts, roles.grade_order_stated).into(),
        grade_heterogeneity: differences(&order, &counts).into(),
        grade_periods: periods(sample, &order, &of_case),
        herfindahl: concentration(subject, &counts, initial.as_deref()).into(),
        grade_stability: match stability {
            None => Measured::none(
                "there are no earlier grades: give earlier cases with the same column of grades with --reference",
            ),
            Some(None) => Measured::none("a PSI needs cases with a grade on both sides, and two grades"),
            Some(Some((index, _))) => Measured::Value(index),
        },
        migration: migration(subject, &order, &of_case).into(),
        grade_order: GradeOrder {
            column: labels.column.clone(),
            stated: roles.grade_order_stated,
            from,
            best_first: order,
        },
    })
}

/// The names of all grades: as stated, or else of both files in the order of names.
fn names(roles: &Roles, earlier: Option<&Labels>) -> Vec<String> {
    let now = [&roles.grade, &roles.previous_grade].into_iter().flatten();
    let all = || now.clone().chain(earlier).flat_map(|labels| &labels.names).filter(|name| *name != Labels::NONE);
    if roles.grade_order_stated {
        let mut stated: Vec<String> = Vec::new();
        for name in all() {
            if !stated.contains(name) {
                stated.push(name.clone());
            }
        }
        return stated;
    }
    let names: BTreeSet<&str> = all().map(String::as_str).collect();
    Labels::of("", &Categories::from_texts(names.into_iter().map(Some))).names
}

fn outcomes(counts: &[Count]) -> Vec<(f64, f64)> {
    counts.iter().map(|count| count.outcome).collect()
}

const CONTRADICTED: &str = "by name, first name taken as best, but bad rates fall along the names: if the last is the best, state the order with --grades";

impl GradeEvidence {
    /// Whether the bad rates speak against an order that nobody stated.
    pub(super) fn order_contradicted(&self) -> bool {
        self.grade_order.from.template() == CONTRADICTED
    }
}

/// Where the order comes from, and whether the bad rates speak for it.
fn order_from(roles: &Roles, outcomes: &[(f64, f64)]) -> Message {
    Message::new(match trend(outcomes) {
        _ if roles.grade_order_stated => "stated",
        Some(trend) if trend.z < 0.0 => CONTRADICTED,
        Some(_) => "by name, first name best: bad rates rise along the names; state the order with --grades",
        None => "by name, first name taken as best: the bad rates do not tell; state the order with --grades",
    })
}

fn figures(
    sample: &ScoredSample,
    roles: &Roles,
    order: &[String],
    counts: &[Count],
    initial: Option<&[Count]>,
) -> Vec<GradeFigures> {
    let sum = |counts: &[Count], of: fn(&Count) -> f64| counts.iter().map(of).sum::<f64>();
    let (cases, exposure) = (sum(counts, |count| count.cases), sum(counts, |count| count.exposure));
    let has_exposure = roles.exposure.is_some();
    let outcomes = outcomes(counts);
    let known: Vec<(f64, f64)> =
        outcomes.iter().filter_map(|(goods, bads)| Some((rate(*bads, goods + bads)?, goods + bads))).collect();
    let (rates, weights): (Vec<f64>, Vec<f64>) = known.into_iter().unzip();
    let mut pooled = isotonic(&rates, &weights, Direction::Rising).into_iter();
    let row = |(place, (grade, count)): (usize, (&String, &Count))| {
        let (goods, bads) = count.outcome;
        let (low, high) = jeffreys(goods, bads);
        GradeFigures {
            grade: grade.clone(),
            cases: count.cases,
            share: rate(count.cases, cases).unwrap_or(0.0),
            reference_share: initial.and_then(|then| rate(then[place].cases, sum(then, |count| count.cases))),
            exposure: has_exposure.then_some(count.exposure),
            exposure_share: has_exposure.then(|| rate(count.exposure, exposure)).flatten(),
            goods,
            bads,
            bad_rate: rate(bads, goods + bads),
            low,
            high,
            isotonic_bad_rate: if goods + bads > 0.0 { pooled.next() } else { None },
            expected_bad_rate: rate(count.expected, goods + bads).filter(|_| !sample.pd.is_empty()),
        }
    };
    order.iter().zip(counts).enumerate().map(row).collect()
}

/// Every two neighbours among the grades with good or bad cases.
fn pairs(order: &[String], outcomes: &[(f64, f64)]) -> Vec<(GradePair, bool)> {
    let with_cases: Vec<usize> =
        (0..order.len()).filter(|grade| outcomes[*grade].0 + outcomes[*grade].1 > 0.0).collect();
    let pair = |places: &[usize]| {
        let [better, worse] = [places[0], places[1]];
        let bad_rate = |place: usize| outcomes[place].1 / (outcomes[place].0 + outcomes[place].1);
        let test = rate_difference(outcomes[better], outcomes[worse]);
        let (grade, next_grade) = (order[better].clone(), order[worse].clone());
        (GradePair { grade, next_grade, test, p_value_holm: None }, bad_rate(worse) < bad_rate(better))
    };
    let mut pairs: Vec<(GradePair, bool)> = with_cases.windows(2).map(pair).collect();
    let known: Vec<f64> = pairs.iter().filter_map(|(pair, _)| Some(pair.test?.p_value)).collect();
    let mut adjusted = holm(&known).into_iter();
    for (pair, _) in pairs.iter_mut().filter(|(pair, _)| pair.test.is_some()) {
        pair.p_value_holm = adjusted.next();
    }
    pairs
}

fn monotonicity(order: &[String], counts: &[Count], stated: bool) -> Result<GradeMonotonicity, Message> {
    let outcomes = outcomes(counts);
    let trend = trend(&outcomes).ok_or_else(no_difference)?;
    let pairs = pairs(order, &outcomes);
    let count = pairs.len();
    let inversions: Vec<GradePair> = pairs.into_iter().filter_map(|(pair, falls)| falls.then_some(pair)).collect();
    Ok(GradeMonotonicity {
        violations: inversions.len(),
        monotone: inversions.is_empty(),
        pairs: count,
        inversions,
        trend,
        p_value: if stated { trend.p_value } else { trend.p_value_two_sided },
    })
}

fn no_difference() -> Message {
    Message::new("a test of bad rates needs goods, bads and two grades with good or bad cases")
}

fn differences(order: &[String], counts: &[Count]) -> Result<GradeHeterogeneity, Message> {
    let outcomes = outcomes(counts);
    let all = heterogeneity(&outcomes).ok_or_else(no_difference)?;
    let neighbours: Vec<GradePair> = pairs(order, &outcomes).into_iter().map(|(pair, _)| pair).collect();
    let differs = |pair: &&GradePair| pair.test.is_some_and(|test| test.p_value < 0.05);
    Ok(GradeHeterogeneity { all, distinct_neighbours: neighbours.iter().filter(differs).count(), neighbours })
}

fn periods(sample: &ScoredSample, order: &[String], of_case: &[Option<usize>]) -> Vec<GradePeriod> {
    let Some(periods) = &sample.periods else { return Vec::new() };
    let mut counts = vec![vec![Count::default(); order.len()]; periods.names.len()];
    for (case, grade) in of_case.iter().enumerate() {
        let Some(grade) = grade else { continue };
        let count = &mut counts[periods.codes[case] as usize][*grade];
        count.cases += sample.weights[case];
        count.outcome = (count.outcome.0 + sample.goods[case], count.outcome.1 + sample.bads[case]);
    }
    let period = |(period, counts): (&String, Vec<Count>)| {
        let cases: f64 = counts.iter().map(|count| count.cases).sum();
        let figures = |(grade, count): (&String, &Count)| GradePeriodFigures {
            grade: grade.clone(),
            cases: count.cases,
            share: rate(count.cases, cases),
            bads: count.outcome.1,
            bad_rate: rate(count.outcome.1, count.outcome.0 + count.outcome.1),
        };
        GradePeriod {
            period: period.clone(),
            cases,
            violations: pairs(order, &outcomes(&counts)).into_iter().filter(|(_, falls)| *falls).count(),
            grades: order.iter().zip(&counts).map(figures).collect(),
        }
    };
    periods
        .names
        .iter()
        .zip(counts)
        .filter(|(_, counts)| counts.iter().any(|count| count.cases > 0.0))
        .map(period)
        .collect()
}

fn concentration(
    subject: &Subject<'_>,
    counts: &[Count],
    initial: Option<&[Count]>,
) -> Result<HerfindahlEvidence, Message> {
    let figures = |of: fn(&Count) -> f64, is_known_then: bool| {
        let index = |counts: &[Count]| herfindahl(&counts.iter().map(of).collect::<Vec<f64>>());
        let now = index(counts)?;
        let then = initial.filter(|_| is_known_then).and_then(index);
        let test = then.and_then(|then| herfindahl_test(now, then));
        let reason = match (then, test) {
            (_, Some(_)) => None,
            (None, None) => Some(Message::new(
                "there is no initial concentration: give earlier cases with the same columns with --reference",
            )),
            (Some(_), None) => Some(Message::new("every grade holds the same share: the test has no variance")),
        };
        Some(HerfindahlFigures { index: now, test, test_not_computed: reason })
    };
    let by_cases = figures(|count| count.cases, true)
        .ok_or(Message::new("concentration over grades needs two grades, and cases with a grade"))?;
    let has_exposure = subject.roles.exposure.is_some();
    let then = subject.reference.is_some_and(|reference| reference.roles.exposure.is_some());
    let by_exposure = has_exposure.then(|| figures(|count| count.exposure, then)).flatten();
    Ok(HerfindahlEvidence { by_cases, by_exposure })
}
