//! The stand-in for OrderWise, filled with what the real one holds.

use daybook_connectors::{Orderwise, orderwise::value_list};
use daybook_domain::{
    audit::is_account,
    catalogue::{FullVariant, Price},
    mapping::{Account, Mapping, MappingRow, item},
};
use daybook_flows::FlowError;
use daybook_sandbox::orderwise::{Customer, DuplicatePolicy, OrderWise, Variant};
use rust_decimal::Decimal;

use crate::failure::Failure;

/// Loads variants, rates, methods, locations and the accounts of mapped stores.
pub(super) async fn load(
    orderwise: &Orderwise,
    rows: &[MappingRow],
    company: &OrderWise,
) -> Result<(), Failure> {
    let (mapping, _) = Mapping::from_rows(rows.iter().cloned());
    let variants = orderwise.variants(None).await.outcome.map_err(FlowError::Orderwise)?;
    rates(orderwise, &mapping, &variants, company).await?;
    for variant in &variants {
        company.add_variant(made(variant));
    }
    for (id, name) in list(orderwise, value_list::PAYMENT_METHODS).await? {
        company.add_payment_method(id, &name);
    }
    for (id, name) in list(orderwise, value_list::DELIVERY_METHODS).await? {
        company.add_delivery_method(id, &name);
    }
    for (id, name) in list(orderwise, value_list::STOCK_LOCATIONS).await? {
        company.add_stock_location(id, &name);
    }
    for store in mapping.stores.values() {
        if let Some(session) = store.session_id {
            company.add_session(session, DuplicatePolicy::reject());
        }
    }
    accounts(orderwise, &mapping, company).await
}

async fn list(orderwise: &Orderwise, number: i64) -> Result<Vec<(i64, String)>, Failure> {
    Ok(orderwise.value_list(number).await.outcome.map_err(FlowError::Orderwise)?)
}

/// Percentages are told by variants; of a rate that no variant has, by the mapping.
async fn rates(
    orderwise: &Orderwise,
    mapping: &Mapping,
    variants: &[FullVariant],
    company: &OrderWise,
) -> Result<(), Failure> {
    for (id, _) in list(orderwise, value_list::TAX_RATES).await? {
        let of_variant = variants.iter().find(|one| one.variant.tax_rate_id == Some(id));
        let percent = of_variant.and_then(|one| one.tax_rate).or_else(|| {
            let mapped = mapping.vat.iter().find(|(_, mapped)| **mapped == id);
            mapped.map(|(rate, _)| *rate)
        });
        let code = of_variant.and_then(|one| one.tax_code.clone());
        let code = code.unwrap_or_else(|| id.to_string());
        let percent = percent.map_or(Decimal::ZERO, |rate| Decimal::new(rate.thousandths(), 3));
        company.add_tax_rate(id, &code, percent);
    }
    Ok(())
}

fn made(variant: &FullVariant) -> Variant {
    let price = |price: Option<Price>| {
        price.map_or(Decimal::ZERO, |price| Decimal::new(price.hundredths(), 4))
    };
    let own = &variant.variant;
    let mut made = Variant::new(own.variant_id, &own.sku, own.tax_rate_id.unwrap_or(0));
    made.product_code.clone_from(&variant.product_code);
    made.description.clone_from(&variant.description);
    made.ean.clone_from(&variant.ean);
    made.price_exc_vat = price(variant.price_exc_vat);
    made.price_inc_vat = price(variant.price_inc_vat);
    made.saleable = own.saleable || own.discontinued;
    made.on_tills = (!variant.on_tills).then_some(false);
    made.discontinued = own.discontinued;
    made
}

/// Page after page, until all are found; nothing but number and id is kept.
async fn accounts(
    orderwise: &Orderwise,
    mapping: &Mapping,
    company: &OrderWise,
) -> Result<(), Failure> {
    let wanted: Vec<&Account> = mapping.stores.values().map(|store| &store.account).collect();
    let mut last_id = 0;
    while !wanted.is_empty() {
        let page = orderwise.accounts_after(last_id).await.outcome;
        let page = page.map_err(FlowError::Orderwise)?;
        let Some(last) = page.last() else { break };
        last_id = last.id;
        for one in page.iter().filter(|one| wanted.iter().any(|account| is_account(one, account))) {
            company.put_customer(Customer {
                id: one.id,
                account_number: one.number.clone(),
                statement_name: one.number.clone(),
                ..Customer::default()
            });
        }
    }
    Ok(())
}

/// The tax rate id that a till's rate goes to; gift cards have their own.
pub(super) fn rate_id(mapping: &Mapping, rate: daybook_domain::VatRate, gift: bool) -> Option<i64> {
    if gift {
        let item = mapping.items.get(item::GIFT_CARD).and_then(|item| item.tax_rate_id);
        return mapping.vat_gift_card.or(item);
    }
    mapping.vat.get(&rate).copied()
}
