//! How the library tells its caller how far it is, and how the caller tells it to stop. The library
//! itself never prints.

use crate::error::{Error, ErrorKind, Result};

/// Hears of progress and can ask for a stop.
pub trait Progress: Sync {
    /// A step begins: `what` in words, `parts` how many equal parts it has (0: unknown).
    fn begin(&self, what: &str, parts: usize);
    /// One part of the current step is done.
    fn advance(&self);
    /// Whether the caller wants the run to stop.
    fn stopped(&self) -> bool;

    /// # Errors
    /// [`ErrorKind::Interrupted`] where the caller wants the run to stop.
    fn check(&self) -> Result<()> {
        if self.stopped() {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted; nothing was written"));
        }
        Ok(())
    }
}

/// Says nothing and never stops.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _parts: usize) {}
    fn advance(&self) {}
    fn stopped(&self) -> bool {
        false
    }
}
