//! What customers ask for, how good they are, and whom the policy accepts.

use super::World;
use super::draws::{Generator, between, choose, correlated, happens, normal, normal_cdf};
use super::rows::{Cents, Date};
use super::traits::Customer;

/// Weights of the declared traits (age, income, tenure, debt) in the policy score.
pub const WEIGHTS: [f64; 4] = [0.30, 0.40, 0.25, -0.60];
/// What a thin file costs in the policy score.
pub const THIN_FILE: f64 = -0.25;

/// An application with its truth.
#[derive(Debug, Clone)]
pub struct Application {
    /// The id: ten times the customer's, plus 1 or 2.
    pub id: i64,
    /// The month, from 0.
    pub month: i32,
    /// The day.
    pub applied_on: i32,
    /// loan or card.
    pub is_card: bool,
    /// branch, online or partner.
    pub channel: &'static str,
    /// The loan's amount or the card's limit, in tens.
    pub amount: Cents,
    /// The loan's term.
    pub term_months: i32,
    /// True income times 1 + |0.08 e|.
    pub declared_income: Cents,
    /// Monthly obligations that the customer states.
    pub declared_obligations: Cents,
    /// accepted, rejected or withdrawn.
    pub decision: &'static str,
    /// The policy's score, noise included.
    pub policy_score: f64,
    /// Probability that the policy accepts, given the traits that it sees.
    pub acceptance_probability: f64,
    /// True log odds, good : bad.
    pub log_odds: f64,
}

impl Application {
    /// Draws an application of the month `month`.
    pub fn draw(world: &World, customer: &Customer, number: i64, month: i32, generator: &mut Generator) -> Self {
        let parameters = &world.parameters;
        let [age, _, tenure, _, debt, _] = customer.latent;
        let is_card = happens(generator, parameters.accounts.cards);
        let channel = ["branch", "online", "partner"][choose(generator, &[0.3, 0.5, 0.2])];
        let incomes = if is_card { 2.5 } else { 4.0 } * (0.6 * normal(generator)).exp();
        let amount = Cents(((customer.income.units() * incomes / 10.0).round().clamp(10.0, 10_000.0) * 1000.0) as i64);
        let term = [12, 18, 24, 36][choose(generator, &[0.25, 0.25, 0.3, 0.2])];
        let term_months = if parameters.steady { parameters.months as i32 + 12 } else { term };
        let declared_income = customer.income.share(1.0 + (0.08 * normal(generator)).abs());
        let stated_debt = correlated(generator, debt, 0.9);
        let share = (0.30 + 0.12 * stated_debt).clamp(0.0, 0.95);

        let risk = &parameters.risk;
        let burden = (amount.units() / (3.0 * customer.income.units())).ln().clamp(-2.0, 2.0);
        let log_odds = risk.intercept
            + risk.safety * customer.safety
            + if customer.thin_file { risk.thin_file } else { 0.0 }
            + if customer.employment == "unemployed" { risk.unemployed } else { 0.0 }
            + match channel {
                "online" => risk.online,
                "partner" => risk.partner,
                _ => 0.0,
            }
            + risk.burden * burden
            + risk.frailty * customer.frailty;

        let seen = [age, (declared_income.units().ln() - 7.3) / 0.5, tenure, stated_debt];
        let norm = WEIGHTS.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        let mean = WEIGHTS.iter().zip(seen).map(|(weight, value)| weight * value).sum::<f64>() / norm
            + if customer.thin_file { THIN_FILE } else { 0.0 };
        let policy = &parameters.policy;
        let policy_score = mean + policy.noise * normal(generator);
        let (at_random, withdrawn) = (happens(generator, policy.random_accept), happens(generator, policy.withdrawn));
        let by_score = normal_cdf((mean - policy.threshold) / policy.noise);
        let accepted = policy_score >= policy.threshold || at_random;
        let (decision, acceptance_probability) = match () {
            () if parameters.steady => ("accepted", 1.0),
            () if !accepted => ("rejected", by_score + (1.0 - by_score) * policy.random_accept),
            () if withdrawn => ("withdrawn", by_score + (1.0 - by_score) * policy.random_accept),
            () => ("accepted", by_score + (1.0 - by_score) * policy.random_accept),
        };
        Application {
            id: customer.id * 10 + number,
            month,
            // Late enough to open an account within the month.
            applied_on: world.calendar.first(month) + between(generator, 0, 22),
            is_card,
            channel,
            amount,
            term_months,
            declared_income,
            declared_obligations: customer.income.share(share),
            decision,
            policy_score,
            acceptance_probability,
            log_odds,
        }
    }

    /// The product's name.
    pub fn product(&self) -> &'static str {
        if self.is_card { "card" } else { "loan" }
    }

    /// The day of the application.
    pub fn day(&self) -> Date {
        Date(self.applied_on)
    }
}
