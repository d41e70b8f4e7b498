//! A company's variants by hand. Prices are decimals in strings.

use std::collections::{BTreeMap, HashSet};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{post, put},
};
use http::StatusCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{Company, refused, stock::decimal};
use crate::{
    control::done_if,
    orderwise::{OrderWise, Variant},
};

type Shared = std::sync::Arc<OrderWise>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/variants/amendments", post(amend))
        .route("/variants/{sku}", put(set).get(look).delete(retire))
}

/// A field that may be left out, and may be null.
#[derive(Default)]
enum Nullable<T> {
    #[default]
    LeftOut,
    Given(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Given)
    }
}

impl<T: Clone> Nullable<T> {
    fn set(&self, field: &mut Option<T>) {
        if let Self::Given(value) = self {
            field.clone_from(value);
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Change {
    active: Option<bool>,
    saleable: Option<bool>,
    on_tills: Nullable<bool>,
    description: Option<String>,
    product_code: Option<String>,
    sku: Option<String>,
    ean: Nullable<String>,
    price_inc_vat: Option<String>,
    price_exc_vat: Option<String>,
    tax_rate_id: Option<i64>,
    more: BTreeMap<String, String>,
}

/// A change whose prices are read.
struct Amendment {
    change: Change,
    price_inc_vat: Option<Decimal>,
    price_exc_vat: Option<Decimal>,
}

impl Change {
    fn read(self) -> Result<Amendment, Box<Response>> {
        let price_inc_vat = self.price_inc_vat.as_deref().map(decimal).transpose()?;
        let price_exc_vat = self.price_exc_vat.as_deref().map(decimal).transpose()?;
        Ok(Amendment { change: self, price_inc_vat, price_exc_vat })
    }
}

impl Amendment {
    fn apply(&self, variant: &mut Variant) {
        let change = &self.change;
        set_if(&mut variant.discontinued, change.active.map(|is_active| !is_active));
        set_if(&mut variant.saleable, change.saleable);
        change.on_tills.set(&mut variant.on_tills);
        set_if(&mut variant.description, change.description.clone());
        set_if(&mut variant.product_code, change.product_code.clone());
        set_if(&mut variant.sku, change.sku.as_deref().map(Into::into));
        change.ean.set(&mut variant.ean);
        set_if(&mut variant.price_inc_vat, self.price_inc_vat);
        set_if(&mut variant.price_exc_vat, self.price_exc_vat);
        set_if(&mut variant.tax_rate_id, change.tax_rate_id);
        variant.more.extend(change.more.clone());
    }
}

fn set_if<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A price with VAT alone brings the one without VAT along.
async fn set(
    State(company): Company,
    Path(sku): Path<String>,
    Json(change): Json<Change>,
) -> Response {
    let amendment = match change.read() {
        Ok(amendment) => amendment,
        Err(refusal) => return *refusal,
    };
    let was_found = company.change_variant(&sku, |variant| amendment.apply(variant));
    if let (Some(price), None) = (amendment.price_inc_vat, amendment.price_exc_vat) {
        company.set_price(amendment.change.sku.as_deref().unwrap_or(&sku), price);
    }
    done_if(was_found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amendments {
    change: Change,
    skus: Option<HashSet<String>>,
    every: Option<usize>,
}

async fn amend(State(company): Company, Json(asked): Json<Amendments>) -> Response {
    if asked.change.sku.is_some() {
        return refused("a code belongs to one variant");
    }
    let amendment = match asked.change.read() {
        Ok(amendment) => amendment,
        Err(refusal) => return *refusal,
    };
    let (every, mut place) = (asked.every.unwrap_or(1).max(1), 0_usize);
    let amended = company.amend_variants(|variant| {
        let is_asked = asked.skus.as_ref().is_none_or(|skus| skus.contains(&*variant.sku));
        if is_asked && place.is_multiple_of(every) {
            amendment.apply(variant);
        }
        place += usize::from(is_asked);
    });
    Json(json!({ "amended": amended })).into_response()
}

async fn look(State(company): Company, Path(sku): Path<String>) -> Response {
    let Some(variant) = company.variant(&sku) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    Json(json!({
        "id": variant.id,
        "sku": &*variant.sku,
        "product_code": variant.product_code,
        "description": variant.description,
        "ean": variant.ean,
        "price_inc_vat": variant.price_inc_vat.to_string(),
        "price_exc_vat": variant.price_exc_vat.to_string(),
        "tax_rate_id": variant.tax_rate_id,
        "active": !variant.discontinued,
        "saleable": variant.saleable,
        "on_tills": variant.on_tills,
        "kit": variant.kit,
        "more": variant.more,
    }))
    .into_response()
}

async fn retire(State(company): Company, Path(sku): Path<String>) -> Response {
    done_if(company.retire_variant(&sku))
}
