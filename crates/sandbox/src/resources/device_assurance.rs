//! Device assurance policies: what a device must be like for a rule to let it in.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, Principal, stamp},
    error::{ApiError, Result},
    log::Target,
    resources::{policies::text, policy_rules},
    route::{Route, delete, get, post, put},
};

/// The collection that they are kept in.
pub(crate) const ASSURANCES: &str = "deviceAssurances";

const READ: &str = "okta.deviceAssurance.read";
const MANAGE: &str = "okta.deviceAssurance.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/device-assurances", READ, list).limit(50),
    post("/api/v1/device-assurances", MANAGE, create).limit(50),
    get("/api/v1/device-assurances/{deviceAssuranceId}", READ, read).limit(50),
    put("/api/v1/device-assurances/{deviceAssuranceId}", MANAGE, replace).limit(50),
    delete("/api/v1/device-assurances/{deviceAssuranceId}", MANAGE, remove).limit(50),
];

/// What can be asked of a device of each platform, in Okta's order.
const PLATFORMS: [(&str, &[&str]); 5] = [
    (
        "ANDROID",
        &[
            "osVersion",
            "secureHardwarePresent",
            "jailbreak",
            "diskEncryptionType",
            "screenLockType",
        ],
    ),
    ("IOS", &["osVersion", "jailbreak", "screenLockType"]),
    (
        "MACOS",
        &[
            "osVersion",
            "secureHardwarePresent",
            "diskEncryptionType",
            "screenLockType",
            "thirdPartySignalProviders",
        ],
    ),
    (
        "WINDOWS",
        &[
            "osVersion",
            "osVersionConstraints",
            "secureHardwarePresent",
            "diskEncryptionType",
            "screenLockType",
            "thirdPartySignalProviders",
        ],
    ),
    ("CHROMEOS", &["thirdPartySignalProviders"]),
];

/// The lists of values that Okta knows, and the order in which it shows them.
const DISK: [&str; 5] = ["NONE", "USER", "FULL", "SYSTEM_VOLUME", "ALL_INTERNAL_VOLUMES"];
const LOCK: [&str; 3] = ["NONE", "BIOMETRIC", "PASSCODE"];

fn of_path<'a>(call: &'a Call<'_>, class: &str) -> Result<(&'a str, &'a Map<String, Value>)> {
    let id = call.param("deviceAssuranceId");
    let found = call.state.docs(ASSURANCES).get(id);
    found.map(|found| (id, found)).ok_or_else(|| ApiError::not_found(id, class))
}

fn target(assurance: &Map<String, Value>) -> Target {
    Target::new(text(assurance, "id"), "DeviceAssurancePolicy", "unknown", text(assurance, "name"))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler, like those that can refuse")]
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let all = call.state.docs(ASSURANCES).iter().map(|(_, found)| view(found, call)).collect();
    Ok(Answer::ok(Value::Array(all)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    // Okta names its own class here, another one than when it cannot delete.
    let found = of_path(call, "DeviceAssuranceRuleManagerImpl")?.1;
    Ok(Answer::ok(view(found, call)))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let asked = checked(call, &body, None)?;
    let id = call.new_id("dae");
    let mut kept = head(&body, id.as_str());
    kept.extend(asked);
    let (now, who) = (stamp(call.now), who(call));
    kept.insert("createdDate".into(), now.clone());
    kept.insert("createdBy".into(), who.clone());
    kept.insert("lastUpdate".into(), now);
    kept.insert("lastUpdatedBy".into(), who);
    call.log("device.assurance.policy.add", vec![target(&kept)]);
    let answer = Answer::ok(view(&kept, call));
    call.state.docs_mut(ASSURANCES).put(id.as_str(), kept);
    Ok(answer)
}

/// The start of what is kept: name, platform, id.
fn head(body: &Map<String, Value>, id: &str) -> Map<String, Value> {
    let mut kept = Map::new();
    kept.insert("name".into(), body.get("name").cloned().unwrap_or_default());
    kept.insert("platform".into(), body.get("platform").cloned().unwrap_or_default());
    kept.insert("id".into(), id.into());
    kept
}

fn who(call: &Call<'_>) -> Value {
    let Principal::App(app) = call.principal else {
        return call.principal.user().map_or(Value::Null, Value::from);
    };
    app.into()
}

/// What the body asks of a device, in Okta's order.
fn checked(
    call: &Call<'_>,
    body: &Map<String, Value>,
    own: Option<&str>,
) -> Result<Map<String, Value>> {
    let name = text(body, "name");
    if name.trim().is_empty() {
        return Err(ApiError::invalid("name", "name: The field cannot be left blank"));
    }
    let Some((_, conditions)) = PLATFORMS.iter().find(|(name, _)| *name == text(body, "platform"))
    else {
        return Err(ApiError::invalid("platform", "platform: The field is invalid"));
    };
    let mut others = call.state.docs(ASSURANCES).iter();
    if others.any(|(id, other)| Some(id.as_str()) != own && text(other, "name") == name) {
        return Err(ApiError::invalid(
            "name",
            "name: An object with this field already exists in the current organization",
        ));
    }
    let mut asked = Map::new();
    for condition in *conditions {
        if let Some(value) = body.get(*condition).filter(|value| !value.is_null()) {
            asked.insert((*condition).to_owned(), in_order(condition, value));
        }
    }
    for (name, _) in body {
        let elsewhere = PLATFORMS.iter().any(|(_, all)| all.contains(&name.as_str()));
        if elsewhere && !conditions.contains(&name.as_str()) {
            return Err(ApiError::invalid(
                "deviceAssurance",
                format!("{name}: The field is not supported for this platform"),
            ));
        }
    }
    if asked.is_empty() && !body.contains_key("devicePostureChecks") {
        return Err(ApiError::invalid(
            "deviceAssuranceMediated",
            "Please select at least one device condition before saving",
        ));
    }
    if let Some(version) = asked.get("osVersion").and_then(|version| version.get("minimum")) {
        let digits = version.as_str().unwrap_or_default();
        let valid = !digits.is_empty()
            && digits
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        if !valid {
            return Err(ApiError::invalid("osVersion", "minimum: The OS version is invalid"));
        }
    }
    for name in ["devicePostureChecks", "displayRemediationMode", "gracePeriod"] {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            asked.insert(name.to_owned(), value.clone());
        }
    }
    asked.entry("displayRemediationMode").or_insert_with(|| "HIDE".into());
    Ok(asked)
}

/// Okta sorts the two lists of values its own way.
fn in_order(condition: &str, value: &Value) -> Value {
    let order: &[&str] = match condition {
        "diskEncryptionType" => &DISK,
        "screenLockType" => &LOCK,
        _ => return value.clone(),
    };
    let sent = value.get("include").and_then(Value::as_array);
    let has = |word: &&&str| sent.is_some_and(|sent| sent.iter().any(|one| one == **word));
    let kept: Vec<&&str> = order.iter().filter(has).collect();
    json!({ "include": kept })
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let (id, old) = of_path(call, "DeviceAssuranceRuleManagerImpl")?;
    let body = call.json()?;
    if body.get("platform").is_some_and(|sent| Some(sent) != old.get("platform")) {
        return Err(ApiError::invalid("platform", "platform: The platform cannot be changed"));
    }
    let asked = checked(call, &body, Some(id))?;
    let mut kept = head(&body, id);
    kept.extend(asked);
    for name in ["createdDate", "createdBy"] {
        kept.insert(name.to_owned(), old.get(name).cloned().unwrap_or_default());
    }
    let id = id.to_owned();
    kept.insert("lastUpdate".into(), stamp(call.now));
    kept.insert("lastUpdatedBy".into(), who(call));
    call.log("device.assurance.policy.update", vec![target(&kept)]);
    let mut shown = view(&kept, call);
    // The answer to a replacement leaves out who made it and when; reading shows it again.
    if let Some(shown) = shown.as_object_mut() {
        shown.shift_remove("createdDate");
        shown.shift_remove("createdBy");
    }
    call.state.docs_mut(ASSURANCES).put(id, kept);
    Ok(Answer::ok(shown))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let (id, found) = of_path(call, "DeviceAssuranceEntity")?;
    if let Some(rule) = policy_rules::asking_for(call.state, id) {
        return Err(ApiError::new(409, "E0000001", "Api validation failed: deviceAssurance").cause(format!(
            "This device assurance policy can't be deleted because the authentication policy rule '{rule}' uses it"
        )));
    }
    let (id, target) = (id.to_owned(), target(found));
    call.state.docs_mut(ASSURANCES).remove(&id);
    call.log("device.assurance.policy.delete", vec![target]);
    Ok(Answer::empty(204))
}

fn view(assurance: &Map<String, Value>, call: &Call<'_>) -> Value {
    let (id, name) = (text(assurance, "id"), text(assurance, "name"));
    let mut shown = assurance.clone();
    shown.insert("resourceType".into(), "DeviceAssurancePolicyEntity".into());
    shown.insert("resourceDisplayName".into(), json!({ "value": name, "sensitive": false }));
    shown.insert("resourceId".into(), id.into());
    let href = call.href(&format!("/api/v1/device-assurances/{id}"));
    shown.insert(
        "_links".into(),
        json!({ "self": { "href": href, "hints": { "allow": ["GET", "PUT", "DELETE"] } } }),
    );
    Value::Object(shown)
}
