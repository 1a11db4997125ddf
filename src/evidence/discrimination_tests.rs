//! Discrimination now against discrimination at the time of development.

use serde::Serialize;

use super::discrimination::one_class;
use super::{Bands, Labels, Roles, ScoredSample, Subject};
use crate::validation::auc::auc_variance;
use crate::validation::auc_against_initial::{AgainstInitial, against_initial, relative_ranks};
use crate::validation::gauc::{CLASSES, Gauc, GaucRows, class_of, gauc};
use crate::validation::psi::band_of;
use crate::validation::{Distribution, Scores};
use crate::words::Message;

/// What an AUC is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// The grades of the rating.
    Grade,
    /// The score itself.
    Score,
}

/// Where the figure at the time of development is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialFrom {
    /// It was stated.
    Stated,
    /// It was measured on the reference's cases.
    Reference,
}

/// The ECB's test of the current AUC against the initial one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucAgainstInitial {
    /// The test.
    #[serde(flatten)]
    pub test: AgainstInitial,
    /// What the AUC is taken on.
    pub on: On,
    /// Where the initial AUC is from.
    pub initial_from: InitialFrom,
    /// Good weight that the current AUC rests on.
    pub goods: f64,
    /// Bad weight that the current AUC rests on.
    pub bads: f64,
    /// Periods whose relative ranks were pooled; null where ratings were taken as they are.
    pub pooled_periods: Option<u64>,
    /// Whether the order of the grades was stated, rather than that of their names; null on the score.
    pub grade_order_stated: Option<bool>,
    /// Good and bad cases without a grade, which were left out; null on the score.
    pub without_grade: Option<u64>,
}

/// The ECB's test of the current generalised AUC against the initial one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GaucAgainstInitial {
    /// The test.
    #[serde(flatten)]
    pub test: AgainstInitial,
    /// Where the initial figure is from.
    pub initial_from: InitialFrom,
}

/// An AUC for the test.
struct Current {
    auc: f64,
    variance: Option<f64>,
    totals: (f64, f64),
    pooled_periods: Option<u64>,
    without_grade: u64,
}

/// The AUC of a sample on its grades or on its score; ranks within the period are pooled where there are several.
fn current(sample: &ScoredSample, roles: &Roles, on: On) -> Result<Current, Message> {
    let (mut goods, mut bads) = (sample.goods.clone(), sample.bads.clone());
    let mut score = sample.score.clone();
    let mut without_grade = 0;
    if let (On::Grade, Some(grade)) = (on, &roles.grade) {
        for (case, code) in grade.codes.iter().enumerate() {
            // The best grade comes first, and a higher score is safer.
            score[case] = -f64::from(*code);
            if grade.names[*code as usize] == Labels::NONE {
                without_grade += u64::from(goods[case] + bads[case] > 0.0);
                (goods[case], bads[case]) = (0.0, 0.0);
            }
        }
    }
    let periods = sample.periods.as_ref().map(|periods| {
        let with_cases = periods.cases().iter().filter(|cases| !cases.is_empty()).count() as u64;
        (periods, with_cases)
    });
    let pooled_periods = periods.map(|(_, count)| count).filter(|count| *count > 1);
    if let (Some((periods, _)), Some(_)) = (periods, pooled_periods) {
        let weights: Vec<f64> = goods.iter().zip(&bads).map(|(good, bad)| good + bad).collect();
        score = relative_ranks(&score, &weights, &periods.codes).into_iter().map(|rank| -rank).collect();
    }
    let groups = sample.groups.as_ref().map(|groups| groups.codes.as_slice());
    let scores = Scores { score: &score, goods: &goods, bads: &bads, groups };
    let distribution = Distribution::new(scores);
    let totals = distribution.totals();
    let (auc, variance) = auc_variance(scores, &distribution).ok_or_else(|| one_class(totals.0, totals.1))?;
    Ok(Current { auc, variance, totals, pooled_periods, without_grade })
}

/// The test of the AUC; of outcomes that are ratios a stated initial figure is the generalised AUC's.
pub(super) fn auc_against_initial(subject: &Subject<'_>) -> Result<AucAgainstInitial, Message> {
    let Subject { sample, roles, reference, options, .. } = *subject;
    let stated = options.initial_auc.filter(|_| sample.scores().are_whole());
    let has_grade = roles.grade.is_some()
        && (stated.is_some() || reference.is_some_and(|reference| reference.roles.grade.is_some()));
    let on = if has_grade { On::Grade } else { On::Score };
    let (initial, initial_from) = match (stated, reference) {
        (Some(stated), _) => (stated, InitialFrom::Stated),
        (None, Some(reference)) => {
            let initial = current(&reference.sample, &reference.roles, on)
                .map_err(|reason| Message::new("no AUC of the reference: {0}").with_words(reason))?;
            (initial.auc, InitialFrom::Reference)
        }
        (None, None) => return Err("there is no AUC from the time of development to compare with".into()),
    };
    let current = current(sample, roles, on)?;
    let variance =
        current.variance.ok_or("the variance of the AUC needs two goods and two bads, or two groups that hold each")?;
    let is_grade = on == On::Grade;
    Ok(AucAgainstInitial {
        test: against_initial(initial, current.auc, variance.sqrt())?,
        on,
        initial_from,
        goods: current.totals.0,
        bads: current.totals.1,
        pooled_periods: current.pooled_periods,
        grade_order_stated: is_grade.then_some(roles.grade_order_stated),
        without_grade: is_grade.then_some(current.without_grade),
    })
}

/// The generalised AUC of a sample: estimated ratios against realised ones, or score bands where there are no estimates.
pub(super) fn gauc_of(sample: &ScoredSample, bands: &Bands) -> Result<Gauc, Message> {
    let by_band = sample.pd.is_empty();
    let mut table = vec![vec![0.0; CLASSES]; if by_band { bands.bands.len() } else { CLASSES }];
    for case in 0..sample.score.len() {
        let (good, bad) = (sample.goods[case], sample.bads[case]);
        if good + bad > 0.0 {
            let row = if by_band {
                // Bands stand riskiest first, rows riskiest last.
                bands.bands.len() - 1 - band_of(&bands.bands, sample.score[case])
            } else {
                class_of(sample.pd[case])
            };
            table[row][class_of(bad / (good + bad))] += good + bad;
        }
    }
    gauc(&table, if by_band { GaucRows::ScoreBands } else { GaucRows::EstimatedSegments })
}

/// The test of the generalised AUC.
pub(super) fn gauc_against_initial(subject: &Subject<'_>) -> Result<GaucAgainstInitial, Message> {
    let (initial, initial_from) = match (subject.options.initial_auc, subject.reference) {
        (Some(stated), _) => (stated, InitialFrom::Stated),
        (None, Some(reference)) => {
            let initial = gauc_of(&reference.sample, subject.bands)
                .map_err(|reason| Message::new("no generalised AUC of the reference: {0}").with_words(reason))?;
            let value = initial.interval.value.ok_or("the reference has no generalised AUC")?;
            (value, InitialFrom::Reference)
        }
        (None, None) => {
            return Err("there is no generalised AUC from the time of development to compare with".into());
        }
    };
    let current = gauc_of(subject.sample, subject.bands)?;
    let value = current.interval.value.ok_or("there is no generalised AUC")?;
    Ok(GaucAgainstInitial { test: against_initial(initial, value, current.std_error)?, initial_from })
}
