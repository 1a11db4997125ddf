//! Audit bundles: checked by openssl and sha256sum, made again from nothing but the bundle and the data, and refused where
//! anything was changed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Output};

use scorewright::registry::Bundle;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::office::{Office, PEOPLE, key_id, policy, run, sha256};
use crate::python::{Environment, run_in};
use crate::support::{Cases, FEATURES, Folder, card, exists, project, project_with};

/// A released version of a trained card, and its bundle `bundle.zip`; all files of `folder` are those of a project.
fn released(folder: &Folder, card: &str) -> Value {
    folder.run(&["train", card, "--out", "run"]).succeeds();
    folder.run(&["registry", "init", "--trial", "--registry", "kept"]).succeeds();
    let registered = folder.run(&["register", "run", "--key", "keys/developer.pem", "--json", "--registry", "kept"]);
    registered.succeeds();
    let version = serde_json::from_str::<Value>(&registered.stdout).unwrap()["version"].as_str().unwrap().to_owned();
    let sign = |arguments: &[&str], key: &str| {
        folder.run(&[arguments, &[&version, "--key", key, "--registry", "kept"]].concat()).succeeds();
    };
    let note = "few \"bads\" | yet and more";
    let mut validate = vec!["approve", "--as", "validator", "--note", note];
    if exists(&folder.path("other.csv")) {
        folder.run(&["validate", "run/scorecard.json", "--data", "other.csv", "--out", "validation"]).succeeds();
        validate.extend(["--evidence", "validation"]);
    }
    sign(&validate, "keys/validator.pem");
    sign(&["approve", "--as", "approver"], "keys/approver.pem");
    sign(&["release"], "keys/approver.pem");
    let audit = folder.run(&["audit", &version, "--out", "bundle.zip", "--registry", "kept", "--json"]);
    audit.succeeds();
    serde_json::from_str(&audit.stdout).unwrap()
}

fn files(zip: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(std::fs::read(zip).unwrap())).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn zipped(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Unpacks with the machine's own unzip and runs check.sh there.
fn check(folder: &Folder, name: &str, change: impl FnOnce(&Path)) -> Output {
    let place = folder.path(name);
    let unzip = Command::new("unzip").arg("-q").arg(folder.path("bundle.zip")).arg("-d").arg(&place).status().unwrap();
    assert!(unzip.success());
    change(&place);
    Command::new("sh").arg(place.join("check.sh")).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What `reproduce` says of a bundle, trained with the data in `data`.
fn reproduced(folder: &Folder, data: &str, status: i32) -> Value {
    let run = folder.run(&["reproduce", "bundle.zip", "--data", data, "--json"]);
    assert_eq!(run.status.code(), Some(status), "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn table_project() -> Folder {
    let folder = Folder::with(&Cases::new(600).csv(), &card(&format!("{FEATURES}[limits]\nmin_auc = 0.55\n")));
    folder.write("other.csv", Cases::new(601).csv());
    folder
}

#[test]
fn openssl_and_sha256sum_check_a_bundle_and_name_what_was_changed() {
    let folder = table_project();
    let made = released(&folder, "card.toml");
    assert_eq!(made["sha256"], sha256(&std::fs::read(folder.path("bundle.zip")).unwrap()));
    let checked = check(&folder, "whole", |_| {});
    assert!(checked.status.success(), "{}", text(&checked));
    let said = text(&checked);
    for words in ["all holds: 5 events", "register  Trial developer (developer)", "release  Trial approver (approver)"]
    {
        assert!(said.contains(words), "{said}");
    }
    let registry = made["registry"].as_str().unwrap();
    assert!(said.contains(registry) && said.contains(made["head"].as_str().unwrap()), "{said}");
    // Each by its own check: where SHA256SUMS is written again, too, the chain and the signatures still tell.
    let again = |place: &Path| {
        let sums = "find . -type f ! -name SHA256SUMS | sed 's|^./||' | sort | xargs sha256sum > SHA256SUMS";
        assert!(Command::new("sh").args(["-c", sums]).current_dir(place).status().unwrap().success());
    };
    let swap = |place: &Path, name: &str, old: &str, new: &str| {
        let before = std::fs::read_to_string(place.join(name)).unwrap();
        assert!(before.contains(old), "{name}");
        std::fs::write(place.join(name), before.replacen(old, new, 1)).unwrap();
    };
    type Change<'a> = Box<dyn Fn(&Path) + 'a>;
    let cases: Vec<(&str, Change<'_>, bool)> = vec![
        ("a file is not the one that was packed", Box::new(|at| swap(at, "report.html", "<html", "<HTML")), false),
        ("does not list", Box::new(|at| std::fs::write(at.join("more.txt"), "x").unwrap()), false),
        (
            "scorecard.json is not the file that event 00000002 names",
            Box::new(|at| swap(at, "scorecard.json", "scorewright.scorecard", "scorewright.scorecarD")),
            true,
        ),
        (
            "configuration/card.toml is not the file",
            Box::new(|at| swap(at, "configuration/card.toml", "0.55", "0.50")),
            true,
        ),
        ("event 3 is missing", Box::new(|at| std::fs::remove_file(at.join("log/00000003.json")).unwrap()), true),
        (
            "the signature of event 3",
            Box::new(|at| {
                // A replay: another event's envelope at this place.
                std::fs::copy(at.join("log/00000004.json"), at.join("log/00000003.json")).unwrap();
                let other = std::fs::read_to_string(at.join("log/00000002.json")).unwrap();
                let signature = other.split("\"sig\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
                let this = std::fs::read_to_string(at.join("log/00000003.json")).unwrap();
                let own = this.split("\"sig\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
                std::fs::write(at.join("log/00000003.json"), this.replace(&own, &signature)).unwrap();
            }),
            true,
        ),
        (
            "event 3 does not follow",
            Box::new(|at| {
                std::fs::copy(at.join("log/00000004.json"), at.join("log/00000003.json")).map(drop).unwrap();
            }),
            true,
        ),
        (
            "events/00000004/statement.json is not what the log has",
            Box::new(|at| {
                swap(at, "events/00000004/statement.json", "\"approve\"", "\"approvE\"");
            }),
            true,
        ),
        (
            "is another key",
            Box::new(|at| {
                let mut keys: Vec<_> =
                    std::fs::read_dir(at.join("keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
                keys.sort();
                std::fs::copy(&keys[0], &keys[1]).map(drop).unwrap();
            }),
            true,
        ),
        (
            "stands in no policy",
            Box::new(|at| {
                let key = super::office::key("Mallory").public();
                let name = format!("keys/{}.pem", key.id().unwrap());
                std::fs::write(at.join(name), key.to_pem().unwrap()).unwrap();
            }),
            true,
        ),
    ];
    for (number, (words, change, is_again)) in cases.iter().enumerate() {
        let output = check(&folder, &format!("changed-{number}"), |place| {
            change(place);
            if *is_again {
                again(place);
            }
        });
        assert_eq!(output.status.code(), Some(1), "{words}: {}", text(&output));
        assert!(text(&output).contains(words), "{words}: {}", text(&output));
    }
}

#[test]
fn a_bundle_reads_well_and_is_the_same_every_time() {
    let folder = table_project();
    let made = released(&folder, "card.toml");
    let audit = |registry: &str, out: &str| {
        folder.run(&["audit", "test/1", "--out", out, "--registry", registry]).succeeds();
        std::fs::read(folder.path(out)).unwrap()
    };
    assert_eq!(audit("kept", "bundle.zip"), audit("kept", "again.zip"));
    let read = Bundle::read(&folder.path("again.zip")).unwrap();
    assert_eq!((read.registry.as_str().into(), read.events), (made["registry"].clone(), 5));
    let files = files(&folder.path("bundle.zip"));
    let readme = String::from_utf8(files["README.md"].clone()).unwrap();
    for words in [
        "| version | test/1 (card test, number 1) |",
        "**released, in force since",
        "| Trial validator | validator | validated it by evidence of its own; all 1 limits hold",
        "| `validation/00000003/` | evidence and report of the validation of that event |",
        // What people write cannot break the table.
        "few \"bads\" \\| yet and more |",
        "scorewright reproduce THIS.zip --data DIRECTORY",
        &sha256(&files["scorecard.json"]),
        &format!("| `cases.csv` | `DIRECTORY/cases.csv` | 600 | `{}` |", sha256(Cases::new(600).csv().as_bytes())),
    ] {
        assert!(readme.contains(words), "{words:?} is missing from: {readme}");
    }
    assert!(!readme.contains("{{") && !readme.contains("{%") && !readme.contains("none"), "{readme}");
    // Everything that it speaks of is there.
    for path in readme.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".json") || word.ends_with('/')) {
        assert!(files.keys().any(|name| name.starts_with(path) || name.ends_with(path)), "{path} is not in the bundle");
    }
    let data: Value = serde_json::from_slice(&files["data.json"]).unwrap();
    let digest = sha256(Cases::new(600).csv().as_bytes());
    assert_eq!(data, json!({ "data": [{ "path": "cases.csv", "sha256": digest, "rows": 600 }] }));
}

#[test]
fn a_table_card_is_made_again_from_its_bundle() {
    let folder = table_project();
    released(&folder, "card.toml");
    // Elsewhere, without card and registry: only the bundle and the data.
    let elsewhere = Folder::new();
    elsewhere.write("bundle.zip", std::fs::read(folder.path("bundle.zip")).unwrap());
    elsewhere.write("data/cases.csv", Cases::new(600).csv());
    let said = reproduced(&elsewhere, "data", 0);
    assert_eq!((&said["equal"], &said["differences"]), (&json!(true), &json!([])));
    assert_eq!(elsewhere.names(), ["bundle.zip", "data"]);
    assert_eq!(std::fs::read_dir(elsewhere.path("data")).unwrap().count(), 1, "something was written beside the data");
    // The run is kept on request, and is one that could be registered.
    elsewhere.run(&["reproduce", "bundle.zip", "--data", "data", "--out", "again"]).succeeds();
    for name in ["scorecard.json", "evidence.json", "configuration/card.toml"] {
        let again = std::fs::read(elsewhere.path(&format!("again/{name}"))).unwrap();
        let first = match name {
            "configuration/card.toml" => folder.path("card.toml"),
            name => folder.path(&format!("run/{name}")),
        };
        assert_eq!(again, std::fs::read(first).unwrap(), "{name}");
    }
    // From the registry, where the card is no longer what it was.
    folder.write("card.toml", "[card]");
    folder.run(&["reproduce", "test/1", "--data", ".", "--registry", "kept"]).succeeds();
    // Other data, no data, no folder.
    elsewhere.write("data/cases.csv", Cases::new(601).csv());
    let again = |data: &str, words: &[&str]| {
        elsewhere.run(&["reproduce", "bundle.zip", "--data", data, "--out", "kept"]).fails(3, words);
        assert!(!exists(&elsewhere.path("kept")));
    };
    again("data", &["cases.csv is not the one", &sha256(Cases::new(601).csv().as_bytes())]);
    std::fs::remove_file(elsewhere.path("data/cases.csv")).unwrap();
    again("data", &["the data file cases.csv", "data/cases.csv", "in which card.toml would stand"]);
    again("nowhere", &["nowhere", "directory"]);
}

#[test]
fn a_card_on_the_history_is_made_again_wherever_its_project_stood() {
    let data = |folder: &Folder, place: &str| {
        for (name, text) in project().iter().filter(|(name, _)| name.starts_with("data/")) {
            folder.write(&format!("{place}/{name}"), text);
        }
    };
    let card = &project()["cards/behavior.toml"];
    // As `new` writes it, but for the limits, which few accounts do not meet.
    let folder = Folder::new();
    let limits = card.split_once("[limits]").unwrap().1;
    project_with(&folder, "cards/behavior.toml", limits, "");
    released(&folder, "cards/behavior.toml");
    let kept = files(&folder.path("bundle.zip"));
    let names: Vec<&String> = kept.keys().filter(|name| name.starts_with("configuration/")).collect();
    assert_eq!(names, ["configuration/cards/behavior.toml", "configuration/scorewright.toml"]);
    assert!(check(&folder, "whole", |_| {}).status.success());
    let readme = String::from_utf8(kept["README.md"].clone()).unwrap();
    assert!(readme.contains("`DIRECTORY/data/accounts.csv`"), "{readme}");
    data(&folder, "elsewhere");
    assert_eq!(reproduced(&folder, "elsewhere", 0)["equal"], true);
    // With a project beside it, named by the card.
    let beside = Folder::new();
    for (name, text) in project() {
        let name = name.replace("cards/", "scoring/").replace("scorewright.toml", "lender/scorewright.toml");
        beside.write(&name.replace("data/", "lender/data/"), text);
    }
    let named =
        card.replace(limits, "").replacen("[population]", "[population]\nproject = \"../lender/scorewright.toml\"", 1);
    beside.write("scoring/behavior.toml", named);
    released(&beside, "scoring/behavior.toml");
    let kept = files(&beside.path("bundle.zip"));
    assert!(kept.contains_key("configuration/lender/scorewright.toml"), "{:?}", kept.keys());
    let readme = String::from_utf8(kept["README.md"].clone()).unwrap();
    assert!(readme.contains("`DIRECTORY/lender/data/accounts.csv`"), "{readme}");
    data(&beside, "elsewhere/lender");
    assert_eq!(reproduced(&beside, "elsewhere", 0)["equal"], true);
    beside.run(&["reproduce", "bundle.zip", "--data", "elsewhere/lender"]).fails(3, &["lender/lender/data"]);
}

#[test]
fn reviewed_edits_of_bins_go_with_the_card() {
    let folder = table_project();
    let edit = ["--merge", "--by", "Ana", "--because", "few cases"];
    folder.run(&["train", "card.toml", "--out", "before"]).succeeds();
    let before = folder.json("before/scorecard.json");
    let age = before["features"].as_array().unwrap().iter().find(|feature| feature["name"] == "age").unwrap();
    let cut = age["bins"][0]["upper"].to_string();
    folder.run(&[&["bins", "card.toml", "--feature", "age"], &edit[..1], &[&cut], &edit[1..]].concat()).succeeds();
    assert!(exists(&folder.path("card.bins.toml")));
    released(&folder, "card.toml");
    let kept = files(&folder.path("bundle.zip"));
    assert_eq!(kept["configuration/card.bins.toml"], std::fs::read(folder.path("card.bins.toml")).unwrap());
    std::fs::create_dir(folder.path("elsewhere")).unwrap();
    std::fs::copy(folder.path("cases.csv"), folder.path("elsewhere/cases.csv")).unwrap();
    assert_eq!(reproduced(&folder, "elsewhere", 0)["equal"], true);
    assert_ne!(folder.json("run/scorecard.json")["features"], before["features"], "the edit changed nothing");
}

#[test]
fn a_run_that_cannot_be_made_again_shows_where_it_differs() {
    // The office's runs claim another seed than their card gives.
    let office = Office::new();
    office.approved(7);
    let folder = &office.folder;
    folder.write("cases.csv", Cases::new(600).csv());
    folder.run(&["audit", "test/1", "--out", "bundle.zip"]).succeeds();
    let said = reproduced(folder, ".", 4);
    assert_eq!((&said["equal"], &said["equal_but_for_the_program"]), (&json!(false), &json!(false)));
    let paths: Vec<&str> =
        said["differences"].as_array().unwrap().iter().map(|at| at["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"$.lineage.seed"), "{paths:?}");
    let seed = said["differences"].as_array().unwrap().iter().find(|at| at["path"] == "$.lineage.seed").unwrap();
    assert_eq!((&seed["file"], &seed["original"], &seed["now"]), (&"scorecard.json".into(), &7.into(), &1.into()));
    let words = folder.run(&["reproduce", "test/1", "--data", "."]);
    assert_eq!(words.status.code(), Some(4));
    assert!(words.stdout.contains("first difference: scorecard.json $.lineage"), "{}", words.stdout);
}

#[test]
fn a_changed_bundle_is_refused_and_says_what_was_changed() {
    let folder = table_project();
    released(&folder, "card.toml");
    let whole = files(&folder.path("bundle.zip"));
    let refuses = |files: &BTreeMap<String, Vec<u8>>, words: &[&str]| {
        folder.write("changed.zip", zipped(files));
        folder.run(&["reproduce", "changed.zip", "--data", "."]).fails(3, words);
    };
    let listed = |mut files: BTreeMap<String, Vec<u8>>| {
        files.remove("SHA256SUMS");
        let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
        files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
        files
    };
    let with = |name: &str, bytes: &[u8]| {
        let mut files = whole.clone();
        files.insert(name.to_owned(), bytes.to_vec());
        files
    };
    let without = |name: &str| {
        let mut files = whole.clone();
        files.remove(name);
        files
    };
    folder.write("changed.zip", zipped(&listed(whole.clone())));
    folder.run(&["reproduce", "changed.zip", "--data", "."]).succeeds();
    let card = String::from_utf8(whole["configuration/card.toml"].clone()).unwrap().replace("0.55", "0.50");
    refuses(&with("configuration/card.toml", card.as_bytes()), &["configuration/card.toml", "changed"]);
    refuses(&listed(with("configuration/card.toml", card.as_bytes())), &["configuration/card.toml", "signed"]);
    refuses(&with("more.json", b"{}"), &["does not list"]);
    refuses(&without("evidence.json"), &["evidence.json is missing"]);
    refuses(&listed(without("evidence.json")), &["evidence.json is missing"]);
    refuses(&listed(without("log/00000003.json")), &["event 3 is missing"]);
    refuses(&listed(without("log/00000001.json")), &["event 1 is missing"]);
    refuses(&listed(without("policies/00000001.toml")), &["policies/00000001.toml is missing"]);
    refuses(&listed(with("log/00000004.json", &whole["log/00000003.json"])), &["log/00000004.json", "event 3"]);
    refuses(&listed(with("scorecard.json", &run(5).files[0].1)), &["no event", "scorecard.json"]);
    refuses(&without("SHA256SUMS"), &["no bundle"]);
    refuses(&with("../evil.json", b"{}"), &["../evil.json", "no name of a file"]);
    refuses(&with("/evil.json", b"{}"), &["evil.json"]);
    refuses(&with("zeros.json", &vec![0; (256 << 20) + 1]), &["zeros.json", "256 megabytes"]);
    folder.write("cut.zip", &std::fs::read(folder.path("bundle.zip")).unwrap()[..5000]);
    folder.run(&["reproduce", "cut.zip", "--data", "."]).fails(3, &["no whole zip archive"]);
    folder.run(&["reproduce", "none.zip", "--data", "."]).fails(3, &["none.zip"]);
    assert!(!exists(&folder.path("../evil.json")));
}

#[test]
fn what_does_not_hold_is_not_packed() {
    let office = Office::new();
    let id = office.approved(1);
    let registry = office.open().unwrap();
    let version = registry.ledger().version(&id).unwrap();
    let place = registry.place(&registry.files(version)[2]);
    let path = office.path(&place);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[1..]).unwrap();
    let audit = || office.folder.run(&["audit", "test/1", "--out", "bundle.zip"]);
    audit().fails(3, &["event 2", "report.html", "changed"]);
    std::fs::remove_file(&path).unwrap();
    audit().fails(3, &["event 2", "report.html is missing"]);
    assert!(!exists(&office.folder.path("bundle.zip")));
    std::fs::write(&path, bytes).unwrap();
    audit().succeeds();
    office.folder.run(&["audit", "test/2", "--out", "other.zip"]).fails(3, &["test/2"]);
}

#[test]
fn every_policy_and_every_revocation_goes_with_a_version() {
    let office = Office::new();
    let id = office.approved(1);
    let people: Vec<(&str, &[&str])> = PEOPLE.into_iter().chain([("Fay", &["approver"][..])]).collect();
    office.folder.write("policy-2.toml", policy("", &people));
    let second = office.folder.path("policy-2.toml");
    office.signed("Omar", |signing| office.open()?.set_policy(&second, signing)).unwrap();
    office.register("Eve", 2).unwrap();
    office.signed("Olga", |signing| office.open()?.revoke(&key_id("Ben"), "stolen", Some(3), signing)).unwrap();
    office.folder.run(&["audit", &id.to_string(), "--out", "bundle.zip"]).succeeds();
    let checked = check(&office.folder, "whole", |_| {});
    assert!(checked.status.success() && text(&checked).contains("all holds: 7 events"), "{}", text(&checked));
    let files = files(&office.folder.path("bundle.zip"));
    assert_eq!(files["policies/00000005.toml"], std::fs::read(second).unwrap());
    assert_eq!(files.keys().filter(|name| name.starts_with("keys/")).count(), people.len());
    let readme = String::from_utf8(files["README.md"].clone()).unwrap();
    for words in [
        "**candidate**".to_owned(),
        "(**no longer counts**: the key was revoked by event 7) |".to_owned(),
        format!("| 00000005 | Ben | validator | `{}` | revoked by event 7 |", key_id("Ben")),
        format!("| 00000005 | Fay | approver | `{}` |  |", key_id("Fay")),
    ] {
        assert!(readme.contains(&words), "{words:?} is missing from: {readme}");
    }
    assert_eq!(Bundle::read(&office.folder.path("bundle.zip")).unwrap().version, id);
}

/// A reader of CycloneDX that is not ours finds nothing wrong by the official schema.
const READ_BILL: &str = "
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = json.load(open(sys.argv[1]))['bill']
fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
broken = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text.replace('\"supervised\"', '\"superb\"'))
print(json.dumps({'fault': None if fault is None else str(fault), 'broken': broken is not None}))
";

#[test]
fn the_bill_of_materials_is_valid_and_says_what_the_scorecard_says() {
    let folder = table_project();
    let made = released(&folder, "card.toml");
    let files = files(&folder.path("bundle.zip"));
    let text = String::from_utf8(files["sbom/bom.json"].clone()).unwrap();
    let found = run_in(Environment::Registry, READ_BILL, &json!({ "bill": text }), &folder);
    assert_eq!(found, json!({ "fault": null, "broken": true }));
    let bill: Value = serde_json::from_str(&text).unwrap();
    let model = &bill["metadata"]["component"];
    let digest = |bytes: &[u8]| json!([{ "alg": "SHA-256", "content": sha256(bytes) }]);
    assert_eq!(model["hashes"], digest(&files["scorecard.json"]));
    assert_eq!((&model["name"], &model["version"]), (&"test".into(), &"1".into()));
    let evidence: Value = serde_json::from_slice(&files["evidence.json"]).unwrap();
    let metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"].as_array().unwrap();
    let samples = evidence["samples"].as_object().unwrap();
    assert_eq!(metrics.len(), 3 * samples.len());
    for metric in metrics {
        let key = metric["type"].as_str().unwrap().to_lowercase();
        let measured = &samples[metric["slice"].as_str().unwrap()][&key];
        let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(number(&metric["value"]), measured["value"].as_f64().unwrap());
        assert_eq!(number(&metric["confidenceInterval"]["lowerBound"]), measured["low"].as_f64().unwrap());
    }
    let components = bill["components"].as_array().unwrap();
    let data: Vec<&Value> = components.iter().filter(|part| part["type"] == "data").collect();
    assert_eq!(data.len(), 1);
    assert_eq!(data[0]["hashes"], digest(Cases::new(600).csv().as_bytes()));
    assert_eq!(model["modelCard"]["modelParameters"]["datasets"], json!([{ "ref": data[0]["bom-ref"] }]));
    // The crates are those of Cargo.lock, without those of tests.
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let named = |name: &str| components.iter().filter(|part| part["name"] == name).collect::<Vec<_>>();
    let polars = named("polars");
    assert_eq!(polars.len(), 1);
    let purl = format!("pkg:cargo/polars@{}", polars[0]["version"].as_str().unwrap());
    assert_eq!(polars[0]["purl"], purl);
    assert!(lock.contains(polars[0]["hashes"][0]["content"].as_str().unwrap()));
    assert!(lock.contains("name = \"proptest\"") && named("proptest").is_empty());
    assert!(lock.contains("name = \"allocation-counter\"") && named("allocation-counter").is_empty());
    assert_eq!(named("scorewright")[0]["version"], env!("CARGO_PKG_VERSION"));
    // Every reference leads somewhere.
    let known: Vec<&Value> = components.iter().map(|part| &part["bom-ref"]).chain([&model["bom-ref"]]).collect();
    for dependency in bill["dependencies"].as_array().unwrap() {
        assert!(known.contains(&&dependency["ref"]));
        assert!(dependency["dependsOn"].as_array().unwrap().iter().all(|needed| known.contains(&needed)));
    }
    let head =
        bill["metadata"]["properties"].as_array().unwrap().iter().find(|p| p["name"] == "scorewright:registry_head");
    assert_eq!(head.unwrap()["value"], made["head"]);
}
