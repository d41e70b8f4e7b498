//! Families of variants (facts/sitoo 4.3). Writing one replaces it whole, and every field has to
//! be sent: so a row goes back as it came, text for text, with nothing changed but what is ours.

use std::fmt::Write as _;

use daybook_domain::{
    catalogue::family::{Choice, Family, FamilyRow},
    class::Failure,
    exchange::Called,
};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Effect, Keep, read_json},
    number::Num,
    text::{Members, Text},
};

use super::{
    Sitoo,
    client::one,
    envelope::done,
    translate::{drift, need, within},
    wire::read,
};

/// Fields that Sitoo asks for in every row, deprecated ones too, and what stands for one that a
/// row lacks or that is null. Where that would change a product there is nothing.
const FIELDS: [(&str, Option<&str>); 13] = [
    ("productid", None),
    ("active", None),
    ("activepos", None),
    ("title", Some("\"\"")),
    ("sku", None),
    ("deliverystatus", Some("\"\"")),
    ("moneyprice", None),
    ("moneypriceorg", Some("\"0.00\"")),
    ("moneypricein", Some("\"0.00\"")),
    ("moneyofferprice", Some("\"0.00\"")),
    // Null is refused, an empty text is none (facts/sitoo 4.1).
    ("barcode", Some("\"\"")),
    ("barcodealiases", Some("[]")),
    ("friendly", Some("\"\"")),
];
/// The field that is ours.
const ATTRIBUTES: &str = "attributes";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireFamily<'a> {
    #[serde(borrow)]
    groups: Vec<WireChoice<'a>>,
    #[serde(borrow)]
    variants: Option<Vec<&'a RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireChoice<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    options: Vec<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRow<'a> {
    productid: Num<i64>,
    #[serde(borrow)]
    sku: Text<'a>,
    attributes: Option<Vec<Text<'a>>>,
}

#[derive(Serialize)]
struct SentFamily<'a> {
    groups: Vec<SentChoice<'a>>,
    variants: Vec<Box<RawValue>>,
}

#[derive(Serialize)]
struct SentChoice<'a> {
    name: &'a str,
    options: &'a [String],
}

impl Sitoo {
    /// The family of a product.
    pub async fn family(&self, product_id: i64) -> Called<Family> {
        one(self.get("family", &self.family_path(product_id), Keep::Failures, read_family).await)
    }

    /// A product that is in no family yet, as a row of one.
    pub async fn family_row(&self, product_id: i64) -> Called<FamilyRow> {
        let path = format!("sites/{}/products/{product_id}.json", self.site);
        let read = |answer: &Answer<'_>| joining(answer.text);
        one(self.get("product", &path, Keep::Failures, read).await)
    }

    /// Puts `family` in the place of the one that has this main variant.
    pub async fn set_family(&self, main: i64, family: &Family) -> Called<()> {
        let body = match body(family) {
            Ok(body) => body,
            Err(failure) => return Called { outcome: Err(failure), exchanges: Vec::new() },
        };
        let read = |answer: &Answer<'_>| {
            let unclear = || Effect::Writes.unclear(None, "the answer is not true".to_owned());
            done(answer.text.trim()).ok_or_else(unclear)
        };
        one(self.send("set-family", Method::PUT, &self.family_path(main), body, read).await)
    }

    fn family_path(&self, product_id: i64) -> String {
        format!("sites/{}/products/{product_id}/productvariants.json", self.site)
    }
}

fn read_family(answer: &Answer<'_>) -> Result<Family, Failure> {
    let wire: WireFamily<'_> = read_json(answer)?;
    let choices = wire.groups.iter().map(|choice| Choice {
        name: choice.name.owned(),
        options: choice.options.iter().map(Text::owned).collect(),
    });
    // Read as "none", it would have every variant deleted.
    let rows = wire.variants.ok_or_else(|| drift("variants", "is missing"))?;
    let rows = rows.iter().enumerate();
    Ok(Family {
        choices: choices.collect(),
        rows: rows
            .map(|(place, raw)| row(raw.get()).map_err(within("variants", place)))
            .collect::<Result<_, _>>()?,
    })
}

fn row(text: &str) -> Result<FamilyRow, Failure> {
    let wire: WireRow<'_> = read(text)?;
    let row = FamilyRow {
        product_id: need(wire.productid.0, "productid")?,
        sku: wire.sku.owned(),
        attributes: wire.attributes.unwrap_or_default().iter().map(Text::owned).collect(),
        text: text.to_owned(),
    };
    // What could not be sent again is better known now.
    sent(&row)?;
    Ok(row)
}

/// Of a product, what a row of a family has.
fn joining(text: &str) -> Result<FamilyRow, Failure> {
    let members: Members<'_> = read(text)?;
    let mut kept = String::from("{");
    for (name, value) in &members.0 {
        if FIELDS.iter().any(|(field, _)| *field == name.as_ref()) {
            member(&mut kept, name, value.get());
        }
    }
    kept.push('}');
    row(&kept)
}

fn body(family: &Family) -> Result<String, Failure> {
    let choices = family.choices.iter();
    let sent = SentFamily {
        groups: choices
            .map(|choice| SentChoice { name: &choice.name, options: &choice.options })
            .collect(),
        variants: family.rows.iter().map(sent).collect::<Result<_, _>>()?,
    };
    serde_json::to_string(&sent).map_err(|error| drift("variants", &error.to_string()))
}

/// A row as it is sent: as it came, with its attributes, and with what Sitoo asks for in any case.
fn sent(row: &FamilyRow) -> Result<Box<RawValue>, Failure> {
    let members: Members<'_> = read(&row.text)?;
    let mut text = String::from("{");
    for (name, value) in &members.0 {
        let is_null = value.get() == "null";
        if name.as_ref() != ATTRIBUTES && !(is_null && is_asked_for(name)) {
            member(&mut text, name, value.get());
        }
    }
    for (name, instead) in FIELDS {
        if members.0.iter().any(|(known, value)| known.as_ref() == name && value.get() != "null") {
            continue;
        }
        member(&mut text, name, instead.ok_or_else(|| drift(name, "is missing"))?);
    }
    let attributes = serde_json::to_string(&row.attributes).unwrap_or_default();
    member(&mut text, ATTRIBUTES, &attributes);
    text.push('}');
    RawValue::from_string(text).map_err(|error| drift(ATTRIBUTES, &error.to_string()))
}

fn is_asked_for(name: &str) -> bool {
    FIELDS.iter().any(|(field, _)| *field == name)
}

fn member(text: &mut String, name: &str, value: &str) {
    let name = serde_json::to_string(name).unwrap_or_default();
    let joint = if text.len() > 1 { "," } else { "" };
    // Writing into a text cannot fail.
    let _ = write!(text, "{joint}{name}:{value}");
}
