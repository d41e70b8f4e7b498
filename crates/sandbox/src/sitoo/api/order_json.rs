//! An order as JSON (facts/sitoo 2.2, 2.4, 2.6).

use super::{
    super::{
        SITE,
        model::{Extras, Order, Payment},
    },
    row_json::write_row,
    text::{Object, push_list, push_text},
};

/// Text fields that are `""` when unset and whatever the order holds otherwise.
pub(super) const TEXTS: [&str; 22] = [
    "email",
    "namefirst",
    "namelast",
    "personalid",
    "company",
    "phone",
    "invoice_address",
    "invoice_address2",
    "invoice_zip",
    "invoice_city",
    "invoice_state",
    "invoice_countryid",
    "delivery_address",
    "delivery_address2",
    "delivery_zip",
    "delivery_city",
    "delivery_state",
    "delivery_countryid",
    "comment",
    "commentinternal",
    "customerref",
    "checkoutref",
];

/// All other fields. `orderlogitems` is not here: only a single GET gives it.
const OTHERS: [&str; 36] = [
    "orderid",
    "eshopid",
    "externalid",
    "creditorderid",
    "moneytotal_net",
    "moneytotal_vat",
    "moneycheckout_net",
    "moneycheckout_vat",
    "moneytotal_gross_checkout",
    "moneydelivery_net",
    "moneydelivery_vat",
    "moneytotal_gross_delivery",
    "moneyfinal_net",
    "moneyfinal_vat",
    "moneyfinal_salestax",
    "moneytotal_gross_roundoff",
    "moneytotal_gross_all",
    "checkouttypeid",
    "checkouttypename",
    "checkoutmethodid",
    "checkoutmethodsubid",
    "deliverytypeid",
    "deliverytypename",
    "orderdate",
    "orderstateid",
    "paymentstateid",
    "ordertypeid",
    "userid_staff",
    "registerid",
    "warehouseid",
    "datereserved",
    "currencycode",
    "additionaldata",
    "orderitems",
    "payments",
    "reservedpayments",
];

/// What a list gives when `fields` does not say (facts/sitoo 2.1).
const DEFAULTS: [&str; 23] = [
    "orderid",
    "eshopid",
    "email",
    "namefirst",
    "namelast",
    "company",
    "moneyfinal_net",
    "moneyfinal_vat",
    "moneytotal_gross_roundoff",
    "moneytotal_gross_all",
    "checkouttypename",
    "deliverytypename",
    "orderdate",
    "orderstateid",
    "paymentstateid",
    "ordertypeid",
    "registerid",
    "warehouseid",
    "datereserved",
    "currencycode",
    "additionaldata",
    "orderitems",
    "payments",
];

/// Which fields to write.
pub(super) struct FieldSet(Vec<&'static str>);

impl FieldSet {
    /// The fields named; unknown names are ignored. The default ones without any.
    pub(super) fn of_list(names: Option<Vec<&str>>) -> Self {
        let known = || OTHERS.iter().chain(TEXTS.iter()).copied();
        Self(match names {
            Some(names) => known().filter(|name| names.contains(name)).collect(),
            None => DEFAULTS.to_vec(),
        })
    }

    pub(super) fn all() -> Self {
        Self(OTHERS.iter().chain(TEXTS.iter()).copied().collect())
    }
}

/// What all orders of an account have in common.
pub(super) struct Common<'a> {
    pub(super) currency: &'a str,
}

/// Writes the fields into an open object.
pub(super) fn write_fields(object: &mut Object, order: &Order, fields: &FieldSet, common: &Common) {
    for name in &fields.0 {
        let spoilt = order.spoilt.iter().find(|(field, _)| &**field == *name);
        match spoilt {
            Some((_, json)) if json.is_empty() => {}
            Some((_, json)) => object.raw(name, json),
            None if name.starts_with("money") => object.money(name, money(order, name)),
            None => write_field(object, order, name, common),
        }
    }
}

fn write_field(object: &mut Object, order: &Order, name: &'static str, common: &Common) {
    match name {
        "orderid" => object.number(name, order.id),
        "eshopid" => object.number(name, SITE),
        "externalid" => object.text_or_null(name, order.external_id.as_deref()),
        "creditorderid" => object.number_or_null(name, order.credit_of),
        "checkouttypeid" | "checkoutmethodid" | "checkoutmethodsubid" | "deliverytypeid" => {
            object.number(name, 0);
        }
        "checkouttypename" => object.text(name, &checkout_type(order)),
        "deliverytypename" => object.text(name, ""),
        "orderdate" => object.number(name, order.date),
        "orderstateid" => object.number(name, order.state.id()),
        "paymentstateid" => object.number(name, order.payment_state.0),
        "ordertypeid" => object.number(name, order.kind.0),
        "userid_staff" => {
            object.text_or_null(name, order.staff.as_ref().map(|staff| &*staff.user_id));
        }
        "registerid" => {
            object.text_or_null(name, order.register.as_ref().map(|one| one.id.as_str()));
        }
        "warehouseid" => object.number_or_null(name, order.warehouse),
        "datereserved" => object.number_or_null(name, order.reserved_until),
        "currencycode" => object.text(name, order.currency.as_deref().unwrap_or(common.currency)),
        "additionaldata" => write_additional(object.key(name), order),
        "orderitems" => object.list(name, order.rows.iter().enumerate(), write_row),
        "payments" => object.list(name, &order.payments, write_payment),
        "reservedpayments" => object.raw(name, "[]"),
        // An ISO2 code is an id; unset ids are null (facts/sitoo 1.4).
        "invoice_countryid" | "delivery_countryid" => {
            object.text_or_null(name, Some(order.text(name)).filter(|text| !text.is_empty()));
        }
        _ => object.text(name, order.text(name)),
    }
}

fn money(order: &Order, name: &str) -> i64 {
    match name {
        "moneytotal_net" => order.rows_net_vat().0,
        "moneytotal_vat" => order.rows_net_vat().1,
        "moneydelivery_net" => order.delivery_net_vat().0,
        "moneydelivery_vat" => order.delivery_net_vat().1,
        "moneytotal_gross_delivery" => order.delivery_charge.map_or(0, |(gross, _)| gross),
        "moneyfinal_net" => order.final_net_vat().0,
        "moneyfinal_vat" => order.final_net_vat().1,
        "moneytotal_gross_roundoff" => order.roundoff,
        "moneytotal_gross_all" => order.gross(),
        // Checkout fees and US sales tax do not occur.
        _ => 0,
    }
}

/// "Sitoo POS - Card"; what several tenders give is not known.
fn checkout_type(order: &Order) -> String {
    if order.register.is_none() {
        return String::new();
    }
    match &*order.payments {
        [] => "Sitoo POS".to_owned(),
        [one] => format!("Sitoo POS - {}", one.name),
        _ => "Sitoo POS - Split".to_owned(),
    }
}

fn write_additional(out: &mut Vec<u8>, order: &Order) {
    let mut object = Object::open(out);
    let has = |key: &str| order.extras.iter().any(|(known, _)| known == key);
    let mut put = |key: &'static str, value: &str| {
        if !value.is_empty() && !has(key) {
            object.text(key, value);
        }
    };
    put("pos-receiptid", &order.receipt_id().unwrap_or_default());
    if let Some(staff) = &order.staff {
        put("pos-staff-userid", &staff.user_id);
        put("pos-staff-externalid", &staff.external_id);
    }
    if let Some(store) = order.register.as_ref().and_then(|register| register.store.as_ref()) {
        put("pos-timezone", &store.time_zone);
        put("store-externalid", &store.external_id);
        put("store-externalgroupid", &store.external_group_id);
        put("store-name", &store.name);
    }
    write_extras(&mut object, &order.extras);
    object.close();
}

/// Keys of `additionaldata` may be anything, so they are escaped.
pub(super) fn write_extras(object: &mut Object, extras: &Extras) {
    for (key, value) in extras {
        if key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
            object.text(key, value);
        } else {
            let mut quoted = Vec::new();
            push_text(&mut quoted, key);
            let quoted = String::from_utf8_lossy(&quoted);
            object.text(quoted.trim_matches('"'), value);
        }
    }
}

fn write_payment(out: &mut Vec<u8>, payment: &Payment) {
    let mut object = Object::open(out);
    object.text("name", &payment.name);
    object.money("moneyamount", payment.amount);
    object.text_or_null("externalid", payment.external_id.as_deref());
    object.text("reftype", &payment.ref_type);
    object.text("refid", &payment.ref_id);
    object.text("cardissuer", &payment.card_issuer);
    let mut extras = Object::open(object.key("additionaldata"));
    write_extras(&mut extras, &payment.extras);
    extras.close();
    object.close();
}

/// `orderlogitems`: what is always there, then what was added (facts/sitoo 2.3).
pub(super) fn write_log(out: &mut Vec<u8>, order: &Order, added: &[super::super::state::LogItem]) {
    let created = order.created;
    let mut rows: Vec<(i64, i64, Option<String>, Option<i64>)> = vec![(created, 0, None, None)];
    let staff = order.staff.as_ref().map(|staff| staff.name.to_string());
    if let (Some(register), Some(receipt)) = (&order.register, order.receipt) {
        let who = staff.as_deref().unwrap_or("Staff");
        let text =
            format!("Register {} ({})\nReceipt #{receipt}\n{who}", register.number, register.key);
        rows.push((created, 999, Some(text), None));
    }
    rows.extend(order.delivery.map(|delivery| (created, 70, None, Some(delivery))));
    rows.extend(staff.map(|name| (created, 21, Some(name), None)));
    let own = |item: &super::super::state::LogItem| {
        (item.at, item.kind, item.text.as_deref().map(str::to_owned), None)
    };
    rows.extend(added.iter().map(own));
    push_list(out, rows, |out, (at, kind, text, value)| {
        let mut object = Object::open(out);
        object.number("datelog", at);
        object.number("orderid", order.id);
        object.number("orderlogtypeid", kind);
        object.text_or_null("strvalue", text.as_deref());
        object.number_or_null("fvalue", value);
        object.close();
    });
}
