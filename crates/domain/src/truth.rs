//! Is all well? One sentence out of what the records say, never out of what jobs say of themselves.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{sums::Sums, words};

/// A store as the sentence needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreTruth {
    /// Name for people.
    pub name: String,
    /// How long its oldest unposted entry waits, where one does that nobody has to clear first.
    pub behind: Option<Duration>,
    /// What keeps the whole store: an open pause.
    pub is_paused: bool,
    /// Whether a person has something to clear about its entries.
    pub has_exceptions: bool,
}

/// What is known when the sentence is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Every store that is served.
    pub stores: Vec<StoreTruth>,
    /// How long ago Sitoo was last read; none while it never was.
    pub read_ago: Option<Duration>,
    /// Whole systems that are paused, by name.
    pub paused: Vec<String>,
    /// Open exceptions.
    pub exceptions: i64,
    /// Money that they hold, without signs.
    pub held: Sums,
    /// That Daybook does not post at all, in a sentence.
    pub notice: Option<&'static str>,
}

/// How the sentence is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// Everything that was sold is in OrderWise, or about to be.
    Well,
    /// A person has something to clear; nothing stands still for it.
    Exceptions,
    /// A store or a system is behind.
    Behind,
}

impl Mood {
    /// The word used on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Exceptions => "exceptions",
            Self::Behind => "behind",
        }
    }
}

/// Limits beyond which something is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Age of the oldest unposted entry of a store.
    pub unposted: Duration,
    /// Time since Sitoo was read.
    pub unread: Duration,
}

/// The sentence, and how it is meant.
pub fn say(truth: &Truth, limits: Limits, currency: &str) -> (Mood, String) {
    let late = |store: &&StoreTruth| {
        store.is_paused || store.behind.is_some_and(|behind| behind > limits.unposted)
    };
    let behind: Vec<&StoreTruth> = truth.stores.iter().filter(late).collect();
    let mut unread = Vec::new();
    match truth.read_ago {
        None => unread.push("Sitoo has not been read yet.".to_owned()),
        Some(ago) if ago > limits.unread => {
            unread.push(format!("Sitoo has not been read for {}.", words::span(ago)));
        }
        Some(_) => {}
    }
    let is_read = unread.is_empty();
    let notice = truth.notice.map(str::to_owned);
    let mut parts: Vec<String> = notice.into_iter().chain(unread).collect();
    parts.extend(truth.paused.iter().map(|system| format!("{system} is paused.")));
    let excepted = truth.stores.iter().filter(|store| store.has_exceptions).count();
    // "Up to date" would say that what was sold is in OrderWise.
    if truth.notice.is_none() && (is_read || !behind.is_empty()) {
        parts.push(of_stores(truth.stores.len(), behind.len(), excepted));
    }
    parts.extend(behind.iter().take(3).map(|store| one_behind(store)));
    if behind.len() > 3 {
        parts.push(format!("So are {} more.", behind.len() - 3));
    }
    if truth.exceptions > 0 {
        let (waits, them) = match truth.exceptions {
            1 => ("1 exception waits for a person".to_owned(), "it"),
            count => (format!("{} exceptions wait for a person", words::grouped(count)), "them"),
        };
        parts.push(if truth.held.is_zero() {
            format!("{waits}.")
        } else {
            format!("{waits}, and {} with {them}.", truth.held.told(currency))
        });
    }
    let mood = if !is_read || !behind.is_empty() || !truth.paused.is_empty() {
        Mood::Behind
    } else if truth.exceptions > 0 || truth.notice.is_some() {
        Mood::Exceptions
    } else {
        Mood::Well
    };
    (mood, parts.join(" "))
}

/// Where none is behind, the stores whose state beside it says "Exceptions" are named as such.
fn of_stores(all: usize, behind: usize, excepted: usize) -> String {
    match (all, behind, excepted) {
        (0, ..) => "No store is mapped yet.".to_owned(),
        (1, 0, 0) => "The store is up to date.".to_owned(),
        (1, 0, _) => "The store is up to date, but for its exceptions.".to_owned(),
        (1, ..) => "The store is not up to date.".to_owned(),
        (all, 0, 0) => format!("All {all} stores are up to date."),
        (all, 0, some) => {
            format!("All {all} stores are up to date, but for exceptions in {some} of them.")
        }
        (all, behind, _) => format!("{} of {all} stores are up to date.", all - behind),
    }
}

fn one_behind(store: &StoreTruth) -> String {
    match store.behind {
        Some(behind) => format!("{} is {} behind.", store.name, words::span(behind)),
        None => format!("{} is paused.", store.name),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, Mood, StoreTruth, Truth, say};
    use crate::{Money, sums::Sums};

    const MINUTE: Duration = Duration::from_mins(1);

    fn store(name: &str, minutes: Option<u32>) -> StoreTruth {
        let behind = minutes.map(|minutes| MINUTE * minutes);
        StoreTruth { name: name.to_owned(), behind, is_paused: false, has_exceptions: false }
    }

    fn told(change: impl FnOnce(&mut Truth)) -> (Mood, String) {
        let names = ["York", "Hull", "Bath", "Deal", "Ely", "Leeds"];
        let mut truth = Truth {
            stores: names.iter().map(|name| store(name, None)).collect(),
            read_ago: Some(Duration::from_secs(3)),
            paused: Vec::new(),
            exceptions: 0,
            held: Sums::default(),
            notice: None,
        };
        change(&mut truth);
        say(&truth, Limits { unposted: MINUTE * 5, unread: MINUTE * 5 }, "GBP")
    }

    #[test]
    fn all_is_well_only_when_the_records_are_there() {
        assert_eq!(told(|_| ()), (Mood::Well, "All 6 stores are up to date.".to_owned()));
        let (mood, text) = told(|truth| truth.stores[5] = store("Leeds", Some(4)));
        assert_eq!((mood, text.as_str()), (Mood::Well, "All 6 stores are up to date."));
    }

    #[test]
    fn who_is_behind_is_named_with_the_money_that_waits() {
        let (mood, text) = told(|truth| {
            truth.stores[5] = store("Leeds", Some(14));
            truth.exceptions = 3;
            truth.held.add(None, Money::from_pence(21_450));
        });
        let told = "5 of 6 stores are up to date. Leeds is 14 minutes behind. \
                    3 exceptions wait for a person, and £214.50 with them.";
        assert_eq!((mood, text.as_str()), (Mood::Behind, told));
    }

    #[test]
    fn a_store_with_exceptions_is_named_as_such_and_no_money_is_not_spoken_of() {
        let (mood, text) = told(|truth| {
            truth.stores[2].has_exceptions = true;
            truth.exceptions = 2;
        });
        let told_now = "All 6 stores are up to date, but for exceptions in 1 of them. \
                        2 exceptions wait for a person.";
        assert_eq!((mood, text.as_str()), (Mood::Exceptions, told_now));
        let (_, text) = told(|truth| {
            truth.stores = vec![StoreTruth { has_exceptions: true, ..store("York", None) }];
            truth.exceptions = 1;
        });
        assert_eq!(
            text,
            "The store is up to date, but for its exceptions. 1 exception waits for a person."
        );
    }

    #[test]
    fn nothing_is_green_while_nobody_looks() {
        let (mood, text) = told(|truth| truth.read_ago = Some(MINUTE * 12));
        assert_eq!(
            (mood, text.as_str()),
            (Mood::Behind, "Sitoo has not been read for 12 minutes.")
        );
        let (mood, text) = told(|truth| truth.read_ago = None);
        assert_eq!((mood, text.as_str()), (Mood::Behind, "Sitoo has not been read yet."));
        let (mood, text) = told(|truth| truth.paused.push("OrderWise".to_owned()));
        assert_eq!(mood, Mood::Behind);
        assert!(text.starts_with("OrderWise is paused."), "{text}");
        let (mood, text) = told(|truth| truth.stores[0].is_paused = true);
        assert_eq!(mood, Mood::Behind);
        assert!(text.ends_with("5 of 6 stores are up to date. York is paused."), "{text}");
    }

    #[test]
    fn who_does_not_post_is_never_well() {
        let (mood, text) = told(|truth| truth.notice = Some("Daybook posts nothing."));
        assert_eq!((mood, text.as_str()), (Mood::Exceptions, "Daybook posts nothing."));
    }

    #[test]
    fn many_are_counted_and_one_exception_is_singular() {
        let (_, text) = told(|truth| {
            for store in &mut truth.stores {
                store.behind = Some(MINUTE * 60 * 3);
            }
            truth.exceptions = 1;
            truth.held.add(None, Money::from_pence(5));
        });
        assert!(text.contains("0 of 6 stores"), "{text}");
        assert!(
            text.contains("So are 3 more. 1 exception waits for a person, and £0.05"),
            "{text}"
        );
    }
}
