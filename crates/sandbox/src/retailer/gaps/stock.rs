//! Gaps about stock, in the first store and its stock location.

use rust_decimal::Decimal;

use super::Gaps;
use crate::orderwise::Purpose;

/// More than any shop has.
const IMPOSSIBLE: i64 = 5_012_345;
/// A stock location that nobody is mapped to.
pub(super) const NOBODYS: i64 = 88;

pub(super) fn plant(gaps: &mut Gaps<'_>) {
    let shop = gaps.shop();
    let (place, location) = (shop.name.as_str(), shop.stock_location_id);
    let in_erp = |sku: &str| format!("{sku} at location {location}");
    let at_till = |sku: &str| format!("{sku} in {place}");

    both(gaps, "GAP-OWED", -3_000, 0);
    gaps.plant("stock-negative-in-orderwise", in_erp("GAP-OWED"));
    both(gaps, "GAP-BELOW", 0, -2_000);
    gaps.plant("stock-negative-in-sitoo", at_till("GAP-BELOW"));
    both(gaps, "GAP-MILLIONS", 1_000 * IMPOSSIBLE, 1_000 * IMPOSSIBLE);
    gaps.plant("stock-impossible", in_erp("GAP-MILLIONS"));
    gaps.plant("stock-impossible", at_till("GAP-MILLIONS"));
    both(gaps, "GAP-HALF", 1_500, 1_500);
    gaps.plant("stock-fraction", in_erp("GAP-HALF"));
    gaps.plant("stock-fraction", at_till("GAP-HALF"));
    both(gaps, "GAP-DRIFT", 7_000, 4_000);
    gaps.plant("stock-differs", at_till("GAP-DRIFT"));
    gaps.agreed("GAP-UNCOUNTED", |product| product.stock_count = false);
    gaps.sandbox.orderwise.set_stock("GAP-UNCOUNTED", location, Decimal::from(3));
    gaps.plant("stock-not-counted", "GAP-UNCOUNTED");
    gaps.agreed("GAP-OVERFLOW", |_| {});
    gaps.sandbox.orderwise.set_stock("GAP-OVERFLOW", NOBODYS, Decimal::from(5));
    gaps.plant("location-without-partner", NOBODYS.to_string());
    both(gaps, "GAP-ROW", 0, 0);
    gaps.sandbox.orderwise.spoil_cell(
        Purpose::StockLevels,
        ("sku", "\"GAP-ROW\""),
        "freeStock",
        "null",
    );
    gaps.plant("export-row-unreadable", format!("stock-levels: GAP-ROW at {location}"));
}

/// Something with these thousandths in OrderWise and at the till.
fn both(gaps: &mut Gaps<'_>, sku: &str, in_erp: i64, at_till: i64) {
    let shop = gaps.shop();
    gaps.agreed(sku, |_| {});
    gaps.sandbox.orderwise.set_stock(sku, shop.stock_location_id, Decimal::new(in_erp, 3));
    // Warehouse and product are there.
    let _ = gaps.sandbox.sitoo.set_stock(shop.warehouse_id, sku, at_till);
}
