//! A month of many stores that is closed, beside reading the same rows with no comparison.

use daybook_domain::{Money, Timestamp};
use daybook_flows::reconcile::{self, ReconcileReport};
use daybook_store::{
    Db, OpenOptions, attempt,
    reconcile::{
        document,
        entries::{self, Place},
        register, z_report,
    },
    watermark,
};
use daybook_testkit::{World, world::MORNING};

use crate::{
    Fault,
    args::Args,
    child::{self, Said},
    month_book::{self, DAYS, RECEIPTS},
    sandbox::SEED,
    setup::Book,
    usage,
};

/// Entries read at once.
const PAGE: usize = 500;

/// Both readers on both databases, with a tenth of the stores and with all.
pub(crate) async fn drive(args: &Args) -> Result<(), Fault> {
    let quick = args.has("quick");
    let stores: i64 = args.number("stores").unwrap_or(if quick { 5 } else { 50 });
    println!("\nmonth: {DAYS} days of {RECEIPTS} receipts");
    for engine in ["sqlite", "postgres"] {
        if args.text("engine").is_some_and(|only| only != engine) {
            continue;
        }
        let mut seconds = Vec::new();
        for stores in [(stores / 10).max(1), stores] {
            seconds.push(one(engine, stores).await?);
        }
        if let [small, large] = seconds[..] {
            println!("{engine}: ten times the stores take {:.1} times as long", large / small);
        }
    }
    Ok(())
}

async fn one(engine: &str, stores: i64) -> Result<f64, Fault> {
    let book = Book::new(engine).await?;
    let args = [("url", book.url.clone()), ("stores", stores.to_string())];
    let made = child::finish("month-book", &args).await?;
    let mut args = args.to_vec();
    args.push(("morning", made.number::<i64>("morning")?.to_string()));
    let read = child::finish("month-read", &args).await?;
    let closed = child::finish("month-close", &args).await?;
    let reading: f64 = read.number("seconds")?;
    let closing: f64 = closed.number("seconds")?;
    println!(
        "{engine:8} {:8} entries, {:5} days: reading {reading:7.1} s (CPU {:6.1} s, {:4.0} MiB), \
         closing {closing:7.1} s (CPU {:6.1} s, {:4.0} MiB), ratio {:.2}",
        read.number::<i64>("entries")?,
        closed.number::<i64>("days")?,
        read.number::<f64>("cpu")?,
        mib(&read)?,
        closed.number::<f64>("cpu")?,
        mib(&closed)?,
        closing / reading,
    );
    Ok(closing)
}

fn mib(said: &Said) -> Result<f64, Fault> {
    Ok(f64::from(said.number::<u32>("kib")?) / 1_024.0)
}

async fn open(args: &Args) -> Result<Db, Fault> {
    let url: String = args.need("url")?;
    Ok(Db::open_at(&url, OpenOptions::default()).await?)
}

/// Makes the book.
pub(crate) async fn book(args: &Args) -> Result<(), Fault> {
    let url: String = args.need("url")?;
    let db = open(args).await?;
    let morning = month_book::make(db.clone(), &url, args.need("stores")?).await?;
    println!("morning={}", morning.micros());
    db.close().await;
    Ok(())
}

/// Reads what a close reads, and forgets it.
pub(crate) async fn read(args: &Args) -> Result<(), Fault> {
    let db = open(args).await?;
    let stores: i64 = args.need("stores")?;
    let first = MORNING.micros() - 9 * 3_600_000_000;
    usage::reset_peak();
    let (began, used) = (std::time::Instant::now(), usage::processor_time()?);
    let (mut count, mut sum) = (0, Money::ZERO);
    for warehouse in warehouses(stores) {
        for day in 0..DAYS {
            let at = |day: i64| Timestamp::from_micros(first + day * 86_400_000_000);
            let (from, to) = (at(day), at(day + 1));
            let (entries, gross) = of_day(&db, warehouse, (from, to)).await?;
            count += entries;
            sum += gross;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let used = usage::processor_time()?.saturating_sub(used).as_secs_f64();
    let kib = usage::peak_resident_kib()?;
    if count != stores * DAYS * RECEIPTS || sum == Money::ZERO {
        return Err(format!("{count} entries were read").into());
    }
    println!("entries={count} seconds={seconds} cpu={used} kib={kib}");
    db.close().await;
    Ok(())
}

async fn of_day(
    db: &Db,
    warehouse: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<(i64, Money), Fault> {
    let mut place = Place::before(from);
    let (mut count, mut sum) = (0, Money::ZERO);
    let tills = register::of_store(db, warehouse).await?;
    let tills: Vec<String> = tills.into_iter().map(|till| till.register_id).collect();
    z_report::touching(db, &tills, from, to).await?;
    loop {
        let page = entries::page(db, warehouse, place, to, PAGE).await?;
        let Some(last) = page.last() else { return Ok((count, sum)) };
        place = Place::behind(last);
        let ids: Vec<i64> = page.iter().map(|row| row.entry.order_id).collect();
        let postings = attempt::postings(db, &ids).await?;
        let documents = document::of_entries(db, &ids).await?;
        if postings.len() != ids.len() || documents.len() != ids.len() {
            return Err("a row is missing".into());
        }
        count += i64::try_from(ids.len())?;
        sum += documents.iter().map(|one| one.document.gross).sum::<Money>();
    }
}

/// Closes every day that is due, with nothing left to read of either system.
pub(crate) async fn close(args: &Args) -> Result<(), Fault> {
    let db = open(args).await?;
    let (stores, morning): (i64, i64) = (args.need("stores")?, args.need("morning")?);
    let mut world = World::small(SEED, db).await?;
    world.settings.reconcile.stores = warehouses(stores).collect();
    world.restart();
    let morning = Timestamp::from_micros(morning);
    world.clock.advance_to(morning);
    world.sync().await?;
    read_already(&world, stores, morning).await?;
    usage::reset_peak();
    let (began, used) = (std::time::Instant::now(), usage::processor_time()?);
    let mut report = ReconcileReport::default();
    Box::pin(reconcile::pass(&world.app, &mut report)).await?;
    let seconds = began.elapsed().as_secs_f64();
    let used = usage::processor_time()?.saturating_sub(used).as_secs_f64();
    let kib = usage::peak_resident_kib()?;
    if i64::try_from(report.closed)? < stores * DAYS || report.differs > 0 {
        return Err(format!("not every day is closed: {report:?}").into());
    }
    println!("days={} seconds={seconds} cpu={used} kib={kib}", report.closed);
    world.app.db.close().await;
    Ok(())
}

/// The nights were all kept: nothing but what is due is looked at.
async fn read_already(world: &World, stores: i64, now: Timestamp) -> Result<(), Fault> {
    let mut tx = world.app.db.begin().await?;
    for warehouse in warehouses(stores) {
        let name = format!("reconcile-night:{warehouse}");
        watermark::set(&mut tx, now, &name, now.micros()).await?;
    }
    watermark::set(&mut tx, now, "reconcile-looked-back", now.micros()).await?;
    Ok(tx.commit().await?)
}

/// The warehouses of the month's stores.
fn warehouses(stores: i64) -> impl Iterator<Item = i64> {
    (1..=stores).map(month_book::warehouse)
}
