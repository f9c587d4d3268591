//! The judgement of one plan.

use std::collections::HashSet;

use okta_catalog::Plan;
use okta_client::Request;

use super::{
    Own, Protect, Protection, Reader,
    last::Losing,
    names,
    objects::{Object, label},
    sight::{Blind, Sight},
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
    pub(super) protect: &'a Protect,
    pub(super) own: &'a Own,
    unknown: Vec<String>,
    pub(super) losing: Losing,
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
        if kind.named().is_some_and(|kind| self.protect.listed(kind, &[named]).is_some()) {
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
        if let Some(kind) = kinds.iter().find(|kind| self.names_some(**kind)) {
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

    /// True if the profile names objects of that kind.
    pub(super) fn names_some(&self, kind: Kind) -> bool {
        kind.named().is_some_and(|kind| !self.protect.entries(kind).is_empty())
    }

    /// True if an object of that kind may be protected at all.
    fn cares(&self, kind: Kind, ends: Ends) -> bool {
        let of = |kind| match kind {
            Kind::App => !self.protect.apps.is_empty() || self.own.client_id.is_some(),
            kind => {
                self.names_some(kind)
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
}

fn unclear() -> Blind {
    Blind::new("Okta does not say what it is")
}

const fn one(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "a user",
        Kind::Group => "a group",
        Kind::App => "an application",
        Kind::Told => "an object",
    }
}

pub(super) const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "users",
        Kind::Group => "groups",
        Kind::App => "applications",
        Kind::Told => "objects",
    }
}
