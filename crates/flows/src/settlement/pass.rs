//! The match pass: what the rules make of everything that is open, and what another set of rules
//! would make of all history.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::settlement::{
    Barred, Item, Match, MatchState, Proposed, Rule, Subject, WhatIf, across_currencies, compare,
    propose,
};
use daybook_store::{
    Tx,
    settlement::{
        bank, line,
        matches::{self, NewMatch, Parts, StoredMatch},
        payout::{self, StoredPayout},
        rule, till,
    },
};
use serde::Serialize;

use super::{Collected, DAYBOOK, balance, collect, items, people, rules};
use crate::{app::App, error::FlowError, retrying::retrying};

/// Matches written in one transaction: the sales flow gets its turn in between.
const BATCH: usize = 200;

/// How far a pass reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is open or only suggested.
    Open,
    /// Also what rules have confirmed before. What people confirmed stays in any case.
    AllHistory,
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MatchReport {
    /// What was read from the entries first.
    pub collected: Collected,
    /// Payments of tills with lines of reports.
    pub payments: Done,
    /// Payouts with lines of the bank.
    pub bank: Done,
    /// Open payments that bear the reference of a line in another currency: no rule matches those.
    pub other_currency: usize,
}

/// What a pass did about one subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Matches that hold now.
    pub confirmed: usize,
    /// Matches that a person should look at.
    pub suggested: usize,
    /// Matches that are gone.
    pub undone: usize,
}

/// What a set of rules would do, without doing it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Payments of tills with lines of reports.
    pub payments: WhatIf,
    /// Payouts with lines of the bank.
    pub bank: WhatIf,
}

/// Matches what can be matched by the rules in force.
pub async fn run(app: &App, reach: Reach) -> Result<MatchReport, FlowError> {
    let collected = collect(app, reach == Reach::AllHistory).await?;
    let mut report = MatchReport { collected, ..MatchReport::default() };
    let rules = rules::plain(app).await?;
    let version = rule::version(&app.db).await?;
    for provider in app.settings.settlement.providers.keys() {
        let board = Board::payments(app, provider, reach).await?;
        let found = board.proposed(&rules);
        report.other_currency += board.across_currencies(&found);
        board.carry_out(app, found, version, &mut report.payments).await?;
        balance::carry(app, provider).await?;
    }
    let board = Board::bank(app, reach).await?;
    board.carry_out(app, board.proposed(&rules), version, &mut report.bank).await?;
    Ok(report)
}

/// What `changed` rules, in the place of those of their names, would do over all history.
pub async fn plan(app: &App, changed: Option<&[Rule]>) -> Result<Plan, FlowError> {
    collect(app, true).await?;
    let mut rules = rules::plain(app).await?;
    for rule in changed.into_iter().flatten() {
        rules.retain(|known| known.name != rule.name);
        rules.push(rule.clone());
    }
    let mut plan = Plan::default();
    for provider in app.settings.settlement.providers.keys() {
        let board = Board::payments(app, provider, Reach::AllHistory).await?;
        let found = board.compare(board.proposed(&rules)).0;
        plan.payments.same += found.same;
        plan.payments.matched.extend(found.matched);
        plan.payments.unmatched.extend(found.unmatched);
        plan.payments.changed.extend(found.changed);
    }
    let board = Board::bank(app, Reach::AllHistory).await?;
    plan.bank = board.compare(board.proposed(&rules)).0;
    Ok(plan)
}

/// Both sides of a subject, as far as rules may touch them, and the matches that hold them now.
struct Board {
    subject: Subject,
    left: Vec<Item>,
    right: Vec<Item>,
    before: Vec<StoredMatch>,
    barred: Barred,
    payouts: HashMap<String, StoredPayout>,
}

impl Board {
    async fn payments(app: &App, provider: &str, reach: Reach) -> Result<Self, FlowError> {
        let redo = reach == Reach::AllHistory;
        let money = till::free(&app.db, provider, redo).await?;
        let lines = line::free(&app.db, provider, redo).await?;
        let held = money.iter().filter_map(|stored| stored.match_number);
        let held = held.chain(lines.iter().filter_map(|stored| stored.match_number)).collect();
        let settings = &app.settings.settlement;
        Ok(Self {
            subject: Subject::Payments,
            left: money.iter().map(items::of_till).collect(),
            right: lines.iter().map(|stored| items::of_line(stored, settings)).collect(),
            before: before(app, Subject::Payments, &held).await?,
            barred: barred(app, Subject::Payments).await?,
            payouts: HashMap::new(),
        })
    }

    async fn bank(app: &App, reach: Reach) -> Result<Self, FlowError> {
        let redo = reach == Reach::AllHistory;
        let payouts = payout::free(&app.db, redo).await?;
        let lines = bank::free(&app.db, redo).await?;
        let held = payouts.iter().filter_map(|stored| stored.match_number);
        let held = held.chain(lines.iter().filter_map(|stored| stored.match_number)).collect();
        Ok(Self {
            subject: Subject::Bank,
            left: payouts.iter().map(items::of_payout).collect(),
            right: lines.iter().map(items::of_bank).collect(),
            before: before(app, Subject::Bank, &held).await?,
            barred: barred(app, Subject::Bank).await?,
            payouts: payouts.into_iter().map(|stored| (stored.key(), stored)).collect(),
        })
    }

    /// What the rules match.
    fn proposed(&self, rules: &[Rule]) -> Vec<Proposed> {
        let rules: Vec<Rule> =
            rules.iter().filter(|rule| rule.subject == self.subject).cloned().collect();
        propose(&rules, &self.left, &self.right, &self.barred)
    }

    /// Of what they leave open, how much bears the reference of something in another currency.
    fn across_currencies(&self, found: &[Proposed]) -> usize {
        let taken = |of: fn(&Proposed) -> &[usize]| -> BTreeSet<usize> {
            found.iter().flat_map(|one| of(one).iter().copied()).collect()
        };
        let (left, right) = (taken(|one| &one.left), taken(|one| &one.right));
        across_currencies(open(&self.left, &left), open(&self.right, &right))
    }

    /// What the rules would change, and the numbers of the matches that there are.
    fn compare(&self, found: Vec<Proposed>) -> (WhatIf, BTreeMap<Sides, i64>) {
        let after = found.into_iter().map(|one| self.named(one)).collect();
        let numbers = self.before.iter().map(|stored| (Sides::of(stored), stored.number));
        let numbers = numbers.collect();
        let before = self.before.iter().map(|stored| {
            let Sides { left, right } = Sides::of(stored);
            Match {
                rule: stored.rule.clone(),
                confirmed: stored.state == MatchState::Confirmed,
                left,
                right,
                amount: stored.amount,
                difference: stored.difference,
                currency: stored.currency.clone().unwrap_or_default(),
            }
        });
        (compare(before.collect(), after), numbers)
    }

    fn named(&self, one: Proposed) -> Match {
        let keys = |items: &[Item], places: &[usize]| {
            let mut keys: Vec<String> = places.iter().map(|&at| items[at].key.clone()).collect();
            keys.sort_unstable();
            keys
        };
        Match {
            rule: one.rule,
            confirmed: one.confirmed,
            amount: one.left.iter().map(|&at| self.left[at].amount).sum(),
            left: keys(&self.left, &one.left),
            right: keys(&self.right, &one.right),
            difference: one.difference,
            currency: one
                .left
                .first()
                .map(|&at| self.left[at].currency.clone())
                .unwrap_or_default(),
        }
    }

    async fn carry_out(
        &self,
        app: &App,
        found: Vec<Proposed>,
        version: i64,
        done: &mut Done,
    ) -> Result<(), FlowError> {
        let (found, numbers) = self.compare(found);
        let gone = found.unmatched.iter().chain(&found.changed);
        let gone: Vec<i64> =
            gone.filter_map(|one| numbers.get(&Sides::named(one)).copied()).collect();
        for piece in gone.chunks(BATCH) {
            done.undone += retrying(app, "matches undone", || undo(app, piece)).await?;
        }
        let new: Vec<&Match> = found.changed.iter().chain(&found.matched).collect();
        for piece in new.chunks(BATCH) {
            let written = retrying(app, "matches", || self.write(app, version, piece)).await?;
            done.confirmed += written.confirmed;
            done.suggested += written.suggested;
        }
        Ok(())
    }

    async fn write(&self, app: &App, version: i64, new: &[&Match]) -> Result<Done, FlowError> {
        let (mut done, mut tx) = (Done::default(), app.db.begin().await?);
        for one in new {
            let right: Vec<i64> = one.right.iter().filter_map(|key| key.parse().ok()).collect();
            let state = if one.confirmed { MatchState::Confirmed } else { MatchState::Suggested };
            let row = NewMatch {
                subject: self.subject,
                state,
                rule: one.rule.clone(),
                rule_version: version,
                amount: one.amount,
                difference: one.difference,
                currency: one.currency.clone(),
                parts: Parts { left: one.left.clone(), right },
                made_by: DAYBOOK.to_owned(),
            };
            let number = matches::insert(&mut tx, app.now(), &row).await?;
            if !self.attach(&mut tx, &row.parts, number).await? {
                // Somebody else matched a part of it in between.
                people::release(&mut tx, app.now(), number, state, DAYBOOK, "overtaken").await?;
            } else if one.confirmed {
                people::settle(&mut tx, number).await?;
                done.confirmed += 1;
            } else {
                done.suggested += 1;
            }
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Makes every part belong to the match; false if one of them belongs to another.
    async fn attach(&self, tx: &mut Tx, parts: &Parts, number: i64) -> Result<bool, FlowError> {
        for key in &parts.left {
            let attached = match self.subject {
                Subject::Payments => {
                    let Some((order_id, index)) = split(key) else { return Ok(false) };
                    till::attach(tx, order_id, index, number).await?
                }
                Subject::Bank => match self.payouts.get(key) {
                    Some(stored) => payout::attach(tx, &stored.payout, number).await?,
                    None => false,
                },
            };
            if !attached {
                return Ok(false);
            }
        }
        for &line_number in &parts.right {
            let attached = match self.subject {
                Subject::Payments => line::attach(tx, line_number, number).await?,
                Subject::Bank => bank::attach(tx, line_number, number).await?,
            };
            if !attached {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Those whose places are not taken.
fn open<'a>(items: &'a [Item], taken: &BTreeSet<usize>) -> impl Iterator<Item = &'a Item> {
    items.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, item)| item)
}

/// `11513:0`.
fn split(key: &str) -> Option<(i64, i64)> {
    let (order_id, index) = key.split_once(':')?;
    Some((order_id.parse().ok()?, index.parse().ok()?))
}

async fn undo(app: &App, numbers: &[i64]) -> Result<usize, FlowError> {
    let (mut undone, mut tx) = (0, app.db.begin().await?);
    for &number in numbers {
        for from in [MatchState::Suggested, MatchState::Confirmed] {
            let reason = "the rules see it otherwise now";
            let gone = people::release(&mut tx, app.now(), number, from, DAYBOOK, reason).await?;
            undone += usize::from(gone);
        }
    }
    tx.commit().await?;
    Ok(undone)
}

/// The keys of a match, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sides {
    left: Vec<String>,
    right: Vec<String>,
}

impl Sides {
    fn of(stored: &StoredMatch) -> Self {
        let mut left = stored.parts.left.clone();
        let mut right: Vec<String> = stored.parts.right.iter().map(ToString::to_string).collect();
        left.sort_unstable();
        right.sort_unstable();
        Self { left, right }
    }

    fn named(one: &Match) -> Self {
        Self { left: one.left.clone(), right: one.right.clone() }
    }
}

/// The matches of these numbers.
async fn before(
    app: &App,
    subject: Subject,
    numbers: &BTreeSet<i64>,
) -> Result<Vec<StoredMatch>, FlowError> {
    let mut found = Vec::new();
    if numbers.is_empty() {
        return Ok(found);
    }
    for state in [MatchState::Suggested, MatchState::Confirmed] {
        let all = matches::in_state(&app.db, subject, state).await?;
        found.extend(all.into_iter().filter(|stored| numbers.contains(&stored.number)));
    }
    Ok(found)
}

/// Pairs that a person has undone.
async fn barred(app: &App, subject: Subject) -> Result<Barred, FlowError> {
    let undone = matches::in_state(&app.db, subject, MatchState::Undone).await?;
    let by_people = undone.iter().filter(|stored| stored.decided_by.as_deref() != Some(DAYBOOK));
    let pairs = by_people.flat_map(|stored| {
        let Sides { left, right } = Sides::of(stored);
        left.into_iter().flat_map(move |l| right.clone().into_iter().map(move |r| (l.clone(), r)))
    });
    Ok(pairs.collect())
}
