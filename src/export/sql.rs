//! One SQL query that scores a table: a chain of steps, each a common table expression, so that no step writes the
//! expressions of another again. What it means stands in docs/export/sql.md.

mod bins;
mod checks;
mod dialect;
mod ranks;

use std::fmt::Write;

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{Feature, FeatureKind, UnforeseenPolicy};
use scorewright_runtime::reasons::MOST_REASONS;

use self::bins::{Place, case, cell, comment, leave_values_out, of_axis, of_bins, one_line, position};
pub use self::dialect::Dialect;
use self::ranks::Ranks;
use super::answers::{Answer, answers};
use super::{Standing, Subject};
use crate::error::Result;

/// The table that a query reads where nobody names one.
pub const TABLE: &str = "cases";

/// A scorecard as a query on a table; `table` may be qualified, as in `risk.cases`.
///
/// # Errors
/// [`crate::error::ErrorKind::Artifact`]: a card with a column or a text that the dialect cannot say;
/// [`crate::error::ErrorKind::Usage`]: a table without a name.
pub fn export_sql(card: &Scorecard, standing: &Standing, dialect: Dialect, table: &str) -> Result<Vec<u8>> {
    query(&Subject::new(card, standing)?, dialect, table)
}

pub(super) fn query(subject: &Subject<'_>, dialect: Dialect, table: &str) -> Result<Vec<u8>> {
    checks::check(subject, dialect, table)?;
    let answers: Vec<Vec<Answer>> =
        (0..subject.card.features().len()).map(|position| answers(subject.card, position)).collect();
    let ranks = Ranks::new(&answers);
    let mut query = Query { card: subject.card, dialect, answers, ranks, steps: Vec::new() };
    query.values(table);
    query.segments_and_axes();
    query.bins();
    query.points();
    query.score();
    query.reasons();
    Ok(query.finish(subject).into_bytes())
}

/// A query in the making.
struct Query<'a> {
    card: &'a Scorecard,
    dialect: Dialect,
    /// What each feature gives for its bins.
    answers: Vec<Vec<Answer>>,
    ranks: Ranks,
    /// Name and text of each step so far.
    steps: Vec<(String, String)>,
}

impl<'a> Query<'a> {
    fn features(&self) -> impl Iterator<Item = (usize, &'a Feature)> + use<'a> {
        self.card.features().iter().enumerate()
    }

    /// Adds a step: what it selects, each with the comment that stands before it, from the step before.
    fn step(&mut self, name: &str, items: &[(String, String)]) {
        let before = self.steps.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let items: Vec<(String, String)> =
            [(String::new(), format!("{before}.*"))].into_iter().chain(items.iter().cloned()).collect();
        self.step_from(name, &items, &before);
    }

    fn step_from(&mut self, name: &str, items: &[(String, String)], from: &str) {
        let text = format!("    SELECT\n{}\n    FROM {from}{}", selected(items), self.dialect.fence());
        self.steps.push((format!("scorewright_{name}"), text));
    }

    /// The columns that the card takes, in one type for numbers and one for texts, NULL where there is no value.
    fn values(&mut self, table: &str) {
        let dialect = self.dialect;
        let mut items: Vec<(String, String)> = dialect.whole_row().map(plain).into_iter().collect();
        for (position, input) in self.card.inputs().iter().enumerate() {
            let column = match input.kind {
                FeatureKind::Numeric => dialect.column_of_numbers(&input.name),
                _ => dialect.column_of_texts(&input.name),
            };
            items.push(plain(format!("{column} AS v{}", position + 1)));
        }
        if dialect == Dialect::Ansi {
            let carried = self.carried().into_iter().map(|(column, name)| format!("{column} AS {name}"));
            items.extend(carried.map(plain));
            if let Some((before, _)) = items.first_mut() {
                "the values; to carry further columns along, such as a key, add them here ...".clone_into(before);
            }
        }
        self.step_from("values", &items, &dialect.from(table));
    }

    /// Columns of the card that are carried along one by one, and the names they have meanwhile.
    fn carried(&self) -> Vec<(String, String)> {
        let inputs = self.card.inputs().iter().enumerate();
        inputs
            .filter(|(_, input)| !self.is_output(&input.name))
            .map(|(position, input)| (self.dialect.identifier(&input.name), format!("c{}", position + 1)))
            .collect()
    }

    /// Positions of the segment and on the axes of pairs.
    fn segments_and_axes(&mut self) {
        let mut items: Vec<(String, String)> = Vec::new();
        if let Some(segments) = &self.card.document().segments {
            let places: Vec<Place<'_>> = segments
                .segments
                .iter()
                .enumerate()
                .flat_map(|(position, segment)| {
                    segment.values.iter().map(move |value| Place {
                        domain: &value.domain,
                        position,
                        label: &value.label,
                    })
                })
                .collect();
            let other = segments.segments.len();
            // The column that tells the segment is the first input.
            let sql = position(self.dialect, "v1", segments.kind, &places, other, None);
            items.push((format!("segment by {}", segments.input), format!("{sql} AS s")));
        }
        for (number, feature) in self.features() {
            let Some(axes) = &feature.axes else { continue };
            for (place, (axis, input)) in axes.iter().zip(self.card.feature_inputs(number)).enumerate() {
                let value = format!("v{}", input + 1);
                let sql = position(self.dialect, &value, axis.kind, &of_axis(axis), axis.bins.len(), None);
                let name = axis_name(number, place);
                items.push((format!("{}: {}", feature.name, axis.input), format!("{sql} AS {name}")));
            }
        }
        if !items.is_empty() {
            self.step("axes", &items);
        }
    }

    /// The bin of each feature, by its position; NULL for features of other segments.
    fn bins(&mut self) {
        let bin = |(number, feature): (usize, &Feature)| {
            let unforeseen = feature.bins.len();
            let guard = self.card.feature_segment(number).map(|own| format!("WHEN NOT {} THEN NULL", self.is_in(own)));
            let sql = match (&feature.axes, self.card.feature_inputs(number)) {
                (Some([rows, columns]), _) => {
                    let names = [0, 1].map(|place| axis_name(number, place));
                    cell([(&names[0], rows), (&names[1], columns)], &feature.bins, unforeseen, guard)
                }
                (None, inputs) => {
                    let value = format!("v{}", inputs.first().map_or(0, |input| input + 1));
                    position(self.dialect, &value, feature.kind, &of_bins(&feature.bins), unforeseen, guard)
                }
            };
            (feature.name.clone(), format!("{sql} AS b{}", number + 1))
        };
        let items: Vec<_> = self.features().map(bin).collect();
        self.step("bins", &items);
    }

    /// Whether the case belongs to the segment at this position: a value of no segment has the position after the last.
    fn is_in(&self, own: usize) -> String {
        let segments = self.card.document().segments.as_ref();
        let is_other = segments.is_some_and(|segments| {
            segments
                .otherwise
                .as_ref()
                .is_some_and(|other| segments.segments.get(own).is_some_and(|segment| segment.name == *other))
        });
        let other = segments.map_or(0, |segments| segments.segments.len());
        if is_other { format!("s IN ({own}, {other})") } else { format!("s IN ({own})") }
    }

    /// Points, rank among the reasons, and reason of each feature.
    fn points(&mut self) {
        let refuses = self.card.document().unforeseen == UnforeseenPolicy::Error;
        let mut items: Vec<(String, String)> = Vec::new();
        for (number, feature) in self.features() {
            let Some(answers) = self.answers.get(number) else { continue };
            let bin = format!("b{}", number + 1);
            let choice = |of: &dyn Fn(usize, &Answer) -> Option<String>, otherwise: String, name: &str| {
                let mut lines: Vec<String> = vec![];
                for (position, answer) in answers.iter().enumerate() {
                    lines.extend(of(position, answer).map(|value| format!("WHEN {bin} = {position} THEN {value}")));
                }
                lines.push(format!("ELSE {otherwise}"));
                format!("{} AS {name}{}", case(&lines), number + 1)
            };
            let points = |position: usize, answer: &Answer| {
                let is_refused = refuses && position == feature.bins.len();
                (!is_refused).then(|| self.dialect.number(answer.points))
            };
            items.push((feature.name.clone(), choice(&points, "NULL".to_owned(), "p")));
            if self.costs(number) {
                let rank = |_: usize, answer: &Answer| self.ranks.of(number, answer).map(|rank| rank.to_string());
                items.push(plain(choice(&rank, self.ranks.none().to_string(), "r")));
                let text = |_: usize, answer: &Answer| {
                    self.ranks.of(number, answer).map(|_| self.dialect.text(&answer.reason))
                };
                items.push(plain(choice(&text, self.dialect.no_text(), "t")));
            }
        }
        self.step("points", &items);
    }

    /// Whether a feature can be a reason.
    fn costs(&self, number: usize) -> bool {
        self.answers.get(number).is_some_and(|answers| answers.iter().any(|answer| answer.lost > 0.0))
    }

    /// The score, NULL where the card refuses the case, and the number of unforeseen values.
    fn score(&mut self) {
        let document = self.card.document();
        let sum = |base: f64, of: Option<usize>| {
            let own = self.features().filter(|(number, _)| self.card.feature_segment(*number) == of);
            let points = own.map(|(number, _)| format!("p{}", number + 1)).collect::<Vec<_>>().join(" + ");
            let base = self.dialect.number(base);
            match of {
                // The runtime adds the base points of a segment last.
                Some(_) => format!("{base} + ({points})"),
                None if points.is_empty() => base,
                None => format!("{base} + {points}"),
            }
        };
        let mut unforeseen: Vec<String> = Vec::new();
        let one_if = |condition: String| format!("CASE WHEN {condition} THEN 1 ELSE 0 END");
        let score = match &document.segments {
            None => sum(document.base_points, None),
            Some(segments) => {
                let of =
                    |(place, base): (usize, f64)| format!("WHEN {} THEN {}", self.is_in(place), sum(base, Some(place)));
                let bases = segments.segments.iter().map(|segment| segment.base_points);
                let lines: Vec<String> = bases.enumerate().map(of).collect();
                let places: Vec<Place<'_>> = segments
                    .segments
                    .iter()
                    .flat_map(|segment| &segment.values)
                    .map(|value| Place { domain: &value.domain, position: 0, label: &value.label })
                    .collect();
                if leave_values_out(segments.kind, &places) {
                    unforeseen.push(one_if(format!("s = {}", segments.segments.len())));
                }
                case(&lines)
            }
        };
        for (number, feature) in self.features() {
            let can_be = match &feature.axes {
                None => leave_values_out(feature.kind, &of_bins(&feature.bins)),
                Some(axes) => axes.iter().any(|axis| leave_values_out(axis.kind, &of_axis(axis))),
            };
            if can_be {
                unforeseen.push(one_if(format!("b{} = {}", number + 1, feature.bins.len())));
            }
        }
        if unforeseen.is_empty() {
            unforeseen.push("0".to_owned());
        }
        let unforeseen = unforeseen.join("\n        + ");
        self.step("score", &[plain(format!("{score} AS score")), plain(format!("{unforeseen} AS unforeseen"))]);
    }

    /// The ranks of the reasons, one after the other: each is the lowest that is above the one before.
    fn reasons(&mut self) {
        let none = self.ranks.none();
        for place in 1..=MOST_REASONS {
            let costly = self.features().filter(|(number, _)| self.costs(*number)).map(|(number, _)| number + 1);
            let ranks: Vec<String> = match place {
                1 => costly.map(|number| format!("r{number}")).collect(),
                _ => {
                    let before = place - 1;
                    let later =
                        |number| format!("CASE WHEN r{number} > reason_rank_{before} THEN r{number} ELSE {none} END");
                    costly.map(later).collect()
                }
            };
            let lowest = match ranks.is_empty() {
                true => none.to_string(),
                false => {
                    format!("LEAST(\n            {},\n            {none}\n        )", ranks.join(",\n            "))
                }
            };
            let mut items = Vec::new();
            let rank = match place {
                1 => {
                    let scaling = &self.card.document().scaling;
                    let (offset, factor) = (self.dialect.number(scaling.offset), self.dialect.number(scaling.factor));
                    items.push(plain(format!("(score - {offset}) / {factor} AS log_odds")));
                    format!("CASE WHEN score IS NULL THEN {none} ELSE {lowest} END")
                }
                _ => lowest,
            };
            items.push(plain(format!("{rank} AS reason_rank_{place}")));
            self.step(&format!("reason_{place}"), &items);
        }
    }

    fn is_output(&self, name: &str) -> bool {
        outputs(self.card).iter().any(|output| self.dialect.is_same_column(output, name))
    }

    /// The whole text: head, steps, and what comes out.
    fn finish(&self, subject: &Subject<'_>) -> String {
        let mut text = String::new();
        for sentence in subject.head() {
            text.push_str(&format!("-- {}\n", one_line(&sentence)));
        }
        let notes = checks::notes(self.card, self.dialect);
        let about = [format!(
            "For {}. One row a case; score and pd are NULL where the card refuses the case.",
            self.dialect.name()
        )];
        for note in about.iter().chain(&notes) {
            text.push_str(&format!("-- {}\n", one_line(note)));
        }
        text.push_str("WITH\n");
        let steps: Vec<String> =
            self.steps.iter().map(|(name, step)| format!("{name} {} (\n{step}\n)", self.dialect.step())).collect();
        text.push_str(&steps.join(",\n"));
        let last = self.steps.last().map_or("", |(name, _)| name);
        let _ = write!(text, "\nSELECT\n{}\nFROM {last}\n", selected(&self.outputs()));
        text
    }

    /// What the query gives.
    fn outputs(&self) -> Vec<(String, String)> {
        let (one, zero) = (self.dialect.number(1.0), self.dialect.number(0.0));
        let (high, low) = (self.dialect.number(700.0), self.dialect.number(-700.0));
        let mut items: Vec<(String, String)> = Vec::new();
        if let Some(segments) = &self.card.document().segments {
            let name = |(place, name): (usize, &String)| {
                format!("WHEN {} THEN {}", self.is_in(place), self.dialect.text(name))
            };
            let lines: Vec<String> =
                segments.segments.iter().map(|segment| &segment.name).enumerate().map(name).collect();
            items.push(plain(format!("{} AS segment", case(&lines))));
        }
        items.push(plain("score".to_owned()));
        // Beyond these log odds PDs are 0 and 1 to a double, and some engines fail on what EXP gives.
        let pd = [
            format!("WHEN log_odds > {high} THEN {zero}"),
            format!("WHEN log_odds < {low} THEN {one}"),
            format!("ELSE {one} / ({one} + EXP(log_odds))"),
        ];
        items.push(plain(format!("{} AS pd", case(&pd))));
        for place in 1..=MOST_REASONS {
            let rank = format!("reason_rank_{place}");
            let mut lines = vec![format!("WHEN {rank} = {} THEN {}", self.ranks.none(), self.dialect.no_text())];
            for (number, _) in self.features().filter(|(number, _)| self.costs(*number)) {
                lines.push(format!("WHEN {rank} = r{0} THEN t{0}", number + 1));
            }
            items.push(plain(format!("{} AS reason_{place}", case(&lines))));
        }
        items.push(plain("unforeseen".to_owned()));
        if self.dialect == Dialect::Ansi {
            let carried = self.carried().into_iter().map(|(column, name)| plain(format!("{name} AS {column}")));
            items.extend(carried);
            if let Some((before, _)) = items.first_mut() {
                "... and here".clone_into(before);
            }
        } else {
            let inputs = self.card.inputs().iter().map(|input| input.name.clone());
            let hidden: Vec<String> = inputs.filter(|name| self.is_output(name)).collect();
            items.push(plain(self.dialect.columns_of_row(&hidden)));
        }
        items
    }
}

/// The names of what the query gives of itself.
fn outputs(card: &Scorecard) -> Vec<String> {
    let segment = card.document().segments.as_ref().map(|_| "segment".to_owned());
    let reasons = (1..=MOST_REASONS).map(|place| format!("reason_{place}"));
    let own = ["score", "pd"].map(str::to_owned).into_iter();
    segment.into_iter().chain(own).chain(reasons).chain(["unforeseen".to_owned()]).collect()
}

/// The position on an axis of the pair with this number.
fn axis_name(number: usize, axis: usize) -> String {
    format!("b{}_{}", number + 1, axis + 1)
}

/// An item without a comment.
fn plain(item: String) -> (String, String) {
    (String::new(), item)
}

/// The items of a SELECT, each after its comment.
fn selected(items: &[(String, String)]) -> String {
    let lines = items.iter().enumerate().map(|(place, (before, item))| {
        let comma = if place + 1 == items.len() { "" } else { "," };
        let before = comment(before);
        let before = if before.is_empty() { String::new() } else { format!("        -- {before}\n") };
        format!("{before}        {item}{comma}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
