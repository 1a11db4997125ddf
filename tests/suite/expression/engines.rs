//! Random expressions have the same values in DuckDB; their texts for Spark and Postgres parse.

use polars::prelude::*;
use rand::RngExt;
use rand::rngs::ChaCha12Rng;
use scorewright::expression::Dialect;
use serde_json::{Value, json};

use super::{parse, table};
use crate::python;
use crate::support::Folder;

const SCRIPT: &str = r#"
import datetime, json, math, sys
import duckdb, sqlglot
given = json.load(open(sys.argv[1]))
connection = duckdb.connect()
connection.execute("SET threads = 1")
def told(value):
    if isinstance(value, datetime.datetime): return value.isoformat()
    if isinstance(value, datetime.date): return value.isoformat()
    if isinstance(value, float): return repr(value) if math.isinf(value) or math.isnan(value) else value
    return value
answers = []
for sql in given["duckdb"]:
    try:
        query = f"SELECT {sql} FROM read_parquet('{given['table']}') ORDER BY row"
        answers.append([told(row[0]) for row in connection.execute(query).fetchall()])
    except Exception as problem:
        answers.append(str(problem))
refused = []
for dialect in ("spark", "postgres"):
    for sql in given[dialect]:
        try:
            sqlglot.parse_one("SELECT " + sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        except Exception as problem:
            refused.append(f"{dialect}: {sql}: {problem}")
json.dump({"values": answers, "refused": refused}, sys.stdout)
"#;

/// A column as SQL: a double without NaN, or as it is.
fn column(dialect: Dialect, name: &str) -> String {
    let quoted = dialect.identifier(name);
    match name {
        "n" | "m" | "i" => {
            let double = dialect.type_name(scorewright::expression::ValueType::Number);
            format!("NULLIF(CAST({quoted} AS {double}), CAST('NaN' AS {double}))")
        }
        _ => quoted,
    }
}

fn pick<'a>(random: &mut ChaCha12Rng, from: &[&'a str]) -> &'a str {
    from[random.random_range(0..from.len())]
}

/// A random expression of a type: n(umber), t(ext), b(oolean) or d(ate).
fn expression(random: &mut ChaCha12Rng, kind: char, depth: u32) -> String {
    let leaf = depth == 0 || random.random_range(0..6) == 0;
    if leaf {
        return match kind {
            'n' => pick(
                random,
                &[
                    "n",
                    "m",
                    "i",
                    "0",
                    "1",
                    "2.5",
                    "-3",
                    "0.1",
                    "1e10",
                    "100",
                    "CAST(nothing AS DOUBLE)",
                    "CAST(NULL AS DOUBLE)",
                ],
            ),
            't' => pick(
                random,
                &[
                    "t",
                    "u",
                    "'abc'",
                    "''",
                    "'it''s'",
                    "'12'",
                    "'-1e3'",
                    "' x '",
                    "'2023-05-31'",
                    "CAST(NULL AS VARCHAR)",
                    "'a\\b%'",
                ],
            ),
            'b' => pick(random, &["b", "TRUE", "FALSE", "b", "CAST(NULL AS BOOLEAN)", "(n > 0)", "(i = 2)"]),
            _ => pick(
                random,
                &["d", "\"odd \"\"name`\"", "DATE '2024-02-29'", "DATE '2023-12-31'", "CAST(NULL AS DATE)"],
            ),
        }
        .to_owned();
    }
    let shapes: &[&str] = match kind {
        'n' => &[
            "({n} + {n})",
            "({n} - {n})",
            "({n} * {n})",
            "({n} / {n})",
            "({n} % {n})",
            "(- {n})",
            "ABS({n})",
            "SIGN({n})",
            "LEAST({n}, {n})",
            "GREATEST({n}, {n}, {n})",
            "COALESCE({n}, {n})",
            "NULLIF({n}, {n})",
            "LN({n})",
            "LOG10({n})",
            "EXP({n})",
            "SQRT({n})",
            "POWER({n}, {n})",
            "ROUND({n})",
            "ROUND({n}, 2)",
            "ROUND({n}, -2)",
            "FLOOR({n})",
            "CEIL({n})",
            "LENGTH({t})",
            "YEAR({d})",
            "MONTH({d})",
            "DAY({d})",
            "DAYS_BETWEEN({d}, {d})",
            "MONTHS_BETWEEN({d}, {d})",
            "CAST({t} AS DOUBLE)",
            "CAST({n} AS INTEGER)",
            "CAST({b} AS DOUBLE)",
            "CASE WHEN {b} THEN {n} WHEN {b} THEN {n} ELSE {n} END",
            "CASE {n} WHEN {n} THEN {n} END",
            "CASE {t} WHEN {t} THEN {n} ELSE {n} END",
        ],
        't' => &[
            "({t} || {t})",
            "CONCAT({t}, {t})",
            "LOWER({t})",
            "UPPER({t})",
            "TRIM({t})",
            "SUBSTR({t}, 2)",
            "SUBSTR({t}, 1, 3)",
            "CAST({n} AS VARCHAR)",
            "CAST({b} AS VARCHAR)",
            "CAST({d} AS VARCHAR)",
            "CASE WHEN {b} THEN {t} END",
            "LEAST({t}, {t})",
            "GREATEST({t}, {t})",
            "COALESCE({t}, {t})",
            "NULLIF({t}, {t})",
        ],
        'b' => &[
            "({n} > {n})",
            "({n} <= {n})",
            "({n} <> {n})",
            "({t} < {t})",
            "({t} = {t})",
            "({d} >= {d})",
            "({b} = {b})",
            "({b} AND {b})",
            "({b} OR {b})",
            "(NOT {b})",
            "({n} IS NULL)",
            "({t} IS NOT NULL)",
            "({d} IS NULL)",
            "({n} IN ({n}, 1, {n}))",
            "({t} NOT IN ('b', {t}))",
            "({n} BETWEEN {n} AND {n})",
            "({d} NOT BETWEEN {d} AND {d})",
            "({t} LIKE '%b%')",
            "({t} LIKE '_n%_')",
            "({t} NOT LIKE 'a\\%')",
            "STARTS_WITH({t}, {t})",
            "CONTAINS({t}, {t})",
            "CAST({t} AS BOOLEAN)",
            "CAST({n} AS BOOLEAN)",
            "COALESCE({b}, {b})",
            "CASE WHEN {b} THEN {b} ELSE {b} END",
        ],
        _ => &[
            "ADD_MONTHS({d}, {n})",
            "ADD_MONTHS({d}, -1)",
            "ADD_DAYS({d}, {n})",
            "ADD_DAYS({d}, 30)",
            "TO_DATE({t}, '%y%m%d')",
            "TO_DATE({n}, '%y%m%d')",
            "TO_DATE({t}, '%Y-%m-%d')",
            "TO_DATE({n}, '%Y%m%d')",
            "CAST({t} AS DATE)",
            "CASE WHEN {b} THEN {d} ELSE {d} END",
            "LEAST({d}, {d})",
            "COALESCE({d}, {d})",
            "NULLIF({d}, {d})",
        ],
    };
    let mut text = String::new();
    let mut rest = pick(random, shapes);
    while let Some(place) = rest.find('{') {
        text.push_str(&rest[..place]);
        text.push_str(&expression(random, rest.as_bytes()[place + 1].into(), depth - 1));
        rest = &rest[place + 3..];
    }
    text + rest
}

fn number(value: &Value) -> Option<f64> {
    // Python tells infinite doubles by name.
    value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn agree(ours: AnyValue<'_>, theirs: &Value) -> bool {
    match ours {
        AnyValue::Null => theirs.is_null(),
        AnyValue::Float64(ours) => number(theirs)
            .is_some_and(|theirs| ours == theirs || (ours - theirs).abs() <= 1e-9 * ours.abs().max(theirs.abs())),
        AnyValue::Boolean(truth) => theirs.as_bool() == Some(truth),
        AnyValue::String(text) => theirs.as_str() == Some(text),
        AnyValue::Date(day) => {
            let day = chrono::NaiveDate::from_epoch_days(day).unwrap().to_string();
            theirs.as_str().is_some_and(|text| text == day)
        }
        other => panic!("{other:?}"),
    }
}

/// Checks expressions in DuckDB, and their texts for the other engines.
fn compare(texts: &[String]) {
    let folder = Folder::new();
    let mut frame = table();
    let rows: Vec<u32> = (0..frame.height() as u32).collect();
    frame.with_column(Series::new("row".into(), rows).into()).unwrap();
    scorewright::table::write_parquet(&mut frame, &folder.path("table.parquet")).unwrap();
    let parsed: Vec<_> = texts.iter().map(|text| parse(text).unwrap_or_else(|e| panic!("{text:?} {e}"))).collect();
    let sql = |dialect: Dialect| -> Vec<String> {
        parsed.iter().map(|expression| expression.to_sql(dialect, &|name| column(dialect, name))).collect()
    };
    let input = json!({
        "table": folder.path("table.parquet"),
        "duckdb": sql(Dialect::DuckDb),
        "spark": sql(Dialect::Spark),
        "postgres": sql(Dialect::Postgres),
    });
    let output = python::run(SCRIPT, &input, &folder);
    let mut differ = Vec::new();
    for (place, (text, expression)) in texts.iter().zip(&parsed).enumerate() {
        let ours = expression.evaluate(&frame).unwrap();
        let theirs = &output["values"][place];
        let same = theirs.as_array().is_some_and(|theirs| {
            theirs.len() == ours.len() && ours.iter().zip(theirs).all(|(ours, theirs)| agree(ours, theirs))
        });
        if !same {
            differ.push(format!("{text}\n  here:   {ours:?}\n  DuckDB: {theirs}\n  by: {}", input["duckdb"][place]));
        }
    }
    assert!(
        differ.is_empty(),
        "{} of {} differ:\n{}",
        differ.len(),
        texts.len(),
        differ[..differ.len().min(8)].join("\n")
    );
    assert_eq!(output["refused"], json!([]));
}

#[test]
fn random_expressions_have_the_same_values_in_duckdb() {
    let mut random = scorewright::random::generator(20_051_031, "expressions", 0);
    let mut texts = Vec::new();
    while texts.len() < 1500 {
        let kind = ['n', 'n', 't', 'b', 'd'][texts.len() % 5];
        let text = expression(&mut random, kind, 1 + texts.len() as u32 % 4);
        if text.len() < 600 {
            texts.push(text);
        }
    }
    compare(&texts);
}

#[test]
fn every_shape_of_text_is_read_alike_in_duckdb() {
    let texts = [
        "'12'",
        "'-1.5e3'",
        "'.5'",
        "'5.'",
        "'+7'",
        "' 7'",
        "'7 '",
        "''",
        "'.'",
        "'1_000'",
        "'0x1F'",
        "'inf'",
        "'nan'",
        "'1e400'",
        "'1e-400'",
        "'true'",
        "'TRUE'",
        "'t'",
        "'no'",
        "'2024-02-29'",
        "'2023-02-29'",
        "'2024-2-9'",
        "'0999-01-01'",
        "'2024-04-31'",
        "'1900-02-29'",
        "'2000-02-29'",
        "'930431'",
        "'930430'",
        "'691231'",
        "'700101'",
        "'2024-01-31 10:00'",
        "'1993-04-01'",
        "'31.01.2024'",
        "'1.2.2024'",
    ];
    let mut all = Vec::new();
    for text in texts {
        for shape in [
            "CAST(? AS DOUBLE)",
            "CAST(? AS INTEGER)",
            "CAST(? AS BOOLEAN)",
            "CAST(? AS DATE)",
            "LENGTH(?)",
            "TO_DATE(?, '%y%m%d')",
            "TO_DATE(?, '%d.%m.%Y')",
            "TO_DATE(?, '%y-%m-%d')",
            "TRIM(?)",
        ] {
            all.push(shape.replace('?', text));
        }
    }
    for number in
        ["0", "50101", "930401", "1930401", "-5", "0.5", "999999", "20240229", "123456789012345", "1e15", "-0.0"]
    {
        for shape in [
            "CAST(? AS VARCHAR)",
            "TO_DATE(?, '%y%m%d')",
            "TO_DATE(?, '%Y%m%d')",
            "ROUND(?, -2)",
            "SQRT(?)",
            "LN(?)",
            "? % 7",
            "ADD_DAYS(d, ?)",
            "ADD_MONTHS(d, ? / 100)",
            "SIGN(?)",
            "FLOOR(? / 3)",
        ] {
            all.push(shape.replace('?', number));
        }
    }
    compare(&all);
}
