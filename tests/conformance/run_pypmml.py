"""PMML by PyPMML (PMML4S): a second opinion on the document."""

import java_home  # noqa: F401  before anything that starts a Java machine

import math

import pypmml
from pypmml import Model

from common import cases, drive
from pmml_outputs import OUTPUTS, named, reasons


def score(folder, vectors):
    model = Model.load(str(folder / "card.pmml"))
    columns = {column["name"] for column in vectors["inputs"]}
    for case in cases(vectors):
        if model.modelElement == "MiningModel":
            yield {"cannot": "gives no outputs of a model of segments"}
            continue
        given = model.predict(case)
        result = {output: given.get(named(output, columns)) for output in OUTPUTS}
        if result["score"] is None or math.isnan(result["score"]):
            yield {"refused": True}
            continue
        yield {"score": result["score"], "pd": result["pd"], "unforeseen": result["unforeseen"], "reasons": reasons(result)}


drive("pypmml " + pypmml.__version__, score)
