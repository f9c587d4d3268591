//! Group rules, for reading.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::groups::READ;
use crate::{
    answer::Answer,
    call::{Call, stamp},
    config::Config,
    error::{ApiError, Result},
    listing,
    route::{Route, get},
    store::State,
};

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/groups/rules", READ, list),
    get("/api/v1/groups/rules/{groupRuleId}", READ, read),
];

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let limit = call.limit(50, 200)?;
    if call.query("after").is_some_and(|after| !after.starts_with("0pr")) {
        return Err(listing::bad_cursor());
    }
    let search = call.query("search").unwrap_or_default().to_lowercase();
    let rules = call.state.docs("groupRules");
    let found = rules.after(call.query("after")).filter(|(_, rule)| {
        let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
        name.to_lowercase().contains(&search)
    });
    Ok(call.page_of(
        found,
        limit,
        |(id, _)| (*id).clone(),
        |(_, rule)| Value::Object((*rule).clone()),
    ))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let id = call.param("groupRuleId");
    let rule = call.state.docs("groupRules").get(id);
    let rule = rule.ok_or_else(|| ApiError::not_found(id, "GroupRule"))?;
    Ok(Answer::ok(Value::Object(rule.clone())))
}

/// Rules that put people of a department, and contractors, into their group.
pub(super) fn seed(state: &mut State, _: &Config, now: Timestamp) {
    let rules = [
        ("Engineering by department", "user.department==\"Engineering\"", "Engineering", "ACTIVE"),
        ("Sales by department", "user.department==\"Sales\"", "Sales", "ACTIVE"),
        ("Contractors by type", "user.userType==\"Contractor\"", "Contractors", "ACTIVE"),
        ("Old interns rule", "String.startsWith(user.title,\"Intern\")", "Interns", "INACTIVE"),
    ];
    for (name, expression, group, status) in rules {
        let Some(group) = state.groups.named(group).map(|group| group.id) else { continue };
        let id = state.maker.id("0pr");
        let rule = json!({
            "type": "group_rule",
            "id": id,
            "status": status,
            "name": name,
            "created": stamp(now),
            "lastUpdated": stamp(now),
            "conditions": {
                "people": { "users": { "exclude": [] }, "groups": { "exclude": [] } },
                "expression": { "value": expression, "type": "urn:okta:expression:1.0" },
            },
            "actions": { "assignUserToGroups": { "groupIds": [group] } },
            "allGroupsValid": true,
        });
        if let Value::Object(rule) = rule {
            state.docs_mut("groupRules").put(id.as_str(), rule);
        }
    }
}
