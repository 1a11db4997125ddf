//! Selection: which features stay, in which step the others went, and why. docs/selection.md states every rule.

mod best_subset;
mod criterion;
mod design;
mod errors;
mod fits;
mod limits;
mod names;
mod path;
mod redundancy;
mod rules;
mod stability;
mod stepwise;

pub use design::Design;
pub use errors::fit_error;
pub use path::{PathStep, StepKind};

use best_subset::MOST_CANDIDATES;
use fits::Fits;
use limits::Limits;
use rules::Sieve;
use stability::Comparison;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::CardSpec;
use crate::error::Result;
use crate::progress::Progress;
use crate::sample::Samples;

/// What became of a feature.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Decision {
    /// The feature.
    pub feature: String,
    /// Whether it is in the model.
    pub selected: bool,
    /// The step that decided: one of [`STEPS`].
    pub step: &'static str,
    /// Why, in words.
    pub reason: String,
    /// Its information value on the development sample; `None` where it has no bins.
    pub information_value: Option<f64>,
}

/// The steps that decide, in their order, each with what became of the features in words.
pub const STEPS: [(&str, &str); 17] = [
    ("selected", "In the card"),
    ("keep", "In the card, kept by name"),
    ("column", "Cannot be a feature"),
    ("drop", "Dropped by name"),
    ("missing", "Too much is missing"),
    ("one bin", "One value or one bin"),
    ("leak", "Looks like the outcome"),
    ("information value", "Says too little"),
    ("stability", "Shifts between samples"),
    ("reversal", "Its bins change their order"),
    ("correlation", "Correlates with a better one"),
    ("vif", "Follows from others"),
    ("collinear", "A linear combination of others"),
    ("stepwise", "Does not improve the model"),
    ("best subset", "Not in the best subset"),
    ("limit", "Beyond a limit"),
    ("sign", "Its coefficient would have the wrong sign"),
];

/// The selected features and how they were found.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Positions of the selected features in the binnings, in the order of falling information value.
    pub selected: Vec<usize>,
    /// One decision a binned feature, in the order of the binnings.
    pub decisions: Vec<Decision>,
    /// The steps of the search.
    pub path: Vec<PathStep>,
    /// What a reader of the run must know.
    pub warnings: Vec<String>,
}

/// Chooses features in the order of [`STEPS`], on the development sample; the others only tell whether shares of bins and
/// their order last. Features of `keep` pass all but the one-bin rule.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for a name in keep, drop or a theme that no feature has, for kept features
/// beyond a limit and for too many candidates for the best subset; [`crate::error::ErrorKind::Features`] where nothing is
/// left; those of the fit.
pub fn select(
    binnings: &[Binning],
    cases: &Cases,
    samples: &Samples,
    spec: &CardSpec,
    progress: &dyn Progress,
) -> Result<Selection> {
    let section = &spec.selection;
    names::check(binnings, &cases.refused, &spec.features.needed, section, &spec.source)?;
    let development = samples.development();
    let mut sieve = Sieve::new(binnings, spec);
    sieve.pass(cases, &Comparison::new(&cases.outcomes, samples), development, spec);

    // Best first; ties in the order of the table.
    let value = |feature: usize| binnings[feature].table.information_value;
    let mut candidates = sieve.open();
    candidates.sort_by(|a, b| sieve.kept[*b].cmp(&sieve.kept[*a]).then(value(*b).total_cmp(&value(*a))));
    if candidates.is_empty() {
        return Err(nothing_left(binnings, &sieve));
    }
    let explain = |e| fit_error(e, &candidates.iter().map(|feature| &binnings[*feature]).collect::<Vec<_>>());
    let design = Design::new(binnings, &candidates, &cases.outcomes, development).map_err(explain)?;
    if spec.fit.l2 == 0.0 && !spec.fit.firth {
        errors::separated(&design, binnings)?;
    }
    let fits = Fits::new(&design, &spec.fit);
    let columns: Vec<&str> = candidates.iter().map(|feature| binnings[*feature].name.as_str()).collect();
    let kept: Vec<bool> = candidates.iter().map(|feature| sieve.kept[*feature]).collect();
    let is_kept = |column: usize| kept[column];
    let words = |column: usize| format!("{} (information value {:.4})", columns[column], value(candidates[column]));
    let all: Vec<usize> = (0..candidates.len()).collect();
    let clusters = redundancy::clusters(&fits, &all, is_kept, section.max_correlation, words);
    let inflation = redundancy::inflation(&fits, &clusters.stay, is_kept, section.max_vif);
    let thinned = [("correlation", clusters.removed), ("vif", inflation.removed)];
    for (step, removed) in thinned {
        removed.into_iter().for_each(|(column, reason)| sieve.remove(candidates[column], step, reason));
    }

    let limits = Limits::new(spec, &columns);
    let forced: Vec<usize> = all.iter().copied().filter(|column| is_kept(*column)).collect();
    limits.check_kept(spec, &forced, &columns)?;
    let search = stepwise::Search {
        fits: &fits,
        candidates: &inflation.stay,
        forced: &forced,
        names: &columns,
        section,
        sign_constraint: spec.fit.sign_constraint.holds(),
        limits: &limits,
        progress,
    };
    let found = match section.search {
        crate::config::Search::Stepwise => stepwise::run(&search),
        crate::config::Search::BestSubset => {
            let free = inflation.stay.len() - forced.len();
            if free > MOST_CANDIDATES {
                return Err(too_many(spec, free));
            }
            best_subset::run(&search)
        }
    };
    let found = found.map_err(explain)?;
    for (column, step, reason) in found.removed {
        sieve.out[candidates[column]] = Some((step, reason));
    }
    if found.selected.is_empty() {
        return Err(nothing_left(binnings, &sieve));
    }
    let mut warnings: Vec<String> = few_cases(cases, development, inflation.stay.len()).into_iter().collect();
    let mut selected: Vec<usize> = found.selected.iter().map(|(column, _)| candidates[*column]).collect();
    selected.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
    let is_shown = |(feature, in_model, _): &&(usize, bool, String)| !in_model || selected.contains(feature);
    warnings.extend(sieve.warnings.iter().filter(is_shown).map(|(_, _, warning)| warning.clone()));
    let mut reasons: Vec<Option<String>> = vec![None; binnings.len()];
    found.selected.into_iter().for_each(|(column, reason)| reasons[candidates[column]] = Some(reason));
    let decisions = (0..binnings.len()).map(|feature| {
        let (step, reason) = match (sieve.out[feature].take(), reasons[feature].take()) {
            (Some(out), _) => out,
            _ if sieve.kept[feature] => ("keep", "kept by name in the configuration".to_owned()),
            (_, reason) => ("selected", reason.unwrap_or_default()),
        };
        let notes = sieve.notes[feature].iter().map(|note| format!("; {note}"));
        Decision {
            feature: binnings[feature].name.clone(),
            selected: matches!(step, "selected" | "keep"),
            step,
            reason: std::iter::once(reason).chain(notes).collect(),
            information_value: Some(value(feature)),
        }
    });
    Ok(Selection { decisions: decisions.collect(), selected, path: found.path, warnings })
}

/// A card that is to be selected again and again on resamples of its cases: what looks like the outcome does so in all of
/// them, and is looked for once.
pub fn for_resamples(binnings: &[Binning], cases: &Cases, samples: &Samples, spec: &CardSpec) -> CardSpec {
    let mut spec = spec.clone();
    spec.selection.known_leaks = Some(rules::find_leaks(binnings, cases, samples.development(), &spec));
    spec
}

fn nothing_left(binnings: &[Binning], sieve: &Sieve<'_>) -> crate::error::Error {
    let gone = binnings.iter().zip(&sieve.out);
    let reasons = gone.filter_map(|(binning, out)| Some(format!("{}: {}", binning.name, out.as_ref()?.1)));
    errors::nothing_left(&reasons.take(10).collect::<Vec<_>>())
}

fn too_many(spec: &CardSpec, candidates: usize) -> crate::error::Error {
    let what = format!(
        "the best subset can be found among at most {MOST_CANDIDATES} features, but {candidates} are left after the other rules"
    );
    spec.source
        .error(&["selection", "search"], what)
        .help("narrow them (a higher min_iv, a lower max_correlation, drop), or write search = \"stepwise\"")
}

/// A search among more features than there are goods or bads finds chance.
fn few_cases(cases: &Cases, development: &[u32], candidates: usize) -> Option<String> {
    let count = |weights: &[f64]| development.iter().filter(|row| weights[**row as usize] > 0.0).count();
    let (goods, bads) = (count(&cases.outcomes.goods), count(&cases.outcomes.bads));
    let (class, least) = if bads <= goods { ("bad", bads) } else { ("good", goods) };
    (least < candidates).then(|| {
        format!(
            "development has {least} {class} cases and {candidates} features to choose from: the choice is largely chance; name the features by reason ([features] include, [selection] keep), or gather more cases"
        )
    })
}
