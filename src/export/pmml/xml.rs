//! Elements of an XML document, and how they are written.

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::error::{Error, ErrorKind, Result, internal};

/// An element: its name, attributes in order, and either children or a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
    text: Option<String>,
}

impl Element {
    pub fn new(name: &'static str) -> Self {
        Element { name, attributes: Vec::new(), children: Vec::new(), text: None }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    pub fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    /// The document that this is the root of, in UTF-8, indented, with a final line feed.
    ///
    /// # Errors
    /// A text with a character that XML cannot carry.
    pub fn document(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).map_err(internal)?;
        self.write(&mut writer)?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            let value = escaped(value)?;
            start.push_attribute(Attribute::from((name.as_bytes(), value.as_bytes())));
        }
        if self.children.is_empty() && self.text.is_none() {
            return writer.write_event(Event::Empty(start)).map_err(internal);
        }
        writer.write_event(Event::Start(start)).map_err(internal)?;
        if let Some(text) = &self.text {
            writer.write_event(Event::Text(BytesText::from_escaped(escaped(text)?))).map_err(internal)?;
        }
        self.children.iter().try_for_each(|child| child.write(writer))?;
        writer.write_event(Event::End(BytesEnd::new(self.name))).map_err(internal)
    }
}

/// A text as an attribute or an element holds it. Tabs and line breaks are character references: as themselves, a reader
/// would make blanks of those in an attribute, and line feeds of carriage returns anywhere.
fn escaped(text: &str) -> Result<String> {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(c))),
            // What the production Char of XML 1.0 leaves out; a reference to one is no XML either.
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                let what = format!("{text:?} holds the character U+{:04X}, which XML cannot carry", u32::from(c));
                return Err(Error::new(ErrorKind::Artifact, what)
                    .help("choose a format that is not XML, or train the card without this text"));
            }
            c => escaped.push(c),
        }
    }
    Ok(escaped)
}
