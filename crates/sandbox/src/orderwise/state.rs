//! A company's tables with the indexes that its readers need: nothing is ever searched through.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use rand::{SeedableRng, rngs::StdRng};
use rust_decimal::Decimal;

use super::{
    Area, Customer, Document, Given, Purpose, Session, Switches, TaxRate,
    export::{Aliases, Odd},
    fate::Fates,
    stock::At,
    token::Tokens,
    variants::Variants,
};

/// Everything behind the lock.
pub(super) struct State {
    pub(super) switches: Switches,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) tokens: Tokens,
    pub(super) denied: BTreeSet<Area>,
    pub(super) denied_exports: BTreeSet<i64>,
    pub(super) exports: HashMap<i64, Purpose>,
    pub(super) aliases: Aliases,
    pub(super) odd: Odd,
    pub(super) sessions: HashMap<i64, Session>,
    pub(super) tax_rates: BTreeMap<i64, TaxRate>,
    pub(super) names: Names,
    pub(super) customers: Customers,
    pub(super) variants: Variants,
    pub(super) documents: Documents,
    pub(super) fates: Fates,
    /// Figures that went out, where the switch keeps them.
    pub(super) given: Vec<Given>,
    pub(super) rng: StdRng,
    /// The status text of new orders, shared by all that carry it.
    shared_status: Arc<str>,
    /// The same for sales that are handed over at the till.
    shared_completed: Arc<str>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            switches: Switches::default(),
            user: "daybook".to_owned(),
            password: "sandbox".to_owned(),
            tokens: Tokens::new(seed),
            denied: BTreeSet::new(),
            denied_exports: BTreeSet::new(),
            exports: Purpose::ALL.iter().map(|purpose| (purpose.default_id(), *purpose)).collect(),
            aliases: Aliases::default(),
            odd: Odd::default(),
            sessions: HashMap::new(),
            tax_rates: default_tax_rates(),
            names: Names::default(),
            customers: Customers::default(),
            variants: Variants::default(),
            documents: Documents::default(),
            fates: Fates::default(),
            given: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
            shared_status: Arc::from(""),
            shared_completed: Arc::from(""),
        }
    }

    /// Calculates what is due by now, as OrderWise would have done by itself.
    pub(super) fn settle(&mut self, now: i64) {
        let at = self.at(now);
        self.variants.settle(at);
    }

    /// Now, for the stock: the instant, and how many documents are stored.
    pub(super) fn at(&self, now: i64) -> At {
        At { now, documents: self.documents.stored() }
    }

    pub(super) fn new_order_status(&mut self) -> Arc<str> {
        shared(&mut self.shared_status, &self.switches.new_order_status)
    }

    pub(super) fn completed_status(&mut self) -> Arc<str> {
        shared(&mut self.shared_completed, &self.switches.completed_status)
    }
}

fn shared(known: &mut Arc<str>, text: &str) -> Arc<str> {
    if **known != *text {
        *known = Arc::from(text);
    }
    Arc::clone(known)
}

fn default_tax_rates() -> BTreeMap<i64, TaxRate> {
    [(1, "T1", 20), (2, "T5", 5), (3, "T0", 0)]
        .into_iter()
        .map(|(id, code, percent)| {
            (id, TaxRate { id, code: code.to_owned(), percent: Decimal::from(percent) })
        })
        .collect()
}

/// Value lists that are only id and name (facts/orderwise 1.9).
pub(super) struct Names {
    pub(super) currencies: BTreeMap<i64, String>,
    pub(super) stock_locations: BTreeMap<i64, String>,
    pub(super) order_types: BTreeMap<i64, String>,
    pub(super) delivery_methods: BTreeMap<i64, String>,
    /// Delivery methods whose goods left with the shopper.
    pub(super) handed_over: BTreeSet<i64>,
    pub(super) payment_methods: BTreeMap<i64, String>,
    pub(super) price_lists: BTreeMap<i64, String>,
}

impl Default for Names {
    fn default() -> Self {
        let named = |pairs: &[(i64, &str)]| {
            pairs.iter().map(|(id, name)| (*id, (*name).to_owned())).collect()
        };
        Self {
            currencies: named(&[(1, "GBP")]),
            stock_locations: BTreeMap::new(),
            order_types: named(&[
                (1, "Order"),
                (2, "Quote"),
                (3, "Paused"),
                (4, "Credit"),
                (5, "Schedule"),
                (6, "Bulk"),
            ]),
            delivery_methods: BTreeMap::new(),
            handed_over: BTreeSet::new(),
            payment_methods: BTreeMap::new(),
            price_lists: named(&[(1, "Retail")]),
        }
    }
}

/// SQL Server compares text without regard to case and trailing blanks.
pub(super) fn fold(text: &str) -> String {
    text.trim_end().to_lowercase()
}

/// Customer accounts.
#[derive(Default)]
pub(super) struct Customers {
    pub(super) by_id: BTreeMap<i64, Customer>,
    by_account: HashMap<String, i64>,
}

impl Customers {
    pub(super) fn put(&mut self, customer: Customer) {
        self.by_account.insert(fold(&customer.account_number), customer.id);
        self.by_id.insert(customer.id, customer);
    }

    pub(super) fn id_of_account(&self, account: &str) -> Option<i64> {
        self.by_account.get(&fold(account)).copied()
    }

    pub(super) fn next_id(&self) -> i64 {
        self.by_id.keys().next_back().map_or(1, |id| id + 1)
    }
}

/// Sales orders and credits, in the order in which they were stored.
#[derive(Default)]
pub(super) struct Documents {
    all: Vec<Document>,
    by_reference: HashMap<Box<str>, Places>,
    by_date: BTreeSet<(i64, usize)>,
    /// Deleted by hand. Their places stay, because ids follow from them.
    gone: BTreeSet<usize>,
}

/// Nearly every reference has one document: it needs no list.
enum Places {
    One(usize),
    Many(Vec<usize>),
}

impl Places {
    fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Many(places) => places,
        }
    }

    fn push(&mut self, place: usize) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, place]),
            Self::Many(places) => places.push(place),
        }
    }
}

impl Documents {
    pub(super) fn next_id(&self) -> i64 {
        super::FIRST_ORDER_ID.saturating_add(i64::try_from(self.all.len()).unwrap_or(i64::MAX))
    }

    pub(super) fn push(&mut self, document: Document) {
        let place = self.all.len();
        self.by_date.insert((document.order_date, place));
        self.index(&document.number, place);
        if let Some(other) = &document.other_reference {
            self.index(other, place);
        }
        self.all.push(document);
    }

    fn index(&mut self, reference: &str, place: usize) {
        let key = fold(reference).into_boxed_str();
        self.by_reference
            .entry(key)
            .and_modify(|places| places.push(place))
            .or_insert(Places::One(place));
    }

    /// All that are there.
    pub(super) fn all(&self) -> impl Iterator<Item = &Document> {
        let all = self.all.iter().enumerate();
        all.filter(|(place, _)| !self.gone.contains(place)).map(|(_, document)| document)
    }

    /// How many were ever stored.
    pub(super) fn stored(&self) -> usize {
        self.all.len()
    }

    /// How many are there.
    pub(super) fn count(&self) -> usize {
        self.all.len() - self.gone.len()
    }

    fn there(&self, id: i64) -> Option<usize> {
        place_of(id).filter(|place| *place < self.all.len() && !self.gone.contains(place))
    }

    pub(super) fn by_id(&self, id: i64) -> Option<&Document> {
        self.all.get(self.there(id)?)
    }

    pub(super) fn by_id_mut(&mut self, id: i64) -> Option<&mut Document> {
        let place = self.there(id)?;
        self.all.get_mut(place)
    }

    /// Deletes a document; false without it.
    pub(super) fn delete(&mut self, id: i64) -> bool {
        let Some(place) = self.there(id) else { return false };
        if let Some(document) = self.all.get(place) {
            self.by_date.remove(&(document.order_date, place));
        }
        self.gone.insert(place)
    }

    /// Changes whatever of a document, date and references too; false without it.
    pub(super) fn change(&mut self, id: i64, change: impl FnOnce(&mut Document)) -> bool {
        let Some(place) = self.there(id) else { return false };
        let Some(document) = self.all.get_mut(place) else { return false };
        let before = document.order_date;
        change(document);
        let (after, references) = (
            document.order_date,
            [Some(document.number.clone()), document.other_reference.clone()],
        );
        self.by_date.remove(&(before, place));
        self.by_date.insert((after, place));
        for reference in references.into_iter().flatten() {
            let known = self.by_reference.get(fold(&reference).as_str());
            if !known.is_some_and(|places| places.as_slice().contains(&place)) {
                self.index(&reference, place);
            }
        }
        true
    }

    /// Documents with this number or customer reference, first one first.
    pub(super) fn by_reference(&self, reference: &str) -> impl Iterator<Item = &Document> {
        let places = self.by_reference.get(fold(reference).as_str());
        let wanted = fold(reference);
        let there = places.map_or(&[][..], Places::as_slice).iter();
        let there = there.filter(|place| !self.gone.contains(place));
        // An index keeps what a document was once called.
        there.filter_map(|&place| self.all.get(place)).filter(move |document| {
            let other = document.other_reference.as_deref();
            fold(&document.number) == wanted || other.is_some_and(|other| fold(other) == wanted)
        })
    }

    /// The first document with this order number in this session.
    pub(super) fn first_in_session(&self, session: i64, number: &str) -> Option<&Document> {
        let number = number.trim_end();
        self.by_reference(number).find(|document| {
            document.session == session && document.number.trim_end().eq_ignore_ascii_case(number)
        })
    }

    /// Documents with `from <= order date < to` (wall clock).
    pub(super) fn by_date(&self, from: i64, to: i64) -> impl Iterator<Item = &Document> {
        let end = to.max(from);
        self.by_date.range((from, 0)..(end, 0)).map(|&(_, place)| &self.all[place])
    }
}

fn place_of(id: i64) -> Option<usize> {
    usize::try_from(id.checked_sub(super::FIRST_ORDER_ID)?).ok()
}
