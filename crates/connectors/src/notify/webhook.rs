//! Webhooks: a signed JSON of our own, and the shapes that Slack and Teams take.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{Timestamp, alert::Notice};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::{NotTaken, shape};
use crate::{Lost, SettingsFault, Transport};

/// Who takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Whoever reads our JSON.
    Json,
    /// A Slack incoming webhook.
    Slack,
    /// A Teams workflow that takes adaptive cards.
    Teams,
}

/// An address that takes messages.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The shape.
    pub shape: Shape,
    /// The address; those of Slack and Teams are secrets.
    pub url: SecretString,
    /// What messages are signed with.
    pub secret: Option<SecretString>,
    /// How long an answer may take.
    pub timeout: Duration,
}

pub(super) struct Webhook {
    settings: WebhookSettings,
    transport: Arc<dyn Transport>,
}

impl Webhook {
    pub(super) fn new(
        settings: WebhookSettings,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, SettingsFault> {
        // Neither the address nor what is wrong with it in detail: it may hold a secret.
        let fault = || SettingsFault::new("url", "must begin with https:// (or http://)");
        let url = url::Url::parse(settings.url.expose_secret()).map_err(|_| fault())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(fault());
        }
        if settings.shape == Shape::Json && settings.secret.is_none() {
            let what = "is missing: a receiver could not tell our messages from others'";
            return Err(SettingsFault::new("secret", what));
        }
        Ok(Self { settings, transport })
    }

    pub(super) async fn send(
        &self,
        id: &str,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), NotTaken> {
        let body = match self.settings.shape {
            Shape::Json => shape::json(id, notice),
            Shape::Slack => shape::slack(notice),
            Shape::Teams => shape::teams(notice),
        };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.settings.url.expose_secret())
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-daybook-delivery", id);
        if let Some(secret) = &self.settings.secret {
            let seconds = now.micros().div_euclid(1_000_000);
            let signature = sign(secret.expose_secret(), seconds, &body);
            request = request.header("x-daybook-signature", format!("t={seconds},v1={signature}"));
        }
        let request = request
            .body(Bytes::from(body))
            .map_err(|_| NotTaken::new("webhook-address", "the address cannot be called"))?;
        let answer = self.transport.send(request, self.settings.timeout).await;
        match answer.map_err(|lost| unreachable(&lost))?.status() {
            status if status.is_success() => Ok(()),
            status => Err(refused(status)),
        }
    }

    /// Any answer means that somebody is there; what it says to a question without a message says
    /// nothing of messages.
    pub(super) async fn check(&self) -> Result<(), NotTaken> {
        let request = Request::builder()
            .method(Method::HEAD)
            .uri(self.settings.url.expose_secret())
            .body(Bytes::new())
            .map_err(|_| NotTaken::new("webhook-address", "the address cannot be called"))?;
        let answer = self.transport.send(request, self.settings.timeout).await;
        answer.map(|_| ()).map_err(|lost| unreachable(&lost))
    }
}

fn unreachable(lost: &Lost) -> NotTaken {
    NotTaken::new("webhook-unreachable", lost.to_string())
}

fn refused(status: StatusCode) -> NotTaken {
    NotTaken::new("webhook-refused", format!("it was answered with {}", status.as_u16()))
}

/// HMAC-SHA256 of `seconds.body`, as hex.
pub(super) fn sign(secret: &str, seconds: i64, body: &str) -> String {
    let mut text = String::new();
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body.as_bytes());
        for byte in mac.finalize().into_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}
