//! Tables of text for a terminal.

use unicode_width::UnicodeWidthStr;

/// Rows under headings, columns as wide as their widest entry, two spaces apart.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let entries = rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.width());
        entries.chain(headings.get(column).map(|heading| heading.width())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |entries: Vec<&str>| {
        let padded = entries
            .iter()
            .zip(&widths)
            .map(|(entry, width)| format!("{entry}{}", " ".repeat(width.saturating_sub(entry.width()))));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(headings.to_vec());
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}
