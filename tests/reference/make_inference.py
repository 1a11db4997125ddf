"""Figures for tests/suite/logistic from numpy, scipy and statsmodels: python make_inference.py > inference.json

Made-up data with a fixed seed: five features as bin codes with a number for each code. What statsmodels does not have
(Firth, profile intervals, score tests of added columns, one-step influence) is written out here from its definition, in
another way than the program computes it: dense matrices, general-purpose optimisers and root finders."""
import json, sys
import numpy as np, scipy, statsmodels, statsmodels.api as sm
from scipy import optimize, stats

rng = np.random.default_rng(20261122)
n, levels = 600, [5, 4, 6, 2, 5]
latent = rng.standard_normal(n)
codes, values = [], []
for j, k in enumerate(levels):
    z = 0.5 * latent + rng.standard_normal(n)
    codes.append(np.searchsorted(np.quantile(z, np.arange(1, k) / k), z))
    values.append(np.round(np.sort(rng.normal(0, 0.8, k)), 4))
X = np.column_stack([v[c] for v, c in zip(values, codes)])
# The last feature's true effect is negative, the third's is curved.
eta = 1.1 + X @ np.array([0.9, 0.7, 0.5, 0.6, -0.4]) + 0.5 * (X[:, 2] ** 2 - 0.5)
good = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
A = sm.add_constant(X)
fit = sm.Logit(good, A).fit(disp=0, tol=1e-14, method="newton")
p = fit.predict(A)
I = A.T @ (A * (p * (1 - p))[:, None])

def ll(b, A=A):
    e = A @ b
    return float(good @ e - np.logaddexp(0, e).sum())

def firth():
    b = np.zeros(A.shape[1])
    for _ in range(200):
        q = 1 / (1 + np.exp(-(A @ b)))
        w = q * (1 - q)
        inv = np.linalg.inv(A.T @ (A * w[:, None]))
        h = w * np.einsum("ij,jk,ik->i", A, inv, A)
        step = inv @ (A.T @ (good - q + h * (0.5 - q)))
        b = b + step
        if np.abs(step).max() < 1e-14:
            break
    return b, np.sqrt(np.diag(inv))

def profile(j):
    """Ends where the likelihood-ratio test of b[j] = value reaches the 95 percent point; others free."""
    rest = [k for k in range(A.shape[1]) if k != j]
    best = ll(fit.params)
    def excess(value):
        m = sm.GLM(good, A[:, rest], family=sm.families.Binomial(), offset=value * A[:, j]).fit(tol=1e-14)
        return 2 * (best - ll(np.insert(m.params, j, value))) - stats.chi2.ppf(0.95, 1)
    b, s = fit.params[j], fit.bse[j]
    return [optimize.brentq(excess, b - 6 * s, b, xtol=1e-12), optimize.brentq(excess, b, b + 6 * s, xtol=1e-12)]

def score(Z):
    """Rao's score test of further columns."""
    w = p * (1 - p)
    U = Z.T @ (good - p)
    C = Z.T @ (A * w[:, None])
    V = Z.T @ (Z * w[:, None]) - C @ np.linalg.solve(I, C.T)
    return float(U @ np.linalg.pinv(V, rcond=1e-10) @ U), int(np.linalg.matrix_rank(V, tol=1e-8))

linearity = []
for j, (v, c) in enumerate(zip(values, codes)):
    if levels[j] < 3:
        linearity.append(None)
        continue
    curve, _ = score((X[:, [j]] ** 2))
    bins, rank = score(np.eye(levels[j])[c])
    linearity.append([curve, stats.chi2.sf(curve, 1), bins, rank, stats.chi2.sf(bins, rank)])

h = p * (1 - p) * np.einsum("ij,jk,ik->i", A, np.linalg.inv(I), A)
moves = (np.linalg.inv(I) @ (A * ((good - p) / (1 - h))[:, None]).T).T / fit.bse
largest = np.argsort(-np.abs(moves).max(axis=1), kind="stable")[:5]

def negative_free():
    """Least -log likelihood with slopes of at least 0."""
    f = lambda b: (-ll(b), -(A.T @ (good - 1 / (1 + np.exp(-(A @ b))))))
    bounds = [(None, None)] + [(0, None)] * X.shape[1]
    m = optimize.minimize(f, np.zeros(A.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10000})
    at = m.x > 1e-9
    at[0] = True
    again = sm.Logit(good, A[:, at]).fit(disp=0, tol=1e-14, method="newton")
    b = np.zeros(A.shape[1])
    b[at] = again.params
    e = np.full(A.shape[1], np.nan)
    e[at] = again.bse
    return b, e, again.llf

constrained = negative_free()
fb, fs = firth()
unit = A / np.sqrt((A ** 2).sum(axis=0))
# statsmodels finds its own null by an optimiser that stops at 1e-8; this is its closed form.
null = good.sum() * np.log(good.mean()) + (n - good.sum()) * np.log(1 - good.mean())
ratio = 2 * (fit.llf - null)
json.dump({
    "made_by": "make_inference.py", "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "python": sys.version.split()[0]},
    "codes": [c.tolist() for c in codes], "values": [v.tolist() for v in values], "good": good.tolist(),
    "coefficients": fit.params.tolist(), "std_errors": fit.bse.tolist(), "z": fit.tvalues.tolist(), "p": fit.pvalues.tolist(),
    "wald": fit.conf_int().tolist(), "profile": [profile(j) for j in range(A.shape[1])],
    "log_likelihood": fit.llf, "null": null, "aic": fit.aic, "bic": fit.bic, "mcfadden": 1 - fit.llf / null,
    "nagelkerke": (1 - np.exp(2 * (null - fit.llf) / n)) / (1 - np.exp(2 * null / n)),
    "likelihood_ratio": [ratio, fit.df_model, stats.chi2.sf(ratio, fit.df_model)],
    "condition_number": float(np.linalg.cond(unit)),
    "vif": np.diag(np.linalg.inv(np.corrcoef(X.T))).tolist(),
    "firth": {"coefficients": fb.tolist(), "std_errors": fs.tolist()},
    "linearity": linearity,
    "influence": [[int(i), int(np.abs(moves[i]).argmax()), float(moves[i][np.abs(moves[i]).argmax()]), float(h[i])] for i in largest],
    "constrained": {"coefficients": constrained[0].tolist(), "std_errors": [None if np.isnan(e) else e for e in constrained[1]], "log_likelihood": constrained[2]},
}, sys.stdout)
