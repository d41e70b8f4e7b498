//! How things stand, for people: counts, progress, one product, and what a pass would write.

use daybook_domain::{
    Money, Timestamp,
    catalogue::{Action, FullVariant, Patch, Standing, TillProduct},
    sku::fold,
};
use daybook_store::{
    catalogue::{
        self, Counts, FaultFilter, FaultGroup, FaultRow, Item,
        family::{self, FamilyCounts},
    },
    price_arrival::{self, Arrival, ArrivalFilter},
    till_product, variant, watermark,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{PassOptions, TOTAL, look, piece::Piece, sweep};
use crate::{app::App, error::FlowError};

/// How far something has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// So many.
    pub done: i64,
    /// Of so many.
    pub of: i64,
    /// Since then.
    pub since: Option<Timestamp>,
}

/// How far the catalogue has come, in a few figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueOutline")]
pub struct Outline {
    /// Variants by where they stand.
    pub variants: Counts,
    /// Styles that are families at the tills, or are to be.
    pub families: FamilyCounts,
    /// Prices on their way to the tills.
    pub prices_pending: i64,
    /// When the last night's comparison began.
    pub swept_at: Option<Timestamp>,
    /// The comparison that is under way: products read.
    pub reading: Option<Progress>,
    /// The work that is under way: variants looked at.
    pub working: Option<Progress>,
}

/// How far the catalogue has come.
pub async fn outline(app: &App) -> Result<Outline, FlowError> {
    let db = &app.db;
    let variants = catalogue::counts(db).await?;
    let total = watermark::get(db, TOTAL).await?.unwrap_or(0).max(variants.pending);
    let working = (variants.pending > 0).then_some(Progress {
        done: total - variants.pending,
        of: total,
        since: watermark::updated_at(db, TOTAL).await?,
    });
    Ok(Outline {
        variants,
        families: family::counts(db).await?,
        prices_pending: price_arrival::pending(db).await?,
        swept_at: moment(app, sweep::SWEPT).await?,
        reading: reading(app).await?,
        working,
    })
}

/// How the catalogue stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueStatus")]
pub struct Status {
    /// How far it has come.
    #[serde(flatten)]
    pub outline: Outline,
    /// What keeps variants from the tills, by cause.
    pub not_ready: Vec<FaultGroup>,
    /// Products that Sitoo has.
    pub products: i64,
    /// Of those, products that are not from OrderWise.
    pub foreign: i64,
}

/// How the catalogue stands.
pub async fn status(app: &App) -> Result<Status, FlowError> {
    let (products, foreign) = till_product::count(&app.db).await?;
    let withdrawn_since = app.now().minus(app.settings.catalogue.tell_withdrawn_for);
    let not_ready = catalogue::told(&app.db, withdrawn_since).await?;
    Ok(Status { outline: outline(app).await?, not_ready, products, foreign })
}

async fn moment(app: &App, name: &str) -> Result<Option<Timestamp>, FlowError> {
    let value = watermark::get(&app.db, name).await?.filter(|value| *value > 0);
    Ok(value.map(Timestamp::from_micros))
}

async fn reading(app: &App) -> Result<Option<Progress>, FlowError> {
    let Some(since) = moment(app, sweep::SWEEPING).await? else { return Ok(None) };
    let done = watermark::get(&app.db, sweep::PLACE).await?.unwrap_or(0);
    let of = watermark::get(&app.db, sweep::OF).await?.unwrap_or(0);
    Ok(Some(Progress { done, of, since: Some(since) }))
}

/// All about one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Product")]
pub struct Shown {
    /// What OrderWise says.
    pub variant: FullVariant,
    /// Where it stands.
    pub item: Option<Item>,
    /// What keeps it from the tills.
    pub faults: Vec<FaultRow>,
    /// What Sitoo has.
    pub product: Option<TillProduct>,
    /// Its prices, the newest first.
    pub prices: Vec<Arrival>,
}

/// All about one SKU, as OrderWise or a till spells it; none if OrderWise has no such variant.
pub async fn sku(app: &App, sku: &str) -> Result<Option<Shown>, FlowError> {
    const PRICES: usize = 20;
    let db = &app.db;
    let exact = variant::one_full(db, sku).await?;
    let near = variant::by_folded_full(db, &[fold(sku)]).await?;
    let Some(variant) = exact.or_else(|| near.into_iter().next()) else { return Ok(None) };
    let code = variant.variant.sku.clone();
    let item = catalogue::item(db, &code).await?;
    let filter = FaultFilter { sku: Some(code.clone()), ..FaultFilter::default() };
    let products = till_product::by_links(db, &[fold(&code)]).await?;
    let id = item.as_ref().and_then(|item| item.product_id);
    let ours = products.iter().find(|linked| Some(linked.product.product_id) == id);
    let product = ours.or(products.first()).map(|linked| linked.product.clone());
    let arrivals =
        ArrivalFilter { since: Timestamp::default(), late_at: None, sku: Some(code.clone()) };
    Ok(Some(Shown {
        faults: catalogue::faults(db, &filter, 100).await?,
        prices: price_arrival::list(db, &arrivals, PRICES).await?,
        variant,
        item,
        product,
    }))
}

/// Something that a pass would write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The variant's SKU.
    pub sku: String,
    /// `create`, `hide` or `update`.
    pub what: &'static str,
    /// Sitoo's names of the fields that would be written.
    pub fields: Vec<&'static str>,
    /// The price before.
    pub old_price: Option<Money>,
    /// The price after.
    pub new_price: Option<Money>,
}

/// What a pass would write, and what is not ready.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Products that would be created.
    pub creates: u64,
    /// Products of which something would be written.
    pub updates: u64,
    /// Products that would be hidden.
    pub hides: u64,
    /// Variants that are as they should be.
    pub same: u64,
    /// Variants that are not ready and not at the tills.
    pub withheld: u64,
    /// The first of what would be written.
    pub planned: Vec<Planned>,
}

/// Reads both sides and decides, and writes nothing to Sitoo. `most` bounds the list.
pub async fn plan(app: &App, options: PassOptions, most: usize) -> Result<Plan, FlowError> {
    /// Variants that are decided in one go.
    const PIECE: usize = 500;
    /// More than anybody has.
    const ALL: usize = 10_000_000;
    let known = look(app, options, &mut super::CatalogueReport::default()).await?;
    let due = catalogue::due(&app.db, app.now(), ALL).await?;
    let mut plan = Plan::default();
    for items in due.chunks(PIECE) {
        let piece = Piece::load(app, &known, items.to_vec()).await?;
        for work in piece.works {
            plan.add(&work, most);
        }
    }
    Ok(plan)
}

impl Plan {
    fn add(&mut self, work: &super::piece::Work, most: usize) {
        let (what, fields, new_price) = match &work.judged.action {
            Action::Nothing if work.judged.standing == Standing::Withheld => {
                self.withheld += 1;
                return;
            }
            Action::Nothing => {
                self.same += 1;
                return;
            }
            Action::Create(new) => {
                self.creates += 1;
                ("create", Vec::new(), Some(new.price))
            }
            Action::Update { patch, .. } if patch.active_pos == Some(false) => {
                self.hides += 1;
                ("hide", fields(patch, work.product.as_ref()), None)
            }
            Action::Update { patch, .. } => {
                self.updates += 1;
                ("update", fields(patch, work.product.as_ref()), patch.price)
            }
        };
        if self.planned.len() < most {
            self.planned.push(Planned {
                sku: work.variant.variant.sku.clone(),
                what,
                fields,
                old_price: work.product.as_ref().map(|product| product.price),
                new_price,
            });
        }
    }
}

fn fields(patch: &Patch, product: Option<&TillProduct>) -> Vec<&'static str> {
    product.map(|product| patch.missing_in(product)).unwrap_or_default()
}
