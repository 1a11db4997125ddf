"""Bins a table with another tool, through its public interface, and prints figures as JSON for compare.py.

    python peers.py optbinning|toad|fastbinning|scorecardpy DATA HOLDOUT

Each tool is told: at most 8 bins, at least 5 percent of the rows in each, missing values in a bin of their own; a trend
where it knows one. Runs in a virtual environment with the tool, pandas and pyarrow; compare.py makes it.
"""

import contextlib
import importlib.metadata
import json
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd

MAX_BINS = 8
MIN_SHARE = 0.05
steps = {}


@contextlib.contextmanager
def step(name):
    def cpu():
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in used)

    cpu_before, wall_before = cpu(), time.perf_counter()
    yield
    steps[name] = {"cpu": cpu() - cpu_before, "wall": time.perf_counter() - wall_before}


# Each function bins `frame` on `bad` and returns a function that puts the bins' WOE in place of a frame's values.


def optbinning(frame, bad, categorical):
    from optbinning import BinningProcess

    # `auto` allows one turn of the trend.
    trend = {name: {"monotonic_trend": "auto"} for name in frame.columns if name not in categorical}
    process = BinningProcess(list(frame.columns), categorical_variables=categorical, max_n_bins=MAX_BINS,
                             min_bin_size=MIN_SHARE, binning_fit_params=trend)
    with step("binning"):
        process.fit(frame, bad)
    return lambda other: process.transform(other, metric="woe", metric_missing="empirical")


def toad(frame, bad, categorical):
    from toad.transform import Combiner, WOETransformer

    combiner, weights = Combiner(), WOETransformer()
    with step("binning"):
        combiner.fit(frame, bad, method="dt", n_bins=MAX_BINS, min_samples=MIN_SHARE, empty_separate=True)
    weights.fit(combiner.transform(frame), bad)
    return lambda other: weights.transform(combiner.transform(other))


def fastbinning(frame, bad, categorical):
    from fastbinning import CategoricalBinning, NumericalBinning

    levels = {}

    def array(name, values):
        if name in categorical:
            return levels[name].get_indexer(values).astype(np.int32)
        return values.to_numpy(np.float64)

    with step("encode"):
        arrays = {}
        for name in frame.columns:
            if name in categorical:
                codes, texts = pd.factorize(frame[name])
                levels[name], arrays[name] = pd.Index(texts), codes.astype(np.int32)
            else:
                arrays[name] = array(name, frame[name])
        target = bad.astype(np.int32)
    models = {}
    with step("binning"):
        for name in frame.columns:
            kind = CategoricalBinning if name in categorical else NumericalBinning
            models[name] = kind(MAX_BINS, MIN_SHARE, 1.0)
            models[name].fit(arrays[name], target)
    return lambda other: pd.DataFrame({name: models[name].transform(array(name, other[name])) for name in models})


def scorecardpy(frame, bad, categorical):
    from scorecardpy import woebin, woebin_ply

    table = frame.assign(bad=bad)
    with contextlib.redirect_stdout(sys.stderr):
        with step("binning"):
            bins = woebin(table, y="bad", method="tree", bin_num_limit=MAX_BINS, count_distr_limit=MIN_SHARE,
                          check_cate_num=False, no_cores=1, print_step=0)

    def transform(other):
        with contextlib.redirect_stdout(sys.stderr):
            woe = woebin_ply(other, bins, no_cores=1, print_step=0)
        return woe.rename(columns=lambda name: name.removesuffix("_woe"))

    return transform


def read(path):
    frame = pd.read_parquet(path)
    for name in frame.columns:
        if str(frame[name].dtype) in ("str", "string"):
            frame[name] = frame[name].astype(object)
    return frame, frame.pop("bad").astype("int64").to_numpy()


def counts(woe, frame, bad):
    """For each feature [goods, bads, is missing] of each bin: of each distinct WOE, missing values apart."""
    table = {}
    for name in frame.columns:
        if name not in woe.columns:
            continue
        missing = frame[name].isna().to_numpy()
        codes, values = pd.factorize(woe[name].to_numpy(), use_na_sentinel=False)
        codes = codes.astype(np.int64) * 2 + missing
        bads = np.bincount(codes, weights=bad, minlength=2 * len(values))
        goods = np.bincount(codes, weights=1 - bad, minlength=2 * len(values))
        table[name] = [[goods[i], bads[i], bool(i % 2)] for i in range(len(goods)) if goods[i] + bads[i] > 0]
    return table


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    warnings.filterwarnings("ignore")
    peer, data, holdout = sys.argv[1:]
    with step("load"):
        frame, bad = read(data)
    categorical = list(frame.select_dtypes(exclude="number").columns)
    transform = {"optbinning": optbinning, "toad": toad, "fastbinning": fastbinning, "scorecardpy": scorecardpy}[peer](
        frame, bad, categorical)
    figures = {
        "tool": peer,
        "version": importlib.metadata.version(peer),
        "rows": len(frame),
        "columns": frame.shape[1],
        "steps": steps,
        "data_mib": frame.memory_usage(deep=False).sum() / 2**20,
        "peak_mib": peak_mib(),
    }
    figures["development"] = counts(transform(frame), frame, bad)
    frame, bad = read(holdout)
    figures["holdout"] = counts(transform(frame), frame, bad)
    print("\n" + json.dumps(figures))


if __name__ == "__main__":
    main()
