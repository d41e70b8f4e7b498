//! A whole made-up world in one process: both sandboxes, a retailer, a book, and a Daybook that
//! can be killed and started again.

use std::{collections::BTreeMap, sync::Arc};

use daybook_connectors::{
    Network, Orderwise, OrderwiseSettings, Pace, Sitoo, SitooSettings, TlsSettings, Transport,
    notify::{Notifier, WaySettings},
    orderwise::{ExportDefinition, Exports},
};
use daybook_domain::{Timestamp, lookup::Policy, mapping::MappingRow};
use daybook_flows::{
    App, AppParts, FlowError, people,
    sales::{self, SyncOptions, SyncReport},
    settings::Settings,
};
use daybook_sandbox::{Sandbox, retailer::Retailer, sitoo as sitoo_sandbox};
use daybook_store::Db;

use crate::{
    clock::TestClock,
    ids::SeededIds,
    in_process::{Crash, InProcess, Witness},
    settings,
};

/// 5 October 2026, 09:00 in London: a trading day in summer time.
pub const MORNING: Timestamp = Timestamp::from_seconds(1_791_187_200);

/// Everything, with a Daybook running in it.
pub struct World {
    /// Time, for all of them.
    pub clock: TestClock,
    /// Both systems.
    pub sandbox: Arc<Sandbox>,
    /// The retailer whose data they hold.
    pub retailer: Retailer,
    /// The running Daybook.
    pub app: Arc<App>,
    /// Ends it in the middle of a call.
    pub crash: Arc<Crash>,
    /// Sees every call, from the next start on.
    pub witness: Option<Arc<dyn Witness>>,
    /// Settings for the next start.
    pub settings: Settings,
    /// Policy for the next start.
    pub policy: Policy,
    /// How Sitoo is reached from the next start on.
    pub to_sitoo: SitooSettings,
    /// How OrderWise is reached from the next start on.
    pub to_orderwise: OrderwiseSettings,
    /// Ways to people from the next start on.
    pub ways: BTreeMap<String, WaySettings>,
    seed: u64,
    starts: u64,
}

impl World {
    /// A world from `seed`, with the book `db`, the retailer's mapping in place.
    pub async fn new(seed: u64, db: Db) -> Result<Self, FlowError> {
        // On the heap: what sets a world up is large, and every test would carry it.
        Box::pin(Self::of(Retailer::made_up(seed), seed, db)).await
    }

    /// A small world: two stores and few goods, for stories in which everything is compared often.
    pub async fn small(seed: u64, db: Db) -> Result<Self, FlowError> {
        let mut retailer = Retailer::made_up(seed);
        retailer.stores.truncate(2);
        let mut kept = std::collections::HashMap::new();
        let troubles = retailer.troubles.clone();
        retailer.skus.retain(|sku| {
            let nth = kept.entry((sku.kind, sku.vat_percent)).or_insert(0);
            *nth += 1;
            *nth <= 8 || troubles.concern(&sku.sku)
        });
        Box::pin(Self::of(retailer, seed, db)).await
    }

    /// A world of a retailer, its mapping in place.
    pub async fn of(retailer: Retailer, seed: u64, db: Db) -> Result<Self, FlowError> {
        let world = Self::unmapped_of(retailer, seed, db);
        let rows: Vec<MappingRow> = world
            .retailer
            .mapping()
            .into_iter()
            .filter_map(|(kind, key, value)| MappingRow::new(kind.parse().ok()?, &key, &value).ok())
            .collect();
        people::set_mapping(&world.app, &rows, "consultant").await?;
        Ok(world)
    }

    /// The same without any mapping.
    pub fn unmapped(seed: u64, db: Db) -> Self {
        Self::unmapped_of(Retailer::made_up(seed), seed, db)
    }

    fn unmapped_of(retailer: Retailer, seed: u64, db: Db) -> Self {
        let clock = TestClock::at(MORNING);
        let sandbox = Arc::new(Sandbox::new(clock.micros(), seed));
        retailer.install_sitoo(&sandbox.sitoo);
        retailer.install_orderwise(&sandbox.orderwise);
        let start = Start {
            seed,
            clock: &clock,
            sandbox: &sandbox,
            crash: &Crash::never(),
            witness: None,
            settings: &settings::flows(),
            policy: &settings::policy(),
            to_sitoo: &to_sitoo(),
            to_orderwise: &to_orderwise(),
            ways: &BTreeMap::new(),
        };
        Self {
            app: start.app(db),
            crash: Arc::clone(start.crash),
            witness: None,
            settings: start.settings.clone(),
            policy: start.policy.clone(),
            to_sitoo: start.to_sitoo.clone(),
            to_orderwise: start.to_orderwise.clone(),
            ways: BTreeMap::new(),
            clock,
            sandbox,
            retailer,
            seed,
            starts: 0,
        }
    }

    /// Ends the Daybook and starts another one on the same book, with the settings of now.
    pub fn restart(&mut self) {
        self.app = self.another(self.app.db.clone());
    }

    /// Starts a second Daybook, on the same book if `db` is the same.
    pub fn another(&mut self, db: Db) -> Arc<App> {
        self.starts += 1;
        let start = Start {
            seed: self.seed.wrapping_add(self.starts << 32),
            clock: &self.clock,
            sandbox: &self.sandbox,
            crash: &self.crash,
            witness: self.witness.clone(),
            settings: &self.settings,
            policy: &self.policy,
            to_sitoo: &self.to_sitoo,
            to_orderwise: &self.to_orderwise,
            ways: &self.ways,
        };
        start.app(db)
    }

    /// One pass.
    pub async fn sync(&self) -> Result<SyncReport, FlowError> {
        Box::pin(sales::sync(&self.app, &SyncOptions::default())).await
    }
}

/// What a Daybook is made of.
struct Start<'a> {
    seed: u64,
    clock: &'a TestClock,
    sandbox: &'a Sandbox,
    crash: &'a Arc<Crash>,
    witness: Option<Arc<dyn Witness>>,
    settings: &'a Settings,
    policy: &'a Policy,
    to_sitoo: &'a SitooSettings,
    to_orderwise: &'a OrderwiseSettings,
    ways: &'a BTreeMap<String, WaySettings>,
}

impl Start<'_> {
    #[expect(clippy::expect_used, reason = "a test without its clients cannot go on")]
    fn app(&self, db: Db) -> Arc<App> {
        let clock = Arc::new(self.clock.clone());
        let wire = |router| {
            let wire = InProcess::new(router, Arc::clone(self.crash));
            Arc::new(wire.seen_by(self.witness.clone()))
        };
        let (sitoo, orderwise) = (self.sandbox.sitoo_router(), self.sandbox.orderwise_router());
        let sitoo = Sitoo::new(self.to_sitoo.clone(), wire(sitoo), Arc::clone(&clock) as _);
        let orderwise =
            Orderwise::new(self.to_orderwise.clone(), wire(orderwise), Arc::clone(&clock) as _);
        App::new(AppParts {
            db,
            sitoo: sitoo.expect("Sitoo's client"),
            orderwise: orderwise.expect("OrderWise's client"),
            notifier: self.notifier(),
            clock,
            ids: Arc::new(SeededIds::new(self.seed)),
            settings: self.settings.clone(),
            policy: self.policy.clone(),
        })
    }
}

/// An answer to a webhook is short.
const ANSWER: usize = 1 << 20;

impl Start<'_> {
    /// Messages go over the real network, to stand-ins on this machine.
    #[expect(clippy::expect_used, reason = "a test without its clients cannot go on")]
    fn notifier(&self) -> Notifier {
        if self.ways.is_empty() {
            return Notifier::default();
        }
        let network = Network::new(&TlsSettings::default(), ANSWER).expect("a network");
        let network: Arc<dyn Transport> = Arc::new(network);
        Notifier::new(self.ways.clone(), &network).map_err(|(_, fault)| fault).expect("channels")
    }
}

fn to_sitoo() -> SitooSettings {
    let base = format!("http://sitoo.test/v2/accounts/{}", sitoo_sandbox::ACCOUNT);
    SitooSettings::new(base, sitoo_sandbox::API_ID.to_owned(), sitoo_sandbox::PASSWORD.into())
}

fn to_orderwise() -> OrderwiseSettings {
    let base = "http://orderwise.test/OWAPI".to_owned();
    OrderwiseSettings {
        pace: Pace::UNLIMITED,
        writes_in_flight: 64,
        exports: exports(),
        ..OrderwiseSettings::new(base, "daybook".to_owned(), "sandbox".into())
    }
}

/// The export definitions of the sandbox, by its ids.
pub fn exports() -> Exports {
    Exports {
        order_lookup: Some(ExportDefinition::new(101)),
        order_totals: Some(ExportDefinition::new(102)),
        order_lines: Some(ExportDefinition::new(103)),
        stock_levels: Some(ExportDefinition::new(104)),
        variants: Some(ExportDefinition::new(105)),
        despatches: Some(ExportDefinition::new(106)),
    }
}
