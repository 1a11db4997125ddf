//! Expressions as SQL text, in the words of three engines, with guards where an engine would fail or differ.

use super::Expression;
use super::text::{DateFormat, DatePart};
use super::tree::{Arithmetic, Cast, Comparison, Function, MOST_DAYS, MOST_EXPONENT, MOST_MONTHS, Node};
use super::types::ValueType;

/// The engine that a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB from 1.2.
    DuckDb,
    /// PostgreSQL from 14.
    Postgres,
    /// Spark SQL from 3.5.
    Spark,
}

impl Dialect {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::DuckDb => "DuckDB",
            Dialect::Postgres => "PostgreSQL",
            Dialect::Spark => "Spark SQL",
        }
    }

    /// A name, quoted.
    pub fn identifier(self, name: &str) -> String {
        match self {
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text, quoted.
    pub fn text(self, text: &str) -> String {
        match self {
            Dialect::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// A finite number as a double.
    pub fn number(self, number: f64) -> String {
        let digits = match self {
            Dialect::DuckDb => format!("{number:e}"),
            Dialect::Postgres => return format!("CAST({number} AS DOUBLE PRECISION)"),
            Dialect::Spark if number != 0.0 && !(1e-5..1e15).contains(&number.abs()) => format!("{number:E}D"),
            Dialect::Spark => format!("{number}D"),
        };
        if number < 0.0 { format!("({digits})") } else { digits }
    }

    /// The name of a type.
    pub fn type_name(self, value_type: ValueType) -> &'static str {
        match (value_type, self) {
            (ValueType::Number | ValueType::Missing, Dialect::Postgres) => "DOUBLE PRECISION",
            (ValueType::Number | ValueType::Missing, _) => "DOUBLE",
            (ValueType::Text, Dialect::DuckDb) => "VARCHAR",
            (ValueType::Text, Dialect::Postgres) => "TEXT",
            (ValueType::Text, Dialect::Spark) => "STRING",
            (ValueType::Boolean, _) => "BOOLEAN",
            (ValueType::Date, _) => "DATE",
        }
    }

    /// A value of a type.
    pub fn cast(self, sql: &str, value_type: ValueType) -> String {
        format!("CAST({sql} AS {})", self.type_name(value_type))
    }

    /// A number, missing where it is not finite.
    pub fn finite(self, sql: &str) -> String {
        let special = |name: &str| self.cast(&format!("'{name}'"), ValueType::Number);
        let (plus, minus, nan) = (special("Infinity"), special("-Infinity"), special("NaN"));
        format!("NULLIF(NULLIF(NULLIF({sql}, {nan}), {plus}), {minus})")
    }

    /// A truth value as 1 or 0.
    pub fn truth_as_number(self, sql: &str) -> String {
        match self {
            Dialect::Postgres => format!("CAST(CAST({sql} AS INTEGER) AS DOUBLE PRECISION)"),
            _ => format!("CAST({sql} AS DOUBLE)"),
        }
    }

    /// The text of a value as categories have it; of a number with a fraction, as the engine writes it.
    pub fn category(self, sql: &str, value_type: ValueType) -> String {
        match value_type {
            ValueType::Text => sql.to_owned(),
            ValueType::Number => {
                format!("COALESCE({}, {})", self.whole_text(sql), self.cast(sql, ValueType::Text))
            }
            _ => self.cast(sql, ValueType::Text),
        }
    }

    /// A date so many months later, clipped to the month's end.
    pub fn plus_months(self, date: &str, months: i64) -> String {
        match self {
            Dialect::DuckDb => format!("CAST({date} + TO_MONTHS({months}) AS DATE)"),
            Dialect::Postgres => format!("CAST({date} + {months} * INTERVAL '1 month' AS DATE)"),
            Dialect::Spark => format!("ADD_MONTHS({date}, {months})"),
        }
    }

    /// A date so many days later.
    pub fn plus_days(self, date: &str, days: i64) -> String {
        match self {
            Dialect::Spark => format!("DATE_ADD({date}, {days})"),
            _ => format!("({date} + CAST({days} AS INTEGER))"),
        }
    }

    /// The last day of a date's month.
    pub fn month_end(self, date: &str) -> String {
        match self {
            Dialect::Postgres => {
                format!("CAST(DATE_TRUNC('month', {date}) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)")
            }
            _ => format!("LAST_DAY({date})"),
        }
    }

    /// Calendar months from one date to another, as a number.
    pub fn months_between(self, from: &str, to: &str) -> String {
        let sql = format!(
            "(EXTRACT(YEAR FROM {to}) - EXTRACT(YEAR FROM {from})) * 12 + EXTRACT(MONTH FROM {to}) - EXTRACT(MONTH FROM {from})"
        );
        self.cast(&sql, ValueType::Number)
    }

    /// Days from one date to another, as a number.
    pub fn days_between(self, from: &str, to: &str) -> String {
        let sql = match self {
            Dialect::DuckDb => format!("DATE_DIFF('day', {from}, {to})"),
            Dialect::Postgres => format!("({to} - {from})"),
            Dialect::Spark => format!("DATEDIFF({to}, {from})"),
        };
        self.cast(&sql, ValueType::Number)
    }

    /// The date of a text that is written by a format such as `%y%m%d`, or as 2024-07-31; `None` for a format of other
    /// parts than years, months, days and signs between them.
    pub fn date_by_format(self, text: &str, format: &str) -> Option<String> {
        let format = DateFormat::parse(format).ok()?;
        Some(format!("COALESCE({}, {})", self.date(text, &DateFormat::iso()), self.date(text, &format)))
    }

    /// An expression by which texts are ordered byte by byte, and other values as they are.
    pub fn ordered(self, sql: &str, value_type: ValueType) -> String {
        match (self, value_type) {
            (Dialect::Postgres, ValueType::Text) => format!("({sql} COLLATE \"C\")"),
            _ => sql.to_owned(),
        }
    }

    /// A text of an expression in which the value is named `v`, without writing the value twice.
    fn with_value(self, value: &str, of_v: &str) -> String {
        match self {
            Dialect::Spark => format!("TRANSFORM(ARRAY({value}), v -> {of_v})[0]"),
            _ => format!("(SELECT {of_v} FROM (SELECT {value} AS v) AS once)"),
        }
    }

    /// The part of a text that matches a regular expression as a whole, else missing.
    fn matching(self, text: &str, pattern: &str) -> String {
        match self {
            Dialect::DuckDb => format!("NULLIF(REGEXP_EXTRACT({text}, '^({pattern})$', 1), '')"),
            Dialect::Postgres => format!("SUBSTRING({text} FROM '^({pattern})$')"),
            Dialect::Spark => format!("NULLIF(REGEXP_EXTRACT({text}, '^({pattern})\\\\z', 1), '')"),
        }
    }

    /// The whole part of a number.
    fn truncated(self, number: &str) -> String {
        match self {
            Dialect::Spark => {
                self.with_value(number, "CASE WHEN ABS(v) < 9E18D THEN CAST(CAST(v AS BIGINT) AS DOUBLE) ELSE v END")
            }
            _ => format!("TRUNC({number})"),
        }
    }

    /// The digits of a whole number below 1e15, else missing.
    fn whole_text(self, number: &str) -> String {
        match self {
            // DuckDB writes whole doubles as 12.0; adding 0 makes -0 a 0.
            Dialect::DuckDb => {
                format!("NULLIF(REGEXP_EXTRACT(CAST({number} + 0e0 AS VARCHAR), '^(-?[0-9]{{1,15}})[.]0$', 1), '')")
            }
            Dialect::Postgres => self.with_value(
                number,
                "CASE WHEN v = TRUNC(v) AND ABS(v) < 1e15 THEN CAST(CAST(v AS BIGINT) AS TEXT) END",
            ),
            Dialect::Spark => self.with_value(
                number,
                "CASE WHEN ABS(v) < 1E15D AND v % 1 = 0 THEN CAST(CAST(v AS BIGINT) AS STRING) END",
            ),
        }
    }

    /// A whole number of steps of less than `limit`, as an integer.
    fn steps(self, number: &str, limit: f64) -> String {
        let (low, high) = (self.number(-limit), self.number(limit));
        let clipped = format!("NULLIF(NULLIF(LEAST(GREATEST({number}, {low}), {high}), {low}), {high})");
        match self {
            Dialect::Spark => format!("CAST({clipped} AS INT)"),
            _ => format!("CAST(TRUNC({clipped}) AS INTEGER)"),
        }
    }

    /// The date of a text that is written by a format.
    fn date(self, text: &str, format: &DateFormat) -> String {
        let mut pattern = String::new();
        let mut places = [0; 3];
        let mut group = 0;
        let mut short = false;
        for part in &format.0 {
            if let DatePart::Separator(letter) = part {
                pattern.push_str(&format!("[{letter}]"));
                continue;
            }
            group += 1;
            let place = match part {
                DatePart::Month => 1,
                DatePart::Day => 2,
                _ => 0,
            };
            places[place] = group;
            short |= *part == DatePart::YearOfCentury;
            pattern.push_str(match part {
                DatePart::Year => "([0-9]{4})",
                DatePart::YearOfCentury => "(Y[0-9])",
                _ => "([0-9]{2})",
            });
        }
        let mark = if self == Dialect::Spark { "$" } else { "\\" };
        let replacement = |century: &str| {
            let [year, month, day] = places;
            format!("'{century}{mark}{year}-{mark}{month}-{mark}{day}'")
        };
        // The replaced text is longer than any text of the format, so that the second step leaves it alone.
        let iso = if *format == DateFormat::iso() {
            text.to_owned()
        } else if short {
            let found = self.matching(text, &pattern.replace('Y', "[0-9]").replace(['(', ')'], ""));
            let old = format!("REGEXP_REPLACE({found}, '^{}$', {})", pattern.replace('Y', "[7-9]"), replacement("19"));
            format!("REGEXP_REPLACE({old}, '^{}$', {})", pattern.replace('Y', "[0-6]"), replacement("20"))
        } else {
            let found = self.matching(text, &pattern.replace(['(', ')'], ""));
            format!("REGEXP_REPLACE({found}, '^{pattern}$', {})", replacement(""))
        };
        match self {
            Dialect::Postgres => format!("CAST({} AS DATE)", self.matching(&iso, DAYS_OF_THE_CALENDAR)),
            _ => format!("TRY_CAST({} AS DATE)", self.matching(&iso, "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")),
        }
    }
}

/// The days that there are, for an engine that fails on a date that there is not.
const DAYS_OF_THE_CALENDAR: &str = "(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|\
    (?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))|\
    (?:(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|1[26]|[3579][26])00)-02-29)";

/// Texts that are numbers.
const NUMBER: &str = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?";

impl Expression {
    /// The expression as SQL; `column` gives the SQL of a column, which must be a double without NaN, a text, a truth
    /// value or a date. The names `once` and `v` are used inside.
    pub fn to_sql(&self, dialect: Dialect, column: &dyn Fn(&str) -> String) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, _)| column(name)).collect();
        Writer { dialect, columns: &columns }.checked(&self.node)
    }
}

struct Writer<'a> {
    dialect: Dialect,
    columns: &'a [String],
}

impl Writer<'_> {
    /// A node's value; a computed number that is not finite is missing.
    fn checked(&self, node: &Node) -> String {
        let sql = self.raw(node);
        let may_be_infinite = match node {
            Node::Negate(_) | Node::Arithmetic(..) => true,
            Node::Cast(value, Cast::Number) => value.value_type() == ValueType::Text,
            Node::Cast(value, Cast::Integer) => value.value_type() == ValueType::Text || infinite(value),
            Node::Call(Function::Abs | Function::Power | Function::Round(_), _) => true,
            Node::Call(
                Function::Ln | Function::Log10 | Function::Sqrt | Function::Floor | Function::Ceil,
                arguments,
            ) => arguments.iter().any(infinite),
            _ => false,
        };
        if may_be_infinite { self.dialect.finite(&sql) } else { sql }
    }

    /// A node's value where it may be left to the operation above to find out that it is not finite: sums, differences,
    /// products and quotients of infinite numbers are infinite or NaN, but for division by one.
    fn raw(&self, node: &Node) -> String {
        let d = self.dialect;
        let list = |nodes: &[Node]| nodes.iter().map(|node| self.checked(node)).collect::<Vec<_>>().join(", ");
        match node {
            Node::Number(number) => d.number(*number),
            Node::Text(text) => d.text(text),
            Node::Boolean(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Node::Date(date) => format!("DATE '{date}'"),
            Node::Null(value_type) => d.cast("NULL", *value_type),
            Node::Column(place, _) => self.columns.get(*place).cloned().unwrap_or_default(),
            Node::Negate(number) => format!("(-{})", self.raw(number)),
            Node::Arithmetic(operation, a, b) => match operation {
                Arithmetic::Add => format!("({} + {})", self.raw(a), self.raw(b)),
                Arithmetic::Subtract => format!("({} - {})", self.raw(a), self.raw(b)),
                Arithmetic::Multiply => format!("({} * {})", self.raw(a), self.raw(b)),
                Arithmetic::Divide => format!("({} / NULLIF({}, {}))", self.raw(a), self.checked(b), d.number(0.0)),
                Arithmetic::Remainder if d == Dialect::Postgres => format!(
                    "CAST(MOD(CAST({} AS NUMERIC), NULLIF(CAST({} AS NUMERIC), 0)) AS DOUBLE PRECISION)",
                    self.checked(a),
                    self.checked(b)
                ),
                Arithmetic::Remainder => {
                    format!("({} % NULLIF({}, {}))", self.checked(a), self.checked(b), d.number(0.0))
                }
            },
            Node::Compare(comparison, a, b) => {
                let sign = match comparison {
                    Comparison::Equal => "=",
                    Comparison::NotEqual => "<>",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                };
                let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                let first = if ordered { self.ordered(a) } else { self.checked(a) };
                format!("({first} {sign} {})", self.checked(b))
            }
            Node::And(a, b) => format!("({} AND {})", self.raw(a), self.raw(b)),
            Node::Or(a, b) => format!("({} OR {})", self.raw(a), self.raw(b)),
            Node::Not(inner) => match inner.as_ref() {
                Node::IsNull(value) => format!("({} IS NOT NULL)", self.checked(value)),
                inner => format!("(NOT {})", self.raw(inner)),
            },
            Node::IsNull(value) => format!("({} IS NULL)", self.checked(value)),
            Node::InList(value, items) => format!("({} IN ({}))", self.checked(value), list(items)),
            Node::Between(value, low, high) => {
                format!("({} BETWEEN {} AND {})", self.ordered(value), self.checked(low), self.checked(high))
            }
            Node::Like(value, pattern) => {
                let value = self.checked(value);
                match d {
                    Dialect::DuckDb => format!("({value} LIKE {})", d.text(&pattern.0)),
                    Dialect::Postgres => format!("({value} LIKE {} ESCAPE '')", d.text(&pattern.0)),
                    Dialect::Spark => format!("({value} LIKE {})", d.text(&pattern.0.replace('\\', "\\\\"))),
                }
            }
            Node::Case { operand, branches, otherwise } => {
                let mut sql = "CASE".to_owned();
                if let Some(operand) = operand {
                    sql.push_str(&format!(" {}", self.checked(operand)));
                }
                for (when, then) in branches {
                    sql.push_str(&format!(" WHEN {} THEN {}", self.checked(when), self.checked(then)));
                }
                sql.push_str(&format!(" ELSE {} END", self.checked(otherwise)));
                sql
            }
            Node::Cast(value, to) => self.cast(value, *to),
            Node::Call(function, arguments) => {
                let values: Vec<String> = arguments.iter().map(|argument| self.checked(argument)).collect();
                self.call(function, arguments, &values)
            }
        }
    }

    /// A value whose order counts: text by its bytes.
    fn ordered(&self, node: &Node) -> String {
        self.dialect.ordered(&self.checked(node), node.value_type())
    }

    fn cast(&self, value: &Node, to: Cast) -> String {
        let d = self.dialect;
        let from = value.value_type();
        let sql = self.checked(value);
        let number = |sql: &str| match from {
            ValueType::Number | ValueType::Missing => sql.to_owned(),
            ValueType::Boolean => d.truth_as_number(sql),
            ValueType::Text if d != Dialect::Postgres => format!("TRY_CAST({} AS DOUBLE)", d.matching(sql, NUMBER)),
            ValueType::Text => d.cast(&d.matching(sql, NUMBER), ValueType::Number),
            _ => d.cast(sql, ValueType::Number),
        };
        match (to, from) {
            (Cast::Number, _) => number(&sql),
            (Cast::Integer, _) => d.truncated(&number(&sql)),
            (Cast::Text, ValueType::Number) => d.whole_text(&sql),
            (Cast::Text, _) => d.cast(&sql, ValueType::Text),
            (Cast::Boolean, ValueType::Number) => format!("({sql} <> {})", d.number(0.0)),
            (Cast::Boolean, ValueType::Text) => {
                format!("CASE LOWER({sql}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END")
            }
            (Cast::Boolean, _) => d.cast(&sql, ValueType::Boolean),
            (Cast::Date, ValueType::Text) => d.date(&sql, &DateFormat::iso()),
            (Cast::Date, _) => d.cast(&sql, ValueType::Date),
        }
    }

    fn call(&self, function: &Function, arguments: &[Node], values: &[String]) -> String {
        let d = self.dialect;
        let [x, y] = [0, 1].map(|place| values.get(place).map_or("", String::as_str));
        let all = || values.join(", ");
        let number = |sql: String| d.cast(&sql, ValueType::Number);
        // The logarithm's argument: missing where it is not above 0; GREATEST passes over missing values.
        let positive = || format!("NULLIF(GREATEST({x}, {zero}), {zero})", zero = d.number(0.0));
        match function {
            Function::Abs => format!("ABS({x})"),
            Function::Sign => number(format!("SIGN({x})")),
            Function::Least | Function::Greatest => {
                let name = if *function == Function::Least { "LEAST" } else { "GREATEST" };
                match (arguments, values) {
                    // Spark takes two or more.
                    (_, [single]) => single.clone(),
                    ([first, ..], [_, rest @ ..]) => format!("{name}({}, {})", self.ordered(first), rest.join(", ")),
                    _ => String::new(),
                }
            }
            Function::Coalesce => format!("COALESCE({})", all()),
            Function::NullIf => format!("NULLIF({})", all()),
            Function::Ln => format!("LN({})", positive()),
            Function::Log10 if d == Dialect::Postgres => format!("LOG({})", positive()),
            Function::Log10 => format!("LOG10({})", positive()),
            Function::Exp if d == Dialect::Postgres => {
                // Postgres fails where the result is too small for a double.
                let of_v = format!("CASE WHEN v < -745 THEN 0 WHEN v < {MOST_EXPONENT} THEN EXP(v) END");
                d.with_value(x, &of_v)
            }
            Function::Exp => format!("EXP(NULLIF(LEAST({x}, {most}), {most}))", most = d.number(MOST_EXPONENT)),
            Function::Sqrt => {
                // The number nearest to 0 from below: everything that is not below it has a root.
                let below = match d {
                    Dialect::Postgres => "CAST('-5e-324' AS DOUBLE PRECISION)",
                    _ => "CAST('-4.9e-324' AS DOUBLE)",
                };
                format!("SQRT(NULLIF(GREATEST({x}, {below}), {below}))")
            }
            Function::Power if d == Dialect::Postgres => format!(
                "(SELECT CASE WHEN (v < 0 AND w <> FLOOR(w)) OR (v = 0 AND w < 0) THEN NULL ELSE POWER(v, w) END \
                 FROM (SELECT {x} AS v, {y} AS w) AS once)"
            ),
            Function::Power => format!("POWER({x}, {y})"),
            Function::Round(digits) => {
                let scale = d.number(10_f64.powi(digits.abs()));
                let nearest = |sql: String| match d {
                    // ROUND of a double goes to the even neighbour there, of a decimal away from zero.
                    Dialect::Postgres => format!("CAST(ROUND(CAST({sql} AS NUMERIC)) AS DOUBLE PRECISION)"),
                    _ => format!("ROUND({sql})"),
                };
                match digits {
                    0 => nearest(x.to_owned()),
                    1.. => format!("({} / {scale})", nearest(format!("{x} * {scale}"))),
                    _ => format!("({} * {scale})", nearest(format!("{x} / {scale}"))),
                }
            }
            Function::Floor | Function::Ceil => {
                let sql = format!("{}({x})", if *function == Function::Floor { "FLOOR" } else { "CEIL" });
                if d == Dialect::Spark { number(sql) } else { sql }
            }
            Function::Lower => format!("LOWER({x})"),
            Function::Upper => format!("UPPER({x})"),
            Function::Trim => format!("TRIM(BOTH ' ' FROM {x})"),
            Function::Length => number(format!("LENGTH({x})")),
            Function::Substring(start, None) => format!("SUBSTR({x}, {start})"),
            Function::Substring(start, Some(length)) => format!("SUBSTR({x}, {start}, {length})"),
            Function::Concat => format!("({})", values.join(" || ")),
            Function::StartsWith if d == Dialect::Spark => format!("STARTSWITH({x}, {y})"),
            Function::StartsWith => format!("STARTS_WITH({x}, {y})"),
            Function::Contains if d == Dialect::Postgres => format!("(STRPOS({x}, {y}) > 0)"),
            Function::Contains => format!("CONTAINS({x}, {y})"),
            Function::Year => number(format!("EXTRACT(YEAR FROM {x})")),
            Function::Month => number(format!("EXTRACT(MONTH FROM {x})")),
            Function::Day => number(format!("EXTRACT(DAY FROM {x})")),
            Function::AddMonths => {
                let months = d.steps(y, MOST_MONTHS);
                match d {
                    Dialect::DuckDb => format!("CAST({x} + TO_MONTHS({months}) AS DATE)"),
                    Dialect::Postgres => format!("CAST({x} + {months} * INTERVAL '1 month' AS DATE)"),
                    Dialect::Spark => format!("ADD_MONTHS({x}, {months})"),
                }
            }
            Function::AddDays => {
                let days = d.steps(y, MOST_DAYS);
                if d == Dialect::Spark { format!("DATE_ADD({x}, {days})") } else { format!("({x} + {days})") }
            }
            Function::DaysBetween => d.days_between(x, y),
            Function::MonthsBetween => match d {
                Dialect::DuckDb => number(format!("DATE_DIFF('month', {x}, {y})")),
                Dialect::Postgres => number(format!(
                    "(SELECT (EXTRACT(YEAR FROM w) - EXTRACT(YEAR FROM v)) * 12 + EXTRACT(MONTH FROM w) \
                     - EXTRACT(MONTH FROM v) FROM (SELECT {x} AS v, {y} AS w) AS once)"
                )),
                Dialect::Spark => number(format!("MONTHS_BETWEEN(TRUNC({y}, 'MM'), TRUNC({x}, 'MM'))")),
            },
            Function::ToDate(format) => {
                if arguments.first().is_some_and(|value| value.value_type() == ValueType::Number) {
                    // Zeros before the digits up to the format's width; longer numbers do not match.
                    let width = format.width();
                    let digits = format!("('{}' || {})", "0".repeat(width), d.whole_text(x));
                    let text = match d {
                        Dialect::DuckDb => format!("NULLIF(REGEXP_EXTRACT({digits}, '^0*([0-9]{{{width}}})$', 1), '')"),
                        Dialect::Postgres => format!("SUBSTRING({digits} FROM '^0*([0-9]{{{width}}})$')"),
                        Dialect::Spark => {
                            format!("NULLIF(REGEXP_EXTRACT({digits}, '^0*([0-9]{{{width}}})$', 1), '')")
                        }
                    };
                    d.date(&text, format)
                } else {
                    d.date(x, format)
                }
            }
        }
    }
}

/// Whether a checked value may still be infinite: where it is, or is taken from, a column.
fn infinite(node: &Node) -> bool {
    match node {
        Node::Column(..) => true,
        Node::Cast(value, Cast::Number) => infinite(value),
        Node::Case { branches, otherwise, .. } => {
            infinite(otherwise) || branches.iter().any(|(_, then)| infinite(then))
        }
        Node::Call(Function::Least | Function::Greatest | Function::Coalesce | Function::NullIf, arguments) => {
            arguments.iter().any(infinite)
        }
        _ => false,
    }
}
