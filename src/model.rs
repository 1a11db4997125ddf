//! The final fit of the selected features: solver, inference, and the second solver beside it.

use linfa::ParamGuard;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::{CardSpec, SignConstraint, Solver};
use crate::error::Result;
use crate::evidence::{CoefficientEvidence, ModelEvidence, SecondSolverEvidence};
use crate::logistic::{
    FittedLogistic, LogisticParams, StandardErrors, agreement, infer, linfa_start, matrix, variance_inflation,
};
use crate::selection::{Design, fit_error};

/// The fitted model with its evidence.
#[derive(Debug, Clone)]
pub struct Model {
    /// The fit; its columns are the selected features in their order.
    pub fit: FittedLogistic,
    /// Its figures.
    pub evidence: ModelEvidence,
}

/// Fits the features at the positions `selected` on the development sample.
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
    let (rows, outcomes) = (design.all(), &design.outcomes);
    let names: Vec<&str> = features.iter().map(|feature| feature.name.as_str()).collect();
    let plain = cases.outcomes.plain;
    let l2 = spec.fit.l2;
    let mut params = LogisticParams::new()
        .l2(l2)
        .firth(spec.fit.firth)
        .non_negative(spec.fit.sign_constraint == SignConstraint::Constrained);
    if spec.fit.solver == Solver::LinfaLogistic {
        if !plain {
            return Err(spec
                .source
                .error(
                    &["fit", "solver"],
                    "linfa-logistic takes neither weights nor ratios, but this card's outcome has them",
                )
                .help("leave solver out, or write solver = \"newton\""));
        }
        let start = linfa_start(matrix(&rows).view(), outcomes.matrix().view(), l2).map_err(explain)?;
        params = params.start(start);
    }
    let fit = params.check().and_then(|params| params.fit_rows(&rows, outcomes)).map_err(explain)?;
    let groups: Option<Vec<u32>> =
        cases.groups.as_ref().map(|groups| design.rows.iter().map(|row| groups.codes[*row as usize]).collect());
    let method = match (&groups, plain) {
        (Some(_), _) => StandardErrors::Clustered,
        (None, true) => StandardErrors::ModelBased,
        (None, false) => StandardErrors::Robust,
    };
    let inference = infer(&fit, &rows, outcomes, method, groups.as_deref()).map_err(explain)?;
    let vif = variance_inflation(&rows, outcomes).map_err(explain)?;
    let second_solver = match (plain, spec.fit.firth) {
        (true, false) => {
            SecondSolverEvidence::Compared(agreement(&fit, &rows, outcomes, l2, spec.seed).map_err(explain)?)
        }
        (false, _) => SecondSolverEvidence::NotApplicable {
            not_applicable: "linfa-logistic takes neither weights nor ratios".to_owned(),
        },
        (true, true) => SecondSolverEvidence::NotApplicable {
            not_applicable: "linfa-logistic does not know Firth's penalty".to_owned(),
        },
    };
    let estimates = std::iter::once(fit.intercept).chain(fit.coefficients.iter().copied());
    let coefficients = std::iter::once("intercept")
        .chain(names.iter().copied())
        .zip(estimates)
        .enumerate()
        .map(|(position, (name, estimate))| CoefficientEvidence {
            name: name.to_owned(),
            estimate,
            std_error: inference.standard_errors[position],
            z: inference.z[position],
            p_value: inference.p_values[position],
            vif: position.checked_sub(1).map(|column| vif[column]),
        })
        .collect();
    let evidence = ModelEvidence {
        coefficients,
        l2: Some(l2),
        log_likelihood: Some(fit.log_likelihood),
        null_log_likelihood: Some(fit.null_log_likelihood),
        aic: Some(inference.aic),
        bic: Some(inference.bic),
        converged: true,
        iterations: Some(fit.iterations),
        gradient: Some(fit.gradient),
        standard_errors: Some(inference.method),
        clusters: inference.clusters,
        second_solver,
    };
    Ok(Model { fit, evidence })
}
