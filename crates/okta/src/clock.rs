//! Time and randomness, passed in so that tests and replays decide them.

use std::{future::Future, pin::Pin, time::Duration};

/// A future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The wall clock and waiting.
pub trait Clock: Send + Sync + 'static {
    /// The time now, UTC.
    fn now(&self) -> jiff::Timestamp;

    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// A source of random bytes fit for keys and nonces.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random data.
    fn fill(&self, bytes: &mut [u8]);
}
