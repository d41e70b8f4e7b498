//! From a body to events, losing nothing that is JSON.

use std::fmt::Write as _;

use daybook_flows::events::IncomingEvent;
use serde_json::{Value, value::RawValue};
use sha2::{Digest as _, Sha256};

/// The type of an event that names none.
const UNKNOWN: &str = "unknown";

/// Reads an array of events; a single event is taken too.
pub(super) fn batch(body: &[u8]) -> Result<Vec<IncomingEvent>, serde_json::Error> {
    let whole: &RawValue = serde_json::from_slice(body)?;
    if whole.get().trim_start().starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(whole.get())?;
        elements.into_iter().map(event).collect()
    } else {
        Ok(vec![event(whole)?])
    }
}

fn event(raw: &RawValue) -> Result<IncomingEvent, serde_json::Error> {
    let value: Value = serde_json::from_str(raw.get())?;
    // PostgreSQL stores no U+0000, and one event must not keep the others of its batch out.
    let text = |name: &str| {
        value.get(name).and_then(Value::as_str).map(|text| text.replace('\0', "\u{fffd}"))
    };
    Ok(IncomingEvent {
        event_id: text("event_id").filter(|id| !id.is_empty()).unwrap_or_else(|| derived(raw)),
        event_type: text("event_type").unwrap_or_else(|| UNKNOWN.to_owned()),
        order_id: value.get("data").and_then(order_id),
        body: raw.get().to_owned(),
    })
}

/// The order that an event is about. Ids are numbers; texts are read too.
fn order_id(data: &Value) -> Option<i64> {
    let id = data.get("order_id").or_else(|| data.get("orderid"))?;
    id.as_i64().or_else(|| id.as_str()?.trim().parse().ok()).filter(|id| *id > 0)
}

/// The same text has the same id, so that a repeat stays a repeat.
fn derived(raw: &RawValue) -> String {
    let mut id = String::from("sha256-");
    for byte in Sha256::digest(raw.get().as_bytes()) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::batch;

    #[test]
    fn documented_events_are_read() {
        let body = br#"[
            {"event_id": "0f8c", "event_type": "order", "event_date": 1764000000, "account_id": 10020,
             "data": {"eshop_id": 1, "order_id": 11513, "order_event_type": "add"}},
            {"event_id": "1a2b", "event_type": "z-report", "data": {"zreportid": 7}}
        ]"#;
        let events = batch(body).unwrap();
        assert_eq!(events.len(), 2);
        assert_eq!((events[0].event_id.as_str(), events[0].order_id), ("0f8c", Some(11_513)));
        assert!(events[0].body.contains("\"order_event_type\": \"add\""), "as it came");
        assert_eq!((events[1].event_type.as_str(), events[1].order_id), ("z-report", None));
    }

    #[test]
    fn what_is_strange_is_kept() {
        let events =
            batch(br#"[{"event_type": "moon"}, 7, {"data": {"order_id": "12"}}]"#).unwrap();
        let types: Vec<_> = events.iter().map(|event| event.event_type.as_str()).collect();
        assert_eq!(types, ["moon", "unknown", "unknown"]);
        assert_eq!(events[2].order_id, Some(12));
        // Without an id of its own the text is the id.
        assert_eq!(events[0].event_id, batch(br#"{"event_type": "moon"}"#).unwrap()[0].event_id);
        assert_ne!(events[0].event_id, events[1].event_id);
    }

    #[test]
    fn a_character_that_no_database_takes_is_shown_as_none() {
        let events = batch(br#"[{"event_id": "a\u0000b", "event_type": "\u0000"}]"#).unwrap();
        let read = (events[0].event_id.as_str(), events[0].event_type.as_str());
        assert_eq!(read, ("a\u{fffd}b", "\u{fffd}"));
    }

    #[test]
    fn only_what_is_not_json_is_refused() {
        assert!(batch(b"[]").unwrap().is_empty());
        for body in [&b"[{]"[..], b"", b"<html>", b"[1,"] {
            assert!(batch(body).is_err());
        }
    }
}
