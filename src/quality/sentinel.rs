//! Values that stand for something else: one value far outside the rest that many rows hold.

use crate::table::mixed;

/// Least share of rows for one value to be more than an outlier.
const LEAST_SHARE: f64 = 0.005;
/// Fewer values than this tell nothing about their range.
const LEAST_VALUES: usize = 200;
/// Fewer distinct values than this are codes: then no value lies outside.
const LEAST_DISTINCT: usize = 10;
/// Sentinels looked for at each end: -999, -998 and the like come in groups.
const MOST_AN_END: usize = 3;

/// The sentinels among rising `values`, each with its share. A value at one of the ends, held by more than
/// [`LEAST_SHARE`] of all, is one where it looks like one (`is_usual`) and the rest ends before it; or where it
/// lies further outside the rest than the distance between the rest's 1% and 99% quantiles.
fn sentinels(values: &[f64], is_usual: impl Fn(f64) -> bool) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    if values.len() < LEAST_VALUES {
        return found;
    }
    let (mut low, mut high) = (0, values.len());
    for upper in [false, true] {
        for _ in 0..MOST_AN_END {
            let rest_of = |low: usize, high: usize| values.get(low..high).unwrap_or_default();
            let rest = rest_of(low, high);
            let Some(value) = (if upper { rest.last() } else { rest.first() }).copied() else { break };
            let held = if upper {
                rest.len() - rest.partition_point(|x| *x < value)
            } else {
                rest.partition_point(|x| *x <= value)
            };
            let share = held as f64 / values.len() as f64;
            let (next_low, next_high) = if upper { (low, high - held) } else { (low + held, high) };
            let rest = rest_of(next_low, next_high);
            let nearest = if upper { rest.last() } else { rest.first() };
            let Some(nearest) = nearest.filter(|_| share > LEAST_SHARE && is_spread(rest)) else { break };
            let quantile = |share: f64| rest[((rest.len() - 1) as f64 * share) as usize];
            let central = quantile(0.99) - quantile(0.01);
            if !(is_usual(value) || (central > 0.0 && (value - nearest).abs() > central)) {
                break;
            }
            found.push((value, share));
            (low, high) = (next_low, next_high);
        }
    }
    found
}

/// Sentinels are looked for in at most this many rows, picked by a fixed hash: enough to see 0.5 % of them well.
const SAMPLE: usize = 200_000;

/// The sentinels of a column of `rows` values; `value` gives one of them, if it is there.
pub(super) fn of_column(rows: usize, value: impl Fn(usize) -> Option<f64>, is_usual: impl Fn(f64) -> bool) -> Vec<f64> {
    let is_sampled = |row: &usize| rows <= SAMPLE || mixed(*row as u64) % (rows as u64) < SAMPLE as u64;
    let mut sorted: Vec<f64> = (0..rows).filter(is_sampled).filter_map(value).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sentinels(&sorted, is_usual).iter().map(|(value, _)| *value).collect()
}

/// Whether rising values have at least [`LEAST_DISTINCT`] distinct ones.
fn is_spread(values: &[f64]) -> bool {
    let mut begin = 0;
    for _ in 0..LEAST_DISTINCT {
        let Some(value) = values.get(begin) else { return false };
        begin += values[begin..].partition_point(|x| x <= value);
    }
    true
}

/// Numbers that programs write for what is not there: all nines or all eights from two (three) digits on, and the
/// 365243 days (a thousand years) of "not employed".
pub(super) fn is_usual_number(value: f64) -> bool {
    let digits = format!("{:.0}", value.abs());
    value.fract() == 0.0
        && (digits == "365243"
            || (digits.len() >= 2 && digits.bytes().all(|digit| digit == b'9'))
            || (digits.len() >= 3 && digits.bytes().all(|digit| digit == b'8')))
}

/// Days, counted from 1970-01-01, that programs write for no date: 1899-12-30, 1900-01-01, 1970-01-01, 2099-12-31,
/// 2999-12-31, 9999-12-31.
pub(super) fn is_usual_day(value: f64) -> bool {
    [-25_569.0, -25_567.0, 0.0, 47_481.0, 376_199.0, 2_932_896.0].contains(&value)
}
