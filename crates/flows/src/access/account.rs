//! What people do with their own account.

use daybook_store::access::{
    Hash,
    account::{self, Account},
    hash,
    session::{self, Session},
};

use super::{
    password,
    sign_in::Identity,
    single_sign_on::only_of_ours,
    throttle::{self, ONE},
    totp, unknown,
};
use crate::{app::App, error::FlowError, retrying::retrying};

/// Recovery codes that somebody gets.
const CODES: usize = 10;

/// How an account stands, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What is signed in, the newest first.
    pub sessions: Vec<Session>,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// A second factor that is being set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret, as it is typed into an app.
    pub secret: String,
    /// The address that an app reads from a picture.
    pub address: String,
}

/// How an account stands.
pub async fn standing(app: &App, own: &Identity) -> Result<Standing, FlowError> {
    let id = &own.account.id;
    Ok(Standing {
        sessions: session::of(&app.db, id, app.now()).await?,
        has_factor: own.account.factor.is_some(),
        codes_left: account::codes_left(&app.db, id).await?,
    })
}

/// Chooses another password; what else is signed in ends.
pub async fn change_password(
    app: &App,
    own: &Identity,
    present: &str,
    wanted: &str,
) -> Result<(), FlowError> {
    let account = &own.account;
    only_of_ours(account)?;
    password::check(app, wanted, &[&account.name, &account.login])?;
    confirm(app, account, present).await?;
    let hashed = password::hash(app, wanted).await?;
    let once = || async {
        let mut tx = app.db.begin().await?;
        account::set_password(&mut tx, app.now(), account, &hashed, &account.name).await?;
        session::end_others(&mut tx, &account.id, Some(&own.session.id)).await?;
        session::forget(&mut tx, &account.id).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "a password", once).await
}

/// Whether it is still the owner who sits there.
async fn confirm(app: &App, account: &Account, present: &str) -> Result<(), FlowError> {
    let scopes = vec![(format!("own:{}", account.id), ONE)];
    if let Some(wait) = throttle::charge(app, &scopes).await? {
        let what = format!("Too many wrong passwords: wait {} seconds", wait.as_secs() + 1);
        return Err(FlowError::request("password-wait", what, "then try again"));
    }
    if !password::verify(app, account.password.as_deref(), present).await? {
        let what = "That is not your present password";
        return Err(FlowError::request("password-wrong", what, "type it once more"));
    }
    throttle::refund(app, &scopes).await
}

/// Begins to set a second factor up; nothing is in force yet.
pub async fn begin_factor(app: &App, own: &Identity) -> Result<(), FlowError> {
    only_of_ours(&own.account)?;
    if own.account.factor.is_some() {
        let what = "There is a second factor already";
        return Err(FlowError::request("factor-there", what, "remove it first"));
    }
    let secret = app.ids.secret();
    let mut tx = app.db.begin().await?;
    account::set_factor_next(&mut tx, &own.account, &secret[..totp::SECRET_BYTES]).await?;
    Ok(tx.commit().await?)
}

/// What an app has to know, while a second factor is being set up.
pub fn enrolment(own: &Identity) -> Option<Enrolment> {
    let secret = own.account.factor_next.as_deref()?;
    let address = totp::address(secret, &own.account.login);
    Some(Enrolment { secret: totp::base32(secret), address })
}

/// Puts the second factor in force: `code` shows that the app has the secret. Returns the recovery
/// codes, which nobody sees again.
pub async fn confirm_factor(
    app: &App,
    own: &Identity,
    code: &str,
) -> Result<Vec<String>, FlowError> {
    let Some(secret) = own.account.factor_next.as_deref() else {
        let what = "No second factor is being set up";
        return Err(FlowError::request("factor-missing", what, "begin again"));
    };
    let scopes = vec![(format!("own:{}", own.account.id), ONE)];
    if throttle::charge(app, &scopes).await?.is_some() {
        return Err(wrong_code("wait a little, then type the next code"));
    }
    let Some(step) = totp::matching(secret, &totp::plain(code), app.now()) else {
        return Err(wrong_code("check the clock of the telephone, and type the code it shows now"));
    };
    throttle::refund(app, &scopes).await?;
    let (codes, hashes) = new_codes(app);
    let once = || async {
        let mut tx = app.db.begin().await?;
        account::set_factor(&mut tx, app.now(), &own.account, (secret, step), &hashes).await?;
        session::end_others(&mut tx, &own.account.id, Some(&own.session.id)).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "a second factor", once).await?;
    Ok(codes)
}

fn wrong_code(hint: &str) -> FlowError {
    FlowError::request("factor-wrong", "That is not the code", hint)
}

/// Takes the second factor away.
pub async fn remove_factor(app: &App, own: &Identity, present: &str) -> Result<(), FlowError> {
    confirm(app, &own.account, present).await?;
    let mut tx = app.db.begin().await?;
    account::remove_factor(&mut tx, app.now(), &own.account, &own.account.name).await?;
    Ok(tx.commit().await?)
}

/// New recovery codes, which nobody sees again; the old ones are void.
pub async fn renew_codes(
    app: &App,
    own: &Identity,
    present: &str,
) -> Result<Vec<String>, FlowError> {
    confirm(app, &own.account, present).await?;
    let (codes, hashes) = new_codes(app);
    let mut tx = app.db.begin().await?;
    account::set_codes(&mut tx, app.now(), &own.account, &hashes).await?;
    tx.commit().await?;
    Ok(codes)
}

fn new_codes(app: &App) -> (Vec<String>, Vec<Hash>) {
    let codes = (0..CODES).map(|_| totp::recovery_code(&app.ids.secret()));
    let codes: Vec<String> = codes.collect();
    let hashes = codes.iter().map(|code| hash(&totp::plain(code))).collect();
    (codes, hashes)
}

/// Ends one session of one's own.
pub async fn end_session(app: &App, own: &Identity, id: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    if !session::end_one(&mut tx, &own.account.id, id).await? {
        return Err(unknown());
    }
    Ok(tx.commit().await?)
}

/// Ends every session of one's own but this one.
pub async fn end_other_sessions(app: &App, own: &Identity) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    session::end_others(&mut tx, &own.account.id, Some(&own.session.id)).await?;
    Ok(tx.commit().await?)
}
