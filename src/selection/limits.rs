//! Most features in all, of a theme, of a source.

use std::collections::BTreeSet;

use crate::config::{CardSpec, CaseSource, Definition};
use crate::error::{Error, Result};
use crate::expression;
use crate::ready_made::matches;

/// A group of columns of which only some may be in.
struct Group {
    /// In words.
    name: String,
    /// Keys of the limit in the card's file.
    keys: Vec<String>,
    max: usize,
    /// By column.
    members: Vec<bool>,
}

/// The limits of a card over the columns of a design.
pub(super) struct Limits(Vec<Group>);

impl Limits {
    /// `names` are those of the columns.
    pub fn new(spec: &CardSpec, names: &[&str]) -> Self {
        let section = &spec.selection;
        let mut groups = Vec::new();
        let mut add = |name: String, keys: &[&str], max: usize, is_member: &dyn Fn(&str) -> bool| {
            let members = names.iter().map(|name| is_member(name)).collect();
            groups.push(Group { name, keys: keys.iter().map(|key| (*key).to_owned()).collect(), max, members });
        };
        if let Some(max) = section.max_features {
            add("the card".into(), &["selection", "max_features"], max, &|_| true);
        }
        for (name, theme) in &section.themes {
            let is_member = |feature: &str| theme.features.iter().any(|pattern| matches(pattern, feature));
            add(format!("the theme {name}"), &["selection", "themes", name, "max"], theme.max, &is_member);
        }
        if let Some(max) = section.max_per_source {
            let sources: Vec<BTreeSet<String>> = names.iter().map(|name| sources(spec, name)).collect();
            let all: BTreeSet<&String> = sources.iter().flatten().collect();
            let of = |name: &str| names.iter().position(|other| *other == name).map(|column| &sources[column]);
            for source in all {
                let is_member = |feature: &str| of(feature).is_some_and(|sources| sources.contains(source));
                add(format!("the table {source}"), &["selection", "max_per_source"], max, &is_member);
            }
        }
        Limits(groups)
    }

    /// Why no further feature of this column's kind may enter beside `columns`.
    pub fn full(&self, columns: &[usize], column: usize, names: &[&str]) -> Option<String> {
        self.0.iter().filter(|group| group.members[column]).find_map(|group| {
            let inside = group.inside(columns);
            (inside.len() >= group.max).then(|| {
                let inside: Vec<&str> = inside.into_iter().map(|column| names[column]).collect();
                format!("{} has {} of at most {}: {}", group.name, inside.len(), group.max, inside.join(", "))
            })
        })
    }

    /// The members of a group of which `columns` holds too many, with the limit in words.
    pub fn excess(&self, columns: &[usize]) -> Option<(Vec<usize>, String)> {
        let group = self.0.iter().find(|group| group.inside(columns).len() > group.max)?;
        let inside = group.inside(columns);
        let words = format!("{} has {} features of at most {}", group.name, inside.len(), group.max);
        Some((inside, words))
    }

    /// The kept features must fit in.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] where they do not.
    pub fn check_kept(&self, spec: &CardSpec, kept: &[usize], names: &[&str]) -> Result<()> {
        let Some(group) = self.0.iter().find(|group| group.inside(kept).len() > group.max) else { return Ok(()) };
        let inside: Vec<&str> = group.inside(kept).into_iter().map(|column| names[column]).collect();
        let keys: Vec<&str> = group.keys.iter().map(String::as_str).collect();
        let what = format!(
            "{} may have at most {}, but keep names {}: {}",
            group.name,
            group.max,
            inside.len(),
            inside.join(", ")
        );
        let error: Error = spec.source.error(&keys, what);
        Err(error.help("raise the limit, or keep fewer"))
    }
}

impl Group {
    fn inside(&self, columns: &[usize]) -> Vec<usize> {
        columns.iter().copied().filter(|column| self.members[*column]).collect()
    }
}

/// The tables of the history behind a feature; those of an expression are those of the features that it names.
fn sources(spec: &CardSpec, feature: &str) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    if !matches!(spec.cases, CaseSource::History(..)) {
        return tables;
    }
    let mut seen = BTreeSet::new();
    let mut open = vec![feature.to_owned()];
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(pair) = spec.features.pairs.get(&name) {
            open.extend(pair.of.iter().cloned());
        }
        let mut definition: Option<&Definition> = spec.features.define.get(&name);
        while let Some(inner) = definition {
            tables.extend(inner.table.clone());
            // What it names was read before: a text that cannot be read has been refused.
            open.extend(inner.expression.iter().flat_map(|text| expression::columns(text).unwrap_or_default()));
            definition = inner.of.as_deref();
        }
    }
    tables
}
