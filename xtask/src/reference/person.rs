//! A person who signs in on the sandbox, through its pages, as they would with a browser.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use okta_client::{BoxFuture, Clock, Prompt};
use okta_mcp_server::App;
use okta_sandbox::SignIn;
use reqwest::{Client, RequestBuilder, redirect};
use tokio::sync::watch;

use crate::Result;

/// A clock that stands, at which nobody wakes before the person has decided: how often the server
/// asks meanwhile would show in the org.
pub(super) struct Waiting {
    now: Timestamp,
    decided: watch::Sender<bool>,
}

impl Waiting {
    pub(super) fn new(now: Timestamp) -> Arc<Self> {
        Arc::new(Self { now, decided: watch::Sender::new(false) })
    }
}

impl Clock for Waiting {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        let mut decided = self.decided.subscribe();
        Box::pin(async move {
            let _ = decided.wait_for(|decided| *decided).await;
        })
    }
}

/// Signs an employee in to the server, which goes by that clock.
pub(super) async fn sign_in(app: &App, clock: &Waiting, origin: &str, to: &SignIn) -> Result {
    let okta = app.okta();
    let prompt = match okta.sign_in().await {
        Ok(_) => return Err("somebody is signed in already".into()),
        Err(error) => error.prompt.clone().ok_or_else(|| error.to_string())?,
    };
    Browser::new(origin)?.activate(&prompt, &to.employee, &to.password).await?;
    clock.decided.send_replace(true);
    if okta.join_sign_in().await { Ok(()) } else { Err("nobody is signed in".into()) }
}

struct Browser {
    client: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// The hidden fields of the last page with a form.
    hidden: Vec<(String, String)>,
}

impl Browser {
    fn new(origin: &str) -> Result<Self> {
        Ok(Self {
            client: Client::builder().no_proxy().redirect(redirect::Policy::none()).build()?,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            hidden: Vec::new(),
        })
    }

    /// Opens the link, types the code, signs in, says yes.
    async fn activate(&mut self, prompt: &Prompt, login: &str, password: &str) -> Result {
        let (_, code) = prompt.code.as_ref().ok_or("no code")?;
        self.send(self.client.get(&prompt.url)).await?;
        self.submit("/activate", &[("user_code", code)]).await?;
        self.submit("/signin/password", &[("username", login), ("password", password)]).await?;
        self.submit("/activate/confirm", &[("decision", "allow")]).await
    }

    async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Result {
        let mut form = self.hidden.clone();
        form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(self.client.post(format!("{}{action}", self.origin)).form(&form)).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Result {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = request.header("cookie", cookies.join("; ")).send().await?;
        for line in reply.headers().get_all("set-cookie") {
            let pair = line.to_str()?.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.ok_or("a cookie without a value")?;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let text = reply.error_for_status()?.text().await?;
        let hidden: Option<Vec<_>> =
            ["visit", "csrf"].map(|name| hidden(&text, name)).into_iter().collect();
        if let Some(hidden) = hidden {
            self.hidden = hidden;
        }
        Ok(())
    }
}

/// The hidden field of that name.
fn hidden(page: &str, name: &str) -> Option<(String, String)> {
    let tag = page.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
    let value = tag.split("value=\"").nth(1)?.split('"').next()?;
    Some((name.to_owned(), value.to_owned()))
}
