//! Gaps between both systems, planted on purpose: each is something that an audit has to find. What is
//! planted stands on goods and stores of its own, so that the retailer beside it stays as it was.

mod goods;
mod orders;
mod places;
mod stock;

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{MappingText, Retailer, Shop, ean::ean};
use crate::{
    Sandbox,
    orderwise::Variant,
    sitoo::masters::{Product, Register},
};

/// First ids of planted goods: far from the retailer's.
const FIRST_PRODUCT: i64 = 900_000;
const FIRST_VARIANT: i64 = 950_000;
/// First number of planted barcodes.
const FIRST_EAN: u64 = 7_000_000_000;
/// What a planted thing costs with VAT, pence.
const PRICE: i64 = 1_200;
/// Standard rate, hundredths of a percent.
const STANDARD: i64 = 2_000;

/// A gap that was planted: its kind and the record that an audit names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planted {
    /// The word of the kind.
    pub kind: &'static str,
    /// The record.
    pub record: String,
}

/// Plants gaps, and remembers which.
pub struct Gaps<'a> {
    sandbox: &'a Sandbox,
    retailer: &'a Retailer,
    planted: Vec<Planted>,
    mapping: Vec<MappingText>,
    /// Goods so far.
    count: i64,
}

impl<'a> Gaps<'a> {
    /// Begins; the retailer must be installed. Its own troubles count as planted.
    pub fn begin(sandbox: &'a Sandbox, retailer: &'a Retailer) -> Self {
        let mut gaps =
            Self { sandbox, retailer, planted: Vec::new(), mapping: retailer.mapping(), count: 0 };
        gaps.plant("sku-only-in-sitoo", &retailer.troubles.missing_sku);
        gaps.plant("discontinued-on-tills", &retailer.troubles.inactive_sku);
        gaps
    }

    /// Plants what has to be old when it is found: let two or three weeks pass before the rest.
    pub fn plant_old(&mut self) {
        orders::old(self);
    }

    /// Plants the rest.
    pub fn plant_rest(&mut self) {
        goods::plant(self);
        places::plant(self);
        stock::plant(self);
        orders::plant(self);
    }

    /// What was planted, in order.
    pub fn planted(&self) -> Vec<Planted> {
        let mut planted = self.planted.clone();
        planted.sort();
        planted
    }

    /// The mapping with what is wrong in it.
    pub fn mapping(&self) -> Vec<MappingText> {
        self.mapping.clone()
    }

    fn plant(&mut self, kind: &'static str, record: impl Into<String>) {
        self.planted.push(Planted { kind, record: record.into() });
    }

    /// Adds a row to the mapping, or replaces the one with its key.
    fn map(&mut self, kind: &'static str, key: &str, value: &str) {
        self.unmap(kind, key);
        self.mapping.push((kind, key.to_owned(), value.to_owned()));
    }

    fn unmap(&mut self, kind: &str, key: &str) {
        self.mapping.retain(|(known, its, _)| !(*known == kind && its == key));
    }

    /// The store whose stock and tills are used.
    fn shop(&self) -> &'a Shop {
        &self.retailer.stores[0]
    }

    /// Both sides of something to sell, in agreement.
    fn thing(&mut self, sku: &str) -> (Product, Variant) {
        self.count += 1;
        let number = self.count;
        let code = ean(FIRST_EAN + number.unsigned_abs());
        let title = format!("Planted {sku}");
        let mut product = Product::new(FIRST_PRODUCT + number, sku, &title, PRICE, STANDARD);
        product.barcode = Some(code.as_str().into());
        let mut variant = Variant::new(FIRST_VARIANT + number, sku, 1);
        variant.description = title;
        variant.ean = Some(code);
        variant.price_inc_vat = Decimal::new(PRICE, 2);
        variant.price_exc_vat = Decimal::new(1_000, 2);
        (product, variant)
    }

    /// Adds both sides, with a gap between them, under the SKU.
    fn between(
        &mut self,
        kind: &'static str,
        sku: &str,
        change: impl FnOnce(&mut Product, &mut Variant),
    ) {
        let (mut product, mut variant) = self.thing(sku);
        change(&mut product, &mut variant);
        self.sandbox.sitoo.add_product(product);
        self.sandbox.orderwise.add_variant(variant);
        self.plant(kind, sku);
    }

    /// Adds both sides as they are; gives the product.
    fn agreed(&mut self, sku: &str, change: impl FnOnce(&mut Product)) -> Arc<Product> {
        let (mut product, variant) = self.thing(sku);
        change(&mut product);
        self.sandbox.orderwise.add_variant(variant);
        self.sandbox.sitoo.add_product(product.clone());
        Arc::new(product)
    }

    fn register(&self, id: &str, key: &str, warehouse_id: i64) {
        self.sandbox.sitoo.add_register(Register::new(id, key, warehouse_id, 1));
    }
}
