//! `bins`: look at a card's bins and edit them.

use std::fmt::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};
use scorewright::config::{Action, CardSpec, Edit};
use scorewright::edits::{Request, Review, append, review};
use scorewright::error::{Error, ErrorKind, Result, internal};
use scorewright::pipeline::{BinnedCard, bin_card};
use scorewright::report::{FeatureBins, Letters, bin_svg, feature_bins, feature_list, trend_word};
use scorewright::staging::write_bytes;
use serde_json::{Value, json};

use super::bins_diff::Diff;
use super::{Console, Done, bins_streaming};

/// Shows a card's bins on its development sample, and edits those of one feature.
///
/// An edit is shown with the bins before and after it. Signed with --by and --because it is added to the edits file
/// beside the card (CARD.bins.toml), which training replays: what the edit states holds, and the optimum of the rest is
/// found anew.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group(ArgGroup::new("edit").requires("feature")),
    group(ArgGroup::new("of").args(["feature", "streaming"])),
    after_help = "Examples:\n  scorewright bins cards/application.toml\n  scorewright bins cards/application.toml --feature age\n  scorewright bins cards/application.toml --feature age --merge 26\n  scorewright bins cards/application.toml --feature age --merge 26 --by \"A. Meier\" --because \"too few cases\"\n  scorewright bins cards/application.toml --feature purpose --merge \"car (new)\" --with repairs\n  scorewright bins cards/application.toml --streaming --out bins\n  scorewright bins diff runs/2023 runs/2024"
)]
pub struct Bins {
    #[command(subcommand)]
    command: Option<Command>,
    /// The card's file
    #[arg(required = true)]
    card: Option<PathBuf>,
    /// The feature to show
    #[arg(long, value_name = "NAME")]
    feature: Option<String>,
    /// Take a cut away; of categories, make the bin of this one and the bin of --with one
    #[arg(long, value_name = "CUT|CATEGORY", group = "edit", allow_hyphen_values = true)]
    merge: Option<String>,
    /// With --merge: a category of the other bin
    #[arg(long, value_name = "CATEGORY", requires = "merge", allow_hyphen_values = true)]
    with: Option<String>,
    /// Cut here; of categories, make these a bin of their own (may be given several times)
    #[arg(long, value_name = "CUT|CATEGORY", group = "edit", allow_hyphen_values = true)]
    split: Vec<String>,
    /// Have exactly these cuts
    #[arg(long, value_name = "CUTS", value_delimiter = ',', group = "edit", allow_hyphen_values = true)]
    cuts: Vec<f64>,
    /// Move a cut (26=27); of categories, move one to the bin of another (A=B)
    #[arg(long = "move", value_name = "FROM=TO", group = "edit", allow_hyphen_values = true)]
    move_: Option<String>,
    /// With --move: where to, so that --move holds the one text only
    #[arg(long, value_name = "CUT|CATEGORY", requires = "move_", allow_hyphen_values = true)]
    to: Option<String>,
    /// Take the feature's last edit back
    #[arg(long, group = "edit")]
    undo: bool,
    /// Who makes the edit; without, it is only shown
    #[arg(long, value_name = "NAME", requires_all = ["because", "edit"])]
    by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", requires_all = ["by", "edit"])]
    because: Option<String>,
    /// Draw with ASCII alone
    #[arg(long)]
    ascii: bool,
    /// Find the bins of all features batch by batch, because the table does not fit in memory
    #[arg(long, requires = "out")]
    streaming: bool,
    /// Write the chart of the feature, with the edit if there is one; with --streaming, the directory for bins.toml (cuts
    /// and groups to paste into a card) and tables/
    #[arg(long, value_name = "FILE.svg|DIR", requires = "of")]
    out: Option<PathBuf>,
}

/// What else there is to do with bins.
#[derive(Debug, Subcommand)]
enum Command {
    /// Hold the bins of two run directories against each other
    Diff(Diff),
}

impl Bins {
    pub fn run(&self, console: &Console) -> Result<Done> {
        if let Some(Command::Diff(diff)) = &self.command {
            return diff.run();
        }
        let Some(path) = &self.card else { return Err(Error::new(ErrorKind::Usage, "which card?")) };
        if let (true, Some(out)) = (self.streaming, &self.out) {
            return bins_streaming::run(path, out, self.letters(), console);
        }
        if self.out.as_ref().is_some_and(|out| out.extension().is_none_or(|extension| extension != "svg")) {
            return Err(Error::new(ErrorKind::Usage, "--out must end in .svg"));
        }
        let card = bin_card(CardSpec::read(path)?, self.feature.as_deref(), console)?;
        match (&self.feature, self.request()) {
            (None, _) => self.list(&card),
            (Some(_), None) => self.show(&card),
            (Some(_), Some(request)) => self.edit(&card, &request),
        }
    }

    fn letters(&self) -> Letters {
        if self.ascii { Letters::Ascii } else { Letters::Unicode }
    }

    fn request(&self) -> Option<Request> {
        match self {
            Bins { merge: Some(merge), with, .. } => Some(Request::Merge(merge.clone(), with.clone())),
            Bins { move_: Some(from), to, .. } => Some(Request::Move(from.clone(), to.clone())),
            Bins { undo: true, .. } => Some(Request::Undo),
            Bins { split, .. } if !split.is_empty() => Some(Request::Split(split.clone())),
            Bins { cuts, .. } if !cuts.is_empty() => Some(Request::Cuts(cuts.clone())),
            _ => None,
        }
    }

    fn list(&self, card: &BinnedCard) -> Result<Done> {
        let mut features: Vec<(FeatureBins, String)> = card
            .binnings
            .iter()
            .map(|binning| {
                let bins = FeatureBins::new(binning);
                let edited = card.edited.iter().find(|edited| edited.feature == binning.name);
                let mut notes = Vec::new();
                if bins.ordinary_bins < bins.bins.len() {
                    notes.push(format!("+{} separate", bins.bins.len() - bins.ordinary_bins));
                }
                if let Some(edited) = edited {
                    notes.push(match edited.concerns.is_empty() {
                        true => format!("edits: {}", edited.edits.len()),
                        false => "edits: see below".to_owned(),
                    });
                }
                (bins, notes.join(", "))
            })
            .collect();
        features.sort_by(|a, b| b.0.information_value.total_cmp(&a.0.information_value));
        let cases = card.samples.development().len();
        let mut text = format!("{}: {} features, {cases} development cases\n\n", card.spec.card.name, features.len());
        text.push_str(&feature_list(&features, self.letters()));
        for (column, reason) in &card.cases.refused {
            let _ = writeln!(text, "left out: {column}: {reason}");
        }
        text.push_str(&notes(card));
        let list: Vec<Value> = features
            .iter()
            .map(|(bins, note)| {
                json!({ "feature": bins.feature, "kind": bins.kind, "bins": bins.ordinary_bins,
                    "information_value": bins.information_value, "trend": bins.trend, "note": note })
            })
            .collect();
        let json =
            json!({ "card": card.spec.card.name, "development_cases": cases, "features": list, "edited": card.edited });
        Ok(Done { text, json, limits_passed: true })
    }

    fn show(&self, card: &BinnedCard) -> Result<Done> {
        let Some(binning) = card.binnings.first() else { return Err(internal("a feature without bins")) };
        let bins = FeatureBins::new(binning);
        let mut text = feature_bins(&bins, self.letters());
        text.push_str(&notes(card));
        self.draw(card, binning, &mut text)?;
        let json =
            json!({ "card": card.spec.card.name, "feature": bins, "edited": card.edited.first(), "out": self.out });
        Ok(Done { text, json, limits_passed: true })
    }

    fn edit(&self, card: &BinnedCard, request: &Request) -> Result<Done> {
        let Some(binning) = card.binnings.first() else { return Err(internal("a feature without bins")) };
        let unedited = card.edited.first().and_then(|edited| edited.unedited_information_value);
        let review = review(&card.ground()?, binning, request, unedited.unwrap_or(binning.table.information_value))?;
        let (before, after) = (FeatureBins::new(binning), FeatureBins::new(&review.binning));
        let mut text = format!("before\n\n{}\n", feature_bins(&before, self.letters()));
        let _ = write!(text, "after: {}\n\n{}\n", review.action.in_words(), feature_bins(&after, self.letters()));
        text.push_str(&summary(&review));
        let edit = match (&self.by, &self.because) {
            (Some(by), Some(because)) => Some(self.sign(card, &review, by, because)?),
            _ => None,
        };
        let file = &card.spec.edits.path;
        let _ = match &edit {
            Some(_) => writeln!(text, "written to {}; training replays it", file.display()),
            None => writeln!(text, "nothing was written; to keep the edit, add --by NAME --because TEXT"),
        };
        self.draw(card, &review.binning, &mut text)?;
        let json = json!({
            "card": card.spec.card.name, "edit": review.action.in_words(), "before": before, "after": after,
            "unedited_information_value": review.unedited_information_value, "concerns": review.concerns,
            "written": edit.is_some(), "file": file, "by": self.by, "because": self.because,
            "on": edit.map(|edit| edit.on), "out": self.out,
        });
        Ok(Done { text, json, limits_passed: true })
    }

    fn sign(&self, card: &BinnedCard, review: &Review, by: &str, because: &str) -> Result<Edit> {
        for (option, value) in [("--by", by), ("--because", because)] {
            if value.trim().is_empty() {
                return Err(Error::new(ErrorKind::Usage, format!("{option} is empty")));
            }
        }
        let edit = review.signed(by, because, today()?);
        append(&card.spec, &edit)?;
        Ok(edit)
    }

    fn draw(&self, card: &BinnedCard, binning: &scorewright::binning::Binning, text: &mut String) -> Result<()> {
        let Some(out) = &self.out else { return Ok(()) };
        write_bytes(out, bin_svg(card, binning)?.as_bytes())?;
        let _ = writeln!(text, "the chart is in {}", out.display());
        Ok(())
    }
}

/// Edits that stand, and what speaks against them.
fn notes(card: &BinnedCard) -> String {
    let warnings: Vec<String> = card.edited.iter().flat_map(|edited| edited.warnings()).collect();
    let lines: String = warnings.iter().map(|warning| format!("note: {warning}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// What the edit does to the figures.
fn summary(review: &Review) -> String {
    let (before, after) = (&review.before, &review.after);
    let mut text = format!(
        "information value {:.4} -> {:.4} (without any edit {:.4}); bins {} -> {}",
        before.information_value, after.information_value, review.unedited_information_value, before.bins, after.bins,
    );
    if before.trend.or(after.trend).is_some() {
        let _ = write!(text, "; trend {} -> {}", trend_word(before.trend), trend_word(after.trend));
    }
    text.push('\n');
    if review.action != Action::Undo && before.cuts == after.cuts && before.groups == after.groups {
        text.push_str("the bins stay as they are; the edit makes sure that they do\n");
    }
    for concern in &review.concerns {
        let _ = writeln!(text, "note: {concern}");
    }
    text
}

/// Today's date, in universal time.
fn today() -> Result<NaiveDate> {
    #[expect(clippy::disallowed_methods, reason = "an edit records the day when a person made it")]
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).map_err(internal)?.as_secs();
    let days = i32::try_from(seconds / 86_400).map_err(internal)?;
    NaiveDate::from_epoch_days(days).ok_or_else(|| internal("the clock is out of range"))
}
