//! A month that is closed, opened again by two persons, and counted with what came late.

use std::time::Duration;

use daybook_domain::{
    month::{
        Month,
        pack::{Pack, pack},
        period::{LatePolicy, PeriodState},
    },
    reconcile::witness::Day,
};
use daybook_flows::{
    FlowError,
    reconcile::{
        self, Signature, month,
        period::{self, PeriodView},
    },
};
use daybook_sandbox::{orderwise::LineEdit, sitoo::till::Sale};
use daybook_store::{
    evidence::Part,
    reconcile::day::{self, DayState},
};
use daybook_testkit::{World, db::for_each_book, proof};

use super::{
    close::{HOUR, pass, quarter_of_an_hour},
    raw::{raw, without_guards},
};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn date(text: &str) -> Day {
    text.parse().unwrap()
}

/// One day: both stores sell, the tills close, the night comes. It ends at nine in the morning.
async fn trading_day(world: &World, pence: i64) -> Vec<i64> {
    let sold = [0, 1].map(|shop| {
        let row = daybook_sandbox::sitoo::till::Row::of(&world.goods(shop).product).gross(pence);
        world.sell(world.sale_of(shop, row))
    });
    quarter_of_an_hour(world).await;
    world.clock.advance(9 * HOUR);
    world.sandbox.sitoo.close_registers();
    world.pass().await;
    world.clock.advance(14 * HOUR + Duration::from_mins(45));
    world.pass().await;
    pass(world).await;
    sold.to_vec()
}

/// So many days on which the shops are shut.
async fn shut_for(world: &World, days: u32) {
    world.clock.advance(24 * HOUR * days);
    world.pass().await;
    pass(world).await;
}

/// A till that was offline uploads what it sold at noon of a day.
async fn uploads_late(world: &World, day: &str, pence: i64) {
    let noon = jiff::tz::TimeZone::UTC.to_timestamp(date(day).0.at(11, 0, 0, 0)).unwrap();
    let sale: Sale = world.sale(pence).at(noon.as_second());
    world.sell(sale);
    for _ in 0..3 {
        world.after(Duration::from_mins(5)).await;
    }
    world.clock.advance(HOUR);
    pass(world).await;
    let row = day::get(&world.app.db, world.shop(0).warehouse_id, date(day)).await.unwrap();
    match row.unwrap().state {
        DayState::Closed => {}
        // No Z-report may know of it.
        DayState::Differs => sign(world, day, "the till was offline").await,
        other => panic!("{day}: {other:?}"),
    }
}

async fn sign(world: &World, day: &str, reason: &str) {
    let by = Signature { cause: None, certificate: None, actor: "Ada", reason };
    let about = (world.shop(0).warehouse_id, date(day));
    let signed = reconcile::sign(&world.app, about, by).await.unwrap();
    assert_eq!(signed.state, DayState::SignedOff, "{day}");
}

async fn view(world: &World, of: &str) -> PeriodView {
    period::view(&world.app, month(of)).await.unwrap()
}

async fn pack_of(world: &World, of: &str) -> Pack {
    let pack = pack(&Box::pin(month::facts(&world.app, month(of))).await.unwrap());
    let wrong: Vec<_> = pack.checks.iter().filter(|check| !check.equal).collect();
    assert!(pack.ties, "{wrong:?}");
    pack
}

fn refused<T: std::fmt::Debug>(result: Result<T, FlowError>) -> (&'static str, String) {
    let error = result.unwrap_err();
    (error.code(), error.to_string())
}

async fn is_whole(world: &World) {
    let found = daybook_flows::evidence::verify(&world.app.db).await.unwrap();
    assert!(found.is_whole(), "{:?}", found.broken);
}

/// October: three days of trade, one of which differs and is signed; then it is closed.
async fn october(world: &World) {
    trading_day(world, 1_200).await;
    let sold = trading_day(world, 2_400).await;
    let id = world.document(sold[0]).order_id;
    let dearer = LineEdit { gross: Some(2_500), ..LineEdit::default() };
    assert!(world.sandbox.orderwise.edit_line(id, 1, dearer));
    trading_day(world, 3_600).await;
    for _ in 0..3 {
        shut_for(world, 8).await;
    }
    let store = world.shop(0).warehouse_id;
    let row = day::get(&world.app.db, store, date("2026-10-06")).await.unwrap().unwrap();
    assert_eq!((row.state, row.gross.pence()), (DayState::Differs, 100));
    let open = refused(period::close(&world.app, month("2026-10"), "Ada", "complete").await);
    assert_eq!(open.0, "period-not-complete");
    let named = format!("store {store}, 2026-10-06: 1 open difference, 1.00");
    assert!(open.1.contains(&named), "{}", open.1);
    sign(world, "2026-10-06", "a surcharge that was agreed").await;
    let closed = period::close(&world.app, month("2026-10"), "Ada", "complete").await.unwrap();
    assert_eq!(closed.state, PeriodState::Closed);
    let twice = refused(period::close(&world.app, month("2026-10"), "Ada", "again").await);
    assert_eq!(twice.0, "period-closed");
    let pack = pack_of(world, "2026-10").await;
    let summary = pack.table("summary").unwrap();
    assert_eq!((summary.sum("till_gross"), summary.sum("orderwise_gross")), (14_400, 14_500));
    let tenders = pack.table("tenders").unwrap();
    assert_eq!(tenders.sum_of("till_gross", "kind", "sale"), 14_400);
    assert_eq!(pack.table("sign-offs").unwrap().rows.len(), 1);
    // Two stores, from the fifth on.
    assert_eq!(pack.table("certificates").unwrap().rows.len(), 2 * 27);
    is_whole(world).await;
}

/// What comes late opens the month again, with two names.
async fn reopened_by_two(world: &World) {
    uploads_late(world, "2026-10-07", 700).await;
    assert_eq!(view(world, "2026-10").await.late_days, 1);
    let after = pack_of(world, "2026-10").await;
    assert_eq!(after.table("summary").unwrap().sum("till_gross"), 14_400, "as it was closed");
    assert_eq!(after.table("after-close").unwrap().sum("till_gross"), 700);
    let october = month("2026-10");
    let nobody = period::approve(&world.app, october, "Mo", "agreed").await;
    assert_eq!(refused(nobody).0, "nothing-to-approve");
    period::ask_reopen(&world.app, october, "Ada Finch", "a late till").await.unwrap();
    let same = period::approve(&world.app, october, " ada  finch", "agreed").await;
    assert_eq!(refused(same).0, "second-person-needed");
    assert_eq!(view(world, "2026-10").await.state, PeriodState::Closed);
    let open = period::approve(&world.app, october, "Mo Reed", "agreed").await.unwrap();
    assert_eq!(open.state, PeriodState::Reopened);
    period::close(&world.app, october, "Ada Finch", "with the late till").await.unwrap();
    let pack = pack_of(world, "2026-10").await;
    assert_eq!(pack.table("summary").unwrap().sum("till_gross"), 15_100);
    let acts = &pack.table("period").unwrap().rows;
    assert_eq!(acts.len(), 4, "{acts:?}");
    assert_eq!(view(world, "2026-10").await.late_days, 0);
    is_whole(world).await;
}

/// What comes late counts in the next month, where the policy says so.
async fn counted_in_the_next(world: &mut World) {
    uploads_late(world, "2026-10-15", 900).await;
    for _ in 0..4 {
        shut_for(world, 8).await;
    }
    world.settings.reconcile.late = LatePolicy::Reopen;
    world.restart();
    let november = month("2026-11");
    let owed = refused(period::close(&world.app, november, "Ada", "complete").await);
    assert_eq!(owed.0, "period-not-complete");
    assert!(owed.1.contains("2026-10"), "{}", owed.1);
    world.settings.reconcile.late = LatePolicy::NextPeriod;
    world.restart();
    period::close(&world.app, november, "Ada", "complete").await.unwrap();
    let pack = pack_of(world, "2026-11").await;
    let late = pack.table("late").unwrap();
    assert_eq!((late.rows.len(), late.sum("till_gross")), (1, 900));
    assert_eq!(pack.table("summary").unwrap().sum("till_gross"), 900);
    let october = pack_of(world, "2026-10").await;
    assert_eq!(october.table("summary").unwrap().sum("till_gross"), 15_100, "as it was");
    let later = period::ask_reopen(&world.app, month("2026-10"), "Ada", "one more").await;
    assert_eq!(refused(later).0, "later-period-closed");
    is_whole(world).await;
}

/// One byte of each part of the record, changed and changed back.
const BYTES: [(&str, &str, &str, Part); 5] = [
    ("certificate", "body", "\"equal\"", Part::Certificate),
    ("certificate", "body", "\"previous\":\"", Part::Certificate),
    ("sign_off", "reason", "agreed", Part::SignOff),
    ("period_act", "reason", "late", Part::Period),
    ("period_act", "actor", "Mo", Part::Period),
];

async fn a_changed_byte_is_found(world: &World, url: &str) {
    without_guards(url).await;
    for (table, column, there, part) in BYTES {
        let mut other = there.to_owned();
        other.insert(other.len() / 2, '~');
        let swap = |from: &str, to: &str| {
            format!("UPDATE {table} SET {column} = replace({column}, '{from}', '{to}')")
        };
        raw(url, &swap(there, &other)).await;
        let found = daybook_flows::evidence::verify(&world.app.db).await.unwrap();
        assert!(found.broken.iter().any(|one| one.part == part), "{table}: {:?}", found.broken);
        raw(url, &swap(&other, there)).await;
        is_whole(world).await;
    }
}

/// What people see of an entry and of a mapping, changed and changed back: no chain holds these
/// tables, and the record says all the same what should be in them.
const ROWS: [(&str, &str, Part); 6] = [
    ("entry SET gross = gross + 10000", "entry SET gross = gross - 10000", Part::Entry),
    ("entry SET net = net + 1", "entry SET net = net - 1", Part::Entry),
    ("entry SET order_date = order_date + 1", "entry SET order_date = order_date - 1", Part::Entry),
    (
        "entry SET state = 'dismissed' WHERE state = 'confirmed'",
        "entry SET state = 'confirmed' WHERE state = 'dismissed'",
        Part::Entry,
    ),
    (
        "entry SET warehouse_id = warehouse_id + 50",
        "entry SET warehouse_id = warehouse_id - 50",
        Part::Entry,
    ),
    ("mapping SET key = key || '~'", "mapping SET key = replace(key, '~', '')", Part::Mapping),
];

async fn a_changed_row_is_found(world: &World, url: &str) {
    for (change, back, part) in ROWS {
        raw(url, &format!("UPDATE {change}")).await;
        let found = daybook_flows::evidence::verify(&world.app.db).await.unwrap();
        assert!(found.broken.iter().any(|one| one.part == part), "{change}: {:?}", found.broken);
        raw(url, &format!("UPDATE {back}")).await;
        is_whole(world).await;
    }
}

#[tokio::test]
async fn a_month_is_closed_reopened_by_two_and_counted_with_what_came_late() {
    for_each_book(|db, url| async move {
        let mut world = World::small(1, db).await.unwrap();
        world.settings.reconcile.window = 24 * HOUR;
        world.settings.reconcile.look_back = 24 * HOUR * 12;
        world.restart();
        Box::pin(october(&world)).await;
        Box::pin(reopened_by_two(&world)).await;
        Box::pin(counted_in_the_next(&mut world)).await;
        a_changed_byte_is_found(&world, &url).await;
        a_changed_row_is_found(&world, &url).await;
        // Nothing else differs than what was signed.
        let differs = proof::when_quiet(&world).await;
        assert_eq!(differs.len(), 1, "{differs:?}");
        assert!(differs[0].ends_with("till 24.00, ledger 2500p"), "{differs:?}");
    })
    .await;
}
