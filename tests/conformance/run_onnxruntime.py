"""ONNX models in onnxruntime: all cases of a card at once, each alone, and none."""

import json
import math

import numpy as np
import onnx
import onnxruntime

from common import cases, drive

REASONS = [f"reason_{place}" for place in range(1, 5)]


def feed(session, columns, rows):
    """The tensors of some cases. Where the empty text is a value of the card, a further input says what is missing."""
    tensors = {}
    optional = {tensor.name for tensor in session.get_overridable_initializers()}
    for column in columns:
        name = column["name"]
        values = [row[name] for row in rows]
        missing = np.array([value is None for value in values], dtype=bool).reshape(-1, 1)
        if column["type"] == "numeric":
            tensor = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
        else:
            tensor = np.array(["" if value is None else value for value in values], dtype=object)
        tensors[name] = tensor.reshape(-1, 1)
        if f"{name}_is_missing" in optional:
            tensors[f"{name}_is_missing"] = missing
    return tensors


def equal(one, other):
    """Whether a case came out alike in both batches; the exponential of one number may differ in its last digit from that of
    many."""
    if one.dtype == object:
        return one.shape == other.shape and (one == other).all()
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-14, atol=0, equal_nan=True)


def score(folder, vectors):
    model = onnx.load(folder / "card.onnx")
    onnx.checker.check_model(model, full_check=True)
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert about["scorecard_sha256"] == vectors["scorecard_sha256"]
    assert model.graph.name == about["card"] == vectors["card"]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns of every input that may be left out
    session = onnxruntime.InferenceSession(folder / "card.onnx", options, providers=["CPUExecutionProvider"])
    # An output that has the name of a column has an underscore at its end; the order of outputs is always the same.
    outputs = ["score", "pd", *REASONS, "unforeseen", "points", "segment"]
    rows = list(cases(vectors))
    batch = session.run(None, feed(session, vectors["inputs"], rows))
    assert all(output.shape[0] == 0 for output in session.run(None, feed(session, vectors["inputs"], [])))
    for place, (row, case) in enumerate(zip(rows, vectors["cases"])):
        alone = session.run(None, feed(session, vectors["inputs"], [row]))
        assert all(equal(one, many[place : place + 1]) for one, many in zip(alone, batch)), row
        given = {name: output[0] for name, output in zip(outputs, alone)}
        reasons = [given[name][0] for name in REASONS]
        if math.isnan(given["score"][0]):
            assert math.isnan(given["pd"][0]) and np.isnan(given["points"]).all() and reasons == [""] * 4, row
            yield {"refused": True}
            continue
        result = {
            "score": given["score"][0],
            "pd": given["pd"][0],
            "reasons": [reason for reason in reasons if reason],
        }
        if "refused" not in case:
            names = json.loads(about["features"])
            points = dict(zip(names, given["points"].tolist()))
            assert points == {name: 0 for name in names} | case["points"], row
            assert given["unforeseen"][0] == case["unforeseen"], row
            assert given["segment"][0] == case["segment"] if "segment" in given else case["segment"] is None, row
            # Bit for bit, not only to the tolerance of decimals.
            assert result["score"] == case["score"], (row, result["score"], case["score"])
        yield result


drive(onnxruntime.__version__, score)
