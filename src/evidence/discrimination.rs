//! How well the score of a sample tells goods from bads.

use serde::Serialize;

use super::discrimination_tests::{
    AucAgainstInitial, GaucAgainstInitial, auc_against_initial, gauc_against_initial, gauc_of,
};
use super::{MeasureOptions, ScoredSample, Subject};
use crate::validation::auc::{auc_variance, gini};
use crate::validation::auc_unpaired::{UnpairedAuc, unpaired_auc};
use crate::validation::bootstrap::bootstrap;
use crate::validation::cap::{AccuracyRatio, GainsDecile, Lift, TOP_DECILE, accuracy_ratio, gains_by_decile, lift};
use crate::validation::cut_offs::{Cumulative, CutOff, CutOffAt};
use crate::validation::divergence::{Divergence, divergence};
use crate::validation::expected_maximum_profit::{
    ExpectedMaximumProfit, expected_maximum_profit, expected_maximum_profit_within,
};
use crate::validation::gauc::Gauc;
use crate::validation::h_measure::{CostPrior, HMeasure, h_measure, h_measure_within};
use crate::validation::hanley_mcneil::{HanleyMcNeil, hanley_mcneil};
use crate::validation::hull::hull;
use crate::validation::information_value::{InformationValue, information_value};
use crate::validation::ks::{Ks, ks_within, statistic};
use crate::validation::psi::band_of;
use crate::validation::somers_d::{SomersD, somers_d};
use crate::validation::{Distribution, Interval, Measured};
use crate::words::Message;

/// Measures of discrimination beside AUC, Gini and KS.
#[derive(Debug, Clone, Serialize)]
pub struct DiscriminationEvidence {
    /// Standard error of the AUC by DeLong.
    pub auc_standard_error: Measured<StandardError>,
    /// Standard error of the AUC by Hanley and McNeil.
    pub hanley_mcneil: Measured<HanleyMcNeil>,
    /// The AUC less that of the reference's cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auc_against_reference: Option<Measured<UnpairedAuc>>,
    /// The ECB's test of the AUC, on grades where there are any, against that at the time of development.
    pub auc_against_initial: Measured<AucAgainstInitial>,
    /// Somers' D.
    pub somers_d: Measured<SomersD>,
    /// Accuracy ratio of the cumulative accuracy profile.
    pub accuracy_ratio: Measured<AccuracyRatio>,
    /// Divergence.
    pub divergence: Measured<Divergence>,
    /// Information value over the score bands.
    pub information_value: Measured<InformationValue>,
    /// H-measure with costs by Beta(1 + share of bads, 1 + share of goods).
    pub h_measure: Measured<HMeasure>,
    /// H-measure with costs by Beta(2, 2).
    pub h_measure_beta_2_2: Measured<HMeasure>,
    /// Expected maximum profit.
    pub expected_maximum_profit: Measured<ExpectedMaximumProfit>,
    /// Lift among the riskiest tenth of the cases.
    pub lift_top_decile: Measured<Lift>,
    /// Gains by tenth of this sample's cases, riskiest first.
    pub gains_by_decile: Vec<GainsDecile>,
    /// What cut-offs at the score bands' edges, and at what was stated, accept and reject.
    pub cut_offs: Vec<CutOff>,
    /// What the cut-off at which KS is reached accepts and rejects.
    pub confusion_at_ks: Measured<CutOff>,
    /// Generalised AUC of outcomes that are ratios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gauc: Option<Measured<Gauc>>,
    /// The ECB's test of the generalised AUC against that at the time of development.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gauc_against_initial: Option<Measured<GaucAgainstInitial>>,
}

/// A standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StandardError {
    /// The standard error.
    pub value: f64,
}

/// Why measures that compare goods with bads do not exist.
pub(super) fn one_class(goods: f64, bads: f64) -> Message {
    Message::new(match (goods > 0.0, bads > 0.0) {
        (false, true) => "there are no goods",
        (true, _) => "there are no bads",
        (false, false) => "there are neither goods nor bads",
    })
}

/// Measures the discrimination of a sample whose scores are distributed as `distribution`, with the AUC `auc`: KS, and all
/// else.
pub(super) fn discrimination(
    subject: &Subject<'_>,
    distribution: &Distribution,
    auc: Interval,
) -> (Ks, DiscriminationEvidence) {
    let Subject { sample, bands, options, .. } = *subject;
    let scores = sample.scores();
    let (goods, bads) = distribution.totals();
    let all_goods_or_bads = || one_class(goods, bads);
    // Bands are runs of positions.
    let ends: Vec<usize> = (0..bands.bands.len())
        .map(|band| distribution.score.partition_point(|score| band_of(&bands.bands, *score) <= band))
        .collect();
    let value_over_bands = |goods: &[f64], bads: &[f64]| {
        let sum = |weights: &[f64], band: usize| -> f64 {
            let start = band.checked_sub(1).map_or(0, |before| ends[before]);
            weights[start..ends[band]].iter().sum()
        };
        information_value((0..ends.len()).map(|band| (sum(goods, band), sum(bads, band))))
    };
    let measures = |goods: &[f64], bads: &[f64]| {
        let hull = hull(goods, bads);
        [
            statistic(goods, bads).map(|(value, _)| value),
            h_measure(&hull, CostPrior::ClassShares),
            h_measure(&hull, CostPrior::Symmetric),
            expected_maximum_profit(&hull).map(|(value, _)| value),
            divergence(&distribution.score, goods, bads).ok().and_then(|divergence| divergence.interval.value),
            lift(goods, bads, TOP_DECILE).and_then(|lift| lift.interval.value),
            value_over_bands(goods, bads).map(|(value, ..)| value),
        ]
    };
    let [of_ks, of_h, of_h_2_2, of_profit, of_divergence, of_lift, of_value] =
        bootstrap(scores, distribution, options.seed, options.resamples, measures);
    let (by_goods, by_bads) = (&distribution.goods[..], &distribution.bads[..]);
    let own_hull = hull(by_goods, by_bads);
    let ks = ks_within(scores, distribution, of_ks);
    let gini = gini(auc);
    let has_both = goods > 0.0 && bads > 0.0;
    let cumulative = Cumulative::new(distribution, &sample.weights);
    let evidence = DiscriminationEvidence {
        auc_standard_error: standard_error(sample, distribution).into(),
        hanley_mcneil: Measured::from(auc.value.and_then(|auc| hanley_mcneil(auc, goods, bads)).ok_or_else(|| {
            match has_both {
                false => all_goods_or_bads(),
                true => "the goods and bads together weigh too little".into(),
            }
        })),
        auc_against_reference: subject.reference.map(|reference| match has_both {
            true => unpaired_auc(scores, distribution, reference.sample.scores()).into(),
            false => Measured::none(all_goods_or_bads()),
        }),
        auc_against_initial: auc_against_initial(subject).into(),
        somers_d: somers_d(distribution, gini).ok_or_else(all_goods_or_bads).into(),
        accuracy_ratio: accuracy_ratio(scores, distribution, gini)
            .ok_or_else(|| match has_both {
                false => all_goods_or_bads(),
                true => "every case has the same share of bad, so that nothing could be ranked".into(),
            })
            .into(),
        divergence: match has_both {
            true => divergence(&distribution.score, by_goods, by_bads).map(|it| it.within(of_divergence)).into(),
            false => Measured::none(all_goods_or_bads()),
        },
        information_value: value_over_bands(by_goods, by_bads)
            .map(|(value, bands, adjusted_bands)| InformationValue {
                interval: of_value.around(value),
                bands,
                adjusted_bands,
            })
            .ok_or_else(all_goods_or_bads)
            .into(),
        h_measure: h_measure_within(&own_hull, CostPrior::ClassShares, of_h).ok_or_else(all_goods_or_bads).into(),
        h_measure_beta_2_2: h_measure_within(&own_hull, CostPrior::Symmetric, of_h_2_2)
            .ok_or_else(all_goods_or_bads)
            .into(),
        expected_maximum_profit: expected_maximum_profit_within(&own_hull, of_profit)
            .ok_or_else(all_goods_or_bads)
            .into(),
        lift_top_decile: lift(by_goods, by_bads, TOP_DECILE)
            .map(|lift| Lift { interval: Interval { low: of_lift.low, high: of_lift.high, ..lift.interval }, ..lift })
            .ok_or_else(all_goods_or_bads)
            .into(),
        gains_by_decile: gains_by_decile(distribution),
        cut_offs: if has_both { cut_offs(subject, options, &cumulative) } else { Vec::new() },
        confusion_at_ks: match ks.score.filter(|_| ks.interval.value > Some(0.0)) {
            Some(score) => cumulative
                .above(CutOffAt::Ks, score)
                .ok_or_else(|| "no score lies above the one at which KS is reached".into())
                .into(),
            None if has_both => Measured::none("KS is 0: no cut-off tells goods from bads"),
            None => Measured::none(all_goods_or_bads()),
        },
        gauc: (!scores.are_whole()).then(|| gauc_of(sample, bands).into()),
        gauc_against_initial: (!scores.are_whole()).then(|| gauc_against_initial(subject).into()),
    };
    (ks, evidence)
}

fn standard_error(sample: &ScoredSample, distribution: &Distribution) -> Result<StandardError, Message> {
    let (goods, bads) = distribution.totals();
    let (_, variance) = auc_variance(sample.scores(), distribution).ok_or_else(|| one_class(goods, bads))?;
    let variance =
        variance.ok_or("the variance of the AUC needs two goods and two bads, or two groups that hold each")?;
    Ok(StandardError { value: variance.sqrt() })
}

/// Cut-offs at the bands' edges, and at what was stated, scores rising.
fn cut_offs(subject: &Subject<'_>, options: &MeasureOptions, cumulative: &Cumulative<'_>) -> Vec<CutOff> {
    let edges = subject.bands.bands.iter().filter_map(|band| band.lower).map(|edge| (CutOffAt::ScoreBand, edge));
    let stated = options.cut_off.map(|score| (CutOffAt::Stated, score));
    let by_rate = options
        .approval_rate
        .filter(|_| options.cut_off.is_none())
        .and_then(|share| cumulative.for_approval(share))
        .map(|score| (CutOffAt::ApprovalRate, score));
    let mut cut_offs: Vec<CutOff> =
        edges.chain(stated).chain(by_rate).map(|(at, score)| cumulative.at(at, score)).collect();
    cut_offs.sort_by(|a, b| a.score.total_cmp(&b.score));
    cut_offs
}
