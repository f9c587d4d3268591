//! What is a person's own, for an employee who signs in.

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    client::{Client, Era, OrgBox, text},
    signing_in::{environment, trail},
    visitor::Visitor,
};

const MINE: [&str; 3] =
    ["get_my_user_profile", "list_assigned_applications", "get_application_sso_link"];

fn own(org: &OrgBox) -> HashMap<&'static str, String> {
    let mut environment = environment(org);
    environment.insert("OKTA_SCOPES", "openid profile okta.users.read.self".to_owned());
    environment
}

fn rows(environment: &HashMap<&'static str, String>) -> Vec<Value> {
    trail(environment).iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

async fn listed(client: &mut Client) -> Vec<String> {
    let list = client.request("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// A client of a server that an employee has signed in to.
async fn employee(org: &OrgBox, environment: &HashMap<&'static str, String>, era: Era) -> Client {
    let mut client = org.connect_with(environment, era, json!({})).await;
    let asked = text(&client.call("get_my_user_profile", json!({})).await);
    let url = asked["error"]["sign_in"]["url"].as_str().unwrap_or_else(|| panic!("{asked}"));
    let login = org.org.sign_in().employee;
    Visitor::new(&org.org, &org.url()).activate(url, &login, "allow").await;
    for _ in 0..100 {
        org.clock.forward(Duration::from_secs(5));
        let answer = client.call("get_my_user_profile", json!({})).await;
        if answer["result"]["isError"] != true {
            return client;
        }
        assert_eq!(text(&answer)["error"]["kind"], "sign_in_needed", "{answer}");
    }
    panic!("nobody is signed in after 500 s");
}

#[tokio::test]
async fn an_employee_reads_what_is_their_own_and_nothing_else() {
    for era in [Era::Modern, Era::Legacy("2025-11-25")] {
        let org = OrgBox::patient().await;
        let environment = own(&org);
        let mut client = employee(&org, &environment, era).await;
        let always = okta_catalog::tools().filter(|tool| tool.scopes().is_empty());
        let wanted: Vec<&str> = always.map(|tool| tool.name).chain(MINE).collect();
        assert_eq!(listed(&mut client).await, wanted);

        let me = client.done("get_my_user_profile", json!({})).await;
        let login = org.org.sign_in().employee;
        assert_eq!(me["profile"]["login"], login.as_str());
        for name in ["department", "title", "manager"] {
            assert!(me["profile"][name].is_string(), "{name} in {me}");
        }

        let apps = client.done("list_assigned_applications", json!({})).await;
        let items = apps["items"].as_array().unwrap();
        assert!(items.len() > 5 && apps["total_fetched"] == items.len(), "{apps}");
        assert!(items.is_sorted_by_key(|app| app["sortOrder"].as_u64().unwrap()), "{apps}");
        for app in items {
            for name in ["label", "linkUrl", "logoUrl"] {
                assert!(app[name].is_string(), "{name} in {app}");
            }
        }

        let refused = text(&client.call("get_user", json!({ "user_id": "me" })).await);
        assert_eq!(refused["error"]["kind"], "missing_scope", "{refused}");
        client.close().await;
        let rows = rows(&environment);
        let mine = rows.iter().filter(|row| row["tool"] == "list_assigned_applications");
        let who: Vec<&Value> = mine.map(|row| &row["principal"]).collect();
        assert_eq!(who, [&json!(login)], "whose own it is stands in the trail");
    }
}

#[tokio::test]
async fn the_link_of_an_application_is_found_by_a_name_as_people_type_it() {
    let org = OrgBox::patient().await;
    let mut client = employee(&org, &own(&org), Era::Modern).await;
    let apps = client.done("list_assigned_applications", json!({})).await;
    let named = |label: &str| -> Value {
        let mut items = apps["items"].as_array().unwrap().iter();
        items.find(|app| app["label"] == label).unwrap_or_else(|| panic!("{label}")).clone()
    };
    for (name, label) in [
        ("Zoom", "Zoom"),
        (" zOOm", "Zoom"),
        ("zom", "Zoom"),
        ("docu sign", "DocuSign"),
        ("TimeSheet", "Time sheets"),
        ("compny handbok", "Company handbook"),
        ("Slcak", "Slack"),
    ] {
        let found = client.done("get_application_sso_link", json!({ "name": name })).await;
        assert_eq!(found, named(label), "{name}");
    }

    let several = json!({ "name": "work", "fields": "label,linkUrl" });
    let several = client.done("get_application_sso_link", several).await;
    let candidates = ["Google Workspace", "Workday"].map(|label| {
        let app = named(label);
        json!({ "label": app["label"], "linkUrl": app["linkUrl"] })
    });
    assert_eq!(several["candidates"], json!(candidates));
    assert!(several["message"].as_str().unwrap().ends_with("which one is meant?"), "{several}");

    let none = client.done("get_application_sso_link", json!({ "name": "Zoom Phone" })).await;
    assert_eq!(none["nearest"][0], "Zoom", "{none}");
    assert!(!none.to_string().contains("http"), "no link that was not asked for: {none}");
    let none = client.done("get_application_sso_link", json!({ "name": "Jira" })).await;
    assert!(none["message"].as_str().unwrap().contains("\"Jira\""), "{none}");
    let empty = text(&client.call("get_application_sso_link", json!({ "name": " " })).await);
    assert_eq!(empty["error"]["kind"], "bad_argument", "{empty}");
}

#[tokio::test]
async fn who_is_no_person_sees_none_of_it_and_is_told_why() {
    let org = OrgBox::new().await;
    let (mut app, mut admin) = (org.environment(), org.admin_environment());
    for environment in [&mut app, &mut admin] {
        let scopes = environment.get_mut("OKTA_SCOPES").unwrap();
        scopes.push_str(" okta.users.read.self");
    }
    for (environment, why) in
        [(app, "a service app is no person"), (admin, "an API token is nobody's sign-in")]
    {
        let mut client = org.connect_with(&environment, Era::Modern, json!({})).await;
        // The scope that is for people does not get in the way of the others.
        client.done("list_users", json!({ "limit": 1 })).await;
        assert!(listed(&mut client).await.iter().all(|name| !MINE.contains(&name.as_str())));
        for name in MINE {
            let refused = client.call(name, json!({ "name": "Zoom" })).await;
            let wrong = client.call(name, json!({})).await;
            let told = [refused, wrong].map(|answer| text(&answer)["error"].clone());
            let told = told.iter().find(|told| told["kind"] == "no_person");
            let told = told.unwrap_or_else(|| panic!("{name}"));
            assert!(told["message"].as_str().unwrap().ends_with(why), "{told}");
            assert!(told["next"].as_str().unwrap().contains("okta.users.read.self"), "{told}");
        }
        let status = client.done("get_scope_status", json!({})).await;
        assert_eq!(status["only_where_a_person_signs_in"], json!(MINE));
        client.close().await;
        let refused = rows(&environment);
        let refused = refused.iter().filter(|row| row["outcome"] == "no_person");
        assert_eq!(refused.count(), MINE.len());
    }
}

#[tokio::test]
async fn a_person_without_the_scope_is_told_which_one_is_missing() {
    let org = OrgBox::patient().await;
    let mut client = org.connect_with(&environment(&org), Era::Modern, json!({})).await;
    assert!(listed(&mut client).await.iter().all(|name| !MINE.contains(&name.as_str())));
    let refused = text(&client.call("list_assigned_applications", json!({})).await);
    assert_eq!(refused["error"]["kind"], "missing_scope", "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("okta.users.read.self"), "okta.users.read is another: {message}");
}

#[tokio::test]
async fn who_asks_for_the_usual_scopes_has_both() {
    let org = OrgBox::patient().await;
    let mut environment = environment(&org);
    environment.remove("OKTA_SCOPES");
    let mut client = org.connect_with(&environment, Era::Modern, json!({})).await;
    let names = listed(&mut client).await;
    assert!(MINE.iter().chain(&["list_users"]).all(|mine| names.contains(&(*mine).to_owned())));
}
