//! The lines of the other integration's document beside those that Daybook would have posted. Both
//! may split a row otherwise, so what is compared is a SKU's sum over all its lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use crate::{
    Money, Quantity,
    reconcile::witness::{LedgerLine, SentLine},
    sku::fold,
};

/// What differs of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The document does not have it.
    Missing,
    /// Daybook would not have posted it.
    Added,
    /// Quantity.
    Quantity,
    /// Gross amount.
    Gross,
    /// Net amount.
    Net,
    /// Tax code.
    TaxCode,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineDifference {
    /// The SKU, as Daybook would have sent it; of an added one as OrderWise spells it.
    pub sku: String,
    /// What differs.
    pub what: What,
    /// What Daybook would have posted; none of what is added.
    pub would_post: Option<String>,
    /// What the document says; none of what is missing.
    pub found: Option<String>,
}

impl fmt::Display for LineDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            What::Missing => "is missing",
            What::Added => "was added",
            What::Quantity => "quantity",
            What::Gross => "gross",
            What::Net => "net",
            What::TaxCode => "tax code",
        };
        write!(f, "{}: {what}", self.sku)?;
        match (&self.would_post, &self.found) {
            (Some(ours), Some(theirs)) => write!(f, " {theirs} instead of {ours}"),
            (Some(one), None) | (None, Some(one)) => write!(f, ", {one}"),
            (None, None) => Ok(()),
        }
    }
}

/// All lines of a SKU.
#[derive(Default)]
struct Sum {
    sku: String,
    quantity: Quantity,
    gross: Money,
    /// None where a line leaves it to OrderWise.
    net: Option<Money>,
    /// None where a line's code is not known.
    codes: Option<BTreeSet<String>>,
}

type Sums = BTreeMap<String, Sum>;

/// What differs, by SKU. `codes` are the tax codes by the id that a line is sent with; what one side
/// does not say is not compared.
pub fn compare(
    would_post: &[SentLine],
    found: &[LedgerLine],
    codes: &BTreeMap<i64, String>,
) -> Vec<LineDifference> {
    let (mut ours, mut theirs) = (Sums::new(), Sums::new());
    for line in would_post {
        let code = codes.get(&line.tax_rate_id).map(String::as_str);
        add(&mut ours, &line.sku, (line.quantity, line.gross, line.net), code);
    }
    for line in found {
        let amounts = (line.quantity, line.gross, Some(line.net));
        add(&mut theirs, &line.sku, amounts, line.tax_code.as_deref());
    }
    let mut differences = Vec::new();
    for (sku, sum) in &ours {
        match theirs.get(sku) {
            Some(theirs) => differences.extend(between(sum, theirs)),
            None => differences.push(alone(sum, What::Missing)),
        }
    }
    let added = theirs.iter().filter(|(sku, _)| !ours.contains_key(*sku));
    differences.extend(added.map(|(_, sum)| alone(sum, What::Added)));
    differences
}

fn add(sums: &mut Sums, sku: &str, amounts: (Quantity, Money, Option<Money>), code: Option<&str>) {
    let (quantity, gross, net) = amounts;
    let sum = sums.entry(fold(sku)).or_insert_with(|| Sum {
        sku: sku.to_owned(),
        net: Some(Money::ZERO),
        codes: Some(BTreeSet::new()),
        ..Sum::default()
    });
    sum.quantity += quantity;
    sum.gross += gross;
    sum.net = sum.net.zip(net).map(|(so_far, net)| so_far + net);
    sum.codes = sum.codes.take().zip(code).map(|(mut all, code)| {
        all.insert(fold(code));
        all
    });
}

fn between(ours: &Sum, theirs: &Sum) -> Vec<LineDifference> {
    let differ = |what, would_post: String, found: String| LineDifference {
        sku: ours.sku.clone(),
        what,
        would_post: Some(would_post),
        found: Some(found),
    };
    let mut found = Vec::new();
    if ours.quantity != theirs.quantity {
        let both = (ours.quantity.to_string(), theirs.quantity.to_string());
        found.push(differ(What::Quantity, both.0, both.1));
    }
    if ours.gross != theirs.gross {
        found.push(differ(What::Gross, ours.gross.to_string(), theirs.gross.to_string()));
    }
    if let Some((net, other)) = ours.net.zip(theirs.net).filter(|(net, other)| net != other) {
        found.push(differ(What::Net, net.to_string(), other.to_string()));
    }
    if let (Some(codes), Some(other)) = (&ours.codes, &theirs.codes)
        && codes != other
    {
        found.push(differ(What::TaxCode, listed(codes), listed(other)));
    }
    found
}

fn alone(sum: &Sum, what: What) -> LineDifference {
    let said = Some(format!("{} at {}", sum.quantity, sum.gross));
    let (would_post, found) = if what == What::Added { (None, said) } else { (said, None) };
    LineDifference { sku: sum.sku.clone(), what, would_post, found }
}

fn listed(codes: &BTreeSet<String>) -> String {
    codes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::LineOrigin;

    fn ours(sku: &str, units: i64, gross: i64, net: Option<i64>) -> SentLine {
        SentLine {
            number: 1,
            sku: sku.to_owned(),
            quantity: Quantity::from_units(units),
            unit_gross: Money::from_pence(gross / units),
            gross: Money::from_pence(gross),
            net: net.map(Money::from_pence),
            tax_rate_id: 1,
            stock_location_id: None,
            origin: LineOrigin::Row(1),
        }
    }

    fn theirs(sku: &str, units: i64, gross: i64, net: i64, code: Option<&str>) -> LedgerLine {
        LedgerLine {
            number: 1,
            sku: sku.to_owned(),
            quantity: Quantity::from_units(units),
            net: Money::from_pence(net),
            tax: Money::from_pence(gross - net),
            gross: Money::from_pence(gross),
            tax_code: code.map(str::to_owned),
            stock_location_id: None,
        }
    }

    fn told(would_post: &[SentLine], found: &[LedgerLine]) -> Vec<String> {
        let codes = BTreeMap::from([(1, "T1".to_owned())]);
        compare(would_post, found, &codes).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_line_that_differs_is_named_with_both_sides() {
        let sent = [
            ours("A", 2, 240, Some(200)),
            ours("B", 1, 120, Some(100)),
            ours("C", 1, 120, None),
            ours("D", 3, 360, Some(300)),
        ];
        let found = [
            theirs("a ", 1, 120, 100, Some("t1")),
            theirs("B", 1, 120, 120, Some("T0")),
            theirs("C", 1, 120, 99, None),
            theirs("E", 1, 50, 50, Some("T0")),
        ];
        assert_eq!(
            told(&sent, &found),
            [
                "A: quantity 1 instead of 2",
                "A: gross 1.20 instead of 2.40",
                "A: net 1.00 instead of 2.00",
                "B: net 1.20 instead of 1.00",
                "B: tax code t0 instead of t1",
                "D: is missing, 3 at 3.60",
                "E: was added, 1 at 0.50",
            ]
        );
    }

    #[test]
    fn rows_that_are_split_otherwise_are_the_same() {
        let sent = [ours("A", 1, 34, Some(28)), ours("A", 2, 66, Some(55))];
        assert_eq!(told(&sent, &[theirs("A", 3, 100, 83, Some("T1"))]), Vec::<String>::new());
    }
}
