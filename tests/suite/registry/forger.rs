//! A thief who does not use the program: envelopes signed by hand with keys that were stolen, and files changed in place.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use scorewright::registry::{
    Action, Entry, Envelope, EnvelopeSignature, PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, SignerName, Statement,
    Subject, pre_authentication_encoding,
};
use sha2::{Digest, Sha256};

use super::office::{Office, key_id, sha256};

/// The file of an event.
pub fn event(office: &Office, number: u64) -> PathBuf {
    office.path(&format!("log/{number:08}.json"))
}

/// The statement that somebody would sign next: in the name and role that are said, with the subjects that the rules want.
pub fn next(office: &Office, name: &str, role: &str, action: Action) -> Statement {
    let registry = office.open().unwrap();
    let ledger = registry.ledger();
    let scorecard = match &action {
        Action::Register { .. } => None,
        action => action.version().and_then(|id| ledger.version(id)).map(|version| version.scorecard_sha256.clone()),
    };
    let key = match &action {
        Action::Revoke { key, .. } => Some(Subject::new("key", key)),
        _ => None,
    };
    let files = action.files().iter().map(|file| Subject::new(&file.name, &file.sha256));
    let subject =
        key.into_iter().chain(scorecard.map(|digest| Subject::new("scorecard.json", &digest))).chain(files).collect();
    Statement {
        kind: STATEMENT_TYPE.to_owned(),
        subject,
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: Entry {
            registry: Some(registry.id().to_owned()),
            number: ledger.events.len() as u64 + 1,
            previous_sha256: ledger.events.last().map(|event| event.sha256.clone()),
            at: office.now(),
            signer: SignerName { name: name.to_owned(), role: role.to_owned() },
            tool_version: "0.1.0".to_owned(),
            action,
        },
    }
}

/// Signs a statement with somebody's key and writes it as the event of its number.
pub fn write(office: &Office, key: &str, statement: &Statement) {
    let payload = serde_json::to_vec(statement).unwrap();
    let signing = SigningKey::from_bytes(&Sha256::digest(key).into());
    let signature = signing.sign(&pre_authentication_encoding(PAYLOAD_TYPE, &payload));
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: STANDARD.encode(&payload),
        signatures: vec![EnvelopeSignature { keyid: key_id(key), sig: STANDARD.encode(signature.to_bytes()) }],
    };
    let mut bytes = serde_json::to_vec(&envelope).unwrap();
    bytes.push(b'\n');
    std::fs::write(event(office, statement.predicate.number), bytes).unwrap();
}

/// A file of the registry by its name in an event.
pub fn file(office: &Office, name: &str) -> PathBuf {
    let registry = office.open().unwrap();
    let record =
        registry.ledger().events.iter().flat_map(|event| event.entry().action.files()).find(|file| file.name == name);
    office.path(&registry.place(record.unwrap_or_else(|| panic!("no event names {name}"))))
}

/// Everything in the log, to see that nothing was written.
pub fn log(office: &Office) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(office.path("log")).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<(String, String)> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), sha256(&std::fs::read(entry.path()).unwrap())))
        .collect();
    files.sort();
    files
}
