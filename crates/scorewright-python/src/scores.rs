//! The scores of a frame, on their way back to Python.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, LargeStringArray, RecordBatch, StringViewArray, UInt32Array};
use arrow_buffer::NullBuffer;
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString};
use scorewright_runtime::reasons::{MOST_REASONS, Reason};
use scorewright_runtime::{Batch, Scorecard};

use crate::fault::Error;
use crate::stream;

/// The scores of a frame: a table to whoever speaks Arrow, or lists. Private to the package.
#[derive(Debug)]
#[pyclass(module = "scorewright._native", frozen)]
pub struct Scores {
    /// The card that gave them.
    pub card: Arc<Scorecard>,
    /// The scores, with reasons.
    pub batch: Batch,
    /// Reasons with their features and points lost, in place of the scores.
    pub only_reasons: bool,
    /// Texts as views of a few texts, as Polars holds them; else each text in full.
    pub as_views: bool,
}

/// What a column of the result holds; of reasons, those at a place.
#[derive(Debug, Clone, Copy)]
enum Content {
    Segment,
    Score,
    Pd,
    Unforeseen,
    Reason(usize),
    Feature(usize),
    PointsLost(usize),
}

enum Values<'a> {
    Numbers(&'a [f64]),
    Floats(Vec<Option<f64>>),
    Counts(&'a [u32]),
    Texts(Texts<'a>),
}

/// Texts of which few differ: those, and which of them each row has.
struct Texts<'a> {
    texts: Vec<&'a str>,
    places: Vec<Option<usize>>,
}

#[pymethods]
impl Scores {
    /// The scores as an Arrow stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a producer keep to its own schema.
        drop(requested_schema);
        let made = py.detach(|| {
            let columns = self.columns().into_iter().map(|(name, of)| Ok((name, self.array(of)?, true)));
            RecordBatch::try_from_iter_with_nullable(columns.collect::<Result<Vec<_>, ArrowError>>()?)
        });
        stream::export(py, made.map_err(|e| Error::new_err(e.to_string()))?)
    }

    /// The scores as a dict of lists.
    fn to_lists<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let lists = PyDict::new(py);
        for (name, of) in self.columns() {
            match self.values(of) {
                Values::Numbers(values) => lists.set_item(name, values.to_vec())?,
                Values::Floats(values) => lists.set_item(name, values)?,
                Values::Counts(values) => lists.set_item(name, values.to_vec())?,
                Values::Texts(Texts { texts, places }) => {
                    let texts: Vec<_> = texts.into_iter().map(|text| PyString::new(py, text)).collect();
                    let rows = places.into_iter().map(|place| place.and_then(|place| texts.get(place)));
                    lists.set_item(name, rows.collect::<Vec<_>>())?;
                }
            }
        }
        Ok(lists)
    }
}

impl Scores {
    fn columns(&self) -> Vec<(String, Content)> {
        if self.only_reasons {
            let of_place = |place: usize| {
                let name = format!("reason_{}", place + 1);
                [
                    (format!("{name}_feature"), Content::Feature(place)),
                    (format!("{name}_points_lost"), Content::PointsLost(place)),
                    (name, Content::Reason(place)),
                ]
            };
            return (0..MOST_REASONS).flat_map(of_place).collect();
        }
        // Those of `scorewright score`, in its order.
        let segment = self.card.document().segments.iter().map(|_| ("segment".to_owned(), Content::Segment));
        let scores = [("score".to_owned(), Content::Score), ("pd".to_owned(), Content::Pd)];
        let reasons = (0..MOST_REASONS).map(|place| (format!("reason_{}", place + 1), Content::Reason(place)));
        segment.chain(scores).chain(reasons).chain([("unforeseen".to_owned(), Content::Unforeseen)]).collect()
    }

    fn values(&self, of: Content) -> Values<'_> {
        match of {
            Content::Score => Values::Numbers(&self.batch.scores),
            Content::Pd => Values::Numbers(&self.batch.pds),
            Content::Unforeseen => Values::Counts(&self.batch.unforeseen),
            Content::Segment => {
                let segments = self.card.document().segments.iter().flat_map(|segments| &segments.segments);
                let places = self.batch.segments.iter().map(|place| Some(usize::from(*place))).collect();
                Values::Texts(Texts { texts: segments.map(|segment| segment.name.as_str()).collect(), places })
            }
            Content::Reason(place) => Values::Texts(self.reason_texts(place)),
            Content::Feature(place) => {
                let texts = self.card.features().iter().map(|feature| feature.name.as_str()).collect();
                let places = self.of_reasons(place, |reason| Some(usize::from(reason.feature)));
                Values::Texts(Texts { texts, places })
            }
            Content::PointsLost(place) => {
                Values::Floats(self.of_reasons(place, |reason| points_lost(&self.card, reason)))
            }
        }
    }

    fn reason_texts(&self, place: usize) -> Texts<'_> {
        let mut texts = Vec::new();
        // Where the texts of each feature begin.
        let mut starts = Vec::new();
        for (feature, position) in self.card.features().iter().zip(0..) {
            starts.push(texts.len());
            // A partition has fewer than 65,535 bins; the last text is that of unforeseen values.
            let codes = 0..=feature.bins.len() as u16;
            texts.extend(codes.map(|code| self.card.reason_text(Reason { feature: position, code })));
        }
        let text = |reason: Reason| Some(starts.get(usize::from(reason.feature))? + usize::from(reason.code));
        Texts { texts, places: self.of_reasons(place, text) }
    }

    /// Something of the reason at a place of every case that has one there.
    fn of_reasons<T>(&self, place: usize, of: impl Fn(Reason) -> Option<T>) -> Vec<Option<T>> {
        self.batch.reasons.iter().map(|reasons| reasons.get(place).copied().flatten().and_then(&of)).collect()
    }

    fn array(&self, of: Content) -> Result<ArrayRef, ArrowError> {
        Ok(match self.values(of) {
            Values::Numbers(values) => Arc::new(Float64Array::from(values.to_vec())),
            Values::Floats(values) => Arc::new(Float64Array::from(values)),
            Values::Counts(values) => Arc::new(UInt32Array::from(values.to_vec())),
            Values::Texts(texts) if self.as_views => texts.views()?,
            Values::Texts(Texts { texts, places }) => {
                let rows = places.into_iter().map(|place| place.and_then(|place| texts.get(place)));
                Arc::new(rows.collect::<LargeStringArray>())
            }
        })
    }
}

impl Texts<'_> {
    /// Each text held once, and each row a view of one.
    fn views(&self) -> Result<ArrayRef, ArrowError> {
        let (views, buffers, _) = StringViewArray::from_iter_values(&self.texts).into_parts();
        let of_rows = self.places.iter().map(|place| place.and_then(|place| views.get(place)).copied().unwrap_or(0));
        let is_there: NullBuffer = self.places.iter().map(Option::is_some).collect();
        Ok(Arc::new(StringViewArray::try_new(of_rows.collect(), buffers, Some(is_there))?))
    }
}

/// What a reason cost: baseline minus points.
pub fn points_lost(card: &Scorecard, reason: Reason) -> Option<f64> {
    let position = usize::from(reason.feature);
    Some(card.reason_baseline(position)? - card.bin_points(position, reason.code)?)
}
