//! Gaps about stores, warehouses, registers, stock locations, accounts, and settings.

use super::Gaps;
use crate::{
    orderwise::Customer,
    sitoo::masters::{Store, Warehouse},
};

pub(super) fn plant(gaps: &mut Gaps<'_>) {
    stores(gaps);
    warehouses(gaps);
    mapped(gaps);
    settings(gaps);
}

/// A store with a warehouse of the same number.
fn store(gaps: &Gaps<'_>, id: i64, name: &str, external_id: &str) {
    gaps.sandbox.sitoo.add_store(Store::new(id, name, external_id));
    gaps.sandbox.sitoo.add_warehouse(Warehouse::new(id, name, Some(id)));
}

fn stores(gaps: &mut Gaps<'_>) {
    store(gaps, 90, "Unmapped", "9000");
    gaps.register("{GAP-90}", "GAPKEY90", 90);
    gaps.plant("warehouse-unmapped", "90");
    gaps.sandbox.sitoo.add_store(Store::new(91, "Without warehouse", "9100"));
    gaps.plant("store-without-warehouse", "Without warehouse");
    store(gaps, 92, "Without external id", "");
    gaps.plant("store-without-external-id", "Without external id");
    store(gaps, 93, "First of two", "9300");
    store(gaps, 94, "Second of two", "9300");
    gaps.plant("store-external-id-shared", "9300");
}

fn warehouses(gaps: &mut Gaps<'_>) {
    let (sitoo, orderwise) = (&gaps.sandbox.sitoo, &gaps.sandbox.orderwise);
    sitoo.add_warehouse(Warehouse::new(96, "Of no store", None));
    let mut odd = Warehouse::new(97, "Of a new type", None);
    odd.warehouse_type = 30;
    sitoo.add_warehouse(odd);
    sitoo.add_warehouse(Warehouse::new(98, "On the same shelf", None));
    for (location, name) in
        [(88, "Overflow"), (93, "First"), (94, "Second"), (95, "Closed"), (97, "Shelf")]
    {
        orderwise.add_stock_location(location, name);
    }
    gaps.register("{GAP-96}", "GAPKEY96", 96);
    gaps.plant("register-astray", "GAPKEY96");
    gaps.plant("warehouse-unmapped", "96");
    gaps.map("warehouse", "95", "location=95");
    gaps.plant("store-mapped-astray", "95");
    gaps.map("warehouse", "97", "location=97");
    gaps.map("warehouse", "98", "location=97");
    gaps.plant("warehouse-type-unknown", "97");
    gaps.plant("location-shared", "97");
}

fn mapped(gaps: &mut Gaps<'_>) {
    let session = gaps.shop().session_id;
    let account = |id, number: &str, on_hold, over_credit_terms| Customer {
        id,
        account_number: number.to_owned(),
        statement_name: number.to_owned(),
        on_hold,
        over_credit_terms,
        ..Customer::default()
    };
    gaps.sandbox.orderwise.put_customer(account(9_092, "STORE-92", true, false));
    gaps.sandbox.orderwise.put_customer(account(9_093, "STORE-93", false, true));
    gaps.map("store", "92", "account=STORE-92 session=92");
    gaps.plant("account-on-hold", "STORE-92");
    gaps.plant("store-without-location", "92");
    gaps.map("store", "93", "account=STORE-93 location=93");
    gaps.plant("account-over-terms", "STORE-93");
    gaps.plant("store-without-session", "93");
    gaps.map("store", "94", &format!("account=STORE-94 session={session} location=94"));
    gaps.plant("account-missing", "STORE-94");
    gaps.plant("session-shared", format!("session {session}"));
    gaps.map("pickup", "9300", "location=999");
    gaps.plant("location-astray", "999");
    gaps.map("delivery", "gone", "method-id=66");
    gaps.plant("delivery-mapped-astray", "delivery gone");
    gaps.map("payment", "AMEX", "method-id=77");
    gaps.plant("payment-mapped-astray", "amex");
    gaps.map("item", "checkout-fee", "code=NO-FEE rate-id=1");
    gaps.plant("item-unknown", "checkout-fee");
}

fn settings(gaps: &mut Gaps<'_>) {
    gaps.sandbox.sitoo.set_settings(|settings| {
        // The tills go on in what the accounts are kept in: the site alone is set up wrong.
        settings.till_currency = Some(settings.currency.clone());
        "EUR".clone_into(&mut settings.currency);
        "Europe/Amsterdam".clone_into(&mut settings.time_zone);
    });
    gaps.plant("currency-differs", "EUR");
    gaps.plant("time-zone-differs", "Europe/Amsterdam");
    gaps.unmap("item", "round-off");
    gaps.plant("round-off-unmapped", "round-off");
    gaps.unmap("vat", "gift-card");
    gaps.plant("gift-card-unmapped", "gift-card");
}
