//! `bins --streaming`: the bins of a table that does not fit in memory.

use std::fmt::Write;
use std::path::Path;

use scorewright::config::CardSpec;
use scorewright::error::Result;
use scorewright::report::{FeatureBins, Letters, feature_list, write_streamed};
use scorewright::streaming::{StreamedBinning, bin_table};
use scorewright::table::BatchSize;
use serde_json::{Value, json};

use super::{Console, Done};

pub fn run(card: &Path, out: &Path, letters: Letters, console: &Console) -> Result<Done> {
    let bins = bin_table(&CardSpec::read(card)?, BatchSize::default(), console)?;
    write_streamed(&bins, out)?;
    let mut features: Vec<(FeatureBins, String)> =
        bins.features.iter().map(|feature| (FeatureBins::new(&feature.binning), note(feature))).collect();
    features.sort_by(|a, b| b.0.information_value.total_cmp(&a.0.information_value));
    let mut text = format!(
        "{}: {} features, {} development cases of {} rows, in {}\n\n",
        bins.card,
        features.len(),
        bins.development,
        bins.rows,
        out.display()
    );
    text.push_str(&feature_list(&features, letters));
    for (column, reason) in &bins.refused {
        let _ = writeln!(text, "left out: {column}: {reason}");
    }
    for feature in &bins.edited {
        let _ = writeln!(text, "note: the edits of {feature} are not carried out here; training replays them");
    }
    let _ = writeln!(text, "next: paste sections of {} into the card to fix its bins", out.join("bins.toml").display());
    let list: Vec<Value> = bins
        .features
        .iter()
        .map(|feature| {
            json!({
                "bins": FeatureBins::new(&feature.binning),
                "rank_error": feature.rank_error,
                "others": feature.others.map(|others| {
                    json!({ "cases": others.count.weight, "most_cases_of_one": others.most_cases })
                }),
            })
        })
        .collect();
    let json = json!({
        "card": bins.card, "rows": bins.rows, "development_cases": bins.development, "features": list,
        "left_out": bins.refused, "edits_not_carried_out": bins.edited, "out": out,
    });
    Ok(Done { text, json, limits_passed: true })
}

/// What the stream cost.
fn note(feature: &StreamedBinning) -> String {
    match (feature.rank_error, &feature.others) {
        (_, Some(others)) => {
            format!("rare categories together: {} cases, at most {} each", others.count.weight, others.most_cases)
        }
        (0, None) => String::new(),
        (error, None) => format!("frequency of cells to within {error} cases"),
    }
}
