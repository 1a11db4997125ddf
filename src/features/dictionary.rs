//! The data dictionary: every feature of a card, in words.

use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use crate::config::{CardSpec, Definition};
use crate::error::{Result, internal};

/// A feature in the dictionary.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Unit of its values; empty where it has none.
    pub unit: String,
    /// The table it comes from; empty for derived features.
    pub source: String,
    /// The stretch of history that it sees.
    pub window: String,
    /// How it is computed.
    pub definition: String,
    /// `standard` (of the library) or `card` (of the card itself).
    pub origin: String,
    /// Why the history cannot give it; `None`: it can.
    pub unavailable: Option<String>,
}

/// How the dictionary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DictionaryFormat {
    /// A table in Markdown.
    Markdown,
    /// Comma-separated values.
    Csv,
    /// A page.
    Html,
}

/// The dictionary of a card: its features in the order of their names, then its pairs, then those that the history cannot give.
pub fn dictionary(spec: &CardSpec) -> Vec<Entry> {
    let defined = spec.features.define.iter().map(|(name, definition)| Entry::new(name, definition));
    let lost = spec.features.unavailable.iter().map(|(name, reason)| Entry {
        name: name.clone(),
        description: String::new(),
        unit: String::new(),
        source: String::new(),
        window: String::new(),
        definition: String::new(),
        origin: "standard".to_owned(),
        unavailable: Some(reason.clone()),
    });
    let pairs = spec.features.pairs.iter().map(|(name, pair)| Entry {
        name: name.clone(),
        description: pair.description.clone(),
        unit: String::new(),
        source: String::new(),
        window: String::new(),
        definition: format!("{} and {} together, by regions", pair.of[0], pair.of[1]),
        origin: "card".to_owned(),
        unavailable: None,
    });
    defined.chain(pairs).chain(lost).collect()
}

impl Entry {
    /// The entry of a definition.
    pub fn new(name: &str, definition: &Definition) -> Self {
        Entry {
            name: name.to_owned(),
            description: definition.description.clone(),
            unit: definition.unit.clone(),
            source: definition.table.clone().unwrap_or_default(),
            window: definition.window_in_words(),
            definition: definition.computation_in_words(),
            origin: if definition.is_standard { "standard" } else { "card" }.to_owned(),
            unavailable: None,
        }
    }
}

/// The dictionary as a text.
///
/// # Errors
/// An internal fault of the template.
pub fn render(title: &str, entries: &[Entry], format: DictionaryFormat) -> Result<String> {
    let header = ["name", "description", "unit", "source", "window", "definition", "origin", "unavailable"];
    let cells = |entry: &Entry| {
        [
            entry.name.clone(),
            entry.description.clone(),
            entry.unit.clone(),
            entry.source.clone(),
            entry.window.clone(),
            entry.definition.clone(),
            entry.origin.clone(),
            entry.unavailable.clone().unwrap_or_default(),
        ]
    };
    match format {
        DictionaryFormat::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(header).map_err(internal)?;
            for entry in entries {
                writer.write_record(cells(entry)).map_err(internal)?;
            }
            String::from_utf8(writer.into_inner().map_err(internal)?).map_err(internal)
        }
        DictionaryFormat::Markdown => {
            let line = |cells: &[String]| {
                let escaped: Vec<String> =
                    cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
                format!("| {} |\n", escaped.join(" | "))
            };
            let mut text = format!("# Features of {title}\n\n");
            text.push_str(&line(&header.map(str::to_owned)));
            text.push_str(&line(&header.map(|_| "---".to_owned())));
            entries.iter().for_each(|entry| text.push_str(&line(&cells(entry))));
            Ok(text)
        }
        DictionaryFormat::Html => {
            let mut environment = Environment::new();
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            environment.add_template("dictionary", include_str!("dictionary.html")).map_err(internal)?;
            let template = environment.get_template("dictionary").map_err(internal)?;
            let rows: Vec<[String; 8]> = entries.iter().map(cells).collect();
            template.render(context! { title, header, rows }).map_err(internal)
        }
    }
}

impl Definition {
    /// The stretch of history that it sees, in words.
    pub fn window_in_words(&self) -> String {
        if self.expression.is_some() {
            return String::new();
        }
        let count = |number: u32, unit: &str| match number {
            1 => format!("1 {unit}"),
            _ => format!("{number} {unit}s"),
        };
        let skip = match (self.skip_months, self.skip_days) {
            (Some(months), _) => format!(", ending {} before", count(months, "month")),
            (None, Some(days)) => format!(", ending {} before", count(days, "day")),
            (None, None) => String::new(),
        };
        let length = match (self.window_months, self.window_days) {
            (Some(months), _) => count(months, "month"),
            (None, Some(days)) => count(days, "day"),
            (None, None) => "all history".to_owned(),
        };
        length + &skip
    }

    /// How it is computed, in words.
    pub fn computation_in_words(&self) -> String {
        if let Some(expression) = &self.expression {
            return expression.clone();
        }
        let mut text = self.aggregate.unwrap_or_default().name().replace('_', " ");
        if let Some(quantile) = self.quantile {
            text.push_str(&format!(" {quantile}"));
        }
        if let Some(value) = &self.value {
            text.push_str(&format!(" of {value}"));
        }
        if let Some(node) = &self.node {
            text.push_str(&format!(" through {node}"));
        }
        if let Some(condition) = &self.condition {
            text.push_str(&format!(" where {condition}"));
        }
        if let Some(key) = &self.key {
            text.push_str(&format!(", by {key}"));
        }
        let across = serde_json::to_value(self.across.unwrap_or_default()).ok();
        let across = across.as_ref().and_then(|name| name.as_str()).unwrap_or_default().replace('_', " ");
        if let Some(by) = &self.by {
            text.push_str(&format!("; {across} over each {by}"));
        }
        if let Some(of) = &self.of {
            let table = of.table.as_deref().unwrap_or_default();
            let window = of.window_in_words();
            text.push_str(&format!("; {across} of their {} in {table}, {window}", of.computation_in_words()));
        }
        text
    }
}
