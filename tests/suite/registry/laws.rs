//! Laws that hold whoever does what when: random actions, most of them refused, and after each what must be true.
//!
//! `SCOREWRIGHT_LEDGER_CASES` sets the number of sequences.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use scorewright::progress::Silent;
use scorewright::registry::{Action, Exception, Ledger, Registry, Signing, State, Version, VersionId, verify};

use super::office::{OTHER, Office, PEOPLE, failing_run, key, key_id, policy, run, time};

/// Everybody, and a second key of Dan's that only one of the policies has.
const SIGNERS: [&str; 8] = ["Olga", "Omar", "Ana", "Ben", "Cora", "Dan", "Eve", "Dan2"];

/// What somebody tries.
#[derive(Debug, Clone)]
enum Try {
    Pass { hours: i64 },
    Register { run: u64 },
    Validate { version: usize, exception: Option<i64> },
    Approve { version: usize, role: &'static str },
    Reject { version: usize },
    Release { version: usize, from: Option<i64>, until: Option<i64>, rollback: bool },
    Retire { version: usize },
    Revoke { of: usize, since: Option<u64> },
    Policy { which: usize },
}

/// Who tries what: every second time somebody whose role it is.
fn some_try() -> impl Strategy<Value = (usize, Try)> {
    let version = || 0..4_usize;
    let hours = || proptest::option::weighted(0.4, -5..60_i64);
    let tries = prop_oneof![
        3 => (1..50_i64).prop_map(|hours| Try::Pass { hours }),
        4 => (0..7_u64).prop_map(|run| Try::Register { run }),
        5 => (version(), proptest::option::weighted(0.5, -1..100_i64))
            .prop_map(|(version, exception)| Try::Validate { version, exception }),
        6 => (version(), prop_oneof![4 => Just("approver"), 2 => Just("owner"), 1 => Just("validator")])
            .prop_map(|(version, role)| Try::Approve { version, role }),
        1 => version().prop_map(|version| Try::Reject { version }),
        6 => (version(), hours(), hours(), any::<bool>())
            .prop_map(|(version, from, until, rollback)| Try::Release { version, from, until, rollback }),
        1 => version().prop_map(|version| Try::Retire { version }),
        1 => (0..SIGNERS.len(), proptest::option::of(1..12_u64)).prop_map(|(of, since)| Try::Revoke { of, since }),
        1 => (0..POLICIES).prop_map(|which| Try::Policy { which }),
    ];
    (0..2 * SIGNERS.len(), tries).prop_map(|(who, tried)| {
        let fitting = match tried {
            Try::Pass { .. } | Try::Revoke { .. } | Try::Policy { .. } => who % 2,
            Try::Register { .. } => 2,
            Try::Validate { .. } => 3,
            Try::Approve { role: "owner", .. } => 0,
            Try::Approve { .. } | Try::Reject { .. } | Try::Release { .. } | Try::Retire { .. } => 4,
        };
        (if who < SIGNERS.len() { who } else { fitting }, tried)
    })
}

const POLICIES: usize = 4;

/// Policies that may come into force: the usual, two approvals, short-lived approvals and no Eve, a second key of Dan's.
fn some_policy(which: usize) -> String {
    match which {
        0 => policy("", &PEOPLE),
        1 => policy("approve = [\"approver\", \"owner\"]", &PEOPLE),
        2 => policy("approval_days = 1\nlimits_required = true", &PEOPLE[..6]),
        _ => {
            let pem = key("Dan2").public().to_pem().unwrap();
            let own = key("Dan").public().to_pem().unwrap();
            let both = format!("\"\"\"\n{own}\"\"\", \"\"\"\n{pem}\"\"\"");
            policy("", &PEOPLE).replace(&format!("\"\"\"\n{own}\"\"\""), &both)
        }
    }
}

fn version_of(registry: &Registry, at: usize) -> VersionId {
    let versions = &registry.ledger().versions;
    let unknown = VersionId { card: "test".to_owned(), number: 9 };
    versions.get(at % versions.len().max(1)).map_or(unknown, |version| version.id.clone())
}

/// Tries it; whether it was written.
fn attempt(office: &Office, registry: &mut Registry, who: usize, tried: &Try) -> bool {
    let now = office.now();
    let later = |hours: Option<i64>| hours.map(|hours| now + TimeDelta::hours(hours));
    let clock = || now;
    let signing = Signing { key: &key(SIGNERS[who]), clock: &clock };
    let done = match tried {
        Try::Pass { .. } => return false,
        Try::Register { run: number } => {
            let run = match number {
                0..4 => run(*number),
                4 => failing_run(1),
                number => run(OTHER + number),
            };
            registry.register(&run, "", &signing).map(|(_, recorded)| recorded)
        }
        Try::Validate { version, exception } => {
            let exception = exception
                .map(|days| Exception { reason: "few bads yet".to_owned(), expires: now + TimeDelta::days(days) });
            registry.validate(&version_of(registry, *version), None, exception, "", &signing)
        }
        Try::Approve { version, role } => registry.approve(&version_of(registry, *version), role, "", &signing),
        Try::Reject { version } => registry.reject(&version_of(registry, *version), "unstable", &signing),
        Try::Release { version, from, until, rollback } => {
            let reason = rollback.then_some("the other declines too many");
            registry.release(&version_of(registry, *version), later(*from), later(*until), reason, &signing)
        }
        Try::Retire { version } => registry.retire(&version_of(registry, *version), "closed", &signing),
        Try::Revoke { of, since } => registry.revoke(&key_id(SIGNERS[*of]), "stolen", *since, &signing),
        Try::Policy { which } => {
            office.folder.write("next.toml", some_policy(*which));
            registry.set_policy(&office.folder.path("next.toml"), &signing)
        }
    };
    done.is_ok()
}

/// The log's files by name.
fn log(office: &Office) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(office.path("log")).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

fn states(ledger: &Ledger, at: DateTime<Utc>) -> BTreeMap<VersionId, State> {
    ledger.versions.iter().map(|version| (version.id.clone(), ledger.state(version, at))).collect()
}

/// Whether a version may come from one state to another by an event about itself.
fn may_move(action: &Action, before: Option<State>, after: State) -> bool {
    use State::{Approved, Candidate, Rejected, Released, Retired, Validated};
    match (action, before) {
        (Action::Register { .. }, before) => before.is_none() && after == Candidate,
        (Action::Validate { .. }, Some(Candidate)) => after == Validated,
        (Action::Validate { .. }, Some(before)) => matches!(before, Validated | Approved | Released) && after == before,
        (Action::Approve { .. }, before) => before == Some(Validated) && matches!(after, Validated | Approved),
        (Action::Reject { .. }, before) => {
            matches!(before, Some(Candidate | Validated | Approved)) && after == Rejected
        }
        (Action::Release { .. }, before) => matches!(before, Some(Approved | Released | Retired)) && after == Released,
        (Action::Retire { .. }, before) => matches!(before, Some(Approved | Released | Retired)) && after == Retired,
        _ => false,
    }
}

/// What an event may have done to all versions; `begins`: the event that undid others, after which more may happen.
fn check_moves(before: &BTreeMap<VersionId, State>, after: &BTreeMap<VersionId, State>, action: &Action, undone: bool) {
    for (id, state) in after {
        let was = before.get(id).copied();
        if action.version() == Some(id) {
            // With a validation or approval undone, a new one may complete what the others signed.
            let completed = undone && matches!(action, Action::Validate { .. } | Action::Approve { .. });
            assert!(completed || may_move(action, was, *state), "{action:?} moved {id} from {was:?} to {state:?}");
            continue;
        }
        let is_same = was == Some(*state);
        let may = match action {
            Action::Release { version, .. } => {
                is_same || (version.card == id.card && was == Some(State::Released) && *state == State::Retired)
            }
            Action::Policy { .. } => is_same || (was == Some(State::Validated) && *state >= State::Approved) || undone,
            Action::Revoke { since, .. } => is_same || since.is_some() || undone,
            _ => is_same,
        };
        assert!(may, "{action:?} moved {id} from {was:?} to {state:?}");
    }
}

fn check_ledger(ledger: &Ledger, now: DateTime<Utc>) {
    let cards: BTreeSet<&str> = ledger.versions.iter().map(|version| version.id.card.as_str()).collect();
    let mut moments = vec![now, now + TimeDelta::days(1), now + TimeDelta::days(100)];
    for card in &cards {
        let numbers: Vec<u32> = ledger
            .versions
            .iter()
            .filter(|version| version.id.card == *card)
            .map(|version| version.id.number)
            .collect();
        assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>(), "numbers of {card}");
        for release in ledger.releases(card) {
            moments.extend([Some(release.from), release.until].into_iter().flatten());
        }
    }
    // States say where versions stand now and later; the past is what the log says.
    for at in moments.into_iter().filter(|at| *at >= now) {
        for card in &cards {
            let begun: Vec<&VersionId> = ledger
                .versions
                .iter()
                .filter(|version| version.id.card == *card && ledger.state(version, at) == State::Released)
                .map(|version| &version.id)
                .filter(|id| !ledger.releases(card).iter().any(|release| release.version == **id && release.from > at))
                .collect();
            assert!(begun.len() <= 1, "{begun:?} are in force at {at}");
            if let Some(release) = ledger.in_force(card, at) {
                let version = ledger.version(&release.version).unwrap();
                assert_eq!(ledger.state(version, at), State::Released, "{} is in force at {at}", version.id);
                assert!(release.from <= at && release.until.is_none_or(|until| at < until));
                assert!(ledger.is_approved(version));
                assert!(begun.is_empty() || begun == [&version.id]);
            } else {
                assert!(begun.is_empty(), "{begun:?} is released and begun, but not in force at {at}");
            }
        }
    }
    for version in &ledger.versions {
        if ledger.is_approved(version) {
            check_people(ledger, version);
        }
        assert!(ledger.next_step(version, now).is_ok());
        assert!(!ledger.in_words(version, now).is_empty());
    }
}

/// Developer, validators and approvers are different people; nobody approves in two roles.
fn check_people(ledger: &Ledger, version: &Version) {
    let of = |wanted: fn(&Action) -> bool| -> Vec<String> {
        let events = ledger.counting(version).filter(|event| wanted(&event.entry().action));
        events.map(|event| event.entry().signer.name.clone()).collect()
    };
    let developer: BTreeSet<String> = of(|action| matches!(action, Action::Register { .. })).into_iter().collect();
    let validators: BTreeSet<String> = of(|action| matches!(action, Action::Validate { .. })).into_iter().collect();
    let approvals = of(|action| matches!(action, Action::Approve { .. }));
    let approvers: BTreeSet<String> = approvals.iter().cloned().collect();
    assert_eq!(developer.len(), 1);
    assert!(!validators.is_empty() && !approvers.is_empty());
    assert_eq!(approvals.len(), approvers.len(), "{}: {approvals:?}", version.id);
    let all = developer.len() + validators.len() + approvers.len();
    let people: BTreeSet<&String> = developer.iter().chain(&validators).chain(&approvers).collect();
    assert_eq!(people.len(), all, "{}: {developer:?} {validators:?} {approvers:?}", version.id);
}

/// Tries everything in order and checks the laws after each; which kinds of action were written.
fn follow(tries: &[(usize, Try)]) -> BTreeSet<&'static str> {
    let office = Office::new();
    let mut registry = office.open().unwrap();
    let mut done = BTreeSet::new();
    for (who, tried) in tries {
        let (before, files) = (registry.ledger().clone(), log(&office));
        if let Try::Pass { hours } = tried {
            let earlier = states(registry.ledger(), office.now());
            office.pass_hours(*hours);
            for (id, state) in states(registry.ledger(), office.now()) {
                let was = earlier[&id];
                assert!(
                    was == state || (was, state) == (State::Released, State::Retired),
                    "{id}: {was:?} to {state:?}"
                );
            }
        }
        let is_written = attempt(&office, &mut registry, *who, tried);
        let after = log(&office);
        let grown = registry.ledger().events.len() - before.events.len();
        assert_eq!(grown, usize::from(is_written), "{tried:?}");
        assert_eq!(after.len(), files.len() + grown);
        assert!(files.iter().all(|(name, bytes)| after.get(name) == Some(bytes)), "{tried:?} changed an event");
        let replayed = office.open().unwrap();
        assert_eq!(format!("{:?}", replayed.ledger()), format!("{:?}", registry.ledger()), "{tried:?}");
        let ledger = registry.ledger();
        if is_written {
            let event = ledger.events.last().unwrap();
            let (at, action) = (event.entry().at, &event.entry().action);
            let undone = ledger.events.iter().chain(&before.events).any(|event| !event.counts);
            check_moves(&states(&before, at), &states(ledger, at), action, undone);
            done.insert(action.word());
        }
        check_ledger(ledger, office.now());
    }
    verify(&registry, None, office.now(), &Silent).unwrap();
    done
}

/// The number of sequences, from the environment or as given.
fn cases(usual: u32) -> u32 {
    std::env::var("SCOREWRIGHT_LEDGER_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(40), failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn whoever_does_what_when_the_laws_hold(tries in proptest::collection::vec(some_try(), 10..60)) {
        follow(&tries);
    }
}

/// The laws are not empty: a sequence by the book reaches every kind of action.
#[test]
fn the_laws_are_checked_on_every_kind_of_action() {
    let tries = [
        (2, Try::Register { run: 1 }),
        (2, Try::Register { run: 2 }),
        (2, Try::Register { run: 5 }),
        (3, Try::Validate { version: 0, exception: None }),
        (4, Try::Approve { version: 0, role: "approver" }),
        (4, Try::Release { version: 0, from: None, until: None, rollback: false }),
        (4, Try::Approve { version: 1, role: "approver" }),
        (3, Try::Validate { version: 1, exception: Some(20) }),
        (4, Try::Approve { version: 1, role: "approver" }),
        (4, Try::Release { version: 1, from: Some(10), until: Some(40), rollback: false }),
        (0, Try::Pass { hours: 11 }),
        (4, Try::Release { version: 0, from: None, until: None, rollback: true }),
        (3, Try::Reject { version: 2 }),
        (4, Try::Retire { version: 1 }),
        (1, Try::Policy { which: 1 }),
        (0, Try::Revoke { of: 6, since: Some(2) }),
        (0, Try::Pass { hours: 40 }),
    ];
    let all = ["approve", "policy", "register", "reject", "release", "retire", "revoke", "validate"];
    assert_eq!(follow(&tries), BTreeSet::from(all));
}

/// A signature that was struck out and comes back must not make one person two.
#[test]
fn who_signed_once_in_one_role_never_signs_in_another_though_the_first_no_longer_counts() {
    let office = Office::new();
    office.folder.write("next.toml", some_policy(3));
    office.signed("Omar", |s| office.open()?.set_policy(&office.folder.path("next.toml"), s)).unwrap();
    let id = office.register("Ana", 1).unwrap();
    let validated = office.validate("Dan", &id).unwrap().number;
    let revoke = |who: &str, of: &str, since: u64| {
        office.signed(who, |s| office.open()?.revoke(&key_id(of), "stolen", Some(since), s)).unwrap().number
    };
    let revocation = revoke("Olga", "Dan", validated);
    office.validate("Ben", &id).unwrap();
    let refused = office.approve("Dan2", &id).unwrap_err().to_string();
    assert!(refused.contains("the same person did validate it"), "{refused}");
    // The owner's key was stolen: Dan's validation counts again.
    revoke("Omar", "Olga", revocation);
    office.approve("Cora", &id).unwrap();
    let registry = office.open().unwrap();
    assert!(registry.ledger().event(validated).unwrap().counts);
    check_ledger(registry.ledger(), time("2026-12-01T09:00:00Z"));
}
