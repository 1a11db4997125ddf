//! The criterion by which models are compared.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::fits::Fitted;
use crate::config::{SelectionSection, Stepwise};

/// What a coefficient must bring in deviance (-2 log likelihood) to enter and to stay. With AIC that is 2, with BIC
/// ln n, with p values the quantile of chi-square with one degree of freedom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Criterion {
    stepwise: Stepwise,
    pub enter: f64,
    pub stay: f64,
    levels: (f64, f64),
}

impl Criterion {
    pub fn new(section: &SelectionSection, cases: usize) -> Self {
        let levels = section.levels();
        // Deviance at which a likelihood-ratio test with one degree of freedom has this p value.
        let quantile = |p: f64| ChiSquared::new(1.0).map_or(f64::INFINITY, |chi| chi.inverse_cdf(1.0 - p));
        let (enter, stay) = match section.stepwise {
            Stepwise::None => (0.0, 0.0),
            Stepwise::Aic => (2.0, 2.0),
            Stepwise::Bic => ((cases as f64).ln(), (cases as f64).ln()),
            Stepwise::PValue => (quantile(levels.0), quantile(levels.1)),
        };
        Criterion { stepwise: section.stepwise, enter, stay, levels }
    }

    /// What the figures of models are called.
    pub fn name(&self) -> &'static str {
        match self.stepwise {
            Stepwise::Aic => "AIC",
            Stepwise::Bic => "BIC",
            Stepwise::None | Stepwise::PValue => "deviance",
        }
    }

    /// The figure of a model, lower is better: deviance, with AIC and BIC the penalty on each coefficient and the
    /// intercept.
    pub fn of(&self, model: &Fitted) -> f64 {
        self.value(model.fit.log_likelihood, model.columns.len())
    }

    fn value(&self, log_likelihood: f64, features: usize) -> f64 {
        let penalty = match self.stepwise {
            Stepwise::Aic | Stepwise::Bic => self.enter,
            Stepwise::None | Stepwise::PValue => 0.0,
        };
        -2.0 * log_likelihood + penalty * (features as f64 + 1.0)
    }

    /// The figure of a model to which one coefficient more would bring `statistic` of deviance (taken away: -`statistic`).
    pub fn about(&self, model: &Fitted, statistic: f64) -> f64 {
        let features = if statistic >= 0.0 { model.columns.len() + 1 } else { model.columns.len().saturating_sub(1) };
        self.value(model.fit.log_likelihood + statistic / 2.0, features)
    }

    /// Whether a model with further features is better than one without.
    pub fn improves(&self, from: &Fitted, to: &Fitted) -> bool {
        let more = to.columns.len() as f64 - from.columns.len() as f64;
        2.0 * (to.fit.log_likelihood - from.fit.log_likelihood) > self.enter * more
    }

    /// Whether a model is better without a feature whose absence costs so much deviance.
    pub fn leaves(&self, loss: f64) -> bool {
        loss < self.stay
    }

    /// What a coefficient more that brings `statistic` of deviance would do.
    pub fn in_words(&self, statistic: f64) -> String {
        match self.stepwise {
            Stepwise::PValue => {
                format!("likelihood-ratio p value about {:.3}, to enter {}", p_value(statistic), self.levels.0)
            }
            _ => format!("{} would change by about {:+.2}", self.name(), self.enter - statistic),
        }
    }

    /// What it does to take out a coefficient that brings `loss` of deviance.
    pub fn in_words_without(&self, loss: f64) -> String {
        match self.stepwise {
            Stepwise::PValue => format!("likelihood-ratio p value {:.3}, to stay {}", p_value(loss), self.levels.1),
            _ => format!("{} changes by {:+.2} without it", self.name(), loss - self.stay),
        }
    }
}

/// Of the likelihood-ratio test with one degree of freedom, `deviance` being the difference.
pub(super) fn p_value(deviance: f64) -> f64 {
    ChiSquared::new(1.0).map_or(1.0, |chi| chi.sf(deviance.max(0.0)))
}
