//! What filters and keywords find in an event.

use std::borrow::Cow;

use serde_json::Value;

use super::event::{Event, Target};
use crate::scim::Operand;

impl Event {
    /// The attribute at `path`. What is asked most is read off the event, the rest off its JSON.
    pub(crate) fn operand(&self, path: &str) -> Operand<'_> {
        let client = &self.client;
        match path {
            "eventType" => Operand::text(self.kind().event_type),
            "severity" => Operand::text(self.severity()),
            "uuid" => Operand::text(&self.uuid),
            "outcome.result" => Operand::text(self.outcome().result),
            "outcome.reason" => self.outcome().reason.map_or(Operand::Absent, Operand::text),
            "actor.id" => Operand::text(&self.actor.id),
            "actor.type" => Operand::text(self.actor.kind),
            "actor.alternateId" => Operand::text(&self.actor.alternate_id),
            "actor.displayName" => Operand::text(&self.actor.display_name),
            "client.id" => {
                client.id.as_ref().map_or(Operand::Absent, |id| Operand::text(id.as_str()))
            }
            "client.ipAddress" => Operand::text(&client.ip),
            "client.userAgent.rawUserAgent" => Operand::text(&client.user_agent),
            "transaction.id" | "debugContext.debugData.requestId" => {
                Operand::text(&client.request_id)
            }
            "debugContext.debugData.requestUri" => Operand::text(&client.request_uri),
            "target.id" => self.any_target(|target| &target.id),
            "target.type" => self.any_target(|target| target.kind),
            "target.alternateId" => self.any_target(|target| &target.alternate_id),
            "target.displayName" => self.any_target(|target| &target.display_name),
            _ => owned(Operand::at(&self.to_json(), path)),
        }
    }

    fn any_target<'a>(&'a self, part: impl Fn(&'a Target) -> &'a str) -> Operand<'a> {
        Operand::Many(self.targets().iter().map(|target| Operand::text(part(target))).collect())
    }

    /// True where every keyword, lower case, is a word or the whole of some value.
    pub(crate) fn has_words(&self, keywords: &[String]) -> bool {
        let mut values = Vec::new();
        texts(&self.to_json(), &mut values);
        keywords.iter().all(|keyword| {
            values.iter().any(|value| {
                value == keyword || value.split_whitespace().any(|word| word == keyword)
            })
        })
    }
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.to_lowercase()),
        Value::Number(number) => into.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(map) => map.values().for_each(|item| texts(item, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn owned(operand: Operand<'_>) -> Operand<'static> {
    match operand {
        Operand::Absent => Operand::Absent,
        Operand::Text(text) => Operand::Text(Cow::Owned(text.into_owned())),
        Operand::Time(time) => Operand::Time(time),
        Operand::Number(number) => Operand::Number(number),
        Operand::Bool(value) => Operand::Bool(value),
        Operand::Many(items) => Operand::Many(items.into_iter().map(owned).collect()),
    }
}
