//! The mirror in MLflow, held against a real server and read back with MLflow's own client.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scorewright::error::Result;
use scorewright::progress::{Progress, Silent};
use scorewright::registry::{Credentials, MirrorTo, Mirrored, mirror};
use serde_json::{Value, json};

use super::office::{Office, words};
use super::page::validation;
use crate::python::{Environment, interpreter, run_in};
use crate::support::Folder;

/// An MLflow server of a test's own; it ends with the test, however that ends.
struct Server {
    process: Child,
    url: String,
    folder: Folder,
}

impl Server {
    fn start(artifacts: &[&str]) -> Self {
        let folder = Folder::new();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(folder.path("server.log")).unwrap();
        let process = Command::new(interpreter(Environment::Registry))
            .args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1", "--port", &port.to_string()])
            .args(["--backend-store-uri", &format!("sqlite:///{}", folder.path("mlflow.db").display())])
            .args(artifacts)
            .current_dir(folder.path("."))
            .envs([("MLFLOW_DISABLE_TELEMETRY", "true"), ("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        let server = Server { process, url: format!("http://127.0.0.1:{port}"), folder };
        let mut tries = 0;
        while !server.is_up(port) {
            tries += 1;
            assert!(tries < 600, "no server: {}", server.folder.read("server.log"));
            std::thread::sleep(Duration::from_millis(200));
        }
        server
    }

    fn is_up(&self, port: u16) -> bool {
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let asked = stream.write_all(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
    }

    fn mirror(&self, office: &Office, prefix: &str, progress: &dyn Progress) -> Result<Mirrored> {
        let to = MirrorTo { url: &self.url, credentials: Credentials::None, prefix };
        mirror(&office.open().unwrap(), to, office.now(), progress)
    }

    /// What MLflow's client says of a model.
    fn model(&self, name: &str) -> Value {
        self.python(READ, &json!({ "name": name }))
    }

    fn python(&self, script: &str, input: &Value) -> Value {
        let mut input = input.clone();
        input["url"] = self.url.clone().into();
        run_in(Environment::Registry, &format!("{BEGIN}{script}"), &input, &self.folder)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The whole group: the server has workers.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.process.id())]).status();
        let _ = self.process.wait();
    }
}

const BEGIN: &str = r#"
import hashlib, json, os, pathlib, sys, tempfile
os.environ["NO_PROXY"] = "127.0.0.1"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
import mlflow
given = json.load(open(sys.argv[1]))
mlflow.set_tracking_uri(given["url"])
client = mlflow.MlflowClient()
"#;

const READ: &str = r#"
name = given["name"]
model = client.get_registered_model(name)
versions = []
for version in sorted(client.search_model_versions(f'name="{name}"'), key=lambda v: int(v.version)):
    run = client.get_run(version.run_id)
    with tempfile.TemporaryDirectory() as folder:
        try:
            mlflow.artifacts.download_artifacts(artifact_uri=version.source, dst_path=folder)
        except Exception as e:
            pathlib.Path(folder, "failed").write_text(str(e))
        files = {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
                 for p in pathlib.Path(folder).rglob("*") if p.is_file()}
        files = {path.removeprefix("artifacts/"): digest for path, digest in files.items()}
    versions.append({"number": version.version, "tags": version.tags, "metrics": run.data.metrics,
                     "params": run.data.params, "run": run.info.run_id, "run_tags": run.data.tags,
                     "status": run.info.status, "files": files})
experiment = client.get_experiment_by_name("scorewright/" + name)
runs = client.search_runs([experiment.experiment_id])
print(json.dumps({"tags": model.tags, "aliases": dict(model.aliases), "versions": versions, "runs": len(runs)}))
"#;

/// Says stop at the request of a number.
struct StopAt(AtomicUsize);

impl Progress for StopAt {
    fn begin(&self, _what: &str, _parts: usize) {}
    fn advance(&self) {}
    fn stopped(&self) -> bool {
        self.0.fetch_sub(1, Ordering::SeqCst) == 0
    }
}

/// A first version that Ben validated by evidence of his own and that is in force, and a candidate.
fn office() -> Office {
    let office = Office::new();
    let first = office.register("Ana", 1).unwrap();
    let evidence = validation(&office, 1);
    office.signed("Ben", |s| office.open()?.validate(&first, Some(&evidence), None, "", s)).unwrap();
    office.approve("Cora", &first).unwrap();
    office.release("Cora", &first).unwrap();
    office.register("Ana", 2).unwrap();
    office
}

#[test]
fn mlflow_shows_versions_figures_files_and_what_is_in_force_and_never_a_version_twice() {
    let office = office();
    let server = Server::start(&["--artifacts-destination", "artifacts"]);

    let done = server.mirror(&office, "", &Silent).unwrap();
    assert_eq!(done.versions.iter().filter(|version| version.created).count(), 2);
    assert_eq!(done.notes, Vec::<String>::new());
    let model = server.model("test");
    let registry = office.open().unwrap();
    let ledger = registry.ledger();
    assert_eq!(model["aliases"], json!({ "in_force": "1" }));
    assert_eq!(model["tags"]["scorewright.head"], ledger.events.last().unwrap().sha256);
    assert_eq!((&model["versions"].as_array().unwrap().len(), &model["runs"]), (&2, &2.into()));
    for (version, shown) in ledger.versions.iter().zip(model["versions"].as_array().unwrap()) {
        let tags = &shown["tags"];
        assert_eq!(tags["scorewright.version"], version.id.to_string());
        assert_eq!(tags["scorewright.scorecard_sha256"], version.scorecard_sha256);
        assert_eq!(tags["scorewright.registry"], registry.id());
        assert_eq!(tags["scorewright.state_in_words"], ledger.in_words(version, office.now()));
        assert_eq!(shown["run_tags"]["scorewright.version"], tags["scorewright.version"]);
        assert_eq!(shown["status"], "FINISHED");
        // Every file, by its digest.
        let mut files = serde_json::Map::new();
        for event in version.events.iter().filter_map(|number| ledger.event(*number)) {
            let entry = event.entry();
            let folder = if entry.action.word() == "validate" {
                format!("validation-event-{}/", entry.number)
            } else {
                String::new()
            };
            files.extend(
                entry.action.files().iter().map(|file| (format!("{folder}{}", file.name), file.sha256.clone().into())),
            );
        }
        assert!(files.len() > 5);
        assert_eq!(shown["files"], Value::Object(files));
        // Figures, by the evidence.
        let evidence = &ledger.event(version.events[0]).unwrap().entry().action.files()[1];
        let evidence: Value = serde_json::from_slice(&registry.file(evidence).unwrap()).unwrap();
        for measure in ["auc", "gini", "ks"] {
            for sample in ["development", "holdout"] {
                let wanted = &evidence["samples"][sample][measure];
                assert_eq!(shown["metrics"][format!("{measure}.{sample}")], wanted["value"], "{measure} {sample}");
                assert_eq!(shown["metrics"][format!("{measure}_low.{sample}")], wanted["low"]);
            }
        }
        assert_eq!(shown["params"]["kind"], "application");
        assert_eq!(shown["params"]["pdo"], "20");
    }
    let first = &model["versions"][0];
    assert_eq!(first["tags"]["scorewright.validator"], "Ben");
    assert_eq!(first["tags"]["scorewright.approvers"], "Cora");
    assert!(first["metrics"]["auc.validation"].as_f64().unwrap() > 0.5);
    assert_eq!(model["versions"][1]["metrics"]["auc.validation"], Value::Null);

    // Again: nothing to do, and nothing done.
    let again = server.mirror(&office, "", &Silent).unwrap();
    assert_eq!((again.writes, again.versions.iter().any(|version| version.created)), (0, false));
    assert_eq!(server.model("test"), model);

    // What somebody changed there is changed back; a version that was deleted there is made again, under another number.
    server.python(
        r#"
client.set_model_version_tag("test", "1", "scorewright.state", "rejected")
client.set_registered_model_alias("test", "in_force", "2")
client.delete_model_version("test", "2")
client.create_model_version("test", source="models:/test/1")
print("null")
"#,
        &json!({}),
    );
    office.pass(10);
    let second = ledger.versions[1].id.clone();
    office.validate("Ben", &second).unwrap();
    office.approve("Cora", &second).unwrap();
    office.release("Cora", &second).unwrap();
    let third = office.register("Ana", 3).unwrap();
    let done = server.mirror(&office, "", &Silent).unwrap();
    let numbers: Vec<(&str, &str)> =
        done.versions.iter().map(|version| (version.version.as_str(), version.mlflow_version.as_str())).collect();
    assert_eq!(numbers, [("test/1", "1"), ("test/2", "4"), ("test/3", "5")]);
    let moved = server.model_without("test", "3");
    assert_eq!(moved["aliases"], json!({ "in_force": "4" }), "the release moved the alias");
    assert_eq!(moved["versions"][0]["tags"]["scorewright.state"], "retired");
    assert_eq!(moved["versions"][2]["tags"]["scorewright.version"], third.to_string());
    assert_eq!(moved["runs"], 3, "the deleted version's run serves again");

    // More versions than a page of MLflow's answers has: ours are found behind them.
    server.python(
        r#"
for number in range(110):
    client.create_model_version("test", source="models:/test/1")
print("null")
"#,
        &json!({}),
    );
    assert_eq!(server.mirror(&office, "", &Silent).unwrap().writes, 0);

    // None in force: no alias.
    let retire = |id| office.signed("Cora", |s| office.open()?.retire(id, "product closed", s)).unwrap();
    retire(&second);
    server.mirror(&office, "", &Silent).unwrap();
    assert_eq!(server.model_without("test", "3")["aliases"], json!({}));

    stopped_anywhere_it_goes_on(&server);

    // A model of somebody else's is left alone.
    server.python("client.create_registered_model('theirs-test')\nprint('null')", &json!({}));
    assert!(words(server.mirror(&office, "theirs-", &Silent)).contains("not of this registry"));
    // Through the program, with a prefix that MLflow forbids in part.
    let run = office.folder.run(&["registry", "mirror", "--mlflow", &server.url, "--prefix", "bank/eu:"]);
    run.succeeds();
    assert!(
        run.stdout.contains("3 new") && run.stdout.contains("\"test\" is named \"bank-eu-test\""),
        "{}",
        run.stdout
    );
    let run = office.folder.run(&["registry", "mirror", "--mlflow", &server.url, "--prefix", "bank/eu:", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap()["writes"], 0);
}

impl Server {
    /// The model without a version that the test made itself.
    fn model_without(&self, name: &str, number: &str) -> Value {
        let mut model = self.model(name);
        model["versions"]
            .as_array_mut()
            .unwrap()
            .retain(|version| version["number"] != number && version["tags"].get("scorewright.version").is_some());
        model
    }
}

/// A mirror stopped at any of its requests is finished by the next one, and nothing is there twice.
fn stopped_anywhere_it_goes_on(server: &Server) {
    let office = office();
    // Every seventh request; every one with SCOREWRIGHT_ALL_STOPS.
    let stride = if std::env::var_os("SCOREWRIGHT_ALL_STOPS").is_some() { 1 } else { 7 };
    let mut stops = 0;
    for at in (0..).step_by(stride) {
        let prefix = format!("stop-{at}-");
        match server.mirror(&office, &prefix, &StopAt(AtomicUsize::new(at))) {
            Ok(_) => break,
            Err(reason) => assert!(reason.to_string().contains("goes on from there"), "{reason}"),
        }
        stops += 1;
        server.mirror(&office, &prefix, &Silent).unwrap();
        assert_eq!(server.mirror(&office, &prefix, &Silent).unwrap().writes, 0);
    }
    assert!(stops * stride > 25, "{stops}");
    let found = server.python(
        r#"
found = {}
for version in client.search_model_versions(max_results=2000):
    if version.name.startswith("stop-"):
        found.setdefault(version.name, []).append(version.tags["scorewright.version"])
runs = {e.name: len(client.search_runs([e.experiment_id])) for e in client.search_experiments() if "/stop-" in e.name}
print(json.dumps([found, runs]))
"#,
        &json!({}),
    );
    for (name, versions) in found[0].as_object().unwrap() {
        let mut versions: Vec<&str> = versions.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        versions.sort_unstable();
        assert_eq!(versions, ["test/1", "test/2"], "{name}");
    }
    assert_eq!(found[0].as_object().unwrap().len(), stops + 1);
    assert!(found[1].as_object().unwrap().values().all(|runs| *runs == 2), "{found}");
}

#[test]
fn a_server_without_artifacts_gets_the_rest() {
    let office = office();
    let server = Server::start(&["--no-serve-artifacts", "--default-artifact-root", "here"]);
    let done = server.mirror(&office, "", &Silent).unwrap();
    assert!(done.notes.len() == 1 && done.notes[0].contains("--serve-artifacts"), "{:?}", done.notes);
    assert_eq!(server.model("test")["aliases"], json!({ "in_force": "1" }));
    assert_eq!(server.mirror(&office, "", &Silent).unwrap().writes, 0);
}

/// A server that gives every request the same answer.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 65536]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn where_there_is_no_mlflow_or_it_refuses_the_program_says_so_and_what_to_do() {
    let office = office();
    let mirror = |url: &str| office.folder.run(&["registry", "mirror", "--mlflow", url]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    mirror(&format!("http://{closed}")).fails(3, &["cannot be reached", "check the address"]);
    mirror("127.0.0.1:5000").fails(2, &["--mlflow http://"]);
    mirror("http://ana:secret@127.0.0.1:5000").fails(2, &["MLFLOW_TRACKING_USERNAME"]);
    let end = "Content-Length: 5\r\nConnection: close\r\n\r\nhello";
    for (status, says) in [
        ("401 Unauthorized", &["refuses access", "MLFLOW_TRACKING_TOKEN"][..]),
        ("403 Forbidden", &["refuses access", "hello", "--allowed-hosts"]),
        ("404 Not Found", &["no MLflow at this address", "MLFLOW_TRACKING_URI"]),
        ("302 Found", &["leads elsewhere"]),
        ("500 Internal Server Error", &["answers 500", "hello", "server's own log"]),
        ("200 OK", &["not MLflow's"]),
    ] {
        let answer: &'static str = format!("HTTP/1.1 {status}\r\n{end}").leak();
        mirror(&answering(answer)).fails(3, says);
    }
    office.folder.run(&["registry", "mirror"]).fails(2, &["MLFLOW_TRACKING_URI"]);
}

#[test]
fn the_server_is_told_who_calls_as_mlflows_own_client_tells_it() {
    let office = office();
    let sent = |variables: &[(&str, &str)]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 65536];
            let length = stream.read(&mut request).unwrap();
            String::from_utf8_lossy(&request[..length]).to_lowercase()
        });
        let mut command = office.folder.command(&["registry", "mirror", "--mlflow", &url, "--token-env", "MY_TOKEN"]);
        command.envs(variables.iter().copied()).output().unwrap();
        heard.join().unwrap()
    };
    assert!(sent(&[("MY_TOKEN", "abc")]).contains("authorization: bearer abc"));
    let both = sent(&[("MY_TOKEN", "abc"), ("MLFLOW_TRACKING_USERNAME", "u"), ("MLFLOW_TRACKING_PASSWORD", "p")]);
    assert!(both.contains("authorization: basic dtpw"), "{both}");
}
