//! The body of an order, made from a template that a site may replace.

/// An order's body, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedOrder {
    /// What is sent.
    pub body: String,
    /// What is recorded: the same with the shopper masked.
    pub masked: String,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct TemplateFault {
    /// The template's line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, for a person.
    pub what: String,
}
