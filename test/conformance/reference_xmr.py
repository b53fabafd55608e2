"""Writes xmr.json: individuals charts of pyspc, independent of packages/statistics.

python3 -m venv VENV && VENV/bin/pip install pyspc==0.4
VENV/bin/python test/conformance/reference_xmr.py > test/conformance/xmr.json
It takes 3 / 1.128 mean moving ranges where Making Data Count rounds to 2.66, and screens no range.
"""
import json
from importlib.metadata import version
import numpy as np
from pyspc.ccharts.imrx import I_MR_X

SERIES = [
    [22, 25, 19, 24, 28, 21, 23, 26, 20, 24, 22, 27, 25, 23],
    [3.1, 2.8, 3.6, 3.3, 4.0, 3.7, 3.2, 3.9],
    [140, 151, 149, 160, 158, 171, 166, 180, 177, 190, 186, 201],
]
rows = []
for values in SERIES:
    data = np.column_stack([np.arange(1, len(values) + 1), values])
    _, mean, lower, upper, _ = I_MR_X().plot(data, 1)
    rows.append({'values': values, 'mean': float(mean), 'lower': float(lower), 'upper': float(upper)})
print(json.dumps({'note': f'made by reference_xmr.py with pyspc {version("pyspc")}', 'rows': rows}, indent=1))
