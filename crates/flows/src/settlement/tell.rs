//! What a person must see to about payouts. Exceptions close by themselves when their cause is
//! gone; a chargeback or payout that a person has seen to is not told again.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{
    Money,
    causes::Cause,
    settlement::{LineKind, fold},
};
use daybook_store::{
    exception::{self, ExceptionFilter},
    settlement::{bank, line, month, payout, till},
};

use super::{DAYBOOK, inbox::BadFile, people::today};
use crate::{app::App, error::FlowError, retrying::retrying};

/// Scope of the exceptions of this flow.
const SCOPE: &str = "settlement";
/// Open exceptions of the flow that are looked at.
const MOST: usize = 100_000;
const GONE: &str = "its cause is gone";

struct Told {
    cause: Cause,
    subject: String,
    detail: String,
    money: Money,
    /// Its currency; none is the book's own.
    currency: Option<String>,
}

/// Raises what is wrong now, and closes what is not any more. Without `bad`, files are left as they
/// are told: the folders were not looked into.
pub(super) async fn all(app: &App, bad: Option<&[BadFile]>) -> Result<(), FlowError> {
    let mut told = unsettled(app).await?;
    told.extend(missing(app).await?);
    told.extend(chargebacks(app).await?);
    told.extend(bad.unwrap_or_default().iter().map(|file| Told {
        cause: Cause::SettlementFile,
        subject: file.subject.clone(),
        detail: file.what.clone(),
        money: Money::ZERO,
        currency: None,
    }));
    let tell = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let seen_to = exception::dismissed(&mut tx, SCOPE, DAYBOOK).await?;
        for one in &told {
            let stays = matches!(one.cause, Cause::Chargeback | Cause::PayoutNotAtBank);
            if stays && seen_to.contains(&(one.cause.code().to_owned(), one.subject.clone())) {
                continue;
            }
            let (cause, subject, detail) = (one.cause, one.subject.as_str(), one.detail.as_str());
            let currency = one.currency.as_deref();
            exception::raise_about(
                &mut tx,
                now,
                SCOPE,
                cause,
                subject,
                (detail, one.money, currency),
            )
            .await?;
        }
        let wanted: BTreeSet<(Cause, &str)> =
            told.iter().map(|one| (one.cause, one.subject.as_str())).collect();
        let filter = ExceptionFilter { scope: Some(SCOPE.into()), ..ExceptionFilter::default() };
        for open in exception::list(&mut tx, &filter, MOST).await? {
            let looked = bad.is_some() || open.cause != Cause::SettlementFile;
            if looked && !wanted.contains(&(open.cause, open.subject.as_str())) {
                exception::close_one(&mut tx, now, open.number, DAYBOOK, GONE).await?;
            }
        }
        Ok(tx.commit().await?)
    };
    retrying(app, "what is wrong with payouts", tell).await
}

/// Payments that stand in no payout after the time that settling may take, by provider and month.
async fn unsettled(app: &App) -> Result<Vec<Told>, FlowError> {
    let (today, settings) = (today(app), &app.settings.settlement);
    let mut sums: BTreeMap<(String, String, String), (i64, Money, i64)> = BTreeMap::new();
    for open in month::open(&app.db, today).await? {
        let age = today.after(open.day);
        if age < settings.unsettled_after_days || !settings.providers.contains_key(&open.provider) {
            continue;
        }
        let taken_in = open.day.to_string().chars().take(7).collect();
        let key = (open.provider, open.currency, taken_in);
        let (payments, amount, oldest) = sums.entry(key).or_insert((0, Money::ZERO, 0));
        *payments += open.payments;
        *amount += open.amount;
        *oldest = age.max(*oldest);
    }
    let told = sums.into_iter().map(|((provider, currency, taken), (payments, money, oldest))| {
        let what = if payments == 1 { "payment" } else { "payments" };
        Told {
            cause: Cause::PaymentUnsettled,
            subject: format!("{provider} {currency} {taken}"),
            detail: format!(
                "{payments} {what}, {money} {currency}, the oldest of {oldest} days ago"
            ),
            money,
            currency: Some(currency.clone()),
        }
    });
    Ok(told.collect())
}

/// Payouts that no statement has. Who imports no statements is not told.
async fn missing(app: &App) -> Result<Vec<Told>, FlowError> {
    let Some(reaches) = bank::last_day(&app.db).await? else { return Ok(Vec::new()) };
    let (today, after) = (today(app), app.settings.settlement.at_bank_after_days);
    let old = payout::unconfirmed(&app.db, today.plus(-after)).await?.into_iter();
    let told = old.filter(|stored| !stored.payout.amount.is_zero()).map(|stored| {
        let of = &stored.payout;
        let where_to = if reaches < of.day { "reach only" } else { "reach to" };
        Told {
            cause: Cause::PayoutNotAtBank,
            subject: stored.key(),
            detail: format!(
                "{} {} of {}; the statements {where_to} {reaches}",
                of.amount, of.currency, of.day
            ),
            money: of.amount,
            currency: Some(of.currency.clone()),
        }
    });
    Ok(told.collect())
}

/// Chargebacks that were not won.
async fn chargebacks(app: &App) -> Result<Vec<Told>, FlowError> {
    let lines = line::disputes(&app.db).await?;
    let won: BTreeSet<String> = lines
        .iter()
        .filter(|stored| stored.line.kind == LineKind::ChargebackReversed)
        .flat_map(|stored| stored.line.references.iter().map(|text| fold(text)))
        .collect();
    let lost = lines.iter().filter(|stored| {
        let known = |text: &String| won.contains(&fold(text));
        stored.line.kind == LineKind::Chargeback && !stored.line.references.iter().any(known)
    });
    let mut told = Vec::new();
    for stored in lost {
        let (line, mut receipt) = (&stored.line, None);
        for reference in &line.references {
            if receipt.is_none() {
                receipt = till::with_reference(&app.db, reference).await?.into_iter().next();
            }
        }
        let about = receipt.map_or_else(
            || "no receipt bears its references".to_owned(),
            |payment| format!("order {} of {}", payment.money.order_id, payment.money.day),
        );
        let (provider, payout, day) = (&line.provider, &line.payout, line.day);
        told.push(Told {
            cause: Cause::Chargeback,
            subject: format!("L-{}", stored.number),
            detail: format!(
                "{} {}, {provider}, payout {payout}, {day}: {about}",
                line.net, line.net_currency
            ),
            money: line.net,
            currency: Some(line.net_currency.clone()),
        });
    }
    Ok(told)
}
