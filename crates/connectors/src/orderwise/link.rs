//! Calls that carry a token: minted once, kept while it lasts, renewed once when it is refused.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{
    Timestamp,
    class::Failure,
    exchange::{Called, Exchange, System},
    priority::Priority,
};
use http::{HeaderValue, Method};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::{
    Clock, SettingsFault, Transport,
    call::{Answer, Body, Caller, Effect, Keep, Opened, Outgoing},
    pace::{Budget, Lane},
    settings::{BaseUrl, basic_authorization},
};

use super::{OrderwiseSettings, token::read_token};

/// What is to be called.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) purpose: &'static str,
    pub(super) method: Method,
    /// Path and query below the base address.
    pub(super) path: String,
    pub(super) body: Option<Body>,
    pub(super) effect: Effect,
    pub(super) keep: Keep,
}

impl Plan {
    pub(super) fn get(purpose: &'static str, path: String, keep: Keep) -> Self {
        Self { purpose, method: Method::GET, path, body: None, effect: Effect::Reads, keep }
    }

    pub(super) fn post(purpose: &'static str, path: String, body: Body, effect: Effect) -> Self {
        let keep = if effect == Effect::Writes { Keep::Masked } else { Keep::Failures };
        Self { purpose, method: Method::POST, path, body: Some(body), effect, keep }
    }
}

/// A body that may be recorded as it is.
pub(super) fn plain_body(text: String) -> Body {
    Body { sent: Bytes::from(text.clone()), recorded: text }
}

struct Held {
    header: HeaderValue,
    minted_at: Timestamp,
}

/// The line to one OrderWise instance. Its clones share token and budget.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) base: BaseUrl,
    basic: HeaderValue,
    token_path: String,
    token_ttl: Duration,
    /// One token a client: whether a second ends the first is not known (facts/orderwise 12, 3).
    token: Arc<Mutex<Option<Held>>>,
    caller: Caller,
    reads: Arc<Lane>,
    writes: Arc<Lane>,
    pub(super) priority: Priority,
}

impl Link {
    pub(super) fn new(
        settings: &OrderwiseSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        let base = BaseUrl::new("base_url", &settings.base_url)?;
        base.check("token_path", &settings.token_path)?;
        let budget = Arc::new(Budget::new(settings.pace)?);
        let password = settings.password.expose_secret();
        Ok(Self {
            base,
            basic: basic_authorization("user", &settings.user, password)?,
            token_path: settings.token_path.clone(),
            token_ttl: settings.token_ttl,
            token: Arc::default(),
            caller: Caller {
                system: System::Orderwise,
                transport,
                clock,
                timeout: settings.timeout,
                body_limit: settings.body_limit_bytes,
            },
            reads: Arc::new(Lane::new("reads_in_flight", settings.reads_in_flight, &budget)?),
            writes: Arc::new(Lane::new("writes_in_flight", settings.writes_in_flight, &budget)?),
            priority: Priority::default(),
        })
    }

    /// Puts something between this client and its line.
    pub(super) fn over(&mut self, make: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>) {
        self.caller.transport = make(Arc::clone(&self.caller.transport));
    }

    /// How long OrderWise wants to be left alone.
    pub(super) fn held(&self) -> Option<Duration> {
        self.writes.held(self.caller.clock.now().micros())
    }

    /// Makes a call. A 401 is certainly not processed, so the call is made once more, with a new
    /// token.
    pub(super) async fn call<T: Send>(
        &self,
        plan: Plan,
        read: impl Fn(&Answer<'_>) -> Result<T, Failure> + Send + Sync,
    ) -> Called<T> {
        let mut exchanges = Vec::with_capacity(1);
        let mut refused: Option<HeaderValue> = None;
        let outcome = loop {
            let token = match self.token(refused.as_ref(), &mut exchanges).await {
                Ok(token) => token,
                Err(failure) => break Err(failure),
            };
            let outgoing = self.outgoing(&plan, token.clone());
            let lane = if plan.effect == Effect::Writes { &self.writes } else { &self.reads };
            let (outcome, exchange) =
                self.caller.call((lane, self.priority), outgoing, &read).await;
            exchanges.extend(exchange);
            match outcome {
                Err(Failure::NotAuthorised { status: 401, .. }) if refused.is_none() => {
                    refused = Some(token);
                }
                outcome => break outcome,
            }
        };
        Called { outcome, exchanges }
    }

    /// Makes a call whose answer is read a chunk at a time.
    pub(super) async fn open(&self, plan: &Plan) -> (Result<Opened<'_>, Failure>, Vec<Exchange>) {
        let mut exchanges = Vec::new();
        let mut refused: Option<HeaderValue> = None;
        loop {
            let token = match self.token(refused.as_ref(), &mut exchanges).await {
                Ok(token) => token,
                Err(failure) => return (Err(failure), exchanges),
            };
            let outgoing = self.outgoing(plan, token.clone());
            let (outcome, exchange) =
                self.caller.open((&self.reads, self.priority), outgoing).await;
            exchanges.extend(exchange);
            match outcome {
                Err(Failure::NotAuthorised { status: 401, .. }) if refused.is_none() => {
                    refused = Some(token);
                }
                outcome => return (outcome, exchanges),
            }
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.caller.clock.now()
    }

    pub(super) const fn body_limit(&self) -> usize {
        self.caller.body_limit
    }

    /// Mints a token, whether or not one is held.
    pub(super) async fn mint_anew(&self) -> Called<()> {
        let mut exchanges = Vec::with_capacity(1);
        let mut held = self.token.lock().await;
        let outcome = self.mint(&mut held, &mut exchanges).await.map(|_| ());
        Called { outcome, exchanges }
    }

    /// The token held, unless it is too old or is the one that was `refused`. Whoever comes
    /// while it is being minted waits for it.
    async fn token(
        &self,
        refused: Option<&HeaderValue>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<HeaderValue, Failure> {
        let mut held = self.token.lock().await;
        if let Some(token) = &*held {
            let fresh = self.caller.clock.now().since(token.minted_at) < self.token_ttl;
            if fresh && refused != Some(&token.header) {
                return Ok(token.header.clone());
            }
        }
        self.mint(&mut held, exchanges).await
    }

    async fn mint(
        &self,
        held: &mut Option<Held>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<HeaderValue, Failure> {
        *held = None;
        let plan = Plan::get("token", self.token_path.clone(), Keep::Secret);
        let outgoing = self.outgoing(&plan, self.basic.clone());
        let (outcome, exchange) =
            self.caller.call((&self.reads, self.priority), outgoing, read_token).await;
        let minted_at = exchange.as_ref().map(|exchange| exchange.started_at);
        exchanges.extend(exchange);
        let header = outcome?;
        let minted_at = minted_at.unwrap_or_else(|| self.caller.clock.now());
        *held = Some(Held { header: header.clone(), minted_at });
        Ok(header)
    }

    fn outgoing(&self, plan: &Plan, authorization: HeaderValue) -> Outgoing {
        Outgoing {
            purpose: plan.purpose,
            method: plan.method.clone(),
            url: self.base.join(&plan.path),
            authorization,
            body: plan.body.clone(),
            effect: plan.effect,
            keep: plan.keep,
        }
    }
}
