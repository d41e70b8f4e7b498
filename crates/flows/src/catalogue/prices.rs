//! The proof that prices arrive, and price lists beside the default one.

use daybook_domain::{Money, Timestamp, catalogue::Action, sku::fold};
use daybook_store::{
    price_arrival::{self, Arrival, DEFAULT_LIST},
    till_product,
};

use super::{CatalogueReport, goes_on, known::Known, mirror, piece::Work, sweep};
use crate::{app::App, error::FlowError};

/// The price that a work brings to the tills, and by when it must be there.
pub(super) fn expected(app: &App, now: Timestamp, work: &Work) -> Option<Arrival> {
    let old = work.product.as_ref().map(|product| product.price);
    let new = match &work.judged.action {
        Action::Create(new) => new.price,
        Action::Update { patch, .. } => patch.price?,
        Action::Nothing => return None,
    };
    // What OrderWise changed after we last looked is its change; anything else (a new product, a
    // price that somebody changed in Sitoo) counts from now.
    let amended = work.variant.last_amended;
    let changed_at = amended.filter(|at| work.item.decided_at.is_some_and(|looked| *at >= looked));
    let from = changed_at.unwrap_or(now).min(now);
    Some(Arrival {
        sku: work.variant.variant.sku.clone(),
        list: DEFAULT_LIST,
        decided_at: now,
        old,
        new,
        changed_at: amended,
        due_at: sweep::next_after(app, from, app.settings.catalogue.opening_time),
        written_at: None,
        read_back_at: None,
    })
}

/// Reads the products back whose prices were written and not seen at once.
pub(super) async fn see(
    app: &App,
    known: &Known,
    _report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let mut after = String::new();
    while goes_on(app).await? {
        let unseen = price_arrival::unseen(&app.db, &after, mirror::NAMED).await?;
        let Some(last) = unseen.last() else { break };
        after.clone_from(&last.sku);
        let links: Vec<String> = unseen.iter().map(|one| fold(&one.sku)).collect();
        let products = till_product::by_links(&app.db, &links).await?;
        let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
        let read_at = app.now();
        let found = mirror::read_ids(app, &ids).await?;
        let seen: Vec<(String, Money)> = unseen
            .iter()
            .filter(|one| {
                let link = fold(&one.sku);
                found.iter().any(|it| known.link(&it.sku) == link && it.price == one.new)
            })
            .map(|one| (one.sku.clone(), one.new))
            .collect();
        mirror::keep(app, known, read_at, found).await?;
        let mut tx = app.db.begin().await?;
        price_arrival::read_back(&mut tx, app.now(), DEFAULT_LIST, &seen).await?;
        tx.commit().await?;
    }
    Ok(())
}
