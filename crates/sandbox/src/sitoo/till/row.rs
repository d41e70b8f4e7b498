//! Rows of a basket.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        masters::Product,
        model::{Extras, Item, set_extra},
        money::net_of,
    },
    TillError,
};

/// A row: a product, how many of it, what it costs.
#[derive(Debug, Clone)]
pub struct Row {
    product: Arc<Product>,
    sku: Option<Box<str>>,
    name: Option<Box<str>>,
    quantity: i64,
    unit: Option<i64>,
    gross: Option<i64>,
    discount: i64,
    vat: Option<i64>,
    extras: Extras,
}

impl Row {
    /// One of a product, at its price.
    pub fn of(product: &Arc<Product>) -> Self {
        Self {
            product: Arc::clone(product),
            sku: None,
            name: None,
            quantity: 1,
            unit: None,
            gross: None,
            discount: 0,
            vat: None,
            extras: Extras::new(),
        }
    }

    /// Something that is not in the product file (any more); `vat` in hundredths of a percent.
    pub fn ad_hoc(sku: &str, name: &str, gross: i64, vat: i64) -> Self {
        Self::of(&Arc::new(Product::new(0, sku, name, gross, vat)))
    }

    /// So many pieces.
    #[must_use]
    pub fn times(mut self, quantity: i64) -> Self {
        self.quantity = quantity;
        self
    }

    /// Each piece is so many thousandths of a unit (1.5 m of fabric: 1500).
    #[must_use]
    pub fn unit(mut self, thousandths: i64) -> Self {
        self.unit = Some(thousandths);
        self
    }

    /// Gross of the whole row before discount, pence; need not divide by the quantity.
    #[must_use]
    pub fn gross(mut self, pence: i64) -> Self {
        self.gross = Some(pence);
        self
    }

    /// Another VAT rate than the product's, in hundredths of a percent.
    #[must_use]
    pub fn vat(mut self, rate: i64) -> Self {
        self.vat = Some(rate);
        self
    }

    /// Discount on the whole row, gross pence. Staff gave a reason where there is one.
    #[must_use]
    pub fn discount(mut self, pence: i64, reason: Option<&str>) -> Self {
        self.discount = pence;
        if let Some(reason) = reason {
            set_extra(&mut self.extras, "reasoncode-manualdiscount", reason);
        }
        self
    }

    /// A price that staff typed in.
    #[must_use]
    pub fn manual_price(mut self, pence: i64, reason: &str) -> Self {
        set_extra(&mut self.extras, "reasoncode-manualprice", reason);
        self.gross(pence)
    }

    /// A gift card sold: its number (facts/sitoo 2.9).
    #[must_use]
    pub fn gift_card(self, number: &str) -> Self {
        self.with("giftcard-cardnumber", number)
    }

    /// As it was typed on the day: another spelling of the SKU.
    #[must_use]
    pub fn sold_as(mut self, sku: &str) -> Self {
        self.sku = Some(sku.into());
        self
    }

    /// Another name than the product's.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// A key of the row's `additionaldata`.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: &str) -> Self {
        set_extra(&mut self.extras, key, value);
        self
    }

    /// What the row costs after discount, pence.
    pub fn price(&self) -> i64 {
        self.before() - self.discount
    }

    fn before(&self) -> i64 {
        self.gross.unwrap_or_else(|| Item::at_price(&self.product, self.quantity, self.unit))
    }

    /// As stored; `sign` is -1 on a blind return.
    pub(super) fn item(mut self, sign: i64) -> Result<Item, TillError> {
        let before = self.before();
        if self.quantity <= 0 || self.unit.is_some_and(|unit| unit <= 0) || self.discount > before {
            return Err(TillError::BadRow);
        }
        if self.discount != 0 {
            let text = super::super::money::pounds(self.discount);
            set_extra(&mut self.extras, "orderitem-moneyrowdiscount", text);
        }
        let vat_rate = self.vat.unwrap_or(self.product.vat);
        let gross = sign * (before - self.discount);
        let sold_as = (self.sku.is_some() || self.name.is_some()).then(|| {
            let sku = self.sku.unwrap_or_else(|| self.product.sku.clone());
            Arc::new((sku, self.name.unwrap_or_else(|| self.product.title.clone())))
        });
        Ok(Item {
            product: self.product,
            sold_as,
            quantity: sign * self.quantity,
            unit: self.unit,
            gross_before: sign * before,
            gross,
            net: net_of(gross, vat_rate),
            vat_rate,
            extras: self.extras,
        })
    }
}
