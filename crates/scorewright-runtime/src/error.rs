//! What can be wrong with a scorecard document or a case.

/// Why a document is refused or a case cannot be scored.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The bytes are not a scorecard document: not JSON, or a field is absent, unknown or of the wrong type.
    Document(String),
    /// The document is of another format, or of a version that this program does not know.
    Format {
        /// The format that the document names.
        format: String,
        /// Its version.
        version: u32,
    },
    /// The document contradicts itself.
    Inconsistent {
        /// The feature at fault, if it is one feature.
        feature: Option<String>,
        /// What does not hold.
        what: String,
    },
    /// A verification row does not come out as the document says.
    Verification {
        /// The row's position, from 1.
        row: usize,
        /// What differs.
        what: String,
    },
    /// A case has a value of the wrong type for an input.
    WrongType {
        /// The feature, or the axis of a pair.
        feature: String,
        /// The value that was given, as text.
        value: String,
    },
    /// A value that training never saw, where the card's policy is to refuse it.
    Unforeseen {
        /// The feature, or the axis of a pair.
        feature: String,
        /// The value, as text.
        value: String,
    },
    /// A value that no segment of the card takes.
    NoSegment {
        /// The column that tells the segment.
        input: String,
        /// The value, as text.
        value: String,
    },
    /// A case has another number of values than the card has inputs, or of codes than it has features (and a code of the segment).
    WrongLength {
        /// How many were given.
        given: usize,
        /// How many the card has.
        wanted: usize,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Document(what) => write!(f, "not a scorecard document: {what}"),
            Error::Format { format, version } => write!(
                f,
                "format {format:?} version {version} is not known here; this program reads {:?} version {} to {}",
                crate::artifact::FORMAT,
                crate::artifact::OLDEST_FORMAT_VERSION,
                crate::artifact::FORMAT_VERSION
            ),
            Error::Inconsistent { feature: Some(feature), what } => write!(f, "feature {feature:?}: {what}"),
            Error::Inconsistent { feature: None, what } => write!(f, "{what}"),
            Error::Verification { row, what } => {
                write!(f, "verification row {row} does not reproduce: {what}; the document was changed or damaged")
            }
            Error::WrongType { feature, value } => {
                write!(f, "feature {feature:?} has the value {value}, which is of the wrong type")
            }
            Error::Unforeseen { feature, value } => write!(
                f,
                "feature {feature:?} has the value {value}, which development never saw, and the card's policy is to refuse it"
            ),
            Error::NoSegment { input, value } => write!(
                f,
                "{input:?} has the value {value}, which belongs to no segment of the card; the card names no segment for values that development never saw"
            ),
            Error::WrongLength { given, wanted } => {
                write!(f, "{given} values were given for a card that takes {wanted}")
            }
        }
    }
}

impl std::error::Error for Error {}
