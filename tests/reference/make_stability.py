"""Figures of stability, grades and migration by numpy, scipy and statsmodels: stability.json, and the made-up cases
stability_now.csv and stability_earlier.csv that they are about.

Nothing here is taken from the program: counts by loops and masks, p values by scipy's distributions, the trend as the
correlation of grade and outcome over single cases, differences by statsmodels' proportions_ztest, heterogeneity by scipy's
chi2_contingency, AUC over all pairs.
"""

import csv
import json
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

HERE = Path(__file__).parent
GRADES = ["A", "B", "C", "D", "E"]
MONTHS = ["2023-01", "2023-02", "2023-03", "2023-04"]


def make(seed, cases, shift):
    draw = np.random.default_rng(seed)
    latent = draw.normal(size=cases) + shift
    score = np.round(600 + 40 * latent).astype(int)
    bad = (draw.random(cases) < 1 / (1 + np.exp(1.2 + 0.8 * latent))).astype(int)
    grade = np.clip(np.digitize(latent + draw.normal(size=cases) * 0.5, [-1.2, -0.4, 0.4, 1.2]), 0, 4)
    grade = 4 - grade
    before = np.clip(grade + draw.choice([-2, -1, 0, 1, 2], cases, p=[0.04, 0.16, 0.6, 0.15, 0.05]), 0, 4)
    rows = []
    for i in range(cases):
        rows.append({
            "bad": bad[i], "score": score[i], "grade": GRADES[grade[i]],
            "before": "" if draw.random() < 0.05 else GRADES[before[i]],
            "month": MONTHS[draw.integers(0, 4)] + f"-{draw.integers(1, 28):02d}",
            "product": draw.choice(["card", "loan", "line"], p=[0.5, 0.3, 0.2] if shift else [0.6, 0.25, 0.15]),
            "exposure": int(draw.integers(1, 90)) * 100,
        })
    return rows


def write(name, rows):
    with open(HERE / name, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def bands(scores):
    """Edges of bands at the deciles: a band ends at the first distinct score at which the share reaches a decile."""
    edges, decile = [], 1
    distinct = np.unique(scores)
    for score, following in zip(distinct, distinct[1:]):
        share = np.mean(scores <= score)
        if share >= decile / 10 - 1e-9:
            edges.append(following)
            while decile < 10 and share >= decile / 10 - 1e-9:
                decile += 1
    return edges


def psi(expected, actual):
    expected, actual = np.asarray(expected, float), np.asarray(actual, float)
    keep = (expected > 0) | (actual > 0)
    n, m, k = expected.sum(), actual.sum(), keep.sum() - 1
    e = np.where(expected > 0, expected, 0.5)[keep] / n
    a = np.where(actual > 0, actual, 0.5)[keep] / m
    parts = (a - e) * np.log(a / e)
    unit = 1 / n + 1 / m
    value = parts.sum()
    return {
        "value": value, "contributions": parts.tolist(), "degrees_of_freedom": int(k),
        "critical_value_95": stats.chi2.ppf(0.95, k) * unit, "p_value": stats.chi2.sf(value / unit, k),
        "normal_critical_value_95": stats.norm.ppf(0.95, loc=k * unit, scale=np.sqrt(2 * k) * unit),
        "normal_p_value": stats.norm.sf(value, loc=k * unit, scale=np.sqrt(2 * k) * unit),
    }


def count(values, names):
    return [int(sum(1 for value in values if value == name)) for name in names]


def auc(scores, bads):
    goods, worse = scores[bads == 0], scores[bads == 1]
    return float(np.mean((goods[:, None] > worse[None, :]) + 0.5 * (goods[:, None] == worse[None, :])))


def herfindahl(weights):
    shares = np.asarray(weights, float) / np.sum(weights)
    k = len(shares)
    cv = np.sqrt(k * np.sum((shares - 1 / k) ** 2))
    return {"value": 1 + np.log((cv**2 + 1) / k) / np.log(k), "coefficient_of_variation": cv}


def herfindahl_p(now, then):
    current, initial = now["coefficient_of_variation"], then["coefficient_of_variation"]
    z = np.sqrt(len(GRADES) - 1) * (current - initial) / np.sqrt(current**2 * (0.5 + current**2))
    return {"statistic": z, "p_value": stats.norm.sf(z)}


def migration(matrix):
    n = np.asarray(matrix, float)
    k = len(n)
    far, moved = {"upper": 0.0, "lower": 0.0}, {"upper": 0.0, "lower": 0.0}
    z = [[None] * k for _ in range(k)]
    for i in range(k):
        total = n[i].sum()
        for j in range(k):
            if i == j:
                continue
            side = "upper" if j > i else "lower"
            moved[side] += abs(i - j) * n[i, j]
            far[side] += max(abs(i - (k - 1)), i) * n[i, j]
            p, q = n[i, j] / total, n[i, j - 1 if j > i else j + 1] / total
            variance = (p * (1 - p) + q * (1 - q) + 2 * p * q) / total
            z[i][j] = (q - p) / np.sqrt(variance) if variance > 0 else None
    shares = n / n.sum(axis=1, keepdims=True)
    steps = np.subtract.outer(np.arange(k), np.arange(k)) * -1
    return {
        "matrix": n.tolist(), "upper_mwb": moved["upper"] / far["upper"], "lower_mwb": moved["lower"] / far["lower"],
        "z": z, "p_value": [[None if x is None else stats.norm.cdf(x) for x in row] for row in z],
        "stability": np.trace(n) / n.sum(), "downgraded": np.triu(n, 1).sum() / n.sum(),
        "upgraded": np.tril(n, -1).sum() / n.sum(), "mean_notches": (steps * n).sum() / n.sum(),
        "mean_absolute_notches": (abs(steps) * n).sum() / n.sum(), "mobility": (k - np.trace(shares)) / (k - 1),
    }


def main():
    now, then = make(11, 900, 0.25), make(12, 700, 0.0)
    write("stability_now.csv", now)
    write("stability_earlier.csv", then)
    column = lambda rows, name: np.array([row[name] for row in rows])
    score, bad, grade = column(now, "score"), column(now, "bad"), column(now, "grade")
    edges = bands(column(then, "score"))
    band = lambda scores: np.bincount(np.digitize(scores, edges), minlength=len(edges) + 1)
    expected = band(column(then, "score"))
    month = np.array([row["month"][:7] for row in now])
    periods, before = [], None
    for name in MONTHS:
        mask = month == name
        counts = band(score[mask])
        periods.append({
            "period": name, "cases": int(mask.sum()), "bads": int(bad[mask].sum()), "auc": auc(score[mask], bad[mask]),
            "psi": psi(expected, counts), "to_previous": None if before is None else psi(before, counts),
            "bad_rate_by_grade": [float(bad[mask & (grade == g)].mean()) for g in GRADES],
        })
        before = counts
    position = np.array([GRADES.index(g) for g in grade])
    cases, bads = count(grade, GRADES), [int(bad[grade == g].sum()) for g in GRADES]
    correlation = np.corrcoef(position, bad)[0, 1]
    chi, p, freedom, _ = stats.chi2_contingency([bads, np.subtract(cases, bads)], correction=False)
    neighbours = [proportions_ztest([bads[i + 1], bads[i]], [cases[i + 1], cases[i]]) for i in range(4)]
    exposure = lambda rows: [sum(row["exposure"] for row in rows if row["grade"] == g) for g in GRADES]
    products = ["card", "line", "loan"]
    matrix = [[sum(row["before"] == a and row["grade"] == b for row in now) for b in GRADES] for a in GRADES]
    initial = herfindahl(count(column(then, "grade"), GRADES))
    by_cases = herfindahl(cases)
    by_exposure, initial_exposure = herfindahl(exposure(now)), herfindahl(exposure(then))
    values, counts = np.unique(score, return_counts=True)
    document = {
        "edges": [int(edge) for edge in edges],
        "score": psi(expected, band(score)),
        "mean_score_shift": score.mean() - column(then, "score").mean(),
        "concentration": {"value": counts.max() / 900, "score": int(values[counts.argmax()]), "distinct": len(values)},
        "product": psi(count(column(then, "product"), products), count(column(now, "product"), products)),
        "periods": periods,
        "grades": {
            "cases": cases, "bads": bads, "exposure": exposure(now),
            "jeffreys": [list(proportion_confint(b, n, 0.05, "jeffreys")) for b, n in zip(bads, cases)],
            "trend_z": np.sqrt(900) * correlation, "chi_square": [chi, p, freedom],
            "neighbours": [[float(z), float(q)] for z, q in neighbours],
            "neighbours_holm": multipletests([q for _, q in neighbours], method="holm")[1].tolist(),
            "stability": psi(count(column(then, "grade"), GRADES), cases),
        },
        "herfindahl": {**by_cases, **herfindahl_p(by_cases, initial)},
        "herfindahl_exposure": {**by_exposure, **herfindahl_p(by_exposure, initial_exposure)},
        "migration": {
            **migration(matrix),
            "without_previous_grade": sum(row["before"] == "" for row in now),
        },
        "empty_cell": {"expected": [100, 0, 250, 0, 30], "actual": [0, 12, 300, 0, 40],
                       **psi([100, 0, 250, 0, 30], [0, 12, 300, 0, 40])},
        "reversal": dict(zip(["z", "p_two_sided"], map(float, proportions_ztest([12, 25], [200, 240])))),
    }
    with open(HERE / "stability.json", "w") as file:
        json.dump(document, file, indent=1, default=float)
        file.write("\n")


main()
