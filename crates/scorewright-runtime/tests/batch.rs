//! Many cases at once score what each scores alone, to the bit.

mod cards;
#[path = "cards/random.rs"]
mod random;

use cards::{Random, as_columns, texts};
use random::{card, chance, columns};
use scorewright_runtime::reasons::{MOST_REASONS, reason_text, reasons};
use scorewright_runtime::{Batch, BatchError, Column, Error, Reason, Scorecard, Scored, Value};

/// What a case scores alone, by way of its codes.
struct Alone {
    scored: Scored,
    segment: Option<u16>,
    reasons: [Option<Reason>; MOST_REASONS],
}

fn alone(card: &Scorecard, values: &[Value<'_>]) -> Result<Alone, Error> {
    let mut codes = vec![0; card.code_count()];
    card.codes(values, &mut codes)?;
    let segment = card.segment_input().and_then(|_| card.segment_of_code(codes[codes.len() - 1]));
    Ok(Alone {
        scored: card.score_codes(codes.iter().copied()),
        segment: segment.map(|segment| segment as u16),
        reasons: by_definition(card, &codes),
    })
}

/// All that costs points, sorted.
fn by_definition(card: &Scorecard, codes: &[u16]) -> [Option<Reason>; MOST_REASONS] {
    let cost = |position: usize| Some(card.reason_baseline(position)? - card.bin_points(position, codes[position])?);
    let mut costs: Vec<(usize, f64)> = (0..card.features().len())
        .filter_map(|position| Some((position, cost(position).filter(|cost| *cost > 0.0)?)))
        .collect();
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    std::array::from_fn(|place| {
        costs.get(place).map(|(position, _)| Reason { feature: *position as u16, code: codes[*position] })
    })
}

fn values<'a>(columns: &[Column<'a>], row: usize) -> Vec<Value<'a>> {
    columns.iter().map(|column| column.value(row)).collect()
}

/// The rows of a column at `kept`.
fn kept<'a>(column: &Column<'a>, kept: &[usize]) -> (Vec<f64>, Vec<Option<&'a str>>) {
    match column {
        Column::Numbers(numbers) => (kept.iter().map(|row| numbers[*row]).collect(), Vec::new()),
        Column::Categories(texts) => (Vec::new(), kept.iter().map(|row| texts[*row]).collect()),
    }
}

#[test]
fn a_batch_scores_what_each_case_scores_alone() {
    let (mut batch, mut accepted, mut refused) = (Batch::default(), 0, 0);
    let (mut of_segments, mut of_pairs, mut new) = (0, 0, 0);
    for seed in 0..600 {
        let mut random = Random(seed);
        let card = card(&mut random);
        let count = [0, 1, 7, 1023, 1024, 1025, 2500][random.below(7)];
        let made = columns(&mut random, &card, count);
        let texts = texts(&made);
        let columns = as_columns(&made, &texts);
        let mut expected: Vec<Result<Alone, Error>> =
            (0..count).map(|row| alone(&card, &values(&columns, row))).collect();
        for (row, expected) in expected.iter().enumerate() {
            let scored = card.score(&values(&columns, row));
            assert_eq!(scored, expected.as_ref().map(|alone| alone.scored).map_err(Clone::clone), "seed {seed}");
            let scored = card.score_with_reasons(&values(&columns, row));
            assert_eq!(scored, expected.as_ref().map(|alone| (alone.scored, alone.reasons)).map_err(Clone::clone));
        }
        // All cases, of which the first that is refused is told; then those that are not refused.
        let first = expected.iter().position(Result::is_err);
        let is_asked = chance(&mut random, 50);
        if let Some(row) = first {
            let error = expected[row].as_ref().err().unwrap().clone();
            let done = card.score_columns(&columns, is_asked, &mut batch);
            assert_eq!(done, Err(BatchError::Case { row, error }), "seed {seed}");
            assert_eq!(batch, Batch::default(), "nothing is left of a batch that failed");
            refused += 1;
        }
        let rows: Vec<usize> = (0..count).filter(|row| expected[*row].is_ok()).collect();
        expected.retain(Result::is_ok);
        let stored: Vec<_> = columns.iter().map(|column| kept(column, &rows)).collect();
        let columns: Vec<Column<'_>> = columns
            .iter()
            .zip(&stored)
            .map(|(column, (numbers, texts))| match column {
                Column::Numbers(_) => Column::Numbers(numbers),
                Column::Categories(_) => Column::Categories(texts),
            })
            .collect();
        card.score_columns(&columns, is_asked, &mut batch).unwrap();
        assert_eq!(batch.scores.len(), rows.len());
        assert_eq!(batch.reasons.len(), if is_asked { rows.len() } else { 0 });
        assert_eq!(batch.segments.len(), if card.segment_input().is_some() { rows.len() } else { 0 });
        for (place, alone) in expected.into_iter().flatten().enumerate() {
            assert_eq!(batch.scores[place].to_bits(), alone.scored.score.0.to_bits(), "seed {seed}, case {place}");
            assert_eq!(batch.pds[place].to_bits(), alone.scored.pd.0.to_bits(), "seed {seed}, case {place}");
            assert_eq!(batch.unforeseen[place], alone.scored.unforeseen, "seed {seed}, case {place}");
            assert_eq!(batch.segments.get(place).copied(), alone.segment, "seed {seed}, case {place}");
            if is_asked {
                assert_eq!(batch.reasons[place], alone.reasons, "seed {seed}, case {place}");
            }
            new += usize::from(alone.scored.unforeseen > 0);
        }
        accepted += rows.len();
        of_segments += usize::from(card.segment_input().is_some());
        of_pairs += usize::from(card.features().iter().any(|feature| feature.axes.is_some()));
    }
    // Nothing of this is rare among the cards.
    assert!(accepted > 100_000 && new > 10_000 && refused > 50, "{accepted} cases, {new} new, {refused} refused");
    assert!(of_segments > 100 && of_pairs > 100, "{of_segments} with segments, {of_pairs} with pairs");
}

#[test]
fn reasons_by_codes_are_those_of_the_case() {
    for seed in 0..50 {
        let mut random = Random(seed);
        let card = card(&mut random);
        let made = columns(&mut random, &card, 50);
        let texts = texts(&made);
        let columns = as_columns(&made, &texts);
        for row in 0..50 {
            let mut codes = vec![0; card.code_count()];
            if card.codes(&values(&columns, row), &mut codes).is_ok() {
                let expected = by_definition(&card, &codes);
                assert_eq!(
                    reasons(&card, &codes),
                    expected.map(|reason| reason.map(|reason| usize::from(reason.feature)))
                );
                for reason in expected.into_iter().flatten() {
                    let text = card.reason_text(reason);
                    assert_eq!(reason_text(&card, usize::from(reason.feature), reason.code), text);
                    assert!(!text.is_empty());
                }
            }
        }
    }
}

/// A card of one number without a missing bin and one text with one.
fn plain() -> Scorecard {
    use scorewright_runtime::artifact::{BinDomain, FeatureKind};
    let mut document = cards::empty_document();
    let bins = |domains: Vec<BinDomain>| {
        let scaling = cards::empty_document().scaling;
        domains.into_iter().zip([0.5, -0.5, 0.25]).map(|(domain, woe)| cards::bin(domain, woe, &scaling)).collect()
    };
    let texts = vec![BinDomain::Categories(vec!["clerk".into()]), BinDomain::Missing];
    document.features = vec![
        cards::feature("age".into(), "age".into(), FeatureKind::Numeric, bins(cards::intervals(&[30.0]))),
        cards::feature("job".into(), "job".into(), FeatureKind::Categorical, bins(texts)),
    ];
    Scorecard::unverified(document).unwrap()
}

#[test]
fn columns_that_do_not_fit_are_refused_by_name() {
    let (card, mut batch) = (plain(), Batch::default());
    let told = |done: Result<(), BatchError>| done.unwrap_err().to_string();
    let (ages, jobs) = ([20.0, 40.0], [Some("clerk"), None]);
    assert_eq!(
        told(card.score_columns(&[Column::Numbers(&ages)], false, &mut batch)),
        "1 columns were given for a card that takes 2"
    );
    assert_eq!(
        told(card.score_columns(&[Column::Numbers(&ages), Column::Categories(&jobs[..1])], false, &mut batch)),
        "the column of \"job\" has 1 rows, but the first has 2"
    );
    assert_eq!(
        told(card.score_columns(&[Column::Numbers(&ages), Column::Numbers(&[f64::NAN, 3.0])], false, &mut batch)),
        "row 1, counted from 0: feature \"job\" has the value 3, which is of the wrong type"
    );
    assert_eq!(
        told(card.score_columns(&[Column::Categories(&jobs), Column::Categories(&jobs)], false, &mut batch)),
        "row 0, counted from 0: feature \"age\" has the value \"clerk\", which is of the wrong type"
    );
    assert!(batch.scores.is_empty());
}

#[test]
fn a_column_of_nothing_but_missing_values_may_be_of_either_type() {
    let (card, mut batch) = (plain(), Batch::default());
    let (none, jobs): ([Option<&str>; 2], _) = ([None, None], [f64::NAN, f64::NAN]);
    card.score_columns(&[Column::Categories(&none), Column::Numbers(&jobs)], true, &mut batch).unwrap();
    let alone = card.score(&[Value::Missing, Value::Missing]).unwrap();
    assert_eq!(batch.scores, [alone.score.0; 2]);
    assert_eq!(batch.unforeseen, [1, 1]);
}
