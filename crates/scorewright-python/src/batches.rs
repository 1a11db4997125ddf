//! Frames through a card: record batch by record batch, a few thousand rows at a time.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Schema};
use scorewright_runtime::{Batch, Column, Scorecard};

use crate::column::Taken;
use crate::fault::Fault;

/// Rows that are scored together: what is made of them stays in the cache.
const AT_ONCE: usize = 8192;

/// Scores every row of a stream of record batches.
///
/// # Errors
/// A column that is absent or stands twice, a value that the card does not take, a case that it refuses; an error of the
/// stream.
pub fn score(
    card: &Scorecard,
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<Batch, Fault> {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let places = places(card, &names)?;
    let mut all = Batch::default();
    let mut batch = Batch::default();
    for given in batches {
        let given = given.map_err(|e| Fault::of_all(format!("the frame cannot be read: {e}")))?;
        for start in (0..given.num_rows()).step_by(AT_ONCE) {
            let block = given.slice(start, AT_ONCE.min(given.num_rows() - start));
            let arrays: Vec<&ArrayRef> = places.iter().map(|place| block.column(*place)).collect();
            let before = all.scores.len();
            score_block(card, &arrays, &mut batch).map_err(|fault| fault.after(before))?;
            append(&mut all, &batch);
        }
    }
    Ok(all)
}

fn score_block(card: &Scorecard, arrays: &[&ArrayRef], batch: &mut Batch) -> Result<(), Fault> {
    let inputs = card.inputs().iter().zip(arrays);
    let taken: Vec<Taken> =
        inputs.map(|(input, array)| Taken::new(&input.name, input.kind, array)).collect::<Result<_, _>>()?;
    let strings: Vec<Vec<Option<&str>>> = taken.iter().map(Taken::strings).collect();
    let columns: Vec<Column<'_>> = taken.iter().zip(&strings).map(|(taken, texts)| taken.as_column(texts)).collect();
    Ok(card.score_columns(&columns, true, batch)?)
}

fn append(all: &mut Batch, batch: &Batch) {
    all.scores.extend_from_slice(&batch.scores);
    all.pds.extend_from_slice(&batch.pds);
    all.unforeseen.extend_from_slice(&batch.unforeseen);
    all.segments.extend_from_slice(&batch.segments);
    all.reasons.extend_from_slice(&batch.reasons);
}

/// Where the card's columns stand among those of a frame.
///
/// # Errors
/// One that is absent, or stands there twice; a card without any, for which a frame has no rows.
pub fn places(card: &Scorecard, names: &[&str]) -> Result<Vec<usize>, Fault> {
    if card.inputs().is_empty() {
        return Err(Fault::of_all("the card takes no column, so that a frame does not say how many cases there are"));
    }
    let place = |wanted: &str| {
        let mut found = names.iter().enumerate().filter(|(_, name)| **name == wanted);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => {
                Err(Fault::of_column(wanted, format!("the frame has more than one column {wanted:?}")))
            }
            (None, _) => Err(absent(wanted, "frame", names.iter().copied())),
        }
    };
    card.inputs().iter().map(|input| place(&input.name)).collect()
}

/// A column of the card that a case or frame does not have; names the one that may be meant.
pub fn absent<'a>(wanted: &str, what: &str, names: impl Iterator<Item = &'a str>) -> Fault {
    let folded = wanted.to_lowercase();
    let near = names
        .map(|name| (strsim::damerau_levenshtein(&folded, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 3)
        .min();
    let advice = match near {
        Some((_, name)) => format!("did you mean {name:?}?"),
        None => "a missing value is None, but the column must be there".to_owned(),
    };
    Fault::of_column(wanted, format!("the {what} has no column {wanted:?}, which the card needs; {advice}"))
}
