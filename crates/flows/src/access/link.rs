//! One-time links: to join, to choose a new password, to make the first account.

use std::collections::BTreeSet;

use daybook_domain::{
    Timestamp,
    access::{Right, Role},
};
use daybook_store::{
    Tx,
    access::{
        account::{self, Account, NewAccount},
        hash,
        invitation::{self, Invitation},
        session,
    },
};

pub use daybook_store::access::invitation::Purpose;

use super::{
    fold, password, proper_login, proper_name, rights_of, secret,
    sign_in::{self, SignIn, Visitor},
    single_sign_on::{only_of_ours, only_where_local},
    taken, unknown,
};
use crate::{app::App, error::FlowError, retrying::retrying};

/// On the record, who made the first link.
const FIRST_START: &str = "first start";

/// A link that was made. Its secret is told once.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What comes after `/join/`.
    pub secret: String,
    /// Whose it is; empty for the first account.
    pub name: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Without the secret.
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Link").field(&self.name).finish()
    }
}

impl Link {
    /// The whole address, at a desk that people reach by `base`.
    pub fn address(&self, base: &str) -> String {
        format!("{}/join/{}", base.trim_end_matches('/'), self.secret)
    }
}

/// A person to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they sign in with.
    pub login: String,
    /// As the record names them.
    pub name: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
}

/// What whoever has a link is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// What it is for.
    pub purpose: Purpose,
    /// Their name and login; none for the first account.
    pub person: Option<(String, String)>,
}

/// What whoever has a link chooses.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// A login, for the first account.
    pub login: String,
    /// A name, for the first account.
    pub name: String,
    /// A password.
    pub password: String,
}

/// Makes an account and the link with which its owner chooses a password.
pub async fn invite(app: &App, person: &Person, actor: &str) -> Result<Link, FlowError> {
    make(app, person, Purpose::Join, actor).await
}

/// Makes an account and a link that opens the desk without a password, for as long as it is good.
pub async fn open_door(app: &App, person: &Person, actor: &str) -> Result<Link, FlowError> {
    make(app, person, Purpose::Enter, actor).await
}

async fn make(
    app: &App,
    person: &Person,
    purpose: Purpose,
    actor: &str,
) -> Result<Link, FlowError> {
    only_where_local(app)?;
    let new = NewAccount {
        id: app.ids.uuid().to_string(),
        login: proper_login(&person.login)?,
        name: proper_name(&person.name)?,
        roles: person.roles.clone(),
        stores: person.stores.clone(),
        subject: None,
    };
    if new.roles.is_empty() {
        let hint = "choose at least one of finance, retail, admin, auditor";
        return Err(FlowError::request("roles-missing", "Nobody can be without a role", hint));
    }
    let link = new_link(app, &new.name);
    let once = || async {
        let mut tx = app.db.begin().await?;
        add_account(app, &mut tx, &new, None, actor).await?;
        put(app, &mut tx, &link, (Some(&new.id), purpose), actor).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "an invitation", once).await?;
    Ok(link)
}

/// A link with which the owner of an account chooses a new password. With `without_factor` the
/// second factor goes too.
pub async fn reset(
    app: &App,
    id: &str,
    without_factor: bool,
    actor: &str,
) -> Result<Link, FlowError> {
    let account = account::get(&app.db, id).await?.ok_or_else(unknown)?;
    only_of_ours(&account)?;
    only_where_local(app)?;
    let purpose = if account.password.is_some() { Purpose::Reset } else { Purpose::Join };
    let link = new_link(app, &account.name);
    let once = || async {
        let mut tx = app.db.begin().await?;
        if without_factor && account.factor.is_some() {
            account::remove_factor(&mut tx, app.now(), &account, actor).await?;
        }
        put(app, &mut tx, &link, (Some(&account.id), purpose), actor).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "a link", once).await?;
    Ok(link)
}

/// The link that makes the first account, while there is nobody who could let others in. An older
/// one is void.
pub async fn first(app: &App) -> Result<Option<Link>, FlowError> {
    let is_closed = !app.settings.access.has_local_accounts();
    if is_closed || somebody_manages(&account::list(&app.db).await?) {
        return Ok(None);
    }
    let link = new_link(app, "");
    let mut tx = app.db.begin().await?;
    put(app, &mut tx, &link, (None, Purpose::First), FIRST_START).await?;
    tx.commit().await?;
    Ok(Some(link))
}

/// Whether anybody is left who can let others in.
pub(super) fn somebody_manages(all: &[Account]) -> bool {
    let manages =
        |one: &Account| rights_of(&one.roles, one.stores.as_ref()).contains(&Right::ManagePeople);
    all.iter().any(|one| one.is_open() && one.has_joined() && manages(one))
}

/// What a link is for; none when it is used, void or too old.
pub async fn look(app: &App, secret: &str) -> Result<Option<Invited>, FlowError> {
    let found = invitation::get(&app.db, &hash(secret), app.now()).await?;
    let Some(invitation) = found else { return Ok(None) };
    let Some(id) = invitation.account else {
        return Ok(Some(Invited { purpose: invitation.purpose, person: None }));
    };
    let account = account::get(&app.db, &id).await?.filter(|one| one.disabled_at.is_none());
    Ok(account.map(|account| Invited {
        purpose: invitation.purpose,
        person: Some((account.name, account.login)),
    }))
}

/// Uses a link, and signs its owner in.
pub async fn accept(
    app: &App,
    secret: &str,
    choice: &Choice,
    visitor: &Visitor,
) -> Result<SignIn, FlowError> {
    only_where_local(app)?;
    let found = invitation::get(&app.db, &hash(secret), app.now()).await?;
    let invitation = found.ok_or_else(over)?;
    let Some(id) = &invitation.account else {
        let account = make_first(app, secret, choice).await?;
        return sign_in::after_password(app, &account, visitor).await;
    };
    let found = account::get(&app.db, id).await?;
    let account = found.filter(|one| one.disabled_at.is_none()).ok_or_else(over)?;
    if invitation.purpose == Purpose::Enter {
        return Ok(SignIn::In(sign_in::enter(app, &account, visitor).await?));
    }
    password::check(app, &choice.password, &[&account.name, &account.login])?;
    let hashed = password::hash(app, &choice.password).await?;
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        if !invitation::take(&mut tx, &hash(secret), now).await? {
            return Err(over());
        }
        account::set_password(&mut tx, now, &account, &hashed, &account.name).await?;
        session::end_others(&mut tx, &account.id, None).await?;
        session::forget(&mut tx, &account.id).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "a link", once).await?;
    sign_in::after_password(app, &account, visitor).await
}

async fn make_first(app: &App, secret: &str, choice: &Choice) -> Result<Account, FlowError> {
    let new = NewAccount {
        id: app.ids.uuid().to_string(),
        login: proper_login(&choice.login)?,
        name: proper_name(&choice.name)?,
        roles: BTreeSet::from([Role::Admin]),
        stores: None,
        subject: None,
    };
    password::check(app, &choice.password, &[&new.name, &new.login])?;
    let hashed = password::hash(app, &choice.password).await?;
    let once = || async {
        let mut tx = app.db.begin().await?;
        if !invitation::take(&mut tx, &hash(secret), app.now()).await? {
            return Err(over());
        }
        if somebody_manages(&account::list(&mut tx).await?) {
            return Err(over());
        }
        add_account(app, &mut tx, &new, Some(&hashed), FIRST_START).await?;
        let account = account::get(&mut tx, &new.id).await?.ok_or_else(unknown)?;
        tx.commit().await?;
        Ok(account)
    };
    retrying(app, "the first account", once).await
}

async fn add_account(
    app: &App,
    tx: &mut Tx,
    new: &NewAccount,
    password: Option<&str>,
    actor: &str,
) -> Result<(), FlowError> {
    let all = account::list(&mut *tx).await?;
    let same = all.iter().any(|one| fold(&one.name) == fold(&new.name));
    if same || !account::add(tx, app.now(), new, password, actor).await? {
        return Err(taken(&new.login, &new.name));
    }
    Ok(())
}

fn new_link(app: &App, name: &str) -> Link {
    let expires_at = app.now().plus(app.settings.access.link_life);
    Link { secret: secret(app), name: name.to_owned(), expires_at }
}

async fn put(
    app: &App,
    tx: &mut Tx,
    link: &Link,
    (account, purpose): (Option<&str>, Purpose),
    actor: &str,
) -> Result<(), FlowError> {
    let invitation = Invitation {
        account: account.map(str::to_owned),
        purpose,
        expires_at: link.expires_at,
        created_by: actor.to_owned(),
    };
    let subject = if link.name.is_empty() { "the first account" } else { &link.name };
    Ok(invitation::add(tx, app.now(), &hash(&link.secret), &invitation, subject).await?)
}

fn over() -> FlowError {
    FlowError::request(
        "link-over",
        "This link was used already, or its time is over",
        "ask whoever looks after Daybook for a new one",
    )
}
