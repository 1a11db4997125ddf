//! Laws of the regions of a grid, for any grid; and of the bins of a pair, for any two columns.

use std::collections::BTreeMap;

use proptest::prelude::*;
use scorewright::binning::{Cell, GridCells, Measure, RegionRules, Rules, SampleOutcomes, bin_pair, regions};
use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::config::{AxisTrend, BinningSection, Monotone, NeighbourTest, Objective, PairSettings};
use scorewright::table::Categories;
use scorewright_runtime::artifact::BinDomain;

fn rules(
    trends: [AxisTrend; 2],
    max_bins: usize,
    min_weight: f64,
    min_bads: f64,
    cells: &[Cell],
) -> RegionRules<'static> {
    let all: Cell = cells.iter().copied().sum();
    let measure = Measure { objective: Objective::InformationValue, all };
    RegionRules {
        trends,
        rules: Rules {
            max_bins,
            min_weight,
            min_cases: 0.0,
            min_goods: 0.0,
            min_bads,
            trend: Monotone::None,
            min_woe_difference: 0.0,
            max_p_value: None,
            p_value_test: NeighbourTest::Z,
            stable: None,
            measure,
            boundaries: Vec::new(),
        },
    }
}

fn trend() -> impl Strategy<Value = AxisTrend> {
    prop_oneof![Just(AxisTrend::None), Just(AxisTrend::Ascending), Just(AxisTrend::Descending)]
}

/// A grid with its number of ordinary bins of each axis; many cells hold nobody.
fn grid() -> impl Strategy<Value = GridCells> {
    (1..5_usize, 0..3_usize, 1..5_usize, 0..3_usize).prop_flat_map(|(rows, apart_rows, columns, apart_columns)| {
        let bins = [rows + apart_rows, columns + apart_columns];
        let count = || prop_oneof![2 => Just(0_u32), 3 => 0..40_u32];
        let cells = prop::collection::vec((count(), count()), bins[0] * bins[1]);
        let woe = (prop::collection::vec(-2.0..2.0, bins[0]), prop::collection::vec(-2.0..2.0, bins[1]));
        (cells, woe).prop_map(move |(cells, woe)| GridCells {
            bins,
            ordinary: [rows, columns],
            cells: cells.into_iter().map(|(g, b)| Cell::plain(f64::from(g), f64::from(b))).collect(),
            woe: woe.into(),
        })
    })
}

/// Which cells may be put together: ordinary ones, and those of one special row, or of one special column.
fn zone(grid: &GridCells, cell: usize) -> (Option<usize>, Option<usize>) {
    let [row, column] = grid.place(cell);
    let row = (row >= grid.ordinary[0]).then_some(row);
    (row, (row.is_none() && column >= grid.ordinary[1]).then_some(column))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn regions_keep_every_rule(
        grid in grid(),
        trends in [trend(), trend()],
        max_bins in 1..7_usize,
        min_weight in 0..60_u32,
        min_bads in 0..4_u32,
    ) {
        let rules = rules(trends, max_bins, f64::from(min_weight), f64::from(min_bads), &grid.cells);
        let found = regions(&grid, &rules);
        prop_assert_eq!(&found, &regions(&grid, &rules), "the same grid gives other regions");
        prop_assert_eq!(found.len(), grid.cells.len());
        let count = usize::from(*found.iter().max().unwrap()) + 1;
        let all = rules.rules.measure.all;
        prop_assume!(all.goods > 0.0 && all.bads > 0.0);
        let mut sums = vec![Cell::default(); count];
        let mut zones = vec![Vec::new(); count];
        for (cell, region) in found.iter().enumerate() {
            sums[usize::from(*region)] += grid.cells[cell];
            if grid.cells[cell].weight() > 0.0 {
                zones[usize::from(*region)].push(zone(&grid, cell));
            }
        }
        for (region, zones) in zones.iter_mut().enumerate() {
            zones.dedup();
            prop_assert_eq!(zones.len(), 1, "region {} mixes zones, or holds nobody", region);
        }
        for zone in zones.iter().flatten() {
            let of_zone: Vec<&Cell> = (0..count).filter(|r| zones[*r][0] == *zone).map(|r| &sums[r]).collect();
            prop_assert!(of_zone.len() <= max_bins);
            prop_assert!(of_zone.len() == 1 || of_zone.iter().all(|sum| rules.rules.is_large_enough(sum)));
        }
        let woe = |row: usize, column: usize| {
            rules.rules.measure.woe(&sums[usize::from(found[row * grid.bins[1] + column])])
        };
        for row in 0..grid.ordinary[0] {
            for column in 0..grid.ordinary[1] {
                let below = (row + 1 < grid.ordinary[0]).then(|| woe(row + 1, column));
                let beside = (column + 1 < grid.ordinary[1]).then(|| woe(row, column + 1));
                for (next, trend) in [(below, trends[0]), (beside, trends[1])] {
                    let step = next.map_or(0.0, |next| next - woe(row, column));
                    match trend {
                        AxisTrend::None => {}
                        AxisTrend::Ascending => prop_assert!(step >= -1e-12, "{} at {} {}", step, row, column),
                        AxisTrend::Descending => prop_assert!(step <= 1e-12, "{} at {} {}", step, row, column),
                    }
                }
            }
        }
    }

    #[test]
    fn every_case_of_a_pair_falls_into_one_region(
        values in prop::collection::vec((prop_oneof![Just(f64::NAN), Just(-9.0), -5.0..5.0], prop::option::of("[a-d]"), any::<u8>()), 30..200),
        axis_bins in 2..6_usize,
    ) {
        let mut outcomes = Outcomes::default();
        values.iter().for_each(|(_, _, state)| {
            outcomes.push([OutcomeState::Bad, OutcomeState::Good, OutcomeState::Good, OutcomeState::Indeterminate][usize::from(state % 4)], 1.0);
        });
        let column = |name: &str, values| FeatureColumn { name: name.into(), description: String::new(), values };
        let x = column("x", FeatureValues::Numeric(values.iter().map(|(x, ..)| *x).collect()));
        let y = column("y", FeatureValues::Categorical(Categories::from_texts(values.iter().map(|(_, y, _)| y.as_deref()))));
        let pair: PairSettings = toml::from_str(&format!("of = [\"x\", \"y\"]\naxis_bins = {axis_bins}")).unwrap();
        let settings = BTreeMap::from([("x".to_owned(), toml::from_str("special = [-9]").unwrap())]);
        // Every second case is development; the others may hold what it never saw.
        let rows: Vec<u32> = (0..values.len() as u32).step_by(2).collect();
        let development = SampleOutcomes::new(&outcomes, &rows);
        let binning = bin_pair("pair", &pair, [&x, &y], &settings, &BinningSection::default(), &development).unwrap();
        for row in &rows {
            prop_assert!(usize::from(binning.codes[*row as usize]) < binning.bins.len());
        }
        let cases: f64 = binning.table.rows.iter().map(|row| row.cases).sum();
        prop_assert_eq!(cases, rows.len() as f64);
        let [first, second] = binning.partition.axes().unwrap();
        let mut cells = 0;
        for row in 0..first.bins() as u16 {
            for column in 0..second.bins() as u16 {
                let code = binning.partition.cell(row, column);
                let holding = binning.bins.iter().filter(|(_, domain)| matches!(domain, BinDomain::Cells(cells) if cells.contains(&[row, column])));
                prop_assert_eq!(holding.count(), 1);
                prop_assert!(usize::from(code) < binning.bins.len());
                cells += 1;
            }
        }
        prop_assert_eq!(cells, first.bins() * second.bins());
        prop_assert_eq!(binning.partition.cell(first.unforeseen(), 0), binning.partition.unforeseen());
        for ((x, y, _), code) in values.iter().zip(&binning.codes) {
            let y = y.as_deref().map_or(second.missing(), |y| second.category(y));
            prop_assert_eq!(*code, binning.partition.cell(first.number(*x), y));
        }
    }
}

/// 2 x 2 ordinary cells, of which the last holds nobody: it goes where its axes point.
#[test]
fn a_cell_without_cases_joins_the_neighbour_that_its_axes_point_to() {
    let cells = vec![Cell::plain(90.0, 10.0), Cell::plain(60.0, 40.0), Cell::plain(30.0, 70.0), Cell::default()];
    let mut grid = GridCells { bins: [2, 2], ordinary: [2, 2], cells, woe: [vec![0.7, -1.2], vec![0.2, -0.3]] };
    let found = regions(&grid, &rules([AxisTrend::None; 2], 4, 0.0, 0.0, &grid.cells));
    assert_eq!(found, [0, 1, 2, 2], "-1.5 is nearest to the third cell's WOE");
    grid.woe = [vec![0.7, -0.1], vec![0.2, 0.1]];
    let found = regions(&grid, &rules([AxisTrend::None; 2], 4, 0.0, 0.0, &grid.cells));
    assert_eq!(found, [0, 1, 2, 1], "0.0 is nearest to the second cell's WOE");
}

/// Neighbours that differ least go together first; a line of missing values stays to itself.
#[test]
fn the_least_loss_goes_first_and_missing_stays_apart() {
    let rates = [[90.0, 88.0, 50.0], [89.0, 52.0, 20.0], [51.0, 49.0, 50.0]];
    let cells = rates.iter().flatten().map(|good| Cell::plain(*good, 100.0 - good)).collect();
    let grid = GridCells { bins: [3, 3], ordinary: [2, 3], cells, woe: [vec![0.0; 3], vec![0.0; 3]] };
    let found = regions(&grid, &rules([AxisTrend::None; 2], 3, 0.0, 0.0, &grid.cells));
    // 50 and 52 touch at a corner only, so 50 goes with 20, from which it differs less than 52 does.
    assert_eq!(found, [0, 0, 1, 0, 2, 1, 3, 4, 5]);
    let one = regions(&grid, &rules([AxisTrend::None; 2], 1, 0.0, 0.0, &grid.cells));
    assert_eq!(one, [0, 0, 0, 0, 0, 0, 1, 1, 1]);
    let mut alike = rules([AxisTrend::None; 2], 6, 0.0, 0.0, &grid.cells);
    alike.rules.max_p_value = Some(0.01);
    assert_eq!(regions(&grid, &alike), [0, 0, 1, 0, 2, 3, 4, 4, 4], "missing lines differ by chance only");
}
