//! Writing a piece: the intent, the calls, the outcome of every element.

use daybook_connectors::sitoo::Element;
use daybook_domain::{
    Money, Timestamp,
    catalogue::{Action, NewProduct, Patch, TillProduct},
    causes::Cause,
    class::Failure,
    exchange::Called,
    mapping::{MappingKind, MappingRow},
    posting::Fault,
    priority::Priority,
    sku::fold,
};
use daybook_store::{
    Tx,
    catalogue::{self, Settled},
    exception, mapping,
    price_arrival::{self, Arrival, DEFAULT_LIST},
    till_product,
};

use super::{
    CatalogueReport, FLOW, doubt, family,
    known::Known,
    piece::{Piece, Work},
    prices, sitoo,
    tell::Hiding,
};
use crate::{
    app::App, error::FlowError, exchanges, retrying::retrying, sales::evaluate::DAYBOOK, stock,
};

/// Products created in one pass, above which their stock is left to a comparison of everything.
pub(super) const MANY: u64 = 1_000;

/// Decides about a piece what has to be decided, and writes what has to be written.
pub(super) async fn piece(
    app: &App,
    known: &Known,
    piece: Piece,
    hiding: &mut Hiding,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let (mut quiet, mut updates, mut creates, mut kept) = (vec![], vec![], vec![], vec![]);
    for work in piece.works {
        match &work.judged.action {
            Action::Nothing => quiet.push(work),
            Action::Create(_) => creates.push(work),
            Action::Update { patch, .. } if hides(patch) && !hiding.may_hide() => kept.push(work),
            Action::Update { .. } => updates.push(work),
        }
    }
    // Who gives a barcode up goes before who gets it.
    updates.sort_by_key(|work| !frees(work));
    let write = || intend(app, known, &quiet, &kept, &piece.gone, [&updates, &creates]);
    retrying(app, "products", write).await?;
    let writer = Writer { app, known };
    for works in [updates, creates] {
        let (alone, together): (Vec<Work>, Vec<Work>) = works.into_iter().partition(goes_alone);
        writer.run(&together, report).await?;
        for work in &alone {
            writer.run(std::slice::from_ref(work), report).await?;
        }
    }
    Ok(())
}

/// What was in doubt again and again may be what spoils its whole batch.
const fn goes_alone(work: &Work) -> bool {
    work.item.tries >= 2 && work.item.refusal.is_none()
}

fn hides(patch: &Patch) -> bool {
    patch.active_pos == Some(false)
}

fn frees(work: &Work) -> bool {
    match (&work.judged.action, &work.product) {
        (Action::Update { patch, .. }, Some(product)) => patch.frees_barcode(product),
        _ => false,
    }
}

fn sku(work: &Work) -> String {
    work.variant.variant.sku.clone()
}

fn skus(works: &[Work]) -> Vec<String> {
    works.iter().map(sku).collect()
}

/// One transaction: what is as it should be leaves the queue, what will be written is noted, with
/// the prices that are now expected at the tills.
async fn intend(
    app: &App,
    known: &Known,
    quiet: &[Work],
    kept: &[Work],
    gone: &[String],
    written: [&[Work]; 2],
) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    settle(app, &mut tx, quiet).await?;
    let all = quiet.iter().chain(kept).chain(written.into_iter().flatten());
    let faults: Vec<(String, Vec<Fault>)> =
        all.map(|work| (sku(work), work.judged.faults.clone())).collect();
    catalogue::set_faults(&mut tx, now, &faults).await?;
    let later = now.plus(app.settings.catalogue.poll_every);
    catalogue::postpone(&mut tx, later, &skus(kept)).await?;
    catalogue::postpone(&mut tx, now.plus(app.settings.reference.full_every), gone).await?;
    for works in written {
        catalogue::intend(&mut tx, now, &skus(works)).await?;
        let expected: Vec<Arrival> =
            works.iter().filter_map(|work| prices::expected(app, now, work)).collect();
        price_arrival::expect(&mut tx, &expected).await?;
        lead_back(&mut tx, now, known, works).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A SKU that is written in another way at the tills must lead back to its variant before the
/// first sale of it.
async fn lead_back(
    tx: &mut Tx,
    now: Timestamp,
    known: &Known,
    works: &[Work],
) -> Result<(), FlowError> {
    for work in works {
        let Action::Create(new) = &work.judged.action else { continue };
        let code = &work.variant.variant.sku;
        if known.link(&new.sku) == fold(code) {
            continue;
        }
        match MappingRow::from_fields(
            MappingKind::Sku,
            &new.sku,
            [("code".to_owned(), code.clone())],
        ) {
            Ok(row) => {
                mapping::set(tx, now, &row, DAYBOOK).await?;
            }
            Err(fault) => tracing::warn!(%fault, "a SKU cannot be mapped"),
        }
    }
    Ok(())
}

async fn settle(app: &App, tx: &mut Tx, works: &[Work]) -> Result<(), FlowError> {
    let now = app.now();
    let settled: Vec<Settled> = works
        .iter()
        .map(|work| settled(work, work.product.as_ref().map(|product| product.product_id)))
        .collect();
    catalogue::settle(tx, now, &settled).await?;
    family::ask(app, tx, &skus(works)).await?;
    for work in works.iter().filter(|work| work.item.refusal.is_some()) {
        let about = (FLOW, Cause::ProductRefused, work.item.sku.as_str());
        exception::close_subject(tx, now, about, DAYBOOK, "its cause is gone").await?;
    }
    Ok(())
}

fn settled(work: &Work, product_id: Option<i64>) -> Settled {
    let (standing, marks) = (work.judged.standing, work.item.marks);
    Settled { sku: sku(work), standing, product_id, marks }
}

/// What became of one element: its product, or why there is none.
type Outcome<'a> = (&'a Work, Element<i64>);

struct Writer<'a> {
    app: &'a App,
    known: &'a Known,
}

impl Writer<'_> {
    /// Sends works of one kind, and writes the outcome of each down.
    async fn run(&self, works: &[Work], report: &mut CatalogueReport) -> Result<(), FlowError> {
        // A batch that is refused as a whole is halved until only what is wrong is left alone.
        let mut parts: Vec<&[Work]> = if works.is_empty() { vec![] } else { vec![works] };
        while let Some(part) = parts.pop() {
            match self.send(part).await? {
                Ok(outcomes) => self.keep(outcomes, report).await?,
                Err(Failure::Refused { reasons, .. }) if part.len() == 1 => {
                    let refused = Element::Refused(reasons.join("; "));
                    self.keep(vec![(&part[0], refused)], report).await?;
                }
                Err(Failure::Refused { .. }) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                Err(failure) => {
                    let unsent: Vec<&Work> = parts.into_iter().flatten().collect();
                    return self.failed(part, &unsent, failure, report).await;
                }
            }
        }
        Ok(())
    }

    /// One request.
    async fn send<'w>(
        &self,
        works: &'w [Work],
    ) -> Result<Result<Vec<Outcome<'w>>, Failure>, FlowError> {
        let mut patches: Vec<(i64, &Patch)> = Vec::new();
        let mut new: Vec<NewProduct> = Vec::new();
        for work in works {
            match &work.judged.action {
                Action::Create(product) => new.push(product.clone()),
                Action::Update { product_id, patch } => patches.push((*product_id, patch)),
                Action::Nothing => {}
            }
        }
        let outcome = if new.is_empty() {
            let Called { outcome, exchanges } =
                self.app.sitoo.at(Priority::Catalogue).update_products(&patches).await;
            exchanges::keep(self.app, None, exchanges).await?;
            let ids = patches.iter().map(|(id, _)| *id);
            outcome.map(|all| ids.zip(all).map(|(id, one)| one.map(|()| id)).collect())
        } else {
            let Called { outcome, exchanges } =
                self.app.sitoo.at(Priority::Catalogue).create_products(&new).await;
            exchanges::keep(self.app, None, exchanges).await?;
            outcome
        };
        Ok(outcome.map(|all: Vec<Element<i64>>| works.iter().zip(all).collect()))
    }

    /// The whole request came to nothing that is known.
    async fn failed(
        &self,
        works: &[Work],
        unsent: &[&Work],
        failure: Failure,
        report: &mut CatalogueReport,
    ) -> Result<(), FlowError> {
        let now = self.app.now();
        let mut nothing: Vec<String> = unsent.iter().map(|work| sku(work)).collect();
        let doubt = matches!(failure, Failure::InDoubt { .. });
        if !doubt {
            nothing.extend(skus(works));
        }
        let write = || async {
            let mut tx = self.app.db.begin().await?;
            catalogue::postpone(&mut tx, now, &nothing).await?;
            Ok(tx.commit().await?)
        };
        retrying(self.app, "products", write).await?;
        if !doubt {
            return Err(sitoo(failure));
        }
        tracing::warn!(products = works.len(), "a write is in doubt: {failure}");
        self.look_up(works, report).await
    }

    /// Sitoo is asked what it has of works whose outcome is not known.
    async fn look_up<'w>(
        &self,
        works: impl IntoIterator<Item = &'w Work>,
        report: &mut CatalogueReport,
    ) -> Result<(), FlowError> {
        let now = self.app.now();
        let items: Vec<_> = works
            .into_iter()
            .map(|work| catalogue::Item {
                product_id: work.product.as_ref().map(|product| product.product_id),
                intent_at: Some(now),
                ..work.item.clone()
            })
            .collect();
        if items.is_empty() {
            return Ok(());
        }
        doubt::look_up(self.app, self.known, &items, report).await
    }

    /// Reads back what was written, and writes the outcome of each element down.
    async fn keep(
        &self,
        outcomes: Vec<Outcome<'_>>,
        report: &mut CatalogueReport,
    ) -> Result<(), FlowError> {
        let done = |(_, one): &Outcome<'_>| match one {
            Element::Done(id) => Some(*id),
            Element::Refused(_) | Element::InDoubt(_) => None,
        };
        let ids: Vec<i64> = outcomes.iter().filter_map(done).collect();
        let read_at = self.app.now();
        // Without it the outcome still stands; the prices are then seen later.
        let seen = match self.known.mirror(self.app).read_ids(&ids).await {
            Ok(seen) => seen,
            Err(FlowError::Book(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(code = error.code(), "products are not read back: {error}");
                Vec::new()
            }
        };
        let is_quiet = report.created < MANY;
        let note = || self.note(read_at, &outcomes, &seen, is_quiet);
        let (refused, came) = retrying(self.app, "products", note).await?;
        report.add(&came);
        self.find_refused(&refused, report).await?;
        let doubtful = outcomes.iter().filter(|(_, one)| matches!(one, Element::InDoubt(_)));
        self.look_up(doubtful.map(|(work, _)| *work), report).await
    }

    /// The outcomes, in one transaction. Returns what was to be created and was refused.
    async fn note<'w>(
        &self,
        read_at: Timestamp,
        outcomes: &[Outcome<'w>],
        seen: &[TillProduct],
        is_quiet: bool,
    ) -> Result<(Vec<&'w Work>, CatalogueReport), FlowError> {
        let mut came = CatalogueReport::default();
        let now = self.app.now();
        let is_new = |work: &Work| matches!(work.judged.action, Action::Create(_));
        let tells_stock = is_quiet && outcomes.iter().any(|(work, _)| is_new(work));
        let warehouses = if tells_stock { stock::told(self.app).await? } else { Vec::new() };
        let mut created = Vec::new();
        let mut tx = self.app.db.begin().await?;
        let (mut products, mut over, mut arrived) = (vec![], vec![], Arrived::default());
        let mut not_created = Vec::new();
        for (work, outcome) in outcomes {
            let written = match outcome {
                Element::Done(id) => {
                    written(work, *id, seen.iter().find(|one| one.product_id == *id))
                }
                Element::Refused(what) => Err(what.clone()),
                // It keeps its intent until Sitoo was asked.
                Element::InDoubt(_) => continue,
            };
            match written {
                Ok((product, is_seen)) => {
                    count(work, &mut came);
                    arrived.note(work, product.price, is_seen);
                    over.push(settled(work, Some(product.product_id)));
                    products.push(product);
                    created.extend(is_new(work).then(|| sku(work)));
                    self.close(&mut tx, now, work).await?;
                }
                Err(what) => {
                    self.refuse(&mut tx, now, work, &what).await?;
                    came.refused += 1;
                    if is_new(work) {
                        not_created.push(*work);
                    }
                }
            }
        }
        let linked = self.known.mirror(self.app).linked(products);
        let changed = till_product::put(&mut tx, read_at, &linked).await?;
        let freed: Vec<String> = changed.freed.into_iter().collect();
        catalogue::settle(&mut tx, now, &over).await?;
        let skus: Vec<String> = over.into_iter().map(|one| one.sku).collect();
        family::ask(self.app, &mut tx, &skus).await?;
        stock::arrived(self.app, &mut tx, &warehouses, &created).await?;
        catalogue::queue_barcodes(&mut tx, now, &freed).await?;
        price_arrival::written(&mut tx, now, DEFAULT_LIST, &arrived.written).await?;
        price_arrival::read_back(&mut tx, now, DEFAULT_LIST, &arrived.seen).await?;
        tx.commit().await?;
        came.prices += arrived.written.len() as u64;
        Ok((not_created, came))
    }

    async fn close(&self, tx: &mut Tx, now: Timestamp, work: &Work) -> Result<(), FlowError> {
        if work.item.refusal.is_some() {
            let about = (FLOW, Cause::ProductRefused, work.item.sku.as_str());
            exception::close_subject(tx, now, about, DAYBOOK, "its cause is gone").await?;
        }
        Ok(())
    }

    async fn refuse(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        work: &Work,
        what: &str,
    ) -> Result<(), FlowError> {
        let sku = &work.item.sku;
        let due = now.plus(self.app.settings.catalogue.retry_refused_after);
        catalogue::refused(tx, sku, what, due).await?;
        Ok(exception::raise_scoped(tx, now, FLOW, Cause::ProductRefused, sku, what).await?)
    }

    /// "It exists already" is no fault: where Sitoo has a product that we wanted to create, it is
    /// taken for what it is, and looked at again.
    async fn find_refused(
        &self,
        refused: &[&Work],
        report: &mut CatalogueReport,
    ) -> Result<(), FlowError> {
        let skus: Vec<String> = refused
            .iter()
            .filter_map(|work| match &work.judged.action {
                Action::Create(new) => Some(new.sku.clone()),
                _ => None,
            })
            .collect();
        if skus.is_empty() {
            return Ok(());
        }
        let read_at = self.app.now();
        let found = self.known.mirror(self.app).read_skus(&skus).await?;
        report.adopted += found.len() as u64;
        let skus = refused.iter().map(|work| work.item.sku.as_str());
        let prices = prices::of(self.known, skus, &found);
        self.known.mirror(self.app).keep(read_at, found).await?;
        let write = || async {
            let mut tx = self.app.db.begin().await?;
            price_arrival::read_back(&mut tx, read_at, DEFAULT_LIST, &prices).await?;
            Ok(tx.commit().await?)
        };
        retrying(self.app, "prices seen", write).await
    }
}

/// The product as it is now, and whether it was seen so. Sitoo may answer yes and show the old
/// value: that is a refusal.
fn written(
    work: &Work,
    product_id: i64,
    seen: Option<&TillProduct>,
) -> Result<(TillProduct, bool), String> {
    let wanted = match &work.judged.action {
        Action::Update { patch, .. } => patch.clone(),
        Action::Create(new) => Patch {
            title: Some(new.title.clone()),
            price: Some(new.price),
            vat_id: Some(new.vat_id),
            barcode: new.barcode.clone(),
            active_pos: Some(true),
        },
        Action::Nothing => Patch::default(),
    };
    if let Some(seen) = seen {
        let missing = wanted.missing_in(seen);
        return if missing.is_empty() {
            Ok((seen.clone(), true))
        } else {
            Err(format!("Sitoo took it and shows another {}", missing.join(", ")))
        };
    }
    let before = work.product.clone().unwrap_or_else(|| TillProduct {
        product_id,
        sku: match &work.judged.action {
            Action::Create(new) => new.sku.clone(),
            _ => sku(work),
        },
        title: String::new(),
        price: Money::ZERO,
        vat_id: None,
        barcode: String::new(),
        aliases: Vec::new(),
        active_pos: true,
        parent_id: None,
        allow_decimals: false,
        counted: true,
        attributes: Vec::new(),
    });
    let product = TillProduct {
        title: wanted.title.unwrap_or(before.title),
        price: wanted.price.unwrap_or(before.price),
        vat_id: wanted.vat_id.or(before.vat_id),
        barcode: wanted.barcode.unwrap_or(before.barcode),
        active_pos: wanted.active_pos.unwrap_or(before.active_pos),
        ..before
    };
    Ok((product, false))
}

/// Prices that were written, and those that were seen.
#[derive(Debug, Default)]
struct Arrived {
    written: Vec<(String, Money)>,
    seen: Vec<(String, Money)>,
}

impl Arrived {
    fn note(&mut self, work: &Work, price: Money, is_seen: bool) {
        let has_price = match &work.judged.action {
            Action::Create(_) => true,
            Action::Update { patch, .. } => patch.price.is_some(),
            Action::Nothing => false,
        };
        if has_price {
            self.written.push((sku(work), price));
        }
        if has_price && is_seen {
            self.seen.push((sku(work), price));
        }
    }
}

fn count(work: &Work, report: &mut CatalogueReport) {
    match &work.judged.action {
        Action::Create(_) => report.created += 1,
        Action::Update { patch, .. } => {
            report.updated += 1;
            report.hidden += u64::from(hides(patch));
        }
        Action::Nothing => {}
    }
}
