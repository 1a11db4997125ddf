//! What made-up scorecards and cases are made of.

mod documents;

pub use documents::{bin, empty_document, feature, intervals};
use scorewright_runtime::Column;

/// A column of a case's values with their own texts.
pub enum Values {
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// Texts as a column takes them.
pub fn texts(values: &[Values]) -> Vec<Vec<Option<&str>>> {
    let of = |column| match column {
        &Values::Numbers(_) => Vec::new(),
        Values::Texts(texts) => texts.iter().map(Option::as_deref).collect(),
    };
    values.iter().map(of).collect()
}

pub fn as_columns<'a>(values: &'a [Values], texts: &'a [Vec<Option<&'a str>>]) -> Vec<Column<'a>> {
    let of = |(column, texts): (&'a Values, &'a Vec<Option<&'a str>>)| match column {
        Values::Numbers(numbers) => Column::Numbers(numbers),
        Values::Texts(_) => Column::Categories(texts),
    };
    values.iter().zip(texts).map(of).collect()
}
