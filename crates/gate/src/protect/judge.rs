//! The judgement of one plan.

use std::collections::HashSet;

use okta_catalog::Plan;
use okta_client::Request;

use super::{
    Own, Protect, Protection, Reader,
    last::Losing,
    names,
    sight::{self, Blind, Sight, Source},
    table::{Ends, Kind},
    touch::{Touch, Touched, objects, touched},
    words::{self, Refusal},
};

/// Judges a plan: first by the references alone, then by what Okta says of them.
pub(super) async fn judge(
    plan: &Plan,
    reader: &dyn Reader,
    protect: &Protect,
    own: &Own,
) -> Protection {
    let requests: Vec<Touched> = plan.requests.iter().map(touched).collect();
    let mut judge = Judge {
        sight: Sight::new(reader, plan),
        protect,
        own,
        unknown: Vec::new(),
        losing: Losing::default(),
    };
    match judge.all(&requests).await {
        Err(Refusal { message, next }) => Protection::Refused { message, next },
        Ok(()) if judge.unknown.is_empty() => Protection::Free,
        Ok(()) => Protection::Unknown(judge.unknown),
    }
}

pub(super) struct Judge<'a> {
    pub(super) sight: Sight<'a>,
    protect: &'a Protect,
    own: &'a Own,
    unknown: Vec<String>,
    pub(super) losing: Losing,
}

/// An object that a request touches, as far as it is known.
pub(super) struct Object {
    pub(super) kind: Kind,
    /// Okta's id, or the reference where that could not be read.
    pub(super) id: String,
    /// What people call it.
    pub(super) label: String,
    /// Why it could not be read.
    pub(super) blind: Option<Blind>,
}

impl Object {
    fn new(kind: Kind, named: &str) -> Self {
        Self { kind, id: named.to_owned(), label: label(kind, named), blind: None }
    }
}

impl Judge<'_> {
    async fn all(&mut self, requests: &[Touched]) -> Result<(), Refusal> {
        for touch in requests.iter().flat_map(|request| &request.touches) {
            match touch {
                Touch::Object(kind, named) => self.by_reference(*kind, named)?,
                Touch::SuperAdmin if self.protect.super_admins => {
                    return Err(words::new_super_admin());
                }
                Touch::SuperAdmin | Touch::Behind(..) | Touch::Somebody(_) => {}
            }
        }
        for request in requests {
            let mut objects = Vec::new();
            let mut done = HashSet::new();
            for (kind, named) in self.references(request).await? {
                if done.insert((kind, named.clone())) {
                    objects.extend(self.object(kind, &named, request.ends).await?);
                }
            }
            if !self.protect.super_admins {
                self.note(request.ends, &objects).await;
            }
        }
        self.last().await
    }

    /// What needs no reading: the reference itself is a protected id or name.
    fn by_reference(&self, kind: Kind, named: &str) -> Result<(), Refusal> {
        if names::listed(self.listed(kind), named, &[Some(named)]) {
            return Err(words::named(&label(kind, named)));
        }
        if kind == Kind::App && self.own.client_id.as_deref() == Some(named) {
            return Err(words::own_app(&label(kind, named)));
        }
        Ok(())
    }

    /// The references of a request, those behind other objects included.
    async fn references(&mut self, request: &Touched) -> Result<Vec<(Kind, String)>, Refusal> {
        let mut references = Vec::new();
        for touch in &request.touches {
            match touch {
                Touch::Object(kind, named) => references.push((*kind, named.clone())),
                Touch::Behind(read, place, kind) if self.cares(*kind, request.ends) => {
                    references.extend(self.behind(read, place, *kind).await?);
                }
                Touch::Somebody(kind) => self.somebody(*kind, request.ends)?,
                Touch::Behind(..) | Touch::SuperAdmin => {}
            }
        }
        Ok(references)
    }

    async fn behind(
        &mut self,
        read: &Request,
        place: &str,
        kind: Kind,
    ) -> Result<Vec<(Kind, String)>, Refusal> {
        let what = format!("{} that {} names", one(kind), names::shown(read.path()));
        match self.sight.read(read.clone(), None).await {
            Ok(page) => {
                let mut references = Vec::new();
                for touch in objects(Some(&page.body), place, kind) {
                    match touch {
                        Touch::Object(kind, named) => references.push((kind, named)),
                        _ => self.hidden(&what, kind, &unclear())?,
                    }
                }
                Ok(references)
            }
            Err(blind) => {
                self.hidden(&what, kind, &blind)?;
                Ok(Vec::new())
            }
        }
    }

    fn somebody(&mut self, kind: Kind, ends: Ends) -> Result<(), Refusal> {
        if !self.cares(kind, ends) {
            return Ok(());
        }
        let blind = Blind::new("the request names them as another system does");
        let what = format!("{} that it touches", one(kind));
        self.hidden(&what, kind, &blind)
    }

    /// Something that could be any object of that kind.
    fn hidden(&mut self, what: &str, kind: Kind, blind: &Blind) -> Result<(), Refusal> {
        let kinds = match kind {
            Kind::Told => [Kind::User, Kind::Group, Kind::App].as_slice(),
            Kind::User => &[Kind::User],
            Kind::Group => &[Kind::Group],
            Kind::App => &[Kind::App],
        };
        if let Some(kind) = kinds.iter().find(|kind| !self.listed(**kind).is_empty()) {
            return Err(words::cannot_tell(what, plural(*kind), blind));
        }
        self.unknown(words::unknown(&format!("Whether {what} is protected"), blind));
        Ok(())
    }

    pub(super) fn unknown(&mut self, sentence: String) {
        if !self.unknown.contains(&sentence) {
            self.unknown.push(sentence);
        }
    }

    /// What the profile names of that kind.
    fn listed(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::User => &self.protect.users,
            Kind::Group => &self.protect.groups,
            Kind::App => &self.protect.apps,
            Kind::Told => &[],
        }
    }

    /// True if an object of that kind may be protected at all.
    fn cares(&self, kind: Kind, ends: Ends) -> bool {
        let of = |kind| match kind {
            Kind::App => !self.protect.apps.is_empty() || self.own.client_id.is_some(),
            kind => {
                !self.listed(kind).is_empty()
                    || self.protect.super_admins
                    || self.own.admin
                    || ends != Ends::Nothing
            }
        };
        match kind {
            Kind::Told => [Kind::User, Kind::Group, Kind::App].into_iter().any(of),
            kind => of(kind),
        }
    }

    async fn object(
        &mut self,
        kind: Kind,
        named: &str,
        ends: Ends,
    ) -> Result<Option<Object>, Refusal> {
        self.by_reference(kind, named)?;
        if !self.cares(kind, ends) {
            return Ok(None);
        }
        match kind {
            Kind::User => self.user(named).await.map(Some),
            Kind::Group => self.group(named).await.map(Some),
            Kind::App => self.app(named).await.map(|()| None),
            Kind::Told => Ok(None),
        }
    }

    async fn user(&mut self, named: &str) -> Result<Object, Refusal> {
        let mut user = Object::new(Kind::User, named);
        match self.sight.user(named).await {
            Ok(page) => {
                user.label = names::user(&page.body);
                user.id = sight::id(&page.body).unwrap_or(named).to_owned();
                let known = ["/profile/login", "/profile/email"]
                    .map(|pointer| names::text(&page.body, pointer));
                if names::listed(&self.protect.users, &user.id, &known) {
                    return Err(words::named(&user.label));
                }
            }
            Err(blind) => {
                self.unread(Kind::User, &user.label, &blind)?;
                user.blind = Some(blind);
            }
        }
        if self.own.admin && self.own_admin().await.is_some_and(|own| own == user.id) {
            return Err(words::own_admin(&user.label));
        }
        if self.protect.super_admins {
            match self.sight.user_roles(&user.id).await {
                Ok(roles) if roles.iter().any(|role| role.is_super) => {
                    return Err(words::super_admin(&user.label));
                }
                Ok(_) => {}
                Err(blind) => self.unknown(words::unknown(
                    &format!("Whether {} is super admin", user.label),
                    &blind,
                )),
            }
        }
        Ok(user)
    }

    async fn group(&mut self, named: &str) -> Result<Object, Refusal> {
        let mut group = Object::new(Kind::Group, named);
        match self.sight.group(named).await {
            Ok(page) => {
                group.label = names::group(&page.body);
                let name = names::text(&page.body, "/profile/name");
                if names::listed(&self.protect.groups, &group.id, &[name]) {
                    return Err(words::named(&group.label));
                }
            }
            Err(blind) => {
                self.unread(Kind::Group, &group.label, &blind)?;
                group.blind = Some(blind);
            }
        }
        if self.own.admin {
            self.own_group(&group).await?;
        }
        if self.protect.super_admins {
            match self.sight.group_roles(&group.id).await {
                Ok(roles) if roles.iter().any(|role| role.is_super) => {
                    return Err(words::super_group(&group.label));
                }
                Ok(_) => {}
                Err(blind) => self.unknown(words::unknown(
                    &format!("Whether {} makes super admins", group.label),
                    &blind,
                )),
            }
        }
        Ok(group)
    }

    async fn app(&mut self, named: &str) -> Result<(), Refusal> {
        let what = label(Kind::App, named);
        match self.sight.app(named).await {
            Ok(page) => {
                let (app, what) = (&page.body, names::app(&page.body));
                let id = sight::id(app).unwrap_or(named);
                if names::listed(&self.protect.apps, id, &[names::text(app, "/label")]) {
                    return Err(words::named(&what));
                }
                let own = self.own.client_id.as_deref();
                if own.is_some() && [Some(id), sight::client_id(app)].contains(&own) {
                    return Err(words::own_app(&what));
                }
                Ok(())
            }
            Err(blind) => self.unread(Kind::App, &what, &blind),
        }
    }

    /// An object that could not be read: refused where the profile names some of its kind.
    fn unread(&mut self, kind: Kind, what: &str, blind: &Blind) -> Result<(), Refusal> {
        if !self.listed(kind).is_empty() {
            return Err(words::cannot_tell(what, plural(kind), blind));
        }
        if kind == Kind::App {
            self.unknown(words::unknown(
                &format!("Whether this server signs in with {what}"),
                blind,
            ));
        } else if self.own.admin {
            let whether = format!("Whether this server's rights depend on {what}");
            self.unknown(words::unknown(&whether, blind));
        }
        Ok(())
    }

    /// The id of the admin whose rights this server uses.
    async fn own_admin(&mut self) -> Option<String> {
        match self.sight.user("me").await {
            Ok(page) => sight::id(&page.body).map(ToOwned::to_owned),
            Err(blind) => {
                self.unknown(words::unknown("Whose rights this server uses", &blind));
                None
            }
        }
    }

    /// Refuses a group that gives that admin a role.
    async fn own_group(&mut self, group: &Object) -> Result<(), Refusal> {
        let Some(own) = self.own_admin().await else { return Ok(()) };
        let blind = match self.sight.user_roles(&own).await {
            Ok(roles) => {
                let through = |role: &sight::Role| role.source == Source::Group(group.id.clone());
                if roles.iter().any(through) {
                    return Err(words::own_group(&group.label));
                }
                if !roles.iter().any(|role| role.source == Source::Unclear) {
                    return Ok(());
                }
                Blind::new("Okta does not say which group gives a role")
            }
            Err(blind) => blind,
        };
        let whether = format!("Whether this server's rights depend on {}", group.label);
        self.unknown(words::unknown(&whether, &blind));
        Ok(())
    }
}

fn unclear() -> Blind {
    Blind::new("Okta does not say what it is")
}

/// An object that was not read.
fn label(kind: Kind, named: &str) -> String {
    let named = names::shown(named);
    match kind {
        Kind::User => format!("user {named}"),
        Kind::Group => format!("group {named}"),
        Kind::App => format!("application {named}"),
        Kind::Told => named,
    }
}

const fn one(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "a user",
        Kind::Group => "a group",
        Kind::App => "an application",
        Kind::Told => "an object",
    }
}

const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "users",
        Kind::Group => "groups",
        Kind::App => "applications",
        Kind::Told => "objects",
    }
}
