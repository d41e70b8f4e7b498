//! Both sandboxes on loopback with a large range: every SKU in every store, both sides equal. What
//! happens meanwhile is told by lines on a third port.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use daybook_connectors::clock::{Clock, SystemClock};
use daybook_domain::mapping::MappingRow;
use daybook_sandbox::{
    Sandbox,
    orderwise::StockCalculation,
    retailer::{CARRIER, Retailer, Sku, SkuKind, check_digit},
    serve::serve,
    sitoo::{
        masters::Product,
        till::{Row, Sale, Shopper, Stage, Tender},
    },
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{Fault, args::Args, sandbox::SEED};

/// Ids far above those of the retailer that it is made from.
const FIRST: i64 = 1_000_000;
/// All was calculated and amended so long ago that no overlapping read finds it.
const AGO: i64 = 3 * 86_400_000_000;

/// How large the retailer is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) skus: usize,
    pub(crate) stores: usize,
}

impl Size {
    pub(crate) fn of(args: &Args) -> Result<Self, Fault> {
        Ok(Self { skus: args.need("skus")?, stores: args.need("stores")? })
    }
}

/// The made-up retailer, grown to so many SKUs and stores.
pub(crate) fn retailer(size: Size) -> Result<Retailer, Fault> {
    let mut retailer = Retailer::made_up(SEED);
    let shops = retailer.stores.clone();
    let numbers = 1..=i64::try_from(size.stores)?;
    retailer.stores = numbers
        .zip(shops.iter().cycle())
        .map(|(number, like)| {
            let mut shop = like.clone();
            shop.name = format!("{} {number}", like.name);
            shop.store_id = FIRST + number;
            shop.external_id = (FIRST + number).to_string();
            shop.warehouse_id = FIRST + number;
            shop.reclaim_warehouse_id = 2 * FIRST + number;
            shop.customer_id = FIRST + number;
            shop.customer_account = format!("STORE-{number}");
            shop.session_id = FIRST + number;
            shop.stock_location_id = FIRST + number;
            shop.reclaim_stock_location_id = 2 * FIRST + number;
            for till in &mut shop.registers {
                till.register_id = format!("till-{number}-{}", till.number);
                till.register_key = format!("K{number:05}{:03}", till.number);
            }
            shop
        })
        .collect();
    retailer.skus.retain(|sku| matches!(sku.kind, SkuKind::GiftCard | SkuKind::RoundOff));
    let numbers = 1..=i64::try_from(size.skus)?;
    retailer.skus.extend(numbers.map(sku));
    Ok(retailer)
}

fn sku(number: i64) -> Sku {
    let code = format!("BN-{number:07}");
    let twelve = 210_000_000_000 + number.unsigned_abs();
    let ean = format!("{twelve}{}", check_digit(twelve));
    let title = format!("Jumper {number}, lambswool, moss");
    let mut product = Product::new(FIRST + number, &code, &title, 4_900, 2_000);
    product.barcode = Some(ean.as_str().into());
    Sku {
        sku: code.clone(),
        description: title,
        product_code: code,
        ean: Some(ean),
        price_inc_vat_pence: 4_900,
        vat_percent: 20,
        variant_id: FIRST + number,
        kind: SkuKind::Piece,
        product: Arc::new(product),
    }
}

/// The mapping of its stores; what comes back broken has no place here. The range, which only the
/// sandboxes need, is not made: its memory is not the product's.
pub(crate) fn mapping(size: Size) -> Result<Vec<MappingRow>, Fault> {
    let retailer = retailer(Size { skus: 0, ..size })?;
    let reclaims: Vec<String> =
        retailer.stores.iter().map(|shop| shop.reclaim_warehouse_id.to_string()).collect();
    let rows = retailer.mapping().into_iter();
    let rows = rows.filter(|(kind, key, _)| *kind != "warehouse" || !reclaims.contains(key));
    let row = |(kind, key, value): (&str, String, String)| {
        MappingRow::new(kind.parse().ok()?, &key, &value).ok()
    };
    Ok(rows.filter_map(row).collect())
}

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let back = Arc::new(AtomicI64::new(AGO));
    let now = {
        let back = Arc::clone(&back);
        move || SystemClock.now().micros() - back.load(Ordering::Relaxed)
    };
    let sandbox = Arc::new(Sandbox::new(Arc::new(now), SEED));
    let mut retailer = retailer(Size::of(args)?)?;
    retailer.install_orderwise(&sandbox.orderwise);
    if args.has("no-products") {
        // The shop is there, and nothing is in its range yet.
        let range = std::mem::take(&mut retailer.skus);
        retailer.install_sitoo(&sandbox.sitoo);
        retailer.skus = range;
    } else {
        retailer.install_sitoo(&sandbox.sitoo);
    }
    sandbox.orderwise.switch(|switches| switches.calculation = StockCalculation::AtOnce);
    let service_ms: u64 = args.number("service-ms").unwrap_or(0);
    sandbox.orderwise.switch(|switches| switches.service_time_ms = service_ms);
    sandbox.sitoo.switch(|switches| switches.service_ms = service_ms);
    back.store(0, Ordering::Relaxed);

    let sitoo = TcpListener::bind("127.0.0.1:0").await?;
    let orderwise = TcpListener::bind("127.0.0.1:0").await?;
    let control = TcpListener::bind("127.0.0.1:0").await?;
    println!(
        "sitoo={} orderwise={} control={}",
        sitoo.local_addr()?.port(),
        orderwise.local_addr()?.port(),
        control.local_addr()?.port()
    );
    let never = std::future::pending::<()>;
    tokio::spawn(serve(sitoo, sandbox.sitoo_router(), never()));
    tokio::spawn(serve(orderwise, sandbox.orderwise_router(), never()));
    loop {
        let (stream, _) = control.accept().await?;
        listen(stream, &sandbox, &retailer).await?;
    }
}

async fn listen(stream: TcpStream, sandbox: &Sandbox, retailer: &Retailer) -> Result<(), Fault> {
    let (input, mut output) = stream.into_split();
    let mut lines = BufReader::new(input).lines();
    while let Some(line) = lines.next_line().await? {
        let mut words = line.split_whitespace();
        let word = words.next().unwrap_or_default();
        let number = words.next().and_then(|number| number.parse().ok()).unwrap_or(0);
        let answer = match word {
            "calls" => calls(sandbox),
            "change" => change(sandbox, retailer, number),
            "sell" => sell(sandbox, retailer)?,
            "central" => format!("level={}", central(sandbox, retailer)),
            _ => return Err(format!("'{word}' is no word of the benchmark").into()),
        };
        output.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    Ok(())
}

/// Calls so far, and those that write.
fn calls(sandbox: &Sandbox) -> String {
    let (sitoo, orderwise) = (sandbox.sitoo_faults.counts(), sandbox.orderwise_faults.counts());
    format!(
        "sitoo={} orderwise={} moves={} products-new={} products-put={}",
        sitoo.all(),
        orderwise.all(),
        sitoo.of("POST", "warehousetransactions"),
        sitoo.of("POST", "products"),
        sitoo.of("PUT", "products"),
    )
}

/// OrderWise has another figure of so many SKUs, each in every store.
fn change(sandbox: &Sandbox, retailer: &Retailer, many: usize) -> String {
    let goods = retailer.skus.iter().filter(|sku| sku.kind == SkuKind::Piece);
    let step = (retailer.skus.len() / many.max(1)).max(1);
    let mut changed = 0;
    for sku in goods.step_by(step).take(many) {
        for (shop, by) in retailer.stores.iter().zip([3, -1].into_iter().cycle()) {
            sandbox.orderwise.move_stock(&sku.sku, shop.stock_location_id, by.into());
            changed += 1;
        }
    }
    format!("changed={changed}")
}

/// A till sells what the central warehouse sends.
fn sell(sandbox: &Sandbox, retailer: &Retailer) -> Result<String, Fault> {
    let goods = retailer.skus.iter().find(|sku| sku.kind == SkuKind::Piece).ok_or("no goods")?;
    let till = &retailer.stores.first().ok_or("no store")?.registers[0].register_id;
    let shopper = Shopper {
        last_name: "Swann".to_owned(),
        address: "1 Mill Lane".to_owned(),
        city: "Leeds".to_owned(),
        zip: "LS1 1AA".to_owned(),
        country: "GB".to_owned(),
        ..Shopper::default()
    };
    let sale = Sale::at_register(till)
        .row(Row::of(&goods.product).gross(4_900))
        .pay_rest(Tender::card())
        .stage(Stage::OpenPaid)
        .carrier(CARRIER)
        .shopper(shopper);
    let order = sandbox.sitoo.sell(sale).map_err(|error| error.to_string())?;
    Ok(format!("order={order}"))
}

/// What Sitoo has of it at the central warehouse, in thousandths.
fn central(sandbox: &Sandbox, retailer: &Retailer) -> i64 {
    let goods = retailer.skus.iter().find(|sku| sku.kind == SkuKind::Piece);
    let level =
        goods.and_then(|sku| sandbox.sitoo.stock_level(retailer.central.warehouse_id, &sku.sku));
    level.map_or(0, |level| level.total)
}

/// A line to the sandboxes' process.
pub(crate) struct Control {
    lines: tokio::io::Lines<BufReader<tokio::net::tcp::OwnedReadHalf>>,
    output: tokio::net::tcp::OwnedWriteHalf,
}

impl Control {
    pub(crate) async fn of(args: &Args) -> Result<Self, Fault> {
        let port: u16 = args.need("control")?;
        let (input, output) = TcpStream::connect(("127.0.0.1", port)).await?.into_split();
        Ok(Self { lines: BufReader::new(input).lines(), output })
    }

    /// Says a word, and gives the numbers of the answer.
    pub(crate) async fn ask(&mut self, word: &str) -> Result<HashMap<String, i64>, Fault> {
        self.output.write_all(format!("{word}\n").as_bytes()).await?;
        let line = self.lines.next_line().await?.ok_or("the sandbox is gone")?;
        let pairs = line.split_whitespace().filter_map(|pair| pair.split_once('='));
        Ok(pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    }

    /// Calls so far: to Sitoo, to OrderWise, and of those the movements.
    pub(crate) async fn calls(&mut self) -> Result<Calls, Fault> {
        let said = self.ask("calls").await?;
        let of = |name: &str| said.get(name).copied().unwrap_or_default();
        Ok(Calls {
            sitoo: of("sitoo"),
            orderwise: of("orderwise"),
            moves: of("moves"),
            new: of("products-new"),
            put: of("products-put"),
        })
    }
}

/// Calls between two moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calls {
    pub(crate) sitoo: i64,
    pub(crate) orderwise: i64,
    pub(crate) moves: i64,
    pub(crate) new: i64,
    pub(crate) put: i64,
}

impl Calls {
    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            sitoo: self.sitoo - before.sitoo,
            orderwise: self.orderwise - before.orderwise,
            moves: self.moves - before.moves,
            new: self.new - before.new,
            put: self.put - before.put,
        }
    }

    pub(crate) const fn all(self) -> i64 {
        self.sitoo + self.orderwise
    }
}
