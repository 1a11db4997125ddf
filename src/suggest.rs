//! Did you mean ...

/// The candidate nearest to `wanted`, if any is near enough to be a slip of the pen; ties go to the
/// first in alphabetical order.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted)
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(3)) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// "did you mean x?" or, where nothing is near, the list of what there is, `noun` in the plural.
pub fn did_you_mean<'a>(wanted: &str, noun: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(wanted, candidates.clone()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("the {noun} are: {}", list(candidates)),
    }
}

/// Names, comma separated, at most 20 of them.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 20 {
        text.push_str(&format!(", and {} more", names.len() - 20));
    }
    text
}
