//! What is not settled yet: carried from day to day, and checked against the open payments.

use std::collections::BTreeMap;

use daybook_domain::{
    Money,
    month::{Month, unsettled},
    settlement::{BalanceDay, Day, Movement, roll},
};
use daybook_store::{
    Tx,
    settlement::{month, till, unsettled as days},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError, retrying::retrying};

/// The balance of one provider and currency on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Balance {
    /// Who owes it.
    pub provider: String,
    /// ISO 4217.
    pub currency: String,
    /// The day's figures.
    #[serde(flatten)]
    pub day: BalanceDay,
    /// The sum of the open payments, added up one by one.
    pub open_sum: Money,
    /// Whether both say the same, in pounds and in number.
    pub ties: bool,
}

/// Rolls a provider's balance forward anew and writes the days that changed.
pub(super) async fn carry(app: &App, provider: &str) -> Result<(), FlowError> {
    retrying(app, "unsettled", || carry_once(app, provider)).await
}

async fn carry_once(app: &App, provider: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let mut moved: BTreeMap<String, BTreeMap<Day, Movement>> = BTreeMap::new();
    for sum in till::taken(&mut tx, provider).await? {
        let day = moved.entry(sum.currency).or_default().entry(sum.day).or_default();
        (day.taken, day.taken_count) = (sum.amount, sum.payments);
    }
    for sum in till::settled(&mut tx, provider).await? {
        let day = moved.entry(sum.currency).or_default().entry(sum.day).or_default();
        (day.settled, day.settled_count) = (sum.amount, sum.payments);
    }
    for sum in till::written_off(&mut tx, provider).await? {
        let day = moved.entry(sum.currency).or_default().entry(sum.day).or_default();
        (day.written_off, day.written_off_count) = (sum.amount, sum.payments);
    }
    let mut there: BTreeMap<String, Vec<BalanceDay>> = BTreeMap::new();
    for stored in days::of_provider(&mut tx, provider).await? {
        there.entry(stored.currency).or_default().push(stored.balance);
    }
    for currency in there.keys() {
        moved.entry(currency.clone()).or_default();
    }
    for (currency, moved) in moved {
        let (days, known) = (roll(&moved), there.remove(&currency).unwrap_or_default());
        let same = days.iter().zip(&known).take_while(|(new, old)| new == old).count();
        let first = [days.get(same), known.get(same)].into_iter().flatten().map(|day| day.day);
        if let Some(from) = first.min() {
            days::replace(&mut tx, provider, &currency, from, &days[same..]).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The balances at the end of a day, of every provider of the settings.
pub async fn at(app: &App, day: Day) -> Result<Vec<Balance>, FlowError> {
    let mut balances = Vec::new();
    for provider in app.settings.settlement.providers.keys() {
        for currency in days::currencies(&app.db, provider).await? {
            let stored = days::at(&app.db, provider, &currency, day).await?;
            let last = stored.map(|stored| stored.balance);
            let day_of = match last {
                Some(known) if known.day == day => known,
                // Nothing happened since: what was open still is.
                known => {
                    let (closing, open) =
                        known.map_or((Money::ZERO, 0), |known| (known.closing, known.open));
                    let none = Money::ZERO;
                    let (taken, settled, written_off) = (none, none, none);
                    BalanceDay { day, opening: closing, taken, settled, written_off, closing, open }
                }
            };
            let (open_sum, open) = till::open_at(&app.db, provider, &currency, day).await?;
            balances.push(Balance {
                provider: provider.clone(),
                currency,
                ties: open_sum == day_of.closing && open == day_of.open,
                day: day_of,
                open_sum,
            });
        }
    }
    Ok(balances)
}

/// Every day of a provider on which anything happened, from `from` on.
pub async fn history(
    app: &App,
    provider: &str,
    from: Day,
) -> Result<Vec<(String, BalanceDay)>, FlowError> {
    let stored = days::of_provider(&app.db, provider).await?.into_iter();
    let days = stored.map(|stored| (stored.currency, stored.balance));
    Ok(days.filter(|(_, day)| day.day >= from).collect())
}

/// Reads payments that are new and carries every provider's balance on: the pack shows what the
/// book holds now, whether or not anything was matched since.
pub(crate) async fn bring_up_to_date(app: &App) -> Result<(), FlowError> {
    if app.settings.settlement.providers.is_empty() {
        return Ok(());
    }
    super::collect(app, false).await?;
    for provider in app.settings.settlement.providers.keys() {
        carry(app, provider).await?;
    }
    Ok(())
}

/// What a month comes to.
pub(crate) async fn of_month(tx: &mut Tx, of: Month) -> Result<unsettled::Unsettled, FlowError> {
    let (first, last) = (Day::from(of.first()), Day::from(of.last()));
    let mut carried = Vec::new();
    for (provider, currency) in month::carried(&mut *tx).await? {
        let before = days::at(&mut *tx, &provider, &currency, first.plus(-1)).await?;
        let after = days::at(&mut *tx, &provider, &currency, last).await?;
        let opening = before.map_or(Money::ZERO, |stored| stored.balance.closing);
        let (closing, open) =
            after.map_or((Money::ZERO, 0), |stored| (stored.balance.closing, stored.balance.open));
        carried.push(unsettled::Carried { provider, currency, opening, closing, open });
    }
    let tenders = month::tenders(&mut *tx, (first, last)).await?;
    Ok(unsettled::Unsettled { tenders, carried, open: month::open(&mut *tx, last).await? })
}
