"""The SQL of the ANSI dialect, in SQLite, which is given the two functions that it may lack."""

import math
import re
import sqlite3

from common import cases, drive
from sql_common import query, quoted, refused, rows, types


def score(folder, vectors):
    columns = types(vectors, "double precision", "text")
    if len({name.lower() for name, _ in columns}) < len(columns):
        return refused(vectors, "the table cannot be made")
    connection = sqlite3.connect(":memory:")
    connection.create_function("exp", 1, lambda x: None if x is None else math.exp(x), deterministic=True)
    connection.create_function("least", -1, min, deterministic=True)
    connection.execute(f"CREATE TABLE cases ({', '.join(f'{quoted(name)} {kind}' for name, kind in columns)})")
    marks = ", ".join("?" for _ in columns)
    # SQLite makes NULL of NaN.
    connection.executemany(
        f"INSERT INTO cases VALUES ({marks})", ([case[name] for name, _ in columns] for case in cases(vectors))
    )
    # SQLite would else write the expressions of a step into every place of the next that names them.
    steps = re.sub(r"^(scorewright_\w+) AS \($", r"\1 AS MATERIALIZED (", query(folder, "ansi"), flags=re.MULTILINE)
    result = connection.execute(steps)
    return list(rows([column[0] for column in result.description], result.fetchall()))


drive("3", score)
