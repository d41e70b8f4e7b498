//! From a table to lines of a bank's statement.

use daybook_domain::settlement::BankLine;

use super::{
    BankLayout, FileFault, Placed,
    columns::{Head, Place, Reading, find, settled},
    table::Table,
};

struct Places {
    day: Place,
    amount: [Place; 3],
    currency: Place,
    account: Place,
    reference: Place,
    words: Vec<Place>,
}

impl Places {
    fn of(head: &mut Head<'_>, layout: &BankLayout) -> Self {
        let c = &layout.columns;
        Self {
            day: head.place(c.day.as_ref()),
            amount: [&c.amount, &c.debit, &c.credit].map(|name| head.place(name.as_ref())),
            currency: head.place(c.currency.as_ref()),
            account: head.place(c.account.as_ref()),
            reference: head.place(c.reference.as_ref()),
            words: head.places(&c.words),
        }
    }
}

/// Reads every line, or names everything that does not fit.
pub(super) fn read(table: &Table, layout: &BankLayout) -> Result<Vec<Placed<BankLine>>, FileFault> {
    let (places, rows) = find(table, &layout.name, |head| Places::of(head, layout))?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        let mut reading = Reading::new(row, &layout.style, &mut faults);
        if let Some(line) = line(&mut reading, &places, layout) {
            lines.push(Placed { row: row.number, line });
        }
    }
    settled(lines, &faults)
}

fn line(reading: &mut Reading<'_>, places: &Places, layout: &BankLayout) -> Option<BankLine> {
    let [signed, debit, credit] = &places.amount;
    let amount = reading.signed(signed, debit, credit);
    let when = reading.when(&places.day, &Place::default());
    let currency = reading.currency(&places.currency, layout.currency.as_ref());
    let (Some(amount), Some(when)) = (amount, when) else {
        reading.fault("", "a line needs a date and an amount");
        return None;
    };
    let account = reading.text(&places.account);
    let account =
        if account.is_empty() { layout.account.clone() } else { Some(account.to_owned()) };
    let words = places.words.iter().map(|place| reading.text(place));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some(BankLine {
        account: account.unwrap_or_default(),
        day: when.day,
        amount,
        currency,
        reference: reading.reference(&places.reference).unwrap_or_default(),
        words: words.join(" "),
    })
}
