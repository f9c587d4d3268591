//! Signing out of the org.

use super::{pages, steps};
use crate::{answer::Answer, call::Call, error::Result, log::Draft, oauth::Client};

/// Ends the session, and goes where the client wants, if it has registered that place.
pub(super) fn logout(call: &mut Call<'_>) -> Result<Answer> {
    let Some(to) = call.query("post_logout_redirect_uri").map(str::to_owned) else {
        return sign_out(call);
    };
    let client = call.query("client_id").and_then(|id| Client::find(call.state, id));
    if !client.is_some_and(|client| client.logout_uris.contains(&to)) {
        let text = "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the \
                    client app settings.";
        return Ok(pages::failed(400, "Bad request", text));
    }
    let state = call.query("state").map(|state| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state).finish()
    });
    let mark = if to.contains('?') { '&' } else { '?' };
    let url = state.map_or_else(|| to.clone(), |state| format!("{to}{mark}{state}"));
    let cookie = end(call);
    Ok(Answer::redirect(url).header("set-cookie", cookie))
}

/// Ends the session and says so.
pub(super) fn sign_out(call: &mut Call<'_>) -> Result<Answer> {
    let cookie = end(call);
    let answer = pages::done("Signed out", "You are signed out of the sandbox.");
    Ok(answer.header("set-cookie", cookie))
}

fn end(call: &mut Call<'_>) -> String {
    let (session, cookie) = steps::end(call);
    if let Some(session) = session {
        steps::log(call, &session, Draft::new("user.session.end"), Vec::new());
    }
    cookie
}
