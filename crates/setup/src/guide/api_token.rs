//! An API token of an admin, and no app.

use super::{Guide, Step, Values, app};

pub(super) fn guide(values: &Values) -> Guide {
    let name = &values.app_name;
    let profile = &values.profile;
    Guide {
        title: "API token: with the rights of the admin who made it",
        about: "For a first look, for previews of Okta's own e-mails, and where nothing else can be \
                had. The token is a password that is good from anywhere: it has all rights of its \
                admin, no scope limits it at Okta, and what is done stands under the admin's name. \
                For anything that lasts take an app.",
        steps: vec![
            Step::new("Sign in as the right admin")
                .does("Sign in to the Admin Console as the admin whose rights it shall have: one made for this, with no more than the role it needs")
                .why(if values.changes {
                    "The token can do whatever this admin can do, and dies with them"
                } else {
                    "The token can do whatever this admin can do, and dies with them; for looking only, **Read-only Administrator** is enough"
                }),
            Step::new("Create the token")
                .does("Open **Security > API** and there the tab **Tokens**; click **Create token**")
                .does(format!("**What do you want your token to be named?**: `{name}`"))
                .does("**API calls made with this token must originate from**: **In any of the following zones**, and name the zone of your network")
                .why("From elsewhere it is of no use then; zones are made in **Security > Networks**")
                .does("Click **Create token** and copy it: Okta shows it once")
                .why("`okta-mcp init` asks for it without showing it, or reads it from a file (`--api-token-file`). Never put it into a command line, nor into a client's configuration"),
            Step::new("Say what it is for here")
                .does("These scopes limit the tools here, as they would with an app:")
                .copies(values.scopes.join("\n")),
            app::verify(values, false),
            Step::new("Change it now and then")
                .does(format!("Create another one, `okta-mcp init{profile} --api-token-file PATH` puts it in place; then revoke the old one on the same tab"))
                .why("Okta revokes a token by itself when it was not used for 30 days"),
        ],
    }
}
