//! Writes down what becomes of alerts, and in the same transaction who is to be told.

use daybook_domain::{
    Timestamp,
    alert::{
        Alert, Change, Channel, Key, Notice, Occasion, Planned, Quiet, Seen, decide, of_alert, plan,
    },
    causes::Owner,
};
use daybook_store::{
    Tx,
    alert::{
        self,
        delivery::{self, NewDelivery},
    },
};
use jiff::tz::TimeZone;

use super::{AlertsReport, FLOW};
use crate::{app::App, engine, error::FlowError, retrying::retrying};

/// What messages need to know of the retailer: where the desk is, the currency, the zone.
pub fn place(app: &App) -> (String, String, TimeZone) {
    let desk = app.settings.access.public_url.clone().unwrap_or_default();
    let currency = app.policy.currencies.first().map_or("GBP", String::as_str);
    let zone = TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC);
    (desk.trim_end_matches('/').to_owned(), currency.to_owned(), zone)
}

/// Whoever is told, and when.
struct Telling<'a> {
    app: &'a App,
    now: Timestamp,
    channels: Vec<Channel>,
    quiet: Option<Quiet>,
}

/// Compares with what is open, and writes the difference down.
pub(super) async fn changes(
    app: &App,
    seen: &Seen,
    report: &mut AlertsReport,
) -> Result<(), FlowError> {
    let settings = &app.settings.alerts;
    let written = retrying(app, "what becomes of alerts", || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let mut written = AlertsReport::default();
        if !engine::is_held(app, &mut tx, FLOW).await? {
            return Ok(written);
        }
        let open = alert::open(&mut tx).await?;
        let telling = Telling {
            app,
            now,
            channels: settings.listeners(),
            quiet: settings.quiet(&app.policy.default_time_zone),
        };
        for change in decide(&open, seen, now, &settings.policy()) {
            telling.apply(&mut tx, change, &mut written).await?;
        }
        tx.commit().await?;
        Ok(written)
    })
    .await?;
    report.opened += written.opened;
    report.escalated += written.escalated;
    report.closed += written.closed;
    Ok(())
}

impl Telling<'_> {
    async fn apply(
        &self,
        tx: &mut Tx,
        change: Change,
        written: &mut AlertsReport,
    ) -> Result<(), FlowError> {
        match change {
            Change::Open(observation) => {
                if let Some(number) = alert::raise(tx, self.now, &observation).await? {
                    written.opened += 1;
                    self.tell(tx, number, Occasion::Opened).await?;
                }
            }
            Change::Update { number, observation } => {
                alert::update(tx, self.now, number, &observation).await?;
            }
            Change::Escalate { number, times } => {
                if alert::escalated(tx, number, times).await? {
                    written.escalated += 1;
                    self.tell(tx, number, Occasion::Escalated).await?;
                }
            }
            Change::Close { number } => {
                if alert::close(tx, self.now, number).await? {
                    written.closed += 1;
                    self.tell(tx, number, Occasion::Closed).await?;
                }
            }
        }
        Ok(())
    }

    async fn tell(&self, tx: &mut Tx, number: i64, occasion: Occasion) -> Result<(), FlowError> {
        let Some(alert) = alert::get(&mut *tx, number).await? else { return Ok(()) };
        let told = delivery::told(&mut *tx, number).await?;
        let about: (&Key, Owner) = (&alert.key, alert.owner);
        let when = (self.now, self.quiet.as_ref());
        let notice = notice(self.app, &alert, occasion, self.now);
        for planned in plan(occasion, about, &self.channels, &told, when) {
            match planned {
                Planned::Send { channel, due_at } => {
                    let send = (channel.as_str(), due_at);
                    write(self.app, tx, Some(number), send, &notice).await?;
                }
                Planned::Drop { channel } => {
                    delivery::drop_pending(tx, number, &channel).await?;
                }
            }
        }
        Ok(())
    }
}

fn notice(app: &App, alert: &Alert, occasion: Occasion, now: Timestamp) -> Notice {
    let (desk, currency, zone) = place(app);
    of_alert(occasion, alert, now, (&desk, &currency, &zone))
}

/// Writes a message down; its id.
pub(super) async fn write(
    app: &App,
    tx: &mut Tx,
    alert: Option<i64>,
    (channel, due_at): (&str, Timestamp),
    notice: &Notice,
) -> Result<String, FlowError> {
    let text = serde_json::to_string(notice).map_err(|error| {
        let hint = "this is a fault in Daybook; please report it";
        FlowError::request("alert-message", error.to_string(), hint)
    })?;
    let id = app.ids.uuid().to_string();
    let occasion = notice.occasion;
    let new = NewDelivery { id: &id, alert, channel, occasion, notice: &text, due_at };
    delivery::insert(tx, app.now(), &new).await?;
    Ok(id)
}
