//! A column that sorts cases: periods, grades, segments.

use chrono::{Datelike, NaiveDate};

use crate::table::{Categories, MISSING};

/// One label a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// The column.
    pub column: String,
    /// The labels in order: numbers by value, other texts by their letters; [`Labels::NONE`], where any case has no
    /// value, last.
    pub names: Vec<String>,
    /// By case, a position in `names`.
    pub codes: Vec<u32>,
}

impl Labels {
    /// The label of cases without a value.
    pub const NONE: &'static str = "(missing)";

    /// The labels of a column of texts.
    pub fn of(column: &str, categories: &Categories) -> Self {
        let levels = &categories.levels;
        let mut order: Vec<usize> = (0..levels.len()).collect();
        let numbers: Option<Vec<f64>> =
            levels.iter().map(|text| text.trim().parse::<f64>().ok().filter(|number| !number.is_nan())).collect();
        match &numbers {
            Some(numbers) => {
                order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]).then(levels[*a].cmp(&levels[*b])))
            }
            None => order.sort_by(|a, b| levels[*a].cmp(&levels[*b])),
        }
        let mut place = vec![0; levels.len()];
        for (position, level) in order.iter().enumerate() {
            place[*level] = position as u32;
        }
        let mut names: Vec<String> = order.into_iter().map(|level| levels[level].clone()).collect();
        let none = names.len() as u32;
        let codes: Vec<u32> =
            categories.codes.iter().map(|code| if *code == MISSING { none } else { place[*code as usize] }).collect();
        if codes.contains(&none) {
            names.push(Labels::NONE.to_owned());
        }
        Labels { column: column.to_owned(), names, codes }
    }

    /// The calendar months of days, such as `2005-06`; months without a case do not appear.
    pub fn months(column: &str, days: &[NaiveDate]) -> Self {
        let month = |day: &NaiveDate| day.year() * 12 + day.month0() as i32;
        let mut known: Vec<i32> = days.iter().map(month).collect();
        known.sort_unstable();
        known.dedup();
        let code = |day| known.binary_search(&month(day)).unwrap_or_default() as u32;
        Labels {
            column: column.to_owned(),
            codes: days.iter().map(code).collect(),
            names: known
                .iter()
                .map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
                .collect(),
        }
    }

    /// The labels of some of the cases; labels that none of them has stay in `names`.
    #[must_use]
    pub fn select(&self, cases: impl Iterator<Item = usize>) -> Self {
        Labels { codes: cases.map(|case| self.codes[case]).collect(), ..self.clone() }
    }

    /// The cases of every label, rising.
    pub fn cases(&self) -> Vec<Vec<usize>> {
        let mut cases = vec![Vec::new(); self.names.len()];
        for (case, code) in self.codes.iter().enumerate() {
            cases[*code as usize].push(case);
        }
        cases
    }
}
