//! Features derived from other features.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::FeatureKind;

use super::Query;
use crate::config::ColumnSettings;
use crate::error::{Error, Result};
use crate::expression::{self, ExpressionError, ValueType};

impl Query<'_> {
    /// Adds the derived features to the part `last`, each behind those it names; gives the last part.
    pub(super) fn derived(&mut self, mut last: String, types: &mut BTreeMap<String, ValueType>) -> Result<String> {
        let d = self.dialect;
        let spec = self.spec;
        let wrong = |name: &str, what: String| -> Error {
            spec.source.error(&["features", "define", name, "expression"], format!("feature {name:?}: {what}"))
        };
        let refused = |name: &str, text: &str, reason: &ExpressionError| {
            wrong(name, format!("{text:?} {reason}")).help(reason.help())
        };
        let mut open: BTreeMap<&String, (&str, Vec<String>)> = BTreeMap::new();
        for (name, definition) in spec.features.define.iter().filter(|(name, _)| self.needed.contains(*name)) {
            if let Some(text) = definition.expression.as_deref() {
                let uses = expression::columns(text).map_err(|reason| refused(name, text, &reason))?;
                open.insert(name, (text, uses));
            }
        }
        let mut level = 0;
        while !open.is_empty() {
            // Standard features go with what they are derived from.
            let lost = open.iter().find_map(|(name, (_, uses))| {
                let is_standard = spec.features.define.get(*name).is_some_and(|definition| definition.is_standard);
                let lost = uses.iter().find(|used| self.left_out.iter().any(|(gone, _)| gone == *used))?;
                is_standard.then(|| ((*name).clone(), format!("needs the feature {lost:?}, which is not there")))
            });
            if let Some((name, reason)) = lost {
                open.remove(&name);
                self.left_out.push((name, reason));
                continue;
            }
            let ready: Vec<&String> = open
                .iter()
                .filter(|(_, (_, uses))| uses.iter().all(|used| types.contains_key(used)))
                .map(|(name, _)| *name)
                .collect();
            if ready.is_empty() {
                let name = open.keys().next().map_or("", |name| name.as_str());
                return Err(wrong(name, "it is derived from what is not defined, or in a circle".into()));
            }
            let mut columns = Vec::new();
            let mut found = Vec::new();
            for name in ready {
                let Some((text, _)) = open.remove(name) else { continue };
                let parsed = match expression::Expression::parse(text, &|used| types.get(used).copied()) {
                    Err(reason) if spec.features.define.get(name).is_some_and(|definition| definition.is_standard) => {
                        self.left_out.push((name.clone(), format!("{text:?} {reason}")));
                        continue;
                    }
                    parsed => parsed.map_err(|reason| refused(name, text, &reason))?,
                };
                let sql = parsed.to_sql(d, &|used| format!("b.{}", d.identifier(used)));
                let value_type = parsed.value_type();
                let kind = spec.features.columns.get(name).and_then(ColumnSettings::feature_kind);
                let is_text = kind.map_or(value_type == ValueType::Text, |kind| kind == FeatureKind::Categorical);
                let sql = match value_type {
                    _ if is_text => d.category(&sql, value_type),
                    ValueType::Boolean => d.truth_as_number(&sql),
                    ValueType::Text | ValueType::Date => {
                        return Err(wrong(name, format!("{text:?} gives {value_type}, not a number"))
                            .help("read the feature as categories: type = \"categorical\""));
                    }
                    _ => sql,
                };
                columns.push(format!("{sql} AS {}", d.identifier(name)));
                found.push((name.clone(), if is_text { ValueType::Text } else { ValueType::Number }));
            }
            if columns.is_empty() {
                continue;
            }
            level += 1;
            let text = format!("SELECT b.*,\n    {}\n  FROM {last} AS b", columns.join(",\n    "));
            last = self.part(format!("derived_{level}"), || text);
            types.extend(found);
        }
        Ok(last)
    }
}
