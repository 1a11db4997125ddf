//! A card: its versions, what was signed for each, measures over versions, and what was in force when.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Link, words};
use crate::error::Result;
use crate::registry::{Action, EVIDENCE, Event, FileRecord, Registry, SampleMeasures, State, Version, sample_measures};
use crate::report::charts::{self, Estimate, Span, VersionSeries};
use crate::sample::SampleName;

/// A card's part of the page.
#[derive(Serialize)]
pub(super) struct CardView {
    name: String,
    anchor: String,
    kind: String,
    in_force: Option<Spell>,
    to_come: Vec<Spell>,
    spells: Vec<Spell>,
    line: Option<String>,
    charts: Vec<Chart>,
    versions: Vec<VersionView>,
    measures: Vec<MeasureRow>,
}

/// A time in force.
#[derive(Clone, Serialize)]
struct Spell {
    version: String,
    anchor: String,
    scorecard_sha256: String,
    from: String,
    until: String,
    event: u64,
    by: String,
    light: &'static str,
    words: &'static str,
}

#[derive(Serialize)]
struct Chart {
    svg: String,
    caption: &'static str,
}

/// A version.
#[derive(Serialize)]
struct VersionView {
    id: String,
    anchor: String,
    state: &'static str,
    light: &'static str,
    words: String,
    scorecard_sha256: String,
    features: usize,
    limits: String,
    developers: Vec<Signed>,
    validators: Vec<Signed>,
    approvers: Vec<Signed>,
    releasers: Vec<Signed>,
    ended: Vec<Signed>,
    files: Vec<Link>,
    configuration: Vec<Link>,
}

/// Who signed what when.
#[derive(Serialize)]
struct Signed {
    who: String,
    event: u64,
    day: String,
    words: String,
    counts: bool,
    files: Vec<Link>,
}

/// The measures of a version on a sample.
#[derive(Serialize)]
struct MeasureRow {
    version: String,
    sample: String,
    of: String,
    #[serde(flatten)]
    figures: SampleMeasures,
}

/// The anchor of a version in the page.
pub(super) fn anchor(card: usize, version: u32) -> String {
    format!("card-{card}-version-{version}")
}

impl CardView {
    /// The part about the card `name`, the `at`th of the page.
    pub(super) fn of(registry: &Registry, name: &str, at: usize, as_of: DateTime<Utc>) -> Result<Self> {
        let ledger = registry.ledger();
        let versions: Vec<&Version> = ledger.versions.iter().filter(|version| version.id.card == name).collect();
        let mut measured = Vec::new();
        for version in &versions {
            measured.push(measures(registry, version)?);
        }
        let course = ledger.course(name);
        let spells: Vec<Spell> = course
            .iter()
            .map(|spell| {
                let (light, words) = match (spell.from > as_of, spell.until.is_some_and(|until| until <= as_of)) {
                    (true, _) => ("amber", "to come"),
                    (_, true) => ("", "over"),
                    _ => ("green", "in force"),
                };
                let signer = ledger.event(spell.release).map(|event| event.entry().signer.name.clone());
                let version = ledger.version(&spell.version);
                Spell {
                    version: spell.version.to_string(),
                    anchor: anchor(at, spell.version.number),
                    scorecard_sha256: version.map(|version| version.scorecard_sha256.clone()).unwrap_or_default(),
                    from: words::moment(spell.from),
                    until: spell.until.map(words::moment).unwrap_or_default(),
                    event: spell.release,
                    by: signer.unwrap_or_default(),
                    light,
                    words,
                }
            })
            .collect();
        let in_force = ledger.in_force(name, as_of).map(|release| release.version);
        let line = charts::time_line(
            &format!("Versions of {name} in force over time; the same stands in the table below"),
            &course
                .iter()
                .map(|spell| Span {
                    labels: [format!("version {}", spell.version.number), spell.version.number.to_string()],
                    from: spell.from,
                    until: spell.until,
                })
                .collect::<Vec<_>>(),
            as_of,
        )?;
        let marked = in_force.and_then(|id| versions.iter().position(|version| version.id == id));
        let kind = versions.first().and_then(|version| registered(registry, version)).map(|(kind, _)| kind);
        let mut views =
            versions.iter().map(|version| view(registry, version, at, as_of)).collect::<Result<Vec<_>>>()?;
        views.reverse();
        let rows = versions.iter().zip(&measured).rev().flat_map(|(version, all)| {
            all.iter().map(|(of, figures)| MeasureRow {
                version: version.id.number.to_string(),
                sample: figures.sample.title().to_owned(),
                of: of.clone(),
                figures: *figures,
            })
        });
        Ok(CardView {
            name: name.to_owned(),
            anchor: format!("card-{at}"),
            kind: kind.unwrap_or_default(),
            in_force: spells.iter().rfind(|spell| spell.light == "green").cloned(),
            to_come: spells.iter().filter(|spell| spell.light == "amber").cloned().collect(),
            line,
            charts: pictures(name, &versions, &measured, marked)?,
            versions: views,
            measures: rows.collect(),
            spells: spells.into_iter().rev().collect(),
        })
    }
}

/// The kind of card and the files that a version was registered with.
fn registered<'a>(registry: &'a Registry, version: &Version) -> Option<(String, &'a [FileRecord])> {
    match &registry.ledger().event(*version.events.first()?)?.entry().action {
        Action::Register { card_kind, files, .. } => Some((card_kind.name().to_owned(), files)),
        _ => None,
    }
}

/// The measures of training, then those of each validation that has evidence of its own; each with what it is of.
fn measures(registry: &Registry, version: &Version) -> Result<Vec<(String, SampleMeasures)>> {
    let mut all = Vec::new();
    for event in registry.ledger().counting(version) {
        let entry = event.entry();
        let of = match &entry.action {
            Action::Register { .. } => "training".to_owned(),
            Action::Validate { .. } => format!("event {}, {}", entry.number, entry.at.format("%Y-%m-%d")),
            _ => continue,
        };
        if let Some(evidence) = entry.action.files().iter().find(|file| file.name == EVIDENCE) {
            let found = sample_measures(&registry.file(evidence)?)?;
            all.extend(found.into_iter().map(|figures| (of.clone(), figures)));
        }
    }
    Ok(all)
}

/// AUC and KS over versions.
fn pictures(
    card: &str,
    versions: &[&Version],
    measured: &[Vec<(String, SampleMeasures)>],
    marked: Option<usize>,
) -> Result<Vec<Chart>> {
    let names: Vec<String> = versions.iter().map(|version| version.id.number.to_string()).collect();
    let samples = [SampleName::Development, SampleName::Holdout, SampleName::OutOfTime, SampleName::Validation];
    let chart = |what: &str, pick: &dyn Fn(&SampleMeasures) -> Option<crate::registry::Measure>| {
        let series: Vec<VersionSeries> = samples
            .into_iter()
            .map(|sample| VersionSeries {
                name: sample.title().to_owned(),
                colour: charts::colour(sample),
                values: measured
                    .iter()
                    .map(|all| {
                        let last = all.iter().rfind(|(_, figures)| figures.sample == sample);
                        let measure = last.and_then(|(_, figures)| pick(figures))?;
                        Some(Estimate { value: measure.value, interval: measure.interval })
                    })
                    .collect(),
            })
            .filter(|series| series.values.iter().any(Option::is_some))
            .collect();
        charts::by_version_chart(&format!("{what} of the versions of {card}"), what, &names, &series, marked)
    };
    let auc = chart("AUC", &|figures| figures.auc)?;
    let ks = chart("KS", &|figures| figures.ks)?;
    let captions = ["AUC by version, with 95% intervals.", "KS by version, with 95% intervals."];
    let drawn = [auc, ks].into_iter().zip(captions);
    Ok(drawn.filter_map(|(svg, caption)| Some(Chart { svg: svg?, caption })).collect())
}

fn view(registry: &Registry, version: &Version, at: usize, as_of: DateTime<Utc>) -> Result<VersionView> {
    let ledger = registry.ledger();
    let state = ledger.state(version, as_of);
    let is_in_force = ledger.in_force(&version.id.card, as_of).is_some_and(|release| release.version == version.id);
    let events: Vec<&Event> = version.events.iter().filter_map(|number| ledger.event(*number)).collect();
    let of = |words: &[&str]| -> Vec<Signed> {
        let wanted = events.iter().filter(|event| words.contains(&event.entry().action.word()));
        wanted.map(|event| signed(registry, event)).collect()
    };
    let files = registered(registry, version).map_or(&[][..], |(_, files)| files);
    let (configuration, files): (Vec<&FileRecord>, Vec<&FileRecord>) =
        files.iter().partition(|file| file.name.starts_with("configuration/"));
    let link = |files: Vec<&FileRecord>| files.into_iter().map(|file| Link::to(registry, file)).collect();
    let document = scorewright_runtime::artifact::ScorecardDocument::from_json(&registry.scorecard(version)?)?;
    let limits = events.first().map(|event| match &event.entry().action {
        Action::Register { evidence, .. } => evidence.in_words(),
        _ => String::new(),
    });
    Ok(VersionView {
        id: version.id.to_string(),
        anchor: anchor(at, version.id.number),
        state: if is_in_force { "in force" } else { state.word() },
        light: match state {
            State::Released if is_in_force => "green",
            State::Candidate | State::Validated | State::Approved | State::Released => "amber",
            State::Rejected => "red",
            State::Retired => "",
        },
        words: detail(&ledger.in_words(version, as_of), state),
        scorecard_sha256: version.scorecard_sha256.clone(),
        features: document.features.len(),
        limits: limits.unwrap_or_default(),
        developers: of(&["register"]),
        validators: of(&["validate"]),
        approvers: of(&["approve"]),
        releasers: of(&["release"]),
        ended: of(&["reject", "retire"]),
        files: link(files),
        configuration: link(configuration),
    })
}

/// What a state in words says beside its word: `, in force since ...` becomes `in force since ...`.
fn detail(words: &str, state: State) -> String {
    let rest = words.strip_prefix(state.word()).unwrap_or(words);
    rest.trim_start_matches([',', ':', ' ']).to_owned()
}

fn signed(registry: &Registry, event: &Event) -> Signed {
    let entry = event.entry();
    let words = match &entry.action {
        Action::Validate { exception: Some(exception), .. } => {
            format!("exception until {}", words::moment(exception.expires))
        }
        Action::Validate { files, .. } if files.is_empty() => "evidence of training".to_owned(),
        Action::Approve { .. } if entry.signer.role != "approver" => entry.signer.role.clone(),
        Action::Release { from, rollback, .. } => {
            let back = if rollback.is_some() { "brought back, " } else { "" };
            format!("{back}from {}", words::moment(*from))
        }
        Action::Reject { .. } => "rejected".to_owned(),
        Action::Retire { .. } => "retired".to_owned(),
        _ => String::new(),
    };
    Signed {
        who: entry.signer.name.clone(),
        event: entry.number,
        day: entry.at.format("%Y-%m-%d").to_string(),
        words,
        counts: event.counts,
        files: match &entry.action {
            Action::Validate { files, .. } => files.iter().map(|file| Link::to(registry, file)).collect(),
            _ => Vec::new(),
        },
    }
}
