"""bivariate_normal.json: the bivariate normal distribution function to 30 digits, by mpmath.

P(X <= x, Y <= y; r) = integral over t up to x of phi(t) Phi((y - r t) / sqrt(1 - r^2)); nothing of this project is used.
    python make_bivariate_normal.py > bivariate_normal.json
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 40


def cdf(x, y, r):
    x, y, r = mp.mpf(x), mp.mpf(y), mp.mpf(r)
    if abs(r) == 1:
        return mp.ncdf(min(x, y)) if r == 1 else max(mp.mpf(0), mp.ncdf(x) - mp.ncdf(-y))
    root = mp.sqrt(1 - r * r)
    f = lambda t: mp.npdf(t) * mp.ncdf((y - r * t) / root)
    points = {mp.mpf(-40), x}
    centre = y / r if r != 0 else mp.mpf(0)
    for k in range(-12, 13):
        for p in (mp.mpf(k), centre + k * root, centre + k * root / 4):
            if -40 < p < x:
                points.add(p)
    return mp.quad(f, sorted(points))


cases = []
for r in ["-1", "-0.99", "-0.93", "-0.92", "-0.75", "-0.5", "-0.29", "0", "0.1", "0.31", "0.6", "0.8", "0.9249", "0.9251", "0.97", "0.999", "1"]:
    for x, y in [("0", "0"), ("1", "-0.5"), ("-1.3", "-2.1"), ("2.5", "0.3"), ("-0.7", "1.9"), ("3.2", "3.1"), ("-4", "-3.5"), ("0.25", "0.26"), ("-5", "4")]:
        cases.append({"x": float(x), "y": float(y), "r": float(r), "p": mp.nstr(cdf(x, y, r), 25)})
json.dump({"made_by": "make_bivariate_normal.py", "cases": cases}, sys.stdout, indent=0)
