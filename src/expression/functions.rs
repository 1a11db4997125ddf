//! Calls of functions by name.

use sqlparser::ast::{Expr, Function as Call, FunctionArg, FunctionArgExpr, FunctionArguments, Value as Literal};

use super::parse::{Reader, misfit, unsupported, whole_number};
use super::text::DateFormat;
use super::tree::{Function, Node};
use super::types::{ExpressionError, ValueType};
use crate::suggest;

/// Names with their arguments, for messages; in this order in the documentation.
const SIGNATURES: &[(&str, &str)] = &[
    ("ABS", "x"),
    ("SIGN", "x"),
    ("LEAST", "a, b, ..."),
    ("GREATEST", "a, b, ..."),
    ("COALESCE", "a, b, ..."),
    ("NULLIF", "a, b"),
    ("LN", "x"),
    ("LOG10", "x"),
    ("EXP", "x"),
    ("SQRT", "x"),
    ("POWER", "x, y"),
    ("ROUND", "x[, digits]"),
    ("FLOOR", "x"),
    ("CEIL", "x"),
    ("LOWER", "text"),
    ("UPPER", "text"),
    ("TRIM", "text"),
    ("LENGTH", "text"),
    ("SUBSTR", "text, start[, length]"),
    ("CONCAT", "text, text, ..."),
    ("STARTS_WITH", "text, start"),
    ("CONTAINS", "text, part"),
    ("YEAR", "date"),
    ("MONTH", "date"),
    ("DAY", "date"),
    ("ADD_MONTHS", "date, months"),
    ("ADD_DAYS", "date, days"),
    ("DAYS_BETWEEN", "from, to"),
    ("MONTHS_BETWEEN", "from, to"),
    ("TO_DATE", "text or whole number, '%y%m%d'"),
];

impl Reader<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Result<Node, ExpressionError> {
        let name = call.name.to_string().to_uppercase();
        let Some((name, signature)) = SIGNATURES.iter().find(|(known, _)| *known == name) else {
            let names = SIGNATURES.iter().map(|(name, _)| *name);
            let help = match (name.as_str(), suggest::nearest(&name, names.clone())) {
                ("IF" | "IIF" | "IFF", _) => "write CASE WHEN ... THEN ... ELSE ... END".to_owned(),
                ("SUM" | "AVG" | "MIN" | "MAX" | "COUNT" | "STDDEV" | "MEDIAN", _) => {
                    "an expression sees one row; rows are summed up by the feature's aggregate".to_owned()
                }
                ("LOG", _) => "write LN for the natural logarithm, LOG10 for that of base 10".to_owned(),
                ("CURRENT_DATE" | "NOW" | "TODAY" | "CURRENT_TIMESTAMP", _) => {
                    "the day of computing is nobody's feature; days are told by the table's dates".to_owned()
                }
                (_, Some(near)) => format!("did you mean {near}?"),
                _ => format!("the functions are: {}", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(unsupported(format!("the function {name}"), help));
        };
        let wrong = || misfit(format!("the arguments of {call} do not fit"), format!("write {name}({signature})"));
        let plain = call.filter.is_none()
            && call.over.is_none()
            && call.within_group.is_empty()
            && call.null_treatment.is_none()
            && matches!(call.parameters, FunctionArguments::None);
        let FunctionArguments::List(list) = &call.args else { return Err(wrong()) };
        if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return Err(wrong());
        }
        let arguments: Vec<&Expr> = list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(expr),
                _ => Err(wrong()),
            })
            .collect::<Result<_, _>>()?;
        use ValueType::{Date, Number, Text};
        let (function, types): (Function, &[ValueType]) = match *name {
            "LEAST" | "GREATEST" | "COALESCE" if !arguments.is_empty() => {
                let nodes = self.alike(arguments.into_iter(), name)?;
                let function = match *name {
                    "LEAST" => Function::Least,
                    "GREATEST" => Function::Greatest,
                    _ => Function::Coalesce,
                };
                return Ok(Node::Call(function, nodes));
            }
            "NULLIF" if arguments.len() == 2 => {
                return Ok(Node::Call(Function::NullIf, self.alike(arguments.into_iter(), name)?));
            }
            "CONCAT" if !arguments.is_empty() => {
                let parts = arguments.into_iter().map(|part| self.of_type(part, Text)).collect::<Result<_, _>>()?;
                return Ok(Node::Call(Function::Concat, parts));
            }
            "ROUND" => {
                let digits = arguments.get(1).map(|digits| {
                    let number = whole_number(digits).filter(|digits| (-15..=15).contains(digits));
                    number.and_then(|number| i32::try_from(number).ok()).ok_or_else(wrong)
                });
                let (1 | 2, Some(value)) = (arguments.len(), arguments.first()) else { return Err(wrong()) };
                let value = self.of_type(value, Number)?;
                return Ok(Node::Call(Function::Round(digits.transpose()?.unwrap_or(0)), vec![value]));
            }
            "TO_DATE" => {
                let [value, format] = arguments[..] else { return Err(wrong()) };
                let format = match format {
                    Expr::Value(value) if let Literal::SingleQuotedString(text) = &value.value => text,
                    _ => return Err(wrong()),
                };
                let format = DateFormat::parse(format).map_err(|part| {
                    misfit(
                        format!("{part:?} does not fit in the format {format:?}"),
                        "a format has %Y or %y, %m and %d once each, and - / . _ or blanks between them",
                    )
                })?;
                let value_type = self.node(value)?.value_type();
                let value = self.of_type(value, if value_type == Number { Number } else { Text })?;
                return Ok(Node::Call(Function::ToDate(format), vec![value]));
            }
            "ABS" => (Function::Abs, &[Number]),
            "SIGN" => (Function::Sign, &[Number]),
            "LN" => (Function::Ln, &[Number]),
            "LOG10" => (Function::Log10, &[Number]),
            "EXP" => (Function::Exp, &[Number]),
            "SQRT" => (Function::Sqrt, &[Number]),
            "POWER" => (Function::Power, &[Number, Number]),
            "FLOOR" => (Function::Floor, &[Number]),
            "CEIL" => (Function::Ceil, &[Number]),
            "LOWER" => (Function::Lower, &[Text]),
            "UPPER" => (Function::Upper, &[Text]),
            "LENGTH" => (Function::Length, &[Text]),
            "STARTS_WITH" => (Function::StartsWith, &[Text, Text]),
            "CONTAINS" => (Function::Contains, &[Text, Text]),
            "YEAR" => (Function::Year, &[Date]),
            "MONTH" => (Function::Month, &[Date]),
            "DAY" => (Function::Day, &[Date]),
            "ADD_MONTHS" => (Function::AddMonths, &[Date, Number]),
            "ADD_DAYS" => (Function::AddDays, &[Date, Number]),
            "DAYS_BETWEEN" => (Function::DaysBetween, &[Date, Date]),
            "MONTHS_BETWEEN" => (Function::MonthsBetween, &[Date, Date]),
            _ => return Err(wrong()),
        };
        if arguments.len() != types.len() {
            return Err(wrong());
        }
        let nodes = arguments.iter().zip(types).map(|(argument, wanted)| self.of_type(argument, *wanted));
        Ok(Node::Call(function, nodes.collect::<Result<_, _>>()?))
    }
}
