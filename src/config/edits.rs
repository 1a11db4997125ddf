//! `CARD.bins.toml`: the reviewed edits of a card's bins, oldest first; training replays them.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use scorewright_runtime::artifact::FeatureKind;
use serde::{Deserialize, Serialize};

use super::binning::{cuts_fault, twice};
use super::data::date;
use super::features::Monotone;
use super::source::Source;
use crate::error::{Error, Result};

/// The edits file of a card; a card without one has no edits.
#[derive(Debug, Clone)]
pub struct Edits {
    /// Where the file stands, or would stand.
    pub path: PathBuf,
    /// The file, where it is there.
    pub source: Option<Source>,
    /// Every record, oldest first, those that were taken back and the undoings included.
    pub edits: Vec<Edit>,
}

/// A reviewed edit of a feature's bins.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Position in the file, from 0.
    pub position: usize,
    /// The feature.
    pub feature: String,
    /// What is to be done.
    pub action: Action,
    /// Who made it.
    pub by: String,
    /// Why.
    pub because: String,
    /// When.
    pub on: NaiveDate,
    /// Digest of the data on which it was reviewed, see [`crate::edits::data_digest`].
    pub data_sha256: String,
    /// Information value of the bins that those data give without any edit.
    pub unedited_information_value: f64,
    /// The bins before.
    pub before: ReviewedBins,
    /// The bins after.
    pub after: ReviewedBins,
}

/// Bins as a person saw them, on the development sample.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewedBins {
    /// Information value, missing and special bins included.
    pub information_value: f64,
    /// Trend of the good rate; absent: there is none to speak of, as with categories or one bin.
    pub trend: Option<Monotone>,
    /// Number of bins, missing and special ones not counted.
    pub bins: usize,
    /// Cuts of a numeric feature.
    pub cuts: Option<Vec<f64>>,
    /// Groups of a categorical one.
    pub groups: Option<Vec<Vec<String>>>,
}

/// What an edit does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The two bins that meet at a cut are one: it reaches from `lower` to `upper`.
    Merge {
        /// The cut that goes.
        at: f64,
        /// Lower bound of the merged bin; `None`: unbounded.
        lower: Option<f64>,
        /// Its upper bound.
        upper: Option<f64>,
    },
    /// There is a cut.
    Split {
        /// Where.
        at: f64,
    },
    /// A cut moves; between its old place and its new one there is none.
    Move {
        /// Its old place.
        from: f64,
        /// Its new one.
        to: f64,
    },
    /// Exactly these cuts.
    Cuts(Vec<f64>),
    /// These categories are a bin, without others.
    Group {
        /// What the person asked for.
        verb: GroupVerb,
        /// The categories that were named.
        categories: Vec<String>,
        /// The category whose bin they join.
        with: Option<String>,
        /// The categories of the resulting bin.
        group: Vec<String>,
    },
    /// Takes the feature's last edit back that still stands.
    Undo,
}

/// How a group of categories came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupVerb {
    /// Two bins became one.
    Merge,
    /// Categories left their bins for one of their own.
    Split,
    /// A category went to another bin.
    Move,
}

impl Action {
    /// The action as people say it.
    pub fn in_words(&self) -> String {
        let list = |texts: &[String]| {
            let shown: Vec<String> = texts.iter().take(5).map(|text| format!("{text:?}")).collect();
            let more = if texts.len() > 5 { format!(" and {} more", texts.len() - 5) } else { String::new() };
            shown.join(", ") + &more
        };
        match self {
            Action::Merge { at, .. } => format!("merge at {at}"),
            Action::Split { at } => format!("split at {at}"),
            Action::Move { from, to } => format!("move {from} to {to}"),
            Action::Cuts(cuts) => {
                format!("cuts {}", cuts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            Action::Group { verb, categories, with, .. } => {
                let with = with.as_deref().unwrap_or_default();
                match verb {
                    GroupVerb::Merge => format!("merge the bins of {} and {with:?}", list(categories)),
                    GroupVerb::Split => format!("split off {}", list(categories)),
                    GroupVerb::Move => format!("move {} to the bin of {with:?}", list(categories)),
                }
            }
            Action::Undo => "undo".to_owned(),
        }
    }

    /// The kind of feature that it can be done on; `None`: any.
    pub fn kind(&self) -> Option<FeatureKind> {
        match self {
            Action::Group { .. } => Some(FeatureKind::Categorical),
            Action::Undo => None,
            _ => Some(FeatureKind::Numeric),
        }
    }
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditsFile {
    #[serde(default)]
    edit: Vec<EditRecord>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditRecord {
    feature: String,
    action: ActionName,
    at: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    from: Option<f64>,
    to: Option<f64>,
    cuts: Option<Vec<f64>>,
    categories: Option<Vec<String>>,
    with: Option<String>,
    group: Option<Vec<String>>,
    by: String,
    because: String,
    #[serde(deserialize_with = "date")]
    on: NaiveDate,
    data_sha256: String,
    unedited_information_value: f64,
    before: ReviewedBins,
    after: ReviewedBins,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionName {
    Merge,
    Split,
    Move,
    Cuts,
    Undo,
}

/// A fault of a record: the key, and what is wrong.
type Fault = (&'static str, String);

impl Edits {
    /// Reads and checks the edits of the card at `card`, which stand beside it.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Unreadable`] and [`crate::error::ErrorKind::Configuration`], with file and line.
    pub fn of_card(card: &Path) -> Result<Self> {
        let path = card.with_extension("bins.toml");
        // A link that leads nowhere is there, and its edits must not be passed over.
        if path.symlink_metadata().is_err() {
            return Ok(Edits::none(path));
        }
        Self::from_source(Source::read(&path)?)
    }

    /// No edits; their file would stand at `path`.
    pub(super) fn none(path: PathBuf) -> Self {
        Edits { path, source: None, edits: Vec::new() }
    }

    /// Checks the text of an edits file.
    pub(super) fn from_source(source: Source) -> Result<Self> {
        let file: EditsFile = source.parse()?;
        let edits = file.edit.into_iter().enumerate().map(|(position, record)| {
            record.check(position).map_err(|(key, what)| source.error(&["edit", &position.to_string(), key], what))
        });
        let edits = Edits { edits: edits.collect::<Result<_>>()?, path: source.path.clone(), source: Some(source) };
        for edit in &edits.edits {
            edits.check_place(edit)?;
        }
        Ok(edits)
    }

    /// The edits of a feature that still stand, oldest first.
    pub fn of_feature(&self, feature: &str) -> Vec<&Edit> {
        self.standing(feature, self.edits.len())
    }

    /// Every feature with edits that stand, in the order of their first record.
    pub fn features(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for edit in &self.edits {
            if !names.contains(&edit.feature.as_str()) {
                names.push(&edit.feature);
            }
        }
        names.retain(|name| !self.of_feature(name).is_empty());
        names
    }

    /// An error at the place of an edit.
    pub fn error(&self, edit: &Edit, message: impl Into<String>) -> Error {
        let message = format!("edit {} ({}): {}", edit.position + 1, edit.action.in_words(), message.into());
        match &self.source {
            Some(source) => source.error(&["edit", &edit.position.to_string()], message).in_column(&edit.feature),
            None => Error::new(crate::error::ErrorKind::Configuration, message).in_column(&edit.feature),
        }
    }

    fn standing(&self, feature: &str, before: usize) -> Vec<&Edit> {
        let mut standing = Vec::new();
        for edit in self.edits[..before].iter().filter(|edit| edit.feature == feature) {
            match edit.action {
                Action::Undo => drop(standing.pop()),
                _ => standing.push(edit),
            }
        }
        standing
    }

    /// What an edit needs of those before it.
    fn check_place(&self, edit: &Edit) -> Result<()> {
        let before = self.standing(&edit.feature, edit.position);
        match edit.action.kind() {
            None if before.is_empty() => {
                Err(self.error(edit, "there is nothing to undo").help("take this record out of the file"))
            }
            Some(kind) if before.iter().any(|other| other.action.kind() != Some(kind)) => Err(self
                .error(edit, "some edits of this feature are of cuts, others of categories")
                .help("take those out that do not fit the column's type")),
            _ => Ok(()),
        }
    }
}

impl EditRecord {
    fn check(self, position: usize) -> std::result::Result<Edit, Fault> {
        let action = self.action()?;
        for (key, text) in [("feature", &self.feature), ("by", &self.by), ("because", &self.because)] {
            if text.trim().is_empty() {
                return Err((key, format!("{key} is empty")));
            }
        }
        if self.data_sha256.len() != 64 || !self.data_sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(("data_sha256", "data_sha256 must have 64 hexadecimal digits".into()));
        }
        let is_value = |value: f64| value.is_finite() && value >= 0.0;
        if !is_value(self.unedited_information_value) {
            return Err(("unedited_information_value", "an information value must be 0 or more".into()));
        }
        for (key, bins) in [("before", &self.before), ("after", &self.after)] {
            if !is_value(bins.information_value) {
                return Err((key, "information_value must be 0 or more".into()));
            }
            if let Some(what) = bins.cuts.as_deref().and_then(cuts_fault) {
                return Err((key, what));
            }
            if let Some(twice) = twice(bins.groups.iter().flatten().flatten()) {
                return Err((key, format!("the category {twice:?} stands twice")));
            }
            let is_whole = match action.kind() {
                Some(FeatureKind::Numeric) => bins.cuts.is_some() && bins.groups.is_none(),
                Some(FeatureKind::Categorical) => bins.groups.is_some() && bins.cuts.is_none(),
                Some(FeatureKind::Pair) => false,
                None => bins.cuts.is_some() != bins.groups.is_some(),
            };
            if !is_whole {
                return Err((key, "give the cuts of a numeric feature, or the groups of a categorical one".into()));
            }
        }
        let EditRecord { feature, by, because, on, data_sha256, unedited_information_value, before, after, .. } = self;
        Ok(Edit { position, feature, action, by, because, on, data_sha256, unedited_information_value, before, after })
    }

    /// The action with the keys that it needs, and no others.
    fn action(&self) -> std::result::Result<Action, Fault> {
        let mut here: Vec<&'static str> = Vec::new();
        for (key, is_here) in [
            ("at", self.at.is_some()),
            ("lower", self.lower.is_some()),
            ("upper", self.upper.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("cuts", self.cuts.is_some()),
            ("categories", self.categories.is_some()),
            ("with", self.with.is_some()),
            ("group", self.group.is_some()),
        ] {
            if is_here {
                here.push(key);
            }
        }
        let (action, takes): (_, &[&str]) = match (self.action, self) {
            (ActionName::Merge, EditRecord { at: Some(at), lower, upper, .. }) => {
                (Action::Merge { at: *at, lower: *lower, upper: *upper }, &["at", "lower", "upper"])
            }
            (ActionName::Split, EditRecord { at: Some(at), .. }) => (Action::Split { at: *at }, &["at"]),
            (ActionName::Move, EditRecord { from: Some(from), to: Some(to), .. }) => {
                (Action::Move { from: *from, to: *to }, &["from", "to"])
            }
            (ActionName::Cuts, EditRecord { cuts: Some(cuts), .. }) => (Action::Cuts(cuts.clone()), &["cuts"]),
            (ActionName::Split, EditRecord { categories: Some(categories), .. }) => {
                let (categories, group) = (categories.clone(), categories.clone());
                (Action::Group { verb: GroupVerb::Split, categories, with: None, group }, &["categories"])
            }
            (
                ActionName::Merge | ActionName::Move,
                EditRecord { categories: Some(categories), with: Some(with), group: Some(group), .. },
            ) => {
                let verb = if self.action == ActionName::Merge { GroupVerb::Merge } else { GroupVerb::Move };
                let (categories, with, group) = (categories.clone(), Some(with.clone()), group.clone());
                (Action::Group { verb, categories, with, group }, &["categories", "with", "group"])
            }
            (ActionName::Undo, _) => (Action::Undo, &[]),
            _ => return Err(("action", self.action.needs().into())),
        };
        if let Some(key) = here.into_iter().find(|key| !takes.contains(key)) {
            return Err((key, format!("{key} has no place here; {}", self.action.needs())));
        }
        action_fault(&action).map_or(Ok(action), Err)
    }
}

impl ActionName {
    fn needs(self) -> &'static str {
        match self {
            ActionName::Merge => "merge takes at, lower and upper; of categories: categories, with and group",
            ActionName::Split => "split takes at; of categories: categories",
            ActionName::Move => "move takes from and to; of categories: categories, with and group",
            ActionName::Cuts => "cuts takes cuts",
            ActionName::Undo => "undo takes no further keys",
        }
    }
}

/// An impossible value of an action.
fn action_fault(action: &Action) -> Option<Fault> {
    let single = |key, cut: f64| cuts_fault(&[cut]).map(|what| (key, what));
    match action {
        Action::Merge { at, lower, upper } => {
            let bounds = [("at", Some(*at)), ("lower", *lower), ("upper", *upper)];
            let fault = bounds.into_iter().find_map(|(key, cut)| cut.and_then(|cut| single(key, cut)));
            let lies_inside = lower.is_none_or(|lower| lower < *at) && upper.is_none_or(|upper| *at < upper);
            fault.or_else(|| (!lies_inside).then(|| ("at", format!("{at} does not lie between lower and upper"))))
        }
        Action::Split { at } => single("at", *at),
        Action::Move { from, to } => single("from", *from)
            .or_else(|| single("to", *to))
            .or_else(|| (from == to).then(|| ("to", "from and to are the same".to_owned()))),
        Action::Cuts(cuts) => cuts_fault(cuts).map(|what| ("cuts", what)),
        Action::Group { categories, with, group, .. } => {
            let outside = categories.iter().chain(with).find(|category| !group.contains(category));
            match (outside, twice(group.iter())) {
                _ if categories.is_empty() => Some(("categories", "categories is empty".into())),
                (Some(outside), _) => Some(("group", format!("the group does not hold {outside:?}"))),
                (_, Some(twice)) => Some(("group", format!("the category {twice:?} stands twice"))),
                _ => None,
            }
        }
        Action::Undo => None,
    }
}
