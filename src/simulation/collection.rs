//! Contacts with delinquent accounts: each month a channel drawn at random, with a known effect.

use super::World;
use super::account::Month;
use super::draws::{Generator, between, choose, happens};
use super::links::{Place, phone};
use super::parameters::Collection;
use super::rows::{Cents, ContactRow, ContactRows, Date};

/// What is done about a delinquent account in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Nothing: the control group.
    None,
    /// A message.
    Sms,
    /// A call.
    Call,
    /// A visit.
    Visit,
}

impl Channel {
    /// All channels, the control group first.
    pub const ALL: [Channel; 4] = [Channel::None, Channel::Sms, Channel::Call, Channel::Visit];

    /// The probabilities of [`Channel::ALL`] by instalments missed: 1; 2 and 3; 4 and more.
    pub const PROBABILITIES: [[f64; 4]; 3] = [[0.5, 0.3, 0.2, 0.0], [0.3, 0.3, 0.4, 0.0], [0.3, 0.1, 0.3, 0.3]];

    fn probabilities(missed: usize) -> &'static [f64; 4] {
        match missed {
            0 | 1 => &Self::PROBABILITIES[0],
            2 | 3 => &Self::PROBABILITIES[1],
            _ => &Self::PROBABILITIES[2],
        }
    }

    /// Probability of this channel.
    pub fn probability(self, missed: usize) -> f64 {
        Self::probabilities(missed)[self as usize]
    }

    /// Draws a channel.
    pub fn draw(missed: usize, generator: &mut Generator) -> Self {
        Self::ALL[choose(generator, Self::probabilities(missed))]
    }

    /// Its effect on the utility of paying all that is due.
    pub fn effect(self, collection: &Collection) -> f64 {
        match self {
            Channel::None => 0.0,
            Channel::Sms => collection.sms,
            Channel::Call => collection.call,
            Channel::Visit => collection.visit,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Channel::None => "none",
            Channel::Sms => "sms",
            Channel::Call => "call",
            Channel::Visit => "visit",
        }
    }
}

/// Last day of a month's contacts, counted from its first; delinquent accounts pay later.
pub const LAST_CONTACT: i32 = 8;

/// Writes the contact of a month and, of a promise, what came of it. An answer and a promise say
/// something about the payment that follows, without changing it: the channel alone has an effect.
pub fn contact(world: &World, month: &Month<'_>, place: &Place, generator: &mut Generator, rows: &mut ContactRows) {
    let first = world.calendar.first(month.month);
    let day = first + between(generator, 1, LAST_CONTACT);
    let unreached = match month.channel {
        Channel::None => return,
        Channel::Sms => 0.6,
        Channel::Call => 0.35,
        Channel::Visit => 0.25,
    };
    let promises = match (month.channel, month.paid_all) {
        (Channel::Sms, _) => 0.0,
        (_, true) => 0.6,
        (_, false) => 0.25,
    };
    let outcome = match () {
        () if happens(generator, unreached) => "no_answer",
        () if happens(generator, promises) => "promise",
        () => "answered",
    };
    let promised = (outcome == "promise").then_some(month.due);
    // One call in ten goes to another number of the household.
    let tried = if happens(generator, 0.1) { place.address_of } else { place.phone_of };
    let mut push = |number: i64, day: i32, outcome, promised_amount: Option<Cents>| {
        rows.push(ContactRow {
            contact_id: month.account_id * 1000 + i64::from(month.age) * 2 + number,
            account_id: month.account_id,
            contacted_on: Date(day),
            channel: month.channel.name(),
            outcome,
            phone: (month.channel != Channel::Visit).then(|| phone(tried)),
            promised_amount,
        });
    };
    push(0, day, outcome, promised);
    if promised.is_some() {
        let (day, outcome) = if month.paid_all {
            (month.paid_on, "promise_kept")
        } else {
            (world.calendar.last(month.month), "promise_broken")
        };
        push(1, day, outcome, promised);
    }
}
