"""The SQL of the ANSI dialect, in SQLite, which is given the two functions that it may lack."""

import math
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
    result = connection.execute(query(folder, "ansi"))
    return list(rows([column[0] for column in result.description], result.fetchall()))


drive(sqlite3.sqlite_version, score)
