//! A browser: cookies, and the form of the page that it shows.

use std::collections::BTreeMap;

use axum::http::Request;

use crate::support::{Reply, Sandbox};

/// One person's browser.
pub(crate) struct Browser<'a> {
    sandbox: &'a Sandbox,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The hidden fields of the last page with a form.
    pub(crate) hidden: Vec<(String, String)>,
}

/// The value of `attribute` in each tag that `marker` is in.
pub(crate) fn attributes(page: &str, marker: &str, attribute: &str) -> Vec<String> {
    let tags = page.split('<').filter(|tag| tag.contains(marker));
    let value = |tag: &str| {
        let rest = tag.split(&format!("{attribute}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    tags.filter_map(value).collect()
}

impl<'a> Browser<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        Self { sandbox, cookies: BTreeMap::new(), hidden: Vec::new() }
    }

    async fn send(&mut self, method: &str, uri: &str, body: String) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("host", "localhost")
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookies.join("; "));
        let reply = self.sandbox.send(request.body(body.into()).unwrap()).await;
        for line in reply.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let hidden = |name: &str| {
            let values = attributes(&reply.text, &format!("name=\"{name}\""), "value");
            values.into_iter().next().map(|value| (name.to_owned(), value))
        };
        if let (Some(visit), Some(csrf)) = (hidden("visit"), hidden("csrf")) {
            self.hidden = vec![visit, csrf];
        }
        reply
    }

    pub(crate) async fn get(&mut self, uri: &str) -> Reply {
        self.send("GET", uri, String::new()).await
    }

    /// Sends the form of the page with these fields.
    pub(crate) async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.hidden)
            .extend_pairs(fields)
            .finish();
        self.send("POST", action, body).await
    }

    /// Name and password.
    pub(crate) async fn sign_in(&mut self, login: &str) -> Reply {
        let password = self.sandbox.org.sign_in().password;
        self.submit("/signin/password", &[("username", login), ("password", &password)]).await
    }

    /// The second step, with the code that `page` shows.
    pub(crate) async fn second_step(&mut self, page: &Reply) -> Reply {
        let code = page.text.split("id=\"shown-code\">").nth(1).unwrap();
        let code = code.split('<').next().unwrap().to_owned();
        self.submit("/signin/code", &[("code", &code)]).await
    }
}

/// The parameters of the redirect in an answer, which must lead to `uri`.
pub(crate) fn redirected(reply: &Reply, uri: &str) -> BTreeMap<String, String> {
    assert_eq!(reply.status, 302, "{}", reply.text);
    let (to, query) = reply.header("location").split_once(['?', '#']).unwrap();
    assert_eq!(to, uri);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
