//! What happens to an order once it is stored (facts/orderwise 3): it leaves in parts and several
//! parcels, is put on hold or cancelled; the status text follows.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    Delivery, Document, NotDespatched, ORDER, OrderWise, Parcel, fate::Fate, state::State,
};

impl OrderWise {
    /// A delivery leaves; its id.
    pub fn despatch(&self, order_id: i64, parcel: Parcel) -> Result<i64, NotDespatched> {
        let now = (self.now)();
        let mut guard = self.settled();
        let state = &mut *guard;
        let parcel = fitting(state, order_id, parcel, None)?;
        let id = state.fates.add(order_id, now, parcel);
        state.update_status(order_id);
        Ok(id)
    }

    /// Corrects a delivery that left. Its date stays; the order counts as amended.
    pub fn correct_delivery(&self, delivery_id: i64, parcel: Parcel) -> Result<(), NotDespatched> {
        self.of_delivery(delivery_id, |state, order_id, wall| {
            let parcel = fitting(state, order_id, parcel, Some(delivery_id))?;
            state.fates.amend(order_id, wall, |fate| {
                let mut all = fate.deliveries.iter_mut();
                if let Some(delivery) = all.find(|delivery| delivery.id == delivery_id) {
                    delivery.parcel = parcel;
                }
            });
            Ok(())
        })
    }

    /// Takes a delivery back, as if it had never left. The order counts as amended.
    pub fn cancel_delivery(&self, delivery_id: i64) -> Result<(), NotDespatched> {
        self.of_delivery(delivery_id, |state, order_id, wall| {
            state.fates.order_of.remove(&delivery_id);
            state.fates.amend(order_id, wall, |fate| {
                fate.deliveries.retain(|delivery| delivery.id != delivery_id);
            });
            Ok(())
        })
    }

    fn of_delivery(
        &self,
        delivery_id: i64,
        change: impl FnOnce(&mut State, i64, i64) -> Result<(), NotDespatched>,
    ) -> Result<(), NotDespatched> {
        let wall = self.wall();
        let mut state = self.settled();
        let order_id = state.fates.order_of.get(&delivery_id).copied();
        let order_id = order_id.ok_or(NotDespatched::NoSuchDelivery)?;
        change(&mut state, order_id, wall)?;
        state.update_status(order_id);
        Ok(())
    }

    /// Puts an order on hold, or lets it go on.
    pub fn hold_order(&self, order_id: i64, is_on_hold: bool) -> Result<(), NotDespatched> {
        let wall = self.wall();
        let mut state = self.settled();
        order(&state, order_id)?;
        state.fates.amend(order_id, wall, |fate| fate.is_on_hold = is_on_hold);
        state.update_status(order_id);
        Ok(())
    }

    /// Cancels an order: what has not left is free again.
    pub fn cancel_order(&self, order_id: i64) -> Result<(), NotDespatched> {
        let (now, wall) = ((self.now)(), self.wall());
        let mut guard = self.settled();
        let state = &mut *guard;
        let is_cancelled = state.fates.of(order_id).is_some_and(|fate| fate.is_cancelled);
        if is_cancelled {
            return Err(NotDespatched::Cancelled);
        }
        let at = state.at(now);
        let document = order(state, order_id)?;
        let lines = document.lines.iter().zip(left(state, document, None));
        let free: Vec<(Option<usize>, i64, Decimal)> = lines
            .map(|(line, (_, left))| (state.variants.index_of(&line.sku), line.location, left))
            .collect();
        for (index, location, quantity) in free {
            if let Some(index) = index {
                state.variants.move_stock(index, location, quantity, at);
            }
        }
        state.fates.amend(order_id, wall, |fate| fate.is_cancelled = true);
        state.update_status(order_id);
        Ok(())
    }

    /// Changes the status text of a document, until something happens to it; false when there is
    /// none with this id.
    pub fn set_status(&self, order_id: i64, status: &str) -> bool {
        let wall = self.wall();
        let mut guard = self.settled();
        let state = &mut *guard;
        let Some(document) = state.documents.by_id_mut(order_id) else { return false };
        document.status = status.into();
        state.fates.amend(order_id, wall, |_| ());
        true
    }

    /// Deliveries of an order, as they left.
    pub fn deliveries(&self, order_id: i64) -> Vec<Delivery> {
        let state = self.settled();
        state.fates.of(order_id).map_or_else(Vec::new, |fate| fate.deliveries.clone())
    }
}

impl State {
    /// A sale of the till that is already handed over left as it was stored.
    pub(super) fn hand_over(&mut self, order_id: i64, now: i64) {
        let Some(document) = self.documents.by_id(order_id) else { return };
        let parcel = Parcel { lines: left(self, document, None), ..Parcel::default() };
        self.fates.add(order_id, now, parcel);
        self.update_status(order_id);
    }

    fn update_status(&mut self, order_id: i64) {
        let Some(document) = self.documents.by_id(order_id) else { return };
        let (switches, fate) = (&self.switches, self.fates.of(order_id));
        let status = match fate {
            Some(Fate { is_cancelled: true, .. }) => &switches.cancelled_status,
            Some(Fate { is_on_hold: true, .. }) => &switches.on_hold_status,
            Some(fate) if !fate.deliveries.is_empty() => {
                let is_left = left(self, document, None).iter().any(|(_, left)| !left.is_zero());
                if is_left { &switches.partial_status } else { &switches.completed_status }
            }
            _ => &switches.new_order_status,
        };
        let status = Arc::from(status.as_str());
        if let Some(document) = self.documents.by_id_mut(order_id) {
            document.status = status;
        }
    }
}

fn order(state: &State, order_id: i64) -> Result<&Document, NotDespatched> {
    let document = state.documents.by_id(order_id);
    document.filter(|found| found.order_type == ORDER).ok_or(NotDespatched::NoSuchOrder)
}

/// Line numbers with what is left to send, apart from a delivery that is being corrected.
fn left(state: &State, document: &Document, except: Option<i64>) -> Vec<(usize, Decimal)> {
    let fate = state.fates.of(document.order_id);
    let is_handed_over = fate.is_none() && *document.status == *state.switches.completed_status;
    let sent = |number| {
        let deliveries = fate.map_or(&[][..], |fate| &fate.deliveries);
        let others = deliveries.iter().filter(|delivery| Some(delivery.id) != except);
        let lines = others.flat_map(|delivery| &delivery.parcel.lines);
        lines.filter(|(other, _)| *other == number).map(|(_, sent)| *sent).sum::<Decimal>()
    };
    (1..)
        .zip(&document.lines)
        .map(|(number, line)| {
            let left = if is_handed_over { Decimal::ZERO } else { line.quantity - sent(number) };
            (number, left.max(Decimal::ZERO))
        })
        .collect()
}

/// The parcel with its lines, if it can leave.
fn fitting(
    state: &State,
    order_id: i64,
    mut parcel: Parcel,
    except: Option<i64>,
) -> Result<Parcel, NotDespatched> {
    let document = order(state, order_id)?;
    match state.fates.of(order_id) {
        Some(Fate { is_cancelled: true, .. }) => return Err(NotDespatched::Cancelled),
        Some(Fate { is_on_hold: true, .. }) => return Err(NotDespatched::OnHold),
        _ => {}
    }
    let left = left(state, document, except);
    if parcel.lines.is_empty() {
        parcel.lines = left.into_iter().filter(|(_, quantity)| !quantity.is_zero()).collect();
        return if parcel.lines.is_empty() { Err(NotDespatched::TooMuch) } else { Ok(parcel) };
    }
    for &(number, quantity) in &parcel.lines {
        let line = left.iter().find(|(other, _)| *other == number);
        let (_, most) = line.ok_or(NotDespatched::NoSuchLine)?;
        if quantity <= Decimal::ZERO || quantity > *most {
            return Err(NotDespatched::TooMuch);
        }
    }
    Ok(parcel)
}
