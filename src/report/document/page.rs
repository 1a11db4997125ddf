//! A document as one self-contained HTML page: read on any screen, printed on A4, heard by a screen reader.

use std::fmt::Write;

use minijinja::context;

use super::super::template::{STYLE, count, fixed, p_value, plain, render};
use super::{Block, Cell, Column, Document, Picture, Section, Table};
use crate::error::Result;
use crate::evidence::Light;
use crate::validation::Interval;
use crate::words::{Language, Message};

const TEMPLATE: &str = include_str!("document.html");

/// The page in a language. The same document gives the same bytes.
///
/// # Errors
/// An internal fault of the template.
pub fn document_page(document: &Document, language: Language) -> Result<String> {
    page(document, language, false)
}

/// The same in small print and without contents, for a document that fits one A4 page.
///
/// # Errors
/// As [`document_page`].
pub fn one_page(document: &Document, language: Language) -> Result<String> {
    page(document, language, true)
}

fn page(document: &Document, language: Language, one_page: bool) -> Result<String> {
    let say = |words: &Message| words.in_language(language);
    let mut writer = Writer { language, html: String::new() };
    for section in &document.sections {
        writer.section(section);
    }
    let page = context! {
        style => STYLE,
        one_page => one_page,
        running => running_head(document, language),
        lang => language.tag(),
        title => &document.title,
        kind => say(&document.kind),
        lead => document.lead.iter().map(say).collect::<Vec<_>>(),
        chips => document.chips.iter().map(|chip| context! {
            words => say(&chip.words),
            light => chip.light.map(class),
        }).collect::<Vec<_>>(),
        sections => document.sections.iter().map(|section| context! {
            id => section.id,
            heading => say(&section.heading),
        }).collect::<Vec<_>>(),
        skip => say(&"Skip to the report".into()),
        contents => say(&"Contents".into()),
        body => writer.html,
        footer => say(&footer()),
    };
    render(TEMPLATE, page)
}

/// The words at the head of every printed page. They stand in the style sheet, so no sign of it may be among them.
fn running_head(document: &Document, language: Language) -> String {
    let text = format!("{} – {}", document.title, document.kind.in_language(language));
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '–' | '_' | '.' | ',')).collect()
}

fn footer() -> Message {
    Message::new(
        "Written by scorewright {0}. Every figure stands in evidence.json; every table in report.xlsx and tables/.",
    )
    .with(env!("CARGO_PKG_VERSION"))
}

/// The style of a light.
fn class(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Amber => "amber",
        Light::Red => "red",
    }
}

/// Text as it stands between tags or in an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A share in percent; of small ones two decimals.
fn percent(share: f64) -> String {
    let decimals = if share != 0.0 && share.abs() < 0.01 { 2 } else { 1 };
    format!("{}%", fixed(share * 100.0, decimals))
}

/// A value with its interval.
fn interval(interval: &Interval, number: impl Fn(f64) -> String) -> String {
    let Some(value) = interval.value else { return "–".to_owned() };
    match (interval.low, interval.high) {
        (Some(low), Some(high)) if low < 0.0 => format!("{} ({}, {})", number(value), number(low), number(high)),
        (Some(low), Some(high)) => format!("{} ({}–{})", number(value), number(low), number(high)),
        _ => number(value),
    }
}

/// Writes to a text, which cannot fail.
macro_rules! put {
    ($writer:expr, $($format:tt)*) => {
        let _ = write!($writer.html, $($format)*);
    };
}

struct Writer {
    language: Language,
    html: String,
}

impl Writer {
    fn say(&self, words: &Message) -> String {
        escape(&words.in_language(self.language))
    }

    fn section(&mut self, section: &Section) {
        let heading = self.say(&section.heading);
        put!(self, "\n<section>\n<h2 id=\"{}\">{heading}</h2>\n", section.id);
        self.blocks(&section.blocks);
        self.html.push_str("</section>\n");
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(words) => {
                put!(self, "<h3>{}</h3>\n", self.say(words));
            }
            Block::Text(words) => {
                put!(self, "<p>{}</p>\n", self.say(words));
            }
            Block::Note(words) => {
                put!(self, "<p class=\"note\">{}</p>\n", self.say(words));
            }
            Block::Warnings(all) if all.is_empty() => {}
            Block::Warnings(all) => {
                put!(self, "<div class=\"warn\"><strong>{}</strong><ul>", self.say(&"To know when reading on".into()));
                for words in all {
                    put!(self, "<li>{}</li>", self.say(words));
                }
                self.html.push_str("</ul></div>\n");
            }
            Block::Facts(facts) => {
                self.html.push_str("<dl>\n");
                for (name, cell) in facts {
                    put!(self, "<dt>{}</dt><dd>{}</dd>\n", self.say(name), self.cell(cell));
                }
                self.html.push_str("</dl>\n");
            }
            Block::Table(table) if table.files_only => {}
            Block::Table(table) => self.table(table),
            Block::Pictures(pictures) => self.pictures(pictures),
            Block::Details(summary, blocks) => {
                put!(self, "<details><summary>{}</summary>\n", self.say(summary));
                self.blocks(blocks);
                self.html.push_str("</details>\n");
            }
        }
    }

    fn pictures(&mut self, pictures: &[Picture]) {
        if pictures.len() > 1 {
            self.html.push_str("<div class=\"pair\">\n");
        }
        for picture in pictures {
            let caption = self.say(&picture.caption);
            put!(self, "<figure>{}<figcaption>{caption}</figcaption></figure>\n", picture.svg);
        }
        if pictures.len() > 1 {
            self.html.push_str("</div>\n");
        }
    }

    fn table(&mut self, table: &Table) {
        let caption = self.say(&table.caption);
        // A region that may scroll must be reached and moved by keys, and have a name.
        put!(
            self,
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table{}>",
            kind_of(table)
        );
        put!(self, "<caption>{caption}</caption>\n");
        let left: Vec<bool> = (0..table.columns.len()).map(|column| is_left(table, column)).collect();
        self.head(&table.columns, &left);
        self.html.push_str("<tbody>\n");
        let spans = row_spans(table);
        for (row, cells) in table.rows.iter().enumerate() {
            self.html.push_str("<tr>");
            for (column, cell) in cells.iter().enumerate() {
                let text = self.cell(cell);
                let side = if left.get(column).copied().unwrap_or(false) { " class=\"l\"" } else { "" };
                match (column, spans.get(row).copied().flatten()) {
                    (0, None) => {}
                    (0, Some(span)) if span > 1 => {
                        put!(self, "<th{side} scope=\"rowgroup\" rowspan=\"{span}\">{text}</th>");
                    }
                    (0, Some(_)) if is_name(cell) => {
                        put!(self, "<th{side} scope=\"row\">{text}</th>");
                    }
                    _ => {
                        let side = if matches!(cell, Cell::Strip(_)) { " class=\"strip\"" } else { side };
                        put!(self, "<td{side}>{text}</td>");
                    }
                }
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody></table></div>\n");
    }

    /// One row of headings; two where columns stand under common headings.
    fn head(&mut self, columns: &[Column], left: &[bool]) {
        let grouped = columns.iter().any(|column| column.group.is_some());
        let side = |column: usize| if left.get(column).copied().unwrap_or(false) { " class=\"l\"" } else { "" };
        self.html.push_str("<thead><tr>");
        let mut column = 0;
        while column < columns.len() {
            let of = &columns[column];
            match &of.group {
                Some(group) => {
                    let span = columns[column..].iter().take_while(|next| next.group.as_ref() == Some(group)).count();
                    let group = self.say(group);
                    put!(self, "<th class=\"g\" scope=\"colgroup\" colspan=\"{span}\">{group}</th>");
                    column += span;
                }
                None => {
                    let rows = if grouped { " rowspan=\"2\"" } else { "" };
                    put!(self, "<th{} scope=\"col\"{rows}>{}</th>", side(column), self.say(&of.heading));
                    column += 1;
                }
            }
        }
        if grouped {
            self.html.push_str("</tr>\n<tr>");
            for (column, of) in columns.iter().enumerate().filter(|(_, of)| of.group.is_some()) {
                put!(self, "<th{} scope=\"col\">{}</th>", side(column), self.say(&of.heading));
            }
        }
        self.html.push_str("</tr></thead>\n");
    }

    /// An entry as HTML.
    fn cell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Nothing => "–".to_owned(),
            Cell::Blank => "&nbsp;".to_owned(),
            Cell::Text(text) => escape(text),
            Cell::Words(words) => self.say(words),
            Cell::Sample(name) => self.say(&Message::new(name.title())),
            Cell::Count(x) => count(*x),
            Cell::Number(x, decimals) => fixed(*x, *decimals),
            Cell::Plain(x) => plain(*x),
            Cell::Flag(flag) => self.say(&yes_or_no(*flag)),
            Cell::Share(x) => percent(*x),
            Cell::PValue(x) => escape(&p_value(*x)).replace(' ', "&nbsp;"),
            Cell::Interval(of, decimals) => interval(of, |x| fixed(x, *decimals)),
            Cell::ShareInterval(of) => interval(of, percent),
            Cell::Light(light) => {
                format!("<span class=\"light {}\">{}</span>", class(*light), self.say(&light.words()))
            }
            Cell::NotComputed(why) => {
                format!("<span class=\"none\">{}</span>", self.say(&not_computed(why)))
            }
            Cell::Strip(svg) => svg.clone(),
        }
    }
}

/// Why there is no figure.
pub(super) fn not_computed(why: &Message) -> Message {
    Message::new("not computed: {0}").with_words(why.clone())
}

/// A flag in words.
pub(super) fn yes_or_no(flag: bool) -> Message {
    Message::new(if flag { "yes" } else { "no" })
}

fn is_name(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(_) | Cell::Words(_) | Cell::Sample(_))
}

/// Columns that a page of A4 has room for at the usual size.
const MANY: usize = 10;

/// Tables that print in small type, and tables to be filled in by hand.
fn kind_of(table: &Table) -> &'static str {
    let is_blank = |cell: &Cell| matches!(cell, Cell::Blank);
    if table.rows.iter().flatten().any(is_blank) {
        " class=\"blank\""
    } else if table.columns.len() > MANY {
        " class=\"many\""
    } else {
        ""
    }
}

/// Columns of words stand to the left, columns of numbers to the right.
fn is_left(table: &Table, column: usize) -> bool {
    table.rows.iter().any(|row| {
        matches!(
            row.get(column),
            Some(Cell::Text(_) | Cell::Words(_) | Cell::Sample(_) | Cell::Flag(_) | Cell::Light(_) | Cell::Strip(_))
        )
    })
}

/// Over how many rows the first entry of each row goes: `None` where it stands above already.
fn row_spans(table: &Table) -> Vec<Option<usize>> {
    let first = |row: usize| table.rows.get(row).and_then(|cells| cells.first());
    (0..table.rows.len())
        .map(|row| match first(row) {
            Some(cell) if is_name(cell) => {
                let same = |other: usize| first(other) == Some(cell);
                if row > 0 && same(row - 1) {
                    return None;
                }
                Some((row..table.rows.len()).take_while(|other| same(*other)).count())
            }
            _ => Some(1),
        })
        .collect()
}
