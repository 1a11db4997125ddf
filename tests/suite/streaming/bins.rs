//! Bins found batch by batch against those found in memory.

use std::collections::HashMap;

use scorewright::binning::Binning;
use scorewright::config::{CardSpec, Monotone};
use scorewright::error::ErrorKind;
use scorewright::pipeline::{TrainedCard, train};
use scorewright::progress::Silent;
use scorewright::report::streamed_toml;
use scorewright::streaming::{StreamedBins, bin_table};
use scorewright::table::BatchSize;
use scorewright_runtime::artifact::BinDomain;

use crate::support::{BAD, Cases, Folder, card_on, noise, project_with};

fn streamed(folder: &Folder, bytes: usize) -> StreamedBins {
    let spec = CardSpec::read(&folder.path("card.toml")).unwrap();
    bin_table(&spec, BatchSize { values: 100, bytes }, &Silent).unwrap()
}

fn trained(folder: &Folder) -> TrainedCard {
    train(CardSpec::read(&folder.path("card.toml")).unwrap(), &Silent).unwrap()
}

/// Everything but the codes of cases.
fn same(streamed: &Binning, in_memory: &Binning) {
    let name = &in_memory.name;
    assert_eq!(&streamed.name, name);
    assert_eq!(streamed.kind, in_memory.kind, "{name}");
    assert_eq!(streamed.bins, in_memory.bins, "{name}");
    assert_eq!(streamed.table, in_memory.table, "{name}");
    assert_eq!(streamed.trend, in_memory.trend, "{name}");
    assert_eq!(streamed.note, in_memory.note, "{name}");
    assert_eq!(streamed.trend_missed, in_memory.trend_missed, "{name}");
    assert_eq!(streamed.over_time, in_memory.over_time, "{name}");
}

/// A table with everything that a column may be: whole numbers, few numbers, categories, gaps, special values.
fn table(rows: usize) -> Cases {
    let mut cases = Cases::new(rows);
    cases.add("score", |row| match (noise(row, 5) * 40.0) as i32 {
        0 => String::new(),
        1 => "-9".to_owned(),
        2 => "-8".to_owned(),
        score => (f64::from(score) / 4.0 + noise(row, 6).round()).to_string(),
    });
    cases.add("town", |row| format!("\"town, {}\"", (noise(row, 7).powi(3) * 60.0) as usize));
    cases.add("school", |row| ["", "low", "middle", "high"][(noise(row, 8) * 4.0) as usize].to_owned());
    // Every value of all days but the last is missing, or special.
    cases.add("late", |row| match row % 90 {
        0 => "-9".to_owned(),
        other if other < 45 => String::new(),
        other => {
            if row + 500 > rows {
                (other % 4).to_string()
            } else {
                String::new()
            }
        }
    });
    cases.add("infinite", |row| match (noise(row, 31) * 6.0) as usize {
        0 => "-inf".to_owned(),
        1 => "inf".to_owned(),
        2 => format!("{}", f64::MAX),
        3 => "NaN".to_owned(),
        4 => "-0.0".to_owned(),
        _ => "0".to_owned(),
    });
    cases.add("nothing", |_| String::new());
    cases.add("born", |row| format!("19{}-01-01", 50 + row % 50));
    cases.add("postcode", |row| format!("0{}", row % 7));
    cases
}

/// Weight 1 or fewer digits: every sum is exact, so the order in which it is made does not matter.
#[test]
fn few_distinct_values_give_the_bins_of_training_exactly() {
    let columns = "[features.columns.score]\nspecial = [-9, { refused = [-8] }]\n\
        [features.columns.late]\nspecial = [-9]\n\
        [features.columns.school]\norder = [\"low\", \"middle\", \"high\"]\nmonotone = \"none\"\n\
        [features.columns.age]\nfixed_cuts = [30]\nforbidden_cuts = [[40, 45]]\nmin_share = 0.04\n\
        [features.columns.region]\ngroups = [[\"north\", \"south\"], [\"east\", \"west\"]]\n\
        [features.columns.income]\ncuts = [2000, 3000.5]\n";
    let features = |other: &str| format!("[features]\nexclude = [\"id\", \"customer\", \"w\", \"{other}\"]\n{columns}");
    let dated = "[binning]\nmissing = \"nearest\"\nspecial_bins = \"neutral\"\n[binning.stable]\nshare = 0.5\n";
    let ratio = "ratio = \"paid\"\nweight = \"w\"";
    for (keys, outcome, rest) in [
        ("id = \"id\"", BAD, "[sample]\nholdout = 0.3\n".to_owned()),
        ("group = \"customer\"", "column = \"outcome\"\nbad = [\"bad\"]\nweight = \"w\"", String::new()),
        ("observed_at = \"applied_at\"", BAD, format!("[sample]\nout_of_time_from = 2024-11-01\n{dated}")),
        ("", ratio, String::new()),
    ] {
        let folder = Folder::new();
        let mut cases = table(4_000);
        let bads = cases.bads();
        let paid = |row: usize| if bads[row] { noise(row, 9) * 0.6 } else { 1.0 - noise(row, 9) * 0.6 };
        cases.add("paid", |row| ((paid(row) * 8.0).floor() / 8.0).to_string());
        let features = features(if outcome == ratio { "outcome" } else { "paid" });
        folder.write("cases.csv", cases.csv());
        folder.write("card.toml", card_on(keys, outcome, &format!("{features}{rest}")));
        let expected = trained(&folder);
        for bytes in [1_000, 1 << 20] {
            let found = streamed(&folder, bytes);
            assert_eq!(found.development, expected.samples.development().len());
            assert_eq!(found.rows, 4_000);
            assert_eq!(found.refused, expected.cases.refused);
            assert!(found.refused.len() >= 2, "{:?}", found.refused);
            assert_eq!(found.features.len(), expected.binnings.len());
            assert!(found.features.len() >= 6);
            for (feature, expected) in found.features.iter().zip(&expected.binnings) {
                assert_eq!((feature.rank_error, feature.others), (0, None));
                same(&feature.binning, expected);
            }
        }
    }
}

/// The cuts of a binning.
fn cuts(binning: &Binning) -> Vec<f64> {
    let lower = |domain: &BinDomain| match domain {
        BinDomain::Interval { lower, .. } => *lower,
        _ => None,
    };
    binning.bins.iter().filter_map(|(_, domain)| lower(domain)).collect()
}

/// Many distinct values: the counts are those of the values, and the information value is that of the bins in memory
/// to a half percent (and 0.0001).
#[test]
fn many_distinct_values_lose_little_and_are_counted_exactly() {
    let rows = 60_000;
    let normal = |row: usize, stream: u64| {
        (-2.0 * (1.0 - noise(row, stream)).ln()).sqrt() * (std::f64::consts::TAU * noise(row, stream + 1)).cos()
    };
    let z: Vec<f64> = (0..rows).map(|row| normal(row, 10)).collect();
    let mut cases = Cases::new(rows);
    cases.add("outcome", |row| {
        if noise(row, 12) < 1.0 / (1.0 + (1.5 + z[row]).exp()) { "bad" } else { "good" }.to_owned()
    });
    cases.add("lognormal", |row| match row % 11 {
        0 => String::new(),
        1 => "-1".to_owned(),
        _ => (7.0 + 1.3 * z[row] + 0.5 * normal(row, 14)).exp().to_string(),
    });
    cases.add("sorted", |row| (row as f64 + 100.0 * z[row]).to_string());
    cases.add("u", |row| (z[row].abs() + 0.3 * noise(row, 16)).to_string());
    cases.add("half", |row| if noise(row, 17) < 0.5 { "0".to_owned() } else { z[row].to_string() });
    let folder = Folder::with(
        &cases.csv(),
        &card_on(
            "",
            BAD,
            "[features]\ninclude = [\"lognormal\", \"sorted\", \"u\", \"half\"]\n[binning]\nmax_bins = 8\nmonotone = \"unimodal\"\n\
             [features.columns.lognormal]\nspecial = [-1]\nfixed_cuts = [1000]\nforbidden_cuts = [[2000, 2500]]\nmonotone = \"ascending\"\n",
        ),
    );
    let expected = trained(&folder);
    let found = streamed(&folder, 1 << 16);
    let goods = &expected.cases.outcomes.goods;
    for (feature, in_memory) in found.features.iter().zip(&expected.binnings) {
        let binning = &feature.binning;
        let name = &binning.name;
        assert!(feature.rank_error > 0 && feature.rank_error < 60, "{name}: {}", feature.rank_error);
        let (iv, expected_iv) = (binning.table.information_value, in_memory.table.information_value);
        assert!(iv > expected_iv * 0.995 - 1e-4, "{name}: {iv} against {expected_iv}");
        assert!(iv < expected_iv * 1.005 + 1e-4, "{name}: {iv} against {expected_iv}");
        // Which of the trends that the card allows is the best may hang on where prebins stand.
        assert_ne!(binning.trend, Monotone::None, "{name}");
        // Counted anew from the values.
        let column = expected.cases.features.iter().find(|feature| feature.name == *name).unwrap();
        let codes = scorewright::binning::encode(&binning.partition, &column.values);
        let mut counts: HashMap<u16, (f64, f64)> = HashMap::new();
        for row in expected.samples.development() {
            let count = counts.entry(codes[*row as usize]).or_default();
            count.0 += 1.0;
            count.1 += goods[*row as usize];
        }
        for (bin, row) in binning.table.rows.iter().enumerate() {
            assert_eq!(counts.remove(&(bin as u16)).unwrap_or_default(), (row.cases, row.goods), "{name}, bin {bin}");
        }
        assert!(counts.is_empty());
    }
    let lognormal = cuts(&found.features[0].binning);
    assert!(lognormal.contains(&1000.0), "{lognormal:?}");
    assert!(!lognormal.iter().any(|cut| (2000.0..=2500.0).contains(cut)), "{lognormal:?}");
    assert_eq!(found.features[0].binning.bins.len(), lognormal.len() + 3);
}

/// Beyond the limit of categories, what is rare has a bin of its own, and no case is lost.
#[test]
fn rare_categories_beyond_the_limit_are_counted_together() {
    let rows = 420_000;
    let mut text = String::from("outcome,employer\n");
    for row in 0..rows {
        let outcome = if noise(row, 20) < 0.3 { "bad" } else { "good" };
        let employer = match noise(row, 21) {
            x if x < 0.05 || x < 0.2 && outcome == "bad" => "mill".to_owned(),
            x if x < 0.3 => "mine".to_owned(),
            _ => format!("farm {row}"),
        };
        text.push_str(&format!("{outcome},{employer}\n"));
    }
    let folder = Folder::with(
        &text,
        &card_on("", BAD, "[sample]\nholdout = 0\n[features.columns.employer]\napart = [[\"mill\"], [\"mine\"]]\n"),
    );
    let found = streamed(&folder, 1 << 20);
    let employer = &found.features[0];
    let others = employer.others.unwrap();
    assert!(others.most_cases >= 1 && others.most_cases <= rows as u64 / 100_001, "{}", others.most_cases);
    let cases: f64 = employer.binning.table.rows.iter().map(|row| row.cases).sum();
    assert_eq!(cases, rows as f64);
    let place = employer.binning.bins.iter().position(|(label, _)| label.starts_with("others")).unwrap();
    assert_eq!(employer.binning.table.rows[place].cases, others.count.weight);
    assert!(others.count.weight > 100_000.0);
    let counted = |category: &str| {
        let bin = usize::from(employer.binning.partition.category(category));
        (employer.binning.bins[bin].0.clone(), employer.binning.table.rows[bin].cases)
    };
    let truth = |category: &str| text.lines().filter(|line| line.ends_with(&format!(",{category}"))).count() as f64;
    assert_eq!(counted("mill"), ("mill".to_owned(), truth("mill")));
    assert_eq!(counted("mine"), ("mine".to_owned(), truth("mine")));
}

/// Pasted into the card, the text gives the bins again, whatever categories and columns are called.
#[test]
fn the_text_for_a_card_gives_the_same_bins() {
    let mut cases = table(2_000);
    cases.add("\"odd name.x\"", |row| {
        let texts = ["\"a \"\"b\"\" \\ 'c'\"", "\"two\nlines\ttab\"", "\u{7f}", " Zürich 北京 ", "#=[]"];
        texts[(noise(row, 30) * 5.0) as usize].to_owned()
    });
    cases.add("constant", |_| "5".to_owned());
    let head = "[features]\nexclude = [\"id\", \"customer\", \"w\"]\n";
    let folder = Folder::with(
        &cases.csv(),
        &card_on("", BAD, &format!("{head}[features.pairs.both]\nof = [\"age\", \"income\"]\n")),
    );
    let found = streamed(&folder, 5_000);
    let (pair, reason) = found.refused.last().unwrap();
    assert_eq!((pair.as_str(), reason.contains("in memory")), ("both", true));
    let text = streamed_toml(&found);
    folder.write("card.toml", card_on("", BAD, &format!("{head}{text}")));
    let again = trained(&folder);
    assert_eq!(again.binnings.len(), found.features.len());
    assert_eq!(cuts(&again.binnings[again.binnings.len() - 1]), [] as [f64; 0]);
    for (feature, expected) in found.features.iter().zip(&again.binnings) {
        assert_eq!(feature.binning.bins, expected.bins);
        assert_eq!(feature.binning.table, expected.table);
    }
}

#[test]
fn a_history_is_refused_and_a_missing_column_named() {
    let folder = Folder::new();
    project_with(&folder, "cards/application.toml", "[card]", "[card]");
    let spec = CardSpec::read(&folder.path("cards/application.toml")).unwrap();
    let error = bin_table(&spec, BatchSize::default(), &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("not on the loan history"), "{error}");

    let folder = Folder::with(&table(300).csv(), &card_on("id = \"idd\"", BAD, ""));
    let spec = CardSpec::read(&folder.path("card.toml")).unwrap();
    let error = bin_table(&spec, BatchSize { values: 10, bytes: 100 }, &Silent).unwrap_err();
    let expected = train(spec, &Silent).unwrap_err();
    assert_eq!(error.to_string(), expected.to_string());
    assert!(error.to_string().contains("\"id\""), "{error}");
}

/// The command writes what the library finds, and says what it does not do.
#[test]
fn the_command_writes_bins_for_the_card_and_the_table() {
    let mut cases = table(800);
    cases.add("age", |row| (20.0 + 50.0 * noise(row, 1)).floor().to_string());
    let folder =
        Folder::with(&cases.csv(), &card_on("id = \"id\"", BAD, "[features]\nexclude = [\"customer\", \"w\"]\n"));
    let run =
        folder.run(&["bins", "card.toml", "--feature", "age", "--split", "33", "--by", "A", "--because", "policy"]);
    run.succeeds();
    let run = folder.run(&["bins", "card.toml", "--streaming", "--out", "bins"]);
    run.succeeds();
    for words in ["development cases of 800 rows", "left out: nothing", "edits of age are not carried out", "bins.toml"]
    {
        assert!(run.stdout.contains(words), "{words:?} is missing from: {}", run.stdout);
    }
    let expected = streamed(&folder, 1 << 20);
    assert_eq!(folder.read("bins/bins.toml"), streamed_toml(&expected));
    let table = folder.read("bins/tables/bins.csv");
    let bins: usize = expected.features.iter().map(|feature| feature.binning.bins.len()).sum();
    assert_eq!(table.lines().count(), bins + 1);
    assert!(table.starts_with("feature,sample,bin,cases,share,goods,bads,bad_rate,woe,information_value"), "{table}");
    // The same at any number of threads.
    folder.run(&["bins", "card.toml", "--streaming", "--out", "again", "--threads", "1"]).succeeds();
    assert_eq!(folder.read("again/tables/bins.csv"), table);
    // Other files stay as they are.
    folder.write("mine/notes.txt", "x");
    folder.run(&["bins", "card.toml", "--streaming", "--out", "mine"]).fails(3, &["holds other files"]);
    folder.run(&["bins", "card.toml", "--streaming"]).fails(2, &["--out"]);
    folder.run(&["bins", "card.toml", "--streaming", "--feature", "age", "--out", "x"]).fails(2, &["--feature"]);
    folder.has_no_leftovers();
}
