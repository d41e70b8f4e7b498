//! Accounts of people.

use std::collections::BTreeSet;

use daybook_domain::{Timestamp, access::Role};

use super::{Hash, joined, opt_joined, opt_parted, parted};
use crate::{
    Source, StoreResult, Tx, audit,
    engine::{Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, login, name, password, roles, stores, factor, factor_next, created_at, \
             created_by, password_at, signed_in_at, disabled_at, issuer, subject FROM account ",
            $rest
        )
    };
}

sql! {
    LIST = select!("ORDER BY name");
    BY_ID = select!("WHERE id = $1");
    BY_LOGIN = select!("WHERE login = $1");
    BY_NAME = select!("WHERE name = $1");
    BY_SUBJECT = select!("WHERE issuer = $1 AND subject = $2");
    INSERT = "INSERT INTO account (id, login, name, password, roles, stores, created_at, \
              created_by, password_at, issuer, subject) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    SET_RIGHTS = "UPDATE account SET roles = $2, stores = $3 WHERE id = $1";
    SET_PASSWORD = "UPDATE account SET password = $2, password_at = $3 WHERE id = $1";
    SET_DISABLED = "UPDATE account SET disabled_at = $2 WHERE id = $1";
    SET_NEXT = "UPDATE account SET factor_next = $2 WHERE id = $1";
    SET_FACTOR = "UPDATE account SET factor = $2, factor_next = NULL, factor_step = $3 \
                  WHERE id = $1";
    /// Two that come with the same code: one of them moves the step.
    USE_STEP = "UPDATE account SET factor_step = $2 \
                WHERE id = $1 AND (factor_step IS NULL OR factor_step < $2)";
    SIGNED_IN = "UPDATE account SET signed_in_at = $2 WHERE id = $1";
    FORGET_CODES = "DELETE FROM recovery_code WHERE account = $1";
    ADD_CODE = "INSERT INTO recovery_code (account, hash) VALUES ($1, $2)";
    USE_CODE = "DELETE FROM recovery_code WHERE account = $1 AND hash = $2";
    CODES_LEFT = "SELECT count(*) AS n FROM recovery_code WHERE account = $1";
}

/// An account as the book holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Never changes.
    pub id: String,
    /// What they sign in with, folded.
    pub login: String,
    /// As the record names them.
    pub name: String,
    /// Hash of the password; none until one was chosen.
    pub password: Option<String>,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
    /// Secret of the second factor, where there is one.
    pub factor: Option<Vec<u8>>,
    /// A secret that is shown and not confirmed yet.
    pub factor_next: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When the password was chosen.
    pub password_at: Option<Timestamp>,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Since when they may not.
    pub disabled_at: Option<Timestamp>,
    /// Whom the company's own sign-in knows; none of an account of ours.
    pub subject: Option<Subject>,
}

/// Somebody whom the company's own sign-in knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// What it calls them, for ever.
    pub subject: String,
}

/// Without secrets.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = (&self.id, &self.name, &self.roles, &self.stores);
        f.debug_tuple("Account").field(&shown).finish()
    }
}

impl Account {
    /// Whether they may come in.
    pub fn is_open(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// Whether they ever came, or could with a password of theirs.
    pub fn has_joined(&self) -> bool {
        self.password.is_some() || self.signed_in_at.is_some()
    }
}

impl FromCells for Account {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            id: row.text("id")?,
            login: row.text("login")?,
            name: row.text("name")?,
            password: row.opt_text("password")?,
            roles: parted(&row.text("roles")?)?,
            stores: opt_parted(row.opt_text("stores")?)?,
            factor: row.opt_bytes("factor")?,
            factor_next: row.opt_bytes("factor_next")?,
            created_at: row.time("created_at")?,
            created_by: row.text("created_by")?,
            password_at: row.opt_time("password_at")?,
            signed_in_at: row.opt_time("signed_in_at")?,
            disabled_at: row.opt_time("disabled_at")?,
            subject: row
                .opt_text("issuer")?
                .zip(row.opt_text("subject")?)
                .map(|(issuer, subject)| Subject { issuer, subject }),
        })
    }
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Never changes.
    pub id: String,
    /// What they sign in with, folded.
    pub login: String,
    /// As the record names them.
    pub name: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
    /// Whom the company's own sign-in knows; none of an account of ours.
    pub subject: Option<Subject>,
}

/// All accounts, by name.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<Account>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LIST).fetch_all(c).await?))
}

/// One account.
pub async fn get(source: impl Into<Source<'_>>, id: &str) -> StoreResult<Option<Account>> {
    find(source, BY_ID, id).await
}

/// By what they sign in with, folded.
pub async fn by_login(source: impl Into<Source<'_>>, login: &str) -> StoreResult<Option<Account>> {
    find(source, BY_LOGIN, login).await
}

/// Of somebody whom the company's own sign-in knows.
pub async fn by_subject(
    source: impl Into<Source<'_>>,
    subject: &Subject,
) -> StoreResult<Option<Account>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(BY_SUBJECT).bind(subject.issuer.as_str());
        one(query.bind(subject.subject.as_str()).fetch_optional(c).await?.as_ref())
    })
}

/// By name.
pub async fn by_name(source: impl Into<Source<'_>>, name: &str) -> StoreResult<Option<Account>> {
    find(source, BY_NAME, name).await
}

async fn find(
    source: impl Into<Source<'_>>,
    statement: &'static str,
    key: &str,
) -> StoreResult<Option<Account>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(statement).bind(key).fetch_optional(c).await?.as_ref()))
}

/// Makes an account; false when its login or its name is another's already.
pub async fn add(
    tx: &mut Tx,
    now: Timestamp,
    new: &NewAccount,
    password: Option<&str>,
    actor: &str,
) -> StoreResult<bool> {
    let added = on!(tx, c => {
        let query = sqlx::query(INSERT).bind(new.id.as_str()).bind(new.login.as_str());
        let query = query.bind(new.name.as_str()).bind(password).bind(joined(&new.roles));
        let query = query.bind(opt_joined(new.stores.as_ref())).bind(now.micros()).bind(actor);
        let query = query.bind(password.map(|_| now.micros()));
        let query = query.bind(new.subject.as_ref().map(|one| one.issuer.as_str()));
        let query = query.bind(new.subject.as_ref().map(|one| one.subject.as_str()));
        query.execute(c).await?.rows_affected() == 1
    });
    if added {
        let detail = rights_detail(&new.roles, new.stores.as_ref());
        audit::append(tx, now, actor, "account-made", &new.name, &detail).await?;
    }
    Ok(added)
}

fn rights_detail(roles: &BTreeSet<Role>, stores: Option<&BTreeSet<i64>>) -> String {
    serde_json::json!({ "roles": roles, "stores": stores }).to_string()
}

/// Roles and stores.
pub async fn set_rights(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    (roles, stores): (&BTreeSet<Role>, Option<&BTreeSet<i64>>),
    actor: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SET_RIGHTS).bind(account.id.as_str()).bind(joined(roles));
        query.bind(opt_joined(stores)).execute(c).await?;
    });
    let detail = serde_json::json!({
        "before": { "roles": account.roles, "stores": account.stores },
        "after": { "roles": roles, "stores": stores },
    });
    audit::append(tx, now, actor, "account-rights", &account.name, &detail.to_string()).await
}

/// A new password, hashed.
pub async fn set_password(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    password: &str,
    actor: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SET_PASSWORD).bind(account.id.as_str()).bind(password);
        query.bind(now.micros()).execute(c).await?;
    });
    audit::append(tx, now, actor, "account-password", &account.name, "{}").await
}

/// Closes an account, or opens it again.
pub async fn set_disabled(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    disabled: bool,
    actor: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SET_DISABLED).bind(account.id.as_str());
        query.bind(disabled.then(|| now.micros())).execute(c).await?;
    });
    let action = if disabled { "account-disabled" } else { "account-enabled" };
    audit::append(tx, now, actor, action, &account.name, "{}").await
}

/// Keeps a second factor's secret until it is confirmed.
pub async fn set_factor_next(tx: &mut Tx, account: &Account, secret: &[u8]) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SET_NEXT).bind(account.id.as_str()).bind(secret).execute(c).await?;
    });
    Ok(())
}

/// Puts a second factor in force, used up to `step`, with its recovery codes.
pub async fn set_factor(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    (secret, step): (&[u8], i64),
    codes: &[Hash],
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SET_FACTOR).bind(account.id.as_str()).bind(secret);
        query.bind(step).execute(c).await?;
    });
    put_codes(tx, &account.id, codes).await?;
    let name = &account.name;
    audit::append(tx, now, name, "account-factor-set", name, "{}").await
}

/// Takes the second factor and its recovery codes away.
pub async fn remove_factor(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    actor: &str,
) -> StoreResult<()> {
    let nothing = (None::<Vec<u8>>, None::<i64>);
    on!(tx, c => {
        let query = sqlx::query(SET_FACTOR).bind(account.id.as_str()).bind(nothing.0);
        query.bind(nothing.1).execute(c).await?;
    });
    put_codes(tx, &account.id, &[]).await?;
    audit::append(tx, now, actor, "account-factor-removed", &account.name, "{}").await
}

/// New recovery codes; the old ones are void.
pub async fn set_codes(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    codes: &[Hash],
) -> StoreResult<()> {
    put_codes(tx, &account.id, codes).await?;
    let name = &account.name;
    audit::append(tx, now, name, "account-recovery-codes", name, "{}").await
}

async fn put_codes(tx: &mut Tx, id: &str, codes: &[Hash]) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET_CODES).bind(id).execute(&mut *c).await?;
        for code in codes {
            sqlx::query(ADD_CODE).bind(id).bind(code.as_slice()).execute(&mut *c).await?;
        }
    });
    Ok(())
}

/// Uses the code of `step` up; false when it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, id: &str, step: i64) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(USE_STEP).bind(id).bind(step).execute(c).await?.rows_affected() == 1
    }))
}

/// Uses a recovery code up; false when there is none such.
pub async fn use_code(
    tx: &mut Tx,
    now: Timestamp,
    account: &Account,
    code: &Hash,
) -> StoreResult<bool> {
    let id = account.id.as_str();
    let used = on!(tx, c => {
        let query = sqlx::query(USE_CODE).bind(id).bind(code.as_slice());
        query.execute(c).await?.rows_affected() == 1
    });
    if used {
        let name = &account.name;
        audit::append(tx, now, name, "account-recovery-code-used", name, "{}").await?;
    }
    Ok(used)
}

/// How many recovery codes are left.
pub async fn codes_left(source: impl Into<Source<'_>>, id: &str) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(CODES_LEFT).bind(id).fetch_one(c).await?.int("n"))
}

/// Notes that they signed in.
pub async fn signed_in(tx: &mut Tx, now: Timestamp, account: &Account) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SIGNED_IN).bind(account.id.as_str());
        query.bind(now.micros()).execute(c).await?;
    });
    audit::append(tx, now, &account.name, "sign-in", &account.name, "{}").await
}
