//! What a simulation can be told: every parameter, its default and its range.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::Source;
use crate::error::{Error, ErrorKind, Result};

/// The parameters, as in a file for `--config`; every key has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// Number of customers; each applies once, some once more.
    pub customers: u64,
    /// Number of months that the data cover.
    pub months: u32,
    /// Seed of every random number.
    pub seed: u64,
    /// First month, such as `2022-01`.
    pub start: String,
    /// Everybody applies in the first month and is accepted, no account closes early or reaches its
    /// term; written-off accounts stop. For benchmarks.
    pub steady: bool,
    /// How far the applicants' traits have shifted at the last month, in the units of
    /// [`super::traits::DRIFT`].
    pub drift: f64,
    /// Sources that break for [`super::sources::BROKEN_MONTHS`] months, such as `bureau:2023-03`.
    pub broken_feeds: Vec<String>,
    /// The shock that all accounts share.
    pub economy: Economy,
    /// Who is accepted.
    pub policy: Policy,
    /// What makes an applicant good.
    pub risk: Risk,
    /// How accounts move between states.
    pub accounts: Accounts,
    /// What contacts do.
    pub collection: Collection,
    /// Who shares what with whom.
    pub links: Links,
    /// The outside sources.
    pub sources: Sources,
}

/// One shared series, added to the log odds of every account in a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Economy {
    /// Depth of the recession in log odds.
    pub depth: f64,
    /// Its worst month, as a share of the months.
    pub peak: f64,
    /// Its width (the standard deviation of the bump), in months.
    pub width_months: f64,
    /// Standard deviation of the monthly noise.
    pub noise: f64,
    /// First-order autocorrelation of that noise.
    pub persistence: f64,
}

/// The policy on applications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Accepted from this policy score on.
    pub threshold: f64,
    /// Standard deviation of the noise in the policy score.
    pub noise: f64,
    /// Share of applicants accepted whatever their policy score.
    pub random_accept: f64,
    /// Share of accepted applicants who do not take the offer.
    pub withdrawn: f64,
    /// Share of customers who apply a second time, 3 to 12 months later.
    pub repeat: f64,
}

/// The true log odds (good : bad) of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Risk {
    /// The constant.
    pub intercept: f64,
    /// Per standard deviation of the safety index.
    pub safety: f64,
    /// For a thin file.
    pub thin_file: f64,
    /// For the unemployed.
    pub unemployed: f64,
    /// For an application online.
    pub online: f64,
    /// For an application through a partner.
    pub partner: f64,
    /// Per unit of ln(amount / 3 incomes).
    pub burden: f64,
    /// Standard deviation of what no trait and no source tells.
    pub frailty: f64,
}

/// How accounts move between delinquency states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// Share of cards among the products; the rest are loans.
    pub cards: f64,
    /// Constant of the log odds of missing an instalment while current.
    pub miss: f64,
    /// Depth of the seasoning, in log odds, at `season_months`.
    pub season: f64,
    /// Months on book at which an account is most at risk.
    pub season_months: f64,
    /// Utility of paying everything that is overdue, by instalments missed (1 to 6), against paying nothing.
    pub cure: [f64; 6],
    /// Utility of paying one instalment, so that the bucket stays, by instalments missed (1 to 6).
    pub stay: [f64; 6],
    /// Slope of these utilities in the log odds of the account.
    pub slope: f64,
    /// Probability of closing early, a month, while current.
    pub close: f64,
    /// Share of missed instalments that are paid in part.
    pub partial: f64,
}

/// Contacts with delinquent accounts: drawn at random, so their effects can be measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Collection {
    /// Effect of a message on the utility of curing.
    pub sms: f64,
    /// Effect of a call.
    pub call: f64,
    /// Effect of a visit.
    pub visit: f64,
}

/// Sharing of phones, devices and addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    /// Share of customers in fraud rings.
    pub ring_share: f64,
    /// Members of a ring.
    pub ring_size: u32,
    /// Months from a ring's first applications to the month when its members stop paying.
    pub ring_months: u32,
    /// Share of customers in families of 2 to 4, who share an address, and some a phone.
    pub family_share: f64,
}

/// One outside source; a file that names it gives all four.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceParameters {
    /// Share of the customers concerned that the source knows.
    pub coverage: f64,
    /// Days from event to being known, at least; up to half as many again are added at random.
    pub lag_days: u32,
    /// Months between the rows of a customer with an account; 0: one row only.
    pub refresh_months: u32,
    /// Correlation of the source's latent quantity with the safety index.
    pub signal: f64,
}

/// The outside sources by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sources {
    /// Credit bureau; of thin files a sixth of the share.
    pub bureau: SourceParameters,
    /// Tax authority: the employed and the self-employed.
    pub tax: SourceParameters,
    /// Electricity supplier.
    pub electricity: SourceParameters,
    /// Mobile network.
    pub telecom: SourceParameters,
    /// Online shops.
    pub ecommerce: SourceParameters,
    /// Company registry: the self-employed.
    pub registry: SourceParameters,
    /// Courts: coverage is not used, cases follow from risk.
    pub courts: SourceParameters,
    /// The device of an online application, keyed by application.
    pub devices: SourceParameters,
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters {
            customers: 10_000,
            months: 24,
            seed: 1,
            start: "2022-01".to_owned(),
            steady: false,
            drift: 0.0,
            broken_feeds: Vec::new(),
            economy: Economy::default(),
            policy: Policy::default(),
            risk: Risk::default(),
            accounts: Accounts::default(),
            collection: Collection::default(),
            links: Links::default(),
            sources: Sources::default(),
        }
    }
}

impl Default for Economy {
    fn default() -> Self {
        Economy { depth: 0.35, peak: 0.6, width_months: 3.0, noise: 0.04, persistence: 0.6 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy { threshold: -0.70, noise: 0.5, random_accept: 0.02, withdrawn: 0.03, repeat: 0.1 }
    }
}

impl Default for Risk {
    fn default() -> Self {
        Risk {
            intercept: 0.0,
            safety: 0.9,
            thin_file: -0.30,
            unemployed: -0.40,
            online: -0.10,
            partner: -0.25,
            burden: -0.25,
            frailty: 0.35,
        }
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Accounts {
            cards: 0.4,
            miss: -4.55,
            season: 0.5,
            season_months: 6.0,
            cure: [0.6, -0.5, -1.5, -2.2, -2.6, -3.0],
            stay: [-0.6, -0.8, -1.3, -1.8, -2.2, -2.4],
            slope: 0.8,
            close: 0.008,
            partial: 0.3,
        }
    }
}

impl Default for Collection {
    fn default() -> Self {
        Collection { sms: 0.25, call: 0.60, visit: 0.90 }
    }
}

impl Default for Links {
    fn default() -> Self {
        Links { ring_share: 0.004, ring_size: 5, ring_months: 4, family_share: 0.3 }
    }
}

impl Default for Sources {
    fn default() -> Self {
        let source = |coverage, lag_days, refresh_months, signal| SourceParameters {
            coverage,
            lag_days,
            refresh_months,
            signal,
        };
        Sources {
            bureau: source(0.9, 5, 3, 0.65),
            tax: source(0.8, 45, 12, 0.30),
            electricity: source(0.7, 20, 6, 0.35),
            telecom: source(0.85, 3, 6, 0.35),
            ecommerce: source(0.45, 1, 6, 0.15),
            registry: source(0.7, 10, 0, 0.20),
            courts: source(1.0, 30, 0, 0.50),
            devices: source(0.95, 0, 0, 0.10),
        }
    }
}

/// Largest number of customers.
pub const MOST_CUSTOMERS: u64 = 50_000_000;
/// Largest number of months.
pub const MOST_MONTHS: u32 = 240;

impl Parameters {
    /// Reads a parameters file; a key that it lacks has its default.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`]; [`ErrorKind::Configuration`] with the line and the nearest key.
    pub fn read(path: &Path) -> Result<Self> {
        let source = Source::read(path)?;
        let parameters: Parameters = source.parse()?;
        parameters.check(Some(&source))?;
        Ok(parameters)
    }

    /// Checks every value against its range; `source` is the file they come from, if any.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`].
    pub fn check(&self, source: Option<&Source>) -> Result<()> {
        let wrong = |keys: &[&str], what: String| {
            let error = match source {
                Some(source) => source.error(keys, what),
                None => Error::new(ErrorKind::Configuration, what),
            };
            Err(error.help("docs/simulation.md explains every parameter; leave a key out for its default"))
        };
        if self.customers == 0 || self.customers > MOST_CUSTOMERS {
            return wrong(
                &["customers"],
                format!("customers must lie between 1 and {MOST_CUSTOMERS}, not {}", self.customers),
            );
        }
        if self.months == 0 || self.months > MOST_MONTHS {
            return wrong(&["months"], format!("months must lie between 1 and {MOST_MONTHS}, not {}", self.months));
        }
        if i64::try_from(self.seed).is_err() {
            return wrong(&["seed"], format!("the seed must be at most {}, not {}", i64::MAX, self.seed));
        }
        if !(2..=50).contains(&self.links.ring_size) {
            return wrong(&["links", "ring_size"], format!("a ring has 2 to 50 members, not {}", self.links.ring_size));
        }
        if self.links.ring_months > MOST_MONTHS {
            return wrong(&["links", "ring_months"], format!("ring_months must be at most {MOST_MONTHS}"));
        }
        for ([section, key], value, low, high) in self.ranges() {
            if !(low..=high).contains(&value) {
                let keys = if section.is_empty() { vec![key] } else { vec![section, key] };
                return wrong(&keys, format!("{} must lie between {low} and {high}, not {value}", keys.join(".")));
            }
        }
        for (name, value) in self.sources.by_name() {
            for (key, value, low) in [("coverage", value.coverage, 0.0), ("signal", value.signal, -1.0)] {
                if !(low..=1.0).contains(&value) {
                    let what = format!("sources.{name}.{key} must lie between {low} and 1, not {value}");
                    return wrong(&["sources", name, key], what);
                }
            }
            if value.lag_days > 3650 || value.refresh_months > MOST_MONTHS {
                let what = format!("sources.{name}: lag_days is at most 3650, refresh_months at most {MOST_MONTHS}");
                return wrong(&["sources", name], what);
            }
        }
        if self.links.ring_share + self.links.family_share > 1.0 {
            return wrong(&["links", "ring_share"], "ring_share and family_share exceed 1 together".to_owned());
        }
        Ok(())
    }

    /// Section, key, value and range of the numbers.
    fn ranges(&self) -> Vec<([&'static str; 2], f64, f64, f64)> {
        let mut ranges = vec![(["", "drift"], self.drift, -3.0, 3.0)];
        let mut section = |section: &'static str, low: f64, high: f64, values: &[(&'static str, f64)]| {
            ranges.extend(values.iter().map(|(key, value)| ([section, *key], *value, low, high)));
        };
        let (economy, policy, accounts, links) = (&self.economy, &self.policy, &self.accounts, &self.links);
        section("economy", -5.0, 5.0, &[("depth", economy.depth)]);
        section("economy", 0.0, 1.0, &[("peak", economy.peak), ("noise", economy.noise)]);
        section("economy", 0.1, 240.0, &[("width_months", economy.width_months)]);
        section("economy", -0.99, 0.99, &[("persistence", economy.persistence)]);
        section("policy", -10.0, 10.0, &[("threshold", policy.threshold)]);
        section("policy", 0.001, 10.0, &[("noise", policy.noise)]);
        section("policy", 0.0, 1.0, &[("random_accept", policy.random_accept), ("withdrawn", policy.withdrawn)]);
        section("policy", 0.0, 1.0, &[("repeat", policy.repeat)]);
        let risk = &self.risk;
        section("risk", -10.0, 10.0, &[("intercept", risk.intercept), ("safety", risk.safety)]);
        section("risk", -10.0, 10.0, &[("thin_file", risk.thin_file), ("unemployed", risk.unemployed)]);
        section("risk", -10.0, 10.0, &[("online", risk.online), ("partner", risk.partner), ("burden", risk.burden)]);
        section("risk", 0.0, 10.0, &[("frailty", risk.frailty)]);
        section("accounts", 0.0, 1.0, &[("cards", accounts.cards), ("partial", accounts.partial)]);
        section("accounts", 0.0, 0.5, &[("close", accounts.close)]);
        section("accounts", -20.0, 20.0, &[("miss", accounts.miss), ("season", accounts.season)]);
        section("accounts", 0.5, 240.0, &[("season_months", accounts.season_months)]);
        section("accounts", -5.0, 5.0, &[("slope", accounts.slope)]);
        for (cure, stay) in accounts.cure.iter().zip(accounts.stay) {
            section("accounts", -20.0, 20.0, &[("cure", *cure), ("stay", stay)]);
        }
        let collection = &self.collection;
        section("collection", -10.0, 10.0, &[("sms", collection.sms), ("call", collection.call)]);
        section("collection", -10.0, 10.0, &[("visit", collection.visit)]);
        section("links", 0.0, 1.0, &[("ring_share", links.ring_share), ("family_share", links.family_share)]);
        ranges
    }
}

impl Sources {
    /// The sources with their names, in a fixed order.
    pub fn by_name(&self) -> [(&'static str, &SourceParameters); 8] {
        [
            ("bureau", &self.bureau),
            ("tax", &self.tax),
            ("electricity", &self.electricity),
            ("telecom", &self.telecom),
            ("ecommerce", &self.ecommerce),
            ("registry", &self.registry),
            ("courts", &self.courts),
            ("devices", &self.devices),
        ]
    }
}
