//! A lender with a known truth, for tests and for scale: the tables of a loan history, and beside them
//! what nobody can see in real data: every applicant's true probability of default, what rejected
//! applicants would have done, and what contacts changed.
//!
//! In short (docs/simulation.md has all formulas):
//!
//! - latent traits z ~ N(0, R), [`traits::CORRELATIONS`]; safety index x = w'z / sqrt(w'Rw);
//! - log odds (good : bad) = intercept + safety x + flags + burden ln(amount / 3 incomes) + frailty e;
//! - the policy sees declared traits and adds noise; it sees neither prudence nor frailty, so given
//!   what it sees, acceptance says nothing about the outcome;
//! - accounts move between delinquency states as [`chain`] says; the true probability of default is the
//!   chain's own, computed and not simulated;
//! - sources, links, collection: see [`sources`], [`links`], [`collection`].
//!
//! Each customer has random streams of its own, by number and use: the same parameters give the same
//! bytes at any number of threads, and a switch changes only what it speaks of.

pub mod account;
pub mod calendar;
pub mod chain;
pub mod collection;
pub mod draws;
pub mod economy;
pub mod links;
pub mod parameters;
pub mod policy;
mod project;
pub mod rows;
pub mod sources;
pub mod traits;
mod truth;
mod writer;

pub use parameters::Parameters;
pub use truth::Summary;

use rayon::prelude::*;

use crate::error::Result;
use crate::progress::Progress;
use crate::random;
use crate::staging::StagedDirectory;
use account::live;
use calendar::Calendar;
use chain::Driver;
use draws::{between, happens};
use links::{NEIGHBOURHOOD, Place};
use policy::Application;
use rows::{ApplicationRow, CustomerRow, Date, Rows, TrueApplicationRow, TrueCustomerRow};
use sources::{BROKEN_MONTHS, BrokenFeed, Subject, device};
use traits::Customer;

/// Neighbourhoods that are written together: one row group a table.
const TOGETHER: u64 = 10;

/// A file that marks a directory as one that this program wrote.
pub const MARK: &str = "truth/truth.json";

/// Parameters that are checked, and what follows from them alone.
#[derive(Debug, Clone)]
pub struct World {
    /// The parameters.
    pub parameters: Parameters,
    /// The months.
    pub calendar: Calendar,
    /// The shared shock, one a month; see [`economy::series`].
    pub economy: Vec<f64>,
    /// The feeds that break.
    pub broken: Vec<BrokenFeed>,
    /// Cholesky factor of the traits' correlations.
    lower: [[f64; traits::COUNT]; traits::COUNT],
}

impl World {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`].
    pub fn new(parameters: Parameters) -> Result<Self> {
        parameters.check(None)?;
        let calendar = Calendar::new(&parameters.start, parameters.months)?;
        let feeds = parameters.broken_feeds.iter();
        let broken = feeds.map(|feed| BrokenFeed::parse(feed, &calendar, parameters.months)).collect::<Result<_>>()?;
        Ok(World {
            economy: economy::series(&parameters),
            lower: traits::cholesky(&traits::CORRELATIONS),
            calendar,
            broken,
            parameters,
        })
    }

    /// Whether a source, a position in [`sources::STUCK`], is broken on a day.
    pub fn is_broken(&self, source: usize, day: i32) -> bool {
        let month = self.calendar.month(day);
        self.broken.iter().any(|feed| feed.source == source && (feed.from..feed.from + BROKEN_MONTHS).contains(&month))
    }

    /// Simulates one neighbourhood of customers.
    pub fn neighbourhood(&self, number: u64) -> Rows {
        let first = number * NEIGHBOURHOOD;
        let count = NEIGHBOURHOOD.min(self.parameters.customers.saturating_sub(first));
        let mut rows = Rows::default();
        let places = links::places(&self.parameters, number, first as i64 + 1, count as usize);
        for (id, place) in (first + 1..).zip(&places) {
            self.customer(id, place, &mut rows);
        }
        rows
    }

    fn customer(&self, id: u64, place: &Place, rows: &mut Rows) {
        let parameters = &self.parameters;
        let last = parameters.months as i32 - 1;
        let generator = |name: &str| random::generator(parameters.seed, name, id);
        let mut asks = generator("simulation applications");
        let at_random = between(&mut asks, 0, last);
        let month = match place.ring {
            _ if parameters.steady => 0,
            // The members of a ring apply within two months.
            Some(ring) => (ring.month + at_random % 2).min(last),
            None => at_random,
        };
        let drift = parameters.drift * f64::from(month) / f64::from(last.max(1));
        let customer = Customer::draw(id as i64, &self.lower, drift, &mut generator("simulation traits"));
        let mut applications = vec![Application::draw(self, &customer, 1, month, &mut asks)];
        let (again, later) = (happens(&mut asks, parameters.policy.repeat), between(&mut asks, 3, 12));
        if again && !parameters.steady && month + later <= last {
            applications.push(Application::draw(self, &customer, 2, month + later, &mut asks));
        }

        let first = &applications[0];
        rows.customers.push(CustomerRow {
            customer_id: customer.id,
            birth_date: Date(first.applied_on - (customer.age * 365.25) as i32),
            sex: customer.sex,
            region: customer.region,
        });
        let ring_id = place.ring.map(|ring| ring.id);
        let [age, income, tenure, prudence, debt, history] = customer.latent;
        rows.true_customers.push(TrueCustomerRow {
            customer_id: customer.id,
            age,
            income,
            tenure,
            prudence,
            debt,
            history,
            safety: customer.safety,
            frailty: customer.frailty,
            thin_file: customer.thin_file,
            true_income: customer.income,
            ring_id,
            family_id: place.family,
        });
        links::links(
            parameters,
            &customer,
            place,
            first.day(),
            &mut generator("simulation employers"),
            &mut rows.links,
        );
        let has_account = applications.iter().any(|application| application.decision == "accepted");
        let subject = Subject { world: self, customer: &customer, application: first, has_account };
        let mut tells = generator("simulation sources");
        subject.tell(&mut tells, rows);
        let mut lives = generator("simulation accounts");
        for application in &applications {
            device(self, &customer, application, ring_id.is_some(), &mut tells, rows);
            self.application(&customer, application, place, &mut lives, rows);
        }
    }

    fn application(
        &self,
        customer: &Customer,
        application: &Application,
        place: &Place,
        generator: &mut draws::Generator,
        rows: &mut Rows,
    ) {
        rows.applications.push(ApplicationRow {
            application_id: application.id,
            customer_id: customer.id,
            applied_on: application.day(),
            product: application.product(),
            channel: application.channel,
            amount: application.amount,
            term_months: (!application.is_card).then_some(application.term_months),
            declared_income: application.declared_income,
            declared_obligations: application.declared_obligations,
            employment: customer.employment,
            months_employed: customer.tenure,
            decision: application.decision,
        });
        let shown = if application.decision == "accepted" { Some(&mut *rows) } else { None };
        let life = live(self, customer, application, place, generator, shown);
        let driver = Driver {
            log_odds: application.log_odds,
            opened: application.month,
            stops: place.ring.map(|ring| ring.stops),
        };
        rows.true_applications.push(TrueApplicationRow {
            application_id: application.id,
            customer_id: customer.id,
            applied_on: application.day(),
            decision: application.decision,
            policy_score: application.policy_score,
            acceptance_probability: application.acceptance_probability,
            log_odds: application.log_odds,
            true_pd_12m: driver.true_pd(self),
            defaulted_12m: life.defaulted_12m,
            ring_id: place.ring.map(|ring| ring.id),
        });
    }
}

/// Simulates a lender and writes its project into a directory under construction.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for an impossible parameter,
/// [`crate::error::ErrorKind::Output`], [`crate::error::ErrorKind::Interrupted`].
pub fn simulate(parameters: Parameters, directory: &StagedDirectory, progress: &dyn Progress) -> Result<Summary> {
    let world = World::new(parameters)?;
    let neighbourhoods = world.parameters.customers.div_ceil(NEIGHBOURHOOD);
    let parts: Vec<(u64, u64)> = (0..neighbourhoods)
        .step_by(TOGETHER as usize)
        .map(|begin| (begin, (begin + TOGETHER).min(neighbourhoods)))
        .collect();
    let make = |(begin, end): (u64, u64)| {
        let blocks: Vec<Rows> = (begin..end).into_par_iter().map(|number| world.neighbourhood(number)).collect();
        let mut rows = Rows::default();
        blocks.into_iter().for_each(|block| rows.append(block));
        rows
    };
    let mut writer = writer::Writer::new(directory)?;
    let mut summary = Summary::default();
    progress.begin("simulating the lender", parts.len());
    let mut made = parts.first().map(|part| make(*part));
    for position in 0..parts.len() {
        progress.check()?;
        let Some(rows) = made.take() else { break };
        summary.count(&world, &rows);
        // One part is written while the next one is made.
        let (next, written) =
            rayon::join(|| parts.get(position + 1).map(|part| make(*part)), || writer.write(rows, directory));
        written?;
        made = next;
        progress.advance();
    }
    summary.rows = Rows::FILES.iter().map(|name| (*name).to_owned()).zip(writer.written.iter().copied()).collect();
    writer.finish(directory)?;
    directory.write(MARK, &truth::document(&world, &summary)?)?;
    project::write(&world, &summary, directory)?;
    Ok(summary)
}
