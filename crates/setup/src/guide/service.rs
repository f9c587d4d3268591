//! A service app: it signs in itself, with a private key.

use super::{Guide, Step, Values, app};

pub(super) fn guide(values: &Values) -> Guide {
    let name = &values.app_name;
    let profile = &values.profile;
    let fill = Step::new("Fill it in")
        .does(format!("**App integration name**: `{name}`"))
        .does("Click **Save**");
    let dpop = Step::new("Make copied tokens worthless")
        .does("On the tab **General**, in **General Settings**, click **Edit**");
    Guide {
        title: "Service app: it signs in itself, with a private key",
        about: "For machines, pipelines, and one person with a fixed set of rights. No person is \
                asked. What is done is done with the admin role of the app, and stands under the \
                app's name in Okta's System Log.",
        steps: vec![
            app::create("API Services", None),
            fill,
            key(values),
            app::dpop(dpop).does("Click **Save**"),
            app::scopes(values),
            role(values),
            app::verify(values, false),
            Step::new("Change the key now and then")
                .does(format!("`okta-mcp keys rotate{profile}` makes a new pair, registers or shows its public half, tries it, and switches"))
                .why("Okta takes several keys of one app at a time, so nothing stops meanwhile"),
        ],
    }
}

fn key(values: &Values) -> Step {
    let step = Step::new("Register the public key")
        .does("On the tab **General**, in **Client Credentials**, click **Edit**")
        .does("**Client authentication**: **Public key / Private key**")
        .does("**Public keys**: **Save keys in Okta**, then **Add key**");
    let step = match &values.public_jwk {
        Some(jwk) => step.does("Paste this public key:").copies(jwk.clone()),
        None => step
            .does("Paste the public key that `okta-mcp init` shows; it looks like this:")
            .copies(
                r#"{"kty":"RSA","n":"0vx7agoebGcQ…","e":"AQAB","kid":"okta-mcp-20261121T093000Z"}"#,
            ),
    };
    step.why("The private half was made on your machine and stays there. Okta can make a pair, too (**Generate new key**, **PEM**): it shows the private half once, and the key id is the **KID** in the list")
        .does("Click **Done**, then **Save**")
        .does("Copy the **Client ID**: it starts with `0oa`, and is no secret")
}

fn role(values: &Values) -> Step {
    let role = if values.changes {
        "Choose the smallest role that covers what it should change, such as **Help Desk Administrator** or **Group Administrator**, or a custom role with a resource set; then **Save changes**"
    } else {
        "Choose **Read-only Administrator**, then **Save changes**"
    };
    Step::new("Give the app an admin role")
        .does("Open the tab **Admin roles** and click **Edit assignments**")
        .does(role)
        .why("Scopes say what may be called, the role says on which objects: with a granted scope and no role Okta still refuses")
}
