//! Which operation answers a request: every resource file declares a table of [`Route`]s.

use std::collections::BTreeMap;

use crate::{answer::Answer, call::Call, error::Result, resources};

/// What a request does.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Answer>;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody, without a token.
    Public,
    /// Whoever holds this scope; a `manage` scope stands for its `read` scope too.
    Scope(&'static str),
}

/// One operation of the API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The path as Okta's reference writes it, with `{placeholders}`.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    /// The scope with which people may do it to themselves; none where this is empty.
    pub(crate) own: &'static str,
    /// Requests a minute; none for what Okta does not limit.
    pub(crate) limit: Option<u32>,
    /// The bucket that the operation shares with others; its path where this is empty.
    pub(crate) bucket: &'static str,
    pub(crate) handler: Handler,
}

impl Route {
    const fn new(
        method: &'static str,
        path: &'static str,
        scope: &'static str,
        handler: Handler,
    ) -> Self {
        let access = if scope.is_empty() { Access::Public } else { Access::Scope(scope) };
        Self { method, path, access, own: "", limit: Some(600), bucket: "", handler }
    }

    /// Sets the requests a minute of the operation's bucket (600 unless told).
    pub(crate) const fn limit(mut self, per_minute: u32) -> Self {
        self.limit = Some(per_minute);
        self
    }

    /// Opens the operation to the person whom its `{id}` names, with this scope and no admin role.
    pub(crate) const fn own(mut self, scope: &'static str) -> Self {
        self.own = scope;
        self
    }

    /// Takes the operation out of rate limiting.
    pub(crate) const fn unlimited(mut self) -> Self {
        self.limit = None;
        self
    }

    /// Puts the operation in a bucket shared with others.
    pub(crate) const fn bucket(mut self, name: &'static str) -> Self {
        self.bucket = name;
        self
    }
}

/// A GET operation. An empty `scope` makes it public.
pub(crate) const fn get(path: &'static str, scope: &'static str, handler: Handler) -> Route {
    Route::new("GET", path, scope, handler)
}

/// A POST operation.
pub(crate) const fn post(path: &'static str, scope: &'static str, handler: Handler) -> Route {
    Route::new("POST", path, scope, handler)
}

/// A PUT operation.
pub(crate) const fn put(path: &'static str, scope: &'static str, handler: Handler) -> Route {
    Route::new("PUT", path, scope, handler)
}

/// A DELETE operation.
pub(crate) const fn delete(path: &'static str, scope: &'static str, handler: Handler) -> Route {
    Route::new("DELETE", path, scope, handler)
}

/// What a path leads to.
pub(crate) enum Found {
    /// An operation, and the values of its placeholders.
    Route(&'static Route, Vec<(&'static str, String)>),
    /// The path exists, not with this method.
    WrongMethod,
    /// There is no such path.
    Nothing,
}

/// The routes by number of path segments; in each list literal segments come before placeholders.
#[derive(Debug)]
pub(crate) struct Router(BTreeMap<usize, Vec<&'static Route>>);

impl Router {
    pub(crate) fn new() -> Self {
        let mut by_length = BTreeMap::<usize, Vec<&'static Route>>::new();
        for route in all() {
            by_length.entry(segments(route.path).count()).or_default().push(route);
        }
        for routes in by_length.values_mut() {
            // '{' sorts after every letter: literal segments are tried first.
            routes.sort_by(|a, b| segments(a.path).cmp(segments(b.path)));
        }
        Self(by_length)
    }

    pub(crate) fn find(&self, method: &str, path: &str) -> Found {
        let mut exists = false;
        let candidates = self.0.get(&segments(path).count()).map_or(&[][..], Vec::as_slice);
        for route in candidates {
            if let Some(params) = matches(route, path) {
                if route.method == method {
                    return Found::Route(route, params);
                }
                exists = true;
            }
        }
        if exists { Found::WrongMethod } else { Found::Nothing }
    }
}

/// Every operation.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    resources::TABLES.iter().copied().flatten()
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/')
}

fn matches(route: &'static Route, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    for (template, given) in segments(route.path).zip(segments(path)) {
        let placeholder = template.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        if let Some(name) = placeholder {
            let value = percent_encoding::percent_decode_str(given).decode_utf8().ok()?;
            if value.is_empty() {
                return None;
            }
            params.push((name, value.into_owned()));
        } else if template != given {
            return None;
        }
    }
    Some(params)
}
