//! Reads a part to its end. What another try may mend is tried again, and then ends the audit, which
//! goes on later; what it would not mend is kept as a trouble, and the other parts are read.

use std::time::Duration;

use daybook_domain::{
    audit::{Piece, Tried, Trouble, UnreadRow},
    class::Failure,
    exchange::{Called, Exchange, System},
};

use super::{At, Run, parts::Part};
use crate::{error::FlowError, exchanges};

/// Times that a read is tried.
const TRIES: u32 = 4;
/// Pause before the second try where the peer asked for none; it doubles.
const PAUSE: Duration = Duration::from_secs(2);
/// No pause is longer.
const LONGEST: Duration = Duration::from_mins(2);

/// A page: what it told, and where the next begins.
pub(super) struct Page {
    pub(super) piece: Piece,
    pub(super) next: Option<i64>,
    /// Rows of it that cannot be read.
    pub(super) unread: Vec<UnreadRow>,
}

impl Page {
    /// A page of which everything could be read.
    pub(super) const fn new(piece: Piece, next: Option<i64>) -> Self {
        Self { piece, next, unread: Vec::new() }
    }

    /// The only page of a part.
    pub(super) const fn only(piece: Piece) -> Self {
        Self::new(piece, None)
    }
}

/// How a read ended.
pub(super) type Read<T> = Called<T>;

impl Run<'_> {
    /// Reads a part from where it stands.
    pub(super) async fn read(&mut self, part: &Part, at: Option<At>) -> Result<(), FlowError> {
        let name = part.name();
        let (mut place, mut from) = match at {
            None => (0, 0),
            Some(At { next: None, .. }) => return Ok(()),
            Some(At { place, next: Some(from) }) => (place + 1, from),
        };
        if let Some(purpose) = streamed(part) {
            return self.read_stream(part, &name, purpose).await;
        }
        loop {
            let Some((page, exchanges)) = self.try_page(part, &name, from, place).await? else {
                return Ok(());
            };
            let next = page.next;
            if let Some(purpose) = export(part)
                && !page.unread.is_empty()
            {
                // Before the page: an audit that is interrupted here reads it again.
                let unread = Piece::UnreadRows(purpose.to_owned(), page.unread);
                self.keep(&name, place, Some(from), unread).await?;
                place += 1;
            }
            self.keep(&name, place, next, page.piece).await?;
            place += 1;
            if let Some(purpose) = export(part)
                && let Some(tried) = tried(purpose, &exchanges)
                && from == 0
            {
                self.keep(&name, place, next, tried).await?;
                place += 1;
            }
            match next {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    /// A page; none where the part is given up, which is written down.
    async fn try_page(
        &mut self,
        part: &Part,
        name: &str,
        from: i64,
        place: i64,
    ) -> Result<Option<(Page, Vec<Exchange>)>, FlowError> {
        let mut tries = 1;
        loop {
            let Called { outcome, exchanges } = self.page(part, from).await;
            exchanges::keep(self.app, None, exchanges.clone()).await?;
            match outcome {
                Ok(page) => return Ok(Some((page, exchanges))),
                Err(failure) if tries < TRIES && is_passing(&failure) => {
                    self.pause(&failure, tries).await?;
                    tries += 1;
                }
                Err(failure) => {
                    self.give_up(part, name, place, failure).await?;
                    return Ok(None);
                }
            }
        }
    }

    async fn pause(&self, failure: &Failure, tries: u32) -> Result<(), FlowError> {
        super::hold(self.app).await?;
        let asked = match failure {
            Failure::Later { after, .. } => *after,
            _ => None,
        };
        let pause = asked.unwrap_or(PAUSE * 2_u32.pow(tries)).min(LONGEST);
        self.app.clock.sleep(pause).await;
        Ok(())
    }

    /// Writes a trouble down, or ends the audit where it is nobody's but the line's.
    pub(super) async fn give_up(
        &mut self,
        part: &Part,
        name: &str,
        place: i64,
        failure: Failure,
    ) -> Result<(), FlowError> {
        let system = system(part);
        let wrong_password = matches!(failure, Failure::NotAuthorised { status: 401, .. });
        if is_passing(&failure) || wrong_password {
            return Err(match system {
                System::Sitoo => FlowError::Sitoo(failure),
                System::Orderwise => FlowError::Orderwise(failure),
            });
        }
        let trouble = Trouble {
            system,
            part: name.to_owned(),
            export: export(part).map(str::to_owned),
            class: failure.class(),
            what: failure.to_string(),
        };
        self.keep(name, place, None, Piece::Trouble(trouble)).await
    }

    async fn page(&self, part: &Part, from: i64) -> Read<Page> {
        match system(part) {
            System::Sitoo => Box::pin(self.till_page(part, from)).await,
            System::Orderwise => Box::pin(self.erp_page(part, from)).await,
        }
    }
}

/// Whether another try may mend it.
pub(super) const fn is_passing(failure: &Failure) -> bool {
    matches!(failure, Failure::Later { .. } | Failure::InDoubt { .. })
}

/// How long an export definition took.
pub(super) fn tried(purpose: &str, exchanges: &[Exchange]) -> Option<Piece> {
    let exchange = exchanges.iter().rev().find(|one| one.purpose == purpose)?;
    let millis = u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX);
    Some(Piece::Tried(Tried { purpose: purpose.to_owned(), millis }))
}

const fn system(part: &Part) -> System {
    match part {
        Part::ValueList(_)
        | Part::Accounts
        | Part::Variants
        | Part::Figures
        | Part::Documents
        | Part::Try(_) => System::Orderwise,
        _ => System::Sitoo,
    }
}

const fn streamed(part: &Part) -> Option<&'static str> {
    match part {
        Part::Variants => Some("variants"),
        Part::Figures => Some("stock-levels"),
        _ => None,
    }
}

/// The export definition behind a part.
const fn export(part: &Part) -> Option<&'static str> {
    match part {
        Part::Documents => Some("order-totals"),
        Part::Try(purpose) => Some(purpose),
        other => streamed(other),
    }
}
