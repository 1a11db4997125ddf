//! The difference of two scorecards as a page with tables.

use std::path::Path;

use super::scorecard_diff_text::{change_values, mark, measure_values};
use super::study::{Entry, Section, Study, StudyTable, write_study};
use crate::error::Result;
use crate::scorecard_diff::{BinDifference, Change, Fate, FeatureDifference, ScorecardDifference, measure_name};

/// Writes difference.json, report.html and tables/*.csv.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_scorecard_diff(difference: &ScorecardDifference, place: &Path) -> Result<()> {
    write_study(&scorecard_diff_study(difference), "difference", difference, place)
}

/// What the page shows.
pub fn scorecard_diff_study(difference: &ScorecardDifference) -> Study {
    let sides = [("A", &difference.sides.a), ("B", &difference.sides.b)];
    let known = || sides.iter().filter_map(|(name, side)| side.as_ref().map(|side| (*name, side)));
    let heads = known().map(|(name, side)| {
        let digest = side.scorecard_sha256.get(..12).unwrap_or_default();
        let row = [name, &side.name, &side.card, &side.standing, digest];
        let mut row: Vec<Entry> = row.into_iter().map(Entry::text).collect();
        row.insert(4, Entry::Count(side.features as f64));
        row
    });
    let mut sections = vec![Section {
        heading: "Scorecards".to_owned(),
        tables: vec![table(
            "scorecards",
            "",
            &["side", "given as", "card", "standing", "features", "scorecard"],
            heads.collect(),
        )],
        ..Section::default()
    }];
    if !difference.measures.is_empty() {
        let rows = difference.measures.iter().map(|measure| {
            let [a, b] = measure_values(measure);
            let word = |answer: Option<bool>, yes: &str, no: &str| match answer {
                Some(true) => Entry::text(yes),
                Some(false) => Entry::text(no),
                None => Entry::text(""),
            };
            vec![
                Entry::text(&measure.sample),
                Entry::text(measure_name(measure.measure)),
                Entry::text(a),
                Entry::text(b),
                word(measure.intervals_overlap, "overlap", "apart"),
                word(measure.same_cases, "the same", "others"),
            ]
        });
        let columns = ["sample", "measure", "A", "B", "intervals", "cases"];
        sections.push(Section {
            heading: "Measures".to_owned(),
            tables: vec![table("measures", "Those that differ, with 95% intervals.", &columns, rows.collect())],
            ..Section::default()
        });
    }
    if !difference.features.is_empty() {
        let mut section = Section { heading: "Features".to_owned(), ..Section::default() };
        if !difference.same_features.is_empty() {
            section.text.push(format!("The same in both: {}.", difference.same_features.join(", ")));
        }
        section.tables = difference.features.iter().enumerate().flat_map(|(at, feature)| tables(at, feature)).collect();
        sections.push(section);
    }
    for (at, part) in difference.parts.iter().enumerate() {
        let (name, mut heading) = (format!("part_{:02}", at + 1), part.part.clone());
        if let Some(first) = heading.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let text = part.changes.iter().filter(|change| !change.lines.is_empty());
        let text = text.map(|change| format!("{}:\n{}", change.what, change.lines.join("\n"))).collect();
        sections.push(Section { heading, text, tables: vec![changes(name, "", &part.changes)], ..Section::default() });
    }
    if !difference.files.is_empty() {
        let text = difference.files.iter().map(|file| {
            let name = file.names.b.as_ref().or(file.names.a.as_ref()).map_or("", String::as_str);
            format!("Configuration of the {} ({name}):\n{}", file.file, file.lines.join("\n"))
        });
        sections.push(Section { heading: "Configuration".to_owned(), text: text.collect(), ..Section::default() });
    }
    if !difference.unchanged.is_empty() {
        sections.push(Section {
            heading: "The same in both".to_owned(),
            text: vec![difference.unchanged.join(", ")],
            ..Section::default()
        });
    }
    let names: Vec<&str> = known().map(|(_, side)| side.name.as_str()).collect();
    Study {
        card: names.join(" – "),
        title: "What differs between two scorecards",
        summary: difference.summary.join("\n"),
        sections,
        warnings: difference.notes.clone(),
    }
}

fn table(name: impl Into<String>, caption: impl Into<String>, columns: &[&str], rows: Vec<Vec<Entry>>) -> StudyTable {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    StudyTable { name: name.into(), caption: caption.into(), columns, rows }
}

/// A table of changes.
fn changes(name: impl Into<String>, caption: impl Into<String>, changes: &[Change]) -> StudyTable {
    let rows = changes.iter().map(|change| {
        let [a, b] = match change.lines.is_empty() {
            true => change_values(change),
            false => ["(lines above)".to_owned(), "(lines above)".to_owned()],
        };
        vec![Entry::text(&change.what), Entry::text(a), Entry::text(b)]
    });
    table(name, caption, &["what", "A", "B"], rows.collect())
}

/// A feature's changes and its bins.
fn tables(at: usize, feature: &FeatureDifference) -> Vec<StudyTable> {
    let fate = match feature.fate {
        Fate::Came => "came: only in B",
        Fate::Went => "went: only in A",
        Fate::Changed => "changed",
    };
    let caption = format!("{}: {fate}", feature.feature);
    let mut tables = Vec::new();
    if !feature.changes.is_empty() {
        tables.push(changes(format!("feature_{:02}", at + 1), caption.clone(), &feature.changes));
    }
    let has_reasons = feature.bins.iter().any(|bin| bin.reason().is_some());
    let rows = feature.bins.iter().map(|bin| {
        let figures = &bin.figures;
        let mut row = vec![
            Entry::text(&figures.label),
            Entry::share(figures.share.a),
            Entry::share(figures.share.b),
            Entry::number(figures.woe.a, 3),
            Entry::number(figures.woe.b, 3),
            Entry::number(figures.points.a, decimals(figures.points.a)),
            Entry::number(figures.points.b, decimals(figures.points.b)),
            Entry::text(fate_in_words(bin)),
        ];
        if has_reasons {
            let word =
                |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).unwrap_or("-").to_owned();
            let reason =
                bin.reason().map(|reason| format!("{} -> {}", word(reason.a.as_ref()), word(reason.b.as_ref())));
            row.push(Entry::text(reason.unwrap_or_default()));
        }
        row
    });
    let columns = ["bin", "share A", "share B", "WOE A", "WOE B", "points A", "points B", "differs", "reason"];
    let columns = if has_reasons { &columns[..] } else { &columns[..8] };
    tables.push(table(format!("bins_{:02}", at + 1), caption, columns, rows.collect()));
    tables
}

/// What became of a bin.
fn fate_in_words(bin: &BinDifference) -> &'static str {
    match mark(bin) {
        '-' => "only in A",
        '+' => "only in B",
        '*' => "points",
        '~' => "other figures",
        _ => "",
    }
}

fn decimals(points: Option<f64>) -> usize {
    if points.is_none_or(|points| points.fract() == 0.0) { 0 } else { 2 }
}
