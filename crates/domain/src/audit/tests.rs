//! What cannot be planted at the wire, and how two reports are compared. The rest is shown by the test
//! kit's audit against planted gaps.

use super::{
    Changes, EVIDENCE, GapKind, Limits, Ours, Piece, Report, Site, Snapshot, Tried, gap::Found,
    look,
};
use crate::{
    Money, Quantity, Timestamp, VatRate,
    catalogue::{Blanks, FullVariant, Price, ProductGroup, Rules, TillProduct},
    fixtures::{policy, variant},
    lookup::Variant,
    mapping::{Mapping, MappingKind, MappingRow},
};

fn ours() -> Ours {
    let row = MappingRow {
        kind: MappingKind::Warehouse,
        key: "nine".to_owned(),
        value: [("location".to_owned(), "1".to_owned())].into(),
    };
    let (mapping, faults) = Mapping::from_rows([row]);
    Ours {
        mapping,
        faults,
        policy: policy(),
        rules: Rules {
            blanks: Blanks::Fault,
            titles: true,
            barcodes: false,
            other_barcodes: false,
            prices_with_vat: true,
        },
        time_zone: "Europe/London".to_owned(),
        exports: super::EXPORTS.map(str::to_owned).to_vec(),
        limits: Limits {
            days: 30,
            open: 86_400_000_000,
            slow: 10_000,
            ahead: 300_000_000,
            impossible: Quantity::from_units(100_000),
        },
    }
}

/// Sells at its price without VAT, as if the site stored prices so.
fn sold(sku: &str, pence: i64) -> (TillProduct, FullVariant) {
    let net = Price::from_pence(pence);
    let full = FullVariant {
        price_exc_vat: Some(net),
        price_inc_vat: Some(Price::from_pence(net.with_vat(VatRate::from_percent(20)).pence())),
        tax_rate: Some(VatRate::from_percent(20)),
        last_amended: Some(Timestamp::from_seconds(2_000)),
        ..FullVariant::of(Variant { tax_rate_id: Some(1), ..variant(sku) })
    };
    let product = TillProduct {
        product_id: pence,
        sku: sku.to_owned(),
        title: sku.to_owned(),
        price: Money::from_pence(pence),
        vat_id: Some(2),
        barcode: String::new(),
        aliases: Vec::new(),
        active_pos: true,
        parent_id: None,
        allow_decimals: false,
        counted: true,
        attributes: Vec::new(),
    };
    (product, full)
}

fn found(report: &Report, kind: GapKind) -> Vec<&str> {
    let gap = report.gap(kind).map_or(&[][..], |gap| &gap.evidence);
    gap.iter().map(|one| one.record.as_str()).collect()
}

#[test]
fn prices_of_the_other_kind_are_one_gap_and_not_many() {
    let moment = Timestamp::from_seconds(1_000);
    let mut snapshot = Snapshot::new(moment, moment, ours());
    let (products, variants): (Vec<_>, Vec<_>) =
        [sold("A", 1_000), sold("B", 2_000), sold("C", 3_000)].into_iter().unzip();
    snapshot.add(Piece::Products(products, Vec::new()));
    snapshot.add(Piece::Variants(variants));
    snapshot.add(Piece::Site(Site {
        currency: "GBP".to_owned(),
        time_zone: "Europe/London".to_owned(),
        prices_with_vat: Some(true),
        rounds_off_cash: Some(false),
    }));
    let percent = VatRate::from_percent(20);
    let name = "Standard".to_owned();
    snapshot.add(Piece::Groups(vec![ProductGroup { vat_id: 2, percent, group_type: 10, name }]));
    snapshot.add(Piece::Tried(Tried { purpose: "variants".to_owned(), millis: 12_000 }));
    let report = look(&snapshot);
    assert_eq!(found(&report, GapKind::PricesBasisDiffers), ["pricesstoredwithvat"]);
    assert_eq!(found(&report, GapKind::PriceDiffers), [""; 0]);
    assert_eq!(found(&report, GapKind::OrderwiseClockAhead), ["OrderWise"]);
    assert_eq!(found(&report, GapKind::ExportSlow), ["variants"]);
    assert_eq!(found(&report, GapKind::MappingRowUnusable), ["warehouse nine"]);
    let severities: Vec<_> = report.gaps.iter().map(|gap| gap.kind.row().severity).collect();
    assert!(severities.is_sorted_by(|one, next| one >= next), "{severities:?}");
}

#[test]
fn evidence_is_capped_by_money_and_reports_are_compared_by_record() {
    let report = |records: std::ops::Range<usize>| {
        let mut found = Found::default();
        for n in records {
            let money = Money::from_pence(i64::try_from(n).unwrap());
            found.add_money(GapKind::PriceDiffers, format!("SKU-{n}"), "differs", money);
            found.add_money(GapKind::PriceDiffers, format!("SKU-{n}"), "told twice", money);
        }
        let (gaps, unseen) = found.into_gaps();
        let counted = super::Counted::default();
        let (began_at, finished_at) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        Report { began_at, finished_at, days: 1, counted, gaps, unseen }
    };
    let large = report(0..EVIDENCE + 10);
    let gap = large.gap(GapKind::PriceDiffers).unwrap();
    assert_eq!((gap.records, gap.evidence.len()), (EVIDENCE + 10, EVIDENCE));
    assert_eq!(gap.evidence[0].record, format!("SKU-{}", EVIDENCE + 9));

    let changes = Changes::between(&report(0..5), &report(3..7));
    let records = |changes: &[super::Change]| -> Vec<String> {
        let mut records: Vec<_> = changes.iter().map(|one| one.evidence.record.clone()).collect();
        records.sort();
        records
    };
    assert_eq!(records(&changes.new), ["SKU-5", "SKU-6"]);
    assert_eq!(records(&changes.gone), ["SKU-0", "SKU-1", "SKU-2"]);
    assert_eq!((changes.still, changes.new_of(GapKind::PriceDiffers)), (2, 2));
}
