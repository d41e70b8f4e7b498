//! What a month's pack says of money that has not arrived.

use daybook_domain::month::{
    Month,
    pack::{Pack, pack},
};
use daybook_flows::{reconcile::month, settlement::people};
use daybook_testkit::story::tell;

use super::*;

async fn pack_of(world: &World, of: &str) -> Pack {
    let of: Month = of.parse().unwrap();
    let pack = pack(&Box::pin(month::facts(&world.app, of)).await.unwrap());
    let wrong: Vec<_> = pack.checks.iter().filter(|check| !check.equal).collect();
    assert!(pack.ties, "{wrong:?}");
    pack
}

/// Opening, taken, settled, written off, closing; and the sum of the open payments.
fn roll(pack: &Pack) -> ([i64; 5], i64) {
    let table = pack.table("unsettled").unwrap();
    let keys = ["opening", "taken", "settled", "written_off", "closing"];
    let open = pack.table("unsettled-open").unwrap().sum("amount");
    (keys.map(|key| table.sum(key)), open)
}

#[tokio::test]
async fn what_is_not_settled_is_carried_over_the_month_and_leaves_by_payout_or_write_off() {
    tell(|world| async move {
        sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 1, 1_250, "8836000000000002");
        let lost = sell(&world, 0, 999, "8836000000000003");
        world.pass().await;
        // Nothing was matched yet: the pack reads what tills took by itself.
        let october = pack_of(&world, "2026-10").await;
        assert_eq!(roll(&october), ([0, 7_249, 0, 0, 7_249], 7_249));
        let taken = cards(&world);
        import(&world, &Batch::new(7, after_days(2), &taken).without("8836000000000003")).await;
        run(&world).await;
        let october = pack_of(&world, "2026-10").await;
        assert_eq!(roll(&october), ([0, 7_249, 6_250, 0, 999], 999));
        let stores = &october.table("unsettled").unwrap().rows;
        assert_eq!(stores.len(), 2, "one line a tender and store");
        // A month later a person gives it up.
        world.clock.advance(std::time::Duration::from_hours(24 * 30));
        let early = people::write_off(&world.app, &[(lost, 0)], "Ada", " ").await;
        assert_eq!(code(early), "reason-missing");
        let gone = people::write_off(&world.app, &[(lost, 0)], "Ada", "never paid").await.unwrap();
        assert_eq!((gone.amount.pence(), gone.difference.pence()), (999, 999));
        let twice = people::write_off(&world.app, &[(lost, 0)], "Ada", "again").await;
        assert_eq!(code(twice), "match-part-taken");
        assert_eq!(roll(&pack_of(&world, "2026-10").await), ([0, 7_249, 6_250, 0, 999], 999));
        assert_eq!(roll(&pack_of(&world, "2026-11").await), ([999, 0, 0, 999, 0], 0));
        assert_eq!(balance_at(&world, 30).await.day.written_off.pence(), 999);
        run(&world).await;
        assert_eq!(roll(&pack_of(&world, "2026-11").await), ([999, 0, 0, 999, 0], 0));
        // It comes after all.
        people::undo(&world.app, gone.number, "Bob", "it came").await.unwrap();
        assert_eq!(roll(&pack_of(&world, "2026-11").await), ([999, 0, 0, 0, 999], 999));
        world
    })
    .await;
}
