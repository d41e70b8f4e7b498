//! The calls.

use bytes::Bytes;
use daybook_connectors::sitoo::ORDER_FIELDS;
use daybook_sandbox::sitoo;
use jiff::tz::TimeZone;
use reqwest::{Client, RequestBuilder, StatusCode, header};

use super::{Ready, TIMEOUT};
use crate::{Fault, setup::Peers};

pub(super) struct Wire {
    client: Client,
    sitoo: String,
    orderwise: String,
    token: String,
    zone: TimeZone,
}

impl Wire {
    /// Logs in.
    pub(super) async fn new(peers: Peers) -> Result<Self, Fault> {
        // Lost only to somebody who has just done the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tcp_nodelay(true).timeout(TIMEOUT).build()?;
        let (sitoo, orderwise) = (peers.sitoo_url(), peers.orderwise_url());
        let request = client.get(format!("{orderwise}/token/gettoken"));
        let answer = request.basic_auth("daybook", Some("sandbox")).send().await?;
        let token = answer.error_for_status()?.text().await?.trim_matches('"').to_owned();
        Ok(Self { client, sitoo, orderwise, token, zone: TimeZone::get("Europe/London")? })
    }

    pub(super) async fn page(&self, from: i64) -> Result<Bytes, Fault> {
        let url = format!(
            "{}/orders.json?orderidfrom={from}&sort=orderid&start=0&num=1000&fields={ORDER_FIELDS}",
            self.sitoo
        );
        let request = self.client.get(url).basic_auth(sitoo::API_ID, Some(sitoo::PASSWORD));
        Ok(request.send().await?.error_for_status()?.bytes().await?)
    }

    /// Whether it was taken: anything but 503 and success is a fault of the benchmark.
    pub(super) async fn post(&self, ready: &Ready) -> Result<bool, Fault> {
        let url = format!("{}/sales/order?session_id={}", self.orderwise, ready.session);
        let answer = self.json(&url, ready.body.clone()).send().await?;
        let is_busy = answer.status() == StatusCode::SERVICE_UNAVAILABLE;
        if !is_busy && !answer.status().is_success() {
            return Err(format!("{}: {}", answer.status(), answer.text().await?).into());
        }
        answer.bytes().await?;
        Ok(!is_busy)
    }

    pub(super) async fn look_up(&self, reference: &str) -> Result<(), Fault> {
        self.export(101, format!(r#"[{{"name":"@reference","value":"{reference}"}}]"#)).await
    }

    pub(super) async fn totals(&self, from: i64, to: i64) -> Result<(), Fault> {
        let (from, to) = (self.local(from)?, self.local(to)?);
        let body =
            format!(r#"[{{"name":"@from","value":"{from}"}},{{"name":"@to","value":"{to}"}}]"#);
        self.export(102, body).await
    }

    fn local(&self, seconds: i64) -> Result<String, Fault> {
        let local = self.zone.to_datetime(jiff::Timestamp::from_second(seconds)?);
        Ok(local.strftime("%Y-%m-%dT%H:%M:%S").to_string())
    }

    async fn export(&self, id: i64, body: String) -> Result<(), Fault> {
        let url = format!("{}/system/export-definition/{id}", self.orderwise);
        self.json(&url, body).send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    fn json(&self, url: &str, body: String) -> RequestBuilder {
        let request = self.client.post(url).bearer_auth(&self.token);
        request.header(header::CONTENT_TYPE, "application/json").body(body)
    }
}
