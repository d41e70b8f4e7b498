//! Products, product groups and price lists (facts/sitoo 4).

use daybook_domain::{
    Money, Timestamp, VatRate,
    catalogue::{Attribute, NewProduct, Patch, ProductGroup, TillProduct},
    class::Failure,
    exchange::Called,
};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Keep, read_json},
    number::Num,
    text::Text,
};

use super::{
    Sitoo,
    client::{listed, one},
    envelope::{self, Element},
    translate::{need, within},
    wire::{List, read},
};

/// What is asked for: what we write, and what decisions need. Some fields are slow to make
/// (facts/sitoo 1.5), and the default ones lack the title.
const FIELDS: &str = "productid,sku,title,moneyprice,vatid,barcode,barcodealiases,activepos,\
variantparentid,allowdecimals,stockcountenable,variant";

/// Which products to ask for. Hidden ones and those without a web page come too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductsQuery {
    /// All, page by page.
    All,
    /// Those that changed after a moment, page by page.
    ModifiedAfter(Timestamp),
    /// These, by `productid`. Long lists make long addresses: some 200 at a time.
    Ids(Vec<i64>),
    /// These, by SKU in exactly this spelling; some 100 at a time.
    Skus(Vec<String>),
}

/// A page of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductsPage {
    /// How many products fit the question altogether.
    pub total_count: i64,
    /// How many elements the page held, also such as cannot be read.
    pub elements: usize,
    /// The products that can be read.
    pub products: Vec<TillProduct>,
    /// What is wrong with each of the others. One bad product spoils nothing but itself.
    pub unreadable: Vec<String>,
}

/// A price in a price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPrice {
    /// The product's SKU.
    pub sku: String,
    /// Its price there.
    pub price: Money,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireProduct<'a> {
    productid: Num<i64>,
    #[serde(borrow)]
    sku: Text<'a>,
    title: Text<'a>,
    moneyprice: Num<Money>,
    vatid: Num<i64>,
    barcode: Text<'a>,
    barcodealiases: Option<Vec<Text<'a>>>,
    activepos: bool,
    variantparentid: Num<i64>,
    allowdecimals: Option<bool>,
    stockcountenable: Option<bool>,
    variant: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireAttribute<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    value: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireGroup<'a> {
    vatid: Num<i64>,
    value: Num<VatRate>,
    productgrouptype: Num<i64>,
    #[serde(borrow)]
    productgroupname: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireListPrice<'a> {
    #[serde(borrow)]
    sku: Text<'a>,
    moneyprice: Num<Money>,
}

/// A product to be written; what is none stays as it is (PUT is a patch, facts/sitoo 1.3).
#[derive(Debug, Default, Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    productid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moneyprice: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vatid: Option<i64>,
    /// Never null, which Sitoo refuses; empty takes a barcode away (facts/sitoo 4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activepos: Option<bool>,
}

impl Sitoo {
    /// Products from the `start`th on; a page that is not full is the last one.
    pub async fn products(
        &self,
        query: &ProductsQuery,
        start: usize,
        num: usize,
    ) -> Called<ProductsPage> {
        let filter = match query {
            ProductsQuery::All => String::new(),
            ProductsQuery::ModifiedAfter(moment) => {
                format!("&datelastmodified={}", moment.micros().div_euclid(1_000_000))
            }
            ProductsQuery::Ids(ids) => format!("&productid={}", listed(ids)),
            ProductsQuery::Skus(skus) => format!("&sku={}", encoded(skus)),
        };
        let path = format!(
            "sites/{}/products.json?start={start}&num={num}{filter}&includeinactive=true\
             &fields={FIELDS}",
            self.site
        );
        one(self.get("products", &path, Keep::Failures, read_products).await)
    }

    /// Adds products; answers the id of each, or why there is none.
    pub async fn create_products(&self, new: &[NewProduct]) -> Called<Vec<Element<i64>>> {
        let written: Vec<Written<'_>> = new
            .iter()
            .map(|product| Written {
                sku: Some(&product.sku),
                title: Some(&product.title),
                moneyprice: Some(product.price.to_string()),
                vatid: Some(product.vat_id),
                barcode: product.barcode.as_deref(),
                activepos: Some(true),
                ..Written::default()
            })
            .collect();
        let path = format!("sites/{}/products.json", self.site);
        self.batch("create-products", (Method::POST, &path), &written, envelope::id).await
    }

    /// Writes the fields of products that differ; answers for each whether it was taken.
    pub async fn update_products(&self, patches: &[(i64, &Patch)]) -> Called<Vec<Element<()>>> {
        let written: Vec<Written<'_>> = patches
            .iter()
            .map(|(product_id, patch)| Written {
                productid: Some(*product_id),
                title: patch.title.as_deref(),
                moneyprice: patch.price.map(|price| price.to_string()),
                vatid: patch.vat_id,
                barcode: patch.barcode.as_deref(),
                activepos: patch.active_pos,
                ..Written::default()
            })
            .collect();
        let path = format!("sites/{}/products.json", self.site);
        self.batch("update-products", (Method::PUT, &path), &written, envelope::done).await
    }

    /// All product groups.
    pub async fn product_groups(&self) -> Called<Vec<ProductGroup>> {
        let path = format!("sites/{}/productgroups.json", self.site);
        self.list("product-groups", &path, group).await
    }

    /// Prices of a price list from the `start`th on, in order of their products.
    pub async fn list_prices(&self, list: i64, start: usize, num: usize) -> Called<Vec<ListPrice>> {
        let path = format!(
            "sites/{}/pricelists/{list}/pricelistitems.json?start={start}&num={num}",
            self.site
        );
        let read = |answer: &Answer<'_>| {
            let list: List<'_> = read_json(answer)?;
            let elements = list.items.iter().enumerate();
            elements
                .map(|(place, raw)| list_price(raw.get()).map_err(within("items", place)))
                .collect::<Result<Vec<_>, Failure>>()
        };
        one(self.get("price-list", &path, Keep::Failures, read).await)
    }

    /// Sets prices of a price list, new ones too; answers for each whether it was taken.
    pub async fn set_list_prices(
        &self,
        list: i64,
        prices: &[ListPrice],
    ) -> Called<Vec<Element<()>>> {
        let written: Vec<Written<'_>> = prices
            .iter()
            .map(|item| Written {
                sku: Some(&item.sku),
                moneyprice: Some(item.price.to_string()),
                ..Written::default()
            })
            .collect();
        let path = format!("sites/{}/pricelists/{list}/pricelistitems.json", self.site);
        self.batch("set-list-prices", (Method::PUT, &path), &written, envelope::done).await
    }
}

fn encoded(skus: &[String]) -> String {
    let encode = |sku: &String| url::form_urlencoded::byte_serialize(sku.as_bytes()).collect();
    skus.iter().map(encode).collect::<Vec<String>>().join(",")
}

fn read_products(answer: &Answer<'_>) -> Result<ProductsPage, Failure> {
    let list: List<'_> = read_json(answer)?;
    let (mut products, mut unreadable) = (Vec::new(), Vec::new());
    for (place, raw) in list.items.iter().enumerate() {
        match product(raw.get()).map_err(within("items", place)) {
            Ok(product) => products.push(product),
            Err(failure) => unreadable.push(failure.to_string()),
        }
    }
    let elements = list.items.len();
    let counted = i64::try_from(elements).unwrap_or(i64::MAX);
    let total_count = list.totalcount.0.unwrap_or(counted);
    Ok(ProductsPage { total_count, elements, products, unreadable })
}

fn product(json: &str) -> Result<TillProduct, Failure> {
    let wire: WireProduct<'_> = read(json)?;
    let aliases = wire.barcodealiases.unwrap_or_default();
    Ok(TillProduct {
        product_id: need(wire.productid.0, "productid")?,
        sku: wire.sku.owned(),
        title: wire.title.owned(),
        price: wire.moneyprice.0.unwrap_or(Money::ZERO),
        vat_id: wire.vatid.0,
        barcode: wire.barcode.owned(),
        aliases: aliases.iter().filter_map(Text::some).collect(),
        active_pos: wire.activepos,
        parent_id: wire.variantparentid.0,
        allow_decimals: wire.allowdecimals.unwrap_or(false),
        counted: wire.stockcountenable.unwrap_or(true),
        attributes: attributes(wire.variant),
    })
}

/// What tells a variant from others; an odd shape counts as nothing, and never spoils a product.
fn attributes(raw: Option<&RawValue>) -> Vec<Attribute> {
    let wire = raw.map(|raw| serde_json::from_str::<Vec<WireAttribute<'_>>>(raw.get()));
    let wire = wire.and_then(Result::ok).unwrap_or_default();
    let attribute =
        |one: &WireAttribute<'_>| Attribute { name: one.name.owned(), value: one.value.owned() };
    wire.iter().map(attribute).collect()
}

fn group(json: &str) -> Result<ProductGroup, Failure> {
    let wire: WireGroup<'_> = read(json)?;
    Ok(ProductGroup {
        vat_id: need(wire.vatid.0, "vatid")?,
        percent: need(wire.value.0, "value")?,
        group_type: need(wire.productgrouptype.0, "productgrouptype")?,
        name: wire.productgroupname.owned(),
    })
}

fn list_price(json: &str) -> Result<ListPrice, Failure> {
    let wire: WireListPrice<'_> = read(json)?;
    Ok(ListPrice { sku: wire.sku.owned(), price: need(wire.moneyprice.0, "moneyprice")? })
}
