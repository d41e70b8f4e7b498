//! `daybook catalogue`: products and prices on their way from OrderWise to the tills.

mod people;

use clap::{Args, Subcommand};
use daybook_domain::{Timestamp, causes::Cause};
use daybook_flows::catalogue::{self as flow, PassOptions, show};
use daybook_store::{
    catalogue::{
        self, FaultFilter, FaultRow,
        family::{self, FamilyItem},
    },
    price_arrival::{self, Arrival, ArrivalFilter},
    till_product::{self, Foreign},
};
use jiff::civil::Date;
use serde::Serialize;

use super::{Ended, asked};
use crate::{config::Need, context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook catalogue status                           published, hidden, not ready by cause, progress
  daybook catalogue faults --cause product-price-missing
  daybook catalogue show ABC-1                       what OrderWise says, what Sitoo has, why
  daybook catalogue prices --since 2026-11-24        when each price changed, was written and seen
  daybook catalogue foreign                          products that are not from OrderWise
  daybook catalogue families                         styles that are not one product with choices
  daybook catalogue plan                             what a pass would write; nothing is written

`daybook sync catalogue` runs a pass.";

/// What to show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct CatalogueArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How many products are where, and how far the work has come.
    Status,
    /// Every SKU that is not ready for the tills, with every reason.
    Faults {
        /// Only of this cause.
        #[arg(long, value_name = "CODE")]
        cause: Option<Cause>,
        #[command(flatten)]
        page: Page,
    },
    /// One SKU: what OrderWise says, what Sitoo has, and what stands between.
    Show {
        /// The SKU, as OrderWise or a till spells it.
        sku: String,
    },
    /// When prices changed in OrderWise, were written, and were seen at the tills.
    Prices {
        /// Only what was decided from this day on.
        #[arg(long, value_name = "DAY", value_parser = asked::date)]
        since: Option<Date>,
        /// Only what came too late, or has not come and should have.
        #[arg(long)]
        late: bool,
        /// Most prices to list.
        #[arg(long, default_value_t = 200, value_name = "N")]
        limit: u16,
    },
    /// Products in Sitoo that OrderWise does not have; Daybook never touches them.
    Foreign {
        /// Only after this product id: the cursor for the next page.
        #[arg(long, value_name = "ID", default_value_t = 0)]
        after: i64,
        /// Most products to list.
        #[arg(long, default_value_t = 200, value_name = "N")]
        limit: u16,
    },
    /// Styles that cannot be one product with choices at the tills, and why.
    Families {
        /// Only after this style: the cursor for the next page.
        #[arg(long, value_name = "STYLE", default_value = "")]
        after: String,
        /// Most styles to list.
        #[arg(long, default_value_t = 200, value_name = "N")]
        limit: u16,
    },
    /// Read both sides and say what a pass would write, without writing anything to Sitoo.
    Plan {
        /// Read and compare everything.
        #[arg(long)]
        full: bool,
        /// Most products to list.
        #[arg(long, default_value_t = 200, value_name = "N")]
        limit: u16,
    },
}

/// A page of a list by SKU.
#[derive(Debug, Args)]
struct Page {
    /// Only after this SKU: the cursor for the next page.
    #[arg(long, value_name = "SKU", default_value = "")]
    after: String,
    /// Most rows to list.
    #[arg(long, default_value_t = 200, value_name = "N")]
    limit: u16,
}

/// What `faults --json` prints.
#[derive(Debug, Serialize)]
struct Faults {
    /// In order of their SKUs.
    faults: Vec<FaultRow>,
}

/// What `prices --json` prints.
#[derive(Debug, Serialize)]
struct Prices {
    /// The newest first.
    prices: Vec<PriceView>,
}

#[derive(Debug, Serialize)]
struct PriceView {
    #[serde(flatten)]
    arrival: Arrival,
    /// Whether it was not at the tills when the stores opened.
    late: bool,
}

/// What `foreign --json` prints.
#[derive(Debug, Serialize)]
struct Foreigners {
    /// In order of their ids.
    products: Vec<Foreign>,
}

/// What `families --json` prints.
#[derive(Debug, Serialize)]
struct Families {
    /// In order of their codes.
    families: Vec<FamilyItem>,
}

/// Shows it.
pub(crate) async fn run(context: &Context, args: &CatalogueArgs) -> Result<Ended, Failure> {
    match &args.what {
        What::Status => status(context).await,
        What::Faults { cause, page } => faults(context, *cause, page).await,
        What::Show { sku } => show_one(context, sku).await,
        What::Prices { since, late, limit } => prices(context, *since, *late, *limit).await,
        What::Foreign { after, limit } => foreign(context, *after, *limit).await,
        What::Families { after, limit } => families(context, after, *limit).await,
        What::Plan { full, limit } => plan(context, *full, *limit).await,
    }
}

async fn status(context: &Context) -> Result<Ended, Failure> {
    let app = context.app_on(context.existing_book().await?, Need::Book)?;
    let status = show::status(&app).await?;
    context.printer.result(&status, |status| people::status(context, status))?;
    Ok(Ended::Done)
}

async fn faults(context: &Context, cause: Option<Cause>, page: &Page) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let filter = FaultFilter { cause, sku: None, after: page.after.clone() };
    let faults = catalogue::faults(&book, &filter, usize::from(page.limit)).await?;
    let faults = Faults { faults };
    context.printer.result(&faults, |found| people::faults(context, &found.faults))?;
    if faults.faults.is_empty() {
        context.printer.talk("no faults");
    }
    Ok(Ended::Done)
}

async fn show_one(context: &Context, sku: &str) -> Result<Ended, Failure> {
    let app = context.app_on(context.existing_book().await?, Need::Book)?;
    let Some(shown) = show::sku(&app, sku).await? else {
        return Err(Failure::new(
            "sku-unknown",
            format!("OrderWise has no variant '{sku}', as far as Daybook has read"),
            "see `daybook catalogue foreign`, or read again: `daybook sync catalogue`",
        ));
    };
    context.printer.result(&shown, |shown| people::shown(context, shown))?;
    Ok(Ended::Done)
}

async fn prices(
    context: &Context,
    since: Option<Date>,
    late: bool,
    limit: u16,
) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let now = context.clock.now();
    let since = since.map(|day| asked::start_of(day, 0, &context.zone())).transpose()?;
    let filter = ArrivalFilter {
        since: since.unwrap_or(Timestamp::default()),
        late_at: late.then_some(now),
        sku: None,
    };
    let found = price_arrival::list(&book, &filter, usize::from(limit)).await?;
    let view = |arrival: Arrival| PriceView { late: arrival.is_late(now), arrival };
    let prices = Prices { prices: found.into_iter().map(view).collect() };
    context.printer.result(&prices, |found| people::prices(context, &found.prices))?;
    if prices.prices.is_empty() {
        context.printer.talk("no prices");
    }
    Ok(Ended::Done)
}

async fn foreign(context: &Context, after: i64, limit: u16) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let products = till_product::foreign(&book, after, usize::from(limit)).await?;
    let found = Foreigners { products };
    context.printer.result(&found, |found| people::foreign(context, &found.products))?;
    if found.products.is_empty() {
        context.printer.talk("every product is from OrderWise");
    }
    Ok(Ended::Done)
}

async fn families(context: &Context, after: &str, limit: u16) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let found = family::faulty(&book, after, usize::from(limit)).await?;
    let found = Families { families: found };
    context.printer.result(&found, |found| people::families(context, &found.families))?;
    if found.families.is_empty() {
        context.printer.talk("nothing keeps a style from being a family");
    }
    Ok(Ended::Done)
}

async fn plan(context: &Context, full: bool, limit: u16) -> Result<Ended, Failure> {
    let app = context.app(Need::Systems).await?;
    let _alone = app.db.worker_lock()?;
    if !flow::is_set_up(&app) {
        return Err(super::sync::not_set_up("catalogue", flow::EXPORT));
    }
    let options = PassOptions { full, ..PassOptions::default() };
    let plan = show::plan(&app, options, usize::from(limit)).await?;
    context.printer.result(&plan, |plan| people::plan(context, plan))?;
    app.db.close().await;
    Ok(Ended::Done)
}
