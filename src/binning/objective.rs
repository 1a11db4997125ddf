//! What a partition maximises. Each objective is a sum over bins.

use super::cell::Cell;
use super::table::woe_and_iv;
use crate::config::Objective;

/// An objective over a sample.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Which.
    pub objective: Objective,
    /// The whole sample.
    pub all: Cell,
}

impl Measure {
    /// Weight of evidence of a bin; 0.5 is added to both cells where one is empty, as in the table.
    pub fn woe(&self, bin: &Cell) -> f64 {
        self.woe_and_iv(bin).0
    }

    fn woe_and_iv(&self, bin: &Cell) -> (f64, f64) {
        let add = if bin.goods <= 0.0 || bin.bads <= 0.0 { 0.5 } else { 0.0 };
        woe_and_iv(bin.goods + add, bin.bads + add, self.all.goods, self.all.bads)
    }

    /// Weight of evidence of a bin, and what the bin adds to the objective:
    ///
    /// - information value: (g/G - b/B) * WOE;
    /// - Jensen-Shannon divergence, in nats: 1/2 (p ln(p/m) + q ln(q/m)), p = g/G, q = b/B, m = (p + q)/2 (Lin 1991);
    /// - chi-square of bins against outcome: (g - w G/N)^2 / (w G/N * B/N), N = G + B, w = g + b (Pearson);
    /// - likelihood: g ln(g/w) + b ln(b/w) - ln(number of cases)/2, so that the sum is that of Schwarz's
    ///   criterion (1978) up to a constant and a factor.
    pub fn figures(&self, bin: &Cell) -> (f64, f64) {
        let (woe, information_value) = self.woe_and_iv(bin);
        let Cell { goods: all_goods, bads: all_bads, cases, .. } = self.all;
        let weight = bin.weight();
        // x ln(x / y), which is 0 at x = 0.
        let entropy = |x: f64, y: f64| if x > 0.0 { x * (x / y).ln() } else { 0.0 };
        let value = match self.objective {
            Objective::InformationValue => information_value,
            Objective::JensenShannon => {
                let (p, q) = (bin.goods / all_goods, bin.bads / all_bads);
                (entropy(p, (p + q) / 2.0) + entropy(q, (p + q) / 2.0)) / 2.0
            }
            Objective::ChiSquare => {
                let (good_rate, bad_rate) = (all_goods / (all_goods + all_bads), all_bads / (all_goods + all_bads));
                let over = bin.goods - weight * good_rate;
                if weight > 0.0 { over * over / (weight * good_rate * bad_rate) } else { 0.0 }
            }
            Objective::Likelihood => entropy(bin.goods, weight) + entropy(bin.bads, weight) - cases.max(1.0).ln() / 2.0,
        };
        (woe, value)
    }
}
