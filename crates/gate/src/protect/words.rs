//! What is said of protected objects. The model and a person read it: short, and no way around.

use super::sight::Blind;

/// Why a plan is refused, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) next: String,
}

const CONSOLE: &str = "an administrator can do this in the Okta Admin Console";
const SUPER: &str = "a super admin can do this in the Okta Admin Console";

fn protected(what: &str, why: &str, next: &str) -> Refusal {
    Refusal { message: format!("{what} is protected: {why}"), next: next.to_owned() }
}

/// The profile names it.
pub(super) fn named(what: &str) -> Refusal {
    protected(what, "the profile of this server names it", CONSOLE)
}

/// This server signs in with it.
pub(super) fn own_app(what: &str) -> Refusal {
    protected(what, "this server signs in with it", CONSOLE)
}

/// This server acts in their name.
pub(super) fn own_admin(what: &str) -> Refusal {
    protected(what, "this server acts with their rights", CONSOLE)
}

/// This server has its rights through it.
pub(super) fn own_group(what: &str) -> Refusal {
    protected(what, "it gives an admin role to the admin whose rights this server uses", CONSOLE)
}

/// They are super admin.
pub(super) fn super_admin(what: &str) -> Refusal {
    protected(what, "super admin", SUPER)
}

/// It makes super admins.
pub(super) fn super_group(what: &str) -> Refusal {
    protected(what, "it makes its members super admins", SUPER)
}

/// Somebody would become super admin.
pub(super) fn new_super_admin() -> Refusal {
    Refusal {
        message: "who is super admin is protected: this would make a super admin".to_owned(),
        next: SUPER.to_owned(),
    }
}

/// Nobody would be left.
pub(super) fn last(what: &str) -> Refusal {
    Refusal {
        message: format!("{what} is protected: no other active super admin was found"),
        next: "a super admin can do this in the Okta Admin Console; or make somebody else super \
               admin there first"
            .to_owned(),
    }
}

/// The profile protects objects of that kind, and this may be one of them.
pub(super) fn cannot_tell(what: &str, kinds: &str, blind: &Blind) -> Refusal {
    let mend = blind
        .scope
        .map(|scope| format!("grant {scope} to the app in Okta and restart this server; or "));
    Refusal {
        message: format!(
            "whether {what} is one of the protected {kinds} cannot be told: {}",
            blind.why
        ),
        next: format!("{}{CONSOLE}", mend.unwrap_or_default()),
    }
}

/// A sentence about what could not be read.
pub(super) fn unknown(whether: &str, blind: &Blind) -> String {
    format!("{whether} is unknown: {}.", blind.why.trim_end_matches('.'))
}
