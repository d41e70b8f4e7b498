//! Despatches: what OrderWise sent, and what of it the till's order still has to be told.

mod follow;
mod matching;
mod state;
mod status;
mod told;

pub use self::{
    follow::{Limits, Sides, Verdict, follow},
    matching::{Plan, PostedLine, Trouble, Why, plan, posted_lines},
    state::{DespatchState, NotDespatchState},
    status::{NotMeaning, StatusMeaning},
    told::{Parcel, Sent, SentLine, ToldOrder, ToldRow, gather},
};

/// The reference that a delivery bears in Sitoo, from a template with `{tracking}` (the tracking
/// address), `{consignment}`, `{courier}` and `{delivery}` (OrderWise's id of it). What is in
/// brackets of the kind `[…]` is left out where a name in it has no value.
///
/// An empty result would leave the shopper without anything: then it is the tracking address, else
/// the consignment number, else the courier, else OrderWise's id.
pub fn reference_text(template: &str, parcel: &Parcel) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['[', ']']) {
        let (before, bracket) = rest.split_at(at);
        text.push_str(&filled(before, parcel).0);
        rest = &bracket[1..];
        if bracket.starts_with('[') {
            let (inner, after) = rest.split_once(']').unwrap_or((rest, ""));
            let (part, whole) = filled(inner, parcel);
            text.push_str(if whole { &part } else { "" });
            rest = after;
        }
    }
    text.push_str(&filled(rest, parcel).0);
    let text = text.trim();
    if !text.is_empty() {
        return text.to_owned();
    }
    let known = [&parcel.tracking_url, &parcel.consignment, &parcel.courier];
    known
        .into_iter()
        .find_map(|value| value.clone().filter(|value| !value.trim().is_empty()))
        .unwrap_or_else(|| parcel.delivery_id.to_string())
}

/// The text with its names filled in, and whether each of them had a value.
fn filled(text: &str, parcel: &Parcel) -> (String, bool) {
    let id = parcel.delivery_id.to_string();
    let mut whole = true;
    let mut text = text.to_owned();
    for (name, value) in [
        ("{tracking}", parcel.tracking_url.as_deref()),
        ("{consignment}", parcel.consignment.as_deref()),
        ("{courier}", parcel.courier.as_deref()),
        ("{delivery}", Some(id.as_str())),
    ] {
        let value = value.map(str::trim).unwrap_or_default();
        whole &= !(text.contains(name) && value.is_empty());
        text = text.replace(name, value);
    }
    (text, whole)
}

#[cfg(test)]
mod tests {
    use super::{Parcel, gather, reference_text, told};
    use crate::Quantity;

    fn parcel(consignment: Option<&str>, courier: Option<&str>) -> Parcel {
        Parcel {
            delivery_id: 77,
            despatched_at: None,
            courier: courier.map(str::to_owned),
            consignment: consignment.map(str::to_owned),
            tracking_url: None,
        }
    }

    #[test]
    fn the_reference_says_what_is_known() {
        let template = "[{consignment}][ ({courier})]";
        for (parcel, text) in [
            (parcel(Some("D1"), Some("DPD")), "D1 (DPD)"),
            (parcel(Some("D1"), None), "D1"),
            (parcel(None, Some(" DPD ")), "(DPD)"),
            (parcel(None, None), "77"),
        ] {
            assert_eq!(reference_text(template, &parcel), text);
        }
        assert_eq!(reference_text("", &parcel(Some("D1"), Some("DPD"))), "D1");
        assert_eq!(reference_text("OW{delivery} {x}", &parcel(None, None)), "OW77 {x}");
    }

    #[test]
    fn rows_are_gathered_and_repeats_count_once() {
        let row = |order_id, delivery: Option<i64>, number| told::ToldRow {
            order_id,
            order_number: format!("SO-{order_id}"),
            reference: format!("S1-{order_id}"),
            status: "Completed".to_owned(),
            delivery: delivery.map(|id| Parcel { delivery_id: id, ..parcel(None, None) }),
            line: delivery.map(|_| told::SentLine {
                number: Some(number),
                sku: "A".to_owned(),
                quantity: Quantity::from_units(1),
            }),
        };
        let orders = gather(vec![
            row(1, Some(7), 2),
            row(2, None, 0),
            row(1, Some(8), 1),
            row(1, Some(7), 1),
            row(1, Some(7), 2),
        ]);
        let shape: Vec<_> = orders
            .iter()
            .map(|order| (order.order_id, order.sent.iter().map(|one| one.lines.len()).collect()))
            .collect::<Vec<(i64, Vec<usize>)>>();
        assert_eq!(shape, [(1, vec![2, 1]), (2, vec![])]);
    }
}
