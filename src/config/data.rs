//! Where the cases come from: `[table]` (ready-made) or `[population]` (from the loan history).

use chrono::NaiveDate;
use serde::Deserialize;

use super::source::Source;
use crate::error::Result;

/// `[table]`: one row a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSource {
    /// csv, csv.gz or parquet, relative to the card's file; globs allowed.
    pub path: String,
    /// Column that identifies a case; else the row number.
    pub id: Option<String>,
    /// Day of observation.
    pub observed_at: Option<String>,
    /// Rows of one group stay in one sample.
    pub group: Option<String>,
    /// Field separator of a csv file.
    pub separator: Option<char>,
    /// Texts that mean missing in a csv file, besides the empty field.
    #[serde(default)]
    pub null_values: Vec<String>,
}

/// Whether tables of scores have a column of this name beside the id.
pub(crate) fn is_score_column(name: &str) -> bool {
    ["sample", "goods", "bads", "weight", "segment", "score", "pd", "unforeseen"].contains(&name)
        || name.starts_with("reason_")
}

impl TableSource {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        if let Some(separator) = self.separator
            && (!separator.is_ascii() || separator == '"' || separator == '\n')
        {
            return Err(source.error(&["table", "separator"], "separator must be one ASCII character, such as \";\""));
        }
        if let Some(id) = self.id.as_deref().filter(|id| is_score_column(id)) {
            let what = format!("the cases' id is called {id:?}, like a column of the scores that are written");
            return Err(source
                .error(&["table", "id"], what)
                .help("give the column another name, in the data and here"));
        }
        Ok(())
    }
}

/// `[population]`: who is observed, and when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// The project's file; else the nearest scorewright.toml in the card's folder or above.
    pub project: Option<String>,
    /// The history table whose rows give the observation points.
    pub table: String,
    /// Which of its rows.
    #[serde(default)]
    pub observe: ObservationScheme,
    /// SQL condition that a row must meet; for `entry`, the state that is entered.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// First day of observation.
    #[serde(default, deserialize_with = "optional_date")]
    pub from: Option<NaiveDate>,
    /// Last day of observation.
    #[serde(default, deserialize_with = "optional_date")]
    pub until: Option<NaiveDate>,
    /// Rows with the same value of this key stay in one sample.
    pub group: Option<String>,
    /// What to do with observations whose group is not known.
    #[serde(default)]
    pub without_group: WithoutGroup,
    /// Cases that are left out, each counted by cause, in this order; those by features come after all others.
    #[serde(default)]
    pub exclude: Vec<ExclusionRule>,
    /// SQL condition over the population's table: applicants who were rejected. They have no outcome; they are
    /// scored, and their score distribution is shown.
    pub rejected_when: Option<String>,
    /// Which of a unit's observation points.
    #[serde(default)]
    pub take: Take,
    /// For `random`: at most so many of a unit.
    pub at_most: Option<u32>,
    /// Whether outcome windows of one unit may overlap.
    #[serde(default)]
    pub overlap: bool,
}

/// What to do with observations whose group is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutGroup {
    /// Stop.
    #[default]
    Error,
    /// Leave them out, counted.
    LeaveOut,
}

/// Which of a unit's observation points, of those with a whole outcome window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// All of them.
    #[default]
    All,
    /// The first.
    First,
    /// The last.
    Last,
    /// Some at random, seeded by the unit.
    Random,
}

/// Which rows of the population's table are observation points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObservationScheme {
    /// Every row that meets the condition: for behaviour, every statement.
    #[default]
    EveryRow,
    /// The unit's first row in the whole history, where it meets the condition: at application.
    FirstRow,
    /// A row that meets the condition where the unit's row before it does not.
    Entry,
}

/// A cause for leaving cases out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionRule {
    /// The cause in words.
    pub cause: String,
    /// SQL condition over the population's table at the observation.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// SQL condition over the card's features, such as `months_on_book < 6`.
    pub feature_where: Option<String>,
}

impl Population {
    /// Who is observed and when, in words.
    pub fn in_words(&self) -> String {
        let condition = self.condition.as_deref();
        let of_rows = |what: &str| match condition {
            Some(condition) => format!("{what} of {} with {condition}", self.table),
            None => format!("{what} of {}", self.table),
        };
        let mut words = match self.observe {
            ObservationScheme::EveryRow => of_rows("every row"),
            ObservationScheme::FirstRow => of_rows("the first row of each unit"),
            ObservationScheme::Entry => of_rows("every first row in a row"),
        };
        let mut add = |more: String| {
            words.push_str("; ");
            words.push_str(&more);
        };
        match (self.from, self.until) {
            (Some(from), Some(until)) => add(format!("observed from {from} to {until}")),
            (Some(from), None) => add(format!("observed from {from} on")),
            (None, Some(until)) => add(format!("observed until {until}")),
            (None, None) => {}
        }
        match (self.take, self.at_most) {
            (Take::All, _) => {}
            (Take::First, _) => add("the first observation of each unit".into()),
            (Take::Last, _) => add("the last observation of each unit".into()),
            (Take::Random, most) => add(format!("at most {} observations of each unit, at random", most.unwrap_or(1))),
        }
        if !self.exclude.is_empty() {
            let causes: Vec<&str> = self.exclude.iter().map(|rule| rule.cause.as_str()).collect();
            add(format!("left out: {}", causes.join(", ")));
        }
        words
    }

    pub(super) fn check(&self, source: &Source) -> Result<()> {
        if self.observe == ObservationScheme::Entry && self.condition.is_none() {
            return Err(source
                .error(&["population", "observe"], "observe = \"entry\" needs the state that is entered, as where"));
        }
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from > until
        {
            return Err(source.error(&["population", "from"], "from lies after until"));
        }
        for (position, rule) in self.exclude.iter().enumerate() {
            if rule.condition.is_some() == rule.feature_where.is_some() {
                return Err(source
                    .error(
                        &["population", "exclude", &position.to_string()],
                        format!("population.exclude ({}): give either where or feature_where", rule.cause),
                    )
                    .help(
                        "where is a condition over the population's table, feature_where one over the card's features",
                    ));
            }
        }
        if self.without_group == WithoutGroup::LeaveOut && self.group.is_none() {
            return Err(source.error(&["population", "without_group"], "without_group needs a group"));
        }
        match (self.take, self.at_most) {
            (Take::Random, Some(0)) => {
                return Err(source.error(&["population", "at_most"], "at_most must be at least 1"));
            }
            (take, Some(_)) if take != Take::Random => {
                return Err(source.error(&["population", "at_most"], "at_most belongs to take = \"random\""));
            }
            _ => {}
        }
        Ok(())
    }
}

/// A date, as TOML's own or as text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a date, such as 2024-07-01")]
enum DateForm {
    Toml(toml::value::Datetime),
    Text(String),
}

impl DateForm {
    fn date(self) -> std::result::Result<NaiveDate, String> {
        let text = match self {
            DateForm::Toml(datetime) => datetime.to_string(),
            DateForm::Text(text) => text,
        };
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .map_err(|_| format!("{text:?} is not a date; write it like 2024-07-01"))
    }
}

pub(super) fn optional_date<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<NaiveDate>, D::Error> {
    use serde::de::Error as _;
    let form = Option::<DateForm>::deserialize(deserializer)?;
    form.map(|form| form.date().map_err(D::Error::custom)).transpose()
}

/// A date that must be there.
pub(super) fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<NaiveDate, D::Error> {
    use serde::de::Error as _;
    DateForm::deserialize(deserializer)?.date().map_err(D::Error::custom)
}
