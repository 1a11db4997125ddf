//! A feature's bins: share, bad rate and weight of evidence, samples side by side.

use plotters::prelude::*;

use super::{Canvas, FAINT, INK, colour, draw, fault, percent, text, tick};
use crate::error::Result;
use crate::sample::SampleName;

/// A sample's figures by bin.
pub struct BinSeries {
    /// The sample.
    pub sample: SampleName,
    /// Share of cases by bin.
    pub share: Vec<f64>,
    /// Bad rate by bin; `None` without cases.
    pub bad_rate: Vec<Option<f64>>,
    /// Weight of evidence by bin on this sample; `None` without cases.
    pub woe: Vec<Option<f64>>,
}

/// Three panels over the bins' numbers.
pub fn bin_chart(feature: &str, bins: usize, series: &[BinSeries]) -> Result<String> {
    let description = format!("share of cases, bad rate and weight of evidence by bin of {feature}");
    draw((1060, 260), &description, |canvas| {
        let panels = canvas.split_evenly((1, 3));
        let bars = |get: &dyn Fn(&BinSeries) -> Vec<Option<f64>>| {
            series.iter().map(|s| (s.sample, get(s))).collect::<Vec<_>>()
        };
        let share = bars(&|s| s.share.iter().map(|share| Some(*share)).collect());
        let rate = bars(&|s| s.bad_rate.clone());
        let woe = bars(&|s| s.woe.clone());
        for ((panel, title), (values, is_percent)) in panels
            .iter()
            .zip(["share of cases", "bad rate", "weight of evidence (higher is safer)"])
            .zip([(share, true), (rate, true), (woe, false)])
        {
            grouped_bars(panel, title, bins, &values, is_percent)?;
        }
        Ok(())
    })
}

fn grouped_bars(
    panel: &Canvas<'_>,
    title: &str,
    bins: usize,
    series: &[(SampleName, Vec<Option<f64>>)],
    is_percent: bool,
) -> Result<()> {
    let values =
        || series.iter().flat_map(|(_, values)| values.iter().flatten().copied()).filter(|value| value.is_finite());
    let (mut low, mut high) = values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    if low == high {
        high = 1.0;
    }
    let room = (high - low) * 0.08;
    high += room;
    if low < 0.0 {
        low -= room;
    }
    let mut chart = ChartBuilder::on(panel)
        .caption(title, text(14))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(48)
        .build_cartesian_2d(0.5..bins as f64 + 0.5, low..high)
        .map_err(fault)?;
    let number = |x: f64| if (x - x.round()).abs() < 1e-6 { format!("{x:.0}") } else { String::new() };
    let range = high - low;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .disable_x_mesh()
        .x_labels(bins * 2 + 1)
        .y_labels(5)
        .x_label_formatter(&|x| number(*x))
        .y_label_formatter(&|y| if is_percent { percent(*y) } else { tick(*y, range) })
        .label_style(text(13))
        .draw()
        .map_err(fault)?;
    let width = 0.8 / series.len().max(1) as f64;
    for (position, (sample, values)) in series.iter().enumerate() {
        let bars = values.iter().enumerate().filter_map(|(bin, value)| {
            let left = bin as f64 + 0.6 + width * position as f64;
            let value = value.filter(|value| value.is_finite())?;
            Some(Rectangle::new([(left, 0.0), (left + width * 0.92, value)], colour(*sample).filled()))
        });
        chart.draw_series(bars).map_err(fault)?;
    }
    chart.draw_series(LineSeries::new([(0.5, 0.0), (bins as f64 + 0.5, 0.0)], INK.stroke_width(1))).map_err(fault)?;
    Ok(())
}
