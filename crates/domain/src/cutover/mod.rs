//! From another integration to Daybook, and back: who posts at which moment, under which references
//! the other one posts, how stock compares before anything is written, and what comes next.

pub mod gate;
pub mod lines;
pub mod plan;
pub mod rules;
pub mod stock;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Who posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Daybook posts, and no cut-over is on record.
    Live,
    /// The opening watermark is set. Daybook receives, and posts nothing.
    Begun,
    /// The other integration posts. Daybook receives, judges, and adopts what is there.
    Parallel,
    /// Daybook posts, after it looked whether the other integration has.
    Switched,
    /// The other integration posts again.
    Back,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Live, Self::Begun, Self::Parallel, Self::Switched, Self::Back];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Begun => "begun",
            Self::Parallel => "parallel",
            Self::Switched => "switched",
            Self::Back => "back",
        }
    }

    /// Whether Daybook may post.
    pub const fn posts(self) -> bool {
        matches!(self, Self::Live | Self::Switched)
    }

    /// Whether Daybook looks for what the other integration posts, instead of posting.
    pub const fn looks(self) -> bool {
        matches!(self, Self::Parallel | Self::Back)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a mode of the cut-over")]
pub struct NotMode(pub String);

impl FromStr for Mode {
    type Err = NotMode;

    fn from_str(word: &str) -> Result<Self, NotMode> {
        let known = Self::ALL.into_iter().find(|mode| mode.word() == word);
        known.ok_or_else(|| NotMode(word.to_owned()))
    }
}

/// A flow that writes to the tills, and rests while another integration does the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Stock.
    Stock,
    /// Products and prices.
    Catalogue,
    /// Despatches.
    Despatch,
}

impl Flow {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stock, Self::Catalogue, Self::Despatch];

    /// The word used in the database, on the command line and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Catalogue => "catalogue",
            Self::Despatch => "despatch",
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a flow that rests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not one of stock, catalogue, despatch")]
pub struct NotFlow(pub String);

impl FromStr for Flow {
    type Err = NotFlow;

    fn from_str(word: &str) -> Result<Self, NotFlow> {
        let known = Self::ALL.into_iter().find(|flow| flow.word() == word);
        known.ok_or_else(|| NotFlow(word.to_owned()))
    }
}

/// How the cut-over stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cutover {
    /// Who posts.
    pub mode: Mode,
    /// Since when.
    pub since: Timestamp,
    /// The order that Daybook begins with.
    pub first_order_id: Option<i64>,
    /// From this order on Daybook posts without waiting whether the other integration is late.
    pub point: Option<i64>,
    /// Flows that write to the tills while Daybook does not post.
    pub also: Vec<Flow>,
}

impl Cutover {
    /// What a book says that knows of no cut-over.
    pub const fn live() -> Self {
        Self {
            mode: Mode::Live,
            since: Timestamp::from_micros(0),
            first_order_id: None,
            point: None,
            also: Vec::new(),
        }
    }

    /// Whether a flow may write to the tills.
    pub fn may_write(&self, flow: Flow) -> bool {
        self.mode.posts() || self.also.contains(&flow)
    }

    /// What everybody has to know who thinks that Daybook posts; none while it does.
    pub fn notice(&self) -> Option<&'static str> {
        match self.mode {
            Mode::Live | Mode::Switched => None,
            Mode::Begun => Some("Daybook posts nothing yet: its cut-over has begun."),
            Mode::Parallel => {
                Some("Daybook posts nothing: the other integration does, in a parallel run.")
            }
            Mode::Back => {
                Some("Daybook posts nothing: posting went back to the other integration.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cutover, Flow, Mode};

    #[test]
    fn words_round_trip() {
        for mode in Mode::ALL {
            assert_eq!(mode.word().parse::<Mode>().unwrap(), mode);
        }
        for flow in Flow::ALL {
            assert_eq!(flow.word().parse::<Flow>().unwrap(), flow);
        }
    }

    #[test]
    fn whoever_does_not_post_says_so_and_leaves_the_tills_alone() {
        for mode in Mode::ALL {
            let cutover = Cutover { mode, also: vec![Flow::Stock], ..Cutover::live() };
            assert_eq!(cutover.notice().is_none(), mode.posts(), "{mode}");
            assert_eq!(cutover.may_write(Flow::Despatch), mode.posts(), "{mode}");
            assert!(cutover.may_write(Flow::Stock));
            assert!(!(mode.posts() && mode.looks()));
        }
    }
}
