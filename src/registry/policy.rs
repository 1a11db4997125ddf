//! The policy: who may do what, by which keys. A TOML file that an owner signs; each version of it is an event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::form::is_plain;
use super::keys::PublicKey;
use crate::config::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// Signs policies and revokes keys.
pub const OWNER: &str = "owner";
/// Registers versions.
pub const DEVELOPER: &str = "developer";
/// Validates versions of others.
pub const VALIDATOR: &str = "validator";

/// The file's name in the registry.
pub const POLICY_FILE: &str = "policy.toml";

/// The file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    #[serde(default)]
    policy: PolicySection,
    people: Vec<PersonSection>,
}

/// `[policy]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicySection {
    name: String,
    approve: Vec<String>,
    release: Vec<String>,
    longest_exception_days: u32,
    approval_days: Option<u32>,
    limits_required: bool,
    independent_evidence: bool,
}

impl Default for PolicySection {
    fn default() -> Self {
        PolicySection {
            name: String::new(),
            approve: vec!["approver".to_owned()],
            release: vec!["approver".to_owned()],
            longest_exception_days: 90,
            approval_days: None,
            limits_required: false,
            independent_evidence: false,
        }
    }
}

/// `[[people]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonSection {
    name: String,
    roles: Vec<String>,
    keys: Vec<String>,
}

/// A person with roles and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What the person may do.
    pub roles: BTreeSet<String>,
}

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whose registry this is.
    pub name: String,
    /// The roles that must each approve a validated version, by a person each.
    pub approve: Vec<String>,
    /// The roles that release and retire.
    pub release: Vec<String>,
    /// The longest time that an exception may hold, in days.
    pub longest_exception_days: u32,
    /// How long after its last approval a version may be released, in days; `None`: for good.
    pub approval_days: Option<u32>,
    /// Whether evidence without a limit is as good as failed.
    pub limits_required: bool,
    /// Whether a validation needs evidence of its own, not that of training.
    pub independent_evidence: bool,
    /// Everybody, in the order of the file.
    pub people: Vec<Person>,
    keys: BTreeMap<String, (usize, PublicKey)>,
}

impl Policy {
    /// Reads and checks the text of a policy; `path` is where messages say that it stands.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], with the line.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let source = Source { path: path.to_path_buf(), text: text.to_owned() };
        let file: PolicyFile = source.parse()?;
        let section = file.policy;
        let roles: BTreeSet<&str> = [OWNER, DEVELOPER, VALIDATOR]
            .into_iter()
            .chain(section.approve.iter().chain(&section.release).map(String::as_str))
            .collect();
        if !is_plain(&section.name) {
            return Err(source.error(&["policy", "name"], "the name is not plain text").help("write it in one line"));
        }
        for (key, named) in [("approve", &section.approve), ("release", &section.release)] {
            let wrong = |what: &str| Err(source.error(&["policy", key], what));
            if named.is_empty() {
                return wrong("at least one role must be named").map_err(|e| e.help("[\"approver\"] is the default"));
            }
            if named.iter().collect::<BTreeSet<_>>().len() != named.len() {
                return wrong("a role stands twice").map_err(|e| e.help("name each role once"));
            }
            if named.iter().any(|role| [DEVELOPER, VALIDATOR].contains(&role.as_str())) {
                return wrong("developers and validators cannot approve or release")
                    .map_err(|e| e.help("name another role, such as \"approver\""));
            }
        }
        if !(1..=3660).contains(&section.longest_exception_days) {
            return Err(source
                .error(&["policy", "longest_exception_days"], "longest_exception_days must be from 1 to 3660")
                .help("90 is the default"));
        }
        if section.approval_days.is_some_and(|days| !(1..=36_600).contains(&days)) {
            return Err(source
                .error(&["policy", "approval_days"], "approval_days must be from 1 to 36600")
                .help("leave it out where approvals hold for good"));
        }
        let (mut people, mut keys): (Vec<Person>, BTreeMap<String, (usize, PublicKey)>) = (Vec::new(), BTreeMap::new());
        for (at, person) in file.people.iter().enumerate() {
            let place = at.to_string();
            let wrong = |key: &str, what: String| source.error(&["people", &place, key], what);
            if person.name.trim() != person.name || person.name.is_empty() || !is_plain(&person.name) {
                return Err(wrong("name", "a person's name is empty or not plain text".to_owned())
                    .help("write the person's name"));
            }
            if people.iter().any(|known| known.name.to_lowercase() == person.name.to_lowercase()) {
                return Err(wrong("name", format!("{:?} stands twice", person.name))
                    .help("give all of a person's keys in one entry: two entries would pass for two people"));
            }
            for role in &person.roles {
                if !roles.contains(role.as_str()) {
                    let known = roles.iter().copied().collect::<Vec<_>>();
                    return Err(wrong("roles", format!("{:?} is no role of this policy", role))
                        .help(suggest::did_you_mean(role, "roles", known)));
                }
            }
            if person.roles.is_empty() || person.keys.is_empty() {
                return Err(wrong("name", format!("{:?} has no role or no key", person.name))
                    .help("give roles = [...] and keys = [...], or take the person out"));
            }
            for text in &person.keys {
                let key = PublicKey::from_pem(text).map_err(|what| {
                    wrong("keys", format!("a key of {:?}: {what}", person.name))
                        .help("give the text of the file KEY.pub.pem: openssl pkey -in KEY.pem -pubout")
                })?;
                if let Some((other, _)) = keys.insert(key.id()?, (at, key)) {
                    let name = people.get(other).map_or(&person.name, |known| &known.name);
                    return Err(wrong("keys", format!("{:?} has a key that stands for {name:?} too", person.name))
                        .help("every person has a key of his own"));
                }
            }
            people.push(Person { name: person.name.clone(), roles: person.roles.iter().cloned().collect() });
        }
        let policy = Policy {
            name: section.name,
            approve: section.approve,
            release: section.release,
            longest_exception_days: section.longest_exception_days,
            approval_days: section.approval_days,
            limits_required: section.limits_required,
            independent_evidence: section.independent_evidence,
            people,
            keys,
        };
        policy.is_workable(&source)?;
        Ok(policy)
    }

    /// Somebody can do each step, and no version needs one person twice.
    fn is_workable(&self, source: &Source) -> Result<()> {
        let releases = self.release.iter().any(|role| self.holders(role).next().is_some());
        let missing = [OWNER, DEVELOPER, VALIDATOR]
            .into_iter()
            .chain(self.approve.iter().map(String::as_str))
            .find(|role| self.holders(role).next().is_none());
        if let Some(role) = missing.or_else(|| (!releases).then(|| self.release.first().map_or("", String::as_str))) {
            return Err(source
                .error(&["people"], format!("nobody is {role:?}"))
                .help("give the role to at least one person: no version could pass otherwise"));
        }
        if !self.can_pass() {
            return Err(source
                .error(
                    &["people"],
                    "no version could pass: its developer, its validator and each approver must be different people",
                )
                .help("give the roles to more people"));
        }
        Ok(())
    }

    /// Whether developer, validator and every approving role can be different people: an assignment of roles to people.
    fn can_pass(&self) -> bool {
        fn assign(policy: &Policy, roles: &[&str], taken: &mut Vec<String>) -> bool {
            let Some((role, rest)) = roles.split_first() else { return true };
            let free: Vec<String> =
                policy.holders(role).map(|person| person.name.clone()).filter(|name| !taken.contains(name)).collect();
            free.into_iter().any(|name| {
                taken.push(name);
                let passes = assign(policy, rest, taken);
                taken.pop();
                passes
            })
        }
        let mut roles = vec![DEVELOPER, VALIDATOR];
        roles.extend(self.approve.iter().map(String::as_str));
        assign(self, &roles, &mut Vec::new())
    }

    /// Those who have a role.
    pub fn holders<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Person> {
        self.people.iter().filter(move |person| person.roles.contains(role))
    }

    /// Names of those who have a role, for messages: `Ana or Ben`.
    pub fn holders_in_words(&self, role: &str) -> String {
        let names: Vec<String> = self.holders(role).map(|person| person.name.clone()).collect();
        or_in_words(&names)
    }

    /// Whose key this is, by its id.
    pub fn person(&self, key: &str) -> Option<(&Person, &PublicKey)> {
        let (at, public) = self.keys.get(key)?;
        self.people.get(*at).map(|person| (person, public))
    }

    /// The keys of all people: id, person, key.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Person, &PublicKey)> {
        self.keys.iter().filter_map(|(id, (at, key))| self.people.get(*at).map(|person| (id.as_str(), person, key)))
    }
}

/// Names for messages: `Ana or Ben`.
pub(super) fn or_in_words(names: &[String]) -> String {
    match names.split_last() {
        None => "nobody".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// The error for a file that is no UTF-8 text.
pub(super) fn policy_text(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| {
        Error::new(ErrorKind::Configuration, "the policy is not UTF-8 text").in_file(path).help("save it as UTF-8")
    })
}
