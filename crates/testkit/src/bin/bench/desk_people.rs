//! The people's process: each looks at one page after the other, and keeps a live stream open.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, header};
use tokio::{sync::Mutex, task::JoinSet};

use crate::{Fault, args::Args};

/// How long somebody reads a page.
const READS: Duration = Duration::from_secs(2);

type Times = Arc<Mutex<BTreeMap<&'static str, Vec<Duration>>>>;

/// Name and address of every page, the static one apart.
pub(crate) fn pages(entry: &str) -> Vec<(&'static str, String)> {
    let own = |name: &'static str, path: &str| (name, path.to_owned());
    vec![
        own("today", "/"),
        own("exceptions", "/exceptions"),
        own("find", "/find"),
        ("search-ref", format!("/find?q={entry}")),
        own("search-money", "/find?q=12.60"),
        own("search-paper", "/find?q=1000"),
        ("entry", format!("/entries/{entry}")),
        own("books", "/books?month=2026-10"),
        own("day", "/books/2026-10-06/100000"),
        own("stock", "/stock"),
        own("catalogue", "/catalogue"),
        own("despatch", "/despatch"),
        own("mappings", "/mappings/sku"),
        own("activity", "/activity"),
        own("health", "/health"),
        own("people", "/people"),
    ]
}

/// Says the 95th of a hundred times of each page, in milliseconds.
pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = format!("http://127.0.0.1:{}", args.need::<u16>("port")?);
    let session: String = args.need("session")?;
    let until = Instant::now() + Duration::from_secs(args.need("seconds")?);
    let first = client(&session)?.get(&base).send().await?.text().await?;
    let sheet = first.split("rel=\"stylesheet\" href=\"").nth(1).and_then(|t| t.split('"').next());
    let sheet = sheet.ok_or("the first page names no sheet")?.to_owned();
    let times = Times::default();
    let mut all: JoinSet<Result<(), Fault>> = JoinSet::new();
    for number in 0..args.need::<usize>("people")? {
        let (client, base) = (client(&session)?, base.clone());
        let (times, sheet) = (Arc::clone(&times), sheet.clone());
        all.spawn(watch(client.clone(), base.clone(), Arc::clone(&times), until));
        all.spawn(walk(client, (base, sheet), number, times, until));
    }
    while let Some(ended) = all.join_next().await {
        ended??;
    }
    let mut line = String::new();
    for (name, times) in times.lock().await.iter_mut() {
        times.sort_unstable();
        let at = (times.len() * 95).div_ceil(100).saturating_sub(1);
        let millis = times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
        write!(line, "{name}={millis:.3} ")?;
    }
    println!("{line}");
    Ok(())
}

fn client(session: &str) -> Result<Client, Fault> {
    let mut headers = header::HeaderMap::new();
    headers.insert(header::COOKIE, format!("daybook={session}").parse()?);
    Ok(Client::builder().tcp_nodelay(true).default_headers(headers).build()?)
}

async fn walk(
    client: Client,
    (base, sheet): (String, String),
    number: usize,
    times: Times,
    until: Instant,
) -> Result<(), Fault> {
    // Copies that the month's book made; every person has entries of their own.
    let entry = |turn: usize| format!("S1-{}", 1_002_110_001 + number * 10 + turn % 10);
    let step = READS / 50 * u32::try_from(number % 50)?;
    tokio::time::sleep(step).await;
    for turn in number.. {
        if Instant::now() > until {
            break;
        }
        let pages = pages(&entry(turn));
        let (name, path) = match turn % (pages.len() + 1) {
            at if at < pages.len() => pages[at].clone(),
            _ => ("static", sheet.clone()),
        };
        took(&client, &format!("{base}{path}"), name, &times).await?;
        tokio::time::sleep(READS).await;
    }
    Ok(())
}

async fn took(
    client: &Client,
    address: &str,
    name: &'static str,
    times: &Times,
) -> Result<(), Fault> {
    let began = Instant::now();
    let answer = client.get(address).send().await?;
    if !answer.status().is_success() {
        return Err(format!("{address}: {}", answer.status()).into());
    }
    answer.bytes().await?;
    times.lock().await.entry(name).or_default().push(began.elapsed());
    Ok(())
}

/// Reads the picture of today again whenever something moved, as the browser does.
async fn watch(client: Client, base: String, times: Times, until: Instant) -> Result<(), Fault> {
    let mut stream = client.get(format!("{base}/live")).send().await?;
    while Instant::now() < until {
        let wait = until.saturating_duration_since(Instant::now());
        let Ok(told) = tokio::time::timeout(wait, stream.chunk()).await else { break };
        let Some(told) = told? else { break };
        if told.windows(5).any(|word| word == b"moved") {
            took(&client, &base, "today", &times).await?;
        }
    }
    Ok(())
}
