//! What thieves, hurried colleagues and bad disks do to a registry: each is refused or found, by name.

use chrono::TimeDelta;
use scorewright::error::Result;
use scorewright::progress::Silent;
use scorewright::registry::{
    Action, Location, PrivateKey, Recorded, Registry, Signing, State, Store, Verified, VersionId, verify,
};

use super::forger::{event, file, log, next, write};
use super::office::{Office, PEOPLE, failing_run, key, key_id, policy, run, sha256, words};

fn verified(office: &Office) -> Result<Verified> {
    verify(&office.open()?, None, office.now(), &Silent)
}

/// The attempt is refused in these words, and the log is as before.
fn refuses(office: &Office, attempt: impl FnOnce() -> Result<Recorded>, wanted: &[&str]) {
    let before = log(office);
    let said = words(attempt());
    for word in wanted {
        assert!(said.contains(word), "{word:?} is missing from: {said}");
    }
    assert_eq!(log(office), before, "something was written");
}

/// The registry no longer opens or verifies, and these words say why.
fn finds(office: &Office, wanted: &[&str]) {
    let said = words(verified(office));
    for word in wanted {
        assert!(said.contains(word), "{word:?} is missing from: {said}");
    }
}

fn change(path: &std::path::Path, from: &str, to: &str) {
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{from:?} is not in {}", path.display());
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_stolen_developer_key_can_do_nothing_but_register() {
    let office = Office::new();
    let id = office.register("Ana", 1).unwrap();
    // Eve has no right to Ana's key; the registry sees Ana's key, whoever holds it.
    refuses(
        &office,
        || office.validate("Ana", &id),
        &["Ana is developer by the policy, not validator", "ask Ben or Dan"],
    );
    refuses(&office, || office.approve("Ana", &id), &["Ana is developer", "cannot approve as approver"]);
    office.validate("Ben", &id).unwrap();
    refuses(&office, || office.approve("Ana", &id), &["Ana is developer"]);
    office.approve("Cora", &id).unwrap();
    refuses(&office, || office.release("Ana", &id), &["Ana is developer"]);
    refuses(&office, || office.signed("Ana", |s| office.open()?.reject(&id, "no", s)), &["Ana is developer"]);
    refuses(&office, || office.signed("Ana", |s| office.open()?.retire(&id, "no", s)), &["Ana is developer"]);
    refuses(
        &office,
        || office.signed("Ana", |s| office.open()?.revoke(&key_id("Ben"), "no", None, s)),
        &["Ana is developer"],
    );
    office.folder.write(
        "mine.toml",
        policy("", &[("Ana", &["owner", "developer"]), ("Ben", &["validator"]), ("Cora", &["approver"])]),
    );
    let mine = office.folder.path("mine.toml");
    refuses(
        &office,
        || office.signed("Ana", |s| office.open()?.set_policy(&mine, s)),
        &["Ana is developer", "Olga or Omar"],
    );
    // The same by hand, without the program's questions: the log then holds an event that breaks a rule.
    let forged = next(&office, "Ana", "validator", Action::Approve { version: id, note: String::new() });
    write(&office, "Ana", &forged);
    finds(&office, &["event 5", "cannot approve"]);
}

#[test]
fn nobody_stands_in_for_two_people() {
    let office = Office::new();
    let dan = office.register("Dan", 1).unwrap();
    refuses(&office, || office.validate("Dan", &dan), &["Dan cannot validate test/1", "register"]);
    office.validate("Ben", &dan).unwrap();
    refuses(&office, || office.approve("Dan", &dan), &["Dan cannot approve test/1", "register"]);
    let ana = office.register("Ana", 2).unwrap();
    office.validate("Dan", &ana).unwrap();
    refuses(&office, || office.approve("Dan", &ana), &["Dan cannot approve test/2", "validate"]);
    office.approve("Cora", &ana).unwrap();
    // By hand it is found.
    let forged = next(&office, "Dan", "approver", Action::Approve { version: dan, note: String::new() });
    write(&office, "Dan", &forged);
    finds(&office, &["event 7", "Dan cannot approve"]);
}

#[test]
fn a_changed_byte_is_found_wherever_it_stands() {
    let names =
        ["scorecard.json", "evidence.json", "report.html", "report.xlsx", "configuration/card.toml", "policy.toml"];
    for name in names {
        let office = Office::new();
        let id = office.approved(1);
        let path = file(&office, name);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        finds(&office, &[name, "its content was changed"]);
        if name != "policy.toml" {
            refuses(&office, || office.release("Cora", &id), &[name]);
        }
        std::fs::remove_file(&path).unwrap();
        finds(&office, &[name, "is missing"]);
    }
}

#[test]
fn a_changed_event_is_found() {
    let swap = |from: &'static str, to: &'static str| move |office: &Office| change(&event(office, 3), from, to);
    type Change = (Box<dyn Fn(&Office)>, &'static str);
    let changes: Vec<Change> = vec![
        (Box::new(swap("application/vnd.in-toto+json", "application/vnd.in-toto+jsom")), "event 3"),
        (Box::new(swap("\"payload\":\"ey", "\"payload\":\"eX")), "event 3"),
        (Box::new(swap("\"sig\":\"", "\"sig\":\"A")), "event 3"),
        (Box::new(swap("{\"payloadType\"", "{ \"payloadType\"")), "event 3"),
        (Box::new(swap("]}\n", "]}\n\n")), "event 3"),
        (
            Box::new(|office: &Office| change(&event(office, 3), &key_id("Ben"), &key_id("Cora"))),
            "event 3 does not hold: its signature",
        ),
        (
            Box::new(|office: &Office| change(&event(office, 3), &key_id("Ben"), &"0".repeat(64))),
            "which the policy does not have",
        ),
        (
            Box::new(|office: &Office| change(&office.path("head.json"), "\"events\":4", "\"events\":5")),
            "its end was cut off",
        ),
        (
            Box::new(|office: &Office| std::fs::write(office.path("head.json"), "{}").unwrap()),
            "head.json cannot be read",
        ),
        (
            Box::new(|office: &Office| std::fs::write(office.path("log/notes.txt"), "hello").unwrap()),
            "log/notes.txt is no event",
        ),
    ];
    for (change, said) in changes {
        let office = Office::new();
        office.approved(1);
        change(&office);
        finds(&office, &[said]);
        assert!(office.register("Ana", 2).is_err(), "a registry that does not hold takes no more events");
    }
}

#[test]
fn removed_reordered_and_repeated_lines_are_found() {
    for gone in 1..=4 {
        let office = Office::new();
        office.approved(1);
        std::fs::remove_file(event(&office, gone)).unwrap();
        match gone {
            4 => finds(&office, &["the log ends with event 3, but has had 4"]),
            _ => finds(&office, &[&format!("event {gone} is missing")]),
        }
        // Whoever closes the gap is found by the chain.
        for number in gone..4 {
            std::fs::rename(event(&office, number + 1), event(&office, number)).unwrap();
        }
        if gone < 4 {
            finds(&office, &[&format!("event {gone}")]);
        }
    }
    let office = Office::new();
    office.approved(1);
    let (third, fourth) = (std::fs::read(event(&office, 3)).unwrap(), std::fs::read(event(&office, 4)).unwrap());
    std::fs::write(event(&office, 5), &fourth).unwrap();
    finds(&office, &["event 5 does not hold: it was signed as event 4"]);
    std::fs::remove_file(event(&office, 5)).unwrap();
    std::fs::write(event(&office, 3), &fourth).unwrap();
    std::fs::write(event(&office, 4), &third).unwrap();
    finds(&office, &["event 3 does not hold: it was signed as event 4"]);
}

#[test]
fn a_log_cut_off_with_its_head_is_found_by_a_digest_that_was_noted() {
    let office = Office::new();
    office.approved(1);
    let noted = verified(&office).unwrap().head;
    std::fs::remove_file(event(&office, 4)).unwrap();
    std::fs::remove_file(office.path("head.json")).unwrap();
    // The rest is a registry that holds: only who noted the end can know.
    verified(&office).unwrap();
    let said = words(verify(&office.open().unwrap(), Some(&noted), office.now(), &Silent));
    assert!(said.contains("does not hold the event") && said.contains(&noted), "{said}");
    office.folder.run(&["verify", "--head", &noted]).fails(3, &["does not hold the event"]);
    // Another registry in its place is found by the id that the project names.
    let other = Office::new();
    let id = other.open().unwrap().id().to_owned();
    let mine = office.open().unwrap().id().to_owned();
    assert_ne!(id, "");
    office.folder.write("scorewright.toml", format!("[registry]\nid = \"{mine}\"\n[tables]\n"));
    office.folder.run(&["list"]).succeeds();
    office.folder.write("scorewright.toml", format!("[registry]\nid = \"{}\"\n[tables]\n", "5".repeat(64)));
    office.folder.run(&["list"]).fails(3, &["is not the one that scorewright.toml names"]);
}

#[test]
fn a_swapped_report_is_found() {
    let office = Office::new();
    office.approved(1);
    let (report, card) = (file(&office, "report.html"), file(&office, "model-card.html"));
    std::fs::copy(card, report).unwrap();
    finds(&office, &["event 2: report.html", "its content was changed"]);
}

#[test]
fn an_approval_holds_at_its_one_place() {
    let office = Office::new();
    let first = office.approved(1);
    let second = office.register("Ana", 2).unwrap();
    office.validate("Ben", &second).unwrap();
    // The very bytes of Cora's approval again.
    std::fs::copy(event(&office, 4), event(&office, 7)).unwrap();
    finds(&office, &["event 7 does not hold: it was signed as event 4"]);
    std::fs::remove_file(event(&office, 7)).unwrap();
    // An approval of the second that signs the first's scorecard.
    let approve = |version: &VersionId| Action::Approve { version: version.clone(), note: String::new() };
    let mut forged = next(&office, "Cora", "approver", approve(&second));
    forged.subject = next(&office, "Cora", "approver", approve(&first)).subject;
    write(&office, "Cora", &forged);
    finds(&office, &["event 7", "the files that it signs are not those of its version"]);
    // One that Cora signed in another registry of the same people.
    let mut foreign = next_after(&office, &second);
    foreign.predicate.registry = Some("7".repeat(64));
    write(&office, "Cora", &foreign);
    finds(&office, &["event 7", "another registry"]);
    let mut elsewhere = next_after(&office, &second);
    elsewhere.predicate.previous_sha256 = Some("7".repeat(64));
    write(&office, "Cora", &elsewhere);
    finds(&office, &["event 7", "the event before it is not the one"]);
}

/// Cora's approval as the next event, the forged one taken away first.
fn next_after(office: &Office, id: &VersionId) -> scorewright::registry::Statement {
    let _ = std::fs::remove_file(event(office, 7));
    next(office, "Cora", "approver", Action::Approve { version: id.clone(), note: String::new() })
}

#[test]
fn forged_events_are_found() {
    let office = Office::new();
    let id = office.register("Ana", 1).unwrap();
    let release = Action::Release { version: id.clone(), from: office.now(), until: None, rollback: None };
    let forgeries = [
        ("Mallory", "Cora", "approver", release.clone(), "which the policy does not have"),
        ("Cora", "Olga", "owner", release.clone(), "the key belongs to Cora, not to Olga"),
        ("Cora", "Cora", "owner", release.clone(), "the role \"owner\" cannot release"),
        ("Ben", "Ben", "approver", release.clone(), "Ben is validator"),
        ("Cora", "Cora", "approver", release, "test/1 is not approved"),
        (
            "Cora",
            "Cora",
            "approver",
            Action::Approve { version: id.clone(), note: String::new() },
            "cannot be approved",
        ),
        (
            "Cora",
            "Cora",
            "approver",
            Action::Retire { version: id.clone(), reason: String::new() },
            "cannot be retired",
        ),
        (
            "Cora",
            "Cora",
            "approver",
            Action::Approve { version: VersionId { card: "test".into(), number: 2 }, note: String::new() },
            "event 3",
        ),
    ];
    for (key, name, role, action, said) in forgeries {
        let statement = next(&office, name, role, action);
        write(&office, key, &statement);
        finds(&office, &["event 3", said]);
        std::fs::remove_file(event(&office, 3)).unwrap();
    }
    // A number left out, or taken again.
    let registered = office.open().unwrap().ledger().events[1].entry().action.clone();
    for number in [1, 3] {
        let Action::Register { card_kind, files, evidence, note, .. } = registered.clone() else { unreachable!() };
        let version = VersionId { card: "test".into(), number };
        let statement =
            next(&office, "Ana", "developer", Action::Register { version, card_kind, files, evidence, note });
        write(&office, "Ana", &statement);
        finds(&office, &["00000003.json", if number == 1 { "the files that it signs" } else { "test/2 is the next" }]);
        std::fs::remove_file(event(&office, 3)).unwrap();
    }
    verified(&office).unwrap();
}

#[test]
fn limits_that_do_not_hold_need_an_exception_with_an_end() {
    let office = Office::new();
    let (id, _) = office.signed("Ana", |s| office.open()?.register(&failing_run(1), "", s)).unwrap();
    refuses(&office, || office.validate("Ben", &id), &["limits do not hold for test/1", "min_auc", "--exception"]);
    refuses(&office, || office.except("Ben", &id, 91), &["90 days at most"]);
    refuses(&office, || office.except("Ben", &id, 0), &["expired already"]);
    // By hand, without the exception, or with the failure left out.
    let Action::Register { evidence, .. } = office.open().unwrap().ledger().events[1].entry().action.clone() else {
        unreachable!()
    };
    let mut clean = evidence.clone();
    clean.failed.clear();
    for (evidence, said) in [(evidence, "limits do not hold"), (clean, "names evidence that is not there")] {
        let version = id.clone();
        let action = Action::Validate { version, files: Vec::new(), evidence, exception: None, note: String::new() };
        write(&office, "Ben", &next(&office, "Ben", "validator", action));
        finds(&office, &["00000003.json", said]);
        std::fs::remove_file(event(&office, 3)).unwrap();
    }
    office.except("Ben", &id, 30).unwrap();
    office.approve("Cora", &id).unwrap();
    office.pass(31);
    refuses(&office, || office.release("Cora", &id), &["the exception that test/1 rests on expires on 2026-12-31"]);
    // A new exception, then the release; when that expires too, verify says so and the program ends with 4.
    office.except("Ben", &id, 30).unwrap();
    office.release("Cora", &id).unwrap();
    assert_eq!(verified(&office).unwrap().remarks, []);
    office.pass(31);
    let remarks = verified(&office).unwrap().remarks;
    assert!(remarks[0].what.contains("the exception that it rests on expired"), "{remarks:?}");
}

#[test]
fn evidence_that_says_what_its_figures_do_not_bear_out_is_not_taken() {
    let office = Office::new();
    let mut turned = failing_run(1);
    let evidence =
        String::from_utf8(turned.files[1].1.clone()).unwrap().replace("\"passed\": false", "\"passed\": true");
    assert_ne!(evidence.as_bytes(), turned.files[1].1);
    turned.files[1].1 = evidence.into_bytes();
    super::office::write_run(&turned, &office.folder, "run");
    office.folder.run(&["register", "run", "--key", "keys/Ana.pem"]).fails(3, &["evidence.json is not the evidence"]);
    let other = run(2);
    let mut mixed = run(1);
    mixed.files[1] = other.files[1].clone();
    super::office::write_run(&mixed, &office.folder, "mixed");
    office.folder.run(&["register", "mixed", "--key", "keys/Ana.pem"]).fails(3, &["evidence.json is not the evidence"]);
}

#[test]
fn a_revoked_key_signs_nothing_and_loses_what_it_signed_since() {
    let office = Office::new();
    let id = office.approved(1);
    office.release("Cora", &id).unwrap();
    let revoke = |by: &str, whose: &str, since| {
        office.signed(by, |s| office.open()?.revoke(&key_id(whose), "laptop stolen", since, s))
    };
    refuses(&office, || revoke("Cora", "Ben", None), &["Cora is approver"]);
    refuses(&office, || revoke("Olga", "Nobody", None), &["no person and no event has the key"]);
    refuses(&office, || revoke("Olga", "Cora", Some(99)), &["from event 2 to the last"]);
    revoke("Olga", "Cora", None).unwrap();
    refuses(&office, || revoke("Olga", "Cora", None), &["revoked already"]);
    let next_one = office.register("Ana", 2).unwrap();
    office.validate("Ben", &next_one).unwrap();
    refuses(&office, || office.approve("Cora", &next_one), &["this key of Cora was revoked by event 6"]);
    // What she signed before stays; her key by hand is found.
    assert_eq!(verified(&office).unwrap().remarks, []);
    let forged = next(&office, "Cora", "approver", Action::Approve { version: next_one.clone(), note: String::new() });
    write(&office, "Cora", &forged);
    finds(&office, &["event 9", "revoked by event 6"]);
    std::fs::remove_file(event(&office, 9)).unwrap();
    // Ben's key was stolen before he validated: with it goes the approval, and with that the release.
    revoke("Omar", "Ben", Some(3)).unwrap();
    let registry = office.open().unwrap();
    let version = registry.ledger().find("test/1").unwrap();
    assert_eq!(registry.ledger().state(version, office.now()), State::Candidate);
    assert!(registry.ledger().in_force("test", office.now()).is_none());
    let remarks = verified(&office).unwrap().remarks;
    assert!(remarks.iter().any(|remark| remark.what.contains("its approval no longer counts")), "{remarks:?}");
}

#[test]
fn owners_cannot_be_locked_out_by_a_stolen_owner_key() {
    let office = Office::new();
    let revoke =
        |by: &str, whose: &str, since| office.signed(by, |s| office.open()?.revoke(&key_id(whose), "x", since, s));
    let three: Vec<(&str, &[&str])> = PEOPLE.into_iter().chain([("Oscar", &["owner"][..])]).collect();
    office.folder.write("three.toml", policy("", &three));
    let path = office.folder.path("three.toml");
    office.signed("Olga", |s| office.open()?.set_policy(&path, s)).unwrap();
    // Omar's key is stolen: the thief revokes Olga; Oscar undoes all that Omar's key did since.
    revoke("Omar", "Olga", None).unwrap();
    refuses(&office, || revoke("Olga", "Omar", None), &["this key of Olga was revoked"]);
    revoke("Oscar", "Omar", Some(3)).unwrap();
    assert!(!office.open().unwrap().ledger().revoked.contains_key(&key_id("Olga")));
    revoke("Olga", "Ana", None).unwrap();
    revoke("Olga", "Oscar", None).unwrap();
    refuses(&office, || revoke("Olga", "Olga", None), &["last key of an owner"]);
}

#[test]
fn a_clock_set_back_is_refused_and_one_a_little_behind_is_taken() {
    let office = Office::new();
    let id = office.approved(1);
    office.pass(-1);
    refuses(
        &office,
        || office.release("Cora", &id),
        &["this machine's clock says 2026-11-30", "of 2026-12-01", "set the clock right"],
    );
    let now = office.now() + TimeDelta::days(1) - TimeDelta::seconds(59);
    let clock = || now;
    let released = Signing { key: &key("Cora"), clock: &clock };
    let recorded = office.open().unwrap().release(&id, None, None, None, &released).unwrap();
    assert_eq!(recorded.at, now + TimeDelta::seconds(59), "the event takes the time of the one before");
    // By hand an event of the past is found.
    let forged = next(&office, "Ana", "developer", Action::Retire { version: id, reason: String::new() });
    write(&office, "Ana", &forged);
    finds(&office, &["event 6", "is before that of the events before it"]);
}

#[test]
fn an_expired_exception_is_no_help_to_a_clock_set_back() {
    let office = Office::new();
    let (id, _) = office.signed("Ana", |s| office.open()?.register(&failing_run(1), "", s)).unwrap();
    office.except("Ben", &id, 30).unwrap();
    office.approve("Cora", &id).unwrap();
    office.pass(40);
    office.register("Ana", 7).unwrap();
    office.pass(-20);
    refuses(&office, || office.release("Cora", &id), &["set the clock right"]);
}

#[test]
fn a_policy_that_proves_nothing_is_refused() {
    let office = Office::new();
    let mut shared = policy("", &PEOPLE);
    let (ana, eve) = (key("Ana").public().to_pem().unwrap(), key("Eve").public().to_pem().unwrap());
    shared = shared.replace(&eve, &ana);
    let private = policy("", &PEOPLE).replace(&ana, &key("Ana").to_pem().unwrap());
    let cases = [
        (shared, "\"Eve\" has a key that stands for \"Ana\" too"),
        (private, "this is a private key"),
        (policy("", &[("Olga", &["owner"]), ("Ana", &["developer", "validator", "approver"])]), "different people"),
        (
            policy("", &[("Olga", &["owner"]), ("Ana", &["developer"]), ("Cora", &["approver"])]),
            "nobody is \"validator\"",
        ),
        (policy("", &[("Olga", &["ower"])]), "did you mean \"owner\""),
        (policy("approve = [\"developer\"]", &PEOPLE), "developers and validators cannot approve"),
        (policy("approve = []", &PEOPLE), "at least one role"),
        (policy("longest_exeption_days = 3", &PEOPLE), "longest_exception_days"),
        (policy("longest_exception_days = 0", &PEOPLE), "from 1 to 3660"),
        (policy("", &[("Ana", &["owner"]), ("ana", &["developer"])]), "stands twice"),
        (policy("", &[]), "people"),
    ];
    for (text, said) in cases {
        office.folder.write("new.toml", text);
        let path = office.folder.path("new.toml");
        refuses(&office, || office.signed("Olga", |s| office.open()?.set_policy(&path, s)), &[said]);
    }
    // A stranger's key, and a key of a person who left.
    let stranger = PrivateKey::from_seed(&[7; 32]);
    let clock = || office.now();
    let signing = Signing { key: &stranger, clock: &clock };
    let said = words(office.open().unwrap().register(&run(1), "", &signing));
    assert!(said.contains("the policy does not have this key"), "{said}");
}

#[test]
fn one_version_is_in_force_at_any_moment() {
    let office = Office::new();
    let (first, second) = (office.approved(1), office.approved(2));
    let at = |days: i64| office.now() + TimeDelta::days(days);
    let release = |id: &VersionId, from: Option<i64>, until: Option<i64>, rollback: Option<&str>| {
        office.signed("Cora", |s| office.open()?.release(id, from.map(at), until.map(at), rollback, s))
    };
    let in_force =
        |days: i64| office.open().unwrap().ledger().in_force("test", at(days)).map(|release| release.version.number);
    refuses(&office, || release(&first, Some(-1), None, None), &["cannot begin in the past"]);
    refuses(&office, || release(&first, Some(2), Some(2), None), &["end before it begins"]);
    release(&first, None, None, None).unwrap();
    release(&second, Some(10), Some(20), None).unwrap();
    assert_eq!(
        [in_force(0), in_force(9), in_force(10), in_force(19), in_force(20)],
        [Some(1), Some(1), Some(2), Some(2), None]
    );
    // Two that begin at the same moment: the later signature wins.
    release(&first, Some(10), None, None).unwrap();
    assert_eq!([in_force(9), in_force(10)], [Some(1), Some(1)]);
    release(&second, Some(10), None, None).unwrap();
    office.pass(11);
    let state = |number: u32| {
        let registry = office.open().unwrap();
        let version = registry.ledger().find(&format!("test/{number}")).unwrap().clone();
        registry.ledger().state(&version, office.now())
    };
    assert_eq!((state(1), state(2)), (State::Retired, State::Released));
    refuses(&office, || release(&first, None, None, None), &["was in force before", "--rollback"]);
    refuses(&office, || release(&first, None, None, Some(" ")), &["a rollback needs a reason"]);
    refuses(&office, || release(&second, None, None, Some("why")), &["was not replaced yet"]);
    release(&first, None, None, Some("declines too many")).unwrap();
    assert_eq!((state(1), state(2), in_force(0)), (State::Released, State::Retired, Some(1)));
    office.signed("Cora", |s| office.open()?.retire(&first, "product closed", s)).unwrap();
    assert_eq!(in_force(0), None, "the one before does not come back by itself");
    refuses(&office, || release(&first, None, None, Some("again")), &["retired, for good"]);
    verified(&office).unwrap();
}

#[test]
fn a_registry_copied_to_another_place_holds_there() {
    let office = Office::new();
    office.approved(1);
    let copy = office.folder.path("copy");
    let copied = std::process::Command::new("cp").arg("-r").arg(office.path("")).arg(&copy).status().unwrap();
    assert!(copied.success());
    let registry = Registry::open(Store::open(&Location::Directory(copy), [], false).unwrap()).unwrap();
    assert_eq!(verify(&registry, None, office.now(), &Silent).unwrap().events, 4);
    assert_eq!(sha256(&registry.envelope(1).unwrap()), registry.id());
}
