//! What an order that as a whole cannot be read sold all the same: its goods are in flight whatever
//! is wrong with its money.

use daybook_domain::{Quantity, stock::Moved};
use serde_json::value::RawValue;

use crate::{
    number::Exact as _,
    text::{Members, scalar},
};

/// The goods that are told by rows with a SKU and a quantity, as far as those can be read; nothing
/// where the selling warehouse cannot (facts/sitoo 2.2, 2.3).
pub fn goods_of_unreadable(payload: &str) -> Vec<Moved> {
    let order: Members<'_> = serde_json::from_str(payload).unwrap_or_default();
    let Some(warehouse_id) = order.get("warehouseid").and_then(number) else {
        return Vec::new();
    };
    let rows = order.get("orderitems").map(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get()));
    let rows = rows.and_then(Result::ok).unwrap_or_default();
    let rows = rows.into_iter().enumerate();
    rows.filter_map(|(place, raw)| row(raw, place, warehouse_id)).collect()
}

fn row(raw: &RawValue, place: usize, warehouse_id: i64) -> Option<Moved> {
    let row: Members<'_> = serde_json::from_str(raw.get()).ok()?;
    let sku = scalar(row.get("sku")?.get())?.trim().to_owned();
    let decimal = row.get("decimalquantitytotal").and_then(quantity);
    let quantity = decimal.or_else(|| row.get("quantity").and_then(quantity))?;
    let index = row.get("orderitemid").and_then(number).or(i64::try_from(place).ok())?;
    let moved = Moved { row: index, sku, warehouse_id, quantity };
    (!moved.sku.is_empty() && !quantity.is_zero()).then_some(moved)
}

fn number(raw: &RawValue) -> Option<i64> {
    i64::exact(scalar(raw.get())?.trim())
}

fn quantity(raw: &RawValue) -> Option<Quantity> {
    Quantity::exact(scalar(raw.get())?.trim())
}

#[cfg(test)]
mod tests {
    use daybook_domain::Quantity;

    use super::goods_of_unreadable;

    #[test]
    fn rows_that_name_their_goods_are_found_beside_whatever_cannot_be_read() {
        let payload = r#"{"orderid": 7, "warehouseid": "5", "moneytotal_gross_all": "abc",
            "orderdate": null, "orderitems": [
            {"orderitemid": 3, "sku": " A ", "quantity": 2, "vatvalue": null},
            {"sku": "B", "decimalquantitytotal": "0.375", "quantity": 1},
            {"sku": "C", "quantity": "many"}, {"sku": "", "quantity": 1}, 7, {"quantity": 1}]}"#;
        let goods = goods_of_unreadable(payload);
        let told: Vec<_> = goods.iter().map(|one| (one.row, one.sku.as_str())).collect();
        assert_eq!(told, [(3, "A"), (1, "B")]);
        assert_eq!((goods[0].quantity, goods[0].warehouse_id), (Quantity::from_units(2), 5));
        assert_eq!(goods[1].quantity, Quantity::from_thousandths(375));
        for nothing in
            ["", "[]", "{}", r#"{"warehouseid": 5}"#, r#"{"warehouseid": 5, "orderitems": 1}"#]
        {
            assert!(goods_of_unreadable(nothing).is_empty(), "{nothing}");
        }
    }
}
