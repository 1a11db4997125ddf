//! Random numbers: one seeded ChaCha generator, one stream for each named use.

use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;
use sha2::{Digest, Sha256};

/// The generator for the use called `name` (for example "sample"), part `part` (for example a
/// resample's number). The same seed, name and part give the same numbers on every machine and at
/// any number of threads.
pub fn generator(seed: u64, name: &str, part: u64) -> ChaCha12Rng {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    hasher.update(part.to_le_bytes());
    hasher.update(name.as_bytes());
    ChaCha12Rng::from_seed(hasher.finalize().into())
}
