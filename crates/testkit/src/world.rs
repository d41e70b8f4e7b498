//! A whole made-up world in one process: both sandboxes, a retailer, a book, and a Daybook that
//! can be killed and started again.

use std::sync::Arc;

use daybook_connectors::{
    Orderwise, OrderwiseSettings, Sitoo, SitooSettings,
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
    in_process::{Crash, InProcess},
    settings,
};

/// 5 October 2026, 09:00 in London: a trading day in summer time.
pub const MORNING: Timestamp = Timestamp::from_seconds(1_791_187_200);

/// Everything, with a Daybook running in it.
pub struct World {
    /// Time, for all of them.
    pub clock: TestClock,
    /// Both systems.
    pub sandbox: Sandbox,
    /// The retailer whose data they hold.
    pub retailer: Retailer,
    /// The running Daybook.
    pub app: Arc<App>,
    /// Ends it in the middle of a call.
    pub crash: Arc<Crash>,
    /// Settings for the next start.
    pub settings: Settings,
    /// Policy for the next start.
    pub policy: Policy,
    seed: u64,
    starts: u64,
}

impl World {
    /// A world from `seed`, with the book `db`, the retailer's mapping in place.
    pub async fn new(seed: u64, db: Db) -> Result<Self, FlowError> {
        let world = Self::unmapped(seed, db);
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
        let clock = TestClock::at(MORNING);
        let sandbox = Sandbox::new(clock.micros(), seed);
        let retailer = Retailer::made_up(seed);
        retailer.install_sitoo(&sandbox.sitoo);
        retailer.install_orderwise(&sandbox.orderwise);
        let (settings, policy) = (settings::flows(), settings::policy());
        let crash = Crash::never();
        let app = start(seed, &clock, &sandbox, &crash, db, (&settings, &policy));
        Self { clock, sandbox, retailer, app, crash, settings, policy, seed, starts: 0 }
    }

    /// Ends the Daybook and starts another one on the same book, with the settings of now.
    pub fn restart(&mut self) {
        self.starts += 1;
        let seed = self.seed.wrapping_add(self.starts << 32);
        let db = self.app.db.clone();
        let choices = (&self.settings, &self.policy);
        self.app = start(seed, &self.clock, &self.sandbox, &self.crash, db, choices);
    }

    /// One pass.
    pub async fn sync(&self) -> Result<SyncReport, FlowError> {
        sales::sync(&self.app, &SyncOptions::default()).await
    }

    /// One pass that may be ended by a planned crash: none if it was.
    pub async fn sync_or_crash(&self) -> Option<Result<SyncReport, FlowError>> {
        tokio::select! {
            biased;
            () = self.crash.happened() => None,
            result = self.sync() => Some(result),
        }
    }
}

fn start(
    seed: u64,
    clock: &TestClock,
    sandbox: &Sandbox,
    crash: &Arc<Crash>,
    db: Db,
    (settings, policy): (&Settings, &Policy),
) -> Arc<App> {
    let clock = Arc::new(clock.clone());
    let to_sitoo = Arc::new(InProcess::new(sandbox.sitoo_router(), Arc::clone(crash)));
    let to_orderwise = Arc::new(InProcess::new(sandbox.orderwise_router(), Arc::clone(crash)));
    #[expect(clippy::expect_used, reason = "a test without its clients cannot go on")]
    let (sitoo, orderwise) = (
        Sitoo::new(sitoo_settings(), to_sitoo, Arc::clone(&clock) as _).expect("Sitoo's client"),
        Orderwise::new(orderwise_settings(), to_orderwise, Arc::clone(&clock) as _)
            .expect("OrderWise's client"),
    );
    App::new(AppParts {
        db,
        sitoo,
        orderwise,
        clock,
        ids: Arc::new(SeededIds::new(seed)),
        settings: settings.clone(),
        policy: policy.clone(),
    })
}

fn sitoo_settings() -> SitooSettings {
    let base = format!("http://sitoo.test/v2/accounts/{}", sitoo_sandbox::ACCOUNT);
    SitooSettings::new(base, sitoo_sandbox::API_ID.to_owned(), sitoo_sandbox::PASSWORD.into())
}

fn orderwise_settings() -> OrderwiseSettings {
    let base = "http://orderwise.test/OWAPI".to_owned();
    OrderwiseSettings {
        per_second: None,
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
        ..Exports::default()
    }
}
