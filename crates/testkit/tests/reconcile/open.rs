//! Days that stay open, and days that another process asks for.

use std::time::Duration;

use daybook_domain::reconcile::witness::Day;
use daybook_flows::reconcile::{
    self, Signature,
    asked::{self, Answer, Wanted},
    fix::FixWanted,
};
use daybook_sandbox::orderwise::LineEdit;
use daybook_store::reconcile::day::DayState;
use daybook_testkit::{World, db::for_each_engine};

use super::close::{HOUR, evening_and_night, monday, pass, quarter_of_an_hour, row};

/// A day on which one document says £0.99 less; its id.
async fn a_day_that_differs(world: &World) -> i64 {
    let sold = world.sell(world.sale(1_200));
    quarter_of_an_hour(world).await;
    let document = world.document(sold).order_id;
    let edit = LineEdit { gross: Some(1_101), ..LineEdit::default() };
    assert!(world.sandbox.orderwise.edit_line(document, 1, edit));
    evening_and_night(world).await;
    pass(world).await;
    document
}

/// Days that a person was told of.
async fn told(world: &World) -> Vec<String> {
    let all = world.waits().await.into_iter();
    all.filter(|one| one.0 == "day-not-closed").map(|one| one.1).collect()
}

#[tokio::test]
async fn a_day_that_stays_open_is_told_after_its_limit_and_closes_with_the_day() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let document = a_day_that_differs(&world).await;
        assert_eq!(told(&world).await, Vec::<String>::new());
        // Its night was at five; two days later it is late.
        world.clock.advance(24 * HOUR);
        world.pass().await;
        pass(&world).await;
        assert_eq!(told(&world).await, Vec::<String>::new(), "not yet");
        world.clock.advance(24 * HOUR);
        world.pass().await;
        pass(&world).await;
        assert_eq!(told(&world).await, [monday().to_string()]);
        pass(&world).await;
        assert_eq!(told(&world).await.len(), 1, "told once");

        let about = (world.shop(0).warehouse_id, monday());
        let agreed = Signature { cause: None, certificate: None, actor: "Ada", reason: "agreed" };
        reconcile::sign(&world.app, about, agreed).await.unwrap();
        assert_eq!(told(&world).await, Vec::<String>::new(), "signed");

        // It changes once more: open again, and late at once; mended, it is gone by itself.
        let edit = |gross| LineEdit { gross: Some(gross), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(document, 1, edit(1_000)));
        world.clock.advance(24 * HOUR);
        world.pass().await;
        pass(&world).await;
        assert_eq!(told(&world).await, [monday().to_string()]);
        assert!(world.sandbox.orderwise.edit_line(document, 1, edit(1_200)));
        world.clock.advance(24 * HOUR);
        world.pass().await;
        pass(&world).await;
        assert_eq!(told(&world).await, Vec::<String>::new(), "mended");
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
    })
    .await;
}

#[tokio::test]
async fn a_day_whose_witness_is_missing_is_told_too() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        world.sell(world.sale(1_200));
        quarter_of_an_hour(&world).await;
        world.sandbox.orderwise.switch(|switches| switches.stored_at_null = true);
        // Nobody closes the till.
        world.clock.advance(21 * HOUR);
        for _ in 0..3 {
            world.pass().await;
            pass(&world).await;
            world.clock.advance(24 * HOUR);
        }
        world.pass().await;
        pass(&world).await;
        assert!(told(&world).await.contains(&monday().to_string()));
    })
    .await;
}

#[tokio::test]
async fn what_another_process_asks_for_is_done_and_answered() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        a_day_that_differs(&world).await;
        let store = Some(world.shop(0).warehouse_id);
        let day = monday();
        let fix = FixWanted { day, store, cause: None, reference: None };
        let nowhere: Day = "2026-10-04".parse().unwrap();
        let mut ids = Vec::new();
        for wanted in [
            Wanted::Compare { day, store },
            Wanted::Fix { wanted: fix, by: "Ada Finch".to_owned() },
            Wanted::Compare { day: nowhere, store: Some(999) },
        ] {
            ids.push(asked::ask(&world.app, &wanted).await.unwrap());
            world.clock.advance(Duration::from_secs(1));
        }
        for id in &ids {
            assert_eq!(asked::answered(&world.app, id).await.unwrap(), (false, None));
        }
        pass(&world).await;
        let mut answers = Vec::new();
        for id in &ids {
            let (begun, answer) = asked::answered(&world.app, id).await.unwrap();
            assert!(begun);
            answers.push(answer.unwrap());
        }
        let Answer::Compared(compared) = &answers[0] else { panic!("{answers:#?}") };
        let views = asked::days(&world.app, compared).await.unwrap();
        assert_eq!((views.len(), views[0].state), (1, DayState::Differs));
        let Answer::Fixed(fixed) = &answers[1] else { panic!("{answers:#?}") };
        assert_eq!(fixed.run_by.as_deref(), Some("Ada Finch"));
        assert_eq!(fixed.days[0].steps.len(), 1);
        let Answer::Failed { code, .. } = &answers[2] else { panic!("{answers:#?}") };
        assert_eq!(code, "no-such-store");
        let alone = asked::alone(&world.app, async { Ok(7) }).await.unwrap();
        assert_eq!(alone, Some(7));
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_of_a_process_that_dies_is_done_by_the_next_one() {
    for_each_engine(|db| async {
        let mut world = World::small(1, db).await.unwrap();
        Box::pin(a_day_that_differs(&world)).await;
        let store = Some(world.shop(0).warehouse_id);
        let wanted = Wanted::Compare { day: monday(), store };
        let who_asks = world.another(world.app.db.clone());
        let id = asked::ask(&who_asks, &wanted).await.unwrap();
        // It has begun with it, and dies as it reads the Z-reports.
        world.crash.plan(0, true);
        let answering = Box::pin(asked::alone(&world.app, asked::pass(&world.app)));
        tokio::select! {
            _ = answering => panic!("it does not die"),
            () = world.crash.happened() => {}
        }
        world.crash.call_off();
        assert_eq!(asked::answered(&who_asks, &id).await.unwrap(), (true, None));
        if !who_asks.db.is_ours_alone() {
            // Nobody knows yet that it is gone.
            let soon = Box::pin(asked::alone(&who_asks, asked::pass(&who_asks))).await.unwrap();
            assert_eq!(soon, None);
            world.clock.advance(Duration::from_mins(5));
        }
        let done = Box::pin(asked::alone(&who_asks, asked::pass(&who_asks))).await.unwrap();
        assert_eq!(done, Some(()));
        let (_, answer) = asked::answered(&who_asks, &id).await.unwrap();
        let Some(Answer::Compared(compared)) = answer else { panic!("{answer:#?}") };
        assert_eq!(compared.stores.len(), 1);
        assert_eq!(compared.stores[0].state, DayState::Differs, "{compared:?}");
        assert_eq!(daybook_store::asked::next(&who_asks.db).await.unwrap(), None);
    })
    .await;
}
