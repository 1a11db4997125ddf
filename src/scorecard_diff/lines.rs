//! What differs between two texts, line by line: a longest common subsequence, shown as a unified diff.

use std::fmt::Write;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Most pairs of lines that are held against each other; in texts with more, what their common beginning and end leave is
/// taken as changed whole.
const MOST_PAIRS: usize = 4_000_000;

/// A line of two texts held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// In both.
    Kept(&'a str),
    /// Only in A.
    Gone(&'a str),
    /// Only in B.
    Came(&'a str),
}

/// The lines of both texts in order; those of A are what is kept or gone, those of B what is kept or came. A final line feed
/// counts as an empty last line.
pub fn line_diff<'a>(a: &'a str, b: &'a str) -> Vec<Line<'a>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('\n').collect(), b.split('\n').collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut lines: Vec<Line<'a>> = a[..head].iter().copied().map(Line::Kept).collect();
    match middle_a.len().checked_mul(middle_b.len()).is_some_and(|pairs| pairs <= MOST_PAIRS) {
        true => common_subsequence(middle_a, middle_b, &mut lines),
        false => {
            lines.extend(middle_a.iter().copied().map(Line::Gone));
            lines.extend(middle_b.iter().copied().map(Line::Came));
        }
    }
    lines.extend(a[a.len() - tail..].iter().copied().map(Line::Kept));
    lines
}

/// The textbook's table: `longest[i][j]` is the length for `a[i..]` and `b[j..]`.
fn common_subsequence<'a>(a: &[&'a str], b: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = match a[i] == b[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(Line::Kept(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
            lines.push(Line::Gone(a[i]));
            i += 1;
        } else {
            lines.push(Line::Came(b[j]));
            j += 1;
        }
    }
}

/// The changes with their context, as `diff -u` has them, without its two lines of names; none where nothing differs.
pub fn unified(lines: &[Line<'_>]) -> Vec<String> {
    let is_near = |at: usize| {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(lines.len()));
        lines[from..to].iter().any(|line| !matches!(line, Line::Kept(_)))
    };
    let (mut shown, mut hunk) = (Vec::new(), Vec::new());
    let (mut number_a, mut number_b) = (1, 1);
    let mut begin = (1, 1);
    for (at, line) in lines.iter().enumerate() {
        if is_near(at) {
            if hunk.is_empty() {
                begin = (number_a, number_b);
            }
            hunk.push(*line);
        } else {
            close(&mut hunk, begin, &mut shown);
        }
        number_a += usize::from(!matches!(line, Line::Came(_)));
        number_b += usize::from(!matches!(line, Line::Gone(_)));
    }
    close(&mut hunk, begin, &mut shown);
    shown
}

/// Shows a hunk with its head.
fn close(hunk: &mut Vec<Line<'_>>, begin: (usize, usize), shown: &mut Vec<String>) {
    if hunk.is_empty() {
        return;
    }
    let in_a = hunk.iter().filter(|line| !matches!(line, Line::Came(_))).count();
    let in_b = hunk.iter().filter(|line| !matches!(line, Line::Gone(_))).count();
    let range = |begin: usize, count: usize| {
        // By custom, a range of no lines is named by the line before it.
        let mut text = (if count == 0 { begin - 1 } else { begin }).to_string();
        if count != 1 {
            let _ = write!(text, ",{count}");
        }
        text
    };
    shown.push(format!("@@ -{} +{} @@", range(begin.0, in_a), range(begin.1, in_b)));
    shown.extend(hunk.drain(..).map(|line| match line {
        Line::Kept(text) => format!(" {text}"),
        Line::Gone(text) => format!("-{text}"),
        Line::Came(text) => format!("+{text}"),
    }));
}
