//! A shopper is erased: no text of the book holds their data any more, and the record is whole.

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{entry::EntryState, month::pack::pack, till::Shopper as TillShopper};
use daybook_flows::{
    erase::{self, Erasure, Whose},
    events::{self, IncomingEvent},
    people,
    reconcile::{self, Signature, month},
    status,
};
use daybook_sandbox::sitoo::till::{Refund, Shopper};
use daybook_store::{audit, customer, entry, exception, stray, timeline};
use daybook_testkit::{World, db::for_each_book, proof, story::reference};

use super::{
    close::{evening_and_night, monday, on_demand, pass, quarter_of_an_hour},
    raw::{holding, raw},
};

const EMAIL: &str = "zenobia.q@quill.example";
const TEXTS: [&str; 8] = [
    EMAIL,
    "Zenobia",
    "Quillfeather",
    "07700900123",
    "14 Pangolin Mews",
    "Wibbleford",
    "ZZ9 9ZZ",
    "MZQ-77123",
];
/// What may never hold a shopper's data, erased or not.
const NEVER: [&str; 12] = [
    "audit.",
    "certificate.",
    "day_difference.",
    "exception.",
    "finding.",
    "period",
    "settlement_line.",
    "sign_off.",
    "store_day.",
    "till_money",
    "timeline.",
    "z_report",
];

fn shopper() -> Shopper {
    Shopper {
        email: "Zenobia.Q@quill.example".to_owned(),
        first_name: TEXTS[1].to_owned(),
        last_name: TEXTS[2].to_owned(),
        phone: TEXTS[3].to_owned(),
        address: TEXTS[4].to_owned(),
        city: TEXTS[5].to_owned(),
        zip: TEXTS[6].to_owned(),
        country: "GB".to_owned(),
        member_number: Some(TEXTS[7].to_owned()),
    }
}

async fn run(world: &World, whose: &Whose, really: bool) -> Erasure {
    erase::erase(&world.app, whose, really, ("Ada Finch", "asked for")).await.unwrap()
}

/// A sale, its return, a sale that is held, an event and an order without an id, all of one shopper;
/// and the day is closed.
async fn a_day(world: &World) -> [i64; 3] {
    let sale = world.sell(world.sale(1_200).shopper(shopper()));
    world.sell(world.sale(2_000));
    let missing = world.retailer.troubles.missing_sku.clone();
    let held = world.sell(world.sale_of(0, world.row_of(&missing, 600)).shopper(shopper()));
    let back = world.refund(Refund::whole(world.till(0), sale));
    let event = IncomingEvent {
        event_id: "e-1".to_owned(),
        event_type: "order".to_owned(),
        order_id: Some(sale),
        body: format!(r#"{{"event_id":"e-1","data":{{"order_id":{sale},"email":"{EMAIL}"}}}}"#),
    };
    events::receive(&world.app, vec![event]).await.unwrap();
    let mut tx = world.app.db.begin().await.unwrap();
    let body = format!(r#"{{"orderid":null,"email":"{EMAIL}","namefirst":"Zenobia"}}"#);
    stray::keep(&mut tx, world.app.now(), &[&body]).await.unwrap();
    customer::known(&mut tx, world.app.now(), EMAIL, 7).await.unwrap();
    tx.commit().await.unwrap();
    quarter_of_an_hour(world).await;
    evening_and_night(world).await;
    pass(world).await;
    let by = Signature { cause: None, certificate: None, actor: "Ada", reason: "held" };
    reconcile::sign(&world.app, (world.shop(0).warehouse_id, monday()), by).await.unwrap();
    [sale, back, held]
}

async fn nothing_else_says_it(world: &World) {
    let facts = Box::pin(month::facts(&world.app, "2026-10".parse().unwrap())).await.unwrap();
    let filter =
        exception::ExceptionFilter { closed_too: true, ..exception::ExceptionFilter::default() };
    let told = serde_json::json!({
        "pack": pack(&facts),
        "summary": status::summary(&world.app).await.unwrap(),
        "exceptions": exception::list(&world.app.db, &filter, 99).await.unwrap(),
    });
    let told = told.to_string().to_lowercase();
    assert!(TEXTS.iter().all(|text| !told.contains(&text.to_lowercase())));
}

async fn story(world: &World, url: &str) {
    let [sale, back, held] = a_day(world).await;
    let before = holding(url, &TEXTS).await;
    for wanted in ["payload.body", "inbox.body", "stray.body", "customer.key"] {
        assert!(before.iter().any(|place| place == wanted), "{wanted}: {before:?}");
    }
    let leaks = |place: &String| NEVER.iter().any(|start| place.starts_with(start));
    assert!(!before.iter().any(leaks), "{before:?}");
    nothing_else_says_it(world).await;
    let payload = |rows: Vec<entry::PayloadRow>| rows.last().unwrap().body.clone();
    let was = payload(entry::payload_versions(&world.app.db, sale).await.unwrap());

    // Planned: nothing changes.
    let whose = Whose::Email(format!(" {EMAIL}"));
    let planned = run(world, &whose, false).await;
    assert_eq!((planned.entries, planned.payloads, planned.strays), (2, 2, 1), "{planned:?}");
    assert_eq!(planned.order_ids, [sale, back]);
    assert_eq!((planned.refused, planned.left[0].order_id), (1, held));
    assert_eq!(planned.left[0].why, "it is held, and not posted yet");
    assert_eq!(holding(url, &TEXTS).await, before);
    let nameless = erase::erase(&world.app, &whose, true, ("Ada", " ")).await.unwrap_err();
    assert_eq!(nameless.code(), "reason-missing");

    // Done: what is held stays, because it still has to be posted.
    let done = run(world, &whose, true).await;
    assert_eq!(Erasure { done: false, customers: 0, ..done.clone() }, planned);
    assert_eq!(done.customers, 1);
    assert_eq!(holding(url, &TEXTS).await, ["payload.body"]);
    people::dismiss(&world.app, reference(held), "Ada", "entered by hand").await.unwrap();
    assert_eq!(run(world, &Whose::Order(reference(held)), true).await.entries, 1);
    assert_eq!(holding(url, &TEXTS).await, [""; 0]);
    nothing_else_says_it(world).await;

    // Everything else is as it was, and the record says who.
    let verified = daybook_flows::evidence::verify(&world.app.db).await.unwrap();
    assert!(verified.is_whole(), "{:?}", verified.broken);
    let now = payload(entry::payload_versions(&world.app.db, sale).await.unwrap());
    let (mut was, now) = (parse_order(&was).unwrap(), parse_order(&now).unwrap());
    assert_ne!(was.shopper, TillShopper::default());
    was.shopper = TillShopper::default();
    was.delivery = now.delivery.clone();
    assert_eq!(was, now);
    let told = timeline::of_entry(&world.app.db, sale).await.unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.code.as_str(), last.actor.as_str()), ("personal-data-erased", "Ada Finch"));
    let acts = audit::of(&world.app.db, "an e-mail address", 9).await.unwrap();
    assert_eq!((acts.len(), acts[0].action.as_str()), (1, "erase-personal-data"));
    assert_eq!(world.state(sale).await, EntryState::Confirmed);
    // The same order comes again and is nothing new; the day is compared again and is as it was.
    let versions = entry::payload_versions(&world.app.db, sale).await.unwrap().len();
    quarter_of_an_hour(world).await;
    assert_eq!(entry::payload_versions(&world.app.db, sale).await.unwrap().len(), versions);
    on_demand(world, 0).await;
    assert_eq!(run(world, &whose, true).await.entries, 0, "nothing is left");
    let old = run(world, &Whose::Before(world.app.now()), false).await;
    assert_eq!((old.entries, old.refused), (0, 0), "nobody else left a name: {old:?}");
}

#[tokio::test]
async fn a_shopper_is_erased_from_every_text_and_the_record_stays_whole() {
    for_each_book(|db, url| async move {
        let world = World::small(1, db).await.unwrap();
        Box::pin(story(&world, &url)).await;
        assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
        // The guard lets nothing else through, and what is changed behind the book's back shows.
        super::raw::without_guards(&url).await;
        raw(&url, "UPDATE payload SET body = replace(body, '\"email\":\"\"', '\"email\":\"x\"')")
            .await;
        assert!(!daybook_flows::evidence::verify(&world.app.db).await.unwrap().is_whole());
    })
    .await;
}
