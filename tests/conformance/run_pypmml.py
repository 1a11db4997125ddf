"""PMML by PyPMML (PMML4S): a second opinion on the document."""

import java_home  # noqa: F401  before anything that starts a Java machine

import math

import pypmml
from py4j.protocol import Py4JJavaError
from pypmml import Model

from common import cases, drive
from pmml_outputs import named


def scored(folder, vectors):
    model = Model.load(str(folder / "card.pmml"))
    columns = {column["name"] for column in vectors["inputs"]}
    for case in cases(vectors):
        if model.modelElement == "MiningModel":
            yield {"cannot": "gives no outputs of a model of segments"}
            continue
        try:
            given = model.predict(case)
        except Py4JJavaError as e:
            # No attribute of a characteristic holds.
            if "NoSuchElementException" not in str(e.java_exception):
                raise
            yield {"refused": True}
            continue
        score = given.get(named("score", columns))
        # Its reasons of equal cost have no order, and its isIn cuts texts that XML writes with references; see the doc page.
        yield {"refused": True} if score is None or math.isnan(score) else {"score": score, "pd": given[named("pd", columns)]}


drive("pypmml " + pypmml.__version__, scored)
