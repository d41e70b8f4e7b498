//! One search box: what the words may mean, tried in the order of how sure it is.

use daybook_domain::{Money, sku::fold};
use daybook_store::{
    entry::{self, EntryFilter, EntryRow},
    variant,
};

use super::entry::EntryPage;
use crate::{app::App, error::FlowError, sales::load::known_mapping, view::EntryView};

/// Most products that are offered.
const SKUS: usize = 10;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Entries, the newest first.
    pub page: EntryPage,
    /// Whether a number named them: one alone is what was looked for.
    pub is_exact: bool,
    /// How the words were understood.
    pub meant: Option<String>,
    /// Products of that SKU, with their description.
    pub skus: Vec<(String, String)>,
}

/// The stores that are mapped, by id, with their names.
pub async fn stores(app: &App) -> Result<Vec<(i64, String)>, FlowError> {
    let mapping = known_mapping(app).await?;
    let mut stores: Vec<_> =
        mapping.stores.iter().map(|(id, store)| (*id, store.name.clone())).collect();
    stores.sort();
    Ok(stores)
}

/// Finds entries by number, reference, amount, card reference, or SKU.
pub async fn find(
    app: &App,
    text: &str,
    filter: &EntryFilter,
    limit: usize,
) -> Result<Found, FlowError> {
    let text = text.trim();
    let by_number = EntryFilter { text: Some(text.to_owned()), ..filter.clone() };
    let page = super::entry::list(app, &by_number, limit).await?;
    if !page.entries.is_empty() {
        return Ok(Found { page, is_exact: true, ..Found::default() });
    }
    if let Some(page) = by_payment(app, text, filter).await? {
        let meant = Some("By the reference of a payment.".to_owned());
        return Ok(Found { page, is_exact: true, meant, ..Found::default() });
    }
    let skus = by_sku(app, text).await?;
    if !skus.is_empty() {
        let meant = "A SKU: its stock and its price are on its page. Receipts are found by number, \
                     amount, store and day.";
        let meant = Some(meant.to_owned());
        return Ok(Found { meant, skus, ..Found::default() });
    }
    if let Some(amount) = amount(text) {
        let rows = entry::of_amount(&app.db, amount, filter, limit + 1).await?;
        let is_last = rows.len() <= limit;
        let mapping = known_mapping(app).await?;
        let entries = rows.into_iter().take(limit).map(|row| EntryView::of(row, &mapping));
        let entries: Vec<EntryView> = entries.collect();
        let next = entries.last().filter(|_| !is_last).map(|entry| entry.order_id);
        let meant = Some(format!("Sales and returns of {amount}."));
        return Ok(Found { page: EntryPage { entries, next }, meant, ..Found::default() });
    }
    Ok(Found { meant: Some(format!("Nothing is known as '{text}'.")), ..Found::default() })
}

/// `£12.50`, `€ 12,50`, `EUR 12.50`, `12.50`, `-12.50`, `1,250.00`; whole pounds need the sign: a bare
/// number is an order.
fn amount(text: &str) -> Option<Money> {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let dense = dense.replace('−', "-");
    let is_code = |c: char| c.is_ascii_uppercase() || "£€$".contains(c);
    let plain: String = dense.chars().filter(|c| !is_code(*c)).collect();
    let pence_after = |mark: char| plain.rsplit_once(mark).is_some_and(|it| it.1.len() == 2);
    // A comma before pence where nothing else is: as it is written on the Continent.
    let is_comma = !plain.contains('.') && pence_after(',');
    let plain = plain.replace(',', if is_comma { "." } else { "" });
    let has_pence = plain.split_once('.').is_none_or(|(_, pence)| pence.len() == 2);
    let is_money = dense.contains(is_code) || plain.contains('.');
    if !is_money || !has_pence {
        return None;
    }
    plain.parse().ok()
}

async fn by_payment(
    app: &App,
    text: &str,
    filter: &EntryFilter,
) -> Result<Option<EntryPage>, FlowError> {
    let ids = daybook_store::settlement::till::orders_of_reference(&app.db, text).await?;
    let mapping = known_mapping(app).await?;
    let mut entries = Vec::new();
    for id in ids {
        let entry = entry::get(&app.db, id).await?.filter(|row| fits(row, filter));
        entries.extend(entry.map(|row| EntryView::of(row, &mapping)));
    }
    Ok((!entries.is_empty()).then_some(EntryPage { entries, next: None }))
}

fn fits(row: &EntryRow, filter: &EntryFilter) -> bool {
    let store = |id: &i64| row.warehouse_id == Some(*id);
    filter.state.is_none_or(|state| row.state == state)
        && (!filter.differs || row.differs())
        && filter.warehouse_id.is_none_or(|id| store(&id))
        && filter.stores.as_ref().is_none_or(|stores| stores.iter().any(store))
        && filter.from.is_none_or(|from| row.order_date >= from)
        && filter.to.is_none_or(|to| row.order_date < to)
        && filter.before.is_none_or(|before| row.order_id < before)
}

async fn by_sku(app: &App, text: &str) -> Result<Vec<(String, String)>, FlowError> {
    let variants = variant::starting_with(&app.db, &fold(text), SKUS).await?;
    Ok(variants)
}

#[cfg(test)]
mod tests {
    use daybook_domain::Money;

    use super::amount;

    #[test]
    fn amounts_are_told_from_numbers() {
        let pence = |text: &str| amount(text).map(Money::pence);
        assert_eq!(pence("£12.50"), Some(1_250));
        assert_eq!(pence("12.50"), Some(1_250));
        assert_eq!(pence("-1,250.00"), Some(-125_000));
        assert_eq!(pence("£40"), Some(4_000));
        for euros in ["€12.00", "€ 12,00", "12,00", "EUR 12.00", "12,00 €"] {
            assert_eq!(pence(euros), Some(1_200), "{euros}");
        }
        assert_eq!(pence("−€1,250.00"), Some(-125_000));
        for no in ["40", "12.5", "S1-40", "1.2.3", "", "£"] {
            assert_eq!(pence(no), None, "{no}");
        }
    }
}
