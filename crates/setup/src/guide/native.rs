//! A native app: people sign in with the device grant.

use super::{Guide, Step, Values, app};

pub(super) fn guide(values: &Values) -> Guide {
    let name = &values.app_name;
    let redirect = &values.redirect_uri;
    let settings = Step::new("Fill it in")
        .does(format!("**App integration name**: `{name}`"))
        .does("**Grant type**: tick **Authorization Code**, **Refresh Token** and **Device Authorization**")
        .why("Device Authorization is for signing in by a code; Authorization Code for `sign_in = \"browser\"`, should you want it later; without Refresh Token everybody signs in again each hour")
        .does(format!("**Sign-in redirect URIs**: `{redirect}`; remove the others, and those for signing out"))
        .why("Letter by letter: Okta compares it so");
    let credentials = Step::new("Note the client id")
        .does("On the tab **General**, in **Client Credentials**, copy the **Client ID**: it starts with `0oa`, and is no secret")
        .does("**Client authentication** stays **None**, and **Require PKCE as additional verification** ticked")
        .why("A program on people's machines can keep no secret of the app");
    let general = Step::new("Make copied tokens worthless")
        .does("On the tab **General**, in **General Settings**, click **Edit**");
    Guide {
        title: "Native app: people sign in with a code",
        about: "For people at their own machines, also where no browser is, such as over SSH. What is \
                done is done with the rights of who signed in, and stands under their name in Okta's \
                System Log. Nothing secret is kept but their tokens, sealed.",
        steps: vec![
            app::create("OIDC - OpenID Connect", Some("Native Application")),
            app::assignments(settings),
            credentials,
            app::dpop(app::refresh(general)).does("Click **Save**"),
            app::scopes(values),
            app::roles_of_people(values),
            app::verify(values, true),
        ],
    }
}
