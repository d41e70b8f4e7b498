//! What of the day's card money arrived: the provider's report and the bank's statement, made up for
//! the days after, are imported as in any shop.

use daybook_domain::{Money, settlement::Day};
use daybook_flows::settlement::{self, SettlementReport, balance, inbox::Seen, show};
use daybook_sandbox::settlement::DayFiles;
use serde::Serialize;
use tokio::sync::Mutex;

use super::world::World;
use crate::failure::Failure;

/// Card money: taken = at the bank + fees + charged back + on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CardMoney {
    /// What the tills took by card, less what they gave back.
    pub(super) taken: Money,
    /// What the bank has of it.
    pub(super) at_bank: Money,
    /// What the provider kept.
    pub(super) fees: Money,
    /// What shoppers' banks took back.
    pub(super) charged_back: Money,
    /// What no payout has yet.
    pub(super) on_its_way: Money,
    /// Payments that are on their way.
    pub(super) open: i64,
    /// What nothing explains; anything but nothing is a fault.
    pub(super) unexplained: Money,
}

/// Imports the files and matches them. None where the tills took too little by card.
pub(super) async fn arrive(world: &World) -> Result<Option<CardMoney>, Failure> {
    let Some(files) = DayFiles::of(&world.sandbox.sitoo.taken()) else { return Ok(None) };
    let inbox = world.inbox();
    files.write(&inbox).map_err(|error| Failure::file(&inbox, &error))?;
    let mut report = SettlementReport::default();
    let app = &world.app;
    Box::pin(settlement::pass(app, &Mutex::new(Seen::default()), &mut report)).await?;
    let today = Day::of(app.now(), &app.policy.default_time_zone);
    let all = balance::at(app, today.plus(7)).await?;
    let (on_its_way, open) = all
        .iter()
        .filter(|one| one.provider == "adyen")
        .fold((Money::ZERO, 0), |sum, one| (sum.0 + one.day.closing, sum.1 + one.day.open));
    let history = balance::history(app, "adyen", Day::of(world.opening, "UTC").plus(-7)).await?;
    let taken = history.iter().map(|(_, day)| day.taken).sum();
    let mut money = CardMoney {
        taken,
        at_bank: Money::ZERO,
        fees: Money::ZERO,
        charged_back: Money::ZERO,
        on_its_way,
        open,
        unexplained: Money::ZERO,
    };
    for view in show::overview(app, 9).await?.payouts {
        let payout = &view.stored.payout;
        let whole = show::payout(app, &payout.provider, &payout.payout).await?;
        money.at_bank += whole.bank.iter().map(|stored| stored.line.amount).sum();
        for kind in &whole.kinds {
            money.add(kind);
        }
    }
    let known = money.at_bank + money.fees + money.charged_back + money.on_its_way;
    money.unexplained = money.taken - known;
    Ok(Some(money))
}

impl CardMoney {
    fn add(&mut self, kind: &show::KindSum) {
        use daybook_domain::settlement::LineKind;
        match kind.kind {
            LineKind::Payout => {}
            LineKind::Chargeback | LineKind::ChargebackReversed => {
                self.charged_back -= kind.gross;
                self.fees += kind.gross - kind.net;
            }
            LineKind::Payment | LineKind::Refund => self.fees += kind.gross - kind.net,
            LineKind::Fee | LineKind::Reserve | LineKind::Adjustment => self.fees -= kind.net,
        }
    }
}
