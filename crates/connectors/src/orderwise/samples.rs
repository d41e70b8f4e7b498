//! Made-up drafts that try a template when the settings are read, and that `daybook check` shows.

use daybook_domain::{
    Money, Quantity, Reference,
    draft::{Draft, DraftLine, DraftPayment, LineOrigin},
    entry::EntryKind,
    mapping::Account,
    till::{Address, Shopper},
};

use super::NewCustomer;

/// A sale with everything a draft can hold, and a return with as little as it may.
pub fn sample_drafts() -> [Draft; 2] {
    let reference = Reference { site_id: 1, order_id: 11_513 };
    let sale = Draft {
        reference,
        kind: EntryKind::Sale,
        account: Account::Id(1_375),
        session_id: Some(3),
        order_date: "2026-11-05T14:03:22".to_owned(),
        delivery_method_id: Some(1),
        original: None,
        original_name: None,
        instructions: "Till receipt SII000000150000110009".to_owned(),
        net: Money::from_pence(2_000),
        tax: Money::from_pence(400),
        gross: Money::from_pence(2_400),
        delivery_gross: Money::ZERO,
        lines: vec![line(1, "ABC-1", 2_000, 1_200), line(2, "ROUND", 1_000, 0)],
        payments: vec![payment(1, 1_400, "Cash"), payment(2, 1_000, "160512095647 000046160830")],
        shopper: shopper(),
    };
    let credit = Draft {
        reference: Reference { site_id: 1, order_id: 11_600 },
        kind: EntryKind::Return,
        account: Account::Number("LEEDS".to_owned()),
        session_id: None,
        delivery_method_id: None,
        original: Some(reference),
        instructions: String::new(),
        lines: vec![DraftLine {
            unit_net: None,
            stock_location_id: None,
            return_to_stock: false,
            ..line(1, "ABC-1", 1_250, 1_920)
        }],
        payments: Vec::new(),
        shopper: Shopper::default(),
        ..sale.clone()
    };
    [sale, credit]
}

/// A made-up customer.
pub(super) fn sample_customer() -> NewCustomer {
    let Shopper { name, email, phone, membership, address, .. } = shopper();
    NewCustomer { name, email, phone, address, membership }
}

fn line(number: i64, code: &str, thousandths: i64, pence: i64) -> DraftLine {
    DraftLine {
        number,
        variant_code: code.to_owned(),
        quantity: Quantity::from_thousandths(thousandths),
        unit_gross: Money::from_pence(pence),
        unit_net: Some(Money::from_pence(pence / 6 * 5)),
        tax_rate_id: 1,
        stock_location_id: Some(2),
        return_to_stock: true,
        to_come: false,
        origin: if code == "ROUND" { LineOrigin::RoundOff } else { LineOrigin::Row(number - 1) },
    }
}

fn payment(payment_method_id: i64, pence: i64, reference: &str) -> DraftPayment {
    let amount = Money::from_pence(pence);
    DraftPayment { payment_method_id, amount, reference: reference.to_owned() }
}

fn shopper() -> Shopper {
    Shopper {
        name: "Jo \"Sample\" Shopper".to_owned(),
        company: String::new(),
        email: "jo@shopper.example".to_owned(),
        phone: "01632 960001".to_owned(),
        membership: Some("4711".to_owned()),
        address: Address {
            line1: "1 High Street".to_owned(),
            line2: String::new(),
            town: "Leeds".to_owned(),
            county: String::new(),
            postcode: "LS1 4AP".to_owned(),
            country_code: "GB".to_owned(),
        },
    }
}
