//! A small Okta to judge against: it finds people as Okta does, remembers what it was asked, and
//! can be made blind.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use okta_catalog::{Plan, Scope};
use okta_client::{BoxFuture, Error, ErrorKind, Method, Reply, Request};
use okta_gate::protect::{Own, Protect, Protection, Reader, judge};
use okta_policy::{Policy, Source};
use serde_json::{Value, json};

/// The org. Ids tell what they are: `00u…`, `00g…`, `0oa…`.
pub(crate) struct Org {
    /// What GET answers, by path.
    objects: BTreeMap<String, Value>,
    /// The next page of a path, by its cursor.
    pages: BTreeMap<(String, String), Value>,
    /// Logins, in lower case, and the id behind each.
    logins: BTreeMap<String, String>,
    /// What `me` is.
    me: Option<String>,
    /// Paths that answer with an error: how they begin or end, and why.
    blind: Vec<(String, ErrorKind)>,
    scopes: Option<Vec<&'static str>>,
    /// Answers for whoever and whatever it does not know, too.
    populous: bool,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Org {
    pub(crate) fn new() -> Self {
        Self {
            objects: BTreeMap::new(),
            pages: BTreeMap::new(),
            logins: BTreeMap::new(),
            me: None,
            blind: Vec::new(),
            scopes: None,
            populous: false,
            asked: Mutex::default(),
        }
    }

    pub(crate) fn object(mut self, path: &str, body: Value) -> Self {
        self.objects.insert(path.to_owned(), body);
        self
    }

    /// What a list goes on with: `after` is the cursor.
    pub(crate) fn page(mut self, path: &str, after: &str, body: Value) -> Self {
        self.pages.insert((path.to_owned(), after.to_owned()), body);
        self
    }

    pub(crate) fn user(mut self, id: &str, login: &str, roles: Value) -> Self {
        self.logins.insert(login.to_lowercase(), id.to_owned());
        if let Some((short, _)) = login.to_lowercase().split_once('@') {
            self.logins.insert(short.to_owned(), id.to_owned());
        }
        let profile = json!({ "login": login, "email": format!("{id}@mail.example") });
        let body = json!({ "id": id, "status": "ACTIVE", "profile": profile });
        self.object(&format!("/api/v1/users/{id}"), body)
            .object(&format!("/api/v1/users/{id}/roles"), roles)
    }

    pub(crate) fn group(self, id: &str, name: &str, roles: Value) -> Self {
        let body = json!({ "id": id, "type": "OKTA_GROUP", "profile": { "name": name } });
        self.object(&format!("/api/v1/groups/{id}"), body)
            .object(&format!("/api/v1/groups/{id}/roles"), roles)
    }

    pub(crate) fn app(self, id: &str, label: &str) -> Self {
        let oauth = json!({ "oauthClient": { "client_id": id } });
        let body = json!({ "id": id, "label": label, "credentials": oauth });
        self.object(&format!("/api/v1/apps/{id}"), body)
    }

    pub(crate) fn rule(self, id: &str, groups: &[&str]) -> Self {
        let actions = json!({ "assignUserToGroups": { "groupIds": groups } });
        self.object(
            &format!("/api/v1/groups/rules/{id}"),
            json!({ "id": id, "type": "group_rule", "actions": actions }),
        )
    }

    pub(crate) fn status(mut self, id: &str, status: &str) -> Self {
        let user = self.objects.get_mut(&format!("/api/v1/users/{id}")).unwrap();
        user["status"] = json!(status);
        self
    }

    /// Who the API token is of.
    pub(crate) fn me(mut self, id: &str) -> Self {
        self.me = Some(id.to_owned());
        self
    }

    /// Answers whatever begins or ends so with an error.
    pub(crate) fn blind(mut self, path: &str, kind: ErrorKind) -> Self {
        self.blind.push((path.to_owned(), kind));
        self
    }

    /// Grants these scopes and no others.
    pub(crate) fn scopes(mut self, scopes: &[&'static str]) -> Self {
        self.scopes = Some(scopes.to_vec());
        self
    }

    /// Knows everybody: whoever was not added is ordinary.
    pub(crate) fn populous(mut self) -> Self {
        self.populous = true;
        self
    }

    fn answer(&self, request: &Request) -> Result<Value, Error> {
        let path = request.path();
        if let Some((_, kind)) =
            self.blind.iter().find(|(part, _)| path.starts_with(part) || path.ends_with(part))
        {
            return Err(Error::new(kind.clone(), "Okta said no"));
        }
        let after = request.query_pairs().iter().find(|(name, _)| name == "after");
        if let Some((_, after)) = after {
            let page = self.pages.get(&(path.to_owned(), after.clone()));
            return page.cloned().ok_or_else(|| not_found(path));
        }
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
        let decoded = self.resolved(&decoded);
        let known = self.objects.get(&decoded).cloned();
        let known = known.or_else(|| self.populous.then(|| ordinary(&decoded)));
        known.ok_or_else(|| not_found(path))
    }

    /// The path with the id of whom it names: an id first, then a login or the part before its
    /// `@`, in any case.
    fn resolved(&self, path: &str) -> String {
        let Some(rest) = path.strip_prefix("/api/v1/users/") else { return path.to_owned() };
        let (named, tail) = rest.strip_suffix("/roles").map_or((rest, ""), |it| (it, "/roles"));
        let known = self.objects.contains_key(&format!("/api/v1/users/{named}"));
        let id = match &self.me {
            _ if known => named,
            Some(me) if named == "me" => me,
            _ => self.logins.get(&named.to_lowercase()).map_or(named, String::as_str),
        };
        format!("/api/v1/users/{id}{tail}")
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Judges a plan of one request.
    pub(crate) async fn judge(&self, request: Request, protect: &Protect, own: &Own) -> Protection {
        judge(&Plan::new("Do it", request), self, protect, own).await
    }
}

/// An object like any other, by its path.
fn ordinary(path: &str) -> Value {
    let id = path.rsplit('/').next().unwrap();
    match path.split('/').nth_back(1).unwrap() {
        "users" => {
            json!({ "id": id, "status": "ACTIVE", "profile": { "login": format!("{id}@other.example") } })
        }
        "groups" => json!({ "id": id, "profile": { "name": format!("Group {id} of many") } }),
        "apps" => json!({ "id": id, "label": format!("App {id} of many") }),
        _ if id == "roles" => json!([]),
        _ => json!({ "id": id }),
    }
}

fn not_found(path: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("not found: {path}"))
}

impl Reader for Org {
    fn get<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Error>> {
        assert_eq!(request.method(), Method::Get);
        assert_eq!(request.json(), None);
        let query: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        self.asked.lock().unwrap().push(format!("{}{query}", request.path()));
        Box::pin(std::future::ready(self.answer(request).map(|body| Reply {
            status: 200,
            body,
            etag: None,
            next: None,
            request_ids: Vec::new(),
            rate_limit: None,
            bytes: 0,
            took: Duration::ZERO,
        })))
    }

    fn allows(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scope.granted_by(scopes))
    }
}

/// A request for that template, its placeholders filled in their order.
pub(crate) fn request(method: Method, template: &str, arguments: &[&str]) -> Request {
    let names: Vec<String> = template
        .split('{')
        .skip(1)
        .map(|part| part.split_once('}').unwrap().0.to_owned())
        .collect();
    assert_eq!(names.len(), arguments.len(), "{template}");
    Request::new(method, Box::leak(template.to_owned().into_boxed_str()), |name| {
        names.iter().position(|known| known == name).map(|at| arguments[at])
    })
    .unwrap()
}

/// A super admin role, given to the person or through a group.
pub(crate) fn super_admin(through: Option<&str>) -> Value {
    let (kind, assignee) = match through {
        Some(group) => ("GROUP", format!("https://acme.okta.com/api/v1/groups/{group}")),
        None => ("USER", "https://acme.okta.com/api/v1/users/00u0".to_owned()),
    };
    json!({
        "id": "ra1", "label": "Super Administrator", "type": "SUPER_ADMIN", "status": "ACTIVE",
        "assignmentType": kind, "_links": { "assignee": { "href": assignee } },
    })
}

/// A lesser role.
pub(crate) fn help_desk(through: Option<&str>) -> Value {
    let mut role = super_admin(through);
    role["type"] = json!("HELP_DESK_ADMIN");
    role
}

/// Nothing is protected but the last super admin.
pub(crate) fn nothing() -> Protect {
    Protect { super_admins: false, ..Protect::default() }
}

/// The same, as a policy.
pub(crate) fn unprotected() -> Policy {
    Policy::new(Source { protect: nothing(), ..Source::default() }).unwrap()
}

/// Only these are protected, and the last super admin.
pub(crate) fn only(users: &[&str], groups: &[&str], apps: &[&str]) -> Protect {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Protect { users: owned(users), groups: owned(groups), apps: owned(apps), super_admins: false }
}

/// The message of a refusal.
pub(crate) fn refused(protection: &Protection) -> &str {
    match protection {
        Protection::Refused { message, next } => {
            assert!(next.contains("Okta Admin Console"), "{next}");
            message
        }
        other => panic!("{other:?}"),
    }
}

/// The sentences about what is not known.
pub(crate) fn unknown(protection: &Protection) -> &[String] {
    match protection {
        Protection::Unknown(sentences) => {
            assert!(sentences.iter().all(|sentence| sentence.ends_with('.')), "{sentences:?}");
            sentences
        }
        other => panic!("{other:?}"),
    }
}
