//! A web app: people sign in with a browser of this machine.

use super::{Guide, Step, Values, app};

pub(super) fn guide(values: &Values) -> Guide {
    let name = &values.app_name;
    let redirect = &values.redirect_uri;
    let profile = &values.profile;
    let settings = Step::new("Fill it in")
        .does(format!("**App integration name**: `{name}`"))
        .does("**Grant type**: tick **Authorization Code** and **Refresh Token**")
        .why("Without Refresh Token everybody signs in again each hour")
        .does(format!(
            "**Sign-in redirect URIs**: `{redirect}`; remove the others, and those for signing out"
        ))
        .why("Letter by letter: Okta compares it so. Another port is set by `redirect_port`");
    let credentials = Step::new("Note the client id and the secret")
        .does("On the tab **General**, in **Client Credentials**, click **Edit** and tick **Require PKCE as additional verification**; then **Save**")
        .why("A code that was copied on its way is of no use then; okta-mcp always sends the proof")
        .does("Copy the **Client ID**, which is no secret, and the client secret, which is one: `okta-mcp init` asks for it without showing it, or reads it from a file (`--client-secret-file`)");
    let general = Step::new("Make copied tokens worthless")
        .does("On the tab **General**, in **General Settings**, click **Edit**");
    Guide {
        title: "Web app: people sign in with a browser of this machine",
        about: "For people at machines with a browser, where the app has to prove itself as well: the \
                same secret is on each machine. Without that need take a native app, which signs in \
                with the browser too (`sign_in = \"browser\"`).",
        steps: vec![
            app::create("OIDC - OpenID Connect", Some("Web Application")),
            app::assignments(settings),
            credentials,
            app::dpop(app::refresh(general)).does("Click **Save**"),
            app::scopes(values),
            app::roles_of_people(values),
            app::verify(values, true),
            Step::new("Change the secret now and then")
                .does("In **Client Credentials** click **Generate new secret**")
                .does(format!(
                    "`okta-mcp init{profile} --client-secret-file PATH` puts the new one in place"
                ))
                .does("Deactivate the old one in Okta's list, then delete it"),
        ],
    }
}
