//! Calls as events of the Open Cybersecurity Schema Framework, version 1.8.0: class API Activity
//! (6003), with the profile `security_control`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{Call, Entry};

/// The version of the schema.
const VERSION: &str = "1.8.0";

/// A call as an event of class 6003.
pub fn ocsf(call: &Call) -> Value {
    let text = |name: &str| call.text(name).map(Value::from);
    let (activity_id, activity) = activity(call);
    let (status_id, status) = status(call);
    let (severity_id, severity) = severity(call);
    let (action_id, action, disposition_id, disposition) = disposition(call);
    let time = call.rows().first().and_then(Entry::time).map(Timestamp::as_millisecond);
    without_nulls(json!({
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": 6003,
        "class_name": "API Activity",
        "type_uid": 600_300 + activity_id,
        "type_name": format!("API Activity: {activity}"),
        "time": time,
        "duration": call.member("ms"),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "status_code": call.outcome(),
        "status_detail": text("message"),
        "message": text("summary"),
        "action_id": action_id,
        "action": action,
        "disposition_id": disposition_id,
        "disposition": disposition,
        "metadata": metadata(call),
        "actor": actor(call),
        "api": api(call),
        // The one that called is a program; where it runs is not known here.
        "src_endpoint": { "svc_name": client(call, "name").unwrap_or("okta-mcp".into()) },
        "dst_endpoint": text("org").map(|org| json!({ "hostname": org, "svc_name": "Okta" })),
        "resources": resources(call),
        "unmapped": unmapped(call),
    }))
}

fn metadata(call: &Call) -> Value {
    let first = call.rows().first();
    let logged = call.rows().last().and_then(Entry::time).map(Timestamp::as_millisecond);
    json!({
        "version": VERSION,
        "profiles": ["security_control"],
        "product": {
            "name": "okta-mcp",
            "vendor_name": "okta-mcp",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "uid": first.and_then(|row| row.text("event_id")),
        "correlation_uid": call.request_ids().first(),
        "tenant_uid": call.text("org"),
        "sequence": first.and_then(Entry::seq),
        "log_name": first.map(|row| row.segment.as_str()),
        "logged_time": logged,
        "original_time": first.and_then(|row| row.text("time")),
    })
}

fn actor(call: &Call) -> Value {
    let decision = call.text("decision").map(|decision| {
        json!([{
            "decision": decision,
            "policy": {
                "uid": call.text("policy"),
                "name": call.text("rule"),
                "is_applied": true,
            },
        }])
    });
    json!({
        "user": call.text("principal").map(|principal| json!({ "uid": principal })),
        "app_name": client(call, "name"),
        "authorizations": decision,
    })
}

fn api(call: &Call) -> Value {
    let okta = call.member("okta").and_then(Value::as_array);
    let is_read = |exchange: &&Value| {
        exchange.get("operation").and_then(Value::as_str).is_some_and(|it| it.starts_with("GET "))
    };
    // What is read around a change does not tell what became of it.
    let decisive = okta.and_then(|okta| okta.iter().find(|it| !is_read(it)).or(okta.last()));
    let code = decisive.and_then(|exchange| exchange.get("status"));
    let failed = status(call).0 == 2;
    json!({
        "operation": call.text("tool"),
        "service": { "name": "okta-mcp" },
        "request": {
            "uid": call.id(),
            "data": call.of_kind("call").and_then(|row| row.row.get("args")),
        },
        "response": {
            "code": code,
            "error": failed.then(|| call.outcome()),
            "error_message": call.text("message").filter(|_| failed),
        },
    })
}

fn client(call: &Call, name: &str) -> Option<Value> {
    call.member("client")?.get(name).cloned()
}

fn resources(call: &Call) -> Option<Value> {
    let targets = call.targets();
    let resource = |(kind, value): (&str, &str)| json!({ "type": kind, "uid": value });
    (!targets.is_empty()).then(|| targets.into_iter().map(resource).collect())
}

/// What the schema has no place for.
fn unmapped(call: &Call) -> Value {
    let intent = call.of_kind("intent");
    json!({
        "okta": call.request_ids(),
        "effect": call.text("effect"),
        "profile": call.text("profile"),
        "era": call.text("era"),
        "trace": call.text("trace"),
        "client_version": client(call, "version"),
        "intent": intent.and_then(Entry::id),
        "requests": intent.and_then(|row| row.row.get("requests")),
        "operations": call.member("okta"),
        "confirmed": call.text("confirmed"),
        "approval": call.text("approval"),
        "approver": call.text("approver"),
        "recovered": call.member("recovered"),
        "hashes": call.rows().iter().map(|row| row.text("hash")).collect::<Vec<_>>(),
    })
}

/// By the operation that was sent, or was to be: the method says what it does to the object.
fn activity(call: &Call) -> (u32, &'static str) {
    let sent = call.member("okta").and_then(Value::as_array).into_iter().flatten();
    let sent = sent.filter_map(|exchange| exchange.get("operation")?.as_str());
    let intended = call.of_kind("intent").and_then(|row| row.row.get("requests")?.as_array());
    let intended = intended.into_iter().flatten().filter_map(|request| {
        let method = request.get("request")?.as_str()?.split(' ').next()?;
        Some((method, request.get("operation")?.as_str()?))
    });
    let sent = sent.filter_map(|operation| operation.split_once(' '));
    let change = intended.chain(sent).find(|(method, _)| *method != "GET");
    match change {
        // A collection gets a member; one object, or its life cycle, changes.
        Some(("POST", path)) if !path.ends_with('}') && !path.contains("/lifecycle/") => {
            (1, "Create")
        }
        Some(("DELETE", _)) => (4, "Delete"),
        Some(_) => (3, "Update"),
        None if call.text("effect") == Some("read") => (2, "Read"),
        // Refused before it was known what would be sent.
        None => (99, "Other"),
    }
}

fn status(call: &Call) -> (u8, &'static str) {
    match call.outcome() {
        "success" => (1, "Success"),
        "" | "unknown" | "outcome_unknown" | "interrupted" => (0, "Unknown"),
        "asked" | "approval_required" | "cancelled" => (99, "Other"),
        _ => (2, "Failure"),
    }
}

fn severity(call: &Call) -> (u8, &'static str) {
    match call.text("effect") {
        Some("destructive") => (4, "High"),
        Some("sensitive") => (3, "Medium"),
        _ => (1, "Informational"),
    }
}

/// What the gate made of it: action and disposition.
fn disposition(call: &Call) -> (u8, &'static str, u8, &'static str) {
    match call.outcome() {
        "asked" | "approval_required" => (1, "Allowed", 14, "Delayed"),
        "not_confirmed" | "confirmation_unavailable" => (2, "Denied", 25, "Rejected"),
        "missing_scope" | "missing_admin_role" | "sign_in" => (2, "Denied", 26, "Unauthorized"),
        "denied" | "protected" | "refused" | "switched_off" | "audit_trail" | "storage" => {
            (2, "Denied", 2, "Blocked")
        }
        _ if call.text("confirmed").is_some_and(|by| by != "setting") => {
            (1, "Allowed", 8, "Approved")
        }
        _ => (1, "Allowed", 1, "Allowed"),
    }
}

/// The same without members that are null, and without what is empty then.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                // The arguments are as they were given.
                "data" => (name, value),
                _ => (name, without_nulls(value)),
            })
            .filter(|(_, value)| {
                !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty())
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
