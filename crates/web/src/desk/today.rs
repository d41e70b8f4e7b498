//! Today: is all well?

use std::sync::Arc;

use askama::Template;
use axum::{Extension, extract::State, response::Response};
use daybook_domain::{Timestamp, truth::Mood, words};
use daybook_flows::desk::{
    self,
    today::{DayState, Step, StoreLine, Today, all_held},
};
use jiff::tz::TimeZone;

use super::{PageError, Section, Shell, say, shell};
use crate::{Web, access::Who};

/// Entries that never go to OrderWise.
const ASIDE: &str = "not-posted";

/// Clocks differ by a little; a sale that lies further ahead has not happened yet.
const CLOCK_AHEAD: std::time::Duration = std::time::Duration::from_mins(5);

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    shell: Shell,
    day: String,
    day_word: &'static str,
    today: Told,
}

struct Told {
    mood: &'static str,
    sign: &'static str,
    sentence: String,
    steps: Vec<StepTold>,
    stores: Vec<StoreTold>,
}

struct StepTold {
    name: &'static str,
    count: String,
    age: String,
    address: &'static str,
    is_slowest: bool,
}

struct StoreTold {
    id: i64,
    name: String,
    mood: &'static str,
    state: String,
    entries: String,
    gross: String,
    hours_said: String,
    bars: Vec<Bar>,
    latest: String,
    unposted: String,
    exceptions: String,
    held: String,
    stock: String,
    day: &'static str,
    day_mood: &'static str,
    day_address: String,
}

/// One hour in the small picture; units of its view box, in hundredths written as text.
struct Bar {
    x: String,
    x_now: String,
    usual_y: String,
    usual_h: String,
    now_y: String,
    now_h: String,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let today = desk::today(&web.app).await?;
    let today = match &who.stores {
        None => today,
        Some(stores) => Arc::new(today.only(stores)),
    };
    let page = TodayPage {
        shell: Shell::new(&web, &who, Section::Today, "Today"),
        day: if today.is_today {
            say::day(today.day.0)
        } else {
            format!("{}, the latest day with sales", say::day(today.day.0))
        },
        day_word: if today.is_today { "today" } else { "that day" },
        today: told(&today, &shell::zone(&web), &currency(&web)),
    };
    shell::show(&page)
}

/// The currency of sums over several entries.
pub(crate) fn currency(web: &Web) -> String {
    web.app.policy.currencies.first().cloned().unwrap_or_else(|| "GBP".to_owned())
}

fn told(today: &Today, zone: &TimeZone, currency: &str) -> Told {
    Told {
        mood: today.mood.word(),
        sign: sign(today.mood),
        sentence: today.sentence.clone(),
        // What goes no further is told beside the whole: it is no step.
        steps: today
            .steps
            .iter()
            .filter(|one| one.name != ASIDE)
            .map(|one| step(one, today))
            .collect(),
        stores: today.stores.iter().map(|one| store(one, today, zone, currency)).collect(),
    }
}

fn sign(mood: Mood) -> &'static str {
    match mood {
        Mood::Well => "✓",
        Mood::Exceptions => "!",
        Mood::Behind => "▲",
    }
}

fn step(step: &Step, today: &Today) -> StepTold {
    let (name, address) = match step.name {
        "tills" => ("Tills: ids not seen", "/health"),
        "day-book" => ("Day book", "/find"),
        "waiting" => ("Waiting for a sale", "/find?state=waiting"),
        "held" => ("Held", "/exceptions"),
        "ready" => ("On their way", "/find?state=ready"),
        "in-doubt" => ("In doubt", "/find?state=in-doubt"),
        _ => ("OrderWise", "/find?state=confirmed"),
    };
    let age = match (step.name, step.since) {
        ("tills", Some(at)) => format!("read {}", say::ago(at, today.at)),
        ("tills", None) => "not read yet".to_owned(),
        ("day-book", _) => match today.steps.iter().find(|one| one.name == ASIDE) {
            Some(aside) if aside.count > 0 => {
                format!("{} of them set aside or dismissed", words::grouped(aside.count))
            }
            _ => String::new(),
        },
        (_, Some(at)) if step.count > 0 => format!("oldest {}", say::age(at, today.at)),
        _ => String::new(),
    };
    StepTold {
        name,
        count: words::grouped(step.count),
        age,
        address,
        is_slowest: today.slowest == Some(step.name),
    }
}

fn store(store: &StoreLine, today: &Today, zone: &TimeZone, currency: &str) -> StoreTold {
    let age = |at: Option<Timestamp>| at.map(|at| say::age(at, today.at));
    let state = match (store.mood, &store.paused) {
        (_, Some(_)) => "Paused".to_owned(),
        (Mood::Behind, None) => {
            format!("{} behind", age(store.oldest_unposted).unwrap_or_default())
        }
        (Mood::Exceptions, None) => "Exceptions".to_owned(),
        (Mood::Well, None) => "Up to date".to_owned(),
    };
    let (day, day_mood) = yesterday(store.yesterday.map(DayState::word));
    StoreTold {
        id: store.store,
        name: store.name.clone(),
        mood: store.mood.word(),
        state,
        entries: say::count(store.entries, "receipt", "receipts"),
        gross: say::money(store.gross, currency),
        hours_said: hours_said(store),
        bars: bars(store),
        latest: store.latest.map_or_else(
            || "–".to_owned(),
            |at| {
                let is_ahead = at > today.at.plus(CLOCK_AHEAD);
                let more = if is_ahead { " (a till's clock is ahead)" } else { "" };
                format!("{}{more}", say::clock(at, zone))
            },
        ),
        unposted: match (store.unposted, age(store.oldest_unposted)) {
            (0, _) | (_, None) => "none".to_owned(),
            (count, Some(age)) => format!("{age} ({})", words::grouped(count)),
        },
        exceptions: match store.exceptions {
            0 => "none".to_owned(),
            count => words::grouped(count),
        },
        held: {
            let held = all_held(store.held, &store.held_elsewhere);
            let is_nothing = store.exceptions == 0 || held.is_zero();
            if is_nothing { String::new() } else { held.told(currency) }
        },
        stock: match (store.stock_due, age(store.stock_since)) {
            (0, _) | (_, None) => "fresh".to_owned(),
            (due, Some(age)) => {
                format!("{}, {age}", say::count(due, "SKU waits", "SKUs wait"))
            }
        },
        day,
        day_mood,
        day_address: match store.yesterday {
            None => String::new(),
            Some(_) => format!("/books/{}/{}", today.yesterday, store.store),
        },
    }
}

/// How a day's state is said, and how it is meant.
pub(super) fn yesterday(state: Option<&str>) -> (&'static str, &'static str) {
    match state {
        Some("closed") => ("Closed", "well"),
        Some("signed-off") => ("Signed off", "well"),
        Some("differs") => ("Differs", "bad"),
        Some("not-fresh") => ("Not fresh", "wait"),
        Some(_) => ("Open", "wait"),
        None => ("Not compared", "none"),
    }
}

fn hours_said(store: &StoreLine) -> String {
    let busiest = store.hours.iter().enumerate().max_by_key(|(_, count)| **count);
    let usual: i64 = store.usual.iter().sum::<i64>() / 10;
    match busiest {
        Some((hour, count)) if *count > 0 => format!(
            "{} sales and returns; busiest from {hour}:00 with {count}; usual for the whole day: {usual}",
            store.entries,
        ),
        _ => format!("No sale; usual for the whole day: {usual}"),
    }
}

/// Twenty units high, four wide an hour.
fn bars(store: &StoreLine) -> Vec<Bar> {
    let tallest = store.hours.iter().map(|count| count * 10).chain(store.usual.iter().copied());
    let tallest = tallest.max().unwrap_or_default().max(1);
    let height = |tenths: i64| tenths * 1_950 / tallest;
    let hours = store.hours.iter().zip(&store.usual).enumerate();
    hours
        .map(|(hour, (now, usual))| {
            let left = i64::try_from(hour).unwrap_or_default() * 400;
            let (usual, now) = (height(*usual), height(now * 10));
            Bar {
                x: hundredths(left + 30),
                x_now: hundredths(left + 100),
                usual_y: hundredths(1_975 - usual),
                usual_h: hundredths(usual),
                now_y: hundredths(1_975 - now),
                now_h: hundredths(now),
            }
        })
        .collect()
}

fn hundredths(number: i64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}
