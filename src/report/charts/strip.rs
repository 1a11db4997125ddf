//! Small pictures that stand in a row of a table: intervals, without axes of their own.

use plotters::prelude::*;

use super::{FAINT, GOOD, INK, draw, fault};
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
pub fn interval_strip(description: &str, estimate: Estimate, range: (f64, f64)) -> Result<String> {
    draw((220, 18), description, |canvas| {
        let plane = canvas.apply_coord_spec(Cartesian2d::<
            plotters::coord::types::RangedCoordf64,
            plotters::coord::types::RangedCoordf64,
        >::new(range.0..range.1, 0.0..1.0, (0..220, 0..18)));
        let line = |points: [(f64, f64); 2], style: ShapeStyle| plane.draw(&PathElement::new(points, style));
        line([(0.0, 0.0), (0.0, 1.0)], INK.mix(0.5).stroke_width(1)).map_err(fault)?;
        let (low, high) = estimate.ends();
        let (low, high) = (low.max(range.0), high.min(range.1));
        line([(low, 0.5), (high, 0.5)], GOOD.stroke_width(3)).map_err(fault)?;
        plane.draw(&Circle::new((estimate.value, 0.5), 5, GOOD.filled())).map_err(fault)
    })
}

/// Estimates side by side, such as by slice of time, standing on their range, with a line at 0.
pub fn course_strip(description: &str, estimates: &[Option<Estimate>], range: (f64, f64)) -> Result<String> {
    draw((220, 56), description, |canvas| {
        let last = estimates.len() as f64 - 0.5;
        let plane = canvas.apply_coord_spec(Cartesian2d::<
            plotters::coord::types::RangedCoordf64,
            plotters::coord::types::RangedCoordf64,
        >::new(-0.5..last.max(0.5), range.0..range.1, (0..220, 54..2)));
        plane
            .draw(&PathElement::new([(-0.5, 0.0), (last.max(0.5), 0.0)], INK.mix(0.5).stroke_width(1)))
            .map_err(fault)?;
        for (place, estimate) in estimates.iter().enumerate() {
            let Some(estimate) = estimate else { continue };
            let (low, high) = estimate.ends();
            let (x, low, high) = (place as f64, low.max(range.0), high.min(range.1));
            plane.draw(&PathElement::new([(x, low), (x, high)], FAINT.mix(1.0).stroke_width(3))).map_err(fault)?;
            plane.draw(&Circle::new((x, estimate.value.clamp(range.0, range.1)), 4, GOOD.filled())).map_err(fault)?;
        }
        Ok(())
    })
}
