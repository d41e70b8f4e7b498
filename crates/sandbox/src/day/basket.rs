//! Baskets and how they are paid.

use std::sync::Arc;

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

use crate::{
    retailer::{GIFT_CARD_SKU, Retailer, Shop, Sku, SkuKind, Till},
    sitoo::till::{Row, Sale, TenderKind},
};

use super::shopper;

/// Rows of a basket with the quantity of each.
pub(super) type Rows = Vec<(Row, i64)>;

/// Picks from a retailer's shelves.
pub(super) struct Basket<'a> {
    pub(super) retailer: &'a Retailer,
    pub(super) rng: &'a mut StdRng,
}

impl Basket<'_> {
    /// Anything by the piece with which nothing is wrong.
    pub(super) fn piece(&mut self) -> Option<&Sku> {
        let skus = &self.retailer.skus;
        for _ in 0..20 {
            let sku = skus.choose(self.rng)?;
            if sku.kind == SkuKind::Piece && !self.retailer.troubles.concern(&sku.sku) {
                return Some(sku);
            }
        }
        skus.first()
    }

    /// 1 to 6 rows, few mostly.
    pub(super) fn rows(&mut self) -> Rows {
        let count = 1 + self.rng.random_range(0..4_u32).min(self.rng.random_range(0..7));
        let mut rows: Rows = (0..count).filter_map(|_| self.row()).collect();
        if rows.len() > 1 && self.rng.random_ratio(1, 40) {
            rows.extend(self.free_row());
        }
        rows
    }

    /// A row of any kind.
    pub(super) fn row(&mut self) -> Option<(Row, i64)> {
        match self.rng.random_range(0..100) {
            0..4 => self.metres(),
            4..9 => self.three_for(),
            9..15 => self.discounted(),
            15..27 => {
                let quantity = self.rng.random_range(2..4);
                self.piece().map(|sku| (Row::of(&sku.product).times(quantity), quantity))
            }
            _ => self.piece().map(|sku| (Row::of(&sku.product), 1)),
        }
    }

    /// Fabric: a quarter of a metre to four metres.
    pub(super) fn metres(&mut self) -> Option<(Row, i64)> {
        let length = 50 * self.rng.random_range(5..80);
        let fabrics = self.retailer.skus.iter().filter(|sku| sku.kind == SkuKind::Metre);
        let fabric = fabrics.clone().nth(self.rng.random_range(0..fabrics.count().max(1)))?;
        Some((Row::of(&fabric.product).unit(length), 1))
    }

    /// Three for a round price that three does not divide.
    pub(super) fn three_for(&mut self) -> Option<(Row, i64)> {
        let sku = self.piece()?;
        let pounds = (sku.price_inc_vat_pence * 3 / 100).max(2);
        let pounds = if pounds % 3 == 0 { pounds - 1 } else { pounds };
        Some((Row::of(&sku.product).times(3).gross(100 * pounds), 3))
    }

    /// 5 to 50 percent off, with a reason.
    pub(super) fn discounted(&mut self) -> Option<(Row, i64)> {
        let percent = 5 * self.rng.random_range(1..11);
        let reason = self.reason(20);
        let sku = self.piece()?;
        let off = sku.price_inc_vat_pence * percent / 100;
        Some((Row::of(&sku.product).discount(off, Some(&reason.0)), 1))
    }

    /// Something for nothing.
    fn free_row(&mut self) -> Option<(Row, i64)> {
        let reason = self.reason(20);
        let sku = self.piece()?;
        Some((Row::of(&sku.product).discount(sku.price_inc_vat_pence, Some(&reason.0)), 1))
    }

    /// Code and name of a reason of this kind.
    pub(super) fn reason(&mut self, kind: i64) -> (String, String) {
        let reasons: Vec<_> = self.retailer.reasons.iter().filter(|one| one.kind == kind).collect();
        let chosen = reasons.choose(self.rng);
        chosen.map(|reason| (reason.code.clone(), reason.name.clone())).unwrap_or_default()
    }

    /// Any till, with its store.
    pub(super) fn till(&mut self) -> Option<(&Shop, &Till)> {
        let shop = self.retailer.stores.choose(self.rng)?;
        Some((shop, shop.registers.choose(self.rng)?))
    }

    /// A basket at a register, served by somebody, a known shopper now and then, not paid yet.
    pub(super) fn sale(&mut self, register: &str, rows: Rows) -> Sale {
        let mut sale = Sale::at_register(register);
        for (row, _) in rows {
            sale = sale.row(row);
        }
        if let Some(staff) = self.retailer.staff.choose(self.rng) {
            sale = sale.staff(staff);
        }
        match self.rng.random_range(0..100) {
            0..14 => sale.shopper(shopper::known(self.rng)),
            14..18 => sale.shopper(shopper::with_address(self.rng)),
            _ => sale,
        }
    }

    /// Pays a basket worth `due` pence: by card mostly, in cash (rounded to 5 pence now and then),
    /// or with two tenders.
    pub(super) fn paid(&mut self, sale: Sale, due: i64) -> Sale {
        let retailer = self.retailer;
        let terminal = format!("{:012}", self.rng.random_range(0..1_000_000_000_000_u64));
        let card = retailer.tender(TenderKind::Card).numbered(&terminal);
        let part = (due / 2 / 100 * 100).max(1);
        match self.rng.random_range(0..100) {
            0..22 => {
                let step = if self.rng.random_ratio(1, 2) { 5 } else { 0 };
                sale.pay_rest(retailer.tender(TenderKind::Cash)).round_off_to(step)
            }
            22..28 if due > part => {
                sale.pay(retailer.tender(TenderKind::Cash), part).pay_rest(card)
            }
            28..33 if due > part => {
                let number = gift_card_number(self.rng);
                let gift_card = retailer.tender(TenderKind::GiftCard).numbered(&number);
                sale.pay(gift_card, part).pay_rest(card)
            }
            33..37 if due > 500 => sale.pay(retailer.tender(TenderKind::Other), 500).pay_rest(card),
            _ => sale.pay_rest(card),
        }
    }

    /// An ordinary sale at a register, with the quantities of its rows.
    pub(super) fn ordinary(&mut self, register: &str) -> (Sale, Vec<i64>) {
        let rows = self.rows();
        self.paid_sale(register, rows)
    }

    /// These rows, sold and paid.
    pub(super) fn paid_sale(&mut self, register: &str, rows: Rows) -> (Sale, Vec<i64>) {
        let quantities = rows.iter().map(|(_, quantity)| *quantity).collect();
        let due = worth(&rows);
        let sale = self.sale(register, rows);
        (self.paid(sale, due), quantities)
    }

    /// A gift card for 10 to 100 pounds, paid by card.
    pub(super) fn gift_card(&mut self, register: &str) -> Sale {
        let mut sale = Sale::at_register(register);
        if let Some(sku) = self.retailer.sku(GIFT_CARD_SKU) {
            let value = 1000 * self.rng.random_range(1..11);
            let number = gift_card_number(self.rng);
            sale = sale.row(Row::of(&sku.product).gross(value).gift_card(&number));
        }
        let staff = self.retailer.staff.choose(self.rng).map(Arc::clone);
        let sale = staff.iter().fold(sale, Sale::staff);
        sale.pay_rest(self.retailer.tender(TenderKind::Card))
    }
}

/// What rows cost.
pub(super) fn worth(rows: &Rows) -> i64 {
    rows.iter().map(|(row, _)| row.price()).sum()
}

fn gift_card_number(rng: &mut StdRng) -> String {
    format!("6338{:012}", rng.random_range(0..1_000_000_000_000_u64))
}
