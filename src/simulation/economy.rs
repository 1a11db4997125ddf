//! The shock that all accounts share.

use super::draws::normal;
use super::parameters::Parameters;
use crate::random;

/// Months beyond the data for which the series goes on, so that every applicant's twelve months have one.
pub const BEYOND: u32 = 14;

/// Added to the log odds of every account, one a month, [`BEYOND`] months beyond the data:
/// v(m) = -depth exp(-((m - peak months) / width)^2 / 2) + u(m), u(m) = persistence u(m - 1) + noise e.
pub fn series(parameters: &Parameters) -> Vec<f64> {
    let economy = &parameters.economy;
    let mut generator = random::generator(parameters.seed, "simulation economy", 0);
    let peak = economy.peak * f64::from(parameters.months);
    let mut noise = 0.0;
    (0..parameters.months + BEYOND)
        .map(|month| {
            noise = economy.persistence * noise + economy.noise * normal(&mut generator);
            let distance = (f64::from(month) - peak) / economy.width_months;
            noise - economy.depth * (-distance * distance / 2.0).exp()
        })
        .collect()
}
