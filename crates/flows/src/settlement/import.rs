//! Files into the book: whole or not at all, and twice is once.

use std::collections::BTreeSet;

use daybook_connectors::settlement::{FileFault, Placed, read_report, read_statement};
use daybook_domain::settlement::{
    BankLine, MatchState, SettlementLine, content, file_hash, keys, payouts,
};
use daybook_store::{
    Tx, audit,
    settlement::{
        bank::{self, NewBankLine},
        file::{self, MoneyFile},
        line::{self, NewLine},
        payout,
    },
};
use serde::Serialize;

use super::people::release;
use crate::{app::App, error::FlowError, retrying::retrying, settings::Provider};

/// Whose statement it is where no bank is named.
const CAMT: &str = "camt.053";

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The file as the book knows it.
    #[serde(flatten)]
    pub file: MoneyFile,
    /// Whether the very same file was imported before: then nothing has changed.
    pub known: bool,
    /// Payouts that the file tells of, in full or in part.
    pub payouts: Vec<String>,
}

impl From<FileFault> for FlowError {
    fn from(fault: FileFault) -> Self {
        Self::request(fault.code, fault.what, fault.hint)
    }
}

/// Imports a provider's settlement report.
pub async fn report(
    app: &App,
    provider: &str,
    name: &str,
    bytes: &[u8],
    actor: &str,
) -> Result<Imported, FlowError> {
    let layout = provider_of(app, provider)?.layout(provider);
    let hash = file_hash(bytes);
    if let Some(file) = file::get(&app.db, &hash).await? {
        return known(file, provider);
    }
    let read = read_report(provider, bytes, &layout).map_err(|fault| in_file(name, fault))?;
    let lines = new_lines(provider, read);
    let imported = MoneyFile {
        hash,
        kind: "report".to_owned(),
        source: provider.to_owned(),
        name: name.to_owned(),
        lines: count(lines.len()),
        added: 0,
        imported_at: app.now(),
        imported_by: actor.to_owned(),
    };
    retrying(app, "settlement report", || write_report(app, imported.clone(), &lines)).await
}

/// A file that is in the book: nothing is left to do, unless it is said to be somebody else's now.
fn known(file: MoneyFile, source: &str) -> Result<Imported, FlowError> {
    if file.source == source {
        return Ok(Imported { file, known: true, payouts: Vec::new() });
    }
    Err(FlowError::request(
        "settlement-file-known",
        format!("this file was imported before, as {} of {}", file.name, file.source),
        format!("is it really of {source}? nothing was imported"),
    ))
}

fn new_lines(provider: &str, read: Vec<Placed<SettlementLine>>) -> Vec<NewLine> {
    let told = read.iter().map(|placed| (placed.line.id.as_deref(), content(&placed.line)));
    let keys = keys(provider, told);
    let lines = read.into_iter().zip(keys);
    let lines = lines.map(|(placed, key)| NewLine {
        key,
        content: content(&placed.line),
        row: count(placed.row),
        line: placed.line,
    });
    lines.collect()
}

async fn write_report(
    app: &App,
    mut imported: MoneyFile,
    lines: &[NewLine],
) -> Result<Imported, FlowError> {
    let mut tx = app.db.begin().await?;
    let wanted: Vec<&str> = lines.iter().map(|new| new.key.as_str()).collect();
    let there = line::known(&mut tx, &wanted).await?;
    let differs = |new: &&NewLine| there.get(&new.key).is_some_and(|known| *known != new.content);
    if let Some(other) = lines.iter().find(differs) {
        return Err(FlowError::request(
            "settlement-line-changed",
            format!(
                "{}: line {}: the provider tells line {} anew, and differently",
                imported.name,
                other.row,
                other.line.id.as_deref().unwrap_or("?")
            ),
            "nothing was imported; ask the provider which of both reports is right",
        ));
    }
    let mut seen = BTreeSet::new();
    let fresh: Vec<NewLine> = lines
        .iter()
        .filter(|new| !there.contains_key(&new.key) && seen.insert(new.key.as_str()))
        .cloned()
        .collect();
    line::insert(&mut tx, &imported.hash, &fresh).await?;
    let told: BTreeSet<(&str, &str)> = fresh
        .iter()
        .map(|new| (new.line.provider.as_str(), new.line.payout.as_str()))
        .filter(|(_, payout)| !payout.is_empty())
        .collect();
    for (provider, of) in &told {
        sum_up(app, &mut tx, provider, of).await?;
    }
    imported.added = count(fresh.len());
    remember(&mut tx, &imported).await?;
    tx.commit().await?;
    let payouts = told.into_iter().map(|(_, payout)| payout.to_owned()).collect();
    Ok(Imported { file: imported, known: false, payouts })
}

/// What all lines of a payout say now. A match with the bank that was made of another amount goes.
async fn sum_up(app: &App, tx: &mut Tx, provider: &str, of: &str) -> Result<(), FlowError> {
    let before = payout::of(&mut *tx, provider, of).await?;
    let lines = line::of_payout(&mut *tx, provider, of).await?;
    for new in payouts(lines.iter().map(|stored| &stored.line)) {
        let known = before.iter().find(|stored| stored.payout.currency == new.currency);
        let other = known.filter(|stored| stored.payout.amount != new.amount);
        if let Some(number) = other.and_then(|stored| stored.match_number) {
            let reason = format!("payout {of} is told anew by the provider");
            for from in [MatchState::Suggested, MatchState::Confirmed] {
                release(tx, app.now(), number, from, super::DAYBOOK, &reason).await?;
            }
        }
        payout::put(tx, &new).await?;
    }
    Ok(())
}

/// Imports a statement of the bank: CAMT.053, or a layout of the settings.
pub async fn statement(
    app: &App,
    bank: Option<&str>,
    name: &str,
    bytes: &[u8],
    actor: &str,
) -> Result<Imported, FlowError> {
    let layout = bank.map(|bank| bank_of(app, bank)).transpose()?;
    let source = bank.unwrap_or(CAMT);
    let hash = file_hash(bytes);
    if let Some(file) = file::get(&app.db, &hash).await? {
        return known(file, source);
    }
    let read = read_statement(bytes, layout.as_ref()).map_err(|fault| in_file(name, fault))?;
    let lines = new_bank_lines(read);
    let imported = MoneyFile {
        hash,
        kind: "statement".to_owned(),
        source: source.to_owned(),
        name: name.to_owned(),
        lines: count(lines.len()),
        added: 0,
        imported_at: app.now(),
        imported_by: actor.to_owned(),
    };
    retrying(app, "bank statement", || write_statement(app, imported.clone(), &lines)).await
}

fn new_bank_lines(read: Vec<Placed<BankLine>>) -> Vec<NewBankLine> {
    let told = read.iter().map(|placed| (None, content(&placed.line)));
    let keys = keys("bank", told);
    let lines = read.into_iter().zip(keys);
    let lines =
        lines.map(|(placed, key)| NewBankLine { key, row: count(placed.row), line: placed.line });
    lines.collect()
}

async fn write_statement(
    app: &App,
    mut imported: MoneyFile,
    lines: &[NewBankLine],
) -> Result<Imported, FlowError> {
    let mut tx = app.db.begin().await?;
    let wanted: Vec<&str> = lines.iter().map(|new| new.key.as_str()).collect();
    let there = bank::known(&mut tx, &wanted).await?;
    let fresh: Vec<NewBankLine> =
        lines.iter().filter(|new| !there.contains(&new.key)).cloned().collect();
    bank::insert(&mut tx, &imported.hash, &fresh).await?;
    imported.added = count(fresh.len());
    remember(&mut tx, &imported).await?;
    tx.commit().await?;
    Ok(Imported { file: imported, known: false, payouts: Vec::new() })
}

async fn remember(tx: &mut Tx, imported: &MoneyFile) -> Result<(), FlowError> {
    file::insert(tx, imported).await?;
    let detail = serde_json::json!({
        "source": imported.source,
        "lines": imported.lines,
        "added": imported.added,
        "hash": imported.hash,
    });
    let (actor, at) = (&imported.imported_by, imported.imported_at);
    let action = format!("import-{}", imported.kind);
    Ok(audit::append(tx, at, actor, &action, &imported.name, &detail.to_string()).await?)
}

fn provider_of<'a>(app: &'a App, name: &str) -> Result<&'a Provider, FlowError> {
    let known = &app.settings.settlement.providers;
    known.get(name).ok_or_else(|| {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let hint = if names.is_empty() {
            "describe it in [settlement.providers.NAME]; `daybook config --default` shows how"
                .to_owned()
        } else {
            format!("known are: {}", names.join(", "))
        };
        let what = format!("'{name}' is not a provider of the settings");
        FlowError::request("settlement-provider-unknown", what, hint)
    })
}

fn bank_of(app: &App, name: &str) -> Result<daybook_connectors::settlement::BankLayout, FlowError> {
    let known = app.settings.settlement.banks.get(name);
    known.map(|bank| bank.layout(name)).ok_or_else(|| {
        FlowError::request(
            "settlement-bank-unknown",
            format!("'{name}' is not a bank of the settings"),
            "describe it in [settlement.banks.NAME]; CAMT.053 needs no --bank",
        )
    })
}

/// A fault with the file's name before each of its lines.
fn in_file(name: &str, fault: FileFault) -> FlowError {
    let what: Vec<String> = fault.what.lines().map(|line| format!("{name}: {line}")).collect();
    FlowError::request(fault.code, what.join("\n"), fault.hint)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
