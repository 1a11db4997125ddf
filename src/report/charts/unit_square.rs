//! Curves within the unit square: ROC with a confidence band, and CAP.

use plotters::prelude::*;

use super::curves::thin;
use super::words::{Key, Shape, draw_with_keys, fitted};
use super::{FAINT, INK, colour, fault, percent, say, text};
use crate::error::Result;
use crate::evidence::ScoredSample;
use crate::validation::Distribution;
use crate::validation::auc::roc;
use crate::validation::cap::cap;
use crate::validation::roc_band::roc_band;
use crate::words::Language;

const SIZE: (u32, u32) = (520, 420);

/// A curve from (0, 0) to (1, 1).
#[derive(Debug, Clone)]
pub struct UnitCurve {
    /// What it is, in words.
    pub name: String,
    /// Its colour.
    pub colour: RGBColor,
    /// Its points, x rising.
    pub points: Vec<(f64, f64)>,
    /// Low and high end of its band by x; empty: none.
    pub band: Vec<(f64, f64, f64)>,
}

/// ROC curves with their confidence bands (see `validation::roc_band`); `words` name the axes along and up and the
/// line of chance.
///
/// # Errors
/// A fault of drawing.
pub fn roc_band_chart(description: &str, words: [&str; 3], curves: &[UnitCurve]) -> Result<String> {
    unit_square(description, words, curves, None)
}

/// CAP curves: share of bads against share of cases, riskiest first. `perfect` is the share of cases at which a perfect
/// score has all bads, with its name.
///
/// # Errors
/// A fault of drawing.
pub fn cap_chart(
    description: &str,
    words: [&str; 3],
    curves: &[UnitCurve],
    perfect: Option<(f64, &str)>,
) -> Result<String> {
    unit_square(description, words, curves, perfect)
}

/// ROC curves of samples with their bands. None where no sample has goods and bads.
///
/// # Errors
/// A fault of drawing.
pub fn roc_of_samples(samples: &[ScoredSample], language: Language) -> Result<Option<String>> {
    let curves =
        curves(samples, language, |sample, distribution| (roc(distribution), roc_band(sample.scores(), distribution)));
    if curves.is_empty() {
        return Ok(None);
    }
    let words =
        ["share of goods at or below", "share of bads at or below", "by chance"].map(|words| say(language, words));
    let words = [words[0].as_str(), &words[1], &words[2]];
    roc_band_chart(&say(language, "ROC curves by sample"), words, &curves).map(Some)
}

/// CAP curves of samples. None where no sample has goods and bads.
///
/// # Errors
/// A fault of drawing.
pub fn cap_of_samples(samples: &[ScoredSample], language: Language) -> Result<Option<String>> {
    let curves = curves(samples, language, |_, distribution| (cap(distribution), Vec::new()));
    if curves.is_empty() {
        return Ok(None);
    }
    let words =
        ["share of cases, riskiest first", "share of bads at or below", "by chance"].map(|words| say(language, words));
    let words = [words[0].as_str(), &words[1], &words[2]];
    cap_chart(&say(language, "CAP curves by sample"), words, &curves, None).map(Some)
}

/// Points and band of a sample's curve.
type Points = (Vec<(f64, f64)>, Vec<(f64, f64, f64)>);

fn curves(
    samples: &[ScoredSample],
    language: Language,
    points: impl Fn(&ScoredSample, &Distribution) -> Points,
) -> Vec<UnitCurve> {
    let of = |sample: &ScoredSample| {
        let distribution = Distribution::new(sample.scores());
        let (goods, bads) = distribution.totals();
        (goods > 0.0 && bads > 0.0).then(|| {
            let (points, band) = points(sample, &distribution);
            UnitCurve { name: say(language, sample.name.title()), colour: colour(sample.name), points, band }
        })
    };
    samples.iter().filter_map(of).collect()
}

fn unit_square(
    description: &str,
    words: [&str; 3],
    curves: &[UnitCurve],
    perfect: Option<(f64, &str)>,
) -> Result<String> {
    let chance = RGBColor(0x8a, 0x97, 0xa6);
    let mut keys: Vec<Key> =
        curves.iter().map(|curve| Key::new(curve.name.clone(), curve.colour, Shape::Line)).collect();
    keys.push(Key::new(words[2], chance, Shape::Line));
    keys.extend(perfect.map(|(_, name)| Key::new(name, INK, Shape::Dashes)));
    draw_with_keys(SIZE, description, &keys, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .margin_right(24)
            .x_label_area_size(42)
            .y_label_area_size(62)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .x_labels(6)
            .y_labels(6)
            .x_desc(fitted(words[0], 14, 400))
            .y_desc(fitted(words[1], 14, 330))
            .x_label_formatter(&|x| percent(*x))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], chance.stroke_width(1))).map_err(fault)?;
        for curve in curves.iter().filter(|curve| !curve.band.is_empty()) {
            let band = thin(curve.band.clone());
            let outline: Vec<(f64, f64)> = band
                .iter()
                .map(|(x, low, _)| (*x, *low))
                .chain(band.iter().rev().map(|(x, _, high)| (*x, *high)))
                .collect();
            chart.draw_series([Polygon::new(outline, curve.colour.mix(0.14).filled())]).map_err(fault)?;
        }
        if let Some((share, _)) = perfect {
            let line = DashedLineSeries::new([(0.0, 0.0), (share, 1.0), (1.0, 1.0)], 6, 5, INK.stroke_width(1));
            chart.draw_series(line).map_err(fault)?;
        }
        for curve in curves {
            let line = LineSeries::new(thin(curve.points.clone()), curve.colour.stroke_width(2));
            chart.draw_series(line).map_err(fault)?;
        }
        Ok(())
    })
}
