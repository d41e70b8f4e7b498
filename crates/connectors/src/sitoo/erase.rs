//! A payload without its shopper: amounts, ids and references stay, and it reads as it did. What is
//! not known to be needed goes as well: any key may hold what staff or other programs put there.

use serde_json::value::RawValue;

use daybook_domain::{class::Failure, till::Shopper};

use super::{
    shopper,
    translate::PAYMENT_REFERENCE,
    wire::{WireOrder, read},
};
use crate::text::{Members, scalar};

/// What stands where a number was that must not look as if there had been none.
const ERASED: &str = "***";

/// Keys of the shopper (facts/sitoo 2.2, 2.4), and beginnings of them.
const PERSONAL: &[&str] = &[
    "email",
    "namefirst",
    "namelast",
    "personalid",
    "company",
    "phone",
    "mobile",
    "invoice_",
    "delivery_",
    "customerref",
    "crm-",
    "customcrm-",
    "voyado-",
    "comment",
];

/// Texts that are needed, and are about no shopper.
const KEPT: &[&str] = &[
    "adyen-pspreference",
    "cardissuer",
    "checkouttypename",
    "currencycode",
    "delivery-carrier-productid",
    "delivery-ignore-stock",
    "delivery-pickup-externalid",
    "delivery-pickup-warehouseid",
    "deliverytypename",
    "event_id",
    "event_type",
    "externalid",
    "order_event_type",
    "order_state_changed",
    "pos-originalsales-orderid",
    "pos-originalsales-orderitemid",
    "pos-receiptid",
    "pos-refund-orderid",
    "pos-refund-receiptid",
    "pos-refundsales-orderid",
    "pos-sourceorderid",
    "pos-staff-externalid",
    "pos-staff-userid",
    "pos-timezone",
    "productattributes",
    "productname",
    "reasoncode-return",
    "refid",
    "reftype",
    "refundreasoncode-reasoncode",
    "registerid",
    "return-warehouseid",
    "sku",
    "store-externalgroupid",
    "store-externalid",
    "store-name",
    "unitlabel",
    "userid_staff",
    "virtual-payment",
    "weborder",
    "weborder-bopis",
];

/// Lists whose elements have a name that is no person's.
const NAMED: &[&str] = &["payments", "reservedpayments"];

/// Numbers in texts under unknown keys stay up to this length: a longer one may be a telephone's.
const LONGEST_NUMBER: usize = 6;

/// Deeper JSON goes whole.
const DEEPEST: usize = 32;

/// A payload without its shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// What is left.
    pub body: String,
    /// The shopper's texts that were in it, so that they can be looked for elsewhere.
    pub texts: Vec<String>,
}

/// Erases what is a shopper's. What is no JSON goes whole.
pub fn erase(payload: &str) -> Erased {
    let mut erased = Erased { body: String::with_capacity(payload.len()), texts: Vec::new() };
    match serde_json::from_str::<&RawValue>(payload) {
        Ok(json) => value(json.get(), Place::default(), &mut erased),
        Err(_) => erased.body.push_str("null"),
    }
    erased
}

/// By what a shopper is known: e-mail address and membership number, as far as the payload tells.
pub fn shopper_of(payload: &str) -> Result<Shopper, Failure> {
    Ok(shopper::shopper(&read::<WireOrder<'_>>(payload)?))
}

/// Where in the payload.
#[derive(Debug, Clone, Copy, Default)]
struct Place<'a> {
    key: &'a str,
    depth: usize,
    /// In a list whose elements have names of their own.
    named: bool,
}

fn value(json: &str, place: Place<'_>, erased: &mut Erased) {
    match json.as_bytes().first() {
        Some(b'{' | b'[') if place.depth >= DEEPEST => erased.body.push_str("null"),
        Some(b'{') => members(json, place, erased),
        Some(b'[') => elements(json, place, erased),
        Some(b'"') => text(json, place, erased),
        // A telephone may be written as a number.
        Some(b'-' | b'0'..=b'9') if is_personal(place.key) => {
            erased.texts.push(json.to_owned());
            erased.body.push_str("\"\"");
        }
        _ => erased.body.push_str(json),
    }
}

fn members(json: &str, place: Place<'_>, erased: &mut Erased) {
    let members = serde_json::from_str::<Members<'_>>(json).unwrap_or_default().0;
    erased.body.push('{');
    for (number, (key, inner)) in members.iter().enumerate() {
        erased.body.push_str(if number > 0 { "," } else { "" });
        push_text(key, erased);
        erased.body.push(':');
        let named = place.named || NAMED.contains(&key.as_ref());
        value(inner.get(), Place { key, depth: place.depth + 1, named }, erased);
    }
    erased.body.push('}');
}

fn elements(json: &str, place: Place<'_>, erased: &mut Erased) {
    let elements = serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
    erased.body.push('[');
    for (number, inner) in elements.iter().enumerate() {
        erased.body.push_str(if number > 0 { "," } else { "" });
        value(inner.get(), Place { depth: place.depth + 1, ..place }, erased);
    }
    erased.body.push(']');
}

fn text(json: &str, place: Place<'_>, erased: &mut Erased) {
    let text = scalar(json).unwrap_or_default();
    let trimmed = text.trim();
    if place.key == "giftcard-cardnumber" && !trimmed.is_empty() {
        push_text(ERASED, erased);
    } else if is_kept(place, trimmed) {
        erased.body.push_str(json);
    } else {
        if is_personal(place.key) {
            erased.texts.push(trimmed.to_owned());
        }
        push_text("", erased);
    }
}

/// `delivery-…` are choices of the till, `delivery_…` is an address.
fn is_personal(key: &str) -> bool {
    PERSONAL.iter().any(|start| key.starts_with(start))
}

fn is_kept(place: Place<'_>, text: &str) -> bool {
    let key = place.key;
    if text.is_empty() || KEPT.contains(&key) || PAYMENT_REFERENCE.contains(&key) {
        return true;
    }
    if is_personal(key) {
        return false;
    }
    let number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    matches!(text, "true" | "false")
        || number && (text.len() <= LONGEST_NUMBER || is_figure(key))
        || key == "name" && place.named
}

/// Keys of amounts, quantities, dates and ids.
fn is_figure(key: &str) -> bool {
    ["money", "num", "date", "decimal", "vat", "order"].iter().any(|start| key.starts_with(start))
        || key.ends_with("id")
}

fn push_text(text: &str, erased: &mut Erased) {
    // Writing a text into JSON cannot fail.
    erased.body.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use daybook_domain::till::Address;

    use super::{super::parse_order, Shopper, erase, shopper_of};

    const FIXTURES: [&str; 4] = [
        include_str!("../../tests/fixtures/sitoo/sale.json"),
        include_str!("../../tests/fixtures/sitoo/refund.json"),
        include_str!("../../tests/fixtures/sitoo/exchange_sale.json"),
        include_str!("../../tests/fixtures/sitoo/web_order.json"),
    ];

    #[test]
    fn everything_but_the_shopper_reads_as_it_did_and_erasing_again_changes_nothing() {
        for payload in FIXTURES {
            let erased = erase(payload);
            let (before, after) =
                (parse_order(payload).unwrap(), parse_order(&erased.body).unwrap());
            assert_eq!(after.shopper, Shopper::default(), "{}", erased.body);
            let mut expected = before;
            expected.shopper = Shopper::default();
            expected.delivery.address = Address::default();
            assert_eq!(after, expected);
            let money = |text: &str| super::super::till_money(text, "Europe/London").unwrap();
            assert_eq!(money(payload), money(&erased.body));
            let again = erase(&erased.body);
            assert_eq!((again.body, again.texts.len()), (erased.body, 0));
        }
    }

    #[test]
    fn no_text_of_the_shopper_is_left_whatever_its_key() {
        let payload = r#"{"orderid":7,"email":"Jo@x.example","namefirst":"Jo","phone":441132960000,
            "delivery_city":"Leeds","commentinternal":"ring Jo","additionaldata":{"gift":"for Ann",
            "crm-membernumber":"M-1","pos-receiptid":"R-7","weborder":"true","tel":"01132960000",
            "delivery-pickup-externalid":"LEEDS","giftcard-cardnumber":"123"},
            "payments":[{"name":"Card","moneyamount":"1200000.00","refid":"160512 0461"}]}"#;
        let erased = erase(payload);
        insta::assert_snapshot!(erased.body, @r#"{"orderid":7,"email":"","namefirst":"","phone":"","delivery_city":"","commentinternal":"","additionaldata":{"gift":"","crm-membernumber":"","pos-receiptid":"R-7","weborder":"true","tel":"","delivery-pickup-externalid":"LEEDS","giftcard-cardnumber":"***"},"payments":[{"name":"Card","moneyamount":"1200000.00","refid":"160512 0461"}]}"#);
        assert_eq!(erased.texts, ["Jo@x.example", "Jo", "441132960000", "Leeds", "ring Jo", "M-1"]);
        assert_eq!(shopper_of(payload).unwrap().email, "Jo@x.example");
        assert_eq!(erase("<html>").body, "null");
        assert_eq!(erase(&format!("{}{}", "[".repeat(60), "]".repeat(60))).texts.len(), 0);
    }
}
