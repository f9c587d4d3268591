//! The people of a new org.

use std::collections::HashMap;

use jiff::Timestamp;

use super::names::{DEPARTMENTS, FIRST, LAST, OFFICES};
use crate::{
    config::Config,
    id::Id,
    store::{Atom, Profile, State, Status, User, attr},
    time::before,
};

/// People whom the stories of the log are about. The first is the admin whose API token it is.
pub(super) struct Known {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) title: &'static str,
    /// A place in [`DEPARTMENTS`].
    department: usize,
    status: Status,
}

impl Known {
    pub(super) fn login(&self) -> String {
        format!("{}.{}@acme.example", plain(self.first), plain(self.last))
    }
}

const fn known(
    first: &'static str,
    last: &'static str,
    title: &'static str,
    department: usize,
    status: Status,
) -> Known {
    Known { first, last, title, department, status }
}

pub(super) const ADMIN: usize = 0;
pub(super) const LOCKED_OUT: usize = 1;
pub(super) const FATIGUED: usize = 2;
pub(super) const CONTRACTOR: usize = 3;
pub(super) const SPRAYED: usize = 4;
pub(super) const HELP_DESK: usize = 5;
pub(super) const EMPLOYEE: usize = 7;

pub(super) static KNOWN: [Known; 8] = [
    known("Morgan", "Hale", "Identity Administrator", 7, Status::Active),
    known("Ana", "Silva", "Account Executive", 1, Status::LockedOut),
    known("Daniel", "Okafor", "Staff Engineer", 0, Status::Active),
    known("Victor", "Lindqvist", "Data Engineer", 3, Status::Active),
    known("Priya", "Nair", "Accountant", 5, Status::Active),
    known("Sam", "Whitfield", "Help Desk Analyst", 7, Status::Active),
    known("Rita", "Moss", "CEO", 10, Status::Active),
    known("Ana", "Souza", "Recruiter", 6, Status::Active),
];

const DAY: i64 = 86_400;

/// Adds the people. The ids follow the order in which they came.
pub(super) fn add(state: &mut State, config: &Config, now: Timestamp) {
    let mut manager = None;
    let mut names = Names::new();
    for at in 0..config.users {
        let id = if at == 0 { state.admin } else { state.maker.id("00u") };
        let user =
            person(state, &mut names, Place { at, of: config.users }, now, id, manager.clone());
        if manages(at) {
            manager = Some((id, Box::from(user.login())));
        }
        state.users.put(user);
    }
}

/// True for those who have reports.
pub(super) const fn manages(at: usize) -> bool {
    at == 6 || at > 0 && at.is_multiple_of(9)
}

/// A manager's id and login.
type Manager = (Id, Box<str>);

/// Somebody's place among all people.
#[derive(Clone, Copy)]
struct Place {
    at: usize,
    of: usize,
}

fn person(
    state: &mut State,
    names: &mut Names,
    Place { at, of }: Place,
    now: Timestamp,
    id: Id,
    manager: Option<Manager>,
) -> User {
    let known = KNOWN.get(at);
    let random = state.maker.random();
    let first = known.map_or_else(|| pick(random, &FIRST), |known| known.first);
    let last = known.map_or_else(|| pick(random, &LAST), |known| known.last);
    let department =
        known.map_or_else(|| random.usize(..DEPARTMENTS.len()), |known| known.department);
    let office = random.usize(..OFFICES.len());
    let is_contractor = at == CONTRACTOR || known.is_none() && random.u8(..) < 26;
    let status = known.map_or_else(|| status(random.u16(..1_000)), |known| known.status);
    // Nobody came later than a month ago, so that the quiet have been quiet for a while.
    let span = 5 * 365 * DAY;
    let came = span - span * number(at) / number(of.max(1));
    let created = before(now, came + 30 * DAY + random.i64(0..DAY));
    let active_days = random.i64(0..12);
    let login_age = active_days * DAY + random.i64(600..DAY);
    let password_age = random.i64(3 * DAY..85 * DAY);
    let badge = random.u32(10_000..99_999);
    let title = random.usize(1..4);

    let mut profile = Profile::default();
    let mut set = |key: u16, atom: Atom| profile.set(key, Some(atom));
    let login = free_login(names, first, last);
    set(attr::LOGIN, Atom::Text(login.as_str().into()));
    set(attr::EMAIL, Atom::Text(login.as_str().into()));
    set(attr::FIRST_NAME, Atom::Known(first));
    set(attr::LAST_NAME, Atom::Known(last));
    let place = DEPARTMENTS.get(department);
    if let Some(place) = place {
        let title = known.map(|known| known.title).or_else(|| place.titles.get(title).copied());
        set(attr::TITLE, Atom::Known(title.unwrap_or_default()));
        set(attr::DEPARTMENT, Atom::Known(place.name));
        set(attr::DIVISION, Atom::Known(place.division));
        set(attr::COST_CENTER, Atom::Known(place.cost_center));
    }
    if let Some((city, region, country)) = OFFICES.get(office) {
        set(attr::CITY, Atom::Known(city));
        set(attr::STATE, Atom::Known(region));
        set(attr::COUNTRY_CODE, Atom::Known(country));
    }
    set(attr::ORGANIZATION, Atom::Known("Acme"));
    set(attr::USER_TYPE, Atom::Known(if is_contractor { "Contractor" } else { "Employee" }));
    set(attr::EMPLOYEE_NUMBER, Atom::Text(format!("A{:05}", at + 1_000).into()));
    if is_contractor {
        let end = if at == CONTRACTOR { before(now, 97 * DAY) } else { before(now, -60 * DAY) };
        set(attr::CONTRACT_END, Atom::Text(end.strftime("%Y-%m-%d").to_string().into()));
    } else {
        set(attr::BADGE_NUMBER, Atom::Json(Box::new(badge.into())));
    }
    if let Some((manager, login)) = manager {
        set(attr::MANAGER_ID, Atom::Text(manager.as_str().into()));
        set(attr::MANAGER, Atom::Text(login));
    }
    profile.shrink();

    let entered = !matches!(status, Status::Staged | Status::Provisioned);
    let activated = (status != Status::Staged).then(|| before(now, came + 29 * DAY));
    let last_login = match (at, entered, status) {
        (CONTRACTOR, ..) => Some(before(now, 141 * DAY)),
        (_, true, Status::Deprovisioned) => Some(before(now, (came / 2).max(40 * DAY))),
        (_, true, _) => Some(before(now, login_age)),
        _ => None,
    };
    let has_password = entered && status != Status::Deprovisioned;
    let changed = match status {
        Status::Active | Status::Staged | Status::Provisioned => activated,
        _ => Some(before(now, active_days * DAY / 2 + 3_000)),
    };
    User {
        id,
        status,
        created,
        activated,
        status_changed: changed,
        last_login,
        last_updated: changed.unwrap_or(created).max(before(now, password_age)),
        password_changed: has_password.then(|| before(now, password_age)),
        profile,
        has_password,
        recovery_question: None,
        directory: None,
        version: 1,
        groups: Vec::new(),
    }
}

/// Most are active; a few of every other status.
const fn status(dice: u16) -> Status {
    match dice {
        0..20 => Status::Provisioned,
        20..35 => Status::Staged,
        35..50 => Status::Suspended,
        50..58 => Status::LockedOut,
        58..72 => Status::PasswordExpired,
        72..80 => Status::Recovery,
        80..140 => Status::Deprovisioned,
        _ => Status::Active,
    }
}

/// How many people have each name.
type Names = HashMap<(&'static str, &'static str), u32>;

/// `first.last@acme.example`, with a number where that is taken.
fn free_login(names: &mut Names, first: &'static str, last: &'static str) -> String {
    let count = names.entry((first, last)).or_default();
    *count += 1;
    let number = if *count == 1 { String::new() } else { count.to_string() };
    format!("{}.{}{number}@acme.example", plain(first), plain(last))
}

/// Letters that a login has.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| match c.to_ascii_lowercase() {
            'é' | 'ë' => 'e',
            'ã' => 'a',
            'ü' => 'u',
            other => other,
        })
        .collect()
}

fn pick(random: &mut fastrand::Rng, from: &[&'static str]) -> &'static str {
    random.choice(from).copied().unwrap_or_default()
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
