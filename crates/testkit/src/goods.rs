//! What happens to goods beside the tills: parcels leave, prices change, the range grows, stock is
//! counted in the warehouse; and what must hold about all of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use daybook_domain::Reference;
use daybook_sandbox::{
    Sandbox,
    orderwise::{Document, Parcel, Variant},
    retailer::{CARRIER, Retailer, Sku, SkuKind, check_digit},
    sitoo::{
        OrderState,
        till::{Row, Sale, Shopper, Stage, Tender},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{proof::Broken, stock::Books};

/// Documents looked at in one go for something to send.
const LOOKED_AT: usize = 200;
/// Ids of variants that are new in the range.
const FIRST_NEW: i64 = 900_001;

/// Does things to goods, by dice.
#[derive(Debug)]
pub struct Supplier {
    rng: StdRng,
    looked: usize,
    to_send: Vec<i64>,
    parcels: u32,
    new: i64,
}

impl Supplier {
    /// The same seed and the same world do the same.
    pub fn new(seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed ^ 0x600D_5000);
        Self { rng, looked: 0, to_send: Vec::new(), parcels: 0, new: 0 }
    }

    /// One thing. What cannot be done now is left.
    pub fn act(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let dice = self.rng.random_range(0..10);
        match dice {
            0..3 => self.sell(retailer, sandbox),
            3..6 => self.send(retailer, sandbox),
            6 | 7 => self.move_stock(retailer, sandbox),
            8 => self.price(retailer, sandbox),
            _ => self.grow(retailer, sandbox),
        }
    }

    fn goods<'r>(&mut self, retailer: &'r Retailer) -> Option<&'r Sku> {
        let all: Vec<&Sku> = plain(retailer).collect();
        all.choose(&mut self.rng).copied()
    }

    /// A till sells what the central warehouse is to send.
    fn sell(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let tills: Vec<_> = retailer.tills().map(|(_, till)| till).collect();
        let Some(till) = tills.choose(&mut self.rng) else { return };
        let mut sale = Sale::at_register(&till.register_id);
        for _ in 0..self.rng.random_range(1..3) {
            let Some(sku) = self.goods(retailer) else { return };
            let times = self.rng.random_range(1..3);
            sale = sale.row(Row::of(&sku.product).times(times).gross(2_000));
        }
        let shopper = Shopper {
            last_name: "Swann".to_owned(),
            address: "1 Mill Lane".to_owned(),
            city: "Leeds".to_owned(),
            zip: "LS1 1AA".to_owned(),
            country: "GB".to_owned(),
            ..Shopper::default()
        };
        let sale = sale.pay_rest(Tender::card()).stage(Stage::OpenPaid);
        // A till may refuse.
        let _ = sandbox.sitoo.sell(sale.carrier(CARRIER).shopper(shopper));
    }

    /// What is left of an order leaves, whole or a piece of its first line.
    fn send(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let central = retailer.central.stock_location_id;
        let page = sandbox.orderwise.documents_page(self.looked, LOOKED_AT);
        self.looked += page.len();
        let to_come = page.iter().filter(|document| is_to_come(document, central));
        self.to_send.extend(to_come.map(|document| document.order_id));
        if self.to_send.is_empty() {
            return;
        }
        let place = self.rng.random_range(0..self.to_send.len());
        let in_parts = self.rng.random_ratio(1, 3);
        self.parcels += 1;
        let mut parcel = Parcel {
            courier: Some("DPD".to_owned()),
            consignment: Some(format!("DPD{:06}", self.parcels)),
            ..Parcel::default()
        };
        if in_parts {
            parcel.lines.push((1, Decimal::ONE));
        }
        // Where all of the line has left already, the rest goes the next time.
        let sent = sandbox.orderwise.despatch(self.to_send[place], parcel);
        if !in_parts || sent.is_err() {
            if in_parts {
                let rest = Parcel {
                    consignment: Some(format!("DPD{:06}", self.parcels)),
                    ..Parcel::default()
                };
                let _ = sandbox.orderwise.despatch(self.to_send[place], rest);
            }
            self.to_send.swap_remove(place);
        }
    }

    /// Goods in at OrderWise, or a correction.
    fn move_stock(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let by: i64 = self.rng.random_range(-3..12);
        let shops: Vec<i64> = retailer.stores.iter().map(|shop| shop.stock_location_id).collect();
        let Some(location) = shops.choose(&mut self.rng).copied() else { return };
        if let Some(sku) = self.goods(retailer) {
            sandbox.orderwise.move_stock(&sku.sku, location, by.into());
        }
    }

    fn price(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let pence: i64 = self.rng.random_range(500..9_000);
        if let Some(sku) = self.goods(retailer) {
            sandbox.orderwise.set_price(&sku.sku, Decimal::new(pence, 2));
        }
    }

    /// Something new in the range, like something that is there.
    fn grow(&mut self, retailer: &Retailer, sandbox: &Sandbox) {
        let Some(like) = self.goods(retailer).and_then(|sku| sandbox.orderwise.variant(&sku.sku))
        else {
            return;
        };
        self.new += 1;
        let twelve = 220_000_000_000 + self.new.unsigned_abs();
        let mut variant =
            Variant::new(FIRST_NEW + self.new, &format!("NEW-{:04}", self.new), like.tax_rate_id);
        variant.product_code = format!("NEW-{:04}", self.new);
        variant.description = format!("Novelty {}", self.new);
        variant.ean = Some(format!("{twelve}{}", check_digit(twelve)));
        variant.price_inc_vat = like.price_inc_vat;
        variant.price_exc_vat = like.price_exc_vat;
        sandbox.orderwise.add_variant(variant);
    }
}

fn is_to_come(document: &Document, central: i64) -> bool {
    !document.is_credit() && document.lines.iter().any(|line| line.location == central)
}

/// Goods with which nothing is wrong, sold by the piece.
fn plain(retailer: &Retailer) -> impl Iterator<Item = &Sku> {
    let fine = |sku: &&Sku| sku.kind == SkuKind::Piece && !retailer.troubles.concern(&sku.sku);
    retailer.skus.iter().filter(fine)
}

/// What must hold at every moment: nothing was written twice, whatever was lost on the way.
pub fn nothing_doubled(sandbox: &Sandbox, broken: &mut Broken) {
    let mut movements = HashSet::new();
    let mut after = 0;
    loop {
        let page = sandbox.sitoo.transactions_after(after, 1_000);
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page.iter().filter(|row| row.by_api) {
            let id = row.external_id.as_deref().unwrap_or_default();
            if !movements.insert(id.to_owned()) {
                broken.push(format!("movement {id:?} stands twice in the journal"));
            }
        }
    }
    let mut skus = HashMap::new();
    for product in sandbox.sitoo.products_after(0, usize::MAX) {
        let folded = product.sku.trim().to_lowercase();
        if let Some(other) = skus.insert(folded, product.id) {
            broken.push(format!("{} is product {other} and {}", product.sku, product.id));
        }
    }
    for order in sandbox.sitoo.orders() {
        let mut parcels = HashSet::new();
        let written = sandbox.sitoo.deliveries(order.orderid).into_iter();
        for one in written.filter(|one| !one.by_till && one.cancelled.is_none()) {
            if !parcels.insert(one.reference.clone()) {
                broken.push(format!("order {}: {} is there twice", order.orderid, one.reference));
            }
        }
    }
}

/// What must hold once all has had its time: both sides say the same.
pub fn when_quiet(sandbox: &Sandbox, retailer: &Retailer) -> Broken {
    let mut broken = Broken::new();
    nothing_doubled(sandbox, &mut broken);
    levels(sandbox, retailer, &mut broken);
    parcels(sandbox, &mut broken);
    range(sandbox, retailer, &mut broken);
    broken
}

fn thousandths(quantity: Decimal) -> i64 {
    (quantity * Decimal::ONE_THOUSAND).to_i64().unwrap_or(i64::MAX)
}

/// The till shows what OrderWise calls free, less the buffer, and less what is not in OrderWise.
fn levels(sandbox: &Sandbox, retailer: &Retailer, broken: &mut Broken) {
    let mut books = Books::default();
    books.read(&sandbox.sitoo, &sandbox.orderwise);
    let central = &retailer.central;
    let stores = retailer.stores.iter().map(|store| (store.warehouse_id, store.stock_location_id));
    for (warehouse, location) in stores.chain([(central.warehouse_id, central.stock_location_id)]) {
        for sku in plain(retailer) {
            let place = (warehouse, sku.sku.as_str().into());
            let Some((level, _)) = sandbox.orderwise.stock_level(&sku.sku, location) else {
                continue;
            };
            let free = (level.free - level.buffer.unwrap_or_default()).floor();
            let shown = sandbox.sitoo.stock_level(warehouse, &sku.sku);
            let shown = shown.map_or(0, |level| level.total);
            let missing = books.not_posted(&place);
            let is_settled = missing == 0 && books.missing(&place, i64::MAX, usize::MAX).is_empty();
            let most = (thousandths(free) - missing.max(0)).max(0);
            if shown > most || (is_settled && shown != most) {
                broken.push(format!(
                    "{} in warehouse {warehouse}: the till says {shown}, it should be {most}",
                    sku.sku
                ));
            }
        }
    }
}

/// Every parcel of OrderWise stands in Sitoo.
fn parcels(sandbox: &Sandbox, broken: &mut Broken) {
    for document in sandbox.orderwise.documents() {
        let Ok(reference) = document.number.parse::<Reference>() else { continue };
        let sent = sandbox.orderwise.deliveries(document.order_id);
        if sent.is_empty() {
            continue;
        }
        let written = sandbox.sitoo.deliveries(reference.order_id);
        // A till that cancels an order or hands its goods out is in the way: a person is told.
        let state = sandbox.sitoo.order(reference.order_id).map(|order| order.state);
        let is_ours = matches!(state, Some(OrderState::Open | OrderState::Closed));
        if !is_ours || written.iter().any(|one| one.by_till) {
            continue;
        }
        for parcel in sent {
            let number = parcel.parcel.consignment.unwrap_or_default();
            if !written.iter().any(|one| one.reference.contains(&number)) {
                broken.push(format!("{reference}: parcel {number} is not in Sitoo"));
            }
        }
    }
}

/// What OrderWise can sell is at the tills, at its price.
fn range(sandbox: &Sandbox, retailer: &Retailer, broken: &mut Broken) {
    let products: BTreeMap<String, i64> = sandbox
        .sitoo
        .products_after(0, usize::MAX)
        .iter()
        .map(|product| (product.sku.to_string(), product.price))
        .collect();
    let new = (1..).map(|number| format!("NEW-{number:04}"));
    let new = new.map_while(|sku| sandbox.orderwise.variant(&sku).map(|_| sku));
    for sku in plain(retailer).map(|sku| sku.sku.clone()).chain(new) {
        let Some(variant) = sandbox.orderwise.variant(&sku) else { continue };
        let price = (variant.price_inc_vat * Decimal::ONE_HUNDRED).to_i64();
        let shown = products.get(&sku).copied();
        if shown != price {
            broken.push(format!("{sku} costs {price:?} pence, and the tills say {shown:?}"));
        }
    }
}
