//! Posting movements (facts/sitoo 3.3): in or out, of ordinary (FIFO) warehouses only.

use serde_json::Value;

use super::super::{
    super::{
        state::State,
        stock::{Draft, MOVE_IN, MOVE_OUT, VIRTUAL},
    },
    Answer, Call, Refusal,
    batch::Alone,
    values::{Fields, fixed, int, objects, required, text},
};
use crate::lock;

/// Items in a request, all movements together.
const MOST_ITEMS: usize = 1000;

impl Call<'_> {
    /// Gives the ids of the movements; each is done whole or not at all.
    pub(in super::super) fn add_transactions(&self) -> Answer {
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let batch = self.batch(Alone::Bare, state.switches.envelope_always)?;
        let items = batch.objects().filter_map(|fields| fields.get("items")?.as_array());
        if items.map(Vec::len).sum::<usize>() > MOST_ITEMS {
            return Err(Refusal::bad("Too many items"));
        }
        self.each(&batch, |fields| {
            let draft = draft(&mut state, fields)?;
            Ok(state.book(draft, now).into())
        })
    }
}

fn draft(state: &mut State, fields: &Fields) -> Result<Draft, Refusal> {
    let warehouse = required("warehouseid", int(fields, "warehouseid")?)?;
    let kind = required("transactiontype", int(fields, "transactiontype")?)?;
    let items = required("items", objects(fields, "items")?)?;
    let known = state.warehouses.get(&warehouse).ok_or_else(Refusal::not_found)?;
    if known.warehouse_type == VIRTUAL {
        return Err(Refusal::bad("Invalid value 'warehouseid'"));
    }
    if ![MOVE_IN, MOVE_OUT].contains(&kind) {
        return Err(Refusal::bad("Invalid value 'transactiontype'"));
    }
    let mut draft = Draft::new(warehouse, kind, optional(fields, "description")?.unwrap_or(""));
    draft.by_api = true;
    draft.external_id = optional(fields, "externalid")?.map(Box::from);
    draft.reason = optional(fields, "reasoncode")?.map(Box::from);
    let is_known = draft.external_id.as_ref().is_some_and(|id| state.stock.knows_external(id));
    if is_known && state.switches.unique_transaction_ids {
        return Err(Refusal::bad("Invalid value 'externalid'"));
    }
    if items.is_empty() {
        return Err(Refusal::bad("Invalid value 'items'"));
    }
    for item in items {
        let sku = required("sku", text(item, "sku")?)?;
        let change = required("decimalquantity", fixed(item, "decimalquantity", 3)?)?;
        if change == 0 || (change > 0) != (kind == MOVE_IN) {
            return Err(Refusal::bad("Invalid value 'decimalquantity'"));
        }
        let price = fixed(item, "moneypricein", 2)?;
        draft.moves.push((state.stocked_sku(sku)?, change, price));
    }
    Ok(draft)
}

/// A text that may be null.
fn optional<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a str>, Refusal> {
    if fields.get(name).is_some_and(Value::is_null) { Ok(None) } else { text(fields, name) }
}
