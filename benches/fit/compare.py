"""The logistic fit beside other tools, on the same table of WOE, in one run.

    python3 benches/fit/compare.py                   1,000,000 rows x 15 features, three runs
    python3 benches/fit/compare.py --linfa           with linfa-logistic as well (about a minute)

Needs cargo, Python 3.9 or later and, at the first run, the network: the other tools are installed into a virtual environment
below target/peers, where the made-up data lie too.

The data: 15 correlated features of 8 distinct WOE each, a bad rate of about 8 percent. The other tools get a float matrix in
memory, scorewright the bin codes that its binning leaves behind (one byte or two a number) with the WOE of each; reading
and coding are not timed for anybody. scorewright and statsmodels compute standard errors, the others do not.

- CPU: seconds of user and system time of all threads; a figure is the median of the runs.
- off: largest difference of a coefficient from statsmodels' Newton fit at a tolerance of 1e-12.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ["numpy", "pandas", "pyarrow", "scikit-learn", "statsmodels"]

PEERS = r"""
import json, sys, time, resource, warnings
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd, sklearn, statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression
d = pd.read_parquet(sys.argv[1]); y = 1 - d.pop("bad").to_numpy(); X = d.to_numpy()
def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF); return r.ru_utime + r.ru_stime
def run(name, fit):
    w, c = time.perf_counter(), cpu(); beta = fit()
    print(json.dumps({"tool": name, "time": {"cpu": cpu() - c, "wall": time.perf_counter() - w}, "coefficients": list(map(float, beta))}), flush=True)
def sk(**k):
    m = LogisticRegression(C=np.inf, max_iter=1000, **k).fit(X, y); return np.r_[m.intercept_, m.coef_[0]]
def logit():
    m = sm.Logit(y, sm.add_constant(X)).fit(disp=0); m.bse; return m.params
def best():
    return sm.Logit(y, sm.add_constant(X)).fit(disp=0, method="newton", tol=1e-12, maxiter=50).params
run("reference", best)
for _ in range(int(sys.argv[2])):
    run(f"statsmodels {statsmodels.__version__} Logit", logit)
    run(f"scikit-learn {sklearn.__version__} lbfgs, tol 1e-8", lambda: sk(tol=1e-8))
    run(f"scikit-learn {sklearn.__version__} newton-cholesky", lambda: sk(solver="newton-cholesky"))
"""

MAKE = r"""
import sys, numpy as np, pandas as pd
rng = np.random.default_rng(3); n, p = int(sys.argv[2]), 15; f = rng.standard_normal(n); eta = np.full(n, 3.1); columns = {}
for j in range(p):
    z = .4 * f + rng.standard_normal(n); woe = np.sort(rng.normal(0, .5, 8))
    columns[f"x{j}"] = woe[np.searchsorted(np.quantile(z[:20000], np.arange(1, 8) / 8), z)]; eta += 0.6 * columns[f"x{j}"]
columns["bad"] = (rng.random(n) >= 1 / (1 + np.exp(-eta))).astype(np.int64)
pd.DataFrame(columns).to_parquet(sys.argv[1])
"""


def environment(folder):
    place = folder / "environments" / "fit"
    interpreter = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "installed").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (place / "installed").write_text("\n".join(PACKAGES))
    return interpreter


def lines(command):
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--linfa", action="store_true", help="linfa-logistic as well")
    options = parser.parse_args()
    folder = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    interpreter = environment(folder)
    data = folder / f"fit-{options.rows}.parquet"
    if not data.exists():
        subprocess.run([interpreter, "-c", MAKE, data, str(options.rows)], check=True)
    bench = ["cargo", "bench", "--quiet", "--bench", "fit", "--", str(data)]
    found = lines([interpreter, "-c", PEERS, data, str(options.runs)])
    reference = found.pop(0)["coefficients"]
    for solver in ["newton", "non_negative", "firth"] + (["linfa-logistic"] if options.linfa else []):
        runs = 1 if solver == "linfa-logistic" else options.runs
        for line in lines([*bench, "--solver", solver, "--runs", str(runs)]):
            line["tool"] = "linfa-logistic" if solver == "linfa-logistic" else f"scorewright, {solver}"
            found.append(line)
    by_tool = {}
    for line in found:
        by_tool.setdefault(line["tool"], []).append(line)
    print(f"{options.rows:,} rows x {len(reference) - 1} features, {options.runs} runs\n")
    print("| tool | CPU s | wall s | off |\n|---|---|---|---|")
    for tool, runs in by_tool.items():
        middle = lambda key: statistics.median(run["time"][key] for run in runs)
        off = max(abs(a - b) for a, b in zip(runs[0]["coefficients"], reference))
        print(f"| {tool} | {middle('cpu'):.2f} | {middle('wall'):.2f} | {off:.0e} |")


if __name__ == "__main__":
    sys.exit(main())
