//! A document's tables as an Excel workbook: a sheet of contents, then a sheet a table, in the language of the report.
//!
//! Numbers stand as numbers with all their digits, texts as texts: what begins with `=`, `+`, `-` or `@` never runs.
//! Where a table counts goods and bads, totals are formulas over the rows that a filter leaves, and bad rates follow
//! from the counts beside them; each with its result, for readers that do not calculate.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Url, Workbook, Worksheet,
    XlsxError, utility,
};
use unicode_width::UnicodeWidthStr;

use super::names::{Names, cut};
use super::page::{not_computed, yes_or_no};
use super::tables::{named_tables, number};
use super::{Cell, Document, Table};
use crate::error::{Result, internal};
use crate::evidence::Light;
use crate::words::{Language, Message};

/// Most letters of a sheet's name.
const LONGEST_NAME: usize = 31;
/// Most letters of a cell.
pub(crate) const LONGEST_TEXT: usize = 32_767;
/// Most rows of a table on a sheet, below the headings.
const MOST_ROWS: usize = 1_000_000;
/// Where a table's headings stand, above them the caption and a way back.
const HEAD: u32 = 3;

/// The workbook's bytes. The same document gives the same bytes.
///
/// # Errors
/// An internal fault of writing.
pub fn document_workbook(document: &Document, language: Language) -> Result<Vec<u8>> {
    write(document, language).map_err(internal)
}

fn write(document: &Document, language: Language) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A workbook has a day of creation; the run's own would make every file another one.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = format!("{} – {}", document.title, document.kind.in_language(language));
    workbook.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&day));
    let tables = named_tables(document);
    let mut names = Names::new(LONGEST_NAME);
    let contents = names.give(&Message::new("Contents").in_language(language));
    let sheets: Vec<Sheet<'_>> =
        tables.into_iter().map(|table| Sheet::new(table, names.give(&table.name), language)).collect();
    write_contents(workbook.add_worksheet(), &contents, &title, &sheets, language)?;
    for sheet in &sheets {
        sheet.write(workbook.add_worksheet(), &contents)?;
    }
    workbook.save_to_buffer()
}

fn write_contents(
    worksheet: &mut Worksheet,
    name: &str,
    title: &str,
    sheets: &[Sheet<'_>],
    language: Language,
) -> std::result::Result<(), XlsxError> {
    let say = |words: &'static str| Message::new(words).in_language(language);
    worksheet.set_name(name)?;
    worksheet.write_string_with_format(0, 0, cut(title, LONGEST_TEXT), &text_format(title).set_bold())?;
    for (column, (words, width)) in [("Sheet", 34.0), ("Table", 90.0), ("Rows", 12.0)].into_iter().enumerate() {
        worksheet.write_string_with_format(2, column as u16, say(words), &head_format())?;
        worksheet.set_column_width(column as u16, width)?;
    }
    for (place, sheet) in sheets.iter().enumerate() {
        let row = 3 + place as u32;
        worksheet.write_url_with_text(row, 0, link(&sheet.name), &sheet.name)?;
        let caption = sheet.say(&sheet.table.caption);
        worksheet.write_string_with_format(row, 1, &caption, &text_format(&caption))?;
        worksheet.write_number_with_format(row, 2, sheet.table.rows.len() as f64, &count_format(true))?;
    }
    worksheet.set_freeze_panes(3, 0)?;
    Ok(())
}

/// A place in the workbook.
fn link(sheet: &str) -> Url {
    Url::new(format!("internal:'{sheet}'!A1"))
}

/// What of an entry stands in a column of the sheet.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Value,
    Low,
    High,
}

/// A column of the sheet.
struct SheetColumn {
    /// As in files.
    name: String,
    heading: String,
    group: Option<String>,
    /// The table's column.
    of: usize,
    part: Part,
}

struct Sheet<'a> {
    table: &'a Table,
    name: String,
    language: Language,
    columns: Vec<SheetColumn>,
}

impl<'a> Sheet<'a> {
    fn new(table: &'a Table, name: String, language: Language) -> Self {
        let mut columns = Vec::new();
        for (of, column) in table.columns.iter().enumerate() {
            let cells = || table.rows.iter().filter_map(move |row| row.get(of));
            if cells().any(|cell| matches!(cell, Cell::Strip(_))) {
                continue;
            }
            let heading = column.heading.in_language(language);
            let group = column.group.as_ref().map(|group| group.in_language(language));
            let mut push = |name: String, words: &'static str, part: Part| {
                let heading = Message::new(words).with(&heading).in_language(language);
                columns.push(SheetColumn { name, heading, group: group.clone(), of, part });
            };
            push(column.name.clone(), "{0}", Part::Value);
            if cells().any(|cell| matches!(cell, Cell::Interval(..) | Cell::ShareInterval(_))) {
                push(format!("{}_low", column.name), "{0}, 95% low", Part::Low);
                push(format!("{}_high", column.name), "{0}, 95% high", Part::High);
            }
        }
        Sheet { table, name, language, columns }
    }

    fn say(&self, words: &Message) -> String {
        words.in_language(self.language)
    }

    fn write(&self, worksheet: &mut Worksheet, contents: &str) -> std::result::Result<(), XlsxError> {
        worksheet.set_name(&self.name)?;
        worksheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        let caption = self.say(&self.table.caption);
        worksheet.write_string_with_format(0, 0, cut(&caption, LONGEST_TEXT), &text_format(&caption).set_bold())?;
        worksheet.write_url_with_text(1, 0, link(contents), self.say(&"Back to the contents".into()))?;
        if self.table.rows.len() > MOST_ROWS {
            let words = Message::new("{0} rows are more than a sheet holds: read them in tables/{1}.csv")
                .with(self.table.rows.len())
                .with(&self.table.name);
            worksheet.write_string(2, 0, self.say(&words))?;
            return Ok(());
        }
        self.write_head(worksheet)?;
        for (row, cells) in self.table.rows.iter().enumerate() {
            for (place, column) in self.columns.iter().enumerate() {
                if let Some(cell) = cells.get(column.of) {
                    self.write_cell(worksheet, (HEAD + 1 + row as u32, place as u16), cell, column)?;
                }
            }
        }
        let last = HEAD + self.table.rows.len() as u32;
        worksheet.set_freeze_panes(HEAD + 1, 0)?;
        worksheet.set_repeat_rows(HEAD, HEAD)?;
        if let Some(right) = self.columns.len().checked_sub(1).filter(|_| last > HEAD) {
            worksheet.autofilter(HEAD, 0, last, right as u16)?;
            self.write_totals(worksheet, last)?;
        }
        Ok(())
    }

    fn write_head(&self, worksheet: &mut Worksheet) -> std::result::Result<(), XlsxError> {
        for (place, column) in self.columns.iter().enumerate() {
            let at = place as u16;
            let starts = place == 0 || self.columns[place - 1].group != column.group;
            if let Some(group) = column.group.as_ref().filter(|_| starts) {
                worksheet.write_string_with_format(HEAD - 1, at, group, &head_format())?;
            }
            worksheet.write_string_with_format(HEAD, at, &column.heading, &head_format())?;
            let texts = self.table.rows.iter().take(1000).filter_map(|row| match row.get(column.of)? {
                Cell::Text(text) => Some(text.width()),
                Cell::Words(words) => Some(self.say(words).width()),
                Cell::NotComputed(_) => Some(40),
                _ => None,
            });
            // The arrow of the filter stands beside the heading, which may go over lines.
            let heading = column.heading.split_whitespace().map(UnicodeWidthStr::width).max().unwrap_or(0) + 4;
            let width = texts.max().unwrap_or(0).max(heading).clamp(11, 60);
            worksheet.set_column_width(at, width as f64)?;
        }
        Ok(())
    }

    fn write_cell(
        &self,
        worksheet: &mut Worksheet,
        (row, at): (u32, u16),
        cell: &Cell,
        column: &SheetColumn,
    ) -> std::result::Result<(), XlsxError> {
        let words = match cell {
            _ if column.part != Part::Value => None,
            Cell::Text(text) => Some(text.clone()),
            Cell::Words(words) => Some(self.say(words)),
            Cell::Sample(name) => Some(self.say(&Message::new(name.title()))),
            Cell::NotComputed(why) => Some(self.say(&not_computed(why))),
            Cell::Flag(flag) => Some(self.say(&yes_or_no(*flag))),
            Cell::Light(light) => {
                worksheet.write_string_with_format(row, at, self.say(&light.words()), &light_format(*light))?;
                return Ok(());
            }
            _ => None,
        };
        if let Some(words) = words {
            worksheet.write_string_with_format(row, at, cut(&words, LONGEST_TEXT), &text_format(&words))?;
            return Ok(());
        }
        let value = match (cell, column.part) {
            (Cell::Interval(one, _) | Cell::ShareInterval(one), Part::Low) => one.low,
            (Cell::Interval(one, _) | Cell::ShareInterval(one), Part::High) => one.high,
            (cell, Part::Value) => number(cell),
            _ => None,
        };
        let Some(value) = value.filter(|value| value.is_finite()) else { return Ok(()) };
        let format = number_format(cell, value);
        match self.rate(row, column, value) {
            Some(formula) => worksheet.write_formula_with_format(row, at, formula, &format)?,
            None => worksheet.write_number_with_format(row, at, value, &format)?,
        };
        Ok(())
    }

    /// The place of the column of a name.
    fn place(&self, name: &str) -> Option<u16> {
        self.columns.iter().position(|column| column.name == name).map(|place| place as u16)
    }

    /// A bad rate as a formula of the goods and bads beside it, where it is just that.
    fn rate(&self, row: u32, column: &SheetColumn, value: f64) -> Option<Formula> {
        let prefix = column.name.strip_suffix("bad_rate").filter(|_| column.part == Part::Value)?;
        let beside = |name: &str| {
            let place = self.place(&format!("{prefix}{name}"))?;
            let cells = self.table.rows.get((row - HEAD - 1) as usize)?;
            match cells.get(self.columns.get(place as usize)?.of)? {
                Cell::Count(count) => Some((utility::row_col_to_cell(row, place), *count)),
                _ => None,
            }
        };
        let ((goods_at, goods), (bads_at, bads)) = (beside("goods")?, beside("bads")?);
        let follows = goods + bads > 0.0 && (bads / (goods + bads) - value).abs() <= 1e-12;
        follows.then(|| Formula::new(format!("={bads_at}/({goods_at}+{bads_at})")).set_result(value.to_string()))
    }

    /// Sums over the rows that the filter leaves, where the table counts goods and bads.
    fn write_totals(&self, worksheet: &mut Worksheet, last: u32) -> std::result::Result<(), XlsxError> {
        let row = last + 2;
        let is_count = |column: &SheetColumn| {
            self.table.rows.iter().all(|cells| matches!(cells.get(column.of), Some(Cell::Count(_) | Cell::Nothing)))
        };
        let mut sums: Vec<(String, u16, f64)> = Vec::new();
        for (place, column) in self.columns.iter().enumerate().filter(|(_, column)| is_count(column)) {
            let known = ["cases", "indeterminate", "goods", "bads"].into_iter().find(|known| {
                column.name == *known || column.group.is_some() && column.name.ends_with(&format!("_{known}"))
            });
            let prefix = known.and_then(|known| column.name.strip_suffix(known)).filter(|prefix| {
                self.place(&format!("{prefix}goods")).is_some() && self.place(&format!("{prefix}bads")).is_some()
            });
            if prefix.is_some() {
                let values = self.table.rows.iter().filter_map(|cells| cells.get(column.of).and_then(number));
                sums.push((column.name.clone(), place as u16, values.sum()));
            }
        }
        if sums.is_empty() || self.table.rows.len() < 2 {
            return Ok(());
        }
        let bold = |format: Format| format.set_bold().set_border_top(FormatBorder::Thin);
        if sums.iter().all(|(_, at, _)| *at > 0) {
            let words = self.say(&"Total of the rows shown".into());
            worksheet.write_string_with_format(row, 0, &words, &bold(text_format(&words)))?;
        }
        for (name, at, total) in &sums {
            let [first, last] = [HEAD + 1, last].map(|row| utility::row_col_to_cell(row, *at));
            let formula = Formula::new(format!("=SUBTOTAL(109,{first}:{last})")).set_result(total.to_string());
            let format = bold(count_format(total.fract() == 0.0));
            worksheet.write_formula_with_format(row, *at, formula, &format)?;
            let Some(prefix) = name.strip_suffix("bads") else { continue };
            let goods = sums.iter().find(|(other, ..)| *other == format!("{prefix}goods"));
            if let (Some((_, goods_at, goods)), Some(rate_at)) = (goods, self.place(&format!("{prefix}bad_rate")))
                && goods + total > 0.0
            {
                let [bads_at, goods_at] = [*at, *goods_at].map(|place| utility::row_col_to_cell(row, place));
                let text = format!("=IF({goods_at}+{bads_at}=0,\"\",{bads_at}/({goods_at}+{bads_at}))");
                let formula = Formula::new(text).set_result((total / (goods + total)).to_string());
                worksheet.write_formula_with_format(row, rate_at, formula, &bold(percent_format()))?;
            }
        }
        Ok(())
    }
}

/// A text is a text, whatever it begins with, also when a reader edits the cell.
pub(crate) fn text_format(text: &str) -> Format {
    let format = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format.set_quote_prefix() } else { format }
}

/// Gives a row the height that its texts need in columns of these widths, a little generously: LibreOffice takes the usual
/// height where none is stated, and writes the lines of one row over the next.
pub(crate) fn fit_height(
    worksheet: &mut Worksheet,
    row: u32,
    texts: &[(&str, f64)],
) -> std::result::Result<(), XlsxError> {
    const LINE: f64 = 15.0;
    const HIGHEST: f64 = 409.0;
    let lines = |(text, width): &(&str, f64)| -> f64 {
        text.lines().map(|line| (line.width() as f64 / (0.95 * width)).ceil().max(1.0)).sum()
    };
    let most = texts.iter().map(lines).fold(1.0, f64::max);
    if most > 1.0 {
        worksheet.set_row_height(row, (LINE * most).min(HIGHEST))?;
    }
    Ok(())
}

/// A heading of a table.
pub(crate) fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00F4_F6F9))
        .set_border_bottom(FormatBorder::Thin)
}

fn light_format(light: Light) -> Format {
    let (back, ink) = match light {
        Light::Green => (0x00D9_EFE6, 0x0000_5A40),
        Light::Amber => (0x00FF_EFC7, 0x006B_4A00),
        Light::Red => (0x00FB_DDD0, 0x008A_2F00),
    };
    Format::new().set_bold().set_background_color(Color::RGB(back)).set_font_color(Color::RGB(ink))
}

/// A count, or a weight.
pub(crate) fn count_format(whole: bool) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    format.set_num_format(if whole { "#,##0" } else { "#,##0.0" })
}

/// A share in percent.
pub(crate) fn percent_format() -> Format {
    Format::new().set_align(FormatAlign::Top).set_num_format("0.00%")
}

/// How a bank shows a number of the kind.
fn number_format(cell: &Cell, value: f64) -> Format {
    let format = || Format::new().set_align(FormatAlign::Top);
    match cell {
        Cell::Count(_) => count_format(value.fract() == 0.0),
        Cell::Number(_, decimals) | Cell::Interval(_, decimals) => {
            let places = "0".repeat(*decimals);
            format().set_num_format(if places.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{places}") })
        }
        Cell::Share(_) | Cell::ShareInterval(_) => percent_format(),
        Cell::PValue(_) => format().set_num_format("[<0.0001]\"< 0.0001\";0.0000"),
        _ => format(),
    }
}
