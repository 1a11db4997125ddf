//! Limits and tests: what failed, what could not be computed and why, what passed.

use super::Context;
use super::summary::verdict;
use crate::error::Result;
use crate::evidence::{Bound, Light, LimitCheck, TestResult};
use crate::report::document::{Block, Cell, Column, Section, Table};
use crate::report::template::plain;
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let limits = &context.evidence.limits;
    let standard = context.evidence.standard.as_ref();
    let tests: Vec<&TestResult> = standard.iter().flat_map(|standard| &standard.tests).collect();
    let mut blocks = vec![Block::Text(Message::new("{0}.").with_words(verdict(context.evidence)))];
    if let Some(standard) = standard {
        let count = |light: Light| standard.with(light).count();
        blocks.push(Block::Facts(vec![
            (
                "Standards set".into(),
                Cell::Words(Message::new("{0} ({1})").with_words(standard.title.clone()).with(&standard.name)),
            ),
            ("What it follows".into(), Cell::Words(standard.about.clone())),
            ("red".into(), Cell::Count(count(Light::Red) as f64)),
            ("amber".into(), Cell::Count(count(Light::Amber) as f64)),
            ("green".into(), Cell::Count(count(Light::Green) as f64)),
        ]));
    }
    if !limits.is_empty() || standard.is_some() {
        blocks.push(Block::Note("Limits are the policy of the bank that set them, not law: what a supervisor asks is that they be reasoned, kept and followed up. A limit or test whose value could not be computed counts as not passed for limits, and has no light for tests.".into()));
    }
    /// Whether a value, and whether it passed, belong to a part.
    type Belongs = fn(Option<f64>, bool) -> bool;
    let parts: [(&'static str, &'static str, Belongs); 3] = [
        ("Failed", "Limits that fail and tests that are red or amber", |value, passed| value.is_some() && !passed),
        ("Not computed", "Limits and tests without a value", |value, _| value.is_none()),
        ("Passed", "Limits that hold and tests that are green", |value, passed| value.is_some() && passed),
    ];
    for (heading, caption, belongs) in parts {
        let mut rows: Vec<Vec<Cell>> =
            limits.iter().filter(|check| belongs(check.value, check.passed)).map(limit_row).collect();
        let passes = |test: &TestResult| test.light == Some(Light::Green);
        rows.extend(tests.iter().filter(|test| belongs(test.value, passes(test))).map(|test| test_row(test)));
        if limits.is_empty() && tests.is_empty() {
            continue;
        }
        blocks.push(Block::Heading(heading.into()));
        if rows.is_empty() {
            blocks.push(Block::Text("None.".into()));
            continue;
        }
        let table = Table { caption: caption.into(), columns: columns(), rows, ..Table::default() };
        blocks.push(match heading {
            "Passed" => Block::Details(Message::new("{0} passed").with(table.rows.len()), vec![Block::Table(table)]),
            _ => Block::Table(table),
        });
    }
    if !limits.is_empty() {
        blocks.push(Block::Table(limits_table(limits)));
    }
    if !tests.is_empty() {
        blocks.push(Block::Table(tests_table(&tests)));
    }
    Ok(Some(Section { id: "limits", heading: "Limits and findings".into(), blocks }))
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("name", "Limit or test"),
        Column::new("sample", "Sample"),
        Column::new("place", "Where"),
        Column::new("value", "Value"),
        Column::new("limit", "Limit"),
        Column::new("light", "Verdict"),
    ]
}

fn sample(name: &str) -> Cell {
    use crate::sample::SampleName::{Development, Holdout, OutOfTime, Rejected, Validation};
    let all = [Development, Holdout, OutOfTime, Rejected, Validation];
    all.into_iter().find(|known| known.name() == name).map_or_else(|| Cell::text(name), Cell::Sample)
}

fn limit_row(check: &LimitCheck) -> Vec<Cell> {
    let words = match check.name.starts_with("max") {
        true => Message::new("at most {0}"),
        false => Message::new("at least {0}"),
    };
    vec![
        Cell::text(&check.name),
        sample(&check.sample),
        Cell::Nothing,
        Cell::number(check.value, 4),
        Cell::Words(words.with(plain(check.limit))),
        match (check.value, check.passed) {
            (None, _) => Cell::NotComputed("the measure is not defined on this sample".into()),
            (_, true) => Cell::Light(Light::Green),
            (_, false) => Cell::Light(Light::Red),
        },
    ]
}

/// A range in words.
fn bound(bound: &Bound) -> Message {
    match (bound.at_least, bound.at_most) {
        (Some(least), Some(most)) => Message::new("from {0} to {1}").with(plain(least)).with(plain(most)),
        (Some(least), None) => Message::new("at least {0}").with(plain(least)),
        (None, Some(most)) => Message::new("at most {0}").with(plain(most)),
        (None, None) => "any value".into(),
    }
}

fn test_row(test: &TestResult) -> Vec<Cell> {
    vec![
        Cell::Words(test.title.clone()),
        test.sample.as_deref().map_or(Cell::Nothing, sample),
        test.place.as_ref().map_or(Cell::Nothing, Cell::text),
        Cell::number(test.value, 4),
        Cell::Words(bound(&test.green)),
        match (test.light, &test.not_computed) {
            (Some(light), _) => Cell::Light(light),
            (None, Some(why)) => Cell::NotComputed(why.clone()),
            (None, None) => Cell::Nothing,
        },
    ]
}

fn limits_table(limits: &[LimitCheck]) -> Table {
    let rows = limits.iter().map(|check| {
        vec![
            Cell::text(&check.name),
            sample(&check.sample),
            Cell::number(check.value, 4),
            Cell::Plain(check.limit),
            Cell::Flag(check.passed),
        ]
    });
    Table {
        name: "limits".to_owned(),
        caption: "Every limit on every sample".into(),
        columns: vec![
            Column::new("name", "Limit"),
            Column::new("sample", "Sample"),
            Column::new("value", "Value"),
            Column::new("limit", "Limit"),
            Column::new("passed", "Holds"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}

fn tests_table(tests: &[&TestResult]) -> Table {
    let rows = tests.iter().map(|test| {
        let amber = test.amber.unwrap_or(Bound { at_least: None, at_most: None });
        vec![
            Cell::text(&test.id),
            Cell::Words(test.title.clone()),
            Cell::Words(test.rule.clone()),
            test.sample.as_deref().map_or(Cell::Nothing, sample),
            test.place.as_ref().map_or(Cell::Nothing, Cell::text),
            Cell::text(&test.measure),
            Cell::number(test.value, 4),
            Cell::plain(test.green.at_least),
            Cell::plain(test.green.at_most),
            Cell::plain(amber.at_least),
            Cell::plain(amber.at_most),
            test.light.map_or(Cell::Nothing, Cell::Light),
            test.not_computed.as_ref().map_or(Cell::Nothing, |why| Cell::Words(why.clone())),
            Cell::Words(test.severity.words()),
        ]
    });
    Table {
        name: "standard_tests".to_owned(),
        caption: "Every test of the standards set".into(),
        columns: vec![
            Column::new("id", "Test"),
            Column::new("title", "What it asks"),
            Column::new("rule", "Rule"),
            Column::new("sample", "Sample"),
            Column::new("place", "Where"),
            Column::new("measure", "Measure"),
            Column::new("value", "Value"),
            Column::new("green_at_least", "Green at least"),
            Column::new("green_at_most", "Green at most"),
            Column::new("amber_at_least", "Amber at least"),
            Column::new("amber_at_most", "Amber at most"),
            Column::new("light", "Light"),
            Column::new("not_computed", "Why there is no value"),
            Column::new("severity", "Severity"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}
