//! What is sent: movements of ordinary warehouses, many in one request; absolute values of virtual
//! ones, a request a warehouse.

use std::collections::BTreeMap;

use daybook_connectors::sitoo::{Direction, Element, ITEMS_A_REQUEST, Movement};
use daybook_domain::{exchange::Called, priority::Priority, stock::Kind};
use daybook_store::stock::write::{NewWrite, WriteItem, WriteKind};

use super::{Pass, lines::Line};
use crate::app::App;

/// What Sitoo answered to one element: its id in the journal, where it told one.
pub(super) type Answered = Element<Option<i64>>;

/// One write: a movement, or a batch of absolute values.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) intent: NewWrite,
    pub(super) lines: Vec<Line>,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Movements(Vec<Written>),
    Absolute(Written),
}

impl Request {
    pub(super) fn written(&self) -> &[Written] {
        match self {
            Self::Movements(all) => all,
            Self::Absolute(one) => std::slice::from_ref(one),
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.written().iter().flat_map(|written| &written.lines)
    }

    pub(super) fn intents(&self) -> Vec<NewWrite> {
        self.written().iter().map(|written| written.intent.clone()).collect()
    }

    pub(super) async fn send(&self, app: &App) -> Called<Vec<Answered>> {
        let fast = self.lines().any(|line| line.why.is_fast());
        let client = app.sitoo.at(if fast { Priority::StockFast } else { Priority::Stock });
        match self {
            Self::Movements(all) => {
                let movements: Vec<Movement> = all.iter().map(movement).collect();
                client.move_stock(&movements).await
            }
            Self::Absolute(one) => {
                let levels: Vec<_> =
                    one.lines.iter().map(|line| (line.sku.clone(), line.sum.target)).collect();
                client.set_levels(one.intent.warehouse_id, &levels).await
            }
        }
    }
}

fn movement(written: &Written) -> Movement {
    let lines = written.lines.iter();
    Movement {
        warehouse_id: written.intent.warehouse_id,
        direction: match written.intent.kind {
            WriteKind::Out => Direction::Out,
            WriteKind::In | WriteKind::Absolute => Direction::In,
        },
        external_id: written.intent.external_id.clone(),
        items: lines.map(|line| (line.sku.clone(), line.sum.movement)).collect(),
    }
}

/// Sorts what has to move into requests.
pub(super) fn plan(pass: &Pass<'_>, lines: &[Line], journal_from: i64) -> Vec<Request> {
    let most = pass.app.settings.stock.items_per_request.clamp(1, ITEMS_A_REQUEST);
    let mut movements: BTreeMap<(i64, bool), Vec<Line>> = BTreeMap::new();
    let mut absolute: BTreeMap<i64, Vec<Line>> = BTreeMap::new();
    let mut alone = Vec::new();
    for line in lines.iter().filter(|line| line.moves()) {
        let Some(place) = pass.places.concerned(line.warehouse_id) else { continue };
        let refused = pass.alone.contains(&(line.warehouse_id, line.folded.clone()));
        match place.kind {
            Kind::Virtual => absolute.entry(line.warehouse_id).or_default().push(line.clone()),
            _ if refused => alone.push(vec![line.clone()]),
            _ => movements
                .entry((line.warehouse_id, line.sum.movement.is_negative()))
                .or_default()
                .push(line.clone()),
        }
    }
    let app = pass.app;
    let mut requests = Vec::new();
    let mut open: Vec<Written> = Vec::new();
    let mut items = 0;
    for group in movements.into_values().chain(alone) {
        let mut rest = group;
        while !rest.is_empty() {
            if items == most {
                requests.push(Request::Movements(std::mem::take(&mut open)));
                items = 0;
            }
            let after = rest.split_off(rest.len().min(most - items));
            items += rest.len();
            let kind = match rest.first() {
                Some(line) if line.sum.movement.is_negative() => WriteKind::Out,
                _ => WriteKind::In,
            };
            open.push(written(app, kind, rest, journal_from));
            rest = after;
        }
    }
    if !open.is_empty() {
        requests.push(Request::Movements(open));
    }
    for lines in absolute.into_values() {
        for lines in lines.chunks(most) {
            let one = written(app, WriteKind::Absolute, lines.to_vec(), journal_from);
            requests.push(Request::Absolute(one));
        }
    }
    requests
}

fn written(app: &App, kind: WriteKind, lines: Vec<Line>, journal_from: i64) -> Written {
    let item = |line: &Line| WriteItem {
        sku: line.sku.clone(),
        folded: line.folded.clone(),
        quantity: match kind {
            WriteKind::Absolute => line.sum.target,
            WriteKind::In | WriteKind::Out => line.sum.movement,
        },
    };
    let intent = NewWrite {
        // Sitoo takes 40 letters, digits, `_` and `-` (facts/sitoo 2.2).
        external_id: format!("db-{}", app.ids.uuid().simple()),
        warehouse_id: lines.first().map_or(0, |line| line.warehouse_id),
        kind,
        items: lines.iter().map(item).collect(),
        journal_from,
    };
    Written { intent, lines }
}
