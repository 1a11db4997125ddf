//! What a person asks for, held against the bins as they are: the action that an edit records.

use scorewright_runtime::artifact::FeatureKind;
use scorewright_runtime::units::twelve_digits;

use super::{cuts, groups};
use crate::binning::Binning;
use crate::config::{Action, GroupVerb};
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// What a person asks for; cuts as text, because only the feature tells whether they are numbers or categories.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// The two bins that meet at a cut become one; or the bin of a category and the bin of another.
    Merge(String, Option<String>),
    /// A cut; or categories that become a bin of their own.
    Split(Vec<String>),
    /// A cut moves; or a category goes to the bin of another. Without the second, the first holds both: `A=B`.
    Move(String, Option<String>),
    /// Exactly these cuts.
    Cuts(Vec<f64>),
    /// The last edit that stands is taken back.
    Undo,
}

/// The action that carries a request out on these bins.
///
/// # Errors
/// [`ErrorKind::Usage`] for a cut or category that is not there, or a request that changes nothing it could name.
pub fn propose(request: &Request, binning: &Binning) -> Result<Action> {
    let action = match (request, binning.kind) {
        (Request::Undo, _) => Ok(Action::Undo),
        (_, FeatureKind::Numeric) => of_cuts(request, &cuts(binning)),
        (_, FeatureKind::Categorical) => of_categories(request, &groups(binning)),
        (_, FeatureKind::Pair) => Err(usage("the regions of a pair are not edited by hand")
            .help("its axes go by what the card states of their columns: [features.columns.NAME]")),
    };
    action.map_err(|e| e.in_column(&binning.name))
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

fn number(text: &str) -> Result<f64> {
    let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let value = value.ok_or_else(|| {
        usage(format!("{text:?} is no number, and the feature holds numbers")).help("name cuts, such as --merge 26")
    })?;
    if twelve_digits(value) == value {
        return Ok(value);
    }
    Err(usage(format!("the cut {value} has more than 12 significant digits")).help("round it"))
}

/// The position of a cut.
fn place(cut: f64, cuts: &[f64]) -> Result<usize> {
    cuts.iter().position(|other| *other == cut).ok_or_else(|| {
        let names: Vec<String> = cuts.iter().map(ToString::to_string).collect();
        let help = match names.is_empty() {
            true => "the feature has one bin and no cuts".to_owned(),
            false => format!("the cuts are: {}", suggest::list(names.iter().map(String::as_str))),
        };
        usage(format!("there is no cut at {cut}")).help(help)
    })
}

fn of_cuts(request: &Request, cuts: &[f64]) -> Result<Action> {
    let around = |place: usize| (place.checked_sub(1).map(|before| cuts[before]), cuts.get(place + 1).copied());
    match request {
        Request::Merge(at, None) => {
            let at = number(at)?;
            let (lower, upper) = around(place(at, cuts)?);
            Ok(Action::Merge { at, lower, upper })
        }
        Request::Merge(_, Some(_)) => Err(usage("--with is for categories, and the feature holds numbers")
            .help("name the cut at which the two bins meet: --merge 26")),
        Request::Split(places) => match places.as_slice() {
            [at] => Ok(Action::Split { at: number(at)? }),
            _ => Err(usage("one cut at a time").help("give --split once, or state all cuts: --cuts 26,28,35")),
        },
        Request::Move(cut, to) => {
            let pair = match to {
                Some(to) => Some((cut.as_str(), to.as_str())),
                None => cut.split_once('='),
            };
            let (from, to) = pair.ok_or_else(|| usage("where to?").help("--move 26=27, or --move 26 --to 27"))?;
            let (from, to) = (number(from)?, number(to)?);
            let (lower, upper) = around(place(from, cuts)?);
            if from == to {
                return Err(usage(format!("the cut is at {to} already")));
            }
            if lower.is_some_and(|lower| to <= lower) || upper.is_some_and(|upper| to >= upper) {
                return Err(usage(format!("the cut at {from} cannot move to {to}, over another cut"))
                    .help("move it between its neighbours, or state all cuts: --cuts 26,28,35"));
            }
            Ok(Action::Move { from, to })
        }
        Request::Cuts(cuts) => match crate::config::cuts_fault(cuts) {
            Some(fault) => Err(usage(fault)),
            None => Ok(Action::Cuts(cuts.clone())),
        },
        Request::Undo => Ok(Action::Undo),
    }
}

/// The bin of a category.
fn group_of<'a>(text: &str, groups: &'a [Vec<String>]) -> Result<&'a [String]> {
    groups.iter().find(|group| group.iter().any(|other| other == text)).map(Vec::as_slice).ok_or_else(|| {
        let texts: Vec<&str> = groups.iter().flatten().map(String::as_str).collect();
        usage(format!("there is no category {text:?} in the development sample")).help(suggest::did_you_mean(
            text,
            "categories",
            texts,
        ))
    })
}

fn of_categories(request: &Request, groups: &[Vec<String>]) -> Result<Action> {
    let joined = |verb: GroupVerb, text: &str, with: &str| {
        let (from, to) = (group_of(text, groups)?, group_of(with, groups)?);
        if from == to {
            return Err(usage(format!("{text:?} and {with:?} are in one bin already")));
        }
        let joining = if verb == GroupVerb::Merge { from.to_vec() } else { vec![text.to_owned()] };
        let group = to.iter().cloned().chain(joining).collect();
        Ok(Action::Group { verb, categories: vec![text.to_owned()], with: Some(with.to_owned()), group })
    };
    match request {
        Request::Merge(text, Some(with)) => joined(GroupVerb::Merge, text, with),
        Request::Merge(text, None) => Err(usage("merge it with the bin of which category?")
            .help(format!("name one of that bin's categories: --merge {text:?} --with CATEGORY"))),
        Request::Split(texts) => {
            texts.iter().try_for_each(|text| group_of(text, groups).map(|_| ()))?;
            if let Some(twice) = crate::config::twice(texts.iter()) {
                return Err(usage(format!("the category {twice:?} stands twice")));
            }
            let (categories, group) = (texts.clone(), texts.clone());
            Ok(Action::Group { verb: GroupVerb::Split, categories, with: None, group })
        }
        Request::Move(text, Some(with)) => joined(GroupVerb::Move, text, with),
        Request::Move(pair, None) => {
            // Categories may hold the sign that stands between them.
            let is_known = |text: &str| group_of(text, groups).is_ok();
            let pairs = pair.match_indices('=').map(|(at, _)| (&pair[..at], &pair[at + 1..]));
            let known: Vec<_> = pairs.filter(|(text, with)| is_known(text) && is_known(with)).collect();
            match known.as_slice() {
                [(text, with)] => joined(GroupVerb::Move, text, with),
                [] => {
                    let (text, with) = pair.split_once('=').unwrap_or((pair, pair));
                    group_of(text, groups)?;
                    group_of(with, groups)?;
                    Err(usage("where to?").help("--move A=B, or --move A --to B"))
                }
                _ => Err(usage(format!("{pair:?} can be read in more than one way")).help("write --move A --to B")),
            }
        }
        Request::Cuts(_) => Err(usage("the feature holds categories, which have no cuts")
            .help("use --merge, --split and --move, or state groups in the card: groups = [[\"A\", \"B\"], [\"C\"]]")),
        Request::Undo => Ok(Action::Undo),
    }
}
