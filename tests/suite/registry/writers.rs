//! Sixteen writers at once, killed at random: no event is lost, no number is taken twice, and the registry always reads.
//! SCOREWRIGHT_STRESS_SECONDS makes them go on for longer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use scorewright::progress::Silent;
use scorewright::registry::{Location, Registry, RunFiles, Store, verify};
use serde_json::Value;

use super::office::{Office, run, write_run};
use super::s3::{REGISTRY, Server};
use crate::support::{Folder, finish, noise, signal, start};

const WRITERS: usize = 16;

/// What the writers did, by the digest of the scorecard.
#[derive(Default)]
struct Done {
    /// Told as registered: the version that was told.
    told: BTreeMap<String, String>,
    /// Killed, and not tried again.
    killed: Vec<String>,
    /// Refused because the killed one had done its work.
    already: u64,
}

/// A run without its reports, to be quick.
fn small(number: u64) -> RunFiles {
    let mut run = run(number);
    run.files.retain(|(name, _)| !name.ends_with(".html") && !name.ends_with(".xlsx"));
    run
}

fn seconds() -> u64 {
    std::env::var("SCOREWRIGHT_STRESS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

#[expect(clippy::disallowed_methods, reason = "the test goes on for a time")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// Registers from sixteen processes at once until the time is over; every second one is killed some time after its start,
/// within the time that the last undisturbed one took; half of the killed are tried again.
fn storm(folder: &Folder, environment: &[(String, String)]) -> Done {
    let usual = AtomicU64::new(200_000);
    let (end, next) = (clock() + Duration::from_secs(seconds()), AtomicU64::new(1));
    let (done, over) = (Mutex::new(Done::default()), AtomicBool::new(false));
    let command = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.envs(environment.iter().cloned());
        start(command)
    };
    let register = |name: &str| command(&["register", name, "--key", "keys/Ana.pem", "--json"]);
    let note = |digest: &str, run: crate::support::Run| {
        let json: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {} {}", run.stdout, run.stderr));
        let mut done = done.lock().unwrap();
        match run.status.code() {
            Some(0) => {
                assert_eq!(json["scorecard_sha256"], digest);
                let told = json["version"].as_str().unwrap().to_owned();
                assert!(done.told.insert(digest.to_owned(), told).is_none(), "registered twice");
            }
            _ => {
                let words = json["error"]["text"].as_str().unwrap();
                assert!(words.contains("registered already"), "{words}");
                done.already += 1;
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let list = finish(command(&["list", "--json"]));
                assert_eq!(list.status.code(), Some(0), "a reader failed: {}", list.stderr);
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    while clock() < end {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let (run, name) = (small(number), format!("runs/{number}"));
                        let digest = run.scorecard_sha256();
                        write_run(&run, folder, &name);
                        let child = register(&name);
                        if noise(number as usize, 1) < 0.5 {
                            let begin = clock();
                            note(&digest, finish(child));
                            usual.store(begin.elapsed().as_micros() as u64, Ordering::Relaxed);
                            continue;
                        }
                        let longest = usual.load(Ordering::Relaxed) as f64;
                        std::thread::sleep(Duration::from_micros((noise(number as usize, 2) * longest) as u64));
                        // It may have ended by itself by now; a signal to it is then a signal to nobody.
                        let id = child.id();
                        let ended = {
                            let mut child = child;
                            match child.try_wait().unwrap() {
                                Some(_) => finish(child),
                                None => {
                                    signal(id, "KILL");
                                    finish(child)
                                }
                            }
                        };
                        if ended.status.code().is_some() {
                            note(&digest, ended);
                        } else if noise(number as usize, 3) < 0.5 {
                            note(&digest, finish(register(&name)));
                        } else {
                            done.lock().unwrap().killed.push(digest);
                        }
                    }
                })
            })
            .collect();
        let ends: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        over.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok), "a writer failed");
    });
    done.into_inner().unwrap()
}

/// The registry holds, and has what the writers were told.
fn holds(registry: &Registry, done: &Done) {
    let ledger = registry.ledger();
    let now = ledger.events.last().unwrap().entry().at;
    let verified = verify(registry, None, now, &Silent).unwrap();
    let numbers: Vec<u32> = ledger.versions.iter().map(|version| version.id.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>(), "a number is missing or was taken twice");
    for (digest, told) in &done.told {
        let version = ledger.versions.iter().find(|version| version.scorecard_sha256 == *digest);
        assert_eq!(version.map(|version| version.id.to_string()).as_ref(), Some(told), "an event was lost");
    }
    let registered = ledger.versions.len() - done.told.len();
    let in_the_log = |digest: &&String| ledger.versions.iter().any(|version| version.scorecard_sha256 == **digest);
    let by_killed = done.killed.iter().filter(in_the_log).count();
    // Whatever nobody was told of was written by a process that was killed before it could say so.
    assert_eq!(registered as u64, by_killed as u64 + done.already);
    println!(
        "{} versions: {} told, {} of killed processes ({} found again); {} killed without a trace; {} files",
        verified.versions,
        done.told.len(),
        registered,
        done.already,
        done.killed.len() - by_killed,
        verified.files
    );
    assert!(
        done.told.len() >= WRITERS && !done.killed.is_empty(),
        "the writers did not get far enough to prove anything"
    );
}

/// A registry of the program's own clock, at the place that `environment` names.
fn begun(office: &Office, mut environment: Vec<(String, String)>, place: &str) -> Vec<(String, String)> {
    environment.push(("SCOREWRIGHT_REGISTRY".to_owned(), place.to_owned()));
    let mut init = office.folder.command(&["registry", "init", "--policy", "policy.toml", "--key", "keys/Olga.pem"]);
    init.envs(environment.iter().cloned());
    finish(start(init)).succeeds();
    environment
}

#[test]
fn sixteen_writers_in_a_directory_lose_nothing() {
    let office = Office::new();
    let environment = begun(&office, Vec::new(), "models of the bank/评分卡");
    let done = storm(&office.folder, &environment);
    let place = Location::Directory(office.folder.path("models of the bank/评分卡"));
    holds(&Registry::open(Store::open(&place, [], false).unwrap()).unwrap(), &done);
}

#[test]
fn sixteen_writers_in_an_object_store_lose_nothing() {
    let server = Server::start();
    let office = Office::new();
    let environment = begun(&office, server.environment(), REGISTRY);
    let done = storm(&office.folder, &environment);
    holds(&server.open(), &done);
}
