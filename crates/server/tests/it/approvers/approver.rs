//! A person with a browser: on the approval page, at Okta, and back.

use crate::visitor::{Page, Visitor};

/// A browser, and the page that it shows.
pub(super) struct Browser {
    pub(super) visitor: Visitor,
    /// Where the form of the approval page goes, and its token.
    link: String,
    pub(super) token: String,
}

/// A page that is shown.
pub(super) struct Shown {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Shown {
    #[track_caller]
    pub(super) fn says(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(words), "{words:?} is not in {}", self.text);
    }

    /// Where the page leads on to.
    #[track_caller]
    pub(super) fn leads_to(&self) -> String {
        let content = self.text.split("content=\"0; url=").nth(1);
        let url = content.unwrap_or_else(|| panic!("leads nowhere: {}", self.text));
        url.split('"').next().unwrap().replace("&amp;", "&")
    }
}

impl From<Page> for Shown {
    fn from(page: Page) -> Self {
        Self { status: page.status, text: page.text }
    }
}

impl Browser {
    pub(super) fn new(visitor: Visitor) -> Self {
        Self { visitor, link: String::new(), token: String::new() }
    }

    /// Opens a page of the server.
    pub(super) async fn open(&mut self, url: &str) -> Shown {
        let shown = Shown::from(self.visitor.open(url).await);
        if let Some((_, rest)) = shown.text.split_once(r#"name="csrf" value=""#) {
            self.token = rest.split('"').next().unwrap().to_owned();
            let action = shown.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
            self.link = url::Url::parse(url).unwrap().join(action).unwrap().into();
        }
        shown
    }

    /// Presses a button that leads to Okta.
    pub(super) async fn press(&mut self, decision: &str) -> Shown {
        let form = [("csrf", &*self.token.clone()), ("decision", decision)];
        self.send(&form).await
    }

    /// Sends the form of the page.
    pub(super) async fn send(&mut self, form: &[(&str, &str)]) -> Shown {
        self.visitor.post(&self.link.clone(), form).await.into()
    }

    /// Signs in at Okta, by name and password even where somebody is signed in there; where Okta
    /// sends the browser then.
    pub(super) async fn sign_in(&mut self, url: &str, login: &str) -> String {
        let page = self.visitor.open(url).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("name=\"password\""), "asked anew: {}", page.text);
        let mut done = self.visitor.sign_in(login).await;
        if done.location.is_none() {
            // The second step.
            let code = done.text.split("id=\"shown-code\">").nth(1);
            let code = code.unwrap_or_else(|| panic!("{}", done.text)).split('<').next().unwrap();
            done = self.visitor.submit("/signin/code", &[("code", code)]).await;
        }
        done.location.unwrap_or_else(|| panic!("{}", done.text))
    }

    /// Comes back from Okta.
    pub(super) async fn land(&mut self, landing: &str) -> Shown {
        self.visitor.open(landing).await.into()
    }
}
