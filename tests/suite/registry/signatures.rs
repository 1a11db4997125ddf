//! What others can check without this program: openssl by the recipe of the docs, and independent readers of envelopes and
//! statements.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::forger::event;
use super::office::{Office, PEOPLE, key, key_id, policy, run, write_run};
use crate::python::{Environment, run_in};

/// The recipe as it stands in docs/registry.md.
fn recipe() -> String {
    let page = include_str!("../../../docs/registry.md");
    let begin = page.find("```bash\n").expect("the page has a recipe") + "```bash\n".len();
    page[begin..].split("```").next().unwrap().to_owned()
}

/// Runs the recipe on an event with somebody's public key.
fn check(office: &Office, number: u64, name: &str) -> Output {
    let script = recipe()
        .replace("EVENT=registry/log/00000003.json", &format!("EVENT=registry/log/{number:08}.json"))
        .replace("KEY=keys/validator.pub.pem", &format!("KEY=keys/{name}.pub.pem"));
    assert!(script.contains(&format!("KEY=keys/{name}")) && script.contains(&format!("{number:08}")), "{script}");
    Command::new("bash").args(["-e", "-c", &script]).current_dir(office.folder.path("")).output().unwrap()
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The path from policy to release, with who signed each event.
fn path() -> (Office, [&'static str; 5]) {
    let office = Office::new();
    let id = office.approved(1);
    office.release("Cora", &id).unwrap();
    (office, ["Olga", "Ana", "Ben", "Cora", "Cora"])
}

#[test]
fn the_recipe_of_the_docs_checks_every_event_with_openssl() {
    let (office, signers) = path();
    for (number, name) in (1..).zip(signers) {
        let done = check(&office, number, name);
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("Signature Verified Successfully"), "event {number}: {done:?}");
        assert!(
            said.contains("https://in-toto.io/Statement/v1") && said.contains(name),
            "the statement is shown: {said}"
        );
        assert!(!check(&office, number, "Eve").status.success(), "another's key");
    }
    let third = event(&office, 3);
    let text = std::fs::read_to_string(&third).unwrap();
    std::fs::write(&third, text.replacen("\"payload\":\"eyJf", "\"payload\":\"eyJg", 1)).unwrap();
    assert_ne!(std::fs::read_to_string(&third).unwrap(), text);
    assert!(!check(&office, 3, "Ben").status.success(), "a changed byte");
}

#[test]
fn keys_of_openssl_sign_and_their_id_is_what_the_docs_say() {
    let office = Office::new();
    let folder = office.folder.path("");
    openssl(&folder, &["genpkey", "-algorithm", "ed25519", "-out", "own.pem"]);
    openssl(&folder, &["pkey", "-in", "own.pem", "-pubout", "-out", "own.pub.pem"]);
    let ana = key("Ana").public().to_pem().unwrap();
    office.folder.write("new.toml", policy("", &PEOPLE).replace(&ana, &office.folder.read("own.pub.pem")));
    let path = office.folder.path("new.toml");
    office.signed("Olga", |signing| office.open()?.set_policy(&path, signing)).unwrap();
    write_run(&run(1), &office.folder, "run");
    // The office's clock is ahead of this machine's: a registry of the program's own time.
    let program = |arguments: &[&str]| {
        let mut command = office.folder.command(arguments);
        command.env("SCOREWRIGHT_REGISTRY", "own");
        crate::support::finish(crate::support::start(command))
    };
    program(&["registry", "init", "--policy", "new.toml", "--key", "keys/Olga.pem"]).succeeds();
    program(&["register", "run", "--key", "own.pem"]).succeeds();
    let id = "openssl pkey -pubin -in own.pub.pem -outform DER | sha256sum";
    assert!(
        include_str!("../../../docs/registry.md")
            .contains("openssl pkey -pubin -in KEY.pub.pem -outform DER | sha256sum")
    );
    let id = Command::new("bash").args(["-c", id]).current_dir(&folder).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap();
    let shown = program(&["registry", "policy", "--json"]);
    let people: Value = serde_json::from_str(&shown.stdout).unwrap();
    let ana = people["people"].as_array().unwrap().iter().find(|person| person["name"] == "Ana").unwrap();
    assert_eq!(ana["key"].as_str().unwrap(), &id[..64]);

    // Keys that cannot sign here say what to do.
    openssl(&folder, &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa.pem"]);
    openssl(&folder, &["genpkey", "-algorithm", "x25519", "-out", "x.pem"]);
    openssl(&folder, &["pkey", "-in", "own.pem", "-aes256", "-passout", "pass:secret", "-out", "locked.pem"]);
    for (file, said) in [("rsa.pem", "no Ed25519"), ("x.pem", "no Ed25519"), ("locked.pem", "the key is encrypted")] {
        program(&["register", "run", "--key", file]).fails(3, &[said, file, "openssl"]);
    }
}

#[test]
fn keys_made_here_are_those_of_openssl() {
    let office = Office::new();
    let folder = office.folder.path("");
    office.folder.run(&["registry", "key", "ana"]).succeeds();
    openssl(&folder, &["pkey", "-in", "ana.pem", "-out", "again.pem"]);
    assert_eq!(office.folder.read("again.pem"), office.folder.read("ana.pem"));
    openssl(&folder, &["pkey", "-in", "ana.pem", "-pubout", "-out", "again.pub.pem"]);
    assert_eq!(office.folder.read("again.pub.pem"), office.folder.read("ana.pub.pem"));
}

#[test]
fn independent_readers_take_every_envelope_and_find_a_changed_byte() {
    let (office, signers) = path();
    let keys: serde_json::Map<String, Value> =
        PEOPLE.iter().map(|(name, _)| (key_id(name), json!(key(name).public().to_pem().unwrap()))).collect();
    let mut envelopes: Vec<String> =
        (1..=5).map(|number| std::fs::read_to_string(event(&office, number)).unwrap()).collect();
    envelopes.push(envelopes[2].replacen("\"payload\":\"eyJf", "\"payload\":\"eyJg", 1));
    envelopes.push(envelopes[2].replace(&key_id("Ben"), &key_id("Cora")));
    let script = include_str!("../../registry/check_envelopes.py");
    let found = run_in(Environment::Registry, script, &json!({ "keys": keys, "envelopes": envelopes }), &office.folder);
    let registry = office.open().unwrap();
    for (at, name) in signers.iter().enumerate() {
        let (seen, statement) = (&found[at], &registry.ledger().events[at].statement);
        assert_eq!(seen["holds"], true, "event {}: {}", at + 1, seen["why"]);
        assert_eq!(seen["signers"], json!([key_id(name)]));
        assert_eq!(seen["predicate_type"], statement.predicate_type);
        let subjects: Vec<Value> =
            statement.subject.iter().map(|subject| json!([subject.name, subject.digest["sha256"]])).collect();
        assert_eq!(seen["subjects"], json!(subjects));
    }
    assert_eq!((&found[5]["holds"], &found[6]["holds"]), (&json!(false), &json!(false)), "{found}");
}
