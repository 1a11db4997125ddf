"""Writes calibration.json: tests and measures of PDs against outcomes.

Hosmer-Lemeshow by numpy's quantiles and own loops, Brier terms by the paper's sums, Spiegelhalter by the paper's formula;
calibration line by statsmodels (model-based, HC0, clustered); Jeffreys and binomial by scipy; correlated binomial and Pluto and
Tasche by Gauss-Legendre quadrature over the factor itself (the program integrates over the rate); t test by scipy; beta tails at large
counts by mpmath, 30 digits.
Tools: numpy, scipy, statsmodels, scikit-learn, mpmath, in the versions that the file records. Run:
    pip install numpy scipy statsmodels scikit-learn mpmath
    python make_calibration.py > calibration.json
"""

import json

import mpmath as mp
import numpy as np
import scipy
import scipy.optimize
import scipy.special
import scipy.stats as st
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

mp.mp.dps = 30
rng = np.random.default_rng(19860503)
n = 400
eta = rng.normal(1.6, 1.0, size=n)
pd = np.round(1 / (1 + np.exp(eta)), 3)
pd = np.clip(pd, 0.001, 0.999)
bad = (rng.uniform(size=n) < 1 / (1 + np.exp(0.2 + 0.8 * eta))).astype(float)
weight = rng.integers(1, 4, size=n).astype(float)
group = rng.integers(0, 150, size=n)
# A tenth of the cases share one PD, so that quantiles coincide.
tied = pd.copy()
tied[:120] = 0.15


def hosmer_lemeshow(p, y):
    bounds = np.unique(np.quantile(p, np.arange(11) / 10, method="linear"))
    h, groups, smallest = 0.0, 0, np.inf
    for i in range(len(bounds) - 1):
        inside = (p > bounds[i]) & (p <= bounds[i + 1]) if i > 0 else (p >= bounds[0]) & (p <= bounds[1])
        if not inside.any():
            continue
        o, e, m = y[inside].sum(), p[inside].sum(), inside.sum()
        h += (o - e) ** 2 / e + ((m - o) - (m - e)) ** 2 / (m - e)
        groups += 1
        smallest = min(smallest, e)
    return {"statistic": h, "groups": groups, "smallest_expected": smallest, "bounds": bounds.tolist(),
            "p_value": st.chi2.sf(h, groups), "development_p_value": st.chi2.sf(h, groups - 2)}


def brier_terms(p, y):
    bounds = np.unique(np.quantile(p, np.arange(11) / 10))
    place = np.clip(np.searchsorted(bounds, p, side="left") - 1, 0, None)
    rel = res = wbv = wbc = ece = mce = 0.0
    for k in set(place):
        f, o = p[place == k], y[place == k]
        rel += len(f) * (f.mean() - o.mean()) ** 2
        res += len(f) * (o.mean() - y.mean()) ** 2
        wbv += ((f - f.mean()) ** 2).sum()
        wbc += 2 * ((f - f.mean()) * (o - o.mean())).sum()
        ece += len(f) * abs(f.mean() - o.mean())
        mce = max(mce, abs(f.mean() - o.mean()))
    m = len(p)
    value = brier_score_loss(y, p)
    losses = (p - y) ** 2
    half = st.norm.ppf(0.975) * losses.std(ddof=1) / np.sqrt(m)
    isotonic = IsotonicRegression().fit(p, y).predict(p)
    return {"value": value, "low": value - half, "high": value + half, "reliability": rel / m, "resolution": res / m,
            "uncertainty": y.mean() * (1 - y.mean()), "within_bin_variance": wbv / m, "within_bin_covariance": wbc / m,
            "miscalibration": value - brier_score_loss(y, isotonic),
            "discrimination": y.mean() * (1 - y.mean()) - brier_score_loss(y, isotonic),
            "skill": 1 - value / (y.mean() * (1 - y.mean())), "calibration_error": ece / m, "maximum": mce}


def spiegelhalter(p, y):
    z = ((y - p) * (1 - 2 * p)).sum() / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    return {"z": z, "p_value": 2 * st.norm.sf(abs(z))}


def line(p, y, **fit):
    """Log odds good:bad of a good, so that higher is better."""
    e = np.log((1 - p) / p)
    slope = sm.GLM(1 - y, sm.add_constant(e), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100, **fit)
    constant = sm.GLM(1 - y, np.ones((len(y), 1)), offset=e, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100, **fit)

    def of(value, error, right):
        half = st.norm.ppf(0.975) * error
        return {"value": value, "low": value - half, "high": value + half, "p_value": 2 * st.norm.sf(abs((value - right) / error))}

    own = (y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    ratio = 2 * (slope.llf - own)
    return {"slope": of(slope.params[1], slope.bse[1], 1.0), "intercept": of(constant.params[0], constant.bse[0], 0.0),
            "statistic": ratio, "p_value": st.chi2.sf(ratio, 2), "constant": slope.params[0]}


def vasicek(cases, defaults, rate, rho):
    """P(X >= D), by the factor, in pieces around the step."""
    if defaults == 0:
        return 1.0
    threshold = st.norm.ppf(rate)

    def given(y):
        p = st.norm.cdf((threshold + np.sqrt(rho) * y) / np.sqrt(1 - rho))
        return st.norm.pdf(y) * scipy.special.betainc(defaults, cases - defaults + 1, p)

    step = (np.sqrt(1 - rho) * st.norm.ppf(defaults / (cases + 1)) - threshold) / np.sqrt(rho)
    pieces = sorted({float(x) for x in range(-12, 13, 2)} | {step + d for d in (-1, -0.5, -0.1, 0, 0.1, 0.5, 1)})
    parts = zip(pieces[:-1], pieces[1:])
    x, w = np.polynomial.legendre.leggauss(120)
    return float(sum((b - a) / 2 * (w * given((a + b) / 2 + (b - a) / 2 * x)).sum() for a, b in parts))


def pluto_tasche(cases, defaults, confidence, rho):
    excess = lambda x: vasicek(cases, defaults + 1, st.norm.cdf(x), rho) - confidence
    correlated = st.norm.cdf(scipy.optimize.brentq(excess, -6, 2, xtol=1e-13))
    return {"independent": st.beta.ppf(confidence, defaults + 1, cases - defaults), "correlated": correlated}


expanded = np.repeat(np.arange(n), weight.astype(int))
tests = []
for cases, defaults, rate, rho in [(100, 2, 0.01, 0.12), (1000, 30, 0.02, 0.12), (250, 0, 0.02, 0.12), (50, 50, 0.6, 0.2),
                                   (20000, 700, 0.02, 0.24), (500, 12, 0.01, 0.01), (1000, 120, 0.01, 0.05)]:
    z = (defaults - cases * rate) / np.sqrt(cases * rate * (1 - rate))
    threshold = st.norm.ppf(rate)
    critical = lambda q: st.norm.cdf((np.sqrt(rho) * st.norm.ppf(q) + threshold) / np.sqrt(1 - rho))
    tests.append({
        "cases": cases, "defaults": defaults, "pd": rate, "asset_correlation": rho,
        "jeffreys": st.beta.cdf(rate, defaults + 0.5, cases - defaults + 0.5),
        "binomial": st.binom.sf(defaults - 1, cases, rate), "z": z, "normal": st.norm.sf(z),
        "correlated": vasicek(cases, defaults, rate, rho),
        "asymptotic": float(st.norm.sf((np.sqrt(1 - rho) * st.norm.ppf(defaults / cases) - threshold) / np.sqrt(rho))),
        "critical_95": critical(0.95), "critical_99": critical(0.99)})
bounds = []
for cases, defaults, rho in [(800, 0, 0.12), (800, 3, 0.12), (100, 1, 0.12), (5000, 40, 0.2)]:
    for confidence in (0.5, 0.75, 0.9, 0.95):
        bounds.append({"cases": cases, "defaults": defaults, "asset_correlation": rho, "confidence": confidence,
                       **pluto_tasche(cases, defaults, confidence, rho)})
# Large counts, where continued fractions and log gammas are hard; mpmath alone.
def beta_tail(a, b, low, high):
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    density = lambda t: mp.exp((a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t) - log_beta)
    deviation = (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5
    inner = {a / (a + b) + k * deviation for k in range(-60, 61, 3)} | {low + 1e-3 * (high - low) * k for k in (0.001, 0.1)}
    return float(mp.quad(density, sorted({low, high} | {t for t in inner if low < t < high})))


large = [{"a": a, "b": b, "x": x, "lower": beta_tail(a, b, 0.0, x), "upper": beta_tail(a, b, x, 1.0)}
         for a, b, x in [(50000.5, 950000.5, 0.05), (50000.5, 950000.5, 0.0485), (50000.5, 950000.5, 0.0511),
                         (3.5, 999997.5, 1e-6), (3.5, 999997.5, 1.2e-5), (0.5, 1000000.5, 1e-9), (200000.5, 12.5, 0.9999)]]

estimated = np.round(np.clip(rng.beta(1.2, 2.0, size=60), 0, 1), 2)
realised = np.round(np.clip(estimated + 0.05 + rng.normal(scale=0.2, size=60), 0, 1), 3)
share_weight = np.round(0.5 + 2 * rng.uniform(size=60), 2)
t = st.ttest_rel(realised, estimated, alternative="greater")
m = np.average(realised - estimated, weights=share_weight)
error = np.sqrt(60 / 59 * (((realised - estimated - m) * share_weight / share_weight.sum()) ** 2).sum())


def capture(key):
    """By cases one by one, averaged over both orders of every tie."""
    def area(order):
        x = np.concatenate([[0], np.cumsum(share_weight[order]) / share_weight.sum()])
        loss = (share_weight * realised)[order]
        y = np.concatenate([[0], np.cumsum(loss) / loss.sum()])
        return ((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum() - 0.5
    rate = {k: np.average(realised[key == k], weights=share_weight[key == k]) for k in set(key)}
    best_first = np.array(sorted(range(60), key=lambda i: (-key[i], -realised[i])))
    # Within a tie the curve is straight: replace the realised shares by the tie's mean.
    x = np.concatenate([[0], np.cumsum(share_weight[best_first]) / share_weight.sum()])
    loss = np.array([share_weight[i] * rate[key[i]] for i in best_first])
    y = np.concatenate([[0], np.cumsum(loss) / loss.sum()])
    return ((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum() - 0.5


edges = [0, 0.05] + [k / 10 for k in range(1, 11)] + [np.inf]
bins = [{"cases": int(((estimated >= a) & (estimated < b)).sum()), "realised_cases": int(((realised >= a) & (realised < b)).sum()),
         "mean_realised": float(realised[(estimated >= a) & (estimated < b)].mean()) if ((estimated >= a) & (estimated < b)).any() else None}
        for a, b in zip(edges[:-1], edges[1:])]

print(json.dumps({
    "tools": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
              "scikit-learn": sklearn.__version__, "mpmath": mp.__version__},
    "pd": pd.tolist(), "tied": tied.tolist(), "bad": bad.tolist(), "weight": weight.tolist(), "group": group.tolist(),
    "hosmer_lemeshow": hosmer_lemeshow(pd, bad), "hosmer_lemeshow_tied": hosmer_lemeshow(tied, bad),
    "hosmer_lemeshow_weighted": hosmer_lemeshow(pd[expanded], bad[expanded]),
    "brier": brier_terms(pd, bad), "brier_weighted": brier_terms(pd[expanded], bad[expanded]),
    "spiegelhalter": spiegelhalter(pd, bad), "spiegelhalter_weighted": spiegelhalter(pd[expanded], bad[expanded]),
    "log_loss": log_loss(bad, pd),
    "line": line(pd, bad), "line_robust": line(pd, bad, cov_type="HC0"),
    "line_by_group": line(pd, bad, cov_type="cluster", cov_kwds={"groups": group, "use_correction": False}),
    "tests": tests, "bounds": bounds, "large": large,
    "ratio": {"estimated": estimated.tolist(), "realised": realised.tolist(), "weight": share_weight.tolist(),
              "t": t.statistic, "p_value": t.pvalue, "weighted_t": m / error, "weighted_p_value": st.t.sf(m / error, 59),
              "weighted_mean": m, "mean_absolute_error": np.abs(realised - estimated).mean(),
              "mean_squared_error": ((realised - estimated) ** 2).mean(),
              "loss_capture_ratio": capture(estimated) / capture(realised), "bins": bins},
}, indent=1))
