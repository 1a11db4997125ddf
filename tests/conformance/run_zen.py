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
    """Compares what the harness does not: points, unforeseen, segment, grade, and the reasons one by one. The engine
    leaves out what is null."""
    if "refused" in expected:
        assert not given.keys() & {"score", "pd", "grade", "unforeseen", "reason_1"}, given
        return
    # The engine keeps the key for itself.
    wanted = {feature: points for feature, points in expected["points"].items() if feature != "$nodes"}
    assert given["points"].keys() == wanted.keys(), (given, expected)
    for feature, points in wanted.items():
        assert math.isclose(given["points"][feature], points, abs_tol=1e-9), (feature, given, expected)
    assert given["unforeseen"] == expected["unforeseen"], (given, expected)
    assert given.get("segment") == expected["segment"], (given, expected)
    assert given.get("grade") == grade(card, expected["score"]), (given, expected)
    assert [given.get(f"reason_{place}") for place in range(1, 5)] == (given["reasons"] + [None] * 4)[:4], given


def bounds(part):
    """The bounds and special values anywhere in a card."""
    if isinstance(part, dict):
        for key, item in part.items():
            values = [item] if key in ("lower", "upper") else item if key == "special" else []
            yield from (Decimal(repr(value)) for value in values if isinstance(value, float))
            yield from bounds(item)
    elif isinstance(part, list):
        for item in part:
            yield from bounds(item)


def is_cut_off(value, bounds):
    """Whether the engine's decimals, of 28 digits after the point, silently take this number over a bound."""
    if not isinstance(value, float) or not math.isfinite(value):
        return False
    whole = Decimal(repr(value))
    cut = round(whole, 28) if whole.as_tuple().exponent < -28 else whole
    return any((whole < bound, whole == bound) != (cut < bound, cut == bound) for bound in bounds)


def score(folder, vectors):
    content = (folder / "card.zen.json").read_text(encoding="utf-8")
    card = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    decision = zen.ZenEngine().create_decision(content)
    decision.validate()
    known = set(bounds([card["features"], card.get("segments")]))
    for case, expected in zip(cases(vectors), vectors["cases"]):
        if any(is_cut_off(value, known) for value in case.values()):
            yield {"cannot": "the engine cuts a number off over a bound"}
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
        yield {"refused": True} if "refused" in given else given


drive(importlib.metadata.version("zen-engine"), score)
