"""Loads a scorecard and scores cases: dicts, and frames of pandas, Polars or Arrow.

    import scorewright
    card = scorewright.load("scorecard.json")
    card.score({"age": 34, "purpose": "radio/television"})
    card.score(frame)

A card that loads is one that scores as it was approved: its document is checked and its verification rows are replayed.
The code that scores is the one that trained and validated the card.
"""

from typing import TypedDict

from scorewright._native import Error, InvalidCase, InvalidScorecard, Refused, Scorecard

__all__ = ["Error", "InvalidCase", "InvalidScorecard", "Reason", "Refused", "Score", "Scorecard", "load"]


class Score(TypedDict):
    """What a case scores."""

    score: float
    pd: float
    segment: "str | None"
    points: "dict[str, float]"
    reasons: "list[str]"
    unforeseen: int


class Reason(TypedDict):
    """A reason for a low score."""

    reason: str
    feature: str
    points_lost: float


def load(source):
    """Loads a scorecard.

    `source` is the path of a scorecard.json, or its bytes. Raises InvalidScorecard, a ValueError, where it is no
    scorecard or was changed or damaged, and OSError where the file cannot be read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Scorecard(bytes(source))
    with open(source, "rb") as file:
        document = file.read()
    try:
        return Scorecard(document)
    except InvalidScorecard as error:
        raise InvalidScorecard(f"{source}: {error}") from None
