//! Expressions as SQL text.

use super::Expression;
use super::dialect::Dialect;
use super::text::DateFormat;
use super::tree::{Arithmetic, Cast, Comparison, Function, MOST_DAYS, MOST_EXPONENT, MOST_MONTHS, Node};
use super::types::ValueType;

/// Texts that are numbers.
const NUMBER: &str = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?";

impl Expression {
    /// The expression as SQL; `column` gives the SQL of a column, which must be a double without NaN, a text, a truth
    /// value or a date. The names `once`, `sw_v` and `sw_w` are used inside.
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
                Arithmetic::Divide => format!("({} / {})", self.raw(a), d.null_if(&self.checked(b), &d.number(0.0))),
                Arithmetic::Remainder if d == Dialect::Postgres => format!(
                    "CAST(MOD(CAST({} AS NUMERIC), NULLIF(CAST({} AS NUMERIC), 0)) AS DOUBLE PRECISION)",
                    self.checked(a),
                    self.checked(b)
                ),
                Arithmetic::Remainder => {
                    format!("({} % {})", self.checked(a), d.null_if(&self.checked(b), &d.number(0.0)))
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
        let positive = || d.null_if(&format!("GREATEST({x}, {})", d.number(0.0)), &d.number(0.0));
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
            Function::NullIf => d.null_if(x, y),
            Function::Ln => format!("LN({})", positive()),
            Function::Log10 if d == Dialect::Postgres => format!("LOG({})", positive()),
            Function::Log10 => format!("LOG10({})", positive()),
            Function::Exp if d == Dialect::Postgres => {
                // Postgres fails where the result is too small for a double.
                let of_v = format!("CASE WHEN sw_v < -745 THEN 0 WHEN sw_v < {MOST_EXPONENT} THEN EXP(sw_v) END");
                d.with_value(x, &of_v)
            }
            Function::Exp => {
                let most = d.number(MOST_EXPONENT);
                format!("EXP({})", d.null_if(&format!("LEAST({x}, {most})"), &most))
            }
            Function::Sqrt => {
                // The number nearest to 0 from below: everything that is not below it has a root.
                let below = match d {
                    Dialect::Postgres => "CAST('-5e-324' AS DOUBLE PRECISION)",
                    _ => "CAST('-4.9e-324' AS DOUBLE)",
                };
                format!("SQRT({})", d.null_if(&format!("GREATEST({x}, {below})"), below))
            }
            Function::Power if d == Dialect::Postgres => format!(
                "(SELECT CASE WHEN (sw_v < 0 AND sw_w <> FLOOR(sw_w)) OR (sw_v = 0 AND sw_w < 0) THEN NULL ELSE POWER(sw_v, sw_w) END \
                 FROM (SELECT {x} AS sw_v, {y} AS sw_w) AS once)"
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
                    "(SELECT (EXTRACT(YEAR FROM sw_w) - EXTRACT(YEAR FROM sw_v)) * 12 + EXTRACT(MONTH FROM sw_w) \
                     - EXTRACT(MONTH FROM sw_v) FROM (SELECT {x} AS sw_v, {y} AS sw_w) AS once)"
                )),
                Dialect::Spark => number(format!("MONTHS_BETWEEN(TRUNC({y}, 'MM'), TRUNC({x}, 'MM'))")),
            },
            Function::ToDate(format) => {
                if arguments.first().is_some_and(|value| value.value_type() == ValueType::Number) {
                    // Zeros before the digits up to the format's width; longer numbers do not match.
                    let width = format.width();
                    let digits = format!("('{}' || {})", "0".repeat(width), d.whole_text(x));
                    let text = match d {
                        Dialect::Postgres => format!("SUBSTRING({digits} FROM '^0*([0-9]{{{width}}})$')"),
                        _ => d.null_if(&format!("REGEXP_EXTRACT({digits}, '^0*([0-9]{{{width}}})$', 1)"), "''"),
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
