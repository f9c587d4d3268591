//! `/oauth2/v1/authorize`: an app sends a person here to sign in.

use super::{
    pages,
    steps::{self, refuse},
};
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    oauth::{Acr, Client, Level, OAuthError, scopes},
    resources::app_assignments,
    store::{Purpose, Request, Session},
};

/// What `prompt` holds.
#[derive(Default)]
struct Prompt {
    none: bool,
    login: bool,
    consent: bool,
}

/// What a request says beyond what its code will stand for.
struct Wishes {
    prompt: Prompt,
    /// Seconds since the password that are still good.
    max_age: Option<i64>,
    acr: Option<Acr>,
}

/// The same with the parameters in a form.
pub(super) fn posted(call: &mut Call<'_>) -> Result<Answer> {
    call.query = call.form().0;
    authorize(call)
}

pub(super) fn authorize(call: &mut Call<'_>) -> Result<Answer> {
    let (client, mut request) = match addressed(call) {
        Ok(found) => found,
        Err(why) => return Ok(pages::failed(400, "Bad request", why)),
    };
    let wishes = match read(call, &client, &mut request) {
        Ok(wishes) => wishes,
        Err(error) => return Ok(refuse(call, &request, (error.error, &error.description))),
    };
    let session = steps::session(call);
    let fresh = |session: &Session| {
        let age = session.since.duration_until(call.now).as_secs();
        !wishes.prompt.login && wishes.max_age.is_none_or(|most| most > 0 && age <= most)
    };
    let session = session.filter(fresh);
    if wishes.prompt.none
        && let Err(why) = silently(call, &client, session.as_ref(), &request, wishes.acr)
    {
        return Ok(refuse(call, &request, why));
    }
    let hint = call.query("login_hint").unwrap_or_default().to_owned();
    let ((id, mut visit), cookie) = steps::begin(call, Purpose::App(request));
    visit.password = session.is_none();
    visit.acr = wishes.acr;
    visit.hint = hint;
    let answer = steps::go_on(call, (id, visit), session, None);
    Ok(match cookie {
        Some(cookie) => answer.header("set-cookie", cookie),
        None => answer,
    })
}

/// The client, and where it wants the answer: without both of them nobody is sent anywhere.
fn addressed(call: &Call<'_>) -> Result<(Client, Request), &'static str> {
    let client = call.query("client_id").and_then(|id| Client::find(call.state, id));
    let client = client.ok_or("Invalid value for 'client_id' parameter.")?;
    let redirect_uri =
        call.query("redirect_uri").ok_or("The 'redirect_uri' parameter is missing.")?.to_owned();
    if !client.redirect_uris.contains(&redirect_uri) {
        return Err(
            "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
        );
    }
    let request = Request {
        app: client.id,
        redirect_uri,
        fragment: call.query("response_mode") == Some("fragment"),
        scopes: Vec::new(),
        state: call.query("state").map(str::to_owned),
        nonce: call.query("nonce").map(str::to_owned),
        challenge: None,
        ask_consent: false,
    };
    Ok((client, request))
}

/// The rest of the request; what is wrong with it goes back to the client.
fn read(call: &Call<'_>, client: &Client, request: &mut Request) -> Result<Wishes, OAuthError> {
    let bad = |text: &str| Err(OAuthError::request(text));
    if !matches!(call.query("response_mode"), None | Some("query" | "fragment")) {
        let text = "The response mode is not supported by the authorization server.";
        return Err(OAuthError::new(400, "unsupported_response_mode", text));
    }
    if call.query("request").or(call.query("request_uri")).is_some() {
        let text = "Request objects are not supported by this authorization server.";
        return Err(OAuthError::new(400, "request_not_supported", text));
    }
    match call.query("response_type") {
        Some("code") if client.response_types.iter().any(|kind| kind == "code") => {}
        None => return bad("The authentication request must specify a 'response_type'."),
        Some(_) => {
            let text = "The response type is not supported by the authorization server. \
                        Configured response types: [code].";
            return Err(OAuthError::new(400, "unsupported_response_type", text));
        }
    }
    client.may_use("authorization_code")?;
    if request.state.is_none() {
        return bad("The authentication request has an invalid 'state' parameter.");
    }
    request.scopes =
        scopes::of_person(call.state, client, call.query("scope").unwrap_or_default())?;
    request.challenge = challenge(call, client)?;
    let prompt = prompt(call)?;
    request.ask_consent = prompt.consent;
    let max_age = match call.query("max_age").map(str::parse::<i64>) {
        None => None,
        Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
        Some(_) => return bad("The 'max_age' parameter must be a number of seconds from 0."),
    };
    if prompt.none && max_age == Some(0) {
        return bad("The 'prompt' parameter cannot be 'none' when 'max_age' is 0.");
    }
    let acr = call.query("acr_values").map(|values| {
        let unknown =
            || OAuthError::request("The 'acr_values' parameter has no value that is supported.");
        Acr::first(values).ok_or_else(unknown)
    });
    Ok(Wishes { prompt, max_age, acr: acr.transpose()? })
}

/// The `code_challenge`, with `S256`.
fn challenge(call: &Call<'_>, client: &Client) -> Result<Option<String>, OAuthError> {
    let bad = |text: &str| Err(OAuthError::request(text));
    let Some(challenge) = call.query("code_challenge") else {
        if call.query("code_challenge_method").is_some() {
            return bad("The authentication request must specify a 'code_challenge'.");
        }
        if client.pkce {
            return bad(
                "PKCE code challenge is required when the token endpoint authentication method is \
                 'NONE'.",
            );
        }
        return Ok(None);
    };
    if call.query("code_challenge_method") != Some("S256") {
        return bad("The 'code_challenge_method' is not supported. Supported methods: [S256].");
    }
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if challenge.len() != 43 || !challenge.bytes().all(word) {
        return bad("The 'code_challenge' must be the SHA-256 of the verifier in base64url.");
    }
    Ok(Some(challenge.to_owned()))
}

fn prompt(call: &Call<'_>) -> Result<Prompt, OAuthError> {
    let mut prompt = Prompt::default();
    let words: Vec<&str> = call.query("prompt").unwrap_or_default().split_whitespace().collect();
    for word in &words {
        match *word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(OAuthError::request("The 'prompt' parameter is invalid.")),
        }
    }
    if prompt.none && words.len() > 1 {
        return Err(OAuthError::request("'none' stands alone in the 'prompt' parameter."));
    }
    Ok(prompt)
}

/// Whether nobody has to be asked anything.
fn silently(
    call: &Call<'_>,
    client: &Client,
    session: Option<&Session>,
    request: &Request,
    acr: Option<Acr>,
) -> Result<(), (&'static str, &'static str)> {
    let Some(session) = session else {
        let why = "The client specified not to prompt, but the user is not logged in.";
        return Err(("login_required", why));
    };
    if session.level < acr.map_or(Level::Password, |acr| acr.level) {
        let why = "The client specified not to prompt, but the sign-in takes a second step.";
        return Err(("interaction_required", why));
    }
    let assigned = app_assignments::has_user(call.state, client.id, session.user);
    if assigned && steps::needs_consent(call, client, session, request) {
        let why = "The client specified not to prompt, but the user has not consented.";
        return Err(("consent_required", why));
    }
    Ok(())
}
