//! MLflow's public REST API, as far as a mirror needs it. Source: mlflow.org/docs/latest/api_reference/rest-api.html.

use std::cell::Cell;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use url::Url;

use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);
/// Until an answer is there.
const ANSWER: Duration = Duration::from_secs(60);
/// Until a file is taken.
const UPLOAD: Duration = Duration::from_secs(600);
/// What a server is asked for at once.
const PAGE: &str = "100";

/// How a server knows the caller.
#[derive(Clone, Default)]
pub enum Credentials {
    /// It does not.
    #[default]
    None,
    /// By a token.
    Token(String),
    /// By name and password.
    Password(String, String),
}

/// A server.
pub(super) struct Mlflow<'a> {
    base: Url,
    client: reqwest::Client,
    credentials: Credentials,
    runtime: tokio::runtime::Runtime,
    progress: &'a dyn Progress,
    /// How many requests changed something.
    writes: Cell<usize>,
}

/// What a server answered.
struct Answer {
    status: StatusCode,
    text: String,
}

impl Answer {
    /// MLflow's own code of an error.
    fn code(&self) -> Option<String> {
        let value: Value = serde_json::from_str(&self.text).ok()?;
        Some(value["error_code"].as_str()?.to_owned())
    }
}

impl<'a> Mlflow<'a> {
    /// A server at a URL, which may have a path.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what is no address of a server.
    pub(super) fn new(url: &str, credentials: Credentials, progress: &'a dyn Progress) -> Result<Self> {
        let wrong = |what: String| {
            Error::new(ErrorKind::Usage, what).help("give the server's address: --mlflow http://HOST:5000")
        };
        let base = Url::parse(url).map_err(|e| wrong(format!("{url:?} is no URL: {e}")))?;
        if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
            return Err(wrong(format!("{url:?} is no address of an MLflow server")));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::new(ErrorKind::Usage, "the address holds a name or a password")
                .help("put them into the environment: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"));
        }
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("scorewright/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(internal)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
        Ok(Mlflow { base, client, credentials, runtime, progress, writes: Cell::new(0) })
    }

    /// How many requests changed something so far.
    pub(super) fn writes(&self) -> usize {
        self.writes.get()
    }

    fn address(&self, parts: &[&str]) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| internal("an address without a path"))?.pop_if_empty().extend(parts);
        Ok(url)
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder> {
        let parts: Vec<&str> = ["api", "2.0", "mlflow"].into_iter().chain(path.split('/')).collect();
        Ok(self.client.request(method, self.address(&parts)?))
    }

    fn send(&self, request: RequestBuilder) -> Result<Answer> {
        if self.progress.stopped() {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted; what was mirrored stays")
                .help("run the command again: it goes on from there"));
        }
        let request = match &self.credentials {
            Credentials::None => request,
            Credentials::Token(token) => request.bearer_auth(token),
            Credentials::Password(name, password) => request.basic_auth(name, Some(password)),
        };
        let answer = self.runtime.block_on(async {
            let response = request.send().await?;
            Ok(Answer { status: response.status(), text: response.text().await? })
        });
        answer.map_err(|e: reqwest::Error| self.unreachable(&e))
    }

    fn failed(&self, what: String) -> Error {
        Error::new(ErrorKind::Unreadable, what).in_file(self.base.as_str())
    }

    fn unreachable(&self, reason: &reqwest::Error) -> Error {
        let mut causes = vec![reason.to_string()];
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(reason);
        while let Some(found) = cause {
            causes.push(found.to_string());
            cause = found.source();
        }
        let why = if reason.is_timeout() { "it did not answer in time".to_owned() } else { causes.join(": ") };
        self.failed(format!("the MLflow server cannot be reached: {why}"))
            .help("check the address and that the server runs, and run the command again: it goes on where it stopped")
    }

    /// The error for an answer that is none of success.
    fn refused(&self, doing: &str, answer: &Answer) -> Error {
        let said: String = match serde_json::from_str::<Value>(&answer.text) {
            Ok(value) if value["message"].is_string() => value["message"].as_str().unwrap_or_default().to_owned(),
            _ => answer.text.chars().take(200).collect(),
        };
        let error = |what: String| self.failed(format!("{doing}: {what}"));
        let status = answer.status;
        match status.as_u16() {
            401 | 403 => error(format!("the MLflow server refuses access ({status}): {said}")).help(
                "give a token in MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; a \
                 server that does not know its own name takes --allowed-hosts",
            ),
            404 if answer.code().is_none() => error(format!("there is no MLflow at this address ({status})"))
                .help("give the address at which MLflow's own client finds the server (MLFLOW_TRACKING_URI)"),
            300..=399 => error(format!("the server leads elsewhere ({status})"))
                .help("give the address that it leads to; a page to sign in at cannot be passed: use a token"),
            _ => error(format!("the MLflow server answers {status}: {said}"))
                .help("see the server's own log; running the command again goes on where it stopped"),
        }
    }

    fn read(&self, doing: &str, answer: &Answer) -> Result<Value> {
        if !answer.status.is_success() {
            return Err(self.refused(doing, answer));
        }
        serde_json::from_str(&answer.text).map_err(|e| {
            self.failed(format!("{doing}: the server's answer is not MLflow's ({e})"))
                .help("give the address at which MLflow's own client finds the server (MLFLOW_TRACKING_URI)")
        })
    }

    /// Reads; `None` where MLflow says that it has no such thing.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub(super) fn find(&self, path: &str, query: &[(&str, &str)]) -> Result<Option<Value>> {
        let answer = self.send(self.request(Method::GET, path)?.query(query))?;
        match answer.code().as_deref() {
            Some("RESOURCE_DOES_NOT_EXIST") => Ok(None),
            _ => self.read(path, &answer).map(Some),
        }
    }

    /// Everything in all pages of a search by GET; `field` holds the results.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub(super) fn all(&self, path: &str, query: &[(&str, &str)], field: &str) -> Result<Vec<Value>> {
        self.pages(field, |token| {
            let sized = [("max_results", PAGE)];
            let next = (!token.is_empty()).then_some(("page_token", token));
            let request = self.request(Method::GET, path)?.query(query);
            // Lists of artifacts take no size.
            let request = if field == "files" { request } else { request.query(&sized) };
            self.read(path, &self.send(request.query(next.as_slice()))?)
        })
    }

    /// Every run of an experiment that was not deleted.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub(super) fn runs(&self, experiment: &str) -> Result<Vec<Value>> {
        self.pages("runs", |token| {
            let mut body = serde_json::json!({ "experiment_ids": [experiment], "max_results": 100 });
            if !token.is_empty() {
                body["page_token"] = token.into();
            }
            self.read("runs/search", &self.send(self.request(Method::POST, "runs/search")?.json(&body))?)
        })
    }

    fn pages(&self, field: &str, page: impl Fn(&str) -> Result<Value>) -> Result<Vec<Value>> {
        let (mut all, mut token) = (Vec::new(), String::new());
        loop {
            let mut found = page(&token)?;
            if let Value::Array(items) = found[field].take() {
                all.extend(items);
            }
            match found["next_page_token"].as_str() {
                Some(next) if !next.is_empty() && next != token => next.clone_into(&mut token),
                _ => return Ok(all),
            }
        }
    }

    /// Changes something.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub(super) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let answer = self.send(self.request(method, path)?.json(body))?;
        let value = self.read(path, &answer)?;
        self.writes.set(self.writes.get() + 1);
        Ok(value)
    }

    /// Puts a file at a path of the server's artifacts; false where it serves none.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub(super) fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<bool> {
        let parts: Vec<&str> = ["api", "2.0", "mlflow-artifacts", "artifacts"]
            .into_iter()
            .chain(path.split('/').filter(|part| !part.is_empty()))
            .collect();
        let request = self.client.put(self.address(&parts)?).timeout(UPLOAD).body(bytes);
        let answer = self.send(request)?;
        let is_unserved = answer.code().is_none() && matches!(answer.status.as_u16(), 404 | 405)
            || answer.text.contains("no-serve-artifacts");
        if is_unserved {
            return Ok(false);
        }
        if !answer.status.is_success() {
            return Err(self.refused(path, &answer));
        }
        self.writes.set(self.writes.get() + 1);
        Ok(true)
    }
}
