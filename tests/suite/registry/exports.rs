//! Exports say whether the registry approved what they hold.

use serde_json::Value;

use super::office::{Office, run, write_run};
use crate::support::Folder;

/// Every form, with the ending of its file.
const FORMS: [(&str, &str); 8] = [
    ("json", "json"),
    ("pmml", "pmml"),
    ("python", "py"),
    ("csv", "csv"),
    ("excel", "xlsx"),
    ("zen", "zen.json"),
    ("onnx", "onnx"),
    ("sql", "sql"),
];

fn exported(folder: &Folder, what: &str, form: &str) -> Value {
    let done = folder.run(&["export", what, "--format", form, "--out", "exports", "--json"]);
    done.succeeds();
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn only_an_approved_version_is_no_draft() {
    let office = Office::new();
    let folder = &office.folder;
    std::fs::create_dir(folder.path("exports")).unwrap();
    write_run(&run(1), folder, "run");
    let id = office.register("Ana", 1).unwrap();
    let name = |done: &Value| done["out"].as_str().unwrap().to_owned();

    for what in ["test/1", "run/scorecard.json"] {
        let draft = exported(folder, what, "python");
        assert!(name(&draft).contains(".draft.") && draft["approved"] == false, "{draft}");
        assert!(folder.read(&name(&draft)).contains("DRAFT"));
    }
    office.validate("Ben", &id).unwrap();
    assert_eq!(exported(folder, "test/1", "sql")["approved"], false);
    office.approve("Cora", &id).unwrap();
    for (form, ending) in FORMS {
        for what in ["test/1", "run/scorecard.json"] {
            let approved = exported(folder, what, form);
            assert_eq!(name(&approved), format!("exports/test.1.{ending}"), "{form}");
            let said = approved["standing"].to_string();
            for word in ["Version: 1.", "Ben (validator)", "Cora (approver)", "Registry: "] {
                assert!(said.contains(word), "{form}: {word} is missing from {said}");
            }
            // Its vectors carry the same; of the forms that are text, the file itself does. JSON is the artifact's own bytes.
            let vectors = folder.json(&format!("{}.vectors.json", name(&approved)));
            assert_eq!(vectors["standing"], approved["standing"]);
            assert_eq!(vectors["scorecard_sha256"], run(1).scorecard_sha256());
            if !["json", "excel", "onnx"].contains(&form) {
                let text = folder.read(&name(&approved));
                let digest = run(1).scorecard_sha256();
                for word in ["Cora (approver)", digest.as_str()] {
                    assert!(text.contains(word), "{form}: {word} is missing");
                }
                assert!(!text.contains("DRAFT"), "{form}");
            }
        }
    }
    // A registry that does not hold approves nothing, and a version out of use is a draft again.
    office.release("Cora", &id).unwrap();
    assert_eq!(exported(folder, "test/1", "csv")["approved"], true);
    office.signed("Cora", |signing| office.open()?.retire(&id, "", signing)).unwrap();
    let retired = folder.run(&["export", "test/1", "--format", "csv", "--out", "exports"]);
    assert!(retired.stdout.contains("A draft: test/1 is retired for good"), "{}", retired.stdout);
    let event = office.path("log/00000003.json");
    std::fs::write(
        &event,
        std::fs::read_to_string(&event).unwrap().replace("payloadType\":\"app", "payloadType\":\"App"),
    )
    .unwrap();
    folder.run(&["export", "run/scorecard.json", "--format", "csv", "--out", "exports"]).fails(3, &["event 3"]);
    folder.run(&["export", "test/9", "--format", "csv", "--out", "exports"]).fails(3, &["event 3"]);
}

#[test]
fn a_scorecard_that_no_registry_knows_is_a_draft() {
    let office = Office::new();
    std::fs::create_dir(office.folder.path("exports")).unwrap();
    write_run(&run(2), &office.folder, "run");
    let export = |what| office.folder.run(&["export", what, "--format", "csv", "--out", "exports"]);
    let done = export("run/scorecard.json");
    done.succeeds();
    assert!(done.stdout.contains("does not have this scorecard"), "{}", done.stdout);
    export("test/1").fails(3, &["no version", "test/1"]);
    std::fs::remove_dir_all(office.folder.path("registry")).unwrap();
    let done = export("run/scorecard.json");
    assert!(done.stdout.contains("no registry"), "{}", done.stdout);
    export("test/1").fails(3, &["no registry"]);
}
