//! `registry ...`: make one, its keys and policy, and what else its owner does.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use scorewright::error::{Error, ErrorKind, Result, internal};
use scorewright::registry::{PrivateKey, Registry};
use serde_json::json;

use super::super::{Console, Done};
use super::mirror::Mirror;
use super::page::Page;
use super::table::table;
use super::{Key, Place, event_json, show, signed};

/// Makes and keeps a registry: keys, policy, revocations, the log.
#[derive(Debug, Args)]
pub struct Administration {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a registry with its first policy
    Init(Init),
    /// Make a key pair: NAME.pem, to keep, and NAME.pub.pem, to give to the owner
    Key(MakeKey),
    /// Show the policy in force, or bring another into force
    Policy(SetPolicy),
    /// Revoke a key
    Revoke(Revoke),
    /// Show the whole log
    Log(Log),
    /// Write the registry as a page
    Page(Page),
    /// Mirror the versions to an MLflow model registry
    Mirror(Mirror),
}

impl Administration {
    pub fn run(&self, console: &Console) -> Result<Done> {
        match &self.command {
            Command::Init(command) => command.run(),
            Command::Key(command) => command.run(),
            Command::Policy(command) => command.run(),
            Command::Revoke(command) => command.run(),
            Command::Log(command) => command.run(),
            Command::Page(command) => command.run(console),
            Command::Mirror(command) => command.run(console),
        }
    }
}

/// Makes a registry: a directory or a place in an object store. Its first event is the policy, signed by an owner.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright registry init --trial\n  scorewright registry init --policy policy.toml --key keys/owner.pem --registry s3://bank-models/scorecards\n\nA policy:\n  [policy]\n  name = \"My lender\"\n  approve = [\"approver\"]            # each role must approve, another person each\n  release = [\"approver\"]            # who releases and retires\n  longest_exception_days = 90\n  [[people]]\n  name = \"Ana\"\n  roles = [\"developer\"]\n  keys = [\"\"\"-----BEGIN PUBLIC KEY-----\n  ...\n  -----END PUBLIC KEY-----\"\"\"]"
)]
struct Init {
    /// The policy: people, roles, keys
    #[arg(long, value_name = "FILE", required_unless_present = "trial")]
    policy: Option<PathBuf>,
    /// For trying: make a key for each role and a policy, in keys/. In earnest, everybody makes a key of his own
    #[arg(long, conflicts_with_all = ["policy", "key"])]
    trial: bool,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl Init {
    fn run(&self) -> Result<Done> {
        let (registry, recorded, hint) = match &self.policy {
            Some(policy) => {
                let made = signed(&self.key, |signing| Registry::create(self.place.store(true)?, policy, signing))?;
                (made.0, made.1, "KEY.pem".to_owned())
            }
            None => {
                let (policy, owner) = trial_keys(Path::new("keys"))?;
                let signing = scorewright::registry::Signing { key: &owner, clock: &super::now };
                let made = Registry::create(self.place.store(true)?, &policy, &signing)?;
                (made.0, made.1, "keys/developer.pem".to_owned())
            }
        };
        let text = format!(
            "a registry at {} (id {})\nnext: scorewright register RUN --key {hint}{}\n",
            registry.store().location(),
            registry.id(),
            self.place.words()
        );
        let json = json!({
            "registry": registry.id(),
            "location": registry.store().location().to_string(),
            "event": event_json(&recorded),
        });
        Ok(Done { text, json, limits_passed: true })
    }
}

/// A key for each role, and their policy.
fn trial_keys(folder: &Path) -> Result<(PathBuf, PrivateKey)> {
    let mut policy =
        "# For trying: one person holds all keys, so the signatures prove nothing yet.\n[policy]\nname = \"Trial\"\n"
            .to_owned();
    let mut owner = None;
    for role in ["owner", "developer", "validator", "approver"] {
        let key = new_key()?;
        write_key(folder, role, &key)?;
        policy.push_str(&person(&format!("Trial {role}"), role, &key)?);
        if role == "owner" {
            owner = Some(key);
        }
    }
    let path = folder.join("policy.toml");
    write_new(&path, policy.as_bytes(), false)?;
    Ok((path, owner.ok_or_else(|| internal("no key was made"))?))
}

/// The entry of a person in a policy.
fn person(name: &str, role: &str, key: &PrivateKey) -> Result<String> {
    Ok(format!(
        "[[people]]\nname = {}\nroles = [{role:?}]\nkeys = [\"\"\"\n{}\"\"\"]\n",
        toml::Value::String(name.to_owned()),
        key.public().to_pem()?
    ))
}

/// A key of the operating system's random bytes.
fn new_key() -> Result<PrivateKey> {
    use rand::TryRng;
    let mut seed = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut seed).map_err(|e| {
        Error::new(ErrorKind::Output, format!("the operating system gives no random bytes: {e}"))
            .help("make the key with openssl genpkey -algorithm ed25519 -out KEY.pem")
    })?;
    Ok(PrivateKey::from_seed(&seed))
}

fn write_key(folder: &Path, name: &str, key: &PrivateKey) -> Result<(PathBuf, PathBuf)> {
    std::fs::create_dir_all(folder)
        .map_err(|e| Error::new(ErrorKind::Output, format!("the folder cannot be made: {e}")).in_file(folder))?;
    let (private, public) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.pub.pem")));
    write_new(&private, key.to_pem()?.as_bytes(), true)?;
    write_new(&public, key.public().to_pem()?.as_bytes(), false)?;
    Ok((private, public))
}

/// Writes a file that must not be there: a key is never written over.
fn write_new(path: &Path, bytes: &[u8], is_private: bool) -> Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    let failed = |e: std::io::Error| {
        Error::new(ErrorKind::Output, format!("the file cannot be written: {e}"))
            .in_file(path)
            .help("choose another name, or move the file that is there: keys are never written over")
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

/// Makes an Ed25519 key pair. openssl reads and makes the same files: openssl genpkey -algorithm ed25519.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright registry key ana")]
struct MakeKey {
    /// The files' name
    name: String,
    /// The folder to write them in
    #[arg(long, default_value = ".", value_name = "DIRECTORY")]
    out: PathBuf,
}

impl MakeKey {
    fn run(&self) -> Result<Done> {
        if self.name.is_empty() || !self.name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return Err(Error::new(ErrorKind::Usage, format!("{:?} is no name for a file", self.name))
                .help("use letters, digits, - and _"));
        }
        let key = new_key()?;
        let (private, public) = write_key(&self.out, &self.name, &key)?;
        let text = format!(
            "{}: keep it to yourself\n{}: give it to the registry's owner, for the policy:\n\n{}",
            private.display(),
            public.display(),
            person(&self.name, "developer", &key)?
        );
        let json = json!({ "private": private, "public": public, "id": key.public().id()? });
        Ok(Done { text, json, limits_passed: true })
    }
}

/// Shows the policy in force; with a file, brings that into force, signed by an owner.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright registry policy\n  scorewright registry policy policy.toml --key keys/owner.pem"
)]
struct SetPolicy {
    /// The policy to bring into force
    policy: Option<PathBuf>,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl SetPolicy {
    fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let recorded = match &self.policy {
            Some(path) => Some(signed(&self.key, |signing| registry.set_policy(path, signing))?),
            None => None,
        };
        let ledger = registry.ledger();
        let policy = ledger.policy()?;
        let mut rows = Vec::new();
        let mut people = Vec::new();
        for (id, person, _) in policy.keys() {
            let roles: Vec<&str> = person.roles.iter().map(String::as_str).collect();
            let revoked = ledger.revoked.get(id);
            let state = revoked.map(|by| format!("revoked by event {by}")).unwrap_or_default();
            rows.push(vec![person.name.clone(), roles.join(", "), id.to_owned(), state]);
            people.push(json!({ "name": person.name, "roles": roles, "key": id, "revoked_by": revoked }));
        }
        let mut text = match &recorded {
            Some(recorded) => format!("a new policy is in force (event {})\n", recorded.number),
            None => String::new(),
        };
        text.push_str(&format!(
            "{}: approve {}; release {}; exceptions up to {} days\n\n{}",
            if policy.name.is_empty() { "policy" } else { &policy.name },
            policy.approve.join(" and "),
            policy.release.join(" or "),
            policy.longest_exception_days,
            table(&["who", "roles", "key", ""], &rows)
        ));
        let json = json!({
            "name": policy.name,
            "approve": policy.approve,
            "release": policy.release,
            "longest_exception_days": policy.longest_exception_days,
            "approval_days": policy.approval_days,
            "limits_required": policy.limits_required,
            "independent_evidence": policy.independent_evidence,
            "people": people,
            "event": recorded.as_ref().map(event_json),
        });
        Ok(Done { text, json, limits_passed: true })
    }
}

/// Revokes a key: nothing that it signs from now on is taken. With --since, what it signed from that event on no longer
/// counts either: for a key that was stolen.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright registry revoke 3f6a... --reason \"laptop stolen\" --since 12 --key keys/owner.pem"
)]
struct Revoke {
    /// The id of the key to revoke, as `registry policy` shows it
    id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The first event that no longer counts where this key signed it
    #[arg(long, value_name = "EVENT")]
    since: Option<u64>,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl Revoke {
    fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let recorded =
            signed(&self.key, |signing| registry.revoke(&self.id.to_lowercase(), &self.reason, self.since, signing))?;
        let lost: Vec<u64> =
            registry.ledger().events.iter().filter(|event| !event.counts).map(|event| event.entry().number).collect();
        let mut text = format!("revoked {} (event {})\n", self.id, recorded.number);
        if !lost.is_empty() {
            let numbers: Vec<String> = lost.iter().map(u64::to_string).collect();
            text.push_str(&format!("events that no longer count: {}\n", numbers.join(", ")));
        }
        text.push_str(&format!("next: scorewright verify{} tells which versions are touched\n", self.place.words()));
        Ok(Done { text, json: json!({ "event": event_json(&recorded), "no_longer_count": lost }), limits_passed: true })
    }
}

/// Shows every event.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright registry log")]
struct Log {
    #[command(flatten)]
    place: Place,
}

impl Log {
    fn run(&self) -> Result<Done> {
        let registry = self.place.open()?;
        let events = &registry.ledger().events;
        let rows: Vec<Vec<String>> = events
            .iter()
            .map(|event| {
                let mut row = show::row(event);
                let about = event.entry().action.version().map(ToString::to_string).unwrap_or_default();
                row.insert(3, about);
                row
            })
            .collect();
        let json = json!({
            "registry": registry.id(),
            "events": events.iter().map(show::event_json).collect::<Vec<_>>(),
        });
        Ok(Done { text: table(&["event", "when (UTC)", "who", "version", "what"], &rows), json, limits_passed: true })
    }
}
