//! OrderWise's documents with their lines, a stretch of its wall clock at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use daybook_connectors::orderwise::{OddRow, Rows};
use daybook_domain::{
    Reference, Timestamp,
    exchange::Called,
    priority::Priority,
    reconcile::witness::{LedgerDocument, LedgerLine, LocalTime},
};
use daybook_store::{
    entry,
    reconcile::{
        document::{self, Touched},
        entries,
        late::LateRow,
    },
};

use super::{super::LINES, CollectReport};
use crate::{
    app::App,
    cutover,
    error::FlowError,
    exchanges,
    odd_rows::{self, Odd},
    reconcile::late,
    retrying::retrying,
    sales::load::current_mapping,
};

/// Until when the documents dated from `from` to before `to` are in the book, the oldest part of
/// them; none where a part was never read.
pub async fn ledger_read_at(
    app: &App,
    from: LocalTime,
    to: LocalTime,
) -> Result<Option<Timestamp>, FlowError> {
    Ok(document::read_at(&app.db, from, to).await?)
}

/// Reads the documents dated from `from` to before `to`, but for stretches that were read at
/// `fresh_since` or later. What is cut off goes on there the next time.
pub async fn ledger(
    app: &App,
    (from, to): (LocalTime, LocalTime),
    fresh_since: Timestamp,
    report: &mut CollectReport,
) -> Result<(), FlowError> {
    for (from, to) in windows(from, to, app.settings.reconcile.window.as_secs()) {
        if app.stop.is_cancelled() {
            return Ok(());
        }
        let before = document::read_at(&app.db, from, to).await?;
        if before.is_none_or(|at| at < fresh_since) {
            let gone = one(app, (from, to), before.is_some(), report).await?;
            follow(app, &gone, report).await?;
        }
    }
    Ok(())
}

/// Stretches on a grid that is the same for everybody: they begin at multiples of their length
/// after midnight.
fn windows(
    from: LocalTime,
    to: LocalTime,
    seconds: u64,
) -> impl Iterator<Item = (LocalTime, LocalTime)> {
    const DAY: i64 = 86_400_000_000;
    let length = i64::try_from(seconds.max(60)).unwrap_or(DAY / 1_000_000);
    let length = (length * 1_000_000).min(DAY);
    let end = to.wall_micros();
    let mut next = from.wall_micros();
    std::iter::from_fn(move || {
        if next >= end {
            return None;
        }
        let midnight = next - next.rem_euclid(DAY);
        let start = midnight + (next - midnight) / length * length;
        let stop = (start + length).min(midnight + DAY);
        next = stop;
        Some((LocalTime::from_wall_micros(start), LocalTime::from_wall_micros(stop)))
    })
}

/// Most documents that are looked for when they are gone: where more are, somebody has cleared up.
const FOLLOWED: usize = 20;

/// A document that is gone from its stretch may only have got another date: it is looked up, and
/// where it stands now is read anew, so that nobody is told that it is gone.
async fn follow(app: &App, gone: &[Touched], report: &mut CollectReport) -> Result<(), FlowError> {
    let client = app.orderwise.at(Priority::Reconciliation);
    let ours: Vec<i64> = gone.iter().filter_map(|one| one.order_id).collect();
    if ours.len() > FOLLOWED || !client.has_export("order-lookup") {
        return Ok(());
    }
    for order_id in ours {
        let Some(entry) = entry::get(&app.db, order_id).await? else { continue };
        let Called { outcome, exchanges } = client.ledger_lookup(&entry.reference()).await;
        exchanges::keep(app, Some(order_id), exchanges).await?;
        for found in outcome.map_err(FlowError::Orderwise)?.read {
            let at = found.order_date;
            let next = LocalTime::from_wall_micros(at.wall_micros() + 1);
            for span in windows(at, next, app.settings.reconcile.window.as_secs()) {
                let was_known = document::read_at(&app.db, span.0, span.1).await?.is_some();
                one(app, span, was_known, report).await?;
            }
        }
    }
    Ok(())
}

/// Reads a stretch and gives what is gone from it.
///
/// Documents first, then lines: of a document that comes between both reads there are lines and no
/// total, which are left for the next read; never the other way round.
async fn one(
    app: &App,
    span: (LocalTime, LocalTime),
    was_known: bool,
    report: &mut CollectReport,
) -> Result<Vec<Touched>, FlowError> {
    let read_at = app.now();
    let client = app.orderwise.at(Priority::Reconciliation);
    let Called { outcome, exchanges } = client.ledger_documents(span.0, span.1).await;
    exchanges::keep(app, None, exchanges).await?;
    let Rows { read: mut documents, odd } = outcome.map_err(FlowError::Orderwise)?;
    // A document that is not ours may hold anything.
    let ours = odd.iter().filter(|row| row.entry().is_some());
    let mut odd = odd_rows::named(ours, |row| row.reference.clone().unwrap_or_default());
    if client.has_export(LINES) && !documents.is_empty() {
        let Called { outcome, exchanges } = client.ledger_lines(span.0, span.1).await;
        exchanges::keep(app, None, exchanges).await?;
        odd.extend(join(&mut documents, outcome.map_err(FlowError::Orderwise)?));
    }
    let write = || write(app, read_at, span, (&documents, &odd), was_known);
    let touched = retrying(app, "OrderWise's documents", write).await?;
    report.windows += 1;
    report.documents += super::count(touched.len());
    let there: HashSet<i64> = documents.iter().map(|one| one.document.order_id).collect();
    Ok(touched.into_iter().filter(|one| !there.contains(&one.erp_order_id)).collect())
}

/// Gives each document its lines; none where one of them cannot be read. Those of ours are told.
fn join(documents: &mut [LedgerDocument], rows: Rows<(i64, LedgerLine)>) -> Odd {
    let mut by_document: HashMap<i64, Vec<LedgerLine>> = HashMap::new();
    for (order_id, line) in rows.read {
        by_document.entry(order_id).or_default().push(line);
    }
    let unread: HashMap<i64, OddRow> =
        rows.odd.into_iter().filter_map(|row| Some((row.order_id?, row))).collect();
    let mut odd = Odd::new();
    for document in documents {
        let head = &document.document;
        if let Some(row) = unread.get(&head.order_id) {
            if Reference::named_by(&head.reference).is_some() {
                odd.insert(head.reference.clone(), row.to_string());
            }
            continue;
        }
        let mut lines = by_document.remove(&document.document.order_id).unwrap_or_default();
        lines.sort_by_key(|line| line.number);
        document.lines = Some(lines);
    }
    odd
}

/// Where is told what cannot be read of a stretch.
const SCOPE: &str = "order-totals ";

/// The documents of these entries that cannot be read, and what is wrong with them.
pub(crate) async fn unread(app: &App, entries: &BTreeSet<i64>) -> Result<Odd, FlowError> {
    let open = odd_rows::open(&app.db, None).await?.into_iter();
    let of_these = open.filter(|row| {
        let entry = Reference::named_by(&row.subject).map(|entry| entry.order_id);
        row.scope.starts_with(SCOPE) && entry.is_some_and(|entry| entries.contains(&entry))
    });
    Ok(of_these.map(|row| (row.subject, row.detail)).collect())
}

async fn write(
    app: &App,
    read_at: Timestamp,
    span: (LocalTime, LocalTime),
    (documents, odd): (&[LedgerDocument], &Odd),
    was_known: bool,
) -> Result<Vec<Touched>, FlowError> {
    let mut tx = app.db.begin().await?;
    odd_rows::tell(&mut tx, app.now(), &format!("{SCOPE}{}", span.0), odd, |_| true).await?;
    let documents = &cutover::under_own_names(&mut tx, documents).await?;
    let touched = document::replace(&mut tx, read_at, span, documents).await?;
    // What is read for the first time was never compared.
    if was_known && !touched.is_empty() {
        let moments = moments(app, &mut tx, &touched).await?;
        late::note(&mut tx, read_at, moments).await?;
    }
    tx.commit().await?;
    Ok(touched)
}

/// The moments at tills that changed documents are about: those of their entries; of a document
/// without one, its date in the store of its stock location.
async fn moments(
    app: &App,
    tx: &mut daybook_store::Tx,
    touched: &[Touched],
) -> Result<BTreeSet<LateRow>, FlowError> {
    let ids: Vec<i64> = touched.iter().filter_map(|one| one.order_id).collect();
    let mut found: BTreeSet<LateRow> = entries::moments(&mut *tx, &ids).await?;
    let mapping = current_mapping(app, tx).await?;
    let stores: BTreeMap<i64, i64> = mapping
        .stores
        .iter()
        .filter_map(|(id, store)| Some((store.stock_location_id?, *id)))
        .collect();
    let strangers = touched.iter().filter(|one| one.order_id.is_none());
    found.extend(strangers.filter_map(|one| {
        let warehouse_id = *stores.get(&one.location_id?)?;
        let moment = app.orderwise.moment(one.order_date);
        Some(LateRow { warehouse_id, moment })
    }));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{LocalTime, windows};

    fn of(from: &str, to: &str, seconds: u64) -> Vec<String> {
        let [from, to]: [LocalTime; 2] = [from, to].map(|text| text.parse().unwrap());
        windows(from, to, seconds).map(|(from, to)| format!("{from} {to}")).collect()
    }

    #[test]
    fn stretches_lie_on_one_grid() {
        assert_eq!(
            of("2026-10-05T22:30:00", "2026-10-06T01:00:00", 3_600),
            [
                "2026-10-05T22:00:00 2026-10-05T23:00:00",
                "2026-10-05T23:00:00 2026-10-06T00:00:00",
                "2026-10-06T00:00:00 2026-10-06T01:00:00",
            ]
        );
        // One that does not divide the day ends with it.
        assert_eq!(
            of("2026-10-05T20:00:00", "2026-10-06T00:00:01", 5 * 3_600),
            ["2026-10-05T20:00:00 2026-10-06T00:00:00", "2026-10-06T00:00:00 2026-10-06T05:00:00",]
        );
        assert!(of("2026-10-05T20:00:00", "2026-10-05T20:00:00", 3_600).is_empty());
        assert_eq!(of("2026-10-05T00:00:00", "2026-10-06T00:00:00", 0).len(), 1_440);
    }
}
