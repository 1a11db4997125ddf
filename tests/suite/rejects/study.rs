//! The study through the program: rejects by table and by column, threads, truth, exclusion, missing columns.

use serde_json::Value;

use crate::support::{BAD, Cases, FEATURES, Folder, Run, card_on, noise};

/// Applicants of whom some are accepted; `hidden` is how much the outcome knows of what the lender saw and nobody recorded.
pub struct Lender {
    folder: Folder,
    is_accepted: Vec<bool>,
    is_bad: Vec<bool>,
}

fn normal(row: usize, stream: u64) -> f64 {
    (0..12).map(|part| noise(row, stream * 100 + part)).sum::<f64>() - 6.0
}

impl Lender {
    /// Writes cases.csv (accepts), rejects.csv (without outcome), together.csv (with a decision) and truth.csv.
    pub fn new(rows: usize, hidden: f64) -> Self {
        let mut cases = Cases::new(rows);
        cases.add("officer", |row| format!("o{}", (noise(row, 31) * 6.0) as usize));
        let age = |row: usize| 20.0 + (noise(row, 1) * 50.0).floor();
        let income = |row: usize| 1000.0 + (noise(row, 2) * 4000.0).floor();
        let seen = |row: usize| normal(row, 41);
        let safety = |row: usize| 0.8 + (age(row) - 45.0) / 20.0 + (income(row) - 3000.0) / 1500.0;
        let is_bad: Vec<bool> = (0..rows)
            .map(|row| safety(row) + hidden * seen(row) + (1.0 - hidden * hidden).sqrt() * normal(row, 42) < 0.0)
            .collect();
        let lenient = |row: usize| (noise(row, 31) * 6.0).floor() / 2.5 - 1.0;
        let is_accepted: Vec<bool> =
            (0..rows).map(|row| (income(row) - 2800.0) / 1500.0 + lenient(row) + seen(row) > 0.0).collect();
        cases.add("outcome", |row| if is_bad[row] { "bad" } else { "good" }.to_owned());
        let folder = Folder::new();
        let all = cases.csv();
        let pick = |accepted: bool| {
            let rows = all.lines().skip(1).zip(&is_accepted).filter(move |(_, is)| **is == accepted);
            rows.map(|(line, _)| line.to_owned()).collect::<Vec<String>>()
        };
        let header = all.lines().next().unwrap();
        folder.write("cases.csv", format!("{header}\n{}\n", pick(true).join("\n")));
        // The outcome is the last column but officer.
        let without = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            let kept: Vec<&str> = fields.iter().enumerate().filter(|(at, _)| *at != 7).map(|(_, f)| *f).collect();
            kept.join(",")
        };
        let header = header.replace("income", "monthly_pay");
        let rejects: Vec<String> = pick(false).iter().map(|line| without(line)).collect();
        folder.write("rejects.csv", format!("{}\n{}\n", without(&header), rejects.join("\n")));
        let decided = all.lines().enumerate().map(|(row, line)| match row {
            0 => format!("{line},decision"),
            row => format!("{line},{}", if is_accepted[row - 1] { "accepted" } else { "rejected" }),
        });
        folder.write("together.csv", decided.collect::<Vec<String>>().join("\n") + "\n");
        let truth = (0..rows).map(|row| format!("c{},{}", row + 1, is_bad[row])).collect::<Vec<String>>().join("\n");
        folder.write("truth.csv", format!("id,default\n{truth}\n"));
        Lender { folder, is_accepted, is_bad }
    }

    /// A card on these; further keys of [rejects], further sections.
    pub fn card(&self, rejects: &str, rest: &str) -> String {
        let rejects = format!("[rejects]\n{rejects}\n");
        card_on("id = \"id\"", BAD, &format!("{rejects}{FEATURES}[sample]\nholdout = 0.3\n{rest}"))
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub fn study(&self, card: &str, more: &[&str]) -> Run {
        self.folder.write("card.toml", card);
        self.folder.run(&[&["reject-inference", "card.toml", "--out", "out"], more].concat())
    }

    pub fn document(&self, card: &str) -> Value {
        self.study(card, &[]).succeeds();
        self.folder.json("out/reject-inference.json")
    }
}

const BY_PATH: &str = "path = \"rejects.csv\"\nrename = { monthly_pay = \"income\" }";

fn method<'a>(study: &'a Value, title: &str) -> &'a Value {
    let methods = study["methods"].as_array().unwrap();
    methods
        .iter()
        .find(|method| method["title"] == title)
        .unwrap_or_else(|| panic!("no {title}: {}", study["not_used"]))
}

fn estimates(method: &Value) -> Vec<f64> {
    method["coefficients"].as_array().unwrap().iter().map(|c| c["estimate"].as_f64().unwrap()).collect()
}

#[test]
fn a_table_of_rejects_and_a_decision_s_column_are_the_same_study() {
    let lender = Lender::new(3000, 0.0);
    let by_path = lender.document(&lender.card(BY_PATH, ""));
    let card = lender.card("column = \"decision\"\nvalues = [\"rejected\"]", "").replace("cases.csv", "together.csv");
    let by_column = lender.document(&card);
    assert_eq!(by_path["applicants"], by_column["applicants"]);
    assert_eq!(by_path["methods"], by_column["methods"]);
    assert_eq!(by_path["methods"].as_array().unwrap().len(), 12, "{}", by_path["not_used"]);
    let accepts = lender.is_accepted.iter().filter(|accepted| **accepted).count();
    assert_eq!(by_path["applicants"]["accepts"], accepts as f64);
    assert_eq!(by_path["applicants"]["rejects"], (3000 - accepts) as f64);
    // Present approval rate: as many as were accepted, but for ties.
    let rate = accepts as f64 / 3000.0;
    for method in by_path["methods"].as_array().unwrap() {
        let approved = method["cut_off"]["approval_rate"].as_f64().unwrap();
        assert!(approved >= rate - 1e-9 && approved < rate + 0.1, "{approved} {rate}");
    }
}

#[test]
fn accepts_only_is_the_card_and_fuzzy_with_factor_1_claims_nothing() {
    let lender = Lender::new(3000, 0.0);
    let card = lender.card(BY_PATH, "");
    let study = lender.document(&card);
    let base = estimates(method(&study, "Accepts only"));
    for (base, fuzzy) in base.iter().zip(estimates(method(&study, "Fuzzy augmentation × 1"))) {
        assert!((base - fuzzy).abs() < 1e-9, "{base} {fuzzy}");
    }
    for moved in ["Fuzzy augmentation × 2", "Parcelling × 3", "Hard cut-off", "Reweighting"] {
        let most = base.iter().zip(estimates(method(&study, moved))).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(most > 1e-3, "{moved} changes nothing");
    }
    let page = lender.folder.read("out/report.html");
    assert!(page.contains("It says nothing about rejects, and nothing is claimed from it"), "{page}");
    for words in
        ["Horvitz and Thompson", "Van de Ven and van Praag", "No data tell the factor", "Coefficient of income"]
    {
        assert!(page.contains(words), "{words:?} is missing from the page");
    }
    let coefficients = lender.folder.read("out/tables/coefficients.csv");
    assert!(coefficients.starts_with("method,coefficient,estimate,standard_error,low,high,less_accepts_only\n"));

    // Training scores the rejects, and its coefficients are those of accepts only.
    lender.folder.run(&["train", "card.toml", "--out", "run"]).succeeds();
    let scorecard = lender.folder.json("run/scorecard.json");
    let trained: Vec<f64> = std::iter::once(&scorecard["intercept"])
        .chain(scorecard["features"].as_array().unwrap().iter().map(|feature| &feature["coefficient"]))
        .map(|value| value.as_f64().unwrap())
        .collect();
    assert_eq!(trained.len(), base.len());
    assert!(trained.iter().zip(&base).all(|(a, b)| (a - b).abs() < 1e-7), "{trained:?} {base:?}");
    let rejected = &lender.folder.json("run/evidence.json")["samples"]["rejected"];
    assert_eq!(rejected["cases"], study["applicants"]["rejects"].as_f64().unwrap() as u64);
    assert_eq!(rejected["goods"], 0.0);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let lender = Lender::new(2500, 0.5);
    let card = lender.card(&format!("{BY_PATH}\nexclusion = [\"officer\"]"), "");
    let written = |threads: &str| {
        lender.study(&card, &["--threads", threads]).succeeds();
        ["reject-inference.json", "report.html", "tables/scores.csv"]
            .map(|name| lender.folder.read(&format!("out/{name}")))
    };
    assert_eq!(written("1"), written("2"));
}

#[test]
fn the_truth_shows_that_an_exclusion_corrects_what_nobody_recorded() {
    let lender = Lender::new(6000, 0.8);
    let truth = "[rejects.truth]\npath = \"truth.csv\"\ncolumn = \"default\"\n";
    let study = lender.document(&lender.card(&format!("{BY_PATH}\nexclusion = [\"officer\"]\n{truth}"), ""));
    // officer is no feature.
    let selected = study["features"]["selected"].as_array().unwrap();
    assert!(!selected.contains(&Value::from("officer")) && selected.contains(&Value::from("income")));
    let rejected = || lender.is_accepted.iter().zip(&lender.is_bad).filter(|(accepted, _)| !**accepted);
    let rate = rejected().filter(|(_, bad)| **bad).count() as f64 / rejected().count() as f64;
    let known = &study["truth"];
    assert!((known["bad_rate"].as_f64().unwrap() - rate).abs() < 1e-12);
    assert_eq!(known["unknown"], 0);
    let row = |title: &str| {
        let rows = known["methods"].as_array().unwrap();
        rows.iter().find(|row| row["title"] == title).unwrap_or_else(|| panic!("no {title}: {}", study["not_used"]))
    };
    for result in study["methods"].as_array().unwrap() {
        let title = result["title"].as_str().unwrap();
        let bias = result["rejects_bad_rate"].as_f64().unwrap() - rate;
        assert!((row(title)["bias"].as_f64().unwrap() - bias).abs() < 1e-12, "{title}");
    }
    assert_eq!(row("All applicants, true outcomes")["log_odds_distance"], 0.0);
    let bias = |title: &str| row(title)["bias"].as_f64().unwrap();
    assert!(bias("Accepts only") < -0.05, "accepts are safer than they look: {}", bias("Accepts only"));
    assert!(bias("Bivariate probit").abs() < 0.5 * bias("Accepts only").abs(), "{}", bias("Bivariate probit"));
    let (low, high) = (&study["probit"]["rho_profile"][0], &study["probit"]["rho_profile"][1]);
    assert!(low.as_f64().unwrap() > 0.2 && high.as_f64().unwrap() <= 1.0, "{low} {high}");
    assert!(lender.folder.read("out/report.html").contains("Nearest to the truth"));
}

#[test]
fn columns_that_rejects_lack_leave_a_smaller_card() {
    let lender = Lender::new(3000, 0.0);
    let rejects = lender.folder.read("rejects.csv");
    let cut = |line: &str| {
        let kept = line.split(',').enumerate().filter(|(at, _)| *at != 4).map(|(_, field)| field);
        kept.collect::<Vec<&str>>().join(",")
    };
    lender.folder.write("rejects.csv", rejects.lines().map(|line| cut(line) + "\n").collect::<String>());
    let card = lender.card(BY_PATH, "[selection]\nkeep = [\"age\"]\n");
    let study = lender.document(&card);
    assert_eq!(study["features"]["lacking"], serde_json::json!(["age"]));
    let auc = |key: &str| study["features"][key].as_f64().unwrap();
    assert!(auc("full_card_auc") > auc("study_auc") + 0.02);
    let run = lender.folder.run(&["train", "card.toml", "--out", "run"]);
    run.succeeds();
    assert!(run.stdout.contains("their table lacks age"), "{}", run.stdout);
    let evidence = lender.folder.json("run/evidence.json");
    assert_eq!(evidence["samples"].get("rejected"), None);
    // A card without its rejects is the same card.
    let scorecard = |name: &str| {
        let mut scorecard = lender.folder.json(name);
        scorecard.as_object_mut().unwrap().retain(|key, _| key != "lineage" && key != "samples");
        scorecard
    };
    let alone = card.split("[rejects]").next().unwrap().to_owned() + &card[card.find("[features]").unwrap()..];
    lender.folder.write("alone.toml", alone);
    lender.folder.run(&["train", "alone.toml", "--out", "alone"]).succeeds();
    assert_eq!(scorecard("run/scorecard.json"), scorecard("alone/scorecard.json"));
}

#[test]
fn a_stated_cut_off_and_a_stated_acceptance_rate() {
    let lender = Lender::new(3000, 0.0);
    let card = lender.card(&format!("{BY_PATH}\nacceptance_rate = 0.2\nfactors = [2]"), "");
    lender.study(&card, &["--cut-off", "520"]).succeeds();
    let study = lender.folder.json("out/reject-inference.json");
    let people = &study["applicants"];
    let share = people["accepts"].as_f64().unwrap()
        / (people["accepts"].as_f64().unwrap() + people["rejects"].as_f64().unwrap());
    assert!((share - 0.2).abs() < 1e-12);
    for method in study["methods"].as_array().unwrap() {
        assert!((method["cut_off"]["score"].as_f64().unwrap() - 520.0).abs() < 1e-9);
    }
    // Weights of rejects are not 1: the sandwich, and no likelihood ratio.
    assert_eq!(study["probit"]["robust"], true);
    assert_eq!(study["probit"]["ratio_test"], Value::Null);
}

#[test]
fn acceptance_by_a_rule_is_said() {
    let lender = Lender::new(2000, 0.0);
    // Everybody of 40 and above was accepted, and nobody else.
    let all = lender.folder.read("together.csv");
    let decided = all.lines().map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let kept = fields[..fields.len() - 1].join(",");
        match fields[4].parse::<f64>() {
            Ok(age) => format!("{kept},{}\n", if age >= 40.0 { "accepted" } else { "rejected" }),
            Err(_) => format!("{line}\n"),
        }
    });
    lender.folder.write("together.csv", decided.collect::<String>());
    let card = lender.card("column = \"decision\"\nvalues = [\"rejected\"]", "").replace("cases.csv", "together.csv");
    let study = lender.document(&card);
    let refused: Vec<&str> =
        study["not_used"].as_array().unwrap().iter().map(|fault| fault["method"].as_str().unwrap()).collect();
    assert_eq!(refused, ["Reweighting", "Bivariate probit"]);
    let fault = study["acceptance"]["fault"].as_str().unwrap();
    assert!(fault.contains("\"age\"") && fault.contains("no overlap"), "{fault}");
    let beyond = study["beyond_range"].as_array().unwrap().iter().find(|beyond| beyond["feature"] == "age").unwrap();
    assert_eq!(beyond["outside"], 1.0);
}

#[test]
fn a_card_on_the_history_has_its_rejects_already() {
    let folder = Folder::new();
    folder.run(&["simulate", "--out", "lender", "--customers", "3000", "--seed", "5", "--quiet"]).succeeds();
    let card = folder.read("lender/cards/application.toml");
    let truth = "\n[rejects]\nexclusion = [\"channel\"]\n[rejects.truth]\npath = \"../truth/applications.parquet\"\nid = \"application_id\"\ncolumn = \"defaulted_12m\"\n";
    folder.write("lender/cards/application.toml", card + truth);
    folder.run(&["reject-inference", "lender/cards/application.toml", "--out", "out"]).succeeds();
    let study = folder.json("out/reject-inference.json");
    // Accepts need twelve months after the application, rejects do not.
    assert!(study["applicants"]["out_of_their_time"].as_u64().unwrap() > 100);
    assert_eq!(study["truth"]["unknown"], 0);
    let selected = study["features"]["selected"].as_array().unwrap();
    assert!(!selected.contains(&Value::from("channel")));
    let columns = study["acceptance"]["columns"].as_array().unwrap();
    assert!(columns.iter().any(|column| column["name"] == "channel" && column["exclusion"] == true));
}
