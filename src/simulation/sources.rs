//! Outside sources: what each knows of whom, from when on, and how it breaks.
//!
//! Each source has a latent quantity f = signal x + sqrt(1 - signal^2) e, x the safety index: a
//! standard normal whose correlation with x is the source's `signal`.

use super::World;
use super::draws::{Generator, between, choose, correlated, happens, logistic, normal, poisson};
use super::parameters::SourceParameters;
use super::policy::Application;
use super::rows::{
    BureauRow, Cents, CourtRow, Date, DeviceRow, EcommerceRow, ElectricityRow, RegistryRow, Rows, TaxRow, TelecomRow,
};
use super::traits::Customer;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// Months for which a broken feed stays broken.
pub const BROKEN_MONTHS: i32 = 3;

/// What a broken feed sends: one field stuck at a value, the others missing.
pub const STUCK: [(&str, &str, f64); 8] = [
    ("bureau", "score", 612.0),
    ("tax", "declared_income", 1000.0),
    ("electricity", "mean_bill", 50.0),
    ("telecom", "months_on_network", 12.0),
    ("ecommerce", "orders_6m", 0.0),
    ("registry", "company_age_months", 24.0),
    ("courts", "claim", 100.0),
    ("devices", "device_age_months", 0.0),
];

/// A source that breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokenFeed {
    /// The source, a position in [`STUCK`].
    pub source: usize,
    /// First month.
    pub from: i32,
}

impl BrokenFeed {
    /// Reads `bureau:2023-03`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for an unknown source, with the nearest name; for a text that is no
    /// month; for a month outside the data.
    pub fn parse(text: &str, calendar: &super::calendar::Calendar, months: u32) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Configuration, format!("broken feed {text:?}: {what}"));
        let Some((name, month)) = text.split_once(':') else {
            return Err(wrong("it names no month".to_owned()).help("write source and month as bureau:2023-03"));
        };
        let Some(source) = STUCK.iter().position(|(source, ..)| *source == name) else {
            let names = STUCK.map(|(source, ..)| source);
            return Err(
                wrong(format!("there is no source {name:?}")).help(suggest::did_you_mean(name, "sources", names))
            );
        };
        let from = calendar.position(month, &format!("broken feed {text:?}"))?;
        if !(0..months as i32).contains(&from) {
            let last = calendar.month_text(months as i32 - 1);
            return Err(wrong("its month lies outside the data".to_owned())
                .help(format!("the data cover {} to {last}", calendar.month_text(0))));
        }
        Ok(BrokenFeed { source, from })
    }
}

/// One row to be made: when, and whether the feed is broken then.
struct Moment {
    event: i32,
    event_date: Date,
    known_at: Date,
    broken: bool,
}

/// What is to be told about whom.
pub struct Subject<'a> {
    /// The world.
    pub world: &'a World,
    /// The customer.
    pub customer: &'a Customer,
    /// The first application.
    pub application: &'a Application,
    /// Whether the customer has an account, so that sources are asked again and again.
    pub has_account: bool,
}

impl Subject<'_> {
    /// The moments of a source: one before the application, mostly known by then; and where the customer
    /// has an account, one every `refresh_months`. What is known after the last day of the data is not
    /// in them.
    fn moments(&self, source: usize, parameters: &SourceParameters, generator: &mut Generator) -> Vec<Moment> {
        let lag = parameters.lag_days as i32;
        let end = self.world.calendar.last(self.world.parameters.months as i32 - 1);
        let mut event = self.application.applied_on - lag - between(generator, 1, 30);
        let mut moments = Vec::new();
        while event <= end {
            let known = event + lag + between(generator, 0, lag / 2);
            if known <= end {
                let broken = self.world.is_broken(source, event);
                moments.push(Moment { event, event_date: Date(event), known_at: Date(known), broken });
            }
            if parameters.refresh_months == 0 || !self.has_account {
                break;
            }
            event += parameters.refresh_months as i32 * 30 + between(generator, 0, 5);
        }
        moments
    }

    /// Writes the rows of all sources.
    pub fn tell(&self, generator: &mut Generator, rows: &mut Rows) {
        self.bureau(generator, rows);
        self.tax(generator, rows);
        self.electricity(generator, rows);
        self.telecom(generator, rows);
        self.ecommerce(generator, rows);
        self.registry(generator, rows);
        self.courts(generator, rows);
    }

    fn known(&self, parameters: &SourceParameters, applies: bool, generator: &mut Generator) -> Option<f64> {
        let covered = happens(generator, parameters.coverage);
        let latent = correlated(generator, self.customer.safety, parameters.signal);
        (covered && applies).then_some(latent)
    }

    fn bureau(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.bureau;
        let visible = !self.customer.thin_file || happens(generator, 1.0 / 6.0);
        let Some(latent) = self.known(parameters, visible, generator) else { return };
        let lines = poisson(generator, (0.8 + 0.4 * self.customer.latent[5]).exp());
        for Moment { event_date, known_at, broken, .. } in self.moments(0, parameters, generator) {
            let score = (600.0 + 80.0 * latent + 10.0 * normal(generator)).round().clamp(300.0, 900.0) as i32;
            let inquiries = poisson(generator, (0.3 - 0.5 * latent).exp());
            let arrears = if latent < -0.8 { 30 * between(generator, 1, 4) } else { 0 };
            rows.bureau.push(BureauRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                score: Some(if broken { STUCK[0].2 as i32 } else { score }),
                inquiries_6m: (!broken).then_some(inquiries),
                open_lines: (!broken).then_some(lines),
                worst_arrears_24m: (!broken).then_some(arrears),
            });
        }
    }

    fn tax(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.tax;
        let self_employed = self.customer.employment == "self_employed";
        let Some(latent) = self.known(parameters, self.customer.tenure.is_some(), generator) else { return };
        // The self-employed declare less than they earn.
        let declares = if self_employed { 0.65 } else { 0.98 };
        for Moment { event_date, known_at, broken, .. } in self.moments(1, parameters, generator) {
            let income = self.customer.income.share(declares * (0.08 * normal(generator)).exp());
            let turnover = income.share(12.0 * (1.0 + 0.3 * normal(generator)).exp());
            let debt = if latent < -1.0 { income.share(normal(generator).abs()) } else { Cents(0) };
            rows.tax.push(TaxRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                declared_income: Some(if broken { Cents::from_units(STUCK[1].2) } else { income }),
                turnover: (self_employed && !broken).then_some(turnover),
                tax_debt: (!broken).then_some(debt),
            });
        }
    }

    fn electricity(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.electricity;
        let Some(latent) = self.known(parameters, true, generator) else { return };
        for Moment { event_date, known_at, broken, .. } in self.moments(2, parameters, generator) {
            let bill = Cents::from_units((4.0 + 0.3 * self.customer.latent[1] + 0.2 * normal(generator)).exp());
            let arrears = if latent + 0.3 * normal(generator) < -0.8 {
                bill.share(f64::from(between(generator, 1, 3)))
            } else {
                Cents(0)
            };
            rows.electricity.push(ElectricityRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                mean_bill: Some(if broken { Cents::from_units(STUCK[2].2) } else { bill }),
                arrears: (!broken).then_some(arrears),
            });
        }
    }

    fn telecom(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.telecom;
        let Some(latent) = self.known(parameters, true, generator) else { return };
        let on_network = (3.4 + 0.5 * latent + 0.4 * normal(generator)).exp().min(300.0) as i32;
        for Moment { event, event_date, known_at, broken } in self.moments(3, parameters, generator) {
            let since = (event - self.application.applied_on).max(0) / 30;
            let top_ups = poisson(generator, (1.2 + 0.2 * latent).exp());
            let mean = Cents::from_units((2.0 + 0.3 * self.customer.latent[1] + 0.3 * normal(generator)).exp());
            rows.telecom.push(TelecomRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                months_on_network: Some(if broken { STUCK[3].2 as i32 } else { on_network + since }),
                top_ups_3m: (!broken).then_some(top_ups),
                mean_top_up: (!broken && top_ups > 0).then_some(mean),
            });
        }
    }

    fn ecommerce(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.ecommerce;
        let Some(latent) = self.known(parameters, true, generator) else { return };
        for Moment { event_date, known_at, broken, .. } in self.moments(4, parameters, generator) {
            let orders = poisson(generator, (1.0 + 0.2 * latent - 0.2 * self.customer.latent[0]).exp());
            let basket = Cents::from_units((3.6 + 0.3 * self.customer.latent[1] + 0.3 * normal(generator)).exp());
            let returned = (logistic(-2.0 - 0.3 * latent + 0.5 * normal(generator)) * 1000.0).round() / 1000.0;
            rows.ecommerce.push(EcommerceRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                orders_6m: Some(if broken { STUCK[4].2 as i32 } else { orders }),
                mean_basket: (!broken && orders > 0).then_some(basket),
                share_returned: (!broken && orders > 0).then_some(returned),
            });
        }
    }

    fn registry(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.registry;
        let Some(latent) = self.known(parameters, self.customer.employment == "self_employed", generator) else {
            return;
        };
        for Moment { event_date, known_at, broken, .. } in self.moments(5, parameters, generator) {
            let age = (3.6 + 0.5 * latent + 0.4 * normal(generator)).exp().min(480.0) as i32;
            let employees = poisson(generator, 1.0);
            rows.registry.push(RegistryRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                company_age_months: Some(if broken { STUCK[5].2 as i32 } else { age }),
                employees: (!broken).then_some(employees),
            });
        }
    }

    /// A case with probability 1 / (1 + exp(4 + f)): few, and rather of the bad.
    fn courts(&self, generator: &mut Generator, rows: &mut Rows) {
        let parameters = &self.world.parameters.sources.courts;
        let Some(latent) = self.known(parameters, true, generator) else { return };
        if !happens(generator, logistic(-4.0 - latent)) {
            return;
        }
        for Moment { event_date, known_at, broken, .. } in self.moments(6, parameters, generator) {
            let claim = Cents::from_units((6.5 + 0.7 * normal(generator)).exp());
            let resolved = happens(generator, 0.4);
            rows.courts.push(CourtRow {
                customer_id: self.customer.id,
                event_date,
                known_at,
                claim: Some(if broken { Cents::from_units(STUCK[6].2) } else { claim }),
                resolved: (!broken).then_some(resolved),
            });
        }
    }
}

/// Writes the device of an online application: an emulator in one case of a hundred, in rings in one of four.
pub fn device(
    world: &World,
    customer: &Customer,
    application: &Application,
    in_ring: bool,
    generator: &mut Generator,
    rows: &mut Rows,
) {
    let parameters = &world.parameters.sources.devices;
    if application.channel != "online" || !happens(generator, parameters.coverage) {
        return;
    }
    let latent = correlated(generator, customer.safety, parameters.signal);
    let age = (2.5 + 0.4 * latent + 0.5 * normal(generator)).exp().min(120.0) as i32;
    let hour = match choose(generator, &[0.1, 0.9]) {
        0 => between(generator, 0, 6),
        _ => between(generator, 7, 23),
    };
    let emulator = happens(generator, if in_ring { 0.25 } else { 0.01 });
    let broken = world.is_broken(7, application.applied_on);
    let known_at = application.applied_on + parameters.lag_days as i32;
    if known_at > world.calendar.last(world.parameters.months as i32 - 1) {
        return;
    }
    rows.devices.push(DeviceRow {
        application_id: application.id,
        event_date: application.day(),
        known_at: Date(known_at),
        device_age_months: Some(if broken { STUCK[7].2 as i32 } else { age }),
        hour_of_day: (!broken).then_some(hour),
        is_emulator: (!broken).then_some(emulator),
    });
}
