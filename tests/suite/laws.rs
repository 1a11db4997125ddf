//! Laws that hold for any input.

use proptest::prelude::*;
use scorewright::binning::{SampleOutcomes, bin, cut_between};
use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::config::{BinningSection, ColumnSettings};
use scorewright::table::Categories;
use scorewright_runtime::units::twelve_digits;

fn outcomes(states: &[u8]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for state in states {
        let state = match state % 3 {
            0 => OutcomeState::Bad,
            _ => OutcomeState::Good,
        };
        outcomes.push(state, 1.0);
    }
    outcomes
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(0.0),
        Just(1e-5),
        (-20..20_i32).prop_map(f64::from),
        any::<f64>(),
    ]
}

fn spec<'a>(section: &BinningSection, settings: &'a ColumnSettings) -> scorewright::binning::BinningSpec<'a> {
    scorewright::binning::BinningSpec::new(section, settings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every development value falls into exactly one bin, the counts add up to the cases, and cuts
    /// carry at most 12 digits.
    #[test]
    fn every_number_falls_into_one_bin(values in prop::collection::vec((number(), any::<u8>()), 20..200)) {
        let states: Vec<u8> = values.iter().map(|(_, state)| *state).collect();
        let outcomes = outcomes(&states);
        let column = FeatureColumn {
            name: "x".into(),
            description: String::new(),
            values: FeatureValues::Numeric(values.iter().map(|(value, _)| *value).collect()),
        };
        let rows: Vec<u32> = (0..values.len() as u32).collect();
        let settings = ColumnSettings::default();
        let binning = bin(&column, &SampleOutcomes::new(&outcomes, &rows), None, &spec(&BinningSection::default(), &settings)).unwrap();
        for code in &binning.codes {
            prop_assert!(usize::from(*code) < binning.partition.bins(), "a development value is unforeseen");
        }
        let cases: f64 = binning.table.rows.iter().map(|row| row.cases).sum();
        prop_assert_eq!(cases, values.len() as f64);
        for (_, domain) in &binning.bins {
            if let scorewright_runtime::artifact::BinDomain::Interval { lower: Some(lower), .. } = domain {
                prop_assert_eq!(twelve_digits(*lower), *lower);
            }
        }
    }

    #[test]
    fn every_category_falls_into_one_bin(values in prop::collection::vec((prop::option::of("[a-c,\"\u{4e2d} ]{0,2}"), any::<u8>()), 20..200)) {
        let states: Vec<u8> = values.iter().map(|(_, state)| *state).collect();
        let outcomes = outcomes(&states);
        let column = FeatureColumn {
            name: "x".into(),
            description: String::new(),
            values: FeatureValues::Categorical(Categories::from_texts(values.iter().map(|(text, _)| text.as_deref()))),
        };
        let rows: Vec<u32> = (0..values.len() as u32).collect();
        let settings = ColumnSettings::default();
        let binning = bin(&column, &SampleOutcomes::new(&outcomes, &rows), None, &spec(&BinningSection::default(), &settings)).unwrap();
        for ((text, _), code) in values.iter().zip(&binning.codes) {
            prop_assert!(usize::from(*code) < binning.partition.bins());
            let again = text.as_deref().map_or(binning.partition.missing(), |text| binning.partition.category(text));
            prop_assert_eq!(again, *code);
        }
    }

    /// A cut separates, and its shortest text reads back as the same number.
    #[test]
    fn cuts_separate_and_survive_text(a in number(), b in number()) {
        prop_assume!(a < b);
        if let Some(cut) = cut_between(a, b) {
            prop_assert!(a < cut && cut <= b);
            prop_assert_eq!(cut.to_string().parse::<f64>().unwrap(), cut);
            prop_assert_eq!(twelve_digits(cut), cut);
        }
    }
}
