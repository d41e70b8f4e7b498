//! Setting up with a person at the terminal: each step is asked, tried on the real system, and can be
//! mended, left, or stopped.

use std::{path::PathBuf, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use daybook_connectors::Clock;
use daybook_domain::Timestamp;
use daybook_flows::{
    Ids as _,
    check::{self, CheckLine, CheckState},
};
use daybook_store::DbUrl;
use figment::value::Value;
use secrecy::SecretString;

use super::{
    answers::Answers,
    exports,
    files::Place,
    steps::{self, Kind, Question, Step},
    talk::{self, Talk},
};
use crate::{
    commands::check::lines_told,
    config::{ConfigError, Need},
    context::{self, Context},
    failure::Failure,
    ids::RandomIds,
};

/// Asks everything; what was answered is kept after every step.
pub(super) async fn ask(
    talk: Talk,
    place: &Place,
    answers: &mut Answers,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<CheckLine>, Failure> {
    talk.say(
        "This sets Daybook up: it asks, tries each answer on the real system, and writes no setting \
         before the end.\nEnter takes what stands in [ ]. Ctrl-D stops; what was answered is kept, \
         passwords are not.",
    );
    let mut checked = Vec::new();
    for step in Step::ALL {
        talk.say(&format!("\n{}", step.heading()));
        checked.extend(Box::pin(one(step, talk, place, answers, clock)).await?);
        place.write_draft(answers)?;
    }
    Ok(checked)
}

/// One step, until it is as it should be or is left as it is.
async fn one(
    step: Step,
    talk: Talk,
    place: &Place,
    answers: &mut Answers,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<CheckLine>, Failure> {
    if step == Step::Exports {
        exports::find_with(talk, place, answers, clock).await?;
    }
    loop {
        for question in step.questions() {
            put(*question, talk, place, answers, clock.now())?;
        }
        if step == Step::Sitoo {
            from_the_site(talk, place, answers, clock).await;
        }
        let lines = step.try_out(answers, &place.output, clock).await;
        if !lines.is_empty() {
            talk.say(&lines_told(&lines));
        }
        if !lines.iter().any(|line| line.state == CheckState::Failed) {
            let is_warned = lines.iter().any(|line| line.state == CheckState::Warning);
            if is_warned && talk.choose("As warned: (g)o on, (c)orrect", &['g', 'c'])? == 'c' {
                continue;
            }
            return Ok(lines);
        }
        let asks = "Not as it should be: (c)orrect, (l)eave it so and go on, (s)top here";
        match talk.choose(asks, &['c', 'l', 's'])? {
            'c' => {}
            'l' => {
                answers.init.skip.insert(step);
                return Ok(lines);
            }
            _ => {
                place.write_draft(answers)?;
                return Err(talk::stopped());
            }
        }
    }
}

/// Asks one question, until its answer can be used.
fn put(
    question: Question,
    talk: Talk,
    place: &Place,
    answers: &mut Answers,
    now: Timestamp,
) -> Result<(), Failure> {
    if !is_due(question, answers) {
        return Ok(());
    }
    if question.kind == Kind::Secret {
        return password(question, talk, place, answers);
    }
    loop {
        let usual = answers.get(question.key).unwrap_or_else(|| question.usual.to_owned());
        let mut text = talk.line(&asks(question, &usual), &usual)?;
        if text.is_empty() {
            answers.unset(question.key);
            return Ok(());
        }
        match typed(question.key, &text, now) {
            Ok(meant) => text = meant,
            Err(what) => {
                talk.say(&format!("  {what}"));
                continue;
            }
        }
        if question.key == "orderwise.base-url" {
            text = with_environment(talk, &text)?;
        }
        let before = answers.clone();
        // What an earlier run left wrong elsewhere is no fault of this answer.
        let known = before.config(&place.output).err().map(ConfigError::each).unwrap_or_default();
        let is_of_this = |fault: &ConfigError| {
            !known.contains(fault) || fault.key.as_deref() == Some(question.key)
        };
        let wrong = match question.value(&text) {
            Ok(value) => {
                answers.set(question.key, value);
                if answers.hide_book_password() {
                    let file = place.secret("book.password");
                    talk.say(&format!("  its password will stand in {}", file.display()));
                }
                let faults = answers.config(&place.output).err().map(ConfigError::each);
                faults
                    .unwrap_or_default()
                    .into_iter()
                    .find(is_of_this)
                    .map(|fault| format!("{fault}\n  hint: {}", fault.hint))
            }
            Err(what) => Some(format!("'{text}' {what}")),
        };
        let Some(wrong) = wrong else { return Ok(()) };
        *answers = before;
        talk.say(&format!("  {wrong}"));
    }
}

/// The question. Where there is an answer already, Enter takes that one and means nothing else.
fn asks(question: Question, usual: &str) -> String {
    let asks = question.asks;
    if usual.is_empty() {
        return asks.to_owned();
    }
    let within = asks.split_once("; Enter:").map(|(before, _)| format!("{before})"));
    let alone = || asks.split_once(" (Enter:").map(|(before, _)| before.to_owned());
    within.or_else(alone).unwrap_or_else(|| asks.to_owned())
}

/// What somebody meant by an answer; an error says how to write it.
fn typed(key: &str, text: &str, now: Timestamp) -> Result<String, String> {
    match key {
        "sitoo.base-url" | "orderwise.base-url" | "web.access.public-url" => {
            let is_address = url::Url::parse(text).is_ok_and(|url| {
                let is_name = |host: &str| host.contains(['.', ':']) || host == "localhost";
                matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_name)
            });
            let wrong = || format!("'{text}' is no address such as https://example.com/path");
            is_address.then(|| text.to_owned()).ok_or_else(wrong)
        }
        "web.listen" if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(format!("127.0.0.1:{text}"))
        }
        "web.listen" if text.parse::<std::net::SocketAddr>().is_err() => {
            Err(format!("'{text}' is no address and port such as 127.0.0.1:8080"))
        }
        "receive.first-day" => match Timestamp::from_day(text) {
            Err(_) => Err(format!("'{text}' is no day; write it as 2026-11-24")),
            Ok(begins) if begins > now => {
                Err(format!("{text} is yet to come (UTC): nothing would be received until then"))
            }
            Ok(_) => Ok(text.to_owned()),
        },
        "policy.currencies" => Ok(text.to_ascii_uppercase()),
        _ => Ok(text.to_owned()),
    }
}

/// Questions that depend on an earlier answer.
fn is_due(question: Question, answers: &Answers) -> bool {
    match question.key {
        "book.password" => answers.get("book.url").is_some_and(|url| url.starts_with("postgres")),
        "web.events-password" => answers.get("web.events-user").is_some(),
        _ => true,
    }
}

/// The virtual directory says which environment is meant (facts/orderwise 1.1).
fn with_environment(talk: Talk, address: &str) -> Result<String, Failure> {
    let has_directory = url::Url::parse(address).is_ok_and(|url| url.path().len() > 1);
    if has_directory || !address.contains("://") {
        return Ok(address.to_owned());
    }
    let asks = "  Its virtual directory, which is its environment: owapi (live), owapisb (sandbox)";
    let directory = talk.line(asks, "owapi")?;
    Ok(format!("{}/{}", address.trim_end_matches('/'), directory.trim_matches('/')))
}

fn password(
    question: Question,
    talk: Talk,
    place: &Place,
    answers: &mut Answers,
) -> Result<(), Failure> {
    let is_known = answers.secrets.contains_key(question.key)
        || answers
            .config(&place.output)
            .is_ok_and(|config| matches!(config.secret(question.key), Ok(Some(_))));
    let asks = if is_known {
        let (asks, _) = question.asks.split_once(" (Enter").unwrap_or((question.asks, ""));
        format!("{asks} (Enter: as before)")
    } else {
        question.asks.to_owned()
    };
    match talk.secret(&asks)? {
        Some(secret) => {
            answers.unset(&format!("{}-file", question.key));
            answers.secrets.insert(question.key, secret);
        }
        None if !is_known && question.key == "web.events-password" => {
            let made = BASE64_URL_SAFE_NO_PAD.encode(RandomIds.secret());
            answers.secrets.insert(question.key, SecretString::from(made));
            let file = place.secret(question.key);
            talk.say(&format!("  made up; it will stand in {}", file.display()));
        }
        None => {}
    }
    Ok(())
}

/// Currency and zone of the site are what is usual for the questions about them; where it says
/// nothing, those of its newest order, which may be one of many. Who says what is told.
async fn from_the_site(talk: Talk, place: &Place, answers: &mut Answers, clock: &Arc<dyn Clock>) {
    let Ok(config) = answers.config(&place.output) else { return };
    let Ok(client) = context::sitoo(&config, Need::Systems, clock) else { return };
    let client = client.reading_only();
    let Ok(mut site) = client.settings(client.site()).await.outcome else { return };
    let tills = check::sitoo::told_by_tills(&client).await;
    talk.say(&format!("  the site says {}, {}", site.currency, site.time_zone));
    if let Some((currency, zone)) = tills {
        let zone = zone.unwrap_or_default();
        talk.say(&format!("  its newest order says {currency}, {zone}"));
        site.currency = Some(site.currency).filter(|it| !it.is_empty()).unwrap_or(currency);
        site.time_zone = Some(site.time_zone).filter(|it| !it.is_empty()).unwrap_or(zone);
    }
    if answers.get("policy.currencies").is_none() && !site.currency.is_empty() {
        let currency = Value::from(vec![Value::from(site.currency)]);
        answers.set("policy.currencies", currency);
    }
    if answers.get("policy.default-time-zone").is_none() && !site.time_zone.is_empty() {
        answers.set("policy.default-time-zone", Value::from(site.time_zone));
    }
}

/// Whether the book is a file: its folder is seen from the settings.
pub(super) fn book_file(context: &Context) -> Option<PathBuf> {
    match steps::book_url(&context.config).ok()? {
        DbUrl::Sqlite(path) => Some(path),
        DbUrl::Postgres(_) => None,
    }
}
