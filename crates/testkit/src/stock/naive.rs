//! The sync that everybody writes first: read what OrderWise calls free, make it the tills' level.
//! No sales in flight, no journal. It is here to be compared with.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use daybook_connectors::Transport;
use daybook_sandbox::{Sandbox, retailer::Retailer, sitoo};
use http::{Method, Request, header};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{eye::Eye, truth::thousandths};
use crate::in_process::{Crash, InProcess};

/// Movements in one call.
const BATCH: usize = 50;

/// The naive sync.
pub(super) struct Naive {
    sitoo: InProcess,
    orderwise: InProcess,
    sent: u64,
}

impl Naive {
    pub(super) fn new(sandbox: &Sandbox, eye: &Arc<Eye>) -> Self {
        let wire =
            |router| InProcess::new(router, Crash::never()).seen_by(Some(Arc::clone(eye) as _));
        Self {
            sitoo: wire(sandbox.sitoo_router()),
            orderwise: wire(sandbox.orderwise_router()),
            sent: 0,
        }
    }

    /// One round over all stores; the first failure ends it, and the next round tries again.
    pub(super) async fn pass(&mut self, retailer: &Retailer) -> Option<()> {
        let basic = format!("Basic {}", BASE64_STANDARD.encode("daybook:sandbox"));
        let url = "http://orderwise.test/OWAPI/token/gettoken";
        let token = call(&self.orderwise, Method::GET, url, &basic, String::new()).await?;
        let bearer = format!("Bearer {}", token.as_str()?);
        let url = "http://orderwise.test/OWAPI/system/export-definition/104";
        let all = json!([{ "name": "@since", "value": "1970-01-01" }]).to_string();
        let rows = call(&self.orderwise, Method::POST, url, &bearer, all).await?;
        for store in &retailer.stores {
            self.store(store.warehouse_id, store.stock_location_id, rows.as_array()?).await?;
        }
        Some(())
    }

    async fn store(&mut self, warehouse: i64, location: i64, rows: &[Value]) -> Option<()> {
        let path = format!("warehouses/{warehouse}/warehouseitems.json?num=1000");
        let levels = self.sitoo_call(Method::GET, &path, String::new()).await?;
        let mut movements = Vec::new();
        for item in levels["items"].as_array()? {
            let row = rows
                .iter()
                .find(|row| row["sku"] == item["sku"] && row["stockLocationId"] == json!(location));
            let Some(row) = row else { continue };
            let free = decimal(&row["freeStock"])? - decimal(&row["buffer"]).unwrap_or_default();
            let target = thousandths(free.floor()).max(0);
            let change = target - thousandths(decimal(&item["decimaltotal"])?);
            if change != 0 {
                self.sent += 1;
                movements.push(json!({
                    "warehouseid": warehouse,
                    "transactiontype": if change > 0 { 10 } else { 20 },
                    "externalid": format!("naive-{}", self.sent),
                    "items": [{
                        "sku": item["sku"],
                        "decimalquantity": Decimal::new(change, 3).normalize().to_string(),
                    }],
                }));
            }
        }
        for batch in movements.chunks(BATCH) {
            let body = Value::from(batch).to_string();
            self.sitoo_call(Method::POST, "warehousetransactions.json", body).await?;
        }
        Some(())
    }

    async fn sitoo_call(&self, method: Method, path: &str, body: String) -> Option<Value> {
        let account = sitoo::ACCOUNT;
        let url = format!("http://sitoo.test/v2/accounts/{account}/sites/1/{path}");
        let basic = BASE64_STANDARD.encode(format!("{}:{}", sitoo::API_ID, sitoo::PASSWORD));
        call(&self.sitoo, method, &url, &format!("Basic {basic}"), body).await
    }
}

/// The answer's JSON; nothing when there is none, or it is not 200.
async fn call(
    wire: &InProcess,
    method: Method,
    url: &str,
    credentials: &str,
    body: String,
) -> Option<Value> {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header(header::AUTHORIZATION, credentials)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body))
        .ok()?;
    let answer = wire.send(request, Duration::from_secs(30)).await.ok()?;
    answer.status().is_success().then(|| serde_json::from_slice(answer.body()).ok())?
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}
