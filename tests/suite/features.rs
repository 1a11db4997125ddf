//! Features: every family against going through the rows, later-known rows, shuffled rows.

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::feature_oracle::project::{answer, frame, points};
use crate::feature_oracle::{Answer, Event, FAMILIES, Lender, Link, lenders, observation_days};

fn last_day() -> NaiveDate {
    *observation_days().last().unwrap()
}

fn agree(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::Number(a), Answer::Number(b)) => (a - b).abs() <= 1e-12 * a.abs().max(1.0),
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every family gives what going through all rows one by one gives.
    #[test]
    fn every_family_equals_its_oracle(lender in lenders()) {
        let frame = frame(&lender);
        for (row, (account, day)) in points(&frame).into_iter().enumerate() {
            for (name, _, oracle) in FAMILIES {
                let (built, expected) = (answer(&frame, name, row), oracle(&lender, account, day));
                prop_assert!(agree(&built, &expected), "{} of A{} on {}: {:?} is not {:?}", name, account, day, built, expected);
            }
        }
    }

    /// Rows that became known after the last observation change nothing, in no table and no family; nor does the order
    /// of the rows.
    #[test]
    fn later_known_rows_and_the_order_of_rows_change_nothing(
        lender in lenders(),
        later in lenders(),
        seed in any::<u64>(),
    ) {
        let before = frame(&lender);
        let mut lender = lender;
        lender.events.extend(later.events.into_iter().map(|event| Event {
            known: last_day() + chrono::Days::new(1 + seed % 9),
            ..event
        }));
        let late = |day: NaiveDate| last_day() + chrono::Days::new(1 + u64::from(day.leap_year()));
        lender.links.extend(later.links.into_iter().map(|link| Link { linked_on: late(link.linked_on), ..link }));
        lender.statements.extend(later.statements.into_iter().filter(|s| s.month_end + chrono::Days::new(3) > last_day()));
        shuffle(&mut lender, seed);
        let after = frame(&lender);
        prop_assert!(before.equals_missing(&after), "{:?}\n{:?}", before, after);
    }
}

fn shuffle(lender: &mut Lender, seed: u64) {
    fn order<T>(rows: &mut [T], mut state: u64) {
        for last in (1..rows.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            rows.swap(last, (state >> 33) as usize % (last + 1));
        }
    }
    order(&mut lender.events, seed);
    order(&mut lender.statements, seed ^ 1);
    order(&mut lender.links, seed ^ 2);
}
