"""Makes up a table of loans for the bench of binning.

    python generate.py S|M|L|T FILE [--holdout] [--rows ROWS]

S has 100,000 rows x 50 features, M 1,000,000 x 100, L 10,000,000 x 30, T 10,000 x 20. Four in five features are numeric (`n000`):
skewed, heavy-tailed, with many zeros, or small whole numbers; a quarter of them 32-bit. The others are texts (`c000`)
with 3 to 50 levels of unequal frequency. A third of the features has no missing values, a few have 60 percent, the
others up to 22. `bad` (about 6 percent are 1) follows a logistic model on bent functions of 15 features, some of which
are not monotone. Features are correlated through four common factors. The same size gives the same rows; --holdout
draws other rows, at most 200,000, from the same law. Needs numpy and pyarrow.
"""

import argparse

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Rows, features, and the intercept that makes about 6 percent bad.
SIZES = {
    "S": (100_000, 50, -3.182),
    "M": (1_000_000, 100, -4.357),
    "L": (10_000_000, 30, -3.893),
    "T": (10_000, 20, -4.221),
}
CHUNK = 500_000
LEVELS = [3, 5, 8, 12, 20, 30, 50, 4, 10, 15]


def logistic(x):
    """Close to the distribution function of a normal variable."""
    return 1.0 / (1.0 + np.exp(-1.702 * x))


# From a standard normal variable z and a spread a to a feature's values.
SHAPES = [
    lambda z, a, rng: np.round(np.exp(8 + a * z), 2),
    lambda z, a, rng: 50 + 12 * a * z,
    lambda z, a, rng: -np.log1p(-np.clip(logistic(z), 1e-12, 1 - 1e-12)) * 30 * a,
    lambda z, a, rng: np.floor(np.exp(0.5 + 0.7 * a * z)).clip(0, 15),
    lambda z, a, rng: logistic(1.3 * z) ** 2,
    lambda z, a, rng: np.where(z < -0.2, 0.0, np.round(np.exp(5 + a * z))),
    lambda z, a, rng: z * np.sqrt(3.0 / rng.chisquare(3, len(z)).clip(0.05)) * a,
    lambda z, a, rng: np.floor(18 + 60 * logistic(z)).clip(18, 78),
    lambda z, a, rng: logistic(z) * 1000,
    lambda z, a, rng: np.round(np.abs(z + 1.0) ** 1.7 * 100 * a, 1),
]
# What a numeric feature adds to the log odds of bad.
EFFECTS = [
    lambda z: -0.55 * z,
    lambda z: 0.35 * np.tanh(1.5 * z),
    lambda z: -0.40 * np.sqrt(np.abs(z)) * np.sign(z),
    lambda z: 0.45 * np.maximum(z, 0),
    lambda z: 0.22 * z * z,
    lambda z: -0.35 * (z > 0.5),
    lambda z: 0.50 * (z < -1.0),
    lambda z: -0.30 * z,
    lambda z: 0.25 * np.sin(2 * z),
    lambda z: 0.30 * z,
    lambda z: -0.25 * np.maximum(z, -0.5),
]


def describe(features, rng):
    """The laws of the numeric and of the categorical features."""
    categorical_features = round(features * 0.2)

    def missing_share(i, most_at):
        if i % 20 == most_at:
            return 0.6
        return 0.0 if i % 3 == 0 else float(rng.uniform(0.01, 0.22))

    numeric, categorical = [], []
    for i in range(features - categorical_features):
        missing = missing_share(i, 13)
        numeric.append({"name": f"n{i:03d}", "missing": missing, "spread": float(rng.uniform(0.5, 1.5))})
    for i in range(categorical_features):
        missing, levels = missing_share(i, 17), LEVELS[i % len(LEVELS)]
        share = 1.0 / np.arange(1, levels + 1) ** 0.9
        effects = rng.normal(0, 0.55, levels)
        categorical.append({"name": f"c{i:03d}", "missing": missing, "share": share / share.sum(), "effects": effects})
    return numeric, categorical


def draw(rows, numeric, categorical, rng, intercept):
    factors = rng.standard_normal((4, rows))
    log_odds = np.full(rows, intercept)
    columns = {}
    stride = max(1, len(numeric) // len(EFFECTS))
    for i, law in enumerate(numeric):
        z = 0.45 * factors[i % 4] + np.sqrt(1 - 0.45**2) * rng.standard_normal(rows)
        values = SHAPES[i % len(SHAPES)](z, law["spread"], rng)
        matters = i % stride == 0 and i // stride < len(EFFECTS)
        if matters:
            log_odds += EFFECTS[i // stride](z)
        missing = rng.random(rows) < law["missing"] if law["missing"] > 0 else None
        if matters and missing is not None:
            log_odds += 0.25 * missing
        columns[law["name"]] = pa.array(values.astype(np.float32 if i % 4 == 2 else np.float64), mask=missing)
    for i, law in enumerate(categorical):
        codes = rng.choice(len(law["share"]), rows, p=law["share"]).astype(np.int32)
        if i < 4:
            log_odds += law["effects"][codes]
        missing = rng.random(rows) < law["missing"] if law["missing"] > 0 else None
        texts = pa.array([f"{law['name']}_L{level:02d}" for level in range(len(law["share"]))])
        columns[law["name"]] = pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), texts).cast(pa.string())
    bad = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    return pa.table({"bad": pa.array(bad)} | columns)


def main():
    parser = argparse.ArgumentParser(description="Makes up a table of loans.")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("file")
    parser.add_argument("--holdout", action="store_true")
    parser.add_argument("--rows", type=int)
    arguments = parser.parse_args()
    rows, features, intercept = SIZES[arguments.size]
    rows = arguments.rows or rows
    first_seed = 10**9 if arguments.holdout else 0
    rows = min(rows, 200_000) if arguments.holdout else rows
    numeric, categorical = describe(features, np.random.default_rng(20240607 + features))
    writer = None
    for done in range(0, rows, CHUNK):
        rng = np.random.default_rng([features, first_seed + done])
        table = draw(min(CHUNK, rows - done), numeric, categorical, rng, intercept)
        writer = writer or pq.ParquetWriter(arguments.file, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=125_000)
    writer.close()


if __name__ == "__main__":
    main()
