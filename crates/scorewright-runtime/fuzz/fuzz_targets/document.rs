//! Any bytes as a scorecard document: it is refused, or it scores.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scorewright_runtime::Scorecard;
use scorewright_runtime_fuzz::exercise;

fuzz_target!(|bytes: &[u8]| {
    match Scorecard::from_json(bytes) {
        Ok(card) => {
            exercise(&card);
            let written = card.document().to_json().expect("a document that was read can be written");
            assert_eq!(card.document(), Scorecard::from_json(&written).expect("and read again").document());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
