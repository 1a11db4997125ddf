//! Where files stand in a bundle.

use super::Event;
use crate::registry::event::Action;

/// The path of a file that an event brings.
pub fn path(event: &Event, name: &str) -> String {
    let number = event.entry().number;
    match &event.entry().action {
        Action::Policy { .. } => policy(number),
        Action::Validate { .. } => format!("validation/{number:08}/{name}"),
        _ => name.to_owned(),
    }
}

/// The path of the policy that an event brought.
pub fn policy(number: u64) -> String {
    format!("policies/{number:08}.toml")
}
