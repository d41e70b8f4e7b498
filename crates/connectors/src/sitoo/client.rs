//! The calls of Sitoo.

use std::sync::Arc;

use daybook_domain::{class::Failure, exchange::Called};

use crate::{Clock, SettingsFault, Transport};

use super::{OrdersPage, OrdersQuery, SiteSettings, SitooSettings, Store, Warehouse};

/// A client of one Sitoo account.
#[derive(Debug)]
pub struct Sitoo;

fn later<T>() -> Called<T> {
    let what = "not built yet".to_owned();
    Called { outcome: Err(Failure::Later { after: None, what }), exchanges: Vec::new() }
}

impl Sitoo {
    /// A client with these settings.
    pub fn new(
        _settings: SitooSettings,
        _transport: Arc<dyn Transport>,
        _clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        Ok(Self)
    }

    /// One page of orders.
    pub async fn orders(&self, _query: &OrdersQuery) -> Called<OrdersPage> {
        later()
    }

    /// All warehouses of a site.
    pub async fn warehouses(&self, _site: i64) -> Called<Vec<Warehouse>> {
        later()
    }

    /// All stores of a site.
    pub async fn stores(&self, _site: i64) -> Called<Vec<Store>> {
        later()
    }

    /// The settings of a site.
    pub async fn settings(&self, _site: i64) -> Called<SiteSettings> {
        later()
    }
}
