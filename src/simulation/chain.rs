//! Transitions between delinquency states, and the true probability of default that follows from them.
//!
//! The state is the number of instalments missed, 0 to 6; 7 is written off. In month m, at age a
//! months on book, with l = log odds + v(m) + s(a), v the economy and
//! s(a) = -season (a / season_months) exp(1 - a / season_months):
//!
//! - state 0: the account closes early with probability `close`; else misses its instalment with
//!   probability 1 / (1 + exp(-(miss - l)));
//! - state b = 1 to 6, channel c drawn at random: utilities cure_b + slope l + effect_c of paying all
//!   that is due, stay_b + slope l of paying one instalment, 0 of paying none; their multinomial logit.
//!
//! A member of a ring, from the month when the ring stops: misses with probability 0.97; of 1 to 6,
//! pays all with probability 0.01 and one with 0.01, whatever the channel.

use super::World;
use super::collection::Channel;
use super::draws::logistic;

/// Instalments missed at default: 90 days past due.
pub const DEFAULT: usize = 4;
/// Instalments missed at write-off.
pub const WRITTEN_OFF: usize = 7;
/// Months of the outcome.
pub const OUTCOME_MONTHS: i32 = 12;

/// What decides the transitions of an account.
#[derive(Debug, Clone, Copy)]
pub struct Driver {
    /// True log odds.
    pub log_odds: f64,
    /// Month of opening.
    pub opened: i32,
    /// Month from which a ring's member stops paying.
    pub stops: Option<i32>,
}

impl Driver {
    fn has_stopped(&self, month: i32) -> bool {
        self.stops.is_some_and(|stops| month >= stops)
    }

    /// The log odds of a month: economy and seasoning included.
    pub fn log_odds_in(&self, world: &World, month: i32) -> f64 {
        let accounts = &world.parameters.accounts;
        let age = f64::from(month - self.opened) / accounts.season_months;
        let economy = world.economy.get(month.max(0) as usize).copied().unwrap_or(0.0);
        self.log_odds + economy - accounts.season * age * (1.0 - age).exp()
    }

    /// Probability of closing early while current.
    pub fn close(&self, world: &World, month: i32) -> f64 {
        if world.parameters.steady || self.has_stopped(month) { 0.0 } else { world.parameters.accounts.close }
    }

    /// Probability of missing an instalment while current and not closing; `log_odds` of the month.
    pub fn miss(&self, world: &World, month: i32, log_odds: f64) -> f64 {
        if self.has_stopped(month) { 0.97 } else { logistic(world.parameters.accounts.miss - log_odds) }
    }

    /// Probabilities of paying all and of paying one instalment, `missed` being 1 to 6.
    pub fn cure_and_stay(
        &self,
        world: &World,
        month: i32,
        log_odds: f64,
        missed: usize,
        channel: Channel,
    ) -> (f64, f64) {
        if self.has_stopped(month) {
            return (0.01, 0.01);
        }
        let accounts = &world.parameters.accounts;
        let position = missed.clamp(1, 6) - 1;
        let effect = channel.effect(&world.parameters.collection);
        let cure = accounts.cure[position] + accounts.slope * log_odds + effect;
        let stay = accounts.stay[position] + accounts.slope * log_odds;
        // Less the greatest utility, so that no exponential overflows.
        let greatest = cure.max(stay).max(0.0);
        let [cure, stay, none] = [cure, stay, 0.0].map(|utility| (utility - greatest).exp());
        let all = cure + stay + none;
        (cure / all, stay / all)
    }

    /// Probability of reaching 90 days past due within twelve months of opening: the chain's
    /// distribution, channels averaged, month by month.
    pub fn true_pd(&self, world: &World) -> f64 {
        let mut states = [0.0; DEFAULT];
        states[0] = 1.0;
        let mut defaulted = 0.0;
        for month in self.opened + 1..=self.opened + OUTCOME_MONTHS {
            let log_odds = self.log_odds_in(world, month);
            let open = states[0] * (1.0 - self.close(world, month));
            let miss = self.miss(world, month, log_odds);
            let mut next = [open * (1.0 - miss), open * miss, 0.0, 0.0];
            for missed in 1..DEFAULT {
                for channel in Channel::ALL {
                    let weight = states[missed] * channel.probability(missed);
                    let (cure, stay) = self.cure_and_stay(world, month, log_odds, missed, channel);
                    let roll = weight * (1.0 - cure - stay);
                    next[0] += weight * cure;
                    next[missed] += weight * stay;
                    match next.get_mut(missed + 1) {
                        Some(state) => *state += roll,
                        None => defaulted += roll,
                    }
                }
            }
            states = next;
        }
        defaulted
    }
}
