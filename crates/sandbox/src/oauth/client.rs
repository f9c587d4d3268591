//! Which client asks, and how it proves that.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{OAuthError, assertion};
use crate::{id::Id, store::State};

/// An OAuth client: an active app with `settings.oauthClient`.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: Id,
    pub(crate) label: String,
    /// `web`, `native`, `browser` or `service`.
    pub(crate) kind: String,
    /// `token_endpoint_auth_method`.
    pub(crate) method: String,
    pub(crate) grant_types: Vec<String>,
    pub(crate) response_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    /// `post_logout_redirect_uris`.
    pub(crate) logout_uris: Vec<String>,
    pub(crate) dpop: bool,
    /// Authorization requests without a `code_challenge` are refused.
    pub(crate) pkce: bool,
    /// People are asked whether the app may have what it asks for.
    pub(crate) consent: bool,
    /// Seconds that a refresh token works on after another took its place; none where one refresh
    /// token stays in use.
    pub(crate) rotation: Option<i64>,
}

impl Client {
    /// The client with this id.
    pub(crate) fn find(state: &State, client_id: &str) -> Option<Self> {
        let app = app(state, client_id)?;
        let settings = app.get("settings")?.get("oauthClient")?;
        let credentials = app.get("credentials")?.get("oauthClient")?;
        let text = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let flag = |value: &Value, name: &str| value.get(name) == Some(&Value::Bool(true));
        let list = |name: &str| -> Vec<String> {
            let items = settings.get(name).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let kind = text(settings, "application_type");
        let method = text(credentials, "token_endpoint_auth_method");
        Some(Self {
            id: Id::parse(client_id)?,
            label: app.get("label").and_then(Value::as_str).unwrap_or_default().to_owned(),
            grant_types: list("grant_types"),
            response_types: list("response_types"),
            redirect_uris: list("redirect_uris"),
            logout_uris: list("post_logout_redirect_uris"),
            dpop: flag(settings, "dpop_bound_access_tokens"),
            pkce: method == "none" || flag(credentials, "pkce_required"),
            consent: settings.get("consent_method").and_then(Value::as_str) == Some("REQUIRED"),
            rotation: rotation(settings, &kind),
            kind,
            method,
        })
    }

    /// Whether the client may use a grant type; the refusal names those that it may.
    pub(crate) fn may_use(&self, grant_type: &str) -> Result<(), OAuthError> {
        if self.grant_types.iter().any(|kind| kind == grant_type) {
            return Ok(());
        }
        let configured = self.grant_types.join(", ");
        let text = format!(
            "The client is not authorized to use the provided grant type. Configured grant types: \
             [{configured}]."
        );
        Err(OAuthError::new(400, "unauthorized_client", text))
    }
}

/// The leeway where refresh tokens are rotated: for apps in browsers unless told otherwise.
fn rotation(settings: &Value, kind: &str) -> Option<i64> {
    let set = settings.get("refresh_token");
    let rotates = match set.and_then(|set| set.get("rotation_type")?.as_str()) {
        Some(rotation) => rotation == "ROTATE",
        None => kind == "browser",
    };
    let leeway = set.and_then(|set| set.get("leeway")?.as_i64()).unwrap_or(30);
    rotates.then_some(leeway.clamp(0, 60))
}

/// The active app with this client id.
pub(super) fn app<'a>(state: &'a State, client_id: &str) -> Option<&'a Map<String, Value>> {
    let app = state.docs("apps").get(client_id)?;
    let own = app.get("credentials")?.get("oauthClient")?.get("client_id")?.as_str();
    let active = app.get("status")?.as_str() == Some("ACTIVE");
    (active && own == Some(client_id)).then_some(app)
}

/// What a request says about its client.
enum Proof<'a> {
    /// `private_key_jwt`.
    Assertion,
    /// A secret, and how it came.
    Secret { method: &'static str, id: String, secret: String },
    /// Only who it says it is.
    Name(&'a str),
}

/// Checks who sends `form` to `endpoint`.
pub(crate) fn authenticate(
    state: &mut State,
    form: &[(String, String)],
    authorization: Option<&str>,
    endpoint: &str,
    now: Timestamp,
) -> Result<Client, OAuthError> {
    match proof(form, authorization)? {
        Proof::Assertion => assertion::authenticate(state, form, endpoint, now),
        Proof::Secret { method, id, secret } => {
            let client = Client::find(state, &id).ok_or_else(unknown)?;
            expect(&client, method)?;
            let known = app(state, &id).and_then(|app| {
                app.get("credentials")?.get("oauthClient")?.get("client_secret")?.as_str()
            });
            if known == Some(secret.as_str()) {
                Ok(client)
            } else {
                Err(OAuthError::client(
                    "The client secret supplied for a confidential client is invalid.",
                ))
            }
        }
        Proof::Name(id) => {
            let client = Client::find(state, id).ok_or_else(unknown)?;
            if client.method == "none" { Ok(client) } else { Err(missing()) }
        }
    }
}

fn proof<'a>(
    form: &'a [(String, String)],
    authorization: Option<&str>,
) -> Result<Proof<'a>, OAuthError> {
    let field = |name: &str| {
        let found = form.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let basic = authorization.and_then(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("Basic").then_some(rest)
    });
    let (id, secret) = (field("client_id"), field("client_secret"));
    match (basic, field("client_assertion"), secret) {
        (None, Some(_), None) => Ok(Proof::Assertion),
        (Some(text), None, None) => {
            let (name, secret) = decode(text).ok_or_else(missing)?;
            if id.is_some_and(|id| id != name) {
                return Err(OAuthError::request(
                    "The client_id of the form is not that of the 'Authorization' header.",
                ));
            }
            Ok(Proof::Secret { method: "client_secret_basic", id: name, secret })
        }
        (None, None, Some(secret)) => {
            let id = id.ok_or_else(missing)?.to_owned();
            Ok(Proof::Secret { method: "client_secret_post", id, secret: secret.to_owned() })
        }
        (None, None, None) => id.map(Proof::Name).ok_or_else(missing),
        _ => Err(OAuthError::request(
            "Cannot supply multiple client credentials. Use one of the following: credentials in \
             the Authorization header, credentials in the post body, or a client_assertion in the \
             post body.",
        )),
    }
}

/// User and password of a `Basic` header, each of them form-encoded (RFC 6749, 2.3.1).
fn decode(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(String::from)
    };
    Some((plain(id)?, plain(secret)?))
}

/// Refuses a client that proves itself in another way than it is set up for.
pub(super) fn expect(client: &Client, method: &str) -> Result<(), OAuthError> {
    if client.method == method {
        return Ok(());
    }
    Err(OAuthError::client(format!("The client is not configured to use {method}.")))
}

fn unknown() -> OAuthError {
    OAuthError::client("Invalid value for 'client_id' parameter.")
}

fn missing() -> OAuthError {
    OAuthError::client(
        "Client authentication failed. Either the client or the client credentials are invalid.",
    )
}
