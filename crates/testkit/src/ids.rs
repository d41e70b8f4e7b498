//! Ids from a seed.

use std::sync::{Mutex, PoisonError};

use daybook_flows::Ids;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// The same seed gives the same ids and the same dice.
#[derive(Debug)]
pub struct SeededIds(Mutex<StdRng>);

impl SeededIds {
    /// Begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Ids for SeededIds {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(self.0.lock().unwrap_or_else(PoisonError::into_inner).random())
    }

    fn dice(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    fn secret(&self) -> [u8; 32] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }
}
