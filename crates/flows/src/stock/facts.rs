//! What a sum looks at besides the level: OrderWise's figures, what is in flight, buffers, what is
//! in doubt.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use daybook_domain::{
    Quantity, Timestamp,
    stock::{BufferRules, Certainty, Figures, Why, certainty},
};
use daybook_store::{
    stock::{
        due::NewDue,
        figure::{self, Key},
        write,
    },
    till_movement::{self, MovementRow},
};

use super::{
    figures::{self, Unread},
    image::Image,
    people,
    places::Places,
};
use crate::{app::App, error::FlowError};

/// Rows in flight read in one go.
const PIECE: usize = 10_000;
/// When a sale is looked at again whose figure cannot be read.
const LATER: Duration = Duration::from_hours(1);

/// Sold, and not for certain inside OrderWise's figure.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight {
    pub(super) quantity: Quantity,
    /// What of it is very likely inside OrderWise's figure.
    pub(super) likely: Quantity,
    /// References of the sales.
    pub(super) orders: BTreeSet<String>,
}

/// What is known about SKUs at stock locations, by location and folded SKU of OrderWise.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) figures: Image,
    in_flight: HashMap<Key, InFlight>,
    pub(super) rules: BufferRules,
    /// SKUs in warehouses that are part of a write whose outcome is not known.
    blocked: HashSet<Key>,
    /// SKUs at locations whose latest figure cannot be read.
    unread: Unread,
    /// Rows that the figures contain for certain: order, row, warehouse.
    pub(super) settled: Vec<(i64, i64, i64)>,
    /// What is worth looking at again at a certain moment.
    pub(super) again: Vec<NewDue>,
}

impl Facts {
    /// Everything about these SKUs.
    pub(super) async fn of_keys(
        app: &App,
        places: &Places,
        keys: &[Key],
    ) -> Result<Self, FlowError> {
        let figures = Image::of_rows(figure::of_keys(&app.db, keys).await?);
        let skus: BTreeSet<String> =
            keys.iter().flat_map(|(_, folded)| places.at_tills(folded)).collect();
        let skus: Vec<String> = skus.into_iter().collect();
        let rows = till_movement::of_skus(&app.db, &skus).await?;
        let mut facts = Self::with(app, figures).await?;
        facts.judge(app, places, &rows).await?;
        Ok(facts)
    }

    /// Everything about a whole location, whose figures are read of the book unless they are given.
    pub(super) async fn of_location(
        app: &App,
        places: &Places,
        location_id: i64,
        figures: Option<Image>,
    ) -> Result<Self, FlowError> {
        let figures = match figures {
            Some(figures) => figures,
            None => Image::of_rows(figure::of_location(&app.db, location_id).await?),
        };
        let mut facts = Self::with(app, figures).await?;
        let mut after = 0;
        loop {
            // A page may end in the middle of an order: it is read again, and counted once.
            let mut rows = till_movement::list(&app.db, after, PIECE).await?;
            let is_last = rows.len() < PIECE;
            let Some(last) = rows.last().map(|row| row.order_id) else { return Ok(facts) };
            if !is_last && rows.first().is_some_and(|first| first.order_id != last) {
                rows.retain(|row| row.order_id != last);
            }
            after = rows.last().map_or(last, |row| row.order_id);
            rows.retain(|row| places.location_of(row.warehouse_id) == Some(location_id));
            facts.judge(app, places, &rows).await?;
            if is_last {
                return Ok(facts);
            }
        }
    }

    async fn with(app: &App, figures: Image) -> Result<Self, FlowError> {
        let open = write::open(&app.db).await?;
        let blocked = open.into_iter().flat_map(|open| {
            let warehouse_id = open.write.warehouse_id;
            open.write.items.into_iter().map(move |item| (warehouse_id, item.folded))
        });
        Ok(Self {
            figures,
            rules: people::rules(app).await?,
            blocked: blocked.collect(),
            unread: Unread::open(app).await?,
            ..Self::default()
        })
    }

    /// Sorts sold rows into those that the figures contain and those in flight.
    async fn judge(
        &mut self,
        app: &App,
        places: &Places,
        rows: &[MovementRow],
    ) -> Result<(), FlowError> {
        let Some(read_at) = figures::read_at(app).await? else { return Ok(()) };
        for row in rows {
            let Some(location) = places.location_of(row.warehouse_id) else { continue };
            let key = (location, places.in_orderwise(&row.folded));
            match self.certainty(app, &key, row, read_at) {
                Certainty::Contained => {
                    self.settled.push((row.order_id, row.row, row.warehouse_id));
                }
                found @ (Certainty::Likely { .. } | Certainty::InFlight { .. }) => {
                    let again = match found {
                        Certainty::Likely { again } => Some(again),
                        Certainty::InFlight { again } => again,
                        Certainty::Contained => None,
                    };
                    let place = places.at(location);
                    if let (Some(due_at), Some(place)) = (again, place) {
                        self.again.push(NewDue {
                            warehouse_id: place.warehouse_id,
                            folded: key.1.clone(),
                            why: Why::Certain,
                            due_at,
                        });
                    }
                    let in_flight = self.in_flight.entry(key).or_default();
                    in_flight.quantity += row.quantity;
                    if matches!(found, Certainty::Likely { .. }) {
                        in_flight.likely += row.quantity;
                    }
                    in_flight.orders.insert(row.reference.clone());
                }
            }
        }
        Ok(())
    }

    fn certainty(&self, app: &App, key: &Key, row: &MovementRow, read_at: Timestamp) -> Certainty {
        let margins = app.settings.stock.margins();
        // What OrderWise has no figure of is told to no till: it matters only until it is posted
        // long enough that a first figure would contain it.
        let Some(figure) = self.figures.get(key.0, &key.1) else {
            let posted_at = row.standing.posted_at.filter(|_| row.standing.state.is_in_ledger());
            let old = posted_at.is_some_and(|at| read_at.since(at) > margins.dismissed);
            return if old { Certainty::Contained } else { Certainty::InFlight { again: None } };
        };
        let (calculated_at, seen_at) = (figure.calculated_at, figure.seen_at);
        if !self.unread.may_be(key) {
            let figures = Figures { calculated_at, seen_at, read_at };
            return certainty(&row.standing, &figures, &margins);
        }
        // There may be a newer figure that cannot be read: that time passes makes nothing certain.
        let figures = Figures { calculated_at, seen_at, read_at: seen_at };
        match certainty(&row.standing, &figures, &margins) {
            Certainty::Likely { .. } => Certainty::Likely { again: app.now().plus(LATER) },
            Certainty::InFlight { .. } => Certainty::InFlight { again: None },
            Certainty::Contained => Certainty::Contained,
        }
    }

    /// Sold, it seems, in an order that Sitoo does not show yet.
    pub(super) fn add_unexplained(&mut self, location: i64, folded: &str, quantity: Quantity) {
        let in_flight = self.in_flight.entry((location, folded.to_owned())).or_default();
        in_flight.quantity += quantity;
        in_flight.likely += quantity;
        in_flight.orders.insert("an order that Sitoo does not show yet".to_owned());
    }

    /// What is in flight of a SKU at a location.
    pub(super) fn in_flight(&self, location: i64, folded: &str) -> Option<&InFlight> {
        if self.in_flight.is_empty() {
            return None;
        }
        self.in_flight.get(&(location, folded.to_owned()))
    }

    /// Whether nobody knows what the last write about a SKU in a warehouse came to.
    pub(super) fn is_blocked(&self, warehouse_id: i64, folded: &str) -> bool {
        !self.blocked.is_empty() && self.blocked.contains(&(warehouse_id, folded.to_owned()))
    }
}
