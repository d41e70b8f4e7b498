//! What is read of OrderWise.

use std::time::Duration;

use daybook_connectors::orderwise::{OddRow, Reading, StockFigure};
use daybook_domain::{
    Reference,
    audit::{AccountState, ErpOrder, Figure, Piece, UnreadRow, is_account},
    exchange::Called,
    reconcile::witness::LedgerDocument,
};

use super::{
    Run,
    parts::Part,
    read::{Page, Read, tried},
};
use crate::{error::FlowError, exchanges};

/// Rows of a long answer that are kept at a time.
const PIECE: usize = 1_000;
/// Days of documents that are asked for at a time.
const STRETCH: u64 = 7;

impl Run<'_> {
    pub(super) async fn erp_page(&self, part: &Part, from: i64) -> Read<Page> {
        let orderwise = &self.sides.orderwise;
        match part {
            Part::ValueList(list) => {
                let Called { outcome, exchanges } = orderwise.value_list(*list).await;
                let piece = |rows| Page::only(Piece::ValueList(*list, rows));
                Called { outcome: outcome.map(piece), exchanges }
            }
            Part::Accounts => {
                let Called { outcome, exchanges } = orderwise.accounts_after(from).await;
                Called { outcome: outcome.map(|all| self.accounts(all)), exchanges }
            }
            Part::Documents => self.documents(from).await,
            Part::Try(purpose) => self.try_export(purpose).await,
            // The others come in one long answer.
            _ => Called {
                outcome: Ok(Page::only(Piece::Documents(Vec::new()))),
                exchanges: Vec::new(),
            },
        }
    }

    /// Only those that stores are mapped to are kept.
    fn accounts(&self, all: Vec<AccountState>) -> Page {
        let next = all.last().map(|last| last.id);
        let stores = &self.snapshot.ours.mapping.stores;
        let is_ours =
            |one: &AccountState| stores.values().any(|store| is_account(one, &store.account));
        Page::new(Piece::Accounts(all.into_iter().filter(is_ours).collect()), next)
    }

    /// Stretch after stretch; `from` counts them.
    async fn documents(&self, from: i64) -> Read<Page> {
        let orderwise = &self.sides.orderwise;
        let limits = &self.snapshot.ours.limits;
        let open = u64::try_from(limits.open).unwrap_or(0);
        let days = u64::try_from(limits.days).unwrap_or(0);
        let span = Duration::from_micros(open) + Duration::from_hours(24 * days);
        let stretch = Duration::from_hours(24 * STRETCH);
        let end = self.begun.began_at.plus(Duration::from_hours(24));
        let back = |stretches: u64| {
            let count = u32::try_from(stretches).unwrap_or(u32::MAX);
            end.minus(stretch.saturating_mul(count))
        };
        let at = u64::try_from(from).unwrap_or(0);
        let (since, until) = (back(at + 1), back(at));
        let Called { outcome, exchanges } =
            orderwise.ledger_documents(orderwise.local(since), orderwise.local(until)).await;
        let is_last = end.since(since) >= span;
        let outcome = outcome.map(|rows| Page {
            unread: unread(&rows.odd),
            piece: Piece::Documents(rows.read.into_iter().map(|row| self.document(row)).collect()),
            next: (!is_last).then_some(from + 1),
        });
        Called { outcome, exchanges }
    }

    fn document(&self, row: LedgerDocument) -> ErpOrder {
        ErpOrder {
            number: row.document.order_number,
            ordered_at: self.sides.orderwise.moment(row.order_date),
            stored_at: row.document.stored_at,
            gross: row.document.gross,
            status: row.document.status,
        }
    }

    /// Runs an export definition for next to nothing, to see whether it runs.
    async fn try_export(&self, purpose: &str) -> Read<Page> {
        let orderwise = &self.sides.orderwise;
        let now = self.app.now();
        // A quiet hour would show no row, and so no column.
        let day_ago = now.minus(Duration::from_hours(24));
        let (outcome, exchanges) = match purpose {
            "order-lookup" => {
                let nothing = Reference { site_id: 0, order_id: 0 };
                let Called { outcome, exchanges } = orderwise.lookup(&nothing).await;
                (outcome.map(|_| Vec::new()), exchanges)
            }
            "order-lines" => {
                let until = now.plus(Duration::from_hours(1));
                let (from, to) = (orderwise.local(day_ago), orderwise.local(until));
                let Called { outcome, exchanges } = orderwise.ledger_lines(from, to).await;
                // A line does not say whose document it is of.
                (outcome.map(|_| Vec::new()), exchanges)
            }
            _ => {
                let Called { outcome, exchanges } = orderwise.despatches(day_ago).await;
                (outcome.map(|rows| unread(&rows.odd)), exchanges)
            }
        };
        let tried = |unread| Page { unread, ..Page::only(Piece::Documents(Vec::new())) };
        Called { outcome: outcome.map(tried), exchanges }
    }

    /// Reads what comes in one long answer, and keeps it piece by piece.
    pub(super) async fn read_stream(
        &mut self,
        part: &Part,
        name: &str,
        purpose: &'static str,
    ) -> Result<(), FlowError> {
        let orderwise = self.sides.orderwise.clone();
        if *part == Part::Variants {
            let reading = orderwise.variants_in_pieces(None).await;
            self.keep_rows(part, (name, purpose), reading, Piece::Variants).await
        } else {
            let reading = orderwise.stock_levels_in_pieces(None).await;
            let figures =
                |rows: Vec<StockFigure>| Piece::Figures(rows.into_iter().map(figure).collect());
            self.keep_rows(part, (name, purpose), reading, figures).await
        }
    }

    async fn keep_rows<T>(
        &mut self,
        part: &Part,
        (name, purpose): (&str, &'static str),
        mut reading: Reading<'_, T>,
        make: impl Fn(Vec<T>) -> Piece,
    ) -> Result<(), FlowError> {
        let mut place = 0;
        loop {
            let Called { outcome, exchanges } = reading.next(PIECE).await;
            exchanges::keep(self.app, None, exchanges.clone()).await?;
            let time = tried(purpose, &exchanges);
            match outcome {
                Ok(rows) => {
                    let next = (!rows.is_empty()).then_some(place + 1);
                    self.keep(name, place, next, make(rows.read)).await?;
                    place += 1;
                    if !rows.odd.is_empty() {
                        let odd = Piece::UnreadRows(purpose.to_owned(), unread(&rows.odd));
                        self.keep(name, place, next, odd).await?;
                        place += 1;
                    }
                    if let Some(time) = time {
                        self.keep(name, place, next, time).await?;
                        place += 1;
                    }
                    if next.is_none() {
                        return Ok(());
                    }
                }
                Err(failure) => return self.give_up(part, name, place, failure).await,
            }
        }
    }
}

fn unread(rows: &[OddRow]) -> Vec<UnreadRow> {
    let ours = rows.iter().filter(|row| row.may_be_ours());
    ours.map(|row| UnreadRow { about: row.about(), what: row.to_string() }).collect()
}

fn figure(row: StockFigure) -> Figure {
    Figure {
        sku: row.sku,
        location_id: row.location_id,
        free: row.free,
        buffer: row.buffer,
        calculated_at: row.calculated_at,
    }
}
