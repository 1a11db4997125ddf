"""The Python package: every case as a dict, and again in frames of pandas, Polars and pyarrow, which must all agree."""

import math

import pandas
import polars
import pyarrow

import scorewright
from common import cases, drive


def pandas_frame(columns, kinds):
    dtypes = {"numeric": "float64", "categorical": object}
    return pandas.DataFrame({name: pandas.Series(columns[name], dtype=dtypes[kinds[name]]) for name in columns})


def polars_frame(columns, kinds):
    dtypes = {"numeric": polars.Float64, "categorical": polars.String}
    return polars.DataFrame(columns, schema={name: dtypes[kinds[name]] for name in columns})


def pyarrow_frame(columns, kinds):
    dtypes = {"numeric": pyarrow.float64(), "categorical": pyarrow.string()}
    return pyarrow.table({name: pyarrow.array(columns[name], dtypes[kinds[name]]) for name in columns})


FRAMES = {
    pandas_frame: lambda frame: frame.to_dict("records"),
    polars_frame: lambda frame: frame.to_dicts(),
    pyarrow_frame: lambda frame: frame.to_pylist(),
}


def row(scores):
    """The row of a frame as the result of a dict has it."""
    missing = lambda value: value is None or isinstance(value, float) and math.isnan(value)
    reasons = [scores[f"reason_{place}"] for place in range(1, 5)]
    return {
        "score": scores["score"],
        "pd": scores["pd"],
        "segment": scores.get("segment"),
        "reasons": [reason for reason in reasons if not missing(reason)],
        "unforeseen": scores["unforeseen"],
    }


def refuses(score, data):
    try:
        score(data)
    except scorewright.Refused:
        return True
    return False


def score(folder, vectors):
    card = scorewright.load(folder / "scorecard.json")
    assert card.sha256 == vectors["scorecard_sha256"]
    given = list(cases(vectors))
    results = [{"refused": True} if refuses(card.score, case) else card.score(case) for case in given]
    for result, case in zip(results, given):
        if "refused" not in result:
            reasons = card.reasons(case)
            assert [reason["reason"] for reason in reasons] == result["reasons"], reasons
            assert all(reason["points_lost"] > 0 for reason in reasons), reasons
    for frame, rows in FRAMES.items():
        of = lambda cases: frame({name: [case[name] for case in cases] for name in card.inputs}, card.inputs)
        scored = [(case, result) for case, result in zip(given, results) if "refused" not in result]
        frame_rows = rows(card.score(of([case for case, _ in scored])))
        assert len(frame_rows) == len(scored)
        for (case, result), scores in zip(scored, frame_rows):
            wanted = {key: value for key, value in result.items() if key != "points"}
            assert row(scores) == wanted, (frame.__name__, case, row(scores), wanted)
        for case, result in zip(given, results):
            if "refused" in result:
                assert refuses(card.score, of([case])), (frame.__name__, case)
    return results


drive(f"CPython 3, pandas {pandas.__version__}, Polars {polars.__version__}, pyarrow {pyarrow.__version__}", score)
