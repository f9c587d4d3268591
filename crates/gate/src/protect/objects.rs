//! What protects one person, one group, one application.

use okta_policy::Kind as Named;

use super::{
    judge::{Judge, plural},
    names,
    sight::{self, Blind, Source},
    table::Kind,
    words::{self, Refusal},
};

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
    pub(super) async fn user(&mut self, named: &str) -> Result<Object, Refusal> {
        let mut user = Object::new(Kind::User, named);
        match self.sight.user(named).await {
            Ok(page) => {
                user.label = names::user(&page.body);
                user.id = sight::id(&page.body).unwrap_or(named).to_owned();
                if self.protect.object(Named::User, &page.body).is_some() {
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

    pub(super) async fn group(&mut self, named: &str) -> Result<Object, Refusal> {
        let mut group = Object::new(Kind::Group, named);
        match self.sight.group(named).await {
            Ok(page) => {
                group.label = names::group(&page.body);
                if self.protect.object(Named::Group, &page.body).is_some() {
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

    pub(super) async fn app(&mut self, named: &str) -> Result<(), Refusal> {
        let what = label(Kind::App, named);
        match self.sight.app(named).await {
            Ok(page) => {
                let (app, what) = (&page.body, names::app(&page.body));
                let id = sight::id(app).unwrap_or(named);
                if self.protect.object(Named::App, app).is_some() {
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
        if self.names_some(kind) {
            return Err(words::cannot_tell(what, plural(kind), blind));
        }
        let whether = match kind {
            Kind::App => format!("Whether this server signs in with {what}"),
            Kind::User if self.own.admin => {
                format!("Whether this server acts with the rights of {what}")
            }
            // A group is only ever named by its id, which is enough to know it by.
            _ => return Ok(()),
        };
        self.unknown(words::unknown(&whether, blind));
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

/// An object that was not read.
pub(super) fn label(kind: Kind, named: &str) -> String {
    let named = names::shown(named);
    match kind {
        Kind::User => format!("user {named}"),
        Kind::Group => format!("group {named}"),
        Kind::App => format!("application {named}"),
        Kind::Told => named,
    }
}
