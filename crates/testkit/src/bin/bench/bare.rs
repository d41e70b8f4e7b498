//! The bare client: the same calls as the product, as fast as they can be made with so many in
//! flight. It keeps nothing, checks nothing, and would lose or double everything in a crash.

mod order;
mod wire;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use self::{order::Shapes, wire::Wire};
use crate::{
    Fault,
    args::Args,
    setup::{Peers, SETTLING},
    usage,
};

/// Documents read back in one call, as many as the product's setting says.
const READ_BACK: usize = 200;

/// An order that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Ready {
    reference: String,
    seconds: i64,
    session: i64,
    body: String,
}

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let peers = Peers::from(args)?;
    let orders: u32 = args.need("orders")?;
    let wire = Arc::new(Wire::new(peers).await?);
    usage::reset_peak();
    let (began, used) = (Instant::now(), usage::processor_time()?);
    let (found, to_send) = mpsc::channel(2_048);
    let (sent, to_read) = mpsc::unbounded_channel();
    let reading = tokio::spawn(pages(Arc::clone(&wire), found));
    let back = tokio::spawn(read_back(Arc::clone(&wire), to_read));
    post_all(&wire, peers.in_flight, to_send, &sent).await?;
    drop(sent);
    reading.await??;
    let done = back.await??;
    if done != usize::try_from(orders)? {
        return Err(format!("{done} of {orders} were sent").into());
    }
    let (seconds, used) =
        (began.elapsed().as_secs_f64(), usage::processor_time()?.saturating_sub(used));
    let kib = usage::peak_resident_kib()?;
    println!("orders={orders} seconds={seconds} cpu={} kib={kib}", used.as_secs_f64());
    Ok(())
}

/// Reads all pages, and makes a body of each order.
async fn pages(wire: Arc<Wire>, found: mpsc::Sender<Ready>) -> Result<(), Fault> {
    let shapes = Shapes::new();
    let mut from = 1;
    loop {
        let page = wire.page(from).await?;
        let orders = order::read(&page)?;
        let Some(last) = orders.last().map(|order| order.orderid) else { return Ok(()) };
        for order in &orders {
            if found.send(shapes.ready(order)?).await.is_err() {
                return Ok(());
            }
        }
        from = last + 1;
    }
}

async fn post_all(
    wire: &Arc<Wire>,
    in_flight: usize,
    mut to_send: mpsc::Receiver<Ready>,
    sent: &mpsc::UnboundedSender<i64>,
) -> Result<(), Fault> {
    let seats = Arc::new(Semaphore::new(in_flight));
    let mut calls: JoinSet<Result<(), Fault>> = JoinSet::new();
    while let Some(ready) = to_send.recv().await {
        let permit = Arc::clone(&seats).acquire_owned().await?;
        let (wire, sent, seats) = (Arc::clone(wire), sent.clone(), Arc::clone(&seats));
        calls.spawn(async move {
            let mut is_done = wire.post(&ready).await?;
            drop(permit);
            while !is_done {
                look_twice(&wire, &ready).await?;
                let _seat = seats.acquire().await?;
                is_done = wire.post(&ready).await?;
            }
            Ok(sent.send(ready.seconds)?)
        });
        while let Some(ended) = calls.try_join_next() {
            ended??;
        }
    }
    while let Some(ended) = calls.join_next().await {
        ended??;
    }
    Ok(())
}

/// What was answered 503 is looked up, and again after the settling time.
async fn look_twice(wire: &Wire, ready: &Ready) -> Result<(), Fault> {
    wire.look_up(&ready.reference).await?;
    tokio::time::sleep(SETTLING).await;
    wire.look_up(&ready.reference).await
}

/// Reads documents back, a window of order dates at a time, beside the postings.
async fn read_back(
    wire: Arc<Wire>,
    mut sent: mpsc::UnboundedReceiver<i64>,
) -> Result<usize, Fault> {
    let mut done = 0;
    let mut window = Vec::with_capacity(READ_BACK);
    loop {
        let next = sent.recv().await;
        window.extend(next);
        if window.len() == READ_BACK || (next.is_none() && !window.is_empty()) {
            let from = window.iter().min().copied().unwrap_or_default();
            let to = window.iter().max().copied().unwrap_or_default() + 1;
            wire.totals(from, to).await?;
            done += window.len();
            window.clear();
        }
        if next.is_none() {
            return Ok(done);
        }
    }
}

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(30);
