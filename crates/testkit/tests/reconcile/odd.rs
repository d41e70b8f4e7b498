//! Rows of documents and lines that cannot be read: those of other channels are passed over, one of
//! ours leaves only its own day open.

use daybook_flows::reconcile::{self, ReconcileReport};
use daybook_sandbox::orderwise::Purpose::{OrderLines, OrderLookup, OrderTotals};
use daybook_store::reconcile::day::DayState::{Closed, NotFresh};
use daybook_testkit::{World, story::tell};

use super::close::{HOUR, causes, evening_and_night, on_demand, pass, quarter_of_an_hour, row};

/// Documents and lines of the web shop on Monday, each with something odd in it.
fn the_web_is_odd(world: &World) {
    let document = |id: i64, odd: &str| {
        format!(
            r#"{{"orderId":{id},"orderNumber":"W{id}","reference":"WEB{id}","orderType":1,
            "orderDate":"2026-10-05T10:00:00","storedAt":null,"net":10,"tax":2,"gross":12,
            "status":"New",{odd}}}"#
        )
    };
    let odd = [
        r#""gross":12.345"#,
        r#""gross":null"#,
        r#""orderType":null"#,
        r#""tax":2.0000000000000018"#,
        r#""net":"n/a""#,
        r#""orderDate":null"#,
        r#""reference":{}"#,
        r#""orderId":null"#,
    ];
    let orderwise = &world.sandbox.orderwise;
    for (id, odd) in (990_000..).zip(odd) {
        // The later of two members of one name has to count.
        let mut row: serde_json::Value = serde_json::from_str(&document(id, r#""x":0"#)).unwrap();
        let cell: serde_json::Value = serde_json::from_str(&format!("{{{odd}}}")).unwrap();
        for (name, value) in cell.as_object().unwrap() {
            row[name] = value.clone();
        }
        assert!(orderwise.add_row(OrderTotals, &row.to_string()));
    }
    for odd in [
        r#""orderId":990000,"lineNumber":1,"quantity":1.2345,"net":10"#,
        r#""orderId":990000,"lineNumber":2,"quantity":null,"net":10"#,
        r#""orderId":990000,"lineNumber":3,"quantity":1,"net":9.9999"#,
        r#""orderId":null,"lineNumber":4,"quantity":1,"net":10"#,
    ] {
        let rest = r#""sku":"A","tax":2,"gross":12,"taxCode":"T1","stockLocationId":null"#;
        assert!(orderwise.add_row(OrderLines, &format!("{{{odd},{rest}}}")));
    }
}

#[tokio::test]
async fn documents_of_other_channels_may_hold_anything() {
    tell(|world| async move {
        the_web_is_odd(&world);
        let sold: Vec<i64> = (0..4).map(|n| world.sell(world.sale(1_200 + 6 * n))).collect();
        quarter_of_an_hour(&world).await;
        for order_id in sold {
            assert_eq!(world.state(order_id).await.word(), "confirmed");
        }
        evening_and_night(&world).await;
        pass(&world).await;
        assert_eq!(causes(&world, 0).await, []);
        assert_eq!((row(&world, 0).await.state, world.waits().await), (Closed, vec![]));
        world
    })
    .await;
}

#[tokio::test]
async fn one_of_ours_leaves_only_itself_unread_and_its_day_open() {
    for (purpose, column, json) in
        [(OrderTotals, "gross", "12.345"), (OrderLines, "quantity", "\"x\"")]
    {
        tell(|world| async move {
            let sold: Vec<i64> = (0..4).map(|n| world.sell(world.sale(1_200 + 6 * n))).collect();
            world.pass().await;
            let bad = sold[1];
            let id = world.document(bad).order_id.to_string();
            let orderwise = &world.sandbox.orderwise;
            assert!(orderwise.spoil_cell(purpose, ("orderId", &id), column, json));
            if purpose == OrderTotals {
                assert!(orderwise.spoil_cell(OrderLookup, ("orderId", &id), column, json));
            }
            quarter_of_an_hour(&world).await;
            for &order_id in &sold {
                let waits = order_id == bad && purpose == OrderTotals;
                let state = if waits { "posted" } else { "confirmed" };
                assert_eq!(world.state(order_id).await.word(), state);
            }
            evening_and_night(&world).await;
            let mut report = ReconcileReport::default();
            Box::pin(reconcile::pass(&world.app, &mut report)).await.unwrap();
            let others = u64::try_from(world.retailer.stores.len()).unwrap() - 1;
            assert_eq!((report.closed, report.not_fresh), (others, 1), "{report:?}");
            let open = row(&world, 0).await;
            let name = daybook_testkit::story::reference(bad).to_string();
            assert_eq!(open.state, NotFresh);
            assert!(open.detail.contains(&name) && open.detail.contains(column), "{open:?}");
            let told = world.waits().await;
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!((told[0].0, &told[0].1), ("orderwise-export-definition", &name));

            world.sandbox.orderwise.mend_rows();
            quarter_of_an_hour(&world).await;
            assert_eq!((on_demand(&world, 0).await.closed, causes(&world, 0).await), (1, vec![]));
            assert_eq!((row(&world, 0).await.state, world.waits().await), (Closed, vec![]));
            // It is looked for ever more rarely, and found.
            world.after(24 * HOUR).await;
            assert_eq!(world.state(bad).await.word(), "confirmed");
            world
        })
        .await;
    }
}
