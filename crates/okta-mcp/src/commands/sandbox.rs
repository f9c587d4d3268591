//! `okta-mcp sandbox`: an Okta org in memory, for tests and trials.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use okta_sandbox::{Config, Faults, Org, Server, ServiceApp, SignIn, Tls};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    cli::{FaultChance, FaultKind, SandboxArgs},
    failure::Failure,
    org,
    os::{self, Readers, Stop},
    printer,
};

/// How slow a slow answer is.
const SLOW: Duration = Duration::from_secs(1);

/// Serves the org until told to stop.
pub(crate) async fn run(args: SandboxArgs) -> Result<(), Failure> {
    let config = Config {
        users: args.users,
        seed: args.seed,
        api_token: args.api_token.clone(),
        faults: faults(&args.faults)?,
        rate_limits: !args.no_rate_limits,
        ..Config::default()
    };
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|error| {
        Failure::usage(format!("--port {}: cannot listen there: {error}", args.port))
    })?;
    let tls = args.https.then(okta_sandbox::tls_self_signed).transpose();
    let tls = tls.map_err(Failure::unexpected)?;
    let org = org::in_memory(config);
    let mut stop = Stop::new().map_err(Failure::unexpected)?;
    let app = service_app(&org, args.rsa)?;
    let files = Files::write(&args, &app, tls.as_ref())?;
    let server = Server::start(org.clone(), listener, tls).await.map_err(Failure::unexpected)?;
    tell(&args, &org, &server, app, &files)?;
    stop.told().await;
    server.stop().await;
    files.remove();
    Ok(())
}

/// The app that a client signs in with.
fn service_app(org: &Org, rsa: bool) -> Result<ServiceApp, Failure> {
    if rsa { org.add_rsa_key().map_err(Failure::unexpected) } else { Ok(org.service_app()) }
}

fn faults(chances: &[FaultChance]) -> Result<Faults, Failure> {
    let mut faults = Faults { delay: SLOW, ..Faults::default() };
    for chance in chances {
        let place = match chance.kind {
            FaultKind::TooMany => &mut faults.too_many,
            FaultKind::ServerError => &mut faults.server_error,
            FaultKind::Slow => &mut faults.slow,
            FaultKind::Cut => &mut faults.cut,
            FaultKind::Garbage => &mut faults.garbage,
            FaultKind::Reset => &mut faults.reset,
        };
        *place = chance.permille;
    }
    let sum: u16 = chances.iter().map(|chance| chance.permille).fold(0, u16::saturating_add);
    if sum > 1_000 {
        return Err(Failure::usage("--fault: all kinds together are more than 1000 of 1,000"));
    }
    // Without a chance of anything there is nothing to draw.
    Ok(if sum == 0 { Faults::default() } else { faults })
}

/// The files by which a client connects.
struct Files {
    key: PathBuf,
    ca: Option<PathBuf>,
    /// Where those are that were not asked for by name.
    _folder: Option<TempDir>,
}

impl Files {
    fn write(args: &SandboxArgs, app: &ServiceApp, tls: Option<&Tls>) -> Result<Self, Failure> {
        let named = args.key_file.is_some() && (tls.is_none() || args.ca_file.is_some());
        let folder = if named {
            None
        } else {
            Some(os::private_folder("okta-sandbox-").map_err(Failure::unexpected)?)
        };
        let place = |given: &Option<PathBuf>, name: &str| {
            let ours = folder.as_ref().map(|folder| folder.path().join(name));
            // One of the two is there; and a variable must not depend on where it is read.
            let path = given.clone().or(ours).unwrap_or_default();
            std::path::absolute(path).map_err(Failure::usage)
        };
        let key = place(&args.key_file, "key.pem")?;
        let ca = tls.map(|tls| Ok((place(&args.ca_file, "ca.pem")?, tls))).transpose()?;
        create("--key-file", &key, &app.private_key_pem, Readers::Owner)?;
        let mut files = Self { key, ca: None, _folder: folder };
        if let Some((ca, tls)) = ca {
            if let Err(error) = create("--ca-file", &ca, &tls.ca_pem, Readers::Everyone) {
                files.remove();
                return Err(error);
            }
            files.ca = Some(ca);
        }
        Ok(files)
    }

    /// Removes what nobody can use any more.
    fn remove(self) {
        for path in [Some(self.key), self.ca].into_iter().flatten() {
            if let Err(error) = fs_err::remove_file(path) {
                printer::note(&format!("warning: {error}"));
            }
        }
    }
}

fn create(option: &str, path: &Path, content: &str, readers: Readers) -> Result<(), Failure> {
    os::create(path, content, readers).map_err(|error| Failure::usage(format!("{option}: {error}")))
}

/// Tells how to connect.
fn tell(
    args: &SandboxArgs,
    org: &Org,
    server: &Server,
    app: ServiceApp,
    files: &Files,
) -> Result<(), Failure> {
    let mut variables = vec![
        ("OKTA_ORG_URL", server.url()),
        ("OKTA_CLIENT_ID", app.client_id),
        ("OKTA_KEY_ID", app.key_id),
        ("OKTA_PRIVATE_KEY", files.key.display().to_string()),
        ("OKTA_SCOPES", app.scopes.join(" ")),
    ];
    if let Some(ca) = &files.ca {
        variables.push(("SSL_CERT_FILE", ca.display().to_string()));
    }
    if args.json {
        let env: serde_json::Map<_, _> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let all = json!({
            "env": env,
            "api_token": org.api_token(),
            "sign_in": sign_in(&org.sign_in()),
        });
        return printer::data(&all.to_string());
    }
    let mut lines: Vec<String> =
        variables.iter().map(|(name, value)| format!("export {name}={}", quoted(value))).collect();
    lines.push("# Or with an API token, instead of OKTA_PRIVATE_KEY:".to_owned());
    lines.push(format!(
        "# unset OKTA_PRIVATE_KEY; export OKTA_API_TOKEN={}",
        quoted(org.api_token())
    ));
    lines.extend(as_person(&org.sign_in()));
    printer::data(&lines.join("\n"))?;
    printer::note("The org is there until Ctrl-C; to use it, run the lines above in another shell");
    Ok(())
}

/// The apps that people sign in with, and who can sign in.
fn sign_in(with: &SignIn) -> Value {
    json!({
        "native": { "client_id": with.native.client_id },
        "web": { "client_id": with.web.client_id, "client_secret": with.web.client_secret },
        "redirect_uri": with.redirect_uri,
        "super_admin": with.super_admin,
        "employee": with.employee,
        "password": with.password,
    })
}

/// How a person signs in instead of the service app, as comments of a shell.
fn as_person(with: &SignIn) -> Vec<String> {
    let SignIn { native, web, .. } = with;
    let secret = quoted(web.client_secret.as_deref().unwrap_or_default());
    vec![
        format!(
            "# Or as a person: {}, who may do everything, or {}, who administers nothing; \
             everybody's password is {}",
            with.super_admin, with.employee, with.password
        ),
        "# unset OKTA_PRIVATE_KEY OKTA_KEY_ID OKTA_SCOPES".to_owned(),
        format!("# export OKTA_CLIENT_ID={} OKTA_MCP_SIGN_IN=device", native.client_id),
        format!("# or, coming back to {}: export OKTA_MCP_SIGN_IN=browser", with.redirect_uri),
        format!(
            "# or, with a secret: export OKTA_CLIENT_ID={} OKTA_CLIENT_SECRET={secret} \
             OKTA_MCP_SIGN_IN=browser",
            web.client_id
        ),
        format!(
            "# Whoever signs in approves what takes a person: export \
             OKTA_MCP_APPROVER_CLIENT_ID={}",
            native.client_id
        ),
    ]
}

/// The text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
