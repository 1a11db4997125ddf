//! Keys as small numbers: one dictionary a key's name, shared by all tables.

use polars::prelude::*;
use rayon::prelude::*;

use crate::error::{Result, internal};
use crate::table::MISSING;

/// The values of a key, numbered from 0: while tables are read in the order in which they are met, then in their own
/// order, so that the order of rows in files never matters.
#[derive(Debug)]
pub enum Dictionary {
    /// All tables hold whole numbers.
    Numbers {
        /// Number of a value.
        codes: PlHashMap<i64, u32>,
        /// The values.
        values: Vec<i64>,
    },
    /// Exact texts.
    Texts {
        /// Number of a value.
        codes: PlHashMap<String, u32>,
        /// The values.
        values: Vec<String>,
    },
}

impl Dictionary {
    /// A dictionary without values.
    pub fn new(of_numbers: bool) -> Self {
        if of_numbers {
            Dictionary::Numbers { codes: PlHashMap::default(), values: Vec::new() }
        } else {
            Dictionary::Texts { codes: PlHashMap::default(), values: Vec::new() }
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Dictionary::Numbers { values, .. } => values.len(),
            Dictionary::Texts { values, .. } => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a value.
    pub fn text(&self, code: u32) -> Option<String> {
        match self {
            Dictionary::Numbers { values, .. } => values.get(code as usize).map(ToString::to_string),
            Dictionary::Texts { values, .. } => values.get(code as usize).cloned(),
        }
    }

    /// Numbers the values anew in their own order; the new number of each old one, where that changed any.
    pub(super) fn sort(&mut self) -> Option<Vec<u32>> {
        fn ranks<T: Ord>(values: &mut Vec<T>) -> Option<Vec<u32>> {
            if values.is_sorted() {
                return None;
            }
            let mut sorted: Vec<(T, u32)> = std::mem::take(values).into_iter().zip(0..).collect();
            sorted.sort_unstable();
            let mut ranks = vec![0; sorted.len()];
            for (rank, (value, old)) in sorted.into_iter().enumerate() {
                ranks[old as usize] = rank as u32;
                values.push(value);
            }
            Some(ranks)
        }
        match self {
            Dictionary::Numbers { codes, values } => {
                let ranks = ranks(values)?;
                codes.values_mut().for_each(|code| *code = ranks[*code as usize]);
                Some(ranks)
            }
            Dictionary::Texts { codes, values } => {
                let ranks = ranks(values)?;
                codes.values_mut().for_each(|code| *code = ranks[*code as usize]);
                Some(ranks)
            }
        }
    }

    /// The numbers of a column's values, new ones added; [`MISSING`] where it has none.
    ///
    /// # Errors
    /// An internal fault where the column is of another type.
    pub fn encode(&mut self, column: &Series) -> Result<Vec<u32>> {
        match self {
            Dictionary::Numbers { codes, values } => {
                let column = column.cast(&DataType::Int64).map_err(internal)?;
                let numbers = column.i64().map_err(internal)?;
                let numbers = numbers.rechunk();
                if let Ok(numbers) = numbers.cont_slice()
                    && values.is_empty()
                    && numbers.par_windows(2).all(|pair| pair[0] <= pair[1])
                {
                    return Ok(encode_sorted(numbers, codes, values));
                }
                // Rows of one key mostly stand together.
                let mut last: Option<(i64, u32)> = None;
                let mut code = |number: i64| match last {
                    Some((before, code)) if number == before => code,
                    _ => {
                        let code = *codes.entry(number).or_insert_with(|| {
                            values.push(number);
                            (values.len() - 1) as u32
                        });
                        last = Some((number, code));
                        code
                    }
                };
                Ok(match numbers.cont_slice() {
                    Ok(numbers) => numbers.iter().map(|number| code(*number)).collect(),
                    Err(_) => numbers.iter().map(|number| number.map_or(MISSING, &mut code)).collect(),
                })
            }
            Dictionary::Texts { codes, values } => {
                let column = column.cast(&DataType::String).map_err(internal)?;
                let texts = column.str().map_err(internal)?;
                let mut last: Option<u32> = None;
                Ok(texts
                    .iter()
                    .map(|text| {
                        let Some(text) = text else { return MISSING };
                        if let Some(code) = last
                            && values[code as usize] == text
                        {
                            return code;
                        }
                        let code = match codes.get(text) {
                            Some(code) => *code,
                            None => {
                                let code = values.len() as u32;
                                values.push(text.to_owned());
                                codes.insert(text.to_owned(), code);
                                code
                            }
                        };
                        last = Some(code);
                        code
                    })
                    .collect())
            }
        }
    }
}

/// The codes of rising numbers, the first that a dictionary meets: a new one wherever the number changes.
fn encode_sorted(numbers: &[i64], codes: &mut PlHashMap<i64, u32>, values: &mut Vec<i64>) -> Vec<u32> {
    let mut of_rows = Vec::with_capacity(numbers.len());
    for of_key in numbers.chunk_by(|a, b| a == b) {
        let code = values.len() as u32;
        values.push(of_key[0]);
        of_rows.resize(of_rows.len() + of_key.len(), code);
    }
    codes.reserve(values.len());
    codes.extend(values.iter().copied().zip(0..));
    of_rows
}
