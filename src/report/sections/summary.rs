//! What came out, in figures of each sample, and what a reader must know.

use super::Context;
use crate::error::Result;
use crate::evidence::{Evidence, SampleEvidence, ScoredSample};
use crate::report::document::{Block, Cell, Column, Section, Table};
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let evidence = context.evidence;
    let samples: Vec<(&ScoredSample, &SampleEvidence)> =
        context.scored.iter().filter_map(|sample| Some((sample, evidence.samples.get(sample.name.name())?))).collect();
    let mut blocks = vec![
        Block::Table(arrangement(evidence, &samples)),
        Block::Table(table(evidence, &samples)),
        Block::Note("AUC: probability that a good scores above a bad, ties by half; interval by DeLong. KS: largest distance between the cumulative shares of goods and bads over the distinct scores; interval by a seeded bootstrap of 200 resamples. PSI compares each sample's scores with development over its deciles.".into()),
    ];
    if context.is_ratio() {
        blocks.push(Block::Note("The outcome is a share: a case counts as good by the share repaid and as bad by the rest, so “bad rate” is the share not repaid.".into()));
    }
    blocks.extend(samples.iter().filter_map(|(sample, figures)| Some(Block::Note(interval(sample, figures)?))));
    let warnings = evidence.warnings.iter().map(Message::of_english).collect();
    blocks.push(Block::Warnings(warnings));
    Ok(Some(Section { id: "summary", heading: "Summary".into(), blocks }))
}

/// What a sample's intervals take as independent.
fn interval(sample: &ScoredSample, figures: &SampleEvidence) -> Option<Message> {
    figures.interval.as_ref()?;
    let name = Message::new(sample.name.title());
    Some(match (&sample.groups, figures.is_by_group()) {
        (Some(groups), true) => Message::new("{0}: intervals by group ({1}), {2} groups: only groups are taken as independent; the influences of a group's cases on AUC are summed (Obuchowski, 1997), and KS draws whole groups.")
            .with_words(name)
            .with(&groups.column)
            .with(figures.groups.unwrap_or(0)),
        _ => Message::new("{0}: intervals by case: every case is taken as independent of the others.").with_words(name),
    })
}

fn arrangement(evidence: &Evidence, samples: &[(&ScoredSample, &SampleEvidence)]) -> Table {
    let rows = samples.iter().map(|(sample, figures)| {
        vec![
            Cell::Sample(sample.name),
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.goods),
            Cell::Count(figures.bads),
            Cell::Count(figures.indeterminate as f64),
            Cell::share(figures.bad_rate),
            Cell::share(figures.expected_bad_rate),
            Cell::Interval(figures.auc, 3),
            Cell::number(figures.gini.value, 3),
            Cell::Interval(figures.ks.interval, 3),
            Cell::number(evidence.score_psi.get(sample.name.name()).copied().flatten(), 3),
        ]
    });
    Table {
        caption: "The samples and how the score does on them".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("cases", "Cases"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("indeterminate", "Indeterminate"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("expected_bad_rate", "Expected"),
            Column::new("auc", "AUC (95%)"),
            Column::new("gini", "Gini"),
            Column::new("ks", "KS (95%)"),
            Column::new("score_psi", "Score PSI"),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

/// The same with all that files hold.
fn table(evidence: &Evidence, samples: &[(&ScoredSample, &SampleEvidence)]) -> Table {
    let rows = samples.iter().map(|(sample, figures)| {
        vec![
            Cell::Sample(sample.name),
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.indeterminate as f64),
            Cell::Count(figures.goods),
            Cell::Count(figures.bads),
            Cell::share(figures.bad_rate),
            Cell::share(figures.expected_bad_rate),
            Cell::Interval(figures.auc, 4),
            Cell::number(figures.gini.value, 4),
            Cell::Interval(figures.ks.interval, 4),
            Cell::plain(figures.ks.score),
            figures.interval.as_ref().map_or(Cell::Nothing, Cell::text),
            Cell::count(figures.groups.map(|groups| groups as f64)),
            Cell::number(evidence.score_psi.get(sample.name.name()).copied().flatten(), 4),
            Cell::Count(figures.unforeseen_cases as f64),
        ]
    });
    Table {
        name: "samples".to_owned(),
        caption: "The samples: counts, discrimination and stability".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("cases", "Cases"),
            Column::new("indeterminate", "Indeterminate"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("expected_bad_rate", "Expected bad rate"),
            Column::new("auc", "AUC"),
            Column::new("gini", "Gini"),
            Column::new("ks", "KS"),
            Column::new("ks_score", "Score of KS"),
            Column::new("interval", "Intervals"),
            Column::new("groups", "Groups"),
            Column::new("score_psi", "Score PSI"),
            Column::new("unforeseen_cases", "Cases with unforeseen values"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}

/// The verdict on the limits in a few words.
pub fn verdict(evidence: &Evidence) -> Message {
    let failed = evidence.limits.iter().filter(|check| !check.passed).count();
    match (evidence.limits.len(), failed) {
        (0, _) => "no limits set".into(),
        (all, 0) => Message::new("all {0} limits hold").with(all),
        (all, failed) => Message::new("{0} of {1} limits fail").with(failed).with(all),
    }
}
