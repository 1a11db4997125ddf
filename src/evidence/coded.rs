//! A sample as its card codes it: what every question about the model itself starts from.

use std::borrow::Cow;

use rayon::prelude::*;
use scorewright_runtime::artifact::{Feature, UnforeseenPolicy};
use scorewright_runtime::{ELSEWHERE, Scorecard, Scored};

use super::{CardInput, CardSubject, MeasureOptions, ScoredSample, Subject};
use crate::logistic::{
    CodedColumn, CodedRecords, FittedLogistic, Inference, LogisticError, LogisticParams, OutcomePairs, StandardErrors,
    infer,
};
use crate::validation::Distribution;
use crate::words::Message;
use linfa::ParamGuard;

/// The cases of a sample by bin codes.
pub(super) struct Coded<'a> {
    /// The card, with all cases of the run.
    pub subject: CardSubject<'a>,
    /// The sample.
    pub sample: &'a ScoredSample,
    /// By feature one code a case of the sample; in a card with segments a last one tells the segment.
    codes: Vec<Cow<'a, [u16]>>,
    /// The position of every case's segment.
    segments: Option<Vec<u16>>,
}

/// A model of the card, its only one or that of a segment, with the sample's good and bad cases that it is for.
pub(super) struct Part<'a> {
    /// The segment.
    pub segment: Option<&'a str>,
    /// The card's intercept.
    pub intercept: f64,
    /// Positions of its features in the card.
    pub features: Vec<usize>,
    /// Positions of its good and bad cases in the sample.
    pub cases: Vec<u32>,
    codes: Vec<Cow<'a, [u16]>>,
    woe: Vec<Vec<f64>>,
}

/// A fit of a part.
pub(super) struct PartFit {
    /// Good and bad weights.
    pub outcomes: OutcomePairs,
    /// The fit.
    pub fit: FittedLogistic,
    /// What is known about its coefficients.
    pub inference: Inference,
    /// The group of each case.
    pub groups: Option<Vec<u32>>,
}

impl<'a> Coded<'a> {
    /// The cases of a subject; `None` without a card.
    pub fn new(subject: &Subject<'a>) -> Option<Self> {
        let card = subject.card?;
        let rows = &subject.sample.rows;
        let count = card.input.codes.first().map_or(0, Vec::len);
        let is_whole = rows.len() == count && rows.iter().zip(0..).all(|(row, place): (&u32, u32)| *row == place);
        let codes = card.input.codes.par_iter().map(|codes| match is_whole {
            true => Cow::Borrowed(codes.as_slice()),
            false => Cow::Owned(rows.iter().map(|row| codes[*row as usize]).collect()),
        });
        let codes: Vec<Cow<'a, [u16]>> = codes.collect();
        let of_code = |code: &u16| card.card.segment_of_code(*code).map_or(u16::MAX, |segment| segment as u16);
        let own = card.card.segment_input().and(codes.last());
        let segments = own.map(|own| own.iter().map(of_code).collect());
        Some(Coded { subject: card, sample: subject.sample, codes, segments })
    }

    /// The card.
    pub fn card(&self) -> &'a Scorecard {
        self.subject.card
    }

    /// Number of cases.
    pub fn len(&self) -> usize {
        self.sample.score.len()
    }

    /// The codes of the feature at `position`.
    pub fn codes(&self, position: usize) -> &[u16] {
        &self.codes[position]
    }

    /// The positions of the cases that the feature at `position` is for.
    pub fn own(&self, position: usize) -> Vec<u32> {
        let codes = self.codes(position).iter().zip(0..);
        codes.filter(|(code, _)| **code != ELSEWHERE).map(|(_, case)| case).collect()
    }

    /// Scores by the runtime with other codes for the feature at `position`.
    pub fn with_codes(&self, position: usize, others: impl Fn(usize) -> u16 + Sync) -> Vec<Scored> {
        let code = |place: usize, codes: &[u16], case: usize| match place == position && codes[case] != ELSEWHERE {
            true => others(case),
            false => codes[case],
        };
        let score = |case: usize| {
            let codes = self.codes.iter().enumerate().map(|(place, codes)| code(place, codes, case));
            self.card().score_codes(codes)
        };
        (0..self.len()).into_par_iter().map(score).collect()
    }

    /// Scores of the sample's cases with other codes for all cases of the run.
    pub fn with_input(&self, input: &CardInput) -> Vec<Scored> {
        self.sample.rows.par_iter().map(|row| self.card().score_codes(input.case(*row as usize))).collect()
    }

    /// Points by code of the feature at `position`, the last for unforeseen values.
    pub fn points(&self, position: usize) -> Vec<f64> {
        let bins = self.card().features().get(position).map_or(0, |feature| feature.bins.len());
        (0..=bins).map(|code| self.card().bin_points(position, code as u16).unwrap_or(0.0)).collect()
    }

    /// Base points of every case's segment; `None` for a card without segments.
    pub fn base_points(&self) -> Option<(&[u16], Vec<f64>)> {
        let segments = &self.card().document().segments.as_ref()?.segments;
        Some((self.segments.as_deref()?, segments.iter().map(|segment| segment.base_points).collect()))
    }

    /// The models of the card with their good and bad cases.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let document = self.card().document();
        match &document.segments {
            None => vec![self.part(None, document.intercept)],
            Some(all) => (0..)
                .zip(&all.segments)
                .map(|(place, one)| self.part(Some((place, &one.name)), one.intercept))
                .collect(),
        }
    }

    fn part<'b>(&'b self, segment: Option<(u16, &'b str)>, intercept: f64) -> Part<'b> {
        let card = self.card();
        let features: Vec<usize> = (0..card.features().len())
            .filter(|position| card.feature_segment(*position) == segment.map(|(place, _)| usize::from(place)))
            .collect();
        let is_own = |case: &u32| {
            let case = *case as usize;
            let of_segment =
                segment.is_none_or(|(place, _)| self.segments.as_ref().is_some_and(|all| all[case] == place));
            of_segment && self.sample.goods[case] + self.sample.bads[case] > 0.0
        };
        let cases: Vec<u32> = (0..self.len() as u32).filter(is_own).collect();
        let pick = |position: &usize| match cases.len() == self.len() {
            true => Cow::Borrowed(self.codes(*position)),
            false => Cow::Owned(cases.iter().map(|case| self.codes(*position)[*case as usize]).collect()),
        };
        Part {
            segment: segment.map(|(_, name)| name),
            intercept,
            codes: features.par_iter().map(pick).collect(),
            woe: features.iter().map(|position| woe(card, &card.features()[*position])).collect(),
            features,
            cases,
        }
    }
}

/// WOE by code; the last is that of unforeseen values, which goes with their points.
fn woe(card: &Scorecard, feature: &Feature) -> Vec<f64> {
    let lowest = feature.bins.iter().min_by(|a, b| a.points.total_cmp(&b.points)).map_or(0.0, |bin| bin.woe);
    let unforeseen = match card.document().unforeseen {
        UnforeseenPolicy::Worst => lowest,
        UnforeseenPolicy::Neutral | UnforeseenPolicy::Error => 0.0,
    };
    feature.bins.iter().map(|bin| bin.woe).chain([unforeseen]).collect()
}

impl<'a> Part<'a> {
    /// Some of the features' columns.
    pub fn records(&self, columns: impl Iterator<Item = usize>) -> CodedRecords<'_> {
        let columns = columns.map(|column| CodedColumn { codes: &self.codes[column], values: &self.woe[column] });
        CodedRecords::of_equal_length(columns.collect(), self.cases.len())
    }

    /// WOE by code of the feature at `column` of its features.
    pub fn woe(&self, column: usize) -> &[f64] {
        &self.woe[column]
    }

    /// The codes of all its cases.
    pub fn codes(&self) -> &[Cow<'a, [u16]>] {
        &self.codes
    }

    /// The same with every `every`-th case only.
    pub fn thinned(&self, every: usize) -> Part<'_> {
        let thin = |codes: &Cow<'a, [u16]>| Cow::Owned(codes.iter().step_by(every).copied().collect());
        Part {
            segment: self.segment,
            intercept: self.intercept,
            features: self.features.clone(),
            cases: self.cases.iter().step_by(every).copied().collect(),
            codes: self.codes.par_iter().map(thin).collect(),
            woe: self.woe.clone(),
        }
    }

    /// Good and bad weights of its cases.
    pub fn outcomes(&self, sample: &ScoredSample) -> Result<OutcomePairs, LogisticError> {
        let pick = |weights: &[f64]| self.cases.iter().map(|case| weights[*case as usize]).collect::<Vec<f64>>();
        OutcomePairs::new(pick(&sample.goods), pick(&sample.bads))
    }

    /// Sums of good and bad weight, and the number of cases of the rarer class.
    pub fn counts(&self, sample: &ScoredSample) -> (f64, f64, usize) {
        let sum = |weights: &[f64]| self.cases.iter().map(|case| weights[*case as usize]).sum::<f64>();
        let count = |weights: &[f64]| self.cases.iter().filter(|case| weights[**case as usize] > 0.0).count();
        (sum(&sample.goods), sum(&sample.bads), count(&sample.goods).min(count(&sample.bads)))
    }

    /// Fits the part's features anew by maximum likelihood.
    ///
    /// # Errors
    /// Why there is no fit, in words.
    pub fn fit(&self, coded: &Coded<'_>, options: &MeasureOptions) -> Result<PartFit, Message> {
        let (goods, bads, rarer) = self.counts(coded.sample);
        if goods <= 0.0 || bads <= 0.0 {
            return Err(Message::new(if goods <= 0.0 { "there are no good cases" } else { "there are no bad cases" }));
        }
        if (rarer as u64) < options.minimum_bads {
            return Err(Message::new("only {0} cases are of the rarer of good and bad, fewer than {1}")
                .with(rarer)
                .with(options.minimum_bads));
        }
        let explain = |error| self.explain(coded, error);
        let outcomes = self.outcomes(coded.sample).map_err(explain)?;
        let groups: Option<Vec<u32>> = coded
            .sample
            .groups
            .as_ref()
            .map(|groups| self.cases.iter().map(|case| groups.codes[*case as usize]).collect());
        let method = match (&groups, outcomes.is_plain()) {
            (Some(_), _) => StandardErrors::Clustered,
            (None, true) => StandardErrors::ModelBased,
            (None, false) => StandardErrors::Robust,
        };
        let rows = self.records(0..self.features.len());
        let params = LogisticParams::new().check().map_err(explain)?;
        let fit = params.fit_rows(&rows, &outcomes).map_err(explain)?;
        let inference = infer(&fit, &rows, &outcomes, method, groups.as_deref()).map_err(explain)?;
        Ok(PartFit { outcomes, fit, inference, groups })
    }

    /// A fit's error in terms of features; columns are those of all its features.
    pub fn explain(&self, coded: &Coded<'_>, error: LogisticError) -> Message {
        use LogisticError as E;
        let name = |column: usize| {
            let position = self.features.get(column).copied().unwrap_or_default();
            coded.card().features().get(position).map_or_else(String::new, |feature| feature.name.clone())
        };
        match error {
            E::OneClass("good") => Message::new("there are no good cases"),
            E::OneClass(_) => Message::new("there are no bad cases"),
            E::TooFewCases { cases, coefficients } => {
                Message::new("{0} cases cannot determine {1} coefficients").with(cases).with(coefficients)
            }
            E::Collinear { column, with: None } => {
                Message::new("all cases have the same weight of evidence of {0}").with(name(column))
            }
            E::Collinear { column, with: Some(with) } => {
                Message::new("{0} is a linear combination of other features; it goes along most with {1}")
                    .with(name(column))
                    .with(name(with))
            }
            E::Separated { column, complete: true, .. } => {
                Message::new("{0} separates goods from bads: its coefficient has no finite estimate").with(name(column))
            }
            E::Separated { column, .. } => Message::new(
                "{0} separates some of the goods or bads from all others: its coefficient has no finite estimate",
            )
            .with(name(column)),
            other => Message::new("the fit has no result: {0}").with(other),
        }
    }
}

/// The score at and above which a case is approved: the one that is given, or the highest that approves at least the
/// share of the sample's weight that is given.
pub(super) fn cut_off(sample: &ScoredSample, options: &MeasureOptions) -> Option<f64> {
    if options.cut_off.is_some() {
        return options.cut_off;
    }
    let rate = options.approval_rate?;
    let distribution = Distribution::new(sample.scores());
    let mut weights = vec![0.0; distribution.score.len()];
    for (position, weight) in distribution.position.iter().zip(&sample.weights) {
        weights[*position as usize] += weight;
    }
    let wanted = rate * weights.iter().sum::<f64>();
    let mut approved = 0.0;
    let from_top = distribution.score.iter().zip(&weights).rev();
    let reaches = from_top.map(|(score, weight)| {
        approved += weight;
        (*score, approved >= wanted * (1.0 - 1e-12))
    });
    reaches.into_iter().find(|(_, reaches)| *reaches).map(|(score, _)| score)
}
