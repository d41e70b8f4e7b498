//! `daybook map`

mod list;
mod transfer;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_flows::{desk::doubts, people};
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, words};

const EXAMPLES: &str = "\
Examples:
  daybook map list                                   everything
  daybook map list store                             one kind
  daybook map set sku OLD-1 NEW-1                    a till's SKU is this variant
  daybook map set vat 20 1                           20 % is tax rate 1
  daybook map set payment Card 2                     the tender Card is payment method 2
  daybook map set store 5 account=LEEDS session=3 location=1 delivery=2 name=Leeds
  daybook map set reason damaged no                  damaged goods do not go back into stock
  daybook map set item round-off code=ROUND rate-id=4
  daybook map set pickup 200 location=32             what store 200's shoppers collect leaves from 32
  daybook map set delivery dpd-next-day 7            the till's carrier is delivery method 7
  daybook map set status 'With the tailor' on-hold   what OrderWise's own words mean
  daybook map unset sku OLD-1
  daybook map set sku -- -OLD NEW-1                  a name that begins with a hyphen
  daybook map export store > stores.csv
  daybook map import stores.csv --dry-run

Kinds and their fields; a value without a name is the first field:
  sku code | vat rate-id | payment method-id, exclude | warehouse location | reason restock, location
  store account, account-id, session, location, delivery, zone, name, ships-from
  item code, rate-id | group vat-id | pickup location, delivery | delivery method-id | status means

A change releases at once every entry that waited for it.";

/// What to do with mappings.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct MapArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show mappings.
    List {
        /// Only this kind.
        kind: Option<MappingKind>,
    },
    /// Map one thing.
    #[command(after_help = EXAMPLES)]
    Set {
        /// sku, vat, payment, store, warehouse, reason, item, group, pickup, delivery or status.
        kind: MappingKind,
        /// Its name on the till.
        key: String,
        /// What it is in OrderWise: a bare value, or field=value, or both.
        #[arg(required = true)]
        value: Vec<String>,
        /// Even if OrderWise shows no such thing (yet), or the row looks like a slip.
        #[arg(long)]
        anyway: bool,
    },
    /// Take a mapping away.
    Unset {
        /// sku, vat, payment, store, warehouse, reason, item, group, pickup, delivery or status.
        kind: MappingKind,
        /// Its name on the till.
        key: String,
    },
    /// Read mappings from CSV; nothing is changed unless every row is right.
    Import {
        /// The file; - for stdin.
        file: PathBuf,
        /// For a file without the column `kind`.
        #[arg(long)]
        kind: Option<MappingKind>,
        /// Only say what would change.
        #[arg(long)]
        dry_run: bool,
        /// Even if rows name what OrderWise does not show (yet), or look like slips.
        #[arg(long)]
        anyway: bool,
    },
    /// Write mappings as CSV.
    Export {
        /// Only this kind, with a column a field.
        kind: Option<MappingKind>,
        /// The file; stdout without one.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
}

/// Does it.
pub(crate) async fn run(context: &Context, args: MapArgs) -> Result<Ended, Failure> {
    match args.what {
        What::List { kind } => list::run(context, kind).await,
        What::Set { kind, key, value, anyway } => set(context, (kind, &key), &value, anyway).await,
        What::Unset { kind, key } => unset(context, kind, &key).await,
        What::Import { file, kind, dry_run, anyway } => {
            transfer::import(context, &file, kind, (dry_run, anyway)).await
        }
        What::Export { kind, output } => transfer::export(context, kind, output.as_deref()).await,
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct SetDone {
    row: MappingRow,
    released: u64,
}

async fn set(
    context: &Context,
    (kind, key): (MappingKind, &str),
    value: &[String],
    anyway: bool,
) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let stored = stored(&app, kind, key).await?;
    let value = value.join(" ");
    // A row that is there keeps the fields that are not named.
    let row =
        stored.map_or_else(|| MappingRow::new(kind, key, &value), |stored| stored.patched(&value));
    let row = row.map_err(|fault| {
        let hint = format!(
            "fields of {kind}: {}; a key with blanks stands in quotes: daybook map set {kind} 'A KEY' …",
            kind.fields().join(", ")
        );
        Failure::wrong_use("mapping-row", fault.to_string(), hint)
    })?;
    if !anyway {
        is_meant(&app, &row).await?;
    }
    let released = people::set_mapping(&app, std::slice::from_ref(&row), &context.actor).await?;
    app.db.close().await;
    context.printer.result(&SetDone { row, released }, |done| {
        format!("{}\n{}", done.row, released_words(done.released))
    })?;
    Ok(Ended::Done)
}

/// A row that is most likely a slip is set only where somebody insists.
async fn is_meant(app: &daybook_flows::App, row: &MappingRow) -> Result<(), Failure> {
    let Some(doubt) = doubts::doubt(app, row).await? else { return Ok(()) };
    let hint = match doubt.meant {
        None => "name another, or say --anyway".to_owned(),
        Some(meant) => format!("may it be one of {meant}? Else say --anyway"),
    };
    Err(Failure::wrong_use(doubt.code, doubt.what, hint))
}

async fn stored(
    app: &daybook_flows::App,
    kind: MappingKind,
    key: &str,
) -> Result<Option<MappingRow>, Failure> {
    let key = stored_key(kind, key);
    let tables = daybook_store::mapping::load(&app.db).await?;
    Ok(tables.rows.into_iter().find(|row| row.kind == kind && row.key == key))
}

fn released_words(released: u64) -> String {
    match released {
        0 => "no entry is released by this".to_owned(),
        _ => format!("{} released", words::count(released, "entry", "entries")),
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct UnsetDone {
    kind: MappingKind,
    key: String,
    removed: bool,
}

async fn unset(context: &Context, kind: MappingKind, key: &str) -> Result<Ended, Failure> {
    let key = stored_key(kind, key);
    let app = context.app(Need::Book).await?;
    let removed = people::remove_mapping(&app, kind, &key, &context.actor).await?;
    app.db.close().await;
    if !removed {
        let message = format!("there is no mapping {kind} {key}");
        return Err(Failure::new(
            "mapping-unknown",
            message,
            format!("see `daybook map list {kind}`"),
        ));
    }
    context.printer.result(&UnsetDone { kind, key, removed }, |done| {
        format!("{} {} removed", done.kind, done.key)
    })?;
    Ok(Ended::Done)
}

/// The key in the form in which it is stored. The value does not matter for that.
fn stored_key(kind: MappingKind, key: &str) -> String {
    let any = match kind {
        MappingKind::Store => "account=ANY",
        MappingKind::Sku => "ANY",
        MappingKind::Reason => "yes",
        MappingKind::Item => "code=ANY rate-id=1",
        MappingKind::Status => "open",
        MappingKind::Vat
        | MappingKind::Payment
        | MappingKind::Warehouse
        | MappingKind::Group
        | MappingKind::Pickup
        | MappingKind::Delivery => "1",
    };
    MappingRow::new(kind, key, any).map_or_else(|_| key.trim().to_owned(), |row| row.key)
}
