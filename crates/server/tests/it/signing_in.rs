//! People sign in: what a client is shown, and what goes on in the background.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use okta_mcp_server::Browser;
use serde_json::{Value, json};

use crate::{
    client::{Client, Era, OrgBox, text},
    visitor::Visitor,
};

const LEGACY: Era = Era::Legacy("2025-11-25");

/// The environment of a server that people sign in to with the device grant.
pub(crate) fn environment(org: &OrgBox) -> HashMap<&'static str, String> {
    let mut environment = org.environment();
    environment.remove("OKTA_PRIVATE_KEY");
    environment.remove("OKTA_KEY_ID");
    environment.insert("OKTA_CLIENT_ID", org.org.sign_in().native.client_id);
    let scopes = "openid profile offline_access okta.users.read okta.groups.read";
    environment.insert("OKTA_SCOPES", scopes.to_owned());
    environment
}

/// A client that shows links.
fn links() -> Value {
    json!({ "elicitation": { "form": {}, "url": {} } })
}

async fn list_users(client: &mut Client) -> Value {
    client.call("list_users", json!({ "limit": 1 })).await
}

fn needed(answer: &Value) -> Value {
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let told = text(answer)["error"].clone();
    assert_eq!(told["kind"], "sign_in_needed", "{told}");
    told
}

/// The person decides on the page.
async fn decide(org: &OrgBox, url: &str, decision: &str) {
    let login = org.org.sign_in().super_admin;
    Visitor::new(&org.org, &org.url()).activate(url, &login, decision).await;
}

/// Calls until the sign-in in the background has ended; the last answer.
async fn call_until_signed_in(org: &OrgBox, client: &mut Client) -> Value {
    for _ in 0..100 {
        org.clock.forward(Duration::from_secs(5));
        let answer = list_users(client).await;
        if answer["result"]["isError"] != true {
            return answer;
        }
        needed(&answer);
    }
    panic!("nobody is signed in after 500 s");
}

/// The rows of the trail.
pub(crate) fn trail(environment: &HashMap<&'static str, String>) -> Vec<String> {
    let folder = std::path::Path::new(&environment["OKTA_MCP_STATE_DIR"]).join("audit");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let segments = paths.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    let texts = segments.map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The principals of the trail's rows, each once.
fn principals(environment: &HashMap<&'static str, String>) -> Vec<String> {
    let principal = |row: &String| {
        let row: Value = serde_json::from_str(row).unwrap();
        row["principal"].as_str().map(str::to_owned)
    };
    let found: BTreeSet<String> = trail(environment).iter().filter_map(principal).collect();
    found.into_iter().collect()
}

#[tokio::test]
async fn without_links_in_the_client_the_answer_holds_the_link_and_the_code() {
    for era in [Era::Modern, LEGACY] {
        let org = OrgBox::patient().await;
        let environment = environment(&org);
        let mut client = org.connect_with(&environment, era, json!({})).await;
        let tools = client.request("tools/list", json!({})).await;
        assert!(tools["result"]["tools"].as_array().unwrap().len() > 10, "as configured");

        let told = needed(&list_users(&mut client).await);
        let url = told["sign_in"]["url"].as_str().unwrap();
        assert!(told["message"].as_str().unwrap().contains(url));
        assert_eq!(told["sign_in"]["opened"], Value::Null);
        let again = needed(&list_users(&mut client).await);
        assert_eq!(again["sign_in"], told["sign_in"], "one sign-in at a time");

        decide(&org, url, "allow").await;
        call_until_signed_in(&org, &mut client).await;
        client.close().await;

        // Another process goes on with what was kept.
        let mut next = org.connect_with(&environment, era, json!({})).await;
        next.done("list_users", json!({ "limit": 1 })).await;
        next.close().await;
        let admin = org.org.sign_in().super_admin;
        let app = environment["OKTA_CLIENT_ID"].clone();
        assert_eq!(principals(&environment), [app, admin], "first nobody, then a person");
    }
}

/// A browser that notes what it is to open, and opens it from the second page on.
#[derive(Default)]
struct Noting(Mutex<Vec<String>>);

impl Browser for Noting {
    fn open(&self, url: &str) -> bool {
        let mut seen = self.0.lock().unwrap();
        seen.push(url.to_owned());
        seen.len() > 1
    }
}

#[tokio::test]
async fn a_browser_of_this_machine_opens_the_page_once() {
    let org = OrgBox::patient().await;
    let browser = Arc::new(Noting::default());
    let mut client = org.connect_with_browser(browser.clone(), &environment(&org)).await;
    let first = needed(&list_users(&mut client).await);
    assert_eq!(first["sign_in"]["opened"], Value::Null, "it could not be: {first}");
    for _ in 0..2 {
        let told = needed(&list_users(&mut client).await);
        assert_eq!(told["sign_in"]["opened"], true, "{told}");
        assert_eq!(told["sign_in"]["url"], first["sign_in"]["url"], "the link is there, too");
    }
    let url = first["sign_in"]["url"].as_str().unwrap();
    assert_eq!(*browser.0.lock().unwrap(), [url, url], "tried again, and opened once");
    client.close().await;
}

#[tokio::test]
async fn a_client_with_links_is_asked_while_the_call_waits() {
    let org = OrgBox::patient().await;
    let environment = environment(&org);
    let mut client = org.connect_with(&environment, LEGACY, links()).await;
    let params = json!({ "name": "list_users", "arguments": { "limit": 1 } });
    let id = client.start("tools/call", params).await;
    let question = client.find(|message| message["method"] == "elicitation/create").await;
    assert_eq!(question["params"]["mode"], "url");
    let url = question["params"]["url"].as_str().unwrap();
    let code = url.split("user_code=").nth(1).unwrap();
    assert!(question["params"]["message"].as_str().unwrap().contains(code));
    decide(&org, url, "allow").await;
    let accept =
        json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "accept" } });
    client.send(&accept).await;
    // By now the server waits to ask Okta for the first time.
    org.clock.forward(Duration::from_secs(5));
    let answer = client.answer(id).await;
    assert_ne!(answer["result"]["isError"], true, "{answer}");
}

#[tokio::test]
async fn a_modern_client_with_links_comes_again() {
    let org = OrgBox::patient().await;
    let mut client = org.connect_with(&environment(&org), Era::Modern, links()).await;
    let params = json!({ "name": "list_users", "arguments": { "limit": 1 } });
    let asked = client.request("tools/call", params.clone()).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let request = &asked["result"]["inputRequests"]["sign_in"];
    assert_eq!(request["params"]["mode"], "url", "{asked}");
    decide(&org, request["params"]["url"].as_str().unwrap(), "allow").await;
    let mut again = params;
    again["inputResponses"] = json!({ "sign_in": { "action": "accept" } });
    again["requestState"] = asked["result"]["requestState"].clone();
    org.clock.forward(Duration::from_secs(5));
    let answer = client.request("tools/call", again).await;
    assert_ne!(answer["result"]["isError"], true, "{answer}");
}

#[tokio::test]
async fn a_link_that_is_declined_is_told_in_the_answer() {
    for era in [Era::Modern, LEGACY] {
        let org = OrgBox::patient().await;
        let mut client = org.connect_with(&environment(&org), era, links()).await;
        let params = json!({ "name": "list_users", "arguments": { "limit": 1 } });
        let decline = json!({ "action": "decline" });
        let answer = if era == Era::Modern {
            let asked = client.request("tools/call", params.clone()).await;
            let mut again = params;
            again["inputResponses"] = json!({ "sign_in": decline });
            again["requestState"] = asked["result"]["requestState"].clone();
            client.request("tools/call", again).await
        } else {
            let id = client.start("tools/call", params).await;
            let question = client.find(|message| message["method"] == "elicitation/create").await;
            let no = json!({ "jsonrpc": "2.0", "id": question["id"], "result": decline });
            client.send(&no).await;
            client.answer(id).await
        };
        needed(&answer);
    }
}

#[tokio::test]
async fn who_denies_on_the_page_is_not_signed_in() {
    let org = OrgBox::patient().await;
    let mut client = org.connect_with(&environment(&org), LEGACY, json!({})).await;
    let first = needed(&list_users(&mut client).await)["sign_in"].clone();
    decide(&org, first["url"].as_str().unwrap(), "deny").await;
    for _ in 0..100 {
        org.clock.forward(Duration::from_secs(5));
        let told = needed(&list_users(&mut client).await);
        if told["sign_in"] != first {
            assert!(told["message"].as_str().unwrap().contains("access_denied"), "{told}");
            return;
        }
    }
    panic!("the same code for ever");
}

#[tokio::test]
async fn signing_in_happens_in_a_browser_of_this_machine_too() {
    let org = OrgBox::patient().await;
    let redirect = org.redirect_on_a_free_port().await;
    let mut environment = environment(&org);
    environment.insert("OKTA_MCP_SIGN_IN", "browser".to_owned());
    environment.insert("OKTA_MCP_REDIRECT_URI", redirect.clone());
    let mut client = org.connect_with(&environment, LEGACY, json!({})).await;
    let url = needed(&list_users(&mut client).await)["sign_in"]["url"].clone();

    let mut visitor = Visitor::new(&org.org, &org.url());
    let other = visitor.open(&format!("{redirect}?state=other&code=x")).await;
    assert_eq!(other.status, 400);
    assert!(other.text.contains("You are not signed in"), "{}", other.text);

    visitor.open(url.as_str().unwrap()).await;
    let back = visitor.sign_in(&org.org.sign_in().super_admin).await;
    let landed = visitor.open(&back.location.expect("a redirect")).await;
    assert_eq!(landed.status, 200, "{}", landed.text);
    assert!(landed.text.contains("You can close this page"), "{}", landed.text);
    client.done("list_users", json!({ "limit": 1 })).await;
}

/// Lists the tools, which always works, and calls one; the text of the error.
async fn refused(environment: &HashMap<&'static str, String>, org: &OrgBox) -> String {
    let mut client = org.connect_with(environment, LEGACY, json!({})).await;
    let tools = client.request("tools/list", json!({})).await;
    assert!(!tools["result"]["tools"].as_array().unwrap().is_empty(), "{tools}");
    let answer = list_users(&mut client).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let told = text(&answer)["error"]["message"].as_str().unwrap().to_owned();
    client.close().await;
    told
}

#[tokio::test]
async fn whatever_keeps_it_from_signing_in_tools_are_listed_and_a_call_says_what_it_is() {
    let org = OrgBox::new().await;
    let good = org.environment();
    let with = |name: &'static str, value: &str| {
        let mut changed = good.clone();
        changed.insert(name, value.to_owned());
        changed
    };
    // A port that nobody listens on.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = refused(&with("OKTA_ORG_URL", &format!("http://{nobody}")), &org).await;
    assert!(told.contains("no connection"), "{told}");

    let other_key = okta_client::PrivateKey::generate_ec().unwrap().to_pem().unwrap();
    let other_key = okta_client::ExposeSecret::expose_secret(&other_key);
    let told = refused(&with("OKTA_PRIVATE_KEY", other_key), &org).await;
    assert!(told.contains("signature is invalid") && told.contains("registered"), "{told}");

    let told = refused(&with("OKTA_CLIENT_ID", "0oaNobody"), &org).await;
    assert!(told.contains("check that the client id is the app's"), "{told}");

    let mut revoked = org.admin_environment();
    revoked.insert("OKTA_API_TOKEN", "00revoked".to_owned());
    let told = refused(&revoked, &org).await;
    assert!(told.contains("API token is wrong, revoked, or expired"), "{told}");
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_named() {
    for (hours, way) in [(1, "ahead of"), (-1, "behind")] {
        let org = OrgBox::new().await;
        let told = {
            let mut client = org.connect_off_by(hours, &org.environment()).await;
            client.request("tools/list", json!({})).await;
            text(&list_users(&mut client).await)["error"]["message"].as_str().unwrap().to_owned()
        };
        assert!(told.contains(&format!("this machine's clock is 3600 s {way} Okta's")), "{told}");
    }
}

/// A sign-in to `org` that keeps its files in the folder of another server.
async fn signed_in_beside(org: &OrgBox, environment: &HashMap<&'static str, String>) -> Client {
    let mut client = org.connect_with(environment, LEGACY, json!({})).await;
    let told = needed(&list_users(&mut client).await);
    decide(org, told["sign_in"]["url"].as_str().unwrap(), "allow").await;
    call_until_signed_in(org, &mut client).await;
    client
}

#[tokio::test]
async fn two_orgs_share_a_process_and_folders_and_nothing_else() {
    let (one, other) = (OrgBox::patient().await, OrgBox::patient().await);
    let first = environment(&one);
    let mut second = environment(&other);
    second.insert("OKTA_MCP_STATE_DIR", first["OKTA_MCP_STATE_DIR"].clone());
    assert_eq!(first["OKTA_CLIENT_ID"], second["OKTA_CLIENT_ID"], "the same client id in both");

    let mut at_one = signed_in_beside(&one, &first).await;
    // Tokens for the other org with the same client id are of no use here: a sign-in is needed.
    let mut at_other = signed_in_beside(&other, &second).await;
    for client in [&mut at_one, &mut at_other] {
        client.done("list_users", json!({ "limit": 1 })).await;
    }
    at_one.close().await;
    at_other.close().await;
    // Neither org was ever sent a token that it did not make.
    let rows = trail(&first);
    assert!(rows.iter().any(|row| row.contains("\"status\":200")), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("\"status\":401")), "{rows:?}");
    let folder = std::path::Path::new(&first["OKTA_MCP_STATE_DIR"]).join("tokens");
    let kept = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    assert_eq!(kept.count(), 2, "a file each");

    // Whoever starts next finds the sign-in of its own org.
    for (org, environment) in [(&one, &first), (&other, &second)] {
        let mut client = org.connect_with(environment, LEGACY, json!({})).await;
        client.done("list_users", json!({ "limit": 1 })).await;
        client.close().await;
    }
}
