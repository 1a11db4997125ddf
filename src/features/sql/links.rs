//! Links between units: who shares a node with whom, as known at the day of observation.

use super::rows::Rows;
use super::{Built, OBSERVATIONS, Query, features_number, number_kind, parts, values};
use crate::config::{Aggregate, Definition};
use crate::error::Result;
use crate::expression::{Dialect, ValueType};
use crate::features::plan::Plan;
use crate::history::HistoryTable;

impl Query<'_> {
    /// A definition over links.
    pub(super) fn network(
        &mut self,
        name: &str,
        definition: &Definition,
        table: &HistoryTable,
        key: &str,
        keyed: &str,
    ) -> Result<Built> {
        let d = self.dialect;
        let keys = ["features", "define", name];
        let mut plan = Plan::default();
        plan.add(name, &keys, definition, table, None, &self.spec.source)?;
        let Some((planned, node)) = plan.definitions.first().and_then(|planned| Some((planned, planned.node?))) else {
            return super::fault("links without a node");
        };
        let number = features_number(&self.parts);
        // The links that count at all, whoever observes them.
        let sql = |slot: usize| {
            let evaluated = &plan.expressions[slot];
            let sql = evaluated.expression.to_sql(d, &|column| format!("r.{}", d.identifier(column)));
            if evaluated.as_text { d.category(&sql, evaluated.expression.value_type()) } else { sql }
        };
        let condition = planned.condition.map(|slot| format!(" AND {}", sql(slot))).unwrap_or_default();
        let links = self.part(format!("links_{number}"), || {
            format!(
                "SELECT r.sw_key AS unit, {node} AS node, r.sw_event AS event, r.sw_known AS known\n  FROM {keyed} AS r\n  \
                 WHERE {node} IS NOT NULL{condition}",
                node = sql(node)
            )
        });
        let points =
            format!("SELECT case_id, CAST(observed_at AS DATE) AS t, {} AS unit FROM {OBSERVATIONS}", self.name(key));
        let built = |part: String| Built {
            name: name.to_owned(),
            value_type: ValueType::Number,
            part,
            column: "value".into(),
            otherwise: None,
        };
        if planned.aggregate == Aggregate::LinkedGroup {
            if d == Dialect::Spark {
                return Err(self
                    .spec
                    .source
                    .error(&keys, format!("feature {name:?}: linked_group cannot be written for Spark, which has no recursive queries before 4.1"))
                    .help("leave it out there (features.exclude), or compute it by a graph library and join it"));
            }
            self.recursive = true;
            let reached = self.part(format!("reached_{number}"), || {
                format!(
                    "SELECT o.case_id, o.t, o.unit\n  FROM ({points}) AS o\n  \
                     WHERE EXISTS (SELECT 1 FROM {links} AS own WHERE own.unit = o.unit AND own.known <= o.t)\n  UNION\n  \
                     SELECT g.case_id, g.t, far.unit\n  FROM reached_{number} AS g\n  \
                     JOIN {links} AS near ON near.unit = g.unit AND near.known <= g.t\n  \
                     JOIN {links} AS far ON far.node = near.node AND far.known <= g.t"
                )
            });
            let size = d.cast("COUNT(*) - 1", ValueType::Number);
            return Ok(built(self.part(format!("feature_{number}"), || {
                format!("SELECT case_id, {size} AS value\n  FROM {reached}\n  GROUP BY case_id")
            })));
        }
        let mut of_links = Rows::new(self, table, &plan, String::new(), &["case_id"]);
        of_links.days = ["o.t", "l.event"];
        let seen = format!("l.event <= o.t AND l.known <= o.t AND {}", of_links.window(planned));
        let own = self.part(format!("own_{number}"), || {
            format!(
                "SELECT DISTINCT o.case_id, o.t, o.unit, l.node\n  FROM ({points}) AS o\n  \
                 JOIN {links} AS l ON l.unit = o.unit\n  WHERE {seen}"
            )
        });
        let others = self.part(format!("others_{number}"), || {
            format!(
                "SELECT DISTINCT o.case_id, o.t, l.unit\n  FROM {own} AS o\n  \
                 JOIN {links} AS l ON l.node = o.node AND l.unit <> o.unit\n  WHERE {seen}"
            )
        });
        let with_link = format!("(SELECT DISTINCT case_id FROM {own}) AS o");
        let Some(of) = &definition.of else {
            let count = d.cast("COUNT(l.unit)", ValueType::Number);
            return Ok(built(self.part(format!("feature_{number}"), || {
                format!(
                    "SELECT o.case_id, {count} AS value\n  FROM {with_link}\n  \
                     LEFT JOIN {others} AS l ON l.case_id = o.case_id\n  GROUP BY o.case_id"
                )
            })));
        };
        let table_of = self.history.table(of.table.as_deref().unwrap_or_default())?;
        let keyed_of = self.keyed_table(table_of, key)?;
        let mut plan_of = Plan::default();
        plan_of.add(name, &["features", "define", name, "of"], of, table_of, number_kind(), &self.spec.source)?;
        let Some(planned_of) = plan_of.definitions.first() else { return super::fault("a definition is gone") };
        let rows = Rows::new(self, table_of, &plan_of, format!("rows_of_{number}"), &["case_id", "unit"]);
        let points = format!("SELECT case_id, t, unit FROM {others}");
        let text = rows.select(self, &plan_of, &points, &keyed_of, table_of);
        self.part(rows.name.clone(), || text);
        let of_units = values(planned_of, &rows);
        let computed = self.part(format!("values_of_{number}"), || of_units.select);
        let across = definition.across.unwrap_or_default();
        let value = match of_units.otherwise {
            // A unit without rows counts as 0; where there is no unit there is nothing to count.
            Some(otherwise) => format!("CASE WHEN l.unit IS NOT NULL THEN COALESCE(c.value, {otherwise}) END"),
            None => "c.value".into(),
        };
        let one = parts::across(across, &rows);
        Ok(built(self.part(format!("feature_{number}"), || {
            format!(
                "SELECT case_id, {one} AS value\n  FROM (\n    SELECT o.case_id, {value} AS value\n    FROM {with_link}\n    \
                 LEFT JOIN {others} AS l ON l.case_id = o.case_id\n    \
                 LEFT JOIN {computed} AS c ON c.case_id = l.case_id AND c.unit = l.unit\n  ) AS linked\n  GROUP BY case_id"
            )
        })))
    }
}
