//! Stock over the API: levels, the journal, movements and absolute values (facts/sitoo 3.2 to 3.5).

use std::fmt::Write as _;

use daybook_domain::{Quantity, class::Failure, exchange::Called};
use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    call::{Answer, Keep, read_json},
    number::Num,
    text::{Text, loose},
};

use super::{
    Sitoo,
    client::one,
    envelope::{self, Element},
    translate::{drift, need, within},
    wire::{List, read},
};

/// Items in one request to post movements, all of them together (facts/sitoo 3.3).
pub const ITEMS_A_REQUEST: usize = 1_000;
/// Rows of a page of levels, products or movements: what is known to be safe (facts/sitoo 1.5).
const PAGE: usize = 1_000;
/// Bytes of a list of SKUs in an address: with the rest it stays well below what proxies take.
const LONGEST_LIST: usize = 3_000;
/// SKUs in one address.
const MOST_SKUS: usize = 100;

/// What lies of a SKU in a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// In Sitoo's spelling.
    pub sku: String,
    /// `decimaltotal`: on hand. It may be negative.
    pub total: Quantity,
    /// `decimalreserved`: held by Sitoo for bookings, a part of the total.
    pub reserved: Quantity,
}

/// A page of levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelsPage {
    /// How many there are altogether.
    pub total_count: i64,
    /// Those of this page.
    pub levels: Vec<Level>,
}

/// In or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `transactiontype` 10.
    In,
    /// `transactiontype` 20.
    Out,
}

/// A movement to be posted: done whole, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// `warehouseid`, of an ordinary (FIFO) warehouse.
    pub warehouse_id: i64,
    /// Which way.
    pub direction: Direction,
    /// `externalid`: makes a repeat visible, and is found in the journal.
    pub external_id: String,
    /// SKU and signed change; all in the movement's direction.
    pub items: Vec<(String, Quantity)>,
}

/// A movement in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// `warehousetransactionid`, ascending.
    pub id: i64,
    /// `warehouseid`.
    pub warehouse_id: i64,
    /// `transactiontype`: 10 in, 20 out, 30 sales, 40 refund, 50 stock-taking, and others.
    pub kind: i64,
    /// `externalid`.
    pub external_id: Option<String>,
    /// SKUs that moved.
    pub skus: Vec<String>,
}

impl Transaction {
    /// Whether a till's sale or return made it: those are known by their orders.
    pub const fn is_of_an_order(&self) -> bool {
        matches!(self.kind, 30 | 40)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireLevel<'a> {
    #[serde(borrow)]
    sku: Text<'a>,
    decimaltotal: Num<Quantity>,
    decimalreserved: Num<Quantity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireTransaction<'a> {
    warehousetransactionid: Num<i64>,
    warehouseid: Num<i64>,
    transactiontype: Num<i64>,
    #[serde(borrow, deserialize_with = "loose")]
    externalid: Text<'a>,
    items: Vec<WireItem<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireItem<'a> {
    #[serde(borrow)]
    sku: Text<'a>,
}

#[derive(Serialize)]
struct SentMovement<'a> {
    warehouseid: i64,
    transactiontype: i64,
    description: &'static str,
    externalid: &'a str,
    items: Vec<SentItem<'a>>,
}

#[derive(Serialize)]
struct SentItem<'a> {
    sku: &'a str,
    decimalquantity: String,
}

#[derive(Serialize)]
struct SentLevel<'a> {
    sku: &'a str,
    decimaltotal: String,
}

/// What staff read in the journal.
const DESCRIPTION: &str = "Daybook: stock as in OrderWise";

impl Sitoo {
    /// The levels of some SKUs in a warehouse. One that Sitoo never had there is not in the answer;
    /// an answer with fewer rows than it says there are is read to its end.
    pub async fn levels(&self, warehouse_id: i64, skus: &[String]) -> Called<Vec<Level>> {
        let path = format!(
            "sites/{}/warehouses/{warehouse_id}/warehouseitems.json?fields=sku,decimaltotal,\
             decimalreserved&num={PAGE}",
            self.site()
        );
        self.by_sku("stock-levels-of", &path, skus, level).await
    }

    /// A page of the levels of a warehouse, from a place on.
    pub async fn levels_page(&self, warehouse_id: i64, start: usize) -> Called<LevelsPage> {
        let path = format!(
            "sites/{}/warehouses/{warehouse_id}/warehouseitems.json?fields=sku,decimaltotal,\
             decimalreserved&start={start}&num={PAGE}",
            self.site()
        );
        let read = |answer: &Answer<'_>| {
            let (total_count, levels) = read_list(answer, level)?;
            Ok(LevelsPage { total_count, levels })
        };
        one(self.get("stock-levels", &path, Keep::Failures, read).await)
    }

    /// The journal of one warehouse or of all, from an id on, in ascending order.
    pub async fn journal(&self, warehouse_id: Option<i64>, from: i64) -> Called<Vec<Transaction>> {
        let only = warehouse_id.map(|id| format!("&warehouseid={id}")).unwrap_or_default();
        let filter = format!("warehousetransactionidfrom={from}{only}&sort=warehousetransactionid");
        self.read_journal(&filter, PAGE).await
    }

    /// The newest movement in the journal.
    pub async fn newest_transaction(&self) -> Called<Option<i64>> {
        let called = self.read_journal("sort=-warehousetransactionid", 1).await;
        let newest = |rows: Vec<Transaction>| rows.into_iter().map(|row| row.id).max();
        Called { outcome: called.outcome.map(newest), exchanges: called.exchanges }
    }

    async fn read_journal(&self, filter: &str, num: usize) -> Called<Vec<Transaction>> {
        let path = format!(
            "sites/{}/warehousetransactions.json?{filter}&start=0&num={num}&fields=\
             warehousetransactionid,warehouseid,transactiontype,externalid,items",
            self.site()
        );
        let read = |answer: &Answer<'_>| Ok(read_list(answer, transaction)?.1);
        one(self.get("stock-journal", &path, Keep::Failures, read).await)
    }

    /// Posts movements, each with its own outcome in the order of the question: its id in the
    /// journal where Sitoo tells one.
    pub async fn move_stock(&self, movements: &[Movement]) -> Called<Vec<Element<Option<i64>>>> {
        let sent: Vec<SentMovement<'_>> = movements.iter().map(sent_movement).collect();
        let path = format!("sites/{}/warehousetransactions.json", self.site());
        self.batch("move-stock", (Method::POST, &path), &sent, envelope::id_if_any).await
    }

    /// Sets the levels of a virtual warehouse, each with its own outcome.
    pub async fn set_levels(
        &self,
        warehouse_id: i64,
        levels: &[(String, Quantity)],
    ) -> Called<Vec<Element<Option<i64>>>> {
        let sent: Vec<SentLevel<'_>> = levels
            .iter()
            .map(|(sku, total)| SentLevel { sku, decimaltotal: three_decimals(*total) })
            .collect();
        let path = format!("sites/{}/warehouses/{warehouse_id}/warehouseitems.json", self.site());
        self.batch("set-stock", (Method::PUT, &path), &sent, envelope::id_if_any).await
    }

    /// Asks for some SKUs at a time, as many as an address takes.
    async fn by_sku<T: Send>(
        &self,
        purpose: &'static str,
        path: &str,
        skus: &[String],
        element: fn(&str) -> Result<T, Failure>,
    ) -> Called<Vec<T>> {
        let (mut found, mut exchanges) = (Vec::new(), Vec::new());
        for list in lists(skus) {
            let before = found.len();
            loop {
                let start = found.len() - before;
                let read = |answer: &Answer<'_>| whole_or_more(read_list(answer, element)?, start);
                let path = format!("{path}&start={start}&sku={list}");
                let (outcome, exchange) = self.get(purpose, &path, Keep::Failures, read).await;
                exchanges.extend(exchange);
                match outcome {
                    Ok((is_whole, elements)) => {
                        found.extend(elements);
                        if is_whole {
                            break;
                        }
                    }
                    Err(failure) => return Called { outcome: Err(failure), exchanges },
                }
            }
        }
        Called { outcome: Ok(found), exchanges }
    }
}

fn sent_movement(movement: &Movement) -> SentMovement<'_> {
    let items = movement.items.iter();
    SentMovement {
        warehouseid: movement.warehouse_id,
        transactiontype: match movement.direction {
            Direction::In => 10,
            Direction::Out => 20,
        },
        description: DESCRIPTION,
        externalid: &movement.external_id,
        items: items
            .map(|(sku, quantity)| SentItem { sku, decimalquantity: three_decimals(*quantity) })
            .collect(),
    }
}

/// Whether a page, from a place on, is the last one. A list that ends before the number of rows that
/// it says it has cannot be told from one where rows are missing.
fn whole_or_more<T>(
    (total, elements): (i64, Vec<T>),
    start: usize,
) -> Result<(bool, Vec<T>), Failure> {
    let is_whole = start + elements.len() >= usize::try_from(total).unwrap_or(0);
    if elements.is_empty() && !is_whole {
        return Err(drift("totalcount", "is more than the rows that there are"));
    }
    Ok((is_whole, elements))
}

/// As Sitoo writes decimals (facts/sitoo 1.4).
fn three_decimals(quantity: Quantity) -> String {
    let sign = if quantity.is_negative() { "-" } else { "" };
    let all = quantity.thousandths().unsigned_abs();
    format!("{sign}{}.{:03}", all / 1_000, all % 1_000)
}

/// Lists of SKUs for addresses: several values are separated by commas (facts/sitoo 1.5).
fn lists(skus: &[String]) -> Vec<String> {
    let mut lists: Vec<String> = Vec::new();
    let mut count = MOST_SKUS;
    for sku in skus {
        let encoded = encoded(sku);
        match lists.last_mut() {
            Some(list) if count < MOST_SKUS && list.len() + encoded.len() < LONGEST_LIST => {
                list.push(',');
                list.push_str(&encoded);
                count += 1;
            }
            _ => {
                lists.push(encoded);
                count = 1;
            }
        }
    }
    lists
}

/// SKUs hold `+` and `/` (facts/sitoo 4.1), which mean something else in an address.
pub(super) fn encoded(sku: &str) -> String {
    let mut text = String::with_capacity(sku.len());
    for byte in sku.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn read_list<T>(
    answer: &Answer<'_>,
    element: fn(&str) -> Result<T, Failure>,
) -> Result<(i64, Vec<T>), Failure> {
    let list: List<'_> = read_json(answer)?;
    let elements = list.items.iter().enumerate();
    let elements = elements
        .map(|(place, raw)| element(raw.get()).map_err(within("items", place)))
        .collect::<Result<Vec<T>, Failure>>()?;
    let counted = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    Ok((list.totalcount.0.unwrap_or(counted), elements))
}

fn level(json: &str) -> Result<Level, Failure> {
    let wire: WireLevel<'_> = read(json)?;
    Ok(Level {
        sku: wire.sku.owned(),
        total: need(wire.decimaltotal.0, "decimaltotal")?,
        reserved: wire.decimalreserved.0.unwrap_or(Quantity::ZERO),
    })
}

fn transaction(json: &str) -> Result<Transaction, Failure> {
    let wire: WireTransaction<'_> = read(json)?;
    Ok(Transaction {
        id: need(wire.warehousetransactionid.0, "warehousetransactionid")?,
        warehouse_id: need(wire.warehouseid.0, "warehouseid")?,
        kind: need(wire.transactiontype.0, "transactiontype")?,
        external_id: wire.externalid.some(),
        skus: wire.items.iter().map(|item| item.sku.owned()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use daybook_domain::Quantity;

    use super::{encoded, lists, three_decimals, whole_or_more};

    #[test]
    fn a_list_is_whole_when_it_has_what_it_counts() {
        assert_eq!(whole_or_more((0, Vec::<i64>::new()), 0).unwrap(), (true, vec![]));
        assert_eq!(whole_or_more((3, vec![1, 2]), 0).unwrap(), (false, vec![1, 2]));
        assert_eq!(whole_or_more((3, vec![3]), 2).unwrap(), (true, vec![3]));
        assert!(
            whole_or_more((3, Vec::<i64>::new()), 2).is_err(),
            "it counts one more than it has"
        );
    }

    #[test]
    fn decimals_have_three_places() {
        for (thousandths, text) in [(-1, "-0.001"), (13_000, "13.000"), (-1_250, "-1.250")] {
            assert_eq!(three_decimals(Quantity::from_thousandths(thousandths)), text);
        }
    }

    #[test]
    fn addresses_stay_short_and_keep_what_a_sku_is() {
        assert_eq!(encoded("A+1/ä"), "A%2B1%2F%C3%A4");
        let skus: Vec<String> = (0..250).map(|n| format!("SKU-{n}")).collect();
        let found = lists(&skus);
        assert_eq!(found.len(), 3);
        assert_eq!(found.join(","), skus.join(","));
        let long: Vec<String> = (0..100).map(|n| format!("{n:0200}")).collect();
        assert!(lists(&long).iter().all(|list| list.len() <= super::LONGEST_LIST + 200));
        assert_eq!(lists(&[]), Vec::<String>::new());
    }
}
