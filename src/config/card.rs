//! A card's file: the sections together, and the checks that span them.

use std::path::{Path, PathBuf};

use scorewright_runtime::artifact::{CardKind, FeatureKind};
use serde::Deserialize;

use super::binning::BinningSection;
use super::cross_validation::CrossValidationSection;
use super::data::{Population, TableSource};
use super::edits::Edits;
use super::features::FeaturesSection;
use super::model::{FitSection, LimitsSection, SampleSection, ScalingSection};
use super::outcome::{HistoryOutcome, OutcomeSection, TableOutcome};
use super::project::ProjectSpec;
use super::rejects::RejectsSection;
use super::segments::SegmentsSection;
use super::selection::SelectionSection;
use super::source::Source;
use crate::error::Result;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardFile {
    card: CardSection,
    table: Option<TableSource>,
    population: Option<Population>,
    rejects: Option<RejectsSection>,
    outcome: OutcomeSection,
    #[serde(default)]
    features: FeaturesSection,
    segments: Option<SegmentsSection>,
    #[serde(default)]
    sample: SampleSection,
    #[serde(default)]
    binning: BinningSection,
    #[serde(default)]
    selection: SelectionSection,
    #[serde(default)]
    fit: FitSection,
    #[serde(default)]
    scaling: ScalingSection,
    #[serde(default)]
    limits: LimitsSection,
    #[serde(default)]
    cross_validation: CrossValidationSection,
}

/// `[card]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSection {
    /// The card's name.
    pub name: String,
    /// The moment of the loan it is for.
    pub kind: CardKind,
    /// What the card is for, in words.
    #[serde(default)]
    pub description: String,
    /// Whom the card scores, and when, in words; else `[population]` or `[table]` in words.
    #[serde(default)]
    pub population: String,
}

/// Where the cases and their outcomes come from.
#[derive(Debug, Clone)]
pub enum CaseSource {
    /// One row a case.
    Table(TableSource, TableOutcome),
    /// Observations on the loan history.
    History(Box<ProjectSpec>, Population, HistoryOutcome),
}

/// A checked card: the file states everything that decides the result.
#[derive(Debug, Clone)]
pub struct CardSpec {
    /// `[card]`.
    pub card: CardSection,
    /// `[table]` or `[population]`, with `[outcome]`.
    pub cases: CaseSource,
    /// `[rejects]`.
    pub rejects: Option<RejectsSection>,
    /// `[features]`.
    pub features: FeaturesSection,
    /// `[segments]`; `None`: one card for all.
    pub segments: Option<SegmentsSection>,
    /// `[sample]`.
    pub sample: SampleSection,
    /// `[binning]`.
    pub binning: BinningSection,
    /// `[selection]`.
    pub selection: SelectionSection,
    /// `[fit]`.
    pub fit: FitSection,
    /// `[scaling]`.
    pub scaling: ScalingSection,
    /// `[limits]`.
    pub limits: LimitsSection,
    /// `[cross_validation]`.
    pub cross_validation: CrossValidationSection,
    /// Seed of every random number of the run.
    pub seed: u64,
    /// The file.
    pub source: Source,
    /// Reviewed edits of the bins, from the file beside it.
    pub edits: Edits,
    /// Names of the files that decide the run, relative to the folder that holds them all: the card, the edits of its bins,
    /// the project.
    pub names: Vec<PathBuf>,
}

/// The texts of a card's files with their names, relative to the folder that holds them all; they need not stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardTexts {
    /// The card.
    pub card: (String, String),
    /// The edits of its bins, where there are any.
    pub edits: Option<(String, String)>,
    /// The project, for a card on the history.
    pub project: Option<(String, String)>,
}

impl CardSpec {
    /// The files that decide the run, by name.
    pub fn configuration(&self) -> Vec<(&Path, &str)> {
        let texts = self.sources().into_iter().map(|source| source.text.as_str());
        self.names.iter().map(PathBuf::as_path).zip(texts).collect()
    }

    fn sources(&self) -> Vec<&Source> {
        let mut sources = vec![&self.source];
        sources.extend(&self.edits.source);
        if let CaseSource::History(project, ..) = &self.cases {
            sources.push(&project.source);
        }
        sources
    }

    /// The names of files on disk, relative to the folder that holds them all.
    fn names_on_disk(&self) -> Result<Vec<PathBuf>> {
        let whole =
            |source: &Source| source.path.canonicalize().map_err(|e| crate::error::unreadable(&source.path, &e));
        let paths = self.sources().into_iter().map(whole).collect::<Result<Vec<PathBuf>>>()?;
        let base = paths[0].ancestors().skip(1).find(|folder| paths.iter().all(|path| path.starts_with(folder)));
        let base = base.unwrap_or(Path::new("/"));
        Ok(paths.iter().map(|path| path.strip_prefix(base).unwrap_or(path).to_path_buf()).collect())
    }

    /// Reads and checks a card's file, the edits of its bins where there are any, and for a card on the history its
    /// project's file.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Unreadable`] and [`crate::error::ErrorKind::Configuration`], with file
    /// and line.
    pub fn read(path: &Path) -> Result<Self> {
        let project = |source: &Source, population: &Population| match &population.project {
            Some(project) => ProjectSpec::read(&source.resolve(project)),
            None => ProjectSpec::find(source.path.parent().unwrap_or(Path::new(""))),
        };
        let mut spec = Self::check(Source::read(path)?, project, || Edits::of_card(path))?;
        spec.names = spec.names_on_disk()?;
        Ok(spec)
    }

    /// Checks a card whose files are given as texts, as if they stood in `folder`: paths of data are resolved against it.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`], with file and line.
    pub fn from_texts(texts: &CardTexts, folder: &Path) -> Result<Self> {
        let source = |(name, text): &(String, String)| Source { path: folder.join(name), text: text.clone() };
        let card = source(&texts.card);
        let beside = card.path.with_extension("bins.toml");
        let project = |card: &Source, _: &Population| match &texts.project {
            Some(project) => ProjectSpec::from_source(source(project)),
            None => Err(card.error(&["population"], "the card is on a history, but its project is not given")),
        };
        let edits = || match &texts.edits {
            Some(edits) => Edits::from_source(source(edits)),
            None => Ok(Edits::none(beside)),
        };
        let mut spec = Self::check(card, project, edits)?;
        let given = [Some(&texts.card), texts.edits.as_ref(), texts.project.as_ref()];
        spec.names = given.into_iter().flatten().map(|(name, _)| PathBuf::from(name)).collect();
        Ok(spec)
    }

    /// Checks a card; `project` and `edits` give its other files.
    fn check(
        source: Source,
        project: impl FnOnce(&Source, &Population) -> Result<ProjectSpec>,
        edits: impl FnOnce() -> Result<Edits>,
    ) -> Result<Self> {
        let mut file: CardFile = source.parse()?;
        if file.card.name.trim().is_empty() {
            return Err(source.error(&["card", "name"], "the card's name is empty"));
        }
        file.features.check(&source)?;
        file.sample.check(&source)?;
        file.binning.check(&source)?;
        file.selection.check(&source)?;
        file.fit.check(&source)?;
        file.scaling.check(&source)?;
        file.limits.check(&source)?;
        file.cross_validation.check(&source)?;
        let cases = match (file.table, file.population) {
            (Some(_), Some(_)) => {
                return Err(source.error(&["population"], "a card has either [table] or [population], not both"));
            }
            (None, None) => {
                return Err(source
                    .error(&[], "a card needs [table] (one row a case) or [population] (from the history)")
                    .help("see the commented cards that `scorewright new` writes"));
            }
            (Some(table), None) => {
                table.check(&source)?;
                if !file.features.library.is_empty() {
                    return Err(source.error(
                        &["features", "library"],
                        "standard features need a history ([population]); a table's features are its columns",
                    ));
                }
                if !file.features.define.is_empty() {
                    return Err(source.error(
                        &["features", "define"],
                        "features by definition need a history ([population]); a table's features are its columns",
                    ));
                }
                if file.selection.max_per_source.is_some() {
                    return Err(source
                        .error(
                            &["selection", "max_per_source"],
                            "max_per_source needs a history ([population]): a table's columns all come from one source",
                        )
                        .help(
                            "name the features that belong together: [selection.themes.NAME] features = [...], max = 2",
                        ));
                }
                if file.sample.out_of_time_from.is_some() && table.observed_at.is_none() {
                    return Err(source
                        .error(&["sample", "out_of_time_from"], "an out-of-time sample needs the day of observation")
                        .help("name the date column: [table] observed_at = \"...\""));
                }
                CaseSource::Table(table, file.outcome.for_table(&source)?)
            }
            (None, Some(population)) => {
                population.check(&source)?;
                if file.features.define.is_empty() && file.features.library.is_empty() {
                    return Err(source.error(
                        &["features"],
                        "a card on the history needs features by definition: [features.define.NAME], or library = [\"*\"]",
                    )
                    .help("see the commented cards that `scorewright new` writes"));
                }
                let project = project(&source, &population)?;
                CaseSource::History(Box::new(project), population, file.outcome.for_history(&source)?)
            }
        };
        if let Some(rejects) = &file.rejects {
            rejects.check(&cases, &file.features, &source)?;
        }
        let project_seed = match &cases {
            CaseSource::History(project, ..) => project.seed,
            CaseSource::Table(..) => None,
        };
        let edits = edits()?;
        if let Some(segments) = &file.segments {
            segments.check(&source)?;
            file.features.needed.push(segments.column.clone());
            if !segments.is_numeric() {
                let settings = file.features.columns.entry(segments.column.clone()).or_default();
                settings.kind.get_or_insert(FeatureKind::Categorical);
            }
            refuse_edits(&edits)?;
        }
        Ok(CardSpec {
            seed: file.sample.seed.or(project_seed).unwrap_or(1),
            card: file.card,
            cases,
            rejects: file.rejects,
            features: file.features,
            sample: file.sample,
            binning: file.binning,
            selection: file.selection,
            fit: file.fit,
            scaling: file.scaling,
            limits: file.limits,
            cross_validation: file.cross_validation,
            edits,
            segments: file.segments,
            source,
            names: Vec::new(),
        })
    }
}

/// Bins are edited for all cases; those of a segment are found on its own.
fn refuse_edits(edits: &Edits) -> Result<()> {
    match edits.edits.iter().find(|edit| edits.features().contains(&edit.feature.as_str())) {
        None => Ok(()),
        Some(edit) => Err(edits.error(edit, "the card has [segments], whose bins cannot be edited").help(
            "take the edits or [segments] out; fixed cuts and groups ([features.columns.NAME]) hold in every segment",
        )),
    }
}
