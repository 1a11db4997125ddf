"""Times scorewright beside optbinning on the same made-up table, in one run.

    python3 -m venv .venv && .venv/bin/pip install optbinning==1.0.0 pyarrow
    cargo build --release
    .venv/bin/python benches/peers/compare.py [ROWS]

Both read the same Parquet file, bin every feature (at most 8 bins, at least 5 percent each, best monotone
trend), fit a logistic scorecard and score all rows. What differs: scorewright also draws the samples, selects by
correlation and BIC, computes standard errors, measures with intervals and writes report and tables; optbinning takes
all features that pass its IV rule into sklearn's penalised logistic regression. CPU seconds count children and
threads; wall time is noisy on a shared machine.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROOT = pathlib.Path(__file__).resolve().parents[2]
PEER = """
import sys, json
import pandas as pd
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression
frame = pd.read_parquet(sys.argv[1])
y = (frame["outcome"] == "bad").astype(int).to_numpy()
x = frame.drop(columns=["outcome"])
names = list(x.columns)
categorical = [name for name in names if x[name].dtype == object or str(x[name].dtype).startswith("str")]
process = BinningProcess(names, categorical_variables=categorical, max_n_bins=8, min_bin_size=0.05,
                         selection_criteria={"iv": {"min": 0.02}},
                         binning_fit_params={name: {"monotonic_trend": "auto_asc_desc"} for name in names if name not in categorical})
card = Scorecard(binning_process=process, estimator=LogisticRegression(C=1e6, max_iter=1000),
                 scaling_method="pdo_odds", scaling_method_params={"pdo": 20, "odds": 50, "scorecard_points": 600})
card.fit(x, y)
pd.DataFrame({"score": card.score(x)}).to_parquet(sys.argv[2])
"""
CARD = """
[card]
name = "bench"
kind = "application"
[table]
path = "data.parquet"
[outcome]
column = "outcome"
bad = ["bad"]
[sample]
holdout = 0
[binning]
max_bins = 8
"""


def data(rows):
    """40 numbers, 10 categories, about 6 percent bad, some values missing."""
    rng = np.random.default_rng(1)
    risk = rng.normal(size=rows)
    frame = {}
    for i in range(40):
        noise = rng.normal(size=rows)
        column = 0.5 * (i % 5) / 4 * risk + noise
        if i % 4 == 0:
            column = np.exp(column)
        if i % 6 == 0:
            column = np.where(rng.uniform(size=rows) < 0.08, np.nan, column)
        frame[f"n{i}"] = column
    for i in range(10):
        levels = np.digitize(0.3 * (i % 4) * risk + rng.normal(size=rows), np.linspace(-2, 2, 9))
        frame[f"c{i}"] = np.array([f"level {level}" for level in range(10)])[levels]
    bad = rng.uniform(size=rows) < 1 / (1 + np.exp(3.3 - 1.1 * risk))
    frame["outcome"] = np.where(bad, "bad", "good")
    return pd.DataFrame(frame)


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    frame = data(ROWS)
    frame.to_parquet(folder / "data.parquet")
    (folder / "card.toml").write_text(CARD)
    (folder / "peer.py").write_text(PEER)
    bad = (frame["outcome"] == "bad").to_numpy()
    figures = {"rows": ROWS, "features": 50}
    for run in range(3):
        ours = timed([ROOT / "target/release/scorewright", "train", folder / "card.toml", "--out", folder / "run", "--quiet"])
        peer = timed([sys.executable, folder / "peer.py", folder / "data.parquet", folder / "peer.parquet"])
        for name, (cpu, wall) in (("scorewright", ours), ("optbinning", peer)):
            figures.setdefault(name, {"cpu_seconds": [], "wall_seconds": []})
            figures[name]["cpu_seconds"].append(round(cpu, 2))
            figures[name]["wall_seconds"].append(round(wall, 2))
    figures["scorewright"]["auc"] = roc_auc_score(~bad, pd.read_parquet(folder / "run/tables/scores.parquet")["score"])
    figures["optbinning"]["auc"] = roc_auc_score(~bad, pd.read_parquet(folder / "peer.parquet")["score"])
    bins = pd.read_csv(folder / "run/tables/selection.csv")
    figures["scorewright"]["features_in_card"] = int(bins["selected"].sum())
    print(json.dumps(figures, indent=1))
