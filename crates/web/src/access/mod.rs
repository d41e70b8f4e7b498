//! Who asks, and what they may: identified in one place, checked in one place.
//!
//! Every request to the desk passes, from the outside in: `headers` (what browsers must keep to),
//! `guard` (nobody sends a form from elsewhere), `identify` (who asks), and the `gate` of its route
//! (may they).

mod cookies;
mod fields;
mod gate;
mod guard;
mod headers;
mod identify;
mod pages;
mod said_here;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use axum::{Router, http::StatusCode, middleware::from_fn_with_state};
use daybook_domain::access::{Right, Role};
use daybook_flows::access::{Identity, rights_of};

pub use self::pages::SIGN_ON_BACK;
pub(crate) use self::{
    gate::gate,
    headers::headers,
    pages::{base, open, pages},
    said_here::said_here,
};
use crate::{Web, desk::PageError};

/// Puts the doors before these routes. Pages and API alike belong behind them.
pub(crate) fn behind_doors(routes: Router<Web>, web: &Web) -> Router<Web> {
    routes
        .layer(from_fn_with_state(web.clone(), identify::identify))
        .layer(from_fn_with_state(web.clone(), guard::guard))
}

/// Whoever asks: a person who signed in, or a program with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// As the record names them.
    pub name: String,
    /// What they are; empty for programs.
    pub roles: BTreeSet<Role>,
    /// What they may do.
    pub rights: BTreeSet<Right>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
}

impl Who {
    /// Whether they may do this.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// What concerns every store is for those who see all of them.
    pub(crate) fn sees_all_stores(&self) -> Result<(), PageError> {
        if self.stores.is_none() {
            return Ok(());
        }
        Err(PageError::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This concerns every store, and you look after some",
            "act on what is in your stores, or ask somebody who sees all of them",
        ))
    }

    /// Whether they may see this store. What belongs to no store is for those who may see all.
    pub fn may_see_store(&self, store: Option<i64>) -> bool {
        match (&self.stores, store) {
            (None, _) => true,
            (Some(stores), Some(store)) => stores.contains(&store),
            (Some(_), None) => false,
        }
    }
}

impl From<&Identity> for Who {
    fn from(own: &Identity) -> Self {
        Self {
            name: own.account.name.clone(),
            roles: own.account.roles.clone(),
            rights: rights_of(&own.account.roles, own.account.stores.as_ref()),
            stores: own.account.stores.clone(),
        }
    }
}

/// The session of whoever signed in, beside [`Who`]; programs have none.
#[derive(Debug, Clone)]
pub(crate) struct Own(pub(crate) Identity);
