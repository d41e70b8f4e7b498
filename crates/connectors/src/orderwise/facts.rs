//! What a template may say: the draft in the words that `order.json.jinja` explains.

use std::sync::Arc;

use daybook_domain::{
    Money,
    draft::{Draft, DraftLine, LineOrigin},
    mapping::Account,
    till::{Address, Shopper},
};
use minijinja::{
    Value,
    value::{Enumerator, Object},
};

use super::NewCustomer;

/// What stands for the shopper's data in the record.
const MASKED: &str = "***";

/// A draft, and how this site wants it told.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) draft: Draft,
    /// The document's key.
    pub(super) reference: String,
    /// `systemOrderType`.
    pub(super) order_type: i64,
    /// Quantities and amounts carry a minus.
    pub(super) negative: bool,
    /// The shopper is hidden.
    pub(super) masked: bool,
}

impl Sheet {
    /// Everything a template may name.
    pub(super) fn facts(self) -> Value {
        Value::from_object(View(Top(Arc::new(self))))
    }

    fn amount(&self, amount: Money) -> Value {
        money(if self.negative { -amount } else { amount })
    }
}

/// The facts for a new customer.
pub(super) fn customer_facts(new: &NewCustomer, template_id: i64, masked: bool) -> Value {
    let shopper = Shopper {
        name: new.name.clone(),
        company: String::new(),
        email: new.email.clone(),
        phone: new.phone.clone(),
        membership: new.membership.clone(),
        address: new.address.clone(),
    };
    let customer = Value::from_object(View(Person { shopper, masked }));
    minijinja::context! { customer, template_id }
}

/// A thing with named fields.
trait Fields: std::fmt::Debug + Send + Sync + 'static {
    const NAMES: &'static [&'static str];

    fn field(&self, name: &str) -> Option<Value>;
}

/// Shows a thing's fields to a template; only what is named is ever made.
#[derive(Debug)]
struct View<T>(T);

impl<T: Fields> Object for View<T> {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.field(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.field(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(T::NAMES)
    }
}

#[derive(Debug)]
struct Top(Arc<Sheet>);

impl Fields for Top {
    const NAMES: &'static [&'static str] = &["order", "account", "shopper", "lines", "payments"];

    fn field(&self, name: &str) -> Option<Value> {
        let sheet = || Arc::clone(&self.0);
        let draft = &self.0.draft;
        Some(match name {
            "order" => Value::from_object(View(Order(sheet()))),
            "account" => Value::from_object(View(Holder(draft.account.clone()))),
            "shopper" if draft.shopper.is_unknown() => Value::from(()),
            "shopper" => {
                let shopper = draft.shopper.clone();
                Value::from_object(View(Person { shopper, masked: self.0.masked }))
            }
            "lines" => (0..draft.lines.len())
                .map(|place| Value::from_object(View(Line(sheet(), place))))
                .collect(),
            "payments" => (0..draft.payments.len())
                .map(|place| Value::from_object(View(Payment(sheet(), place))))
                .collect(),
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Order(Arc<Sheet>);

impl Fields for Order {
    const NAMES: &'static [&'static str] = &[
        "reference",
        "kind",
        "type",
        "date",
        "session_id",
        "delivery_method_id",
        "original",
        "instructions",
        "net",
        "tax",
        "gross",
        "delivery_gross",
        "pinned",
        "to_come",
    ];

    fn field(&self, name: &str) -> Option<Value> {
        let (sheet, draft) = (&self.0, &self.0.draft);
        Some(match name {
            "reference" => Value::from(sheet.reference.as_str()),
            "kind" => Value::from(draft.kind.word()),
            "type" => Value::from(sheet.order_type),
            "date" => Value::from(draft.order_date.as_str()),
            "session_id" => Value::from(draft.session_id),
            "delivery_method_id" => Value::from(draft.delivery_method_id),
            "original" => {
                let own = || draft.original.map(|original| original.to_string());
                Value::from(draft.original_name.clone().or_else(own))
            }
            "instructions" => Value::from(draft.instructions.as_str()),
            "net" => sheet.amount(draft.net),
            "tax" => sheet.amount(draft.tax),
            "gross" => sheet.amount(draft.gross),
            "delivery_gross" => sheet.amount(draft.delivery_gross),
            "to_come" => Value::from(draft.has_lines_to_come()),
            "pinned" => Value::from(draft.lines.iter().any(|line| line.unit_net.is_some())),
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Holder(Account);

impl Fields for Holder {
    const NAMES: &'static [&'static str] = &["id", "number"];

    fn field(&self, name: &str) -> Option<Value> {
        Some(match (name, &self.0) {
            ("id", Account::Id(id)) => Value::from(*id),
            ("number", Account::Number(number)) => Value::from(number.as_str()),
            ("id" | "number", _) => Value::from(()),
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Person {
    shopper: Shopper,
    masked: bool,
}

impl Fields for Person {
    const NAMES: &'static [&'static str] = &[
        "name",
        "company",
        "email",
        "phone",
        "membership",
        "address1",
        "address2",
        "town",
        "county",
        "postcode",
        "country_code",
        "contact",
    ];

    fn field(&self, name: &str) -> Option<Value> {
        let Shopper { address, .. } = &self.shopper;
        let Address { line1, line2, town, county, postcode, country_code } = address;
        let text = match name {
            "name" => &self.shopper.name,
            "company" => &self.shopper.company,
            "email" => &self.shopper.email,
            "phone" => &self.shopper.phone,
            "membership" => match &self.shopper.membership {
                Some(number) => number,
                None => return Some(Value::from(())),
            },
            "address1" => line1,
            "address2" => line2,
            "town" => town,
            "county" => county,
            "postcode" => postcode,
            "country_code" => country_code,
            "contact" => return Some(Value::from(self.is_contact())),
            _ => return None,
        };
        Some(Value::from(if self.masked && !text.is_empty() { MASKED } else { text }))
    }
}

impl Person {
    /// Whether there is more than a membership number: something to write to or to call.
    fn is_contact(&self) -> bool {
        let Shopper { name, email, phone, address, .. } = &self.shopper;
        *address != Address::default() || [name, email, phone].iter().any(|text| !text.is_empty())
    }
}

#[derive(Debug)]
struct Line(Arc<Sheet>, usize);

impl Fields for Line {
    const NAMES: &'static [&'static str] = &[
        "number",
        "variant_code",
        "quantity",
        "unit_gross",
        "unit_net",
        "tax_rate_id",
        "stock_location_id",
        "return_to_stock",
        "to_come",
        "origin",
    ];

    fn field(&self, name: &str) -> Option<Value> {
        let line: &DraftLine = self.0.draft.lines.get(self.1)?;
        Some(match name {
            "number" => Value::from(line.number),
            "variant_code" => Value::from(line.variant_code.as_str()),
            "quantity" => {
                let quantity = if self.0.negative { -line.quantity } else { line.quantity };
                Value::from_safe_string(quantity.to_string())
            }
            "unit_gross" => money(line.unit_gross),
            "unit_net" => line.unit_net.map_or(Value::from(()), money),
            "tax_rate_id" => Value::from(line.tax_rate_id),
            "stock_location_id" => Value::from(line.stock_location_id),
            "return_to_stock" => Value::from(line.return_to_stock),
            "to_come" => Value::from(line.to_come),
            "origin" => Value::from(origin(line.origin)),
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Payment(Arc<Sheet>, usize);

impl Fields for Payment {
    const NAMES: &'static [&'static str] = &["method_id", "amount", "reference"];

    fn field(&self, name: &str) -> Option<Value> {
        let payment = self.0.draft.payments.get(self.1)?;
        Some(match name {
            "method_id" => Value::from(payment.payment_method_id),
            "amount" => self.0.amount(payment.amount),
            "reference" => Value::from(payment.reference.as_str()),
            _ => return None,
        })
    }
}

/// Where the line comes from, in one word.
const fn origin(origin: LineOrigin) -> &'static str {
    match origin {
        LineOrigin::Row(_) => "row",
        LineOrigin::RoundOff => "round-off",
        LineOrigin::CheckoutFee => "checkout-fee",
        LineOrigin::TaxRounding => "tax-rounding",
    }
}

/// An exact number: its text stands in the JSON as it is.
fn money(amount: Money) -> Value {
    Value::from_safe_string(amount.to_string())
}
