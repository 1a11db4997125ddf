//! The table of engines and families of cases, `docs/conformance.md`: made from the run, and held against the committed
//! one. `SCOREWRIGHT_WRITE_DOCS=1` writes it.

use std::collections::BTreeSet;
use std::fmt::Write;

use scorewright::export::vectors::Family;

use super::CARDS;
use super::engines::ENGINES;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/conformance.md");

const HEAD: &str = "# Every export on the engine it is for

The tests export every card below in every format, let the engine itself score the card's test vectors, and compare with
what `scorewright score` gives: scores exactly (1e-9 where points are not rounded), PDs to the tolerance shown, reasons in
their order. This table is written by that run; the test fails where it and the run differ.

A number is that of cases that came out equal. `+ n` are cases that the engine cannot be given at all, with the reason
below; nothing else may be left out, and a case that comes out differently fails the test.
";

fn words(family: Family) -> &'static str {
    match family {
        Family::Verification => "verification rows",
        Family::Edge => "edges",
        Family::BelowEdge => "just below",
        Family::AboveEdge => "just above",
        Family::Missing => "missing",
        Family::Nan => "NaN",
        Family::Special => "special values",
        Family::Category => "categories",
        Family::UnseenCategory => "unseen category",
        Family::NegativeZero => "negative zero",
        Family::VeryLarge => "very large",
        Family::Infinite => "infinities",
        Family::AwkwardText => "awkward texts",
    }
}

fn table() -> String {
    let mut text = HEAD.to_owned();
    let families: BTreeSet<Family> = ENGINES.iter().flat_map(|engine| engine.run().counts.keys().copied()).collect();
    let names: Vec<&str> = families.iter().map(|family| words(*family)).collect();
    write!(text, "\n| engine | PD to | reasons | {} |\n", names.join(" | ")).unwrap();
    writeln!(text, "|---|---|---|{}", "---:|".repeat(names.len())).unwrap();
    for engine in ENGINES {
        let run = engine.run();
        let reasons = if engine.gives_reasons { "equal" } else { "none" };
        write!(text, "| {} ({}) | {:e} | {reasons} |", engine.name, run.version, engine.pd_tolerance).unwrap();
        for family in &families {
            match run.counts.get(family) {
                Some((right, 0)) => write!(text, " {right} |").unwrap(),
                Some((right, not)) => write!(text, " {right} + {not} |").unwrap(),
                None => text.push_str(" 0 |"),
            }
        }
        text.push('\n');
    }
    text.push_str("\n## What an engine cannot be given\n\n");
    for engine in ENGINES {
        for limit in engine.cannot {
            writeln!(text, "- {}: {}", engine.name, limit.why).unwrap();
        }
    }
    text.push_str("\n## The cards\n\n");
    for subject in &CARDS.1 {
        writeln!(text, "- {}: {} cases", subject.name, subject.vectors.cases.len()).unwrap();
    }
    text
}

#[test]
fn the_published_table_is_what_the_run_gives() {
    let made = table();
    if std::env::var_os("SCOREWRIGHT_WRITE_DOCS").is_some() {
        std::fs::write(TABLE, &made).unwrap();
    }
    let published = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(published, made, "write it again with SCOREWRIGHT_WRITE_DOCS=1 and look at what changed");
}
