//! The range: styles by colours by sizes, and single items.

use std::sync::Arc;

use rand::{RngExt, rngs::StdRng};

use super::{GIFT_CARD_SKU, ROUND_OFF_SKU, SKUS, Sku, SkuKind, ean::ean, names::PLACES};
use crate::sitoo::masters::Product;

/// First Sitoo `productid` and first OrderWise `variantId`: far apart, so that mixing them shows.
const FIRST_PRODUCT: i64 = 21;
const FIRST_VARIANT: i64 = 70_001;

/// A kind of article: name, code, VAT percent, sizes, prices in pounds.
struct Article {
    name: &'static str,
    code: &'static str,
    vat: i64,
    sizes: &'static [&'static str],
    pounds: (i64, i64),
}

const fn article(
    name: &'static str,
    code: &'static str,
    vat: i64,
    sizes: &'static [&'static str],
    pounds: (i64, i64),
) -> Article {
    Article { name, code, vat, sizes, pounds }
}

const ADULT: &[&str] = &["XS", "S", "M", "L", "XL"];
const AGES: &[&str] = &["2-3", "4-5", "6-7", "8-9", "10-11"];
const COLOURS: [(&str, &str); 8] = [
    ("Navy", "NVY"),
    ("Moss", "MOS"),
    ("Oatmeal", "OAT"),
    ("Claret", "CLA"),
    ("Heather", "HEA"),
    ("Slate", "SLA"),
    ("Mustard", "MUS"),
    ("Ink", "INK"),
];
const COLOURS_A_STYLE: usize = 4;

/// Children's clothes are zero-rated; a style each for the first places.
const CHILDREN: [Article; 2] = [
    article("Child's Jersey", "CJ", 0, AGES, (16, 34)),
    article("Child's Raincoat", "CR", 0, AGES, (24, 48)),
];
const CHILDREN_PLACES: usize = 12;
const ADULTS: [Article; 6] = [
    article("Lambswool Jumper", "LJ", 20, ADULT, (49, 120)),
    article("Waxed Jacket", "WJ", 20, ADULT, (119, 260)),
    article("Linen Shirt", "LS", 20, ADULT, (39, 85)),
    article("Cord Trousers", "CT", 20, ADULT, (55, 110)),
    article("Tweed Skirt", "TS", 20, ADULT, (60, 115)),
    article("Cotton Tee", "TE", 20, ADULT, (14, 32)),
];
const SINGLES: [Article; 6] = [
    article("Walks Guide", "BK", 0, &[], (7, 20)),
    article("Shortbread", "FD", 0, &[], (3, 9)),
    article("Child Car Seat", "CS", 5, &[], (60, 180)),
    article("Grab Rail", "GR", 5, &[], (12, 45)),
    article("Stoneware Mug", "MG", 20, &[], (8, 18)),
    article("Candle", "CN", 20, &[], (9, 30)),
];
const FABRICS: [Article; 2] = [
    article("Tweed by the Metre", "FT", 20, &[], (28, 60)),
    article("Printed Cotton by the Metre", "FC", 20, &[], (11, 24)),
];

/// The whole range: first single items and fabrics, then clothes, then the special items.
pub(super) fn skus(rng: &mut StdRng) -> Vec<Sku> {
    let mut range = Range { skus: Vec::with_capacity(SKUS + 1), rng };
    for place in PLACES {
        for article in &SINGLES {
            range.single(article, place, SkuKind::Piece);
        }
        for article in &FABRICS {
            range.single(article, place, SkuKind::Metre);
        }
    }
    for place in PLACES.iter().take(CHILDREN_PLACES) {
        for article in &CHILDREN {
            range.style(article, place);
        }
    }
    for place in PLACES {
        for article in &ADULTS {
            range.style(article, place);
        }
    }
    range.skus.truncate(SKUS - 1);
    range.special(GIFT_CARD_SKU, "Gift Card", SkuKind::GiftCard);
    range.special(ROUND_OFF_SKU, "Cash Rounding", SkuKind::RoundOff);
    range.skus
}

struct Range<'a> {
    skus: Vec<Sku>,
    rng: &'a mut StdRng,
}

/// One SKU before it gets its ids.
struct Draft<'a> {
    sku: String,
    description: String,
    attributes: String,
    product_code: String,
    article: &'a Article,
    price: i64,
    kind: SkuKind,
    /// Position of the style's first variant.
    first: Option<usize>,
}

impl Range<'_> {
    fn single(&mut self, article: &Article, place: &str, kind: SkuKind) {
        let code = style_code(article, place);
        let price = self.price(article);
        self.add(Draft {
            sku: code.clone(),
            description: format!("{place} {}", article.name),
            attributes: String::new(),
            product_code: code,
            article,
            price,
            kind,
            first: None,
        });
    }

    fn style(&mut self, article: &Article, place: &str) {
        let code = style_code(article, place);
        let price = self.price(article);
        let first = self.skus.len();
        let offset = self.rng.random_range(0..COLOURS.len());
        let colours = COLOURS.iter().cycle().skip(offset).take(COLOURS_A_STYLE);
        for (colour, colour_code) in colours {
            for size in article.sizes {
                self.add(Draft {
                    sku: format!("{code}-{colour_code}-{size}"),
                    description: format!("{place} {} {colour} {size}", article.name),
                    attributes: format!("Color: {colour}, Size: {size}"),
                    product_code: code.clone(),
                    article,
                    price,
                    kind: SkuKind::Piece,
                    first: Some(first),
                });
            }
        }
    }

    /// Mostly 99 pence, sometimes round or half, so that net amounts round both ways.
    fn price(&mut self, article: &Article) -> i64 {
        let pounds = self.rng.random_range(article.pounds.0..article.pounds.1);
        let pence = match self.rng.random_range(0..10) {
            0..6 => 99,
            6..8 => 0,
            8 => 50,
            _ => 95,
        };
        100 * pounds + pence
    }

    fn add(&mut self, draft: Draft<'_>) {
        let index = self.skus.len();
        let number = i64::try_from(index).unwrap_or_default();
        let ean = ean(u64::try_from(index).unwrap_or_default() * 7_919 + 1_000_003);
        let vat = draft.article.vat;
        let mut product = Product::new(
            FIRST_PRODUCT + number,
            &draft.sku,
            &draft.description,
            draft.price,
            100 * vat,
        );
        product.attributes = draft.attributes.into();
        product.barcode = Some(ean.as_str().into());
        if draft.kind == SkuKind::Metre {
            product.allow_decimals = true;
            product.unit_label = "m".into();
        }
        product.variant_parent =
            draft.first.map(|first| FIRST_PRODUCT + i64::try_from(first).unwrap_or_default());
        self.skus.push(Sku {
            sku: draft.sku,
            description: draft.description,
            product_code: draft.product_code,
            ean: Some(ean),
            price_inc_vat_pence: draft.price,
            vat_percent: vat,
            variant_id: FIRST_VARIANT + number,
            kind: draft.kind,
            product: Arc::new(product),
        });
    }

    /// A special item: no barcode, no price of its own, no VAT.
    fn special(&mut self, sku: &str, description: &str, kind: SkuKind) {
        let number = i64::try_from(self.skus.len()).unwrap_or_default();
        let mut product = Product::new(FIRST_PRODUCT + number, sku, description, 0, 0);
        if kind == SkuKind::GiftCard {
            product.group_type = 30;
        }
        self.skus.push(Sku {
            sku: sku.to_owned(),
            description: description.to_owned(),
            product_code: sku.to_owned(),
            ean: None,
            price_inc_vat_pence: 0,
            vat_percent: 0,
            variant_id: FIRST_VARIANT + number,
            kind,
            product: Arc::new(product),
        });
    }
}

fn style_code(article: &Article, place: &str) -> String {
    let place: String = place.chars().take(3).collect();
    format!("{}-{}", article.code, place.to_uppercase())
}
