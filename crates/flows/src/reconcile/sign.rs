//! A person's word for differences that stay. Only what was seen is signed: the differences of the
//! day's latest certificate, each by its key. One that changes afterwards is open again.

use daybook_domain::reconcile::{
    Amounts, DayCause, Difference, Measure,
    certificate::{Certificate, key_of},
};
use daybook_store::{
    audit,
    reconcile::{
        certificate,
        day::StoreDayRow,
        sign_off::{self, NewSignOff},
    },
};

use super::record::{self, About, Times};
use crate::{app::App, error::FlowError, retrying::retrying};

/// What a person signs, and why.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    /// Only differences of this cause; none means all.
    pub cause: Option<DayCause>,
    /// The certificate that was seen, by its number in the store's chain; none: the latest, whatever
    /// it says.
    pub certificate: Option<i64>,
    /// Who.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Signs what differs on a store's day; how the day stands afterwards.
pub async fn sign(
    app: &App,
    about: About,
    signature: Signature<'_>,
) -> Result<StoreDayRow, FlowError> {
    if signature.reason.trim().is_empty() || signature.actor.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "signing off needs a reason and a name",
            "add --reason 'goodwill, agreed with the store' --by 'Ada Finch'",
        ));
    }
    retrying(app, "a sign-off", || once(app, about, signature)).await
}

async fn once(app: &App, about: About, signature: Signature<'_>) -> Result<StoreDayRow, FlowError> {
    let times = Times::of(app, about.0).await?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let latest = certificate::of_day(&mut tx, about.0, about.1).await?;
    let latest = latest.and_then(|row| Some((row.seq, record::certificate_of(&row.body)?)));
    let Some((seq, seen)) = latest else {
        return Err(FlowError::request(
            "day-not-compared",
            format!("{} of store {} has not been compared yet", about.1, about.0),
            format!("first: daybook reconcile --day {} --store {}", about.1, about.0),
        ));
    };
    if let Some(wanted) = signature.certificate.filter(|wanted| *wanted != seq) {
        return Err(FlowError::request(
            "certificate-superseded",
            format!("certificate {wanted} is not the latest: the day was compared again"),
            format!("look at what certificate {seq} says, and sign that"),
        ));
    }
    let wanted = open(&seen, signature.cause);
    if wanted.is_empty() {
        return Err(FlowError::request(
            "nothing-to-sign",
            format!("nothing of it is open on {} of store {}", about.1, about.0),
            format!("see `daybook reconcile show --day {} --store {}`", about.1, about.0),
        ));
    }
    let keys: Vec<String> = wanted.iter().map(|one| key_of(one)).collect();
    let of_ledger = wanted.iter().filter(|one| one.measure == Measure::Ledger);
    let sum: Amounts = of_ledger.map(|one| one.amounts).sum();
    let new = NewSignOff {
        subject: keys.join(" "),
        actor: signature.actor.trim().to_owned(),
        reason: signature.reason.trim().to_owned(),
        effect: record::effect(&sum),
        certificate: Some(seq),
    };
    sign_off::append(&mut tx, now, about, &new).await?;
    let detail = serde_json::json!({ "differences": keys.len(), "reason": new.reason });
    let what = format!("day:{}:{}", about.0, about.1);
    audit::append(&mut tx, now, &new.actor, "sign-off", &what, &detail.to_string()).await?;
    let closed = record::result(&mut tx, times, about, &seen.body.result).await?;
    tx.commit().await?;
    Ok(closed.row)
}

/// What is open, not signed yet, and of the cause that is wanted.
fn open(seen: &Certificate, cause: Option<DayCause>) -> Vec<&Difference> {
    let signed = |difference: &Difference| {
        let key = key_of(difference);
        seen.body.sign_offs.iter().any(|one| one.differences.contains(&key))
    };
    let wanted = |one: &&Difference| cause.is_none_or(|cause| one.cause == cause) && !signed(one);
    seen.body.result.open().filter(wanted).collect()
}
