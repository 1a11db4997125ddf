//! Whether the population is still the one that the score was made for: PSI of the score, by band and by period.

use super::{Context, sample_cells, sample_columns};
use crate::error::Result;
use crate::evidence::{BandsOf, PeriodEvidence, SampleEvidence};
use crate::report::charts::{self, CourseLine, Matrix, course_chart, matrix_chart, shift_chart};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::validation::Interval;
use crate::words::Message;

/// Stability of the score.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let mut blocks = vec![Block::Table(indices(context)), Block::Note(Message::new(PSI_NOTE))];
    let mut pictures = shift_pictures(context)?;
    pictures.extend(course_pictures(context)?);
    if !pictures.is_empty() {
        blocks.push(Block::Pictures(pictures));
    }
    let shift = shift(context);
    if !shift.rows.is_empty() {
        blocks.push(Block::Heading(Message::new("Population shift by band of the score")));
        blocks.push(Block::Table(shift));
    }
    if context.samples().any(|(_, _, figures)| !figures.periods.is_empty()) {
        blocks.push(Block::Heading(Message::new("By period")));
        blocks.push(Block::Table(periods(context)));
        blocks.push(Block::Note(Message::new(PERIOD_NOTE)));
        blocks.extend(band_pictures(context)?);
        blocks.push(Block::Table(bands_by_period(context)));
    }
    blocks.push(Block::Heading(Message::new("Concentration of scores")));
    blocks.push(Block::Table(concentration(context)));
    blocks.push(Block::Note(Message::new(
        "Share of the cases that have the most frequent score: a cut-off cannot part them. All cases count by weight, indeterminate ones included.",
    )));
    Ok(Some(Section { id: "stability", heading: Message::new("Stability of the score"), blocks }))
}

const PSI_NOTE: &str = "PSI = sum over bands of (a - e) ln(a / e), a and e the shares of actual and expected cases; lower is more stable. A band that is empty on one side gets 0.5 cases there. The critical value is what chance alone exceeds in 1 of 20 samples of these sizes without any shift: the 95% quantile of chi-square with bands less one degrees of freedom, times 1/N + 1/M (Yurdakul and Naranjo 2020). With many cases a small PSI may lie above it: then the shift is real, though it may not matter. The limits 0.10 and 0.25 are custom, no regulator's rule.";

const PERIOD_NOTE: &str = "PSI against the expected cases, and against the period before, over the same bands. Intervals of AUC by DeLong, at 95%. Periods with too few goods or bads have no AUC: the cell says why.";

/// What the counts of the bands are of.
fn of(bands: BandsOf) -> Message {
    Message::new(match bands {
        BandsOf::Development => "the development sample",
        BandsOf::Reference => "the earlier cases",
        BandsOf::FirstPeriod => "the first period",
        BandsOf::Sample => "nothing",
    })
}

fn indices(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("compared_with", "Compared with"),
        Column::new("psi", "PSI"),
        Column::new("critical_value_95", "Critical value, 95%"),
        Column::new("p_value", "p value"),
        Column::new("normal_critical_value_95", "Critical value, normal approximation"),
        Column::new("adjusted_cells", "Empty cells"),
        Column::new("expected_mean_score", "Mean score expected"),
        Column::new("actual_mean_score", "Mean score now"),
        Column::new("mean_score_shift", "Shift of the mean score"),
    ]);
    let row = |(title, _, figures): (Message, &str, &SampleEvidence)| {
        let stability = &figures.stability;
        let index = stability.score_stability.value().map(|stability| &stability.index);
        let shift = stability.mean_score_shift.value();
        let mut cells = sample_cells(&title, figures);
        cells.extend([
            stability.score_stability.value().map_or(Cell::Nothing, |known| Cell::Words(of(known.of))),
            Cell::measured(&stability.score_stability, |known| Cell::Number(known.index.value, 4)),
            Cell::number(index.map(|index| index.critical_value_95), 4),
            Cell::p_value(index.map(|index| index.p_value)),
            Cell::number(index.map(|index| index.normal_critical_value_95), 4),
            index.map_or(Cell::Nothing, |index| Cell::Count(index.adjusted_cells as f64)),
            Cell::number(shift.map(|shift| shift.expected), 2),
            Cell::number(shift.map(|shift| shift.actual), 2),
            Cell::measured(&stability.mean_score_shift, |shift| Cell::Number(shift.value, 2)),
        ]);
        cells
    };
    Table {
        name: "score_stability".to_owned(),
        caption: Message::new("Population stability index of the score by sample"),
        columns,
        rows: context.samples().map(row).collect(),
        files_only: false,
    }
}

/// A band of the score as people write it.
pub(super) fn band_label(lower: Option<f64>, upper: Option<f64>) -> String {
    match (lower, upper) {
        (None, None) => "all".to_owned(),
        (None, Some(upper)) => format!("< {}", short(upper)),
        (Some(lower), None) => format!("≥ {}", short(lower)),
        (Some(lower), Some(upper)) => format!("{} – {}", short(lower), short(upper)),
    }
}

/// A number with at most six digits.
fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let digits = (5 - x.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn shift(context: &Context<'_>) -> Table {
    let rows = context.samples().flat_map(|(title, _, figures)| {
        let bands = figures.stability.score_stability.value().map_or(&[][..], |stability| &stability.bands);
        bands.iter().map(move |band| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(band_label(band.lower, band.upper)),
                Cell::Count(band.expected_cases),
                Cell::Count(band.actual_cases),
                Cell::Share(band.part.expected_share),
                Cell::Share(band.part.actual_share),
                Cell::Number(100.0 * (band.part.actual_share - band.part.expected_share), 2),
                Cell::Number(band.part.contribution, 4),
                if band.part.adjusted { Cell::words("empty on one side") } else { Cell::Nothing },
            ]
        })
    });
    Table {
        name: "score_shift".to_owned(),
        caption: Message::new("Shares of cases by band of the score, expected and now"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("band", "Score"),
            Column::new("expected_cases", "Expected").under("Cases"),
            Column::new("actual_cases", "Now").under("Cases"),
            Column::new("expected_share", "Expected").under("Share"),
            Column::new("actual_share", "Now").under("Share"),
            Column::new("difference_points", "Difference, percentage points"),
            Column::new("contribution", "Contribution to PSI"),
            Column::new("remark", "Remark"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn shift_pictures(context: &Context<'_>) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for (title, name, figures) in context.samples() {
        let Some(stability) = figures.stability.score_stability.value() else { continue };
        let names: Vec<String> = stability.bands.iter().map(|band| band_label(band.lower, band.upper)).collect();
        let expected: Vec<f64> = stability.bands.iter().map(|band| band.part.expected_share).collect();
        let actual: Vec<f64> = stability.bands.iter().map(|band| band.part.actual_share).collect();
        let svg = shift_chart(
            &context.say(Message::new("Shares by band of the score, {0}").with_words(title.clone())),
            &names,
            (&context.say("Expected"), &expected),
            (&context.say("Now"), &actual),
            &context.say("score"),
            &context.say("share of cases"),
        )?;
        pictures.extend(svg.map(|svg| {
            Picture {
                name: format!("score_shift_{name}"),
                svg,
                caption: Message::new(
                    "{0}: cases by band of the score, {1} (grey) and now (blue); bands of equal height did not move",
                )
                .with_words(title)
                .with_words(of(stability.of)),
            }
        }));
    }
    Ok(pictures)
}

/// The periods of all samples in order, and the place of each.
fn all_periods(context: &Context<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (_, _, figures) in context.samples() {
        for row in &figures.periods {
            if !names.contains(&row.period) {
                names.push(row.period.clone());
            }
        }
    }
    // Labels of one sample have an order of their own; of several samples there are only months.
    if context.samples().count() > 1 {
        names.sort();
    }
    names
}

fn course_pictures(context: &Context<'_>) -> Result<Vec<Picture>> {
    let names = all_periods(context);
    let place = |period: &str| names.iter().position(|name| name == period).unwrap_or(0) as f64;
    let colour = |name: &str| {
        let known = context.scored.iter().find(|sample| sample.name.name() == name);
        known.map_or(charts::INK, |sample| charts::colour(sample.name))
    };
    let line = |title: &Message, name: &str, rows: &[PeriodEvidence], value: fn(&PeriodEvidence) -> Option<f64>| {
        let points = rows.iter().filter_map(|row| Some((place(&row.period), value(row)?)));
        CourseLine {
            name: context.say(title.clone()),
            colour: colour(name),
            points: points.collect(),
            intervals: Vec::new(),
            is_limit: false,
        }
    };
    let (mut psi, mut auc) = (Vec::new(), Vec::new());
    for (title, name, figures) in context.samples().filter(|(_, _, figures)| !figures.periods.is_empty()) {
        let rows = &figures.periods;
        psi.push(line(&title, name, rows, |row| row.score_psi));
        let limit = line(&title, name, rows, |row| row.score_psi_critical_value_95);
        let limit_name = Message::new("{0}: critical value").with_words(title.clone());
        psi.push(CourseLine { name: context.say(limit_name), is_limit: true, ..limit });
        let intervals = rows.iter().filter_map(|row| Some((place(&row.period), row.auc.low?, row.auc.high?)));
        let intervals = intervals.collect();
        auc.push(CourseLine { intervals, ..line(&title, name, rows, |row| row.auc.value) });
    }
    psi.retain(|line| !line.points.is_empty());
    auc.retain(|line| !line.points.is_empty());
    let mut pictures = Vec::new();
    let psi = course_chart(&context.say("PSI of the score by period"), &names, "PSI", &psi, true)?;
    pictures.extend(psi.map(|svg| Picture {
        name: "psi_by_period".to_owned(),
        svg,
        caption: Message::new("PSI of the score by period; above the dashed line chance alone does not explain it"),
    }));
    let auc = course_chart(&context.say("AUC by period with 95% intervals"), &names, "AUC", &auc, false)?;
    pictures.extend(auc.map(|svg| Picture {
        name: "auc_by_period".to_owned(),
        svg,
        caption: Message::new("AUC by period with its 95% interval"),
    }));
    Ok(pictures)
}

/// Shares and bad rates by band and period; each is as wide as the page.
fn band_pictures(context: &Context<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for (title, name, figures) in context.samples().filter(|(_, _, figures)| figures.periods.len() > 1) {
        let periods: Vec<String> = figures.periods.iter().map(|row| row.period.clone()).collect();
        let bands: Vec<String> = figures.gains.iter().map(|band| band_label(band.lower, band.upper)).collect();
        let by_band = |value: &dyn Fn(&PeriodEvidence, usize) -> Option<f64>| -> Vec<Vec<Option<f64>>> {
            (0..bands.len()).map(|band| figures.periods.iter().map(|row| value(row, band)).collect()).collect()
        };
        let shares = by_band(&|row, band| row.bands.get(band).map(|band| band.share));
        let rates = by_band(&|row, band| row.bands.get(band)?.bad_rate);
        for (what, values, colour, caption) in [
            (
                "share_by_band_and_period",
                shares,
                charts::GOOD,
                "{0}: share of cases by band of the score (rows) and period",
            ),
            ("bad_rate_by_band_and_period", rates, charts::BAD, "{0}: bad rate by band of the score (rows) and period"),
        ] {
            let darkest = values.iter().flatten().flatten().copied().fold(0.0, f64::max);
            let caption = Message::new(caption).with_words(title.clone());
            let svg = matrix_chart(&Matrix {
                description: &context.say(caption.clone()),
                across: &context.say("period"),
                down: &context.say("score"),
                rows: &bands,
                columns: &periods,
                values: &values,
                darkest,
                is_share: true,
                colour,
            })?;
            let picture = svg.map(|svg| Picture { name: format!("{what}_{name}"), svg, caption });
            blocks.extend(picture.map(|picture| Block::Pictures(vec![picture])));
        }
    }
    Ok(blocks)
}

/// A value that is not there for the period's reason.
fn or_reason(row: &PeriodEvidence, interval: Interval) -> Cell {
    match &row.not_computed {
        Some(reason) => Cell::NotComputed(reason.clone()),
        None => Cell::Interval(interval, 3),
    }
}

fn periods(context: &Context<'_>) -> Table {
    let rows = context.samples().flat_map(|(title, _, figures)| {
        figures.periods.iter().map(move |row| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(&row.period),
                Cell::Count(row.cases as f64),
                Cell::Count(row.bads),
                Cell::share(row.bad_rate),
                Cell::share(row.expected_bad_rate),
                Cell::number(row.mean_score, 2),
                or_reason(row, row.auc),
                Cell::number(row.gini.value, 3),
                Cell::number(row.ks.value, 3),
                Cell::number(row.score_psi, 4),
                Cell::number(row.score_psi_critical_value_95, 4),
                Cell::p_value(row.score_psi_p_value),
                Cell::number(row.score_psi_to_previous, 4),
                Cell::number(row.score_psi_to_previous_critical_value_95, 4),
            ]
        })
    });
    Table {
        name: "periods".to_owned(),
        caption: Message::new("Figures by period"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("period", "Period"),
            Column::new("cases", "Cases"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("expected_bad_rate", "Expected bad rate"),
            Column::new("mean_score", "Mean score"),
            Column::new("auc", "AUC"),
            Column::new("gini", "Gini"),
            Column::new("ks", "KS"),
            Column::new("psi", "PSI").under("Against the expected cases"),
            Column::new("critical_value_95", "Critical value, 95%").under("Against the expected cases"),
            Column::new("p_value", "p value").under("Against the expected cases"),
            Column::new("psi_to_previous", "PSI").under("Against the period before"),
            Column::new("psi_to_previous_critical_value_95", "Critical value, 95%").under("Against the period before"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn bands_by_period(context: &Context<'_>) -> Table {
    let rows = context.samples().flat_map(|(title, _, figures)| {
        figures.periods.iter().flat_map(move |row| {
            let title = title.clone();
            figures.gains.iter().zip(&row.bands).map(move |(band, counts)| {
                vec![
                    Cell::Words(title.clone()),
                    Cell::text(&row.period),
                    Cell::text(band_label(band.lower, band.upper)),
                    Cell::Count(counts.cases),
                    Cell::Share(counts.share),
                    Cell::Count(counts.bads),
                    Cell::share(counts.bad_rate),
                ]
            })
        })
    });
    Table {
        name: "score_bands_by_period".to_owned(),
        caption: Message::new("Cases and bad rate by band of the score and period"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("period", "Period"),
            Column::new("band", "Score"),
            Column::new("cases", "Cases"),
            Column::new("share", "Share"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}

fn concentration(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("most_frequent_score", "Most frequent score"),
        Column::new("most_frequent_share", "Share of cases that have it"),
        Column::new("distinct_scores", "Distinct scores"),
    ]);
    let row = |(title, _, figures): (Message, &str, &SampleEvidence)| {
        let measured = &figures.stability.score_concentration;
        let mut cells = sample_cells(&title, figures);
        cells.extend([
            Cell::measured(measured, |known| Cell::text(short(known.most_frequent_score))),
            Cell::share(measured.value().map(|known| known.value)),
            measured.value().map_or(Cell::Nothing, |known| Cell::Count(known.distinct_scores as f64)),
        ]);
        cells
    };
    Table {
        name: "score_concentration".to_owned(),
        caption: Message::new("How scores pile up"),
        columns,
        rows: context.samples().map(row).collect(),
        files_only: false,
    }
}
