"""The decision graph, on the ZEN engine."""

import importlib.metadata
import json
import math
from decimal import Decimal

import zen

from common import cases, drive


def grade(card, score):
    """The position of the score band of development, from 1."""
    for place, band in enumerate(card["score_bands"], start=1):
        if (band["lower"] is None or score >= band["lower"]) and (band["upper"] is None or score < band["upper"]):
            return place
    return None


def check(given, expected, card):
    """Compares what the harness does not: points, unforeseen, segment, grade, and the reasons one by one."""
    if "refused" in expected:
        assert given["score"] is None and given["pd"] is None and given["grade"] is None, given
        return
    assert given["points"].keys() == expected["points"].keys(), (given, expected)
    for feature, points in expected["points"].items():
        assert math.isclose(given["points"][feature], points, abs_tol=1e-9), (feature, given, expected)
    assert given["unforeseen"] == expected["unforeseen"], (given, expected)
    assert given.get("segment") == expected["segment"], (given, expected)
    assert given["grade"] == grade(card, expected["score"]), (given, expected)
    assert [given[f"reason_{place}"] for place in range(1, 5)] == (given["reasons"] + [None] * 4)[:4], given


def is_cut_off(value):
    """Whether the engine's decimals, of 28 digits after the point, silently cut this number off."""
    return isinstance(value, float) and math.isfinite(value) and Decimal(repr(value)).as_tuple().exponent < -28


def score(folder, vectors):
    content = (folder / "card.zen.json").read_text(encoding="utf-8")
    card = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    decision = zen.ZenEngine().create_decision(content)
    decision.validate()
    for case, expected in zip(cases(vectors), vectors["cases"]):
        if any(is_cut_off(value) for value in case.values()):
            yield {"cannot": "more than 28 digits after the point"}
            continue
        # JSON has no NaN: a missing value is null.
        case = {name: None if value != value else value for name, value in case.items()}
        try:
            given = decision.evaluate(json.dumps(case))["result"]
        except RuntimeError as error:
            yield {"cannot": str(error)[:300]}
            continue
        assert given["scorecard_sha256"] == vectors["scorecard_sha256"]
        check(given, expected, card)
        yield {"refused": True} if given["refused"] is not None else given


drive(importlib.metadata.version("zen-engine"), score)
