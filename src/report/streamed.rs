//! Bins that were found batch by batch, as a table and as text for a card.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use scorewright_runtime::artifact::{BinDomain, FeatureKind};

use super::bin_tables;
use super::document::table_frame;
use super::run::write_tables;
use super::tables::NamedTable;
use crate::binning::{BinCounts, Binning};
use crate::error::Result;
use crate::sample::SampleName;
use crate::staging::StagedDirectory;
use crate::streaming::{StreamedBinning, StreamedBins};

/// The file by which a directory is known as one that was written here.
const MARK: &str = "bins.toml";

/// Writes tables/bins.csv, as a run has it, and bins.toml: the bins as cuts and groups for a card.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_streamed(bins: &StreamedBins, place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, &[MARK])?;
    directory.write(MARK, streamed_toml(bins).as_bytes())?;
    let rows: Vec<_> = bins.features.iter().flat_map(|feature| bin_rows(&feature.binning)).collect();
    let table = bin_tables::bins(&rows);
    let frame = table_frame(&table)?;
    write_tables(&directory, vec![NamedTable { name: table.name, frame }])?;
    directory.publish()
}

fn bin_rows(binning: &Binning) -> Vec<bin_tables::BinRow> {
    let rows = &binning.table.rows;
    let labels: Vec<String> = binning.bins.iter().map(|(label, _)| label.clone()).collect();
    let woe: Vec<f64> = rows.iter().map(|row| row.woe).collect();
    // The last entry is for unforeseen values, of which there are none.
    let with_none = |values: Vec<f64>| values.into_iter().chain([0.0]).collect();
    let counts = BinCounts {
        cases: with_none(rows.iter().map(|row| row.cases).collect()),
        goods: with_none(rows.iter().map(|row| row.goods).collect()),
        bads: with_none(rows.iter().map(|row| row.bads).collect()),
    };
    let counts = BTreeMap::from([(SampleName::Development.name().to_owned(), counts)]);
    bin_tables::bin_rows(&binning.name, &labels, &woe, None, &counts, &binning.woe_sources)
}

/// The bins as sections of a card: fixed cuts and groups, to be pasted into it.
pub fn streamed_toml(bins: &StreamedBins) -> String {
    let mut text = format!(
        "# Bins of the card {}, found on {} development cases of {} rows.\n\
         # Paste sections into the card to fix these bins; where the card has a section of the column, add the line to it.\n",
        quoted(&bins.card),
        bins.development,
        bins.rows
    );
    for StreamedBinning { binning, rank_error, others } in &bins.features {
        let _ = write!(text, "\n[features.columns.{}]\n", key(&binning.name));
        let value = binning.table.information_value;
        let _ = write!(text, "# information value {value:.4}");
        if *rank_error > 0 {
            let _ = write!(text, "; cells of equal frequency to within {rank_error} cases");
        }
        text.push('\n');
        if !binning.note.is_empty() {
            let _ = writeln!(text, "# {}", binning.note);
        }
        if let Some(others) = others {
            let _ = writeln!(
                text,
                "# not listed: categories with at most {} cases each, {} together; they will be unforeseen",
                others.most_cases, others.count.weight
            );
        }
        text.push_str(&definition(binning));
    }
    text
}

/// The line that fixes the bins.
fn definition(binning: &Binning) -> String {
    let groups: Vec<String> = binning
        .bins
        .iter()
        .filter_map(|(_, domain)| match domain {
            BinDomain::Categories(texts) => {
                Some(format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")))
            }
            _ => None,
        })
        .collect();
    if binning.kind == FeatureKind::Categorical {
        // Where every case is missing or special, there is nothing to fix.
        let list = |groups: String| format!("groups = [\n  {groups},\n]\n");
        return if groups.is_empty() { String::new() } else { list(groups.join(",\n  ")) };
    }
    let lower = binning.bins.iter().filter_map(|(_, domain)| match domain {
        BinDomain::Interval { lower, .. } => *lower,
        _ => None,
    });
    // As TOML writes numbers: a fraction always has its point.
    format!("cuts = [{}]\n", lower.map(|cut| toml::Value::Float(cut).to_string()).collect::<Vec<_>>().join(", "))
}

/// A text on one line: the escapes of JSON are TOML's, but for one character that JSON leaves as it is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A key, between quotes where it must be.
fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(is_bare) { name.to_owned() } else { quoted(name) }
}
