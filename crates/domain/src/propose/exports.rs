//! Which of a site's export definitions is which of the pack: by the parameters that they ask for and
//! the columns that they answer.

use serde::Serialize;

use super::Confidence;

/// The pack (design section 7): purpose, first parameter, columns that must be there.
pub const PACK: [(&str, &str, &[&str]); 6] = [
    (
        "order-lookup",
        "@reference",
        &[
            "orderId",
            "orderNumber",
            "reference",
            "orderType",
            "storedAt",
            "net",
            "tax",
            "gross",
            "status",
        ],
    ),
    (
        "order-totals",
        "@from",
        &[
            "orderId",
            "orderNumber",
            "reference",
            "orderType",
            "orderDate",
            "storedAt",
            "net",
            "tax",
            "gross",
            "status",
        ],
    ),
    (
        "order-lines",
        "@from",
        &[
            "orderId",
            "lineNumber",
            "sku",
            "quantity",
            "net",
            "tax",
            "gross",
            "taxCode",
            "stockLocationId",
        ],
    ),
    (
        "variants",
        "@since",
        &[
            "variantId",
            "sku",
            "productCode",
            "description",
            "ean",
            "priceExcVat",
            "priceIncVat",
            "taxRateId",
            "taxCode",
            "taxRate",
            "saleable",
            "onTills",
            "discontinued",
            "kit",
            "lastAmended",
        ],
    ),
    (
        "stock-levels",
        "@since",
        &["sku", "stockLocationId", "freeStock", "buffer", "lastCalculated"],
    ),
    (
        "despatches",
        "@since",
        &[
            "orderId",
            "orderNumber",
            "reference",
            "orderStatus",
            "deliveryId",
            "despatchedAt",
            "courier",
            "consignmentNumber",
            "trackingUrl",
            "lineNumber",
            "sku",
            "quantity",
        ],
    ),
];

/// What the pack says of a purpose.
pub fn pack_of(purpose: &str) -> Option<(&'static str, &'static [&'static str])> {
    PACK.iter().find(|(name, ..)| *name == purpose).map(|(_, first, columns)| (*first, *columns))
}

/// An export definition that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its number.
    pub id: i64,
    /// The first parameter that it asks for; none where it asks for none.
    pub asks_for: Option<String>,
    /// Columns of its first row; none where it answered no row.
    pub columns: Option<Vec<String>>,
}

/// A definition that may serve a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportOffer {
    /// The purpose.
    pub purpose: &'static str,
    /// The definition's number.
    pub id: i64,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why.
    pub reason: String,
}

impl ExportOffer {
    /// Offers for the purposes that are not set yet, the surest first; a definition serves one
    /// purpose.
    pub fn of(candidates: &[Candidate], set: &[&str]) -> Vec<Self> {
        let wanted: Vec<_> = PACK.iter().filter(|(name, ..)| !set.contains(name)).collect();
        let mut all: Vec<(usize, Self)> = Vec::new();
        for (purpose, first, columns) in &wanted {
            for one in candidates.iter().filter(|one| one.could_be(first)) {
                if let Some((missing, confidence, reason)) = one.fits(columns) {
                    all.push((missing, Self { purpose, id: one.id, confidence, reason }));
                }
            }
        }
        all.sort_by(|(miss, a), (other, b)| {
            (b.confidence, miss, a.id).cmp(&(a.confidence, other, b.id))
        });
        let mut taken: Vec<Self> = Vec::new();
        for (_, offer) in all {
            if !taken.iter().any(|it| it.id == offer.id || it.purpose == offer.purpose) {
                taken.push(offer);
            }
        }
        for first in ["@reference", "@from", "@since"] {
            let open = wanted.iter().filter(|(purpose, asks, _)| {
                *asks == first && !taken.iter().any(|it| it.purpose == *purpose)
            });
            let open: Vec<&str> = open.map(|(purpose, ..)| *purpose).collect();
            taken.extend(Self::silent(candidates, first, &open));
        }
        taken.sort_by_key(|offer| PACK.iter().position(|(name, ..)| *name == offer.purpose));
        taken
    }

    /// A definition that answered no row shows no column: only where one alone asks for a parameter,
    /// and one purpose alone is open that does, is it worth a word. Tossing a coin is not.
    fn silent(candidates: &[Candidate], first: &str, open: &[&'static str]) -> Option<Self> {
        let asks = |one: &&Candidate| {
            let asked = one.asks_for.as_deref();
            one.columns.is_none() && asked.is_some_and(|name| name.eq_ignore_ascii_case(first))
        };
        let mut silent = candidates.iter().filter(asks);
        let (Some(one), None, [purpose]) = (silent.next(), silent.next(), open) else {
            return None;
        };
        let confidence =
            if *purpose == "order-lookup" { Confidence::Likely } else { Confidence::Guess };
        let reason = format!(
            "the only one that asks for {first}; it answered no row, so its columns do not show"
        );
        Some(Self { purpose, id: one.id, confidence, reason })
    }
}

impl Candidate {
    fn could_be(&self, first: &str) -> bool {
        self.asks_for.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(first))
    }

    /// Columns that are missing, how sure it is, and why; none where it cannot be.
    fn fits(&self, wanted: &[&str]) -> Option<(usize, Confidence, String)> {
        let columns = self.columns.as_ref()?;
        let has = |name: &&&str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        let missing: Vec<&str> = wanted.iter().filter(|name| !has(name)).copied().collect();
        match missing.as_slice() {
            [] => Some((0, Confidence::Certain, "it has every column of the pack".to_owned())),
            few if few.len() * 3 <= wanted.len() => {
                let reason = format!("it lacks {}", few.join(", "));
                Some((few.len(), Confidence::Guess, reason))
            }
            _ => None,
        }
    }
}
