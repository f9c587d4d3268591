//! What a brand's pages share: `/api/v1/brands/{brandId}/pages`.

use okta_client::Method;
use serde_json::{Map, Value};

pub(super) use super::brands::GET as BRAND;
use crate::{
    args::{Expand, Flag, Object, Texts},
    desk::{Answer, Desk, Failure, Plan, Prepared},
    label, look, merge, read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation},
};

/// A page of a brand that can be replaced and deleted.
pub(super) struct Page {
    /// What it is to a person.
    what: &'static str,
    /// What its deletion comes to.
    gone: &'static str,
    /// The tool that shows it.
    shown_by: &'static str,
    pub(super) get: Operation,
    pub(super) replace: Operation,
    pub(super) delete: Operation,
}

impl Page {
    /// The page that people see.
    pub(super) const fn live(
        what: &'static str,
        shown_by: &'static str,
        path: &'static str,
    ) -> Self {
        let gone = "People see Okta's own page again.";
        Self::at(what, gone, shown_by, path, Effect::Sensitive)
    }

    /// The page that only its preview shows.
    pub(super) const fn preview(
        what: &'static str,
        shown_by: &'static str,
        path: &'static str,
    ) -> Self {
        let gone = "What people see stays as it is.";
        Self::at(what, gone, shown_by, path, Effect::Write)
    }

    const fn at(
        what: &'static str,
        gone: &'static str,
        shown_by: &'static str,
        path: &'static str,
        effect: Effect,
    ) -> Self {
        let manage = Scope::BRANDS_MANAGE;
        Self {
            what,
            gone,
            shown_by,
            get: Operation::read(path, Scope::BRANDS_READ),
            replace: Operation::change(Method::Put, path, manage, effect),
            delete: Operation::change(Method::Delete, path, manage, Effect::Destructive),
        }
    }

    /// Replaces the page; one that is not there yet is made.
    pub(super) async fn replace(
        &self,
        desk: &dyn Desk,
        brand_id: &str,
        given: Map<String, Value>,
        full_replace: Option<Flag>,
    ) -> Result<Prepared, Failure> {
        if given.is_empty() && !matches!(full_replace, Some(Flag(true))) {
            return Err(Failure::Arguments(
                "nothing to change is given; `full_replace` alone resets the page".to_owned(),
            ));
        }
        let path = [("brandId", brand_id)];
        let brand = brand(desk, brand_id).await?;
        let (read, put) = (self.get.request(&path)?, self.replace.request(&path)?);
        let current = look::maybe(desk, read.clone()).await?.unwrap_or_default();
        let absent = current.is_null();
        let verb = if absent { "Customize" } else { "Change" };
        let summary = format!("{verb} the {} of {brand}", self.what);
        let mut plan = Replacement::of(&current, given, read_only::LINKED, full_replace)
            .plan(summary, read, &put, current)
            .check(self.shown_by)
            .done(format!("The {} of {brand} is changed.", self.what));
        if absent {
            plan.undo = vec![self.delete.request(&path)?];
            plan = plan.loss("There is none so far: Okta's own page is in its place.");
        }
        Ok(plan.into())
    }

    /// Deletes the page.
    pub(super) async fn delete(
        &self,
        desk: &dyn Desk,
        brand_id: &str,
    ) -> Result<Prepared, Failure> {
        let path = [("brandId", brand_id)];
        let brand = brand(desk, brand_id).await?;
        let page = look::at(desk, self.get, &path).await?.body;
        let back = merge::without(&page, read_only::LINKED, "");
        let what = self.what;
        Ok(Plan::new(format!("Delete the {what} of {brand}"), self.delete.request(&path)?)
            .target(self.get.request(&path)?, page)
            .loss(self.gone)
            .undo(self.replace.request(&path)?.body(back))
            .check(format!("{}: not found means done", self.shown_by))
            .done(format!("The {what} of {brand} is deleted. {}", self.gone))
            .into())
    }
}

/// The brand's name where it can be read, else the id as given.
pub(super) async fn brand(desk: &dyn Desk, brand_id: &str) -> Result<String, Failure> {
    if desk.allows(BRAND.scope) {
        let brand = look::at(desk, BRAND, &[("brandId", brand_id)]).await?.body;
        if let Some(name) = label::text(&brand, "/name") {
            return Ok(format!("brand \"{name}\""));
        }
    }
    Ok(format!("brand {brand_id}"))
}

/// Which pages there are: Okta's links, which are the answer here.
pub(super) async fn resources(
    desk: &dyn Desk,
    operation: Operation,
    brand_id: &str,
    expand: Option<Expand>,
) -> Result<Prepared, Failure> {
    let mut request = operation.request(&[("brandId", brand_id)])?;
    if let Some(Expand(Texts(names))) = expand.filter(|expand| !expand.0.0.is_empty()) {
        request = request.query("expand", names.join(","));
    }
    let value = desk.get(request).await?.body;
    Ok(Answer { value, rows: 1, links: true }.into())
}

/// Okta's name for a page's content security policy.
pub(super) const POLICY: &str = "contentSecurityPolicySetting";

/// A content security policy, as far as it was given.
pub(super) fn policy(
    mode: Option<String>,
    report_uri: Option<String>,
    src_list: Option<Texts>,
) -> Option<Map<String, Value>> {
    let policy = Object::default()
        .with("mode", mode)
        .with("reportUri", report_uri)
        .with("srcList", src_list.map(|list| list.0));
    Some(policy.0).filter(|policy| !policy.is_empty())
}

/// An object of Okta's whose keys may be in snake case, as okta/okta-mcp-server takes them: none of
/// Okta's own keys holds an underscore.
pub(super) fn camel_case(name: &str, given: Object) -> Result<Map<String, Value>, Failure> {
    let mut named = Map::new();
    for (key, value) in given.0 {
        let okta = camel(&key);
        let value = match value {
            Value::Object(inner) => Value::Object(camel_case(name, Object(inner))?),
            value => value,
        };
        if named.insert(okta.clone(), value).is_some() {
            return Err(Failure::Arguments(format!("`{name}`: `{okta}` is given twice")));
        }
    }
    Ok(named)
}

/// `sign_in_label` as Okta writes it: `signInLabel`.
fn camel(key: &str) -> String {
    let mut name = String::with_capacity(key.len());
    let mut after_underscore = false;
    for c in key.chars() {
        if c == '_' && !name.is_empty() {
            after_underscore = true;
        } else if after_underscore {
            name.extend(c.to_uppercase());
            after_underscore = false;
        } else {
            name.push(c);
        }
    }
    name
}

/// Declares a tool that reads one page.
macro_rules! read_page {
    ($tool:ident, $name:literal, $operation:expr, $title:literal, $about:literal) => {
        #[doc = $about]
        #[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
        #[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
        struct $tool {
            brand_id: String,
            fields: Option<$crate::args::Fields>,
        }

        impl $crate::tool::Tool for $tool {
            const DEF: $crate::tool::ToolDef =
                $crate::tool::get::<Self>($name, $operation.path, $operation.scope).title($title);
        }
    };
}
pub(super) use read_page;

/// Declares a tool that tells which pages there are.
macro_rules! list_pages {
    ($tool:ident, $name:literal, $operation:expr, $title:literal, $about:literal) => {
        #[doc = $about]
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $tool {
            brand_id: String,
            /// default, customized, customizedUrl, preview, previewUrl
            expand: Option<$crate::args::Expand>,
        }

        impl $crate::tool::Tool for $tool {
            const DEF: $crate::tool::ToolDef =
                $crate::tool::planned::<Self>($name, $operation).title($title);
        }

        impl $crate::tool::Prepare for $tool {
            async fn prepare(
                self,
                desk: &dyn $crate::desk::Desk,
            ) -> Result<$crate::desk::Prepared, $crate::desk::Failure> {
                super::custom_pages::resources(desk, $operation, &self.brand_id, self.expand).await
            }
        }
    };
}
pub(super) use list_pages;

/// Declares a tool that deletes one page.
macro_rules! delete_page {
    ($tool:ident, $name:literal, $page:expr, $title:literal, $about:literal) => {
        #[doc = $about]
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $tool {
            brand_id: String,
        }

        impl $crate::tool::Tool for $tool {
            const DEF: $crate::tool::ToolDef = $crate::tool::planned::<Self>($name, $page.delete)
                .title($title)
                .also(&[$page.get, super::custom_pages::BRAND]);
        }

        impl $crate::tool::Prepare for $tool {
            async fn prepare(
                self,
                desk: &dyn $crate::desk::Desk,
            ) -> Result<$crate::desk::Prepared, $crate::desk::Failure> {
                $page.delete(desk, &self.brand_id).await
            }
        }
    };
}
pub(super) use delete_page;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_okta_s() {
        for (key, okta) in [
            ("sign_in_label", "signInLabel"),
            ("signInLabel", "signInLabel"),
            ("custom_link1_url", "customLink1Url"),
            ("_links", "_links"),
            ("a__b_", "aB"),
            ("", ""),
        ] {
            assert_eq!(camel(key), okta, "{key}");
        }
    }

    #[test]
    fn a_key_in_both_ways_is_refused() {
        let given = json!({ "help_url": "a", "helpUrl": "b" });
        let Value::Object(given) = given else { unreachable!() };
        let failed = camel_case("widget_customizations", Object(given)).unwrap_err();
        assert_eq!(failed.to_string(), "`widget_customizations`: `helpUrl` is given twice");
    }

    proptest! {
        #[test]
        fn okta_s_own_keys_and_all_values_stay(keys in prop::collection::btree_set("[a-z][a-zA-Z0-9]{0,8}", 0..6)) {
            let inner: Map<String, Value> =
                keys.iter().map(|key| (key.clone(), json!([null, { "snake_case": "" }]))).collect();
            let mut given = inner.clone();
            given.insert("deep".to_owned(), Value::Object(inner));
            prop_assert_eq!(camel_case("x", Object(given.clone())).unwrap(), given);
        }
    }
}
