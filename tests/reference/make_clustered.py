"""Writes clustered.json: AUC and KS of cases that come in groups, with intervals by group.

Placements over all pairs, one by one; influences summed by group; a bootstrap that draws whole groups.
Tools: numpy and scipy, in the versions that the file records. Run:
    pip install numpy scipy
    python make_clustered.py > clustered.json
"""

import json

import numpy as np
import scipy
import scipy.stats

rng = np.random.default_rng(19970602)
groups = 70
sizes = rng.integers(1, 8, size=groups)
# Codes neither dense nor in the order of the cases; the cases of a group do not stand together.
codes = rng.permutation(1000)[:groups]
order = rng.permutation(int(sizes.sum()))
member = np.repeat(np.arange(groups), sizes)[order]
n = len(member)
group = codes[member]
safety, luck = rng.normal(size=groups), rng.normal(size=groups)
score = np.round(4 * (safety[member] + 0.4 * rng.normal(size=n)))
p = 1.0 / (1.0 + np.exp(-(0.6 + 1.2 * safety + 1.5 * luck)[member]))
good = (rng.uniform(size=n) < p).astype(float)
bad = 1.0 - good
# Neither good nor bad: some cases, and the whole of one group.
neither = (rng.uniform(size=n) < 0.08) | (member == 3)
good[neither], bad[neither] = 0.0, 0.0
weight = np.round(0.5 + 2.0 * rng.uniform(size=n), 3)
ratio = np.round(np.clip(p + rng.normal(scale=0.25, size=n), 0.0, 1.0), 3)
share = {"goods": np.where(neither, 0.0, weight * ratio), "bads": np.where(neither, 0.0, weight * (1.0 - ratio))}


def auc_of(score, goods, bads):
    """Sum over all pairs of a good and a bad."""
    pairs = (score[None, :] > score[:, None]) + 0.5 * (score[None, :] == score[:, None])
    return bads @ pairs @ goods / (bads.sum() * goods.sum()), pairs


def clustered(score, goods, bads, group):
    auc, pairs = auc_of(score, goods, bads)
    all_goods, all_bads = goods.sum(), bads.sum()
    sums, xs, ys = [], [], []
    for code in np.unique(group[goods + bads > 0]):
        x = y = 0.0
        for case in np.flatnonzero(group == code):
            x += bads[case] * (sum(goods * pairs[case, :]) / all_goods - auc)
            y += goods[case] * (sum(bads * pairs[:, case]) / all_bads - auc)
        sums.append(x / all_bads + y / all_goods)
        xs.append(x)
        ys.append(y)
    count, xs, ys = len(sums), np.array(xs), np.array(ys)
    variance = count / (count - 1) * sum(u * u for u in sums)
    half = scipy.stats.norm.ppf(0.975) * np.sqrt(variance)
    # As printed by Obuchowski (1997): a small-sample factor for each of the three terms.
    with_bads = len(np.unique(group[bads > 0]))
    with_goods = len(np.unique(group[goods > 0]))
    printed = (with_bads / (with_bads - 1) * (xs**2).sum() / all_bads**2
               + with_goods / (with_goods - 1) * (ys**2).sum() / all_goods**2
               + 2 * count / (count - 1) * (xs * ys).sum() / (all_bads * all_goods))
    return {"groups": count, "auc": auc, "standard_error": np.sqrt(variance), "low": auc - half, "high": auc + half,
            "standard_error_obuchowski": np.sqrt(printed)}


def ks_of(score, goods, bads):
    values = np.unique(score)
    at_or_below = score[None, :] <= values[:, None]
    return np.abs(at_or_below @ bads / bads.sum() - at_or_below @ goods / goods.sum()).max()


def bootstrap(score, goods, bads, group, resamples=4000):
    """Whole groups, drawn without strata."""
    members = [np.flatnonzero(group == code) for code in np.unique(group[goods + bads > 0])]
    aucs, statistics = [], []
    for _ in range(resamples):
        times = np.zeros(len(score))
        for drawn in rng.integers(0, len(members), size=len(members)):
            times[members[drawn]] += 1
        aucs.append(auc_of(score, goods * times, bads * times)[0])
        statistics.append(ks_of(score, goods * times, bads * times))
    low, high = np.quantile(statistics, [0.025, 0.975], method="inverted_cdf")
    return {"auc_standard_error": np.std(aucs), "ks_low": low, "ks_high": high}


# A panel: 120 persons over four months, whose score says how often they are bad. Persons who are sometimes bad stand
# between the others, so that strata by what a person holds would take most of the spread away.
risk = rng.beta(0.4, 0.8, size=120)
person = np.repeat(np.arange(120), 4)
panel_bad = (rng.uniform(size=480) < risk[person]).astype(float)
panel_score = np.round(10 * (1.0 - risk[person]) + rng.normal(size=480))
panel = bootstrap(panel_score, 1.0 - panel_bad, panel_bad, person)


print(json.dumps({
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
    "data": {"score": score.tolist(), "group": group.tolist(), "good": good.tolist(), "bad": bad.tolist(),
             "share_good": share["goods"].tolist(), "share_bad": share["bads"].tolist()},
    "plain": clustered(score, good, bad, group),
    "share": clustered(score, share["goods"], share["bads"], group),
    "ks": ks_of(score, good, bad),
    "bootstrap": bootstrap(score, good, bad, group),
    "panel": {"score": panel_score.tolist(), "group": person.tolist(), "good": (1.0 - panel_bad).tolist(),
              "bad": panel_bad.tolist(), "bootstrap": panel},
}, indent=1))
