//! The groups of an app, and the apps of a group.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    log::Target,
    resources::{
        self,
        apps::{self, APPS, Secret},
    },
    store::{Assignment, Group, Scope},
};

/// The group of the path.
fn group<'a>(call: &'a Call<'_>) -> Result<&'a Group> {
    let name = call.param("groupId");
    let group = Id::parse(name).and_then(|id| call.state.groups.get(id));
    group.ok_or_else(|| ApiError::not_found(name, "UserGroup"))
}

/// The app and the group of the path, and the row that joins them.
fn assigned<'a>(call: &'a Call<'_>) -> Result<(Id, &'a Group, &'a Assignment)> {
    let app = apps::of_path(call)?.0;
    let missing = || ApiError::not_found(call.param("groupId"), "GroupAppAssignment");
    let group = group(call).map_err(|_| missing())?;
    let row = call.state.assignments.groups.get(&(app, group.id)).ok_or_else(missing)?;
    Ok((app, group, row))
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Answer> {
    let app = apps::of_path(call)?.0;
    let limit = apps::limit(call, 20, 200)?;
    let after = apps::cursor(call, "00g")?;
    let words = call.query("q").map(str::to_lowercase);
    let expand = call.query("expand") == Some("group");
    let call = &*call;
    let found = call
        .state
        .assignments
        .groups
        .iter()
        .filter(|((id, group), _)| *id == app && after.is_none_or(|after| *group > after))
        .filter_map(|((_, id), row)| Some((call.state.groups.get(*id)?, row)))
        .filter(|(group, _)| {
            words.as_deref().is_none_or(|words| group.name().to_lowercase().starts_with(words))
        });
    Ok(call.page_of(
        found,
        limit,
        |(group, _)| group.id.to_string(),
        |(group, row)| {
            let mut shown = view(call, app, group.id, row);
            if expand && let Some(shown) = shown.as_object_mut() {
                let group = resources::groups::render(call, group);
                shown.insert("_embedded".into(), json!({ "group": group }));
            }
            shown
        },
    ))
}

pub(super) fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (app, group, row) = assigned(call)?;
    Ok(Answer::ok(view(call, app, group.id, row)))
}

/// Assigns a group, or changes its priority and profile.
pub(super) fn assign(call: &mut Call<'_>) -> Result<Answer> {
    let (app, doc) = apps::of_path(call)?;
    let app_target = apps::target(doc);
    let group = group(call)?;
    let (id, group_target) = (group.id, Target::group(group.id, group.name()));
    let body = call.json_or_empty()?;
    let old = call.state.assignments.groups.get(&(app, id));
    let fresh = old.is_none();
    let row = Assignment {
        created: old.map_or(call.now, |old| old.created),
        last_updated: call.now,
        scope: Scope::Group,
        via: None,
        priority: match body.get("priority").and_then(Value::as_i64) {
            Some(priority) => priority,
            None => old.map_or(0, |old| old.priority),
        },
        user_name: None,
        profile: match body.get("profile") {
            Some(Value::Object(profile)) => Some(Box::new(profile.clone())),
            _ => old.and_then(|old| old.profile.clone()),
        },
    };
    let answer = Answer::ok(view(call, app, id, &row));
    call.state.assignments.groups.insert((app, id), row);
    let event = if fresh {
        "group.application_assignment.add"
    } else {
        "group.application_assignment.update"
    };
    call.log(event, vec![group_target, app_target]);
    Ok(answer)
}

pub(super) fn unassign(call: &mut Call<'_>) -> Result<Answer> {
    let (app, group, _) = assigned(call)?;
    let (id, group_target) = (group.id, Target::group(group.id, group.name()));
    let app_target = apps::target(apps::of_path(call)?.1);
    call.state.assignments.groups.remove(&(app, id));
    call.log("group.application_assignment.remove", vec![group_target, app_target]);
    Ok(Answer::empty(204))
}

/// The apps of a group.
pub(super) fn apps(call: &mut Call<'_>) -> Result<Answer> {
    let group = group(call)?.id;
    let limit = apps::limit(call, 20, 200)?;
    let after = apps::cursor(call, "0oa")?;
    let call = &*call;
    let found = call
        .state
        .assignments
        .apps_of_group(group)
        .filter(|app| after.is_none_or(|after| *app > after))
        .filter_map(|app| call.state.docs(APPS).get(app.as_str()));
    Ok(call.page_of(
        found,
        limit,
        |app| app.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        |app| apps::shown(app, call, Secret::Hidden),
    ))
}

fn view(call: &Call<'_>, app: Id, group: Id, row: &Assignment) -> Value {
    json!({
        "id": group,
        "lastUpdated": stamp(row.last_updated),
        "priority": row.priority,
        "profile": row.profile.as_deref().cloned().unwrap_or_default(),
        "_links": {
            "app": call.link(&format!("/api/v1/apps/{app}")),
            "self": call.link(&format!("/api/v1/apps/{app}/groups/{group}")),
            "group": call.link(&format!("/api/v1/groups/{group}")),
        },
    })
}
