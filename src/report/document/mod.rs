//! A report as data: sections of words, tables and pictures in the order in which a reader asks. The page, the
//! workbook, the tables and the other language all come from it; nothing here measures.

mod names;
mod page;
mod pictures;
mod tables;
mod workbook;

pub(crate) use names::cut;
pub use page::{document_page, one_page};
pub use pictures::{PictureFormat, pictures, write_pictures};
pub use tables::{named_tables, table_frame, table_frames};
pub use workbook::document_workbook;
pub(crate) use workbook::{LONGEST_TEXT, count_format, fit_height, head_format, percent_format, text_format};

use crate::evidence::Light;
use crate::sample::SampleName;
use crate::validation::{Interval, Measured};
use crate::words::Message;

/// A report.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The card's name, or the data file's.
    pub title: String,
    /// What the report is, such as "Validation".
    pub kind: Message,
    /// Paragraphs under the title.
    pub lead: Vec<Message>,
    /// Short facts under the title.
    pub chips: Vec<Chip>,
    /// The parts, in the order in which a reader asks.
    pub sections: Vec<Section>,
}

/// A short fact under the title.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The fact.
    pub words: Message,
    /// Whether it is good or bad news, or neither.
    pub light: Option<Light>,
}

/// A part of a report.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its anchor, such as `discrimination`.
    pub id: &'static str,
    /// Its heading.
    pub heading: Message,
    /// What it shows.
    pub blocks: Vec<Block>,
}

/// What stands in a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A smaller heading.
    Heading(Message),
    /// A paragraph.
    Text(Message),
    /// A paragraph in small print: formula, source, convention.
    Note(Message),
    /// What a reader must know.
    Warnings(Vec<Message>),
    /// Names with their values.
    Facts(Vec<(Message, Cell)>),
    /// A table.
    Table(Table),
    /// Pictures, side by side where there is room.
    Pictures(Vec<Picture>),
    /// Shown on demand (and always in print).
    Details(Message, Vec<Block>),
}

/// A picture with the words under it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// File name without extension, such as `roc`.
    pub name: String,
    /// The picture, as inline SVG.
    pub svg: String,
    /// What it shows, and how to read it.
    pub caption: Message,
}

/// A table: in the page, in the workbook, and as files of its own.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// File name without extension, in snake case; empty: an arrangement, for the page alone, of figures that stand in
    /// another table.
    pub name: String,
    /// What it shows.
    pub caption: Message,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Rows of as many entries.
    pub rows: Vec<Vec<Cell>>,
    /// Too long for the page: only in the workbook and in files.
    pub files_only: bool,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in files, in snake case, the same in any language.
    pub name: String,
    /// Its heading for people.
    pub heading: Message,
    /// A heading over this and the neighbouring columns of the same group.
    pub group: Option<Message>,
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, heading: impl Into<Message>) -> Self {
        Column { name: name.into(), heading: heading.into(), group: None }
    }

    /// Under a common heading.
    #[must_use]
    pub fn under(mut self, group: impl Into<Message>) -> Self {
        self.group = Some(group.into());
        self
    }
}

/// An entry of a table. In files a number has all its digits and words are English.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// There is none.
    Nothing,
    /// To be filled in by hand.
    Blank,
    /// A text of the data's: a name, a label.
    Text(String),
    /// Words of the program's.
    Words(Message),
    /// A sample: in files its key, such as `out_of_time`.
    Sample(SampleName),
    /// A count or a weight.
    Count(f64),
    /// A number, shown with so many decimals.
    Number(f64, usize),
    /// A number, shown with the digits that it has.
    Plain(f64),
    /// Yes or no.
    Flag(bool),
    /// A share, shown in percent.
    Share(f64),
    /// A p value.
    PValue(f64),
    /// A value with its 95% interval and so many decimals; in files three columns: NAME, NAME_low, NAME_high.
    Interval(Interval, usize),
    /// The same, of a share.
    ShareInterval(Interval),
    /// A verdict by policy.
    Light(Light),
    /// Could not be computed, and why.
    NotComputed(Message),
    /// A small picture within the table, as inline SVG; in files nothing.
    Strip(String),
}

impl Cell {
    /// A text of the data's.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// Words of the program's by their English text.
    pub fn english(text: impl Into<String>) -> Self {
        Cell::Words(Message::of_english(text))
    }

    /// Words of the program's.
    pub fn words(words: impl Into<Message>) -> Self {
        Cell::Words(words.into())
    }

    /// A count that there may not be.
    pub fn count(value: Option<f64>) -> Self {
        value.map_or(Cell::Nothing, Cell::Count)
    }

    /// A number with the digits that it has, that there may not be.
    pub fn plain(value: Option<f64>) -> Self {
        value.map_or(Cell::Nothing, Cell::Plain)
    }

    /// A number that there may not be.
    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        value.map_or(Cell::Nothing, |value| Cell::Number(value, decimals))
    }

    /// A share that there may not be.
    pub fn share(value: Option<f64>) -> Self {
        value.map_or(Cell::Nothing, Cell::Share)
    }

    /// A p value that there may not be.
    pub fn p_value(value: Option<f64>) -> Self {
        value.map_or(Cell::Nothing, Cell::PValue)
    }

    /// A measure by its cell, or why there is none.
    pub fn measured<T>(measured: &Measured<T>, cell: impl FnOnce(&T) -> Cell) -> Self {
        match measured {
            Measured::Value(value) => cell(value),
            Measured::NotComputed { not_computed } => Cell::NotComputed(not_computed.clone()),
        }
    }
}
