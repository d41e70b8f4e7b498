//! Events: how many orders a second are acknowledged after a durable write, asked for directly
//! and through HTTP.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use daybook_flows::{
    App,
    events::{IncomingEvent, receive},
};
use daybook_web::{Web, router};
use reqwest::{Client, header};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Fault,
    args::Args,
    child,
    setup::{self, Book, Peers},
};

/// Events of one batch: the most that Sitoo sends.
const BATCH: u64 = 10;
/// Senders beside each other.
const SENDERS: u64 = 128;
/// How long each way is measured.
const SPAN: Duration = Duration::from_secs(4);

const USER: &str = "sitoo";
const PASSWORD: &str = "events";

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let book = Book::new(args.text("engine").unwrap_or("sqlite")).await?;
    // Nothing is fetched: nobody listens there.
    let nobody = Peers { sitoo: 9, orderwise: 9, in_flight: 1 };
    let app = setup::app(book.open().await?, nobody)?;
    let direct = direct(&app).await?;
    let web = Web {
        app: Arc::clone(&app),
        events: Some(daybook_web::Events { user: USER.into(), password: PASSWORD.into() }),
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: Arc::default(),
        body_limit_bytes: 1 << 20,
        stop: CancellationToken::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port().to_string();
    let serving = tokio::spawn(axum::serve(listener, router(web)).into_future());
    let http: f64 = child::finish("senders", &[("port", port)]).await?.number("a-second")?;
    serving.abort();
    println!("direct={direct} http={http}");
    app.db.close().await;
    Ok(())
}

async fn direct(app: &Arc<App>) -> Result<f64, Fault> {
    let (began, number) = (Instant::now(), Arc::new(AtomicU64::new(1)));
    let mut senders: JoinSet<Result<u64, Fault>> = JoinSet::new();
    for _ in 0..SENDERS {
        let (app, number) = (Arc::clone(app), Arc::clone(&number));
        senders.spawn(async move {
            let mut done = 0;
            while began.elapsed() < SPAN {
                let first = number.fetch_add(BATCH, Ordering::Relaxed);
                receive(&app, (first..first + BATCH).map(incoming).collect()).await?;
                done += BATCH;
            }
            Ok(done)
        });
    }
    rate(senders, began).await
}

async fn rate(mut senders: JoinSet<Result<u64, Fault>>, began: Instant) -> Result<f64, Fault> {
    let mut done = 0;
    while let Some(ended) = senders.join_next().await {
        done += ended??;
    }
    Ok(f64::from(u32::try_from(done)?) / began.elapsed().as_secs_f64())
}

fn incoming(number: u64) -> IncomingEvent {
    IncomingEvent {
        event_id: id(number),
        event_type: "order".to_owned(),
        order_id: i64::try_from(number).ok(),
        body: body(number),
    }
}

/// As random as Sitoo's ids are.
fn id(number: u64) -> String {
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{spread:016x}-{number:08x}-4c1d-9a55")
}

fn body(number: u64) -> String {
    format!(
        r#"{{"event_id":"{}","event_type":"order","event_date":1791187200,"account_id":90001,"data":{{"eshop_id":1,"order_id":{number},"order_event_type":"add"}}}}"#,
        id(number)
    )
}

/// The process that sends batches to `--port`.
pub(crate) async fn send(args: &Args) -> Result<(), Fault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("http://127.0.0.1:{}/events", args.need::<u16>("port")?);
    let client = Client::builder().tcp_nodelay(true).build()?;
    let (began, number) = (Instant::now(), Arc::new(AtomicU64::new(1 << 30)));
    let mut senders: JoinSet<Result<u64, Fault>> = JoinSet::new();
    for _ in 0..SENDERS {
        let (client, url, number) = (client.clone(), url.clone(), Arc::clone(&number));
        senders.spawn(async move {
            let mut done = 0;
            while began.elapsed() < SPAN {
                let first = number.fetch_add(BATCH, Ordering::Relaxed);
                let batch: Vec<_> = (first..first + BATCH).map(body).collect();
                let request = client.post(&url).basic_auth(USER, Some(PASSWORD));
                let request = request.header(header::CONTENT_TYPE, "application/json");
                let answer = request.body(format!("[{}]", batch.join(","))).send().await?;
                answer.error_for_status()?.bytes().await?;
                done += BATCH;
            }
            Ok(done)
        });
    }
    println!("a-second={}", rate(senders, began).await?);
    Ok(())
}
