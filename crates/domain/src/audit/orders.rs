//! Orders that are open for long, reasons of returns, and what cannot be read.

use super::{GapKind, Snapshot, gap::Found, usage::span};
use crate::{despatch::StatusMeaning, sku::fold};

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    let limit = snapshot.ours.limits.open;
    let now = snapshot.began_at.micros();
    for order in snapshot.open_orders.iter().flatten() {
        let age = now - order.made_at.micros();
        if age > limit {
            let detail = format!("open for {}", span(age));
            found.add_money(GapKind::OrderOpenInSitoo, order.id.to_string(), detail, order.gross);
        }
    }
    for order in snapshot.documents.iter().flatten() {
        let Some(meaning) = StatusMeaning::of(&order.status, &snapshot.ours.mapping) else {
            let detail = format!("order {}", order.number);
            found.add_money(GapKind::StatusUnknown, &order.status, detail, order.gross);
            continue;
        };
        let age = now - order.ordered_at.micros();
        let is_over = matches!(meaning, StatusMeaning::Despatched | StatusMeaning::Cancelled);
        if !is_over && age > limit {
            let detail = format!("'{}' for {}", order.status, span(age));
            found.add_money(GapKind::OrderOpenInOrderwise, &order.number, detail, order.gross);
        }
    }
    reasons(snapshot, found);
    for (id, why) in snapshot.usage.iter().flat_map(|usage| &usage.unreadable) {
        found.add(GapKind::OrderUnreadable, id.to_string(), why);
    }
}

fn reasons(snapshot: &Snapshot, found: &mut Found) {
    let mapped = &snapshot.ours.mapping.reasons;
    for (key, used) in snapshot.usage.iter().flat_map(|usage| &usage.reasons) {
        let detail = format!("'{}', used {}", used.name, used.often());
        let is_listed = |codes: &Vec<String>| codes.iter().any(|code| fold(code) == *key);
        if !snapshot.reasons.as_ref().is_none_or(is_listed) {
            found.add_money(GapKind::ReasonUnknown, key, &detail, used.money);
        }
        if !mapped.contains_key(key) {
            found.add_money(GapKind::ReasonUnmapped, key, detail, used.money);
        }
    }
}
