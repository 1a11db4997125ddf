//! The measures of a comparison, put together.

use super::evidence::FORMAT_VERSION;
use super::reasons::{feature_sets, reason_evidence};
use super::verdict::verdict;
use super::{
    Compared, Comparison, Options, Pair, PeriodPsi, Ranking, ScoreComparison, SegmentComparison, SideEvidence, SwapBy,
    SwapEvidence, Verdict,
};
use crate::error::Result;
use crate::evidence::{Bands, BandsOf, Labels, ScoredSample};
use crate::progress::Progress;
use crate::validation::auc::{auc, gini};
use crate::validation::calibration::by_band;
use crate::validation::ks::ks;
use crate::validation::likelihood_difference::likelihood_difference;
use crate::validation::paired::mean_difference;
use crate::validation::paired_bootstrap::{NO_PD, PairedScores, paired_bootstrap};
use crate::validation::paired_delong::{PairedDelong, paired_delong};
use crate::validation::probability::probability_measures;
use crate::validation::psi::decile_bands;
use crate::validation::rank_correlation::rank_correlation;
use crate::validation::score_migration::{deciles, score_migration};
use crate::validation::swap_set::{Approval, SwapCases, approve_from, approve_share, approve_stated, swap_set};
use crate::validation::{Difference, Distribution, Groups, Interval, Measured};
use crate::words::Message;

/// Why there are no figures of both classes.
const ONE_CLASS: Message = Message::new("there are no goods, or no bads");
/// Why a difference of PDs is not finite.
const CERTAIN: Message = Message::new("a PD is 0 or 1, and its logarithm has no bound");

/// Takes every measure.
pub(super) fn measure(pair: Pair<'_>, options: &Options, progress: &dyn Progress) -> Result<Compared> {
    progress.begin("comparing", 3);
    let outcomes = &pair.cases.outcomes;
    let distributions =
        pair.samples.as_ref().map(|samples| samples.each_ref().map(|of| Distribution::new(of.scores())));
    let swaps = swap_sets(&pair, distributions.as_ref(), options);
    progress.advance();
    progress.check()?;
    let scores = match (&pair.samples, &distributions) {
        (Some(samples), Some(distributions)) => {
            // The rates that the two are held against each other at, rising.
            let is_common = |by: SwapBy| match by {
                SwapBy::ApprovalRate => true,
                SwapBy::CutOff => options.cut_offs.len() == 1,
                SwapBy::StatedDecisions => false,
            };
            let common = swaps.iter().filter(|swap| is_common(swap.by));
            let mut rates: Vec<f64> = common.map(|swap| swap.approval_rate).collect();
            rates.sort_by(f64::total_cmp);
            rates.dedup();
            Some(score_comparison(&pair, samples, distributions, &rates, options))
        }
        _ => None,
    };
    progress.advance();
    progress.check()?;
    let (goods, bads) = (outcomes.goods.iter().sum::<f64>(), outcomes.bads.iter().sum::<f64>());
    let counted = (0..outcomes.goods.len()).filter(|case| outcomes.weights[*case] > 0.0).count() as u64;
    let known = (0..outcomes.goods.len()).filter(|case| outcomes.goods[*case] + outcomes.bads[*case] > 0.0).count();
    let repeat = pair.samples.as_ref().is_some_and(|samples| Groups::new(samples[0].scores()).repeat());
    let main = swaps.first().map(|swap| swap.cells.declined_by_both.cases);
    let reasons = match (&pair.cards, main) {
        (Some(cards), Some(_)) => Some(reason_evidence(cards, &main_approvals(&pair, distributions.as_ref(), options))),
        _ => None,
    };
    progress.advance();
    let mut comparison = Comparison {
        format: "scorewright.comparison",
        format_version: FORMAT_VERSION,
        data: pair.data.clone(),
        names: pair.names.clone(),
        cases: counted,
        indeterminate: counted - known as u64,
        goods,
        bads,
        bad_rate: (goods + bads > 0.0).then(|| bads / (goods + bads)),
        interval: Comparison::interval_of(pair.groups.as_ref(), repeat),
        verdict: Verdict { ranking: Ranking::NotComputed, statements: Vec::new() },
        scores,
        swap_set: swaps,
        reasons,
        features: pair.cards.as_ref().map(|cards| feature_sets(cards[0].0, cards[1].0)),
        options: options.clone(),
        warnings: pair
            .warnings
            .iter()
            .cloned()
            .chain(pair.cases.warnings.iter().map(|warning| Message::from(warning.clone())))
            .collect(),
    };
    comparison.verdict = verdict(&comparison);
    Ok(Compared { comparison, samples: pair.samples })
}

/// Who is approved by both rules of the verdict.
fn main_approvals(pair: &Pair<'_>, distributions: Option<&[Distribution; 2]>, options: &Options) -> [Approval; 2] {
    approvals(pair, distributions, options).into_iter().next().map_or_else(
        || [(); 2].map(|()| approve_stated(&vec![false; pair.cases.len()], &pair.cases.outcomes.weights)),
        |(_, approvals)| approvals,
    )
}

/// Every pair of decisions, that of the verdict first.
fn approvals(
    pair: &Pair<'_>,
    distributions: Option<&[Distribution; 2]>,
    options: &Options,
) -> Vec<(SwapBy, [Approval; 2])> {
    let weights = &pair.cases.outcomes.weights;
    let mut all = Vec::new();
    if let Some(approved) = &pair.approved {
        all.push((SwapBy::StatedDecisions, approved.each_ref().map(|approved| approve_stated(approved, weights))));
    }
    if let (Some(distributions), Some(samples)) = (distributions, &pair.samples) {
        if let Some(first) = options.cut_offs.first() {
            let first = approve_from(&samples[0].score, weights, *first);
            let second = match options.cut_offs.get(1) {
                Some(cut_off) => approve_from(&samples[1].score, weights, *cut_off),
                None => approve_share(&distributions[1], weights, first.approval_rate),
            };
            all.push((SwapBy::CutOff, [first, second]));
        }
        all.extend(
            options.approval_rates.iter().map(|rate| {
                (SwapBy::ApprovalRate, distributions.each_ref().map(|of| approve_share(of, weights, *rate)))
            }),
        );
    }
    all
}

fn swap_sets(pair: &Pair<'_>, distributions: Option<&[Distribution; 2]>, options: &Options) -> Vec<SwapEvidence> {
    let outcomes = &pair.cases.outcomes;
    let none: &[f64] = &[];
    let pd = pair.samples.as_ref().map_or([none; 2], |samples| samples.each_ref().map(|sample| sample.pd.as_slice()));
    let cases = SwapCases { goods: &outcomes.goods, bads: &outcomes.bads, weights: &outcomes.weights, pd };
    let mut rates = options.approval_rates.iter();
    approvals(pair, distributions, options)
        .into_iter()
        .map(|(by, approvals)| {
            let asked = if by == SwapBy::ApprovalRate { rates.next().copied() } else { None };
            SwapEvidence {
                by,
                approval_rates: approvals.each_ref().map(|approval| approval.approval_rate),
                approval_rate: asked.unwrap_or(approvals[0].approval_rate),
                cut_offs: approvals.each_ref().map(|approval| approval.cut_off),
                tied_at_cut_off: approvals.each_ref().map(|approval| approval.tied),
                cells: swap_set(&approvals[0].share, &approvals[1].share, cases),
            }
        })
        .collect()
}

fn score_comparison(
    pair: &Pair<'_>,
    samples: &[ScoredSample; 2],
    distributions: &[Distribution; 2],
    rates: &[f64],
    options: &Options,
) -> ScoreComparison {
    let [first, second] = samples;
    let paired = paired_delong(first.scores(), &second.score);
    let loss: Vec<f64> = match &pair.roles.exposure {
        Some(exposure) => exposure.iter().map(|exposure| exposure * options.loss_given_default).collect(),
        None => Vec::new(),
    };
    let groups = pair.groups.as_ref().map(|groups| groups.codes.as_slice());
    let bootstrap = paired_bootstrap(
        PairedScores {
            score: [&first.score, &second.score],
            pd: [&first.pd, &second.pd],
            goods: &first.goods,
            bads: &first.bads,
            weights: &first.weights,
            groups,
            loss: &loss,
        },
        rates,
        options.resamples,
        options.seed,
    );
    let (ks_difference, at) = match bootstrap {
        Some(bootstrap) => (bootstrap.ks_difference, bootstrap.at),
        None => (Measured::none(ONE_CLASS), Vec::new()),
    };
    let places = [0, 1].map(|side| deciles(&distributions[side], &first.weights));
    let side = |place: usize| side(pair, &samples[place], &distributions[place], place, options.seed);
    ScoreComparison {
        first: side(0),
        second: side(1),
        auc_difference: paired.ok_or(ONE_CLASS).into(),
        gini_difference: paired.map(|paired| twice(paired.difference)).ok_or(ONE_CLASS).into(),
        ks_difference,
        brier_difference: brier_difference(samples, groups).into(),
        log_loss_difference: log_loss_difference(samples).into(),
        at_approval_rate: at,
        rank_correlation: correlation(samples).into(),
        migration: score_migration(&places[0], &places[1], &first.goods, &first.bads, &first.weights)
            .ok_or(Message::new("there are no cases"))
            .into(),
        segments: pair.roles.segments.iter().flat_map(|labels| segments(samples, labels, options)).collect(),
    }
}

fn correlation(
    samples: &[ScoredSample; 2],
) -> std::result::Result<crate::validation::rank_correlation::RankCorrelation, Message> {
    let counted = |sample: &ScoredSample| -> Vec<f64> {
        let weighted = sample.score.iter().zip(&sample.weights).filter(|(_, weight)| **weight > 0.0);
        weighted.map(|(score, _)| *score).collect()
    };
    rank_correlation(&counted(&samples[0]), &counted(&samples[1]))
        .ok_or(Message::new("a score is the same for all cases"))
}

fn twice(difference: Difference) -> Difference {
    let twice = |value: Option<f64>| value.map(|value| 2.0 * value);
    Difference {
        value: twice(difference.value),
        low: twice(difference.low),
        high: twice(difference.high),
        ..difference
    }
}

fn have_pds(samples: &[ScoredSample; 2]) -> std::result::Result<(), Message> {
    if samples.iter().any(|sample| sample.pd.is_empty()) { Err(NO_PD) } else { Ok(()) }
}

fn brier_difference(samples: &[ScoredSample; 2], groups: Option<&[u32]>) -> std::result::Result<Interval, Message> {
    have_pds(samples)?;
    let (goods, bads) = (&samples[0].goods, &samples[0].bads);
    let loss = |side: usize, case: usize| {
        let pd = samples[side].pd[case];
        bads[case] * (1.0 - pd).powi(2) + goods[case] * pd.powi(2)
    };
    let differences: Vec<f64> = (0..goods.len()).map(|case| loss(0, case) - loss(1, case)).collect();
    let weights: Vec<f64> = goods.iter().zip(bads).map(|(good, bad)| good + bad).collect();
    Ok(mean_difference(&differences, &weights, groups))
}

fn log_loss_difference(samples: &[ScoredSample; 2]) -> std::result::Result<Difference, Message> {
    have_pds(samples)?;
    let log_odds = |sample: &ScoredSample| -> Vec<f64> { sample.pd.iter().map(|pd| ((1.0 - pd) / pd).ln()).collect() };
    let log_odds = samples.each_ref().map(log_odds);
    if log_odds.iter().flatten().any(|odds| !odds.is_finite()) {
        return Err(CERTAIN);
    }
    // The loss is the negative of the likelihood.
    let gain = likelihood_difference(samples[0].scores(), &log_odds[0], &log_odds[1]);
    let negative = |value: Option<f64>| value.map(|value| 0.0 - value);
    Ok(Difference {
        value: negative(gain.value),
        low: negative(gain.high),
        high: negative(gain.low),
        p_value: gain.p_value,
    })
}

fn side(pair: &Pair<'_>, sample: &ScoredSample, distribution: &Distribution, place: usize, seed: u64) -> SideEvidence {
    let scores = sample.scores();
    let auc = auc(scores, distribution);
    let no_pd = || Message::new("no PD is stated");
    let measures = (!sample.pd.is_empty()).then(|| probability_measures(&sample.pd, &sample.goods, &sample.bads));
    let of =
        |get: fn(&crate::validation::probability::ProbabilityMeasures) -> Option<f64>, reason: Message| match &measures
        {
            None => Measured::none(no_pd()),
            Some(measures) => get(measures).ok_or(reason).into(),
        };
    let (goods, bads) = distribution.totals();
    let known = goods + bads;
    let expected: Measured<f64> = match sample.pd.is_empty() || known <= 0.0 {
        true => Measured::none(no_pd()),
        false => {
            let sum: f64 =
                (0..sample.pd.len()).map(|case| (sample.goods[case] + sample.bads[case]) * sample.pd[case]).sum();
            Measured::Value(sum / known)
        }
    };
    let card = pair.cards.as_ref().map(|cards| cards[place].0);
    let bands = match card {
        Some(card) => Bands::of_card(card),
        None => Bands { bands: decile_bands(distribution, &sample.weights), of: BandsOf::Sample },
    };
    let ratio = match (&expected, bads > 0.0) {
        (Measured::Value(expected), true) => Measured::Value(expected * known / bads),
        (Measured::Value(_), false) => Measured::none("there are no bads"),
        (none, _) => none.clone(),
    };
    SideEvidence {
        name: pair.names[place].clone(),
        scorecard_sha256: card.and_then(|card| Some(crate::digest::sha256(&card.document().to_json().ok()?))),
        gini: gini(auc),
        auc,
        ks: ks(scores, distribution, seed),
        brier: of(|measures| measures.brier, ONE_CLASS),
        log_loss: of(|measures| measures.log_loss, CERTAIN),
        expected_to_observed: ratio,
        expected_bad_rate: expected,
        calibration_intercept: of(|measures| measures.calibration_intercept, NO_LINE),
        calibration_slope: of(|measures| measures.calibration_slope, NO_LINE),
        calibration: by_band(&decile_bands(distribution, &sample.weights), scores, &sample.pd),
        score_psi: bands.score_psi(sample),
        periods: periods(sample, &bands),
    }
}

/// Why there is no calibration line.
const NO_LINE: Message =
    Message::new("the calibration line cannot be fitted: one class only, a PD of 0 or 1, or the same PD for all");

fn periods(sample: &ScoredSample, bands: &Bands) -> Vec<PeriodPsi> {
    let Some(labels) = &sample.periods else { return Vec::new() };
    let cases: Vec<(&String, Vec<usize>)> =
        labels.names.iter().zip(labels.cases()).filter(|(_, cases)| !cases.is_empty()).collect();
    let parts: Vec<(&String, ScoredSample)> =
        cases.into_iter().map(|(name, cases)| (name, ScoredSample { groups: None, ..sample.select(&cases) })).collect();
    // Without development counts the first period stands for them.
    let first = match (bands.of, parts.first()) {
        (BandsOf::Sample, Some((_, part))) => Some(Bands {
            bands: decile_bands(&Distribution::new(part.scores()), &part.weights),
            of: BandsOf::FirstPeriod,
        }),
        _ => None,
    };
    let has_own = first.is_some();
    let bands = first.as_ref().unwrap_or(bands);
    parts
        .iter()
        .enumerate()
        .map(|(place, (name, part))| PeriodPsi {
            period: (*name).clone(),
            cases: part.score.len() as u64,
            auc: auc(part.scores(), &Distribution::new(part.scores())).value,
            score_psi: if has_own && place == 0 { None } else { bands.score_psi(part) },
        })
        .collect()
}

fn segments(samples: &[ScoredSample; 2], labels: &Labels, options: &Options) -> Vec<SegmentComparison> {
    let parts = labels.names.iter().zip(labels.cases()).filter(|(_, cases)| !cases.is_empty());
    parts
        .map(|(name, cases)| {
            let [first, second] = samples.each_ref().map(|sample| sample.select(&cases));
            let (goods, bads) = (first.goods.iter().sum::<f64>(), first.bads.iter().sum::<f64>());
            SegmentComparison {
                column: labels.column.clone(),
                segment: name.clone(),
                cases: cases.len() as u64,
                goods,
                bads,
                auc_difference: segment_difference(&first, &second, (goods, bads), options).into(),
            }
        })
        .collect()
}

fn segment_difference(
    first: &ScoredSample,
    second: &ScoredSample,
    (goods, bads): (f64, f64),
    options: &Options,
) -> std::result::Result<PairedDelong, Message> {
    if (first.score.len() as u64) < options.minimum_cases {
        return Err(Message::new("fewer than {0} cases").with(options.minimum_cases));
    }
    if bads < options.minimum_bads as f64 || goods < options.minimum_bads as f64 {
        return Err(Message::new("fewer than {0} bads, or fewer than {0} goods").with(options.minimum_bads));
    }
    paired_delong(first.scores(), &second.score).ok_or(ONE_CLASS)
}
