"""selection_probit.csv and selection_probit.json: a probit with selection, maximised apart from this project.

The likelihood is written here once more, with the bivariate normal distribution function by Owen's T (scipy), maximised by
scipy's BFGS with numerical derivatives and polished by Newton steps on finite differences; at rho = 0 the two probits are
also fitted by statsmodels.
    python make_selection_probit.py
"""
import json

import numpy as np
import statsmodels.api as sm
from scipy.optimize import brentq, minimize
from scipy.special import owens_t
from scipy.stats import chi2, norm


def bvn(h, k, r):
    root = np.sqrt(1 - r * r)
    h = np.where(h == 0, 1e-300, h)
    k = np.where(k == 0, 1e-300, k)
    t = owens_t(h, (k - r * h) / (h * root)) + owens_t(k, (h - r * k) / (k * root))
    delta = np.where(h * k > 0, 0.0, 0.5)
    return 0.5 * norm.cdf(h) + 0.5 * norm.cdf(k) - t - delta


rng = np.random.default_rng(20261)
n = 1200
x1, x2, w = np.round(rng.normal(size=(3, n)), 3)
u, e = rng.normal(size=(2, n))
v = 0.6 * u + 0.8 * e
good = (0.8 + 0.6 * x1 - 0.4 * x2 + u > 0).astype(int)
accepted = (0.1 + 0.5 * x1 - 0.3 * x2 + 0.7 * w + v > 0).astype(int)
good = np.where(accepted == 1, good, -1)
with open("selection_probit.csv", "w") as out:
    out.write("x1,x2,w,accepted,good\n")
    for row in zip(x1, x2, w, accepted, good):
        out.write("{:.3f},{:.3f},{:.3f},{},{}\n".format(*row))

X = np.column_stack([np.ones(n), x1, x2])
Z = np.column_stack([np.ones(n), x1, x2, w])
A = accepted == 1


def loglik(theta):
    b, c, t = theta[:3], theta[3:7], theta[7]
    r = np.tanh(t)
    a, s = X @ b, Z @ c
    inside = np.empty(A.sum())
    g = good[A] == 1
    inside[g] = bvn(a[A][g], s[A][g], r)
    inside[~g] = bvn(-a[A][~g], s[A][~g], -r)
    return np.log(np.maximum(inside, 1e-300)).sum() + norm.logcdf(-s[~A]).sum()


def gradient(theta, f, h=1e-5):
    g = np.zeros_like(theta)
    for i in range(len(theta)):
        d = np.zeros_like(theta)
        d[i] = h
        g[i] = (8 * (f(theta + d) - f(theta - d)) - (f(theta + 2 * d) - f(theta - 2 * d))) / (12 * h)
    return g


def hessian(theta, f, h=1e-3):
    k = len(theta)
    H = np.zeros((k, k))
    for i in range(k):
        d = np.zeros(k)
        d[i] = h
        H[i] = (8 * (gradient(theta + d, f) - gradient(theta - d, f)) - (gradient(theta + 2 * d, f) - gradient(theta - 2 * d, f))) / (12 * h)
    return (H + H.T) / 2


def maximise(f, start):
    theta = minimize(lambda p: -f(p), start, method="BFGS", options={"gtol": 1e-6}).x
    for _ in range(4):
        theta = theta - np.linalg.solve(hessian(theta, f), gradient(theta, f))
    return theta


theta = maximise(loglik, np.zeros(8))
H = hessian(theta, loglik)
se = np.sqrt(np.diag(np.linalg.inv(-H)))
outcome = sm.Probit(good[A], X[A]).fit(disp=0, tol=1e-12)
selection = sm.Probit(accepted, Z).fit(disp=0, tol=1e-12)
independent = outcome.llf + selection.llf
top = loglik(theta)


def profile(t):
    f = lambda p: loglik(np.append(p, t))
    return f(minimize(lambda p: -f(p), theta[:7], method="BFGS", options={"gtol": 1e-7}).x)


drop = chi2.ppf(0.95, 1) / 2
low = brentq(lambda t: profile(t) - top + drop, theta[7] - 3 * se[7], theta[7], xtol=1e-7)
high = brentq(lambda t: profile(t) - top + drop, theta[7], theta[7] + 3 * se[7], xtol=1e-7)
json.dump(
    {
        "made_by": "make_selection_probit.py",
        "outcome": list(theta[:3]),
        "acceptance": list(theta[3:7]),
        "rho": float(np.tanh(theta[7])),
        "standard_errors": list(se),
        "log_likelihood": float(top),
        "independent_log_likelihood": float(independent),
        "independent_outcome": list(outcome.params),
        "independent_outcome_errors": list(outcome.bse),
        "ratio": float(2 * (top - independent)),
        "p_value": float(chi2.sf(2 * (top - independent), 1)),
        "rho_profile": [float(np.tanh(low)), float(np.tanh(high))],
    },
    open("selection_probit.json", "w"),
    indent=1,
)
