//! Whatever the peers send, the parsers answer with a value or a failure.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::sync::Arc;

use common::{Hand, Say, Script};
use daybook_connectors::{
    Orderwise, OrderwiseSettings, Sitoo, SitooSettings, mask_body, mask_text,
    orderwise::{ExportDefinition, RenderedOrder, recognise},
    sitoo::{OrdersQuery, ZReportsQuery, parse_order, parse_z_report},
};
use daybook_domain::{class::Class, reconcile::witness::LocalTime};
use proptest::prelude::*;

const SITOO: [&str; 5] = [
    include_str!("fixtures/sitoo/sale.json"),
    include_str!("fixtures/sitoo/refund.json"),
    include_str!("fixtures/sitoo/exchange_sale.json"),
    include_str!("fixtures/sitoo/web_order.json"),
    include_str!("fixtures/sitoo/z_reports.json"),
];
const ORDERWISE: [&str; 3] = [
    include_str!("fixtures/orderwise/lookup.json"),
    include_str!("fixtures/orderwise/variants.json"),
    include_str!("fixtures/orderwise/lines.json"),
];

/// Numbers and texts that have broken parsers before.
const ODD: [&str; 14] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "true",
    "-0.0",
    "1e400",
    "1E-400",
    "9223372036854775807",
    "\"92233720368547758.07\"",
    "\"-9999999999.99\"",
    "99999999999999999999999",
    "\"\\ud800\"",
    "\"\\u0000ß@a.b\"",
];

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        proptest::sample::select(&ODD[..]).prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    let key = prop_oneof![
        proptest::sample::select(
            &["orderid", "items", "token", "orderNumber", "Message", "data"][..]
        )
        .prop_map(str::to_owned),
        ".{0,6}".prop_map(|text: String| text),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let member = (key.clone(), inner.clone())
            .prop_map(|(key, value)| format!("{}:{value}", serde_json::to_string(&key).unwrap()));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6)
                .prop_map(|items| format!("{{{}}}", items.join(","))),
        ]
    })
}

/// A fixture with some of its values exchanged for odd ones, or some of its bytes.
fn mutated(fixtures: &'static [&'static str]) -> impl Strategy<Value = String> {
    let values = prop::collection::vec((any::<prop::sample::Index>(), 0..ODD.len()), 1..4);
    let bytes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2);
    (proptest::sample::select(fixtures), values, bytes).prop_map(|(text, values, bytes)| {
        let mut text = text.to_owned();
        for (place, odd) in values {
            let colons: Vec<usize> = text.match_indices("\":").map(|(at, _)| at + 2).collect();
            if !colons.is_empty() {
                let start = colons[place.index(colons.len())];
                let rest = &text[start..];
                let end = rest.find([',', '}', ']']).map_or(text.len(), |end| start + end);
                text.replace_range(start..end, ODD[odd]);
            }
        }
        let mut raw = text.into_bytes();
        for (place, byte) in bytes {
            let place = place.index(raw.len());
            raw[place] = byte;
        }
        String::from_utf8_lossy(&raw).into_owned()
    })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn sitoo(answer: String) -> Sitoo {
    let base = "https://sitoo.example/v2/accounts/1".to_owned();
    let settings = SitooSettings::new(base, "1-1".to_owned(), "x".to_owned().into());
    Sitoo::new(settings, Script::new([Say::Made(200, answer)]), Hand::at(0)).unwrap()
}

fn orderwise(answer: String) -> Orderwise {
    let base = "https://ow.example/owapi".to_owned();
    let mut settings = OrderwiseSettings::new(base, "u".to_owned(), "x".to_owned().into());
    settings.exports.order_lookup = Some(ExportDefinition::new(1));
    settings.exports.variants = Some(ExportDefinition::new(2));
    settings.exports.order_totals = Some(ExportDefinition::new(3));
    settings.exports.order_lines = Some(ExportDefinition::new(4));
    let script = Script::new([Say::Body(200, "\"token\""), Say::Made(200, answer)]);
    Orderwise::new(settings, Arc::clone(&script) as _, Hand::at(0)).unwrap()
}

fn try_all(text: &str) {
    let _ = parse_order(text);
    let _ = parse_z_report(text);
    let _ = recognise(text);
    let _ = mask_text(text);
    let masked = mask_body(text);
    if serde_json::from_str::<serde::de::IgnoredAny>(text.trim()).is_ok() {
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(&masked).is_ok(), "{masked}");
    }
    run(async {
        let page = format!("{{\"items\":[{text}]}}");
        for answer in [text.to_owned(), page] {
            if let Err(failure) = sitoo(answer).orders(&OrdersQuery::Newest).await.outcome {
                assert!(matches!(failure.class(), Class::Later | Class::Drift), "{failure}");
            }
        }
        for answer in [text.to_owned(), format!("[{text}]")] {
            let query = ZReportsQuery::default();
            if let Err(failure) = sitoo(answer).z_reports(&query).await.outcome {
                assert!(matches!(failure.class(), Class::Later | Class::Drift), "{failure}");
            }
        }
        let order = RenderedOrder { body: String::new(), masked: String::new() };
        // A write is never said to have certainly not happened unless the peer says so.
        if let Err(failure) = orderwise(text.to_owned()).place(None, &order).await.outcome {
            assert!(matches!(failure.class(), Class::InDoubt | Class::Refused), "{failure}");
        }
        let reference = "S1-11513".parse().unwrap();
        let _ = orderwise(text.to_owned()).lookup(&reference).await;
        let _ = orderwise(text.to_owned()).variants(None).await;
        let from: LocalTime = "2026-10-25T00:00:00".parse().unwrap();
        let _ = orderwise(text.to_owned()).ledger_documents(from, from).await;
        let _ = orderwise(text.to_owned()).ledger_lines(from, from).await;
        let _ = orderwise(text.to_owned()).value_list(1).await;
        let _ = orderwise(text.to_owned()).customers_since(None, 0).await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn on_any_json(text in json()) {
        try_all(&text);
    }

    #[test]
    fn on_any_text(text in any::<String>()) {
        try_all(&text);
    }

    #[test]
    fn on_orders_that_went_wrong(text in mutated(&SITOO)) {
        try_all(&text);
    }

    #[test]
    fn on_rows_that_went_wrong(text in mutated(&ORDERWISE)) {
        try_all(&text);
    }

    #[test]
    fn what_is_read_is_exact(pence in -1_000_000_000_000_i64..=1_000_000_000_000) {
        let text = daybook_domain::Money::from_pence(pence).to_string();
        for spelt in [text.clone(), format!("\"{text}\""), format!("{text}00")] {
            let order = SITOO[0].replacen("\"15.00\"", &spelt, 1);
            prop_assert_eq!(parse_order(&order).unwrap().gross.pence(), pence);
        }
    }
}
