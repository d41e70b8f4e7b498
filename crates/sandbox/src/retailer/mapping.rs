//! The mapping that a consultant would enter for the made-up retailer: kind, key and value as
//! plain text, in the words of Daybook's command line.

use super::{GIFT_CARD_SKU, ROUND_OFF_SKU, Retailer};

/// The carrier that shoppers of the made-up retailer choose at the till.
pub const CARRIER: &str = "dpd-next-day";

/// One row: kind, key, value.
pub type MappingText = (&'static str, String, String);

impl Retailer {
    /// Every row that the retailer's tills need.
    pub fn mapping(&self) -> Vec<MappingText> {
        let mut rows = Vec::new();
        for rate in &self.rates {
            rows.push(("vat", rate.percent.to_string(), format!("rate-id={}", rate.tax_rate_id)));
            if rate.percent == 0 {
                let value = format!("rate-id={}", rate.tax_rate_id);
                rows.push(("vat", "gift-card".to_owned(), value.clone()));
                rows.push((
                    "item",
                    "round-off".to_owned(),
                    format!("code={ROUND_OFF_SKU} {value}"),
                ));
                rows.push((
                    "item",
                    "gift-card".to_owned(),
                    format!("code={GIFT_CARD_SKU} {value}"),
                ));
            }
        }
        for tender in &self.tenders {
            let value = format!("method-id={}", tender.payment_method_id);
            rows.push(("payment", tender.external_id.clone(), value));
        }
        for store in &self.stores {
            let value = format!(
                "account={} session={} location={} delivery={} zone={} name={} ships-from={}",
                store.customer_account,
                store.session_id,
                store.stock_location_id,
                store.delivery_method_id,
                store.time_zone,
                store.name,
                self.central.stock_location_id,
            );
            rows.push(("store", store.warehouse_id.to_string(), value));
            let reclaim = format!("location={}", store.reclaim_stock_location_id);
            rows.push(("warehouse", store.reclaim_warehouse_id.to_string(), reclaim));
            let pickup = format!("location={}", store.stock_location_id);
            rows.push(("pickup", store.external_id.clone(), pickup));
        }
        let central = format!("location={}", self.central.stock_location_id);
        rows.push(("warehouse", self.central.warehouse_id.to_string(), central));
        for carrier in ["home", "collect", CARRIER] {
            let value = format!("method-id={}", self.central.delivery_method_id);
            rows.push(("delivery", carrier.to_owned(), value));
        }
        for reason in self.reasons.iter().filter(|reason| reason.kind == 10) {
            rows.push(("reason", reason.code.clone(), "restock=yes".to_owned()));
        }
        rows
    }
}
