"""Writes groups.csv and groups.json: measures by segment, fairness and overrides, each from its definition.

AUC over all pairs, DeLong's variance from the placements, Welch's test as pROC, Cochran's Q in plain numpy; proportions by
statsmodels, Fisher's exact test by scipy, adjusted p values by statsmodels, calibration lines by statsmodels' GLM. Run:
    pip install numpy scipy statsmodels
    python make_groups.py
"""

import csv
import json

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

rng = np.random.default_rng(1978)
n = 1200
z = rng.normal(size=n)
score = np.round(600 + 40 * z).astype(int)
pd = np.round(1 / (1 + np.exp(1.6 + 0.9 * z)), 5)
product = rng.choice(["card", "car", "home", "boat"], n, p=[0.4, 0.33, 0.25, 0.02])
slope = np.select([product == "card", product == "car"], [1.3, 0.8], 0.3)
bad = (rng.random(n) < 1 / (1 + np.exp(1.6 + slope * z))).astype(int)
sex = rng.choice(["m", "f", "x"], n, p=[0.5, 0.4, 0.1])
approved = (score + rng.normal(0, 15, n) - 12 * (sex == "f") >= 585).astype(int)
cut_off = 585

with open("groups.csv", "w") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["score", "pd", "bad", "product", "sex", "approved"])
    writer.writerows(zip(score, pd, bad, product, sex, approved))


def delong(s, b):
    bads, goods = s[b == 1], s[b == 0]
    pairs = (goods[None, :] > bads[:, None]) + 0.5 * (goods[None, :] == bads[:, None])
    v10, v01 = pairs.mean(axis=1), pairs.mean(axis=0)
    return pairs.mean(), v10.var(ddof=1) / len(bads) + v01.var(ddof=1) / len(goods)


def ks(s, b):
    return float(stats.ks_2samp(s[b == 1], s[b == 0]).statistic)


def calibration(p, b):
    eta = np.log((1 - p) / p)
    slope = sm.GLM(1 - b, sm.add_constant(eta), family=sm.families.Binomial()).fit(tol=1e-14).params[1]
    intercept = sm.GLM(1 - b, np.ones(len(b)), offset=eta, family=sm.families.Binomial()).fit(tol=1e-14).params[0]
    return float(intercept), float(slope)


def jeffreys(part, rest):
    return [float(q) for q in stats.beta.ppf([0.025, 0.975], part + 0.5, rest + 0.5)]


def part(mask):
    b, p, s = bad[mask], pd[mask], score[mask]
    auc, variance = delong(s, b)
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    intercept, slope = calibration(p, b)
    return {
        "cases": int(mask.sum()), "goods": int((1 - b).sum()), "bads": int(b.sum()), "share": float(mask.mean()),
        "bad_rate": [float(b.mean()), *jeffreys(b.sum(), (1 - b).sum())], "expected_bad_rate": float(p.mean()),
        "expected_to_observed": float(p.mean() / b.mean()), "auc": [float(auc), float(auc - half), float(auc + half)],
        "ks": ks(s, b), "mean_score": float(s.mean()), "calibration_intercept": intercept, "calibration_slope": slope,
        "brier": float(np.mean((b - p) ** 2)),
    }


def welch(one, other):
    (a, va), (b, vb) = delong(score[one], bad[one]), delong(score[other], bad[other])
    df = (va + vb) ** 2 / (va**2 / (one.sum() - 1) + vb**2 / (other.sum() - 1))
    t = (a - b) / np.sqrt(va + vb)
    return {"difference": float(a - b), "t": float(t), "df": float(df), "p_value": float(2 * stats.t.sf(abs(t), df))}


# "boat" has about 2 percent of the cases: it is too small, and with it "home", the next smallest, is hidden.
shown = ["car", "card"]
aucs = np.array([delong(score[product == s], bad[product == s]) for s in shown])
weight = 1 / aucs[:, 1]
mean = (weight * aucs[:, 0]).sum() / weight.sum()
q = float((weight * (aucs[:, 0] - mean) ** 2).sum())
everything = sorted(set(product))
all_aucs = np.array([delong(score[product == s], bad[product == s]) for s in everything])
w4 = 1 / all_aucs[:, 1]
mean4 = (w4 * all_aucs[:, 0]).sum() / w4.sum()
q4 = float((w4 * (all_aucs[:, 0] - mean4) ** 2).sum())
against = {s: welch(product == s, product != s) for s in everything}
p_values = [against[s]["p_value"] for s in everything]
for name, method in [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")]:
    for s, p in zip(everything, multipletests(p_values, method=method)[1]):
        against[s]["p_value_" + name] = float(p)

fairness, two = {}, []
m = sex == "m"
for group in ["f", "x"]:
    g = sex == group
    a, na, c, nc = approved[g].sum(), g.sum(), approved[m].sum(), m.sum()
    air = (a / na) / (c / nc)
    se = np.sqrt(1 / a - 1 / na + 1 / c - 1 / nc)
    zq = stats.norm.ppf(0.975)
    zt, p = proportions_ztest([a, c], [na, nc])
    two.append(p)
    s, r = score[g].astype(float), score[m].astype(float)
    pooled = np.sqrt(((len(s) - 1) * s.var(ddof=1) + (len(r) - 1) * r.var(ddof=1)) / (len(s) + len(r) - 2))
    low = score[g] < cut_off
    d = s.mean() - r.mean()
    fairness[group] = {
        "approved": int(a), "decided": int(na), "approval_rate": [float(a / na), *jeffreys(a, na - a)],
        "adverse_impact_ratio": [float(air), float(air * np.exp(-zq * se)), float(air * np.exp(zq * se))],
        "z": float(zt), "p_value": float(p),
        "fisher_p_value": float(stats.fisher_exact([[a, na - a], [c, nc - c]])[1]),
        "smd": float(d / pooled), "smd_by_reference_group": float(d / r.std(ddof=1)),
        "smd_by_population": float(d / np.concatenate([s, r]).std(ddof=1)),
        "true_positive_rate": float(low[bad[g] == 1].mean()), "false_positive_rate": float(low[bad[g] == 0].mean()),
        "figures": part(g),
    }
for group, p in zip(["f", "x"], multipletests(two, method="holm")[1]):
    fairness[group]["p_value_holm"] = float(p)

above, yes = score >= cut_off, approved == 1
high, low = int((above & ~yes).sum()), int((~above & yes).sum())
lows = ~above & yes
kept = np.sort(score[above & yes])
up_to = kept[int(np.ceil(len(kept) / 10)) - 1]
near = above & yes & (score <= up_to)
zt, p = proportions_ztest([bad[lows].sum(), bad[near].sum()], [lows.sum(), near.sum()])
process = {
    "approved": int(yes.sum()), "declined": int((~yes).sum()), "acceptance_rate": float(yes.mean()),
    "recommended_approve": int(above.sum()), "high_side_overrides": high, "high_side_override_rate": high / int(above.sum()),
    "high_side_override_share_of_all": high / n,
    "low_side_overrides": low, "low_side_override_rate": low / int((~above).sum()), "low_side_override_share_of_all": low / n,
    "override_rate": (high + low) / n,
    "low_side_bads": int(bad[lows].sum()), "low_side_bad_rate": float(bad[lows].mean()),
    "low_side_expected": float(pd[lows].mean()), "just_above_up_to": int(up_to), "just_above_bads": int(bad[near].sum()),
    "just_above_cases": int(near.sum()), "z": float(zt), "p_value": float(p),
    "approved_mean": float(score[yes].mean()), "approved_deviation": float(score[yes].std(ddof=1)),
    "approved_median": float(np.quantile(score[yes], 0.5, method="inverted_cdf")),
    "declined_p5": float(np.quantile(score[~yes], 0.05, method="inverted_cdf")),
}

# Fisher's exact test where counts are small, large or at the edge.
tables = [(3, 10, 9, 12), (0, 8, 5, 20), (8, 8, 5, 20), (180, 400, 540, 900), (52_000, 100_000, 310_000, 600_000)]
fisher = [{"table": t, "p_value": float(stats.fisher_exact([[t[0], t[1] - t[0]], [t[2], t[3] - t[2]]])[1])} for t in tables]

json.dump(
    {
        "how": f"make_groups.py: numpy {np.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "segments": {s: part(product == s) for s in everything}, "heterogeneity_of_shown": q,
        "heterogeneity_of_all": {"statistic": q4, "mean_auc": float(mean4), "p_value": float(stats.chi2.sf(q4, 3))},
        "against_rest": against, "fairness": fairness, "process": process, "fisher": fisher,
    },
    open("groups.json", "w"),
    indent=1,
)
