//! Whether what is exported was approved.

/// Whether a scorecard was approved; an export carries it in its name and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is no approved version: for tests and review, not for decisions.
    Draft,
    /// It is an approved version.
    Approved {
        /// The version's number, as people call it.
        version: String,
        /// Who signed for it, in words, one a line.
        approvals: Vec<String>,
        /// The registry and the event that completed the approval, by their digests.
        registry: String,
    },
}

impl Standing {
    /// `name` as the name of an export: marked while it is a draft.
    pub fn title(&self, name: &str) -> String {
        match self {
            Standing::Draft => format!("{name} (draft)"),
            Standing::Approved { version, .. } => format!("{name} {version}"),
        }
    }

    /// `name` as the name of a file, without its extension: letters, digits and hyphens, marked while it is a draft.
    pub fn file_stem(&self, name: &str) -> String {
        let plain = |text: &str| -> String {
            text.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == '.' { c } else { '-' }).collect()
        };
        match self {
            Standing::Draft => format!("{}.draft", plain(name)),
            Standing::Approved { version, .. } => format!("{}.{}", plain(name), plain(version)),
        }
    }

    /// What an export says of it, a sentence a line.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Standing::Draft => {
                vec!["DRAFT: not an approved version; for tests and review, not for decisions.".to_owned()]
            }
            Standing::Approved { version, approvals, registry } => {
                let mut lines = vec![format!("Version: {version}.")];
                lines.extend(approvals.iter().map(|approval| format!("Approved: {approval}.")));
                lines.push(format!("Registry: {registry}."));
                lines
            }
        }
    }
}
