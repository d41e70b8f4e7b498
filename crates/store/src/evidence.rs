//! Whether the record is as it was written: every entry's timeline, payloads and figures, the mappings,
//! the record of what people did, every store's certificates with the sign-offs and the fixes in them, the days that stand
//! on them, and every period.

mod rows;

use std::{collections::BTreeMap, fmt};

use daybook_domain::reconcile::{
    certificate::{Certificate, Fix, SignOff, Standing},
    witness::Day,
};
use serde::Serialize;

use crate::{
    Db, Source, StoreResult, audit,
    engine::{Cells, limit},
    period,
    reconcile::{
        certificate,
        day::{self, DayState, StoreDayRow},
        fix, sign_off,
    },
    timeline,
};

pub use self::rows::{ReadPayload, Told};

/// Those of [`rows`] too.
pub(crate) const ALL_STATEMENTS: &[&[(&str, &str)]] = &[STATEMENTS, rows::STATEMENTS];

sql! {
    ORPHANS = "SELECT DISTINCT t.order_id AS order_id FROM timeline AS t LEFT JOIN entry AS e \
               ON e.order_id = t.order_id WHERE e.order_id IS NULL ORDER BY t.order_id LIMIT $1";
}

/// Entries and certificates looked at in one read.
const PAGE: usize = 500;
/// Entries that were removed, named at most.
const NAMED: usize = 100;

/// Which part of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Timelines, payloads and figures of entries.
    Entry,
    /// Mappings.
    Mapping,
    /// What people did.
    Act,
    /// Certificates of store-days.
    Certificate,
    /// Sign-offs of differences.
    SignOff,
    /// What was done about differences.
    Fix,
    /// Store-days, which stand on certificates.
    StoreDay,
    /// Periods that were closed.
    Period,
}

impl Part {
    /// The word used on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Mapping => "mapping",
            Self::Act => "act",
            Self::Certificate => "certificate",
            Self::SignOff => "sign-off",
            Self::Fix => "fix",
            Self::StoreDay => "store-day",
            Self::Period => "period",
        }
    }
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// In which part.
    pub part: Part,
    /// Which one: an order id, a store and its certificate, a month.
    pub subject: String,
    /// One sentence.
    pub what: String,
}

/// What was looked at, and what is not as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Entries.
    pub entries: u64,
    /// Mappings.
    pub mappings: u64,
    /// Certificates.
    pub certificates: u64,
    /// Sign-offs.
    pub sign_offs: u64,
    /// What was done about differences.
    pub fixes: u64,
    /// Store-days.
    pub store_days: u64,
    /// Periods.
    pub periods: u64,
    /// What does not fit.
    pub broken: Vec<Broken>,
}

impl Evidence {
    /// Whether nothing was changed.
    pub const fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }

    fn add(&mut self, part: Part, subject: impl fmt::Display, what: impl Into<String>) {
        let (subject, what) = (subject.to_string(), what.into());
        self.broken.push(Broken { part, subject, what });
    }
}

/// Checks everything. `read` reads a payload: what people see of an entry must be what one says.
pub async fn verify(db: &Db, read: ReadPayload) -> StoreResult<Evidence> {
    let mut found = Evidence::default();
    entries(db, &mut found).await?;
    rows::figures(db, read, &mut found).await?;
    rows::mappings(db, &mut found).await?;
    if let Some(seq) = audit::verify(db).await? {
        found.add(Part::Act, seq, "the record of what people did was changed here");
    }
    for warehouse_id in certificate::stores(db).await? {
        of_store(db, warehouse_id, &mut found).await?;
    }
    for month in period::months(db).await? {
        found.periods += 1;
        if let Some(seq) = period::verify(db, month).await? {
            found.add(Part::Period, month, format!("act {seq} of its record was changed"));
        }
    }
    Ok(found)
}

async fn entries(db: &Db, found: &mut Evidence) -> StoreResult<()> {
    let mut next = Some(i64::MIN);
    while let Some(after) = next {
        let stretch = timeline::verify_all(db, after, PAGE).await?;
        found.entries += stretch.entries as u64;
        for broken in stretch.broken {
            let at =
                if broken.seq == 0 { String::new() } else { format!(" (event {})", broken.seq) };
            found.add(Part::Entry, broken.order_id, format!("{}{at}", broken.what));
        }
        next = stretch.next;
    }
    let mut conn = Source::Db(db).open().await?;
    let gone: Vec<i64> = on!(conn, c => {
        let rows = sqlx::query(ORPHANS).bind(limit(NAMED)).fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect::<StoreResult<_>>()?
    });
    for order_id in gone {
        found.add(Part::Entry, order_id, "it has a timeline, and is not there any more");
    }
    Ok(())
}

/// What is kept of a day's latest certificate while a chain is walked.
struct Latest {
    seq: i64,
    at: daybook_domain::Timestamp,
    standing: Standing,
    open: usize,
    signed: Vec<SignOff>,
    fixed: Vec<Fix>,
}

async fn of_store(db: &Db, store: i64, found: &mut Evidence) -> StoreResult<()> {
    if let Some(seq) = certificate::verify(db, store).await? {
        let what = "the chain of certificates was changed here";
        found.add(Part::Certificate, format!("store {store}, {seq}"), what);
    }
    let mut days: BTreeMap<Day, Latest> = BTreeMap::new();
    let (mut after, mut previous) = (0, None);
    loop {
        let page = certificate::page(db, store, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in page {
            found.certificates += 1;
            let subject = || format!("store {store}, {} of {}", row.seq, row.day);
            let Ok(made) = serde_json::from_str::<Certificate>(&row.body) else {
                found.add(Part::Certificate, subject(), "it cannot be read");
                continue;
            };
            if !made.is_whole() || made.body.previous != previous {
                found.add(Part::Certificate, subject(), "it does not say what was certified");
            }
            let latest = Latest {
                seq: row.seq,
                at: row.at,
                standing: made.body.standing,
                open: made.body.result.open().count(),
                signed: made.body.sign_offs,
                fixed: made.body.fixes,
            };
            previous = Some(made.hash);
            days.insert(row.day, latest);
        }
    }
    stand(db, store, &days, found).await?;
    signed(db, store, &days, found).await?;
    fixed(db, store, &days, found).await
}

/// Every day says what its latest certificate says.
async fn stand(
    db: &Db,
    store: i64,
    days: &BTreeMap<Day, Latest>,
    found: &mut Evidence,
) -> StoreResult<()> {
    let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return Ok(());
    };
    let rows = day::list(db, (*first, *last), Some(store)).await?;
    let mut rows: BTreeMap<Day, StoreDayRow> = rows.into_iter().map(|row| (row.day, row)).collect();
    for (day, latest) in days {
        found.store_days += 1;
        let fits = rows.remove(day).is_some_and(|row| {
            row.certificate == Some(latest.seq)
                && row.state == state(latest.standing)
                && usize::try_from(row.differences) == Ok(latest.open)
        });
        if !fits {
            let what = format!("it does not say what certificate {} says", latest.seq);
            found.add(Part::StoreDay, format!("store {store}, {day}"), what);
        }
    }
    for row in rows.into_values().filter(|row| row.certificate.is_some() || row.state.is_closed()) {
        let what = "it stands on a certificate that is not there";
        found.add(Part::StoreDay, format!("store {store}, {}", row.day), what);
    }
    Ok(())
}

const fn state(standing: Standing) -> DayState {
    match standing {
        Standing::Equal | Standing::Tolerated => DayState::Closed,
        Standing::Signed => DayState::SignedOff,
        Standing::Open => DayState::Differs,
    }
}

/// The sign-offs are those that the certificates name. One that is newer than its day's latest
/// certificate is not certified yet.
async fn signed(
    db: &Db,
    store: i64,
    days: &BTreeMap<Day, Latest>,
    found: &mut Evidence,
) -> StoreResult<()> {
    for (day, latest) in days {
        let rows = sign_off::of_day(db, store, *day).await?;
        found.sign_offs += rows.len() as u64;
        let is = |row: &sign_off::SignOffRow, signed: &SignOff| {
            let mut about: Vec<&str> = row.subject.split_whitespace().collect();
            about.sort_unstable();
            row.at == signed.at
                && row.actor == signed.by
                && row.reason == signed.reason
                && about == signed.differences
        };
        let lost = latest.signed.iter().filter(|one| !rows.iter().any(|row| is(row, one))).count();
        let put = rows.iter().filter(|row| {
            row.at < latest.at && !latest.signed.iter().any(|signed| is(row, signed))
        });
        if lost + put.count() > 0 {
            let what = format!("they are not those that certificate {} names", latest.seq);
            found.add(Part::SignOff, format!("store {store}, {day}"), what);
        }
    }
    Ok(())
}

/// What was done about differences is what the certificates tell of it. A step that is newer than its
/// day's latest certificate is not certified yet.
async fn fixed(
    db: &Db,
    store: i64,
    days: &BTreeMap<Day, Latest>,
    found: &mut Evidence,
) -> StoreResult<()> {
    for (day, latest) in days {
        let mut rows = fix::of_day(db, store, *day).await?;
        found.fixes += rows.len() as u64;
        // Two steps may be alike: a receipt that is missing, and its tender.
        let mut lost = 0;
        for told in &latest.fixed {
            match rows.iter().position(|row| row == told) {
                Some(nth) => drop(rows.swap_remove(nth)),
                None => lost += 1,
            }
        }
        if lost + rows.iter().filter(|row| row.at < latest.at).count() > 0 {
            let what = format!("they are not those that certificate {} tells", latest.seq);
            found.add(Part::Fix, format!("store {store}, {day}"), what);
        }
    }
    Ok(())
}
