//! The number of defaults among N cases whose defaults go together by one factor (Vasicek 2002, Risk 15(12):160-162).
//!
//! Given the factor Y, standard normal, cases default independently at the rate
//! p(Y) = Phi((Phi^-1(PD) + sqrt(rho) Y) / sqrt(1 - rho)), whose mean is PD; rho is the asset correlation.
//!
//! P(X >= D) = E[I_p(Y)(D, N - D + 1)] = E[P(p(Y) >= T)] = E[Phi((Phi^-1(PD) - sqrt(1 - rho) Phi^-1(T)) / sqrt(rho))] with
//! T distributed as Beta(D, N - D + 1): the incomplete beta function is T's distribution function, and the order of the two
//! expectations does not matter. The last is a smooth mean over one bell: the trapezoidal rule over ln(T / (1 - T)), where
//! T's density falls exponentially on both sides, gives all digits (Trefethen and Weideman 2014, SIAM Review 56:385-458).

use super::tails::{normal_cdf, normal_quantile};

/// Below this asset correlation defaults are taken as independent.
pub(super) const NO_CORRELATION: f64 = 1e-8;
/// ln of the share of its peak at which the density is cut off.
const CUT: f64 = -100.0;

/// A beta distribution as points Phi^-1(T) with their shares.
pub(super) struct Mixture {
    points: Vec<(f64, f64)>,
    asset_correlation: f64,
}

impl Mixture {
    /// Of Beta(a, b), a and b above 0, for an asset correlation above [`NO_CORRELATION`] and below 1.
    pub(super) fn new(a: f64, b: f64, asset_correlation: f64) -> Self {
        let mode = (a / b).ln();
        // Density of x = ln(t / (1 - t)) up to a factor, less its peak: t^a (1 - t)^b.
        let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        let peak = a * mode - (a + b) * softplus(mode);
        let density = |x: f64| a * x - (a + b) * softplus(x) - peak;
        let bell = ((a + b) / a / b).sqrt();
        let step = (0.25 * bell).min(0.5 * asset_correlation.sqrt());
        let point = |x: f64| {
            let t = 1.0 / (1.0 + x.abs().exp());
            if x < 0.0 { normal_quantile(t) } else { -normal_quantile(t) }
        };
        let walk = |sign: f64| {
            (0..).map(move |k| mode + sign * step * f64::from(k)).map(|x| (x, density(x))).take_while(|(_, d)| *d > CUT)
        };
        let all: Vec<(f64, f64)> = walk(-1.0).chain(walk(1.0).skip(1)).map(|(x, d)| (point(x), d.exp())).collect();
        let total: f64 = all.iter().map(|(_, share)| share).sum();
        Mixture { points: all.into_iter().map(|(point, share)| (point, share / total)).collect(), asset_correlation }
    }

    /// P(p(Y) >= T) where Phi^-1(PD) is `threshold`.
    pub(super) fn exceedance(&self, threshold: f64) -> f64 {
        let (own, common) = ((1.0 - self.asset_correlation).sqrt(), self.asset_correlation.sqrt());
        self.points.iter().map(|(point, share)| share * normal_cdf((threshold - own * point) / common)).sum()
    }
}
