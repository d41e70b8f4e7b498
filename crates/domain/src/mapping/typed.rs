//! The typed tables, made from rows: one bad row stops only itself.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use super::{
    Account, ItemMapping, Mapping, MappingFault, MappingKind, MappingRow, PaymentMapping,
    PickupMapping, ReasonMapping, StoreMapping, item,
    row::{fault, normal_key, positive},
};
use crate::{VatRate, despatch::StatusMeaning};

impl Mapping {
    /// Builds the tables. A row that cannot be used, or that says again what an earlier row said, is
    /// left out and named.
    pub fn from_rows(rows: impl IntoIterator<Item = MappingRow>) -> (Self, Vec<MappingFault>) {
        let mut mapping = Self::default();
        let mut faults = Vec::new();
        for row in rows {
            if let Err(what) = mapping.add(&row) {
                faults.push(fault(row.kind, &row.key, what));
            }
        }
        (mapping, faults)
    }

    fn add(&mut self, row: &MappingRow) -> Result<(), String> {
        let fields = Fields(&row.value);
        let key = normal_key(row.kind, &row.key)?;
        match row.kind {
            MappingKind::Sku => put(&mut self.skus, key, fields.needed("code")?.to_owned()),
            MappingKind::Vat => self.add_vat(&key, fields.needed_id("rate-id")?),
            MappingKind::Payment => put(&mut self.payments, key, payment(&fields)?),
            MappingKind::Store => put(&mut self.stores, id_of(&key)?, store(&key, &fields)?),
            MappingKind::Warehouse => {
                put(&mut self.warehouses, id_of(&key)?, fields.needed_id("location")?)
            }
            MappingKind::Reason => put(&mut self.reasons, key, reason(&fields)?),
            MappingKind::Item => put(&mut self.items, key, special(&fields)?),
            MappingKind::Group => put(&mut self.groups, key, fields.needed_id("vat-id")?),
            MappingKind::Pickup => put(&mut self.pickups, key, pickup(&fields)?),
            MappingKind::Delivery => put(&mut self.carriers, key, fields.needed_id("method-id")?),
            MappingKind::Status => put(&mut self.statuses, key, meaning(&fields)?),
        }
    }

    fn add_vat(&mut self, key: &str, rate_id: i64) -> Result<(), String> {
        if key == item::GIFT_CARD {
            return match self.vat_gift_card.replace(rate_id) {
                None => Ok(()),
                Some(first) => {
                    self.vat_gift_card = Some(first);
                    Err(TWICE.to_owned())
                }
            };
        }
        let rate = key.parse::<VatRate>().map_err(|error| error.to_string())?;
        put(&mut self.vat, rate, rate_id)
    }
}

const TWICE: &str = "mapped twice; the first row counts";

/// Whether a row can be used.
pub(super) fn check(row: &MappingRow) -> Result<(), MappingFault> {
    Mapping::default().add(row).map_err(|what| fault(row.kind, &row.key, what))
}

fn put<K: std::hash::Hash + Eq, V>(
    table: &mut HashMap<K, V>,
    key: K,
    value: V,
) -> Result<(), String> {
    match table.entry(key) {
        Entry::Vacant(free) => {
            free.insert(value);
            Ok(())
        }
        Entry::Occupied(_) => Err(TWICE.to_owned()),
    }
}

fn id_of(key: &str) -> Result<i64, String> {
    positive(key).ok_or_else(|| format!("'{key}' is not a warehouse id"))
}

/// The fields of a row, read with words that name the field.
struct Fields<'a>(&'a BTreeMap<String, String>);

impl<'a> Fields<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&'a str, String> {
        self.text(name).ok_or_else(|| format!("'{name}' is missing"))
    }

    fn id(&self, name: &str) -> Result<Option<i64>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        positive(text)
            .map(Some)
            .ok_or_else(|| format!("'{name}' must be an id, a whole number from 1, not '{text}'"))
    }

    fn needed_id(&self, name: &str) -> Result<i64, String> {
        self.id(name)?.ok_or_else(|| format!("'{name}' is missing"))
    }

    fn yes(&self, name: &str) -> Result<Option<bool>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            _ => Err(format!("'{name}' must be yes or no, not '{text}'")),
        }
    }
}

fn payment(fields: &Fields<'_>) -> Result<PaymentMapping, String> {
    let exclude = fields.yes("exclude")?.unwrap_or(false);
    match (fields.id("method-id")?, exclude) {
        (Some(id), false) => Ok(PaymentMapping::Method(id)),
        (None, true) => Ok(PaymentMapping::Exclude),
        (Some(_), true) => Err("give 'method-id' or 'exclude=yes', not both".to_owned()),
        (None, false) => Err("'method-id' is missing, or 'exclude=yes'".to_owned()),
    }
}

fn store(key: &str, fields: &Fields<'_>) -> Result<StoreMapping, String> {
    let account = match (fields.text("account"), fields.id("account-id")?) {
        (Some(number), None) => Account::Number(number.to_owned()),
        (None, Some(id)) => Account::Id(id),
        (Some(_), Some(_)) => return Err("give 'account' or 'account-id', not both".to_owned()),
        (None, None) => return Err("'account' is missing, or 'account-id'".to_owned()),
    };
    let time_zone = fields.text("zone").map(str::to_owned);
    if let Some(zone) = &time_zone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        return Err(format!("'{zone}' is not a time zone such as Europe/London"));
    }
    let currency = fields.text("currency").map(str::to_ascii_uppercase);
    if let Some(code) = &currency
        && (code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        return Err(format!("'{code}' is not a currency code such as GBP"));
    }
    Ok(StoreMapping {
        name: fields.text("name").map_or_else(|| format!("Store {key}"), str::to_owned),
        account,
        session_id: fields.id("session")?,
        stock_location_id: fields.id("location")?,
        delivery_method_id: fields.id("delivery")?,
        time_zone,
        ships_from_location_id: fields.id("ships-from")?,
        currency,
    })
}

fn pickup(fields: &Fields<'_>) -> Result<PickupMapping, String> {
    Ok(PickupMapping {
        stock_location_id: fields.needed_id("location")?,
        delivery_method_id: fields.id("delivery")?,
    })
}

fn meaning(fields: &Fields<'_>) -> Result<StatusMeaning, String> {
    fields.needed("means")?.parse::<StatusMeaning>().map_err(|error| error.to_string())
}

fn reason(fields: &Fields<'_>) -> Result<ReasonMapping, String> {
    let restock = fields.yes("restock")?.ok_or("'restock' is missing; say yes or no")?;
    Ok(ReasonMapping { restock, stock_location_id: fields.id("location")? })
}

fn special(fields: &Fields<'_>) -> Result<ItemMapping, String> {
    Ok(ItemMapping { code: fields.needed("code")?.to_owned(), tax_rate_id: fields.id("rate-id")? })
}
