//! Calibration by grade.

use super::{Sample, interval};
use crate::evidence::{GradeCalibration, GradeTest};
use crate::report::document::{Block, Cell, Column, Table};
use crate::validation::Measured;
use crate::validation::low_default::CONFIDENCES;
use crate::words::Message;

/// The tables by grade, where any sample has grades.
pub(super) fn blocks(samples: &[Sample<'_>]) -> Vec<Block> {
    let graded: Vec<(&Message, &str, &[GradeCalibration])> = samples
        .iter()
        .filter_map(|(title, name, sample)| {
            Some((title, *name, sample.calibration_tests.calibration_by_grade.value()?.as_slice()))
        })
        .collect();
    if graded.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading("Calibration by grade".into())];
    blocks.extend(graded.iter().map(|(title, name, grades)| Block::Table(tests(title, name, grades))));
    blocks.push(Block::Note("One-sided: a small p value says that the grade's PD is too low. Jeffreys and binomial tests take cases as independent. Holm's adjusted p values keep the chance of any false alarm among the grades below the level, those of Benjamini and Hochberg the share of false alarms among the alarms; adjusted are the p values of the grades that have one.".into()));
    let bounds: Vec<Block> = graded
        .iter()
        .filter(|(.., grades)| grades.iter().any(|grade| grade.low_default.value().is_some()))
        .map(|(title, name, grades)| Block::Table(bounds(title, name, grades)))
        .collect();
    if !bounds.is_empty() {
        blocks.extend(bounds);
        blocks.push(Block::Note("Most prudent estimation (Pluto and Tasche 2005): no grade is riskier than those below it, so the bound of a grade rests on the cases of this grade and of all that are worse.".into()));
    }
    blocks
}

fn tests(title: &Message, name: &str, grades: &[GradeCalibration]) -> Table {
    let adjusted = |test: &Measured<GradeTest>| {
        [
            Cell::measured(test, |test| Cell::PValue(test.p_value)),
            Cell::measured(test, |test| Cell::PValue(test.p_value_holm)),
            Cell::measured(test, |test| Cell::PValue(test.p_value_benjamini_hochberg)),
        ]
    };
    let row = |grade: &GradeCalibration| {
        let observed = grade.observed_rate.map(|rate| interval(rate, grade.low, grade.high));
        let figures = vec![
            Cell::text(&grade.grade),
            Cell::Count(grade.cases as f64),
            Cell::Count(grade.bads),
            Cell::number(grade.exposure, 2),
            Cell::share(grade.mean_pd),
            observed.map_or(Cell::Nothing, Cell::ShareInterval),
        ];
        let tests =
            [adjusted(&grade.jeffreys), adjusted(&grade.binomial), adjusted(&grade.binomial_correlated)].concat();
        [figures, tests].concat()
    };
    let mut columns = vec![
        Column::new("grade", "Grade"),
        Column::new("cases", "Cases"),
        Column::new("bads", "Bads"),
        Column::new("exposure", "Exposure"),
        Column::new("mean_pd", "Mean PD"),
        Column::new("observed_rate", "Observed bad rate"),
    ];
    for (test, heading) in
        [("jeffreys", "Jeffreys"), ("binomial", "Binomial, exact"), ("binomial_correlated", "Binomial, correlated")]
    {
        columns.extend([
            Column::new(format!("{test}_p_value"), "p value").under(heading),
            Column::new(format!("{test}_p_value_holm"), "Holm").under(heading),
            Column::new(format!("{test}_p_value_benjamini_hochberg"), "Benjamini-Hochberg").under(heading),
        ]);
    }
    Table {
        name: format!("calibration_by_grade_{name}"),
        caption: Message::new("{0}: PD and default rate by grade").with_words(title.clone()),
        columns,
        rows: grades.iter().map(row).collect(),
        files_only: false,
    }
}

fn bounds(title: &Message, name: &str, grades: &[GradeCalibration]) -> Table {
    let mut columns = vec![Column::new("grade", "Grade"), Column::new("mean_pd", "Mean PD")];
    for (part, heading) in [("independent", "Upper bound, independent"), ("correlated", "Upper bound, correlated")] {
        columns.extend(CONFIDENCES.iter().map(|confidence| {
            let percent = format!("{:.0}", 100.0 * confidence);
            Column::new(format!("{part}_{percent}"), format!("{percent}%")).under(heading)
        }));
    }
    let row = |grade: &GradeCalibration| {
        let bounds = match &grade.low_default {
            Measured::Value(bounds) => {
                let independent = bounds.iter().map(|bound| Cell::Share(bound.independent));
                independent.chain(bounds.iter().map(|bound| Cell::Share(bound.correlated))).collect()
            }
            Measured::NotComputed { not_computed } => {
                vec![Cell::NotComputed(not_computed.clone()); 2 * CONFIDENCES.len()]
            }
        };
        [vec![Cell::text(&grade.grade), Cell::share(grade.mean_pd)], bounds].concat()
    };
    Table {
        name: format!("low_default_by_grade_{name}"),
        caption: Message::new("{0}: upper bounds of the PD by grade").with_words(title.clone()),
        columns,
        rows: grades.iter().map(row).collect(),
        files_only: false,
    }
}
