//! Steps that several kinds of apps have.

use super::{Step, Values};

/// The list of apps, by the names that its menu had and has.
const APPLICATIONS: &str = "In the Admin Console open **Applications > Applications** (in newer \
                            consoles **Applications and resources > Applications**) and click \
                            **Create App Integration**";

pub(super) fn create(sign_in_method: &str, application_type: Option<&str>) -> Step {
    let step = Step::new("Create the app")
        .does(APPLICATIONS)
        .does(format!("**Sign-in method**: **{sign_in_method}**"));
    match application_type {
        Some(kind) => step.does(format!("**Application type**: **{kind}**")),
        None => step,
    }
    .does("Click **Next**")
}

pub(super) fn assignments(step: Step) -> Step {
    step.does(
        "**Assignments**: **Limit access to selected groups**, and name the group of those who work \
         with it",
    )
    .why("Who is not assigned cannot sign in, whatever role they have")
    .does("Click **Save**")
}

pub(super) fn refresh(step: Step) -> Step {
    step.does("**Refresh Token**: **Rotate token after every use**")
        .does("**Grace period for token rotation**: `30` seconds")
        .why("A token that was copied is noticed at its next use; okta-mcp keeps each before it uses it")
}

pub(super) fn dpop(step: Step) -> Step {
    step.does("Tick **Require Demonstrating Proof of Possession (DPoP) header in token requests**")
        .why("A token that was copied is of no use then; okta-mcp notices by itself that it is asked for")
}

pub(super) fn scopes(values: &Values) -> Step {
    let list = values.scopes.join("\n");
    Step::new("Grant the scopes")
        .does("Open the tab **Okta API Scopes**, and click **Grant** for each of these:")
        .copies(list)
        .why("Only a super administrator can grant them; `manage` includes `read`. Tools whose scope is not granted are not listed")
}

/// What people need besides an assignment.
pub(super) fn roles_of_people(values: &Values) -> Step {
    let roles = if values.changes {
        "Give those who work with it the smallest role that covers what they should change, such as **Help Desk Administrator**, or a custom role with a resource set"
    } else {
        "Those who only look need **Read-only Administrator**"
    };
    Step::new("Check the admin roles of the people")
        .does("Open **Security > Administrators**")
        .does(roles)
        .why("Scopes say what may be called, the role of who signed in says on which objects: with a granted scope and no role Okta still refuses. What is one's own, such as one's applications, needs no role")
}

/// How to see that all is well.
pub(super) fn verify(values: &Values, people: bool) -> Step {
    let profile = &values.profile;
    let step = Step::new("See that it works");
    let step = if people {
        step.does(format!("`okta-mcp login{profile}` opens the page of Okta where you sign in"))
    } else {
        step
    };
    step.does(format!("`okta-mcp whoami{profile}` tells who is signed in, the granted scopes and the admin roles"))
        .does(format!("`okta-mcp doctor{profile}` looks for what is wrong, and says what helps"))
        .why("In Okta's **Reports > System Log** each request stands with who made it, and `okta-mcp` as its client")
}
