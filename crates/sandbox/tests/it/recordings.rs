//! The sandbox against what real orgs answered.
//!
//! Every recording is done again to a sandbox. An answer may have no path, and no type at a path, that
//! no recorded answer of the operation and variant has; and it must have every path that all of them have.
//! Without the folder of recordings there is nothing to compare with, and the tests say so.

mod corpus;
mod exceptions;
mod replay;
mod shape;
mod variant;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use okta_sandbox::Org;
use serde_json::Value;

use self::{
    corpus::Exchange,
    replay::Replay,
    shape::{Shape, leaves},
    variant::{resource, variant},
};
use crate::support::Sandbox;

/// The shapes of the recorded answers, by operation and variant.
#[derive(Default)]
struct Recorded {
    by_operation: BTreeMap<(String, String), Shape>,
    /// The same of all operations that answer with the same kind of object.
    by_resource: BTreeMap<(String, String), Shape>,
}

impl Recorded {
    fn add(&mut self, exchange: &Exchange) {
        for object in objects(exchange.reply.as_ref()) {
            let (variant, leaves) = (variant(&exchange.template, object), leaves(object));
            let key = (exchange.operation(), variant.clone());
            self.by_operation.entry(key).or_default().add(&leaves);
            if variant != "error" {
                let key = (resource(&exchange.template).to_owned(), variant);
                self.by_resource.entry(key).or_default().add(&leaves);
            }
        }
    }
}

/// The objects of an answer: itself, or the elements of a list.
fn objects(reply: Option<&Value>) -> Vec<&Value> {
    match reply {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(object @ Value::Object(_)) => vec![object],
        _ => Vec::new(),
    }
}

/// The result of a comparison: by operation and variant how often, and what was wrong.
#[derive(Default)]
struct Report(BTreeMap<(String, String), Row>);

#[derive(Default)]
struct Row {
    recorded: usize,
    compared: usize,
    skipped: BTreeSet<&'static str>,
    /// Each mismatch with the recording it was first seen in.
    mismatches: BTreeMap<String, String>,
}

impl Report {
    fn row(&mut self, operation: &str, variant: &str) -> &mut Row {
        self.0.entry((operation.to_owned(), variant.to_owned())).or_default()
    }

    fn wrong(&mut self, operation: &str, variant: &str, mismatch: String, place: &str) {
        if !exceptions::covers(operation, variant, &mismatch) {
            self.row(operation, variant)
                .mismatches
                .entry(mismatch)
                .or_insert_with(|| place.to_owned());
        }
    }

    /// Prints the table, and fails where anything is wrong.
    fn finish(self) {
        let mut table = String::new();
        let mut wrong = 0;
        writeln!(table, "{:>8} {:>8} {:>6}  operation, variant", "recorded", "compared", "wrong")
            .unwrap();
        for ((operation, variant), row) in &self.0 {
            let count = row.mismatches.len();
            wrong += count;
            writeln!(
                table,
                "{:>8} {:>8} {count:>6}  {operation} {variant}",
                row.recorded, row.compared
            )
            .unwrap();
            for reason in &row.skipped {
                writeln!(table, "{:>26}skipped: {reason}", "").unwrap();
            }
            for (mismatch, place) in &row.mismatches {
                writeln!(table, "{:>26}{mismatch}   ({place})", "").unwrap();
            }
        }
        println!("{table}");
        assert_eq!(wrong, 0, "the sandbox answers otherwise than Okta");
    }
}

#[tokio::test]
async fn recordings_done_again_get_answers_of_the_same_shape() {
    let Some(files) = corpus::load() else { return println!("skipped: no recordings") };
    // Signing in needs the keys and codes of the recorded org.
    let routes: BTreeSet<String> = Org::routes()
        .into_iter()
        .filter(|(_, path)| path.starts_with("/api/"))
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let mut recorded = Recorded::default();
    files.values().flatten().for_each(|exchange| recorded.add(exchange));
    let mut report = Report::default();
    for exchanges in files.values() {
        if !exchanges.iter().any(|exchange| routes.contains(&exchange.operation())) {
            continue;
        }
        let mut replay = Replay::new().await;
        for exchange in exchanges.iter().filter(|exchange| routes.contains(&exchange.operation())) {
            compare(exchange, &mut replay, &recorded, &mut report).await;
        }
    }
    report.finish();
}

async fn compare(exchange: &Exchange, org: &mut Replay, recorded: &Recorded, report: &mut Report) {
    let operation = exchange.operation();
    let first =
        objects(exchange.reply.as_ref()).first().map(|object| variant(&exchange.template, object));
    let first = first.unwrap_or_default();
    report.row(&operation, &first).recorded += 1;
    let place = format!(
        "{} {}",
        exchange.file.rsplit('/').take(2).collect::<Vec<_>>().join(" < "),
        exchange.index
    );
    let reply = match org.ask(exchange).await {
        Ok(reply) => reply,
        Err(reason) => {
            report.row(&operation, &first).skipped.insert(reason);
            return;
        }
    };
    report.row(&operation, &first).compared += 1;
    if reply.status.as_u16() != exchange.status {
        let code = reply.body["errorSummary"].as_str().unwrap_or_default();
        let causes = reply.body["errorCauses"].to_string();
        let line = format!(
            "answers {}, recorded {} {code} {causes}",
            reply.status.as_u16(),
            exchange.status
        );
        return report.wrong(&operation, &first, line, &place);
    }
    if exchange.reply.as_ref().is_some_and(Value::is_array) != reply.body.is_array() {
        return report.wrong(&operation, &first, "list or not a list".to_owned(), &place);
    }
    if let Some(code) = exchange.reply.as_ref().and_then(|reply| reply.get("errorCode"))
        && reply.body.get("errorCode") != Some(code)
    {
        let line = format!("error {}, recorded {code}", reply.body["errorCode"]);
        return report.wrong(&operation, &first, line, &place);
    }
    for object in objects(Some(&reply.body)) {
        let own = variant(&exchange.template, object);
        // Elements of lists are not those that were recorded: what any answer shows of the kind is good.
        let shape = if reply.body.is_array() {
            recorded.by_resource.get(&(resource(&exchange.template).to_owned(), own.clone()))
        } else {
            recorded.by_operation.get(&(operation.clone(), own.clone()))
        };
        if let Some(shape) = shape {
            for mismatch in shape.mismatches(&leaves(object)) {
                report.wrong(&operation, &own, mismatch, &place);
            }
        } else if !reply.body.is_array() {
            report.wrong(&operation, &first, format!("answers with a {own}"), &place);
        }
    }
}

/// Lists whose elements an org has from the start.
const LISTS: [&str; 15] = [
    "/api/v1/brands",
    "/api/v1/apps?limit=200",
    "/api/v1/groups?limit=200",
    "/api/v1/users?limit=200",
    "/api/v1/device-assurances",
    "/api/v1/logs?limit=200",
    "/api/v1/policies?type=ACCESS_POLICY",
    "/api/v1/policies?type=DEVICE_SIGNAL_COLLECTION",
    "/api/v1/policies?type=ENTITY_RISK",
    "/api/v1/policies?type=IDP_DISCOVERY",
    "/api/v1/policies?type=MFA_ENROLL",
    "/api/v1/policies?type=OKTA_SIGN_ON",
    "/api/v1/policies?type=PASSWORD",
    "/api/v1/policies?type=POST_AUTH_SESSION",
    "/api/v1/policies?type=PROFILE_ENROLLMENT",
];

#[tokio::test]
async fn what_a_new_org_has_is_of_a_recorded_shape() {
    let Some(files) = corpus::load() else { return println!("skipped: no recordings") };
    let mut recorded = Recorded::default();
    files.values().flatten().for_each(|exchange| recorded.add(exchange));
    let sandbox = Sandbox::new();
    let mut report = Report::default();
    for list in LISTS {
        let items = sandbox.get(list).await.body;
        let template = list.split('?').next().unwrap();
        for item in items.as_array().into_iter().flatten() {
            inspect(template, item, &recorded, &mut report);
            let id = item["id"].as_str().unwrap_or_default();
            let below: &[(&str, &str)] = match template {
                "/api/v1/apps" => &[
                    ("users", "/api/v1/apps/{appId}/users"),
                    ("groups", "/api/v1/apps/{appId}/groups"),
                ],
                "/api/v1/policies" => &[("rules", "/api/v1/policies/{policyId}/rules")],
                "/api/v1/brands" => &[
                    ("themes", "/api/v1/brands/{brandId}/themes"),
                    ("templates/email", "/api/v1/brands/{brandId}/templates/email"),
                    (
                        "templates/email/UserActivation/customizations",
                        "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations",
                    ),
                ],
                _ => &[],
            };
            for (name, below) in below {
                let items = sandbox.get(&format!("{template}/{id}/{name}")).await.body;
                for item in items.as_array().into_iter().flatten() {
                    inspect(below, item, &recorded, &mut report);
                }
            }
        }
    }
    report.finish();
}

/// Compares one object with all recorded ones of its kind and variant, whatever they answered.
fn inspect(template: &str, item: &Value, recorded: &Recorded, report: &mut Report) {
    let own = variant(template, item);
    let operation = format!("seed {template}");
    let shape = recorded.by_resource.get(&(resource(template).to_owned(), own.clone()));
    let row = report.row(&operation, &own);
    row.recorded = shape.map_or(0, |shape| shape.answers);
    let Some(shape) = shape else { return };
    row.compared += 1;
    let name = item.get("label").or_else(|| item.get("name")).or_else(|| item.get("id"));
    for mismatch in shape.mismatches(&leaves(item)) {
        report.wrong(
            &operation,
            &own,
            mismatch,
            &name.map(ToString::to_string).unwrap_or_default(),
        );
    }
}
