//! How things stand: for people, for `/metrics`, for the demo's proof.

use daybook_domain::{Money, Timestamp, catalogue::Standing, causes::Cause, entry::EntryState};
use daybook_store::{catalogue::Counts, entry, exception, pause, watermark};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    app::App,
    catalogue::show::{self, Outline},
    error::FlowError,
    sales::receive::ORDERS,
};

/// Entries in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StateLine {
    /// The state.
    pub state: EntryState,
    /// How many entries are in it.
    pub entries: i64,
    /// Their gross, returns negative, in pence.
    pub gross: Money,
    /// The oldest of them was recorded at.
    pub oldest: Option<Timestamp>,
}

/// Open exceptions of one cause about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExceptionLine {
    /// The cause's stable code.
    pub cause: String,
    /// What it is about.
    pub subject: String,
    /// How many entries wait for it.
    pub entries: i64,
    /// Money at risk, in pence, without sign.
    pub money: Money,
    /// Since when.
    pub oldest: Timestamp,
}

/// A pause of a store or of a whole system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PauseLine {
    /// `orderwise` or `store:5`.
    pub scope: String,
    /// The cause's stable code.
    pub cause: String,
    /// When it is tried again.
    pub probe_at: Timestamp,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Entries by state.
    pub entries: Vec<StateLine>,
    /// The oldest entry that is owed to OrderWise was recorded at.
    pub oldest_unposted: Option<Timestamp>,
    /// The highest order id that is stored.
    pub watermark: Option<i64>,
    /// Ids below the watermark that Sitoo has not shown yet.
    pub missing: i64,
    /// Open exceptions by cause and subject.
    pub exceptions: Vec<ExceptionLine>,
    /// What stands still.
    pub pauses: Vec<PauseLine>,
    /// How far the products have come.
    pub catalogue: Outline,
}

impl Summary {
    /// The number of entries in `state`.
    pub fn count(&self, state: EntryState) -> i64 {
        self.entries.iter().filter(|line| line.state == state).map(|line| line.entries).sum()
    }

    /// Whether anything waits for a person.
    pub fn has_exceptions(&self) -> bool {
        !self.exceptions.is_empty()
    }
}

/// Reads how things stand.
pub async fn summary(app: &App) -> Result<Summary, FlowError> {
    let entries: Vec<StateLine> = entry::counts(&app.db)
        .await?
        .into_iter()
        .map(|count| StateLine {
            state: count.state,
            entries: count.entries,
            gross: count.gross,
            oldest: count.oldest,
        })
        .collect();
    let oldest_unposted = entries
        .iter()
        .filter(|line| line.state.is_unfinished())
        .filter_map(|line| line.oldest)
        .min();
    let exceptions = exception::open_grouped(&app.db)
        .await?
        .into_iter()
        .map(|group| ExceptionLine {
            cause: group.cause.code().to_owned(),
            subject: group.subject,
            entries: group.count,
            money: group.money,
            oldest: group.oldest,
        })
        .collect();
    let pauses = pause::all(&app.db)
        .await?
        .into_iter()
        .map(|pause| PauseLine { scope: pause.scope, cause: pause.cause, probe_at: pause.probe_at })
        .collect();
    Ok(Summary {
        entries,
        oldest_unposted,
        watermark: watermark::get(&app.db, ORDERS).await?,
        missing: watermark::missing_count(&app.db).await?,
        exceptions,
        pauses,
        catalogue: show::outline(app).await?,
    })
}

/// Publishes the figures that `/metrics` shows.
pub async fn publish(app: &App) -> Result<(), FlowError> {
    let summary = summary(app).await?;
    let now = app.now();
    for state in EntryState::ALL {
        gauge("daybook_entries", "state", state.word(), summary.count(state));
    }
    let age = summary.oldest_unposted.map_or(0, |at| seconds(now, at));
    metrics::gauge!("daybook_oldest_unposted_seconds").set(whole(age));
    if let Some(at) = watermark::updated_at(&app.db, ORDERS).await? {
        metrics::gauge!("daybook_watermark_age_seconds").set(whole(seconds(now, at)));
    }
    metrics::gauge!("daybook_missing_orders").set(whole(summary.missing));
    for cause in Cause::ALL {
        let lines = summary.exceptions.iter().filter(|line| line.cause == cause.code());
        gauge("daybook_exceptions", "cause", cause.code(), lines.map(|line| line.entries).sum());
    }
    publish_products(now, &summary.catalogue);
    Ok(())
}

fn publish_products(now: Timestamp, catalogue: &Outline) {
    let Counts { published, hidden, withheld, not_for_tills, pending, refused } =
        catalogue.variants;
    for (standing, products) in [
        (Standing::Published, published),
        (Standing::Hidden, hidden),
        (Standing::Withheld, withheld),
        (Standing::NotForTills, not_for_tills),
    ] {
        gauge("daybook_products", "standing", standing.word(), products);
    }
    metrics::gauge!("daybook_products_pending").set(whole(pending));
    metrics::gauge!("daybook_products_refused").set(whole(refused));
    metrics::gauge!("daybook_prices_pending").set(whole(catalogue.prices_pending));
    if let Some(at) = catalogue.swept_at {
        metrics::gauge!("daybook_catalogue_swept_age_seconds").set(whole(seconds(now, at)));
    }
}

fn gauge(name: &'static str, label: &'static str, value: &'static str, number: i64) {
    metrics::gauge!(name, label => value).set(whole(number));
}

fn seconds(now: Timestamp, at: Timestamp) -> i64 {
    i64::try_from(now.since(at).as_secs()).unwrap_or(i64::MAX)
}

/// Metrics are floating point; no money passes here.
fn whole(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
