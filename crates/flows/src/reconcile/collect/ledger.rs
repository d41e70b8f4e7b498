//! OrderWise's documents with their lines, a stretch of its wall clock at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use daybook_connectors::orderwise::{OddRow, Rows};
use daybook_domain::{
    Reference, Timestamp,
    exchange::Called,
    priority::Priority,
    reconcile::witness::{LedgerDocument, LedgerLine, LocalTime},
};
use daybook_store::reconcile::{
    document::{self, Touched},
    entries,
    late::LateRow,
};

use super::{super::LINES, CollectReport, moved};
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
    let mut look_ups = moved::LOOK_UPS;
    for span in windows(from, to, app.settings.reconcile.window.as_secs()) {
        if app.stop.is_cancelled() {
            return Ok(());
        }
        let before = document::read_at(&app.db, span.0, span.1).await?;
        if before.is_none_or(|at| at < fresh_since) {
            let stretches = with_moved(app, span, &mut look_ups).await?;
            // Where documents went to is written down first: what is cut off here leaves the stretch
            // that they left to be read again.
            for (place, stretch) in stretches.iter().rev() {
                let was_known = before.is_some() || *place != span;
                keep(app, *place, stretch, was_known, report).await?;
            }
        }
    }
    Ok(())
}

/// A stretch of OrderWise's wall clock, from its first moment to before its second.
pub(super) type Span = (LocalTime, LocalTime);

/// The stretch of a moment.
pub(super) fn span_of(app: &App, at: LocalTime) -> Option<Span> {
    let next = LocalTime::from_wall_micros(at.wall_micros() + 1);
    windows(at, next, app.settings.reconcile.window.as_secs()).next()
}

/// Reads a stretch, and those to which documents of it have gone since: one that only got another
/// date is not to be called gone.
async fn with_moved(
    app: &App,
    span: Span,
    look_ups: &mut usize,
) -> Result<Vec<(Span, Stretch)>, FlowError> {
    let mut found: Vec<(Span, Stretch)> = Vec::new();
    let mut wanted = VecDeque::from([span]);
    while let Some(span) = wanted.pop_front() {
        if found.iter().any(|(known, _)| *known == span) {
            continue;
        }
        let stretch = read(app, span).await?;
        wanted.extend(moved::places(app, span, &stretch.documents, look_ups).await?);
        found.push((span, stretch));
    }
    Ok(found)
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

/// What OrderWise told of a stretch.
struct Stretch {
    read_at: Timestamp,
    documents: Vec<LedgerDocument>,
    /// Of ours, what could not be read.
    odd: Odd,
}

/// Documents first, then lines: of a document that comes between both reads there are lines and no
/// total, which are left for the next read; never the other way round.
async fn read(app: &App, span: Span) -> Result<Stretch, FlowError> {
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
    Ok(Stretch { read_at, documents, odd })
}

async fn keep(
    app: &App,
    span: Span,
    stretch: &Stretch,
    was_known: bool,
    report: &mut CollectReport,
) -> Result<(), FlowError> {
    let Stretch { read_at, documents, odd } = stretch;
    let write = || write(app, *read_at, span, (documents, odd), was_known);
    let touched = retrying(app, "OrderWise's documents", write).await?;
    report.windows += 1;
    report.documents += super::count(touched);
    Ok(())
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
) -> Result<usize, FlowError> {
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
    Ok(touched.len())
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
