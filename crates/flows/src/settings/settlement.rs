//! How payouts and statements are read.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use daybook_connectors::settlement::{
    BankColumns, BankLayout, Columns, Layout, Style, adyen, stripe,
};
use daybook_domain::settlement::fold;
use serde::Deserialize;

/// Who settles what the tills took, and how their files are laid out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settlement {
    /// Whether `daybook serve` runs the flow (it needs a provider).
    pub enabled: bool,
    /// Pause between two passes when nothing woke the flow.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// Days after which a payment that is in no payout is told.
    pub unsettled_after_days: i64,
    /// Days after which a payout that is on no statement is told.
    pub at_bank_after_days: i64,
    /// The folder in which CAMT.053 statements are looked for.
    #[serde(default)]
    pub statements: Option<PathBuf>,
    /// Order ids behind the newest that are looked at for payments that came or changed late.
    pub look_back_ids: i64,
    /// Payment providers by a name of the retailer's choosing.
    #[serde(default)]
    pub providers: BTreeMap<String, Provider>,
    /// Banks whose statements are no CAMT.053, by name.
    #[serde(default)]
    pub banks: BTreeMap<String, Bank>,
}

/// One payment provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Provider {
    /// The layout of its reports.
    pub format: Format,
    /// Payment types of the tills that it settles: external ids, or names.
    pub tenders: Vec<String>,
    /// The folder in which its reports are looked for.
    #[serde(default)]
    pub inbox: Option<PathBuf>,
    /// Currency of everything, where no column tells.
    #[serde(default)]
    pub currency: Option<String>,
    /// Its stores → warehouse ids of Sitoo.
    #[serde(default)]
    pub stores: BTreeMap<String, i64>,
    /// Its kinds of lines → ours, beside those that the layout knows.
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    /// Columns, for a layout that is not built in.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// How its files are written, where they differ from the layout's usual way.
    #[serde(default)]
    pub style: Option<Style>,
}

/// The layout of a provider's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Adyen's settlement details report.
    Adyen,
    /// Stripe's itemised payout reconciliation report.
    Stripe,
    /// The columns that the settings name.
    Columns,
}

/// A bank's statement as CSV or XLSX.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bank {
    /// The folder in which its statements are looked for.
    #[serde(default)]
    pub inbox: Option<PathBuf>,
    /// Currency, where no column tells.
    #[serde(default)]
    pub currency: Option<String>,
    /// Account, where no column tells.
    #[serde(default)]
    pub account: Option<String>,
    /// Where what stands.
    pub columns: BankColumns,
    /// How it is written.
    #[serde(default)]
    pub style: Style,
}

impl Settlement {
    /// The same with its folders seen from `folder`.
    #[must_use]
    pub fn seen_from(mut self, folder: &Path) -> Self {
        let inboxes = self.providers.values_mut().map(|one| &mut one.inbox);
        let inboxes = inboxes.chain(self.banks.values_mut().map(|one| &mut one.inbox));
        for path in inboxes.chain([&mut self.statements]).flatten() {
            *path = folder.join(&path);
        }
        self
    }

    /// Who settles a payment type; nobody where no provider names it.
    pub fn provider_of(&self, tender: &str, name: &str) -> &str {
        let (tender, name) = (fold(tender), fold(name));
        let settles = |provider: &Provider| {
            let mut known = provider.tenders.iter().map(|known| fold(known));
            known.any(|known| known == tender || known == name)
        };
        let found = self.providers.iter().find(|(_, provider)| settles(provider));
        found.map_or("", |(name, _)| name)
    }
}

impl Provider {
    /// The layout of its reports, as `name` in messages.
    pub fn layout(&self, name: &str) -> Layout {
        let mut layout = match self.format {
            Format::Adyen => adyen(),
            Format::Stripe => stripe(),
            Format::Columns => Layout {
                name: format!("columns of {name}"),
                columns: Columns::default(),
                kinds: BTreeMap::new(),
                currency: None,
                style: Style::default(),
            },
        };
        let kinds = self.kinds.iter().map(|(word, kind)| (fold(word), kind.clone()));
        layout.kinds.extend(kinds);
        layout.columns = self.columns.clone().unwrap_or(layout.columns);
        layout.style = self.style.clone().unwrap_or(layout.style);
        layout.currency = self.currency.clone().or(layout.currency);
        layout
    }
}

impl Bank {
    /// The layout of its statements, as `name` in messages.
    pub fn layout(&self, name: &str) -> BankLayout {
        BankLayout {
            name: format!("columns of {name}"),
            columns: self.columns.clone(),
            currency: self.currency.clone(),
            account: self.account.clone(),
            style: self.style.clone(),
        }
    }
}
