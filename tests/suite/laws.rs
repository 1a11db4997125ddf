//! Laws that hold for any input.

use proptest::prelude::*;
use scorewright::binning::{Partitioning, Prebin, Segment, bin, cut_between, optimise};
use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::config::{BinningSection, ColumnSettings, Monotone};
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
        let binning = bin(&column, &outcomes, &rows, &spec(&BinningSection::default(), &settings)).unwrap();
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
        let binning = bin(&column, &outcomes, &rows, &spec(&BinningSection::default(), &settings)).unwrap();
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

    /// The optimum is the best of all partitions that the rules allow.
    #[test]
    fn the_optimum_is_that_of_brute_force(
        cells in prop::collection::vec((0..30_u32, 0..30_u32), 2..9),
        max_bins in 2..5_usize,
        min_weight in 0..20_u32,
        trend in 0..7_usize,
    ) {
        let cells: Vec<Prebin> = cells.iter().map(|(g, b)| Prebin { goods: f64::from(*g), bads: f64::from(*b) }).collect();
        let all_goods: f64 = cells.iter().map(|cell| cell.goods).sum();
        let all_bads: f64 = cells.iter().map(|cell| cell.bads).sum();
        prop_assume!(all_goods > 0.0 && all_bads > 0.0);
        let monotone = [Monotone::None, Monotone::Ascending, Monotone::Descending, Monotone::Auto, Monotone::Peak, Monotone::Valley, Monotone::Unimodal][trend];
        let rules = Partitioning { max_bins, min_weight: f64::from(min_weight), monotone, all_goods, all_bads };
        let found = optimise(&cells, &rules).map(|(_, value)| value);
        let best = brute_force(&cells, &rules);
        match (found, best) {
            (Some(found), Some(best)) => prop_assert!((found - best).abs() < 1e-12, "{} is not {}", found, best),
            (found, best) => prop_assert_eq!(found.is_some(), best.is_some()),
        }
    }
}

fn brute_force(cells: &[Prebin], rules: &Partitioning) -> Option<f64> {
    let mut best: Option<f64> = None;
    for cuts in 0_u32..1 << (cells.len() - 1) {
        let mut segments = Vec::new();
        let mut first = 0;
        for last in 0..cells.len() {
            if last + 1 == cells.len() || cuts & (1 << last) != 0 {
                segments.push(Segment { first, last });
                first = last + 1;
            }
        }
        if segments.len() < 2 || segments.len() > rules.max_bins {
            continue;
        }
        let sums: Vec<Prebin> = segments
            .iter()
            .map(|segment| {
                cells[segment.first..=segment.last].iter().fold(Prebin::default(), |sum, cell| Prebin {
                    goods: sum.goods + cell.goods,
                    bads: sum.bads + cell.bads,
                })
            })
            .collect();
        if sums.iter().any(|bin| bin.goods <= 0.0 || bin.bads <= 0.0 || bin.weight() < rules.min_weight) {
            continue;
        }
        let rates: Vec<f64> = sums.iter().map(|bin| bin.goods / bin.weight()).collect();
        let steps: Vec<f64> = rates.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let turns_once = |sign: f64| {
            let turn = steps.iter().position(|step| step * sign < 0.0).unwrap_or(steps.len());
            steps[..turn].iter().all(|step| step * sign > 0.0) && steps[turn..].iter().all(|step| step * sign < 0.0)
        };
        let goes = |sign: f64| steps.iter().all(|step| step * sign > 0.0);
        let allowed = match rules.monotone {
            Monotone::None => true,
            Monotone::Ascending => goes(1.0),
            Monotone::Descending => goes(-1.0),
            Monotone::Auto => goes(1.0) || goes(-1.0),
            Monotone::Peak => turns_once(1.0),
            Monotone::Valley => turns_once(-1.0),
            Monotone::Unimodal => turns_once(1.0) || turns_once(-1.0),
        };
        if allowed {
            let value: f64 = sums
                .iter()
                .map(|bin| {
                    let (g, b) = (bin.goods / rules.all_goods, bin.bads / rules.all_bads);
                    (g - b) * (g / b).ln()
                })
                .sum();
            best = Some(best.map_or(value, |best| best.max(value)));
        }
    }
    best
}
