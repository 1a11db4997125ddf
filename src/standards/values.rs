//! Values of the evidence by their place.

use serde_json::Value;

use super::file::{OutcomeKind, TestSpec};
use crate::sample::SampleName;
use crate::words::Message;

/// A value, or why there is none; `Err(None)`: the evidence has nothing at this place.
pub(super) struct Found {
    /// The sample, where the place is within one.
    pub sample: Option<String>,
    /// Where within the sample or the document: a grade, a period, a feature.
    pub place: Option<String>,
    /// The place in full.
    pub path: String,
    /// The value.
    pub value: Result<f64, Option<Message>>,
}

/// How entries of lists are named.
const NAMES: [&str; 8] = ["grade", "period", "feature", "name", "segment", "group", "scenario", "label"];

/// The values of a test's measure.
pub(super) fn find(document: &Value, test: &TestSpec) -> Vec<Found> {
    let mut names = test.measure.split('.').peekable();
    if names.next_if_eq(&"sample").is_none() {
        let start = Walk { sample: None, place: Vec::new(), path: Vec::new() };
        return walk(document, &names.collect::<Vec<_>>(), start);
    }
    let names: Vec<&str> = names.collect();
    let Some(samples) = document.get("samples").and_then(Value::as_object) else { return Vec::new() };
    let is_wanted = |name: &str| match test.samples.is_empty() {
        true => name != SampleName::Development.name() && name != SampleName::Rejected.name(),
        false => test.samples.iter().any(|wanted| wanted == name),
    };
    samples
        .iter()
        .filter(|(name, sample)| is_wanted(name) && is_of_kind(sample, test.outcome))
        .flat_map(|(name, sample)| {
            let start =
                Walk { sample: Some(name.clone()), place: Vec::new(), path: vec!["samples".into(), name.clone()] };
            let few = too_few(sample, test.min_bads);
            let mut found = walk(sample, &names, start);
            if let Some(few) = few {
                // Too few cases to judge, whatever the figure.
                found
                    .iter_mut()
                    .filter(|found| found.value.is_ok())
                    .for_each(|found| found.value = Err(Some(few.clone())));
            }
            found
        })
        .collect()
}

fn is_of_kind(sample: &Value, kind: Option<OutcomeKind>) -> bool {
    let is_ratio = sample.get("fractional_outcomes").and_then(Value::as_bool).unwrap_or(false);
    match kind {
        None => true,
        Some(OutcomeKind::Plain) => !is_ratio,
        Some(OutcomeKind::Ratio) => is_ratio,
    }
}

fn too_few(sample: &Value, least: f64) -> Option<Message> {
    let weight = |name: &str| sample.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    let (goods, bads) = (weight("goods"), weight("bads"));
    (goods.min(bads) < least).then(|| {
        Message::new("{0} bads and {1} goods are too few to judge; the standard asks for {2} of each")
            .with(bads)
            .with(goods)
            .with(least)
    })
}

/// The way to a value so far.
#[derive(Clone)]
struct Walk {
    sample: Option<String>,
    place: Vec<String>,
    path: Vec<String>,
}

impl Walk {
    fn to(&self, name: &str) -> Self {
        let mut next = self.clone();
        next.path.push(name.to_owned());
        next
    }

    /// To an entry that a reader must be told from its neighbours.
    fn to_place(&self, name: &str) -> Self {
        let mut next = self.to(name);
        next.place.push(name.to_owned());
        next
    }

    fn end(self, value: Result<f64, Option<Message>>) -> Vec<Found> {
        let place = (!self.place.is_empty()).then(|| self.place.join(", "));
        vec![Found { sample: self.sample, place, path: self.path.join("."), value }]
    }
}

fn walk(value: &Value, names: &[&str], so_far: Walk) -> Vec<Found> {
    if let Some(reason) = value.get("not_computed").and_then(Value::as_str) {
        return so_far.end(Err(Some(Message::of_english(reason))));
    }
    let Some((name, rest)) = names.split_first() else {
        return match value {
            Value::Number(number) => so_far.end(number.as_f64().ok_or(None)),
            Value::Bool(holds) => so_far.end(Ok(f64::from(u8::from(*holds)))),
            _ => so_far.end(Err(Some(Message::new("it is not defined on these data")))),
        };
    };
    match value {
        Value::Object(entries) if *name == "*" => {
            entries.iter().flat_map(|(key, value)| walk(value, rest, so_far.to_place(key))).collect()
        }
        Value::Array(entries) if *name == "*" => entries
            .iter()
            .enumerate()
            .flat_map(|(position, value)| {
                let own = NAMES.iter().find_map(|name| value.get(*name).and_then(Value::as_str));
                let place = own.map_or_else(|| (position + 1).to_string(), ToOwned::to_owned);
                walk(value, rest, so_far.to_place(&place))
            })
            .collect(),
        Value::Object(entries) => match entries.get(*name) {
            Some(value) => walk(value, rest, so_far.to(name)),
            None => so_far.to(name).end(Err(None)),
        },
        _ => so_far.to(name).end(Err(None)),
    }
}
