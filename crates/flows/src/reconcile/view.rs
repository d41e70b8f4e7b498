//! A day as people and programs see it: what each witness says of it, what differs and why, what to
//! do, and who signed. Read from the day's certificate, so that it says what was certified.

use std::collections::BTreeMap;

use daybook_domain::{
    Money, Timestamp,
    causes::Owner,
    month::Month,
    reconcile::{
        Amounts, DayCause, Difference, Measure, OtherDay,
        causes::Remedy,
        certificate::{Certificate, Fix, SignOff, Standing, key_of},
        fix::{self, Step},
        witness::{Ages, Day},
    },
    words,
};
use daybook_store::reconcile::{
    certificate,
    day::{self, DayState, StoreDayRow},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::record::certificate_of;
use crate::{app::App, error::FlowError, sales::load::known_mapping};

/// A store's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayView {
    /// Sitoo's warehouse id of the store.
    pub store: i64,
    /// Its name.
    pub name: String,
    /// The day.
    pub day: Day,
    /// How far it is.
    pub state: DayState,
    /// How the certificate says that it stands; none before the first.
    pub standing: Option<Standing>,
    /// One sentence: what it waits for, or what was found.
    pub detail: String,
    /// When it was last compared.
    pub reconciled_at: Option<Timestamp>,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// What the witnesses say; none before the first certificate.
    pub figures: Option<FiguresView>,
    /// How many differences a person has to clear.
    pub differences: i64,
    /// What differs, by cause.
    pub causes: Vec<CauseView>,
    /// Who signed what.
    pub sign_offs: Vec<SignOff>,
    /// What was done about differences, and by whose word.
    pub fixes: Vec<Fix>,
    /// The certificate.
    pub certificate: Option<CertificateView>,
}

/// What the witnesses say of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FiguresView {
    /// Receipts in the book.
    pub receipts: i64,
    /// What the tills took, by the receipts.
    pub till: Amounts,
    /// Transactions that the Z-reports count.
    pub z_receipts: i64,
    /// What the Z-reports say, cash rounding included.
    pub z_reports: Amounts,
    /// Receipts of the day that a Z-report of another day counts: they are compared there.
    pub z_elsewhere: Vec<OtherDay>,
    /// Receipts of other days that the day's Z-reports count.
    pub z_for_others: Vec<OtherDay>,
    /// Documents in OrderWise.
    pub documents: i64,
    /// What OrderWise holds.
    pub orderwise: Amounts,
    /// Until when each was read.
    pub ages: Ages,
}

impl FiguresView {
    /// What the Z-reports say of this day's receipts, whichever day's reports count them: those of
    /// other days are taken off, those that another day's reports count are added.
    pub fn z_of_the_day(&self) -> Amounts {
        let sum = |others: &[OtherDay]| others.iter().map(|other| other.amounts).sum::<Amounts>();
        self.z_reports + sum(&self.z_elsewhere) - sum(&self.z_for_others)
    }

    /// What is to be known about Z-reports of tills that were not closed on the day they sold, a
    /// sentence each. `money` writes an amount.
    pub fn about_z_reports(&self, money: impl Fn(Money) -> String) -> Vec<String> {
        let told = |other: &OtherDay| {
            (
                words::count(other.receipts.unsigned_abs(), "receipt", "receipts"),
                money(other.amounts.gross),
            )
        };
        let elsewhere = self.z_elsewhere.iter().map(|other| {
            let (count, gross) = told(other);
            format!(
                "In a Z-report of {}, and compared there: {count} of this day, {gross}",
                other.day
            )
        });
        let for_others = self.z_for_others.iter().map(|other| {
            let (count, gross) = told(other);
            format!("The Z-reports of this day also count {count} of {}, {gross}", other.day)
        });
        elsewhere.chain(for_others).collect()
    }
}

/// Where the certificate stands in the store's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CertificateView {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Its hash.
    pub hash: String,
    /// The hash of the one before.
    pub previous: Option<String>,
}

/// Whether a difference still needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(rename = "DifferenceClearing")]
#[serde(rename_all = "kebab-case")]
pub enum Clearing {
    /// It does.
    Open,
    /// A person signed it.
    Signed,
    /// A tolerance covers it.
    Tolerated,
}

/// Differences of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CauseView {
    /// Its code.
    pub cause: DayCause,
    /// In a few words.
    pub title: &'static str,
    /// What was compared.
    pub measure: Measure,
    /// Whether they still need a person.
    pub clearing: Clearing,
    /// What they come to: the other side less the book.
    pub amounts: Amounts,
    /// Who clears it.
    pub owner: Owner,
    /// What takes it away.
    pub remedy: Remedy,
    /// How many documents OrderWise has afterwards, more than now.
    pub documents: i64,
    /// How OrderWise's figures change by it.
    pub effect: Amounts,
    /// One sentence: what to do.
    pub fix: &'static str,
    /// What to type.
    pub command: String,
    /// Each of them.
    pub differences: Vec<DifferenceView>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DifferenceView {
    /// What a person signs: it changes with anything about the difference.
    pub key: String,
    /// The receipt's reference, else its number or the document's.
    pub subject: String,
    /// The till.
    pub register: Option<String>,
    /// The tender.
    pub tender: Option<String>,
    /// Tax code or rate.
    pub tax: Option<String>,
    /// OrderWise's document.
    pub document: Option<i64>,
    /// The other side less the book.
    pub amounts: Amounts,
    /// The particulars.
    pub detail: String,
}

/// A day of one store or of all, as the book knows it.
pub async fn days(app: &App, on: Day, store: Option<i64>) -> Result<Vec<DayView>, FlowError> {
    let rows = day::list(&app.db, (on, on), store).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(view(app, row).await?);
    }
    Ok(views)
}

/// The days of a month, as far as they were ever due, a row each.
pub async fn month_days(app: &App, month: Month) -> Result<Vec<StoreDayRow>, FlowError> {
    Ok(day::list(&app.db, (month.first(), month.last()), None).await?)
}

/// A day with everything that its certificate says.
pub async fn view(app: &App, row: StoreDayRow) -> Result<DayView, FlowError> {
    let made = match row.certificate {
        Some(seq) => certificate::get(&app.db, row.warehouse_id, seq).await?,
        None => None,
    };
    let made = made.and_then(|made| Some((made.seq, made.at, certificate_of(&made.body)?)));
    let about = (row.warehouse_id, row.day);
    let name = if let Some((_, _, certificate)) = &made {
        certificate.body.result.store.clone()
    } else {
        let mapping = known_mapping(app).await?;
        let store = mapping.stores.get(&row.warehouse_id);
        store.map_or_else(|| row.warehouse_id.to_string(), |store| store.name.clone())
    };
    let certificate = made.as_ref().map(|(_, _, certificate)| certificate);
    Ok(DayView {
        store: row.warehouse_id,
        name,
        day: row.day,
        state: row.state,
        standing: certificate.map(|one| one.body.standing),
        detail: row.detail,
        reconciled_at: row.reconciled_at,
        due_at: row.due_at,
        figures: certificate.map(figures),
        differences: row.differences,
        causes: certificate.map(|one| causes(one, about)).unwrap_or_default(),
        sign_offs: certificate.map(|one| one.body.sign_offs.clone()).unwrap_or_default(),
        fixes: certificate.map(|one| one.body.fixes.clone()).unwrap_or_default(),
        certificate: made.as_ref().map(|(number, at, one)| CertificateView {
            number: *number,
            at: *at,
            hash: one.hash.clone(),
            previous: one.body.previous.clone(),
        }),
    })
}

fn figures(certificate: &Certificate) -> FiguresView {
    let result = &certificate.body.result;
    let sides = |measure| result.sides.get(&measure).copied().unwrap_or_default();
    let (ledger, turnover) = (sides(Measure::Ledger), sides(Measure::Turnover));
    FiguresView {
        receipts: ledger.book_count,
        till: ledger.book,
        z_receipts: turnover.other_count,
        z_reports: turnover.other + sides(Measure::RoundOff).other,
        z_elsewhere: result.counted_elsewhere.clone(),
        z_for_others: result.counted_for_others.clone(),
        documents: ledger.other_count,
        orderwise: ledger.other,
        ages: result.ages,
    }
}

/// What is open first, then what is signed, then what is tolerated.
fn causes(certificate: &Certificate, about: (i64, Day)) -> Vec<CauseView> {
    let mut groups: BTreeMap<(Clearing, Measure, DayCause), Vec<&Difference>> = BTreeMap::new();
    for one in &certificate.body.result.differences {
        let key = (clearing(certificate, one), one.measure, one.cause);
        groups.entry(key).or_default().push(one);
    }
    groups.into_iter().map(|(key, all)| group(key, &all, about)).collect()
}

pub(super) fn clearing(certificate: &Certificate, difference: &Difference) -> Clearing {
    if difference.tolerated {
        return Clearing::Tolerated;
    }
    let key = key_of(difference);
    let is_signed = certificate.body.sign_offs.iter().any(|one| one.differences.contains(&key));
    if is_signed { Clearing::Signed } else { Clearing::Open }
}

fn group(
    (clearing, measure, cause): (Clearing, Measure, DayCause),
    all: &[&Difference],
    about: (i64, Day),
) -> CauseView {
    let row = cause.entry();
    let steps: Vec<Step> = all.iter().map(|one| Step::of(one)).collect();
    CauseView {
        cause,
        title: row.title,
        measure,
        clearing,
        amounts: all.iter().map(|one| one.amounts).sum(),
        owner: row.owner,
        remedy: row.remedy,
        documents: steps.iter().map(|step| step.documents).sum(),
        effect: steps.iter().map(|step| step.effect).sum(),
        fix: row.fix,
        command: fix::command(cause, about),
        differences: all.iter().map(|one| difference(one)).collect(),
    }
}

fn difference(one: &Difference) -> DifferenceView {
    let place = &one.place;
    DifferenceView {
        key: key_of(one),
        subject: subject_of(one),
        register: place.register.clone(),
        tender: place.tender.clone(),
        tax: place.tax.clone(),
        document: place.order_id,
        amounts: one.amounts,
        detail: one.detail.clone(),
    }
}

/// What a difference is about: the receipt's reference, else its number, the document's, or the till.
pub(super) fn subject_of(one: &Difference) -> String {
    let place = &one.place;
    let document = || place.order_id.map(|id| format!("document {id}"));
    let reference = place.reference.map(|reference| reference.to_string());
    let subject = reference.or_else(|| place.receipt.clone()).or_else(document);
    subject.or_else(|| place.register.clone()).unwrap_or_default()
}
