//! Stores, tills, staff, tenders, rates and reasons.

use std::sync::Arc;

use rand::{RngExt, rngs::StdRng};

use super::{Central, LegalShape, Rate, Reason, Shop, TenderType, Till, names};
use crate::sitoo::{masters::Staff, till::TenderKind};

/// Name, street, town, postcode, tills. The last two belong to the outlet company.
const STORES: [(&str, &str, &str, &str, i64); 6] = [
    ("Harrogate", "14 Parliament Row", "Harrogate", "HG1 9ZZ", 4),
    ("Bath", "3 Stall Walk", "Bath", "BA1 9ZZ", 4),
    ("Edinburgh", "88 Princes Gate", "Edinburgh", "EH2 9ZZ", 3),
    ("Guildford", "21 North Parade", "Guildford", "GU1 9ZZ", 3),
    ("Bicester Outlet", "Unit 40, Pingle Lane", "Bicester", "OX26 9ZZ", 3),
    ("Cheshire Outlet", "Unit 7, Coronation Way", "Ellesmere Port", "CH65 9ZZ", 3),
];

pub(super) fn stores(rng: &mut StdRng) -> Vec<Shop> {
    let mut tills_before = 0;
    let mut stores = Vec::with_capacity(STORES.len());
    for (number, (name, address, city, zip, tills)) in (1..).zip(STORES) {
        let legal_shape = if number > 4 { LegalShape::Outlet } else { LegalShape::Ordinary };
        let code = city.chars().take(3).collect::<String>().to_uppercase();
        let registers = (1..=tills).map(|till| register(rng, tills_before + till, till)).collect();
        tills_before += tills;
        stores.push(Shop {
            name: name.to_owned(),
            store_id: number,
            external_id: format!("{}", 100 * number),
            warehouse_id: number,
            reclaim_warehouse_id: 20 + number,
            customer_id: 1_370 + number,
            customer_account: format!("STORE-{code}"),
            session_id: 10 + number,
            stock_location_id: 30 + number,
            reclaim_stock_location_id: 50 + number,
            delivery_method_id: 1,
            legal_shape,
            time_zone: "Europe/London".to_owned(),
            address: address.to_owned(),
            city: city.to_owned(),
            zip: zip.to_owned(),
            registers,
        });
    }
    stores
}

fn register(rng: &mut StdRng, of_all: i64, number: i64) -> Till {
    Till {
        register_id: guid(rng.random()),
        register_key: format!("SII{:010}{of_all:03}", crate::sitoo::ACCOUNT),
        number,
    }
}

pub(super) fn central() -> Central {
    Central { warehouse_id: 40, stock_location_id: 40, delivery_method_id: 2 }
}

pub(super) fn staff(rng: &mut StdRng) -> Vec<Arc<Staff>> {
    (1..=24)
        .map(|number: i64| {
            let name = names::person(rng);
            Arc::new(Staff {
                user_id: guid(rng.random()).into(),
                name: format!("{} {}", name.0, name.1).into(),
                external_id: format!("EMP{number:04}").into(),
            })
        })
        .collect()
}

pub(super) fn tenders() -> Vec<TenderType> {
    let tender = |name: &str, external_id: &str, payment_method_id, kind| TenderType {
        name: name.to_owned(),
        external_id: external_id.to_owned(),
        payment_method_id,
        kind,
    };
    vec![
        tender("Cash", "CASH", 1, TenderKind::Cash),
        tender("Card", "CARD", 2, TenderKind::Card),
        tender("Gift Card", "GIFT", 3, TenderKind::GiftCard),
        tender("Voucher", "VOUCHER", 4, TenderKind::Other),
    ]
}

/// Ids and codes as a new OrderWise company of the sandbox has them.
pub(super) fn rates() -> Vec<Rate> {
    let rate = |percent, tax_rate_id, code: &str| Rate { percent, tax_rate_id, code: code.into() };
    vec![rate(20, 1, "T1"), rate(5, 2, "T5"), rate(0, 3, "T0")]
}

pub(super) fn reasons() -> Vec<Reason> {
    [
        (1, 10, "RET-SIZE", "Wrong size"),
        (2, 10, "RET-MIND", "Changed mind"),
        (3, 10, "RET-FAULT", "Faulty"),
        (4, 10, "RET-GIFT", "Unwanted gift"),
        (5, 20, "DISC-MARK", "Marked or damaged"),
        (6, 20, "DISC-STAFF", "Staff discount"),
        (7, 20, "DISC-MATCH", "Price match"),
    ]
    .map(|(id, kind, code, name)| Reason { id, kind, code: code.into(), name: name.into() })
    .into()
}

/// As Sitoo writes one (facts/sitoo 1.4).
pub(super) fn guid(bits: u128) -> String {
    let hex = format!("{bits:032X}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts: Vec<_> = parts.into_iter().filter_map(|range| hex.get(range)).collect();
    format!("{{{}}}", parts.join("-"))
}
