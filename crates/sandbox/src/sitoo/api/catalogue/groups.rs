//! Product groups: VAT and kind (facts/sitoo 4.2).

use super::super::{
    super::masters::ProductGroup,
    Answer, Call, Refusal,
    values::{Fields, int, object, percent, required, text},
};
use crate::lock;

impl Call<'_> {
    /// Gives the bare `vatid`.
    pub(in super::super) fn add_product_group(&self) -> Answer {
        let fields = object(&self.body)?;
        required("productgroupname", text(&fields, "productgroupname")?)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let vat_id = state.groups.last_key_value().map_or(2, |(id, _)| id + 1);
        let mut group = ProductGroup {
            vat_id,
            vat: 0,
            group_type: 10,
            name: String::new(),
            comment: String::new(),
        };
        apply(&mut group, &fields)?;
        state.put_group(group, now);
        Ok(vat_id.to_string().into_bytes())
    }

    pub(in super::super) fn update_product_group(&self, id: i64) -> Answer {
        let fields = object(&self.body)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let mut group = state.groups.get(&id).cloned().ok_or_else(Refusal::not_found)?;
        apply(&mut group, &fields)?;
        state.put_group(group, now);
        Ok(b"true".to_vec())
    }
}

fn apply(group: &mut ProductGroup, fields: &Fields) -> Result<(), Refusal> {
    if let Some(vat) = percent(fields, "value")? {
        if !(0..=10_000).contains(&vat) {
            return Err(Refusal::bad("Invalid value 'value'"));
        }
        group.vat = vat;
    }
    if let Some(kind) = int(fields, "productgrouptype")? {
        if ![10, 20, 30].contains(&kind) {
            return Err(Refusal::bad("Invalid value 'productgrouptype'"));
        }
        group.group_type = kind;
    }
    if let Some(name) = text(fields, "productgroupname")? {
        name.clone_into(&mut group.name);
    }
    if let Some(comment) = text(fields, "comment")? {
        comment.clone_into(&mut group.comment);
    }
    Ok(())
}
