//! Money that others took for the retailer and have not paid yet: opening + taken − settled −
//! written off = closing, and closing is the sum of the payments that are open.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    control::Check,
    facts::Facts,
    pack::Pack,
    table::{Cell, Column, Table, plain, summed},
};
use crate::{Money, settlement::Day};

/// What one tender came to in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenderMoney {
    /// Who settles it.
    pub provider: String,
    /// ISO 4217.
    pub currency: String,
    /// The tender's name.
    pub tender: String,
    /// The store; none where the till named none.
    pub store: Option<i64>,
    /// What was open when the month began.
    pub opening: Money,
    /// What the tills took, less what they gave back.
    pub taken: Money,
    /// What was settled, in the tills' amounts.
    pub settled: Money,
    /// What a person has written off.
    pub written_off: Money,
    /// What was open when it ended.
    pub closing: Money,
}

/// A provider's balance as it was carried from day to day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Who owes it.
    pub provider: String,
    /// ISO 4217.
    pub currency: String,
    /// At the end of the day before the month.
    pub opening: Money,
    /// At the end of the month's last day.
    pub closing: Money,
    /// How many payments that are.
    pub open: i64,
}

/// Payments of one store and day that were open when the month ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPayments {
    /// Who owes them.
    pub provider: String,
    /// ISO 4217.
    pub currency: String,
    /// The store; none where the till named none.
    pub store: Option<i64>,
    /// When they were taken.
    pub day: Day,
    /// How many.
    pub payments: i64,
    /// Their sum.
    pub amount: Money,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// By tender and store.
    pub tenders: Vec<TenderMoney>,
    /// As it was carried.
    pub carried: Vec<Carried>,
    /// What was open.
    pub open: Vec<OpenPayments>,
}

const ROLL: [Column; 5] = [
    summed("opening", "Opening"),
    summed("taken", "+ taken"),
    summed("settled", "- settled"),
    summed("written_off", "- written off"),
    summed("closing", "= closing"),
];

fn names(facts: &Facts) -> BTreeMap<i64, &str> {
    let results = facts.days.iter().map(|day| &day.certificate.body.result);
    results.map(|result| (result.warehouse_id, result.store.as_str())).collect()
}

/// The store's id and name, as cells.
fn place(names: &BTreeMap<i64, &str>, store: Option<i64>) -> [Cell; 2] {
    let name = store.and_then(|store| names.get(&store)).map_or(Cell::Empty, |name| (*name).into());
    [store.map_or(Cell::Empty, Cell::from), name]
}

/// The balance by provider, tender and store.
pub(super) fn balance(facts: &Facts) -> Table {
    let names = names(facts);
    let rows = facts.unsettled.tenders.iter().map(|one| {
        let mut row: Vec<Cell> = vec![account(&one.provider, &one.currency).into()];
        row.push(one.tender.as_str().into());
        row.extend(place(&names, one.store));
        let amounts = [one.opening, one.taken, one.settled, one.written_off, one.closing];
        row.extend(amounts.map(Cell::from));
        row
    });
    let mut columns = vec![
        plain("provider", "Provider"),
        plain("tender", "Tender"),
        plain("store", "Store"),
        plain("store_name", "Name"),
    ];
    columns.extend(ROLL);
    Table {
        name: "unsettled",
        title: "Unsettled balance",
        note: "Payments that a provider settles, in the tills' amounts: fees and chargebacks are \
               the provider's account. As the reports say that were imported when this pack was \
               made.",
        columns,
        rows: rows.collect(),
    }
}

/// What was open at the end, by the day on which it was taken.
pub(super) fn open(facts: &Facts) -> Table {
    let (names, last) = (names(facts), Day::from(facts.month.last()));
    let rows = facts.unsettled.open.iter().map(|one| {
        let mut row: Vec<Cell> = vec![account(&one.provider, &one.currency).into()];
        row.extend(place(&names, one.store));
        row.push(one.day.to_string().into());
        row.push(last.after(one.day).into());
        row.extend([one.payments.into(), one.amount.into()]);
        row
    });
    Table {
        name: "unsettled-open",
        title: "Payments that are not settled",
        note: "What was open when the month ended, by store and the day on which it was taken. \
               One by one: `daybook payouts open PROVIDER --day DAY`.",
        columns: vec![
            plain("provider", "Provider"),
            plain("store", "Store"),
            plain("store_name", "Name"),
            plain("taken_on", "Taken on"),
            plain("age_days", "Age in days"),
            summed("payments", "Payments"),
            summed("amount", "Amount"),
        ],
        rows: rows.collect(),
    }
}

/// A provider's account in one currency: sums over several mean nothing.
fn account(provider: &str, currency: &str) -> String {
    format!("{provider}, {currency}")
}

/// The balance rolls, is what was carried from day to day, and is the sum of what is open.
pub(super) fn checks(pack: &Pack, facts: &Facts) -> Vec<Check> {
    let Some((balance, open)) = pack.table("unsettled").zip(pack.table("unsettled-open")) else {
        return Vec::new();
    };
    let money = &facts.unsettled;
    let carried: BTreeMap<String, &Carried> =
        money.carried.iter().map(|one| (account(&one.provider, &one.currency), one)).collect();
    let of_tenders = money.tenders.iter().map(|one| account(&one.provider, &one.currency));
    let of_open = money.open.iter().map(|one| account(&one.provider, &one.currency));
    let all = of_tenders.chain(of_open).chain(carried.keys().cloned());
    let mut found = Vec::new();
    for name in all.collect::<BTreeSet<String>>() {
        let sum = |key: &str| balance.sum_of(key, "provider", &name);
        let (opening, closing) = (sum("opening"), sum("closing"));
        let of_open = |key: &str| open.sum_of(key, "provider", &name);
        let known = carried.get(&name);
        let before = known.map_or(0, |known| known.opening.pence());
        let after = known.map_or(0, |known| known.closing.pence());
        let count = known.map_or(0, |known| known.open);
        let rolled = opening + sum("taken") - sum("settled") - sum("written_off");
        let title = |what: &str| format!("Unsettled balance of {name}: {what}");
        found.extend([
            Check::money(title("opening = carried from the day before"), opening, before),
            Check::money(
                title("opening + taken - settled - written off = closing"),
                rolled,
                closing,
            ),
            Check::money(title("closing = carried to the last day"), closing, after),
            Check::money(title("closing = sum of its open payments"), closing, of_open("amount")),
            Check::count(title("open payments = those carried"), of_open("payments"), count),
        ]);
    }
    found
}
