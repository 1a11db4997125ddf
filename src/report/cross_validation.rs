//! A cross-validation as a study: page, document and tables.

use std::path::Path;

use super::charts::palette::distinct;
use super::charts::{Mark, RankedRow, ranked_chart};
use super::study::{Entry, Picture, Section, Study, StudyTable, write_study_with};
use crate::config::FoldsBy;
use crate::cross_validation::{Combination, CrossValidation, MeanFigures};
use crate::error::Result;
use crate::validation::Interval;
use crate::validation::probability::ProbabilityMeasures;

/// Rows that a chart can show without becoming a wall.
const MOST_ROWS: usize = 40;

/// Writes cross_validation.json, report.html and tables/, among them the left-out cases with their scores.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_cross_validation(document: &CrossValidation, place: &Path) -> Result<()> {
    let study = cross_validation_study(document)?;
    write_study_with(&study, "cross_validation", document, &[left_out(document)], place)
}

/// The study of a cross-validation.
///
/// # Errors
/// An internal fault of drawing.
pub fn cross_validation_study(document: &CrossValidation) -> Result<Study> {
    let mut sections = vec![figures(document), folds(document)?, features(document)?];
    if !document.grid.is_empty() {
        sections.push(grid(document)?);
    }
    Ok(Study {
        card: document.card.clone(),
        title: "Cross-validation",
        summary: summary(document),
        sections,
        warnings: document.warnings.clone(),
    })
}

/// "0.780 (0.760 to 0.800)".
pub(super) fn in_words(interval: Interval, decimals: usize) -> String {
    match (interval.value, interval.low, interval.high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{value:.decimals$} (95% interval {low:.decimals$} to {high:.decimals$})")
        }
        (Some(value), ..) => format!("{value:.decimals$}"),
        _ => "not defined".to_owned(),
    }
}

fn summary(document: &CrossValidation) -> String {
    let how = match (document.by, document.repeats) {
        (FoldsBy::Outcome, 1) => format!("{} folds", document.folds_of),
        (FoldsBy::Outcome, repeats) => format!("{} folds, {repeats} times", document.folds_of),
        (FoldsBy::Time, _) => format!("{} periods, each after fitting on those before it", document.folds_of),
    };
    let optimism = document.optimism.map_or(String::new(), |optimism| {
        format!(
            " On its own development cases the card has {}: it flatters itself by {optimism:.4}.",
            document.development.auc.value.map_or("no AUC".to_owned(), |auc| format!("an AUC of {auc:.4}"))
        )
    });
    format!(
        "Bins, selection, fit and points were made anew on each part of the development cases, and measured on the cases left out ({how}). Mean AUC on cases that no step had seen: {}.{optimism}",
        in_words(document.cross_validated.auc, 4)
    )
}

fn probability(measures: &ProbabilityMeasures) -> [Entry; 4] {
    [
        Entry::number(measures.log_loss, 4),
        Entry::number(measures.brier, 4),
        Entry::number(measures.calibration_intercept, 3),
        Entry::number(measures.calibration_slope, 3),
    ]
}

fn interval(interval: Interval) -> [Entry; 3] {
    [interval.value, interval.low, interval.high].map(|value| Entry::number(value, 4))
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn figures(document: &CrossValidation) -> Section {
    let mean = &document.cross_validated;
    let row = |name: String, auc: Interval, ks: Option<f64>, measures: &ProbabilityMeasures| {
        let mut row = vec![Entry::Text(name)];
        row.extend(interval(auc));
        row.push(Entry::number(ks, 4));
        row.extend(probability(measures));
        row
    };
    let own = ProbabilityMeasures { log_loss: document.development.log_loss, ..ProbabilityMeasures::default() };
    let mut rows = vec![
        row("mean over folds".to_owned(), mean.auc, mean.ks, &mean.probability),
        row("the card on its own development cases".to_owned(), document.development.auc, None, &own),
    ];
    for pooled in &document.pooled {
        let name = match document.repeats {
            1 => "all left-out cases together".to_owned(),
            _ => format!("all left-out cases together, repeat {}", pooled.repeat),
        };
        rows.push(row(name, pooled.auc, pooled.ks.interval.value, &pooled.probability));
    }
    Section {
        heading: "Figures".to_owned(),
        text: vec![
            format!(
                "{} Its interval takes the scorecards of the folds as they are; it does not cover how differently they could have come out. The left-out cases together are scored by several scorecards, so their AUC also counts pairs of cases that no one scorecard has compared.",
                match document.by {
                    FoldsBy::Outcome => "The mean over folds is the figure to quote: it is what the pipeline makes of new cases like these, from somewhat fewer cases than the card itself has.",
                    FoldsBy::Time => "The mean over periods is what the pipeline would have made of the next period, from the cases before it alone: of these the first periods have few, and what changed over time counts too.",
                }
            ),
            "Calibration: an intercept of 0 and a slope of 1 are right; a slope below 1 means PDs that are too extreme.".to_owned(),
        ],
        charts: Vec::new(),
        tables: vec![StudyTable {
            name: "figures".to_owned(),
            caption: "AUC with its 95% interval, and the measures of the PDs.".to_owned(),
            columns: columns(&[
                "Of",
                "AUC",
                "AUC low",
                "AUC high",
                "KS",
                "Log loss",
                "Brier",
                "Calibration intercept",
                "Calibration slope",
            ]),
            rows,
        }],
    }
}

fn folds(document: &CrossValidation) -> Result<Section> {
    let by_time = document.by == FoldsBy::Time;
    let mut names = Vec::new();
    if document.repeats > 1 {
        names.push("Repeat");
    }
    names.push("Fold");
    if by_time {
        names.extend(["First day", "Last day", "In neither"]);
    }
    names.extend(["Fitted", "Tested", "Bads tested", "AUC fitted", "AUC", "AUC low", "AUC high", "KS", "Log loss"]);
    names.extend(["Brier", "Intercept", "Slope", "Features"]);
    let mut rows = Vec::new();
    let mut marks = Vec::new();
    for fold in &document.folds {
        let figures = &fold.figures;
        let day = |day: Option<chrono::NaiveDate>| day.map_or(Entry::Nothing, |day| Entry::text(day.to_string()));
        let mut row = Vec::new();
        if document.repeats > 1 {
            row.push(Entry::Count(fold.repeat as f64));
        }
        row.push(Entry::Count(fold.fold as f64));
        if by_time {
            row.push(day(fold.period.map(|period| period.0)));
            row.push(day(fold.period.map(|period| period.1)));
            row.push(Entry::Count(fold.left_out as f64));
        }
        row.extend([figures.fitted_cases as f64, figures.cases as f64, figures.bads].map(Entry::Count));
        row.push(Entry::number(figures.fitted_auc, 4));
        row.extend(interval(figures.auc));
        row.push(Entry::number(figures.ks, 4));
        row.extend(probability(&figures.probability));
        row.push(Entry::Count(figures.features.len() as f64));
        rows.push(row);
        let name = match (document.by, fold.period) {
            (FoldsBy::Time, Some((first, last))) => format!("{first} to {last}"),
            _ if document.repeats > 1 => format!("repeat {}, fold {}", fold.repeat, fold.fold),
            _ => format!("fold {}", fold.fold),
        };
        marks.push(RankedRow {
            name,
            marks: vec![Mark {
                colour: distinct(0),
                value: figures.auc.value,
                interval: figures.auc.low.zip(figures.auc.high),
            }],
        });
    }
    marks.truncate(MOST_ROWS);
    let chart =
        ranked_chart("AUC by fold", "AUC on the cases left out", &marks, false, document.cross_validated.auc.value)?;
    Ok(Section {
        heading: "Folds".to_owned(),
        text: Vec::new(),
        charts: pictures(chart, "AUC by fold with its 95% interval; the line is the mean.".to_owned()),
        tables: vec![StudyTable {
            name: "folds".to_owned(),
            caption: "Each fold: cases fitted on, cases tested on, and how it went. Ids, folds and scores of all cases: tables/left_out.csv; the digests of the ids: cross_validation.json.".to_owned(),
            columns: columns(&names),
            rows,
        }],
    })
}

fn pictures(svg: Option<String>, caption: String) -> Vec<Picture> {
    svg.map(|svg| Picture { svg, caption }).into_iter().collect()
}

fn features(document: &CrossValidation) -> Result<Section> {
    let rows = document
        .features
        .iter()
        .map(|choice| {
            let coefficient = |position: usize| Entry::number(choice.coefficients.map(|all| all[position]), 3);
            let bins = |position: usize| choice.bins.map_or(Entry::Nothing, |bins| Entry::Count(bins[position] as f64));
            vec![
                Entry::text(&choice.feature),
                Entry::Share(choice.share),
                Entry::number(choice.coefficient, 3),
                coefficient(0),
                coefficient(1),
                coefficient(2),
                bins(0),
                bins(1),
            ]
        })
        .collect();
    let bars: Vec<RankedRow> = document
        .features
        .iter()
        .take(MOST_ROWS)
        .map(|choice| RankedRow {
            name: choice.feature.clone(),
            marks: vec![Mark {
                colour: distinct(if choice.coefficient.is_some() { 0 } else { 7 }),
                value: Some(choice.share * 100.0),
                interval: None,
            }],
        })
        .collect();
    let chart =
        ranked_chart("share of folds that chose each feature", "% of the folds that chose it", &bars, true, None)?;
    Ok(Section {
        heading: "Features".to_owned(),
        text: vec![
            "A feature of the card that many folds do without, or whose coefficient moves far, owes its place to few cases."
                .to_owned(),
        ],
        charts: pictures(chart, "How often each feature was chosen; blue: in the card itself, grey: not.".to_owned()),
        tables: vec![StudyTable {
            name: "features".to_owned(),
            caption: "Choice, coefficient and number of bins (missing and special ones included) over the folds."
                .to_owned(),
            columns: columns(&[
                "Feature",
                "Share of folds",
                "Coefficient in the card",
                "Lowest",
                "Mean",
                "Highest",
                "Fewest bins",
                "Most bins",
            ]),
            rows,
        }],
    })
}

fn remark(combination: &Combination) -> &str {
    match (combination.best, combination.simplest) {
        (true, true) => "best, and simplest within one standard error",
        (true, false) => "best",
        (false, true) => "simplest within one standard error",
        _ if combination.is_card => "the card as it stands",
        _ => combination.failed.as_deref().unwrap_or(""),
    }
}

fn grid(document: &CrossValidation) -> Result<Section> {
    let own = &document.settings;
    let number = |figures: Option<&MeanFigures>, get: fn(&MeanFigures) -> Option<f64>, decimals| {
        Entry::number(figures.and_then(get), decimals)
    };
    let rows = document
        .grid
        .iter()
        .map(|combination| {
            let (settings, figures) = (&combination.settings, combination.figures.as_ref());
            vec![
                Entry::Count(settings.max_bins as f64),
                Entry::Number(settings.min_share, 3),
                Entry::Number(settings.min_iv, 3),
                Entry::Number(settings.max_correlation, 2),
                Entry::text(settings.stepwise.name()),
                Entry::Number(settings.l2, 2),
                number(figures, |f| f.auc.value, 4),
                number(figures, |f| f.auc.low, 4),
                number(figures, |f| f.auc.high, 4),
                number(figures, |f| f.standard_error, 4),
                number(figures, |f| f.ks, 4),
                number(figures, |f| f.probability.log_loss, 4),
                number(figures, |f| Some(f.features), 1),
                number(figures, |f| Some(f.bins), 1),
                Entry::text(remark(combination)),
            ]
        })
        .collect();
    let dots: Vec<RankedRow> = document
        .grid
        .iter()
        .take(MOST_ROWS)
        .map(|combination| {
            let auc = combination.figures.as_ref().map_or(Interval::UNDEFINED, |figures| figures.auc);
            let colour = distinct(if combination.best {
                1
            } else if combination.simplest {
                2
            } else {
                0
            });
            let marks = vec![Mark { colour, value: auc.value, interval: auc.low.zip(auc.high) }];
            RankedRow { name: combination.settings.beside(own), marks }
        })
        .collect();
    let chart = ranked_chart("mean AUC by combination", "mean AUC on the cases left out", &dots, false, None)?;
    let chosen = match &document.nested {
        None => "The best of several was chosen on the very cases that measure it, so its own figure flatters a little; nested = true measures the choice too.".to_owned(),
        Some(nested) => format!(
            "Choosing the best within each fold, and measuring it on the cases left out, gives a mean AUC of {}{}.",
            in_words(nested.auc, 4),
            nested.optimism.map_or(String::new(), |optimism| format!(": picking the best of the table flatters by {optimism:.4}"))
        ),
    };
    Ok(Section {
        heading: "Settings compared".to_owned(),
        text: vec![
            "All combinations were measured on the same folds, so they differ by less than their intervals suggest. Where the simplest within one standard error of the best is another than the best, there is little reason to take more.".to_owned(),
            chosen,
        ],
        charts: pictures(chart, "Mean AUC by combination with its 95% interval, named by what differs from the card; orange: best, green: simplest within one standard error of it.".to_owned()),
        tables: vec![StudyTable {
            name: "grid".to_owned(),
            caption: "Means over the folds; the card as it stands comes first.".to_owned(),
            columns: columns(&[
                "Max bins", "Min share", "Min IV", "Max correlation", "Stepwise", "L2", "AUC", "AUC low", "AUC high",
                "Standard error", "KS", "Log loss", "Features", "Bins", "Remark",
            ]),
            rows,
        }],
    })
}

fn left_out(document: &CrossValidation) -> StudyTable {
    let rows = document
        .left_out
        .iter()
        .map(|case| {
            vec![
                Entry::text(&case.id),
                Entry::Count(case.repeat as f64),
                Entry::Count(case.fold as f64),
                Entry::Count(case.score),
                Entry::Number(case.pd, 6),
                Entry::Count(case.good),
                Entry::Count(case.bad),
            ]
        })
        .collect();
    StudyTable {
        name: "left_out".to_owned(),
        caption: String::new(),
        columns: columns(&["Id", "Repeat", "Fold", "Score", "PD", "Good", "Bad"]),
        rows,
    }
}
