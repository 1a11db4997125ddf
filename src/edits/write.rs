//! An edit as a block of TOML at the end of the edits file.

use std::fmt::Write;

use crate::config::{Action, CardSpec, Edit, Edits, GroupVerb, ReviewedBins};
use crate::error::{Error, ErrorKind, Result};
use crate::staging::write_bytes;

/// Adds an edit to the card's edits file, whole or not at all; what stands there stays, comments included.
///
/// # Errors
/// [`ErrorKind::Output`], also where the file changed since it was read.
pub fn append(spec: &CardSpec, edit: &Edit) -> Result<()> {
    let edits = &spec.edits;
    let read = edits.source.as_ref().map(|source| &source.text);
    let now = Edits::of_card(&spec.source.path)?;
    if now.source.as_ref().map(|source| &source.text) != read {
        return Err(Error::new(ErrorKind::Output, "the edits file was changed meanwhile")
            .in_file(&edits.path)
            .help("nothing was written; look at the bins again, and then repeat the edit"));
    }
    let mut text = match read {
        Some(text) => text.clone(),
        None => {
            let name = spec.source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            format!(
                "# Reviewed edits of the bins of {name}, oldest first: `scorewright bins` adds them, training replays them.\n"
            )
        }
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&block(edit));
    write_bytes(&edits.path, text.as_bytes())
}

fn block(edit: &Edit) -> String {
    let mut text = format!("\n[[edit]]\nfeature = {}\n", quoted(&edit.feature));
    match &edit.action {
        Action::Merge { at, lower, upper } => {
            let _ = writeln!(text, "action = \"merge\"\nat = {}", number(*at));
            for (key, bound) in [("lower", lower), ("upper", upper)] {
                if let Some(bound) = bound {
                    let _ = writeln!(text, "{key} = {}", number(*bound));
                }
            }
        }
        Action::Split { at } => {
            let _ = writeln!(text, "action = \"split\"\nat = {}", number(*at));
        }
        Action::Move { from, to } => {
            let _ = writeln!(text, "action = \"move\"\nfrom = {}\nto = {}", number(*from), number(*to));
        }
        Action::Cuts(cuts) => {
            let _ = writeln!(text, "action = \"cuts\"\ncuts = {}", numbers(cuts));
        }
        Action::Group { verb, categories, with, group } => {
            let action = match verb {
                GroupVerb::Merge => "merge",
                GroupVerb::Split => "split",
                GroupVerb::Move => "move",
            };
            let _ = writeln!(text, "action = \"{action}\"\ncategories = {}", texts(categories));
            if let Some(with) = with {
                let _ = writeln!(text, "with = {}\ngroup = {}", quoted(with), texts(group));
            }
        }
        Action::Undo => text.push_str("action = \"undo\"\n"),
    }
    let _ = writeln!(
        text,
        "by = {}\nbecause = {}\non = {}\ndata_sha256 = \"{}\"\nunedited_information_value = {:?}",
        quoted(&edit.by),
        quoted(&edit.because),
        edit.on,
        edit.data_sha256,
        edit.unedited_information_value
    );
    for (key, bins) in [("before", &edit.before), ("after", &edit.after)] {
        let _ = writeln!(text, "[edit.{key}]\n{}", table(bins).trim_end());
    }
    text
}

fn table(bins: &ReviewedBins) -> String {
    let mut text = format!("information_value = {:?}\n", bins.information_value);
    if let Some(trend) = bins.trend {
        let _ = writeln!(text, "trend = \"{}\"", trend.name());
    }
    let _ = writeln!(text, "bins = {}", bins.bins);
    if let Some(cuts) = &bins.cuts {
        let _ = writeln!(text, "cuts = {}", numbers(cuts));
    }
    if let Some(groups) = &bins.groups {
        let groups: Vec<String> = groups.iter().map(|group| format!("  {},\n", texts(group))).collect();
        let _ = writeln!(text, "groups = [\n{}]", groups.concat());
    }
    text
}

fn numbers(cuts: &[f64]) -> String {
    format!("[{}]", cuts.iter().map(|cut| number(*cut)).collect::<Vec<_>>().join(", "))
}

fn texts(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A number as TOML writes it, whole ones without a point; beyond what its whole numbers hold, as a float.
fn number(cut: f64) -> String {
    if cut.fract() == 0.0 && cut.abs() < 1e15 { format!("{}", cut + 0.0) } else { format!("{cut:?}") }
}

/// A text as TOML writes it on one line.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
