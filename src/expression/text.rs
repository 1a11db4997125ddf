//! Text as numbers, dates and patterns: strict, and the same everywhere.

use chrono::NaiveDate;

/// A pattern of LIKE: `%` stands for any characters, `_` for one; nothing escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LikePattern(pub(super) String);

impl LikePattern {
    /// Whether a text matches as a whole, letters by case.
    pub(super) fn matches(&self, text: &str) -> bool {
        // Greedy with one point of return: the last %.
        let mut pattern = self.0.chars();
        let mut rest = text.chars();
        let mut back: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
        loop {
            let mut ahead = pattern.clone();
            match (ahead.next(), rest.clone().next()) {
                (Some('%'), _) => {
                    pattern = ahead;
                    back = Some((pattern.clone(), rest.clone()));
                    continue;
                }
                (Some(wanted), Some(found)) if wanted == '_' || wanted == found => {
                    pattern = ahead;
                    rest.next();
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((after, from)) = &mut back else { return false };
            if from.next().is_none() {
                return false;
            }
            pattern = after.clone();
            rest = from.clone();
        }
    }
}

/// A part of a date's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatePart {
    Year,
    /// Two digits: 00 to 69 are of the 2000s, 70 to 99 of the 1900s.
    YearOfCentury,
    Month,
    Day,
    Separator(char),
}

/// How the text of a date is written: year, month and day once each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateFormat(pub(super) Vec<DatePart>);

impl DateFormat {
    /// 2024-07-31.
    pub(super) fn iso() -> Self {
        let dash = DatePart::Separator('-');
        DateFormat(vec![DatePart::Year, dash, DatePart::Month, dash, DatePart::Day])
    }

    /// From `%Y-%m-%d` and the like.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(letter) = chars.next() {
            parts.push(match (letter, if letter == '%' { chars.next() } else { None }) {
                ('%', Some('Y')) => DatePart::Year,
                ('%', Some('y')) => DatePart::YearOfCentury,
                ('%', Some('m')) => DatePart::Month,
                ('%', Some('d')) => DatePart::Day,
                ('%', code) => return Err(format!("%{}", code.map(String::from).unwrap_or_default())),
                ('-' | '/' | '.' | ' ' | '_', _) => DatePart::Separator(letter),
                _ => return Err(letter.to_string()),
            });
        }
        let count = |wanted: &[DatePart]| parts.iter().filter(|part| wanted.contains(part)).count();
        let once = count(&[DatePart::Year, DatePart::YearOfCentury]) == 1
            && count(&[DatePart::Month]) == 1
            && count(&[DatePart::Day]) == 1;
        if once { Ok(DateFormat(parts)) } else { Err("not one year, one month and one day".into()) }
    }

    /// Number of characters.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(DatePart::width).sum()
    }

    /// The date of a text, which must be written exactly so.
    pub(super) fn date(&self, text: &str) -> Option<NaiveDate> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for part in &self.0 {
            let (piece, behind) = rest.split_at_checked(part.width())?;
            rest = behind;
            if let DatePart::Separator(letter) = part {
                if !piece.starts_with(*letter) {
                    return None;
                }
                continue;
            }
            if !piece.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let number: u32 = piece.parse().ok()?;
            match part {
                DatePart::Year => year = number,
                DatePart::YearOfCentury => year = if number < 70 { 2000 + number } else { 1900 + number },
                DatePart::Month => month = number,
                _ => day = number,
            }
        }
        if !rest.is_empty() || year < 1000 {
            return None;
        }
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }
}

impl DatePart {
    fn width(&self) -> usize {
        match self {
            DatePart::Year => 4,
            DatePart::Separator(_) => 1,
            _ => 2,
        }
    }
}

/// The number of a text: digits with at most one sign, point and exponent, and nothing else.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// The digits of a whole number below 1e15 in size; of any other number nothing, for engines write those differently.
pub(super) fn whole_text(number: f64) -> Option<String> {
    // Adding 0 makes -0 a 0.
    (number.trunc() == number && number.abs() < 1e15).then(|| format!("{}", number + 0.0))
}

/// The truth value of a text: true or false in letters of any case.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Letters changed one by one; a letter without one counterpart (such as the German sharp s) stays.
pub(super) fn mapped<M: Iterator<Item = char> + Clone>(text: &str, map: impl Fn(char) -> M) -> String {
    text.chars()
        .map(|letter| {
            let mut mapped = map(letter);
            match (mapped.next(), mapped.next()) {
                (Some(single), None) => single,
                _ => letter,
            }
        })
        .collect()
}
