//! What a reader of the study must know.

use super::document::RejectStudy;
use crate::suggest;

/// Fewer of a kind than this make figures too uncertain to lean on.
const FEW: usize = 30;

/// The warnings that the figures themselves give.
pub fn warnings(study: &RejectStudy) -> Vec<String> {
    let mut warnings = Vec::new();
    let percent = |share: f64| format!("{:.1}%", 100.0 * share);
    let people = &study.applicants;
    if !people.rate_is_stated {
        warnings.push(format!(
            "{} of the applicants in the data were accepted; where the data hold a sample of accepts or rejects, state the true share ([rejects] acceptance_rate)",
            percent(people.acceptance_rate)
        ));
    }
    if people.out_of_their_time > 0 {
        warnings.push(format!(
            "{} rejects applied before the first or after the last accept whose outcome is known, and are left out",
            people.out_of_their_time
        ));
    }
    if people.development_rejects < FEW {
        warnings.push(format!("only {} rejects: the figures say little", people.development_rejects));
    }
    if people.auc_sample != crate::sample::SampleName::Holdout.name() {
        warnings.push("there is no holdout with goods and bads: the AUC is that of development".to_owned());
    }
    if !study.features.lacking.is_empty() {
        let auc = |auc: Option<f64>| auc.map_or("-".to_owned(), |auc| format!("{auc:.4}"));
        warnings.push(format!(
            "the rejects lack {} of the card's features, and the study does without: AUC {} instead of {} on accepts ({}); what it says holds for the smaller card",
            suggest::list(study.features.lacking.iter().map(String::as_str)),
            auc(study.features.study_auc),
            auc(study.features.full_card_auc),
            people.auc_sample
        ));
    }
    if let Some(fault) = &study.acceptance.fault {
        warnings.push(format!(
            "{fault}. Reweighting and the probit with selection cannot be used; the other methods extrapolate from accepts to people unlike them"
        ));
    }
    if let Some(overlap) = study.acceptance.overlap.as_ref().filter(|overlap| overlap.rejects_below_floor > 0.0) {
        warnings.push(format!(
            "{} of the rejects had a probability of acceptance below {}: about them the accepts say next to nothing (extrapolation)",
            percent(overlap.rejects_below_floor),
            overlap.floor
        ));
    }
    for bin in study.acceptance.rejected_bins.iter().take(10) {
        warnings.push(format!(
            "nobody with {} in {} was accepted ({:.0} rejects in development): a rule of the policy, about whose effect no accept tells",
            bin.column, bin.bin, bin.rejects
        ));
    }
    for beyond in &study.beyond_range {
        let mut parts = Vec::new();
        if beyond.outside > 0.0 {
            parts.push(format!(
                "{} of the rejects have a value that no development accept has (accepts: {})",
                percent(beyond.outside),
                beyond.accepts
            ));
        }
        if beyond.missing > 0.0 {
            parts.push(format!("{} have none, while every accept has one", percent(beyond.missing)));
        }
        warnings.push(format!("in {}, {}", beyond.feature, parts.join("; ")));
    }
    if let Some(weights) = study.reweighting.as_ref().filter(|w| w.effective < 0.5 * w.accepts as f64) {
        warnings.push(format!(
            "reweighting leaves the information of {:.0} of {} accepts: few accepts stand for many rejects",
            weights.effective, weights.accepts
        ));
    }
    for method in &study.methods {
        let negative: Vec<&str> = method
            .coefficients
            .iter()
            .skip(1)
            .filter(|coefficient| coefficient.estimate < 0.0)
            .map(|coefficient| coefficient.name.as_str())
            .collect();
        if !negative.is_empty() {
            warnings.push(format!(
                "{}: negative coefficient of {}; such a card would reward what the bins call risky",
                method.title,
                suggest::list(negative)
            ));
        }
    }
    if study.probit.is_some() && study.features.exclusion.is_empty() {
        warnings.push(
            "the probit with selection has no declared exclusion: its correlation rests on the normal form alone, which cannot be tested; where the truth was known, it did more harm than good without one (docs/reject-inference.md)".to_owned(),
        );
    }
    if let Some((low, high)) = study.probit.as_ref().and_then(|probit| probit.rho_profile)
        && high - low > 1.0
    {
        warnings.push(format!(
            "the data hardly tell the correlation of the probit with selection: 95% interval {low:.2} to {high:.2}"
        ));
    }
    for name in study.features.exclusion.iter().filter(|_| study.probit.is_some()) {
        let column = study.probit.as_ref().and_then(|probit| probit.acceptance.iter().find(|c| c.name == *name));
        let z = column.map(|column| column.estimate / column.std_error);
        if z.is_none_or(|z| z.abs() < 3.0) {
            warnings.push(format!(
                "the exclusion {name:?} says little about acceptance ({}): it hardly identifies the probit with selection",
                z.map_or("it is not in the model".to_owned(), |z| format!("z {z:.1}"))
            ));
        }
    }
    warnings
}
