//! Fifty people on the desk's pages while entries flow, beside a bare static page of the same server
//! in the same run; and how much slower posting is for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use daybook_domain::{access::Role, entry::EntryState};
use daybook_flows::{
    access::{
        SignIn, Visitor,
        link::{self, Choice, Person},
    },
    engine,
};
use daybook_store::{Db, OpenOptions, watermark};
use daybook_web::{Web, router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    Fault,
    args::Args,
    cells::peers,
    child::{self, Running},
    desk_people,
    product::count,
    setup::{self, Book, Peers},
};

/// People who look at pages.
const PEOPLE: u32 = 50;
/// Entries a second: 100,000 in a trading day of ten hours.
const FLOW: u32 = 3;
/// Orders whose posting is timed with people and without.
const POSTED: u32 = 12_000;
/// How often posting is timed each way, in turns; the middle one counts.
const TURNS: usize = 5;
/// How long people look while entries flow.
const SECONDS: u32 = 60;
/// The sandbox's first order.
const FIRST_ID: i64 = 10_001;
/// Orders that the book holds under the ids of the sandbox's first.
const KNOWN: u32 = 1_000;

/// The pages, then posting, on both databases.
pub(crate) async fn drive(args: &Args) -> Result<(), Fault> {
    let stores = args.number("stores").unwrap_or(if args.has("quick") { 5 } else { 50 });
    for engine in ["sqlite", "postgres"] {
        if args.text("engine").is_some_and(|only| only != engine) {
            continue;
        }
        let book = Book::new(engine).await?;
        let month = [("url", book.url.clone()), ("stores", i64::to_string(&stores))];
        child::finish("month-book", &month).await?;
        println!("\ndesk, {engine}: {PEOPLE} people, {FLOW} entries a second");
        pages(&book, stores).await?;
        let (mut alone, mut watched) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            alone.push(posting(&book, false).await?);
            watched.push(posting(&book, true).await?);
        }
        println!("posting alone {alone:.0?}, watched {watched:.0?}");
        let (alone, watched) = (median(alone), median(watched));
        println!(
            "posting: {alone:.0}/s alone, {watched:.0}/s with {PEOPLE} people, {:.1} % less",
            (1.0 - watched / alone) * 100.0
        );
    }
    Ok(())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

async fn host(book: &Book, sandbox: &Running) -> Result<Running, Fault> {
    let mut args = peers(sandbox, 4)?;
    args.push(("url", book.url.clone()));
    child::start("desk-host", &args).await
}

fn look(host: &Running, seconds: u32) -> Result<Vec<(&'static str, String)>, Fault> {
    Ok(vec![
        ("port", host.said.number::<u16>("port")?.to_string()),
        ("session", host.said.number::<String>("session")?),
        ("seconds", seconds.to_string()),
        ("people", PEOPLE.to_string()),
    ])
}

async fn pages(book: &Book, stores: i64) -> Result<(), Fault> {
    let live = [
        ("orders", KNOWN.to_string()),
        ("service-ms", "5".to_owned()),
        ("a-second", FLOW.to_string()),
    ];
    let sandbox = child::start("sandbox", &live).await?;
    let host = host(book, &sandbox).await?;
    let mut args = look(&host, SECONDS)?;
    args.push(("stores", stores.to_string()));
    let said = child::finish("desk-people", &args).await?;
    let still: f64 = said.number("static")?;
    println!("page          p95 ms   times the static page's {still:.2} ms");
    for (name, _) in desk_people::pages("S1-1") {
        let p95: f64 = said.number(name)?;
        println!("{name:12}  {p95:6.1}  {:6.1}", p95 / still);
    }
    Ok(())
}

/// Orders a second, from the first to the last confirmed.
async fn posting(book: &Book, watched: bool) -> Result<f64, Fault> {
    let db = book.open().await?;
    let before = count(&db, EntryState::Confirmed).await?;
    // What the runs before brought is known under the first ids; the rest is this run's.
    let known = watermark::get(&db, "orders").await?.unwrap_or(FIRST_ID) - FIRST_ID + 1;
    let orders = known + i64::from(POSTED);
    let orders = [("orders", orders.to_string()), ("service-ms", "0".to_owned())];
    let sandbox = child::start("sandbox", &orders).await?;
    let host = host(book, &sandbox).await?;
    let people =
        if watched { Some(child::start_quietly("desk-people", &look(&host, 600)?)?) } else { None };
    let began = Instant::now();
    while count(&db, EntryState::Confirmed).await? < before + i64::from(POSTED) {
        if began.elapsed() > Duration::from_mins(5) {
            return Err("not posted in time".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    drop((people, host));
    db.close().await;
    Ok(f64::from(POSTED) / seconds)
}

/// The process of the product: `daybook serve` with its pages, on a book that is there.
pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let url: String = args.need("url")?;
    let db = Db::open_at(&url, OpenOptions::default()).await?;
    let app = setup::watched(db, Peers::from(args)?)?;
    setup::prepare(&app).await?;
    let stop = CancellationToken::new();
    let web = Web {
        app: Arc::clone(&app),
        events: None,
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: Arc::default(),
        body_limit_bytes: 1 << 20,
        stop: stop.clone(),
    };
    let session = session(&app).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("port={} session={session}", listener.local_addr()?.port());
    tokio::spawn(engine::run(Arc::clone(&app), stop));
    let service = router(web).into_make_service_with_connect_info::<std::net::SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

/// Somebody who may see everything, signed in.
async fn session(app: &daybook_flows::App) -> Result<String, Fault> {
    let number = app.ids.uuid().simple().to_string();
    let person = Person {
        login: format!("{number}@bench"),
        name: format!("Bench {number}"),
        roles: Role::ALL.into(),
        stores: None,
    };
    let door = link::open_door(app, &person, "bench").await?;
    let visitor = Visitor { source: "bench".to_owned(), ..Visitor::default() };
    match link::accept(app, &door.secret, &Choice::default(), &visitor).await? {
        SignIn::In(entered) => Ok(entered.session),
        other => Err(format!("not signed in: {other:?}").into()),
    }
}
