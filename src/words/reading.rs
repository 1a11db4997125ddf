//! English text back to its template: for words that come out of a document.

use std::collections::HashMap;

/// A text in Chinese by the template that it was made from; `None` where no template fits. Of several that fit, the one
/// with most letters of its own counts. What stood in its places is translated where it is a template itself.
pub(super) fn chinese(text: &str, catalogue: &HashMap<String, String>) -> Option<String> {
    if let Some(whole) = catalogue.get(text) {
        return Some(whole.clone());
    }
    let fits = catalogue.iter().filter_map(|(english, chinese)| {
        let parts = parts(english)?;
        let own: usize = parts.iter().map(|(literal, _)| literal.chars().filter(|c| c.is_alphabetic()).count()).sum();
        // A template that is all places and signs fits everything and says nothing.
        (own > 0).then(|| arguments(text, &parts)).flatten().map(|arguments| (own, english, chinese, arguments))
    });
    let (_, _, chinese, arguments) = fits.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    let mut translated = chinese.clone();
    for (place, argument) in arguments {
        let words = catalogue.get(argument).map_or(argument, String::as_str);
        translated = translated.replace(&format!("{{{place}}}"), words);
    }
    Some(translated)
}

/// The literals of a template, each with the number of the place after it; `None` without places.
fn parts(template: &str) -> Option<Vec<(&str, Option<usize>)>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        parts.push((&rest[..open], Some(rest[open + 1..close].parse().ok()?)));
        rest = &rest[close + 1..];
    }
    parts.push((rest, None));
    (parts.len() > 1).then_some(parts)
}

/// What stands in the places of a text.
fn arguments<'a>(text: &'a str, parts: &[(&str, Option<usize>)]) -> Option<Vec<(usize, &'a str)>> {
    let mut arguments = Vec::new();
    let mut place = None;
    let mut rest = text;
    for (position, (literal, next)) in parts.iter().enumerate() {
        let found = match (position, next) {
            (0, _) => rest.starts_with(literal).then_some(0)?,
            (_, None) => rest.ends_with(literal).then(|| rest.len() - literal.len())?,
            _ => rest.find(literal)?,
        };
        if let Some(place) = place {
            arguments.push((place, &rest[..found]));
        }
        rest = &rest[found + literal.len()..];
        place = *next;
    }
    Some(arguments)
}
