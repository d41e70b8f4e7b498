//! Rows of the book as the rules see them.

use daybook_domain::settlement::{Item, fold, tokens};
use daybook_store::settlement::{
    bank::StoredBankLine, line::StoredLine, payout::StoredPayout, till::StoredMoney,
};

use crate::settings::Settlement;

pub(super) fn of_till(stored: &StoredMoney) -> Item {
    let money = &stored.money;
    Item {
        key: money.key(),
        provider: stored.provider.clone(),
        day: money.day,
        amount: money.amount,
        currency: money.currency.clone(),
        store: money.warehouse_id,
        references: folded(&money.references),
    }
}

pub(super) fn of_line(stored: &StoredLine, settings: &Settlement) -> Item {
    let line = &stored.line;
    let names = settings.providers.get(&line.provider).map(|provider| &provider.stores);
    let store = line.store.as_ref().and_then(|name| {
        let known = names?.iter().find(|(known, _)| fold(known) == fold(name));
        known.map(|(_, id)| *id)
    });
    Item {
        key: stored.number.to_string(),
        provider: line.provider.clone(),
        day: line.day,
        amount: line.gross,
        currency: line.currency.clone(),
        store,
        references: folded(&line.references),
    }
}

pub(super) fn of_payout(stored: &StoredPayout) -> Item {
    let payout = &stored.payout;
    Item {
        key: stored.key(),
        provider: payout.provider.clone(),
        day: payout.day,
        amount: payout.amount,
        currency: payout.currency.clone(),
        store: None,
        references: payout.references.iter().flat_map(|text| tokens(text)).collect(),
    }
}

pub(super) fn of_bank(stored: &StoredBankLine) -> Item {
    let line = &stored.line;
    let mut references = tokens(&line.words);
    references.extend(tokens(&line.reference));
    references.sort_unstable();
    references.dedup();
    Item {
        key: stored.number.to_string(),
        provider: String::new(),
        day: line.day,
        amount: line.amount,
        currency: line.currency.clone(),
        store: None,
        references,
    }
}

fn folded(references: &[String]) -> Vec<String> {
    let mut folded: Vec<String> = references.iter().map(|text| fold(text)).collect();
    folded.retain(|text| !text.is_empty());
    folded.sort_unstable();
    folded.dedup();
    folded
}
