//! Small pictures that stand in a row of a table: intervals, without axes of their own.

use plotters::prelude::*;

use super::{GOOD, INK, draw, fault};
use crate::error::Result;

/// An estimate with the ends of its interval, where they are known.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The ends.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    fn ends(&self) -> (f64, f64) {
        self.interval.unwrap_or((self.value, self.value))
    }
}

/// The range that all estimates of a table share, with 0 in it.
pub fn shared_range(estimates: impl Iterator<Item = Estimate>) -> (f64, f64) {
    let finite = |x: f64| if x.is_finite() { x } else { 0.0 };
    let (low, high) = estimates.fold((0.0_f64, 0.0_f64), |(low, high), estimate| {
        let ends = estimate.ends();
        (low.min(finite(ends.0)), high.max(finite(ends.1)))
    });
    let margin = ((high - low) * 0.04).max(1e-9);
    (low - margin, high + margin)
}

/// An estimate lying on its range, with a line at 0.
///
/// # Errors
/// A fault of drawing.
pub fn interval_strip(description: &str, estimate: Estimate, range: (f64, f64)) -> Result<String> {
    draw((220, 18), description, |canvas| {
        let mut plane = ChartBuilder::on(canvas).build_cartesian_2d(range.0..range.1, 0.0..1.0).map_err(fault)?;
        let (low, high) = estimate.ends();
        let lines = [
            PathElement::new([(0.0, 0.0), (0.0, 1.0)], INK.mix(0.5).stroke_width(1)),
            PathElement::new([(low.max(range.0), 0.5), (high.min(range.1), 0.5)], GOOD.stroke_width(3)),
        ];
        plane.draw_series(lines).map_err(fault)?;
        plane.draw_series([Circle::new((estimate.value, 0.5), 5, GOOD.filled())]).map_err(fault)?;
        Ok(())
    })
}

/// Estimates side by side, such as by slice of time, standing on their range, with a line at 0.
///
/// # Errors
/// A fault of drawing.
pub fn course_strip(description: &str, estimates: &[Option<Estimate>], range: (f64, f64)) -> Result<String> {
    draw((160, 44), description, |canvas| {
        let last = (estimates.len() as f64 - 0.5).max(0.5);
        let mut plane =
            ChartBuilder::on(canvas).margin(3).build_cartesian_2d(-0.5..last, range.0..range.1).map_err(fault)?;
        let zero = PathElement::new([(-0.5, 0.0), (last, 0.0)], INK.mix(0.5).stroke_width(1));
        plane.draw_series([zero]).map_err(fault)?;
        let known = || estimates.iter().enumerate().filter_map(|(place, estimate)| Some((place as f64, (*estimate)?)));
        let bars = known().map(|(x, estimate)| {
            let (low, high) = estimate.ends();
            PathElement::new([(x, low.max(range.0)), (x, high.min(range.1))], GOOD.mix(0.4).stroke_width(3))
        });
        plane.draw_series(bars).map_err(fault)?;
        let dots =
            known().map(|(x, estimate)| Circle::new((x, estimate.value.clamp(range.0, range.1)), 4, GOOD.filled()));
        plane.draw_series(dots).map_err(fault)?;
        Ok(())
    })
}
