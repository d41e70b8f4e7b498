//! The till shows something else of an order that is posted already. Nothing is altered in the
//! ledger on its own; where the money, the rows or the tenders differ, a person is told.

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Timestamp,
    causes::Cause,
    posting::Fault,
    till::{OrderState, TillOrder},
};
use daybook_store::{
    Tx, entry,
    exception::{self, EntryFaults},
};

use super::evaluate::DAYBOOK;
use crate::error::FlowError;

/// Tells about each of `order_ids` whose latest version differs in what was posted.
pub(crate) async fn after_posting(
    tx: &mut Tx,
    now: Timestamp,
    order_ids: &[i64],
) -> Result<(), FlowError> {
    let mut told = Vec::new();
    for &order_id in order_ids {
        let versions = entry::payload_versions(&mut *tx, order_id).await?;
        let [.., before, after] = versions.as_slice() else { continue };
        let (Ok(before), Ok(after)) = (parse_order(&before.body), parse_order(&after.body)) else {
            continue;
        };
        if is_same_for_the_ledger(&before, &after) {
            continue;
        }
        let detail = format!("posted with {}, the till now shows {}", before.gross, after.gross);
        let subject = after.reference.to_string();
        let fault = Fault { cause: Cause::ChangedAfterPosting, subject, detail };
        let money = (after.gross - before.gross).abs();
        told.push(EntryFaults { order_id, money, faults: vec![fault] });
    }
    if !told.is_empty() {
        exception::set_for_entries(tx, now, &told, DAYBOOK).await?;
    }
    Ok(())
}

fn is_same_for_the_ledger(before: &TillOrder, after: &TillOrder) -> bool {
    let money = |order: &TillOrder| (order.net, order.vat, order.round_off, order.gross);
    let void = |order: &TillOrder| order.order_state == OrderState::Cancelled;
    money(before) == money(after)
        && before.rows == after.rows
        && before.payments == after.payments
        && void(before) == void(after)
}
