"""Writes model_validation.csv and model_validation.json: questions about a small card made by hand, answered apart from this code.

Refit, standard errors and likelihoods by statsmodels on the card's weights of evidence; AUC and DeLong's covariances over all
pairs; shares of variance by numpy. Run:
    pip install numpy scipy statsmodels
    python make_model_validation.py
"""

import json
from pathlib import Path

import numpy as np
import statsmodels
import statsmodels.api as sm
from scipy import stats

here = Path(__file__).parent
rng = np.random.default_rng(2013)
n = 700
a = np.where(rng.uniform(size=n) < 0.1, np.nan, np.round(rng.uniform(size=n), 4))
b = np.round(rng.gamma(2.0, 1.8, size=n), 3)
c = rng.choice(["x", "y", "z"], size=n, p=[0.5, 0.3, 0.2])
region = rng.choice(["north", "south"], size=n, p=[0.35, 0.65])
amount = np.round(1000 + 9000 * rng.uniform(size=n), 2)

factor = 20 / np.log(2)
offset = 600 - factor * np.log(50)
intercept = 1.5
coefficients = {"a": 0.8, "b": 1.1, "c": 0.9}
woes = {
    "a": {"low": -0.62, "middle": 0.11, "high": 0.74, "missing": -0.25},
    "b": {"low": -0.48, "middle": 0.05, "high": 0.57},
    "c": {"x": 0.33, "y": -0.12, "z": -0.69},
}


def half_away(x):
    return np.sign(x) * np.floor(np.abs(x) + 0.5)


points = {f: {k: half_away(factor * coefficients[f] * w) for k, w in woe.items()} for f, woe in woes.items()}
bins = {
    "a": np.where(np.isnan(a), "missing", np.where(a < 0.3, "low", np.where(a < 0.6, "middle", "high"))),
    "b": np.where(b < 2, "low", np.where(b < 5, "middle", "high")),
    "c": c,
}
names = list(woes)
woe = np.column_stack([[woes[f][k] for k in bins[f]] for f in names])
pts = np.column_stack([[points[f][k] for k in bins[f]] for f in names])
score = 530 + pts.sum(axis=1)


def pd_of(score):
    return 1 / (1 + np.exp((score - offset) / factor))


truth = 1.1 + woe @ np.array([0.9, 0.4, 1.3])
good = (rng.uniform(size=n) < 1 / (1 + np.exp(-truth))).astype(float)
bad = 1 - good

rows = ["a,b,c,region,amount,y"]
for i in range(n):
    first = "" if np.isnan(a[i]) else f"{a[i]:.4f}"
    rows.append(f"{first},{b[i]:.3f},{c[i]},{region[i]},{amount[i]:.2f},{int(bad[i])}")
(here / "model_validation.csv").write_text("\n".join(rows) + "\n")


def placements(score):
    pairs = (score[None, :] > score[:, None]) + 0.5 * (score[None, :] == score[:, None])
    return pairs @ good / good.sum(), bad @ pairs / bad.sum()


def auc(score):
    return float(bad @ placements(score)[0] / bad.sum())


def auc_loss(first, second):
    v = [placements(first), placements(second)]
    s10 = np.cov(np.array([v[0][0][bad > 0], v[1][0][bad > 0]])) / bad.sum()
    s01 = np.cov(np.array([v[0][1][good > 0], v[1][1][good > 0]])) / good.sum()
    s = s10 + s01
    variance = s[0, 0] + s[1, 1] - 2 * s[0, 1]
    value = auc(first) - auc(second)
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    return [value, value - half, value + half]


fit = sm.Logit(good, sm.add_constant(woe)).fit(disp=0, tol=1e-12, maxiter=100)
card = np.array([intercept] + [coefficients[f] for f in names])
moved = fit.params - card
z = moved / fit.bse
p = 2 * stats.norm.sf(np.abs(z))
order = np.argsort(p[1:])
holm = np.empty(3)
highest = 0.0
for rank, place in enumerate(order):
    highest = max(highest, min(1.0, (3 - rank) * p[1:][place]))
    holm[place] = highest
covariance = fit.cov_params()


def wald(d, v):
    statistic = float(d @ np.linalg.solve(v, d))
    return [statistic, len(d), float(stats.chi2.sf(statistic, len(d)))]


# Missing: a has a bin for it, b and c have none and get no points.
missing_points = {"a": points["a"]["missing"], "b": 0.0, "c": 0.0}
ranked = np.sort(score)[::-1]
wanted = 0.7 * n
cut_off = float(next(s for s in np.unique(score)[::-1] if (score >= s).sum() >= wanted - 1e-9))
pd = pd_of(score)
sensitivity, marginal = {}, {}
for place, f in enumerate(names):
    new = score - pts[:, place] + missing_points[f]
    was, now = score >= cut_off, new >= cut_off
    sensitivity[f] = {
        "score_shift_mean": float(np.mean(new - score)),
        "pd_shift_mean": float(np.mean(pd_of(new) - pd)),
        "share_large_shift": float(np.mean(np.abs(new - score) > 10)),
        "auc_loss": auc_loss(score, new),
        "share_newly_declined": float(np.mean(was & ~now)),
        "share_newly_approved": float(np.mean(~was & now)),
        "score_mean_at_worst": float(np.mean(score - pts[:, place] + min(points[f].values()))),
    }
    others = [i for i in range(3) if i != place]
    smaller = sm.Logit(good, sm.add_constant(woe[:, others])).fit(disp=0, tol=1e-12, maxiter=100)
    ratio = 2 * (fit.llf - smaller.llf)
    full = np.round(fit.params[0] + woe @ fit.params[1:], 9)
    less = np.round(smaller.params[0] + woe[:, others] @ smaller.params[1:], 9)
    marginal[f] = {
        "neutral": auc_loss(score, score - pts[:, place]),
        "refitted": auc_loss(full, less),
        "likelihood_ratio": [float(ratio), 1, float(stats.chi2.sf(ratio, 1))],
    }
variance = np.cov(np.column_stack([pts, score]).T)
shares = variance[:3, 3] / variance[3, 3]
correlation = np.corrcoef(pts.T)

odds = pd / (1 - pd) * np.exp(0.4)
shifted = odds / (1 + odds)
times = np.where(region == "north", np.minimum(1, 1.5 * pd), pd)
weight = np.where(region == "north", 0.6 * n / (region == "north").sum(), 0.4 * n / (region == "south").sum())
lower_b = np.maximum(0.5, b * 0.6 - 0.1)
b_points = [points["b"]["low" if x < 2 else "middle" if x < 5 else "high"] for x in lower_b]
b_score = score - pts[:, 1] + b_points
c_points = [points["c"]["z" if x == "y" else x] for x in c]
c_score = score - pts[:, 2] + c_points
w_good, w_bad = good * weight, bad * weight
pairs = (score[None, :] > score[:, None]) + 0.5 * (score[None, :] == score[:, None])
stress = {
    "worse odds": {
        "expected_bad_rate": float(shifted.mean()),
        "expected_loss": float((shifted * amount * 0.6).sum()),
        "expected_bad_rate_approved": float(shifted[score >= cut_off].mean()),
    },
    "north": {"expected_bad_rate": float(times.mean()), "expected_loss": float((times * amount * 0.45).sum())},
    "lower b": {
        "expected_bad_rate": float(pd_of(b_score).mean()),
        "score_mean": float(b_score.mean()),
        "auc": auc(b_score),
        "approval_rate": float(np.mean(b_score >= cut_off)),
    },
    "y turns z": {"score_mean": float(c_score.mean()), "auc": auc(c_score)},
    "more north": {
        "expected_bad_rate": float((weight * pd).sum() / n),
        "bad_rate": float(w_bad.sum() / n),
        "score_mean": float((weight * score).sum() / n),
        "auc": float(w_bad @ (pairs @ w_good) / w_bad.sum() / w_good.sum()),
        "approval_rate": float((weight * (score >= cut_off)).sum() / n),
    },
}
base = {
    "expected_bad_rate": float(pd.mean()),
    "expected_loss": float((pd * amount * 0.45).sum()),
    "score_mean": float(score.mean()),
    "auc": auc(score),
    "cut_off": cut_off,
}

result = {
    "source": f"make_model_validation.py; statsmodels {statsmodels.__version__}, numpy {np.__version__}",
    "card": {"intercept": intercept, "coefficients": coefficients, "woe": woes},
    "reestimated": {
        "value": fit.params.tolist(),
        "std_error": fit.bse.tolist(),
        "p_value": fit.pvalues.tolist(),
        "z_against_card": z.tolist(),
        "p_value_against_card": p.tolist(),
        "holm": holm.tolist(),
        "joint": wald(moved, covariance),
        "joint_without_intercept": wald(moved[1:], covariance[1:, 1:]),
    },
    "sensitivity": sensitivity,
    "marginal": marginal,
    "shares_of_variance": dict(zip(names, shares.tolist())),
    "herfindahl": float((shares**2).sum()),
    "correlation_a_b": float(correlation[0, 1]),
    "base": base,
    "stress": stress,
}
(here / "model_validation.json").write_text(json.dumps(result, indent=1) + "\n")
