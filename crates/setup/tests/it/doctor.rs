//! Each fault that is planted is found, and its remedy told.

use std::{net::TcpListener, path::Path};

use jiff::SignedDuration;
use okta_client::{ExposeSecret as _, PrivateKey};
use okta_mcp_setup::{
    TROUBLES,
    doctor::{Check, Finding, Outcome, Report},
};
use okta_sandbox::{Fault, FaultKind, tls_self_signed};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Ward;

/// What was found that is not well.
fn troubles(report: &Report) -> Vec<(&'static str, &'static str)> {
    let bad = |finding: &Finding| Some((finding.outcome.name(), finding.trouble?.id));
    report.findings.iter().filter_map(bad).collect()
}

/// Exactly that is wrong, and the remedy is told.
async fn finds(ward: &Ward, outcome: &str, trouble: &str) -> Report {
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [(outcome, trouble)], "{report:#?}");
    assert_eq!(report.is_good(), outcome == "warn");
    let json = report.json();
    let told = json["checks"].as_array().unwrap().iter().find(|told| told["trouble"] == trouble);
    let known = TROUBLES.iter().find(|known| known.id == trouble).unwrap();
    assert_eq!(told.unwrap()["remedy"], known.remedy);
    // Each check is there once, whatever kept it from being made.
    let checks: Vec<Check> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, Check::ALL, "{report:#?}");
    report
}

fn told(report: &Report, check: Check) -> &str {
    &report.findings.iter().find(|finding| finding.check == check).unwrap().told
}

#[tokio::test]
async fn nothing_is_wrong_where_all_is_well() {
    for ward in [Ward::new().await, Ward::new().await.api_token()] {
        let report = ward.examine().await;
        assert_eq!(troubles(&report), [], "{report:#?}");
        assert!(report.is_good());
        assert!(told(&report, Check::AdminRole).starts_with("Super Administrator"));
        assert!(told(&report, Check::Org).ends_with("Identity Engine"), "{report:#?}");
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_be() {
    let mut ward = Ward::new().await;
    ward.set("OKTA_MCP_DPOP", "sometimes");
    let report = finds(&ward, "fail", "configuration").await;
    assert!(told(&report, Check::Configuration).contains("OKTA_MCP_DPOP"));
    let mut ward = Ward::new().await;
    ward.env.remove("OKTA_SCOPES");
    let report = finds(&ward, "fail", "configuration").await;
    let reached = &report.findings.iter().find(|finding| finding.check == Check::Org).unwrap();
    assert_eq!(reached.outcome, Outcome::Pass, "the way is looked at all the same");
}

#[tokio::test]
async fn certificates_that_cannot_be_read() {
    let mut ward = Ward::new().await;
    ward.set("SSL_CERT_FILE", ward.home.path().join("none.pem").display().to_string());
    let report = finds(&ward, "fail", "configuration").await;
    assert!(told(&report, Check::Configuration).contains("certificates"), "{report:#?}");
}

#[tokio::test]
async fn an_org_url_that_is_none() {
    let mut ward = Ward::new().await;
    for url in ["https://acme-admin.okta.com", "https://your-org.okta.com", "https://a.okta.com/x"]
    {
        ward.set("OKTA_ORG_URL", url);
        finds(&ward, "fail", "org_url").await;
    }
}

#[tokio::test]
async fn a_private_key_that_is_none() {
    let mut ward = Ward::new().await;
    ward.set("OKTA_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----");
    finds(&ward, "fail", "key_unreadable").await;
}

#[tokio::test]
async fn a_name_without_an_address() {
    let mut ward = Ward::new().await;
    ward.set("OKTA_ORG_URL", "https://acme.okta.invalid");
    let report = finds(&ward, "fail", "dns").await;
    assert!(told(&report, Check::Dns).starts_with("acme.okta.invalid has no address"));
}

#[tokio::test]
async fn nobody_who_answers() {
    let mut ward = Ward::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    ward.set("OKTA_ORG_URL", format!("http://{nobody}"));
    finds(&ward, "fail", "connection").await;

    // Here it is the proxy that does not.
    ward.set("OKTA_ORG_URL", "https://acme.okta.invalid");
    ward.set("HTTPS_PROXY", format!("http://ana:proxy-secret@{nobody}"));
    let report = finds(&ward, "fail", "proxy").await;
    assert!(!report.json().to_string().contains("proxy-secret"));
}

#[tokio::test]
async fn a_proxy_that_does_not_let_through() {
    let proxy = Ward::new().await;
    let mut ward = Ward::new().await;
    // The sandbox is no proxy, and refuses CONNECT.
    ward.set("HTTPS_PROXY", proxy.env["OKTA_ORG_URL"].clone());
    ward.set("OKTA_ORG_URL", "https://acme.okta.invalid");
    finds(&ward, "fail", "proxy").await;
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts() {
    let config = okta_sandbox::Config::default();
    let tls = tls_self_signed().unwrap();
    let ca = tls.ca_pem.clone();
    let mut ward = Ward::with(config, Some(tls)).await;
    finds(&ward, "fail", "tls").await;
    let file = ward.home.path().join("ca.pem");
    std::fs::write(&file, ca).unwrap();
    ward.set("SSL_CERT_FILE", file.display().to_string());
    assert_eq!(troubles(&ward.examine().await), []);
}

#[tokio::test]
async fn somebody_who_is_no_org() {
    let mut ward = Ward::new().await;
    for (status, trouble) in [(404, "no_org"), (503, "okta_down")] {
        let url = answering(status).await;
        ward.set("OKTA_ORG_URL", url);
        finds(&ward, "fail", trouble).await;
    }
}

/// A server that answers every request with that status and nothing else.
async fn answering(status: u16) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.ok();
            }
        }
    });
    url
}

#[tokio::test]
async fn a_clock_that_is_wrong() {
    let mut ward = Ward::new().await;
    ward.ahead = SignedDuration::from_secs(30);
    let report = finds(&ward, "warn", "clock").await;
    assert_eq!(told(&report, Check::Clock), "30 s ahead of Okta's");

    ward = Ward::new().await.api_token();
    ward.ahead = SignedDuration::from_hours(-1);
    let report = finds(&ward, "fail", "clock").await;
    assert_eq!(told(&report, Check::Clock), "3600 s behind Okta's");
}

#[tokio::test]
async fn a_clock_so_wrong_that_nobody_can_sign_in() {
    for hours in [-1, 1] {
        let mut ward = Ward::new().await;
        ward.ahead = SignedDuration::from_hours(hours);
        let report = ward.examine().await;
        assert!(troubles(&report).contains(&("fail", "clock")), "{report:#?}");
    }
}

#[tokio::test]
async fn an_app_that_okta_does_not_know() {
    let mut ward = Ward::new().await;
    ward.set("OKTA_CLIENT_ID", "0oaNobodyKnowsThis01");
    finds(&ward, "fail", "client_id").await;
    let mut ward = Ward::new().await.people(None);
    ward.set("OKTA_CLIENT_ID", "0oaNobodyKnowsThis01");
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "client_id"), ("warn", "signed_out")]);
}

#[tokio::test]
async fn an_app_that_is_not_active() {
    let ward = Ward::new().await;
    let path = format!("/api/v1/apps/{}/lifecycle/deactivate", ward.env["OKTA_CLIENT_ID"]);
    ward.admin(Method::POST, &path, None).await;
    finds(&ward, "fail", "client_id").await;
}

#[tokio::test]
async fn a_key_id_and_a_key_that_the_app_does_not_have() {
    let mut ward = Ward::new().await;
    ward.set("OKTA_KEY_ID", "another");
    let report = finds(&ward, "fail", "key_id").await;
    let known = &report.findings.iter().find(|finding| finding.check == Check::ClientId).unwrap();
    assert_eq!(known.outcome, Outcome::Pass);

    let mut ward = Ward::new().await;
    let other = PrivateKey::generate_ec().unwrap().to_pem().unwrap();
    ward.set("OKTA_PRIVATE_KEY", other.expose_secret());
    finds(&ward, "fail", "key").await;
}

#[tokio::test]
async fn a_client_that_proves_itself_in_another_way_than_the_app_wants() {
    let ward = Ward::new().await.people(None);
    ward.change_app(|app| {
        app["credentials"]["oauthClient"]["token_endpoint_auth_method"] =
            json!("client_secret_basic");
    })
    .await;
    let report = ward.examine().await;
    assert!(troubles(&report).contains(&("fail", "client_authentication")), "{report:#?}");
}

#[tokio::test]
async fn a_grant_type_that_the_app_does_not_have() {
    let ward = Ward::new().await.people(None);
    ward.change_app(|app| {
        app["settings"]["oauthClient"]["grant_types"] = json!(["authorization_code"]);
    })
    .await;
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "grant_type"), ("warn", "signed_out")]);
}

#[tokio::test]
async fn proof_of_possession_is_told() {
    let config = okta_sandbox::Config { require_dpop: true, ..Default::default() };
    let report = Ward::with(config, None).await.examine().await;
    assert_eq!(troubles(&report), [], "{report:#?}");
    assert!(told(&report, Check::Dpop).starts_with("the app demands it"));
}

#[tokio::test]
async fn nobody_is_signed_in() {
    finds(&Ward::new().await.people(None), "warn", "signed_out").await;
}

#[tokio::test]
async fn a_redirect_uri_that_the_app_does_not_know_and_a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let ward = Ward::new().await.people(Some(port));
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "redirect_port"), ("warn", "signed_out")]);
    drop(taken);
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "sign_in_page"), ("warn", "signed_out")]);
    let uri = format!("http://127.0.0.1:{port}/callback");
    assert!(told(&report, Check::ClientId).contains(&uri), "{report:#?}");

    // The sign-in that was begun holds its port as long as its process.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ward = ward.people(Some(free));
    let uri = format!("http://127.0.0.1:{free}/callback");
    ward.change_app(|app| {
        app["settings"]["oauthClient"]["redirect_uris"] = json!([uri]);
    })
    .await;
    finds(&ward, "warn", "signed_out").await;
}

#[tokio::test]
async fn an_api_token_that_was_revoked() {
    let mut ward = Ward::new().await.api_token();
    ward.set("OKTA_API_TOKEN", "00NotTheTokenOfAnybody_0123456789abcdefghi");
    let report = finds(&ward, "fail", "api_token").await;
    assert!(!report.json().to_string().contains("00NotThe"));
}

#[tokio::test]
async fn scopes_that_the_app_may_not_have() {
    let ward = Ward::new().await;
    let path = format!("/api/v1/apps/{}/grants", ward.env["OKTA_CLIENT_ID"]);
    let grants = ward.admin(Method::GET, &path, None).await;
    let users = |grant: &&Value| grant["scopeId"] == "okta.users.read";
    let grant = grants.as_array().unwrap().iter().find(users).unwrap()["id"].as_str().unwrap();
    ward.admin(Method::DELETE, &format!("{path}/{grant}"), None).await;
    let report = ward.examine().await;
    let found = troubles(&report);
    assert!(found == [("fail", "scopes_refused")] || found == [("warn", "scopes_missing")]);
    assert!(report.json().to_string().contains("okta.users.read"));
}

#[tokio::test]
async fn an_admin_role_that_is_missing() {
    let ward = Ward::new().await;
    let path = format!("/oauth2/v1/clients/{}/roles", ward.env["OKTA_CLIENT_ID"]);
    let roles = ward.admin(Method::GET, &path, None).await;
    for role in roles.as_array().unwrap() {
        let path = format!("{path}/{}", role["id"].as_str().unwrap());
        ward.admin(Method::DELETE, &path, None).await;
    }
    finds(&ward, "fail", "admin_role").await;
}

#[tokio::test]
async fn a_rate_limit_that_is_nearly_used_up() {
    let config = okta_sandbox::Config { rate_limits: true, ..Default::default() };
    let ward = Ward::with(config, None).await;
    let first = told(&ward.examine().await, Check::RateLimits).to_owned();
    let used = first.split_once(" are left of GET ").unwrap();
    let (left, path) = (used.0.split_once(" of ").unwrap().0, used.1);
    let left: usize = left.parse().unwrap();
    for _ in 0..left - left / 10 {
        ward.admin(Method::GET, &format!("{path}?limit=1"), None).await;
    }
    finds(&ward, "warn", "rate_limits").await;
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_can_read() {
    let mut ward = Ward::new().await;
    let key = ward.home.path().join("key.pem");
    std::fs::write(&key, &ward.env["OKTA_PRIVATE_KEY"]).unwrap();
    mode(&key, 0o644);
    ward.set("OKTA_PRIVATE_KEY", key.display().to_string());
    let report = finds(&ward, "warn", "exposed").await;
    assert!(told(&report, Check::Files).contains("key.pem"));
    mode(&key, 0o600);
    assert_eq!(troubles(&ward.examine().await), []);

    let state = Path::new(&ward.env["OKTA_MCP_STATE_DIR"]).to_owned();
    std::fs::create_dir_all(&state).unwrap();
    mode(&state, 0o700);
    std::fs::write(state.join("seal-key"), [0; 32]).unwrap();
    mode(&state.join("seal-key"), 0o640);
    finds(&ward, "fail", "exposed").await;
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Where there is no keyring, as here: the tests have none.
#[tokio::test]
async fn a_keyring_that_cannot_be_asked() {
    let mut ward = Ward::new().await;
    let report = ward.examine().await;
    assert!(told(&report, Check::Keyring).starts_with("not used: the keyring is switched off"));
    let state = Path::new(&ward.env["OKTA_MCP_STATE_DIR"]).to_owned();
    std::fs::create_dir_all(&state).unwrap();
    let marker = state.join("seal-key.keyring");
    std::fs::write(&marker, "").unwrap();
    #[cfg(unix)]
    mode(&state, 0o700);
    #[cfg(unix)]
    mode(&marker, 0o600);
    let report = finds(&ward, "fail", "keyring").await;
    assert!(told(&report, Check::Keyring).ends_with("it holds the sealing key"));
    std::fs::remove_file(marker).unwrap();

    ward.set("OKTA_PRIVATE_KEY", "keyring");
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "configuration"), ("fail", "keyring")]);
    assert!(told(&report, Check::Keyring).ends_with("it is to hold private_key"));
}

#[tokio::test]
async fn clients_that_start_what_is_not_there() {
    let ward = Ward::new().await;
    let report = ward.examine().await;
    assert!(told(&report, Check::Clients).starts_with("none starts okta-mcp"));

    let cursor = ward.home.path().join(".cursor/mcp.json");
    std::fs::create_dir(cursor.parent().unwrap()).unwrap();
    let program = ward.program.display().to_string();
    let write = |servers: Value| {
        std::fs::write(&cursor, json!({ "mcpServers": servers }).to_string()).unwrap();
    };
    write(json!({ "okta": { "command": program } }));
    let report = ward.examine().await;
    assert_eq!(troubles(&report), []);
    assert_eq!(told(&report, Check::Clients), "started by Cursor");

    write(json!({ "okta": { "command": format!("{program}-old/okta-mcp") } }));
    let report = finds(&ward, "fail", "client_start").await;
    assert!(told(&report, Check::Clients).contains("-old/okta-mcp, which is not there"));
    write(json!({ "okta": { "command": program, "args": ["--profile", "prod"] } }));
    let report = finds(&ward, "fail", "client_start").await;
    assert!(told(&report, Check::Clients).contains("the profile prod"));
    write(json!({
        "okta": { "command": program, "env": { "OKTA_API_TOKEN": "00secretInTheFile" } },
        "old": { "command": "nowhere/okta-mcp" },
    }));
    let report = finds(&ward, "fail", "client_start").await;
    assert!(told(&report, Check::Clients).ends_with("; and 1 more"));
    write(
        json!({ "okta": { "command": program, "env": { "OKTA_API_TOKEN": "00secretInTheFile" } } }),
    );
    let report = finds(&ward, "warn", "client_secret").await;
    assert!(!report.json().to_string().contains("00secretInTheFile"));
    std::fs::write(&cursor, "{").unwrap();
    finds(&ward, "warn", "client_file").await;
}

#[tokio::test]
async fn a_state_folder_that_is_none() {
    let mut ward = Ward::new().await;
    let file = ward.home.path().join("file");
    std::fs::write(&file, "").unwrap();
    ward.set("OKTA_MCP_STATE_DIR", file.join("state").display().to_string());
    finds(&ward, "fail", "state").await;
}

#[tokio::test]
async fn okta_that_fails_while_it_signs_in() {
    let ward = Ward::new().await;
    ward.org.inject(Fault {
        kind: FaultKind::Status(503),
        method: None,
        path: "/oauth2/v1/token".to_owned(),
        times: 5,
    });
    let report = ward.examine().await;
    assert_eq!(troubles(&report), [("fail", "okta_down")], "{report:#?}");
}
