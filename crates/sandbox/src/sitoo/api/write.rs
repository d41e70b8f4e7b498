//! Adding and updating orders (facts/sitoo 2.1, 2.2). PUT changes only what is sent; sent rows and
//! payments replace the old ones (not known, facts/sitoo 10, question 22).

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        events::Happening,
        masters::Product,
        model::{Extras, Item, Order, OrderState, OrderType, Payment, PaymentState, set_extra},
        money::{net_of, pounds},
        state::State,
    },
    Answer, Call, Refusal,
    order_json::TEXTS,
    values::{
        Fields, extras, fixed, int, object, objects, percent, required, set_int_or_null, text,
    },
};
use crate::lock;

impl Call<'_> {
    /// Gives the bare id of the new order.
    pub(super) fn add_order(&self) -> Answer {
        let fields = object(&self.body)?;
        required("ordertypeid", int(&fields, "ordertypeid")?)?;
        required("orderitems", fields.get("orderitems"))?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let mut order = empty(now.div_euclid(1_000_000));
        apply(&state, &mut order, &fields)?;
        order.id = state.allot_order();
        let id = order.id;
        state.commit(order, false, now);
        Ok(id.to_string().into_bytes())
    }

    pub(super) fn update_order(&self, id: i64) -> Answer {
        let fields = object(&self.body)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let mut order = state.visible(id).cloned().ok_or_else(Refusal::not_found)?;
        let before = (order.state, order.payment_state);
        apply(&state, Arc::make_mut(&mut order), &fields)?;
        let after = (order.state, order.payment_state);
        // States change through one door, which also delivers and tells of it.
        state.change(id, |stored| {
            *stored = Order { state: before.0, payment_state: before.1, ..Order::clone(&order) };
        });
        if before == after {
            state.announce_id(id, Happening::Updated(None), now);
            // What it reserves, until when and where may have changed.
            state.reserve(&order, now);
        } else {
            state.set_order_state(id, after.0, after.1, now);
        }
        Ok(b"true".to_vec())
    }
}

/// An API order without states is open and unpaid, and comes from no register.
fn empty(created: i64) -> Order {
    Order {
        id: 0,
        external_id: None,
        credit_of: None,
        register: None,
        receipt: None,
        staff: None,
        warehouse: None,
        date: created,
        created,
        state: OrderState::Open,
        payment_state: PaymentState::NONE,
        kind: OrderType::ORDER,
        reserved_until: None,
        currency: None,
        delivery_charge: None,
        roundoff: 0,
        rows: Box::default(),
        payments: Box::default(),
        texts: Vec::new(),
        extras: Vec::new(),
        delivery: None,
        spoilt: Vec::new(),
    }
}

fn apply(state: &State, order: &mut Order, fields: &Fields) -> Result<(), Refusal> {
    if let Some(external) = text(fields, "externalid")? {
        check_external(state, external, order.id)?;
        order.external_id = Some(external.into());
    }
    apply_numbers(order, fields)?;
    for name in TEXTS {
        if let Some(value) = text(fields, name)? {
            order.texts.retain(|(known, _)| *known != name);
            if !value.is_empty() {
                order.texts.push((name, value.into()));
            }
        }
    }
    if let Some(currency) = text(fields, "currencycode")? {
        order.currency = Some(currency.into());
    }
    extras(fields, &mut order.extras)?;
    if let Some(rows) = objects(fields, "orderitems")? {
        order.rows = rows.into_iter().map(|row| item(state, row)).collect::<Result<_, _>>()?;
    }
    if let Some(payments) = objects(fields, "payments")? {
        order.payments = payments.into_iter().map(payment).collect::<Result<_, _>>()?;
    }
    Ok(())
}

fn apply_numbers(order: &mut Order, fields: &Fields) -> Result<(), Refusal> {
    if let Some(id) = int(fields, "ordertypeid")? {
        order.kind = OrderType(id);
    }
    if let Some(id) = int(fields, "orderstateid")? {
        order.state = OrderState::from_id(id);
    }
    if let Some(id) = int(fields, "paymentstateid")? {
        order.payment_state = PaymentState(id);
    }
    if let Some(at) = int(fields, "orderdate")? {
        order.date = at;
    }
    set_int_or_null(fields, "creditorderid", &mut order.credit_of)?;
    set_int_or_null(fields, "warehouseid", &mut order.warehouse)?;
    set_int_or_null(fields, "datereserved", &mut order.reserved_until)?;
    Ok(())
}

/// `[A-Za-z0-9_-]{1,40}`, unique (facts/sitoo 2.2). The error's words are not known.
fn check_external(state: &State, external: &str, own: i64) -> Result<(), Refusal> {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_valid = (1..=40).contains(&external.len()) && external.bytes().all(is_fine);
    let is_taken = state.by_external.get(external).is_some_and(|id| *id != own);
    if is_valid && !is_taken {
        return Ok(());
    }
    Err(Refusal::bad("Invalid value 'externalid'"))
}

fn item(state: &State, fields: &Fields) -> Result<Item, Refusal> {
    let name = required("productname", text(fields, "productname")?)?;
    let quantity = required("quantity", int(fields, "quantity")?)?;
    if quantity == 0 {
        return Err(Refusal::bad("Invalid value"));
    }
    let sku = text(fields, "sku")?.unwrap_or_default();
    let known = state.product_by_sku.get(sku).cloned();
    let product = known.unwrap_or_else(|| Arc::new(Product::new(0, sku, name, 0, 0)));
    let unit = fixed(fields, "decimalunitquantity", 3)?;
    let vat_rate = percent(fields, "vatvalue")?.unwrap_or(product.vat);
    let listed = Item::at_price(&product, quantity.abs(), unit);
    let price = fixed(fields, "moneyrowprice", 2)?.map_or(listed, i64::abs);
    let discount = fixed(fields, "moneyrowdiscount", 2)?.map_or(0, i64::abs);
    let mut row_extras = Extras::new();
    if discount != 0 {
        set_extra(&mut row_extras, "orderitem-moneyrowdiscount", pounds(discount));
    }
    extras(fields, &mut row_extras)?;
    let sign = quantity.signum();
    let gross = sign * (price - discount);
    let sold_as = (*product.title != *name).then(|| Arc::new((sku.into(), name.into())));
    Ok(Item {
        product,
        sold_as,
        quantity,
        unit,
        gross_before: sign * price,
        gross,
        net: net_of(gross, vat_rate),
        vat_rate,
        extras: row_extras,
    })
}

fn payment(fields: &Fields) -> Result<Payment, Refusal> {
    let mut payment_extras = Extras::new();
    extras(fields, &mut payment_extras)?;
    let owned = |name| Ok(Cow::Owned(text(fields, name)?.unwrap_or_default().to_owned()));
    let name = required("name", text(fields, "name")?)?;
    Ok(Payment {
        name: name.into(),
        is_cash: name == "Cash",
        external_id: text(fields, "externalid")?.map(Arc::from),
        amount: required("moneyamount", fixed(fields, "moneyamount", 2)?)?,
        ref_type: owned("reftype")?,
        ref_id: text(fields, "refid")?.unwrap_or_default().into(),
        card_issuer: owned("cardissuer")?,
        extras: payment_extras,
    })
}
