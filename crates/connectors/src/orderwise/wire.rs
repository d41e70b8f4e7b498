//! What OrderWise answers to a write (facts/orderwise 2.2), read with tolerance: its full shape
//! is not public.

use daybook_domain::{class::Failure, document::Receipt};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Effect},
    number::Exact,
    reasons::complaints,
    text::{Members, scalar},
};

/// An id or a number may stand this deep in an answer.
const DEEPEST: usize = 3;

/// What `POST /sales/order` came to. An order number means that it is stored, whatever else the
/// answer says; a complaint without one means that it is not; anything else is in doubt, and the
/// look-up by reference will tell.
pub(super) fn read_receipt(answer: &Answer<'_>) -> Result<Receipt, Failure> {
    let status = answer.status.as_u16();
    let doubt = |what: String| Effect::Writes.unclear(None, what);
    let Ok(json) = serde_json::from_str::<&RawValue>(answer.text.trim()) else {
        return Err(doubt(format!("the answer ({status}) is not JSON")));
    };
    let mut found = Found::default();
    found.search(json.get(), 0);
    match found {
        Found { id: Some(order_id), number: Some(order_number), .. } => {
            Ok(Receipt { order_id, order_number })
        }
        Found { id: None, number: None, success: false } => {
            let reasons = complaints(answer.text);
            if reasons.is_empty() {
                Err(doubt(format!("the answer ({status}) names no order")))
            } else {
                Err(Failure::Refused { status, reasons })
            }
        }
        _ => Err(doubt(format!("the answer ({status}) names an order without id and number"))),
    }
}

/// The id of a customer that was created: a bare number, or an object with `id`.
pub(super) fn read_new_customer(answer: &Answer<'_>) -> Result<i64, Failure> {
    let status = answer.status.as_u16();
    let json = answer.text.trim();
    let id = scalar(json).and_then(|text| i64::exact(text.trim())).or_else(|| {
        let members: Members<'_> = serde_json::from_str(json).ok()?;
        ["id", "customerId"].iter().find_map(|key| id_of(members.get(key)?))
    });
    if let Some(id) = id.filter(|id| *id > 0) {
        return Ok(id);
    }
    let reasons = if json.starts_with('{') { complaints(json) } else { Vec::new() };
    if reasons.is_empty() {
        let what = format!("the answer ({status}) names no customer");
        Err(Effect::Writes.unclear(None, what))
    } else {
        Err(Failure::Refused { status, reasons })
    }
}

#[derive(Debug, Default)]
struct Found {
    id: Option<i64>,
    number: Option<String>,
    /// The answer calls itself a success.
    success: bool,
}

impl Found {
    /// Takes the first object that names an order.
    fn search(&mut self, json: &str, depth: usize) {
        if depth > DEEPEST || self.id.is_some() || self.number.is_some() {
            return;
        }
        if json.starts_with('[') {
            let items = serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
            for item in items {
                self.search(item.get(), depth + 1);
            }
        } else if json.starts_with('{') {
            let members = serde_json::from_str::<Members<'_>>(json).unwrap_or_default();
            self.id = members.get("orderId").and_then(id_of).filter(|id| *id > 0);
            self.number = members.get("orderNumber").and_then(number_of);
            self.success |= members.get("success").is_some_and(|value| value.get() == "true");
            for (_, value) in members.0 {
                self.search(value.get(), depth + 1);
            }
        }
    }
}

fn id_of(value: &RawValue) -> Option<i64> {
    i64::exact(scalar(value.get())?.trim())
}

/// Order numbers are texts; some sites number with digits alone.
fn number_of(value: &RawValue) -> Option<String> {
    let text = scalar(value.get())?;
    Some(text.trim()).filter(|text| !text.is_empty() && *text != "0").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use daybook_domain::{
        class::{Class, Failure},
        document::Receipt,
    };
    use http::StatusCode;

    use super::{read_new_customer, read_receipt};
    use crate::call::Answer;

    fn receipt(text: &str) -> Result<Receipt, Failure> {
        read_receipt(&Answer { status: StatusCode::OK, text })
    }

    #[test]
    fn a_receipt_in_every_spelling() {
        for text in [
            r#"{"orderId":36220,"orderNumber":"SO-3622","eCommerceOrderNumber":"S-1001"}"#,
            r#"{"OrderID":"36220","ORDERNUMBER":" SO-3622 ","message":"stored with warnings"}"#,
            r#"[{"orderId":36220.0,"orderNumber":"SO-3622"}]"#,
            r#"{"data":{"order":{"orderid":36220,"ordernumber":"SO-3622"}}}"#,
        ] {
            let expected = Receipt { order_id: 36_220, order_number: "SO-3622".to_owned() };
            assert_eq!(receipt(text).unwrap(), expected, "{text}");
        }
        assert_eq!(receipt(r#"{"orderId":1,"orderNumber":3622}"#).unwrap().order_number, "3622");
    }

    #[test]
    fn a_complaint_without_an_order_is_a_refusal() {
        for text in [
            r#"{"orderId":0,"orderNumber":null,"Message":"No variant has been provided"}"#,
            r#"{"errors":["No variant has been provided"]}"#,
            r#"["No variant has been provided"]"#,
            r#""No variant has been provided""#,
        ] {
            let Err(Failure::Refused { status: 200, reasons }) = receipt(text) else {
                panic!("{text}")
            };
            assert_eq!(reasons, ["No variant has been provided"], "{text}");
        }
    }

    #[test]
    fn everything_else_is_in_doubt() {
        for text in [
            "",
            "<html>busy</html>",
            "{\"orderId\":36",
            "{}",
            "true",
            "null",
            r#"{"orderId":7}"#,
            r#"{"orderNumber":"SO-7"}"#,
            r#"{"orderId":7,"message":"odd"}"#,
            r#"{"success":true,"message":"Order imported"}"#,
            r#"{"status":"queued for import"}"#,
        ] {
            assert_eq!(receipt(text).unwrap_err().class(), Class::InDoubt, "{text}");
        }
    }

    #[test]
    fn the_id_of_a_new_customer() {
        let id = |text| read_new_customer(&Answer { status: StatusCode::CREATED, text });
        for text in ["1375", "\"1375\"", r#"{"Id":1375}"#, r#"{"customerId":"1375"}"#] {
            assert_eq!(id(text).unwrap(), 1_375, "{text}");
        }
        assert_eq!(id("{}").unwrap_err().class(), Class::InDoubt);
        assert_eq!(id("<html>").unwrap_err().class(), Class::InDoubt);
        assert_eq!(id(r#"{"Message":"no template"}"#).unwrap_err().class(), Class::Refused);
    }
}
