//! The validator's words: begun by the program, kept by it, shown in the report.

use scorewright::evidence::{Evidence, Light, LimitCheck, Severity};
use scorewright::report::{CONCLUSION, conclusion_file, open_findings};

use crate::support::{Cases, Folder};

const CARD: &str = "[card]\nname = \"a\"\nkind = \"application\"\n[table]\npath = \"cases.csv\"\nid = \"id\"\n[outcome]\ncolumn = \"outcome\"\nbad = [\"bad\"]\n[features]\ninclude = [\"age\", \"income\", \"region\"]\n[limits]\nmin_auc = 0.99\n";

#[test]
fn the_file_is_kept_and_new_findings_are_added_to_its_end() {
    let folder = Folder::with(&Cases::new(900).csv(), CARD);
    assert_eq!(folder.train().status.code(), Some(4));
    let begun = folder.read("out/conclusion.toml");
    assert!(begun.contains("id = \"min_auc on development\"") && begun.contains("# conclusion = \"\""), "{begun}");
    assert!(folder.read("out/report.html").contains("Not yet concluded."));
    // The words are given, one finding is settled, one is the validator's own; blanks and comments are odd on purpose.
    let kept = "conclusion = \"\"\"Fit for use <with> care.\n\nUntil 2031.\"\"\"\nvalidator=\"Ada\"   # me\r\ndate = 2031-02-03\n[[findings]]\nid = \"min_auc on holdout\"\nseverity = \"medium\"\nowner = \"Bo\"\ndue = 2031-06-01\ncomment = \"more data\"\n[[findings]]\nid = \"own\"\nseverity = \"low\"";
    folder.write("out/conclusion.toml", kept);
    assert_eq!(folder.train().status.code(), Some(4));
    let again = folder.read("out/conclusion.toml");
    let added = again.strip_prefix(kept).expect("kept byte for byte");
    assert_eq!(added.matches("id = \"min_auc on development\"").count(), 1, "{added}");
    assert!(!added.contains("min_auc on holdout") && !added.contains("own\""), "{added}");
    let page = folder.read("out/report.html");
    for words in
        ["Fit for use &lt;with&gt; care.", "Until 2031.", "Ada", "2031-02-03", "more data", "Bo", "not in this run"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("Not yet concluded."));
    // Nothing new: nothing changes.
    assert_eq!(folder.train().status.code(), Some(4));
    assert_eq!(folder.read("out/conclusion.toml"), again);
}

#[test]
fn a_damaged_file_stops_the_run_before_anything_is_overwritten() {
    let folder = Folder::with(&Cases::new(900).csv(), CARD);
    folder.train();
    let before = folder.read("out/evidence.json");
    for (text, words) in [
        ("validator = \"Ada\nx", "conclusion.toml, line 2"),
        ("# a\nvalidater = \"Ada\"\n", "did you mean"),
        ("[[findings]]\nid = \"a\"\nseverity = \"grave\"\n", "conclusion.toml, line 3"),
        (
            "[[findings]]\nid = \"a\"\nseverity = \"low\"\n[[findings]]\nid = \"a\"\nseverity = \"low\"\n",
            "stands twice",
        ),
    ] {
        folder.write("out/conclusion.toml", text);
        folder.write("out/mark", "");
        folder.train().fails(3, &[words, "conclusion.toml"]);
        assert_eq!(folder.read("out/conclusion.toml"), text);
        assert_eq!(folder.read("out/evidence.json"), before);
        assert!(folder.path("out/mark").exists());
        folder.has_no_leftovers();
    }
}

#[test]
fn findings_are_what_fails() {
    let check = |sample: &str, value: Option<f64>, passed: bool| LimitCheck {
        name: "min_auc".to_owned(),
        sample: sample.to_owned(),
        value,
        limit: 0.7,
        passed,
    };
    let limits = vec![check("a", Some(0.8), true), check("b", Some(0.6), false), check("c", None, false)];
    let evidence = Evidence { limits, ..Evidence::default() };
    let open = open_findings(&evidence);
    let ids: Vec<&str> = open.iter().map(|open| open.id.as_str()).collect();
    assert_eq!(ids, ["min_auc on b", "min_auc on c"]);
    assert!(open.iter().all(|open| open.severity == Severity::High && open.light == Light::Red));
    let folder = Folder::new();
    let file = conclusion_file(&folder.path(""), &open).unwrap();
    assert_eq!(file.words.findings.len(), 2);
    folder.write(CONCLUSION, &file.text);
    assert_eq!(conclusion_file(&folder.path(""), &open).unwrap().text, file.text);
}
