//! The proposed segments as a study for readers.

use super::{Candidate, Proposal};
use crate::evidence::Verdict;
use crate::report::{Entry, Section, Study, StudyTable};
use crate::validation::Difference;

/// Most columns that the page lists.
const MOST_LISTED: usize = 30;

/// The page of a proposal.
pub fn segments_study(proposal: &Proposal) -> Study {
    let mut warnings = Vec::new();
    if proposal.checked.is_empty() && !proposal.leaves.is_empty() {
        warnings.push("there is no holdout and no out-of-time sample: the gain is that of the cases on which the splits were chosen".to_owned());
    }
    if proposal.verdict == Verdict::Contradictory {
        warnings.push(
            "the samples that took no part in choosing the splits contradict each other: do not rely on the gain"
                .to_owned(),
        );
    } else if !proposal.checked.is_empty() && proposal.verdict != Verdict::Pays {
        warnings
            .push("the gain in development is not seen on cases that took no part in choosing the splits".to_owned());
    }
    Study {
        card: proposal.card.clone(),
        title: "Proposed segments",
        summary: proposal.in_words(),
        sections: vec![leaves(proposal), checked(proposal), candidates(proposal)],
        warnings,
    }
}

impl Proposal {
    /// What came out, in a sentence or two.
    pub fn in_words(&self) -> String {
        match (self.candidates.first(), self.leaves.len()) {
            (None, _) => format!(
                "No column can be split so that both sides have {} goods and bads in development.",
                self.min_bads
            ),
            (Some(best), 0) => format!(
                "No segments are proposed: the best split, by {}, gains {:.1} in twice the log likelihood and costs {:.1} for its further coefficients.",
                best.column, best.splits[0].gain, best.splits[0].charge
            ),
            (Some(best), leaves) => {
                let (gain, charge) = sums(best);
                let on_others = match self.verdict {
                    Verdict::NotKnown => String::new(),
                    verdict => format!(" On cases that took no part in it: {}.", verdict.words()),
                };
                format!(
                    "{leaves} segments by {} are proposed: they gain {gain:.1} in twice the log likelihood of development and cost {charge:.1} for their further coefficients.{on_others}",
                    best.column
                )
            }
        }
    }
}

fn sums(candidate: &Candidate) -> (f64, f64) {
    candidate.splits.iter().fold((0.0, 0.0), |sum, split| (sum.0 + split.gain, sum.1 + split.charge))
}

fn table(name: &str, caption: &str, columns: &[&str], rows: Vec<Vec<Entry>>) -> StudyTable {
    StudyTable {
        name: name.to_owned(),
        caption: caption.to_owned(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        rows,
    }
}

fn leaves(proposal: &Proposal) -> Section {
    let mut section = Section { heading: "Segments".to_owned(), ..Section::default() };
    if proposal.leaves.is_empty() {
        section.text.push("One card for all is the simplest that the data support.".to_owned());
        return section;
    }
    let rows = proposal.leaves.iter().map(|leaf| {
        let rate = leaf.bads / (leaf.goods + leaf.bads);
        vec![
            Entry::text(&leaf.name),
            Entry::Count(leaf.cases as f64),
            Entry::Count(leaf.goods),
            Entry::Count(leaf.bads),
            Entry::Share(rate),
        ]
    });
    let columns = ["Segment", "Cases", "Goods", "Bads", "Bad rate"];
    section.tables.push(table("segments", "The segments in development, good and bad cases", &columns, rows.collect()));
    let mut columns = vec!["Name"];
    columns.extend(proposal.leaves.iter().map(|leaf| leaf.name.as_str()));
    let row = |name: &str, values: Vec<f64>| {
        let mut row = vec![Entry::text(name)];
        row.extend(values.into_iter().map(|value| Entry::Number(value, 3)));
        row
    };
    let mut rows = vec![row("intercept", proposal.leaves.iter().map(|leaf| leaf.intercept).collect())];
    for (place, feature) in proposal.features.iter().enumerate() {
        rows.push(row(feature, proposal.leaves.iter().map(|leaf| leaf.coefficients[place]).collect()));
    }
    let caption = "Coefficients of the same bins in each segment; 0 where they cannot be told there. Trained with segments, each has bins and selection of its own";
    section.tables.push(table("coefficients", caption, &columns, rows));
    let lines = proposal.section.lines().map(|line| vec![Entry::text(line)]).collect();
    section.tables.push(table(
        "section",
        "For the card, to train it with these segments",
        &["Lines of the card"],
        lines,
    ));
    section
}

fn interval(difference: &Difference, decimals: usize) -> [Entry; 4] {
    [
        Entry::number(difference.value, decimals),
        Entry::number(difference.low, decimals),
        Entry::number(difference.high, decimals),
        difference.p_value.map_or(Entry::Nothing, Entry::PValue),
    ]
}

fn checked(proposal: &Proposal) -> Section {
    let mut section = Section { heading: "On other cases".to_owned(), ..Section::default() };
    section.text.push("With segments minus without, on samples that took no part in choosing columns, cuts or coefficients. AUC by paired DeLong; the log likelihood a case decides, which sees order and level of risk, and the AUC must not contradict it.".to_owned());
    let mut rows = Vec::new();
    for (sample, one) in &proposal.checked {
        let sample = sample.replace('_', " ");
        section.text.push(format!("In {sample}, {} cases: {}.", one.cases, one.verdict.words()));
        let start = |measure: &str| vec![Entry::text(&sample), Entry::text(measure)];
        let auc = [Entry::number(one.auc, 4), Entry::number(one.single_auc, 4)];
        let likelihood = interval(&one.log_likelihood_difference, 5);
        rows.push([start("AUC"), auc.to_vec(), interval(&one.auc_difference, 4).to_vec()].concat());
        rows.push([start("log likelihood a case"), vec![Entry::Nothing; 2], likelihood.to_vec()].concat());
    }
    let columns = ["Sample", "Measure", "With", "Without", "Difference", "Low", "High", "p"];
    section.tables.push(table("checked", "The proposed segments on other cases", &columns, rows));
    section
}

fn candidates(proposal: &Proposal) -> Section {
    let mut section = Section { heading: "Columns and splits".to_owned(), ..Section::default() };
    section.text.push(format!(
        "Every feature was tried: its bins' cuts (without any, its quartiles), or its categories from risky to safe and each against the rest. On both sides the model of the card's features is fitted again over the same weights of evidence. Gain: twice the rise in log likelihood; charge: ln n for each further coefficient (BIC); a split stands where gain is above charge, and a side that stands may be split once more by the same column. Each side has at least {} goods and bads. A card takes its segments from one column: for two, make one column of them.",
        proposal.min_bads
    ));
    let rows = proposal.candidates.iter().take(MOST_LISTED).flat_map(|candidate| {
        candidate.splits.iter().map(|split| {
            vec![
                Entry::text(&candidate.column),
                Entry::Count(split.depth as f64),
                Entry::text(&split.of),
                Entry::text(&split.left),
                Entry::text(&split.right),
                Entry::Number(split.gain, 1),
                Entry::Number(split.charge, 1),
                Entry::Number(split.gain - split.charge, 1),
            ]
        })
    });
    let columns = ["Column", "Depth", "Of", "Side", "Other side", "Gain", "Charge", "Net"];
    section.tables.push(table("splits", "Columns by what all their splits gain, best first", &columns, rows.collect()));
    section
}
