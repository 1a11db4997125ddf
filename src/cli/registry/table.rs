//! Tables of text for a terminal.

use unicode_width::UnicodeWidthStr;

/// Columns of a terminal that a table keeps to, where its last column can be broken.
const WIDTH: usize = 100;

/// Least width to which the last column is broken.
const LEAST: usize = 30;

/// Rows under headings, columns as wide as their widest entry, two spaces apart. What is too long in the last column goes on
/// in further lines.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let entries = rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.width());
        entries.chain(headings.get(column).map(|heading| heading.width())).max().unwrap_or(0)
    };
    let Some(last) = headings.len().checked_sub(1) else { return String::new() };
    let widths: Vec<usize> = (0..last).map(width).collect();
    let before: usize = widths.iter().map(|width| width + 2).sum();
    let room = WIDTH.saturating_sub(before).max(LEAST);
    let mut text = String::new();
    let mut add = |entries: Vec<&str>| {
        let fill =
            |(entry, width): (&&str, &usize)| format!("{entry}{}  ", " ".repeat(width.saturating_sub(entry.width())));
        let mut head: String = entries.iter().zip(&widths).map(fill).collect();
        for part in broken(entries.get(last).copied().unwrap_or_default(), room) {
            text.push_str(format!("{head}{part}").trim_end());
            text.push('\n');
            head = " ".repeat(before);
        }
    };
    add(headings.to_vec());
    rows.iter().for_each(|row| add(row.iter().map(String::as_str).collect()));
    text
}

/// A text in lines of at most `room` columns, broken between words; at least one line.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
