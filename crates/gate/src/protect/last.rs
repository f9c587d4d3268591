//! The last super admin: whether one would remain.
//!
//! Only asked where super admins are not protected altogether.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use okta_catalog::Scope;
use okta_client::{Cursors, Method, Request};
use serde_json::Value;
use url::Url;

use super::{
    judge::Judge,
    names,
    objects::Object,
    sight::{self, Blind, Page, Source},
    table::{Ends, Kind},
    words::{self, Refusal},
};

const ASSIGNEES: &str = "/api/v1/iam/assignees/users";
const MEMBERS: &str = "/api/v1/groups/{id}/users";

/// How many people are looked at before the search is given up.
const MOST: usize = 1000;

/// Who would lose what makes them super admin.
#[derive(Debug, Default)]
pub(super) struct Losing {
    /// People, by id, with what they are called.
    users: BTreeMap<String, String>,
    /// Memberships: group and user.
    leaves: BTreeSet<(String, String)>,
    /// Groups that would no longer make super admins, by id, with what they are called.
    groups: BTreeMap<String, String>,
    /// What the first of them is called.
    first: Option<String>,
}

/// Whether somebody would still be super admin.
enum Remains {
    Yes,
    No,
    Unclear(Blind),
}

impl Judge<'_> {
    /// Notes what a request takes from super admins.
    pub(super) async fn note(&mut self, ends: Ends, objects: &[Object]) {
        let of = |kind| objects.iter().filter(move |object| object.kind == kind);
        match ends {
            Ends::Nothing => {}
            Ends::User => {
                for user in of(Kind::User) {
                    if self.is_super(user).await {
                        self.losing.first.get_or_insert_with(|| user.label.clone());
                        self.losing.users.insert(user.id.clone(), user.label.clone());
                    }
                }
            }
            Ends::Membership => {
                for group in of(Kind::Group) {
                    for user in of(Kind::User) {
                        if self.is_super(group).await && self.is_super(user).await {
                            self.losing.first.get_or_insert_with(|| user.label.clone());
                            self.losing.leaves.insert((group.id.clone(), user.id.clone()));
                        }
                    }
                }
            }
            Ends::Group => {
                for group in of(Kind::Group) {
                    if self.is_super(group).await {
                        self.losing.first.get_or_insert_with(|| group.label.clone());
                        self.losing.groups.insert(group.id.clone(), group.label.clone());
                    }
                }
            }
        }
    }

    /// True for a super admin, and for a group that makes some. What cannot be read is noted.
    async fn is_super(&mut self, object: &Object) -> bool {
        let roles = match (&object.blind, object.kind) {
            // Without the id the same person could be taken for another one who remains.
            (Some(blind), Kind::User) => Err(blind.clone()),
            (None, Kind::User) => self.sight.user_roles(&object.id).await,
            _ => self.sight.group_roles(&object.id).await,
        };
        match roles {
            Ok(roles) => roles.iter().any(|role| role.is_super),
            Err(blind) => {
                let whether =
                    format!("Whether a super admin would remain without {}", object.label);
                self.unknown(words::unknown(&whether, &blind));
                false
            }
        }
    }

    /// Refuses if nobody would be left.
    pub(super) async fn last(&mut self) -> Result<(), Refusal> {
        let Some(first) = self.losing.first.clone() else { return Ok(()) };
        match self.search().await {
            Remains::Yes => Ok(()),
            Remains::No => Err(words::last(&first)),
            Remains::Unclear(blind) => {
                let whether = format!("Whether a super admin would remain without {first}");
                self.unknown(words::unknown(&whether, &blind));
                Ok(())
            }
        }
    }

    /// Looks for another active super admin, and stops at the first.
    async fn search(&mut self) -> Remains {
        let mut lists: Vec<(Result<Request, Blind>, Scope)> = Vec::new();
        for (group, _) in &self.losing.leaves {
            let request = Request::new(Method::Get, MEMBERS, |_| Some(group.as_str()));
            lists.push((request.map_err(Blind::from), Scope::GROUPS_READ));
        }
        let request = Request::new(Method::Get, ASSIGNEES, |_| None);
        lists.push((request.map_err(Blind::from), Scope::ROLES_READ));
        let mut looked_at = HashSet::new();
        let mut unclear = None;
        for (request, scope) in lists {
            let found = match request {
                Ok(request) => self.in_list(request, scope, &mut looked_at).await,
                Err(blind) => Remains::Unclear(blind),
            };
            match found {
                Remains::Yes => return Remains::Yes,
                Remains::No => {}
                Remains::Unclear(blind) => unclear = Some(blind),
            }
        }
        unclear.map_or(Remains::No, Remains::Unclear)
    }

    /// Looks among the people of a list, page after page.
    async fn in_list(
        &mut self,
        request: Request,
        scope: Scope,
        looked_at: &mut HashSet<String>,
    ) -> Remains {
        let mut cursors = Cursors::default();
        let mut unclear = None;
        let mut next = Some(request.query("limit", "100"));
        while let Some(request) = next {
            let page = match self.sight.read(request.clone(), Some(scope)).await {
                Ok(page) => page,
                Err(blind) => return Remains::Unclear(blind),
            };
            let Some(people) = people(&page.body) else {
                return Remains::Unclear(Blind::new("Okta answered with no list of people"));
            };
            for id in people {
                if !looked_at.insert(id.to_owned()) {
                    continue;
                }
                if looked_at.len() > MOST {
                    return Remains::Unclear(Blind::new(format!(
                        "there are more than {MOST} administrators"
                    )));
                }
                match self.remains(id).await {
                    Remains::Yes => return Remains::Yes,
                    Remains::No => {}
                    Remains::Unclear(blind) => unclear = Some(blind),
                }
            }
            next = match next_page(&request, &page, &mut cursors) {
                Ok(next) => next,
                Err(blind) => return Remains::Unclear(blind),
            };
        }
        unclear.map_or(Remains::No, Remains::Unclear)
    }

    /// Whether this person would still be super admin, and can sign in.
    async fn remains(&mut self, id: &str) -> Remains {
        if self.losing.users.contains_key(id) {
            return Remains::No;
        }
        let roles = match self.sight.user_roles(id).await {
            Ok(roles) => roles,
            Err(blind) => return Remains::Unclear(blind),
        };
        let roles: Vec<_> =
            roles.into_iter().filter(|role| role.is_super && role.is_active).collect();
        if roles.is_empty() {
            return Remains::No;
        }
        match self.sight.user(id).await {
            Ok(page) if names::text(&page.body, "/status") != Some("ACTIVE") => return Remains::No,
            Ok(_) => {}
            Err(blind) => return Remains::Unclear(blind),
        }
        let leaves = self.losing.leaves.iter().any(|(_, user)| user == id);
        let stays = |source: &Source| match source {
            Source::Person => Some(true),
            Source::Group(group) => {
                let left = self.losing.leaves.contains(&(group.clone(), id.to_owned()));
                Some(!left && !self.losing.groups.contains_key(group))
            }
            Source::Unclear if !leaves && self.losing.groups.is_empty() => Some(true),
            Source::Unclear => None,
        };
        let stay: Vec<Option<bool>> = roles.iter().map(|role| stays(&role.source)).collect();
        if stay.contains(&Some(true)) {
            Remains::Yes
        } else if stay.contains(&None) {
            Remains::Unclear(Blind::new("Okta does not say which group gives a role"))
        } else {
            Remains::No
        }
    }
}

/// The ids of a page: a list of users, or `{"value": […]}` of those with roles.
fn people(body: &Value) -> Option<Vec<&str>> {
    let list = body.as_array().or_else(|| body.get("value")?.as_array())?;
    Some(list.iter().filter_map(sight::id).collect())
}

/// The next page: by the `Link` header, or by `_links.next` of the body. Only its query is used.
fn next_page(
    request: &Request,
    page: &Page,
    cursors: &mut Cursors,
) -> Result<Option<Request>, Blind> {
    let pairs = match (&page.next, names::text(&page.body, "/_links/next/href")) {
        (Some(pairs), _) => pairs.clone(),
        (None, Some(link)) => {
            let link = Url::parse(link)
                .map_err(|_| Blind::new("Okta's link to the next page cannot be read"))?;
            link.query_pairs().into_owned().collect()
        }
        (None, None) => return Ok(None),
    };
    let cursor = pairs.iter().find(|(name, _)| name == "after").map(|(_, value)| value);
    let Some(cursor) = cursor else {
        return Err(Blind::new("Okta's link to the next page names no page"));
    };
    cursors.see(cursor).map_err(|error| Blind::new(error.message))?;
    Ok(Some(request.clone().with_query(pairs)))
}
