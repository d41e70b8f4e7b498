//! From a delivery of OrderWise to a delivery in Sitoo: which rows, how many pieces.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::told::SentLine;
use crate::{
    Quantity,
    draft::{Draft, LineOrigin},
    sku::same,
    supply::DeliveredItem,
    till::{TillOrder, TillRow},
};

/// A line of the document, as it was posted, and the till row that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedLine {
    /// `itemNumber`.
    pub number: i64,
    /// `orderitemid`.
    pub row: i64,
    /// OrderWise's code.
    pub variant_code: String,
    /// How much.
    pub quantity: Quantity,
    /// Whether OrderWise sends it; otherwise it left at the till.
    pub to_come: bool,
}

/// The lines of `draft` that till rows stand behind.
pub fn posted_lines(draft: &Draft) -> Vec<PostedLine> {
    let lines = draft.lines.iter().filter_map(|line| {
        let LineOrigin::Row(row) = line.origin else { return None };
        Some(PostedLine {
            number: line.number,
            row,
            variant_code: line.variant_code.clone(),
            quantity: line.quantity,
            to_come: line.to_come,
        })
    });
    lines.collect()
}

/// What a delivery of OrderWise is for Sitoo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is delivered, by row.
    pub items: Vec<DeliveredItem>,
    /// What cannot be.
    pub troubles: Vec<Trouble>,
}

/// A line that cannot be delivered in Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// OrderWise's code.
    pub sku: String,
    /// How much of it.
    pub quantity: Quantity,
    /// Why.
    pub why: Why,
}

/// Why a line cannot be delivered in Sitoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No line of the document has this code: a kit's component, a replacement.
    NotOrdered,
    /// So much of it is not to come any more.
    BeyondOrder,
    /// It is no whole number of pieces, and Sitoo delivers whole pieces.
    NotWhole,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sku, quantity, why } = self;
        match why {
            Why::NotOrdered => write!(f, "{quantity} of '{sku}', which the order lacks"),
            Why::BeyondOrder => write!(f, "{quantity} of '{sku}' beyond what is to come"),
            Why::NotWhole => write!(f, "{quantity} of '{sku}', which is no number of pieces"),
        }
    }
}

/// Matches the lines of one delivery to the till's rows.
///
/// `left` holds what Sitoo still has to come, in pieces by row; nothing beyond it is delivered. A
/// line goes by its number where number and code agree, else by its code: to rows to come, in order.
/// What left at the till is passed over: OrderWise may well book it out like everything else.
pub fn plan(
    sent: &[SentLine],
    posted: &[PostedLine],
    order: &TillOrder,
    left: &BTreeMap<i64, i64>,
) -> Plan {
    let mut sheet = Sheet { order, left: left.clone(), items: BTreeMap::new() };
    let mut troubles = Vec::new();
    for line in sent.iter().filter(|line| !line.quantity.is_zero()) {
        if let Err((quantity, why)) = sheet.place(line, posted) {
            troubles.push(Trouble { sku: line.sku.clone(), quantity, why });
        }
    }
    let items = sheet.items.into_iter().map(|(row, pieces)| DeliveredItem { row, pieces });
    Plan { items: items.collect(), troubles }
}

struct Sheet<'a> {
    order: &'a TillOrder,
    left: BTreeMap<i64, i64>,
    items: BTreeMap<i64, i64>,
}

impl Sheet<'_> {
    fn place(&mut self, line: &SentLine, posted: &[PostedLine]) -> Result<(), (Quantity, Why)> {
        let is_it = |it: &&PostedLine| same(&it.variant_code, &line.sku);
        let by_number = posted.iter().filter(is_it).find(|it| Some(it.number) == line.number);
        if by_number.is_some_and(|it| !it.to_come) {
            return Ok(());
        }
        let mut rest = line.quantity;
        // The line itself first, then others of the same code: numbers may differ between systems.
        let others = posted.iter().filter(is_it).filter(|it| it.to_come);
        let rows: Vec<i64> = by_number.into_iter().chain(others).map(|it| it.row).collect();
        if rows.is_empty() {
            let left_at_the_till = posted.iter().any(|it| is_it(&it));
            return if left_at_the_till { Ok(()) } else { Err((rest, Why::NotOrdered)) };
        }
        for row in rows {
            self.take(row, &mut rest)?;
        }
        if rest.is_zero() { Ok(()) } else { Err((rest, Why::BeyondOrder)) }
    }

    /// Takes of a row what it still has to come.
    fn take(&mut self, row: i64, rest: &mut Quantity) -> Result<(), (Quantity, Why)> {
        let (Some(left), Some(item)) = (
            self.left.get_mut(&row).filter(|left| **left > 0),
            self.order.rows.iter().find(|item| item.index == row),
        ) else {
            return Ok(());
        };
        let piece = piece_of(item);
        if piece <= 0 || rest.is_negative() {
            return Ok(());
        }
        let wanted = rest.thousandths() / piece;
        if wanted <= *left && rest.thousandths() % piece != 0 {
            return Err((*rest, Why::NotWhole));
        }
        let taken = wanted.min(*left);
        if taken > 0 {
            *left -= taken;
            *rest = *rest - Quantity::from_thousandths(taken * piece);
            *self.items.entry(row).or_insert(0) += taken;
        }
        Ok(())
    }
}

/// Thousandths in one piece of a row.
fn piece_of(row: &TillRow) -> i64 {
    let pieces = row.pieces.filter(|pieces| *pieces > 0);
    pieces.map_or(1_000, |pieces| row.quantity.thousandths() / pieces)
}

#[cfg(test)]
mod tests {
    use super::{Plan, PostedLine, SentLine, Trouble, Why, plan};
    use crate::{
        Quantity,
        fixtures::{order, row},
        supply::DeliveredItem,
        till::TillOrder,
    };

    fn basket() -> TillOrder {
        order(1, vec![row(0, "COAT-M", 1, 9_999), row(1, "SOCKS", 3, 1_000), row(2, "socks", 1, 1)])
    }

    fn line(number: i64, row: i64, code: &str, units: i64, to_come: bool) -> PostedLine {
        let variant_code = code.to_owned();
        PostedLine { number, row, variant_code, quantity: Quantity::from_units(units), to_come }
    }

    /// One pair of socks left at the till, two and one are to come.
    fn posted() -> Vec<PostedLine> {
        vec![
            line(1, 0, "COAT-M", 1, true),
            line(2, 1, "SOCKS", 1, false),
            line(3, 1, "SOCKS", 2, true),
            line(4, 2, "SOCKS", 1, true),
        ]
    }

    fn sent(number: Option<i64>, sku: &str, thousandths: i64) -> SentLine {
        let quantity = Quantity::from_thousandths(thousandths);
        SentLine { number, sku: sku.to_owned(), quantity }
    }

    fn planned(lines: &[SentLine]) -> Plan {
        plan(lines, &posted(), &basket(), &[(0, 1), (1, 2), (2, 1)].into())
    }

    fn items(all: &[(i64, i64)]) -> Vec<DeliveredItem> {
        all.iter().map(|&(row, pieces)| DeliveredItem { row, pieces }).collect()
    }

    #[test]
    fn by_number_else_by_code() {
        for (lines, rows) in [
            (vec![sent(Some(4), "SOCKS", 1_000)], &[(2, 1)][..]),
            (vec![sent(None, "socks ", 1_000)], &[(1, 1)]),
            (vec![sent(Some(1), "SOCKS", 3_000)], &[(1, 2), (2, 1)]),
            (
                vec![sent(Some(3), "SOCKS", 1_000), sent(Some(1), "COAT-M", 1_000)],
                &[(0, 1), (1, 1)],
            ),
            // What left at the till is no delivery.
            (vec![sent(Some(2), "SOCKS", 1_000)], &[]),
            (vec![sent(Some(1), "COAT-M", 0)], &[]),
        ] {
            let plan = planned(&lines);
            assert_eq!((plan.items, plan.troubles), (items(rows), vec![]), "{lines:?}");
        }
    }

    #[test]
    fn never_more_than_is_to_come() {
        let plan = planned(&[sent(None, "SOCKS", 5_000), sent(None, "COAT-M", 1_000)]);
        assert_eq!(plan.items, items(&[(0, 1), (1, 2), (2, 1)]));
        let over = Trouble {
            sku: "SOCKS".to_owned(),
            quantity: Quantity::from_units(2),
            why: Why::BeyondOrder,
        };
        assert_eq!(plan.troubles, [over]);
    }

    #[test]
    fn what_sitoo_cannot_say_is_named() {
        let plan = planned(&[sent(None, "LACES", 1_000), sent(Some(3), "SOCKS", 500)]);
        assert_eq!(plan.items, []);
        let whys: Vec<Why> = plan.troubles.iter().map(|trouble| trouble.why).collect();
        assert_eq!(whys, [Why::NotOrdered, Why::NotWhole]);
    }

    #[test]
    fn decimal_goods_go_by_their_pieces() {
        let mut order = basket();
        order.rows[0].quantity = Quantity::from_thousandths(2_500);
        order.rows[0].pieces = Some(2);
        let plan = plan(&[sent(None, "coat-m", 1_250)], &posted(), &order, &[(0, 2)].into());
        assert_eq!(plan.items, items(&[(0, 1)]));
    }
}
