//! The sheet where a person picks a bin for each feature and formulas give score, PD and reasons, and the sheet of lists
//! that they look up: it stays in order when somebody sorts the table.

use std::ops::Range;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, Worksheet,
};

use super::excel::{LISTS, Written, text, write_title};
use super::{Line, PointsTable};
use crate::export::Subject;
use crate::report::document::{cut, fit_height, head_format, text_format};

/// UTF-16 units of a bin's label in a list.
const LONGEST_CHOICE: usize = 120;
/// Reasons that are given.
const REASONS: u32 = 4;
/// Rows of the calculator, from 0: results, constants, then the features with the base points over them.
const SCORE: u32 = 4;
const OFFSET: u32 = SCORE + 2 + REASONS;
const HEAD: u32 = OFFSET + 3;
const BASE: u32 = HEAD + 1;
/// Columns of the calculator, from 0.
const CHOICE: u16 = 2;
const BIN: u16 = 3;
const POINTS: u16 = 4;
const LOST: u16 = 5;
const RANK: u16 = 6;
const REASON: u16 = 7;
/// The number of a feature's segment, and in the line of base points that of the case's.
const SEGMENT: u16 = 8;

/// Widths of the calculator's columns.
const WIDTHS: [f64; 8] = [26.0, 36.0, 48.0, 8.0, 10.0, 12.0, 8.0, 70.0];

/// The row of a line on the sheet of lists, as formulas count.
fn list_row(line: usize) -> usize {
    line + 2
}

/// A column of some lines on the sheet of lists.
fn list(column: char, lines: &Range<usize>) -> String {
    format!("{LISTS}!${column}${}:${column}${}", list_row(lines.start), list_row(lines.end.saturating_sub(1)))
}

/// By line: choice, points, points lost, reason; of base points also the segment by its number.
pub(super) fn write_lists(sheet: &mut Worksheet, subject: &Subject<'_>, table: &PointsTable) -> Written {
    let headings = [("Choice", 60.0), ("Points", 10.0), ("Points lost", 12.0), ("Reason", 60.0), ("Segment", 10.0)];
    for (at, (heading, width)) in headings.into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?;
        sheet.write_string_with_format(0, at as u16, heading, &head_format())?;
    }
    let segments = subject.card.document().segments.as_ref();
    for range in std::iter::once(&table.base).chain(&table.features) {
        for (number, place) in range.clone().enumerate() {
            let Some(line) = table.lines.get(place) else { continue };
            let row = list_row(place) as u32 - 1;
            sheet.write_string(row, 0, choice(number, line))?;
            match line.points {
                Some(points) => sheet.write_number(row, 1, points)?,
                None => sheet.write_string(row, 1, "refused")?,
            };
            if let Some(lost) = line.lost {
                sheet.write_number(row, 2, lost)?;
            }
            if !line.reason.is_empty() {
                sheet.write_string_with_format(row, 3, text(&line.reason), &text_format(&line.reason))?;
                fit_height(sheet, row, &[(&line.reason, headings[3].1)])?;
            }
            let own = segments.and_then(|all| all.segments.iter().position(|segment| segment.name == line.segment));
            if let Some(own) = own.filter(|_| *range == table.base) {
                sheet.write_number(row, 4, own as f64 + 1.0)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A bin in a list: its number makes it one of its own, and never a formula.
fn choice(number: usize, line: &Line) -> String {
    let label: String = line.label.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let short = cut(&label, LONGEST_CHOICE);
    format!("{}. {short}{}", number + 1, if short.len() < label.len() { "…" } else { "" })
}

pub(super) fn write_calculator(sheet: &mut Worksheet, subject: &Subject<'_>, table: &PointsTable) -> Written {
    let document = subject.card.document();
    // Readers that do not calculate would see 0 where a formula's stated result is empty.
    sheet.set_formula_result_default("");
    for (at, width) in WIDTHS.into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?;
    }
    let top = write_title(sheet, subject, &format!("Calculator of {}", subject.title()))?;
    let help = "Pick a bin in every yellow cell. Score, PD and reasons follow.";
    sheet.write_string(top - 1, 0, help)?;
    let last = BASE + table.features.len() as u32;
    write_results(sheet, last, table.features.len(), document.segments.is_some())?;
    for (row, name, value) in
        [(OFFSET, "Offset", document.scaling.offset), (OFFSET + 1, "Factor", document.scaling.factor)]
    {
        sheet.write_string(row, 0, name)?;
        sheet.write_number_with_format(row, CHOICE, value, &Format::new().set_align(FormatAlign::Left))?;
    }
    let headings =
        ["Feature", "Description", "Your choice", "Bin", "Points", "Points lost", "Rank", "Reason", "Segment"];
    let shown = headings.len() - usize::from(document.segments.is_none());
    for (at, heading) in headings.into_iter().take(shown).enumerate() {
        sheet.write_string_with_format(HEAD, at as u16, heading, &head_format())?;
    }
    write_base(sheet, subject, table)?;
    sheet.write_number(BASE, LOST, 0.0)?;
    for (position, range) in table.features.iter().enumerate() {
        let segment = subject.card.feature_segment(position);
        write_feature(sheet, table, BASE + 1 + position as u32, range, segment, last)?;
    }
    sheet.set_freeze_panes(HEAD + 1, 0)?;
    sheet.set_selection(BASE + u32::from(document.segments.is_none()), CHOICE, BASE + 1, CHOICE)?;
    // Without a password: it keeps formulas from being typed over, nothing else.
    sheet.protect();
    Ok(())
}

/// A cell as a formula names it, its row fixed.
fn cell(row: u32, column: u16) -> String {
    format!("${}${}", char::from(b'A' + column as u8), row + 1)
}

fn cells(first: u32, last: u32, column: u16) -> String {
    format!("{}:{}", cell(first, column), cell(last, column))
}

/// A formula; readers that do not calculate see `shown`.
fn formula(words: &str, shown: &str) -> Formula {
    Formula::new(words).set_result(shown)
}

fn write_results(sheet: &mut Worksheet, last: u32, features: usize, has_segments: bool) -> Written {
    let bold = Format::new().set_bold().set_font_size(13).set_align(FormatAlign::Left);
    let result = || bold.clone().set_background_color(Color::RGB(0x00EA_F1FB));
    let points = cells(BASE, last, POINTS);
    let pick = "pick a bin for every feature";
    // How many numbers the sum must have: base points and the features of the case's segment.
    let wanted = match has_segments {
        true => format!("1+COUNTIF({},{})", cells(BASE + 1, last.max(BASE + 1), SEGMENT), cell(BASE, SEGMENT)),
        false => (1 + features).to_string(),
    };
    let score = format!(
        "=IF(COUNTIF({points},\"refused\")>0,\"refused\",IF(COUNT({points})<{wanted},\"{pick}\",SUM({points})))"
    );
    let (at, offset, factor) = (cell(SCORE, CHOICE), cell(OFFSET, CHOICE), cell(OFFSET + 1, CHOICE));
    // Beyond what exp can give, the PD is 0.
    let pd = format!("=IF(ISNUMBER({at}),IFERROR(1/(1+EXP(({at}-{offset})/{factor})),0),\"\")");
    sheet.write_string_with_format(SCORE, 0, "Score", &bold)?;
    sheet.write_formula_with_format(SCORE, CHOICE, formula(&score, pick), &result())?;
    sheet.write_string_with_format(SCORE + 1, 0, "PD", &bold)?;
    sheet.write_formula_with_format(SCORE + 1, CHOICE, formula(&pd, ""), &result().set_num_format("0.0000%"))?;
    // From the base points on, which have no rank: some readers take a range of one cell for a number.
    let (ranks, reasons) = (cells(BASE, last, RANK), cells(BASE, last, REASON));
    for place in 1..=REASONS {
        let row = SCORE + 1 + place;
        let words = format!("=IF(ISNUMBER({at}),IFERROR(INDEX({reasons},MATCH({place},{ranks},0)),\"\"),\"\")");
        sheet.write_string(row, 0, format!("Reason {place}"))?;
        sheet.write_formula_with_format(row, CHOICE, formula(&words, ""), &Format::new())?;
    }
    Ok(())
}

/// The line of base points: those of the card, or of the segment that is picked.
fn write_base(sheet: &mut Worksheet, subject: &Subject<'_>, table: &PointsTable) -> Written {
    let bold = Format::new().set_bold();
    let Some(segments) = &subject.card.document().segments else {
        sheet.write_string_with_format(BASE, 0, "base points", &bold)?;
        sheet.write_number_with_format(BASE, POINTS, subject.card.document().base_points, &bold)?;
        return Ok(());
    };
    sheet.write_string_with_format(BASE, 0, text(&segments.input), &text_format(&segments.input).set_bold())?;
    sheet.write_string_with_format(BASE, 1, "the case's segment: its base points", &bold)?;
    write_choice(sheet, BASE, &table.base)?;
    let bin = cell(BASE, BIN);
    for (column, of) in [(POINTS, 'B'), (SEGMENT, 'E')] {
        let words = format!("=IF({bin}=\"\",\"\",INDEX({},{bin}))", list(of, &table.base));
        sheet.write_formula_with_format(BASE, column, formula(&words, ""), &bold)?;
    }
    Ok(())
}

fn write_feature(
    sheet: &mut Worksheet,
    table: &PointsTable,
    row: u32,
    range: &Range<usize>,
    segment: Option<usize>,
    last: u32,
) -> Written {
    let Some(line) = table.lines.get(range.start) else { return Ok(()) };
    let feature = if segment.is_some() { format!("{} / {}", line.segment, line.feature) } else { line.feature.clone() };
    for (at, words) in [(0, &feature), (1, &line.description)] {
        sheet.write_string_with_format(row, at, text(words), &text_format(words))?;
    }
    fit_height(sheet, row, &[(&feature, WIDTHS[0]), (&line.description, WIDTHS[1])])?;
    if let Some(segment) = segment {
        sheet.write_number(row, SEGMENT, segment as f64 + 1.0)?;
    }
    write_choice(sheet, row, range)?;
    let (bin, lost) = (cell(row, BIN), cell(row, LOST));
    // A feature of another segment than the case's gives nothing.
    let is_other = segment.map_or(String::new(), |_| format!(",{}<>{}", cell(row, SEGMENT), cell(BASE, SEGMENT)));
    let points = format!("=IF(OR({bin}=\"\"{is_other}),\"\",INDEX({},{bin}))", list('B', range));
    sheet.write_formula(row, POINTS, formula(&points, ""))?;
    let points = cell(row, POINTS);
    let words = format!("=IF(ISNUMBER({points}),INDEX({},{bin}),0)", list('C', range));
    sheet.write_formula(row, LOST, formula(&words, "0"))?;
    // Greatest loss first, equal ones in the order of the card.
    let words = format!(
        "=IF({lost}>0,SUMPRODUCT(--({}>{lost}))+SUMPRODUCT(--({}={lost})),\"\")",
        cells(BASE, last, LOST),
        cells(BASE, row, LOST)
    );
    sheet.write_formula(row, RANK, formula(&words, ""))?;
    let words = format!("=IF({lost}>0,INDEX({},{bin}),\"\")", list('D', range));
    sheet.write_formula_with_format(row, REASON, formula(&words, ""), &Format::new())?;
    Ok(())
}

/// The yellow cell of a line with its list, and beside it the number of what was picked.
fn write_choice(sheet: &mut Worksheet, row: u32, range: &Range<usize>) -> Written {
    let yellow = Format::new()
        .set_background_color(Color::RGB(0x00FF_F7CC))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x00C8_B560))
        .set_unlocked();
    sheet.write_blank(row, CHOICE, &yellow)?;
    let validation = DataValidation::new()
        .allow_list_formula(Formula::new(format!("={}", list('A', range))))
        .set_error_title("Not in the list")?
        .set_error_message("Pick one of the bins from the list.")?
        .set_error_style(DataValidationErrorStyle::Stop);
    sheet.add_data_validation(row, CHOICE, row, CHOICE, &validation)?;
    let choice = cell(row, CHOICE);
    let words = format!("=IF({choice}=\"\",\"\",VALUE(LEFT({choice},FIND(\".\",{choice})-1)))");
    sheet.write_formula(row, BIN, formula(&words, ""))?;
    Ok(())
}
