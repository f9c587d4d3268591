//! `/oauth2/v1/device/authorize`: a device without a browser asks for a code that its person types.

use serde_json::json;

use super::{OAuth, client};
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    oauth::{Devices, OAuthError, scopes},
};

pub(super) fn authorize(call: &mut Call<'_>) -> Result<Answer> {
    Ok(begin(call).unwrap_or_else(|error| error.answer()))
}

fn begin(call: &mut Call<'_>) -> OAuth<Answer> {
    let form = call.form();
    let client = client(call, &form)?;
    if client.kind != "native" {
        let text = "Only native apps may use the device authorization grant.";
        return Err(OAuthError::new(400, "unauthorized_client", text));
    }
    client.may_use("urn:ietf:params:oauth:grant-type:device_code")?;
    let scopes = scopes::of_person(call.state, &client, form.get("scope").unwrap_or_default())?;
    if call.state.devices.full(client.id, call.now) {
        let text = "The client has too many user codes that nobody has used yet.";
        return Err(OAuthError::new(429, "too_many_user_codes", text));
    }
    let (device_code, mut user_code) = (call.state.maker.uuid(), call.state.maker.letters(8));
    while call.state.devices.open(&user_code, call.now).is_some() {
        user_code = call.state.maker.letters(8);
    }
    call.state.devices.put(&device_code, user_code.clone(), client.id, scopes, call.now);
    let page = call.href("/activate");
    Ok(Answer::ok(json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": Devices::LIFETIME,
        "interval": Devices::INTERVAL,
    })))
}
