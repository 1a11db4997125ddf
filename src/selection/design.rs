//! The development sample by bin codes, with the WOE of each code.

use ndarray::Array2;

use crate::binning::Binning;
use crate::cases::{Cases, Outcomes};
use crate::logistic::{CodedColumn, CodedRecords, LogisticError, OutcomePairs, covariance};

/// Bin codes by determinate development case (rows) and feature (columns), with good and bad weights.
#[derive(Debug, Clone)]
pub struct Design {
    features: Vec<usize>,
    columns: Vec<Column>,
    /// Good and bad weights.
    pub outcomes: OutcomePairs,
    /// Positions of the cases.
    pub rows: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Column {
    codes: Vec<u16>,
    woe: Vec<f64>,
}

impl Design {
    /// The binnings at the positions `features` over the determinate cases of `rows`.
    ///
    /// # Errors
    /// [`LogisticError::OneClass`] where no case is good or none is bad.
    pub fn new(
        binnings: &[Binning],
        features: &[usize],
        outcomes: &Outcomes,
        rows: &[u32],
    ) -> Result<Self, LogisticError> {
        let rows: Vec<u32> = rows.iter().copied().filter(|row| outcomes.is_determinate(*row as usize)).collect();
        let columns = features
            .iter()
            .map(|feature| Column {
                codes: rows.iter().map(|row| binnings[*feature].codes[*row as usize]).collect(),
                woe: binnings[*feature].table.rows.iter().map(|row| row.woe).collect(),
            })
            .collect();
        let weights = |all: &[f64]| rows.iter().map(|row| all[*row as usize]).collect();
        let outcomes = OutcomePairs::new(weights(&outcomes.goods), weights(&outcomes.bads))?;
        Ok(Design { features: features.to_vec(), columns, outcomes, rows })
    }

    /// Positions of the features in the binnings, by column.
    pub fn features(&self) -> &[usize] {
        &self.features
    }

    /// Some of the columns, by position.
    pub fn records(&self, columns: &[usize]) -> CodedRecords<'_> {
        let columns = columns.iter().map(|column| &self.columns[*column]);
        let coded = columns.map(|column| CodedColumn { codes: &column.codes, values: &column.woe }).collect();
        // Every column has a code for each of the rows.
        CodedRecords::of_equal_length(coded, self.rows.len())
    }

    /// All columns.
    pub fn all(&self) -> CodedRecords<'_> {
        self.records(&(0..self.columns.len()).collect::<Vec<_>>())
    }

    /// The group of each row, where the cases have groups.
    pub fn groups(&self, cases: &Cases) -> Option<Vec<u32>> {
        let groups = cases.groups.as_ref()?;
        Some(self.rows.iter().map(|row| groups.codes[*row as usize]).collect())
    }

    /// Weighted Pearson correlations of the columns.
    pub fn correlations(&self) -> Array2<f64> {
        let covariance = covariance(&self.all(), &self.outcomes);
        Array2::from_shape_fn(covariance.dim(), |(i, j)| {
            let norm = (covariance[[i, i]] * covariance[[j, j]]).sqrt();
            if norm > 0.0 { covariance[[i, j]] / norm } else { 0.0 }
        })
    }
}
