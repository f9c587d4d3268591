//! A sign-in that only proves who somebody is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use okta_client::{
    ClientProof, Error, ErrorKind, FreshLink, FreshSignIn, FreshSignInSettings, Identity, Proven,
    SetupError,
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    people::{self, APP, Kept, id_token, oauth, tokens_with},
    support::{START, Server, Setup, answer, with_api_token},
};

const REDIRECT: &str = "http://127.0.0.1:8765/callback";
const TWO_FACTORS: &str = "urn:okta:loa:2fa:any";

/// What the org puts into the ID token of the next sign-in.
type Claims = Arc<Mutex<Value>>;

fn way(acr: &[&str]) -> Arc<FreshSignIn> {
    let settings = FreshSignInSettings {
        client_id: APP.to_owned(),
        proof: ClientProof::Public,
        redirect: REDIRECT.to_owned(),
        acr: acr.iter().map(|acr| (*acr).to_owned()).collect(),
    };
    Arc::new(FreshSignIn::new(&settings).unwrap())
}

fn asked(link: &FreshLink) -> HashMap<String, String> {
    Url::parse(link.url()).unwrap().query_pairs().into_owned().collect()
}

/// An org that gives tokens for `code-1`, once.
async fn org(claims: &Claims) -> Server {
    let claims = Arc::clone(claims);
    let used = Mutex::new(false);
    people::org(move |seen, _| match &*seen.target {
        "/oauth2/v1/token" if seen.form()["code"] == "code-1" => {
            if std::mem::replace(&mut *used.lock().unwrap(), true) {
                return oauth(400, "invalid_grant");
            }
            let changed = claims.lock().unwrap().clone();
            let token = id_token(seen, |claims| {
                for (name, value) in changed.as_object().unwrap() {
                    claims[name] = value.clone();
                }
            });
            tokens_with("at-of-the-approver", Some("rt-of-the-approver"), &token)
        }
        "/oauth2/v1/token" => oauth(400, "invalid_grant"),
        "/oauth2/v1/revoke" => answer(200, ""),
        _ => {
            answer(200, &json!({ "issuer": format!("http://{}", seen.header("host")) }).to_string())
        }
    })
    .await
}

/// Who Ana is after a sign-in of a minute, with these claims in her token besides.
async fn proven(acr: &[&str], change: impl FnOnce(&mut Value)) -> Result<Proven, Error> {
    let claims = Claims::default();
    let server = org(&claims).await;
    let setup = with_api_token(&server);
    let way = way(acr);
    let link = setup.okta.begin_fresh_sign_in(&way).unwrap();
    let mut told = json!({
        "nonce": asked(&link)["nonce"],
        "iat": START + 60,
        "exp": START + 3_660,
        "auth_time": START + 59,
    });
    change(&mut told);
    *claims.lock().unwrap() = told;
    setup.clock.advance(60);
    finish(&setup, &way, link, &[("code", "code-1")]).await
}

async fn finish(
    setup: &Setup,
    way: &Arc<FreshSignIn>,
    link: FreshLink,
    query: &[(&str, &str)],
) -> Result<Proven, Error> {
    let query: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    setup.okta.finish_fresh_sign_in(way, link, &query).await
}

#[tokio::test]
async fn a_new_sign_in_is_asked_for_and_nothing_that_gives_access() {
    let server = org(&Claims::default()).await;
    let setup = with_api_token(&server);
    let link = setup.okta.begin_fresh_sign_in(&way(&[TWO_FACTORS, "phr"])).unwrap();
    let first = asked(&link);
    for (name, value) in [
        ("client_id", APP),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("redirect_uri", REDIRECT),
        ("prompt", "login"),
        ("max_age", "0"),
        ("acr_values", "urn:okta:loa:2fa:any phr"),
        ("code_challenge_method", "S256"),
        ("state", link.state()),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    let plain = asked(&setup.okta.begin_fresh_sign_in(&way(&[])).unwrap());
    assert!(!plain.contains_key("acr_values"));
    for name in ["state", "nonce"] {
        assert_ne!(first[name], plain[name], "another {name} each time");
    }
    assert_eq!(server.hits(), 0, "nothing is sent before somebody came back");
}

#[tokio::test]
async fn who_signed_in_is_told_with_when_and_how() {
    let more = |told: &mut Value| {
        told["acr"] = TWO_FACTORS.into();
        told["amr"] = json!(["mfa", "otp", "pwd"]);
    };
    let who = proven(&[TWO_FACTORS], more).await.unwrap();
    let ana = Identity {
        id: "00uAna".to_owned(),
        login: Some("ana@example.com".to_owned()),
        name: Some("Ana Lind".to_owned()),
    };
    assert_eq!(who.who, ana);
    assert_eq!(who.at.as_second(), START + 59);
    assert_eq!(who.acr.as_deref(), Some(TWO_FACTORS));
    assert_eq!(who.amr, ["mfa", "otp", "pwd"]);
    let plain = proven(&[], |_| {}).await.unwrap();
    assert_eq!((plain.acr, plain.amr.len()), (None, 0));
}

#[tokio::test]
async fn what_proves_less_is_no_proof() {
    type Change = fn(&mut Value);
    let cases: [(&str, &[&str], Change); 15] = [
        ("another sign-in", &[], |told| told["nonce"] = "another".into()),
        ("another sign-in", &[], |told| told["nonce"] = Value::Null),
        ("not for this client", &[], |told| told["aud"] = "0oaOther".into()),
        ("another org", &[], |told| told["iss"] = "https://evil.example".into()),
        ("is the clock right?", &[], |told| told["exp"] = (START - 3_600).into()),
        ("does not say when it was made", &[], |told| told["iat"] = Value::Null),
        // Signed in before the page sent them there.
        ("not for this", &[], |told| told["auth_time"] = (START - 11).into()),
        ("not for this", &[], |told| told["auth_time"] = (START - 3_600).into()),
        // After the token that says so.
        ("not for this", &[], |told| told["auth_time"] = (START + 71).into()),
        ("when the person signed in", &[], |told| told["auth_time"] = Value::Null),
        ("when the person signed in", &[], |told| told["auth_time"] = "soon".into()),
        ("how surely", &[TWO_FACTORS], |_| {}),
        ("1fa:pwd", &[TWO_FACTORS], |told| told["acr"] = "urn:okta:loa:1fa:pwd".into()),
        ("how surely", &[TWO_FACTORS], |told| told["acr"] = json!([TWO_FACTORS])),
        // Not a part of a word.
        ("2fa", &["phr"], |told| told["acr"] = "urn:okta:loa:2fa:any phr".into()),
    ];
    for (says, acr, change) in cases {
        let error = proven(acr, change).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::SignIn, "{error}");
        assert!(error.message.contains(says), "{says:?} is not in {error}");
    }
}

#[tokio::test]
async fn one_of_several_ways_suffices() {
    let reached = |acr: &'static str| move |told: &mut Value| told["acr"] = acr.into();
    for acr in ["phr", "phrh"] {
        assert_eq!(proven(&["phr", "phrh"], reached(acr)).await.unwrap().acr.as_deref(), Some(acr));
    }
}

#[tokio::test]
async fn what_this_machines_clock_says_does_not_matter() {
    // It is four minutes ahead of Okta's: less than tokens are refused for.
    let ahead = |told: &mut Value| {
        for name in ["iat", "exp", "auth_time"] {
            told[name] = (told[name].as_i64().unwrap() - 240).into();
        }
    };
    proven(&[], ahead).await.unwrap();
    let stale = |told: &mut Value| {
        ahead(told);
        told["auth_time"] = (START - 240 - 11).into();
    };
    let error = proven(&[], stale).await.unwrap_err();
    assert!(error.message.contains("auth_time"), "{error}");
}

#[tokio::test]
async fn a_code_is_good_for_one_try_and_the_tokens_are_taken_back() {
    let claims = Claims::default();
    let server = org(&claims).await;
    let setup = with_api_token(&server);
    let way = way(&[]);
    let link = setup.okta.begin_fresh_sign_in(&way).unwrap();
    let told = json!({ "nonce": asked(&link)["nonce"], "auth_time": START });
    *claims.lock().unwrap() = told;
    finish(&setup, &way, link, &[("code", "code-1")]).await.unwrap();
    // In the background.
    let revoked = loop {
        let mut seen = server.seen();
        seen.retain(|seen| seen.target == "/oauth2/v1/revoke");
        if seen.len() == 2 {
            break seen;
        }
        tokio::task::yield_now().await;
    };
    for (seen, token) in revoked.iter().zip(["rt-of-the-approver", "at-of-the-approver"]) {
        let form = seen.form();
        assert_eq!((&*form["token"], &*form["client_id"]), (token, APP));
    }

    let link = setup.okta.begin_fresh_sign_in(&way).unwrap();
    let error = finish(&setup, &way, link, &[("code", "code-1")]).await.unwrap_err();
    assert!(error.message.contains("used already"), "{error}");
    assert!(!error.message.contains("code-1"), "{error}");
}

#[tokio::test]
async fn a_redirect_without_a_code_says_why() {
    let server = org(&Claims::default()).await;
    let setup = with_api_token(&server);
    let way = way(&[]);
    let denied = [("error", "access_denied"), ("error_description", "User is not assigned.")];
    let both = [("code", "code-1"), ("error", "access_denied")];
    for (query, says) in
        [(&denied[..], "not assigned"), (&both[..], "access_denied"), (&[], "no code")]
    {
        let link = setup.okta.begin_fresh_sign_in(&way).unwrap();
        let error = finish(&setup, &way, link, query).await.unwrap_err();
        assert!(error.message.contains(says), "{error}");
    }
    assert_eq!(server.token_requests().len(), 0);
}

#[tokio::test]
async fn nobodys_sign_in_is_touched() {
    let claims = Claims::default();
    let server = org(&claims).await;
    let store = Arc::new(Kept::default());
    let setup = people::with_device(&server, &store);
    let way = way(&[]);
    let link = setup.okta.begin_fresh_sign_in(&way).unwrap();
    let told = json!({ "nonce": asked(&link)["nonce"], "auth_time": START });
    *claims.lock().unwrap() = told;
    finish(&setup, &way, link, &[("code", "code-1")]).await.unwrap();
    assert!(store.last.lock().unwrap().is_none(), "no token is kept");
    assert_eq!(setup.okta.identity().await, None, "nobody is signed in by it");
    assert_eq!(setup.okta.resume().await.unwrap_err().kind, ErrorKind::SignInNeeded);
}

#[test]
fn a_redirect_off_this_machine_is_refused() {
    let settings = FreshSignInSettings {
        client_id: APP.to_owned(),
        proof: ClientProof::Public,
        redirect: "http://example.com:8765/callback".to_owned(),
        acr: Vec::new(),
    };
    assert!(matches!(FreshSignIn::new(&settings), Err(SetupError::Redirect(_))));
    let nameless = FreshSignInSettings {
        client_id: " ".to_owned(),
        redirect: REDIRECT.to_owned(),
        ..settings
    };
    assert!(matches!(FreshSignIn::new(&nameless), Err(SetupError::ClientId)));
}
