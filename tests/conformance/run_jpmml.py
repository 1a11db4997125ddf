"""PMML by JPMML-Evaluator, after the schema of PMML 4.4 that JPMML-Model carries has accepted the document."""

import java_home  # noqa: F401  before anything that starts a Java machine

import jpmml_evaluator
import jpype
from jpmml_evaluator import JavaError, make_evaluator
from jpmml_evaluator.jpype import JPypeBackend

from common import cases, drive
from pmml_outputs import OUTPUTS, named, reasons

BACKEND = JPypeBackend()
# What it raises where a card refuses a case: no attribute holds, or no segment.
NOT_SCORED = ("org.jpmml.evaluator.UndefinedResultException", "org.jpmml.evaluator.TypeCheckException")


def schema():
    place = jpype.JClass("org.dmg.pmml.PMML").class_.getClassLoader().getResource("pmml.xsd")
    factory = jpype.JClass("javax.xml.validation.SchemaFactory")
    return factory.newInstance("http://www.w3.org/2001/XMLSchema").newSchema(place)


SCHEMA = schema()
SOURCE = jpype.JClass("javax.xml.transform.stream.StreamSource")
FILE = jpype.JClass("java.io.File")


def score(folder, vectors):
    file = folder / "card.pmml"
    SCHEMA.newValidator().validate(SOURCE(FILE(str(file))))
    evaluator = make_evaluator(str(file), backend=BACKEND).verify()
    columns = {column["name"] for column in vectors["inputs"]}
    assert {field.getName() for field in evaluator.getInputFields()} == columns
    outputs = {field.getName() for field in evaluator.getOutputFields()}
    names = {output: named(output, columns) for output in OUTPUTS}
    if names["segment"] not in outputs:
        del names["segment"]
    assert outputs >= set(names.values()), outputs
    target = evaluator.getTargetFields()[0].getName()
    for case in cases(vectors):
        try:
            # NaN goes to the evaluator as it is; the package would else make None of it.
            given = evaluator.evaluate(case, nan_as_missing=False)
        except JavaError as e:
            if e.className not in NOT_SCORED:
                raise
            yield {"refused": True}
            continue
        result = {output: given[name] for output, name in names.items()}
        assert result["score"] == given[target]
        yield {**result, "reasons": reasons(result)}


drive("jpmml-evaluator " + jpmml_evaluator.__version__, score)
