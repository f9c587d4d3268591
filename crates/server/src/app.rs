//! From a configuration to a server that is ready.

use std::{sync::Arc, time::Duration};

use okta_catalog::Caller;
use okta_client::{
    Clock, Entropy, FreshSignIn, Okta, Settings, SetupError, Surroundings, TokenStore as _,
};
use okta_gate::{
    ApproverSignIn, Configured, ExportFolder, Gate, Memory, Own, Recorder, Setup, Sources,
};
use okta_storage::{KeyHome, Seal, Sqlite, Store};

use crate::{
    Config, Handler,
    approvals::{Approvals, Page, SignInDesk},
    people::People,
    sign_in::{self, LoopbackPage, TokenFiles},
    trail,
};

/// What a client asks first needs no token, and comes at once: a signature and a TLS handshake do
/// not get in its way.
const FIRST_ANSWERS: Duration = Duration::from_millis(25);

/// A server that is ready for its transport.
pub struct App {
    /// What rmcp calls.
    pub handler: Handler,
    okta: Okta,
    approvals: Approvals,
    page: Option<Page>,
    /// The folder of tokens, and what seals them, where a person signs in.
    kept: Option<(String, Arc<Seal>)>,
}

/// The server cannot start.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StartError(#[from] SetupError);

impl App {
    /// Puts a server together. Nothing goes over the network here.
    pub fn new(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        Self::build(config, clock, entropy, true)
    }

    /// The same for a process that makes one call and ends: it opens no approval page, which nobody
    /// would be there to serve.
    pub fn for_one_call(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        Self::build(config, clock, entropy, false)
    }

    fn build(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        page: bool,
    ) -> Result<Self, StartError> {
        let caller = config.caller();
        let org = config.org.host().to_owned();
        let random = Arc::clone(&entropy);
        let seal = Arc::new(Seal::new(
            KeyHome::new(&config.state, config.keyring),
            Arc::new(move |bytes: &mut [u8]| random.fill(bytes)),
        ));
        let tokens = Arc::new(TokenFiles::new(&config.state, Arc::clone(&seal)));
        let approver_app = config.approvers;
        let kept = (caller == Caller::Person).then(|| (tokens.name(), Arc::clone(&seal)));
        let (credentials, dpop) = sign_in::credentials(config.sign_in, tokens);
        let mut settings = Settings::new(config.org, credentials);
        settings.dpop = dpop;
        settings.max_in_flight = config.max_in_flight;
        settings.read_attempts = config.read_attempts;
        settings.reach = config.reach;
        let surroundings =
            Surroundings { clock: Arc::clone(&clock), entropy: Arc::clone(&entropy) };
        let okta = Okta::new(settings, surroundings)?;
        let recorder: Arc<dyn Recorder> = trail::of(&config.state, &config.audit, &clock, &entropy);
        let store: Arc<dyn Store> = Arc::new(Sqlite::new(&config.state));
        let mut approvals = Approvals::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            trail::tell(Arc::clone(&recorder)),
        );
        let mut approver_sign_in = ApproverSignIn::Never;
        if let Some(app) = approver_app {
            let named = app.named;
            approver_sign_in = if named { ApproverSignIn::Usual } else { ApproverSignIn::Possible };
            let desk = SignInDesk::new(
                okta.clone(),
                FreshSignIn::new(&sign_in::fresh(app))?,
                Arc::new(LoopbackPage),
                Arc::clone(&clock),
                config.profile.clone(),
            );
            approvals = approvals.with_sign_in(desk);
        }
        let page = page.then(|| Page::new(approvals.clone()));
        let memory = Memory {
            store,
            seal,
            approvers: Arc::new(People::new(page.clone(), approver_sign_in)),
            entropy: Arc::clone(&entropy),
        };
        let own = Own {
            client_id: (caller != Caller::ApiToken).then(|| config.principal.clone()),
            admin: caller != Caller::App,
        };
        let gate = Gate::new(Setup {
            wire: Arc::new(okta.clone()),
            recorder,
            clock: Arc::clone(&clock),
            configured: Configured { scopes: config.scopes, caller, off: config.off },
            exports: ExportFolder::new(config.exports),
            sources: Sources {
                uploads: config.uploads,
                keys: config.key_folders,
                key: config.domain_key,
            },
            allow_sensitive: config.allow_sensitive,
            policy: config.policy,
            audit_required: config.audit.required,
            own,
            memory,
        });
        let handler =
            Handler::new(gate, okta.clone(), config.principal, org, config.profile, clock, entropy);
        Ok(Self { handler, okta, approvals, page, kept })
    }

    /// What waits for a person of this machine.
    pub const fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// The page where a person of this machine decides; `None` for a process that makes one call.
    pub const fn approval_page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// The org, as the server reaches it.
    pub const fn okta(&self) -> &Okta {
        &self.okta
    }

    /// Where tokens are kept, for people.
    pub fn tokens_are_kept(&self) -> String {
        match &self.kept {
            Some((folder, seal)) => format!("sealed in {folder}, with the key in {}", seal.place()),
            None => "in memory only".to_owned(),
        }
    }

    /// Fetches the first token in the background, a moment from now; a call that needs it does not
    /// wait for that moment.
    pub fn start_sign_in(&self) {
        let moment = self.handler.gate().clock().sleep(FIRST_ANSWERS);
        let okta = self.okta.clone();
        tokio::spawn(async move {
            moment.await;
            okta.start_sign_in();
        });
    }
}
