//! What decides a feature's bins, checked: the card's settings and the column's together.

use super::cell::Cell;
use super::objective::Measure;
use super::rules::{Boundary, Rules, Stable};
use super::solve::Asked;
use super::stability::PeriodCells;
use crate::config::{
    BinningSection, ColumnSettings, Monotone, NeighbourTest, Objective, Refine, SeparateBin, StableRule,
};

/// What decides a feature's bins, checked.
#[derive(Debug, Clone)]
pub struct BinningSpec<'a> {
    /// Most bins, missing and special ones not counted.
    pub max_bins: usize,
    /// Least share of the development sample in a bin, by weight and by number.
    pub min_share: f64,
    /// Least number of cases in a bin.
    pub min_cases: f64,
    /// Least weight and number of goods in a bin.
    pub min_goods: f64,
    /// Least weight and number of bads in a bin.
    pub min_bads: f64,
    /// Trend of the good rate.
    pub monotone: Monotone,
    /// What is maximised.
    pub objective: Objective,
    /// Least difference in WOE between neighbours.
    pub min_woe_difference: f64,
    /// Greatest p value between neighbours.
    pub max_p_value: Option<f64>,
    /// Its test.
    pub p_value_test: NeighbourTest,
    /// Most prebins.
    pub max_prebins: usize,
    /// How cuts move between prebins.
    pub refine: Refine,
    /// Cases at the average rate added to each category before categories are put in order.
    pub category_shrinkage: f64,
    /// Share below which a category is rare.
    pub rare_share: f64,
    /// Number of cases below which it is, too.
    pub rare_cases: f64,
    /// The bin of missing values.
    pub missing: SeparateBin,
    /// The bins of special values.
    pub special_bins: SeparateBin,
    /// Order of neighbours over time.
    pub stable: Option<StableRule>,
    /// The column's own settings.
    pub settings: &'a ColumnSettings,
}

impl<'a> BinningSpec<'a> {
    /// The column's settings where it has any, else the card's.
    pub fn new(section: &BinningSection, settings: &'a ColumnSettings) -> Self {
        let min_share = settings.min_share.unwrap_or(section.min_share);
        BinningSpec {
            max_bins: settings.max_bins.unwrap_or(section.max_bins),
            min_share,
            min_cases: section.min_cases,
            min_goods: section.min_goods,
            min_bads: section.min_bads,
            monotone: settings.monotone.unwrap_or(section.monotone),
            objective: section.objective,
            min_woe_difference: section.min_woe_difference,
            max_p_value: section.max_p_value,
            p_value_test: section.p_value_test,
            max_prebins: section.max_prebins,
            refine: section.refine,
            category_shrinkage: section.category_shrinkage,
            rare_share: section.rare_share,
            rare_cases: section.rare_cases,
            missing: settings.missing.unwrap_or(section.missing),
            special_bins: settings.special_bins.unwrap_or(section.special_bins),
            stable: section.stable,
            settings,
        }
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
        Rules {
            max_bins: self.max_bins,
            min_weight: self.min_share * all.weight(),
            min_cases: self.min_cases.max(self.min_share * all.cases),
            min_goods: self.min_goods,
            min_bads: self.min_bads,
            trend,
            min_woe_difference: self.min_woe_difference,
            max_p_value: self.max_p_value,
            p_value_test: self.p_value_test,
            stable: None,
            measure: Measure { objective: self.objective, all },
            boundaries,
        }
    }

    /// The rule on the order over time, for cells counted by period.
    pub(super) fn stable<'p>(&self, periods: Option<&'p PeriodCells>) -> Option<Stable<'p>> {
        let (periods, rule) = (periods?, self.stable?);
        Some(Stable { periods, share: rule.share, tolerance: rule.tolerance })
    }
}
