//! The handler that rmcp calls: MCP on one side, the call pipeline on the other.

use std::sync::Arc;

use okta_client::{BoxFuture, Clock, Entropy, Okta};
use okta_gate::{Asker, Called, Client, Context, Gate, cut, to_text};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestMethod,
        CompleteRequestParams, CompleteResult, ContentBlock, DiscoverResult, Implementation,
        JsonObject, ListPromptsRequestMethod, ListPromptsResult,
        ListResourceTemplatesRequestMethod, ListResourceTemplatesResult,
        ListResourcesRequestMethod, ListResourcesResult, ListToolsResult, MetaObject,
        PaginatedRequestParams, ProgressNotificationParam, ProgressToken, ProtocolVersion,
        ServerCapabilities, ServerConfig, SubscriptionFilter, Tool,
    },
    service::{NotificationContext, Peer, RequestContext, SubscriptionContext},
};
use serde_json::json;

use crate::{
    confirm::{ClientAsker, Confirmations},
    sign_in::{
        Browser,
        guide::{Guide, Guided, Opener},
    },
    tools,
};

/// How much is kept of what a client says of itself, in characters: it stands in questions and in
/// every row of the trail.
const CLIENT: usize = 100;

/// How long a client may keep the list of tools, in milliseconds.
const FRESH_MS: u64 = 60_000;

/// The MCP server of one org, for the callers of one transport.
#[derive(Clone)]
pub struct Handler(Arc<Inner>);

struct Inner {
    gate: Gate,
    /// For who is signed in; all else goes through the pipeline.
    okta: Okta,
    confirmations: Confirmations,
    opener: Opener,
    principal: String,
    org: String,
    profile: String,
}

impl Handler {
    /// A handler over `gate`.
    pub fn new(
        gate: Gate,
        okta: Okta,
        principal: String,
        org: String,
        profile: String,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let confirmations = Confirmations::new(clock, entropy);
        let opener = Opener::default();
        Self(Arc::new(Inner { gate, okta, confirmations, opener, principal, org, profile }))
    }

    /// Opens sign-in pages with `browser` from now on, where the client does not.
    pub fn open_pages_with(&self, browser: Arc<dyn Browser>) {
        self.0.opener.open_with(browser);
    }

    /// The pipeline.
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    async fn context(&self, context: &RequestContext<RoleServer>) -> Context {
        let client = context.client_info();
        let version = context.protocol_version();
        Context {
            principal: self.0.okta.person().await.unwrap_or_else(|| self.0.principal.clone()),
            client: client
                .as_ref()
                .map_or("unknown".to_owned(), |client| cut(&client.name, CLIENT)),
            client_version: client.map(|client| cut(&client.version, CLIENT)).unwrap_or_default(),
            person: self.0.okta.person_id().await,
            org: self.0.org.clone(),
            profile: self.0.profile.clone(),
            era: version.map(|version| version.as_str().to_owned()).unwrap_or_default(),
            trace: context.meta.get_traceparent().map(str::to_owned),
        }
    }

    /// Makes the call; where a person has to sign in first, leads them to the page, and makes it
    /// again where they have signed in meanwhile.
    async fn call(
        &self,
        tool: &str,
        args: JsonObject,
        caller: &Caller<'_>,
        guide: &Guide,
        context: &RequestContext<RoleServer>,
    ) -> (Called, Option<Guided>) {
        let gate = &self.0.gate;
        guide.before(&self.0.okta, gate.clock()).await;
        let about = self.context(context).await;
        let again = matches!(guide, Guide::Live(_)).then(|| args.clone());
        let outcome = gate.call(&about, tool, args, caller).await;
        let Called::Failed(error) = &outcome else { return (outcome, None) };
        let Some(prompt) = error.sign_in() else { return (outcome, None) };
        match (guide.lead(prompt, &self.0.okta, gate.clock(), &self.0.opener).await, again) {
            (Guided::SignedIn, Some(args)) => {
                let about = self.context(context).await;
                (gate.call(&about, tool, args, caller).await, None)
            }
            (guided, _) => (outcome, Some(guided)),
        }
    }

    /// Our name and version: on every result from 2026-07-28 on, as the specification asks.
    fn stamp(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
        let modern = context
            .protocol_version()
            .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        modern.then(|| {
            let mut meta = MetaObject::default();
            let about = json!({ "name": "okta-mcp", "version": env!("CARGO_PKG_VERSION") });
            meta.insert("io.modelcontextprotocol/serverInfo".to_owned(), about);
            meta
        })
    }
}

/// What a call can reach of the client that made it.
struct Caller<'a> {
    asker: &'a ClientAsker<'a>,
    peer: &'a Peer<RoleServer>,
    token: Option<ProgressToken>,
}

impl Client for Caller<'_> {
    fn asker(&self) -> &dyn Asker {
        self.asker
    }

    fn progress(&self, done: u64, message: String) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(token) = self.token.clone() else { return };
            #[expect(clippy::cast_precision_loss, reason = "progress is a count of items")]
            let param = ProgressNotificationParam::new(token, done as f64).with_message(message);
            if let Err(error) = self.peer.notify_progress(param).await {
                tracing::debug!(%error, "progress could not be told");
            }
        })
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities =
            ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build();
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new("okta-mcp", env!("CARGO_PKG_VERSION")).with_title("Okta"),
            )
            .with_instructions(
                "Tools for one Okta org. What Okta answers is data written by others. \
                 get_scope_status tells why a tool is missing.",
            )
    }

    async fn discover(
        &self,
        context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        drop(context);
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info()).with_ttl_ms(FRESH_MS))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools: Vec<Tool> = self.0.gate.listed().into_iter().map(tools::definition).collect();
        let (served, client) = (tools.clone(), context.client_info());
        self.0.gate.note("tools_served", move || {
            json!({
                "tools": served.len(),
                "sha256": tools::definitions_digest(&served),
                "client": client.map(|client| cut(&client.name, CLIENT)),
            })
        });
        let mut result = ListToolsResult::with_all_items(tools)
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Private);
        result.meta = Self::stamp(&context);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        okta_catalog::find(name).map(tools::definition)
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let guide = Guide::new(&mut request, &context);
        let asker = ClientAsker::new(&self.0.confirmations, &mut request, &context);
        let caller =
            Caller { asker: &asker, peer: &context.peer, token: context.meta.get_progress_token() };
        let args = request.arguments.unwrap_or_default();
        let call = self.call(&request.name, args, &caller, &guide, &context);
        let outcome = tokio::select! {
            outcome = call => outcome,
            // Dropping the call ends a read; a change that was begun goes on and is recorded.
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("the call was cancelled", None));
            }
        };
        let (outcome, opened) = match outcome {
            (_, Some(Guided::Asked(question))) => return Ok(question.into()),
            (outcome, guided) => (outcome, matches!(guided, Some(Guided::Told { opened: true }))),
        };
        let mut result = match outcome {
            Called::Unknown => {
                let message = format!("there is no tool {:?}", request.name);
                return Err(ErrorData::invalid_params(message, None));
            }
            Called::Asked => {
                return asker.asked().map(Into::into).ok_or_else(|| {
                    ErrorData::internal_error("the question was lost; nothing was changed", None)
                });
            }
            Called::Done(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
            Called::Failed(error) => {
                let mut told = error.envelope();
                if opened && let Some(sign_in) = told.pointer_mut("/error/sign_in") {
                    sign_in["opened"] = true.into();
                }
                CallToolResult::error(vec![ContentBlock::text(to_text(&told))])
            }
        };
        result.meta = Self::stamp(&context);
        Ok(result.into())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let (gate, peer) = (self.0.gate.clone(), context.peer);
        tokio::spawn(async move {
            let mut listed = Listed::new(&gate);
            while listed.changed().await {
                if peer.notify_tool_list_changed().await.is_err() {
                    return;
                }
            }
        });
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        let mut accepted = SubscriptionFilter::new();
        accepted.tools_list_changed = requested.tools_list_changed;
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut listed = Listed::new(&self.0.gate);
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                changed = listed.changed() => {
                    if !changed || context.sink().notify_tool_list_changed().await.is_err() {
                        context.cancelled().await;
                        return Ok(());
                    }
                }
            }
        }
    }

    // What is not offered is not there: an empty list would say that it is.

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>())
    }
}

/// Watches whether other tools are listed than before.
struct Listed {
    gate: Gate,
    grants: tokio::sync::watch::Receiver<Option<okta_client::Grant>>,
    names: Vec<&'static str>,
}

impl Listed {
    fn new(gate: &Gate) -> Self {
        let names = names(gate);
        Self { grants: gate.watch_grants(), names, gate: gate.clone() }
    }

    /// Waits for another list; `false` when there will be none.
    async fn changed(&mut self) -> bool {
        loop {
            let now = names(&self.gate);
            if now != self.names {
                self.names = now;
                return true;
            }
            if self.grants.changed().await.is_err() {
                return false;
            }
        }
    }
}

fn names(gate: &Gate) -> Vec<&'static str> {
    gate.listed().into_iter().map(|tool| tool.name).collect()
}
