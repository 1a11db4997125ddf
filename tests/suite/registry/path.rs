//! From a trained run to a released version and back, through the program.

use chrono::TimeDelta;
use serde_json::Value;

use super::office::{Office, run, write_run};
use crate::support::{Cases, FEATURES, Folder, card};

#[test]
fn a_handful_of_commands_lead_from_a_run_to_a_released_version() {
    let folder = Folder::with(&Cases::new(600).csv(), &card(&format!("{FEATURES}[limits]\nmin_auc = 0.55\n")));
    folder.train().succeeds();
    folder.run(&["register", "out"]).fails(3, &["no registry", "registry init"]);
    folder.run(&["registry", "init", "--trial"]).succeeds();
    folder.run(&["register", "out"]).fails(2, &["signature", "--key"]);
    let registered = folder.run(&["register", "out", "--key", "keys/developer.pem"]);
    registered.succeeds();
    assert!(registered.stdout.contains("Trial validator validates it: scorewright approve test/1 --as validator"));
    folder.run(&["release", "test/1", "--key", "keys/approver.pem"]).fails(4, &["not approved", "Trial validator"]);
    folder.run(&["approve", "test/1", "--as", "approver", "--key", "keys/approver.pem"]).fails(3, &["candidate"]);
    folder.run(&["approve", "test/1", "--as", "validator", "--key", "keys/validator.pem"]).succeeds();
    folder.run(&["approve", "test/1", "--as", "approver", "--key", "keys/approver.pem"]).succeeds();
    let released = folder.run(&["release", "test/1", "--key", "keys/approver.pem", "--json"]);
    released.succeeds();
    let released: Value = serde_json::from_str(&released.stdout).unwrap();
    assert_eq!((&released["state"], &released["in_force"]), (&"released".into(), &true.into()));
    folder.run(&["verify"]).succeeds();
    let shown = folder.run(&["show", "test/1"]);
    assert!(shown.stdout.contains("all 1 limits hold") || shown.stdout.contains("limits hold"), "{}", shown.stdout);
    folder.run(&["show", "tset/1"]).fails(3, &["did you mean \"test/1\""]);
    folder.run(&["show", "test"]).fails(3, &["CARD/NUMBER", "test/1"]);
}

#[test]
fn the_program_registers_by_the_rules_of_the_policy() {
    let office = Office::new();
    write_run(&run(1), &office.folder, "run");
    let register = |key: &str| office.folder.run(&["register", "run", "--key", key]);
    register("keys/Ben.pem").fails(3, &["Ben is validator by the policy, not developer", "Ana, Dan or Eve"]);
    register("keys/Ana.pub.pem").fails(3, &["public key"]);
    register("run/evidence.json").fails(3, &["PEM"]);
    office.folder.run(&["list"]).succeeds();
}

#[test]
fn a_version_says_how_it_came_out_of_use() {
    let office = Office::new();
    let versions: Vec<_> = (1..=3).map(|number| office.approved(number)).collect();
    let at = |days: i64| office.now() + TimeDelta::days(days);
    for (id, from, until) in [(0, 1, Some(5)), (1, 10, None), (2, 20, Some(40))] {
        office
            .signed("Cora", |s| office.open()?.release(&versions[id], Some(at(from)), until.map(at), None, s))
            .unwrap();
    }
    let registry = office.open().unwrap();
    let ledger = registry.ledger();
    let words = |days: i64| -> Vec<String> {
        ledger.versions.iter().map(|version| ledger.in_words(version, at(days))).collect()
    };
    assert_eq!(
        words(30),
        [
            "retired, expired on 2026-12-06 09:00 UTC",
            "retired, replaced by test/3 on 2026-12-21 09:00 UTC",
            "released, in force since 2026-12-21 09:00 UTC until 2027-01-10 09:00 UTC",
        ]
    );
    assert_eq!(
        words(50)[1..],
        ["retired, replaced by test/3 on 2026-12-21 09:00 UTC", "retired, expired on 2027-01-10 09:00 UTC"]
    );
}
