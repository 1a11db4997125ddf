"""Times the building of features beside the same features written by hand in DuckDB SQL, on the same Parquet file.

    python3 -m venv .venv && .venv/bin/pip install duckdb==2.0.0
    cargo build --release
    .venv/bin/python benches/features/compare.py [ACCOUNTS [MONTHS]]

A simulated lender (`scorewright simulate --steady`) gives ACCOUNTS accounts (1,000,000) with MONTHS month-end rows (24)
each. Both observe every account at the end of the month before the last half year and build the same 20 features, and
write them as Parquet; the figures are compared value by value before times are told. Wall seconds, CPU seconds and
peak memory of each process, the two in turn, the best of three.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import duckdb

ACCOUNTS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
MONTHS = int(sys.argv[2]) if len(sys.argv) > 2 else 24
ROOT = pathlib.Path(__file__).resolve().parents[2]
SCOREWRIGHT = ROOT / "target" / "release" / "scorewright"
RUNS = 3

# name: (definition in scorewright, aggregate in DuckDB over the rows p known at the day t)
FEATURES = {
    "balance": ('value = "balance"', "arg_max(balance, month_end)"),
    "days_past_due": ('value = "days_past_due"', "arg_max(days_past_due, month_end)"),
    "worst_3m": ('value = "days_past_due", aggregate = "maximum", window_months = 3', "max(days_past_due) FILTER (m > t - 3)"),
    "worst_6m": ('value = "days_past_due", aggregate = "maximum", window_months = 6', "max(days_past_due) FILTER (m > t - 6)"),
    "worst_12m": ('value = "days_past_due", aggregate = "maximum", window_months = 12', "max(days_past_due) FILTER (m > t - 12)"),
    "share_past_due_6m": ('where = "days_past_due > 0", aggregate = "share", window_months = 6', "count(*) FILTER (m > t - 6 AND days_past_due > 0) / nullif(count(*) FILTER (m > t - 6), 0)"),
    "share_past_due_12m": ('where = "days_past_due > 0", aggregate = "share", window_months = 12', "count(*) FILTER (m > t - 12 AND days_past_due > 0) / nullif(count(*) FILTER (m > t - 12), 0)"),
    "times_30_12m": ('where = "days_past_due >= 30", aggregate = "count", window_months = 12', "count(*) FILTER (m > t - 12 AND days_past_due >= 30)"),
    "months_since_past_due": ('where = "days_past_due > 0", aggregate = "months_since"', "any_value(t) - max(m) FILTER (days_past_due > 0)"),
    "mean_balance_3m": ('value = "balance", aggregate = "mean", window_months = 3', "avg(balance) FILTER (m > t - 3)"),
    "mean_balance_6m": ('value = "balance", aggregate = "mean", window_months = 6', "avg(balance) FILTER (m > t - 6)"),
    "mean_balance_12m": ('value = "balance", aggregate = "mean", window_months = 12', "avg(balance) FILTER (m > t - 12)"),
    "paid_3m": ('value = "paid", aggregate = "sum", window_months = 3', "sum(paid) FILTER (m > t - 3)"),
    "paid_12m": ('value = "paid", aggregate = "sum", window_months = 12', "sum(paid) FILTER (m > t - 12)"),
    "due_3m": ('value = "due", aggregate = "sum", window_months = 3', "sum(due) FILTER (m > t - 3)"),
    "due_12m": ('value = "due", aggregate = "sum", window_months = 12', "sum(due) FILTER (m > t - 12)"),
    "lowest_payment_6m": ('value = "paid", aggregate = "minimum", window_months = 6', "min(paid) FILTER (m > t - 6)"),
    "months_without_payment_6m": ('where = "paid = 0", aggregate = "count", window_months = 6', "count(*) FILTER (m > t - 6 AND paid = 0)"),
    "balance_deviation_12m": ('value = "balance", aggregate = "standard_deviation", window_months = 12', "stddev_samp(balance) FILTER (m > t - 12)"),
    "payment_to_due_3m": (None, "sum(paid) FILTER (m > t - 3) / nullif(sum(due) FILTER (m > t - 3), 0)"),
}
DERIVED = {"payment_to_due_3m": "paid_3m / due_3m"}


def definitions():
    for name, (definition, _) in FEATURES.items():
        if definition is None:
            yield f'{name} = {{ expression = "{DERIVED[name]}" }}'
        else:
            yield f'{name} = {{ table = "performance", {definition} }}'


def card(day):
    return f"""
[card]
name = "bench"
kind = "behavior"
[population]
project = "../scorewright.toml"
table = "performance"
from = {day}
until = {day}
[outcome]
window_months = 6
bad_when = [{{ table = "performance", where = "days_past_due >= 90" }}]
[features.define]
""" + "\n".join(definitions())


PEER = """
import sys, duckdb
connection = duckdb.connect()
connection.execute(f"SET threads = {sys.argv[1]}")
connection.execute(sys.argv[2])
"""


def query(data, day, out):
    columns = ",\n  ".join(f"{aggregate} AS {name}" for name, (_, aggregate) in FEATURES.items())
    return f"""
COPY (
  WITH p AS (
    SELECT *, year(month_end) * 12 + month(month_end) AS m,
           year(DATE '{day}') * 12 + month(DATE '{day}') AS t
    FROM read_parquet('{data}') WHERE month_end <= DATE '{day}'
  )
  SELECT account_id, {columns} FROM p GROUP BY account_id
  HAVING max(month_end) = DATE '{day}'
) TO '{out}' (FORMAT parquet)
"""


def timed(command):
    """Wall seconds, CPU seconds and peak MiB of a process."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lender = folder / "lender"
        subprocess.run(
            [SCOREWRIGHT, "simulate", "--out", lender, "--customers", str(ACCOUNTS), "--months", str(MONTHS), "--steady", "--quiet"],
            check=True,
        )
        data = lender / "data" / "performance.parquet"
        days = duckdb.sql(f"SELECT DISTINCT month_end FROM read_parquet('{data}') ORDER BY 1").fetchall()
        day = days[-7][0]
        rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{data}')").fetchone()[0]
        path = lender / "cards" / "bench.toml"
        path.write_text(card(day))
        ours, theirs = folder / "ours.parquet", folder / "theirs.parquet"
        threads = str(len(os.sched_getaffinity(0)))
        runs = {"scorewright": [], "DuckDB by hand": []}
        for _ in range(RUNS):
            runs["scorewright"].append(timed([SCOREWRIGHT, "features", path, "--out", ours, "--quiet"]))
            runs["DuckDB by hand"].append(timed([sys.executable, "-c", PEER, threads, query(data, day, theirs)]))
        different = " OR ".join(
            f"(a.{name} IS DISTINCT FROM b.{name} AND coalesce(abs(a.{name} - b.{name}) > 1e-9 * greatest(1, abs(b.{name})), TRUE))"
            for name in FEATURES
        )
        cases, wrong = duckdb.sql(
            f"SELECT count(*), count(*) FILTER ({different}) FROM read_parquet('{ours}') a "
            f"FULL JOIN read_parquet('{theirs}') b USING (account_id)"
        ).fetchone()
        print(f"{rows:,} rows, {cases:,} observations on {day}, {len(FEATURES)} features; {wrong} observations differ by more than 1e-9")
        print(f"{'':16}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}")
        best = {}
        for name, figures in runs.items():
            best[name] = [min(column) for column in zip(*figures)]
            wall, cpu, memory = best[name]
            print(f"{name:16}{wall:9.1f}{cpu:9.1f}{memory:10.0f}")
        print(f"wall, scorewright to DuckDB: {best['scorewright'][0] / best['DuckDB by hand'][0]:.2f}")
        if wrong:
            sys.exit(1)


main()
