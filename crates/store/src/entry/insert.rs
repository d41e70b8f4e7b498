//! The rows of a new entry: itself, its payload, the first line of its timeline.

use std::collections::BTreeSet;

use daybook_domain::Timestamp;
use sqlx::{QueryBuilder, Row};

use super::record::{ACTOR, NewEntry};
use crate::{
    StoreResult, Tx,
    chain::Hash,
    engine::pieces,
    timeline::{self, End, Line},
};

const INSERT: &str = "INSERT INTO entry (order_id, site_id, reference, kind, state, reason, \
    warehouse_id, register_id, receipt_id, order_date, currency, net, vat, gross, \
    original_order_id, partner_order_id, received_at, changed_at, due_at, attempt, failures, \
    doubt_lookups, payload_hash, payload_version, seq, chain, time_zone) ";
const UNLESS_THERE: &str = " ON CONFLICT DO NOTHING RETURNING order_id";
const KEEP: &str = "INSERT INTO payload (order_id, version, received_at, hash, body) ";

/// Inserts what is not there yet; returns the ids that were not.
pub(super) async fn insert(
    tx: &mut Tx,
    now: Timestamp,
    orders: &[&(&NewEntry, Hash)],
) -> StoreResult<BTreeSet<i64>> {
    let mut inserted = BTreeSet::new();
    for piece in pieces(orders.len()) {
        let orders = &orders[piece];
        let mut ends: Vec<End> =
            orders.iter().map(|(order, _)| End::start(order.reference())).collect();
        let lines: Vec<Line<'_>> = ends
            .iter_mut()
            .zip(orders)
            .map(|(end, (order, hash))| {
                let detail = timeline::payload_detail(1, hash);
                Line::put(end, now, ACTOR, order.state, timeline::RECORDED, detail)
            })
            .collect();
        let ids = insert_rows(tx, now, orders, &ends).await?;
        let of_ours = |id: i64| ids.contains(&id);
        let lines: Vec<_> = lines
            .into_iter()
            .zip(orders)
            .filter_map(|(line, (order, _))| of_ours(order.order_id).then_some(line))
            .collect();
        let payloads: Vec<_> = orders
            .iter()
            .filter(|(order, _)| of_ours(order.order_id))
            .map(|(order, hash)| (order.order_id, 1, hash, order.payload.as_str()))
            .collect();
        keep(tx, now, &payloads).await?;
        timeline::append(tx, now, &lines).await?;
        for (order, _) in orders.iter().filter(|(order, _)| of_ours(order.order_id)) {
            tx.moves.enter(order.state, order.gross);
        }
        inserted.extend(ids);
    }
    Ok(inserted)
}

async fn insert_rows(
    tx: &mut Tx,
    now: Timestamp,
    orders: &[&(&NewEntry, Hash)],
    ends: &[End],
) -> StoreResult<BTreeSet<i64>> {
    let now = now.micros();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(INSERT);
        query.push_values(orders.iter().zip(ends), |mut row, ((order, hash), end)| {
            row.push_bind(order.order_id).push_bind(order.site_id);
            row.push_bind(order.reference().to_string());
            row.push_bind(order.kind.word()).push_bind(order.state.word());
            row.push_bind(order.reason.as_deref()).push_bind(order.warehouse_id);
            row.push_bind(order.register_id.as_deref()).push_bind(order.receipt_id.as_deref());
            row.push_bind(order.order_date.micros()).push_bind(order.currency.as_str());
            row.push_bind(order.net.pence()).push_bind(order.vat.pence());
            row.push_bind(order.gross.pence());
            row.push_bind(order.original_order_id).push_bind(order.partner_order_id);
            row.push_bind(now).push_bind(now).push_bind(order.due_at.map(Timestamp::micros));
            row.push_bind(0_i64).push_bind(0_i64).push_bind(0_i64);
            row.push_bind(hash.as_slice()).push_bind(1_i64);
            row.push_bind(end.seq).push_bind(end.hash.as_slice());
            row.push_bind(order.time_zone.as_deref());
        });
        let rows = query.push(UNLESS_THERE).build().fetch_all(c).await?;
        rows.iter().map(|row| Ok(row.try_get("order_id")?)).collect()
    })
}

/// Keeps payloads: order id, version, fingerprint, text.
pub(super) async fn keep(
    tx: &mut Tx,
    now: Timestamp,
    payloads: &[(i64, i64, &Hash, &str)],
) -> StoreResult<()> {
    for piece in pieces(payloads.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(KEEP);
            query.push_values(&payloads[piece], |mut row, (id, version, hash, body)| {
                row.push_bind(*id).push_bind(*version).push_bind(now.micros());
                row.push_bind(hash.as_slice()).push_bind(*body);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}
