//! People's addresses and names as stable pseudonyms: the same person always has the same one, so
//! that rows can be joined; who it is, only the key tells.

use std::{io, path::Path};

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use crate::{
    Row, files,
    row::{hex, unhex},
};

/// The file of the key, in the state folder.
pub(crate) const KEY_FILE: &str = "pseudonym-key";

/// Members whose values are about a person (Okta's user profile), lower case.
const PERSONAL: &[&str] = &[
    "displayname",
    "email",
    "firstname",
    "honorificprefix",
    "honorificsuffix",
    "lastname",
    "login",
    "middlename",
    "mobilephone",
    "nickname",
    "postaladdress",
    "primaryphone",
    "secondemail",
    "streetaddress",
    "username",
];

/// Members that stay: who is responsible, and what the trail itself says.
const KEPT: &[&str] =
    &["kind", "tool", "effect", "principal", "approver", "client", "org", "profile", "call"];

/// Makes pseudonyms: `p:` and 20 hex digits of HMAC-SHA-256 (RFC 2104).
pub(crate) struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// Reads the key, or makes it from `random`.
    pub(crate) fn open(path: &Path, random: &dyn Fn(&mut [u8])) -> io::Result<Self> {
        let content = files::secret(path, || {
            let mut key = [0; 32];
            random(&mut key);
            (hex(&key) + "\n").into_bytes()
        })?;
        let key = std::str::from_utf8(&content).ok().and_then(|text| unhex(text.trim()));
        let key = key.ok_or_else(|| io::Error::other("it holds no key of 64 hex digits"))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// Puts pseudonyms into a row.
    pub(crate) fn apply(&self, row: &mut Row) {
        for (name, value) in row.members_mut() {
            if name == "args_sha256" {
                // Over few arguments it would let them be guessed.
                if let Value::String(digest) = value {
                    *digest = hex(&self.mac(digest));
                }
            } else if !KEPT.contains(&name.as_str()) {
                self.walk(name, value);
            }
        }
    }

    fn walk(&self, name: &str, value: &mut Value) {
        let personal = PERSONAL.iter().any(|known| name.eq_ignore_ascii_case(known));
        match value {
            Value::String(text) if personal && !text.is_empty() => *text = self.of(text),
            Value::String(text) => {
                if let Some(changed) = self.within(text) {
                    *text = changed;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(name, item)),
            Value::Object(object) => {
                let names: Vec<String> =
                    object.keys().filter(|key| has_address(key)).cloned().collect();
                if names.is_empty() {
                    object.iter_mut().for_each(|(name, value)| self.walk(name, value));
                } else {
                    *object = std::mem::take(object)
                        .into_iter()
                        .map(|(name, mut value)| {
                            self.walk(&name, &mut value);
                            (self.within(&name).unwrap_or(name), value)
                        })
                        .collect::<Map<_, _>>();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The pseudonym of a name or an address. Neither case nor the escapes of a URL matter.
    fn of(&self, text: &str) -> String {
        if is_pseudonym(text) {
            return text.to_owned();
        }
        let plain = text.replace("%40", "@").replace("%2B", "+").replace("%2b", "+").to_lowercase();
        let mac = self.mac(&plain);
        format!("p:{}", hex(mac.get(..10).unwrap_or_default()))
    }

    fn mac(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.0, text.as_bytes()).as_ref().to_vec()
    }

    /// The text with its addresses replaced, the names before them left out, and what a search
    /// compares personal members with replaced; `None` where there is nothing of that.
    fn within(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, end)) = next_address(rest) {
            let (before, address) = (rest.get(..start)?, rest.get(start..end)?);
            match without_name(before) {
                Some(before) => out.extend([before, " ("]),
                None => out.push_str(before),
            }
            out.push_str(&self.of(address));
            rest = rest.get(end..)?;
        }
        out.push_str(rest);
        let out = self.compared(&out).unwrap_or(out);
        (out != text).then_some(out)
    }

    /// `profile.firstName eq "Ana"`: the quoted text after a personal member and an operator of
    /// Okta's search expressions (SCIM, RFC 7644 section 3.4.2.2).
    fn compared(&self, text: &str) -> Option<String> {
        let mut parts = text.split('"');
        let mut out = parts.next()?.to_owned();
        let mut inside = true;
        for part in parts {
            let mut words = out.split_whitespace().rev();
            let operator = words.next().is_some_and(|word| word.len() == 2);
            let member = words.next().and_then(|word| word.rsplit(['.', '(']).next());
            let personal = member.is_some_and(|member| {
                PERSONAL.iter().any(|known| member.eq_ignore_ascii_case(known))
            });
            out.push('"');
            if inside && operator && personal && !part.is_empty() {
                out.push_str(&self.of(part));
            } else {
                out.push_str(part);
            }
            inside = !inside;
        }
        Some(out)
    }
}

fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix("p:").is_some_and(|digits| {
        digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn has_address(text: &str) -> bool {
    next_address(text).is_some()
}

/// Where the next e-mail address begins and ends, in bytes. `%40` is an `@` in a URL.
fn next_address(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = [
            text.get(from..)?.find('@').map(|at| (at, 1)),
            text.get(from..)?.find("%40").map(|at| (at, 3)),
        ];
        let (at, length) = at.into_iter().flatten().min()?;
        let (at, after) = (from + at, from + at + length);
        let local = |c: char| c.is_alphanumeric() || "._%+'-".contains(c);
        let domain = |c: char| c.is_alphanumeric() || ".-".contains(c);
        let before = text.get(..at)?;
        let start = before.trim_end_matches(local).len();
        let rest = text.get(after..)?;
        let end = rest.len() - rest.trim_start_matches(domain).len();
        // A full stop at the end ends a sentence.
        let name = rest.get(..end)?.trim_end_matches(['.', '-']);
        if start < at && !name.is_empty() {
            return Some((start, after + name.len()));
        }
        from = after;
    }
}

/// The text without the name at its end that stands before an address in parentheses, and without
/// the parenthesis, as in `Deactivate user Ana Silva (ana@…`. The first word of all is no name.
fn without_name(text: &str) -> Option<&str> {
    let named = text.strip_suffix(" (")?;
    let mut left = named;
    while let Some((before, word)) = left.rsplit_once(' ') {
        if !word.chars().next().is_some_and(char::is_uppercase) {
            break;
        }
        left = before;
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pseudonyms() -> Pseudonyms {
        Pseudonyms(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]))
    }

    fn applied(name: &str, value: Value) -> Value {
        let mut row = Row::new("call");
        row.set(name, value);
        pseudonyms().apply(&mut row);
        row.into_json().remove(name).unwrap()
    }

    #[test]
    fn a_person_has_one_pseudonym_everywhere() {
        let ana = pseudonyms().of("ana@acme.example");
        assert!(is_pseudonym(&ana), "{ana}");
        let other = pseudonyms().of("bo@acme.example");
        let args = json!({
            "user_id": "Ana@acme.example",
            "profile": { "login": "ana@acme.example", "firstName": "Ana", "department": "Sales" },
            "search": "profile.email eq \"ana@acme.example\" or profile.firstName sw \"An\"",
            "ana@acme.example": ["x", 1, null, "to: ana@acme.example, bo@acme.example."],
        });
        let first = pseudonyms().of("ana");
        assert_eq!(
            applied("args", args),
            json!({
                "user_id": ana,
                "profile": { "login": ana, "firstName": first, "department": "Sales" },
                "search": format!(
                    "profile.email eq \"{ana}\" or profile.firstName sw \"{}\"",
                    pseudonyms().of("an")
                ),
                ana.clone(): ["x", 1, null, format!("to: {ana}, {other}.")],
            })
        );
        assert_eq!(
            applied("requests", json!(["POST /api/v1/users/ana%40acme.example/lifecycle/unlock"])),
            json!([format!("POST /api/v1/users/{ana}/lifecycle/unlock")])
        );
    }

    #[test]
    fn names_before_addresses_go() {
        let ana = pseudonyms().of("ana@acme.example");
        for (text, shown) in [
            ("Deactivate user Ana Da Silva (ana@acme.example)", "Deactivate user (P)"),
            ("Unlock Ana (ana@acme.example), Bo (ana@acme.example)", "Unlock (P), (P)"),
            ("Ana (ana@acme.example)", "Ana (P)"),
            ("ask ana@acme.example.", "ask P."),
            ("nothing @ all, user@, @x, a(b)", "nothing @ all, user@, @x, a(b)"),
        ] {
            assert_eq!(applied("summary", json!(text)), json!(shown.replace('P', &ana)));
        }
    }

    #[test]
    fn who_is_responsible_stays() {
        let kept = json!("admin@acme.example");
        for name in ["principal", "approver", "org"] {
            assert_eq!(applied(name, kept.clone()), kept);
        }
        let digest = applied("args_sha256", json!("00ff"));
        assert!(digest.as_str().is_some_and(|text| text.len() == 64), "{digest}");
        // What is a pseudonym stays one.
        let once = applied("email", kept);
        assert_eq!(applied("email", once.clone()), once);
    }
}
