//! Fits a logistic model with standard errors to a table of WOE and prints times and coefficients as one line of JSON.
//! `compare.py` beside it runs this next to other tools on the same file.

#[path = "../clock.rs"]
mod clock;
mod coverage;

use std::error::Error;
use std::path::Path;

use clock::Clock;
use linfa::ParamGuard;
use scorewright::logistic::{
    CodedColumn, CodedRecords, LogisticParams, OutcomePairs, StandardErrors, infer, linfa_start, matrix,
};
use scorewright::table::{self, ReadOptions};
use serde_json::{Value, json};

const USAGE: &str = "\
Usage: cargo bench --bench fit -- DATA [--solver newton|non_negative|firth|linfa-logistic] [--runs N]
       cargo bench --bench fit -- --coverage SEEDS [--rows N]
DATA is a table whose column `bad` is 1 or 0; every other column is the WOE of a feature, with few distinct values.
--coverage simulates samples with known coefficients and counts the intervals that hold them.";

/// The column that states the outcome.
const OUTCOME: &str = "bad";

fn main() -> Result<(), Box<dyn Error>> {
    let (mut data, mut solver, mut runs, mut seeds, mut rows) = (None, "newton".to_owned(), 1, None, 1000);
    // cargo adds --bench.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--solver" => solver = arguments.next().ok_or(USAGE)?,
            "--coverage" => seeds = Some(arguments.next().ok_or(USAGE)?.parse()?),
            "--rows" => rows = arguments.next().ok_or(USAGE)?.parse()?,
            "--runs" => runs = arguments.next().ok_or(USAGE)?.parse()?,
            _ => data = Some(argument),
        }
    }
    if let Some(seeds) = seeds {
        return coverage::print(seeds, rows);
    }
    let Some(data) = data else {
        println!("{USAGE}");
        return Ok(());
    };
    let data = Data::read(Path::new(&data))?;
    for _ in 0..runs {
        println!("{}", run(&data, &solver)?);
    }
    Ok(())
}

/// Columns as training has them after binning: codes, and the WOE of each.
struct Data {
    names: Vec<String>,
    columns: Vec<(Vec<u16>, Vec<f64>)>,
    outcomes: OutcomePairs,
}

impl Data {
    fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let table = table::read(path, &path.to_string_lossy(), &ReadOptions::default())?;
        let bads = table.numbers(OUTCOME)?;
        let names: Vec<String> = table.names().into_iter().filter(|name| name != OUTCOME).collect();
        let mut columns = Vec::new();
        for name in &names {
            let numbers = table.numbers(name)?;
            let mut values = numbers.clone();
            values.sort_by(f64::total_cmp);
            values.dedup();
            let codes = numbers.iter().map(|x| values.partition_point(|value| value < x) as u16).collect();
            columns.push((codes, values));
        }
        let outcomes = OutcomePairs::new(bads.iter().map(|bad| 1.0 - bad).collect(), bads)?;
        Ok(Data { names, columns, outcomes })
    }
}

fn run(data: &Data, solver: &str) -> Result<Value, Box<dyn Error>> {
    let columns = data.columns.iter().map(|(codes, values)| CodedColumn { codes, values }).collect();
    let rows = CodedRecords::new(columns, data.outcomes.len())?;
    let clock = Clock::start();
    let (coefficients, errors, iterations, gradient) = if solver == "linfa-logistic" {
        let beta = linfa_start(matrix(&rows).view(), data.outcomes.matrix().view(), 0.0)?;
        (beta.to_vec(), Vec::new(), None, None)
    } else {
        let params = LogisticParams::new().firth(solver == "firth").non_negative(solver == "non_negative");
        let fit = params.check()?.fit_rows(&rows, &data.outcomes)?;
        let inference = infer(&fit, &rows, &data.outcomes, StandardErrors::ModelBased, None)?;
        (fit.beta(), inference.standard_errors, Some(fit.iterations), Some(fit.gradient))
    };
    let time = clock.stop();
    Ok(json!({
        "tool": "scorewright", "version": env!("CARGO_PKG_VERSION"), "solver": solver, "rows": data.outcomes.len(),
        "names": data.names, "time": time, "coefficients": coefficients, "standard_errors": errors,
        "iterations": iterations, "gradient": gradient,
    }))
}
