use okta_client::{OrgUrl, OrgUrlError};
use proptest::prelude::*;

#[test]
fn what_is_accepted() {
    for (given, origin) in [
        ("https://acme.okta.com", "https://acme.okta.com"),
        ("https://acme.okta.com/", "https://acme.okta.com"),
        ("  acme.okta.com/ ", "https://acme.okta.com"),
        ("HTTPS://Acme.OktaPreview.com", "https://acme.oktapreview.com"),
        ("https://acme.okta-emea.com", "https://acme.okta-emea.com"),
        ("https://acme.okta-gov.com", "https://acme.okta-gov.com"),
        ("https://acme.okta.mil", "https://acme.okta.mil"),
        ("https://login.acme.example:443", "https://login.acme.example"),
        ("https://sign-in-admin.acme.example", "https://sign-in-admin.acme.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://localhost:8443", "https://localhost:8443"),
    ] {
        let url = OrgUrl::parse(given).unwrap();
        assert_eq!(url.origin(), origin);
        assert_eq!(url.to_string(), origin);
    }
    assert_eq!(OrgUrl::parse("https://Acme.okta.com/").unwrap().host(), "acme.okta.com");
}

#[test]
fn what_is_refused_and_how() {
    for (given, says) in [
        ("", "empty"),
        ("   ", "empty"),
        ("http://acme.okta.com", "https://"),
        ("ftp://acme.okta.com", "https://"),
        ("http://127.0.0.1.evil.example", "https://"),
        ("https://ana@acme.okta.com", "user name"),
        ("https://ana:secret@acme.okta.com", "user name"),
        ("https://acme.okta.com/api/v1", "https://acme.okta.com"),
        ("https://acme.okta.com?x=1", "https://acme.okta.com"),
        ("https://acme.okta.com/#x", "https://acme.okta.com"),
        ("https://{yourOktaDomain}", "placeholder"),
        ("https://${OKTA_ORG_URL}", "placeholder"),
        ("https://<your-org>.okta.com", "placeholder"),
        ("https://your-org.okta.com", "placeholder"),
        ("https://okta.com", "not the host of an org"),
        ("https://acme", "not the host of an org"),
        ("https://acme .okta.com", "cannot be read"),
    ] {
        let error = OrgUrl::parse(given).unwrap_err().to_string();
        assert!(error.contains(says), "{given}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn the_admin_console_is_explained() {
    for (given, instead) in [
        ("https://acme-admin.okta.com", "https://acme.okta.com"),
        ("acme-admin.oktapreview.com/", "https://acme.oktapreview.com"),
    ] {
        let error = OrgUrl::parse(given).unwrap_err();
        assert!(matches!(error, OrgUrlError::AdminHost { .. }));
        assert!(error.to_string().ends_with(&format!("use {instead}")), "{error}");
    }
}

proptest! {
    #[test]
    fn an_accepted_url_is_a_bare_origin(text in "(https?://)?[a-z@:/?#.\\[\\]0-9{}-]{0,30}") {
        if let Ok(url) = OrgUrl::parse(&text) {
            let again = url::Url::parse(url.origin()).unwrap();
            prop_assert_eq!(again.origin().ascii_serialization(), url.origin());
            prop_assert!(again.username().is_empty() && again.query().is_none());
            prop_assert_eq!(OrgUrl::parse(url.origin()).unwrap(), url);
        }
    }
}
