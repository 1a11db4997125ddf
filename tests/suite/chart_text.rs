//! Text of charts stays within the picture and apart from other text, whatever it says.

use resvg::tiny_skia::Rect;
use resvg::usvg::{Group, Node, Options, Tree};
use scorewright::report::charts::{
    LimitLine, MigrationMap, PeriodSeries, SwapBar, TornadoRow, UnitCurve, cap_chart, migration_map, palette,
    psi_over_time_chart, roc_band_chart, swap_set_chart, tornado_chart,
};

/// Places of all texts with what they say.
fn texts(group: &Group, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(group) => texts(group, found),
            Node::Text(text) => {
                let said: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
                found.push((said, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
}

/// No text leaves the picture or meets another; gives the texts.
fn check(svg: &str) -> Vec<String> {
    let mut options = Options::default();
    options.fontdb_mut().load_system_fonts();
    assert!(options.fontdb.faces().next().is_some(), "the test needs a font, such as fonts-dejavu-core");
    options.fontdb_mut().set_sans_serif_family("DejaVu Sans");
    let tree = Tree::from_str(&svg.replace("\"inherit\"", "\"sans-serif\""), &options).unwrap();
    let mut found = Vec::new();
    texts(tree.root(), &mut found);
    assert!(!found.is_empty());
    for (said, place) in &found {
        let inside = place.left() >= -0.5
            && place.top() >= -0.5
            && place.right() <= tree.size().width() + 0.5
            && place.bottom() <= tree.size().height() + 0.5;
        assert!(inside, "{said:?} leaves the picture: {place:?} of {:?}", tree.size());
    }
    for (position, (said, place)) in found.iter().enumerate() {
        for (other, beside) in &found[position + 1..] {
            let apart = place.right() <= beside.left() + 0.5
                || beside.right() <= place.left() + 0.5
                || place.bottom() <= beside.top() + 0.5
                || beside.bottom() <= place.top() + 0.5;
            assert!(apart, "{said:?} at {place:?} meets {other:?} at {beside:?}");
        }
    }
    found.into_iter().map(|(said, _)| said).collect()
}

const LONG: &str =
    "MAXIMUM WORST ARREARS OF ALL ACCOUNTS & <PRODUCTS> \"WITHIN\" THE LAST TWENTY-FOUR MONTHS, WEIGHTED";

#[test]
fn a_tornado_holds_names_of_any_length() {
    let row = |name: &str, low, high| TornadoRow { name: name.to_owned(), low, high };
    let rows = [
        row("age", Some(0.71), Some(0.74)),
        row(LONG, Some(0.60), Some(0.90)),
        row("both to one side", Some(0.74), Some(0.78)),
        row("unknown", None, None),
        row("one end", None, Some(0.5)),
    ];
    let svg = tornado_chart("tornado", LONG, 0.73, ("input at its 5% quantile", LONG), &rows).unwrap().unwrap();
    let said = check(&svg);
    // The widest first, the whole name on pointing at it.
    assert!(svg.contains("<title>MAXIMUM WORST ARREARS OF ALL ACCOUNTS &amp; &lt;PRODUCTS&gt;"));
    let place = |start: &str| said.iter().position(|text| text.starts_with(start)).unwrap();
    let between = &said[place("one end")..place("age")];
    assert!(between.iter().any(|text| text.starts_with("MAXIMUM WORST")), "{said:?}");
    assert!(!said.iter().any(|text| text == "unknown"));
    assert!(tornado_chart("t", "x", 0.5, ("low", "high"), &[row("a", None, Some(f64::NAN))]).unwrap().is_none());
    for (low, high) in [(1e-9, 2e-9), (-1e9, 1e9), (0.5, 0.5)] {
        check(&tornado_chart("t", "x", 0.5, ("low", "high"), &[row("a", Some(low), Some(high))]).unwrap().unwrap());
    }
}

#[test]
fn figures_over_periods_keep_their_labels_apart() {
    for (count, name) in [(1, "2024"), (2, LONG), (7, "2024-01 to 2024-03"), (60, "2024-01-31"), (400, LONG)] {
        let periods: Vec<String> = (0..count).map(|period| format!("{name} {period}")).collect();
        for scale in [1e-6, 0.1, 3.0, 1e5] {
            let values = (0..count).map(|period| (period % 5 != 3).then_some(scale * (period % 7) as f64)).collect();
            let series = [PeriodSeries { name: LONG.to_owned(), values }];
            let limits = [
                LimitLine { name: "convention 0.10".to_owned(), values: vec![0.1] },
                LimitLine { name: "critical value at 95%".to_owned(), values: vec![scale; count] },
            ];
            check(&psi_over_time_chart("psi", (LONG, LONG), &periods, &series, &limits).unwrap().unwrap());
        }
    }
    let none = [PeriodSeries { name: "psi".to_owned(), values: vec![None, Some(f64::INFINITY)] }];
    let periods = ["a".to_owned(), "b".to_owned()];
    assert!(psi_over_time_chart("psi", ("x", "y"), &periods, &none, &[]).unwrap().is_none());
}

#[test]
fn a_migration_of_many_grades_keeps_its_numbers() {
    for count in [1, 2, 7, 10, 25, 40] {
        for name in ["", "grade ", LONG] {
            let names: Vec<String> = (0..count).map(|grade| format!("{name}{grade}")).collect();
            let shares: Vec<Vec<Option<f64>>> = (0..count)
                .map(|row| {
                    (0..count)
                        .map(|column| (row != column + 1).then_some(if row == column { 1.0 } else { 0.0 }))
                        .collect()
                })
                .collect();
            let map =
                MigrationMap { rows: LONG, columns: LONG, row_names: &names, column_names: &names, shares: &shares };
            let said = check(&migration_map("migration", &map).unwrap().unwrap());
            assert_eq!(said.iter().filter(|text| text.starts_with("100")).count(), count);
        }
    }
}

#[test]
fn curves_and_swap_sets_keep_their_keys_apart() {
    for names in [["A: old", "B: new"], [LONG, LONG]] {
        let curves: Vec<UnitCurve> = names
            .iter()
            .enumerate()
            .map(|(place, name)| UnitCurve {
                name: (*name).to_owned(),
                colour: palette::distinct(place),
                points: vec![(0.0, 0.0), (0.2, 0.6), (1.0, 1.0)],
                band: vec![(0.0, 0.0, 0.2), (1.0, 0.8, 1.0)],
            })
            .collect();
        check(&roc_band_chart("roc", [LONG, LONG, "by chance"], &curves).unwrap());
        check(&cap_chart("cap", ["cases", "bads", "by chance"], &curves, Some((0.0, LONG))).unwrap());
        let bar = |name: &str, shares| SwapBar { name: name.to_owned(), shares };
        let bars = [bar("70%", [0.6, 0.1, 0.1, 0.2]), bar(LONG, [0.999, 0.0005, 0.0005, 0.0]), bar("", [0.0; 4])];
        check(&swap_set_chart("swaps", [LONG, names[0], names[1], "neither"], &bars).unwrap().unwrap());
    }
}
