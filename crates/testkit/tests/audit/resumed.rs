//! An audit that is interrupted goes on where it was, and `serve` makes one a week.

use daybook_domain::causes::Cause;
use daybook_flows::audit::{self, Wish};
use daybook_sandbox::faults::Fault;
use daybook_store::{
    audit_run,
    exception::{self, ExceptionFilter},
};
use daybook_testkit::{World, db::for_each_engine};

use crate::audited;

#[tokio::test]
async fn what_was_read_is_not_read_again() {
    for_each_engine(|db| async {
        let mut world = Box::pin(World::small(3, db)).await.unwrap();
        let faults = std::sync::Arc::clone(&world.sandbox.orderwise_faults);
        let wish = Wish::default();
        world.crash.plan(12, false);
        tokio::select! {
            _ = Box::pin(audit::run(&world.app, &wish, &|_| {})) => panic!("not cut"),
            () = world.crash.happened() => {}
        }
        let cut = audit_run::unfinished(&world.app.db).await.unwrap().unwrap();
        let read = audit_run::pieces(&world.app.db, cut.number).await.unwrap();
        assert!(read.iter().any(|piece| piece.part == "products"), "{read:?}");
        // Another process goes on once the right to audit has run out.
        world.clock.advance(std::time::Duration::from_mins(20));
        world.restart();
        world.sandbox.sitoo_faults.reset_counts();
        let done = audited(&world).await;
        assert_eq!(done.number, cut.number);
        assert_eq!(world.sandbox.sitoo_faults.counts().of("GET", "/products"), 0);
        assert!(done.report.counted.products > 20, "{:?}", done.report.counted);
        assert_eq!(audit_run::pieces(&world.app.db, cut.number).await.unwrap(), []);

        // A wrong password ends it with that word; nothing is judged by half.
        faults.start_outage(Fault::EmptyUnauthorised);
        let failed = Box::pin(audit::run(&world.app, &wish, &|_| {})).await.unwrap_err();
        assert_eq!(failed.code(), "orderwise-credentials");
    })
    .await;
}

#[tokio::test]
async fn a_week_later_new_gaps_become_exceptions() {
    for_each_engine(|db| async {
        let world = Box::pin(World::small(4, db)).await.unwrap();
        let pass = || async { Box::pin(audit::pass(&world.app)).await.unwrap() };
        let week = world.settings.audit.every;
        assert_eq!(pass().await, None);
        assert_eq!(pass().await, None);
        world.clock.advance(week);
        assert!(pass().await.is_some());
        assert_eq!(pass().await, None);
        let open = || async {
            let filter =
                ExceptionFilter { cause: Some(Cause::AuditGap), ..ExceptionFilter::default() };
            let open = exception::list(&world.app.db, &filter, 100).await.unwrap();
            let mut subjects: Vec<String> = open.into_iter().map(|one| one.subject).collect();
            subjects.sort();
            subjects
        };
        assert_eq!(open().await, ["discontinued-on-tills", "sku-only-in-sitoo"]);

        world.sandbox.orderwise.set_variant_active(&world.retailer.troubles.inactive_sku, true);
        world.clock.advance(week);
        assert!(pass().await.is_some());
        assert_eq!(open().await, ["sku-only-in-sitoo"]);
    })
    .await;
}
