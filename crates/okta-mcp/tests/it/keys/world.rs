//! An org, and a profile that signs in to it with a key in a file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{Home, Ran, Sandbox};

pub(crate) struct World {
    home: Home,
    org: Sandbox,
    client_id: String,
}

impl World {
    /// A service app that asks for these scopes.
    pub(crate) fn new(scopes: &[&str]) -> Self {
        let home = Home::new();
        let org = home.sandbox(&[]);
        let client_id = org.env["OKTA_CLIENT_ID"].as_str().unwrap().to_owned();
        let world = Self { home, org, client_id };
        world.write_config(&format!(
            "# Ours.\n[profiles.default]\norg = '{}'\nclient_id = '{}'   # Okta MCP\n\
             private_key_file = \"key.pem\"\nkey_id   = '{}'   # of May\nscopes = {scopes:?}\n",
            world.env("OKTA_ORG_URL"),
            world.env("OKTA_CLIENT_ID"),
            world.env("OKTA_KEY_ID"),
        ));
        world
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the sandbox says how to connect with.
    pub(crate) fn env(&self, name: &str) -> String {
        self.org.env[name].as_str().unwrap().to_owned()
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.beside("key.pem")
    }

    pub(crate) fn pending(&self) -> PathBuf {
        self.beside("key.pem.rotation")
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.beside("okta-mcp.toml")).unwrap()
    }

    pub(crate) fn write_config(&self, text: &str) {
        let path = self.beside("okta-mcp.toml");
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(&[], args)
    }

    pub(crate) fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        let config = self.beside("okta-mcp.toml").display().to_string();
        let all = [&[("OKTA_MCP_CONFIG", config.as_str())], env].concat();
        self.home.run_with(&all, args)
    }

    /// Runs at a terminal, where that is the answer: what it showed, and the run.
    #[cfg(unix)]
    pub(crate) fn answer(&self, args: &[&str], answer: &str) -> (String, Ran) {
        self.answer_with(&[], args, answer)
    }

    #[cfg(unix)]
    pub(crate) fn answer_with(
        &self,
        env: &[(&str, &str)],
        args: &[&str],
        answer: &str,
    ) -> (String, Ran) {
        use std::{io::Write as _, process::Stdio};
        let (mut pty, pts) = pty_process::blocking::open().unwrap();
        let child = pty_process::blocking::Command::new(crate::support::BINARY)
            .args(args)
            .env_clear()
            .envs(self.home.environment())
            .env("OKTA_MCP_CONFIG", self.beside("okta-mcp.toml"))
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn(pts)
            .unwrap();
        let shown = crate::terminal::read_to(&mut pty, "Type yes to do it: ");
        pty.write_all(answer.as_bytes()).unwrap();
        (shown, child.wait_with_output().unwrap().into())
    }

    /// Runs where no terminal controls the process.
    #[cfg(unix)]
    pub(crate) fn away_from_terminals(&self, args: &[&str]) -> Ran {
        use process_wrap::std::{CommandWrap, ProcessSession};
        use std::process::Stdio;
        let mut command = self.home.command(args);
        command
            .env("OKTA_MCP_CONFIG", self.beside("okta-mcp.toml"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = CommandWrap::from(command).wrap(ProcessSession).spawn().unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// The ids of the keys that the app has at Okta.
    pub(crate) fn key_ids(&self) -> Vec<String> {
        let listed = self.at_okta(reqwest::Method::GET, None);
        let ids = listed.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap());
        ids.map(str::to_owned).collect()
    }

    /// Registers a key as an administrator does.
    pub(crate) fn register(&self, jwk: &Value) {
        let added = self.at_okta(reqwest::Method::POST, Some(jwk));
        assert_eq!(added["status"], "ACTIVE", "{added}");
    }

    fn at_okta(&self, method: reqwest::Method, body: Option<&Value>) -> Value {
        let path = format!("/api/v1/apps/{}/credentials/jwks", self.client_id);
        self.ask(method, &path, body)
    }

    /// Has the profile name an app that people sign in to, with the same key.
    pub(crate) fn become_a_web_app(&mut self) {
        let key = self.run(&["keys", "show", "--json"]).json()["public_jwk"].clone();
        let app = serde_json::json!({
            "name": "oidc_client", "label": "Desk", "signOnMode": "OPENID_CONNECT",
            "credentials": { "oauthClient": { "token_endpoint_auth_method": "private_key_jwt" } },
            "settings": { "oauthClient": {
                "application_type": "web", "response_types": ["code"],
                "grant_types": ["authorization_code", "refresh_token"],
                "redirect_uris": ["http://127.0.0.1:8765/callback"],
                "jwks": { "keys": [key] },
            } },
        });
        let made = self.ask(reqwest::Method::POST, "/api/v1/apps", Some(&app));
        let client = made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let config = self.config().replace(&self.client_id, &client);
        self.write_config(&format!("{config}sign_in = 'browser'\n"));
        self.client_id = client;
    }

    /// Takes the admin roles of the app away.
    pub(crate) fn take_roles(&self) {
        let path = format!("/oauth2/v1/clients/{}/roles", self.client_id);
        let roles = self.ask(reqwest::Method::GET, &path, None);
        for role in roles.as_array().unwrap() {
            let one = format!("{path}/{}", role["id"].as_str().unwrap());
            self.ask(reqwest::Method::DELETE, &one, None);
        }
        assert_eq!(self.ask(reqwest::Method::GET, &path, None), serde_json::json!([]));
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}{path}", self.env("OKTA_ORG_URL"));
        let token = format!("SSWS {}", self.org.api_token);
        let body = body.cloned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let mut request = client.request(method, url).header("authorization", token);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let text = request.send().await.unwrap().text().await.unwrap();
            serde_json::from_str(&text).unwrap_or_default()
        })
    }

    /// The rows of the trail.
    pub(crate) fn rows(&self) -> Vec<Value> {
        let folder = self.home().join("state/okta-mcp/audit");
        let mut rows: Vec<Value> = Vec::new();
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "jsonl") {
                let text = fs::read_to_string(&path).unwrap();
                rows.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
            }
        }
        rows.sort_by_key(|row| row["time"].as_str().unwrap().to_owned());
        rows
    }
}
