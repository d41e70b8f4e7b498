//! What every flow needs, in one place.

use std::sync::{Arc, OnceLock};

use daybook_connectors::{clock::Clock, notify::Notifier, orderwise::Orderwise, sitoo::Sitoo};
use daybook_domain::{Timestamp, lookup::Policy, mapping::Mapping};
use daybook_store::Db;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::settings::Settings;

/// Source of ids and of dice: injected, so that a simulation repeats.
pub trait Ids: Send + Sync + 'static {
    /// A new time-sortable id.
    fn uuid(&self) -> Uuid;
    /// A random number, for jitter.
    fn dice(&self) -> u32;
    /// What nobody can guess, for links, sessions, tokens and salts.
    fn secret(&self) -> [u8; 32];
}

/// Wakes a loop before its pause is over.
#[derive(Debug, Default)]
pub struct Wake {
    /// There may be something to receive.
    pub receive: Notify,
    /// There may be something to post.
    pub post: Notify,
    /// Products may have changed.
    pub catalogue: Notify,
    /// Stock may have moved.
    pub stock: Notify,
    /// Something may have been sent.
    pub despatch: Notify,
    /// A till may have been closed.
    pub reconcile: Notify,
    /// Payments may have become settled.
    pub settlement: Notify,
    /// Something may be the matter.
    pub alerts: Notify,
}

impl Wake {
    /// All of them.
    pub fn all(&self) -> [&Notify; 8] {
        let Self { receive, post, catalogue, stock, despatch, reconcile, settlement, alerts } =
            self;
        [receive, post, catalogue, stock, despatch, reconcile, settlement, alerts]
    }
}

/// The parts of an [`App`].
pub struct AppParts {
    /// The book.
    pub db: Db,
    /// The tills.
    pub sitoo: Sitoo,
    /// The ERP.
    pub orderwise: Orderwise,
    /// Ways to people.
    pub notifier: Notifier,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Choices about the flows.
    pub settings: Settings,
    /// Choices of the retailer.
    pub policy: Policy,
}

/// One running Daybook: the book, both systems, time, ids and settings.
pub struct App {
    /// The book.
    pub db: Db,
    /// The tills.
    pub sitoo: Sitoo,
    /// The ERP.
    pub orderwise: Orderwise,
    /// Ways to people.
    pub notifier: Notifier,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Choices about the flows.
    pub settings: Settings,
    /// Choices of the retailer.
    pub policy: Policy,
    /// Name of this process on leases; new at every start.
    pub worker: String,
    /// Wakes the loops.
    pub wake: Wake,
    /// Cancelled when the process should stop: nothing new is begun, what runs is finished.
    pub stop: CancellationToken,
    pub(crate) mapping: Mutex<CachedMapping>,
    /// Held by whoever posts in this process.
    pub(crate) posting: Mutex<()>,
    /// Held by whoever reads OrderWise's variants in this process.
    pub(crate) reading_variants: Mutex<()>,
    pub(crate) inbox: crate::events::Inbox,
    pub(crate) health: crate::health::Health,
    pub(crate) glance: crate::desk::Glance,
    pub(crate) usual: crate::alerts::Usuals,
    pub(crate) shoppers: crate::sales::shopper::Wanted,
    /// What the book says about an older copy that was put back; read once.
    pub(crate) unsure: OnceLock<Option<crate::sales::first_look::Unsure>>,
}

/// The mapping tables, typed, with the version they were built from.
#[derive(Debug, Default)]
pub(crate) struct CachedMapping {
    pub(crate) version: Option<i64>,
    pub(crate) mapping: Arc<Mapping>,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: AppParts) -> Arc<Self> {
        let worker = parts.ids.uuid().to_string();
        Arc::new(Self {
            db: parts.db,
            sitoo: parts.sitoo,
            orderwise: parts.orderwise,
            notifier: parts.notifier,
            clock: parts.clock,
            ids: parts.ids,
            settings: parts.settings,
            policy: parts.policy,
            worker,
            wake: Wake::default(),
            stop: CancellationToken::new(),
            mapping: Mutex::default(),
            posting: Mutex::default(),
            reading_variants: Mutex::default(),
            inbox: crate::events::Inbox::default(),
            health: crate::health::Health::default(),
            glance: crate::desk::Glance::default(),
            usual: crate::alerts::Usuals::default(),
            shoppers: crate::sales::shopper::Wanted::default(),
            unsure: OnceLock::new(),
        })
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
