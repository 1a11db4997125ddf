//! Cases drawn at other rates than the population has: its bad rate put in place of the sample's.

use crate::cases::{Cases, Outcomes};
use crate::config::{CardSpec, PriorBy};
use crate::evidence::PriorEvidence;

/// What puts the population's bad rate in place of the sample's; `None` where the card states none.
pub fn prior(spec: &CardSpec, cases: &Cases, development: &[u32]) -> Option<PriorEvidence> {
    let population_bad_rate = spec.sample.population_bad_rate?;
    let sum = |weights: &[f64]| development.iter().map(|row| weights[*row as usize]).sum::<f64>();
    let (goods, bads) = (sum(&cases.outcomes.goods), sum(&cases.outcomes.bads));
    let odds = (1.0 - population_bad_rate) / population_bad_rate;
    Some(PriorEvidence {
        by: spec.sample.prior.unwrap_or_default(),
        population_bad_rate,
        sample_bad_rate: bads / (goods + bads),
        intercept_shift: odds.ln() - (goods / bads).ln(),
    })
}

impl PriorEvidence {
    /// Weighs goods and bads so that development has the population's bad rate and its weight as before: a good by
    /// (1 - population) / (1 - sample), a bad by population / sample.
    pub fn weigh(&self, outcomes: &mut Outcomes) {
        let good = (1.0 - self.population_bad_rate) / (1.0 - self.sample_bad_rate);
        let bad = self.population_bad_rate / self.sample_bad_rate;
        let pairs = outcomes.goods.iter_mut().zip(&mut outcomes.bads);
        for ((goods, bads), weight) in pairs.zip(&mut outcomes.weights) {
            let before = *goods + *bads;
            *goods *= good;
            *bads *= bad;
            if before > 0.0 {
                *weight *= (*goods + *bads) / before;
            }
        }
        outcomes.plain = false;
    }

    /// In words, for the report's warnings.
    pub fn in_words(&self) -> String {
        let how = match self.by {
            PriorBy::Intercept => {
                format!("the fit is that of the cases as drawn, its intercept moved by {:+.4}", self.intercept_shift)
            }
            PriorBy::Weights => "goods and bads were weighted to it before the fit".to_owned(),
        };
        format!(
            "the cases were drawn with a bad rate of {:.2}%, the card states {:.2}% for the population: {how}; every rate and PD here is the population's",
            self.sample_bad_rate * 100.0,
            self.population_bad_rate * 100.0
        )
    }
}
