//! The cells: in flight × service time × database, product beside bare client.

use crate::{
    Fault,
    args::Args,
    child::{self, Running, Said},
};

/// A cell, and so many orders that it takes seconds rather than minutes.
#[derive(Debug, Clone, Copy)]
struct Cell {
    in_flight: u32,
    service_ms: u32,
    orders: u32,
}

const QUICK: [(u32, u32); 2] = [(16, 5), (64, 0)];

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let quick = args.has("quick");
    let engines: &[&str] = match args.text("engine") {
        Some("postgres") => &["postgres"],
        Some(_) => &["sqlite"],
        None if quick => &["sqlite"],
        None => &["sqlite", "postgres"],
    };
    println!(
        "in flight  service  database   orders   bare/s  product/s  ratio  CPU s/1000 (bare)  \
         peak MiB"
    );
    for cell in cells(args, quick) {
        let bare = measure(cell, "bare", "").await?;
        for engine in engines {
            let product = measure(cell, "product", engine).await?;
            line(cell, engine, &bare, &product);
        }
    }
    Ok(())
}

fn cells(args: &Args, quick: bool) -> Vec<Cell> {
    let pairs: Vec<(u32, u32)> = match (args.number("in-flight"), args.number("service-ms")) {
        (Some(in_flight), Some(service_ms)) => vec![(in_flight, service_ms)],
        _ if quick => QUICK.to_vec(),
        _ => [1, 16, 64].into_iter().flat_map(|k| [0, 5, 50].map(|ms| (k, ms))).collect(),
    };
    let orders = args.number("orders");
    let orders_of = |in_flight: u32, service_ms: u32| match (orders, quick, service_ms) {
        (Some(orders), ..) => orders,
        (None, true, _) => 3_000,
        (None, false, 0) => {
            if in_flight == 1 {
                5_000
            } else {
                20_000
            }
        }
        // About six seconds' worth.
        (None, false, ms) => (in_flight * 6_000 / ms).clamp(200, 20_000),
    };
    pairs
        .into_iter()
        .map(|(in_flight, service_ms)| Cell {
            in_flight,
            service_ms,
            orders: orders_of(in_flight, service_ms),
        })
        .collect()
}

/// Runs one client against sandboxes of its own.
async fn measure(cell: Cell, client: &str, engine: &str) -> Result<Measured, Fault> {
    let sandbox = sandbox(cell.orders, cell.service_ms).await?;
    let mut args = peers(&sandbox, cell.in_flight)?;
    args.push(("orders", cell.orders.to_string()));
    if !engine.is_empty() {
        args.push(("engine", engine.to_owned()));
    }
    Measured::of(&child::finish(client, &args).await?)
}

/// Both sandboxes, in a process of their own.
pub(crate) async fn sandbox(orders: u32, service_ms: u32) -> Result<Running, Fault> {
    let args = [("orders", orders.to_string()), ("service-ms", service_ms.to_string())];
    child::start("sandbox", &args).await
}

pub(crate) fn peers(
    sandbox: &Running,
    in_flight: u32,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let port = |name: &str| sandbox.said.number::<u16>(name).map(|port| port.to_string());
    Ok(vec![
        ("sitoo", port("sitoo")?),
        ("orderwise", port("orderwise")?),
        ("in-flight", in_flight.to_string()),
    ])
}

/// What a client needed for its orders.
struct Measured {
    a_second: f64,
    cpu_of_1000: f64,
    mib: f64,
}

impl Measured {
    fn of(said: &Said) -> Result<Self, Fault> {
        let orders = f64::from(said.number::<u32>("orders")?);
        Ok(Self {
            a_second: orders / said.number::<f64>("seconds")?,
            cpu_of_1000: said.number::<f64>("cpu")? * 1_000.0 / orders,
            mib: f64::from(said.number::<u32>("kib")?) / 1_024.0,
        })
    }
}

fn line(cell: Cell, engine: &str, bare: &Measured, product: &Measured) {
    println!(
        "{:9}  {:4} ms  {engine:9}  {:6}  {:7.0}  {:9.0}  {:5.2}  {:10.3} ({:.3})  {:8.1}",
        cell.in_flight,
        cell.service_ms,
        cell.orders,
        bare.a_second,
        product.a_second,
        product.a_second / bare.a_second,
        product.cpu_of_1000,
        bare.cpu_of_1000,
        product.mib,
    );
}
