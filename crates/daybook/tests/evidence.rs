//! A shopper is erased from the command line: planned, done, and the record is whole.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use common::{Desk, FILTERS, shape, text};
use daybook_sandbox::{
    retailer::SkuKind,
    sitoo::till::{Row, Sale, Shopper, Tender},
};
use daybook_testkit::live::Live;
use serde_json::Value;

const EMAIL: &str = "zenobia.q@quill.example";
const TEXTS: [&str; 3] = [EMAIL, "Zenobia", "Quillfeather"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A shopper buys a piece; with `sku`, that one. The order.
fn buys(live: &Live, sku: Option<&str>) -> i64 {
    let till = &live.retailer.stores[0].registers[0].register_id;
    let troubles = &live.retailer.troubles;
    let mut all = live.retailer.skus.iter();
    let sku = all.find(|one| match sku {
        Some(sku) => one.sku == sku,
        None => one.kind == SkuKind::Piece && one.vat_percent == 20 && !troubles.concern(&one.sku),
    });
    let shopper = Shopper {
        email: EMAIL.to_owned(),
        first_name: TEXTS[1].to_owned(),
        last_name: TEXTS[2].to_owned(),
        ..Shopper::default()
    };
    let row = Row::of(&sku.unwrap().product).gross(1_200);
    let sale = Sale::at_register(till).row(row).pay_rest(Tender::card()).shopper(shopper);
    live.sandbox.sitoo.sell(sale).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_is_planned_to_be_erased_then_erased_and_the_record_is_whole() {
    let live = Live::start(1).await;
    let desk = Desk::new();
    desk.write("daybook.toml", &live.config());
    let sold = buys(&live, None);
    buys(&live, Some(&live.retailer.troubles.missing_sku));
    let mut sync = desk.command(&["sync", "sales"]);
    let synced = sync.env("DAYBOOK_POSTING__CONFIRM_AFTER", "1ms").output().unwrap();
    assert_eq!(synced.status.code(), Some(3), "{}", text(&synced));
    let reference = format!("S1-{sold}");
    let payload = || desk.ok(&["entry", &reference, "--payload", "--json"]);
    assert!(payload().contains(EMAIL));

    let mut said = Vec::new();
    let mut erase = |args: &[&str]| {
        let args = [&["evidence", "erase"][..], args].concat();
        let output = desk.run(&args);
        let code = output.status.code();
        said.push(format!("$ daybook {}\n{}exit {code:?}", args.join(" "), text(&output)));
    };
    let why = ["--reason", "asked for", "--by", "Ada Finch"];
    for whose in [&["--email", "zenobia"][..], &["--email", "jo@shop.example"], &["--expired"]] {
        erase(&[whose, &why].concat());
    }
    erase(&["--email", EMAIL]);
    erase(&["--email", EMAIL, "--reason", " "]);
    erase(&[&["--email", EMAIL, "--order", &reference][..], &why].concat());
    erase(&[&["--email", EMAIL][..], &why].concat());
    assert!(payload().contains(EMAIL), "it was only planned");
    erase(&[&["--email", EMAIL, "--run"][..], &why].concat());
    let now = payload();
    assert!(TEXTS.iter().all(|text| !now.contains(text)), "{}\n{now}", said.join("\n"));
    let again = [&["evidence", "erase", "--order", &reference, "--json", "--run"][..], &why];
    let again = json(&desk.ok(&again.concat()));
    assert_eq!((&again["done"], &again["entries"]), (&true.into(), &0.into()), "{again}");
    let left = desk.run(&[&["evidence", "erase", "--email", EMAIL, "--json"][..], &why].concat());
    assert_eq!(left.status.code(), Some(3), "{}", text(&left));
    let left = json(std::str::from_utf8(&left.stdout).unwrap());
    assert_eq!((&left["refused"], &left["entries"]), (&1.into(), &0.into()), "{left}");
    assert!(desk.ok(&["evidence", "verify"]).contains("nothing was changed"));
    insta::assert_json_snapshot!("evidence_erase", shape(&left));
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!(said.join("\n\n"));
    });
}
