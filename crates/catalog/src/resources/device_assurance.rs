//! Device assurance policies: `/api/v1/device-assurances`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    args::{Fields, Flag, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look,
    pages::{self, Listing},
    read_only,
    replace::{Replacement, no_marker},
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
    version::Version,
};

tools![
    ListDeviceAssurancePolicies,
    GetDeviceAssurancePolicy,
    CreateDeviceAssurancePolicy,
    ReplaceDeviceAssurancePolicy,
    DeleteDeviceAssurancePolicy,
];

const ALL: &str = "/api/v1/device-assurances";
const ONE: &str = "/api/v1/device-assurances/{deviceAssuranceId}";
const LIST: Operation = Operation::read(ALL, Scope::DEVICE_ASSURANCE_READ);
const GET: Operation = Operation::read(ONE, Scope::DEVICE_ASSURANCE_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::DEVICE_ASSURANCE_MANAGE, Effect::Write);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::DEVICE_ASSURANCE_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::DEVICE_ASSURANCE_MANAGE, Effect::Destructive);

/// List device assurance policies; with `version_threshold` also which of them demand an older
/// minimum OS version.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListDeviceAssurancePolicies {
    /// X.Y.Z as the user said it, or one number for Android
    version_threshold: Option<String>,
    fields: Option<Fields>,
}

impl Tool for ListDeviceAssurancePolicies {
    const DEF: ToolDef = planned::<Self>("list_device_assurance_policies", LIST)
        .title("List device assurance policies");
}

impl Prepare for ListDeviceAssurancePolicies {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let threshold = self.version_threshold.filter(|text| !text.is_empty());
        let version = threshold
            .as_deref()
            .map(|text| Version::stated("version_threshold", text))
            .transpose()
            .map_err(Failure::Arguments)?;
        // The comparison needs the whole policies, whatever fields are asked for.
        let listing = Listing {
            request: LIST.request(&[])?,
            fields: Fields::default(),
            fetch_all: true,
            next: pages::by_link,
            notes: Vec::new(),
        };
        let mut answer = pages::list(listing, desk).await?;
        let fields = self.fields.unwrap_or_default();
        if let (Some(version), Some(text)) = (version, threshold)
            && let Some(map) = answer.value.as_object_mut()
        {
            let policies = map.get("items").and_then(Value::as_array);
            let comparison = compared(policies.map_or(&[], Vec::as_slice), &version, &text);
            map.insert("version_comparison".to_owned(), comparison);
        }
        pages::project(&mut answer, &fields);
        Ok(answer.into())
    }
}

/// Which policies' `osVersion.minimum` lies below the threshold. A single number is a version of
/// Android: policies of other platforms are not compared with it.
fn compared(policies: &[Value], threshold: &Version, text: &str) -> Value {
    let mut lists: Map<String, Value> = ["below", "at_or_above", "no_minimum", "not_comparable"]
        .into_iter()
        .map(|name| (name.to_owned(), json!([])))
        .collect();
    for policy in policies {
        let minimum = label::text(policy, "/osVersion/minimum");
        let android = label::text(policy, "/platform") == Some("ANDROID");
        let list = match (minimum, minimum.and_then(Version::parse)) {
            (None, _) => "no_minimum",
            (Some(_), None) => "not_comparable",
            _ if threshold.is_single() && !android => "not_comparable",
            (Some(_), Some(minimum)) if minimum.is_below(threshold) => "below",
            (Some(_), Some(_)) => "at_or_above",
        };
        let mut entry = Map::new();
        for key in ["id", "name", "platform"] {
            entry.insert(key.to_owned(), policy.get(key).cloned().unwrap_or_default());
        }
        match minimum {
            Some(minimum) => {
                entry.insert("minimum".to_owned(), json!(minimum));
            }
            None => {
                // What else the policy demands of the version, so that it is not read as nothing.
                for (name, pointer) in [
                    ("dynamicVersionRequirement", "/osVersion/dynamicVersionRequirement"),
                    ("osVersionConstraints", "/osVersionConstraints"),
                ] {
                    if let Some(demand) = policy.pointer(pointer) {
                        entry.insert(name.to_owned(), demand.clone());
                    }
                }
            }
        }
        if let Some(list) = lists.get_mut(list).and_then(Value::as_array_mut) {
            list.push(Value::Object(entry));
        }
    }
    lists.shift_insert(0, "version_threshold".to_owned(), json!(text));
    Value::Object(lists)
}

/// Get a device assurance policy.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetDeviceAssurancePolicy {
    device_assurance_id: String,
    fields: Option<Fields>,
}

impl Tool for GetDeviceAssurancePolicy {
    const DEF: ToolDef = get::<Self>("get_device_assurance_policy", GET.path, GET.scope)
        .title("Get device assurance policy");
}

/// Create a device assurance policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateDeviceAssurancePolicy {
    /// name, platform, diskEncryptionType, screenLockType, jailbreak, secureHardwarePresent
    policy_data: Object,
    /// Minimum OS version, exactly as the user said it
    user_stated_os_version: Option<String>,
}

impl Tool for CreateDeviceAssurancePolicy {
    const DEF: ToolDef = planned::<Self>("create_device_assurance_policy", CREATE)
        .title("Create device assurance policy");
}

impl Prepare for CreateDeviceAssurancePolicy {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("policy_data", &self.policy_data)?;
        let platform = self.policy_data.0.get("platform").cloned().unwrap_or_default();
        let stated = self.user_stated_os_version.as_deref();
        let body = Value::Object(with_version(self.policy_data, stated, &platform)?.0);
        let kind = label::text(&body, "/platform").unwrap_or("no platform");
        let summary = format!("Create device assurance policy {} ({kind})", label::named(&body));
        Ok(Plan::new(summary, CREATE.request(&[])?.body(body))
            .created(Created::new(GET, &[DELETE], "deviceAssuranceId"))
            .check("list_device_assurance_policies")
            .done("The device assurance policy is created.")
            .into())
    }
}

/// Change a device assurance policy; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceDeviceAssurancePolicy {
    device_assurance_id: String,
    policy_data: Object,
    /// Minimum OS version, exactly as the user said it
    user_stated_os_version: Option<String>,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceDeviceAssurancePolicy {
    const DEF: ToolDef = planned::<Self>("replace_device_assurance_policy", REPLACE)
        .title("Replace device assurance policy")
        .also(&[GET]);
}

impl Prepare for ReplaceDeviceAssurancePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("deviceAssuranceId", self.device_assurance_id.as_str())];
        let policy = look::at(desk, GET, &path).await?.body;
        let given = self.policy_data.0.get("platform");
        let platform = given.or_else(|| policy.get("platform")).cloned().unwrap_or_default();
        let stated = self.user_stated_os_version.as_deref();
        let replacement = Replacement::new(
            "policy_data",
            &policy,
            with_version(self.policy_data, stated, &platform)?,
            read_only::DEVICE_ASSURANCE,
            self.full_replace,
        )?;
        let summary = format!("Change device assurance policy {}", label::named(&policy));
        Ok(replacement
            .plan(summary, GET.request(&path)?, &REPLACE.request(&path)?, policy)
            .check("get_device_assurance_policy")
            .done("The device assurance policy is changed.")
            .into())
    }
}

/// `given` with the stated version as `osVersion.minimum`, character for character. Where both
/// name one they must be the same.
fn with_version(
    mut given: Object,
    stated: Option<&str>,
    platform: &Value,
) -> Result<Object, Failure> {
    const NAME: &str = "user_stated_os_version";
    let Some(stated) = stated.filter(|text| !text.is_empty()) else { return Ok(given) };
    let version = Version::stated(NAME, stated).map_err(Failure::Arguments)?;
    if version.is_single() && platform != "ANDROID" {
        return Err(Failure::Arguments(format!(
            "`{NAME}`: one number is a version of Android only: ask for the full version, as X.Y.Z"
        )));
    }
    let os_version = given.0.entry("osVersion").or_insert(Value::Null);
    match os_version.get("minimum").and_then(Value::as_str) {
        Some(minimum) if minimum != stated => {
            return Err(Failure::Arguments(format!(
                "`{NAME}` and `policy_data.osVersion.minimum` differ: give one of them"
            )));
        }
        _ => {}
    }
    match os_version {
        Value::Object(map) => {
            map.insert("minimum".to_owned(), json!(stated));
        }
        other => *other = json!({ "minimum": stated }),
    }
    Ok(given)
}

/// Delete a device assurance policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteDeviceAssurancePolicy {
    device_assurance_id: String,
}

impl Tool for DeleteDeviceAssurancePolicy {
    const DEF: ToolDef = planned::<Self>("delete_device_assurance_policy", DELETE)
        .title("Delete device assurance policy")
        .also(&[GET]);
}

impl Prepare for DeleteDeviceAssurancePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("deviceAssuranceId", self.device_assurance_id.as_str())];
        let policy = look::at(desk, GET, &path).await?.body;
        let name = label::named(&policy);
        let request = DELETE.request(&path)?;
        Ok(Plan::new(format!("Delete device assurance policy {name}"), request)
            .target(GET.request(&path)?, policy)
            .loss("The policy: it cannot be restored.")
            .loss("Which policy rules demand it is not looked up; while one does, Okta refuses.")
            .check("get_device_assurance_policy: not found means done")
            .done(format!("Device assurance policy {name} is deleted."))
            .into())
    }
}
