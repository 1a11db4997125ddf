//! What differs between the features of two scorecards, bin by bin.

use scorewright_runtime::artifact::{Bin, BinDomain, Feature, ScorecardDocument};
use serde::Serialize;
use serde_json::Value;

use super::leaves::{Change, changes, order, union};
use crate::bins_diff::{BinDiff, Pair, key};
use crate::error::{Result, internal};

/// What became of a feature from A to B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Only B has it.
    Came,
    /// Only A has it.
    Went,
    /// Both have it, and it differs.
    Changed,
}

/// A feature that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureDifference {
    /// The feature.
    pub feature: String,
    /// What became of it.
    pub fate: Fate,
    /// What differs besides bins; of one that came or went, what it has.
    pub changes: Vec<Change>,
    /// All of its bins: those that hold the same values stand in one row. Intervals from low to high.
    pub bins: Vec<BinDifference>,
}

/// A bin in both cards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BinDifference {
    /// Label, share of development, weight of evidence, points.
    #[serde(flatten)]
    pub figures: BinDiff,
    /// The texts of a bin that only one card has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Of a bin of both cards, what differs: counts, WOE, points, reason.
    pub changes: Vec<Change>,
}

impl BinDifference {
    /// Whether both cards have it.
    pub fn is_in_both(&self) -> bool {
        self.figures.share.a.is_some() && self.figures.share.b.is_some()
    }

    /// By how much its points differ; `None` where they do not, or one card does not have the bin.
    pub fn points_moved(&self) -> Option<f64> {
        let Pair { a, b } = &self.figures.points;
        a.zip(*b).map(|(a, b)| b - a).filter(|moved| *moved != 0.0)
    }

    /// Its texts of reason where they differ.
    pub fn reason(&self) -> Option<&Pair<Value>> {
        self.changes.iter().find(|change| change.what == "reason").map(|change| &change.values)
    }
}

/// Features that differ, in the order of A and then of B; names of those that do not; whether common ones stand in
/// another order.
pub(super) fn feature_differences(
    a: &ScorecardDocument,
    b: &ScorecardDocument,
) -> Result<(Vec<FeatureDifference>, Vec<String>, Option<Change>)> {
    let names = |of: &ScorecardDocument| of.features.iter().map(|feature| feature.name.clone()).collect::<Vec<_>>();
    let find = |of: &'_ ScorecardDocument, name: &str| of.features.iter().find(|feature| feature.name == name).cloned();
    let (mut differ, mut same) = (Vec::new(), Vec::new());
    for name in union(&names(a), &names(b)) {
        let difference = feature_difference(find(a, &name).as_ref(), find(b, &name).as_ref())?;
        match difference {
            Some(difference) => differ.push(FeatureDifference { feature: name, ..difference }),
            None => same.push(name),
        }
    }
    Ok((differ, same, order("features", &names(a), &names(b))))
}

fn feature_difference(a: Option<&Feature>, b: Option<&Feature>) -> Result<Option<FeatureDifference>> {
    let fate = match (a, b) {
        (None, _) => Fate::Came,
        (_, None) => Fate::Went,
        (Some(a), Some(b)) if a == b => return Ok(None),
        _ => Fate::Changed,
    };
    let mut found = Vec::new();
    changes("", &without_bins(a)?, &without_bins(b)?, &mut found);
    let (bins_a, bins_b) = (keyed(a), keyed(b));
    let in_order = |of: &[Keyed<'_>]| of.iter().map(|(_, bin)| bin.label.clone()).collect::<Vec<_>>();
    let has = |of: &[Keyed<'_>], key: &(f64, String)| of.iter().any(|(known, _)| known == key);
    let common = |of: &[Keyed<'_>], other: &[Keyed<'_>]| -> Vec<(f64, String)> {
        of.iter().map(|(key, _)| key.clone()).filter(|key| has(other, key)).collect()
    };
    if common(&bins_a, &bins_b) != common(&bins_b, &bins_a) {
        let (a, b) = (in_order(&bins_a), in_order(&bins_b));
        found.push(Change::new("order of bins", Some(Value::from(a)), Some(Value::from(b))));
    }
    let mut all: Vec<&(f64, String)> = bins_a.iter().map(|(key, _)| key).collect();
    all.extend(bins_b.iter().map(|(key, _)| key).filter(|key| !has(&bins_a, key)));
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    let find = |of: &[Keyed<'_>], key: &(f64, String)| {
        of.iter().find(|(known, _)| known == key).map(|(_, bin)| (*bin).clone())
    };
    let total = |of: Option<&Feature>| of.map_or(0.0, |feature| feature.bins.iter().map(|bin| bin.cases).sum());
    let totals = (total(a), total(b));
    let bins = all.into_iter().map(|key| bin_difference(find(&bins_a, key), find(&bins_b, key), totals));
    let bins = bins.collect::<Result<Vec<_>>>()?;
    Ok(Some(FeatureDifference { feature: String::new(), fate, changes: found, bins }))
}

/// A bin with what tells it from others.
type Keyed<'a> = ((f64, String), &'a Bin);

fn keyed(feature: Option<&Feature>) -> Vec<Keyed<'_>> {
    feature.into_iter().flat_map(|feature| &feature.bins).map(|bin| (key(&bin.domain), bin)).collect()
}

/// A feature as an object without its name and bins; empty for none.
fn without_bins(feature: Option<&Feature>) -> Result<Value> {
    let mut value = feature.map_or(Ok(Value::Object(Default::default())), serde_json::to_value).map_err(internal)?;
    if let Some(members) = value.as_object_mut() {
        members.remove("name");
        members.remove("bins");
    }
    Ok(value)
}

fn bin_difference(a: Option<Bin>, b: Option<Bin>, totals: (f64, f64)) -> Result<BinDifference> {
    let mut found = Vec::new();
    if let (Some(a), Some(b)) = (&a, &b) {
        let value = |bin: &Bin| serde_json::to_value(bin).map_err(internal);
        changes("", &value(a)?, &value(b)?, &mut found);
    }
    let of = |bin: &Option<Bin>, total: f64| bin.as_ref().map(|bin| if total > 0.0 { bin.cases / total } else { 0.0 });
    let both = |get: fn(&Bin) -> f64| Pair { a: a.as_ref().map(get), b: b.as_ref().map(get) };
    let any = a.as_ref().or(b.as_ref());
    let categories = match any.map(|bin| &bin.domain) {
        Some(BinDomain::Categories(texts)) if a.is_none() || b.is_none() => texts.clone(),
        _ => Vec::new(),
    };
    Ok(BinDifference {
        figures: BinDiff {
            label: any.map(|bin| bin.label.clone()).unwrap_or_default(),
            share: Pair { a: of(&a, totals.0), b: of(&b, totals.1) },
            woe: both(|bin| bin.woe),
            points: both(|bin| bin.points),
        },
        categories,
        changes: found,
    })
}
