//! Plain functions that change variants, one or many: each change moves `lastAmended`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{OrderWise, Variant};
use crate::lock;

impl OrderWise {
    /// Adds a variant, or replaces the one with this id. It is amended now.
    pub fn add_variant(&self, variant: Variant) {
        let at = self.wall();
        lock(&self.state).variants.put(variant, at);
    }

    /// Changes a variant; false when there is none with this code.
    pub fn change_variant(&self, sku: &str, change: impl FnOnce(&mut Variant)) -> bool {
        let at = self.wall();
        lock(&self.state).variants.change(sku, at, change)
    }

    /// Discontinues a variant, or takes it up again.
    pub fn set_variant_active(&self, sku: &str, is_active: bool) -> bool {
        self.change_variant(sku, |variant| variant.discontinued = !is_active)
    }

    /// Ticks "sale variant", or not.
    pub fn set_variant_saleable(&self, sku: &str, is_saleable: bool) -> bool {
        self.change_variant(sku, |variant| variant.saleable = is_saleable)
    }

    /// Looks at every variant; the ones that `change` altered are amended. How many that were.
    pub fn amend_variants(&self, change: impl FnMut(&mut Variant)) -> usize {
        let at = self.wall();
        lock(&self.state).variants.change_all(at, change)
    }

    /// Sets the retail price with VAT; the one without follows from the tax rate, half up.
    pub fn set_price(&self, sku: &str, price_inc_vat: Decimal) -> bool {
        let at = self.wall();
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        let rates = &state.tax_rates;
        state.variants.change(sku, at, |variant| {
            variant.price_inc_vat = price_inc_vat;
            let percent =
                rates.get(&variant.tax_rate_id).map_or(Decimal::ZERO, |rate| rate.percent);
            let gross = Decimal::ONE_HUNDRED.saturating_add(percent);
            let net = price_inc_vat.saturating_mul(Decimal::ONE_HUNDRED) / gross;
            let half_up = RoundingStrategy::MidpointAwayFromZero;
            variant.price_exc_vat = net.round_dp_with_strategy(2, half_up);
        })
    }

    /// Retires a variant as OrderWise's own clients do (facts/orderwise 5.2): discontinued, and its
    /// barcode is free for another one.
    pub fn retire_variant(&self, sku: &str) -> bool {
        self.change_variant(sku, |variant| {
            variant.discontinued = true;
            variant.ean = None;
        })
    }

    /// A variant by its code.
    pub fn variant(&self, sku: &str) -> Option<Variant> {
        let state = lock(&self.state);
        Some(state.variants.at(state.variants.index_of(sku)?).variant.clone())
    }
}
