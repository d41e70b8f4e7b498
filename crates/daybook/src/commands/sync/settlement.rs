//! `daybook sync settlement`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App,
    settlement::{self, SettlementReport, inbox::Seen},
};
use tokio::sync::Mutex;

use super::{Said, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct SettlementArgs {}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    _args: &SettlementArgs,
) -> Result<Ended, Failure> {
    if !settlement::is_set_up(app) {
        let hint = "describe who settles what in [settlement.providers.NAME]";
        return Err(Failure::new("no-provider", "no provider settles any payment type", hint));
    }
    let mut report = SettlementReport::default();
    Box::pin(settlement::pass(app, &Mutex::new(Seen::default()), &mut report)).await?;
    told(context, app, report, said).await
}

fn said(report: &SettlementReport) -> Said {
    let (payments, bank) = (&report.matched.payments, &report.matched.bank);
    vec![
        (report.imported, "files imported"),
        (report.bad, "files cannot be read"),
        (report.matched.collected.payments as u64, "payments read from the entries"),
        (payments.confirmed as u64, "matches of payments confirmed"),
        (payments.suggested as u64, "matches of payments suggested"),
        (bank.confirmed as u64, "payouts found at the bank"),
        (bank.suggested as u64, "payouts may be at the bank"),
        ((payments.undone + bank.undone) as u64, "matches undone"),
    ]
}
