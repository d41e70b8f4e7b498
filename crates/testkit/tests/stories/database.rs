//! The database gets in the way: two writers meet, a connection is cut, two processes decide at the
//! same moment.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use daybook_domain::{
    entry::EntryState::{self, Posting},
    mapping::MappingKind,
};
use daybook_flows::{
    events::{self, IncomingEvent},
    sales::{SyncOptions, sync},
};
use daybook_sandbox::{
    faults::Fault,
    orderwise::DuplicatePolicy,
    sitoo::till::{Refund, Row, Stage, Tender},
};
use daybook_store::{
    Db, DbUrl,
    entry::{self, Changes, EntryRow, Expect, Transition},
    timeline::Event,
};
use daybook_testkit::{
    World,
    db::{TestBook, options},
    proof,
};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Row as _, postgres::PgConnectOptions, raw_sql,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::broadcast,
};

use super::*;

/// Trips over each of these once, as a database does that undoes one of two transactions.
const TRIP: &str = "
    CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval(TG_ARGV[0]) = 1 THEN
            RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NEW;
    END $$;";

/// What is tripped over: a name, and when.
const STONES: [(&str, &str); 9] = [
    ("new_entry", "INSERT ON entry FOR EACH ROW"),
    ("missing_id", "INSERT ON missing FOR EACH ROW"),
    ("event", "INSERT ON inbox FOR EACH ROW"),
    ("event_handled", "UPDATE ON inbox FOR EACH ROW"),
    ("turn", "UPDATE ON entry FOR EACH ROW WHEN (NEW.state = 'posting')"),
    ("adopted", "UPDATE ON entry FOR EACH ROW WHEN (OLD.state = 'in-doubt')"),
    ("confirmed", "UPDATE ON entry FOR EACH ROW WHEN (NEW.state = 'confirmed')"),
    ("released", "UPDATE ON entry FOR EACH ROW WHEN (OLD.state = 'held')"),
    (
        "not_final",
        "UPDATE ON entry FOR EACH ROW WHEN (OLD.state = 'set-aside' AND NEW.state = 'set-aside')",
    ),
];

async fn place_stones(conn: &mut PgConnection) {
    raw_sql(TRIP).execute(&mut *conn).await.unwrap();
    for (name, when) in STONES {
        let text = format!(
            "CREATE SEQUENCE {name}_stone; \
             CREATE TRIGGER {name}_trip BEFORE {when} EXECUTE FUNCTION trip('{name}_stone');"
        );
        raw_sql(AssertSqlSafe(text)).execute(&mut *conn).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_database_undoes_is_done_once_more_in_every_pass() {
    let book = TestBook::postgres().await;
    let mut conn = PgConnection::connect(&book.url).await.unwrap();
    let world = World::small(1, book.db.clone()).await.unwrap();
    place_stones(&mut conn).await;
    let open = world.sell(world.sale(700).stage(Stage::Open));
    let missing = world.retailer.troubles.missing_sku.clone();
    let held = world.sell(world.sale_of(0, world.row_of(&missing, 600)));
    world.sandbox.sitoo.insert_gap(1);
    let last = world.sell(world.sale(500));
    let added = IncomingEvent {
        event_id: "e-1".to_owned(),
        event_type: "order.added".to_owned(),
        order_id: Some(last),
        body: "{}".to_owned(),
    };
    events::receive(&world.app, vec![added]).await.unwrap();
    world.next_order_meets(Fault::CutAfter);
    let report = world.pass().await;
    assert_eq!((report.received, report.missing, report.adopted), (3, 1, 1));
    world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await;
    world.clock.advance(minutes(6));
    world.pass().await;
    assert_eq!(world.document(last).gross + world.document(held).gross, 1_100);
    assert_eq!(world.state(open).await, SetAside);
    for (name, _) in STONES {
        let text = format!("SELECT last_value FROM {name}_stone");
        let row = sqlx::query(AssertSqlSafe(text)).fetch_one(&mut conn).await.unwrap();
        assert!(row.get::<i64, _>(0) > 1, "{name}: not tripped over, or not done once more");
    }
    world.clock.advance(minutes(1));
    world.pass().await;
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    book.remove().await;
}

/// Stands between Daybook and the database's socket, and cuts every connection when so many pieces
/// have gone through it.
struct Cutter {
    left: Arc<AtomicI64>,
    url: String,
}

impl Cutter {
    async fn in_front_of(url: &str) -> Self {
        let to: PgConnectOptions = url.parse().unwrap();
        let socket = to.get_socket().unwrap().join(format!(".s.PGSQL.{}", to.get_port()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let (cut, _) = broadcast::channel(1);
        let of_all = Arc::clone(&left);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(pass_on(near, far, Arc::clone(&of_all), cut.clone()));
            }
        });
        let (name, user) = (to.get_database().unwrap(), to.get_username());
        Self { left, url: format!("postgres://{user}@127.0.0.1:{port}/{name}?sslmode=disable") }
    }

    fn cut_after(&self, pieces: i64) {
        self.left.store(pieces, Ordering::SeqCst);
    }

    /// Whether the cut was made.
    fn has_cut(&self) -> bool {
        self.left.swap(i64::MAX, Ordering::SeqCst) <= 0
    }
}

async fn pass_on(
    mut near: TcpStream,
    mut far: UnixStream,
    left: Arc<AtomicI64>,
    cut: broadcast::Sender<()>,
) {
    let mut is_cut = cut.subscribe();
    let (mut there, mut back) = (vec![0; 16_384], vec![0; 16_384]);
    loop {
        tokio::select! {
            biased;
            _ = is_cut.recv() => return,
            read = near.read(&mut there) => match read {
                Ok(size) if size > 0 => {
                    // What was sent still arrives; the answer never does.
                    if far.write_all(&there[..size]).await.is_err() {
                        return;
                    }
                    if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                        let _ = cut.send(());
                        return;
                    }
                }
                _ => return,
            },
            read = far.read(&mut back) => match read {
                Ok(size) if size > 0 => {
                    if near.write_all(&back[..size]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

#[tokio::test]
async fn connections_that_are_cut_in_the_middle_lose_and_double_nothing() {
    let book = TestBook::postgres().await;
    let cutter = Cutter::in_front_of(&book.url).await;
    let url: DbUrl = cutter.url.parse().unwrap();
    let mut world = World::small(1, Db::open(&url, options()).await.unwrap()).await.unwrap();
    world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    let mut sales = Vec::new();
    let mut cuts = 0;
    for pieces in (1..60).step_by(3) {
        sales.extend((0..2).map(|_| world.sell(world.sale(500))));
        cutter.cut_after(pieces);
        world.after(seconds(20)).await;
        cuts += i64::from(cutter.has_cut());
        let broken = proof::always_in(&book.db, &world.sandbox).await;
        assert_eq!(broken, Vec::<String>::new(), "after {pieces}");
    }
    assert!(cuts >= 15, "only {cuts} cuts");
    // What was on its way when a commit's answer was lost is looked up when its lease is over.
    world.restart();
    for _ in 0..6 {
        sync(&world.app, &SyncOptions::default()).await.unwrap();
        world.clock.advance(minutes(5));
    }
    for sale in sales {
        assert_eq!(world.document(sale).gross, 500);
    }
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    world.app.db.close().await;
    book.remove().await;
}

/// Whether somebody waits for a lock that another transaction holds.
async fn somebody_waits(conn: &mut PgConnection) -> bool {
    let text = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'";
    sqlx::query(text).fetch_one(conn).await.unwrap().get::<i64, _>(0) > 0
}

#[tokio::test]
async fn two_processes_that_decide_on_returns_of_one_sale_give_back_no_more_than_was_sold() {
    let book = TestBook::postgres().await;
    let mut world = World::small(1, book.db.clone()).await.unwrap();
    // What is read again is locked, and this is about another lock.
    world.settings.receive.overlap_ids = 0;
    world.restart();
    let row = Row::of(&world.goods(0).product).times(2).gross(1_000);
    let sale = world.sell(world.sale_of(0, row));
    world.pass().await;
    let first = world.refund(Refund::rows(world.till(0), sale, &[(0, 2)]));
    let second = Refund::rows(world.till(0), sale, &[(0, 2)]).unchecked();
    let second = world.refund(second.pay(Tender::card(), 1_000));
    world.next_order_meets(Fault::TooManyRequests { retry_after_s: Some(60) });
    world.pass().await;
    assert_eq!((world.state(first).await, world.state(second).await), (Ready, Held));
    world.clock.advance(minutes(2));
    let now = world.app.now();
    let mut tx = book.db.begin().await.unwrap();
    let due = Changes { due_at: Some(Some(now)), reason: Some(None), ..Changes::default() };
    let again = step(&world.entry(second).await, Ready, due);
    entry::transition(&mut tx, now, &[again]).await.unwrap();
    tx.commit().await.unwrap();

    // Another process has decided to post the second, and has not said so yet.
    let mut tx = book.db.begin().await.unwrap();
    entry::decide_alone_on(&mut tx, &[sale]).await.unwrap();
    let row = world.entry(second).await;
    let intent = Changes {
        attempt: Some(row.attempt + 1),
        worker: Some(Some("another".to_owned())),
        lease_until: Some(Some(now.plus(minutes(3)))),
        ..Changes::default()
    };
    entry::transition(&mut tx, now, &[step(&row, Posting, intent)]).await.unwrap();

    let mut conn = PgConnection::connect(&book.url).await.unwrap();
    let other = async {
        while !somebody_waits(&mut conn).await {
            tokio::task::yield_now().await;
        }
    };
    let pass = world.sync();
    tokio::pin!(pass);
    tokio::select! {
        () = other => {}
        ended = &mut pass => panic!("it did not wait: {ended:?}"),
    }
    tx.commit().await.unwrap();
    pass.await.unwrap();
    assert_eq!(world.causes(first).await, ["returned-more-than-sold"]);
    for _ in 0..3 {
        world.after(minutes(5)).await;
    }
    assert_eq!(world.document(second).gross, 1_000);
    assert_eq!(world.documents(first).len(), 0);
    book.remove().await;
}

fn step(row: &EntryRow, to: EntryState, changes: Changes) -> Transition {
    Transition {
        order_id: row.order_id,
        expect: Expect { state: row.state, attempt: Some(row.attempt) },
        to,
        changes,
        event: Event {
            actor: "another".to_owned(),
            code: to.word().to_owned(),
            detail: "a test".to_owned(),
        },
    }
}
