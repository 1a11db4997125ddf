"""What the package does with values, types, frames and faults; run by the project's tests with a folder of their cards."""

import copy
import datetime
import decimal
import math
import pathlib
import pickle
import sys
import threading
import types

import numpy
import pandas
import polars
import pyarrow

import scorewright

FOLDER = pathlib.Path(sys.argv[1])
NAN = float("nan")
LARGE = 2**53 + 1

plain = scorewright.load(FOLDER / "worst-if-unforeseen.json")
texts = scorewright.load(FOLDER / "awkward-texts.json")
strict = scorewright.load(FOLDER / "refuses-unforeseen.json")
segments = scorewright.load(FOLDER / "segments-of-numbers.json")
CASE = {"income": 1200.0, "job": "clerk", "age": 40.0}


def fails(kind, call, *words):
    """The error that a call raises, which is of a kind and has some words."""
    try:
        call()
    except kind as error:
        assert type(error) is kind, type(error)
        for word in words:
            assert word in str(error), (word, str(error))
        return error
    raise AssertionError(f"no {kind.__name__}")


def same(card, case, other):
    assert card.score(case) == card.score(other), (case, other, card.score(case), card.score(other))


def loads():
    path = FOLDER / "worst-if-unforeseen.json"
    document = path.read_bytes()
    for source in (path, str(path), document, bytearray(document), memoryview(document)):
        assert scorewright.load(source).sha256 == plain.sha256
    assert plain.to_json() == document
    assert plain.inputs == {"income": "numeric", "job": "categorical", "age": "numeric"}
    assert plain.features == ("income", "job", "age")
    assert plain.document["card"] == {"name": plain.name, "kind": plain.kind}
    assert plain.format_version == plain.document["format_version"]
    assert plain.name in repr(plain) and plain.sha256[:12] in repr(plain)
    for copied in (pickle.loads(pickle.dumps(plain)), copy.deepcopy(plain)):
        assert copied.sha256 == plain.sha256 and copied.score(CASE) == plain.score(CASE)
    fails(FileNotFoundError, lambda: scorewright.load(FOLDER / "nowhere.json"))
    fails(scorewright.InvalidScorecard, lambda: scorewright.load(b"{}"), "format")
    damaged = FOLDER / "damaged.json"
    damaged.write_bytes(document.replace(b'"points": -29.0', b'"points": -28.0'))
    assert damaged.read_bytes() != document
    fails(scorewright.InvalidScorecard, lambda: scorewright.load(damaged), "damaged.json", "-28 points")
    assert issubclass(scorewright.InvalidScorecard, ValueError)


def values_of_a_case():
    for number in (1200, numpy.float64(1200), numpy.float32(1200), numpy.int64(1200), numpy.uint16(1200),
                   numpy.array(1200.0), decimal.Decimal("1200")):
        same(plain, CASE, CASE | {"income": number})
    for missing in (NAN, pandas.NA, numpy.float64("nan"), numpy.float32("nan"), decimal.Decimal("NaN")):
        same(plain, CASE | {"income": None}, CASE | {"income": missing})
    for missing in (None, NAN, pandas.NA, numpy.float64("nan")):
        same(texts, {"job": None, "markup": None}, {"job": missing, "markup": missing})
    for truth in (True, numpy.True_):
        same(plain, CASE | {"age": 1.0}, CASE | {"age": truth})
        same(texts, {"job": "1", "markup": "true"}, {"job": "1", "markup": truth})
    for one in (1, 1.0, numpy.int8(1), numpy.float64(1), numpy.str_("1")):
        same(texts, {"job": "1", "markup": "x"}, {"job": one, "markup": "x"})
    same(plain, CASE, types.MappingProxyType(CASE | {"id": object()}))
    assert plain.score(CASE)["segment"] is None and plain.score(CASE)["unforeseen"] == 0
    assert plain.score(CASE | {"job": "pilot"})["unforeseen"] == 1
    assert plain.score(CASE | {"income": 2**53 + 2})["unforeseen"] == 0
    assert sum(plain.score(CASE)["points"].values()) + plain.document["base_points"] == plain.score(CASE)["score"]


def faults_of_a_case():
    error = fails(scorewright.InvalidCase, lambda: plain.score({"Income": 1, "job": "clerk", "age": 4}), '"income"', 'mean "Income"')
    assert error.column == "income" and error.row is None and isinstance(error, ValueError)
    fails(scorewright.InvalidCase, lambda: plain.score({}), '"income"', "must be there")
    today = datetime.date(2024, 7, 1)
    for wrong in ("1200", b"1200", [1200], numpy.array([1200.0]), today, 1j, pandas.NaT, object()):
        error = fails(scorewright.InvalidCase, lambda: plain.score(CASE | {"income": wrong}), '"income"', "number")
        assert error.column == "income"
    for wrong in (b"clerk", ["clerk"], today, numpy.float32(1), decimal.Decimal(1), "\ud800"):
        fails(scorewright.InvalidCase, lambda: plain.score(CASE | {"job": wrong}), '"job"')
    for large in (LARGE, -LARGE, numpy.int64(LARGE), 10**400):
        fails(scorewright.InvalidCase, lambda: plain.score(CASE | {"income": large}), '"income"', "exactly")
    for score in (strict.score, strict.reasons):
        error = fails(scorewright.Refused, lambda: score(CASE | {"job": "pilot"}), '"job"', '"pilot"')
        assert error.column == "job"
    for wrong in (None, 3, "case", [CASE], pandas.Series(CASE), polars.LazyFrame([CASE])):
        fails(TypeError, lambda: plain.score(wrong))


def kinds_of_frames():
    rows = [CASE, CASE | {"income": None, "job": None}, CASE | {"age": NAN, "job": "nurse"}]
    wanted = [plain.score(row) for row in rows]
    index = pandas.MultiIndex.from_tuples([("a", 1), ("b", 1), ("b", 1)], names=["x", "y"])
    frame = pandas.DataFrame(rows, index=index).assign(further=object())
    scores = plain.score(frame)
    assert scores.index.equals(index) and scores.index.names == ["x", "y"]
    assert list(scores) == ["score", "pd", "reason_1", "reason_2", "reason_3", "reason_4", "unforeseen"]
    assert list(scores["score"]) == [row["score"] for row in wanted] and list(scores["pd"]) == [row["pd"] for row in wanted]
    assert scores["unforeseen"].dtype == "uint32" and scores["reason_4"].isna().all()
    reasons = plain.reasons(frame)
    assert list(reasons)[:3] == ["reason_1_feature", "reason_1_points_lost", "reason_1"] and reasons.index.equals(index)
    for place, row in enumerate(rows):
        for rank, reason in enumerate(plain.reasons(row)):
            name = f"reason_{rank + 1}"
            got = reasons.iloc[place]
            assert {"reason": got[name], "feature": got[name + "_feature"], "points_lost": got[name + "_points_lost"]} == reason
    without = pandas_without_pyarrow(lambda: (plain.score(frame), plain.reasons(frame)))
    pandas.testing.assert_frame_equal(without[0], scores, check_dtype=False)
    pandas.testing.assert_frame_equal(without[1], reasons, check_dtype=False)
    assert without[0]["unforeseen"].dtype == "uint32"
    table = pyarrow.Table.from_pylist(rows)
    assert plain.score(table).column("score").to_pylist() == [row["score"] for row in wanted]
    chunked = pyarrow.concat_tables([table.slice(0, 1), table.slice(1, 0), table.slice(1, 2)])
    for source in (chunked, table.to_reader(), table.to_batches()[0]):
        assert plain.score(source).equals(plain.score(table)), source
    parts = polars.concat([polars.DataFrame(rows)[:1], polars.DataFrame(rows)[1:]], rechunk=False)
    assert parts.n_chunks() == 2 and plain.score(parts).rows() == plain.score(polars.DataFrame(rows)).rows()
    for empty in (frame[:0], polars.DataFrame(rows)[:0], table.slice(0, 0)):
        scores = plain.score(empty)
        assert len(scores) == 0 and type(scores) is type(empty) and "reason_4" in list(getattr(scores, "column_names", scores))
    many = polars.DataFrame([{"tenure": float(place % 9 - 1), "income": 200.0, "months late": None} for place in range(50_000)])
    scores = segments.score(many)
    assert scores.columns[:2] == ["segment", "score"]
    for place in (0, 1, 7, 8, 49_999):
        one = segments.score(many.row(place, named=True))
        assert (one["segment"], one["score"]) == scores.row(place)[:2]


def pandas_without_pyarrow(call):
    known = sys.modules["pyarrow"]
    sys.modules["pyarrow"] = None  # an import of it fails
    try:
        return call()
    finally:
        sys.modules["pyarrow"] = known


def types_of_columns():
    arrow = pyarrow.types
    ages = [18, None, 31, 30]
    score = lambda ages: plain.score(pyarrow.table({"income": [1.0] * 4, "job": ["clerk"] * 4, "age": ages}))
    wanted = score(pyarrow.array(ages, pyarrow.float64()))
    for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32"):
        assert score(pyarrow.array(ages, getattr(pyarrow, kind)())).equals(wanted), kind
    numbers = [None if age is None else decimal.Decimal(age) for age in ages]
    for kind in (pyarrow.decimal128(9, 2), pyarrow.decimal256(50, 3), pyarrow.decimal128(5, 0)):
        assert score(pyarrow.array(numbers, kind)).equals(wanted), kind
    assert score(pyarrow.array(ages, pyarrow.float64()).dictionary_encode()).equals(wanted)
    assert score(pyarrow.DictionaryArray.from_arrays([0, 1, 2, 3], pyarrow.array(ages))).equals(wanted)
    assert score(pyarrow.nulls(4)).equals(score(pyarrow.array([NAN] * 4)))
    assert score(pyarrow.array([True, None, False, True])).equals(score(pyarrow.array([1.0, None, 0.0, 1.0])))
    third = pyarrow.array([0.1] * 4, pyarrow.float32())
    assert score(third).equals(score(pyarrow.array([float(numpy.float32(0.1))] * 4)))

    score = lambda jobs: texts.score(pyarrow.table({"job": jobs, "markup": ["true"] * 4}))
    jobs = pyarrow.array(["1", None, "农民", "unknown"])
    wanted = score(jobs)
    for kind in (pyarrow.large_string(), pyarrow.string_view()):
        assert score(jobs.cast(kind)).equals(wanted), kind
    assert score(jobs.dictionary_encode()).equals(wanted)
    assert score(pyarrow.DictionaryArray.from_arrays([3, None, 1, 2], ["x", "农民", "unknown", "1"])).equals(wanted)
    assert score(pyarrow.nulls(4)).equals(score(pyarrow.nulls(4, pyarrow.string())))
    assert score(pyarrow.nulls(4, pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))).equals(score(pyarrow.nulls(4)))
    ones = score(pyarrow.array(["1", None, "0", "1"]))
    for kind in ("int8", "uint64", "int64", "float64"):
        numbers = pyarrow.array([1, None, 0, 1], getattr(pyarrow, kind)())
        assert score(numbers).equals(ones) and score(numbers.dictionary_encode()).equals(ones), kind
    truths = lambda values: texts.score(pyarrow.table({"job": ["1"] * 3, "markup": values}))
    assert truths([True, False, None]).equals(truths(["true", "false", None]))

    frame = pandas.DataFrame({"income": [1.0, 2.0], "job": ["nurse", None], "age": [31, 20]})
    wanted = plain.score(frame)
    for as_type in ({"job": "category"}, {"job": "string"}, {"job": object}, {"age": "Int64", "income": "Float64"},
                    {"age": "category"}, {"age": object}, {"age": "int64[pyarrow]"}, {"job": polars.Categorical}):
        if polars.Categorical in as_type.values():
            other = polars.from_pandas(frame).with_columns(polars.col("job").cast(polars.Categorical))
            assert plain.score(other).rows() == plain.score(polars.from_pandas(frame)).rows()
            continue
        other = frame.astype(as_type)
        pandas.testing.assert_frame_equal(plain.score(other), wanted, obj=str(as_type))
        without = pandas_without_pyarrow(lambda: plain.score(other)) if "pyarrow" not in str(as_type) else wanted
        pandas.testing.assert_frame_equal(without, wanted, check_dtype=False, obj=str(as_type))
    mixed = pandas.DataFrame({"job": pandas.Series([1, "农民", None, True], dtype=object), "markup": ["x"] * 4})
    assert list(texts.score(mixed)["score"]) == [texts.score(row)["score"] for row in mixed.to_dict("records")]


def faults_of_a_frame():
    frame = pandas.DataFrame([CASE] * 20_000)
    kinds = (lambda frame: frame, polars.from_pandas, pyarrow.Table.from_pandas)
    for of in kinds:
        fails(scorewright.InvalidCase, lambda: plain.score(of(frame.rename(columns={"income": "incomes"}))), '"income"', 'mean "incomes"')
        for wrong in (["x"] * 20_000, pandas.Timestamp("2024-07-01")):
            error = fails(scorewright.InvalidCase, lambda: plain.score(of(frame.assign(age=wrong))), '"age"', "number")
            assert error.column == "age"
        ages = [40] * 19_998 + [LARGE, 1]
        error = fails(scorewright.InvalidCase, lambda: plain.score(of(frame.assign(age=ages))), '"age"', str(LARGE), "row 19998")
        assert (error.column, error.row) == ("age", 19_998)
        jobs = ["clerk"] * 19_997 + ["pilot"] * 3
        error = fails(scorewright.Refused, lambda: strict.score(of(frame.assign(job=jobs))), '"job"', '"pilot"', "row 19997")
        assert (error.column, error.row) == ("job", 19_997)
        error = fails(scorewright.InvalidCase, lambda: plain.score(of(frame.assign(job=numpy.float32(1)))), '"job"', "64-bit")
    error = fails(scorewright.InvalidCase, lambda: plain.score(frame.assign(age=[40] * 19_999 + ["x"]).astype({"age": object})), '"age"', "row 19999")
    fails(scorewright.InvalidCase, lambda: plain.score(pandas.concat([frame, frame[["age"]]], axis=1)), "more than one", '"age"')
    fails(scorewright.InvalidCase, lambda: plain.score(pyarrow.chunked_array([[1, 2]])), "no frame")
    objects = polars.DataFrame({"income": [1.0], "job": ["clerk"], "age": polars.Series([object()], dtype=polars.Object)})
    fails(scorewright.InvalidCase, lambda: plain.score(objects), '"age"')

    def batches():
        yield pyarrow.RecordBatch.from_pylist([CASE])
        raise RuntimeError("the source broke")

    reader = pyarrow.RecordBatchReader.from_batches(pyarrow.RecordBatch.from_pylist([CASE]).schema, batches())
    fails(scorewright.InvalidCase, lambda: plain.score(reader), "the source broke")


def many_threads():
    frame = polars.DataFrame([CASE | {"age": float(age % 60)} for age in range(30_000)])
    wanted, results = plain.score(frame).rows(), []
    work = lambda: results.append(plain.score(frame).rows() == wanted and plain.score(CASE)["score"] == plain.score(CASE)["score"])
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8


for check in (loads, values_of_a_case, faults_of_a_case, kinds_of_frames, types_of_columns, faults_of_a_frame, many_threads):
    check()
