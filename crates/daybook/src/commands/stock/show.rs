//! `daybook stock show`

use std::fmt::Write as _;

use daybook_flows::stock::people::{self, SkuStock, StoreStock};

use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

/// Shows where a SKU stands.
pub(super) async fn run(context: &Context, sku: &str) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let shown = people::show(&app, sku).await;
    app.db.close().await;
    context.printer.result(&shown?, |shown| people_read(context, shown))?;
    Ok(Ended::Done)
}

fn people_read(context: &Context, shown: &SkuStock) -> String {
    let zone = context.zone();
    let rows = shown.stores.iter().map(|store| row(context, store)).collect();
    let head = [
        "store",
        "name",
        "free",
        "in flight",
        "buffer",
        "target",
        "level then",
        "looked at",
        "why",
    ];
    let mut text = format!("{}\n\n{}", shown.sku, printer::table(&head, &[2, 3, 4, 5, 6], rows));
    for store in &shown.stores {
        if !store.likely.is_zero() {
            let _ = write!(
                text,
                "\nin {} {} of what is in flight is very likely in the free stock already: a till \
                 that is right in one of both cases is left as it is",
                store.name, store.likely
            );
        }
        if !store.orders.is_empty() {
            let _ = write!(text, "\nin flight in {}: {}", store.name, store.orders.join(", "));
        }
        if store.in_doubt {
            let _ =
                write!(text, "\nin {} a change is in doubt; it is being looked for", store.name);
        }
    }
    if let Some(at) = shown.asked_at {
        let _ = write!(text, "\nOrderWise was last asked at {}", words::moment(at, &zone));
    }
    text
}

fn row(context: &Context, store: &StoreStock) -> Vec<String> {
    let zone = context.zone();
    let last = store.last.as_ref();
    let of_last = |read: fn(&daybook_store::stock::history::HistoryRow) -> String| {
        words::or_dash(last.map(read))
    };
    vec![
        store.warehouse_id.to_string(),
        store.name.clone(),
        words::or_dash(store.free.map(|free| free.to_string())),
        store.in_flight.to_string(),
        store.buffer.to_string(),
        of_last(|row| row.target.to_string()),
        of_last(|row| row.level.to_string()),
        words::or_dash(last.map(|row| words::moment(row.at, &zone))),
        of_last(|row| row.why.to_string()),
    ]
}
