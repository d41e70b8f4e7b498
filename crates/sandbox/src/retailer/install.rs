//! Loading the retailer into the stand-ins.

use rust_decimal::Decimal;

use super::{LegalShape, Retailer, Shop, Sku, SkuKind};
use crate::{
    orderwise::{Customer, DuplicatePolicy, OrderWise, Variant},
    sitoo::{
        Sitoo,
        masters::{Product, ReasonCode, Register, Store, Warehouse},
    },
};

/// Spreads opening stock over the SKUs: 2 to 40 pieces at a store.
const STOCK_STEP: i64 = 7;

impl Retailer {
    /// Loads stores, tills, products and reason codes into Sitoo.
    pub fn install_sitoo(&self, sitoo: &Sitoo) {
        for shop in &self.stores {
            install_shop(shop, sitoo);
        }
        sitoo.add_warehouse(Warehouse::new(self.central.warehouse_id, "Central warehouse", None));
        for sku in self.skus.iter().filter(|sku| sku.kind != SkuKind::RoundOff) {
            sitoo.add_product(Product::clone(&sku.product));
        }
        self.stock_shelves(sitoo);
        for reason in &self.reasons {
            sitoo.add_reason(ReasonCode {
                id: reason.id,
                kind: reason.kind,
                code: reason.code.clone(),
                name: reason.name.clone(),
            });
        }
        sitoo.set_settings(|settings| {
            settings.name.clone_from(&self.name);
            settings.round_off = true;
            settings.warehouse_id = self.stores.first().map(|shop| shop.warehouse_id);
        });
    }

    /// Opening stock: what OrderWise calls free lies on the shelves, buffers included.
    fn stock_shelves(&self, sitoo: &Sitoo) {
        for (sku, number) in self.skus.iter().zip(0..) {
            if !matches!(sku.kind, SkuKind::Piece | SkuKind::Metre) {
                continue;
            }
            for (shop, place) in self.stores.iter().zip(1..) {
                let pieces = in_store(number, place);
                // Warehouse and product were added just before.
                let _ = sitoo.set_stock(shop.warehouse_id, &sku.sku, 1000 * pieces);
            }
            let pieces = in_centre(number);
            let _ = sitoo.set_stock(self.central.warehouse_id, &sku.sku, 1000 * pieces);
        }
    }

    /// Loads accounts, sessions, value lists, variants and stock into OrderWise.
    pub fn install_orderwise(&self, orderwise: &OrderWise) {
        for rate in &self.rates {
            orderwise.add_tax_rate(rate.tax_rate_id, &rate.code, Decimal::from(rate.percent));
        }
        for tender in &self.tenders {
            orderwise.add_payment_method(tender.payment_method_id, &tender.name);
        }
        orderwise.add_delivery_method(1, "Taken away");
        orderwise.set_handed_over(1, true);
        orderwise.add_delivery_method(self.central.delivery_method_id, "Home delivery");
        orderwise.add_stock_location(self.central.stock_location_id, "Central warehouse");
        for shop in &self.stores {
            open_account(shop, orderwise);
        }
        for (sku, number) in self.skus.iter().zip(0..) {
            if sku.sku != self.troubles.missing_sku {
                self.install_variant(sku, number, orderwise);
            }
        }
    }

    fn install_variant(&self, sku: &Sku, number: i64, orderwise: &OrderWise) {
        orderwise.add_variant(self.variant(sku));
        if !matches!(sku.kind, SkuKind::Piece | SkuKind::Metre) {
            return;
        }
        for (shop, place) in self.stores.iter().zip(1..) {
            let free = in_store(number, place);
            orderwise.set_stock(&sku.sku, shop.stock_location_id, Decimal::from(free));
            if number % 50 == 0 {
                orderwise.set_buffer(&sku.sku, shop.stock_location_id, Some(Decimal::ONE));
            }
        }
        let central = Decimal::from(in_centre(number));
        orderwise.set_stock(&sku.sku, self.central.stock_location_id, central);
    }

    fn variant(&self, sku: &Sku) -> Variant {
        let rate = self.rates.iter().find(|rate| rate.percent == sku.vat_percent);
        let mut variant =
            Variant::new(sku.variant_id, &sku.sku, rate.map_or(1, |it| it.tax_rate_id));
        let net = crate::sitoo::net_of(sku.price_inc_vat_pence, 100 * sku.vat_percent);
        variant.product_code.clone_from(&sku.product_code);
        variant.description.clone_from(&sku.description);
        variant.ean.clone_from(&sku.ean);
        variant.price_inc_vat = Decimal::new(sku.price_inc_vat_pence, 2);
        variant.price_exc_vat = Decimal::new(net, 2);
        variant.discontinued = sku.sku == self.troubles.inactive_sku;
        if sku.kind == SkuKind::RoundOff {
            variant.on_tills = Some(false);
        }
        variant
    }
}

/// Pieces of a SKU in a store when the day begins, by the numbers of both.
fn in_store(number: i64, place: i64) -> i64 {
    2 + (number * place * STOCK_STEP) % 39
}

/// Pieces of a SKU in the central warehouse when the day begins.
fn in_centre(number: i64) -> i64 {
    40 + number % 160
}

fn install_shop(shop: &Shop, sitoo: &Sitoo) {
    let mut store = Store::new(shop.store_id, &shop.name, &shop.external_id);
    store.store_type = match shop.legal_shape {
        LegalShape::Ordinary => 10,
        LegalShape::Outlet => 20,
    };
    store.address.clone_from(&shop.address);
    store.city.clone_from(&shop.city);
    store.zip.clone_from(&shop.zip);
    store.time_zone.clone_from(&shop.time_zone);
    sitoo.add_store(store);
    let mut floor = Warehouse::new(shop.warehouse_id, &shop.name, Some(shop.store_id));
    floor.external_id = format!("WH-{}", shop.external_id);
    sitoo.add_warehouse(floor);
    let name = format!("{} reclaims", shop.name);
    let reclaims = Warehouse::new(shop.reclaim_warehouse_id, &name, Some(shop.store_id));
    sitoo.add_warehouse(reclaims.reclaims());
    for till in &shop.registers {
        sitoo.add_register(Register::new(
            &till.register_id,
            &till.register_key,
            shop.warehouse_id,
            till.number,
        ));
    }
}

fn open_account(shop: &Shop, orderwise: &OrderWise) {
    orderwise.put_customer(Customer {
        id: shop.customer_id,
        account_number: shop.customer_account.clone(),
        statement_name: shop.name.clone(),
        statement_address: [shop.address.clone(), String::new(), String::new()],
        statement_town: shop.city.clone(),
        statement_postcode: shop.zip.clone(),
        statement_country_code: "GB".to_owned(),
        default_delivery_method_id: Some(shop.delivery_method_id),
        default_stock_location_id: Some(shop.stock_location_id),
        ..Customer::default()
    });
    orderwise.add_session(shop.session_id, DuplicatePolicy::reject());
    orderwise.add_stock_location(shop.stock_location_id, &shop.name);
    let reclaims = format!("{} reclaims", shop.name);
    orderwise.add_stock_location(shop.reclaim_stock_location_id, &reclaims);
}
