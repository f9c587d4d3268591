//! Looks for what keeps okta-mcp from working: from the configuration over the way to the org to
//! what Okta lets it do.
//!
//! It changes nothing: neither at Okta nor here, but for the token that it needs to look. One check
//! is one [`Finding`]; what is wrong is one of [`crate::TROUBLES`], which has the words of the guides.

mod clients;
mod finding;
mod machine;
mod rights;
mod roles;
mod signing_in;
mod way;

use std::{path::Path, sync::Arc};

use okta_client::{Clock, Entropy, Probe};
use okta_mcp_server::{App, Config, Flags, Settings};

pub use finding::{Check, Finding, Outcome, Report};
pub use roles::{Holder, Roles, roles};

/// What there is to look at.
pub struct Patient<'a> {
    /// Reads an environment variable.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// What the command line says of the configuration.
    pub flags: &'a Flags,
    /// This program, as clients would start it.
    pub program: &'a Path,
    /// The clock of this machine.
    pub clock: Arc<dyn Clock>,
    /// Randomness for the sign-in.
    pub entropy: Arc<dyn Entropy>,
}

impl Patient<'_> {
    /// Looks at everything. What cannot be looked at because of something else is told as such.
    pub async fn examine(&self) -> Report {
        let mut report = Report::default();
        let settings = Settings::read(self.environment, self.flags);
        let config = Config::read(self.environment, self.flags);
        report.add(machine::configuration(settings.as_ref(), config.as_ref()));
        report.add(clients::examine(self));
        if let Ok(settings) = &settings {
            report.profile = Some(settings.profile().to_owned());
            report.extend(machine::files(settings, self.environment));
            report.add(machine::keyring(settings, self.environment));
        }
        let Some((org, reach)) = settings.ok().and_then(|settings| {
            let org = settings.org_url().ok()?;
            Some((org, settings.reach()))
        }) else {
            report.skip_all("the configuration does not name an org");
            return report;
        };
        report.org = Some(org.origin().to_owned());
        let probe = match Probe::new(org, &reach, Arc::clone(&self.clock)) {
            Ok(probe) => probe,
            Err(error) => {
                report.add(machine::cannot_start(&error));
                report.skip_all("the server cannot start");
                return report;
            }
        };
        report.extend(way::examine(&probe, &reach).await);
        if report.is_bad_at(Check::WAY) {
            report.skip_all("the org cannot be reached");
            return report;
        }
        let Ok(config) = config else {
            report.skip_all("the configuration does not say how to sign in");
            return report;
        };
        let asks = signing_in::Asks::of(&config);
        let app = App::for_one_call(config, Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let app = match app {
            Ok(app) => app,
            Err(error) => {
                report.add(machine::cannot_start(&error));
                report.skip_all("the server cannot start");
                return report;
            }
        };
        let grant = signing_in::examine(app.okta(), &asks, &probe, &mut report).await;
        match grant {
            Some(grant) => rights::examine(app.okta(), &asks, &grant, &mut report).await,
            None => report.skip_all("okta-mcp is not signed in"),
        }
        app.okta().settled().await;
        report
    }
}
