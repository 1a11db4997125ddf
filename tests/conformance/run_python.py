"""The Python module, in this interpreter."""

import importlib.util

from common import cases, drive


def score(folder, vectors):
    spec = importlib.util.spec_from_file_location("card", folder / "card.py")
    card = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(card)
    assert card.SCORECARD_SHA256 == vectors["scorecard_sha256"]
    for case in cases(vectors):
        try:
            yield card.score(case)
        except card.Refused:
            yield {"refused": True}


drive("CPython 3", score)
