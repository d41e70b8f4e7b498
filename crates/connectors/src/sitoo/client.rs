//! The calls of Sitoo.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{
    class::Failure,
    exchange::{Called, System},
    priority::Priority,
    stock::Kind,
};
use http::{HeaderValue, Method};
use secrecy::ExposeSecret;

use crate::{
    Clock, SettingsFault, Transport,
    call::{Answer, Body, Caller, Effect, Keep, Outcome, Outgoing, read_json},
    mask::{cut, mask_body},
    pace::{Budget, Lane},
    settings::{BaseUrl, basic_authorization},
};

use super::{
    OrdersPage, OrdersQuery, ReceivedOrder, SiteSettings, SitooSettings, Store, StrayOrder,
    Warehouse, parse_order,
    stock::encoded,
    translate::{need, positive, within},
    wire::{FIELDS, List, WireOrderId, WireSettings, WireStore, WireWarehouse, read},
};

/// Lists that `daybook check` reads: one page holds all but the largest retailers.
const LIST_PAGE: usize = 1_000;
/// Characters that are shown of an order that does not say which it is.
const SHOWN: usize = 600;

/// A client of one Sitoo account. Its clones share its budget of calls.
#[derive(Clone)]
pub struct Sitoo {
    pub(super) base: BaseUrl,
    /// Orders of the account, or of one site.
    orders_path: String,
    page_size: u32,
    pub(super) site: i64,
    pub(super) authorization: HeaderValue,
    pub(super) caller: Caller,
    pub(super) lane: Arc<Lane>,
    pub(super) priority: Priority,
}

impl fmt::Debug for Sitoo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sitoo").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Sitoo {
    /// Orders a page.
    pub const fn page_size(&self) -> u32 {
        self.page_size
    }

    /// The same client, for calls of this importance.
    #[must_use]
    pub fn at(&self, priority: Priority) -> Self {
        Self { priority, ..self.clone() }
    }

    /// How long Sitoo asked to be left alone: until then no call is made.
    pub fn held(&self) -> Option<Duration> {
        self.lane.held(self.caller.clock.now().micros())
    }

    /// The site whose products and stock are ours.
    pub const fn site(&self) -> i64 {
        self.site
    }

    /// A client with these settings.
    pub fn new(
        settings: SitooSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        let SitooSettings {
            api_id, password, site_orders_path, page_size, site, in_flight, ..
        } = settings;
        let budget = Arc::new(Budget::new(settings.pace)?);
        if !(1..=1_000).contains(&page_size) {
            return Err(SettingsFault::new("page_size", "must be between 1 and 1000"));
        }
        Ok(Self {
            base: BaseUrl::new("base_url", &settings.base_url)?,
            orders_path: match site_orders_path {
                Some(site) => format!("sites/{site}/orders.json"),
                None => "orders.json".to_owned(),
            },
            page_size,
            site,
            authorization: basic_authorization("api_id", &api_id, password.expose_secret())?,
            caller: Caller {
                system: System::Sitoo,
                transport,
                clock,
                timeout: settings.timeout,
                body_limit: settings.body_limit_bytes,
            },
            lane: Arc::new(Lane::new("in_flight", in_flight, &budget)?),
            priority: Priority::default(),
        })
    }

    /// One page of orders.
    pub async fn orders(&self, query: &OrdersQuery) -> Called<OrdersPage> {
        let most = self.page_size;
        let (filter, num) = match query {
            OrdersQuery::FromId { from, num, .. } => {
                (format!("orderidfrom={from}&sort=orderid"), (*num).clamp(1, most))
            }
            OrdersQuery::Ids(ids) if ids.is_empty() => {
                let nothing = OrdersPage::default();
                return Called { outcome: Ok(nothing), exchanges: Vec::new() };
            }
            OrdersQuery::Ids(ids) => (format!("orderid={}&sort=orderid", listed(ids)), most),
            OrdersQuery::FirstSince(moment) => {
                let seconds = moment.micros().div_euclid(1_000_000);
                (format!("orderdatefrom={seconds}&sort=orderid"), 1)
            }
            OrdersQuery::CreditOf(id) => (format!("creditorderid={id}&sort=orderid"), most),
            OrdersQuery::Receipt(id) => (format!("receiptid={}&sort=orderid", encoded(id)), most),
            OrdersQuery::Newest => ("sort=-orderid".to_owned(), 1),
        };
        let start = match query {
            OrdersQuery::FromId { start, .. } => *start,
            _ => 0,
        };
        let path = format!("{}?{filter}&start={start}&num={num}&fields={FIELDS}", self.orders_path);
        one(self.get("orders", &path, Keep::Failures, read_page).await)
    }

    /// A page of the orders from an id on that are open and not paid, in ascending order: how many
    /// there are altogether, and the ids of this page.
    pub async fn unpaid_open_orders(&self, from: i64, start: usize) -> Called<(i64, Vec<i64>)> {
        let path = format!(
            "{}?orderstate=0&paymentstate=0,10,15,30,40&orderidfrom={from}&sort=orderid\
             &start={start}&num={LIST_PAGE}&fields=orderid",
            self.orders_path
        );
        let read = |answer: &Answer<'_>| {
            let list: List<'_> = read_json(answer)?;
            let ids = list.items.iter().enumerate().map(|(place, raw)| {
                let wire = read::<WireOrderId>(raw.get()).map_err(within("items", place))?;
                need(wire.orderid.0, "orderid").map_err(within("items", place))
            });
            let ids = ids.collect::<Result<Vec<i64>, Failure>>()?;
            let counted = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            Ok((list.totalcount.0.unwrap_or(counted), ids))
        };
        one(self.get("open-orders", &path, Keep::Failures, read).await)
    }

    /// All warehouses of a site.
    pub async fn warehouses(&self, site: i64) -> Called<Vec<Warehouse>> {
        self.list("warehouses", &format!("sites/{site}/warehouses.json"), warehouse).await
    }

    /// All stores of a site.
    pub async fn stores(&self, site: i64) -> Called<Vec<Store>> {
        self.list("stores", &format!("sites/{site}/stores.json"), store).await
    }

    /// The settings of a site.
    pub async fn settings(&self, site: i64) -> Called<SiteSettings> {
        let path = format!("sites/{site}/settings.json");
        one(self
            .get("settings", &path, Keep::Masked, |answer| {
                let wire: WireSettings<'_> = read_json(answer)?;
                Ok(SiteSettings {
                    name: wire.eshopname.owned(),
                    currency: wire.currencycode.owned(),
                    time_zone: wire.timezone.owned(),
                    prices_with_vat: wire.pricesstoredwithvat,
                    rounds_off_cash: wire.doroundoff,
                })
            })
            .await)
    }

    /// Reads a list page by page until a page is not full.
    pub(super) async fn list<T: Send>(
        &self,
        purpose: &'static str,
        path: &str,
        element: fn(&str) -> Result<T, Failure>,
    ) -> Called<Vec<T>> {
        let (mut all, mut exchanges) = (Vec::new(), Vec::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{joint}start={}&num={LIST_PAGE}", all.len());
            let read = |answer: &Answer<'_>| {
                let list: List<'_> = read_json(answer)?;
                let elements = list.items.iter().enumerate();
                elements
                    .map(|(place, raw)| element(raw.get()).map_err(within("items", place)))
                    .collect::<Result<Vec<T>, Failure>>()
            };
            let (outcome, exchange) = self.get(purpose, &path, Keep::Masked, read).await;
            exchanges.extend(exchange);
            match outcome {
                Err(failure) => return Called { outcome: Err(failure), exchanges },
                Ok(page) => {
                    let full = page.len() >= LIST_PAGE;
                    all.extend(page);
                    if !full {
                        return Called { outcome: Ok(all), exchanges };
                    }
                }
            }
        }
    }

    pub(super) async fn get<T>(
        &self,
        purpose: &'static str,
        path: &str,
        keep: Keep,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Failure> + Send,
    ) -> Outcome<T> {
        let outgoing = Outgoing {
            purpose,
            method: Method::GET,
            url: self.base.join(path),
            authorization: self.authorization.clone(),
            body: None,
            effect: Effect::Reads,
            keep,
        };
        self.caller.call((&self.lane, self.priority), outgoing, read).await
    }

    /// A call that changes something in Sitoo.
    pub(super) async fn send<T>(
        &self,
        purpose: &'static str,
        method: Method,
        path: &str,
        body: String,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Failure> + Send,
    ) -> Outcome<T> {
        let outgoing = Outgoing {
            purpose,
            method,
            url: self.base.join(path),
            authorization: self.authorization.clone(),
            body: Some(Body { sent: Bytes::from(body.clone()), recorded: body }),
            effect: Effect::Writes,
            keep: Keep::Masked,
        };
        self.caller.call((&self.lane, self.priority), outgoing, read).await
    }
}

pub(super) fn one<T>((outcome, exchange): Outcome<T>) -> Called<T> {
    Called { outcome, exchanges: exchange.into_iter().collect() }
}

/// Several values are separated by commas; a repeated key keeps only its last (facts/sitoo 1.5).
pub(super) fn listed(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

fn read_page(answer: &Answer<'_>) -> Result<OrdersPage, Failure> {
    let list: List<'_> = read_json(answer)?;
    let counted = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
    let total_count = list.totalcount.0.unwrap_or(counted);
    let mut page = OrdersPage { total_count, ..OrdersPage::default() };
    for (place, raw) in list.items.iter().enumerate() {
        match received(raw.get()).map_err(within("items", place)) {
            Ok(order) => page.orders.push(order),
            Err(fault) => page.strays.push(StrayOrder {
                payload: raw.get().to_owned(),
                masked: cut(&mask_body(raw.get()), SHOWN),
                fault,
            }),
        }
    }
    Ok(page)
}

/// An order, as far as it says which one it is.
fn received(payload: &str) -> Result<ReceivedOrder, Failure> {
    let order = parse_order(payload);
    let order_id = match &order {
        Ok(order) => order.reference.order_id,
        Err(_) => positive(need(read::<WireOrderId>(payload)?.orderid.0, "orderid")?, "orderid")?,
    };
    Ok(ReceivedOrder { order_id, payload: payload.to_owned(), order })
}

fn warehouse(json: &str) -> Result<Warehouse, Failure> {
    let wire: WireWarehouse<'_> = read(json)?;
    Ok(Warehouse {
        id: need(wire.warehouseid.0, "warehouseid")?,
        name: wire.name.owned(),
        store_id: wire.storeid.0,
        kind: wire.warehousetype.0.map_or(Kind::Fifo, Kind::of),
    })
}

fn store(json: &str) -> Result<Store, Failure> {
    let wire: WireStore<'_> = read(json)?;
    Ok(Store {
        id: need(wire.storeid.0, "storeid")?,
        name: wire.name.owned(),
        external_id: wire.externalid.owned(),
    })
}
