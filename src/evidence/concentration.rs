//! Which features the score's spread comes from, and what each adds to the others.
//!
//! Share of variance of a feature: cov(its points, score) / var(score) over the sample's cases by weight (the covariance
//! decomposition of a sum). The shares sum to 1, those of segments with their base points; a share below 0 belongs to
//! points that run against the score. Share of range: the feature's best less its worst points over the sum of these.
//! Herfindahl index: sum of squared shares, 1 / n where n features share alike, 1 where one has all; its inverse is the
//! number of features that would share alike. Correlations: Pearson's, of the points of two features, by weight.
//!
//! Marginal contribution: AUC of the score less that of the score with the feature's points at their mean, where the
//! others stay as they are; and AUC of the model fitted anew on these cases less that of the same fit without the
//! feature, where the others may take its place. Intervals by DeLong, DeLong and Clarke-Pearson (1988) for correlated
//! curves; the second one takes both fits as given, which flatters the larger model a little. Likelihood ratio of the
//! two fits: 2 (l - l without), chi-square with 1 degree of freedom, for plain outcomes of independent cases only.
//! From 200,000 cases on, every n-th good or bad case is taken for the fits, as stated.

use linfa::ParamGuard;
use ndarray::Array1;
use rayon::prelude::*;
use scorewright_runtime::ELSEWHERE;
use serde::Serialize;

use super::MeasureOptions;
use super::coded::{Coded, Part, PartFit};
use super::reestimated::JointTest;
use crate::logistic::{
    CodedColumn, CodedRecords, FittedLogistic, LogisticParams, OutcomePairs, chi_square_p, covariance,
};
use crate::validation::auc_difference::AucToCompare;
use crate::validation::{Difference, Measured, Scores};
use crate::words::Message;

/// Pairs of features that are named.
const PAIRS: usize = 10;
/// Fits without a feature are made on no more cases than this, or a little more.
const MOST_CASES: usize = 200_000;

/// Which features the score's spread comes from.
#[derive(Debug, Clone, Serialize)]
pub struct Concentration {
    /// Number of cases.
    pub cases: u64,
    /// Standard deviation of the score, in points.
    pub score_std: f64,
    /// By feature; in a card with segments their base points last, as `segment`.
    pub features: Vec<PointsShare>,
    /// Sum of squared shares of variance.
    pub herfindahl_variance: f64,
    /// Sum of squared shares of range.
    pub herfindahl_range: f64,
    /// 1 / Herfindahl index of the shares of variance.
    pub effective_features: f64,
    /// The pairs of features whose points go along most, by absolute correlation.
    pub correlations: Vec<PointsCorrelation>,
}

/// A feature's share of the score's spread.
#[derive(Debug, Clone, Serialize)]
pub struct PointsShare {
    /// The feature.
    pub feature: String,
    /// cov(points, score) / var(score).
    pub share_of_variance: f64,
    /// Standard deviation of its points.
    pub points_std: f64,
    /// Its best less its worst points.
    pub points_range: f64,
    /// That over the sum of the ranges of all.
    pub share_of_range: f64,
}

/// Two features whose points go along.
#[derive(Debug, Clone, Serialize)]
pub struct PointsCorrelation {
    /// A feature.
    pub first: String,
    /// Another.
    pub second: String,
    /// Pearson's correlation of their points.
    pub correlation: f64,
}

/// Takes the spread of the score apart.
pub(super) fn concentration(coded: &Coded<'_>) -> Measured<Concentration> {
    let card = coded.card();
    let sample = coded.sample;
    let mut names: Vec<String> = card.features().iter().map(|feature| feature.name.clone()).collect();
    let mut points: Vec<Vec<f64>> = (0..names.len()).map(|position| coded.points(position)).collect();
    let mut codes: Vec<&[u16]> = (0..names.len()).map(|position| coded.codes(position)).collect();
    let base = coded.base_points();
    if let Some((segments, base_points)) = &base {
        names.push("segment".to_owned());
        codes.push(segments);
        points.push(base_points.clone());
    }
    // The covariance goes by good and bad weight together, which may not both be 0: half a case's weight each.
    let halves: Vec<f64> = sample.weights.iter().map(|weight| weight / 2.0).collect();
    let Ok(weights) = OutcomePairs::new(halves.clone(), halves) else {
        return Measured::none("there is a case without weight");
    };
    let columns = codes.iter().zip(&points).map(|(codes, values)| CodedColumn { codes, values });
    let covariance = covariance(&CodedRecords::of_equal_length(columns.collect(), coded.len()), &weights);
    let with_score: Array1<f64> = covariance.sum_axis(ndarray::Axis(1));
    let variance = with_score.sum();
    if variance.is_nan() || variance <= 1e-9 {
        return Measured::none("all cases have the same score");
    }
    let ranges: Vec<f64> =
        points.iter().enumerate().map(|(place, points)| range(points, place < card.features().len())).collect();
    let total_range: f64 = ranges.iter().sum();
    let deviation = |place: usize| covariance[[place, place]].max(0.0).sqrt();
    let features: Vec<PointsShare> = names
        .iter()
        .enumerate()
        .map(|(place, name)| PointsShare {
            feature: name.clone(),
            share_of_variance: with_score[place] / variance,
            points_std: deviation(place),
            points_range: ranges[place],
            share_of_range: if total_range > 0.0 { ranges[place] / total_range } else { 0.0 },
        })
        .collect();
    let herfindahl = |share: fn(&PointsShare) -> f64| features.iter().map(|one| share(one).powi(2)).sum::<f64>();
    let mut correlations: Vec<PointsCorrelation> = (0..names.len())
        .flat_map(|second| (0..second).map(move |first| (first, second)))
        .filter(|(first, second)| {
            // Features of two segments never meet.
            card.feature_segment(*first) == card.feature_segment(*second) && *second < card.features().len()
        })
        .filter_map(|(first, second)| {
            let correlation = covariance[[first, second]] / (deviation(first) * deviation(second));
            let pair = PointsCorrelation { first: names[first].clone(), second: names[second].clone(), correlation };
            correlation.is_finite().then_some(pair)
        })
        .collect();
    correlations.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
    correlations.truncate(PAIRS);
    let herfindahl_variance = herfindahl(|one| one.share_of_variance);
    Measured::Value(Concentration {
        cases: coded.len() as u64,
        score_std: variance.sqrt(),
        herfindahl_variance,
        herfindahl_range: herfindahl(|one| one.share_of_range),
        effective_features: 1.0 / herfindahl_variance,
        correlations,
        features,
    })
}

/// Best less worst; of a feature's points the last, those of unforeseen values, do not count.
fn range(points: &[f64], is_feature: bool) -> f64 {
    let points = &points[..points.len() - usize::from(is_feature)];
    let (low, high) =
        points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
    if high > low { high - low } else { 0.0 }
}

/// What each feature adds to the others.
#[derive(Debug, Clone, Serialize)]
pub struct MarginalContribution {
    /// Number of cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// AUC of the score.
    pub auc: Option<f64>,
    /// By feature of the card.
    pub features: Vec<Contribution>,
}

/// What a feature adds.
#[derive(Debug, Clone, Serialize)]
pub struct Contribution {
    /// The feature.
    pub feature: String,
    /// Its points at their mean.
    pub neutral: Measured<Contributed>,
    /// The model fitted anew with it and without it.
    pub refitted: Measured<Refitted>,
}

/// AUCs with and without a feature.
#[derive(Debug, Clone, Serialize)]
pub struct Contributed {
    /// AUC without the feature.
    pub auc_without: f64,
    /// AUC with it less that without.
    pub auc_loss: Difference,
}

/// Fits with and without a feature.
#[derive(Debug, Clone, Serialize)]
pub struct Refitted {
    /// Good and bad cases of the fits.
    pub cases: u64,
    /// AUC of the fit with all features.
    pub auc: f64,
    /// AUC of the fit without the feature.
    pub auc_without: f64,
    /// The first less the second.
    pub auc_loss: Difference,
    /// Whether the feature is needed.
    pub likelihood_ratio: Measured<JointTest>,
}

/// Leaves every feature out, first from the score and then from a fit.
pub(super) fn marginal_contribution(
    coded: &Coded<'_>,
    parts: &[Part<'_>],
    fits: &[Result<PartFit, Message>],
    options: &MeasureOptions,
) -> MarginalContribution {
    let sample = coded.sample;
    let auc = AucToCompare::new(sample.scores());
    let neutral: Vec<Measured<Contributed>> = (0..coded.card().features().len())
        .into_par_iter()
        .map(|position| {
            let Some(auc) = &auc else { return Measured::none("the sample has no goods or no bads") };
            let (auc_without, auc_loss) = auc.less(&without(coded, position));
            Measured::Value(Contributed { auc_without, auc_loss })
        })
        .collect();
    let mut refitted: Vec<Measured<Refitted>> = vec![Measured::none("the feature is of no segment"); neutral.len()];
    for (part, fit) in parts.iter().zip(fits) {
        for (position, refit) in part.features.iter().zip(refits(coded, part, fit, options)) {
            refitted[*position] = refit;
        }
    }
    let features = coded.card().features().iter().zip(neutral.into_iter().zip(refitted));
    MarginalContribution {
        cases: coded.len() as u64,
        goods: sample.goods.iter().sum(),
        bads: sample.bads.iter().sum(),
        auc: auc.as_ref().map(AucToCompare::value),
        features: features
            .map(|(feature, (neutral, refitted))| Contribution { feature: feature.name.clone(), neutral, refitted })
            .collect(),
    }
}

/// The score with the feature's points at their mean over its own cases. Rounded points stay whole numbers: to those of
/// a card without segments the mean would add the same number in every case, and it is left out.
fn without(coded: &Coded<'_>, position: usize) -> Vec<f64> {
    let points = coded.points(position);
    let codes = coded.codes(position);
    let sample = coded.sample;
    let of = |code: u16| points[usize::from(code).min(points.len() - 1)];
    let mut mean = 0.0;
    if coded.base_points().is_some() {
        let own = || (0..coded.len()).filter(|case| codes[*case] != ELSEWHERE);
        let weight: f64 = own().map(|case| sample.weights[case]).sum();
        let sum: f64 = own().map(|case| sample.weights[case] * of(codes[case])).sum();
        mean = if weight > 0.0 { sum / weight } else { 0.0 };
    }
    // Scores that are equal without the feature must come out equal to the last digit.
    let digits = |score: f64| if score.fract() == 0.0 { score } else { (score * 1e8).round() / 1e8 };
    let case = |case: usize| match codes[case] {
        ELSEWHERE => sample.score[case],
        code => digits(sample.score[case] - of(code) + mean),
    };
    (0..coded.len()).map(case).collect()
}

/// A part's fits without each of its features.
fn refits(
    coded: &Coded<'_>,
    part: &Part<'_>,
    fit: &Result<PartFit, Message>,
    options: &MeasureOptions,
) -> Vec<Measured<Refitted>> {
    let count = part.features.len();
    let none = |reason: Message| vec![Measured::none(reason); count];
    let every = part.cases.len().div_ceil(MOST_CASES).max(1);
    let thinned;
    let (part, fit) = match fit {
        Err(reason) => return none(reason.clone()),
        Ok(fit) if every == 1 => (part, fit),
        Ok(_) => {
            let smaller = part.thinned(every);
            match smaller.fit(coded, options) {
                Err(reason) => return none(reason),
                Ok(fit) => {
                    thinned = (smaller, fit);
                    (&thinned.0, &thinned.1)
                }
            }
        }
    };
    let all: Vec<usize> = (0..count).collect();
    let full = log_odds(part, &all, &fit.fit);
    let outcomes = fit.outcomes.matrix();
    let (goods, bads) = (outcomes.column(0).to_vec(), outcomes.column(1).to_vec());
    let scores = Scores { score: &full, goods: &goods, bads: &bads, groups: fit.groups.as_deref() };
    let Some(auc) = AucToCompare::new(scores) else { return none(Message::new("the sample has no goods or no bads")) };
    let is_plain = fit.outcomes.is_plain() && !auc.has_groups();
    all.par_iter()
        .map(|left_out| {
            let columns: Vec<usize> = all.iter().copied().filter(|column| column != left_out).collect();
            let beta = fit.fit.beta().into_iter().enumerate().filter(|(place, _)| *place != left_out + 1);
            let start: Array1<f64> = beta.map(|(_, beta)| beta).collect();
            let rows = part.records(columns.iter().copied());
            let refit = LogisticParams::new().start(start).check();
            // Errors count columns without the one left out.
            let refit = match refit.and_then(|params| params.fit_rows(&rows, &fit.outcomes)) {
                Ok(refit) => refit,
                Err(error) => return Measured::none(part.explain(coded, error)),
            };
            let (auc_without, auc_loss) = auc.less(&log_odds(part, &columns, &refit));
            let statistic = (2.0 * (fit.fit.log_likelihood - refit.log_likelihood)).max(0.0);
            let test = JointTest { statistic, degrees_of_freedom: 1, p_value: chi_square_p(statistic, 1) };
            Measured::Value(Refitted {
                cases: part.cases.len() as u64,
                auc: auc.value(),
                auc_without,
                auc_loss,
                likelihood_ratio: match is_plain {
                    true => Measured::Value(test),
                    false => Measured::none("the test is for plain outcomes of independent cases without weights"),
                },
            })
        })
        .collect()
}

/// The log odds of a fit on some columns of a part.
fn log_odds(part: &Part<'_>, columns: &[usize], fit: &FittedLogistic) -> Vec<f64> {
    let mut log_odds = vec![fit.intercept; part.cases.len()];
    for (column, coefficient) in columns.iter().zip(&fit.coefficients) {
        let by_code: Vec<f64> = part.woe(*column).iter().map(|woe| coefficient * woe).collect();
        let codes = part.codes()[*column].iter();
        log_odds
            .iter_mut()
            .zip(codes)
            .for_each(|(sum, code)| *sum += by_code[usize::from(*code).min(by_code.len() - 1)]);
    }
    log_odds
}
