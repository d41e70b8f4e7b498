//! `daybook stock buffer`

use clap::Subcommand;
use daybook_domain::stock::{Amount, BufferRule, BufferScope};
use daybook_flows::stock::people;
use serde::Serialize;

use super::lists::{none, table};
use crate::{commands::Ended, config::Need, context::Context, failure::Failure, words};

const EXAMPLES: &str = "\
Examples:
  daybook stock buffer set sku ABC-1 2                hold two back, in every store
  daybook stock buffer set sku ABC-1 1 --store 5      and one in this store
  daybook stock buffer set category WINTER 1          what OrderWise counts to it
  daybook stock buffer set prefix COAT- 10%           every SKU that begins so
  daybook stock buffer set store 10%>=1 --store 5     a share of what is free, and at least one
  daybook stock buffer set default 1

OrderWise's own buffer counts before any rule, also where it is zero. Of the rules the first that
fits counts: sku, category, prefix (the longest), store, default. A category is the product code,
or the column of the `variants` export that [stock] category names.";

/// What to do with buffer rules.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// The rules.
    List,
    /// Set a rule; what it concerns is looked at in the next pass.
    #[command(after_help = EXAMPLES)]
    Set {
        /// sku, category, prefix, store or default.
        scope: BufferScope,
        /// The SKU, its category or its beginning, then the amount: units (2), or a share (10%, 10%>=1).
        #[arg(required = true, num_args = 1..=2)]
        what: Vec<String>,
        /// Only in this store (its warehouse id in Sitoo).
        #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
        store: Option<i64>,
    },
    /// Take a rule away.
    #[command(after_help = EXAMPLES)]
    Unset {
        /// sku, category, prefix, store or default.
        scope: BufferScope,
        /// The SKU, its category or its beginning.
        #[arg(default_value = "", allow_hyphen_values = true)]
        key: String,
        /// The rule of this store.
        #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
        store: Option<i64>,
    },
}

/// What `--json` prints of a rule.
#[derive(Debug, Serialize)]
struct Rule {
    scope: BufferScope,
    key: String,
    store: Option<i64>,
    amount: String,
}

impl From<BufferRule> for Rule {
    fn from(rule: BufferRule) -> Self {
        Self {
            scope: rule.scope,
            key: rule.key,
            store: rule.warehouse_id,
            amount: rule.amount.to_string(),
        }
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    buffers: Vec<Rule>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Unset {
    scope: BufferScope,
    key: String,
    store: Option<i64>,
    removed: bool,
}

/// Does it.
pub(super) async fn run(context: &Context, what: What) -> Result<Ended, Failure> {
    match what {
        What::List => list(context).await,
        What::Set { scope, what, store } => set(context, scope, &what, store).await,
        What::Unset { scope, key, store } => unset(context, scope, &key, store).await,
    }
}

async fn list(context: &Context) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let rules = people::buffers(&app).await;
    app.db.close().await;
    let listed = Listed { buffers: rules?.into_iter().map(Rule::from).collect() };
    context.printer.result(&listed, |listed| {
        let rows = listed.buffers.iter().map(|rule| {
            vec![
                rule.scope.to_string(),
                words::or_dash(Some(rule.key.clone())),
                words::or_dash(rule.store.map(|id| id.to_string())),
                rule.amount.clone(),
            ]
        });
        table(&["for", "key", "store", "held back"], &[3], rows.collect())
    })?;
    none(context, listed.buffers.is_empty(), "nothing is held back by a rule of Daybook");
    Ok(Ended::Done)
}

async fn set(
    context: &Context,
    scope: BufferScope,
    what: &[String],
    store: Option<i64>,
) -> Result<Ended, Failure> {
    let (key, amount) = match what {
        [key, amount] => (key.as_str(), amount),
        [amount] => ("", amount),
        _ => return Err(wrong("a rule needs an amount")),
    };
    let amount: Amount = amount.parse().map_err(|error| wrong(&format!("{error}")))?;
    let rule = BufferRule::new(scope, key, store, amount);
    let app = context.app(Need::Book).await?;
    let done = people::set_buffer(&app, &rule, &context.actor).await;
    app.db.close().await;
    done?;
    context.printer.result(&Rule::from(rule), |rule| {
        let gap = if rule.key.is_empty() { "" } else { " " };
        let store = rule.store.map_or_else(String::new, |id| format!(" in store {id}"));
        format!("{}{gap}{}{store}: {} held back", rule.scope, rule.key, rule.amount)
    })?;
    Ok(Ended::Done)
}

async fn unset(
    context: &Context,
    scope: BufferScope,
    key: &str,
    store: Option<i64>,
) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let done = people::unset_buffer(&app, scope, key, store, &context.actor).await;
    app.db.close().await;
    done?;
    let unset = Unset { scope, key: key.to_owned(), store, removed: true };
    context.printer.result(&unset, |unset| {
        let gap = if unset.key.is_empty() { "" } else { " " };
        format!("{}{gap}{} removed", unset.scope, unset.key)
    })?;
    Ok(Ended::Done)
}

fn wrong(what: &str) -> Failure {
    Failure::wrong_use(
        "stock-buffer-rule",
        what.to_owned(),
        "for example `daybook stock buffer set sku ABC-1 2`".to_owned(),
    )
}
