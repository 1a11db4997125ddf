//! The model card: what a reader must know of a scorecard, on one A4 page.

use super::document::{Block, Cell, Chip, Column, Document, Section, Table, one_page};
use super::sections::{Context, verdict};
use super::template::{count, fixed};
use crate::digest::sha256;
use crate::error::Result;
use crate::evidence::Light;
use crate::sample::SampleName;
use crate::words::Message;

/// Warnings that have room.
const MOST_CAVEATS: usize = 4;
/// Features that have room.
const MOST_FEATURES: usize = 24;

/// The page, in the language of the context.
///
/// # Errors
/// An internal fault of the template.
pub fn model_card(context: &Context<'_>, description: &str) -> Result<String> {
    let evidence = context.evidence;
    let limits = (!evidence.limits.is_empty()).then(|| if evidence.passed() { Light::Green } else { Light::Red });
    let document = Document {
        title: evidence.card.clone(),
        kind: "Model card".into(),
        lead: Vec::new(),
        chips: vec![Chip { words: verdict(evidence), light: limits }],
        sections: vec![
            section("use", "Intended use, population and outcome", vec![Block::Facts(purpose(context, description))]),
            section("data", "Data and features", vec![Block::Facts(data(context)?)]),
            section("performance", "Performance, calibration and stability", vec![
                Block::Table(performance(context)),
                Block::Note("AUC: interval by DeLong; KS: by a seeded bootstrap; ratio: observed over expected bad rate; PSI: against development.".into()),
            ]),
            section("limits", "Limits and caveats", limits_and_caveats(context)),
            section("contacts", "Contacts", vec![contacts()]),
        ],
    };
    one_page(&document, context.language)
}

fn section(id: &'static str, heading: &'static str, blocks: Vec<Block>) -> Section {
    Section { id, heading: heading.into(), blocks }
}

fn purpose(context: &Context<'_>, description: &str) -> Vec<(Message, Cell)> {
    let Some(document) = context.document else { return Vec::new() };
    let use_of = match document.card.kind.name() {
        "application" => "ranks applicants by risk at the request, and gives a probability of default",
        "behavior" => {
            "ranks accounts by risk every month from how they are used and repaid, and gives a probability of default"
        }
        _ => "ranks accounts in delinquency by risk, and gives a probability of default",
    };
    let mut facts: Vec<(Message, Cell)> = vec![("Intended use".into(), Cell::words(use_of))];
    if !description.is_empty() {
        facts.push(("In the words of its makers".into(), Cell::text(description)));
    }
    let population = context.evidence.waterfall.first().zip(context.evidence.waterfall.last()).map(|(first, last)| {
        Message::new("{0} rows, of which {1} became cases; exclusions stand in the report")
            .with(count(first.remaining as f64))
            .with(count(last.remaining as f64))
    });
    facts.extend(population.map(|population| ("Population".into(), Cell::Words(population))));
    facts.push(("Outcome".into(), Cell::text(&document.outcome.description)));
    facts
}

fn data(context: &Context<'_>) -> Result<Vec<(Message, Cell)>> {
    let Some(document) = context.document else { return Ok(Vec::new()) };
    let files = document
        .lineage
        .data
        .iter()
        .map(|file| Message::new("{0} ({1} rows)").with(&file.path).with(count(file.rows as f64)));
    let files = files.reduce(|all, next| Message::new("{0}, {1}").with_words(all).with_words(next));
    let names: Vec<&str> = document.features.iter().map(|feature| feature.title()).take(MOST_FEATURES).collect();
    let more = document.features.len().saturating_sub(MOST_FEATURES);
    let names = match more {
        0 => Message::new("{0}: {1}").with(document.features.len()).with(names.join(", ")),
        more => Message::new("{0}: {1} and {2} more").with(document.features.len()).with(names.join(", ")).with(more),
    };
    let scaling = &document.scaling;
    let scale =
        Message::new("{0} points are odds of {1} goods to 1 bad; {2} points more double the odds; higher is safer")
            .with(scaling.points)
            .with(scaling.odds)
            .with(scaling.pdo);
    let mut facts: Vec<(Message, Cell)> = vec![("Data".into(), Cell::Words(files.unwrap_or_default()))];
    facts.push(("Features".into(), Cell::Words(names)));
    facts.push(("Scale".into(), Cell::Words(scale)));
    facts.push(("Scorecard".into(), Cell::text(format!("sha256 {}", sha256(&document.to_json()?)))));
    Ok(facts)
}

fn performance(context: &Context<'_>) -> Table {
    let evidence = context.evidence;
    let of_sample = context.scored.iter().filter(|sample| sample.name != SampleName::Rejected);
    let rows = of_sample.filter_map(|sample| {
        let name = sample.name.name();
        let figures = evidence.samples.get(name)?;
        let ratio = figures.bad_rate.zip(figures.expected_bad_rate).filter(|(_, expected)| *expected > 0.0);
        let of_features = evidence.features.values().filter(|feature| feature.selected);
        let psi = of_features.filter_map(|feature| feature.psi.get(name).copied().flatten());
        Some(vec![
            Cell::Sample(sample.name),
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.bads),
            Cell::share(figures.bad_rate),
            Cell::Interval(figures.auc, 3),
            Cell::number(figures.gini.value, 3),
            Cell::Interval(figures.ks.interval, 3),
            Cell::share(figures.expected_bad_rate),
            Cell::number(ratio.map(|(observed, expected)| observed / expected), 2),
            Cell::number(evidence.score_psi.get(name).copied().flatten(), 3),
            Cell::number(psi.reduce(f64::max), 3),
        ])
    });
    Table {
        caption: "By sample, with 95% intervals".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("cases", "Cases"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("auc", "AUC"),
            Column::new("gini", "Gini"),
            Column::new("ks", "KS"),
            Column::new("expected", "Expected"),
            Column::new("ratio", "Ratio"),
            Column::new("score_psi", "Score PSI"),
            Column::new("feature_psi", "Largest PSI of a feature"),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn limits_and_caveats(context: &Context<'_>) -> Vec<Block> {
    let evidence = context.evidence;
    let mut blocks = Vec::new();
    let failed = evidence.limits.iter().filter(|check| !check.passed).map(|check| {
        Message::new("{0} on {1}: {2} against {3}")
            .with(&check.name)
            .with(&check.sample)
            .with(check.value.map_or("–".to_owned(), |value| fixed(value, 4)))
            .with(check.limit)
    });
    let mut warnings: Vec<Message> = failed.take(MOST_CAVEATS).collect();
    let caveats = evidence.warnings.iter().map(Message::of_english);
    warnings.extend(caveats.take(MOST_CAVEATS));
    let all = evidence.warnings.len() + evidence.limits.iter().filter(|check| !check.passed).count();
    if all > warnings.len() {
        warnings.push(Message::new("{0} more stand in the report").with(all - warnings.len()));
    }
    blocks.push(Block::Warnings(warnings));
    blocks.push(Block::Note("Not for decisions on persons unlike those of the development sample, nor for other outcomes or horizons; rejected applicants were not observed. Use it with monitoring of stability and calibration.".into()));
    blocks
}

fn contacts() -> Block {
    let roles = ["Model owner", "Model developer", "Independent validator"];
    Block::Table(Table {
        caption: "To be filled in".into(),
        columns: vec![
            Column::new("role", "Role"),
            Column::new("name", "Name"),
            Column::new("contact", "Contact"),
            Column::new("next_review", "Next review"),
        ],
        rows: roles.into_iter().map(|role| vec![Cell::words(role), Cell::Blank, Cell::Blank, Cell::Blank]).collect(),
        ..Table::default()
    })
}
