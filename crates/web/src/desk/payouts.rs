//! Payouts: did the money of cards and wallets arrive?

use askama::Template;
use axum::{Extension, extract::State, response::Response};
use daybook_flows::settlement::{
    balance, people,
    show::{self, Standing},
};

use super::{PageError, Section, Shell, say, shell};
use crate::{Web, access::Who};

/// Payouts on the page.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "payouts.html")]
struct PayoutsPage {
    shell: Shell,
    balances: Vec<BalanceTold>,
    payouts: Vec<PayoutTold>,
    matches: Vec<(String, String, String, String)>,
    files: Vec<(String, String, String, String)>,
}

struct BalanceTold {
    provider: String,
    day: String,
    opening: String,
    taken: String,
    settled: String,
    written_off: String,
    closing: String,
    ties: bool,
}

struct PayoutTold {
    provider: String,
    payout: String,
    day: String,
    amount: String,
    difference: String,
    ties: bool,
    standing: &'static str,
    mood: &'static str,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    who.sees_all_stores()?;
    let overview = show::overview(&web.app, MOST).await?;
    let balances = balance::at(&web.app, people::today(&web.app)).await?;
    let zone = shell::zone(&web);
    let payouts = overview.payouts.iter().map(|one| {
        let payout = &one.stored.payout;
        let (standing, mood) = match one.standing {
            Standing::Arrived if one.bank_difference.is_some_and(|by| !by.is_zero()) => {
                ("At the bank, another amount", "bad")
            }
            Standing::Arrived => ("At the bank", "well"),
            Standing::Suggested => ("Perhaps at the bank", "wait"),
            Standing::Missing => ("Not at the bank yet", "wait"),
        };
        PayoutTold {
            provider: payout.provider.clone(),
            payout: payout.payout.clone(),
            day: payout.day.to_string(),
            amount: say::money(payout.amount, &payout.currency),
            difference: say::money(one.difference, &payout.currency),
            ties: one.difference.is_zero(),
            standing,
            mood,
        }
    });
    let currency = super::today::currency(&web);
    let page = PayoutsPage {
        balances: balances
            .iter()
            .map(|one| BalanceTold {
                provider: one.provider.clone(),
                day: one.day.day.to_string(),
                opening: say::money(one.day.opening, &one.currency),
                taken: say::money(one.day.taken, &one.currency),
                settled: say::money(one.day.settled, &one.currency),
                written_off: say::money(one.day.written_off, &one.currency),
                closing: say::money(one.day.closing, &one.currency),
                ties: one.ties,
            })
            .collect(),
        payouts: payouts.collect(),
        matches: overview
            .matches
            .iter()
            .map(|one| {
                let currency = one.currency.as_deref().unwrap_or(&currency);
                let amount = say::money(one.amount, currency);
                let difference = say::money(one.difference, currency);
                let what = format!("{} {}", one.subject.word(), one.state.word());
                (what, one.matches.to_string(), amount, difference)
            })
            .collect(),
        files: overview
            .files
            .iter()
            .map(|one| {
                let at = say::moment(one.imported_at, &zone);
                let lines = format!("{} lines, {} new", one.lines, one.added);
                (one.name.clone(), one.source.clone(), lines, format!("{at}, {}", one.imported_by))
            })
            .collect(),
        shell: Shell::new(&web, &who, Section::Books, "Payouts"),
    };
    shell::show(&page)
}
