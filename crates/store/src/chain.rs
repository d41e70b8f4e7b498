//! Hash chains: a change to any link shows in every one after it.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// Hashes the parts, each with its length in front, so that no two lists of parts hash alike.
pub(crate) fn hash(parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// The hash of a text, for payloads.
pub(crate) fn of_text(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// As people compare it.
pub(crate) fn hex(hash: &Hash) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
