//! Under which references the other integration posts: texts with places for what Sitoo says of an
//! order.

use std::str::FromStr;

use crate::till::TillOrder;

/// One rule, such as `SIT-{order-id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

/// What Sitoo says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// `eshopid`.
    Site,
    /// `orderid`.
    OrderId,
    /// `pos-receiptid`.
    Receipt,
    /// `externalid`.
    ExternalId,
    /// `registerid`.
    Register,
    /// `warehouseid`.
    Warehouse,
}

const FIELDS: [(&str, Field); 6] = [
    ("site", Field::Site),
    ("order-id", Field::OrderId),
    ("receipt", Field::Receipt),
    ("external-id", Field::ExternalId),
    ("register", Field::Register),
    ("warehouse", Field::Warehouse),
];

/// The text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// A place that Sitoo has nothing for.
    #[error(
        "'{{{0}}}' is none of {{site}}, {{order-id}}, {{receipt}}, {{external-id}}, \
             {{register}}, {{warehouse}}"
    )]
    Unknown(String),
    /// A brace without its other half.
    #[error("a '{{' is not closed")]
    Open,
    /// Every receipt would have the same reference.
    #[error(
        "it names neither {{order-id}}, {{receipt}} nor {{external-id}}, so it cannot tell \
             one receipt from another"
    )]
    TellsNothingApart,
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or(BadRule::Open)?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let field = FIELDS.iter().find(|(known, _)| *known == name.trim());
            let (_, field) = field.ok_or_else(|| BadRule::Unknown(name.to_owned()))?;
            parts.push(Part::Field(*field));
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let tells_apart = |part: &Part| {
            matches!(part, Part::Field(Field::OrderId | Field::Receipt | Field::ExternalId))
        };
        if !parts.iter().any(tells_apart) {
            return Err(BadRule::TellsNothingApart);
        }
        Ok(Self { parts })
    }
}

impl Rule {
    /// The reference of an order; none where Sitoo does not say what it is made of.
    pub fn reference(&self, order: &TillOrder) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Field(field) => text.push_str(&field.of(order)?),
            }
        }
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

impl Field {
    fn of(self, order: &TillOrder) -> Option<String> {
        let text = match self {
            Self::Site => order.reference.site_id.to_string(),
            Self::OrderId => order.reference.order_id.to_string(),
            Self::Receipt => order.receipt_id.clone()?,
            Self::ExternalId => order.external_id.clone()?,
            Self::Register => order.register_id.clone()?,
            Self::Warehouse => order.warehouse_id?.to_string(),
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }
}

/// Reads rules.
pub fn parse(texts: &[String]) -> Result<Vec<Rule>, (String, BadRule)> {
    texts.iter().map(|text| text.parse().map_err(|bad| (text.clone(), bad))).collect()
}

/// Every reference that the other integration may have given an order, each once; never our own.
pub fn references(rules: &[Rule], order: &TillOrder) -> Vec<String> {
    let own = order.reference.to_string();
    let mut found: Vec<String> = Vec::new();
    for reference in rules.iter().filter_map(|rule| rule.reference(order)) {
        let is_known = |known: &String| known.eq_ignore_ascii_case(&reference);
        if !reference.eq_ignore_ascii_case(&own) && !found.iter().any(is_known) {
            found.push(reference);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::sale;

    fn rules(texts: &[&str]) -> Vec<Rule> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_rule_puts_together_what_sitoo_says() {
        let mut order = sale();
        order.receipt_id = Some("7".to_owned());
        order.register_id = Some("R1".to_owned());
        order.external_id = None;
        let id = order.reference.order_id;
        let site = order.reference.site_id;
        let all = ["SIT-{order-id}", " {register}/{receipt} ", "{external-id}", "SIT-{order-id}"];
        let found = references(&rules(&all), &order);
        assert_eq!(found, [format!("SIT-{id}"), "R1/7".to_owned()]);
        let own = references(&rules(&["s{site}-{order-id}"]), &order);
        assert_eq!(own, Vec::<String>::new(), "S{site}-{id} is ours");
        assert!(order.reference.to_string().eq_ignore_ascii_case(&format!("s{site}-{id}")));
    }

    #[test]
    fn a_rule_that_cannot_work_says_why() {
        let fault = |text: &str| text.parse::<Rule>().unwrap_err();
        assert_eq!(fault("{order}"), BadRule::Unknown("order".to_owned()));
        assert_eq!(fault("{order-id"), BadRule::Open);
        assert_eq!(fault("TILL-{warehouse}"), BadRule::TellsNothingApart);
        assert_eq!(fault(""), BadRule::TellsNothingApart);
        assert!(fault("{x}").to_string().starts_with("'{x}' is none of {site}, {order-id}"));
    }
}
