use okta_client::{Cause, Error, ErrorKind, Method, Request};

use crate::support::{
    Server, answer, error_body, get, token_reply, with, with_api_token, with_private_key,
};

async fn refused(bytes: Vec<u8>) -> Error {
    let server = Server::start(move |_, _| bytes.clone()).await;
    with_api_token(&server).send(&get()).await.unwrap_err()
}

#[tokio::test]
async fn oktas_errors_are_kept_whole() {
    let body = r#"{
        "errorCode": "E0000001", "errorSummary": "Api validation failed: login",
        "errorLink": "E0000001", "errorId": "oaeX",
        "errorCauses": [
            {"errorSummary": "login: An object with this field already exists"},
            {"errorSummary": "Too long", "reason": "LENGTH", "location": "profile.login", "locationType": "body", "domain": "user"},
            {"errorSummary": "Elsewhere", "location": "profile.email"},
            {"domain": "no summary"}
        ]
    }"#;
    let headers = [("content-type", "application/json"), ("x-okta-request-id", "req-9")];
    let error = refused(with(400, &headers, body)).await;
    assert_eq!(error.kind, ErrorKind::BadArgument);
    assert_eq!(error.request_ids, ["req-9"]);
    assert_eq!(
        error.message,
        "Okta answered 400 E0000001 \"Api validation failed: login\" to GET /api/v1/users"
    );
    let okta = error.okta.unwrap();
    assert_eq!(okta.status, 400);
    assert_eq!(okta.error_id.as_deref(), Some("oaeX"));
    let cause = |summary: &str, place: Option<&str>| Cause {
        summary: summary.to_owned(),
        place: place.map(str::to_owned),
    };
    assert_eq!(
        okta.causes,
        [
            cause("login: An object with this field already exists", None),
            cause("Too long", Some("LENGTH")),
            cause("Elsewhere", Some("profile.email")),
        ]
    );
}

#[tokio::test]
async fn kinds() {
    for (status, code, kind) in [
        (400, "E0000001", ErrorKind::BadArgument),
        (400, "E0000031", ErrorKind::BadArgument),
        (401, "E0000004", ErrorKind::SignIn),
        (401, "E0000011", ErrorKind::SignIn),
        (401, "E0000015", ErrorKind::FeatureDisabled),
        (403, "E0000005", ErrorKind::SignIn),
        (403, "E0000006", ErrorKind::MissingRole),
        (403, "E0000038", ErrorKind::Conflict),
        (403, "E0000056", ErrorKind::Conflict),
        (404, "E0000007", ErrorKind::NotFound),
        (404, "E0000163", ErrorKind::NotFound),
        (405, "E0000022", ErrorKind::BadArgument),
        (406, "E0000149", ErrorKind::BadArgument),
        (409, "E0000157", ErrorKind::Conflict),
        (412, "E0000231", ErrorKind::Conflict),
        (415, "E0000023", ErrorKind::BadArgument),
        (422, "x", ErrorKind::BadArgument),
        (423, "E0000239", ErrorKind::Locked),
        (500, "E0000009", ErrorKind::OktaFault),
        (501, "E0000060", ErrorKind::FeatureDisabled),
        (503, "E0000010", ErrorKind::OktaFault),
    ] {
        let error = refused(answer(status, &error_body(code, "S"))).await;
        assert_eq!(error.kind, kind, "{status} {code}");
        assert_eq!(error.okta.unwrap().code.as_deref(), Some(code));
    }
}

#[tokio::test]
async fn oauth_errors_in_body_and_header() {
    let challenge = "Bearer authorization_uri=\"http://x/oauth2/v1/authorize\", realm=\"http://x\", \
        scope=\"okta.users.read\", error=\"insufficient_scope\", \
        error_description=\"The access token provided does not contain the required scopes.\", \
        resource=\"/api/v1/users\"";
    let error = refused(with(403, &[("www-authenticate", challenge)], "")).await;
    assert_eq!(error.kind, ErrorKind::MissingScope);
    assert!(error.message.contains("lacks okta.users.read"), "{error}");
    let okta = error.okta.unwrap();
    assert_eq!(okta.code.as_deref(), Some("insufficient_scope"));
    assert_eq!(
        okta.summary.as_deref(),
        Some("The access token provided does not contain the required scopes.")
    );

    // The management API's own body stands beside the challenge.
    let body = error_body("E0000006", "You do not have permission");
    let error = refused(with(403, &[("www-authenticate", challenge)], body)).await;
    assert_eq!(error.kind, ErrorKind::MissingScope);
    assert_eq!(error.okta.unwrap().code.as_deref(), Some("E0000006"));

    let body = r#"{"error":"invalid_token","error_description":"expired"}"#;
    let error = refused(answer(401, body)).await;
    assert_eq!(error.kind, ErrorKind::SignIn);
    assert_eq!(error.okta.unwrap().summary.as_deref(), Some("expired"));

    let dpop = "DPoP algs=\"RS256\", error=invalid_dpop_proof";
    let error = refused(with(400, &[("www-authenticate", dpop)], "")).await;
    assert_eq!(error.okta.unwrap().code.as_deref(), Some("invalid_dpop_proof"));
}

#[tokio::test]
async fn governance_and_other_bodies() {
    let error = refused(answer(404, r#"{"status":404,"message":"No such campaign"}"#)).await;
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert_eq!(error.okta.unwrap().summary.as_deref(), Some("No such campaign"));

    let page = "<!DOCTYPE html><html><head><style>b{}</style><script>if (a<b) {}</script>\
                <title>Bad</title></head><body><h1>Bad  gateway</h1>\n</body></html>";
    let error = refused(with(400, &[("content-type", "text/html")], page)).await;
    assert_eq!(error.okta.unwrap().summary.as_deref(), Some("Bad Bad gateway"));

    let long = "x".repeat(5000);
    let error = refused(with(400, &[], &long)).await;
    assert_eq!(error.okta.unwrap().summary.unwrap().chars().count(), 201);

    for empty in ["", "[]", "null", "\u{0}"] {
        let error = refused(with(403, &[], empty)).await;
        assert_eq!(error.kind, ErrorKind::MissingRole);
        assert!(error.message.starts_with("Okta answered 403"), "{error}");
    }
}

#[tokio::test]
async fn half_an_error_is_still_that_error() {
    let error = refused(crate::support::half(404, &error_body("E0000007", "x"))).await;
    assert_eq!(error.kind, ErrorKind::NotFound);
}

/// Okta's words of what it does for a person, to a service app.
#[tokio::test]
async fn a_service_app_is_no_person() {
    let missed = |id: &str, of: &str| {
        error_body("E0000007", &format!("Not found: Resource not found: {id} ({of})"))
    };
    let path = |path: &'static str| Request::new(Method::Get, path, |_| None).unwrap();
    let users = path("/api/v1/users");
    for (body, request, kind) in [
        (missed("0oaServiceApp", "User"), &users, ErrorKind::NoPerson),
        (missed("0oaServiceApp", "AppInstance"), &users, ErrorKind::NotFound),
        (missed("00uNobody", "User"), &users, ErrorKind::NotFound),
        (missed("x0oaServiceApp", "User"), &users, ErrorKind::NotFound),
        (error_body("E0000008", "No 0oaServiceApp (User)"), &users, ErrorKind::NotFound),
        // What was asked for by that id is not there, like anything else.
        (
            missed("0oaServiceApp", "User"),
            &path("/api/v1/users/0oaServiceApp"),
            ErrorKind::NotFound,
        ),
    ] {
        let server = Server::script(vec![token_reply("token-1", 3_600), answer(404, &body)]).await;
        let error = with_private_key(&server).send(request).await.unwrap_err();
        assert_eq!(error.kind, kind, "{body} to {}", request.path());
    }
    // With an API token, a person is signed in.
    let error = refused(answer(404, &missed("0oaServiceApp", "User"))).await;
    assert_eq!(error.kind, ErrorKind::NotFound);
}
