//! The rows of every table, and columns that collect them.

use polars::prelude::*;

use crate::error::{Result, internal};

/// An amount in whole cents, so that parts sum up to the cent; written as units of currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cents(pub i64);

impl Cents {
    /// Rounds units of currency.
    pub fn from_units(units: f64) -> Self {
        Cents((units * 100.0).round() as i64)
    }

    /// Units of currency.
    pub fn units(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// A share of the amount, rounded.
    pub fn share(self, share: f64) -> Self {
        Cents((self.0 as f64 * share).round() as i64)
    }
}

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub i32);

/// What can stand in a column.
trait Cell: Sized {
    fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series>;
}

macro_rules! plain_cells {
    ($($type:ty),*) => { $(impl Cell for $type {
        fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series> {
            Ok(Series::new(name.into(), values))
        }
    })* };
}
plain_cells!(
    i32,
    i64,
    f64,
    bool,
    &'static str,
    String,
    Option<i32>,
    Option<i64>,
    Option<f64>,
    Option<bool>,
    Option<String>
);

impl Cell for Cents {
    fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series> {
        f64::series(name, values.into_iter().map(Cents::units).collect())
    }
}

impl Cell for Option<Cents> {
    fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series> {
        Option::<f64>::series(name, values.into_iter().map(|value| value.map(Cents::units)).collect())
    }
}

impl Cell for Date {
    fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series> {
        i32::series(name, values.into_iter().map(|day| day.0).collect())?.cast(&DataType::Date)
    }
}

impl Cell for Option<Date> {
    fn series(name: &str, values: Vec<Self>) -> PolarsResult<Series> {
        Option::<i32>::series(name, values.into_iter().map(|day| day.map(|day| day.0)).collect())?.cast(&DataType::Date)
    }
}

/// A row type and the columns that collect its rows.
macro_rules! table {
    ($(#[$about:meta])* $row:ident, $columns:ident { $($column:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        #[expect(missing_docs, reason = "docs/simulation.md describes the columns")]
        pub struct $row { $(pub $column: $type,)* }

        #[doc = concat!("Rows of [`", stringify!($row), "`], column by column.")]
        #[derive(Debug, Default)]
        #[expect(missing_docs, reason = "docs/simulation.md describes the columns")]
        pub struct $columns { $(pub $column: Vec<$type>,)* }

        impl $columns {
            /// Adds a row.
            pub fn push(&mut self, row: $row) {
                $(self.$column.push(row.$column);)*
            }

            /// Number of rows.
            pub fn len(&self) -> usize {
                [$(self.$column.len()),*].first().copied().unwrap_or(0)
            }

            /// Whether there is no row.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            fn append(&mut self, mut other: Self) {
                $(self.$column.append(&mut other.$column);)*
            }

            fn frame(self) -> PolarsResult<DataFrame> {
                let height = self.len();
                let columns = vec![$(Cell::series(stringify!($column), self.$column)?.into()),*];
                DataFrame::new(height, columns)
            }
        }
    };
}

table! {
    /// Who the customers are.
    CustomerRow, CustomerRows {
        customer_id: i64, birth_date: Date, sex: &'static str, region: &'static str,
    }
}
table! {
    /// What they asked for, and what the policy said.
    ApplicationRow, ApplicationRows {
        application_id: i64, customer_id: i64, applied_on: Date, product: &'static str, channel: &'static str,
        amount: Cents, term_months: Option<i32>, declared_income: Cents, declared_obligations: Cents,
        employment: &'static str, months_employed: Option<i32>, decision: &'static str,
    }
}
table! {
    /// The accounts of the accepted.
    AccountRow, AccountRows {
        account_id: i64, customer_id: i64, application_id: i64, opened_on: Date, closed_on: Option<Date>,
        product: &'static str, principal: Option<Cents>, credit_limit: Option<Cents>, term_months: Option<i32>,
        annual_rate: f64, due_day: i32,
    }
}
table! {
    /// An account at a month's end.
    PerformanceRow, PerformanceRows {
        account_id: i64, month_end: Date, balance: Cents, due: Cents, paid: Cents, days_past_due: i32,
        credit_limit: Option<Cents>, status: &'static str,
    }
}
table! {
    /// A payment.
    PaymentRow, PaymentRows { payment_id: i64, account_id: i64, paid_on: Date, amount: Cents, }
}
table! {
    /// A contact with a delinquent account, or what came of its promise.
    ContactRow, ContactRows {
        contact_id: i64, account_id: i64, contacted_on: Date, channel: &'static str, outcome: &'static str,
        phone: Option<String>, promised_amount: Option<Cents>,
    }
}
table! {
    /// What a customer uses or belongs to.
    LinkRow, LinkRows { customer_id: i64, linked_on: Date, kind: &'static str, value: String, }
}
table! {
    /// A credit bureau's report.
    BureauRow, BureauRows {
        customer_id: i64, event_date: Date, known_at: Date, score: Option<i32>, inquiries_6m: Option<i32>,
        open_lines: Option<i32>, worst_arrears_24m: Option<i32>,
    }
}
table! {
    /// A tax declaration.
    TaxRow, TaxRows {
        customer_id: i64, event_date: Date, known_at: Date, declared_income: Option<Cents>, turnover: Option<Cents>,
        tax_debt: Option<Cents>,
    }
}
table! {
    /// An electricity supplier's view.
    ElectricityRow, ElectricityRows {
        customer_id: i64, event_date: Date, known_at: Date, mean_bill: Option<Cents>, arrears: Option<Cents>,
    }
}
table! {
    /// A mobile network's view.
    TelecomRow, TelecomRows {
        customer_id: i64, event_date: Date, known_at: Date, months_on_network: Option<i32>, top_ups_3m: Option<i32>,
        mean_top_up: Option<Cents>,
    }
}
table! {
    /// Online shops' view.
    EcommerceRow, EcommerceRows {
        customer_id: i64, event_date: Date, known_at: Date, orders_6m: Option<i32>, mean_basket: Option<Cents>,
        share_returned: Option<f64>,
    }
}
table! {
    /// A role in a company.
    RegistryRow, RegistryRows {
        customer_id: i64, event_date: Date, known_at: Date, company_age_months: Option<i32>, employees: Option<i32>,
    }
}
table! {
    /// A case in court.
    CourtRow, CourtRows {
        customer_id: i64, event_date: Date, known_at: Date, claim: Option<Cents>, resolved: Option<bool>,
    }
}
table! {
    /// The device of an online application.
    DeviceRow, DeviceRows {
        application_id: i64, event_date: Date, known_at: Date, device_age_months: Option<i32>,
        hour_of_day: Option<i32>, is_emulator: Option<bool>,
    }
}
table! {
    /// The truth of an applicant.
    TrueApplicationRow, TrueApplicationRows {
        application_id: i64, customer_id: i64, applied_on: Date, decision: &'static str, policy_score: f64,
        acceptance_probability: f64, log_odds: f64, true_pd_12m: f64, defaulted_12m: bool, ring_id: Option<i64>,
    }
}
table! {
    /// The truth of a customer.
    TrueCustomerRow, TrueCustomerRows {
        customer_id: i64, age: f64, income: f64, tenure: f64, prudence: f64, debt: f64, history: f64,
        safety: f64, frailty: f64, thin_file: bool, true_income: Cents, ring_id: Option<i64>, family_id: Option<i64>,
    }
}
table! {
    /// The truth of a month of a delinquent account: the channel is drawn at random.
    TreatmentRow, TreatmentRows {
        account_id: i64, month_end: Date, instalments_missed: i32, channel: &'static str,
        cure_probability: f64, cure_probability_untreated: f64, cured: bool,
    }
}

/// All tables together: of one block of customers, or of several.
macro_rules! tables {
    ($($(#[$about:meta])* $name:ident: $columns:ident = $file:literal,)*) => {
        /// The rows of all tables.
        #[derive(Debug, Default)]
        pub struct Rows { $($(#[$about])* pub $name: $columns,)* }

        impl Rows {
            /// The files of the tables, in the order of [`Rows::into_frames`].
            pub const FILES: &'static [&'static str] = &[$($file),*];

            /// Adds the rows of other customers.
            pub fn append(&mut self, other: Rows) {
                $(self.$name.append(other.$name);)*
            }

            /// One frame a table.
            ///
            /// # Errors
            /// An internal fault where columns differ in length.
            pub fn into_frames(self) -> Result<Vec<DataFrame>> {
                Ok(vec![$(self.$name.frame().map_err(internal)?),*])
            }
        }
    };
}

tables! {
    /// Customers.
    customers: CustomerRows = "data/customers.parquet",
    /// Applications.
    applications: ApplicationRows = "data/applications.parquet",
    /// Accounts.
    accounts: AccountRows = "data/accounts.parquet",
    /// Month ends.
    performance: PerformanceRows = "data/performance.parquet",
    /// Payments.
    payments: PaymentRows = "data/payments.parquet",
    /// Contacts.
    contacts: ContactRows = "data/contacts.parquet",
    /// Links.
    links: LinkRows = "data/links.parquet",
    /// Credit bureau.
    bureau: BureauRows = "data/bureau.parquet",
    /// Tax authority.
    tax: TaxRows = "data/tax.parquet",
    /// Electricity supplier.
    electricity: ElectricityRows = "data/electricity.parquet",
    /// Mobile network.
    telecom: TelecomRows = "data/telecom.parquet",
    /// Online shops.
    ecommerce: EcommerceRows = "data/ecommerce.parquet",
    /// Company registry.
    registry: RegistryRows = "data/registry.parquet",
    /// Courts.
    courts: CourtRows = "data/courts.parquet",
    /// Devices.
    devices: DeviceRows = "data/devices.parquet",
    /// Truth of applications.
    true_applications: TrueApplicationRows = "truth/applications.parquet",
    /// Truth of customers.
    true_customers: TrueCustomerRows = "truth/customers.parquet",
    /// Truth of treatments.
    treatments: TreatmentRows = "truth/treatments.parquet",
}
