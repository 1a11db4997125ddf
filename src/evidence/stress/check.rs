//! Whether the scenarios of a file fit the data.

use scorewright_runtime::artifact::Literal;

use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{Change, Characteristic, Mix, Only, StressPlan};
use crate::error::Result;
use crate::evidence::{Labels, Roles};
use crate::suggest;

/// Checks that columns and values of the scenarios are those of the data; `inputs` are the columns of the card's inputs,
/// `None` without a card.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] at the key.
pub fn check_stress(plan: &StressPlan, inputs: Option<&[FeatureColumn]>, roles: &Roles) -> Result<()> {
    for (place, scenario) in plan.scenarios.iter().enumerate() {
        let labels = |key: &str, column: &str| {
            roles.label(column).ok_or_else(|| {
                let names: Vec<&str> = roles.labels().map(|labels| labels.column.as_str()).collect();
                let error = plan.error(place, &[key, "column"], format!("{column:?} is no segment column"));
                match suggest::nearest(column, names.iter().copied()) {
                    Some(near) => error.help(format!("did you mean {near:?}?")),
                    None => error.help(format!("name the column on the command line: --segment-column {column}")),
                }
            })
        };
        let unknown = |keys: &[&str], labels: &Labels, value: &str| {
            let names = labels.names.iter().map(String::as_str);
            let error = plan.error(place, keys, format!("the value {value:?} of {} does not occur", labels.column));
            error.help(suggest::did_you_mean(value, "column's values", names))
        };
        if let Some(Only { column, values }) = &scenario.only {
            let labels = labels("only", column)?;
            if let Some(value) = values.iter().map(Literal::to_string).find(|value| !labels.names.contains(value)) {
                return Err(unknown(&["only", "values"], labels, &value));
            }
        }
        if let Some(Mix { column, shares }) = &scenario.mix {
            let labels = labels("mix", column)?;
            if let Some(value) = shares.keys().find(|value| !labels.names.contains(value)) {
                return Err(unknown(&["mix", "shares"], labels, value));
            }
            let occurs =
                |name: &&String| labels.names.iter().zip(labels.cases()).any(|(n, c)| n == *name && !c.is_empty());
            if let Some(name) = labels.names.iter().filter(occurs).find(|name| !shares.contains_key(*name)) {
                return Err(plan
                    .error(place, &["mix", "shares"], format!("the value {name:?} of {column} has no share"))
                    .help("give every value that occurs its share, 0 where it vanishes"));
            }
        }
        let Some(inputs) = inputs else { continue };
        for (position, characteristic) in scenario.characteristics.iter().enumerate() {
            check_characteristic(inputs, characteristic).map_err(|(key, message, help)| {
                plan.error(place, &["characteristic", &position.to_string(), key], message).help(help)
            })?;
        }
    }
    Ok(())
}

fn check_characteristic(
    inputs: &[FeatureColumn],
    characteristic: &Characteristic,
) -> std::result::Result<(), (&'static str, String, String)> {
    let name = &characteristic.column;
    let Some(column) = inputs.iter().find(|column| column.name == *name) else {
        let names = inputs.iter().map(|column| column.name.as_str());
        let help = suggest::did_you_mean(name, "card's input columns", names);
        return Err(("column", format!("the card has no input column {name:?}"), help));
    };
    match (&column.values, characteristic.change()) {
        (_, Change::Missing) | (FeatureValues::Numeric(_), Change::Number) => Ok(()),
        (FeatureValues::Categorical(values), Change::Category) => {
            let from = characteristic.from.as_ref().map(Literal::to_string).unwrap_or_default();
            match values.levels.contains(&from) {
                true => Ok(()),
                false => {
                    let levels = values.levels.iter().map(String::as_str);
                    let help = suggest::did_you_mean(&from, "column's values", levels);
                    Err(("from", format!("the value {from:?} of {name} does not occur"), help))
                }
            }
        }
        (FeatureValues::Numeric(_), Change::Category) => {
            let help = "use multiply, add, lowest and highest, or missing = true".to_owned();
            Err(("from", format!("{name} holds numbers, which from and to do not change"), help))
        }
        (FeatureValues::Categorical(_), Change::Number) => {
            let help = "use from and to, or missing = true".to_owned();
            Err(("column", format!("{name} holds categories, which cannot be multiplied or added to"), help))
        }
    }
}
