//! Who was accepted: a logistic model of acceptance, and how far accepts and rejects overlap.

use ndarray::{Array1, Array2};

use super::document::{AcceptanceColumn, BeyondRange, Overlap, OverlapBand, RejectedBin};
use super::refit::{log_odds, refit};
use crate::binning::{Binning, BinningSpec, SampleOutcomes, bin_all};
use crate::cases::{Cases, FeatureColumn, FeatureValues, Outcomes};
use crate::config::{BinningSection, CardSpec, ColumnSettings};
use crate::error::Result;
use crate::logistic::{LogisticError, sigmoid};
use crate::progress::Progress;
use crate::ready_made;
use crate::validation::{Distribution, Scores, auc};

/// Features of less information value, accepts against rejects, do not enter the model of acceptance.
const LEAST_INFORMATION: f64 = 0.005;
/// Columns whose WOE correlate more than this are one.
const MOST_CORRELATION: f64 = 0.95;
/// A column of less information value is the same for all.
const LEAST: f64 = 1e-6;

/// The model of acceptance.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Its columns.
    pub columns: Vec<AcceptanceColumn>,
    /// Bins without any accept.
    pub rejected_bins: Vec<RejectedBin>,
    /// The features and the exclusion, binned on accepts against rejects, in the order of `columns`.
    pub binnings: Vec<Binning>,
    /// Probability of acceptance by case, of all cases; `None`: acceptance follows a rule.
    pub probability: std::result::Result<Vec<f64>, String>,
    /// AUC of the probability, accepts against rejects.
    pub auc: Option<f64>,
}

/// Fits acceptance on the columns `features` and `exclusion`, binned on accepts against rejects of the development
/// applicants `rows`. `accepted` and `weights` have one entry a case.
///
/// # Errors
/// Those of binning.
pub fn acceptance(
    spec: &CardSpec,
    cases: &Cases,
    rows: &[u32],
    accepted: &[bool],
    weights: &[f64],
    progress: &dyn Progress,
) -> Result<Acceptance> {
    let pick = |is: bool| -> Vec<f64> {
        weights.iter().zip(accepted).map(|(weight, accepted)| if *accepted == is { *weight } else { 0.0 }).collect()
    };
    let outcomes = Outcomes {
        goods: pick(true),
        bads: pick(false),
        weights: weights.to_vec(),
        plain: weights.iter().all(|weight| *weight == 1.0),
    };
    let columns: Vec<FeatureColumn> = cases.features.iter().chain(&cases.exclusion).cloned().collect();
    // The card's own rules are about the outcome; of its columns only special values are kept.
    let section = BinningSection::default();
    let default = ColumnSettings::default();
    let settings: Vec<ColumnSettings> = columns
        .iter()
        .map(|column| ColumnSettings {
            special: ready_made::settings(&spec.features.columns, &column.name, &default).special.clone(),
            ..ColumnSettings::default()
        })
        .collect();
    let setting = |name: &str| columns.iter().position(|c| c.name == name).map_or(&default, |at| &settings[at]);
    progress.begin("modelling acceptance", columns.len());
    let sample = SampleOutcomes::new(&outcomes, rows);
    let binnings = bin_all(
        &columns,
        &sample,
        None,
        |column| BinningSpec::new(&section, setting(&column.name)),
        || {
            progress.advance();
            progress.check()
        },
    )?;
    let features = cases.features.len();
    let mut all: Vec<AcceptanceColumn> = binnings
        .iter()
        .enumerate()
        .map(|(position, binning)| AcceptanceColumn {
            name: binning.name.clone(),
            exclusion: position >= features,
            information_value: binning.table.information_value,
            coefficient: None,
            std_error: None,
            left_out: String::new(),
        })
        .collect();
    let mut chosen = tell_apart(&binnings, &mut all, rows);
    let goods: Vec<f64> = rows.iter().map(|row| outcomes.goods[*row as usize]).collect();
    let bads: Vec<f64> = rows.iter().map(|row| outcomes.bads[*row as usize]).collect();
    let mut woe = matrix(&binnings, &chosen, rows);
    if chosen.is_empty() {
        let (accepts, rejects): (f64, f64) = (goods.iter().sum(), bads.iter().sum());
        let probability = Ok(vec![accepts / (accepts + rejects); cases.len()]);
        return Ok(Acceptance { columns: all, rejected_bins: Vec::new(), binnings, probability, auc: Some(0.5) });
    }
    let fitted = loop {
        match refit(woe.view(), &goods, &bads, 0.0, outcomes.plain, None) {
            Err(LogisticError::Collinear { column, .. }) => {
                all[chosen.remove(column)].left_out = "other columns determine it".to_owned();
                woe = matrix(&binnings, &chosen, rows);
            }
            other => break other,
        }
    };
    let rejected_bins = rejected_bins(&binnings);
    let (probability, auc) = match fitted {
        Ok(fit) => {
            for (place, position) in chosen.iter().enumerate() {
                all[*position].coefficient = Some(fit.coefficients[place + 1]);
                all[*position].std_error = Some(fit.standard_errors[place + 1]);
            }
            let everybody: Vec<u32> = (0..cases.len() as u32).collect();
            let eta = log_odds(matrix(&binnings, &chosen, &everybody).view(), &fit.coefficients);
            let of_rows: Vec<f64> = rows.iter().map(|row| eta[*row as usize]).collect();
            let scores = Scores { score: &of_rows, goods: &goods, bads: &bads, groups: None };
            let auc = auc::auc(scores, &Distribution::new(scores)).value;
            (Ok(eta.into_iter().map(sigmoid).collect()), auc)
        }
        Err(LogisticError::Separated { column, complete, .. }) => {
            let name = chosen.get(column).map_or("?", |position| binnings[*position].name.as_str());
            let fault = match complete {
                true => format!(
                    "acceptance follows a rule: {name:?}, alone or with others, tells every accept from every reject, so no reject has an accept like it (no overlap)"
                ),
                false => format!(
                    "acceptance follows a rule in part: {name:?}, alone or with others, tells some applicants' decision for certain, so the model of acceptance has no finite estimate (no overlap there)"
                ),
            };
            (Err(fault), None)
        }
        Err(error) => (Err(format!("the model of acceptance cannot be fitted: {error}")), None),
    };
    Ok(Acceptance { columns: all, rejected_bins, binnings, probability, auc })
}

/// Positions of the features that tell accepts from rejects, without those that nearly repeat a better one. The exclusion
/// is none of them: weights that follow what has nothing to do with the outcome make whatever bias there is greater
/// (Bhattacharya and Vogt 2007; Pearl 2010).
fn tell_apart(binnings: &[Binning], columns: &mut [AcceptanceColumn], rows: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..binnings.len()).collect();
    order.sort_by(|a, b| columns[*b].information_value.total_cmp(&columns[*a].information_value).then(a.cmp(b)));
    order.retain(|position| {
        let column = &mut columns[*position];
        if column.exclusion {
            column.left_out = "declared as exclusion: in the probit alone".to_owned();
            return false;
        }
        let is_enough = column.information_value >= LEAST_INFORMATION;
        if !is_enough {
            column.left_out = "accepts and rejects hardly differ in it".to_owned();
        }
        is_enough
    });
    without_twins(binnings, &order, rows, MOST_CORRELATION, |position, twin| {
        columns[position].left_out = format!("goes along with {}", binnings[twin].name);
    })
}

/// The columns `order`, without those that correlate more than `most` with one before them; in rising order.
fn without_twins(
    binnings: &[Binning],
    order: &[usize],
    rows: &[u32],
    most: f64,
    mut left_out: impl FnMut(usize, usize),
) -> Vec<usize> {
    let mut kept: Vec<(usize, Array1<f64>)> = Vec::new();
    for position in order {
        let mut values = matrix(binnings, &[*position], rows).column(0).to_owned();
        values -= values.mean().unwrap_or(0.0);
        values /= values.dot(&values).sqrt();
        match kept.iter().find(|(_, other)| other.dot(&values).abs() > most) {
            Some((twin, _)) => left_out(*position, *twin),
            None => kept.push((*position, values)),
        }
    }
    let mut chosen: Vec<usize> = kept.into_iter().map(|(position, _)| position).collect();
    chosen.sort_unstable();
    chosen
}

impl Acceptance {
    /// Positions of the columns of the probit's acceptance equation: the card's `features` and the declared exclusion.
    /// A column that the card does not use would be an exclusion that nobody declared; what it does to acceptance
    /// belongs to the errors, which may then correlate.
    pub fn of_probit(&self, features: &[&str], rows: &[u32]) -> Vec<usize> {
        let is_in = |column: &AcceptanceColumn| {
            (column.exclusion || features.contains(&column.name.as_str())) && column.information_value >= LEAST
        };
        let order: Vec<usize> = (0..self.columns.len()).filter(|position| is_in(&self.columns[*position])).collect();
        without_twins(&self.binnings, &order, rows, 0.9999, |_, _| {})
    }

    /// WOE of columns by case of `rows`.
    pub fn woe(&self, columns: &[usize], rows: &[u32]) -> Array2<f64> {
        matrix(&self.binnings, columns, rows)
    }
}

/// WOE of binnings by case; a value that development never saw has 0.
fn matrix(binnings: &[Binning], chosen: &[usize], rows: &[u32]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), chosen.len()), |(row, column)| {
        let binning = &binnings[chosen[column]];
        let code = usize::from(binning.codes[rows[row] as usize]);
        binning.table.rows.get(code).map_or(0.0, |row| row.woe)
    })
}

fn rejected_bins(binnings: &[Binning]) -> Vec<RejectedBin> {
    let bins = binnings.iter().flat_map(|binning| {
        binning.bins.iter().zip(&binning.table.rows).filter(|(_, row)| row.goods == 0.0 && row.bads > 0.0).map(
            |((label, _), row)| RejectedBin { column: binning.name.clone(), bin: label.clone(), rejects: row.bads },
        )
    });
    bins.collect()
}

/// How far the probabilities of accepts and rejects overlap; `floor`: below it a reject is beyond what accepts tell.
/// All slices have one entry an applicant.
pub fn overlap(probability: &[f64], accepted: &[bool], weights: &[f64], floor: f64) -> Overlap {
    let lowest =
        probability.iter().zip(accepted).filter(|(_, accepted)| **accepted).fold(1.0, |low: f64, (p, _)| low.min(*p));
    let mut bands: Vec<OverlapBand> =
        (0..10).map(|band| OverlapBand { from: f64::from(band) / 10.0, accepts: 0.0, rejects: 0.0 }).collect();
    let (mut rejects, mut below_floor, mut below_accepts) = (0.0, 0.0, 0.0);
    for ((p, accepted), weight) in probability.iter().zip(accepted).zip(weights) {
        let band = &mut bands[((p * 10.0) as usize).min(9)];
        if *accepted {
            band.accepts += weight;
        } else {
            band.rejects += weight;
            rejects += weight;
            below_floor += if *p < floor { *weight } else { 0.0 };
            below_accepts += if *p < lowest { *weight } else { 0.0 };
        }
    }
    Overlap {
        floor,
        rejects_below_floor: below_floor / rejects,
        lowest_of_accepts: lowest,
        rejects_below_accepts: below_accepts / rejects,
        bands,
    }
}

/// A number with six digits that count.
fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Features of which rejects have values that accepts of development never have; those with any.
pub fn beyond_range(columns: &[&FeatureColumn], accepts: &[u32], rejects: &[u32]) -> Vec<BeyondRange> {
    let of = |column: &FeatureColumn| {
        let (count, missing, range) = match &column.values {
            FeatureValues::Numeric(values) => {
                let seen = || accepts.iter().map(|row| values[*row as usize]).filter(|value| !value.is_nan());
                let (low, high) = (seen().fold(f64::INFINITY, f64::min), seen().fold(f64::NEG_INFINITY, f64::max));
                let no_missing = accepts.iter().all(|row| !values[*row as usize].is_nan());
                let missing = rejects.iter().filter(|row| no_missing && values[**row as usize].is_nan()).count();
                let outside = rejects.iter().map(|row| values[*row as usize]).filter(|v| *v < low || *v > high).count();
                (outside, missing, format!("{} to {}", short(low), short(high)))
            }
            FeatureValues::Categorical(values) => {
                let mut seen = vec![false; values.levels.len() + 1];
                let place = |row: &u32| (values.codes[*row as usize] as usize).min(values.levels.len());
                accepts.iter().for_each(|row| seen[place(row)] = true);
                let unseen = rejects.iter().map(place).filter(|place| !seen[*place]);
                let missing = unseen.clone().filter(|place| *place == values.levels.len()).count();
                let known = seen[..values.levels.len()].iter().filter(|seen| **seen).count();
                (unseen.count() - missing, missing, format!("{known} categories"))
            }
        };
        let share = |count: usize| count as f64 / rejects.len() as f64;
        BeyondRange { feature: column.name.clone(), accepts: range, outside: share(count), missing: share(missing) }
    };
    columns.iter().map(|column| of(column)).filter(|beyond| beyond.outside + beyond.missing > 0.0).collect()
}
