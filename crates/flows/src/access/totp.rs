//! The second factor: codes by time (RFC 6238, SHA-1, six digits, thirty seconds), as every
//! authenticator app makes them; and recovery codes.

use std::fmt::Write as _;

use daybook_domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// How long a code is shown.
const STEP_SECONDS: i64 = 30;
/// As RFC 4648 has it; without the digits that look like letters.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Bytes of a secret: as long as the hash, as RFC 4226 advises.
pub(crate) const SECRET_BYTES: usize = 20;

/// The number of the code that is shown at a moment.
pub fn step_at(now: Timestamp) -> i64 {
    now.micros().div_euclid(1_000_000 * STEP_SECONDS)
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> String {
    let mut digest = [0_u8; 20];
    if let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) {
        mac.update(&step.to_be_bytes());
        digest.copy_from_slice(&mac.finalize().into_bytes());
    }
    let at = usize::from(digest[19] & 0x0f);
    let number = u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code this is: the present one, the one before, or the one after, for clocks that
/// are not quite right.
pub(crate) fn matching(secret: &[u8], given: &str, now: Timestamp) -> Option<i64> {
    let present = step_at(now);
    [present, present - 1, present + 1].into_iter().find(|step| code(secret, *step) == given)
}

/// A secret as it is typed into an app.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

/// The address that an app reads from the picture.
pub fn address(secret: &[u8], login: &str) -> String {
    let mut label = String::new();
    for byte in login.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            label.push(char::from(byte));
        } else {
            let _ = write!(label, "%{byte:02X}");
        }
    }
    let secret = base32(secret);
    format!("otpauth://totp/Daybook:{label}?secret={secret}&issuer=Daybook")
}

/// A recovery code: 80 bits, in groups.
pub(crate) fn recovery_code(bytes: &[u8]) -> String {
    let text = base32(&bytes[..10]).to_lowercase();
    let groups: Vec<&str> = [0, 4, 8, 12].iter().filter_map(|at| text.get(*at..at + 4)).collect();
    groups.join("-")
}

/// What was typed, without what people add for the eye.
pub(crate) fn plain(given: &str) -> String {
    given.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use daybook_domain::Timestamp;

    use super::{address, base32, code, matching, plain, recovery_code, step_at};

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ];
        for (seconds, expected) in cases {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(code(SECRET, step_at(now)), expected);
            assert_eq!(matching(SECRET, expected, now), Some(step_at(now)));
        }
    }

    #[test]
    fn a_code_is_good_one_step_before_and_after() {
        let now = Timestamp::from_seconds(1_234_567_890);
        let off = |steps: i64| Timestamp::from_seconds(1_234_567_890 + 30 * steps);
        let given = code(SECRET, step_at(now));
        for steps in [-1, 1] {
            assert_eq!(matching(SECRET, &given, off(steps)), Some(step_at(now)));
        }
        for steps in [-2, 2] {
            assert_eq!(matching(SECRET, &given, off(steps)), None);
        }
    }

    #[test]
    fn secrets_and_codes_are_written_as_people_and_apps_read_them() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let expected = "otpauth://totp/Daybook:ada%20f?secret=MZXW6&issuer=Daybook";
        assert_eq!(address(b"foo", "ada f"), expected);
        assert_eq!(recovery_code(b"foobarfooba"), "mzxw-6ytb-ojtg-633c");
        assert_eq!(plain(" MZXW-6ytb "), "mzxw6ytb");
    }
}
