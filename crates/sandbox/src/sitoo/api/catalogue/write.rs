//! Adding, changing and deleting products (facts/sitoo 4.1).

use serde_json::Value;

use super::{
    super::{
        super::{masters::Product, state::State},
        Answer, Call, Refusal,
        batch::{Alone, Batch},
        values::{Fields, int, object, required, text},
    },
    fields::{apply, check_unique},
};
use crate::lock;

impl Call<'_> {
    /// Gives ids.
    pub(in super::super) fn add_products(&self) -> Answer {
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let batch = self.small_batch(&state)?;
        self.each(&batch, |fields| add(&mut state, fields, now))
    }

    /// Each with its `productid`.
    pub(in super::super) fn update_products(&self) -> Answer {
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let batch = self.small_batch(&state)?;
        self.each(&batch, |fields| {
            let id = required("productid", int(fields, "productid")?)?;
            update(&mut state, id, fields, now)
        })
    }

    pub(in super::super) fn update_product(&self, id: i64) -> Answer {
        let fields = object(&self.body)?;
        let now = self.sitoo.now();
        let done = update(&mut lock(&self.sitoo.state), id, &fields, now)?;
        Ok(done.to_string().into_bytes())
    }

    /// Each with its `productid`.
    pub(in super::super) fn delete_products(&self) -> Answer {
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let batch = self.small_batch(&state)?;
        self.each(&batch, |fields| {
            let id = required("productid", int(fields, "productid")?)?;
            let is_done = state.remove_product(id, now);
            if is_done { Ok(Value::Bool(true)) } else { Err(Refusal::not_found()) }
        })
    }

    pub(in super::super) fn delete_product(&self, id: i64) -> Answer {
        let now = self.sitoo.now();
        let is_done = lock(&self.sitoo.state).remove_product(id, now);
        if is_done { Ok(b"true".to_vec()) } else { Err(Refusal::not_found()) }
    }

    /// A batch that is not too large.
    fn small_batch(&self, state: &State) -> Result<Batch, Refusal> {
        let batch = self.batch(Alone::Bare, state.switches.envelope_always)?;
        if batch.len() > state.switches.largest_batch {
            return Err(Refusal::bad("Too many elements"));
        }
        Ok(batch)
    }
}

fn add(state: &mut State, fields: &Fields, now: i64) -> Result<Value, Refusal> {
    required("sku", text(fields, "sku")?)?;
    let mut product = fresh(state);
    apply(state, &mut product, fields)?;
    check_unique(state, std::slice::from_ref(&product))?;
    let id = product.id;
    state.put_product(product, now);
    Ok(id.into())
}

/// A product of the default group that nothing was said about.
pub(super) fn fresh(state: &State) -> Product {
    let mut product = Product::new(state.next_product(), "", "", 0, 0);
    if let Some(group) = state.groups.get(&2) {
        (product.vat_id, product.vat, product.group_type) = (2, group.vat, group.group_type);
    }
    product
}

fn update(state: &mut State, id: i64, fields: &Fields, now: i64) -> Result<Value, Refusal> {
    let known = state.products.get(&id).ok_or_else(Refusal::not_found)?;
    let mut product = Product::clone(known);
    apply(state, &mut product, fields)?;
    check_unique(state, std::slice::from_ref(&product))?;
    state.put_product(product, now);
    Ok(Value::Bool(true))
}
