//! Schemas and user types, for reading.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

use serde_json::{Map, Value, json};

use super::users::{schema_id, schema_path};
use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    route::{Route, get},
    store::schema::{Attribute, GROUP, Kind, Own, USER},
};

const READ: &str = "okta.schemas.read";
const TYPES: &str = "okta.userTypes.read";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/meta/schemas/user/{schemaId}", READ, user),
    get("/api/v1/meta/schemas/group/default", READ, group),
    get("/api/v1/meta/types/user", TYPES, list_types),
    get("/api/v1/meta/types/user/{typeId}", TYPES, read_type),
];

fn user(call: &mut Call<'_>) -> Result<Answer> {
    let id = call.param("schemaId");
    if id != "default" && id != schema_id(call.state) {
        return Err(ApiError::not_found(id, "UserProfile"));
    }
    let path = format!("/api/v1/meta/types/user/{}", call.state.user_type);
    let links = json!({
        "self": rel(call, "self", &schema_path(call.state)),
        "type": rel(call, "type", &path),
    });
    let description = "Okta user profile template with default permission settings";
    Ok(Answer::ok(schema(call, &USER, ["user", "User", description], &links)))
}

fn group(call: &mut Call<'_>) -> Result<Answer> {
    let links = json!({ "self": rel(call, "self", "/api/v1/meta/schemas/group/default") });
    let names = ["group", "Okta group", "Okta group profile template"];
    Ok(Answer::ok(schema(call, &GROUP, names, &links)))
}

fn schema(
    call: &Call<'_>,
    attributes: &[Attribute],
    [name, title, description]: [&str; 3],
    links: &Value,
) -> Value {
    let part = |custom: bool| -> Map<String, Value> {
        let own = attributes.iter().filter(|attribute| attribute.custom == custom);
        own.map(|attribute| (attribute.name.to_owned(), property(attribute))).collect()
    };
    let required: Vec<&str> = attributes
        .iter()
        .filter(|attribute| attribute.required)
        .map(|attribute| attribute.name)
        .collect();
    json!({
        "id": call.href(&format!("/meta/schemas/{name}/default")),
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": name,
        "title": title,
        "description": description,
        "lastUpdated": stamp(call.state.born),
        "created": stamp(call.state.born),
        "definitions": {
            "custom": {
                "id": "#custom",
                "type": "object",
                "properties": part(true),
                "required": [],
            },
            "base": {
                "id": "#base",
                "type": "object",
                "properties": part(false),
                "required": required,
            },
        },
        "type": "object",
        "properties": {
            "profile": {
                "allOf": [{ "$ref": "#/definitions/custom" }, { "$ref": "#/definitions/base" }],
            },
        },
        "_links": links,
    })
}

fn property(attribute: &Attribute) -> Value {
    let mut property = Map::new();
    let mut set = |name: &str, value: Value| property.insert(name.to_owned(), value);
    set("title", json!(attribute.title));
    if let Some(description) = attribute.description {
        set("description", json!(description));
    }
    let kind = match attribute.kind {
        Kind::Text => "string",
        Kind::Integer => "integer",
        Kind::Boolean => "boolean",
        Kind::Texts => "array",
    };
    set("type", json!(kind));
    if attribute.kind == Kind::Texts {
        set("items", json!({ "type": "string" }));
    }
    if attribute.required {
        set("required", json!(true));
    }
    if let Some(format) = attribute.format {
        set("format", json!(format));
    }
    set("mutability", json!("READ_WRITE"));
    set("scope", json!("NONE"));
    if let Some(min) = attribute.min {
        set("minLength", json!(min));
    }
    if let Some(max) = attribute.max {
        set("maxLength", json!(max));
    }
    let own = match attribute.own {
        Own::Write => "READ_WRITE",
        Own::Read => "READ_ONLY",
        Own::Hide => "HIDE",
    };
    set("permissions", json!([{ "principal": "SELF", "action": own }]));
    set("master", json!({ "type": "PROFILE_MASTER" }));
    Value::Object(property)
}

fn list_types(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(json!([user_type(call)])))
}

fn read_type(call: &mut Call<'_>) -> Result<Answer> {
    let id = call.param("typeId");
    if id != "default" && id != call.state.user_type.as_str() {
        return Err(ApiError::not_found(id, "CVDType"));
    }
    Ok(Answer::ok(user_type(call)))
}

fn user_type(call: &Call<'_>) -> Value {
    let id = call.state.user_type;
    let system = format!("spr{}", id.as_str().get(3..).unwrap_or_default());
    json!({
        "id": id,
        "displayName": "User",
        "name": "user",
        "description": "Okta user profile template with default permission settings",
        "createdBy": system,
        "lastUpdatedBy": system,
        "created": stamp(call.state.born),
        "lastUpdated": stamp(call.state.born),
        "default": true,
        "_links": {
            "schema": rel(call, "schema", &schema_path(call.state)),
            "self": rel(call, "self", &format!("/api/v1/meta/types/user/{id}")),
        },
    })
}

fn rel(call: &Call<'_>, name: &str, path: &str) -> Value {
    json!({ "rel": name, "href": call.href(path), "method": "GET" })
}
