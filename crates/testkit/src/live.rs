//! Both sandboxes on real sockets, with a steady trickle of trade: for tests of the real process.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use daybook_connectors::{Clock as _, SystemClock};
use daybook_sandbox::{
    Now, Sandbox, day,
    retailer::{Retailer, SkuKind},
    serve, sitoo as sitoo_sandbox,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::goods::Supplier;

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// The shops wait when OrderWise is so many orders behind: a slow machine has no more to do.
const AHEAD: usize = 300;

/// Dice from a seed, for tests that have no other source of chance.
#[derive(Debug)]
pub struct Dice(StdRng);

impl Dice {
    /// The same seed throws the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from 0 up to, but not including, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.random_range(0..end)
    }
}

/// Both systems, reachable on the loopback until this value is dropped.
pub struct Live {
    /// Their data and faults.
    pub sandbox: Arc<Sandbox>,
    /// The retailer in them.
    pub retailer: Arc<Retailer>,
    sitoo: SocketAddr,
    orderwise: SocketAddr,
    shops_open: watch::Sender<bool>,
    _serving: JoinSet<()>,
    trading: JoinSet<()>,
}

impl Live {
    /// Serves the systems of a made-up retailer, one of three stores and with little in its range, so
    /// that all of it is compared often.
    pub async fn start(seed: u64) -> Self {
        let now: Now = Arc::new(|| SystemClock.now().micros());
        let sandbox = Arc::new(Sandbox::new(now, seed));
        let mut retailer = Retailer::made_up(seed);
        let troubles = retailer.troubles.clone();
        retailer.stores.truncate(3);
        let mut nth = 0;
        retailer.skus.retain(|sku| {
            nth += 1;
            sku.kind != SkuKind::Piece || nth % 16 == 0 || troubles.concern(&sku.sku)
        });
        let retailer = Arc::new(retailer);
        retailer.install_sitoo(&sandbox.sitoo);
        retailer.install_orderwise(&sandbox.orderwise);
        let mut serving = JoinSet::new();
        let sitoo = listen(&mut serving, sandbox.sitoo_router()).await;
        let orderwise = listen(&mut serving, sandbox.orderwise_router()).await;
        Self {
            sandbox,
            retailer,
            sitoo,
            orderwise,
            shops_open: watch::Sender::new(true),
            _serving: serving,
            trading: JoinSet::new(),
        }
    }

    /// Something happens at a till every `pace`, until the shops close.
    pub fn trade(&mut self, seed: u64, pace: Duration) {
        let (sandbox, retailer) = (Arc::clone(&self.sandbox), Arc::clone(&self.retailer));
        let mut open = self.shops_open.subscribe();
        self.trading.spawn(async move {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut beat = tokio::time::interval(pace);
            while *open.borrow_and_update() {
                if sandbox.sitoo.order_count() < sandbox.orderwise.document_count() + AHEAD {
                    // A till may refuse: what was given back cannot be given back again.
                    let _ = day::random_action(&mut rng, &retailer, &sandbox.sitoo);
                }
                beat.tick().await;
            }
        });
    }

    /// Something happens to goods every `pace`, until the shops close.
    pub fn supply(&mut self, seed: u64, pace: Duration) {
        let (sandbox, retailer) = (Arc::clone(&self.sandbox), Arc::clone(&self.retailer));
        let mut open = self.shops_open.subscribe();
        self.trading.spawn(async move {
            let mut supplier = Supplier::new(seed);
            let mut beat = tokio::time::interval(pace);
            while *open.borrow_and_update() {
                supplier.act(&retailer, &sandbox);
                beat.tick().await;
            }
        });
    }

    /// Ends the trade; when this returns, nothing new happens at the tills.
    pub async fn close_shops(&mut self) {
        self.shops_open.send_replace(false);
        while self.trading.join_next().await.is_some() {}
    }

    /// The base addresses of Sitoo and of OrderWise.
    pub fn addresses(&self) -> (String, String) {
        let account = sitoo_sandbox::ACCOUNT;
        let sitoo = format!("http://{}/v2/accounts/{account}", self.sitoo);
        (sitoo, format!("http://{}/OWAPI", self.orderwise))
    }

    /// A configuration for these systems: addresses, passwords and the mappings of the retailer.
    pub fn config(&self) -> String {
        let (account, id) = (sitoo_sandbox::ACCOUNT, sitoo_sandbox::API_ID);
        let mut text = format!(
            "sitoo.base-url = \"http://{}/v2/accounts/{account}\"\n\
             sitoo.api-id = \"{id}\"\n\
             sitoo.password = \"{}\"\n\
             orderwise.base-url = \"http://{}/OWAPI\"\n\
             orderwise.user = \"daybook\"\n\
             orderwise.password = \"sandbox\"\n\
             orderwise.exports.order-lookup.id = 101\n\
             orderwise.exports.order-totals.id = 102\n\
             orderwise.exports.stock-levels.id = 104\n\
             orderwise.exports.variants.id = 105\n\
             orderwise.exports.despatches.id = 106\n",
            self.sitoo,
            sitoo_sandbox::PASSWORD,
            self.orderwise
        );
        for (kind, key, value) in self.retailer.mapping() {
            let _ = writeln!(text, "mapping.{kind}.{key:?} = {value:?}");
        }
        text
    }
}

/// Waits until `is_true`, but not longer than `limit`; says whether it came true.
pub async fn until(limit: Duration, mut is_true: impl FnMut() -> bool) -> bool {
    let wait = async {
        while !is_true() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(limit, wait).await.is_ok()
}

#[expect(clippy::expect_used, reason = "a test without its systems cannot go on")]
async fn listen(serving: &mut JoinSet<()>, router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    serving.spawn(async move {
        let _ = serve::serve(listener, router, std::future::pending()).await;
    });
    address
}
