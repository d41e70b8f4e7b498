//! A whole range that no till has yet, and the pass after it.

use std::fmt::Write;

use daybook_flows::{
    catalogue::{self, CatalogueReport},
    people,
};

use crate::{
    Fault,
    args::Args,
    child,
    setup::{self, Book, Peers},
    shelves::{self, Control, Size},
    stock::{Meter, of},
    usage,
};

pub(crate) async fn drive(args: &Args) -> Result<(), Fault> {
    let products = args.number("products").unwrap_or(100_000);
    let products = if args.has("quick") { products.min(2_000) } else { products };
    let size = Size { skus: products, stores: 1 };
    let service: u32 = args.number("service-ms").unwrap_or(0);
    let sandbox = [
        ("skus", products.to_string()),
        ("stores", "1".to_owned()),
        ("service-ms", service.to_string()),
        ("no-products", String::new()),
    ];
    let sandbox = child::start("shelves", &sandbox).await?;
    let mut wanted = of(&sandbox, size, args)?;
    wanted.push(("batch", args.number("batch").unwrap_or(250_usize).to_string()));
    let said = child::finish("catalogue-product", &wanted).await?;
    println!("\ncatalogue: {products} products, {service} ms a call");
    for (name, what) in [("new", "all are new"), ("same", "nothing changed"), ("full", "all read")]
    {
        let of = |what: &str| format!("{name}-{what}");
        println!(
            "{what:16} {:8.1} s  {:6} calls: {:5} create, {:5} change  peak {:6.0} MiB",
            said.number::<f64>(&of("seconds"))?,
            said.number::<i64>(&of("calls"))?,
            said.number::<i64>(&of("posts"))?,
            said.number::<i64>(&of("puts"))?,
            f64::from(said.number::<u32>(&of("kib"))?) / 1_024.0,
        );
    }
    Ok(())
}

pub(crate) async fn product(args: &Args) -> Result<(), Fault> {
    let mut control = Control::of(args).await?;
    let size = Size::of(args)?;
    let peers = Peers::from(args)?;
    let mut settings = setup::flows(peers.in_flight);
    settings.catalogue.batch = args.need("batch")?;
    let book = Book::new(args.text("engine").unwrap_or("sqlite")).await?;
    let app = setup::with_goods(book.open().await?, peers, settings)?;
    people::set_mapping(&app, &shelves::mapping(size)?, "bench").await?;
    let mut line = String::new();
    for (name, full) in [("new", false), ("same", false), ("full", true)] {
        let meter = Meter::start(&mut control).await?;
        let mut report = CatalogueReport::default();
        let options = catalogue::PassOptions { full, hide_all: false };
        Box::pin(catalogue::pass_with(&app, options, &mut report)).await?;
        let (seconds, _, calls) = meter.read(&mut control).await?;
        let created = if name == "new" { u64::try_from(size.skus)? } else { 0 };
        // The gift card is in the range, too.
        if report.created < created || report.created > created + 2 || report.refused > 0 {
            return Err(format!("{name}: {report:?}").into());
        }
        let kib = usage::peak_resident_kib()?;
        write!(
            line,
            "{name}-seconds={seconds} {name}-calls={} {name}-posts={} {name}-puts={} \
             {name}-kib={kib} ",
            calls.all(),
            calls.new,
            calls.put
        )?;
    }
    println!("{line}");
    app.db.close().await;
    Ok(())
}
