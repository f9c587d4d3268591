//! What a judgement reads, each object once.

use std::{collections::HashMap, sync::Arc};

use okta_catalog::{Plan, Scope};
use okta_client::{BadRequest, ErrorKind, Method, Request};
use serde_json::Value;

use super::{Reader, names, touch::is_super_admin};

const USER: &str = "/api/v1/users/{id}";
const GROUP: &str = "/api/v1/groups/{id}";
const APP: &str = "/api/v1/apps/{id}";
const USER_ROLES: &str = "/api/v1/users/{id}/roles";
const GROUP_ROLES: &str = "/api/v1/groups/{id}/roles";

/// What was read.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) body: Value,
    /// The query of the next page, where the `Link` header names one.
    pub(super) next: Option<Vec<(String, String)>>,
}

/// Why something could not be read.
#[derive(Clone, Debug)]
pub(super) struct Blind {
    /// In a few words.
    pub(super) why: String,
    /// The scope to grant, where that is what is missing.
    pub(super) scope: Option<Scope>,
}

impl Blind {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), scope: None }
    }
}

impl From<BadRequest> for Blind {
    fn from(bad: BadRequest) -> Self {
        Self::new(bad.to_string())
    }
}

pub(super) type Seen = Result<Arc<Page>, Blind>;

/// A role that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) is_super: bool,
    pub(super) is_active: bool,
    pub(super) source: Source,
}

/// Where a role comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It was given to the person.
    Person,
    /// It was given to this group, which the person is in.
    Group(String),
    /// Okta does not say.
    Unclear,
}

/// The eyes of one judgement.
pub(super) struct Sight<'a> {
    reader: &'a dyn Reader,
    seen: HashMap<String, Seen>,
}

impl<'a> Sight<'a> {
    /// Knows the plan's target already: it was read a moment ago, and is compared again right
    /// before anything is sent.
    pub(super) fn new(reader: &'a dyn Reader, plan: &Plan) -> Self {
        let target = plan.target.as_ref().map(|target| {
            let page = Page { body: target.seen.clone(), next: None };
            (key(&target.read), Ok(Arc::new(page)))
        });
        Self { reader, seen: target.into_iter().collect() }
    }

    /// Reads, unless that was read before. Without a scope Okta decides.
    pub(super) async fn read(&mut self, request: Request, scope: Option<Scope>) -> Seen {
        let key = key(&request);
        if let Some(seen) = self.seen.get(&key) {
            return seen.clone();
        }
        let seen = self.look(&request, scope).await;
        self.seen.insert(key, seen.clone());
        seen
    }

    async fn look(&self, request: &Request, scope: Option<Scope>) -> Seen {
        if let Some(scope) = scope.filter(|scope| !self.reader.allows(*scope)) {
            return Err(Blind { why: format!("needs {scope}"), scope: Some(scope) });
        }
        match self.reader.get(request).await {
            Ok(reply) => Ok(Arc::new(Page { body: reply.body, next: reply.next })),
            Err(error) => {
                let scope = scope.filter(|_| error.kind == ErrorKind::MissingScope);
                Err(Blind { why: error.message, scope })
            }
        }
    }

    /// The user whom a reference stands for.
    pub(super) async fn user(&mut self, named: &str) -> Seen {
        let page = self.at(USER, named, Scope::USERS_READ).await?;
        if id(&page.body).is_some() && names::text(&page.body, "/profile/login").is_some() {
            Ok(page)
        } else {
            Err(Blind::new("Okta answered with something that is no user"))
        }
    }

    /// The group of that id.
    pub(super) async fn group(&mut self, named: &str) -> Seen {
        let page = self.at(GROUP, named, Scope::GROUPS_READ).await?;
        if id(&page.body) == Some(named) {
            Ok(page)
        } else {
            Err(Blind::new("Okta answered with something that is not this group"))
        }
    }

    /// The application of that id, or of that client id.
    pub(super) async fn app(&mut self, named: &str) -> Seen {
        let page = self.at(APP, named, Scope::APPS_READ).await?;
        let ids = [id(&page.body), client_id(&page.body)];
        if ids[0].is_some() && ids.contains(&Some(named)) {
            Ok(page)
        } else {
            Err(Blind::new("Okta answered with something that is not this application"))
        }
    }

    /// The roles of a user, those through groups included.
    pub(super) async fn user_roles(&mut self, id: &str) -> Result<Vec<Role>, Blind> {
        roles(&self.at(USER_ROLES, id, Scope::ROLES_READ).await?.body)
    }

    /// The roles that a group gives to its members.
    pub(super) async fn group_roles(&mut self, id: &str) -> Result<Vec<Role>, Blind> {
        roles(&self.at(GROUP_ROLES, id, Scope::ROLES_READ).await?.body)
    }

    async fn at(&mut self, template: &'static str, named: &str, scope: Scope) -> Seen {
        // Some servers read an encoded slash as a slash: the object would be another one.
        if named.contains(['/', '\\']) {
            return Err(Blind::new("the reference holds a slash, which Okta cannot look up"));
        }
        let request = Request::new(Method::Get, template, |_| Some(named))?;
        self.read(request, Some(scope)).await
    }
}

/// The id of an object.
pub(super) fn id(object: &Value) -> Option<&str> {
    names::text(object, "/id")
}

/// The client id of an application, which is its id unless it was made with another.
pub(super) fn client_id(app: &Value) -> Option<&str> {
    names::text(app, "/credentials/oauthClient/client_id")
}

fn key(request: &Request) -> String {
    let query = request.query_pairs().iter().map(|(name, value)| format!("&{name}={value}"));
    format!("{}?{}", request.path(), query.collect::<String>())
}

fn roles(body: &Value) -> Result<Vec<Role>, Blind> {
    let rows = body.as_array().ok_or_else(|| Blind::new("Okta answered with no list of roles"))?;
    Ok(rows.iter().map(role).collect())
}

fn role(row: &Value) -> Role {
    let assignee = names::text(row, "/_links/assignee/href").unwrap_or_default();
    let group = assignee.split_once("/api/v1/groups/").map(|(_, id)| id.to_owned());
    let source = match (names::text(row, "/assignmentType"), group) {
        (Some("USER"), None) => Source::Person,
        (Some("GROUP") | None, Some(group)) => Source::Group(group),
        _ => Source::Unclear,
    };
    Role {
        is_super: names::text(row, "/type").is_some_and(is_super_admin),
        is_active: names::text(row, "/status").is_none_or(|status| status == "ACTIVE"),
        source,
    }
}
