//! How a command fails: one clear line, its causes, and the exit code.

use std::{error::Error, process::ExitCode};

use crate::printer;

/// A command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was asked could not be done. Exit code 1.
    #[error("{message}")]
    Failed {
        /// What went wrong.
        message: String,
        /// What to do next.
        next: Option<String>,
    },
    /// The command line or the configuration is wrong. Exit code 2.
    #[error(transparent)]
    Usage(Box<dyn Error + Send + Sync>),
    /// Something happened that should not. Exit code 3.
    #[error(transparent)]
    Unexpected(Box<dyn Error + Send + Sync>),
}

impl Failure {
    pub(crate) fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Usage(error.into())
    }

    pub(crate) fn unexpected(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unexpected(error.into())
    }

    /// Prints the failure to standard error, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let mut told = self.to_string();
        printer::note(&format!("{} {told}", printer::strong("error:")));
        let mut source = self.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Some errors say their cause themselves.
            if !told.contains(&text) {
                printer::note(&format!("  caused by: {text}"));
                told = text;
            }
            source = cause.source();
        }
        match self {
            Self::Failed { next, .. } => {
                if let Some(next) = next {
                    printer::note(&format!("{} {next}", printer::strong("hint:")));
                }
                ExitCode::from(1)
            }
            Self::Usage(_) => ExitCode::from(2),
            Self::Unexpected(_) => ExitCode::from(3),
        }
    }
}
