//! Stacked bars by month.

use plotters::prelude::*;

use super::axes::{Along, SMALL, axes};
use super::{draw, fault};
use crate::error::Result;

/// Bars of parts, the first at the bottom; `parts` have one value a name. None where all are 0.
pub fn stacked_chart(
    description: &str,
    names: &[String],
    y_desc: &str,
    parts: &[(RGBColor, Vec<f64>)],
    is_share: bool,
) -> Result<Option<String>> {
    let height = |position: usize| parts.iter().map(|(_, values)| values[position]).sum::<f64>();
    let most = (0..names.len()).map(height).fold(0.0, f64::max);
    if most <= 0.0 {
        return Ok(None);
    }
    draw(SMALL, description, |canvas| {
        let mut chart = axes(canvas, &Along::Names(names), "month", y_desc, most, is_share)?;
        let mut floor = vec![0.0; names.len()];
        let half = if names.len() > 30 { 0.5 } else { 0.42 };
        for (colour, values) in parts {
            let bars = values.iter().enumerate().filter(|(_, value)| **value > 0.0).map(|(position, value)| {
                let (x, low) = (position as f64, floor[position]);
                Rectangle::new([(x - half, low), (x + half, low + value)], colour.filled())
            });
            chart.draw_series(bars).map_err(fault)?;
            floor.iter_mut().zip(values).for_each(|(floor, value)| *floor += value);
        }
        Ok(())
    })
    .map(Some)
}
