//! `features`: the features of a card, as SQL for a warehouse.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scorewright::config::CardSpec;
use scorewright::error::Result;
use scorewright::expression::Dialect;
use scorewright::features::sql::query;
use scorewright::staging::write_bytes;
use serde_json::json;

use super::{Console, Done};

/// Writes the features of a card on the loan history as one SQL query, which gives the values of training.
///
/// The query reads the tables of scorewright.toml under their names with their original columns, and a table
/// `observations` with case_id, observed_at and the keys that its header names; see docs/sql.md.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright features cards/behavior.toml --sql duckdb --out behavior.sql\n  duckdb warehouse.db < behavior.sql"
)]
pub struct Features {
    /// The card's file
    card: PathBuf,
    /// The engine that is to run the query
    #[arg(long, value_enum)]
    sql: Engine,
    /// The file to write [default: standard output]
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The engines.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Engine {
    /// DuckDB 1.2 or later
    Duckdb,
    /// Spark SQL 3.5 or later
    Spark,
    /// PostgreSQL 14 or later
    Postgres,
}

impl Features {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let dialect = match self.sql {
            Engine::Duckdb => Dialect::DuckDb,
            Engine::Spark => Dialect::Spark,
            Engine::Postgres => Dialect::Postgres,
        };
        let spec = CardSpec::read(&self.card)?;
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
}
