//! The bins of two runs held against each other, from what their directories hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scorewright_runtime::artifact::{BinDomain, Feature, ScorecardDocument};
use serde::{Deserialize, Serialize};

use crate::config::Monotone;
use crate::edits::trend;
use crate::error::{Error, ErrorKind, Result, read_file};

/// Two values of the same thing; null: not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair<T> {
    /// In run A.
    pub a: Option<T>,
    /// In run B.
    pub b: Option<T>,
}

/// What two runs' bins have in common and what not.
#[derive(Debug, Clone, Serialize)]
pub struct BinsDiff {
    /// The runs.
    pub runs: Pair<RunHead>,
    /// Features whose bins, figures or place differ, card features first.
    pub changed: Vec<FeatureDiff>,
    /// Features that are the same in both.
    pub unchanged: Vec<String>,
}

/// A run, in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunHead {
    /// Its directory.
    pub directory: PathBuf,
    /// The card's name.
    pub card: String,
    /// Number of features in the card.
    pub features: usize,
    /// SHA-256 of the edits file; null without one.
    pub edits_sha256: Option<String>,
}

/// A feature in both runs.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureDiff {
    /// The feature.
    pub feature: String,
    /// Whether it is in the card; null: the run has no such feature.
    pub in_card: Pair<bool>,
    /// Information value on development.
    pub information_value: Pair<f64>,
    /// Number of bins, missing and special ones included.
    pub bins: Pair<usize>,
    /// Trend of the good rate, of numeric features of both cards.
    pub trend: Pair<Monotone>,
    /// Cuts that A has and B has not; of numeric features of both cards.
    pub cuts_gone: Vec<f64>,
    /// Cuts that B has and A has not.
    pub cuts_new: Vec<f64>,
    /// Groups that A has and B has not; of categorical features of both cards.
    pub groups_gone: Vec<Vec<String>>,
    /// Groups that B has and A has not.
    pub groups_new: Vec<Vec<String>>,
    /// Bin by bin: those that hold the same values in both runs stand in one row.
    pub rows: Vec<BinDiff>,
}

/// A bin in both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BinDiff {
    /// What people call it.
    pub label: String,
    /// Share of development.
    pub share: Pair<f64>,
    /// Weight of evidence.
    pub woe: Pair<f64>,
    /// Points; null also where the feature is not in the card.
    pub points: Pair<f64>,
}

/// A bin as a run's tables have it.
#[derive(Debug, Clone, Deserialize)]
struct TableRow {
    feature: String,
    sample: String,
    bin: String,
    share: f64,
    woe: f64,
    information_value: f64,
    points: Option<f64>,
}

/// What a run's directory says of bins.
struct Run {
    head: RunHead,
    document: ScorecardDocument,
    /// By feature, on development, unforeseen values left out.
    rows: BTreeMap<String, Vec<TableRow>>,
    /// Features in the order of the table.
    order: Vec<String>,
}

impl Run {
    fn read(directory: &Path) -> Result<Self> {
        let help = "name the directory that `scorewright train` wrote with --out";
        let path = directory.join("scorecard.json");
        let bytes = read_file(&path).map_err(|e| e.help(help))?;
        let document = ScorecardDocument::from_json(&bytes).map_err(|e| Error::from(e).in_file(&path).help(help))?;
        let path = directory.join("tables").join("bins.csv");
        let bytes = read_file(&path).map_err(|e| e.help(help))?;
        let (mut rows, mut order): (BTreeMap<String, Vec<TableRow>>, Vec<String>) = Default::default();
        for row in csv::Reader::from_reader(bytes.as_slice()).deserialize::<TableRow>() {
            let row = row.map_err(|e| Error::new(ErrorKind::Malformed, e.to_string()).in_file(&path).help(help))?;
            if row.sample != crate::sample::SampleName::Development.name() {
                continue;
            }
            if !rows.contains_key(&row.feature) {
                order.push(row.feature.clone());
            }
            rows.entry(row.feature.clone()).or_default().push(row);
        }
        let head = RunHead {
            directory: directory.to_path_buf(),
            card: document.card.name.clone(),
            features: document.features.len(),
            edits_sha256: document.lineage.edits_sha256.clone(),
        };
        Ok(Run { head, document, rows, order })
    }

    fn in_card(&self, name: &str) -> Option<&Feature> {
        self.document.features.iter().find(|feature| feature.name == name)
    }

    /// Names, card features first.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.document.features.iter().map(|feature| &feature.name).chain(&self.order)
    }
}

/// Holds the bins of two run directories against each other.
///
/// # Errors
/// [`ErrorKind::Unreadable`], [`ErrorKind::Artifact`], [`ErrorKind::Malformed`] where a directory is no run's.
pub fn bins_diff(a: &Path, b: &Path) -> Result<BinsDiff> {
    let (a, b) = (Run::read(a)?, Run::read(b)?);
    let mut names: Vec<&String> = Vec::new();
    for name in a.names().chain(b.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for name in names {
        let diff = FeatureDiff::new(name, &a, &b);
        if diff.is_change() { changed.push(diff) } else { unchanged.push(name.clone()) }
    }
    Ok(BinsDiff { runs: Pair { a: Some(a.head), b: Some(b.head) }, changed, unchanged })
}

impl FeatureDiff {
    fn new(name: &str, a: &Run, b: &Run) -> Self {
        let (in_a, in_b) = (a.in_card(name), b.in_card(name));
        let (rows_a, rows_b) = (a.rows.get(name), b.rows.get(name));
        let value = |rows: &Vec<TableRow>| rows.iter().map(|row| row.information_value).sum();
        let both = in_a.zip(in_b);
        let (cuts_gone, cuts_new) = both.map(|(a, b)| differences(&cuts(a), &cuts(b))).unwrap_or_default();
        let (groups_gone, groups_new) = both.map(|(a, b)| differences(&groups(a), &groups(b))).unwrap_or_default();
        let trend = Pair { a: both.and_then(|(a, _)| card_trend(a)), b: both.and_then(|(_, b)| card_trend(b)) };
        FeatureDiff {
            feature: name.to_owned(),
            in_card: Pair { a: rows_a.map(|_| in_a.is_some()), b: rows_b.map(|_| in_b.is_some()) },
            information_value: Pair { a: rows_a.map(value), b: rows_b.map(value) },
            bins: Pair { a: rows_a.map(Vec::len), b: rows_b.map(Vec::len) },
            trend,
            cuts_gone,
            cuts_new,
            groups_gone,
            groups_new,
            rows: bin_rows(rows_a, rows_b, both),
        }
    }

    /// Whether anything differs.
    fn is_change(&self) -> bool {
        let is_same =
            |row: &BinDiff| row.share.a == row.share.b && row.woe.a == row.woe.b && row.points.a == row.points.b;
        self.in_card.a != self.in_card.b || !self.rows.iter().all(is_same)
    }
}

/// The bins of both runs, each once; of numeric features of both cards from low to high.
fn bin_rows(a: Option<&Vec<TableRow>>, b: Option<&Vec<TableRow>>, cards: Option<(&Feature, &Feature)>) -> Vec<BinDiff> {
    let domains = |feature: &Feature| feature.bins.iter().map(|bin| key(&bin.domain)).collect::<Vec<_>>();
    let (keys_a, keys_b) = cards.map(|(a, b)| (domains(a), domains(b))).unwrap_or_default();
    // Outside the card a bin is known by its label.
    let named = |rows: Option<&Vec<TableRow>>, keys: &[(f64, String)]| -> Vec<((f64, String), TableRow)> {
        let rows = rows.into_iter().flatten().enumerate();
        rows.map(|(place, row)| (keys.get(place).cloned().unwrap_or((0.0, row.bin.clone())), row.clone())).collect()
    };
    let (a, b) = (named(a, &keys_a), named(b, &keys_b));
    let find = |rows: &[((f64, String), TableRow)], key: &(f64, String)| {
        rows.iter().find(|(other, _)| other == key).map(|(_, row)| row.clone())
    };
    let mut keys: Vec<&(f64, String)> = a.iter().map(|(key, _)| key).collect();
    keys.extend(b.iter().map(|(key, _)| key).filter(|key| find(&a, key).is_none()));
    keys.sort_by(|x, y| x.0.total_cmp(&y.0));
    keys.into_iter()
        .map(|key| {
            let (a, b) = (find(&a, key), find(&b, key));
            let label = a.as_ref().or(b.as_ref()).map(|row| row.bin.clone()).unwrap_or_default();
            let both =
                |get: fn(&TableRow) -> Option<f64>| Pair { a: a.as_ref().and_then(get), b: b.as_ref().and_then(get) };
            BinDiff {
                label,
                share: both(|row| Some(row.share)),
                woe: both(|row| Some(row.woe)),
                points: both(|row| row.points),
            }
        })
        .collect()
}

/// What tells a bin from others: its place among intervals, and the values that it holds.
pub(crate) fn key(domain: &BinDomain) -> (f64, String) {
    match domain {
        BinDomain::Interval { lower, upper } => (lower.unwrap_or(f64::NEG_INFINITY), format!("{lower:?} {upper:?}")),
        BinDomain::Categories(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            (0.0, format!("{texts:?}"))
        }
        BinDomain::Special(values) => (f64::INFINITY, format!("{values:?}")),
        BinDomain::Cells(cells) => (0.0, format!("{cells:?}")),
        BinDomain::Missing => (f64::INFINITY, "missing".to_owned()),
    }
}

fn cuts(feature: &Feature) -> Vec<f64> {
    let bounds = feature.bins.iter().filter_map(|bin| match bin.domain {
        BinDomain::Interval { upper, .. } => upper,
        _ => None,
    });
    bounds.collect()
}

/// The groups of a categorical feature, each sorted.
fn groups(feature: &Feature) -> Vec<Vec<String>> {
    let groups = feature.bins.iter().filter_map(|bin| match &bin.domain {
        BinDomain::Categories(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            Some(texts)
        }
        _ => None,
    });
    groups.collect()
}

/// What only `a` has, and what only `b` has.
fn differences<T: PartialEq + Clone>(a: &[T], b: &[T]) -> (Vec<T>, Vec<T>) {
    let only = |these: &[T], those: &[T]| these.iter().filter(|value| !those.contains(value)).cloned().collect();
    (only(a, b), only(b, a))
}

fn card_trend(feature: &Feature) -> Option<Monotone> {
    let intervals = feature.bins.iter().filter(|bin| matches!(bin.domain, BinDomain::Interval { .. }));
    let rates: Vec<f64> =
        intervals.filter(|bin| bin.goods + bin.bads > 0.0).map(|bin| bin.goods / (bin.goods + bin.bads)).collect();
    trend(&rates)
}
