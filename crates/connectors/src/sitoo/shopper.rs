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

/// A country alone is no address: tills fill it in for everyone.
fn address(wire: &WireOrder<'_>) -> Address {
    let delivery = Address {
        line1: wire.delivery_address.owned(),
        line2: wire.delivery_address2.owned(),
        town: wire.delivery_city.owned(),
        county: wire.delivery_state.owned(),
        postcode: wire.delivery_zip.owned(),
        country_code: wire.delivery_countryid.owned(),
    };
    let invoice = Address {
        line1: wire.invoice_address.owned(),
        line2: wire.invoice_address2.owned(),
        town: wire.invoice_city.owned(),
        county: wire.invoice_state.owned(),
        postcode: wire.invoice_zip.owned(),
        country_code: wire.invoice_countryid.owned(),
    };
    let known = |address: &Address| {
        let country_code = address.country_code.clone();
        *address != Address { country_code, ..Address::default() }
    };
    [delivery, invoice].into_iter().find(known).unwrap_or_default()
}
