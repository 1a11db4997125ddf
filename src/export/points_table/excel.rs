//! The points table as an Excel workbook: which card it is and how to add it up, the table, a calculator, the PD of every
//! score, and what the calculator looks up. Texts are texts: none of them runs as a formula.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError,
};

use super::rule::units;
use super::scale::{self, Step};
use super::{Line, Part, PointsTable, READING, calculator, steps};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::export::{Standing, Subject};
use crate::report::document::{LONGEST_TEXT, count_format, cut, fit_height, head_format, percent_format, text_format};

/// Rows of a sheet that lines may take: Excel's, less those above and below them.
const MOST_ROWS: usize = 1_048_000;
/// UTF-16 units of a rule in the table; the whole of a longer one stands on a sheet of its own.
const LONGEST_RULE: usize = 600;

/// Width of the column of sentences.
const SENTENCE: f64 = 110.0;

/// Names of the sheets.
pub(super) const CARD: &str = "Scorecard";
pub(super) const POINTS: &str = "Points";
pub(super) const CALCULATOR: &str = "Calculator";
pub(super) const SCORES: &str = "Score to PD";
pub(super) const LONG_RULES: &str = "Long rules";
pub(super) const LISTS: &str = "Lists";

pub(super) type Written = std::result::Result<(), XlsxError>;

/// The bytes; the same card gives the same ones.
///
/// # Errors
/// A card with more bins than a sheet has rows.
pub fn excel(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let table = PointsTable::new(subject);
    let long: usize = table.lines.iter().filter(|line| is_long(line)).map(|line| line.rule.alternatives.len()).sum();
    for (rows, what) in [(table.lines.len(), "bins"), (long, "values in bins with many")] {
        if rows > MOST_ROWS {
            let what = format!("the scorecard has {rows} {what}, which are more than an Excel sheet has rows");
            return Err(Error::new(ErrorKind::Artifact, what).help("export the points table as csv"));
        }
    }
    write(subject, &table).map_err(internal)
}

fn write(subject: &Subject<'_>, table: &PointsTable) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A workbook has a day of creation; the run's own would make every file another one.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(text(&subject.title())).set_creation_datetime(&day));
    let has_long = table.lines.iter().any(is_long);
    let scores = scale::range(subject.card, table);
    write_card(sheet(&mut workbook, CARD)?, subject, has_long, scores.is_some())?;
    write_points(sheet(&mut workbook, POINTS)?, subject, table)?;
    calculator::write_calculator(sheet(&mut workbook, CALCULATOR)?, subject, table)?;
    if let Some(range) = scores {
        write_scores(sheet(&mut workbook, SCORES)?, subject, range)?;
    }
    if has_long {
        write_long_rules(sheet(&mut workbook, LONG_RULES)?, table)?;
    }
    calculator::write_lists(sheet(&mut workbook, LISTS)?, subject, table)?;
    workbook.save_to_buffer()
}

fn sheet<'a>(workbook: &'a mut Workbook, name: &str) -> std::result::Result<&'a mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

fn write_card(sheet: &mut Worksheet, subject: &Subject<'_>, has_long: bool, has_scores: bool) -> Written {
    sheet.set_column_width(0, 16)?.set_column_width(1, SENTENCE)?;
    let mut row = write_title(sheet, subject, &subject.title())?;
    for words in subject.head() {
        sentence(sheet, row, &words)?;
        row += 1;
    }
    let population = &subject.card.document().population;
    if !population.is_empty() {
        sentence(sheet, row, &format!("Population: {population}"))?;
        row += 1;
    }
    let numbered =
        steps(subject).into_iter().enumerate().map(|(place, step)| format!("{}. {step}", place + 1)).collect();
    let scaling = &subject.card.document().scaling;
    for (heading, sentences) in [("Add up by hand", numbered), ("Read the rules", READING.map(str::to_owned).to_vec())]
    {
        row += 1;
        heading_of(sheet, row, heading)?;
        for words in sentences {
            sentence(sheet, row, &words)?;
            row += 1;
        }
    }
    row += 1;
    heading_of(sheet, row, "Scaling")?;
    for (name, value) in [
        ("points", scaling.points),
        ("odds good:bad at these points", scaling.odds),
        ("points that double the odds", scaling.pdo),
        ("factor = points that double the odds / ln 2", scaling.factor),
        ("offset = points - factor x ln(odds)", scaling.offset),
    ] {
        sentence(sheet, row, &format!("{name}: {}", crate::binning::number_label(value)))?;
        row += 1;
    }
    row += 1;
    heading_of(sheet, row, "Sheets")?;
    let sheets = [
        (POINTS, "Every bin with its rule, counts, points and reason.", true),
        (CALCULATOR, "Pick a bin for each feature: the sheet gives score, PD and reasons.", true),
        (SCORES, "The odds and the PD of every score.", has_scores),
        (LONG_RULES, "The whole of rules that are too long for a cell.", has_long),
        (LISTS, "What the calculator looks up.", true),
    ];
    for (name, words, _) in sheets.into_iter().filter(|(.., is_there)| *is_there) {
        sheet.write_url_with_text(row, 0, Url::new(format!("internal:'{name}'!A1")), name)?;
        sentence(sheet, row, words)?;
        row += 1;
    }
    Ok(())
}

/// A sentence beside the headings.
fn sentence(sheet: &mut Worksheet, row: u32, words: &str) -> Written {
    string(sheet, row, 1, words)?;
    fit_height(sheet, row, &[(words, SENTENCE)])
}

fn heading_of(sheet: &mut Worksheet, row: u32, words: &str) -> Written {
    let bold = Format::new().set_bold().set_align(FormatAlign::Top).set_text_wrap();
    sheet.write_string_with_format(row, 0, words, &bold).map(|_| ())
}

/// The title with the mark of a draft, over every sheet; gives the row where more may stand.
pub(super) fn write_title(
    sheet: &mut Worksheet,
    subject: &Subject<'_>,
    title: &str,
) -> std::result::Result<u32, XlsxError> {
    let format = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, text(title), &format)?;
    let mark = subject.standing.sentences().join(" ");
    let color = if *subject.standing == Standing::Draft { 0x00A8_3200 } else { 0x0000_5A40 };
    sheet.write_string_with_format(1, 0, text(&mark), &Format::new().set_bold().set_font_color(Color::RGB(color)))?;
    Ok(3)
}

/// A column of the table: heading, width, and what stands in it.
type Column = (&'static str, f64, fn(&Line) -> Entry<'_>);

/// What stands in a cell.
enum Entry<'a> {
    Text(&'a str),
    Rule,
    Count(Option<f64>),
    Share(Option<f64>),
    /// To so many decimals, or the digits that it has.
    Number(Option<f64>, Option<usize>),
    Points(Option<f64>),
}

fn columns(has_segments: bool) -> Vec<Column> {
    let mut columns: Vec<Column> = vec![
        ("Feature", 24.0, |line| Entry::Text(&line.feature)),
        ("Description", 34.0, |line| Entry::Text(&line.description)),
        ("Bin", 28.0, |line| Entry::Text(&line.label)),
        ("Rule", 48.0, |_| Entry::Rule),
        ("Points", 9.0, |line| Entry::Points(line.points)),
        ("Points lost", 9.0, |line| Entry::Number(line.lost, None)),
        ("Cases", 11.0, |line| Entry::Count(line.counts.as_ref().map(|counts| counts.cases))),
        ("Share", 9.0, |line| Entry::Share(line.counts.as_ref().and_then(|counts| counts.share))),
        ("Goods", 11.0, |line| Entry::Count(line.counts.as_ref().map(|counts| counts.goods))),
        ("Bads", 11.0, |line| Entry::Count(line.counts.as_ref().map(|counts| counts.bads))),
        ("Bad rate", 10.0, |line| Entry::Share(line.counts.as_ref().and_then(super::Counts::bad_rate))),
        ("WOE", 10.0, |line| Entry::Number(line.woe, Some(4))),
        ("Coefficient", 13.0, |line| Entry::Number(line.coefficient, Some(4))),
        ("Reason", 48.0, |line| Entry::Text(&line.reason)),
    ];
    if has_segments {
        columns.insert(0, ("Segment", 16.0, |line| Entry::Text(&line.segment)));
    }
    columns
}

fn write_points(sheet: &mut Worksheet, subject: &Subject<'_>, table: &PointsTable) -> Written {
    let columns = columns(subject.card.document().segments.is_some());
    let head = write_title(sheet, subject, &format!("Points of {}", subject.title()))?;
    for (at, (heading, width, _)) in columns.iter().enumerate() {
        sheet.set_column_width(at as u16, *width)?;
        sheet.write_string_with_format(head, at as u16, *heading, &head_format())?;
    }
    fit_height(sheet, head, &columns.iter().map(|(heading, width, _)| (*heading, *width)).collect::<Vec<_>>())?;
    let firsts: std::collections::HashSet<usize> = table.features.iter().map(|range| range.start).collect();
    for (place, line) in table.lines.iter().enumerate() {
        let row = head + 1 + place as u32;
        let dress = |format: Format| {
            let format = if firsts.contains(&place) { format.set_border_top(FormatBorder::Thin) } else { format };
            match line.part {
                Part::Unforeseen => format.set_italic(),
                Part::BasePoints => format.set_bold(),
                Part::Bin => format,
            }
        };
        for (at, (.., entry)) in columns.iter().enumerate() {
            write_entry(sheet, (row, at as u16), line, entry(line), dress)?;
        }
        let rule = rule_text(line);
        let texts = columns.iter().filter_map(|(_, width, entry)| match entry(line) {
            Entry::Text(words) => Some((words, *width)),
            Entry::Rule => Some((rule.as_str(), *width)),
            _ => None,
        });
        fit_height(sheet, row, &texts.collect::<Vec<_>>())?;
    }
    let last = head + table.lines.len() as u32;
    sheet.set_freeze_panes(head + 1, 1)?.set_repeat_rows(head, head)?;
    sheet.autofilter(head, 0, last, (columns.len() - 1) as u16)?;
    Ok(())
}

fn write_entry(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    line: &Line,
    entry: Entry<'_>,
    dress: impl Fn(Format) -> Format,
) -> Written {
    let top = || Format::new().set_align(FormatAlign::Top);
    let (value, format) = match entry {
        Entry::Text(words) => return string_in(sheet, (row, at), words, dress),
        Entry::Rule => return string_in(sheet, (row, at), &rule_text(line), dress),
        Entry::Points(None) => return string_in(sheet, (row, at), "refused", dress),
        Entry::Points(points) => (points, top().set_bold()),
        Entry::Count(count) => (count, count_format(count.is_none_or(|count| count.fract() == 0.0))),
        Entry::Share(share) => (share, percent_format()),
        Entry::Number(value, None) => (value, top()),
        Entry::Number(value, Some(decimals)) => (value, top().set_num_format(format!("0.{}", "0".repeat(decimals)))),
    };
    match value {
        Some(value) => sheet.write_number_with_format(row, at, value, &dress(format))?,
        None => sheet.write_blank(row, at, &dress(format))?,
    };
    Ok(())
}

/// A rule as the table has it.
fn rule_text(line: &Line) -> String {
    let (rule, more) = line.rule.shortened(LONGEST_RULE);
    if more > 0 { format!("{rule} [{more} more: sheet {LONG_RULES}]") } else { rule }
}

fn write_scores(sheet: &mut Worksheet, subject: &Subject<'_>, range: (f64, f64)) -> Written {
    let scaling = &subject.card.document().scaling;
    let steps = scale::steps(scaling, range);
    let is_every_score = steps.windows(2).all(|pair| matches!(pair, [high, low] if high.score - low.score <= 1.0));
    let head = write_title(sheet, subject, &format!("Score to PD of {}", subject.title()))? + 2;
    sheet.write_string(head - 2, 0, scale::caption(scaling, range, is_every_score))?;
    for (at, (heading, width)) in [("Score", 14.0), ("Odds good:bad", 18.0), ("PD", 18.0)].into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?;
        sheet.write_string_with_format(head, at as u16, heading, &head_format())?;
    }
    for (place, Step { score, odds, pd }) in steps.into_iter().enumerate() {
        let row = head + 1 + place as u32;
        sheet.write_number(row, 0, score)?;
        if odds.is_finite() {
            sheet.write_number_with_format(row, 1, odds, &Format::new().set_num_format("#,##0.0000"))?;
        }
        sheet.write_number_with_format(row, 2, pd, &Format::new().set_num_format("0.0000%"))?;
    }
    sheet.set_freeze_panes(head + 1, 0)?.set_repeat_rows(head, head)?;
    Ok(())
}

fn is_long(line: &Line) -> bool {
    line.rule.shortened(LONGEST_RULE).1 > 0
}

/// A row for each alternative of a rule that the table shortens.
fn write_long_rules(sheet: &mut Worksheet, table: &PointsTable) -> Written {
    let headings = [("Segment", 16.0), ("Feature", 24.0), ("Bin", 28.0), ("Any of these", 110.0)];
    for (at, (heading, width)) in headings.into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?;
        sheet.write_string_with_format(0, at as u16, heading, &head_format())?;
    }
    let mut row = 1;
    for line in table.lines.iter().filter(|line| is_long(line)) {
        for alternative in &line.rule.alternatives {
            let texts = [&line.segment, &line.feature, &line.label, alternative];
            for (at, words) in texts.into_iter().enumerate() {
                string(sheet, row, at as u16, words)?;
            }
            let widths = headings.map(|(_, width)| width);
            fit_height(sheet, row, &texts.into_iter().map(String::as_str).zip(widths).collect::<Vec<_>>())?;
            row += 1;
        }
    }
    sheet.set_freeze_panes(1, 0)?.autofilter(0, 0, row - 1, 3)?;
    Ok(())
}

fn string(sheet: &mut Worksheet, row: u32, at: u16, words: &str) -> Written {
    string_in(sheet, (row, at), words, |format| format)
}

/// A text, or a dressed blank where it is empty.
fn string_in(sheet: &mut Worksheet, (row, at): (u32, u16), words: &str, dress: impl Fn(Format) -> Format) -> Written {
    let format = dress(text_format(words));
    match words {
        "" => sheet.write_blank(row, at, &format)?,
        words => sheet.write_string_with_format(row, at, text(words), &format)?,
    };
    Ok(())
}

/// A text as a cell takes it: one that is longer ends in an ellipsis.
pub(super) fn text(words: &str) -> String {
    if units(words) <= LONGEST_TEXT { words.to_owned() } else { format!("{}…", cut(words, LONGEST_TEXT - 1)) }
}
