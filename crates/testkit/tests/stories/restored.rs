//! An older copy of a SQLite book is put back: what was posted after it was made is found.

use daybook_domain::{causes::Cause, mapping::MappingKind};
use daybook_flows::{
    evidence,
    sales::{self, SyncOptions},
};
use daybook_sandbox::{
    faults::Fault,
    orderwise::DuplicatePolicy,
    sitoo::till::{Refund, Stage},
};
use daybook_store::{Db, DbUrl, restore};
use daybook_testkit::{
    World,
    db::{TestBook, options},
    proof,
};

use super::*;

/// A world whose OrderWise creates seconds, sold and posted in before and after a copy of its book
/// was made; the copy is in place of the book.
async fn put_back(book: &TestBook) -> World {
    let mut world = World::small(1, book.db.clone()).await.unwrap();
    world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    let missing = world.retailer.troubles.missing_sku.clone();
    let known = world.sell(world.sale(500));
    let held = world.sell(world.sale_of(0, world.row_of(&missing, 600)));
    let open = world.sell(world.sale(700).stage(Stage::Open));
    world.pass().await;
    let slow = world.sell(world.sale(800));
    world.next_order_meets(Fault::TooManyRequests { retry_after_s: Some(60) });
    world.pass().await;
    assert_eq!((world.state(held).await, world.state(slow).await), (Held, Ready));

    let file = book.folder.path().join("copy.db");
    world.app.db.backup_to(&file).await.unwrap();

    world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await;
    world.sandbox.sitoo.close(open, None).unwrap();
    world.refund(Refund::whole(world.till(0), known));
    for _ in 0..5 {
        world.sell(world.sale(900));
    }
    world.after(minutes(6)).await;
    world.after(minutes(6)).await;
    assert_eq!(world.sandbox.orderwise.document_count(), 10, "everything is posted");
    world.app.db.close().await;

    let url: DbUrl = format!("sqlite:{}", file.display()).parse().unwrap();
    let copy = Db::open(&url, options()).await.unwrap();
    world.app = world.another(copy);
    // What people did after the copy was made is for them to do again.
    world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await;
    world
}

#[tokio::test]
async fn an_older_copy_that_is_put_back_doubles_nothing_where_all_is_looked_up_first() {
    let book = TestBook::sqlite().await;
    let mut world = put_back(&book).await;
    let asked = SyncOptions { look_up_first: true, ..SyncOptions::default() };
    sales::sync(&world.app, &asked).await.unwrap();
    let later = world.sell(world.sale(1_000));
    world.pass().await;
    assert_eq!(world.document(later).gross, 1_000, "what is new does not wait");
    // The book remembers it: the next start needs no option.
    world.restart();
    let unsent = world.sell(world.sale(1_100));
    for _ in 0..4 {
        world.after(minutes(6)).await;
    }
    assert_eq!(world.document(unsent).gross, 1_100);
    assert_eq!(world.sandbox.orderwise.document_count(), 12);
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    assert_eq!(world.waits().await, []);
}

#[tokio::test]
async fn a_book_that_restore_put_back_looks_everything_up_without_being_told() {
    let book = TestBook::sqlite().await;
    let world = put_back(&book).await;
    let found =
        restore::in_place(&world.app.db, (world.app.now(), "ada"), evidence::told).await.unwrap();
    assert!(found.is_whole(), "{found:?}");
    sales::sync(&world.app, &SyncOptions::default()).await.unwrap();
    for _ in 0..4 {
        world.after(minutes(6)).await;
    }
    assert_eq!(world.sandbox.orderwise.document_count(), 10);
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_the_lost_book_had_not_posted_is_sent_after_its_look_up() {
    let book = TestBook::sqlite().await;
    let mut world = World::small(1, book.db.clone()).await.unwrap();
    world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    let old = world.sell(world.sale(500));
    world.settings.posting.age_limit = hours(1);
    world.restart();
    let asked = SyncOptions { look_up_first: true, ..SyncOptions::default() };
    let report = sales::sync(&world.app, &asked).await.unwrap();
    assert_eq!((report.looked_up, world.state(old).await), (1, InDoubt));
    assert_eq!(world.sent(), 0);
    // Long after: its age says nothing about tries that were never made.
    world.after(hours(2)).await;
    world.after(minutes(1)).await;
    assert_eq!(world.document(old).gross, 500);
    assert_eq!((world.sent(), world.waits().await), (1, vec![]));
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
}

/// That the story above can fail.
#[tokio::test]
async fn without_the_look_up_an_older_copy_doubles_and_a_person_is_told() {
    let book = TestBook::sqlite().await;
    let world = put_back(&book).await;
    for _ in 0..4 {
        world.after(minutes(6)).await;
    }
    let mut broken = Vec::new();
    proof::nothing_posted_twice(&world.sandbox, &mut broken);
    assert!(broken.len() >= 5, "{broken:?}");
    let told = world.waits().await;
    assert!(told.iter().any(|one| one.0 == Cause::PostedTwice.code()), "{told:?}");
}
