//! What must hold in the corners of binning: figures that agree everywhere, and plain words for what cannot be.

use serde_json::Value;

use crate::support::{Cases, Folder, card, noise};

/// Cases of which some have no income, or the code -9; few enough that neither is large enough for a bin.
fn with_gaps() -> String {
    let mut cases = Cases::new(600);
    cases.add("income", |row| match row % 40 {
        3 => String::new(),
        7 => "-9".to_owned(),
        _ => (1000.0 + (noise(row, 2) * 4000.0).floor()).to_string(),
    });
    cases.csv()
}

/// The sum of the information values in tables/bins.csv over the bins of income.
fn sum_of_bins(folder: &Folder, out: &str, sample: &str) -> f64 {
    let bytes = folder.read(&format!("{out}/tables/bins.csv"));
    let mut reader = csv::Reader::from_reader(bytes.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|column| column == name).unwrap();
    let (feature, of, value, woe, label) =
        (at("feature"), at("sample"), at("information_value"), at("woe"), at("bin"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows = rows.iter().filter(|row| &row[feature] == "income" && &row[of] == sample);
    rows.map(|row| {
        let value: f64 = row[value].parse().unwrap();
        let is_shared = row[label].contains("neutral") || row[label].contains("few cases; with");
        assert!(!is_shared || value == 0.0, "{row:?} has a share of the information value");
        assert!(!row[label].contains("neutral") || row[woe].parse::<f64>().unwrap() == 0.0);
        value
    })
    .sum()
}

#[test]
fn the_information_value_is_the_same_wherever_it_stands() {
    for rule in ["neutral", "nearest"] {
        let rest = format!(
            "[sample]\nholdout = 0\n[selection]\nkeep = [\"income\"]\n[features]\ninclude = [\"age\", \"income\", \"region\"]\n[features.columns.income]\nspecial = [-9]\n\
             [binning]\nmissing = \"{rule}\"\nspecial_bins = \"{rule}\""
        );
        let folder = Folder::with(&with_gaps(), &card(&rest));
        folder.train().succeeds();
        let evidence = folder.json("out/evidence.json");
        let iv = evidence["features"]["income"]["iv"]["development"].as_f64().unwrap();
        assert!(iv > 0.0);
        assert_eq!(folder.decision("income")["information_value"].as_f64(), Some(iv), "{rule}: selection");
        assert!((sum_of_bins(&folder, "out", "development") - iv).abs() < 1e-12, "{rule}: bins.csv");
        let run = folder.run(&["bins", "card.toml", "--feature", "income", "--json"]);
        run.succeeds();
        let shown: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(shown["feature"]["information_value"].as_f64(), Some(iv), "{rule}: bins --json");

        // Validation has only the scorecard, and the very same cases give the very same value.
        let document = folder.json("out/scorecard.json");
        let features = document["features"].as_array().unwrap();
        let income = features.iter().find(|feature| feature["name"] == "income").unwrap();
        for bin in income["bins"].as_array().unwrap() {
            assert_eq!(bin.get("woe_from").is_none(), bin.get("lower").is_some(), "{bin}");
        }
        let arguments = ["validate", "out/scorecard.json", "--data", "cases.csv", "--out", "validation"];
        folder.run(&arguments).succeeds();
        let validation = folder.json("validation/evidence.json");
        assert_eq!(validation["features"]["income"]["iv"]["validation"].as_f64(), Some(iv), "{rule}: validation");
        assert!((sum_of_bins(&folder, "validation", "validation") - iv).abs() < 1e-12, "{rule}: validation's bins.csv");
    }
}
