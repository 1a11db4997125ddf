"""Figures of measures of discrimination, by other methods than the library's; writes discrimination.json.

AUC and its variance from all pairs; Somers' D, t, normal and Kolmogorov's distributions from scipy; H-measure from the
package hmeasure (Beta(1 + pi1, 1 + pi0)) and by numeric integration over costs; expected maximum profit from the package
empulse and by numeric integration; rates at a cut-off from scikit-learn; the standard error of gAUC by the delta method with
numeric derivatives; intervals by a bootstrap of 20000 resamples. Weights: rows repeated.

pip install numpy scipy scikit-learn hmeasure empulse
"""

import json
import pathlib

import numpy
from empulse.metrics import empcs_score
from hmeasure import h_score
from scipy import integrate, special, stats
from sklearn.metrics import f1_score, precision_score, recall_score

random = numpy.random.default_rng(20260101)


def placements(score, bad):
    goods, bads = score[bad == 0], score[bad == 1]
    pairs = (goods[None, :] > bads[:, None]) + 0.5 * (goods[None, :] == bads[:, None])
    return pairs.mean(axis=1), pairs.mean(axis=0)


def delong(score, bad):
    v10, v01 = placements(score, bad)
    variance = v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01)
    return v10.mean(), variance


def rates(score, bad):
    """Shares of goods and of bads rejected at every cut-off."""
    cuts = numpy.concatenate([[-numpy.inf], numpy.unique(score)])
    return (
        numpy.array([(score[bad == 0] <= cut).mean() for cut in cuts]),
        numpy.array([(score[bad == 1] <= cut).mean() for cut in cuts]),
    )


def h_by_integration(score, bad, alpha, beta):
    x, y = rates(score, bad)
    pi1 = bad.mean()
    prior = stats.beta(alpha, beta)
    loss = lambda c: (c * (1 - pi1) * x + (1 - c) * pi1 * (1 - y)).min() * prior.pdf(c)
    worst = lambda c: min(c * (1 - pi1), (1 - c) * pi1) * prior.pdf(c)
    # The integrands have kinks: many short pieces.
    pieces = numpy.union1d(numpy.linspace(0, 1, 4001), [pi1])
    integral = lambda f: sum(integrate.fixed_quad(numpy.vectorize(f), a, b, n=4)[0] for a, b in zip(pieces, pieces[1:]))
    return 1 - integral(loss) / integral(worst)


def emp_by_integration(score, bad, p0=0.55, p1=0.1, roi=0.2644):
    x, y = rates(score, bad)
    pi0 = bad.mean()
    profit = lambda part: part * pi0 * y - roi * (1 - pi0) * x
    rejected = pi0 * y + (1 - pi0) * x
    parts = (numpy.arange(200000) + 0.5) / 200000
    at = numpy.outer(parts, pi0 * y) - roi * (1 - pi0) * x[None, :]
    best = at.argmax(axis=1)
    uniform = at[numpy.arange(len(parts)), best].mean()
    value = (1 - p0 - p1) * uniform + p1 * profit(1.0).max()
    return value, (1 - p0 - p1) * rejected[best].mean() + p1 * rejected[profit(1.0).argmax()]


def top_decile(score, bad):
    """Share of the bads in the riskiest tenth over the tenth, equal scores by halves of their expectation."""
    wanted = 0.1 * len(score)
    caught, taken = 0.0, 0
    for value in numpy.unique(score):
        here = score == value
        part = min(1.0, max(0.0, (wanted - taken) / here.sum()))
        caught += part * bad[here].sum()
        taken += here.sum()
    return caught / bad.sum() / 0.1


def information_value(score, bad, edges):
    band = numpy.searchsorted(edges, score, side="right")
    value = 0.0
    for b in range(len(edges) + 1):
        g, d = ((band == b) & (bad == 0)).sum(), ((band == b) & (bad == 1)).sum()
        if g + d == 0:
            continue
        if g * d == 0:
            g, d = g + 0.5, d + 0.5
        g, d = g / (bad == 0).sum(), d / bad.sum()
        value += (g - d) * numpy.log(g / d)
    return value


def measures(score, bad, edges):
    auc, _ = delong(score, bad)
    x, y = rates(score, bad)
    ks = numpy.abs(y - x).max()
    goods, bads = (bad == 0).sum(), (bad == 1).sum()
    concordance = stats.somersd(bad, -score)
    # Of the score as dependent: from all pairs.
    pi = bads / len(bad)
    cases = pi * y + (1 - pi) * x
    area = numpy.trapezoid(y, cases)
    h = h_score(bad, (1000 - score) / 1000, severity_ratio=-1)
    emp = empcs_score(bad, -score.astype(float))
    integrated, fraction = emp_by_integration(score, bad)
    assert abs(emp - integrated) < 1e-8, (emp, integrated)
    # scikit-learn's ROC without dropped points has every corner of the hull, so both ways agree.
    by_integration = h_by_integration(score, bad, 1 + pi, 2 - pi)
    assert abs(h - by_integration) < 1e-6, (h, by_integration)
    return {
        "auc": auc,
        "somers_d": concordance.statistic,
        "outcome_given_score": stats.somersd(-score, bad).statistic,
        "accuracy_ratio": (area - 0.5) / (0.5 - pi / 2),
        "ks": ks,
        "ks_p_value": special.kolmogorov(numpy.sqrt(goods * bads / (goods + bads)) * ks),
        "h_measure": h,
        "h_measure_beta_2_2": h_score(bad, (1000 - score) / 1000, severity_ratio=1),
        "h_by_integration_beta_2_2": h_by_integration(score, bad, 2, 2),
        "expected_maximum_profit": emp,
        "optimal_fraction": fraction,
        "optimal_fraction_of_empulse": empcs_score.optimal_rate(bad, -score.astype(float)),
        "divergence": (score[bad == 0].mean() - score[bad == 1].mean()) ** 2
        / ((score[bad == 0].var(ddof=1) + score[bad == 1].var(ddof=1)) / 2),
        "information_value": information_value(score, bad, edges),
        "lift_top_decile": top_decile(score, bad),
    }


def intervals(score, bad, edges, resamples=20000):
    goods, bads = score[bad == 0], score[bad == 1]
    labels = numpy.concatenate([numpy.zeros(len(goods), int), numpy.ones(len(bads), int)])
    values = {"ks": [], "divergence": [], "lift_top_decile": [], "information_value": []}
    for _ in range(resamples):
        drawn = numpy.concatenate([random.choice(goods, len(goods)), random.choice(bads, len(bads))])
        x, y = rates(drawn, labels)
        values["ks"].append(numpy.abs(y - x).max())
        g, b = drawn[labels == 0], drawn[labels == 1]
        values["divergence"].append((g.mean() - b.mean()) ** 2 / ((g.var(ddof=1) + b.var(ddof=1)) / 2))
        values["lift_top_decile"].append(top_decile(drawn, labels))
        values["information_value"].append(information_value(drawn, labels, edges))
    bounds = lambda v: list(numpy.quantile(v, [0.025, 0.975], method="inverted_cdf"))
    return {name: bounds(v) for name, v in values.items()}


def sample(goods, bads, gap):
    score = numpy.concatenate([random.normal(600 + gap, 40, goods), random.normal(600, 40, bads)])
    score = (score // 5 * 5).astype(int)
    bad = numpy.concatenate([numpy.zeros(goods, int), numpy.ones(bads, int)])
    order = random.permutation(len(score))
    return score[order], bad[order]


out = {"source": "make_discrimination.py; hmeasure 0.1.6, empulse 0.13.1, scipy, scikit-learn"}

# Plain cases.
score, bad = sample(150, 47, 45)
reference_score, reference_bad = sample(120, 35, 60)
edges = [570, 590, 605, 620, 640, 660]
current, variance = delong(score, bad)
before, variance_before = delong(reference_score, reference_bad)
n1, n2 = len(score), len(reference_score)
t = (current - before) / numpy.sqrt(variance + variance_before)
df = (variance + variance_before) ** 2 / (variance**2 / (n1 - 1) + variance_before**2 / (n2 - 1))
half = stats.t.ppf(0.975, df) * numpy.sqrt(variance + variance_before)
a, b, g = current, bad.sum(), (bad == 0).sum()
q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
cut = 620
rejected = (score < cut).astype(int)
order = numpy.argsort(score)
out["plain"] = {
    "score": score.tolist(),
    "bad": bad.tolist(),
    "edges": edges,
    "reference_score": reference_score.tolist(),
    "reference_bad": reference_bad.tolist(),
    "measures": measures(score, bad, edges),
    "intervals": intervals(score, bad, edges),
    "auc_standard_error": numpy.sqrt(variance),
    "hanley_mcneil": numpy.sqrt((a * (1 - a) + (b - 1) * (q1 - a * a) + (g - 1) * (q2 - a * a)) / (g * b)),
    "unpaired": {
        "value": current - before,
        "low": current - before - half,
        "high": current - before + half,
        "statistic": t,
        "degrees_of_freedom": df,
        "p_value": 2 * stats.t.sf(abs(t), df),
    },
    "initial": {
        "initial": 0.85,
        "statistic": (0.85 - current) / numpy.sqrt(variance),
        "p_value": stats.norm.sf((0.85 - current) / numpy.sqrt(variance)),
    },
    "initial_of_reference": {"initial": before, "p_value": stats.norm.sf((before - current) / numpy.sqrt(variance))},
    "cut_off": {
        "score": cut,
        "approval_rate": (score >= cut).mean(),
        "bad_rate_above": bad[score >= cut].mean(),
        "bad_rate_below": bad[score < cut].mean(),
        "precision": precision_score(bad, rejected),
        "recall": recall_score(bad, rejected),
        "specificity": recall_score(bad, rejected, pos_label=0),
        "f1": f1_score(bad, rejected),
    },
    "seventy_percent": {
        "score": max(int(s) for s in numpy.unique(score) if (score >= s).mean() >= 0.7),
    },
}

# Grades (best first: 0) over three periods.
grade = numpy.digitize(-score, [-680, -640, -610, -580])
period = random.integers(0, 3, len(score))
pooled = numpy.zeros(len(grade))
for which in range(3):
    own = period == which
    pooled[own] = stats.rankdata(grade[own], method="max") / own.sum()
on_grade, grade_variance = delong(-grade, bad)
on_pooled, pooled_variance = delong(-pooled, bad)
test = lambda initial, auc, v: {
    "initial": initial,
    "current": auc,
    "std_error": numpy.sqrt(v),
    "statistic": (initial - auc) / numpy.sqrt(v),
    "p_value": stats.norm.sf((initial - auc) / numpy.sqrt(v)),
}
out["grades"] = {
    "grade": grade.tolist(),
    "period": period.tolist(),
    "on_grade": test(0.82, on_grade, grade_variance),
    "pooled": test(0.82, on_pooled, pooled_variance),
}

# Weights: rows repeated.
weight = random.integers(1, 5, len(score))
out["weighted"] = {
    "weight": weight.tolist(),
    "measures": measures(numpy.repeat(score, weight), numpy.repeat(bad, weight), edges),
}

# Ratio outcomes: estimated and realised share of bad.
count = 160
estimated = random.beta(1.2, 1.8, count).round(3)
realised = numpy.clip(estimated + random.normal(0, 0.25, count), 0, 1).round(2)
weights = random.integers(1, 4, count)
bounds = numpy.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
table = numpy.zeros((12, 12), int)
for e, r, w in zip(numpy.digitize(estimated, bounds), numpy.digitize(realised, bounds), weights):
    table[e, r] += w


def d_of(p):
    """Somers' D of columns given rows, of cell probabilities."""
    concordant = discordant = 0.0
    for i in range(12):
        for j in range(12):
            concordant += p[i, j] * (p[i + 1 :, j + 1 :].sum())
            discordant += p[i, j] * (p[i + 1 :, :j].sum())
    return 2 * (concordant - discordant) / (1 - (p.sum(axis=1) ** 2).sum())


shares = table / table.sum()
step = 1e-6
slopes = numpy.zeros((12, 12))
for i in range(12):
    for j in range(12):
        moved = numpy.zeros((12, 12))
        moved[i, j] = step
        # Towards the cell: the influence function.
        slopes[i, j] = (d_of(shares * (1 - step) + moved) - d_of(shares * (1 + step) - moved)) / (2 * step)
deviation = numpy.sqrt((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / numpy.sqrt(table.sum())
d = stats.somersd(table).statistic
assert abs(d - d_of(shares)) < 1e-12
perfect = numpy.argsort(-numpy.repeat(realised, weights))
caught = numpy.concatenate([[0], numpy.cumsum(numpy.repeat(realised, weights)[perfect])]) / (realised * weights).sum()
out["ratio"] = {
    "estimated": estimated.tolist(),
    "realised": realised.tolist(),
    "weight": weights.tolist(),
    "gauc": (d + 1) / 2,
    "std_error": deviation / 2,
    "initial": 0.8,
    "p_value": stats.norm.sf((0.8 - (d + 1) / 2) / (deviation / 2)),
    "perfect_area": numpy.trapezoid(caught, numpy.linspace(0, 1, len(caught))),
}

path = pathlib.Path(__file__).with_name("discrimination.json")
path.write_text(json.dumps(out, indent=1, default=float) + "\n")
