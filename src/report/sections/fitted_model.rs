//! The model as it was fitted: coefficients with intervals, what is known of the fit, over time and in resamples.

use super::{Context, digits};
use crate::config::{Intervals, SignConstraint};
use crate::error::Result;
use crate::evidence::{CoefficientEvidence, FeatureOverTime, ModelEvidence, SecondSolverEvidence};
use crate::logistic::StandardErrors;
use crate::report::charts::{Estimate, course_strip, interval_strip, shared_range};
use crate::report::document::{Block, Cell, Column, Section, Table};
use crate::report::template::{count, p_value, plain};
use crate::validation::Interval;
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let Some(model) = &context.evidence.model else { return Ok(None) };
    let fitted = model.log_likelihood.is_some();
    let mut blocks = vec![Block::Text("ln(odds good:bad) = intercept + sum of coefficient × weight of evidence. With this sign every coefficient should be positive.".into())];
    blocks.push(Block::Table(coefficients(model)?));
    if fitted {
        blocks.push(Block::Facts(facts(model)));
        blocks.push(Block::Note("VIF: ordinary least squares on the weights of evidence, weighted as the fit. Condition number: columns and intercept at unit length; above 30 is taken as collinear (Belsley, Kuh and Welsch 1980).".into()));
    }
    blocks.extend(linearity(model));
    blocks.extend(over_time(model)?);
    blocks.extend(bootstrap(model));
    blocks.extend(influence(model));
    Ok(Some(Section { id: "model", heading: "Model".into(), blocks }))
}

fn estimate(row: &CoefficientEvidence) -> Estimate {
    Estimate { value: row.estimate, interval: row.low.zip(row.high) }
}

/// The columns of a table of coefficients.
pub(super) fn coefficient_columns() -> Vec<Column> {
    vec![
        Column::new("name", "Name"),
        Column::new("estimate", "Estimate"),
        Column::new("std_error", "Std. error"),
        Column::new("z", "z"),
        Column::new("p_value", "p"),
        Column::new("low", "95% low"),
        Column::new("high", "95% high"),
        Column::new("vif", "VIF"),
    ]
}

/// The entries of [`coefficient_columns`].
pub(super) fn coefficient_cells(row: &CoefficientEvidence) -> Vec<Cell> {
    vec![
        Cell::text(&row.name),
        Cell::Number(row.estimate, 4),
        Cell::number(row.std_error, 4),
        Cell::number(row.z, 2),
        Cell::p_value(row.p_value),
        Cell::number(row.low, 4),
        Cell::number(row.high, 4),
        Cell::number(row.vif, 2),
    ]
}

fn coefficients(model: &ModelEvidence) -> Result<Table> {
    let mut columns = coefficient_columns();
    let mut rows: Vec<Vec<Cell>> = model.coefficients.iter().map(coefficient_cells).collect();
    if model.coefficients.iter().any(|row| row.low.is_some()) {
        // The intercept lies on a scale of its own.
        let range = shared_range(model.coefficients.iter().skip(1).map(estimate));
        columns.push(Column::new("picture", "0 and the interval"));
        for (place, (row, cells)) in model.coefficients.iter().zip(&mut rows).enumerate() {
            let description = format!("coefficient of {} with its interval", row.name);
            cells.push(match place {
                0 => Cell::Strip(String::new()),
                _ => Cell::Strip(interval_strip(&description, estimate(row), range)?),
            });
        }
    }
    let caption = match model.intervals {
        Some(Intervals::Profile) => "Coefficients with their 95% intervals (profile likelihood)",
        Some(Intervals::Wald) => "Coefficients with their 95% intervals (Wald)",
        None => "Coefficients as the scorecard states them",
    };
    Ok(Table { name: "coefficients".to_owned(), caption: caption.into(), columns, rows, files_only: false })
}

/// What is known of the fit.
fn facts(model: &ModelEvidence) -> Vec<(Message, Cell)> {
    let number = |value: Option<f64>, decimals: usize| Cell::number(value, decimals);
    let likelihood = match (model.l2.filter(|l2| *l2 > 0.0), model.firth) {
        (Some(l2), _) => {
            Message::new("likelihood penalised by {0} / 2 × the sum of squared coefficients").with(plain(l2))
        }
        (None, Some(true)) => "Firth's penalised likelihood, ln L + ½ ln |information|".into(),
        _ => "maximum likelihood".into(),
    };
    let constraint = match model.sign_constraint {
        Some(SignConstraint::Constrained) => "no coefficient below 0",
        Some(SignConstraint::Drop) => "features with a coefficient below 0 leave",
        _ => "signs are free",
    };
    let errors = match model.standard_errors {
        Some(StandardErrors::Clustered) => {
            Message::new("sandwich, clustered by {0} groups").with(count(model.clusters.unwrap_or(0) as f64))
        }
        Some(StandardErrors::Robust) => "sandwich (HC0), clustered by case".into(),
        _ => "model-based".into(),
    };
    let second = match &model.second_solver {
        SecondSolverEvidence::Compared(agreement) => {
            let rows = match agreement.subsample {
                true => Message::new("{0} rows, a seeded subsample").with(count(agreement.rows as f64)),
                false => Message::new("{0} rows").with(count(agreement.rows as f64)),
            };
            Message::new("{0}, {1}: coefficients agree within {2}")
                .with(agreement.solver)
                .with_words(rows)
                .with(format!("{:.1e}", agreement.largest_difference))
        }
        SecondSolverEvidence::NotApplicable { not_applicable } => {
            Message::new("not applicable: {0}").with_words(Message::of_english(not_applicable))
        }
    };
    let mut facts: Vec<(Message, Cell)> = vec![
        ("Estimation".into(), Cell::Words(Message::new("{0}; {1}").with_words(likelihood).with_words(constraint))),
        (
            "Newton's method".into(),
            Cell::Words(
                Message::new("{0} iterations, largest gradient {1}")
                    .with(model.iterations.unwrap_or(0))
                    .with(model.gradient.map_or("–".to_owned(), |gradient| format!("{gradient:.1e}"))),
            ),
        ),
        ("Log likelihood".into(), number(model.log_likelihood, 3)),
        ("Log likelihood of the constant alone".into(), number(model.null_log_likelihood, 3)),
        ("AIC".into(), number(model.aic, 2)),
        ("BIC".into(), number(model.bic, 2)),
        ("Pseudo-R² (McFadden)".into(), number(model.mcfadden, 4)),
        ("Pseudo-R² (Nagelkerke)".into(), number(model.nagelkerke, 4)),
    ];
    if let Some(test) = &model.likelihood_ratio {
        let words = Message::new("{0} on {1} degrees of freedom, p {2}")
            .with(digits(Some(test.statistic), 2))
            .with(test.degrees_of_freedom)
            .with(p_value(test.p_value));
        facts.push(("Likelihood-ratio test against the constant alone".into(), Cell::Words(words)));
    }
    facts.push(("Standard errors".into(), Cell::Words(errors)));
    facts.push(("Cases of the rarer class a feature".into(), number(model.rarer_class_per_feature, 1)));
    facts.push(("Condition number".into(), number(model.condition_number, 2)));
    facts.push(("Second solver".into(), Cell::Words(second)));
    if let Some(prior) = &model.prior {
        let words = Message::new("the intercept has been moved by {0} to the population's bad rate of {1}%; its standard error is that of the fit")
            .with(digits(Some(prior.intercept_shift), 4))
            .with(digits(Some(prior.population_bad_rate * 100.0), 2));
        facts.push(("Population's bad rate".into(), Cell::Words(words)));
    }
    facts
}

fn linearity(model: &ModelEvidence) -> Vec<Block> {
    if model.linearity.is_empty() {
        return Vec::new();
    }
    let rows = model.linearity.iter().map(|(name, row)| {
        vec![
            Cell::text(name),
            Cell::Number(row.curvature, 2),
            Cell::PValue(row.curvature_p),
            Cell::Number(row.bins, 2),
            Cell::Count(row.bins_degrees_of_freedom as f64),
            Cell::PValue(row.bins_p),
        ]
    });
    let table = Table {
        name: "linearity".to_owned(),
        caption: "Are the log odds linear in each feature's weight of evidence, beside the other features?".into(),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("curvature", "Curvature (1 df)"),
            Column::new("curvature_p_value", "p"),
            Column::new("bins", "Bins of their own"),
            Column::new("degrees_of_freedom", "df"),
            Column::new("bins_p_value", "p"),
        ],
        rows: rows.collect(),
        files_only: false,
    };
    let note = "Score tests: of WOE² beside WOE (in the sense of Box and Tidwell), and of an effect of its own for every bin. A small p says that one coefficient is too simple for the feature beside the others: look at its bins, or at a pair with another feature. With so many tests, about one in twenty falls below 0.05 by chance.";
    vec![Block::Table(table), Block::Note(note.into())]
}

/// A feature's estimates by slice.
fn estimates(feature: &FeatureOverTime) -> Vec<Option<Estimate>> {
    let pairs = feature.estimates.iter().zip(&feature.std_errors);
    pairs
        .map(|(value, error)| {
            let value = (*value)?;
            let interval = error.map(|error| (value - 1.96 * error, value + 1.96 * error));
            Some(Estimate { value, interval })
        })
        .collect()
}

fn over_time(model: &ModelEvidence) -> Result<Vec<Block>> {
    let Some(over_time) = &model.over_time else { return Ok(Vec::new()) };
    let mut columns = vec![Column::new("feature", "Feature"), Column::new("picture", "Course")];
    for (place, slice) in over_time.slices.iter().enumerate() {
        let heading = Message::new("{0}: {1} bads of {2}")
            .with(&slice.name)
            .with(count(slice.bads))
            .with(count(slice.cases as f64));
        columns.push(Column::new(format!("slice_{}", place + 1), heading));
    }
    columns.push(Column::new("heterogeneity", "Q"));
    columns.push(Column::new("p_value", "p"));
    let mut rows = Vec::new();
    for feature in &over_time.features {
        let description = format!("coefficient of {} by slice of time", feature.name);
        let known = estimates(feature);
        let range = shared_range(known.iter().copied().flatten());
        let mut row = vec![Cell::text(&feature.name), Cell::Strip(course_strip(&description, &known, range)?)];
        row.extend(known.iter().map(|one| match one {
            None => Cell::Nothing,
            Some(one) => Cell::Interval(
                Interval {
                    value: Some(one.value),
                    low: one.interval.map(|ends| ends.0),
                    high: one.interval.map(|ends| ends.1),
                },
                3,
            ),
        }));
        row.push(Cell::number(feature.heterogeneity, 2));
        row.push(Cell::p_value(feature.p_value));
        rows.push(row);
    }
    let table = Table {
        name: "coefficients_over_time".to_owned(),
        caption: "The same features fitted in slices of time, without any constraint".into(),
        columns,
        rows,
        files_only: false,
    };
    let note = Message::new("Dots are estimates, bars their Wald 95% intervals, each feature on a scale of its own with a line at 0. Q (Cochran): whether the slices differ by more than chance, {0} degrees of freedom.")
        .with(over_time.slices.len().saturating_sub(1));
    let mut blocks = vec![Block::Table(table), Block::Note(note)];
    for slice in &over_time.slices {
        if let Some(reason) = &slice.not_fitted {
            blocks.push(Block::Note(
                Message::new("{0} has no fit: {1}").with(&slice.name).with_words(Message::of_english(reason)),
            ));
        }
    }
    Ok(blocks)
}

fn bootstrap(model: &ModelEvidence) -> Vec<Block> {
    let Some(bootstrap) = &model.bootstrap else { return Vec::new() };
    let rows = bootstrap.features.iter().map(|row| {
        vec![
            Cell::text(&row.name),
            Cell::Flag(row.selected),
            Cell::Share(row.chosen),
            Cell::share(row.positive),
            Cell::number(row.low, 3),
            Cell::number(row.high, 3),
        ]
    });
    let table = Table {
        name: "bootstrap".to_owned(),
        caption: Message::new("Selection and signs in {0} resamples of the development cases")
            .with(count(f64::from(bootstrap.resamples))),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("selected", "In the card"),
            Column::new("chosen", "Chosen in"),
            Column::new("positive", "Coefficient positive in"),
            Column::new("low", "2.5%"),
            Column::new("high", "97.5%"),
        ],
        rows: rows.collect(),
        files_only: false,
    };
    let note = "Cases (whole groups where there are groups) drawn with replacement. Bins, WOE and the rules that go by them alone (information value, order, stability) stay; correlation, variance inflation, the search and the fit are made again: the shares are those of the search, and flatter what passed the rules by a hair. Signs and quantiles are those of the card's features fitted without any constraint.";
    let mut blocks = vec![Block::Table(table), Block::Note(note.into())];
    if let Some(reason) = &bootstrap.first_failure {
        let words = Message::new("{0} resamples gave no fit; the first because {1}.");
        blocks.push(Block::Note(words.with(bootstrap.failed).with_words(Message::of_english(reason))));
    }
    blocks
}

fn influence(model: &ModelEvidence) -> Option<Block> {
    let rows = model.influence.iter().map(|row| {
        vec![
            Cell::text(&row.case),
            Cell::text(&row.coefficient),
            Cell::Number(row.dfbetas, 3),
            Cell::Number(row.leverage, 5),
            Cell::Share(row.pd),
            Cell::Plain(row.goodness),
        ]
    });
    let table = Table {
        name: "influence".to_owned(),
        caption: "The cases that move a coefficient most, with what they move".into(),
        columns: vec![
            Column::new("case", "Case"),
            Column::new("coefficient", "Coefficient"),
            Column::new("dfbetas", "DFBETAS"),
            Column::new("leverage", "Leverage"),
            Column::new("pd", "Fitted PD"),
            Column::new("goodness", "Goodness"),
        ],
        rows: rows.collect(),
        files_only: false,
    };
    let note =
        "DFBETAS: how far the coefficient would move without the case, in standard errors (one step, Pregibon 1981).";
    (!model.influence.is_empty()).then(|| {
        Block::Details("Cases that move a coefficient most".into(), vec![Block::Table(table), Block::Note(note.into())])
    })
}

/// A difference in a sentence of a table.
pub(super) fn interval_of(difference: &crate::validation::Difference) -> Interval {
    Interval { value: difference.value, low: difference.low, high: difference.high }
}
