//! Arrow's C stream interface in the capsules of Python: the one place with unsafe code.
#![allow(unsafe_code, reason = "a capsule holds a C structure behind a plain pointer")]

use std::ffi::CStr;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// What the interface calls a capsule with a stream.
const NAME: &CStr = c"arrow_array_stream";

/// The stream of an object with `__arrow_c_stream__`.
pub fn import(frame: &Bound<'_, PyAny>) -> PyResult<FFI_ArrowArrayStream> {
    let made = frame.call_method0("__arrow_c_stream__")?;
    let capsule = made.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(NAME))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: by the Arrow PyCapsule interface a capsule of this name points to a valid ArrowArrayStream, which the
    // consumer moves out, leaving a released one for the capsule to drop. Its name was checked; `capsule` outlives the
    // move, and the interpreter lets no other thread touch it meanwhile.
    Ok(unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) })
}

/// The record batches of a stream.
pub fn read(stream: FFI_ArrowArrayStream) -> Result<RecordBatchStreamReader, arrow_schema::ArrowError> {
    RecordBatchStreamReader::try_new(stream)
}

/// A record batch as a capsule.
pub fn export<'py>(py: Python<'py>, batch: RecordBatch) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = batch.schema();
    let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    PyCapsule::new_with_value(py, stream, NAME)
}
