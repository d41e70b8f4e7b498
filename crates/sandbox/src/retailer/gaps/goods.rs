//! Gaps about SKUs, barcodes, prices and VAT.

use rust_decimal::Decimal;

use super::{FIRST_EAN, Gaps, PRICE};
use crate::{
    orderwise::Variant,
    retailer::ean::ean,
    sitoo::masters::{Product, ProductGroup},
};

pub(super) fn plant(gaps: &mut Gaps<'_>) {
    one_side(gaps);
    spelling(gaps);
    not_for_sale(gaps);
    barcodes(gaps);
    prices(gaps);
    vat(gaps);
}

fn one_side(gaps: &mut Gaps<'_>) {
    let (product, _) = gaps.thing("GAP-TILL");
    gaps.sandbox.sitoo.add_product(product);
    gaps.plant("sku-only-in-sitoo", "GAP-TILL");
    for (kind, sku) in [("sku-only-in-orderwise", "GAP-ERP"), ("sku-illegal", "GAP#ILLEGAL")] {
        let (_, variant) = gaps.thing(sku);
        gaps.sandbox.orderwise.add_variant(variant);
        gaps.plant(kind, sku);
    }
    gaps.between("sku-hidden", "GAP-HIDDEN", |product, _| product.active_pos = false);
}

fn spelling(gaps: &mut Gaps<'_>) {
    gaps.between("sku-spelling", "gap-case", |_, variant| variant.sku = "GAP-Case".into());
    gaps.between("sku-blanks", "GAPBLANK", |_, variant| variant.sku = "GAP BLANK".into());
    // Two products for one variant; no scanner finds either.
    let (mut product, mut variant) = gaps.thing("GAP-TWICE");
    (product.barcode, variant.ean) = (None, None);
    let second = Product { id: product.id + 50_000, sku: "gap-twice".into(), ..product.clone() };
    gaps.sandbox.orderwise.add_variant(variant);
    for product in [product, second] {
        gaps.plant("barcode-missing", &*product.sku);
        gaps.sandbox.sitoo.add_product(product);
    }
    gaps.plant("sku-twice-in-sitoo", "gap-twice");
    // Two variants for one product.
    let (product, variant) = gaps.thing("GAP-DOUBLE");
    let second =
        Variant { id: variant.id + 50_000, sku: "Gap-Double".into(), ean: None, ..variant.clone() };
    gaps.sandbox.sitoo.add_product(product);
    gaps.sandbox.orderwise.add_variant(second);
    gaps.sandbox.orderwise.add_variant(variant);
    gaps.plant("sku-twice-in-orderwise", "gap-double");
}

fn not_for_sale(gaps: &mut Gaps<'_>) {
    gaps.between("discontinued-on-tills", "GAP-GONE", |_, variant| variant.discontinued = true);
    gaps.between("not-saleable-on-tills", "GAP-LOCKED", |_, variant| variant.saleable = false);
    gaps.between("not-for-tills-on-tills", "GAP-WEB", |_, variant| variant.on_tills = Some(false));
    gaps.between("variant-unreadable", "GAP-ODD", |_, variant| {
        variant.price_exc_vat = Decimal::new(10_000_001, 6);
    });
}

fn barcodes(gaps: &mut Gaps<'_>) {
    gaps.between("barcode-missing", "GAP-NOCODE", |product, variant| {
        (product.barcode, variant.ean) = (None, None);
    });
    gaps.between("barcode-missing-in-orderwise", "GAP-ONLYTILL", |_, variant| variant.ean = None);
    let other = ean(FIRST_EAN + 500_000);
    gaps.between("barcode-differs", "GAP-OTHERCODE", |product, _| {
        product.barcode = Some(other.as_str().into());
    });
    gaps.between("barcode-malformed-in-orderwise", "GAP-BADERP", |product, variant| {
        product.barcode = Some("5012345678901".into());
        variant.ean = Some("5012345678901".to_owned());
    });
    gaps.between("barcode-malformed-in-sitoo", "GAP-BADTILL", |product, _| {
        product.barcode_aliases = vec!["50123".into()];
    });
    gaps.between("barcode-twice-on-product", "GAP-TWOCODES", |product, _| {
        product.barcode_aliases = product.barcode.iter().cloned().collect();
    });
    let shared = ean(FIRST_EAN + 600_000);
    for sku in ["GAP-SHARED-A", "GAP-SHARED-B"] {
        let (mut product, mut variant) = gaps.thing(sku);
        product.barcode = Some(shared.as_str().into());
        variant.ean = Some(shared.clone());
        gaps.sandbox.sitoo.add_product(product);
        gaps.sandbox.orderwise.add_variant(variant);
    }
    gaps.plant("barcode-shared-in-orderwise", &shared);
    gaps.plant("barcode-shared-in-sitoo", &shared);
    // Its barcode is that of a variant that is at no till.
    let stranger = gaps.sandbox.orderwise.variant("GAP-ERP").and_then(|variant| variant.ean);
    gaps.between("barcode-of-another", "GAP-STRANGER", |product, _| {
        product.barcode = stranger.map(|code| code.as_str().into());
    });
}

fn prices(gaps: &mut Gaps<'_>) {
    gaps.between("price-differs", "GAP-PRICE", |product, _| product.price = PRICE + 101);
    gaps.between("price-missing", "GAP-FREE", |_, variant| {
        (variant.price_exc_vat, variant.price_inc_vat) = (Decimal::ZERO, Decimal::ZERO);
    });
    gaps.between("price-fraction", "GAP-FRACTION", |product, variant| {
        product.price = PRICE + 1;
        variant.price_inc_vat = Decimal::new(12_005, 3);
        variant.price_exc_vat = Decimal::new(100_042, 4);
    });
    gaps.between("price-zero-on-till", "GAP-ZERO", |product, _| product.price = 0);
    gaps.between("price-vat-contradicts", "GAP-NET", |_, variant| {
        variant.price_exc_vat = Decimal::new(900, 2);
    });
}

fn vat(gaps: &mut Gaps<'_>) {
    gaps.between("vat-differs", "GAP-REDUCED", |product, _| product.vat = 500);
    gaps.between("tax-rate-missing", "GAP-NORATE", |_, variant| variant.tax_rate_id = 99);
    gaps.between("product-without-group", "GAP-NOGROUP", |product, _| product.vat_id = 77);
    // A rate of OrderWise that no group of Sitoo has.
    gaps.sandbox.orderwise.add_tax_rate(7, "T12", Decimal::new(125, 1));
    let (_, mut variant) = gaps.thing("GAP-T12");
    (variant.tax_rate_id, variant.price_exc_vat) = (7, Decimal::new(1_067, 2));
    gaps.sandbox.orderwise.add_variant(variant);
    gaps.plant("sku-only-in-orderwise", "GAP-T12");
    gaps.plant("tax-rate-without-group", "T12 (12.5 %)");
    // A group of Sitoo at a rate that OrderWise does not have.
    gaps.sandbox.sitoo.add_product_group(ProductGroup {
        vat_id: 9,
        vat: 800,
        group_type: 10,
        name: "Odd rate".to_owned(),
        comment: String::new(),
    });
    let (mut product, _) = gaps.thing("GAP-EIGHT");
    (product.vat, product.vat_id) = (800, 9);
    gaps.sandbox.sitoo.add_product(product);
    gaps.plant("sku-only-in-sitoo", "GAP-EIGHT");
    gaps.plant("group-without-tax-rate", "Odd rate (8 %)");
    gaps.plant("vat-unmapped", "8 %");
    // The mapping: one rate to another's id, one to nobody's.
    gaps.map("vat", "5", "rate-id=1");
    gaps.plant("vat-mapped-wrong", "5 %");
    gaps.map("vat", "17.5", "rate-id=88");
    gaps.plant("vat-mapped-astray", "17.5 %");
    gaps.map("sku", "old-thing", "code=GONE-1");
    gaps.plant("sku-mapping-astray", "old-thing");
}
