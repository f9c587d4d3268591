//! Approvers who sign in to Okta: each sign-in decides one approval, in the browser that began it,
//! once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use okta_client::{
    Arrival, Clock, FreshLink, FreshSignIn, Landed, Landing, Loopback, Okta, Proven,
};
use okta_storage::{Approval, Approver};
use tokio::sync::Notify;
use url::Url;

/// The longest wait between two looks at what was begun.
const LOOK: Duration = Duration::from_secs(10);

/// Where approvers sign in. Clones are the same.
#[derive(Clone)]
pub struct SignInDesk(Arc<Inner>);

struct Inner {
    okta: Okta,
    way: Arc<FreshSignIn>,
    loopback: Arc<dyn Loopback>,
    clock: Arc<dyn Clock>,
    profile: String,
    running: Mutex<Running>,
    /// Held while the port is opened.
    opening: tokio::sync::Mutex<()>,
    /// Something came back, or was given up.
    changed: Notify,
}

/// The sign-ins that were begun.
#[derive(Default)]
struct Running {
    begun: HashMap<String, Begun>,
    /// Somebody listens where the browsers come back.
    listens: bool,
}

impl Running {
    /// One more; instead of what the same browser began about the same approval.
    fn await_one(&mut self, state: &str, one: Begun) {
        let (session, approval) = (&one.wish.session, &one.wish.approval);
        self.begun
            .retain(|_, begun| begun.wish.session != *session || begun.wish.approval != *approval);
        self.begun.insert(state.to_owned(), one);
    }
}

/// What a sign-in is to decide, and for which browser.
pub(super) struct Wish {
    pub(super) approval: String,
    pub(super) approve: bool,
    /// The session of the browser that the page was shown to.
    pub(super) session: String,
    /// The page that the browser is to go back to.
    pub(super) back: String,
    /// Until when it can be decided.
    pub(super) expires: Timestamp,
}

struct Begun {
    wish: Wish,
    link: FreshLink,
    /// What the browser brought from Okta, once it came back.
    brought: Option<Vec<(String, String)>>,
}

/// A sign-in whose browser came back from Okta.
pub(super) struct Returned {
    pub(super) wish: Wish,
    link: FreshLink,
    brought: Vec<(String, String)>,
}

/// Why a browser that came back decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// There is no such sign-in, or it was used.
    Unknown,
    /// Another browser began it.
    Foreign,
}

impl SignInDesk {
    /// Approvers of `profile` sign in to the org of `okta`; their browsers come back to what
    /// `loopback` listens on.
    pub fn new(
        okta: Okta,
        way: FreshSignIn,
        loopback: Arc<dyn Loopback>,
        clock: Arc<dyn Clock>,
        profile: String,
    ) -> Self {
        Self(Arc::new(Inner {
            okta,
            way: Arc::new(way),
            loopback,
            clock,
            profile,
            running: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            changed: Notify::new(),
        }))
    }

    /// True for the approvals of its org and profile: to others' apps people sign in otherwise.
    pub(super) fn is_for(&self, approval: &Approval) -> bool {
        approval.org == self.org() && approval.profile == self.0.profile
    }

    /// The host of the org.
    pub(super) fn org(&self) -> &str {
        self.0.okta.org().host()
    }

    /// Begins a sign-in: the page of Okta to go to. One that the same browser began about the same
    /// approval before is given up. The error is for people.
    pub(super) async fn begin(&self, wish: Wish) -> Result<String, String> {
        let link = self.0.okta.begin_fresh_sign_in(&self.0.way);
        let link = link.map_err(|error| error.to_string())?;
        let (url, state) = (link.url().to_owned(), link.state().to_owned());
        self.running().await_one(&state, Begun { wish, link, brought: None });
        // It waits for whoever is awaited by now.
        if let Err(why) = self.listen().await {
            self.running().begun.remove(&state);
            return Err(why);
        }
        self.0.changed.notify_one();
        Ok(url)
    }

    /// What the browser of `session` brought back about an approval. A sign-in is found once; by
    /// another browser than the one that began it, it is lost.
    pub(super) fn take(
        &self,
        state: &str,
        approval: &str,
        session: Option<&str>,
    ) -> Result<Returned, Lost> {
        let mut running = self.running();
        let back = |begun: &Begun| begun.brought.is_some() && begun.wish.approval == approval;
        if !running.begun.get(state).is_some_and(back) {
            return Err(Lost::Unknown);
        }
        let begun = running.begun.remove(state).ok_or(Lost::Unknown)?;
        drop(running);
        if session != Some(&begun.wish.session) {
            return Err(Lost::Foreign);
        }
        let brought = begun.brought.ok_or(Lost::Unknown)?;
        Ok(Returned { wish: begun.wish, link: begun.link, brought })
    }

    /// Who signed in. The error is for people.
    pub(super) async fn prove(&self, returned: Returned) -> Result<Approver, String> {
        let Returned { link, brought, .. } = returned;
        let Inner { okta, way, .. } = &*self.0;
        let proven = okta.finish_fresh_sign_in(way, link, &brought).await;
        let Proven { who, at, acr, amr } = proven.map_err(|error| error.to_string())?;
        Ok(Approver { id: who.id, login: who.login, signed_in: at, acr, amr })
    }

    /// Opens the port that browsers come back to, until no sign-in is under way.
    async fn listen(&self) -> Result<(), String> {
        let _one = self.0.opening.lock().await;
        if self.running().listens {
            return Ok(());
        }
        let redirect = self.0.way.redirect();
        let place: Url = redirect.parse().map_err(|_| format!("{redirect} is no URL"))?;
        let landing = match self.0.loopback.listen(&place).await {
            Ok(landing) => landing,
            Err(error) => {
                let port = place.port_or_known_default().unwrap_or_default();
                return Err(format!(
                    "Okta sends the browser back to {redirect}, and port {port} cannot be had \
                     ({error}): finish the sign-in that waits there, or end the program that uses \
                     it, and try again"
                ));
            }
        };
        self.running().listens = true;
        tokio::spawn(Self::receive(Arc::clone(&self.0), landing));
        Ok(())
    }

    /// Takes what browsers bring, while any is awaited.
    async fn receive(inner: Arc<Inner>, mut landing: Box<dyn Landing>) {
        let desk = Self(inner);
        loop {
            let changed = desk.0.changed.notified();
            let Some(next) = desk.next() else { return };
            tokio::select! {
                arrival = landing.next() => {
                    let Some(arrival) = arrival else {
                        desk.running().listens = false;
                        return;
                    };
                    desk.land(arrival);
                }
                () = changed => {}
                () = desk.0.clock.sleep(next) => {}
            }
        }
    }

    /// Forgets what is over; how long until it is worth looking again, if a browser is awaited.
    fn next(&self) -> Option<Duration> {
        let now = self.0.clock.now();
        let mut running = self.running();
        running.begun.retain(|_, begun| begun.wish.expires > now);
        let awaited = running.begun.values().filter(|begun| begun.brought.is_none());
        let soonest = awaited.map(|begun| begun.wish.expires).min();
        running.listens = soonest.is_some();
        let left = Duration::try_from(soonest?.duration_since(now)).unwrap_or(LOOK);
        Some(left.min(LOOK))
    }

    fn land(&self, Arrival { query, reply }: Arrival) {
        let mut running = self.running();
        let state = query.iter().find(|(name, _)| name == "state").map(|(_, value)| value);
        let begun = state.and_then(|state| running.begun.get_mut(state));
        let landed = match begun.filter(|begun| begun.brought.is_none()) {
            None => Landed::Stray,
            Some(begun) => {
                let state = begun.link.state();
                let back = format!("{}/signed-in?state={state}", begun.wish.back);
                begun.brought = Some(query);
                Landed::GoOn(back)
            }
        };
        drop(running);
        // A browser that went away comes back no more.
        drop(reply.send(landed));
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
