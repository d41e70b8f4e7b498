//! What can go wrong with a flow as a whole. Troubles of one entry are never errors: they are
//! states of that entry.

use daybook_domain::class::Failure;
use daybook_store::StoreError;

/// A flow could not go on.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The book could not be read or written.
    #[error(transparent)]
    Book(#[from] StoreError),
    /// Sitoo could not be read.
    #[error("Sitoo: {0}")]
    Sitoo(Failure),
    /// OrderWise could not be read.
    #[error("OrderWise: {0}")]
    Orderwise(Failure),
    /// A person asked for something that cannot be done.
    #[error("{what}")]
    Request {
        /// Stable code.
        code: &'static str,
        /// One sentence.
        what: String,
        /// What to do next.
        hint: String,
    },
}

impl FlowError {
    /// Stable code for people and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Book(error) => error.code(),
            Self::Sitoo(failure) => match failure {
                Failure::NotAuthorised { .. } => "sitoo-credentials",
                Failure::Drift { .. } => "sitoo-contract",
                Failure::NotFound { .. } => "sitoo-address",
                _ => "sitoo-unreachable",
            },
            Self::Orderwise(failure) => match failure {
                Failure::NotAuthorised { .. } => "orderwise-credentials",
                Failure::Drift { .. } => "orderwise-contract",
                Failure::NotFound { .. } => "orderwise-address",
                _ => "orderwise-unreachable",
            },
            Self::Request { code, .. } => code,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Book(error) => error.hint(),
            Self::Sitoo(_) | Self::Orderwise(_) => {
                Some("run `daybook check`: it names the setting that is wrong".to_owned())
            }
            Self::Request { hint, .. } => Some(hint.clone()),
        }
    }

    /// A request that cannot be done.
    pub(crate) fn request(
        code: &'static str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Request { code, what: what.into(), hint: hint.into() }
    }
}
