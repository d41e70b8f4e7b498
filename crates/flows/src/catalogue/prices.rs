//! The proof that prices arrive at the tills.

use std::collections::HashMap;

use daybook_domain::{
    Money, Timestamp,
    catalogue::{Action, TillProduct},
    sku::fold,
};
use daybook_store::{
    price_arrival::{self, Arrival, DEFAULT_LIST},
    till_product,
};

use super::{goes_on, known::Known, piece::Work, sweep};
use crate::{app::App, error::FlowError, mirror, retrying::retrying};

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

/// What variants cost at the tills, of those that were found there.
pub(super) fn of<'a>(
    known: &Known,
    skus: impl Iterator<Item = &'a str>,
    found: &[TillProduct],
) -> Vec<(String, Money)> {
    let by_link: HashMap<String, Money> =
        found.iter().map(|product| (known.link(&product.sku), product.price)).collect();
    let price = |sku: &str| Some((sku.to_owned(), *by_link.get(&fold(sku))?));
    skus.filter_map(price).collect()
}

/// Reads the products back whose prices were written and not seen at once.
pub(super) async fn see(app: &App, known: &Known) -> Result<(), FlowError> {
    let mut after = String::new();
    while goes_on(app).await? {
        let unseen = price_arrival::unseen(&app.db, DEFAULT_LIST, &after, mirror::NAMED).await?;
        let Some(last) = unseen.last() else { break };
        after.clone_from(&last.sku);
        let links: Vec<String> = unseen.iter().map(|one| fold(&one.sku)).collect();
        let products = till_product::by_links(&app.db, &links).await?;
        let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
        let read_at = app.now();
        let found = known.mirror(app).read_ids(&ids).await?;
        let seen = of(known, unseen.iter().map(|one| one.sku.as_str()), &found);
        known.mirror(app).keep(read_at, found).await?;
        let note = || async {
            let mut tx = app.db.begin().await?;
            price_arrival::read_back(&mut tx, app.now(), DEFAULT_LIST, &seen).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "prices seen", note).await?;
    }
    let mut tx = app.db.begin().await?;
    price_arrival::forget_overtaken(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}
