//! Many measurements of one thing.

use std::time::Duration;

/// Durations, sorted when asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The median; of none, zero.
    pub(crate) fn median(&self) -> Duration {
        self.at(50)
    }

    /// The sample below which `percent` of them lie.
    pub(crate) fn at(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(index).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(samples: I) -> Self {
        Self(samples.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_samples_does_not_count() {
        let samples: Samples = [9, 1, 5, 3, 7].map(Duration::from_millis).into_iter().collect();
        assert_eq!(samples.median(), Duration::from_millis(5));
        assert_eq!(samples.at(95), Duration::from_millis(9));
        assert_eq!(samples.at(0), Duration::from_millis(1));
        assert_eq!(Samples::default().median(), Duration::ZERO);
    }
}
