//! An export that is read some rows at a time: that of a large company does not fit into memory.

use bytes::Bytes;
use daybook_domain::{
    class::Failure,
    exchange::{Called, Exchange},
};

use crate::{
    call::{Answer, Effect, Opened, is_json, recorded, text_of, whole},
    classes::class_of_loss,
    elements::{Broken, Elements},
    transport::Lost,
};

use super::{
    exports,
    link::{Link, Plan},
    row::{Fault, Row, Rows, Shape, Sorted},
};

/// Makes something of a row; none where there is nothing in it for us.
pub(super) type Make<'c, T> = Box<dyn Fn(&Row<'_>) -> Result<Option<T>, Fault> + Send + Sync + 'c>;

/// An export whose rows are still on their way. It holds a seat of OrderWise's reads until it is
/// over or given up.
pub struct Reading<'c, T> {
    link: Option<&'c Link>,
    opened: Option<(Opened<'c>, Shape<'c>, Make<'c, T>)>,
    failed: Option<Failure>,
    /// Records that nobody has been given yet.
    exchanges: Vec<Exchange>,
    elements: Elements,
    /// Whether the first byte has come.
    begun: bool,
    sorted: Sorted<T>,
    place: usize,
}

/// Why the rows end before their time.
enum Ended {
    Lost(Lost),
    Failed(Failure),
}

impl From<Broken> for Ended {
    fn from(broken: Broken) -> Self {
        Self::Failed(match broken {
            Broken::NotJson => not_json(),
            Broken::TooLarge => {
                Failure::Drift { path: ".".to_owned(), what: "a row without end".to_owned() }
            }
        })
    }
}

/// What is cut may be whole the next time.
fn not_json() -> Failure {
    Failure::Later { after: None, what: "the answer is not JSON".to_owned() }
}

impl<'c, T> Reading<'c, T> {
    pub(super) const fn failed(failure: Failure) -> Self {
        Self {
            link: None,
            opened: None,
            failed: Some(failure),
            exchanges: Vec::new(),
            elements: Elements::new(),
            begun: false,
            sorted: Sorted::new(),
            place: 0,
        }
    }

    pub(super) async fn begin(
        link: &'c Link,
        plan: &Plan,
        shape: Shape<'c>,
        make: Make<'c, T>,
    ) -> Self {
        let (opened, exchanges) = link.open(plan).await;
        match opened {
            Err(failure) => Self { exchanges, ..Self::failed(failure) },
            Ok(opened) => Self {
                link: Some(link),
                opened: Some((opened, shape, make)),
                failed: None,
                exchanges,
                elements: Elements::new(),
                begun: false,
                sorted: Sorted::new(),
                place: 0,
            },
        }
    }

    /// The next rows, at least `enough` of them unless these are the last; none at the end.
    pub async fn next(&mut self, enough: usize) -> Called<Rows<T>> {
        while self.failed.is_none() && self.sorted.rows.len() < enough && self.opened.is_some() {
            match self.read().await {
                Ok(true) => {}
                Ok(false) => self.close(None),
                Err(Ended::Failed(failure)) => self.close(Some(failure)),
                Err(Ended::Lost(lost)) => self.close(Some(class_of_loss(Effect::Reads, lost))),
            }
        }
        let exchanges = std::mem::take(&mut self.exchanges);
        let outcome = match self.failed.take() {
            Some(failure) => Err(failure),
            None => Ok(std::mem::take(&mut self.sorted.rows)),
        };
        Called { outcome, exchanges }
    }

    /// All rows.
    pub async fn all(mut self) -> Called<Rows<T>> {
        self.next(usize::MAX).await
    }

    /// Reads a chunk; false at the end.
    async fn read(&mut self) -> Result<bool, Ended> {
        let Some((opened, shape, make)) = &mut self.opened else { return Ok(false) };
        let Some(chunk) = opened.chunks.next().await.map_err(Ended::Lost)? else {
            if !self.begun {
                let answer = Answer { status: opened.status, text: "" };
                self.sorted.rows =
                    exports::rows(&answer, *shape, &**make).map_err(Ended::Failed)?;
                return Ok(false);
            }
            if !self.elements.is_whole() {
                return Err(Broken::NotJson.into());
            }
            self.sorted.end().map_err(Ended::Failed)?;
            return Ok(false);
        };
        let mut bytes: &[u8] = &chunk;
        if !self.begun {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
            match bytes.first() {
                None => return Ok(true),
                Some(b'[') => self.begun = true,
                Some(_) => return self.read_other(bytes.to_vec()).await,
            }
        }
        let (sorted, place) = (&mut self.sorted, &mut self.place);
        self.elements.feed(bytes, |element| {
            let json = text_of(element);
            let row = shape.row(&json, *place, &**make);
            // What is cut or garbled is no fault of the contract.
            if row.is_err() && !is_json(&json) {
                return Err(Ended::Failed(not_json()));
            }
            *place += 1;
            sorted.take(row).map_err(Ended::Failed)
        })?;
        Ok(true)
    }

    /// What is no list of rows is small, and says what is wrong.
    async fn read_other(&mut self, beginning: Vec<u8>) -> Result<bool, Ended> {
        let Some((opened, shape, make)) = &mut self.opened else { return Ok(false) };
        let limit = self.link.map_or(0, Link::body_limit);
        let chunks = std::mem::replace(&mut opened.chunks, crate::Chunks::of(Bytes::new()));
        let body = whole(chunks, beginning.into(), limit).await.map_err(Ended::Lost)?;
        let text = text_of(&body);
        let answer = Answer { status: opened.status, text: &text };
        let rows = exports::rows(&answer, *shape, &**make);
        if rows.is_err() {
            opened.exchange.response = Some(recorded(&text));
        }
        self.sorted.rows = rows.map_err(Ended::Failed)?;
        self.begun = true;
        Ok(false)
    }

    /// It is over: its record is finished, its seat is free.
    fn close(&mut self, failure: Option<Failure>) {
        let (Some((opened, ..)), Some(link)) = (self.opened.take(), self.link) else { return };
        let mut exchange = opened.exchange;
        exchange.duration = link.now().since(exchange.started_at);
        if let Some(failure) = failure {
            exchange.class = failure.class();
            self.failed = Some(failure);
            self.sorted = Sorted::new();
        }
        self.exchanges.push(exchange);
    }
}
