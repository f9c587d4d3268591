//! Pages: the `Link` header (RFC 8288) and cursors.

use std::collections::HashSet;

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{Error, ErrorKind};

/// The cursors that a walk over pages has seen, so that a list that leads back to itself ends
/// with an error and not never.
#[derive(Clone, Debug, Default)]
pub struct Cursors {
    seen: HashSet<String>,
}

impl Cursors {
    /// Takes the cursor of the next page. [`ErrorKind::BadReply`] where it came up before.
    pub fn see(&mut self, cursor: &str) -> Result<(), Error> {
        if self.seen.insert(cursor.to_owned()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::BadReply,
            "Okta named the same next page twice: the list is not followed in a circle",
        ))
    }
}

/// The query of the next page of `current`, decoded, from `Link: rel="next"`.
///
/// The page must lie on the same origin and path: its query alone is used, the URL never followed.
pub(crate) fn next(
    headers: &HeaderMap,
    current: &Url,
) -> Result<Option<Vec<(String, String)>>, Error> {
    let lines = headers.get_all(http::header::LINK).iter().filter_map(|line| line.to_str().ok());
    let Some(target) = lines.flat_map(links).find(|link| link.is_next).map(|link| link.target)
    else {
        return Ok(None);
    };
    let next = current.join(&target).map_err(|_| {
        Error::new(ErrorKind::BadReply, "Okta's link to the next page cannot be read")
    })?;
    if next.origin() != current.origin() {
        return Err(Error::new(
            ErrorKind::BadReply,
            format!(
                "the link to the next page leads to another host ({}): it was not followed. Use the org URL that Okta itself answers with",
                next.host_str().unwrap_or("none"),
            ),
        ));
    }
    if !same_path(next.path(), current.path()) {
        return Err(Error::new(
            ErrorKind::BadReply,
            "the link to the next page leads to another path: it was not followed",
        ));
    }
    Ok(Some(next.query_pairs().into_owned().collect()))
}

fn same_path(one: &str, other: &str) -> bool {
    percent_decode_str(one).eq(percent_decode_str(other))
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) is_next: bool,
}

/// The links of one header line: `<target>; rel="next", <target>; rel=self` (RFC 8288 section 3).
pub(crate) fn links(line: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, parameters)) = after.split_once('>') else { break };
        let (parameters, tail) = parameters_of(parameters);
        let is_next = parameters.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("rel")
                && value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
        });
        found.push(Link { target: target.trim().to_owned(), is_next });
        rest = tail;
    }
    found
}

/// The parameters up to the comma that ends the link, and what follows it. A comma or semicolon
/// in quotes belongs to its value.
fn parameters_of(text: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = Vec::new();
    let (mut name, mut value) = (String::new(), None::<String>);
    let (mut quoted, mut escaped) = (false, false);
    let mut keep = |name: &mut String, value: &mut Option<String>| {
        let (name, value) = (std::mem::take(name), value.take());
        if !name.trim().is_empty() {
            let value = value.unwrap_or_default();
            parameters.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    };
    let mut tail = "";
    for (at, c) in text.char_indices() {
        let plain = !quoted && !escaped;
        match c {
            ',' if plain => {
                tail = text.get(at..).unwrap_or_default();
                break;
            }
            ';' if plain => keep(&mut name, &mut value),
            '=' if plain && value.is_none() => value = Some(String::new()),
            '\\' if quoted && !escaped => escaped = true,
            '"' if !escaped => quoted = !quoted,
            _ => {
                escaped = false;
                value.as_mut().unwrap_or(&mut name).push(c);
            }
        }
    }
    keep(&mut name, &mut value);
    (parameters, tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn next_of(lines: &[&str]) -> Result<Option<Vec<(String, String)>>, Error> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(http::header::LINK, line.parse().unwrap());
        }
        next(&headers, &Url::parse("https://acme.okta.com/api/v1/users?limit=2").unwrap())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn two_header_lines() {
        let found = next_of(&[
            "<https://acme.okta.com/api/v1/users?limit=2>; rel=\"self\"",
            "<https://acme.okta.com/api/v1/users?after=a%3D%3D&limit=2>; rel=\"next\"",
        ]);
        assert_eq!(found.unwrap().unwrap(), pairs(&[("after", "a=="), ("limit", "2")]));
    }

    #[test]
    fn joined_with_commas_and_unquoted() {
        let found = next_of(&[
            "<https://acme.okta.com/api/v1/users?q=a,b>; rel=self; title=\"a, <b>; rel=next\",\
             <https://acme.okta.com/api/v1/users?after=x,y+z>;rel=next",
        ]);
        assert_eq!(found.unwrap().unwrap(), pairs(&[("after", "x,y z")]));
    }

    #[test]
    fn a_target_that_is_relative() {
        let found = next_of(&["</api/v1/users?after=1>; REL=\"prev NEXT\""]);
        assert_eq!(found.unwrap().unwrap(), pairs(&[("after", "1")]));
    }

    #[test]
    fn no_next_page() {
        assert_eq!(next_of(&[]).unwrap(), None);
        assert_eq!(next_of(&["<https://acme.okta.com/api/v1/users>; rel=\"self\""]).unwrap(), None);
        assert_eq!(next_of(&["nonsense", "<open", "; rel=next"]).unwrap(), None);
    }

    #[test]
    fn another_host_scheme_port_or_path_is_refused() {
        for target in [
            "https://evil.example/api/v1/users?after=1",
            "http://acme.okta.com/api/v1/users?after=1",
            "https://acme.okta.com:8443/api/v1/users?after=1",
            "//evil.example/api/v1/users?after=1",
            "https://acme.okta.com@evil.example/api/v1/users?after=1",
            "https://acme.okta.com/api/v1/groups?after=1",
            "https://acme.okta.com/api/v1/users/../groups?after=1",
        ] {
            let error = next_of(&[&format!("<{target}>; rel=\"next\"")]).unwrap_err();
            assert_eq!(error.kind, ErrorKind::BadReply, "{target}");
        }
    }

    #[test]
    fn a_cursor_may_be_seen_once() {
        let mut cursors = Cursors::default();
        cursors.see("a").unwrap();
        cursors.see("b").unwrap();
        assert_eq!(cursors.see("a").unwrap_err().kind, ErrorKind::BadReply);
    }

    proptest! {
        #[test]
        fn links_never_panics(line in "\\PC{0,200}") {
            let _ = links(&line);
        }

        #[test]
        fn what_okta_writes_is_read(after in "[ -~]{0,60}", quoted: bool, joined: bool) {
            let mut target = Url::parse("https://acme.okta.com/api/v1/users").unwrap();
            target.query_pairs_mut().append_pair("after", &after).append_pair("limit", "2");
            let rel = if quoted { "rel=\"next\"" } else { "rel=next" };
            let own = "<https://acme.okta.com/api/v1/users?limit=2>; rel=\"self\"";
            let next = format!("<{target}>; {rel}");
            let found = if joined {
                next_of(&[&format!("{own}, {next}")])
            } else {
                next_of(&[own, &next])
            };
            prop_assert_eq!(found.unwrap().unwrap(), pairs(&[("after", &after), ("limit", "2")]));
        }
    }
}
