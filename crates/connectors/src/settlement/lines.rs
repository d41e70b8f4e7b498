//! From a table to lines of a settlement report.

use std::collections::BTreeMap;

use daybook_domain::{
    Money,
    settlement::{Day, LineKind, SettlementLine, fold},
};

use super::{
    Amounts, Columns, FileFault, IGNORE, Layout, Placed,
    cells::short,
    columns::{Head, Place, Reading, find, settled},
    table::Table,
};

/// Where the columns are.
struct Places {
    kind: Place,
    gross: [Place; 3],
    fee: Vec<Place>,
    net: [Place; 3],
    currency: Place,
    net_currency: Place,
    payout: Place,
    payout_day: Place,
    account: Place,
    references: Vec<Place>,
    at: Place,
    zone: Place,
    store: Place,
    id: Place,
}

impl Places {
    fn of(head: &mut Head<'_>, columns: &Columns) -> Self {
        let c = columns;
        Self {
            kind: head.place(c.kind.as_ref()),
            gross: [&c.gross, &c.gross_debit, &c.gross_credit]
                .map(|name| head.place(name.as_ref())),
            fee: head.places(&c.fee),
            net: [&c.net, &c.net_debit, &c.net_credit].map(|name| head.place(name.as_ref())),
            currency: head.place(c.currency.as_ref()),
            net_currency: head.place(c.net_currency.as_ref()),
            payout: head.place(c.payout.as_ref()),
            payout_day: head.place(c.payout_day.as_ref()),
            account: head.place(c.account.as_ref()),
            references: head.places(&c.references),
            at: head.place(c.at.as_ref()),
            zone: head.place(c.zone.as_ref()),
            store: head.place(c.store.as_ref()),
            id: head.place(c.id.as_ref()),
        }
    }
}

/// Reads every line, or names everything that does not fit.
pub(super) fn read(
    provider: &str,
    table: &Table,
    layout: &Layout,
) -> Result<Vec<Placed<SettlementLine>>, FileFault> {
    let (places, rows) = find(table, &layout.name, |head| Places::of(head, &layout.columns))?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        let mut reading = Reading::new(row, &layout.style, &mut faults);
        if let Some(line) = line(provider, &mut reading, &places, layout) {
            lines.push(Placed { row: row.number, line });
        }
    }
    paid_on(&mut lines);
    settled(lines, &faults)
}

/// What a line is.
enum Kind {
    /// As its word says.
    Named(LineKind),
    /// No column tells: the sign of its amount does.
    BySign,
    /// No money, or a word that is wrong.
    None,
}

fn kind(reading: &mut Reading<'_>, places: &Places, layout: &Layout) -> Kind {
    let Some(heading) = &layout.columns.kind else { return Kind::BySign };
    let word = reading.text(&places.kind);
    match layout.kinds.get(&fold(word)).map(String::as_str) {
        Some(IGNORE) => Kind::None,
        Some(known) => known.parse().map_or(Kind::None, Kind::Named),
        None => {
            let what = format!(
                "'{}' is a kind of line that nobody has explained yet; add it to `kinds` of the \
                 provider",
                short(word)
            );
            reading.fault(heading, &what);
            Kind::None
        }
    }
}

fn line(
    provider: &str,
    reading: &mut Reading<'_>,
    places: &Places,
    layout: &Layout,
) -> Option<SettlementLine> {
    let named = match kind(reading, places, layout) {
        Kind::Named(kind) => Some(kind),
        Kind::BySign => None,
        Kind::None => return None,
    };
    let [gross, net] = [&places.gross, &places.net]
        .map(|[signed, debit, credit]| reading.signed(signed, debit, credit));
    let fees: Vec<Option<Money>> = places.fee.iter().map(|fee| reading.amount(fee)).collect();
    let fee = fees.iter().any(Option::is_some).then(|| fees.into_iter().flatten().sum());
    let net_currency = net_currency(reading, places, layout);
    let currency = if reading.text(&places.currency).is_empty() && !net_currency.is_empty() {
        net_currency.clone()
    } else {
        reading.currency(&places.currency, layout.currency.as_ref())
    };
    let sign = gross.or(net).unwrap_or_default();
    let by_sign = if sign.is_negative() { LineKind::Refund } else { LineKind::Payment };
    let kind = named.unwrap_or(by_sign);
    let told = Told { kind, gross, fee, net, one_currency: currency == net_currency };
    let sums = match told.sums(layout.style.amounts) {
        Ok(sums) => sums,
        Err(what) => {
            reading.fault("", &what);
            return None;
        }
    };
    let happened = reading.when(&places.at, &places.zone);
    let paid = reading.when(&places.payout_day, &Place::default());
    let Some(day) = happened.or(paid).map(|when| when.day) else {
        reading.fault("", "there is no date");
        return None;
    };
    let references = places.references.iter().filter_map(|place| reading.reference(place));
    let mut references: Vec<String> = references.collect();
    references.dedup();
    Some(SettlementLine {
        provider: provider.to_owned(),
        account: reading.text(&places.account).to_owned(),
        payout: reading.text(&places.payout).to_owned(),
        kind,
        gross: sums.gross,
        fee: sums.fee,
        net: sums.net,
        currency,
        net_currency,
        references,
        happened_at: happened.and_then(|when| when.at),
        day,
        payout_day: paid.map(|when| when.day),
        store: reading.some(&places.store),
        id: reading.reference(&places.id),
    })
}

/// The currency of what is paid out; that of the gross amount where no column tells.
fn net_currency(reading: &mut Reading<'_>, places: &Places, layout: &Layout) -> String {
    let place = match &layout.columns.net_currency {
        Some(_) if !reading.text(&places.net_currency).is_empty() => &places.net_currency,
        _ => &places.currency,
    };
    reading.currency(place, layout.currency.as_ref())
}

/// What a line tells of its amounts.
struct Told {
    kind: LineKind,
    gross: Option<Money>,
    fee: Option<Money>,
    net: Option<Money>,
    one_currency: bool,
}

struct Sums {
    gross: Money,
    fee: Money,
    net: Money,
}

impl Told {
    /// All three amounts, of which one may be missing.
    fn sums(mut self, amounts: Amounts) -> Result<Sums, String> {
        let out = matches!(self.kind, LineKind::Refund | LineKind::Chargeback | LineKind::Payout);
        match amounts {
            Amounts::ByKind if out => {
                self.gross = self.gross.map(|amount| -amount.abs());
                self.net = self.net.map(|amount| -amount.abs());
            }
            Amounts::Signed if out && self.gross.or(self.net).is_some_and(|a| a.pence() > 0) => {
                return Err(format!(
                    "a {} adds money; if the report writes no signs, set amounts = \"by-kind\"",
                    self.kind
                ));
            }
            Amounts::ByKind | Amounts::Signed => {}
        }
        match self.kind {
            LineKind::Payout => {
                let paid = self.net.or(self.gross).ok_or_else(nothing)?;
                Ok(Sums { gross: paid, fee: Money::ZERO, net: paid })
            }
            LineKind::Fee if self.gross.is_none_or(Money::is_zero) => {
                let net = self.net.or(self.fee.map(|fee| -fee)).ok_or_else(nothing)?;
                Ok(Sums { gross: Money::ZERO, fee: -net, net })
            }
            _ => self.usual(),
        }
    }

    fn usual(self) -> Result<Sums, String> {
        if !self.one_currency {
            let (Some(gross), Some(net)) = (self.gross, self.net) else { return Err(nothing()) };
            return Ok(Sums { gross, fee: self.fee.unwrap_or_default(), net });
        }
        match (self.gross, self.fee, self.net) {
            (Some(gross), Some(fee), Some(net)) if gross - fee != net => {
                Err(format!("gross {gross} less fee {fee} is not net {net}"))
            }
            (Some(gross), _, Some(net)) => Ok(Sums { gross, fee: gross - net, net }),
            (Some(gross), fee, None) => {
                let fee = fee.unwrap_or_default();
                Ok(Sums { gross, fee, net: gross - fee })
            }
            (None, fee, Some(net)) => {
                let fee = fee.unwrap_or_default();
                Ok(Sums { gross: net + fee, fee, net })
            }
            (None, _, None) => Err(nothing()),
        }
    }
}

fn nothing() -> String {
    "there is no amount".to_owned()
}

/// Where the report has a line for the payout itself, that line's day is when all of it was paid.
fn paid_on(lines: &mut [Placed<SettlementLine>]) {
    let paid = lines.iter().map(|placed| &placed.line);
    let paid = paid.filter(|line| line.kind == LineKind::Payout && !line.payout.is_empty());
    let days: BTreeMap<String, Day> =
        paid.map(|line| (line.payout.clone(), line.settled_on())).collect();
    for placed in lines {
        let line = &mut placed.line;
        line.payout_day = line.payout_day.or_else(|| days.get(&line.payout).copied());
    }
}
