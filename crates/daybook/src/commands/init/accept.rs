//! Which proposals become rows: those that a file or a person accepts, and nothing else.

use std::collections::BTreeMap;

use daybook_domain::{
    mapping::{MappingKind, MappingRow},
    propose::{Confidence, Open, Proposal, Proposed},
};
use serde::Serialize;

use super::{
    answers::{Answers, GivenRow, InitPart},
    talk::Talk,
};
use crate::{config::ConfigError, failure::Failure, words};

/// A proposal, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProposalTold {
    pub(super) kind: MappingKind,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) confidence: Confidence,
    pub(super) reason: String,
    pub(super) accepted: bool,
}

/// The rows that were accepted, all proposals, and what is left.
#[derive(Debug, Default)]
pub(super) struct Accepted {
    pub(super) rows: Vec<MappingRow>,
    pub(super) told: Vec<ProposalTold>,
    pub(super) left: Vec<Open>,
}

/// Proposals with the rows that are given over them.
pub(super) struct Table {
    proposals: BTreeMap<(MappingKind, String), Proposal>,
    given: BTreeMap<(MappingKind, String), MappingRow>,
    open: Vec<Open>,
}

impl Table {
    /// Lays what is given over what is proposed; every fault at once.
    pub(super) fn new(proposed: Proposed, answers: &Answers) -> Result<Self, Vec<ConfigError>> {
        let of = |one: Proposal| ((one.row.kind, one.row.key.clone()), one);
        let proposals: BTreeMap<_, _> = proposed.proposals.into_iter().map(of).collect();
        let (mut given, mut faults) = (BTreeMap::new(), Vec::new());
        for row in &answers.rows {
            match given_row(row, &proposals) {
                Ok(row) => drop(given.insert((row.kind, row.key.clone()), row)),
                Err(fault) => faults.push(fault),
            }
        }
        let mut table = Self { proposals, given, open: proposed.open };
        table.open.retain(|one| !table.given.contains_key(&(one.kind, one.key.clone())));
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    /// Accepts what a file says.
    pub(super) fn by_file(self, init: &InitPart) -> Accepted {
        self.take(|proposal| {
            let name = format!("{} {}", proposal.row.kind, proposal.row.key);
            init.accept.takes(proposal.confidence) && !init.reject.contains(&name)
        })
    }

    fn take(self, accepts: impl Fn(&Proposal) -> bool) -> Accepted {
        let mut accepted = Accepted { left: self.open, ..Accepted::default() };
        for (key, proposal) in self.proposals {
            let given = self.given.get(&key);
            let is_accepted = given.is_some() || accepts(&proposal);
            if is_accepted && given.is_none() {
                accepted.rows.push(proposal.row.clone());
            }
            if !is_accepted {
                let why = format!(
                    "proposed ({}), and not accepted; to take it: `daybook map set {}`",
                    proposal.confidence, proposal.row
                );
                let (kind, key) = key;
                accepted.left.push(Open { kind, key, why });
            }
            let shown = given.unwrap_or(&proposal.row);
            let (confidence, reason) = match given {
                Some(_) => (Confidence::Certain, "as it was given".to_owned()),
                None => (proposal.confidence, proposal.reason),
            };
            accepted.told.push(ProposalTold {
                kind: shown.kind,
                key: shown.key.clone(),
                name: proposal.name,
                value: shown.value_text(),
                confidence,
                reason,
                accepted: is_accepted,
            });
        }
        accepted.rows.extend(self.given.into_values());
        accepted.rows.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
        let without = accepted
            .rows
            .iter()
            .filter(|row| row.kind == MappingKind::Store && !row.value.contains_key("session"));
        let session = |row: &MappingRow| Open {
            kind: row.kind,
            key: row.key.clone(),
            why: format!("has no session: `daybook map set store {} session=ID`", row.key),
        };
        accepted.left.extend(without.map(session).collect::<Vec<_>>());
        accepted.left.sort();
        accepted
    }

    /// Asks a person, kind by kind: what is certain at once, the rest one by one. What was taken so far
    /// is kept after each.
    pub(super) fn by_person(
        mut self,
        talk: Talk,
        mut keep: impl FnMut(Vec<GivenRow>) -> Result<(), Failure>,
    ) -> Result<Accepted, Failure> {
        let mut taken: Vec<(MappingKind, String)> = Vec::new();
        for kind in MappingKind::ALL {
            let of_kind: Vec<Proposal> = self
                .proposals
                .iter()
                .filter(|(key, _)| key.0 == kind && !self.given.contains_key(*key))
                .map(|(_, proposal)| proposal.clone())
                .collect();
            let (certain, others): (Vec<_>, Vec<_>) =
                of_kind.into_iter().partition(|one| one.confidence == Confidence::Certain);
            let mut one_by_one = others;
            if !certain.is_empty() {
                let after = match kind {
                    MappingKind::Store => " (the sessions are asked for after this)",
                    _ => "",
                };
                let total = u64::try_from(certain.len()).unwrap_or(u64::MAX);
                let told_certain = words::count(total, "is", "are");
                talk.say(&format!("\nMapping {kind}: {told_certain} certain{after}"));
                for one in &certain {
                    talk.say(&told(one));
                }
                match talk
                    .choose("  Accept these: (a)ll, (o)ne by one, (n)one", &['a', 'o', 'n'])?
                {
                    'a' => taken.extend(certain.iter().map(key_of)),
                    'o' => one_by_one = [certain, one_by_one].concat(),
                    _ => {}
                }
            } else if !one_by_one.is_empty() {
                talk.say(&format!("\nMapping {kind}"));
            }
            self.each(talk, one_by_one, &mut taken)?;
            keep(self.so_far(&taken))?;
        }
        self.sessions(talk, &taken)?;
        keep(self.so_far(&taken))?;
        Ok(self.take(|proposal| taken.contains(&key_of(proposal))))
    }

    /// The rows that are given or taken, to be given again.
    fn so_far(&self, taken: &[(MappingKind, String)]) -> Vec<GivenRow> {
        let proposed = taken.iter().filter_map(|key| self.proposals.get(key));
        let proposed = proposed.map(|one| &one.row).filter(|row| {
            let key = (row.kind, row.key.clone());
            !self.given.contains_key(&key)
        });
        let given = |row: &MappingRow| GivenRow {
            kind: row.kind,
            key: row.key.clone(),
            text: row.value_text(),
        };
        self.given.values().chain(proposed).map(given).collect()
    }

    fn each(
        &mut self,
        talk: Talk,
        proposals: Vec<Proposal>,
        taken: &mut Vec<(MappingKind, String)>,
    ) -> Result<(), Failure> {
        let mut proposals = proposals.into_iter();
        while let Some(one) = proposals.next() {
            talk.say(&told(&one));
            let asks = "  (y)es, (n)o, (e)dit, yes to (a)ll of these, (s)kip the rest of them";
            match talk.choose(asks, &['y', 'n', 'e', 'a', 's'])? {
                'y' => taken.push(key_of(&one)),
                'e' => self.edit(talk, &one)?,
                'a' => {
                    taken.push(key_of(&one));
                    // Nobody accepts what was not seen.
                    for one in proposals.by_ref() {
                        talk.say(&told(&one));
                        taken.push(key_of(&one));
                    }
                }
                's' => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Until it is a row, or nothing.
    fn edit(&mut self, talk: Talk, one: &Proposal) -> Result<(), Failure> {
        loop {
            let (kind, key) = (one.row.kind, &one.row.key);
            let example = match kind {
                MappingKind::Store => "session",
                _ => kind.fields().first().copied().unwrap_or_default(),
            };
            let fields = kind.fields().join(", ");
            let asks = format!(
                "  Fields to change of {kind} {key}, such as {example}=… ({fields}; Enter: none)"
            );
            let text = talk.line(&asks, "")?;
            if text.is_empty() {
                return Ok(());
            }
            match one.row.patched(&text) {
                Ok(row) => {
                    talk.say(&format!("  {key} → {}", row.value_text()));
                    self.given.insert(key_of(one), row);
                    return Ok(());
                }
                Err(fault) => talk.say(&format!("  {fault}")),
            }
        }
    }

    /// Another store that has this session.
    fn has_session(&self, session: &str, store: &str) -> Option<String> {
        let is_other = |row: &&MappingRow| {
            row.kind == MappingKind::Store
                && row.key != store
                && row.value.get("session").is_some_and(|known| known == session)
        };
        self.given.values().find(is_other).map(|row| row.key.clone())
    }

    /// No call tells the sessions.
    fn sessions(&mut self, talk: Talk, taken: &[(MappingKind, String)]) -> Result<(), Failure> {
        let is_meant = |key: &(MappingKind, String)| {
            key.0 == MappingKind::Store && (taken.contains(key) || self.given.contains_key(key))
        };
        let row = |one: &Proposal| self.given.get(&key_of(one)).unwrap_or(&one.row).clone();
        let stores: Vec<(MappingRow, String)> = self
            .proposals
            .iter()
            .filter(|(key, _)| is_meant(key))
            .map(|(_, proposal)| (row(proposal), proposal.name.clone()))
            .filter(|(row, _)| !row.value.contains_key("session"))
            .collect();
        if !stores.is_empty() {
            talk.say("\nE-commerce sessions: one a store, whose ids no call tells (Enter: none)");
        }
        for (row, name) in stores {
            loop {
                let text = talk.line(&format!("  Session of {}, {name}", row.key), "")?;
                if text.is_empty() {
                    break;
                }
                if let Some(other) = self.has_session(&text, &row.key)
                    && !keeps_shared(talk, &text, &other)?
                {
                    continue;
                }
                match row.patched(&format!("session={text}")) {
                    Ok(row) => {
                        self.given.insert((row.kind, row.key.clone()), row);
                        break;
                    }
                    Err(fault) => talk.say(&format!("  {fault}")),
                }
            }
        }
        Ok(())
    }
}

/// Whether a person means it: what a shared session posts is told apart by nothing in OrderWise.
fn keeps_shared(talk: Talk, session: &str, other: &str) -> Result<bool, Failure> {
    talk.say(&format!(
        "  session {session} is that of store {other}: OrderWise could not tell the two apart"
    ));
    Ok(talk.choose("  (c)orrect, (k)eep it for both", &['c', 'k'])? == 'k')
}

fn key_of(one: &Proposal) -> (MappingKind, String) {
    (one.row.kind, one.row.key.clone())
}

fn told(one: &Proposal) -> String {
    let Proposal { row, name, confidence, reason } = one;
    format!("  {} ({name}) → {}\n      {confidence}: {reason}", row.key, row.value_text())
}

fn given_row(
    given: &GivenRow,
    proposals: &BTreeMap<(MappingKind, String), Proposal>,
) -> Result<MappingRow, ConfigError> {
    let GivenRow { kind, key, text } = given;
    let made = kind.normal_key(key).and_then(|key| match proposals.get(&(*kind, key.clone())) {
        Some(proposal) => proposal.row.patched(text),
        None => MappingRow::new(*kind, &key, text),
    });
    made.map_err(|fault| {
        let hint = format!("fields of {kind}: {}", kind.fields().join(", "));
        ConfigError::invalid(&format!("mapping.{kind}.{key}"), fault.what, hint)
    })
}
