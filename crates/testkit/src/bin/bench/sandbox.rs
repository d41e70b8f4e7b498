//! Both sandboxes on loopback, with so many plain sales at the tills.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use daybook_connectors::clock::{Clock, SystemClock};
use daybook_sandbox::{
    Sandbox, day,
    faults::{ErrorBody, Fault as Trouble, Matcher},
    retailer::Retailer,
    serve::serve,
    sitoo::Sitoo,
};
use tokio::net::TcpListener;

use crate::{Fault, args::Args};

/// The retailer of every run.
pub(crate) const SEED: u64 = 7;

/// Sales that the tills of the whole retailer make in a second: the order dates, and with them
/// the windows in which documents are read back, are those of a busy day.
const A_SECOND: usize = 10;

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let orders: usize = args.need("orders")?;
    let service_ms: u64 = args.need("service-ms")?;
    // Until all is sold, time is the tills'; then it is the machine's.
    let till_time = Arc::new(AtomicI64::new(0));
    let now = {
        let till_time = Arc::clone(&till_time);
        move || match till_time.load(Ordering::Relaxed) {
            0 => SystemClock.now().micros(),
            at => at,
        }
    };
    let sandbox = Sandbox::new(Arc::new(now), SEED);
    let retailer = Retailer::made_up(SEED);
    retailer.install_sitoo(&sandbox.sitoo);
    retailer.install_orderwise(&sandbox.orderwise);
    sell(&sandbox, &retailer, orders, &till_time)?;
    sandbox.orderwise.switch(|switches| switches.service_time_ms = service_ms);
    let busy = Trouble::ServerError { status: 503, body: ErrorBody::Json };
    sandbox.orderwise_faults.put(busy, Matcher::on("POST", "sales/order").every(100));

    let sitoo = TcpListener::bind("127.0.0.1:0").await?;
    let orderwise = TcpListener::bind("127.0.0.1:0").await?;
    println!("sitoo={} orderwise={}", sitoo.local_addr()?.port(), orderwise.local_addr()?.port());
    let never = std::future::pending::<()>;
    tokio::spawn(serve(sitoo, sandbox.sitoo_router(), never()));
    tokio::spawn(serve(orderwise, sandbox.orderwise_router(), never()));
    if let Some(a_second) = args.number::<usize>("a-second") {
        tokio::spawn(go_on(Arc::clone(&sandbox.sitoo), a_second));
    }
    // The driver's end of the pipe closes when it no longer needs us.
    let until_closed = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(until_closed).await??;
    Ok(())
}

/// The tills sell so much in every second from now on.
async fn go_on(sitoo: Arc<Sitoo>, a_second: usize) {
    let retailer = Retailer::made_up(SEED);
    let mut every = tokio::time::interval(std::time::Duration::from_secs(1));
    for second in 1.. {
        every.tick().await;
        day::bulk(&sitoo, &retailer, a_second, SEED.wrapping_mul(second));
    }
}

fn sell(
    sandbox: &Sandbox,
    retailer: &Retailer,
    orders: usize,
    till_time: &AtomicI64,
) -> Result<(), Fault> {
    let seconds = i64::try_from(orders.div_ceil(A_SECOND))?;
    let opening = SystemClock.now().micros() - (seconds + 60) * 1_000_000;
    let mut left = orders;
    for second in 0..seconds {
        till_time.store(opening + second * 1_000_000, Ordering::Relaxed);
        let seed = SEED.wrapping_add(second.unsigned_abs());
        let placed = day::bulk(&sandbox.sitoo, retailer, left.min(A_SECOND), seed);
        left -= placed.max(1).min(left);
    }
    till_time.store(0, Ordering::Relaxed);
    Ok(())
}
