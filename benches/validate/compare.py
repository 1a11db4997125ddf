"""Validation of scores beside other tools, on the same cases, in one run.

    python3 benches/validate/compare.py                   1,000,000 cases, 200 resamples
    python3 benches/validate/compare.py --cases 100000

Needs cargo (or --program), Python 3.9 or later and, at the first run, the network: the other tools are installed into a
virtual environment below target/peers, where the made-up data lie too.

The data: scores with PDs, outcomes (bad rate about 6 percent), 24 months, 7 grades now and a year before, 3 columns of
segments. scorewright reads the file and writes evidence, report, workbook and tables with every measure it has. The other
programs read the same file and compute what they have of the same: each line says what.

- CPU, wall: seconds of the whole process, reading included; median of the runs.
- memory: largest resident set of the process.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ["numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "statsmodels", "optbinning", "scorecardpy"]

MAKE = r"""
import sys, numpy as np, pandas as pd
n = int(sys.argv[2]); rng = np.random.default_rng(11)
month = rng.integers(0, 24, n); eta = rng.normal(3.2, 1.1, n) - 0.01 * month
score = np.rint(487.1229 + 28.8539 * eta); pd_ = 1 / (1 + np.exp((score - 487.1229) / 28.8539))
bad = (rng.random(n) < 1 / (1 + np.exp(eta - 0.1))).astype(int)
grade = np.digitize(pd_, [0.01, 0.02, 0.04, 0.08, 0.16, 0.32])
before = np.clip(grade + rng.choice([-1, 0, 0, 0, 1], n), 0, 6)
name = np.array(list("ABCDEFG"))
pd.DataFrame({"score": score, "pd": pd_, "bad": bad, "month": pd.to_datetime("2023-01-15") + pd.to_timedelta(month * 30, "D"),
  "grade": name[grade], "grade_before": name[before], "product": rng.choice(["card", "cash", "car"], n),
  "region": rng.choice([f"r{i}" for i in range(10)], n), "channel": rng.choice(["web", "branch", "partner"], n)}).to_parquet(sys.argv[1])
"""

PEERS = {
    "scikit-learn, scipy, numpy: AUC, KS with 200 resamples, Brier, log loss, Hosmer-Lemeshow, AUC by month and segment": r"""
import sys, numpy as np, pandas as pd
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
d = pd.read_parquet(sys.argv[1]); y, s, p = d.bad.to_numpy(), d.score.to_numpy(), d.pd.to_numpy()
roc_auc_score(y, -s); brier_score_loss(y, p); log_loss(y, p)
good, bad = s[y == 0], s[y == 1]; rng = np.random.default_rng(1)
stats.ks_2samp(good, bad)
for _ in range(int(sys.argv[2])):
    stats.ks_2samp(rng.choice(good, len(good)), rng.choice(bad, len(bad)), method="asymp")
q = pd.qcut(d.pd, 10, duplicates="drop"); g = d.groupby(q, observed=True).agg(n=("bad", "size"), o=("bad", "sum"), e=("pd", "sum"))
stats.chi2.sf(((g.o - g.e) ** 2 / (g.e * (1 - g.e / g.n))).sum(), len(g))
for column in [d.month.dt.to_period("M"), d["product"], d.region, d.channel]:
    d.groupby(column).apply(lambda x: roc_auc_score(x.bad, -x.score), include_groups=False)
""",
    "scorecardpy perf_eva: KS, AUC, lift, their plots": r"""
import sys, pandas as pd, warnings
warnings.filterwarnings("ignore")
import matplotlib; matplotlib.use("Agg")
import scorecardpy as sc
d = pd.read_parquet(sys.argv[1]); sc.perf_eva(d.bad, d.pd, show_plot=False)
""",
    "optbinning plots: KS, AUC, CAP, as pictures": r"""
import sys, pandas as pd, matplotlib; matplotlib.use("Agg")
from optbinning.scorecard import plot_auc_roc, plot_cap, plot_ks
d = pd.read_parquet(sys.argv[1])
for plot in [plot_auc_roc, plot_cap, plot_ks]:
    plot(d.bad, d.pd, savefig=True, fname="plot.png")
""",
}

def environment(place):
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python

def run(command, folder):
    """CPU and wall seconds and megabytes of a process, or why it failed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        return {"failed": error.strip().splitlines()[-1][:100] if error.strip() else f"status {status}"}
    wall = time.perf_counter() - start
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "memory": usage.ru_maxrss / 1024}

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--program", type=pathlib.Path)
    parser.add_argument("--only-ours", action="store_true")
    arguments = parser.parse_args()
    program = arguments.program
    if program is None:
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT, check=True)
        program = ROOT / "target/release/scorewright"
    place = ROOT / "target/peers"
    place.mkdir(parents=True, exist_ok=True)
    python = environment(place / "validate")
    data = place / f"scores-{arguments.cases}.parquet"
    if not data.exists():
        subprocess.run([python, "-c", MAKE, data, str(arguments.cases)], check=True)
    ours = [program.resolve(), "validate", "--data", data, "--outcome-column", "bad", "--bad", "1", "--score-column", "score",
            "--pd-column", "pd", "--period-column", "month", "--grade-column", "grade", "--previous-grade-column", "grade_before",
            "--resamples", str(arguments.resamples), "--quiet"]
    for column in ["product", "region", "channel"]:
        ours += ["--segment-column", column]
    print(f"{arguments.cases:,} cases, {arguments.resamples} resamples, {os.cpu_count()} cores; median of {arguments.runs} runs\n")
    print("| what | CPU s | wall s | memory MB |\n|---|---|---|---|")
    jobs = [("scorewright validate: every measure, report, workbook, tables", lambda folder: ours + ["--out", folder + "/out"])]
    if not arguments.only_ours:
        for name, code in PEERS.items():
            jobs.append((name, lambda _, code=code: [python, "-c", code, data, str(arguments.resamples)]))
    for name, command in jobs:
        figures = []
        for _ in range(arguments.runs):
            with tempfile.TemporaryDirectory() as folder:
                figures.append(run(command(folder), folder))
        failed = [figure["failed"] for figure in figures if "failed" in figure]
        if failed:
            print(f"| {name} | failed: {failed[0]} | | |", flush=True)
            continue
        middle = {key: statistics.median(figure[key] for figure in figures) for key in figures[0]}
        print(f"| {name} | {middle['cpu']:.1f} | {middle['wall']:.1f} | {middle['memory']:.0f} |", flush=True)

if __name__ == "__main__":
    main()
