//! Special values: codes that have a bin of their own.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::Literal;
use serde::Deserialize;

/// Codes that share one bin.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialGroup {
    /// The bin's label.
    pub name: String,
    /// The codes.
    pub values: Vec<Literal>,
}

/// All special values of a feature, in the order of their bins.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "SpecialForm")]
pub struct SpecialValues(pub Vec<SpecialGroup>);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "special must be a list of values, such as [-999], or named groups, such as { refused = [-9, -8] }"
)]
enum SpecialForm {
    List(Vec<SpecialItem>),
    Groups(BTreeMap<String, Vec<Literal>>),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a special value must be a number, a text or a named group, such as { refused = [-9, -8] }"
)]
enum SpecialItem {
    Value(Literal),
    Groups(BTreeMap<String, Vec<Literal>>),
}

fn named(groups: BTreeMap<String, Vec<Literal>>) -> impl Iterator<Item = SpecialGroup> {
    groups.into_iter().map(|(name, values)| SpecialGroup { name, values })
}

impl From<SpecialForm> for SpecialValues {
    fn from(form: SpecialForm) -> Self {
        SpecialValues(match form {
            SpecialForm::Groups(groups) => named(groups).collect(),
            SpecialForm::List(items) => items
                .into_iter()
                .flat_map(|item| match item {
                    SpecialItem::Value(value) => {
                        vec![SpecialGroup { name: format!("special {value}"), values: vec![value] }]
                    }
                    SpecialItem::Groups(groups) => named(groups).collect(),
                })
                .collect(),
        })
    }
}
