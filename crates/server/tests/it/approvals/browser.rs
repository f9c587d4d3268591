//! What a browser would send, and what else could be sent.

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE},
};

use super::PASSPHRASE;

/// A browser with the page of one approval open.
pub(super) struct Browser {
    pub(super) link: String,
    pub(super) host: String,
    pub(super) cookie: Option<String>,
    pub(super) token: String,
    http: Client,
}

/// An answer of the page.
pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) html: String,
}

impl Shown {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, html: response.text().await.unwrap() }
    }

    pub(super) fn says(&self, status: u16, words: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        assert!(self.html.contains(words), "{words:?} is not in {}", self.html);
    }
}

/// What is sent instead of what a browser would send.
#[derive(Clone, Debug, Default)]
pub(super) struct Forged {
    pub(super) host: Option<String>,
    /// Nothing at all where it is empty.
    pub(super) origin: Option<String>,
    pub(super) cookie: Option<String>,
    pub(super) token: Option<String>,
}

impl Browser {
    pub(super) fn new(link: String) -> Self {
        let host = link.split('/').nth(2).unwrap().to_owned();
        // Without the system's certificates, which take longer to read than a test takes.
        let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { link, host, cookie: None, token: String::new(), http }
    }

    pub(super) fn request(&self, method: Method) -> RequestBuilder {
        self.http.request(method, &self.link)
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Opens the link; what is set and what is in the form is kept.
    pub(super) async fn open(&mut self) -> Shown {
        let mut request = self.request(Method::GET);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let shown = Shown::of(request.send().await.unwrap()).await;
        if let Some(cookie) = shown.headers.get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(cookie.to_owned());
        }
        if let Some((_, rest)) = shown.html.split_once(r#"name="csrf" value=""#) {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        shown
    }

    /// Presses a button.
    pub(super) async fn press(&self, decision: &str, passphrase: &str) -> Shown {
        self.forge(&Forged::default(), decision, passphrase).await
    }

    pub(super) async fn approve(&self) -> Shown {
        self.press("approve", PASSPHRASE).await
    }

    /// Sends the form, with something forged.
    pub(super) async fn forge(&self, forged: &Forged, decision: &str, passphrase: &str) -> Shown {
        let mut request = self.request(Method::POST);
        if let Some(host) = &forged.host {
            request = request.header(HOST, host);
        }
        match forged.origin.as_deref() {
            None => request = request.header(ORIGIN, self.origin()),
            Some("") => {}
            Some(origin) => request = request.header(ORIGIN, origin),
        }
        match forged.cookie.as_ref().or(self.cookie.as_ref()) {
            Some(cookie) if !cookie.is_empty() => request = request.header(COOKIE, cookie),
            _ => {}
        }
        let token = forged.token.as_ref().unwrap_or(&self.token);
        let form = [("csrf", token.as_str()), ("passphrase", passphrase), ("decision", decision)];
        Shown::of(request.form(&form).send().await.unwrap()).await
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Shown {
        Shown::of(request.send().await.unwrap()).await
    }

    /// True if anybody listens at its address.
    pub(super) async fn reaches(&self) -> bool {
        self.request(Method::GET).send().await.is_ok()
    }
}
