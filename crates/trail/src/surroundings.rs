//! Clock and randomness, passed in so that tests decide them.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Builder;

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills bytes with random data fit for keys.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the trail needs of the world.
#[derive(Clone)]
pub struct Surroundings {
    /// The time now.
    pub clock: Now,
    /// The source of randomness.
    pub random: Random,
}

impl Surroundings {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        (self.random)(bytes);
    }

    /// The id of an event at that time: a UUID of version 7 (RFC 9562 section 5.7).
    pub(crate) fn event_id(&self, now: Timestamp) -> String {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
    }
}
