//! Decisions beside the score: acceptance, overrides of what the cut-off recommends, and how they turned out.
//!
//! At or above the cut-off a case is recommended for approval, below it for decline. High-side override: recommended for
//! approval and declined; low-side override: recommended for decline and approved. Rates of the industry: high-side
//! override rate = high-side overrides / decided cases at or above the cut-off; low-side override rate = low-side overrides
//! / decided cases below it; the shares of all decided cases stand beside them. Weights count; intervals are Jeffreys'.
//! Cases without a decision do not count. Sources: Siddiqi (2006), Credit Risk Scorecards, chapter 9; Office of the
//! Comptroller of the Currency, Bulletin 1997-24, Credit Scoring Models.

use serde::Serialize;

use super::cut_off::RecommendationCutOff;
use super::fairness::share;
use super::measure::expected_bad_rate;
use super::named::Named;
use super::parts::{Parts, Shown};
use super::{ScoredSample, Subject};
use crate::validation::proportions::rate_difference;
use crate::validation::psi::band_of;
use crate::validation::standardised_difference::Moments;
use crate::validation::{Distribution, Interval, Measured};
use crate::words::Message;

/// Decisions of a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProcessEvidence {
    /// The cut-off of what is recommended.
    pub cut_off: Measured<RecommendationCutOff>,
    /// Cases without a decision.
    pub not_decided: u64,
    /// All decided cases.
    #[serde(flatten)]
    pub decisions: Decisions,
    /// What became of low-side overrides.
    pub low_side_outcome: Measured<LowSideOutcome>,
    /// Scores of approved cases.
    pub approved_scores: Measured<ScoreDistribution>,
    /// Scores of declined cases.
    pub declined_scores: Measured<ScoreDistribution>,
    /// By score band, riskiest first.
    pub score_bands: Vec<BandDecisions>,
    /// By period; periods without a decided case are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_period: Vec<PeriodDecisions>,
    /// By segment column, by segment.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub by_segment: Named<Named<Shown<Decisions>>>,
}

/// Decisions on some cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Decisions {
    /// Weight of approved and declined cases.
    pub decided: f64,
    /// Weight of approved cases.
    pub approved: f64,
    /// Weight of declined cases.
    pub declined: f64,
    /// approved / decided; null without decided cases.
    pub acceptance_rate: Option<Interval>,
    /// Against what the cut-off recommends; absent without a cut-off.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Overrides>,
}

/// Decisions against what the cut-off recommends; rates of nobody are null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Overrides {
    /// Decided cases at or above the cut-off.
    pub recommended_approve: f64,
    /// Decided cases below the cut-off.
    pub recommended_decline: f64,
    /// Recommended for approval and declined.
    pub high_side_overrides: f64,
    /// Of those recommended for approval.
    pub high_side_override_rate: Option<Interval>,
    /// Of all decided cases.
    pub high_side_override_share_of_all: Option<Interval>,
    /// Recommended for decline and approved.
    pub low_side_overrides: f64,
    /// Of those recommended for decline.
    pub low_side_override_rate: Option<Interval>,
    /// Of all decided cases.
    pub low_side_override_share_of_all: Option<Interval>,
    /// High side and low side, of all decided cases.
    pub override_rate: Option<Interval>,
}

/// Low-side overrides with an outcome, beside the approved cases just above the cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LowSideOutcome {
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads).
    pub bad_rate: Option<Interval>,
    /// Mean PD; null where PDs are not known.
    pub expected_bad_rate: Option<f64>,
    /// The approved cases just above the cut-off reach up to this score: the lowest-scored tenth, by weight, of those with
    /// an outcome at or above the cut-off, equal scores at its end included. Null where there are none.
    pub just_above_up_to: Option<f64>,
    /// Their good weight.
    pub just_above_goods: f64,
    /// Their bad weight.
    pub just_above_bads: f64,
    /// Their bad rate.
    pub just_above_bad_rate: Option<Interval>,
    /// Two-proportion z of the bad rates, low side less just above; null where it is not defined.
    pub z: Option<f64>,
    /// Its two-sided p value.
    pub p_value: Option<f64>,
}

/// Where scores lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreDistribution {
    /// Number of cases.
    pub cases: u64,
    /// Weighted mean.
    pub mean: f64,
    /// Standard deviation, ddof 1; null of one case.
    pub standard_deviation: Option<f64>,
    /// 5th percentile: the lowest score at or below which at least that share of the weight lies, and so on.
    pub p5: f64,
    /// 25th percentile.
    pub p25: f64,
    /// 50th percentile.
    pub median: f64,
    /// 75th percentile.
    pub p75: f64,
    /// 95th percentile.
    pub p95: f64,
}

/// Decisions on a score band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandDecisions {
    /// Inclusive; null: unbounded.
    pub lower: Option<f64>,
    /// Exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Weight of approved cases.
    pub approved: f64,
    /// Weight of declined cases.
    pub declined: f64,
    /// approved / decided; null without decided cases.
    pub acceptance_rate: Option<Interval>,
}

/// Decisions of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodDecisions {
    /// Such as 2005-06.
    pub period: String,
    /// Its decisions.
    #[serde(flatten)]
    pub decisions: Decisions,
}

/// Measures the decisions of a sample; `None` where they are not known.
pub(super) fn process(subject: &Subject<'_>, distribution: &Distribution) -> Option<ProcessEvidence> {
    let Subject { sample, bands, roles, .. } = *subject;
    let approved = roles.approved.as_deref()?;
    let cut_off = RecommendationCutOff::of(subject, distribution);
    let known = cut_off.as_ref().ok().copied();
    let decisions = |cases: &mut dyn Iterator<Item = usize>| decisions(sample, approved, known, cases);
    let with = |decision: bool| -> Vec<usize> {
        (0..approved.len()).filter(|case| approved[*case] == Some(decision)).collect()
    };
    let mut score_bands: Vec<(f64, f64)> = vec![(0.0, 0.0); bands.bands.len()];
    for (case, decision) in approved.iter().enumerate() {
        let sums = &mut score_bands[band_of(&bands.bands, sample.score[case])];
        match decision {
            Some(true) => sums.0 += sample.weights[case],
            Some(false) => sums.1 += sample.weights[case],
            None => {}
        }
    }
    let periods = sample.periods.iter().flat_map(|periods| periods.names.iter().cloned().zip(periods.cases()));
    let by_period = periods
        .map(|(period, cases)| PeriodDecisions { period, decisions: decisions(&mut cases.into_iter()) })
        .filter(|period| period.decisions.decided > 0.0);
    let by_segment = roles.segments.iter().map(|labels| {
        let parts = Parts::new(sample, labels, subject.options);
        let is_decided = |case: &&usize| approved[**case].is_some();
        let decided: Vec<u64> =
            (0..parts.len()).map(|part| parts.cases(part).iter().filter(is_decided).count() as u64).collect();
        let hidden = parts.counts_hidden(&decided);
        let segments = hidden.into_iter().enumerate().map(|(part, hidden)| {
            let shown = match hidden {
                Some(hidden) => Shown::Suppressed(hidden),
                None => Shown::Figures(decisions(&mut parts.cases(part).iter().copied())),
            };
            (parts.name(part).to_owned(), shown)
        });
        (labels.column.clone(), segments.collect())
    });
    Some(ProcessEvidence {
        not_decided: approved.iter().filter(|decision| decision.is_none()).count() as u64,
        decisions: decisions(&mut (0..approved.len())),
        low_side_outcome: match &cut_off {
            Ok(cut_off) => low_side_outcome(subject, approved, *cut_off),
            Err(reason) => Measured::none(reason.clone()),
        },
        cut_off: cut_off.into(),
        approved_scores: score_distribution(sample, &with(true)),
        declined_scores: score_distribution(sample, &with(false)),
        score_bands: bands
            .bands
            .iter()
            .zip(score_bands)
            .map(|(band, (approved, declined))| BandDecisions {
                lower: band.lower,
                upper: band.upper,
                approved,
                declined,
                acceptance_rate: share(approved, declined),
            })
            .collect(),
        by_period: by_period.collect(),
        by_segment: by_segment.collect(),
    })
}

fn decisions(
    sample: &ScoredSample,
    approved: &[Option<bool>],
    cut_off: Option<RecommendationCutOff>,
    cases: &mut dyn Iterator<Item = usize>,
) -> Decisions {
    // By recommendation (without a cut-off all in the first): approved, declined.
    let mut sums = [[0.0; 2]; 2];
    for case in cases {
        let below = cut_off.is_some_and(|cut_off| !cut_off.approves(sample.score[case]));
        if let Some(approved) = approved[case] {
            sums[usize::from(below)][usize::from(!approved)] += sample.weights[case];
        }
    }
    let [[agreed, high], [low, declined_below]] = sums;
    let (approved, declined) = (agreed + low, high + declined_below);
    let all = approved + declined;
    Decisions {
        decided: all,
        approved,
        declined,
        acceptance_rate: share(approved, declined),
        overrides: cut_off.map(|_| Overrides {
            recommended_approve: agreed + high,
            recommended_decline: low + declined_below,
            high_side_overrides: high,
            high_side_override_rate: share(high, agreed),
            high_side_override_share_of_all: share(high, all - high),
            low_side_overrides: low,
            low_side_override_rate: share(low, declined_below),
            low_side_override_share_of_all: share(low, all - low),
            override_rate: share(high + low, all - high - low),
        }),
    }
}

fn low_side_outcome(
    subject: &Subject<'_>,
    approved: &[Option<bool>],
    cut_off: RecommendationCutOff,
) -> Measured<LowSideOutcome> {
    let Subject { sample, options, .. } = *subject;
    let weight = |case: usize| sample.goods[case] + sample.bads[case];
    let known = (0..approved.len()).filter(|case| approved[*case] == Some(true) && weight(*case) > 0.0);
    let (mut above, low): (Vec<usize>, Vec<usize>) = known.partition(|case| cut_off.approves(sample.score[*case]));
    if (low.len() as u64) < options.minimum_cases.max(1) {
        let reason = Message::new("fewer than {0} low-side overrides have an outcome");
        return Measured::none(reason.with(options.minimum_cases.max(1)));
    }
    above.sort_by(|a, b| sample.score[*a].total_cmp(&sample.score[*b]).then(a.cmp(b)));
    let tenth = above.iter().map(|case| weight(*case)).sum::<f64>() / 10.0;
    let mut passed = 0.0;
    let last = above.iter().find(|case| {
        passed += weight(**case);
        passed >= tenth
    });
    let up_to = last.map(|case| sample.score[*case]);
    let near: Vec<usize> =
        above.iter().copied().filter(|case| up_to.is_some_and(|up_to| sample.score[*case] <= up_to)).collect();
    let sum = |cases: &[usize], weights: &[f64]| cases.iter().map(|case| weights[*case]).sum::<f64>();
    let (goods, bads) = (sum(&low, &sample.goods), sum(&low, &sample.bads));
    let (just_above_goods, just_above_bads) = (sum(&near, &sample.goods), sum(&near, &sample.bads));
    let test = rate_difference((just_above_goods, just_above_bads), (goods, bads));
    Measured::Value(LowSideOutcome {
        goods,
        bads,
        bad_rate: share(bads, goods),
        expected_bad_rate: expected_bad_rate(&sample.select(&low)),
        just_above_up_to: up_to,
        just_above_goods,
        just_above_bads,
        just_above_bad_rate: share(just_above_bads, just_above_goods),
        z: test.map(|test| test.z),
        p_value: test.map(|test| test.p_value),
    })
}

fn score_distribution(sample: &ScoredSample, cases: &[usize]) -> Measured<ScoreDistribution> {
    let mut order: Vec<(f64, f64)> = cases.iter().map(|case| (sample.score[*case], sample.weights[*case])).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (scores, weights): (Vec<f64>, Vec<f64>) = order.into_iter().unzip();
    let moments = Moments::of(&scores, &weights);
    if moments.weight <= 0.0 {
        return Measured::none("there are no such cases");
    }
    let quantile = |share: f64| {
        let mut passed = 0.0;
        // Sums of weights: rounding must not move the quantile by a case.
        let enough = share * moments.weight * (1.0 - 1e-12);
        let place = weights.iter().position(|weight| {
            passed += weight;
            passed >= enough
        });
        scores[place.unwrap_or(scores.len() - 1)]
    };
    Measured::Value(ScoreDistribution {
        cases: scores.len() as u64,
        mean: moments.mean,
        standard_deviation: moments.standard_deviation(),
        p5: quantile(0.05),
        p25: quantile(0.25),
        median: quantile(0.5),
        p75: quantile(0.75),
        p95: quantile(0.95),
    })
}
