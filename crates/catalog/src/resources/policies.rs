//! Policies: `/api/v1/policies`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::policy_rules as rules;
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label,
    look::{self, Seen},
    read_only,
    replace::{Replacement, no_marker},
    scope::Scope,
    switch::Turn,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListPolicies,
    GetPolicy,
    CreatePolicy,
    UpdatePolicy,
    DeletePolicy,
    ActivatePolicy,
    DeactivatePolicy,
];

const ALL: &str = "/api/v1/policies";
const ONE: &str = "/api/v1/policies/{policyId}";
pub(super) const GET: Operation = Operation::read(ONE, Scope::POLICIES_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::POLICIES_MANAGE, Effect::Sensitive);
const UPDATE: Operation =
    Operation::change(Method::Put, ONE, Scope::POLICIES_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::POLICIES_MANAGE, Effect::Destructive);
const ACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/policies/{policyId}/lifecycle/activate",
    Scope::POLICIES_MANAGE,
    Effect::Sensitive,
);
const DEACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/policies/{policyId}/lifecycle/deactivate",
    Scope::POLICIES_MANAGE,
    Effect::Destructive,
);

/// List the policies of a type.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListPolicies {
    /// OKTA_SIGN_ON, PASSWORD, MFA_ENROLL, ACCESS_POLICY, IDP_DISCOVERY, PROFILE_ENROLLMENT or
    /// others
    #[serde(rename = "type")]
    kind: String,
    /// ACTIVE or INACTIVE
    status: Option<String>,
    /// Start of the name
    q: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListPolicies {
    const DEF: ToolDef = get::<Self>("list_policies", ALL, Scope::POLICIES_READ)
        .title("List policies")
        .page(&["type", "status", "q", "after", "limit"]);
}

/// Get a policy. Its rules: `list_policy_rules`.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetPolicy {
    policy_id: String,
    fields: Option<Fields>,
}

impl Tool for GetPolicy {
    const DEF: ToolDef = get::<Self>("get_policy", GET.path, GET.scope).title("Get policy");
}

/// Create a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreatePolicy {
    /// type, name, description, priority, conditions, settings
    policy_data: Object,
    /// Default true
    activate: Option<Flag>,
}

impl Tool for CreatePolicy {
    const DEF: ToolDef = planned::<Self>("create_policy", CREATE).title("Create policy");
}

impl Prepare for CreatePolicy {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("policy_data", &self.policy_data)?;
        let body = Value::Object(self.policy_data.0);
        let kind = label::text(&body, "/type").unwrap_or("no type");
        let summary = format!("Create policy {} ({kind})", label::named(&body));
        let mut request = CREATE.request(&[])?.body(body);
        if let Some(Flag(activate)) = self.activate {
            request = request.query("activate", activate.to_string());
        }
        Ok(Plan::new(summary, request)
            .created(Created::new(GET, &[DELETE], "policyId"))
            .check("list_policies of the type")
            .done("The policy is created.")
            .into())
    }
}

/// Change a policy; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePolicy {
    policy_id: String,
    policy_data: Object,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for UpdatePolicy {
    const DEF: ToolDef =
        planned::<Self>("update_policy", UPDATE).title("Update policy").also(&[GET]);
}

impl Prepare for UpdatePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("policyId", self.policy_id.as_str())];
        let policy = look::at(desk, GET, &path).await?.body;
        let replacement = Replacement::new(
            "policy_data",
            &policy,
            self.policy_data,
            read_only::POLICY,
            self.full_replace,
        )?;
        let summary = format!("Change policy {}", label::named(&policy));
        Ok(replacement
            .plan(summary, GET.request(&path)?, &UPDATE.request(&path)?, policy)
            .check("get_policy")
            .done("The policy is changed.")
            .into())
    }
}

/// Delete a policy and its rules.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeletePolicy {
    policy_id: String,
}

impl Tool for DeletePolicy {
    const DEF: ToolDef =
        planned::<Self>("delete_policy", DELETE).title("Delete policy").also(&[GET, rules::LIST]);
}

impl Prepare for DeletePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("policyId", self.policy_id.as_str())];
        let policy = look::at(desk, GET, &path).await?.body;
        let rules = rules_of(desk, &self.policy_id).await?;
        let name = label::named(&policy);
        Ok(Plan::new(format!("Delete policy {name}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, policy)
            .loss(rules)
            .loss("The policy, its settings and its rules: they cannot be restored.")
            .check("get_policy: not found means done")
            .done(format!("Policy {name} is deleted."))
            .into())
    }
}

/// Activate a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActivatePolicy {
    policy_id: String,
}

impl Tool for ActivatePolicy {
    const DEF: ToolDef = planned::<Self>("activate_policy", ACTIVATE)
        .title("Activate policy")
        .also(&[GET, rules::LIST]);
}

impl Prepare for ActivatePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.policy_id, Turn::On).await
    }
}

/// Deactivate a policy: its rules no longer apply.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeactivatePolicy {
    policy_id: String,
}

impl Tool for DeactivatePolicy {
    const DEF: ToolDef = planned::<Self>("deactivate_policy", DEACTIVATE)
        .title("Deactivate policy")
        .also(&[GET, rules::LIST]);
}

impl Prepare for DeactivatePolicy {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.policy_id, Turn::Off).await
    }
}

async fn lifecycle(desk: &dyn Desk, policy_id: &str, turn: Turn) -> Result<Prepared, Failure> {
    let path = [("policyId", policy_id)];
    let policy = look::at(desk, GET, &path).await?.body;
    let rules = rules_of(desk, policy_id).await?;
    let what = format!("policy {}", label::named(&policy));
    let plan = turn
        .plan(&what, [ACTIVATE.request(&path)?, DEACTIVATE.request(&path)?], &policy)
        .loss(rules)
        .check(turn.check("get_policy"))
        .target(GET.request(&path)?, policy);
    Ok(plan.into())
}

/// The rules that the policy has, by name.
async fn rules_of(desk: &dyn Desk, policy_id: &str) -> Result<String, Failure> {
    Ok(match look::around(desk, rules::LIST, &[("policyId", policy_id)], &[]).await? {
        Seen::Page(rules, _) if rules.is_empty() => "It has no rules.".to_owned(),
        Seen::Page(rules, more) => {
            let count = label::count(&rules, more, "rule");
            format!("It has {count}: {}.", label::some(&rules, label::named, more))
        }
        Seen::Unknown(why) => format!("Which rules it has is unknown: {why}."),
    })
}
