//! Which version was in force when, as one strip along time.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::words::width;
use super::{Canvas, FAINT, GOOD, INK, draw, fault, text};
use crate::error::Result;

const SIZE: (u32, u32) = (1060, 96);
/// Room left and right of the strip.
const MARGIN: i32 = 44;
/// Top and bottom of the strip.
const STRIP: (i32, i32) = (22, 60);
/// Most marks along time.
const MARKS: i64 = 9;

/// A time in which something was so.
#[derive(Debug, Clone)]
pub struct Span {
    /// What, in full and as short as can be.
    pub labels: [String; 2],
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; `None`: without an end.
    pub until: Option<DateTime<Utc>>,
}

/// Spans along time: those over in grey, the one at `now` dark, those to come framed; nothing where there is none.
///
/// # Errors
/// A fault of drawing.
pub fn time_line(description: &str, spans: &[Span], now: DateTime<Utc>) -> Result<Option<String>> {
    let Some(first) = spans.iter().map(|span| span.from).min() else { return Ok(None) };
    let known = spans.iter().flat_map(|span| [Some(span.from), span.until]).flatten();
    let last = known.chain([now]).max().unwrap_or(now);
    let length = (last - first).max(TimeDelta::days(2));
    // What has no end goes on beyond the last known moment.
    let end = last + length / 16;
    let across = f64::from(SIZE.0 as i32 - 2 * MARGIN);
    let seconds = (end - first).as_seconds_f64();
    let place = |at: DateTime<Utc>| MARGIN + ((at - first).as_seconds_f64() / seconds * across).round() as i32;
    draw(SIZE, description, |canvas| {
        let write = |words: String, x: i32, y: i32, colour: RGBColor| {
            let style = text(13).color(&colour).pos(Pos::new(HPos::Center, VPos::Center));
            canvas.draw(&Text::new(words, (x, y), style)).map_err(fault)
        };
        let (top, bottom) = STRIP;
        let whole = [(MARGIN, top), (place(end), bottom)];
        canvas.draw(&Rectangle::new(whole, FAINT.mix(0.35).filled())).map_err(fault)?;
        for (position, span) in spans.iter().enumerate() {
            let (from, until) = (place(span.from), place(span.until.unwrap_or(end)));
            let corners = [(from, top), (until.max(from + 1), bottom)];
            let is_over = span.until.is_some_and(|until| until <= now);
            let greys = [RGBColor(0xb4, 0xbf, 0xcb), RGBColor(0xcb, 0xd3, 0xdc)];
            let ink = match (span.from > now, is_over) {
                (true, _) => {
                    canvas.draw(&Rectangle::new(corners, WHITE.filled())).map_err(fault)?;
                    canvas.draw(&Rectangle::new(corners, GOOD.stroke_width(2))).map_err(fault)?;
                    INK
                }
                (_, true) => {
                    canvas.draw(&Rectangle::new(corners, greys[position % 2].filled())).map_err(fault)?;
                    INK
                }
                _ => {
                    canvas.draw(&Rectangle::new(corners, GOOD.filled())).map_err(fault)?;
                    WHITE
                }
            };
            let room = f64::from(until - from - 6);
            if let Some(label) = span.labels.iter().find(|label| width(label, 13) <= room) {
                write(label.clone(), i32::midpoint(from, until), i32::midpoint(top, bottom), ink)?;
            }
        }
        for day in marks(first, end) {
            let x = place(day.and_time(chrono::NaiveTime::MIN).and_utc());
            tick(canvas, x, INK.mix(0.6))?;
            write(day.format("%Y-%m-%d").to_string(), x, bottom + 17, INK)?;
        }
        let x = place(now);
        let line = PathElement::new([(x, top - 6), (x, bottom)], INK.stroke_width(2));
        canvas.draw(&line).map_err(fault)?;
        write(now.format("%Y-%m-%d").to_string(), x, top - 14, INK)
    })
    .map(Some)
}

fn tick(canvas: &Canvas<'_>, x: i32, colour: RGBAColor) -> Result<()> {
    let path = PathElement::new([(x, STRIP.1), (x, STRIP.1 + 6)], colour.stroke_width(1));
    canvas.draw(&path).map_err(fault)
}

/// Days to mark between two moments: beginnings of months, or days where there are few.
fn marks(first: DateTime<Utc>, end: DateTime<Utc>) -> Vec<NaiveDate> {
    let days = (end - first).num_days().max(1);
    if days <= 60 {
        let step = Days::new((days / MARKS + 1) as u64);
        let all = std::iter::successors(Some(first.date_naive()), |day| day.checked_add_days(step));
        return between(all, first, end);
    }
    let step = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|step| days / (i64::from(*step) * 30) < MARKS);
    let step = step.unwrap_or(600);
    let month = if step < 12 { first.month0() / step * step + 1 } else { 1 };
    let start = NaiveDate::from_ymd_opt(first.year(), month, 1);
    between(std::iter::successors(start, |day| day.checked_add_months(Months::new(step))), first, end)
}

/// The days that begin between two moments.
fn between(days: impl Iterator<Item = NaiveDate>, first: DateTime<Utc>, end: DateTime<Utc>) -> Vec<NaiveDate> {
    let begins = |day: &NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    days.take_while(|day| begins(day) < end).filter(|day| begins(day) >= first).collect()
}
