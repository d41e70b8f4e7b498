//! What OrderWise's refusals mean.

/// What a refusal is about, as far as its text tells (facts/orderwise 1.3, 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The variant does not exist or is not active.
    VariantUnknownOrInactive {
        /// Its code as the text spells it, if it does.
        code: Option<String>,
    },
    /// The order has no lines.
    NoLines,
    /// The e-commerce session is not known.
    SessionUnknown,
    /// The customer account is not known.
    CustomerUnknown,
    /// The payment method is not known.
    PaymentMethodUnknown,
    /// The delivery method is not known.
    DeliveryMethodUnknown,
    /// The tax rate is not known.
    TaxRateUnknown,
    /// The stock location is not known.
    StockLocationUnknown,
    /// An order with this reference is there already.
    Duplicate,
    /// Another import is running.
    ParallelWrite,
    /// The export definition is not known.
    ExportDefinitionUnknown,
    /// A parameter of an export definition was not given.
    MissingParameter,
    /// The API user's group lacks a permission.
    MissingPermission,
    /// Something else.
    Other,
}

/// Tells what a refusal's text is about. Unknown texts are [`Refusal::Other`].
pub fn recognise(_reason: &str) -> Refusal {
    Refusal::Other
}
