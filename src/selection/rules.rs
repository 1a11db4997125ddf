//! The rules that a feature passes one after the other, before any model: each with a reason in figures.

use std::collections::BTreeMap;

use rayon::prelude::*;
use scorewright_runtime::artifact::BinDomain;

use super::stability::Comparison;
use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::{CardSpec, Leaks, Reversals};
use crate::leaks;
use crate::ready_made::matches;

/// What is decided so far.
pub(super) struct Sieve<'a> {
    binnings: &'a [Binning],
    /// Whether a feature is kept by name.
    pub kept: Vec<bool>,
    /// Step and reason of those that went.
    pub out: Vec<Option<(&'static str, String)>>,
    /// What else there is to say of a feature.
    pub notes: Vec<Vec<String>>,
    /// What a reader of the run must know, by feature; `true`: only where it is in the model.
    pub warnings: Vec<(usize, bool, String)>,
}

impl<'a> Sieve<'a> {
    pub fn new(binnings: &'a [Binning], spec: &CardSpec) -> Self {
        let is_kept = |binning: &Binning| spec.selection.keep.iter().any(|pattern| matches(pattern, &binning.name));
        Sieve {
            binnings,
            kept: binnings.iter().map(is_kept).collect(),
            out: vec![None; binnings.len()],
            notes: vec![Vec::new(); binnings.len()],
            warnings: Vec::new(),
        }
    }

    /// The features that are still in.
    pub fn open(&self) -> Vec<usize> {
        (0..self.binnings.len()).filter(|feature| self.out[*feature].is_none()).collect()
    }

    /// Lets a feature go, unless it is kept by name: then a note says what would have been.
    pub fn remove(&mut self, feature: usize, step: &'static str, reason: String) {
        if self.kept[feature] {
            self.notes[feature].push(format!("without that it would have gone: {reason}"));
        } else {
            self.out[feature] = Some((step, reason));
        }
    }

    /// What a rule that counts cases has against the features that are still in, in their order.
    fn judge(&self, rule: impl Fn(&Binning) -> Option<String> + Sync) -> Vec<(usize, String)> {
        let open = self.open();
        open.into_par_iter().filter_map(|feature| Some((feature, rule(&self.binnings[feature])?))).collect()
    }

    /// All rules that look at one feature alone.
    pub fn pass(&mut self, cases: &Cases, comparison: &Comparison<'_>, development: &[u32], spec: &CardSpec) {
        let section = &spec.selection;
        for feature in self.open() {
            let binning = &self.binnings[feature];
            if section.drop.iter().any(|pattern| matches(pattern, &binning.name)) {
                // Whatever keep says in a pattern.
                self.out[feature] = Some(("drop", "dropped by name in the configuration".to_owned()));
                continue;
            }
            let missing = missing_share(binning);
            if missing > section.max_missing {
                let reason = format!(
                    "missing for {:.2}% of the development cases, more than {}%",
                    missing * 100.0,
                    plain(section.max_missing * 100.0)
                );
                self.remove(feature, "missing", reason);
            }
        }
        for feature in self.open() {
            if self.binnings[feature].table.occupied() < 2 {
                self.out[feature] = Some(("one bin", one_bin(&self.binnings[feature])));
            }
        }
        self.leaks(cases, development, spec);
        for feature in self.open() {
            let value = self.binnings[feature].table.information_value;
            if value < section.min_iv {
                let reason = format!("information value {value:.4} is below {}", section.min_iv);
                self.remove(feature, "information value", reason);
            }
        }
        for (feature, reason) in self.judge(|binning| comparison.shift(binning, section.max_psi)) {
            self.remove(feature, "stability", reason);
        }
        if section.reversals != Reversals::Ignore {
            for (feature, reason) in self.judge(|binning| comparison.reversal(binning)) {
                if section.reversals == Reversals::Drop && !self.kept[feature] {
                    self.remove(feature, "reversal", reason);
                } else {
                    let warning = format!("{}: {reason}", self.binnings[feature].name);
                    self.notes[feature].push(reason);
                    self.warnings.push((feature, true, warning));
                }
            }
        }
    }

    fn leaks(&mut self, cases: &Cases, development: &[u32], spec: &CardSpec) {
        let found = match &spec.selection.known_leaks {
            Some(known) => known.clone(),
            None => find_leaks(self.binnings, cases, development, spec),
        };
        let reasons: BTreeMap<String, String> = found.into_iter().collect();
        for feature in self.open() {
            let name = &self.binnings[feature].name;
            let Some(reason) = reasons.get(name) else { continue };
            let is_out = spec.selection.leaks == Leaks::Drop && !self.kept[feature];
            let what_next = if is_out {
                "it was left out; if its value was known on the day of observation, name it in [selection] keep"
            } else {
                "make sure that its value was known on the day of observation"
            };
            let reason = format!("may be a leak of the outcome: {reason}");
            self.warnings.push((feature, false, format!("{name} {reason}; {what_next}")));
            if is_out {
                self.remove(feature, "leak", reason);
            } else {
                self.notes[feature].push(reason);
            }
        }
    }
}

/// Features that look like the outcome, with the reasons, but for those that are out by name. A pair is one where a
/// column of it is.
pub(super) fn find_leaks(
    binnings: &[Binning],
    cases: &Cases,
    development: &[u32],
    spec: &CardSpec,
) -> Vec<(String, String)> {
    let dropped = |name: &str| spec.selection.drop.iter().any(|pattern| matches(pattern, name));
    let columns = cases.columns().into_iter().filter(|column| !dropped(&column.name));
    let found = leaks::of_features(columns, &cases.outcomes, development);
    let reasons: BTreeMap<&str, String> =
        found.iter().map(|leak| (leak.feature.as_str(), leak.reasons.join("; "))).collect();
    let reason = |binning: &Binning| {
        let of_axes = || {
            let axis = binning.pair.as_ref()?.axes.iter().find(|axis| reasons.contains_key(axis.input.as_str()))?;
            Some(format!("of {}, {}", axis.input, reasons[axis.input.as_str()]))
        };
        let of_bins = || Some(format!("its bins alone have an AUC of {:.3}", leaks::suspicious_bins(&binning.table)?));
        reasons.get(binning.name.as_str()).cloned().or_else(of_axes).or_else(of_bins)
    };
    binnings.iter().filter_map(|binning| Some((binning.name.clone(), reason(binning)?))).collect()
}

/// Share of the development cases, by weight, whose value is missing.
fn missing_share(binning: &Binning) -> f64 {
    let rows = binning.bins.iter().zip(&binning.table.rows);
    let missing = rows.filter(|((_, domain), _)| matches!(domain, BinDomain::Missing)).map(|(_, row)| row.cases);
    let all: f64 = binning.table.rows.iter().map(|row| row.cases).sum();
    if all > 0.0 { missing.sum::<f64>() / all } else { 0.0 }
}

fn one_bin(binning: &Binning) -> String {
    match binning.note.as_str() {
        "" => "all its development cases fall into one bin".to_owned(),
        note => format!("one bin: {note}"),
    }
}

/// A percentage with the digits that it has.
fn plain(percent: f64) -> String {
    let text = format!("{percent:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
