//! What a card may ask of a feature's bins.

use chrono::NaiveDate;
use scorewright::binning::{OverTime, Periods};
use scorewright::config::{BinningSection, ColumnSettings, StablePeriod};
use scorewright_runtime::artifact::BinDomain;

use super::{Draws, binned, cuts, labels, numbers, plain, section, settings, texts};

/// 1,000 cases whose bad rate falls with x in 0..10, missing for x = 9.
fn falling() -> (Vec<f64>, Vec<bool>) {
    (0..1000).map(|case| ((case % 10) as f64, (case / 10) % 20 < 12 - case % 10)).unzip()
}

#[test]
fn fixed_cuts_stay_and_the_rest_is_found() {
    let (x, bad) = falling();
    let outcomes = plain(bad);
    let free = binned(&numbers(&x), &outcomes, None, &section("max_bins = 3"), &ColumnSettings::default()).unwrap();
    assert!(!cuts(&free).contains(&1.0), "the test needs a cut that is not chosen freely: {:?}", cuts(&free));
    let fixed = binned(&numbers(&x), &outcomes, None, &section("max_bins = 3"), &settings("fixed_cuts = [1]")).unwrap();
    assert!(cuts(&fixed).contains(&1.0) && cuts(&fixed).len() == 2, "{:?}", cuts(&fixed));
    assert!(fixed.table.information_value < free.table.information_value);
    let toml = format!("forbidden_cuts = [{}, [6.5, 7]]", cuts(&free)[0]);
    let forbidden =
        binned(&numbers(&x), &outcomes, None, &section("max_bins = 8\nmin_share = 0"), &settings(&toml)).unwrap();
    assert!(!cuts(&forbidden).contains(&cuts(&free)[0]) && !cuts(&forbidden).contains(&7.0), "{:?}", cuts(&forbidden));
}

#[test]
fn what_cannot_be_met_is_named_with_what_could() {
    let (x, bad) = falling();
    let outcomes = plain(bad);
    let fails = |rules: &str, own: &str, words: &[&str]| {
        let error = binned(&numbers(&x), &outcomes, None, &section(rules), &settings(own)).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{error:?} does not say {word:?}");
        }
    };
    fails("", "monotone = \"descending\"", &["x", "monotone = \"descending\"", "monotone = \"ascending\" would"]);
    fails("", "fixed_cuts = [99]", &["fixed_cuts", "without the cut 99 there would be bins"]);
    fails("max_bins = 2", "fixed_cuts = [3, 5, 7]", &["max_bins = 2 with 3 fixed cuts", "max_bins = 4 would"]);
    fails("", "min_share = 0.2\nfixed_cuts = [1]", &["the least size of a bin (200 cases)", "min_share = 0.1 "]);
    fails("min_bads = 400", "monotone = \"ascending\"", &["min_bads = 400", "min_bads = 165 would"]);
    fails("min_woe_difference = 9", "monotone = \"ascending\"", &["min_woe_difference = 9", "would"]);
}

/// What the card asks of all features leaves a feature with one bin, and the bin says why.
#[test]
fn a_flag_that_no_bad_carries_says_why_it_has_one_bin() {
    let flag: Vec<f64> = (0..1000).map(|case| f64::from(u8::from(case % 10 == 0))).collect();
    let outcomes = plain((0..1000).map(|case| case % 10 == 5));
    let one = binned(&numbers(&flag), &outcomes, None, &BinningSection::default(), &ColumnSettings::default()).unwrap();
    assert!(cuts(&one).is_empty());
    assert!(one.note.contains("min_bads = 1") && one.note.contains("min_bads = 0 would"), "{}", one.note);
    let two = binned(&numbers(&flag), &outcomes, None, &section("min_bads = 0"), &ColumnSettings::default()).unwrap();
    assert_eq!(cuts(&two).len(), 1);
    assert!(two.table.rows[1].adjusted && two.table.rows[1].woe > 0.0);
}

#[test]
fn an_ordinal_feature_keeps_its_order() {
    let grades = ["none", "school", "college", "degree"];
    let mut draws = Draws(3);
    let drawn: Vec<usize> = (0..4000).map(|_| (draws.next() * 4.0) as usize).collect();
    let outcomes = plain(drawn.iter().map(|grade| draws.next() < [0.3, 0.1, 0.25, 0.05][*grade]));
    let column = texts(&drawn.iter().map(|grade| Some(grades[*grade])).collect::<Vec<_>>());
    let order = "order = [\"none\", \"school\", \"college\", \"degree\"]\n";
    let rising = binned(
        &column,
        &outcomes,
        None,
        &BinningSection::default(),
        &settings(&format!("{order}monotone = \"ascending\"")),
    )
    .unwrap();
    // school is safer than college, so a rising trend must join them.
    assert_eq!(labels(&rising), ["none", "school | college", "degree"]);
    let free =
        binned(&column, &outcomes, None, &BinningSection::default(), &settings(&format!("{order}monotone = \"none\"")))
            .unwrap();
    assert_eq!(labels(&free), ["none", "school", "college", "degree"]);
    let error =
        binned(&column, &outcomes, None, &BinningSection::default(), &settings("order = [\"none\", \"school\"]"))
            .unwrap_err()
            .to_string();
    assert!(error.contains("college") && error.contains("degree"), "{error}");
    // As an edit of the bins may ask for.
    let apart = settings(&format!("{order}apart = [[\"none\", \"college\"]]"));
    let error = binned(&column, &outcomes, None, &BinningSection::default(), &apart).unwrap_err().to_string();
    assert!(error.contains("not neighbours in the column's order"), "{error}");
}

#[test]
fn categories_stay_together_or_apart() {
    let names = ["a", "b", "c", "d", "e"];
    let mut draws = Draws(5);
    let drawn: Vec<usize> = (0..5000).map(|_| (draws.next() * 5.0) as usize).collect();
    let outcomes = plain(drawn.iter().map(|name| draws.next() < [0.05, 0.1, 0.15, 0.2, 0.25][*name]));
    let column = texts(&drawn.iter().map(|name| Some(names[*name])).collect::<Vec<_>>());
    let own = settings("together = [[\"a\", \"e\"]]\napart = [[\"c\"]]");
    let found = binned(&column, &outcomes, None, &section("max_bins = 3"), &own).unwrap();
    let groups: Vec<&Vec<String>> = found
        .bins
        .iter()
        .filter_map(|(_, domain)| match domain {
            BinDomain::Categories(texts) => Some(texts),
            _ => None,
        })
        .collect();
    let of = |name: &str| groups.iter().position(|group| group.iter().any(|text| text == name)).unwrap();
    assert_eq!(of("a"), of("e"));
    assert_eq!(groups[of("c")].len(), 1);
    let error = binned(&column, &outcomes, None, &section(""), &settings("apart = [[\"C\"]]")).unwrap_err().to_string();
    assert!(error.contains("\"C\"") && error.contains("did you mean \"c\""), "{error}");
}

/// 50,000 postcodes of two cases each: rare ones are one group, or go by their prefix.
#[test]
fn a_huge_category_goes_by_prefix() {
    let mut draws = Draws(11);
    let codes: Vec<String> = (0..100_000_usize).map(|case| format!("{:05}", (case * 7919) % 50_000)).collect();
    // The first two digits decide.
    let outcomes = plain(codes.iter().map(|code| draws.next() < 0.05 + 0.03 * f64::from(code.as_bytes()[0] - b'0')));
    let column = texts(&codes.iter().map(|code| Some(code.as_str())).collect::<Vec<_>>());
    let pooled = binned(&column, &outcomes, None, &BinningSection::default(), &ColumnSettings::default()).unwrap();
    assert_eq!(pooled.table.occupied(), 1);
    let grouped = binned(&column, &outcomes, None, &section("max_bins = 8"), &settings("by_prefix = true")).unwrap();
    assert!(grouped.table.information_value > 0.05, "{}", grouped.table.information_value);
    // All postcodes of a first digit lie in one bin, or beside each other by their second digit.
    let bins: usize = grouped
        .bins
        .iter()
        .map(|(_, domain)| match domain {
            BinDomain::Categories(texts) => texts.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(bins, 50_000);
}

#[test]
fn small_missing_and_special_bins_do_as_they_are_told() {
    // 10 missing and 300 special cases in 1,000.
    let (mut x, mut bad) = falling();
    for case in 0..10 {
        x[case * 90] = f64::NAN;
        bad[case * 90] = case < 6;
    }
    for case in 0..300 {
        x[case * 3 + 1] = -9.0;
    }
    let outcomes = plain(bad);
    let with =
        |rules: &str| binned(&numbers(&x), &outcomes, None, &section(rules), &settings("special = [-9]")).unwrap();
    let own = with("");
    let [special, missing] = own.table.rows[own.table.rows.len() - 2..] else { unreachable!() };
    assert!(special.woe != 0.0 && missing.woe != 0.0);
    let nearest = with("missing = \"nearest\"\nspecial_bins = \"nearest\"");
    let rows = &nearest.table.rows;
    let (label, _) = &nearest.bins[rows.len() - 1];
    assert!(label.starts_with("missing (few cases; with "), "{label}");
    let shared = rows[..rows.len() - 2].iter().position(|row| row.woe == rows[rows.len() - 1].woe).unwrap();
    let [a, b] = [rows[shared], rows[rows.len() - 1]];
    let all = outcomes.goods.iter().sum::<f64>() / outcomes.bads.iter().sum::<f64>();
    assert!((a.woe - ((a.goods + b.goods) / (a.bads + b.bads) / all).ln()).abs() < 1e-12);
    // 300 cases are enough for a bin of their own.
    assert_eq!(rows[rows.len() - 2].woe, special.woe);
    let sum: f64 = rows.iter().map(|row| row.information_value).sum();
    assert!((sum - nearest.table.information_value).abs() < 1e-15 && sum < own.table.information_value);
    let neutral = with("missing = \"neutral\"");
    assert_eq!(neutral.table.rows[rows.len() - 1].woe, 0.0);
    assert_eq!(labels(&neutral)[rows.len() - 1], "missing (neutral)");
}

/// Two regions change places in the last quarter: with the constraint they share a bin, and the price is shown.
#[test]
fn bins_whose_order_turns_over_time_are_joined() {
    let mut draws = Draws(17);
    let (mut x, mut days, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    for case in 0..24_000_u32 {
        let value = f64::from((draws.next() * 4.0) as u8);
        let month = case % 12;
        let rate = match (value as u8, month >= 9) {
            (0, _) => 0.30,
            (1, false) | (2, true) => 0.20,
            (1, true) | (2, false) => 0.12,
            _ => 0.04,
        };
        x.push(value);
        days.push(NaiveDate::from_ymd_opt(2023, month + 1, 15).unwrap());
        bad.push(draws.next() < rate);
    }
    let outcomes = plain(bad);
    let rows: Vec<u32> = (0..24_000).collect();
    let periods = Periods::new(&days, &rows, StablePeriod::Quarter).unwrap();
    let over_time = |rules: &str| {
        let found =
            binned(&numbers(&x), &outcomes, Some(&periods), &section(rules), &ColumnSettings::default()).unwrap();
        (cuts(&found), found.over_time.unwrap())
    };
    let (free, OverTime { order_kept, price, periods: names, .. }) = over_time("");
    assert_eq!(free, [1.0, 2.0, 3.0]);
    assert_eq!(names, ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]);
    assert_eq!((order_kept, price), (Some(11.0 / 12.0), None));
    let (stable, OverTime { order_kept, price, .. }) = over_time("stable = {}");
    assert_eq!(stable, [1.0, 3.0]);
    assert_eq!(order_kept, Some(1.0));
    assert!(price.unwrap() > 0.005, "{price:?}");
    // Three of four quarters are enough for those who say so.
    assert_eq!(over_time("stable = { share = 0.75 }").0, free);
}

/// The BIC-type objective chooses how many bins there are: noise gets one.
#[test]
fn the_likelihood_chooses_the_number_of_bins() {
    let mut draws = Draws(23);
    let x: Vec<f64> = (0..5000).map(|_| draws.next()).collect();
    let noise = plain((0..5000).map(|_| draws.next() < 0.2));
    let rules = section("objective = \"likelihood\"\nmax_bins = 20\nmin_share = 0.01\nmonotone = \"none\"");
    let of = |outcomes| cuts(&binned(&numbers(&x), outcomes, None, &rules, &ColumnSettings::default()).unwrap());
    assert_eq!(of(&noise), [0.0; 0]);
    let step = plain(x.iter().map(|x| draws.next() < if *x < 0.37 { 0.1 } else { 0.4 }));
    assert_eq!(of(&step).len(), 1);
    assert!((of(&step)[0] - 0.37).abs() < 0.01);
}
