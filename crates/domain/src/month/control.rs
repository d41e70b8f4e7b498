//! The control sheet: the figures of the pack, tied to each other. Each check adds up what a reader
//! sees in the tables, so a table that lost a row shows here.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    facts::{Facts, Stand},
    figures::{LATE, OWN},
    lists,
    pack::Pack,
    table::{Cell, Table, plain},
    unsettled,
};
use crate::{Money, reconcile::Measure};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackFigure")]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Figure {
    /// An amount.
    Money(Money),
    /// A number of things.
    Count(i64),
}

impl From<Figure> for Cell {
    fn from(figure: Figure) -> Self {
        match figure {
            Figure::Money(amount) => Self::Money(amount),
            Figure::Count(count) => Self::Count(count),
        }
    }
}

/// Two figures that must be equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackCheck")]
pub struct Check {
    /// What is checked.
    pub name: String,
    /// One side.
    pub one: Figure,
    /// The other.
    pub other: Figure,
    /// Whether they are equal.
    pub equal: bool,
}

impl Check {
    pub(super) fn money(name: impl Into<String>, one: i64, other: i64) -> Self {
        let figure = |pence| Figure::Money(Money::from_pence(pence));
        Self { name: name.into(), one: figure(one), other: figure(other), equal: one == other }
    }

    pub(super) fn count(name: impl Into<String>, one: i64, other: i64) -> Self {
        let (first, second) = (Figure::Count(one), Figure::Count(other));
        Self { name: name.into(), one: first, other: second, equal: one == other }
    }
}

/// What is tied, amount by amount.
const AMOUNTS: [(&str, &str); 6] = [
    ("till_net", "till, net"),
    ("till_tax", "till, VAT"),
    ("till_gross", "till, gross"),
    ("orderwise_net", "OrderWise, net"),
    ("orderwise_tax", "OrderWise, VAT"),
    ("orderwise_gross", "OrderWise, gross"),
];

/// Pairs of tables that show the same money in another order.
const SAME: [(&str, &str); 3] =
    [("stores", "vat"), ("vat", "tenders"), ("tenders", "certificates")];

/// Ties the tables of a pack to each other and to the certificates.
pub fn checks(pack: &Pack, facts: &Facts) -> Vec<Check> {
    let mut found = Vec::new();
    for (one, other) in SAME {
        let Some((first, second)) = pack.table(one).zip(pack.table(other)) else { continue };
        found.extend(AMOUNTS.map(|(key, what)| {
            let name = format!("{} = {}: {what}", first.title, second.title);
            Check::money(name, first.sum(key), second.sum(key))
        }));
    }
    let tables = [("certificates", OWN), ("late", LATE)];
    let summary = pack.table("summary");
    for (name, what) in tables {
        let Some((table, summary)) = pack.table(name).zip(summary) else { continue };
        found.extend(AMOUNTS.map(|(key, side)| {
            let name = format!("{} = {what}: {side}", table.title);
            Check::money(name, table.sum(key), summary.sum_of(key, "what", what))
        }));
    }
    if let Some(differences) = pack.table("differences") {
        found.extend(explained(pack, differences));
        found.extend(listed(pack, differences, facts));
    }
    let lists = [
        ("certificates", facts.days.len()),
        ("late", facts.late.len()),
        ("after-close", facts.after.len()),
        ("sign-offs", facts.sign_offs.len()),
    ];
    for (name, known) in lists {
        let Some(table) = pack.table(name) else { continue };
        let name = format!("{}: lines = those in the book", table.title);
        found.push(Check::count(name, number(table.rows.len()), number(known)));
    }
    found.extend(whole(facts));
    found.extend(unsettled::checks(pack, facts));
    found
}

/// The causes come to the difference.
fn explained(pack: &Pack, differences: &Table) -> Vec<Check> {
    let amounts = [
        ("net", "difference_net", "net"),
        ("tax", "difference_tax", "VAT"),
        ("gross", "difference_gross", "gross"),
    ];
    let ledger = Measure::Ledger.word();
    let check = |(key, of_day, what)| {
        let days = pack.table("certificates")?;
        let name = format!("Causes of differences with OrderWise = difference of the days: {what}");
        let causes = differences.sum_of(key, "measure", ledger);
        Some(Check::money(name, causes, days.sum(of_day)))
    };
    amounts.into_iter().filter_map(check).collect()
}

/// Nothing that was found is left out of a list.
fn listed(pack: &Pack, differences: &Table, facts: &Facts) -> Vec<Check> {
    let of = |stand: Stand| differences.sum_of("differences", "stand", stand.word());
    let mut found = Vec::new();
    for stand in [Stand::Open, Stand::Signed, Stand::Tolerated] {
        let name = format!("Differences that are {} = those in the certificates", stand.word());
        found.push(Check::count(name, of(stand), lists::count(facts, stand)));
    }
    if let Some(tolerated) = pack.table("tolerated") {
        let name = "Tolerated differences = tolerated pennies: number";
        let count = tolerated.sum("differences");
        found.push(Check::count(name, of(Stand::Tolerated), count));
        for (key, what) in [("net", "net"), ("tax", "VAT"), ("gross", "gross")] {
            let name = format!("Tolerated differences = tolerated pennies: {what}");
            let one = differences.sum_of(key, "stand", Stand::Tolerated.word());
            found.push(Check::money(name, one, tolerated.sum(key)));
        }
    }
    found
}

fn number(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// The certificates say what was certified, and their causes come to their differences.
fn whole(facts: &Facts) -> [Check; 2] {
    let all = number(facts.days.len());
    let is_whole = facts.days.iter().filter(|day| day.certificate.is_whole()).count();
    let tied = |day: &&super::facts::Certified| day.certificate.body.result.loose_ends().is_empty();
    let tied = facts.days.iter().filter(tied).count();
    [
        Check::count("Certificates that say what was certified = all", number(is_whole), all),
        Check::count("Days whose causes come to their differences = all", number(tied), all),
    ]
}

/// The control sheet as a table.
pub(super) fn table(checks: &[Check]) -> Table {
    let rows = checks.iter().map(|check| {
        let word = if check.equal { "equal" } else { "NOT EQUAL" };
        vec![check.name.as_str().into(), check.one.into(), check.other.into(), word.into()]
    });
    Table {
        name: "control",
        title: "Control sheet",
        note: "Each line ties two figures of this pack to each other.",
        columns: vec![
            plain("check", "Check"),
            plain("one", "One figure"),
            plain("other", "The other"),
            plain("result", "Result"),
        ],
        rows: rows.collect(),
    }
}
