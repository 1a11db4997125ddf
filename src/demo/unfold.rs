//! The card clients' wide table (one row a client, six months side by side) unfolds into the tables of
//! a loan history. The same bytes in give the same bytes out.
//!
//! Of the original: columns end in 1 for September 2005 and in 6 for April; the first status column is
//! called PAY_0. A payment of a month settles the statement of the month before. Status -2: no use,
//! -1: paid in full, 0: revolving, k: k months overdue. Only the default of October 2005 is known of
//! that month: its row has no status, balance or payment.

use std::io::Write;

use crate::error::{Result, internal};

/// The tables as csv files.
pub struct Unfolded {
    /// One row a client: customer_id, sex, education, marital_status, age.
    pub customers: Vec<u8>,
    /// One row a client's account: account_id, customer_id, credit_limit.
    pub accounts: Vec<u8>,
    /// One row an account and month, April to October 2005: account_id, month_end, status,
    /// months_overdue, balance, payment, defaulted.
    pub performance: Vec<u8>,
}

/// Month ends of 2005, with the suffix of the original's columns.
const MONTHS: [(&str, &str, &str); 6] = [
    ("2005-04-30", "PAY_6", "6"),
    ("2005-05-31", "PAY_5", "5"),
    ("2005-06-30", "PAY_4", "4"),
    ("2005-07-31", "PAY_3", "3"),
    ("2005-08-31", "PAY_2", "2"),
    ("2005-09-30", "PAY_0", "1"),
];

/// Unfolds the original csv file.
///
/// # Errors
/// An internal fault where the embedded file is not the one expected.
pub fn unfold(original: &[u8]) -> Result<Unfolded> {
    let bytes = original.strip_prefix(b"\xef\xbb\xbf").unwrap_or(original);
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(internal)?.clone();
    let column = |name: &str| {
        header.iter().position(|column| column == name).ok_or_else(|| internal(format!("no column {name}")))
    };
    let fixed = ["ID", "LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE", "DEFAULT"].map(column);
    let [id, limit, sex, education, marriage, age, default] = fixed;
    let (id, limit, sex, education, marriage, age, default) =
        (id?, limit?, sex?, education?, marriage?, age?, default?);
    let months: Vec<(&str, usize, usize, usize)> = MONTHS
        .iter()
        .map(|(day, status, suffix)| {
            Ok((*day, column(status)?, column(&format!("BILL_AMT{suffix}"))?, column(&format!("PAY_AMT{suffix}"))?))
        })
        .collect::<Result<_>>()?;
    let mut customers = b"customer_id,sex,education,marital_status,age\n".to_vec();
    let mut accounts = b"account_id,customer_id,credit_limit\n".to_vec();
    let mut performance = b"account_id,month_end,status,months_overdue,balance,payment,defaulted\n".to_vec();
    for record in reader.records() {
        let record = record.map_err(internal)?;
        let field = |column: usize| record.get(column).unwrap_or_default();
        let client = field(id);
        writeln!(customers, "C{client},{},{},{},{}", field(sex), field(education), field(marriage), field(age))
            .map_err(internal)?;
        writeln!(accounts, "A{client},C{client},{}", field(limit)).map_err(internal)?;
        for (day, status, balance, payment) in &months {
            let status: i32 = field(*status).parse().map_err(internal)?;
            let (balance, payment, overdue) = (field(*balance), field(*payment), status.max(0));
            writeln!(performance, "A{client},{day},{status},{overdue},{balance},{payment},").map_err(internal)?;
        }
        writeln!(performance, "A{client},2005-10-31,,,,,{}", field(default)).map_err(internal)?;
    }
    Ok(Unfolded { customers, accounts, performance })
}
