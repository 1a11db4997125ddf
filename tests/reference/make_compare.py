"""Figures for the comparison of two scores: numpy and scipy, all pairs, apart from the project's own code.

python make_compare.py > compare.json
"""

import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(20260)
n = 160
trait = rng.normal(size=n)
bad = (rng.uniform(size=n) < 1 / (1 + np.exp(1.0 + 1.2 * trait))).astype(int)
# The first score is coarse, so that it ties; the second is nearly continuous.
first = np.round(2 * (trait + rng.normal(scale=0.9, size=n))) / 2
second = np.round(trait + rng.normal(scale=0.6, size=n), 3)


def placements(score):
    bads, goods = score[bad == 1], score[bad == 0]
    wins = (goods[None, :] > bads[:, None]) + 0.5 * (goods[None, :] == bads[:, None])
    return wins.mean(axis=1), wins.mean(axis=0)


v10, v01 = zip(placements(first), placements(second))
auc = [v10[0].mean(), v10[1].mean()]
s10, s01 = np.cov(np.array(v10)), np.cov(np.array(v01))
covariance = s10 / len(v10[0]) + s01 / len(v01[0])
difference = auc[0] - auc[1]
error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
z = difference / error


def approved(score, rate):
    """Shares by case: best first, the tied edge in part."""
    share, left = np.zeros(n), rate * n
    for value in np.unique(score)[::-1]:
        tied = score == value
        part = min(1.0, left / tied.sum())
        share[tied] = part
        left -= part * tied.sum()
        if left <= 1e-9:
            break
    return share


def swap(rate):
    a, b = approved(first, rate), approved(second, rate)
    cells = {
        "approved_by_both": np.minimum(a, b),
        "swap_out": a - np.minimum(a, b),
        "swap_in": b - np.minimum(a, b),
        "declined_by_both": 1 - np.maximum(a, b),
    }
    return {
        "rate": rate,
        "cells": {
            name: {"cases": w.sum(), "bads": (w * bad).sum(), "bad_rate": (w * bad).sum() / w.sum()}
            for name, w in cells.items()
        },
        "bad_rate_difference": (a * bad).sum() / a.sum() - (b * bad).sum() / b.sum(),
    }


def ks(score, outcome):
    values = np.unique(score)
    return max(abs((score[outcome == 1] <= v).mean() - (score[outcome == 0] <= v).mean()) for v in values)


# Spread of the bootstrap: 20 000 resamples of cases.
drawn = []
for _ in range(20000):
    take = rng.integers(0, n, n)
    f, s, o = first[take], second[take], bad[take]
    if 0 < o.sum() < n:
        def curve(score):
            order = np.sort(np.unique(score))
            b = np.searchsorted(np.sort(score[o == 1]), order, side="right") / o.sum()
            g = np.searchsorted(np.sort(score[o == 0]), order, side="right") / (n - o.sum())
            return np.abs(b - g).max()
        drawn.append(curve(f) - curve(s))

print(
    json.dumps(
        {
            "source": "make_compare.py: numpy and scipy, DeLong over all pairs, rank correlations by scipy, swap sets by hand",
            "inputs": {"first": first.tolist(), "second": second.tolist(), "bad": bad.tolist()},
            "delong": {
                "first": auc[0],
                "second": auc[1],
                "difference": difference,
                "covariance": covariance[0, 1],
                "first_standard_error": np.sqrt(covariance[0, 0]),
                "second_standard_error": np.sqrt(covariance[1, 1]),
                "standard_error": error,
                "z": z,
                "p_value": 2 * stats.norm.sf(abs(z)),
            },
            "spearman": stats.spearmanr(first, second).statistic,
            "kendall": stats.kendalltau(first, second).statistic,
            "swap_sets": [swap(rate) for rate in (0.5, 0.7, 0.83)],
            "ks_difference": {
                "value": ks(first, bad) - ks(second, bad),
                "low": float(np.quantile(drawn, 0.025)),
                "high": float(np.quantile(drawn, 0.975)),
            },
        },
        indent=1,
    )
)
