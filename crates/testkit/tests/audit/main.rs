//! The audit against a retailer with planted gaps, told on both databases through the real clients: all
//! are found, none is invented, and nothing is written to either system.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod resumed;
mod rights;

use std::{collections::BTreeSet, time::Duration};

use daybook_domain::{
    audit::{Gap, GapKind, Report},
    mapping::MappingRow,
};
use daybook_flows::{
    audit::{self, Audited, Wish},
    people,
};
use daybook_sandbox::{
    Sandbox,
    orderwise::Purpose,
    retailer::gaps::{Gaps, Planted},
};
use daybook_testkit::{World, db::for_each_engine};

/// An audit that must work.
pub(crate) async fn audited(world: &World) -> Audited {
    Box::pin(audit::run(&world.app, &Wish::default(), &|_| {})).await.unwrap()
}

/// What it found, as the sandbox names what it planted.
fn found(report: &Report) -> Vec<Planted> {
    let gaps = report.gaps.iter();
    let mut found: Vec<Planted> = gaps
        .flat_map(|gap| gap.evidence.iter().map(move |one| (gap.kind.word(), &one.record)))
        .map(|(kind, record)| Planted { kind, record: record.clone() })
        .collect();
    found.sort();
    found
}

/// What is to be done about a gap, as it is handed over.
fn fix_of(gap: &Gap) -> String {
    let row = gap.kind.row();
    let (owner, severity) = (row.owner.word(), row.severity.word());
    format!("{}: {owner}, {severity}: {}\n", row.word, row.fix)
}

/// Writes that either system saw: OrderWise's reads by POST are those of export definitions.
fn writes(sandbox: &Sandbox) -> u64 {
    let (sitoo, orderwise) = (sandbox.sitoo_faults.counts(), sandbox.orderwise_faults.counts());
    let all = |method: &str| sitoo.of(method, "") + orderwise.of(method, "");
    all("POST") + all("PUT") + all("DELETE") + all("PATCH")
        - orderwise.of("POST", "export-definition")
}

/// A small retailer with every gap that can be planted.
async fn planted(db: daybook_store::Db) -> (World, Vec<Planted>) {
    let mut world = Box::pin(World::small(1, db)).await.unwrap();
    let mut gaps = Gaps::begin(&world.sandbox, &world.retailer);
    gaps.plant_old();
    world.clock.advance(Duration::from_hours(24 * 20));
    gaps.plant_rest();
    let (mut planted, mapping) = (gaps.planted(), gaps.mapping());
    let rows: Vec<MappingRow> = mapping
        .into_iter()
        .map(|(kind, key, value)| MappingRow::new(kind.parse().unwrap(), &key, &value).unwrap())
        .collect();
    let before = daybook_store::mapping::load(&world.app.db).await.unwrap().rows;
    let gone: Vec<_> = before
        .iter()
        .filter(|old| !rows.iter().any(|new| new.kind == old.kind && new.key == old.key))
        .map(|old| (old.kind, old.key.clone()))
        .collect();
    for (kind, key) in gone {
        people::remove_mapping(&world.app, kind, &key, "consultant").await.unwrap();
    }
    people::set_mapping(&world.app, &rows, "consultant").await.unwrap();
    // How OrderWise is set up: one definition is missing, one lacks a column, one has another
    // parameter.
    let exports = &mut world.to_orderwise.exports;
    exports.despatches = None;
    let lookup = exports.order_lookup.as_mut().unwrap();
    lookup.parameters.insert("@reference".to_owned(), "@ref".to_owned());
    world.sandbox.orderwise.set_alias(Purpose::OrderLines, "taxCode", None);
    for (kind, record) in [
        ("export-missing", "despatches"),
        ("export-refused", "order-lookup"),
        ("export-columns-wrong", "order-lines"),
    ] {
        planted.push(Planted { kind, record: record.to_owned() });
    }
    planted.sort();
    world.restart();
    (world, planted)
}

#[tokio::test]
async fn all_planted_gaps_are_found_and_none_is_invented() {
    for_each_engine(|db| async {
        let (world, planted) = Box::pin(planted(db)).await;
        world.sandbox.sitoo_faults.reset_counts();
        world.sandbox.orderwise_faults.reset_counts();
        let first = audited(&world).await;
        let kinds: BTreeSet<&str> = planted.iter().map(|one| one.kind).collect();
        assert!(planted.len() >= 60 && kinds.len() >= 60, "{} of {}", planted.len(), kinds.len());
        assert_eq!(found(&first.report), planted);
        assert_eq!(writes(&world.sandbox), 0);
        assert_eq!(first.changes, None);
        // Each with the fix, the owner and the severity that were agreed for its kind.
        let told: String = first.report.gaps.iter().map(fix_of).collect();
        insta::assert_snapshot!("fixes", told);

        // A gap is closed, another one comes.
        world.sandbox.orderwise.set_variant_active("GAP-GONE", true);
        world.sandbox.orderwise.set_variant_active("GAP-PRICE", false);
        let second = audited(&world).await;
        let changes = second.changes.unwrap();
        let told = |changes: &[daybook_domain::audit::Change]| -> Vec<(GapKind, String)> {
            let told = changes.iter();
            told.map(|one| (one.kind, one.evidence.record.clone())).collect()
        };
        let gone = GapKind::DiscontinuedOnTills;
        assert_eq!(told(&changes.new), [(gone, "GAP-PRICE".to_owned())]);
        let closed =
            [(gone, "GAP-GONE".to_owned()), (GapKind::PriceDiffers, "GAP-PRICE".to_owned())];
        assert_eq!(told(&changes.gone), closed);
        assert_eq!(changes.still, planted.len() - 2);
        assert_eq!(writes(&world.sandbox), 0);
    })
    .await;
}

#[tokio::test]
async fn a_retailer_in_order_has_only_its_troubles() {
    for_each_engine(|db| async {
        let world = Box::pin(World::small(2, db)).await.unwrap();
        let planted = Gaps::begin(&world.sandbox, &world.retailer).planted();
        let audited = audited(&world).await;
        assert_eq!(found(&audited.report), planted);
    })
    .await;
}
