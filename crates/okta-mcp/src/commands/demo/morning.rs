//! What an administrator asks in a morning. Ids and logins come from the answers.

use okta_client::Clock as _;
use okta_mcp_server::SystemClock;
use serde_json::{Value, json};

use super::guide::{Guide, Say, remark};
use crate::failure::Failure;

/// Walks through it.
pub(super) async fn walk(guide: &mut Guide) -> Result<(), Failure> {
    let begin = SystemClock.now();
    locked_out(guide).await?;
    let sprayed = password_spray(guide).await?;
    contractor(guide).await?;
    application(guide).await?;
    policy(guide).await?;
    group(guide, &sprayed).await?;

    guide.title("What did we just do?")?;
    let args = json!({
        "since": format!("{begin:.3}"),
        "filter": "eventType eq \"user.lifecycle.deactivate\" or \
                   eventType eq \"group.lifecycle.create\" or \
                   eventType eq \"group.user_membership.add\"",
        "fields": "published,eventType,outcome.result,actor.displayName,target.displayName",
    });
    guide.call("get_logs", args).await?;
    remark("Okta's System Log has it, and so has the server's own audit trail")?;

    guide.title("What may this server do at all?")?;
    guide.call("get_scope_status", json!({})).await.map(drop)
}

async fn locked_out(guide: &mut Guide) -> Result<(), Failure> {
    guide.title("Who is locked out?")?;
    let args = json!({
        "search": "status eq \"LOCKED_OUT\"",
        "fields": "id,statusChanged,profile.login,profile.firstName",
    });
    let answer = guide.call("list_users", args).await?;
    let login = text(&answer, "/items/0/profile/login")?;
    let name = text(&answer, "/items/0/profile/firstName")?;

    guide.title(&format!("Why can't {name} log in?"))?;
    let args = json!({
        "user_id": login,
        "fields": "published,outcome.reason,client.ipAddress,client.userAgent.rawUserAgent",
    });
    guide.call("get_login_failures", args).await?;
    let args = json!({ "user_id": login, "fields": "status,passwordChanged,statusChanged" });
    guide.call("get_user", args).await?;
    remark("A phone still sends the password that was changed three hours before")
}

/// Who was hit.
async fn password_spray(guide: &mut Guide) -> Result<String, Failure> {
    guide.title("Is somebody guessing passwords?")?;
    let args = json!({
        "filter": "eventType eq \"security.threat.detected\"",
        "fields": "published,client.ipAddress,client.geographicalContext.city,outcome.reason",
    });
    let answer = guide.call("get_logs", args).await?;
    let address = text(&answer, "/items/0/client/ipAddress")?;
    let args = json!({
        "filter": format!(
            "client.ipAddress eq \"{address}\" and eventType eq \"user.session.start\" and \
             outcome.result eq \"SUCCESS\""
        ),
        "fields": "published,actor.id,actor.alternateId,client.userAgent.rawUserAgent",
    });
    let answer = guide.call("get_logs", args).await?;
    remark("With one of them it fitted")?;
    text(&answer, "/items/0/actor/id")
}

async fn contractor(guide: &mut Guide) -> Result<(), Failure> {
    guide.title("Which contractors should be gone?")?;
    let today = SystemClock.now().strftime("%Y-%m-%d").to_string();
    let args = json!({
        "search": format!(
            "profile.userType eq \"Contractor\" and status eq \"ACTIVE\" and \
             profile.contractEnd lt \"{today}\""
        ),
        "fields": "id,lastLogin,profile.login,profile.contractEnd",
    });
    let answer = guide.call("list_users", args).await?;
    let user = text(&answer, "/items/0/id")?;
    let args = json!({ "user_id": user });
    guide.confirmed(Say::Yes, "deactivate_user", args).await.map(drop)
}

async fn application(guide: &mut Guide) -> Result<(), Failure> {
    guide.title("Who has Salesforce?")?;
    let args = json!({ "q": "Salesforce", "fields": "id,label,status" });
    let answer = guide.call("list_applications", args).await?;
    let app = text(&answer, "/items/0/id")?;
    let args = json!({ "app_id": app, "fetch_all": true, "fields": "credentials.userName,scope" });
    guide.call("list_application_users", args).await?;

    guide.title("The model has an idea: switch it off")?;
    let args = json!({ "app_id": app });
    guide.confirmed(Say::No, "deactivate_application", args).await?;
    let args = json!({ "app_id": app, "fields": "label,status" });
    guide.call("get_application", args).await?;
    remark("Nothing has changed")
}

async fn policy(guide: &mut Guide) -> Result<(), Failure> {
    guide.title("When do people have to give a second factor?")?;
    let args = json!({ "type": "OKTA_SIGN_ON", "fields": "id,name,priority,status" });
    let answer = guide.call("list_policies", args).await?;
    let policy = text(&answer, "/items/0/id")?;
    let args = json!({ "policy_id": policy, "fields": "name,status,actions.signon" });
    guide.call("list_policy_rules", args).await.map(drop)
}

async fn group(guide: &mut Guide, member: &str) -> Result<(), Failure> {
    guide.title("A group for those who were hit")?;
    let profile = json!({ "name": "Password spray", "description": "Reset and watch" });
    let answer = guide.call("create_group", json!({ "profile": profile })).await?;
    let group = text(&answer, "/id")?;
    let args = json!({ "group_id": group, "user_id": member });
    guide.call("add_user_to_group", args).await.map(drop)
}

fn text(answer: &Value, pointer: &str) -> Result<String, Failure> {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Failure::unexpected(format!("the answer has no {pointer}: {answer}")))
}
