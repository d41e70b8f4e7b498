//! `daybook stock`

mod buffer;
mod lists;
mod show;

use clap::{Args, Subcommand};

use super::Ended;
use crate::{context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook stock show ABC-1                        where a SKU stands in every store, and why
  daybook stock history ABC-1 --store 5           what was decided about it, the latest first
  daybook stock differences                       what one system has and the other does not know
  daybook stock oversold                          what tills sold that was not there
  daybook stock suggest                           buffers that would have been enough
  daybook stock buffer list
  daybook stock buffer set sku ABC-1 2            hold two back, in every store
  daybook stock buffer set prefix COAT- 10%>=1 --store 5
  daybook stock buffer unset sku ABC-1

A store is named by its warehouse id in Sitoo. `daybook sync stock` makes a pass now.";

/// What to do about stock.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct StockArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Where a SKU stands: free, in flight, held back, on the till, store by store.
    Show {
        /// As the till or OrderWise spells it.
        #[arg(allow_hyphen_values = true)]
        sku: String,
    },
    /// What was decided about a SKU, when and why.
    History(lists::HistoryArgs),
    /// What the last nightly comparison left alone.
    Differences(lists::LimitArgs),
    /// Times in which tills had sold what was not there, of the last 90 days.
    Oversold,
    /// Buffers that the last 90 days suggest.
    Suggest,
    /// What is held back from the tills where OrderWise has no buffer of its own.
    #[command(subcommand)]
    Buffer(buffer::What),
}

/// Does it.
pub(crate) async fn run(context: &Context, args: StockArgs) -> Result<Ended, Failure> {
    // A wrong folder must not look like an empty book.
    context.existing_book().await?.close().await;
    match args.what {
        What::Show { sku } => show::run(context, &sku).await,
        What::History(args) => lists::history(context, &args).await,
        What::Differences(args) => lists::differences(context, &args).await,
        What::Oversold => lists::oversold(context).await,
        What::Suggest => lists::suggest(context).await,
        What::Buffer(what) => buffer::run(context, what).await,
    }
}
