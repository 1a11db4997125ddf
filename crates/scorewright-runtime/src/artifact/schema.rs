//! The document as JSON Schema: derived from its types, with what they do not say by themselves.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{FORMAT_VERSION, OLDEST_FORMAT_VERSION, ScorecardDocument};

/// The JSON Schema (draft 2020-12) of a scorecard document of any format version that this program reads. It states the
/// form; that bins leave no gaps, points follow from the fit and verification rows reproduce only
/// [`Scorecard::from_json`](crate::Scorecard::from_json) can say.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ScorecardDocument>();
    schema.insert("$id".into(), json!("urn:scorewright:scorecard"));
    schema.insert("title".into(), json!("scorewright scorecard"));
    let versions = format!(
        "A scorecard as scorewright writes it: format versions {OLDEST_FORMAT_VERSION} to {FORMAT_VERSION}. Field order is free."
    );
    schema.insert("description".into(), json!(versions));
    // What version 1 did not have.
    let absent = |fields: &[&str]| -> Value {
        json!({ "properties": fields.iter().map(|field| ((*field).to_owned(), json!(false))).collect::<serde_json::Map<_, _>>() })
    };
    let mut version_1 = absent(&["population", "definitions"]);
    version_1["properties"]["lineage"] = absent(&["evidence_sha256"]);
    version_1["properties"]["inputs"] = json!({ "additionalProperties": absent(&["type", "missing", "allowed"]) });
    schema.insert("if".into(), json!({ "properties": { "format_version": { "const": 1 } } }));
    schema.insert("then".into(), version_1);
    schema.to_value()
}

/// Exactly one form of the values that fall into a bin; a bound beside another form is told by [`both_bounds`].
pub(super) fn one_domain(has_cells: bool) -> Value {
    let forms = [&["lower", "upper"][..], &["categories"], &["special"], &["missing"], &["cells"]];
    let shown = forms.into_iter().take(if has_cells { 5 } else { 4 });
    Value::Array(shown.map(|fields| json!({ "required": fields })).collect())
}

/// Neither bound stands without the other.
pub(super) fn both_bounds() -> Value {
    json!({ "lower": ["upper"], "upper": ["lower"] })
}
