//! The registry as one page with the files that it links: for examiners, and for those who have no program at hand.

mod cards;
mod people;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::template::{STYLE, render};
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;
use crate::registry::{Event, FileRecord, Registry, Remark, State, Verified, day, verify};
use crate::staging::StagedDirectory;
use cards::CardView;

const TEMPLATE: &str = include_str!("page.html");

/// What the page is of, for machines; the file by which a directory is known as one that an earlier run wrote.
const DOCUMENT: &str = "registry-page.json";

/// A version that somebody must act on.
#[derive(Serialize)]
struct Waiting {
    version: String,
    anchor: String,
    state: String,
    who: String,
    command: String,
}

/// An event of the log.
#[derive(Serialize)]
struct EventView {
    number: u64,
    envelope: String,
    at: String,
    who: String,
    role: String,
    key: String,
    version: String,
    done: String,
    note: String,
    counts: bool,
    revoked_by: Option<u64>,
    files: Vec<Link>,
}

/// A link to a copied file.
#[derive(Serialize)]
struct Link {
    name: String,
    place: String,
    sha256: String,
}

impl Link {
    fn to(registry: &Registry, file: &FileRecord) -> Self {
        Link { name: words::file(&file.name), place: registry.place(file), sha256: file.sha256.clone() }
    }
}

/// The page's document for machines.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    verified: &'a Verified,
}

/// Verifies the registry and writes index.html, what it is of (registry-page.json), and copies of the log and of every
/// file, which together are a registry that can be verified again. `as_of` is the moment whose standing is shown; same
/// registry and same moment give the same bytes.
///
/// # Errors
/// Those of [`verify`]; [`ErrorKind::Usage`] for a moment before the last event; [`ErrorKind::Output`]. Nothing is left
/// half-written.
pub fn write_registry_page(
    registry: &Registry,
    as_of: DateTime<Utc>,
    place: &Path,
    progress: &dyn Progress,
) -> Result<Verified> {
    if let Some(last) = registry.ledger().events.last().map(|event| event.entry().at).filter(|last| *last > as_of) {
        return Err(Error::new(ErrorKind::Usage, format!("the log goes on after {}, to {}", day(as_of), day(last)))
            .help("give a moment that is not before the last event: what was signed since cannot be left out"));
    }
    let directory = StagedDirectory::new(place, &[DOCUMENT])?;
    let verified = verify(registry, None, as_of, progress)?;
    let page = page(registry, &verified, as_of)?;
    directory.write("index.html", page.as_bytes())?;
    let document = Document { format: "scorewright.registry-page", as_of, verified: &verified };
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(internal)?;
    bytes.push(b'\n');
    directory.write(DOCUMENT, &bytes)?;
    copy(registry, &directory, progress)?;
    directory.publish()?;
    Ok(verified)
}

/// Copies the log and its files, each found to have its digest.
fn copy(registry: &Registry, directory: &StagedDirectory, progress: &dyn Progress) -> Result<()> {
    let events = &registry.ledger().events;
    let mut copied = BTreeSet::new();
    progress.begin("copying files", events.len());
    for event in events {
        let entry = event.entry();
        let envelope = registry.envelope(entry.number)?;
        if sha256(&envelope) != event.sha256 {
            return Err(Error::new(ErrorKind::Registry, format!("event {} changed while it was read", entry.number))
                .help("find out who writes in the registry's files, and run the command again"));
        }
        directory.write(&envelope_place(event), &envelope)?;
        for file in entry.action.files() {
            if copied.insert(registry.place(file)) {
                directory.write(&registry.place(file), &registry.file(file)?)?;
            }
        }
        progress.advance();
        progress.check()?;
    }
    Ok(())
}

fn envelope_place(event: &Event) -> String {
    format!("log/{:08}.json", event.entry().number)
}

/// The page. Nothing here measures.
fn page(registry: &Registry, verified: &Verified, as_of: DateTime<Utc>) -> Result<String> {
    let ledger = registry.ledger();
    let policy = ledger.policy()?;
    let names: BTreeSet<&str> = ledger.versions.iter().map(|version| version.id.card.as_str()).collect();
    let cards = names
        .iter()
        .enumerate()
        .map(|(at, name)| CardView::of(registry, name, at + 1, as_of))
        .collect::<Result<Vec<_>>>()?;
    let place = |card: &str| names.iter().position(|name| *name == card).unwrap_or_default() + 1;
    let mut waiting = Vec::new();
    for version in &ledger.versions {
        if matches!(ledger.state(version, as_of), State::Candidate | State::Validated | State::Approved) {
            let next = ledger.next_step(version, as_of)?;
            let (who, command) = next.split_once(": scorewright ").unwrap_or((&next, ""));
            waiting.push(Waiting {
                version: version.id.to_string(),
                anchor: cards::anchor(place(&version.id.card), version.id.number),
                state: ledger.in_words(version, as_of),
                who: who.to_owned(),
                command: if command.is_empty() { String::new() } else { format!("scorewright {command}") },
            });
        }
    }
    let exceptions = people::exceptions(ledger, as_of);
    let remarks: Vec<Remark> = verified.remarks.iter().cloned().chain(people::soon(&exceptions)).collect();
    let page = context! {
        style => STYLE,
        version => env!("CARGO_PKG_VERSION"),
        title => if policy.name.is_empty() { "Scorecards" } else { &policy.name },
        as_of => as_of.format("%Y-%m-%d %H:%M:%S%.f UTC").to_string(),
        verified => Value::from(Serde(verified)),
        cards => Value::from(Serde(&cards)),
        waiting => Value::from(Serde(&waiting)),
        remarks => Value::from(Serde(&remarks)),
        exceptions => Value::from(Serde(&exceptions)),
        people => Value::from(Serde(&people::people(ledger)?)),
        approve => policy.approve.join(" and "),
        release => policy.release.join(" or "),
        longest_exception_days => policy.longest_exception_days,
        events => Value::from(Serde(&ledger.events.iter().map(|event| event_view(registry, event)).collect::<Vec<_>>())),
    };
    render(TEMPLATE, page).map(|page| words::straightened(&page))
}

fn event_view(registry: &Registry, event: &Event) -> EventView {
    let entry = event.entry();
    EventView {
        number: entry.number,
        envelope: envelope_place(event),
        at: words::minute(entry.at),
        who: entry.signer.name.clone(),
        role: entry.signer.role.clone(),
        key: event.key.clone(),
        version: entry.action.version().map(ToString::to_string).unwrap_or_default(),
        done: entry.action.done(),
        note: entry.action.said().join("\n"),
        counts: event.counts,
        revoked_by: registry.ledger().revoked.get(&event.key).copied(),
        files: match entry.action.version() {
            Some(_) => Vec::new(),
            None => entry.action.files().iter().map(|file| Link::to(registry, file)).collect(),
        },
    }
}
