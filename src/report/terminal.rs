//! Bins for a terminal of 80 columns: a list of features, a table of bins and a chart of bars.

use std::fmt::Write;

use scorewright_runtime::artifact::FeatureKind;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::bin_view::FeatureBins;
use crate::config::Monotone;

/// Columns of the terminal.
pub(super) const WIDTH: usize = 80;
/// Most categories of a bin that are listed in full.
const MOST_CATEGORIES: usize = 20;

/// With which characters to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Block elements.
    Unicode,
    /// ASCII alone; texts of the data stand as they are.
    Ascii,
}

impl Letters {
    fn cut(self) -> &'static str {
        if self == Letters::Ascii { "..." } else { "…" }
    }
}

/// A text without control characters, which would move the cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// `text` in exactly `width` columns of the terminal: filled up, or cut with a mark.
pub fn fit(text: &str, width: usize, letters: Letters) -> String {
    let text = printable(text);
    let columns = text.width();
    if columns <= width {
        return text + &" ".repeat(width - columns);
    }
    let mark = letters.cut();
    let room = width.saturating_sub(mark.width());
    let (mut cut, mut used) = (String::new(), 0);
    for letter in text.chars() {
        let next = used + letter.width().unwrap_or(0);
        if next > room {
            break;
        }
        used = next;
        cut.push(letter);
    }
    cut.push_str(mark);
    let used = used + mark.width();
    cut + &" ".repeat(width.saturating_sub(used))
}

fn right(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width())) + text
}

/// A count: whole where it is whole, else with one decimal.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn percent(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

/// A trend as a word.
pub fn trend_word(trend: Option<Monotone>) -> &'static str {
    trend.map_or("-", Monotone::name)
}

fn kind_word(kind: FeatureKind) -> &'static str {
    match kind {
        FeatureKind::Numeric => "numeric",
        FeatureKind::Categorical => "categorical",
        FeatureKind::Pair => "pair",
    }
}

/// One line a feature, in the order given, each with a note.
pub fn feature_list(features: &[(FeatureBins, String)], letters: Letters) -> String {
    let mut text = format!("{} kind        bins      IV trend      note\n", fit("feature", 32, letters));
    for (bins, note) in features {
        let line = format!(
            "{} {:<11} {:>4} {:>7.4} {:<10} {note}",
            fit(&bins.feature, 32, letters),
            kind_word(bins.kind),
            bins.ordinary_bins,
            bins.information_value,
            trend_word(bins.trend),
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A feature's heading, table, chart and, of categories, the exact texts.
pub fn feature_bins(bins: &FeatureBins, letters: Letters) -> String {
    let described = if bins.description.is_empty() { String::new() } else { format!(" ({})", bins.description) };
    let trend = bins.trend.map_or(String::new(), |trend| format!(", trend of the good rate: {}", trend.name()));
    let note = if bins.note.is_empty() { String::new() } else { format!("one bin: {}\n", bins.note) };
    format!(
        "{}{described}: {}, {} bins, information value {:.4}{trend}\n{note}\n{}\n{}{}",
        printable(&bins.feature),
        kind_word(bins.kind),
        bins.ordinary_bins,
        bins.information_value,
        table(bins, letters),
        chart(bins, letters),
        categories(bins),
    )
}

/// The table of bins.
fn table(bins: &FeatureBins, letters: Letters) -> String {
    let (mut cases, mut goods, mut bads) = (0.0, 0.0, 0.0);
    for bin in &bins.bins {
        cases += bin.cases;
        goods += bin.goods;
        bads += bin.bads;
    }
    let rate = |goods: f64, bads: f64| if goods + bads > 0.0 { percent(bads / (goods + bads)) } else { "-".to_owned() };
    let mut rows: Vec<[String; 8]> =
        vec![["cases", "share", "goods", "bads", "bad rate", "WOE", "IV", ""].map(String::from)];
    for bin in &bins.bins {
        let mark = if bin.half_added { "*" } else { "" };
        rows.push([
            plain(bin.cases),
            percent(bin.share),
            plain(bin.goods),
            plain(bin.bads),
            rate(bin.goods, bin.bads),
            format!("{:.3}", bin.woe + 0.0),
            format!("{:.4}", bin.information_value),
            mark.to_owned(),
        ]);
    }
    let total = format!("{:.4}", bins.information_value);
    rows.push([
        plain(cases),
        String::new(),
        plain(goods),
        plain(bads),
        rate(goods, bads),
        String::new(),
        total,
        String::new(),
    ]);
    let widths: Vec<usize> =
        (0..8).map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0)).collect();
    let figures: usize = widths.iter().map(|width| width + 1).sum();
    let names = || bins.bins.iter().map(|bin| printable(&bin.label).width()).max().unwrap_or(0);
    let label = WIDTH.saturating_sub(4 + figures).clamp(12, names().max(12));
    let mut text = String::new();
    for (position, row) in rows.iter().enumerate() {
        let (number, name) = match position.checked_sub(1).map(|bin| bins.bins.get(bin)) {
            None => ("no.".to_owned(), "bin".to_owned()),
            Some(Some(bin)) => (bin.number.to_string(), bin.label.clone()),
            Some(None) => (String::new(), "all".to_owned()),
        };
        let mut line = format!("{number:>3} {}", fit(&name, label, letters));
        for (value, width) in row.iter().zip(&widths) {
            line.push(' ');
            line.push_str(&right(value, *width));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if bins.bins.iter().any(|bin| bin.half_added) {
        text.push_str("  * no goods or no bads: 0.5 added to both\n");
    }
    text
}

/// Bars of the share of cases, and of the weight of evidence to both sides of zero.
fn chart(bins: &FeatureBins, letters: Letters) -> String {
    const SHARE: usize = 24;
    const SIDE: usize = 16;
    let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0_f64, f64::max);
    let most_share = most(&mut bins.bins.iter().map(|bin| bin.share));
    let most_woe = most(&mut bins.bins.iter().map(|bin| bin.woe.abs()));
    let length = |value: f64, most: f64, room: usize| if most > 0.0 { value / most * room as f64 } else { 0.0 };
    let zero = if letters == Letters::Ascii { '|' } else { '│' };
    let mut text = format!("no. {} WOE: higher is safer\n", fit("share of cases", SHARE + 7, letters));
    for bin in &bins.bins {
        let share = bar(length(bin.share, most_share, SHARE), letters);
        let woe = length(bin.woe.abs(), most_woe, SIDE);
        let (left, right_side) = match bin.woe < 0.0 {
            true => (bar_to_the_left(woe, letters), String::new()),
            false => (String::new(), bar(woe, letters)),
        };
        let _ = writeln!(
            text,
            "{:>3} {} {:>6} {}{zero}{} {:>6.3}",
            bin.number,
            fit(&share, SHARE, letters),
            percent(bin.share),
            right(&left, SIDE),
            fit(&right_side, SIDE, letters),
            bin.woe + 0.0
        );
    }
    text
}

/// A bar that grows to the right, by eighths of a column.
fn bar(length: f64, letters: Letters) -> String {
    if letters == Letters::Ascii {
        return "#".repeat(length.round() as usize);
    }
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (length * 8.0).round() as usize;
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

/// A bar that grows to the left, by halves of a column: of such blocks there are no others.
fn bar_to_the_left(length: f64, letters: Letters) -> String {
    if letters == Letters::Ascii {
        return "#".repeat(length.round() as usize);
    }
    let halves = (length * 2.0).round() as usize;
    let part = if halves % 2 == 1 { "▐" } else { "" };
    part.to_owned() + &"█".repeat(halves / 2)
}

/// The exact texts of each bin of categories, quoted, to copy from.
fn categories(bins: &FeatureBins) -> String {
    let mut text = String::new();
    for bin in &bins.bins {
        let Some(all) = FeatureBins::categories(bin) else { continue };
        if text.is_empty() {
            text.push_str("\ncategories by bin\n");
        }
        text.push_str(&wrapped(&format!("{:>3} ", bin.number), &quoted(&all)));
    }
    text
}

/// Exact texts in quotes, the first of them.
pub(super) fn quoted<T: std::fmt::Debug>(texts: &[T]) -> Vec<String> {
    let mut words: Vec<String> = texts.iter().take(MOST_CATEGORIES).map(|text| format!("{text:?}")).collect();
    if texts.len() > MOST_CATEGORIES {
        words.push(format!("and {} more (--json lists all)", texts.len() - MOST_CATEGORIES));
    }
    words
}

/// Words with commas between them, in lines of the terminal's width.
pub(super) fn wrapped(head: &str, words: &[String]) -> String {
    let mut text = String::new();
    let mut line = head.to_owned();
    for (position, word) in words.iter().enumerate() {
        let word = if position + 1 < words.len() { format!("{word},") } else { word.clone() };
        let is_first = line.trim().is_empty() || line == head;
        if !is_first && line.width() + 1 + word.width() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = " ".repeat(head.width());
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(&word);
    }
    text + &line + "\n"
}
