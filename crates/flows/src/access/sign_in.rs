//! Signing in, and who a session belongs to.

use std::time::Duration;

use daybook_domain::Timestamp;
use daybook_store::{
    Tx,
    access::{
        Hash,
        account::{self, Account},
        hash,
        session::{self, Session},
    },
};

use super::{
    fold, password, secret, single_sign_on,
    throttle::{self, ALL, ONE, Scopes},
    totp,
};
use crate::{app::App, error::FlowError, retrying::retrying};

/// How long the second factor may take.
const HALF_LIFE: Duration = Duration::from_mins(10);
/// Use is noted at most this often.
const NOTE_EVERY: Duration = Duration::from_mins(1);
/// What is kept of a browser's name.
const AGENT_LIMIT: usize = 120;

/// Who stands at the door, as far as a request tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// Where the request comes from.
    pub source: String,
    /// What the browser calls itself.
    pub agent: String,
    /// The mark of a browser that was here before.
    pub device: Option<String>,
    /// The session that the browser has; it ends when another begins.
    pub session: Option<String>,
}

/// A session that has begun. What is in it is shown to nobody but the browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Entered {
    /// Opens the session.
    pub session: String,
    /// The browser's mark; none before the second factor.
    pub device: Option<String>,
}

/// Without the secrets.
impl std::fmt::Debug for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entered")
    }
}

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// They are in.
    In(Entered),
    /// The password is right; the second factor is still to come.
    SecondStep(Entered),
    /// Something was wrong, and it is not told what.
    Wrong,
    /// Too many wrong guesses: it was not looked at.
    Wait(Duration),
    /// The time for the second factor is over: begin again.
    Over,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: Account,
    /// The session.
    pub session: Session,
}

/// By login and password.
pub async fn sign_in(
    app: &App,
    login: &str,
    password: &str,
    visitor: &Visitor,
) -> Result<SignIn, FlowError> {
    single_sign_on::only_where_local(app)?;
    let login = fold(login);
    let found = account::by_login(&app.db, &login).await?;
    let scopes = scopes(app, &login, found.as_ref(), visitor).await?;
    if let Some(wait) = throttle::charge(app, &scopes).await? {
        return Ok(told(SignIn::Wait(wait), visitor));
    }
    let account = found.filter(Account::is_open);
    let known = account.as_ref().and_then(|account| account.password.as_deref());
    let is_right = password::verify(app, known, password).await?;
    let Some(account) = account.filter(|_| is_right) else {
        return Ok(told(SignIn::Wrong, visitor));
    };
    throttle::refund(app, &scopes).await?;
    after_password(app, &account, visitor).await
}

/// Counts what did not lead in. Names are not logged: people type passwords into the wrong field.
fn told(ended: SignIn, visitor: &Visitor) -> SignIn {
    let result = if ended == SignIn::Wrong { "wrong" } else { "wait" };
    metrics::counter!("daybook_sign_ins_refused_total", "result" => result).increment(1);
    tracing::info!(source = visitor.source, result, "somebody was not let in");
    ended
}

/// They have shown the first factor: what comes now.
pub(super) async fn after_password(
    app: &App,
    account: &Account,
    visitor: &Visitor,
) -> Result<SignIn, FlowError> {
    if account.factor.is_none() {
        return Ok(SignIn::In(enter(app, account, visitor).await?));
    }
    let entered = Entered { session: secret(app), device: None };
    let ends_at = app.now().plus(HALF_LIFE);
    let half = Session { half: true, ..new_session(app, account, visitor, (ends_at, ends_at)) };
    let once = || async {
        let mut tx = app.db.begin().await?;
        end_present(&mut tx, visitor).await?;
        session::begin(&mut tx, &hash(&entered.session), &half).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "sign-in", once).await?;
    Ok(SignIn::SecondStep(entered))
}

/// By a code of the second factor, or a recovery code.
pub async fn second_step(app: &App, code: &str, visitor: &Visitor) -> Result<SignIn, FlowError> {
    let Some(half) = half_session(app, visitor).await? else { return Ok(SignIn::Over) };
    let found = account::get(&app.db, &half.account).await?;
    let Some(account) = found.filter(Account::is_open) else { return Ok(SignIn::Over) };
    let Some(factor) = account.factor.clone() else { return Ok(SignIn::Over) };
    let mut scopes = scopes(app, &account.login, Some(&account), visitor).await?;
    scopes.retain(|(scope, _)| scope.starts_with(DEVICE));
    if scopes.is_empty() {
        // Whoever comes here knows the password.
        scopes.push((format!("factor:{}", account.id), ONE));
    }
    if let Some(wait) = throttle::charge(app, &scopes).await? {
        return Ok(told(SignIn::Wait(wait), visitor));
    }
    if !use_code(app, &account, &factor, code).await? {
        return Ok(told(SignIn::Wrong, visitor));
    }
    throttle::refund(app, &scopes).await?;
    Ok(SignIn::In(enter(app, &account, visitor).await?))
}

/// Whether the browser's session waits for the second factor.
pub async fn is_half(app: &App, visitor: &Visitor) -> Result<bool, FlowError> {
    Ok(half_session(app, visitor).await?.is_some())
}

async fn half_session(app: &App, visitor: &Visitor) -> Result<Option<Session>, FlowError> {
    let Some(token) = &visitor.session else { return Ok(None) };
    let found = session::get(&app.db, &hash(token), app.now()).await?;
    Ok(found.filter(|session| session.half))
}

async fn use_code(
    app: &App,
    account: &Account,
    factor: &[u8],
    given: &str,
) -> Result<bool, FlowError> {
    let now = app.now();
    let given = totp::plain(given);
    let step = totp::matching(factor, &given, now);
    let once = || async {
        let mut tx = app.db.begin().await?;
        let used = match step {
            Some(step) => account::use_step(&mut tx, &account.id, step).await?,
            None => account::use_code(&mut tx, now, account, &hash(&given)).await?,
        };
        tx.commit().await?;
        Ok(used)
    };
    retrying(app, "second factor", once).await
}

/// Begins a session, which is a new one always: what was in the browser before is void.
pub(super) async fn enter(
    app: &App,
    account: &Account,
    visitor: &Visitor,
) -> Result<Entered, FlowError> {
    let settings = &app.settings.access;
    let now = app.now();
    let device = browser(app, visitor).await?;
    let entered = Entered { session: secret(app), device: Some(device.clone()) };
    let until = (now.plus(settings.idle), now.plus(settings.longest));
    let new = new_session(app, account, visitor, until);
    let oldest = now.minus(settings.remember_browsers);
    let once = || async {
        let mut tx = app.db.begin().await?;
        end_present(&mut tx, visitor).await?;
        session::begin(&mut tx, &hash(&entered.session), &new).await?;
        session::remember(&mut tx, &hash(&device), &account.id, (now, oldest)).await?;
        account::signed_in(&mut tx, now, account).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "sign-in", once).await?;
    Ok(entered)
}

/// The browser's mark: the one it has, if it is one of ours; several people may share a browser.
async fn browser(app: &App, visitor: &Visitor) -> Result<String, FlowError> {
    if let Some(mark) = &visitor.device
        && session::is_ours(&app.db, &hash(mark)).await?
    {
        return Ok(mark.clone());
    }
    Ok(secret(app))
}

async fn end_present(tx: &mut Tx, visitor: &Visitor) -> Result<(), FlowError> {
    if let Some(present) = &visitor.session {
        session::end(tx, &hash(present)).await?;
    }
    Ok(())
}

fn new_session(
    app: &App,
    account: &Account,
    visitor: &Visitor,
    (idle_until, ends_at): (Timestamp, Timestamp),
) -> Session {
    let now = app.now();
    Session {
        id: app.ids.uuid().to_string(),
        account: account.id.clone(),
        half: false,
        created_at: now,
        seen_at: now,
        idle_until: idle_until.min(ends_at),
        ends_at,
        agent: visitor.agent.chars().filter(|c| !c.is_control()).take(AGENT_LIMIT).collect(),
    }
}

/// What guesses of a known browser are counted by begins so.
const DEVICE: &str = "device:";

async fn scopes(
    app: &App,
    login: &str,
    account: Option<&Account>,
    visitor: &Visitor,
) -> Result<Scopes, FlowError> {
    if let (Some(device), Some(account)) = (&visitor.device, account) {
        let device = hash(device);
        if session::is_known(&app.db, &device, &account.id).await? {
            let scope = format!("{DEVICE}{}:{}", short(&device), account.id);
            return Ok(vec![(scope, ONE)]);
        }
    }
    // In this order always, so that two transactions never wait for each other. A login is hashed:
    // people type passwords into the wrong field.
    let against = format!("account:{}", short(&hash(login)));
    Ok(vec![(against, ALL), (format!("source:{}", visitor.source), ONE)])
}

pub(super) fn short(hash: &Hash) -> String {
    use std::fmt::Write as _;
    hash[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whose session it is, if it is one. `is_use` is false for what a page asks by itself: a page that
/// is left open does not keep its session alive.
pub async fn identify(app: &App, token: &str, is_use: bool) -> Result<Option<Identity>, FlowError> {
    let (now, key) = (app.now(), hash(token));
    let found = session::whose(&app.db, &key, now).await?;
    let Some((session, account)) = found else { return Ok(None) };
    // What began before accounts of ours were turned off ends with them.
    if account.subject.is_none() && !app.settings.access.has_local_accounts() {
        return Ok(None);
    }
    let idle = app.settings.access.idle;
    if is_use && now.since(session.seen_at) >= NOTE_EVERY.min(idle / 4) {
        let until = now.plus(idle).min(session.ends_at);
        let mut tx = app.db.begin().await?;
        session::touch(&mut tx, &key, now, until).await?;
        tx.commit().await?;
    }
    Ok(Some(Identity { account, session }))
}

/// Ends a session.
pub async fn sign_out(app: &App, token: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    session::end(&mut tx, &hash(token)).await?;
    Ok(tx.commit().await?)
}
