//! The manual at the desk: its books, its routines with live state, and a tour that checks itself.

use std::time::Duration;

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::{manual::tour, reconcile};
use daybook_sandbox::{
    orderwise::TaxArithmetic,
    sitoo::till::{Refund, Row, Sale, Tender, TenderKind},
};
use daybook_store::Db;
use daybook_testkit::{World, db::for_each_engine};
use daybook_web::{Live, SettingLine};

use crate::{
    Shop,
    common::{Cookie, Desk, desk_told},
    reference,
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: &str = "2026-10-05";

#[tokio::test]
async fn both_books_are_read_printed_and_searched() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let desk = &shop.desk;
        let grace = shop.of(Role::Auditor).await;
        let (status, home) = desk.get("/manual", &grace).await;
        assert_eq!(status, StatusCode::OK, "{home}");
        assert!(home.contains("Read Finance") && home.contains("Print Retail operations"));
        assert!(!home.contains("/manual/tour"), "the tour is for training");
        let (_, found) = desk.get("/manual?q=chargeback+bank", &grace).await;
        assert!(found.contains("/manual/finance/payouts"), "{found}");
        let (_, none) = desk.get("/manual?q=zebra%3Cb%3E", &grace).await;
        assert!(none.contains("No chapter has all of these words") && !none.contains("<b>"));
        let (_, book) = desk.get("/manual/finance", &grace).await;
        assert!(book.contains("/manual/finance/month") && !book.contains("/manual/finance/stock"));
        let (_, chapter) = desk.get("/manual/finance/month", &grace).await;
        assert!(chapter.contains("<h1>Closing a month</h1>") && chapter.contains("rel=\"next\""));
        let (_, print) = desk.get("/manual/retail/print", &grace).await;
        assert!(print.contains("href=\"#stock\"") && print.contains("id=\"cause-sku-unmapped\""));
        let answer = desk.call("GET", "/manual/cause/sku-unmapped", &grace).await;
        assert_eq!(answer.location(), "/manual/retail/cause-sku-unmapped");
        let (_, page) = desk.get(answer.location(), &grace).await;
        assert!(page.contains("Set the mapping and release"), "{page}");
        for path in ["/manual/it", "/manual/finance/stock", "/manual/cause/none", "/manual/tour"] {
            assert_eq!(desk.get(path, &grace).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let here = format!("/exceptions/sku-unmapped?about={}", shop.missing);
        let (_, page) = desk.get(&here, &grace).await;
        assert!(page.contains("/manual/cause/sku-unmapped"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn pages_name_commands_as_this_machine_does_and_programs_read_what_is_there() {
    for_each_engine(|db| async move {
        let world = Box::pin(World::small(1, db)).await.unwrap();
        let said = |page: &str| page.replace("daybook check", "sudo daybook-admin check");
        let desk = desk_told(world, Live { said_here: Some(said), ..Live::default() });
        let ada = desk.sign_in(Role::Admin).await;
        let (_, page) = desk.get("/manual/finance/wrong", &ada).await;
        assert!(page.contains("sudo daybook-admin check"), "{page}");
        assert!(!page.contains("<code>daybook check"), "{page}");
        let (_, document) = desk.get("/api/v1/openapi.json", &ada).await;
        assert!(!document.contains("daybook-admin"), "what programs read stays as it is");
    })
    .await;
}

#[tokio::test]
async fn what_is_set_and_mapped_here_is_in_the_book_at_once() {
    for_each_engine(|db| async move {
        let world = Box::pin(World::small(1, db)).await.unwrap();
        let name = world.shop(0).name.clone();
        let settings = vec![SettingLine {
            section: "receive".to_owned(),
            key: "poll-every".to_owned(),
            explained: "Pause between two polls.".to_owned(),
            value: Some("7s".to_owned()),
            is_ours: true,
        }];
        let desk = desk_told(world, Live { settings, ..Live::default() });
        let ada = desk.sign_in(Role::Admin).await;
        let (_, page) = desk.get("/manual/finance/settings", &ada).await;
        assert!(page.contains("<strong><code>7s</code></strong>"), "{page}");
        let (_, page) = desk.get("/manual/retail/here-stores", &ada).await;
        assert!(page.contains(&format!(">{name}</h2>")), "{page}");
        let (_, page) = desk.get("/manual/finance/here-policies", &ada).await;
        assert!(page.contains("OrderWise works it out"), "{page}");
        let (_, page) = desk.get("/manual/finance/here-responsible", &ada).await;
        assert!(!page.contains("Jo Price"));
        let form = [("workflow", "despatch"), ("name", "Jo Price"), ("deputy", "<b>Mo</b>")];
        let answer = desk.form("/manual/responsible/set", &form, &ada).await;
        assert_eq!(answer.location(), "/manual/responsible?done=1");
        for path in ["/manual/retail/here-responsible", "/manual/responsible"] {
            let (_, page) = desk.get(path, &ada).await;
            assert!(page.contains("Jo Price") && !page.contains("<b>Mo"), "{page}");
        }
        let (_, acts) = desk.get("/activity", &ada).await;
        assert!(acts.contains("responsible set"), "{acts}");
        let retail = desk.sign_in(Role::Retail).await;
        let refused = desk.form("/manual/responsible/set", &form, &retail).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let unknown = [("workflow", "tea"), ("name", "Jo")];
        let refused = desk.form("/manual/responsible/set", &unknown, &ada).await;
        assert!(refused.text.contains("workflow-unknown"), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn a_routine_checks_itself_and_keeps_who_ticked_the_rest() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let desk = &shop.desk;
        let ada = shop.of(Role::Retail).await;
        let page = async || desk.get("/manual/routines", &ada).await.1;
        let before = page().await;
        assert!(before.contains("Each day: 2026-10-05"), "{before}");
        assert!(before.contains("Each week: 2026-W41") && before.contains("At month-end: 2026-09"));
        let row = |page: &str, code: &str| {
            let from = page.find(&format!("<tr id=\"{code}\">")).unwrap();
            page[from..].split("</tr>").next().unwrap().to_owned()
        };
        assert!(row(&before, "nothing-oversold").contains("Done"));
        // On its first day nothing can be older than the book, and yesterday was another's.
        assert!(row(&before, "exceptions-young").contains("Not known"), "{before}");
        assert!(row(&before, "yesterday-closed").contains("Not known"), "{before}");
        assert!(row(&before, "floor-told").contains("Tick off"));
        let form = [("routine", "daily"), ("line", "floor-told"), ("remark", "rang <Leeds>")];
        let answer = desk.form("/manual/routines/tick", &form, &ada).await;
        assert_eq!(answer.location(), "/manual/routines#floor-told");
        let after = page().await;
        assert!(row(&after, "floor-told").contains("retail, "), "{after}");
        assert!(after.contains("Ticked off lately") && !after.contains("<Leeds>"));
        // What checks itself nobody ticks off, and an auditor nothing.
        let live = [("routine", "daily"), ("line", "nothing-oversold")];
        let refused = desk.form("/manual/routines/tick", &live, &ada).await;
        assert!(refused.text.contains("line-checks-itself"), "{}", refused.text);
        let grace = shop.of(Role::Auditor).await;
        let refused = desk.form("/manual/routines/tick", &form, &grace).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        desk.form("/manual/routines/untick", &form, &ada).await;
        assert!(row(&page().await, "floor-told").contains("Tick off"));
        // Three days later the two sales that wait are old, and today's tick is not there yet.
        desk.world.clock.advance(72 * HOUR);
        let ada = shop.of(Role::Finance).await;
        let (_, later) = desk.get("/manual/routines", &ada).await;
        let told = row(&later, "exceptions-young");
        assert!(told.contains("To do") && told.contains("2 exceptions"), "{told}");
    })
    .await;
}

/// A day on which something of everything went wrong, and the next morning.
async fn bad_day(db: Db) -> (Desk, [i64; 5]) {
    let world = World::new(1, db).await.unwrap();
    let troubles = world.retailer.troubles.clone();
    let missing = world.sell(world.sale_of(0, world.row_of(&troubles.missing_sku, 1_000)));
    let link = Tender::new(&troubles.unknown_tender, "", TenderKind::Card);
    let goods = || Row::of(&world.goods(0).product);
    let by_link =
        world.sell(Sale::at_register(world.till(0)).row(goods().gross(2_000)).pay_rest(link));
    // Rows of several pieces: OrderWise rounds their tax once an order, the till once a row.
    world.sandbox.orderwise.switch(|switches| switches.tax = TaxArithmetic::PerOrder);
    for pence in [333, 777, 1_001, 1_999, 499, 1_111] {
        let sale = (1..4).fold(Sale::at_register(world.till(0)), |sale, number| {
            sale.row(Row::of(&world.goods(number).product).gross(pence + 7).times(3))
        });
        world.sell(sale.pay_rest(Tender::card()));
    }
    let sold = world.sell(world.sale(1_250));
    let back = world.refund(Refund::whole(world.till(0), sold));
    let last = world.sell(world.sale(4_321));
    for _ in 0..3 {
        world.after(Duration::from_mins(5)).await;
    }
    world.clock.advance(9 * HOUR);
    world.sandbox.sitoo.close_registers();
    world.pass().await;
    world.clock.advance(12 * HOUR);
    world.pass().await;
    reconcile::pass(&world.app, &mut reconcile::ReconcileReport::default()).await.unwrap();
    let desk = desk_told(world, Live { training: true, ..Live::default() });
    (desk, [missing, by_link, sold, back, last])
}

/// The codes of the exercises that are done.
async fn done(desk: &Desk) -> Vec<&'static str> {
    let all = tour::read(&desk.world.app).await.unwrap();
    all.iter().filter(|one| one.done.is_some()).map(|one| one.exercise.text().code).collect()
}

async fn answer(desk: &Desk, who: &Cookie, exercise: &str, answer: &str) -> String {
    let all = tour::read(&desk.world.app).await.unwrap();
    let one = all.into_iter().find(|one| one.exercise.text().code == exercise).unwrap();
    let form = [("exercise", exercise), ("about", one.about.as_str()), ("answer", answer)];
    desk.form("/manual/tour/answer", &form, who).await.location().to_owned()
}

#[tokio::test]
async fn each_exercise_is_undone_at_first_and_done_after_the_deed() {
    for_each_engine(|db| async move {
        let (desk, [_, _, sold, _, last]) = Box::pin(bad_day(db)).await;
        let ada = desk.sign_in_as("Ada", &[Role::Finance, Role::Retail, Role::Admin], None).await;
        let (status, page) = desk.get("/manual/tour", &ada).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("0 of 10 done"), "{page}");
        assert!(!page.contains("nothing of that kind"), "{page}");
        assert_eq!(done(&desk).await, [""; 0]);
        let is_done = async |code: &str| {
            assert!(done(&desk).await.contains(&code), "{code}");
        };
        // With an answer: a wrong one does nothing.
        let wrong = answer(&desk, &ada, "lost-receipt", "SO-0").await;
        assert_eq!(wrong, "/manual/tour?wrong=lost-receipt#lost-receipt");
        let number = desk.world.entry(last).await.erp_order_number.unwrap();
        answer(&desk, &ada, "lost-receipt", &number).await;
        is_done("lost-receipt").await;
        answer(&desk, &ada, "whose-return", &reference(sold)).await;
        is_done("whose-return").await;
        answer(&desk, &ada, "explain-penny", "price").await;
        assert!(!done(&desk).await.contains(&"explain-penny"));
        answer(&desk, &ada, "explain-penny", "tax rounded differently").await;
        is_done("explain-penny").await;
        // By a deed.
        let store = desk.world.shop(0).warehouse_id;
        let why = [("reason", "looked into")];
        desk.form(&format!("/books/{DAY}/{store}/sign"), &why, &ada).await;
        is_done("sign-difference").await;
        desk.form(&format!("/entries/{}/shopper", reference(sold)), &[], &ada).await;
        is_done("see-shopper").await;
        exceptions(&desk, &ada).await;
        let flow = [("flow", "stock"), ("reason", "OrderWise is taken down")];
        desk.form("/health/pause", &flow, &ada).await;
        assert!(!done(&desk).await.contains(&"pause-and-resume"));
        desk.form("/health/resume", &flow, &ada).await;
        is_done("pause-and-resume").await;
        let nobody = [("workflow", "despatch"), ("name", "")];
        desk.form("/manual/responsible/set", &nobody, &ada).await;
        assert!(!done(&desk).await.contains(&"name-responsible"));
        let jo = [("workflow", "despatch"), ("name", "Jo")];
        desk.form("/manual/responsible/set", &jo, &ada).await;
        let (_, page) = desk.get("/manual/tour", &ada).await;
        assert!(page.contains("10 of 10 done"), "{page}");
    })
    .await;
}

/// The exercises at the exceptions: taking one on, and two mappings.
async fn exceptions(desk: &Desk, ada: &Cookie) {
    let troubles = desk.world.retailer.troubles.clone();
    let path = "/exceptions/sku-unmapped";
    let about = ("about", troubles.missing_sku.as_str());
    desk.form(&format!("{path}/assign"), &[about, ("text", "Ada")], ada).await;
    assert!(!done(desk).await.contains(&"take-on"));
    desk.form(&format!("{path}/comment"), &[about, ("text", "asked the buyer")], ada).await;
    assert!(done(desk).await.contains(&"take-on"));
    let code = desk.world.goods(0).sku.clone();
    desk.form(&format!("{path}/map"), &[about, ("code", &code)], ada).await;
    let method = desk.world.retailer.tenders[0].payment_method_id.to_string();
    let about = ("about", troubles.unknown_tender.as_str());
    let path = "/exceptions/tender-unmapped/map";
    let set = desk.form(path, &[about, ("method-id", &method)], ada).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    desk.world.pass().await;
    let told = done(desk).await;
    assert!(told.contains(&"unmapped-sku") && told.contains(&"unmapped-payment"), "{told:?}");
}
