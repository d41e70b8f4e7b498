//! What the book keeps for stock: movements, figures, what is due, writes, history, buffers.

use daybook_domain::{
    Quantity,
    stock::{BufferRule, BufferScope, Why},
};
use daybook_store::{
    Db,
    stock::{
        buffer,
        due::{self, NewDue},
        figure::{self, NewFigure},
        finding::{self, StockFinding, What},
        history::{self, HistoryRow},
        oversell::{self, OversellRow},
        write::{self, Ended, NewWrite, WriteItem, WriteKind},
    },
    till_movement::{self, NewMovement},
};

use crate::{
    common::{at, record, sale},
    db::for_each_engine,
};

const UNIT: i64 = 1_000;

fn units(units: i64) -> Quantity {
    Quantity::from_units(units)
}

fn moved(order_id: i64, row: i64, sku: &str) -> NewMovement {
    NewMovement { order_id, row, warehouse_id: 5, folded: sku.to_owned(), quantity: units(1) }
}

#[tokio::test]
async fn movements_are_replaced_settled_and_found_by_sku() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2)]).await;
        let mut tx = db.begin().await.unwrap();
        let rows = [moved(1, 0, "a"), moved(1, 1, "b"), moved(2, 0, "a")];
        till_movement::replace(&mut tx, &[], &rows).await.unwrap();
        // Once more changes nothing.
        till_movement::insert(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let found = till_movement::of_skus(&db, &["a".to_owned()]).await.unwrap();
        let orders: Vec<i64> = found.iter().map(|row| row.order_id).collect();
        assert_eq!((orders.len(), found[0].quantity.thousandths()), (2, UNIT));
        assert_eq!(till_movement::list(&db, 1, 10).await.unwrap().len(), 1);

        let mut tx = db.begin().await.unwrap();
        till_movement::replace(&mut tx, &[1], &[moved(1, 0, "c")]).await.unwrap();
        till_movement::settle(&mut tx, &[(2, 0, 5)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(till_movement::count(&db).await.unwrap(), 1);
        assert_eq!(till_movement::of_order(&db, 1).await.unwrap(), [(5, "c".to_owned())]);
        assert_eq!(till_movement::to_seed(&db, 0, at(9), 10).await.unwrap(), [1, 2]);
    })
    .await;
}

fn figure_of(sku: &str, free: i64, calculated: i64, latest: i64) -> NewFigure {
    NewFigure {
        location_id: 7,
        folded: sku.to_lowercase(),
        sku: sku.to_owned(),
        free: units(free),
        buffer: None,
        calculated_at: at(calculated),
        calculated_at_latest: at(latest),
    }
}

async fn keep(db: &Db, figures: &[NewFigure]) -> Vec<(i64, String)> {
    let mut tx = db.begin().await.unwrap();
    let changed = figure::keep(&mut tx, at(100), figures).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn free(db: &Db, sku: &str) -> i64 {
    let rows = figure::of_keys(db, &[(7, sku.to_owned())]).await.unwrap();
    rows[0].free.whole_units().unwrap()
}

#[tokio::test]
async fn a_newer_figure_never_loses_to_an_older_one() {
    for_each_engine(|db| async move {
        assert_eq!(keep(&db, &[figure_of("A", 5, 10, 10)]).await, [(7, "a".to_owned())]);
        assert_eq!(keep(&db, &[figure_of("A", 5, 10, 10)]).await, []);
        assert_eq!(keep(&db, &[figure_of("A", 9, 9, 9)]).await, [], "older");
        assert_eq!(free(&db, "a").await, 5);
        // In the hour that comes twice it may be the newer one: it was read later.
        assert_eq!(keep(&db, &[figure_of("A", 4, 9, 9 + 3_600)]).await.len(), 1);
        assert_eq!(free(&db, "a").await, 4);
        // Two codes that differ by letter case: the lower figure is safe.
        keep(&db, &[figure_of("b", 3, 20, 20), figure_of("B", 2, 20, 20)]).await;
        assert_eq!(free(&db, "b").await, 2);
        let mut skus = figure::skus(&db, 7).await.unwrap();
        skus.sort_unstable();
        assert_eq!(skus, ["a", "b"]);
        let mut tx = db.begin().await.unwrap();
        figure::remove(&mut tx, &[(7, "b".to_owned())]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(figure::of_location(&db, 7).await.unwrap().len(), 1);
        assert_eq!(figure::counts(&db).await.unwrap(), [(7, 1)]);
        assert!(figure::any_known(&db).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_the_figures_come_to_is_kept_with_them() {
    for_each_engine(|db| async move {
        keep(&db, &[figure_of("a", 5, 10, 10), figure_of("b", 7, 10, 10)]).await;
        keep(&db, &[figure_of("b", 6, 11, 11), figure_of("c", 1, 11, 11)]).await;
        let mut tx = db.begin().await.unwrap();
        figure::remove(&mut tx, &[(7, "c".to_owned()), (7, "nobody".to_owned())]).await.unwrap();
        tx.commit().await.unwrap();
        let kept = figure::sums(&db).await.unwrap()[&7];
        let mut sum = figure::Sum::default();
        for row in figure::of_location(&db, 7).await.unwrap().iter().rev() {
            let names = (row.folded.as_str(), row.sku.as_str());
            sum.add(figure::fingerprint(names, row.free, row.buffer, row.calculated_at));
        }
        assert_eq!(kept, sum);
        assert_eq!(kept.figures, 2);
        let mut tx = db.begin().await.unwrap();
        figure::recount(&mut tx, 7).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(figure::sums(&db).await.unwrap()[&7], sum, "in whatever order");
    })
    .await;
}

fn due_at(sku: &str, why: Why, second: i64) -> NewDue {
    NewDue { warehouse_id: 5, folded: sku.to_owned(), why, due_at: at(second) }
}

async fn mark(db: &Db, due: &[NewDue]) {
    let mut tx = db.begin().await.unwrap();
    due::mark(&mut tx, due).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_marked_meanwhile_is_not_done() {
    for_each_engine(|db| async move {
        mark(&db, &[due_at("a", Why::Certain, 50), due_at("b", Why::Sale, 10)]).await;
        mark(&db, &[due_at("a", Why::Sale, 20), due_at("a", Why::Return, 30)]).await;
        let due = due::due(&db, at(20), 10).await.unwrap();
        let told: Vec<_> = due.iter().map(|row| (row.folded.as_str(), row.why)).collect();
        assert_eq!(told, [("b", Why::Sale), ("a", Why::Sale)], "the earliest mark counts");
        assert_eq!(due::due(&db, at(9), 10).await.unwrap(), []);
        mark(&db, &[due_at("a", Why::Return, 60)]).await;
        let mut tx = db.begin().await.unwrap();
        due::done(&mut tx, &due).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due::count(&db, at(99)).await.unwrap(), 1, "it was marked once more");
        assert_eq!(due::of_warehouse(&db, 5, at(99)).await.unwrap()[0].folded, "a");
    })
    .await;
}

#[tokio::test]
async fn what_an_order_moved_is_marked_with_it() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let mut tx = db.begin().await.unwrap();
        till_movement::insert(&mut tx, &[moved(1, 0, "a"), moved(1, 1, "a")]).await.unwrap();
        due::mark_orders(&mut tx, at(5), Why::Posted, &[1, 2]).await.unwrap();
        tx.commit().await.unwrap();
        let due = due::due(&db, at(5), 10).await.unwrap();
        assert_eq!((due.len(), due[0].why), (1, Why::Posted));
    })
    .await;
}

fn write_of(id: &str) -> NewWrite {
    let item = WriteItem {
        sku: "A".to_owned(),
        folded: "a".to_owned(),
        quantity: Quantity::from_units(-2),
    };
    NewWrite {
        external_id: id.to_owned(),
        warehouse_id: 5,
        kind: WriteKind::Out,
        items: vec![item],
        journal_from: 17,
    }
}

#[tokio::test]
async fn a_write_is_intended_doubted_and_ended_once() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let writes = [write_of("db-1"), write_of("db-2"), write_of("db-3")];
        write::intend(&mut tx, at(0), &writes).await.unwrap();
        write::finish(&mut tx, at(1), "db-1", Ended::Done, "").await.unwrap();
        write::doubt(&mut tx, at(1), "db-2", "no answer").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(write::adopt_orphans(&mut tx, at(2)).await.unwrap(), 1);
        write::looked(&mut tx, "db-2", 1, at(31)).await.unwrap();
        tx.commit().await.unwrap();
        let open = write::open(&db).await.unwrap();
        let told: Vec<_> = open
            .iter()
            .map(|open| (open.write.external_id.as_str(), open.intended, open.lookups, open.due_at))
            .collect();
        let wanted = [("db-2", false, 1, Some(at(31))), ("db-3", false, 0, Some(at(2)))];
        assert_eq!(told, wanted);
        assert_eq!(open[0].write, write_of("db-2"));
        let mut tx = db.begin().await.unwrap();
        write::finish(&mut tx, at(40), "db-2", Ended::GivenUp, "").await.unwrap();
        // An outcome that comes too late changes nothing.
        write::doubt(&mut tx, at(41), "db-2", "late").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(write::open(&db).await.unwrap().len(), 1);
        let asked = ["db-1".to_owned(), "other".to_owned()];
        assert_eq!(write::known(&db, &asked).await.unwrap().len(), 1);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(write::prune(&mut tx, at(40)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

fn decided(second: i64, target: i64) -> HistoryRow {
    HistoryRow {
        warehouse_id: 5,
        folded: "a".to_owned(),
        at: at(second),
        sku: "A".to_owned(),
        level: units(3),
        reserved: units(0),
        free: units(4),
        in_flight: units(1),
        buffer: units(0),
        target: units(target),
        why: Why::Sale,
    }
}

#[tokio::test]
async fn history_is_kept_by_sku_and_store_and_forgotten_by_age() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let rows = [decided(1, 3), decided(2, 2), decided(2, 1)];
        history::add(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let all = history::of_sku(&db, "a", None, 10).await.unwrap();
        assert_eq!(all, [decided(2, 1), decided(1, 3)], "of one moment the last counts");
        assert_eq!(history::of_sku(&db, "a", Some(6), 10).await.unwrap(), []);
        assert_eq!(history::latest(&db, 5, "a", None).await.unwrap(), Some(decided(2, 1)));
        let flying = history::in_flight_since(&db, 5, "a", at(2)).await.unwrap();
        assert_eq!(flying, [units(1)]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(history::prune(&mut tx, at(2)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn rules_findings_oversells_and_products_are_kept() {
    for_each_engine(|db| async move {
        let amount = "10%>=2".parse().unwrap();
        let rule = BufferRule::new(BufferScope::Prefix, "Coat-", Some(5), amount);
        let mut tx = db.begin().await.unwrap();
        buffer::set(&mut tx, at(0), &rule, "Ada").await.unwrap();
        buffer::set(&mut tx, at(1), &rule, "Ada").await.unwrap();
        let everywhere = BufferRule { warehouse_id: None, ..rule.clone() };
        buffer::set(&mut tx, at(1), &everywhere, "Ada").await.unwrap();
        assert_eq!(buffer::list(&mut tx).await.unwrap(), [everywhere, rule]);
        assert!(buffer::unset(&mut tx, BufferScope::Prefix, "coat-", Some(5)).await.unwrap());
        assert!(!buffer::unset(&mut tx, BufferScope::Prefix, "coat-", Some(5)).await.unwrap());

        let found = StockFinding {
            what: What::UnknownInOrderwise,
            warehouse_id: 5,
            folded: "a".to_owned(),
            sku: "A".to_owned(),
            level: units(7),
            free: units(0),
            at: at(1),
        };
        finding::replace(&mut tx, 5, std::slice::from_ref(&found)).await.unwrap();
        assert_eq!(finding::list(&mut tx, 10).await.unwrap(), [found]);
        assert_eq!(finding::counts(&mut tx).await.unwrap().len(), 1);
        finding::replace(&mut tx, 5, &[]).await.unwrap();
        assert_eq!(finding::list(&mut tx, 10).await.unwrap(), []);

        let row = OversellRow {
            warehouse_id: 5,
            folded: "a".to_owned(),
            began_at: at(1),
            sku: "A".to_owned(),
            units: units(2),
            orders: "S1-1".to_owned(),
            ended_at: None,
        };
        oversell::begin(&mut tx, &row).await.unwrap();
        oversell::grow(&mut tx, 5, "a", units(1), "S1-1, S1-2").await.unwrap();
        let open = oversell::open(&mut tx).await.unwrap();
        assert_eq!((open[0].units, open[0].orders.as_str()), (units(2), "S1-1, S1-2"));
        oversell::end(&mut tx, at(9), 5, "a").await.unwrap();
        assert_eq!(oversell::open(&mut tx).await.unwrap(), []);
        assert_eq!(oversell::since(&mut tx, at(0)).await.unwrap()[0].ended_at, Some(at(9)));
        assert_eq!(oversell::since(&mut tx, at(2)).await.unwrap(), []);
        tx.commit().await.unwrap();
    })
    .await;
}
