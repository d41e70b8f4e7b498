//! What the API users may not read is a gap, and everything else is read all the same.

use daybook_domain::audit::GapKind;
use daybook_sandbox::{
    faults::Fault,
    orderwise::{Area, Purpose},
};
use daybook_testkit::{World, db::for_each_engine};

use crate::audited;

#[tokio::test]
async fn missing_rights_are_named() {
    for_each_engine(|db| async {
        let world = Box::pin(World::small(5, db)).await.unwrap();
        world.sandbox.orderwise.permit(Area::Customers, false);
        world.sandbox.orderwise.permit_export(104, false);
        world.sandbox.orderwise.set_alias(Purpose::Variants, "sku", Some("code"));
        let forbidden = Fault::HtmlPage { status: 403 };
        world.sandbox.sitoo_faults.once(forbidden, "GET", "/reasoncodes");
        let audited = audited(&world).await;
        let records = |kind: GapKind| -> Vec<&str> {
            let gap = audited.report.gap(kind);
            let mut records: Vec<&str> =
                gap.iter().flat_map(|gap| &gap.evidence).map(|one| one.record.as_str()).collect();
            records.sort_unstable();
            records
        };
        assert_eq!(records(GapKind::SitooRightMissing), ["reason codes"]);
        let orderwise = records(GapKind::OrderwiseRightMissing);
        assert_eq!(orderwise, ["customer accounts", "stock-levels"]);
        assert_eq!(records(GapKind::ExportColumnsWrong), ["variants"]);
        let unseen: Vec<&str> = audited.report.unseen.iter().map(|one| one.what.as_str()).collect();
        for part in ["reason codes", "customer accounts", "variants", "stock figures"] {
            assert!(unseen.contains(&part), "{part} is not in {unseen:?}");
        }
        assert!(audited.report.counted.products > 20);
    })
    .await;
}
