//! Vintages, roll rates, definitions and windows: the reference, cases by hand, and laws.

use proptest::prelude::*;
use scorewright::outcome::counts::sum_by_month;
use scorewright::outcome::definitions::{Cell, PointCounts, Points, grid, stability};
use scorewright::outcome::panel::{Panel, Rows, SameDay, UNKNOWN, month_name, state};
use scorewright::outcome::roll_rate::{RollMatrix, roll};
use scorewright::outcome::vintage::{Vintages, vintages};
use serde_json::Value;

/// A row: account, month, measure. The day is the month's, so that a month has one row.
type Row = (u32, i32, f64);

/// A panel of whole-number measures whose definitions are lower bounds; each is indeterminate one below.
fn panel_of(rows: &[Row], cuts: &[f64], bounds: &[f64], opened: &[Option<i32>], until: i32) -> Panel {
    let bits = |less: f64| -> Vec<u8> {
        let met =
            |measure: f64| bounds.iter().enumerate().map(move |(at, bound)| u8::from(measure >= bound - less) << at);
        rows.iter().map(|row| met(row.2).sum()).collect()
    };
    let (account, month): (Vec<u32>, Vec<i32>) = rows.iter().map(|row| (row.0, row.1)).unzip();
    let measure: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let day: Vec<i32> = month.iter().map(|month| month * 31).collect();
    let (bad, near) = (bits(0.0), bits(1.0));
    let rows = Rows { account: &account, month: &month, day: &day, measure: &measure, bad: &bad, near: &near };
    let accounts = account.iter().max().map_or(0, |account| *account as usize + 1);
    Panel::new(accounts, rows, cuts, opened, until).unwrap()
}

const CUTS: [f64; 4] = [1.0, 2.0, 3.0, 4.0];

/// Accounts from month 0 on, each a text with a digit a month; a space is a month without a row.
fn accounts(histories: &[&str]) -> Vec<Row> {
    let rows = histories.iter().zip(0..).flat_map(|(history, account)| {
        history
            .chars()
            .zip(0..)
            .filter_map(move |(digit, month)| digit.to_digit(10).map(|measure| (account, month, f64::from(measure))))
    });
    rows.collect()
}

fn panel(histories: &[&str]) -> Panel {
    panel_of(&accounts(histories), &CUTS, &[3.0], &[], i32::MAX)
}

fn total(panel: &Panel, window: u32, cure: u32) -> PointCounts {
    grid(panel, Points::EveryRow, 1, &[window], cure)[0].total()
}

#[test]
fn the_reference_case() {
    let path = format!("{}/tests/reference/roll_rate_vintage_handcase.json", env!("CARGO_MANIFEST_DIR"));
    let reference: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tolerance = reference["tolerance"]["abs"].as_f64().unwrap();
    let expected = &reference["expected"];
    let (mut rows, mut opened) = (Vec::new(), Vec::new());
    for (code, account) in reference["inputs"]["accounts"].as_array().unwrap().iter().enumerate() {
        assert_eq!(account["id"], code + 1);
        let open = account["open"].as_str().unwrap();
        let month = open[..4].parse::<i32>().unwrap() * 12 + open[5..].parse::<i32>().unwrap() - 1;
        assert_eq!(month_name(month), open);
        opened.push(Some(month));
        for (on_book, bucket) in account["buckets"].as_array().unwrap().iter().enumerate() {
            rows.push((code as u32, month + on_book as i32, bucket.as_f64().unwrap()));
        }
    }
    let panel = panel_of(&rows, &CUTS, &[3.0], &opened, i32::MAX);

    let matrix = roll(&panel, 5, 1);
    for from in 0..5 {
        for to in 0..5 {
            assert_eq!(matrix.counts[from][to], expected["roll_counts"][from][to].as_u64().unwrap());
            let rate = expected["roll_rates"][from][to].as_f64().unwrap();
            assert!((matrix.rate(from, to).unwrap() - rate).abs() <= tolerance);
        }
    }

    let vintages = vintages(&panel, 1, 1);
    let curves = expected["vintage_ever_bucket3plus_by_mob"].as_object().unwrap();
    assert_eq!(vintages.cohorts.len(), curves.len());
    for (cohort, (name, curve)) in vintages.cohorts.iter().zip(curves) {
        assert_eq!(month_name(cohort.period), *name);
        for (on_book, share) in curve.as_array().unwrap().iter().enumerate() {
            let ours = cohort.share(0, on_book as i32).unwrap();
            assert!((ours - share.as_f64().unwrap()).abs() <= tolerance);
        }
    }

    // Bad, indeterminate or good within five months of opening, account by account.
    let example = &expected["bad_definition_example"];
    for (account, month) in opened.iter().enumerate() {
        let point = [(account as u32, month.unwrap())];
        let counts = grid(&panel, Points::At(&point), 1, &[5], 1)[0].total();
        let is = |key: &str| u64::from(example[key].as_array().unwrap().contains(&Value::from(account + 1)));
        assert_eq!(counts.bads, is("bad_if_ever_ge3_within_mob5"), "account {}", account + 1);
        assert_eq!(counts.indeterminates, is("indeterminate_if_max_eq_2"), "account {}", account + 1);
        assert_eq!(counts.goods, is("good_if_max_le_1"), "account {}", account + 1);
    }
}

#[test]
fn states_by_their_lower_bounds() {
    let cuts = [1.0, 30.0, 60.0];
    for (measure, expected) in [(-5.0, 0), (0.9, 0), (1.0, 1), (29.9, 1), (30.0, 2), (60.0, 3), (1e9, 3)] {
        assert_eq!(state(measure, &cuts), expected, "{measure}");
    }
    assert_eq!(state(f64::NAN, &cuts), UNKNOWN);
}

#[test]
fn immature_points_are_blank_and_closed_accounts_stay_in_the_denominator() {
    // Opened in months 0, 0, 2; the second closes after two months; the table ends in month 4.
    let panel = panel(&["00300", "00", "  030"]);
    let vintages = vintages(&panel, 1, 1);
    let shares = |cohort: usize| (0..6).map(|month| vintages.cohorts[cohort].share(0, month)).collect::<Vec<_>>();
    assert_eq!(shares(0), [Some(0.0), Some(0.0), Some(0.5), Some(0.5), Some(0.5), None]);
    assert_eq!(shares(1), [Some(0.0), Some(1.0), Some(1.0), None, None, None]);
    assert_eq!(vintages.cohorts[1].mature_until(), Some(2));
}

#[test]
fn a_cohort_is_mature_when_its_youngest_account_is() {
    // One quarter, opened in months 0 and 2 of it; the table ends in month 4.
    let panel = panel(&["00003", "  000"]);
    let cohort = &vintages(&panel, 1, 3).cohorts[0];
    assert_eq!((cohort.period, cohort.accounts), (0, 2));
    // Account 0 turns bad at month on book 4, which account 2 has not reached.
    assert_eq!(cohort.ever[0], [Some(0), Some(0), Some(0), None, None]);
}

#[test]
fn what_happened_before_the_table_begins_is_not_known() {
    // Opened 10 months before, in the table's first month, after its own first row, and nobody knows when.
    let rows = accounts(&["030", "000", "300", "000"]);
    let opened = [Some(-10), Some(0), Some(1), None];
    let panel = panel_of(&rows, &CUTS, &[3.0], &opened, i32::MAX);
    let found = vintages(&panel, 1, 1);
    assert_eq!((found.without_opening, found.rows_before_opening), (1, 1));
    let old = &found.cohorts[0];
    assert_eq!((old.from, old.ever[0].clone()), (10, vec![Some(0), Some(1), Some(1)]));
    assert_eq!(old.share(0, 9), None);
    // The bad row of the third account lies before its opening.
    assert_eq!(found.cohorts[2].ever[0], [Some(0), Some(0)]);
}

#[test]
fn roll_rates_count_gaps_and_closed_accounts_apart() {
    // A gap in month 2; closed after month 1; the last month is 4.
    let panel = panel(&["01 21", "10", "00000"]);
    let month = roll(&panel, 5, 1);
    assert_eq!(month.counts[0], [4, 1, 0, 0, 0]);
    assert_eq!(month.counts[1], [1, 0, 0, 0, 0]);
    assert_eq!(month.counts[2], [0, 1, 0, 0, 0]);
    // Account 0 in state 1 before its gap, account 1 in state 0 before it closed.
    assert_eq!(month.no_record, [1, 1, 0, 0, 0]);
    // Rows in the last month have no month after them.
    assert_eq!(month.immature, [1, 1, 0, 0, 0]);
    assert_eq!(month.at_risk(0), 6);
    assert_eq!(month.rate(0, 1), Some(0.2));
    assert_eq!(month.no_record_share(0), Some(1.0 / 6.0));
    assert_eq!(month.rate(4, 0), None);
}

#[test]
fn the_worst_of_a_window_needs_the_whole_window() {
    let panel = panel(&["01 21", "10", "00000"]);
    let worst = roll(&panel, 5, 3);
    // Mature in months 0 and 1. Account 0: 0 -> {1, gap, 2}, 1 -> {gap, 2, 1}; account 1: 1 -> {0}, then none.
    assert_eq!(worst.counts[0], [2, 0, 1, 0, 0]);
    assert_eq!(worst.counts[1], [1, 0, 1, 0, 0]);
    assert_eq!(worst.no_record, [1, 0, 0, 0, 0]);
    assert_eq!(worst.immature.iter().sum::<u64>(), 5);
}

#[test]
fn definitions_and_windows_by_hand() {
    // Bad from 3 on, indeterminate at 2; the last month is 5.
    let panel = panel(&["003000", "020000", "00", "0 0000", "333333"]);
    let counts = grid(&panel, Points::EveryRow, 1, &[2], 1)[0].months.clone();
    // Month 0: account 0 turns bad, 1 comes near, 2 and 3 are good with one row of two, 4 is bad already.
    let month = |position: usize| counts[position];
    let first = PointCounts {
        points: 5,
        bads: 1,
        indeterminates: 1,
        goods: 2,
        goods_partly_seen: 2,
        already_bad: 1,
        cure_known: 1,
        cured: 1,
        ..PointCounts::default()
    };
    assert_eq!(month(0), first);
    // Month 1: account 2 has no record after it; account 1, at 2 itself, is good afterwards.
    assert_eq!((month(1).points, month(1).no_record, month(1).goods, month(1).bads), (4, 1, 1, 1));
    assert_eq!((month(2).points, month(2).already_bad, month(2).goods), (4, 2, 2));
    assert_eq!((month(4).immature, month(5).immature), (4, 4));
}

#[test]
fn a_cure_must_be_seen_within_its_months() {
    // Bad in month 1, current again in month 3.
    let cures = |histories: &[&str], cure| {
        let counts = total(&panel(histories), 1, cure);
        (counts.bads, counts.cure_known, counts.cured)
    };
    assert_eq!(cures(&["03100"], 2), (1, 1, 1));
    assert_eq!(cures(&["03100"], 1), (1, 1, 0));
    // Three months after it the table has ended: whether it cures is not known, though it has.
    assert_eq!(cures(&["03100"], 3), (1, 1, 1));
    assert_eq!(cures(&["03100"], 4), (1, 0, 0));
    assert_eq!(cures(&["03333"], 2), (1, 1, 0));
}

#[test]
fn an_observation_without_a_row_and_one_before_the_table() {
    let panel = panel(&["  0300"]);
    let at = |month: i32| grid(&panel, Points::At(&[(0, month)]), 1, &[2], 1)[0].total();
    assert_eq!(panel.first, 2);
    // Applied for in month 1, the first statement in month 2.
    assert_eq!((at(1).points, at(1).bads), (1, 1));
    // The window of an application in month 0 begins before the table does.
    assert_eq!((at(0).points, at(0).immature), (1, 1));
}

#[test]
fn bad_rates_of_months_apart() {
    let month = |goods, bads| PointCounts { goods, bads, ..PointCounts::default() };
    let found = stability(&[month(90, 10), PointCounts::default(), month(70, 30)]);
    // Overall 0.2; deviations -0.1 and 0.1 over 100 cases each: 2 x 100 x 0.01 / 0.16 / 1.
    assert!((found.dispersion.unwrap() - 12.5).abs() < 1e-12);
    assert!((found.largest_deviation.unwrap() + 0.1).abs() < 1e-12);
    assert_eq!(found.largest_month, Some(0));
    let alone = stability(&[month(9, 1)]);
    assert_eq!((alone.dispersion, alone.largest_deviation), (None, Some(0.0)));
    assert_eq!(stability(&[month(5, 0), month(7, 0)]).dispersion, None);
    assert_eq!(stability(&[]).largest_deviation, None);
}

#[test]
fn rows_that_are_no_account_month() {
    let build = |day: [i32; 4], until| {
        let rows = Rows {
            account: &[0; 4],
            month: &[0, 0, 1, 2],
            day: &day,
            measure: &[4.0, 1.0, f64::NAN, 2.0],
            bad: &[0; 4],
            near: &[0; 4],
        };
        Panel::new(1, rows, &CUTS, &[], until)
    };
    // The later row of month 0 counts, whatever their order; month 1 has no measure; month 2 lies beyond.
    let panel = build([9, 20, 40, 70], 1).unwrap();
    assert_eq!((panel.month.as_slice(), panel.state.as_slice()), (&[0][..], &[1][..]));
    assert_eq!(
        (panel.passed_over.superseded, panel.passed_over.unmeasured, panel.passed_over.after_the_end),
        (1, 1, 1)
    );
    assert_eq!(build([20, 9, 40, 70], 9).unwrap().state, [4, 2]);
    assert_eq!(build([9, 9, 40, 70], 9), Err(SameDay { first: 0, second: 1 }));
}

#[test]
fn weights_by_month_and_cause() {
    let entries = [(7, 0, 1.0), (5, 1, 0.25), (7, 0, 1.0), (5, 0, 0.75)];
    let (months, sums) = sum_by_month(entries.iter().copied(), 3);
    assert_eq!(months, [5, 7]);
    assert_eq!(sums, [vec![0.75, 2.0], vec![0.25, 0.0], vec![0.0, 0.0]]);
    assert_eq!(sum_by_month([].into_iter(), 2).0, [0_i32; 0]);
}

/// Histories of accounts: at most one row an account and month, some measures missing.
fn histories() -> impl Strategy<Value = Vec<Row>> {
    let measure = prop_oneof![8 => (0..6_u8).prop_map(f64::from), 1 => Just(f64::NAN)];
    prop::collection::btree_map((0..12_u32, 0..14_i32), measure, 1..120)
        .prop_map(|rows| rows.into_iter().map(|((account, month), measure)| (account, month, measure)).collect())
}

fn everything(panel: &Panel) -> (Vec<RollMatrix>, Vintages, Vec<Cell>) {
    let rolls = [1, 3, 6].map(|window| roll(panel, 5, window)).to_vec();
    (rolls, vintages(panel, 3, 3), grid(panel, Points::EveryRow, 3, &[1, 3, 6], 2))
}

const BOUNDS: [f64; 3] = [2.0, 3.0, 4.0];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_a_roll_matrix_are_the_accounts_at_risk(rows in histories(), window in 1..8_u32) {
        let panel = panel_of(&rows, &CUTS, &BOUNDS, &[], i32::MAX);
        let matrix = roll(&panel, 5, window);
        for from in 0..5 {
            let at_risk = (0..panel.month.len())
                .filter(|row| usize::from(panel.state[*row]) == from && panel.month[*row] + window as i32 <= panel.last)
                .count() as u64;
            prop_assert_eq!(matrix.counts[from].iter().sum::<u64>() + matrix.no_record[from], at_risk);
            prop_assert_eq!(matrix.at_risk(from), at_risk);
        }
    }

    #[test]
    fn vintages_never_fall_and_harder_definitions_lie_below(rows in histories(), months in prop::sample::select(vec![1, 3])) {
        let panel = panel_of(&rows, &CUTS, &BOUNDS, &[], i32::MAX);
        let found = vintages(&panel, 3, months);
        let with_rows = found.cohorts.iter().map(|cohort| cohort.accounts).sum::<u64>();
        prop_assert_eq!(with_rows, panel.accounts_with_rows());
        for cohort in &found.cohorts {
            for definition in 0..3 {
                let known: Vec<u64> = cohort.ever[definition].iter().map_while(|ever| *ever).collect();
                prop_assert!(known.is_sorted());
                prop_assert!(known.last().is_none_or(|last| *last <= cohort.accounts));
                // Blanks stand at the end only.
                prop_assert!(cohort.ever[definition][known.len()..].iter().all(Option::is_none));
                if definition > 0 {
                    let milder = &cohort.ever[definition - 1];
                    prop_assert!(cohort.ever[definition].iter().zip(milder).all(|(hard, mild)| hard <= mild));
                }
            }
        }
        let ever = panel.ever(3);
        prop_assert!(ever[2] <= ever[1] && ever[1] <= ever[0]);
    }

    #[test]
    fn every_point_has_one_fate(rows in histories(), window in 1..8_u32, cure in 1..5_u32) {
        let panel = panel_of(&rows, &CUTS, &BOUNDS, &[], i32::MAX);
        for cell in grid(&panel, Points::EveryRow, 3, &[window], cure) {
            let all = cell.total();
            prop_assert_eq!(all.points, panel.month.len() as u64);
            let excluded = all.unmeasured + all.already_bad + all.no_record;
            prop_assert_eq!(all.goods + all.bads + all.indeterminates + all.immature + excluded, all.points);
            prop_assert!(all.goods_partly_seen <= all.goods);
            prop_assert!(all.cured <= all.cure_known && all.cure_known <= all.bads);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in histories(), seed in any::<u64>()) {
        let mut mixed = rows.clone();
        mixed.sort_by_key(|row| (u64::from(row.0) * 31 + row.1 as u64).wrapping_mul(seed | 1));
        let before = panel_of(&rows, &CUTS, &BOUNDS, &[], i32::MAX);
        let after = panel_of(&mixed, &CUTS, &BOUNDS, &[], i32::MAX);
        prop_assert_eq!(everything(&after), everything(&before));
    }

    /// What happens after a month changes nothing that was mature by then.
    #[test]
    fn later_rows_change_no_mature_point(rows in histories()) {
        let panel = panel_of(&rows, &CUTS, &BOUNDS, &[], i32::MAX);
        let earlier = panel_of(&rows, &CUTS, &BOUNDS, &[], panel.last - 2);
        prop_assume!(earlier.months() > 0);
        let (now, then) = (vintages(&panel, 3, 1), vintages(&earlier, 3, 1));
        for cohort in &then.cohorts {
            let same = now.cohorts.iter().find(|other| other.period == cohort.period).unwrap();
            prop_assert_eq!(same.accounts, cohort.accounts);
            for (then, now) in cohort.ever.iter().zip(&same.ever) {
                prop_assert!(then.iter().zip(now).all(|(then, now)| then.is_none() || then == now));
            }
        }
    }
}
