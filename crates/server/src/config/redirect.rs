//! Where the browser comes back to after a person signed in.

use std::net::IpAddr;

use axum::http::Uri;

use super::{
    ConfigError,
    layers::Settings,
    setting::Group,
    table::{REDIRECT_PORT, REDIRECT_URI},
};

/// The port where none is given.
const PORT: u32 = 8765;

/// The redirect URI on that port, or on the one that holds where none is given.
pub fn on_port(port: Option<u32>) -> String {
    format!("http://127.0.0.1:{}/callback", port.unwrap_or(PORT))
}

/// The redirect URI. Without a whole one it is by address: a name might lead to another machine
/// (RFC 8252 section 8.3).
pub(super) fn uri(settings: &Settings) -> Result<String, ConfigError> {
    let given = settings.one_of(Group::Redirect).filter(|given| given.is(&REDIRECT_URI));
    let Some(given) = given else {
        return Ok(on_port(Some(settings.whole(&REDIRECT_PORT, PORT))));
    };
    match problem(given.text()) {
        None => Ok(given.text().to_owned()),
        Some(problem) => Err(given.bad(format!(
            "{problem}: one looks like {}, and the app at Okta must know it letter by letter",
            on_port(None)
        ))),
    }
}

/// Why a text is no URI that a browser can come back to this process by.
fn problem(text: &str) -> Option<&'static str> {
    let Ok(uri) = text.parse::<Uri>() else { return Some("this is no URI") };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    if uri.scheme_str() != Some("http") {
        Some("it must start with http://, as this server has no certificate")
    } else if !loopback || user {
        Some("it must lead to this machine: 127.0.0.1, [::1] or localhost")
    } else if uri.port_u16().is_none_or(|port| port == 0) {
        Some("it must name a port")
    } else if uri.query().is_some() || text.contains('#') {
        Some("it must have no query and no fragment")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uris_of_this_machine_will_do() {
        for good in [
            "http://127.0.0.1:8765/callback",
            "http://localhost:1/",
            "http://[::1]:8080/authorization-code/callback",
            "http://127.1.2.3:9/a",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "",
            "callback",
            "https://127.0.0.1:8765/callback",
            "http://example.com:8765/callback",
            "http://localhost.example.com:8765/callback",
            "http://127.0.0.1@example.com:8765/callback",
            "http://user@127.0.0.1:8765/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:8765/callback?x=1",
            "http://127.0.0.1:8765/callback#x",
            "http://10.0.0.1:8765/",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
