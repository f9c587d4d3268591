//! E-mail templates and their customizations.

use serde_json::{Value, json};

use crate::{
    brands::{made, seeded},
    oauth,
    support::{Sandbox, texts},
};

/// The path of a template of a new brand.
async fn template(sandbox: &Sandbox, name: &str) -> String {
    format!("{}/templates/email/{name}", made(sandbox, "Globex").await)
}

fn text(language: &str, body: &str) -> Value {
    json!({ "language": language, "subject": "Subject", "body": body })
}

#[tokio::test]
async fn templates_come_in_pages() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    let all = format!("{partners}/templates/email");
    let first = sandbox.get(&all).await;
    assert_eq!(first.body.as_array().unwrap().len(), 10);
    assert!(first.next().unwrap().contains("limit=10"));
    let every = sandbox.all(&format!("{all}?limit=7&expand=customizationCount,settings")).await;
    assert_eq!(every.len(), 32);
    let welcome = every.iter().find(|one| one["name"] == "UserActivation").unwrap();
    assert_eq!(welcome["_embedded"]["customizationCount"], 2);
    assert_eq!(welcome["_embedded"]["settings"]["recipients"], "ALL_USERS");
    let one = sandbox.get(&format!("{all}/UserActivation?expand=settings")).await.body;
    assert_eq!(one["_embedded"].as_object().unwrap().len(), 1);
    assert_eq!(sandbox.get(&format!("{all}/Nonsense")).await.code(), "E0000007");
    assert_eq!(sandbox.get(&format!("{all}?after=Nonsense")).await.code(), "E0000029");
}

#[tokio::test]
async fn one_customization_is_the_default() {
    let sandbox = Sandbox::new();
    let all = format!("{}/customizations", template(&sandbox, "PasswordChanged").await);
    let state = async || {
        let list = sandbox.get(&all).await.body;
        let list = list.as_array().unwrap();
        let one =
            |one: &Value| format!("{} {}", one["language"].as_str().unwrap(), one["isDefault"]);
        list.iter().map(one).collect::<Vec<_>>()
    };
    let mut first = text("en", "Hello");
    first["isDefault"] = json!(false);
    let english = sandbox.post(&all, first).await;
    assert_eq!((english.status.as_u16(), &english.body["isDefault"]), (201, &json!(true)));
    let german = sandbox.post(&all, text("de", "Hallo")).await.body;
    assert_eq!(german["isDefault"], false);
    let mut second = text("fr", "Bonjour");
    second["isDefault"] = json!(true);
    let refused = sandbox.post(&all, second).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000182"));

    let english = format!("{all}/{}", english.body["id"].as_str().unwrap());
    let german = format!("{all}/{}", german["id"].as_str().unwrap());
    let refused = sandbox.delete(&english).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000184"));
    let mut demoted = text("en", "Hello");
    demoted["isDefault"] = json!(false);
    let refused = sandbox.put(&english, demoted).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000185"));
    assert_eq!(state().await, ["en true", "de false"]);
    sandbox.forward(60);
    let mut promoted = text("de", "Guten Tag");
    promoted["isDefault"] = json!(true);
    let promoted = sandbox.put(&german, promoted).await.body;
    assert_eq!((&promoted["isDefault"], &promoted["body"]), (&json!(true), &json!("Guten Tag")));
    assert_ne!(promoted["created"], promoted["lastUpdated"]);
    assert_eq!(state().await, ["en false", "de true"]);
    assert_eq!(sandbox.put(&german, text("de", "Moin")).await.body["isDefault"], true);
    assert_eq!(sandbox.delete(&english).await.status, 204);
    assert_eq!(sandbox.delete(&german).await.status, 204, "the last one may be the default");
    assert_eq!(sandbox.get(&german).await.code(), "E0000007");
    sandbox.post(&all, text("en", "Hello")).await;
    sandbox.post(&all, text("de", "Hallo")).await;
    assert_eq!(sandbox.delete(&all).await.status, 204);
    assert!(state().await.is_empty());
}

#[tokio::test]
async fn languages_are_known_and_unique() {
    let sandbox = Sandbox::new();
    let all = format!("{}/customizations", template(&sandbox, "PasswordChanged").await);
    assert_eq!(sandbox.post(&all, text("pt-br", "Oi")).await.body["language"], "pt-BR");
    let german = sandbox.post(&all, text("de", "Hallo")).await.body;
    let path = format!("{all}/{}", german["id"].as_str().unwrap());
    for (method, uri, language, status, code) in [
        ("POST", &all, "PT-BR", 409, "E0000183"),
        ("PUT", &path, "pt-BR", 409, "E0000183"),
        ("POST", &all, "en_US", 400, "E0000236"),
        ("POST", &all, "tlh", 400, "E0000237"),
        ("PUT", &path, "en-GB", 400, "E0000237"),
        ("POST", &all, "", 400, "E0000001"),
    ] {
        let refused = sandbox.call(method, uri, Some(text(language, "x"))).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (status, code),
            "{method} {language}"
        );
    }
    assert_eq!(sandbox.put(&path, text("DE", "Moin")).await.body["language"], "de");
}

#[tokio::test]
async fn required_variables_and_limits() {
    let sandbox = Sandbox::new();
    let all = format!("{}/customizations", template(&sandbox, "ForgotPassword").await);
    for wrong in [
        text("en", "Click here"),
        text("en", "${activationLink}"),
        text("en", ""),
        text("en", &format!("${{resetPasswordLink}}{}", "x".repeat(64 << 10))),
        json!({ "language": "en", "subject": "x".repeat(129), "body": "${resetPasswordLink}" }),
        json!({ "language": "en", "body": "${resetPasswordLink}" }),
    ] {
        assert_eq!(sandbox.post(&all, wrong).await.code(), "E0000001");
    }
    let refused = sandbox.post(&all, text("en", "Click here")).await;
    assert!(refused.text.contains("${resetPasswordLink}"), "{}", refused.text);
    let made = sandbox.post(&all, text("en", "<a href=\"$$resetPasswordLink\">")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("{all}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(sandbox.put(&path, text("en", "Click here")).await.code(), "E0000001");
}

#[tokio::test]
async fn previews_show_what_the_reader_would_see() {
    let sandbox = Sandbox::new();
    let template = template(&sandbox, "UserActivation").await;
    let standard = sandbox.get(&format!("{template}/default-content?language=fr")).await.body;
    assert!(standard["body"].as_str().unwrap().contains("${activationLink}"), "{standard}");
    let preview = sandbox.get(&format!("{template}/default-content/preview")).await.body;
    assert_eq!(preview["subject"], "Welcome to Acme!");
    assert!(preview["body"].as_str().unwrap().contains("Hi Morgan,"), "{preview}");
    let all = format!("{template}/customizations");
    let body = "${user.profile.firstName} ${user.lastName} ${activationLink} ${org.name} ${open";
    let made = sandbox.post(&all, text("en", body)).await.body;
    let path = format!("{all}/{}/preview", made["id"].as_str().unwrap());
    let preview = sandbox.get(&path).await.body;
    assert_eq!(preview["body"], "Morgan Hale (activationLink Placeholder) Acme ${open");
}

#[tokio::test]
async fn recipients_are_chosen() {
    let sandbox = Sandbox::new();
    let template = template(&sandbox, "UserActivation").await;
    let settings = format!("{template}/settings");
    assert_eq!(sandbox.get(&settings).await.body["recipients"], "ALL_USERS");
    let changed = sandbox.put(&settings, json!({ "recipients": "NO_USERS" })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["recipients"]), (200, &json!("NO_USERS")));
    assert_eq!(sandbox.get(&settings).await.body, changed.body);
    for wrong in [json!({}), json!({ "recipients": "EVERYBODY" })] {
        assert_eq!(sandbox.put(&settings, wrong).await.code(), "E0000001");
    }
    let challenge = template.replace("UserActivation", "EmailChallenge");
    let path = format!("{challenge}/settings");
    let refused = sandbox.put(&path, json!({ "recipients": "NO_USERS" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "E0000189"));
    assert_eq!(sandbox.put(&path, json!({ "recipients": "ALL_USERS" })).await.status, 200);
}

#[tokio::test]
async fn a_test_takes_the_language_or_the_default() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    let test = format!("{partners}/templates/email/UserActivation/test");
    for language in ["?language=DE", "?language=fr", ""] {
        assert_eq!(sandbox.call("POST", &format!("{test}{language}"), None).await.status, 204);
    }
    let other = test.replace("UserActivation", "PasswordChanged");
    assert_eq!(sandbox.call("POST", &other, None).await.status, 204);
    let filter = "eventType eq \"system.email.delivery\"";
    let events = sandbox
        .all(&format!("/api/v1/logs?since=2026-06-15T09:30:00Z&until=2027-01-01&filter={filter}"))
        .await;
    assert_eq!(
        texts(&events, "/debugContext/debugData/subject"),
        [
            "Ihr Acme-Partnerkonto",
            "Your Acme partner account",
            "Your Acme partner account",
            "Password changed",
        ]
    );
    assert_eq!(events[0]["target"][0]["alternateId"], "morgan.hale@acme.example");
}

/// Okta's server for MCP (1.1.7, `custom_templates.py`) tells its users so: the token of a service
/// app belongs to nobody, so there is nobody to show the e-mail to.
#[tokio::test]
async fn a_service_app_has_no_preview_and_no_test() {
    let sandbox = Sandbox::new();
    let template = template(&sandbox, "UserActivation").await;
    let all = format!("{template}/customizations");
    let made = sandbox.post(&all, text("en", "${user.lastName} ${activationLink}")).await.body;
    let granted = oauth::token(&sandbox, "okta.templates.manage").await;
    let bearer = format!("Bearer {}", granted.body["access_token"].as_str().unwrap());
    let preview = format!("{template}/default-content/preview");
    let test = format!("{template}/test");
    for (method, uri) in [("GET", &preview), ("POST", &test)] {
        let refused = oauth::call(&sandbox, method, uri, &bearer).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (404, "E0000007"), "{method}");
        let client = sandbox.org.service_app().client_id;
        let summary = format!("Not found: Resource not found: {client} (User)");
        assert_eq!(refused.body["errorSummary"], summary);
        assert!(sandbox.call(method, uri, None).await.status.is_success(), "{method}: an admin");
    }
    let nonsense = preview.replace("UserActivation", "Nonsense");
    let refused = oauth::call(&sandbox, "GET", &nonsense, &bearer).await;
    assert!(refused.text.contains("Nonsense (EmailTemplate)"), "{}", refused.text);
    let own = format!("{all}/{}/preview", made["id"].as_str().unwrap());
    let shown = oauth::call(&sandbox, "GET", &own, &bearer).await.body;
    assert_eq!(shown["body"], "Hale (activationLink Placeholder)");
    let sent = sandbox
        .all("/api/v1/logs?since=2026-06-15T09:30:00Z&until=2027-01-01&filter=eventType eq \"system.email.delivery\"")
        .await;
    assert_eq!(sent.len(), 1, "what was refused is not sent");
}
