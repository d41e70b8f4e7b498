//! Kinds of alert: one table says what each is called, whose it is, and what to do.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::causes::{Owner, Severity};

macro_rules! kinds {
    ($($kind:ident = {
        word: $word:literal,
        title: $title:literal,
        sentence: $sentence:literal,
        owner: $owner:ident,
        severity: $severity:ident,
        todo: $todo:literal,
        page: $page:literal,
        settles: $settles:literal $(,)?
    };)+) => {
        /// What an alert is about.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum AlertKind {
            $(#[doc = $sentence] $kind,)+
        }

        impl AlertKind {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$kind),+];
        }

        /// The table.
        const TABLE: &[KindRow] = &[$(KindRow {
            kind: AlertKind::$kind,
            word: $word,
            title: $title,
            sentence: $sentence,
            owner: Owner::$owner,
            severity: Severity::$severity,
            todo: $todo,
            page: $page,
            settles: $settles,
        }),+];
    };
}

/// What the table says of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindRow {
    /// The kind.
    pub kind: AlertKind,
    /// Stable word: in JSON, in the settings, in the database.
    pub word: &'static str,
    /// A few words for a heading.
    pub title: &'static str,
    /// One sentence: what is the matter.
    pub sentence: &'static str,
    /// Who sees to it.
    pub owner: Owner,
    /// How soon; what is critical does not wait for the morning.
    pub severity: Severity,
    /// What to do.
    pub todo: &'static str,
    /// The page of the desk that shows more.
    pub page: &'static str,
    /// Whether it is over only once it was not seen for a while: what comes and goes by the minute
    /// would be told anew each time.
    pub settles: bool,
}

kinds! {
    Silence = {
        word: "silence",
        title: "A store sends nothing",
        sentence: "A store that usually sells at this time has sent no receipt for longer than chance explains.",
        owner: Retail,
        severity: High,
        todo: "Ring the store: are the tills on, signed in and connected? If it is closed today, say so under alerts.special-days.",
        page: "/",
        settles: false,
    };
    UnpostedTooOld = {
        word: "unposted-too-old",
        title: "Sales wait for OrderWise",
        sentence: "Entries that nobody has to clear have waited for OrderWise for too long.",
        owner: It,
        severity: High,
        todo: "Look at Health: is OrderWise slow, or a flow paused? Entries go on by themselves once it answers.",
        page: "/health",
        settles: true,
    };
    ExceptionsTooOld = {
        word: "exceptions-too-old",
        title: "Exceptions stay open",
        sentence: "An exception has waited for a person for too long.",
        owner: Finance,
        severity: Normal,
        todo: "Clear the oldest on the page Exceptions; each says what releases it.",
        page: "/exceptions",
        settles: false,
    };
    ExceptionsTooMuch = {
        word: "exceptions-too-much",
        title: "Exceptions hold much money",
        sentence: "Open exceptions hold more money than the limit allows.",
        owner: Finance,
        severity: High,
        todo: "Begin with the group that holds most: one fix often releases many sales.",
        page: "/exceptions",
        settles: true,
    };
    StockStale = {
        word: "stock-stale",
        title: "Stock at the tills is old",
        sentence: "Products of a store have waited for a fresh stock level for too long.",
        owner: It,
        severity: High,
        todo: "Look at Health: is the stock flow paused, or does a system not answer? Until then tills may sell what is gone.",
        page: "/stock",
        settles: true,
    };
    DespatchTooOld = {
        word: "despatch-too-old",
        title: "A despatch does not reach the till",
        sentence: "OrderWise has sent goods, and Sitoo has not been told for too long.",
        owner: Retail,
        severity: Normal,
        todo: "Look at Despatch for what is refused or in doubt, and at Exceptions for its cause.",
        page: "/despatch",
        settles: false,
    };
    DayNotClosed = {
        word: "day-not-closed",
        title: "A day is not closed",
        sentence: "A day that should be closed by now is open, not fresh or different.",
        owner: Finance,
        severity: Normal,
        todo: "Open the day in Books: it says what differs, and what would take it away.",
        page: "/books",
        settles: false,
    };
    PayoutMissing = {
        word: "payout-missing",
        title: "Money has not arrived",
        sentence: "A payout is on no statement, or payments are in no payout, for longer than usual.",
        owner: Finance,
        severity: Normal,
        todo: "Look at the payouts in Books, import what is missing, or ask the provider.",
        page: "/books/payouts",
        settles: false,
    };
    SystemUnreachable = {
        word: "system-unreachable",
        title: "A system does not answer",
        sentence: "A system could not be reached for several tries in a row.",
        owner: It,
        severity: Critical,
        todo: "Run `daybook check`. Nothing is lost: what was sold waits and goes on by itself.",
        page: "/health",
        settles: true,
    };
    CredentialsRefused = {
        word: "credentials-refused",
        title: "A system refuses Daybook",
        sentence: "A system does not take Daybook's password, or does not let it do its work.",
        owner: It,
        severity: Critical,
        todo: "Renew the password or the permission, then run `daybook check`.",
        page: "/health",
        settles: true,
    };
    WatermarkNotMoving = {
        word: "watermark-not-moving",
        title: "Sitoo is not read",
        sentence: "Orders have not been read from Sitoo for too long, whatever the reason.",
        owner: It,
        severity: Critical,
        todo: "Is `daybook serve` running, and receiving not paused? See Health and the log.",
        page: "/health",
        settles: true,
    };
    DiskNearlyFull = {
        word: "disk-nearly-full",
        title: "The disk is nearly full",
        sentence: "The disk that holds the book has little space left.",
        owner: It,
        severity: Critical,
        todo: "Make room: a full disk stops Daybook, which then loses nothing and posts nothing.",
        page: "/health",
        settles: true,
    };
    DeliveryFailing = {
        word: "delivery-failing",
        title: "Alerts are not delivered",
        sentence: "A channel has not taken a message several times in a row.",
        owner: It,
        severity: High,
        todo: "Try it with `daybook alerts test CHANNEL`; the error is shown with each delivery.",
        page: "/alerts",
        settles: false,
    };
}

impl AlertKind {
    /// What the table says of it.
    pub fn row(self) -> &'static KindRow {
        // The enum and the table come from the same list, so the number is always a row.
        &TABLE[self as usize]
    }

    /// Its stable word.
    pub fn word(self) -> &'static str {
        self.row().word
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for AlertKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|kind| kind.word() == word);
        found.ok_or_else(|| format!("'{word}' is no kind of alert"))
    }
}
