//! What the SQL export says and refuses, beside what its engines show.

use scorewright::export::sql::{Dialect, export_sql};
use scorewright::export::{Format, Standing, export};
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, UnforeseenPolicy};

use crate::by_hand::{bin, document_of, interval, load};

const DIALECTS: [Dialect; 4] = [Dialect::DuckDb, Dialect::PostgreSql, Dialect::Spark, Dialect::Ansi];

fn card(names: &[&str]) -> Scorecard {
    let feature = |name: &&str| Feature {
        name: (*name).into(),
        segment: None,
        input: None,
        kind: FeatureKind::Numeric,
        description: String::new(),
        coefficient: 1.0,
        average_points: 0.0,
        axes: None,
        bins: vec![
            bin("low \\", interval(None, Some(1.0)), -0.5),
            bin("high", interval(Some(1.0), None), 0.5),
            bin("missing", BinDomain::Missing, 0.1),
        ],
    };
    load(&document_of(UnforeseenPolicy::Neutral, names.iter().map(feature).collect())).unwrap()
}

fn query(card: &Scorecard, dialect: Dialect, table: &str) -> Result<String, String> {
    export_sql(card, &Standing::Draft, dialect, table)
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .map_err(|e| e.message().to_owned())
}

#[test]
fn the_table_is_named_once_and_the_query_is_one_select() {
    let card = card(&["x"]);
    for dialect in DIALECTS {
        let text = query(&card, dialect, "risk.my cases").unwrap();
        assert_eq!(text.matches("my cases").count(), 1);
        assert!(!text.contains(';') && text.contains("DRAFT"), "{text}");
        assert!(text.lines().all(|line| !line.ends_with('\\')));
        assert_eq!(query(&card, dialect, "risk.my cases").unwrap(), text);
        let plain = export(&card, &Standing::Draft, Format::Sql(dialect)).unwrap();
        assert_eq!(plain, query(&card, dialect, "cases").unwrap().into_bytes());
    }
    assert!(query(&card, Dialect::DuckDb, "risk.").unwrap_err().contains("no name of a table"));
}

#[test]
fn columns_that_an_engine_cannot_tell_apart_are_refused() {
    let same = card(&["x", "X"]);
    assert!(query(&same, Dialect::DuckDb, "cases").unwrap_err().contains("capital letters"));
    assert!(query(&same, Dialect::Spark, "cases").unwrap().contains("spark.sql.caseSensitive"));
    assert!(query(&same, Dialect::PostgreSql, "cases").is_ok());
    let long = "n".repeat(63);
    let clipped = card(&[&format!("{long}1"), &format!("{long}2")]);
    assert!(query(&clipped, Dialect::PostgreSql, "cases").unwrap_err().contains("63 bytes"));
    assert!(query(&clipped, Dialect::DuckDb, "cases").is_ok());
}

#[test]
fn what_a_dialect_cannot_quote_is_refused() {
    assert!(query(&card(&["${x}"]), Dialect::Spark, "cases").unwrap_err().contains("variable"));
    assert!(query(&card(&["${x}"]), Dialect::DuckDb, "cases").is_ok());
    for dialect in DIALECTS {
        assert!(query(&card(&["a\0b"]), dialect, "cases").unwrap_err().contains("NUL"));
    }
}
