"""Writes distributions.json: reference values at 50 digits, independent of packages/statistics.

python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 (or later)
VENV/bin/python test/conformance/reference_distributions.py > test/conformance/distributions.json
Quantiles: bisection on mpmath's regularised incomplete gamma and beta functions.
"""
import json
from mpmath import mp, mpf, gammainc, betainc, loggamma, ncdf, gamma, sqrt

mp.dps = 50

def bisect(f, p, low, high):
    for _ in range(230):
        middle = (low + high) / 2
        if f(middle) < p: low = middle
        else: high = middle
    return float((low + high) / 2)

def t_cdf(t, df):
    half = betainc(mpf(df) / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2
    return 1 - half if t > 0 else half

rows = []
def add(function, arguments, value): rows.append({'function': function, 'arguments': arguments, 'value': value})

PS = [1e-6, 0.001, 0.025, 0.3, 0.6, 0.975, 0.999]
for p in PS:
    add('normalQuantile', [p], bisect(ncdf, mpf(p), mpf(-10), mpf(10)))
    for df in [1, 3, 12.5, 300]:
        span = mpf(10) ** 7
        add('tQuantile', [p, df], bisect(lambda t: t_cdf(t, mpf(df)), mpf(p), -span, span))
        add('chiSquareQuantile', [p, df], bisect(
            lambda x: gammainc(mpf(df) / 2, 0, x / 2, regularized=True), mpf(p), mpf(0), mpf(3000)))
    for a in [0.3, 4, 57]:
        add('gammaQuantile', [p, a], bisect(
            lambda x: gammainc(mpf(a), 0, x, regularized=True), mpf(p), mpf(0), mpf(500)))
for x in [0.01, 0.7, 1.5, 3, 17.25, 400, 123456.5]: add('logGamma', [x], float(loggamma(mpf(x))))
for df in [2, 3, 7, 41, 999]:
    d = mpf(df)
    add('hedgesJ', [df], float(gamma(d / 2) / (sqrt(d / 2) * gamma((d - 1) / 2))))
print(json.dumps({'note': 'made by reference_distributions.py with mpmath at 50 digits', 'rows': rows}, indent=1))
