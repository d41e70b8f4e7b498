//! A small shop for the tests of this crate: one mapped store, two products, and orders to bend.

use crate::{
    Money, Quantity, Reference, Timestamp, VatRate,
    lookup::{
        NoRegister, OpenPaid, Original, OriginalSale, Policy, PostOrHold, TaxPolicy, Variant,
        Variants,
    },
    mapping::{Mapping, MappingKind, MappingRow},
    sku::fold,
    till::{
        DeliveryChoice, OrderState, OrderType, PaymentState, Shopper, TillOrder, TillPayment,
        TillRow,
    },
};

pub(crate) const fn pence(pence: i64) -> Money {
    Money::from_pence(pence)
}

/// What most shops choose.
pub(crate) fn policy() -> Policy {
    Policy {
        tax: TaxPolicy::ErpCalculates,
        blind_returns: PostOrHold::Post,
        unknown_original: PostOrHold::Hold,
        no_register: NoRegister::PostUntagged,
        open_paid_orders: OpenPaid::Post,
        currencies: vec!["GBP".to_owned()],
        restock_unmapped_reasons: true,
        default_time_zone: "Europe/London".to_owned(),
        sites: Vec::new(),
    }
}

/// Everything the orders of this module need.
pub(crate) fn mapping() -> Mapping {
    let rows = [
        (MappingKind::Vat, "20", "1"),
        (MappingKind::Vat, "5", "2"),
        (MappingKind::Vat, "0", "3"),
        (MappingKind::Vat, "gift-card", "9"),
        (MappingKind::Payment, "card", "11"),
        (MappingKind::Payment, "cash", "12"),
        (MappingKind::Payment, "voucher", "exclude=yes"),
        (MappingKind::Store, "5", "LEEDS session=3 location=4 delivery=6"),
        (MappingKind::Store, "6", "YORK session=4 location=40"),
        (MappingKind::Warehouse, "7", "70"),
        (MappingKind::Reason, "faulty", "no location=99"),
        (MappingKind::Item, "round-off", "ROUND"),
        (MappingKind::Item, "checkout-fee", "FEE rate-id=1"),
    ];
    let rows = rows.map(|(kind, key, value)| MappingRow::new(kind, key, value).unwrap());
    let (mapping, faults) = Mapping::from_rows(rows);
    assert_eq!(faults, []);
    mapping
}

pub(crate) fn variant(sku: &str) -> Variant {
    Variant {
        sku: sku.to_owned(),
        variant_id: 1,
        tax_rate_id: None,
        saleable: true,
        discontinued: false,
    }
}

pub(crate) fn variants(all: impl IntoIterator<Item = Variant>) -> Variants {
    let mut variants = Variants { known: true, ..Variants::default() };
    for variant in all {
        variants.by_folded_sku.entry(fold(&variant.sku)).or_default().push(variant);
    }
    variants
}

/// The variants of the orders of this module.
pub(crate) fn shelf() -> Variants {
    variants(["COAT-M", "SOCKS", "GIFT"].map(variant))
}

/// A row of `units` with its gross amount at 20 %, all with their signs.
pub(crate) fn row(index: i64, sku: &str, units: i64, gross: i64) -> TillRow {
    let vat = gross / 6;
    TillRow {
        index,
        product: true,
        sku: sku.to_owned(),
        name: sku.to_owned(),
        quantity: Quantity::from_units(units),
        pieces: Some(units),
        vat_rate: VatRate::from_percent(20),
        net: pence(gross - vat),
        vat: pence(vat),
        gift_card: false,
        original_index: None,
        return_warehouse_id: None,
        reason_code: None,
    }
}

/// The discount of the row above it.
pub(crate) fn discount(index: i64, gross: i64) -> TillRow {
    TillRow { product: false, quantity: Quantity::ZERO, ..row(index, "", 0, gross) }
}

pub(crate) fn payment(name: &str, amount: i64) -> TillPayment {
    TillPayment {
        external_id: None,
        name: name.to_owned(),
        amount: pence(amount),
        reference: None,
        virtual_payment: false,
    }
}

/// A closed and paid order with these rows, paid by card.
pub(crate) fn order(order_id: i64, rows: Vec<TillRow>) -> TillOrder {
    let mut order = TillOrder {
        reference: Reference { site_id: 1, order_id },
        external_id: None,
        order_type: OrderType::Order,
        order_state: OrderState::Closed,
        payment_state: PaymentState::Successful,
        order_date: Timestamp::from_seconds(1_793_887_402),
        currency: "GBP".to_owned(),
        warehouse_id: Some(5),
        register_id: Some("{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}".to_owned()),
        receipt_id: Some("SII000000150000110009".to_owned()),
        time_zone: None,
        staff: None,
        store_name: None,
        original_order_id: None,
        partner_order_id: None,
        source_order_id: None,
        reason_code: None,
        web_order: false,
        net: Money::ZERO,
        vat: Money::ZERO,
        round_off: Money::ZERO,
        gross: Money::ZERO,
        delivery_gross: Money::ZERO,
        checkout_gross: Money::ZERO,
        rows,
        payments: Vec::new(),
        shopper: Shopper::default(),
        delivery: DeliveryChoice::default(),
    };
    settle(&mut order);
    order
}

/// Makes header and payments fit rows, charges and rounding.
pub(crate) fn settle(order: &mut TillOrder) {
    let charges = order.delivery_gross + order.checkout_gross;
    order.net = order.rows.iter().map(|row| row.net).sum::<Money>() + charges;
    order.vat = order.rows.iter().map(|row| row.vat).sum();
    order.gross = order.net + order.vat + order.round_off;
    order.payments = vec![payment("Card", order.gross.pence())];
}

/// A coat and two pairs of socks.
pub(crate) fn sale() -> TillOrder {
    order(100, vec![row(0, "COAT-M", 1, 9_999), row(1, "SOCKS", 2, 1_001)])
}

/// The full return of `sale`.
pub(crate) fn full_return(sale: &TillOrder) -> TillOrder {
    let rows = sale.rows.iter().map(|row| TillRow {
        quantity: -row.quantity,
        net: -row.net,
        vat: -row.vat,
        original_index: row.product.then_some(row.index),
        ..row.clone()
    });
    let mut back = order(sale.reference.order_id + 1, rows.collect());
    back.original_order_id = Some(sale.reference.order_id);
    back
}

/// `sale`, posted, with nothing returned yet.
pub(crate) fn posted(sale: &TillOrder) -> Original {
    known(OriginalSale {
        state: crate::entry::EntryState::Posted,
        order: sale.clone(),
        returned: [].into(),
        returned_by_sku: [].into(),
    })
}

pub(crate) fn known(original: OriginalSale) -> Original {
    Original::Known(Box::new(original))
}
