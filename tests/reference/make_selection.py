"""Writes selection.json and selection.csv: stepwise selection and best subsets by fits of statsmodels, on German credit
and on made-up cases (selection.csv) among whose features are sums of others, so that features leave again and turn
negative.

The bins are stated here (quartiles of numbers, categories with 40 cases or more by themselves) and go into the file, so
that the test gives the same ones to its card; weights of evidence are ln(share of goods / share of bads). Then:

- steps: to enter is the feature with the largest score statistic at the current fit, to leave the one with the least
  Wald statistic (never the one that has just entered); whether it does is decided by the likelihoods of the two fits:
  2 * difference against 2 (AIC), ln n (BIC) or the chi-square quantile of the level (p value).
- exact: the same with every candidate fitted and the best by AIC or BIC taken, as step() of R does.
- subsets: the best of all subsets of ten features, each fitted; with and without the rule that all coefficients are
  above 0.

Run:
    pip install numpy scipy statsmodels
    python make_selection.py
"""

import csv
import gzip
import itertools
import json
import pathlib

import numpy as np
import scipy
import scipy.stats
import statsmodels
import statsmodels.api as sm

here = pathlib.Path(__file__).parent


def german():
    data = here.parents[1] / "notebooks-data" / "germancredit.csv.gz"
    with gzip.open(data, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def made_up():
    """Six features of four levels, two of no use, and sums of some with noise."""
    rng = np.random.default_rng(20060131)
    n = 900
    x = rng.integers(0, 4, size=(n, 6))
    eta = 0.6 + (x[:, :4] - 1.5) @ np.array([0.7, 0.6, 0.5, 0.3])
    good = rng.uniform(size=n) < 1 / (1 + np.exp(-eta))
    columns = {f"x{i + 1}": x[:, i] for i in range(6)}
    columns["sum_12"] = x[:, 0] + x[:, 1] + rng.integers(0, 2, size=n)
    columns["sum_34"] = x[:, 2] + x[:, 3] + rng.integers(0, 2, size=n)
    columns["sum_1234"] = x[:, :4].sum(axis=1) + rng.integers(0, 3, size=n)
    columns["sum_135"] = x[:, 0] + x[:, 2] + 2 * x[:, 4]
    rows = [{name: str(values[i]) for name, values in columns.items()} for i in range(n)]
    for row, g in zip(rows, good):
        row["creditability"] = "good" if g else "bad"
    with open(here / "selection.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


def binned(rows):
    """Good or bad, the bins of every feature as a card states them, and their weights of evidence."""
    good = np.array([row["creditability"] == "good" for row in rows], dtype=float)
    settings, woe = {}, {}
    for name in rows[0]:
        if name == "creditability":
            continue
        texts = [row[name] for row in rows]
        try:
            values = np.array([float(text) for text in texts])
            cuts = sorted(set(float(cut) for cut in np.quantile(values, [0.25, 0.5, 0.75])) - {values.min()})
            setting = {"cuts": cuts}
            codes = np.searchsorted(cuts, values, side="right")
        except ValueError:
            counts = {level: texts.count(level) for level in sorted(set(texts))}
            groups = [[level] for level, count in counts.items() if count >= 40]
            rare = [level for level, count in counts.items() if count < 40]
            groups += [rare] if rare else []
            setting = {"groups": groups}
            codes = np.array([next(i for i, group in enumerate(groups) if text in group) for text in texts])
        if len(np.unique(codes)) < 2:
            continue
        column = np.zeros(len(rows))
        for code in np.unique(codes):
            inside = codes == code
            goods, bads = good[inside].sum(), (1 - good[inside]).sum()
            assert goods > 0 and bads > 0, (name, code)
            column[inside] = np.log((goods / good.sum()) / (bads / (1 - good).sum()))
        settings[name], woe[name] = setting, column
    return good, settings, woe


def fit(model):
    design = sm.add_constant(np.column_stack([woe[name] for name in model])) if model else np.ones((n, 1))
    return sm.GLM(good, design, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)


def score(result, name):
    """Rao's score statistic of a further column."""
    mu, x, z = result.fittedvalues, result.model.exog, woe[name]
    weight = mu * (1 - mu)
    cross = x.T @ (weight * z)
    variance = (weight * z) @ z - cross @ np.linalg.solve(x.T @ (x * weight[:, None]), cross)
    return (z @ (good - mu)) ** 2 / variance


def steps(enter, stay, direction):
    model = [] if direction != "backward" else list(names)
    result, path = fit(model), []

    def leave(model, result, protected):
        while len(model) > (protected is not None):
            wald = {name: result.tvalues[1 + i] ** 2 for i, name in enumerate(model) if name != protected}
            least = min(wald, key=wald.get)
            smaller = [name for name in model if name != least]
            without = fit(smaller)
            if 2 * (result.llf - without.llf) >= stay:
                break
            model, result = smaller, without
            path.append(["leave", least, result.llf])
        return model, result

    if direction == "backward":
        model, result = leave(model, result, None)
    while direction != "backward" and len(model) < len(names):
        best = max((name for name in names if name not in model), key=lambda name: score(result, name))
        larger = fit(model + [best])
        if 2 * (larger.llf - result.llf) <= enter:
            break
        model, result = model + [best], larger
        path.append(["enter", best, result.llf])
        if direction == "both":
            model, result = leave(model, result, best)
    return {"path": path, "model": sorted(model), "log_likelihood": result.llf}


def exact(penalty):
    """As step() of R in both directions: every feature that may enter or leave is fitted."""
    model, result = [], fit([])
    while True:
        others = [[m for m in model if m != name] if name in model else model + [name] for name in names]
        fits = [(fit(other), other) for other in others]
        best, other = min(fits, key=lambda pair: -2 * pair[0].llf + penalty * len(pair[1]))
        if -2 * best.llf + penalty * len(other) >= -2 * result.llf + penalty * len(model):
            return {"model": sorted(model), "log_likelihood": result.llf}
        model, result = other, best


def subsets(among, penalty):
    fits = [(fit(list(s)), s) for size in range(len(among) + 1) for s in itertools.combinations(among, size)]
    best = {}
    for rule in ["any", "positive"]:
        allowed = [(r, s) for r, s in fits if rule == "any" or (r.params[1:] > 0).all()]
        result, chosen = min(allowed, key=lambda pair: -2 * pair[0].llf + penalty * len(pair[1]))
        best[rule] = {"model": sorted(chosen), "log_likelihood": result.llf}
        by_size = []
        for size in range(len(among) + 1):
            of_size = [r.llf for r, s in allowed if len(s) == size]
            by_size.append(max(of_size) if of_size else None)
        best[rule]["by_size"] = by_size
    return best


quantile = lambda p: scipy.stats.chi2.isf(p, 1)
document = {"tools": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}}
for data, rows in {"german": german(), "made_up": made_up()}.items():
    good, settings, woe = binned(rows)
    n, names = len(rows), list(woe)
    by_strength = sorted(names, key=lambda name: -abs(np.corrcoef(woe[name], good)[0, 1]))
    among = by_strength if len(names) <= 10 else by_strength[4:14]
    penalties = {
        "aic": (2.0, 2.0),
        "bic": (np.log(n), np.log(n)),
        "p_value": (quantile(0.05), quantile(0.05)),
        "p_value_loose": (quantile(0.15), quantile(0.2)),
    }
    directions = ["forward", "backward", "both"]
    document[data] = {
        "columns": settings,
        "steps": {c: {way: steps(*penalties[c], way) for way in directions} for c in penalties},
        "exact": {c: exact(penalties[c][0]) for c in ["aic", "bic"]},
        "subsets": {"among": among, **{c: subsets(among, penalties[c][0]) for c in ["aic", "bic"]}},
    }
(here / "selection.json").write_text(json.dumps(document, indent=1) + "\n")
