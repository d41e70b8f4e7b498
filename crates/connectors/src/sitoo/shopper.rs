//! The shopper, as far as the till knows: nothing here can stop a sale.

use daybook_domain::till::{Address, Shopper};

use super::wire::WireOrder;

/// Where a CRM leaves the shopper's number, the number people know first.
const MEMBERSHIP: &[&str] = &[
    "crm-membernumber",
    "customcrm-membernumber",
    "voyado-membernumber",
    "crm-customerid",
    "customcrm-contactid",
    "voyado-contactid",
];

/// Who bought.
pub(super) fn shopper(wire: &WireOrder<'_>) -> Shopper {
    let person = [wire.namefirst.trimmed(), wire.namelast.trimmed()].join(" ").trim().to_owned();
    let company = wire.company.owned();
    Shopper {
        name: if person.is_empty() { company.clone() } else { person },
        company,
        email: wire.email.owned(),
        phone: wire.phone.owned(),
        membership: wire.additionaldata.first(MEMBERSHIP),
        address: address(wire),
    }
}

/// Where goods are to be sent; empty where the till names no place.
pub(super) fn delivery_address(wire: &WireOrder<'_>) -> Address {
    let delivery = Address {
        line1: wire.delivery_address.owned(),
        line2: wire.delivery_address2.owned(),
        town: wire.delivery_city.owned(),
        county: wire.delivery_state.owned(),
        postcode: wire.delivery_zip.owned(),
        country_code: wire.delivery_countryid.owned(),
    };
    if delivery.is_known() { delivery } else { Address::default() }
}

fn address(wire: &WireOrder<'_>) -> Address {
    let delivery = delivery_address(wire);
    let invoice = Address {
        line1: wire.invoice_address.owned(),
        line2: wire.invoice_address2.owned(),
        town: wire.invoice_city.owned(),
        county: wire.invoice_state.owned(),
        postcode: wire.invoice_zip.owned(),
        country_code: wire.invoice_countryid.owned(),
    };
    [delivery, invoice].into_iter().find(Address::is_known).unwrap_or_default()
}
