//! Who has which app: people and groups of an app, and the way round.
//!
//! Only what was assigned is kept: people who have an app through a group are found when they are asked for.

mod groups;

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    log::Target,
    resources::apps::{self, APPS},
    route::{Route, delete, get, post, put},
    store::{Assignment, Scope, State, Status, User, attr},
};

const READ: &str = "okta.apps.read";
const MANAGE: &str = "okta.apps.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/apps/{appId}/users", READ, list),
    post("/api/v1/apps/{appId}/users", MANAGE, assign),
    get("/api/v1/apps/{appId}/users/{userId}", READ, read),
    post("/api/v1/apps/{appId}/users/{userId}", MANAGE, update),
    delete("/api/v1/apps/{appId}/users/{userId}", MANAGE, unassign),
    get("/api/v1/apps/{appId}/groups", READ, groups::list),
    get("/api/v1/apps/{appId}/groups/{groupId}", READ, groups::read),
    put("/api/v1/apps/{appId}/groups/{groupId}", MANAGE, groups::assign),
    delete("/api/v1/apps/{appId}/groups/{groupId}", MANAGE, groups::unassign),
    get("/api/v1/groups/{groupId}/apps", "okta.groups.read", groups::apps),
    get("/api/v1/users/{id}/appLinks", "okta.users.read", app_links).own("okta.users.read.self"),
];

/// How a person has an app.
#[derive(Clone, Copy)]
struct Held<'a> {
    row: &'a Assignment,
    via: Option<Id>,
}

/// How `user` has `app`, alone or through a group; `None` where they have not.
fn held<'a>(state: &'a State, app: Id, user: &User) -> Option<Held<'a>> {
    if user.status == Status::Deprovisioned {
        return None;
    }
    if let Some(row) = state.assignments.users.get(&(app, user.id)) {
        return Some(Held { row, via: row.via });
    }
    state.groups_of(user.id).find_map(|group| {
        let row = state.assignments.groups.get(&(app, group.id))?;
        Some(Held { row, via: Some(group.id) })
    })
}

/// Whether `user` has `app`.
pub(crate) fn has_user(state: &State, app: Id, user: Id) -> bool {
    state.users.get(user).is_some_and(|user| held(state, app, user).is_some())
}

/// The assignment of `user` for the `_embedded` of an app.
pub(super) fn embedded_user(call: &Call<'_>, app: Id, user: Id) -> Option<Value> {
    let user = call.state.users.get(user)?;
    let held = held(call.state, app, user)?;
    Some(view(call, app, user, held))
}

/// The user that a path or a body names: `me`, an id or a login.
fn user_named<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a User> {
    let me = call.principal.user().filter(|_| name == "me");
    let id = me.or_else(|| Id::parse(name));
    let by_id = id.and_then(|id| call.state.users.get(id));
    by_id
        .or_else(|| call.state.users.by_login(name))
        .ok_or_else(|| ApiError::not_found(name, "User"))
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let app = apps::of_path(call)?.0;
    let limit = apps::limit(call, 50, 500)?;
    let after = apps::cursor(call, "00u")?;
    let words = call.query("q").map(str::to_lowercase);
    let expand = call.query("expand") == Some("user");
    let call = &*call;
    let found = call
        .state
        .users
        .after(after)
        .filter(|user| words.as_deref().is_none_or(|words| named(user, words)))
        .filter_map(|user| held(call.state, app, user).map(|held| (user, held)));
    Ok(call.page_of(
        found,
        limit,
        |(user, _)| user.id.to_string(),
        |(user, held)| {
            let mut shown = view(call, app, user, *held);
            if expand && let Some(shown) = shown.as_object_mut() {
                shown.insert("_embedded".into(), json!({ "user": person(user) }));
            }
            shown
        },
    ))
}

fn named(user: &User, words: &str) -> bool {
    [attr::LOGIN, attr::EMAIL, attr::FIRST_NAME, attr::LAST_NAME]
        .into_iter()
        .any(|attribute| user.profile.text(attribute).to_lowercase().starts_with(words))
}

/// As much of a user as an expanded assignment needs.
fn person(user: &User) -> Value {
    json!({
        "id": user.id,
        "status": user.status.as_str(),
        "profile": {
            "firstName": user.profile.text(attr::FIRST_NAME),
            "lastName": user.profile.text(attr::LAST_NAME),
            "login": user.login(),
            "email": user.email(),
        },
    })
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (app, user) = assigned(call)?;
    let user = user_named(call, user.as_str())?;
    let held = held(call.state, app, user);
    let held = held.ok_or_else(|| ApiError::not_found(user.id.as_str(), "AppUser"))?;
    Ok(Answer::ok(view(call, app, user, held)))
}

/// The app and the user of the path, the user having the app.
fn assigned(call: &Call<'_>) -> Result<(Id, Id)> {
    let app = apps::of_path(call)?.0;
    let name = call.param("userId");
    let user = user_named(call, name).map(|user| user.id);
    match user {
        Ok(user) if has_user(call.state, app, user) => Ok((app, user)),
        _ => Err(ApiError::not_found(name, "AppUser")),
    }
}

fn assign(call: &mut Call<'_>) -> Result<Answer> {
    let app = apps::of_path(call)?.0;
    let body = call.json()?;
    let Some(name) = body.get("id").and_then(Value::as_str) else {
        return Err(ApiError::invalid("id", "id: The field cannot be left blank"));
    };
    let user = user_named(call, name)?;
    if user.status == Status::Deprovisioned {
        let summary = "Cannot assign apps or update app profiles for an inactive user.";
        return Err(ApiError::new(403, "E0000117", summary));
    }
    let user = user.id;
    save(call, app, user, &body, "application.user_membership.add")
}

fn update(call: &mut Call<'_>) -> Result<Answer> {
    let (app, user) = assigned(call)?;
    let body = call.json()?;
    save(call, app, user, &body, "application.user_membership.update")
}

/// Assigns, or changes what was assigned. What the body does not name stays.
fn save(
    call: &mut Call<'_>,
    app: Id,
    user: Id,
    body: &Map<String, Value>,
    event: &'static str,
) -> Result<Answer> {
    let now = call.now;
    let found = call.state.users.get(user).and_then(|user| held(call.state, app, user));
    let mut row = found.map_or_else(
        || Assignment {
            created: now,
            last_updated: now,
            scope: Scope::User,
            via: None,
            priority: 0,
            user_name: None,
            profile: None,
        },
        |held| Assignment { via: held.via, ..held.row.clone() },
    );
    row.last_updated = now;
    // Assigning a person alone takes the group out of it.
    if event == "application.user_membership.add" || body.get("scope") == Some(&json!("USER")) {
        row.scope = Scope::User;
        row.via = None;
    }
    let user_name = body.get("credentials").and_then(|all| all.get("userName"));
    if let Some(user_name) = user_name.and_then(Value::as_str) {
        row.user_name = Some(user_name.into());
    }
    if let Some(Value::Object(profile)) = body.get("profile") {
        row.profile = Some(Box::new(profile.clone()));
    }
    call.state.assignments.users.insert((app, user), row);
    log(call, event, app, user);
    let user = user_named(call, user.as_str())?;
    let held = held(call.state, app, user);
    let held = held.ok_or_else(|| ApiError::not_found(user.id.as_str(), "AppUser"))?;
    Ok(Answer::ok(view(call, app, user, held)))
}

fn unassign(call: &mut Call<'_>) -> Result<Answer> {
    let (app, user) = assigned(call)?;
    let direct = call.state.assignments.users.get(&(app, user));
    if direct.is_none_or(|row| row.via.is_some()) {
        // Who has an app through a group keeps it until the group loses it.
        return Err(ApiError::new(403, "E0000046", "Deactivate application for user forbidden.")
            .cause("This user is assigned through a group and cannot be removed directly."));
    }
    log(call, "application.user_membership.remove", app, user);
    call.state.assignments.users.remove(&(app, user));
    Ok(Answer::empty(204))
}

fn log(call: &mut Call<'_>, event: &'static str, app: Id, user: Id) {
    let app = call.state.docs(APPS).get(app.as_str()).map(apps::target);
    let user = call.state.users.get(user).map(|user| {
        let account = Target::new(user.id.as_str(), "AppUser", user.login(), user.display_name());
        [account, Target::user(user)]
    });
    let Some((app, [account, user])) = app.zip(user) else { return };
    call.log(event, vec![account, app, user]);
}

fn view(call: &Call<'_>, app: Id, user: &User, held: Held<'_>) -> Value {
    let Held { row, via } = held;
    let doc = call.state.docs(APPS).get(app.as_str());
    // The apps that are part of Okta have no accounts of their own.
    let has_account = doc.is_some_and(|doc| !apps::is_system(doc));
    let user_name = row.user_name.as_deref().map_or_else(
        || doc.map_or_else(|| user.login().to_owned(), |doc| default_name(doc, user)),
        ToOwned::to_owned,
    );
    let credentials = if has_account { json!({ "userName": user_name }) } else { Value::Null };
    let profile = row.profile.as_deref().cloned().unwrap_or_default();
    let mut links = Map::new();
    links.insert("app".into(), call.link(&format!("/api/v1/apps/{app}")));
    if let Some(group) = via.and_then(|via| call.state.groups.get(via)) {
        let href = call.href(&format!("/api/v1/groups/{}", group.id));
        links.insert("group".into(), json!({ "name": group.name(), "href": href }));
    }
    links.insert("user".into(), call.link(&format!("/api/v1/users/{}", user.id)));
    json!({
        "id": user.id,
        "externalId": null,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.last_updated),
        "scope": if via.is_some() { "GROUP" } else { "USER" },
        "status": "ACTIVE",
        "statusChanged": stamp(row.created),
        "passwordChanged": null,
        "syncState": "DISABLED",
        "credentials": credentials,
        "profile": profile,
        "_links": links,
    })
}

/// The name that the app's template gives to a user.
fn default_name(app: &Map<String, Value>, user: &User) -> String {
    let template = app
        .get("credentials")
        .and_then(|all| all.pointer("/userNameTemplate/template"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    match template {
        "${source.email}" | "user.email" => user.email().to_owned(),
        "user.firstName" => user.profile.text(attr::FIRST_NAME).to_owned(),
        "${fn:substringBefore(source.login, \"@\")}" => {
            user.login().split('@').next().unwrap_or_default().to_owned()
        }
        _ => user.login().to_owned(),
    }
}

/// What a person sees on the dashboard, in its order: by label, as long as nobody moved anything.
fn app_links(call: &mut Call<'_>) -> Result<Answer> {
    let user = user_named(call, call.param("id"))?;
    let mut shown = Vec::new();
    for (id, app) in call.state.docs(APPS).iter() {
        let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
        let assigned = Id::parse(id).is_some_and(|app| held(call.state, app, user).is_some());
        let visibility = |path: &str| app.get("visibility").and_then(|all| all.pointer(path));
        let hidden = visibility("/hide/web") == Some(&json!(true));
        if !assigned || hidden || text("status") != "ACTIVE" {
            continue;
        }
        let links = visibility("/appLinks").and_then(Value::as_object);
        for (link, _) in links.into_iter().flatten().filter(|(_, on)| **on == json!(true)) {
            shown.push((text("label").to_lowercase(), id, link, app));
        }
    }
    shown.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let links = shown.iter().enumerate().map(|(at, (_, id, link, app))| {
        let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
        json!({
            "id": user.id,
            "label": text("label"),
            "linkUrl": apps::home(text("name"), id, link, call),
            "logoUrl": apps::logo_url(text("name"), call),
            "appName": text("name"),
            "appInstanceId": id,
            "appAssignmentId": account_id(id, user),
            "credentialsSetup": false,
            "hidden": false,
            "sortOrder": at,
        })
    });
    Ok(Answer::ok(links.collect()))
}

/// The id of somebody's account with an app.
fn account_id(app: &str, user: &User) -> String {
    let (of_app, of_user) = (app.get(3..11), user.id.as_str().get(3..12));
    format!("0ua{}{}", of_app.unwrap_or_default(), of_user.unwrap_or_default())
}
