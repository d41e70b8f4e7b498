//! Matching both sides by rules. Deterministic: order of arrival changes nothing. Every step is a
//! look-up in an index or a search with a bound, so that the work grows with the number of items.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{By, Day, Rule, set::subset};
use crate::Money;

/// Most candidates of which a sum is searched; among more, too many sums fit by chance.
const MOST_CANDIDATES: usize = 40;
/// Most parts of such a sum.
const MOST_PARTS: usize = 6;

/// One thing to be matched, of either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, unique on its side.
    pub key: String,
    /// The provider; empty on a bank's statement.
    pub provider: String,
    /// Its day.
    pub day: Day,
    /// Signed.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// The store, where it is known.
    pub store: Option<i64>,
    /// References, folded.
    pub references: Vec<String>,
}

/// Pairs of keys that a person has undone: no rule matches them again.
pub type Barred = HashSet<(String, String)>;

/// A match that a rule makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The rule.
    pub rule: String,
    /// Places of the left side's items.
    pub left: Vec<usize>,
    /// Places of the right side's items.
    pub right: Vec<usize>,
    /// Left less right.
    pub difference: Money,
    /// Whether the rule confirms it: it may, and there was no other choice.
    pub confirmed: bool,
}

/// Matches `left` with `right` by `rules`. Rules of another subject must have been left out.
pub fn propose(rules: &[Rule], left: &[Item], right: &[Item], barred: &Barred) -> Vec<Proposed> {
    let mut rules: Vec<&Rule> = rules.iter().filter(|rule| rule.enabled).collect();
    rules.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    let mut board = Board { sides: [Side::new(left), Side::new(right)], barred, found: Vec::new() };
    for rule in rules {
        match rule.by {
            By::Reference => board.by_reference(rule),
            By::Amount => board.by_amount(rule),
            By::Total => {
                board.by_total(rule, LEFT);
                board.by_total(rule, RIGHT);
            }
        }
    }
    let [left, right] = board.sides.map(|side| side.places);
    for one in &mut board.found {
        one.left.iter_mut().for_each(|at| *at = left[*at]);
        one.right.iter_mut().for_each(|at| *at = right[*at]);
    }
    board.found
}

/// Items of the left side that bear the reference of one item of the right, in another currency: no
/// rule matches those.
pub fn across_currencies<'a>(
    left: impl Iterator<Item = &'a Item>,
    right: impl Iterator<Item = &'a Item>,
) -> usize {
    let (ours, theirs) = (bearers(left), bearers(right));
    let across = ours.iter().filter_map(|(reference, ours)| {
        let (&[ours], &[theirs]) = (&ours[..], &theirs.get(reference)?[..]) else { return None };
        (ours.currency != theirs.currency).then_some(&ours.key)
    });
    across.collect::<BTreeSet<_>>().len()
}

/// Who bears each reference.
fn bearers<'a>(items: impl Iterator<Item = &'a Item>) -> HashMap<&'a str, Vec<&'a Item>> {
    let mut bearers: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in items {
        for reference in &item.references {
            bearers.entry(reference).or_default().push(item);
        }
    }
    bearers
}

const LEFT: usize = 0;
const RIGHT: usize = 1;

/// Items by day and key, so that ties do not depend on the order in which they came.
struct Side<'a> {
    items: Vec<&'a Item>,
    /// Where each was in the list that was given.
    places: Vec<usize>,
    free: Vec<bool>,
}

impl<'a> Side<'a> {
    fn new(items: &'a [Item]) -> Self {
        let mut places: Vec<usize> = (0..items.len()).collect();
        places.sort_by(|&a, &b| (items[a].day, &items[a].key).cmp(&(items[b].day, &items[b].key)));
        let sorted = places.iter().map(|&at| &items[at]).collect();
        Self { items: sorted, places, free: vec![true; items.len()] }
    }

    fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.items.len()).filter(|&at| self.free[at])
    }

    fn sum(&self, places: &[usize]) -> Money {
        places.iter().map(|&at| self.items[at].amount).sum()
    }
}

struct Board<'a> {
    sides: [Side<'a>; 2],
    barred: &'a Barred,
    found: Vec<Proposed>,
}

impl<'a> Board<'a> {
    fn item(&self, side: usize, at: usize) -> &'a Item {
        self.sides[side].items[at]
    }

    /// Whether the rule may match these two, amounts apart.
    fn may(&self, rule: &Rule, left: usize, right: usize) -> bool {
        let (l, r) = (self.item(LEFT, left), self.item(RIGHT, right));
        l.currency == r.currency
            && rule.provider.as_ref().is_none_or(|provider| *provider == l.provider)
            && rule.days.is_none_or(|days| l.day.after(r.day).abs() <= days)
            && (!rule.same_store || l.store.is_some() && l.store == r.store)
            && (self.barred.is_empty() || !self.barred.contains(&(l.key.clone(), r.key.clone())))
    }

    fn may_all(&self, rule: &Rule, left: &[usize], right: &[usize]) -> bool {
        left.iter().all(|&l| right.iter().all(|&r| self.may(rule, l, r)))
    }

    fn matched(&mut self, rule: &Rule, left: Vec<usize>, right: Vec<usize>, certain: bool) {
        let difference = self.sides[LEFT].sum(&left) - self.sides[RIGHT].sum(&right);
        for (side, places) in [(LEFT, &left), (RIGHT, &right)] {
            for &at in places {
                self.sides[side].free[at] = false;
            }
        }
        let confirmed = rule.confirms && certain;
        self.found.push(Proposed { rule: rule.name.clone(), left, right, difference, confirmed });
    }

    /// Both sides bear the same reference. One that more items bear than the rule may match is no
    /// reference.
    fn by_reference(&mut self, rule: &Rule) {
        type Group = [Vec<usize>; 2];
        let mut groups: BTreeMap<(&str, &str), Group> = BTreeMap::new();
        for side in [LEFT, RIGHT] {
            for at in self.sides[side].free() {
                let item = self.item(side, at);
                for reference in &item.references {
                    let group = groups.entry((&item.currency, reference)).or_default();
                    group[side].push(at);
                }
            }
        }
        let many = usize::try_from(rule.many).unwrap_or(usize::MAX);
        groups.retain(|_, group| group.iter().all(|side| (1..=many).contains(&side.len())));
        for [left, right] in groups.values() {
            self.same_reference(rule, left.clone(), right.clone());
        }
        self.in_parts(rule, &groups);
    }

    /// One that bears several references may be made of parts that bear one of them each.
    fn in_parts(&mut self, rule: &Rule, groups: &BTreeMap<(&str, &str), [Vec<usize>; 2]>) {
        for side in [LEFT, RIGHT] {
            let order: Vec<usize> = self.sides[side].free().collect();
            for one in order {
                let item = self.item(side, one);
                let keys =
                    item.references.iter().map(|text| (item.currency.as_str(), text.as_str()));
                let parts = keys.filter_map(|key| groups.get(&key)).flat_map(|all| &all[1 - side]);
                let parts: BTreeSet<usize> =
                    parts.copied().filter(|&at| self.sides[1 - side].free[at]).collect();
                let parts: Vec<usize> = parts.into_iter().collect();
                let apart = self.sides[1 - side].sum(&parts) - item.amount;
                let (left, right) =
                    if side == LEFT { (vec![one], parts) } else { (parts, vec![one]) };
                let few = i64::try_from(left.len().max(right.len())).unwrap_or(i64::MAX);
                let fits = (2..=rule.many).contains(&few) && !left.is_empty() && !right.is_empty();
                let fits = fits && apart.pence().abs() <= rule.tolerance;
                if fits && self.may_all(rule, &left, &right) {
                    self.matched(rule, left, right, true);
                }
            }
        }
    }

    fn same_reference(&mut self, rule: &Rule, mut left: Vec<usize>, mut right: Vec<usize>) {
        left.retain(|&at| self.sides[LEFT].free[at]);
        right.retain(|&at| self.sides[RIGHT].free[at]);
        // A sale and its return bear the same reference: amounts tell them apart.
        self.pair(rule, &mut left, &mut right, 0);
        if left.is_empty() || right.is_empty() {
            return;
        }
        let difference = self.sides[LEFT].sum(&left) - self.sides[RIGHT].sum(&right);
        let to_one = left.len() == 1 || right.len() == 1;
        let fits = difference.pence().abs() <= rule.tolerance;
        if to_one && fits && self.may_all(rule, &left, &right) {
            self.matched(rule, left, right, true);
        } else {
            self.pair(rule, &mut left, &mut right, rule.tolerance);
        }
    }

    /// Matches one to one what is apart by at most `tolerance`, and takes it out of both lists.
    fn pair(&mut self, rule: &Rule, left: &mut Vec<usize>, right: &mut Vec<usize>, tolerance: i64) {
        right.retain(|&r| {
            let apart =
                |l: usize| (self.item(LEFT, l).amount - self.item(RIGHT, r).amount).pence().abs();
            let places = (0..left.len()).filter(|&place| apart(left[place]) <= tolerance);
            let places = places.filter(|&place| self.may(rule, left[place], r));
            let Some(place) = places.min_by_key(|&place| apart(left[place])) else { return true };
            let l = left.remove(place);
            self.matched(rule, vec![l], vec![r], true);
            false
        });
    }

    /// One to one, of one amount, near in time: the nearest. Where there was a choice, it is not
    /// certain.
    fn by_amount(&mut self, rule: &Rule) {
        let mut shelves = [LEFT, RIGHT].map(|side| {
            let mut all = Shelf::default();
            for at in self.sides[side].free() {
                all.put(rule, self.item(side, at), at);
            }
            all
        });
        let order: Vec<usize> = self.sides[RIGHT].free().collect();
        for right in order {
            let item = self.item(RIGHT, right);
            let allowed = |left: usize| self.may(rule, left, right);
            let Some(left) = shelves[LEFT].nearest(rule, item, allowed) else { continue };
            let chosen = self.item(LEFT, left);
            let only = shelves[LEFT].is_alone(rule, item) && shelves[RIGHT].is_alone(rule, chosen);
            shelves[LEFT].take(rule, chosen, left);
            shelves[RIGHT].take(rule, item, right);
            self.matched(rule, vec![left], vec![right], only);
        }
    }

    /// Several of the side `pool` add up to one of the other: first all of one day, then a few.
    fn by_total(&mut self, rule: &Rule, pool: usize) {
        let ones = 1 - pool;
        let mut days: BTreeMap<Total<'a>, Vec<usize>> = BTreeMap::new();
        for at in self.sides[pool].free() {
            let item = self.item(pool, at);
            days.entry(Total::of(rule, item, item.day)).or_default().push(at);
        }
        let mut sums: HashMap<Total<'a>, Money> =
            days.iter().map(|(key, places)| (*key, self.sides[pool].sum(places))).collect();
        let order: Vec<usize> = self.sides[ones].free().collect();
        for one in order {
            let item = self.item(ones, one);
            let window: Vec<Total<'a>> = near(item.day, rule.days.unwrap_or(0))
                .map(|day| Total::of(rule, item, day))
                .collect();
            let day =
                window.iter().find_map(|key| self.whole_day(rule, pool, one, key, &days, &sums));
            let found = day.map(|places| (places, true)).or_else(|| {
                let places = self.few(rule, pool, one, &window, &days)?;
                Some((places, false))
            });
            let Some((places, whole)) = found else { continue };
            for &at in &places {
                let taken = self.item(pool, at);
                let key = Total::of(rule, taken, taken.day);
                if let Some(all) = days.get_mut(&key) {
                    all.retain(|&other| other != at);
                }
                if let Some(sum) = sums.get_mut(&key) {
                    *sum -= taken.amount;
                }
            }
            let certain = whole && self.sides[pool].sum(&places) == item.amount;
            let (left, right) =
                if pool == LEFT { (places, vec![one]) } else { (vec![one], places) };
            self.matched(rule, left, right, certain);
        }
    }

    fn may_one(&self, rule: &Rule, pool: usize, at: usize, one: usize) -> bool {
        let (left, right) = if pool == LEFT { (at, one) } else { (one, at) };
        self.may(rule, left, right)
    }

    fn whole_day(
        &self,
        rule: &Rule,
        pool: usize,
        one: usize,
        key: &Total<'a>,
        days: &BTreeMap<Total<'a>, Vec<usize>>,
        sums: &HashMap<Total<'a>, Money>,
    ) -> Option<Vec<usize>> {
        let apart = (*sums.get(key)? - self.item(1 - pool, one).amount).pence().abs();
        let places = days.get(key).filter(|places| {
            places.len() > 1 && i64::try_from(places.len()).is_ok_and(|many| many <= rule.many)
        })?;
        let fits = apart <= rule.tolerance;
        let fits = fits && places.iter().all(|&at| self.may_one(rule, pool, at, one));
        fits.then(|| places.clone())
    }

    fn few(
        &self,
        rule: &Rule,
        pool: usize,
        one: usize,
        window: &[Total<'a>],
        days: &BTreeMap<Total<'a>, Vec<usize>>,
    ) -> Option<Vec<usize>> {
        let all = window.iter().filter_map(|key| days.get(key)).flatten().copied();
        let mut places: Vec<usize> = all.take(MOST_CANDIDATES + 1).collect();
        if places.len() > MOST_CANDIDATES {
            return None;
        }
        places.retain(|&at| self.may_one(rule, pool, at, one));
        let pence = |at: usize| self.item(pool, at).amount.pence().abs();
        places.sort_by_key(|&at| (std::cmp::Reverse(pence(at)), at));
        let amounts: Vec<i64> = places.iter().map(|&at| pence(at)).collect();
        let target = self.item(1 - pool, one).amount.pence().abs();
        let most = usize::try_from(rule.many).unwrap_or(usize::MAX).min(MOST_PARTS);
        let chosen = subset(&amounts, target, rule.tolerance, most)?;
        Some(chosen.into_iter().map(|at| places[at]).collect())
    }
}

/// Days from the nearest on: the day itself, the one before, the one after, …
fn near(day: Day, days: i64) -> impl Iterator<Item = Day> {
    let around = (1..=days).flat_map(move |n| [day.plus(-n), day.plus(n)]);
    std::iter::once(day).chain(around)
}

/// What one day's total is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Total<'a> {
    currency: &'a str,
    store: Option<i64>,
    negative: bool,
    day: Day,
}

impl<'a> Total<'a> {
    fn of(rule: &Rule, item: &'a Item, day: Day) -> Self {
        Self {
            currency: &item.currency,
            store: item.store.filter(|_| rule.same_store),
            negative: item.amount.is_negative(),
            day,
        }
    }
}

/// Items by currency, store, amount and day.
#[derive(Default)]
struct Shelf<'a>(HashMap<(&'a str, Option<i64>), BTreeMap<Money, ByDay>>);

/// Places of items, by day.
type ByDay = BTreeSet<(Day, usize)>;

impl<'a> Shelf<'a> {
    fn key(rule: &Rule, item: &'a Item) -> (&'a str, Option<i64>) {
        (&item.currency, item.store.filter(|_| rule.same_store))
    }

    fn put(&mut self, rule: &Rule, item: &'a Item, at: usize) {
        let amounts = self.0.entry(Self::key(rule, item)).or_default();
        amounts.entry(item.amount).or_default().insert((item.day, at));
    }

    fn take(&mut self, rule: &Rule, item: &'a Item, at: usize) {
        let amounts = self.0.get_mut(&Self::key(rule, item));
        if let Some(days) = amounts.and_then(|amounts| amounts.get_mut(&item.amount)) {
            days.remove(&(item.day, at));
        }
    }

    /// The days of every amount that is near enough.
    fn near(&self, rule: &Rule, item: &'a Item) -> impl Iterator<Item = (i64, &ByDay)> {
        let pence = item.amount.pence();
        let range =
            Money::from_pence(pence - rule.tolerance)..=Money::from_pence(pence + rule.tolerance);
        let amounts = self.0.get(&Self::key(rule, item));
        let amounts = amounts.into_iter().flat_map(move |amounts| amounts.range(range.clone()));
        amounts.map(move |(amount, days)| ((amount.pence() - pence).abs(), days))
    }

    fn nearest(&self, rule: &Rule, item: &'a Item, may: impl Fn(usize) -> bool) -> Option<usize> {
        let window = rule.days.unwrap_or(0);
        let within = |day: Day| day.after(item.day).abs() <= window;
        let mut best: Option<(i64, i64, Day, usize)> = None;
        for (apart, days) in self.near(rule, item) {
            let before = days.range(..=(item.day, usize::MAX)).rev();
            let before = before.take_while(|(day, _)| within(*day)).find(|(_, at)| may(*at));
            let after = days.range((item.day.plus(1), 0)..);
            let after = after.take_while(|(day, _)| within(*day)).find(|(_, at)| may(*at));
            for &(day, at) in [before, after].into_iter().flatten() {
                let rank = (apart, day.after(item.day).abs(), day, at);
                best = Some(best.map_or(rank, |best| best.min(rank)));
            }
        }
        best.map(|(_, _, _, at)| at)
    }

    /// Whether at most one item fits.
    fn is_alone(&self, rule: &Rule, item: &'a Item) -> bool {
        let window = rule.days.unwrap_or(0);
        let (from, to) = (item.day.plus(-window), item.day.plus(window));
        let fitting =
            self.near(rule, item).flat_map(|(_, days)| days.range((from, 0)..=(to, usize::MAX)));
        fitting.take(2).count() < 2
    }
}
