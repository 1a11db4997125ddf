//! Words in two languages.

use std::collections::{BTreeMap, BTreeSet};

use scorewright::words::{Language, Message, chinese_catalogues};

/// The places of a template, such as {0} and {1}.
fn places(template: &str) -> BTreeSet<String> {
    let opened = template.split('{').skip(1);
    opened
        .filter_map(|rest| rest.split_once('}'))
        .map(|(place, _)| place.to_owned())
        .filter(|place| place.parse::<usize>().is_ok())
        .collect()
}

#[test]
fn every_catalogue_parses_and_keeps_the_places() {
    let mut known: BTreeMap<String, (&str, String)> = BTreeMap::new();
    for (room, text) in chinese_catalogues() {
        let catalogue: BTreeMap<String, String> =
            toml::from_str(text).unwrap_or_else(|error| panic!("{room}: {error}"));
        for (english, chinese) in catalogue {
            assert_eq!(places(&english), places(&chinese), "{room}: {english:?} = {chinese:?}");
            if let Some((other, earlier)) = known.insert(english.clone(), (room, chinese.clone())) {
                assert_eq!(earlier, chinese, "{english:?} stands in {room} and {other} with different words");
            }
        }
    }
    assert!(known.len() > 5);
}

#[test]
fn arguments_stand_in_their_places_in_either_language() {
    let message = Message::new("{0}: {1}").with("age").with_words(Message::new("Holdout"));
    assert_eq!(message.to_string(), "age: Holdout");
    assert_eq!(message.in_language(Language::Chinese), "age：留出样本");
    assert_eq!(message.templates(), ["{0}: {1}", "Holdout"]);
    // What a user wrote is never taken for a place or a template.
    let given = Message::new("{0} of {1}").with("{1}").with("Holdout");
    assert_eq!(given.to_string(), "{1} of Holdout");
    assert_eq!(given.in_language(Language::Chinese), "{1} of Holdout");
    assert_eq!(Message::new("{3} and { and {x}").with("a").to_string(), "{3} and { and {x}");
}

#[test]
fn words_of_a_document_find_their_template_again() {
    let in_chinese = |text: &str| Message::of_english(text).in_language(Language::Chinese);
    let few = Message::new("{0} bads and {1} goods are too few to judge; the standard asks for {2} of each");
    let few = few.with(3).with(40).with(10);
    assert_eq!(in_chinese(&few.to_string()), few.in_language(Language::Chinese));
    assert_ne!(few.in_language(Language::Chinese), few.to_string());
    assert_eq!(in_chinese("Holdout"), "留出样本");
    assert_eq!(in_chinese("nothing that any template says"), "nothing that any template says");
}
