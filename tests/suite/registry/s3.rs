//! A registry in an object store: a real S3-compatible server on the loopback.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use scorewright::progress::Silent;
use scorewright::registry::{Location, Registry, Store, verify};

use super::office::{Office, run, write_run};
use crate::python::{Environment, interpreter, succeeds};
use crate::support::{Folder, Run, finish, start};

/// The server, stopped when the test ends.
pub struct Server {
    process: Child,
    port: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it with an empty bucket `bank`.
    pub fn start() -> Self {
        let python = interpreter(Environment::Registry);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry/s3_server.py");
        let mut process =
            Command::new(python).arg(script).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let server = Server { process, port: port.trim().to_owned() };
        assert!(!server.port.is_empty(), "the S3 server did not start");
        let bucket = "import boto3, os; boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT'], \
                      region_name='us-east-1').create_bucket(Bucket='bank')";
        succeeds(Command::new(python).args(["-c", bucket]).envs(server.environment()));
        server
    }

    /// What the program must find in its environment.
    pub fn environment(&self) -> Vec<(String, String)> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        [
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "tester"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Runs the program against it.
    pub fn run(&self, folder: &Folder, arguments: &[&str]) -> Run {
        let mut command = folder.command(arguments);
        command.envs(self.environment()).env("SCOREWRIGHT_REGISTRY", REGISTRY);
        finish(start(command))
    }

    pub fn open(&self) -> Registry {
        Registry::open(Store::open(&Location::parse(REGISTRY).unwrap(), self.environment(), false).unwrap()).unwrap()
    }
}

/// Where it stands.
pub const REGISTRY: &str = "s3://bank/models/scorecards";

#[test]
fn the_whole_path_works_on_an_object_store() {
    let server = Server::start();
    let office = Office::new();
    let folder = &office.folder;
    write_run(&run(1), folder, "run");
    let key = |name: &str| format!("keys/{name}.pem");
    server.run(folder, &["list"]).fails(3, &["no registry at s3://bank/models/scorecards", "registry init"]);
    server.run(folder, &["registry", "init", "--policy", "policy.toml", "--key", &key("Olga")]).succeeds();
    server.run(folder, &["registry", "init", "--policy", "policy.toml", "--key", &key("Olga")]).fails(3, &["already"]);
    server.run(folder, &["register", "run", "--key", &key("Ana")]).succeeds();
    server.run(folder, &["register", "run", "--key", &key("Ana")]).fails(3, &["registered already, as test/1"]);
    server.run(folder, &["approve", "test/1", "--as", "validator", "--key", &key("Ben")]).succeeds();
    server.run(folder, &["release", "test/1", "--key", &key("Cora")]).fails(4, &["not approved"]);
    server.run(folder, &["approve", "test/1", "--as", "approver", "--key", &key("Cora")]).succeeds();
    server.run(folder, &["release", "test/1", "--key", &key("Cora")]).succeeds();
    for command in [&["list"][..], &["show", "test/1"], &["verify"], &["registry", "log"]] {
        let done = server.run(folder, command);
        done.succeeds();
        assert!(done.stdout.contains(if command[0] == "verify" { "all holds: 5 events" } else { "test/1" }));
    }
    let registry = server.open();
    let verified = verify(&registry, None, office.now(), &Silent).unwrap();
    assert_eq!((verified.events, verified.versions, verified.remarks.len()), (5, 1, 0));
}

#[test]
fn a_store_that_cannot_be_reached_says_so_soon() {
    let office = Office::new();
    let list = |registry: &str, environment: &[(&str, &str)]| {
        let mut command = office.folder.command(&["list", "--registry", registry]);
        command.envs(environment.iter().copied());
        finish(start(command))
    };
    let nobody = [
        ("AWS_ENDPOINT", "http://127.0.0.1:1"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
    ];
    list(REGISTRY, &nobody).fails(3, &["the registry's store failed", "check the connection"]);
    list("ftp://bank/models", &[]).fails(2, &["ftp://", "s3://"]);
    list("s3://", &[]).fails(2, &["s3://BUCKET"]);
    let server = Server::start();
    let mut command = office.folder.command(&["list", "--registry", "s3://nowhere/models"]);
    command.envs(server.environment());
    finish(start(command)).fails(3, &["s3://nowhere/models"]);
}
