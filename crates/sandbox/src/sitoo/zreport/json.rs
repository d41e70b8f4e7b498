//! A report as it is written (facts/sitoo 5.3). Few rows, so they are built as trees.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    super::{
        SITE,
        money::{percent, pounds},
        state::State,
    },
    Report,
    sums::{Amount, Paid, Side},
};

pub(super) fn report(state: &State, report: &Report) -> Value {
    let mut fields = Map::new();
    for part in [till(state, report), sides(report), summary(state, report), drawer(report)] {
        if let Value::Object(part) = part {
            fields.extend(part);
        }
    }
    for (name, value) in &report.spoilt {
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    Value::Object(fields)
}

fn till(state: &State, report: &Report) -> Value {
    let register = &report.register;
    let store = register.store.as_deref();
    let of_store = |text: fn(&super::super::masters::Store) -> &String| {
        store.map_or("", |store| text(store).as_str())
    };
    json!({
        "zreportid": report.id,
        "registerid": register.id,
        "manufacturerid": register.key,
        "registerkey": register.key,
        "registernumber": register.number,
        "datecreated": report.created,
        "dateopened": report.opened,
        "dateadded": report.added,
        "eshopid": SITE,
        "store_id": of_store(|store| &store.external_id),
        "store_name": of_store(|store| &store.name),
        "company": state.settings.name,
        "companyid": "",
        "address": of_store(|store| &store.address),
        "address2": of_store(|store| &store.city),
        "address3": of_store(|store| &store.zip),
        "currencycode": state.settings.sold_in(),
        "staff": "",
        "staffuserid": null,
        "comment": report.comment,
    })
}

fn sides(report: &Report) -> Value {
    let sums = &report.sums;
    let (sales, to_come, refund) = (&sums.sales, &sums.to_come, &sums.refund);
    json!({
        "moneysalestotal": pounds(sales.total.gross),
        "moneysalestotalnet": pounds(sales.total.net),
        "numsales": sales.orders,
        "numsalesitems": sales.items,
        "vatgroupssales": vat_groups(sales),
        "productgroupssales": product_groups(sales),
        "moneysalesnotdeliveredtotal": pounds(to_come.total.gross),
        "moneysalesnotdeliveredtotalnet": pounds(to_come.total.net),
        "numsalesnotdelivered": to_come.orders,
        "numsalesnotdelivereditems": to_come.items,
        "vatgroupssalesnotdelivered": vat_groups(to_come),
        "productgroupssalesnotdelivered": product_groups(to_come),
        "moneyrefundtotal": pounds(refund.total.gross),
        "moneyrefundtotalnet": pounds(refund.total.net),
        "numrefund": refund.orders,
        "numrefunditems": refund.items,
        "vatgroupsrefund": vat_groups(refund),
        "productgroupsrefund": product_groups(refund),
        "paymentssales": payments(&sums.paid),
        "paymentsrefund": payments(&sums.paid_back),
        "discountssales": discounts(sales),
        "discountssalesnotdelivered": discounts(to_come),
        "discountsrefund": discounts(refund),
    })
}

fn summary(state: &State, report: &Report) -> Value {
    let sums = &report.sums;
    let sales = sums.sales.total.gross + sums.to_come.total.gross;
    let refund = sums.refund.total.gross;
    let so_far = state.tills.reports.iter();
    let so_far = so_far.filter(|one| one.is_of(&report.register.id) && one.id <= report.id);
    let (mut all_sales, mut all_refunds) = (0, 0);
    for one in so_far {
        all_sales += one.sums.sales.total.gross + one.sums.to_come.total.gross;
        all_refunds += one.sums.refund.total.gross;
    }
    let discount =
        [&sums.sales, &sums.to_come].into_iter().flat_map(|side| side.discounts.values());
    json!({
        "moneyroundoff": pounds(sums.roundoff),
        "salestaxessales": [],
        "salestaxesrefund": [],
        "moneysalestaxinadvance": "0.00",
        "moneysummarysales": pounds(sales),
        "moneysummaryrefund": pounds(refund),
        "moneysummarysubtotal": pounds(sales - refund),
        "moneysummarysalestax": "0.00",
        "moneysummaryroundoff": pounds(sums.roundoff),
        "moneysummarytotal": pounds(sales - refund + sums.roundoff),
        "moneydiscount": pounds(discount.map(|amount| amount.gross).sum()),
        "numsalestypeproduct": sums.kinds[0],
        "numsalestypeservice": sums.kinds[1],
        "numsalestypegiftcard": sums.kinds[2],
        "numreceipts": sums.receipts,
        "numopendrawer": 0,
        "numpractice": report.practice.count,
        "moneypractice": pounds(report.practice.gross),
        "moneygrandtotalsales": pounds(all_sales),
        "moneygrandtotalrefund": pounds(all_refunds),
        "moneygrandtotalnet": pounds(all_sales - all_refunds),
    })
}

fn drawer(report: &Report) -> Value {
    let drawer = &report.drawer;
    json!({
        "moneycash_in": pounds(drawer.at_first),
        "moneycash_salesrefunds": pounds(report.sums.cash),
        "moneycash_petty": pounds(-drawer.petty),
        "moneycash_bank": pounds(-drawer.bank),
        "moneycash_expected": pounds(report.expected()),
        "moneycash_counted": pounds(report.left()),
        "moneycash_diff": pounds(drawer.difference),
        "moneycash_bankfinal": "0.00",
        "moneycash_out": pounds(report.left()),
    })
}

fn rate(vat: i64) -> Value {
    serde_json::from_str(&percent(vat)).unwrap_or_default()
}

fn vat_groups(side: &Side) -> Value {
    let groups = side.vat.iter().map(|(vat, amount)| {
        json!({
            "vatvalue": rate(*vat),
            "moneytotal": pounds(amount.gross),
            "moneytotalnet": pounds(amount.net),
            "moneytotalvat": pounds(amount.gross - amount.net),
        })
    });
    groups.collect()
}

fn product_groups(side: &Side) -> Value {
    let groups = side.groups.iter().map(|((name, vat), (count, amount))| {
        json!({
            "name": name,
            "vatvalue": rate(*vat),
            "numtotal": count,
            "moneytotal": pounds(amount.gross),
            "moneytotalnet": pounds(amount.net),
            "moneytotalvat": pounds(amount.gross - amount.net),
        })
    });
    groups.collect()
}

fn discounts(side: &Side) -> Value {
    let discounts = side.discounts.iter().map(|(code, Amount { gross, net })| {
        json!({
            "vouchercode": code,
            "moneytotal": pounds(*gross),
            "moneytotalnet": pounds(*net),
            "moneytotalvat": pounds(gross - net),
        })
    });
    discounts.collect()
}

fn payments(paid: &BTreeMap<Arc<str>, Paid>) -> Value {
    let payments = paid.iter().map(|(name, paid)| {
        let parts = paid.parts.iter().map(|(name, (total, in_advance))| {
            json!({
                "name": name,
                "moneysubtotal": pounds(*total),
                "moneycaptured": pounds(total - in_advance),
                "moneyinadvance": pounds(*in_advance),
                "moneyreserved": "0.00",
            })
        });
        json!({
            "name": &**name,
            "moneytotal": pounds(paid.total),
            "moneycaptured": pounds(paid.total - paid.in_advance),
            "moneyinadvance": pounds(paid.in_advance),
            "moneyreserved": "0.00",
            "subpayments": parts.collect::<Vec<_>>(),
        })
    });
    payments.collect()
}
