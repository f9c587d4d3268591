//! Traffic of real orgs, replayed as tool calls: the right request goes out, with nothing added or
//! lost, and the answer arrives value for value. Runs when the recordings are there.

mod brands;
mod brands_invented;
mod brands_shapes;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
};

use serde_json::{Map, Value, json};

use crate::{
    okta::{Answer, Seen},
    replay_pages,
    schema::{read_only, shared, without},
    setup::{Person, Rig},
};

/// Why most are left out.
const NO_TOOL: &str = "operations without a tool in this version";

/// One recorded exchange.
struct Exchange {
    name: String,
    method: String,
    path: String,
    template: String,
    query: Vec<(String, String)>,
    sent: Option<Value>,
    status: u16,
    headers: Vec<(String, String)>,
    answered: Option<Value>,
}

/// Tool, arguments but for those of path and query, what the object is before, and the schema whose
/// read-only properties a merge drops.
type Expressed = (&'static str, Value, Value, Option<&'static str>);

/// How a tool expresses an exchange.
struct Call {
    tool: &'static str,
    args: Map<String, Value>,
    /// What the object is before the change, for tools that look first.
    before: Value,
    /// The schema whose read-only properties a merge drops, for tools that replace.
    merged: Option<&'static str>,
}

#[tokio::test]
async fn every_recorded_exchange_arrives_whole() {
    let Some(shared) = shared() else {
        println!("skipped: no recordings");
        return;
    };
    let file = std::fs::File::open(shared.join("okta/recordings/recordings.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let schemas = std::fs::read_to_string(shared.join("okta/schemas.json")).unwrap();
    let schemas: Value = serde_json::from_str(&schemas).unwrap();

    let rig = Rig::new().await;
    let mut replayed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut mismatches = Vec::new();
    for line in text.lines() {
        let Some(exchange) = Exchange::read(&serde_json::from_str(line).unwrap()) else { continue };
        let call = match Call::of(&exchange) {
            Ok(call) => call,
            Err(reason) => {
                let entry = match reason.as_str() {
                    NO_TOOL => reason,
                    _ => format!("{} {}: {reason}", exchange.method, exchange.template),
                };
                *left_out.entry(entry).or_default() += 1;
                continue;
            }
        };
        let tool = call.tool;
        for (round, problem) in replay(&rig, &exchange, call, &schemas).await {
            *replayed.entry(tool).or_default() += 1;
            if let Some(problem) = problem {
                mismatches.push(format!("{} ({round}): {problem}", exchange.name));
            }
        }
    }
    for (reason, count) in &left_out {
        println!("left out {count:4}  {reason}");
    }
    for (tool, count) in &replayed {
        println!("{count:5}  {tool}");
    }
    let total: usize = replayed.values().sum();
    println!(
        "{total} exchanges replayed, {} tools covered, {} mismatches",
        replayed.len(),
        mismatches.len()
    );
    assert!(mismatches.is_empty(), "{}", mismatches[..mismatches.len().min(20)].join("\n"));
    assert!(total > 1_000, "only {total} exchanges were replayed");
}

impl Exchange {
    fn read(row: &Value) -> Option<Self> {
        let template = row["template"].as_str()?.to_owned();
        let pairs = |value: &Value| -> Vec<(String, String)> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(|pair| (pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into()))
                .collect()
        };
        let mut headers = Vec::new();
        for (name, value) in row["headers"].as_object().into_iter().flatten() {
            match value {
                Value::Array(values) => headers.extend(
                    values.iter().map(|value| (name.clone(), value.as_str().unwrap().to_owned())),
                ),
                Value::String(value) => headers.push((name.clone(), value.clone())),
                _ => {}
            }
        }
        Some(Self {
            name: format!("{}#{}", row["file"].as_str().unwrap_or("?"), row["i"]),
            method: row["method"].as_str()?.to_owned(),
            path: row["path"].as_str()?.split('?').next()?.to_owned(),
            template,
            query: pairs(&row["query"]),
            sent: json_of(&row["req_body"]),
            status: u16::try_from(row["status"].as_u64()?).ok()?,
            headers,
            answered: json_of(&row["body"]),
        })
    }

    /// The path's arguments, by their names in the template.
    fn path_args(&self) -> BTreeMap<&str, String> {
        let parts = self.template.split('/').zip(self.path.split('/'));
        parts
            .filter_map(|(template, given)| {
                let name = template.strip_prefix('{')?.strip_suffix('}')?;
                let given = percent_encoding::percent_decode_str(given).decode_utf8().unwrap();
                Some((name, given.into_owned()))
            })
            .collect()
    }

    /// The recorded answer, its links pointing to our server.
    fn answer(&self, origin: &str) -> Answer {
        let mut answer = Answer {
            status: self.status,
            headers: Vec::new(),
            body: self.answered.as_ref().map(Value::to_string).unwrap_or_default(),
        };
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("link") {
                let value = value
                    .split(", ")
                    .map(|link| {
                        let path = link.find("/api/").unwrap_or(0);
                        format!("<{origin}{}", &link[path..])
                    })
                    .collect::<Vec<_>>();
                answer = answer.header("link", value.join(", "));
            }
            if name.eq_ignore_ascii_case("x-okta-request-id") {
                answer = answer.header(name, value);
            }
        }
        answer
    }
}

/// JSON, whichever way the recorder kept it; `None` for no body.
fn json_of(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(serde_json::from_str(text).unwrap_or_else(|_| value.clone())),
        other => Some(other.clone()),
    }
}

impl Call {
    #[expect(clippy::too_many_lines, reason = "one line per operation reads best as one table")]
    fn of(exchange: &Exchange) -> Result<Self, String> {
        let body = || match &exchange.sent {
            Some(Value::Object(map)) => Ok(Value::Object(map.clone())),
            _ => Err("the body was not recorded".to_owned()),
        };
        let profile = || match body()? {
            Value::Object(map) if map.len() == 1 && map.contains_key("profile") => {
                Ok(json!({ "profile": map["profile"] }))
            }
            _ => Err("the tool takes a profile only".to_owned()),
        };
        let alive = json!({ "id": "x", "status": "ACTIVE", "profile": {} });
        let gone = |status: &str| json!({ "id": "x", "status": status, "profile": {} });
        let answered = exchange.answered.clone().unwrap_or_default();
        let (tool, args, before, merged) =
            match (exchange.method.as_str(), exchange.template.as_str()) {
                ("GET", "/api/v1/users") => ("list_users", json!({}), alive, None),
                ("GET", "/api/v1/users/{id}") => ("get_user", json!({}), alive, None),
                ("GET", "/api/v1/users/{id}/groups") => {
                    ("list_user_groups", json!({}), alive, None)
                }
                ("POST", "/api/v1/users") => ("create_user", profile()?, alive, None),
                ("POST", "/api/v1/users/{id}") => ("update_user", profile()?, alive, None),
                ("POST", "/api/v1/users/{id}/lifecycle/deactivate") => {
                    ("deactivate_user", json!({}), alive, None)
                }
                ("DELETE", "/api/v1/users/{id}") => {
                    ("delete_deactivated_user", json!({}), gone("DEPROVISIONED"), None)
                }
                ("GET", "/api/v1/groups") => ("list_groups", json!({}), alive, None),
                ("GET", "/api/v1/groups/{groupId}") => ("get_group", json!({}), alive, None),
                ("POST", "/api/v1/groups") => ("create_group", profile()?, alive, None),
                ("PUT", "/api/v1/groups/{groupId}") => {
                    ("update_group", profile()?, answered, Some("Group"))
                }
                ("DELETE", "/api/v1/groups/{groupId}") => ("delete_group", json!({}), alive, None),
                ("GET", "/api/v1/groups/{groupId}/users") => {
                    ("list_group_users", json!({}), alive, None)
                }
                ("GET", "/api/v1/groups/{groupId}/apps") => {
                    ("list_group_apps", json!({}), alive, None)
                }
                ("PUT", "/api/v1/groups/{groupId}/users/{userId}") => {
                    ("add_user_to_group", json!({}), alive, None)
                }
                ("DELETE", "/api/v1/groups/{groupId}/users/{userId}") => {
                    ("remove_user_from_group", json!({}), alive, None)
                }
                ("GET", "/api/v1/apps") => ("list_applications", json!({}), alive, None),
                ("GET", "/api/v1/apps/{appId}") => ("get_application", json!({}), alive, None),
                ("POST", "/api/v1/apps") => {
                    ("create_application", json!({ "app_config": body()? }), alive, None)
                }
                ("PUT", "/api/v1/apps/{appId}") => (
                    "update_application",
                    json!({ "app_config": body()? }),
                    answered,
                    Some("Application"),
                ),
                ("DELETE", "/api/v1/apps/{appId}") => {
                    ("delete_application", json!({}), gone("INACTIVE"), None)
                }
                ("POST", "/api/v1/apps/{appId}/lifecycle/activate") => {
                    ("activate_application", json!({}), gone("INACTIVE"), None)
                }
                ("POST", "/api/v1/apps/{appId}/lifecycle/deactivate") => {
                    ("deactivate_application", json!({}), alive, None)
                }
                ("GET", "/api/v1/apps/{appId}/users") => {
                    ("list_application_users", json!({}), alive, None)
                }
                ("GET", "/api/v1/apps/{appId}/groups") => {
                    ("list_application_groups", json!({}), alive, None)
                }
                ("GET", "/api/v1/policies") => ("list_policies", json!({}), alive, None),
                ("GET", "/api/v1/policies/{policyId}") => ("get_policy", json!({}), alive, None),
                ("POST", "/api/v1/policies") => {
                    ("create_policy", json!({ "policy_data": body()? }), alive, None)
                }
                ("PUT", "/api/v1/policies/{policyId}") => (
                    "update_policy",
                    json!({ "policy_data": body()? }),
                    answered,
                    Some("CreateOrUpdatePolicy"),
                ),
                ("DELETE", "/api/v1/policies/{policyId}") => {
                    ("delete_policy", json!({}), alive, None)
                }
                ("POST", "/api/v1/policies/{policyId}/lifecycle/activate") => {
                    ("activate_policy", json!({}), gone("INACTIVE"), None)
                }
                ("POST", "/api/v1/policies/{policyId}/lifecycle/deactivate") => {
                    ("deactivate_policy", json!({}), alive, None)
                }
                ("GET", "/api/v1/policies/{policyId}/rules") => {
                    ("list_policy_rules", json!({}), alive, None)
                }
                ("GET", "/api/v1/policies/{policyId}/rules/{ruleId}") => {
                    ("get_policy_rule", json!({}), alive, None)
                }
                ("POST", "/api/v1/policies/{policyId}/rules") => {
                    ("create_policy_rule", json!({ "rule_data": body()? }), alive, None)
                }
                ("PUT", "/api/v1/policies/{policyId}/rules/{ruleId}") => (
                    "update_policy_rule",
                    json!({ "rule_data": body()? }),
                    answered,
                    Some("PolicyRule"),
                ),
                ("DELETE", "/api/v1/policies/{policyId}/rules/{ruleId}") => {
                    ("delete_policy_rule", json!({}), alive, None)
                }
                ("POST", "/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate") => {
                    ("activate_policy_rule", json!({}), gone("INACTIVE"), None)
                }
                ("POST", "/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate") => {
                    ("deactivate_policy_rule", json!({}), alive, None)
                }
                ("GET", "/api/v1/device-assurances") => {
                    ("list_device_assurance_policies", json!({}), alive, None)
                }
                ("GET", "/api/v1/device-assurances/{deviceAssuranceId}") => {
                    ("get_device_assurance_policy", json!({}), alive, None)
                }
                ("POST", "/api/v1/device-assurances") => (
                    "create_device_assurance_policy",
                    json!({ "policy_data": body()? }),
                    alive,
                    None,
                ),
                ("PUT", "/api/v1/device-assurances/{deviceAssuranceId}") => (
                    "replace_device_assurance_policy",
                    json!({ "policy_data": body()? }),
                    answered,
                    Some("DeviceAssurance"),
                ),
                ("DELETE", "/api/v1/device-assurances/{deviceAssuranceId}") => {
                    ("delete_device_assurance_policy", json!({}), alive, None)
                }
                ("GET", "/api/v1/logs") => ("get_logs", json!({}), alive, None),
                (method, template) => {
                    let sent = exchange.sent.as_ref();
                    match (
                        brands::call(exchange),
                        replay_pages::call(method, template, sent, &answered)?,
                    ) {
                        (Some(call), _) => call?,
                        (None, Some(call)) => call,
                        (None, None) => return Err(NO_TOOL.to_owned()),
                    }
                }
            };
        let def = okta_catalog::find(tool).ok_or_else(|| format!("{tool} is missing"))?;
        let (_, schema) = def.describe();
        let properties = schema["properties"].as_object().unwrap();
        let Value::Object(mut args) = args else { unreachable!() };
        for (name, value) in exchange.path_args() {
            let name = if name == "id" { "user_id".to_owned() } else { snake(name) };
            args.insert(name, json!(value));
        }
        for (name, value) in &exchange.query {
            let name = snake(name);
            let Some(property) = properties.get(&name) else {
                return Err(format!("{tool} has no argument for the query's {name}"));
            };
            let value = match property["type"].as_str() {
                Some("integer" | "boolean") => serde_json::from_str(value).unwrap(),
                Some("array") => value.split(',').collect(),
                _ => json!(value),
            };
            args.insert(name, value);
        }
        Ok(Self { tool, args, before, merged })
    }
}

fn snake(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut name, c| {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
        name
    })
}

/// Replays a row of a recording: its tool, and what is wrong in each round.
pub(crate) async fn row(
    rig: &Rig,
    row: &Value,
    schemas: &Value,
) -> Result<(&'static str, Vec<(&'static str, Option<String>)>), String> {
    let exchange = Exchange::read(row).ok_or("not an exchange")?;
    let call = Call::of(&exchange)?;
    Ok((call.tool, replay(rig, &exchange, call, schemas).await))
}

/// Replays the exchange, a PUT once as a full replace and once as a merge; answers with what is
/// wrong in each round.
async fn replay(
    rig: &Rig,
    exchange: &Exchange,
    call: Call,
    schemas: &Value,
) -> Vec<(&'static str, Option<String>)> {
    let Some(schema) = call.merged else {
        return vec![(
            "once",
            round(rig, exchange, &call, call.args.clone(), exchange.sent.as_ref()).await,
        )];
    };
    let mut full = call.args.clone();
    full.insert("full_replace".to_owned(), json!(true));
    let sent = exchange.sent.as_ref();
    let mut rounds = vec![("full replace", round(rig, exchange, &call, full, sent).await)];
    if exchange.status < 300 {
        let dropped = read_only(schemas, schema);
        let mut expected = without(&call.before, &dropped, "");
        if schema == "Application"
            && matches!(call.before["signOnMode"].as_str(), Some("AUTO_LOGIN" | "SAML_2_0"))
        {
            expected.as_object_mut().unwrap().shift_remove("name");
        }
        // Undocumented, and Okta's own: which object this is, and the name it had.
        if schema == "DeviceAssurance" {
            for key in ["resourceId", "resourceType", "resourceDisplayName"] {
                expected.as_object_mut().unwrap().shift_remove(key);
            }
        }
        // A group's update takes the profile alone (Okta reference, "Replace a group").
        if schema == "Group" {
            expected = json!({ "profile": expected["profile"] });
        }
        over(&mut expected, sent.unwrap());
        rounds
            .push(("merge", round(rig, exchange, &call, call.args.clone(), Some(&expected)).await));
    }
    rounds
}

/// The caller's values over what is there: objects by key, the rest replaced; an object of another
/// kind replaced whole.
fn over(current: &mut Value, given: &Value) {
    let kinds = ["type", "signOnMode", "platform", "method"];
    let other = kinds.iter().any(|kind| {
        current[*kind].is_string() && given[*kind].is_string() && current[*kind] != given[*kind]
    });
    match (current, given) {
        (Value::Object(current), Value::Object(given)) if !other => {
            for (key, value) in given {
                match current.get_mut(key) {
                    Some(there) => over(there, value),
                    None => {
                        current.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (current, given) => current.clone_from(given),
    }
}

async fn round(
    rig: &Rig,
    exchange: &Exchange,
    call: &Call,
    args: Map<String, Value>,
    body: Option<&Value>,
) -> Option<String> {
    let reply = exchange.answer(&rig.okta.origin);
    let (method, path) = (exchange.method.clone(), exchange.path.clone());
    let before = call.before.clone();
    rig.okta.program(move |seen: &Seen| {
        if seen.method == method && same_path(&seen.path, &path) {
            reply.clone()
        } else if seen.path.ends_with('s') && !seen.path.ends_with(path.rsplit('/').next().unwrap())
        {
            // A look around: a list.
            Answer::json(200, &json!([]))
        } else {
            Answer::json(200, &before)
        }
    });
    let called = rig.call(call.tool, Value::Object(args), &Person::agrees()).await;
    let requests: Vec<Seen> = rig
        .okta
        .seen()
        .into_iter()
        .filter(|seen| seen.method == exchange.method && same_path(&seen.path, &exchange.path))
        .collect();
    let [request] = requests.as_slice() else {
        return Some(format!("{} requests went out: {called:?}", requests.len()));
    };
    let sorted = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeSet<_>>();
    if sorted(&request.query) != sorted(&exchange.query) {
        return Some(format!("query {:?}, recorded {:?}", request.query, exchange.query));
    }
    if exchange.method != "GET" && request.body.as_ref() != body {
        let (sent, wanted) = (request.body.as_ref(), body);
        return Some(format!(
            "sent {}\nnot  {}",
            sent.map(Value::to_string).unwrap_or_default(),
            wanted.map(Value::to_string).unwrap_or_default()
        ));
    }
    compare(exchange, &called)
}

/// `true` for the same path, however its arguments are encoded.
fn same_path(one: &str, other: &str) -> bool {
    let plain =
        |path: &str| percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
    plain(one) == plain(other)
}

fn compare(exchange: &Exchange, called: &okta_gate::Called) -> Option<String> {
    use okta_gate::Called;
    let recorded = exchange.answered.clone().unwrap_or_default();
    let text = match called {
        Called::Done(text) if exchange.status < 300 => text,
        Called::Failed(error) if exchange.status >= 300 => {
            let told = error.envelope();
            let code = &recorded["errorCode"];
            return (told["error"]["okta"]["code"] != *code)
                .then(|| format!("told {told}, recorded {code}"));
        }
        other => return Some(format!("status {} became {other:?}", exchange.status)),
    };
    let mut answer: Value = serde_json::from_str(text).unwrap();
    let mut wanted = brands::listed(&exchange.template, recorded);
    plain(&mut answer);
    plain(&mut wanted);
    secrets(&mut wanted);
    let answer = match &wanted {
        Value::Array(_) => {
            if answer["total_fetched"] != json!(wanted.as_array().unwrap().len()) {
                return Some(format!("total_fetched {}", answer["total_fetched"]));
            }
            answer["items"].clone()
        }
        Value::Object(map) if !map.is_empty() || exchange.method == "GET" => answer,
        _ => return (!answer["done"].is_string()).then(|| format!("no word of it: {answer}")),
    };
    (answer != wanted).then(|| format!("answered {answer}\nrecorded {wanted}"))
}

/// Less what an answer leaves out (`_links`, `_embedded`) and what it adds (`_changed`, `_notes`, `_undo`).
fn plain(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["_links", "_embedded", "_changed", "_notes", "_undo"] {
                map.shift_remove(key);
            }
            map.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Marks the secrets of a recorded answer, by a rule of this test's own.
fn secrets(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let secret = ["client_secret", "tempPassword", "activationToken", "activationUrl"];
                if secret.contains(&key.as_str()) && value.is_string() {
                    *value = json!("[redacted]");
                }
                secrets(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(secrets),
        _ => {}
    }
}
