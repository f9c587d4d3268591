//! A person with a browser: cookies, and the forms of the sandbox's pages.

use std::collections::BTreeMap;

use okta_sandbox::Org;
use reqwest::{Client, redirect};

/// One person's browser.
pub(crate) struct Visitor {
    client: Client,
    origin: String,
    password: String,
    cookies: BTreeMap<String, String>,
    /// The hidden fields of the last page with a form.
    hidden: Vec<(String, String)>,
    /// What forms say of where they come from, where it is not the page that takes them.
    pub(crate) origin_of_forms: Option<String>,
}

/// A page, or where it leads.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) location: Option<String>,
}

impl Visitor {
    pub(crate) fn new(org: &Org, origin: &str) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self {
            client,
            origin: origin.to_owned(),
            password: org.sign_in().password,
            cookies: BTreeMap::new(),
            hidden: Vec::new(),
            origin_of_forms: None,
        }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for line in reply.headers().get_all("set-cookie") {
            let (name, value) =
                line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = reply.status().as_u16();
        let location = reply.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let text = reply.text().await.unwrap();
        let hidden = |name: &str| {
            let tag = text.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
            let value = tag.split("value=\"").nth(1)?.split('"').next()?;
            Some((name.to_owned(), value.to_owned()))
        };
        if let (Some(visit), Some(csrf)) = (hidden("visit"), hidden("csrf")) {
            self.hidden = vec![visit, csrf];
        }
        Page { status, text, location }
    }

    pub(crate) async fn open(&mut self, url: &str) -> Page {
        let request = self.client.get(url);
        self.send(request).await
    }

    /// Sends a form of our own pages.
    pub(crate) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        let own = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let origin = self.origin_of_forms.clone().unwrap_or(own);
        let request = self.client.post(url).header("origin", origin).form(form);
        self.send(request).await
    }

    pub(crate) async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = self.hidden.clone();
        form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.client.post(format!("{}{action}", self.origin)).form(&form);
        self.send(request).await
    }

    pub(crate) async fn sign_in(&mut self, login: &str) -> Page {
        let password = self.password.clone();
        self.submit("/signin/password", &[("username", login), ("password", &password)]).await
    }

    /// What a person does with the link and the code of a device.
    pub(crate) async fn activate(&mut self, url: &str, login: &str, decision: &str) {
        let page = self.open(url).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let code = url.split("user_code=").nth(1).unwrap();
        self.submit("/activate", &[("user_code", code)]).await;
        let confirm = self.sign_in(login).await;
        assert!(confirm.text.contains(code), "{}", confirm.text);
        self.submit("/activate/confirm", &[("decision", decision)]).await;
    }
}
