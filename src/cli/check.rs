//! `check`: look for faults in the tables of a project or a card.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use scorewright::error::{Result, internal};
use scorewright::quality::{Code, Finding, Quality, Severity, check, counted};
use scorewright::report::write_check;

use super::{Console, Done};

/// Looks for faults in the tables of a project (scorewright.toml, or its folder) or in those that a card needs: keys,
/// dates, months, amounts, codes, broken feeds, one person under several ids. Every finding is counted, with examples
/// and advice. Exit status 4 where there are errors; 3 where configuration or data cannot be read at all.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright check my-lender/scorewright.toml --out check\n  scorewright check my-lender/cards/behavior.toml --table performance --json"
)]
pub struct Check {
    /// The project's file or folder, or a card's file
    #[arg(value_name = "PROJECT_OR_CARD")]
    file: PathBuf,
    /// The directory to write: check.html, check.json, tables/findings.csv
    #[arg(long)]
    out: Option<PathBuf>,
    /// Check this table only; may be given several times
    #[arg(long, value_name = "NAME", num_args = 1..)]
    table: Vec<String>,
}

impl Check {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let quality = check(&self.file, &self.table, console)?;
        let mut text = describe(&quality);
        if let Some(out) = &self.out {
            write_check(&quality, out)?;
            let _ = writeln!(text, "next:\n  look at  {}/check.html", out.display());
        }
        Ok(Done { text, json: serde_json::to_value(&quality).map_err(internal)?, limits_passed: quality.passed() })
    }
}

/// Values that a line of text shows of an example; the page shows all.
const MOST_VALUES: usize = 6;

/// "1 error", "2 errors".
fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn describe(quality: &Quality) -> String {
    let mut text = format!(
        "{}: {} checked, {}, {}, {}\n",
        quality.title,
        number(quality.tables.len(), "table"),
        number(quality.count(Severity::Error), "error"),
        number(quality.count(Severity::Warning), "warning"),
        number(quality.count(Severity::Note), "note")
    );
    for table in &quality.tables {
        let period = table.period.as_ref().map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
        let _ = writeln!(text, "\n{} ({}, {} rows{period})", table.name, table.path, table.rows);
        let mut found = quality.findings.iter().filter(|finding| finding.table == table.name).peekable();
        if found.peek().is_none() {
            text.push_str("  nothing found\n");
        }
        found.for_each(|finding| describe_finding(finding, &mut text));
    }
    text
}

fn describe_finding(finding: &Finding, text: &mut String) {
    let column = finding.column.as_ref().map(|column| format!(" in {column}")).unwrap_or_default();
    let _ = writeln!(text, "  {:<8} {}{column}: {}", finding.severity.name(), finding.code.name(), counted(finding));
    let _ = writeln!(text, "           {}\n           to do: {}", finding.message, finding.remedy);
    // Owners without rows are what most books have; the page shows some.
    let examples = if finding.code == Code::OwnerWithoutRows { &[][..] } else { &finding.examples[..] };
    for example in examples {
        let key = if example.key.is_empty() { String::new() } else { format!(" {}", example.key) };
        let shown = example.values.iter().take(MOST_VALUES);
        let mut values: Vec<String> = shown.map(|(name, value)| format!("{name} {value}")).collect();
        if example.values.len() > MOST_VALUES {
            values.push("...".to_owned());
        }
        let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        let _ = writeln!(text, "           {} row {}:{key}{values}", example.file, example.row);
    }
}
