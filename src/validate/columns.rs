//! Which columns of a data file say what about its cases.

use std::collections::BTreeSet;

use scorewright_runtime::artifact::Literal;

use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{FairnessRole, Labels, MOST_PARTS, Roles};
use crate::ready_made::means;
use crate::suggest;
use crate::table::{Categories, MISSING, Table};

/// Columns beside score and outcome; all are optional.
#[derive(Debug, Clone, Default)]
pub struct RoleColumns {
    /// Dates, or labels in an order of their own, for figures by period.
    pub period: Option<String>,
    /// Grade of the rating.
    pub grade: Option<String>,
    /// The grades, best first; empty: in the order of their names.
    pub grades: Vec<String>,
    /// Grade at the start of the period, for migration.
    pub previous_grade: Option<String>,
    /// Columns by which every measure is taken.
    pub segments: Vec<String>,
    /// Columns of groups that fairness is measured between.
    pub fairness: Vec<String>,
    /// By column of fairness, the group that the others are compared with; else the largest.
    pub fairness_reference: Vec<(String, String)>,
    /// The decision.
    pub decision: Option<String>,
    /// Values of the decision that mean approved.
    pub approved: Vec<String>,
    /// Exposure.
    pub exposure: Option<String>,
}

/// A value from the command line: a number where it is one.
pub(crate) fn literal(text: &str) -> Literal {
    match text.parse::<f64>() {
        Ok(number) => Literal::Number(number),
        Err(_) => Literal::Text(text.to_owned()),
    }
}

impl RoleColumns {
    /// Columns whose exact text counts.
    pub(crate) fn as_text(&self) -> Vec<String> {
        let single = [&self.grade, &self.previous_grade, &self.decision];
        let single = single.into_iter().flatten();
        single.chain(&self.segments).chain(&self.fairness).cloned().collect()
    }

    /// All columns that are named.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let single = [&self.period, &self.exposure].into_iter().flatten().cloned().collect::<Vec<_>>();
        self.as_text().into_iter().chain(single)
    }

    /// The period of every row; days give their month.
    pub(crate) fn periods(&self, table: &Table) -> Result<Option<Labels>> {
        let Some(column) = &self.period else { return Ok(None) };
        table.require(column)?;
        if table.is_date(column) {
            let days = table.dates(column)?;
            if let Some(row) = days.iter().position(Option::is_none) {
                return Err(Error::new(ErrorKind::Value, "the day is missing")
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("every case needs a period; leave rows without one out of the table"));
            }
            let days: Vec<chrono::NaiveDate> = days.into_iter().flatten().collect();
            return Ok(Some(Labels::months(column, &days)));
        }
        Ok(Some(Labels::of(column, &table.categories(column)?)))
    }

    /// What the columns say, one entry a row.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`], [`ErrorKind::Value`] for a value that the column does not have.
    pub(crate) fn read(&self, table: &Table) -> Result<Roles> {
        let parts = |column: &String| -> Result<Labels> {
            table.require(column)?;
            let labels = Labels::of(column, &table.categories(column)?);
            match labels.names.len() {
                0..=MOST_PARTS => Ok(labels),
                count => Err(Error::new(
                    ErrorKind::Value,
                    format!("the column has {count} values; cases are parted by at most {MOST_PARTS}"),
                )
                .in_file(&table.file)
                .in_column(column)
                .help("group its values in the data, such as days into months or codes into regions")),
            }
        };
        let (grade, previous_grade) = self.grades(table)?;
        Ok(Roles {
            grade,
            grade_order_stated: !self.grades.is_empty(),
            previous_grade,
            segments: self.segments.iter().map(parts).collect::<Result<_>>()?,
            fairness: self.fairness.iter().map(|column| self.fairness(table, parts(column)?)).collect::<Result<_>>()?,
            approved: self.approved(table)?,
            exposure: self.exposure(table)?,
        })
    }

    /// Grades now and before, over the same names.
    fn grades(&self, table: &Table) -> Result<(Option<Labels>, Option<Labels>)> {
        let Some(column) = &self.grade else { return Ok((None, None)) };
        let read = |column: &String| -> Result<Categories> {
            table.require(column)?;
            table.categories(column)
        };
        let now = read(column)?;
        let before = self.previous_grade.as_ref().map(read).transpose()?;
        if !self.grades.is_empty() {
            for (column, categories) in [(Some(column), Some(&now)), (self.previous_grade.as_ref(), before.as_ref())] {
                let (Some(column), Some(categories)) = (column, categories) else { continue };
                self.check_order(table, column, categories)?;
            }
        }
        // Over both columns, so that the same grade has the same place.
        let all = || now.levels.iter().chain(before.iter().flat_map(|before| &before.levels));
        let names: BTreeSet<&str> = all().map(String::as_str).collect();
        let common = Categories::from_texts(names.iter().map(|name| Some(*name)));
        let order = match self.grades.is_empty() {
            true => Labels::of(column, &common).names,
            false => self.grades.clone(),
        };
        let place = |column: &str, categories: &Categories| {
            let none = order.len() as u32;
            let places: Vec<u32> = categories
                .levels
                .iter()
                .map(|level| order.iter().position(|name| name == level).map_or(none, |place| place as u32))
                .collect();
            let codes: Vec<u32> = categories
                .codes
                .iter()
                .map(|code| if *code == MISSING { none } else { places[*code as usize] })
                .collect();
            let mut names = order.clone();
            if codes.contains(&none) {
                names.push(Labels::NONE.to_owned());
            }
            Labels { column: column.to_owned(), names, codes }
        };
        let previous = self.previous_grade.as_ref().zip(before.as_ref()).map(|(column, before)| place(column, before));
        Ok((Some(place(column, &now)), previous))
    }

    fn check_order(&self, table: &Table, column: &str, categories: &Categories) -> Result<()> {
        match categories.levels.iter().find(|level| !self.grades.contains(level)) {
            None => Ok(()),
            Some(level) => Err(Error::new(ErrorKind::Value, format!("the grade {level:?} is not among those stated"))
                .in_file(&table.file)
                .in_column(column)
                .help(format!("name every grade, best first: --grades {},...", self.grades.join(",")))),
        }
    }

    fn fairness(&self, table: &Table, groups: Labels) -> Result<FairnessRole> {
        let stated = self.fairness_reference.iter().find(|(column, _)| *column == groups.column);
        let reference = stated
            .map(|(_, group)| {
                groups.names.iter().position(|name| name == group).map(|place| place as u32).ok_or_else(|| {
                    let names = groups.names.iter().map(String::as_str);
                    Error::new(ErrorKind::Value, format!("the reference group {group:?} does not occur"))
                        .in_file(&table.file)
                        .in_column(&groups.column)
                        .help(suggest::did_you_mean(group, "groups", names))
                })
            })
            .transpose()?;
        Ok(FairnessRole { groups, reference })
    }

    fn approved(&self, table: &Table) -> Result<Option<Vec<Option<bool>>>> {
        let Some(column) = &self.decision else { return Ok(None) };
        table.require(column)?;
        let categories = table.categories(column)?;
        let approved: Vec<Literal> = self.approved.iter().map(|value| literal(value)).collect();
        for value in &approved {
            if !categories.levels.iter().any(|text| means(value, text)) {
                let levels = categories.levels.iter().map(String::as_str);
                return Err(Error::new(ErrorKind::Value, format!("the decision {value} does not occur"))
                    .in_file(&table.file)
                    .in_column(column)
                    .help(suggest::did_you_mean(&value.to_string(), "column's values", levels)));
            }
        }
        let by_level: Vec<bool> =
            categories.levels.iter().map(|text| approved.iter().any(|value| means(value, text))).collect();
        Ok(Some(categories.codes.iter().map(|code| by_level.get(*code as usize).copied()).collect()))
    }

    fn exposure(&self, table: &Table) -> Result<Option<Vec<f64>>> {
        let Some(column) = &self.exposure else { return Ok(None) };
        table.require(column)?;
        let exposure = table.numbers(column)?;
        match exposure.iter().position(|exposure| !(exposure.is_finite() && *exposure >= 0.0)) {
            None => Ok(Some(exposure)),
            Some(row) => {
                Err(Error::new(ErrorKind::Value, format!("the exposure {} is no amount of 0 or more", exposure[row]))
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("every case needs its exposure; leave cases without one out of the data"))
            }
        }
    }
}
