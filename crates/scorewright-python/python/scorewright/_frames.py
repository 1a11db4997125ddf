"""Frames of other libraries to Arrow and back. No library is imported that the caller has not imported, but pyarrow."""

import sys


def score(card, data, only_reasons):
    """The scores of a frame, or only their reasons, as a frame of the same kind."""
    polars = sys.modules.get("polars")
    if polars is not None:
        if isinstance(data, polars.DataFrame):
            columns = data.select(card._columns(data.columns))
            return polars.DataFrame(card._score_stream(columns, only_reasons, True))
        if isinstance(data, polars.LazyFrame):
            raise TypeError("a LazyFrame has no rows yet: collect() it first")
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if isinstance(data, pandas.DataFrame):
            return _pandas(card, data, only_reasons, pandas)
        if isinstance(data, pandas.Series):
            raise TypeError("a Series is no frame: score series.to_dict() if it is a row, series.to_frame() if a column")
    if hasattr(data, "__arrow_c_stream__"):
        pyarrow = _pyarrow()
        if pyarrow is None:
            raise ImportError("scores of an Arrow frame are a pyarrow.Table: install pyarrow")
        return pyarrow.table(card._score_stream(data, only_reasons, False))
    kind = f"{type(data).__module__}.{type(data).__qualname__}"
    raise TypeError(f"{kind} is neither a case (a dict) nor a frame of pandas, Polars or Arrow")


def _pyarrow():
    try:
        import pyarrow
    except ImportError:
        return None
    return pyarrow


def _pandas(card, frame, only_reasons, pandas):
    names = card._columns(list(frame.columns))
    pyarrow = _pyarrow()
    columns = None if pyarrow is None else _arrow(frame, names, pyarrow)
    if columns is None:
        scores = card._score_lists({name: frame[name].tolist() for name in names}, only_reasons)
    else:
        scores = card._score_stream(columns, only_reasons, False)
    if pyarrow is not None:
        result = pyarrow.table(scores).to_pandas()
        result.index = frame.index
        return result
    result = pandas.DataFrame(scores.to_lists(), index=frame.index)
    return result if only_reasons else result.astype({"unforeseen": "uint32"})


def _arrow(frame, names, pyarrow):
    """The columns as an Arrow table; None where one holds objects of several types, which Arrow does not know."""
    columns = []
    for name in names:
        column = frame[name]
        # A NaN among numbers stays one, so that their memory is shared.
        is_float = getattr(column.dtype, "kind", "O") == "f"
        try:
            columns.append(pyarrow.array(column, from_pandas=not is_float))
        except (pyarrow.ArrowException, OverflowError):
            return None
    return pyarrow.Table.from_arrays(columns, names=names)
