//! `registry mirror`: the versions in an MLflow model registry.

use clap::Args;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::registry::{Credentials, MirrorTo, mirror};
use serde_json::json;

use super::super::{Console, Done};
use super::{Place, now};

/// Mirrors the versions to an MLflow model registry: a registered model a card, a run and a version each, with the alias
/// `in_force`. Run it again after every change; nothing is read back. Credentials come from the environment, by the names
/// that MLflow's own client knows: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright registry mirror --mlflow http://127.0.0.1:5000")]
pub struct Mirror {
    /// The server's address [default: MLFLOW_TRACKING_URI]
    #[arg(long, value_name = "URL")]
    mlflow: Option<String>,
    /// The variable of the environment that holds the token
    #[arg(long, value_name = "NAME", default_value = "MLFLOW_TRACKING_TOKEN")]
    token_env: String,
    /// What stands before the models' names in MLflow
    #[arg(long, value_name = "TEXT", default_value = "")]
    prefix: String,
    #[command(flatten)]
    place: Place,
}

impl Mirror {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let Some(url) = self.mlflow.clone().or_else(|| variable("MLFLOW_TRACKING_URI")) else {
            return Err(Error::new(ErrorKind::Usage, "no MLflow server is named")
                .help("give its address: --mlflow http://HOST:5000, or MLFLOW_TRACKING_URI in the environment"));
        };
        let registry = self.place.open()?;
        let to = MirrorTo { url: &url, credentials: self.credentials()?, prefix: &self.prefix };
        let done = mirror(&registry, to, now(), console)?;
        let created = done.versions.iter().filter(|version| version.created).count();
        let changed = done.versions.iter().filter(|version| !version.created && version.writes > 0).count();
        let mut text = match (done.versions.len(), done.writes) {
            (0, _) => "no versions yet: nothing to mirror\n".to_owned(),
            (all, 0) => format!("MLflow is up to date: {all} versions, nothing to change\n"),
            (all, _) => format!(
                "mirrored {all} versions: {created} new, {changed} changed, {} as they were\n",
                all - created - changed
            ),
        };
        for card in &done.cards {
            let in_force = card.in_force.as_deref().unwrap_or("none");
            text.push_str(&format!("{}: in force {in_force}\n", card.model));
        }
        for version in done.versions.iter().filter(|version| version.created) {
            let number = version.version.rsplit('/').next().unwrap_or_default();
            if number != version.mlflow_version {
                text.push_str(&format!(
                    "note: {} is number {} in MLflow; its tag scorewright.version says which it is\n",
                    version.version, version.mlflow_version
                ));
            }
        }
        for note in &done.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        Ok(Done { text, json: json!(done), limits_passed: true })
    }

    fn credentials(&self) -> Result<Credentials> {
        let (name, password) = (variable("MLFLOW_TRACKING_USERNAME"), variable("MLFLOW_TRACKING_PASSWORD"));
        let token = variable(&self.token_env);
        if token.is_none() && self.token_env != "MLFLOW_TRACKING_TOKEN" {
            return Err(Error::new(ErrorKind::Usage, format!("the environment has no {}", self.token_env))
                .help("put the token there, or leave --token-env out"));
        }
        Ok(match (name, password, token) {
            (Some(name), Some(password), _) => Credentials::Password(name, password),
            (_, _, Some(token)) => Credentials::Token(token),
            _ => Credentials::None,
        })
    }
}

/// A variable that is there and says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
