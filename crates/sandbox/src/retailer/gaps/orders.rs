//! Gaps that orders show: payment types, reasons, carriers, what is open for long, odd clocks.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Gaps, stock::NOBODYS};
use crate::sitoo::{
    masters::{Product, ReasonCode},
    till::{Refund, Row, Sale, Stage, Tender, TenderKind},
};

/// How far the clock of a till is ahead, seconds.
const AHEAD: i64 = 3 * 3_600;
/// How long a booking reserves, seconds.
const BOOKED: i64 = 14 * 86_400;

/// What will be old: an order on either side.
pub(super) fn old(gaps: &mut Gaps<'_>) {
    let thing = gaps.agreed("GAP-SOLD", |product| product.stock_count = false);
    let open = basket(gaps, &thing).stage(Stage::Open);
    if let Ok(id) = gaps.sandbox.sitoo.sell(open) {
        gaps.plant("order-open-in-sitoo", id.to_string());
    }
    if let Some(number) = other_order(gaps, "WEB-OLD") {
        gaps.plant("order-open-in-orderwise", number);
    }
}

pub(super) fn plant(gaps: &mut Gaps<'_>) {
    let thing = gaps.agreed("GAP-SOLD-TOO", |product| product.stock_count = false);
    let sitoo = &gaps.sandbox.sitoo;
    let now = sitoo.now() / 1_000_000;
    let link = Tender::new("Pay by Link", "LINK", TenderKind::Other);
    let kept: Vec<Sale> = vec![
        basket(gaps, &thing).pay_rest(link),
        basket(gaps, &thing).carrier("moon-mail").stage(Stage::OpenPaid),
        basket(gaps, &thing).collect_at("9100").stage(Stage::OpenPaid),
        basket(gaps, &thing).at(now + AHEAD),
        till(gaps).row(Row::ad_hoc("GAP-FORGOTTEN", "Forgotten", 500, 2_000)),
    ];
    for sale in kept {
        let _ = sitoo.sell(sale);
    }
    gaps.plant("payment-unmapped", "link");
    gaps.plant("carrier-unmapped", "moon-mail");
    gaps.plant("pickup-unmapped", "9100");
    let key = gaps.shop().registers[0].register_key.clone();
    gaps.plant("till-clock-ahead", key);
    gaps.plant("sold-unknown", "GAP-FORGOTTEN");
    gift_card(gaps);
    booking(gaps, now);
    reasons(gaps, &thing);
    unreadable(gaps, &thing);
    status(gaps);
}

fn till(gaps: &Gaps<'_>) -> Sale {
    Sale::at_register(&gaps.shop().registers[0].register_id)
}

fn basket(gaps: &Gaps<'_>, thing: &Arc<Product>) -> Sale {
    till(gaps).row(Row::of(thing))
}

fn gift_card(gaps: &Gaps<'_>) {
    if let Some(card) = gaps.retailer.sku(crate::retailer::GIFT_CARD_SKU) {
        let row = Row::of(&card.product).gross(2_500).gift_card("6006-1");
        let _ = gaps.sandbox.sitoo.sell(till(gaps).row(row));
    }
}

fn booking(gaps: &mut Gaps<'_>, now: i64) {
    let shop = gaps.shop();
    let booked = gaps.agreed("GAP-BOOKED", |_| {});
    gaps.sandbox.orderwise.set_stock("GAP-BOOKED", shop.stock_location_id, Decimal::from(5));
    // Warehouse and product are there.
    let _ = gaps.sandbox.sitoo.set_stock(shop.warehouse_id, "GAP-BOOKED", 5_000);
    let _ = gaps.sandbox.sitoo.sell(basket(gaps, &booked).stage(Stage::Booking(now + BOOKED)));
    gaps.plant("stock-reserved", format!("GAP-BOOKED in {}", shop.name));
}

fn reasons(gaps: &mut Gaps<'_>, thing: &Arc<Product>) {
    let (id, code) = (90, "RET-ODD".to_owned());
    let name = "Odd".to_owned();
    gaps.sandbox.sitoo.add_reason(ReasonCode { id, kind: 10, code, name });
    for code in ["RET-ODD", "GHOST"] {
        let Ok(sold) = gaps.sandbox.sitoo.sell(basket(gaps, thing)) else { continue };
        let refund = Refund::whole(&gaps.shop().registers[0].register_id, sold).row_reason(code);
        let _ = gaps.sandbox.sitoo.refund(refund);
    }
    gaps.plant("reason-unmapped", "ret-odd");
    gaps.plant("reason-unmapped", "ghost");
    gaps.plant("reason-unknown", "ghost");
}

fn unreadable(gaps: &mut Gaps<'_>, thing: &Arc<Product>) {
    if let Ok(id) = gaps.sandbox.sitoo.sell(basket(gaps, thing)) {
        gaps.sandbox.sitoo.spoil(id, "orderdate", "\"yesterday\"");
        gaps.plant("order-unreadable", id.to_string());
    }
}

fn status(gaps: &mut Gaps<'_>) {
    let usual = gaps.sandbox.orderwise.switches().new_order_status;
    let odd = "Picking zone 4".to_owned();
    gaps.sandbox.orderwise.switch(|switches| switches.new_order_status.clone_from(&odd));
    let _ = other_order(gaps, "WEB-ODD");
    gaps.sandbox.orderwise.switch(|switches| switches.new_order_status = usual);
    gaps.plant("status-unknown", odd);
    // What the orders took is put back, so that nothing is owed.
    orderwise_at_nothing(gaps);
}

fn orderwise_at_nothing(gaps: &Gaps<'_>) {
    gaps.sandbox.orderwise.set_stock("GAP-SOLD", NOBODYS, Decimal::ZERO);
}

/// An order of another channel, as people number it.
fn other_order(gaps: &Gaps<'_>, reference: &str) -> Option<String> {
    let orderwise = &gaps.sandbox.orderwise;
    let id = orderwise.other_order(reference, &[("GAP-SOLD", NOBODYS, Decimal::ONE)])?;
    let documents = orderwise.documents_by_reference(reference);
    documents.iter().find(|one| one.order_id == id).map(crate::orderwise::Document::order_number)
}
