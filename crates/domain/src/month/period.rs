//! A month of the retailer: open, closed, reopened. What must be so before it is closed, and who
//! may open it again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Month;
use crate::{Money, reconcile::witness::Day};

/// How a period stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodState {
    /// Nobody has closed it.
    Open,
    /// Closed: what arrives now is late.
    Closed,
    /// Opened again, with two persons' names.
    Reopened,
}

impl PeriodState {
    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }
}

impl fmt::Display for PeriodState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for PeriodState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Open, Self::Closed, Self::Reopened];
        let found = all.into_iter().find(|state| state.word() == text);
        found.ok_or_else(|| format!("'{text}' is no state of a period"))
    }
}

/// What a person did to a period.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodAct {
    /// Closed it.
    Close,
    /// Asked that it be opened again. It stays closed until a second person has said yes.
    AskReopen,
    /// Said yes: it is open again.
    ApproveReopen,
}

impl PeriodAct {
    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::AskReopen => "ask-reopen",
            Self::ApproveReopen => "approve-reopen",
        }
    }

    /// The state that it leads to.
    pub const fn leads_to(self) -> PeriodState {
        match self {
            Self::Close | Self::AskReopen => PeriodState::Closed,
            Self::ApproveReopen => PeriodState::Reopened,
        }
    }
}

impl FromStr for PeriodAct {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Close, Self::AskReopen, Self::ApproveReopen];
        let found = all.into_iter().find(|act| act.word() == text);
        found.ok_or_else(|| format!("'{text}' is no act on a period"))
    }
}

/// What happens to what arrives for a closed period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LatePolicy {
    /// It counts in the next period that is closed, where it is listed.
    #[default]
    NextPeriod,
    /// The next period is not closed before the earlier one was reopened for it.
    Reopen,
}

impl LatePolicy {
    /// The word used in the settings and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NextPeriod => "next-period",
            Self::Reopen => "reopen",
        }
    }
}

/// A store-day, as far as closing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayStanding {
    /// Whether it is equal, tolerated or signed off.
    pub closed: bool,
    /// Whether something arrived for it, and it was not compared again since.
    pub to_be_compared: bool,
    /// Differences that a person has to clear.
    pub open: i64,
    /// What they come to.
    pub gross: Money,
}

/// What stands against closing a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Obstacle {
    /// A store's day was never compared.
    NotCompared {
        /// The store's warehouse id.
        store: i64,
        /// The day.
        day: Day,
    },
    /// Something arrived for it, and it was not compared again.
    ToBeCompared {
        /// The store's warehouse id.
        store: i64,
        /// The day.
        day: Day,
    },
    /// It has differences that nobody signed off.
    Differs {
        /// The store's warehouse id.
        store: i64,
        /// The day.
        day: Day,
        /// How many.
        differences: i64,
        /// What they come to.
        gross: Money,
    },
    /// It is not over.
    NotOver {
        /// Its last day.
        last: Day,
    },
    /// All its days lie before the first one that is Daybook's: there is nothing to close.
    BeforeDaybook {
        /// Daybook's first day.
        first: Day,
    },
    /// An earlier period is not closed.
    Earlier {
        /// Which.
        month: Month,
    },
    /// An earlier, closed period was changed afterwards, and the policy says that it is reopened.
    Late {
        /// Which.
        month: Month,
        /// How many store-days of it.
        days: i64,
    },
}

impl Obstacle {
    /// The store that it is about; none where it is about a whole month.
    pub const fn store(&self) -> Option<i64> {
        match self {
            Self::NotCompared { store, .. }
            | Self::ToBeCompared { store, .. }
            | Self::Differs { store, .. } => Some(*store),
            Self::NotOver { .. }
            | Self::BeforeDaybook { .. }
            | Self::Earlier { .. }
            | Self::Late { .. } => None,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCompared { store, day } => write!(f, "store {store}, {day}: not compared"),
            Self::ToBeCompared { store, day } => {
                write!(f, "store {store}, {day}: something arrived since it was compared")
            }
            Self::Differs { store, day, differences, gross } => {
                let what = if *differences == 1 { "difference" } else { "differences" };
                write!(f, "store {store}, {day}: {differences} open {what}, {gross}")
            }
            Self::NotOver { last } => write!(f, "the month is not over before the end of {last}"),
            Self::BeforeDaybook { first } => {
                write!(f, "Daybook's first day is {first}: there is nothing to close before it")
            }
            Self::Earlier { month } => write!(f, "{month} is not closed"),
            Self::Late { month, days } => {
                write!(f, "{month} was changed on {days} store-days after it was closed: reopen it")
            }
        }
    }
}

/// A store, and the first day that it owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSpan {
    /// Warehouse id.
    pub store: i64,
    /// Its first day: the first that was ever compared, or Daybook's first; none where neither is
    /// known.
    pub first: Option<Day>,
}

/// What stands against closing `month` as far as its days are concerned. A store owes a day from
/// its first one on, and one that has none owes all; up to `over`, the last day that is over.
pub fn obstacles(
    month: Month,
    stores: &[StoreSpan],
    days: &BTreeMap<(i64, Day), DayStanding>,
    over: Day,
) -> Vec<Obstacle> {
    let known: BTreeSet<i64> =
        stores.iter().map(|span| span.store).chain(days.keys().map(|(store, _)| *store)).collect();
    let owes = |store: i64, day: Day| {
        let span = stores.iter().find(|span| span.store == store);
        span.is_some_and(|span| span.first.is_none_or(|first| first <= day))
    };
    let mut found = Vec::new();
    for day in month.days().take_while(|day| *day <= over) {
        for &store in &known {
            match days.get(&(store, day)) {
                None if owes(store, day) => found.push(Obstacle::NotCompared { store, day }),
                None => {}
                Some(one) => found.extend(obstacle(store, day, *one)),
            }
        }
    }
    if over < month.last() {
        found.push(Obstacle::NotOver { last: month.last() });
    }
    found
}

const fn obstacle(store: i64, day: Day, one: DayStanding) -> Option<Obstacle> {
    match one {
        DayStanding { closed: true, to_be_compared: false, .. } => None,
        DayStanding { closed: true, .. } => Some(Obstacle::ToBeCompared { store, day }),
        DayStanding { open: 0, .. } => Some(Obstacle::NotCompared { store, day }),
        DayStanding { open, gross, .. } => {
            Some(Obstacle::Differs { store, day, differences: open, gross })
        }
    }
}

/// Whether two names are one person's: spelling apart.
pub fn is_same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}
