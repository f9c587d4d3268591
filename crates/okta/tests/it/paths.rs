use okta_client::{BadRequest, ErrorKind, Method, Request};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use crate::support::{Server, answer, with_api_token};

const TEMPLATE: &str = "/api/v1/groups/{groupId}/users/{userId}";

fn request(argument: &str) -> Result<Request, BadRequest> {
    Request::new(Method::Put, TEMPLATE, |_| Some(argument))
}

#[tokio::test]
async fn arguments_stay_in_their_segment() {
    let server = Server::start(|_, _| answer(200, "{}")).await;
    let setup = with_api_token(&server);
    for argument in
        ["a/b", "../../x", "..%2f", "%2e%2e", "a?b=c", "a#b", "a b", "ä", ";x", "\\", "a@b.c"]
    {
        setup.send(&request(argument).unwrap()).await.unwrap();
        let target = server.seen().last().unwrap().target.clone();
        let segments: Vec<_> = target.split('/').collect();
        assert_eq!(segments.len(), 7, "{target}");
        assert_eq!(percent_decode_str(segments[4]).decode_utf8().unwrap(), argument);
        assert_eq!(percent_decode_str(segments[6]).decode_utf8().unwrap(), argument);
    }
}

#[tokio::test]
async fn the_query_is_encoded() {
    let server = Server::start(|_, _| answer(200, "[]")).await;
    let setup = with_api_token(&server);
    let search = "profile.login eq \"a+b&c=d#e\"";
    let list = Request::new(Method::Get, "/api/v1/users", |_| None).unwrap();
    setup.send(&list.query("search", search).query("limit", "1")).await.unwrap();
    let target = server.seen()[0].target.clone();
    assert!(target.contains("%20eq%20"), "{target}");
    let (_, query) = target.split_once('?').unwrap();
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(pairs[0], ("search".to_owned(), search.to_owned()));
    assert_eq!(pairs[1], ("limit".to_owned(), "1".to_owned()));
}

#[test]
fn arguments_that_lead_elsewhere_are_refused() {
    assert!(matches!(request(""), Err(BadRequest::Empty { .. })));
    assert!(matches!(request("."), Err(BadRequest::Dots { .. })));
    assert!(matches!(request(".."), Err(BadRequest::Dots { .. })));
    assert!(matches!(request("a\r\nb"), Err(BadRequest::Control { .. })));
    let missing = Request::new(Method::Get, TEMPLATE, |_| None);
    assert!(matches!(missing, Err(BadRequest::Missing { .. })));
    let error = okta_client::Error::from(request("..").unwrap_err());
    assert_eq!(error.kind, ErrorKind::NotSent);
}

#[test]
fn a_kept_path_of_another_place_is_refused() {
    let kept = |path: &str| Request::kept(Method::Put, TEMPLATE, path);
    assert!(kept("/api/v1/groups/00g1/users/00u1").is_some());
    for path in [
        "/api/v1/groups/00g1/users/00u1/x",
        "/api/v1/groups/00g1/users",
        "/api/v1/groups/00g1/users/",
        "/api/v1/groups/00g1/owners/00u1",
        "/api/v1/groups/../users/00u1",
        "/api/v1/groups/%2e%2e/users/00u1",
        "/api/v1/groups/00g1/users/00u1?x=1",
        "/api/v1/groups/00g1/users/a b",
        "//api/v1/groups/00g1/users/00u1",
    ] {
        assert_eq!(kept(path), None, "{path}");
    }
}

#[tokio::test]
async fn what_fits_no_header_is_not_sent() {
    let server = Server::start(|_, _| answer(200, "{}")).await;
    let setup = with_api_token(&server);
    let put = request("a").unwrap();
    let error = setup.send(&put.clone().if_match("a\nb")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotSent);
    let error = setup.okta.send(&put, "a\r\nx: y").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotSent);
    assert_eq!(server.hits(), 0);
}

proptest! {
    #[test]
    fn a_path_that_is_kept_is_the_same_again(argument in "\\PC{1,20}") {
        if let Ok(request) = request(&argument) {
            let kept = Request::kept(Method::Put, TEMPLATE, request.path());
            prop_assert_eq!(kept, Some(request));
        }
    }

    #[test]
    fn decoding_a_segment_gives_the_argument(argument in "\\PC{1,40}") {
        prop_assume!(argument != "." && argument != "..");
        let request = request(&argument).unwrap();
        let segments: Vec<_> = request.path().split('/').collect();
        prop_assert_eq!(segments.len(), 7);
        prop_assert_eq!(percent_decode_str(segments[4]).decode_utf8().unwrap(), argument);
        // A URL reader sees the very same path.
        let url = url::Url::parse(&format!("https://acme.okta.com{}", request.path())).unwrap();
        prop_assert_eq!(url.path(), request.path());
    }
}
