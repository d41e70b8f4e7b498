//! The till shows something else of an order that is posted already. Nothing is altered in the
//! ledger on its own; where the money, the rows or the tenders differ, a person is told.

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Money, Timestamp,
    causes::Cause,
    posting::Fault,
    supply::has_rows_to_come,
    till::{OrderState, TillOrder},
};
use daybook_store::{
    Tx,
    despatch::sending,
    entry,
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
        if is_given_up(&before, &after) {
            given_up(tx, now, order_id, &after).await?;
            continue;
        }
        let (detail, money) = what_changed(&before, &after);
        let subject = after.reference.to_string();
        let fault = Fault { cause: Cause::ChangedAfterPosting, subject, detail };
        told.push(EntryFaults { order_id, money, faults: vec![fault] });
    }
    if !told.is_empty() {
        exception::set_for_entries(tx, now, &told, DAYBOOK).await?;
    }
    Ok(())
}

/// In words, and the money at risk: of a cancelled order all that was posted.
fn what_changed(before: &TillOrder, after: &TillOrder) -> (String, Money) {
    if is_void(after) && !is_void(before) {
        let detail = format!("posted with {}, and cancelled in Sitoo since", before.gross);
        return (detail, before.gross.abs());
    }
    let detail = format!("posted with {}, the till now shows {}", before.gross, after.gross);
    (detail, (after.gross - before.gross).abs())
}

fn is_void(order: &TillOrder) -> bool {
    order.order_state == OrderState::Cancelled
}

/// Cancelled, with goods still to come, and otherwise as it was posted.
fn is_given_up(before: &TillOrder, after: &TillOrder) -> bool {
    let open = TillOrder { order_state: before.order_state, ..after.clone() };
    after.order_state == OrderState::Cancelled
        && has_rows_to_come(before)
        && is_same_for_the_ledger(before, &open)
}

/// The money may be given back, and OrderWise would still send the goods. Both sides are followed
/// from here on; it closes by itself once OrderWise has cancelled the order too.
async fn given_up(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    order: &TillOrder,
) -> Result<(), FlowError> {
    let fault = Fault {
        cause: Cause::CancelledInSitoo,
        subject: order.reference.to_string(),
        detail: format!("cancelled in Sitoo with {} paid", order.gross),
    };
    let about = (order_id, order.gross.abs());
    exception::raise_beside(tx, now, about, &fault, DAYBOOK).await?;
    sending::wake(tx, &[order_id], now).await?;
    Ok(())
}

fn is_same_for_the_ledger(before: &TillOrder, after: &TillOrder) -> bool {
    let money = |order: &TillOrder| (order.net, order.vat, order.round_off, order.gross);
    money(before) == money(after)
        && before.rows == after.rows
        && before.payments == after.payments
        && is_void(before) == is_void(after)
}
