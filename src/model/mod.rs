//! The final fit of the selected features: solver, inference, and the second solver beside it.

mod bootstrap;
mod over_time;
mod prior;

pub use bootstrap::bootstrap;
pub use prior::prior;

use std::collections::BTreeMap;

use linfa::ParamGuard;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::{CardSpec, Intervals, SignConstraint, Solver};
use crate::error::{Error, Result};
use crate::evidence::{
    CoefficientEvidence, InfluenceEvidence, LikelihoodRatio, ModelEvidence, PriorEvidence, SecondSolverEvidence,
};
use crate::logistic::{
    CodedRecords, FittedLogistic, Inference, LogisticError, LogisticParams, LogisticValidParams, StandardErrors,
    agreement, condition_number, infer, largest_influence, linearity, linfa_start, matrix, profile_intervals,
    variance_inflation,
};
use crate::selection::{Design, fit_error};

/// How many of the cases that move a coefficient most are named.
const MOST_INFLUENTIAL: usize = 10;

/// The fitted model with its evidence.
#[derive(Debug, Clone)]
pub struct Model {
    /// The fit; its columns are the selected features in their order.
    pub fit: FittedLogistic,
    /// Its figures.
    pub evidence: ModelEvidence,
}

impl Model {
    /// Puts the population's bad rate in place of that of the cases as drawn.
    pub fn move_intercept(&mut self, prior: &PriorEvidence) {
        self.fit.intercept += prior.intercept_shift;
        for coefficient in self.evidence.coefficients.iter_mut().take(1) {
            coefficient.estimate += prior.intercept_shift;
            coefficient.low = coefficient.low.map(|low| low + prior.intercept_shift);
            coefficient.high = coefficient.high.map(|high| high + prior.intercept_shift);
            // A test against 0 would be one of the rate at which cases were drawn.
            (coefficient.z, coefficient.p_value) = (None, None);
        }
        for case in &mut self.evidence.influence {
            let odds = (1.0 - case.pd) / case.pd * prior.intercept_shift.exp();
            case.pd = 1.0 / (1.0 + odds);
        }
        self.evidence.prior = Some(*prior);
    }
}

/// Fits the features at the positions `selected` on the development sample; the estimates are its only figures so far.
///
/// # Errors
/// Those of the fit, in terms of features; [`crate::error::ErrorKind::Configuration`] where linfa-logistic is asked
/// to fit weighted or fractional outcomes.
pub fn fit(
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    development: &[u32],
    spec: &CardSpec,
) -> Result<Model> {
    let features: Vec<&Binning> = selected.iter().map(|feature| &binnings[*feature]).collect();
    let explain = |error| fit_error(error, &features);
    let design = Design::new(binnings, selected, &cases.outcomes, development).map_err(explain)?;
    let rows = design.all();
    let params = params(spec, &design, &rows)?.check().map_err(explain)?;
    let fit = params.fit_rows(&rows, &design.outcomes).map_err(explain)?;
    let names = std::iter::once("intercept").chain(features.iter().map(|feature| feature.name.as_str()));
    let coefficients = names.zip(fit.beta()).map(|(name, beta)| CoefficientEvidence::estimate(name, beta)).collect();
    Ok(Model { fit, evidence: ModelEvidence { coefficients, converged: true, ..ModelEvidence::default() } })
}

/// Everything that is known about a fit, on the cases that it was made on: errors, intervals, tests, influence, slices of
/// time, the second solver.
///
/// # Errors
/// Those of inference; [`crate::error::ErrorKind::Configuration`] for a profile likelihood that there is not.
pub fn examine(
    model: &mut Model,
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    development: &[u32],
    spec: &CardSpec,
) -> Result<()> {
    let features: Vec<&Binning> = selected.iter().map(|feature| &binnings[*feature]).collect();
    let explain = |error| fit_error(error, &features);
    let design = Design::new(binnings, selected, &cases.outcomes, development).map_err(explain)?;
    let rows = design.all();
    let groups = design.groups(cases);
    let method = match (&groups, design.outcomes.is_plain()) {
        (Some(_), _) => StandardErrors::Clustered,
        (None, true) => StandardErrors::ModelBased,
        (None, false) => StandardErrors::Robust,
    };
    let params = LogisticParams::new().l2(spec.fit.l2).firth(spec.fit.firth).check().map_err(explain)?;
    let fit = &model.fit;
    let inference = infer(fit, &rows, &design.outcomes, method, groups.as_deref()).map_err(explain)?;
    let fitted = Fitted { spec, features: &features, design: &design, rows: &rows, fit, inference: &inference };
    let mut evidence = fitted.evidence(&params, cases).map_err(|failure| match failure {
        Failure::Fit(error) => explain(error),
        Failure::Told(error) => error,
    })?;
    evidence.over_time = over_time::over_time(binnings, selected, cases, development, method)?;
    model.evidence = evidence;
    Ok(())
}

/// What the card asks of the fit.
fn params(spec: &CardSpec, design: &Design, rows: &CodedRecords<'_>) -> Result<LogisticParams> {
    let params = LogisticParams::new()
        .l2(spec.fit.l2)
        .firth(spec.fit.firth)
        .non_negative(spec.fit.sign_constraint == SignConstraint::Constrained);
    if spec.fit.solver == Solver::Newton {
        return Ok(params);
    }
    if !design.outcomes.is_plain() {
        return Err(spec
            .source
            .error(
                &["fit", "solver"],
                "linfa-logistic takes neither weights nor ratios, but this card's outcome has them",
            )
            .help("leave solver out, or write solver = \"newton\""));
    }
    let start = linfa_start(matrix(rows).view(), design.outcomes.matrix().view(), spec.fit.l2);
    let start = start.map_err(|error| fit_error(error, &[]))?;
    // Newton's method polishes it under the constraint.
    let is_constrained = spec.fit.sign_constraint == SignConstraint::Constrained;
    let allowed = |(place, b): (usize, f64)| if is_constrained && place > 0 { b.max(0.0) } else { b };
    Ok(params.start(start.into_iter().enumerate().map(allowed).collect()))
}

/// Why there is no evidence.
enum Failure {
    /// In terms of columns.
    Fit(LogisticError),
    /// In terms of the card.
    Told(Error),
}

impl From<LogisticError> for Failure {
    fn from(error: LogisticError) -> Self {
        Failure::Fit(error)
    }
}

/// A fit with what it is of.
struct Fitted<'a> {
    spec: &'a CardSpec,
    features: &'a [&'a Binning],
    design: &'a Design,
    rows: &'a CodedRecords<'a>,
    fit: &'a FittedLogistic,
    inference: &'a Inference,
}

impl Fitted<'_> {
    /// The columns that no constraint holds at 0.
    fn free(&self) -> Vec<usize> {
        (0..self.features.len()).filter(|column| !self.fit.bound[*column]).collect()
    }

    fn name(&self, place: usize) -> String {
        place.checked_sub(1).map_or("intercept", |column| &self.features[column].name).to_owned()
    }

    fn evidence(&self, params: &LogisticValidParams, cases: &Cases) -> std::result::Result<ModelEvidence, Failure> {
        let Fitted { spec, design, rows, fit, inference, .. } = self;
        let outcomes = &design.outcomes;
        let (goods, bads) = outcomes.cases();
        let free = self.free();
        // Likelihood-ratio and score tests need a likelihood: plain outcomes of cases that are independent.
        let has_likelihood = inference.method == StandardErrors::ModelBased;
        let is_penalised = spec.fit.l2 > 0.0 || spec.fit.firth;
        let influence = largest_influence(fit, *rows, outcomes, MOST_INFLUENTIAL)?;
        Ok(ModelEvidence {
            coefficients: self.coefficients(params)?,
            l2: Some(spec.fit.l2),
            firth: Some(spec.fit.firth),
            sign_constraint: Some(spec.fit.sign_constraint),
            log_likelihood: Some(fit.log_likelihood),
            null_log_likelihood: Some(fit.null_log_likelihood),
            aic: Some(inference.aic),
            bic: Some(inference.bic),
            mcfadden: Some(inference.mcfadden),
            nagelkerke: Some(inference.nagelkerke),
            likelihood_ratio: (has_likelihood && !is_penalised).then_some(LikelihoodRatio {
                statistic: inference.likelihood_ratio,
                degrees_of_freedom: inference.degrees_of_freedom,
                p_value: inference.likelihood_ratio_p,
            }),
            converged: true,
            iterations: Some(fit.iterations),
            gradient: Some(fit.gradient),
            standard_errors: Some(inference.method),
            intervals: Some(spec.fit.intervals),
            clusters: inference.clusters,
            condition_number: condition_number(&rows.select(&free), outcomes).ok(),
            rarer_class_per_feature: Some(goods.min(bads) as f64 / free.len().max(1) as f64),
            linearity: match has_likelihood && !is_penalised {
                true => self.linearity(),
                false => BTreeMap::new(),
            },
            influence: influence
                .into_iter()
                .map(|row| InfluenceEvidence {
                    case: cases.id(design.rows[row.row] as usize),
                    coefficient: self.name(row.coefficient),
                    dfbetas: row.dfbetas,
                    leverage: row.leverage,
                    pd: 1.0 - row.probability,
                    goodness: outcomes.goodness(row.row),
                })
                .collect(),
            second_solver: self.second_solver(),
            ..ModelEvidence::default()
        })
    }

    fn coefficients(&self, params: &LogisticValidParams) -> std::result::Result<Vec<CoefficientEvidence>, Failure> {
        let Fitted { spec, design, rows, fit, inference, .. } = self;
        // Of features that follow from others, which a penalty lets stand, there is none.
        let free = self.free();
        let inflation = variance_inflation(&rows.select(&free), &design.outcomes).ok();
        let vif = |column: usize| {
            let place = free.iter().position(|other| *other == column)?;
            inflation.as_ref().map(|inflation| inflation[place])
        };
        let intervals: Vec<(Option<f64>, Option<f64>)> = match (spec.fit.intervals, inference.method) {
            (Intervals::Wald, _) => {
                inference.intervals.iter().map(|interval| (interval.map(|i| i.0), interval.map(|i| i.1))).collect()
            }
            (Intervals::Profile, StandardErrors::ModelBased) => {
                let found = profile_intervals(fit, *rows, &design.outcomes, params)?;
                found.into_iter().map(Option::unwrap_or_default).collect()
            }
            (Intervals::Profile, _) => {
                return Err(Failure::Told(
                    spec.source
                        .error(
                            &["fit", "intervals"],
                            "profile likelihood needs a likelihood: plain outcomes of cases that are independent",
                        )
                        .help("leave intervals out, or write intervals = \"wald\": they use the sandwich standard errors that groups, weights and ratios need"),
                ));
            }
        };
        Ok((0..=self.features.len())
            .map(|place| CoefficientEvidence {
                name: self.name(place),
                estimate: if place == 0 { fit.intercept } else { fit.coefficients[place - 1] },
                std_error: inference.standard_errors[place],
                z: inference.z[place],
                p_value: inference.p_values[place],
                low: intervals[place].0,
                high: intervals[place].1,
                vif: place.checked_sub(1).and_then(vif),
            })
            .collect())
    }

    fn linearity(&self) -> BTreeMap<String, crate::logistic::Linearity> {
        let tests = linearity(self.fit, self.rows, &self.design.outcomes);
        let named = self.features.iter().zip(tests);
        named.filter_map(|(feature, test)| Some((feature.name.clone(), test?))).collect()
    }

    fn second_solver(&self) -> SecondSolverEvidence {
        let not_applicable = |why: &str| SecondSolverEvidence::NotApplicable { not_applicable: why.to_owned() };
        if !self.design.outcomes.is_plain() {
            return not_applicable("linfa-logistic takes neither weights nor ratios");
        }
        if self.spec.fit.firth {
            return not_applicable("linfa-logistic does not know Firth's penalty");
        }
        // A second opinion: where it has none, the fit stands, and the report says why.
        match agreement(self.fit, self.rows, &self.design.outcomes, self.spec.fit.l2, self.spec.seed) {
            Ok(agreement) => SecondSolverEvidence::Compared(agreement),
            Err(error) => not_applicable(&format!("it has no result on the cases that it was given: {error}")),
        }
    }
}
