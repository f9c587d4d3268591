use okta_client::{Cursors, ErrorKind};

use crate::support::{Server, answer, get, token_reply, with, with_api_token, with_private_key};

fn page(origin: &str, after: &str, body: &str) -> Vec<u8> {
    let own = format!("<{origin}/api/v1/users?limit=1>; rel=\"self\"");
    let next = format!("<{origin}/api/v1/users?after={after}&limit=1>; rel=\"next\"");
    with(200, &[("content-type", "application/json"), ("link", &own), ("link", &next)], body)
}

fn host(seen: &crate::support::Seen) -> String {
    format!("http://{}", seen.header("host"))
}

#[tokio::test]
async fn the_next_page() {
    let server = Server::start(|seen, number| match number {
        0 => page(&host(seen), "a%3D%3D%2Fb", "[1]"),
        _ => answer(200, "[2]"),
    })
    .await;
    let setup = with_api_token(&server);
    let first = setup.send(&get().query("limit", "1")).await.unwrap();
    assert_eq!(first.next_cursor(), Some("a==/b"));
    let second = setup.send(&get().with_query(first.next.unwrap())).await.unwrap();
    assert_eq!(second.next, None);
    assert_eq!(server.seen()[1].target, "/api/v1/users?after=a%3D%3D%2Fb&limit=1");
}

#[tokio::test]
async fn a_page_on_another_host_is_not_followed() {
    let server = Server::start(|_, _| page("https://evil.example", "1", "[1]")).await;
    let error = with_api_token(&server).send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply);
    assert!(error.message.contains("evil.example"), "{error}");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_list_that_leads_back_to_itself_ends() {
    let server = Server::start(|seen, number| {
        page(&host(seen), if number % 2 == 0 { "a" } else { "b" }, "[1]")
    })
    .await;
    let setup = with_api_token(&server);
    let mut cursors = Cursors::default();
    let mut request = get();
    let error = loop {
        let reply = setup.send(&request).await.unwrap();
        if let Err(error) = cursors.see(reply.next_cursor().unwrap()) {
            break error;
        }
        request = get().with_query(reply.next.unwrap());
    };
    assert_eq!(error.kind, ErrorKind::BadReply);
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_walk() {
    let server = Server::start(|seen, number| {
        if seen.is_token_request() {
            return token_reply(if number == 0 { "first" } else { "second" }, 3600);
        }
        match (seen.header("authorization"), seen.target.contains("after")) {
            ("Bearer first", false) => page(&host(seen), "2", "[1]"),
            ("Bearer second", true) => answer(200, "[2]"),
            _ => with(401, &[("www-authenticate", "Bearer error=\"invalid_token\"")], ""),
        }
    })
    .await;
    let setup = with_private_key(&server);
    let first = setup.send(&get()).await.unwrap();
    let second = setup.send(&get().with_query(first.next.unwrap())).await.unwrap();
    assert_eq!(second.body.to_string(), "[2]");
    assert_eq!(server.token_requests().len(), 2);
    assert_eq!(server.calls().len(), 3);
}
