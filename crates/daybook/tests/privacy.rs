//! A shopper's name and e-mail address reach neither the log, however much it tells, nor the metrics:
//! the real process, through faults of both systems.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use daybook_sandbox::{
    faults::{ErrorBody, Fault},
    retailer::SkuKind,
    sitoo::till::{Refund, Row, Sale, Shopper, Tender},
};
use daybook_testkit::live::{Live, until};

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// Everything is told, and happens soon. Shoppers become customers of OrderWise.
const QUICK: &str = r#"
book.url = "sqlite:book.db"
log.level = "trace"
web.events-user = "sitoo"
web.events-password = "knock"
orderwise.per-second = 0
receive.poll-every = "50ms"
receive.first-order-id = 1
posting.shoppers = "find-or-create"
posting.poll-every = "50ms"
posting.settling-time = "300ms"
posting.confirm-after = "100ms"
posting.backoff = { first = "50ms", longest = "500ms", jitter-percent = 20 }
"#;

/// What nobody may read, in small letters.
const TEXTS: [&str; 8] = [
    "zenobia",
    "quill",
    "07700900123",
    "pangolin",
    "wibbleford",
    "zz9 9zz",
    "zz9+9zz",
    "mzq-77123",
];

fn shopper() -> Shopper {
    let texts = |text: &str| text.to_owned();
    Shopper {
        email: texts("Zenobia.Q@quill.example"),
        first_name: texts("Zenobia"),
        last_name: texts("Quillfeather"),
        phone: texts("07700900123"),
        address: texts("14 Pangolin Mews"),
        city: texts("Wibbleford"),
        zip: texts("ZZ9 9ZZ"),
        country: texts("GB"),
        member_number: Some(texts("MZQ-77123")),
    }
}

/// `daybook serve`, gone with this value.
struct Serve(Child);

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One request to the service; its answer as it came.
fn asks(port: u16, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    let rest = "Host: localhost\r\nConnection: close\r\nContent-Type: application/json";
    write!(stream, "{head}\r\n{rest}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Sitoo tells of an order, with the shopper in what it sends.
fn event(port: u16, body: &str) -> String {
    let secret = STANDARD.encode("sitoo:knock");
    asks(port, &format!("POST /events HTTP/1.1\r\nAuthorization: Basic {secret}"), body)
}

/// The shopper buys a piece; with `sku`, that one. The order.
fn buys(live: &Live, sku: Option<&str>) -> i64 {
    let troubles = &live.retailer.troubles;
    let fine = |one: &daybook_sandbox::retailer::Sku| match sku {
        Some(sku) => one.sku == sku,
        None => one.kind == SkuKind::Piece && one.vat_percent == 20 && !troubles.concern(&one.sku),
    };
    let sku = live.retailer.skus.iter().find(|one| fine(one)).unwrap();
    let row = Row::of(&sku.product).gross(1_200);
    let till = &live.retailer.stores[0].registers[0].register_id;
    let sale = Sale::at_register(till).row(row).pay_rest(Tender::card()).shopper(shopper());
    live.sandbox.sitoo.sell(sale).unwrap()
}

/// Every answer that a sale can meet, and orders that cannot be read.
fn a_day_of_trouble(live: &Live, port: u16) {
    let (sitoo, orderwise) = (&live.sandbox.sitoo, &live.sandbox.orderwise_faults);
    let first = buys(live, None);
    let body = ErrorBody::default();
    for fault in [
        Fault::CutAfter,
        Fault::CutBefore,
        Fault::MalformedJson,
        Fault::ErrorInOk,
        Fault::ErrorAfter { status: 500 },
        Fault::ServerError { status: 500, body },
        Fault::HtmlPage { status: 200 },
    ] {
        orderwise.once(fault, "POST", "sales/order");
        buys(live, None);
    }
    for fault in [Fault::CutAfter, Fault::MalformedJson, Fault::ServerError { status: 500, body }] {
        orderwise.once(fault, "POST", "customers");
        live.sandbox.sitoo_faults.once(fault, "GET", "orders");
    }
    buys(live, Some(&live.retailer.troubles.missing_sku));
    let [spoilt, nameless, odd] = [(); 3].map(|()| buys(live, None));
    sitoo.spoil(spoilt, "moneytotal_gross_all", "\"twelve\"");
    sitoo.spoil(nameless, "orderid", "null");
    sitoo.spoil(odd, "email", "{\"first\": \"Zenobia\"}");
    let till = &live.retailer.stores[0].registers[0].register_id;
    sitoo.refund(Refund::whole(till, first)).unwrap();
    let told =
        |data: &str| format!("[{{\"event_id\":\"e-1\",\"event_type\":\"order\",\"data\":{data}}}]");
    let whole = format!("{{\"order_id\":{first},\"email\":\"Zenobia.Q@quill.example\"}}");
    assert!(event(port, &told(&whole)).starts_with("HTTP/1.1 200"));
    for odd in [told("\"Zenobia Quillfeather\""), "{\"Zenobia Quillfeather\"".to_owned()] {
        event(port, &odd);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_log_nor_metrics_tell_who_the_shoppers_are() {
    let live = Live::start(1).await;
    let folder = tempfile::tempdir().unwrap();
    // Free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = format!("web.listen = \"127.0.0.1:{port}\"\n");
    let template = live.retailer.stores[0].customer_id;
    let shoppers = format!("posting.shopper-template-customer-id = {template}\n");
    let config = [&live.config(), &listen, &shoppers, QUICK].concat();
    fs::write(folder.path().join("daybook.toml"), config).unwrap();
    let log = folder.path().join("serve.log");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_daybook"));
    serve.args(["serve"]).current_dir(folder.path()).env_clear().env("USER", "ada");
    serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log).unwrap());
    let _serve = Serve(serve.spawn().unwrap());
    let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert!(until(PATIENCE, listens).await, "{}", fs::read_to_string(&log).unwrap());

    a_day_of_trouble(&live, port);
    // Ten can be posted: nine sales, and the return of the first.
    let orderwise = &live.sandbox.orderwise;
    let posted = until(PATIENCE, || orderwise.document_count() >= 10).await;
    let reads = || live.sandbox.sitoo_faults.counts().of("GET", "orders");
    let seen = reads();
    assert!(until(PATIENCE, || reads() > seen + 10).await, "it reads no orders any more");

    let metrics = asks(port, "GET /metrics HTTP/1.1", "").to_lowercase();
    let log = fs::read_to_string(&log).unwrap();
    assert!(posted, "{} documents: {log}", orderwise.document_count());
    let customers = orderwise.customers();
    assert!(customers.iter().any(|one| format!("{one:?}").contains("Zenobia")), "{customers:?}");
    assert!(metrics.contains("daybook_call_duration_seconds"), "{metrics}");
    assert!(metrics.contains("daybook_exceptions"), "{metrics}");
    assert!(log.contains("TRACE") && log.contains("no whole answer came"), "{log}");
    let leaks = |text: &str| {
        let lines = text.lines().filter(|line| TEXTS.iter().any(|one| line.contains(one)));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(leaks(&log.to_lowercase()), Vec::<String>::new());
    assert_eq!(leaks(&metrics), Vec::<String>::new());
}
