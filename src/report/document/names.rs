//! Names of files and sheets: letters, digits, `_` and `-`, each once whatever the case, none too long.

use std::collections::HashSet;

/// Names that were given.
pub(super) struct Names {
    longest: usize,
    taken: HashSet<String>,
}

impl Names {
    /// None yet; none of more than so many UTF-16 units, which is how Excel counts.
    pub(super) fn new(longest: usize) -> Self {
        // Excel keeps this name for itself.
        Names { longest, taken: HashSet::from(["history".to_owned()]) }
    }

    /// The nearest free name to a wanted one.
    pub(super) fn give(&mut self, wanted: &str) -> String {
        let safe: String =
            wanted.chars().map(|c| if c.is_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' }).collect();
        let safe = if safe.is_empty() { "table".to_owned() } else { safe };
        let mut number = 1;
        loop {
            let suffix = if number == 1 { String::new() } else { format!("_{number}") };
            let name = format!("{}{suffix}", cut(&safe, self.longest - suffix.len()));
            if self.taken.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }
}

/// The start of a text, of at most so many UTF-16 units.
pub(crate) fn cut(text: &str, longest: usize) -> &str {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > longest {
            return &text[..at];
        }
    }
    text
}
