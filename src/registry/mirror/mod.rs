//! A mirror of the registry in an MLflow model registry, for those who look there. It is written and never read as truth:
//! what somebody changes in it is changed back, and nothing in it counts.
//!
//! MLflow cannot create a thing only where it is not there, except models and experiments by their names. So a version
//! is found by its tag, and what there is already is compared before anything is written: running again changes what
//! changed, and goes on where a run before was stopped. Two mirrors at once could make a version twice; that is noticed.

mod mlflow;
mod wanted;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Registry, Version, VersionId};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
pub use mlflow::Credentials;
use mlflow::Mlflow;
use wanted::Wanted;

/// The alias of the version in force.
pub const IN_FORCE: &str = "in_force";
const TAG_REGISTRY: &str = "scorewright.registry";
const TAG_CARD: &str = "scorewright.card";
const TAG_VERSION: &str = "scorewright.version";

/// Where to mirror to.
pub struct MirrorTo<'a> {
    /// The server's address.
    pub url: &'a str,
    /// How it knows the caller.
    pub credentials: Credentials,
    /// What stands before the names of models.
    pub prefix: &'a str,
}

/// A card in MLflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MirroredCard {
    /// The card.
    pub card: String,
    /// The registered model.
    pub model: String,
    /// The version that has the alias [`IN_FORCE`].
    pub in_force: Option<String>,
}

/// A version in MLflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MirroredVersion {
    /// The version.
    pub version: String,
    /// MLflow's own number.
    pub mlflow_version: String,
    /// Whether it was made now.
    pub created: bool,
    /// How many requests of this run changed something about it.
    pub writes: usize,
}

/// What a run of the mirror did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mirrored {
    /// Cards, by name.
    pub cards: Vec<MirroredCard>,
    /// Versions, by card and number.
    pub versions: Vec<MirroredVersion>,
    /// How many requests changed something.
    pub writes: usize,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// A card's name as MLflow takes it: it forbids `/` and `:`, and cannot search for `"` and `\`.
pub fn model_name(prefix: &str, card: &str) -> String {
    let plain = |c: char| if matches!(c, '/' | ':' | '"' | '\\') || c.is_control() { '-' } else { c };
    format!("{prefix}{card}").chars().map(plain).collect()
}

/// Mirrors every version to an MLflow server.
///
/// # Errors
/// [`ErrorKind::Unreadable`] where the server cannot be reached or refuses, [`ErrorKind::Refused`] where a model of that
/// name is not this registry's, [`ErrorKind::Registry`] where a file of the registry does not hold. What was mirrored
/// stays; running again goes on from there.
pub fn mirror(
    registry: &Registry,
    to: MirrorTo<'_>,
    as_of: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Mirrored> {
    let mut cards: BTreeMap<&str, Vec<&Version>> = BTreeMap::new();
    for version in &registry.ledger().versions {
        cards.entry(&version.id.card).or_default().push(version);
    }
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for card in cards.keys() {
        if let Some(other) = names.insert(model_name(to.prefix, card), card) {
            return Err(Error::new(
                ErrorKind::Refused,
                format!(
                    "the cards {other:?} and {card:?} would both be named {:?} in MLflow",
                    model_name(to.prefix, card)
                ),
            )
            .help("MLflow forbids / and : in names: rename one of the cards"));
        }
    }
    let mut mirror = Mirror {
        registry,
        mlflow: Mlflow::new(to.url, to.credentials, progress)?,
        as_of,
        serves_artifacts: true,
        done: Mirrored { cards: Vec::new(), versions: Vec::new(), writes: 0, notes: Vec::new() },
    };
    progress.begin("mirroring versions", registry.ledger().versions.len());
    for (card, versions) in cards {
        mirror.card(card, &model_name(to.prefix, card), &versions, progress)?;
    }
    mirror.done.writes = mirror.mlflow.writes();
    Ok(mirror.done)
}

struct Mirror<'a> {
    registry: &'a Registry,
    mlflow: Mlflow<'a>,
    as_of: DateTime<Utc>,
    serves_artifacts: bool,
    done: Mirrored,
}

/// Tags as MLflow takes them.
fn tag_list<'a>(tags: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    tags.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// A value of a list of `key` and `value`.
fn value<'a>(list: &'a Value, key: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|item| item["key"] == key).map(|item| &item["value"])
}

fn text<'a>(value: &'a Value, what: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| {
        Error::new(ErrorKind::Unreadable, format!("the server's answer lacks {what}"))
            .help("this server's API is not the one that MLflow describes; its version may be too old")
    })
}

/// What belongs to each version by its tag; of several the first, the rest in words.
fn by_version<'a>(
    registry: &str,
    items: &'a [Value],
    tags: impl Fn(&Value) -> &Value,
    what: &str,
    notes: &mut Vec<String>,
) -> BTreeMap<String, &'a Value> {
    let mut found: BTreeMap<String, &Value> = BTreeMap::new();
    for item in items {
        let tags = tags(item);
        let (Some(of), Some(version)) = (value(tags, TAG_REGISTRY), value(tags, TAG_VERSION).and_then(Value::as_str))
        else {
            continue;
        };
        if of != registry {
            continue;
        }
        if found.contains_key(version) {
            notes.push(format!("MLflow has {version} as more than one {what}: two mirrors ran at once; the first is kept up to date, delete the others"));
        } else {
            found.insert(version.to_owned(), item);
        }
    }
    found
}

impl Mirror<'_> {
    fn card(&mut self, card: &str, model: &str, versions: &[&Version], progress: &dyn Progress) -> Result<()> {
        if model != card {
            self.done.notes.push(format!("{card:?} is named {model:?} in MLflow"));
        }
        let (found, experiment) = (self.model(card, model)?, self.experiment(card, model)?);
        let mut runs = self.mlflow.runs(&experiment)?;
        runs.sort_by_key(|run| (run["info"]["start_time"].as_i64(), run["info"]["run_id"].to_string()));
        let filter = format!("name=\"{model}\"");
        let mut known = self.mlflow.all("model-versions/search", &[("filter", &filter)], "model_versions")?;
        known.sort_by_key(|version| version["version"].as_str().and_then(|number| number.parse::<u64>().ok()));
        let id = self.registry.id();
        let notes = &mut self.done.notes;
        let runs = by_version(id, &runs, |run| &run["data"]["tags"], "run", notes);
        let known = by_version(id, &known, |version| &version["tags"], "version", notes);
        let mut numbers: BTreeMap<&VersionId, String> = BTreeMap::new();
        for version in versions {
            let before = self.mlflow.writes();
            let name = version.id.to_string();
            let wanted = Wanted::of(self.registry, version, self.as_of)?;
            let (run, source) = self.run(&experiment, &name, runs.get(&name).copied(), &wanted)?;
            self.files(&run, &source, &wanted)?;
            let (number, created) = self.version(model, known.get(&name).copied(), (&run, &source), &wanted)?;
            self.done.versions.push(MirroredVersion {
                version: name,
                mlflow_version: number.clone(),
                created,
                writes: self.mlflow.writes() - before,
            });
            numbers.insert(&version.id, number);
            progress.advance();
        }
        let in_force = self.registry.ledger().in_force(card, self.as_of).map(|release| release.version);
        self.alias(model, &found, in_force.as_ref().and_then(|id| numbers.get(id)))?;
        // Last, so that it says of the whole card that it is as of this event.
        let head = self.registry.ledger().events.last().map(|event| event.sha256.clone()).unwrap_or_default();
        if value(&found["tags"], "scorewright.head").is_none_or(|known| *known != head) {
            let tag = json!({ "name": model, "key": "scorewright.head", "value": head });
            self.mlflow.write(Method::POST, "registered-models/set-tag", &tag)?;
        }
        self.done.cards.push(MirroredCard {
            card: card.to_owned(),
            model: model.to_owned(),
            in_force: in_force.map(|id| id.to_string()),
        });
        Ok(())
    }

    fn own_tags(&self, card: &str) -> Value {
        json!([{ "key": TAG_REGISTRY, "value": self.registry.id() }, { "key": TAG_CARD, "value": card }])
    }

    fn check_ours(&self, what: &str, name: &str, tags: &Value, card: &str) -> Result<()> {
        let is_ours = value(tags, TAG_REGISTRY).is_some_and(|id| id == self.registry.id())
            && value(tags, TAG_CARD).is_some_and(|known| known == card);
        if is_ours {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Refused, format!("MLflow has {what} {name:?} that is not of this registry"))
            .help("choose names of its own for the mirror: --prefix scorewright-"))
    }

    /// The registered model of a card, made where it is not there.
    fn model(&self, card: &str, model: &str) -> Result<Value> {
        if let Some(found) = self.mlflow.find("registered-models/get", &[("name", model)])? {
            let found = found["registered_model"].clone();
            self.check_ours("a model", model, &found["tags"], card)?;
            return Ok(found);
        }
        let description = format!(
            "Mirror of the card {card} in the scorewright registry {}. What is changed here counts for nothing.",
            self.registry.id()
        );
        let body = json!({ "name": model, "tags": self.own_tags(card), "description": description });
        Ok(self.mlflow.write(Method::POST, "registered-models/create", &body)?["registered_model"].take())
    }

    /// The id of the experiment that holds a card's runs, made where it is not there.
    fn experiment(&self, card: &str, model: &str) -> Result<String> {
        let name = format!("scorewright/{model}");
        let Some(found) = self.mlflow.find("experiments/get-by-name", &[("experiment_name", &name)])? else {
            let body = json!({ "name": name, "tags": self.own_tags(card) });
            let made = self.mlflow.write(Method::POST, "experiments/create", &body)?;
            return text(&made["experiment_id"], "an experiment's id").map(str::to_owned);
        };
        let found = &found["experiment"];
        self.check_ours("an experiment", &name, &found["tags"], card)?;
        if found["lifecycle_stage"] == "deleted" {
            return Err(Error::new(ErrorKind::Refused, format!("the experiment {name:?} was deleted in MLflow"))
                .help("restore it there (mlflow experiments restore), or mirror to other names: --prefix"));
        }
        text(&found["experiment_id"], "an experiment's id").map(str::to_owned)
    }

    /// The id and the place of artifacts of a version's run, with parameters and metrics.
    fn run(
        &self,
        experiment: &str,
        name: &str,
        found: Option<&Value>,
        wanted: &Wanted<'_>,
    ) -> Result<(String, String)> {
        let made;
        let run = match found {
            Some(run) => run,
            None => {
                let body = json!({
                    "experiment_id": experiment,
                    "run_name": name,
                    "start_time": wanted.at,
                    "tags": tag_list(&wanted.identity),
                });
                made = self.mlflow.write(Method::POST, "runs/create", &body)?["run"].take();
                &made
            }
        };
        let id = text(&run["info"]["run_id"], "a run's id")?;
        let data = &run["data"];
        let params: Vec<Value> = wanted
            .params
            .iter()
            .filter(|(key, _)| value(&data["params"], key).is_none())
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect();
        let metrics: Vec<Value> =
            wanted.metrics.iter().filter_map(|(key, figure)| metric(data, key, *figure)).collect();
        if !params.is_empty() || !metrics.is_empty() {
            let body = json!({ "run_id": id, "params": params, "metrics": metrics });
            self.mlflow.write(Method::POST, "runs/log-batch", &body)?;
        }
        if run["info"]["status"] != "FINISHED" {
            let body = json!({ "run_id": id, "status": "FINISHED", "end_time": wanted.at });
            self.mlflow.write(Method::POST, "runs/update", &body)?;
        }
        Ok((id.to_owned(), text(&run["info"]["artifact_uri"], "a run's place for artifacts")?.to_owned()))
    }

    /// Uploads the files that the run does not have in their length.
    fn files(&mut self, run: &str, source: &str, wanted: &Wanted<'_>) -> Result<()> {
        let served = source.strip_prefix("mlflow-artifacts:/").filter(|path| !path.starts_with('/'));
        let Some(place) = served.filter(|_| self.serves_artifacts) else {
            return self.unserved(source);
        };
        let mut known: BTreeMap<String, u64> = BTreeMap::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let mut query = vec![("run_id", run)];
            if !folder.is_empty() {
                query.push(("path", &folder));
            }
            for file in self.mlflow.all("artifacts/list", &query, "files")? {
                let path = text(&file["path"], "an artifact's path")?.to_owned();
                match file["is_dir"] == true {
                    true => folders.push(path),
                    // int64 stands as a text in some servers' JSON.
                    false => {
                        let size = &file["file_size"];
                        let size = size.as_u64().or_else(|| size.as_str()?.parse().ok());
                        known.extend(size.map(|size| (path, size)));
                    }
                }
            }
        }
        for (path, file) in &wanted.files {
            if known.get(path) == Some(&file.bytes) {
                continue;
            }
            let bytes = self.registry.file(file)?;
            if !self.mlflow.upload(&format!("{place}/{path}"), bytes)? {
                return self.unserved(source);
            }
        }
        Ok(())
    }

    fn unserved(&mut self, source: &str) -> Result<()> {
        if self.serves_artifacts {
            self.serves_artifacts = false;
            self.done.notes.push(format!(
                "this server takes no artifacts by itself (they stand at {source}): the files were not mirrored; \
                 mlflow server --serve-artifacts makes it take them"
            ));
        }
        Ok(())
    }

    /// MLflow's number of a version, and whether it was made now; its tags say where it stands.
    fn version(
        &self,
        model: &str,
        found: Option<&Value>,
        (run, source): (&str, &str),
        wanted: &Wanted<'_>,
    ) -> Result<(String, bool)> {
        let Some(found) = found else {
            let body = json!({
                "name": model,
                "source": source,
                "run_id": run,
                "tags": tag_list(wanted.identity.iter().chain(&wanted.standing)),
            });
            let made = self.mlflow.write(Method::POST, "model-versions/create", &body)?;
            return Ok((text(&made["model_version"]["version"], "a version's number")?.to_owned(), true));
        };
        let number = text(&found["version"], "a version's number")?;
        for (key, wanted) in wanted.identity.iter().chain(&wanted.standing) {
            if value(&found["tags"], key).is_none_or(|known| known != wanted) {
                let tag = json!({ "name": model, "version": number, "key": key, "value": wanted });
                self.mlflow.write(Method::POST, "model-versions/set-tag", &tag)?;
            }
        }
        Ok((number.to_owned(), false))
    }

    /// Puts the alias on the version in force, or takes it away.
    fn alias(&self, model: &str, found: &Value, wanted: Option<&String>) -> Result<()> {
        let aliases = found["aliases"].as_array();
        let known = aliases.and_then(|all| all.iter().find(|alias| alias["alias"] == IN_FORCE));
        let known = known.map(|alias| text(&alias["version"], "an alias's version")).transpose()?;
        let body = |version: &str| json!({ "name": model, "alias": IN_FORCE, "version": version });
        match (known, wanted) {
            (Some(known), Some(wanted)) if known == wanted => {}
            (_, Some(wanted)) => {
                self.mlflow.write(Method::POST, "registered-models/alias", &body(wanted))?;
            }
            (Some(_), None) => {
                let body = json!({ "name": model, "alias": IN_FORCE });
                self.mlflow.write(Method::DELETE, "registered-models/alias", &body)?;
            }
            (None, None) => {}
        }
        Ok(())
    }
}

/// A metric to log; none where MLflow's latest value is the wanted one. MLflow shows the value of the largest step.
fn metric(data: &Value, key: &str, (wanted, at): (f64, i64)) -> Option<Value> {
    let known = data["metrics"].as_array().and_then(|all| all.iter().find(|metric| metric["key"] == key));
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let step = match known {
        Some(known) if known["value"].as_f64() == Some(wanted) => return None,
        Some(known) => number(&known["step"]).unwrap_or(0) + 1,
        None => 0,
    };
    Some(json!({ "key": key, "value": wanted, "timestamp": at, "step": step }))
}
