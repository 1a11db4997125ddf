//! SQL text to a checked tree.

use chrono::NaiveDate;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CeilFloorKind, DataType, DateTimeField, Expr, TrimWhereField, UnaryOperator,
    Value as Literal,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};

use super::Expression;
use super::text::{DateFormat, LikePattern};
use super::tree::{Arithmetic, Cast, Comparison, Function, Node};
use super::types::{ExpressionError, ValueType};

type Result<T> = std::result::Result<T, ExpressionError>;

/// Most operators, keywords and parentheses of an expression: its tree is walked by recursion.
const MOST_TOKENS: usize = 600;

pub(super) fn parse(text: &str, column: &dyn Fn(&str) -> Option<ValueType>) -> Result<Expression> {
    let syntax = |error: ParserError| match error {
        ParserError::TokenizerError(what) | ParserError::ParserError(what) => ExpressionError::Syntax(what),
        ParserError::RecursionLimitExceeded => too_long(),
    };
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize().map_err(|e| ExpressionError::Syntax(e.to_string()))?;
    let counts = |token: &&Token| {
        !matches!(
            token,
            Token::Whitespace(_) | Token::Comma | Token::Number(..) | Token::SingleQuotedString(_) | Token::EOF
        )
    };
    if tokens.iter().filter(counts).count() > MOST_TOKENS {
        return Err(too_long());
    }
    let mut parser = Parser::new(&dialect).try_with_sql(text).map_err(syntax)?;
    let parsed = parser.parse_expr().map_err(syntax)?;
    let rest = parser.peek_token();
    if rest.token != Token::EOF {
        return Err(ExpressionError::Syntax(format!("{:?} stands behind its end", rest.token.to_string())));
    }
    let mut reader = Reader { column, columns: Vec::new() };
    let node = reader.node(&parsed)?;
    let node = if let Node::Null(ValueType::Missing) = node { Node::Null(ValueType::Number) } else { node };
    Ok(Expression { node, columns: reader.columns })
}

fn too_long() -> ExpressionError {
    ExpressionError::Unsupported {
        what: format!("more than {MOST_TOKENS} operators and names, or 50 nested parentheses"),
        help: "define parts of it as features of their own, or write many values as IN (...)".into(),
    }
}

/// Checks a tree of the SQL parser.
pub(super) struct Reader<'a> {
    column: &'a dyn Fn(&str) -> Option<ValueType>,
    columns: Vec<(String, ValueType)>,
}

pub(super) fn unsupported(what: impl Into<String>, help: impl Into<String>) -> ExpressionError {
    ExpressionError::Unsupported { what: what.into(), help: help.into() }
}

pub(super) fn misfit(what: impl Into<String>, help: impl Into<String>) -> ExpressionError {
    ExpressionError::Type { what: what.into(), help: help.into() }
}

impl Reader<'_> {
    pub(super) fn node(&mut self, expr: &Expr) -> Result<Node> {
        match expr {
            Expr::Nested(inner) => self.node(inner),
            Expr::Identifier(name) => self.named(&name.value),
            Expr::CompoundIdentifier(_) => {
                Err(unsupported(format!("the column of a named table, {expr}"), "name the column alone"))
            }
            Expr::Value(value) => literal(&value.value),
            Expr::TypedString(typed) => match (&typed.data_type, &typed.value.value) {
                (DataType::Date, Literal::SingleQuotedString(text)) => date(text).map(Node::Date),
                _ => Err(unsupported(expr.to_string(), "write dates as DATE '2024-01-31'")),
            },
            Expr::UnaryOp { op, expr: inner } => match op {
                UnaryOperator::Plus => self.of_type(inner, ValueType::Number),
                UnaryOperator::Minus => Ok(match self.of_type(inner, ValueType::Number)? {
                    Node::Number(number) => Node::Number(-number),
                    node => Node::Negate(Box::new(node)),
                }),
                UnaryOperator::Not => Ok(Node::Not(Box::new(self.condition(inner)?))),
                _ => Err(unsupported(format!("the operator {op}"), OPERATORS)),
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::IsNull(inner) => Ok(Node::IsNull(Box::new(self.node(inner)?))),
            Expr::IsNotNull(inner) => Ok(Node::Not(Box::new(Node::IsNull(Box::new(self.node(inner)?))))),
            Expr::InList { expr: value, list, negated } => {
                let mut nodes = self.alike(std::iter::once(value.as_ref()).chain(list), "IN")?;
                let value = nodes.remove(0);
                Ok(negate(Node::InList(Box::new(value), nodes), *negated))
            }
            Expr::Between { expr: value, negated, low, high } => {
                let mut nodes = self.alike([value.as_ref(), low, high].into_iter(), "BETWEEN")?.into_iter();
                match (nodes.next(), nodes.next(), nodes.next()) {
                    (Some(value), Some(low), Some(high)) => {
                        Ok(negate(Node::Between(Box::new(value), Box::new(low), Box::new(high)), *negated))
                    }
                    _ => Err(ExpressionError::Syntax("BETWEEN takes two bounds".into())),
                }
            }
            Expr::Like { negated, any: false, expr: value, pattern, escape_char: None } => {
                let value = self.of_type(value, ValueType::Text)?;
                let Node::Text(pattern) = self.node(pattern)? else {
                    return Err(misfit("the pattern of LIKE must be a text in quotes", "such as: name LIKE 'A%'"));
                };
                Ok(negate(Node::Like(Box::new(value), LikePattern(pattern)), *negated))
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Expr::Cast { expr: value, data_type, array: false, format: None, .. } => self.cast(value, data_type),
            Expr::Extract { field, expr: value, .. } => {
                let function = match field {
                    DateTimeField::Year => Function::Year,
                    DateTimeField::Month => Function::Month,
                    DateTimeField::Day => Function::Day,
                    _ => return Err(unsupported(format!("EXTRACT({field} ...)"), "dates have YEAR, MONTH and DAY")),
                };
                Ok(Node::Call(function, vec![self.of_type(value, ValueType::Date)?]))
            }
            Expr::Ceil { expr: value, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                Ok(Node::Call(Function::Ceil, vec![self.of_type(value, ValueType::Number)?]))
            }
            Expr::Floor { expr: value, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                Ok(Node::Call(Function::Floor, vec![self.of_type(value, ValueType::Number)?]))
            }
            Expr::Trim {
                trim_where: None | Some(TrimWhereField::Both),
                trim_what: None,
                expr: value,
                trim_characters: None,
            } => Ok(Node::Call(Function::Trim, vec![self.of_type(value, ValueType::Text)?])),
            Expr::Substring { expr: value, substring_from: Some(start), substring_for, .. } => {
                let whole = |expr: &Expr, least: i64| {
                    let number = whole_number(expr).filter(|number| *number >= least);
                    number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| {
                        misfit(
                            format!("SUBSTR counts characters from 1, by whole numbers, but here is {expr}"),
                            "such as: SUBSTR(code, 1, 2)",
                        )
                    })
                };
                let start = whole(start, 1)?;
                let length = substring_for.as_ref().map(|length| whole(length, 0)).transpose()?;
                Ok(Node::Call(Function::Substring(start, length), vec![self.of_type(value, ValueType::Text)?]))
            }
            Expr::Function(function) => self.call(function),
            Expr::ILike { .. } => Err(unsupported("ILIKE", "write LOWER(x) LIKE 'pattern'")),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
                Err(unsupported("a query inside", "a feature over another table is a definition of its own"))
            }
            _ => Err(unsupported(format!("{:?}", expr.to_string()), "docs/sql.md lists what an expression may hold")),
        }
    }

    fn named(&mut self, name: &str) -> Result<Node> {
        if let Some(place) = self.columns.iter().position(|(known, _)| known == name) {
            return Ok(Node::Column(place, self.columns[place].1));
        }
        let value_type = (self.column)(name).ok_or_else(|| ExpressionError::UnknownColumn(name.to_owned()))?;
        self.columns.push((name.to_owned(), value_type));
        Ok(Node::Column(self.columns.len() - 1, value_type))
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<Node> {
        let arithmetic = match op {
            BinaryOperator::Plus => Some(Arithmetic::Add),
            BinaryOperator::Minus => Some(Arithmetic::Subtract),
            BinaryOperator::Multiply => Some(Arithmetic::Multiply),
            BinaryOperator::Divide => Some(Arithmetic::Divide),
            BinaryOperator::Modulo => Some(Arithmetic::Remainder),
            _ => None,
        };
        if let Some(operation) = arithmetic {
            let left = self.of_type(left, ValueType::Number)?;
            let right = self.of_type(right, ValueType::Number)?;
            return Ok(Node::Arithmetic(operation, Box::new(left), Box::new(right)));
        }
        let comparison = match op {
            BinaryOperator::And => {
                return Ok(Node::And(Box::new(self.condition(left)?), Box::new(self.condition(right)?)));
            }
            BinaryOperator::Or => {
                return Ok(Node::Or(Box::new(self.condition(left)?), Box::new(self.condition(right)?)));
            }
            BinaryOperator::StringConcat => {
                let parts = vec![self.of_type(left, ValueType::Text)?, self.of_type(right, ValueType::Text)?];
                return Ok(Node::Call(Function::Concat, parts));
            }
            BinaryOperator::Eq => Comparison::Equal,
            BinaryOperator::NotEq => Comparison::NotEqual,
            BinaryOperator::Lt => Comparison::Less,
            BinaryOperator::LtEq => Comparison::LessOrEqual,
            BinaryOperator::Gt => Comparison::Greater,
            BinaryOperator::GtEq => Comparison::GreaterOrEqual,
            _ => return Err(unsupported(format!("the operator {op}"), OPERATORS)),
        };
        let mut sides = self.alike([left, right].into_iter(), &op.to_string())?.into_iter();
        let (Some(a), Some(b)) = (sides.next(), sides.next()) else {
            return Err(ExpressionError::Syntax("a comparison has two sides".into()));
        };
        if matches!(a, Node::Null(_)) || matches!(b, Node::Null(_)) {
            return Err(misfit(
                format!("{left} {op} {right} is never true: a comparison with NULL is missing"),
                "write IS NULL or IS NOT NULL",
            ));
        }
        Ok(Node::Compare(comparison, Box::new(a), Box::new(b)))
    }

    fn case(&mut self, operand: Option<&Expr>, branches: &[CaseWhen], otherwise: Option<&Expr>) -> Result<Node> {
        let tests = branches.iter().map(|branch| &branch.condition);
        let (operand, tests) = match operand {
            Some(operand) => {
                let mut nodes = self.alike(std::iter::once(operand).chain(tests), "CASE")?;
                (Some(Box::new(nodes.remove(0))), nodes)
            }
            None => (None, tests.map(|test| self.condition(test)).collect::<Result<_>>()?),
        };
        let mut results = self.alike(branches.iter().map(|branch| &branch.result).chain(otherwise), "CASE")?;
        let absent = Node::Null(results.first().map_or(ValueType::Number, Node::value_type));
        let otherwise = if otherwise.is_some() { results.pop().unwrap_or(absent) } else { absent };
        Ok(Node::Case { operand, branches: tests.into_iter().zip(results).collect(), otherwise: Box::new(otherwise) })
    }

    fn cast(&mut self, value: &Expr, data_type: &DataType) -> Result<Node> {
        let to = match data_type {
            DataType::Double(_)
            | DataType::DoublePrecision
            | DataType::Float(_)
            | DataType::Real
            | DataType::Float8 => Cast::Number,
            DataType::Integer(_) | DataType::Int(_) | DataType::BigInt(_) => Cast::Integer,
            DataType::Varchar(_) | DataType::Text | DataType::String(_) => Cast::Text,
            DataType::Boolean | DataType::Bool => Cast::Boolean,
            DataType::Date => Cast::Date,
            _ => {
                return Err(unsupported(
                    format!("the type {data_type}"),
                    "cast to DOUBLE, INTEGER, VARCHAR, BOOLEAN or DATE",
                ));
            }
        };
        let node = self.node(value)?;
        let from = node.value_type();
        let fits = match to {
            Cast::Date => matches!(from, ValueType::Date | ValueType::Text | ValueType::Missing),
            Cast::Number | Cast::Integer | Cast::Boolean => from != ValueType::Date,
            Cast::Text => true,
        };
        if !fits {
            return Err(misfit(
                format!("{value} is {from} and cannot be cast to {data_type}"),
                "a date of digits is read by TO_DATE(x, '%y%m%d'), taken apart by YEAR(d), MONTH(d), DAY(d)",
            ));
        }
        Ok(Node::Cast(Box::new(as_type(node, ValueType::Text)), to))
    }

    /// An operand that must have a type.
    pub(super) fn of_type(&mut self, expr: &Expr, wanted: ValueType) -> Result<Node> {
        let node = self.node(expr)?;
        fit(node, wanted, expr)
    }

    fn condition(&mut self, expr: &Expr) -> Result<Node> {
        self.of_type(expr, ValueType::Boolean)
    }

    /// Operands that must have one type; that of the first one which has any.
    pub(super) fn alike<'e>(&mut self, exprs: impl Iterator<Item = &'e Expr>, place: &str) -> Result<Vec<Node>> {
        let nodes: Vec<(&Expr, Node)> = exprs.map(|expr| Ok((expr, self.node(expr)?))).collect::<Result<_>>()?;
        let types: Vec<ValueType> = nodes.iter().map(|(_, node)| node.value_type()).collect();
        // A text beside dates is the text of a date.
        let common = match types.iter().find(|found| **found != ValueType::Missing) {
            Some(ValueType::Text) if types.contains(&ValueType::Date) => ValueType::Date,
            Some(first) => *first,
            None => ValueType::Number,
        };
        let other = nodes.iter().find(|(expr, node)| fit(node.clone(), common, expr).is_err());
        if let Some((expr, node)) = other {
            if common == ValueType::Date && matches!(node, Node::Text(_)) {
                return fit(node.clone(), common, expr).map(|_| Vec::new());
            }
            let first = nodes.iter().find(|(_, node)| node.value_type() == common).map(|(expr, _)| expr.to_string());
            return Err(misfit(
                format!(
                    "{place} puts {} and {} together: {} is {common}, {expr} is {}",
                    first.clone().unwrap_or_default(),
                    expr,
                    first.unwrap_or_default(),
                    node.value_type()
                ),
                "compare values of one type; CAST(x AS DOUBLE), CAST(x AS VARCHAR) and CAST(x AS DATE) change it",
            ));
        }
        nodes.into_iter().map(|(expr, node)| fit(node, common, expr)).collect()
    }
}

const OPERATORS: &str = "the operators are + - * / % || = <> < <= > >= AND OR NOT, and IS NULL, IN, BETWEEN, LIKE";

/// A value of the type that is wanted.
fn fit(node: Node, wanted: ValueType, expr: &Expr) -> Result<Node> {
    match (node.value_type(), wanted) {
        (found, wanted) if found == wanted => Ok(node),
        (ValueType::Missing, wanted) => Ok(as_type(node, wanted)),
        (ValueType::Text, ValueType::Date) if let Node::Text(text) = &node => date(text).map(Node::Date),
        (found, ValueType::Boolean) => Err(misfit(
            format!("a condition is needed, but {expr} is {found}"),
            "write a comparison, such as: months_overdue >= 2",
        )),
        (ValueType::Boolean, ValueType::Number) => Err(misfit(
            format!("a number is needed, but {expr} is a truth value"),
            "write CASE WHEN ... THEN 1 ELSE 0 END, or CAST(x AS INTEGER)",
        )),
        (found, wanted) => Err(misfit(
            format!("{wanted} is needed, but {expr} is {found}"),
            "CAST(x AS DOUBLE), CAST(x AS VARCHAR) and CAST(x AS DATE) change the type",
        )),
    }
}

/// What has no type gets one.
fn as_type(node: Node, wanted: ValueType) -> Node {
    match node {
        Node::Null(ValueType::Missing) => Node::Null(wanted),
        Node::Column(place, ValueType::Missing) => Node::Column(place, wanted),
        node => node,
    }
}

fn negate(node: Node, negated: bool) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

fn literal(value: &Literal) -> Result<Node> {
    Ok(match value {
        Literal::Number(digits, _) => match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Node::Number(number),
            _ => return Err(misfit(format!("{digits} is not a number that a double can hold"), "write a smaller one")),
        },
        Literal::SingleQuotedString(text) => Node::Text(text.clone()),
        Literal::Boolean(truth) => Node::Boolean(*truth),
        Literal::Null => Node::Null(ValueType::Missing),
        _ => {
            return Err(unsupported(
                format!("the literal {value}"),
                "literals are 1.5, 'text', TRUE, FALSE, NULL and DATE '2024-01-31'",
            ));
        }
    })
}

fn date(text: &str) -> Result<NaiveDate> {
    DateFormat::iso()
        .date(text)
        .ok_or_else(|| misfit(format!("{text:?} is not a date"), "write dates as DATE '2024-01-31'"))
}

/// A whole number as it is written.
pub(super) fn whole_number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Value(value) => match &value.value {
            Literal::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => whole_number(expr).map(|number| -number),
        Expr::Nested(inner) => whole_number(inner),
        _ => None,
    }
}
