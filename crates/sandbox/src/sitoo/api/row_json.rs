//! A row of an order as JSON (facts/sitoo 2.5). Amounts per unit are positive even on returns.

use super::{
    super::{model::Item, money::percent},
    order_json::write_extras,
    text::Object,
};

/// Writes a row; its id is its place in the order, from 0.
pub(super) fn write_row(out: &mut Vec<u8>, (index, row): (usize, &Item)) {
    let product = &row.product;
    let mut object = Object::open(out);
    object.number("orderitemid", i64::try_from(index).unwrap_or(0));
    object.number("orderitemtype", 10);
    object.number("productid", product.id);
    object.text("productname", row.name());
    object.text("sku", row.sku());
    object.text("productattributes", &product.attributes);
    object.text("externalinput", "");
    object.text("externalinputtitle", "");
    object.text("unitlabel", &product.unit_label);
    object.number("quantity", row.quantity);
    match row.unit {
        Some(unit) => object.decimal("decimalunitquantity", unit),
        None => object.raw("decimalunitquantity", "null"),
    }
    object.money("moneynetpriceperunit", row.per_unit(row.net));
    object.money("moneypriceorg", row.list_net());
    object.raw("vatvalue", &percent(row.vat_rate));
    object.text("deliveryinfo", "");
    object.money("moneyitemtotal_net", row.net);
    object.money("moneyitemtotal_vat", row.vat());
    write_discount(&mut object, row);
    object.raw("salestaxes", "[]");
    let mut extras = Object::open(object.key("additionaldata"));
    write_extras(&mut extras, &row.extras);
    extras.close();
    object.decimal("decimalquantitytotal", row.total_quantity());
    object.money("moneynetpriceperquantity", row.per_quantity(row.net));
    object.close();
}

fn write_discount(object: &mut Object, row: &Item) {
    let (before, after) = (row.per_unit(row.net_before()), row.per_unit(row.net));
    let is_discounted = row.gross != row.gross_before;
    object.number("voucherid", 0);
    object.text("vouchercode", "");
    object.text("vouchername", "");
    object.money("moneyoriginalprice", if is_discounted { before } else { after });
    object.money("moneydiscountedprice", if is_discounted { after } else { 0 });
    object.money("moneydiscount", if is_discounted { before - after } else { 0 });
}
