//! What whoever looks after accounts does with them.

use std::collections::BTreeSet;

use daybook_domain::{Timestamp, access::Role};
use daybook_store::{
    Tx,
    access::{
        account::{self, Account},
        invitation, session,
    },
    audit,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{link::somebody_manages, single_sign_on::only_of_ours, unknown};
use crate::{app::App, error::FlowError, retrying::retrying};

/// A person, as lists show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PersonView {
    /// Never changes.
    pub id: String,
    /// What they sign in with.
    pub login: String,
    /// As the record names them.
    pub name: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
    /// Whether they have chosen a password.
    pub joined: bool,
    /// Whether they have a second factor.
    pub second_factor: bool,
    /// Whether they come by the company's own sign-in.
    pub single_sign_on: bool,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Since when they may not.
    pub disabled_at: Option<Timestamp>,
    /// Until when a link of theirs is good.
    pub link_until: Option<Timestamp>,
}

/// Everybody, by name.
pub async fn list(app: &App) -> Result<Vec<PersonView>, FlowError> {
    let links = invitation::open(&app.db, app.now()).await?;
    let all = account::list(&app.db).await?.into_iter().map(|one| PersonView {
        link_until: links
            .iter()
            .find(|link| link.account.as_deref() == Some(&one.id))
            .map(|link| link.expires_at),
        joined: one.has_joined(),
        second_factor: one.factor.is_some(),
        single_sign_on: one.subject.is_some(),
        id: one.id,
        login: one.login,
        name: one.name,
        roles: one.roles,
        stores: one.stores,
        signed_in_at: one.signed_in_at,
        disabled_at: one.disabled_at,
    });
    Ok(all.collect())
}

/// The account of a name or a login.
pub async fn find(app: &App, name: &str) -> Result<Account, FlowError> {
    let all = account::list(&app.db).await?;
    let name = super::fold(name);
    let found = all.into_iter().find(|one| super::fold(&one.name) == name || one.login == name);
    found.ok_or_else(unknown)
}

/// Something to do with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Roles and stores; what is signed in ends.
    Rights {
        /// What they are.
        roles: BTreeSet<Role>,
        /// Only these stores; none means all.
        stores: Option<BTreeSet<i64>>,
    },
    /// Close the account: what is signed in ends, links are void.
    Disable,
    /// Open it again.
    Enable,
    /// End what is signed in.
    SignOut,
    /// Take the second factor away.
    RemoveFactor,
}

/// Does it. Somebody who can let others in is always left.
pub async fn change(app: &App, id: &str, change: &Change, actor: &str) -> Result<(), FlowError> {
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let account = account::get(&mut tx, id).await?.ok_or_else(unknown)?;
        let was_managed = somebody_manages(&account::list(&mut tx).await?);
        match change {
            Change::Rights { roles, .. } if roles.is_empty() => {
                let hint = "disable the account instead";
                let what = "Nobody can be without a role";
                return Err(FlowError::request("roles-missing", what, hint));
            }
            Change::Rights { roles, stores } => {
                only_of_ours(&account)?;
                let rights = (roles, stores.as_ref());
                account::set_rights(&mut tx, now, &account, rights, actor).await?;
                session::end_others(&mut tx, id, None).await?;
            }
            Change::Disable => {
                account::set_disabled(&mut tx, now, &account, true, actor).await?;
                session::end_others(&mut tx, id, None).await?;
                session::forget(&mut tx, id).await?;
                invitation::withdraw(&mut tx, id).await?;
            }
            Change::Enable => account::set_disabled(&mut tx, now, &account, false, actor).await?,
            Change::SignOut => {
                session::end_others(&mut tx, id, None).await?;
                let name = &account.name;
                audit::append(&mut tx, now, actor, "account-signed-out", name, "{}").await?;
            }
            Change::RemoveFactor => {
                account::remove_factor(&mut tx, now, &account, actor).await?;
            }
        }
        if was_managed {
            somebody_is_left(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    };
    retrying(app, "an account", once).await
}

async fn somebody_is_left(tx: &mut Tx) -> Result<(), FlowError> {
    if somebody_manages(&account::list(tx).await?) {
        return Ok(());
    }
    Err(FlowError::request(
        "last-admin",
        "Nobody would be left who can let others in",
        "make somebody else an admin first",
    ))
}
