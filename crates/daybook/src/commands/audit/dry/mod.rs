//! `daybook audit --dry-run`: the last days' orders through mapping, validation, posting, reading
//! back and the day close, against a stand-in for OrderWise with the retailer's own variants and rates, on a throw-away
//! book. Neither real system is written to.

mod close;
mod company;
mod forecast;

use std::{net::Ipv4Addr, path::PathBuf, sync::Arc, time::Duration};

use daybook_connectors::{
    Network, Orderwise, OrderwiseSettings, Pace, Sitoo, TlsSettings,
    notify::Notifier,
    orderwise::{ExportDefinition, Exports},
};
use daybook_domain::mapping::MappingRow;
use daybook_flows::{
    App, AppParts, Ids as _, people,
    sales::{self, SyncOptions, SyncReport},
    settings::Shoppers,
};
use daybook_sandbox::{Now, Sandbox, orderwise::Purpose, serve};
use daybook_store::{Db, DbUrl, OpenOptions, mapping};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Ended;
use crate::{
    config::Need,
    context::Context,
    failure::{self, Failure},
    ids::RandomIds,
};

/// Passes at most: a return waits for its sale, and both may be new.
const PASSES: usize = 20;
/// Orders on their way to the stand-in at a time.
const IN_FLIGHT: usize = 8;

/// Replays `days` days and says what would happen.
pub(super) async fn run(context: &Context, days: i64) -> Result<Ended, Failure> {
    let rows = mapping_of(context).await?;
    let place = Place::new();
    let db = Db::open(&DbUrl::Sqlite(place.0.clone()), OpenOptions::default()).await?;
    let real = context.app_on(db.clone(), Need::Systems)?;
    let (sitoo, orderwise) = (real.sitoo.reading_only(), real.orderwise.reading_only());
    context.printer.talk("reading variants, rates and accounts; nothing is written");
    let clock = Arc::clone(&context.clock);
    let now: Now = Arc::new(move || clock.now().micros());
    let sandbox = Sandbox::new(now, 1);
    company::load(&orderwise, &rows, &sandbox.orderwise).await?;
    let stop = CancellationToken::new();
    let (listener, address) = listen().await?;
    let serving = tokio::spawn(serve::serve(
        listener,
        sandbox.orderwise_router(),
        stop.clone().cancelled_owned(),
    ));
    let app = app(context, &db, sitoo, &format!("http://{address}/OWAPI"), days)?;
    people::set_mapping(&app, &rows, "dry run").await?;
    context.printer.talk("replaying the tills' orders against a stand-in for OrderWise");
    let replayed = replay(&app).await;
    let forecast = match replayed {
        Ok(()) => forecast::of(context, &app, &sandbox, days).await,
        Err(failure) => Err(failure),
    };
    db.close().await;
    stop.cancel();
    let _ = serving.await;
    let forecast = forecast?;
    context.printer.result(&forecast, |forecast| forecast::people(context, forecast))?;
    Ok(if forecast.exceptions.is_empty() { Ended::Done } else { Ended::ExceptionsOpen })
}

/// The book's rows, and those of the configuration that it does not have yet.
async fn mapping_of(context: &Context) -> Result<Vec<MappingRow>, Failure> {
    let url = context.book_url()?;
    let is_there = !matches!(&url, DbUrl::Sqlite(path) if !path.exists());
    let mut rows = Vec::new();
    if is_there {
        let book = Db::open(&url, OpenOptions::default()).await?;
        let loaded = mapping::load(&book).await;
        book.close().await;
        rows = loaded?.rows;
    }
    for row in context.config.initial_mapping()? {
        if !rows.iter().any(|known| known.kind == row.kind && known.key == row.key) {
            rows.push(row);
        }
    }
    Ok(rows)
}

async fn listen() -> Result<(TcpListener, std::net::SocketAddr), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The flows of this configuration, with the real tills and a stand-in for the ledger.
fn app(
    context: &Context,
    db: &Db,
    sitoo: Sitoo,
    base_url: &str,
    days: i64,
) -> Result<Arc<App>, Failure> {
    let mut settings = context.config.settings();
    let hours = 24 * u64::try_from(days).unwrap_or(1);
    let first = context.now().minus(Duration::from_hours(hours));
    settings.receive.first_order_id = None;
    settings.receive.first_day = Some(first.to_jiff().strftime("%Y-%m-%d").to_string());
    // The stand-in shows a document at once; its day is compared at once.
    settings.reconcile.settling_time = Duration::ZERO;
    settings.reconcile.first_reports = Duration::from_hours(hours + 24);
    settings.posting.in_flight = IN_FLIGHT;
    settings.posting.confirm_after = Duration::ZERO;
    settings.posting.shoppers = Shoppers::StoreAccount;
    // What was handed over of these orders has long been written: their goods to come are told at once.
    settings.despatch.deliveries_after = Duration::ZERO;
    settings.despatch.unmarked_after = Duration::ZERO;
    let theirs = context.config.orderwise(Need::Systems)?;
    let ours = OrderwiseSettings::new(base_url.to_owned(), "daybook".to_owned(), "sandbox".into());
    let orderwise = OrderwiseSettings {
        pace: Pace::UNLIMITED,
        writes_in_flight: IN_FLIGHT,
        exports: exports(),
        order_template: theirs.order_template,
        sale_order_type: theirs.sale_order_type,
        credit_order_type: theirs.credit_order_type,
        credit_sign: theirs.credit_sign,
        time_zone: theirs.time_zone,
        body_limit_bytes: theirs.body_limit_bytes,
        ..ours
    };
    let fault = |fault| failure::setting("orderwise", &fault);
    let line = Network::new(&TlsSettings::default(), orderwise.body_limit_bytes).map_err(fault)?;
    let clock = Arc::clone(&context.clock);
    Ok(App::new(AppParts {
        db: db.clone(),
        sitoo,
        orderwise: Orderwise::new(orderwise, Arc::new(line), Arc::clone(&clock)).map_err(fault)?,
        // A rehearsal tells nobody.
        notifier: Notifier::default(),
        clock,
        ids: Arc::new(RandomIds),
        settings,
        policy: context.config.policy(),
    }))
}

fn exports() -> Exports {
    let definition = |purpose: Purpose| Some(ExportDefinition::new(purpose.default_id()));
    Exports {
        order_lookup: definition(Purpose::OrderLookup),
        order_totals: definition(Purpose::OrderTotals),
        order_lines: definition(Purpose::OrderLines),
        stock_levels: definition(Purpose::StockLevels),
        variants: definition(Purpose::Variants),
        despatches: definition(Purpose::Despatches),
    }
}

/// Passes until one changes nothing.
async fn replay(app: &Arc<App>) -> Result<(), Failure> {
    for _ in 0..PASSES {
        let report = Box::pin(sales::sync(app, &SyncOptions::default())).await?;
        let moved = SyncReport { held: 0, ..report };
        if moved.received + moved.posted + moved.confirmed + moved.adopted == 0 {
            break;
        }
    }
    Ok(())
}

/// Where the throw-away book lies: it holds shoppers' data, so nobody else may read the folder.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let name = format!("daybook-dry-run-{:08x}", RandomIds.dice());
        Self(std::env::temp_dir().join(name).with_extension("db"))
    }
}

impl Drop for Place {
    /// Temporary files that cannot be removed are the system's to clear.
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", ".lock"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}
