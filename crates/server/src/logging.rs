//! The log, for the operator: to standard error or a file, never to standard output.

use std::path::PathBuf;

use tracing_subscriber::filter::LevelFilter;

use crate::config::{ConfigError, Settings, table};

/// How much is logged, and where to.
#[derive(Clone, Debug)]
pub struct Logging {
    level: LevelFilter,
    file: Option<PathBuf>,
}

/// The log cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the log file: {0}")]
pub struct LoggingError(#[from] std::io::Error);

impl Logging {
    /// What the settings say of it.
    pub fn of(settings: &Settings) -> Result<Self, ConfigError> {
        let level = match settings.get(&table::LOG_LEVEL) {
            Some(given) => match given.text().to_ascii_uppercase().as_str() {
                "WARNING" | "WARN" => LevelFilter::WARN,
                "CRITICAL" | "ERROR" => LevelFilter::ERROR,
                "INFO" | "SUCCESS" => LevelFilter::INFO,
                "DEBUG" => LevelFilter::DEBUG,
                "TRACE" => LevelFilter::TRACE,
                "OFF" => LevelFilter::OFF,
                _ => {
                    let level = given.text();
                    return Err(
                        given.bad(format!("{level:?} is none of ERROR, WARNING, INFO, DEBUG"))
                    );
                }
            },
            None => LevelFilter::WARN,
        };
        Ok(Self { level, file: settings.path(&table::LOG_FILE) })
    }

    /// Starts the log of this process. Other crates' lines only as warnings, so that no library
    /// logs what ours keep out.
    pub fn start(&self) -> Result<(), LoggingError> {
        use tracing_subscriber::{
            Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
        };
        let mut targets = Targets::new().with_default(self.level.min(LevelFilter::WARN));
        for ours in [
            "okta_client",
            "okta_gate",
            "okta_mcp",
            "okta_mcp_server",
            "okta_policy",
            "okta_storage",
            "okta_trail",
        ] {
            targets = targets.with_target(ours, self.level);
        }
        let layer = tracing_subscriber::fmt::layer().with_ansi(false);
        let layer = match &self.file {
            Some(path) => {
                let file = fs_err::OpenOptions::new().append(true).create(true).open(path)?;
                layer.with_writer(std::sync::Mutex::new(file)).boxed()
            }
            None => layer.with_writer(std::io::stderr).boxed(),
        };
        // A second start in one process (tests) keeps the first log.
        let _ = tracing_subscriber::registry().with(layer.with_filter(targets)).try_init();
        Ok(())
    }
}
