//! One day of a store: what the witnesses say, what differs, its fix, and its certificate.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Money,
    access::Right,
    month::Month,
    reconcile::{Amounts, DayCause, fix::Doer, witness::Day},
    words,
};
use daybook_flows::reconcile::{
    self, CauseView, Clearing, DayView, Signature,
    asked::{self, Wanted},
    drill::{DrillLine, Path},
    fix::{self, FixStep, FixWanted},
    is_set_up,
};
use serde::Deserialize;

use super::{
    PageError, Section, Shell,
    books::Why,
    drill::{self, LineTold},
    say, shell,
    today::{currency, yesterday},
};
use crate::{
    Web,
    access::Who,
    take::{Asked, At, Given},
};

/// Differences of one cause that are listed on the page; the command line's `--json` has all.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    shell: Shell,
    store: i64,
    name: String,
    day: String,
    title: String,
    month: String,
    state: &'static str,
    mood: &'static str,
    detail: String,
    /// When; empty where it never was.
    compared: String,
    figures: Vec<FigureTold>,
    z_said: Vec<String>,
    tills: Vec<(LineTold, Vec<LineTold>)>,
    causes: Vec<CauseTold>,
    steps: Vec<StepTold>,
    for_people: i64,
    total: String,
    signed: Vec<(String, String, String)>,
    fixes: Vec<(String, String, String)>,
    certificate: Option<(String, String, String, String)>,
    can_close: bool,
    can_sign: bool,
    done: Option<&'static str>,
}

struct FigureTold {
    witness: &'static str,
    count: String,
    net: String,
    tax: String,
    gross: String,
    until: String,
    differs: bool,
}

struct CauseTold {
    title: &'static str,
    code: String,
    mood: &'static str,
    clearing: &'static str,
    measure: String,
    count: String,
    gross: String,
    owner: String,
    fix: &'static str,
    rows: Vec<(String, String, String, String, String)>,
    more: usize,
    is_open: bool,
}

struct StepTold {
    subject: String,
    cause: String,
    does: String,
    documents: String,
    gross: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DayQuery {
    done: Option<String>,
}

/// The day at an address, if whoever asks may see its store.
pub(crate) async fn seen(
    web: &Web,
    who: &Who,
    day: &str,
    store: i64,
) -> Result<(Day, DayView), PageError> {
    let unknown = || PageError::not_found("This day of this store has not been compared");
    let on: Day = day.parse().map_err(|_| unknown())?;
    if !who.may_see_store(Some(store)) {
        return Err(unknown());
    }
    let view = reconcile::days(&web.app, on, Some(store)).await?.pop().ok_or_else(unknown)?;
    Ok((on, view))
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Asked(query): Asked<DayQuery>,
) -> Result<Response, PageError> {
    let (on, view) = seen(&web, &who, &day, store).await?;
    let steps = plan(&web, on, store, &view).await?;
    let zone = shell::zone(&web);
    let money = |amount: Money| say::money(amount, &currency(&web));
    let (state, mood) = yesterday(Some(view.state.word()));
    let may_close = who.may(Right::CloseBooks);
    let is_open = view.causes.iter().any(|cause| cause.clearing == Clearing::Open);
    let tills = tills(&web, on, &view).await?;
    let page = DayPage {
        tills,
        shell: Shell::new(&web, &who, Section::Books, format!("{}, {on}", view.name)),
        title: say::day(on.0),
        month: Month::of(on).to_string(),
        figures: figures(&web, &view),
        z_said: z_said(&web, &view),
        causes: view.causes.iter().map(|cause| cause_told(&web, cause)).collect(),
        total: {
            let ours = steps.iter().filter(|step| step.step.doer == Doer::Daybook);
            let sum: Amounts = ours.map(|step| step.step.effect).sum();
            money(sum.gross)
        },
        steps: steps
            .iter()
            .filter(|step| step.step.doer == Doer::Daybook)
            .map(|step| step_told(&web, step))
            .collect(),
        for_people: {
            let count = steps.iter().filter(|step| step.step.doer != Doer::Daybook).count();
            i64::try_from(count).unwrap_or_default()
        },
        signed: view
            .sign_offs
            .iter()
            .map(|one| {
                let count = i64::try_from(one.differences.len()).unwrap_or_default();
                (one.by.clone(), one.reason.clone(), say::count(count, "difference", "differences"))
            })
            .collect(),
        fixes: view
            .fixes
            .iter()
            .map(|one| (one.by.clone(), one.act.to_string(), one.subject.clone()))
            .collect(),
        certificate: view.certificate.as_ref().map(|one| {
            let previous = one.previous.clone().unwrap_or_else(|| "the first".to_owned());
            (one.number.to_string(), say::moment(one.at, &zone), one.hash.clone(), previous)
        }),
        can_close: may_close && is_set_up(&web.app),
        can_sign: may_close && is_open,
        done: match query.done.as_deref() {
            Some("asked") => Some("It is being compared now; this page follows."),
            Some("fixing") => Some("Daybook is at it; this page follows."),
            Some("signed") => Some("Signed, on the record."),
            _ => None,
        },
        store,
        name: view.name,
        day: on.to_string(),
        state,
        mood,
        compared: view.reconciled_at.map_or_else(String::new, |at| say::moment(at, &zone)),
        detail: view.detail,
    };
    shell::show(&page)
}

async fn plan(web: &Web, day: Day, store: i64, view: &DayView) -> Result<Vec<FixStep>, PageError> {
    if view.certificate.is_none() {
        return Ok(Vec::new());
    }
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    let days = fix::plan(&web.app, &wanted).await?.days;
    Ok(days.into_iter().flat_map(|day| day.steps).collect())
}

fn figures(web: &Web, view: &DayView) -> Vec<FigureTold> {
    let Some(figures) = &view.figures else { return Vec::new() };
    let zone = shell::zone(web);
    let money = |amount: Money| say::money(amount, &currency(web));
    let row =
        |witness, count: i64, amounts: Amounts, at: Option<daybook_domain::Timestamp>| FigureTold {
            witness,
            count: words::grouped(count),
            net: money(amounts.net),
            tax: money(amounts.tax),
            gross: money(amounts.gross),
            until: at.map_or_else(|| "–".to_owned(), |at| say::moment(at, &zone)),
            differs: amounts.gross != figures.till.gross || amounts.tax != figures.till.tax,
        };
    let ages = figures.ages;
    let z_reports = FigureTold {
        differs: {
            let of_day = figures.z_of_the_day();
            of_day.gross != figures.till.gross || of_day.tax != figures.till.tax
        },
        ..row("Z-reports of the tills", figures.z_receipts, figures.z_reports, ages.z_reports)
    };
    vec![
        row("Receipts in the day book", figures.receipts, figures.till, Some(ages.orders)),
        z_reports,
        row("Documents in OrderWise", figures.documents, figures.orderwise, ages.ledger),
    ]
}

/// About Z-reports of tills that were not closed on the day they sold.
fn z_said(web: &Web, view: &DayView) -> Vec<String> {
    let said = view
        .figures
        .iter()
        .flat_map(|figures| figures.about_z_reports(|amount| say::money(amount, &currency(web))));
    said.map(|one| format!("{one}.")).collect()
}

/// Each till with its ways of paying, and where the receipts behind each figure stand.
async fn tills(
    web: &Web,
    day: Day,
    view: &DayView,
) -> Result<Vec<(LineTold, Vec<LineTold>)>, PageError> {
    let currency = currency(web);
    let told = |line: &DrillLine, path: &Path| {
        drill::line_told(line, drill::entries_at(day, view.store, path), &currency)
    };
    let tills = reconcile::drill::day(&web.app, view).await?;
    let told = tills.iter().map(|(till, tenders)| {
        let path = Path { register: Some(till.key.clone()), ..Path::default() };
        let tenders = tenders
            .iter()
            .map(|tender| told(tender, &Path { tender: Some(tender.key.clone()), ..path.clone() }));
        (told(till, &path), tenders.collect())
    });
    Ok(told.collect())
}

fn cause_told(web: &Web, cause: &CauseView) -> CauseTold {
    let money = |amount: Money| say::money(amount, &currency(web));
    let (clearing, mood) = match cause.clearing {
        Clearing::Open => ("Open", "bad"),
        Clearing::Signed => ("Signed", "well"),
        Clearing::Tolerated => ("Tolerated", "none"),
    };
    let count = i64::try_from(cause.differences.len()).unwrap_or_default();
    let rows = cause.differences.iter().take(SHOWN).map(|one| {
        let link = if one.subject.starts_with('S') && one.subject[1..].contains('-') {
            format!("/entries/{}", one.subject)
        } else {
            String::new()
        };
        let (gross, tax) = (money(one.amounts.gross), money(one.amounts.tax));
        (one.subject.clone(), link, one.detail.clone(), gross, tax)
    });
    CauseTold {
        title: cause.title,
        code: cause.cause.to_string(),
        mood,
        clearing,
        measure: cause.measure.to_string(),
        count: say::count(count, "difference", "differences"),
        gross: money(cause.amounts.gross),
        owner: cause.owner.to_string(),
        fix: cause.fix,
        rows: rows.collect(),
        more: cause.differences.len().saturating_sub(SHOWN),
        is_open: cause.clearing == Clearing::Open,
    }
}

fn step_told(web: &Web, step: &FixStep) -> StepTold {
    let told = &step.step;
    StepTold {
        subject: step.subject.clone(),
        cause: told.cause.to_string(),
        does: told.act.to_string(),
        documents: format!("{:+}", told.documents),
        gross: say::money(told.effect.gross, &currency(web)),
    }
}

fn to_day(day: Day, store: i64, done: &str) -> Response {
    Redirect::to(&format!("/books/{day}/{store}?done={done}")).into_response()
}

/// The process that holds the book compares it: this one, a moment from now.
pub(super) async fn compare(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    asked::ask(&web.app, &Wanted::Compare { day: on, store: Some(store) }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(to_day(on, store, "asked"))
}

pub(super) async fn run_fix(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day: on, store: Some(store), cause: None, reference: None };
    asked::ask(&web.app, &Wanted::Fix { wanted, by: who.name.clone() }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(to_day(on, store, "fixing"))
}

pub(super) async fn sign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    let cause = match why.cause.as_str() {
        "" => None,
        word => Some(word.parse::<DayCause>().map_err(|_| PageError::not_found("No such cause"))?),
    };
    let signature =
        Signature { cause, certificate: why.certificate, actor: &who.name, reason: &why.reason };
    reconcile::sign(&web.app, (store, on), signature).await?;
    Ok(to_day(on, store, "signed"))
}
