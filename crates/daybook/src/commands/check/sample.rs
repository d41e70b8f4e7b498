//! A made-up sale and its return, rendered by the body template in force.

use daybook_domain::{
    Money, Quantity, Reference,
    draft::{Draft, DraftLine, DraftPayment, LineOrigin},
    entry::EntryKind,
    mapping::Account,
    till::{Address, Shopper},
};
use daybook_flows::{
    App,
    check::{CheckLine, Stops},
};
use serde_json::Value;

use super::Sample;

/// Renders both; a fault of the template is a line of the report.
pub(super) fn render(app: &App) -> (Sample, Vec<CheckLine>) {
    let mut lines = Vec::new();
    let mut body = |kind: EntryKind| -> Option<Value> {
        let rendered = app.orderwise.render(&draft(kind));
        let name = format!("body of a {kind}");
        lines.push(match &rendered {
            Ok(_) => CheckLine::ok("orderwise", &name, "the body template renders JSON"),
            Err(fault) => {
                let hint = "mend orderwise.order-template, or take it out to use the built-in one";
                CheckLine::failed("orderwise", &name, fault.to_string(), hint)
                    .stopping(&[Stops::Sales])
            }
        });
        serde_json::from_str(&rendered.ok()?.body).ok()
    };
    let sample = Sample { sale: body(EntryKind::Sale), credit: body(EntryKind::Return) };
    (sample, lines)
}

/// Two rows, one of them split, paid in cash and by card.
fn draft(kind: EntryKind) -> Draft {
    let sale = Reference { site_id: 1, order_id: 11_513 };
    let is_return = kind == EntryKind::Return;
    let reference = if is_return { Reference { order_id: 11_520, ..sale } } else { sale };
    let lines = vec![line(1, 0, "TEE-RED-M", 2, 1_250), line(2, 1, "CAP-BLUE", 1, 900)];
    Draft {
        reference,
        kind,
        account: Account::Number("LEEDS".to_owned()),
        session_id: Some(3),
        order_date: "2026-11-24T14:03:22".to_owned(),
        delivery_method_id: Some(2),
        original: is_return.then_some(sale),
        original_name: None,
        instructions: "Receipt 8812, Ada".to_owned(),
        net: Money::from_pence(2_833),
        tax: Money::from_pence(567),
        gross: Money::from_pence(3_400),
        delivery_gross: Money::ZERO,
        lines,
        payments: vec![payment(1, 1_400, "Cash"), payment(2, 2_000, "Card 4242")],
        shopper: shopper(),
    }
}

fn line(number: i64, row: i64, code: &str, units: i64, unit_pence: i64) -> DraftLine {
    DraftLine {
        number,
        variant_code: code.to_owned(),
        quantity: Quantity::from_thousandths(units * 1_000),
        unit_gross: Money::from_pence(unit_pence),
        unit_net: None,
        tax_rate_id: 1,
        stock_location_id: Some(1),
        return_to_stock: true,
        to_come: false,
        origin: LineOrigin::Row(row),
    }
}

fn payment(payment_method_id: i64, pence: i64, reference: &str) -> DraftPayment {
    let amount = Money::from_pence(pence);
    DraftPayment { payment_method_id, amount, reference: reference.to_owned() }
}

fn shopper() -> Shopper {
    Shopper {
        name: "Sam Sample".to_owned(),
        email: "sam@example.com".to_owned(),
        address: Address {
            line1: "1 High Street".to_owned(),
            town: "Leeds".to_owned(),
            postcode: "LS1 1AA".to_owned(),
            country_code: "GB".to_owned(),
            ..Address::default()
        },
        ..Shopper::default()
    }
}
