//! What both targets do with a card that loads: everything that an engine can ask of it.

use scorewright_runtime::artifact::{FeatureKind, Literal};
use scorewright_runtime::reasons::{MOST_REASONS, reason_text, reasons};
use scorewright_runtime::{ELSEWHERE, Scorecard, Value};

/// Numbers that break careless arithmetic.
pub const NUMBERS: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    9007199254740993.0,
    65535.0,
];

/// Scores the card's own verification rows and a few cases that no card expects.
pub fn exercise(card: &Scorecard) {
    for row in card.document().verification.iter().take(100) {
        let values: Vec<Value<'_>> =
            card.inputs().iter().map(|input| row.input.get(&input.name).map_or(Value::Missing, of_literal)).collect();
        score(card, &values);
    }
    for number in NUMBERS {
        let values: Vec<Value<'_>> = card
            .inputs()
            .iter()
            .map(|input| if input.kind == FeatureKind::Numeric { Value::Number(number) } else { Value::Category("x\0农") })
            .collect();
        score(card, &values);
    }
    score(card, &vec![Value::Missing; card.inputs().len()]);
    // Too few, too many, and of the wrong type.
    score(card, &[]);
    score(card, &vec![Value::Category(""); card.inputs().len() + 1]);
    score(card, &vec![Value::Category(""); card.inputs().len()]);
    for position in 0..=card.features().len() {
        for code in [0, 1, ELSEWHERE - 1, ELSEWHERE] {
            let _ = (card.bin_points(position, code), reason_text(card, position, code));
        }
        let Some(partition) = card.partition(position) else { continue };
        let mut codes = [0; NUMBERS.len()];
        partition.numbers_into(&NUMBERS, &mut codes);
        for (number, code) in NUMBERS.iter().zip(codes) {
            assert_eq!(partition.number(*number), code, "one at a time and many at once differ at {number}");
        }
    }
}

/// Scores one case by each way there is, and holds them against each other.
pub fn score(card: &Scorecard, values: &[Value<'_>]) {
    let scored = card.score(values);
    let mut codes = vec![0; card.code_count()];
    let coded = card.codes(values, &mut codes);
    match (scored, coded) {
        (Ok(scored), Ok(())) => {
            let again = card.score_codes(codes.iter().copied());
            assert_eq!(scored.score.0.to_bits(), again.score.0.to_bits());
            assert!(!(scored.pd.0 < 0.0 || scored.pd.0 > 1.0));
            let ranked = reasons(card, &codes);
            let given: Vec<usize> = ranked.iter().copied().flatten().collect();
            assert!(given.len() <= MOST_REASONS);
            for position in given {
                let _ = reason_text(card, position, codes[position]);
            }
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        (one, other) => panic!("one way scores, the other does not: {one:?} {other:?}"),
    }
}

fn of_literal(literal: &Option<Literal>) -> Value<'_> {
    match literal {
        Some(Literal::Number(number)) => Value::Number(*number),
        Some(Literal::Text(text)) => Value::Category(text),
        Some(Literal::Boolean(_)) | None => Value::Missing,
    }
}
