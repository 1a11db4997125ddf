//! A challenger beside a card, as a study: page, document and tables.

use std::path::Path;

use plotters::style::RGBColor;

use super::charts::palette::distinct;
use super::charts::{Mark, RankedRow, calibration_of, ranked_chart};
use super::cross_validation::in_words;
use super::study::{Entry, Picture, Section, Study, StudyTable, write_study};
use crate::challenger::{ChallengerStudy, Comparison, Importance, Interaction, Loss, ModelFigures};
use crate::error::Result;
use crate::sample::SampleName;
use crate::validation::Interval;

/// Rows that a chart can show without becoming a wall.
const MOST_ROWS: usize = 30;

fn of_scorecard() -> RGBColor {
    distinct(0)
}

fn of_challenger() -> RGBColor {
    distinct(1)
}

/// Writes challenger.json, report.html and tables/.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_challenger(document: &ChallengerStudy, place: &Path) -> Result<()> {
    write_study(&challenger_study(document)?, "challenger", document, place)
}

/// The study of a challenger.
///
/// # Errors
/// An internal fault of drawing.
pub fn challenger_study(document: &ChallengerStudy) -> Result<Study> {
    Ok(Study {
        card: document.card.clone(),
        title: "Challenger",
        summary: challenger_verdict(document),
        sections: vec![models(document)?, features(document)?, interactions(document), size(document)],
        warnings: document.warnings.clone(),
    })
}

/// What the scorecard leaves on the table, in words.
pub fn challenger_verdict(document: &ChallengerStudy) -> String {
    let Some(auc) = document.holdout().and_then(|holdout| holdout.auc) else {
        return "The models cannot be compared: holdout lacks goods or bads.".to_owned();
    };
    let p_value = auc.p_value.map_or(String::new(), |p| match p {
        p if p < 0.0001 => ", p < 0.0001".to_owned(),
        p => format!(", p = {p:.4}"),
    });
    let difference = format!("{}{p_value}", in_words(auc.difference, 4));
    let models =
        format!("On holdout the scorecard has an AUC of {:.4}, boosted trees have {:.4}.", auc.second, auc.first);
    let verdict = match (auc.difference.low, auc.difference.high) {
        (Some(low), _) if low > 0.0 => format!("The scorecard leaves AUC on the table: {difference}."),
        (_, Some(high)) if high < 0.0 => format!("The scorecard is better: the trees' difference is {difference}."),
        (_, Some(high)) => format!(
            "There is no clear difference: {difference}. What the scorecard leaves on the table is at most about {:.3} of AUC.",
            high.max(0.0)
        ),
        _ => format!("The difference is {difference}."),
    };
    let pairs: Vec<&str> = document
        .interactions
        .iter()
        .filter_map(|interaction| interaction.gain.as_ref())
        .filter(|gain| gain.is_clear())
        .map(|gain| gain.pair.as_str())
        .collect();
    let pairs = match pairs.len() {
        0 => String::new(),
        1 => format!(" The pair {} would help the scorecard.", pairs[0]),
        _ => format!(" Pairs that would help the scorecard, each by itself: {}.", pairs.join(", ")),
    };
    format!("{models} {verdict}{}{pairs}", later(document))
}

/// What becomes of the difference on cases observed later.
fn later(document: &ChallengerStudy) -> String {
    let late = document.samples.iter().find(|comparison| comparison.sample == SampleName::OutOfTime);
    late.and_then(|late| late.auc).map_or(String::new(), |auc| {
        format!(
            " Out of time the scorecard has {:.4}, the trees have {:.4}; the difference is {}.",
            auc.second,
            auc.first,
            in_words(auc.difference, 4)
        )
    })
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn interval(interval: Interval) -> [Entry; 3] {
    [interval.value, interval.low, interval.high].map(|value| Entry::number(value, 4))
}

fn pictures(svg: Option<String>, caption: &str) -> Vec<Picture> {
    svg.map(|svg| Picture { svg, caption: caption.to_owned() }).into_iter().collect()
}

fn models(document: &ChallengerStudy) -> Result<Section> {
    let mut rows = Vec::new();
    let mut differences = Vec::new();
    let mut dots = Vec::new();
    for comparison in &document.samples {
        let sample = comparison.sample.title();
        for (model, figures) in [("scorecard", &comparison.scorecard), ("boosted trees", &comparison.challenger)] {
            rows.push(model_row(sample, model, comparison, figures));
        }
        let mark = |figures: &ModelFigures, colour| Mark {
            colour,
            value: figures.auc.value,
            interval: figures.auc.low.zip(figures.auc.high),
        };
        let marks = vec![mark(&comparison.scorecard, of_scorecard()), mark(&comparison.challenger, of_challenger())];
        dots.push(RankedRow { name: sample.to_owned(), marks });
        // On their own cases the trees always win.
        if let Some(auc) = comparison.auc.filter(|_| comparison.sample != SampleName::Development) {
            let mut row = vec![Entry::text(sample)];
            row.extend(interval(auc.difference));
            row.push(auc.p_value.map_or(Entry::Nothing, Entry::PValue));
            row.extend(interval(comparison.log_loss));
            differences.push(row);
        }
    }
    let chart = ranked_chart("AUC of both models by sample", "AUC", &dots, false, None)?;
    let mut charts = pictures(chart, "AUC with its 95% interval; blue: scorecard, orange: boosted trees.");
    if let Some(holdout) = document.holdout() {
        let chart = calibration_of(
            "expected against observed bad rate of both models",
            ("expected bad rate", "observed bad rate"),
            &[
                ("scorecard", of_scorecard(), &holdout.scorecard.calibration),
                ("boosted trees", of_challenger(), &holdout.challenger.calibration),
            ],
        )?;
        charts.extend(pictures(
            chart,
            "Calibration on holdout: expected and observed bad rate by tenths of each model's own scores.",
        ));
    }
    Ok(Section {
        heading: "Both models".to_owned(),
        text: vec![
            "Boosted trees are a benchmark here and are never exported. Both models were made from the development sample alone; the trees know its cases so well that their figures there say nothing.".to_owned(),
            "The difference of the AUCs is paired, case by case (DeLong); where a group has several cases, by group.".to_owned(),
        ],
        charts,
        tables: vec![
            StudyTable {
                name: "models".to_owned(),
                caption: "AUC with its 95% interval, and the measures of the PDs: an intercept of 0 and a slope of 1 are right.".to_owned(),
                columns: columns(&[
                    "Sample", "Model", "Cases", "Bads", "AUC", "AUC low", "AUC high", "KS", "Log loss", "Brier",
                    "Intercept", "Slope",
                ]),
                rows,
            },
            StudyTable {
                name: "differences".to_owned(),
                caption: "Boosted trees against the scorecard; above 0 is in favour of the trees. Gain: fall of the mean log loss."
                    .to_owned(),
                columns: columns(&[
                    "Sample", "AUC difference", "Low", "High", "p", "Log loss gain", "Gain low", "Gain high",
                ]),
                rows: differences,
            },
        ],
    })
}

fn model_row(sample: &str, model: &str, comparison: &Comparison, figures: &ModelFigures) -> Vec<Entry> {
    let mut row = vec![
        Entry::text(sample),
        Entry::text(model),
        Entry::Count(comparison.cases as f64),
        Entry::Count(comparison.bads),
    ];
    row.extend(interval(figures.auc));
    let probability = &figures.probability;
    row.extend([
        Entry::number(figures.ks, 4),
        Entry::number(probability.log_loss, 4),
        Entry::number(probability.brier, 4),
        Entry::number(probability.calibration_intercept, 3),
        Entry::number(probability.calibration_slope, 3),
    ]);
    row
}

fn features(document: &ChallengerStudy) -> Result<Section> {
    let auc = |loss: Option<Loss>| loss.map(|loss| loss.auc);
    let row = |importance: &Importance| {
        vec![
            Entry::text(&importance.feature),
            Entry::text(if importance.scorecard.is_some() { "yes" } else { "no" }),
            Entry::number(auc(importance.challenger), 4),
            Entry::number(auc(importance.scorecard), 4),
            Entry::number(importance.challenger.map(|loss| loss.log_loss), 5),
            Entry::number(importance.scorecard.map(|loss| loss.log_loss), 5),
        ]
    };
    let bars: Vec<RankedRow> = document
        .importance
        .iter()
        .take(MOST_ROWS)
        .map(|importance| {
            let mark = |loss, colour| Mark { colour, value: auc(loss), interval: None };
            let marks = vec![mark(importance.scorecard, of_scorecard()), mark(importance.challenger, of_challenger())];
            RankedRow { name: importance.feature.clone(), marks }
        })
        .collect();
    let chart =
        ranked_chart("permutation importance by feature", "AUC lost without the feature, holdout", &bars, true, None)?;
    let left: Vec<&str> = document
        .importance
        .iter()
        .filter(|importance| {
            importance.scorecard.is_none() && auc(importance.challenger).is_some_and(|auc| auc >= 0.001)
        })
        .map(|importance| importance.feature.as_str())
        .collect();
    let left = match left.is_empty() {
        true => "The trees use no feature to speak of that the scorecard left out.".to_owned(),
        false => format!(
            "Features that the scorecard left out and the trees lose 0.001 of AUC or more without: {}.",
            left.join(", ")
        ),
    };
    Ok(Section {
        heading: "Features".to_owned(),
        text: vec![
            left,
            "What a model loses on holdout when the values of a feature are dealt out anew among the cases. Features that say the same share their importance, so that each looks worth little.".to_owned(),
        ],
        charts: pictures(chart, "AUC lost without the feature; blue: scorecard, orange: boosted trees."),
        tables: vec![StudyTable {
            name: "importance".to_owned(),
            caption: "Loss of AUC and rise of log loss on holdout, mean of five permutations.".to_owned(),
            columns: columns(&[
                "Feature", "In the card", "AUC, trees", "AUC, scorecard", "Log loss, trees", "Log loss, scorecard",
            ]),
            rows: document.importance.iter().map(row).collect(),
        }],
    })
}

fn interactions(document: &ChallengerStudy) -> Section {
    let is_timed = document.samples.iter().any(|comparison| comparison.sample == SampleName::OutOfTime);
    let mut names = vec!["Pair", "Strength", "H", "In the scorecard", "Log loss gain", "Gain low", "Gain high"];
    if is_timed {
        names.push("Gain out of time");
    }
    names.extend(["AUC gain", "p"]);
    let row = |interaction: &Interaction| {
        let gain = interaction.gain.as_ref();
        let mut row = vec![
            Entry::text(format!("{} × {}", interaction.of[0], interaction.of[1])),
            Entry::Number(interaction.strength, 3),
            Entry::number(interaction.h, 3),
            Entry::text(match gain {
                None => "not tried",
                Some(gain) if gain.failed.is_some() => "cannot be fitted",
                Some(gain) if gain.chosen => "chosen",
                Some(_) => "not chosen",
            }),
        ];
        row.extend(interval(gain.map_or(Interval::UNDEFINED, |gain| gain.log_loss)));
        if is_timed {
            let later = gain.and_then(|gain| gain.log_loss_out_of_time);
            row.push(Entry::number(later.and_then(|later| later.value), 4));
        }
        let auc = gain.and_then(|gain| gain.auc);
        row.push(Entry::number(auc.and_then(|auc| auc.difference.value), 4));
        row.push(auc.and_then(|auc| auc.p_value).map_or(Entry::Nothing, Entry::PValue));
        row
    };
    let mut text = vec![
        "Strength: by how much, in log odds, the trees' answer to two features together differs from the sum of their answers to each. H is the share of the joint effect that this makes (Friedman and Popescu). The strongest pairs were given to the card as features, one at a time, and its own selection took them or not; the gain is measured on holdout, against the card without. Several pairs may gain from the same thing, so add one and look again; and with several tried, one may look useful by chance.".to_owned(),
    ];
    if document.interactions.is_empty() {
        text = vec![
            "The trees split by no two of the most important features together: they found no interaction.".to_owned(),
        ];
    }
    match &document.proposal {
        Some(proposal) => text.push(format!("To paste into the card, one or several of:\n{proposal}")),
        None if !document.interactions.is_empty() => {
            text.push(
                "None of the pairs that were tried gains clearly on holdout without losing out of time.".to_owned(),
            );
        }
        None => {}
    }
    let table = StudyTable {
        name: "interactions".to_owned(),
        caption: "Pairs that the trees use together, the strongest first; gain: fall of the scorecard's mean log loss on holdout."
            .to_owned(),
        columns: columns(&names),
        rows: document.interactions.iter().map(row).collect(),
    };
    Section {
        heading: "Interactions".to_owned(),
        text,
        charts: Vec::new(),
        tables: if document.interactions.is_empty() { Vec::new() } else { vec![table] },
    }
}

fn size(document: &ChallengerStudy) -> Section {
    let rows = document
        .trials
        .iter()
        .map(|trial| {
            vec![
                Entry::Count(trial.leaves as f64),
                Entry::Count(trial.trees as f64),
                Entry::Number(trial.log_loss, 5),
                Entry::text(if trial.taken { "taken" } else { "" }),
            ]
        })
        .collect();
    let params = &document.params;
    Section {
        heading: "The challenger".to_owned(),
        text: vec![format!(
            "{} trees of at most {} leaves, learning rate {}, penalty {}, at least {} cases a leaf. Leaves and trees were chosen by the log loss on {} of the development cases that were left out of fitting, groups kept together; then the trees were fitted on all development cases. Trees of two leaves can find no interaction: where they do best, a sum of features is what the data support.",
            document.trees,
            params.leaves,
            params.learning_rate,
            params.l2,
            params.min_cases,
            if document.parts == 1 { "a fifth".to_owned() } else { format!("{} fifths in their turn", document.parts) }
        )],
        charts: Vec::new(),
        tables: vec![StudyTable {
            name: "trials".to_owned(),
            caption: "Numbers of leaves that were tried.".to_owned(),
            columns: columns(&["Leaves", "Trees", "Log loss", "Remark"]),
            rows,
        }],
    }
}
