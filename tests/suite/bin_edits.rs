//! Looking at bins and editing them, by the real program on German credit, and what becomes of edits later.

use std::sync::OnceLock;

use scorewright::report::{Letters, fit};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Cases, FEATURES, Folder, Run, card, line_of, noise};

/// The card on German credit and its data, as `new` writes them.
fn german() -> Folder {
    static FILES: OnceLock<(String, Vec<u8>)> = OnceLock::new();
    let (card, data) = FILES.get_or_init(|| {
        let folder = Folder::new();
        folder.run(&["new", "p"]).succeeds();
        let data = std::fs::read(folder.path("p/data/germancredit.csv.gz")).unwrap();
        (folder.read("p/cards/german-application.toml").replace("../data/", ""), data)
    });
    let folder = Folder::new();
    folder.write("card.toml", card);
    folder.write("germancredit.csv.gz", data);
    folder
}

fn bins(folder: &Folder, arguments: &[&str]) -> Run {
    folder.run(&[&["bins", "card.toml"], arguments].concat())
}

/// The document that a run with `--json` printed.
fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let run = bins(folder, &[arguments, &["--json"]].concat());
    run.succeeds();
    serde_json::from_str(&run.stdout).unwrap()
}

/// Carries an edit out, signed.
fn edit(folder: &Folder, feature: &str, arguments: &[&str]) -> Value {
    let signed = json(folder, &[&["--feature", feature], arguments, &["--by", "Ada", "--because", "a test"]].concat());
    assert_eq!(signed["written"], true);
    signed
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// The cuts of a feature as `bins` shows them.
fn cuts(feature: &Value) -> Vec<f64> {
    feature["bins"].as_array().unwrap().iter().filter_map(|bin| bin["domain"]["upper"].as_f64()).collect()
}

/// The groups of a feature as `bins` shows them, each sorted.
fn groups(feature: &Value) -> Vec<Vec<String>> {
    let texts = |bin: &Value| {
        let mut texts: Vec<String> =
            bin["domain"]["categories"].as_array()?.iter().map(|text| text.as_str().unwrap().to_owned()).collect();
        texts.sort();
        Some(texts)
    };
    feature["bins"].as_array().unwrap().iter().filter_map(texts).collect()
}

fn shown(folder: &Folder, feature: &str) -> Value {
    json(folder, &["--feature", feature])["feature"].clone()
}

/// The cuts of a feature in the scorecard of a run.
fn trained_cuts(folder: &Folder, feature: &str) -> Vec<f64> {
    let scorecard = folder.json("out/scorecard.json");
    let features = scorecard["features"].as_array().unwrap();
    let found = features.iter().find(|other| other["name"] == feature).expect("the feature is in the card");
    found["bins"].as_array().unwrap().iter().filter_map(|bin| bin["upper"].as_f64()).collect()
}

fn warnings(folder: &Folder) -> String {
    folder.json("out/evidence.json")["warnings"].to_string()
}

/// Keeps the feature in the card, whatever its information value.
fn keep(folder: &Folder, feature: &str) {
    let text = folder.read("card.toml").replace("keep = []", &format!("keep = [\"{feature}\"]"));
    assert!(text.contains(feature));
    folder.write("card.toml", text);
}

#[test]
fn a_terminal_of_80_columns_shows_table_and_chart() {
    let folder = german();
    let list = bins(&folder, &[]);
    list.succeeds();
    assert_eq!(list.stdout.lines().filter(|line| line.contains("numeric") || line.contains("categorical")).count(), 18);
    for feature in ["age_in_years", "purpose", "status_of_existing_checking_account"] {
        let run = bins(&folder, &["--feature", feature]);
        run.succeeds();
        for line in run.stdout.lines().skip(1) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(run.stdout.contains('█') && run.stdout.contains('│'));
        let ascii = bins(&folder, &["--feature", feature, "--ascii"]);
        assert!(ascii.stdout.is_ascii() && ascii.stdout.contains('#'), "{}", ascii.stdout);
    }
    assert!(bins(&folder, &["--feature", "purpose"]).stdout.contains("\"radio/television\""));
    let age = shown(&folder, "age_in_years");
    let sum = |key: &str| age["bins"].as_array().unwrap().iter().map(|bin| bin[key].as_f64().unwrap()).sum::<f64>();
    assert_eq!((sum("cases"), sum("goods"), sum("bads")), (700.0, 490.0, 210.0));
    assert!((sum("share") - 1.0).abs() < 1e-12);
    assert!((sum("information_value") - age["information_value"].as_f64().unwrap()).abs() < 1e-12);
    // The same bins as training's.
    folder.train().succeeds();
    keep(&folder, "age_in_years");
    folder.train().succeeds();
    assert_eq!(trained_cuts(&folder, "age_in_years"), cuts(&age));
    bins(&folder, &["--feature", "purpse"]).fails(3, &["\"purpse\"", "did you mean \"purpose\"?"]);
    bins(&folder, &["--feature", "age_in_years", "--out", "age.svg"]).succeeds();
    let svg = folder.read("age.svg");
    assert!(svg.starts_with("<svg ") && svg.contains("xmlns=") && svg.contains(">Holdout</text>"));
    bins(&folder, &["--feature", "age_in_years", "--out", "age.png"]).fails(2, &[".svg"]);
}

#[test]
fn wide_letters_are_cut_by_their_columns() {
    assert_eq!(fit("abc", 5, Letters::Unicode), "abc  ");
    assert_eq!(fit("abcdef", 5, Letters::Unicode), "abcd…");
    assert_eq!(fit("abcdef", 5, Letters::Ascii), "ab...");
    // Each of these takes two columns: a fifth column stays free.
    assert_eq!(fit("信用卡贷款", 6, Letters::Unicode), "信用… ");
    assert_eq!(fit("信用卡", 6, Letters::Unicode), "信用卡");
    assert_eq!(fit("a\nb", 6, Letters::Unicode), "a\\nb  ");
}

#[test]
fn an_edit_without_a_name_is_only_shown() {
    let folder = german();
    let before = cuts(&shown(&folder, "age_in_years"));
    let at = before[0].to_string();
    let run = bins(&folder, &["--feature", "age_in_years", "--merge", &at]);
    run.succeeds();
    for words in
        ["before\n", "after: merge at", "information value 0.", "nothing was written", "--by NAME --because TEXT"]
    {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert_eq!(folder.names(), ["card.toml", "germancredit.csv.gz"]);
    assert_eq!(cuts(&shown(&folder, "age_in_years")), before);
    assert!(!run.stdout.contains("when the last edit was made"), "there was none: {}", run.stdout);
    let age = ["--feature", "age_in_years"];
    let wrong = |arguments: &[&str], words: &[&str]| bins(&folder, &[&age, arguments].concat()).fails(2, words);
    wrong(&["--merge", "17.5"], &["no cut at 17.5", &format!("the cuts are: {at}")]);
    wrong(&["--merge", "young"], &["\"young\" is no number"]);
    wrong(&["--merge", &at, "--with", "30"], &["--with is for categories"]);
    wrong(&["--move", &at], &["where to?"]);
    wrong(&["--move", &format!("{at}=900")], &["over another cut"]);
    wrong(&["--cuts", "30,20"], &["cuts must rise"]);
    wrong(&["--split", "30", "--split", "40"], &["one cut at a time"]);
    wrong(&["--split", "0.1234567890123"], &["12 significant digits"]);
    wrong(&["--undo"], &["no edit to undo"]);
    wrong(&["--merge", &at, "--split", "30"], &["cannot be used with"]);
    wrong(&["--merge", &at, "--by", "Ada"], &["--because"]);
    wrong(&["--merge", &at, "--by", " ", "--because", "x"], &["--by is empty"]);
    wrong(&["--by", "Ada", "--because", "x"], &["--merge"]);
    let purpose = |arguments: &[&str], words: &[&str]| {
        bins(&folder, &[&["--feature", "purpose"], arguments].concat()).fails(2, words);
    };
    purpose(&["--merge", "business"], &["--with CATEGORY"]);
    purpose(&["--merge", "busines", "--with", "repairs"], &["did you mean \"business\"?"]);
    purpose(&["--cuts", "1,2"], &["have no cuts"]);
    purpose(&["--move", "business=business"], &["in one bin already"]);
    bins(&folder, &["--merge", "26"]).fails(2, &["--feature"]);
    assert_eq!(folder.names(), ["card.toml", "germancredit.csv.gz"]);
}

#[test]
fn edits_of_cuts_are_recorded_replayed_and_undone() {
    let folder = german();
    keep(&folder, "age_in_years");
    let free = cuts(&shown(&folder, "age_in_years"));
    assert!(free.len() >= 3, "{free:?}");

    let merged = edit(&folder, "age_in_years", &["--merge", &free[1].to_string()]);
    let now = cuts(&merged["after"]);
    assert!(now.contains(&free[0]) && now.contains(&free[2]), "the bounds of the merged bin stand: {now:?}");
    assert!(!now.iter().any(|cut| free[0] < *cut && *cut < free[2]), "nothing parts the merged bin: {now:?}");
    assert_eq!(cuts(&shown(&folder, "age_in_years")), now);

    // A later edit wins over an earlier one.
    let split = edit(&folder, "age_in_years", &["--split", &free[1].to_string()]);
    assert!(cuts(&split["after"]).contains(&free[1]));
    let to = free[0] + 1.0;
    let moved = edit(&folder, "age_in_years", &["--move", &format!("{}={to}", free[0])]);
    let now = cuts(&moved["after"]);
    assert!(now.contains(&to) && now.contains(&free[1]) && !now.contains(&free[0]), "{now:?}");
    let exact = edit(&folder, "age_in_years", &["--cuts", "25,40"]);
    assert_eq!(cuts(&exact["after"]), [25.0, 40.0]);
    let pinned = edit(&folder, "age_in_years", &["--split", "33"]);
    assert_eq!(cuts(&pinned["after"]), [25.0, 33.0, 40.0], "where all cuts are stated, only they change");
    edit(&folder, "age_in_years", &["--undo"]);
    let undone = edit(&folder, "age_in_years", &["--undo"]);
    assert_eq!(cuts(&undone["after"]), now, "both stated cuts are taken back");

    // Nothing is lost from the file.
    let text = folder.read("card.bins.toml");
    let actions: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("action = ")).collect();
    assert_eq!(actions, ["\"merge\"", "\"split\"", "\"move\"", "\"cuts\"", "\"split\"", "\"undo\"", "\"undo\""]);
    let file: toml::Table = toml::from_str(&text).unwrap();
    for record in file["edit"].as_array().unwrap() {
        assert_eq!(record["by"].as_str(), Some("Ada"));
        assert_eq!(record["because"].as_str(), Some("a test"));
        assert!(record["on"].is_datetime() && record["data_sha256"].as_str().unwrap().len() == 64);
        for key in ["before", "after"] {
            assert!(record[key]["information_value"].is_float() && record[key]["cuts"].is_array(), "{key}");
        }
    }

    let run = folder.train();
    run.succeeds();
    assert_eq!(trained_cuts(&folder, "age_in_years"), now);
    assert!(run.stdout.contains("bins of age_in_years were edited: merge at"), "{}", run.stdout);
    let evidence = folder.json("out/evidence.json");
    let edits = evidence["edits"][0]["edits"].as_array().unwrap();
    assert_eq!(edits.iter().map(|edit| edit["number"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(edits.iter().all(|edit| edit["by"] == "Ada" && edit["because"] == "a test" && edit["same_data"] == true));
    assert!(warnings(&folder).contains("by Ada on 20"));
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(folder.json("out/scorecard.json")["lineage"]["edits_sha256"], digest);
    let report = folder.read("out/report.html");
    assert!(report.contains("Edits of bins") && report.contains(&digest));
    // A run with edits validates and scores as any other.
    folder.run(&["score", "out/scorecard.json", "--data", "germancredit.csv.gz", "--out", "scores.csv"]).succeeds();
}

#[test]
fn without_edits_there_is_no_trace_of_them() {
    let folder = german();
    folder.train().succeeds();
    assert!(folder.json("out/scorecard.json")["lineage"].get("edits_sha256").is_none());
    assert!(folder.json("out/evidence.json").get("edits").is_none());
    assert!(!folder.read("out/report.html").contains("Edits of bins"));
}

#[test]
fn edits_of_categories_keep_their_exact_text() {
    let mut cases = Cases::new(1200);
    let texts = ["a, \"b\"", "x=y", "x", "y", "车=贷", " padded ", "it's\ta tab"];
    let level = |row: usize| (noise(row, 9) * 7.0) as usize;
    cases.add("kind", |row| format!("\"{}\"", texts[level(row)].replace('"', "\"\"")));
    cases.add("outcome", |row| if noise(row, 4) < 0.1 + 0.1 * level(row) as f64 { "bad" } else { "good" }.to_owned());
    let folder = Folder::with(&cases.csv(), &card("[features]\ninclude = [\"kind\"]\n[binning]\nmax_bins = 5"));
    let group_with = |feature: &Value, text: &str| {
        groups(feature).into_iter().find(|group| group.iter().any(|other| other == text)).unwrap()
    };
    let before = shown(&folder, "kind");
    assert!(groups(&before).len() >= 3, "{before:#}");

    let split = edit(&folder, "kind", &["--split", texts[0], "--split", texts[6]]);
    assert_eq!(group_with(&split["after"], texts[0]), [texts[0], texts[6]]);
    // Which sign of equality parts the two is known by the categories.
    let moved = edit(&folder, "kind", &["--move", "x=y= padded "]);
    assert!(group_with(&moved["after"], " padded ").contains(&"x=y".to_owned()));
    assert_eq!(group_with(&moved["after"], texts[0]), [texts[0], texts[6]], "the first edit still holds");
    let moved = edit(&folder, "kind", &["--move", "车=贷", "--to", texts[0]]);
    assert_eq!(group_with(&moved["after"], texts[0]), [texts[0], texts[6], "车=贷"]);
    let groups_now = groups(&moved["after"]);
    let other = groups_now.iter().find(|group| !group.contains(&texts[0].to_owned())).unwrap();
    let merged = edit(&folder, "kind", &["--merge", texts[6], "--with", &other[0]]);
    let all = group_with(&merged["after"], texts[0]);
    assert!(all.contains(&other[0]) && all.contains(&"车=贷".to_owned()), "{all:?}");
    assert_eq!(groups(&merged["after"]), groups(&shown(&folder, "kind")), "the file reads back as it was meant");
    folder.train().succeeds();
    assert!(warnings(&folder).contains("split off"));
}

/// A card with one feature of whole numbers on which edits are made; then other data come.
fn on_numbers(bad_rate: impl Fn(f64) -> f64, value: impl Fn(usize) -> f64) -> String {
    let mut cases = Cases::new(2000);
    cases.add("x", |row| value(row).to_string());
    cases.add("outcome", |row| if noise(row, 4) < bad_rate(value(row)) { "bad" } else { "good" }.to_owned());
    cases.csv()
}

const ON_X: &str = "[features]\ninclude = [\"x\"]\n[binning]\nmax_bins = 4\n[selection]\nkeep = [\"x\"]";

#[test]
fn data_that_no_longer_support_an_edit_are_reported() {
    let uniform = |row: usize| (noise(row, 7) * 100.0).floor();
    let falling = |x: f64| 0.6 - x / 200.0;
    let folder = Folder::with(&on_numbers(falling, uniform), &card(ON_X));
    let split = edit(&folder, "x", &["--split", "90"]);
    // The rest is the optimum under the cut that is given.
    let stated =
        Folder::with(&folder.read("cases.csv"), &card(&format!("{ON_X}\n[features.columns.x]\nfixed_cuts = [90]")));
    assert_eq!(shown(&stated, "x"), split["after"]);
    folder.train().succeeds();
    assert!(trained_cuts(&folder, "x").contains(&90.0));
    assert!(!warnings(&folder).contains("do not support"), "{}", warnings(&folder));

    // The range moved away from the cut: the bins stand as they were reviewed.
    folder.write("cases.csv", on_numbers(falling, |row| (noise(row, 7) * 80.0).floor()));
    let run = folder.train();
    run.succeeds();
    assert!(trained_cuts(&folder, "x").contains(&90.0));
    for words in [
        "do not support the edited bins of x",
        "the cut 90 parts nothing: the values go from 0 to 79",
        "the least is 5",
    ] {
        assert!(run.stdout.contains(words) && warnings(&folder).contains(words), "{words}: {}", run.stdout);
    }
    assert!(folder.read("out/report.html").contains("the cut 90 parts nothing"));
    assert_eq!(folder.json("out/evidence.json")["edits"][0]["edits"][0]["same_data"], false);

    // The trend turned round.
    folder.write("cases.csv", on_numbers(|x| 0.1 + x / 200.0, uniform));
    let run = folder.train();
    run.succeeds();
    assert!(run.stdout.contains("is descending; it was ascending when the last edit was made"), "{}", run.stdout);

    // The feature is gone.
    folder.write("card.toml", card(&format!("{FEATURES}[selection]\nkeep = [\"age\"]")));
    let run = folder.train();
    run.succeeds();
    assert!(run.stdout.contains("the card has no such feature any more"), "{}", run.stdout);
}

#[test]
fn an_edit_that_costs_more_than_it_did_is_reported() {
    let uniform = |row: usize| (noise(row, 7) * 100.0).floor();
    let step = |x: f64| if x < 50.0 { 0.5 } else { 0.2 };
    let folder = Folder::with(&on_numbers(step, uniform), &card(ON_X));
    edit(&folder, "x", &["--cuts", "50"]);
    folder.train().succeeds();
    assert!(!warnings(&folder).contains("do not support"), "{}", warnings(&folder));
    folder.write("cases.csv", on_numbers(|x| if x < 20.0 { 0.6 } else { 0.2 }, uniform));
    folder.train().succeeds();
    assert!(warnings(&folder).contains("of what it would be without edits; it was"), "{}", warnings(&folder));
    let edited = &folder.json("out/evidence.json")["edits"][0];
    let value = |key: &str| edited[key].as_f64().unwrap();
    assert!(value("information_value") < 0.8 * value("unedited_information_value"));
}

#[test]
fn a_category_that_is_gone_is_reported() {
    let text = |count: usize| {
        let mut cases = Cases::new(1500);
        let level = move |row: usize| (noise(row, 9) * count as f64) as usize;
        cases.add("kind", |row| ["e", "d", "c", "b", "a"][level(row)].to_owned());
        cases.add("outcome", |row| {
            if noise(row, 4) < 0.2 + 0.1 * level(row) as f64 { "bad" } else { "good" }.to_owned()
        });
        cases.csv()
    };
    let folder = Folder::with(&text(5), &card("[features]\ninclude = [\"kind\"]"));
    edit(&folder, "kind", &["--split", "a", "--split", "b"]);
    folder.write("cases.csv", text(4));
    let run = folder.train();
    run.succeeds();
    assert!(run.stdout.contains("edit 1 names categories that the development sample lacks: \"a\""), "{}", run.stdout);
    assert!(groups(&shown(&folder, "kind")).contains(&vec!["b".to_owned()]));
}

#[test]
fn a_pair_is_shown_and_not_edited() {
    let pair = "[features.pairs.both]\nof = [\"age\", \"income\"]";
    let folder = Folder::with(&Cases::new(1200).csv(), &card(&format!("{FEATURES}{pair}")));
    assert!(bins(&folder, &[]).stdout.contains("both "));
    let shown = shown(&folder, "both");
    assert!(shown["kind"] == "pair" && shown["ordinary_bins"].as_u64().unwrap() > 1, "{shown:#}");
    bins(&folder, &["--feature", "both", "--split", "3"]).fails(2, &["a pair are not edited by hand"]);
    // A feature that is an axis has edits of its own.
    edit(&folder, "age", &["--cuts", "30,50"]);
    folder.train().succeeds();
    let text = folder.read("card.bins.toml").replace("\"age\"", "\"both\"");
    folder.write("card.bins.toml", text);
    folder.train().fails(3, &["card.bins.toml", "a pair are not edited by hand"]);
}

#[test]
fn a_broken_edits_file_stops_every_command() {
    let folder = german();
    edit(&folder, "age_in_years", &["--cuts", "26,40"]);
    let good = folder.read("card.bins.toml");
    let broken = |old: &str, new: &str, words: &[&str]| {
        assert!(good.contains(old), "{old}");
        let text = good.replacen(old, new, 1);
        folder.write("card.bins.toml", &text);
        let mut all = vec!["card.bins.toml"];
        all.extend(words);
        folder.train().fails(3, &all);
        bins(&folder, &[]).fails(3, &all);
        text
    };
    let text = broken("because =", "becuase =", &["unknown key \"becuase\"", "did you mean \"because\"?"]);
    folder.train().fails(3, &[&line_of(&text, "becuase")]);
    broken("action = \"cuts\"", "action = \"cut\"", &["did you mean \"cuts\"?"]);
    let text = broken("cuts = [26, 40]\nby", "cuts = [40, 26]\nby", &["cuts must rise"]);
    folder.train().fails(3, &[&line_of(&text, "cuts = [40, 26]")]);
    broken("cuts = [26, 40]\nby", "cuts = [26, 40]\nat = 3\nby", &["at has no place here"]);
    broken("action = \"cuts\"\ncuts = [26, 40]", "action = \"merge\"\nat = 3\nlower = 5", &["3 does not lie between"]);
    broken("action = \"cuts\"\ncuts = [26, 40]", "action = \"split\"", &["split takes at"]);
    broken("action = \"cuts\"\ncuts = [26, 40]", "action = \"undo\"", &["there is nothing to undo"]);
    broken("by = \"Ada\"", "by = \"\"", &["by is empty"]);
    broken("data_sha256 = \"", "data_sha256 = \"x", &["64 hexadecimal digits"]);
    broken("\non = ", "\non = 2024-02-30 # ", &[]);
    broken("unedited_information_value = ", "unedited_information_value = -", &["must be 0 or more"]);
    let group = "action = \"split\"\ncategories = [\"a\"]";
    broken("action = \"cuts\"\ncuts = [26, 40]", group, &["groups of a categorical one"]);
    // Fit for a categorical feature, but the column holds numbers.
    let text = good.replace("action = \"cuts\"\ncuts = [26, 40]", group);
    let text: Vec<String> = text
        .lines()
        .map(|line| if line.starts_with("cuts = ") { "groups = [[\"a\"]]".to_owned() } else { line.to_owned() })
        .collect();
    folder.write("card.bins.toml", text.join("\n"));
    folder.train().fails(3, &["edit 1 (split off \"a\")", "holds numbers, but the edit is of categories", "--undo"]);
    assert!(!folder.path("out").exists());
    folder.write("card.bins.toml", &good);
    folder.train().succeeds();
}

#[test]
fn two_runs_are_held_against_each_other() {
    let folder = german();
    keep(&folder, "age_in_years\", \"property");
    folder.run(&["train", "card.toml", "--out", "a"]).succeeds();
    let same = folder.run(&["bins", "diff", "a", "a"]);
    same.succeeds();
    assert!(same.stdout.contains("the bins are the same"), "{}", same.stdout);

    let free = cuts(&shown(&folder, "age_in_years"));
    edit(&folder, "age_in_years", &["--merge", &free[0].to_string()]);
    let group = groups(&shown(&folder, "property")).swap_remove(0);
    let other = groups(&shown(&folder, "property")).swap_remove(1);
    edit(&folder, "property", &["--merge", &group[0], "--with", &other[0]]);
    let text = folder.read("card.toml").replace("exclude = [", "exclude = [\"telephone\", ");
    folder.write("card.toml", text);
    folder.run(&["train", "card.toml", "--out", "b"]).succeeds();
    let run = folder.run(&["bins", "diff", "a", "b"]);
    run.succeeds();
    for words in [
        "age_in_years: in both cards",
        &format!("cuts gone: {}", free[0]),
        "telephone: went: only A has it",
        "the same in both:",
        &format!("group gone: [{:?}", group[0]),
        "group new: [",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let diff: Value = serde_json::from_str(&folder.run(&["bins", "diff", "a", "b", "--json"]).stdout).unwrap();
    let age = diff["changed"].as_array().unwrap().iter().find(|feature| feature["feature"] == "age_in_years").unwrap();
    assert!(numbers(&age["cuts_gone"]).contains(&free[0]));
    assert!(age["information_value"]["a"].as_f64() > age["information_value"]["b"].as_f64());
    assert!(diff["runs"]["a"]["edits_sha256"].is_null() && diff["runs"]["b"]["edits_sha256"].is_string());
    let scorecard = |run: &str| folder.json(&format!("{run}/scorecard.json"));
    for (run, key) in [("a", "a"), ("b", "b")] {
        let card = scorecard(run);
        let feature =
            card["features"].as_array().unwrap().iter().find(|f| f["name"] == "age_in_years").unwrap().clone();
        let rows: Vec<&Value> =
            age["rows"].as_array().unwrap().iter().filter(|row| !row["woe"][key].is_null()).collect();
        let bins = feature["bins"].as_array().unwrap();
        assert_eq!(rows.len(), bins.len());
        for (row, bin) in rows.iter().zip(bins) {
            assert_eq!((&row["woe"][key], &row["points"][key]), (&bin["woe"], &bin["points"]));
        }
    }
    folder.run(&["bins", "diff", "a", "nowhere"]).fails(3, &["scorecard.json", "--out"]);
}
