//! A measure, or the reason why it could not be computed.

use serde::Serialize;

use crate::words::Message;

/// A measure, or why there is none. In evidence: the measure's own object, or `{"not_computed": "why"}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured<T> {
    /// The measure.
    Value(T),
    /// There is none.
    NotComputed {
        /// Why.
        not_computed: Message,
    },
}

impl<T> Measured<T> {
    /// No measure, for a reason.
    pub fn none(reason: impl Into<Message>) -> Self {
        Measured::NotComputed { not_computed: reason.into() }
    }

    /// The measure, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Measured::Value(value) => Some(value),
            Measured::NotComputed { .. } => None,
        }
    }

    /// Why there is none.
    pub fn reason(&self) -> Option<&Message> {
        match self {
            Measured::Value(_) => None,
            Measured::NotComputed { not_computed } => Some(not_computed),
        }
    }

    /// The same by reference.
    pub fn as_ref(&self) -> Measured<&T> {
        match self {
            Measured::Value(value) => Measured::Value(value),
            Measured::NotComputed { not_computed } => Measured::NotComputed { not_computed: not_computed.clone() },
        }
    }

    /// Of the measure.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Measured::Value(value) => Measured::Value(of(value)),
            Measured::NotComputed { not_computed } => Measured::NotComputed { not_computed },
        }
    }
}

/// So that measures may be written with `?` over reasons.
impl<T> From<Result<T, Message>> for Measured<T> {
    fn from(result: Result<T, Message>) -> Self {
        match result {
            Ok(value) => Measured::Value(value),
            Err(not_computed) => Measured::NotComputed { not_computed },
        }
    }
}
