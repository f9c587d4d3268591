//! Okta's catalog of integrations (OIN): `/api/v1/catalog/apps`, and installing from it.
//!
//! The catalog's operations stand in no release of Okta's specification; Okta's own open source
//! server calls them.

use okta_client::{Method, Reply, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::apps;
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Desk, Failure, Prepared},
    engine, label,
    pages::{self, Listing},
    replace::no_marker,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, planned, tools},
};

tools![ListCatalogApps, GetCatalogApp, InstallOinApp];

const LIST: Operation = Operation::read("/api/v1/catalog/apps", Scope::APPS_READ);
const GET: Operation = Operation::read("/api/v1/catalog/apps/{appName}", Scope::APPS_READ);
const INSTALL: Operation =
    Operation::change(Method::Post, "/api/v1/apps", Scope::APPS_MANAGE, Effect::Write);

/// As many items as Okta puts on a page that is not limited.
const PAGE: usize = 20;

/// Search Okta's catalog of integrations (OIN). The whole has thousands: use `q`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListCatalogApps {
    q: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListCatalogApps {
    const DEF: ToolDef = planned::<Self>("list_catalog_apps", LIST).title("Search the app catalog");
}

impl Prepare for ListCatalogApps {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let mut request = LIST.request(&[])?;
        let limit = self.limit.map(|Limit(limit)| limit.to_string());
        for (name, value) in [("q", self.q), ("after", self.after), ("limit", limit)] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                request = request.query(name, value);
            }
        }
        let listing = Listing {
            request,
            fields: self.fields.unwrap_or_default(),
            fetch_all: matches!(self.fetch_all, Some(Flag(true))),
            next: by_last_name,
            notes: Vec::new(),
        };
        Ok(pages::list(listing, desk).await?.into())
    }
}

/// The catalog sends no `Link` header: after a page that is full, the name of its last item is the
/// cursor. A page counts as full from Okta's own size on, as Okta may cap a higher limit.
fn by_last_name(request: &Request, reply: &Reply) -> Option<Vec<(String, String)>> {
    let pairs = request.query_pairs();
    let limit = pairs.iter().find(|(name, _)| name == "limit");
    let limit = limit.and_then(|(_, value)| value.parse().ok()).unwrap_or(PAGE);
    let items = reply.body.as_array()?;
    if items.len() < limit.min(PAGE) {
        return None;
    }
    let last = label::text(items.last()?, "/name")?;
    let mut next: Vec<_> = pairs.iter().filter(|(name, _)| name != "after").cloned().collect();
    next.push(("after".to_owned(), last.to_owned()));
    Some(next)
}

/// Get an integration of Okta's catalog, with its provisioning schema.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetCatalogApp {
    /// `name` in list_catalog_apps
    app_name: String,
    fields: Option<Fields>,
}

impl Tool for GetCatalogApp {
    const DEF: ToolDef = planned::<Self>("get_catalog_app", GET).title("Get catalog app");
}

impl Prepare for GetCatalogApp {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let request = GET.request(&[("appName", &self.app_name)])?.query("expand", "schema");
        Ok(engine::object(request, &self.fields.unwrap_or_default(), desk).await?.into())
    }
}

/// Install an integration of Okta's catalog.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InstallOinApp {
    /// `name` in list_catalog_apps
    name: String,
    label: String,
    /// One of its signOnModes
    sign_on_mode: String,
    settings: Option<Object>,
    /// Default true
    activate: Option<Flag>,
    /// New file to write the client secret to: replies never show it
    secret_file: Option<String>,
}

impl Tool for InstallOinApp {
    const DEF: ToolDef = planned::<Self>("install_oin_app", INSTALL).title("Install catalog app");
}

impl Prepare for InstallOinApp {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        let summary = format!("Install \"{}\" ({}) from Okta's catalog", self.label, self.name);
        let mut body = Map::new();
        body.insert("name".to_owned(), self.name.into());
        body.insert("label".to_owned(), self.label.into());
        body.insert("signOnMode".to_owned(), self.sign_on_mode.into());
        if let Some(settings) = self.settings {
            no_marker("settings", &settings)?;
            body.insert("settings".to_owned(), Value::Object(settings.0));
        }
        let plan = apps::creation(summary, Value::Object(body), self.activate, self.secret_file)?;
        Ok(plan.into())
    }
}
