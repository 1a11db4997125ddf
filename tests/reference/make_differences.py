"""Writes differences.json: the difference of two AUCs on the same cases, and of two mean log likelihoods.

Paired DeLong by the paper's own matrices over all pairs, one by one; by group and with weights by leaving the algebra to
influences over all pairs. Log likelihoods by the textbook, ln p, one case at a time.
Tools: numpy and scipy, in the versions that the file records. Run:
    pip install numpy scipy
    python make_differences.py > differences.json
"""

import json

import numpy as np
import scipy
import scipy.stats

rng = np.random.default_rng(19880901)
n = 160
safety = rng.normal(size=n)
first = np.round(3 * (safety + 0.6 * rng.normal(size=n)))
second = np.round(3 * (safety + 1.1 * rng.normal(size=n)))
good = (rng.uniform(size=n) < 1 / (1 + np.exp(-0.4 - 1.3 * safety))).astype(float)
bad = 1.0 - good
neither = rng.uniform(size=n) < 0.06
good[neither], bad[neither] = 0.0, 0.0
weight = np.round(0.5 + 2.0 * rng.uniform(size=n), 3)
ratio = np.round(np.clip(0.5 + 0.3 * safety + rng.normal(scale=0.2, size=n), 0.0, 1.0), 3)
group = rng.integers(0, 60, size=n)
eta_first, eta_second = 0.3 + 0.35 * first, 0.4 + 0.2 * second


def kernel(score_good, score_bad):
    return 1.0 if score_good > score_bad else 0.5 if score_good == score_bad else 0.0


def normal(value, variance):
    error = np.sqrt(variance)
    half = scipy.stats.norm.ppf(0.975) * error
    p = 2 * scipy.stats.norm.sf(abs(value / error))
    return {"value": value, "low": value - half, "high": value + half, "p_value": p}


def delong(goods, bads):
    """Section 2 of the paper: theta_r, V10, V01, S10, S01; L = (1, -1)."""
    x, y = np.flatnonzero(goods > 0), np.flatnonzero(bads > 0)
    theta, v_good, v_bad = [], [], []
    for score in (first, second):
        psi = np.array([[kernel(score[i], score[j]) for j in y] for i in x])
        theta.append(psi.mean())
        v_good.append(psi.mean(axis=1))
        v_bad.append(psi.mean(axis=0))
    s = np.cov(np.array(v_good)) / len(x) + np.cov(np.array(v_bad)) / len(y)
    contrast = np.array([1.0, -1.0])
    return normal(theta[0] - theta[1], contrast @ s @ contrast)


def by_influence(goods, bads, codes):
    """Influence of each unit on the difference, units being cases or groups; ddof 1 over the units."""
    all_goods, all_bads = goods.sum(), bads.sum()
    values, influences = [], []
    for score in (first, second):
        total = sum(goods[i] * bads[j] * kernel(score[i], score[j]) for i in range(n) for j in range(n))
        auc = total / (all_goods * all_bads)
        influence = np.zeros(n)
        for i in range(n):
            above = sum(goods[j] * kernel(score[j], score[i]) for j in range(n)) / all_goods
            below = sum(bads[j] * kernel(score[i], score[j]) for j in range(n)) / all_bads
            influence[i] = bads[i] * (above - auc) / all_bads + goods[i] * (below - auc) / all_goods
        values.append(auc)
        influences.append(influence)
    difference = influences[0] - influences[1]
    counted = goods + bads > 0
    units = sorted(set(codes[counted]))
    sums = [difference[counted & (codes == unit)].sum() for unit in units]
    return normal(values[0] - values[1], len(units) / (len(units) - 1) * sum(u * u for u in sums))


def likelihood(goods, bads, codes):
    def of(eta, case):
        p = 1.0 / (1.0 + np.exp(-eta[case]))
        return goods[case] * np.log(p) + bads[case] * np.log(1.0 - p)

    total = (goods + bads).sum()
    difference = np.array([of(eta_first, case) - of(eta_second, case) for case in range(n)])
    value = difference.sum() / total
    residual = (difference - value * (goods + bads)) / total
    counted = goods + bads > 0
    units = sorted(set(codes[counted]))
    sums = [residual[counted & (codes == unit)].sum() for unit in units]
    return normal(value, len(units) / (len(units) - 1) * sum(u * u for u in sums))


alone = np.arange(n)
share = (np.where(neither, 0.0, weight * ratio), np.where(neither, 0.0, weight * (1.0 - ratio)))
print(json.dumps({
    "tools": {"numpy": np.__version__, "scipy": scipy.__version__},
    "first": first.tolist(), "second": second.tolist(),
    "eta_first": eta_first.tolist(), "eta_second": eta_second.tolist(), "group": group.tolist(),
    "plain": {"goods": good.tolist(), "bads": bad.tolist()},
    "share": {"goods": share[0].tolist(), "bads": share[1].tolist()},
    "auc": {"plain": delong(good, bad), "share": by_influence(*share, alone),
            "plain_by_group": by_influence(good, bad, group), "share_by_group": by_influence(*share, group)},
    "likelihood": {"plain": likelihood(good, bad, alone), "share": likelihood(*share, alone),
                   "plain_by_group": likelihood(good, bad, group), "share_by_group": likelihood(*share, group)},
}, indent=1))
