"""Writes boosting.json: scikit-learn's histogram gradient boosting on the same codes, trees and cases as ours.

`exact`: made-up integer columns of fewer than 60 values, missing ones among them, plain and weighted; the log odds after
20 trees. `german`: German credit as codes, every third case held out; leaves and number of trees by five-fold
cross-validation, as the challenger chooses its own; AUC and log loss on the cases held out.
Tools: numpy, pandas and scikit-learn, in the versions that the file records. Run:
    pip install numpy pandas scikit-learn
    python make_boosting.py path/to/germancredit.csv.gz > boosting.json
"""

import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

rng = np.random.default_rng(2001)


def booster(leaves, trees, rate, categorical=None):
    return HistGradientBoostingClassifier(
        learning_rate=rate,
        max_iter=trees,
        max_leaf_nodes=leaves,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features=categorical,
        random_state=0,
    )


def exact():
    n = 600
    x = np.column_stack([rng.integers(0, size, size=n) for size in (50, 30, 12, 3)]).astype(float)
    safety = 0.05 * (x[:, 0] - 25) + np.where(x[:, 1] > 15, 1, -1) * np.where(x[:, 2] > 5, 1, -1)
    x[rng.uniform(size=n) < 0.1, 0] = np.nan
    good = (rng.uniform(size=n) < 1 / (1 + np.exp(-safety))).astype(int)
    weight = np.round(0.5 + 2.0 * rng.uniform(size=n), 3)
    log_odds = {}
    for name, weights in (("plain", None), ("weighted", weight)):
        model = booster(8, 20, 0.1).fit(x, good, sample_weight=weights)
        log_odds[name] = [round(value, 6) for value in model.decision_function(x).tolist()]
    columns = [[None if np.isnan(value) else value for value in column] for column in x.T.tolist()]
    return {"columns": columns, "good": good.tolist(), "weight": weight.tolist(), "log_odds": log_odds}


def german(path):
    data = pd.read_csv(path)
    outcome = "creditability"
    good = (data.pop(outcome) == "good").to_numpy().astype(int)
    categorical, columns = [], []
    for name in data.columns:
        is_text = not pd.api.types.is_numeric_dtype(data[name])
        categorical.append(is_text)
        columns.append(pd.factorize(data[name])[0] if is_text else data[name].to_numpy())
    x = np.column_stack(columns).astype(float)
    holdout = np.arange(len(good)) % 3 == 0
    xs, ys = x[~holdout], good[~holdout]
    best = None
    for leaves in (2, 4, 8, 16, 32):
        losses = []
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(xs, ys):
            model = booster(leaves, 500, 0.05, categorical).fit(xs[train], ys[train])
            losses.append([log_loss(ys[test], p) for p in model.staged_predict_proba(xs[test])])
        mean = np.mean(losses, axis=0)
        if best is None or mean.min() < best[0]:
            best = (float(mean.min()), leaves, int(mean.argmin()) + 1)
    model = booster(best[1], best[2], 0.05, categorical).fit(xs, ys)
    p = model.predict_proba(x[holdout])[:, 1]
    return {
        "names": list(data.columns),
        "categorical": categorical,
        "columns": [column.tolist() for column in columns],
        "good": good.tolist(),
        "leaves": best[1],
        "trees": best[2],
        "auc": roc_auc_score(good[holdout], p),
        "log_loss": log_loss(good[holdout], p),
    }


tools = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
print(json.dumps({"tools": tools, "exact": exact(), "german": german(sys.argv[1])}))
