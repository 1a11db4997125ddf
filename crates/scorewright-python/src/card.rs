//! The class `scorewright.Scorecard`.

use std::fmt::Write;
use std::sync::Arc;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString, PyTuple};
use scorewright_runtime::artifact::FeatureKind;
use scorewright_runtime::reasons::{Reason, reasons};
use scorewright_runtime::{ELSEWHERE, Value};
use sha2::{Digest, Sha256};

use crate::batches::{self, absent};
use crate::fault::{Fault, InvalidScorecard};
use crate::scores::{Scores, points_lost};
use crate::stream;
use crate::value::{self, Given};

/// A scorecard that has been checked and can score; `scorewright.load` makes one.
#[derive(Debug)]
#[pyclass(module = "scorewright", frozen)]
pub struct Scorecard {
    card: Arc<scorewright_runtime::Scorecard>,
    sha256: String,
    /// The names of the columns that a case has, made once.
    columns: Vec<Py<PyString>>,
    /// The names of the features.
    names: Vec<Py<PyString>>,
}

/// A case with its codes.
struct Coded {
    codes: Vec<u16>,
    reasons: Vec<Reason>,
}

#[pymethods]
impl Scorecard {
    /// Reads the bytes of a scorecard.json, checks it and replays its verification rows.
    #[new]
    fn new(py: Python<'_>, document: &Bound<'_, PyBytes>) -> PyResult<Self> {
        let bytes = document.as_bytes();
        let made = py.detach(|| {
            let card = scorewright_runtime::Scorecard::from_json(bytes)?;
            let mut sha256 = String::new();
            for byte in Sha256::digest(card.document().to_json()?) {
                // Writing to a text cannot fail.
                let _ = write!(sha256, "{byte:02x}");
            }
            Ok((card, sha256))
        });
        let (card, sha256) = made.map_err(|e: scorewright_runtime::Error| InvalidScorecard::new_err(e.to_string()))?;
        let text = |name: &String| PyString::intern(py, name).unbind();
        let columns = card.inputs().iter().map(|input| text(&input.name)).collect();
        let names = card.features().iter().map(|feature| text(&feature.name)).collect();
        Ok(Scorecard { card: Arc::new(card), sha256, columns, names })
    }

    /// The card's name.
    #[getter]
    fn name(&self) -> &str {
        &self.card.document().card.name
    }

    /// application, behavior or collection: the moment of the loan that the card is for.
    #[getter]
    fn kind(&self) -> &str {
        self.card.document().card.kind.name()
    }

    /// The version of the document's format.
    #[getter]
    fn format_version(&self) -> u32 {
        self.card.document().format_version
    }

    /// The SHA-256 of the document's canonical bytes: which card this is.
    #[getter]
    fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The columns that the card needs, each with `numeric` or `categorical`.
    #[getter]
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let inputs = PyDict::new(py);
        for (input, name) in self.card.inputs().iter().zip(&self.columns) {
            inputs.set_item(name, if input.kind == FeatureKind::Numeric { "numeric" } else { "categorical" })?;
        }
        Ok(inputs)
    }

    /// The names of the features, in the order of the card.
    #[getter]
    fn features<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.names)
    }

    /// The whole document as a dict of one's own.
    #[getter]
    fn document<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import(intern!(py, "json"))?.call_method1(intern!(py, "loads"), (self.to_json(py)?,))
    }

    /// The document's canonical bytes, which `scorewright.load` reads.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.card.document().to_json().map_err(|e| InvalidScorecard::new_err(e.to_string()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Scores a case or a frame.
    ///
    /// A case is a dict with a value for each of the card's columns, None where it is missing; further keys do no harm.
    /// It gives a dict: score, pd (probability of default), segment (None in a card without segments), points by
    /// feature, reasons (texts, at most four, what cost most first) and unforeseen (how many of the features had a value
    /// that development never saw).
    ///
    /// A frame is one of pandas, Polars or pyarrow, or anything with `__arrow_c_stream__`. It gives a frame of the same
    /// kind (pyarrow for the rest), a row each in the same order, pandas with its index: segment (in a card with
    /// segments), score, pd, reason_1 to reason_4, unforeseen.
    ///
    /// Raises InvalidCase for a column that is absent or a value of the wrong type, and Refused where the card gives no
    /// score; a frame with such a row is refused as a whole.
    fn score<'py>(slf: &Bound<'py, Self>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match as_case(data)? {
            Some(case) => Ok(slf.get().score_case(&case)?.into_any()),
            None => through_frames(slf, data, false),
        }
    }

    /// The reasons for the score of a case or a frame: at most four, what cost most first, never one that cost nothing.
    ///
    /// A case gives a list of dicts: reason (the text), feature, points_lost (to the feature's best points, or to its
    /// average in development, as the card says). A frame gives a frame of the same kind with the columns
    /// reason_1_feature, reason_1_points_lost, reason_1 and so on to 4.
    ///
    /// Raises what `score` raises.
    fn reasons<'py>(slf: &Bound<'py, Self>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match as_case(data)? {
            Some(case) => Ok(slf.get().reasons_of_case(&case)?.into_any()),
            None => through_frames(slf, data, true),
        }
    }

    fn __repr__(&self) -> String {
        let digest = self.sha256.get(..12).unwrap_or_default();
        let (name, kind, features) = (self.name(), self.kind(), self.names.len());
        format!("<Scorecard {name:?} ({kind}, {features} features, sha256 {digest})>")
    }

    /// Pickles carry the document; it is checked again where it arrives.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((slf.get_type().into_any(), (slf.get().to_json(slf.py())?,)))
    }

    /// The card's columns; an error where a frame with these does not have each of them once.
    fn _columns(&self, py: Python<'_>, names: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<Py<PyString>>> {
        // A name of pandas may be anything; only texts are columns of a card.
        let names: Vec<String> = names.iter().filter_map(|name| name.cast::<PyString>().ok()?.extract().ok()).collect();
        batches::places(&self.card, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(self.columns.iter().map(|name| name.clone_ref(py)).collect())
    }

    /// Scores a frame with `__arrow_c_stream__`.
    fn _score_stream(&self, frame: &Bound<'_, PyAny>, only_reasons: bool, as_views: bool) -> PyResult<Scores> {
        let stream = stream::import(frame)?;
        let batch = frame.py().detach(|| {
            let reader = stream::read(stream).map_err(|e| Fault::of_all(format!("this is no frame: {e}")))?;
            let schema = arrow_array::RecordBatchReader::schema(&reader);
            batches::score(&self.card, &schema, reader)
        })?;
        Ok(Scores { card: Arc::clone(&self.card), batch, only_reasons, as_views })
    }

    /// Scores the columns of a frame as lists of Python values, by name.
    fn _score_lists(&self, lists: &Bound<'_, PyDict>, only_reasons: bool) -> PyResult<Scores> {
        let batch = self.score_lists(lists)?;
        Ok(Scores { card: Arc::clone(&self.card), batch, only_reasons, as_views: false })
    }
}

/// A dict, or another mapping as one; `None` for what is no single case.
fn as_case<'py>(data: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
    if let Ok(case) = data.cast::<PyDict>() {
        return Ok(Some(case.clone()));
    }
    match data.cast::<PyMapping>() {
        Ok(mapping) => {
            data.py().get_type::<PyDict>().call1((mapping,))?.cast_into::<PyDict>().map(Some).map_err(Into::into)
        }
        Err(_) => Ok(None),
    }
}

fn through_frames<'py>(
    card: &Bound<'py, Scorecard>,
    data: &Bound<'py, PyAny>,
    only_reasons: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = card.py();
    py.import(intern!(py, "scorewright._frames"))?.call_method1(intern!(py, "score"), (card, data, only_reasons))
}

impl Scorecard {
    /// The codes of a case and its reasons.
    fn coded(&self, case: &Bound<'_, PyDict>) -> PyResult<Coded> {
        let py = case.py();
        let mut given: Vec<Given<'_>> = Vec::with_capacity(self.columns.len());
        for (input, column) in self.card.inputs().iter().zip(&self.columns) {
            let value = case.get_item(column.bind(py))?.ok_or_else(|| absent_key(&input.name, case))?;
            given.push(value::take(&input.name, input.kind, &value)?);
        }
        let inputs = self.card.inputs().iter().zip(&given);
        let values: Vec<Value<'_>> =
            inputs.map(|(input, given)| given.as_value(&input.name)).collect::<Result<_, Fault>>()?;
        let mut codes = vec![0; self.card.code_count()];
        self.card.codes(&values, &mut codes).map_err(Fault::from)?;
        let positions = reasons(&self.card, &codes).into_iter().flatten();
        let reasons = positions
            .filter_map(|position| Some(Reason { feature: u16::try_from(position).ok()?, code: *codes.get(position)? }))
            .collect();
        Ok(Coded { codes, reasons })
    }

    fn score_case<'py>(&self, case: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
        let py = case.py();
        let Coded { codes, reasons } = self.coded(case)?;
        let scored = self.card.score_codes(codes.iter().copied());
        let points = PyDict::new(py);
        for (position, (name, code)) in self.names.iter().zip(&codes).enumerate() {
            if *code != ELSEWHERE {
                points.set_item(name, self.card.bin_points(position, *code))?;
            }
        }
        let segments = self.card.document().segments.as_ref().zip(codes.last());
        let segment = segments.and_then(|(segments, code)| {
            segments.segments.get(self.card.segment_of_code(*code)?).map(|segment| segment.name.as_str())
        });
        let texts = reasons.iter().map(|reason| self.card.reason_text(*reason));
        let result = PyDict::new(py);
        result.set_item(intern!(py, "score"), scored.score.0)?;
        result.set_item(intern!(py, "pd"), scored.pd.0)?;
        result.set_item(intern!(py, "segment"), segment)?;
        result.set_item(intern!(py, "points"), points)?;
        result.set_item(intern!(py, "reasons"), PyList::new(py, texts.collect::<Vec<_>>())?)?;
        result.set_item(intern!(py, "unforeseen"), scored.unforeseen)?;
        Ok(result)
    }

    fn reasons_of_case<'py>(&self, case: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyList>> {
        let py = case.py();
        let all = PyList::empty(py);
        for reason in self.coded(case)?.reasons {
            let one = PyDict::new(py);
            one.set_item(intern!(py, "reason"), self.card.reason_text(reason))?;
            one.set_item(intern!(py, "feature"), self.names.get(usize::from(reason.feature)))?;
            one.set_item(intern!(py, "points_lost"), points_lost(&self.card, reason))?;
            all.append(one)?;
        }
        Ok(all)
    }

    fn score_lists(&self, lists: &Bound<'_, PyDict>) -> PyResult<scorewright_runtime::Batch> {
        use scorewright_runtime::{Batch, Column};
        let py = lists.py();
        let mut numbers: Vec<Vec<f64>> = Vec::new();
        let mut texts: Vec<Vec<Option<String>>> = Vec::new();
        for (input, column) in self.card.inputs().iter().zip(&self.columns) {
            let list = lists.get_item(column.bind(py))?.ok_or_else(|| absent_key(&input.name, lists))?;
            let list = list.cast_into::<PyList>()?;
            let (mut of_numbers, mut of_texts) = (Vec::new(), Vec::new());
            for (row, value) in list.iter().enumerate() {
                let given = value::take(&input.name, input.kind, &value).map_err(|fault| fault.at_row(Some(row)))?;
                match given.as_value(&input.name).map_err(|fault| fault.at_row(Some(row)))? {
                    Value::Number(number) => of_numbers.push(number),
                    Value::Category(text) => of_texts.push(Some(text.to_owned())),
                    Value::Missing if input.kind == FeatureKind::Numeric => of_numbers.push(f64::NAN),
                    Value::Missing => of_texts.push(None),
                }
            }
            numbers.push(of_numbers);
            texts.push(of_texts);
        }
        let batch = py.detach(|| {
            let borrowed: Vec<Vec<Option<&str>>> =
                texts.iter().map(|texts| texts.iter().map(Option::as_deref).collect()).collect();
            let columns = self.card.inputs().iter().zip(numbers.iter().zip(&borrowed));
            let columns: Vec<Column<'_>> = columns
                .map(|(input, (numbers, texts))| match input.kind {
                    FeatureKind::Numeric => Column::Numbers(numbers),
                    _ => Column::Categories(texts),
                })
                .collect();
            let mut batch = Batch::default();
            self.card.score_columns(&columns, true, &mut batch).map(|()| batch)
        });
        Ok(batch.map_err(Fault::from)?)
    }
}

/// What a case says of a column that it lacks.
fn absent_key(column: &str, case: &Bound<'_, PyDict>) -> PyErr {
    let keys: Vec<String> = case.keys().iter().filter_map(|key| key.extract().ok()).collect();
    absent(column, "case", keys.iter().map(String::as_str)).into()
}
