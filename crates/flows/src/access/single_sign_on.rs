//! The company's own sign-in: whom an OpenID provider knows comes in without a password of ours,
//! and is what the groups there say, at every sign-in anew.

use std::{collections::BTreeSet, time::Duration};

use daybook_connectors::openid::{Attempt, OpenIdError, Somebody};
use daybook_domain::access::Role;
use daybook_store::{
    Tx,
    access::{
        account::{self, Account, NewAccount, Subject},
        hash, session, sign_on,
    },
};
use subtle::ConstantTimeEq as _;

pub use daybook_connectors::openid::OpenId;

use super::{
    fold, proper_login, proper_name, secret,
    sign_in::{self, SignIn, Visitor, short},
};
use crate::{app::App, error::FlowError, retrying::retrying, settings::SingleSignOn};

/// How long somebody may take at the provider.
pub const LIFE: Duration = Duration::from_mins(10);
/// On the record, who makes accounts and gives roles here.
pub(super) const ACTOR: &str = "single sign-on";
/// Longest name of somebody at the provider.
const SUBJECT_LIMIT: usize = 255;
/// What is kept of what somebody is called there.
const CALLED_LIMIT: usize = 50;

/// An attempt that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Stays in the browser that began, and shows that it did.
    pub secret: String,
    /// Where the browser goes.
    pub address: String,
}

/// What the browser brings back.
#[derive(Clone, Default)]
pub struct Answer {
    /// Ties it to the attempt.
    pub state: String,
    /// For our own question to the provider.
    pub code: Option<String>,
    /// Who answers, where it is told (RFC 9207).
    pub issuer: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Begins to sign in; `next` is where the browser wanted to be.
pub async fn begin(app: &App, provider: &OpenId, next: &str) -> Result<Begun, FlowError> {
    let secret = secret(app);
    let address = provider.address(&Attempt::of(&secret)).await.map_err(|error| told(&error))?;
    let now = app.now();
    let once = || async {
        let mut tx = app.db.begin().await?;
        sign_on::begin(&mut tx, &hash(&secret), next, (now, now.plus(LIFE))).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "single sign-on", once).await?;
    Ok(Begun { secret, address })
}

/// Ends the attempt that the browser's secret belongs to. Returns where the browser wanted to be.
pub async fn finish(
    app: &App,
    provider: &OpenId,
    (secret, answer): (&str, &Answer),
    visitor: &Visitor,
) -> Result<(SignIn, String), FlowError> {
    let attempt = Attempt::of(secret);
    let next = sign_on::next(&app.db, &hash(secret), app.now()).await?.ok_or_else(over)?;
    let is_ours: bool = attempt.state().as_bytes().ct_eq(answer.state.as_bytes()).into();
    if !is_ours {
        return Err(over());
    }
    // Once: whatever comes of it, the same answer leads nowhere again.
    let once = || async {
        let mut tx = app.db.begin().await?;
        let taken = sign_on::take(&mut tx, &hash(secret), app.now()).await?;
        tx.commit().await?;
        Ok(taken)
    };
    if !retrying(app, "single sign-on", once).await? {
        return Err(over());
    }
    if answer.issuer.as_deref().is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(told(&OpenIdError::Answer("iss")));
    }
    let code = answer.code.as_deref().filter(|_| answer.error.is_none());
    let code = code.ok_or_else(|| refused(answer.error.as_deref()))?;
    let somebody = provider.redeem(&attempt, code).await.map_err(|error| told(&error))?;
    let account = let_in(app, provider.issuer(), &somebody).await?;
    Ok((sign_in::after_password(app, &account, visitor).await?, next))
}

/// Their account, made if they are new, with what their groups say.
async fn let_in(app: &App, issuer: &str, somebody: &Somebody) -> Result<Account, FlowError> {
    let subject = Subject { issuer: issuer.to_owned(), subject: somebody.subject.clone() };
    if subject.subject.len() > SUBJECT_LIMIT || subject.subject.contains('\0') {
        return Err(told(&OpenIdError::Answer("sub")));
    }
    let rights = rights(&app.settings.access.single_sign_on, &somebody.groups);
    let id = app.ids.uuid().to_string();
    let once = || async {
        let mut tx = app.db.begin().await?;
        let known = account::by_subject(&mut tx, &subject).await?;
        if known.as_ref().is_some_and(|known| !known.is_open()) {
            return Err(closed());
        }
        let Some((roles, stores)) = &rights else {
            // Whoever lost the last group loses what is still open too.
            if let Some(known) = &known {
                session::end_others(&mut tx, &known.id, None).await?;
                tx.commit().await?;
            }
            return Err(no_role());
        };
        let id = if let Some(known) = known {
            if known.roles != *roles || known.stores != *stores {
                let wanted = (roles, stores.as_ref());
                account::set_rights(&mut tx, app.now(), &known, wanted, ACTOR).await?;
                session::end_others(&mut tx, &known.id, None).await?;
            }
            known.id
        } else {
            let new = NewAccount {
                id: id.clone(),
                login: String::new(),
                name: String::new(),
                roles: roles.clone(),
                stores: stores.clone(),
                subject: Some(subject.clone()),
            };
            add(app, &mut tx, new, somebody).await?;
            id.clone()
        };
        let account = account::get(&mut tx, &id).await?.ok_or_else(super::unknown)?;
        tx.commit().await?;
        Ok(account)
    };
    retrying(app, "single sign-on", once).await
}

/// Makes the account of somebody new. It is never joined to one of ours, whatever name or address
/// the provider tells: those are given anew, and a subject is not.
async fn add(
    app: &App,
    tx: &mut Tx,
    new: NewAccount,
    somebody: &Somebody,
) -> Result<(), FlowError> {
    let all = account::list(&mut *tx).await?;
    let mark = short(&hash(&somebody.subject));
    let mark = &mark[..8];
    let plain = |text: &String| {
        let kept = text.chars().filter(|c| !c.is_control()).take(CALLED_LIMIT);
        kept.collect::<String>().trim().to_owned()
    };
    let login = somebody.login.as_ref().map(plain).unwrap_or_default().replace(' ', ".");
    let called = somebody.name.as_ref().map(plain).unwrap_or_default();
    let logins = [login.clone(), format!("{login}#{mark}"), format!("sso#{mark}")];
    let login = logins.iter().find_map(|one| {
        let login = proper_login(one).ok()?;
        all.iter().all(|other| other.login != login).then_some(login)
    });
    let names = [called.clone(), format!("{called} ({mark})"), format!("Somebody {mark}")];
    let name = names.iter().find_map(|one| {
        let name = proper_name(one).ok()?;
        all.iter().all(|other| fold(&other.name) != fold(&name)).then_some(name)
    });
    let (Some(login), Some(name)) = (login, name) else {
        return Err(told(&OpenIdError::Answer("name")));
    };
    let new = NewAccount { login, name, ..new };
    if !account::add(tx, app.now(), &new, None, ACTOR).await? {
        return Err(super::taken(&new.login, &new.name));
    }
    Ok(())
}

type Given = (BTreeSet<Role>, Option<BTreeSet<i64>>);

/// What these groups make of somebody; nothing when they have no role by them.
fn rights(settings: &SingleSignOn, groups: &[String]) -> Option<Given> {
    let roles: BTreeSet<Role> =
        groups.iter().filter_map(|group| settings.roles.get(group)).flatten().copied().collect();
    let stores: Vec<&Vec<i64>> =
        groups.iter().filter_map(|group| settings.stores.get(group)).collect();
    let stores = (!stores.is_empty()).then(|| stores.into_iter().flatten().copied().collect());
    (!roles.is_empty()).then_some((roles, stores))
}

/// Refuses what is for accounts of ours where there may be none.
pub(super) fn only_where_local(app: &App) -> Result<(), FlowError> {
    if app.settings.access.has_local_accounts() {
        return Ok(());
    }
    Err(FlowError::request(
        "local-accounts-off",
        "People come in by the company's own sign-in here, and in no other way",
        "use the button of that sign-in; web.access.single-sign-on.local-accounts would allow both",
    ))
}

/// Refuses what only an account of ours has.
pub(super) fn only_of_ours(account: &Account) -> Result<(), FlowError> {
    if account.subject.is_none() {
        return Ok(());
    }
    Err(FlowError::request(
        "account-of-the-company",
        "This account belongs to the company's own sign-in",
        "passwords, second factor and groups are looked after there; here it can be disabled",
    ))
}

fn over() -> FlowError {
    FlowError::request(
        "sign-on-over",
        "This sign-in was not begun in this browser, or its time is over",
        "begin again",
    )
}

fn no_role() -> FlowError {
    count("no-role");
    FlowError::request(
        "sign-on-no-role",
        "You are who you say, and in no group that may use Daybook",
        "ask whoever looks after groups in the company to add you to one of Daybook's",
    )
}

fn closed() -> FlowError {
    count("closed");
    FlowError::request(
        "sign-on-closed",
        "Your account here is closed",
        "ask whoever looks after Daybook",
    )
}

/// What the provider says instead of a code. Its own words are not repeated.
fn refused(error: Option<&str>) -> FlowError {
    count("refused");
    let what = match error {
        Some("access_denied") => "The sign-in was given up, or refused, over there",
        Some("login_required" | "interaction_required" | "consent_required") => {
            "The company's own sign-in wants something more from you"
        }
        Some("temporarily_unavailable" | "server_error") => {
            "The company's own sign-in does not work right now"
        }
        _ => "The company's own sign-in did not take the question",
    };
    FlowError::request("sign-on-refused", what, "begin again")
}

/// The provider's fault, or that of the settings: told by a code here, and in the log in full.
fn told(error: &OpenIdError) -> FlowError {
    tracing::warn!("single sign-on: {error}");
    let (code, what, hint) = match error {
        OpenIdError::Unreachable(_) => (
            "sign-on-unreachable",
            "The company's own sign-in does not answer",
            "try again in a while; whoever looks after Daybook finds the reason in its log",
        ),
        OpenIdError::Refused(_) => (
            "sign-on-code",
            "The company's own sign-in did not take what the browser brought",
            "begin again; if it stays so, client id and secret are wrong in Daybook's settings",
        ),
        OpenIdError::Answer(_) | OpenIdError::Token(_) => (
            "sign-on-answer",
            "What the company's own sign-in answered could not be believed",
            "begin again; if it stays so, tell whoever looks after Daybook: the log has the reason",
        ),
    };
    count(code);
    FlowError::request(code, what, hint)
}

fn count(result: &'static str) {
    metrics::counter!("daybook_sign_ins_refused_total", "result" => result).increment(1);
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use daybook_domain::access::Role;

    use super::rights;
    use crate::settings::SingleSignOn;

    #[test]
    fn groups_give_roles_and_take_stores_away() {
        let own = |text: &str| text.to_owned();
        let settings = SingleSignOn {
            roles: BTreeMap::from([
                (own("books"), vec![Role::Finance, Role::Auditor]),
                (own("shops"), vec![Role::Retail]),
            ]),
            stores: BTreeMap::from([(own("leeds"), vec![5]), (own("york"), vec![7, 8])]),
            ..SingleSignOn::default()
        };
        let of = |groups: &[&str]| {
            rights(&settings, &groups.iter().map(|one| own(one)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["Books", "leeds"]), None, "a store alone is no role, nor another's name");
        let books = BTreeSet::from([Role::Finance, Role::Auditor]);
        assert_eq!(of(&["books", "else"]), Some((books, None)));
        let both = Some(BTreeSet::from([5, 7, 8]));
        assert_eq!(of(&["shops", "leeds", "york"]), Some((BTreeSet::from([Role::Retail]), both)));
    }
}
