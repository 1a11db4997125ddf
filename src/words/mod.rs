//! What the program says to people, in their language: messages are templates with arguments, so that one
//! catalogue translates them whole.
//!
//! The English template is the key. `src/words/zh/*.toml` hold the Chinese ones, a file a room:
//! `"{0} of {1} limits fail" = "{1} 项限额中有 {0} 项未通过"`.

mod reading;

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use serde::{Serialize, Serializer};

/// A language of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// The language of the templates.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The catalogues of Chinese, a file a room.
const CHINESE: &[(&str, &str)] = &[
    ("calibration", include_str!("zh/calibration.toml")),
    ("compare", include_str!("zh/compare.toml")),
    ("discrimination", include_str!("zh/discrimination.toml")),
    ("groups", include_str!("zh/groups.toml")),
    ("model", include_str!("zh/model.toml")),
    ("report", include_str!("zh/report.toml")),
    ("stability", include_str!("zh/stability.toml")),
    ("standards", include_str!("zh/standards.toml")),
];

impl Language {
    /// The tag in `lang` of a page.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// The template in this language; the English one where the catalogue has none.
    fn template(self, english: &str) -> &str {
        match self {
            Language::English => english,
            Language::Chinese => chinese().get(english).map_or(english, String::as_str),
        }
    }

    /// Whether the catalogue of this language has the template.
    pub fn knows(self, english: &str) -> bool {
        self == Language::English || chinese().contains_key(english)
    }
}

/// All Chinese templates by their English ones.
fn chinese() -> &'static HashMap<String, String> {
    static ALL: OnceLock<HashMap<String, String>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A test reads every catalogue, so none fails here.
        let rooms = CHINESE.iter().filter_map(|(_, text)| toml::from_str::<HashMap<String, String>>(text).ok());
        rooms.flatten().collect()
    })
}

/// The catalogues of Chinese as they stand, by room, for tests: every text must parse, and no template may be in two.
pub fn chinese_catalogues() -> &'static [(&'static str, &'static str)] {
    CHINESE
}

/// Words with arguments: `{0}`, `{1}`, ... stand for them in the template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    template: &'static str,
    arguments: Vec<Argument>,
}

/// What stands in a place of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// As it is in any language: a number, a name of the user's.
    Given(String),
    /// Words of the program's.
    Words(Message),
    /// Words of the program's that are known by their English text alone, as a document holds them.
    English(String),
    /// Words of a file's that it has in both languages.
    Either {
        /// In English.
        english: String,
        /// In Chinese.
        chinese: String,
    },
}

impl Message {
    /// A template, as yet without arguments.
    pub const fn new(template: &'static str) -> Self {
        Message { template, arguments: Vec::new() }
    }

    /// With a further argument that is the same in any language.
    #[must_use]
    pub fn with(mut self, argument: impl fmt::Display) -> Self {
        self.arguments.push(Argument::Given(argument.to_string()));
        self
    }

    /// With a further argument that is words itself.
    #[must_use]
    pub fn with_words(mut self, words: impl Into<Message>) -> Self {
        self.arguments.push(Argument::Words(words.into()));
        self
    }

    /// Words of the program's by their English text, as a document holds them: found again by the templates.
    pub fn of_english(text: impl Into<String>) -> Self {
        Message { template: "{0}", arguments: vec![Argument::English(text.into())] }
    }

    /// Words that a file has in both languages.
    pub fn in_both(english: String, chinese: String) -> Self {
        Message { template: "{0}", arguments: vec![Argument::Either { english, chinese }] }
    }

    /// The English template.
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// The templates of the message and of the words within it.
    pub fn templates(&self) -> Vec<&'static str> {
        let within = self.arguments.iter().flat_map(|argument| match argument {
            Argument::Words(words) => words.templates(),
            Argument::Given(_) | Argument::English(_) | Argument::Either { .. } => Vec::new(),
        });
        std::iter::once(self.template).chain(within).collect()
    }

    /// The message in a language.
    pub fn in_language(&self, language: Language) -> String {
        let mut text = String::new();
        let mut rest = language.template(self.template);
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            text.push_str(before);
            let place = after.find('}').and_then(|close| Some((after.get(1..close)?.parse::<usize>().ok()?, close)));
            match place.and_then(|(place, close)| Some((self.arguments.get(place)?, close))) {
                Some((argument, close)) => {
                    match argument {
                        Argument::Given(given) => text.push_str(given),
                        Argument::Words(words) => text.push_str(&words.in_language(language)),
                        Argument::English(text_of) if language == Language::Chinese => {
                            text.push_str(&reading::chinese(text_of, chinese()).unwrap_or_else(|| text_of.clone()));
                        }
                        Argument::English(text_of) => text.push_str(text_of),
                        Argument::Either { english, chinese } => {
                            text.push_str(if language == Language::Chinese { chinese } else { english });
                        }
                    }
                    rest = &after[close + 1..];
                }
                None => {
                    text.push('{');
                    rest = &after[1..];
                }
            }
        }
        text.push_str(rest);
        text
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_language(Language::English))
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<&'static str> for Message {
    fn from(template: &'static str) -> Self {
        Message::new(template)
    }
}

/// A text that is the same in any language.
impl From<String> for Message {
    fn from(text: String) -> Self {
        Message::new("{0}").with(text)
    }
}
