//! `score`: score a file with a scorecard.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::progress::Progress;
use scorewright::scoring::{load, read_data, score};
use scorewright::staging::write_file;
use scorewright::table::{write_csv, write_parquet};
use serde_json::json;

use super::{Console, Done};

/// Scores every row of a file: id, score, pd, up to four reasons, and how many values development never saw.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright score runs/behavior/scorecard.json --data accounts.parquet --out scores.csv"
)]
pub struct Score {
    /// The scorecard
    scorecard: PathBuf,
    /// csv, csv.gz or parquet with the card's features
    #[arg(long)]
    data: PathBuf,
    /// Field separator of a csv file [default: a comma]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<char>,
    /// The file to write: .csv or .parquet
    #[arg(long)]
    out: PathBuf,
}

impl Score {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let extension = self.out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let write = match extension.as_str() {
            "csv" => write_csv,
            "parquet" => write_parquet,
            _ => return Err(Error::new(ErrorKind::Usage, "--out must end in .csv or .parquet").in_file(&self.out)),
        };
        let card = load(&self.scorecard)?;
        console.begin("reading", 0);
        let table = read_data(&card, &self.data, self.separator, &[])?;
        console.check()?;
        console.begin("scoring", 0);
        let mut scores = score(&card, &table)?;
        console.check()?;
        write_file(&self.out, |path| write(&mut scores.frame, path))?;
        let rows = table.rows();
        let mut text = format!("{rows} rows scored with {} in {}\n", card.document().card.name, self.out.display());
        for (column, count) in &scores.outside_allowed {
            text.push_str(&format!("{column}: {count} values lie outside of the range that the card allows\n"));
        }
        Ok(Done {
            text,
            json: json!({
                "rows": rows,
                "card": card.document().card.name,
                "out": self.out,
                "outside_allowed": scores.outside_allowed.into_iter().collect::<BTreeMap<_, _>>(),
            }),
            limits_passed: true,
        })
    }
}
