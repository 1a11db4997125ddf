//! `[cross_validation]`: how the development cases are divided, and which settings are held against each other.

use serde::{Deserialize, Serialize};

use super::binning::BinningSection;
use super::card::CardSpec;
use super::model::FitSection;
use super::selection::{SelectionSection, Stepwise};
use super::source::Source;
use crate::error::Result;

/// Most combinations of a grid: each is fitted on every fold.
pub const MOST_COMBINATIONS: usize = 100;

/// `[cross_validation]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrossValidationSection {
    /// Number of folds; by time, of periods that are tested on.
    pub folds: usize,
    /// How the cases are divided.
    pub by: FoldsBy,
    /// How often the cases are divided anew.
    pub repeats: usize,
    /// By time: whole months between the last case to fit on and the first to test on.
    pub gap_months: u32,
    /// Whether the choice among the grid is itself cross-validated, within each fold.
    pub nested: bool,
    /// Settings that are held against each other.
    pub grid: GridSection,
}

impl Default for CrossValidationSection {
    fn default() -> Self {
        let grid = GridSection::default();
        CrossValidationSection { folds: 5, by: FoldsBy::Outcome, repeats: 1, gap_months: 0, nested: false, grid }
    }
}

/// How cases are divided into folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoldsBy {
    /// At random, stratified by outcome, by group.
    Outcome,
    /// Rolling origin: fitted on the periods before, tested on the next.
    Time,
}

/// `[cross_validation.grid]`: values of keys; a key that is not named stays as the card has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GridSection {
    /// Of `[binning]`.
    pub max_bins: Vec<usize>,
    /// Of `[binning]`.
    pub min_share: Vec<f64>,
    /// Of `[selection]`.
    pub min_iv: Vec<f64>,
    /// Of `[selection]`.
    pub max_correlation: Vec<f64>,
    /// Of `[selection]`.
    pub stepwise: Vec<Stepwise>,
    /// Of `[fit]`.
    pub l2: Vec<f64>,
}

/// The settings of a card that a grid can vary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Settings {
    /// Of `[binning]`.
    pub max_bins: usize,
    /// Of `[binning]`.
    pub min_share: f64,
    /// Of `[selection]`.
    pub min_iv: f64,
    /// Of `[selection]`.
    pub max_correlation: f64,
    /// Of `[selection]`.
    pub stepwise: Stepwise,
    /// Of `[fit]`.
    pub l2: f64,
}

impl Settings {
    /// Those of a card.
    pub fn of(spec: &CardSpec) -> Self {
        Settings {
            max_bins: spec.binning.max_bins,
            min_share: spec.binning.min_share,
            min_iv: spec.selection.min_iv,
            max_correlation: spec.selection.max_correlation,
            stepwise: spec.selection.stepwise,
            l2: spec.fit.l2,
        }
    }

    /// The card with these settings.
    pub fn put_into(&self, spec: &CardSpec) -> CardSpec {
        let mut spec = spec.clone();
        spec.binning.max_bins = self.max_bins;
        spec.binning.min_share = self.min_share;
        spec.selection.min_iv = self.min_iv;
        spec.selection.max_correlation = self.max_correlation;
        spec.selection.stepwise = self.stepwise;
        spec.fit.l2 = self.l2;
        spec
    }
}

impl Settings {
    /// The keys that differ from those of the card, in words; else "the card as it stands".
    pub fn beside(&self, own: &Settings) -> String {
        let keys = [
            (self.max_bins != own.max_bins).then(|| format!("max_bins {}", self.max_bins)),
            (self.min_share != own.min_share).then(|| format!("min_share {}", self.min_share)),
            (self.min_iv != own.min_iv).then(|| format!("min_iv {}", self.min_iv)),
            (self.max_correlation != own.max_correlation).then(|| format!("max_correlation {}", self.max_correlation)),
            (self.stepwise != own.stepwise).then(|| format!("stepwise {}", self.stepwise.name())),
            (self.l2 != own.l2).then(|| format!("l2 {}", self.l2)),
        ];
        let keys: Vec<String> = keys.into_iter().flatten().collect();
        if keys.is_empty() { "the card as it stands".to_owned() } else { keys.join(", ") }
    }
}

impl GridSection {
    /// Whether nothing is varied.
    pub fn is_empty(&self) -> bool {
        *self == GridSection::default()
    }

    /// Number of combinations.
    fn size(&self) -> usize {
        let lengths = [
            self.max_bins.len(),
            self.min_share.len(),
            self.min_iv.len(),
            self.max_correlation.len(),
            self.stepwise.len(),
            self.l2.len(),
        ];
        lengths.into_iter().map(|length| length.max(1)).fold(1, usize::saturating_mul)
    }

    /// The card's own settings, then every other combination, the last key varying fastest.
    pub fn combinations(&self, own: Settings) -> Vec<Settings> {
        let mut all = vec![own];
        vary(&mut all, &self.max_bins, |settings, value| settings.max_bins = value);
        vary(&mut all, &self.min_share, |settings, value| settings.min_share = value);
        vary(&mut all, &self.min_iv, |settings, value| settings.min_iv = value);
        vary(&mut all, &self.max_correlation, |settings, value| settings.max_correlation = value);
        vary(&mut all, &self.stepwise, |settings, value| settings.stepwise = value);
        vary(&mut all, &self.l2, |settings, value| settings.l2 = value);
        let mut distinct = vec![own];
        for settings in all {
            if !distinct.contains(&settings) {
                distinct.push(settings);
            }
        }
        distinct
    }
}

fn vary<T: Copy>(all: &mut Vec<Settings>, values: &[T], set: impl Fn(&mut Settings, T)) {
    if values.is_empty() {
        return;
    }
    let with = |settings: &Settings, value: &T| {
        let mut settings = *settings;
        set(&mut settings, *value);
        settings
    };
    *all =
        all.iter().flat_map(|settings| values.iter().map(|value| with(settings, value)).collect::<Vec<_>>()).collect();
}

impl CrossValidationSection {
    /// Checks the section; values of the grid as those of the keys that they stand for.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`].
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        let whole = |key: &str, value: usize, low: usize, high: usize| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            let what = format!("cross_validation.{key} is {value}, but must be between {low} and {high}");
            Err(source.error(&["cross_validation", key], what).help("correct the value, or leave the key out"))
        };
        whole("folds", self.folds, if self.by == FoldsBy::Time { 1 } else { 2 }, 50)?;
        whole("repeats", self.repeats, 1, 50)?;
        whole("gap_months", self.gap_months as usize, 0, 600)?;
        let wrong = |key: &str, what: &str| Err(source.error(&["cross_validation", key], what));
        if self.by == FoldsBy::Time && self.repeats > 1 {
            return wrong("repeats", "periods come in one order only: take repeats out, or take by = \"outcome\"");
        }
        if self.by == FoldsBy::Outcome && self.gap_months > 0 {
            return wrong("gap_months", "gap_months is for by = \"time\"; take it out, or divide by time");
        }
        if self.nested && self.grid.is_empty() {
            return wrong("nested", "nested needs a grid to choose among: [cross_validation.grid]");
        }
        let size = self.grid.size();
        if size > MOST_COMBINATIONS {
            let what = format!("the grid has {size} combinations, but at most {MOST_COMBINATIONS} are compared");
            return Err(source
                .error(&["cross_validation", "grid"], what)
                .help("name fewer values; the more settings are tried, the more the best of them is luck"));
        }
        let grid = &self.grid;
        let each = |key: &str, count: usize, check: &dyn Fn(usize) -> Result<()>| {
            (0..count).try_for_each(check).map_err(|e| {
                // The check speaks of the key's own section; the value stands here.
                let help = e.advice().unwrap_or("correct the value").to_owned();
                source.error(&["cross_validation", "grid", key], format!("grid: {}", e.message())).help(help)
            })
        };
        let binning = |set: &dyn Fn(&mut BinningSection)| {
            let mut section = BinningSection::default();
            set(&mut section);
            section.check(source)
        };
        let selection = |set: &dyn Fn(&mut SelectionSection)| {
            let mut section = SelectionSection::default();
            set(&mut section);
            section.check(source)
        };
        each("max_bins", grid.max_bins.len(), &|at| binning(&|section| section.max_bins = grid.max_bins[at]))?;
        each("min_share", grid.min_share.len(), &|at| binning(&|section| section.min_share = grid.min_share[at]))?;
        each("min_iv", grid.min_iv.len(), &|at| selection(&|section| section.min_iv = grid.min_iv[at]))?;
        each("max_correlation", grid.max_correlation.len(), &|at| {
            selection(&|section| section.max_correlation = grid.max_correlation[at])
        })?;
        each("l2", grid.l2.len(), &|at| FitSection { l2: grid.l2[at], ..FitSection::default() }.check(source))
    }
}

impl CardSpec {
    /// Checks what the command line has put into `[cross_validation]`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`].
    pub fn check_cross_validation(&self) -> Result<()> {
        self.cross_validation.check(&self.source)?;
        // What a card may not be, none of the grid may be either.
        for settings in self.cross_validation.grid.combinations(Settings::of(self)) {
            let spec = settings.put_into(self);
            spec.selection.check(&self.source)?;
            spec.fit.check(&self.source)?;
        }
        Ok(())
    }
}
