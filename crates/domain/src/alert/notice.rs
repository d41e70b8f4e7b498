//! What a message says, whatever carries it. Nothing in it tells of a shopper: it is made of names of
//! stores and systems, counts, sums and codes.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Alert, AlertKind, Impact, Occasion};
use crate::{
    Timestamp,
    causes::{Owner, Severity},
    words,
};

/// Alerts named one by one in a digest or report.
const MOST: usize = 50;

/// A message before it takes the shape of its channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Why it is sent.
    pub occasion: Occasion,
    /// When it was written.
    pub at: Timestamp,
    /// The alert's number, where it is about one.
    pub number: Option<i64>,
    /// Its kind.
    pub kind: Option<AlertKind>,
    /// What it is about.
    pub about: Option<String>,
    /// How soon.
    pub severity: Severity,
    /// Who sees to it.
    pub owner: Option<Owner>,
    /// One line.
    pub title: String,
    /// One sentence.
    pub sentence: String,
    /// What it holds.
    #[serde(flatten)]
    pub impact: Impact,
    /// Currency of the money.
    pub currency: String,
    /// Since when.
    pub opened_at: Option<Timestamp>,
    /// What to do.
    pub todo: String,
    /// Where more is shown.
    pub link: String,
    /// Label and text, for people.
    pub facts: Vec<(String, String)>,
    /// One by one, for a digest or report.
    pub lines: Vec<String>,
}

/// A message about one alert. `desk` is what addresses of the desk begin with.
pub fn of_alert(
    occasion: Occasion,
    alert: &Alert,
    now: Timestamp,
    (desk, currency, zone): (&str, &str, &TimeZone),
) -> Notice {
    let row = alert.key.kind.row();
    let (title, sentence) = match occasion {
        Occasion::Closed => {
            let lasted = words::span(now.since(alert.opened_at));
            (
                format!("Over: {}", row.title),
                format!("It is over after {lasted}: {}", alert.sentence),
            )
        }
        Occasion::Escalated => {
            let open = words::span(now.since(alert.opened_at));
            (format!("Still: {}", row.title), format!("Open for {open}: {}", alert.sentence))
        }
        _ => (row.title.to_owned(), alert.sentence.clone()),
    };
    Notice {
        occasion,
        at: now,
        number: Some(alert.number),
        kind: Some(alert.key.kind),
        about: Some(alert.key.about.clone()),
        severity: row.severity,
        owner: Some(alert.owner),
        title,
        sentence,
        impact: alert.impact,
        currency: currency.to_owned(),
        opened_at: Some(alert.opened_at),
        todo: if occasion == Occasion::Closed { String::new() } else { row.todo.to_owned() },
        link: format!("{desk}{}", alert.page),
        facts: facts(alert, currency, zone),
        lines: Vec::new(),
    }
}

fn facts(alert: &Alert, currency: &str, zone: &TimeZone) -> Vec<(String, String)> {
    let mut facts = vec![("Since".to_owned(), words::moment(alert.opened_at, zone))];
    let Impact { records, money } = alert.impact;
    if records > 0 {
        facts.push(("Records".to_owned(), words::grouped(records)));
    }
    if !money.is_zero() {
        facts.push(("Money".to_owned(), words::money(money, currency)));
    }
    facts.push(("For".to_owned(), owner_word(alert.owner).to_owned()));
    facts
}

fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "finance",
        Owner::Retail => "retail",
        Owner::It => "IT",
    }
}

/// The morning: what is open, and how many came and went since yesterday's.
pub fn digest(
    open: &[Alert],
    closed: usize,
    now: Timestamp,
    (desk, currency, zone): (&str, &str, &TimeZone),
) -> Notice {
    let sentence = match (open.len(), closed) {
        (0, 0) => "Nothing is the matter, and nothing was since yesterday.".to_owned(),
        (0, closed) => {
            let were = if closed == 1 {
                "1 alert was".to_owned()
            } else {
                format!("{closed} alerts were")
            };
            format!("Nothing is the matter. Since yesterday {were} open and {} over.", is(closed))
        }
        (open, closed) => {
            format!(
                "{} open, {closed} over since yesterday.",
                words::count(open as u64, "alert is", "alerts are")
            )
        }
    };
    let lines = open.iter().take(MOST).map(|alert| {
        let since = words::moment(alert.opened_at, zone);
        let money = words::money(alert.impact.money, currency);
        let records = words::count(alert.impact.records.unsigned_abs(), "record", "records");
        format!("{} (since {since}, {records}, {money})", alert.sentence)
    });
    let lines = lines.collect();
    plain(
        (Occasion::Digest, "Good morning"),
        sentence,
        lines,
        (now, currency),
        format!("{desk}/alerts"),
    )
}

const fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The week: alerts that came and went without anybody looking at them, kind by kind.
pub fn weekly(
    closed: &[Alert],
    now: Timestamp,
    (desk, currency, _): (&str, &str, &TimeZone),
) -> Notice {
    let unneeded: Vec<&Alert> = closed.iter().filter(|alert| alert.nobody_needed_it()).collect();
    let sentence = match (unneeded.len(), closed.len()) {
        (_, 0) => "No alert was over in the last week.".to_owned(),
        (0, all) => format!("Somebody looked at every one of {all} alerts of the last week."),
        (none, all) => format!(
            "Of {all} alerts of the last week {none} came and went without anybody looking: \
             perhaps a limit is too narrow."
        ),
    };
    let lines = AlertKind::ALL.iter().filter_map(|kind| {
        let own = unneeded.iter().filter(|alert| alert.key.kind == *kind).count();
        let all = closed.iter().filter(|alert| alert.key.kind == *kind).count();
        (own > 0).then(|| format!("{}: {own} of {all}", kind.row().title))
    });
    let lines = lines.collect();
    let what = (Occasion::Weekly, "Alerts that nobody needed");
    plain(what, sentence, lines, (now, currency), format!("{desk}/alerts#week"))
}

/// Somebody tries the channel.
pub fn test_notice(channel: &str, now: Timestamp, desk: &str) -> Notice {
    let sentence = format!("This is a test of the channel '{channel}'. Nothing is the matter.");
    plain((Occasion::Test, "Test"), sentence, Vec::new(), (now, ""), format!("{desk}/alerts"))
}

fn plain(
    (occasion, title): (Occasion, &str),
    sentence: String,
    lines: Vec<String>,
    (at, currency): (Timestamp, &str),
    link: String,
) -> Notice {
    Notice {
        occasion,
        at,
        number: None,
        kind: None,
        about: None,
        severity: Severity::Normal,
        owner: None,
        title: title.to_owned(),
        sentence,
        impact: Impact::default(),
        currency: currency.to_owned(),
        opened_at: None,
        todo: String::new(),
        link,
        facts: Vec::new(),
        lines,
    }
}

impl Notice {
    /// The line that a mail client shows.
    pub fn subject(&self) -> String {
        // What comes from a mapping (a store's name) must not end the line.
        let title: String =
            self.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        match self.number {
            Some(number) => format!("[Daybook] {title} (AL-{number})"),
            None => format!("[Daybook] {title}"),
        }
    }

    /// All of it as plain text.
    pub fn text(&self) -> String {
        let mut parts = vec![self.sentence.clone()];
        if !self.facts.is_empty() {
            let facts = self.facts.iter().map(|(name, text)| format!("{name}: {text}"));
            parts.push(facts.collect::<Vec<_>>().join("\n"));
        }
        if !self.lines.is_empty() {
            let lines = self.lines.iter().map(|line| format!("- {line}"));
            parts.push(lines.collect::<Vec<_>>().join("\n"));
        }
        if !self.todo.is_empty() {
            parts.push(format!("What to do: {}", self.todo));
        }
        parts.push(self.link.clone());
        parts.join("\n\n")
    }
}
