//! The life of an account, month by month: states by the chain, money to the cent.

use super::World;
use super::chain::{DEFAULT, Driver, OUTCOME_MONTHS, WRITTEN_OFF};
use super::collection::{Channel, LAST_CONTACT, contact};
use super::draws::{Generator, between, choose, happens, uniform};
use super::links::Place;
use super::policy::Application;
use super::rows::{AccountRow, Cents, Date, PaymentRow, PerformanceRow, Rows, TreatmentRow};
use super::traits::Customer;

/// Status by instalments missed.
const STATUS: [&str; WRITTEN_OFF + 1] =
    ["current", "1-29", "30-59", "60-89", "90-119", "120-149", "150-179", "written_off"];
/// Least instalment of a card.
const LEAST: Cents = Cents(1000);
/// A card's instalment, as a share of its balance.
const CARD_SHARE: f64 = 0.05;

/// What was done and paid in a month.
pub struct Month<'a> {
    /// The account.
    pub account_id: i64,
    /// The month, from 0.
    pub month: i32,
    /// Months on book.
    pub age: i32,
    /// The channel drawn.
    pub channel: Channel,
    /// What was due, arrears included.
    pub due: Cents,
    /// What was paid.
    pub paid: Cents,
    /// Day of the (last) payment.
    pub paid_on: i32,
    /// Whether all that was due was paid.
    pub paid_all: bool,
    world: &'a World,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Close,
    PayAll,
    PayOne,
    Miss,
}

/// What became of an account.
pub struct Life {
    /// Whether it reached 90 days past due within twelve months of opening, seen in the data or not.
    pub defaulted_12m: bool,
}

/// Lives an account from its opening to the end of the data, and at least through its twelve months.
/// Rows go to `rows`; without it the life is what a rejected applicant would have had.
pub fn live(
    world: &World,
    customer: &Customer,
    application: &Application,
    place: &Place,
    generator: &mut Generator,
    mut rows: Option<&mut Rows>,
) -> Life {
    let (calendar, parameters) = (&world.calendar, &world.parameters);
    let months = parameters.months as i32;
    let opened = application.month;
    let opened_on = application.applied_on + between(generator, 1, 5);
    let driver = Driver { log_odds: application.log_odds, opened, stops: place.ring.map(|ring| ring.stops) };
    // Between the 5th and the 25th, days past due stay within the bucket of the instalments missed.
    let due_day = between(generator, 5, 25);
    let is_card = application.is_card;
    let annual_rate: f64 = if is_card { 0.26 } else { [0.14, 0.18, 0.22][choose(generator, &[0.4, 0.4, 0.2])] };
    let rate = annual_rate / 12.0;
    let limit = application.amount;
    let annuity = limit.share(rate / (1.0 - (1.0 + rate).powi(-application.term_months)));
    // Cards: share of the limit spent a month, and whether the balance is mostly paid in full.
    let spending = 0.04 + 0.12 * uniform(generator);
    let pays_in_full = happens(generator, if customer.latent[3] > 0.0 { 0.6 } else { 0.2 });

    let mut balance = if is_card { limit.share(spending) } else { limit };
    let mut arrears = Cents(0);
    let mut missed = 0;
    let mut closed_on = None;
    let mut defaulted_12m = false;
    let row = |rows: &mut Rows, month: i32, balance, due, paid, days_past_due, status| {
        rows.performance.push(PerformanceRow {
            account_id: application.id,
            month_end: Date(calendar.last(month)),
            balance,
            due,
            paid,
            days_past_due,
            credit_limit: is_card.then_some(limit),
            status,
        });
    };
    if let Some(rows) = rows.as_deref_mut() {
        row(rows, opened, balance, Cents(0), Cents(0), 0, STATUS[0]);
    }
    let end = months.max(opened + OUTCOME_MONTHS + 1);
    for month in opened + 1..end {
        let age = month - opened;
        let log_odds = driver.log_odds_in(world, month);
        let channel = if missed == 0 { Channel::None } else { Channel::draw(missed, generator) };
        let chance = driver.cure_and_stay(world, month, log_odds, missed, channel);
        let action = if missed == 0 {
            match () {
                () if happens(generator, driver.close(world, month)) => Action::Close,
                () if happens(generator, driver.miss(world, month, log_odds)) => Action::Miss,
                () => Action::PayAll,
            }
        } else {
            [Action::PayAll, Action::PayOne, Action::Miss][choose(generator, &[chance.0, chance.1, 1.0])]
        };

        balance.0 += balance.share(rate).0;
        if is_card && missed < 2 && balance < limit {
            let spent = limit.share(spending * (0.5 + uniform(generator)));
            balance.0 += spent.0.min(limit.0 - balance.0);
        }
        let regular = if is_card { balance.share(CARD_SHARE).max(LEAST) } else { annuity };
        let ends = !is_card && age >= application.term_months;
        let due = if ends { balance } else { Cents(arrears.0 + regular.0).min(balance) };
        let paid = match action {
            Action::Close => balance,
            Action::PayAll if is_card && missed == 0 && pays_in_full => balance.share(0.95).max(due),
            Action::PayAll => due,
            // Never all that is due before the term, so that the state follows the chain.
            Action::PayOne if ends => regular.min(due),
            Action::PayOne => regular.min(Cents(due.0 / 2)),
            Action::Miss if happens(generator, parameters.accounts.partial) => {
                regular.min(due).share(0.2 + 0.4 * uniform(generator))
            }
            Action::Miss => Cents(0),
        };
        let treated = missed;
        let paid_all = matches!(action, Action::Close | Action::PayAll) || (action == Action::PayOne && paid >= due);
        missed = match action {
            Action::Miss => missed + 1,
            _ if paid_all => 0,
            _ => missed,
        };
        balance.0 -= paid.0;
        arrears = if missed == 0 { Cents(0) } else { Cents(due.0 - paid.0) };
        defaulted_12m |= missed >= DEFAULT && age <= OUTCOME_MONTHS;
        let days_past_due = match missed {
            0 => 0,
            missed => calendar.last(month) - (calendar.first(month + 1 - missed as i32) + due_day - 1),
        };
        let is_closed = missed == 0 && (action == Action::Close || (!is_card && balance.0 == 0));
        let first = calendar.first(month);
        let paid_on = match treated {
            0 if missed == 0 => first + due_day - 1 - between(generator, 0, 3),
            _ => first + between(generator, LAST_CONTACT + 2, 27),
        };
        if is_closed || missed == WRITTEN_OFF {
            closed_on = Some(if is_closed { paid_on } else { calendar.last(month) });
        }
        if let Some(rows) = rows.as_deref_mut().filter(|_| month < months) {
            let status = if is_closed { "closed" } else { STATUS[missed.min(WRITTEN_OFF)] };
            row(rows, month, balance, due, paid, days_past_due, status);
            let month = Month { account_id: application.id, month, age, channel, due, paid, paid_on, paid_all, world };
            month.payments(generator, rows);
            if treated > 0 {
                contact(world, &month, place, generator, &mut rows.contacts);
                let untreated = driver.cure_and_stay(world, month.month, log_odds, treated, Channel::None).0;
                rows.treatments.push(TreatmentRow {
                    account_id: application.id,
                    month_end: Date(calendar.last(month.month)),
                    instalments_missed: treated as i32,
                    channel: channel.name(),
                    cure_probability: chance.0,
                    cure_probability_untreated: untreated,
                    cured: action == Action::PayAll,
                });
            }
        }
        if closed_on.is_some() {
            break;
        }
    }
    if let Some(rows) = rows {
        let last = calendar.last(months - 1);
        rows.accounts.push(AccountRow {
            account_id: application.id,
            customer_id: customer.id,
            application_id: application.id,
            opened_on: Date(opened_on),
            closed_on: closed_on.filter(|day| *day <= last).map(Date),
            product: application.product(),
            principal: (!is_card).then_some(limit),
            credit_limit: is_card.then_some(limit),
            term_months: (!is_card).then_some(application.term_months),
            annual_rate,
            due_day,
        });
    }
    Life { defaulted_12m }
}

impl Month<'_> {
    /// The payments of the month, one or two, that sum up to what was paid.
    fn payments(&self, generator: &mut Generator, rows: &mut Rows) {
        let in_two = happens(generator, 0.08) && self.paid.0 >= 200;
        let early = if in_two { self.paid.share(0.5) } else { Cents(0) };
        let first = self.world.calendar.first(self.month);
        let parts = [(early, first.max(self.paid_on - 3)), (Cents(self.paid.0 - early.0), self.paid_on)];
        for (number, (amount, day)) in parts.into_iter().enumerate().filter(|(_, (amount, _))| amount.0 > 0) {
            rows.payments.push(PaymentRow {
                payment_id: self.account_id * 1000 + i64::from(self.age) * 2 + number as i64,
                account_id: self.account_id,
                paid_on: Date(day),
                amount,
            });
        }
    }
}
