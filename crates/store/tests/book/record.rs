//! Writing entries down.

use crate::db::for_each_engine;
use daybook_domain::{
    Money,
    entry::EntryState::{self, Held, InDoubt, Posted, Posting, Ready, SetAside, Waiting},
};
use daybook_store::{
    entry::{self, NewEntry, Recorded},
    timeline,
};

use crate::common::{get, go, ids, raw, record, sale, step, waiting_return};

#[tokio::test]
async fn an_entry_comes_back_as_it_was_written() {
    for_each_engine(|db| async move {
        let new = NewEntry { partner_order_id: Some(8), ..waiting_return(7, 6) };
        record(&db, std::slice::from_ref(&new)).await;
        let row = get(&db, 7).await;
        assert_eq!(row.reference, "S1-7");
        assert_eq!((row.kind, row.state, row.reason), (new.kind, new.state, new.reason));
        assert_eq!((row.net, row.vat, row.gross), (new.net, new.vat, new.gross));
        assert_eq!((row.order_date, row.due_at), (new.order_date, new.due_at));
        assert_eq!(row.time_zone.as_deref(), Some("Europe/Stockholm"));
        assert_eq!((row.original_order_id, row.partner_order_id), (Some(6), Some(8)));
        assert_eq!((row.register_id, row.receipt_id), (new.register_id, new.receipt_id));
        assert_eq!((row.attempt, row.failures, row.seq, row.payload_version), (0, 0, 1, 1));
        let payloads = entry::payloads(&db, &[7, 99]).await.unwrap();
        assert_eq!(payloads.len(), 1);
        assert_eq!(payloads[&7], new.payload);
        let events = timeline::of_entry(&db, 7).await.unwrap();
        assert_eq!(events[0].code, "recorded");
        assert_eq!(events[0].state, Waiting);
        assert!(entry::get(&db, 8).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_key_removes_repeats_however_a_page_is_cut() {
    for_each_engine(|db| async move {
        let page: Vec<NewEntry> = (1..=203).map(sale).collect();
        assert_eq!(record(&db, &page).await.new.len(), 203);
        let overlap: Vec<NewEntry> = (150..=260).map(sale).collect();
        let recorded = record(&db, &overlap).await;
        assert_eq!(recorded.same, (150..=203).collect::<Vec<_>>());
        assert_eq!(recorded.new, (204..=260).collect::<Vec<_>>());
        let twice = [sale(300), NewEntry { payload: "later".to_owned(), ..sale(300) }];
        assert_eq!(record(&db, &twice).await.new, [300]);
        assert_eq!(entry::payloads(&db, &[300]).await.unwrap()[&300], "later");
        assert_eq!(record(&db, &[]).await, Recorded::default());
        assert_eq!(entry::payload_versions(&db, 1).await.unwrap().len(), 1);
    })
    .await;
}

fn changed(order_id: i64, state: EntryState) -> NewEntry {
    NewEntry {
        state,
        gross: Money::from_pence(900),
        payload: "changed".to_owned(),
        ..sale(order_id)
    }
}

#[tokio::test]
async fn what_is_not_on_its_way_follows_a_changed_payload() {
    for_each_engine(|db| async move {
        let of_state = |id, state| NewEntry { state, ..sale(id) };
        let first = [of_state(1, SetAside), of_state(2, Waiting), of_state(3, Held), sale(4)];
        record(&db, &first).await;
        let again =
            [changed(1, Waiting), changed(2, SetAside), changed(3, SetAside), changed(4, Waiting)];
        assert_eq!(record(&db, &again).await.changed, [1, 2, 3, 4]);
        // What was set aside cannot go straight to waiting: it is decided anew.
        let states = [Ready, SetAside, SetAside, Waiting];
        for (id, state) in (1..).zip(states) {
            let row = get(&db, id).await;
            assert_eq!((row.state, row.gross.pence()), (state, 900), "{id}");
            assert_eq!((row.payload_version, row.seq), (2, 2));
            let event = timeline::of_entry(&db, id).await.unwrap().pop().unwrap();
            assert_eq!((event.code.as_str(), event.state), ("payload-changed", state));
            assert_eq!(entry::payloads(&db, &[id]).await.unwrap()[&id], "changed");
            let versions = entry::payload_versions(&db, id).await.unwrap();
            assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [1, 2]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_keeps_its_amounts_and_says_so() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2), sale(3)]).await;
        go(&db, &[1, 2, 3].map(|id| step(id, Ready, Posting))).await;
        go(&db, &[step(2, Posting, InDoubt), step(3, Posting, Posted)]).await;
        let recorded = record(&db, &[1, 2, 3].map(|id| changed(id, Ready))).await;
        assert_eq!(recorded.changed_after_posting, [1, 2, 3]);
        assert!(recorded.changed.is_empty());
        for (id, state) in [(1, Posting), (2, InDoubt), (3, Posted)] {
            let row = get(&db, id).await;
            assert_eq!((row.state, row.gross.pence(), row.payload_version), (state, 1_200, 2));
            assert_eq!(timeline::verify_chain(&db, id).await.unwrap(), None);
        }
        // The same once more is nothing new.
        assert_eq!(record(&db, &[changed(1, Ready)]).await.same, [1]);
    })
    .await;
}

#[tokio::test]
async fn two_processes_that_read_one_page_write_it_once() {
    let book = crate::db::TestBook::postgres().await;
    let (one, other) = (book.again().await, book.again().await);
    let page: Vec<NewEntry> = (1..=300).map(sale).collect();
    let (first, second) = tokio::join!(record(&one, &page), record(&other, &page));
    let mut new = [first.new.clone(), second.new.clone()].concat();
    new.sort_unstable();
    assert_eq!(new, (1..=300).collect::<Vec<_>>());
    assert_eq!(first.same.len() + second.same.len(), 300);
    let filter = entry::EntryFilter::default();
    assert_eq!(ids(&entry::list(&one, &filter, 1_000).await.unwrap()).len(), 300);
    let lines = raw(&book.url, "SELECT seq FROM timeline").await.unwrap();
    assert_eq!(lines, 300);
    one.close().await;
    other.close().await;
    book.remove().await;
}
