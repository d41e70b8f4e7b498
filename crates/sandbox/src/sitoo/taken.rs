//! What the tills took, payment by payment: what a provider settles some days later.

use super::Sitoo;
use crate::lock;

/// A payment that is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// `orderid`.
    pub orderid: i64,
    /// Unix seconds.
    pub at: i64,
    /// `storeid` of the register's store.
    pub store_id: Option<i64>,
    /// Name of the payment type.
    pub name: String,
    /// Its external id.
    pub external_id: String,
    /// Negative on returns.
    pub pence: i64,
    /// The provider's reference: `adyen-pspreference`, else `refid`.
    pub reference: String,
}

impl Sitoo {
    /// Payments of all orders that count, in the order of their ids.
    pub fn taken(&self) -> Vec<Taken> {
        let state = lock(&self.state);
        let mut all: Vec<_> = state.orders.iter().chain(state.hidden.values()).collect();
        all.sort_by_key(|order| order.id);
        let mut taken = Vec::new();
        for order in all.into_iter().filter(|order| order.counts()) {
            let store = order.register.as_ref().and_then(|one| one.store.as_ref());
            for payment in order.payments.iter().filter(|payment| !payment.is_virtual()) {
                let extra = payment.extras.iter().find(|(key, _)| key == "adyen-pspreference");
                let reference = extra.map_or(&*payment.ref_id, |(_, value)| &**value);
                taken.push(Taken {
                    orderid: order.id,
                    at: order.date,
                    store_id: store.map(|store| store.id),
                    name: payment.name.to_string(),
                    external_id: payment.external_id.as_deref().unwrap_or_default().to_owned(),
                    pence: payment.amount,
                    reference: reference.to_owned(),
                });
            }
        }
        taken
    }
}
