//! A SKU as Sitoo can hold it (facts/sitoo 4.1).

/// What happens to blanks inside a SKU, which Sitoo does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blanks {
    /// The SKU cannot reach the tills.
    Fault,
    /// Each is replaced by this character; the mapping of SKUs then leads back.
    Replace(char),
}

/// The SKU at the tills, or why there can be none.
pub fn till_sku(sku: &str, blanks: Blanks) -> Result<String, String> {
    let trimmed = sku.trim();
    let written: String = match blanks {
        Blanks::Fault => trimmed.to_owned(),
        Blanks::Replace(with) => {
            trimmed.chars().map(|c| if c.is_whitespace() { with } else { c }).collect()
        }
    };
    let illegal = |c: &char| !(c.is_ascii_alphanumeric() || "_+-/".contains(*c));
    match written.chars().find(illegal) {
        _ if written.is_empty() => Err("the SKU is empty".to_owned()),
        Some(c) if c.is_whitespace() => Err(format!("'{trimmed}' holds a blank")),
        Some(c) => Err(format!("'{trimmed}' holds '{c}'")),
        None => Ok(written),
    }
}
