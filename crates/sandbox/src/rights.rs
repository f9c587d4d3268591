//! What an admin may do. A token's scopes say what an app may do for its person; what the person, or
//! a service app, may do at all is a matter of admin roles, and Okta asks both.

use serde_json::Value;

use crate::{
    call::Principal,
    id::Id,
    route::{Access, Route},
    store::State,
};

/// Some of the org, by the middle of the scopes: `users` of `okta.users.read`.
enum Area {
    All,
    AllBut(&'static [&'static str]),
    Only(&'static [&'static str]),
}

impl Area {
    fn holds(&self, stem: &str) -> bool {
        match self {
            Self::All => true,
            Self::AllBut(stems) => !stems.contains(&stem),
            Self::Only(stems) => stems.contains(&stem),
        }
    }
}

/// What a standard role opens.
struct Rights {
    role: &'static str,
    reads: Area,
    manages: Area,
    /// Single operations besides.
    operations: &'static [(&'static str, &'static str)],
}

const NOTHING: Area = Area::Only(&[]);

/// The standard roles, by what Okta documents of them, as far as this org has operations for it.
static RIGHTS: [Rights; 10] = [
    Rights { role: "SUPER_ADMIN", reads: Area::All, manages: Area::All, operations: &[] },
    // All but apps, and who is an admin.
    Rights {
        role: "ORG_ADMIN",
        reads: Area::All,
        manages: Area::AllBut(&["apps", "appGrants", "roles"]),
        operations: &[],
    },
    Rights {
        role: "APP_ADMIN",
        reads: Area::Only(&[
            "apps",
            "appGrants",
            "users",
            "groups",
            "schemas",
            "userTypes",
            "policies",
            "logs",
        ]),
        manages: Area::Only(&["apps", "appGrants"]),
        operations: &[],
    },
    Rights {
        role: "USER_ADMIN",
        reads: Area::Only(&["users", "groups", "apps", "schemas", "userTypes", "logs"]),
        manages: Area::Only(&["users", "groups"]),
        operations: &[],
    },
    Rights {
        role: "HELP_DESK_ADMIN",
        reads: Area::Only(&["users", "groups", "schemas", "userTypes", "logs"]),
        manages: NOTHING,
        operations: &[
            ("POST", "/api/v1/users/{id}/lifecycle/unlock"),
            ("POST", "/api/v1/users/{id}/lifecycle/reset_password"),
            ("POST", "/api/v1/users/{id}/lifecycle/expire_password"),
            ("POST", "/api/v1/users/{id}/lifecycle/expire_password_with_temp_password"),
            ("POST", "/api/v1/users/{id}/lifecycle/reset_factors"),
        ],
    },
    Rights {
        role: "GROUP_MEMBERSHIP_ADMIN",
        reads: Area::Only(&["users", "groups", "schemas", "userTypes", "logs"]),
        manages: NOTHING,
        operations: &[
            ("PUT", "/api/v1/groups/{groupId}/users/{userId}"),
            ("DELETE", "/api/v1/groups/{groupId}/users/{userId}"),
        ],
    },
    Rights { role: "READ_ONLY_ADMIN", reads: Area::All, manages: NOTHING, operations: &[] },
    Rights {
        role: "MOBILE_ADMIN",
        reads: Area::Only(&["users", "groups", "devices", "deviceAssurance", "logs"]),
        manages: Area::Only(&["devices", "deviceAssurance"]),
        operations: &[],
    },
    Rights {
        role: "API_ACCESS_MANAGEMENT_ADMIN",
        reads: Area::Only(&["users", "groups", "apps", "appGrants", "logs"]),
        manages: NOTHING,
        operations: &[],
    },
    Rights {
        role: "REPORT_ADMIN",
        reads: Area::Only(&["logs"]),
        manages: NOTHING,
        operations: &[],
    },
];

/// Whether one of the caller's admin roles opens `route`, where `person` is whom it is about. An API
/// token has the rights of the admin who made it, who is a super admin.
pub(crate) fn allow(
    state: &State,
    principal: &Principal,
    route: &Route,
    person: Option<Id>,
) -> bool {
    let Access::Scope(scope) = route.access else { return true };
    let holder = match principal {
        Principal::Nobody => return false,
        Principal::User(_) => return true,
        Principal::App(id) | Principal::Person { user: id, .. } => *id,
    };
    let mut opens = all_roles(state, holder).filter(|rights| rights.open(route, scope));
    let Some(person) = person.filter(|_| route.method != "GET") else {
        return opens.next().is_some();
    };
    let rank = all_roles(state, person).map(Rights::rank).max();
    opens.any(|rights| rights.rank() >= rank.map_or(0, |rank| rank.max(1)))
}

/// The roles of `holder`, its own and those of its groups.
fn all_roles(state: &State, holder: Id) -> impl Iterator<Item = &'static Rights> {
    let groups = state.groups_of(holder).map(|group| group.id);
    std::iter::once(holder).chain(groups).flat_map(|holder| roles(state, holder))
}

/// The roles that `holder` has itself.
fn roles(state: &State, holder: Id) -> impl Iterator<Item = &'static Rights> {
    let rows = state.roles.get(&holder).map_or(&[][..], Vec::as_slice);
    let active = rows.iter().filter(|row| row.get("status") == Some(&Value::from("ACTIVE")));
    active.filter_map(|row| {
        let kind = row.get("type")?.as_str()?;
        RIGHTS.iter().find(|rights| rights.role == kind)
    })
}

impl Rights {
    /// Who is an admin can be changed by an org admin, a super admin by another super admin only.
    fn rank(&self) -> u8 {
        match self.role {
            "SUPER_ADMIN" => 2,
            "ORG_ADMIN" => 1,
            _ => 0,
        }
    }

    fn open(&self, route: &Route, scope: &str) -> bool {
        let mut parts = scope.split('.').skip(1);
        let (stem, verb) = (parts.next().unwrap_or_default(), parts.next());
        // Some operations do more than read with a scope that is for reading.
        let reads = verb == Some("read") && route.method == "GET";
        let area = if reads { &self.reads } else { &self.manages };
        area.holds(stem) || self.operations.contains(&(route.method, route.path))
    }
}
