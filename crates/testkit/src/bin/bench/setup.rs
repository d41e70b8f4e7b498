//! The product as `daybook serve` puts it together, with settings for a benchmark.

use std::{sync::Arc, time::Duration};

use daybook_connectors::{
    Network, Orderwise, OrderwiseSettings, Sitoo, SitooSettings, clock::SystemClock,
    orderwise::Exports, transport::TlsSettings,
};
use daybook_domain::mapping::MappingRow;
use daybook_flows::{App, AppParts, Ids, people, reference, settings::Settings};
use daybook_sandbox::{retailer::Retailer, sitoo};
use daybook_store::{Db, OpenOptions};
use daybook_testkit::{db::sqlite_url, pg, settings, world};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Fault, args::Args, sandbox::SEED};

/// Larger answers are not read.
const BODY_LIMIT: usize = 64 << 20;

struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "as the program makes them")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn dice(&self) -> u32 {
        self.uuid().as_fields().0
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}

/// An empty book whose commits outlive a power cut.
pub(crate) struct Book {
    pub(crate) url: String,
    _folder: TempDir,
}

impl Book {
    pub(crate) async fn new(engine: &str) -> Result<Self, Fault> {
        let folder = tempfile::Builder::new().prefix("daybook-bench-").tempdir()?;
        let url = match engine {
            "postgres" => pg::fresh_database().await,
            _ => sqlite_url(folder.path()),
        };
        Ok(Self { url, _folder: folder })
    }

    pub(crate) async fn open(&self) -> Result<Db, Fault> {
        Ok(Db::open_at(&self.url, OpenOptions::default()).await?)
    }
}

/// Where the sandboxes are, and how many calls may be on their way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peers {
    pub(crate) sitoo: u16,
    pub(crate) orderwise: u16,
    pub(crate) in_flight: usize,
}

impl Peers {
    pub(crate) fn from(args: &Args) -> Result<Self, Fault> {
        Ok(Self {
            sitoo: args.need("sitoo")?,
            orderwise: args.need("orderwise")?,
            in_flight: args.need("in-flight")?,
        })
    }

    pub(crate) fn sitoo_url(self) -> String {
        format!("http://127.0.0.1:{}/v2/accounts/{}", self.sitoo, sitoo::ACCOUNT)
    }

    pub(crate) fn orderwise_url(self) -> String {
        format!("http://127.0.0.1:{}/OWAPI", self.orderwise)
    }
}

/// A running product on `db` that reads what the sales flow reads. The flows beside it have figures
/// of their own; here they would only take turns on the same two processors.
pub(crate) fn app(db: Db, peers: Peers) -> Result<Arc<App>, Fault> {
    let sales = Exports { stock_levels: None, despatches: None, ..world::exports() };
    build(db, peers, flows(peers.in_flight), sales)
}

/// A running product on `db` whose tills sell meanwhile.
pub(crate) fn watched(db: Db, peers: Peers) -> Result<Arc<App>, Fault> {
    let mut settings = flows(peers.in_flight);
    settings.receive.poll_every = Duration::from_secs(1);
    let sales = Exports { stock_levels: None, despatches: None, ..world::exports() };
    build(db, peers, settings, sales)
}

/// A running product on `db` that also reads stock and despatches.
pub(crate) fn with_goods(db: Db, peers: Peers, settings: Settings) -> Result<Arc<App>, Fault> {
    build(db, peers, settings, world::exports())
}

fn build(db: Db, peers: Peers, settings: Settings, exports: Exports) -> Result<Arc<App>, Fault> {
    let network = Arc::new(Network::new(&TlsSettings::default(), BODY_LIMIT)?);
    let clock = Arc::new(SystemClock);
    let password = sitoo::PASSWORD.into();
    let sitoo = SitooSettings::new(peers.sitoo_url(), sitoo::API_ID.to_owned(), password);
    let orderwise = OrderwiseSettings {
        pace: daybook_connectors::Pace::UNLIMITED,
        writes_in_flight: peers.in_flight,
        reads_in_flight: 4,
        exports,
        ..OrderwiseSettings::new(peers.orderwise_url(), "daybook".to_owned(), "sandbox".into())
    };
    Ok(App::new(AppParts {
        db,
        sitoo: Sitoo::new(sitoo, network.clone(), clock.clone())?,
        orderwise: Orderwise::new(orderwise, network, clock.clone())?,
        notifier: daybook_connectors::notify::Notifier::default(),
        clock,
        ids: Arc::new(RandomIds),
        settings,
        policy: settings::policy(),
    }))
}

/// Spans short enough for a run of seconds; all else as in tests.
pub(crate) fn flows(in_flight: usize) -> Settings {
    let mut settings = settings::flows();
    settings.receive.poll_every = Duration::from_mins(10);
    settings.posting.in_flight = in_flight;
    settings.posting.poll_every = Duration::from_millis(20);
    settings.posting.settling_time = SETTLING;
    settings.posting.confirm_after = Duration::from_millis(1);
    settings.catalogue.enabled = false;
    settings
}

/// How long both clients wait before they look a second time for what was answered 503.
pub(crate) const SETTLING: Duration = Duration::from_millis(200);

/// The retailer's mapping and variants: what a running product has had since long.
pub(crate) async fn prepare(app: &App) -> Result<(), Fault> {
    let rows: Vec<MappingRow> = Retailer::made_up(SEED)
        .mapping()
        .into_iter()
        .filter_map(|(kind, key, value)| MappingRow::new(kind.parse().ok()?, &key, &value).ok())
        .collect();
    people::set_mapping(app, &rows, "bench").await?;
    Ok(reference::refresh(app, true).await?)
}
