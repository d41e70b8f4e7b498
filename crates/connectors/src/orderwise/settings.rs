//! How to reach one OrderWise instance, and how its site is set up.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;

use crate::Pace;

/// How to reach one OrderWise instance.
#[derive(Debug, Clone)]
pub struct OrderwiseSettings {
    /// Address with its virtual directory: `https://{customer}.orderwisecloud.com/owapi`.
    pub base_url: String,
    /// API user.
    pub user: String,
    /// Its password.
    pub password: SecretString,
    /// Path of the call that mints a token.
    pub token_path: String,
    /// A token is minted again once it is this old (facts/orderwise 1.2: lifetimes differ).
    pub token_ttl: Duration,
    /// How long a call may take.
    pub timeout: Duration,
    /// Calls a second, reads and writes together; none means as fast as answers come.
    pub pace: Pace,
    /// Writes at a time; two parallel imports clash (facts/orderwise 1.4).
    pub writes_in_flight: usize,
    /// Reads at a time, beside the writes.
    pub reads_in_flight: usize,
    /// Path of the call that places orders and credits.
    pub order_path: String,
    /// Path of export definitions, without the id.
    pub export_path: String,
    /// Path of value lists, without the number.
    pub value_list_path: String,
    /// Path of the customer list.
    pub customers_path: String,
    /// Path and query that create a customer; `{template_id}` stands for the template customer.
    pub customer_create_path: String,
    /// The export definitions of this site.
    pub exports: Exports,
    /// Columns that its `variants` export has beside the pack's, and that tell the variants of a
    /// style from each other.
    pub attributes: Vec<String>,
    /// The column of its `variants` export that is a variant's category.
    pub category: String,
    /// Body of an order; none means [`super::ORDER_TEMPLATE`].
    pub order_template: Option<String>,
    /// Body of a new customer; none means [`super::CUSTOMER_TEMPLATE`].
    pub customer_template: Option<String>,
    /// `systemOrderType` of a sale.
    pub sale_order_type: i64,
    /// `systemOrderType` of a return.
    pub credit_order_type: i64,
    /// The sign of quantities and amounts on a credit.
    pub credit_sign: CreditSign,
    /// IANA zone of OrderWise's date-times, which have none.
    pub time_zone: String,
    /// Larger answers are not read.
    pub body_limit_bytes: usize,
}

impl OrderwiseSettings {
    /// The settings that the facts recommend; export definitions are still to be named.
    pub fn new(base_url: String, user: String, password: SecretString) -> Self {
        Self {
            base_url,
            user,
            password,
            token_path: "token/gettoken".to_owned(),
            token_ttl: Duration::from_mins(50),
            timeout: Duration::from_secs(30),
            pace: Pace { per_second: Some(1), burst: 1 },
            writes_in_flight: 1,
            reads_in_flight: 2,
            order_path: "sales/order".to_owned(),
            export_path: "system/export-definition".to_owned(),
            value_list_path: "value-lists".to_owned(),
            customers_path: "customers".to_owned(),
            customer_create_path: "customers?template_customer_id={template_id}".to_owned(),
            exports: Exports::default(),
            attributes: Vec::new(),
            category: "productCode".to_owned(),
            order_template: None,
            customer_template: None,
            sale_order_type: 1,
            credit_order_type: 4,
            credit_sign: CreditSign::Positive,
            time_zone: "Europe/London".to_owned(),
            body_limit_bytes: 256 << 20,
        }
    }
}

/// The sign of quantities and amounts on a credit (facts/orderwise 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreditSign {
    /// Positive: the order type tells that it is a credit.
    #[default]
    Positive,
    /// Negative quantities, totals and payments; unit prices stay positive.
    Negative,
}

/// One export definition of the site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportDefinition {
    /// Its number in OrderWise.
    pub id: i64,
    /// Names of parameters that differ: ours (`@since`) → theirs.
    pub parameters: BTreeMap<String, String>,
    /// Names of columns that differ: ours (`orderNumber`) → theirs.
    pub columns: BTreeMap<String, String>,
}

impl ExportDefinition {
    /// A definition that uses the names of the pack (design section 7).
    pub fn new(id: i64) -> Self {
        Self { id, ..Self::default() }
    }
}

/// The export definitions by purpose (design section 7); none means not set up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exports {
    /// `order-lookup`.
    pub order_lookup: Option<ExportDefinition>,
    /// `order-totals`.
    pub order_totals: Option<ExportDefinition>,
    /// `order-lines`.
    pub order_lines: Option<ExportDefinition>,
    /// `stock-levels`.
    pub stock_levels: Option<ExportDefinition>,
    /// `variants`.
    pub variants: Option<ExportDefinition>,
    /// `despatches`.
    pub despatches: Option<ExportDefinition>,
}

impl Exports {
    /// The definition of `purpose`, by its name in design section 7.
    pub fn get(&self, purpose: &str) -> Option<&ExportDefinition> {
        match purpose {
            "order-lookup" => self.order_lookup.as_ref(),
            "order-totals" => self.order_totals.as_ref(),
            "order-lines" => self.order_lines.as_ref(),
            "stock-levels" => self.stock_levels.as_ref(),
            "variants" => self.variants.as_ref(),
            "despatches" => self.despatches.as_ref(),
            _ => None,
        }
    }
}
