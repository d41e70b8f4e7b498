//! What Daybook can do itself about a cause, and what only a person can.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reconcile::causes::{DayCause, Remedy};

/// What a step of a plan does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "PlanAct")]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Post what is due.
    Post,
    /// Decide anew on what is held or waits; post it if nothing stands in the way any more.
    Release,
    /// Look the entry up by its reference: adopt what is there, else post it.
    LookUp,
    /// Look the entry up; where it is not there any more, post it again under its reference.
    PostAgain,
    /// Read the order in Sitoo again; post it if it is a sale now.
    ReadAgain,
    /// Fetch receipts or Z-reports that are missing from Sitoo.
    Fetch,
    /// Credit a second document, once.
    Credit,
    /// A person changes something in OrderWise.
    ByHand,
    /// A person decides, and signs.
    Sign,
}

/// Who does a step.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "PlanDoer")]
#[serde(rename_all = "kebab-case")]
pub enum Doer {
    /// Daybook, when it is told to.
    Daybook,
    /// A person.
    Person,
}

/// What becomes of OrderWise's documents.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "PlanDocuments")]
#[serde(rename_all = "kebab-case")]
pub enum Documents {
    /// One is added.
    Created,
    /// One is changed.
    Changed,
    /// Nothing.
    None,
}

impl Act {
    /// What is done about `cause`.
    pub const fn of(cause: DayCause, remedy: Remedy) -> Self {
        match (cause, remedy) {
            (DayCause::NotPostedReady, _) => Self::Post,
            (DayCause::InDoubt, _) => Self::LookUp,
            (DayCause::NotPostedHeld | DayCause::NotPostedWaiting, _) => Self::Release,
            (DayCause::NotPostedOpen | DayCause::SetAsideWrongly, _) => Self::ReadAgain,
            (DayCause::GoneFromOrderwise, _) => Self::PostAgain,
            (DayCause::PostedTwice, _) => Self::Credit,
            (_, Remedy::Fetch) => Self::Fetch,
            (_, Remedy::SignOff) => Self::Sign,
            _ => Self::ByHand,
        }
    }

    /// Who does it.
    pub const fn doer(self) -> Doer {
        match self {
            Self::ByHand | Self::Sign => Doer::Person,
            _ => Doer::Daybook,
        }
    }

    /// What becomes of OrderWise's documents.
    pub const fn documents(self) -> Documents {
        match self {
            Self::Fetch | Self::Sign => Documents::None,
            Self::ByHand => Documents::Changed,
            _ => Documents::Created,
        }
    }

    /// What Daybook does, for a person; empty for what a person does.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Post => "Daybook posts it.",
            Self::Release => {
                "Daybook decides anew on it, and posts it if nothing stands in the way."
            }
            Self::LookUp => {
                "Daybook looks it up by its reference, and posts it if it is not there."
            }
            Self::PostAgain => {
                "Daybook looks it up by its reference; if it is not there, it is posted again under \
                 the same one."
            }
            Self::ReadAgain => {
                "Daybook reads the order in Sitoo again, and posts it if it is a sale."
            }
            Self::Fetch => "Daybook asks Sitoo for it.",
            Self::Credit => {
                "Daybook looks for a credit of the second document, and places one if there is none."
            }
            Self::ByHand | Self::Sign => "",
        }
    }

    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Release => "release",
            Self::LookUp => "look-up",
            Self::PostAgain => "post-again",
            Self::ReadAgain => "read-again",
            Self::Fetch => "fetch",
            Self::Credit => "credit",
            Self::ByHand => "by-hand",
            Self::Sign => "sign",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Doer {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Daybook => "daybook",
            Self::Person => "person",
        }
    }
}

impl fmt::Display for Doer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Documents {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
