"""Writes independent.json: figures of independent tools that the tests compare with.

Tools: numpy, scipy, statsmodels and scikit-learn, in the versions that the file records. Run:
    pip install numpy scipy statsmodels scikit-learn
    python make_independent.py > independent.json
"""

import json

import numpy as np
import scipy
import scipy.stats
import sklearn
import sklearn.metrics
import statsmodels
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import variance_inflation_factor

rng = np.random.default_rng(20051031)
n = 240
x = np.round(rng.normal(size=(n, 3)) @ np.array([[1.0, 0.4, 0.0], [0.0, 0.9, 0.2], [0.0, 0.0, 1.1]]), 3)
eta = 0.8 + x @ np.array([0.9, -0.4, 0.3])
p = 1.0 / (1.0 + np.exp(-eta))
good = (rng.uniform(size=n) < p).astype(float)
ratio = np.round(np.clip(p + rng.normal(scale=0.25, size=n), 0.0, 1.0), 3)
weight = np.round(0.5 + 2.0 * rng.uniform(size=n), 3)
group = rng.integers(0, 60, size=n)
design = sm.add_constant(x)


def fit(goodness, weights, **covariance):
    model = sm.GLM(goodness, design, family=sm.families.Binomial(), freq_weights=weights)
    result = model.fit(tol=1e-14, maxiter=200, **covariance)
    return result


plain = fit(good, np.ones(n))
fractional = fit(ratio, np.ones(n))
weighted = fit(good, weight)


def sandwich(goodness, weights, result, groups=None):
    """H^-1 (sum of s s') H^-1, written out: no small-sample factor."""
    mu = result.fittedvalues
    hessian = (design * (weights * mu * (1 - mu))[:, None]).T @ design
    scores = design * (weights * (goodness - mu))[:, None]
    if groups is not None:
        scores = np.array([scores[groups == g].sum(axis=0) for g in np.unique(groups)])
    bread = np.linalg.inv(hessian)
    return np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread))


score = np.round(20 * (x @ np.array([1.0, -0.3, 0.2])))


def delong(score, good):
    """Brute-force placements over all pairs."""
    goods, bads = score[good == 1], score[good == 0]
    psi = (goods[None, :] > bads[:, None]) + 0.5 * (goods[None, :] == bads[:, None])
    auc, v10, v01 = psi.mean(), psi.mean(axis=1), psi.mean(axis=0)
    variance = v10.var(ddof=1) / len(bads) + v01.var(ddof=1) / len(goods)
    half = scipy.stats.norm.ppf(0.975) * np.sqrt(variance)
    return {"auc": auc, "low": max(auc - half, 0.0), "high": min(auc + half, 1.0)}


jeffreys = [
    {"goods": g, "bads": b, "low": scipy.stats.beta.ppf(0.025, b + 0.5, g + 0.5), "high": scipy.stats.beta.ppf(0.975, b + 0.5, g + 0.5)}
    for g, b in [(95, 5), (40, 60), (3, 1), (1000, 17)]
]

print(json.dumps({
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "scikit-learn": sklearn.__version__},
    "data": {"x": x.tolist(), "good": good.tolist(), "ratio": ratio.tolist(), "weight": weight.tolist(), "group": group.tolist(), "score": score.tolist()},
    "plain": {"coefficients": plain.params.tolist(), "model_based": plain.bse.tolist(), "clustered": sandwich(good, np.ones(n), plain, group).tolist(),
              "log_likelihood": plain.llf, "null_log_likelihood": plain.llnull, "aic": plain.aic},
    "fractional": {"coefficients": fractional.params.tolist(), "robust": fit(ratio, np.ones(n), cov_type="HC0").bse.tolist(),
                   "clustered": sandwich(ratio, np.ones(n), fractional, group).tolist()},
    "weighted": {"coefficients": weighted.params.tolist(), "robust": sandwich(good, weight, weighted).tolist()},
    "vif": [variance_inflation_factor(design, column) for column in (1, 2, 3)],
    "delong": delong(score, good),
    "auc_weighted": sklearn.metrics.roc_auc_score(good, score, sample_weight=weight),
    "ks": scipy.stats.ks_2samp(score[good == 1], score[good == 0]).statistic,
    "jeffreys": jeffreys,
}, indent=1))
