//! The simulated lender: what it writes is consistent, and what it says of itself is true.

mod lender;
mod program;
mod truth;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use polars::prelude::*;

use crate::program::run;

/// One lender of 10,000 customers for all tests that only look.
static LENDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| simulated(&["--customers", "10000", "--seed", "7"]));

/// A folder with a lender in `lender`.
fn simulated(arguments: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("lender");
    let done = run(["simulate", "--quiet", "--out", out.to_str().unwrap()].iter().chain(arguments));
    assert_eq!(done.status, 0, "{}", done.stderr);
    folder
}

fn lender(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("lender")
}

/// A table by its path in the lender, such as `data/accounts`.
fn table(lender: &Path, name: &str) -> DataFrame {
    let file = std::fs::File::open(lender.join(format!("{name}.parquet"))).unwrap();
    ParquetReader::new(file).finish().unwrap()
}

/// A column of numbers, dates as days and truth values as 1 and 0; missing is NaN.
fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
    let column = frame.column(name).unwrap();
    let column =
        column.cast(&DataType::Int32).ok().filter(|_| column.dtype() == &DataType::Date).unwrap_or(column.clone());
    let numbers = column.cast(&DataType::Float64).unwrap();
    numbers.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

fn ids(frame: &DataFrame, name: &str) -> Vec<i64> {
    frame.column(name).unwrap().i64().unwrap().iter().map(Option::unwrap).collect()
}

fn texts(frame: &DataFrame, name: &str) -> Vec<String> {
    frame.column(name).unwrap().str().unwrap().iter().map(|text| text.unwrap().to_owned()).collect()
}

/// Bytes of all files by path.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// 2022-01 is 0, 2023-01 is 12.
fn month(day: f64) -> i64 {
    use chrono::Datelike;
    let date = chrono::NaiveDate::from_epoch_days(day as i32).unwrap();
    i64::from(date.year() - 2022) * 12 + i64::from(date.month0())
}
