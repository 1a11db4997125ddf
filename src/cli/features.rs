//! `features`: the data dictionary of a card, its features built, or written as SQL.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use scorewright::config::CardSpec;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::expression::Dialect;
use scorewright::features::sql::query;
use scorewright::features::{DictionaryFormat, Entry, dictionary, library, render, with_standard};
use scorewright::population::feature_table;
use scorewright::staging::{write_bytes, write_file};
use scorewright::table::{write_csv, write_parquet};
use scorewright_runtime::artifact::CardKind;
use serde_json::json;

use super::{Console, Done};

/// Lists the features of a card on the history as a data dictionary, or builds them for its observation points, whether
/// their outcome is known or not, or writes them as one SQL query with the same values (docs/sql.md).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright features cards/behavior.toml --list\n  scorewright features --list --kind collection --format html --out dictionary.html\n  scorewright features cards/behavior.toml --from 2024-12-31 --until 2024-12-31 --out december.parquet\n  scorewright features cards/behavior.toml --sql duckdb --out behavior.sql"
)]
pub struct Features {
    /// The card's file
    card: Option<PathBuf>,
    /// Write the data dictionary
    #[arg(long)]
    list: bool,
    /// With --list and without a card: the standard library of this kind
    #[arg(long, conflicts_with = "card")]
    kind: Option<Kind>,
    /// With --list: how the dictionary is written
    #[arg(long, requires = "list", default_value = "markdown")]
    format: Format,
    /// First day of observation [default: the card's]
    #[arg(long, value_name = "DATE", conflicts_with = "list")]
    from: Option<NaiveDate>,
    /// Last day of observation [default: the card's]
    #[arg(long, value_name = "DATE", conflicts_with = "list")]
    until: Option<NaiveDate>,
    /// Write the features as SQL for this engine
    #[arg(long, value_enum, value_name = "ENGINE", conflicts_with_all = ["list", "kind", "from", "until"])]
    sql: Option<Engine>,
    /// The file to write: .csv or .parquet for features; for --list and --sql any [default for these: standard output]
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Application,
    Behavior,
    Collection,
}

/// The engines.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Engine {
    /// DuckDB 1.3 or later
    Duckdb,
    /// Spark SQL 3.5 or later
    Spark,
    /// PostgreSQL 14 or later
    Postgres,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Csv,
    Html,
}

impl Features {
    pub fn run(&self, console: &Console) -> Result<Done> {
        match self.sql {
            Some(engine) => self.sql(engine, console),
            None if self.list => self.dictionary(),
            None => self.build(console),
        }
    }

    fn sql(&self, engine: Engine, console: &Console) -> Result<Done> {
        let dialect = match engine {
            Engine::Duckdb => Dialect::DuckDb,
            Engine::Spark => Dialect::Spark,
            Engine::Postgres => Dialect::Postgres,
        };
        let spec = self.card()?;
        let sql = query(&spec, dialect, console)?;
        let text = match &self.out {
            Some(out) => {
                write_bytes(out, sql.as_bytes())?;
                format!("the features of {} for {} in {}\n", spec.card.name, dialect.name(), out.display())
            }
            None => sql.clone(),
        };
        let json = json!({ "card": spec.card.name, "engine": dialect.name(), "out": self.out, "sql": sql });
        Ok(Done { text, json, limits_passed: true })
    }

    fn card(&self) -> Result<CardSpec> {
        let Some(card) = &self.card else {
            return Err(Error::new(ErrorKind::Usage, "which card?")
                .help("name the card's file; or, for the standard library: --list --kind behavior"));
        };
        with_standard(CardSpec::read(card)?)
    }

    fn dictionary(&self) -> Result<Done> {
        let (title, entries): (String, Vec<Entry>) = match self.kind {
            Some(kind) => {
                let kind = match kind {
                    Kind::Application => CardKind::Application,
                    Kind::Behavior => CardKind::Behavior,
                    Kind::Collection => CardKind::Collection,
                };
                let entries = library(kind)?.into_iter().map(|(_, name, mut definition)| {
                    definition.is_standard = true;
                    Entry::new(&name, &definition)
                });
                (format!("the standard library, {kind:?} cards").to_lowercase(), entries.collect())
            }
            None => {
                let spec = self.card()?;
                (spec.card.name.clone(), dictionary(&spec))
            }
        };
        let format = match self.format {
            Format::Markdown => DictionaryFormat::Markdown,
            Format::Csv => DictionaryFormat::Csv,
            Format::Html => DictionaryFormat::Html,
        };
        let mut text = render(&title, &entries, format)?;
        if let Some(out) = &self.out {
            write_file(out, |path| {
                std::fs::write(path, &text)
                    .map_err(|e| Error::new(ErrorKind::Output, format!("cannot write the file: {e}")).in_file(out))
            })?;
            text = format!("{} features of {title} in {}\n", entries.len(), out.display());
        }
        Ok(Done { text, json: json!({ "title": title, "features": entries }), limits_passed: true })
    }

    fn build(&self, console: &Console) -> Result<Done> {
        let Some(out) = &self.out else {
            return Err(Error::new(ErrorKind::Usage, "what shall be done?").help(
                "--list writes the data dictionary; --out FILE.parquet builds the features, --sql writes them as SQL",
            ));
        };
        let extension = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let write = match extension.as_str() {
            "csv" => write_csv,
            "parquet" => write_parquet,
            _ => return Err(Error::new(ErrorKind::Usage, "--out must end in .csv or .parquet").in_file(out)),
        };
        let spec = self.card()?;
        let mut table = feature_table(&spec, self.from, self.until, console)?;
        write_file(out, |path| write(&mut table.frame, path))?;
        let rows = table.frame.height();
        let mut text = format!("{rows} observations of {} in {}\n", spec.card.name, out.display());
        for (feature, reason) in &table.refused {
            text.push_str(&format!("  left out: {feature}: {reason}\n"));
        }
        let refused: Vec<_> =
            table.refused.iter().map(|(name, reason)| json!({ "feature": name, "reason": reason })).collect();
        Ok(Done {
            text,
            json: json!({ "rows": rows, "out": out, "left_out": refused, "waterfall": table.waterfall }),
            limits_passed: true,
        })
    }
}
