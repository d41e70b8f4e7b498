//! Finding export definitions: candidates are run, read only, and told apart by what they ask for and
//! answer.

use std::{collections::BTreeSet, sync::Arc};

use daybook_connectors::Clock;
use daybook_domain::propose::{ExportOffer, PACK};
use figment::value::Value;

use super::{answers::Answers, files::Place, talk::Talk};
use crate::{config::Need, context, failure::Failure};

/// Most candidates of one search: each is a call.
const MOST: usize = 200;

/// Runs the candidates; offers for the purposes that have no number yet, and the numbers of those that
/// ran and were not told apart.
async fn find(
    place: &Place,
    answers: &Answers,
    clock: &Arc<dyn Clock>,
) -> Result<(Vec<ExportOffer>, Vec<String>), Failure> {
    let config = answers.config(&place.output)?;
    let client = context::orderwise(&config, Need::Systems, clock)?.reading_only();
    let mut candidates = Vec::new();
    for id in answers.init.find_exports.iter().take(MOST) {
        // One that is not there, or may not be run, is none.
        if let Ok(candidate) = client.try_definition(*id, clock.now()).await.outcome {
            candidates.push(candidate);
        }
    }
    let set = PACK.map(|(purpose, ..)| purpose);
    let set: Vec<&str> = set.into_iter().filter(|it| answers.get(&key(it)).is_some()).collect();
    let offers = ExportOffer::of(&candidates, &set);
    let is_told = |id: i64| offers.iter().any(|offer| offer.id == id);
    let ran = candidates.iter().map(|candidate| candidate.id);
    let left = ran.filter(|id| !is_told(*id)).map(|id| id.to_string()).collect();
    Ok((offers, left))
}

/// Sets the numbers of those offers that the file accepts.
pub(super) async fn find_by_file(
    place: &Place,
    answers: &mut Answers,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<ExportOffer>, Failure> {
    if answers.init.find_exports.is_empty() {
        return Ok(Vec::new());
    }
    let (offers, _) = find(place, answers, clock).await?;
    let accept = answers.init.accept;
    for offer in offers.iter().filter(|it| accept.takes(it.confidence)) {
        answers.set(&key(offer.purpose), Value::from(offer.id));
    }
    Ok(offers)
}

/// Asks whether to look for them, and about each that was found.
pub(super) async fn find_with(
    talk: Talk,
    place: &Place,
    answers: &mut Answers,
    clock: &Arc<dyn Clock>,
) -> Result<(), Failure> {
    talk.say(
        "Their numbers stand in column ID of E-Commerce > API Export Definitions (right-click, Edit \
         Grid Layout).\nDaybook can also look for them: it runs those you name, reads what they \
         answer and compares the columns.",
    );
    let ids = loop {
        let text = talk.line("Numbers to look among, such as 101-110, 120 (Enter: none)", "")?;
        match numbers(&text) {
            Ok(ids) => break ids,
            Err(what) => talk.say(&format!("  {what}")),
        }
    };
    answers.init.find_exports = ids;
    if answers.init.find_exports.is_empty() {
        return Ok(());
    }
    talk.say(&format!(
        "  running {} of them, which may take a while",
        answers.init.find_exports.len()
    ));
    let (offers, left) = match find(place, answers, clock).await {
        Ok(found) => found,
        Err(failure) => {
            talk.say(&failure.to_string());
            return Ok(());
        }
    };
    if offers.is_empty() {
        talk.say("None of them is one of Daybook's.");
    }
    for offer in offers {
        talk.say(&format!(
            "  {} → {}\n      {}: {}",
            offer.purpose, offer.id, offer.confidence, offer.reason
        ));
        if talk.choose("  (y)es, (n)o", &['y', 'n'])? == 'y' {
            answers.set(&key(offer.purpose), Value::from(offer.id));
        }
    }
    if !left.is_empty() {
        talk.say(&format!(
            "  {} ran and cannot be told apart (no row yet, or other columns): if one of them is \
             asked for next, type its number",
            left.join(", ")
        ));
    }
    Ok(())
}

fn key(purpose: &str) -> String {
    format!("orderwise.exports.{purpose}.id")
}

/// `101-110, 120`.
fn numbers(text: &str) -> Result<BTreeSet<i64>, String> {
    let mut ids = BTreeSet::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let read = |text: &str| {
            text.trim().parse::<i64>().map_err(|_| format!("'{text}' is no whole number"))
        };
        match part.split_once('-') {
            Some((from, to)) => ids.extend(read(from)?..=read(to)?.min(read(from)? + 1_000)),
            None => drop(ids.insert(read(part)?)),
        }
    }
    if ids.len() > MOST {
        return Err(format!("those are {}; name {MOST} at most", ids.len()));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(numbers("").unwrap().len(), 0);
        assert_eq!(
            numbers("101-103, 7").unwrap().into_iter().collect::<Vec<_>>(),
            [7, 101, 102, 103]
        );
        assert!(numbers("a").is_err());
        assert!(numbers("1-100000").is_err());
    }
}
