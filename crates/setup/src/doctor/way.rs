//! The way to the org: proxy, name, connection, TLS, who answers, and their clock.

use jiff::SignedDuration;
use okta_client::{Hop, OrgUrl, Probe, Reach, Seen, Unseen};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::finding::{Check, Finding};
use crate::{
    org::{self, ABOUT, Org, OrgError, PATIENCE},
    trouble::{self, Trouble},
};

/// From here on it may matter: Okta takes what is a minute old.
const SOME: SignedDuration = SignedDuration::from_secs(15);

/// From here on Okta refuses.
const MUCH: SignedDuration = SignedDuration::from_secs(60);

/// Goes the way to the org, as far as it leads.
pub(super) async fn examine(probe: &Probe, reach: &Reach) -> Vec<Finding> {
    let org = probe.org();
    let hop = reach.hop(org);
    let mut found = match connect(&hop).await {
        Ok(found) => found,
        Err(failed) => return failed,
    };
    match probe.read(ABOUT, PATIENCE).await {
        Ok(seen) => {
            let scheme = if org.origin().starts_with("https") {
                "the certificate is trusted"
            } else {
                "plain http, on this machine"
            };
            found.push(Finding::pass(Check::Tls, scheme));
            found.push(who(org, &seen));
            found.push(time(seen.ahead));
        }
        Err(unseen) => found.push(unreached(&hop, &unseen)),
    }
    found
}

/// Name and connection, of the org or of the proxy on the way to it.
async fn connect(hop: &Hop) -> Result<Vec<Finding>, Vec<Finding>> {
    let Hop { host, port, proxy } = hop;
    let trouble = |direct: &'static Trouble| if *proxy { trouble::PROXY } else { direct };
    let mut found = Vec::new();
    if !proxy {
        found.push(Finding::pass(Check::Proxy, "none on the way"));
    }
    let named = timeout(PATIENCE, lookup_host((host.as_str(), *port))).await;
    let addresses: Vec<_> = match named.unwrap_or_else(|_| Err(late())) {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            let told = format!("{host} has no address: {error}");
            found.push(Finding::fail(trouble(trouble::DNS), told));
            return Err(found);
        }
    };
    let at = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>();
    let named = Finding::pass(Check::Dns, format!("{host} is {}", at.join(", ")));
    let open = timeout(PATIENCE, TcpStream::connect(&*addresses)).await;
    let open = open.unwrap_or_else(|_| Err(late()));
    match (open, proxy) {
        (Ok(_), true) => {
            found.push(Finding::pass(Check::Proxy, format!("{host}:{port} answers")));
            found.push(Finding::skip(Check::Dns, "the proxy looks the org's name up"));
            found.push(Finding::skip(Check::Connection, "the proxy makes it"));
        }
        (Ok(_), false) => {
            found.push(named);
            found.push(Finding::pass(Check::Connection, format!("port {port} answers")));
        }
        (Err(error), _) => {
            found.extend((!proxy).then_some(named));
            let told = format!("{host}:{port} does not answer: {error}");
            found.push(Finding::fail(trouble(trouble::CONNECTION), told));
            return Err(found);
        }
    }
    Ok(found)
}

fn late() -> std::io::Error {
    let seconds = PATIENCE.as_secs();
    std::io::Error::new(std::io::ErrorKind::TimedOut, format!("nothing within {seconds} s"))
}

fn unreached(hop: &Hop, unseen: &Unseen) -> Finding {
    let trouble = match unseen {
        Unseen::Tls(_) => trouble::TLS,
        Unseen::Setup(_) => trouble::CONFIGURATION,
        // It was there a moment ago.
        Unseen::Connect(_) | Unseen::Lost(_) if hop.proxy => trouble::PROXY,
        Unseen::Connect(_) | Unseen::Lost(_) => trouble::CONNECTION,
    };
    Finding::fail(trouble, unseen.to_string())
}

/// Whether an org answers.
fn who(org: &OrgUrl, seen: &Seen) -> Finding {
    match org::read(seen, org) {
        Ok(Org { id, engine, own_host }) => {
            let own =
                own_host.map_or_else(String::new, |host| format!(", which calls itself {host}"));
            let told = format!("{} is the org {id}{own}: {}", org.host(), engine.name());
            Finding::pass(Check::Org, told)
        }
        Err(error @ OrgError::NoOrg(_)) => Finding::fail(trouble::NO_ORG, error.to_string()),
        Err(error) => Finding::fail(trouble::OKTA_DOWN, error.to_string()),
    }
}

fn time(ahead: Option<SignedDuration>) -> Finding {
    let Some(ahead) = ahead else {
        return Finding::skip(Check::Clock, "Okta did not say what time it is");
    };
    // Its date has no fractions: what is under a second may be those.
    let seconds = ahead.as_secs().unsigned_abs();
    let side = if ahead.is_negative() { "ahead of" } else { "behind" };
    let told = match seconds {
        0 | 1 => "the same as Okta's".to_owned(),
        _ => format!("{seconds} s {side} Okta's"),
    };
    match ahead.abs() {
        off if off >= MUCH => Finding::fail(trouble::CLOCK, told),
        off if off >= SOME => Finding::warn(trouble::CLOCK, told),
        _ => Finding::pass(Check::Clock, told),
    }
}
