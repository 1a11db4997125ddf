//! Points: log odds on a scale that people read.

use scorewright_runtime::artifact::Scaling;

use crate::config::ScalingSection;

/// factor = pdo / ln 2; offset = points - factor * ln(odds) (Siddiqi 2006). Defaults, 600 points at
/// 50:1 and 20 points to double the odds, give factor 28.8539 and offset 487.1229.
pub fn scaling(section: &ScalingSection) -> Scaling {
    let factor = section.pdo / std::f64::consts::LN_2;
    Scaling {
        points: section.points,
        odds: section.odds,
        pdo: section.pdo,
        factor,
        offset: section.points - factor * section.odds.ln(),
        rounding: section.rounding,
    }
}

/// Base points: offset + factor * intercept, rounded by the card's rule.
pub fn base_points(scaling: &Scaling, intercept: f64) -> f64 {
    scaling.rounding.apply(scaling.offset + scaling.factor * intercept)
}

/// Points of a bin: factor * coefficient * WOE, rounded by the card's rule.
pub fn bin_points(scaling: &Scaling, coefficient: f64, woe: f64) -> f64 {
    scaling.rounding.apply(scaling.factor * coefficient * woe)
}
