//! Reads Okta's System Log, as any call does.

use jiff::Timestamp;
use okta_catalog::{Args, GET_LOGS, GET_USER, ToolDef};
use okta_client::Clock as _;
use okta_gate::{Called, Context};
use okta_mcp_server::SystemClock;
use okta_trail::{Event, MARGIN};
use serde_json::{Value, json};

use super::{
    Window,
    event::{self, FIELDS},
};
use crate::{
    commands::{call::failure, login},
    failure::Failure,
    org::Connected,
    terminal::Person,
};

/// The part of the log that tells of us.
pub(super) struct Log {
    /// Its events, the earliest first.
    pub(super) events: Vec<Event>,
    /// Who is responsible for our calls.
    pub(super) principal: String,
    /// The id of the app, of the admin behind the API token, or of the person who signed in.
    pub(super) actor: String,
    /// When it was read.
    pub(super) read: Timestamp,
}

/// Reads the events of a window, and of a margin around it, that our credential caused.
pub(super) async fn read(org: &Connected, window: Window) -> Result<Log, Failure> {
    let caller = Caller::new(org).await?;
    let read = SystemClock.now();
    let result = caller.read(window, read).await;
    // The trail is read next: what is recorded of this is whole by then.
    org.app.handler.gate().drain().await;
    let (events, actor) = result?;
    Ok(Log { events, principal: caller.context.principal, actor, read })
}

struct Caller<'a> {
    org: &'a Connected,
    context: Context,
    person: Person,
}

impl<'a> Caller<'a> {
    async fn new(org: &'a Connected) -> Result<Self, Failure> {
        login::ensure(org).await?;
        let context = org.context("okta-mcp audit reconcile").await;
        let person = Person::new(org.app.approvals().clone(), false).await?;
        Ok(Self { org, context, person })
    }

    async fn read(&self, window: Window, now: Timestamp) -> Result<(Vec<Event>, String), Failure> {
        let actor = self.actor().await?;
        let since = window.since.checked_sub(MARGIN).unwrap_or(window.since);
        let until = window.until.checked_add(MARGIN).unwrap_or(window.until).min(now);
        let found = self.events(&self.filter(&actor), since, until).await?;
        let tokens = event::tokens_of_ours(&found);
        let events = found.iter().filter_map(|found| {
            let mut event = event::parse(found)?;
            // What the admin does by hand, or with another token, is no use of this one.
            if self.org.api_token && !tokens.is_empty() {
                event.expected &= event::token(found).is_some_and(|id| tokens.contains(id));
            }
            Some(event)
        });
        Ok((events.collect(), actor))
    }

    /// Who does in Okta's eyes what we do.
    async fn actor(&self) -> Result<String, Failure> {
        if let Some(person) = self.org.app.okta().identity().await {
            return Ok(person.id);
        }
        if !self.org.api_token {
            return Ok(self.org.principal.clone());
        }
        let args = Args::from_iter([
            ("user_id".to_owned(), json!("me")),
            ("fields".to_owned(), json!("id")),
        ]);
        let me = self.call(GET_USER, args).await?;
        let id = me.get("id").and_then(Value::as_str);
        let id =
            id.ok_or_else(|| Failure::unexpected("Okta does not say whose API token it is"))?;
        Ok(id.to_owned())
    }

    fn filter(&self, actor: &str) -> String {
        let actor = Value::from(actor);
        if self.org.api_token {
            return format!("actor.id eq {actor}");
        }
        if self.org.app.okta().is_personal() {
            // What they do through other apps is no use of this one.
            let app = Value::from(&*self.org.principal);
            return format!("actor.id eq {actor} and client.id eq {app}");
        }
        format!("actor.id eq {actor} or client.id eq {actor}")
    }

    /// All events of that time, page by page.
    async fn events(
        &self,
        filter: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Value>, Failure> {
        let mut args = Args::from_iter([
            ("since".to_owned(), json!(format!("{since:.3}"))),
            ("until".to_owned(), json!(format!("{until:.3}"))),
            ("filter".to_owned(), json!(filter)),
            ("fields".to_owned(), json!(FIELDS)),
            ("limit".to_owned(), json!(1000)),
            ("fetch_all".to_owned(), json!(true)),
        ]);
        let mut all = Vec::new();
        loop {
            let answer = self.call(GET_LOGS, args.clone()).await?;
            if let Some(error) = answer.get("error") {
                return Err(broken(error.get("message").and_then(Value::as_str)));
            }
            let Some(Value::Array(items)) = answer.get("items") else {
                return Err(broken(None));
            };
            all.extend(items.iter().cloned());
            if answer.get("complete") == Some(&Value::Bool(true)) {
                return Ok(all);
            }
            let next = answer.get("next_cursor").filter(|next| next.is_string()).cloned();
            let Some(next) = next.filter(|next| args.get("after") != Some(next)) else {
                return Err(broken(None));
            };
            args.insert("after".to_owned(), next);
        }
    }

    async fn call(&self, tool: &ToolDef, args: Args) -> Result<Value, Failure> {
        let gate = self.org.app.handler.gate();
        match gate.call(&self.context, tool.name, args, &self.person).await {
            Called::Done(text) => serde_json::from_str(&text).map_err(Failure::unexpected),
            Called::Failed(error) => Err(failure(&error)),
            Called::Unknown | Called::Asked => {
                Err(Failure::unexpected(format!("{} was neither done nor refused", tool.name)))
            }
        }
    }
}

/// Half a log would read as a finding.
fn broken(why: Option<&str>) -> Failure {
    let why =
        okta_gate::escaped(why.unwrap_or("it says neither that it is whole nor how to go on"));
    Failure::Failed {
        message: format!("Okta's System Log could not be read to its end: {why}"),
        next: Some("run it again, or for a shorter time".to_owned()),
    }
}
