//! `daybook reconcile sign`: accepts what differs on a day, with a reason and a name.

use clap::Args;
use daybook_domain::reconcile::{DayCause, witness::Day};
use daybook_flows::reconcile::{self, Signature};

use super::{Ended, Shown, ended, people};
use crate::{config::Need, context::Context, failure::Failure};

/// What is signed, and why.
#[derive(Debug, Args)]
pub(super) struct SignArgs {
    /// The day, by the store's clock.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Day,
    /// The store: its warehouse id in Sitoo.
    #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
    store: i64,
    /// Only differences of this cause.
    #[arg(long, value_name = "CODE")]
    cause: Option<DayCause>,
    /// The number of the certificate that you looked at; without it the latest is signed.
    #[arg(long, value_name = "NUMBER")]
    certificate: Option<i64>,
    /// Why they may stay; kept on record, and part of the certificate.
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(context: &Context, args: &SignArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let signature = Signature {
        cause: args.cause,
        certificate: args.certificate,
        actor: &context.actor,
        reason: args.reason.as_str(),
    };
    let signed = async {
        let row = reconcile::sign(&app, (args.store, args.day), signature).await?;
        reconcile::view(&app, row).await
    };
    let signed = signed.await;
    app.db.close().await;
    let shown = Shown { days: vec![signed?] };
    if args.cause.is_some_and(|cause| cause.code().starts_with("not-posted")) {
        context.printer.talk(
            "what is signed here is not in OrderWise, and signing does not post it: clear its \
             exceptions, and the day is compared again",
        );
    }
    context.printer.result(&shown, |shown| people::text(context.currency(), &shown.days))?;
    Ok(ended(&shown.days))
}
