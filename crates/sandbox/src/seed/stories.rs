//! What the System Log of a new org tells: a month of ordinary days, and a few that were not.

use jiff::Timestamp;

use super::{
    client_apps,
    people::{self, KNOWN},
    world::{self, AGENTS, Network, OLD_PHONE, SCRIPT},
};
use crate::{
    config::Config,
    id::{Id, Maker},
    log::{Actor, Client, Draft, Event, Target},
    store::{State, Status, User, attr},
    time::before,
};

/// Labels of apps that people have and never open.
const UNUSED: [&str; 2] = ["Figma", "Smartsheet"];

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// An app as sign-ins show it, and the groups that bring it.
struct App {
    id: Id,
    target: Target,
    groups: Vec<Id>,
}

/// Collects events; they are sorted at the end.
struct Teller<'a> {
    state: &'a mut State,
    /// Names events, requests and sessions. The org's own maker, which a small org's past is drawn
    /// from a second time, would give them the names of events to come.
    names: Maker,
    now: Timestamp,
    events: Vec<Event>,
    left: usize,
}

/// Ana was locked out so many seconds ago.
const LOCKED: i64 = 20 * HOUR;

/// Leaves on people what the stories did to them.
pub(super) fn settle(state: &mut State, now: Timestamp) {
    let login = KNOWN.get(people::LOCKED_OUT).map(people::Known::login).unwrap_or_default();
    let Some(ana) = state.users.by_login(&login).map(|user| user.id) else { return };
    if let Some(user) = state.users.get_mut(ana) {
        let at = before(now, LOCKED);
        user.status_changed = Some(at);
        user.last_updated = at;
        user.last_login = Some(before(now, 2 * DAY));
        user.password_changed = Some(before(at, 3 * HOUR));
    }
}

/// The events, oldest first, of an org that nobody has touched yet.
pub(super) fn tell(state: &mut State, config: &Config, now: Timestamp) -> Vec<Event> {
    let apps = apps(state);
    let names = state.maker.apart(config.seed, "past");
    let mut teller = Teller { state, names, now, events: Vec::new(), left: config.log_events };
    teller.locked_out();
    teller.password_spray();
    teller.mfa_fatigue();
    teller.help_desk();
    teller.ordinary_days(&apps);
    let mut events = teller.events;
    events.sort_by_key(|event| event.published);
    events
}

fn apps(state: &State) -> Vec<App> {
    let text = |app: &serde_json::Map<String, serde_json::Value>, name: &str| {
        app.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let opened = state.docs("apps").iter().filter(|(_, app)| {
        let label = text(app, "label");
        let unused = UNUSED.iter().chain(&client_apps::LABELS).any(|known| *known == label);
        text(app, "status") == "ACTIVE" && !unused
    });
    opened
        .filter_map(|(id, app)| {
            let id = Id::parse(id)?;
            let groups = state.assignments.groups.keys().filter(|(app, _)| *app == id);
            Some(App {
                id,
                target: Target::app(id.as_str(), &text(app, "name"), &text(app, "label")),
                groups: groups.map(|(_, group)| *group).collect(),
            })
        })
        .collect()
}

/// Someone at a keyboard.
struct Seat<'a> {
    network: &'static Network,
    host: u8,
    agent: &'a str,
    session: Option<Box<str>>,
}

impl Teller<'_> {
    /// One event, `seconds` ago.
    fn add(&mut self, seconds: i64, draft: Draft, actor: Actor, seat: &Seat<'_>, uri: &str) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let millis = self.state.maker.random().i64(0..1_000);
        let published = before(self.now, seconds.max(1)).max(Timestamp::UNIX_EPOCH);
        let published =
            Timestamp::from_millisecond(published.as_millisecond() + millis).unwrap_or(published);
        let client = Client {
            id: None,
            user_agent: seat.agent.into(),
            ip: format!("{}.{}", seat.network.prefix, seat.host).into(),
            place: Some(&seat.network.place),
            zone: "null",
            session: seat.session.clone(),
            request_id: self.names.hex(32).into(),
            request_uri: uri.into(),
        };
        let event = draft.finish(published, self.names.uuid(), actor, client);
        self.events.push(event);
    }

    fn known(&self, at: usize) -> Option<User> {
        let login = KNOWN.get(at)?.login();
        self.state.users.by_login(&login).cloned()
    }

    fn session(&mut self) -> Box<str> {
        format!("102{}", self.names.text(22)).into()
    }

    fn sign_in(
        &mut self,
        seconds: i64,
        user: &User,
        seat: &Seat<'_>,
        failure: Option<&'static str>,
    ) {
        let result = if failure.is_some() { "FAILURE" } else { "SUCCESS" };
        let severity = if failure.is_some() { "WARN" } else { "INFO" };
        let draft = Draft::new("user.session.start")
            .outcome(result, failure)
            .severity(severity)
            .credential("PASSWORD")
            .targets(vec![Target::user(user)]);
        self.add(seconds, draft, Actor::user(user), seat, "/idp/idx/identify");
    }

    /// Ana's old phone still sends the password that she changed.
    fn locked_out(&mut self) {
        let Some(ana) = self.known(people::LOCKED_OUT) else { return };
        let network = world::home(ana.profile.text(attr::CITY));
        let laptop = Seat { network, host: 41, agent: AGENTS[1], session: Some(self.session()) };
        let phone = Seat { network, host: 77, agent: OLD_PHONE, session: None };
        let lock = LOCKED;
        let changed = Draft::new("user.account.update_password").targets(vec![Target::user(&ana)]);
        self.add(
            lock + 3 * HOUR,
            changed,
            Actor::user(&ana),
            &laptop,
            "/idp/idx/credential/enroll",
        );
        for try_at in 0..10 {
            let seconds = lock + (10 - try_at) * 40;
            self.sign_in(seconds, &ana, &phone, Some("INVALID_CREDENTIALS"));
        }
        let locked = Draft::new("user.account.lock")
            .outcome("FAILURE", Some("LOCKED_OUT"))
            .severity("WARN")
            .targets(vec![Target::user(&ana)]);
        self.add(lock, locked, Actor::user(&ana), &phone, "/idp/idx/identify");
        for later in 1..4 {
            self.sign_in(lock - later * 50 * MINUTE, &ana, &laptop, Some("LOCKED_OUT"));
        }
    }

    /// One address tries one password with many people; with one of them it fits.
    fn password_spray(&mut self) {
        let seat = Seat { network: &world::SPRAY, host: 66, agent: SCRIPT, session: None };
        let begin = 3 * DAY + 5 * HOUR;
        let people: Vec<User> = self
            .state
            .users
            .iter()
            .filter(|user| user.status == Status::Active)
            .skip(8)
            .take(60)
            .cloned()
            .collect();
        for (at, user) in (0_i64..).zip(&people) {
            self.sign_in(begin - at * 11, user, &seat, Some("INVALID_CREDENTIALS"));
            if at % 20 == 19 {
                let threat = Draft::new("security.threat.detected")
                    .outcome("DENY", Some("Password Spray"))
                    .severity("WARN")
                    .debug("threatDetections", "{\"Password Spray\":\"HIGH\"}");
                self.add(begin - at * 11 - 2, threat, Actor::system(), &seat, "/idp/idx/identify");
            }
        }
        let Some(priya) = self.known(people::SPRAYED) else { return };
        let hit = begin - 61 * 11;
        self.sign_in(hit, &priya, &seat, None);
        let policy = Draft::new("policy.evaluate_sign_on")
            .outcome("CHALLENGE", Some("Sign-on policy evaluation resulted in CHALLENGE"))
            .targets(vec![Target::user(&priya)]);
        self.add(hit - 1, policy, Actor::user(&priya), &seat, "/idp/idx/identify");
        let factor = Draft::new("user.authentication.auth_via_mfa")
            .outcome("FAILURE", Some("INVALID_CREDENTIALS"))
            .severity("WARN")
            .credential("OTP")
            .debug("factor", "SIGNED_NONCE")
            .targets(vec![Target::user(&priya)]);
        self.add(hit - 95, factor, Actor::user(&priya), &seat, "/idp/idx/challenge/answer");
    }

    /// Push after push in the night, until Daniel says yes.
    fn mfa_fatigue(&mut self) {
        let Some(daniel) = self.known(people::FATIGUED) else { return };
        let session = Some(self.session());
        let seat = Seat { network: &world::FATIGUE, host: 19, agent: AGENTS[2], session };
        let home = world::home(daniel.profile.text(attr::CITY));
        let phone = Seat { network: home, host: 23, agent: OLD_PHONE, session: None };
        let begin = 2 * DAY + 9 * HOUR;
        let me = || vec![Target::user(&daniel)];
        for push in 0..14 {
            let seconds = begin - push * 95;
            let challenge = Draft::new("system.push.send_factor_verify_push").targets(me());
            self.add(seconds, challenge, Actor::user(&daniel), &seat, "/idp/idx/challenge");
            if push < 13 {
                let denied = Draft::new("user.mfa.okta_verify.deny_push")
                    .outcome("FAILURE", Some("User rejected the push"))
                    .severity("WARN")
                    .targets(me());
                self.add(seconds - 20, denied, Actor::user(&daniel), &phone, "/idp/authenticators");
            }
        }
        let end = begin - 13 * 95;
        let accepted = Draft::new("user.authentication.auth_via_mfa")
            .credential("OTP")
            .debug("factor", "OKTA_VERIFY_PUSH")
            .targets(me());
        self.add(end - 15, accepted, Actor::user(&daniel), &seat, "/idp/idx/challenge/poll");
        self.sign_in(end - 17, &daniel, &seat, None);
        let enrolled = Draft::new("user.mfa.factor.activate")
            .debug("factor", "GOOGLE_AUTHENTICATOR")
            .targets(me());
        self.add(end - 190, enrolled, Actor::user(&daniel), &seat, "/idp/idx/credential/enroll");
        let apps = apps(self.state);
        let his: Vec<&App> = apps.iter().filter(|app| self.has(app, &daniel)).take(3).collect();
        for (at, app) in (0_i64..).zip(his) {
            let sso = Draft::new("user.authentication.sso").targets(vec![app.target.clone()]);
            self.add(end - 240 - at * 45, sso, Actor::user(&daniel), &seat, "/app/sso/saml");
        }
    }

    /// Sam of the help desk at work.
    fn help_desk(&mut self) {
        let Some(sam) = self.known(people::HELP_DESK) else { return };
        let network = world::home(sam.profile.text(attr::CITY));
        let session = Some(self.session());
        let seat = Seat { network, host: 12, agent: AGENTS[0], session };
        let helped: Vec<User> =
            self.state.users.iter().skip(70).step_by(9).take(12).cloned().collect();
        for (at, user) in (0_i64..).zip(&helped) {
            let event = match at % 3 {
                0 => "user.account.unlock_by_admin",
                1 => "user.mfa.factor.reset_all",
                _ => "user.account.reset_password",
            };
            let draft = Draft::new(event).targets(vec![Target::user(user)]);
            self.add(
                (at * 2 + 1) * DAY + at * HOUR,
                draft,
                Actor::user(&sam),
                &seat,
                "/api/v1/users",
            );
        }
    }

    /// True where `user` has `app`.
    fn has(&self, app: &App, user: &User) -> bool {
        self.state.assignments.users.contains_key(&(app.id, user.id))
            || app.groups.iter().any(|group| self.state.is_member(*group, user.id))
    }

    /// Sign-ins and what people open, until there are events enough.
    fn ordinary_days(&mut self, apps: &[App]) {
        let quiet = self.known(people::CONTRACTOR).map(|user| user.id);
        let people: Vec<Id> = self
            .state
            .users
            .iter()
            .filter(|user| user.status == Status::Active && Some(user.id) != quiet)
            .map(|user| user.id)
            .take(2_000)
            .collect();
        while self.left > 0 {
            let random = self.state.maker.random();
            let Some(id) = random.choice(&people).copied() else { return };
            let seconds = random.i64(HOUR..30 * DAY);
            let (host, agent, dice) =
                (random.u8(10..250), random.usize(..AGENTS.len()), random.u8(..100));
            let Some(user) = self.state.users.get(id).cloned() else { return };
            let network = world::home(user.profile.text(attr::CITY));
            let session = Some(self.session());
            let agent = AGENTS.get(agent).copied().unwrap_or(SCRIPT);
            let seat = Seat { network, host, agent, session };
            if dice < 12 {
                self.sign_in(seconds + 25, &user, &seat, Some("INVALID_CREDENTIALS"));
            }
            let policy = Draft::new("policy.evaluate_sign_on")
                .outcome("ALLOW", Some("Sign-on policy evaluation resulted in AUTHENTICATED"))
                .targets(vec![Target::user(&user)]);
            self.add(seconds + 2, policy, Actor::user(&user), &seat, "/idp/idx/identify");
            let factor = Draft::new("user.authentication.auth_via_mfa")
                .credential("OTP")
                .debug("factor", "SIGNED_NONCE")
                .targets(vec![Target::user(&user)]);
            self.add(seconds + 1, factor, Actor::user(&user), &seat, "/idp/idx/challenge/answer");
            self.sign_in(seconds, &user, &seat, None);
            let mine: Vec<&App> = apps.iter().filter(|app| self.has(app, &user)).collect();
            for opened in 1..=i64::from(dice % 4) {
                let Some(app) = self.state.maker.random().choice(&mine).copied() else { break };
                let sso = Draft::new("user.authentication.sso").targets(vec![app.target.clone()]);
                self.add(seconds - opened * 400, sso, Actor::user(&user), &seat, "/app/sso/saml");
            }
        }
    }
}
