//! The study of rejected applicants as a page and tables.

use std::path::Path;

use super::charts::palette::distinct;
use super::charts::{Along, ForestRow, Line, forest_chart, line_chart};
use super::rejects_tables as tables;
use super::study::{Picture, Section, Study, write_study};
use crate::error::Result;
use crate::rejects::methods::METHODS;
use crate::rejects::{MethodResult, RejectStudy};

/// Writes reject-inference.json, report.html and tables/*.csv.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_rejects(study: &RejectStudy, place: &Path) -> Result<()> {
    write_study(&page(study)?, "reject-inference", study, place)
}

/// Names of the distinct colours, in their order.
const COLOURS: [&str; 8] = ["blue", "vermilion", "green", "orange", "pink", "light blue", "black", "grey"];
/// More features than this are in the table alone.
const MOST_FORESTS: usize = 16;

fn page(study: &RejectStudy) -> Result<Study> {
    let rates = || study.methods.iter().map(|method| method.rejects_bad_rate);
    let (low, high) = (rates().fold(f64::INFINITY, f64::min), rates().fold(f64::NEG_INFINITY, f64::max));
    let summary = format!(
        "A study of sensitivity: what the card would be under {} assumptions about applicants whose outcome nobody saw. The expected bad rate of the rejects runs from {:.1}% to {:.1}% (accepts, observed: {:.1}%). The data cannot tell which is right{}. All methods keep the accepts-only bins and their weights of evidence, and refit the coefficients.",
        study.methods.len(),
        100.0 * low,
        100.0 * high,
        100.0 * study.applicants.accepts_bad_rate,
        if study.truth.is_some() {
            "; the truth, known here from outside, is held against them at the end"
        } else {
            ""
        },
    );
    let mut sections = vec![
        Section {
            heading: "Result".into(),
            text: vec![
                "Bad rate of applicants: accepts as observed, rejects as expected by the method. Approved and swapped: those with an outcome as observed, others as expected by the method. Swapped: against the decisions of the accepts-only model at its own cut-off.".into(),
                fuzzy_text(study),
            ]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
            tables: [vec![tables::result(study), tables::decisions(study)], tables::not_used(study)].concat(),
            charts: bad_rate_chart(study)?,
        },
        Section {
            heading: "Applicants".into(),
            tables: vec![tables::applicants(study)],
            ..Section::default()
        },
        Section {
            heading: "Methods".into(),
            text: vec!["What must hold for a method's figures to be right, what it computes, and where it comes from.".into()],
            tables: vec![tables::methods(&METHODS)],
            ..Section::default()
        },
        Section {
            heading: "Acceptance".into(),
            text: vec!["A logistic model of ln(odds accepted:rejected) on all common features, binned on accepts against rejects. It carries the weights of reweighting. The declared exclusion is not in it: weights that follow what has nothing to do with the outcome make whatever bias there is greater.".into()],
            tables: tables::acceptance(study),
            ..Section::default()
        },
        Section {
            heading: "Coefficients".into(),
            text: vec!["95% Wald intervals. The probit's coefficients are on another scale and stand in its own section.".into()],
            tables: vec![tables::coefficients(study)],
            charts: forests(study)?,
        },
        Section { heading: "Scores".into(), tables: vec![tables::scores(study), tables::psi(study)], ..Section::default() },
    ];
    if study.probit.is_some() {
        sections.push(Section {
            heading: "Probit with selection".into(),
            text: probit_text(study),
            tables: tables::probit(study),
            ..Section::default()
        });
    }
    if let Some(truth) = &study.truth {
        sections.push(Section {
            heading: "Truth".into(),
            text: vec![
                format!(
                    "{} rejects have a known outcome ({}), {} have none. Their true bad rate is {:.2}%.",
                    truth.rejects,
                    truth.file,
                    truth.unknown,
                    100.0 * truth.bad_rate
                ),
                nearest(study),
            ],
            tables: tables::truth(study),
            ..Section::default()
        });
    }
    Ok(Study {
        card: study.card.clone(),
        title: "Reject inference: a study of sensitivity",
        summary,
        sections,
        warnings: study.warnings.clone(),
    })
}

/// What fuzzy augmentation at factor 1 did, and that it says nothing.
fn fuzzy_text(study: &RejectStudy) -> String {
    let of = |name: &str| study.methods.iter().find(|m| m.method == name && m.factor.is_none_or(|f| f == 1.0));
    let (Some(base), Some(fuzzy)) = (of("accepts_only"), of("fuzzy")) else { return String::new() };
    let pairs = base.coefficients.iter().zip(&fuzzy.coefficients);
    let most = pairs.map(|(a, b)| (a.estimate - b.estimate).abs()).fold(0.0, f64::max);
    format!(
        "Fuzzy augmentation with the accepts' own PD (factor 1) does not change the coefficients: they solve the same equations (largest difference here {most:.1e}, within the tolerance of the fit). It says nothing about rejects, and nothing is claimed from it; the rejects only seem to add cases."
    )
}

fn probit_text(study: &RejectStudy) -> Vec<String> {
    let Some(probit) = &study.probit else { return Vec::new() };
    let interval = |(low, high): (f64, f64)| format!("{low:.3} to {high:.3}");
    let mut text = vec![format!(
        "Correlation of what neither equation sees: rho = {:.3} (95% Wald {}{}). Above 0: who was accepted for reasons that the data do not hold was safer than the data say, so rejects are worse than accepts of the same score.",
        probit.rho,
        interval(probit.rho_wald),
        probit.rho_profile.map_or(String::new(), |profile| format!(", profile likelihood {}", interval(profile)))
    )];
    if let Some((statistic, p)) = probit.ratio_test {
        text.push(format!(
            "Likelihood-ratio test of rho = 0 (selection on what the data hold): {statistic:.2}, one degree of freedom, p = {p:.4}. It presupposes the normal form: it can reject because the form is wrong."
        ));
    } else {
        text.push("Weights or groups: a likelihood ratio would not follow its distribution, so the interval is Wald's by the sandwich.".into());
    }
    text.push(match probit.exclusion.is_empty() {
        true => "No exclusion is declared: rho is identified by the normal form alone.".to_owned(),
        false => format!(
            "Declared to enter acceptance only: {}. That it tells nothing about the outcome is an assumption; no data on accepts alone can test it.",
            probit.exclusion.join(", ")
        ),
    });
    text.push("Features that the card does not use are in neither equation: in acceptance alone they would be exclusions that nobody declared. What they do is part of the errors.".into());
    text.push(format!(
        "Maximised by Newton's method in {} steps to a largest gradient of {:.1e}.",
        probit.iterations, probit.gradient
    ));
    text
}

/// Which method came nearest to the truth, by each measure.
fn nearest(study: &RejectStudy) -> String {
    let Some(truth) = &study.truth else { return String::new() };
    // The last row is the fit that knows the truth.
    let rows = &truth.methods[..truth.methods.len() - 1];
    let least = |name: &str, value: &dyn Fn(usize) -> f64| {
        let best = (0..rows.len()).min_by(|a, b| value(*a).total_cmp(&value(*b)));
        best.map(|row| format!("{name}: {}", rows[row].title))
    };
    let parts = [
        least("bad rate of rejects", &|row| rows[row].bias.abs()),
        least("Brier score on rejects", &|row| rows[row].brier),
        least("log loss on rejects", &|row| rows[row].log_loss),
        least("log odds of all applicants", &|row| rows[row].log_odds_distance),
        least("AUC on all applicants", &|row| -rows[row].auc_applicants.unwrap_or(0.0)),
    ];
    format!(
        "Nearest to the truth. {}. Without the truth nobody would know which.",
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    )
}

/// The colour of a method: the same at every factor.
fn colour(method: &MethodResult) -> usize {
    METHODS.iter().position(|known| known.name == method.method).unwrap_or(0)
}

fn forests(study: &RejectStudy) -> Result<Vec<Picture>> {
    let shown: Vec<&MethodResult> = study.methods.iter().filter(|method| !method.coefficients.is_empty()).collect();
    let legend: Vec<String> =
        shown.iter().enumerate().map(|(position, method)| format!("{} {}", position + 1, method.title)).collect();
    study
        .features
        .selected
        .iter()
        .take(MOST_FORESTS)
        .enumerate()
        .map(|(feature, name)| {
            let rows: Vec<ForestRow> = shown
                .iter()
                .filter_map(|method| Some((method, method.coefficients.get(feature + 1)?)))
                .map(|(method, coefficient)| ForestRow {
                    colour: distinct(colour(method)),
                    estimate: coefficient.estimate,
                    interval: (coefficient.low, coefficient.high),
                })
                .collect();
            let description = format!("coefficient of {name} by method");
            Ok(Picture {
                svg: forest_chart(&description, "coefficient", &rows)?,
                caption: format!("Coefficient of {name} with its 95% interval. {}.", legend.join(", ")),
            })
        })
        .collect()
}

fn bad_rate_chart(study: &RejectStudy) -> Result<Vec<Picture>> {
    let highest = |method: &MethodResult| {
        let same = study.methods.iter().filter(|other| other.method == method.method);
        same.filter_map(|other| other.factor).fold(0.0, f64::max)
    };
    let points = |values: &[Option<f64>]| {
        values.iter().enumerate().map(|(band, value)| (band as f64, *value)).collect::<Vec<_>>()
    };
    let mut lines: Vec<(usize, String, &[Option<f64>])> = study
        .methods
        .iter()
        .filter(|method| method.factor.is_none_or(|factor| factor == highest(method)))
        .map(|method| (colour(method), format!("{} (rejects)", method.title), method.bad_rate_by_band.as_slice()))
        .collect();
    lines.push((7, "accepts, observed".into(), &study.observed_by_band));
    if let Some(truth) = &study.truth {
        lines.push((6, "rejects, truth".into(), &truth.bad_rate_by_band));
    }
    let names: Vec<String> =
        study.bands.iter().map(|from| from.map_or("lowest".into(), |score| format!("{score:.0}"))).collect();
    let drawn: Vec<Line> = lines
        .iter()
        .map(|(colour, _, values)| Line {
            colour: distinct(*colour),
            points: points(values),
            intervals: Vec::new(),
            dots: *colour >= 6,
        })
        .collect();
    let legend: Vec<String> = lines.iter().map(|(colour, name, _)| format!("{}: {name}", COLOURS[*colour])).collect();
    let svg = line_chart(
        "bad rate by band of the accepts-only score",
        &Along::Names(&names),
        "accepts-only score from",
        "bad rate",
        &drawn,
    )?;
    let caption = format!("Bad rate by tenth of all applicants. {}.", legend.join("; "));
    Ok(svg.map(|svg| Picture { svg, caption }).into_iter().collect())
}
