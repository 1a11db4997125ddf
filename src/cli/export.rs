//! `export`: write a scorecard in the form that a decision engine loads.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::export::sql::{Dialect, TABLE, export_sql};
use scorewright::export::vectors::vectors;
use scorewright::export::{Format, Standing, export};
use scorewright::registry::{Action, Registry, State, Version, day};
use scorewright::scoring::load;
use scorewright::staging::write_bytes;
use scorewright_runtime::Scorecard;
use serde_json::json;

use super::Done;
use super::registry::{Place, now};

/// Writes a scorecard in the form that a decision engine loads, and beside it test vectors: cases with what they must
/// score, in FILE.vectors.json. What each form means: docs/export/. A version that the registry has as approved carries its
/// version and approvals; everything else is marked as a draft.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright export behavior/3 --format pmml --out exports/\n  scorewright export runs/behavior/scorecard.json --format json --out behavior.json\n  scorewright export runs/behavior/scorecard.json --format python --out exports/"
)]
pub struct Export {
    /// A version of the registry, as CARD/NUMBER; or a file, which is looked up in the registry by its digest
    #[arg(value_name = "VERSION_OR_FILE")]
    scorecard: String,
    /// The form
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The file to write; or a directory that exists, where the file gets a name that says whether it is a draft
    #[arg(long)]
    out: PathBuf,
    /// With --format sql: the engine that the query is for [default: duckdb]
    #[arg(long, value_enum)]
    dialect: Option<SqlDialect>,
    /// With --format sql: the table or view that the query reads, such as cases or risk.cases [default: cases]
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// The forms.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExportFormat {
    /// The artifact itself, for engines that embed the runtime crate or the Python package
    Json,
    /// PMML 4.4, a Scorecard with reason codes
    Pmml,
    /// A Python module without dependencies
    Python,
    /// A points table for people, as text
    Csv,
    /// A points table for people, as an Excel workbook with a calculator
    Excel,
    /// A decision graph of the GoRules ZEN engine
    Zen,
    /// An ONNX model, in double precision
    Onnx,
    /// One SQL query that scores a table
    Sql,
}

/// The engines that a query can be for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SqlDialect {
    /// DuckDB 1.3 or later
    Duckdb,
    /// PostgreSQL 14 or later
    Postgresql,
    /// Spark SQL 3.5 or later
    Spark,
    /// The SQL standard, for other engines
    Ansi,
}

impl From<SqlDialect> for Dialect {
    fn from(dialect: SqlDialect) -> Self {
        match dialect {
            SqlDialect::Duckdb => Dialect::DuckDb,
            SqlDialect::Postgresql => Dialect::PostgreSql,
            SqlDialect::Spark => Dialect::Spark,
            SqlDialect::Ansi => Dialect::Ansi,
        }
    }
}

impl Export {
    pub fn run(&self) -> Result<Done> {
        let format = match self.format {
            ExportFormat::Json => Format::Json,
            ExportFormat::Pmml => Format::Pmml,
            ExportFormat::Python => Format::Python,
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Excel => Format::Excel,
            ExportFormat::Zen => Format::Zen,
            ExportFormat::Onnx => Format::Onnx,
            ExportFormat::Sql => Format::Sql(self.dialect.unwrap_or(SqlDialect::Duckdb).into()),
        };
        if !matches!(format, Format::Sql(_)) && (self.dialect.is_some() || self.table.is_some()) {
            return Err(Error::new(ErrorKind::Usage, "--dialect and --table are for --format sql")
                .help("leave them out, or write --format sql"));
        }
        let (card, standing, reason) = self.card()?;
        let name = &card.document().card.name;
        let out = match self.out.is_dir() {
            true => self.out.join(format!("{}.{}", standing.file_stem(name), format.extension())),
            false => self.out.clone(),
        };
        let vectors = vectors(&card, &standing)?;
        let beside = beside(&out);
        let bytes = match format {
            Format::Sql(dialect) => export_sql(&card, &standing, dialect, self.table.as_deref().unwrap_or(TABLE))?,
            _ => export(&card, &standing, format)?,
        };
        write_bytes(&out, &bytes)?;
        write_bytes(&beside, &vectors.to_json()?)?;
        let text = format!(
            "{} in {}\n{} test vectors in {}\n{reason}\n",
            standing.title(name),
            out.display(),
            vectors.cases.len(),
            beside.display()
        );
        let json = json!({
            "card": name,
            "out": out,
            "vectors": beside,
            "cases": vectors.cases.len(),
            "scorecard_sha256": vectors.scorecard_sha256,
            "standing": vectors.standing,
            "approved": standing != Standing::Draft,
        });
        Ok(Done { text, json, limits_passed: true })
    }
}

impl Export {
    /// The scorecard, how it stands, and that in a sentence.
    fn card(&self) -> Result<(Scorecard, Standing, String)> {
        let path = Path::new(&self.scorecard);
        // A version is named as a file may be; a file that is there wins, as it does in other commands.
        if path.exists() || !self.scorecard.contains('/') || path.extension().is_some_and(|e| e == "json") {
            let card = load(path)?;
            let Some(registry) = self.place.open_if_there()? else {
                return Ok((card, Standing::Draft, "A draft: there is no registry that approved it.".to_owned()));
            };
            let (standing, reason) = match registry.ledger().of_scorecard(&card)? {
                Some(version) => standing(&registry, version),
                None => (Standing::Draft, "A draft: the registry does not have this scorecard.".to_owned()),
            };
            return Ok((card, standing, reason));
        }
        let registry = self.place.open()?;
        let version = registry.ledger().find(&self.scorecard)?;
        let card = Scorecard::from_json(&registry.scorecard(version)?)?;
        let (standing, reason) = standing(&registry, version);
        Ok((card, standing, reason))
    }
}

/// How a version stands: approved where it is approved or released, else a draft.
fn standing(registry: &Registry, version: &Version) -> (Standing, String) {
    let ledger = registry.ledger();
    let words = ledger.in_words(version, now());
    if !matches!(ledger.state(version, now()), State::Approved | State::Released) {
        return (Standing::Draft, format!("A draft: {} is {words}.", version.id));
    }
    let signed = ledger.validation(version).into_iter().chain(ledger.approvals(version));
    let in_words = |event: &scorewright::registry::Event| {
        let entry = event.entry();
        let exception = match &entry.action {
            Action::Validate { exception: Some(exception), .. } => {
                format!(", by exception until {}: {}", day(exception.expires), exception.reason)
            }
            _ => String::new(),
        };
        format!("{} ({}) on {}, key {}{exception}", entry.signer.name, entry.signer.role, day(entry.at), event.key)
    };
    let last =
        ledger.approvals(version).last().map(|event| (event.entry().number, event.sha256.clone())).unwrap_or_default();
    let standing = Standing::Approved {
        version: version.id.number.to_string(),
        approvals: signed.map(in_words).collect(),
        registry: format!("{}, event {} {}", registry.id(), last.0, last.1),
    };
    (standing, format!("{} is {words}.", version.id))
}

/// Where the test vectors of an export stand.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".vectors.json");
    out.with_file_name(name)
}
