//! A month in a short time: one store's day goes the whole way from the tills to its close; then it
//! is copied, with other ids, into more days and stores.

use std::{fmt::Write, time::Duration};

use daybook_domain::{
    Timestamp,
    mapping::MappingRow,
    reconcile::witness::{Day, LocalTime, ZReport},
};
use daybook_flows::{people, reconcile};
use daybook_sandbox::sitoo::till::{Row, Sale, Tender};
use daybook_store::{
    Db,
    reconcile::{
        day::{self, DayState},
        register::{self, RegisterRow},
        z_report::{self, NewZReport},
    },
};
use daybook_testkit::{World, world::MORNING};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::{Fault, sandbox::SEED};

/// Days of the month that is closed: up to the eve of the change of the clocks.
pub(crate) const DAYS: i64 = 20;
/// Receipts of one store's day.
pub(crate) const RECEIPTS: i64 = 1_000;
/// Ids of copies begin here; a store's day has as many to itself.
const FIRST: i64 = 1_000_000_000;
const APART: i64 = 100_000;
const DAY: i64 = 86_400_000_000;

const ENTRIES: &str = "INSERT INTO entry (order_id, site_id, reference, kind, state, warehouse_id, \
    register_id, receipt_id, order_date, currency, net, vat, gross, received_at, changed_at, \
    attempt, failures, doubt_lookups, erp_order_id, erp_order_number, erp_net, erp_tax, erp_gross, \
    stored_at, posted_at, confirmed_at, payload_hash, payload_version, seq, chain) \
    SELECT order_id + {ids}, site_id, replace(reference, CAST(order_id AS TEXT), \
    CAST(order_id + {ids} AS TEXT)), kind, state, {warehouse}, '{register}', {receipt}, \
    order_date + {micros}, currency, net, vat, gross, received_at + {micros}, \
    changed_at + {micros}, attempt, failures, doubt_lookups, erp_order_id + {ids}, \
    erp_order_number, erp_net, erp_tax, erp_gross, stored_at + {micros}, posted_at + {micros}, \
    confirmed_at + {micros}, payload_hash, payload_version, seq, chain FROM entry AS e {of};";
const PAYLOADS: &str = "INSERT INTO payload (order_id, version, received_at, hash, body) \
    SELECT p.order_id + {ids}, version, p.received_at + {micros}, hash, \
    replace(replace(replace(replace(replace(body, '\"orderid\":' || e.order_id, \
    '\"orderid\":' || (e.order_id + {ids})), '\"orderdate\":' || (order_date / 1000000), \
    '\"orderdate\":' || (order_date / 1000000 + {micros} / 1000000)), '{old-register}', \
    '{register}'), '\"' || receipt_id || '\"', '\"' || {receipt} || '\"'), \
    '\"warehouseid\":{old-warehouse}', '\"warehouseid\":{warehouse}') \
    FROM payload AS p JOIN entry AS e ON e.order_id = p.order_id {of};";
const ATTEMPTS: &str = "INSERT INTO attempt (order_id, number, started_at, worker, session_id, \
    request, finished_at, class, status, response, duration_us, posting) SELECT \
    a.order_id + {ids}, number, started_at + {micros}, a.worker, session_id, '', \
    finished_at + {micros}, class, status, '', duration_us, posting \
    FROM attempt AS a JOIN entry AS e ON e.order_id = a.order_id {of};";
const DOCUMENTS: &str = "INSERT INTO ledger_document (erp_order_id, order_number, reference, \
    order_id, order_type, order_date, stored_at, net, tax, gross, status, location_id, lines, \
    hash, changed_at) SELECT d.erp_order_id + {ids}, order_number, replace(d.reference, \
    CAST(d.order_id AS TEXT), CAST(d.order_id + {ids} AS TEXT)), d.order_id + {ids}, order_type, \
    d.order_date + {micros}, d.stored_at + {micros}, d.net, d.tax, d.gross, d.status, {location}, \
    lines, hash, d.changed_at FROM ledger_document AS d JOIN entry AS e \
    ON e.order_id = d.order_id {of};";
const OF: &str = "WHERE e.order_id < 1000000000";
const RECEIPT: &str = "('{key}' || (CAST(substr(receipt_id, {behind}) AS BIGINT) + {numbers}))";

/// The warehouse of a store of the month, which count from 1.
pub(crate) const fn warehouse(store: i64) -> i64 {
    store * APART
}

/// The days of the month.
fn days() -> impl Iterator<Item = Day> {
    let first: Option<Day> = "2026-10-05".parse().ok();
    std::iter::successors(first, |day| Some(day.next())).zip(0..DAYS).map(|(day, _)| day)
}

/// Fills the book at `url` with a month of so many stores; the morning after it.
pub(crate) async fn make(db: Db, url: &str, stores: i64) -> Result<Timestamp, Fault> {
    let world = World::small(SEED, db).await?;
    one_day(&world).await?;
    let shop = world.shop(0);
    let (key, old_register) =
        (shop.registers[0].register_key.clone(), shop.registers[0].register_id.clone());
    let reports = z_report::touching(
        &world.app.db,
        std::slice::from_ref(&old_register),
        MORNING,
        MORNING.plus(Duration::from_hours(24)),
    );
    let report = reports.await?.into_iter().find_map(|row| row.report).ok_or("no Z-report")?;
    let morning = Timestamp::from_micros(MORNING.micros() + DAYS * DAY);
    let mut copies = Copies::to(url).await?;
    for store in 1..=stores {
        let warehouse = warehouse(store);
        let register = format!("{old_register}-{store}");
        mapped(&world, (shop.warehouse_id, warehouse), shop.stock_location_id, store).await?;
        let mut sql = String::new();
        for day in 0..DAYS {
            let ids = FIRST + (store * DAYS + day) * APART;
            let numbers = (day * RECEIPTS).to_string();
            let values = [
                ("of", OF.to_owned()),
                ("receipt", RECEIPT.to_owned()),
                ("ids", ids.to_string()),
                ("micros", (day * DAY).to_string()),
                ("numbers", numbers),
                ("behind", (key.len() + 1).to_string()),
                ("key", key.clone()),
                ("warehouse", warehouse.to_string()),
                ("old-warehouse", shop.warehouse_id.to_string()),
                ("register", register.clone()),
                ("old-register", old_register.clone()),
                ("location", (shop.stock_location_id + store * APART).to_string()),
            ];
            for statement in [ENTRIES, PAYLOADS, ATTEMPTS, DOCUMENTS] {
                writeln!(sql, "{}", filled(statement, &values))?;
            }
        }
        copies.run(sql).await?;
        tills(&world, (warehouse, &register, &key), &report).await?;
    }
    copies.run(windows(morning)).await?;
    copies.end().await?;
    Ok(morning)
}

fn filled(statement: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(statement.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// The whole of OrderWise's month is read.
fn windows(morning: Timestamp) -> String {
    let day = |text: &str| text.parse::<LocalTime>().map_or(0, LocalTime::wall_micros);
    let (from, to) = (day("2026-09-01T00:00:00"), day("2026-11-01T00:00:00"));
    format!(
        "DELETE FROM ledger_window; INSERT INTO ledger_window (starts_at, ends_at, read_at, \
         documents) VALUES ({from}, {to}, {}, 0);",
        morning.micros()
    )
}

/// A store's day: sold, posted, read back, counted by the till, and closed without a difference.
async fn one_day(world: &World) -> Result<(), Fault> {
    for number in 0..RECEIPTS {
        let rows = [number, number + 3, number + 5];
        let mut sale = Sale::at_register(world.till(0));
        for (row, at) in rows.iter().take(1 + usize::try_from(number % 3)?).zip(0_i64..) {
            let goods = usize::try_from(row % 6)?;
            let product = &world.goods(goods).product;
            sale = sale.row(Row::of(product).gross(1_200 + (row * 7 + at) % 50 * 60));
        }
        let tender = if number % 3 == 0 { Tender::cash() } else { Tender::card() };
        world.sell(sale.pay_rest(tender));
        if number % 100 == 0 {
            world.clock.advance(Duration::from_mins(1));
        }
    }
    for _ in 0..4 {
        world.after(Duration::from_mins(5)).await.ok_or("a pass failed")?;
    }
    world.clock.advance(Duration::from_hours(9));
    world.sandbox.sitoo.close_registers();
    world.sync().await?;
    world.clock.advance(Duration::from_hours(12));
    world.sync().await?;
    let mut report = reconcile::ReconcileReport::default();
    Box::pin(reconcile::pass(&world.app, &mut report)).await?;
    let day = days().next().ok_or("no day")?;
    let row = day::get(&world.app.db, world.shop(0).warehouse_id, day).await?;
    let closed = row.as_ref().is_some_and(|row| row.state == DayState::Closed);
    if closed { Ok(()) } else { Err(format!("the day is not closed: {row:?}").into()) }
}

/// A store like the first one, in another warehouse.
async fn mapped(
    world: &World,
    (old, new): (i64, i64),
    location: i64,
    store: i64,
) -> Result<(), Fault> {
    let like = world.retailer.mapping().into_iter();
    let like = like.filter(|(kind, key, _)| *kind == "store" && *key == old.to_string());
    let place = |of: i64| format!(" location={of} ");
    let rows = like.filter_map(|(kind, _, value)| {
        let value = value.replace(&place(location), &place(location + store * APART));
        MappingRow::new(kind.parse().ok()?, &new.to_string(), &value).ok()
    });
    let rows: Vec<MappingRow> = rows.collect();
    people::set_mapping(&world.app, &rows, "bench").await?;
    Ok(())
}

/// The store's till, its reports, and its days, which are due.
async fn tills(
    world: &World,
    (warehouse, register, key): (i64, &str, &str),
    report: &ZReport,
) -> Result<(), Fault> {
    let mut tx = world.app.db.begin().await?;
    let now = world.app.clock.now();
    let till = RegisterRow {
        register_id: register.to_owned(),
        key: Some(key.to_owned()),
        warehouse_id: Some(warehouse),
    };
    register::put(&mut tx, now, &[till]).await?;
    for (number, day) in (0..DAYS).zip(days()) {
        let on = |at: Timestamp| Timestamp::from_micros(at.micros() + number * DAY);
        let copy = ZReport {
            register_id: register.to_owned(),
            number: number + 1,
            opened_at: report.opened_at.map(on),
            closed_at: on(report.closed_at),
            added_at: on(report.added_at),
            grand_totals: None,
            ..report.clone()
        };
        let new = NewZReport {
            register_id: register.to_owned(),
            number: copy.number,
            added_at: copy.added_at,
            report: Ok(copy),
            payload: String::new(),
        };
        z_report::keep(&mut tx, now, &new).await?;
        day::touch(&mut tx, warehouse, day, now).await?;
    }
    Ok(tx.commit().await?)
}

/// A connection of its own for the copies.
enum Copies {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Copies {
    async fn to(url: &str) -> Result<Self, Fault> {
        Ok(if url.starts_with("postgres") {
            Self::Postgres(PgConnection::connect(url).await?)
        } else {
            let mut conn = SqliteConnection::connect(url).await?;
            conn.execute("PRAGMA synchronous = OFF").await?;
            Self::Sqlite(conn)
        })
    }

    /// Values are the benchmark's own, so they stand in the text.
    async fn run(&mut self, sql: String) -> Result<(), Fault> {
        let query = sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {sql} COMMIT;")));
        match self {
            Self::Sqlite(conn) => query.execute(conn).await.map(drop)?,
            Self::Postgres(conn) => query.execute(conn).await.map(drop)?,
        }
        Ok(())
    }

    /// Folds the log in, and tells the planner what there is: what a running book has had long since.
    async fn end(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(mut conn) => {
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
                conn.close().await?;
            }
            Self::Postgres(mut conn) => {
                conn.execute("ANALYZE").await?;
                conn.close().await?;
            }
        }
        Ok(())
    }
}
