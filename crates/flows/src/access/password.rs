//! Passwords: long rather than odd, and hashed by argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use super::fold;
use crate::{app::App, error::FlowError};

/// Longer ones are refused before anything is computed.
const LONGEST: usize = 1_024;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// Each takes much memory for a moment; a flood of guesses must not take all of it.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Whether a password can be chosen by whoever has these names.
pub(crate) fn check(app: &App, password: &str, names: &[&str]) -> Result<(), FlowError> {
    let least = app.settings.access.password_length;
    if password.chars().count() < least {
        let what = format!("The password is shorter than {least} characters");
        let hint = "three or four words that do not belong together are easy to keep in mind";
        return Err(FlowError::request("password-short", what, hint));
    }
    if password.len() > LONGEST {
        let what = "The password is too long";
        return Err(FlowError::request("password-long", what, "use up to 1,000 characters"));
    }
    let plain = |text: &str| fold(text).replace(char::is_whitespace, "");
    if names.iter().any(|name| plain(name) == plain(password)) {
        return Err(FlowError::request(
            "password-name",
            "The password is the name itself",
            "choose one that nobody who knows the name would try first",
        ));
    }
    Ok(())
}

/// The hash of a password that was chosen, in the usual form `$argon2id$…`.
pub(crate) async fn hash(app: &App, password: &str) -> Result<String, FlowError> {
    let settings = &app.settings.access;
    let cost = Cost { memory: settings.password_memory_kib, passes: settings.password_passes };
    let salt = app.ids.secret()[..SALT_BYTES].to_vec();
    let (password, kept) = (password.to_owned(), salt.clone());
    let hash = aside(move || cost.hash(password.as_bytes(), &kept)).await?;
    Ok(written(cost, &salt, &hash))
}

/// Whether a password is the one of `known`. Without one the same work is done for nothing, so that
/// the time it takes tells nobody which names exist.
pub(crate) async fn verify(
    app: &App,
    known: Option<&str>,
    password: &str,
) -> Result<bool, FlowError> {
    let settings = &app.settings.access;
    let own = Cost { memory: settings.password_memory_kib, passes: settings.password_passes };
    let parsed = known.and_then(read);
    let is_known = parsed.is_some();
    let (cost, salt, expected) =
        parsed.unwrap_or_else(|| (own, vec![0; SALT_BYTES], vec![0; HASH_BYTES]));
    if password.len() > LONGEST {
        return Ok(false);
    }
    let password = password.to_owned();
    let hash = aside(move || cost.hash(password.as_bytes(), &salt)).await?;
    Ok(bool::from(hash.as_slice().ct_eq(&expected)) && is_known)
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    memory: u32,
    passes: u32,
}

impl Cost {
    fn hash(self, password: &[u8], salt: &[u8]) -> Option<[u8; HASH_BYTES]> {
        let params = Params::new(self.memory, self.passes, 1, Some(HASH_BYTES)).ok()?;
        let mut hash = [0; HASH_BYTES];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(password, salt, &mut hash).ok()?;
        Some(hash)
    }
}

fn written(cost: Cost, salt: &[u8], hash: &[u8]) -> String {
    let (salt, hash) = (BASE64_STANDARD_NO_PAD.encode(salt), BASE64_STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={},t={},p=1${salt}${hash}", cost.memory, cost.passes)
}

fn read(text: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let rest = text.strip_prefix("$argon2id$v=19$m=")?;
    let (memory, rest) = rest.split_once(",t=")?;
    let (passes, rest) = rest.split_once(",p=1$")?;
    let (salt, hash) = rest.split_once('$')?;
    let cost = Cost { memory: memory.parse().ok()?, passes: passes.parse().ok()? };
    let decode = |text: &str| BASE64_STANDARD_NO_PAD.decode(text).ok();
    Some((cost, decode(salt)?, decode(hash)?))
}

/// Does long work where it holds nobody up.
async fn aside(
    work: impl FnOnce() -> Option<[u8; HASH_BYTES]> + Send + 'static,
) -> Result<[u8; HASH_BYTES], FlowError> {
    let _place = AT_ONCE.acquire().await.map_err(|_| failed())?;
    tokio::task::spawn_blocking(work).await.ok().flatten().ok_or_else(failed)
}

fn failed() -> FlowError {
    FlowError::request(
        "password-hash",
        "The password could not be worked on",
        "check password-memory-kib and password-passes in [web.access]",
    )
}

#[cfg(test)]
mod tests {
    use super::{Cost, read, written};

    #[test]
    fn hashes_are_written_as_everybody_writes_them_and_come_back() {
        let cost = Cost { memory: 64, passes: 1 };
        let hash = cost.hash(b"correct horse", b"0123456789abcdef").unwrap();
        let text = written(cost, b"0123456789abcdef", &hash);
        assert!(text.starts_with("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"), "{text}");
        let (read_cost, salt, read_hash) = read(&text).unwrap();
        assert_eq!((read_cost.memory, read_cost.passes), (64, 1));
        assert_eq!((salt.as_slice(), read_hash.as_slice()), (&b"0123456789abcdef"[..], &hash[..]));
        assert_ne!(cost.hash(b"correct horse!", b"0123456789abcdef").unwrap(), hash);
        assert!(read("$argon2i$v=19$m=64,t=1,p=1$a$b").is_none());
    }
}
