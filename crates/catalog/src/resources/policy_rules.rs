//! Rules of policies: `/api/v1/policies/{policyId}/rules`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::policies;
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look, read_only,
    replace::{Replacement, no_marker},
    scope::Scope,
    switch::Turn,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListPolicyRules,
    GetPolicyRule,
    CreatePolicyRule,
    UpdatePolicyRule,
    DeletePolicyRule,
    ActivatePolicyRule,
    DeactivatePolicyRule,
];

const ALL: &str = "/api/v1/policies/{policyId}/rules";
const ONE: &str = "/api/v1/policies/{policyId}/rules/{ruleId}";
pub(super) const LIST: Operation = Operation::read(ALL, Scope::POLICIES_READ);
const GET: Operation = Operation::read(ONE, Scope::POLICIES_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::POLICIES_MANAGE, Effect::Sensitive);
const UPDATE: Operation =
    Operation::change(Method::Put, ONE, Scope::POLICIES_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::POLICIES_MANAGE, Effect::Destructive);
const ACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate",
    Scope::POLICIES_MANAGE,
    Effect::Sensitive,
);
const DEACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate",
    Scope::POLICIES_MANAGE,
    Effect::Destructive,
);

/// List the rules of a policy.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListPolicyRules {
    policy_id: String,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListPolicyRules {
    const DEF: ToolDef = get::<Self>("list_policy_rules", LIST.path, LIST.scope)
        .title("List policy rules")
        .page(&["after", "limit"]);
}

/// Get a rule of a policy.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetPolicyRule {
    policy_id: String,
    rule_id: String,
    fields: Option<Fields>,
}

impl Tool for GetPolicyRule {
    const DEF: ToolDef =
        get::<Self>("get_policy_rule", GET.path, GET.scope).title("Get policy rule");
}

/// Create a rule of a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreatePolicyRule {
    policy_id: String,
    /// type (such as SIGN_ON, PASSWORD, ACCESS_POLICY), name, priority, conditions, actions
    rule_data: Object,
    /// Default true
    activate: Option<Flag>,
}

impl Tool for CreatePolicyRule {
    const DEF: ToolDef = planned::<Self>("create_policy_rule", CREATE)
        .title("Create policy rule")
        .also(&[policies::GET]);
}

impl Prepare for CreatePolicyRule {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("rule_data", &self.rule_data)?;
        let path = [("policyId", self.policy_id.as_str())];
        let policy = look::at(desk, policies::GET, &path).await?.body;
        let body = Value::Object(self.rule_data.0);
        let summary =
            format!("Create rule {} of policy {}", label::named(&body), label::named(&policy));
        let mut request = CREATE.request(&path)?.body(body);
        if let Some(Flag(activate)) = self.activate {
            request = request.query("activate", activate.to_string());
        }
        Ok(Plan::new(summary, request)
            .target(policies::GET.request(&path)?, policy)
            .created(Created::new(GET, &[DELETE], "ruleId").within("policyId", &self.policy_id))
            .check("list_policy_rules")
            .done("The rule is created.")
            .into())
    }
}

/// Change a rule of a policy; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePolicyRule {
    policy_id: String,
    rule_id: String,
    rule_data: Object,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for UpdatePolicyRule {
    const DEF: ToolDef = planned::<Self>("update_policy_rule", UPDATE)
        .title("Update policy rule")
        .also(&[GET, policies::GET]);
}

impl Prepare for UpdatePolicyRule {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("policyId", self.policy_id.as_str()), ("ruleId", self.rule_id.as_str())];
        let (rule, what) = read(desk, &path).await?;
        let replacement = Replacement::new(
            "rule_data",
            &rule,
            self.rule_data,
            read_only::POLICY_RULE,
            self.full_replace,
        )?;
        Ok(replacement
            .plan(format!("Change {what}"), GET.request(&path)?, &UPDATE.request(&path)?, rule)
            .check("get_policy_rule")
            .done("The rule is changed.")
            .into())
    }
}

/// Delete a rule of a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeletePolicyRule {
    policy_id: String,
    rule_id: String,
}

impl Tool for DeletePolicyRule {
    const DEF: ToolDef = planned::<Self>("delete_policy_rule", DELETE)
        .title("Delete policy rule")
        .also(&[GET, policies::GET]);
}

impl Prepare for DeletePolicyRule {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("policyId", self.policy_id.as_str()), ("ruleId", self.rule_id.as_str())];
        let (rule, what) = read(desk, &path).await?;
        Ok(Plan::new(format!("Delete {what}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, rule)
            .loss("The rule, its conditions and actions: they cannot be restored.")
            .check("get_policy_rule: not found means done")
            .done("The rule is deleted.")
            .into())
    }
}

/// Activate a rule of a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActivatePolicyRule {
    policy_id: String,
    rule_id: String,
}

impl Tool for ActivatePolicyRule {
    const DEF: ToolDef = planned::<Self>("activate_policy_rule", ACTIVATE)
        .title("Activate policy rule")
        .also(&[GET, policies::GET]);
}

impl Prepare for ActivatePolicyRule {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.policy_id, &self.rule_id, Turn::On).await
    }
}

/// Deactivate a rule of a policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeactivatePolicyRule {
    policy_id: String,
    rule_id: String,
}

impl Tool for DeactivatePolicyRule {
    const DEF: ToolDef = planned::<Self>("deactivate_policy_rule", DEACTIVATE)
        .title("Deactivate policy rule")
        .also(&[GET, policies::GET]);
}

impl Prepare for DeactivatePolicyRule {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.policy_id, &self.rule_id, Turn::Off).await
    }
}

async fn lifecycle(
    desk: &dyn Desk,
    policy_id: &str,
    rule_id: &str,
    turn: Turn,
) -> Result<Prepared, Failure> {
    let path = [("policyId", policy_id), ("ruleId", rule_id)];
    let (rule, what) = read(desk, &path).await?;
    let plan = turn
        .plan(&what, [ACTIVATE.request(&path)?, DEACTIVATE.request(&path)?], &rule)
        .check(turn.check("get_policy_rule"))
        .target(GET.request(&path)?, rule);
    Ok(match turn {
        Turn::On => plan,
        Turn::Off => plan.loss("The rule no longer applies: the rules after it decide."),
    }
    .into())
}

/// The rule, and what a person calls it: its name and that of its policy.
async fn read(desk: &dyn Desk, path: &[(&str, &str)]) -> Result<(Value, String), Failure> {
    let (policy, rule) =
        futures::try_join!(look::at(desk, policies::GET, path), look::at(desk, GET, path))?;
    let (policy, rule) = (policy.body, rule.body);
    let what = format!("rule {} of policy {}", label::named(&rule), label::named(&policy));
    Ok((rule, what))
}
