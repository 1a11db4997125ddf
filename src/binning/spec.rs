//! What decides a feature's bins, checked: the card's settings and the column's together.

use super::cell::Cell;
use super::objective::Measure;
use super::rules::{Boundary, Rules, Stable};
use super::solve::Asked;
use super::stability::PeriodCells;
use crate::config::{BinningSection, ColumnSettings, Monotone};

/// What decides a feature's bins, checked.
#[derive(Debug, Clone)]
pub struct BinningSpec<'a> {
    /// The card's rules, with the column's in their place where it has its own.
    pub section: BinningSection,
    /// The column's own settings.
    pub settings: &'a ColumnSettings,
}

impl<'a> BinningSpec<'a> {
    /// The column's settings where it has any, else the card's.
    pub fn new(section: &BinningSection, settings: &'a ColumnSettings) -> Self {
        let section = BinningSection {
            max_bins: settings.max_bins.unwrap_or(section.max_bins),
            min_share: settings.min_share.unwrap_or(section.min_share),
            monotone: settings.monotone.unwrap_or(section.monotone),
            missing: settings.missing.unwrap_or(section.missing),
            special_bins: settings.special_bins.unwrap_or(section.special_bins),
            ..section.clone()
        };
        BinningSpec { section, settings }
    }

    /// What the column itself states about its bins: what cannot be then is an error, not a feature with one bin.
    pub(super) fn asked(&self) -> Asked {
        let own = self.settings;
        if !own.fixed_cuts.is_empty() || !own.apart.is_empty() {
            Asked::Bins
        } else if own.monotone.is_some_and(|trend| trend != Monotone::None)
            || own.min_share.is_some()
            || !own.forbidden_cuts.is_empty()
        {
            Asked::Rules
        } else {
            Asked::Nothing
        }
    }

    /// The rules for a sample whose determinate cases are `all`.
    pub(super) fn rules(&self, all: Cell, trend: Monotone, boundaries: Vec<Boundary>) -> Rules<'static> {
        let section = &self.section;
        Rules {
            max_bins: section.max_bins,
            min_weight: section.min_share * all.weight(),
            min_cases: section.min_cases.max(section.min_share * all.cases),
            min_goods: section.min_goods,
            min_bads: section.min_bads,
            trend,
            min_woe_difference: section.min_woe_difference,
            max_p_value: section.max_p_value,
            p_value_test: section.p_value_test,
            stable: None,
            measure: Measure { objective: section.objective, all },
            boundaries,
        }
    }

    /// The rule on the order over time, for cells counted by period.
    pub(super) fn stable<'p>(&self, periods: Option<&'p PeriodCells>) -> Option<Stable<'p>> {
        let (periods, rule) = (periods?, self.section.stable?);
        Some(Stable { periods, share: rule.share, tolerance: rule.tolerance })
    }
}
