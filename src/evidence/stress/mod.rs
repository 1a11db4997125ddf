//! Scenarios of stress: what happens to bad rates, scores, approvals and losses where odds, columns or the mix change.
//!
//! Macro shift: ln(odds bad:good) of a case's PD plus a number (ln 2 doubles the odds of bad), or its PD times a factor,
//! up to 1. It changes what happens at a score, so PDs and losses move, and scores, their order and approvals do not.
//! Characteristic shift: values of input columns change, and the runtime scores the cases again. Mix shift: cases are
//! weighted so that the values of a column have the stated shares of the weight, the total weight unchanged. Within a
//! scenario columns change first, then odds, then the mix.
//!
//! Expected bad rate: mean PD of good and bad cases by weight. AUC, and bad rate under another mix: by the outcomes as
//! they stand. PSI of the score: against the sample as it is, over its own deciles. Approvals: share of the weight at or
//! above the cut-off, which stays where it is. Expected loss: sum of weight x PD x exposure x LGD.

mod check;

pub use check::check_stress;

use rand::seq::SliceRandom;
use scorewright_runtime::artifact::Literal;
use serde::Serialize;

use super::coded::{Coded, cut_off};
use super::{CardInput, Labels, Roles, ScoredSample, Subject};
use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{Change, Characteristic, Mix, Scenario};
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use crate::table::{Categories, MISSING};
use crate::validation::psi::{count_by_band, decile_bands, psi};
use crate::validation::{Distribution, Measured, Scores};
use crate::words::Message;

/// The scenarios of a sample.
#[derive(Debug, Clone, Serialize)]
pub struct Stress {
    /// Score at and above which a case is approved; null where none was given.
    pub cut_off: Option<f64>,
    /// Seed of every draw.
    pub seed: u64,
    /// In the order of the file.
    pub scenarios: Vec<StressedScenario>,
}

/// A scenario with what it does.
#[derive(Debug, Clone, Serialize)]
pub struct StressedScenario {
    /// Its name.
    pub name: String,
    /// In the words of the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What happens.
    pub assumptions: Vec<Message>,
    /// What comes of it.
    #[serde(flatten)]
    pub figures: Measured<StressFigures>,
}

/// The figures of a scenario.
#[derive(Debug, Clone, Serialize)]
pub struct StressFigures {
    /// Number of cases.
    pub cases: u64,
    /// Bad weight.
    pub bads: f64,
    /// Cases whose score, PD or weight the scenario changes.
    pub affected: u64,
    /// Cases with a value that development never saw, after the changes.
    pub unforeseen_cases: u64,
    /// Mean PD of good and bad cases.
    pub expected_bad_rate: Measured<BeforeAfter>,
    /// bads / (goods + bads), which another mix alone changes.
    pub bad_rate: Measured<BeforeAfter>,
    /// Mean score.
    pub score_mean: BeforeAfter,
    /// PSI of the score against the sample as it is.
    pub score_psi: Option<f64>,
    /// AUC by the outcomes as they stand.
    pub auc: Measured<BeforeAfter>,
    /// Share of the weight at or above the cut-off.
    pub approval_rate: Measured<BeforeAfter>,
    /// Mean PD of good and bad cases at or above the cut-off.
    pub expected_bad_rate_approved: Measured<BeforeAfter>,
    /// Sum of weight x PD x exposure x LGD.
    pub expected_loss: Measured<BeforeAfter>,
}

/// A figure as it is and under stress.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BeforeAfter {
    /// As it is.
    pub base: f64,
    /// Under stress.
    pub stressed: f64,
    /// The second less the first.
    pub change: f64,
}

impl BeforeAfter {
    fn of(base: Option<f64>, stressed: Option<f64>, reason: &'static str) -> Measured<Self> {
        match base.zip(stressed) {
            Some((base, stressed)) => Measured::Value(BeforeAfter { base, stressed, change: stressed - base }),
            None => Measured::none(reason),
        }
    }
}

impl Roles {
    /// The columns that sort cases.
    fn labels(&self) -> impl Iterator<Item = &Labels> {
        let fairness = self.fairness.iter().map(|role| &role.groups);
        self.segments.iter().chain(&self.grade).chain(fairness)
    }

    fn label(&self, column: &str) -> Option<&Labels> {
        self.labels().find(|labels| labels.column == column)
    }
}

/// A sample under stress.
struct Stressed {
    score: Vec<f64>,
    pd: Vec<f64>,
    unforeseen: Vec<u32>,
    /// Factor of every case's weight.
    factor: Option<Vec<f64>>,
}

/// The scenarios on a sample; `None` where none were given.
pub(super) fn stress(subject: &Subject<'_>, coded: Option<&Coded<'_>>) -> Option<Stress> {
    let plan = subject.options.stress.as_ref()?;
    let sample = subject.sample;
    let cut_off = cut_off(sample, subject.options);
    let base = Base::new(subject, cut_off);
    let scenarios = plan.scenarios.iter().enumerate().map(|(place, scenario)| StressedScenario {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        assumptions: assumptions(scenario),
        figures: stressed(subject, coded, place, scenario)
            .map(|stressed| base.figures(subject, scenario.lgd.or(plan.lgd), plan.lgd, &stressed))
            .into(),
    });
    Some(Stress { cut_off, seed: subject.options.seed, scenarios: scenarios.collect() })
}

/// The sample as it is.
struct Base {
    cut_off: Option<f64>,
    bands: Vec<scorewright_runtime::artifact::ScoreBand>,
    counts: Vec<f64>,
    figures: Figures,
}

/// What is compared.
struct Figures {
    expected_bad_rate: Option<f64>,
    bad_rate: Option<f64>,
    score_mean: f64,
    auc: Option<f64>,
    approval_rate: Option<f64>,
    expected_bad_rate_approved: Option<f64>,
    /// Sum of weight x PD x exposure.
    exposed: Option<f64>,
}

impl Figures {
    fn new(subject: &Subject<'_>, cut_off: Option<f64>, score: &[f64], pd: &[f64], factor: Option<&[f64]>) -> Self {
        let sample = subject.sample;
        let factor = |case: usize| factor.map_or(1.0, |factor| factor[case]);
        let scaled = |weights: &[f64]| weights.iter().enumerate().map(|(case, w)| w * factor(case)).collect::<Vec<_>>();
        let (goods, bads, weights) = (scaled(&sample.goods), scaled(&sample.bads), scaled(&sample.weights));
        let (total_goods, total_bads): (f64, f64) = (goods.iter().sum(), bads.iter().sum());
        let total: f64 = weights.iter().sum();
        let mean_pd = |is_in: &dyn Fn(usize) -> bool| {
            let cases = (0..pd.len()).filter(|case| is_in(*case));
            let sums = cases.fold((0.0, 0.0), |sums, case| {
                let weight = goods[case] + bads[case];
                (sums.0 + weight * pd[case], sums.1 + weight)
            });
            (sums.1 > 0.0).then(|| sums.0 / sums.1)
        };
        let scores = Scores { score, goods: &goods, bads: &bads, groups: None };
        let has_both = total_goods > 0.0 && total_bads > 0.0;
        let auc = has_both.then(|| crate::validation::auc::auc(scores, &Distribution::new(scores)).value).flatten();
        let approved: Option<f64> = cut_off.map(|cut_off| {
            score.iter().zip(&weights).filter(|(score, _)| **score >= cut_off).map(|(_, weight)| weight).sum()
        });
        let exposure = subject.roles.exposure.as_ref().filter(|_| !pd.is_empty());
        Figures {
            expected_bad_rate: mean_pd(&|_| true),
            bad_rate: (total_goods + total_bads > 0.0).then(|| total_bads / (total_goods + total_bads)),
            score_mean: score.iter().zip(&weights).map(|(score, weight)| score * weight).sum::<f64>() / total,
            auc,
            approval_rate: approved.map(|approved| approved / total),
            expected_bad_rate_approved: cut_off.and_then(|cut_off| mean_pd(&|case| score[case] >= cut_off)),
            exposed: exposure.map(|exposure| (0..pd.len()).map(|case| weights[case] * pd[case] * exposure[case]).sum()),
        }
    }
}

impl Base {
    fn new(subject: &Subject<'_>, cut_off: Option<f64>) -> Self {
        let sample = subject.sample;
        let bands = decile_bands(&Distribution::new(sample.scores()), &sample.weights);
        Base {
            cut_off,
            counts: count_by_band(&bands, &sample.score, &sample.weights),
            bands,
            figures: Figures::new(subject, cut_off, &sample.score, &sample.pd, None),
        }
    }

    fn figures(
        &self,
        subject: &Subject<'_>,
        lgd: Option<f64>,
        base_lgd: Option<f64>,
        stressed: &Stressed,
    ) -> StressFigures {
        let sample = subject.sample;
        let factor = stressed.factor.as_deref();
        let after = Figures::new(subject, self.cut_off, &stressed.score, &stressed.pd, factor);
        let weights: Vec<f64> = match factor {
            Some(factor) => sample.weights.iter().zip(factor).map(|(weight, factor)| weight * factor).collect(),
            None => sample.weights.clone(),
        };
        let counts = count_by_band(&self.bands, &stressed.score, &weights);
        let is_affected = |case: &usize| {
            let case = *case;
            stressed.score[case] != sample.score[case]
                || (!sample.pd.is_empty() && stressed.pd[case] != sample.pd[case])
                || factor.is_some_and(|factor| factor[case] != 1.0)
        };
        let before = &self.figures;
        let no_cut_off = "neither a cut-off nor an approval rate was given";
        let loss = |figures: &Figures, lgd: Option<f64>| Some(figures.exposed? * lgd?);
        let why_no_loss = match (&subject.roles.exposure, sample.pd.is_empty(), lgd) {
            (None, ..) => "there is no column of exposures",
            (_, true, _) => NO_PD,
            _ => "the file of scenarios states no LGD",
        };
        StressFigures {
            cases: sample.score.len() as u64,
            bads: sample.bads.iter().sum(),
            affected: (0..sample.score.len()).filter(is_affected).count() as u64,
            unforeseen_cases: stressed.unforeseen.iter().filter(|count| **count > 0).count() as u64,
            expected_bad_rate: BeforeAfter::of(before.expected_bad_rate, after.expected_bad_rate, NO_PD),
            bad_rate: BeforeAfter::of(before.bad_rate, after.bad_rate, "no case is good or bad"),
            score_mean: BeforeAfter {
                base: before.score_mean,
                stressed: after.score_mean,
                change: after.score_mean - before.score_mean,
            },
            score_psi: psi(&self.counts, &counts).value,
            auc: BeforeAfter::of(before.auc, after.auc, "the sample has no goods or no bads"),
            approval_rate: BeforeAfter::of(before.approval_rate, after.approval_rate, no_cut_off),
            expected_bad_rate_approved: BeforeAfter::of(
                before.expected_bad_rate_approved,
                after.expected_bad_rate_approved,
                match (self.cut_off, sample.pd.is_empty()) {
                    (None, _) => no_cut_off,
                    (_, true) => NO_PD,
                    _ => "no good or bad case is approved",
                },
            ),
            // A loss as it is goes by the LGD of the file; where it has none, by the scenario's.
            expected_loss: BeforeAfter::of(loss(before, base_lgd.or(lgd)), loss(&after, lgd), why_no_loss),
        }
    }
}

const NO_PD: &str = "there are no PDs";

fn stressed(
    subject: &Subject<'_>,
    coded: Option<&Coded<'_>>,
    place: usize,
    scenario: &Scenario,
) -> std::result::Result<Stressed, Message> {
    let sample = subject.sample;
    let count = sample.score.len();
    let only: Option<Vec<bool>> = scenario.only.as_ref().and_then(|only| {
        let labels = subject.roles.label(&only.column)?;
        let values: Vec<String> = only.values.iter().map(Literal::to_string).collect();
        let chosen: Vec<bool> = labels.names.iter().map(|name| values.contains(name)).collect();
        Some(labels.codes.iter().map(|code| chosen[*code as usize]).collect())
    });
    let is_chosen = |case: usize| only.as_ref().is_none_or(|only| only[case]);
    let mut after = Stressed {
        score: sample.score.clone(),
        pd: sample.pd.clone(),
        unforeseen: sample.unforeseen.clone(),
        factor: None,
    };
    if !scenario.characteristics.is_empty() {
        let coded =
            coded.ok_or_else(|| Message::new("columns change scores only by a scorecard, and there is none"))?;
        let chosen: Vec<usize> = (0..count).filter(|case| is_chosen(*case)).collect();
        let input = changed_input(coded, place, scenario, &chosen, subject.options.seed);
        let input = input.map_err(|error| Message::new("the card refuses cases: {0}").with(error.message()))?;
        for (case, scored) in coded.with_input(&input).into_iter().enumerate() {
            after.score[case] = scored.score.0;
            after.pd[case] = scored.pd.0;
            after.unforeseen[case] = scored.unforeseen;
        }
    }
    if scenario.bad_log_odds_shift.is_some() || scenario.pd_factor.is_some() {
        if sample.pd.is_empty() {
            return Err(Message::new("odds change PDs, and there are none"));
        }
        let shift = scenario.bad_log_odds_shift.unwrap_or(0.0).exp();
        let factor = scenario.pd_factor.unwrap_or(1.0);
        for case in (0..count).filter(|case| is_chosen(*case)) {
            let pd = after.pd[case];
            // odds x e^shift, written so that a PD of 0 or 1 stays.
            let shifted = if shift.is_finite() { pd * shift / (1.0 - pd + pd * shift) } else { 1.0 };
            after.pd[case] = if scenario.pd_factor.is_some() { (pd * factor).min(1.0) } else { shifted };
        }
    }
    if let Some((labels, mix)) = scenario.mix.as_ref().and_then(|mix| Some((subject.roles.label(&mix.column)?, mix))) {
        after.factor = Some(mix_factors(labels, mix, sample)?);
    }
    Ok(after)
}

/// Factors that give every value of a column its share of the weight.
fn mix_factors(labels: &Labels, mix: &Mix, sample: &ScoredSample) -> std::result::Result<Vec<f64>, Message> {
    let mut weights = vec![0.0; labels.names.len()];
    for (code, weight) in labels.codes.iter().zip(&sample.weights) {
        weights[*code as usize] += weight;
    }
    let total: f64 = weights.iter().sum();
    let factors = labels.names.iter().zip(&weights).map(|(name, weight)| {
        let share = mix.shares.get(name).copied().unwrap_or(0.0);
        match (*weight > 0.0, share > 0.0) {
            (true, _) => Ok(share * total / weight),
            (false, false) => Ok(0.0),
            (false, true) => Err(Message::new("no case has the value {0}, which is to have a share").with(name)),
        }
    });
    let factors: Vec<f64> = factors.collect::<std::result::Result<_, _>>()?;
    Ok(labels.codes.iter().map(|code| factors[*code as usize]).collect())
}

/// All cases coded with the columns of a scenario changed.
fn changed_input(
    coded: &Coded<'_>,
    place: usize,
    scenario: &Scenario,
    chosen: &[usize],
    seed: u64,
) -> Result<CardInput> {
    let columns = coded.subject.cases.columns();
    let mut changed: Vec<FeatureColumn> = Vec::new();
    for (position, characteristic) in scenario.characteristics.iter().enumerate() {
        let mut generator = random::generator(seed, "stress", (place * 1000 + position) as u64);
        let mut cases: Vec<u32> = chosen.iter().map(|case| coded.sample.rows[*case]).collect();
        if characteristic.share < 1.0 {
            let count = (characteristic.share * cases.len() as f64).round() as usize;
            cases.shuffle(&mut generator);
            cases.truncate(count);
        }
        let known = changed.iter().position(|column| column.name == characteristic.column);
        let mut column = match known {
            Some(known) => changed.remove(known),
            None => columns.iter().find(|column| column.name == characteristic.column).copied().cloned().ok_or_else(
                || Error::new(ErrorKind::UnknownColumn, format!("there is no column {:?}", characteristic.column)),
            )?,
        };
        change(&mut column.values, characteristic, &cases);
        changed.push(column);
    }
    let others = columns.into_iter().filter(|column| !changed.iter().any(|other| other.name == column.name));
    CardInput::new(coded.card(), &others.chain(&changed).collect::<Vec<_>>())
}

fn change(values: &mut FeatureValues, characteristic: &Characteristic, rows: &[u32]) {
    let rows = rows.iter().map(|row| *row as usize);
    match (values, characteristic.change()) {
        (FeatureValues::Numeric(values), Change::Missing) => rows.for_each(|row| values[row] = f64::NAN),
        (FeatureValues::Numeric(values), _) => rows.for_each(|row| values[row] = characteristic.number(values[row])),
        (FeatureValues::Categorical(values), Change::Missing) => rows.for_each(|row| values.codes[row] = MISSING),
        (FeatureValues::Categorical(Categories { codes, levels }), _) => {
            let text = |value: &Option<Literal>| value.as_ref().map(Literal::to_string).unwrap_or_default();
            let (from, to) = (text(&characteristic.from), text(&characteristic.to));
            let Some(from) = levels.iter().position(|level| *level == from) else { return };
            let to = levels.iter().position(|level| *level == to).unwrap_or_else(|| {
                levels.push(to);
                levels.len() - 1
            });
            rows.filter(|row| codes[*row] == from as u32)
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|row| codes[row] = to as u32);
        }
    }
}

/// What a scenario assumes, in words.
fn assumptions(scenario: &Scenario) -> Vec<Message> {
    let mut words = Vec::new();
    for characteristic in &scenario.characteristics {
        let column = &characteristic.column;
        let what = match characteristic.change() {
            Change::Missing => Message::new("{0} goes missing").with(column),
            Change::Category => {
                let text = |value: &Option<Literal>| value.as_ref().map(Literal::to_string).unwrap_or_default();
                Message::new("{0}: {1} becomes {2}")
                    .with(column)
                    .with(text(&characteristic.from))
                    .with(text(&characteristic.to))
            }
            Change::Number => {
                let text = |value: Option<f64>, none: &str| value.map_or(none.to_owned(), |value| value.to_string());
                Message::new("{0} x {1} + {2}, within {3} to {4}")
                    .with(column)
                    .with(text(characteristic.multiply, "1"))
                    .with(text(characteristic.add, "0"))
                    .with(text(characteristic.lowest, "-∞"))
                    .with(text(characteristic.highest, "∞"))
            }
        };
        words.push(match characteristic.share < 1.0 {
            true => Message::new("{0}, in {1} of the cases")
                .with_words(what)
                .with(format!("{:.1}%", 100.0 * characteristic.share)),
            false => what,
        });
    }
    if let Some(shift) = scenario.bad_log_odds_shift {
        words.push(
            Message::new("ln(odds bad:good) + {0}: odds of bad x {1}").with(shift).with(format!("{:.4}", shift.exp())),
        );
    }
    if let Some(factor) = scenario.pd_factor {
        words.push(Message::new("PD x {0}").with(factor));
    }
    if let Some(only) = &scenario.only {
        let values: Vec<String> = only.values.iter().map(Literal::to_string).collect();
        words.push(Message::new("only where {0} is {1}").with(&only.column).with(values.join(", ")));
    }
    if let Some(mix) = &scenario.mix {
        let shares: Vec<String> =
            mix.shares.iter().map(|(name, share)| format!("{name} {:.1}%", 100.0 * share)).collect();
        words.push(Message::new("mix of {0}: {1}").with(&mix.column).with(shares.join(", ")));
    }
    if let Some(lgd) = scenario.lgd {
        words.push(Message::new("LGD {0}").with(lgd));
    }
    if words.is_empty() {
        words.push(Message::new("nothing changes"));
    }
    words
}
