"""Writes paired.json: the difference of two AUCs with its standard error, and measures of PDs.

AUC by all pairs one by one; DeLong's variance from the covariance matrices of the placements; with weights or groups from
sums of influences. Calibration line by statsmodels, log loss and Brier score by scikit-learn. Run:
    pip install numpy scikit-learn statsmodels
    python make_paired.py > paired.json
"""

import json

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.metrics import brier_score_loss, log_loss

rng = np.random.default_rng(1988)
n = 160
safety = rng.normal(size=n)
first = np.round(3 * (safety + 0.7 * rng.normal(size=n)))
second = np.round(3 * (safety + 1.2 * rng.normal(size=n)))
good = (rng.uniform(size=n) < 1 / (1 + np.exp(-0.5 - safety))).astype(float)
bad = 1.0 - good
weight = np.round(0.5 + 2.0 * rng.uniform(size=n), 3)
group = rng.integers(0, 50, size=n)
pd = np.round(1 / (1 + np.exp(0.3 + 1.4 * safety)), 6)


def placements(score, goods, bads):
    pairs = (score[None, :] > score[:, None]) + 0.5 * (score[None, :] == score[:, None])
    v10 = pairs @ goods / goods.sum()  # of each case as a bad
    v01 = bads @ pairs / bads.sum()  # of each case as a good
    return v10, v01, bads @ v10 / bads.sum()


def delong(goods, bads):
    v = [placements(score, goods, bads) for score in (first, second)]
    b, g = bads > 0, goods > 0
    s10 = np.cov(np.array([v[0][0][b], v[1][0][b]]))
    s01 = np.cov(np.array([v[0][1][g], v[1][1][g]]))
    contrast = np.array([1.0, -1.0])
    return v[0][2] - v[1][2], float(np.sqrt(contrast @ (s10 / b.sum() + s01 / g.sum()) @ contrast))


def influences(goods, bads, groups):
    v = [placements(score, goods, bads) for score in (first, second)]
    u = [bads * (v10 - auc) / bads.sum() + goods * (v01 - auc) / goods.sum() for v10, v01, auc in v]
    difference = u[0] - u[1]
    sums = np.array([difference[groups == code].sum() for code in np.unique(groups)])
    return v[0][2] - v[1][2], float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))


eta = np.log((1 - pd) / pd)
line = sm.GLM(good, sm.add_constant(eta), family=sm.families.Binomial(), freq_weights=weight).fit(tol=1e-12)
large = sm.GLM(good, np.ones(n), family=sm.families.Binomial(), offset=eta, freq_weights=weight).fit(tol=1e-12)
print(
    json.dumps(
        {
            "tools": {
                "numpy": np.__version__,
                "scikit-learn": sklearn.__version__,
                "statsmodels": statsmodels.__version__,
            },
            "first": first.tolist(),
            "second": second.tolist(),
            "good": good.tolist(),
            "weight": weight.tolist(),
            "group": group.tolist(),
            "pd": pd.tolist(),
            "plain": delong(good, bad),
            "weighted": influences(good * weight, bad * weight, np.arange(n)),
            "clustered": influences(good, bad, group),
            "log_loss": log_loss(bad, pd, sample_weight=weight),
            "brier": brier_score_loss(bad, pd, sample_weight=weight),
            "calibration_intercept": float(large.params[0]),
            "calibration_slope": float(line.params[1]),
        }
    )
)
