//! Whether what people see of an entry and of the mappings follows from the record: figures from a
//! payload that came, mappings from what people did.

use std::collections::BTreeMap;

use daybook_domain::{Money, Timestamp};
use serde_json::Value;

use super::{Evidence, Part};
use crate::{
    Db, Source, StoreResult, audit,
    engine::{Cells, FromCells, all, limit},
    mapping,
};

sql! {
    FIGURES = "SELECT order_id, order_date, warehouse_id, receipt_id, currency, net, vat, gross \
               FROM entry WHERE order_id > $1 ORDER BY order_id LIMIT $2";
    PAYLOADS = "SELECT order_id, body FROM payload WHERE order_id >= $1 AND order_id <= $2 \
                ORDER BY order_id, version";
}

/// Entries looked at in one read.
const PAGE: usize = 500;

/// What a payload says of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The moment at the till.
    pub order_date: Timestamp,
    /// Warehouse of Sitoo.
    pub warehouse_id: Option<i64>,
    /// Receipt id.
    pub receipt_id: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Net, returns negative.
    pub net: Money,
    /// VAT, returns negative.
    pub vat: Money,
    /// Gross, returns negative.
    pub gross: Money,
}

impl Told {
    /// What is written down of a payload that cannot be read: nothing, whatever an earlier or a later
    /// reading makes of it.
    fn is_blank(&self) -> bool {
        let sums = [self.net, self.vat, self.gross];
        let is_nobodys = self.warehouse_id.is_none() && self.receipt_id.is_none();
        is_nobodys && self.currency.is_empty() && sums.iter().all(|sum| sum.is_zero())
    }
}

/// Reads a payload; none where it cannot be read.
pub type ReadPayload = fn(&str) -> Option<Told>;

struct Row {
    order_id: i64,
    told: Told,
}

impl FromCells for Row {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let told = Told {
            order_date: row.time("order_date")?,
            warehouse_id: row.opt_int("warehouse_id")?,
            receipt_id: row.opt_text("receipt_id")?,
            currency: row.text("currency")?,
            net: row.money("net")?,
            vat: row.money("vat")?,
            gross: row.money("gross")?,
        };
        Ok(Self { order_id: row.int("order_id")?, told })
    }
}

struct Body(i64, String);

impl FromCells for Body {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.int("order_id")?, row.text("body")?))
    }
}

/// Looks at every entry's figures. One of which no payload can be read has none.
pub(super) async fn figures(db: &Db, read: ReadPayload, found: &mut Evidence) -> StoreResult<()> {
    let mut after = i64::MIN;
    loop {
        let mut conn = Source::Db(db).open().await?;
        let rows: Vec<Row> = on!(conn, c => {
            all(&sqlx::query(FIGURES).bind(after).bind(limit(PAGE)).fetch_all(c).await?)?
        });
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        after = last.order_id;
        let (from, to) = (first.order_id, last.order_id);
        let bodies: Vec<Body> = on!(conn, c => {
            all(&sqlx::query(PAYLOADS).bind(from).bind(to).fetch_all(c).await?)?
        });
        let mut told: BTreeMap<i64, Vec<Told>> = BTreeMap::new();
        for Body(order_id, body) in bodies {
            if let Some(one) = read(&body) {
                told.entry(order_id).or_default().push(one);
            }
        }
        for row in rows {
            // An entry that was sent keeps the figures of the payload that it was sent with.
            let fits = |all: &Vec<Told>| all.contains(&row.told) || row.told.is_blank();
            if told.get(&row.order_id).is_some_and(|all| !fits(all)) {
                let what = "its figures are those of no payload that came";
                found.add(Part::Entry, row.order_id, what);
            }
        }
    }
}

/// Looks at every mapping: it is what somebody set last. Anew, where somebody sets one meanwhile.
pub(super) async fn mappings(db: &Db, found: &mut Evidence) -> StoreResult<()> {
    loop {
        let version = mapping::version(db).await?;
        let mut looked = Evidence::default();
        as_set(db, &mut looked).await?;
        if mapping::version(db).await? == version {
            found.mappings = looked.mappings;
            found.broken.append(&mut looked.broken);
            return Ok(());
        }
    }
}

async fn as_set(db: &Db, found: &mut Evidence) -> StoreResult<()> {
    let mut set: BTreeMap<String, Value> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = audit::after(db, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for act in page.into_iter().filter(|act| act.action.starts_with("map-")) {
            let detail: Value = serde_json::from_str(&act.detail).unwrap_or_default();
            match detail.get("after").filter(|value| !value.is_null()) {
                Some(value) => drop(set.insert(act.subject, value.clone())),
                None => drop(set.remove(&act.subject)),
            }
        }
    }
    for row in mapping::load(db).await?.rows {
        found.mappings += 1;
        let subject = mapping::subject(row.kind, &row.key);
        let value = serde_json::to_value(&row.value).unwrap_or_default();
        if set.remove(&subject) != Some(value) {
            found.add(Part::Mapping, subject, "it is not what anybody has set");
        }
    }
    for subject in set.into_keys() {
        found.add(Part::Mapping, subject, "it was set, and is not there any more");
    }
    Ok(())
}
