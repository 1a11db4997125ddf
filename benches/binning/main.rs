//! Bins every column of a table and prints times, memory and the counts in the bins as one line of JSON.
//! `compare.py` beside it runs this next to other tools.

#[path = "../clock.rs"]
mod clock;

use std::error::Error;
use std::path::{Path, PathBuf};

use clock::Clock;
use rayon::prelude::*;
use scorewright::binning::{self, Binning, BinningSpec, SampleOutcomes};
use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::config::{BinningSection, ColumnSettings};
use scorewright::table::{self, ReadOptions, Table};
use scorewright_runtime::artifact::BinDomain;
use serde_json::{Map, Value, json};

const USAGE: &str = "\
Usage: cargo bench --bench binning -- DATA [--holdout FILE] [--binning 'TOML keys of [binning]']
DATA is a table whose column `bad` is 1 or 0; every other column is a feature. See benches/binning/compare.py.";

/// The column that states the outcome.
const OUTCOME: &str = "bad";

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::parse()? else {
        println!("{USAGE}");
        return Ok(());
    };
    let clock = Clock::start();
    let mut columns = Columns::read(&options.data)?;
    let load = clock.stop();
    let clock = Clock::start();
    columns.encode()?;
    let encode = clock.stop();
    let (features, outcomes) = columns.finish();
    let data_bytes: usize = features.iter().map(|feature| bytes(&feature.values)).sum();

    let settings = ColumnSettings::default();
    let spec = |_: &FeatureColumn| BinningSpec::new(&options.binning, &settings);
    let rows: Vec<u32> = (0..u32::try_from(outcomes.len())?).collect();
    let load_peak = peak_mib();
    restart_peak();
    let clock = Clock::start();
    let sample = SampleOutcomes::new(&outcomes, &rows);
    let binnings = binning::bin_all(&features, &sample, None, spec, || Ok(()))?;
    let binning = clock.stop();
    let peak = peak_mib();

    let mut bins = Map::new();
    let mut development = Map::new();
    for binning in &binnings {
        let values: Vec<Value> = binning.bins.iter().map(|(label, domain)| describe(label, domain)).collect();
        bins.insert(binning.name.clone(), json!({ "iv": binning.table.information_value, "bins": values }));
        development.insert(binning.name.clone(), counts(binning, &binning.codes, &sample));
    }
    let mut holdout = Map::new();
    if let Some(path) = &options.holdout {
        let mut columns = Columns::read(path)?;
        columns.encode()?;
        let (features, outcomes) = columns.finish();
        let rows: Vec<u32> = (0..u32::try_from(outcomes.len())?).collect();
        let sample = SampleOutcomes::new(&outcomes, &rows);
        for (binning, feature) in binnings.iter().zip(&features) {
            let codes = binning::encode(&binning.partition, &feature.values);
            holdout.insert(binning.name.clone(), counts(binning, &codes, &sample));
        }
    }
    let figures = json!({
        "tool": "scorewright",
        "version": env!("CARGO_PKG_VERSION"),
        "rows": outcomes.len(),
        "columns": features.len(),
        "steps": { "load": load, "encode": encode, "binning": binning },
        "data_mib": data_bytes as f64 / MIB,
        "load_peak_mib": load_peak,
        "peak_mib": peak,
        "features": bins,
        "development": development,
        "holdout": holdout,
    });
    println!("{figures}");
    Ok(())
}

struct Options {
    data: PathBuf,
    holdout: Option<PathBuf>,
    binning: BinningSection,
}

impl Options {
    /// `None` where no table is named, as when cargo runs all benches.
    fn parse() -> Result<Option<Self>, Box<dyn Error>> {
        let (mut data, mut holdout, mut keys) = (None, None, String::new());
        // cargo adds --bench.
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--holdout" => holdout = Some(PathBuf::from(arguments.next().ok_or(USAGE)?)),
                "--binning" => keys = arguments.next().ok_or(USAGE)?,
                _ if argument.starts_with('-') || data.is_some() => return Err(USAGE.into()),
                _ => data = Some(PathBuf::from(argument)),
            }
        }
        let binning = toml::from_str(&format!("max_bins = 8\nmin_share = 0.05\nmonotone = \"unimodal\"\n{keys}"))?;
        Ok(data.map(|data| Options { data, holdout, binning }))
    }
}

/// A table on its way to features: numbers first, categories later, so that each can be timed.
struct Columns {
    table: Table,
    outcomes: Outcomes,
    features: Vec<(String, Option<FeatureValues>)>,
}

impl Columns {
    fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let table = table::read(path, &path.to_string_lossy(), &ReadOptions::default())?;
        let mut outcomes = Outcomes::default();
        for bad in table.numbers(OUTCOME)? {
            outcomes.push(if bad == 1.0 { OutcomeState::Bad } else { OutcomeState::Good }, 1.0);
        }
        let names: Vec<String> = table.names().into_iter().filter(|name| name != OUTCOME).collect();
        let features = names
            .into_par_iter()
            .map(|name| {
                let numbers = table.is_numeric(&name).then(|| table.numbers(&name)).transpose()?;
                Ok((name, numbers.map(FeatureValues::Numeric)))
            })
            .collect::<scorewright::error::Result<_>>()?;
        Ok(Columns { table, outcomes, features })
    }

    fn encode(&mut self) -> Result<(), Box<dyn Error>> {
        let table = &self.table;
        self.features.par_iter_mut().filter(|(_, values)| values.is_none()).try_for_each(|(name, values)| {
            *values = Some(FeatureValues::Categorical(table.categories(name)?));
            scorewright::error::Result::Ok(())
        })?;
        Ok(())
    }

    fn finish(self) -> (Vec<FeatureColumn>, Outcomes) {
        let features = self
            .features
            .into_iter()
            .filter_map(|(name, values)| Some(FeatureColumn { name, description: String::new(), values: values? }));
        (features.collect(), self.outcomes)
    }
}

fn bytes(values: &FeatureValues) -> usize {
    match values {
        FeatureValues::Numeric(values) => size_of_val(values.as_slice()),
        FeatureValues::Categorical(values) => size_of_val(values.codes.as_slice()),
    }
}

/// What a bin holds: [lower, upper] with lower <= x < upper, a group of texts, or else its label.
fn describe(label: &str, domain: &BinDomain) -> Value {
    match domain {
        BinDomain::Interval { lower, upper } => json!([lower, upper]),
        BinDomain::Categories(texts) => json!(texts),
        _ => json!(label),
    }
}

/// [goods, bads, is missing] of every bin that holds cases.
fn counts(binning: &Binning, codes: &[u16], sample: &SampleOutcomes<'_>) -> Value {
    let counts = sample.count(codes, binning.partition.bins());
    let missing = usize::from(binning.partition.missing());
    (0..counts.cases.len())
        .filter(|bin| counts.cases[*bin] > 0.0)
        .map(|bin| json!([counts.goods[bin], counts.bads[bin], bin == missing]))
        .collect()
}

const MIB: f64 = 1_048_576.0;

/// Most memory that this process has had.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// Has the peak counted anew from what is held now; where that is not allowed, the old peak stays.
fn restart_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
