//! Products, their families and price lists as the account holds them (facts/sitoo 4).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use super::{
    Sitoo,
    masters::{Product, ProductGroup},
    money::{net_of, round_div},
    state::State,
};
use crate::lock;

/// The price list that is the products' own price (facts/sitoo 4.4).
pub(super) const DEFAULT_LIST: i64 = 1;

/// A price list.
#[derive(Debug, Clone, Default)]
pub(super) struct PriceList {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) active: bool,
    pub(super) external_id: String,
    pub(super) currency: Option<String>,
    pub(super) tags: Vec<String>,
    /// By product; of the default list only volume prices are here.
    pub(super) items: BTreeMap<i64, ListPrice>,
}

/// A price in a list, as it was written: with or without VAT as the settings say.
#[derive(Debug, Clone, Default)]
pub(super) struct ListPrice {
    pub(super) price: i64,
    /// `moneypricevolume`.
    pub(super) volumes: Vec<Value>,
}

/// What the account knows about products beside themselves.
pub(super) struct Catalogue {
    /// Which product has a barcode, as its own or as an alias.
    pub(super) barcodes: HashMap<Box<str>, i64>,
    /// Members by main variant.
    families: HashMap<i64, BTreeSet<i64>>,
    /// Names and options of a family's groups, as they were written.
    pub(super) groups: HashMap<i64, Vec<(String, Vec<String>)>>,
    pub(super) lists: BTreeMap<i64, PriceList>,
    /// Products that are added one by one, each after a page of products was answered.
    pub(super) between_pages: VecDeque<Product>,
}

impl Default for Catalogue {
    fn default() -> Self {
        let default =
            PriceList { name: "Default".to_owned(), active: true, ..PriceList::default() };
        Self {
            barcodes: HashMap::new(),
            families: HashMap::new(),
            groups: HashMap::new(),
            lists: BTreeMap::from([(DEFAULT_LIST, default)]),
            between_pages: VecDeque::new(),
        }
    }
}

impl State {
    /// Stores a product, new or changed, and keeps the indexes right.
    pub(super) fn put_product(&mut self, mut product: Product, now: i64) {
        product.modified = now.div_euclid(1_000_000);
        let old = self.products.get(&product.id).cloned();
        product.created = old.as_ref().map_or(product.modified, |old| old.created);
        if let Some(old) = &old {
            self.forget(old);
            if old.sku != product.sku {
                self.stock.levels.rename(&old.sku, &product.sku);
            }
        }
        for code in product.barcodes() {
            self.catalogue.barcodes.insert(code.into(), product.id);
        }
        if let Some(parent) = product.variant_parent {
            self.catalogue.families.entry(parent).or_default().insert(product.id);
        }
        let product = Arc::new(product);
        self.product_by_sku.insert(product.sku.clone(), Arc::clone(&product));
        self.products.insert(product.id, product);
    }

    /// Deletes a product; the rest of its family stays, without a main variant as singles.
    pub(super) fn remove_product(&mut self, id: i64, now: i64) -> bool {
        let Some(old) = self.products.remove(&id) else { return false };
        self.forget(&old);
        for list in self.catalogue.lists.values_mut() {
            list.items.remove(&id);
        }
        self.catalogue.groups.remove(&id);
        for member in self.catalogue.families.remove(&id).unwrap_or_default() {
            if let Some(member) = self.products.get(&member) {
                let single = Product { variant_parent: None, ..Product::clone(member) };
                self.put_product(single, now);
            }
        }
        true
    }

    fn forget(&mut self, old: &Product) {
        // In a family two may have swapped: then it is another's already.
        if self.product_by_sku.get(&old.sku).is_some_and(|known| known.id == old.id) {
            self.product_by_sku.remove(&old.sku);
        }
        for code in old.barcodes() {
            if self.catalogue.barcodes.get(code) == Some(&old.id) {
                self.catalogue.barcodes.remove(code);
            }
        }
        if let Some(family) = old.variant_parent.and_then(|id| self.catalogue.families.get_mut(&id))
        {
            family.remove(&old.id);
        }
    }

    /// The members of a family, its main variant first where it is the oldest.
    pub(super) fn family(&self, main: i64) -> Vec<Arc<Product>> {
        let ids = self.catalogue.families.get(&main).into_iter().flatten();
        ids.filter_map(|id| self.products.get(id)).map(Arc::clone).collect()
    }

    /// The id of the next product.
    pub(super) fn next_product(&self) -> i64 {
        self.products.last_key_value().map_or(1, |(id, _)| id + 1)
    }

    /// The group of a product: the one it was given, else the first that fits.
    pub(super) fn group_of(&self, product: &Product) -> i64 {
        if product.vat_id != 0 {
            return product.vat_id;
        }
        let fits = |group: &&ProductGroup| {
            group.vat == product.vat && group.group_type == product.group_type
        };
        self.groups.values().find(fits).map_or(2, |group| group.vat_id)
    }

    /// Changes a group; what its products are taxed with follows.
    pub(super) fn put_group(&mut self, group: ProductGroup, now: i64) {
        let of_group = |product: &&Arc<Product>| self.group_of(product) == group.vat_id;
        let with_vat = self.settings.prices_with_vat;
        let changed: Vec<Product> = self
            .products
            .values()
            .filter(of_group)
            .map(|product| {
                let mut product = Product::clone(product);
                product.retax(group.vat_id, group.vat, group.group_type, with_vat);
                product
            })
            .collect();
        self.groups.insert(group.vat_id, group);
        for product in changed {
            self.put_product(product, now);
        }
    }
}

impl Product {
    /// Barcode and aliases.
    pub(super) fn barcodes(&self) -> impl Iterator<Item = &str> {
        self.barcode.iter().chain(&self.barcode_aliases).map(|code| &**code)
    }

    /// Moves it to a group. Its price on the wire stays as it is.
    pub(super) fn retax(&mut self, vat_id: i64, vat: i64, group_type: i64, with_vat: bool) {
        let prices = [self.price, self.list_price].map(|price| to_wire(price, self.vat, with_vat));
        (self.vat_id, self.vat, self.group_type) = (vat_id, vat, group_type);
        [self.price, self.list_price] = prices.map(|price| from_wire(price, vat, with_vat));
    }
}

/// A price as clients see it: with VAT, or without where the settings say so.
pub(super) fn to_wire(gross: i64, vat: i64, with_vat: bool) -> i64 {
    if with_vat { gross } else { net_of(gross, vat) }
}

/// What a client wrote, with VAT. Written and read back it is the same penny.
pub(super) fn from_wire(price: i64, vat: i64, with_vat: bool) -> i64 {
    if with_vat { price } else { round_div(price.saturating_mul(10_000 + vat), 10_000) }
}

impl Sitoo {
    /// Adds a product, or replaces the one with this id. Nothing is checked.
    pub fn add_product(&self, product: Product) {
        let now = self.now();
        lock(&self.state).put_product(product, now);
    }

    /// Deletes a product; false without it.
    pub fn delete_product(&self, id: i64) -> bool {
        let now = self.now();
        lock(&self.state).remove_product(id, now)
    }

    /// Queues a product that is added right after the next page of products was answered.
    pub fn add_product_between_pages(&self, product: Product) {
        lock(&self.state).catalogue.between_pages.push_back(product);
    }

    /// A product by its exact SKU.
    pub fn product(&self, sku: &str) -> Option<Arc<Product>> {
        lock(&self.state).product_by_sku.get(sku).cloned()
    }

    /// At most so many products after this id, in the order of their ids.
    pub fn products_after(&self, id: i64, most: usize) -> Vec<Arc<Product>> {
        let state = lock(&self.state);
        let rest = state.products.range(id.saturating_add(1)..);
        rest.take(most).map(|(_, product)| Arc::clone(product)).collect()
    }

    /// How many products there are.
    pub fn product_count(&self) -> usize {
        lock(&self.state).products.len()
    }

    /// Adds a price list without prices; gives its id.
    pub fn add_price_list(&self, name: &str) -> i64 {
        let lists = &mut lock(&self.state).catalogue.lists;
        let id = lists.last_key_value().map_or(DEFAULT_LIST, |(id, _)| id + 1);
        lists.insert(id, PriceList { name: name.to_owned(), active: true, ..PriceList::default() });
        id
    }

    /// The price of a SKU in a price list other than the default, pence as it was written.
    pub fn list_price(&self, list: i64, sku: &str) -> Option<i64> {
        let state = lock(&self.state);
        let product = state.product_by_sku.get(sku)?.id;
        state.catalogue.lists.get(&list)?.items.get(&product).map(|item| item.price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_without_vat_comes_back_to_the_penny() {
        for vat in [0, 500, 2000, 2500] {
            for price in (0..2_000).chain([99_999, 1_234_567]) {
                assert_eq!(to_wire(from_wire(price, vat, false), vat, false), price, "{vat}");
            }
        }
    }
}
