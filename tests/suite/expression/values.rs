//! Values and errors by hand.

use polars::prelude::*;
use scorewright::expression::{ExpressionError, ValueType, columns};

use super::{parse, table};

/// The values of an expression over the small table, as they are told in a line.
fn values(text: &str) -> String {
    let expression = parse(text).unwrap_or_else(|e| panic!("{text:?} {e} ({})", e.help()));
    let table = table();
    let series = expression.evaluate(&table).unwrap();
    let lazy = table.lazy().select([expression.to_polars().alias("value")]).collect().unwrap();
    let lazy = lazy.column("value").unwrap().as_materialized_series().clone();
    if expression.columns().is_empty() {
        assert_eq!(lazy.len(), 1);
    } else {
        assert!(lazy.equals_missing(&series), "{text:?}: {lazy:?} is not {series:?}");
    }
    let told: Vec<String> = series
        .iter()
        .map(|value| match value {
            AnyValue::Null => "-".to_owned(),
            AnyValue::Float64(number) => number.to_string(),
            AnyValue::Date(day) => chrono::NaiveDate::from_epoch_days(day).unwrap().to_string(),
            AnyValue::Boolean(truth) => truth.to_string(),
            AnyValue::String(text) => text.to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    told.join("|")
}

#[test]
fn arithmetic_is_of_doubles_and_what_is_not_finite_is_missing() {
    let e = "inf";
    for (text, expected) in [
        ("n", "1.5|0|-2.5|-|1e300|-"),
        ("m", &format!("0|3|-0|7.25|{e}|2")),
        ("i / 2", "3.5|-1.5|0|465200.5|1|-"),
        ("7 / 2 + 1", "4.5|4.5|4.5|4.5|4.5|4.5"),
        ("n / m", "-|0|-|-|0|-"),
        ("0 / 0", "-|-|-|-|-|-"),
        ("m - m", "0|0|0|0|-|0"),
        ("n * n", "2.25|0|6.25|-|-|-"),
        ("-n + 1", "-0.5|1|3.5|-|-1e300|-"),
        ("i % 4", "3|-3|0|1|2|-"),
        ("m % 0", "-|-|-|-|-|-"),
        ("2 + 3 * 4 - -1", "15|15|15|15|15|15"),
        ("COALESCE(n / 0, 9)", "9|9|9|9|9|9"),
        ("m = 0", "true|false|true|false|false|false"),
        ("0.1 + 0.2 = 0.3", "false|false|false|false|false|false"),
        ("nothing + n", "-|-|-|-|-|-"),
    ] {
        let expected = expected.replace("1e300", &1e300_f64.to_string());
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn conditions_are_three_valued() {
    for (text, expected) in [
        ("n > 0", "true|false|false|-|true|-"),
        ("b AND n > 0", "true|false|false|-|false|-"),
        ("b OR n > 0", "true|false|-|true|true|-"),
        ("NOT b", "false|true|-|false|true|-"),
        ("n IS NULL", "false|false|false|true|false|true"),
        ("n / m IS NOT NULL", "false|true|false|false|true|false"),
        ("i IN (7, 2, 0)", "true|false|true|false|true|-"),
        ("i IN (7, NULL)", "true|-|-|-|-|-"),
        ("i NOT IN (7, NULL)", "false|-|-|-|-|-"),
        ("n BETWEEN -1 AND i", "true|false|false|-|false|-"),
        ("n NOT BETWEEN 0 AND NULL", "-|-|true|-|-|-"),
        ("d >= '2024-01-31'", "true|true|false|false|true|-"),
        ("d IN (DATE '2024-02-29', '1999-03-01')", "false|true|false|true|false|-"),
        ("d = \"odd \"\"name`\"", "false|-|false|false|false|-"),
        ("t LIKE '%b_'", "true|false|true|false|false|-"),
        ("u LIKE '%\\b%'", "false|false|true|-|false|false"),
        ("t NOT LIKE '_'", "true|true|true|true|true|-"),
        ("t < u", "true|true|true|-|true|-"),
        ("nothing = 'x'", "-|-|-|-|-|-"),
        ("nothing IS NULL AND nothing > d", "-|-|-|-|-|-"),
        ("b = TRUE", "true|false|-|true|false|-"),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn choices_casts_and_functions() {
    for (text, expected) in [
        ("CASE WHEN n > 0 THEN 'plus' WHEN n < 0 THEN 'minus' ELSE t END", "plus||minus|12.5|plus|-"),
        ("CASE i WHEN 7 THEN 1 WHEN -3 THEN 2 END", "1|2|-|-|-|-"),
        ("CASE WHEN b THEN d END", "2024-01-31|-|-|1999-03-01|-|-"),
        ("CAST(t AS DOUBLE)", "-|-|-|12.5|-|-"),
        ("CAST(n AS INTEGER) < 2", "true|true|true|-|false|-"),
        ("CAST(-2.9 AS INTEGER)", "-2|-2|-2|-2|-2|-2"),
        ("CAST(i AS VARCHAR) || '!'", "7!|-3!|0!|930401!|2!|-"),
        ("CAST(m AS TEXT)", "0|3|0|-|-|2"),
        ("CAST(t AS DATE)", "-|-|-|-|2024-02-29|-"),
        ("CAST(u AS BOOLEAN)", "-|-|-|-|-|true"),
        ("CAST(b AS INTEGER) + 1", "2|1|-|2|1|-"),
        ("CAST(d AS VARCHAR)", "2024-01-31|2024-02-29|2023-12-31|1999-03-01|2024-08-15|-"),
        ("ABS(i) + SIGN(i)", "8|2|0|930402|3|-"),
        ("LEAST(i, 5, n) < GREATEST(0, NULL)", "false|true|true|false|false|false"),
        ("LEAST(i, 5)", "5|-3|0|5|2|5"),
        ("GREATEST(t, u)", "b|it's|a\\b%|12.5|930401|TRUE"),
        ("COALESCE(n, i, -1)", "1.5|0|-2.5|930401|1e300|-1"),
        ("NULLIF(m, 0)", "-|3|-|7.25|inf|2"),
        ("LN(m)", "-|1.0986122886681098|-|1.9810014688665833|-|0.6931471805599453"),
        ("LOG10(100 * i / i)", "2|2|-|2|2|-"),
        ("EXP(i)", "1096.6331584284585|0.049787068367863944|1|-|7.38905609893065|-"),
        ("SQRT(n * 1) ", "1.224744871391589|0|-|-|1e150|-"),
        ("POWER(i, 0.5) IS NULL", "false|true|false|false|false|true"),
        ("POWER(m, -1)", "-|0.3333333333333333|-|0.13793103448275862|0|0.5"),
        ("ROUND(n)", "2|0|-3|-|1e300|-"),
        ("ROUND(m / 2, 1)", "0|1.5|-0|3.6|-|1"),
        ("ROUND(i, -1)", "10|-0|0|930400|0|-"),
        ("FLOOR(n) + CEIL(n)", "3|0|-5|-|2e300|-"),
        ("UPPER(t)", "ABC|| AÑ_B |12.5|2024-02-29|-"),
        ("LENGTH(TRIM(LOWER(t)))", "3|0|4|4|10|-"),
        ("SUBSTR(t, 2, 2)", "bc||Añ|2.|02|-"),
        ("SUBSTR(t, 3)", "c||ñ_b |.5|24-02-29|-"),
        ("CONCAT(t, u)", "abcb|it's| Añ_b a\\b%|-|2024-02-29930401|-"),
        ("STARTS_WITH(t, 'ab') OR CONTAINS(u, 'b%')", "true|false|true|-|false|-"),
        ("YEAR(d) * 100 + MONTH(d) + DAY(d) / 100", "202401.31|202402.29|202312.31|199903.01|202408.15|-"),
        ("ADD_MONTHS(d, 1)", "2024-02-29|2024-03-29|2024-01-31|1999-04-01|2024-09-15|-"),
        ("ADD_MONTHS(d, -i)", "2023-06-30|2024-05-29|2023-12-31|-|2024-06-15|-"),
        ("ADD_DAYS(d, i / 2)", "2024-02-03|2024-02-28|2023-12-31|3272-11-01|2024-08-16|-"),
        ("DAYS_BETWEEN(d, DATE '2024-03-01')", "30|1|61|9132|-167|-"),
        ("MONTHS_BETWEEN(d, DATE '2024-03-01')", "2|1|3|300|-5|-"),
        ("TO_DATE(i, '%y%m%d')", "-|-|-|1993-04-01|-|-"),
        ("TO_DATE(u, '%y%m%d')", "-|-|-|-|1993-04-01|-"),
        ("TO_DATE('31.12.2020', '%d.%m.%Y')", "2020-12-31|2020-12-31|2020-12-31|2020-12-31|2020-12-31|2020-12-31"),
        ("TO_DATE(50101, '%y%m%d') = '2005-01-01'", "true|true|true|true|true|true"),
        ("EXTRACT(YEAR FROM d)", "2024|2024|2023|1999|2024|-"),
    ] {
        let expected = expected
            .replace("1e300", &1e300_f64.to_string())
            .replace("1e150", &1e150_f64.to_string())
            .replace("2e300", &2e300_f64.to_string());
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn types_and_columns() {
    for (text, value_type, names) in [
        ("n + i * n", ValueType::Number, vec!["n", "i"]),
        ("t || 'x'", ValueType::Text, vec!["t"]),
        ("\"odd \"\"name`\" > d", ValueType::Boolean, vec!["odd \"name`", "d"]),
        ("NULLIF(d, d)", ValueType::Date, vec!["d"]),
        ("nothing", ValueType::Missing, vec!["nothing"]),
        ("NULL", ValueType::Number, vec![]),
    ] {
        let expression = parse(text).unwrap();
        assert_eq!(expression.value_type(), value_type, "{text}");
        assert_eq!(expression.columns(), names, "{text}");
    }
    assert_eq!(columns("a / (b + STARTS_WITH_ME)").unwrap(), ["a", "b", "STARTS_WITH_ME"]);
    assert!(matches!(parse("n + missing"), Err(ExpressionError::UnknownColumn(name)) if name == "missing"));
}

#[test]
fn what_does_not_fit_is_refused_with_advice() {
    for (text, words) in [
        ("n +", ["not an SQL expression", "SELECT list"]),
        ("n n", ["\"n\" stands behind its end", "SELECT list"]),
        ("n; DROP TABLE x", ["stands behind its end", ""]),
        ("n > 'a'", ["n is a number", "'a' is text"]),
        ("d > 'yesterday'", ["\"yesterday\" is not a date", "DATE '2024-01-31'"]),
        ("t + 1", ["a number is needed, but t is text", "CAST"]),
        ("n AND b", ["a condition is needed, but n is a number", "months_overdue >= 2"]),
        ("NOT n", ["a condition is needed", ""]),
        ("b + 1", ["b is a truth value", "CASE WHEN"]),
        ("n = NULL", ["never true", "IS NULL"]),
        ("CASE WHEN b THEN 1 ELSE 'x' END", ["CASE puts 1 and 'x' together", "CAST"]),
        ("CASE WHEN n THEN 1 END", ["a condition is needed", ""]),
        ("COALESCE(n, d)", ["COALESCE puts n and d together", ""]),
        ("SQTR(n)", ["the function SQTR", "did you mean SQRT?"]),
        ("SUM(n)", ["the function SUM", "aggregate"]),
        ("SQRT(n, 2)", ["the arguments of SQRT(n, 2)", "SQRT(x)"]),
        ("ROUND(n, i)", ["the arguments of ROUND", "digits"]),
        ("SUBSTR(t, 0)", ["counts characters from 1", "SUBSTR(code, 1, 2)"]),
        ("TO_DATE(t, '%Y-%m')", ["not one year, one month and one day", ""]),
        ("TO_DATE(t, '%H%Y%m%d')", ["%H", ""]),
        ("CAST(d AS DOUBLE)", ["d is a date", "YEAR(d)"]),
        ("CAST(n AS TIMESTAMP)", ["TIMESTAMP", "DOUBLE"]),
        ("t LIKE u", ["the pattern of LIKE", ""]),
        ("a.n + 1", ["a.n", "name the column alone"]),
        ("(SELECT 1)", ["a query inside", ""]),
        ("n ^ 2", ["the operator ^", "+ - *"]),
        ("n::uuid", ["UUID", ""]),
        ("SUM(n) OVER ()", ["the function SUM", ""]),
        ("ABS(DISTINCT n)", ["the arguments of ABS", ""]),
        ("1e999", ["1e999 is not a number", ""]),
        ("'open", ["not an SQL expression", ""]),
        ("", ["not an SQL expression", ""]),
        ("*", ["", ""]),
        ("X'1F'", ["", "literals are"]),
        ("INTERVAL '1' DAY", ["INTERVAL", ""]),
    ] {
        let Err(error) = parse(text) else { panic!("{text:?} was let through") };
        let told = format!("{error} / {}", error.help());
        for word in words {
            assert!(told.to_lowercase().contains(&word.to_lowercase()), "{text:?}: {word:?} is missing from: {told}");
        }
    }
}

#[test]
fn long_expressions_end_in_a_message() {
    assert!(parse(&"n+".repeat(100_000)).is_err());
    assert!(parse(&format!("{}n", "n+".repeat(100_000))).is_err());
    assert!(parse(&format!("{}n{}", "(".repeat(5000), ")".repeat(5000))).is_err());
    assert!(parse(&format!("{}b", "NOT ".repeat(500))).is_err());
    let many: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    assert_eq!(values(&format!("i IN ({})", many.join(", "))), "true|false|true|false|true|-");
    let sum = format!("{}n", "n+".repeat(290));
    assert!(values(&sum).starts_with("436.5|0|"), "{}", values(&sum));
}
