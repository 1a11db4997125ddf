//! Definitions made ready for a table: expressions checked against its columns, values by their type.

use scorewright_runtime::artifact::FeatureKind;

use crate::config::{Across, Aggregate, Definition, Source};
use crate::error::{Error, Result};
use crate::expression::ValueType;
use crate::history::{Expression, HistoryTable, Length, Window};

/// Which of the expressions of a [`Plan`].
pub(super) type Slot = usize;

/// An expression over a table's rows.
pub(super) struct Evaluated {
    text: String,
    pub expression: crate::expression::Expression,
    /// Whether its values are wanted as texts, whatever their type.
    pub as_text: bool,
}

/// What a table's rows must give for its definitions: each expression once.
#[derive(Default)]
pub(super) struct Plan {
    /// The expressions by slot.
    pub expressions: Vec<Evaluated>,
    /// The definitions.
    pub definitions: Vec<Planned>,
}

/// A definition over a table.
pub(super) struct Planned {
    /// The feature's name.
    pub name: String,
    pub aggregate: Aggregate,
    pub quantile: f64,
    pub window: Window,
    pub across: Across,
    /// Whether the feature is a category: the value's text.
    pub is_text: bool,
    pub value: Option<Slot>,
    pub condition: Option<Slot>,
    pub by: Option<Slot>,
    pub node: Option<Slot>,
}

impl Plan {
    /// Adds a definition over `table`; `keys` lead to it in the card's file.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] where an expression does not fit the table, or the aggregate the
    /// value's type.
    pub fn add(
        &mut self,
        name: &str,
        keys: &[&str],
        definition: &Definition,
        table: &HistoryTable,
        kind: Option<FeatureKind>,
        source: &Source,
    ) -> Result<()> {
        let purpose = format!("feature {name:?}");
        let aggregate = definition.aggregate.unwrap_or_default();
        let called = aggregate.name();
        let wrong = |key: &str, what: String| -> Error {
            let mut keys = keys.to_vec();
            keys.push(key);
            source.error(&keys, format!("{purpose}: {what}"))
        };
        let mut slot = |key: &'static str, text: Option<&str>, as_text: bool| {
            let Some(text) = text else { return Ok(None) };
            let mut keys = keys.to_vec();
            keys.push(key);
            let expression = Expression { text, purpose: &purpose, source, keys: &keys };
            let parsed = expression.over(&table.table)?;
            let dtype = parsed.value_type();
            if let Some(later) = parsed.columns().iter().find(|name| table.spec.known_later.iter().any(|l| l == *name))
            {
                return Err(expression
                    .error(format!("{later:?} of {:?} is known only after its row (known_later)", table.name))
                    .help("a feature cannot use it: it would see the future; describe the same file as a second table, dated by the day when this became known"));
            }
            let known = self.expressions.iter().position(|other| other.text == text && other.as_text == as_text);
            let slot = known.unwrap_or_else(|| {
                self.expressions.push(Evaluated { text: text.to_owned(), expression: parsed, as_text });
                self.expressions.len() - 1
            });
            Ok(Some((slot, dtype)))
        };
        let condition = slot("where", definition.condition.as_deref(), false)?;
        if let Some((_, other)) =
            condition.as_ref().filter(|(_, dtype)| !matches!(dtype, ValueType::Boolean | ValueType::Missing))
        {
            return Err(wrong("where", format!("where must be a condition, but it gives {other}"))
                .help("write a comparison, such as: months_overdue >= 2"));
        }
        let picks = matches!(aggregate, Aggregate::Latest | Aggregate::First);
        let mut value = slot("value", definition.value.as_deref(), false)?;
        let mut is_text = aggregate == Aggregate::MissingReason;
        if let Some((_, dtype)) = &value {
            if picks && definition.by.is_none() {
                is_text = match kind {
                    Some(kind) => kind == FeatureKind::Categorical,
                    None => matches!(dtype, ValueType::Text | ValueType::Boolean),
                };
            }
            let needs_number = aggregate.needs_number() || picks && !is_text;
            if needs_number && matches!(dtype, ValueType::Text | ValueType::Date) {
                return Err(wrong("value", format!("numbers are needed here, but the value is {dtype}")).help(
                    "take a column of numbers; or, for latest and first, read the feature as categories; of dates, months_since and days_until make numbers",
                ));
            }
            if aggregate.needs_date() && !matches!(dtype, ValueType::Date | ValueType::Missing) {
                return Err(wrong("value", format!("{called} needs a date, but the value is {dtype}")));
            }
        }
        if picks && is_text {
            value = slot("value", definition.value.as_deref(), true)?;
        }
        let planned = Planned {
            name: name.to_owned(),
            aggregate,
            quantile: definition.quantile.unwrap_or(f64::NAN),
            window: Window::new(definition.window_months, definition.window_days)
                .skipping(definition.skip_months, definition.skip_days),
            across: definition.across.unwrap_or_default(),
            is_text,
            value: value.map(|(slot, _)| slot),
            condition: condition.map(|(slot, _)| slot),
            by: slot("by", definition.by.as_deref(), true)?.map(|(slot, _)| slot),
            node: slot("node", definition.node.as_deref(), true)?.map(|(slot, _)| slot),
        };
        if table.event.is_none() {
            let of_dates = match aggregate {
                Aggregate::MonthsSince | Aggregate::DaysSince => definition.value.is_none(),
                Aggregate::MonthsSinceFirst | Aggregate::DaysSinceFirst | Aggregate::Trend => true,
                _ => false,
            };
            if of_dates || planned.window.length != Length::Everything || planned.window.skip != Length::Everything {
                return Err(wrong("table", format!("{:?} has no event_date, so its rows have no time", table.name))
                    .help("map event_date in the project's file; or take latest, without a window"));
            }
        }
        if aggregate.is_network() && table.event.is_none() {
            return Err(wrong("table", format!("the links of {:?} need an event_date", table.name)));
        }
        self.definitions.push(planned);
        Ok(())
    }
}
