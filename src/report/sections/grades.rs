//! The grades of a rating: distribution, order of risk, differences, concentration, migration.

use super::{Context, sample_cells, sample_columns};
use crate::error::Result;
use crate::evidence::{GradeEvidence, HerfindahlFigures, MigrationEvidence, SampleEvidence};
use crate::report::charts::{self, Matrix, matrix_chart, shift_chart};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::validation::Interval;
use crate::words::Message;

/// Grades; nothing where there are none.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let mut blocks = Vec::new();
    for (title, name, figures) in context.samples() {
        let Some(grades) = &figures.grades else { continue };
        blocks.push(Block::Text(
            Message::new("{0}: grades of the column {1}, best first: {2}. The order is {3}.")
                .with_words(title.clone())
                .with(&grades.grade_order.column)
                .with(grades.grade_order.best_first.join(", "))
                .with_words(grades.grade_order.from.clone()),
        ));
        let warnings = warnings(grades);
        if !warnings.is_empty() {
            blocks.push(Block::Warnings(warnings));
        }
        // The last one is as wide as the page.
        let mut pictures = pictures(context, &title, name, grades)?;
        let wide = pictures.pop_if(|picture| picture.name.starts_with("bad_rate_by_grade_and_period"));
        blocks.extend(
            [pictures, wide.into_iter().collect()].into_iter().filter(|row| !row.is_empty()).map(Block::Pictures),
        );
    }
    if blocks.is_empty() {
        return Ok(None);
    }
    let tests = [
        Block::Table(distribution(context)),
        Block::Note(Message::new(
            "Cases by weight, indeterminate ones included. Interval of the bad rate: Jeffreys, 95%, quantiles of Beta(bads + 1/2, goods + 1/2).",
        )),
        Block::Heading(Message::new("Order and differences of the grades")),
        Block::Table(tests(context)),
        Block::Table(neighbours(context)),
        Block::Note(Message::new(TEST_NOTE)),
        Block::Table(by_period(context)),
        Block::Heading(Message::new("Concentration over grades")),
        Block::Table(concentration(context)),
        Block::Note(Message::new(HERFINDAHL_NOTE)),
        Block::Heading(Message::new("Migration between grades")),
        Block::Table(migrations(context)),
    ];
    blocks.extend(tests);
    for (title, name, migration) in known_migrations(context) {
        blocks.push(Block::Table(matrix(&title, name, migration)));
        blocks.push(Block::Details(
            Message::new("Shares and z test of the matrix"),
            vec![Block::Table(cells(&title, name, migration))],
        ));
    }
    blocks.push(Block::Note(Message::new(MIGRATION_NOTE)));
    Ok(Some(Section { id: "grades", heading: Message::new("Grades and migration"), blocks }))
}

const TEST_NOTE: &str = "Trend: Cochran-Armitage test that bad rates rise from the best grade to the worst (Armitage 1955), one-sided where the order was stated, two-sided where it was found in the same data; small: they rise. Differences: Pearson's chi-square over all grades; two-proportion z test, two-sided, of every two neighbours; small: they differ. Cases are taken as independent. Holm (1979) adjusts the p values of the neighbours for their number.";

const HERFINDAHL_NOTE: &str = "HI = 1 + ln((CV^2 + 1) / K) / ln K over K grades, CV their coefficient of variation: 0 where all grades hold the same, 1 where one holds all. p value of the test that concentration has not grown since the earlier cases; small: it has (ECB 2019, 2.5.5.3).";

const MIGRATION_NOTE: &str = "Rows: grade at the start; columns: grade at the end. Every case with both grades counts, whatever its outcome; cases without a grade at the end are counted as left and are in no row. Matrix weighted bandwidth: 0 none moves, 1 all move as far as they can (ECB 2019, 2.5.5.1). z test of each cell against its neighbour nearer the diagonal: a small p value says that the share rises away from the diagonal where it should fall (2.5.5.2). Mobility: Shorrocks (1978), 0 none moves.";

/// The grades of every sample that has them.
fn known<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (Message, &'a str, &'a SampleEvidence, &'a GradeEvidence)> + use<'a> {
    context.samples().filter_map(|(title, name, figures)| Some((title, name, figures, figures.grades.as_ref()?)))
}

fn known_migrations<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (Message, &'a str, &'a MigrationEvidence)> + use<'a> {
    known(context).filter_map(|(title, name, _, grades)| Some((title, name, grades.migration.value()?)))
}

fn warnings(grades: &GradeEvidence) -> Vec<Message> {
    let empty: Vec<&str> =
        grades.grades.iter().filter(|grade| grade.cases <= 0.0).map(|grade| grade.grade.as_str()).collect();
    let mut warnings = Vec::new();
    if !empty.is_empty() {
        warnings.push(Message::new("No case has the grade {0}").with(empty.join(", ")));
    }
    if grades.cases_without_grade > 0.0 {
        warnings.push(
            Message::new("{0} cases have no grade; they count in no figure of grades").with(grades.cases_without_grade),
        );
    }
    if let Some(known) = grades.grade_monotonicity.value() {
        warnings.extend(known.inversions.iter().map(|pair| {
            Message::new("The bad rate of grade {1} is below that of the better grade {0}")
                .with(&pair.grade)
                .with(&pair.next_grade)
        }));
    }
    warnings
}

fn pictures(context: &Context<'_>, title: &Message, name: &str, grades: &GradeEvidence) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    let names = &grades.grade_order.best_first;
    let shares: Vec<f64> = grades.grades.iter().map(|grade| grade.share).collect();
    let then: Option<Vec<f64>> = grades.grades.iter().map(|grade| grade.reference_share).collect();
    let exposure: Option<Vec<f64>> = grades.grades.iter().map(|grade| grade.exposure_share).collect();
    let beside = then
        .map(|shares| ("Expected", shares, "{0}: cases by grade, of the earlier cases (grey) and now (blue)"))
        .or(exposure.map(|shares| ("Exposure", shares, "{0}: exposure (grey) and cases (blue) by grade")));
    if let Some((what, beside, caption)) = beside {
        let caption = Message::new(caption).with_words(title.clone());
        let here = if what == "Exposure" { "Cases" } else { "Now" };
        let svg = shift_chart(
            &context.say(caption.clone()),
            names,
            (&context.say(what), &beside),
            (&context.say(here), &shares),
            &context.say("grade"),
            &context.say("share"),
        )?;
        pictures.extend(svg.map(|svg| Picture { name: format!("grades_{name}"), svg, caption }));
    }
    let mut matrix = |what: &str,
                      caption: &'static str,
                      across: &'static str,
                      columns: &[String],
                      values: &[Vec<Option<f64>>],
                      colour| {
        let darkest = values.iter().flatten().flatten().copied().fold(0.0, f64::max);
        let caption = Message::new(caption).with_words(title.clone());
        let svg = matrix_chart(&Matrix {
            description: &context.say(caption.clone()),
            across: &context.say(across),
            down: &context.say("grade"),
            rows: names,
            columns,
            values,
            darkest,
            is_share: true,
            colour,
        })?;
        pictures.extend(svg.map(|svg| Picture { name: format!("{what}_{name}"), svg, caption }));
        Ok::<(), crate::error::Error>(())
    };
    if let Some(migration) = grades.migration.value() {
        let shares = &migration.figures.shares;
        matrix(
            "migration",
            "{0}: shares of migration, from the grade at the start (rows) to the one at the end",
            "grade at the end",
            names,
            shares,
            charts::GOOD,
        )?;
    }
    if grades.grade_periods.len() > 1 {
        let periods: Vec<String> = grades.grade_periods.iter().map(|row| row.period.clone()).collect();
        let rates: Vec<Vec<Option<f64>>> = (0..names.len())
            .map(|place| grades.grade_periods.iter().map(|row| row.grades[place].bad_rate).collect())
            .collect();
        matrix(
            "bad_rate_by_grade_and_period",
            "{0}: bad rate by grade (rows) and period",
            "period",
            &periods,
            &rates,
            charts::BAD,
        )?;
    }
    Ok(pictures)
}

fn distribution(context: &Context<'_>) -> Table {
    let rows = known(context).flat_map(|(title, _, _, grades)| {
        grades.grades.iter().map(move |row| {
            let interval = Interval { value: row.bad_rate, low: row.low, high: row.high };
            vec![
                Cell::Words(title.clone()),
                Cell::text(&row.grade),
                Cell::Count(row.cases),
                Cell::Share(row.share),
                Cell::share(row.reference_share),
                row.exposure.map_or(Cell::Nothing, Cell::Count),
                Cell::share(row.exposure_share),
                Cell::Count(row.bads),
                match row.bad_rate {
                    Some(_) => Cell::ShareInterval(interval),
                    None => Cell::NotComputed(Message::new("no good or bad case")),
                },
                Cell::share(row.isotonic_bad_rate),
                Cell::share(row.expected_bad_rate),
            ]
        })
    });
    Table {
        name: "grades".to_owned(),
        caption: Message::new("Cases, exposure and bad rate by grade, best grade first"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("grade", "Grade"),
            Column::new("cases", "Cases"),
            Column::new("share", "Share"),
            Column::new("reference_share", "Share of the earlier cases"),
            Column::new("exposure", "Exposure"),
            Column::new("exposure_share", "Share of the exposure"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("isotonic_bad_rate", "Bad rate, neighbours in the wrong order pooled"),
            Column::new("expected_bad_rate", "Expected bad rate"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn tests(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("violations", "Neighbours in the wrong order"),
        Column::new("pairs", "Neighbours compared"),
        Column::new("trend_z", "z").under("Trend"),
        Column::new("trend_p_value", "p value").under("Trend"),
        Column::new("chi_square", "Chi-square").under("Differences"),
        Column::new("degrees_of_freedom", "Degrees of freedom").under("Differences"),
        Column::new("p_value", "p value").under("Differences"),
        Column::new("psi", "PSI").under("Distribution"),
        Column::new("psi_critical_value_95", "Critical value, 95%").under("Distribution"),
    ]);
    let rows = known(context).map(|(title, _, figures, grades)| {
        let order = grades.grade_monotonicity.value();
        let all = grades.grade_heterogeneity.value().map(|known| &known.all);
        let mut cells = sample_cells(&title, figures);
        cells.extend([
            Cell::measured(&grades.grade_monotonicity, |order| Cell::Count(order.violations as f64)),
            order.map_or(Cell::Nothing, |order| Cell::Count(order.pairs as f64)),
            Cell::number(order.map(|order| order.trend.z), 2),
            Cell::p_value(order.map(|order| order.p_value)),
            Cell::measured(&grades.grade_heterogeneity, |known| Cell::Number(known.all.statistic, 2)),
            all.map_or(Cell::Nothing, |all| Cell::Count(all.degrees_of_freedom as f64)),
            Cell::p_value(all.map(|all| all.p_value)),
            Cell::measured(&grades.grade_stability, |index| Cell::Number(index.value, 4)),
            Cell::number(grades.grade_stability.value().map(|index| index.critical_value_95), 4),
        ]);
        cells
    });
    Table {
        name: "grade_tests".to_owned(),
        caption: Message::new("Order, differences and shift of the grades"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn neighbours(context: &Context<'_>) -> Table {
    let rows = known(context).flat_map(|(title, _, _, grades)| {
        let pairs = grades.grade_heterogeneity.value().map_or(&[][..], |known| &known.neighbours);
        pairs.iter().map(move |pair| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(&pair.grade),
                Cell::text(&pair.next_grade),
                pair.test.map_or(
                    Cell::NotComputed(Message::new("none or all of the cases of both grades are bad")),
                    |test| Cell::Number(100.0 * test.difference, 2),
                ),
                Cell::number(pair.test.map(|test| test.z), 2),
                Cell::p_value(pair.test.map(|test| test.p_value)),
                Cell::p_value(pair.p_value_holm),
            ]
        })
    });
    Table {
        name: "grade_neighbours".to_owned(),
        caption: Message::new("Neighbouring grades: does the bad rate rise, and do they differ?"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("grade", "Grade"),
            Column::new("next_grade", "Next grade"),
            Column::new("difference", "Rise of the bad rate, percentage points"),
            Column::new("z", "z"),
            Column::new("p_value", "p value"),
            Column::new("p_value_holm", "p value by Holm"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn by_period(context: &Context<'_>) -> Table {
    let rows = known(context).flat_map(|(title, _, _, grades)| {
        grades.grade_periods.iter().flat_map(move |period| {
            let title = title.clone();
            period.grades.iter().map(move |row| {
                vec![
                    Cell::Words(title.clone()),
                    Cell::text(&period.period),
                    Cell::text(&row.grade),
                    Cell::Count(row.cases),
                    Cell::share(row.share),
                    Cell::Count(row.bads),
                    Cell::share(row.bad_rate),
                ]
            })
        })
    });
    Table {
        name: "grades_by_period".to_owned(),
        caption: Message::new("Cases and bad rate by grade and period"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("period", "Period"),
            Column::new("grade", "Grade"),
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
        Column::new("by", "By"),
        Column::new("grades", "Grades"),
        Column::new("herfindahl", "Herfindahl index"),
        Column::new("coefficient_of_variation", "Coefficient of variation"),
        Column::new("initial_herfindahl", "Initial Herfindahl index"),
        Column::new("p_value", "p value"),
    ]);
    let figures = |by: &'static str, figures: &HerfindahlFigures| {
        vec![
            Cell::words(by),
            Cell::Count(figures.index.grades as f64),
            Cell::Number(figures.index.value, 4),
            Cell::Number(figures.index.coefficient_of_variation, 4),
            Cell::number(figures.test.map(|test| test.initial_value), 4),
            match (&figures.test, &figures.test_not_computed) {
                (None, Some(reason)) => Cell::NotComputed(reason.clone()),
                (test, _) => Cell::p_value(test.map(|test| test.p_value)),
            },
        ]
    };
    let mut rows = Vec::new();
    for (title, _, sample, grades) in known(context) {
        let mut push = |cells: Vec<Cell>| rows.push(sample_cells(&title, sample).into_iter().chain(cells).collect());
        match grades.herfindahl.value() {
            Some(known) => {
                push(figures("cases", &known.by_cases));
                if let Some(by_exposure) = &known.by_exposure {
                    push(figures("exposure", by_exposure));
                }
            }
            None => {
                let reason = Cell::measured(&grades.herfindahl, |_| Cell::Nothing);
                let mut cells = vec![Cell::words("cases"), Cell::Nothing, reason];
                cells.resize(6, Cell::Nothing);
                push(cells);
            }
        }
    }
    Table {
        name: "herfindahl".to_owned(),
        caption: Message::new("Concentration over grades"),
        columns,
        rows,
        files_only: false,
    }
}

fn migrations(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("migrated_cases", "Cases in the matrix"),
        Column::new("stability", "Same grade"),
        Column::new("downgraded", "Worse grade"),
        Column::new("upgraded", "Better grade"),
        Column::new("mean_notches", "Mean of notches"),
        Column::new("mean_absolute_notches", "Mean of notches, either way"),
        Column::new("upper_mwb", "Towards worse").under("Matrix weighted bandwidth"),
        Column::new("lower_mwb", "Towards better").under("Matrix weighted bandwidth"),
        Column::new("mobility", "Mobility"),
        Column::new("left", "Left"),
        Column::new("without_previous_grade", "New"),
    ]);
    let rows = known(context).map(|(title, _, sample, grades)| {
        let known = grades.migration.value();
        let figures = known.map(|known| &known.figures);
        let count = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Count);
        let mut cells = sample_cells(&title, sample);
        cells.extend([
            Cell::measured(&grades.migration, |known| Cell::Count(known.figures.cases)),
            Cell::share(figures.map(|figures| figures.stability)),
            Cell::share(figures.map(|figures| figures.downgraded)),
            Cell::share(figures.map(|figures| figures.upgraded)),
            Cell::number(figures.map(|figures| figures.mean_notches), 3),
            Cell::number(figures.map(|figures| figures.mean_absolute_notches), 3),
            Cell::number(figures.and_then(|figures| figures.upper_mwb), 4),
            Cell::number(figures.and_then(|figures| figures.lower_mwb), 4),
            Cell::number(figures.and_then(|figures| figures.mobility), 4),
            count(known.map(|known| known.left.iter().sum())),
            count(known.map(|known| known.without_previous_grade)),
        ]);
        cells
    });
    Table {
        name: "migration".to_owned(),
        caption: Message::new("Migration from the grade at the start to the grade at the end"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn matrix(title: &Message, name: &str, migration: &MigrationEvidence) -> Table {
    let mut columns = vec![Column::new("from", "From")];
    columns.extend(migration.grades.iter().map(|grade| Column::new(grade.clone(), grade.clone()).under("To")));
    columns.push(Column::new("(left)", "Left"));
    let rows = migration.grades.iter().zip(&migration.figures.matrix).zip(&migration.left);
    let row = |((grade, counts), left): ((&String, &Vec<f64>), &f64)| {
        let counts = counts.iter().chain([left]).map(|count| Cell::Count(*count));
        std::iter::once(Cell::text(grade)).chain(counts).collect()
    };
    Table {
        name: format!("migration_matrix_{name}"),
        caption: Message::new("{0}: cases by grade at the start (rows) and at the end").with_words(title.clone()),
        columns,
        rows: rows.map(row).collect(),
        files_only: false,
    }
}

fn cells(title: &Message, name: &str, migration: &MigrationEvidence) -> Table {
    let figures = &migration.figures;
    let grades = &migration.grades;
    let places = (0..grades.len()).flat_map(|from| (0..grades.len()).map(move |to| (from, to)));
    let rows = places.map(|(from, to)| {
        vec![
            Cell::text(&grades[from]),
            Cell::text(&grades[to]),
            Cell::Count(figures.matrix[from][to]),
            Cell::share(figures.shares[from][to]),
            Cell::number(figures.z[from][to], 3),
            Cell::p_value(figures.p_value[from][to]),
        ]
    });
    Table {
        name: format!("migration_cells_{name}"),
        caption: Message::new(
            "{0}: shares of every grade at the start, and the z test against the cell nearer the diagonal",
        )
        .with_words(title.clone()),
        columns: vec![
            Column::new("from", "From"),
            Column::new("to", "To"),
            Column::new("cases", "Cases"),
            Column::new("share", "Share"),
            Column::new("z", "z"),
            Column::new("p_value", "p value"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}
