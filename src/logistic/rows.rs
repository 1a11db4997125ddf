//! What a model is fitted to: rows of columns, read in blocks, and their outcomes.

use linfa::dataset::Records;
use ndarray::{Array2, ArrayView2, s};

use super::LogisticError;

/// Rows of columns of numbers; an intercept is not among them.
pub trait Rows: Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of columns.
    fn columns(&self) -> usize;

    /// Writes a column's numbers to `place`, from the row `from` on; there are as many rows as `place` has entries.
    fn read(&self, column: usize, from: usize, place: &mut [f64]);

    /// Whether every number is finite.
    fn is_finite(&self) -> bool;

    /// The codes that a column's numbers go by, where it has any.
    fn codes(&self, _column: usize) -> Option<&[u16]> {
        None
    }

    /// A number that is added to each row's log odds; `None`: nothing is.
    fn offset(&self) -> Option<&[f64]> {
        None
    }
}

/// A matrix, one row a case.
impl Rows for ArrayView2<'_, f64> {
    fn len(&self) -> usize {
        self.nrows()
    }

    fn columns(&self) -> usize {
        self.ncols()
    }

    fn read(&self, column: usize, from: usize, place: &mut [f64]) {
        let numbers = self.slice(s![from..from + place.len(), column]);
        for (place, x) in place.iter_mut().zip(&numbers) {
            *place = *x;
        }
    }

    fn is_finite(&self) -> bool {
        self.iter().all(|x| x.is_finite())
    }
}

/// A column as bin codes with a number for each code.
#[derive(Debug, Clone, Copy)]
pub struct CodedColumn<'a> {
    /// One code a row.
    pub codes: &'a [u16],
    /// The number of each code, its WOE; of a code beyond them it is 0.
    pub values: &'a [f64],
}

/// Columns of bin codes: two bytes a number.
#[derive(Debug, Clone)]
pub struct CodedRecords<'a> {
    columns: Vec<CodedColumn<'a>>,
    rows: usize,
    offset: Option<&'a [f64]>,
}

impl<'a> CodedRecords<'a> {
    /// `rows` rows of some columns.
    ///
    /// # Errors
    /// [`LogisticError::Data`] where a column has another number of rows.
    pub fn new(columns: Vec<CodedColumn<'a>>, rows: usize) -> Result<Self, LogisticError> {
        match columns.iter().find(|column| column.codes.len() != rows) {
            Some(column) => Err(LogisticError::Data(format!("a column has {} rows, not {rows}", column.codes.len()))),
            None => Ok(CodedRecords { columns, rows, offset: None }),
        }
    }

    /// Columns that are known to have `rows` rows each.
    pub(crate) fn of_equal_length(columns: Vec<CodedColumn<'a>>, rows: usize) -> Self {
        CodedRecords { columns, rows, offset: None }
    }

    /// Adds a number to each row's log odds.
    ///
    /// # Errors
    /// [`LogisticError::Data`] where there are not as many numbers as rows, or one is not finite.
    pub fn with_offset(mut self, offset: &'a [f64]) -> Result<Self, LogisticError> {
        if offset.len() != self.rows || offset.iter().any(|x| !x.is_finite()) {
            return Err(LogisticError::Data("the offset must be a finite number for each row".into()));
        }
        self.offset = Some(offset);
        Ok(self)
    }

    /// The same rows with some of the columns, in the order of their positions.
    #[must_use]
    pub fn select(&self, columns: &[usize]) -> Self {
        let columns = columns.iter().filter_map(|column| self.columns.get(*column).copied()).collect();
        CodedRecords { columns, rows: self.rows, offset: self.offset }
    }
}

impl Rows for CodedRecords<'_> {
    fn len(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn read(&self, column: usize, from: usize, place: &mut [f64]) {
        let CodedColumn { codes, values } = self.columns[column];
        for (place, code) in place.iter_mut().zip(&codes[from..]) {
            *place = values.get(usize::from(*code)).copied().unwrap_or(0.0);
        }
    }

    fn is_finite(&self) -> bool {
        self.columns.iter().flat_map(|column| column.values).all(|x| x.is_finite())
    }

    fn codes(&self, column: usize) -> Option<&[u16]> {
        Some(self.columns[column].codes)
    }

    fn offset(&self) -> Option<&[f64]> {
        self.offset
    }
}

impl Records for CodedRecords<'_> {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.rows
    }

    fn nfeatures(&self) -> usize {
        self.columns.len()
    }
}

/// Some of the columns of rows.
pub(super) struct Subset<'a> {
    pub(super) rows: &'a dyn Rows,
    /// Their positions.
    pub(super) columns: &'a [usize],
}

impl Rows for Subset<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn read(&self, column: usize, from: usize, place: &mut [f64]) {
        self.rows.read(self.columns[column], from, place);
    }

    fn is_finite(&self) -> bool {
        self.rows.is_finite()
    }

    fn codes(&self, column: usize) -> Option<&[u16]> {
        self.rows.codes(self.columns[column])
    }

    fn offset(&self) -> Option<&[f64]> {
        self.rows.offset()
    }
}

/// The numbers of some rows as a matrix.
pub fn matrix(rows: &dyn Rows) -> Array2<f64> {
    let mut matrix = Array2::zeros((rows.columns(), rows.len()));
    for (column, mut place) in matrix.rows_mut().into_iter().enumerate() {
        if let Some(place) = place.as_slice_mut() {
            rows.read(column, 0, place);
        }
    }
    matrix.reversed_axes()
}

/// Good and bad weights, one pair a row.
#[derive(Debug, Clone)]
pub struct OutcomePairs {
    pub(super) goods: Vec<f64>,
    pub(super) bads: Vec<f64>,
    pub(super) plain: bool,
    pub(super) total: (f64, f64),
}

impl OutcomePairs {
    /// Pairs of weights, each at least 0.
    ///
    /// # Errors
    /// [`LogisticError::Data`] where a weight is negative or not finite, or both weights of a row are 0;
    /// [`LogisticError::OneClass`] where there are no goods or no bads.
    pub fn new(goods: Vec<f64>, bads: Vec<f64>) -> Result<Self, LogisticError> {
        let is_weight = |x: &f64| x.is_finite() && *x >= 0.0;
        let pairs = || goods.iter().zip(&bads);
        if goods.len() != bads.len() {
            return Err(LogisticError::Data(format!("{} goods do not go with {} bads", goods.len(), bads.len())));
        }
        if !pairs().all(|(good, bad)| is_weight(good) && is_weight(bad) && good + bad > 0.0) {
            return Err(LogisticError::Data("goods and bads must be at least 0 and not both 0".into()));
        }
        let total = (goods.iter().sum::<f64>(), bads.iter().sum::<f64>());
        if total.0 <= 0.0 {
            return Err(LogisticError::OneClass("good"));
        }
        if total.1 <= 0.0 {
            return Err(LogisticError::OneClass("bad"));
        }
        let plain = pairs().all(|pair| matches!(pair, (1.0, 0.0) | (0.0, 1.0)));
        Ok(OutcomePairs { goods, bads, plain, total })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.goods.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.goods.is_empty()
    }

    /// Sums of the good and of the bad weights.
    pub fn totals(&self) -> (f64, f64) {
        self.total
    }

    /// Rows with good weight, and rows with bad weight.
    pub fn cases(&self) -> (usize, usize) {
        let count = |weights: &[f64]| weights.iter().filter(|weight| **weight > 0.0).count();
        (count(&self.goods), count(&self.bads))
    }

    /// Good weight of a row by its good and bad weight.
    pub fn goodness(&self, row: usize) -> f64 {
        self.goods[row] / (self.goods[row] + self.bads[row])
    }

    /// Whether every row is good or bad with weight 1.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Good and bad weights as an n x 2 matrix.
    pub fn matrix(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.len(), 2), |(row, class)| if class == 0 { self.goods[row] } else { self.bads[row] })
    }
}

impl TryFrom<ArrayView2<'_, f64>> for OutcomePairs {
    type Error = LogisticError;

    /// From an n x 2 matrix of good and bad weights.
    fn try_from(targets: ArrayView2<'_, f64>) -> Result<Self, LogisticError> {
        if targets.ncols() != 2 {
            return Err(LogisticError::Data(format!("targets must be n x 2 (goods, bads), not {:?}", targets.dim())));
        }
        OutcomePairs::new(targets.column(0).to_vec(), targets.column(1).to_vec())
    }
}
