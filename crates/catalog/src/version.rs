//! Versions of operating systems: numbers between dots, compared number by number.

/// A version such as `14.2.1`. A component that is not there counts as 0.
#[derive(Clone, Debug)]
pub(crate) struct Version(Vec<u64>);

impl Version {
    /// Reads ASCII digits between dots.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let component = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        text.split('.').map(component).collect::<Option<Vec<u64>>>().map(Self)
    }

    /// Reads a version that a person states: whole (`14.2.1`, `10.0.19045.0`), or Android's
    /// single number. What is left out is not guessed.
    pub(crate) fn stated(name: &str, text: &str) -> Result<Self, String> {
        match Self::parse(text) {
            Some(version) if matches!(version.0.len(), 1 | 3 | 4) => Ok(version),
            Some(version) if version.0.len() == 2 => Err(format!(
                "`{name}`: {text} is part of a version, and {text}.0 and {text}.1 are different \
                 ones: ask which of them is meant, as X.Y.Z"
            )),
            _ => Err(format!(
                "`{name}`: a full version is needed, such as 14.2.1, or one number for Android"
            )),
        }
    }

    /// True for a single number: Android's versions.
    pub(crate) fn is_single(&self) -> bool {
        self.0.len() == 1
    }

    /// True if this version is older.
    pub(crate) fn is_below(&self, other: &Self) -> bool {
        let length = self.0.len().max(other.0.len());
        let padded = |version: &Self| -> Vec<u64> {
            version.0.iter().copied().chain(std::iter::repeat(0)).take(length).collect()
        };
        padded(self) < padded(other)
    }
}
