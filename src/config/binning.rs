//! `[binning]`: what holds for the bins of every feature, and what a column may state for itself.

use std::collections::{HashMap, HashSet};

use scorewright_runtime::artifact::Literal;
use scorewright_runtime::units::twelve_digits;
use serde::Deserialize;

use super::features::{ColumnSettings, Monotone};
use super::model::within;
use super::source::Source;
use crate::error::Result;

/// `[binning]`: what holds for every feature.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinningSection {
    /// Most bins of a feature, missing and special bins not counted.
    pub max_bins: usize,
    /// Least share of the development cases in a bin, by weight and by number.
    pub min_share: f64,
    /// Least number of development cases in a bin.
    pub min_cases: f64,
    /// Least weight, and least number, of goods in a bin.
    pub min_goods: f64,
    /// Least weight, and least number, of bads in a bin.
    pub min_bads: f64,
    /// Trend of the good rate.
    pub monotone: Monotone,
    /// What the partition maximises.
    pub objective: Objective,
    /// Least difference in WOE between neighbouring bins.
    pub min_woe_difference: f64,
    /// Greatest p value of the difference between neighbouring bins.
    pub max_p_value: Option<f64>,
    /// The test behind `max_p_value`.
    pub p_value_test: NeighbourTest,
    /// Most prebins out of which bins are put together.
    pub max_prebins: usize,
    /// How far the cuts then move on the values between prebins.
    pub refine: Refine,
    /// Cases at the average rate that are added to each category before categories are put in order.
    pub category_shrinkage: f64,
    /// Categories with less than this share of the cases are rare: they are grouped as one.
    pub rare_share: f64,
    /// Categories with fewer cases are rare, too.
    pub rare_cases: f64,
    /// The bin of missing values.
    pub missing: SeparateBin,
    /// The bins of special values.
    pub special_bins: SeparateBin,
    /// Bins whose order of good rates holds over time; needs a day of observation.
    pub stable: Option<StableRule>,
}

impl Default for BinningSection {
    fn default() -> Self {
        BinningSection {
            max_bins: 6,
            min_share: 0.05,
            min_cases: 0.0,
            min_goods: 1.0,
            min_bads: 1.0,
            monotone: Monotone::Auto,
            objective: Objective::InformationValue,
            min_woe_difference: 0.0,
            max_p_value: None,
            p_value_test: NeighbourTest::Z,
            max_prebins: 192,
            refine: Refine::Near,
            category_shrinkage: 20.0,
            rare_share: 0.001,
            rare_cases: 10.0,
            missing: SeparateBin::Own,
            special_bins: SeparateBin::Own,
            stable: None,
        }
    }
}

/// What a partition maximises; each is a sum over its bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Information value.
    InformationValue,
    /// Jensen-Shannon divergence between goods and bads.
    JensenShannon,
    /// Pearson's chi-square of bins against outcome.
    ChiSquare,
    /// Log-likelihood less half the logarithm of the number of cases a bin (BIC), which also chooses how many
    /// bins there are.
    Likelihood,
}

/// The test of a difference between neighbouring bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeighbourTest {
    /// Two-sided z test of two proportions with pooled variance.
    Z,
    /// Fisher's exact test, two-sided.
    Fisher,
}

/// How cuts move on the values between prebins, as long as the objective rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refine {
    /// Not at all.
    None,
    /// From the optimum over the prebins, on the values near its cuts.
    Near,
    /// From several optima, on all values; takes several times as long.
    Thorough,
}

/// What becomes of missing or special values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeparateBin {
    /// A bin with the WOE of its own data.
    Own,
    /// As `own`, but where the bin is smaller than the least sizes it shares the WOE of the nearest ordinary bin.
    Nearest,
    /// A bin with WOE 0.
    Neutral,
}

/// `[binning.stable]`: the order of neighbouring bins must hold over time.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StableRule {
    /// Length of a period.
    pub period: StablePeriod,
    /// Share of the periods in which the order of two neighbouring bins must hold.
    pub share: f64,
    /// How many standard errors of the difference a reversal may reach and still count as chance.
    pub tolerance: f64,
}

impl Default for StableRule {
    fn default() -> Self {
        StableRule { period: StablePeriod::Quarter, share: 1.0, tolerance: 1.0 }
    }
}

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StablePeriod {
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
}

/// Values of a numeric column in which no cut may lie: one number, or [first, last].
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a forbidden cut is a number, or a range such as [40, 45]")]
pub enum ForbiddenCut {
    /// One number.
    Value(f64),
    /// All numbers from the first to the last.
    Range([f64; 2]),
}

impl ForbiddenCut {
    /// First and last forbidden number.
    pub fn range(self) -> (f64, f64) {
        match self {
            ForbiddenCut::Value(value) => (value, value),
            ForbiddenCut::Range([first, last]) => (first, last),
        }
    }
}

impl BinningSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        let check = |key: &str, value: f64, low: f64, high: f64| within(source, "binning", key, value, low, high);
        check("max_bins", self.max_bins as f64, 2.0, 50.0)?;
        check("min_share", self.min_share, 0.0, 0.5)?;
        check("min_cases", self.min_cases, 0.0, f64::INFINITY)?;
        check("min_goods", self.min_goods, 0.0, f64::INFINITY)?;
        check("min_bads", self.min_bads, 0.0, f64::INFINITY)?;
        check("min_woe_difference", self.min_woe_difference, 0.0, 10.0)?;
        check("max_prebins", self.max_prebins as f64, 2.0, 1000.0)?;
        check("category_shrinkage", self.category_shrinkage, 0.0, f64::INFINITY)?;
        if let Some(p_value) = self.max_p_value {
            check("max_p_value", p_value, 1e-300, 1.0)?;
        }
        check("rare_share", self.rare_share, 0.0, 0.5)?;
        check("rare_cases", self.rare_cases, 0.0, f64::INFINITY)?;
        if let Some(rule) = &self.stable {
            within(source, "binning.stable", "share", rule.share, 0.01, 1.0)?;
            within(source, "binning.stable", "tolerance", rule.tolerance, 0.0, 10.0)?;
        }
        Ok(())
    }
}

impl ColumnSettings {
    /// Whether a key that only numbers can have is there.
    pub(super) fn has_cuts(&self) -> bool {
        self.cuts.is_some() || !self.fixed_cuts.is_empty() || !self.forbidden_cuts.is_empty()
    }

    /// Whether a key that only categories can have is there.
    pub(super) fn has_categories(&self) -> bool {
        self.groups.is_some()
            || self.order.is_some()
            || !self.together.is_empty()
            || !self.apart.is_empty()
            || self.by_prefix
    }

    /// Finds a key with an impossible value: the key, and what is wrong.
    pub(super) fn bins_fault(&self) -> Option<(&'static str, String)> {
        if self.max_bins.is_some_and(|bins| !(2..=50).contains(&bins)) {
            return Some(("max_bins", "max_bins must be between 2 and 50".into()));
        }
        if self.min_share.is_some_and(|share| !(0.0..=0.5).contains(&share)) {
            return Some(("min_share", "min_share must be between 0 and 0.5".into()));
        }
        if let Some(what) = cuts_fault(&self.fixed_cuts) {
            return Some(("fixed_cuts", what));
        }
        for forbidden in &self.forbidden_cuts {
            let (first, last) = forbidden.range();
            if !(first.is_finite() && last.is_finite() && first <= last) {
                return Some(("forbidden_cuts", format!("[{first}, {last}] is not a range from low to high")));
            }
            if let Some(cut) = self.fixed_cuts.iter().find(|cut| (first..=last).contains(*cut)) {
                return Some(("forbidden_cuts", format!("the cut {cut} is fixed and forbidden")));
            }
        }
        let lists = [("together", &self.together), ("apart", &self.apart)];
        for (key, groups) in lists {
            if groups.iter().any(Vec::is_empty) {
                return Some((key, "a group is empty".into()));
            }
            if let Some(twice) = twice(groups.iter().flatten()) {
                return Some((key, format!("the category {twice:?} stands twice")));
            }
        }
        let order = self.order.iter().flatten();
        if let Some(twice) = twice(order) {
            return Some(("order", format!("the category {twice:?} stands twice")));
        }
        let order = self.order.as_deref()?;
        let places: HashMap<&String, usize> = order.iter().enumerate().map(|(place, text)| (text, place)).collect();
        let mut groups = lists.into_iter().flat_map(|(key, groups)| groups.iter().map(move |group| (key, group)));
        groups.find_map(|(key, group)| order_fault(key, group, order, &places))
    }

    /// Finds what is wrong with special values, among themselves and beside the categories of groups: the key, and
    /// what is wrong.
    pub(crate) fn special_fault(&self) -> Option<(&'static str, String)> {
        let mut seen = HashSet::new();
        for group in &self.special.0 {
            if group.values.is_empty() {
                let what = format!("the special group {:?} is empty; name its values, or take it out", group.name);
                return Some(("special", what));
            }
            for value in &group.values {
                let text = match value {
                    Literal::Number(number) if !number.is_finite() => {
                        let what = format!("{number} cannot be a special value; missing has a bin of its own");
                        return Some(("special", what));
                    }
                    Literal::Boolean(_) => {
                        return Some(("special", "a special value must be a number or a text".into()));
                    }
                    // Makes 0 of -0, which is the same number.
                    Literal::Number(number) => (number + 0.0).to_string(),
                    Literal::Text(text) => text.clone(),
                };
                // As categories are compared: the number 1 and the text "1" are the same.
                if !seen.insert(text) {
                    return Some(("special", format!("the special value {value} stands twice; take one of them out")));
                }
            }
        }
        let groups = self.groups.iter().flatten().map(|group| ("groups", group));
        let groups = groups.chain(self.together.iter().map(|group| ("together", group)));
        for (key, group) in groups.chain(self.apart.iter().map(|group| ("apart", group))) {
            if let Some(text) = group.iter().find(|text| seen.contains(*text)) {
                let what = format!(
                    "the category {text:?} is a special value, which has a bin of its own; take it out of {key} or of special"
                );
                return Some((key, what));
            }
        }
        None
    }
}

/// What is wrong with categories that are to share a bin and do not stand side by side in the order.
fn order_fault(
    key: &'static str,
    group: &[String],
    order: &[String],
    place: &HashMap<&String, usize>,
) -> Option<(&'static str, String)> {
    if let Some(text) = group.iter().find(|text| !place.contains_key(text)) {
        return Some((key, format!("{key} names the category {text:?}, which order leaves out; add it to order")));
    }
    let mut places: Vec<usize> = group.iter().filter_map(|text| place.get(text).copied()).collect();
    places.sort_unstable();
    let gap = places.windows(2).find(|pair| pair[1] > pair[0] + 1)?;
    let [first, between, last] = [gap[0], gap[0] + 1, gap[1]].map(|place| order.get(place).map_or("", String::as_str));
    let what = format!(
        "{key} joins {first:?} and {last:?}, but in order {between:?} stands between them; name it in the group, or put them side by side in order"
    );
    Some((key, what))
}

/// The first text that stands twice.
pub(crate) fn twice<'a>(texts: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.into_iter().find(|text| !seen.insert(*text))
}

/// What is wrong with a list of cuts.
pub(crate) fn cuts_fault(cuts: &[f64]) -> Option<String> {
    if cuts.iter().any(|cut| !cut.is_finite()) {
        return Some("every cut must be a finite number".into());
    }
    if cuts.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Some("cuts must rise from one to the next".into());
    }
    cuts.iter().find(|cut| twelve_digits(**cut) != **cut).map(|cut| {
        format!(
            "the cut {cut} has more than 12 significant digits, which decision engines cannot carry exactly; round it"
        )
    })
}
