"""What the drivers share: a driver gets a folder with a folder for each card, which holds vectors.json and the exports,
and prints a JSON document: the engine's version, and for each card the results in the order of its cases.

A result is {"score": .., "pd": .., "reasons": [..]}, {"refused": true} where the export gives no score, or
{"cannot": "why"} where the engine cannot be given the case at all.
"""

import json
import math
import pathlib
import sys


def value(raw, kind):
    """A value of a case: a float, a text, or None."""
    return float(raw) if kind == "numeric" and raw is not None else raw


def cases(vectors):
    """The cases of a card, each a dict of its values by column."""
    kinds = {column["name"]: column["type"] for column in vectors["inputs"]}
    for case in vectors["cases"]:
        yield {name: value(raw, kinds[name]) for name, raw in case["input"].items()}


def drive(version, score):
    """Runs `score(folder, vectors)`, which gives a card's results, on every card, and prints the document."""
    folders = sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir())
    cards = {}
    for folder in folders:
        vectors = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
        cards[folder.name] = [plain(result) for result in score(folder, vectors)]
    json.dump({"version": version, "cards": cards}, sys.stdout, allow_nan=False)


def plain(result):
    """A result that JSON can carry: a score that is no number is none."""
    number = lambda value: None if value is None or not math.isfinite(value) else float(value)
    return {key: number(item) if key in ("score", "pd") else item for key, item in result.items()}
