//! All stock, compared and repaired, beside a client that only makes the same reads.

use std::fmt::Write;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use daybook_flows::{
    App,
    sales::{SyncOptions, sync},
    stock::{self, StockReport},
};
use daybook_store::watermark;
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde::Deserialize;

use crate::{
    Fault,
    args::Args,
    child::{self, Running, Said},
    setup::{self, Book, Peers},
    shelves::{self, Calls, Control, Size},
    usage,
};

/// A read of changes reaches back so far.
const QUIET: Duration = Duration::from_secs(1);

/// Passes after which a sale must have reached the other stores.
const PASSES: u32 = 20;

/// Runs both clients against one pair of sandboxes, then a sale at 5 ms a call.
pub(crate) async fn drive(args: &Args) -> Result<(), Fault> {
    let quick = args.has("quick");
    let skus = args.number("skus").unwrap_or(if quick { 2_000 } else { 100_000 });
    let stores = args.number("stores").unwrap_or(if quick { 5 } else { 50 });
    let service = args.number("service-ms").unwrap_or(0);
    let size = Size { skus, stores };
    let sandbox = sandbox(size, service).await?;
    let bare = child::finish("stock-bare", &of(&sandbox, size, args)?).await?;
    let product = child::finish("stock-product", &of(&sandbox, size, args)?).await?;
    drop(sandbox);
    println!("\nstock: {skus} SKUs in {stores} stores, {service} ms a call");
    let reads: f64 = bare.number("seconds")?;
    let (first, full): (f64, f64) = (product.number("first")?, product.number("full")?);
    println!(
        "same reads    {reads:8.1} s  {:6} calls  CPU {:6.1} s  peak {:6.0} MiB",
        bare.number::<i64>("calls")?,
        bare.number::<f64>("cpu")?,
        mib(&bare, "kib")?,
    );
    println!(
        "first sweep   {first:8.1} s  {:6} calls  CPU {:6.1} s  peak {:6.0} MiB  ratio {:.2}",
        product.number::<i64>("first-calls")?,
        product.number::<f64>("first-cpu")?,
        mib(&product, "first-kib")?,
        first / reads,
    );
    println!(
        "full sweep    {full:8.1} s  {:6} calls  CPU {:6.1} s  peak {:6.0} MiB  ratio {:.2}",
        product.number::<i64>("full-calls")?,
        product.number::<f64>("full-cpu")?,
        mib(&product, "full-kib")?,
        full / reads,
    );
    for name in ["same", "some", "more"] {
        let of = |what: &str| format!("{name}-{what}");
        let (changed, calls, moves): (i64, i64, i64) = (
            product.number(&of("changed"))?,
            product.number(&of("calls"))?,
            product.number(&of("moves"))?,
        );
        println!(
            "{changed:7} of {} levels changed: {:7.2} s  {calls:6} calls, {moves} of them movements",
            skus * stores,
            product.number::<f64>(&of("seconds"))?,
        );
    }
    sale(args).await
}

/// A sale in one store that is sent from the central warehouse.
async fn sale(args: &Args) -> Result<(), Fault> {
    let size = Size { skus: 1_000, stores: 5 };
    let sandbox = sandbox(size, 5).await?;
    let said = child::finish("stock-sale", &of(&sandbox, size, args)?).await?;
    println!(
        "a sale, 5 ms a call: what others may sell is right after {} passes, {} calls, {:.0} ms",
        said.number::<u32>("passes")?,
        said.number::<i64>("calls")?,
        said.number::<f64>("seconds")? * 1_000.0,
    );
    Ok(())
}

fn mib(said: &Said, name: &str) -> Result<f64, Fault> {
    Ok(f64::from(said.number::<u32>(name)?) / 1_024.0)
}

/// Both sandboxes with so many SKUs, in a process of their own.
pub(crate) async fn sandbox(size: Size, service_ms: u32) -> Result<Running, Fault> {
    let args = [
        ("skus", size.skus.to_string()),
        ("stores", size.stores.to_string()),
        ("service-ms", service_ms.to_string()),
    ];
    child::start("shelves", &args).await
}

/// What a client has to know.
pub(crate) fn of(
    sandbox: &Running,
    size: Size,
    args: &Args,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let port = |name: &str| sandbox.said.number::<u16>(name).map(|port| port.to_string());
    Ok(vec![
        ("sitoo", port("sitoo")?),
        ("orderwise", port("orderwise")?),
        ("control", port("control")?),
        ("in-flight", "1".to_owned()),
        ("skus", size.skus.to_string()),
        ("stores", size.stores.to_string()),
        ("engine", args.text("engine").unwrap_or("sqlite").to_owned()),
    ])
}

/// What was used since a moment.
pub(crate) struct Meter {
    began: Instant,
    used: Duration,
    calls: Calls,
}

impl Meter {
    pub(crate) async fn start(control: &mut Control) -> Result<Self, Fault> {
        usage::reset_peak();
        let calls = control.calls().await?;
        Ok(Self { began: Instant::now(), used: usage::processor_time()?, calls })
    }

    /// Seconds, seconds of the processor, calls.
    pub(crate) async fn read(&self, control: &mut Control) -> Result<(f64, f64, Calls), Fault> {
        let seconds = self.began.elapsed().as_secs_f64();
        let used = usage::processor_time()?.saturating_sub(self.used).as_secs_f64();
        Ok((seconds, used, control.calls().await?.since(self.calls)))
    }
}

/// The product, with a book of its own.
pub(crate) async fn product(args: &Args) -> Result<(), Fault> {
    let mut control = Control::of(args).await?;
    let size = Size::of(args)?;
    let book = Book::new(args.text("engine").unwrap_or("sqlite")).await?;
    let peers = Peers::from(args)?;
    let mut settings = setup::flows(peers.in_flight);
    settings.stock.short_overlap = QUIET;
    let app = setup::with_goods(book.open().await?, peers, settings)?;
    let rows = shelves::mapping(size)?;
    daybook_flows::people::set_mapping(&app, &rows, "bench").await?;
    let mut line = String::new();
    for name in ["first", "full"] {
        // As in the small hours: what OrderWise calculated last was read long ago.
        tokio::time::sleep(QUIET * 2).await;
        want_sweep(&app).await?;
        let meter = Meter::start(&mut control).await?;
        let report = pass(&app).await?;
        let (seconds, cpu, calls) = meter.read(&mut control).await?;
        // The central warehouse, too.
        if report.swept != u64::try_from(size.stores + 1)? {
            return Err(format!("not everything was compared: {report:?}").into());
        }
        let kib = usage::peak_resident_kib()?;
        write!(
            line,
            "{name}={seconds} {name}-cpu={cpu} {name}-calls={} {name}-kib={kib} ",
            calls.all()
        )?;
    }
    // Nothing, one SKU in a thousand, and four in a thousand.
    for (name, many) in [("same", 0), ("some", size.skus / 1_000), ("more", size.skus / 250)] {
        tokio::time::sleep(QUIET * 2).await;
        let said = control.ask(&format!("change {many}")).await?;
        let changed = said.get("changed").copied().unwrap_or_default();
        let meter = Meter::start(&mut control).await?;
        let report = pass(&app).await?;
        let (seconds, _, calls) = meter.read(&mut control).await?;
        let moved = i64::try_from(report.raised + report.lowered)?;
        if moved != changed {
            return Err(format!("{changed} levels changed, {report:?}").into());
        }
        write!(
            line,
            "{name}-changed={changed} {name}-seconds={seconds} {name}-calls={} {name}-moves={} ",
            calls.all(),
            calls.moves
        )?;
    }
    println!("{line}");
    app.db.close().await;
    Ok(())
}

async fn want_sweep(app: &App) -> Result<(), Fault> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), "stock-sweep", 0).await?;
    Ok(tx.commit().await?)
}

async fn pass(app: &Arc<App>) -> Result<StockReport, Fault> {
    let mut report = StockReport::default();
    Box::pin(stock::pass(app, &mut report)).await?;
    Ok(report)
}

/// A sale, and what it costs until the others know.
pub(crate) async fn sold(args: &Args) -> Result<(), Fault> {
    let mut control = Control::of(args).await?;
    let book = Book::new("sqlite").await?;
    let peers = Peers::from(args)?;
    let app = setup::with_goods(book.open().await?, peers, setup::flows(peers.in_flight))?;
    let rows = shelves::mapping(Size::of(args)?)?;
    daybook_flows::people::set_mapping(&app, &rows, "bench").await?;
    daybook_flows::reference::refresh(&app, true).await?;
    pass(&app).await?;
    let level = |said: HashMap<String, i64>| said.get("level").copied().unwrap_or_default();
    let before = level(control.ask("central").await?);
    control.ask("sell").await?;
    let meter = Meter::start(&mut control).await?;
    let mut passes = 0;
    while level(control.ask("central").await?) == before {
        if passes == PASSES {
            return Err("the sale did not reach the others".into());
        }
        sync(&app, &SyncOptions::default()).await?;
        pass(&app).await?;
        passes += 1;
    }
    let (seconds, _, calls) = meter.read(&mut control).await?;
    println!("passes={passes} calls={} seconds={seconds}", calls.all());
    app.db.close().await;
    Ok(())
}

#[derive(Deserialize)]
struct List<T> {
    totalcount: usize,
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Level<'a> {
    sku: &'a str,
    decimaltotal: &'a str,
}

#[derive(Deserialize)]
struct Product<'a> {
    sku: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Figure<'a> {
    sku: &'a str,
    stock_location_id: i64,
}

/// The same reads: every product, every figure, every level. Each answer is read whole, parsed, and
/// forgotten.
pub(crate) async fn bare(args: &Args) -> Result<(), Fault> {
    let mut control = Control::of(args).await?;
    let peers = Peers::from(args)?;
    let retailer = shelves::retailer(Size::of(args)?)?;
    // Lost only to somebody who has just done the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().tcp_nodelay(true).timeout(Duration::from_mins(10)).build()?;
    let meter = Meter::start(&mut control).await?;
    let site = format!("{}/sites/1", peers.sitoo_url());
    let sitoo = |path: &str| {
        let (id, password) = (daybook_sandbox::sitoo::API_ID, daybook_sandbox::sitoo::PASSWORD);
        client.get(format!("{site}/{path}")).basic_auth(id, Some(password))
    };
    let mut start = 0;
    loop {
        let path = format!("products.json?includeinactive=true&fields=sku&start={start}&num=1000");
        let page = bytes(sitoo(&path)).await?;
        let page: List<Product<'_>> = serde_json::from_slice(&page)?;
        start += page.items.iter().filter(|product| !product.sku.is_empty()).count();
        if page.items.is_empty() || start >= page.totalcount {
            break;
        }
    }
    let token = client.get(format!("{}/token/gettoken", peers.orderwise_url()));
    let token = bytes(token.basic_auth("daybook", Some("sandbox"))).await?;
    let token: String = serde_json::from_slice(&token)?;
    let export = client.post(format!("{}/system/export-definition/104", peers.orderwise_url()));
    let export = export
        .bearer_auth(token)
        .header(header::CONTENT_TYPE, "application/json")
        .body(r#"[{"name":"@since","value":"1970-01-01T00:00:00"}]"#);
    let answer = bytes(export).await?;
    let figures: Vec<Figure<'_>> = serde_json::from_slice(&answer)?;
    let mut read =
        figures.iter().filter(|it| it.stock_location_id > 0 && !it.sku.is_empty()).count();
    drop(figures);
    drop(answer);
    let central = retailer.central.warehouse_id;
    for warehouse in retailer.stores.iter().map(|shop| shop.warehouse_id).chain([central]) {
        let mut start = 0;
        loop {
            let path = format!(
                "warehouses/{warehouse}/warehouseitems.json?fields=sku,decimaltotal,\
                 decimalreserved&start={start}&num=1000"
            );
            let page = bytes(sitoo(&path)).await?;
            let page: List<Level<'_>> = serde_json::from_slice(&page)?;
            let sound = page.items.iter().filter(|it| !it.sku.is_empty() && it.decimaltotal != "x");
            start += sound.count();
            if page.items.is_empty() || start >= page.totalcount {
                break;
            }
        }
        read += start;
    }
    let (seconds, cpu, calls) = meter.read(&mut control).await?;
    let kib = usage::peak_resident_kib()?;
    println!("rows={read} seconds={seconds} cpu={cpu} calls={} kib={kib}", calls.all());
    Ok(())
}

async fn bytes(request: RequestBuilder) -> Result<bytes::Bytes, Fault> {
    let answer = request.send().await?;
    if answer.status() != StatusCode::OK {
        return Err(format!("{}: {}", answer.status(), answer.text().await?).into());
    }
    Ok(answer.bytes().await?)
}
