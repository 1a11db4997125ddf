//! Which case belongs to which segment.

use scorewright_runtime::artifact::{AxisBin, BinDomain, FeatureKind};

use crate::binning::{categories_label, interval_label};
use crate::cases::{Cases, FeatureColumn, FeatureValues};
use crate::config::{CardSpec, CaseSource, SegmentsSection, name_fault};
use crate::error::{Error, ErrorKind, Result};
use crate::ready_made::means;
use crate::sample::{Sample, Samples};
use crate::suggest;
use crate::table::{Categories, MISSING};

/// Most segments where each category is one.
const MOST_CATEGORIES: usize = 50;

/// The segments of a card's cases.
#[derive(Debug, Clone)]
pub struct SegmentPlan {
    /// The column that tells the segment.
    pub column: String,
    /// Whether it holds numbers or categories.
    pub kind: FeatureKind,
    /// Position of the segment of values that development never saw.
    pub otherwise: Option<usize>,
    /// The segments, in the order of the card.
    pub segments: Vec<PlannedSegment>,
    /// Position of the segment of every case.
    pub of_case: Vec<u16>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// A segment with what belongs to it.
#[derive(Debug, Clone)]
pub struct PlannedSegment {
    /// Its name.
    pub name: String,
    /// The values that belong to it.
    pub values: Vec<AxisBin>,
    /// Weight of its development cases, the indeterminate ones included.
    pub cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
}

impl SegmentPlan {
    /// The segments that `section` makes of cases. What development holds decides which values are known.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a column that cannot tell segments, a value that no case has, or an unknown
    /// segment; [`ErrorKind::Value`] for a case that no segment takes; [`ErrorKind::NoCases`] for a segment without
    /// development goods or bads.
    pub fn new(spec: &CardSpec, section: &SegmentsSection, cases: &Cases, samples: &Samples) -> Result<Self> {
        let column = column(spec, section, cases)?;
        let development = samples.development();
        let (named, of_case) = match &column.values {
            FeatureValues::Numeric(values) if section.is_numeric() => numbers(section, values),
            FeatureValues::Categorical(values) if !section.is_numeric() => {
                categories(spec, section, values, development)?
            }
            FeatureValues::Numeric(_) => {
                return Err(wrong(spec, "column", format!("the column {:?} holds numbers", section.column)).help(
                    "say where segments begin (cuts = [...]), or read the column as categories: [features.columns.NAME] type = \"categorical\"",
                ));
            }
            FeatureValues::Categorical(_) => {
                return Err(wrong(
                    spec,
                    "cuts",
                    format!("the column {:?} holds categories, which have no cuts", section.column),
                )
                .help("put categories together: groups = { NAME = [\"VALUE\", ...] }"));
            }
        };
        let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        let place = |name: &String| names.iter().position(|other| other == name);
        let otherwise = match &section.otherwise {
            None => None,
            Some(name) => Some(place(name).ok_or_else(|| {
                wrong(spec, "otherwise", format!("no segment is called {name:?}")).help(suggest::did_you_mean(
                    name,
                    "segments",
                    names.iter().copied(),
                ))
            })?),
        };
        let of_case = of_case
            .into_iter()
            .enumerate()
            .map(|(case, segment)| segment.or(otherwise).map(|segment| segment as u16).ok_or(case))
            .collect::<std::result::Result<Vec<u16>, usize>>()
            .map_err(|case| no_segment(spec, section, cases, column, case, &names))?;
        let mut segments: Vec<PlannedSegment> = named
            .into_iter()
            .map(|(name, values)| PlannedSegment { name, values, cases: 0.0, goods: 0.0, bads: 0.0 })
            .collect();
        for row in development {
            let (row, outcomes) = (*row as usize, &cases.outcomes);
            let segment = &mut segments[usize::from(of_case[row])];
            segment.cases += outcomes.weights[row];
            segment.goods += outcomes.goods[row];
            segment.bads += outcomes.bads[row];
        }
        let mut plan = SegmentPlan {
            column: section.column.clone(),
            kind: column.values.kind(),
            otherwise,
            segments,
            of_case,
            warnings: Vec::new(),
        };
        plan.check_classes(spec, section)?;
        if let Some(otherwise) = otherwise {
            plan.add_otherwise(otherwise, column, development);
        }
        Ok(plan)
    }

    /// The cases of a segment, by sample; samples without any are left out.
    pub fn samples(&self, segment: usize, samples: &Samples) -> Samples {
        let of_segment = |sample: &Sample| Sample {
            name: sample.name,
            rows: sample
                .rows
                .iter()
                .copied()
                .filter(|row| usize::from(self.of_case[*row as usize]) == segment)
                .collect(),
        };
        let samples = samples.samples.iter().map(of_segment).filter(|sample| !sample.rows.is_empty()).collect();
        Samples { samples, waterfall: Vec::new() }
    }

    fn check_classes(&mut self, spec: &CardSpec, section: &SegmentsSection) -> Result<()> {
        for segment in &self.segments {
            let name = &segment.name;
            for (class, weight) in [("good", segment.goods), ("bad", segment.bads)] {
                if weight <= 0.0 {
                    let what =
                        format!("the segment {name:?} has no {class} case in development ({} cases)", segment.cases);
                    return Err(Error::new(ErrorKind::NoCases, what).in_file(&spec.source.path).in_column(&self.column).help(
                        "a segment needs both to have a card of its own: put it together with another one (groups, cuts, otherwise)",
                    ));
                }
            }
            if segment.bads < section.min_bads {
                self.warnings.push(format!(
                    "the segment {name:?} has {} bads in development, below min_bads = {}: its bins and coefficients are uncertain",
                    segment.bads, section.min_bads
                ));
            }
        }
        Ok(())
    }

    /// Values that development saw and that no segment names are foreseen: they belong to `otherwise` by name.
    fn add_otherwise(&mut self, otherwise: usize, column: &FeatureColumn, development: &[u32]) {
        let mut has_missing = false;
        let mut texts: Vec<String> = Vec::new();
        match &column.values {
            FeatureValues::Numeric(values) => {
                has_missing = development.iter().any(|row| values[*row as usize].is_nan())
            }
            FeatureValues::Categorical(values) => {
                let named = |text: &String| {
                    let domains = self.segments.iter().flat_map(|segment| &segment.values);
                    domains
                        .into_iter()
                        .any(|value| matches!(&value.domain, BinDomain::Categories(texts) if texts.contains(text)))
                };
                for code in codes_seen(values, development) {
                    match values.levels.get(code as usize) {
                        None => has_missing = true,
                        Some(text) if !named(text) => texts.push(text.clone()),
                        Some(_) => {}
                    }
                }
            }
        }
        let values = &mut self.segments[otherwise].values;
        if !texts.is_empty() {
            texts.sort();
            values.push(AxisBin { label: categories_label(&texts), domain: BinDomain::Categories(texts) });
        }
        if has_missing {
            values.push(AxisBin { label: "missing".to_owned(), domain: BinDomain::Missing });
        }
    }
}

type Named = Vec<(String, Vec<AxisBin>)>;

fn wrong(spec: &CardSpec, key: &str, what: String) -> Error {
    spec.source.error(&["segments", key], format!("segments: {what}"))
}

/// The column that tells the segment.
fn column<'a>(spec: &CardSpec, section: &SegmentsSection, cases: &'a Cases) -> Result<&'a FeatureColumn> {
    let columns = cases.columns();
    if let Some(column) = columns.iter().find(|column| column.name == section.column) {
        return Ok(column);
    }
    if let Some((_, reason)) = cases.refused.iter().find(|(column, _)| *column == section.column) {
        return Err(wrong(spec, "column", format!("{:?} cannot tell segments: {reason}", section.column)));
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Err(wrong(spec, "column", format!("there is no column or feature {:?}", section.column))
        .help(suggest::did_you_mean(&section.column, "features", names)))
}

/// Segments by cuts, and that of each case.
fn numbers(section: &SegmentsSection, values: &[f64]) -> (Named, Vec<Option<usize>>) {
    let bound = |place: usize| section.cuts.get(place).copied();
    let named = section.stated_names().into_iter().enumerate().map(|(place, name)| {
        let (lower, upper) = (place.checked_sub(1).and_then(bound), bound(place));
        (name, vec![AxisBin { label: interval_label(lower, upper), domain: BinDomain::Interval { lower, upper } }])
    });
    let segment = |value: &f64| (!value.is_nan()).then(|| section.cuts.partition_point(|cut| cut <= value));
    (named.collect(), values.iter().map(segment).collect())
}

/// Segments by groups, or one a category that development saw; and that of each case.
fn categories(
    spec: &CardSpec,
    section: &SegmentsSection,
    values: &Categories,
    development: &[u32],
) -> Result<(Named, Vec<Option<usize>>)> {
    let groups: Vec<(String, Vec<String>)> = match section.groups.is_empty() {
        true => each_category(spec, values, development)?,
        false => section
            .groups
            .iter()
            .map(|(name, literals)| {
                let texts = literals.iter().map(|literal| {
                    let has = |text: &&String| means(literal, text);
                    values.levels.iter().find(has).cloned().ok_or_else(|| {
                        let levels = values.levels.iter().map(String::as_str).collect::<Vec<_>>();
                        let what = format!("no case has the value {literal}, which the segment {name:?} takes");
                        spec.source
                            .error(&["segments", "groups", name], format!("segments: {what}"))
                            .in_column(&section.column)
                            .help(suggest::did_you_mean(&literal.to_string(), "column's values", levels))
                    })
                });
                let mut texts: Vec<String> = texts.collect::<Result<_>>()?;
                texts.sort();
                Ok((name.clone(), texts))
            })
            .collect::<Result<_>>()?,
    };
    let of_level: Vec<Option<usize>> =
        values.levels.iter().map(|level| groups.iter().position(|(_, texts)| texts.contains(level))).collect();
    let of_case = values.codes.iter().map(|code| of_level.get(*code as usize).copied().flatten()).collect();
    let named = groups.into_iter().map(|(name, texts)| {
        (name, vec![AxisBin { label: categories_label(&texts), domain: BinDomain::Categories(texts) }])
    });
    Ok((named.collect(), of_case))
}

/// The codes that development has, [`MISSING`] included, in the order of the levels.
fn codes_seen(values: &Categories, development: &[u32]) -> Vec<u32> {
    let mut seen = vec![false; values.levels.len() + 1];
    for row in development {
        let code = values.codes[*row as usize];
        seen[if code == MISSING { values.levels.len() } else { code as usize }] = true;
    }
    (0..seen.len()).filter(|place| seen[*place]).map(|place| place as u32).collect()
}

fn each_category(spec: &CardSpec, values: &Categories, development: &[u32]) -> Result<Vec<(String, Vec<String>)>> {
    let mut names: Vec<String> = codes_seen(values, development)
        .into_iter()
        .filter_map(|code| values.levels.get(code as usize).cloned())
        .collect();
    names.sort();
    let advice = "say which values belong together: groups = { NAME = [\"VALUE\", ...] }";
    if let Some(fault) = names.iter().find_map(|name| name_fault(name)) {
        return Err(wrong(spec, "column", fault).help(advice));
    }
    if names.len() < 2 || names.len() > MOST_CATEGORIES {
        let what = format!("each value of the column is a segment, but development has {} values", names.len());
        return Err(wrong(spec, "column", what).help(advice));
    }
    Ok(names.into_iter().map(|name| (name.clone(), vec![name])).collect())
}

fn no_segment(
    spec: &CardSpec,
    section: &SegmentsSection,
    cases: &Cases,
    column: &FeatureColumn,
    case: usize,
    names: &[&str],
) -> Error {
    let value = column.values.text(case);
    let what = match &spec.cases {
        CaseSource::Table(..) => format!("no segment takes the value {value}"),
        CaseSource::History(..) => format!("no segment takes the value {value} of the case {}", cases.id(case)),
    };
    let error = Error::new(ErrorKind::Value, what).in_column(&section.column).help(format!(
        "name the segment of such cases in {} ([segments] otherwise = \"...\"; the segments are {}), or add the value to a segment",
        spec.source.path.display(),
        suggest::list(names.iter().copied())
    ));
    match &spec.cases {
        CaseSource::Table(table, _) => error.in_file(spec.source.resolve(&table.path)).at_row(case + 1),
        CaseSource::History(..) => error.in_file(&spec.source.path),
    }
}
