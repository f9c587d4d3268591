//! Which of Okta's operations touch which people, groups and applications.
//!
//! A line fits the path of a request as it goes out, not the template that it was made from, so
//! that no template escapes. All lines that fit count. In a path, `*` stands for one segment, `**`
//! at the end for any number, a name in braces for one segment that is captured.
//!
//! Source: the paths and bodies of Okta's `OpenAPI` files (2026.06.3).

use okta_client::Method;
use okta_policy::Kind as Named;

/// What a reference is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A person.
    User,
    /// A group.
    Group,
    /// An application.
    App,
    /// Whatever the reference says itself: an address or an ORN.
    Told,
}

impl Kind {
    /// The kind as the profile knows it; `None` where only the reference tells.
    pub(super) const fn named(self) -> Option<Named> {
        match self {
            Self::User => Some(Named::User),
            Self::Group => Some(Named::Group),
            Self::App => Some(Named::App),
            Self::Told => None,
        }
    }
}

/// Where a line finds what is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finds {
    /// In the path: what `{user}`, `{group}` and `{app}` capture.
    Path,
    /// In the body, at this place: keys with `/` between them; every element of an array.
    Body(&'static str, Kind),
    /// In an object that Okta has already, at this place; the template reads it, filled with what
    /// the line captures.
    Behind(&'static str, &'static str, Kind),
    /// Whoever the requests are made for.
    Caller,
    /// Nowhere: the request names them as another system does.
    Nowhere(Kind),
    /// A role that is granted: its type is in the body.
    Role,
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// `None`: any that writes.
    pub(super) method: Option<Method>,
    pub(super) path: &'static str,
    pub(super) finds: Finds,
}

const fn any(path: &'static str, finds: Finds) -> Line {
    Line { method: None, path, finds }
}

const fn on(method: Method, path: &'static str, finds: Finds) -> Line {
    Line { method: Some(method), path, finds }
}

use Finds::{Behind, Body, Caller, Nowhere, Path, Role};
use Kind::{App, Group, Told, User};
use Method::{Delete, Patch, Post, Put};

const RULE: &str = "/api/v1/groups/rules/{id}";
const RULE_GROUPS: &str = "actions/assignUserToGroups/groupIds";
const POLICY_RULE: &str = "/api/v1/policies/{policy}/rules/{id}";
/// Where people who sign themselves up land.
const ENROLLED: &str = "actions/profileEnrollment/targetGroupIds";
const IDP: &str = "/api/v1/idps/{id}";
/// Where people who come from an identity provider land, and which groups it takes people out of.
const PROVISIONED: &str = "policy/provisioning/groups/assignments";
const SYNCED: &str = "policy/provisioning/groups/filter";
const PUSHED: &str = "/api/v1/apps/{app}/group-push/mappings/{id}";
const MAPPING: &str = "/api/v1/policies/{policy}/mappings/{id}";
const MEMBER: &str = "/api/v1/iam/resource-sets/{set}/bindings/{role}/members/{id}";
const GRANT: &str = "/governance/api/v1/grants/{id}";
const ACCOUNT: &str = "/privileged-access/api/v1/okta-service-accounts/{id}";

/// The table.
pub(super) const TABLE: &[Line] = &[
    // People.
    any("/api/v1/users/{user}/**", Path),
    on(Post, "/api/v1/users", Body("groupIds", Group)),
    any("/api/v1/users/*/linkedObjects/*/{user}", Path),
    any("/api/v1/users/*/clients/{app}/**", Path),
    any("/api/v1/idps/*/users/{user}", Path),
    any("/api/v1/sessions/{id}/**", Behind("/api/v1/sessions/{id}", "userId", User)),
    any("/api/v1/api-tokens/{id}", Behind("/api/v1/api-tokens/{id}", "userId", User)),
    any("/api/v1/api-tokens/current", Caller),
    any("/idp/myaccount/**", Caller),
    any("/webauthn-registration/api/v1/users/{user}/**", Path),
    any("/webauthn-registration/api/v1/*", Body("userId", User)),
    on(Post, "/oauth2/v1/global-token-revocation", Body("sub_id/id", User)),
    on(Post, "/oauth2/v1/global-token-revocation", Body("sub_id/sub", User)),
    on(Post, "/privileged-access/api/v1/okta-service-accounts", Body("oktaUserId", User)),
    any(ACCOUNT, Behind(ACCOUNT, "oktaUserId", User)),
    // Groups, and what puts people into them.
    any("/api/v1/groups/{group}/**", Path),
    any("/api/v1/groups/*/users/{user}", Path),
    any("/api/v1/groups/rules/**", Body(RULE_GROUPS, Group)),
    any("/api/v1/groups/rules/{id}/**", Behind(RULE, RULE_GROUPS, Group)),
    any("/api/v1/policies/*/rules/**", Body(ENROLLED, Group)),
    on(
        Post,
        "/api/v1/policies/{policy}/rules/{id}/lifecycle/activate",
        Behind(POLICY_RULE, ENROLLED, Group),
    ),
    any("/api/v1/idps/**", Body(PROVISIONED, Group)),
    any("/api/v1/idps/**", Body(SYNCED, Group)),
    on(Post, "/api/v1/idps/{id}/lifecycle/activate", Behind(IDP, PROVISIONED, Group)),
    on(Post, "/api/v1/idps/{id}/lifecycle/activate", Behind(IDP, SYNCED, Group)),
    // Applications: keys, secrets, grants, status, assignments.
    any("/api/v1/apps/{app}/**", Path),
    any("/api/v1/apps/*/users/{user}", Path),
    on(Post, "/api/v1/apps/*/users", Body("id", User)),
    any("/api/v1/apps/*/groups/{group}", Path),
    on(Post, "/api/v1/apps/*/group-push/mappings", Body("sourceGroupId", Group)),
    on(Post, "/api/v1/apps/*/group-push/mappings", Body("targetGroupId", Group)),
    any(PUSHED, Behind(PUSHED, "targetGroupId", Group)),
    any("/api/v1/apps/*/interclient-allowed-apps/{app}", Path),
    on(Post, "/api/v1/apps/*/interclient-allowed-apps", Body("id", App)),
    on(Post, "/api/v1/apps/*/cwo/connections", Body("requestingAppInstanceId", App)),
    on(Post, "/api/v1/apps/*/cwo/connections", Body("resourceAppInstanceId", App)),
    any("/api/v1/apps/*/{app}/oauth2/callback", Path),
    any("/api/v1/meta/schemas/apps/{app}/**", Path),
    any("/oauth2/v1/clients/{app}/**", Path),
    any("/integrations/api/v1/api-services/{app}/**", Path),
    on(Post, "/api/v1/policies/*/mappings", Body("resourceId", App)),
    any(MAPPING, Behind(MAPPING, "_links/application/href", App)),
    // Directories and other sources of people.
    on(Post, "/api/v1/directories/{app}/groups/modify", Path),
    on(Post, "/api/v1/directories/*/groups/modify", Body("id", Group)),
    on(Post, "/api/v1/directories/*/groups/modify", Body("parameters/values", User)),
    any("/api/v1/identity-sources/{app}/**", Path),
    any("/api/v1/identity-sources/**", Nowhere(User)),
    any("/api/v1/identity-sources/**", Nowhere(Group)),
    // Admin roles.
    on(Post, "/api/v1/users/*/roles", Role),
    on(Post, "/api/v1/groups/*/roles", Role),
    on(Post, "/oauth2/v1/clients/*/roles", Role),
    any("/api/v1/users/*/roles/*/targets/groups/{group}", Path),
    any("/api/v1/users/*/roles/*/targets/catalog/apps/*/{app}", Path),
    any("/api/v1/groups/*/roles/*/targets/groups/{group}", Path),
    any("/api/v1/groups/*/roles/*/targets/catalog/apps/*/{app}", Path),
    any("/oauth2/v1/clients/*/roles/*/targets/groups/{group}", Path),
    any("/oauth2/v1/clients/*/roles/*/targets/catalog/apps/*/{app}", Path),
    on(Post, "/api/v1/iam/resource-sets/*/bindings", Body("members", Told)),
    on(Patch, "/api/v1/iam/resource-sets/*/bindings/*/members", Body("additions", Told)),
    any(MEMBER, Behind(MEMBER, "_links/self/href", Told)),
    // Governance.
    any("/governance/api/v1/grants/**", Body("targetPrincipal/externalId", User)),
    any("/governance/api/v1/grants/**", Body("targetPrincipalOrn", User)),
    any("/governance/api/v1/grants/**", Body("target/externalId", App)),
    any("/governance/api/v1/grants/**", Body("targetResourceOrn", Told)),
    any(GRANT, Behind(GRANT, "targetPrincipal/externalId", User)),
    any("/governance/api/v1/collections/*/assignments", Body("principal/externalId", User)),
    any("/governance/api/v1/collections/*/assignments/*", Nowhere(User)),
    any("/governance/api/v1/principal-settings/{user}", Path),
    on(Post, "/governance/api/v1/requests", Body("requesterUserIds", User)),
    on(Post, "/governance/api/v2/requests", Body("requestedFor/externalId", User)),
    on(Post, "/governance/api/v2/revoke-principal-access", Body("principalOrn", User)),
    on(Post, "/governance/api/v1/resource-owners", Body("resourceOrns", Told)),
    on(Patch, "/governance/api/v1/resource-owners", Body("resourceOrn", Told)),
];

/// What an operation takes away, where it can take away that somebody is a super admin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing of that kind.
    #[default]
    Nothing,
    /// The account, or a role of it.
    User,
    /// One membership.
    Membership,
    /// The group, a role of it, or what puts people into it.
    Group,
}

/// The operations that can.
pub(super) const ENDS: &[(Method, &str, Ends)] = &[
    (Delete, "/api/v1/users/*", Ends::User),
    (Post, "/api/v1/users/*/lifecycle/deactivate", Ends::User),
    (Post, "/api/v1/users/*/lifecycle/suspend", Ends::User),
    (Delete, "/api/v1/users/*/roles/**", Ends::User),
    (Delete, "/api/v1/groups/*/users/*", Ends::Membership),
    (Delete, "/api/v1/groups/*", Ends::Group),
    (Delete, "/api/v1/groups/*/roles/**", Ends::Group),
    (Put, "/api/v1/groups/rules/*", Ends::Group),
    (Delete, "/api/v1/groups/rules/*", Ends::Group),
    (Post, "/api/v1/groups/rules/*/lifecycle/deactivate", Ends::Group),
];
