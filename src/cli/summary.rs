//! What a run says at its end: what was made, how good it is, what to run next.

use std::fmt::Write;
use std::path::Path;

use scorewright::evidence::{Evidence, Light};
use scorewright::sample::SampleName;
use scorewright::validation::Interval;
use serde_json::{Value, json};

/// Samples in the order in which people read them.
const ORDER: [SampleName; 5] =
    [SampleName::Development, SampleName::Holdout, SampleName::OutOfTime, SampleName::Rejected, SampleName::Validation];

/// A value with its interval.
pub fn interval(interval: Interval) -> String {
    match (interval.value, interval.low, interval.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} ({low:.3} to {high:.3})"),
        (Some(value), ..) => format!("{value:.3}"),
        _ => "not defined".to_owned(),
    }
}

/// Lines on a run's evidence.
pub fn lines(evidence: &Evidence) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "  {:<13} {:>9} {:>9}  {:<24} {:<24}",
        "sample", "cases", "bad rate", "AUC (95% interval)", "KS (95% interval)"
    );
    for name in ORDER {
        if let Some(sample) = evidence.samples.get(name.name()) {
            let rate = sample.bad_rate.map_or("-".to_owned(), |rate| format!("{:.1}%", rate * 100.0));
            let _ = writeln!(
                text,
                "  {:<13} {:>9} {:>9}  {:<24} {:<24}",
                name.title(),
                sample.cases,
                rate,
                interval(sample.auc),
                interval(sample.ks.interval)
            );
        }
    }
    text.push_str(&intervals(evidence));
    text.push_str(&segments(evidence));
    let failed: Vec<_> = evidence.limits.iter().filter(|check| !check.passed).collect();
    match (evidence.limits.len(), failed.len()) {
        (0, _) => {}
        (all, 0) => {
            let _ = writeln!(text, "  limits: all {all} hold");
        }
        (all, _) => {
            let _ = writeln!(text, "  limits: {} of {all} fail", failed.len());
            for check in failed {
                let value = check.value.map_or("not defined".to_owned(), |value| format!("{value:.4}"));
                let _ = writeln!(text, "    {} on {}: {value}, limit {}", check.name, check.sample, check.limit);
            }
        }
    }
    text.push_str(&standard(evidence));
    for warning in &evidence.warnings {
        let _ = writeln!(text, "  note: {warning}");
    }
    for finding in &evidence.data_findings {
        let _ = writeln!(text, "  note: table {}: {} ({})", finding.table, finding.message, finding.code.name());
    }
    text
}

/// The lights of the standards set, the red ones by name.
fn standard(evidence: &Evidence) -> String {
    let Some(standard) = &evidence.standard else { return String::new() };
    let count = |light| standard.with(light).count();
    let open = standard.tests.iter().filter(|test| test.light.is_none()).count();
    let mut text = format!(
        "  standard {}: {} green, {} amber, {} red, {open} not computed\n",
        standard.name,
        count(Light::Green),
        count(Light::Amber),
        count(Light::Red),
    );
    for test in standard.with(Light::Red) {
        let place =
            [test.sample.as_deref(), test.place.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let value = test.value.map(|value| format!("{value:.4}")).unwrap_or_default();
        let _ = writeln!(text, "    red: {} ({place}): {value}", test.title);
    }
    text
}

/// The segments, and whether they pay.
fn segments(evidence: &Evidence) -> String {
    let Some(segments) = &evidence.segments else { return String::new() };
    let mut text = format!("  segments by {}\n", segments.column);
    for segment in &segments.segments {
        for name in ORDER {
            let Some(sample) = segment.samples.get(name.name()) else { continue };
            let rate = sample.bad_rate.value.map_or("-".to_owned(), |rate| format!("{:.1}%", rate * 100.0));
            let _ = writeln!(
                text,
                "    {:<22} {:<12} {:>7} cases {rate:>6}  AUC {}",
                segment.name,
                name.title(),
                sample.cases,
                interval(sample.auc)
            );
        }
    }
    if let Some(comparison) = &segments.comparison {
        let _ = writeln!(text, "  against one card for all: {}", comparison.verdict.words());
        for (name, sample) in &comparison.samples {
            let auc = sample.all.auc_difference;
            let likelihood = sample.all.log_likelihood_difference;
            let words = |one: scorewright::validation::Difference, digits: usize| match (one.value, one.low, one.high) {
                (Some(value), Some(low), Some(high)) => {
                    format!("{value:+.digits$} ({low:+.digits$} to {high:+.digits$})")
                }
                _ => "not defined".to_owned(),
            };
            let _ = writeln!(text, "    {name}: AUC {}, log likelihood a case {}", words(auc, 4), words(likelihood, 5));
        }
    }
    text
}

/// What the intervals take as independent.
fn intervals(evidence: &Evidence) -> String {
    let mut by_group: Vec<String> = Vec::new();
    let mut by_case: Vec<&str> = Vec::new();
    for name in ORDER {
        let Some(sample) = evidence.samples.get(name.name()) else { continue };
        match (&sample.interval, sample.groups) {
            (Some(interval), Some(groups)) if sample.is_by_group() => match by_group.is_empty() {
                true => by_group.push(format!("intervals {interval}: {} ({groups} groups)", name.title())),
                false => by_group.push(format!("{} ({groups} groups)", name.title())),
            },
            (Some(_), _) => by_case.push(name.title()),
            (None, _) => {}
        }
    }
    match (by_group.is_empty(), by_case.is_empty()) {
        (true, true) => String::new(),
        (true, false) => "  intervals take every case as independent\n".to_owned(),
        (false, true) => format!("  {}\n", by_group.join(", ")),
        (false, false) => format!("  {}; by case: {}\n", by_group.join(", "), by_case.join(", ")),
    }
}

/// The same for machines.
pub fn json(evidence: &Evidence, directory: &Path) -> Value {
    let samples: serde_json::Map<String, Value> = evidence
        .samples
        .iter()
        .map(|(name, sample)| {
            let figures = json!({
                "cases": sample.cases, "goods": sample.goods, "bads": sample.bads, "bad_rate": sample.bad_rate,
                "auc": sample.auc, "gini": sample.gini, "ks": sample.ks,
                "interval": sample.interval, "groups": sample.groups,
            });
            (name.clone(), figures)
        })
        .collect();
    json!({
        "card": evidence.card,
        "directory": directory,
        "features": evidence.features.iter().filter(|(_, f)| f.selected).map(|(name, _)| name).collect::<Vec<_>>(),
        "samples": samples,
        "score_psi": evidence.score_psi,
        "limits": evidence.limits,
        "limits_passed": evidence.passed(),
        "standard": evidence.standard,
        "warnings": evidence.warnings,
        "data_findings": evidence.data_findings,
        "segments": evidence.segments,
    })
}
