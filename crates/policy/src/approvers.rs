//! Who may approve at level `person`.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

/// Who may approve a call: what every rule demands that wants it confirmed holds at once. Nothing is
/// demanded by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MayApprove {
    /// Another person than the one who asked. Where no person asked, everybody is another.
    pub another_person: bool,
    /// Of each list one must match: a glob of logins, or an id.
    pub of: Vec<Vec<String>>,
}

/// Who would approve, as Okta names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The id at Okta.
    pub id: &'a str,
    /// The login, where it is known.
    pub login: Option<&'a str>,
}

/// Why somebody may not approve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MayNot {
    /// They asked for it themselves.
    #[error("whoever asks may not approve it: the policy wants another person")]
    AskedThemselves,
    /// A rule names others.
    #[error("the policy lets only {0} approve this")]
    NotNamed(String),
}

impl MayApprove {
    /// True where everybody may.
    pub fn is_anybody(&self) -> bool {
        !self.another_person && self.of.is_empty()
    }

    /// Demands what `other` demands, too.
    pub fn and(&mut self, other: &Self) {
        self.another_person |= other.another_person;
        for list in &other.of {
            if !self.of.contains(list) {
                self.of.push(list.clone());
            }
        }
    }

    /// `Ok` where that person may approve what `asker` asked for: a person by id, or nobody.
    pub fn check(&self, person: Candidate<'_>, asker: Option<&str>) -> Result<(), MayNot> {
        self.check_named(person)?;
        if self.another_person && asker == Some(person.id) {
            return Err(MayNot::AskedThemselves);
        }
        Ok(())
    }

    /// The same, whoever asked: for saying no.
    pub fn check_named(&self, person: Candidate<'_>) -> Result<(), MayNot> {
        for list in &self.of {
            if !list.iter().any(|name| is_named(name, person)) {
                return Err(MayNot::NotNamed(list.join(", ")));
            }
        }
        Ok(())
    }
}

/// For people: behind "by".
impl fmt::Display for MayApprove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.another_person { "another person than asked" } else { "a person" })?;
        for (index, list) in self.of.iter().enumerate() {
            f.write_str(if index == 0 { ", one of " } else { ", and one of " })?;
            f.write_str(&list.join(", "))?;
        }
        Ok(())
    }
}

/// What is wrong with a list of a rule: the place, from 0, and why.
pub(crate) fn problem(list: &[String]) -> Option<(usize, String)> {
    list.iter().enumerate().find_map(|(index, name)| {
        let blank = name.trim().is_empty().then(|| "an empty name lets nobody approve".to_owned());
        let bad = || if is_id(name) { None } else { logins(name).err() };
        Some((index, blank.or_else(bad)?))
    })
}

fn is_named(name: &str, person: Candidate<'_>) -> bool {
    if is_id(name) {
        return name == person.id;
    }
    person.login.is_some_and(|login| logins(name).is_ok_and(|glob| glob.is_match(login)))
}

/// Ids of Okta's users look so; no login can pass for one, nor the other way round.
fn is_id(name: &str) -> bool {
    name.len() == 20
        && name.starts_with("00u")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Case does not matter in logins.
fn logins(glob: &str) -> Result<GlobMatcher, String> {
    let built = GlobBuilder::new(glob).case_insensitive(true).backslash_escape(true).build();
    let glob = built.map_err(|error| format!("{glob:?} is no glob: {}", error.kind()))?;
    Ok(glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Candidate<'_> =
        Candidate { id: "00u1a2b3c4d5e6f7g8h9", login: Some("Ana@security.example") };

    fn of(names: &[&str]) -> MayApprove {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        MayApprove { another_person: false, of: vec![names] }
    }

    #[test]
    fn logins_match_by_glob_and_ids_to_the_letter() {
        for (name, may) in [
            ("ana@security.example", true),
            ("*@SECURITY.example", true),
            ("{ana,bo}@*", true),
            ("00u1a2b3c4d5e6f7g8h9", true),
            ("00u1A2B3C4D5E6F7G8H9", false),
            ("00u*", false),
            ("*@example", false),
            ("bo@security.example", false),
        ] {
            assert_eq!(of(&[name]).check(ANA, None).is_ok(), may, "{name}");
            assert_eq!(of(&["nobody", name]).check(ANA, None).is_ok(), may, "one suffices: {name}");
        }
    }

    #[test]
    fn a_login_passes_for_no_id() {
        let id = "00u1a2b3c4d5e6f7g8h9";
        let mallory = Candidate { id: "00uMallory0000000000", login: Some(id) };
        assert!(of(&[id]).check(mallory, None).is_err());
        let nameless = Candidate { id, login: None };
        assert!(of(&["*"]).check(nameless, None).is_err(), "who has no known login matches none");
    }

    #[test]
    fn whoever_asked_is_no_other_person() {
        let four_eyes = MayApprove { another_person: true, of: Vec::new() };
        assert_eq!(four_eyes.check(ANA, Some(ANA.id)), Err(MayNot::AskedThemselves));
        assert_eq!(four_eyes.check(ANA, Some("00uBo00000000000000")), Ok(()));
        assert_eq!(four_eyes.check(ANA, None), Ok(()), "an app is no person");
        assert_eq!(four_eyes.check_named(ANA), Ok(()), "who asked may say no");
    }

    #[test]
    fn what_several_rules_demand_holds_at_once() {
        let mut both = of(&["*@security.example"]);
        both.and(&of(&["ana@*", "bo@*"]));
        both.and(&of(&["ana@*", "bo@*"]));
        both.and(&MayApprove { another_person: true, of: Vec::new() });
        assert_eq!(both.of.len(), 2);
        assert_eq!(both.check(ANA, None), Ok(()));
        let carl = Candidate { login: Some("carl@security.example"), ..ANA };
        assert_eq!(both.check(carl, None), Err(MayNot::NotNamed("ana@*, bo@*".to_owned())));
        assert!(both.check(ANA, Some(ANA.id)).is_err());
        let words = "another person than asked, one of *@security.example, and one of ana@*, bo@*";
        assert_eq!(both.to_string(), words);
    }
}
