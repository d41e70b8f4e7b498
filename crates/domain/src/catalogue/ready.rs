//! The gate: everything that keeps a variant from the tills, all at once.

use super::{Around, FullVariant, barcode, group::rate_key, price::PriceFault};
use crate::{causes::Cause, posting::Fault};

/// Whom a fault of one variant is told under: one exception a cause, not one a SKU.
const ALL: &str = "products";

fn fault(cause: Cause, detail: impl Into<String>) -> Fault {
    Fault { cause, subject: ALL.to_owned(), detail: detail.into() }
}

/// What the gate has found; a variant without faults may be sold.
#[derive(Debug, Default)]
pub(super) struct Gate {
    pub(super) faults: Vec<Fault>,
}

impl Gate {
    fn stop(&mut self, cause: Cause, detail: impl Into<String>) {
        self.faults.push(fault(cause, detail));
    }

    /// OrderWise itself must sell it, and tell all about it.
    pub(super) fn state(&mut self, variant: &FullVariant) {
        if variant.variant.discontinued {
            self.stop(Cause::ProductDiscontinued, "it is discontinued in OrderWise");
        } else if !variant.variant.saleable {
            self.stop(Cause::ProductNotSaleable, "OrderWise does not allow it to be sold");
        }
        if !variant.unreadable.is_empty() {
            self.stop(Cause::ProductUnreadable, variant.unreadable.clone());
        }
    }

    /// A title.
    pub(super) fn title(&mut self, variant: &FullVariant) -> Option<String> {
        let title = variant.description.trim();
        if title.is_empty() {
            self.stop(Cause::ProductTitleMissing, "it has no description");
            return None;
        }
        Some(title.to_owned())
    }

    /// A SKU that Sitoo can hold, and that is only its own.
    pub(super) fn sku(&mut self, variant: &FullVariant, around: &Around<'_>) -> Option<String> {
        let sku = match super::till_sku(&variant.variant.sku, around.rules.blanks) {
            Ok(sku) => sku,
            Err(what) => {
                self.stop(Cause::ProductSkuIllegal, what);
                return None;
            }
        };
        // What a till has under exactly this SKU is clear; the newcomer is the one that waits.
        let is_there = around.product.is_some_and(|product| product.sku == sku);
        if !around.alike.is_empty() && !is_there {
            let others = around.alike.join("', '");
            self.stop(
                Cause::ProductSkuClash,
                format!("'{others}' differs from it only by blanks or letter case"),
            );
        }
        Some(sku)
    }

    /// A product group of its tax rate.
    pub(super) fn group(&mut self, variant: &FullVariant, around: &Around<'_>) -> Option<i64> {
        let present = around.product.and_then(|product| product.vat_id);
        let group = around.groups.find(variant, present);
        if group.is_none() {
            let percent =
                variant.tax_rate.map_or_else(|| "no rate".to_owned(), |r| format!("{r} %"));
            let code = variant.tax_code.as_deref().unwrap_or("no code");
            self.faults.push(Fault {
                cause: Cause::ProductGroupUnmapped,
                subject: rate_key(variant),
                detail: format!("tax rate {} ({code}, {percent})", rate_key(variant)),
            });
        }
        group
    }

    /// A price above zero, in whole pence.
    pub(super) fn price(
        &mut self,
        variant: &FullVariant,
        around: &Around<'_>,
    ) -> Option<crate::Money> {
        let FullVariant { price_exc_vat: exc, price_inc_vat: inc, tax_rate, .. } = variant;
        match super::price::till_price(*exc, *inc, *tax_rate, around.rules.prices_with_vat) {
            Ok(price) => Some(price),
            Err(PriceFault::Missing) => {
                self.stop(Cause::ProductPriceMissing, "it has no price above zero");
                None
            }
            Err(PriceFault::Fraction(what)) => {
                self.stop(Cause::ProductPriceFraction, what);
                None
            }
        }
    }

    /// A barcode that is one and that nobody else carries; none is fine. While another product is
    /// about to give it up, the one that the product has is given up too, so that two that swap do
    /// not wait for each other.
    pub(super) fn barcode(&mut self, variant: &FullVariant, around: &Around<'_>) -> Barcode {
        if !around.rules.barcodes {
            return Barcode::LeaveAlone;
        }
        let code = variant.ean.as_deref().map_or("", str::trim);
        let carried = around.product.map_or("", |product| &product.barcode);
        if code.is_empty() {
            return Barcode::Be(String::new());
        }
        if !around.rules.other_barcodes && !barcode::is_well_formed(code) {
            self.stop(Cause::ProductBarcodeMalformed, format!("'{code}' is no EAN"));
            return Barcode::LeaveAlone;
        }
        if code == carried {
            return Barcode::LeaveAlone;
        }
        if let Some(holder) = around.holders.iter().find(|holder| !holder.gives_up) {
            let what = format!("{code} is carried by {}", holder.sku);
            self.stop(Cause::ProductBarcodeTaken, what);
            return Barcode::LeaveAlone;
        }
        let is_free = around.holders.is_empty();
        Barcode::Be(if is_free { code.to_owned() } else { String::new() })
    }
}

/// What becomes of a product's barcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Barcode {
    /// It stays as it is.
    LeaveAlone,
    /// It becomes this; empty is none.
    Be(String),
}

impl Barcode {
    /// As a new product is given it.
    pub(super) fn written(self) -> Option<String> {
        match self {
            Self::Be(code) if !code.is_empty() => Some(code),
            _ => None,
        }
    }

    /// What has to be written where a product has `present`.
    pub(super) fn differing_from(self, present: &str) -> Option<String> {
        match self {
            Self::Be(code) if code != present => Some(code),
            _ => None,
        }
    }
}
