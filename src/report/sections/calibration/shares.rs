//! Outcomes that are shares of goodness.

use super::{Sample, by_sample};
use crate::report::document::{Block, Cell, Column, Table};
use crate::validation::ratio::LossBin;
use crate::words::Message;

/// The tables of shares, where any sample has such outcomes.
pub(super) fn blocks(samples: &[Sample<'_>]) -> Vec<Block> {
    let shares: Vec<Sample<'_>> =
        samples.iter().filter(|(.., sample)| sample.calibration_tests.loss_bins.value().is_some()).cloned().collect();
    if shares.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::new("mean_realised", "Mean realised bad share"),
        Column::new("mean_estimated", "Mean estimated bad share"),
        Column::new("t", "t"),
        Column::new("degrees_of_freedom", "Degrees of freedom"),
        Column::new("p_value", "p value"),
        Column::new("mean_absolute_error", "Mean absolute error"),
        Column::new("mean_squared_error", "Mean squared error"),
        Column::new("loss_capture_ratio", "Loss capture ratio"),
    ];
    let table = by_sample("ratio_tests", "Estimated and realised bad shares", columns, &shares, |evidence| {
        let test = &evidence.ratio_t_test;
        vec![
            Cell::measured(test, |test| Cell::Share(test.mean_realised)),
            Cell::measured(test, |test| Cell::Share(test.mean_estimated)),
            Cell::measured(test, |test| Cell::Number(test.t, 3)),
            Cell::measured(test, |test| Cell::Count(test.degrees_of_freedom as f64)),
            Cell::measured(test, |test| Cell::PValue(test.p_value)),
            Cell::measured(&evidence.mean_absolute_error, |error| Cell::Interval(*error, 4)),
            Cell::measured(&evidence.mean_squared_error, |error| Cell::Interval(*error, 4)),
            Cell::measured(&evidence.loss_capture_ratio, |ratio| Cell::Number(ratio.value, 4)),
        ]
    });
    let mut blocks = vec![
        Block::Heading("Estimated and realised bad shares".into()),
        Block::Table(table),
        Block::Note("Paired t test of the realised less the estimated bad share (ECB instructions 2019, 2.6.2.1): a small p value says that the estimates are too low; cases are independent. A weight is a case's share in the means, not a count of cases. Loss capture ratio: area under the share of loss captured from the highest estimate down, over that of the best order; 1 is perfect, 0 random.".into()),
    ];
    blocks.extend(shares.iter().filter_map(|(title, name, sample)| {
        let bins = sample.calibration_tests.loss_bins.value()?;
        Some(Block::Table(segments(title, name, bins)))
    }));
    blocks
}

fn segments(title: &Message, name: &str, bins: &[LossBin]) -> Table {
    let row = |bin: &LossBin| {
        let percent = |share: f64| format!("{:.0}%", 100.0 * share);
        let segment = match bin.upper {
            Some(upper) => format!("[{}, {})", percent(bin.lower), percent(upper)),
            None => format!("≥ {}", percent(bin.lower)),
        };
        vec![
            Cell::text(segment),
            Cell::Count(bin.cases as f64),
            Cell::Count(bin.realised_cases as f64),
            Cell::share(bin.mean_estimated),
            Cell::share(bin.mean_realised),
            Cell::number(bin.exposure, 2),
        ]
    };
    Table {
        name: format!("loss_bins_{name}"),
        caption: Message::new("{0}: segments of the estimated bad share").with_words(title.clone()),
        columns: vec![
            Column::new("segment", "Segment"),
            Column::new("cases", "Cases by estimate"),
            Column::new("realised_cases", "Cases by realised share"),
            Column::new("mean_estimated", "Mean estimated bad share"),
            Column::new("mean_realised", "Mean realised bad share"),
            Column::new("exposure", "Exposure"),
        ],
        rows: bins.iter().map(row).collect(),
        files_only: false,
    }
}
