//! What all declarations share: arguments in, requests out.

use okta_client::Request;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    args::Fields,
    desk::{Answer, Desk, Failure, Prepared},
    pages::{self, Listing},
    shape,
    tool::{Args, Shape, ToolDef},
};

/// Decodes the arguments of a tool. `null` for an optional argument means that it was not given,
/// as many models fill every optional argument with it.
pub(crate) fn decode<T: DeserializeOwned>(mut args: Args) -> Result<T, Failure> {
    args.retain(|_, value| !value.is_null());
    serde_path_to_error::deserialize(Value::Object(args)).map_err(|error| {
        let path = error.path().to_string();
        let text = error.into_inner().to_string();
        Failure::Arguments(if path == "." { text } else { format!("`{path}`: {text}") })
    })
}

/// Decodes the arguments, and gives them the names that Okta knows them by.
pub(crate) fn encode<T: DeserializeOwned + Serialize>(args: Args) -> Result<Args, Failure> {
    match serde_json::to_value(decode::<T>(args)?) {
        Ok(Value::Object(mut wire)) => {
            wire.retain(|_, value| !value.is_null());
            Ok(wire)
        }
        Ok(_) | Err(_) => Err(Failure::Arguments("the arguments are no object".to_owned())),
    }
}

/// Answers a tool that is one GET.
pub(crate) async fn read(
    def: &ToolDef,
    mut wire: Args,
    desk: &dyn Desk,
) -> Result<Prepared, Failure> {
    let Some(operation) = def.operation else {
        return Err(Failure::Arguments("the tool names no operation".to_owned()));
    };
    let fields = fields(&mut wire);
    let mut notes = Vec::new();
    if let Some(limit) = wire.get("limit").and_then(Value::as_u64) {
        let most = def.max_limit.map_or(u64::MAX, u64::from);
        let asked = limit.clamp(u64::from(def.min_limit), most);
        if asked != limit {
            let more = if limit > asked { "more" } else { "less" };
            wire.insert("limit".to_owned(), asked.into());
            notes.push(format!("limit {limit} is {more} than Okta allows: {asked} was asked for."));
        }
    }
    let mut request =
        Request::new(operation.method, operation.path, |name| wire.get(name)?.as_str())?;
    for name in def.query {
        if let Some(text) = wire.get(*name).and_then(query_text) {
            request = request.query(*name, text);
        }
    }
    let fetch_all = wire.get("fetchAll").and_then(Value::as_bool).unwrap_or(false);
    match def.shape {
        Shape::Page => {
            let listing = Listing { request, fields, fetch_all, next: pages::by_link, notes };
            Ok(pages::list(listing, desk).await?.into())
        }
        Shape::Object | Shape::Own => Ok(object(request, &fields, desk).await?.into()),
    }
}

/// One object, projected to `fields`.
pub(crate) async fn object(
    request: Request,
    fields: &Fields,
    desk: &dyn Desk,
) -> Result<Answer, Failure> {
    let reply = desk.get(request).await?;
    let value = shape::project(reply.body, fields);
    Ok(Answer { value, rows: 1, links: shape::wants_links(fields) })
}

fn fields(wire: &mut Args) -> Fields {
    wire.shift_remove("fields")
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default()
}

/// A query parameter's text. An empty one asks for nothing, and is left out.
fn query_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}
