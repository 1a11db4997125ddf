//! Features that look like the outcome, and cases that stand on both sides of a split. Works on plain columns of
//! cases; every rule is stated with its thresholds, and nothing is left out for it: it is for people to judge.

mod single;
mod twins;

pub use single::{FeatureLeak, of_features};
pub use twins::{Twins, of_samples};

use crate::cases::Cases;
use crate::sample::Samples;

/// Warnings for a run's evidence: features that look like the outcome, and twins across samples.
///
/// `profile` names the features that together are a person's profile; where it is empty and `by_default` holds, all
/// features together are one.
pub fn warnings(cases: &Cases, samples: &Samples, profile: &[String], by_default: bool) -> Vec<String> {
    let leaks = of_features(&cases.features, &cases.outcomes, samples.development());
    let mut warnings: Vec<String> = leaks
        .iter()
        .map(|leak| {
            format!(
                "{} may be a leak of the outcome: {}; make sure that its value was known on the day of observation",
                leak.feature,
                leak.reasons.join("; ")
            )
        })
        .collect();
    let has_groups = cases.groups.is_some();
    warnings.extend(of_samples(cases, samples, profile, by_default).iter().map(|twins| twins.in_words(has_groups)));
    warnings
}
