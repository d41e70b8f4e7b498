//! Routines: what is gone through each day, each week and at the end of a month. A line says how it
//! is checked; where the book cannot know, a person ticks it off.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    causes::{Cause, Owner},
    month::Month,
    reconcile::witness::Day,
};

/// How often something is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Routine {
    /// Each morning.
    Daily,
    /// Once a week.
    Weekly,
    /// Once a month, about the month before.
    MonthEnd,
}

/// How a line is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Today's sentence says that nothing is behind.
    NothingBehind,
    /// Yesterday is closed or signed in each store.
    YesterdayClosed,
    /// No open exception stops a flow.
    NothingStands,
    /// No open exception is older than so many days.
    NoneOlderThan(i64),
    /// None of these causes is open.
    NoneOpen(&'static [Cause]),
    /// Nothing is in the way of closing the month.
    MonthReady,
    /// The balances of card money are the sums of what is open.
    CardMoneyTies,
    /// The month is closed.
    MonthClosed,
    /// The book cannot know: a person ticks it off.
    ByHand,
}

/// A line of a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Stable code.
    pub code: &'static str,
    /// What is to be so.
    pub text: &'static str,
    /// What to do, in a sentence.
    pub how: &'static str,
    /// Where at the desk.
    pub link: &'static str,
    /// Whose it usually is.
    pub owner: Owner,
    /// How it is checked.
    pub check: Check,
}

impl Routine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::MonthEnd];

    /// The word used in addresses and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::MonthEnd => "month-end",
        }
    }

    /// The routine of this word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// A heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Daily => "Each day",
            Self::Weekly => "Each week",
            Self::MonthEnd => "At month-end",
        }
    }

    /// The day, week or month that it is about: ticks are kept under it.
    pub fn period(self, today: Date) -> String {
        match self {
            Self::Daily => today.to_string(),
            Self::Weekly => {
                let week = today.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::MonthEnd => Month::of(Day(today)).previous().to_string(),
        }
    }

    /// What is gone through, in its order.
    pub const fn lines(self) -> &'static [Line] {
        match self {
            Self::Daily => DAILY,
            Self::Weekly => WEEKLY,
            Self::MonthEnd => MONTH_END,
        }
    }

    /// The line of this code.
    pub fn line(self, code: &str) -> Option<&'static Line> {
        self.lines().iter().find(|line| line.code == code)
    }
}

const DAILY: &[Line] = &[
    Line {
        code: "nothing-behind",
        text: "Everything that was sold is in OrderWise, or just on its way",
        how: "Open Today. Where a store is behind, look at its exceptions; where Sitoo is not read, \
              tell IT.",
        link: "/",
        owner: Owner::Retail,
        check: Check::NothingBehind,
    },
    Line {
        code: "nothing-stands",
        text: "No exception stops a whole flow",
        how: "Clear what is marked Now before anything else.",
        link: "/exceptions",
        owner: Owner::It,
        check: Check::NothingStands,
    },
    Line {
        code: "exceptions-young",
        text: "No exception is older than two days",
        how: "Open Exceptions, take the oldest, press “I see to it”, and clear it.",
        link: "/exceptions",
        owner: Owner::Retail,
        check: Check::NoneOlderThan(2),
    },
    Line {
        code: "yesterday-closed",
        text: "Yesterday is closed or signed in each store",
        how: "Open Books and the cell of each store that is not ✓ or ✍.",
        link: "/books",
        owner: Owner::Finance,
        check: Check::YesterdayClosed,
    },
    Line {
        code: "prices-arrived",
        text: "Changed prices are at the tills",
        how: "Open Catalogue. What did not arrive in time is named, with the reason.",
        link: "/catalogue",
        owner: Owner::Retail,
        check: Check::NoneOpen(&[Cause::PriceNotArrived]),
    },
    Line {
        code: "nothing-oversold",
        text: "No till has sold what is not there",
        how: "Open Stock. Call the shop, then the shopper where goods are missing.",
        link: "/stock",
        owner: Owner::Retail,
        check: Check::NoneOpen(&[Cause::Oversold]),
    },
    Line {
        code: "parcels-move",
        text: "What was paid for moves, and what was sent is shown",
        how: "Open Despatch. Ask the warehouse about what is stuck.",
        link: "/despatch",
        owner: Owner::Retail,
        check: Check::NoneOpen(&[Cause::PaidButNotMoving, Cause::DespatchedButOpen]),
    },
    Line {
        code: "files-read",
        text: "Every settlement file could be read",
        how: "Open Payouts. Download a file that could not be read once more, as it comes.",
        link: "/books/payouts",
        owner: Owner::Finance,
        check: Check::NoneOpen(&[Cause::SettlementFile]),
    },
    Line {
        code: "floor-told",
        text: "Each shop knows what it has to do today",
        how: "Tell the shops about missing receipts, drawers that were counted otherwise, and goods \
              that are not there.",
        link: "/exceptions?owner=retail",
        owner: Owner::Retail,
        check: Check::ByHand,
    },
];

const WEEKLY: &[Line] = &[
    Line {
        code: "exceptions-week",
        text: "No exception is older than a week",
        how: "What is older is not waiting, it is forgotten. Give each to somebody by name.",
        link: "/exceptions",
        owner: Owner::Finance,
        check: Check::NoneOlderThan(7),
    },
    Line {
        code: "payouts-arrived",
        text: "Payments are settled and payouts are at the bank",
        how: "Open Payouts. Ask the provider about what is older than its longest delay.",
        link: "/books/payouts",
        owner: Owner::Finance,
        check: Check::NoneOpen(&[Cause::PaymentUnsettled, Cause::PayoutNotAtBank]),
    },
    Line {
        code: "disputes-answered",
        text: "Every chargeback is answered",
        how: "Each has a last day. Answer it with the receipt, or accept it and say so.",
        link: "/exceptions?owner=finance",
        owner: Owner::Finance,
        check: Check::NoneOpen(&[Cause::Chargeback]),
    },
    Line {
        code: "suggestions-looked-at",
        text: "Suggested matches were looked at",
        how: "Confirm what is right and undo what is not: a suggestion settles nothing.",
        link: "/books/payouts",
        owner: Owner::Finance,
        check: Check::ByHand,
    },
    Line {
        code: "mappings-looked-at",
        text: "The week's changes of mappings were looked at by a second person",
        how: "Open Activity and read what was mapped, by whom.",
        link: "/activity",
        owner: Owner::Finance,
        check: Check::ByHand,
    },
    Line {
        code: "buffers-looked-at",
        text: "Buffers are as large as they need to be",
        how: "Open Stock. It names oversells, and buffers that would have been enough.",
        link: "/stock",
        owner: Owner::Retail,
        check: Check::ByHand,
    },
    Line {
        code: "people-looked-at",
        text: "Nobody who left has an account",
        how: "Ask whoever looks after accounts to compare People with the list of staff.",
        link: "/manual/retail/people",
        owner: Owner::It,
        check: Check::ByHand,
    },
    Line {
        code: "backup-made",
        text: "This week's backup is there, and lies on another machine",
        how: "IT makes it by `daybook backup` or with the tools of PostgreSQL.",
        link: "/manual/finance/wrong",
        owner: Owner::It,
        check: Check::ByHand,
    },
];

const MONTH_END: &[Line] = &[
    Line {
        code: "month-ready",
        text: "Nothing is in the way of closing the month",
        how: "Open Books and the month before. What is in the way is listed; clear or sign it.",
        link: "/books",
        owner: Owner::Finance,
        check: Check::MonthReady,
    },
    Line {
        code: "card-money-ties",
        text: "The balance of card money is the sum of what is open",
        how: "Open Payouts. Where it does not tie, call IT before you close.",
        link: "/books/payouts",
        owner: Owner::Finance,
        check: Check::CardMoneyTies,
    },
    Line {
        code: "old-money-asked-for",
        text: "Payments older than the provider's longest delay are asked for or written off",
        how: "Go through the sheet “unsettled-open” of the pack.",
        link: "/books/payouts",
        owner: Owner::Finance,
        check: Check::NoneOpen(&[Cause::PaymentUnsettled]),
    },
    Line {
        code: "record-holds",
        text: "Nobody has changed the record",
        how: "Open Activity and press “Check the chain”. It says that the chain holds.",
        link: "/activity",
        owner: Owner::Finance,
        check: Check::ByHand,
    },
    Line {
        code: "control-equal",
        text: "Every line of the pack's control sheet says “equal”",
        how: "Open the pack from Books. If one line differs, do not use the pack: call IT.",
        link: "/books",
        owner: Owner::Finance,
        check: Check::ByHand,
    },
    Line {
        code: "month-closed",
        text: "The month is closed",
        how: "Open Books and the month before, write a remark, and close it.",
        link: "/books",
        owner: Owner::Finance,
        check: Check::MonthClosed,
    },
    Line {
        code: "pack-filed",
        text: "The pack is filed",
        how: "Print it, or keep the workbook where the auditor finds it.",
        link: "/books",
        owner: Owner::Finance,
        check: Check::ByHand,
    },
    Line {
        code: "restore-tried",
        text: "A backup was brought back on another machine, and its record holds",
        how: "IT does it: a backup that was never brought back is a hope.",
        link: "/manual/finance/wrong",
        owner: Owner::It,
        check: Check::ByHand,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::Routine;

    #[test]
    fn ticks_are_kept_by_day_week_and_the_month_before() {
        let today = date(2027, 1, 2);
        let periods = Routine::ALL.map(|routine| routine.period(today));
        assert_eq!(periods, ["2027-01-02", "2026-W53", "2026-12"]);
    }

    #[test]
    fn codes_are_unique_within_all_routines_and_words_come_back() {
        let codes: Vec<&str> =
            Routine::ALL.iter().flat_map(|one| one.lines()).map(|line| line.code).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        for routine in Routine::ALL {
            assert_eq!(Routine::find(routine.word()), Some(routine));
        }
        assert!(Routine::Daily.line("nothing-behind").is_some());
        assert!(Routine::Daily.line("pack-filed").is_none());
    }
}
