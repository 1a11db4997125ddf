"""The SQL of the DuckDB dialect, in DuckDB."""

import duckdb

from common import cases, drive
from sql_common import query, quoted, refused, rows, types


def score(folder, vectors):
    sql = query(folder, "duckdb")
    if sql is None:
        return refused(vectors, "the export refuses the card")
    connection = duckdb.connect()
    columns = types(vectors, "DOUBLE", "VARCHAR")
    connection.execute(f"CREATE TABLE cases ({', '.join(f'{quoted(name)} {kind}' for name, kind in columns)})")
    marks = ", ".join("?" for _ in columns)
    given = [[case[name] for name, _ in columns] for case in cases(vectors)]
    connection.executemany(f"INSERT INTO cases VALUES ({marks})", given)
    result = connection.execute(sql)
    return rows([column[0] for column in result.description], result.fetchall())


drive(duckdb.__version__, score)
