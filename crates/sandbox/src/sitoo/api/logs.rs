//! The order log (facts/sitoo 2.1): only "ready for pickup" and "pickup rejected" can be written.

use super::{
    super::{events::Happening, state::LogItem},
    Answer, Call, Refusal,
    order_json::write_log,
    text::Object,
    values::{int, object, required, text},
};
use crate::lock;

impl Call<'_> {
    pub(super) fn log_items(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let order = state.visible(id).ok_or_else(Refusal::not_found)?;
        let added = state.logs.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut items = Vec::new();
        write_log(&mut items, order, added);
        let total =
            serde_json::from_slice::<Vec<serde_json::Value>>(&items).map_or(0, |items| items.len());
        let mut out = Vec::with_capacity(items.len() + 32);
        let mut object = Object::open(&mut out);
        object.number("totalcount", i64::try_from(total).unwrap_or(0));
        object.key("items").extend_from_slice(&items);
        object.close();
        Ok(out)
    }

    pub(super) fn add_log_item(&self, id: i64) -> Answer {
        let fields = object(&self.body)?;
        let kind = required("orderlogtypeid", int(&fields, "orderlogtypeid")?)?;
        let happening = match kind {
            900 => Happening::ReadyForPickup,
            910 => Happening::PickupRejected,
            _ => return Err(Refusal::bad("Invalid value")),
        };
        let text = text(&fields, "strvalue")?.map(Box::from);
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        if state.visible(id).is_none() {
            return Err(Refusal::not_found());
        }
        let at = now.div_euclid(1_000_000);
        state.logs.entry(id).or_default().push(LogItem { at, kind, text });
        state.announce_id(id, happening, now);
        Ok(b"true".to_vec())
    }
}
