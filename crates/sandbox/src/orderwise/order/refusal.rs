//! Why an order is refused, and the nestings in which OrderWise may say so (facts/orderwise 1.3:
//! several messages at once, nesting not fixed). The wording of an unknown variant is the one
//! that was seen; the rest is ours in the same tone.

use axum::response::Response;
use http::StatusCode;
use rand::{RngExt, rngs::StdRng};
use serde_json::json;

use crate::orderwise::{ErrorShape, answer};

/// One message, with the property it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) property: String,
    pub(super) text: String,
}

/// All messages of an order.
#[derive(Debug, Default)]
pub(super) struct Faults {
    number: String,
    all: Vec<Fault>,
}

impl Faults {
    pub(super) fn of(number: &str) -> Self {
        Self { number: number.to_owned(), all: Vec::new() }
    }

    pub(super) fn about(&mut self, property: &str, text: &str) {
        let text = format!("Order number {} {text}", self.number);
        self.all.push(Fault { property: property.to_owned(), text });
    }

    /// `line` counts from 1.
    pub(super) fn about_line(&mut self, line: usize, property: &str, text: &str) {
        let place = line.saturating_sub(1);
        self.about(&format!("orderLines[{place}].{property}"), &format!("line {line} {text}"));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// 400 in one of the nestings.
    pub(super) fn answer(&self, shape: ErrorShape, rng: &mut StdRng) -> Response {
        let texts: Vec<&str> = self.all.iter().map(|fault| fault.text.as_str()).collect();
        let body = match settle(shape, rng) {
            ErrorShape::Message | ErrorShape::Mixed => json!({ "Message": texts.join("\r\n") }),
            ErrorShape::List => {
                json!({ "Message": "The request is invalid.", "Errors": texts })
            }
            ErrorShape::Array => json!(texts),
            ErrorShape::ModelState => self.model_state(),
            ErrorShape::Nested => {
                let inner: Vec<_> = texts.iter().map(|text| json!({ "message": text })).collect();
                json!({ "Message": "Import failed", "result": { "orders": [
                    { "eCommerceOrderNumber": self.number, "success": false, "errors": inner }
                ] } })
            }
        };
        answer::json(StatusCode::BAD_REQUEST, body.to_string())
    }

    fn model_state(&self) -> serde_json::Value {
        let mut by_property = serde_json::Map::new();
        for fault in &self.all {
            let texts = by_property.entry(fault.property.clone()).or_insert_with(|| json!([]));
            if let Some(texts) = texts.as_array_mut() {
                texts.push(json!(fault.text));
            }
        }
        json!({ "Message": "The request is invalid.", "ModelState": by_property })
    }
}

fn settle(shape: ErrorShape, rng: &mut StdRng) -> ErrorShape {
    if shape != ErrorShape::Mixed {
        return shape;
    }
    match rng.random_range(0..5) {
        0 => ErrorShape::Message,
        1 => ErrorShape::List,
        2 => ErrorShape::Nested,
        3 => ErrorShape::Array,
        _ => ErrorShape::ModelState,
    }
}
