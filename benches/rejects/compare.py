"""Which method of reject inference helps when: made-up lenders whose truth is known.

    python benches/rejects/compare.py [--program target/release/scorewright] [--seeds 5] [--applicants 8000]

Every lender has the same applicants and the same outcome, good where
    1.0 + 0.7 x1 + 0.5 x2 + 0.3 x3 + h s + e > 0,
and differs in whom it accepts. s is what the lender saw and nobody recorded. The study runs with the truth of the rejects;
figures are means over seeds. Needs numpy. It writes into a temporary folder and prints Markdown.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np

CARD = """[card]
name = "bench"
kind = "application"
[table]
path = "applicants.csv"
id = "id"
[outcome]
column = "bad"
bad = [1]
good = [0]
[rejects]
column = "decision"
values = ["rejected"]
{exclusion}
[rejects.truth]
path = "truth.csv"
column = "bad"
bad = [1]
[features]
include = ["x*"]
[selection]
min_iv = 0.0
drop = [{drop}]
[sample]
holdout = 0.3
seed = {seed}
"""


def lender(name, n, rng):
    """Columns, whether bad, whether accepted, declared exclusion, features that the card leaves out."""
    x = rng.normal(size=(4, n))
    s, e, v = rng.normal(size=(3, n))
    officer = rng.integers(0, 6, n)
    lenient = (officer - 2.5) / 1.7
    observed = 1.0 + 0.7 * x[0] + 0.5 * x[1] + 0.3 * x[2]
    hidden, drop, exclusion = 0.0, [], []
    if "skewed" in name:
        e = rng.exponential(size=n) - 1.0
        s = rng.exponential(size=n) - 1.0
    if name == "random":
        accepted = rng.random(n) < 0.5
    elif name.startswith("observables"):
        accepted = 0.8 * x[0] + 0.6 * x[1] + v > 0
    elif name == "strong cut-off":
        accepted = x[0] + x[1] + 0.15 * v > 0.3
    elif name == "hard rule":
        accepted = x[0] > 0
    elif name == "left-out feature":
        observed = observed + 0.8 * x[3]
        accepted = 0.5 * x[0] + 1.2 * x[3] + v > 0
        drop = ["x4"]
    else:
        hidden = 0.7
        use = 0.0 if "no exclusion" in name else 1.0
        accepted = 0.4 * x[0] + 0.3 * x[1] + use * lenient + s + 0.5 * v > 0
        exclusion = ["officer"] if use else []
        if "invalid" in name:
            observed = observed + 0.4 * lenient
    bad = observed + hidden * s + np.sqrt(1 - hidden * hidden) * e < 0
    return x, officer, bad, accepted, exclusion, drop


SCENARIOS = [
    ("random", "acceptance by lot"),
    ("observables", "by x1 and x2 and chance"),
    ("observables, skewed errors", "the same; what the outcome does not see is skewed"),
    ("strong cut-off", "by x1 + x2, hardly any chance"),
    ("hard rule", "x1 above 0, nothing else"),
    ("left-out feature", "by x1 and x4, which the card may not use"),
    ("hidden signal, exclusion", "by x1, x2, s, and the officer on duty"),
    ("hidden signal, no exclusion", "by x1, x2 and s"),
    ("hidden signal, exclusion, skewed errors", "s and the outcome's error skewed"),
    ("hidden signal, no exclusion, skewed errors", "the same without the officer"),
    ("hidden signal, invalid exclusion", "the officer tells about the outcome as well"),
]


def run(program, name, n, seed, folder):
    rng = np.random.default_rng(1000 * seed + 17)
    x, officer, bad, accepted, exclusion, drop = lender(name, n, rng)
    with open(folder / "applicants.csv", "w") as out, open(folder / "truth.csv", "w") as truth:
        out.write("id,x1,x2,x3,x4,officer,decision,bad\n")
        truth.write("id,bad\n")
        for i in range(n):
            outcome = int(bad[i]) if accepted[i] else ""
            decision = "accepted" if accepted[i] else "rejected"
            values = ",".join(f"{x[j][i]:.6f}" for j in range(4))
            out.write(f"a{i},{values},o{officer[i]},{decision},{outcome}\n")
            truth.write(f"a{i},{int(bad[i])}\n")
    declared = f"exclusion = {json.dumps(exclusion)}" if exclusion else ""
    dropped = ", ".join(json.dumps(d) for d in drop)
    (folder / "card.toml").write_text(CARD.format(exclusion=declared, drop=dropped, seed=seed))
    command = [program, "reject-inference", str(folder / "card.toml"), "--out", str(folder / "out"), "--quiet"]
    subprocess.run(command, check=True)
    return json.loads((folder / "out" / "reject-inference.json").read_text())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="target/release/scorewright")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--applicants", type=int, default=8000)
    parser.add_argument("--json")
    args = parser.parse_args()
    program = str(pathlib.Path(args.program).resolve())
    order, results = [], {}
    for name, _ in SCENARIOS:
        for seed in range(1, args.seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                study = run(program, name, args.applicants, seed, pathlib.Path(folder))
            cell = results.setdefault(name, {"rates": [], "accepts": [], "rows": {}, "rho": [], "tests": []})
            cell["rates"].append(study["truth"]["bad_rate"])
            cell["accepts"].append(study["applicants"]["accepts_bad_rate"])
            if study["probit"]:
                cell["rho"].append(study["probit"]["rho"])
                cell["tests"].append(study["probit"]["ratio_test"][1] < 0.05)
            for row in study["truth"]["methods"]:
                if row["title"] not in order:
                    order.append(row["title"])
                cell["rows"].setdefault(row["title"], []).append(row)
    order.sort(key=lambda title: title.startswith("All applicants"))

    def mean(rows, key, seeds):
        values = [row[key] for row in rows if row[key] is not None]
        return float(np.mean(values)) if len(rows) == seeds and values else None

    for key, title, form in [
        ("bias", "Expected less true bad rate of the rejects, percentage points", lambda v: f"{100 * v:+.1f}"),
        ("log_odds_distance", "Distance of log odds from the fit that knows every outcome", lambda v: f"{v:.2f}"),
        ("log_loss", "Log loss on rejects", lambda v: f"{v:.4f}"),
        ("auc_applicants", "AUC on all applicants", lambda v: f"{v:.4f}"),
    ]:
        print(f"\n{title}\n")
        short = lambda t: t.replace(" augmentation", "").replace("All applicants, true outcomes", "true outcomes").replace("Bivariate p", "P").lower()
        print("| lender | " + " | ".join(short(t) for t in order) + " |")
        print("|---|" + "---:|" * len(order))
        for name, _ in SCENARIOS:
            cells = []
            values = {t: mean(results[name]["rows"].get(t, []), key, args.seeds) for t in order}
            usable = {t: (abs(v) if key == "bias" else -v if key == "auc_applicants" else v) for t, v in values.items() if v is not None and not t.startswith("All")}
            best = min(usable.values())
            for t in order:
                text = "not used" if values[t] is None else form(values[t])
                cells.append(f"**{text}**" if t in usable and usable[t] <= best + 1e-12 else text)
            print(f"| {name} | " + " | ".join(cells) + " |")
    print("\nThe lenders\n\n| lender | whom it accepts | bad rate accepts | rejects, true | rho found (sd over seeds) | rho = 0 rejected |\n|---|---|---:|---:|---:|---:|")
    for name, about in SCENARIOS:
        cell = results[name]
        rho = f"{np.mean(cell['rho']):+.2f} ({np.std(cell['rho']):.2f})" if cell["rho"] else "–"
        tests = f"{sum(cell['tests'])} of {len(cell['tests'])}" if cell["tests"] else "–"
        print(f"| {name} | {about} | {100 * np.mean(cell['accepts']):.1f}% | {100 * np.mean(cell['rates']):.1f}% | {rho} | {tests} |")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
