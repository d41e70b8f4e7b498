//! Where in a table what stands. A layout is data: the built-in ones are written in the same words
//! as those of the settings.
//!
//! A column is named by its heading, without regard to letter case. `A|B` is whichever of both is
//! there; with `?` at the end it may be missing.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The columns of a settlement report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Columns {
    /// What kind of line it is; without it the sign of the amount tells.
    pub kind: Option<String>,
    /// What the shopper paid, with its sign.
    pub gross: Option<String>,
    /// The same in two columns: what goes away …
    pub gross_debit: Option<String>,
    /// … and what comes.
    pub gross_credit: Option<String>,
    /// What the provider keeps; several columns are added up.
    pub fee: Vec<String>,
    /// What is paid out, with its sign.
    pub net: Option<String>,
    /// The same in two columns: what goes away …
    pub net_debit: Option<String>,
    /// … and what comes.
    pub net_credit: Option<String>,
    /// Currency of the gross amount.
    pub currency: Option<String>,
    /// Currency of fee and net, where it can be another.
    pub net_currency: Option<String>,
    /// The payout or batch.
    pub payout: Option<String>,
    /// When it was paid out.
    pub payout_day: Option<String>,
    /// The account with the provider.
    pub account: Option<String>,
    /// References, any number of columns.
    pub references: Vec<String>,
    /// When it happened.
    pub at: Option<String>,
    /// The zone of that moment.
    pub zone: Option<String>,
    /// The store, as the provider names it.
    pub store: Option<String>,
    /// An id of the line that no other line has.
    pub id: Option<String>,
}

/// The columns of a bank's statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BankColumns {
    /// When it was booked.
    pub day: Option<String>,
    /// How much, with its sign.
    pub amount: Option<String>,
    /// The same in two columns: what went out …
    pub debit: Option<String>,
    /// … and what came in.
    pub credit: Option<String>,
    /// Currency.
    pub currency: Option<String>,
    /// The retailer's account.
    pub account: Option<String>,
    /// The bank's own reference.
    pub reference: Option<String>,
    /// Everything that is said about it, any number of columns.
    pub words: Vec<String>,
}

/// How texts are written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Style {
    /// What stands between two cells of a CSV file.
    pub separator: char,
    /// What stands before the pence.
    pub decimal: char,
    /// What stands between thousands.
    pub thousands: Option<char>,
    /// How letters are written.
    pub encoding: Encoding,
    /// How dates are written, as `strptime` patterns; ISO 8601 is always read.
    pub dates: Vec<String>,
    /// Zone of moments that name none.
    pub zone: String,
    /// Whether amounts have their signs, or the kind of the line tells.
    pub amounts: Amounts,
    /// The sheet of a workbook; the first one without it.
    pub sheet: Option<String>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            separator: ',',
            decimal: '.',
            thousands: None,
            encoding: Encoding::Auto,
            dates: Vec::new(),
            zone: "Europe/London".to_owned(),
            amounts: Amounts::Signed,
            sheet: None,
        }
    }
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8 where it fits, else Windows-1252.
    Auto,
    /// UTF-8, or an error.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// Where an amount's sign comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amounts {
    /// It stands before the amount.
    Signed,
    /// The kind of the line tells: refunds, chargebacks and payouts go out.
    ByKind,
}

/// Stands for lines that are no money, such as totals.
pub const IGNORE: &str = "ignore";

/// What a provider calls a kind of line: the kind's word, or [`IGNORE`].
pub type LineWord = String;

/// A settlement report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Its name, for messages.
    pub name: String,
    /// Where what stands.
    pub columns: Columns,
    /// The provider's word, folded → kind of line.
    pub kinds: BTreeMap<String, LineWord>,
    /// Currency of everything, where no column tells.
    pub currency: Option<String>,
    /// How it is written.
    pub style: Style,
}

/// A bank's statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankLayout {
    /// Its name, for messages.
    pub name: String,
    /// Where what stands.
    pub columns: BankColumns,
    /// Currency, where no column tells.
    pub currency: Option<String>,
    /// Account, where no column tells.
    pub account: Option<String>,
    /// How it is written.
    pub style: Style,
}
