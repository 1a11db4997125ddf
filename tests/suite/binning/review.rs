//! What must hold in the corners of binning: figures that agree everywhere, and plain words for what cannot be.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use scorewright::binning::{BinningSpec, Cell, Measure, Rules, SampleOutcomes, WoeSource, bin_all};
use scorewright::cases::FeatureColumn;
use scorewright::config::{Monotone, NeighbourTest, Objective};
use scorewright::error::{Error, ErrorKind};
use scorewright_runtime::Partition;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};
use serde_json::Value;

use super::{binned, labels, numbers, plain, section, settings, texts};
use crate::support::{Cases, FEATURES, Folder, card, line_of, noise, table};

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
    let (feature, of, value, woe, label) = (at("feature"), at("sample"), at("information_value"), at("woe"), at("bin"));
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

#[test]
fn what_cannot_stand_together_in_a_card_is_refused_with_its_line() {
    let region = "[features.columns.region]\ntype = \"categorical\"\n";
    let order = "order = [\"north\", \"south\", \"east\", \"west\"]\n";
    for (keys, place, words) in [
        (
            "special = [\"north\"]\ngroups = [[\"north\"], [\"south\", \"east\", \"west\"]]".to_owned(),
            "groups =",
            ["\"north\"", "take it out of groups or of special"],
        ),
        (
            "special = [\"north\"]\napart = [[\"north\"]]".to_owned(),
            "apart =",
            ["\"north\"", "take it out of apart or of special"],
        ),
        ("special = [1, \"1\"]".to_owned(), "special =", ["1 stands twice", "take one of them out"]),
        ("special = [0, -0.0]".to_owned(), "special =", ["0 stands twice", "take one of them out"]),
        ("special = { e = [] }".to_owned(), "special =", ["\"e\" is empty", "name its values"]),
        (
            format!("{order}together = [[\"north\", \"east\"]]"),
            "together =",
            ["\"south\" stands between them", "side by side in order"],
        ),
        (
            format!("{order}apart = [[\"west\", \"south\"]]"),
            "apart =",
            ["\"east\" stands between", "name it in the group"],
        ),
        (format!("{order}apart = [[\"norht\"]]"), "apart =", ["\"norht\", which order leaves out", "add it to order"]),
    ] {
        let card = card(&format!("{FEATURES}{region}{keys}"));
        let folder = Folder::with(&table(), &card);
        folder.refuses(&[&words[..], &[&line_of(&card, place)]].concat());
    }
    // Side by side they share a bin.
    let card = card(&format!("{FEATURES}{region}{order}together = [[\"east\", \"south\"]]"));
    Folder::with(&table(), &card).train().succeeds();
}

/// Settings that no card's check has seen are refused in words, too.
#[test]
fn a_special_value_in_a_fixed_group_is_no_internal_fault() {
    let column = texts(&["a", "b", "a", "b"].map(Some));
    let own = settings("special = [\"a\"]\ngroups = [[\"a\"], [\"b\"]]");
    let error = binned(&column, &plain([true, false, false, true]), None, &section(""), &own).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("\"a\" is a special value"), "{error}");
}

/// Of two columns that cannot be binned the first is named, however long it takes to find out.
#[test]
fn of_several_faults_the_first_is_told() {
    let rows = 60_000;
    let slow: Vec<String> = (0..rows).map(|row| format!("level {row}")).collect();
    let slow = texts(&slow.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>());
    let fast = texts(&vec![Some("a"); rows]);
    let mut features = vec![FeatureColumn { name: "slow".into(), ..slow }];
    features.extend((0..7).map(|number| FeatureColumn { name: format!("fast {number}"), ..fast.clone() }));
    let outcomes = plain((0..rows).map(|row| row % 3 == 0));
    let all: Vec<u32> = (0..rows as u32).collect();
    let development = SampleOutcomes::new(&outcomes, &all);
    let (rules, own) = (section(""), settings("groups = [[\"z\"]]"));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let bin = || bin_all(&features, &development, None, |_| BinningSpec::new(&rules, &own), || Ok(()));
    for _ in 0..5 {
        let error = pool.install(bin).unwrap_err().to_string();
        assert!(error.contains("slow"), "{error}");
    }
    // A stop ends it with the stop's own error.
    let stop = || Err(Error::new(ErrorKind::Usage, "stopped"));
    let stopped = pool.install(|| bin_all(&features, &development, None, |_| BinningSpec::new(&rules, &own), stop));
    assert!(stopped.unwrap_err().to_string().contains("stopped"));
}

#[test]
fn a_wrong_category_always_gets_the_same_advice() {
    let names: Vec<String> = (0..30).map(|number| format!("k{number:02}")).collect();
    let column = texts(&names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>());
    let outcomes = plain((0..30).map(|row| row % 2 == 0));
    for _ in 0..5 {
        let error = binned(&column, &outcomes, None, &section(""), &settings("apart = [[\"something else\"]]"));
        let error = error.unwrap_err().to_string();
        assert!(error.contains("k00, k01, k02, k03"), "{error}");
    }
}

/// The groups of rare categories, by trying every length of prefix.
fn prefix_groups(mut rare: Vec<(String, f64)>, least: f64) -> (Vec<Vec<String>>, Vec<String>) {
    let mut groups = Vec::new();
    for length in (1..8).rev() {
        let mut by_prefix: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
        for (text, cases) in std::mem::take(&mut rare) {
            by_prefix.entry(text.chars().take(length).collect()).or_default().push((text, cases));
        }
        for group in by_prefix.into_values() {
            match group.iter().map(|(_, cases)| cases).sum::<f64>() < least {
                true => rare.extend(group),
                false => groups.push(group.into_iter().map(|(text, _)| text).collect()),
            }
        }
    }
    (groups, rare.into_iter().map(|(text, _)| text).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rare_categories_go_by_the_longest_prefix_that_is_not_rare(
        texts_of_cases in prop::collection::vec("[aé]{1,3}[ab]{0,4}", 20..200),
        least in 3..12_u32,
    ) {
        let mut cases: BTreeMap<String, f64> = BTreeMap::new();
        texts_of_cases.iter().for_each(|text| *cases.entry(text.clone()).or_default() += 1.0);
        let rare: Vec<(String, f64)> = cases.into_iter().filter(|(_, cases)| *cases < f64::from(least)).collect();
        let (mut groups, left) = prefix_groups(rare, f64::from(least));
        groups.push(left);
        let column = texts(&texts_of_cases.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>());
        let outcomes = plain((0..texts_of_cases.len()).map(|case| noise(case, 5) < 0.4));
        let rules = format!(
            "max_bins = 50\nmin_share = 0\nmin_goods = 0\nmin_bads = 0\nrare_share = 0\nrare_cases = {least}"
        );
        let found = binned(&column, &outcomes, None, &section(&rules), &settings("by_prefix = true")).unwrap();
        for group in groups {
            let bins: BTreeSet<u16> = group.iter().map(|text| found.partition.category(text)).collect();
            prop_assert!(bins.len() <= 1, "{:?} stand in the bins {:?}", group, bins);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the time that it takes is what is tested")]
fn one_long_text_does_not_make_prefixes_slow() {
    let mut names: Vec<String> = (0..50_000).map(|number| format!("{number:05}")).collect();
    names.extend(["a", "b"].map(|end| "x".repeat(9_999) + end));
    let column = texts(&names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>());
    let outcomes = plain((0..names.len()).map(|row| row % 3 == 0));
    let start = Instant::now();
    binned(&column, &outcomes, None, &section(""), &settings("by_prefix = true")).unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the time that it takes is what is tested")]
fn many_special_values_do_not_make_coding_slow() {
    let special: Vec<Literal> = (0..20_000).map(|value| Literal::Number(f64::from(-value))).collect();
    let domains = [BinDomain::Interval { lower: None, upper: None }, BinDomain::Special(special)];
    let values: Vec<f64> = (0..1_000_000).map(|row| f64::from(row % 40_000 - 20_000)).collect();
    let mut codes = vec![9; values.len()];
    let start = Instant::now();
    let partition = Partition::new("x", FeatureKind::Numeric, &domains).unwrap();
    partition.numbers_into(&values, &mut codes);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(values.iter().zip(&codes).all(|(x, code)| *code == u16::from(*x <= 0.0 && *x > -20_000.0)));
}

/// The sum of ten weights of 0.1 is 0.9999999999999999, which is meant to be 1.
#[test]
fn least_goods_and_bads_are_held_against_sums_with_their_rounding() {
    let sum = [0.1; 10].iter().sum::<f64>();
    assert!(sum < 1.0);
    let bin = Cell { cases: 20.0, goods: sum, bads: sum, good_cases: 10.0, bad_cases: 10.0 };
    let rules = Rules {
        max_bins: 2,
        min_weight: 0.0,
        min_cases: 0.0,
        min_goods: 1.0,
        min_bads: 1.0,
        trend: Monotone::None,
        min_woe_difference: 0.0,
        max_p_value: None,
        p_value_test: NeighbourTest::Z,
        stable: None,
        measure: Measure { objective: Objective::InformationValue, all: bin },
        boundaries: Vec::new(),
    };
    assert!(rules.is_large_enough(&bin));
    assert!(!rules.is_large_enough(&Cell { bads: 0.999, ..bin }));
}

#[test]
fn labels_of_huge_and_tiny_cuts_are_short() {
    let x = [-1.0, 5e-324, 1e-6, 123_456.5, 1e14, 1e300];
    let own = settings("cuts = [5e-324, 1e-6, 123456.5, 1e14, 1e300]");
    let found = binned(&numbers(&x), &plain(x.map(|x| x < 1.0)), None, &section(""), &own).unwrap();
    assert_eq!(
        labels(&found),
        [
            "below 5e-324",
            "5e-324 to below 0.000001",
            "0.000001 to below 123456.5",
            "123456.5 to below 100000000000000",
            "100000000000000 to below 1e300",
            "1e300 or more"
        ]
    );
}

/// A bin without bads that shares its WOE with the missing bin, which has one: nothing had to be added.
#[test]
fn a_bin_made_whole_by_pooling_is_not_marked_as_adjusted() {
    let (mut x, mut bad) = (Vec::new(), Vec::new());
    for (value, goods, bads) in [(0.0, 40, 0), (1.0, 100, 100), (f64::NAN, 29, 1)] {
        x.extend(vec![value; goods + bads]);
        bad.extend((0..goods + bads).map(|case| case < bads));
    }
    let rules = section("min_share = 0\nmin_cases = 35\nmin_bads = 0\nmissing = \"nearest\"");
    let found = binned(&numbers(&x), &plain(bad), None, &rules, &settings("cuts = [1]")).unwrap();
    assert_eq!(found.woe_sources, [WoeSource::Own, WoeSource::Own, WoeSource::With(0)]);
    assert!(found.table.rows.iter().all(|row| !row.adjusted), "{:?}", found.table.rows);
}
