"""Binning beside other tools, on the same files, in one run.

    python3 benches/binning/compare.py                    100,000 rows x 50 features, all tools
    python3 benches/binning/compare.py M --peers optbinning,toad,fastbinning --runs 1    1,000,000 x 100
    python3 benches/binning/compare.py --scaling          scorewright alone on up to 10,000,000 x 30

Needs cargo, Python 3.9 or later and, at the first run, the network: each other tool is installed into a virtual
environment of its own below target/peers, where the made-up data (generate.py) also lie. What cannot be installed
(scorecardpy needs pandas below 2, so Python 3.11 or earlier) or does not end within --limit seconds is left out and
named.

All tools are told: at most 8 bins, at least 5 percent of the rows in each, missing values in a bin of their own.
scorewright has the trend `unimodal` for numbers, as optbinning's `auto` allows one turn; toad, fastbinning and scorecardpy
know no trend. The tools run in turn, each in a fresh process; a figure is the median of the runs.

- load: Parquet to columns in memory. encode: texts to whole numbers, where that is apart from binning.
- CPU: seconds of user and system time of all threads; wall time depends on what else runs.
- peak: memory of the process up to the end of binning; data: the columns themselves (texts as pointers or codes).
- IV: by one yardstick for all, from the counts in the bins: the sum of (g - b) ln(g / b) over bins, where g and b are
  the bin's shares of all goods and bads, 0.5 cases in an empty cell, missing values a bin of their own. On the holdout
  file the bins are those of the development file.
- smallest: the least share of rows in a bin of values that are not missing. one bin: features without any cut.
- worst: the number and the text whose IV on development is lowest beside optbinning's: IV / IV of optbinning - 1.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = {
    "optbinning": ["optbinning==1.0.0", "pandas", "pyarrow"],
    "toad": ["toad==0.1.7", "numpy", "pandas", "scikit-learn", "scipy", "joblib", "pyarrow"],
    "fastbinning": ["fastbinning==0.0.3", "pandas", "pyarrow"],
    "scorecardpy": ["scorecardpy==0.1.9.7", "pandas<2", "numpy<2", "pyarrow<17"],
}
# Ways of scorewright: further keys of [binning].
OURS = {
    "scorewright": "",
    "scorewright, thorough": "refine = 'thorough'",
    "scorewright, not refined": "refine = 'none'",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def python(folder, name, packages):
    """The interpreter of a virtual environment with these packages; None where they cannot be installed."""
    place = folder / "environments" / name
    interpreter = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = place / "installed.json"
    if not done.exists() or json.loads(done.read_text()) != packages:
        say(f"installing {' '.join(packages)}")
        venv.create(place, with_pip=True, clear=True)
        install = [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        if subprocess.run(install, stdout=sys.stderr).returncode != 0:
            say(f"{name} is left out: it cannot be installed with Python {sys.version.split()[0]}")
            return None
        done.write_text(json.dumps(packages))
    return interpreter


def data(folder, size, holdout=False, rows=None):
    path = folder / f"{size}{rows or ''}{'_holdout' if holdout else ''}.parquet"
    if not path.exists():
        say(f"making {path.name}")
        interpreter = python(folder, "generate", ["numpy", "pyarrow"])
        part = path.with_suffix(".part")
        command = [interpreter, HERE / "generate.py", size, part]
        command += ["--holdout"] if holdout else []
        command += ["--rows", str(rows)] if rows else []
        subprocess.run(command, check=True)
        part.rename(path)
    return path


def build():
    """The bench of the library, built for release."""
    say("building scorewright")
    command = ["cargo", "build", "--release", "--bench", "binning", "--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    executables = [m["executable"] for m in messages if m["reason"] == "compiler-artifact" and m["target"]["name"] == "binning"]
    return executables[-1]


def run(command, limit):
    """The JSON in the last line of what a command prints; None where it fails or does not end in time."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        say(f"left out: not within {limit} seconds: {' '.join(map(str, command))}")
        return None
    if done.returncode != 0:
        say(f"left out: {' '.join(map(str, command))}\n{done.stderr[-1500:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def information_value(bins):
    """The common yardstick: of [goods, bads, is missing] by bin."""
    all_goods, all_bads = sum(goods for goods, _, _ in bins), sum(bads for _, bads, _ in bins)
    shares = [(max(goods, 0.5) / all_goods, max(bads, 0.5) / all_bads) for goods, bads, _ in bins]
    return sum((good - bad) * math.log(good / bad) for good, bad in shares)


def quality(figures, reference):
    """What the bins are worth; `reference`: IV on development by feature."""
    development = {name: information_value(bins) for name, bins in figures["development"].items()}
    holdout = {name: information_value(bins) for name, bins in figures["holdout"].items()}
    ordinary = [[goods + bads for goods, bads, missing in bins if not missing] for bins in figures["development"].values()]
    beside = sorted((development[name] / reference[name] - 1, name) for name in reference if name in development)
    worst = {kind: next(((ratio, name) for ratio, name in beside if name.startswith(kind)), None) for kind in "nc"}
    return {
        "features": len(development),
        "iv": sum(development.values()),
        "iv_holdout": sum(holdout.values()),
        "bins": statistics.mean(map(len, ordinary)),
        "smallest": min(map(min, ordinary)) / figures["rows"],
        "one_bin": sum(len(bins) <= 1 for bins in ordinary),
        "worst": worst,
        "iv_by_feature": development,
        "iv_holdout_by_feature": holdout,
    }


def compare(arguments, folder):
    development, holdout = data(folder, arguments.size), data(folder, arguments.size, holdout=True)
    bench = arguments.bench or build()
    commands = {name: [bench, development, "--holdout", holdout, "--binning", keys] for name, keys in OURS.items()}
    for name in filter(None, arguments.peers.split(",")):
        if interpreter := python(folder, name, PEERS[name]):
            commands[name] = [interpreter, HERE / "peers.py", name, development, holdout]
    runs = {name: [] for name in commands}
    for turn in range(arguments.runs):
        for name, command in commands.items():
            say(f"run {turn + 1} of {arguments.runs}: {name}")
            runs[name].append(run(command, arguments.limit))
    # What failed once is left out as a whole.
    runs = {name: figures for name, figures in runs.items() if None not in figures}
    if "scorewright" not in runs:
        sys.exit("scorewright itself failed, as told above")

    def median(name, step, clock):
        times = [figures["steps"][step][clock] for figures in runs[name] if step in figures["steps"]]
        return statistics.median(times) if times else 0.0

    reference = {}
    if "optbinning" in runs:
        reference = {name: information_value(bins) for name, bins in runs["optbinning"][0]["development"].items()}
    figures = {}
    for name, results in runs.items():
        row = {"version": results[0]["version"], **quality(results[0], reference)}
        row["seconds"] = {step: {clock: median(name, step, clock) for clock in ("cpu", "wall")} for step in ("load", "encode", "binning")}
        row["peak_mib"] = statistics.median(result["peak_mib"] for result in results)
        row["data_mib"] = results[0]["data_mib"]
        figures[name] = row
    shape = runs["scorewright"][0]
    print(f"{shape['rows']:,} rows x {shape['columns']} features; median of {arguments.runs} runs in turn; {os.cpu_count()} cores")
    print_table(figures)
    (folder / f"figures-{arguments.size}.json").write_text(json.dumps(figures, indent=1))
    say(f"figures by feature: {folder / f'figures-{arguments.size}.json'}")


def print_table(figures):
    peer = figures.get("optbinning")
    header = ["tool", "binning CPU s", "wall s", "encode CPU s", "load CPU s", "wall s", "peak MiB", "data MiB", "IV", "IV holdout", "bins", "smallest", "one bin", "worst number", "worst text"]
    header += ["optbinning's CPU / this"] if peer else []
    rows = [header]
    for name, row in figures.items():
        seconds = row["seconds"]
        worst = [f"{100 * worst[0]:+.2f} % {worst[1]}" if worst else "" for worst in row["worst"].values()]
        cells = [f"{name} {row['version']}", f"{seconds['binning']['cpu']:.2f}", f"{seconds['binning']['wall']:.2f}",
                 f"{seconds['encode']['cpu']:.2f}", f"{seconds['load']['cpu']:.2f}", f"{seconds['load']['wall']:.2f}",
                 f"{row['peak_mib']:.0f}", f"{row['data_mib']:.0f}", f"{row['iv']:.4f}", f"{row['iv_holdout']:.4f}",
                 f"{row['bins']:.2f}", f"{100 * row['smallest']:.2f} %", str(row["one_bin"]), *worst]
        if peer:
            cells.append(f"{peer['seconds']['binning']['cpu'] / max(seconds['binning']['cpu'], 0.01):.1f}")
        rows.append(cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    for row in rows:
        print("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))))


def scaling(arguments, folder):
    sizes = [1_000_000, 2_500_000, 5_000_000, 10_000_000]
    files = [data(folder, "L", rows=rows) for rows in sizes]
    bench = arguments.bench or build()
    print("      rows  features  load CPU s  encode CPU s  binning CPU s  wall s  ns a value  peak MiB  data MiB")
    for file in files:
        results = [result for result in (run([bench, file], arguments.limit) for _ in range(arguments.runs)) if result]
        if not results:
            continue
        first = results[0]
        seconds = {step: statistics.median(result["steps"][step]["cpu"] for result in results) for step in first["steps"]}
        wall = statistics.median(result["steps"]["binning"]["wall"] for result in results)
        a_value = seconds["binning"] / first["rows"] / first["columns"] * 1e9
        peak = max(result["peak_mib"] for result in results)
        print(f"{first['rows']:>10,}  {first['columns']:>8}  {seconds['load']:>10.2f}  {seconds['encode']:>12.2f}  {seconds['binning']:>13.2f}"
              f"  {wall:>6.2f}  {a_value:>10.1f}  {peak:>8.0f}  {first['data_mib']:>8.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="?", default="S", choices=["T", "S", "M", "L"])
    parser.add_argument("--peers", default=",".join(PEERS), help="which, parted by commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=900, help="most seconds of a run")
    parser.add_argument("--scaling", action="store_true", help="scorewright alone, 1 to 10 million rows x 30")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "peers", help="where environments and data lie")
    parser.add_argument("--bench", type=pathlib.Path, help="the bench of scorewright, built before")
    arguments = parser.parse_args()
    if unknown := set(filter(None, arguments.peers.split(","))) - set(PEERS):
        parser.error(f"no peer is called {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    arguments.work.mkdir(parents=True, exist_ok=True)
    (scaling if arguments.scaling else compare)(arguments, arguments.work.resolve())


if __name__ == "__main__":
    main()
