//! Who may do what: roles, rights, and the one table between them.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that may be allowed or not. Every page and every call of the API needs exactly one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See pages and figures, without what tells of a shopper.
    See,
    /// See what tells of a shopper; every look is recorded.
    SeeShoppers,
    /// Retry, dismiss, assign and comment on exceptions; hold an entry.
    ClearExceptions,
    /// Change mappings.
    ChangeMappings,
    /// Compare days, run plans, sign off, close months.
    CloseBooks,
    /// Set buffers; ask for sweeps.
    ManageStock,
    /// Pause and resume flows.
    Operate,
    /// Accounts, roles, tokens.
    ManagePeople,
    /// Take a shopper out of the book.
    EraseShoppers,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::See,
        Self::SeeShoppers,
        Self::ClearExceptions,
        Self::ChangeMappings,
        Self::CloseBooks,
        Self::ManageStock,
        Self::Operate,
        Self::ManagePeople,
        Self::EraseShoppers,
    ];

    /// Whether it concerns the whole company: whoever looks after some stores has none of these.
    pub const fn is_company_wide(self) -> bool {
        match self {
            Self::ChangeMappings | Self::Operate | Self::ManagePeople | Self::EraseShoppers => true,
            Self::See
            | Self::SeeShoppers
            | Self::ClearExceptions
            | Self::CloseBooks
            | Self::ManageStock => false,
        }
    }

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::SeeShoppers => "see-shoppers",
            Self::ClearExceptions => "clear-exceptions",
            Self::ChangeMappings => "change-mappings",
            Self::CloseBooks => "close-books",
            Self::ManageStock => "manage-stock",
            Self::Operate => "operate",
            Self::ManagePeople => "manage-people",
            Self::EraseShoppers => "erase-shoppers",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Right {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|right| right.word() == word);
        found.ok_or_else(|| format!("'{word}' is no right"))
    }
}

/// What a person is to the retailer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Closes the books.
    Finance,
    /// Runs the stores.
    Retail,
    /// Runs Daybook and decides who may do what. Not, by that alone, who sees shoppers.
    Admin,
    /// Reads everything but shoppers, and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Finance, Self::Retail, Self::Admin, Self::Auditor];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Finance => "finance",
            Self::Retail => "retail",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// What the role may do. The only place that says so.
    pub const fn rights(self) -> &'static [Right] {
        match self {
            Self::Finance => &[
                Right::See,
                Right::ClearExceptions,
                Right::ChangeMappings,
                Right::CloseBooks,
                Right::EraseShoppers,
            ],
            Self::Retail => &[
                Right::See,
                Right::SeeShoppers,
                Right::ClearExceptions,
                Right::ChangeMappings,
                Right::ManageStock,
            ],
            Self::Admin => &[
                Right::See,
                Right::ClearExceptions,
                Right::ChangeMappings,
                Right::ManageStock,
                Right::Operate,
                Right::ManagePeople,
                Right::EraseShoppers,
            ],
            Self::Auditor => &[Right::See],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.word() == word);
        found.ok_or_else(|| format!("'{word}' is no role: finance, retail, admin or auditor"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Right, Role};

    #[test]
    fn every_role_sees_and_the_auditor_does_nothing_else() {
        assert!(Role::ALL.iter().all(|role| role.rights().contains(&Right::See)));
        assert_eq!(Role::Auditor.rights(), [Right::See]);
    }

    #[test]
    fn words_come_back() {
        for right in Right::ALL {
            assert_eq!(right.word().parse(), Ok(right));
        }
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
        }
        assert!("owner".parse::<Role>().is_err());
    }
}
